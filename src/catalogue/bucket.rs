//! Buckets: hashes that share their first bits, packed under one key.

use bytes::Bytes;

use super::key::{HashKind, SHORT_BYTES, ShortHash};

/// A bucket of hashes: how many bytes a number takes here (1 byte), and entries in ascending order, each of a short hash but for its
/// first byte and of a number, big-endian, whose last 3 bits are the kind and whose others are where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bucket(pub Bytes);

/// Of its short hash, an entry has all but the first byte.
pub const HASH_BYTES: usize = SHORT_BYTES - 1;
pub type HashRest = [u8; HASH_BYTES];

/// One entry: the rest of the hash, and the number with the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BucketEntry(HashRest, u64);

const KIND_BITS: u32 = 3;
/// Of the number with the kind, in an entry that stands alone.
const NUMBER_BYTES: usize = 5;
/// The largest number that an entry can lead to.
const NUMBER_MAX: u64 = (1 << (8 * NUMBER_BYTES as u32 - KIND_BITS)) - 1;
/// Of an entry that stands alone.
pub const BUCKET_ENTRY_BYTES: usize = HASH_BYTES + NUMBER_BYTES;

impl BucketEntry {
    pub fn new(kind: HashKind, hash: &ShortHash, number: u64) -> BucketEntry {
        debug_assert!(number <= NUMBER_MAX, "a hundred billion events are more than a disk holds");
        let [_, rest @ ..] = *hash;
        BucketEntry(rest, number << KIND_BITS | kind as u64)
    }

    /// The hash, which begins with `first`, its kind and the number; none where the kind is none.
    pub fn parts(self, first: u8) -> Option<(ShortHash, HashKind, u64)> {
        let mut hash = [first; SHORT_BYTES];
        hash[1..].copy_from_slice(&self.0);
        Some((hash, self.kind()?, self.1 >> KIND_BITS))
    }

    fn kind(self) -> Option<HashKind> {
        HashKind::from_number((self.1 & ((1 << KIND_BITS) - 1)) as u8)
    }

    /// With its number in `width` bytes.
    fn write(self, width: usize, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.0);
        into.extend_from_slice(&self.1.to_be_bytes()[size_of::<u64>() - width..]);
    }

    fn read(entry: &[u8]) -> Option<BucketEntry> {
        let (rest, number) = entry.split_first_chunk()?;
        Some(BucketEntry(*rest, number.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))))
    }

    /// As it stands alone, in [`BUCKET_ENTRY_BYTES`].
    pub fn write_alone(self, into: &mut Vec<u8>) {
        self.write(NUMBER_BYTES, into);
    }

    pub fn read_alone(entry: &[u8; BUCKET_ENTRY_BYTES]) -> Option<BucketEntry> {
        BucketEntry::read(entry)
    }
}

impl Bucket {
    fn of(entries: &[BucketEntry]) -> Bucket {
        let largest = entries.iter().map(|entry| entry.1).max().unwrap_or_default();
        let width = largest.checked_ilog2().map_or(0, |bits| bits as usize / 8 + 1);
        let mut bucket = Vec::with_capacity(1 + entries.len() * (HASH_BYTES + width));
        bucket.push(width as u8);
        entries.iter().for_each(|entry| entry.write(width, &mut bucket));
        Bucket(bucket.into())
    }

    fn entries(&self) -> impl Iterator<Item = BucketEntry> + Clone {
        let (width, entries) = self.0.split_first().unwrap_or((&0, &[]));
        entries.chunks_exact(HASH_BYTES + usize::from(*width)).filter_map(BucketEntry::read)
    }

    /// The hashes of all entries, but for their first byte.
    pub fn hashes(&self) -> impl Iterator<Item = HashRest> + Clone {
        self.entries().map(|entry| entry.0)
    }

    /// Every number under this hash and kind.
    pub fn find(&self, kind: HashKind, hash: &ShortHash) -> impl Iterator<Item = u64> {
        let [_, rest @ ..] = *hash;
        let found = self.entries().filter(move |entry| entry.0 == rest && entry.kind() == Some(kind));
        found.map(|entry| entry.1 >> KIND_BITS)
    }

    /// With more entries.
    pub fn merged(&self, added: impl IntoIterator<Item = BucketEntry>) -> Bucket {
        let mut entries: Vec<BucketEntry> = self.entries().chain(added).collect();
        // Two sorted runs mostly, which this sort finds.
        entries.sort();
        entries.dedup();
        Bucket::of(&entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_bucket_is_a_multimap(puts in proptest::collection::vec((1u8..4, 0u8..4, 0..64u32, any::<u64>()), 1..60)) {
            let mut bucket = Bucket::default();
            let mut map: BTreeSet<(u8, u8, u64)> = BTreeSet::new();
            for (kind, hash, bits, number) in puts {
                let number = (number >> bits) % (NUMBER_MAX + 1);
                let of_kind = HashKind::from_number(kind).unwrap();
                let entry = BucketEntry::new(of_kind, &[hash; SHORT_BYTES], number);
                prop_assert_eq!(entry.parts(hash), Some(([hash; SHORT_BYTES], of_kind, number)));
                let mut alone = Vec::new();
                entry.write_alone(&mut alone);
                prop_assert_eq!(BucketEntry::read_alone(alone.as_slice().try_into().unwrap()), Some(entry));
                bucket = bucket.merged([entry]);
                map.insert((kind, hash, number));
            }
            for (kind, hash) in (1..4).flat_map(|kind| (0..4).map(move |hash| (kind, hash))) {
                let expected: Vec<u64> = map.range((kind, hash, 0)..=(kind, hash, u64::MAX)).map(|entry| entry.2).collect();
                let kind = HashKind::from_number(kind).unwrap();
                prop_assert_eq!(bucket.find(kind, &[hash; SHORT_BYTES]).collect::<Vec<_>>(), expected);
            }
            let again = Bucket::default().merged(bucket.entries().collect::<Vec<_>>().into_iter().rev());
            prop_assert_eq!(again, bucket, "the bytes do not depend on the order of puts");
        }
    }
}
