//! What an archive costs at a thousand, a hundred thousand and a million bulletins of 3 kB: taking them in, starting
//! again, rebuilding the catalogue, answering, memory and disk.
//!
//! *Cold* is what nobody asked for before, while the page cache has nothing of the archive; the catalogue's own cache is as it is.
//! Its processor time is until all codings are made, as is that of what is read from the page cache; that of the others until they
//! are answered.
//!
//! Answering and rebuilding happen in a process of their own, which has nothing in memory but what it needs.
//! `ANNALS_BENCH_SIZES` names other sizes (`1000,100000,1000000`); a million needs 5 GB in the folder for temporary
//! files and seven minutes, the smaller ones two each.

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use annals::archive::Archive;
use annals::bulletin::Selection;
use annals::catalogue::state::State as _;
use annals::config::Config;
use annals::permalink::{Document, Route};
use annals::web::{App, Way, handle};
use bytes::Bytes;
use common::corpus::Corpus;
use common::{admit_all, content, disk_bytes, floor, median, open, runtime, settings, spent};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use jiff::Timestamp;
use rustix::fs::{Advice, fadvise};
use walkdir::WalkDir;

/// Names the folder that a process of its own is to work on, behind what it is to do.
const TASK: &str = "ANNALS_BENCH_TASK";

const BULLETIN_BYTES: usize = 3_000;
/// How many are made before they are taken in, so that making them is not measured.
const ROUND: usize = 20_000;
/// Entries of a full subscription document, as the configuration has it unless told otherwise.
const FEED_ENTRIES: usize = 50;

/// How long the server goes on answering what everyone asks for before its memory is looked at.
const SETTLING: std::time::Duration = std::time::Duration::from_secs(3);

/// How long the archive's files are read before each request that is to find them in the page cache.
const REMEMBERING: std::time::Duration = std::time::Duration::from_millis(1_200);

/// Figures by name, in the order of their names.
type Figures = BTreeMap<String, f64>;

fn main() {
    if let Ok(task) = std::env::var(TASK) {
        let figures = match task.split_once(' ').expect("a task and a folder") {
            ("serve", dir) => serve(Path::new(dir)),
            (_, dir) => rebuild(Path::new(dir)),
        };
        figures.iter().for_each(|(name, figure)| println!("{name}\t{figure}"));
        return;
    }
    let sizes = std::env::var("ANNALS_BENCH_SIZES").unwrap_or("1000,100000,1000000".into());
    let sizes: Vec<usize> = sizes.split(',').map(|size| size.parse().expect("sizes are numbers")).collect();
    let measured: Vec<Figures> = sizes.iter().map(|size| at(*size)).collect();
    print!("{:52}", "bulletins");
    sizes.iter().for_each(|size| print!("{size:>12}"));
    println!("{:>14}", "last : first");
    for (name, first) in &measured[0] {
        print!("{name:52}");
        measured
            .iter()
            .for_each(|figures| print!("{:>12.2}", figures.get(name).copied().unwrap_or(f64::NAN)));
        println!("{:>14.2}", measured[measured.len() - 1].get(name).copied().unwrap_or(f64::NAN) / first);
    }
}

fn at(count: usize) -> Figures {
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let mut figures = import(dir.path(), count);
    figures.extend(in_a_process("serve", dir.path()));
    figures.extend(in_a_process("rebuild", dir.path()));
    eprintln!("{count} bulletins are measured");
    figures
}

fn in_a_process(task: &str, dir: &Path) -> Figures {
    let this = std::env::current_exe().expect("this program has a path");
    let output = Command::new(this)
        .env(TASK, format!("{task} {}", dir.display()))
        .stderr(Stdio::inherit())
        .output()
        .expect("this program runs again");
    assert!(output.status.success(), "{task} fails");
    let lines = String::from_utf8(output.stdout).expect("figures are text");
    lines
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, figure)| (name.to_string(), figure.parse().expect("a figure is a number")))
        .collect()
}

