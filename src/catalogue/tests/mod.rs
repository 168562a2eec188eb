//! The catalogue as a whole, over an engine in memory.

mod identity;
mod selections;
mod world;

use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;

use super::Catalogue;
use super::engine::Engine as _;
use super::engine::sled::SledEngine;
use super::key::{self, HashKind};
use super::overlay::Overlay;
use super::state::{CatalogueError, State};
use crate::digest::Digest;
use crate::journal::Position;
use world::{Disk, Incident, Step, apply_to, history, incidents, live_through, steps};

/// Applied one by one, merged once.
fn plainly(steps: &[Step]) -> Catalogue {
    live_through(&Disk::default(), &history(steps), &[Incident::TakeUp])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_batching_any_merges_and_any_crash_give_the_same_state_as_a_rebuild(
        steps in steps(1..120), incidents in incidents(),
    ) {
        let disk = Disk::default();
        let catalogue = live_through(&disk, &history(&steps), &incidents);
        let rebuilt = plainly(&steps).state_digest().unwrap();
        prop_assert_eq!(catalogue.state_digest().unwrap(), rebuilt);
        drop(catalogue);
        prop_assert_eq!(disk.catalogue().state_digest().unwrap(), rebuilt, "and after a restart");
    }

    #[test]
    fn an_event_that_says_nothing_or_makes_no_sense_still_counts(steps in steps(1..60)) {
        let catalogue = plainly(&steps);
        prop_assert_eq!(catalogue.position().unwrap().seq, steps.len() as u64);
        for number in 1..=steps.len() as u64 {
            let event = catalogue.known_event(number).unwrap();
            if event.bulletin > 0 {
                prop_assert!(catalogue.known_bulletin(event.bulletin).unwrap().versions.contains(&event.shown));
            }
        }
    }
}

#[test]
fn a_merge_that_fails_loses_nothing_and_is_made_up_for() {
    let steps: Vec<Step> = (0..40).map(|n| Step::Withdraw(n % 24)).collect();
    let disk = Disk::default();
    let catalogue = live_through(&disk, &history(&steps), &[Incident::TakeUp]);
    disk.fill(true);
    assert!(matches!(catalogue.merge(), Err(CatalogueError::Engine(_))));
    assert_eq!(catalogue.merge_failure().as_deref(), Some("the catalogue's store failed: no room"));
    assert_eq!(catalogue.position().unwrap().seq, 40, "what is in memory is still seen");
    disk.fill(false);
    catalogue.flush().unwrap();
    assert_eq!((catalogue.merge_failure(), catalogue.unmerged()), (None, (0, false)));
    assert_eq!(catalogue.state_digest().unwrap(), plainly(&steps).state_digest().unwrap());
}

#[test]
fn what_a_failed_merge_had_begun_to_append_is_cut_before_anyone_goes_through_it_or_opens_it() {
    let disk = Disk::default();
    let history = history(&(0..40).map(Step::Restore).collect::<Vec<_>>());
    let begin_to_merge = || {
        let catalogue = disk.catalogue();
        let mut pending = super::Pending::new(&catalogue);
        history.iter().for_each(|entry| apply_to(&mut pending, entry));
        catalogue.take_up(pending.into_overlay());
        disk.fill(true);
        catalogue.merge().unwrap_err();
        disk.fill(false);
        catalogue
    };
    let catalogue = begin_to_merge();
    assert!(disk.keys(key::EVENTS.prefix) > 0, "there was room for some");
    catalogue.check(&|| false).unwrap();
    assert_eq!(disk.keys(key::EVENTS.prefix), 0);
    drop(begin_to_merge());
    assert!(disk.keys(key::EVENTS.prefix) > 0);
    assert_eq!(disk.catalogue().position().unwrap(), Position::START);
    assert_eq!(disk.keys(key::EVENTS.prefix), 0);
}

#[test]
fn whoever_asks_for_what_is_being_appended_finds_nothing() {
    let disk = Disk::default();
    let catalogue = disk.catalogue();
    for paged in [key::EVENTS, key::BULLETINS] {
        disk.commit([(paged.key(20), Some(Vec::new()))].into()).unwrap();
    }
    assert!(catalogue.event(20).unwrap().is_none() && catalogue.bulletin(20).unwrap().is_none());
}

