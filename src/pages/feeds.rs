//! The page of every feed.

use maud::{Markup, html};

use super::Site;
use super::layout::{Head, feed_links, grouped, page};
use crate::bulletin::Selection;
use crate::permalink::Route;
use crate::syndication::directory::Directory;
use crate::syndication::format::FORMATS;

/// What the page of every feed shows.
#[derive(Clone, Debug)]
pub struct FeedsView<'a> {
    pub directory: &'a Directory,
}

/// The page where someone finds the feed that they want and takes its address. A category in a year
/// interests few and makes hundreds of feeds, so those are folded away, category by category, by an
/// element that needs no script.
pub fn feeds(site: &Site, view: &FeedsView) -> String {
    let directory = view.directory;
    let (categories, years): (Vec<_>, Vec<_>) =
        directory.within(&Selection::All).into_iter().partition(|it| it.category().is_some());
    let all = [(Selection::All, site.title.clone())];
    let head = Head { title: "Feeds", canonical: Some(Route::Feeds), feeds: &all, ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening {
                h1 { "Feeds" }
                p.lead { "Follow everything, or only what concerns you." }
                p {
                    "Paste an address into any feed reader. " (formats()) " carry the same entries under the same "
                    "ids; take whichever your software prefers. Corrections and withdrawals arrive as well, and a "
                    "reader that can go back in a feed’s history reaches its very first entry."
                }
                p { a href=(site.links.path(&Route::Opml)) { "Every feed as OPML" } ", to import into a reader." }
            }
            (table(site, directory, "Everything", &[Selection::All], &Selection::All))
            (table(site, directory, "By category", &categories, &Selection::All))
            (table(site, directory, "By year", &years, &Selection::All))
            @if !categories.is_empty() {
                h2 { "By category in a year" }
                @for category in &categories {
                    details.feeds {
                        summary dir="auto" { (directory.title(category)) }
                        (rows(site, directory, &directory.within(category), category))
                    }
                }
            }
        },
    )
}

/// The names of the formats in a sentence; a new format is in it without another word.
fn formats() -> String {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    match names.split_last() {
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A heading and its table, or nothing where there is nothing to list.
fn table(
    site: &Site,
    directory: &Directory,
    title: &str,
    selections: &[Selection],
    outer: &Selection,
) -> Markup {
    html! {
        @if !selections.is_empty() {
            h2 { (title) }
            (rows(site, directory, selections, outer))
        }
    }
}

/// A table of feeds, one a row. Below the name of a category its years stand alone: repeating the name
/// in every row would hide what differs.
fn rows(site: &Site, directory: &Directory, selections: &[Selection], outer: &Selection) -> Markup {
    html! {
        table.feeds {
            thead { tr { th scope="col" { "Feed" } th.number scope="col" { "Bulletins" } th scope="col" { "Formats" } } }
            tbody {
                @for it in selections {
                    tr {
                        th scope="row" dir="auto" {
                            a href=(site.links.path(&Route::Page(it.clone()))) {
                                @match (it, outer) {
                                    (Selection::CategoryYear(_, year), Selection::Category(_)) => (year),
                                    _ => (directory.title(it)),
                                }
                            }
                        }
                        td.number { (grouped(directory.count(it))) }
                        td { (feed_links(site, it)) }
                    }
                }
            }
        }
    }
}
