//! What changed below a folder, as far as the system tells. It may tell nothing (network mounts, limits): whoever
//! watches looks for himself now and then.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

/// So many paths are remembered; where more changed, everything is looked at.
const PATHS_MAX: usize = 10_000;

/// What is to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    pub paths: BTreeSet<PathBuf>,
    /// More than was counted.
    pub all: bool,
}

pub struct Watch {
    changed: Arc<(Mutex<Changed>, Notify)>,
    /// Watches as long as it lives.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches everything below `folders`.
    pub fn new(folders: &[PathBuf]) -> notify::Result<Watch> {
        let changed = Arc::<(Mutex<Changed>, Notify)>::default();
        let tell = changed.clone();
        let told = move |event: notify::Result<Event>| {
            let mut changed = tell.0.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                // Our own reading is none.
                Ok(event) if event.kind.is_access() => return,
                Ok(event) if !event.need_rescan() && changed.paths.len() < PATHS_MAX => {
                    changed.paths.extend(event.paths);
                }
                _ => changed.all = true,
            }
            tell.1.notify_one();
        };
        // A link out of the folder would bring in what its owner never put there.
        let mut watcher = RecommendedWatcher::new(told, Config::default().with_follow_symlinks(false))?;
        for folder in folders {
            watcher.watch(&absolute(folder), RecursiveMode::Recursive)?;
        }
        Ok(Watch { changed, _watcher: watcher })
    }

    /// Waits until something changes.
    pub async fn wait(&self) {
        loop {
            if *self.changed.0.lock().unwrap_or_else(PoisonError::into_inner) != Changed::default() {
                return;
            }
            self.changed.1.notified().await;
        }
    }

    /// What has changed since this was asked last.
    pub fn take(&self) -> Changed {
        std::mem::take(&mut *self.changed.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// As the system will name what is below it.
pub fn absolute(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}
