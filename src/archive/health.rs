//! Whether the archive can still admit: what became of the last batch, and whether the threads behind it live.

use std::sync::{Arc, Mutex, PoisonError};

/// What is wrong, if anything is. Shared by the threads of the writer and whoever asks.
#[derive(Clone, Default)]
pub struct Health(Arc<Mutex<Wrong>>);

#[derive(Default)]
struct Wrong {
    /// Why the last batch is not durable.
    failed: Option<String>,
    /// A thread that ended before the archive was closed.
    ended: Option<&'static str>,
}

impl Health {
    /// Why nothing is admitted; none where all is well.
    pub fn wrong(&self) -> Option<String> {
        let wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = wrong.ended.map(|name| format!("the {name} has failed: start the server again"));
        let failed = || wrong.failed.as_ref().map(|why| format!("the last batch is not durable: {why}"));
        ended.or_else(failed)
    }

    /// What became of a batch.
    pub fn note(&self, failed: Option<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failed = failed;
    }

    /// To be held by a thread for as long as it works.
    pub fn watch(&self, thread: &'static str) -> Watched {
        Watched { health: self.clone(), thread }
    }
}

/// A thread at work.
pub struct Watched {
    health: Health,
    thread: &'static str,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.health.0.lock().unwrap_or_else(PoisonError::into_inner).ended = Some(self.thread);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_fails_is_named_and_a_batch_that_fails_until_the_next_that_does_not() {
        let health = Health::default();
        assert_eq!(health.wrong(), None);
        health.note(Some("the disk is full".into()));
        assert_eq!(health.wrong().unwrap(), "the last batch is not durable: the disk is full");
        health.note(None);
        let ended = std::thread::spawn({
            let watched = health.watch("writer");
            move || drop(watched)
        });
        assert!(ended.join().is_ok() && health.wrong().is_none(), "it was closed in order");
        let failed = std::thread::spawn({
            let watched = health.watch("writer");
            move || {
                let _watched = watched;
                panic!("as a bug would");
            }
        });
        assert!(failed.join().is_err());
        assert_eq!(health.wrong().unwrap(), "the writer has failed: start the server again");
    }
}
