//! Selections: lists of events from which what is in them now can be told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::calendar::{self, Entry};
use super::super::key::ITEMS_A_KEY;
use super::super::record::Item;
use super::super::state::{Layered, State};
use super::super::{Catalogue, Pending};
use super::world::{Disk, Incident, Said, Step, apply_to, history, incidents, live_through, steps};
use crate::bulletin::Selection;

/// Which bulletins are in each selection, from the bulletins themselves.
fn members(catalogue: &Catalogue, events: u64) -> BTreeMap<Selection, BTreeSet<u64>> {
    let names = catalogue.names().unwrap();
    let mut members: BTreeMap<Selection, BTreeSet<u64>> = BTreeMap::new();
    for number in 1..=events {
        let Some(bulletin) = catalogue.bulletin(number).unwrap() else { continue };
        let terms = bulletin.category_numbers();
        let terms = terms.iter().map(|category| names.category_at(*category).unwrap().term.as_str());
        for selection in Selection::of(bulletin.on.year, terms) {
            let selected = members.entry(selection).or_default();
            if bulletin.withdrawn.is_none() {
                selected.insert(number);
            }
        }
    }
    members
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn replaying_a_selection_gives_exactly_the_live_bulletins_in_it(
        steps in steps(1..260), incidents in incidents(),
    ) {
        let catalogue = live_through(&Disk::default(), &history(&steps), &incidents);
        let members = members(&catalogue, steps.len() as u64);
        let selections = catalogue.selections().unwrap();
        for (selection, state) in &selections {
            let items = catalogue.items(selection, 0..u64::MAX).unwrap();
            prop_assert_eq!(items.len() as u64, state.events);
            prop_assert!(items.is_sorted_by_key(|item| item.event), "in the order of events");
            let mut live = BTreeSet::new();
            for Item { event, gone } in &items {
                let event = catalogue.known_event(*event).unwrap();
                prop_assert_eq!(if *gone { live.remove(&event.bulletin) } else { live.insert(event.bulletin); true }, true);
            }
            prop_assert_eq!(state.bulletins, live.len() as u64, "{}", selection);
            let mut months = [0; 13];
            for number in live.iter().filter(|_| selection.year().is_some()) {
                months[usize::from(catalogue.known_bulletin(*number).unwrap().on.month)] += 1;
            }
            prop_assert_eq!(state.months, months, "{}", selection);
            let mut calendar: Vec<Entry> = Vec::new();
            for month in 0..=12 {
                let of_month = catalogue.calendar_month(selection, month).unwrap();
                let each = (0..=calendar::DAY_MAX).flat_map(|day| catalogue.calendar(selection, [month, day]).unwrap());
                prop_assert_eq!(&each.collect::<Vec<_>>(), &of_month, "{}", selection);
                calendar.extend(of_month);
            }
            prop_assert!(calendar.is_sorted(), "{}", selection);
            let on = |number: &u64| catalogue.known_bulletin(*number).unwrap().on;
            let mut dated: Vec<Entry> = live.iter().map(|number| Entry { on: on(number), number: *number }).collect();
            dated.retain(|_| selection.year().is_some());
            dated.sort_unstable();
            prop_assert_eq!(calendar, dated, "{}", selection);
            prop_assert_eq!(live, members.get(selection).cloned().unwrap_or_default(), "{}", selection);
            let last = items.last().unwrap();
            prop_assert_eq!(state.updated, catalogue.known_event(last.event).unwrap().at);
        }
        for (selection, live) in members.iter().filter(|(_, live)| !live.is_empty()) {
            prop_assert!(selections.iter().any(|(known, _)| known == selection), "{selection}: {live:?}");
        }
    }

    #[test]
    fn pages_hold_the_right_items_wherever_the_borders_of_the_layers_lie(
        borders in prop::array::uniform3(1..420u64), ranges in prop::collection::vec((0..450u64, 0..250u64), 1..20),
    ) {
        let mut borders = borders;
        borders.sort_unstable();
        let disk = Disk::default();
        let catalogue = disk.catalogue();
        // Every event is a new bulletin, so that item n of all bulletins is event n + 1.
        let new = |n: u16| Step::Admit(Said {
            source: 0, aliases: Vec::new(), content: n, text: 0, text_chars: 0, categories: Vec::new(),
            year: None, minor: false, target: None,
        });
        let steps: Vec<Step> = (0..420).map(new).collect();
        let history = history(&steps);
        let mut pending = Pending::new(&catalogue);
        for (n, entry) in (1..).zip(&history) {
            apply_to(&mut pending, entry);
            if borders.contains(&n) {
                catalogue.take_up(std::mem::replace(&mut pending, Pending::new(&catalogue)).into_overlay());
                disk.fill(n != borders[0]);
                let _ = catalogue.merge();
            }
        }
        let all: Vec<Item> = (1..=history.len() as u64).map(|event| Item { event, gone: false }).collect();
        for (start, length) in ranges {
            let found = pending.layered(|layers| layers.items(&Selection::All, start..start + length)).unwrap();
            let from = (start as usize).min(all.len());
            let until = ((start + length) as usize).min(all.len());
            prop_assert_eq!(&found, &all[from..until]);
        }
    }
}

#[test]
fn a_hundred_events_share_a_page_and_the_next_opens_one() {
    let admit = |n: u8| {
        Step::Admit(Said {
            source: 0,
            aliases: vec![n],
            content: n.into(),
            text: n,
            text_chars: 0,
            categories: vec![1],
            year: Some(1),
            minor: false,
            target: None,
        })
    };
    let mut steps: Vec<Step> = (0..24).map(admit).collect();
    // Each withdrawal is followed by a restoration: two events in every selection of the bulletin.
    steps.extend((0..24).cycle().take(250).flat_map(|n| [Step::Withdraw(n), Step::Restore(n)]));
    let catalogue = live_through(&Disk::default(), &history(&steps), &[Incident::Merge]);
    for (selection, state) in catalogue.selections().unwrap() {
        assert_eq!((state.events, state.bulletins), (524, 24), "{selection}");
        for page in 0..6 {
            let range = page * ITEMS_A_KEY..(page + 1) * ITEMS_A_KEY;
            let items = catalogue.items(&selection, range.clone()).unwrap();
            let numbers: Vec<u64> = items.iter().map(|item| item.event - 1).collect();
            assert_eq!(numbers, (range.start..range.end.min(524)).collect::<Vec<_>>());
        }
    }
}
