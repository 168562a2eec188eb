//! The first page: what is new, what there is, and how to follow it.

use maud::{Markup, html};

use super::Site;
use super::layout::{Head, count, feed_links, feed_url, page};
use super::listing::{self, Listed};
use crate::bulletin::Selection;
use crate::permalink::Route;
use crate::syndication::directory::Directory;
use crate::syndication::format::FORMATS;

/// What the first page shows.
#[derive(Clone, Debug)]
pub struct HomeView<'a> {
    /// Newest first.
    pub latest: Vec<Listed>,
    pub directory: &'a Directory,
}

/// The page at the site's root. Its title is the site's, so the masthead leaves that to the heading.
pub fn home(site: &Site, view: &HomeView) -> String {
    let all = [(Selection::All, site.title.clone())];
    let head = Head {
        description: site.description.as_deref(),
        canonical: Some(Route::Home),
        feeds: &all,
        ..Head::default()
    };
    page(
        site,
        &head,
        &html! {
            div.opening {
                h1 { (site.title) }
                @if let Some(description) = &site.description { p.lead { (description) } }
                p.quiet { (count(view.directory.total, "bulletin")) (span_of_years(view.directory)) "." }
            }
            div.columns {
                section aria-labelledby="latest" {
                    h2 id="latest" { "Latest" }
                    @if view.latest.is_empty() { p { "Nothing has been published yet." } }
                    (listing::bulletins(site, &view.latest))
                }
                aside { (aside(site, view.directory)) }
            }
        },
    )
}

/// Beside the list on a wide screen and below it on a narrow one. To subscribe comes first: it is what
/// the site is for, and all that most readers need is the one address, in the format that every reader
/// of feeds has known for longest.
fn aside(site: &Site, directory: &Directory) -> Markup {
    let (categories, years): (Vec<_>, Vec<_>) =
        directory.within(&Selection::All).into_iter().partition(|it| it.category().is_some());
    html! {
        section {
            h2 { "Subscribe" }
            p { "Paste this address into any feed reader:" }
            p.address { code { (feed_url(site, &Selection::All, FORMATS[0].extension)) } }
            p { "Also as " (feed_links(site, &Selection::All)) }
            p { a href=(site.links.path(&Route::Feeds)) { "Feeds by category and year" } }
        }
        @if !categories.is_empty() {
            section {
                h2 { "Categories" }
                (listing::narrower(site, directory, &categories, &Selection::All))
            }
        }
        @if !years.is_empty() {
            section.years {
                h2 { "Years" }
                (listing::narrower(site, directory, &years, &Selection::All))
            }
        }
    }
}

/// From when to when, so that a visitor sees at once how far back the record goes.
fn span_of_years(directory: &Directory) -> String {
    match (directory.years.last(), directory.years.first()) {
        (Some(first), Some(last)) if first.year != last.year => format!(", {} to {}", first.year, last.year),
        (Some(only), _) => format!(" from {}", only.year),
        _ => String::new(),
    }
}
