//! The field's most patient reader of feeds, and ours: the same entries from every sample.

mod common;

use std::path::Path;
use std::process::Command;

use annals::bulletin::{PartialDate, normalise_url};
use annals::intake::{self, Arrival};
use jiff::Timestamp;
use serde_json::Value;

/// Prints what feedparser makes of the file that it is given, as JSON.
const READER: &str = r#"
import calendar, feedparser, html, json, re, sys
feed = feedparser.parse(open(sys.argv[1], "rb").read())
plain = lambda text: text and " ".join(html.unescape(re.sub("<[^>]+>", "", text)).split())
print(json.dumps([{
    "title": plain(entry.get("title")),
    "id": entry.get("id"),
    "link": entry.get("link"),
    "date": (lambda at: at and calendar.timegm(at))(entry.get("published_parsed") or entry.get("updated_parsed")),
} for entry in feed.entries]))
"#;

/// Where the field's most patient reader sees less, and what of it: reading more than it does is no fault.
const SEES_LESS: [(&str, usize, &str); 3] = [
    // It takes `&copy=1` of an address for a sign.
    ("broken-markup.rss", 0, "link"),
    // An item whose end tags are missing is lost to it.
    ("broken-markup.rss", 1, "all"),
    // The address that a feed's service put in the place of the item's own.
    ("podcast.rss", 0, "link"),
];

#[test]
fn feedparser_reads_the_same_entries_from_every_sample() {
    let Some(python) = common::python_with("feedparser") else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/feeds");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if ![".rss", ".rdf", ".xml", ".atom"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        seen += 1;
        let output = Command::new(&python).args(["-c", READER]).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let theirs: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let arrival = Arrival { source: "desk".into(), path: Some(name.into()), ..Arrival::default() };
        let bytes = std::fs::read(&path).unwrap();
        let ours = intake::read(&bytes, &arrival, &intake::Settings::default()).unwrap().parts;
        assert_eq!(theirs.len(), ours.len(), "{name}");
        for (at, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
            let less = |field: &str| SEES_LESS.contains(&(name, at, field));
            // An item that was cut off is refused here.
            let Ok(ours) = ours else { continue };
            if less("all") {
                continue;
            }
            if let Some(title) = theirs["title"].as_str() {
                assert_eq!(title, ours.content.title, "{name} {at}");
            }
            let known = |name: &str| {
                ours.aliases.iter().any(|alias| alias.name == name || alias.name == format!("desk {name}"))
            };
            if let Some(id) = theirs["id"].as_str() {
                assert!(known(id), "{name} {at}: {id} in {:?}", ours.aliases);
            }
            if let Some(link) =
                theirs["link"].as_str().filter(|link| link.starts_with("http") && !less("link"))
            {
                let link = normalise_url(link).unwrap();
                assert!(known(&link), "{name} {at}: {link} in {:?}", ours.aliases);
            }
            if let Some(second) = theirs["date"].as_i64() {
                let published = ours.content.published.unwrap_or_else(|| panic!("{name} {at}: no date"));
                let day = Timestamp::from_second(second).unwrap().to_string();
                let same = match published.date {
                    PartialDate::Instant(at, _) => at.as_second() == second,
                    date => day.starts_with(&date.to_string()),
                };
                assert!(same, "{name} {at}: {day} or {}", published.date);
            }
        }
    }
    assert!(seen > 10, "only {seen} samples were found");
}
