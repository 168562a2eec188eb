//! Every format says the same of a feed, as independent readers hear it.

mod samples;

use std::collections::BTreeSet;
use std::path::Path;

use annals::syndication::feed::{Entry, Feed};
use annals::syndication::format::{FORMATS, Format, by_extension, entry_document};
use proptest::prelude::*;
use roxmltree::Document;
use samples::{HOSTILE, feed, hostile};

fn encode(extension: &str, feed: &Feed) -> String {
    let format = by_extension(extension).expect("the format is in the table");
    String::from_utf8((format.encode)(feed)).expect("every format writes UTF-8")
}

/// What is left of a text in XML 1.0 (sections 2.2 and 2.11): written again here, not to trust the encoder.
fn in_xml(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|&c| matches!(c, '\t' | '\n' | ' '..='\u{FFFD}' | '\u{10000}'..)).collect()
}

#[test]
fn golden_files_are_what_is_written() {
    for format in &FORMATS {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/feed").with_extension(format.extension);
        let written = (format.encode)(&feed(format.extension));
        assert_eq!(
            written,
            (format.encode)(&feed(format.extension)),
            "{}: the same feed, the same bytes",
            format.name
        );
        if std::env::var_os("ANNALS_GOLDEN").is_some_and(|mode| mode == "write") {
            std::fs::write(&path, &written).expect("the golden file can be written");
        }
        let golden = std::fs::read(&path).expect("run with ANNALS_GOLDEN=write to make the golden file");
        assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&golden), "{}", format.name);
    }
}

#[test]
fn an_independent_reader_reads_the_same_entries_back_from_every_format() {
    for format in &FORMATS {
        let feed = feed(format.extension);
        let read = feed_rs::parser::parse((format.encode)(&feed).as_slice())
            .unwrap_or_else(|error| panic!("{}: {error}", format.name));
        assert_eq!(read.title.map(|title| title.content).as_deref(), Some(feed.title.as_str()));
        assert_eq!(read.language.as_deref(), Some("en"), "{}", format.name);
        assert_eq!(read.entries.len(), feed.entries.len());
        for (read, entry) in read.entries.iter().zip(&feed.entries) {
            assert_same(format, read, entry);
        }
    }
}

fn assert_same(format: &Format, read: &feed_rs::model::Entry, entry: &Entry) {
    let name = format.name;
    assert_eq!(read.id, entry.id, "{name}");
    assert_eq!(read.title.as_ref().map(|title| title.content.as_str()), Some(entry.title.as_str()), "{name}");
    let [published, updated] = [read.published, read.updated].map(|at| at.map(|at| at.timestamp_millis()));
    assert_eq!(published, Some(entry.published.at.as_millisecond()), "{name}");
    assert_eq!(updated, Some(entry.updated.as_millisecond()), "{name}");
    let body = read.content.as_ref().and_then(|content| content.body.as_deref());
    assert_eq!(body, Some(entry.content.as_str()), "{name}");
    let categories: Vec<_> = read.categories.iter().map(|it| it.label.as_ref().unwrap_or(&it.term)).collect();
    assert_eq!(categories, entry.categories.iter().map(|it| &it.label).collect::<Vec<_>>(), "{name}");
    if let Some(summary) = &entry.summary {
        let read = read.summary.as_ref().map(|summary| summary.content.as_str());
        let spelled = if format.extension == "rss" { summary.replace('<', "&lt;") } else { summary.clone() };
        assert_eq!(read, Some(spelled.as_str()), "{name}");
    }
    for author in &entry.authors {
        assert!(read.authors.iter().any(|it| it.name.as_ref() == Some(&author.name)), "{name}: {author:?}");
    }
    // This reader takes no links from inside RSS items but `link`; the next test looks there.
    let mut addresses: BTreeSet<String> = read.links.iter().map(|link| link.href.clone()).collect();
    let media = read.media.iter().flat_map(|media| &media.content);
    addresses.extend(media.filter_map(|content| content.url.as_ref().map(ToString::to_string)));
    let expected = entry.enclosures.iter().take(if format.extension == "rss" { 1 } else { usize::MAX });
    for url in expected.map(|enclosure| &enclosure.url).chain([&entry.permalink]) {
        assert!(addresses.contains(url), "{name} has no {url} in {addresses:?}");
    }
}

const ATOM: &str = "http://www.w3.org/2005/Atom";
const HISTORY: &str = "http://purl.org/syndication/history/1.0";
const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";

#[test]
fn both_xml_formats_say_what_is_archived_and_what_is_gone() {
    for extension in ["atom", "rss"] {
        let feed = feed(extension);
        let text = encode(extension, &feed);
        let document = Document::parse(&text).unwrap();
        let root =
            document.descendants().find(|it| matches!(it.tag_name().name(), "feed" | "channel")).unwrap();
        assert!(root.children().any(|it| it.has_tag_name((HISTORY, "archive"))));
        let links: Vec<_> = root
            .children()
            .filter(|it| it.has_tag_name((ATOM, "link")))
            .map(|it| (it.attribute("rel").unwrap(), it.attribute("href").unwrap()))
            .collect();
        for link in [
            ("self", Some(&feed.links.this)),
            ("current", feed.links.current.as_ref()),
            ("prev-archive", feed.links.prev_archive.as_ref()),
            ("next-archive", feed.links.next_archive.as_ref()),
        ] {
            assert!(links.contains(&(link.0, link.1.unwrap())), "{extension} has no {link:?}");
        }
        let gone = root.children().find(|it| it.has_tag_name((TOMBSTONES, "deleted-entry"))).unwrap();
        assert_eq!(gone.attribute("ref"), Some(feed.tombstones[0].id.as_str()));
        assert_eq!(gone.attribute("when"), Some("2026-03-01T12:00:00Z"));
        let comment = gone.children().find(|it| it.has_tag_name((TOMBSTONES, "comment"))).unwrap();
        assert_eq!(comment.text(), feed.tombstones[0].comment.as_deref());
    }
}

