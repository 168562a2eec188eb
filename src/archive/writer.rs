//! The one writer: decides, journals and applies, in batches that share a sync.
//!
//! Two threads: one decides a batch while the other makes the one before it durable. What is decided meanwhile
//! builds on what is not durable yet, so it is acknowledged behind it and falls with it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::health::Health;
use super::receipt::Receipt;
use super::turn::Turn;
use super::{ArchiveError, By, Offer};
use crate::bulletin::BulletinId;
use crate::catalogue::apply::to_millisecond;
use crate::catalogue::state::CatalogueError;
use crate::catalogue::{Catalogue, Pending};
use crate::intake::Refusal;
use crate::journal::{Batch, Journal, JournalError, Tail};

/// The most that one sync may carry: what a crash may cost whoever is still waiting.
const BATCH_BYTES_MAX: usize = 2 << 20;
const BATCH_REQUESTS_MAX: usize = 4_096;

/// Room that is kept from batch to batch, since the system clears what it gives anew. One document may need more.
const ROOM_BYTES_MAX: usize = 2 * BATCH_BYTES_MAX;

/// While a sync is under way, those who come are left to gather for so long, so that the writer is not woken for each of them.
const GATHERING: Duration = Duration::from_millis(1);

/// How many events wait in memory before they are merged into the catalogue's engine.
pub const MERGE_EVENTS: usize = 32_768;

/// How many may wait while merging fails.
pub const UNMERGED_EVENTS_MAX: usize = 4 * MERGE_EVENTS;

/// Without a new event for this long, what waits is merged.
const QUIET: Duration = Duration::from_secs(1);

pub type Receipts = Vec<Result<Receipt, Refusal>>;

/// What the writer is asked, and where its answer goes.
pub struct Request {
    pub by: By,
    pub at: Timestamp,
    pub wish: Wish,
    pub answer: oneshot::Sender<Answer>,
}

/// The receipts of each document of a request, in their order.
pub type Answer = Result<Vec<Receipts>, ArchiveError>;

pub enum Wish {
    /// Documents, one behind the other.
    Admit(Vec<Offer>),
    Withdraw {
        id: BulletinId,
        reason: String,
    },
    Restore {
        id: BulletinId,
    },
}

/// Answers that may leave when their batch is durable.
type Answers = Vec<(oneshot::Sender<Answer>, Answer)>;

/// A batch that was decided, on its way to be made durable.
struct Decided {
    batch: Batch,
    answers: Answers,
}

const COMMITTER: &str = "the committer lives as long as the writer";

/// What became of a batch: it is durable, and its room is free; or why it is not, and where the journal ends now.
type Settled = Result<Vec<u8>, (Arc<JournalError>, Tail)>;

pub struct Writer {
    catalogue: Arc<Catalogue>,
    authority: String,
    /// No event is older than the one before it, whatever the clock does.
    last_at: Timestamp,
    wake_merger: Sender<()>,
    /// Where the journal will end when everything decided is durable.
    tail: Tail,
    /// For the next batch.
    room: Vec<u8>,
    /// None while the writer ends.
    to_committer: Option<SyncSender<Decided>>,
    settled: mpsc::Receiver<Settled>,
    before: Before,
    committer: Option<JoinHandle<()>>,
    health: Health,
    /// Waits for the end of a sync, and not for ever.
    waiting: Runtime,
}

/// How it stands with the batch before the one that is being decided.
enum Before {
    /// It is done with, or there was none.
    Done,
    /// It is being made durable.
    UnderWay,
    /// It has ended, and what that means for the journal's end and for what was held is not drawn yet.
    Ended(Settled),
}

