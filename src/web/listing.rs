//! The lists of bulletins on pages, and how one goes along them.
//!
//! A list is in the order of the calendar, the latest first: when something was published is what a reader looks for,
//! and when it was admitted says nothing of that. What was corrected today is in the feeds. A page of a list is named by
//! the bulletin at its edge, so it shows the same bulletins however many come before it.

use std::sync::Arc;

use super::App;
use super::problem::Problem;
use super::representation::Representation;
use super::response::{HTML, MINUTES};
use super::selections::directory;
use crate::archive::ArchiveError;
use crate::bulletin::Selection;
use crate::catalogue::calendar::{self, Entry};
use crate::catalogue::record::Bulletin;
use crate::catalogue::state::State as _;
use crate::pages::{self, Listed, SelectionView, Site, Turn};
use crate::permalink::Route;

/// How many bulletins a page of a list shows.
const PAGE_BULLETINS: usize = 30;

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

    /// As an address says it.
    fn named(self) -> (&'static str, String) {
        match self {
            Edge::Before(key) => ("before", key),
            Edge::After(key) => ("after", key),
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
        let (bulletins, turn) = by_date(app, selection, month, asked.edge.as_ref(), PAGE_BULLETINS)?;
        let view =
            SelectionView { selection: selection.clone(), directory: &directory, month, bulletins, turn };
        Ok(Representation::new(HTML, pages::selection(site, &view), None).keep(MINUTES))
    })
}

/// A page of a list in the order of the calendar, the latest first.
pub fn by_date(
    app: &App,
    selection: &Selection,
    month: Option<u8>,
    edge: Option<&Edge>,
    count: usize,
) -> Result<(Vec<Listed>, Turn), Problem> {
    let missing = || Problem::not_found(&Route::Page(selection.clone()).to_string());
    let at = edge.cloned().map(Edge::named);
    let edge: Option<(bool, Entry)> = edge.map(|edge| edge.key().ok_or_else(missing)).transpose()?;
    let walk = Walk::new(app, selection, month)?;
    // One more than the page has says whether there is another page.
    let (mut shown, newer, older) = match edge {
        None => {
            let shown = walk.back(None, count + 1)?;
            let older = shown.len() > count;
            (shown, false, older)
        }
        Some((true, key)) => {
            let shown = walk.back(Some(&key), count + 1)?;
            let older = shown.len() > count;
            (shown, walk.forth(&key, true, 1)?.len() == 1, older)
        }
        Some((false, key)) => {
            let mut shown = walk.forth(&key, false, count + 1)?;
            let newer = shown.len() > count;
            shown.truncate(count);
            shown.reverse();
            let older = match shown.last() {
                Some(last) => !walk.back(Some(last), 1)?.is_empty(),
                None => false,
            };
            (shown, newer, older)
        }
    };
    shown.truncate(count);
    let turn = Turn {
        first: !newer,
        at,
        newer: shown.first().filter(|_| newer).map(Entry::to_string),
        older: shown.last().filter(|_| older).map(Entry::to_string),
    };
    let bulletins = app.archive.about_to_show(shown.iter().map(|entry| entry.number))?;
    let mut listed = Vec::new();
    for (number, shown) in bulletins {
        listed.extend(bulletin(app, number, &shown)?);
    }
    Ok((listed, turn))
}

/// A walk along the calendars of a selection, one month after the other, from wherever it begins.
pub struct Walk<'a> {
    app: &'a App,
    month: Option<u8>,
    /// The months that have any entries, as they stand in the calendar of a year, the earliest first.
    months: Vec<(Selection, i16, u8)>,
}

