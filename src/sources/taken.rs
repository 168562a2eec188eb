//! Which files were taken, and as they were then: a line is added for each, so that a folder of a million costs no more
//! to watch than one of ten.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Lines that may be left over before the file is written anew without them.
const LEFT_OVER_MAX: usize = 1_000;

/// What tells that a file has changed, without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    /// Nanoseconds of its last change; zero where the system tells none.
    modified: u64,
}

impl Stamp {
    pub fn of(metadata: &std::fs::Metadata) -> Stamp {
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|at| at.as_nanos().try_into().ok());
        Stamp { bytes: metadata.len(), modified: modified.unwrap_or_default() }
    }
}

/// `[bytes, modified, "name"]` a line; the last word on a name counts.
#[derive(Debug)]
pub struct Taken {
    stamps: HashMap<String, Stamp>,
    file: Option<File>,
}

impl Taken {
    /// Reads what is written at `path`; nothing, where that cannot be read. Lines that make no sense (the last, after a
    /// crash) are passed over: their files are read once more.
    pub fn open(path: &Path) -> Taken {
        let mut taken = Taken { stamps: HashMap::new(), file: None };
        let lines = taken.read(path).unwrap_or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(path = %path.display(), %error, "what was taken is not known; it is read anew");
            }
            0
        });
        let opened =
            if lines > taken.stamps.len() + LEFT_OVER_MAX { taken.rewrite(path) } else { append(path) };
        taken.file = opened
            .inspect_err(|error| tracing::warn!(path = %path.display(), %error, "what is taken cannot be written down"))
            .ok();
        taken
    }

    /// As [`Taken::open`], with nothing in it.
    pub fn anew(path: &Path) -> Taken {
        let _ = std::fs::remove_file(path);
        Taken::open(path)
    }

    fn read(&mut self, path: &Path) -> io::Result<usize> {
        let mut lines = 0;
        for line in BufReader::new(File::open(path)?).lines() {
            lines += 1;
            if let Ok((bytes, modified, name)) = serde_json::from_str(&line?) {
                self.stamps.insert(name, Stamp { bytes, modified });
            }
        }
        Ok(lines)
    }

    fn rewrite(&self, path: &Path) -> io::Result<File> {
        let beside = path.with_extension("files.new");
        let mut file = io::BufWriter::new(File::create(&beside)?);
        for (name, stamp) in &self.stamps {
            file.write_all(line(name, *stamp)?.as_bytes())?;
        }
        file.into_inner()?.sync_data()?;
        std::fs::rename(&beside, path)?;
        append(path)
    }

    pub fn has(&self, name: &str, stamp: Stamp) -> bool {
        self.stamps.get(name) == Some(&stamp)
    }

    /// Remembers a file; until the next start only, where it is not to be `kept`.
    pub fn add(&mut self, name: &str, stamp: Stamp, kept: bool) -> io::Result<()> {
        self.stamps.insert(name.into(), stamp);
        match &mut self.file {
            Some(file) if kept => file.write_all(line(name, stamp)?.as_bytes()),
            _ => Ok(()),
        }
    }
}

fn line(name: &str, stamp: Stamp) -> io::Result<String> {
    Ok(serde_json::to_string(&(stamp.bytes, stamp.modified, name))? + "\n")
}

/// A torn last line is ended, so that what follows it is whole.
fn append(path: &Path) -> io::Result<File> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let torn = std::fs::read(path).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    if torn {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_known_after_a_restart_and_a_torn_line_costs_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sources/pier.files");
        let stamp = |bytes| Stamp { bytes, modified: 7 };
        let mut taken = Taken::open(&path);
        taken.add("a\n\"b\".txt", stamp(1), true).unwrap();
        taken.add("refused.txt", stamp(1), false).unwrap();
        taken.add("c.txt", stamp(1), true).unwrap();
        taken.add("c.txt", stamp(2), true).unwrap();
        assert!(taken.has("refused.txt", stamp(1)));
        drop(taken);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"[3, 7, \"d.t").unwrap();
        let mut taken = Taken::open(&path);
        assert!(taken.has("a\n\"b\".txt", stamp(1)) && taken.has("c.txt", stamp(2)));
        assert!(
            !taken.has("c.txt", stamp(1))
                && !taken.has("refused.txt", stamp(1))
                && !taken.has("d.txt", stamp(3))
        );
        taken.add("e.txt", stamp(1), true).unwrap();
        assert!(Taken::open(&path).has("e.txt", stamp(1)));
        assert!(!Taken::anew(&path).has("e.txt", stamp(1)) && !Taken::open(&path).has("e.txt", stamp(1)));
    }

    #[test]
    fn a_file_of_what_was_taken_does_not_grow_with_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pier.files");
        let mut taken = Taken::open(&path);
        for bytes in 0..=LEFT_OVER_MAX as u64 + 5 {
            taken.add("a.txt", Stamp { bytes, modified: 0 }, true).unwrap();
        }
        let last = Stamp { bytes: LEFT_OVER_MAX as u64 + 5, modified: 0 };
        assert!(Taken::open(&path).has("a.txt", last));
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
        assert!(Taken::open(&path).has("a.txt", last));
    }
}
