//! WARC 1.1 records, each a gzip member of its own (ISO 28500:2017, annex D).
//!
//! Owns the bytes of one record. It must never know about files, nor what an event means.
//!
//! Every member carries gzip extra fields (RFC 1952 section 2.3.1.1): its own length (`sl`, as web archives
//! have long used it), and the type of its record with a checksum of the whole member (`at`). So a reader can
//! step over an original without inflating it, can tell a torn member from a damaged one, and sees any
//! flipped bit, also where inflating would not. Other readers ignore the fields.

use std::cell::RefCell;
use std::io::Write as _;

use jiff::Timestamp;
use libdeflater::{CompressionLvl, Compressor, Decompressor};

use crate::digest::Digest;

/// A gzip header (10 bytes), the length of the extra fields (2), `sl` (4) with the lengths of the member and
/// of what it holds (4 each), `at` (4) with the record's type (1) and the checksum (4); numbers little-endian.
pub const MEMBER_HEADER_BYTES: usize = 33;
/// Magic, deflate, FEXTRA, no time, no hint, unknown system; 21 bytes of extra fields; `sl`, 8 bytes.
const MEMBER_HEADER_START: [u8; 16] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 21, 0, b's', b'l', 8, 0];
/// `at`, 5 bytes.
const TYPE_FIELD: [u8; 4] = [b'a', b't', 5, 0];
/// Where the checksum stands: CRC-32 of the bytes before it and the bytes behind it.
pub(super) const CHECKSUM: std::ops::Range<usize> = 29..33;
const MEMBER_TRAILER_BYTES: usize = 8;

/// The most that a record may hold, uncompressed; larger originals are refused long before.
pub const RECORD_BYTES_MAX: usize = 256 << 20;

/// The most that its block may hold: the header needs room as well.
pub const BLOCK_BYTES_MAX: usize = RECORD_BYTES_MAX - (1 << 20);

/// The levels of libdeflate, for short events and for all else. Compressing is the largest part of an admission of a few kilobytes:
/// level 1 makes such records two hundredths larger than level 5, for six tenths of the work. Events are compressed by the one
/// thread that writes. Of a page of a hundred kilobytes it would be a tenth, and there intake takes four times as long as compressing.
const QUICK_LEVEL: i32 = 1;
const LEVEL: i32 = 5;
const QUICK_BYTES_MAX: usize = 32 << 10;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecordError {
    /// The bytes end before the record does.
    #[error("the record is cut off after {available} of {expected} bytes")]
    Torn { available: usize, expected: usize },
    #[error("{0}")]
    Damaged(&'static str),
}

/// The lengths that a member's header gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberLengths {
    /// Of the whole member, header and trailer included.
    pub compressed_bytes: usize,
    pub plain_bytes: usize,
    /// The `at` field.
    record_type: u8,
}

impl MemberLengths {
    /// Whether the header says that the record holds or repeats an original.
    pub fn is_original(&self) -> bool {
        self.record_type == RecordType::Resource as u8 || self.record_type == RecordType::Revisit as u8
    }
}

/// What a WARC record is for (ISO 28500:2017 section 6). The numbers are those of the `at` field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RecordType {
    WarcInfo = 0,
    Resource = 1,
    Revisit = 2,
    Metadata = 3,
}

impl RecordType {
    const ALL: [(RecordType, &'static str); 4] = [
        (RecordType::WarcInfo, "warcinfo"),
        (RecordType::Resource, "resource"),
        (RecordType::Revisit, "revisit"),
        (RecordType::Metadata, "metadata"),
    ];

    fn name(self) -> &'static str {
        RecordType::ALL[self as usize].1
    }

    fn from_name(name: &str) -> Option<RecordType> {
        RecordType::ALL.iter().find(|(_, known)| *known == name).map(|(record_type, _)| *record_type)
    }
}

/// One record, inflated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub record_type: RecordType,
    pub content_type: String,
    pub block_digest: Option<Digest>,
    plain: Vec<u8>,
    block_start: usize,
    block_end: usize,
}

impl Record {
    pub fn block(&self) -> &[u8] {
        &self.plain[self.block_start..self.block_end]
    }

    /// The room that it took, for [`decode_in`].
    pub fn into_room(self) -> Vec<u8> {
        self.plain
    }

    /// The block without the rest of the record.
    pub fn into_block(mut self) -> Vec<u8> {
        self.plain.truncate(self.block_end);
        self.plain.drain(..self.block_start);
        self.plain
    }
}