impl<'a> Walk<'a> {
    pub fn new(app: &'a App, selection: &Selection, month: Option<u8>) -> Result<Walk<'a>, Problem> {
        let mut found = Vec::new();
        for (year, months) in directory(app)?.by_month(selection) {
            if selection.year().is_some_and(|only| only != year) {
                continue;
            }
            let in_year = match selection.category() {
                Some(term) => Selection::CategoryYear(term.into(), year),
                None => Selection::Year(year),
            };
            let any = (0..).zip(months).filter(|(_, bulletins)| *bulletins > 0);
            let wanted = any.filter(|(any, _)| month.is_none_or(|month| month == *any));
            let mut of_year: Vec<u8> =
                wanted.map(|(month, _)| calendar::month_of_lists(&in_year, month)).collect();
            // Those of a category stand together.
            of_year.dedup();
            found.extend(of_year.into_iter().map(|month| (in_year.clone(), year, month)));
        }
        Ok(Walk { app, month, months: found })
    }

    fn entries(&self, selection: &Selection, month: u8) -> Result<Vec<Entry>, Problem> {
        let catalogue = self.app.archive.catalogue();
        let entries = catalogue.calendar_month(selection, month).map_err(ArchiveError::from)?;
        let wanted = |entry: &Entry| self.month.is_none_or(|month| entry.on.month == month);
        Ok(entries.into_iter().filter(wanted).collect())
    }

    /// Up to `count` entries from before `key`, or from the end, the latest first.
    pub fn back(&self, key: Option<&Entry>, count: usize) -> Result<Vec<Entry>, Problem> {
        let mut found = Vec::new();
        for (selection, year, month) in self.months.iter().rev() {
            let reaches = |key: &Entry| {
                (*year, *month) <= (key.on.year, calendar::month_of_lists(selection, key.on.month))
            };
            if !key.is_none_or(reaches) {
                continue;
            }
            let entries = self.entries(selection, *month)?;
            let end = key.map_or(entries.len(), |key| entries.partition_point(|it| it < key));
            found.extend(entries[..end].iter().rev().take(count - found.len()));
            if found.len() == count {
                break;
            }
        }
        Ok(found)
    }

    /// Up to `count` entries behind `key`, or from it on, the earliest first.
    pub fn forth(&self, key: &Entry, with_key: bool, count: usize) -> Result<Vec<Entry>, Problem> {
        let mut found = Vec::new();
        for (selection, year, month) in &self.months {
            if (*year, *month) < (key.on.year, calendar::month_of_lists(selection, key.on.month)) {
                continue;
            }
            let entries = self.entries(selection, *month)?;
            let begin = entries.partition_point(|it| it < key || !with_key && it == key);
            found.extend(entries[begin..].iter().take(count - found.len()));
            if found.len() == count {
                break;
            }
        }
        Ok(found)
    }
}

/// The entries before and after one, of all bulletins: in a large archive mostly on its own day, in others in its month.
pub fn around(app: &App, entry: &Entry) -> Result<[Option<Entry>; 2], Problem> {
    let (catalogue, year) = (app.archive.catalogue(), Selection::Year(entry.on.year));
    let beside = |entries: Vec<Entry>| {
        let at = entries.partition_point(|it| it < entry);
        let behind = at + usize::from(entries.get(at) == Some(entry));
        Some([Some(*entries[..at].last()?), Some(*entries.get(behind)?)])
    };
    let day = catalogue.calendar(&year, calendar::list_of(&year, entry.on)).map_err(ArchiveError::from)?;
    if let Some(both) = beside(day) {
        return Ok(both);
    }
    let month = calendar::month_of_lists(&year, entry.on.month);
    if let Some(both) = beside(catalogue.calendar_month(&year, month).map_err(ArchiveError::from)?) {
        return Ok(both);
    }
    let walk = Walk::new(app, &Selection::All, None)?;
    Ok([walk.back(Some(entry), 1)?.pop(), walk.forth(entry, false, 1)?.pop()])
}

/// A bulletin as a list shows it, unless it has been withdrawn meanwhile.
pub fn bulletin(app: &App, number: u64, bulletin: &Bulletin) -> Result<Option<Listed>, Problem> {
    if bulletin.withdrawn.is_some() {
        return Ok(None);
    }
    let version = match app.archive.version_at(bulletin.latest(), bulletin.versions.len() as u32) {
        // The others are listed all the same.
        Err(error) if error.is_damage() => return Ok(None),
        version => version?,
    };
    let published = app.archive.published(number, &version)?;
    Ok(Some(Listed {
        id: bulletin.id,
        slug: bulletin.slug.clone(),
        title: version.content.title.clone(),
        language: version.content.language.clone(),
        published,
        summary: version.content.summary.clone(),
        categories: app.archive.categories(&bulletin.category_numbers())?,
    }))
}
