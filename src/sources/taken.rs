//! Which files were taken, and as they were then: a line is added for each, so that a folder of a million costs no more
//! to watch than one of ten.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
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
    stamps: HashMap<String, Entry>,
    /// In the file, of which some are left over.
    lines: usize,
    path: PathBuf,
    file: Option<File>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    stamp: Stamp,
    /// Beyond the next start.
    kept: bool,
}

impl Taken {
    /// Reads what is written at `path`; nothing, where that cannot be read. Lines that make no sense (the last, after a
    /// crash) are passed over: their files are read once more.
    pub fn open(path: &Path) -> Taken {
        let mut taken = Taken { stamps: HashMap::new(), lines: 0, path: path.into(), file: None };
        if let Err(error) = taken.read()
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "what was taken is not known; it is read anew");
        }
        let opened = if taken.has_left_over() { taken.rewrite() } else { append(path) };
        taken.write_to(opened);
        taken
    }

    fn write_to(&mut self, opened: io::Result<File>) {
        let path = self.path.display();
        let opened =
            opened.inspect_err(|error| tracing::warn!(%path, %error, "what is taken cannot be written down"));
        self.file = opened.ok();
    }

    fn has_left_over(&self) -> bool {
        self.lines > self.stamps.len() + LEFT_OVER_MAX
    }

    /// Forgets every file that is not among `there`: nobody asks for it again, and a folder through which files pass
    /// would otherwise be remembered for ever.
    pub fn retain(&mut self, there: &HashSet<&str>) {
        self.stamps.retain(|name, _| there.contains(name.as_str()));
        if self.has_left_over() {
            let opened = self.rewrite();
            self.write_to(opened);
        }
    }

    /// As [`Taken::open`], with nothing in it.
    pub fn anew(path: &Path) -> Taken {
        let _ = std::fs::remove_file(path);
        Taken::open(path)
    }

    fn read(&mut self) -> io::Result<()> {
        // Lines of bytes: one that is no text makes no more sense than any other that makes none.
        for line in BufReader::new(File::open(&self.path)?).split(b'\n') {
            let line = line?;
            self.lines += 1;
            if let Ok((bytes, modified, name)) = serde_json::from_slice(&line) {
                self.stamps.insert(name, Entry { stamp: Stamp { bytes, modified }, kept: true });
            }
        }
        Ok(())
    }

    fn rewrite(&mut self) -> io::Result<File> {
        let beside = self.path.with_extension("files.new");
        let mut file = io::BufWriter::new(File::create(&beside)?);
        let kept = self.stamps.iter().filter(|(_, entry)| entry.kept);
        self.lines = 0;
        for (name, entry) in kept {
            file.write_all(line(name, entry.stamp)?.as_bytes())?;
            self.lines += 1;
        }
        file.into_inner()?.sync_data()?;
        std::fs::rename(&beside, &self.path)?;
        append(&self.path)
    }

    pub fn has(&self, name: &str, stamp: Stamp) -> bool {
        self.stamps.get(name).is_some_and(|entry| entry.stamp == stamp)
    }

    /// Remembers a file; until the next start only, where it is not to be `kept`.
    pub fn add(&mut self, name: &str, stamp: Stamp, kept: bool) -> io::Result<()> {
        self.stamps.insert(name.into(), Entry { stamp, kept });
        self.lines += usize::from(kept);
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
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"\xff\xfe\n[3, 7, \"d.t").unwrap();
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
    fn what_is_gone_is_forgotten_and_the_file_shrinks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pier.files");
        let stamp = Stamp { bytes: 1, modified: 0 };
        let mut taken = Taken::open(&path);
        for n in 0..=LEFT_OVER_MAX + 5 {
            taken.add(&format!("{n}.txt"), stamp, true).unwrap();
        }
        taken.add("refused.txt", stamp, false).unwrap();
        taken.retain(&HashSet::from(["1.txt", "refused.txt"]));
        assert!(taken.has("1.txt", stamp) && taken.has("refused.txt", stamp) && !taken.has("2.txt", stamp));
        taken.add("new.txt", stamp, true).unwrap();
        let taken = Taken::open(&path);
        assert!(taken.has("1.txt", stamp) && taken.has("new.txt", stamp));
        assert!(!taken.has("refused.txt", stamp) && !taken.has("2.txt", stamp));
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
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
