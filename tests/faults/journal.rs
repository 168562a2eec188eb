//! The journal injured: found and located, the rest served, the damaged named, never wrong bytes; and mended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use annals::catalogue::state::State as _;
use annals::digest::Digest;
use annals::journal::event::Action;
use annals::journal::{Position, Replay, record, verify};
use serde_json::Value;

use super::battery::{row, times};
use super::common::{open, settings};
use super::served::{Ask, Place, Server, bulletin, but, sha256, text, until, utf8};
use super::tools::{Dice, copy, quick_dir};

const BULLETINS: usize = 40;

/// An archive with a history, and what each record of its journal holds.
struct World {
    place: Place,
    journal: Vec<u8>,
    /// The addresses that are spoilt with the record that begins at a byte.
    spoilt: BTreeMap<usize, BTreeSet<String>>,
    /// Every address that is named by a hash.
    all: Vec<String>,
}

impl World {
    fn new() -> World {
        World::with("")
    }

    fn with(lines: &str) -> World {
        let place = Place::new();
        let config = place.dir.path().join("config.toml");
        let text = fs::read_to_string(&config).unwrap().replace("[server]\n", &format!("[server]\n{lines}"));
        fs::write(&config, text).unwrap();
        for n in 0..BULLETINS {
            place.file(&format!("{n}.json"), bulletin(n).to_string());
        }
        place.ingest(&["news"]);
        for n in 0..5 {
            place.file(&format!("{n}.json"), but(bulletin(n), "title", format!("Corrected {n}")).to_string());
        }
        place.ingest(&["news"]);
        let journal = fs::read(segment(&place.data())).unwrap();
        let mut world = World { place, journal, spoilt: BTreeMap::new(), all: Vec::new() };
        world.look();
        world
    }

    /// Which addresses each record answers for: the first event of a content or an original does.
    fn look(&mut self) {
        let dir = self.place.data().join("journal");
        let mut replay = Replay::new(&dir, Position::START).unwrap();
        let mut known = BTreeSet::new();
        while let Some(replayed) = replay.next_complete().unwrap() {
            let Action::Admit(admission) = &replayed.event.action else { continue };
            let content = format!("/content/sha256/{}", admission.content_digest().hex());
            let original = format!("/original/sha256/{}", admission.original.hex());
            let (begin, own) = (replayed.place.offset as usize, replayed.place.event_offset() as usize);
            for (address, record) in [(content, own), (original.clone(), begin), (original, own)] {
                // The media type of an original stands in its event.
                let first = known.insert(address.clone()) || self.all.last() == Some(&address);
                if first {
                    self.spoilt.entry(record).or_default().insert(address.clone());
                    if self.all.last() != Some(&address) {
                        self.all.push(address);
                    }
                }
            }
        }
    }

    fn file(&self) -> PathBuf {
        segment(&self.place.data())
    }

    /// Where the record begins that has this byte.
    fn begin(&self, byte: usize) -> usize {
        let mut at = 0;
        loop {
            let end = at + record::member_lengths(&self.journal[at..]).unwrap().compressed_bytes;
            if byte < end {
                return at;
            }
            at = end;
        }
    }

    fn flip(&self, dice: &mut Dice) -> (usize, u8) {
        let (byte, bit) = (dice.below(self.journal.len()), dice.below(8) as u8);
        put(&self.file(), byte, &[self.journal[byte] ^ 1 << bit]);
        (byte, bit)
    }

    fn flip_back(&self, byte: usize) {
        put(&self.file(), byte, &self.journal[byte..=byte]);
    }

    fn is_whole(&self) -> bool {
        fs::read(self.file()).unwrap() == self.journal
    }
}

fn segment(archive: &Path) -> PathBuf {
    archive.join("journal/annals-00000001.warc.gz")
}

fn put(path: &Path, at: usize, bytes: &[u8]) {
    OpenOptions::new().write(true).open(path).unwrap().write_all_at(bytes, at as u64).unwrap();
}

/// Whether what an address names is there: never with other bytes, and where it is damaged that is said by its hash.
fn is_there(asked: &impl Ask, address: &str) -> bool {
    let hex = address.rsplit('/').next().unwrap();
    let reply = asked.get(address);
    match reply.status {
        200 => assert_eq!(sha256(&reply.body), hex, "{address}"),
        500 => assert!(text(&reply.json(), "detail").contains(hex), "{address}: {}", reply.text()),
        _ => panic!("{address}: {reply:?}"),
    }
    reply.status == 200
}

fn counted(asked: &impl Ask) -> u64 {
    let metrics = asked.read("/metrics");
    let line = metrics.text().lines().find_map(|line| line.strip_prefix("annals_damaged_reads_total "));
    line.unwrap().parse().unwrap()
}

