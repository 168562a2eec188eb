//! Events that are applied and not yet merged into the engine, in memory.
//!
//! The journal is the write-ahead log, so the catalogue need not write each event: an overlay takes them as
//! they come, and its merging gives the engine few, sorted, packed puts.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use super::calendar::{self, Entry, List, ListChanges, ListDay};
use super::engine::{Appended, Engine, Puts};
use super::hashes::Hashes;
use super::key::{self, HashKind, Paged, ShortHash};
use super::names::Names;
use super::record::{Bulletin, EventRecord, Item, PackedPage, Record, SelectionState, keep_ascending};
use super::state::{Result, encode, page_items, read_page};
use crate::bulletin::Selection;
use crate::journal::Position;

/// What one event changes.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Up to and with the event.
    pub position: Position,
    pub event: EventRecord,
    /// The bulletin as it stands after the event, and its number.
    pub bulletin: Option<(u64, Bulletin)>,
    /// New look-ups.
    pub hashes: Vec<(HashKind, ShortHash, u64)>,
    /// New items, with the state of their selections after the event.
    pub items: Vec<(Selection, Item, SelectionState)>,
    /// Where the bulletin stands now in the calendars of its selections, and where it stands no longer.
    pub calendar: Vec<(Selection, Entry, bool)>,
    /// Set where the event names a source or category for the first time.
    pub names: Option<Names>,
}

/// The end of a selection's list.
#[derive(Clone, Debug)]
pub struct ListEnd {
    /// How many items come before.
    pub begins_at: u64,
    pub added: Vec<Item>,
    pub state: SelectionState,
}

#[derive(Default)]
pub struct Overlay {
    pub position: Option<Position>,
    pub hashes: Hashes,
    pub events: BTreeMap<u64, EventRecord>,
    pub bulletins: HashMap<u64, Arc<Bulletin>>,
    pub selections: HashMap<Selection, ListEnd>,
    pub calendars: HashMap<(Selection, ListDay), ListChanges>,
    pub names: Option<Arc<Names>>,
    /// How many of the events withdrew or restored a bulletin.
    pub withdrawals: u64,
}

impl Overlay {
    /// How many events wait here.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn is_empty(&self) -> bool {
        self.position.is_none()
    }

    /// Takes up what one event changes.
    pub fn take_up(&mut self, changes: Changes) {
        let number = changes.position.seq;
        self.position = Some(changes.position);
        // Of events that change a bulletin only those two admit nothing.
        let withdrawal = changes.bulletin.is_some() && changes.event.admitted.is_none();
        self.withdrawals += u64::from(withdrawal);
        self.events.insert(number, changes.event);
        self.bulletins.extend(changes.bulletin.map(|(number, bulletin)| (number, Arc::new(bulletin))));
        for (kind, hash, number) in changes.hashes {
            self.hashes.insert(hash, kind, number);
        }
        for (selection, item, state) in changes.items {
            let begin = ListEnd { begins_at: state.events - 1, added: Vec::new(), state };
            let list = self.selections.entry(selection).or_insert(begin);
            list.added.push(item);
            list.state = state;
        }
        for (selection, entry, within) in changes.calendar {
            let list = calendar::list_of(&selection, entry.on);
            self.calendars.entry((selection, list)).or_default().insert(calendar::place(&entry), within);
        }
        self.names = changes.names.map(Arc::new).or(self.names.take());
    }

    /// Takes up a newer overlay.
    pub fn absorb(&mut self, newer: Overlay) {
        if self.is_empty() {
            *self = newer;
            return;
        }
        self.position = newer.position.or(self.position);
        self.hashes.absorb(newer.hashes);
        self.events.extend(newer.events);
        self.bulletins.extend(newer.bulletins);
        for (selection, end) in newer.selections {
            match self.selections.get_mut(&selection) {
                None => {
                    self.selections.insert(selection, end);
                }
                Some(list) => {
                    list.added.extend(end.added);
                    list.state = end.state;
                }
            }
        }
        for (list, changes) in newer.calendars {
            self.calendars.entry(list).or_default().extend(changes);
        }
        self.names = newer.names.or(self.names.take());
        self.withdrawals += newer.withdrawals;
    }

    /// What merges this overlay into `engine`, but for its hashes.
    pub fn puts(&self, engine: &dyn Engine) -> Result<(Appended, Puts)> {
        let (mut appended, mut puts) = (Appended::new(), Puts::new());
        puts.extend(self.position.map(|position| (key::POSITION.to_vec(), Some(encode(&position)))));
        puts.extend(self.names.as_ref().map(|names| (key::NAMES.to_vec(), Some(encode(names.as_ref())))));
        let mut bulletins: Vec<(u64, &Bulletin)> =
            self.bulletins.iter().map(|(number, bulletin)| (*number, bulletin.as_ref())).collect();
        bulletins.sort_unstable_by_key(|(number, _)| *number);
        put_pages(engine, &mut appended, &mut puts, &key::BULLETINS, &bulletins)?;
        let events: Vec<(u64, &EventRecord)> = self.events.iter().map(|(n, event)| (*n, event)).collect();
        put_pages(engine, &mut appended, &mut puts, &key::EVENTS, &events)?;
        debug_assert!(appended.is_sorted());
        for (selection, list) in &self.selections {
            puts.insert(key::selection(selection), Some(encode(&list.state)));
            put_items(engine, &mut puts, selection, list)?;
        }
        for ((selection, list), changes) in &self.calendars {
            let key = key::calendar(selection, *list);
            let list = List::read(&engine.get(&key)?.unwrap_or_default())?.changed(changes);
            puts.insert(key, list.value());
        }
        Ok((appended, puts))
    }
}

/// The puts of records given in the order of their numbers; the pages behind what was merged before are appended.
fn put_pages<T: Record>(
    engine: &dyn Engine,
    appended: &mut Appended,
    puts: &mut Puts,
    paged: &Paged,
    records: &[(u64, &T)],
) -> Result<()> {
    debug_assert!(records.is_sorted_by_key(|(number, _)| *number), "a page is put once");
    let behind = paged.first_behind(super::engine_position(engine)?.seq);
    for of_page in records.chunk_by(|(one, _), (other, _)| one / paged.a_key == other / paged.a_key) {
        let (first, _) = of_page[0];
        let key = paged.key(first);
        let mut page = match first < behind {
            true => PackedPage(read_page(engine.get(&key)?)?.0.into()),
            false => PackedPage::default(),
        };
        for (number, record) in of_page {
            page.set(paged.slot(*number), &record.kept(*number));
        }
        let value = page.deflated();
        if first < behind {
            puts.insert(key, Some(value));
        } else {
            appended.push((key, value));
        }
    }
    Ok(())
}

fn put_items(engine: &dyn Engine, puts: &mut Puts, selection: &Selection, list: &ListEnd) -> Result<()> {
    let mut added = list.added.iter().peekable();
    let mut at = list.begins_at;
    while added.peek().is_some() {
        let key = key::items(selection, at / key::ITEMS_A_KEY);
        let mut page = page_items(&engine.get(&key)?.unwrap_or_default())?;
        let room = (key::ITEMS_A_KEY - at % key::ITEMS_A_KEY) as usize;
        page.truncate((at % key::ITEMS_A_KEY) as usize);
        page.extend(added.by_ref().take(room));
        at = (at / key::ITEMS_A_KEY + 1) * key::ITEMS_A_KEY;
        puts.insert(key, Some(keep_ascending(page.into_iter().map(Item::to_number))));
    }
    Ok(())
}
