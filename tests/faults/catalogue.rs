//! The catalogue injured in every way that sled's files allow: found, moved aside, made anew to the same state.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use annals::archive::{Archive, ArchiveError};
use annals::digest::Digest;
use serde_json::Value;

use super::battery::{row, times};
use super::common::{open, settings};
use super::served::{Ask as _, Place, Server, bulletin, but, sha256, text, until};
use super::tools::{Dice, copy, quick_dir};

/// An archive with a history, closed in good order; the state of its catalogue, and the digests of its contents.
struct World {
    place: Place,
    state: Digest,
    contents: Vec<String>,
}

impl World {
    fn new(bulletins: usize) -> World {
        let place = Place::new();
        for (n, from) in (0..bulletins).step_by(1_000).enumerate() {
            let many: Vec<Value> = (from..bulletins.min(from + 1_000)).map(bulletin).collect();
            place.file(&format!("{n}.json"), Value::from(many).to_string());
        }
        let receipts = place.ingest(&["news"]);
        let inside = place.inside();
        for n in 0..20 {
            inside.admit(&but(bulletin(n * 7), "title", format!("Corrected {n}")));
        }
        for receipt in receipts.iter().step_by(31).take(10) {
            let path = format!("/bulletins/{}?reason=in+error", text(receipt, "id"));
            assert_eq!(inside.command("DELETE", &path).status, 200);
        }
        drop(inside);
        let hex = |receipt: &Value| text(receipt, "digest").strip_prefix("sha256:").unwrap().to_string();
        let contents = receipts.iter().rev().step_by(17).take(20).map(hex).collect();
        let archive = open(&settings(&place.data())).unwrap();
        let state = archive.catalogue().state_digest().unwrap();
        World { place, state, contents }
    }

    fn files(&self) -> Vec<PathBuf> {
        let catalogue = self.place.data().join("catalogue");
        let files = walkdir::WalkDir::new(&catalogue).into_iter().map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file());
        files.map(|entry| entry.path().strip_prefix(&catalogue).unwrap().to_owned()).collect()
    }

    /// A file of the catalogue, the larger the likelier, and a byte in it.
    fn somewhere(&self, dice: &mut Dice, killed: bool) -> (PathBuf, usize) {
        let sized = |file: PathBuf| {
            let bytes = fs::metadata(self.place.data().join("catalogue").join(&file)).unwrap().len() as usize;
            (file, bytes)
        };
        let files = self.files().into_iter().filter(|file| !killed || file != Path::new("sums"));
        let files: Vec<(PathBuf, usize)> = files.map(sized).collect();
        let mut at = dice.below(files.iter().map(|(_, bytes)| bytes).sum());
        for (file, bytes) in files {
            if at < bytes {
                return (file, at);
            }
            at -= bytes;
        }
        unreachable!("the sizes were added up")
    }

    /// Injures a copy, and opens it until its state can be read: what it comes to must be what it was. Says whether the
    /// injury was found.
    fn injured(&self, what: &str, injure: impl FnOnce(&Path)) -> bool {
        let dir = quick_dir();
        copy(&self.place.data(), dir.path());
        let catalogue = dir.path().join("catalogue");
        injure(&catalogue);
        let mut opened = open(&settings(dir.path())).unwrap_or_else(|error| panic!("{what}: {error}"));
        self.reads_are_true(&opened, what);
        if let Err(error) = opened.catalogue().state_digest() {
            // Found as it was read; the next opening makes it anew.
            assert!(settings(dir.path()).suspects_catalogue(), "{what}: {error}");
            drop(opened);
            opened = open(&settings(dir.path())).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        assert_eq!(opened.catalogue().state_digest().unwrap(), self.state, "{what}");
        assert!(!settings(dir.path()).suspects_catalogue(), "{what}");
        self.reads_are_true(&opened, what);
        dir.path().join("catalogue.damaged").exists()
    }

    /// No content has another hash than its name, whatever the catalogue says.
    fn reads_are_true(&self, archive: &Archive, what: &str) {
        for hex in &self.contents {
            match archive.content(&Digest::from_hex(hex).unwrap()) {
                Ok(Some((json, _))) => assert_eq!(sha256(&json), *hex, "{what}"),
                Ok(None) => panic!("{what}: {hex} is missing, and nothing says why"),
                Err(ArchiveError::Catalogue(_)) => {}
                Err(error) => panic!("{what}: {error}"),
            }
        }
    }
}

fn rewrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn of(killed: bool) -> &'static str {
    if killed { " of a server that was killed" } else { "" }
}

fn held(same: &str, found: usize, tried: usize) -> String {
    match found == tried {
        true => format!("{same}; found and made anew every time"),
        false => {
            format!("{same}; found and made anew {found} times, the others were in bytes that say nothing")
        }
    }
}

