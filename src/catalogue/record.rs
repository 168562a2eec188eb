//! What the catalogue keeps of events, bulletins and selections, and how it packs many under one key.

use std::cell::RefCell;

use bytes::Bytes;
use libdeflater::{CompressionLvl, Compressor, Decompressor};
use serde::{Deserialize, Serialize};

use super::key::{HashKind, SHORT_BYTES, ShortHash};
use crate::bulletin::{Alias, AliasKind, BulletinId, CalendarDay};
use crate::digest::Digest;
use crate::journal::Place;

/// What an event was and what stands after it; about 150 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    pub place: Place,
    /// Milliseconds since 1970.
    pub at: i64,
    /// The number of the bulletin: the sequence number of its first event. 0 where the event was void.
    pub bulletin: u64,
    /// Absent in withdrawals and restorations; with no content where a file was kept.
    pub admitted: Option<Admitted>,
    /// The event whose content is the bulletin's latest version after this one.
    pub shown: u64,
    /// The number of that version.
    pub version: u32,
    /// The entry's `updated` after this event, in milliseconds since 1970.
    pub updated: i64,
    /// The bulletin's categories after this event, by number.
    pub categories: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    pub content: Digest,
    pub text: Digest,
    pub original: Digest,
}

impl Admitted {
    /// A file that came inside a bulletin's document: its event says nothing.
    pub fn file(original: Digest) -> Admitted {
        Admitted { content: Digest::ZERO, text: Digest::ZERO, original }
    }

    pub fn is_file(&self) -> bool {
        self.content == Digest::ZERO
    }
}

/// A bulletin as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulletin {
    pub id: BulletinId,
    pub entry_id: String,
    pub slug: String,
    /// In the order in which they became known.
    pub aliases: Vec<AliasText>,
    /// The events that made them; version n is at n - 1.
    pub versions: Vec<u64>,
    /// The last word of each who said something of the bulletin.
    pub said: Vec<Said>,
    /// By category number: the sources that assert it, by number; never none.
    pub categories: Vec<(u32, Vec<u32>)>,
    /// When it was published, or else received, as far as is known: a year has no month, a month no day.
    pub on: CalendarDay,
    /// Milliseconds since 1970.
    pub updated: i64,
    pub withdrawn: Option<Withdrawn>,
    /// When it was last brought back, in milliseconds since 1970.
    pub restored: Option<i64>,
    /// The last event that readers of its selections see.
    pub touched: u64,
}

/// What somebody last said of a bulletin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The number of the source.
    pub source: u32,
    /// Which of the bulletin's aliases is the path of the file that says it: each file of a source speaks for
    /// itself, so that a folder with a text and its correction says nothing new when it is read again.
    pub path: Option<u32>,
    /// The event with which it was said.
    pub event: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Milliseconds since 1970.
    pub at: i64,
    pub reason: String,
}

/// An alias as text, which is how it is hashed, compared and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasText(pub String);

impl From<&Alias> for AliasText {
    fn from(alias: &Alias) -> AliasText {
        AliasText(alias.to_string())
    }
}

impl Bulletin {
    /// The event that carries the latest version.
    pub fn latest(&self) -> u64 {
        *self.versions.last().expect("a bulletin has a version from its first event on")
    }

    /// What a source, or one file of it, last said of it.
    pub fn last_said(&self, source: u32, path: Option<u32>) -> Option<u64> {
        self.said.iter().find(|said| (said.source, said.path) == (source, path)).map(|said| said.event)
    }

    /// Which of the aliases is the path among `aliases`, if it is one of the bulletin's.
    pub fn path_among(&self, aliases: &[Alias]) -> Option<u32> {
        let path = AliasText::from(aliases.iter().find(|alias| alias.kind == AliasKind::Path)?);
        self.aliases.iter().position(|known| *known == path).map(|at| at as u32)
    }

    pub fn category_numbers(&self) -> Vec<u32> {
        self.categories.iter().map(|(category, _)| *category).collect()
    }
}

/// The state of a selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionState {
    /// How many events it has.
    pub events: u64,
    /// How many bulletins are in it now.
    pub bulletins: u64,
    /// When the last event happened, in milliseconds since 1970.
    pub updated: i64,
    /// Of a year, and of a category in one: how many of its bulletins each month has, from January; the first are those
    /// whose month is not known.
    pub months: [u32; 13],
}

/// One event of a selection: its sequence number, and whether it took the bulletin out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    pub event: u64,
    pub gone: bool,
}

