//! What hashes lead to, from memory down to the buckets.
//!
//! Hashes come from all over, so nearly every bucket gets some with every merge, and to put a bucket is to write it anew: at
//! a million bulletins that would be a gigabyte for each hundred thousand. So a merge only appends its hashes to those that
//! *wait*, in the engine as pages in the order in which they came and in memory as a table; and behind it those of some *slices*
//! of all hashes are put into their buckets, the fullest first, a commit each. A *filter* for each slice says of most hashes
//! that its buckets do not have them, without reading one: what is new costs no look into the engine.

use std::collections::{BTreeMap, hash_map};
use std::ops::ControlFlow;

use bytes::Bytes;
use foldhash::HashMap;

use super::bucket::{BUCKET_ENTRY_BYTES, Bucket, BucketEntry, HashRest};
use super::engine::{Engine, Puts};
use super::key::{self, HashKind, SLICES, ShortHash};
use super::state::{CatalogueError, Result};

/// A slice in which more wait than this is put into its buckets. Tests have few hashes.
const WAITING_MAX: usize = if cfg!(test) { 3 } else { 8_192 };
/// Where a merge brings this many, more will come, and the fewer times a bucket is written anew for them the better: then so
/// many times as many may wait, for as long as that goes on.
const MANY: usize = SLICES * WAITING_MAX / 4;
const WAITING_FACTOR: usize = 4;
/// Unless that many other slices are put into theirs behind the same merge, and it has no more than so many times as many.
pub const SLICES_A_MERGE: usize = SLICES / 4;
const WAITING_EXCESS_MAX: usize = 4;

/// How many that wait share a key, and what one takes: the hash's first byte, and an entry that stands alone.
const WAITING_A_KEY: usize = if cfg!(test) { 2 } else { 256 };
const WAITING_BYTES: usize = 1 + BUCKET_ENTRY_BYTES;

/// A hash, its kind and the number that it leads to.
type Entry = (ShortHash, HashKind, u64);

/// What hashes lead to, in memory. Looked up far more often than it is gone through, so it is sorted only then.
#[derive(Clone, Default)]
pub struct Hashes {
    /// The first number under each, which mostly is the only one.
    first: HashMap<(ShortHash, HashKind), u64>,
    /// The others, in the order in which they came.
    further: HashMap<(ShortHash, HashKind), Vec<u64>>,
}

impl Hashes {
    /// Says whether it is new.
    pub fn insert(&mut self, hash: ShortHash, kind: HashKind, number: u64) -> bool {
        match self.first.entry((hash, kind)) {
            hash_map::Entry::Vacant(room) => {
                room.insert(number);
                true
            }
            hash_map::Entry::Occupied(first) if *first.get() == number => false,
            hash_map::Entry::Occupied(_) => {
                let further = self.further.entry((hash, kind)).or_default();
                let new = !further.contains(&number);
                if new {
                    further.push(number);
                }
                new
            }
        }
    }

    /// Every number under a hash, in the order in which they came.
    pub fn find(&self, hash: &ShortHash, kind: HashKind) -> impl Iterator<Item = u64> {
        let first = self.first.get(&(*hash, kind));
        let further = first.and_then(|_| self.further.get(&(*hash, kind)));
        first.into_iter().chain(further.into_iter().flatten()).copied()
    }

    pub fn absorb(&mut self, newer: Hashes) {
        for ((hash, kind), number) in newer.first {
            self.insert(hash, kind, number);
        }
        for ((hash, kind), numbers) in newer.further {
            for number in numbers {
                self.insert(hash, kind, number);
            }
        }
    }

