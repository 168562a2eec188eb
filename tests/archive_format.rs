//! `docs/archive-format.md` shows what is really written: its examples are made again and compared.

mod common;

use std::io::Read as _;

use annals::catalogue::key::SCHEMA_VERSION;
use annals::catalogue::record::{EventRecord, Record as _};
use annals::catalogue::state::{State as _, encode};
use annals::digest::Digest;
use annals::journal::event::{Action, Event, RULES};
use annals::journal::{Place, record};
use common::World;

const DOCUMENT: &str = include_str!("../docs/archive-format.md");

/// The fenced blocks of the document in one language, in their order.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    DOCUMENT.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().into()).collect()
}

/// Header and block of every record in a segment.
fn records(segment: &[u8]) -> Vec<(String, String)> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < segment.len() {
        let member = &segment[at..at + record::member_lengths(&segment[at..]).unwrap().compressed_bytes];
        let mut plain = String::new();
        flate2::read::GzDecoder::new(member).read_to_string(&mut plain).unwrap();
        let (header, block) = plain.split_once("\r\n\r\n").unwrap();
        records.push((header.replace("\r\n", "\n") + "\n", block.strip_suffix("\r\n\r\n").unwrap().into()));
        at += member.len();
    }
    records
}

/// What the document tells of, admitted as it tells.
fn world() -> World {
    let mut world = World::new();
    let original = blocks("original").remove(0);
    let new = world.admit("desk", original.trim_end());
    world.admit("other", original.trim_end());
    world.withdraw(new.id, "published in error").unwrap();
    world
}

#[test]
fn the_documented_records_are_those_that_are_written() {
    let mut world = world();
    world.close();
    let records = records(&std::fs::read(world.segment(1)).unwrap());
    let headers: Vec<String> = records.iter().map(|(header, _)| header.clone()).collect();
    let shown = blocks("warc");
    // The first four; the others are like them.
    assert_eq!(shown, headers[..4], "{}", headers[..4].join("\n"));
    assert_eq!(blocks("warcinfo")[0], records[0].1.replace("\r\n", "\n"));
    // How well deflate does may change with its library: the offset is not compared, nor the checksum with it.
    let head = std::fs::read_to_string(world.head()).unwrap();
    let shown = blocks("head").remove(0);
    assert_eq!((shown.len(), &shown[..102]), (head.len(), &head[..102]));
    let (fields, checksum) = shown.trim_end().rsplit_once(' ').unwrap();
    assert_eq!(format!("{:08x}", libdeflater::crc32(fields.as_bytes())), checksum);
}

#[test]
fn the_documented_events_are_read_and_written_again_as_the_same_bytes() {
    let mut world = world();
    world.close();
    let written = records(&std::fs::read(world.segment(1)).unwrap());
    let written: Vec<&String> =
        written.iter().map(|(_, block)| block).filter(|it| it.contains("\"seq\"")).collect();
    let shown = blocks("json");
    // The document breaks lines for whoever reads it; canonical JSON has none.
    for (shown, written) in [(&shown[0], written[0]), (&shown[1], written[2])] {
        let value: serde_json::Value = serde_json::from_str(shown).unwrap();
        let canonical = serde_json_canonicalizer::to_string(&value).unwrap();
        assert_eq!(&canonical, written);
        let event = Event::parse(canonical.as_bytes()).unwrap();
        assert_eq!(event.canonical_json(), canonical.as_bytes());
    }
    assert!(DOCUMENT.contains(&format!("`rules`, now {RULES}")));
}

#[test]
fn an_event_of_an_older_journal_says_what_it_says_now() {
    let mut value: serde_json::Value = serde_json::from_str(&blocks("json")[0]).unwrap();
    let now = value.to_string();
    let Action::Admit(now) = Event::parse(now.as_bytes()).unwrap().action else { panic!("it admits") };
    let folded = Digest::of(b"laterferries\ntheeveningferryleavesatnine");
    let admission = &mut value["action"]["admit"];
    admission["authority"] = "news.example.org,2026".into();
    admission["text"]["digest"] = folded.to_string().into();
    let older = value.to_string();
    let Action::Admit(older) = Event::parse(older.as_bytes()).unwrap().action else { panic!("it admits") };
    assert_eq!((older.text.digest, older.text.chars), (now.text.digest, now.text.chars));
    assert_eq!((older.authority.as_deref(), now.authority), (Some("news.example.org,2026"), None));
}

#[test]
fn the_documented_values_of_the_catalogue_are_those_that_are_kept() {
    let world = world();
    let catalogue = world.archive().catalogue();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let shown: Vec<String> =
        blocks("hex").iter().map(|block| block.chars().filter(char::is_ascii_hexdigit).collect()).collect();
    let place = Place { segment: 1, offset: 315, original_bytes: 395, event_bytes: 638 };
    assert_eq!(shown[0], hex(&EventRecord { place, ..catalogue.known_event(1).unwrap() }.kept(1)));
    assert_eq!(shown[1], hex(&encode(catalogue.known_bulletin(1).unwrap().as_ref())));
    assert!(DOCUMENT.contains(&format!("`m/schema` | {SCHEMA_VERSION} ")));
}
