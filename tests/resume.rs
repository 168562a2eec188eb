//! A run that was stopped is taken up where it was: nothing that was acknowledged is read again, and nothing is
//! left out.

mod served;

use std::io::{BufRead as _, BufReader, Cursor, Write as _};
use std::process::Stdio;

use serde_json::Value;
use served::{Ask as _, Place, Ran, bulletin, but, text};
use zip::write::SimpleFileOptions;

/// Files before a zip file, members of it, files behind it.
const BEFORE: usize = 200;
const WITHIN: usize = 500;
const BEHIND: usize = 300;
const ALL: usize = BEFORE + WITHIN + BEHIND;
/// In the middle of the zip file. The rest is more than a pipe holds that nobody reads from, so that the run cannot
/// have come to its end before it is killed.
const STOP_AFTER: usize = 450;

fn fill(place: &Place) {
    for n in 0..BEFORE {
        place.file(&format!("a/{n:03}.json"), bulletin(n).to_string());
    }
    place.file("b.zip", zip(BEFORE..BEFORE + WITHIN));
    for n in BEFORE + WITHIN..ALL {
        place.file(&format!("c/{n:03}.json"), bulletin(n).to_string());
    }
}

fn zip(numbers: std::ops::Range<usize>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in numbers {
        writer.start_file(format!("{n:03}.json"), SimpleFileOptions::default()).unwrap();
        writer.write_all(bulletin(n).to_string().as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Takes in the folder, and is killed in the middle.
fn stopped(place: &Place) {
    let mut child = place.command(&["ingest", "--json", "news"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.take(STOP_AFTER).count();
    child.kill().unwrap();
    assert!(told == STOP_AFTER && !child.wait().unwrap().success());
}

fn outcomes(ran: &Ran, outcome: &str) -> usize {
    ran.json().iter().filter(|receipt| text(receipt, "outcome") == outcome).count()
}

fn bulletins(place: &Place) -> Value {
    place.inside().read("/readyz").json()["bulletins"].clone()
}

#[test]
fn a_run_that_was_killed_is_taken_up_and_everything_is_there_once() {
    for served in [false, true] {
        let place = Place::new();
        fill(&place);
        let server = served.then(|| place.serve());
        stopped(&place);
        // What has changed since is read again.
        place.file("a/007.json", but(bulletin(7), "title", "Corrected").to_string());
        let ran = place.run(&["ingest", "--json", "news"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let said = format!("taking up after {} files and ", BEFORE - 1);
        assert!(ran.err.contains(&said), "{}", ran.err);
        assert_eq!(outcomes(&ran, "revised"), 1);
        // What was acknowledged last may not have been written down yet, and comes again as a duplicate.
        assert!(ran.json().len() < ALL - STOP_AFTER + 100, "{}", ran.json().len());
        // Complete: the next run begins anew, and there is nothing new for it.
        let left =
            std::fs::read_dir(place.data().join("resume")).unwrap().map(|file| file.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), ["folders.json"], "which source a folder is, it is for good");
        let again = place.run(&["ingest", "--json", "news"]);
        assert!(!again.err.contains("taking up"), "{}", again.err);
        assert_eq!(outcomes(&again, "duplicate"), ALL);
        drop(server);
        assert_eq!(bulletins(&place), ALL);
    }
}

#[test]
fn a_container_that_has_changed_is_read_from_its_beginning() {
    let place = Place::new();
    fill(&place);
    stopped(&place);
    place.file("b.zip", zip(BEFORE..BEFORE + WITHIN + 1));
    let ran = place.run(&["ingest", "--json", "news"]);
    let of_zip = ran.json().iter().filter(|receipt| text(receipt, "file").starts_with("b.zip/")).count();
    assert!(
        of_zip == WITHIN + 1 && ran.err.contains(&format!("after {BEFORE} files")),
        "{of_zip}: {}",
        ran.err
    );
    assert_eq!(bulletins(&place), ALL);
}

#[test]
fn where_a_run_was_stopped_is_of_no_interest_to_another() {
    let place = Place::new();
    fill(&place);
    stopped(&place);
    for arguments in
        [&["ingest", "--json", "news", "--category", "Tides"][..], &["ingest", "--json", "news/a"]]
    {
        assert!(!place.run(arguments).err.contains("taking up"), "{arguments:?}");
    }
    // The archive is not the one that knew of it.
    std::fs::remove_dir_all(place.data().join("journal")).unwrap();
    std::fs::remove_dir_all(place.data().join("catalogue")).unwrap();
    let ran = place.run(&["ingest", "--json", "news"]);
    assert_eq!((outcomes(&ran, "new"), ran.err.contains("taking up")), (ALL, false), "{}", ran.err);
}

#[test]
fn a_run_may_be_told_to_begin_anew() {
    let place = Place::new();
    fill(&place);
    stopped(&place);
    let ran = place.run(&["ingest", "--json", "news", "--from-start"]);
    assert_eq!((ran.json().len(), ran.err.contains("taking up")), (ALL, false), "{}", ran.err);
    assert_eq!(bulletins(&place), ALL);
}

#[test]
fn what_was_refused_is_named_again_by_the_run_that_takes_up() {
    let place = Place::new();
    fill(&place);
    place.file("a/000.json", "{");
    stopped(&place);
    let ran = place.run(&["ingest", "--json", "news"]);
    assert_eq!((ran.code, outcomes(&ran, "refused")), (Some(1), 1), "{}", ran.err);
}