    pub fn len(&self) -> usize {
        self.first.len() + self.further.values().map(Vec::len).sum::<usize>()
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    fn has(&self, (hash, kind, number): &Entry) -> bool {
        self.find(hash, *kind).any(|known| known == *number)
    }

    fn sorted(&self) -> Vec<Entry> {
        let first = self.first.iter().map(|((hash, kind), number)| (*hash, *kind, *number));
        let further = self
            .further
            .iter()
            .flat_map(|((hash, kind), numbers)| numbers.iter().map(|number| (*hash, *kind, *number)));
        let mut sorted: Vec<_> = first.chain(further).collect();
        sorted.sort_unstable();
        sorted
    }
}

/// The hashes that were merged: all slices of them.
#[derive(Clone)]
pub struct Merged(Vec<Slice>);

#[derive(Clone, Default)]
struct Slice {
    /// Those that wait to be put into their buckets.
    waiting: Hashes,
    /// How many wait.
    count: usize,
    /// What the buckets may have.
    filter: Filter,
}

/// What becomes of the hashes in memory, slice by slice, once the puts that go with it are in the engine. Until then
/// whoever looks something up must find what the engine had before.
pub struct Plan(Vec<(usize, Change)>);

enum Change {
    /// These wait as well.
    Wait(Vec<Entry>),
    /// None waits any more, and the buckets have what passes this.
    Settled(Filter),
}

impl Merged {
    /// Reads from `engine` what waits there, and what its buckets may have.
    pub fn read(engine: &dyn Engine) -> Result<Merged> {
        let mut slices = vec![Slice::default(); SLICES];
        let mut damaged = None;
        engine.scan(key::WAITING, &mut |key, value| match read_page(&mut slices, key, value) {
            Some(()) => ControlFlow::Continue(()),
            None => {
                damaged = Some(key.escape_ascii().to_string());
                ControlFlow::Break(())
            }
        })?;
        if let Some(key) = damaged {
            return Err(CatalogueError::Damaged(key));
        }
        for (number, slice) in slices.iter_mut().enumerate() {
            slice.filter = Filter(engine.get(&key::filter(number))?.unwrap_or_default().into());
        }
        Ok(Merged(slices))
    }

    /// Every number under a hash.
    pub fn find(&self, engine: &dyn Engine, hash: &ShortHash, kind: HashKind) -> Result<Vec<u64>> {
        let slice = &self.0[key::slice(hash)];
        let mut found = Vec::new();
        if slice.filter.may_have(hash) {
            let bucket = Bucket(engine.get(&key::bucket(hash))?.unwrap_or_default());
            found.extend(bucket.find(kind, hash));
        }
        found.extend(slice.waiting.find(hash, kind));
        Ok(found)
    }

    /// The puts that have `newer` wait as well.
    pub fn add(&self, newer: &Hashes, engine: &dyn Engine, puts: &mut Puts) -> Result<Plan> {
        let mut plan = Plan(Vec::new());
        for added in newer.sorted().chunk_by(|(one, ..), (other, ..)| key::slice(one) == key::slice(other)) {
            let number = key::slice(&added[0].0);
            let slice = &self.0[number];
            let added: Vec<Entry> = added.iter().filter(|entry| !slice.waiting.has(entry)).copied().collect();
            slice.wait(number, &added, engine, puts)?;
            plan.0.push((number, Change::Wait(added)));
        }
        Ok(plan)
    }

    /// The slices that are to be settled behind a merge that brought so many hashes.
    pub fn due(&self, brought: usize) -> Vec<usize> {
        let waiting_max = if brought > MANY { WAITING_FACTOR * WAITING_MAX } else { WAITING_MAX };
        let full = self.crowded_beyond(waiting_max).into_iter().enumerate();
        full.filter(|(before, number)| {
            *before < SLICES_A_MERGE || self.0[*number].count > WAITING_EXCESS_MAX * waiting_max
        })
        .map(|(_, number)| number)
        .collect()
    }

    /// The slices where more wait than should for long.
    pub fn crowded(&self) -> Vec<usize> {
        self.crowded_beyond(WAITING_MAX)
    }

    /// The slices where any wait.
    pub fn unsettled(&self) -> Vec<usize> {
        self.crowded_beyond(0)
    }

    /// The slices where more than so many wait, the fullest first.
    fn crowded_beyond(&self, count: usize) -> Vec<usize> {
        let mut crowded: Vec<usize> = (0..SLICES).filter(|number| self.0[*number].count > count).collect();
        crowded.sort_by_key(|number| std::cmp::Reverse(self.0[*number].count));
        crowded
    }

