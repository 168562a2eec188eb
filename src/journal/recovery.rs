//! Opening a journal: replaying what lies beyond a position, and cutting a torn tail.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::event::{Action, Event, RULES};
use super::reader::damaged;
use super::record::{self, Record, RecordError, RecordType};
use super::segment::Scan;
use super::{HEAD_FILE, Journal, JournalError, Place, Position, Reader, Tail, create_dir, segment, sync_dir};
use crate::digest::Digest;

/// A record's room that is larger is not kept for the next.
const ROOM_BYTES_MAX: usize = 1 << 20;

/// One event read back, in order.
pub struct Replayed {
    pub event: Event<'static>,
    /// Of the event's canonical JSON.
    pub digest: Digest,
    /// The digest of the content that the event admits.
    pub content: Option<Digest>,
    pub place: Place,
}

/// A walk over the events of a journal that checks the chain as it goes.
pub struct Replay<'a> {
    dir: &'a Path,
    segments: Vec<u32>,
    scan: Option<Scan>,
    position: Position,
    /// Of the record before, for the next.
    room: Vec<u8>,
}

/// Why a walk ended before the end of the files.
pub(super) enum Stop {
    Fault(JournalError),
    /// The last segment ends in something that is no complete admission.
    Tail(Torn),
}

/// What is wrong at the end of the last segment, and the byte at which it is.
pub(super) struct Torn {
    offset: u64,
    error: RecordError,
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Stop {
        Stop::Fault(error)
    }
}

