//! Which bulletin a submission is, and whether it says anything new: each rule of the design's *Identity*.

mod common;

use std::io::Cursor;

use annals::archive::{ArchiveError, Outcome, Receipt};
use annals::bulletin::Selection;
use annals::catalogue::state::{Carried, State as _};
use annals::intake::{self, Arrival, Hints, Refusal, container};
use common::{World, long_body};

#[test]
fn an_entrys_id_never_changes_a_correction_is_a_new_version_under_the_same_id() {
    let mut world = World::new();
    let new = world.admit("desk", r#"{"id": "17", "title": "Ferries stop", "body_html": "<p>At noon.</p>"}"#);
    let revised =
        world.admit("desk", r#"{"id": "17", "title": "Ferries go on", "body_html": "<p>At one.</p>"}"#);
    assert_eq!((new.outcome, revised.outcome), (Outcome::New, Outcome::Revised));
    assert_eq!((revised.id, &revised.entry_id), (new.id, &new.entry_id));
    assert_eq!(new.entry_id, format!("tag:news.example.org,2026:{}", new.id));
    assert_eq!(revised.slug, "ferries-stop", "the slug is frozen at first admission");
    assert_eq!((new.version, revised.version), (1, 2));
    assert_ne!(new.digest, revised.digest);
    let (_, bulletin) = world.archive().bulletin(&new.id).unwrap().unwrap();
    let first = world.archive().version(&bulletin, 1).unwrap().unwrap();
    assert_eq!((first.content.title.as_str(), first.digest), ("Ferries stop", new.digest));
    assert_eq!(world.archive().version(&bulletin, 3).unwrap().map(|version| version.number), None);
}

#[test]
fn an_id_that_is_an_iri_becomes_the_entry_id_and_stays_it() {
    let mut world = World::new();
    let id = "https://estuary.example.org/?p=12";
    let new = world.admit("feed", &format!(r#"{{"id": "{id}", "title": "Tides"}}"#));
    assert_eq!(new.entry_id, id);
    // Another source names it by the address alone, and by an id of its own.
    let again =
        world.admit("desk", &format!(r#"{{"id": "tag:desk,2020:1", "url": "{id}", "title": "High tides"}}"#));
    assert_eq!((again.id, again.entry_id.as_str(), again.outcome), (new.id, id, Outcome::Revised));
}

#[test]
fn entries_of_one_source_that_lead_to_one_page_stay_apart() {
    let mut world = World::new();
    let page = "https://estuary.example.org/tides";
    let entry = |id: &str| {
        format!(r#"{{"id": "{id}", "url": "{page}", "title": "Tide {id}", "body_html": "<p>{id}</p>"}}"#)
    };
    let first = world.admit("feed", &entry("g-1"));
    let second = world.admit("feed", &entry("g-2"));
    assert_eq!((second.outcome, second.version), (Outcome::New, 1));
    assert_eq!(second.conflicts, [(format!("url:{page}"), first.id)]);
    assert_eq!(world.admit("feed", &entry("g-2")).outcome, Outcome::Duplicate);
    // Another source, with an id of its own, means the page.
    let other = world.admit("desk", &entry("7"));
    assert_eq!((other.outcome, other.id), (Outcome::Revised, first.id));
}

#[test]
fn entries_of_one_feed_that_say_the_same_under_ids_of_their_own_stay_apart() {
    let mut world = World::new();
    let body = long_body("the weekly drill");
    let item = |id: &str, day: u8| {
        format!(
            r#"{{"id": "{id}", "title": "Drill", "date_published": "2020-03-0{day}T12:00:00Z", "content_html": "<p>{body}</p>"}}"#
        )
    };
    let feed = |items: &[String]| {
        format!(
            r#"{{"version": "https://jsonfeed.org/version/1.1", "title": "Pier", "items": [{}]}}"#,
            items.join(",")
        )
    };
    let ids = |receipts: Vec<Result<Receipt, Refusal>>| {
        receipts.into_iter().map(|receipt| receipt.map(|it| (it.outcome, it.id)).unwrap()).collect::<Vec<_>>()
    };
    let one = ids(world.admit_all("pier", &feed(&[item("1", 1)])));
    // The next is known to be another, whether it says quite the same or has only a date of its own.
    let more = ids(world.admit_all("pier", &feed(&[item("1", 1), item("2", 8), item("3", 1)])));
    assert_eq!(more[0], (Outcome::Duplicate, one[0].1));
    assert_eq!((more[1].0, more[2].0), (Outcome::New, Outcome::New));
    assert!(more[1].1 != more[2].1);
    let events = world.events();
    let again = ids(world.admit_all("pier", &feed(&[item("3", 1), item("2", 8), item("1", 1)])));
    assert!(again.iter().all(|(outcome, _)| *outcome == Outcome::Duplicate), "{again:?}");
    assert_eq!(world.events(), events);
    // A site that gives its entries new ids says nothing new, and nor does another source.
    let moved = ids(world.admit_all("pier", &feed(&[item("new-2", 8)])));
    assert_eq!(moved[0].0, Outcome::Duplicate);
    assert_eq!(ids(world.admit_all("lamp", &feed(&[item("l", 1)])))[0].0, Outcome::Duplicate);
    let state = world.archive().catalogue().state_digest().unwrap();
    world.rebuild();
    assert_eq!(world.archive().catalogue().state_digest().unwrap(), state);
}

#[test]
fn a_number_with_a_colon_before_it_means_something_only_within_its_source() {
    let mut world = World::new();
    let a = world.admit("a", r#"{"id": "article:1", "title": "Ferries"}"#);
    let b = world.admit("b", r#"{"id": "article:1", "title": "Lamps"}"#);
    assert_eq!((b.outcome, a.id == b.id), (Outcome::New, false));
}

#[test]
fn a_to_b_to_a_makes_three_versions() {
    let mut world = World::new();
    let a = r#"{"id": "17", "title": "A", "body_html": "<p>a</p>"}"#;
    let b = r#"{"id": "17", "title": "B", "body_html": "<p>b</p>"}"#;
    let outcomes = [a, b, a].map(|json| world.admit("desk", json));
    assert_eq!(
        outcomes.clone().map(|receipt| receipt.outcome),
        [Outcome::New, Outcome::Revised, Outcome::Revised]
    );
    assert_eq!(outcomes.clone().map(|receipt| receipt.version), [1, 2, 3]);
    assert_eq!(outcomes[0].digest, outcomes[2].digest);
}

#[test]
fn two_sources_that_hold_different_versions_do_not_make_them_flap() {
    let mut world = World::new();
    let says = |title: &str| {
        format!(
            r#"{{"url": "https://estuary.example.org/17", "title": "{title}", "body_html": "<p>{title}.</p>"}}"#
        )
    };
    let first = world.admit("slow", &says("old"));
    assert_eq!(world.admit("fast", &says("new")).outcome, Outcome::Revised);
    let events = world.events();
    for _ in 0..10 {
        for (source, title, version) in [("slow", "old", 1), ("fast", "new", 2)] {
            let receipt = world.admit(source, &says(title));
            assert_eq!((receipt.outcome, receipt.version), (Outcome::Duplicate, version));
        }
    }
    let (_, bulletin) = world.archive().bulletin(&first.id).unwrap().unwrap();
    assert_eq!((bulletin.versions.len(), world.events()), (2, events), "two versions, not twenty");
    assert_eq!(world.admit("slow", &says("new")).outcome, Outcome::Duplicate, "it catches up");
    assert_eq!(world.admit("slow", &says("newest")).outcome, Outcome::Revised);
    assert_eq!(world.admit("fast", &says("new")).outcome, Outcome::Duplicate, "it repeats itself");
}

#[test]
fn the_same_bulletin_arriving_by_two_ways_is_one_bulletin() {
    let mut world = World::new();
    let body = long_body("tides");
    let page = world.admit(
        "crawler",
        &format!(
            r#"{{"url": "https://estuary.example.org/t", "title": "Tides", "body_html": "<p>{body}</p>"}}"#
        ),
    );
    // By mail: another name, another form, the same words.
    let mail = world.admit(
        "mailbox",
        &format!(
            r#"{{"id": "m-1", "title": "TIDES", "body_html": "<p><b>{body}</b></p>", "published": "2020"}}"#
        ),
    );
    assert_eq!((mail.outcome, mail.id), (Outcome::Duplicate, page.id));
    let (_, bulletin) = world.archive().bulletin(&page.id).unwrap().unwrap();
    let aliases: Vec<&str> = bulletin.aliases.iter().map(|alias| alias.0.as_str()).collect();
    assert_eq!(aliases, ["url:https://estuary.example.org/t", "id:mailbox m-1"]);
    assert_eq!(bulletin.versions.len(), 1);
    // From now on the mail's name leads there as well.
    let corrected =
        world.admit("mailbox", r#"{"id": "m-1", "title": "Tides, corrected", "body_html": "<p>Low.</p>"}"#);
    assert_eq!((corrected.outcome, corrected.id), (Outcome::Revised, page.id));
}

#[test]
fn short_texts_that_are_alike_are_two_bulletins() {
    let mut world = World::new();
    let one = world.admit(
        "a",
        r#"{"id": "1", "title": "Closed", "body_html": "<p>Closed today.</p>", "published": "2019"}"#,
    );
    let two = world.admit(
        "b",
        r#"{"id": "1", "title": "Closed", "body_html": "<p>Closed today.</p>", "published": "2020"}"#,
    );
    assert_eq!(two.outcome, Outcome::New);
    assert_ne!(one.id, two.id);
    // The very same content is the same bulletin at any length.
    let three = world.admit(
        "c",
        r#"{"id": "9", "title": "Closed", "body_html": "<p>Closed today.</p>", "published": "2020"}"#,
    );
    assert_eq!((three.outcome, three.id), (Outcome::Duplicate, two.id));
}

#[test]
fn where_aliases_point_to_two_bulletins_the_strongest_wins_and_the_receipt_names_the_conflict() {
    let mut world = World::new();
    let by_id = world.admit("desk", r#"{"id": "17", "title": "One", "body_html": "<p>one</p>"}"#);
    let by_url = world.admit("desk", r#"{"url": "https://estuary.example.org/2", "title": "Two"}"#);
    let both = r#"{"id": "17", "url": "https://estuary.example.org/2", "title": "Both", "body_html": "<p>both</p>"}"#;
    let receipt = world.admit("desk", both);
    assert_eq!((receipt.outcome, receipt.id), (Outcome::Revised, by_id.id));
    assert_eq!(receipt.conflicts, [("url:https://estuary.example.org/2".to_string(), by_url.id)]);
    let (_, other) = world.archive().bulletin(&by_url.id).unwrap().unwrap();
    assert_eq!((other.versions.len(), other.aliases.len()), (1, 1), "nothing is merged");
    let still = world.admit("desk", r#"{"url": "https://estuary.example.org/2", "title": "Two"}"#);
    assert_eq!((still.outcome, still.id), (Outcome::Duplicate, by_url.id));
}

#[test]
fn a_duplicate_attaches_aliases_and_categories_as_an_event_and_not_as_a_version() {
    let mut world = World::new();
    let new = world.admit("desk", r#"{"id": "17", "title": "One", "categories": ["Tides"]}"#);
    let more =
        r#"{"id": "17", "url": "https://estuary.example.org/1", "title": "One", "categories": ["Ferries"]}"#;
    let receipt = world.admit("desk", more);
    assert_eq!((receipt.outcome, receipt.version, world.events()), (Outcome::Duplicate, 1, 2));
    let (_, bulletin) = world.archive().bulletin(&new.id).unwrap().unwrap();
    let terms: Vec<String> = world
        .archive()
        .categories(&bulletin.category_numbers())
        .unwrap()
        .into_iter()
        .map(|category| category.term)
        .collect();
    assert_eq!((terms, bulletin.aliases.len()), (vec!["tides".into(), "ferries".into()], 2));
    let ferries = world.archive().catalogue().selection(&Selection::Category("ferries".into())).unwrap();
    assert_eq!((ferries.events, ferries.bulletins), (1, 1));
    let before = std::fs::metadata(world.segment(1)).unwrap().len();
    for _ in 0..5 {
        assert_eq!(world.admit("desk", more).outcome, Outcome::Duplicate);
    }
    assert_eq!(std::fs::metadata(world.segment(1)).unwrap().len(), before, "what is repeated is not written");
    assert_eq!(world.events(), 2);
}

#[test]
fn an_original_that_came_before_is_kept_once() {
    let mut world = World::new();
    let json = format!(r#"{{"id": "17", "title": "One", "body_html": "<p>{}</p>"}}"#, long_body("one"));
    world.admit("desk", &json);
    let before = std::fs::metadata(world.segment(1)).unwrap().len();
    // Another source: under its own name the same bytes say something new, who knows it.
    let receipt = world.admit("other", &json);
    assert_eq!((receipt.outcome, world.events()), (Outcome::Duplicate, 2));
    assert!(std::fs::metadata(world.segment(1)).unwrap().len() < before * 5 / 2);
    let original = world.archive().original(&annals::digest::Digest::of(json.as_bytes())).unwrap().unwrap();
    assert_eq!((original.bytes, original.media_type.as_str()), (json.into_bytes(), "application/json"));
}

#[test]
fn a_withdrawn_bulletin_stays_withdrawn_until_it_is_restored() {
    let mut world = World::new();
    let json = r#"{"id": "17", "title": "One", "body_html": "<p>one</p>", "categories": ["Tides"]}"#;
    let new = world.admit("desk", json);
    let gone = world.withdraw(new.id, "published in error").unwrap();
    assert_eq!((gone.outcome, gone.id, gone.version), (Outcome::Withdrawn, new.id, 1));
    let events = world.events();
    for again in [json, r#"{"id": "17", "title": "Changed", "categories": ["Other"]}"#] {
        assert_eq!(world.admit("desk", again).outcome, Outcome::Withdrawn);
    }
    assert_eq!(world.revise(new.id, r#"{"title": "By force"}"#).outcome, Outcome::Withdrawn);
    assert_eq!(world.events(), events, "nothing was changed");
    assert!(
        matches!(world.withdraw(new.id, "again"), Err(ArchiveError::AlreadyWithdrawn(id)) if id == new.id)
    );
    let (_, bulletin) = world.archive().bulletin(&new.id).unwrap().unwrap();
    assert_eq!(bulletin.withdrawn.as_ref().unwrap().reason, "published in error");
    let tides = Selection::Category("tides".into());
    assert_eq!(world.archive().catalogue().selection(&tides).unwrap().bulletins, 0);

    assert_eq!(world.restore(new.id).unwrap().outcome, Outcome::Restored);
    assert!(matches!(world.restore(new.id), Err(ArchiveError::NotWithdrawn(_))));
    let (_, restored) = world.archive().bulletin(&new.id).unwrap().unwrap();
    assert!(restored.withdrawn.is_none() && restored.updated > bulletin.updated);
    let state = world.archive().catalogue().selection(&tides).unwrap();
    assert_eq!((state.events, state.bulletins), (3, 1));
    let nobody = "0000000000".parse().unwrap();
    assert!(matches!(world.withdraw(nobody, ""), Err(ArchiveError::NoSuchBulletin(id)) if id == nobody));
}

#[test]
fn whoever_names_a_bulletin_revises_it_even_back_to_what_was_said_before() {
    let mut world = World::new();
    let a = r#"{"id": "17", "title": "A"}"#;
    let new = world.admit("desk", a);
    world.admit("other", r#"{"id": "17", "title": "Not this one"}"#);
    assert_eq!(world.revise(new.id, r#"{"title": "B"}"#).outcome, Outcome::Revised);
    let back = world.revise(new.id, a);
    assert_eq!((back.outcome, back.version, back.digest), (Outcome::Revised, 3, new.digest));
    assert_eq!(world.revise(new.id, a).outcome, Outcome::Duplicate, "it stands so already");
    let nobody = "0000000000".parse().unwrap();
    let refused = world.try_offer("desk", a, Hints::default(), Some(nobody));
    assert!(matches!(refused, Err(ArchiveError::NoSuchBulletin(_))));
}

#[test]
fn a_minor_revision_leaves_updated_as_it_was() {
    let mut world = World::new();
    let new = world.admit("desk", r#"{"id": "17", "title": "Teh tides"}"#);
    let updated = |world: &World| world.archive().bulletin(&new.id).unwrap().unwrap().1.updated;
    let before = updated(&world);
    let minor = Hints { minor: true, ..Hints::default() };
    let receipts = world.try_offer("desk", r#"{"id": "17", "title": "The tides"}"#, minor, None).unwrap();
    assert_eq!(receipts[0].as_ref().unwrap().version, 2);
    assert_eq!(updated(&world), before);
    world.admit("desk", r#"{"id": "17", "title": "The high tides"}"#);
    assert!(updated(&world) > before);
}

#[test]
fn a_bulletin_that_changes_its_year_leaves_the_old_year_and_enters_the_new() {
    let mut world = World::new();
    let dated = |year: &str| {
        format!(r#"{{"id": "17", "title": "One", "published": "{year}-02", "categories": ["Tides"]}}"#)
    };
    world.admit("desk", &dated("2017"));
    world.admit("desk", &dated("2018"));
    let catalogue = world.archive().catalogue();
    let old = [Selection::Year(2017), Selection::CategoryYear("tides".into(), 2017)];
    let new = [Selection::Year(2018), Selection::CategoryYear("tides".into(), 2018)];
    for (selections, gone, bulletins) in [(&old, vec![false, true], 0), (&new, vec![false], 1)] {
        for selection in selections {
            assert_eq!(catalogue.selection(selection).unwrap().bulletins, bulletins, "{selection}");
            let items = catalogue.items(selection, 0..10).unwrap();
            assert_eq!(items.iter().map(|item| item.gone).collect::<Vec<_>>(), gone, "{selection}");
        }
    }
    for selection in [Selection::All, Selection::Category("tides".into())] {
        let state = catalogue.selection(&selection).unwrap();
        assert_eq!((state.events, state.bulletins), (2, 1), "{selection}");
    }
}

#[test]
fn the_parts_of_a_document_share_its_original_and_are_refused_one_by_one() {
    let mut world = World::new();
    let json = r#"[{"title": "One", "body_html": "<p>1</p>"}, {"title": 2}, {"title": "Three", "body_html": "<p>3</p>"}]"#;
    let receipts = world.admit_all("desk", json);
    let made: Vec<_> =
        receipts.iter().map(|receipt| receipt.as_ref().map(|receipt| receipt.outcome).ok()).collect();
    assert_eq!(made, [Some(Outcome::New), None, Some(Outcome::New)]);
    let digest = annals::digest::Digest::of(json.as_bytes());
    let of_original = world.archive().catalogue().all(Carried::Original(digest)).unwrap();
    assert_eq!(of_original.iter().map(|event| event.bulletin).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_folder_that_holds_a_release_and_its_correction_says_nothing_new_when_it_is_read_again() {
    let mut world = World::new();
    let mut read = |path: &str, word: &str| {
        let json = format!(
            r#"{{"url": "https://estuary.example.org/tide", "title": "Tide", "body_html": "<p>High at {word}.</p>"}}"#
        );
        world.admit_file("folder", path, &json).outcome
    };
    let first = [read("1.json", "six"), read("2-corrected.json", "seven")];
    assert_eq!(first, [Outcome::New, Outcome::Revised]);
    for _ in 0..3 {
        let again = [read("1.json", "six"), read("2-corrected.json", "seven")];
        assert_eq!(again, [Outcome::Duplicate, Outcome::Duplicate]);
    }
    assert_eq!(read("1.json", "eight"), Outcome::Revised, "a file that changes says something new");
}

#[test]
fn a_file_that_is_written_over_with_the_next_bulletin_takes_nothing_from_the_one_before() {
    let mut world = World::new();
    let say = |id: u8, word: &str| {
        format!(r#"{{"id": "{id}", "title": "Tide", "body_html": "<p>High at {word}.</p>"}}"#)
    };
    let monday = world.admit_file("folder", "latest.json", &say(1, "six"));
    let tuesday = world.admit_file("folder", "latest.json", &say(2, "seven"));
    assert_eq!(
        (tuesday.outcome, tuesday.conflicts.len()),
        (Outcome::New, 1),
        "the path stays with the first"
    );
    let corrected = world.admit_file("folder", "latest.json", &say(2, "eight"));
    assert_eq!((corrected.outcome, corrected.id), (Outcome::Revised, tuesday.id));
    let (_, bulletin) = world.archive().bulletin(&monday.id).unwrap().unwrap();
    assert_eq!(bulletin.versions.len(), 1);
    // Without an id of its own it is what the file said before, and now says otherwise.
    let nameless = r#"{"title": "Tide", "body_html": "<p>High at nine.</p>"}"#;
    assert_eq!(world.admit_file("folder", "latest.json", nameless).id, monday.id);
}

/// A message of a list, as one of its readers has it.
fn message(footer: &str) -> String {
    format!(
        "From: Ada Weir <ada@harbour.example>\nDate: Thu, 17 Sep 2020 07:15:02 +0000\nSubject: High tide\n\
        Message-ID: <tide-1@harbour.example>\n\nThe tide will stand over the landing at noon. {footer}\n"
    )
}

/// Admits everything in a mailbox, as `annals ingest` does with a folder of them.
fn admit_mailbox(world: &mut World, name: &str, messages: &[String]) -> Vec<Outcome> {
    let begins = "From ada@harbour.example Thu Sep 17 07:15:02 2020\n";
    let mailbox: String = messages.iter().map(|message| format!("{begins}{message}\n")).collect();
    let found = container::find(None, Some(name), mailbox.as_bytes()).unwrap();
    let members = container::unpack(found, Box::new(Cursor::new(mailbox.into_bytes())), 1 << 20);
    let mut outcomes = Vec::new();
    for member in members.map(Result::unwrap) {
        let arrival = Arrival {
            source: "mail".into(),
            media_type: member.media_type,
            path: member.path.map(|path| format!("{name}/{path}")),
            ..Arrival::default()
        };
        let document = intake::read(&member.bytes, &arrival, &intake::Settings::default()).unwrap();
        let receipts = world.try_offer_read(document, &member.bytes, None).unwrap();
        outcomes.extend(receipts.into_iter().map(|receipt| receipt.unwrap().outcome));
    }
    outcomes
}

#[test]
fn copies_of_one_message_that_differ_make_no_versions_when_they_are_read_again() {
    let mut world = World::new();
    let one = [message("Mind the step.")];
    // In the second, two copies: one by the list, one sent to its reader.
    let two = [message("Mind the step, please."), message("You had this from the list of the pier.")];
    admit_mailbox(&mut world, "one.mbox", &one);
    admit_mailbox(&mut world, "two.mbox", &two);
    let events = world.events();
    for _ in 0..3 {
        assert_eq!(admit_mailbox(&mut world, "one.mbox", &one), [Outcome::Duplicate]);
        let again: Vec<String> = two.iter().rev().cloned().collect();
        assert_eq!(admit_mailbox(&mut world, "two.mbox", &again), [Outcome::Duplicate, Outcome::Duplicate]);
    }
    assert_eq!(world.events(), events);
}

#[test]
fn two_sites_on_machines_of_their_own_do_not_meet_at_localhost() {
    let mut world = World::new();
    let post = |title: &str| {
        format!(r#"{{"id": "http://localhost/?p=1", "url": "http://localhost/?p=1", "title": "{title}"}}"#)
    };
    let one = world.admit("pier", &post("Tides"));
    let two = world.admit("lamp", &post("Lamps"));
    assert_eq!((two.outcome, one.id == two.id), (Outcome::New, false));
    let corrected = world.admit("pier", &post("High tides"));
    assert_eq!((corrected.outcome, corrected.id), (Outcome::Revised, one.id));
    assert!(one.entry_id.starts_with("tag:news.example.org,2026:"), "{}", one.entry_id);
}

#[test]
fn a_message_in_a_digest_and_the_same_message_alone_are_one_bulletin() {
    let mut world = World::new();
    let short = |n: u8| {
        format!(
            "From: Ada Weir <ada@harbour.example>\nDate: Thu, 17 Sep 2020 07:15:0{n} +0000\nSubject: Notice {n}\n\
            Message-ID: <notice-{n}@harbour.example>\n\nThe landing is closed today, says the harbour office ({n}).\n"
        )
    };
    let parts: String =
        [1, 2].map(|n| format!("--d\nContent-Type: message/rfc822\n\n{}\n", short(n))).concat();
    let digest = format!(
        "From: Pier <pier@harbour.example>\nDate: Thu, 17 Sep 2020 09:00:00 +0000\nSubject: Pier Digest, Vol 1\n\
        Message-ID: <digest-1@harbour.example>\nMIME-Version: 1.0\nContent-Type: multipart/digest; boundary=d\n\n{parts}--d--\n"
    );
    let mut admit = |source: &str, mail: &str| {
        let arrival = Arrival {
            source: source.into(),
            media_type: Some("message/rfc822".into()),
            ..Arrival::default()
        };
        let document = intake::read(mail.as_bytes(), &arrival, &intake::Settings::default()).unwrap();
        let receipts = world.try_offer_read(document, mail.as_bytes(), None).unwrap();
        receipts.into_iter().map(|receipt| receipt.map(|it| (it.id, it.outcome)).unwrap()).collect::<Vec<_>>()
    };
    let in_digest = admit("pier", &digest);
    assert_eq!(in_digest.len(), 2);
    // The copy of another reader has a line of its own, so that only its name tells.
    let alone = admit("ada", &short(2).replace("closed today", "closed today and tomorrow"));
    assert_eq!(alone, [(in_digest[1].0, Outcome::Revised)]);
}
