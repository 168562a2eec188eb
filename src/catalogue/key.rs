//! Every key of the catalogue, and the layout of the values under them.
//!
//! Changing anything here or in [`super::record`], [`super::bucket`] or [`super::calendar`] raises [`SCHEMA_VERSION`]: a catalogue of another version
//! is moved aside and rebuilt from the journal.

use super::calendar::ListDay;
use crate::bulletin::Selection;
use crate::digest::HalfDigest;

pub const SCHEMA_VERSION: u32 = 10;

/// Records that are found by number, many to a key. The store reads and writes eight to sixteen neighbouring values at a time,
/// however large they are: a kilobyte or two each is large enough.
pub struct Paged {
    /// Every key of theirs begins with it.
    pub prefix: &'static [u8],
    /// How many numbers share a key.
    pub a_key: u64,
}

/// Numbers are sequence numbers from 1; page 0 holds 1 to 15.
pub const EVENTS: Paged = Paged { prefix: b"e", a_key: 16 };
/// By the number of their first event.
pub const BULLETINS: Paged = Paged { prefix: b"b", a_key: 16 };

impl Paged {
    /// Of the page that `number` is in: the prefix, and the page's number (8 bytes, big-endian).
    pub fn key(&self, number: u64) -> Vec<u8> {
        [self.prefix, &(number / self.a_key).to_be_bytes()].concat()
    }

    /// The place of `number` in its page.
    pub fn slot(&self, number: u64) -> u8 {
        u8::try_from(number % self.a_key).expect("a page has fewer than 256 records")
    }

    /// The first number of the page behind that of `number`.
    pub fn first_behind(&self, number: u64) -> u64 {
        (number / self.a_key + 1) * self.a_key
    }
}

/// How many events of a selection share a key: the same as share an archive document.
pub const ITEMS_A_KEY: u64 = 100;

/// The schema version, 4 bytes little-endian.
pub const SCHEMA: &[u8] = b"m/schema";
/// The applied [`crate::journal::Position`].
pub const POSITION: &[u8] = b"m/position";
/// The names of sources and categories, by number.
pub const NAMES: &[u8] = b"m/names";
/// Every selection's state has this prefix.
pub const SELECTIONS: &[u8] = b"s";
/// All pages of hashes that wait have this prefix.
pub const WAITING: &[u8] = b"w";

/// What a hash in the buckets leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum HashKind {
    /// SHA-256 of an alias, to the number of its bulletin.
    Alias = 1,
    /// SHA-256 of a bulletin's id, to the number of the bulletin.
    Id = 2,
    /// A content digest, to the first event of each bulletin that carries the content.
    Content = 3,
    /// The first half of the digest of a folded text, to the first event that carries it.
    Text = 4,
    /// The digest of an original, to every event that came in it as a document; and to the one that kept it as a file, where
    /// it came inside a document first. The first of them stands behind its record.
    Original = 5,
    /// The digest of a file that came inside a document, to every event that kept it.
    File = 6,
}

impl HashKind {
    pub fn from_number(number: u8) -> Option<HashKind> {
        use HashKind::{Alias, Content, File, Id, Original, Text};
        [Alias, Id, Content, Text, Original, File].into_iter().find(|kind| *kind as u8 == number)
    }
}

/// A hash as the catalogue keeps it: its first 5 bytes, of which the first 15 bits name the bucket. Where there are six million, one
/// in 180,000 others begins like one of them, which costs a look at what that leads to.
pub type ShortHash = [u8; SHORT_BYTES];
pub const SHORT_BYTES: usize = 5;

pub fn short(digest: impl Into<HalfDigest>) -> ShortHash {
    *digest.into().0.first_chunk().expect("16 bytes hold 5")
}

/// How many slices all hashes are cut into, by their first bits.
pub const SLICES: usize = 1 << SLICE_BITS;
const SLICE_BITS: u32 = 6;
/// How many buckets all hashes lie in, by their first bits: at a million bulletins one has 1.3 kB.
const BUCKET_BITS: u32 = 15;

