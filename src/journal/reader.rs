//! Reading single records by their place.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::num::NonZeroU64;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use rustix::fs::{Advice, fadvise};

use super::record::{self, Record, RecordType};
use super::{JournalError, Place, segment};

/// How many segments are held open; one more, and all are opened anew as they are needed.
const OPEN_MAX: usize = 256;

/// Events that lie no further apart are asked for together: reading what is between costs less than asking twice.
const GAP_BYTES_MAX: u64 = 32 << 10;
/// Of a longer range the system would read the beginning only, and say nothing: it takes no more at once than its read-ahead.
const TOGETHER_BYTES_MAX: u64 = 128 << 10;

/// Any number of readers may share one, while the journal is being written.
#[derive(Clone)]
pub struct Reader {
    dir: Arc<PathBuf>,
    /// Opened when first needed and kept: a segment never changes its name. At most [`OPEN_MAX`].
    files: Arc<RwLock<HashMap<u32, Arc<File>>>>,
}

impl Reader {
    pub fn new(dir: PathBuf) -> Reader {
        Reader { dir: Arc::new(dir), files: Arc::default() }
    }

    /// The canonical JSON of the event at `place`, checked against the record's digest.
    pub fn event(&self, place: &Place) -> Result<Vec<u8>, JournalError> {
        let record = self.record(place.segment, place.event_offset(), place.event_bytes)?;
        self.expect(&record, RecordType::Metadata, place.segment, place.event_offset())?;
        Ok(record.into_block())
    }

    /// Tells the system that the events at these places are about to be read, so that the disk is asked for all of them at
    /// once and not for one after the other (posix_fadvise(3)). It is advice: what is wrong shows when they are read.
    pub fn will_need(&self, places: Vec<Place>) {
        for (segment, bytes) in together(places) {
            // None would be all that is behind.
            let length = bytes.end.checked_sub(bytes.start).and_then(NonZeroU64::new);
            let (Ok(file), Some(length)) = (self.file(segment), length) else { continue };
            let _ = fadvise(&*file, bytes.start, Some(length), Advice::WillNeed);
        }
    }

    /// The original that stands before the event at `place`, checked against the record's digest.
    pub fn original(&self, place: &Place) -> Result<Vec<u8>, JournalError> {
        let record = self.record(place.segment, place.offset, place.original_bytes)?;
        self.expect(&record, RecordType::Resource, place.segment, place.offset)?;
        Ok(record.into_block())
    }

    /// The record of the original that stands before the event at `place`, as it lies there and whole; empty where there is
    /// none.
    pub fn original_member(&self, place: &Place) -> Result<Vec<u8>, JournalError> {
        if place.original_bytes == 0 {
            return Ok(Vec::new());
        }
        self.member(place.segment, place.offset, place.original_bytes)
    }

    /// The record of the event at `place`, as it lies there and whole.
    pub fn event_member(&self, place: &Place) -> Result<Vec<u8>, JournalError> {
        self.member(place.segment, place.event_offset(), place.event_bytes)
    }

    fn member(&self, segment: u32, offset: u64, bytes: u32) -> Result<Vec<u8>, JournalError> {
        let member = self.bytes(segment, offset, bytes)?;
        let decoded = record::decode(&member).map_err(|error| damaged(segment, offset, error.to_string()));
        decoded.map(|_| member)
    }

    fn record(&self, segment: u32, offset: u64, bytes: u32) -> Result<Record, JournalError> {
        let member = self.bytes(segment, offset, bytes)?;
        record::decode(&member).map_err(|error| damaged(segment, offset, error.to_string()))
    }

    fn bytes(&self, segment: u32, offset: u64, bytes: u32) -> Result<Vec<u8>, JournalError> {
        let path = segment::path(&self.dir, segment);
        let mut member = vec![0; bytes as usize];
        let file = self.file(segment).map_err(JournalError::io("open", &path))?;
        file.read_exact_at(&mut member, offset).map_err(JournalError::io("read", &path))?;
        Ok(member)
    }

    fn expect(
        &self,
        record: &Record,
        wanted: RecordType,
        segment: u32,
        offset: u64,
    ) -> Result<(), JournalError> {
        if record.record_type == wanted {
            return Ok(());
        }
        Err(damaged(segment, offset, format!("expected a {wanted:?} record, found {:?}", record.record_type)))
    }

    fn file(&self, segment: u32) -> io::Result<Arc<File>> {
        const POISON: &str = "no reader panics while it holds the lock";
        if let Some(file) = self.files.read().expect(POISON).get(&segment) {
            return Ok(file.clone());
        }
        let file = Arc::new(File::open(segment::path(&self.dir, segment))?);
        let mut files = self.files.write().expect(POISON);
        if files.len() >= OPEN_MAX {
            files.clear();
        }
        files.insert(segment, file.clone());
        Ok(file)
    }
}

/// The ranges of bytes in which the events at these places lie, each in its segment.
fn together(mut places: Vec<Place>) -> Vec<(u32, Range<u64>)> {
    places.sort_unstable_by_key(|place| (place.segment, place.event_offset()));
    let mut ranges: Vec<(u32, Range<u64>)> = Vec::new();
    for place in places {
        let (begin, end) = (place.event_offset(), place.end());
        match ranges.last_mut() {
            Some((segment, range))
                if *segment == place.segment
                    && begin <= range.end + GAP_BYTES_MAX
                    && end <= range.start + TOGETHER_BYTES_MAX =>
            {
                range.end = range.end.max(end);
            }
            _ => ranges.push((place.segment, begin..end)),
        }
    }
    ranges
}

pub(super) fn damaged(segment: u32, offset: u64, what: String) -> JournalError {
    JournalError::Damaged { segment: segment::file_name(segment), offset, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_lie_near_one_another_are_asked_for_together_in_whatever_order_they_are_named() {
        let place = |segment, offset| Place { segment, offset, original_bytes: 1_000, event_bytes: 2_000 };
        let far = 6_000 + GAP_BYTES_MAX;
        let places = vec![place(2, 3_000), place(1, far), place(1, 3_000), place(1, 0), place(1, 0)];
        assert_eq!(together(places), [(1, 1_000..6_000), (1, far + 1_000..far + 3_000), (2, 4_000..6_000)]);
        assert_eq!(together(vec![place(1, 0), place(1, far - 4_000)]), [(1, 1_000..far - 1_000)]);
        let row: Vec<_> = (0..100).map(|n| place(1, n * 3_000)).collect();
        let ranges = together(row);
        assert!(
            ranges.len() == 3
                && ranges.iter().all(|(_, bytes)| bytes.end - bytes.start <= TOGETHER_BYTES_MAX)
        );
        assert_eq!(together(Vec::new()), []);
        // Nobody is told of a segment that is not there.
        Reader::new("nowhere".into()).will_need(vec![place(7, 0)]);
    }
}
