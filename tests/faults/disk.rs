//! A disk that is full, and one that fails, at each of the first 200 writes and syncs.

use std::path::Path;

use serde_json::Value;

use super::battery::{full, row};
use super::served::{Ask as _, Place, Server, bulletin, text, utf8};
use super::tools::shim;

/// Which writes and syncs fail.
fn which() -> Vec<usize> {
    if full() { (1..=200).collect() } else { vec![1, 2, 3, 20] }
}

#[test]
fn a_full_or_failing_disk_costs_no_acknowledgement_its_truth() {
    let dir = tempfile::tempdir().unwrap();
    let Some(shim) = shim(dir.path(), include_str!("failing.c")) else { return };
    for (variable, status, injury) in [
        ("ANNALS_TEST_FAILING_WRITE", 507, "the Nth write finds the disk full (ENOSPC, half written)"),
        ("ANNALS_TEST_FAILING_SYNC", 503, "the Nth sync fails (EIO, its pages lost)"),
    ] {
        let tried = which();
        for nth in &tried {
            one_failure(&shim, variable, *nth, status);
        }
        let held = format!(
            "{status} once, nothing falsely acknowledged, reading went on, no failed sync was retried, the next \
             admission was taken, and all of it was there after kill -9"
        );
        row(injury, tried.len(), held);
    }
}

fn one_failure(shim: &Path, variable: &str, nth: usize, status: u16) {
    let place = Place::new();
    let retried = place.dir.path().join("retried");
    let mut command = place.command(&["serve"]);
    command.env("LD_PRELOAD", shim).env(variable, nth.to_string()).env("ANNALS_TEST_RETRIED", &retried);
    let server = Server::start(command);
    let mut receipts: Vec<Value> = Vec::new();
    let mut refused = 0;
    // Cutting back syncs as well: some more are tried than the failure should need.
    for n in 0..nth + 4 {
        let reply = server.post("/bulletins", "application/json", bulletin(n).to_string());
        if reply.status != 201 {
            assert_eq!(reply.status, status, "{variable}={nth}, {n}: {reply:?}");
            assert!(text(&reply.json(), "detail").contains("durable"), "{reply:?}");
            refused += 1;
            // Not ready is who cannot admit.
            let ready = server.get("/readyz").json();
            assert_eq!(ready["bulletins"], receipts.len(), "what was refused is not seen");
            receipts.iter().rev().take(3).for_each(|receipt| is_there(&server, receipt));
            let again = server.post("/bulletins", "application/json", bulletin(n).to_string());
            assert_eq!(again.status, 201, "{variable}={nth}: it is as new as before: {again:?}");
            receipts.push(again.json());
        } else {
            receipts.push(reply.json());
        }
    }
    assert_eq!(refused, 1, "{variable}={nth}");
    assert!(!retried.exists(), "{variable}={nth}: a sync that had failed was tried again");
    server.kill();
    place.verify();
    let inside = place.inside();
    assert_eq!(inside.read("/readyz").json()["bulletins"], receipts.len());
    receipts.iter().for_each(|receipt| is_there(&inside, receipt));
}

fn is_there(server: &impl super::served::Ask, receipt: &Value) {
    let digest = text(receipt, "digest").strip_prefix("sha256:").unwrap();
    let content = server.read(&format!("/content/sha256/{digest}"));
    assert_eq!(super::served::sha256(&content.body), digest);
}

#[test]
fn nothing_is_admitted_while_less_than_the_reserve_is_free() {
    let place = Place::new();
    let server = place.serve();
    let first = server.admit(&bulletin(0));
    drop(server);
    let mut command = place.command(&["serve"]);
    command.env("ANNALS_ARCHIVE__RESERVE_BYTES", i64::MAX.to_string());
    let server = Server::start(command);
    let refused = server.post("/bulletins", "application/json", bulletin(1).to_string());
    assert_eq!(refused.status, 507, "{refused:?}");
    assert!(text(&refused.json(), "detail").contains("archive.reserve_bytes"), "{refused:?}");
    is_there(&server, &first);
    // Taking back must be possible whatever the disk is like.
    let id = text(&first, "id");
    assert_eq!(server.command("DELETE", &format!("/bulletins/{id}?reason=in+error")).status, 200);
    let path = place.file("late.json", bulletin(2).to_string());
    let ran = place.run(&["ingest", utf8(&path)]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(format!("{}{}", ran.out, ran.err).contains("archive.reserve_bytes"), "{ran:?}");
    row("less than the reserve is free", 1, "507 that says so; reading and withdrawing went on");
}
