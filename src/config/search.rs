//! `[search]`: whether there is one, and what it may take.

use std::time::Duration;

use serde::Deserialize;

use super::{Wrong, at_least};
use crate::search::{MEMORY_BYTES_MAX, MEMORY_BYTES_MIN, Settings};

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct RawSearch {
    enabled: bool,
    memory_bytes: u64,
    query_milliseconds_max: u64,
}

impl Default for RawSearch {
    fn default() -> RawSearch {
        RawSearch { enabled: true, memory_bytes: 64 << 20, query_milliseconds_max: 2_000 }
    }
}

impl RawSearch {
    pub fn check(self) -> Result<Option<Settings>, Wrong> {
        if self.memory_bytes > MEMORY_BYTES_MAX {
            let why = format!("{} is too large; the most is {}", self.memory_bytes, MEMORY_BYTES_MAX);
            return Err(("search.memory_bytes", why));
        }
        let memory_bytes = at_least("search.memory_bytes", self.memory_bytes, MEMORY_BYTES_MIN)?;
        let time_max = at_least("search.query_milliseconds_max", self.query_milliseconds_max, 1)?;
        Ok(self.enabled.then(|| Settings {
            memory_bytes: memory_bytes as usize,
            time_max: Duration::from_millis(time_max),
        }))
    }
}
