//! The page of a selection: what a category, a year, or a category in a year has.

use maud::{Markup, html};

use super::Site;
use super::layout::{Head, count, feed_links, page};
use super::listing::{self, Listed};
use crate::bulletin::Selection;
use crate::permalink::Route;
use crate::syndication::directory::Directory;

/// What the page of a selection shows.
#[derive(Clone, Debug)]
pub struct SelectionView<'a> {
    pub selection: Selection,
    pub directory: &'a Directory,
    /// Those of this page.
    pub bulletins: Vec<Listed>,
    /// Which page this is, from 1, of how many; asked for as `?page=2`.
    pub page: u64,
    pub pages: u64,
}

/// The page of a selection, one page of the list at a time. Where it can be narrowed further, the
/// narrower selections stand beside the list.
pub fn selection(site: &Site, view: &SelectionView) -> String {
    let (selection, directory) = (&view.selection, view.directory);
    let title = directory.title(selection);
    let mut feeds = vec![(selection.clone(), title.clone())];
    // Who came for one category may want everything; the selection itself is the first to be offered.
    if *selection != Selection::All {
        feeds.push((Selection::All, directory.title(&Selection::All)));
    }
    let numbered = if view.page > 1 { format!("{title}, page {}", view.page) } else { title.clone() };
    // Each page of a list is a page of its own; only the first has the plain address.
    let canonical = (view.page <= 1).then(|| Route::Page(selection.clone()));
    let more = html! {
        @if view.page > 1 { link rel="prev" href=(address(site, view, view.page - 1)); }
        @if view.page < view.pages { link rel="next" href=(address(site, view, view.page + 1)); }
    };
    let head = Head { title: &numbered, canonical, feeds: &feeds, more, ..Head::default() };
    let within = directory.within(selection);
    page(
        site,
        &head,
        &html! {
            div.opening {
                (trail(site, view))
                h1 dir="auto" { (title) }
                p.quiet { (count(directory.count(selection), "bulletin")) ". Follow as " (feed_links(site, selection)) }
            }
            div.columns {
                section aria-label="Bulletins" {
                    @if view.bulletins.is_empty() { p { "There are no bulletins here." } }
                    (listing::bulletins(site, &view.bulletins))
                    (pagination(site, view))
                }
                @if !within.is_empty() {
                    aside {
                        section.years[selection.year().is_none()] {
                            h2 { @if selection.year().is_some() { "Categories" } @else { "Years" } }
                            (listing::narrower(site, directory, &within, selection))
                        }
                    }
                }
            }
        },
    )
}

/// The way back to the wider selections.
fn trail(site: &Site, view: &SelectionView) -> Markup {
    let wider = match &view.selection {
        Selection::CategoryYear(term, year) => {
            vec![Selection::Category(term.clone()), Selection::Year(*year)]
        }
        _ => vec![],
    };
    html! {
        nav.trail aria-label="Wider" {
            a href=(site.links.path(&Route::Home)) { "All bulletins" }
            @for it in wider {
                " · " a href=(site.links.path(&Route::Page(it.clone()))) { (view.directory.title(&it)) }
            }
        }
    }
}

/// The way to the neighbouring pages, in words that say which way time goes.
fn pagination(site: &Site, view: &SelectionView) -> Markup {
    html! {
        @if view.pages > 1 {
            nav.pagination aria-label="Pages" {
                span {
                    @if view.page > 1 {
                        a rel="prev" href=(address(site, view, view.page - 1)) { "← Newer" }
                    }
                }
                span.quiet { "Page " (view.page) " of " (view.pages) }
                span {
                    @if view.page < view.pages {
                        a rel="next" href=(address(site, view, view.page + 1)) { "Older →" }
                    }
                }
            }
        }
    }
}

/// The path of one page of the list; the first has no number.
fn address(site: &Site, view: &SelectionView, number: u64) -> String {
    let path = site.links.path(&Route::Page(view.selection.clone()));
    if number > 1 { format!("{path}?page={number}") } else { path }
}
