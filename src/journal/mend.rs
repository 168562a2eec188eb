//! Mending: damaged stretches of the journal, and putting back the very bytes that stood there.
//!
//! Owns what counts as the same bytes: members that fill the stretch exactly, each whole by its own checksum and digest,
//! and whose events link what stands before the stretch with what stands behind it. It must never change anything else,
//! and never knows where the bytes come from. What is written lies before the journal's end, where no writer writes, so a
//! server may run meanwhile.

use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::Path;

use super::event::Event;
use super::record::{self, MEMBER_HEADER_BYTES, Record, RecordType};
use super::recovery::read_head;
use super::segment::{self, Scan};
use super::{JournalError, Position};
use crate::digest::Digest;

/// A stretch of a segment that cannot be read.
#[derive(Clone, Debug)]
pub struct Gap {
    pub segment: u32,
    pub begin: u64,
    pub end: u64,
    /// Where the records of the first event that may be missing begin.
    pub base: u64,
    /// The last whole event before it: its number and digest.
    pub before: (u64, Digest),
    /// The first whole event behind it, if there is one.
    pub after: Option<After>,
}

/// What the first whole event behind a gap says of what stood before it.
#[derive(Clone, Debug)]
pub struct After {
    pub seq: u64,
    pub prev: Digest,
    /// The original that it speaks of.
    pub original: Option<Digest>,
    /// Its canonical JSON; empty where only the note of what was acknowledged says that it would come.
    pub json: Vec<u8>,
}

impl Gap {
    /// How many bytes are to be put there.
    pub fn bytes(&self) -> u64 {
        self.end - self.begin
    }

    /// Whether no event is missing: only what stands before the next one.
    pub fn is_an_original(&self) -> bool {
        self.after.as_ref().is_some_and(|after| after.seq == self.before.0 + 1 && after.original.is_some())
    }
}

/// Every stretch of the journal in `dir` that cannot be read, up to what was acknowledged.
pub fn gaps(dir: &Path) -> Result<Vec<Gap>, JournalError> {
    let head = read_head(dir);
    let mut found = Vec::new();
    // Those behind which no whole event was seen yet.
    let mut open = 0;
    let (mut before, mut base) = ((0, Digest::ZERO), 0);
    for segment in segment::list(dir).map_err(JournalError::io("list", dir))? {
        let path = segment::path(dir, segment);
        let io_error = |error| JournalError::io("read", &path)(error);
        let mut scan = Scan::open(&path, 0).map_err(io_error)?;
        base = 0;
        while !scan.at_end() {
            let offset = scan.offset();
            match whole(&mut scan).map_err(io_error)? {
                Some(record) if record.record_type == RecordType::Metadata => {
                    base = scan.offset();
                    let Ok(event) = Event::parse(record.block()) else { continue };
                    let after = After {
                        seq: event.seq,
                        prev: event.prev,
                        original: event.original(),
                        json: record.block().to_vec(),
                    };
                    found[open..].iter_mut().for_each(|gap: &mut Gap| gap.after = Some(after.clone()));
                    open = found.len();
                    before = (event.seq, Digest::of(record.block()));
                }
                Some(record) if record.record_type == RecordType::WarcInfo => base = scan.offset(),
                Some(_) => {}
                None => {
                    let end = next_whole(&mut scan).map_err(io_error)?;
                    found.push(Gap { segment, begin: offset, end, base, before, after: None });
                }
            }
        }
    }
    end_at(&mut found, open, head, before, base);
    Ok(found)
}

