//! Feeds of the same bulletins from what people would run instead: WordPress as Debian ships it, with PHP's cache of
//! compiled programs and without a cache of pages.
//!
//! Needs Debian's `wordpress`, `mariadb-server`, `php-fpm`, `php-mysql`, `nginx` and `wrk`, and `taskset` and
//! `setpriv`. WordPress, its database, PHP and nginx are set up in a temporary folder, and nothing is left of them.
//! All servers have one core, one after the other, and `wrk` another; figures are medians of rounds that follow
//! each other. `ANNALS_BENCH_BULLETINS` (1,000) is how many bulletins there are, `ANNALS_BENCH_SECONDS` (10) how long
//! each round takes, `ANNALS_BENCH_ROUNDS` (5) how many there are, `ANNALS_BENCH_CONNECTIONS` (8) how many connections.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/serving/mod.rs"]
mod serving;
mod wordpress;

use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use common::corpus::{Corpus, LAST_YEAR};
use common::{admit_all, open, size};
use feed_rs::model::Feed;
use serving::drive::{self, Compared, Round, Wrk};
use serving::server::{Annals, Answer, get};
use wordpress::WordPress;

/// As many as `feed.entries` says where nobody says anything.
const ENTRIES: usize = 50;

/// The same feed in both.
struct Case {
    name: &'static str,
    ours: String,
    theirs: String,
    /// What makes a bulletin one of it.
    of_it: serde_json::Value,
}

fn main() {
    if let Some((what, package)) = wordpress::lacking() {
        println!("skipped: there is no {what} here; install Debian's {package}, see CONTRIBUTING.md");
        return;
    }
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let bulletins = bulletins(size("ANNALS_BENCH_BULLETINS", 1_000));
    fill(&dir.path().join("data"), &bulletins);
    let annals = Annals::start(dir.path());
    let wordpress = WordPress::start(&dir.path().join("wordpress"), &bulletins);
    println!("{} bulletins; {}, no cache of pages", bulletins.len(), wordpress.described);
    let categories = (1..=40).map(|number| Case {
        name: "category",
        ours: format!("/feeds/category/category-{number:02}.rss"),
        theirs: format!("/category/category-{number:02}/feed/"),
        of_it: serde_json::json!({"categories": [format!("Category {number:02}")]}),
    });
    let years = (0..30).map(|ago| LAST_YEAR - ago).map(|year| Case {
        name: "year",
        ours: format!("/feeds/year/{year}.rss"),
        theirs: format!("/{year}/feed/"),
        of_it: serde_json::json!({"published": format!("{year}-12-31")}),
    });
    let cases = [usual(&annals, categories), usual(&annals, years)];
    compare(&annals, &wordpress, &cases);
    let mut corpus = Corpus::new(2);
    for case in &cases {
        after_a_change(&annals, case, &mut corpus);
    }
}

/// Bulletins in the order of their dates, each a second after the one before where they are of a day: so the latest
/// to come are the latest by date, in which WordPress's feeds have theirs.
fn bulletins(count: usize) -> Vec<Bytes> {
    let mut bulletins = Corpus::new(1).bulletins(count);
    bulletins.sort_by_cached_key(published);
    let timed = bulletins.into_iter().enumerate().map(|(at, bulletin)| {
        let mut timed = json(&bulletin);
        let (hour, minute, second) = (at / 3_600 % 24, at / 60 % 60, at % 60);
        let instant = format!("{}T{hour:02}:{minute:02}:{second:02}Z", published(&bulletin));
        timed["published"] = instant.into();
        Bytes::from(timed.to_string())
    });
    timed.collect()
}

fn published(bulletin: &Bytes) -> String {
    json(bulletin)["published"].as_str().expect("it has a date").into()
}

fn json(bulletin: &Bytes) -> serde_json::Value {
    serde_json::from_slice(bulletin).expect("it is JSON")
}

fn fill(path: &Path, bulletins: &[Bytes]) {
    let archive = open(path);
    admit_all(&archive, bulletins);
    archive.catalogue().flush().expect("the catalogue merges");
}

