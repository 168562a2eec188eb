//! Every key of the catalogue, and the layout of the values under them.
//!
//! Changing anything here or in [`super::record`] raises [`SCHEMA_VERSION`]: a catalogue of another version
//! is moved aside and rebuilt from the journal.

use crate::bulletin::Selection;
use crate::digest::Digest;

pub const SCHEMA_VERSION: u32 = 6;

/// How many events share a key. Numbers are sequence numbers from 1; page 0 holds 1 to 63.
pub const EVENTS_A_KEY: u64 = 64;
/// How many numbers of bulletins share a key.
pub const BULLETINS_A_KEY: u64 = 16;
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
    /// The digest of a folded text, to the first event that carries it.
    Text = 4,
    /// The digest of an original, to every event that came in it as a document; and to the one that kept it as a file, where
    /// it came inside a document first. The first of them stands behind its record.
    Original = 5,
    /// The digest of a file that came inside a document, to every event that kept it.
    File = 6,
}

/// A hash as the buckets keep it: its first 9 bytes, of which the first 13 bits name the bucket.
pub type ShortHash = [u8; 9];

pub fn short(digest: &Digest) -> ShortHash {
    *digest.0.first_chunk().expect("32 bytes hold 9")
}

/// One of 8,192 buckets of hashes of all kinds. A merge puts nearly all of them, and what a put costs is first of all
/// that it is one; at a million bulletins a bucket has 8 kB, and is still read in a microsecond.
pub fn bucket(hash: &ShortHash) -> [u8; 3] {
    [b'h', hash[0], hash[1] & 0b1111_1000]
}

/// A page of [`EVENTS_A_KEY`] events.
pub fn events(number: u64) -> [u8; 9] {
    page(b'e', number / EVENTS_A_KEY)
}

/// A page of [`BULLETINS_A_KEY`] bulletins.
pub fn bulletins(number: u64) -> [u8; 9] {
    page(b'b', number / BULLETINS_A_KEY)
}

fn page(kind: u8, page: u64) -> [u8; 9] {
    let mut key = [kind; 9];
    key[1..].copy_from_slice(&page.to_be_bytes());
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
pub fn calendar(selection: &Selection, list: u8) -> Vec<u8> {
    let mut key = format!("c{selection}\0").into_bytes();
    key.push(list);
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
    fn keys_of_pages_sort_as_their_numbers_do() {
        assert!(events(63) < events(64) && events(64 * 255) < events(64 * 256));
        assert!(items(&Selection::All, 255) < items(&Selection::All, 256));
    }
}
