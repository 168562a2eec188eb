//! The journal: the record of truth. Append-only segments of standard WARC 1.1.
//!
//! Owns durability: when [`Journal::commit`] returns, what was in the batch survives kill -9, a power cut
//! and the loss of everything outside the journal's own folder. Owns the hash chain too: each event
//! carries the digest of the one before it. It must never know what an event does to a bulletin.
//!
//! The storage contract: one writer (the archive's lock file sees to it), any number of readers at any
//! time. A batch is written in one piece and then synced; a failed write or sync is never retried, the
//! file is cut back to what was last known durable.

mod ahead;
pub mod event;
pub mod mend;
mod reader;
pub mod record;
mod recovery;
mod salvage;
pub mod segment;
#[cfg(test)]
mod tests;
mod verify;

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use event::Event;

pub use reader::Reader;
pub use recovery::{Replay, Replayed, read_head};
pub use salvage::salvage;
pub use verify::{Problem, Report, verify, verify_gently};

/// A segment is sealed when it has reached this size.
pub const SEGMENT_BYTES_MAX: u64 = 1 << 30;

/// Where a reader of the file system finds what was last acknowledged.
const HEAD_FILE: &str = "head";

/// Where an event and its original lie. Lengths are of gzip members, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub segment: u32,
    /// Where the original begins, or the event where it has none.
    pub offset: u64,
    /// Of the resource or revisit record that stands before the event; 0 where there is none.
    pub original_bytes: u32,
    pub event_bytes: u32,
}

impl Place {
    /// Where the next record begins.
    pub fn end(&self) -> u64 {
        self.event_offset() + u64::from(self.event_bytes)
    }

    pub fn event_offset(&self) -> u64 {
        self.offset + u64::from(self.original_bytes)
    }
}

/// A point in the journal: what was last written or applied, and where the next event begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Of the last event; 0 before the first.
    pub seq: u64,
    /// The digest of the last event.
    pub digest: Digest,
    /// 0 before the first.
    pub segment: u32,
    pub offset: u64,
}

impl Position {
    pub const START: Position = Position { seq: 0, digest: Digest::ZERO, segment: 0, offset: 0 };
}

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot {doing} {path}: {source}")]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "the journal is damaged in {segment} at byte {offset}: {what}. Nothing was changed. \
         `annals verify` lists all damage, and `annals repair` mends it from a copy"
    )]
    Damaged { segment: String, offset: u64, what: String },
    #[error("the journal is not to be written: {0}")]
    Closed(String),
    #[error("what came before it could not be made durable")]
    Orphaned,
    #[error(
        "the event has {bytes} bytes, and {} is the most that a record may hold",
        record::BLOCK_BYTES_MAX
    )]
    TooLarge { bytes: usize },
    #[error(
        "event {seq} was written under rules {rules}, and this release knows them only up to {}: \
         use the release that wrote it, or a later one",
        event::RULES
    )]
    TooNew { seq: u64, rules: u32 },
}

impl JournalError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> JournalError {
        let path = path.to_owned();
        move |source| JournalError::Io { doing, path, source }
    }

    /// Whether the bytes of a record cannot be had: they are others, or are not there, or the disk does not give them.
    pub fn spoils_a_record(&self) -> bool {
        const EIO: i32 = 5;
        match self {
            JournalError::Damaged { .. } => true,
            JournalError::Io { source, .. } => {
                matches!(source.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotFound)
                    || source.raw_os_error() == Some(EIO)
            }
            _ => false,
        }
    }

    /// Whether the file system had no room (an answer of its own over HTTP: 507).
    pub fn is_out_of_space(&self) -> bool {
        matches!(self, JournalError::Io { source, .. } if matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        ))
    }
}

/// The one writer of a journal.
pub struct Journal {
    dir: PathBuf,
    /// The segment being written, once there is one.
    file: Option<File>,
    head_file: File,
    /// Everything up to here is durable.
    tail: Tail,
    reader: Reader,
    /// Set when cutting back after a failure failed as well.
    closed: Option<String>,
}

/// An end of the journal: the durable one, or the one that it will have when a batch is written.
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    position: Position,
    /// The segment is full, or was sealed when it had another bound: the next batch opens a new one.
    sealed: bool,
    segment_bytes_max: u64,
}

/// Events on their way into the journal: encoded, numbered and chained, not yet written.
pub struct Batch {
    /// Where it begins.
    from: Position,
    bytes: Vec<u8>,
    start: u64,
    segment: u32,
    position: Position,
    opens_segment: bool,
    events: usize,
}

/// A point in a batch.
pub struct Mark {
    bytes: usize,
    events: usize,
    position: Position,
}

impl Batch {
    /// Behind the last event that was added: the next one is numbered and chained from here.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Adds an event behind the record of its original, and returns its place and digest. An event that is
    /// too large to be read back adds nothing.
    pub fn push(
        &mut self,
        original: Option<(&[u8], Digest)>,
        at: Timestamp,
        event: &Event,
    ) -> Result<(Place, Digest), JournalError> {
        debug_assert_eq!((event.seq, event.prev), (self.position.seq + 1, self.position.digest));
        let (original_member, original_digest) = original.unzip();
        let json = event.canonical_json();
        if json.len() > record::BLOCK_BYTES_MAX {
            return Err(JournalError::TooLarge { bytes: json.len() });
        }
        let digest = Digest::of(&json);
        let member = record::metadata(&json, digest, original_digest, at);
        let bounded = "records are bounded far below 4 GiB";
        let place = Place {
            segment: self.segment,
            offset: self.start + self.bytes.len() as u64,
            original_bytes: u32::try_from(original_member.map_or(0, <[u8]>::len)).expect(bounded),
            event_bytes: u32::try_from(member.len()).expect(bounded),
        };
        self.bytes.extend_from_slice(original_member.unwrap_or_default());
        self.bytes.extend_from_slice(&member);
        self.position = Position { seq: event.seq, digest, segment: self.segment, offset: place.end() };
        self.events += 1;
        Ok((place, digest))
    }

