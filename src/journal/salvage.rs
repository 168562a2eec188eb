//! Reading what is left of a damaged journal: every event that is whole, past whatever is not.
//!
//! For readers only. It never writes, and what it gives is no ground to admit anything on.

use std::path::Path;

use super::event::{Event, RULES};
use super::record::{self, MemberLengths, Record, RecordType};
use super::segment::{self, Scan};
use super::{JournalError, Place, Position, Replayed};
use crate::digest::Digest;

/// Hands every whole event behind `from` to `visit`, in order, with the bytes that were passed and those that there are in
/// all. Records that are damaged are passed over; an original that is damaged costs its event nothing.
pub fn salvage<E: From<JournalError>>(
    dir: &Path,
    from: Position,
    mut visit: impl FnMut(Replayed, u64, u64) -> Result<(), E>,
) -> Result<Position, E> {
    let mut segments = segment::list(dir).map_err(JournalError::io("list", dir))?;
    segments.retain(|segment| *segment >= from.segment);
    let length = |segment: &u32| segment::path(dir, *segment).metadata().map_or(0, |file| file.len());
    let total = segments.iter().map(length).sum();
    let mut walk = Walk { position: from, before: None, sound: true };
    let mut done = 0;
    for segment in segments {
        let begin = if segment == from.segment { from.offset } else { 0 };
        let path = segment::path(dir, segment);
        let io_error = |error| JournalError::io("read", &path)(error);
        let mut scan = Scan::open(&path, begin).map_err(io_error)?;
        (walk.before, walk.sound) = (None, true);
        while !scan.at_end() {
            let offset = scan.offset();
            let Some((lengths, record)) = whole(&mut scan).map_err(io_error)? else {
                walk.damage(offset);
                scan.resynchronise().map_err(io_error)?;
                continue;
            };
            scan.advance(lengths);
            if let Some(replayed) = walk.record(segment, offset, lengths, record)? {
                visit(replayed, done + scan.offset(), total)?;
            }
        }
        done += scan.file_bytes();
    }
    Ok(walk.position)
}

/// The record at which the scan stands, if it is whole.
fn whole(scan: &mut Scan) -> std::io::Result<Option<(MemberLengths, Record)>> {
    let Ok(lengths) = scan.peek()? else { return Ok(None) };
    Ok(record::decode(scan.member(lengths)?).ok().map(|record| (lengths, record)))
}

struct Walk {
    position: Position,
    /// Where what stands before the next event begins: its original, or else damage.
    before: Option<u64>,
    /// Whether what stands there is an original that is whole.
    sound: bool,
}

impl Walk {
    /// Something cannot be read: it may have been an event, or the original of the next one.
    fn damage(&mut self, offset: u64) {
        if self.before.is_none() || self.sound {
            // Behind a whole original comes its event: that is what is damaged, and the original nobody's.
            (self.before, self.sound) = (Some(offset), false);
        }
    }

    fn record(
        &mut self,
        segment: u32,
        offset: u64,
        lengths: MemberLengths,
        record: Record,
    ) -> Result<Option<Replayed>, JournalError> {
        match record.record_type {
            RecordType::Metadata => self.event(segment, offset, lengths, record.block()),
            RecordType::Resource | RecordType::Revisit => {
                (self.before, self.sound) = (Some(offset), true);
                Ok(None)
            }
            RecordType::WarcInfo => {
                self.before = None;
                Ok(None)
            }
        }
    }

    fn event(
        &mut self,
        segment: u32,
        offset: u64,
        lengths: MemberLengths,
        json: &[u8],
    ) -> Result<Option<Replayed>, JournalError> {
        let before = self.before.take();
        let sound = std::mem::replace(&mut self.sound, true);
        // An original may hold what looks like a journal: what does not go on from here is none of it.
        let Ok(event) = Event::parse(json) else { return Ok(None) };
        if event.seq <= self.position.seq {
            return Ok(None);
        }
        if event.rules > RULES {
            return Err(JournalError::TooNew { seq: event.seq, rules: event.rules });
        }
        let digest = Digest::of(json);
        let next = event.seq == self.position.seq + 1;
        // Where no event is missing, what could not be read was this one's original.
        let begin = before.filter(|_| sound || next).unwrap_or(offset);
        let bytes = |bytes: u64| u32::try_from(bytes).unwrap_or(0);
        let place = Place {
            segment,
            offset: begin,
            original_bytes: bytes(offset - begin),
            event_bytes: bytes(lengths.compressed_bytes as u64),
        };
        self.position = Position { seq: event.seq, digest, segment, offset: place.end() };
        Ok(Some(Replayed { event: event.into_owned(), digest, content: None, place }))
    }
}
