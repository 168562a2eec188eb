//! What drafts and hints come to.

use super::*;
use crate::intake::Hints;

fn arrival(hints: Hints) -> Arrival {
    Arrival { source: "harbour office".into(), path: Some("2018/a.txt".into()), hints, ..Arrival::default() }
}

fn draft(title: &str) -> Draft {
    Draft {
        title: Some(title.into()),
        body: Body::Safe("<p>The ferry is late.</p>".into()),
        ..Draft::default()
    }
}

fn settle_all(drafts: Vec<Draft>, hints: Hints) -> Vec<Result<Submission, Refusal>> {
    let reading = drafts.into_iter().map(Ok).collect::<Vec<_>>().into();
    settle(reading, &arrival(hints), &crate::intake::text::FORMAT, &Rules::default()).unwrap().parts
}

fn settle_one(draft: Draft, hints: Hints) -> Result<Submission, Refusal> {
    settle_all(vec![draft], hints).remove(0)
}

fn aliases(submission: &Submission) -> Vec<String> {
    submission.aliases.iter().map(ToString::to_string).collect()
}

#[test]
fn hints_override_what_was_found() {
    let hints = Hints {
        id: Some("n-17".into()),
        source: Some("news desk".into()),
        categories: vec!["Ferries".into(), "ferries ".into()],
        published: Some("2018-04".parse().unwrap()),
        url: Some("https://estuary.example.org/late?utm_source=x".into()),
        language: Some("EN_gb".into()),
        received: None,
        minor: true,
        ..Hints::default()
    };
    let found = Draft {
        language: Some("fr".into()),
        categories: vec!["Other".into()],
        id: Some("tag:other".into()),
        url: Some("https://other.example.org/".into()),
        ..draft("Late")
    };
    let submission = settle_one(found, hints).unwrap();
    assert_eq!(submission.source, "news-desk");
    assert_eq!(submission.categories, [Category { label: "Ferries".into(), term: "ferries".into() }]);
    assert_eq!(submission.content.published.unwrap().date.to_string(), "2018-04");
    assert_eq!(submission.content.language.as_deref(), Some("en-GB"));
    assert_eq!((submission.entry_id, submission.minor), (None, true));
    let known_as = ["id:news-desk n-17", "url:https://estuary.example.org/late", "path:news-desk 2018/a.txt"];
    assert_eq!(submission.aliases.iter().map(ToString::to_string).collect::<Vec<_>>(), known_as);
}

#[test]
fn an_iri_becomes_the_entry_id_and_an_address_is_an_alias_as_well() {
    let found = Draft { id: Some("https://estuary.example.org/?p=12".into()), ..draft("Late") };
    let submission = settle_one(found, Hints::default()).unwrap();
    assert_eq!(submission.entry_id.as_deref(), Some("https://estuary.example.org/?p=12"));
    assert_eq!(
        aliases(&submission)[..2],
        ["entry:https://estuary.example.org/?p=12", "url:https://estuary.example.org/?p=12"]
    );
}

/// The names of parts within their document, and what else they are known as.
fn names(drafts: Vec<Draft>) -> Vec<Vec<String>> {
    let parts = settle_all(drafts, Hints::default());
    parts.iter().map(|part| aliases(part.as_ref().unwrap())).collect()
}

fn saying(title: &str, words: &str) -> Draft {
    Draft { body: Body::Safe(format!("<p>{words}</p>")), ..draft(title) }
}

fn dated(draft: Draft, date: &str) -> Draft {
    let published = Published { basis: Basis::Stated, date: date.parse().unwrap() };
    Draft { published: Some(published), ..draft }
}

#[test]
fn the_parts_of_a_document_are_told_apart_by_the_slug_of_their_title() {
    let document = "path:harbour-office 2018/a.txt";
    let found: Vec<_> = names(vec![draft("Tides"), draft("Lamps"), draft("…")]).concat();
    assert_eq!(found, ["tides", "lamps", "bulletin"].map(|slug| format!("{document}#{slug}")));
}

#[test]
fn parts_of_one_title_are_known_by_what_is_their_own_wherever_they_stand() {
    let at = |url: &str, draft: Draft| Draft { url: Some(url.into()), ..draft };
    let parts = [
        at("https://estuary.example.org/1", saying("Notice", "At six.")),
        dated(saying("Notice", "At seven."), "2018-04-04"),
        dated(saying("Notice", "At eight."), "2018-04-11"),
        saying("Notice", "At nine."),
    ];
    let before = names(parts.to_vec());
    assert_eq!(before[1], ["path:harbour-office 2018/a.txt#notice-2018-04-04"]);
    let mut more = vec![dated(saying("Notice", "At five."), "2018-04-18"), saying("Notice", "At ten.")];
    more.extend(parts.into_iter().rev());
    let after = names(more);
    assert_eq!(after[2..].iter().rev().cloned().collect::<Vec<_>>(), before, "as they were");
    assert!(after[..2].iter().all(|names| !before.contains(names)), "{after:?}");
    // What is the same in everything has nothing but its number.
    let same = names(vec![draft("Tides"), draft("Tides")]).concat();
    assert!(same[1] == format!("{}-2", same[0]), "{same:?}");
}

