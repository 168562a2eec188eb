//! Whatever arrives gives bulletins or a refusal that says why: never a panic, never a hang.
//!
//! Every format and every container meets every fixture there is, whole, cut off anywhere and with any byte changed.
//! Fixtures are found by walking their folders, so that a new format is held to this from its first day.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use annals::intake::container::{CONTAINERS, HEAD_BYTES, find, unpack};
use annals::intake::{self, Arrival, FORMATS, Settings};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// As much work as is to be done: each fixture has its share of it.
const CASES_OF_EACH: u32 = 96;
/// Fixtures that are larger are cut to this first: it is their shape that counts.
const FIXTURE_BYTES_MAX: usize = 64 << 10;
/// What takes longer than this hangs. Not a measure of pace: the slowest case takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(30);

struct Fixture {
    name: String,
    bytes: Vec<u8>,
}

fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> =
        ["fixtures", "tests/data"].iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.truncate(FIXTURE_BYTES_MAX);
            found.push(Fixture {
                name: path.strip_prefix(root).unwrap().to_string_lossy().into_owned(),
                bytes,
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 10, "the fixtures have moved");
    found
}

/// Reads bytes as whatever they come as: nothing may panic, and every refusal says what and why.
fn meet(name: &str, media_type: Option<&str>, bytes: &[u8]) {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if let Some(container) = find(media_type, Some(name), head) {
        for member in unpack(container, Box::new(Cursor::new(bytes.to_vec())), 1 << 20) {
            match member {
                Ok(member) => {
                    let path = member.path.unwrap_or_default();
                    read(&path, member.media_type.as_deref(), &member.bytes);
                }
                Err(refusal) => assert!(!refusal.what.is_empty() && !refusal.why.is_empty(), "{refusal:?}"),
            }
        }
        return;
    }
    read(name, media_type, bytes);
}

fn read(name: &str, media_type: Option<&str>, bytes: &[u8]) {
    let path = Some(name.to_string()).filter(|name| !name.is_empty());
    let media_type = media_type.map(String::from);
    let arrival = Arrival { source: "any".into(), media_type, path, ..Arrival::default() };
    let refusals: Vec<_> = match intake::read(bytes, &arrival, &Settings::default()) {
        Ok(document) => document.parts.into_iter().filter_map(Result::err).collect(),
        Err(refusal) => vec![refusal],
    };
    for refusal in refusals {
        assert!(!refusal.what.is_empty() && !refusal.why.is_empty(), "{name}: {refusal:?}");
    }
}

/// The media types under which bytes can be made to meet a format or a container, one for each.
fn media_types() -> Vec<&'static str> {
    let formats = FORMATS.iter().map(|format| format.media_types[0]);
    formats.chain(CONTAINERS.iter().map(|container| container.media_types[0])).collect()
}

/// The same cases each time, so that a failure can be had again.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Runs `work` elsewhere, and fails where it does not end.
fn in_time(what: &str, work: impl FnOnce() + Send + 'static) {
    let (started, worker) = (Instant::now(), std::thread::spawn(work));
    while !worker.is_finished() {
        assert!(started.elapsed() < PATIENCE, "{what} hangs");
        std::thread::sleep(Duration::from_millis(2));
    }
    if let Err(panic) = worker.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn any_truncation_and_any_changed_byte_of_any_fixture_is_taken_or_refused() {
    for Fixture { name, bytes } in fixtures() {
        let what = name.clone();
        in_time(&what, move || {
            meet(&name, None, &bytes);
            let ending = name.rsplit('/').next().unwrap().to_string();
            let changes = (any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
            let outcome = runner(CASES_OF_EACH).run(&changes, |(at, byte, cut)| {
                if bytes.is_empty() {
                    return Ok(());
                }
                let at = at.index(bytes.len());
                let mut changed = bytes.clone();
                if cut {
                    changed.truncate(at);
                } else {
                    changed[at] = byte;
                }
                meet(&ending, None, &changed);
                Ok(())
            });
            outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        });
    }
}

#[test]
fn any_format_and_any_container_meets_any_fixture() {
    for Fixture { name, bytes } in fixtures() {
        for media_type in media_types() {
            let (what, bytes) = (format!("{name} as {media_type}"), bytes.clone());
            in_time(&what, move || meet("", Some(media_type), &bytes));
        }
    }
}

#[test]
fn any_format_and_any_container_meets_bytes_that_are_nothing() {
    for media_type in media_types() {
        in_time(media_type, move || {
            let bytes = proptest::collection::vec(any::<u8>(), 0..512);
            let outcome = runner(64).run(&bytes, |bytes| {
                meet("", Some(media_type), &bytes);
                Ok(())
            });
            outcome.unwrap_or_else(|error| panic!("{media_type}: {error}"));
        });
    }
}
