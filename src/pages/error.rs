//! Pages for when there is nothing to show: what happened, and where to go from here.

use jiff::Timestamp;
use maud::html;

use super::layout::{Head, page};
use super::{Site, dates};
use crate::bulletin::{BulletinId, clip};
use crate::permalink::Route;

/// A page for an HTTP `status`. `detail` says what was wrong and what helps.
pub fn error(site: &Site, status: u16, title: &str, detail: &str) -> String {
    let head = Head { title, more: html! { meta name="robots" content="noindex"; }, ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening {
                p.quiet { (status) }
                h1 { (title) }
                p.lead dir="auto" { (detail) }
                (ways_on(site))
            }
        },
    )
}

/// The page where no place is, at `path`.
pub fn not_found(site: &Site, path: &str) -> String {
    // Nobody reads more of a wrong address than this, and some are made to be long.
    const PATH_BYTES_MAX: usize = 200;
    let detail = format!(
        "There is nothing at {}. No bulletin’s address ever changes, so this one may have been cut short or \
         mistyped on its way here.",
        clip(path, PATH_BYTES_MAX)
    );
    error(site, 404, "Not found", &detail)
}

/// What is left of a withdrawn bulletin: that it was here, since when it is not, and why.
#[derive(Clone, Debug)]
pub struct GoneView {
    pub id: BulletinId,
    pub entry_id: String,
    pub withdrawn: Timestamp,
    pub reason: Option<String>,
}

/// The page of a withdrawn bulletin (RFC 9110 section 15.5.11).
pub fn gone(site: &Site, view: &GoneView) -> String {
    // Not even the title is shown: what it said may be why the bulletin was withdrawn.
    let more = html! { meta name="robots" content="noindex"; };
    let head = Head { title: "Withdrawn", more, ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening {
                p.quiet { "410" }
                h1 { "This bulletin was withdrawn" }
                p.lead { "It was withdrawn on " (dates::moment(view.withdrawn)) "." }
                @match &view.reason {
                    Some(reason) => blockquote dir="auto" { (reason) },
                    None => p { "No reason was given." },
                }
                section.record {
                    dl {
                        dt { "Bulletin" } dd { code { (view.id) } }
                        dt { "Entry id" } dd { code { (view.entry_id) } }
                    }
                }
                (ways_on(site))
            }
        },
    )
}

/// Where to go from a dead end. The search, if there is one, is above on every page.
fn ways_on(site: &Site) -> maud::Markup {
    html! {
        ul.ways {
            li { a href=(site.links.path(&Route::Home)) { "Latest bulletins, categories and years" } }
            li { a href=(site.links.path(&Route::Feeds)) { "Feeds" } }
        }
    }
}