#[test]
fn an_engine_that_lost_what_was_merged_is_not_believed() {
    let disk = Disk::default();
    let history = history(&(0..24).map(Step::Restore).collect::<Vec<_>>());
    let catalogue = live_through(&disk, &history[..12], &[Incident::Merge]);
    let mut pending = super::Pending::new(&catalogue);
    history[12..].iter().for_each(|entry| apply_to(&mut pending, entry));
    catalogue.take_up(pending.into_overlay());
    disk.fill(true);
    catalogue.merge().unwrap_err();
    disk.fill(false);
    disk.forget();
    for refused in [catalogue.merge().err(), catalogue.known_event(20).err(), catalogue.selections().err()] {
        let refused = refused.unwrap().to_string();
        assert!(refused.contains("lost events up to 12"), "{refused}");
    }
}

#[test]
fn two_merges_at_once_are_one_after_the_other() {
    let disk = Disk::default();
    let catalogue = disk.catalogue();
    let steps: Vec<Step> = (0..2_000u16).map(|n| Step::Restore((n % 24) as u8)).collect();
    let history = history(&steps);
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while catalogue.position().unwrap().seq < 2_000 {
                    catalogue.merge().unwrap();
                }
            });
        }
        for entry in &history {
            let mut pending = super::Pending::new(&catalogue);
            apply_to(&mut pending, entry);
            catalogue.take_up(pending.into_overlay());
        }
    });
    assert_eq!(catalogue.state_digest().unwrap(), plainly(&steps).state_digest().unwrap());
}

#[test]
fn a_flush_goes_on_until_no_slice_has_many_hashes_that_wait() {
    let catalogue = Disk::default().catalogue();
    let mut overlay = Overlay { position: Some(Position::START), ..Overlay::default() };
    for n in 0..2_000u64 {
        overlay.hashes.insert(key::short(Digest::of(&n.to_be_bytes())), HashKind::Text, n);
    }
    catalogue.take_up(overlay);
    catalogue.merge().unwrap();
    let is_crowded = || !catalogue.memory.read().unwrap().hashes.crowded().is_empty();
    assert!(is_crowded());
    catalogue.ease().unwrap();
    assert!(is_crowded(), "once is not enough");
    catalogue.flush().unwrap();
    assert!(!is_crowded());
}

#[test]
fn no_hash_is_lost_where_an_engine_goes_back_behind_slices_that_were_settled() {
    let hash = |n: u64| key::short(Digest::of(&n.to_be_bytes()));
    let of = |numbers: std::ops::Range<u64>| {
        let mut overlay = Overlay { position: Some(Position::START), ..Overlay::default() };
        numbers.for_each(|n| {
            overlay.hashes.insert(hash(n), HashKind::Text, n);
        });
        overlay
    };
    let disk = Disk::default();
    let catalogue = disk.catalogue();
    catalogue.take_up(of(0..1_000));
    catalogue.merge().unwrap();
    catalogue.take_up(of(1_000..2_000));
    // The merge itself, and three of the slices behind it.
    disk.fill_after(4);
    assert!(matches!(catalogue.merge(), Err(CatalogueError::Engine(_))));
    assert_eq!(catalogue.unmerged(), (0, false), "what is settled is nobody's to wait for");
    catalogue.take_up(of(2_000..3_000));
    catalogue.merge().unwrap();
    assert_eq!(catalogue.merge_failure(), None);
    for catalogue in [catalogue, disk.catalogue()] {
        assert!((0..3_000).all(|n| catalogue.candidates(HashKind::Text, &hash(n)).unwrap().contains(&n)));
        catalogue.flush().unwrap();
        assert!((0..3_000).all(|n| catalogue.candidates(HashKind::Text, &hash(n)).unwrap().contains(&n)));
    }
}

#[test]
fn what_is_gone_through_while_others_merge_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let engine = SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
    let catalogue = Catalogue::open(Box::new(engine)).unwrap();
    let history = history(&(0..400u16).map(|n| Step::Restore((n % 24) as u8)).collect::<Vec<_>>());
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for entry in &history {
                let mut pending = super::Pending::new(&catalogue);
                apply_to(&mut pending, entry);
                catalogue.take_up(pending.into_overlay());
                catalogue.merge().unwrap();
            }
            done.store(true, Ordering::Relaxed);
        });
        while !done.load(Ordering::Relaxed) {
            catalogue.check(&|| false).unwrap();
        }
    });
    catalogue.check(&|| false).unwrap();
}

#[test]
fn a_catalogue_of_another_schema_is_refused_by_name() {
    let disk = Disk::default();
    drop(disk.catalogue());
    disk.commit([(super::key::SCHEMA.to_vec(), Some(99u32.to_le_bytes().to_vec()))].into()).unwrap();
    let refused = Catalogue::open(Box::new(disk)).err().unwrap().to_string();
    assert!(refused.contains("schema version") && refused.contains("rebuilt from the journal"), "{refused}");
}