impl Writer {
    pub fn new(
        journal: Journal,
        catalogue: Arc<Catalogue>,
        authority: String,
        last_at: Timestamp,
        wake_merger: Sender<()>,
    ) -> std::io::Result<Writer> {
        let tail = journal.tail();
        let (to_committer, decided) = sync_channel(1);
        let (settle, settled) = mpsc::channel(1);
        let health = Health::default();
        let committer = Committer { journal, catalogue: catalogue.clone(), settle, health: health.clone() };
        let thread = std::thread::Builder::new().name("committer".into());
        let committer = Some(thread.spawn(move || committer.run(decided))?);
        let to_committer = Some(to_committer);
        Ok(Writer {
            catalogue,
            authority,
            last_at,
            wake_merger,
            tail,
            room: Vec::new(),
            to_committer,
            settled,
            before: Before::Done,
            committer,
            health,
            waiting: tokio::runtime::Builder::new_current_thread().enable_time().build()?,
        })
    }

    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Serves requests until the last sender is gone.
    pub fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let _watched = self.health.watch("writer");
        while let Some(first) = requests.blocking_recv() {
            self.serve_batch(first, &mut requests);
            self.merge_when_due();
        }
    }

    /// Decides what waits, up to the bounds of a batch, and hands it over to be made durable with one sync.
    /// Returns while that goes on.
    pub(super) fn serve_batch(&mut self, first: Request, requests: &mut mpsc::Receiver<Request>) {
        // Whoever has heard that a batch failed, and asks again, does not stand behind it.
        if let Before::UnderWay = self.before
            && let Ok(settled) = self.settled.try_recv()
        {
            self.before = Before::Ended(settled);
            let _ = self.settle();
        }
        let catalogue = self.catalogue.clone();
        let mut pending = Pending::new(&catalogue);
        let room = std::mem::take(&mut self.room);
        let mut batch = self.tail.batch_in(room, to_millisecond(first.at.max(self.last_at)));
        let mut answers = Vec::new();
        let mut next = Some(first);
        let overfull = self.overfull();
        while let Some(request) = next {
            let at = to_millisecond(request.at.max(self.last_at));
            self.last_at = at;
            let mut turn = Turn {
                batch: &mut batch,
                pending: &mut pending,
                at,
                by: &request.by,
                authority: &self.authority,
            };
            let answer = match &overfull {
                Some(error) => Err(error.clone()),
                None => turn.serve(request.wish),
            };
            answers.push((request.answer, answer));
            let full = batch.len() >= BATCH_BYTES_MAX || answers.len() >= BATCH_REQUESTS_MAX;
            next = if full { None } else { self.next(requests) };
        }
        // The batch before must be settled first: this one stands on it.
        if let Err(error) = self.settle() {
            return refuse(answers, &error);
        }
        self.tail = batch.tail(self.tail);
        self.catalogue.hold(pending.into_overlay());
        let committer = self.to_committer.as_ref().expect("it is there until the writer is dropped");
        committer.send(Decided { batch, answers }).expect(COMMITTER);
        self.before = Before::UnderWay;
    }

    /// The next request of a batch: one that waits, or one that comes while the batch before is still being made
    /// durable. This batch cannot go before that, and the more of those who wait share its sync the better.
    fn next(&mut self, requests: &mut mpsc::Receiver<Request>) -> Option<Request> {
        loop {
            if let Ok(request) = requests.try_recv() {
                return Some(request);
            }
            let Before::UnderWay = self.before else { return None };
            let settled = self.settled.recv();
            if let Ok(settled) = self.waiting.block_on(async { timeout(GATHERING, settled).await }) {
                self.before = Before::Ended(settled.expect(COMMITTER));
            }
        }
    }

    /// Waits until nothing is being made durable. What could not be is forgotten: only here, between two batches, since
    /// what is being decided must not change its ground.
    pub(super) fn settle(&mut self) -> Result<(), Arc<JournalError>> {
        let settled = match std::mem::replace(&mut self.before, Before::Done) {
            Before::Done => return Ok(()),
            Before::UnderWay => self.settled.blocking_recv().expect(COMMITTER),
            Before::Ended(settled) => settled,
        };
        match settled {
            Ok(room) => {
                if room.capacity() <= ROOM_BYTES_MAX {
                    self.room = room;
                }
                Ok(())
            }
            Err((error, tail)) => {
                self.tail = tail;
                self.catalogue.drop_held();
                Err(error)
            }
        }
    }

    pub(super) fn merge_when_due(&self) {
        let (waiting, _) = self.catalogue.unmerged();
        if waiting < MERGE_EVENTS {
            return;
        }
        let _ = self.wake_merger.send(());
        // Memory is bounded: admissions wait until the merge before has ended.
        while waiting >= 2 * MERGE_EVENTS && self.catalogue.unmerged().1 {
            if self.catalogue.merge_failure().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waiting for a merge that fails would be for ever: what cannot be remembered is not admitted.
    fn overfull(&self) -> Option<ArchiveError> {
        let (events, _) = self.catalogue.unmerged();
        let why = self.catalogue.merge_failure().filter(|_| events >= UNMERGED_EVENTS_MAX)?;
        Some(CatalogueError::Overfull { events, why }.into())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.to_committer = None;
        if let Some(committer) = self.committer.take() {
            let _ = committer.join();
        }
    }
}

/// Makes batches durable, in their order.
struct Committer {
    journal: Journal,
    catalogue: Arc<Catalogue>,
    settle: mpsc::Sender<Settled>,
    health: Health,
}

impl Committer {
    fn run(mut self, decided: Receiver<Decided>) {
        let _watched = self.health.watch("committer");
        while let Ok(Decided { batch, answers }) = decided.recv() {
            let committed = self.journal.commit(batch).map_err(Arc::new);
            if committed.is_ok() {
                self.catalogue.take_up_held();
            }
            let failed = committed.as_ref().err().cloned();
            self.health.note(failed.as_ref().map(ToString::to_string));
            let tail = self.journal.tail();
            // The next batch may come while this one is answered. A writer that is ending asks no more.
            let _ = self.settle.blocking_send(committed.map_err(|error| (error, tail)));
            match failed {
                // Whoever asked may have gone; what was admitted stays admitted.
                None => answers.into_iter().for_each(|(channel, answer)| drop(channel.send(answer))),
                Some(error) => refuse(answers, &error),
            }
        }
    }
}

fn refuse(answers: Answers, error: &Arc<JournalError>) {
    tracing::error!(%error, requests = answers.len(), "nothing of a batch was admitted");
    for (channel, _) in answers {
        let _ = channel.send(Err(ArchiveError::NotDurable(error.clone())));
    }
}

/// Merges in the background: when woken, and after a quiet second. Ends with the last sender.
pub fn start_merger(catalogue: Arc<Catalogue>) -> (Sender<()>, std::thread::JoinHandle<()>) {
    let (wake, woken) = channel();
    let run = move || {
        let mut before = (0, false);
        loop {
            let due = match woken.recv_timeout(QUIET) {
                Ok(()) => {
                    // Many wake it while it merges, and one merge serves them all.
                    woken.try_iter().for_each(drop);
                    true
                }
                Err(RecvTimeoutError::Timeout) => {
                    let waiting = catalogue.unmerged();
                    let quiet = waiting != (0, false) && waiting == before;
                    before = waiting;
                    if waiting == (0, false)
                        && let Err(error) = catalogue.ease()
                    {
                        tracing::error!(%error, "the catalogue could not be eased; the journal has everything");
                    }
                    quiet
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if due && let Err(error) = catalogue.merge() {
                tracing::error!(%error, "the catalogue could not be merged; the journal has everything");
            }
        }
    };
    let thread = std::thread::Builder::new().name("merger".into()).spawn(run);
    (wake, thread.expect("the system has room for a thread"))
}