#[test]
fn an_injured_catalogue_is_found_out_and_made_anew_to_the_same_state() {
    let mut dice = Dice::new("catalogue");
    let bulletins = times(300, 10_000);
    let world = World::new(bulletins);
    let same = format!("the same state digest at {bulletins} bulletins; no byte of another hash was served");
    world.injured("deleted", |catalogue| fs::remove_dir_all(catalogue).unwrap());
    row("catalogue deleted", 1, same.clone());

    let truncations = times(4, 20);
    let flips = times(8, 50);
    for killed in [false, true] {
        // Who is killed has not noted what its files come to.
        let before = |catalogue: &Path| {
            if killed {
                fs::remove_file(catalogue.join("sums")).unwrap();
            }
        };
        let mut found = 0;
        for _ in 0..truncations {
            let (file, at) = world.somewhere(&mut dice, killed);
            let what = format!("{} cut at {at}", file.display());
            found += usize::from(world.injured(&what, |catalogue| {
                before(catalogue);
                rewrite(&catalogue.join(&file), |bytes| bytes.truncate(at));
            }));
        }
        row(&format!("catalogue truncated{}", of(killed)), truncations, held(&same, found, truncations));
        assert!(killed || found == truncations);

        found = 0;
        for _ in 0..flips {
            let ((file, at), bit) = (world.somewhere(&mut dice, killed), dice.below(8));
            let what = format!("{} byte {at} bit {bit}", file.display());
            found += usize::from(world.injured(&what, |catalogue| {
                before(catalogue);
                rewrite(&catalogue.join(&file), |bytes| bytes[at] ^= 1 << bit);
            }));
        }
        row(&format!("bit flipped in the catalogue{}", of(killed)), flips, held(&same, found, flips));
        assert!(killed || found == flips);
    }

    // As a kill leaves it: torn, and newer than the last by its name.
    let torn = |catalogue: &Path| {
        let names =
            catalogue.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let newest =
            names.filter(|name| name.starts_with("snap.")).max().expect("sled has written a snapshot");
        fs::write(catalogue.join(format!("{newest}.generating")), [0x5a; 300]).unwrap();
    };
    assert!(!world.injured("a snapshot that was never finished", torn), "the one before is there");
    row("left-over snap.*.generating", 1, format!("removed, and {same}"));
    let zeroed = |catalogue: &Path| rewrite(&catalogue.join("conf"), |bytes| bytes.fill(0));
    assert!(world.injured("conf zeroed", zeroed));
    row("conf zeroed", 1, same);
}

/// Waits until `server` has started again by itself, and looks at the catalogue that it made.
fn is_made_anew(world: &World, server: Server) {
    until("the old catalogue is moved aside", || {
        world.place.data().join("catalogue.damaged").exists().then_some(())
    });
    until("the socket is there again", || {
        let ran = world.place.run(&["health"]);
        (ran.code == Some(0)).then_some(())
    });
    assert!(!world.place.data().join("catalogue.suspect").exists());
    let (status, _) = server.terminate();
    assert!(status.success(), "it is still the same process");
    let archive = open(&settings(&world.place.data())).unwrap();
    assert_eq!(archive.catalogue().state_digest().unwrap(), world.state);
}

#[test]
fn a_server_that_finds_its_catalogue_damaged_makes_it_anew_by_itself() {
    let world = World::new(times(300, 2_000));
    let server = world.place.serve();
    // As if a read had found damage just now.
    fs::write(world.place.data().join("catalogue.suspect"), b"").unwrap();
    is_made_anew(&world, server);
    row("catalogue found damaged while serving", 1, "the server started again and made it anew");
}

#[test]
fn a_value_that_the_store_has_forgotten_is_found_by_the_pass_in_the_background() {
    let world = World::new(times(300, 2_000));
    let catalogue = world.place.data().join("catalogue");
    fs::remove_file(catalogue.join("sums")).unwrap();
    let store = sled::open(catalogue).unwrap();
    let bulletins = store.scan_prefix("b").keys().next().unwrap().unwrap();
    store.remove(bulletins).unwrap();
    store.flush().unwrap();
    drop(store);
    is_made_anew(&world, world.place.serve());
    row(
        "value forgotten by the catalogue's store",
        1,
        "found by the pass in the background, and the catalogue made anew",
    );
}

#[test]
fn a_rebuild_that_was_interrupted_is_taken_up_again() {
    let mut dice = Dice::new("rebuild");
    let world = World::new(times(300, 10_000));
    let kills = times(3, 20);
    let begin = Instant::now();
    world.place.rebuild();
    let usual = begin.elapsed().as_millis() as usize;
    for round in 0..kills {
        let mut child = world.place.command(&["rebuild"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(dice.below(usual) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        if round % 2 == 0 {
            assert_eq!(world.place.rebuild(), world.state.to_string());
        }
        let archive = open(&settings(&world.place.data())).unwrap();
        assert_eq!(archive.catalogue().state_digest().unwrap(), world.state, "round {round}");
        let left =
            ["rebuilding", "discarded"].map(|it| world.place.data().join("catalogue").with_extension(it));
        assert!(left.iter().all(|path| !path.exists()));
    }
    row("rebuild killed", kills, "the same state digest, by the next rebuild and by the next start");
}
