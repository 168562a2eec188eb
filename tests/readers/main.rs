//! Readers that people use, and none of ours, subscribe to a running server: everything is there, asking again
//! brings nothing, a correction comes once, and so does a new bulletin.

#[path = "../served/mod.rs"]
mod served;

mod programs;
mod wire;

use std::collections::BTreeMap;

use jiff::Timestamp;
use programs::{PROGRAMS, Program};
use serde_json::Value;
use served::{Ask as _, Place, bulletin, but, text};
use wire::Wire;

/// What a reader shows: how often each title, and the day that it gives it.
type Shown = BTreeMap<String, (usize, String)>;

/// More than a screenful, fewer than a subscription document holds.
const BULLETINS: usize = 24;

/// What the feed says, by title: in its own words, that no XML reader had a part in.
fn truth(server: &served::Server, dated_by: &str) -> BTreeMap<String, String> {
    let feed = server.read("/feeds/all.json").json();
    let item = |item: &Value| (text(item, "title").to_string(), day(text(item, dated_by)));
    feed["items"].as_array().unwrap().iter().map(item).collect()
}

/// The day of a moment in UTC.
fn day(moment: &str) -> String {
    moment.parse::<Timestamp>().unwrap().to_string()[..10].to_string()
}

fn once(shown: &Shown) -> BTreeMap<String, String> {
    shown
        .iter()
        .map(|(title, (times, day))| {
            assert_eq!(*times, 1, "{title} is there more than once");
            (title.clone(), day.clone())
        })
        .collect()
}

/// A reader subscribes to a feed that grows, asks again and again, and is never told anything twice.
fn subscribes(program: &Program) {
    if !program.is_here() {
        return;
    }
    let place = Place::new();
    let server = place.serve();
    (0..BULLETINS).for_each(|n| {
        server.admit(&bulletin(n));
    });
    let wire = Wire::to(server.address);
    let reader = program.subscribe(&place, &wire.url("/feeds/all.atom"));
    let told = |what: &str| {
        (program.poll)(&reader);
        assert!(!wire.taken().is_empty(), "{}: {what}: it asked nothing", program.name);
        (program.shown)(&reader)
    };
    let first = told("the first poll");
    assert_eq!(once(&first), truth(&server, program.dated_by), "{}", program.name);

    (program.poll)(&reader);
    let asked = wire.taken();
    assert!(!asked.is_empty(), "{} asked nothing", program.name);
    for asked in &asked {
        let expected = if asked.validated { 304 } else { 200 };
        assert_eq!(asked.status, expected, "{}: {asked:?}", program.name);
    }
    let validated = asked.iter().any(|asked| asked.validated);
    assert_eq!(validated, program.validates, "{}: {asked:?}", program.name);
    assert_eq!((program.shown)(&reader), first, "{}: the same again is nothing new", program.name);

    // Corrected in title and text: readers that go by either show it.
    let title = "Notice 3 of the harbour, corrected";
    let corrected = but(but(bulletin(3), "title", title), "body_html", "<p>No ferry sails from pier 3.</p>");
    server.admit(&corrected);
    for poll in ["after a correction", "and again"] {
        let mut expected = first.clone();
        (program.corrects)(&mut expected, "Notice 3 of the harbour", title);
        let shown: Vec<(String, usize)> =
            told(poll).into_iter().map(|(title, (times, _))| (title, times)).collect();
        let expected: Vec<(String, usize)> =
            expected.into_iter().map(|(title, (times, _))| (title, times)).collect();
        assert_eq!(shown, expected, "{}: {poll}", program.name);
    }

    server.admit(&bulletin(BULLETINS));
    let new = format!("Notice {BULLETINS} of the harbour");
    for poll in ["after a new bulletin", "and again"] {
        let shown = told(poll);
        let due = truth(&server, program.dated_by)[&new].clone();
        assert_eq!(shown.get(&new), Some(&(1, due)), "{}: {poll}", program.name);
        let expected = first.len() + 1 + usize::from((program.keeps_both)());
        assert_eq!(shown.len(), expected, "{}: {poll}", program.name);
    }
}

#[test]
fn newsboat_shows_everything_once() {
    subscribes(&PROGRAMS[0]);
}

#[test]
fn sfeed_shows_everything_once() {
    subscribes(&PROGRAMS[1]);
}

#[test]
fn rss2email_sends_everything_once() {
    subscribes(&PROGRAMS[2]);
}

#[test]
fn feed2exec_files_everything_once() {
    subscribes(&PROGRAMS[3]);
}

#[test]
fn feedparser_reads_everything_once() {
    subscribes(&PROGRAMS[4]);
}
