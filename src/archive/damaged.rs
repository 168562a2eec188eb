//! An archive whose journal is damaged where the catalogue has not read it yet: open for reading, with what is left.
//!
//! Owns what becomes of the catalogue meanwhile. What was read past a gap may differ from what the whole journal says
//! (a version may be missing, and its number with it), so it is kept apart: in memory, or marked and thrown away at the
//! next opening. Nothing is admitted, since identity would be decided on what is known to be incomplete.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::health::Health;
use super::versions::Versions;
use super::writer::{MERGE_EVENTS, Wish};
use super::{Archive, ArchiveError, Progress, Settings, io_error, move_aside, open_catalogue, remove_dir};
use crate::catalogue::apply::{Placed, apply};
use crate::catalogue::engine::sled::suspected;
use crate::catalogue::state::State as _;
use crate::catalogue::{Catalogue, Pending};
use crate::journal::{JournalError, Reader, Replayed, salvage};

/// Says that the catalogue has gaps.
const INCOMPLETE: &str = "incomplete";
/// Says that the catalogue is being made anew.
const REBUILDING: &str = "rebuilding";
/// The catalogue that was there before.
const DISCARDED: &str = "discarded";

/// How many events are made visible together.
const SHEAF_EVENTS: usize = 512;

/// What is known of damage while the archive is open.
#[derive(Default)]
pub struct Damaged {
    /// Why it is open for reading only, where it is.
    pub why: Option<Arc<JournalError>>,
    /// How often a record could not be read.
    pub reads: AtomicU64,
}

impl Archive {
    /// Opens what can be read. `why` is what keeps the rest from being known.
    pub(super) fn open_for_reading(
        settings: &Settings,
        lock: File,
        why: Arc<JournalError>,
        progress: Progress,
    ) -> Result<Archive, ArchiveError> {
        tracing::error!(%why, "the archive is open for reading only; `annals repair` mends it");
        put_back(settings)?;
        let catalogue = match read_on(settings, open_catalogue(settings)?, progress) {
            Err(ArchiveError::Catalogue(error)) => {
                move_aside(&settings.catalogue_path(), &error)?;
                read_on(settings, open_catalogue(settings)?, progress)?
            }
            read => read?,
        };
        Ok(Archive {
            path: settings.path.clone(),
            catalogue: Arc::new(catalogue),
            reader: Reader::new(settings.journal_path()),
            requests: None,
            health: Health::default(),
            threads: Vec::new(),
            reserve_bytes: settings.reserve_bytes,
            damaged: Damaged { why: Some(why), ..Damaged::default() },
            versions: Versions::default(),
            lock,
        })
    }

    /// Why the archive is open for reading only, where it is.
    pub fn damage(&self) -> Option<&JournalError> {
        self.damaged.why.as_deref()
    }

    /// How often a record could not be read as it was admitted, since the archive was opened.
    pub fn damaged_reads(&self) -> u64 {
        self.damaged.reads.load(Ordering::Relaxed)
    }

    /// Refuses what cannot be written down; and an admission that would take what is kept in reserve: a full disk is worse
    /// for whoever has to mend it.
    pub(super) fn check_writable(&self, wish: &Wish) -> Result<(), ArchiveError> {
        if let Some(why) = &self.damaged.why {
            return Err(ArchiveError::ReadOnly(why.clone()));
        }
        let reserve = self.reserve_bytes;
        if reserve == 0 || !matches!(wish, Wish::Admit(_)) {
            return Ok(());
        }
        // A file system that does not say how full it is says so when it is written to.
        let Ok(disk) = rustix::fs::statvfs(&self.path) else { return Ok(()) };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < reserve { Err(ArchiveError::NoRoom { free, reserve }) } else { Ok(()) }
    }
}

/// Applies every event that can be read behind the catalogue's position.
fn read_on(settings: &Settings, catalogue: Catalogue, progress: Progress) -> Result<Catalogue, ArchiveError> {
    let mut pending = Pending::new(&catalogue);
    salvage(&settings.journal_path(), catalogue.position()?, |replayed, done, total| {
        let Replayed { event, digest, place, .. } = replayed;
        let changes = apply(&pending, &Placed { event: &event, digest, place })?;
        pending.take_up(changes);
        if pending.len() >= SHEAF_EVENTS {
            let full = std::mem::replace(&mut pending, Pending::new(&catalogue));
            catalogue.take_up(full.into_overlay());
            merge_when_due(settings, &catalogue)?;
            progress(done, total);
        }
        Ok::<(), ArchiveError>(())
    })?;
    catalogue.take_up(pending.into_overlay());
    Ok(catalogue)
}

/// Memory is bounded: what does not fit into it goes into the catalogue, and the mark says what that is worth.
fn merge_when_due(settings: &Settings, catalogue: &Catalogue) -> Result<(), ArchiveError> {
    if catalogue.unmerged().0 < MERGE_EVENTS {
        return Ok(());
    }
    write_mark(settings, INCOMPLETE)?;
    Ok(catalogue.merge()?)
}

fn beside(settings: &Settings, extension: &str) -> PathBuf {
    settings.catalogue_path().with_extension(extension)
}

fn write_mark(settings: &Settings, extension: &str) -> Result<(), ArchiveError> {
    let mark = beside(settings, extension);
    File::create(&mark).and_then(|file| file.sync_all()).map_err(io_error("write", &mark))
}

fn remove_mark(settings: &Settings, extension: &str) -> Result<(), ArchiveError> {
    remove(&beside(settings, extension))
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> Result<(), ArchiveError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_error("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Throws away a catalogue that has gaps.
pub fn discard_incomplete(settings: &Settings) -> Result<(), ArchiveError> {
    if beside(settings, INCOMPLETE).exists() {
        set_aside(settings)?;
        remove_dir(&beside(settings, DISCARDED))?;
        remove_mark(settings, INCOMPLETE)?;
    }
    Ok(())
}

/// In one step: sled might open what is left of a folder that was half removed.
fn set_aside(settings: &Settings) -> Result<(), ArchiveError> {
    let (path, discarded) = (settings.catalogue_path(), beside(settings, DISCARDED));
    if path.exists() {
        remove_dir(&discarded)?;
        std::fs::rename(&path, &discarded).map_err(io_error("move", &path))?;
    }
    remove(&suspected(&path))
}

/// Sets the catalogue aside, unless it is one that is being made anew already.
pub fn begin_rebuild(settings: &Settings) -> Result<(), ArchiveError> {
    if !beside(settings, REBUILDING).exists() {
        set_aside(settings)?;
        write_mark(settings, REBUILDING)?;
    }
    Ok(())
}

/// The new catalogue is complete.
pub fn end_rebuild(settings: &Settings) -> Result<(), ArchiveError> {
    remove_mark(settings, REBUILDING)?;
    remove_dir(&beside(settings, DISCARDED))
}

/// A catalogue from before the damage knows more than one from after it.
pub fn put_back(settings: &Settings) -> Result<(), ArchiveError> {
    let (path, discarded) = (settings.catalogue_path(), beside(settings, DISCARDED));
    if discarded.exists() {
        remove_dir(&path)?;
        std::fs::rename(&discarded, &path).map_err(io_error("move", &discarded))?;
    }
    remove_mark(settings, REBUILDING)
}
