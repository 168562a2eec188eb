//! The page of a selection: what a category, a year, or a category in a year has.

use maud::{Markup, html};

use super::layout::{Head, feed_links, page};
use super::listing::{self, Listed};
use super::messages::{fill, set};
use super::{Site, picture};
use crate::bulletin::{CalendarDay, Selection};
use crate::permalink::Route;
use crate::syndication::directory::Directory;

/// What the page of a selection shows.
#[derive(Clone, Debug)]
pub struct SelectionView<'a> {
    pub selection: Selection,
    pub directory: &'a Directory,
    /// Of a year, the one month that is shown, from 1 to 12.
    pub month: Option<u8>,
    /// Those of this page, the latest first.
    pub bulletins: Vec<Listed>,
    /// What stands before and behind them.
    pub turn: Turn,
}

/// The pages next to one page of a list, each named by the bulletin at its edge: a bulletin that comes or goes moves no
/// other to another page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Whether this is the list's first page.
    pub first: bool,
    /// What the address says of this page (`before` or `after`) with its key, where it says anything.
    pub at: Option<(&'static str, String)>,
    /// The page that ends before this key (`after=`), where there is one.
    pub newer: Option<String>,
    /// The page that begins behind this key (`before=`), where there is one.
    pub older: Option<String>,
}

/// The page of a selection, one page of the list at a time. Where it can be narrowed further, the
/// narrower selections stand beside the list.
pub fn selection(site: &Site, view: &SelectionView) -> String {
    let (selection, directory) = (&view.selection, view.directory);
    let name = site.name(directory, selection);
    let title = match (view.month, selection.year()) {
        (Some(month), Some(year)) => of_month(site, view, year, month),
        _ => name.clone(),
    };
    let mut feeds = vec![(selection.clone(), name.clone())];
    // Who came for one category may want everything; the selection itself is the first to be offered.
    if *selection != Selection::All {
        feeds.push((Selection::All, site.name(directory, &Selection::All)));
    }
    let further =
        if view.turn.first { title.clone() } else { fill(site.words().further, &[("title", &title)]) };
    let month = view.month.map(|month| month.to_string()).unwrap_or_default();
    let (edge, key) = view.turn.at.as_ref().map_or(("before", ""), |(edge, key)| (*edge, key.as_str()));
    let query = [("month", month.as_str()), (edge, key)];
    let more = html! {
        @if let Some(newer) = newer(site, view) { link rel="prev" href=(newer); }
        @if let Some(older) = older(site, view) { link rel="next" href=(older); }
    };
    // Each page of a list is a page of its own; only the first has the plain address.
    let plain = view.turn.first && view.month.is_none();
    let canonical = plain.then(|| Route::Page(selection.clone()));
    let head = Head { title: &further, canonical, feeds: &feeds, query: &query, more, ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening {
                (trail(site, view))
                h1 dir="auto" { (title) }
                (how_many(site, view))
            }
            (months(site, view))
            (columns(site, view))
        },
    )
}

/// The list, and beside it what is narrower.
fn columns(site: &Site, view: &SelectionView) -> Markup {
    let words = site.words();
    let (selection, directory) = (&view.selection, view.directory);
    let within = if *selection == Selection::All { vec![] } else { directory.within(selection) };
    html! {
        div.columns {
            section aria-label=(words.bulletins) {
                @if view.bulletins.is_empty() { p { (words.nothing_here) } }
                (list(site, view))
                (pagination(site, view))
            }
            @if !within.is_empty() && view.month.is_none() {
                div.aside {
                    section.years[selection.year().is_none()] aria-labelledby="within" {
                        h2 id="within" { @if selection.year().is_some() { (words.categories) } @else { (words.years) } }
                        (listing::narrower(site, directory, &within, selection))
                    }
                }
            }
        }
    }
}

