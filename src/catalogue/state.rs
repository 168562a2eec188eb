//! What applying an event may ask of the archive's state, answered by layers: the newest overlay first, the
//! engine last.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;

use super::calendar::{DAY_MAX, Entry, List, ListDay};
use super::engine::{Engine, EngineError};
use super::hashes::Merged;
use super::key::{self, HashKind, Paged, ShortHash};
use super::names::Names;
use super::overlay::Overlay;
use super::record::{
    Admitted, Bulletin, EventRecord, Item, PackedPage, Record, SelectionState, read_ascending,
};
use crate::bulletin::{BulletinId, Selection};
use crate::digest::{Digest, HalfDigest};
use crate::journal::Position;

/// Why the catalogue gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(
        "{events} events, safe in the journal, wait in memory for a catalogue that cannot take them: {why}"
    )]
    Overfull { events: usize, why: String },
    #[error("the catalogue is damaged: {0}. Delete it and start again: it is rebuilt from the journal")]
    Damaged(String),
}

pub type Result<T> = std::result::Result<T, CatalogueError>;

/// The state of the archive after some event.
pub trait State {
    /// The last event applied.
    fn position(&self) -> Result<Position>;
    /// Where hashes of this kind that begin alike lead to.
    fn candidates(&self, kind: HashKind, hash: &ShortHash) -> Result<Vec<u64>>;
    fn event(&self, number: u64) -> Result<Option<EventRecord>>;
    fn bulletin(&self, number: u64) -> Result<Option<Arc<Bulletin>>>;
    fn selection(&self, selection: &Selection) -> Result<SelectionState>;
    fn names(&self) -> Result<Arc<Names>>;

    /// An event that the state itself speaks of.
    fn known_event(&self, number: u64) -> Result<EventRecord> {
        self.event(number)?.ok_or_else(|| CatalogueError::Damaged(format!("event {number} is missing")))
    }

    /// A bulletin that the state itself speaks of.
    fn known_bulletin(&self, number: u64) -> Result<Arc<Bulletin>> {
        self.bulletin(number)?.ok_or_else(|| CatalogueError::Damaged(format!("bulletin {number} is missing")))
    }

