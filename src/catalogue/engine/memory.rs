//! An engine for tests: a sorted map.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::RwLock;

use bytes::Bytes;

use super::{Appended, Engine, EngineError, Puts, Visit};

pub type Map = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Default)]
pub struct MemoryEngine {
    map: RwLock<Map>,
}

impl MemoryEngine {
    pub fn clear(&self) {
        self.map.write().unwrap().clear();
    }

    /// How many keys begin with `prefix`.
    pub fn keys(&self, prefix: &[u8]) -> usize {
        self.map.read().unwrap().keys().filter(|key| key.starts_with(prefix)).count()
    }

    /// Everything that it has, for [`MemoryEngine::put_back`].
    pub fn everything(&self) -> Map {
        self.map.read().unwrap().clone()
    }

    pub fn put_back(&self, everything: Map) {
        *self.map.write().unwrap() = everything;
    }
}

impl Engine for MemoryEngine {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, EngineError> {
        Ok(self.map.read().unwrap().get(key).cloned().map(Bytes::from))
    }

    fn scan(&self, prefix: &[u8], visit: &mut Visit) -> Result<(), EngineError> {
        let map = self.map.read().unwrap();
        for (key, value) in map.range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded)) {
            if !key.starts_with(prefix) || visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn commit_behind(&self, appended: Appended, puts: Puts) -> Result<(), EngineError> {
        let mut map = self.map.write().unwrap();
        map.extend(appended);
        for (key, value) in puts {
            match value {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
        Ok(())
    }

    fn cut(&self, prefix: &[u8], from: &[u8]) -> Result<(), EngineError> {
        self.map.write().unwrap().retain(|key, _| !key.starts_with(prefix) || key.as_slice() < from);
        Ok(())
    }

    fn flush(&self) -> Result<(), EngineError> {
        Ok(())
    }
}

#[test]
fn memory_conforms() {
    super::conformance::check(MemoryEngine::default(), |engine| engine);
}
