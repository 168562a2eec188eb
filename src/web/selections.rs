//! Selections as pages and lists: home, category, year, the page of every feed, sitemaps.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::App;
use super::problem::Problem;
use super::representation::Representation;
use super::response::{FOR_EVER, HTML, MINUTES, TEXT};
use crate::archive::ArchiveError;
use crate::bulletin::{Category, Selection};
use crate::catalogue::state::State as _;
use crate::digest::Digest;
use crate::pages::{self, FeedsView, HomeView, Listed, SelectionView, Site};
use crate::permalink::Route;
use crate::syndication::crawlers::{self, SITEMAP_URLS_MAX};
use crate::syndication::directory::{CategoryCount, Directory, YearCount};
use crate::syndication::document::moment_of;
use crate::syndication::opml;

/// How many events of a selection a page looks at: as many bulletins at the most.
const PAGE_EVENTS: u64 = 50;
/// How many bulletins the first page shows.
const LATEST: u64 = 10;
/// How many sequence numbers a sitemap covers. Each bulletin is numbered by its first event.
const SITEMAP_EVENTS: u64 = SITEMAP_URLS_MAX as u64;

/// A page that any event of any selection may change. What readers do not see, such as a source that repeats what it
/// said, is an event of none.
fn rendered(
    app: &App,
    key: &str,
    media_type: &'static str,
    render: impl FnOnce() -> Result<Vec<u8>, Problem>,
) -> Result<Arc<Representation>, Problem> {
    let state = app.archive.catalogue().selection(&Selection::All).map_err(ArchiveError::from)?;
    app.kept(key, state.events, || Ok(Representation::new(media_type, render()?, None).keep(MINUTES)))
}

pub fn home(app: &App, site: &Site) -> Result<Arc<Representation>, Problem> {
    rendered(app, &site.key(&Route::Home.to_string()), HTML, || {
        let directory = directory(app)?;
        let latest = listed(app, &Selection::All, 0, LATEST)?;
        Ok(pages::home(site, &HomeView { latest, directory: &directory }).into_bytes())
    })
}

pub fn feeds(app: &App, site: &Site) -> Result<Arc<Representation>, Problem> {
    rendered(app, &site.key(&Route::Feeds.to_string()), HTML, || {
        let directory = directory(app)?;
        Ok(pages::feeds(site, &FeedsView { directory: &directory }).into_bytes())
    })
}

pub fn opml(app: &App) -> Result<Arc<Representation>, Problem> {
    rendered(app, &Route::Opml.to_string(), "text/x-opml; charset=utf-8", || {
        Ok(opml::opml(&app.site.title, &directory(app)?, &app.site.links))
    })
}

/// The page of a selection; `?page=2` and on go back in its list.
pub fn page(
    app: &App,
    site: &Site,
    selection: &Selection,
    query: Option<&str>,
) -> Result<Arc<Representation>, Problem> {
    let route = Route::Page(selection.clone());
    let missing = || Problem::not_found(&route.to_string());
    let state = app.archive.catalogue().selection(selection).map_err(ArchiveError::from)?;
    let pages = state.events.div_ceil(PAGE_EVENTS).max(1);
    let asked =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).find(|(name, _)| name == "page");
    let number = asked.map_or(Some(1), |(_, number)| number.parse().ok());
    let number: u64 = number.filter(|number| (1..=pages).contains(number)).ok_or_else(missing)?;
    if state.events == 0 {
        return Err(missing());
    }
    let key = site.key(&format!("{route}?page={number}"));
    // It shows its own bulletins and how many of them narrower selections have: all of that is its own events' doing.
    app.kept(&key, state.events, || {
        let directory = directory(app)?;
        let bulletins = listed(app, selection, (number - 1) * PAGE_EVENTS, PAGE_EVENTS)?;
        let selection = selection.clone();
        let view = SelectionView { selection, directory: &directory, bulletins, page: number, pages };
        Ok(Representation::new(HTML, pages::selection(site, &view), None).keep(MINUTES))
    })
}

