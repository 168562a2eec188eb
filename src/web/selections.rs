//! Selections as pages and lists: home, the page of every feed, sitemaps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::App;
use super::listing::{self, Asked};
use super::problem::Problem;
use super::representation::Representation;
use super::response::{FOR_EVER, HTML, MINUTES, TEXT};
use crate::archive::ArchiveError;
use crate::bulletin::{Category, Selection};
use crate::catalogue::state::State as _;
use crate::digest::Digest;
use crate::pages::{self, FeedsView, HomeView, Site};
use crate::permalink::Route;
use crate::syndication::crawlers::{self, SITEMAP_URLS_MAX};
use crate::syndication::directory::{CategoryCount, Directory, YearCount};
use crate::syndication::document::moment_of;
use crate::syndication::opml;

/// How many bulletins the first page shows.
const LATEST: usize = 10;
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

/// The first page; `?before=` goes back in the list of all bulletins.
pub fn home(app: &App, site: &Site, query: Option<&str>) -> Result<Arc<Representation>, Problem> {
    let asked = Asked::read(query);
    if asked.edge.is_some() {
        return listing::page(app, site, &Selection::All, &asked);
    }
    rendered(app, &site.key(&Route::Home.to_string()), HTML, || {
        let directory = directory(app)?;
        let (latest, turn) = listing::by_date(app, &Selection::All, None, None, LATEST)?;
        Ok(pages::home(site, &HomeView { latest, older: turn.older, directory: &directory }).into_bytes())
    })
}

/// `?category=` shows the feeds of its years; `?after=` goes on in the list of categories.
pub fn feeds(app: &App, site: &Site, query: Option<&str>) -> Result<Arc<Representation>, Problem> {
    let asked = Asked::read(query);
    let after = asked.edge.and_then(|edge| edge.after());
    let key = format!(
        "{}?{}&{}",
        Route::Feeds,
        asked.category.as_deref().unwrap_or_default(),
        after.as_deref().unwrap_or_default()
    );
    rendered(app, &site.key(&key), HTML, || {
        let directory = directory(app)?;
        if let Some(term) = asked.category.as_deref().filter(|term| directory.category(term).is_none()) {
            return Err(Problem::not_found(&format!("{}?category={term}", Route::Feeds)));
        }
        Ok(pages::feeds(site, &FeedsView { directory: &directory, category: asked.category, after })
            .into_bytes())
    })
}

pub fn about(app: &App, site: &Site) -> Result<Arc<Representation>, Problem> {
    app.kept(&site.key(&Route::About.to_string()), 0, || {
        Ok(Representation::new(HTML, pages::about(site), None).keep(MINUTES))
    })
}

pub fn opml(app: &App) -> Result<Arc<Representation>, Problem> {
    rendered(app, &Route::Opml.to_string(), "text/x-opml; charset=utf-8", || {
        Ok(opml::opml(&app.site.title, &*directory(app)?, &app.site.links))
    })
}

/// The page of a selection; `?before=` and `?after=` go along its list, and `?month=` shows one month of a year.
pub fn page(
    app: &App,
    site: &Site,
    selection: &Selection,
    query: Option<&str>,
) -> Result<Arc<Representation>, Problem> {
    listing::page(app, site, selection, &Asked::read(query))
}

/// Which feeds and pages there are, as of the newest event that readers see.
#[derive(Default)]
pub struct Directories(Mutex<Option<(u64, Arc<Directory>)>>);

/// How many bulletins each selection has; put together once for each event that readers see.
pub fn directory(app: &App) -> Result<Arc<Directory>, Problem> {
    let events = app.archive.catalogue().selection(&Selection::All).map_err(ArchiveError::from)?.events;
    let lock = || app.directories.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, known)) = lock().as_ref().filter(|(known, _)| *known == events) {
        return Ok(known.clone());
    }
    // Not under the lock: others would rather do the same than wait.
    let made = Arc::new(read_directory(app)?);
    *lock() = Some((events, made.clone()));
    Ok(made)
}

fn read_directory(app: &App) -> Result<Directory, Problem> {
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
            let known = names.category(term).and_then(|number| names.category_at(number)).cloned();
            let category = known.unwrap_or_else(|| Category { label: term.into(), term: term.into() });
            CategoryCount { category, count: 0, years: Vec::new() }
        };
        match &selection {
            Selection::All => found.total = count,
            Selection::Year(year) => found.years.push(YearCount { year: *year, count, months: state.months }),
            Selection::Category(term) => {
                categories.entry(term.clone()).or_insert_with(|| of_category(term)).count = count;
            }
            Selection::CategoryYear(term, year) => {
                let category = categories.entry(term.clone()).or_insert_with(|| of_category(term));
                category.years.push(YearCount { year: *year, count, months: state.months });
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

/// When any bulletin of each sitemap last changed, as of the event `seq`.
#[derive(Default)]
pub struct SitemapTimes(Mutex<(u64, Vec<i64>)>);

/// One sitemap for each run of sequence numbers, so that a sitemap of old bulletins seldom changes. Each says when one
/// of its bulletins last changed: a crawler leaves alone those that it knows.
pub fn sitemap_index(app: &App) -> Result<Arc<Representation>, Problem> {
    let catalogue = app.archive.catalogue();
    let seq = catalogue.position().map_err(ArchiveError::from)?.seq;
    app.kept(&Route::Sitemap.to_string(), seq, || {
        let mut known = app.sitemap_times.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, times) = &mut *known;
        times.resize((seq + 1).div_ceil(SITEMAP_EVENTS) as usize, 0);
        for number in *read + 1..=seq {
            let event = catalogue.known_event(number).map_err(ArchiveError::from)?;
            if let Some(time) = times.get_mut((event.bulletin / SITEMAP_EVENTS) as usize) {
                *time = (*time).max(event.at);
            }
            *read = number;
        }
        let urls =
            (1..).zip(times.iter()).map(|(n, at)| (app.url(&Route::SitemapPart(n)), Some(moment_of(*at))));
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
