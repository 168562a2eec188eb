//! Feeds to write and read back: one as an organisation would publish it, one made of hostile strings.

use annals::bulletin::{Author, Basis, Category, Enclosure, Link};
use annals::digest::Digest;
use annals::syndication::feed::{Entry, Feed, FeedLinks, Moment, Tombstone};
use annals::syndication::format::FORMATS;
use jiff::Timestamp;
use jiff::tz::Offset;

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("the samples' times are written correctly")
}

fn moment(text: &str, hours: i8) -> Moment {
    Moment { at: at(text), offset: Offset::constant(hours) }
}

const BASE: &str = "https://news.example.org";

/// An archive document in the format with this extension: an archive document, because it has
/// everything that a subscription document has, and more.
pub fn feed(extension: &str) -> Feed {
    let selected = format!("{BASE}/feeds/category/press-release");
    let archive = |n: u32, extension: &str| format!("{selected}/archive/{n}.{extension}");
    let others = FORMATS.iter().filter(|format| format.extension != extension);
    Feed {
        id: "tag:news.example.org,2026:category/press-release".into(),
        title: "Relief & Works: Press release".into(),
        subtitle: Some("Everything in the category “Press release”".into()),
        language: "en".into(),
        updated: at("2026-03-02T09:15:00Z"),
        changed: at("2026-03-02T09:15:00Z"),
        author: Author { name: "Relief & Works Agency".into(), url: Some(BASE.into()), email: None },
        links: FeedLinks {
            this: archive(2, extension),
            page: format!("{BASE}/category/press-release"),
            current: Some(format!("{selected}.{extension}")),
            prev_archive: Some(archive(1, extension)),
            next_archive: Some(archive(3, extension)),
            others: others.map(|other| (other.media_type, archive(2, other.extension))).collect(),
        },
        archive: true,
        category_scheme: format!("{BASE}/category/"),
        entries: vec![bulletin(), arabic_bulletin()],
        tombstones: vec![Tombstone {
            id: "tag:news.example.org,2026:8zq0v7m4kd".into(),
            when: at("2026-03-01T12:00:00Z"),
            comment: Some("Published before its embargo <12:00>".into()),
        }],
    }
}

fn bulletin() -> Entry {
    Entry {
        id: "https://old.example.org/?p=1207".into(),
        title: "Water reaches 40,000 people in two districts".into(),
        published: moment("2018-04-04T07:30:00Z", 2),
        published_precision: "instant",
        published_basis: Basis::Stated,
        updated: at("2026-03-02T09:15:00Z"),
        authors: vec![
            Author {
                name: "Ana Lima".into(),
                email: Some("ana@example.org".into()),
                url: Some(format!("{BASE}/people/ana")),
            },
            Author { name: "Field Office".into(), ..Author::default() },
        ],
        categories: vec![category("Press release"), category("Water & Sanitation")],
        language: Some("en".into()),
        summary: Some("Two new pumping stations, at a cost of < 1 M.".into()),
        content: "<p>Two new <b>pumping stations</b> opened &amp; serve 40,000 people.</p>".into(),
        permalink: format!("{BASE}/bulletins/3v9e0k7wqa/water-reaches-40000-people"),
        via: Some("https://old.example.org/2018/water?lang=en&view=full".into()),
        links: vec![Link {
            rel: "related".into(),
            title: Some("Situation report".into()),
            url: format!("{BASE}/sitrep"),
        }],
        enclosures: vec![
            Enclosure {
                url: format!("{BASE}/files/release.pdf"),
                media_type: Some("application/pdf".into()),
                length: Some(120_455),
                title: Some("The release as PDF".into()),
            },
            Enclosure { url: format!("{BASE}/files/map.png"), ..Enclosure::default() },
        ],
        version: 2,
        digest: Digest::of(b"water").to_string(),
    }
}

/// Right to left, with the least that a bulletin can have.
fn arabic_bulletin() -> Entry {
    Entry {
        id: "tag:news.example.org,2026:5m2n8p1xtz".into(),
        title: "المياه تصل إلى 40 ألف شخص".into(),
        published: moment("2017-06-01T00:00:00Z", 0),
        published_precision: "month",
        published_basis: Basis::Inferred,
        updated: at("2026-03-01T08:00:00.25Z"),
        authors: vec![],
        categories: vec![category("Press release")],
        language: Some("ar".into()),
        summary: None,
        content: "<p>افتتحت محطتا ضخ جديدتان.</p>".into(),
        permalink: format!("{BASE}/bulletins/5m2n8p1xtz/bulletin"),
        via: None,
        links: vec![],
        enclosures: vec![],
        version: 1,
        digest: Digest::of(b"arabic").to_string(),
    }
}

fn category(label: &str) -> Category {
    Category::from_label(label).expect("the samples' labels have letters")
}

/// Strings that have broken feeds before.
pub const HOSTILE: [&str; 10] = [
    "]]>",
    "<script>alert(1)</script>",
    "&amp;&lt;&#0;&#x8;&nosuch;",
    "bell \u{7} null \u{0} escape \u{1b} delete \u{7f} next \u{85}",
    "not characters \u{FFFE}\u{FFFF}\u{1FFFE}",
    "👩‍👩‍👧 e\u{301} \u{202e}override\u{202c} שלום",
    "\"quotes' and `ticks` --> <!-- <?xml ?> <![CDATA[",
    "one\r\ntwo\rthree\ttab\u{2028}line",
    "{{template}} %s \\u0000 \\",
    "\u{feff}a mark of byte order",
];

/// The sample with `text` in every place that comes from outside.
pub fn hostile(extension: &str, text: &str) -> Feed {
    let mut feed = feed(extension);
    let text = text.to_string();
    feed.title.push_str(&text);
    feed.subtitle = Some(text.clone());
    feed.author.name.push_str(&text);
    for tombstone in &mut feed.tombstones {
        tombstone.comment = Some(text.clone());
    }
    for entry in &mut feed.entries {
        entry.title = format!("A{text}Z");
        entry.summary = Some(format!("A{text}Z"));
        entry.content = format!("<p>A{text}Z</p>");
        entry.authors =
            vec![Author { name: text.clone(), email: Some(text.clone()), url: Some(text.clone()) }];
        entry.categories = vec![Category { label: format!("A{text}Z"), term: "term".into() }];
        entry.language = Some(text.clone());
        entry.via = Some(format!("https://example.org/{text}"));
        entry.links =
            vec![Link { rel: text.clone(), title: Some(text.clone()), url: format!("javascript:{text}") }];
        entry.enclosures = vec![Enclosure {
            url: format!("https://example.org/?{text}"),
            media_type: Some(text.clone()),
            title: Some(text.clone()),
            length: None,
        }];
    }
    feed
}
