//! The catalogue: the archive's index and its memory of identity, derived from the journal and disposable.
//!
//! Owns identity, versions, selections, and where in the journal everything lies. Values stay small: what
//! bulletins say is read from the journal. It must never know HTTP, formats or the clock.
//!
//! Reads look at overlays in memory first and at the engine last; see [`overlay`].

pub mod apply;
pub mod bucket;
pub mod calendar;
pub mod engine;
pub mod hashes;
pub mod identity;
pub mod key;
pub mod names;
pub mod overlay;
pub mod record;
pub mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use sha2::{Digest as _, Sha256};

use crate::bulletin::Selection;
use crate::digest::Digest;
use crate::journal::Position;
use calendar::{Entry, ListDay};
use engine::{Engine, Puts, Visit};
use hashes::{Merged, SLICES_A_MERGE};
use names::Names;
use overlay::{Changes, Overlay};
use record::{Item, SelectionState};
use state::{CatalogueError, Layered, Layers, Result};

/// The catalogue, for any number of readers and one writer.
pub struct Catalogue {
    engine: Box<dyn Engine>,
    memory: RwLock<Memory>,
    /// Goes up with everything that becomes visible.
    generation: AtomicU64,
    /// Held by whoever merges: an older merge must not end behind a newer one.
    one_merge: Mutex<()>,
}

/// What is not in the engine yet.
struct Memory {
    /// Decided and not yet durable: what is decided next builds on it, and no reader sees it.
    held: Option<Overlay>,
    /// Takes events.
    active: Overlay,
    /// Being merged into the engine.
    merging: Option<Arc<Overlay>>,
    /// Whether hashes that a merge brought are still being put into their buckets.
    settling: bool,
    /// The hashes that were merged.
    hashes: Arc<Merged>,
    /// The last event that was merged.
    merged: u64,
    /// Whether the engine has lost what was merged.
    lost: bool,
    /// Why the last merge failed, if it did.
    merge_failure: Option<String>,
    /// As they stand after every event taken up: each event asks for them, and few change them.
    names: Arc<Names>,
    /// How many events withdrew or restored a bulletin since the catalogue was opened.
    withdrawals: u64,
}

impl Memory {
    fn take_up(&mut self, pending: Overlay) {
        self.withdrawals += pending.withdrawals;
        if let Some(names) = &pending.names {
            self.names = names.clone();
        }
        self.active.absorb(pending);
    }

    fn check(&self) -> Result<()> {
        let what = || format!("its store has lost events up to {}", self.merged);
        if self.lost { Err(CatalogueError::Damaged(what())) } else { Ok(()) }
    }
}

fn engine_position(engine: &dyn Engine) -> Result<Position> {
    engine.get(key::POSITION)?.map_or(Ok(Position::START), |value| state::decode(&value))
}

/// Takes away what a merge had begun to append when it failed or the process ended.
fn cut_unfinished(engine: &dyn Engine) -> Result<()> {
    let merged = engine_position(engine)?.seq;
    for paged in [key::EVENTS, key::BULLETINS] {
        engine.cut(paged.prefix, &paged.key(paged.first_behind(merged)))?;
    }
    Ok(())
}

const POISON: &str = "nothing panics while it holds the catalogue's lock";

impl Catalogue {
    /// Opens the catalogue that `engine` holds, or begins an empty one in it.
    pub fn open(engine: Box<dyn Engine>) -> Result<Catalogue> {
        match engine.get(key::SCHEMA)? {
            None => {
                let empty = Position::START;
                let puts = [
                    (key::SCHEMA.to_vec(), Some(key::SCHEMA_VERSION.to_le_bytes().to_vec())),
                    (key::POSITION.to_vec(), Some(state::encode(&empty))),
                ];
                engine.commit(puts.into())?;
            }
            Some(version) if version[..] == key::SCHEMA_VERSION.to_le_bytes() => {}
            Some(version) => {
                let wanted = key::SCHEMA_VERSION;
                let what = format!("its schema version is {version:?}, this release needs {wanted}");
                return Err(CatalogueError::Damaged(what));
            }
        }
        cut_unfinished(engine.as_ref())?;
        let names = engine.get(key::NAMES)?.map_or(Ok(Names::default()), |value| state::decode(&value))?;
        let names = Arc::new(names);
        let merged = engine_position(engine.as_ref())?.seq;
        let active = Overlay::default();
        let memory = Memory {
            held: None,
            active,
            merging: None,
            settling: false,
            hashes: Arc::new(Merged::read(engine.as_ref())?),
            merged,
            lost: false,
            merge_failure: None,
            names,
            withdrawals: 0,
        };
        let memory = RwLock::new(memory);
        Ok(Catalogue { engine, memory, generation: AtomicU64::new(1), one_merge: Mutex::default() })
    }