#[test]
fn a_flipped_bit_in_the_journal_is_found_and_located_and_the_rest_is_served() {
    let mut dice = Dice::new("journal");
    let world = World::new();
    let inside = world.place.inside();
    let dir = world.place.data().join("journal");
    let flips = times(60, 1_000);
    let (mut damaged, mut harmless) = (0, 0);
    for round in 0..flips {
        let (byte, bit) = world.flip(&mut dice);
        let what = format!("byte {byte} bit {bit}");
        let begin = world.begin(byte);
        let report = verify(&dir, None, |_| ()).unwrap();
        let found: Vec<u64> = report.problems.iter().map(|problem| problem.offset).collect();
        assert_eq!(found, [begin as u64], "{what}: {:?}", report.problems);
        let spoilt = world.spoilt.get(&begin).cloned().unwrap_or_default();
        let before = counted(&inside);
        for address in &spoilt {
            assert!(!is_there(&inside, address), "{what}: {address}");
        }
        assert!(counted(&inside) >= before + spoilt.len() as u64, "{what}");
        let others = (0..10).map(|_| &world.all[dice.below(world.all.len())]);
        for address in others.filter(|address| !spoilt.contains(*address)) {
            assert!(is_there(&inside, address), "{what}: {address}");
        }
        if round % 20 == 0 {
            for path in ["/", "/feeds/all.atom", "/feeds/all.json", "/feeds/year/2016.rss"] {
                inside.read(path);
            }
        }
        if spoilt.is_empty() {
            harmless += 1
        } else {
            damaged += 1
        }
        world.flip_back(byte);
    }
    for address in &world.all {
        assert!(is_there(&inside, address), "what is whole again is served again");
    }
    let feed = inside.read("/feeds/all.json").json();
    assert_eq!(feed["items"].as_array().unwrap().len(), BULLETINS, "nothing that lacked something was kept");
    let held = format!(
        "each located by verify; {damaged} answered 500 with the hash in question, and counted; {harmless} were in records \
         that no address shows; everything else served, no wrong byte"
    );
    row("bit flipped in the journal under a server", flips, held);
}

#[test]
fn a_damaged_version_takes_no_other_out_of_its_history_and_no_other_out_of_a_search() {
    let world = World::new();
    let found = |server: &Server, query: &str| {
        let reply = server.get(&format!("/search.json?q={query}"));
        if reply.status == 503 { 0 } else { reply.json()["items"].as_array().unwrap().len() }
    };
    let server = world.place.serve();
    until("the index follows", || (found(&server, "pier") == BULLETINS).then_some(()));
    let feed = server.read("/feeds/all.json").json();
    let mut items = feed["items"].as_array().unwrap().iter();
    let corrected = items.find(|item| text(item, "title") == "Corrected 0").unwrap();
    let id = text(corrected, "url").strip_prefix(super::served::BASE).unwrap().split('/').nth(2).unwrap();
    let json = format!("/bulletins/{id}.json");
    let history = server.read(&json).json()["history"].clone();
    drop(server);
    for version in [0, 1] {
        let content = text(&history[version], "content").strip_prefix(super::served::BASE).unwrap();
        let (begin, _) = world.spoilt.iter().find(|(_, spoilt)| spoilt.contains(content)).unwrap();
        put(&world.file(), begin + 60, b"not what was there");
        let hex = content.rsplit('/').next().unwrap();
        // What was read before is kept in memory for a while, and right.
        let server = world.place.serve();
        let page = server.read(&format!("/history/{id}"));
        assert!(page.text().contains("is damaged") && page.text().contains(hex), "{}", page.text());
        assert_eq!(page.text().matches("<li value=").count(), 2);
        server.read(&format!("/history/{id}/{}", 2 - version));
        for path in [format!("/history/{id}/{}", version + 1), format!("/history/{id}/1..2")] {
            let reply = server.get(&path);
            assert!(reply.status == 500 && reply.text().contains(hex), "{path}: {reply:?}");
        }
        let reply = server.get(&json);
        assert_eq!(reply.status, if version == 0 { 200 } else { 500 }, "{reply:?}");
        if version == 0 {
            assert_eq!(reply.json()["history"][0]["damaged"], true);
            assert!(reply.json()["history"][1]["damaged"].is_null());
        }
        until("what is left is found", || (found(&server, "pier") == BULLETINS - version).then_some(()));
        put(&world.file(), 0, &world.journal);
        drop(server);
    }
    let server = world.place.serve();
    assert!(!server.read(&format!("/history/{id}")).text().contains("is damaged"));
    let held = "named in the history with its hash; the other versions, and the others that a search finds, are shown";
    row("a version damaged among others", 2, held);
}

