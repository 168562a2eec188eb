//! Feeds and exports on their way in: what is read from each sample, what broken ones come to, and what becomes of
//! them in an archive.

mod served;

use std::path::{Path, PathBuf};
use std::time::Duration;

use annals::bulletin::visible_text;
use annals::intake::feed::{Paging, paging};
use annals::intake::{self, Arrival, Document, RefusalKind, Submission};
use proptest::prelude::*;
use serde_json::{Value, json};
use served::{Ask as _, Place, bulletin, but, text, utf8};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/feeds")
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

const SAMPLES: [&str; 14] = [
    "atom-03.atom",
    "atom-10.atom",
    "broken-encoding.rss",
    "broken-markup.rss",
    "empty.rss",
    "export.wxr",
    "json-feed-1.json",
    "json-feed-11.json",
    "podcast.rss",
    "rss-091.xml",
    "rss-092.xml",
    "rss-10.rdf",
    "truncated.rss",
    "wordpress.rss",
];

fn read_as(bytes: &[u8], name: &str) -> Result<Document, intake::Refusal> {
    let arrival = Arrival { source: "desk".into(), path: Some(name.into()), ..Arrival::default() };
    intake::read(bytes, &arrival, &intake::Settings::default())
}

fn read(name: &str) -> Document {
    read_as(&sample(name), name).unwrap()
}

/// The bulletins of a sample, all of them good.
fn submissions(name: &str) -> Vec<Submission> {
    read(name).parts.into_iter().map(Result::unwrap).collect()
}

fn labels(submission: &Submission) -> Vec<&str> {
    submission.categories.iter().map(|category| category.label.as_str()).collect()
}

fn enclosures(submission: &Submission) -> Vec<&str> {
    submission.content.enclosures.iter().map(|enclosure| enclosure.url.as_str()).collect()
}

/// How a bulletin is called, when it was published, and under which names it is known.
fn outline(part: &Result<Submission, intake::Refusal>) -> (String, String, String) {
    match part {
        Ok(submission) => {
            let names: Vec<String> = submission.aliases.iter().map(ToString::to_string).collect();
            let published = submission.content.published.as_ref();
            let published = published.map_or(String::new(), |published| published.date.to_string());
            (submission.content.title.clone(), published, names.join(" "))
        }
        Err(refusal) => (format!("refused: {}", refusal.what), String::new(), refusal.why.clone()),
    }
}