/// The head of a segment: who wrote it, and where its chain of events begins.
pub fn warcinfo(segment: u32, first_seq: u64, prev: Digest, at: Timestamp) -> Vec<u8> {
    let block = format!(
        "software: annals/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
         annals-segment: {segment}\r\nannals-first-event: {first_seq}\r\nannals-previous-event: {prev}\r\n",
        env!("CARGO_PKG_VERSION"),
    );
    let id = uuid("warcinfo", &segment.to_le_bytes());
    encode(RecordType::WarcInfo, &id, at, "application/warc-fields", &[], block.as_bytes())
}

/// An original, exactly as it came. Its record id follows from its digest, since it is kept once.
pub fn resource(
    original: &[u8],
    digest: Digest,
    media_type: &str,
    target_uri: Option<&str>,
    at: Timestamp,
) -> Vec<u8> {
    let named = digest.to_ni();
    let headers =
        [("WARC-Target-URI", target_uri.unwrap_or(&named)), ("WARC-Block-Digest", &digest.to_string())];
    encode(RecordType::Resource, &id_of(digest), at, media_type, &headers, original)
}

/// The same original has come again, and said something new this time.
pub fn revisit(digest: Digest, target_uri: Option<&str>, seq: u64, at: Timestamp) -> Vec<u8> {
    let named = digest.to_ni();
    let headers = [
        ("WARC-Target-URI", target_uri.unwrap_or(&named)),
        ("WARC-Payload-Digest", &digest.to_string()),
        ("WARC-Refers-To", &id_of(digest)),
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
    ];
    encode(
        RecordType::Revisit,
        &uuid("revisit", &seq.to_le_bytes()),
        at,
        "application/octet-stream",
        &headers,
        b"",
    )
}

/// An event, with the original it speaks of where there is one.
pub fn metadata(event_json: &[u8], digest: Digest, original: Option<Digest>, at: Timestamp) -> Vec<u8> {
    let block_digest = digest.to_string();
    let original = original.map(id_of);
    let mut headers = vec![("WARC-Block-Digest", block_digest.as_str())];
    headers.extend(original.as_deref().map(|id| ("WARC-Refers-To", id)));
    encode(RecordType::Metadata, &id_of(digest), at, "application/json", &headers, event_json)
}

/// `<nih:sha-256;…>` (RFC 6920 section 7): the id of a record that is found by the digest of its block. The same digits stand in the
/// record again, so that it takes few bytes more once it is deflated.
fn id_of(digest: Digest) -> String {
    format!("<nih:sha-256;{}>", digest.hex())
}

