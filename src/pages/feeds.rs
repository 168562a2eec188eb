//! The page of every feed.

use maud::{Markup, html};

use super::layout::{Head, feed_links, page};
use super::messages::{fill, set};
use super::{Site, listing};
use crate::bulletin::Selection;
use crate::permalink::Route;
use crate::syndication::directory::Directory;
use crate::syndication::format::FORMATS;

/// What the page of every feed shows.
#[derive(Clone, Debug)]
pub struct FeedsView<'a> {
    pub directory: &'a Directory,
    /// The category whose years are shown, by its term; else all that is not a category in a year.
    pub category: Option<String>,
    /// The label behind which the list of categories goes on.
    pub after: Option<String>,
}

/// How many categories stand on one page.
pub const CATEGORIES_A_PAGE: usize = 50;

/// The page where someone finds the feed that they want and takes its address. A category in a year
/// interests few and makes hundreds of feeds, so those are on a page for each category.
pub fn feeds(site: &Site, view: &FeedsView) -> String {
    let words = site.words();
    let directory = view.directory;
    let all = [(Selection::All, site.title.clone())];
    let category = view.category.clone().map(Selection::Category);
    let title = category
        .as_ref()
        .map_or(words.feeds.to_string(), |it| fill(words.feeds_of, &[("category", &directory.title(it))]));
    let query = [
        ("category", view.category.as_deref().unwrap_or_default()),
        ("after", view.after.as_deref().unwrap_or_default()),
    ];
    let plain = view.category.is_none() && view.after.is_none();
    let head = Head {
        title: &title,
        canonical: plain.then_some(Route::Feeds),
        feeds: &all,
        query: &query,
        ..Head::default()
    };
    page(
        site,
        &head,
        &html! {
            @match &category {
                Some(category) => (of_category(site, directory, category, &title)),
                None => (of_all(site, view, plain)),
            }
        },
    )
}

/// Everything, the categories and the years.
fn of_all(site: &Site, view: &FeedsView, plain: bool) -> Markup {
    let words = site.words();
    let directory = view.directory;
    let years: Vec<Selection> = directory.years.iter().map(|it| Selection::Year(it.year)).collect();
    let (categories, next) = categories(view);
    let opml = html! { a href=(site.links.path(&Route::Opml)) { (words.all_feeds_as_opml) } };
    html! {
        div.opening {
            h1 { (words.feeds) }
            @if plain {
                p.lead { (words.feeds_lead) }
                p { (fill(words.feeds_explained, &[("formats", &formats(site))])) }
                p { (set(words.feeds_opml, &[("opml", opml)])) }
            }
        }
        @if plain { (table(site, directory, words.everything, &[Selection::All])) }
        (table(site, directory, words.feeds_by_category, &categories))
        @if let Some(next) = next {
            nav.pagination aria-label=(words.pages) {
                span {}
                span { a rel="next" href=(site.path_with(&Route::Feeds, &[("after", &next)])) { (words.more_categories) " →" } }
            }
        }
        @if plain { (table(site, directory, words.feeds_by_year, &years)) }
    }
}

/// A category and its years.
fn of_category(site: &Site, directory: &Directory, category: &Selection, title: &str) -> Markup {
    let words = site.words();
    html! {
        div.opening {
            nav.trail aria-label=(words.wider) { a href=(site.path(&Route::Feeds)) { (words.feeds) } }
            h1 dir="auto" { (title) }
        }
        (table(site, directory, words.everything, std::slice::from_ref(category)))
        (rows_under(site, directory, words.feeds_by_year, &directory.within(category), category))
    }
}

/// The categories of this page, and the label behind which the next begins.
fn categories(view: &FeedsView) -> (Vec<Selection>, Option<String>) {
    let after = view.after.as_deref().map(str::to_lowercase);
    let mut rest = view
        .directory
        .categories
        .iter()
        .filter(|it| after.as_ref().is_none_or(|after| it.category.label.to_lowercase() > *after));
    let shown: Vec<_> = rest.by_ref().take(CATEGORIES_A_PAGE).collect();
    let next = rest.next().and(shown.last()).map(|it| it.category.label.clone());
    (shown.iter().map(|it| Selection::Category(it.category.term.clone())).collect(), next)
}

/// The names of the formats in a sentence; a new format is in it without another word.
fn formats(site: &Site) -> String {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    match names.split_last() {
        Some((last, rest)) => fill(site.words().and, &[("list", &rest.join(", ")), ("last", last)]),
        None => String::new(),
    }
}

/// A heading and its table, or nothing where there is nothing to list.
fn table(site: &Site, directory: &Directory, title: &str, selections: &[Selection]) -> Markup {
    rows_under(site, directory, title, selections, &Selection::All)
}

/// A table of feeds, one a row. Below the name of a category its years stand alone: repeating the name
/// in every row would hide what differs.
fn rows_under(
    site: &Site,
    directory: &Directory,
    title: &str,
    selections: &[Selection],
    outer: &Selection,
) -> Markup {
    let words = site.words();
    html! {
        @if !selections.is_empty() {
            h2 { (title) }
            table.feeds {
                thead { tr { th scope="col" { (words.feed) } th.number scope="col" { (words.bulletins) } th scope="col" { (words.formats) } } }
                tbody { @for it in selections { (row(site, directory, it, outer)) } }
            }
        }
    }
}

fn row(site: &Site, directory: &Directory, selection: &Selection, outer: &Selection) -> Markup {
    let words = site.words();
    let years = selection.category().filter(|_| *outer == Selection::All && selection.year().is_none());
    html! {
        tr {
            th scope="row" dir="auto" {
                a href=(site.path(&Route::Page(selection.clone()))) { (listing::name(site, directory, selection, outer)) }
                @if let Some(term) = years {
                    " " a.by-year href=(site.path_with(&Route::Feeds, &[("category", term)]))
                        aria-label=(fill(words.feeds_of_by_year, &[("category", &directory.title(selection))])) { (words.years_lower) }
                }
            }
            td.number { (site.interface.language.number(directory.count(selection))) }
            td { (feed_links(site, selection)) }
        }
    }
}