    /// The puts that bring what waits in a slice into its buckets.
    pub fn settle(&self, slice: usize, engine: &dyn Engine, puts: &mut Puts) -> Result<Plan> {
        Ok(Plan(vec![(slice, self.0[slice].settle(slice, engine, puts)?)]))
    }

    /// Does in memory what was planned: the puts that go with it are in the engine.
    pub fn take_up(&mut self, plan: Plan) {
        for (number, change) in plan.0 {
            let slice = &mut self.0[number];
            match change {
                Change::Wait(added) => {
                    slice.count += added.len();
                    for (hash, kind, number) in added {
                        slice.waiting.insert(hash, kind, number);
                    }
                }
                Change::Settled(filter) => *slice = Slice { filter, ..Slice::default() },
            }
        }
    }
}

impl Slice {
    /// The puts that append hashes to those that wait.
    fn wait(&self, number: usize, added: &[Entry], engine: &dyn Engine, puts: &mut Puts) -> Result<()> {
        let mut added = added.iter().peekable();
        let mut count = self.count;
        while added.peek().is_some() {
            let key = key::waiting(number, count / WAITING_A_KEY);
            let room = WAITING_A_KEY - count % WAITING_A_KEY;
            let mut page = match room {
                WAITING_A_KEY => Vec::new(),
                _ => engine.get(&key)?.unwrap_or_default().to_vec(),
            };
            // A merge that failed may have left more, and is made once more now.
            page.truncate(count % WAITING_A_KEY * WAITING_BYTES);
            for (hash, kind, number) in added.by_ref().take(room) {
                page.push(hash[0]);
                BucketEntry::new(*kind, hash, *number).write_alone(&mut page);
                count += 1;
            }
            puts.insert(key, Some(page));
        }
        Ok(())
    }

    /// The puts that bring those that wait into their buckets.
    fn settle(&self, number: usize, engine: &dyn Engine, puts: &mut Puts) -> Result<Change> {
        let pages = self.count.div_ceil(WAITING_A_KEY);
        let mut buckets: BTreeMap<Vec<u8>, Bucket> = BTreeMap::new();
        engine.scan(&key::buckets(number), &mut |key, value| {
            buckets.insert(key.to_vec(), Bucket(Bytes::copy_from_slice(value)));
            ControlFlow::Continue(())
        })?;
        for group in self.waiting.sorted().chunk_by(|(a, ..), (b, ..)| key::bucket(a) == key::bucket(b)) {
            let key = key::bucket(&group[0].0).to_vec();
            let added = group.iter().map(|(hash, kind, number)| BucketEntry::new(*kind, hash, *number));
            let bucket = buckets.entry(key.clone()).or_default();
            *bucket = bucket.merged(added);
            puts.insert(key, Some(bucket.0.to_vec()));
        }
        // A filter that is full cannot grow, so it is made anew for as many as there are now.
        let filter = Filter::of(buckets.values().flat_map(Bucket::hashes));
        puts.insert(key::filter(number), Some(filter.0.clone()));
        // Also those that a merge may have left that failed.
        puts.extend((0..pages).map(|page| (key::waiting(number, page), None)));
        Ok(Change::Settled(filter))
    }
}

/// Takes up a page of those that wait.
fn read_page(slices: &mut [Slice], key: &[u8], value: &[u8]) -> Option<()> {
    let slice = slices.get_mut(usize::from(*key.get(1)?))?;
    let (entries, rest) = value.as_chunks::<WAITING_BYTES>();
    for [first, entry @ ..] in entries {
        let (hash, kind, number) = BucketEntry::read_alone(entry)?.parts(*first)?;
        slice.count += usize::from(slice.waiting.insert(hash, kind, number));
    }
    rest.is_empty().then_some(())
}

/// A Bloom filter (Bloom, 1970) of short hashes of all kinds, but for their first byte: says of one that it was never put, or
/// that it may have been.
///
/// No crate's: what is kept must mean the same to every release, and hashes of a hash are its own bits.
#[derive(Clone, Default)]
struct Filter(Vec<u8>);

impl Filter {
    /// Ten bits and seven of them set for each hash: of those that were not put, one in a hundred passes.
    const BITS_A_HASH: usize = 10;
    const SET_A_HASH: u64 = 7;
    /// 2^64 over the golden ratio (Knuth, The Art of Computer Programming, section 6.4).
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

