//! Rendered documents, kept as long as the selection they show has no new event.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache as Quick;

use super::problem::Problem;
use super::response::Representation;

/// A path, and the number of events that the document was made of. What is out of date is never asked for
/// again, and makes room in its turn.
type Key = (String, u64);

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Representation>> for Weight {
    fn weight(&self, key: &Key, representation: &Arc<Representation>) -> u64 {
        key.0.len() as u64 + representation.weight()
    }
}

pub struct Cache {
    kept: Quick<Key, Arc<Representation>, Weight>,
}

/// A guess at the size of a document, which only decides how the cache is divided.
const DOCUMENT_BYTES: u64 = 64 << 10;

impl Cache {
    /// Holds about `bytes` bytes.
    pub fn new(bytes: u64) -> Cache {
        Cache { kept: Quick::with_weighter((bytes / DOCUMENT_BYTES).max(16) as usize, bytes, Weight) }
    }

    /// What is kept, or else what `render` makes. Of several that ask at the same time one renders.
    pub fn get_or_render(
        &self,
        path: &str,
        events: u64,
        render: impl FnOnce() -> Result<Representation, Problem>,
    ) -> Result<Arc<Representation>, Problem> {
        self.kept.get_or_insert_with(&(path.to_string(), events), || render().map(Arc::new))
    }
}