#[test]
fn an_archive_whose_journal_is_damaged_is_open_for_reading_and_mended_by_its_checksums() {
    let mut dice = Dice::new("journal without catalogue");
    let world = World::new();
    let state = || open(&settings(&world.place.data())).unwrap().catalogue().state_digest().unwrap();
    let before = state();
    a_rebuild_that_cannot_be_leaves_the_catalogue(&world);
    let flips = times(6, 100);
    for _ in 0..flips {
        let (byte, bit) = world.flip(&mut dice);
        let what = format!("byte {byte} bit {bit}");
        fs::remove_dir_all(world.place.data().join("catalogue")).unwrap();
        let spoilt = world.spoilt.get(&world.begin(byte)).cloned().unwrap_or_default();
        let inside = world.place.inside();
        let ready = inside.read("/readyz").json();
        assert_eq!(ready["read_only"], true, "{what}: {ready}");
        for _ in 0..20 {
            let address = &world.all[dice.below(world.all.len())];
            let reply = inside.get(address);
            // What is known to be incomplete does not say that something was never there.
            let there = reply.status == 200 && sha256(&reply.body) == address.rsplit('/').next().unwrap();
            assert!(
                there || spoilt.contains(address) && matches!(reply.status, 500 | 503),
                "{what}: {reply:?}"
            );
        }
        let refused = inside.post("/bulletins", "application/json", bulletin(99).to_string());
        assert_eq!(refused.status, 503, "{what}: {refused:?}");
        assert!(text(&refused.json(), "detail").contains("annals repair"), "{refused:?}");
        inside.read("/feeds/all.rss");
        drop(inside);
        let ran = world.place.run(&["repair"]);
        assert_eq!(ran.code, Some(0), "{what}: {ran:?}");
        assert!(world.is_whole(), "{what}: {ran:?}");
        assert_eq!(state(), before, "{what}");
    }
    let inside = world.place.inside();
    assert_eq!(inside.read("/readyz").json()["read_only"], false);
    inside.admit(&bulletin(99));
    row(
        "bit flipped in the journal, catalogue lost as well",
        flips,
        "open for reading only, the rest served; mended by the record's own checksum; the same state digest",
    );
}

/// The catalogue knows what the journal can no longer say.
fn a_rebuild_that_cannot_be_leaves_the_catalogue(world: &World) {
    let middle = world.journal.len() / 2;
    put(&world.file(), middle, &[!world.journal[middle]]);
    let ran = world.place.run(&["rebuild"]);
    assert!(ran.code == Some(2) && ran.err.contains("annals repair"), "{ran:?}");
    let inside = world.place.inside();
    assert_eq!(inside.read("/readyz").json()["read_only"], false);
    inside.read("/feeds/all.rss");
    drop(inside);
    world.flip_back(middle);
}

/// Damage that no checksum undoes.
fn maul(world: &World, dice: &mut Dice) -> BTreeSet<String> {
    // Behind the head of the segment, which another Annals cannot give where its checksum is lost too.
    let head = record::member_lengths(&world.journal).unwrap().compressed_bytes;
    let byte = head + dice.below(world.journal.len() - head);
    let noise: Vec<u8> = (0..1 + dice.below(400)).map(|_| dice.next() as u8).collect();
    let end = world.journal.len().min(byte + noise.len());
    put(&world.file(), byte, &noise[..end - byte]);
    world.spoilt.get(&world.begin(byte)).cloned().unwrap_or_default()
}

#[test]
fn damaged_records_are_mended_from_a_copy_and_from_another_annals() {
    let mut dice = Dice::new("repair");
    let token = "the other archive has this one";
    let world = World::with(&format!("mirror_sha256 = \"{}\"\n", sha256(token.as_bytes())));
    // Another archive with the same journal, in a folder of its own and served.
    let other = Place::new();
    copy(&world.place.data(), &other.data());
    let config = other.dir.path().join("config.toml");
    let lines = fs::read_to_string(&config).unwrap();
    let lines =
        lines.replace("[server]\n", &format!("[server]\nmirror_sha256 = \"{}\"\n", sha256(token.as_bytes())));
    fs::write(&config, lines).unwrap();
    let server = other.serve();
    let copied = quick_dir();
    copy(&world.place.data().join("journal"), &copied.path().join("journal"));
    let here = world.place.serve();
    let rounds = times(6, 60);
    for round in 0..rounds {
        let spoilt = maul(&world, &mut dice);
        spoilt.iter().for_each(|address| assert!(!is_there(&here, address)));
        // A copy of something else mends nothing.
        let ran = world.place.run(&["repair", "--from", utf8(&wrong_copy())]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let ran = match round % 2 {
            0 => world.place.run(&["repair", "--from", utf8(copied.path())]),
            _ => from_server(&world.place, &server, Some(token)),
        };
        assert_eq!(ran.code, Some(0), "round {round}: {ran:?}");
        assert!(world.is_whole(), "round {round}: {ran:?}");
        // The server that runs meanwhile serves it at once.
        spoilt.iter().for_each(|address| assert!(is_there(&here, address)));
    }
    row(
        "up to 400 bytes of the journal overwritten, mended from a copy or another Annals",
        rounds,
        "byte for byte, under a running server; a copy of another archive was refused",
    );
    drop(here);
    without_a_token(&world, &server);
    missing(&world, copied.path());
    row("the journal's only segment missing or cut off", 2, "put back from a copy");
}

fn wrong_copy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/archive/v1")
}

