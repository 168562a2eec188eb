//! What comes with bulletins: files inside their documents, dates, ever new names, and the word that an entry is no more.

mod common;

use annals::archive::Outcome;
use annals::catalogue::identity::{ALIASES_MAX, CATEGORIES_MAX};
use annals::catalogue::state::{Carried, State as _};
use annals::digest::Digest;
use annals::intake::{self, Arrival, Attachment, Document, Hints, Tombstone};
use annals::permalink::{Permalinks, Route};
use bytes::Bytes;
use common::{World, long_body};

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
    let owners = world.archive().catalogue().all(Carried::File(Digest::of(PICTURE))).unwrap();
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

#[test]
fn an_original_is_kept_once_whether_it_comes_as_a_document_or_inside_one() {
    for document_first in [true, false] {
        let mut world = World::new();
        let mut ids = Vec::new();
        for as_document in [document_first, !document_first] {
            let (mut document, json) = illustrated("list", if as_document { "7" } else { "8" });
            if as_document {
                document.parts[0].as_mut().unwrap().attachments.clear();
            }
            let original = if as_document { PICTURE } else { json.as_bytes() };
            ids.extend(world.try_offer_read(document, original, None).unwrap().remove(0));
        }
        world.rebuild();
        let digest = Digest::of(PICTURE);
        let kept = world.archive().original(&digest).unwrap().unwrap();
        assert_eq!(kept.bytes.as_slice(), PICTURE, "the document first: {document_first}");
        // As a document it goes with the first of its bulletins, whoever else brought it.
        let as_document = ids[usize::from(!document_first)].id;
        world.withdraw(as_document, "in error").unwrap();
        assert!(world.archive().withdrawn_original(&digest).unwrap().is_some());
    }
}

#[test]
fn a_content_that_two_bulletins_say_is_served_as_long_as_one_of_them_stands() {
    let mut world = World::new();
    let one = world.admit("desk", r#"{"id": "1", "title": "Tides"}"#);
    let two = world.admit("desk", r#"{"id": "2", "title": "High tides"}"#);
    let same = world.admit("desk", r#"{"id": "2", "title": "Tides"}"#);
    assert_eq!((same.outcome, same.id, same.digest), (Outcome::Revised, two.id, one.digest));
    let said_by = |world: &World| {
        let (_, bulletin) = world.archive().content(&one.digest).unwrap().unwrap();
        (bulletin.id, bulletin.withdrawn.is_some())
    };
    assert_eq!(said_by(&world), (one.id, false));
    world.withdraw(one.id, "in error").unwrap();
    assert_eq!(said_by(&world), (two.id, false));
    world.withdraw(two.id, "in error").unwrap();
    assert_eq!(said_by(&world), (one.id, true));
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
    assert_eq!(take_back("estuary", id, Some("again")), [], "it is withdrawn already");
    let (_, bulletin) = world.archive().bulletin(&said.id).unwrap().unwrap();
    assert_eq!(bulletin.withdrawn.as_ref().map(|gone| gone.reason.as_str()), Some("sent in error"));
}

#[test]
fn a_reason_is_a_sentence_and_no_book() {
    let mut world = World::new();
    let id = "tag:estuary.example.org,2020:7";
    let said = world.admit("estuary", &format!(r#"{{"id": "{id}", "title": "Ferries stop"}}"#));
    let long = "in error, ".repeat(10_000);
    let refused = world.withdraw(said.id, &long).unwrap_err().to_string();
    assert!(refused.contains("the reason") && refused.contains("2000 is the most"), "{refused}");
    // Nobody can be told who wrote it into a feed.
    world.try_offer_read(taking_back("estuary", id, Some(&long)), b"a feed", None).unwrap();
    let (_, bulletin) = world.archive().bulletin(&said.id).unwrap().unwrap();
    let reason = &bulletin.withdrawn.as_ref().unwrap().reason;
    assert!(reason.len() <= 2_000 && long.starts_with(reason.as_str()));
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

#[test]
fn a_correction_that_names_no_date_takes_none_back() {
    let mut world = World::new();
    let published = |world: &World, id, number| {
        let (first, bulletin) = world.archive().bulletin(id).unwrap().unwrap();
        let version = world.archive().version(&bulletin, number).unwrap().unwrap();
        let published = world.archive().published(first, &version).unwrap();
        assert_eq!(published.date.year(), bulletin.on.year, "it is shown in the year in which it says it is");
        published.date.to_string()
    };
    let dated = world.admit("desk", r#"{"id": "17", "title": "One", "published": "2017-02"}"#).id;
    world.admit("desk", r#"{"id": "17", "title": "Two"}"#);
    world.admit("desk", r#"{"id": "17", "title": "Three"}"#);
    assert_eq!([1, 2, 3].map(|number| published(&world, &dated, number)), ["2017-02"; 3]);
    let captured = Hints { received: Some("2015-03-02T10:00:00Z".parse().unwrap()), ..Hints::default() };
    let receipts = world.try_offer("desk", r#"{"id": "18", "title": "One"}"#, captured, None).unwrap();
    let undated = receipts[0].as_ref().unwrap().id;
    world.admit("desk", r#"{"id": "18", "title": "Two"}"#);
    assert_eq!([1, 2].map(|number| published(&world, &undated, number)), ["2015-03-02T10:00:00Z"; 2]);
}

#[test]
fn whoever_brings_ever_new_names_and_categories_of_one_bulletin_comes_to_an_end() {
    let mut world = World::new();
    let body = long_body("the tides");
    let say = |id: usize, categories: &[String]| {
        serde_json::json!({"id": id.to_string(), "title": "Tides", "body_text": body, "categories": categories}).to_string()
    };
    let tags = |of: usize| (0..300).map(|n| format!("tag {of} {n}")).collect::<Vec<_>>();
    let id = world.admit("desk", &say(0, &tags(0))).id;
    (1..ALIASES_MAX + 5).for_each(|n| drop(world.admit("desk", &say(n, &[]))));
    let bulletin = |world: &World| world.archive().bulletin(&id).unwrap().unwrap().1;
    assert_eq!(bulletin(&world).aliases.len(), ALIASES_MAX);
    for of in 1..4 {
        world.admit("desk", &say(0, &tags(of)));
    }
    assert_eq!(bulletin(&world).categories.len(), CATEGORIES_MAX);
    let events = world.events();
    for again in [ALIASES_MAX + 4, ALIASES_MAX + 9] {
        let receipt = world.admit("desk", &say(again, &tags(9)));
        assert_eq!((receipt.id, receipt.outcome), (id, Outcome::Duplicate), "it is known by its text");
    }
    assert_eq!(world.events(), events, "and nothing more is written down of it");
}