impl<'a> Replay<'a> {
    /// Begins behind `from`, which must be a position of this journal.
    pub fn new(dir: &'a Path, from: Position) -> Result<Replay<'a>, JournalError> {
        let mut segments = segment::list(dir).map_err(JournalError::io("list", dir))?;
        let first = from.segment.max(1);
        if let Some(gap) = (1..).zip(&segments).find(|(expected, found)| expected != *found) {
            return Err(damaged(gap.0, 0, "the segment is missing".into()));
        }
        if from.segment > 0 && segments.last().is_none_or(|last| *last < from.segment) {
            return Err(damaged(
                from.segment,
                0,
                format!("event {} was read here, and it is missing", from.seq),
            ));
        }
        segments.retain(|segment| *segment >= first);
        segments.reverse();
        Ok(Replay { dir, segments, scan: None, position: from, room: Vec::new() })
    }

    /// Bytes behind the starting position, for a progress bar.
    pub fn bytes_left(&self) -> u64 {
        let length =
            |segment: &u32| segment::path(self.dir, *segment).metadata().map_or(0, |file| file.len());
        self.segments.iter().map(length).sum::<u64>().saturating_sub(self.position.offset)
    }

    /// Behind the last event that was given.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The next event, or none at the end of the last complete one.
    pub(super) fn next_event(&mut self) -> Result<Option<Replayed>, Stop> {
        loop {
            let Some(scan) = self.current()? else { return Ok(None) };
            let begin = scan.offset();
            if let Some(replayed) = self.admission(begin)? {
                return Ok(Some(replayed));
            }
        }
    }

    /// The next event; a torn tail ends the walk like the end of the file.
    pub fn next_complete(&mut self) -> Result<Option<Replayed>, JournalError> {
        match self.next_event() {
            Ok(event) => Ok(event),
            Err(Stop::Tail(_)) => Ok(None),
            Err(Stop::Fault(error)) => Err(error),
        }
    }

    /// The scan that stands before a record, moving on to the next segment at the end of one.
    fn current(&mut self) -> Result<Option<&mut Scan>, Stop> {
        while self.scan.as_ref().is_none_or(Scan::at_end) {
            let Some(segment) = self.segments.pop() else { return Ok(None) };
            let offset = if segment == self.position.segment { self.position.offset } else { 0 };
            let path = segment::path(self.dir, segment);
            let scan = Scan::open(&path, offset).map_err(JournalError::io("open", &path))?;
            if scan.file_bytes() < offset {
                let what =
                    format!("event {} was read up to here, and the file ends before", self.position.seq);
                return Err(damaged(segment, scan.file_bytes(), what).into());
            }
            self.position = Position { segment, offset, ..self.position };
            self.scan = Some(scan);
        }
        Ok(self.scan.as_mut())
    }

    /// Reads records up to and with the next event; none where they were only the head of a segment.
    fn admission(&mut self, begin: u64) -> Result<Option<Replayed>, Stop> {
        let segment = self.position.segment;
        let last = self.segments.is_empty();
        let path = segment::path(self.dir, segment);
        let scan = self.scan.as_mut().expect("`current` has opened the scan");
        let fault = |offset: u64, error: RecordError| {
            if last {
                Stop::Tail(Torn { offset, error })
            } else {
                Stop::Fault(damaged(segment, offset, error.to_string()))
            }
        };
        let io_error = |error| Stop::Fault(JournalError::io("read", &path)(error));
        let mut offset = begin;
        let mut original_bytes = 0;
        loop {
            if scan.at_end() {
                return Err(fault(offset, RecordError::Torn { available: 0, expected: 1 }));
            }
            let lengths = scan.peek().map_err(io_error)?.map_err(|error| fault(offset, error))?;
            let member = scan.member(lengths).map_err(io_error)?;
            let bytes = u32::try_from(lengths.compressed_bytes).expect("members are bounded far below 4 GiB");
            if lengths.is_original() && original_bytes == 0 {
                // Stepped over: whole and unchanged is all that matters here.
                record::check(member, lengths).map_err(|error| fault(offset, error))?;
                original_bytes = bytes;
                scan.advance(lengths);
                offset = scan.offset();
                continue;
            }
            let room = std::mem::take(&mut self.room);
            let record = record::decode_in(room, member).map_err(|error| fault(offset, error))?;
            scan.advance(lengths);
            match record.record_type {
                RecordType::Metadata => {
                    let place = Place { segment, offset: begin, original_bytes, event_bytes: bytes };
                    return self.link(record, place).map(Some);
                }
                RecordType::WarcInfo if original_bytes == 0 => {
                    self.position.offset = scan.offset();
                    return Ok(None);
                }
                other => {
                    return Err(
                        damaged(segment, offset, format!("a {other:?} record has no place here")).into()
                    );
                }
            }
        }
    }

    /// Checks that an event follows the one before it.
    fn link(&mut self, record: Record, place: Place) -> Result<Replayed, Stop> {
        // What the header names was checked as the record was read.
        let digest = record.block_digest.unwrap_or_else(|| Digest::of(record.block()));
        let at = |what: String| Stop::Fault(damaged(place.segment, place.event_offset(), what));
        let event =
            Event::parse(record.block()).map_err(|error| at(format!("the event cannot be read: {error}")))?;
        if event.rules > RULES {
            return Err(Stop::Fault(JournalError::TooNew { seq: event.seq, rules: event.rules }));
        }
        if event.seq != self.position.seq + 1 {
            return Err(at(format!("event {} follows event {}", event.seq, self.position.seq)));
        }
        if event.prev != self.position.digest {
            return Err(at(format!("the chain is broken: event {} names another predecessor", event.seq)));
        }
        let content = match &event.action {
            Action::Admit(admission) => Some(admission.content_digest()),
            _ => None,
        };
        self.position = Position { seq: event.seq, digest, segment: place.segment, offset: place.end() };
        let event = event.into_owned();
        self.room =
            Some(record.into_room()).filter(|room| room.capacity() <= ROOM_BYTES_MAX).unwrap_or_default();
        Ok(Replayed { event, digest, content, place })
    }
}

impl Journal {
    /// Opens the journal in `dir`, making it if there is none, hands every event behind `from` to `visit`
    /// in order, and cuts a torn tail: what was written when the power went and never acknowledged.
    pub fn open<E: From<JournalError>>(
        dir: &Path,
        from: Position,
        segment_bytes_max: u64,
        mut visit: impl FnMut(Replayed) -> Result<(), E>,
    ) -> Result<Journal, E> {
        create_dir(dir)?;
        make_durable(dir)?;
        let head = read_head(dir);
        let mut replay = Replay::new(dir, from)?;
        let torn = loop {
            match replay.next_event() {
                Ok(Some(replayed)) => visit(replayed)?,
                Ok(None) => break None,
                Err(Stop::Tail(error)) => break Some(error),
                Err(Stop::Fault(error)) => Err(error)?,
            }
        };
        let position = replay.position();
        check_tail(dir, &replay, head, torn)?;
        let head_path = dir.join(HEAD_FILE);
        let open_head = OpenOptions::new().create(true).truncate(false).write(true).open(&head_path);
        let mut journal = Journal {
            dir: dir.to_owned(),
            file: None,
            head_file: open_head.map_err(JournalError::io("open", &head_path))?,
            tail: Tail { position, sealed: false, segment_bytes_max },
            reader: Reader::new(dir.to_owned()),
            closed: None,
        };
        journal.cut_back()?;
        journal.note_head();
        // From now on it is written over in its place: a power cut leaves an older note, and not none.
        let _ = journal.head_file.sync_all();
        Ok(journal)
    }

