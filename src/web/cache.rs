//! Rendered documents, kept as long as the selection they show has no new event and nothing is withdrawn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache as Quick;

use super::problem::Problem;
use super::response::Representation;

/// A path, the number of events that the document was made of, and how often everything was forgotten before.
/// What is out of date is never asked for again, and makes room in its turn.
type Key = (String, u64, u64);

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Representation>> for Weight {
    fn weight(&self, key: &Key, representation: &Arc<Representation>) -> u64 {
        key.0.len() as u64 + representation.weight()
    }
}

pub struct Cache {
    kept: Quick<Key, Arc<Representation>, Weight>,
    forgotten: AtomicU64,
}

/// A guess at the size of a document, which only decides how the cache is divided.
const DOCUMENT_BYTES: u64 = 64 << 10;

impl Cache {
    /// Holds about `bytes` bytes.
    pub fn new(bytes: u64) -> Cache {
        let kept = Quick::with_weighter((bytes / DOCUMENT_BYTES).max(16) as usize, bytes, Weight);
        Cache { kept, forgotten: AtomicU64::default() }
    }

    /// Shows nothing again that was rendered before. A bulletin that is withdrawn or restored changes documents
    /// of selections that it had left, and that have no event to show for it.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
    }

    /// What is kept, or else what `render` makes. Of several that ask at the same time one renders.
    pub fn get_or_render(
        &self,
        path: &str,
        events: u64,
        render: impl FnOnce() -> Result<Representation, Problem>,
    ) -> Result<Arc<Representation>, Problem> {
        let key = (path.to_string(), events, self.forgotten.load(Ordering::Acquire));
        self.kept.get_or_insert_with(&key, || render().map(Arc::new))
    }
}
