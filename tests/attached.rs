//! What comes with bulletins: files inside their documents, and the word that an entry is no more.

mod common;

use annals::archive::Outcome;
use annals::catalogue::state::State as _;
use annals::digest::Digest;
use annals::intake::{self, Arrival, Attachment, Document, Hints, Tombstone};
use annals::permalink::{Permalinks, Route};
use bytes::Bytes;
use common::World;

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nthe breakwater at low tide";

/// A bulletin with a picture that came inside its document, as an email has it.
fn illustrated(source: &str, id: &str) -> (Document, String) {
    let name = Digest::of(PICTURE).to_ni();
    let json = format!(
        r#"{{"id": "{id}", "title": "Breakwater {id}", "body_html": "<p>It holds. <img src='{name}' alt='At low tide'></p>",
            "enclosures": [{{"url": "{name}", "type": "image/png", "length": {}}}]}}"#,
        PICTURE.len()
    );
    let arrival = Arrival { source: source.into(), ..Arrival::default() };
    let mut document = intake::read(json.as_bytes(), &arrival, &intake::Settings::default()).unwrap();
    let submission = document.parts[0].as_mut().unwrap();
    submission.attachments.push(Attachment::new("image/png", Bytes::from_static(PICTURE)));
    (document, json)
}

#[test]
fn a_picture_that_came_inside_is_kept_under_its_hash_and_shown_from_this_archive() {
    let mut world = World::new();
    let (document, json) = illustrated("list", "7");
    let receipt = world.try_offer_read(document, json.as_bytes(), None).unwrap().remove(0).unwrap();
    let digest = Digest::of(PICTURE);
    for _ in 0..2 {
        let kept = world.archive().original(&digest).unwrap().unwrap();
        assert_eq!((kept.bytes.as_slice(), kept.media_type.as_str()), (PICTURE, "image/png"));
        let (_, bulletin) = world.archive().bulletin(&receipt.id).unwrap().unwrap();
        let version = world.archive().version(&bulletin, 1).unwrap().unwrap();
        assert!(version.content.body.contains(&digest.to_ni()), "content names it alike on every host");
        let links = Permalinks::new("https://news.example.org");
        let mut shown = version.content.clone();
        links.show(&mut shown);
        let place = links.url(&Route::Original(digest));
        assert!(shown.body.contains(&format!("<img src=\"{place}\"")), "{}", shown.body);
        assert_eq!(shown.enclosures[0].url, place);
        world.rebuild();
    }
}

#[test]
fn a_picture_is_kept_once_whoever_sends_it_and_found_as_long_as_one_of_its_bulletins_stands() {
    let mut world = World::new();
    let mut ids = Vec::new();
    for id in ["7", "8", "7"] {
        let (document, json) = illustrated("list", id);
        ids.push(world.try_offer_read(document, json.as_bytes(), None).unwrap().remove(0).unwrap());
    }
    assert_eq!(ids[2].outcome, Outcome::Duplicate);
    let position = world.archive().catalogue().position().unwrap();
    assert_eq!(position.seq, 4, "two bulletins, each with its file, and nothing for what was said again");
    let owners = world.archive().catalogue().events_of_original(&Digest::of(PICTURE)).unwrap();
    assert_eq!(owners.iter().map(|event| event.bulletin).collect::<Vec<_>>(), [1, 3]);
    // It goes with the last of them; a document goes with the first.
    let gone = |world: &World| world.archive().withdrawn_original(&Digest::of(PICTURE)).unwrap().is_some();
    world.withdraw(ids[0].id, "in error").unwrap();
    assert!(!gone(&world));
    world.withdraw(ids[1].id, "in error").unwrap();
    assert!(gone(&world));
    world.restore(ids[0].id).unwrap();
    assert!(!gone(&world));
}

fn taking_back(source: &str, id: &str, reason: Option<&str>) -> Document {
    let tombstone = Tombstone { id: id.into(), reason: reason.map(String::from), when: None };
    Document {
        media_type: "application/atom+xml",
        url: None,
        parts: Vec::new(),
        tombstones: vec![tombstone],
        collection: true,
        source: source.into(),
    }
}

#[test]
fn a_source_takes_back_what_it_said_and_nothing_of_others() {
    let mut world = World::new();
    let id = "tag:estuary.example.org,2020:7";
    let said = world.admit("estuary", &format!(r#"{{"id": "{id}", "title": "Ferries stop"}}"#));
    let mut take_back = |source: &str, id: &str, reason| {
        world.try_offer_read(taking_back(source, id, reason), b"a feed", None).unwrap()
    };
    assert_eq!(take_back("rival", id, None), [], "nobody takes back what another said");
    assert_eq!(take_back("estuary", "tag:estuary.example.org,2020:8", None), [], "it was never here");
    let receipt = take_back("estuary", id, Some("sent in error")).remove(0).unwrap();
    assert_eq!((receipt.outcome, receipt.id), (Outcome::Withdrawn, said.id));
    assert_eq!(take_back("estuary", id, None), [], "it is withdrawn already");
    let (_, bulletin) = world.archive().bulletin(&said.id).unwrap().unwrap();
    assert_eq!(bulletin.withdrawn.as_ref().map(|gone| gone.reason.as_str()), Some("sent in error"));
}

#[test]
fn what_others_say_as_well_and_what_was_brought_back_stands() {
    let mut world = World::new();
    let id = "tag:estuary.example.org,2020:9";
    let json = format!(r#"{{"id": "{id}", "title": "Ferries stop"}}"#);
    let said = world.admit("estuary", &json);
    world.admit("mirror", &json);
    for source in ["mirror", "estuary"] {
        let receipts = world.try_offer_read(taking_back(source, id, None), b"a feed", None).unwrap();
        assert_eq!(receipts, [], "{source} is not the only one who says it");
    }
    let other = "tag:estuary.example.org,2020:10";
    world.admit("estuary", &format!(r#"{{"id": "{other}", "title": "Ferries go"}}"#));
    let again = |world: &mut World| {
        world.try_offer_read(taking_back("estuary", other, None), b"a feed", None).unwrap().len()
    };
    assert_eq!(again(&mut world), 1);
    let (_, bulletin) = world.archive().bulletin(&said.id).unwrap().unwrap();
    assert!(bulletin.withdrawn.is_none());
    let gone = world.admit("estuary", &format!(r#"{{"id": "{other}", "title": "Ferries go"}}"#));
    world.restore(gone.id).unwrap();
    assert_eq!(again(&mut world), 0, "whoever brought it back had seen the tombstone");
}

#[test]
fn a_bulletin_without_a_date_belongs_to_the_year_in_which_it_was_captured() {
    let mut world = World::new();
    let hints = Hints { received: Some("2015-03-02T10:00:00Z".parse().unwrap()), ..Hints::default() };
    let json = r#"{"id": "1", "title": "Undated"}"#;
    let first = world.try_offer("captures", json, hints, None).unwrap().remove(0).unwrap();
    let year = |world: &World| world.archive().bulletin(&first.id).unwrap().unwrap().1.on.year;
    assert_eq!(year(&world), 2015);
    // When it was fetched is no part of what it says.
    let hints = Hints { received: Some("2016-03-02T10:00:00Z".parse().unwrap()), ..Hints::default() };
    let again = world.try_offer("captures", json, hints, None).unwrap().remove(0).unwrap();
    assert_eq!((again.outcome, again.digest), (Outcome::Duplicate, first.digest));
    world.rebuild();
    assert_eq!(year(&world), 2015);
}
