//! HTTP as a list of rules, each a script beside this file that says request, answer and why.
//!
//! A script is made of blocks. A line with `#` says why; one with `>` is the request and its headers; one with `<` is
//! what is expected of the answer; one with `+` changes the archive. `$word` stands for what was remembered.
//!
//! ```text
//! < 200                     the status; `200 soon` asks until everything below holds
//! < vary: accept-encoding   a header, exactly
//! < vary ~ encoding         a header that has this in it
//! < etag !                  no such header
//! < etag = $tag             remembers a header
//! < body ~ text, body ! text, body: 12 bytes
//! + admit 3 title=Moved, + withdraw $id, + restart
//! ```

#[path = "../served/mod.rs"]
mod served;

mod lint;

use std::collections::BTreeMap;
use std::io::Read as _;

use annals::digest::Digest;
use served::{Ask, BASE, Place, Reply, Server, bulletin, but, sha256, text, until};

/// Two sealed documents and a few events more.
const BULLETINS: usize = 230;

/// A served archive, and the words that stand for what is in it.
struct Scene {
    place: Place,
    server: Option<Server>,
    words: BTreeMap<String, String>,
}

impl Scene {
    fn new() -> Scene {
        let place = Place::new();
        let server = place.serve();
        let all = serde_json::Value::from((0..BULLETINS).map(bulletin).collect::<Vec<_>>()).to_string();
        let receipts = server.post("/bulletins", "application/json", all.clone()).json();
        let newest = &receipts[BULLETINS - 1];
        let mut words = BTreeMap::new();
        let mut word = |name: &str, value: &str| drop(words.insert(name.to_string(), value.to_string()));
        word("id", text(newest, "id"));
        word("permalink", text(newest, "permalink").strip_prefix(BASE).unwrap());
        word("content", &format!("/content/sha256/{}", &text(newest, "digest")[7..]));
        word("original", &format!("/original/sha256/{}", sha256(all.as_bytes())));
        word("length", &all.len().to_string());
        Scene { place, server: Some(server), words }
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("it is there but for a restart")
    }

    /// A text with the words in it filled in, the longest first.
    fn fill(&self, text: &str) -> String {
        let mut names: Vec<&String> = self.words.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.into_iter().fold(text.into(), |text, name| text.replace(&format!("${name}"), &self.words[name]))
    }

    fn change(&mut self, change: &str) {
        let filled = self.fill(change);
        match filled.split_once(' ').unwrap_or((&filled, "")) {
            ("restart", _) => {
                drop(self.server.take());
                self.server = Some(self.place.serve());
            }
            ("admit", what) => {
                let (number, field) = what.split_once(' ').unwrap_or((what, ""));
                let mut admitted = bulletin(number.parse().unwrap());
                if let Some((field, value)) = field.split_once('=') {
                    admitted = but(admitted, field, value);
                }
                self.server().admit(&admitted);
            }
            ("withdraw", id) => {
                let reply = self.server().command("DELETE", &format!("/bulletins/{id}?reason=Test"));
                assert_eq!(reply.status, 200, "{change}");
            }
            _ => panic!("there is no change `{change}`"),
        }
    }

    fn ask(&self, block: &Block) -> Reply {
        let mut lines = block.request.iter().map(|line| self.fill(line));
        let first = lines.next().unwrap_or_else(|| panic!("a block asks for nothing: {}", block.why));
        let (method, path) = first.split_once(' ').unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(':').map(|(name, value)| (name.into(), value.trim().into())).unwrap())
            .collect();
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let reply = self.server().ask(method, path, &headers, "");
        let digest = data_encoding::BASE64.encode(&Digest::of(&reply.body).0);
        let stated = reply.header("repr-digest");
        if reply.status == 200 && method == "GET" && !stated.is_empty() {
            assert_eq!(stated, format!("sha-256=:{digest}:"), "of the bytes as they are sent: {}", block.why);
        }
        reply
    }

    /// What is not as expected.
    fn wrong(&self, block: &Block, reply: &Reply) -> Option<String> {
        if reply.status.to_string() != block.status {
            return Some(format!("{} and not {}", reply.status, block.status));
        }
        let body = decoded(reply);
        block.expected.iter().map(|line| (line, self.fill(line))).find_map(|(line, filled)| {
            let (name, how, value) = parts(&filled);
            let header = reply.headers.get(name).and_then(|value| value.to_str().ok());
            let fine = match (name, how) {
                ("body", "~") => body.contains(value),
                ("body", "!") => !body.contains(value),
                ("body", _) => format!("{} bytes", reply.body.len()) == value,
                (_, "~") => header.is_some_and(|header| header.contains(value)),
                (_, "!") => header.is_none(),
                (_, "=") => header.is_some(),
                _ => header == Some(value),
            };
            (!fine).then(|| format!("`{line}` ({filled}), and it is {header:?}"))
        })
    }

    fn remember(&mut self, block: &Block, reply: &Reply) {
        for line in &block.expected {
            let (name, how, word) = parts(line);
            if how == "=" {
                self.words.insert(word.trim_start_matches('$').into(), reply.header(name).into());
            }
        }
    }
}

