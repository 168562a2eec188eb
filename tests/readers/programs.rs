//! The readers: how each is told of a feed, is made to ask, and what it then shows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use mail_parser::MessageParser;

use super::Shown;
use super::served::Place;

pub struct Program {
    pub name: &'static str,
    /// The command that must be there, and how it is asked whether it is.
    present: &'static [&'static str],
    /// Which moment of an entry it goes by, as JSON Feed calls it.
    pub dated_by: &'static str,
    /// It says what it already has when it asks again.
    pub validates: bool,
    subscribe: fn(&Reader, &str),
    pub poll: fn(&Reader),
    pub shown: fn(&Reader) -> Shown,
    /// What a correction changes in what it shows.
    pub corrects: fn(&mut Shown, &str, &str),
    /// It keeps what was corrected beside the correction.
    pub keeps_both: fn() -> bool,
}

/// A reader with a home of its own.
pub struct Reader {
    home: PathBuf,
}

impl Reader {
    fn path(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(arguments[0]);
        command.args(&arguments[1..]).current_dir(&self.home).env("HOME", &self.home);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Program {
    /// Whether it is here; says so where it is not, and insists on it where all tests must run.
    pub fn is_here(&self) -> bool {
        let ran = Command::new(self.present[0]).args(&self.present[1..]).output();
        let here = ran.is_ok_and(|output| output.status.success());
        let all = std::env::var_os("ANNALS_TEST_ALL").is_some_and(|value| value == "1");
        assert!(here || !all, "ANNALS_TEST_ALL=1, and `{}` fails", self.present.join(" "));
        if !here {
            println!("skipped: `{}` fails here (install {})", self.present.join(" "), self.name);
        }
        here
    }

    pub fn subscribe(&self, place: &Place, url: &str) -> Reader {
        let reader = Reader { home: place.dir.path().join(self.name) };
        std::fs::create_dir(&reader.home).unwrap();
        (self.subscribe)(&reader, url);
        reader
    }
}

pub const PROGRAMS: [Program; 5] = [
    Program {
        name: "newsboat",
        present: &["newsboat", "-v"],
        dated_by: "date_published",
        validates: true,
        subscribe: |reader, url| std::fs::write(reader.path("urls"), url).unwrap(),
        poll: |reader| {
            reader.run(&["newsboat", "-u", "urls", "-c", "cache.db", "-C", "/dev/null", "-x", "reload"]);
        },
        shown: newsboat,
        corrects: replaces,
        keeps_both: || false,
    },
    Program {
        name: "sfeed",
        present: &["sh", "-c", "command -v sfeed_update"],
        dated_by: "date_published",
        validates: false,
        subscribe: |reader, url| {
            let home = reader.home.display();
            let config = format!("sfeedpath=\"{home}/sfeed\"\nfeeds() {{ feed harbour '{url}'; }}\n");
            std::fs::write(reader.path("sfeedrc"), config).unwrap();
        },
        poll: |reader| {
            reader.run(&["sfeed_update", "./sfeedrc"]);
        },
        shown: sfeed,
        corrects: adds,
        keeps_both: || true,
    },
    Program {
        name: "rss2email",
        present: &["r2e", "--version"],
        dated_by: "date_modified",
        validates: true,
        subscribe: rss2email,
        poll: |reader| {
            reader.run(&["r2e", "-c", "r2e.cfg", "-d", "r2e.json", "run"]);
        },
        shown: |reader| letters(&reader.path("mail/box/new")),
        corrects: adds,
        keeps_both: || true,
    },
    Program {
        name: "feed2exec",
        present: &["feed2exec", "--version"],
        dated_by: "date_modified",
        validates: true,
        subscribe: |reader, url| {
            let mailbox = reader.path("mail").display().to_string();
            let to = ["add", "--output", "feed2exec.plugins.maildir", "--mailbox", &mailbox, "harbour", url];
            reader.run(&[&FEED2EXEC[..], &to[..]].concat());
        },
        poll: |reader| {
            reader.run(&[&FEED2EXEC[..], &["fetch"]].concat());
        },
        shown: |reader| letters(&reader.path("mail/harbour/new")),
        // It files what it has not seen, and never looks at an entry again.
        corrects: |_, _, _| {},
        keeps_both: || false,
    },
    Program {
        name: "feedparser",
        present: &["python3", "-c", "import feedparser"],
        dated_by: "date_published",
        validates: true,
        subscribe: |reader, url| std::fs::write(reader.path("url"), url).unwrap(),
        poll: |reader| {
            reader.run(&["python3", "-c", FEEDPARSER]);
        },
        shown: feedparser,
        corrects: replaces,
        keeps_both: || false,
    },
];

const FEED2EXEC: [&str; 5] = ["feed2exec", "--config", "./feed2exec", "--database", "./feed2exec.db"];

/// A reader in a few lines on the library: it keeps entries by id, and gives back what it was given to validate.
const FEEDPARSER: &str = r#"
import calendar, feedparser, json, os
state = json.load(open("state")) if os.path.exists("state") else {"entries": {}, "etag": None, "modified": None}
feed = feedparser.parse(open("url").read(), etag=state["etag"], modified=state["modified"])
assert feed.status == 304 or not feed.bozo, feed.bozo_exception
for entry in feed.entries:
    state["entries"][entry.id] = [entry.title, calendar.timegm(entry.published_parsed)]
if feed.status != 304:
    state["etag"], state["modified"] = feed.get("etag"), feed.get("modified")
json.dump(state, open("state", "w"))
"#;

fn replaces(shown: &mut Shown, old: &str, new: &str) {
    let held = shown.remove(old).expect("it was there");
    shown.insert(new.into(), held);
}

fn adds(shown: &mut Shown, old: &str, new: &str) {
    let held = shown[old].clone();
    shown.insert(new.into(), held);
}

fn counted(items: impl Iterator<Item = (String, i64)>) -> Shown {
    let mut shown: Shown = BTreeMap::new();
    for (title, second) in items {
        let day = Timestamp::from_second(second).unwrap().to_string()[..10].to_string();
        shown.entry(title).or_insert((0, day)).0 += 1;
    }
    shown
}

fn newsboat(reader: &Reader) -> Shown {
    let store = rusqlite::Connection::open(reader.path("cache.db")).unwrap();
    let mut items = store.prepare("select title, pubDate from rss_item where deleted = 0").unwrap();
    let items = items.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    counted(items.map(Result::unwrap))
}

/// A line an item: the second, the title, and more.
fn sfeed(reader: &Reader) -> Shown {
    let lines = std::fs::read_to_string(reader.path("sfeed/harbour")).unwrap();
    counted(lines.lines().map(|line| {
        let mut fields = line.split('\t');
        let second = fields.next().unwrap().parse().unwrap();
        (fields.next().unwrap().to_string(), second)
    }))
}

fn rss2email(reader: &Reader, url: &str) {
    let command = |rest: &[&str]| reader.run(&[&["r2e", "-c", "r2e.cfg", "-d", "r2e.json"], rest].concat());
    command(&["new", "desk@reader.example"]);
    let config = std::fs::read_to_string(reader.path("r2e.cfg")).unwrap();
    std::fs::create_dir(reader.path("mail")).unwrap();
    let path = reader.path("mail").display().to_string();
    let set = |line: &str| {
        let (name, value) = line.split_once(" = ")?;
        Some(match name {
            "email-protocol" => "email-protocol = maildir".to_string(),
            "maildir-path" => format!("maildir-path = {path}"),
            "maildir-mailbox" => "maildir-mailbox = box".to_string(),
            // A correction is a letter as well.
            "date-header" | "reply-changes" => format!("{name} = True"),
            _ => format!("{name} = {value}"),
        })
    };
    let config: Vec<String> = config.lines().map(|line| set(line).unwrap_or_else(|| line.into())).collect();
    std::fs::write(reader.path("r2e.cfg"), config.join("\n")).unwrap();
    command(&["add", "harbour", url]);
}

/// The letters of a mailbox, by subject.
fn letters(folder: &Path) -> Shown {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    counted(files.map(|file| {
        let bytes = std::fs::read(&file).unwrap();
        let letter = MessageParser::default().parse(&bytes).unwrap();
        (letter.subject().unwrap().to_string(), letter.date().unwrap().to_timestamp())
    }))
}

fn feedparser(reader: &Reader) -> Shown {
    let state: serde_json::Value =
        serde_json::from_slice(&std::fs::read(reader.path("state")).unwrap()).unwrap();
    let entries = state["entries"].as_object().unwrap().values();
    counted(entries.map(|entry| (entry[0].as_str().unwrap().to_string(), entry[1].as_i64().unwrap())))
}
