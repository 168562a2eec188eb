//! Events that are applied and not yet merged into the engine, in memory.
//!
//! The journal is the write-ahead log, so the catalogue need not write each event: an overlay takes them as
//! they come, and its merging gives the engine few, sorted, packed puts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::calendar::{self, Entry, List, ListChanges};
use super::engine::{Engine, Puts};
use super::key::{self, HashKind, ShortHash};
use super::names::Names;
use super::record::{Bucket, Bulletin, EventRecord, Item, PackedPage, SelectionState};
use super::state::{Result, encode, page_items};
use crate::bulletin::Selection;
use crate::digest::Digest;
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
    pub hashes: Vec<(HashKind, Digest, u64)>,
    /// New items, with the state of their selections after the event.
    pub items: Vec<(Selection, Item, SelectionState)>,
    /// Where the bulletin stands now in the calendars of its selections, and where it stands no longer.
    pub calendar: Vec<(Selection, Entry, bool)>,
    /// Set where the event names a source or category for the first time.
    pub names: Option<Names>,
}

/// What hashes lead to. Looked up far more often than it is merged, so it is sorted only then.
#[derive(Default)]
pub struct Hashes {
    /// The first number under each, which mostly is the only one.
    first: HashMap<(ShortHash, HashKind), u64>,
    /// The others, in the order in which they came.
    further: HashMap<(ShortHash, HashKind), Vec<u64>>,
}

impl Hashes {
    pub fn insert(&mut self, hash: ShortHash, kind: HashKind, number: u64) {
        let first = *self.first.entry((hash, kind)).or_insert(number);
        if first != number {
            let further = self.further.entry((hash, kind)).or_default();
            if !further.contains(&number) {
                further.push(number);
            }
        }
    }

    /// Every number under a hash, in the order in which they came.
    pub fn find(&self, hash: &ShortHash, kind: HashKind) -> impl Iterator<Item = u64> {
        let first = self.first.get(&(*hash, kind));
        let further = first.and_then(|_| self.further.get(&(*hash, kind)));
        first.into_iter().chain(further.into_iter().flatten()).copied()
    }

    fn absorb(&mut self, newer: Hashes) {
        let (first, further) = (newer.first.into_iter(), newer.further);
        first.for_each(|((hash, kind), number)| self.insert(hash, kind, number));
        let further =
            further.into_iter().flat_map(|(key, numbers)| numbers.into_iter().map(move |n| (key, n)));
        further.for_each(|((hash, kind), number)| self.insert(hash, kind, number));
    }

    fn sorted(&self) -> Vec<(ShortHash, HashKind, u64)> {
        let first = self.first.iter().map(|((hash, kind), number)| (*hash, *kind, *number));
        let further = self
            .further
            .iter()
            .flat_map(|((hash, kind), numbers)| numbers.iter().map(|number| (*hash, *kind, *number)));
        let mut sorted: Vec<_> = first.chain(further).collect();
        sorted.sort_unstable();
        sorted
    }
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
    pub calendars: HashMap<(Selection, u8), ListChanges>,
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
        for (kind, digest, number) in &changes.hashes {
            self.hashes.insert(key::short(digest), *kind, *number);
        }
        for (selection, item, state) in changes.items {
            let begin = ListEnd { begins_at: state.events - 1, added: Vec::new(), state };
            let list = self.selections.entry(selection).or_insert(begin);
            list.added.push(item);
            list.state = state;
        }
        for (selection, entry, within) in changes.calendar {
            let list = calendar::list_of(&selection, entry.on.month);
            self.calendars.entry((selection, list)).or_default().insert(calendar::place(&entry), within);
        }
        self.names = changes.names.map(Arc::new).or(self.names.take());
    }

    /// Takes up a newer overlay.
    pub fn absorb(&mut self, newer: Overlay) {
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

    /// The puts that merge this overlay into `engine`.
    pub fn puts(&self, engine: &dyn Engine) -> Result<Puts> {
        let mut puts = Puts::new();
        puts.extend(self.position.map(|position| (key::POSITION.to_vec(), encode(&position))));
        puts.extend(self.names.as_ref().map(|names| (key::NAMES.to_vec(), encode(names.as_ref()))));
        self.put_hashes(engine, &mut puts)?;
        for (number, event) in &self.events {
            let slot = (number % key::EVENTS_A_KEY) as u8;
            put_packed(engine, &mut puts, &key::events(*number), slot, &encode(event))?;
        }
        for (number, bulletin) in &self.bulletins {
            let slot = (number % key::BULLETINS_A_KEY) as u8;
            put_packed(engine, &mut puts, &key::bulletins(*number), slot, &encode(bulletin.as_ref()))?;
        }
        for (selection, list) in &self.selections {
            puts.insert(key::selection(selection), encode(&list.state));
            put_items(engine, &mut puts, selection, list)?;
        }
        for ((selection, list), changes) in &self.calendars {
            let key = key::calendar(selection, *list);
            let list = List::read(&engine.get(&key)?.unwrap_or_default())?.changed(changes);
            puts.insert(key, list.value());
        }
        Ok(puts)
    }

    fn put_hashes(&self, engine: &dyn Engine, puts: &mut Puts) -> Result<()> {
        let hashes = self.hashes.sorted();
        for group in hashes.chunk_by(|(a, ..), (b, ..)| key::bucket(a) == key::bucket(b)) {
            let key = key::bucket(&group[0].0);
            let bucket = Bucket(engine.get(&key)?.unwrap_or_default());
            let added: Vec<_> =
                group.iter().map(|(hash, kind, number)| Bucket::entry(*kind as u8, hash, *number)).collect();
            puts.insert(key.to_vec(), bucket.merged(&added).0.into());
        }
        Ok(())
    }
}

fn put_packed(engine: &dyn Engine, puts: &mut Puts, key: &[u8], slot: u8, record: &[u8]) -> Result<()> {
    let value = match puts.get_mut(key) {
        Some(value) => value,
        None => puts.entry(key.to_vec()).or_insert(engine.get(key)?.unwrap_or_default().into()),
    };
    let mut page = PackedPage(std::mem::take(value));
    page.set(slot, record);
    *value = page.0;
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
        let numbers: Vec<u64> = page.into_iter().map(Item::to_number).collect();
        puts.insert(key, encode(&numbers));
    }
    Ok(())
}