#[test]
fn each_sample_is_read_as_it_was_meant() {
    let seen: Value = SAMPLES
        .iter()
        .map(|name| (name.to_string(), json!(read(name).parts.iter().map(outline).collect::<Vec<_>>())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let path = folder().join("outline.json");
    let written = serde_json::to_string_pretty(&seen).unwrap() + "\n";
    if std::env::var_os("ANNALS_GOLDEN").is_some_and(|mode| mode == "write") {
        std::fs::write(&path, &written).unwrap();
    }
    assert_eq!(written, std::fs::read_to_string(&path).expect("run with ANNALS_GOLDEN=write to make it"));
}

#[test]
fn what_a_feed_says_its_addresses_are_relative_to_holds_where_items_lead_elsewhere() {
    let feed = |place: &str, channel: &str| {
        format!(
            "<rss version='2.0'{place}><channel{channel}><link>https://harbour.example.org/</link><item>\
             <link>https://elsewhere.example.org/a/</link><title>Fog</title>\
             <description>&lt;p&gt;There is &lt;a href='fog.html'&gt;fog&lt;/a&gt; on the pier.&lt;/p&gt;</description>\
             </item></channel></rss>"
        )
    };
    let base = " xml:base='https://files.example.org/b/'";
    for (place, channel, leads_to) in [
        (base, "", "https://files.example.org/b/fog.html"),
        ("", base, "https://files.example.org/b/fog.html"),
        ("", "", "https://elsewhere.example.org/a/fog.html"),
    ] {
        let document = read_as(feed(place, channel).as_bytes(), "a.rss").unwrap();
        let body = &document.parts[0].as_ref().unwrap().content.body;
        assert!(body.contains(&format!("href=\"{leads_to}\"")), "{place}{channel}: {body}");
    }
}

#[test]
fn an_item_of_wordpress_loses_what_its_software_added() {
    let items = submissions("wordpress.rss");
    let body = &items[0].content.body;
    for added in ["appeared first", "Share this", "Twitter", "utm_"] {
        assert!(!body.contains(added), "{added}: {body}");
    }
    assert!(body.contains("href=\"https://harbour.example.org/contact\""), "{body}");
    assert_eq!(items[0].content.summary, None, "it only repeated the text");
    assert_eq!(labels(&items[0]), ["Press release", "Lights & signals"]);
    assert_eq!(enclosures(&items[0]), ["https://harbour.example.org/wp-content/uploads/lamp-1200.jpg"]);
    assert_eq!(
        visible_text(&items[1].content.body),
        "Quay three is closed to traffic from Wednesday. Boats berth at quay four."
    );
}

#[test]
fn broken_markup_and_encodings_are_read_for_what_they_say() {
    let items = submissions("broken-markup.rss");
    assert_eq!(
        items[0].content.body,
        "<p>The last ferry leaves at six o’clock.<br>On Sundays there is <b>none.</b></p><p>Bicycles travel free.</p>"
    );
    assert_eq!(items[1].content.body, "<p>Every half hour from <i>June</i>.</p>");
    assert_eq!(items[2].content.body, "It was last seen on the <em>north</em> bank.");
    let item = &submissions("broken-encoding.rss")[0];
    assert_eq!(item.content.body, "<p>La marée haute est à neuf heures.</p>");
}

#[test]
fn atom_says_what_a_text_is_and_what_is_relative_to_what() {
    let entries = submissions("atom-10.atom");
    assert_eq!(
        entries[0].content.body,
        "<p>The south light is dark on <a href=\"https://lights.example.org/news/south-light/days\">two days</a>.</p>\
         <p>Its horn is silent &lt;for now&gt;.<br>Boats keep clear.</p>"
    );
    assert_eq!(
        entries[1].content.body,
        "<p>Five buoys were moved.</p><p>They are where a &lt; b on the chart.</p>"
    );
    assert_eq!(enclosures(&entries[2]), ["https://lights.example.org/news/chart.png"]);
    let authors = entries.iter().map(|entry| entry.content.authors[0].name.as_str()).collect::<Vec<_>>();
    assert_eq!(authors, ["Lights Service", "Mira Sand", "Chart Room"], "of the feed, its own, of its source");
    assert_eq!(labels(&entries[0]), ["Maintenance", "horns"]);
    let via = &entries[0].content.links[0];
    assert_eq!((via.rel.as_str(), via.url.as_str()), ("via", "https://coast.example.org/7"));
    let gone = read("atom-10.atom").tombstones;
    assert_eq!(gone.len(), 1, "what names no entry takes none back");
    assert_eq!(
        (gone[0].id.as_str(), gone[0].reason.as_deref()),
        ("tag:lights.example.org,2019:4", Some("Sent in error"))
    );
}

#[test]
fn of_an_export_only_what_was_published_is_taken_in() {
    let document = read("export.wxr");
    let whys: Vec<String> =
        document.parts.iter().filter_map(|part| part.as_ref().err()).map(ToString::to_string).collect();
    for (title, why) in [
        ("Half a thought", "is a draft"),
        ("For the board only", "is private"),
        ("For members", "protected by a password"),
        ("Next month", "scheduled"),
        ("To be read again", "pending review"),
        ("A rope", "of the type `product`"),
    ] {
        assert!(whys.iter().any(|said| said.contains(title) && said.contains(why)), "{title}: {whys:?}");
    }
    assert_eq!(whys.len(), 6, "menus and files are no posts: {whys:?}");
    let posts: Vec<&Submission> = document.parts.iter().flatten().collect();
    let known = |post: &Submission, name: &str| post.aliases.iter().any(|alias| alias.to_string() == name);
    assert!(
        known(posts[0], "url:https://harbour.example.org/2018/06/lamp-replaced/"),
        "{:?}",
        posts[0].aliases
    );
    assert!(
        known(posts[1], "url:https://harbour.example.org/fr/2012/03/barque-2012/"),
        "{:?}",
        posts[1].aliases
    );
    let authors = posts.iter().map(|post| post.content.authors[0].name.as_str()).collect::<Vec<_>>();
    assert_eq!(authors, ["Ada Quay", "Jeanne Lenoir", "Jeanne Lenoir"]);
    let languages: Vec<_> = posts.iter().filter_map(|post| post.content.language.as_deref()).collect();
    assert_eq!(languages, ["en-GB", "fr", "de"]);
    assert_eq!(
        visible_text(&posts[1].content.body),
        "La barque au quai\nLa barque est de retour après l'hiver.\nElle part toutes les heures.\nLes tarifs sont dans le dépliant.\n\
         Adultes : 2 euros\nEnfants : gratuit"
    );
    let files = enclosures(posts[1]);
    assert!(files.iter().any(|url| url.ends_with("horaires.pdf")), "it was added to the post: {files:?}");
    assert!(files.iter().any(|url| url.ends_with("tarifs.pdf")), "its text leads there: {files:?}");
    assert_eq!(
        visible_text(&posts[2].content.body),
        "Der Kran hebt zwölf Tonnen.\nEr steht seit 1911 am Kai [sic]."
    );
}

#[test]
fn a_feed_says_where_its_past_is_and_how_often_to_come() {
    let some = |text: &str| Some(text.to_string());
    for (name, expected) in [
        (
            "atom-10.atom",
            Paging {
                this: some("https://lights.example.org/news/archive/2.atom"),
                current: some("https://lights.example.org/news/feed.atom"),
                prev_archive: some("https://lights.example.org/news/archive/1.atom"),
                hub: some("https://hub.example.org/"),
                generator: some("Lightpress https://lightpress.example.org/"),
                archive: true,
                ..Paging::default()
            },
        ),
        (
            "wordpress.rss",
            Paging {
                this: some("https://harbour.example.org/feed/"),
                page: some("https://harbour.example.org"),
                generator: some("https://wordpress.org/?v=6.1"),
                ttl: Some(Duration::from_secs(3_600)),
                update_period: Some(Duration::from_secs(1_800)),
                ..Paging::default()
            },
        ),
        (
            "rss-10.rdf",
            Paging {
                page: some("https://bassin.example.org/"),
                generator: some("https://spip.example.org/?v=3"),
                update_period: Some(Duration::from_secs(6 * 3_600)),
                ..Paging::default()
            },
        ),
        (
            "json-feed-1.json",
            Paging {
                this: some("https://signals.example.org/feed.json"),
                page: some("https://signals.example.org/"),
                next: some("https://signals.example.org/feed.json?page=2"),
                hub: some("https://hub.example.org/"),
                ..Paging::default()
            },
        ),
    ] {
        assert_eq!(paging(&sample(name), None), expected, "{name}");
    }
    assert_eq!(paging(b"<html><p>Not a feed", None), Paging::default());
}

#[test]
fn a_document_is_told_by_its_bytes_where_its_type_may_mean_several() {
    for (name, media_type, kept_as) in [
        ("atom-10.atom", "application/rss+xml", "application/atom+xml"),
        ("atom-03.atom", "text/xml; charset=utf-8", "application/atom+xml"),
        ("wordpress.rss", "application/atom+xml", "application/rss+xml"),
        ("broken-markup.rss", "text/html", "application/rss+xml"),
        ("export.wxr", "application/xml", "text/xml"),
        ("export.wxr", "application/rss+xml", "text/xml"),
        ("rss-10.rdf", "application/octet-stream", "application/rss+xml"),
        ("json-feed-11.json", "application/json", "application/feed+json"),
        ("lamp.html", "text/html", "text/html"),
    ] {
        let arrival =
            Arrival { source: "desk".into(), media_type: Some(media_type.into()), ..Arrival::default() };
        let document = intake::read(&sample(name), &arrival, &intake::Settings::default()).unwrap();
        assert_eq!(document.media_type, kept_as, "{name} as {media_type}");
    }
    let page = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><p>A page of its own.</p></body></html>";
    assert_eq!(read_as(page.as_bytes(), "page.xml").unwrap().media_type, "application/xhtml+xml");
    for (bytes, name, why) in [
        ("<opml><body/></opml>", "list.xml", "its first element is `opml`"),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><x/></rdf:RDF>",
            "x.rdf",
            "something else",
        ),
        (
            "{\"version\": \"https://jsonfeed.org/version/1\", \"items\": 5}",
            "feed.json",
            "expected a sequence",
        ),
    ] {
        let refusal = read_as(bytes.as_bytes(), name).unwrap_err();
        assert!(refusal.kind == RefusalKind::Unprocessable && refusal.why.contains(why), "{refusal}");
    }
    let bulletin = r#"{"title": "About jsonfeed.org/version/1", "body_text": "\"version\": \"https://jsonfeed.org/version/1\""}"#;
    assert_eq!(read_as(bulletin.as_bytes(), "one.json").unwrap().media_type, "application/json");
}

#[test]
fn json_that_nests_without_end_is_refused() {
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let item = format!(r#"{{"version": "https://jsonfeed.org/version/1.1", "items": [{nested}]}}"#);
    let refusal = read_as(item.as_bytes(), "feed.json").unwrap().parts.remove(0).unwrap_err();
    assert!(refusal.why.contains("recursion limit"), "{refusal}");
    let author =
        format!(r#"{{"version": "https://jsonfeed.org/version/1.1", "items": [], "author": {nested}}}"#);
    let refusal = read_as(author.as_bytes(), "feed.json").unwrap_err();
    assert!(refusal.why.contains("recursion limit"), "{refusal}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_sample_that_is_cut_off_gives_whole_bulletins_or_refusals(
        name in prop::sample::select(&SAMPLES[..]), at in any::<prop::sample::Index>(),
    ) {
        let bytes = sample(name);
        let whole: Vec<_> = read(name).parts.into_iter().flatten().map(|part| part.digest).collect();
        match read_as(&bytes[..at.index(bytes.len())], name) {
            Ok(document) => for part in document.parts {
                match part {
                    Ok(part) => prop_assert!(whole.contains(&part.digest), "{name}: {}", part.content.title),
                    Err(refusal) => prop_assert!(!refusal.why.is_empty()),
                }
            },
            Err(refusal) => prop_assert!(!refusal.why.is_empty()),
        }
    }

    #[test]
    fn a_sample_with_one_byte_changed_gives_bulletins_or_refusals(
        name in prop::sample::select(&SAMPLES[..]), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = sample(name);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let parts = read_as(&bytes, name).map_or_else(|refusal| vec![Err(refusal)], |document| document.parts);
        for refusal in parts.into_iter().filter_map(Result::err) {
            prop_assert!(!refusal.what.is_empty() && !refusal.why.is_empty());
        }
    }
}

fn outcomes(receipts: &[Value]) -> Vec<&str> {
    receipts.iter().map(|receipt| text(receipt, "outcome")).collect()
}

#[test]
fn a_feed_that_is_read_again_says_nothing_new_and_a_changed_item_revises() {
    let place = Place::new();
    let feed = String::from_utf8(sample("wordpress.rss")).unwrap();
    place.file("feed.rss", &feed);
    assert_eq!(outcomes(&place.ingest(&["news"])), ["new", "new"]);
    assert_eq!(outcomes(&place.ingest(&["news"])), ["duplicate", "duplicate"]);
    place.file("feed.rss", feed.replace("eighteen miles", "nineteen miles"));
    let receipts = place.ingest(&["news"]);
    assert_eq!(outcomes(&receipts), ["revised", "duplicate"]);
    assert_eq!(
        (&receipts[0]["version"], text(&receipts[0], "entry_id")),
        (&json!(2), "https://harbour.example.org/?p=412")
    );
}

#[test]
fn items_without_ids_are_not_taken_for_each_other_when_their_titles_are_the_same() {
    let item = |text: &str| {
        format!(
            "<rss><channel><item><title>Notice</title><description>{text}</description></item></channel></rss>"
        )
    };
    let place = Place::new();
    place.file("feed.rss", item("The lock is closed."));
    assert_eq!(outcomes(&place.ingest(&["news"])), ["new"]);
    assert_eq!(outcomes(&place.ingest(&["news"])), ["duplicate"]);
    place.file("feed.rss", item("The lock is open."));
    assert_eq!(outcomes(&place.ingest(&["news"])), ["new"], "another notice, not a correction of the first");
}

#[test]
fn a_release_as_page_item_and_post_of_an_export_is_one_bulletin() {
    let place = Place::new();
    let inside = place.inside();
    let post = |path: &str, media_type: &str, name: &str| {
        let reply = inside.post(path, media_type, sample(name));
        assert!(matches!(reply.status, 200 | 201), "{reply:?}");
        reply.json()
    };
    let page = post("/bulletins?source=crawl&category=Crawled", "text/html", "lamp.html");
    let item = post("/bulletins?source=feed", "application/rss+xml", "wordpress.rss");
    let export = post("/bulletins?source=export", "text/xml", "export.wxr");
    // The page has neither the guid nor the permalink's parameters; the export has another summary.
    assert_eq!((text(&page, "outcome"), text(&item[0], "outcome")), ("new", "duplicate"));
    assert_eq!(text(&export[0], "outcome"), "duplicate");
    let id = text(&page, "id");
    assert!(id == text(&item[0], "id") && id == text(&export[0], "id"));
    let found = inside.read(&format!("/bulletins/{id}.json")).json();
    let labels: Vec<&str> =
        found["categories"].as_array().unwrap().iter().map(|it| text(it, "label")).collect();
    assert_eq!(labels, ["Crawled", "Press release", "Lights & signals"]);
}

#[test]
fn an_empty_feed_is_an_answer_of_nothing() {
    let place = Place::new();
    let file = place.file("feed.rss", sample("empty.rss"));
    assert_eq!(place.ingest(&["news"]), [] as [Value; 0]);
    assert_eq!(place.run(&["extract", utf8(&file)]).code, Some(0));
    let inside = place.inside();
    let reply = inside.post("/bulletins", "application/rss+xml", sample("empty.rss"));
    assert_eq!((reply.status, reply.json()), (200, json!([])));
    let one = inside.admit(&bulletin(1));
    let bearer = format!("Bearer {}", served::TOKEN);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/rss+xml")];
    let reply = inside.ask("PUT", &format!("/bulletins/{}", text(&one, "id")), &headers, sample("empty.rss"));
    assert_eq!(reply.status, 422, "there is nothing to revise it by: {reply:?}");
    drop(inside);
    let server = place.serve();
    assert_eq!(place.ingest(&["news"]), [] as [Value; 0], "through the server as well");
    drop(server);
}

#[test]
fn our_own_feeds_are_read_back_as_what_they_were_made_of() {
    let place = Place::new();
    let inside = place.inside();
    let mut receipts: Vec<Value> = (0..12).map(|n| inside.admit(&bulletin(n))).collect();
    inside.admit(&but(bulletin(3), "title", "Fish & chips <at the pier> & <b>more</b>"));
    inside.admit(&but(bulletin(4), "published", "2016-05"));
    inside.admit(&but(bulletin(5), "body_html", "<div>One <b>word</b></div><figure><figcaption>A caption</figcaption></figure><p><a href=\"https://x.example.org/\">Read more</a></p>"));
    receipts.push(inside.admit(
        &json!({"id": "https://old.example.org/?p=1", "title": "Undated", "body_text": "Of no day."}),
    ));
    inside.command("DELETE", &format!("/bulletins/{}?reason=Sent+in+error", text(&receipts[9], "id")));
    for extension in ["rss", "atom", "json"] {
        let feed = inside.read(&format!("/feeds/all.{extension}")).body;
        let document = read_as(&feed, &format!("all.{extension}")).unwrap();
        assert_eq!(document.parts.len(), 12, "{extension}");
        for part in document.parts {
            let part = part.unwrap();
            let entry_id = part.entry_id.as_deref().unwrap();
            let receipt = receipts.iter().find(|receipt| text(receipt, "entry_id") == entry_id);
            let receipt = receipt.unwrap_or_else(|| panic!("{extension}: {entry_id}"));
            let kept = inside.read(&format!("/bulletins/{}.json", text(receipt, "id"))).json();
            let content = &kept["content"];
            assert_eq!(part.content.title, text(content, "title"), "{extension}");
            assert_eq!(part.content.body, text(content, "body").trim_end(), "{extension}");
            assert_eq!(json!(part.content.published), content["published"], "{extension}: {entry_id}");
            assert_eq!(json!(part.categories), kept["categories"], "{extension}");
        }
        assert_eq!(document.tombstones.len(), 1, "{extension}");
        assert_eq!(document.tombstones[0].id, text(&receipts[9], "entry_id"));
        assert_eq!(document.tombstones[0].reason.as_deref(), Some("Sent in error"));
    }
}

#[test]
fn portraits_of_authors_are_no_files_of_the_entry() {
    let feed = |author: &str, entry: &str| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'><entry><id>tag:a.example,2020:1</id>\
             <title>Tides</title><author><name>Ada</name>{author}</author><content>The quay is shut.</content>{entry}</entry></feed>"
        )
    };
    let thumbnail =
        |url: &str, size: &str| format!("<media:thumbnail url='https://a.example/{url}' {size}/>");
    for (author, entry) in [
        (thumbnail("ada.jpg", ""), String::new()),
        (String::new(), thumbnail("u/1.png", "width='30' height='30'")),
        (String::new(), thumbnail("avatar/ada.jpg", "")),
        (String::new(), "<media:thumbnail url='https://avatars.a.example/u/1?s=30'/>".into()),
    ] {
        let document = read_as(feed(&author, &entry).as_bytes(), "feed.atom").unwrap();
        assert!(enclosures(document.parts[0].as_ref().unwrap()).is_empty(), "{author}{entry}");
    }
    let own = feed(&thumbnail("ada.jpg", ""), &thumbnail("quay.jpg", "width='72' height='72'"));
    let document = read_as(own.as_bytes(), "feed.atom").unwrap();
    assert_eq!(enclosures(document.parts[0].as_ref().unwrap()), ["https://a.example/quay.jpg"]);
}