    /// The number of the bulletin with this alias. Short hashes may meet by chance, so the alias itself decides.
    fn by_alias(&self, alias: &str) -> Result<Option<u64>> {
        let hash = key::short(Digest::of(alias.as_bytes()));
        for number in self.candidates(HashKind::Alias, &hash)? {
            if self.known_bulletin(number)?.aliases.iter().any(|known| known.0 == alias) {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// The number of the bulletin with this id.
    fn by_id(&self, id: &BulletinId) -> Result<Option<u64>> {
        let hash = key::short(Digest::of(id.as_str().as_bytes()));
        for number in self.candidates(HashKind::Id, &hash)? {
            if self.known_bulletin(number)?.id == *id {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Every event that carried this, in their order.
    fn all(&self, carried: Carried) -> Result<Vec<EventRecord>> {
        let mut events = Vec::new();
        self.first_from(carried, 0, |event| {
            events.push(event.clone());
            Ok(false)
        })?;
        Ok(events)
    }

    /// The first event that carried this.
    fn first(&self, carried: Carried) -> Result<Option<(u64, EventRecord)>> {
        self.first_from(carried, 0, |_| Ok(true))
    }

    /// The first event from the number `from` on that carried this, and that is `wanted`.
    fn first_from(
        &self,
        carried: Carried,
        from: u64,
        mut wanted: impl FnMut(&EventRecord) -> Result<bool>,
    ) -> Result<Option<(u64, EventRecord)>> {
        let candidates = self.candidates(carried.kind(), &carried.short())?;
        for number in candidates.into_iter().filter(|number| *number >= from) {
            let event = self.known_event(number)?;
            if event.admitted.is_some_and(|admitted| carried.is_in(&admitted)) && wanted(&event)? {
                return Ok(Some((number, event)));
            }
        }
        Ok(None)
    }
}

/// What an event brought, by which it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    Content(Digest),
    Text(HalfDigest),
    /// As a document, or as a file where it came inside a document first.
    Original(Digest),
    /// Inside a document.
    File(Digest),
}

impl Carried {
    pub fn kind(self) -> HashKind {
        match self {
            Carried::Content(_) => HashKind::Content,
            Carried::Text(_) => HashKind::Text,
            Carried::Original(_) => HashKind::Original,
            Carried::File(_) => HashKind::File,
        }
    }

    pub fn short(self) -> ShortHash {
        match self {
            Carried::Content(digest) | Carried::Original(digest) | Carried::File(digest) => {
                key::short(digest)
            }
            Carried::Text(half) => key::short(half),
        }
    }

    /// Short hashes may meet by chance, so this decides.
    fn is_in(self, admitted: &Admitted) -> bool {
        match self {
            Carried::Content(digest) => admitted.content == digest,
            Carried::Text(half) => admitted.text == half,
            Carried::Original(digest) | Carried::File(digest) => admitted.original == digest,
        }
    }
}

/// Overlays over an engine.
pub struct Layers<'a> {
    /// The newest first.
    pub overlays: [Option<&'a Overlay>; 4],
    pub engine: &'a dyn Engine,
    /// Those that were merged.
    pub hashes: &'a Merged,
    /// Where no overlay has newer ones.
    pub names: &'a Arc<Names>,
}

impl Layers<'_> {
    fn newest<T>(&self, find: impl Fn(&Overlay) -> Option<T>) -> Option<T> {
        self.overlays.iter().flatten().find_map(|overlay| find(overlay))
    }

    /// The record with this number, as the engine has it.
    fn merged<T: Record>(&self, paged: &Paged, number: u64) -> Result<Option<T>> {
        let page = read_page(self.engine.get(&paged.key(number))?)?;
        page.get(paged.slot(number)).map(|kept| T::read(number, kept)).transpose()
    }

    /// The items `range` of a selection's list, in order of events; fewer where the list ends.
    pub fn items(&self, selection: &Selection, range: std::ops::Range<u64>) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut at = range.start;
        while at < range.end {
            // An overlay holds the end of the list, from where it began on.
            let recent = self.newest(|overlay| {
                let list = overlay.selections.get(selection)?;
                list.added.get(usize::try_from(at.checked_sub(list.begins_at)?).ok()?).copied()
            });
            if let Some(item) = recent {
                items.push(item);
                at += 1;
                continue;
            }
            let page = page_items(
                &self.engine.get(&key::items(selection, at / key::ITEMS_A_KEY))?.unwrap_or_default(),
            )?;
            let first = usize::try_from(at % key::ITEMS_A_KEY).expect("a page has 100 items");
            let wanted = usize::try_from(range.end - at).unwrap_or(usize::MAX);
            let found = page.get(first..).unwrap_or_default();
            if found.is_empty() {
                break;
            }
            items.extend(found.iter().take(wanted));
            at += found.len().min(wanted) as u64;
        }
        Ok(items)
    }
}

impl Layers<'_> {
    /// One of a selection's lists in the order of the calendar.
    pub fn calendar(&self, selection: &Selection, list: ListDay) -> Result<Vec<Entry>> {
        let merged = self.engine.get(&key::calendar(selection, list))?.unwrap_or_default();
        Ok(self.with_changes(List::read(&merged)?, selection, list))
    }

    /// All lists of a selection's that stand under a month, one behind the other.
    pub fn calendar_month(&self, selection: &Selection, month: u8) -> Result<Vec<Entry>> {
        let prefix = key::calendar_month(selection, month);
        let mut merged: BTreeMap<u8, Result<List>> = BTreeMap::new();
        self.engine.scan(&prefix, &mut |key, value| {
            merged.extend(key.last().map(|day| (*day, List::read(value))));
            ControlFlow::Continue(())
        })?;
        let mut entries = Vec::new();
        for day in 0..=DAY_MAX {
            let list = merged.remove(&day).transpose()?.unwrap_or_default();
            entries.extend(self.with_changes(list, selection, [month, day]));
        }
        Ok(entries)
    }

    fn with_changes(&self, merged: List, selection: &Selection, list: ListDay) -> Vec<Entry> {
        let key = (selection.clone(), list);
        let overlays = self.overlays.iter().rev().flatten();
        let changes = overlays.filter_map(|overlay| overlay.calendars.get(&key));
        changes.fold(merged, List::changed).entries(selection.year().unwrap_or_default())
    }
}

/// Whatever can be seen as layers has a state.
pub trait Layered {
    fn layered<T>(&self, read: impl FnOnce(&Layers) -> Result<T>) -> Result<T>;
}

impl<L: Layered> State for L {
    fn position(&self) -> Result<Position> {
        self.layered(|layers| layers.position())
    }

    fn candidates(&self, kind: HashKind, hash: &ShortHash) -> Result<Vec<u64>> {
        self.layered(|layers| layers.candidates(kind, hash))
    }

    fn event(&self, number: u64) -> Result<Option<EventRecord>> {
        self.layered(|layers| layers.event(number))
    }

    fn bulletin(&self, number: u64) -> Result<Option<Arc<Bulletin>>> {
        self.layered(|layers| layers.bulletin(number))
    }

    fn selection(&self, selection: &Selection) -> Result<SelectionState> {
        self.layered(|layers| layers.selection(selection))
    }

    fn names(&self) -> Result<Arc<Names>> {
        self.layered(|layers| layers.names())
    }
}

/// Reads a page of records; one that there is not, or is being put, has none.
pub fn read_page(kept: Option<Bytes>) -> Result<PackedPage<Bytes>> {
    let kept = kept.unwrap_or_default();
    if kept.is_empty() {
        return Ok(PackedPage(kept));
    }
    PackedPage::inflated(&kept).ok_or_else(|| CatalogueError::Damaged("a page cannot be inflated".into()))
}

/// Reads a page of items.
pub fn page_items(value: &[u8]) -> Result<Vec<Item>> {
    Ok(read_ascending(value)?.into_iter().map(Item::from_number).collect())
}

pub fn decode<'a, T: serde::Deserialize<'a>>(value: &'a [u8]) -> Result<T> {
    postcard::from_bytes(value)
        .map_err(|error| CatalogueError::Damaged(format!("a value cannot be read: {error}")))
}

pub fn encode<T: serde::Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).expect("records are made of numbers and text")
}