impl Item {
    pub fn to_number(self) -> u64 {
        self.event << 1 | u64::from(self.gone)
    }

    pub fn from_number(number: u64) -> Item {
        Item { event: number >> 1, gone: number & 1 == 1 }
    }
}

/// Many records under one key: slot (1 byte), length (4 bytes little-endian) and the record, slots
/// ascending. One record is found without decoding the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedPage<B = Vec<u8>>(pub B);

impl<B: AsRef<[u8]>> PackedPage<B> {
    fn records(&self) -> impl Iterator<Item = (usize, u8, &[u8])> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let (head, rest) = self.0.as_ref().get(at..)?.split_first_chunk::<5>()?;
            let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let record = (at, head[0], rest.get(..length)?);
            at += 5 + length;
            Some(record)
        })
    }

    pub fn get(&self, slot: u8) -> Option<&[u8]> {
        self.records().find(|(_, known, _)| *known == slot).map(|(_, _, record)| record)
    }

    /// As it is kept where it has much text: its length (4 bytes, little-endian), and deflated (RFC 1951).
    pub fn deflated(&self) -> Vec<u8> {
        const LEVEL: CompressionLvl = match CompressionLvl::new(1) {
            Ok(level) => level,
            Err(_) => panic!("libdeflate has levels 1 to 12"),
        };
        thread_local! {
            static COMPRESSOR: RefCell<Compressor> = RefCell::new(Compressor::new(LEVEL));
        }
        let plain = self.0.as_ref();
        let mut kept = (plain.len() as u32).to_le_bytes().to_vec();
        COMPRESSOR.with_borrow_mut(|compressor| {
            kept.resize(4 + compressor.deflate_compress_bound(plain.len()), 0);
            let deflated = compressor.deflate_compress(plain, &mut kept[4..]);
            kept.truncate(4 + deflated.expect("the bound is what libdeflate asked for"));
        });
        kept
    }
}

impl PackedPage<Bytes> {
    /// The page that was kept [`PackedPage::deflated`]; none where what is kept is none.
    pub fn inflated(kept: &[u8]) -> Option<PackedPage<Bytes>> {
        thread_local! {
            static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
        }
        let (length, deflated) = kept.split_first_chunk::<4>()?;
        let mut plain = vec![0; u32::from_le_bytes(*length) as usize];
        let inflated = DECOMPRESSOR
            .with_borrow_mut(|decompressor| decompressor.deflate_decompress(deflated, &mut plain))
            .ok()?;
        (inflated == plain.len()).then(|| PackedPage(plain.into()))
    }
}

impl PackedPage {
    pub fn set(&mut self, slot: u8, record: &[u8]) {
        let place = self
            .records()
            .find(|(_, known, _)| *known >= slot)
            .map(|(at, known, old)| (at, known, old.len()));
        let range = match place {
            Some((at, known, length)) if known == slot => at..at + 5 + length,
            Some((at, ..)) => at..at,
            None => self.0.len()..self.0.len(),
        };
        let mut packed = vec![slot];
        packed.extend_from_slice(&(record.len() as u32).to_le_bytes());
        packed.extend_from_slice(record);
        self.0.splice(range, packed);
    }
}

/// A bucket of hashes: sorted entries of the short hash but for its first byte, and 5 bytes, big-endian, of which the
/// first 3 bits are the kind and the others the number that it leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bucket(pub Bytes);

/// Of its short hash, an entry has all but the first byte.
pub const HASH_BYTES: usize = SHORT_BYTES - 1;
pub const BUCKET_ENTRY_BYTES: usize = HASH_BYTES + 5;
pub type BucketEntry = [u8; BUCKET_ENTRY_BYTES];

/// The largest number that an entry can lead to.
const NUMBER_MAX: u64 = (1 << 37) - 1;

impl Bucket {
    pub fn entry(kind: HashKind, hash: &ShortHash, number: u64) -> BucketEntry {
        debug_assert!(number <= NUMBER_MAX, "a hundred billion events are more than a disk holds");
        let mut entry = [0; BUCKET_ENTRY_BYTES];
        entry[..HASH_BYTES].copy_from_slice(&hash[1..]);
        entry[HASH_BYTES..].copy_from_slice(&((kind as u64) << 37 | number).to_be_bytes()[3..]);
        entry
    }

