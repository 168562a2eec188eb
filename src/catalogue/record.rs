//! What the catalogue keeps of events, bulletins and selections, and how it packs many under one key.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use bytes::Bytes;
use libdeflater::{CompressionLvl, Compressor, Decompressor};
use serde::{Deserialize, Serialize};

use super::state::{CatalogueError, Result, decode, encode};
use crate::bulletin::{Alias, AliasKind, BulletinId, CalendarDay};
use crate::digest::{Digest, HalfDigest};
use crate::journal::Place;

/// What is kept under its number, in a page.
pub trait Record: Sized {
    fn kept(&self, number: u64) -> Vec<u8>;
    fn read(number: u64, kept: &[u8]) -> Result<Self>;
}

/// What an event was and what stands after it; kept in about 100 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// An event as it is kept: numbers and moments that are mostly its own are kept as how far before it they are.
#[derive(Serialize, Deserialize)]
struct KeptEvent<'a> {
    place: Place,
    at: i64,
    bulletin_before: u64,
    admitted: Option<Admitted>,
    shown_before: u64,
    version: u32,
    updated_before: i64,
    categories: Cow<'a, [u32]>,
}

impl Record for EventRecord {
    fn kept(&self, number: u64) -> Vec<u8> {
        encode(&KeptEvent {
            place: self.place,
            at: self.at,
            bulletin_before: number.wrapping_sub(self.bulletin),
            admitted: self.admitted,
            shown_before: number.wrapping_sub(self.shown),
            version: self.version,
            updated_before: self.at.wrapping_sub(self.updated),
            categories: Cow::Borrowed(&self.categories),
        })
    }