    fn of(hashes: impl Iterator<Item = HashRest> + Clone) -> Filter {
        let mut bits = vec![0; (hashes.clone().count() * Filter::BITS_A_HASH).div_ceil(8)];
        let count = bits.len() as u64 * 8;
        for hash in hashes {
            for place in Filter::places(&hash, count) {
                bits[place / 8] |= 1 << (place % 8);
            }
        }
        Filter(bits)
    }

    fn may_have(&self, hash: &ShortHash) -> bool {
        let count = self.0.len() as u64 * 8;
        let hash = hash.last_chunk().expect("a short hash is longer by one byte");
        count > 0 && Filter::places(hash, count).all(|place| self.0[place / 8] & 1 << (place % 8) != 0)
    }

    /// Two hashes make as many as are needed (Kirsch and Mitzenmacher, 2006); and one makes the two, being as good as random.
    fn places(hash: &HashRest, count: u64) -> impl Iterator<Item = usize> {
        let hash = hash.iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte));
        let spread = hash.wrapping_mul(Filter::SPREAD);
        let (one, other) = (spread & 0xffff_ffff, spread >> 32 | 1);
        (0..Filter::SET_A_HASH).map(move |n| ((one + n * other) % count) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::engine::memory::MemoryEngine;
    use super::*;
    use crate::digest::Digest;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn numbers(merged: &Merged, engine: &MemoryEngine, hash: &ShortHash, kind: HashKind) -> BTreeSet<u64> {
        merged.find(engine, hash, kind).unwrap().into_iter().collect()
    }

    /// `merged` with what is planned, which the engine has then.
    fn commit(
        engine: &MemoryEngine,
        merged: &Merged,
        plan: impl FnOnce(&Merged, &dyn Engine, &mut Puts) -> Result<Plan>,
    ) -> Merged {
        let mut puts = Puts::new();
        let plan = plan(merged, engine, &mut puts).unwrap();
        engine.commit(puts).unwrap();
        let mut merged = merged.clone();
        merged.take_up(plan);
        merged
    }

    fn settled(engine: &MemoryEngine, merged: Merged, slices: &[usize]) -> Merged {
        slices.iter().fold(merged, |merged, slice| {
            commit(engine, &merged, |merged, engine, puts| merged.settle(*slice, engine, puts))
        })
    }

    fn all_settled(engine: &MemoryEngine, merged: Merged) -> Merged {
        let unsettled = merged.unsettled();
        settled(engine, merged, &unsettled)
    }

    fn hash() -> impl Strategy<Value = (ShortHash, HashKind, u64)> {
        let kind = prop::sample::select(vec![HashKind::Alias, HashKind::Content, HashKind::File]);
        // Few slices and few buckets, so that they meet.
        let bytes = (0..3u8, prop::sample::select(vec![0u8, 1, 2, 200]), 0..4u8);
        (bytes, kind, 0..5u64).prop_map(|((slice, bucket, rest), kind, number)| {
            ([slice << 2, bucket, rest, 0, rest], kind, number)
        })
    }

    proptest! {
        #[test]
        fn whatever_was_merged_is_found_in_memory_and_after_a_restart_and_nothing_else(
            merges in prop::collection::vec((prop::collection::vec(hash(), 0..30), any::<bool>()), 1..8),
            asked in prop::collection::vec(hash(), 20),
        ) {
            let engine = MemoryEngine::default();
            let mut merged = Merged::read(&engine).unwrap();
            let mut all: BTreeMap<(ShortHash, HashKind), BTreeSet<u64>> = BTreeMap::new();
            for (added, twice) in merges {
                let mut newer = Hashes::default();
                for (hash, kind, number) in added {
                    newer.insert(hash, kind, number);
                    all.entry((hash, kind)).or_default().insert(number);
                }
                if twice {
                    // As after a failure of which nobody knows whether it was one.
                    commit(&engine, &merged, |merged, engine, puts| merged.add(&newer, engine, puts));
                }
                merged = commit(&engine, &merged, |merged, engine, puts| merged.add(&newer, engine, puts));
                let due = merged.due(newer.len());
                merged = settled(&engine, merged, &due);
            }
            let reread = Merged::read(&engine).unwrap();
            let settled = all_settled(&engine, reread);
            prop_assert_eq!(engine.keys(key::WAITING), 0);
            let asked = asked.into_iter().map(|(hash, kind, _)| (hash, kind));
            for (hash, kind) in all.keys().copied().chain(asked) {
                let expected = all.get(&(hash, kind)).cloned().unwrap_or_default();
                for merged in [&settled, &Merged::read(&engine).unwrap()] {
                    prop_assert_eq!(&numbers(merged, &engine, &hash, kind), &expected);
                }
            }
        }

        #[test]
        fn before_a_merge_ends_its_puts_are_no_harm(before in prop::collection::vec(hash(), 0..30), newer in prop::collection::vec(hash(), 0..30)) {
            let engine = MemoryEngine::default();
            let table = |hashes: &[(ShortHash, HashKind, u64)]| {
                let mut table = Hashes::default();
                hashes.iter().for_each(|(hash, kind, number)| { table.insert(*hash, *kind, *number); });
                table
            };
            let empty = Merged::read(&engine).unwrap();
            let held = commit(&engine, &empty, |merged, engine, puts| merged.add(&table(&before), engine, puts));
            let found = |merged: &Merged| -> Vec<_> {
                before.iter().map(|(hash, kind, _)| numbers(merged, &engine, hash, *kind)).collect()
            };
            let expected = found(&held);
            let more = commit(&engine, &held, |merged, engine, puts| merged.add(&table(&newer), engine, puts));
            all_settled(&engine, more);
            for (found, expected) in found(&held).iter().zip(&expected) {
                prop_assert!(found.is_superset(expected), "whoever still reads with the old one misses nothing");
            }
        }
    }

    #[test]
    fn a_merge_settles_the_fullest_slices_and_the_filter_grows_with_them() {
        let engine = MemoryEngine::default();
        let mut merged = Merged::read(&engine).unwrap();
        for round in 0..40u64 {
            let mut newer = Hashes::default();
            for n in 0..500 {
                newer.insert(key::short(Digest::of(&(round * 500 + n).to_be_bytes())), HashKind::Text, n);
            }
            merged = commit(&engine, &merged, |merged, engine, puts| merged.add(&newer, engine, puts));
            let due = merged.due(newer.len());
            merged = settled(&engine, merged, &due);
            let counts = merged.0.iter().map(|slice| slice.count);
            let most = counts.clone().max().unwrap();
            assert!(most <= WAITING_EXCESS_MAX * WAITING_FACTOR * WAITING_MAX, "{most} wait in one slice");
            let pages: usize = counts.map(|count| count.div_ceil(WAITING_A_KEY)).sum();
            assert_eq!(engine.keys(key::WAITING), pages);
        }
        let crowded = merged.crowded();
        assert!(!crowded.is_empty(), "where many come at once, more wait than should for long");
        let eased = settled(&engine, merged, &crowded);
        assert!(eased.crowded().is_empty() && engine.keys(key::WAITING) < SLICES * 2);
        let settled = all_settled(&engine, eased);
        let passes = |n: &u64| {
            let hash = key::short(Digest::of(&n.to_be_bytes()));
            settled.0[key::slice(&hash)].filter.may_have(&hash)
        };
        assert!((0..20_000).all(|n| passes(&n)), "what was put may be there");
        let wrongly = (20_000..40_000).filter(passes).count();
        assert!((20..600).contains(&wrongly), "about one in a hundred of the others: {wrongly} of 20,000");
    }

    #[test]
    fn a_page_that_is_none_is_damage() {
        for (key, value) in [
            (key::waiting(0, 0), vec![0; WAITING_BYTES - 1]),
            (key::waiting(0, 0), vec![0; WAITING_BYTES]),
            (key::waiting(SLICES, 0), Vec::new()),
        ] {
            let engine = MemoryEngine::default();
            engine.commit([(key, Some(value))].into()).unwrap();
            assert!(matches!(Merged::read(&engine), Err(CatalogueError::Damaged(_))));
        }
    }
}