    /// Cuts the file back to what is known to be durable and takes a new handle: after a failed sync the
    /// old one may report success for pages that never reached the disk.
    pub(super) fn cut_back(&mut self) -> Result<(), JournalError> {
        self.file = None;
        let Position { segment, offset, .. } = self.tail.position;
        // A segment that was born in a batch that failed.
        let unborn = segment::path(&self.dir, segment + 1);
        if unborn.exists() {
            std::fs::remove_file(&unborn).map_err(JournalError::io("remove", &unborn))?;
        }
        if segment == 0 {
            return sync_dir(&self.dir);
        }
        let path = segment::path(&self.dir, segment);
        self.tail.sealed = segment::is_sealed(&path);
        if self.tail.sealed {
            // Its successor is not born, nor may a power cut bring one back. The next batch opens it.
            return sync_dir(&self.dir);
        }
        let file = OpenOptions::new().write(true).open(&path).map_err(JournalError::io("open", &path))?;
        if file.metadata().map_err(JournalError::io("examine", &path))?.len() > offset {
            file.set_len(offset).map_err(JournalError::io("cut", &path))?;
        }
        file.sync_all().map_err(JournalError::io("sync", &path))?;
        sync_dir(&self.dir)?;
        self.file = Some(file);
        Ok(())
    }
}

/// What a process that was killed had written and not synced counts as soon as it is read: then it must not be lost any
/// more, or whatever was derived from it would know of events that the journal lacks.
fn make_durable(dir: &Path) -> Result<(), JournalError> {
    let Some(last) = segment::list(dir).map_err(JournalError::io("list", dir))?.pop() else { return Ok(()) };
    let path = segment::path(dir, last);
    File::open(&path).and_then(|file| file.sync_all()).map_err(JournalError::io("sync", &path))?;
    sync_dir(dir)
}

/// Refuses to cut what had been acknowledged. The head file says how far that was; where it is lost, a
/// whole record behind the fault says that the fault is no torn tail.
fn check_tail(
    dir: &Path,
    replay: &Replay,
    head: Option<Position>,
    torn: Option<Torn>,
) -> Result<(), JournalError> {
    let end = replay.position();
    let offset = torn.as_ref().map_or(end.offset, |torn| torn.offset);
    let refuse = |what: String| Err(damaged(end.segment.max(1), offset, what));
    let what = torn.as_ref().map_or("the file ends here".to_string(), |torn| torn.error.to_string());
    if let Some(head) = head.filter(|head| head.seq > end.seq) {
        return refuse(format!("{what}; events {} to {} had been acknowledged", end.seq + 1, head.seq));
    }
    if head.is_some_and(|head| head.seq == end.seq && head.digest != end.digest) {
        return refuse(format!("another event {} than this had been acknowledged", end.seq));
    }
    if torn.is_none() {
        return Ok(());
    }
    let path = segment::path(dir, end.segment);
    if segment::is_sealed(&path) {
        return refuse(format!("{what}; the segment is sealed, and was whole when it was"));
    }
    if head.is_none() {
        let found = whole_event_behind(&path, offset).map_err(JournalError::io("read", &path))?;
        if let Some(behind) = found {
            return refuse(format!("{what}; whole events follow it at byte {behind}"));
        }
    }
    Ok(())
}

fn whole_event_behind(path: &Path, offset: u64) -> io::Result<Option<u64>> {
    let mut scan = Scan::open(path, offset)?;
    while scan.resynchronise()? {
        if let Ok(lengths) = scan.peek()?
            && record::decode(scan.member(lengths)?)
                .is_ok_and(|record| record.record_type == RecordType::Metadata)
        {
            return Ok(Some(scan.offset()));
        }
    }
    Ok(None)
}

/// What was last acknowledged, as the head file says, if it is there and whole.
pub fn read_head(dir: &Path) -> Option<Position> {
    let mut bytes = [0; 256];
    let length = File::open(dir.join(HEAD_FILE)).ok()?.read_at(&mut bytes, 0).ok()?;
    // Whatever stands behind the line is left over from something else.
    let line = std::str::from_utf8(bytes[..length].split(|byte| *byte == b'\n').next()?).ok()?;
    let (fields, checksum) = line.rsplit_once(' ')?;
    if u32::from_str_radix(checksum, 16).ok()? != libdeflater::crc32(fields.as_bytes()) {
        return None;
    }
    let [seq, digest, segment, offset] = *fields.split(' ').collect::<Vec<_>>() else { return None };
    Some(Position {
        seq: seq.parse().ok()?,
        digest: digest.parse().ok()?,
        segment: segment.parse().ok()?,
        offset: offset.parse().ok()?,
    })
}