/// `<urn:uuid:…>`, a version 8 UUID (RFC 9562 section 5.8) that follows from what the record is about, so
/// that the same events always give the same bytes.
fn uuid(kind: &str, name: &[u8]) -> String {
    let Digest(bits) = Digest::of_parts([b"annals record ", kind.as_bytes(), b" ", name]);
    let mut uuid = u128::from_be_bytes(*bits.first_chunk().expect("32 bytes hold 16"));
    uuid = uuid & !(0xf << 76) & !(0b11 << 62) | 0x8 << 76 | 0b10 << 62;
    let hex = format!("{uuid:032x}");
    format!("<urn:uuid:{}-{}-{}-{}-{}>", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn encode(
    record_type: RecordType,
    id: &str,
    at: Timestamp,
    content_type: &str,
    headers: &[(&str, &str)],
    block: &[u8],
) -> Vec<u8> {
    SCRATCH.with_borrow_mut(|scratch| {
        let plain = &mut scratch.plain;
        plain.clear();
        let write = "writing to a vector cannot fail";
        let name = record_type.name();
        write!(plain, "WARC/1.1\r\nWARC-Type: {name}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {at}\r\n")
            .expect(write);
        for (name, value) in headers {
            write!(plain, "{name}: {}\r\n", one_line(value)).expect(write);
        }
        let content_type = one_line(content_type);
        write!(plain, "Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n", block.len())
            .expect(write);
        plain.extend_from_slice(block);
        plain.extend_from_slice(b"\r\n\r\n");
        scratch.deflate(record_type)
    })
}

/// A header value cannot hold a line end; none that Annals writes does, whatever arrived.
fn one_line(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).collect()
}

/// What a thread needs to make records, kept from one to the next: what is not there anew need not be cleared.
struct Scratch {
    /// Each once it was needed.
    quick: Option<Compressor>,
    thorough: Option<Compressor>,
    plain: Vec<u8>,
    member: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const {
        RefCell::new(Scratch { quick: None, thorough: None, plain: Vec::new(), member: Vec::new() })
    };
}

fn compressor(level: i32) -> Compressor {
    Compressor::new(CompressionLvl::new(level).expect("libdeflate has levels 1 to 12"))
}

/// A thread that has made a larger record than this lets go of the room for it.
const SCRATCH_BYTES_MAX: usize = 1 << 20;

impl Scratch {
    /// `plain` as one gzip member (RFC 1952) that knows its own length.
    fn deflate(&mut self, record_type: RecordType) -> Vec<u8> {
        let Scratch { quick, thorough, plain, member } = self;
        let compressor = match record_type == RecordType::Metadata && plain.len() <= QUICK_BYTES_MAX {
            true => quick.get_or_insert_with(|| compressor(QUICK_LEVEL)),
            false => thorough.get_or_insert_with(|| compressor(LEVEL)),
        };
        let bound =
            MEMBER_HEADER_BYTES + compressor.deflate_compress_bound(plain.len()) + MEMBER_TRAILER_BYTES;
        if member.len() < bound {
            member.resize(bound, 0);
        }
        let deflated = compressor
            .deflate_compress(plain, &mut member[MEMBER_HEADER_BYTES..])
            .expect("the bound is what libdeflate asked for");
        let compressed_bytes = MEMBER_HEADER_BYTES + deflated + MEMBER_TRAILER_BYTES;
        let mut made = member[..compressed_bytes].to_vec();
        finish_member(&mut made, plain, record_type);
        if bound > SCRATCH_BYTES_MAX {
            (*plain, *member) = (Vec::new(), Vec::new());
        }
        made
    }
}

/// Writes header and trailer around what was deflated from `plain`.
fn finish_member(member: &mut [u8], plain: &[u8], record_type: RecordType) {
    let compressed_bytes = member.len();
    let plain_bytes = u32::try_from(plain.len()).expect("records are bounded far below 4 GiB");
    member[..16].copy_from_slice(&MEMBER_HEADER_START);
    member[16..20].copy_from_slice(&(compressed_bytes as u32).to_le_bytes());
    member[20..24].copy_from_slice(&plain_bytes.to_le_bytes());
    member[24..28].copy_from_slice(&TYPE_FIELD);
    member[28] = record_type as u8;
    member[compressed_bytes - 8..compressed_bytes - 4]
        .copy_from_slice(&libdeflater::crc32(plain).to_le_bytes());
    member[compressed_bytes - 4..].copy_from_slice(&plain_bytes.to_le_bytes());
    let checksum = member_checksum(member);
    member[CHECKSUM].copy_from_slice(&checksum);
}

/// The lengths of the member at the head of `bytes`.
pub fn member_lengths(bytes: &[u8]) -> Result<MemberLengths, RecordError> {
    let Some(header) = bytes.first_chunk::<MEMBER_HEADER_BYTES>() else {
        return Err(RecordError::Torn { available: bytes.len(), expected: MEMBER_HEADER_BYTES });
    };
    if !is_member(header) {
        return Err(RecordError::Damaged("no record begins here"));
    }
    let length = |at: usize| {
        u32::from_le_bytes(*header[at..].first_chunk().expect("the header has 33 bytes")) as usize
    };
    let lengths =
        MemberLengths { compressed_bytes: length(16), plain_bytes: length(20), record_type: header[28] };
    if lengths.plain_bytes > RECORD_BYTES_MAX
        || lengths.compressed_bytes < MEMBER_HEADER_BYTES + MEMBER_TRAILER_BYTES
        || lengths.compressed_bytes > RECORD_BYTES_MAX
    {
        return Err(RecordError::Damaged("the record's length is impossible"));
    }
    Ok(lengths)
}

pub(super) fn member_checksum(member: &[u8]) -> [u8; 4] {
    let mut crc = libdeflater::Crc::new();
    crc.update(&member[..CHECKSUM.start]);
    crc.update(&member[CHECKSUM.end..]);
    crc.sum().to_le_bytes()
}

/// Whether `member`, as long as its header says, is whole and unchanged. Nothing is inflated.
pub fn check(member: &[u8], lengths: MemberLengths) -> Result<(), RecordError> {
    match member.get(..lengths.compressed_bytes) {
        None => Err(RecordError::Torn { available: member.len(), expected: lengths.compressed_bytes }),
        Some(member) if member[CHECKSUM] == member_checksum(member) => Ok(()),
        Some(_) => Err(RecordError::Damaged("the record does not have the checksum that its member names")),
    }
}

/// Whether a member that Annals wrote begins here.
pub fn is_member(header: &[u8]) -> bool {
    header.starts_with(&MEMBER_HEADER_START) && header.get(24..28) == Some(&TYPE_FIELD)
}

/// Inflates and reads the record that `member` is, checking its CRC and, where it names one, its digest.
pub fn decode(member: &[u8]) -> Result<Record, RecordError> {
    decode_in(Vec::new(), member)
}

/// The same in the room of a record that is needed no more: see [`Record::into_room`].
pub fn decode_in(room: Vec<u8>, member: &[u8]) -> Result<Record, RecordError> {
    let record = parse(inflate(member, room)?)?;
    if member.get(28) != Some(&(record.record_type as u8)) {
        return Err(RecordError::Damaged("the record is not of the type that its member names"));
    }
    if record.block_digest.is_some_and(|digest| digest != Digest::of(record.block())) {
        return Err(RecordError::Damaged(
            "the record's block does not have the digest that its header names",
        ));
    }
    Ok(record)
}

fn inflate(member: &[u8], mut plain: Vec<u8>) -> Result<Vec<u8>, RecordError> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
    }
    let lengths = member_lengths(member)?;
    check(member, lengths)?;
    plain.resize(lengths.plain_bytes, 0);
    let inflated = DECOMPRESSOR.with_borrow_mut(|decompressor| {
        decompressor.gzip_decompress(&member[..lengths.compressed_bytes], &mut plain)
    });
    match inflated {
        Ok(length) if length == plain.len() => Ok(plain),
        _ => Err(RecordError::Damaged("the record does not inflate to what its length and CRC say")),
    }
}