/// What was acknowledged and is not there is a gap; what is behind it was never acknowledged, and is none.
fn end_at(found: &mut Vec<Gap>, open: usize, head: Option<Position>, before: (u64, Digest), base: u64) {
    let Some(head) = head else { return };
    found.retain(|gap| (gap.segment, gap.begin) < (head.segment, head.offset));
    if before.0 >= head.seq {
        return;
    }
    let after = After { seq: head.seq + 1, prev: head.digest, original: None, json: Vec::new() };
    match found.get_mut(open..).and_then(<[Gap]>::first_mut) {
        Some(gap) if gap.segment == head.segment => (gap.end, gap.after) = (head.offset, Some(after)),
        // The segment itself may be missing: that is for whoever has the whole file to put right.
        Some(_) => {}
        None => {
            let (segment, begin, end) = (head.segment, base, head.offset);
            if begin < end {
                found.push(Gap { segment, begin, end, base, before, after: Some(after) });
            }
        }
    }
}

/// The record at which the scan stands, if it is whole, and steps over it.
fn whole(scan: &mut Scan) -> io::Result<Option<Record>> {
    let Ok(lengths) = scan.peek()? else { return Ok(None) };
    let record = record::decode(scan.member(lengths)?).ok();
    if record.is_some() {
        scan.advance(lengths);
    }
    Ok(record)
}

/// Steps to the next whole record, or to the end.
fn next_whole(scan: &mut Scan) -> io::Result<u64> {
    while scan.resynchronise()? {
        if let Ok(lengths) = scan.peek()?
            && record::decode(scan.member(lengths)?).is_ok()
        {
            break;
        }
    }
    Ok(scan.offset())
}

/// Whether `bytes` are what stood in the gap, or else why not.
pub fn fits(gap: &Gap, bytes: &[u8]) -> Result<(), String> {
    if bytes.len() as u64 != gap.bytes() {
        return Err(format!("{} bytes are missing, and these are {}", gap.bytes(), bytes.len()));
    }
    let (mut seq, mut digest) = gap.before;
    let mut original = None;
    let mut rest = bytes;
    while !rest.is_empty() {
        let lengths = record::member_lengths(rest).map_err(|error| error.to_string())?;
        let record = record::decode(rest).map_err(|error| error.to_string())?;
        rest = &rest[lengths.compressed_bytes..];
        match record.record_type {
            RecordType::Metadata => {
                let event = Event::parse(record.block()).map_err(|error| error.to_string())?;
                if (event.seq, event.prev) != (seq + 1, digest) {
                    return Err(format!("its event {} does not follow event {seq}", event.seq));
                }
                (seq, digest) = (event.seq, Digest::of(record.block()));
                original = None;
            }
            RecordType::Resource => original = Some(Digest::of(record.block())),
            RecordType::WarcInfo | RecordType::Revisit => {}
        }
    }
    let Some(after) = &gap.after else { return Err("nothing behind it says what stood there".into()) };
    if (after.seq, after.prev) != (seq + 1, digest) {
        return Err(format!("event {} does not follow what it holds", after.seq));
    }
    if let (Some(found), Some(wanted)) = (original, after.original)
        && found != wanted
    {
        return Err(format!("its original is {found}, and event {} speaks of {wanted}", after.seq));
    }
    Ok(())
}

/// Whether a record that was made anew is the one that `damaged` was: not all that it says of itself is in the chain, but the
/// checksum in its header is of all of it.
pub fn is_remade(damaged: &[u8], made: &[u8]) -> bool {
    damaged.get(record::CHECKSUM).is_some_and(|checksum| made.get(record::CHECKSUM) == Some(checksum))
}

/// The record at the head of the gap's segment, where the gap begins with it, made anew from the records behind it.
pub fn segment_head(gap: &Gap, records: &[u8]) -> Option<Vec<u8>> {
    let mut rest = records;
    loop {
        let lengths = record::member_lengths(rest).ok()?;
        let record = record::decode(rest).ok()?;
        if record.record_type == RecordType::Metadata {
            let (seq, prev) = gap.before;
            let at = Event::parse(record.block()).ok()?.at;
            return Some(record::warcinfo(gap.segment, seq + 1, prev, at));
        }
        rest = &rest[lengths.compressed_bytes..];
    }
}