/// `June 2017`, and in a category its name as well.
fn of_month(site: &Site, view: &SelectionView, year: i16, month: u8) -> String {
    let when = site.interface.language.month(year, month.min(12) as i8);
    match &view.selection {
        Selection::CategoryYear(term, _) => {
            let category = view.directory.title(&Selection::Category(term.clone()));
            fill(site.words().in_year, &[("category", &category), ("year", &when)])
        }
        _ => when,
    }
}

fn how_many(site: &Site, view: &SelectionView) -> Markup {
    let months = view.directory.months(&view.selection);
    let count = match view.month {
        Some(month) => u64::from(months.get(usize::from(month)).copied().unwrap_or(0)),
        None => view.directory.count(&view.selection),
    };
    html! {
        p.quiet {
            (site.bulletins(count)) ". "
            (set(site.words().follow_as, &[("formats", feed_links(site, &view.selection))]))
        }
    }
}

/// The picture that goes with the selection.
fn months(site: &Site, view: &SelectionView) -> Markup {
    match &view.selection {
        Selection::Year(year) | Selection::CategoryYear(_, year) => {
            picture::of_year(site, &view.selection, *year, &view.directory.months(&view.selection))
        }
        selection if view.turn.first => {
            picture::over_years(site, selection, &view.directory.by_month(selection))
        }
        _ => html! {},
    }
}

/// The list; that of a year month by month under headings.
fn list(site: &Site, view: &SelectionView) -> Markup {
    let words = site.words();
    if view.selection.year().is_none() || view.month.is_some() {
        return html! { h2.unseen { (words.bulletins) } (listing::bulletins(site, &view.bulletins)) };
    }
    let month = |it: &Listed| CalendarDay::from(it.published.date).month;
    html! {
        @for run in view.bulletins.chunk_by(|a, b| month(a) == month(b)) {
            @let shown = month(&run[0]);
            section.month {
                h2 {
                    @if shown == 0 { (words.date_undated) }
                    @else { (site.interface.language.month(run[0].published.date.year(), shown as i8)) }
                }
                (listing::bulletins(site, run))
            }
        }
    }
}

/// The way back to the wider selections.
fn trail(site: &Site, view: &SelectionView) -> Markup {
    let wider = match &view.selection {
        Selection::CategoryYear(term, year) => {
            vec![Selection::Category(term.clone()), Selection::Year(*year)]
        }
        _ => vec![],
    };
    let own = view.month.map(|_| view.selection.clone());
    html! {
        nav.trail aria-label=(site.words().wider) {
            a href=(site.path(&Route::Home)) { (site.words().all_bulletins) }
            @for it in wider.into_iter().chain(own) {
                " · " a href=(site.path(&Route::Page(it.clone()))) { (view.directory.title(&it)) }
            }
        }
    }
}

/// The way to the neighbouring pages, in words that say which way time goes.
fn pagination(site: &Site, view: &SelectionView) -> Markup {
    let (newer, older) = (newer(site, view), older(site, view));
    html! {
        @if newer.is_some() || older.is_some() {
            nav.pagination aria-label=(site.words().pages) {
                span { @if let Some(newer) = newer { a rel="prev" href=(newer) { "← " (site.words().newer) } } }
                span { @if let Some(older) = older { a rel="next" href=(older) { (site.words().older) " →" } } }
            }
        }
    }
}

fn newer(site: &Site, view: &SelectionView) -> Option<String> {
    view.turn.newer.as_deref().map(|key| address(site, view, "after", key))
}

fn older(site: &Site, view: &SelectionView) -> Option<String> {
    view.turn.older.as_deref().map(|key| address(site, view, "before", key))
}

/// The path of one page of the list.
fn address(site: &Site, view: &SelectionView, edge: &str, key: &str) -> String {
    let month = view.month.map(|month| month.to_string());
    let mut query: Vec<(&str, &str)> = month.iter().map(|month| ("month", month.as_str())).collect();
    query.push((edge, key));
    site.path_with(&Route::Page(view.selection.clone()), &query)
}