fn import(dir: &Path, count: usize) -> Figures {
    let archive = open(dir);
    let mut corpus = Corpus::new(1);
    let (mut wall, mut cpu, mut floors, mut gzipped, mut original) = (0.0, 0.0, Vec::new(), 0.0, 0);
    for begin in (0..count).step_by(ROUND) {
        let round: Vec<Bytes> =
            (begin..count.min(begin + ROUND)).map(|_| corpus.bulletin(BULLETIN_BYTES)).collect();
        let (_, admitted) = spent(|| admit_all(&archive, &round));
        wall += admitted.wall.as_secs_f64();
        cpu += admitted.cpu.as_secs_f64();
        // A share of them says how small they would be one by one, and what that costs at the least.
        let share: Vec<&Bytes> = round.iter().step_by(20).collect();
        let contents: Vec<Box<str>> = share.iter().map(|document| content(document)).collect();
        let pairs = share.iter().zip(&contents);
        let (bytes, least) =
            spent(|| pairs.map(|(one, content)| floor(one, content.as_bytes())).sum::<u64>());
        gzipped += bytes as f64 * round.len() as f64 / share.len() as f64;
        floors.push(least.cpu_micros_each(share.len()));
        original += round.iter().map(Bytes::len).sum::<usize>();
    }
    let (_, closed) = spent(|| drop(archive));
    let cpu_each = cpu * 1e6 / count as f64;
    let parts = ["journal", "catalogue"].map(|part| disk_bytes(&dir.join(part)) as f64 / gzipped);
    [
        ("01 an original, bytes", original as f64 / count as f64),
        ("02 import, bulletins a second", count as f64 / wall),
        ("03 import, µs CPU each", cpu_each),
        ("04 floor (SHA-256, gzip -6), µs CPU each", median(floors.clone())),
        ("05 import over floor", cpu_each / median(floors)),
        ("06 closing, s", closed.wall.as_secs_f64()),
        ("07 disk over gzip -6 one by one", parts[0] + parts[1]),
        ("08   of that the catalogue", parts[1]),
    ]
    .map(|(name, figure)| (name.to_string(), figure))
    .into()
}

/// The catalogue from the journal alone.
fn rebuild(dir: &Path) -> Figures {
    let (archive, rebuilt) = spent(|| Archive::rebuild(&settings(dir), &|_, _| ()).expect("it is whole"));
    let events = archive.catalogue().position().expect("it has one").seq;
    let peak = status_megabytes("VmHWM:");
    let (_, closed) = spent(|| drop(archive));
    [
        ("20 rebuild, events a second", rebuilt.rate(events as usize)),
        ("21 rebuild, µs CPU an event", rebuilt.cpu_micros_each(events as usize)),
        ("22 rebuild, MB resident at the most", peak),
        ("23 closing behind it, s", closed.wall.as_secs_f64()),
    ]
    .map(|(name, figure)| (name.to_string(), figure))
    .into()
}

/// What the server does, without the socket: from the start to answers of every kind.
fn serve(dir: &Path) -> Figures {
    let begun = Instant::now();
    let archive = open(dir);
    // The index of the search is made beside everything else, and has a benchmark of its own.
    let config = Config::parse("bench", "search.enabled = false", []).expect("the defaults are valid");
    let reader =
        Reader { app: Arc::new(App::new(archive.clone(), config, Timestamp::now)), runtime: runtime() };
    let all = Route::Feed(Selection::All, Document::Subscription, "atom".into());
    let (headers, _) = reader.get(&all, None);
    let mut figures =
        Figures::from([("10 start to first answer, s".to_string(), begun.elapsed().as_secs_f64())]);
    let etag = headers["etag"].to_str().expect("it is ASCII").to_string();

    let catalogue = archive.catalogue();
    let state = catalogue.selection(&Selection::All).expect("it is read");
    let full = catalogue.selections().expect("they are read").into_iter();
    let full = full.filter(|(selection, state)| {
        matches!(selection, Selection::CategoryYear(..)) && state.bulletins >= FEED_ENTRIES as u64
    });
    let feeds: Vec<Route> = full
        .map(|(selection, _)| Route::Feed(selection, Document::Subscription, "atom".into()))
        .take(40)
        .collect();
    let sealed = state.events / 100;
    let documents: Vec<Route> = (0..sealed.min(40))
        .map(|n| {
            Route::Feed(Selection::All, Document::Archive(1 + n * sealed / sealed.min(40)), "atom".into())
        })
        .collect();
    let articles: Vec<Route> = (0..400)
        .map(|n| n * state.events / 400)
        .filter_map(|at| catalogue.items(&Selection::All, at..at + 1).expect("it is read").pop())
        .map(|item| {
            let number = catalogue.known_event(item.event).expect("it is there").bulletin;
            let bulletin = catalogue.known_bulletin(number).expect("it is there");
            Route::Bulletin(bulletin.id, Some(bulletin.slug.clone()))
        })
        .collect();

    let (hot_article, articles) = articles.split_first().expect("there are bulletins");
    let hot_article = vec![hot_article.clone(); 3_000];
    let eights = articles.chunks_exact(8).map(|eight| (eight[..7].to_vec(), eight[7].clone()));
    let (cold, in_page_cache): (Vec<_>, Vec<_>) = eights.unzip();
    let cold = cold.concat();
    let hot = vec![all; 3_000];
    // What was asked for at the start is still being coded; that must not count here.
    until_idle();
    let mut measure = |name: &str, routes: &[Route], etag: Option<&str>| {
        let (wall, cpu) = reader.median_micros(routes, etag);
        figures.insert(format!("{name}, µs"), wall);
        figures.insert(format!("{name}, µs CPU"), cpu);
    };
    measure("11 a hot feed", &hot, None);
    measure("12 nothing new: 304", &hot, Some(&etag));
    measure("15 a hot permalink", &hot_article, None);
    for (name, routes) in [
        ("13 a cold feed of a category in a year", feeds.as_slice()),
        ("14 a cold archive document", documents.as_slice()),
        ("15 a cold permalink", cold.as_slice()),
    ] {
        let (wall, cpu) = reader.median_cold_micros(routes, dir);
        figures.insert(format!("{name}, µs"), wall);
        figures.insert(format!("{name}, µs CPU"), cpu);
    }
    // The same for others, where the system has room to keep the archive's files.
    let (wall, cpu) = reader.median_behind(&in_page_cache, || remember_files(dir));
    figures.insert("16 a permalink from the page cache, µs".into(), wall);
    figures.insert("16 a permalink from the page cache, µs CPU".into(), cpu);
    // What was needed for a moment is given back within seconds, as long as anything is asked.
    figures.insert("18 serving, MB resident at the most".into(), status_megabytes("VmHWM:"));
    let begun = Instant::now();
    while begun.elapsed() < SETTLING {
        reader.median_micros(&hot, None);
    }
    figures.insert("17 serving, MB resident".into(), status_megabytes("VmRSS:"));
    figures
}

