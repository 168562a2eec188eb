//! Versions that were read not long ago: what is new in a feed stands in it beside what was there before, and a bulletin
//! stands in the feeds of its categories and its year as well.
//!
//! A version never changes, so what is kept is never out of date. What it says was checked when it was read.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::ArchiveError;
use super::read::Version;

/// Enough for the newest hundreds of bulletins.
const BYTES_MAX: u64 = 8 << 20;

/// Of a version beside its content: digests, names, dates.
const FIELDS_BYTES: u64 = 512;

/// The event that made a version, and the version's number.
pub type Key = (u64, u32);

pub struct Versions(Cache<Key, Arc<Version>, ByContent>);

#[derive(Clone)]
struct ByContent;

impl Weighter<Key, Arc<Version>> for ByContent {
    fn weight(&self, _: &Key, version: &Arc<Version>) -> u64 {
        version.content_bytes as u64 + FIELDS_BYTES
    }
}

impl Default for Versions {
    fn default() -> Versions {
        Versions(Cache::with_weighter((BYTES_MAX / 4_096) as usize, BYTES_MAX, ByContent))
    }
}

impl Versions {
    pub fn has(&self, key: &Key) -> bool {
        self.0.contains_key(key)
    }

    /// What is kept, or else what `read` gives.
    pub fn get_or_read(
        &self,
        key: Key,
        read: impl FnOnce() -> Result<Version, ArchiveError>,
    ) -> Result<Arc<Version>, ArchiveError> {
        self.0.get_or_insert_with(&key, || read().map(Arc::new))
    }
}