fn compare(annals: &Annals, wordpress: &WordPress, cases: &[Case]) {
    let wrk =
        Wrk { seconds: size("ANNALS_BENCH_SECONDS", 10), connections: size("ANNALS_BENCH_CONNECTIONS", 8) };
    let rounds = size("ANNALS_BENCH_ROUNDS", 5);
    println!(
        "{} connections, median of {rounds} rounds of {} s; servers on core {}, wrk on core {}",
        wrk.connections,
        wrk.seconds,
        drive::SERVER_CORE,
        drive::wrk_core(),
    );
    println!(
        "{:14} {:>7} {:>11} {:>11} | {:>8} {:>9} {:>6} | {:>7} {:>9} {:>6} | {:>7} {:>9}",
        "feed",
        "entries",
        "bytes",
        "WordPress",
        "Annals/s",
        "WordPress",
        "times",
        "µs CPU",
        "WordPress",
        "times",
        "p99 ms",
        "WordPress"
    );
    for case in cases {
        let entries = same(annals, wordpress, case);
        for conditional in [false, true] {
            let asked = |address, path: &str| asked(address, path, conditional);
            let (our_headers, our_bytes) = asked(annals.address, &case.ours);
            let (their_headers, their_bytes) = asked(wordpress.address, &case.theirs);
            let compared = Compared::alternate(
                rounds,
                || wrk.drive(annals.address, &case.ours, &our_headers, &annals.processes()),
                || {
                    let processes = wordpress.processes();
                    let round = wrk.drive(wordpress.address, &case.theirs, &their_headers, &processes);
                    drive::settle(&processes);
                    round
                },
            );
            let name = format!("{}{}", case.name, if conditional { ", 304" } else { "" });
            print!("{name:14} {entries:>7} {our_bytes:>11} {their_bytes:>11} ");
            print(&compared);
        }
    }
}

/// With what a feed is asked for, as new or by somebody who has it, and the bytes of its body.
fn asked(address: SocketAddr, path: &str, conditional: bool) -> (Vec<(&'static str, String)>, usize) {
    let whole = get(address, path, &[]);
    if !conditional {
        return (Vec::new(), whole.body.len());
    }
    // Some compare both, so a reader that has both sends both.
    let validators = [("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")];
    let headers = validators.map(|(asks, says)| (asks, whole.header(says)));
    let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let answer = get(address, path, &headers);
    assert_eq!(answer.status, 304, "{path} with {headers:?}");
    (headers, answer.body.len())
}

/// The first whose feed has as many entries as a feed usually has: one that many changes came to lately has more.
fn usual(annals: &Annals, cases: impl Iterator<Item = Case>) -> Case {
    let entries = |case: &Case| read(&get(annals.address, &case.ours, &[]), &case.ours).entries.len();
    let mut cases = cases.filter(|case| entries(case) == ENTRIES);
    cases.next().expect("there are enough bulletins for a feed of this many")
}

/// That a feed has the same entries in both, in the same order and with the same text: how many.
fn same(annals: &Annals, wordpress: &WordPress, case: &Case) -> usize {
    let ours = read(&get(annals.address, &case.ours, &[]), &case.ours);
    wordpress.set_entries(ours.entries.len());
    let theirs = read(&get(wordpress.address, &case.theirs, &[]), &case.theirs);
    assert_eq!(ours.entries.len(), theirs.entries.len(), "{}", case.theirs);
    for (mine, other) in ours.entries.iter().zip(&theirs.entries) {
        let title = |entry: &feed_rs::model::Entry| entry.title.as_ref().map(|text| text.content.clone());
        assert_eq!(title(mine), title(other), "{}", case.theirs);
        let text = |entry: &feed_rs::model::Entry| {
            let body = entry.content.as_ref().and_then(|content| content.body.clone());
            words(&body.expect("it has its text"))
        };
        assert_eq!(text(mine), text(other), "{:?}", title(mine));
    }
    ours.entries.len()
}

fn read(answer: &Answer, path: &str) -> Feed {
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    feed_rs::parser::parse(&answer.body[..]).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What markup says without its tags.
fn words(markup: &str) -> String {
    let texts = markup.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn print(compared: &Compared) {
    let rate: fn(&Round) -> f64 = |round| round.rate;
    let cpu: fn(&Round) -> f64 = |round| round.cpu_micros;
    let (our_rate, their_rate) = compared.medians(rate);
    let (our_cpu, their_cpu) = compared.medians(cpu);
    let (our_p99, their_p99) = compared.medians(|round| round.p99_millis);
    println!(
        "| {our_rate:>8.0} {their_rate:>9.1} {:>6.0} | {our_cpu:>7.1} {their_cpu:>9.0} {:>6.0} \
         | {our_p99:>7.2} {their_p99:>9.1}",
        compared.ratio(rate),
        1.0 / compared.ratio(cpu),
    );
}

/// WordPress makes each answer anew, Annals those that something came to: what one of these costs.
fn after_a_change(annals: &Annals, case: &Case, corpus: &mut Corpus) {
    let spent = (0..20).map(|_| {
        let mut bulletin = json(&corpus.bulletin(3_000));
        // Not one of those that are there, which it would revise.
        bulletin["id"] = format!("{}&new", bulletin["id"].as_str().unwrap_or_default()).into();
        for (name, value) in case.of_it.as_object().expect("it is written so above") {
            bulletin[name] = value.clone();
        }
        annals.admit(bulletin.to_string().as_bytes());
        annals.cpu_millis(&case.ours, &[])
    });
    let spent = drive::median(spent) * 1e3;
    println!("{}, the first request to Annals after a change: {spent:.0} µs CPU", case.name);
}
