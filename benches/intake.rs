//! Intake of pages: those of a folder, and pages and messages that are made to take long or much room.
//!
//! `ANNALS_BENCH_PAGES` names a folder of HTML pages, looked through to its depth; without it only the
//! latter are read.

mod common;

use std::path::Path;

use annals::intake::{self, Arrival, Settings};
use common::{hostile, peak_bytes, resident_bytes, spent};

fn main() {
    if let Ok(folder) = std::env::var("ANNALS_BENCH_PAGES") {
        given(Path::new(&folder));
    }
    let pages = hostile::pages(1);
    let pages = pages.into_iter().map(|(name, page)| (name, page, "text/html"));
    made("pages made to take long", pages);
    let mails = hostile::mails(1).into_iter();
    made("messages made to take long", mails.map(|(name, _, mail)| (name, mail, "message/rfc822")));
}

/// Time and memory of what is made to take much of either.
fn made(what: &str, documents: impl Iterator<Item = (&'static str, String, &'static str)>) {
    let mut taken: Vec<(f64, String)> = documents
        .map(|(name, document, media_type)| {
            let before = resident_bytes();
            let millis = millis(document.as_bytes(), media_type);
            let room = peak_bytes().saturating_sub(before) >> 20;
            (millis, format!("{name}, {} KB, {room} MB of memory", document.len() / 1000))
        })
        .collect();
    slowest(what, &mut taken);
}

/// Every page of a folder, read once before and then measured.
fn given(folder: &Path) {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let pages: Vec<(String, Vec<u8>)> = files
        .filter(|file| file.file_type().is_file())
        .filter(|file| file.path().extension().is_some_and(|ending| ending == "html"))
        .filter_map(|file| {
            Some((file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).ok()?))
        })
        .collect();
    pages.iter().for_each(|(_, page)| {
        millis(page, "text/html");
    });
    let mut taken: Vec<(f64, String)> = pages
        .iter()
        .map(|(name, page)| (millis(page, "text/html"), format!("{name}, {} KB", page.len() / 1000)))
        .collect();
    slowest(&folder.display().to_string(), &mut taken);
}

/// Milliseconds of processor time to read a document into bulletins.
fn millis(page: &[u8], media_type: &str) -> f64 {
    let arrival =
        Arrival { source: "bench".into(), media_type: Some(media_type.into()), ..Arrival::default() };
    let settings = Settings::default();
    let (_, spent) = spent(|| std::hint::black_box(intake::read(page, &arrival, &settings).is_ok()));
    spent.cpu.as_secs_f64() * 1e3
}

fn slowest(what: &str, taken: &mut [(f64, String)]) {
    let sum: f64 = taken.iter().map(|(millis, _)| millis).sum();
    taken.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    println!("{what}: {} pages, {:.2} ms of CPU each; the slowest:", taken.len(), sum / taken.len() as f64);
    for (millis, name) in taken.iter().take(5) {
        println!("{millis:8.1} ms  {name}");
    }
}
