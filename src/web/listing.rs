//! The lists of bulletins on pages, and how one goes along them.
//!
//! A page of a list is named by the bulletin at its edge, so it shows the same bulletins however many come before it.
//! The bulletins of a year come in the order of their dates; all others with what is new first.

use std::sync::Arc;

use super::App;
use super::calendar::Entry;
use super::problem::Problem;
use super::representation::Representation;
use super::response::{HTML, MINUTES};
use super::selections::directory;
use crate::archive::ArchiveError;
use crate::bulletin::Selection;
use crate::catalogue::state::State as _;
use crate::pages::{self, Listed, SelectionView, Site, Turn};
use crate::permalink::Route;

/// How many bulletins a page of a list shows.
const PAGE_BULLETINS: usize = 30;
/// How many events are looked at for one page: one bulletin may have many.
const EVENTS_MAX: u64 = 600;
/// How many events are read at a time.
const EVENTS_A_READ: u64 = 50;

/// What a query asks of a page; what it does not know, it does not see.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub edge: Option<Edge>,
    /// From 1 to 12.
    pub month: Option<String>,
    pub category: Option<String>,
}

/// Where a page of a list begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// With what stands behind this key.
    Before(String),
    /// With what stands before this key.
    After(String),
}

/// No key that was ever given out is longer.
const KEY_BYTES_MAX: usize = 400;

impl Asked {
    pub fn read(query: Option<&str>) -> Asked {
        let mut asked = Asked::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = value.into_owned();
            match &*name {
                _ if value.is_empty() || value.len() > KEY_BYTES_MAX => {}
                "before" => asked.edge = Some(Edge::Before(value)),
                "after" => asked.edge = Some(Edge::After(value)),
                "month" => asked.month = Some(value),
                "category" => asked.category = Some(value),
                _ => {}
            }
        }
        asked
    }
}

impl Edge {
    pub fn after(self) -> Option<String> {
        match self {
            Edge::After(key) => Some(key),
            Edge::Before(_) => None,
        }
    }

    /// The key, read as what it should be.
    fn key<T: std::str::FromStr>(&self) -> Option<(bool, T)> {
        match self {
            Edge::Before(key) => Some((true, key.parse().ok()?)),
            Edge::After(key) => Some((false, key.parse().ok()?)),
        }
    }
}

/// One page of the list of a selection.
pub fn page(
    app: &App,
    site: &Site,
    selection: &Selection,
    asked: &Asked,
) -> Result<Arc<Representation>, Problem> {
    let route = Route::Page(selection.clone());
    let missing = || Problem::not_found(&route.to_string());
    let state = app.archive.catalogue().selection(selection).map_err(ArchiveError::from)?;
    let month = match (&asked.month, selection.year()) {
        (Some(month), Some(_)) => {
            Some(month.parse().ok().filter(|month| (1..=12u8).contains(month)).ok_or_else(missing)?)
        }
        _ => None,
    };
    if state.events == 0 {
        return Err(missing());
    }
    let key = site.key(&format!("{route}?{:?}&{:?}", month, asked.edge));
    // It shows its own bulletins and how many of them narrower selections have: all of that is its own events' doing.
    app.kept(&key, state.events, || {
        let directory = directory(app)?;
        let read = match selection.year() {
            Some(_) => by_date(app, selection, month, asked.edge.as_ref()),
            None => by_event(app, selection, asked.edge.as_ref(), PAGE_BULLETINS),
        };
        let (bulletins, turn) = read?;
        let view =
            SelectionView { selection: selection.clone(), directory: &directory, month, bulletins, turn };
        Ok(Representation::new(HTML, pages::selection(site, &view), None).keep(MINUTES))
    })
}

/// A page of a year in the order of its dates, the latest first.
fn by_date(
    app: &App,
    selection: &Selection,
    month: Option<u8>,
    edge: Option<&Edge>,
) -> Result<(Vec<Listed>, Turn), Problem> {
    let catalogue = app.archive.catalogue();
    let calendar = app.calendars.of(catalogue, selection).map_err(ArchiveError::from)?;
    let entries = month.map_or(&calendar.entries[..], |month| calendar.of_month(month));
    let missing = || Problem::not_found(&Route::Page(selection.clone()).to_string());
    let edge: Option<(bool, Entry)> = edge.map(|edge| edge.key().ok_or_else(missing)).transpose()?;
    // The page is a stretch of the entries, which are ascending.
    let end = match &edge {
        None => entries.len(),
        Some((true, key)) => entries.partition_point(|it| it < key),
        Some((false, key)) => (entries.partition_point(|it| it <= key) + PAGE_BULLETINS).min(entries.len()),
    };
    let begin = end.saturating_sub(PAGE_BULLETINS);
    let shown = &entries[begin..end];
    let turn = Turn {
        first: end == entries.len(),
        newer: shown.last().filter(|_| end < entries.len()).map(Entry::to_string),
        older: shown.first().filter(|_| begin > 0).map(Entry::to_string),
    };
    let mut listed = Vec::new();
    for entry in shown.iter().rev() {
        listed.extend(bulletin(app, entry.number)?);
    }
    Ok((listed, turn))
}