#[test]
fn an_rss_item_keeps_offset_schemes_source_and_every_enclosure_but_no_mailbox() {
    let text = encode("rss", &feed("rss"));
    let document = Document::parse(&text).unwrap();
    let item = document.descendants().find(|it| it.has_tag_name("item")).unwrap();
    let child = |name: &str| item.children().find(|it| it.has_tag_name(name)).unwrap();
    assert_eq!(child("pubDate").text(), Some("Wed, 4 Apr 2018 09:30:00 +0200"));
    assert_eq!(child("guid").attribute("isPermaLink"), Some("false"));
    assert_eq!(child("category").attribute("domain"), Some("https://news.example.org/category/"));
    assert_eq!(child("enclosure").attribute("length"), Some("120455"));
    let linked = |rel: &str| {
        let mut links = item.children().filter(|it| it.has_tag_name((ATOM, "link")));
        links.find(|it| it.attribute("rel") == Some(rel)).and_then(|it| it.attribute("href"))
    };
    assert_eq!(linked("via"), Some("https://old.example.org/2018/water?lang=en&view=full"));
    assert_eq!(linked("related"), Some("https://news.example.org/sitrep"));
    assert_eq!(linked("enclosure"), Some("https://news.example.org/files/map.png"));
    assert!(!text.contains("ana@example.org"));
    // No summary: the description is how the content begins.
    assert!(text.contains("<description><![CDATA[افتتحت محطتا ضخ جديدتان.]]></description>"), "{text}");
}

#[test]
fn an_entry_alone_is_an_atom_document_that_names_an_author() {
    let feed = feed("atom");
    let written = entry_document(&feed.entries[1], &feed.author, &feed.category_scheme);
    let text = String::from_utf8(written).unwrap();
    let document = Document::parse(&text).unwrap();
    assert!(document.root_element().has_tag_name((ATOM, "entry")));
    let child =
        |name: &str| document.root_element().children().find(|it| it.has_tag_name((ATOM, name))).unwrap();
    assert_eq!(child("id").text(), Some(feed.entries[1].id.as_str()));
    assert_eq!(
        child("author").descendants().find_map(|it| it.text().filter(|it| it.trim() != "")),
        Some("Relief & Works Agency")
    );
}

#[test]
fn the_json_extension_says_what_json_feed_cannot() {
    let json: serde_json::Value = serde_json::from_str(&encode("json", &feed("json"))).unwrap();
    assert_eq!(json["next_url"], feed("json").links.prev_archive.unwrap());
    assert_eq!(json["_annals"]["archive"], true);
    assert_eq!(json["_annals"]["deleted"][0]["id"], feed("json").tombstones[0].id);
    let item = &json["items"][0];
    assert_eq!(item["date_published"], "2018-04-04T09:30:00+02:00");
    assert_eq!(item["_annals"]["categories"][1]["term"], "water-sanitation");
    assert_eq!(item["_annals"]["links"][0]["rel"], "via");
    assert_eq!(json["items"][1]["_annals"]["published_precision"], "month");
    assert_eq!(json["items"][1]["_annals"]["published_basis"], "inferred");
}

/// Parses with a strict reader of XML 1.0 and compares the texts that a feed reader would use.
fn assert_survives(text: &str) {
    let feed = hostile("atom", text);
    let expected = [in_xml(&feed.entries[0].title), in_xml(&feed.entries[0].content)];
    for (extension, names) in [("atom", ["title", "content"]), ("rss", ["title", "encoded"])] {
        let written = encode(extension, &feed);
        let document =
            Document::parse(&written).unwrap_or_else(|error| panic!("{extension}: {error}\n{written}"));
        let entry =
            document.descendants().find(|it| matches!(it.tag_name().name(), "entry" | "item")).unwrap();
        let read = names.map(|name| {
            let element = entry.children().find(|it| it.tag_name().name() == name).unwrap();
            element
                .descendants()
                .filter_map(|it| it.is_text().then(|| it.text()).flatten())
                .collect::<String>()
        });
        assert_eq!(read, expected, "{extension}");
        assert!(!written.contains("javascript:"), "{extension} passes on a link that acts");
    }
    let json: serde_json::Value = serde_json::from_str(&encode("json", &feed)).unwrap();
    assert_eq!(json["items"][0]["title"], feed.entries[0].title);
    assert_eq!(json["items"][0]["content_html"], feed.entries[0].content);
}

#[test]
fn hostile_strings_are_only_strings() {
    HOSTILE.iter().for_each(|text| assert_survives(text));
    assert_survives(&HOSTILE.concat().repeat(2000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_string_is_only_a_string(text in any::<String>()) {
        assert_survives(&text);
    }
}