impl State for Layers<'_> {
    fn position(&self) -> Result<Position> {
        match self.newest(|overlay| overlay.position) {
            Some(position) => Ok(position),
            None => super::engine_position(self.engine),
        }
    }

    fn candidates(&self, kind: HashKind, hash: &ShortHash) -> Result<Vec<u64>> {
        let mut found = self.hashes.find(self.engine, hash, kind)?;
        for overlay in self.overlays.iter().rev().flatten() {
            found.extend(overlay.hashes.find(hash, kind));
        }
        Ok(found)
    }

    fn event(&self, number: u64) -> Result<Option<EventRecord>> {
        if let Some(event) = self.newest(|overlay| overlay.events.get(&number).cloned()) {
            return Ok(Some(event));
        }
        self.merged(&key::EVENTS, number)
    }

    fn bulletin(&self, number: u64) -> Result<Option<Arc<Bulletin>>> {
        if let Some(bulletin) = self.newest(|overlay| overlay.bulletins.get(&number).cloned()) {
            return Ok(Some(bulletin));
        }
        Ok(self.merged(&key::BULLETINS, number)?.map(Arc::new))
    }

    fn selection(&self, selection: &Selection) -> Result<SelectionState> {
        match self.newest(|overlay| overlay.selections.get(selection).map(|list| list.state)) {
            Some(state) => Ok(state),
            None => self
                .engine
                .get(&key::selection(selection))?
                .map_or(Ok(SelectionState::default()), |value| decode(&value)),
        }
    }

    fn names(&self) -> Result<Arc<Names>> {
        Ok(self.newest(|overlay| overlay.names.clone()).unwrap_or_else(|| self.names.clone()))
    }
}
