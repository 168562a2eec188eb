//! What the benchmarks share: plausible bulletins, an archive to put them in, and a stopwatch.
#![allow(dead_code, reason = "each benchmark uses its part")]

pub mod corpus;
pub mod hostile;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use annals::archive::{Archive, Arriving, Pipeline, Settings};
use annals::digest::Digest;
use annals::intake::{self, Arrival};
use annals::journal::SEGMENT_BYTES_MAX;
use cpu_time::ProcessTime;
use jiff::Timestamp;
use std::sync::Arc;

/// Wall-clock and processor time of all threads together.
#[derive(Clone, Copy)]
pub struct Spent {
    pub wall: Duration,
    pub cpu: Duration,
}

impl Spent {
    /// Microseconds of processor time for each of `count`.
    pub fn cpu_micros_each(&self, count: usize) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / count as f64
    }

    pub fn rate(&self, count: usize) -> f64 {
        count as f64 / self.wall.as_secs_f64()
    }
}

pub fn spent<T>(work: impl FnOnce() -> T) -> (T, Spent) {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let result = work();
    (result, Spent { wall: wall.elapsed(), cpu: cpu.elapsed() })
}

/// A number from the environment, so that a benchmark can be made smaller or larger.
pub fn size(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

pub fn settings(path: &Path) -> Settings {
    Settings {
        path: path.to_owned(),
        authority: "bench.example.org,2026".into(),
        segment_bytes_max: SEGMENT_BYTES_MAX,
        catalogue_cache_bytes: 64 << 20,
        reserve_bytes: 0,
        pace: Default::default(),
    }
}

pub fn open(path: &Path) -> Arc<Archive> {
    Arc::new(Archive::open(&settings(path), &|_, _| ()).expect("the archive opens"))
}

/// A runtime as `annals serve` has it.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the runtime starts")
}

pub fn arrival() -> Arrival {
    Arrival { source: "bench".into(), media_type: Some("application/json".into()), ..Arrival::default() }
}

/// Admits every document by the way that the command line takes.
pub fn admit_all(archive: &Arc<Archive>, documents: &[bytes::Bytes]) {
    let pipeline =
        Pipeline::new(archive.clone(), "bench", Arc::new(intake::Settings::default()), Timestamp::now);
    let arriving = documents.iter().map(|bytes| Arriving {
        name: String::new(),
        bytes: Ok(bytes.clone()),
        arrival: arrival(),
    });
    let answered = |_: &str, answer: annals::archive::Answered| {
        for receipt in answer.expect("a generated bulletin is well formed") {
            receipt.expect("a generated bulletin is admitted");
        }
    };
    runtime().block_on(pipeline.run(arriving, answered)).expect("the archive admits");
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The canonical JSON that intake makes of a document.
pub fn content(document: &[u8]) -> Box<str> {
    let read = intake::read(document, &arrival(), &intake::Settings::default()).expect("it was admitted");
    let submission = read.parts.into_iter().flatten().next().expect("it was admitted");
    submission.content_json.get().into()
}

/// SHA-256 and gzip -6 of an original and its content, and nothing else: the bytes after compression.
pub fn floor(original: &[u8], content: &[u8]) -> u64 {
    std::hint::black_box((Digest::of(original), Digest::of(content)));
    gzip(original) + gzip(content)
}

fn gzip(bytes: &[u8]) -> u64 {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).expect("writing to a vector cannot fail");
    encoder.finish().expect("writing to a vector cannot fail").len() as u64
}

/// Bytes below a folder.
pub fn disk_bytes(path: &Path) -> u64 {
    let entries = walkdir::WalkDir::new(path).into_iter().filter_map(Result::ok);
    entries
        .filter_map(|entry| entry.metadata().ok())
        .filter(|file| file.is_file())
        .map(|file| file.len())
        .sum()
}

/// The memory of this process that is resident, in bytes.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default()
        << 10
}

/// The most memory of this process that was resident since this was last called, in bytes.
pub fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    // proc(5): what is written here makes the peak what is resident now.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default()
        << 10
}
