//! What changed below a folder, as far as the system tells. It may tell nothing (network mounts, limits): whoever
//! watches looks for himself now and then.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
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
    /// What was watched, and which folder of that name it was; none where there was none.
    folders: Vec<(PathBuf, Option<Inode>)>,
    /// Watches as long as it lives.
    _watcher: RecommendedWatcher,
}

/// Which folder it is, whatever it is called: its device and its number there.
type Inode = (u64, u64);

fn inode(folder: &Path) -> Option<Inode> {
    std::fs::metadata(folder).ok().map(|found| (found.dev(), found.ino()))
}

impl Watch {
    /// Watches everything below `folders`, and whether they are replaced: a watch follows a folder that is renamed, and
    /// knows nothing of the one that takes its name.
    pub fn new(folders: &[PathBuf]) -> notify::Result<Watch> {
        let changed = Arc::<(Mutex<Changed>, Notify)>::default();
        let tell = changed.clone();
        let folders: Vec<(PathBuf, Option<Inode>)> =
            folders.iter().map(|folder| absolute(folder)).map(|it| (it.clone(), inode(&it))).collect();
        let watched = folders.clone();
        let told = move |event: notify::Result<Event>| {
            let mut changed = tell.0.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                // Our own reading is none.
                Ok(event) if event.kind.is_access() => return,
                Ok(event) if !event.need_rescan() && changed.paths.len() < PATHS_MAX => {
                    // What lies beside the folders is seen as well, since what they lie in is watched.
                    let below = |path: &PathBuf| watched.iter().any(|(folder, _)| path.starts_with(folder));
                    let before = changed.paths.len();
                    changed.paths.extend(event.paths.into_iter().filter(below));
                    if changed.paths.len() == before {
                        return;
                    }
                }
                _ => changed.all = true,
            }
            tell.1.notify_one();
        };
        // A link out of the folder would bring in what its owner never put there.
        let mut watcher = RecommendedWatcher::new(told, Config::default().with_follow_symlinks(false))?;
        for (folder, there) in &folders {
            if there.is_some() {
                watcher.watch(folder, RecursiveMode::Recursive)?;
            }
            if let Some(above) = folder.parent() {
                // It may be nobody's to watch, or not there either: then the folder is looked for now and then.
                let _ = watcher.watch(above, RecursiveMode::NonRecursive);
            }
        }
        Ok(Watch { changed, folders, _watcher: watcher })
    }

    /// Whether a folder is another one now than the one that is watched.
    pub fn is_stale(&self) -> bool {
        self.folders.iter().any(|(folder, watched)| inode(folder) != *watched)
    }

    pub fn folders_are_there(&self) -> bool {
        self.folders.iter().all(|(folder, _)| inode(folder).is_some())
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