    /// Where the batch stands now, for [`Batch::rewind`].
    pub fn mark(&self) -> Mark {
        Mark { bytes: self.bytes.len(), events: self.events, position: self.position }
    }

    /// Takes back what was added since `mark`: an event that could not be applied is not to be written.
    pub fn rewind(&mut self, mark: Mark) {
        self.bytes.truncate(mark.bytes);
        (self.events, self.position) = (mark.events, mark.position);
    }

    /// The end that the journal will have when this is written behind `before`.
    pub fn tail(&self, before: Tail) -> Tail {
        if self.is_empty() {
            return before;
        }
        Tail { position: self.position, sealed: before.sealed && !self.opens_segment, ..before }
    }

    /// Bytes waiting to be written.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no event in it.
    pub fn is_empty(&self) -> bool {
        self.events == 0
    }
}

impl Tail {
    /// Begins a batch here, in a new segment where the present one is full.
    pub fn batch(&self, at: Timestamp) -> Batch {
        self.batch_in(Vec::new(), at)
    }

    /// The same in the room of a batch that was written.
    pub fn batch_in(&self, mut room: Vec<u8>, at: Timestamp) -> Batch {
        room.clear();
        let Position { seq, digest, segment, offset } = self.position;
        let full = self.sealed || offset >= self.segment_bytes_max;
        // A segment that was born but got no record yet still needs its head.
        let opens_segment = segment == 0 || full || offset == 0;
        let segment = if segment == 0 || full { segment + 1 } else { segment };
        if opens_segment {
            room.extend(record::warcinfo(segment, seq + 1, digest, at));
        }
        let (from, start) = (self.position, if opens_segment { 0 } else { offset });
        Batch { from, bytes: room, start, segment, position: from, opens_segment, events: 0 }
    }
}

impl Journal {
    /// The durable end of the journal.
    pub fn position(&self) -> Position {
        self.tail.position
    }

    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// The durable end, behind which a batch is begun.
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// Writes a batch and makes it durable: one write, one fdatasync, and an fsync of the folder for a
    /// newborn segment. After a failure nothing of the batch remains, and nothing of it may be acknowledged.
    /// Nor may anything of a batch that was begun behind it. Gives back the batch's room, for another.
    pub fn commit(&mut self, batch: Batch) -> Result<Vec<u8>, JournalError> {
        if let Some(why) = self.closed.take() {
            self.cut_back().inspect_err(|_| self.closed = Some(why))?;
        }
        if batch.from != self.tail.position {
            return Err(JournalError::Orphaned);
        }
        if batch.is_empty() {
            return Ok(batch.bytes);
        }
        if let Err(error) = self.write(&batch) {
            if let Err(cutting) = self.cut_back() {
                self.closed = Some(cutting.to_string());
            }
            return Err(error);
        }
        self.tail = batch.tail(self.tail);
        self.note_head();
        Ok(batch.bytes)
    }

    fn write(&mut self, batch: &Batch) -> Result<(), JournalError> {
        let path = segment::path(&self.dir, batch.segment);
        if batch.opens_segment {
            self.seal()?;
            let open = OpenOptions::new().create(true).truncate(true).write(true).open(&path);
            self.file = Some(open.map_err(JournalError::io("create", &path))?);
        }
        let closed = || JournalError::Closed(format!("{} is not open", path.display()));
        let file = self.file.as_ref().ok_or_else(closed)?;
        file.write_all_at(&batch.bytes, batch.start).map_err(JournalError::io("write to", &path))?;
        file.sync_data().map_err(JournalError::io("sync", &path))?;
        if batch.opens_segment {
            sync_dir(&self.dir)?;
        }
        Ok(())
    }

    /// A full segment is never written again.
    fn seal(&mut self) -> Result<(), JournalError> {
        if let Some(file) = self.file.take().filter(|_| self.tail.position.offset > 0) {
            let path = segment::path(&self.dir, self.tail.position.segment);
            file.set_permissions(Permissions::from_mode(0o444)).map_err(JournalError::io("seal", &path))?;
        }
        Ok(())
    }

    /// Notes what has been acknowledged. Only advice to the next start, which can so tell a torn tail from
    /// the loss of something acknowledged; hence not synced but at a start, and a failure is of no consequence.
    fn note_head(&self) {
        let Position { seq, digest, segment, offset } = self.tail.position;
        let mut line = format!("{seq:020} {digest} {segment:08} {offset:020}").into_bytes();
        let checksum = libdeflater::crc32(&line);
        // Writing to a vector cannot fail.
        let _ = writeln!(line, " {checksum:08x}");
        let _ = self.head_file.write_all_at(&line, 0);
    }
}

/// Makes a folder where there is none, and its name durable: what lies in it is worth no more than that.
pub fn create_dir(dir: &Path) -> Result<(), JournalError> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_dir(parent)?;
    match std::fs::create_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(JournalError::io("create", dir)(error))
        }
        _ => sync_dir(parent),
    }
}

/// Makes the names in a folder durable.
fn sync_dir(dir: &Path) -> Result<(), JournalError> {
    let sync = File::open(dir).and_then(|dir| dir.sync_all());
    sync.map_err(JournalError::io("sync the folder", dir))
}
