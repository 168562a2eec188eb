//! Serving what everyone asks for, beside nginx with the very same bytes as files.
//!
//! Needs `nginx`, `wrk`, `taskset` and `setpriv`. Both servers get one core, one after the other, and `wrk` another;
//! figures are ratios of rounds that follow each other, and their median. `ANNALS_BENCH_SECONDS` (3) is how long each
//! round takes, `ANNALS_BENCH_ROUNDS` (5) how many there are, `ANNALS_BENCH_CONNECTIONS` (32) how many connections.

#[path = "../common/mod.rs"]
mod common;
mod files;
#[path = "../common/serving/mod.rs"]
mod serving;

use std::path::Path;

use annals::catalogue::state::State as _;
use common::corpus::Corpus;
use common::{admit_all, open, size};
use files::Files;
use serving::drive::{self, Compared, Round, Wrk};
use serving::server::{Annals, Answer, get};

/// What is asked for.
struct Case {
    name: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    /// What nginx serves there.
    file: &'static str,
}

fn main() {
    if let Some(tool) = serving::missing(&["nginx", "wrk", "taskset", "setpriv"]) {
        println!("skipped: there is no {tool} here");
        return;
    }
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let count = size("ANNALS_BENCH_BULLETINS", 1_000);
    let article = fill(&dir.path().join("data"), count);
    let annals = Annals::start(dir.path());
    let cases = cases(&annals, &article);
    let nginx = Files::start(&dir.path().join("nginx"), &served(&annals, &cases));
    compare(&annals, &nginx, &cases);
    after_a_change(&annals);
}

/// Makes an archive; gives back the permalink of one bulletin.
fn fill(path: &Path, count: usize) -> String {
    let archive = open(path);
    admit_all(&archive, &Corpus::new(1).bulletins(count));
    archive.catalogue().flush().expect("the catalogue merges");
    let bulletin = archive.catalogue().known_bulletin(1).expect("there is a first");
    println!("{count} bulletins");
    format!("/bulletins/{}/{}", bulletin.id, bulletin.slug)
}

fn cases(annals: &Annals, article: &str) -> Vec<Case> {
    let feed = "/feeds/all.atom".to_string();
    let gzip = vec![("Accept-Encoding", "gzip".to_string())];
    let etag = |headers: &[(&'static str, String)]| {
        let answer = get(annals.address, &feed, headers);
        [headers, &[("If-None-Match", answer.header("etag"))]].concat()
    };
    let case = |name, path: &str, headers, file| Case { name, path: path.into(), headers, file };
    vec![
        case("feed of 50 entries", &feed, vec![], "feed"),
        case("the same, gzip", &feed, gzip.clone(), "feed"),
        case("the same, 304", &feed, etag(&[]), "feed"),
        case("article page", article, vec![], "article"),
        case("the same, gzip", article, gzip, "article"),
    ]
}

/// What Annals answers to each case, plain and as gzip.
fn served(annals: &Annals, cases: &[Case]) -> Vec<(&'static str, Answer, Answer)> {
    let mut served: Vec<(&'static str, Answer, Answer)> = Vec::new();
    for case in cases {
        if served.iter().all(|(file, ..)| *file != case.file) {
            let coded = get(annals.address, &case.path, &[("Accept-Encoding", "gzip".into())]);
            served.push((case.file, get(annals.address, &case.path, &[]), coded));
        }
    }
    served
}

fn compare(annals: &Annals, nginx: &Files, cases: &[Case]) {
    let wrk =
        Wrk { seconds: size("ANNALS_BENCH_SECONDS", 3), connections: size("ANNALS_BENCH_CONNECTIONS", 32) };
    let rounds = size("ANNALS_BENCH_ROUNDS", 5);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} connections, median of {rounds} rounds of {} s; {cores} cores: server on core {}, wrk on core {}",
        wrk.connections,
        wrk.seconds,
        drive::SERVER_CORE,
        drive::wrk_core(),
    );
    println!(
        "{:20} {:>7} | {:>9} {:>9} {:>6} | {:>7} {:>7} {:>6} | {:>8} {:>8}",
        "", "bytes", "Annals/s", "nginx/s", "ratio", "µs CPU", "nginx", "ratio", "p99 ms", "nginx"
    );
    for case in cases {
        let of_annals = get(annals.address, &case.path, &case.headers);
        let (path, headers) = nginx.asked(case.file, &case.headers);
        let of_nginx = get(nginx.address, &path, &headers);
        assert_eq!((of_annals.status, &of_annals.body), (of_nginx.status, &of_nginx.body), "{}", case.name);
        let compared = Compared::alternate(
            rounds,
            || wrk.drive(annals.address, &case.path, &case.headers, &annals.processes()),
            || wrk.drive(nginx.address, &path, &headers, &nginx.processes()),
        );
        print(case.name, of_annals.body.len(), &compared);
    }
}

fn print(name: &str, bytes: usize, compared: &Compared) {
    let rate: fn(&Round) -> f64 = |round| round.rate;
    let cpu: fn(&Round) -> f64 = |round| round.cpu_micros;
    let (our_rate, their_rate) = compared.medians(rate);
    let (our_cpu, their_cpu) = compared.medians(cpu);
    let (our_p99, their_p99) = compared.medians(|round| round.p99_millis);
    println!(
        "{name:20} {bytes:>7} | {our_rate:>9.0} {their_rate:>9.0} {:>6.2} | {our_cpu:>7.1} {their_cpu:>7.1} {:>6.2} \
         | {our_p99:>8.2} {their_p99:>8.2}",
        compared.ratio(rate),
        compared.ratio(cpu),
    );
}

/// What the first reader costs after a bulletin has come: the feed is put together, written, coded and sent.
fn after_a_change(annals: &Annals) {
    let mut corpus = Corpus::new(2);
    for coding in ["identity", "gzip"] {
        let headers = [("Accept-Encoding", coding.to_string())];
        let spent = (0..20).map(|_| {
            annals.admit(&corpus.bulletin(3_000));
            annals.cpu_millis("/feeds/all.atom", &headers)
        });
        let spent = drive::median(spent);
        println!("first request after a change, {coding}: {spent:.2} ms of CPU for 50 entries or more");
    }
}