/// A page of a selection with what is new first. Its keys are sequence numbers of events.
pub fn by_event(
    app: &App,
    selection: &Selection,
    edge: Option<&Edge>,
    count: usize,
) -> Result<(Vec<Listed>, Turn), Problem> {
    let missing = || Problem::not_found(&Route::Page(selection.clone()).to_string());
    let events = app.archive.catalogue().selection(selection).map_err(ArchiveError::from)?.events;
    let edge: Option<(bool, u64)> = edge.map(|edge| edge.key().ok_or_else(missing)).transpose()?;
    let mut walk = Walk { app, selection, looked_at: 0 };
    let (mut shown, newer, older) = match edge {
        None => {
            let (shown, older) = walk.back(events, count)?;
            (shown, false, older)
        }
        Some((true, key)) => {
            let end = walk.position(key, events)?;
            let (shown, older) = walk.back(end, count)?;
            (shown, end < events, older)
        }
        Some((false, key)) => {
            let begin = walk.position(key.saturating_add(1), events)?;
            let (mut shown, newer) = walk.forth(begin, events, count)?;
            shown.reverse();
            (shown, newer, begin > 0)
        }
    };
    let key_of = |it: Option<&(u64, u64)>| it.map(|(event, _)| event.to_string());
    let turn = Turn {
        first: !newer,
        newer: key_of(shown.first()).filter(|_| newer),
        older: key_of(shown.last()).filter(|_| older),
    };
    let mut listed = Vec::new();
    for (_, number) in shown.drain(..) {
        listed.extend(bulletin(app, number)?);
    }
    Ok((listed, turn))
}

/// A walk along the events of a selection, bounded in its length.
struct Walk<'a> {
    app: &'a App,
    selection: &'a Selection,
    looked_at: u64,
}

/// The events that show a bulletin, with the bulletin's number, and whether there is more.
type Found = (Vec<(u64, u64)>, bool);

impl Walk<'_> {
    /// Where in the list the first event stands whose number is `seq` or more.
    fn position(&self, seq: u64, events: u64) -> Result<u64, Problem> {
        let catalogue = self.app.archive.catalogue();
        let (mut low, mut high) = (0, events);
        while low < high {
            let middle = low + (high - low) / 2;
            let item = catalogue.items(self.selection, middle..middle + 1).map_err(ArchiveError::from)?;
            match item.first() {
                Some(item) if item.event < seq => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// Up to `count` bulletins from before `end` on, the newest first.
    fn back(&mut self, mut end: u64, count: usize) -> Result<Found, Problem> {
        let mut found = Vec::new();
        while end > 0 {
            let begin = end.saturating_sub(EVENTS_A_READ);
            let mut read = self.read(begin, end)?;
            read.reverse();
            for it in read {
                if found.len() == count {
                    return Ok((found, true));
                }
                found.push(it);
            }
            if self.looked_at >= EVENTS_MAX {
                return Ok((found, begin > 0));
            }
            end = begin;
        }
        Ok((found, false))
    }

    /// Up to `count` bulletins from `begin` on, the oldest first.
    fn forth(&mut self, mut begin: u64, events: u64, count: usize) -> Result<Found, Problem> {
        let mut found = Vec::new();
        while begin < events {
            let end = (begin + EVENTS_A_READ).min(events);
            for it in self.read(begin, end)? {
                if found.len() == count {
                    return Ok((found, true));
                }
                found.push(it);
            }
            if self.looked_at >= EVENTS_MAX {
                return Ok((found, end < events));
            }
            begin = end;
        }
        Ok((found, false))
    }

    /// The bulletins whose newest event is among these, with that event.
    fn read(&mut self, begin: u64, end: u64) -> Result<Vec<(u64, u64)>, Problem> {
        self.looked_at += end - begin;
        let catalogue = self.app.archive.catalogue();
        let mut found = Vec::new();
        for item in catalogue.items(self.selection, begin..end).map_err(ArchiveError::from)? {
            if item.gone {
                continue;
            }
            let number = catalogue.known_event(item.event).map_err(ArchiveError::from)?.bulletin;
            let bulletin = catalogue.known_bulletin(number).map_err(ArchiveError::from)?;
            if bulletin.touched == item.event && bulletin.withdrawn.is_none() {
                found.push((item.event, number));
            }
        }
        Ok(found)
    }
}

/// A bulletin as a list shows it, unless it has been withdrawn meanwhile.
pub fn bulletin(app: &App, number: u64) -> Result<Option<Listed>, Problem> {
    let bulletin = app.archive.catalogue().known_bulletin(number).map_err(ArchiveError::from)?;
    if bulletin.withdrawn.is_some() {
        return Ok(None);
    }
    let version = app.archive.version_at(bulletin.latest(), bulletin.versions.len() as u32)?;
    let published = app.publisher().published(number, &version)?;
    Ok(Some(Listed {
        id: bulletin.id,
        slug: bulletin.slug.clone(),
        title: version.content.title,
        language: version.content.language,
        published,
        summary: version.content.summary,
        categories: app.archive.categories(&bulletin.category_numbers())?,
    }))
}
