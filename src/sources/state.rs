//! What is remembered of each source between two starts: one small file a source, replaced in one step.
//!
//! Nothing in it is needed to be right: without it everything is asked for once more, and comes to duplicates.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::{Outcome, Receipts};

/// The folder in the archive's.
const FOLDER: &str = "sources";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// How the source was configured when the rest was written.
    pub configured: String,
    pub last_success: Option<Timestamp>,
    pub next_poll: Option<Timestamp>,
    /// In a row, up to now.
    pub failures: u32,
    /// In all.
    pub errors: u64,
    pub last_error: Option<Failed>,
    pub items: Items,
    pub feed: Feed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub at: Timestamp,
    pub why: String,
}

/// What became of what a source brought, since it was first asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Items {
    pub new: u64,
    pub revised: u64,
    pub duplicate: u64,
    /// Taken back by their source, or withdrawn here before.
    pub withdrawn: u64,
    pub refused: u64,
}

/// What only feeds need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Feed {
    /// Where it has moved for good. What was configured stays where it is, in the configuration.
    pub moved_to: Option<String>,
    /// Validators of what was admitted last (RFC 9110 section 8.8), as they came.
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// It answered 410, and is asked no more.
    pub gone: bool,
    /// The digest under which each entry of the last document came whose page was fetched, by its strongest name.
    pub pages: BTreeMap<String, String>,
}

impl State {
    pub fn succeeded(&mut self, at: Timestamp) {
        self.last_success = Some(at);
        self.failures = 0;
    }

    pub fn failed(&mut self, at: Timestamp, why: String) {
        self.failures = self.failures.saturating_add(1);
        self.noticed(at, why);
    }

    /// Something is wrong that asking less often would not mend.
    pub fn noticed(&mut self, at: Timestamp, why: String) {
        self.errors += 1;
        self.last_error = Some(Failed { at, why });
    }
}

impl Items {
    pub fn count(&mut self, receipts: &Receipts) {
        for receipt in receipts {
            *match receipt.as_ref().map(|receipt| receipt.outcome) {
                Ok(Outcome::New | Outcome::Restored) => &mut self.new,
                Ok(Outcome::Revised) => &mut self.revised,
                Ok(Outcome::Duplicate) => &mut self.duplicate,
                Ok(Outcome::Withdrawn) => &mut self.withdrawn,
                Err(_) => &mut self.refused,
            } += 1;
        }
    }

    /// Each under its name, in the order in which people want to see them.
    pub fn named(&self) -> [(&'static str, u64); 5] {
        [
            ("new", self.new),
            ("revised", self.revised),
            ("duplicate", self.duplicate),
            ("withdrawn", self.withdrawn),
            ("refused", self.refused),
        ]
    }
}

/// The files of all sources, in the folder of an archive.
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
}

impl Store {
    pub fn of(archive: &Path) -> Store {
        Store { dir: archive.join(FOLDER) }
    }

    /// A file of the source called `name`, which has no character that means something in a path.
    pub fn file(&self, name: &str, ending: &str) -> PathBuf {
        self.dir.join(format!("{name}.{ending}"))
    }

    /// What is known of a source: nothing, where its file is not there or cannot be read.
    pub fn load(&self, name: &str) -> State {
        let path = self.file(name, "json");
        let state = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
            Err(error) => Err(error),
        };
        state.unwrap_or_else(|error| {
            tracing::warn!(path = %path.display(), %error, "what was known of a source is lost; it is asked anew");
            State::default()
        })
    }

    /// Replaces what is known of a source, in one step.
    pub fn save(&self, name: &str, state: &State) -> io::Result<()> {
        std::fs::create_dir_all(&self.dir)?;
        let (path, beside) = (self.file(name, "json"), self.file(name, "json.new"));
        let mut file = std::fs::File::create(&beside)?;
        serde_json::to_writer_pretty(&mut file, state)?;
        file.write_all(b"\n")?;
        file.sync_data()?;
        std::fs::rename(&beside, &path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_survives_and_what_is_damaged_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::of(folder.path());
        assert_eq!(store.load("pier"), State::default());
        let mut state = State { configured: "feed".into(), ..State::default() };
        state.feed.etag = Some("\"a\u{e9}\"".into());
        state.failed("2026-03-01T12:00:00Z".parse().unwrap(), "no answer".into());
        store.save("pier", &state).unwrap();
        store.save("other", &State::default()).unwrap();
        assert_eq!(store.load("pier"), state);
        state.succeeded("2026-03-01T13:00:00Z".parse().unwrap());
        store.save("pier", &state).unwrap();
        let read = Store::of(folder.path()).load("pier");
        assert_eq!((read.failures, read.errors, read.last_error.unwrap().why.as_str()), (0, 1, "no answer"));
        std::fs::write(store.file("pier", "json"), "{\"configured\": ").unwrap();
        assert_eq!(store.load("pier"), State::default());
        std::fs::write(store.file("pier", "json"), "{\"configured\": \"x\", \"later\": 1}").unwrap();
        assert_eq!(store.load("pier").configured, "x", "a later release may know more");
    }
}
