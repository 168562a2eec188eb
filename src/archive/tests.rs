//! The writer over a catalogue whose reads fail: journal and catalogue must not come apart.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::catalogue::Pending;
use crate::catalogue::apply::{Placed, apply};
use crate::catalogue::engine::memory::MemoryEngine;
use crate::catalogue::engine::{Appended, Engine, EngineError, Puts, Visit};
use crate::intake::{self, Arrival};
use crate::journal::{Position, Replayed, SEGMENT_BYTES_MAX};
use writer::{MERGE_EVENTS, UNMERGED_EVENTS_MAX};

/// Fails one read, after so many others; and commits, while it is told to.
#[derive(Clone, Default)]
struct Faulty {
    engine: Arc<MemoryEngine>,
    /// Reads until the one that fails; none does where this is negative.
    reads_left: Arc<AtomicI64>,
    full: Arc<std::sync::atomic::AtomicBool>,
}

impl Engine for Faulty {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, EngineError> {
        match self.reads_left.fetch_sub(1, Ordering::Relaxed) {
            0 => Err(EngineError::Store("it failed just then".into())),
            _ => self.engine.get(key),
        }
    }

    fn scan(&self, prefix: &[u8], visit: &mut Visit) -> Result<(), EngineError> {
        self.engine.scan(prefix, visit)
    }

    fn commit_behind(&self, appended: Appended, puts: Puts) -> Result<(), EngineError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(EngineError::Store("no room".into()));
        }
        self.engine.commit_behind(appended, puts)
    }

    fn cut(&self, prefix: &[u8], from: &[u8]) -> Result<(), EngineError> {
        self.engine.cut(prefix, from)
    }

    fn flush(&self) -> Result<(), EngineError> {
        Ok(())
    }
}

/// A writer that is asked directly, without its thread.
struct Desk {
    folder: tempfile::TempDir,
    engine: Faulty,
    catalogue: Arc<Catalogue>,
    writer: Writer,
    _woken: std::sync::mpsc::Receiver<()>,
}

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let engine = Faulty::default();
        engine.reads_left.store(-1, Ordering::Relaxed);
        let catalogue = Arc::new(Catalogue::open(Box::new(engine.clone())).unwrap());
        let nothing = |_| -> Result<(), JournalError> { Ok(()) };
        let journal = Journal::open(folder.path(), Position::START, SEGMENT_BYTES_MAX, nothing).unwrap();
        let (wake, _woken) = std::sync::mpsc::channel();
        let authority = "news.example.org,2026".to_string();
        let writer = Writer::new(journal, catalogue.clone(), authority, Timestamp::UNIX_EPOCH, wake).unwrap();
        Desk { folder, engine, catalogue, writer, _woken }
    }

    /// Has the wishes decided in one batch, and does not wait until it is durable.
    fn hand_over(&mut self, wishes: Vec<Wish>) -> Vec<oneshot::Receiver<writer::Answer>> {
        let (requests, mut waiting) = mpsc::channel(wishes.len());
        let mut answers = Vec::new();
        for wish in wishes {
            let (request, answered) = asked(wish);
            answers.push(answered);
            assert!(requests.try_send(request).is_ok(), "the channel has room for all");
        }
        let first = waiting.try_recv().unwrap();
        self.writer.serve_batch(first, &mut waiting);
        answers
    }

    /// Serves the wishes in one batch.
    fn ask(&mut self, wishes: Vec<Wish>) -> Vec<Result<Receipts, ArchiveError>> {
        let answers = self.hand_over(wishes);
        let _ = self.writer.settle();
        let only = |answer: writer::Answer| Ok(answer?.into_iter().flatten().collect());
        answers.into_iter().map(|answered| only(answered.blocking_recv().unwrap())).collect()
    }

    /// What the journal alone gives.
    fn rebuilt(&self) -> Digest {
        let catalogue = Catalogue::open(Box::new(MemoryEngine::default())).unwrap();
        let mut pending = Pending::new(&catalogue);
        let visit = |replayed: Replayed| -> Result<(), ArchiveError> {
            let placed = Placed { event: &replayed.event, digest: replayed.digest, place: replayed.place };
            let changes = apply(&pending, &placed)?;
            pending.take_up(changes);
            Ok(())
        };
        Journal::open(self.folder.path(), Position::START, SEGMENT_BYTES_MAX, visit).unwrap();
        catalogue.take_up(pending.into_overlay());
        catalogue.state_digest().unwrap()
    }
}

