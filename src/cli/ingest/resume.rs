//! Where a run was stopped: what of its files has been acknowledged.
//!
//! A file in the archive's folder, `resume/{key}`, for each set of paths and hints: lines of JSON, appended as
//! answers come and gone when the run is complete. Only what has been acknowledged, and so is durable, is written into
//! it; it is not synced itself. Losing it costs time and nothing else, since what comes again is a duplicate.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::HintOptions;
use super::files::{FoundFile, Stamp};
use crate::archive::Settings;
use crate::digest::Digest;
use crate::journal::read_head;

/// What has not been written down is so many answers at most…
const UNWRITTEN_MAX: usize = 64;
/// … or so old, as soon as there is another answer.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    /// How far the journal was when the lines before were written. An archive that was restored from an older copy
    /// does not have what they speak of.
    Head { seq: u64, digest: Digest },
    /// Everything in a file is acknowledged.
    Done { path: PathBuf, bytes: u64, modified: u64 },
    /// So many members of a container are.
    Within { path: PathBuf, bytes: u64, modified: u64, members: u64 },
}

pub struct Resume {
    path: PathBuf,
    journal: PathBuf,
    file: Option<File>,
    earlier: Earlier,
    unwritten: Vec<Line>,
    written_at: Instant,
}

/// What an earlier run has been acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    done: HashMap<PathBuf, Stamp>,
    within: HashMap<PathBuf, (Stamp, u64)>,
}

impl Earlier {
    /// How many members of a container are done with: none, if it is another file by now.
    pub fn acknowledged(&self, file: &FoundFile) -> u64 {
        let within = file.path.as_ref().and_then(|path| self.within.get(path));
        within.filter(|(stamp, _)| *stamp == file.stamp).map_or(0, |(_, members)| *members)
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Head { .. } => {}
            Line::Done { path, bytes, modified } => {
                self.within.remove(&path);
                self.done.insert(path, Stamp { bytes, modified });
            }
            Line::Within { path, bytes, modified, members } => {
                self.within.insert(path, (Stamp { bytes, modified }, members));
            }
        }
    }
}

impl Resume {
    /// What is known of a run with these paths and hints that was stopped, unless it is to begin anew.
    pub fn open(archive: &Settings, roots: &[PathBuf], hints: &HintOptions, from_start: bool) -> Resume {
        let dir = archive.path.join("resume");
        let journal = archive.journal_path();
        let key = Digest::of(format!("{roots:?} {hints:?}").as_bytes()).hex();
        let path = dir.join(&key[..32]);
        if from_start {
            let _ = std::fs::remove_file(&path);
        }
        let earlier = read(&path, &journal);
        let file = std::fs::create_dir_all(&dir).and_then(|()| open(&path, earlier.is_none()));
        let file = file
            .inspect_err(|error| tracing::warn!(%error, "if this run is stopped, the next begins anew"))
            .ok();
        let earlier = earlier.unwrap_or_default();
        Resume { path, journal, file, earlier, unwritten: Vec::new(), written_at: Instant::now() }
    }

    /// Whether everything in a file is acknowledged, and it has not changed since.
    pub fn is_done(&self, file: &FoundFile) -> bool {
        file.path.as_ref().is_some_and(|path| self.earlier.done.get(path) == Some(&file.stamp))
    }

    pub fn members(&self) -> Earlier {
        self.earlier.clone()
    }

    /// Says that there is less to do than it seems.
    pub fn say(&self, files: usize) {
        let members: u64 = self.earlier.within.values().map(|(_, members)| members).sum();
        match (files, members) {
            (0, 0) => {}
            (files, 0) => eprintln!("taking up after {files} files"),
            (files, members) => {
                eprintln!("taking up after {files} files and {members} documents in the next")
            }
        }
    }

    pub fn note_done(&mut self, path: PathBuf, stamp: Stamp) {
        let Stamp { bytes, modified } = stamp;
        self.unwritten.push(Line::Done { path, bytes, modified });
    }

    pub fn note_member(&mut self, path: PathBuf, stamp: Stamp, members: u64) {
        let Stamp { bytes, modified } = stamp;
        self.unwritten.push(Line::Within { path, bytes, modified, members });
    }

    /// Writes down what was noted, if it is time.
    pub fn keep(&mut self) {
        if self.unwritten.len() >= UNWRITTEN_MAX || self.written_at.elapsed() >= WRITE_EVERY {
            self.write();
        }
    }

    fn write(&mut self) {
        self.written_at = Instant::now();
        let mut lines = std::mem::take(&mut self.unwritten);
        let (Some(file), false) = (&mut self.file, lines.is_empty()) else { return };
        // Of a container only the furthest point is of interest.
        let mut last = None;
        lines.reverse();
        lines.retain(|line| match line {
            Line::Within { path, .. } => last.replace(path.clone()).as_ref() != Some(path),
            _ => true,
        });
        lines.reverse();
        lines.extend(read_head(&self.journal).map(|head| Line::Head { seq: head.seq, digest: head.digest }));
        let mut text = String::new();
        for line in &lines {
            // A path that is no text is not remembered.
            let Ok(line) = serde_json::to_string(line) else { continue };
            text.push_str(&line);
            text.push('\n');
        }
        if let Err(error) = file.write_all(text.as_bytes()) {
            tracing::warn!(%error, path = %self.path.display(), "if this run is stopped, the next begins anew");
            self.file = None;
        }
    }

    /// The run is complete: the next one begins anew.
    pub fn finish(mut self) {
        self.unwritten.clear();
        self.file = None;
        let _ = std::fs::remove_file(&self.path);
        // The folder goes with the last of them.
        let _ = self.path.parent().map(std::fs::remove_dir);
    }
}

impl Drop for Resume {
    /// What was answered before the run was told to end counts as well.
    fn drop(&mut self) {
        self.write();
    }
}

fn open(path: &Path, anew: bool) -> std::io::Result<File> {
    if anew {
        return File::create(path);
    }
    let mut file = OpenOptions::new().append(true).open(path)?;
    // After half a line, which is passed over when it is read.
    file.write_all(b"\n")?;
    Ok(file)
}

/// What the file says; none where there is none, or where the archive has less than it speaks of.
fn read(path: &Path, journal: &Path) -> Option<Earlier> {
    let bytes = std::fs::read(path).ok()?;
    let mut earlier = Earlier::default();
    let mut pending = Vec::new();
    let mut last = None;
    for line in bytes.split(|byte| *byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(Line::Head { seq, digest }) => {
                last = Some((seq, digest));
                pending.drain(..).for_each(|line| earlier.take(line));
            }
            Ok(line) => pending.push(line),
            // Cut off where the process was killed.
            Err(_) => pending.clear(),
        }
    }
    let (head, last) = (read_head(journal)?, last?);
    let has_all = head.seq > last.0 || (head.seq, head.digest) == last;
    has_all.then_some(earlier)
}