struct Reader {
    app: Arc<App>,
    runtime: tokio::runtime::Runtime,
}

impl Reader {
    fn get(&self, route: &Route, etag: Option<&str>) -> (HeaderMap, usize) {
        let mut request = Request::get(self.app.config.site.links.path(route));
        if let Some(etag) = etag {
            request = request.header("if-none-match", etag);
        }
        let request = request.body(Full::new(Bytes::new())).expect("it is a request");
        self.runtime.block_on(async {
            let Ok(reply) = handle(self.app.clone(), Way::Network, request).await;
            let wanted = if etag.is_some() { 304 } else { 200 };
            assert_eq!(reply.status().as_u16(), wanted, "{route:?}");
            let (parts, body) = reply.into_parts();
            (parts.headers, body.collect().await.expect("it is there").to_bytes().len())
        })
    }

    /// As [`Reader::median_behind`], while nothing of the archive in `dir` is in the page cache.
    fn median_cold_micros(&self, routes: &[Route], dir: &Path) -> (f64, f64) {
        self.median_behind(routes, || forget_files(dir))
    }

    /// The median of each route asked for the first time, behind what prepares for it: wall clock until it is answered, and
    /// processor time of the whole process until all its codings are made.
    fn median_behind(&self, routes: &[Route], prepare: impl Fn()) -> (f64, f64) {
        let each = routes.iter().map(|route| {
            until_idle();
            prepare();
            let mut wall = 0.0;
            let (_, all) = spent(|| {
                wall = spent(|| self.get(route, None)).1.wall.as_secs_f64() * 1e6;
                until_idle();
            });
            (wall, all.cpu_micros_each(1))
        });
        let (walls, cpus): (Vec<f64>, Vec<f64>) = each.unzip();
        if walls.is_empty() { (f64::NAN, f64::NAN) } else { (median(walls), median(cpus)) }
    }

    /// The median of each route asked for once: wall clock, and processor time of the whole process.
    fn median_micros(&self, routes: &[Route], etag: Option<&str>) -> (f64, f64) {
        let each: Vec<_> = routes.iter().map(|route| spent(|| self.get(route, etag)).1).collect();
        if each.is_empty() {
            return (f64::NAN, f64::NAN);
        }
        let wall = each.iter().map(|spent| spent.wall.as_secs_f64() * 1e6).collect();
        (median(wall), median(each.iter().map(|spent| spent.cpu_micros_each(1)).collect()))
    }
}

/// Waits until no thread has anything to do.
fn until_idle() {
    let pause = std::time::Duration::from_millis(50);
    while spent(|| std::thread::sleep(pause)).1.cpu > pause / 50 {}
}

/// Leaves nothing of the files below `dir` in the page cache.
fn forget_files(dir: &Path) {
    for file in
        WalkDir::new(dir).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file())
    {
        let Ok(file) = File::open(file.path()) else { continue };
        let forgotten = file.sync_all().map(|()| fadvise(&file, 0, None, Advice::DontNeed));
        forgotten.expect("files can be synced").expect("the system takes advice");
    }
}

/// Reads the files below `dir`, so that the page cache has them as far as there is room. It goes on for about as long as a large
/// archive takes: by then the allocator has given back the same of the request before, whatever the size. (A small archive stays in
/// the processor's own caches all the same.)
fn remember_files(dir: &Path) {
    let begun = Instant::now();
    while begun.elapsed() < REMEMBERING {
        let files =
            WalkDir::new(dir).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
        for mut file in files.filter_map(|entry| File::open(entry.path()).ok()) {
            std::io::copy(&mut file, &mut std::io::sink()).expect("the archive's files can be read");
        }
    }
}

fn status_megabytes(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    let kilobytes = line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) * 1024.0 / 1e6
}
