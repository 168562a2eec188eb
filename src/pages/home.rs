//! The first page: what is new, what there is, and how to follow it.

use maud::{Markup, html};

use super::layout::{Head, feed_links, feed_url, page, search};
use super::listing::{self, Listed};
use super::messages::{fill, set};
use super::{Site, picture};
use crate::bulletin::Selection;
use crate::permalink::Route;
use crate::syndication::directory::Directory;
use crate::syndication::format::FORMATS;

/// What the first page shows.
#[derive(Clone, Debug)]
pub struct HomeView<'a> {
    /// Newest first.
    pub latest: Vec<Listed>,
    /// Where the list goes on, if it does.
    pub older: Option<String>,
    pub directory: &'a Directory,
}

/// The first page names no more categories than this: those that have most.
const CATEGORIES_MAX: usize = 24;

/// The page at the site's root. Its title is the site's, so the masthead leaves that to the heading.
pub fn home(site: &Site, view: &HomeView) -> String {
    let words = site.words();
    let all = [(Selection::All, site.title.clone())];
    let head = Head {
        description: site.description.as_deref(),
        canonical: Some(Route::Home),
        feeds: &all,
        asks: true,
        ..Head::default()
    };
    page(
        site,
        &head,
        &html! {
            div.opening.front {
                h1 lang=[site.title_language()] { (site.title) }
                @if let Some(description) = &site.description { p.lead lang=[site.title_language()] { (description) } }
                p.quiet { (how_much(site, view.directory)) }
                @if site.search { div.ask { (search(site)) } }
            }
            (picture::over_years(site, &Selection::All, &view.directory.by_month(&Selection::All)))
            div.columns {
                section aria-labelledby="latest" {
                    h2 id="latest" { (words.latest) }
                    @if view.latest.is_empty() { p { (words.nothing_yet) } }
                    (listing::bulletins(site, &view.latest))
                    @if let Some(older) = &view.older {
                        nav.pagination aria-label=(words.pages) {
                            span {}
                            span { a rel="next" href=(site.path_with(&Route::Home, &[("before", older)])) { (words.older) " →" } }
                        }
                    }
                }
                div.aside { (aside(site, view.directory)) }
            }
        },
    )
}

/// Beside the list on a wide screen and below it on a narrow one. To subscribe comes first: it is what
/// the site is for, and all that most readers need is the one address, in the format that every reader
/// of feeds has known for longest.
fn aside(site: &Site, directory: &Directory) -> Markup {
    let words = site.words();
    let years: Vec<Selection> = directory.years.iter().map(|it| Selection::Year(it.year)).collect();
    let categories = largest(directory);
    html! {
        section aria-labelledby="subscribe" {
            h2 id="subscribe" { (words.subscribe) }
            p { (words.paste_address) }
            p.address { code { (breakable(&feed_url(site, &Selection::All, FORMATS[0].extension))) } }
            p { (set(words.also_as, &[("formats", feed_links(site, &Selection::All))])) }
            p { a href=(site.path(&Route::Feeds)) { (words.feeds_by_category_and_year) } }
        }
        @if !categories.is_empty() {
            section aria-labelledby="categories" {
                h2 id="categories" { (words.categories) }
                (listing::narrower(site, directory, &categories, &Selection::All))
            }
        }
        @if !years.is_empty() {
            section.years aria-labelledby="years" {
                h2 id="years" { (words.years) }
                (listing::narrower(site, directory, &years, &Selection::All))
            }
        }
    }
}

/// An address that is broken between lines behind its slashes, if it must be.
fn breakable(url: &str) -> Markup {
    html! { @for part in url.split_inclusive('/') { (part) @if part.len() > 1 { wbr; } } }
}

/// The categories that have most bulletins, in the order of their labels.
fn largest(directory: &Directory) -> Vec<Selection> {
    let mut counts: Vec<u64> = directory.categories.iter().map(|it| it.count).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let least = counts.get(CATEGORIES_MAX - 1).copied().unwrap_or(0);
    let large = directory.categories.iter().filter(|it| it.count >= least).take(CATEGORIES_MAX);
    large.map(|it| Selection::Category(it.category.term.clone())).collect()
}

/// How many there are and from when to when, so that a visitor sees at once how far back the record goes.
fn how_much(site: &Site, directory: &Directory) -> String {
    let words = site.words();
    let bulletins = site.bulletins(directory.total);
    match (directory.years.last(), directory.years.first()) {
        (Some(first), Some(last)) if first.year != last.year => fill(
            words.years_to_years,
            &[
                ("bulletins", &bulletins),
                ("first", &first.year.to_string()),
                ("last", &last.year.to_string()),
            ],
        ),
        (Some(only), _) => {
            fill(words.of_one_year, &[("bulletins", &bulletins), ("year", &only.year.to_string())])
        }
        _ => bulletins,
    }
}
