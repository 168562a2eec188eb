//! An archivist's own tools read the journal as it lies there.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use annals::digest::Digest;
use common::{World, long_body, python_with};
use serde_json::Value;

/// The `warcio` command of the Python that has it.
fn warcio(python: &Path, arguments: &[&str], file: &Path) -> String {
    let run = "import sys; from warcio.cli import main; sys.exit(main(sys.argv[1:]))";
    let output = Command::new(python).args(["-c", run]).args(arguments).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}: {said}{}", file.display(), String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn warcio_finds_every_digest_right_and_every_original_under_its_address() {
    let Some(python) = python_with("warcio") else { return };
    let mut world = World::new();
    world.settings.segment_bytes_max = 4_000;
    world.reopen().unwrap();
    let mut originals = Vec::new();
    for n in 0..8 {
        // An address with what is odd in one; none at all; and again what is there already.
        let url = match n % 3 {
            0 => format!(r#""url": "https://Estuary.example.org:443/é/{n} a?utm_source=x&q=1#top","#),
            1 => format!(r#""url": "https://estuary.example.org/{n}","#),
            _ => String::new(),
        };
        let body = long_body(&format!("bulletin {n}, “quoted”"));
        let json = format!(r#"{{{url} "id": "{n}", "title": "Bulletin {n}", "body_html": "<p>{body}</p>"}}"#);
        let receipt = world.admit("desk", &json);
        world.admit("other", &json);
        let target = match n % 3 {
            0 => format!("https://estuary.example.org/%C3%A9/{n}%20a?q=1"),
            1 => format!("https://estuary.example.org/{n}"),
            _ => format!("ni:///sha-256;{}", Digest::of(json.as_bytes()).base64url()),
        };
        originals.push((target, Digest::of(json.as_bytes()).to_string()));
        if n == 5 {
            world.withdraw(receipt.id, "in error").unwrap();
        }
    }
    let events = world.events() as usize;
    world.close();

    let mut records = Vec::new();
    let mut segments = 0;
    while fs::exists(world.segment(segments + 1)).unwrap() {
        segments += 1;
        let path = world.segment(segments);
        let checked = warcio(&python, &["check", "-v"], &path);
        assert!(!checked.contains("failed") && checked.contains("digest pass"), "{checked}");
        let fields = "warc-type,warc-target-uri,warc-block-digest,warc-record-id,warc-refers-to,content-type";
        let index = warcio(&python, &["index", "-f", fields], &path);
        records.extend(index.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    assert!(segments > 2, "{segments} segments");
    let of_type =
        |name: &str| records.iter().filter(|it| it["warc-type"] == name).cloned().collect::<Vec<_>>();
    let listed: Vec<_> = of_type("resource")
        .iter()
        .map(|it| (text(&it["warc-target-uri"]), text(&it["warc-block-digest"])))
        .collect();
    assert_eq!(listed, originals);
    assert_eq!((of_type("warcinfo").len(), of_type("metadata").len()), (segments as usize, events));
    assert!(of_type("resource").iter().all(|it| it["content-type"] == "application/json"));
    // What came again points to where it is.
    let ids: Vec<_> = of_type("resource").iter().map(|it| text(&it["warc-record-id"])).collect();
    let again: Vec<_> = of_type("revisit").iter().map(|it| text(&it["warc-refers-to"])).collect();
    assert_eq!(again, ids);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().into()
}
