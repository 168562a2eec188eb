//! Reading: catalogue look-ups, putting feeds together and writing them, and rebuilding the catalogue.
//!
//! `ANNALS_BENCH_BULLETINS` sets how many bulletins the archive holds (20,000).

mod common;

use std::sync::Arc;

use annals::archive::Archive;
use annals::bulletin::{Alias, Selection};
use annals::catalogue::state::State as _;
use annals::config::Config;
use annals::permalink::{Document, Route};
use annals::syndication::document::Publisher;
use annals::syndication::format::FORMATS;
use annals::web::{App, Way, handle};
use bytes::Bytes;
use common::corpus::Corpus;
use common::{admit_all, open, settings, size, spent};
use http::Request;
use http::header::CONTENT_LENGTH;
use http_body_util::Full;
use jiff::Timestamp;

fn main() {
    let count = size("ANNALS_BENCH_BULLETINS", 20_000);
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let archive = open(dir.path());
    admit_all(&archive, &Corpus::new(1).bulletins(count));
    archive.catalogue().flush().expect("the catalogue merges");
    println!("{count} bulletins");
    look_ups(&archive, count);
    feeds(&archive);
    pages(&archive);
    drop(archive);
    rebuild(dir.path(), count);
}

/// By alias and by id, against a plain `HashMap` that holds the same in memory.
fn look_ups(archive: &Archive, count: usize) {
    let catalogue = archive.catalogue();
    let aliases: Vec<String> = (1..=count)
        .step_by(7)
        .map(|n| Alias::entry(&format!("https://bench.example.org/?p={n}")).to_string())
        .collect();
    let (numbers, by_alias) = spent(|| {
        let found =
            aliases.iter().map(|alias| catalogue.by_alias(alias).expect("it is read").expect("it is known"));
        found.collect::<Vec<u64>>()
    });
    let (ids, bulletins) = spent(|| {
        let found = numbers.iter().map(|number| catalogue.known_bulletin(*number).expect("it is known").id);
        found.collect::<Vec<_>>()
    });
    let (_, by_id) = spent(|| {
        ids.iter().for_each(|id| {
            std::hint::black_box(catalogue.by_id(id).expect("it is read").expect("it is known"));
        })
    });
    let map: std::collections::HashMap<&str, u64> = aliases.iter().map(String::as_str).zip(numbers).collect();
    let (_, in_memory) = spent(|| {
        aliases.iter().for_each(|alias| {
            std::hint::black_box(map.get(alias.as_str()));
        })
    });
    let (_, contents) = spent(|| {
        for id in ids.iter().take(2_000) {
            let (_, bulletin) = archive.bulletin(id).expect("it is read").expect("it is known");
            archive.version(&bulletin, 1).expect("it is read").expect("it is there");
        }
    });
    let each = |spent: common::Spent| spent.cpu_micros_each(aliases.len());
    println!(
        "look-up by alias  {:>7.2} µs CPU, {:.0} times a HashMap",
        each(by_alias),
        each(by_alias) / each(in_memory)
    );
    println!("look-up by id     {:>7.2} µs CPU", each(by_id));
    println!("a bulletin        {:>7.2} µs CPU", each(bulletins));
    println!(
        "a whole version   {:>7.2} µs CPU, read from the journal and checked",
        contents.cpu_micros_each(ids.len().min(2_000))
    );
}

/// Each format's subscription document and a sealed one: assembled, and written.
fn feeds(archive: &Arc<Archive>) {
    const ROUNDS: usize = 40;
    let config = Config::parse("bench", "", []).expect("the defaults are valid");
    let publisher = Publisher { archive, site: &config.site };
    for document in [Document::Subscription, Document::Archive(1)] {
        let assemble =
            || publisher.feed(&Selection::All, document, "atom").expect("it is read").expect("it is there");
        let feed = assemble();
        let (_, assembled) = spent(|| (0..ROUNDS).for_each(|_| drop(assemble())));
        let entries = feed.entries.len();
        println!(
            "{document:?} of {entries} entries: assembled in {:.0} µs CPU",
            assembled.cpu_micros_each(ROUNDS)
        );
        for format in &FORMATS {
            let bytes = (format.encode)(&feed).len();
            let (_, written) = spent(|| (0..ROUNDS).for_each(|_| drop((format.encode)(&feed))));
            let name = format.name;
            println!(
                "  written as {name:14} in {:>6.0} µs CPU, {bytes} bytes",
                written.cpu_micros_each(ROUNDS)
            );
        }
    }
}

