//! Which bulletin a submission is, and whether it says anything new: each rule of the design's *Identity*.

mod common;

use annals::archive::{ArchiveError, Outcome};
use annals::bulletin::Selection;
use annals::catalogue::state::State as _;
use annals::intake::Hints;
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
    let of_original = world.archive().catalogue().events_of_original(&digest).unwrap();
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
