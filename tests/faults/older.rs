//! An archive that an older release wrote: `tests/data/archive/v1` is of 0.1.0, and every release after it opens it.

use std::path::{Path, PathBuf};

use annals::archive::Archive;
use annals::bulletin::BulletinId;
use annals::catalogue::state::State as _;
use annals::digest::Digest;
use annals::intake::{self, Arrival};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::battery::row;
use super::common::{open, settings};
use super::served::text;
use super::tools::copy;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// What is kept of the archive beside its journal: what every later release must still say of it.
fn said(archive: &Archive) -> Value {
    let catalogue = archive.catalogue();
    let position = catalogue.position().unwrap();
    let mut bulletins = Vec::new();
    for number in 1..=position.seq {
        let Some(bulletin) = catalogue.bulletin(number).unwrap() else { continue };
        let versions = (1..=bulletin.versions.len() as u32)
            .map(|n| archive.version(&bulletin, n).unwrap().unwrap())
            .map(|version| json!({"content": version.digest, "original": version.original}));
        bulletins.push(json!({
            "id": bulletin.id,
            "entry_id": bulletin.entry_id,
            "slug": bulletin.slug,
            "withdrawn": bulletin.withdrawn.as_ref().map(|it| it.reason.clone()),
            "versions": versions.collect::<Vec<_>>(),
        }));
    }
    json!({"events": position.seq, "head": position.digest, "bulletins": bulletins})
}

#[test]
fn an_archive_of_an_older_release_opens_and_says_what_it_said() {
    let dir = tempfile::tempdir().unwrap();
    copy(&root().join("tests/data/archive/v1/journal"), &dir.path().join("journal"));
    let expected = std::fs::read(root().join("tests/data/archive/v1/expected.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let archive = open(&settings(dir.path())).unwrap();
    assert_eq!(said(&archive), expected);
    for bulletin in expected["bulletins"].as_array().unwrap() {
        for version in bulletin["versions"].as_array().unwrap() {
            let digest = |kind: &str| -> Digest { text(version, kind).parse().unwrap() };
            let (json, _) = archive.content(&digest("content")).unwrap().unwrap();
            assert_eq!(Digest::of(&json), digest("content"));
            let original = archive.original(&digest("original")).unwrap().unwrap();
            assert_eq!(Digest::of(&original.bytes), digest("original"));
        }
    }
    let events = expected["events"].as_u64().unwrap() as usize;
    row("an archive of release 0.1.0", 1, format!("every id, version and hash of its {events} events"));
}

#[test]
#[ignore = "writes tests/data/archive/v1 anew: only where the first release is not out yet"]
fn write_the_archive_of_this_release() {
    let to = root().join("tests/data/archive/v1");
    assert!(!to.exists(), "it is there: archives of other releases stay as they are");
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings(dir.path());
    settings.segment_bytes_max = 12_000;
    let mut archive = open(&settings).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut clock = 1_600_000_000;
    let mut now = || {
        clock += 60;
        Timestamp::from_second(clock).unwrap()
    };
    let files = [
        ("press", "press-release-1.html"),
        ("press", "press-release-2-corrected.html"),
        ("partner", "press-release-on-partner-site.html"),
        ("notices", "notices.html"),
        ("press", "news-page.fr.html"),
        ("press", "blog-post.es.html"),
        ("office", "listing-bassin.txt"),
        ("office", "article-highlights.txt"),
        ("office", "listado-faros.txt"),
    ];
    let mut ids: Vec<BulletinId> = Vec::new();
    for (source, file) in files {
        let bytes = std::fs::read(root().join("fixtures").join(file)).unwrap();
        let arrival = Arrival { source: source.into(), path: Some(file.into()), ..Arrival::default() };
        let document = intake::read(&bytes, &arrival, &intake::Settings::default()).unwrap();
        let at = now();
        let offer = archive.offer(document, Bytes::from(bytes), at);
        let receipts = runtime.block_on(archive.admit(offer, source, at)).unwrap();
        ids.extend(receipts.into_iter().flatten().map(|receipt| receipt.id));
        // A process for each document, as by hand.
        drop(archive);
        archive = open(&settings).unwrap();
    }
    ids.sort_unstable_by_key(|id| id.to_string());
    ids.dedup();
    for id in &ids[..2] {
        runtime.block_on(archive.withdraw(*id, "it was meant for another harbour", "desk", now())).unwrap();
    }
    runtime.block_on(archive.restore(ids[0], "desk", now())).unwrap();
    let said = said(&archive);
    drop(archive);
    copy(&dir.path().join("journal"), &to.join("journal"));
    std::fs::write(to.join("expected.json"), serde_json::to_string_pretty(&said).unwrap() + "\n").unwrap();
}
