//! The bulletins of a year in the order of their dates.
//!
//! The catalogue has a selection as the list of its events. What this makes of it is derived, kept in memory up to a
//! bound, and brought up to date by the events that came since: a list is read whole once, and never for a request
//! that finds it made.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache as Quick;

use crate::bulletin::{CalendarDay, Selection};
use crate::catalogue::Catalogue;
use crate::catalogue::state::{Result, State as _};

/// Where a bulletin stands in the calendar. Those of one day stand in the order in which they were admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub on: CalendarDay,
    /// The number of the bulletin.
    pub number: u64,
}

impl fmt::Display for Entry {
    /// As an address names it: `20170630.81`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CalendarDay { year, month, day } = self.on;
        write!(f, "{year:04}{month:02}{day:02}.{}", self.number)
    }
}

impl FromStr for Entry {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Entry, ()> {
        let (date, number) = text.split_once('.').ok_or(())?;
        if date.len() != 8 || !date.bytes().chain(number.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Err(());
        }
        let on = CalendarDay {
            year: date[..4].parse().map_err(|_| ())?,
            month: date[4..6].parse().map_err(|_| ())?,
            day: date[6..].parse().map_err(|_| ())?,
        };
        Ok(Entry { on, number: number.parse().map_err(|_| ())? })
    }
}

/// A selection in the order of its dates, the earliest first.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Made of so many events of the selection.
    events: u64,
    pub entries: Vec<Entry>,
}

impl Calendar {
    /// Those that stand before the entry, and those that stand behind it.
    pub fn around(&self, entry: &Entry) -> (&[Entry], &[Entry]) {
        let at = self.entries.partition_point(|it| it < entry);
        let behind = at + usize::from(self.entries.get(at) == Some(entry));
        (&self.entries[..at], &self.entries[behind..])
    }

    /// Those of one month of the year.
    pub fn of_month(&self, month: u8) -> &[Entry] {
        let begin = self.entries.partition_point(|it| it.on.month < month);
        let end = self.entries.partition_point(|it| it.on.month <= month);
        &self.entries[begin..end]
    }

    /// The calendar after the events up to `events` of the selection.
    fn up_to(&self, catalogue: &Catalogue, selection: &Selection, events: u64) -> Result<Calendar> {
        let mut newest: BTreeMap<u64, bool> = BTreeMap::new();
        for item in catalogue.items(selection, self.events..events)? {
            newest.insert(catalogue.known_event(item.event)?.bulletin, item.gone);
        }
        let kept = self.entries.iter().filter(|it| !newest.contains_key(&it.number)).copied();
        let mut entries: Vec<Entry> = kept.collect();
        for (number, _) in newest.into_iter().filter(|(_, gone)| !gone) {
            entries.push(Entry { on: catalogue.known_bulletin(number)?.on, number });
        }
        entries.sort_unstable();
        Ok(Calendar { events, entries })
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Selection, Arc<Calendar>> for Weight {
    fn weight(&self, _: &Selection, calendar: &Arc<Calendar>) -> u64 {
        (calendar.entries.len() * size_of::<Entry>() + 128) as u64
    }
}

/// How much memory calendars may take: those of a million bulletins, each in a year and in a category.
const BYTES_MAX: u64 = 32 << 20;

/// Every calendar that somebody has asked for, as long as there is room.
pub struct Calendars(Quick<Selection, Arc<Calendar>, Weight>);

impl Default for Calendars {
    fn default() -> Calendars {
        Calendars(Quick::with_weighter(256, BYTES_MAX, Weight))
    }
}

impl Calendars {
    /// The calendar of a selection as it stands.
    pub fn of(&self, catalogue: &Catalogue, selection: &Selection) -> Result<Arc<Calendar>> {
        let events = catalogue.selection(selection)?.events;
        let known = self.0.get(selection).unwrap_or_default();
        if known.events >= events {
            return Ok(known);
        }
        let calendar = Arc::new(known.up_to(catalogue, selection, events)?);
        self.0.insert(selection.clone(), calendar.clone());
        Ok(calendar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        text.parse().unwrap()
    }

    #[test]
    fn an_entry_is_written_as_it_is_read_and_nothing_else_is_read() {
        for text in ["20170630.81", "20170000.1", "00010203.0"] {
            assert_eq!(entry(text).to_string(), text);
        }
        for text in [
            "",
            "20170630",
            "2017063.1",
            "20170630.",
            "20170630.x",
            "2017-6-3.1",
            "20170630.1.2",
            "+0170630.1",
        ] {
            assert!(text.parse::<Entry>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_known_less_precisely_stands_before_what_is_known_better() {
        let entries: Vec<Entry> =
            ["20170000.9", "20170600.1", "20170601.7", "20170601.8", "20170701.2"].map(entry).to_vec();
        assert!(entries.is_sorted());
        let calendar = Calendar { events: 5, entries };
        assert_eq!(calendar.of_month(6).len(), 3);
        let (before, behind) = calendar.around(&entry("20170601.7"));
        assert_eq!((before.len(), behind.len()), (2, 2));
        // Also of one that has gone meanwhile.
        let (before, behind) = calendar.around(&entry("20170615.3"));
        assert_eq!((before.len(), behind.len()), (4, 1));
    }
}