fn parse(plain: Vec<u8>) -> Result<Record, RecordError> {
    let damaged = RecordError::Damaged;
    let (mut record_type, mut content_type, mut length, mut block_digest) = (None, String::new(), None, None);
    let mut rest = plain.as_slice();
    let mut next_line = || -> Result<&str, RecordError> {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or(damaged("the record's header does not end"))?;
        let (line, behind) = rest.split_at(end + 1);
        rest = behind;
        let line = std::str::from_utf8(line).map_err(|_| damaged("the record's header is no text"))?;
        line.strip_suffix("\r\n").ok_or(damaged("the record's header does not end"))
    };
    if next_line()? != "WARC/1.1" {
        return Err(damaged("the record does not begin with WARC/1.1"));
    }
    loop {
        let line = next_line()?;
        if line.is_empty() {
            break;
        }
        match line.split_once(": ").ok_or(damaged("a line of the record's header has no colon"))? {
            ("WARC-Type", value) => record_type = RecordType::from_name(value),
            ("Content-Type", value) => content_type = value.into(),
            ("Content-Length", value) => length = value.parse::<usize>().ok(),
            ("WARC-Block-Digest", value) => block_digest = value.parse().ok(),
            _ => {}
        }
    }
    let block_start = plain.len() - rest.len();
    let length = length.ok_or(damaged("the record's header gives no length"))?;
    if rest.len().checked_sub(length) != Some(4) || !rest.ends_with(b"\r\n\r\n") {
        return Err(damaged("the record's block does not have the length that its header gives"));
    }
    let record_type = record_type.ok_or(damaged("the record is of no known type"))?;
    let block_end = block_start + length;
    Ok(Record { record_type, content_type, block_digest, plain, block_start, block_end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_record_is_read_back_and_by_any_gzip_reader() {
        let original = b"<p>Ferries run on the hour.</p>";
        let digest = Digest::of(original);
        let member =
            resource(original, digest, "text/html\r\nX: y", Some("https://estuary.example.org/1"), AT);
        let record = decode(&member).unwrap();
        assert_eq!((record.record_type, record.block_digest), (RecordType::Resource, Some(digest)));
        assert_eq!(record.content_type, "text/htmlX: y");
        assert_eq!(record.into_block(), original);
        assert_eq!(member_lengths(&member).unwrap().compressed_bytes, member.len());

        let mut plain = String::new();
        flate2::read::GzDecoder::new(member.as_slice()).read_to_string(&mut plain).unwrap();
        assert!(plain.starts_with("WARC/1.1\r\nWARC-Type: resource\r\n"), "{plain}");
    }

    #[test]
    fn every_cut_is_torn_and_every_flipped_bit_of_the_data_is_seen() {
        let member = metadata(b"{\"seq\":1}", Digest::of(b"{\"seq\":1}"), None, AT);
        for cut in 0..member.len() {
            assert!(matches!(decode(&member[..cut]), Err(RecordError::Torn { .. })), "cut at {cut}");
        }
        for bit in 0..member.len() * 8 {
            let mut flipped = member.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            match decode(&flipped) {
                Err(_) => {}
                Ok(record) => panic!("bit {bit} gave {record:?}"),
            }
        }
    }

    #[test]
    fn a_record_id_follows_from_what_the_record_is_about() {
        let id = uuid("revisit", b"1");
        assert_eq!(id, uuid("revisit", b"1"));
        assert_ne!(id, uuid("revisit", b"2"));
        assert_eq!((&id[..10], &id[24..25]), ("<urn:uuid:", "8"));
        assert!("89ab".contains(&id[29..30]), "{id}");
    }
}
