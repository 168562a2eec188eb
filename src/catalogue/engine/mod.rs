//! What the catalogue asks of a store: get, scan, and commit all or nothing behind what is only appended.
//!
//! The contract, kept by every engine and tested by [`conformance`]: a commit is atomic, also across a
//! crash, and visible to every read that begins after it; it need not be durable, since the journal is. A
//! value that is not the one that was put is an error, never an answer; and so is one that was forgotten, at the latest
//! when everything is gone through.

#[cfg(test)]
mod conformance;
#[cfg(test)]
pub mod memory;
pub mod sled;
mod sums;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use bytes::Bytes;

/// Why a store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the catalogue's store failed: {0}")]
    Store(String),
    #[error("the catalogue is damaged at key {0}")]
    Damaged(String),
}

/// Puts that belong together, sorted by key; none takes the key away.
pub type Puts = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Puts of new keys, sorted: of each kind they lie behind all that there are. Whoever asks for one before the commit has ended that
/// it comes with finds nothing, an empty value, or the one that it will have.
pub type Appended = Vec<(Vec<u8>, Vec<u8>)>;

/// Is shown keys and values, and says whether to go on.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

pub trait Engine: Send + Sync {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, EngineError>;

    /// Visits every key that begins with `prefix`, and its value, in ascending order, until told to stop.
    fn scan(&self, prefix: &[u8], visit: &mut Visit) -> Result<(), EngineError>;

    /// Puts what is appended, and then all of `puts` or none. A commit that did not end may leave some of what it was to append,
    /// until that is put once more or [`Engine::cut`].
    fn commit_behind(&self, appended: Appended, puts: Puts) -> Result<(), EngineError>;

    /// Puts all of them or none.
    fn commit(&self, puts: Puts) -> Result<(), EngineError> {
        self.commit_behind(Appended::new(), puts)
    }

    /// Takes away all keys from `from` on that begin with `prefix`: what commits were to append that did not end.
    fn cut(&self, prefix: &[u8], from: &[u8]) -> Result<(), EngineError>;

    /// Hands everything to the operating system: what was committed before is there after the process has ended,
    /// and after a later commit has failed.
    fn flush(&self) -> Result<(), EngineError>;

    /// Hands everything over for good: nothing is asked any more.
    fn close(&self) -> Result<(), EngineError> {
        self.flush()
    }

    /// After a failure: makes itself whole again if it can, keeping what was flushed. Nobody asks meanwhile.
    fn recover(&self) -> Result<(), EngineError> {
        Ok(())
    }
}
