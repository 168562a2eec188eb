//! The search: making the index, its size, and questions of several kinds, beside SQLite's FTS5 on the same text.
//!
//! `ANNALS_BENCH_BULLETINS` sets how many bulletins there are (50,000). A million needs 12 GB in the folder for
//! temporary files. A question to the search is answered as its page needs it: ranked, counted in all, by year and by
//! category, and the texts of the first twenty read and marked. FTS5 ranks twenty and counts.

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use annals::archive::Archive;
use annals::bulletin::visible_text;
use annals::catalogue::state::State as _;
use annals::search::{Asked, Order, Query, Search, Settings};
use common::corpus::Corpus;
use common::{Spent, admit_all, disk_bytes, open, resident_bytes, size, spent};
use cpu_time::ThreadTime;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rusqlite::Connection;

/// A word of four letters or more that is picked from a text stands in one bulletin of thirty then, as it does in a hundred and
/// seventy-seven real news pages in English (in one of twenty-five).
const WORDS: usize = 100_000;
/// How many bulletins are made at once.
const ROUND: usize = 10_000;
/// How many questions of each kind are asked.
const QUESTIONS: usize = 100;
const MEGABYTE: f64 = 1e6;

fn main() {
    let count = size("ANNALS_BENCH_BULLETINS", 50_000);
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let archive = open(&dir.path().join("archive"));
    let mut corpus = Corpus::of_a_language(1, WORDS);
    for done in (0..count).step_by(ROUND) {
        admit_all(&archive, &corpus.bulletins(ROUND.min(count - done)));
    }
    archive.catalogue().flush().expect("the catalogue merges");
    let (search, indexed) = spent(|| index(&archive));
    let sqlite = dir.path().join("fts5.db");
    let (database, filled) = spent(|| fill(&sqlite, &archive, count));
    let ((), read) = spent(|| (1..=count as u64).for_each(|number| drop(text(&archive, number))));
    let bytes: u64 = (1..=count as u64).map(|number| bytes_of(&archive, number)).sum();
    println!(
        "{count} bulletins, {:.0} MB of text; {:.0} MB resident",
        bytes as f64 / MEGABYTE,
        resident_bytes() as f64 / MEGABYTE
    );
    said("reading the texts alone", count, read, None);
    said("search: index made", count, indexed, Some((disk_bytes(&dir.path().join("archive/search")), bytes)));
    said("FTS5: table filled and optimized", count, filled, Some((disk_bytes(&sqlite), bytes)));
    questions(&archive, &search, &database, count);
}

fn said(what: &str, count: usize, spent: Spent, size: Option<(u64, u64)>) {
    let size = size.map_or(String::new(), |(bytes, of)| {
        format!(", {:.0} MB, {:.2} of the text", bytes as f64 / MEGABYTE, bytes as f64 / of as f64)
    });
    println!(
        "{what:34} {:>7.0}/s, {:>5.0} µs CPU each{size}",
        spent.rate(count),
        spent.cpu_micros_each(count)
    );
}

/// Makes the index as a server does that finds none.
fn index(archive: &Arc<Archive>) -> Search {
    let settings = Settings { memory_bytes: 64 << 20, time_max: Duration::from_secs(60) };
    let search = Search::start(archive.clone(), settings).expect("a thread can be had");
    let last = archive.catalogue().position().expect("it has one").seq;
    while search.progress().indexed < last {
        std::thread::sleep(Duration::from_millis(50));
    }
    search
}

/// Title, and summary and body as text: what both index.
fn text(archive: &Archive, number: u64) -> (String, String) {
    let bulletin = archive.catalogue().known_bulletin(number).expect("it is known");
    let content = archive.version_at(bulletin.latest(), 1).expect("it is read").content.clone();
    let summary = content.summary.unwrap_or_default();
    (content.title, format!("{summary}\n{}", visible_text(&content.body)))
}

fn bytes_of(archive: &Archive, number: u64) -> u64 {
    let (title, body) = text(archive, number);
    (title.len() + body.len()) as u64
}

/// The same text in FTS5, which stores nothing but its index as well.
fn fill(path: &Path, archive: &Archive, count: usize) -> Connection {
    let database = Connection::open(path).expect("there is room for a database");
    let table = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
        CREATE VIRTUAL TABLE text USING fts5(title, body, content='', tokenize='porter unicode61'); BEGIN";
    database.execute_batch(table).expect("FTS5 is built in");
    {
        let insert = "INSERT INTO text(rowid, title, body) VALUES (?, ?, ?)";
        let mut insert = database.prepare(insert).expect("the table is there");
        for number in 1..=count as u64 {
            let (title, body) = text(archive, number);
            insert.execute((number as i64, title, body)).expect("it is inserted");
        }
    }
    let optimize = "COMMIT; INSERT INTO text(text) VALUES ('optimize'); VACUUM";
    database.execute_batch(optimize).expect("it is optimized");
    database
}

