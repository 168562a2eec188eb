//! Admission through the real path: intake of JSON, digest, journal, catalogue.
//!
//! In bulk, against the floor of nothing but SHA-256 and gzip of the same bytes; and one by one from 64 clients,
//! against one fdatasync each: on this disk as it is, and as if each of its syncs took 4 ms longer, as ordinary
//! disks do. `ANNALS_BENCH_BULLETINS` sets how many (100,000).

mod common;

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use annals::archive::Archive;
use annals::intake;
use bytes::Bytes;
use common::corpus::Corpus;
use common::{
    Spent, arrival, content, disk_bytes, floor, median, open, resident_bytes, runtime, size, spent,
};
use jiff::Timestamp;

const CLIENTS: usize = 64;

/// Set in the process whose syncs are slow.
const SLOW: &str = "ANNALS_BENCH_SLOW_SYNC";

fn main() {
    let count = size("ANNALS_BENCH_BULLETINS", 100_000);
    let documents = Corpus::new(1).bulletins(count);
    let few = &documents[..count.min(20_000)];
    if std::env::var_os(SLOW).is_some() {
        return single(few);
    }
    let bytes: usize = documents.iter().map(Bytes::len).sum();
    println!("{count} bulletins of {} bytes on average", bytes / count);
    bulk(&documents);
    single(few);
    single_on_a_slow_disk();
}

/// The same in a process in which every fdatasync takes 4 ms more.
fn single_on_a_slow_disk() {
    const SOURCE: &str = r#"
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <unistd.h>
        int fdatasync(int fd) {
            int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
            usleep(4000);
            return real(fd);
        }
    "#;
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let (source, library) = (dir.path().join("slow.c"), dir.path().join("slow.so"));
    std::fs::write(&source, SOURCE).expect("there is room for a file");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status();
    if !compiled.is_ok_and(|status| status.success()) {
        println!("skipped: the same on a slow disk, since there is no C compiler `cc`");
        return;
    }
    println!("with 4 ms more a sync:");
    let this = std::env::current_exe().expect("this program has a path");
    let status = Command::new(this).env("LD_PRELOAD", &library).env(SLOW, "1").status();
    assert!(status.is_ok_and(|status| status.success()), "the slow process fails");
}

/// How often bulk and floor are measured, in turn: the machine's own pace changes from minute to minute.
const ROUNDS: usize = 5;

/// All at once, as `annals ingest` takes a folder. Medians of several rounds, each with its floor beside it.
fn bulk(documents: &[Bytes]) {
    let before = resident_bytes();
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let archive = open(dir.path());
    let mut gzipped = 0;
    let (mut rates, mut cpu, mut floors, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in documents.chunks(documents.len().div_ceil(ROUNDS)) {
        let count = round.len();
        let (_, admitted) = spent(|| common::admit_all(&archive, round));
        let contents: Vec<Box<str>> = round.iter().map(|document| content(document)).collect();
        let pairs = round.iter().zip(&contents);
        let (bytes, least) =
            spent(|| pairs.map(|(one, content)| floor(one, content.as_bytes())).sum::<u64>());
        gzipped += bytes;
        rates.push(admitted.rate(count));
        cpu.push(admitted.cpu_micros_each(count));
        floors.push(least.cpu_micros_each(count));
        ratios.push(admitted.cpu_micros_each(count) / least.cpu_micros_each(count));
    }
    let resident = resident_bytes().saturating_sub(before);
    let (_, closed) = spent(|| drop(archive));
    let parts =
        ["journal", "catalogue"].map(|part| disk_bytes(&dir.path().join(part)) as f64 / gzipped as f64);
    println!("bulk admission   {:>9.0} bulletins/s, {:.0} µs CPU each", median(rates), median(cpu));
    println!("  floor          {:>9.0} µs CPU each: SHA-256 and gzip -6 of the same bytes", median(floors));
    println!("  CPU over floor {:>9.2}", median(ratios));
    println!("  closing        {:>9.2} s, not in the above", closed.wall.as_secs_f64());
    println!("  disk           {:>9.2} of gzip -6 of originals and contents one by one", parts[0] + parts[1]);
    println!("                 {:>9.2} journal, {:.2} catalogue", parts[0], parts[1]);
    println!("  resident       {:>9.0} MB more than before", resident as f64 / 1e6);
}

/// One by one: each client waits for its receipt before it sends the next.
fn single(documents: &[Bytes]) {
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let sync = one_sync_each(dir.path(), &documents[..200.min(documents.len())]);
    let archive = open(dir.path());
    let next = Arc::new(AtomicUsize::new(0));
    let documents: Arc<[Bytes]> = documents.into();
    let (_, admitted) = spent(|| {
        runtime().block_on(async {
            let clients =
                (0..CLIENTS).map(|_| tokio::spawn(client(archive.clone(), documents.clone(), next.clone())));
            for client in clients.collect::<Vec<_>>() {
                client.await.expect("a client does not fail");
            }
        });
    });
    let (one, many) = (sync.rate(200), admitted.rate(documents.len()));
    println!("one by one, {CLIENTS} clients {many:>9.0} bulletins/s");
    println!("one fdatasync each     {one:>9.0} bulletins/s, ratio {:.1}", many / one);
}

async fn client(archive: Arc<Archive>, documents: Arc<[Bytes]>, next: Arc<AtomicUsize>) {
    while let Some(document) = documents.get(next.fetch_add(1, Ordering::Relaxed)) {
        let read = intake::read(document, &arrival(), &intake::Settings::default())
            .expect("a generated bulletin is well formed");
        let at = Timestamp::now();
        let offer = archive.offer(read, document.clone(), at);
        archive.admit(offer, "bench", at).await.expect("the archive admits");
    }
}

/// What a writer could do that syncs each bulletin by itself.
fn one_sync_each(dir: &std::path::Path, documents: &[Bytes]) -> Spent {
    let file = File::create(dir.join("one-sync-each")).expect("there is room for a file");
    let mut offset = 0;
    let (_, each) = spent(|| {
        for document in documents {
            file.write_all_at(document, offset).expect("there is room");
            file.sync_data().expect("the disk syncs");
            offset += document.len() as u64;
        }
    });
    each
}