/// Every kind of page, rendered and answered: by a server that was started just now, and by one that has been asked for
/// such a page before and keeps none. Without the search: its index would be made meanwhile, and counted.
fn pages(archive: &Arc<Archive>) {
    const ROUNDS: usize = 40;
    let runtime = common::runtime();
    let catalogue = archive.catalogue();
    let newest = catalogue.known_bulletin(1).expect("there is a first bulletin");
    let selections = catalogue.selections().expect("they are read");
    let largest = |wanted: fn(&Selection) -> bool| {
        let of_kind = selections.iter().filter(|(selection, _)| wanted(selection));
        of_kind.max_by_key(|(_, state)| state.bulletins).expect("there is one").0.clone()
    };
    let kinds = [
        ("home", Route::Home),
        ("year", Route::Page(largest(|it| matches!(it, Selection::Year(_))))),
        ("category", Route::Page(largest(|it| matches!(it, Selection::Category(_))))),
        ("category in a year", Route::Page(largest(|it| matches!(it, Selection::CategoryYear(..))))),
        ("article", Route::Bulletin(newest.id, Some(newest.slug.clone()))),
        ("history", Route::History(newest.id)),
        ("feeds", Route::Feeds),
        ("about", Route::About),
    ];
    let app = || {
        let config = Config::parse("bench", "[server]\ncache_bytes = 0\n[search]\nenabled = false", [])
            .expect("the configuration is valid");
        let app = App::new(archive.clone(), config, Timestamp::now);
        // As the server does when it starts.
        app.warm();
        Arc::new(app)
    };
    let ask = |app: &Arc<App>, route: &Route| -> u64 {
        let request =
            Request::get(route.to_string()).body(Full::<Bytes>::default()).expect("a path is a path");
        let reply = runtime.block_on(handle(app.clone(), Way::Network, request)).expect("it is answered");
        assert_eq!(reply.status(), 200, "{route}");
        reply.headers()[CONTENT_LENGTH]
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .expect("it has a length")
    };
    for (name, route) in kinds {
        let started = app();
        let (bytes, first) = spent(|| ask(&started, &route));
        let (_, cold) = spent(|| {
            (0..ROUNDS).for_each(|_| {
                std::hint::black_box(ask(&started, &route));
            })
        });
        let (first, cold) = (first.cpu_micros_each(1) / 1000.0, cold.cpu_micros_each(ROUNDS) / 1000.0);
        println!(
            "page, {name:18} {cold:>6.2} ms CPU cold, {first:>6.2} ms the first since the start, {bytes} bytes"
        );
    }
}

/// From the journal alone, against reading the journal's bytes and hashing them.
fn rebuild(path: &std::path::Path, count: usize) {
    let (_, rebuilt) = spent(|| {
        let archive = Archive::rebuild(&settings(path), &|_, _| ()).expect("the journal is whole");
        archive.catalogue().flush().expect("the catalogue merges");
    });
    let (bytes, read) = spent(|| {
        let segment = std::fs::read(path.join("journal/annals-00000001.warc.gz")).expect("it is there");
        std::hint::black_box(annals::digest::Digest::of(&segment));
        segment.len()
    });
    println!(
        "rebuild           {:>7.0} events/s, {:.1} µs CPU each; {:.1} times reading and hashing {} MB",
        rebuilt.rate(count),
        rebuilt.cpu_micros_each(count),
        rebuilt.cpu.as_secs_f64() / read.cpu.as_secs_f64(),
        bytes / 1_000_000,
    );
}
