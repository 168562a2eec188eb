//! Catching up: what only the journal has is applied to the catalogue, before the first answer.
//!
//! Three threads: one reads and checks the chain, one applies, one merges into the engine. What is applied
//! is the same as with one, in the same order.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::writer::MERGE_EVENTS;
use super::{ArchiveError, Progress, Settings};
use crate::catalogue::apply::{Placed, apply_read};
use crate::catalogue::state::{CatalogueError, State as _};
use crate::catalogue::{Catalogue, Pending};
use crate::digest::Digest;
use crate::journal::{self, Journal, JournalError, Position, Reader, Replayed};

/// How many events go from thread to thread together, if they do not have more bytes than this in the journal.
const SHEAF_EVENTS: usize = 512;
const SHEAF_BYTES: u64 = 2 << 20;
/// How many sheaves are read ahead: applying waits for a merge now and then.
const SHEAVES_AHEAD: usize = 16;

type Sheaf = Vec<Replayed>;

/// Replays into the catalogue what only the journal has.
pub fn catch_up(
    settings: &Settings,
    catalogue: Catalogue,
    progress: Progress,
) -> Result<(Catalogue, Journal), ArchiveError> {
    let from = catalogue.position()?;
    let dir = settings.journal_path();
    journal::create_dir(&dir)?;
    check_journal_has(&dir, &catalogue)?;
    let total = journal::Replay::new(&dir, from)?.bytes_left();
    let journal = std::thread::scope(|threads| {
        let (sheaves, read) = sync_channel(SHEAVES_AHEAD);
        let (dir, bytes_max) = (dir.as_path(), settings.segment_bytes_max);
        let reading = threads.spawn(move || read_all(dir, from, bytes_max, sheaves));
        let applied = Applying { catalogue: &catalogue, threads, merging: None }.run(read, total, progress);
        let journal = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // Where applying fails, reading does as well, for want of somebody to read for.
        applied.and(journal)
    })?;
    progress(total, total);
    Ok((catalogue, journal))
}

fn read_all(
    dir: &Path,
    from: Position,
    segment_bytes_max: u64,
    sheaves: SyncSender<Sheaf>,
) -> Result<Journal, ArchiveError> {
    let mut sheaf = Vec::with_capacity(SHEAF_EVENTS);
    let mut sheaf_bytes = 0;
    let visit = |replayed: Replayed| -> Result<(), ArchiveError> {
        sheaf_bytes += u64::from(replayed.place.event_bytes);
        sheaf.push(replayed);
        if sheaf.len() < SHEAF_EVENTS && sheaf_bytes < SHEAF_BYTES {
            return Ok(());
        }
        sheaf_bytes = 0;
        let full = std::mem::replace(&mut sheaf, Vec::with_capacity(SHEAF_EVENTS));
        sheaves.send(full).map_err(|_| ArchiveError::Closing)
    };
    let journal = Journal::open(dir, from, segment_bytes_max, visit)?;
    sheaves.send(sheaf).map_err(|_| ArchiveError::Closing)?;
    Ok(journal)
}

struct Applying<'scope, 'env> {
    catalogue: &'env Catalogue,
    threads: &'scope Scope<'scope, 'env>,
    merging: Option<ScopedJoinHandle<'scope, Result<(), CatalogueError>>>,
}

impl Applying<'_, '_> {
    fn run(mut self, read: Receiver<Sheaf>, total: u64, progress: Progress) -> Result<(), ArchiveError> {
        let mut done = 0;
        let mut pending = Pending::new(self.catalogue);
        for sheaf in read {
            for Replayed { event, digest, content, place } in &sheaf {
                let placed = Placed { event, digest: *digest, place: *place };
                let changes = apply_read(&pending, &placed, content.unwrap_or(Digest::ZERO))?;
                pending.take_up(changes);
                done += u64::from(place.original_bytes) + u64::from(place.event_bytes);
            }
            if pending.len() >= MERGE_EVENTS {
                // Memory is bounded: the merge before has to end first.
                self.merged()?;
                let full = std::mem::replace(&mut pending, Pending::new(self.catalogue));
                self.catalogue.take_up(full.into_overlay());
                let catalogue = self.catalogue;
                self.merging = Some(self.threads.spawn(|| catalogue.merge()));
            }
            progress(done, total);
        }
        self.merged()?;
        self.catalogue.take_up(pending.into_overlay());
        Ok(())
    }

    /// Waits for the merge that is under way.
    fn merged(&mut self) -> Result<(), ArchiveError> {
        let Some(merging) = self.merging.take() else { return Ok(()) };
        Ok(merging.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?)
    }
}

/// A catalogue never knows an event that the journal does not have: if this one does, something that was
/// acknowledged is gone, and carrying on would hide it.
fn check_journal_has(dir: &Path, catalogue: &Catalogue) -> Result<(), ArchiveError> {
    let position = catalogue.position()?;
    if position.seq == 0 {
        return Ok(());
    }
    let place = catalogue.known_event(position.seq)?.place;
    let found = Reader::new(dir.to_owned()).event(&place);
    // It is there, and cannot be read: the rest may well be.
    if matches!(found, Err(JournalError::Damaged { .. })) {
        found?;
        return Ok(());
    }
    let same = found.as_ref().is_ok_and(|json| Digest::of(json) == position.digest);
    let why = found.err().map_or_else(|| "another event stands there".to_string(), |error| error.to_string());
    if same { Ok(()) } else { Err(ArchiveError::JournalBehind { seq: position.seq, why }) }
}
