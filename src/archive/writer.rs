//! The one writer: decides, journals and applies, in batches that share a sync.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::receipt::Receipt;
use super::turn::Turn;
use super::{ArchiveError, Offer};
use crate::bulletin::BulletinId;
use crate::catalogue::apply::to_millisecond;
use crate::catalogue::state::CatalogueError;
use crate::catalogue::{Catalogue, Pending};
use crate::intake::Refusal;
use crate::journal::Journal;

/// The most that one sync may carry: what a crash may cost whoever is still waiting.
const BATCH_BYTES_MAX: usize = 8 << 20;
const BATCH_REQUESTS_MAX: usize = 4_096;

/// How many events wait in memory before they are merged into the catalogue's engine.
pub const MERGE_EVENTS: usize = 32_768;

/// How many may wait while merging fails.
pub const UNMERGED_EVENTS_MAX: usize = 4 * MERGE_EVENTS;

/// Without a new event for this long, what waits is merged.
const QUIET: Duration = Duration::from_secs(1);

pub type Receipts = Vec<Result<Receipt, Refusal>>;

/// What the writer is asked, and where its answer goes.
pub struct Request {
    pub by: String,
    pub at: Timestamp,
    pub wish: Wish,
    pub answer: oneshot::Sender<Result<Receipts, ArchiveError>>,
}

pub enum Wish {
    Admit(Offer),
    Withdraw { id: BulletinId, reason: String },
    Restore { id: BulletinId },
}

pub struct Writer {
    journal: Journal,
    catalogue: Arc<Catalogue>,
    authority: String,
    /// No event is older than the one before it, whatever the clock does.
    last_at: Timestamp,
    wake_merger: Sender<()>,
}

impl Writer {
    pub fn new(
        journal: Journal,
        catalogue: Arc<Catalogue>,
        authority: String,
        last_at: Timestamp,
        wake_merger: Sender<()>,
    ) -> Writer {
        Writer { journal, catalogue, authority, last_at, wake_merger }
    }

    /// Serves requests until the last sender is gone.
    pub fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        while let Some(first) = requests.blocking_recv() {
            self.serve_batch(first, &mut requests);
            self.merge_when_due();
        }
    }

    /// Serves what waits, up to the bounds of a batch, with one sync.
    pub(super) fn serve_batch(&mut self, first: Request, requests: &mut mpsc::Receiver<Request>) {
        let catalogue = self.catalogue.clone();
        let mut pending = Pending::new(&catalogue);
        let mut batch = self.journal.batch(to_millisecond(first.at.max(self.last_at)));
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
            next = if full { None } else { requests.try_recv().ok() };
        }
        match self.journal.commit(batch) {
            Ok(()) => {
                self.catalogue.take_up(pending.into_overlay());
                for (channel, answer) in answers {
                    // Whoever asked may have gone; what was admitted stays admitted.
                    let _ = channel.send(answer);
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                tracing::error!(%error, requests = answers.len(), "nothing of a batch was admitted");
                for (channel, _) in answers {
                    let _ = channel.send(Err(ArchiveError::NotDurable(error.clone())));
                }
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
