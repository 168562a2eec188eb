//! What reads bytes that somebody else wrote, each with what it is begun with and what must be true of its outcome.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use annals::archive::Archive;
use annals::config::Config;
use annals::intake::container::{self, HEAD_BYTES};
use annals::intake::sanitize::sanitize;
use annals::intake::{self, Arrival, Refusal, Settings};
use annals::journal::event::Event;
use annals::journal::record;
use annals::web::{App, Way, handle};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// One reader.
pub struct Target {
    pub name: &'static str,
    /// What it is begun with, from below the project's folder.
    pub seeds: fn(&Path) -> Vec<Vec<u8>>,
    /// What means something to it.
    pub words: &'static [&'static str],
    /// Reads an input: the shape of what came of it. Panics where what must be true is not.
    pub read: fn(&mut World, &[u8]) -> u64,
}

pub const TARGETS: [Target; 8] = [
    Target {
        name: "feed",
        seeds: |root| files(root, &["tests/data/feeds"]),
        words: &[
            "<item>",
            "</item>",
            "<entry>",
            "<link href='",
            "<![CDATA[",
            "]]>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]>",
            "&x;",
            " xmlns='http://www.w3.org/2005/Atom'",
            " xml:base='//a'",
            "&#x10ffff;",
            "<content type='xhtml'><div>",
            "<pubDate>",
            "<guid isPermaLink='true'>",
            "<at:deleted-entry ref='a'>",
            "<?xml version='1.0' encoding='utf-16'?>",
        ],
        read: |_, bytes| document(bytes, "application/rss+xml"),
    },
    Target {
        name: "json",
        seeds: |root| {
            let mut seeds = files(root, &["tests/data/feeds"]);
            seeds.retain(|seed| seed.starts_with(b"{"));
            seeds.push(br#"{"id": "17", "title": "Tides", "body_html": "<p>High.</p>", "published": "2018-04", "categories": ["A"]}"#.to_vec());
            seeds.push(br#"[{"title": "Tides", "body_text": "High.", "authors": [{"name": "Ada"}], "language": "fr"}]"#.to_vec());
            seeds
        },
        words: &[
            "{\"",
            "\":",
            "[[",
            "null",
            "\"items\":[",
            "\"\\ud800\"",
            "\\u0000",
            "1e400",
            "\"date_published\":",
            "\"url\":\"//",
            "\"version\":\"https://jsonfeed.org/version/1.1\"",
            "\"attachments\":[{\"url\":",
        ],
        read: |_, bytes| document(bytes, "application/json"),
    },
    Target {
        name: "email",
        seeds: |root| files(root, &["tests/data/email"]),
        words: &[
            "Content-Type: multipart/mixed; boundary=b\n",
            "--b\n",
            "--b--\n",
            "Content-Transfer-Encoding: base64\n",
            "=?utf-8?B?",
            "=?iso-2022-jp?Q?",
            "?=",
            "Content-Type: message/rfc822\n\n",
            "charset=\"utf-7\"",
            "begin 644 a\n",
            "=\n",
            "\r\n\r\n",
            "Content-Type: text/html\n\n<p>",
            "Date: Thu, 32 Foo 99999 25:61:61 +9999\n",
            "List-ID: <a.b>\n",
            "From: ",
            "---------- Forwarded message ---------\n",
        ],
        read: |_, bytes| document(bytes, "message/rfc822"),
    },
    Target {
        name: "html",
        seeds: |root| {
            let mut seeds = files(root, &["fixtures", "tests/data/feeds"]);
            seeds.retain(|seed| seed.starts_with(b"<!") || seed.starts_with(b"<html"));
            seeds
        },
        words: &[
            "<table><tr><td>",
            "<svg><style>",
            "<math><mi>",
            "</p>",
            "<a href='javascript:x'>",
            "<img src=x onerror=x>",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "<noscript>",
            "<template>",
            "<select>",
            "&lt;",
            "&#x3c;script",
            "<time datetime='",
            "<ul><li>",
            "<script type='application/ld+json'>{\"@type\":\"Article\",\"datePublished\":\"",
            "<title>",
            "<meta charset=",
            "<h1>",
            "\u{202e}",
            "\u{0}",
        ],
        read: |_, bytes| document(bytes, "text/html"),
    },
    Target {
        name: "text",
        seeds: |root| {
            let mut seeds = files(root, &["fixtures", "tests/data/markdown"]);
            seeds.retain(|seed| !seed.starts_with(b"<"));
            seeds
        },
        words: &[
            "\n\n",
            "4 April 2018\n",
            "04/05/06",
            "---\ntitle: a\n---\n",
            "+++\n",
            "{{< highlight >}}",
            "{% raw %}",
            "```\n",
            "> > > ",
            "- - - ",
            "    ",
            "CONTACT:\n",
            "FOR IMMEDIATE RELEASE\n",
            "Share this\n",
            "1. 1. 1. ",
            "###",
            "\r",
            "\u{2028}",
            "https://a.example/",
        ],
        read: |_, bytes| document(bytes, "text/plain") ^ document(bytes, "text/markdown").rotate_left(7),
    },
    Target { name: "warc", seeds: warc_seeds, words: WARC_WORDS, read: |_, bytes| warc(bytes) },
    Target {
        name: "config",
        seeds: |root| files(root, &["config.toml"]),
        words: &[
            "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"http://a.example/\"\n",
            "[[token]]\nname = \"a\"\n",
            "[[rule]]\n",
            "= -1\n",
            "= 18446744073709551615\n",
            "= \"\"\n",
            "[site]\n",
            "timezone = \"Europe/Atlantis\"\n",
            "allow = [\"::1/128\"]\n",
            "title = \"[\"\n",
            "path = \"**/{a,b\"\n",
            "base_url = \"https://a.example/b/\"\n",
        ],
        read: |_, bytes| match Config::parse("config.toml", &String::from_utf8_lossy(bytes), []) {
            Ok(config) => shape(&[config.sources.len(), config.tokens.len()], "ok"),
            Err(error) => {
                let why = error.to_string();
                assert!(why.contains("config.toml"), "{why}");
                shape(&[], why.lines().last().unwrap_or_default())
            }
        },
    },
    Target {
        name: "request",
        seeds: |_| REQUESTS.iter().map(|request| request.as_bytes().to_vec()).collect(),
        words: &[
            "GET ",
            "POST ",
            " HTTP/1.1\r\n",
            "Host: a\r\n",
            "Range: bytes=0-1,3-\r\n",
            "If-None-Match: W/\"a\", *\r\n",
            "Accept-Encoding: br;q=0.0001\r\n",
            "Accept-Datetime: Thu, 31 Feb 9999 25:00:00 GMT\r\n",
            "A-IM: feed\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Content-Length: 1\r\n",
            "/../",
            "%2e%2e",
            "%00",
            "/feeds/all.atom",
            "/history/",
            "?q=",
            "/category/",
            "/year/99999",
            "/archive/18446744073709551615",
            "/content/sha256/",
            "\r\n\r\n",
            "Authorization: Bearer x\r\n",
            "Accept-Language: fr;q=2\r\n",
        ],
        read: |world, bytes| world.request(bytes),
    },
];

/// Every file at and below some places.
fn files(root: &Path, places: &[&str]) -> Vec<Vec<u8>> {
    let mut waiting: Vec<_> = places.iter().map(|place| root.join(place)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries =
                std::fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let mut below: Vec<_> =
                entries.map(|entry| entry.map(|entry| entry.path())).filter_map(Result::ok).collect();
            below.sort();
            waiting.extend(below);
        } else {
            found.push(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        }
    }
    found
}

/// A shape: numbers by their size, words without their numbers.
fn shape(numbers: &[usize], words: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for number in numbers {
        (usize::BITS - number.leading_zeros()).hash(&mut hasher);
    }
    let plain = words.chars().filter(|c| !c.is_ascii_digit()).take(120);
    plain.for_each(|c| c.hash(&mut hasher));
    hasher.finish()
}

fn refused(refusal: &Refusal) -> String {
    assert!(!refusal.what.is_empty() && !refusal.why.is_empty(), "{refusal:?}");
    refusal.why.clone()
}

/// Reads a document of a media type.
fn document(bytes: &[u8], media_type: &str) -> u64 {
    let arrival = Arrival { source: "any".into(), media_type: Some(media_type.into()), ..Arrival::default() };
    let document = match intake::read(bytes, &arrival, &Settings::default()) {
        Ok(document) => document,
        Err(refusal) => return shape(&[], &refused(&refusal)),
    };
    let (mut numbers, mut words) = (vec![document.parts.len(), document.tombstones.len()], String::new());
    for part in document.parts.iter().take(4) {
        match part {
            Err(refusal) => words.push_str(&refused(refusal)),
            Ok(submission) => {
                let content = &submission.content;
                assert!(!content.title.trim().is_empty(), "a title is never empty");
                // Text that intake wrote out itself has line breaks that the gate folds.
                let folded = |html: &str| html.split_whitespace().collect::<String>();
                assert_eq!(
                    folded(&sanitize(&content.body)),
                    folded(&content.body),
                    "what passed the gate passes it as it is"
                );
                let carried = |c: char| !c.is_control() || matches!(c, '\n' | '\t' | '\r');
                assert!(content.body.chars().all(carried), "no feed can carry it: {:?}", content.body);
                numbers.extend([
                    content.body.len(),
                    content.title.len(),
                    content.authors.len(),
                    content.links.len(),
                ]);
                numbers.extend([
                    content.enclosures.len(),
                    submission.aliases.len(),
                    submission.categories.len(),
                ]);
                words.push_str(content.language.as_deref().unwrap_or("-"));
                words.push_str(&format!("{:?}", content.published.as_ref().map(|published| published.basis)));
            }
        }
    }
    shape(&numbers, &words)
}

const WARC_WORDS: &[&str] = &[
    "WARC/1.1\r\n",
    "WARC-Type: response\r\n",
    "WARC-Type: metadata\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 99999999999\r\n",
    "WARC-Block-Digest: sha256:",
    "WARC-Record-ID: <urn:uuid:>\r\n",
    "\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Encoding: gzip\r\n",
    "fffffffffffffffff\r\n",
    "\"seq\":",
    "\"admit\":{",
    "\"withdraw\":{",
];

fn warc_seeds(root: &Path) -> Vec<Vec<u8>> {
    let mut seeds = files(root, &["tests/data/containers"]);
    let at = Timestamp::UNIX_EPOCH;
    let digest = annals::digest::Digest::of(b"tide");
    seeds.push(record::warcinfo(1, 1, digest, at));
    seeds.push(record::resource(b"tide", digest, "text/plain", Some("https://a.example/"), at));
    seeds.push(record::revisit(digest, None, 2, at));
    let event = br#"{"action":{"withdraw":{"id":"g6y6n7bexn","reason":"x"}},"at":"2020-09-13T12:26:43Z","by":"desk","prev":"sha256:0000000000000000000000000000000000000000000000000000000000000000","rules":1,"seq":1}"#;
    seeds.push(record::metadata(event, digest, None, at));
    seeds.push(event.to_vec());
    seeds
}

/// Reads bytes as what the journal has, and as what a crawler wrote.
fn warc(bytes: &[u8]) -> u64 {
    let mut words = String::new();
    let lengths = record::member_lengths(bytes);
    if let Ok(lengths) = lengths
        && let Some(member) = bytes.get(..lengths.compressed_bytes)
    {
        words.push_str(&format!("{:?}", record::check(member, lengths).map_err(|error| error.to_string())));
        match record::decode(member) {
            Ok(record) => words.push_str(&shape(&[record.block().len()], "record").to_string()),
            Err(error) => words.push_str(&error.to_string()),
        }
    }
    if let Ok(event) = Event::parse(bytes) {
        let json = event.canonical_json();
        let again = Event::parse(&json).map(|event| event.canonical_json());
        assert_eq!(again.ok(), Some(json), "an event is read as it was written");
        words.push_str("event");
    }
    let mut members = 0;
    if let Some(found) = container::find(None, None, &bytes[..bytes.len().min(HEAD_BYTES)]) {
        for member in container::unpack(found, Box::new(Cursor::new(bytes.to_vec())), 1 << 20) {
            members += 1;
            match member {
                Ok(member) => words.push_str(member.media_type.as_deref().unwrap_or("-")),
                Err(refusal) => words.push_str(&refused(&refusal)),
            }
        }
    }
    shape(&[members], &words)
}

const REQUESTS: [&str; 10] = [
    "GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n",
    "GET /feeds/all.atom HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"a\"\r\nAccept-Encoding: gzip, br;q=0.5\r\nA-IM: feed\r\n\r\n",
    "HEAD /feeds/category/a/year/2018.rss HTTP/1.0\r\n\r\n",
    "GET /bulletins/0000000000/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /timegate/0000000000 HTTP/1.1\r\nHost: a\r\nAccept-Datetime: Thu, 17 Sep 2020 07:15:02 GMT\r\n\r\n",
    "POST /bulletins?source=a&published=2018 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"title\": \"a b\"}",
    "POST /bulletins HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nTides\r\n0\r\n\r\n",
    "GET /original/sha256/0000000000000000000000000000000000000000000000000000000000000000 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n",
    "GET /search?q=tide HTTP/1.1\r\nHost: a\r\nAccept-Language: fr, en;q=0.3\r\n\r\n",
    "DELETE /bulletins/0000000000?reason=x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n",
];

/// What a target keeps between two inputs.
#[derive(Default)]
pub struct World {
    served: Option<Served>,
}

struct Served {
    app: Arc<App>,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl World {
    /// Sends bytes as a connection brings them: the shape of what is answered.
    fn request(&mut self, bytes: &[u8]) -> u64 {
        let served = self.served.get_or_insert_with(Served::new);
        let app = served.app.clone();
        let answer = served.runtime.block_on(async move {
            let (mut client, server) = tokio::io::duplex(64 << 10);
            let service = service_fn(move |request| handle(app.clone(), Way::Network, request));
            let serving = tokio::spawn(async move {
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(server), service)
                    .await
                    .is_ok()
            });
            let bytes = bytes.to_vec();
            let talking = async move {
                // Whoever is refused is not listened to any more.
                let _ = client.write_all(&bytes).await;
                let _ = client.shutdown().await;
                let mut answer = Vec::new();
                let _ = client.read_to_end(&mut answer).await;
                answer
            };
            let answer =
                tokio::time::timeout(Duration::from_secs(10), talking).await.expect("it is answered");
            let _ = serving.await.expect("answering does not panic");
            answer
        });
        let text = String::from_utf8_lossy(&answer);
        let heads = text.split("\r\n\r\n").filter(|head| head.starts_with("HTTP/1."));
        let statuses: String = heads.filter_map(|head| head.get(9..12)).collect();
        assert!(!statuses.contains("500"), "it is the server's fault: {text}");
        let mut hasher = DefaultHasher::new();
        statuses.hash(&mut hasher);
        hasher.finish() ^ shape(&[answer.len()], "")
    }
}

impl Served {
    fn new() -> Served {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let mut config = Config::load(None, []).expect("the defaults are well");
        config.archive.path = folder.path().into();
        let archive = Arc::new(Archive::open(&config.archive, &|_, _| ()).expect("an archive is made"));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime is made");
        let json = br#"{"id": "17", "title": "Tides", "body_html": "<p>High.</p>", "published": "2018-04", "categories": ["A"]}"#;
        let arrival = Arrival {
            source: "any".into(),
            media_type: Some("application/json".into()),
            ..Arrival::default()
        };
        let document = intake::read(json, &arrival, &config.intake).expect("it is a bulletin");
        let now = Timestamp::UNIX_EPOCH;
        let offer = archive.offer(document, json[..].into(), now);
        runtime
            .block_on(archive.admit(offer, &annals::archive::By::from("fuzz"), now))
            .expect("it is admitted");
        let app = Arc::new(App::new(archive, config, || Timestamp::UNIX_EPOCH));
        Served { app, runtime, _folder: folder }
    }
}