fn asked(wish: Wish) -> (Request, oneshot::Receiver<writer::Answer>) {
    let (answer, answered) = oneshot::channel();
    (Request { by: "desk".into(), at: Timestamp::UNIX_EPOCH, wish, answer }, answered)
}

fn offer(json: &str) -> Wish {
    let arrival = Arrival { source: "desk".into(), ..Arrival::default() };
    let document = intake::read(json.as_bytes(), &arrival, &intake::Settings::default()).unwrap();
    let original = Bytes::copy_from_slice(json.as_bytes());
    let original_digest = Digest::of(&original);
    let media_type = document.media_type;
    Wish::Admit(vec![Offer {
        tombstones: document.tombstones,
        source: document.source,
        parts: document.parts,
        media_type,
        url: None,
        original,
        original_digest,
        encoded: None,
        recorded: false,
    }])
}

#[test]
fn journal_and_catalogue_stay_together_whichever_read_fails_in_the_middle_of_a_batch() {
    let parts = r#"[{"id": "1", "title": "One"}, {"id": "2", "title": "Two", "categories": ["Tides"]}]"#;
    for failing in 0.. {
        let mut desk = Desk::new();
        let first = desk.ask(vec![offer(r#"{"id": "0", "title": "Zero"}"#)]).remove(0).unwrap();
        let id = first[0].as_ref().unwrap().id;
        // Merged and settled, so that what follows asks the engine.
        desk.catalogue.state_digest().unwrap();
        desk.engine.reads_left.store(failing, Ordering::Relaxed);
        let withdrawal = Wish::Withdraw { id, reason: "in error".into() };
        let again = offer(r#"{"id": "0", "title": "Zero", "categories": ["Ferries"]}"#);
        let third = offer(r#"{"id": "3", "title": "Three"}"#);
        let answers = desk.ask(vec![offer(parts), again, withdrawal, third]);
        let failed = answers.iter().filter(|answer| answer.is_err()).count();
        let reached = desk.engine.reads_left.swap(-1, Ordering::Relaxed) < 0;
        assert_eq!(failed, usize::from(reached), "read {failing}: {answers:?}");
        assert_eq!(desk.catalogue.state_digest().unwrap(), desk.rebuilt(), "read {failing}");
        if !reached {
            assert!(failing > 10, "the batch asks the engine {failing} times");
            break;
        }
        // Asked again, all is there once.
        for answer in desk.ask(vec![offer(parts), offer(r#"{"id": "3", "title": "Three"}"#)]) {
            assert!(answer.unwrap().iter().all(Result::is_ok));
        }
        assert_eq!(desk.catalogue.state_digest().unwrap(), desk.rebuilt(), "read {failing}");
    }
}

/// The first batch hangs while it opens its segment, a pipe, and fails when it writes there.
#[test]
fn what_is_decided_on_a_batch_that_fails_falls_with_it() {
    let mut desk = Desk::new();
    let pipe = desk.folder.path().join("annals-00000001.warc.gz");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let open_later = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            std::thread::sleep(std::time::Duration::from_millis(300));
            std::fs::File::open(pipe)
        }
    });
    let json = r#"{"id": "0", "title": "Zero"}"#;
    let first = desk.hand_over(vec![offer(json)]);
    let second = desk.hand_over(vec![offer(json)]);
    let _ = desk.writer.settle();
    for answered in first.into_iter().chain(second) {
        let answer = answered.blocking_recv().unwrap();
        assert!(matches!(answer, Err(ArchiveError::NotDurable(_))), "{answer:?}");
    }
    drop(open_later.join());
    // Neither left a trace: it is as new as before.
    let answer = desk.ask(vec![offer(json)]).remove(0).unwrap().remove(0).unwrap();
    assert_eq!(answer.outcome, Outcome::New);
    assert_eq!(desk.catalogue.state_digest().unwrap(), desk.rebuilt());
}

/// The batch before hangs while it opens its segment, a pipe, until somebody has come late.
#[test]
fn whoever_comes_while_a_batch_is_made_durable_shares_the_next_sync() {
    let mut desk = Desk::new();
    let pipe = desk.folder.path().join("annals-00000001.warc.gz");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    desk.hand_over(vec![offer(r#"{"id": "0", "title": "Zero"}"#)]);
    let (requests, mut waiting) = mpsc::channel(2);
    let (first, _) = asked(offer(r#"{"id": "1", "title": "One"}"#));
    let (late, answered) = asked(offer(r#"{"id": "2", "title": "Two"}"#));
    let coming = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            assert!(requests.blocking_send(late).is_ok(), "the channel has room");
            drop(std::fs::File::open(pipe));
            // The channel stays open: it is not its end that ends the batch.
            requests
        }
    });
    desk.writer.serve_batch(first, &mut waiting);
    let _requests = coming.join();
    assert!(waiting.try_recv().is_err(), "it was taken up");
    drop(desk.writer.settle());
    assert!(answered.blocking_recv().is_ok(), "and is answered with the batch");
}

/// The writer may be in the middle of a decision when a commit fails: its ground must not change under it.
#[test]
fn what_failed_is_forgotten_between_two_batches_and_not_before() {
    let mut desk = Desk::new();
    std::os::unix::fs::symlink("/dev/full", desk.folder.path().join("annals-00000001.warc.gz")).unwrap();
    let first = desk.hand_over(vec![offer(r#"{"id": "0", "title": "Zero", "categories": ["Tides"]}"#)]);
    for answered in first {
        assert!(answered.blocking_recv().unwrap().is_err(), "the disk is full");
    }
    let decides_on = |desk: &Desk| Pending::new(&desk.catalogue).position().unwrap().seq;
    assert_eq!(decides_on(&desk), 1, "as it was when the decision began");
    assert_eq!(desk.catalogue.position().unwrap().seq, 0, "and no reader sees it");
    assert!(desk.writer.settle().is_err());
    assert_eq!(decides_on(&desk), 0);
}

#[test]
fn a_catalogue_that_cannot_merge_holds_nobody_up_for_ever() {
    let mut desk = Desk::new();
    desk.engine.full.store(true, Ordering::Relaxed);
    desk.ask(vec![offer(r#"{"id": "0", "title": "Zero"}"#)]).remove(0).unwrap();
    desk.catalogue.merge().unwrap_err();
    // As if so many events had been taken up since.
    let mut waiting = crate::catalogue::overlay::Overlay::default();
    let zero = desk.catalogue.known_event(1).unwrap();
    waiting.events.extend((2..2 + UNMERGED_EVENTS_MAX as u64).map(|number| (number, zero.clone())));
    desk.catalogue.take_up(waiting);
    assert!(desk.catalogue.unmerged().0 > 2 * MERGE_EVENTS);
    desk.writer.merge_when_due();
    match desk.ask(vec![offer(r#"{"id": "1", "title": "One"}"#)]).remove(0) {
        Err(ArchiveError::Catalogue(error)) => assert!(error.to_string().contains("no room"), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_too_large_for_a_record_is_refused_by_itself() {
    let mut desk = Desk::new();
    let Wish::Admit(mut large) = offer(r#"{"id": "0", "title": "Zero"}"#) else { unreachable!() };
    large[0].original = vec![0; record::BLOCK_BYTES_MAX + 1].into();
    let refused = desk.ask(vec![Wish::Admit(large)]).remove(0).unwrap().remove(0).unwrap_err();
    assert_eq!((refused.kind, refused.what.as_str()), (intake::RefusalKind::TooLarge, "the document"));
    assert_eq!(desk.catalogue.position().unwrap().seq, 0);
}