fn from_server(place: &Place, server: &Server, token: Option<&str>) -> super::served::Ran {
    let mut command = place.command(&["repair", "--from", &format!("http://{}", server.address)]);
    command.env("ANNALS_EGRESS__ALLOW", "[\"127.0.0.1\"]").env("ANNALS_EGRESS__PAUSE_SECONDS", "0");
    if let Some(token) = token {
        command.env("ANNALS_TOKEN", token);
    }
    let output = command.output().unwrap();
    super::served::Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Records are for whoever has the token; originals are for anyone, and enough to make their records anew.
fn without_a_token(world: &World, server: &Server) {
    assert_eq!(server.get("/journal/1").status, 401);
    let wrong = [("authorization", "Bearer wrong")];
    assert_eq!(server.ask("GET", "/journal/1", &wrong, "").status, 401);
    let original =
        world.spoilt.iter().filter(|(_, it)| it.iter().all(|address| address.starts_with("/original/")));
    let (begin, _) = original.clone().nth(3).unwrap();
    put(&world.file(), begin + 60, b"not what was there");
    let ran = from_server(&world.place, server, None);
    assert!(ran.code == Some(0) && world.is_whole(), "{ran:?}");
    // An event says more than any address shows.
    let event =
        world.spoilt.keys().find(|begin| !original.clone().any(|(other, _)| other == *begin)).unwrap();
    put(&world.file(), event + 60, b"not what was there");
    let ran = from_server(&world.place, server, None);
    assert!(ran.code == Some(1) && ran.out.contains("ANNALS_TOKEN"), "{ran:?}");
    put(&world.file(), 0, &world.journal);
}

fn missing(world: &World, copied: &Path) {
    for cut in [None, Some(world.journal.len() / 2)] {
        match cut {
            None => fs::remove_file(world.file()).unwrap(),
            Some(cut) => fs::write(world.file(), &world.journal[..cut]).unwrap(),
        }
        let ran = world.place.run(&["repair", "--from", utf8(copied)]);
        assert_eq!(ran.code, Some(0), "{cut:?}: {ran:?}");
        assert!(world.is_whole(), "{cut:?}: {ran:?}");
    }
}

#[test]
fn a_server_reads_its_journal_through_by_itself_and_says_what_it_found() {
    let world = World::new();
    let verified = |server: &Server| server.read("/readyz").json()["verified"].clone();
    let server = world.place.serve();
    let well = until("the first pass", || Some(verified(&server)).filter(|it| !it.is_null()));
    assert_eq!((&well["damaged"], &well["events"]), (&Value::from(0), &Value::from(BULLETINS + 5)));
    drop(server);
    // The next pass is due only in a week.
    let at = world.journal.len() / 2;
    put(&world.file(), at, b"damage");
    let server = world.place.serve();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(verified(&server), well);
    // By hand it may be had at any time, and is told as well.
    assert_eq!(world.place.run(&["verify"]).code, Some(1));
    assert_eq!(verified(&server)["damaged"], 1);
    let metrics = server.read("/metrics");
    assert!(metrics.text().contains("\nannals_verify_damaged 1\n"), "{}", metrics.text());
    assert!(metrics.text().contains("\nannals_verify_last_timestamp_seconds 1"), "{}", metrics.text());
    drop(server);
    fs::remove_file(world.place.data().join("verified.json")).unwrap();
    let server = world.place.serve();
    let found = until("the pass that was due", || Some(verified(&server)).filter(|it| !it.is_null()));
    assert_eq!(found["damaged"], 1);
    let digest = |archive: &Path| open(&settings(archive)).unwrap().catalogue().position().unwrap().digest;
    drop(server);
    put(&world.file(), 0, &world.journal);
    assert_ne!(digest(&world.place.data()), Digest::ZERO);
    row(
        "verify in the background",
        2,
        "its result on /readyz and /metrics, whether it ran by itself or by hand",
    );
}
