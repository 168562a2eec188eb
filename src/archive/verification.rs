//! Verification: the whole journal read through now and then, while a server runs.
//!
//! Owns when that is, at which pace, and what was found last, which is one small file in the archive's folder: whoever
//! verifies writes it, and whoever is asked reads it. It must never change the journal.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Archive, ArchiveError, Settings, io_error};
use crate::journal::{Problem, Report, read_head, verify_gently};

const FILE: &str = "verified.json";

/// How many places are named; more are counted.
const NAMED_MAX: usize = 100;

/// How often it is looked whether a pass is due.
const DUE_EVERY: Duration = Duration::from_secs(10);
/// How often it is looked whether to end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// When the journal is verified, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From the end of one pass to the next; none at all without it.
    pub interval: Option<Duration>,
    pub bytes_per_second: u64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { interval: None, bytes_per_second: u64::MAX }
    }
}

/// What a full pass found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verified {
    /// When it ended.
    pub at: Timestamp,
    pub events: u64,
    pub bytes: u64,
    /// How many places are damaged.
    pub damaged: usize,
    /// The first of them.
    pub problems: Vec<Problem>,
}

/// What the last pass over the archive in the folder `path` found; nothing where there was none, or its note is gone.
pub fn last(path: &Path) -> Option<Verified> {
    serde_json::from_slice(&std::fs::read(path.join(FILE)).ok()?).ok()
}

/// Notes what a pass found, in one step.
pub fn note(path: &Path, report: &Report, at: Timestamp) -> Result<(), ArchiveError> {
    let verified = Verified {
        at,
        events: report.events,
        bytes: report.bytes,
        damaged: report.problems.len(),
        problems: report.problems.iter().take(NAMED_MAX).cloned().collect(),
    };
    let json = serde_json::to_vec(&verified).expect("a report is made of text and numbers");
    let (file, new) = (path.join(FILE), path.join(format!("{FILE}.new")));
    let written = std::fs::write(&new, json).and_then(|()| std::fs::rename(&new, &file));
    written.map_err(io_error("write", &file))
}

/// Verifies the journal of `archive`, and then goes through its catalogue, whenever it is time, in a thread of its own, until
/// `stop` says so.
pub fn start(
    archive: &Arc<Archive>,
    settings: &Settings,
    clock: fn() -> Timestamp,
    stop: impl Fn() -> bool + Send + 'static,
) -> io::Result<Option<JoinHandle<()>>> {
    let Some(interval) = settings.pace.interval else { return Ok(None) };
    // It is not kept from being closed.
    let (archive, settings) = (Arc::downgrade(archive), settings.clone());
    let run = move || {
        let (mut looked, mut pause) = (Instant::now(), Duration::ZERO);
        while !stop() {
            if looked.elapsed() >= pause {
                pause = interval.min(DUE_EVERY);
                if is_due(&settings.path, interval, clock()) {
                    if let Err(error) = pass(&settings, clock, &stop) {
                        tracing::error!(%error, "the journal could not be verified");
                        // What fails now is tried again at the next turn, and not at once.
                        pause = interval;
                    }
                    // In one go, since nothing is merged meanwhile.
                    let checked = archive.upgrade().map(|archive| archive.catalogue().check(&stop));
                    if let Some(Err(error)) = checked {
                        tracing::error!(%error, "the catalogue is not whole");
                    }
                }
                looked = Instant::now();
            }
            std::thread::sleep(LOOK_EVERY);
        }
    };
    std::thread::Builder::new().name("verifier".into()).spawn(run).map(Some)
}

fn is_due(path: &Path, interval: Duration, now: Timestamp) -> bool {
    last(path).is_none_or(|last| {
        let since = now.duration_since(last.at).unsigned_abs();
        since >= interval
    })
}

fn pass(settings: &Settings, clock: fn() -> Timestamp, stop: &dyn Fn() -> bool) -> Result<(), ArchiveError> {
    let dir = settings.journal_path();
    let begin = Instant::now();
    let mut read = 0u64;
    let pace = |bytes: u64| {
        read = read.saturating_add(bytes);
        let due = Duration::from_secs_f64(read as f64 / settings.pace.bytes_per_second as f64);
        while begin.elapsed() < due {
            if stop() {
                return ControlFlow::Break(());
            }
            std::thread::sleep(due.saturating_sub(begin.elapsed()).min(LOOK_EVERY));
        }
        ControlFlow::Continue(())
    };
    let Some(report) = verify_gently(&dir, read_head(&dir), pace)? else { return Ok(()) };
    for problem in report.problems.iter().take(NAMED_MAX) {
        tracing::error!(segment = %problem.segment, offset = problem.offset, what = %problem.what, "damaged");
    }
    note(&settings.path, &report, clock())
}
