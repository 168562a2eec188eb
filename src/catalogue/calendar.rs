//! The bulletins of a year in the order of their dates.
//!
//! A selection's list of events says when something became known; readers look for when it was published. So the
//! catalogue keeps a second order: of a year a list for each day, of a category in a year one list. A list has as many
//! entries as its selection has bulletins then, a day is one value that is read, and a month one scan.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::record::{keep_ascending, read_ascending};
use super::state::Result;
use crate::bulletin::{CalendarDay, Selection};

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

/// Which of its selection's lists one is: month and day, 0 for what is not known.
pub type ListDay = [u8; 2];

/// The list of its selection in which a day stands. A year has one for each day, since what stands beside a bulletin is asked for
/// before each reading of it. A category in a year has one in all: a list each would be many more keys.
pub fn list_of(selection: &Selection, on: CalendarDay) -> ListDay {
    match selection {
        Selection::CategoryYear(..) => [0, 0],
        _ => [on.month.min(12), on.day.min(DAY_MAX)],
    }
}

/// The month under which the lists of its selection stand that a month is in.
pub fn month_of_lists(selection: &Selection, month: u8) -> u8 {
    list_of(selection, CalendarDay { year: 0, month, day: 0 })[0]
}

const DAY_BITS: u32 = 5;
pub const DAY_MAX: u8 = 31;

/// An entry within its year as one number that sorts as the entry does: month (4 bits), day (5), bulletin (37).
pub fn place(entry: &Entry) -> u64 {
    let day = u64::from(entry.on.month.min(12)) << DAY_BITS | u64::from(entry.on.day.min(DAY_MAX));
    day << NUMBER_BITS | entry.number
}

const NUMBER_BITS: u32 = 37;

fn entry(year: i16, place: u64) -> Entry {
    let day = place >> NUMBER_BITS;
    let on = CalendarDay { year, month: (day >> DAY_BITS) as u8, day: day as u8 & DAY_MAX };
    Entry { on, number: place & ((1 << NUMBER_BITS) - 1) }
}

/// What changes in a list: places, and whether each is in it now.
pub type ListChanges = BTreeMap<u64, bool>;

/// One list: places in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(Vec<u64>);

impl List {
    /// Reads the value of a key.
    pub fn read(value: &[u8]) -> Result<List> {
        read_ascending(value).map(List)
    }

    /// The value of its key; none where nothing is in it.
    pub fn value(&self) -> Option<Vec<u8>> {
        (!self.0.is_empty()).then(|| keep_ascending(self.0.iter().copied()))
    }

    pub fn changed(mut self, changes: &ListChanges) -> List {
        if changes.is_empty() {
            return self;
        }
        self.0.retain(|place| !changes.contains_key(place));
        self.0.extend(changes.iter().filter(|(_, within)| **within).map(|(place, _)| *place));
        // Two sorted runs, which this sort finds.
        self.0.sort();
        self
    }

    pub fn entries(&self, year: i16) -> Vec<Entry> {
        self.0.iter().map(|place| entry(year, *place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Entry {
        text.parse().unwrap()
    }

    #[test]
    fn an_entry_is_written_as_it_is_read_and_nothing_else_is_read() {
        for text in ["20170630.81", "20170000.1", "00010203.0"] {
            assert_eq!(parsed(text).to_string(), text);
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
    fn a_list_is_a_sorted_set_of_entries_however_it_came_to_be() {
        // What is known less precisely stands before what is known better.
        let entries = ["20170000.9", "20170600.1", "20170601.7", "20170601.8", "20171231.137438953471"];
        let entries = entries.map(parsed);
        assert!(entries.is_sorted());
        let into = |entry: &Entry| (place(entry), true);
        let list = List::default().changed(&entries[1..4].iter().rev().map(into).collect());
        let list = list.changed(&[&entries[0], &entries[4]].into_iter().map(into).collect());
        assert_eq!(list.entries(2017), entries);
        assert_eq!(List::read(&list.value().unwrap()).unwrap(), list);
        let again = list.clone().changed(&entries.iter().map(into).collect());
        assert_eq!(again, list, "what is in it is in it once");
        let out = [(place(&entries[2]), false), (place(&parsed("20170602.1")), false)];
        assert_eq!(list.clone().changed(&out.into()).entries(2017).len(), 4);
        let all_out = entries.iter().map(|entry| (place(entry), false)).collect();
        assert_eq!(list.changed(&all_out).value(), None, "a list that nothing is in is not kept");
    }
}
