//! Documents that are made to cost far more than their bytes: each is refused by name, or read within bounds.
#![allow(dead_code, reason = "the test and the benchmark use a part each")]

use std::io::{Cursor, Write as _};
use std::time::Duration;

use annals::intake::container::{self, HEAD_BYTES};
use annals::intake::rules::{Pattern, Rule, Rules};
use annals::intake::{self, Arrival, Refusal, Settings};

pub struct Bomb {
    pub name: &'static str,
    /// As what it comes: a media type, or the name of a file.
    comes_as: As,
    make: fn() -> Vec<u8>,
    /// What its refusal says; none where it is read.
    pub refused: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum As {
    Type(&'static str),
    File(&'static str),
}

const RSS: As = As::Type("application/rss+xml");
const ATOM: As = As::Type("application/atom+xml");
const JSON: As = As::Type("application/json");
const FEED: As = As::Type("application/feed+json");
const TEXT: As = As::Type("text/plain");

pub const BOMBS: &[Bomb] = &[
    bomb("entities made of entities", RSS, laughs, Some("made of others")),
    bomb(
        "one long entity, often",
        RSS,
        || doctype(&"x".repeat(1_000), &"&x;".repeat(100_000)),
        Some("stand for more"),
    ),
    bomb(
        "an entity that lies elsewhere",
        RSS,
        || b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hosts'>]><rss>&x;</rss>".to_vec(),
        Some("lies elsewhere"),
    ),
    bomb(
        "80,000 attributes",
        RSS,
        || numbered("<rss ", 80_000, |n| format!("b{n}='' "), ">"),
        Some("attributes"),
    ),
    bomb(
        "100,000 namespaces",
        RSS,
        || numbered("<rss ", 100_000, |n| format!("xmlns:b{n}='urn:x' "), ">"),
        Some("namespaces"),
    ),
    bomb(
        "namespaces within namespaces",
        RSS,
        || numbered("<rss>", 100_000, |n| format!("<a xmlns:b{n}='urn:x'>"), ""),
        Some("deep"),
    ),
    bomb("elements 100,000 deep", RSS, || repeated("<rss>", "<a>", 100_000, ""), Some("deep")),
    bomb(
        "XHTML 100,000 deep",
        ATOM,
        || {
            repeated(
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>",
                "<div>",
                100_000,
                "",
            )
        },
        Some("deep"),
    ),
    bomb(
        "a million elements and one",
        RSS,
        || repeated("<rss>", "<a/>", 1_000_001, "</rss>"),
        Some("elements"),
    ),
    bomb(
        "names without end",
        RSS,
        || numbered("<rss>", 10_001, |n| format!("<a{n}/>"), "</rss>"),
        Some("names"),
    ),
    bomb(
        "references that stand for nothing",
        RSS,
        || {
            repeated(
                "<rss><channel><item><title>a</title><description>",
                "&",
                500_000,
                "</description></item></channel></rss>",
            )
        },
        None,
    ),
    bomb(
        "angle brackets",
        RSS,
        || {
            repeated(
                "<rss><channel><item><title>Tides</title><description>a",
                "<",
                500_000,
                "</description></item></channel></rss>",
            )
        },
        None,
    ),
    bomb(
        "sections that never end",
        RSS,
        || repeated("<rss><channel><item><title>Tides</title>", "<![CDATA[", 100_000, ""),
        Some("cut off"),
    ),
    bomb(
        "escaped markup 100,000 deep",
        RSS,
        || {
            repeated(
                "<rss><channel><item><title>Tides</title><description>High. ",
                "&lt;div&gt;",
                100_000,
                "</description></item></channel></rss>",
            )
        },
        None,
    ),
    bomb(
        "a date of digits",
        RSS,
        || {
            repeated(
                "<rss><channel><item><title>Tides</title><pubDate>",
                "1",
                500_000,
                "</pubDate></item></channel></rss>",
            )
        },
        None,
    ),
    bomb(
        "a date of weekdays",
        RSS,
        || {
            repeated(
                "<rss><channel><item><title>Tides</title><pubDate>",
                "Thu, ",
                100_000,
                "</pubDate></item></channel></rss>",
            )
        },
        None,
    ),
    bomb("arrays 100,000 deep", JSON, || repeated("", "[", 100_000, ""), Some("EOF while parsing")),
    bomb("objects 100,000 deep", JSON, || repeated("", "{\"id\":", 100_000, ""), Some("expected a string")),
    bomb(
        "objects in a feed 100,000 deep",
        FEED,
        || {
            repeated(
                "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"a\",\"_x\":",
                "{\"a\":",
                100_000,
                "",
            )
        },
        Some("EOF while parsing"),
    ),
    bomb(
        "a title of five megabytes",
        JSON,
        || repeated("{\"title\": \"", "tide ", 1_000_000, "\"}"),
        Some("is the most"),
    ),
    bomb("dates in a text", TEXT, || repeated("Tides\n\n", "4/5/2018 ", 50_000, "\n"), None),
    bomb("half dates in a text", TEXT, || repeated("Tides\n\n", "4 April ", 60_000, "\n"), None),
    bomb(
        "lines without words",
        TEXT,
        || repeated("Tides\n\nHigh at noon, low at six.\n", "- \n> \n", 100_000, ""),
        None,
    ),
    bomb("a title that patterns stumble over", JSON, || repeated("{\"title\": \"", "a", 1_900, "!\"}"), None),
    bomb(
        "gzip 1,000 to 1",
        As::File("a.html.gz"),
        || gzip(&vec![b' '; 50 << 20]),
        Some("200 times its size"),
    ),
    bomb("gzip in gzip in gzip", As::File("a.gz"), || gzip(&gzip(&gzip(&vec![0; 20 << 20]))), Some("2 deep")),
    bomb("brotli in a capture", As::File("a.warc"), || capture("br", &brotli(50 << 20)), Some("more than")),
    bomb(
        "zstd in a capture",
        As::File("a.warc"),
        || capture("zstd", &zstd::encode_all(&vec![0; 50 << 20][..], 3).unwrap_or_default()),
        Some("more than"),
    ),
    bomb(
        "gzip in a capture",
        As::File("a.warc"),
        || capture("gzip", &gzip(&vec![0; 50 << 20])),
        Some("more than"),
    ),
    bomb("a zip file 1,000 to 1", As::File("a.zip"), || zipped(&[("a.txt", 50 << 20)]), Some("more than")),
    bomb(
        "a zip file of many",
        As::File("a.zip"),
        || zipped(&NAMES.map(|name| (name, 15 << 20))),
        Some("200 times its size"),
    ),
    bomb(
        "a zip file that leads out",
        As::File("a.zip"),
        || zipped(&[("../../etc/cron.d/a", 10)]),
        Some("leads out of the archive"),
    ),
    bomb(
        "zip in zip in zip",
        As::File("a.zip"),
        || within("a.zip", &within("a.zip", &within("a.txt", b"Tides"))),
        Some("2 deep"),
    ),
];

const NAMES: [&str; 8] = ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt", "g.txt", "h.txt"];

const fn bomb(
    name: &'static str,
    comes_as: As,
    make: fn() -> Vec<u8>,
    refused: Option<&'static str>,
) -> Bomb {
    Bomb { name, comes_as, make, refused }
}

impl Bomb {
    pub fn bytes(&self) -> Vec<u8> {
        (self.make)()
    }

    /// Reads it as it comes: what is refused of it, and how much is read.
    pub fn read(&self, bytes: Vec<u8>) -> (Vec<Refusal>, usize) {
        match self.comes_as {
            As::Type(media_type) => read(&bytes, Some(media_type), None),
            As::File(name) => {
                let head = &bytes[..bytes.len().min(HEAD_BYTES)];
                let found = container::find(None, Some(name), head).expect("it is a container");
                let (mut refused, mut read_of_it) = (Vec::new(), 0);
                for member in container::unpack(found, Box::new(Cursor::new(bytes)), settings().bytes_max) {
                    match member {
                        Ok(member) => {
                            let (refusals, parts) =
                                read(&member.bytes, member.media_type.as_deref(), member.path);
                            refused.extend(refusals);
                            read_of_it += parts;
                        }
                        Err(refusal) => refused.push(refusal),
                    }
                }
                (refused, read_of_it)
            }
        }
    }
}

/// With patterns that backtrack without end where they are matched naively.
fn settings() -> Settings {
    let pattern = |pattern: Result<Pattern, String>| Some(pattern.expect("it compiles"));
    let regex =
        Rule { title: pattern(Pattern::regex("(a+)+$")), categories: vec!["A".into()], ..Rule::default() };
    let glob = Rule { title: pattern(Pattern::glob("*a*a*a*a*a*a*a*a*b")), ..Rule::default() };
    Settings {
        rules: Rules::new(vec![regex, glob]),
        timeout: Duration::from_secs(600),
        ..Settings::default()
    }
}

fn read(bytes: &[u8], media_type: Option<&str>, path: Option<String>) -> (Vec<Refusal>, usize) {
    let media_type = media_type.map(String::from);
    let arrival = Arrival { source: "bombs".into(), media_type, path, ..Arrival::default() };
    match intake::read(bytes, &arrival, &settings()) {
        Ok(document) => {
            let (parts, refused): (Vec<_>, Vec<_>) = document.parts.into_iter().partition(Result::is_ok);
            (refused.into_iter().filter_map(Result::err).collect(), parts.len())
        }
        Err(refusal) => (vec![refusal], 0),
    }
}

fn repeated(before: &str, piece: &str, times: usize, after: &str) -> Vec<u8> {
    [before, &piece.repeat(times), after].concat().into_bytes()
}

fn numbered(before: &str, times: usize, piece: fn(usize) -> String, after: &str) -> Vec<u8> {
    let pieces: String = (0..times).map(piece).collect();
    [before, &pieces, after].concat().into_bytes()
}

fn laughs() -> Vec<u8> {
    let entities: String =
        (0..9).map(|n| format!("<!ENTITY l{} '&l{n};&l{n};&l{n};&l{n};'>", n + 1)).collect();
    format!("<!DOCTYPE rss [<!ENTITY l0 'ha'>{entities}]><rss>&l9;</rss>").into_bytes()
}

fn doctype(entity: &str, text: &str) -> Vec<u8> {
    format!("<!DOCTYPE rss [<!ENTITY x '{entity}'>]><rss>{text}</rss>").into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn brotli(size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut &vec![0; size][..], &mut out, &parameters).expect("memory takes all");
    out
}

/// A page as a crawler wrote it, in a content coding.
fn capture(coding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let record = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n\
         WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Target-URI: https://a.example/\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{head}",
        head.len() + body.len()
    );
    [record.as_bytes(), body, b"\r\n\r\n"].concat()
}

fn zipped(entries: &[(&str, usize)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, size) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory takes all");
        writer.write_all(&vec![b' '; *size]).expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}

fn within(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory takes all");
    writer.write_all(bytes).expect("memory takes all");
    writer.finish().expect("memory takes all").into_inner()
}