#[test]
fn a_message_is_known_by_its_id_alone_and_in_a_digest_and_its_stories_by_their_titles() {
    let of = |id: &str, title: &str| Draft { message_id: Some(id.into()), ..saying(title, title) };
    let alone = names(vec![of("a@harbour", "Tides")]).remove(0);
    let digest = names(vec![of("a@harbour", "Tides"), of("b@harbour", "One"), of("b@harbour", "Two")]);
    let message = |names: &[String]| names.iter().find(|name| name.starts_with("mid:")).cloned().unwrap();
    assert_eq!((message(&alone).as_str(), message(&digest[0]).as_str()), ("mid:a@harbour", "mid:a@harbour"));
    assert_eq!(
        (message(&digest[1]).as_str(), message(&digest[2]).as_str()),
        ("mid:b@harbour#one", "mid:b@harbour#two")
    );
}

#[test]
fn what_leads_elsewhere_from_each_machine_names_nothing_to_other_sources() {
    let found = Draft {
        id: Some("http://localhost/?p=1".into()),
        url: Some("http://192.168.1.5/tides".into()),
        also_at: vec!["http://news.local/?p=1".into()],
        ..draft("Late")
    };
    let submission = settle_one(found, Hints::default()).unwrap();
    assert_eq!(submission.entry_id, None);
    assert_eq!(
        aliases(&submission),
        [
            "id:harbour-office http://localhost/?p=1",
            "url:harbour-office http://192.168.1.5/tides",
            "url:harbour-office http://news.local/?p=1",
            "path:harbour-office 2018/a.txt"
        ]
    );
}

#[test]
fn a_document_that_names_its_own_source_is_never_taken_for_another() {
    let found = Draft { source: Some("Harbour-Office".into()), ..draft("Late") };
    assert_eq!(settle_one(found, Hints::default()).unwrap().source, "list:Harbour-Office");
}

#[test]
fn a_missing_title_is_the_beginning_of_the_text_and_no_text_at_all_is_refused() {
    let long = Body::Safe(format!("<p>{}</p>", "The ferry is late. ".repeat(20)));
    let submission = settle_one(Draft { body: long, ..Draft::default() }, Hints::default()).unwrap();
    assert!(
        submission.content.title.starts_with("The ferry is late.") && submission.content.title.ends_with('…')
    );
    assert!(submission.content.title.len() < 110);
    let refusal = settle_one(Draft::default(), Hints::default()).unwrap_err();
    assert_eq!(refusal.to_string(), "the bulletin: title and body: there is no text in either");
}

#[test]
fn a_hint_that_makes_no_sense_is_refused_by_name() {
    for (hints, name) in [
        (Hints { url: Some("ftp://x".into()), ..Hints::default() }, "url"),
        (Hints { id: Some(" ".into()), ..Hints::default() }, "id"),
        (Hints { source: Some(" ".into()), ..Hints::default() }, "source"),
        (Hints { language: Some("english please".into()), ..Hints::default() }, "language"),
        (Hints { categories: vec!["…".into()], ..Hints::default() }, "category"),
    ] {
        let settled =
            settle(draft("Late").into(), &arrival(hints), &crate::intake::text::FORMAT, &Rules::default());
        let refusal = match settled {
            Err(refusal) => refusal,
            Ok(mut document) => document.parts.remove(0).unwrap_err(),
        };
        assert!(refusal.what.ends_with(name), "{refusal}");
    }
}

#[test]
fn nothing_remains_that_no_feed_can_carry() {
    let found = Draft { body: Body::Safe("<p>a\u{0}b\u{ffff}c\u{8}</p>".into()), ..draft("T\u{1}itle\r\nx") };
    let content = settle_one(found, Hints::default()).unwrap().content;
    assert_eq!((content.title.as_str(), content.body.as_str()), ("Title x", "<p>abc</p>"));
}

#[test]
fn what_comes_behind_so_many_categories_and_names_is_left_out_and_so_many_hints_are_refused() {
    let many = || (0..CATEGORIES_MAX + 5).map(|n| format!("Tag {n}")).collect::<Vec<_>>();
    let also_at = (0..ALIASES_MAX + 5).map(|n| format!("https://harbour.example/{n}")).collect();
    let found = Draft { categories: many(), also_at, id: Some("n-1".into()), ..draft("Late") };
    let submission = settle_one(found, Hints::default()).unwrap();
    assert_eq!((submission.categories.len(), submission.aliases.len()), (CATEGORIES_MAX, ALIASES_MAX));
    assert_eq!(submission.aliases[0].to_string(), "id:harbour-office n-1", "the strongest stay");
    let refused = settle_one(draft("Late"), Hints { categories: many(), ..Hints::default() }).unwrap_err();
    assert!(refused.why.contains("200 is the most"), "{refused}");
}