    /// The items `range` of a selection's list, in order of events; fewer where the list ends.
    pub fn items(&self, selection: &Selection, range: Range<u64>) -> Result<Vec<Item>> {
        self.layered(|layers| layers.items(selection, range))
    }

    /// One of the lists in which a year, or a category in one, stands in the order of its dates: see [`calendar`].
    pub fn calendar(&self, selection: &Selection, list: ListDay) -> Result<Vec<Entry>> {
        self.layered(|layers| layers.calendar(selection, list))
    }

    /// All of these lists that stand under a month, one behind the other.
    pub fn calendar_month(&self, selection: &Selection, month: u8) -> Result<Vec<Entry>> {
        self.layered(|layers| layers.calendar_month(selection, month))
    }

    /// Every selection that ever had an event, sorted.
    pub fn selections(&self) -> Result<Vec<(Selection, SelectionState)>> {
        // Overlays first: a merge that ends meanwhile takes nothing away from what the engine shows then.
        let mut found: BTreeMap<Selection, SelectionState> = {
            let memory = self.memory.read().expect(POISON);
            memory.check()?;
            let overlays = memory.merging.as_deref().into_iter().chain([&memory.active]);
            let lists = overlays.flat_map(|overlay| &overlay.selections);
            lists.map(|(selection, list)| (selection.clone(), list.state)).collect()
        };
        let mut damaged = None;
        self.engine.scan(key::SELECTIONS, &mut |key, value| match (
            key::parse_selection(key),
            state::decode(value),
        ) {
            (Some(selection), Ok(state)) => {
                let newest = found.entry(selection).or_insert(state);
                if state.events > newest.events {
                    *newest = state;
                }
                ControlFlow::Continue(())
            }
            (_, state) => {
                damaged = Some(
                    state.err().unwrap_or_else(|| CatalogueError::Damaged(key.escape_ascii().to_string())),
                );
                ControlFlow::Break(())
            }
        })?;
        if let Some(damaged) = damaged {
            return Err(damaged);
        }
        Ok(found.into_iter().collect())
    }