/// A kind of question: as it is typed here, and as FTS5 wants it where it can be asked the same.
struct Kind {
    name: &'static str,
    typed: fn(&mut Words) -> (String, Option<String>),
    order: Order,
}

const KINDS: [Kind; 9] = [
    Kind { name: "one word", typed: |it| alike(it.one()), order: Order::Relevance },
    Kind {
        name: "two words",
        typed: |it| alike(format!("{} {}", it.one(), it.one())),
        order: Order::Relevance,
    },
    Kind {
        name: "three words",
        typed: |it| alike(format!("{} {} {}", it.one(), it.one(), it.one())),
        order: Order::Relevance,
    },
    Kind {
        name: "phrase of two",
        typed: |it| alike(format!("\"{}\"", it.phrase(2))),
        order: Order::Relevance,
    },
    Kind {
        name: "phrase of three",
        typed: |it| alike(format!("\"{}\"", it.phrase(3))),
        order: Order::Relevance,
    },
    Kind {
        name: "beginning of a word",
        typed: |it| alike(format!("{}*", it.beginning())),
        order: Order::Relevance,
    },
    Kind {
        name: "in the title",
        typed: |it| {
            let word = it.one();
            (format!("title:{word}"), Some(format!("title:{word}")))
        },
        order: Order::Relevance,
    },
    Kind {
        name: "two words, newest first",
        typed: |it| (format!("{} {}", it.one(), it.one()), None),
        order: Order::Published,
    },
    Kind {
        name: "word, years and category, not a word",
        typed: |it| (format!("{} year:2015..2020 category:category-01 -{}", it.one(), it.one()), None),
        order: Order::Relevance,
    },
];

fn alike(typed: String) -> (String, Option<String>) {
    (typed.clone(), Some(typed))
}

/// Words as they stand in the texts: the frequent ones frequently.
struct Words<'a> {
    archive: &'a Archive,
    random: StdRng,
    count: usize,
}

impl Words<'_> {
    fn words(&mut self) -> Vec<String> {
        let (_, body) = text(self.archive, self.random.random_range(1..=self.count as u64));
        let words = body.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
        words.map(str::to_lowercase).collect()
    }

    fn one(&mut self) -> String {
        let mut words = self.words();
        let at = self.random.random_range(0..words.len());
        words.swap_remove(at)
    }

    /// So many words that stand one behind the other somewhere.
    fn phrase(&mut self, length: usize) -> String {
        let (_, body) = text(self.archive, self.random.random_range(1..=self.count as u64));
        let sentence =
            body.split(". ").find(|it| it.split(' ').count() > length).expect("a body has sentences");
        sentence.split_whitespace().take(length).collect::<Vec<_>>().join(" ").to_lowercase()
    }

    fn beginning(&mut self) -> String {
        self.one().chars().take(3).collect()
    }
}

fn questions(archive: &Archive, search: &Search, database: &Connection, count: usize) {
    let mut words = Words { archive, random: StdRng::seed_from_u64(2), count };
    println!(
        "{:38} {:>10} {:>22} {:>22}",
        "CPU of a question, ms", "found", "search: median, p99", "FTS5: median, p99"
    );
    let ranked = "SELECT rowid FROM text WHERE text MATCH ? ORDER BY rank LIMIT 20";
    let mut ranked = database.prepare(ranked).expect("the table is there");
    let mut counted =
        database.prepare("SELECT count(*) FROM text WHERE text MATCH ?").expect("the table is there");
    for kind in &KINDS {
        let (mut ours, mut theirs, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..QUESTIONS {
            let (typed, in_sqlite) = (kind.typed)(&mut words);
            let query = Query::parse(&typed);
            let asked = Asked { query: &query, order: kind.order, skip: 0, count: 20 };
            let (answer, milliseconds) = timed(|| search.find(&asked).expect("the index is whole"));
            ours.push(milliseconds);
            found.push(answer.total as f64);
            if let Some(typed) = in_sqlite {
                let (total, milliseconds) = timed(|| {
                    let rows = ranked.query_map([&typed], |row| row.get::<_, i64>(0)).expect("it is asked");
                    std::hint::black_box(rows.count());
                    counted.query_row([&typed], |row| row.get::<_, i64>(0)).expect("it is counted")
                });
                std::hint::black_box(total);
                theirs.push(milliseconds);
            }
        }
        let figures = |figures: &mut Vec<f64>| match figures.is_empty() {
            true => "-".to_string(),
            false => format!("{:.1}, {:.1}", part(figures, 0.5), part(figures, 0.99)),
        };
        let found = part(&mut found, 0.5);
        println!("{:38} {found:>10.0} {:>22} {:>22}", kind.name, figures(&mut ours), figures(&mut theirs));
    }
}

/// Milliseconds of processor time, of this thread alone.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begin = ThreadTime::now();
    let result = work();
    (result, begin.elapsed().as_secs_f64() * 1e3)
}

/// The figure below which this share of all lies.
fn part(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[((figures.len() - 1) as f64 * share) as usize]
}