/// The slice that a hash is in.
pub fn slice(hash: &ShortHash) -> usize {
    usize::from(hash[0] >> (8 - SLICE_BITS))
}

/// The bucket that a hash is in, behind its slice.
pub fn bucket(hash: &ShortHash) -> [u8; 4] {
    let first = u16::from_be_bytes([hash[0], hash[1]]) >> (16 - BUCKET_BITS);
    let [high, low] = (first & ((1 << (BUCKET_BITS - SLICE_BITS)) - 1)).to_be_bytes();
    [b'h', slice(hash) as u8, high, low]
}

/// The prefix of every bucket of a slice.
pub fn buckets(slice: usize) -> [u8; 2] {
    [b'h', slice as u8]
}

/// What the buckets of a slice may have.
pub fn filter(slice: usize) -> Vec<u8> {
    vec![b'f', slice as u8]
}

/// A page of a slice's hashes that wait, from 0.
pub fn waiting(slice: usize, page: usize) -> Vec<u8> {
    let mut key = vec![b'w', slice as u8];
    key.extend_from_slice(&(page as u32).to_be_bytes());
    key
}

/// The state of a selection.
pub fn selection(selection: &Selection) -> Vec<u8> {
    format!("s{selection}").into_bytes()
}

/// The selection whose state stands under `key`.
pub fn parse_selection(key: &[u8]) -> Option<Selection> {
    let parts: Vec<&str> = std::str::from_utf8(key.strip_prefix(SELECTIONS)?).ok()?.split('/').collect();
    Some(match parts[..] {
        ["all"] => Selection::All,
        ["category", term] => Selection::Category(term.into()),
        ["year", year] => Selection::Year(year.parse().ok()?),
        ["category", term, "year", year] => Selection::CategoryYear(term.into(), year.parse().ok()?),
        _ => return None,
    })
}

/// A page of [`ITEMS_A_KEY`] items of a selection, from 0.
pub fn items(selection: &Selection, page: u64) -> Vec<u8> {
    let mut key = format!("l{selection}\0").into_bytes();
    key.extend_from_slice(&page.to_be_bytes());
    key
}

/// One of a selection's lists in the order of the calendar.
pub fn calendar(selection: &Selection, list: ListDay) -> Vec<u8> {
    let [month, day] = list;
    let mut key = calendar_month(selection, month);
    key.push(day);
    key
}

/// All lists of a selection's that stand under a month have this prefix.
pub fn calendar_month(selection: &Selection, month: u8) -> Vec<u8> {
    let mut key = format!("c{selection}\0").into_bytes();
    key.push(month);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_read_from_its_key() {
        for one in Selection::of(2018, ["human-interest"]) {
            assert_eq!(parse_selection(&selection(&one)), Some(one));
        }
    }

    #[test]
    fn the_buckets_of_a_slice_are_those_of_its_hashes() {
        let bucket_of = |first: u16| {
            let [one, other] = first.to_be_bytes();
            let hash = [one, other, 7, 7, 7];
            let key = bucket(&hash);
            assert!(key.starts_with(&buckets(slice(&hash))));
            key
        };
        let keys: Vec<_> = (0..=u16::MAX).map(bucket_of).collect();
        assert!(keys.is_sorted(), "hashes that are sorted go from bucket to bucket");
        assert_eq!(keys.chunk_by(|a, b| a == b).count(), 1 << BUCKET_BITS);
        assert_eq!(keys.chunk_by(|a, b| a[..2] == b[..2]).count(), SLICES);
    }

    #[test]
    fn keys_of_pages_sort_as_their_numbers_do() {
        for paged in [EVENTS, BULLETINS] {
            let a_key = paged.a_key;
            assert!(
                paged.key(a_key - 1) < paged.key(a_key) && paged.key(a_key * 255) < paged.key(a_key * 256)
            );
            assert_eq!(paged.key(paged.first_behind(a_key)), paged.key(2 * a_key));
        }
        assert!(items(&Selection::All, 255) < items(&Selection::All, 256));
    }
}
