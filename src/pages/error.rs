//! Pages for when there is nothing to show: what happened, and where to go from here.

use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{Head, page, search};
use super::messages::set;
use super::{Site, dates};
use crate::bulletin::{BulletinId, clip};
use crate::permalink::Route;

/// A page for an HTTP `status`. `detail` says what was wrong and what helps, in English as programs get it.
pub fn error(site: &Site, status: u16, detail: &str) -> String {
    let words = site.words();
    let (title, lead) = match status {
        403 => (words.error_forbidden, None),
        405 => (words.error_method, None),
        429 => (words.error_busy, Some(words.error_away_lead)),
        503 => (words.error_away, Some(words.error_away_lead)),
        500..=599 => (words.error_server, Some(words.error_server_lead)),
        400 | 404 | 406 | 411..=422 | 431 => (words.error_bad_request, None),
        _ => (words.error_other, None),
    };
    let lead = html! {
        @if let Some(lead) = lead { p.lead { (lead) } }
        p lang="en" dir="ltr" { (detail) }
    };
    dead_end(site, status, title, &lead, false)
}

/// The page where no place is, at `path`.
pub fn not_found(site: &Site, path: &str) -> String {
    // Nobody reads more of a wrong address than this, and some are made to be long.
    const PATH_BYTES_MAX: usize = 200;
    let words = site.words();
    let path = html! { code dir="ltr" { (clip(path, PATH_BYTES_MAX)) } };
    let lead = html! { p.lead { (set(words.not_found_why, &[("path", path)])) } };
    dead_end(site, 404, words.not_found, &lead, site.search)
}

fn dead_end(site: &Site, status: u16, title: &str, lead: &Markup, with_search: bool) -> String {
    let words = site.words();
    let head = Head { title, more: html! { meta name="robots" content="noindex"; }, ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening {
                p.status { (status) }
                h1 { (title) }
                (lead)
                @if with_search {
                    p { (words.not_found_search) }
                    div.ask { (search(site)) }
                }
                (ways_on(site))
            }
        },
    )
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
    let words = site.words();
    // Not even the title is shown: what it said may be why the bulletin was withdrawn.
    let more = html! { meta name="robots" content="noindex"; };
    let head = Head { title: words.withdrawn, more, ..Head::default() };
    let date = dates::moment(site, view.withdrawn);
    page(
        site,
        &head,
        &html! {
            div.opening {
                p.status { "410" }
                h1 { (words.this_was_withdrawn) }
                p.lead { (set(words.withdrawn_on, &[("date", date)])) }
                @match &view.reason {
                    Some(reason) => blockquote dir="auto" { (reason) },
                    None => p { (words.no_reason) },
                }
                p { (words.withdrawn_kept) }
                section.record aria-label=(words.record) {
                    dl {
                        dt { (words.bulletin) } dd { code { (view.id) } }
                        dt { (words.entry_id) } dd { code { (view.entry_id) } }
                    }
                }
                (ways_on(site))
            }
        },
    )
}

/// Where to go from a dead end.
fn ways_on(site: &Site) -> Markup {
    html! {
        ul.ways {
            li { a href=(site.path(&Route::Home)) { (site.words().ways_on) } }
            li { a href=(site.path(&Route::Feeds)) { (site.words().feeds) } }
        }
    }
}
