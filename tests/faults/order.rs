//! What the system is asked for, and in which order: the answer leaves behind the sync.

use std::process::Command;

use serde_json::json;

use super::battery::row;
use super::common::skip;
use super::served::{Ask as _, Place, Server, sha256};

/// The smallest segments that the configuration allows.
const SEGMENT_BYTES_MAX: usize = 1 << 20;

#[test]
fn the_answer_leaves_after_the_sync_and_after_that_of_the_folder_for_a_new_segment() {
    let usable = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !usable.is_ok_and(|output| output.status.success()) {
        return skip("`strace true` fails here (apt install strace)");
    }
    let place = Place::new();
    let trace = place.dir.path().join("trace");
    let mut command = Command::new("strace");
    command
        .current_dir(place.dir.path())
        .args([
            "-f",
            "-yy",
            "-s",
            "40",
            "-e",
            "trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg",
            "-o",
        ])
        .args([trace.to_str().unwrap(), env!("CARGO_BIN_EXE_annals"), "serve"])
        .env("ANNALS_ARCHIVE__SEGMENT_BYTES_MAX", SEGMENT_BYTES_MAX.to_string());
    let server = Server::start(command);
    let mut answers = 0;
    // Until the third segment has something in it.
    while !place.data().join("journal/annals-00000003.warc.gz").exists() {
        // Digits of hashes do not compress to nothing.
        let noise: String = (0..1_000).map(|n| sha256(format!("{answers} {n}").as_bytes()) + " ").collect();
        let bulletin = json!({"id": answers, "title": "Noise", "body_html": format!("<p>{noise}</p>")});
        let bulletin = super::served::but(bulletin, "id", answers.to_string());
        assert_eq!(server.post("/bulletins", "application/json", bulletin.to_string()).status, 201);
        answers += 1;
    }
    end(&server);
    let _ = server.terminate();
    let trace = std::fs::read_to_string(&trace).unwrap();
    let found = check(&trace);
    assert_eq!(found.answers, answers);
    assert!(found.newborn >= 3, "{} segments were born", found.newborn);
    let held = format!(
        "each of {answers} answers left after fdatasync had returned, and {} of them after the fsync of the folder of \
         a newborn segment as well",
        found.newborn
    );
    row("strace of admissions", answers, held);
}

/// strace lets no signal end it while what it runs does not end.
fn end(traced: &Server) {
    let children = format!("/proc/{0}/task/{0}/children", traced.id());
    let child = std::fs::read_to_string(children).unwrap();
    assert!(Command::new("kill").arg(child.trim()).status().unwrap().success());
}

#[derive(Default)]
struct Found {
    answers: usize,
    newborn: usize,
}

/// Follows the calls in the order in which they returned.
fn check(trace: &str) -> Found {
    let mut found = Found::default();
    // What is written and not synced yet: a segment, and whether its folder has to be.
    let (mut dirty, mut nameless) = (None, false);
    let mut unfinished = std::collections::HashMap::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        // A call that another thread's came between stands on two lines: it begins with the one and returns with the other.
        let (call, begins, returns) = if let Some(begun) = call.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread.to_string(), begun.to_string());
            (begun.to_string(), true, false)
        } else if call.starts_with("<... ") {
            (unfinished.remove(thread).unwrap_or_default(), false, true)
        } else {
            (call.to_string(), true, true)
        };
        if begins && call.contains("HTTP/1.1 201") {
            assert_eq!((dirty.as_deref(), nameless), (None, false), "an answer left too early: {line}");
            found.answers += 1;
        } else if begins && call.starts_with("pwrite64(") && call.contains("/journal/annals-") {
            let segment = call[call.find("annals-").unwrap()..].split('>').next().unwrap().to_string();
            let newborn =
                call.contains(", 0)") || line.contains(", 0) =") || line.contains(", 0 <unfinished");
            nameless |= newborn;
            found.newborn += usize::from(newborn);
            dirty = Some(segment);
        } else if returns && call.starts_with("fdatasync(") && call.contains("/journal/annals-") {
            assert!(line.ends_with("= 0"), "{line}");
            assert!(dirty.as_deref().is_some_and(|segment| call.contains(segment)), "{line}");
            dirty = None;
        } else if returns && call.starts_with("fsync(") && call.contains("/journal>") {
            assert!(line.ends_with("= 0"), "{line}");
            nameless = false;
        }
    }
    found
}