/// `name: value`, `name ~ value`, `name = $word` or `name !`.
fn parts(line: &str) -> (&str, &str, &str) {
    let end = line.find([' ', ':']).unwrap_or_else(|| panic!("`{line}` expects nothing"));
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let (how, value) = rest.split_at(1);
    (name, how, value.trim())
}

/// The text of a body, whatever its coding.
fn decoded(reply: &Reply) -> String {
    let mut text = Vec::new();
    let bytes = &reply.body[..];
    // The answer to a HEAD has a coding and nothing that could be decoded.
    let read = match reply.header("content-encoding") {
        _ if bytes.is_empty() => Ok(0),
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut text),
        "br" => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut text),
        "zstd" => zstd::Decoder::new(bytes).unwrap().read_to_end(&mut text),
        _ => (&mut &*bytes).read_to_end(&mut text),
    };
    read.unwrap_or_else(|error| panic!("{error}: {:?}", reply.headers));
    String::from_utf8_lossy(&text).into_owned()
}

#[derive(Default)]
struct Block {
    why: String,
    changes: Vec<String>,
    request: Vec<String>,
    status: String,
    soon: bool,
    expected: Vec<String>,
}

fn blocks(script: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for paragraph in script.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let mut block = Block::default();
        for line in paragraph.lines().filter(|line| !line.is_empty()) {
            let (mark, rest) = line.split_at(1);
            let rest = rest.trim();
            match mark {
                "#" => block.why += rest,
                "+" => block.changes.push(rest.into()),
                ">" => block.request.push(rest.into()),
                "<" if block.status.is_empty() => {
                    block.soon = rest.ends_with(" soon");
                    block.status = rest.trim_end_matches(" soon").into();
                }
                "<" => block.expected.push(rest.into()),
                _ => panic!("`{line}` is no line of a script"),
            }
        }
        assert!(!block.why.is_empty(), "a block does not say why: {paragraph}");
        blocks.push(block);
    }
    blocks
}

fn run(name: &str) {
    let path = format!("{}/tests/http/{name}.http", env!("CARGO_MANIFEST_DIR"));
    let script = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut scene = Scene::new();
    for block in blocks(&script) {
        block.changes.iter().for_each(|change| scene.change(change));
        let mut reply = scene.ask(&block);
        if block.soon {
            reply =
                until(&block.why, || Some(scene.ask(&block)).filter(|it| scene.wrong(&block, it).is_none()));
        }
        if let Some(wrong) = scene.wrong(&block, &reply) {
            panic!("{name}: {}\n{:?}\n{wrong}\n{:?}", block.why, block.request, reply.headers);
        }
        scene.remember(&block, &reply);
    }
}

macro_rules! scripts {
    ($($name:ident)*) => {
        $(#[test] fn $name() { run(stringify!($name)); })*

        #[test]
        fn every_script_is_run() {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http");
            let there = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut there: Vec<String> =
                there.filter_map(|name| name.strip_suffix(".http").map(String::from)).collect();
            there.sort();
            let mut listed = vec![$(stringify!($name)),*];
            listed.sort_unstable();
            assert_eq!(there, listed);
        }
    };
}

scripts! {
    cache_control
    changes_only
    codings
    conditional_requests
    etags_of_codings
    events_elsewhere
    head
    languages
    links
    ranges
    repr_digest
}
