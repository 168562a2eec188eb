//! Every step of a commit failing once, with its effect lost or there all the same.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::event::RULES;
use super::*;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn open(dir: &Path) -> (Journal, u64) {
    let mut events = 0;
    let count = |_| -> Result<(), JournalError> {
        events += 1;
        Ok(())
    };
    let journal = Journal::open(dir, Position::START, SEGMENT_BYTES_MAX, count).unwrap();
    (journal, events)
}

fn batch(journal: &Journal) -> Batch {
    let mut batch = journal.tail().batch(AT);
    let Position { seq, digest, .. } = batch.position();
    let action = event::Action::Restore { id: crate::bulletin::BulletinId::from_digest(&digest) };
    let event = Event { action, at: AT, by: "test".into(), prev: digest, rules: RULES, seq: seq + 1 };
    batch.push(None, AT, &event).unwrap();
    batch
}

#[test]
fn whatever_step_of_a_commit_fails_nothing_is_acknowledged_and_the_next_commit_is_whole() {
    // The handle that the journal writes to is replaced: one that takes nothing, one that takes everything
    // and cannot sync. What was "written" is lost, or there in part, or there as a whole.
    for handle in ["/dev/full", "/dev/null"] {
        for persisted in [0, 50, usize::MAX] {
            let dir = tempfile::tempdir().unwrap();
            let (mut journal, _) = open(dir.path());
            journal.commit(batch(&journal)).unwrap();
            let durable = journal.position();
            let failing = batch(&journal);
            let path = segment::path(dir.path(), 1);
            let kept = &failing.bytes[..persisted.min(failing.bytes.len())];
            OpenOptions::new().write(true).open(&path).unwrap().write_all_at(kept, durable.offset).unwrap();
            journal.file = Some(OpenOptions::new().write(true).open(handle).unwrap());

            let error = journal.commit(failing).unwrap_err();
            assert_eq!(error.is_out_of_space(), handle == "/dev/full", "{error}");
            assert_eq!(journal.position(), durable, "{handle}, {persisted}");
            assert_eq!(fs::metadata(&path).unwrap().len(), durable.offset);
            journal.commit(batch(&journal)).unwrap();
            drop(journal);
            assert_eq!(open(dir.path()).1, 2, "{handle}, {persisted}");
        }
    }
}

#[test]
fn a_journal_that_cannot_be_cut_back_is_closed_until_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    journal.commit(batch(&journal)).unwrap();
    // The file is gone for a while, as when a network file system is.
    let (path, away) = (segment::path(dir.path(), 1), dir.path().join("away"));
    fs::rename(&path, &away).unwrap();
    journal.file = Some(OpenOptions::new().write(true).open("/dev/full").unwrap());
    for _ in 0..2 {
        journal.commit(batch(&journal)).unwrap_err();
        assert!(journal.closed.is_some());
    }
    fs::rename(&away, &path).unwrap();
    journal.commit(batch(&journal)).unwrap();
    drop(journal);
    assert_eq!(open(dir.path()).1, 2);
}

#[test]
fn a_segment_that_cannot_be_born_leaves_the_one_before_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    journal.tail.segment_bytes_max = 1;
    journal.commit(batch(&journal)).unwrap();
    std::os::unix::fs::symlink("/dev/full", segment::path(dir.path(), 2)).unwrap();
    assert!(journal.commit(batch(&journal)).unwrap_err().is_out_of_space());
    assert_eq!(segment::list(dir.path()).unwrap(), [1], "what was born is gone again");
    // Something stands in its way that is no file.
    fs::create_dir(segment::path(dir.path(), 2)).unwrap();
    journal.commit(batch(&journal)).unwrap_err();
    fs::remove_dir(segment::path(dir.path(), 2)).unwrap();
    journal.commit(batch(&journal)).unwrap();
    assert_eq!((journal.position().segment, journal.position().seq), (2, 2));
    drop(journal);
    assert_eq!(open(dir.path()).1, 2);
}

#[test]
fn an_event_that_is_taken_back_leaves_the_batch_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    let mut one = batch(&journal);
    let (bytes, position, mark) = (one.bytes.clone(), one.position(), one.mark());
    let action = event::Action::Restore { id: crate::bulletin::BulletinId::from_digest(&Digest::ZERO) };
    let event = Event {
        action,
        at: AT,
        by: "test".into(),
        prev: position.digest,
        rules: RULES,
        seq: position.seq + 1,
    };
    one.push(Some((b"an original", Digest::ZERO)), AT, &event).unwrap();
    one.rewind(mark);
    assert_eq!((&one.bytes, one.position()), (&bytes, position));
    journal.commit(one).unwrap();
    drop(journal);
    assert_eq!(open(dir.path()).1, 1);
}