    /// Makes what is pending visible. Only what is durable in the journal may be taken up.
    pub fn take_up(&self, pending: Overlay) {
        let mut memory = self.memory.write().expect(POISON);
        memory.take_up(pending);
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Keeps what was decided and is being made durable, one batch at a time.
    pub fn hold(&self, pending: Overlay) {
        let before = self.memory.write().expect(POISON).held.replace(pending);
        debug_assert!(before.is_none(), "a batch is settled before the next is held");
    }

    /// Makes visible what was held: it is durable.
    pub fn take_up_held(&self) {
        let mut memory = self.memory.write().expect(POISON);
        if let Some(held) = memory.held.take() {
            memory.take_up(held);
            self.generation.fetch_add(1, Ordering::Release);
        }
    }

    /// Forgets what was held: it could not be made durable. Whatever is being decided on it must have ended.
    pub fn drop_held(&self) {
        self.memory.write().expect(POISON).held = None;
    }

    /// Goes up whenever anything becomes visible, and never waits for anyone: as long as it stands still, what was
    /// read after it was asked for still holds.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Goes up with every bulletin that is withdrawn or restored: what shows of a bulletin is then another, also
    /// in selections that it had left, which have no event to show for it. Counted since the catalogue was opened.
    pub fn withdrawals(&self) -> u64 {
        self.memory.read().expect(POISON).withdrawals
    }

    /// How many events wait to be merged, and whether a merge is under way.
    pub fn unmerged(&self) -> (usize, bool) {
        let memory = self.memory.read().expect(POISON);
        (memory.active.len(), memory.merging.is_some() || memory.settling)
    }

    /// Why what waits cannot be merged, where the last attempt failed.
    pub fn merge_failure(&self) -> Option<String> {
        self.memory.read().expect(POISON).merge_failure.clone()
    }

    /// Merges what waits into the engine. Events go on being taken up meanwhile; one merge at a time.
    pub fn merge(&self) -> Result<()> {
        let _one = self.one_merge.lock().expect(POISON);
        if self.merge_failure().is_some() {
            self.recover()?;
        }
        let (merging, hashes) = {
            let mut memory = self.memory.write().expect(POISON);
            if memory.merging.is_none() {
                if memory.active.is_empty() {
                    return Ok(());
                }
                memory.merging = Some(Arc::new(std::mem::take(&mut memory.active)));
            }
            (memory.merging.clone().expect("it was just set"), memory.hashes.clone())
        };
        // A merge that fails leaves the overlay in place: nothing is lost, and the next one tries again. It is
        // flushed as well, or an engine that fails later could lose what memory no longer has.
        let engine = self.engine.as_ref();
        let planned = merging.puts(engine).and_then(|(appended, mut puts)| {
            let plan = hashes.add(&merging.hashes, engine, &mut puts)?;
            engine.commit_behind(appended, puts)?;
            engine.flush()?;
            Ok(plan)
        });
        drop(hashes);
        let due = {
            let mut memory = self.memory.write().expect(POISON);
            memory.merge_failure = planned.as_ref().err().map(ToString::to_string);
            // Nobody else has them, so that they are not copied.
            Arc::make_mut(&mut memory.hashes).take_up(planned?);
            memory.merged = merging.position.map_or(memory.merged, |position| position.seq);
            memory.merging = None;
            memory.settling = true;
            memory.hashes.due(merging.hashes.len())
        };
        drop(merging);
        let settled = self.settle(due);
        self.memory.write().expect(POISON).settling = false;
        settled
    }

    /// Lets the engine make itself whole after a failure. If it does not have then what was merged before,
    /// memory cannot make up for it, and any answer might be wrong: only a later start can, from the journal.
    fn recover(&self) -> Result<()> {
        // Readers wait: none may see an engine that went back.
        let mut memory = self.memory.write().expect(POISON);
        if let Err(error) = self.engine.recover() {
            memory.merge_failure = Some(error.to_string());
            return Err(error.into());
        }
        if engine_position(self.engine.as_ref())?.seq < memory.merged {
            memory.lost = true;
        }
        memory.check()?;
        // It may have gone back behind slices that were settled, which memory would take for empty.
        memory.hashes = Arc::new(Merged::read(self.engine.as_ref())?);
        memory.merge_failure = None;
        Ok(())
    }

    /// Merges everything and hands it to the operating system.
    pub fn flush(&self) -> Result<()> {
        while self.unmerged() != (0, false) {
            self.merge()?;
        }
        self.settle_some(Merged::crowded)
    }

    /// Puts some of the hashes that wait into their buckets, where many came at once and more wait than should for long. For
    /// when nothing else is to be done.
    pub fn ease(&self) -> Result<()> {
        self.settle_some(|hashes| hashes.crowded().into_iter().take(SLICES_A_MERGE).collect())
    }

    /// The same, for good: nothing is asked any more.
    pub fn close(&self) -> Result<()> {
        self.flush()?;
        Ok(self.engine.close()?)
    }

    fn settle_some(&self, which: impl FnOnce(&Merged) -> Vec<usize>) -> Result<()> {
        let _one = self.one_merge.lock().expect(POISON);
        if self.merge_failure().is_some() {
            self.recover()?;
        }
        let slices = which(&self.memory.read().expect(POISON).hashes);
        self.settle(slices)
    }

    /// Puts the hashes that wait in these slices into their buckets; for whoever holds `one_merge`. A commit each: what one leaves
    /// behind in the engine's file has room for the next, as long as they are small.
    fn settle(&self, slices: Vec<usize>) -> Result<()> {
        if slices.is_empty() {
            return Ok(());
        }
        let settled = slices.into_iter().try_for_each(|slice| -> Result<()> {
            let hashes = self.memory.read().expect(POISON).hashes.clone();
            let mut puts = Puts::new();
            let plan = hashes.settle(slice, self.engine.as_ref(), &mut puts)?;
            drop(hashes);
            self.engine.commit(puts)?;
            Arc::make_mut(&mut self.memory.write().expect(POISON).hashes).take_up(plan);
            Ok(())
        });
        let settled = settled.and_then(|()| Ok(self.engine.flush()?));
        if let Err(error) = &settled {
            // Whoever merges or settles next sees to it that the engine is whole again.
            self.memory.write().expect(POISON).merge_failure = Some(error.to_string());
        }
        settled
    }

    /// Goes through everything that was merged, until `stop` says so: what is damaged is found then, also what nobody has
    /// asked for.
    pub fn check(&self, stop: &dyn Fn() -> bool) -> Result<()> {
        self.go_through(&mut |_, _| if stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Nothing is merged meanwhile: what is gone through, and the engine's own account of it, are of one moment.
    fn go_through(&self, visit: &mut Visit) -> Result<()> {
        let _one = self.one_merge.lock().expect(POISON);
        if self.merge_failure().is_some() {
            self.recover()?;
            cut_unfinished(self.engine.as_ref())?;
        }
        Ok(self.engine.scan(b"", visit)?)
    }

    /// The SHA-256 of everything that the catalogue holds: the same for the same events, however they came
    /// to be applied. Merges first.
    pub fn state_digest(&self) -> Result<Digest> {
        self.flush()?;
        // Which hashes wait is an accident of when it was merged.
        self.settle_some(Merged::unsettled)?;
        let mut hasher = Sha256::new();
        self.go_through(&mut |key, value| {
            for part in [key, value] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
            ControlFlow::Continue(())
        })?;
        Ok(Digest(hasher.finalize().into()))
    }
}

impl Layered for Catalogue {
    fn layered<T>(&self, read: impl FnOnce(&Layers) -> Result<T>) -> Result<T> {
        let memory = self.memory.read().expect(POISON);
        memory.check()?;
        let overlays = [None, None, Some(&memory.active), memory.merging.as_deref()];
        let (engine, hashes) = (self.engine.as_ref(), memory.hashes.as_ref());
        read(&Layers { overlays, engine, hashes, names: &memory.names })
    }
}

/// The catalogue as it will be when a batch is durable: what the writer decides on.
pub struct Pending<'a> {
    catalogue: &'a Catalogue,
    overlay: Overlay,
}

impl<'a> Pending<'a> {
    pub fn new(catalogue: &'a Catalogue) -> Pending<'a> {
        Pending { catalogue, overlay: Overlay::default() }
    }

    pub fn take_up(&mut self, changes: Changes) {
        self.overlay.take_up(changes);
    }

    /// How many events it has taken up.
    pub fn len(&self) -> usize {
        self.overlay.len()
    }

    pub fn is_empty(&self) -> bool {
        self.overlay.is_empty()
    }

    pub fn into_overlay(self) -> Overlay {
        self.overlay
    }
}

impl Layered for Pending<'_> {
    fn layered<T>(&self, read: impl FnOnce(&Layers) -> Result<T>) -> Result<T> {
        let memory = self.catalogue.memory.read().expect(POISON);
        memory.check()?;
        let overlays =
            [Some(&self.overlay), memory.held.as_ref(), Some(&memory.active), memory.merging.as_deref()];
        let (engine, hashes) = (self.catalogue.engine.as_ref(), memory.hashes.as_ref());
        read(&Layers { overlays, engine, hashes, names: &memory.names })
    }
}
