//! The catalogue on disk is disposable; the journal is not.

mod common;

use std::fs;
use std::path::Path;

use annals::archive::{Archive, ArchiveError, Outcome};
use annals::catalogue::state::State as _;
use annals::digest::Digest;
use common::{World, long_body, open, settings};

/// A history of a little of everything.
fn live(world: &mut World, bulletins: usize) {
    for n in 0..bulletins {
        let json = |title: &str| {
            format!(
                r#"{{"id": "{n}", "title": "{title} {n}", "body_html": "<p>{}</p>", "categories": ["c{}"],
                   "published": "{}"}}"#,
                long_body(title),
                n % 7,
                2000 + n % 9
            )
        };
        let new = world.admit("desk", &json("First"));
        match n % 5 {
            1 => drop(world.admit("desk", &json("Second"))),
            2 => drop(world.admit("other", &json("First"))),
            3 => drop(world.withdraw(new.id, "in error").unwrap()),
            4 => {
                world.withdraw(new.id, "in error").unwrap();
                world.restore(new.id).unwrap();
            }
            _ => {}
        }
    }
}

fn state(world: &World) -> Digest {
    world.archive().catalogue().state_digest().unwrap()
}

#[test]
fn the_catalogue_can_be_deleted_at_any_time_and_is_rebuilt_from_the_journal_to_the_same_state_byte_for_byte()
{
    let mut world = World::new();
    world.settings.segment_bytes_max = 20_000;
    world.reopen().unwrap();
    live(&mut world, 60);
    let before = state(&world);
    world.rebuild();
    assert_eq!(state(&world), before, "rebuilt on demand");
    world.close();
    fs::remove_dir_all(world.settings.catalogue_path()).unwrap();
    world.reopen().unwrap();
    assert_eq!(state(&world), before, "rebuilt because it was not there");

    // While the archive is open: what is admitted then is admitted all the same.
    fs::remove_dir_all(world.settings.catalogue_path()).unwrap();
    let receipt = world.admit("desk", r#"{"id": "late", "title": "Late"}"#);
    world.reopen().unwrap();
    assert_eq!(world.admit("desk", r#"{"id": "late", "title": "Late"}"#).outcome, Outcome::Duplicate);
    assert!(world.archive().bulletin(&receipt.id).unwrap().is_some());
    let with_late = state(&world);
    world.rebuild();
    assert_eq!(state(&world), with_late);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), &to).unwrap();
        }
    }
}

#[test]
fn a_catalogue_that_knows_more_than_the_journal_is_refused_and_the_way_out_is_named() {
    let mut world = World::new();
    live(&mut world, 5);
    world.close();
    let events = fs::read(world.segment(1)).unwrap();
    // Three ways of losing what was acknowledged, each with and without the note of how far that was.
    for head_lost in [false, true] {
        for kept in [None, Some(0), Some(events.len() - 1)] {
            let path = tempfile::tempdir().unwrap();
            copy(&world.settings.path, path.path());
            let journal = settings(path.path()).journal_path();
            let segment = journal.join("annals-00000001.warc.gz");
            match kept {
                Some(kept) => fs::write(&segment, &events[..kept]).unwrap(),
                None => fs::remove_file(&segment).unwrap(),
            }
            if head_lost {
                fs::remove_file(journal.join("head")).unwrap();
            }
            let refused = open(&settings(path.path())).err().unwrap();
            assert!(matches!(refused, ArchiveError::JournalBehind { seq: 10, .. }), "{refused}");
            assert!(refused.to_string().contains("delete catalogue/ and journal/head"), "{refused}");
            // And so it is: what is left is served again, and the archive goes on.
            fs::remove_dir_all(settings(path.path()).catalogue_path()).unwrap();
            let _ = fs::remove_file(journal.join("head"));
            let mut rest = World::at(settings(path.path()));
            assert!(rest.events() < 10);
            rest.admit("desk", r#"{"id": "next", "title": "Next"}"#);
            rest.reopen().unwrap();
        }
    }
}

#[test]
fn two_processes_do_not_write_one_archive() {
    let world = World::new();
    let refused = open(&world.settings).err().unwrap();
    assert!(matches!(&refused, ArchiveError::Locked(path) if *path == world.settings.path), "{refused}");
    assert!(Archive::rebuild(&world.settings, &|_, _| ()).is_err());
}

#[test]
fn opening_again_changes_nothing() {
    let mut world = World::new();
    live(&mut world, 5);
    let before = state(&world);
    let journal = fs::read(world.segment(1)).unwrap();
    for _ in 0..3 {
        world.reopen().unwrap();
        assert_eq!((state(&world), world.events()), (before, 10));
    }
    assert_eq!(fs::read(world.segment(1)).unwrap(), journal);
    let position = world.archive().catalogue().position().unwrap();
    assert_eq!((position.segment, position.offset), (1, journal.len() as u64));
}