/// The bytes that lie in the gap now.
pub fn damaged_bytes(dir: &Path, gap: &Gap) -> Result<Vec<u8>, JournalError> {
    read_stretch(&segment::path(dir, gap.segment), gap)
}

/// The bytes that lie at the gap's place in another copy of its segment.
pub fn read_stretch(path: &Path, gap: &Gap) -> Result<Vec<u8>, JournalError> {
    let file = std::fs::File::open(path).map_err(JournalError::io("open", path))?;
    let mut bytes = vec![0; usize::try_from(gap.bytes()).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut bytes, gap.begin).map_err(JournalError::io("read", path))?;
    Ok(bytes)
}

/// Puts `bytes` into the gap, durably, where they fit.
pub fn mend(dir: &Path, gap: &Gap, bytes: &[u8]) -> Result<(), JournalError> {
    let path = segment::path(dir, gap.segment);
    let refuse = |what: String| super::reader::damaged(gap.segment, gap.begin, what);
    fits(gap, bytes).map_err(refuse)?;
    let mode = path.metadata().map_err(JournalError::io("examine", &path))?.permissions();
    // A sealed segment is read-only, and is so again afterwards.
    std::fs::set_permissions(&path, Permissions::from_mode(mode.mode() | 0o200))
        .map_err(JournalError::io("unseal", &path))?;
    let written = OpenOptions::new().write(true).open(&path).and_then(|file| {
        file.write_all_at(bytes, gap.begin)?;
        file.sync_all()
    });
    let sealed = std::fs::set_permissions(&path, mode);
    written.and(sealed).map_err(JournalError::io("mend", &path))
}

/// The member that `bytes` were before one of their bits was flipped: the checksum in its header says which, since each bit
/// leaves another mark on it. Nothing where more than one bit is another.
pub fn unflip(bytes: &[u8]) -> Option<Vec<u8>> {
    const AT: std::ops::Range<usize> = record::CHECKSUM;
    if bytes.len() < MEMBER_HEADER_BYTES {
        return None;
    }
    let stored = u32::from_le_bytes(*bytes[AT].first_chunk()?);
    let mark = u32::from_le_bytes(record::member_checksum(bytes)) ^ stored;
    let mut mended = bytes.to_vec();
    if mark.count_ones() == 1 {
        // The checksum itself was hit.
        mended[AT].copy_from_slice(&(stored ^ mark).to_le_bytes());
    } else {
        // The checksum is of all bytes but its own.
        let (byte, bit) = flipped(mark, bytes.len() - AT.len())?;
        mended[if byte < AT.start { byte } else { byte + AT.len() }] ^= 1 << bit;
    }
    let whole = record::member_lengths(&mended).is_ok_and(|it| it.compressed_bytes == mended.len())
        && record::decode(&mended).is_ok();
    whole.then_some(mended)
}

/// Which bit of `bytes` bytes leaves `mark` on their CRC-32 when it is flipped.
fn flipped(mark: u32, bytes: usize) -> Option<(usize, u8)> {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let step =
        |crc: u32| (0..8).fold(crc, |crc, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 });
    // The mark of each bit of the last byte; every byte before it is one step further on.
    let mut marks: [u32; 8] = std::array::from_fn(|bit| step(1 << bit));
    for byte in (0..bytes).rev() {
        if let Some(bit) = marks.iter().position(|it| *it == mark) {
            return Some((byte, bit as u8));
        }
        marks = marks.map(step);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn any_one_flipped_bit_of_a_record_is_put_right_by_its_checksum() {
        let text = "The pilot boat is painted red this year. ".repeat(9);
        let digest = Digest::of(text.as_bytes());
        let whole = record::resource(text.as_bytes(), digest, "text/plain", None, Timestamp::UNIX_EPOCH);
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(unflip(&flipped).as_deref(), Some(whole.as_slice()), "bit {bit}");
            flipped[(bit / 8 + 40) % whole.len()] ^= 2;
            assert_eq!(unflip(&flipped), None, "two bits, the one {bit}");
        }
    }
}