/// The bulletins whose newest event in a selection is among `count` events, `skip` from the end.
fn listed(app: &App, selection: &Selection, skip: u64, count: u64) -> Result<Vec<Listed>, Problem> {
    let catalogue = app.archive.catalogue();
    let events = catalogue.selection(selection).map_err(ArchiveError::from)?.events;
    let end = events.saturating_sub(skip);
    let items = catalogue.items(selection, end.saturating_sub(count)..end).map_err(ArchiveError::from)?;
    let mut listed = Vec::new();
    for item in items.into_iter().rev().filter(|item| !item.gone) {
        let event = catalogue.known_event(item.event).map_err(ArchiveError::from)?;
        let bulletin = catalogue.known_bulletin(event.bulletin).map_err(ArchiveError::from)?;
        if bulletin.touched != item.event || bulletin.withdrawn.is_some() {
            continue;
        }
        let version = match app.archive.version_at(event.shown, event.version) {
            // The others are listed all the same.
            Err(error) if error.is_damage() => continue,
            version => version?,
        };
        let published = app.publisher().published(event.bulletin, &version)?;
        listed.push(Listed {
            id: bulletin.id,
            slug: bulletin.slug.clone(),
            title: version.content.title,
            language: version.content.language,
            published,
            summary: version.content.summary,
            categories: app.archive.categories(&event.categories)?,
        });
    }
    Ok(listed)
}

/// How many bulletins each selection has.
fn directory(app: &App) -> Result<Directory, Problem> {
    let catalogue = app.archive.catalogue();
    let names = catalogue.names().map_err(ArchiveError::from)?;
    let mut found = Directory::default();
    let mut categories: BTreeMap<String, CategoryCount> = BTreeMap::new();
    for (selection, state) in catalogue.selections().map_err(ArchiveError::from)? {
        let count = state.bulletins;
        if count == 0 {
            continue;
        }
        let of_category = |term: &str| -> CategoryCount {
            let known =
                names.category(term).and_then(|number| names.categories.get(number as usize)).cloned();
            let category = known.unwrap_or_else(|| Category { label: term.into(), term: term.into() });
            CategoryCount { category, count: 0, years: Vec::new() }
        };
        match &selection {
            Selection::All => found.total = count,
            Selection::Year(year) => found.years.push(YearCount { year: *year, count }),
            Selection::Category(term) => {
                categories.entry(term.clone()).or_insert_with(|| of_category(term)).count = count;
            }
            Selection::CategoryYear(term, year) => {
                let category = categories.entry(term.clone()).or_insert_with(|| of_category(term));
                category.years.push(YearCount { year: *year, count });
            }
        }
    }
    found.years.sort_by_key(|year| std::cmp::Reverse(year.year));
    found.categories = categories.into_values().collect();
    found.categories.sort_by_key(|category| category.category.label.to_lowercase());
    for category in &mut found.categories {
        category.years.sort_by_key(|year| std::cmp::Reverse(year.year));
    }
    Ok(found)
}

pub fn robots(app: &App) -> Representation {
    Representation::new(TEXT, crawlers::robots(&app.site.links), None).keep(MINUTES)
}

pub fn stylesheet(digest: &Digest) -> Result<Representation, Problem> {
    let route = Route::Stylesheet(*digest);
    if pages::stylesheet() != route {
        return Err(Problem::not_found(&route.to_string()));
    }
    Ok(Representation::new("text/css; charset=utf-8", pages::STYLESHEET, None).keep(FOR_EVER))
}

/// One sitemap for each run of sequence numbers, so that a sitemap of old bulletins seldom changes.
pub fn sitemap_index(app: &App) -> Result<Arc<Representation>, Problem> {
    let seq = app.archive.catalogue().position().map_err(ArchiveError::from)?.seq;
    let parts = (seq + 1).div_ceil(SITEMAP_EVENTS);
    app.kept(&Route::Sitemap.to_string(), parts, || {
        let urls = (1..=parts as u32).map(|n| (app.url(&Route::SitemapPart(n)), None));
        Ok(Representation::new("application/xml", crawlers::sitemap_index(urls), None).keep(MINUTES))
    })
}

/// The permalinks of one run.
pub fn sitemap(app: &App, number: u32) -> Result<Arc<Representation>, Problem> {
    let route = Route::SitemapPart(number);
    let catalogue = app.archive.catalogue();
    let seq = catalogue.position().map_err(ArchiveError::from)?.seq;
    let first = u64::from(number - 1) * SITEMAP_EVENTS;
    if first > seq {
        return Err(Problem::not_found(&route.to_string()));
    }
    rendered(app, &route.to_string(), "application/xml", || {
        let mut urls = Vec::new();
        for event in first.max(1)..=seq.min(first + SITEMAP_EVENTS - 1) {
            let Some(bulletin) = catalogue.bulletin(event).map_err(ArchiveError::from)? else { continue };
            if bulletin.withdrawn.is_none() {
                let url = app.url(&Route::Bulletin(bulletin.id, Some(bulletin.slug.clone())));
                urls.push((url, Some(moment_of(bulletin.updated))));
            }
        }
        Ok(crawlers::sitemap(urls))
    })
}
