//! The power goes: every disk that what was written and synced up to then may have left behind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use annals::archive::Archive;
use annals::bulletin::BulletinId;
use annals::digest::Digest;
use annals::intake::{self, Arrival};
use bytes::Bytes;
use jiff::Timestamp;

use super::battery::{full, row, times};
use super::common::{open, settings};
use super::disk_image::{Disk, Operation, read_record};
use super::tools::{Dice, quick_dir, shim};

/// Names the archive that a child of this test works on.
const CHILD_ARCHIVE: &str = "ANNALS_TEST_CHILD_ARCHIVE";
/// Small, so that segments are born while it is recorded.
const SEGMENT_BYTES_MAX: u64 = 20_000;
const ADMISSIONS: usize = 300;

#[test]
#[ignore = "run by nothing_acknowledged_is_lost_by_a_power_cut, which records what it writes"]
fn the_process_that_is_recorded() {
    let Some(path) = std::env::var_os(CHILD_ARCHIVE) else { return };
    let archive = reopen(Path::new(&path));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (archive, handle, next) = (&archive, runtime.handle(), &AtomicUsize::new(0));
    let count: usize = std::env::var("ANNALS_TEST_ADMISSIONS").unwrap().parse().unwrap();
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(move || {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let json = bulletin(n);
                    let arrival = Arrival { source: "child".into(), ..Arrival::default() };
                    let document =
                        intake::read(json.as_bytes(), &arrival, &intake::Settings::default()).unwrap();
                    let offer = archive.offer(document, Bytes::from(json), Timestamp::now());
                    let receipts = handle.block_on(archive.admit(offer, "child", Timestamp::now())).unwrap();
                    let receipt = receipts[0].as_ref().unwrap();
                    say(&format!("acknowledged {} {}\n", receipt.digest, receipt.id));
                    if n % 20 == 7 {
                        handle
                            .block_on(archive.withdraw(receipt.id, "in error", "child", Timestamp::now()))
                            .unwrap();
                        say(&format!("withdrawn {} {}\n", receipt.digest, receipt.id));
                    }
                }
            });
        }
    });
}

/// In one write, so that the lines of several threads do not mix.
fn say(line: &str) {
    use std::io::Write as _;
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

fn reopen(path: &Path) -> Archive {
    let mut settings = settings(path);
    settings.segment_bytes_max = SEGMENT_BYTES_MAX;
    open(&settings).unwrap()
}

fn bulletin(n: usize) -> String {
    let body = format!("The tide gauge of quay {n} was read at dawn. ").repeat(1 + n % 30);
    format!(r#"{{"id": "{n}", "title": "Reading {n}", "body_html": "<p>{body}</p>"}}"#)
}

/// What had been said by some moment.
#[derive(Clone, Copy)]
struct Said {
    digest: Digest,
    id: BulletinId,
    withdrawn: bool,
}

fn said_in(bytes: &[u8]) -> impl Iterator<Item = Said> + '_ {
    std::str::from_utf8(bytes).unwrap_or_default().lines().filter_map(|line| {
        // The harness may have begun the line.
        let at = line.find("acknowledged ").or_else(|| line.find("withdrawn "))?;
        let [verb, digest, id] = *line[at..].split(' ').collect::<Vec<_>>() else { return None };
        Some(Said { digest: digest.parse().ok()?, id: id.parse().ok()?, withdrawn: verb == "withdrawn" })
    })
}

fn recorded(shim: &Path, admissions: usize) -> (PathBuf, Vec<Operation>) {
    let dir = tempfile::tempdir().unwrap();
    let (root, record) = (dir.path().join("archive"), dir.path().join("record"));
    std::fs::create_dir(&root).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "power::the_process_that_is_recorded"])
        .env(CHILD_ARCHIVE, &root)
        .env("ANNALS_TEST_ADMISSIONS", admissions.to_string())
        .env("LD_PRELOAD", shim)
        .env("ANNALS_TEST_RECORDED", &root)
        .env("ANNALS_TEST_RECORD", &record)
        .stdout(Stdio::null())
        .status();
    assert!(child.unwrap().success());
    let operations = read_record(&std::fs::read(&record).unwrap());
    (root, operations)
}

#[test]
fn nothing_acknowledged_is_lost_by_a_power_cut() {
    let dir = tempfile::tempdir().unwrap();
    let Some(shim) = shim(dir.path(), include_str!("recording.c")) else { return };
    let admissions = times(40, ADMISSIONS);
    let (root, operations) = recorded(&shim, admissions);
    let said_at_end: usize =
        operations.iter().map(|it| it.said().map_or(0, |bytes| said_in(bytes).count())).sum();
    assert!(said_at_end >= admissions, "{said_at_end} were acknowledged");
    let mut dice = Dice::new("power");
    // In full at every cut; in short at as many as there is time for.
    let step = if full() { 1 } else { operations.len().div_ceil(40) };
    let parts: BTreeMap<usize, usize> = (0..times(40, 1_000)).fold(BTreeMap::new(), |mut cuts, _| {
        *cuts.entry(dice.below(operations.len() + 1)).or_default() += 1;
        cuts
    });
    let (mut dropped, mut partial) = (0, 0);
    let mut disk = Disk::new(&root);
    let mut said: Vec<Said> = Vec::new();
    for cut in 0..=operations.len() {
        if cut % step == 0 {
            survives(&disk, None, &said, cut, &mut dice);
            dropped += 1;
        }
        for _ in 0..parts.get(&cut).copied().unwrap_or_default() {
            let seed = dice.next();
            survives(&disk, Some(seed), &said, cut, &mut dice);
            partial += 1;
        }
        let Some(operation) = operations.get(cut) else { break };
        said.extend(operation.said().into_iter().flat_map(said_in));
        disk.take(operation);
    }
    let held = format!(
        "of {admissions} admissions every one that had been acknowledged; {dropped} images at {} with all that was not \
         synced dropped, {partial} with a random part of it",
        if full() { "every cut" } else { "some cuts" }
    );
    row("power cut, as recorded writes and syncs allow it", dropped + partial, held);
}

/// Opens what the disk may hold, and looks for what had been said: the newest, and some of the rest.
fn survives(disk: &Disk, part: Option<u64>, said: &[Said], cut: usize, dice: &mut Dice) {
    let dir = quick_dir();
    disk.write(dir.path(), part);
    let archive = reopen(dir.path());
    assert!(archive.damage().is_none(), "cut {cut}, {part:?}: {:?}", archive.damage());
    let newest = said.iter().rev().take(12).copied();
    let others: Vec<Said> =
        (0..12).filter_map(|_| said.get(dice.below(said.len().max(1))).copied()).collect();
    for one in newest.chain(others) {
        let (json, bulletin) = archive
            .content(&one.digest)
            .unwrap_or_else(|error| panic!("cut {cut}, {part:?}: {error}"))
            .unwrap_or_else(|| panic!("cut {cut}, {part:?}: {} was acknowledged, and is lost", one.id));
        assert_eq!((Digest::of(&json), bulletin.id), (one.digest, one.id));
        assert!(!one.withdrawn || bulletin.withdrawn.is_some(), "cut {cut}: {} is back", one.id);
    }
}
