//! What was acknowledged is never lost, and what was not acknowledged was not admitted.

mod common;

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use annals::archive::{ArchiveError, Outcome};
use annals::intake::{self, Arrival};
use bytes::Bytes;
use common::{World, open, settings, skip};
use jiff::Timestamp;

/// Names the archive that a child of this test works on.
const CHILD_ARCHIVE: &str = "ANNALS_TEST_CHILD_ARCHIVE";

#[test]
fn what_was_acknowledged_is_never_lost_not_by_kill_9_not_by_a_power_cut_not_by_a_full_disk() {
    not_by_kill_9();
    not_by_a_power_cut();
    not_by_a_full_disk();
}

/// A child runs one of the tests below that are ignored otherwise, on the archive in `path`.
fn child(test: &str, path: &Path) -> Child {
    // A write past the limit on a file's size is to fail, as on a full disk, and not to kill.
    Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", test])
        .env(CHILD_ARCHIVE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn json(n: usize) -> String {
    format!(r#"{{"id": "{n}", "title": "Bulletin {n}", "body_html": "<p>{}</p>"}}"#, "x".repeat(n % 900))
}

/// The number in a line that a child has written.
fn acknowledged_in(line: &str) -> Option<usize> {
    line.rsplit_once("acknowledged ")?.1.parse().ok()
}

fn not_by_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<usize> = Vec::new();
    for round in 0..6 {
        let mut child = child("the_process_that_is_killed", folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let told = lines.by_ref().filter_map(|line| acknowledged_in(&line));
        acknowledged.extend(told.take(1 + 40 * round));
        child.kill().unwrap();
        // What it still said before it died counts as well.
        acknowledged.extend(lines.filter_map(|line| acknowledged_in(&line)));
        child.wait().unwrap();
        let mut world = World::at(settings(folder.path()));
        for n in &acknowledged {
            assert_eq!(world.admit("child", &json(*n)).outcome, Outcome::Duplicate, "{n} in round {round}");
        }
    }
    assert!(acknowledged.len() > 600, "{}", acknowledged.len());
}

#[test]
#[ignore = "run by what_was_acknowledged_is_never_lost, which kills it"]
fn the_process_that_is_killed() {
    let Some(path) = std::env::var_os(CHILD_ARCHIVE) else { return };
    let archive = open(&settings(Path::new(&path))).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (archive, handle) = (&archive, runtime.handle());
    let from = std::process::id() as usize * 10_000;
    std::thread::scope(|threads| {
        for thread in 0..4 {
            threads.spawn(move || {
                for n in (from + thread * 2_000..).take(2_000) {
                    let arrival = Arrival { source: "child".into(), ..Arrival::default() };
                    let document =
                        intake::read(json(n).as_bytes(), &arrival, &intake::Settings::default()).unwrap();
                    let offer = archive.offer(document, Bytes::from(json(n)), Timestamp::now());
                    handle.block_on(archive.admit(offer, "child", Timestamp::now())).unwrap();
                    // In one write, or the lines of several threads mix.
                    std::io::stdout().write_all(format!("acknowledged {n}\n").as_bytes()).unwrap();
                }
            });
        }
    });
}

/// The pages of a batch that was being written may be there or not; of the files that are never synced,
/// nothing need be there.
fn not_by_a_power_cut() {
    for (n, garbage) in [&b""[..], b"\x1f\x8b\x08\x04", &[0; 4096], b"anything"].iter().enumerate() {
        let mut world = World::new();
        let receipts: Vec<_> = (0..20).map(|n| world.admit("child", &json(n))).collect();
        world.close();
        OpenOptions::new().append(true).open(world.segment(1)).unwrap().write_all(garbage).unwrap();
        if n % 2 == 0 {
            fs::remove_file(world.head()).unwrap();
            fs::remove_dir_all(world.settings.catalogue_path()).unwrap();
        }
        world.reopen().unwrap();
        for (n, receipt) in receipts.iter().enumerate() {
            let again = world.admit("child", &json(n));
            assert_eq!((again.outcome, again.digest), (Outcome::Duplicate, receipt.digest));
        }
        assert_eq!(world.admit("child", &json(1_000)).outcome, Outcome::New);
    }
}

fn not_by_a_full_disk() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return skip("there is no prlimit here (util-linux)");
    }
    let folder = tempfile::tempdir().unwrap();
    let child = child("the_process_whose_disk_is_full", folder.path()).wait_with_output().unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    assert!(child.status.success() && said.contains("as it should be"), "{said}");
    let mut world = World::at(settings(folder.path()));
    assert_eq!(world.events(), 4);
    for n in [1, 2, 3, 5] {
        assert_eq!(world.admit("child", &json(n)).outcome, Outcome::Duplicate);
    }
}

#[test]
#[ignore = "run by what_was_acknowledged_is_never_lost, which limits its files"]
fn the_process_whose_disk_is_full() {
    let Some(path) = std::env::var_os(CHILD_ARCHIVE) else { return };
    let mut world = World::at(settings(Path::new(&path)));
    (1..4).for_each(|n| drop(world.admit("child", &json(n))));
    let size = fs::metadata(world.segment(1)).unwrap().len();
    let limit = |bytes: &str| {
        let pid = std::process::id().to_string();
        let done = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status();
        assert!(done.unwrap().success());
    };
    // Room for a part of the next record, and then for nothing at all.
    for room in [100, 0] {
        limit(&(size + room).to_string());
        for _ in 0..3 {
            let refused = world.try_admit("child", &json(4));
            assert!(matches!(refused, Err(ArchiveError::NotDurable(_))), "{refused:?}");
            assert_eq!(fs::metadata(world.segment(1)).unwrap().len(), size, "nothing of it remains");
            assert_eq!(world.events(), 3, "and nothing of it is seen");
        }
        assert_eq!(world.admit("child", &json(3)).outcome, Outcome::Duplicate, "reading goes on");
        // The catalogue finds no room either, unless it was merged before.
        let _ = world.archive().catalogue().flush();
    }
    limit("unlimited");
    world.archive().catalogue().flush().unwrap();
    assert_eq!(world.admit("child", &json(5)).outcome, Outcome::New);
    world.close();
    println!("as it should be");
}

#[test]
fn a_segment_that_finds_no_room_at_its_birth_costs_only_who_asked_then() {
    let mut world = World::new();
    world.settings.segment_bytes_max = 1;
    world.reopen().unwrap();
    world.admit("desk", &json(1));
    std::os::unix::fs::symlink("/dev/full", world.segment(2)).unwrap();
    match world.try_admit("desk", &json(2)) {
        Err(ArchiveError::NotDurable(error)) => assert!(error.is_out_of_space(), "{error}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.admit("desk", &json(2)).outcome, Outcome::New);
    assert_eq!(world.admit("desk", &json(1)).outcome, Outcome::Duplicate);
    world.reopen().unwrap();
    assert_eq!(world.events(), 2);
}