    /// The hash, its kind and the number, of an entry behind the first byte of its hash; none where the kind is none.
    pub fn parse(first: u8, entry: &BucketEntry) -> Option<(ShortHash, HashKind, u64)> {
        let number = u64::from_be_bytes(*entry.last_chunk().expect("an entry has 10 bytes"));
        let kind = HashKind::from_number(entry[HASH_BYTES] >> 5)?;
        let mut hash = [first; SHORT_BYTES];
        hash[1..].copy_from_slice(&entry[..HASH_BYTES]);
        Some((hash, kind, number & NUMBER_MAX))
    }

    /// The hashes of all entries, but for their first byte.
    pub fn hashes(&self) -> impl Iterator<Item = &[u8; HASH_BYTES]> + Clone {
        let (entries, _) = self.0.as_chunks::<BUCKET_ENTRY_BYTES>();
        entries.iter().map(|entry| entry.first_chunk().expect("an entry has 10 bytes"))
    }

    /// Every number under this hash and kind.
    pub fn find(&self, kind: HashKind, hash: &ShortHash) -> impl Iterator<Item = u64> {
        let (first, last) = (Bucket::entry(kind, hash, 0), Bucket::entry(kind, hash, NUMBER_MAX));
        let (entries, _) = self.0.as_chunks::<BUCKET_ENTRY_BYTES>();
        let from = entries.partition_point(|entry| *entry < first);
        let matching = entries[from..].iter().take_while(move |entry| **entry <= last);
        matching.map(|entry| {
            let number = entry.last_chunk::<8>().expect("an entry has 10 bytes");
            u64::from_be_bytes(*number) & NUMBER_MAX
        })
    }

    /// With more entries, sorted.
    pub fn merged(&self, added: &[BucketEntry]) -> Bucket {
        let (held, _) = self.0.as_chunks::<BUCKET_ENTRY_BYTES>();
        let mut entries = Vec::with_capacity(held.len() + added.len());
        let (mut held, mut added) = (held.iter().peekable(), added.iter().peekable());
        loop {
            let next = match (held.peek(), added.peek()) {
                (Some(one), Some(other)) if one <= other => held.next(),
                (_, Some(_)) => added.next(),
                (_, None) => held.next(),
            };
            let Some(next) = next else { break };
            if entries.last() != Some(next) {
                entries.push(*next);
            }
        }
        Bucket(Bytes::from_owner(entries.into_flattened()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn a_packed_page_is_a_map(puts in proptest::collection::vec((0u8..64, proptest::collection::vec(any::<u8>(), 0..40)), 0..80)) {
            let mut page = PackedPage::default();
            let mut map = BTreeMap::new();
            for (slot, record) in puts {
                page.set(slot, &record);
                map.insert(slot, record);
            }
            for slot in 0..64 {
                prop_assert_eq!(page.get(slot), map.get(&slot).map(Vec::as_slice));
            }
            let mut again = PackedPage::default();
            map.iter().for_each(|(slot, record)| again.set(*slot, record));
            prop_assert_eq!(&page, &again, "the bytes do not depend on the order of puts");
            let kept = page.deflated();
            prop_assert_eq!(PackedPage::inflated(&kept).unwrap().0, page.0);
            prop_assert_eq!(kept.len() > 4 && PackedPage::inflated(&kept[..kept.len() - 1]).is_some(), false);
        }

        #[test]
        fn a_bucket_is_a_multimap(puts in proptest::collection::vec((1u8..4, 0u8..4, any::<u64>()), 0..60)) {
            let mut bucket = Bucket::default();
            let mut map: BTreeSet<(u8, u8, u64)> = BTreeSet::new();
            for (kind, hash, number) in puts {
                let number = number % NUMBER_MAX;
                let of_kind = HashKind::from_number(kind).unwrap();
                let entry = Bucket::entry(of_kind, &[hash; SHORT_BYTES], number);
                prop_assert_eq!(Bucket::parse(hash, &entry), Some(([hash; SHORT_BYTES], of_kind, number)));
                bucket = bucket.merged(&[entry]);
                map.insert((kind, hash, number));
            }
            for (kind, hash) in (1..4).flat_map(|kind| (0..4).map(move |hash| (kind, hash))) {
                let expected: Vec<u64> = map.range((kind, hash, 0)..=(kind, hash, u64::MAX)).map(|entry| entry.2).collect();
                let kind = HashKind::from_number(kind).unwrap();
                prop_assert_eq!(bucket.find(kind, &[hash; SHORT_BYTES]).collect::<Vec<_>>(), expected);
            }
        }
    }
}