    fn read(number: u64, kept: &[u8]) -> Result<EventRecord> {
        let kept: KeptEvent = decode(kept)?;
        Ok(EventRecord {
            place: kept.place,
            at: kept.at,
            bulletin: number.wrapping_sub(kept.bulletin_before),
            admitted: kept.admitted,
            shown: number.wrapping_sub(kept.shown_before),
            version: kept.version,
            updated: kept.at.wrapping_sub(kept.updated_before),
            categories: kept.categories.into_owned(),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    pub content: Digest,
    pub text: HalfDigest,
    pub original: Digest,
}

impl Admitted {
    /// A file that came inside a bulletin's document: its event says nothing.
    pub fn file(original: Digest) -> Admitted {
        Admitted { content: Digest::ZERO, text: HalfDigest::ZERO, original }
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

impl Record for Bulletin {
    fn kept(&self, _: u64) -> Vec<u8> {
        encode(self)
    }

    fn read(_: u64, kept: &[u8]) -> Result<Bulletin> {
        decode(kept)
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

/// Many records under one key: slot (1 byte), length (a varint, as postcard writes it) and the record, slots ascending. One record is
/// found without decoding the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedPage<B = Vec<u8>>(pub B);

impl<B: AsRef<[u8]>> PackedPage<B> {
    fn records(&self) -> impl Iterator<Item = (Range<usize>, u8, &[u8])> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let packed = self.0.as_ref();
            let (slot, rest) = packed.get(at..)?.split_first()?;
            let (length, rest): (usize, _) = postcard::take_from_bytes(rest).ok()?;
            let begin = at;
            let record = rest.get(..length)?;
            at = packed.len() - (rest.len() - length);
            Some((begin..at, *slot, record))
        })
    }

    pub fn get(&self, slot: u8) -> Option<&[u8]> {
        self.records().find(|(_, known, _)| *known == slot).map(|(_, _, record)| record)
    }

    /// As it is kept: its length (4 bytes, little-endian), and deflated (RFC 1951).
    pub fn deflated(&self) -> Vec<u8> {
        const LEVEL: CompressionLvl = match CompressionLvl::new(4) {
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

/// Deflate makes nothing smaller than by this (a length of 258 bytes in two bits).
const DEFLATE_RATIO_MAX: usize = 1_032;

impl PackedPage<Bytes> {
    /// The page that was kept [`PackedPage::deflated`]; none where what is kept is none.
    pub fn inflated(kept: &[u8]) -> Option<PackedPage<Bytes>> {
        thread_local! {
            static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
        }
        let (length, deflated) = kept.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > DEFLATE_RATIO_MAX * deflated.len() {
            return None;
        }
        let mut plain = vec![0; length];
        let inflated = DECOMPRESSOR
            .with_borrow_mut(|decompressor| decompressor.deflate_decompress(deflated, &mut plain))
            .ok()?;
        (inflated == plain.len()).then(|| PackedPage(plain.into()))
    }
}

impl PackedPage {
    pub fn set(&mut self, slot: u8, record: &[u8]) {
        let range = match self.records().find(|(_, known, _)| *known >= slot) {
            Some((range, known, _)) if known == slot => range,
            Some((range, ..)) => range.start..range.start,
            None => self.0.len()..self.0.len(),
        };
        let mut packed = vec![slot];
        packed.extend(encode(&record.len()));
        packed.extend_from_slice(record);
        self.0.splice(range, packed);
    }
}

/// Numbers in ascending order, as they are kept: each as its distance from the one before.
pub fn keep_ascending(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut before = 0;
    let distances = numbers.into_iter().map(|number| {
        debug_assert!(number >= before, "numbers are kept in ascending order");
        number - std::mem::replace(&mut before, number)
    });
    encode(&distances.collect::<Vec<u64>>())
}

pub fn read_ascending(kept: &[u8]) -> Result<Vec<u64>> {
    let mut numbers: Vec<u64> = if kept.is_empty() { Vec::new() } else { decode(kept)? };
    let mut before = 0_u64;
    for number in &mut numbers {
        before = before
            .checked_add(*number)
            .ok_or_else(|| CatalogueError::Damaged("a list of numbers cannot be read".into()))?;
        *number = before;
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_packed_page_is_a_map(puts in proptest::collection::vec((0u8..64, proptest::collection::vec(any::<u8>(), 0..300)), 0..80)) {
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
        fn ascending_numbers_are_read_as_they_are_kept(numbers in proptest::collection::btree_set(any::<u64>(), 0..40)) {
            let kept = keep_ascending(numbers.iter().copied());
            prop_assert_eq!(read_ascending(&kept).unwrap(), numbers.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_event_is_read_as_it_was_kept_whatever_it_changed() {
        let number = 70_000;
        let void = EventRecord {
            place: Place { segment: 1, offset: 1 << 40, original_bytes: 0, event_bytes: 300 },
            at: 5,
            bulletin: 0,
            admitted: None,
            shown: 0,
            version: 0,
            updated: 5,
            categories: Vec::new(),
        };
        let admitted =
            Admitted { content: Digest::of(b"1"), text: Digest::of(b"2").into(), original: Digest::of(b"3") };
        let later = EventRecord {
            bulletin: number,
            admitted: Some(admitted),
            shown: number - 1,
            updated: i64::MAX,
            categories: vec![0, 300],
            ..void.clone()
        };
        for event in [void, later] {
            assert_eq!(EventRecord::read(number, &event.kept(number)).unwrap(), event);
        }
    }

    #[test]
    fn a_page_whose_lengths_lead_out_of_it_has_no_more_records() {
        let whole = [1, 1, 7];
        for torn in [&[2][..], &[2, 5, 1], &[2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0]] {
            let page = PackedPage([&whole, torn].concat());
            assert_eq!((page.get(1), page.get(2)), (Some(&[7][..]), None), "{torn:?}");
        }
    }

    #[test]
    fn what_is_no_list_of_numbers_is_refused() {
        assert!(read_ascending(&encode(&vec![u64::MAX, 1])).is_err());
        assert!(read_ascending(&[3, 1]).is_err());
    }
}
