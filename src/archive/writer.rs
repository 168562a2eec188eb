//! The one writer: decides, journals and applies, in batches that share a sync.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::receipt::{Outcome, Receipt};
use super::{ArchiveError, Offer};
use crate::bulletin::BulletinId;
use crate::catalogue::apply::{self, Placed, claim, to_millisecond};
use crate::catalogue::identity::{self, Decision, Verdict};
use crate::catalogue::key::HashKind;
use crate::catalogue::overlay::Changes;
use crate::catalogue::record::Bulletin;
use crate::catalogue::state::{CatalogueError, State};
use crate::catalogue::{Catalogue, Pending};
use crate::digest::Digest;
use crate::intake::{Refusal, RefusalKind, Submission};
use crate::journal::event::{Action, Admission, Event, RULES, TextMark};
use crate::journal::{Batch, Journal, JournalError, Mark, record};

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

fn too_large(what: &str, bytes: usize) -> Refusal {
    let why =
        format!("it has {bytes} bytes, and {} is the most that a record keeps", record::BLOCK_BYTES_MAX);
    Refusal::new(RefusalKind::TooLarge, what, why)
}

/// One request's turn in a batch.
struct Turn<'a, 'c> {
    batch: &'a mut Batch,
    pending: &'a mut Pending<'c>,
    at: Timestamp,
    by: &'a str,
    authority: &'a str,
}

impl<'s> Turn<'s, '_> {
    fn serve(&mut self, wish: Wish) -> Result<Receipts, ArchiveError> {
        match wish {
            Wish::Admit(mut offer) => {
                let parts = std::mem::take(&mut offer.parts);
                parts.into_iter().map(|part| self.part(part, &mut offer)).collect()
            }
            Wish::Withdraw { id, reason } => {
                let bulletin = self.known(&id)?;
                if bulletin.withdrawn.is_some() {
                    return Err(ArchiveError::AlreadyWithdrawn(id));
                }
                self.change(Action::Withdraw { id, reason: reason.into() }, id, Outcome::Withdrawn)
            }
            Wish::Restore { id } => {
                if self.known(&id)?.withdrawn.is_none() {
                    return Err(ArchiveError::NotWithdrawn(id));
                }
                self.change(Action::Restore { id }, id, Outcome::Restored)
            }
        }
    }

    /// One part of a document. That it is too large to be kept is its own fault, and no other part's.
    fn part(
        &mut self,
        part: Result<Submission, Refusal>,
        offer: &mut Offer,
    ) -> Result<Result<Receipt, Refusal>, ArchiveError> {
        let submission = match part {
            Ok(submission) if offer.original.len() <= record::BLOCK_BYTES_MAX => submission,
            Ok(_) => return Ok(Err(too_large("the document", offer.original.len()))),
            Err(refusal) => return Ok(Err(refusal)),
        };
        match self.admit(submission, offer) {
            Err(ArchiveError::Journal(error)) => match *error {
                JournalError::TooLarge { bytes } => Ok(Err(too_large("the bulletin as understood", bytes))),
                _ => Err(ArchiveError::Journal(error)),
            },
            answer => answer.map(Ok),
        }
    }

    fn known(&self, id: &BulletinId) -> Result<Arc<Bulletin>, ArchiveError> {
        let number = self.pending.by_id(id)?.ok_or(ArchiveError::NoSuchBulletin(*id))?;
        Ok(self.pending.known_bulletin(number)?)
    }

    /// The event that comes next in the journal.
    fn next_event<'e>(&self, action: Action<'e>) -> Event<'e>
    where
        's: 'e,
    {
        let prev = self.batch.position();
        Event { action, at: self.at, by: self.by.into(), prev: prev.digest, rules: RULES, seq: prev.seq + 1 }
    }

    fn change(&mut self, action: Action, id: BulletinId, outcome: Outcome) -> Result<Receipts, ArchiveError> {
        let event = self.next_event(action);
        let mark = self.batch.mark();
        let (place, digest) = self.batch.push(None, self.at, &event)?;
        let changes = apply::apply(&*self.pending, &Placed { event: &event, digest, place });
        self.take_up(changes, mark)?;
        let bulletin = self.known(&id)?;
        let receipt = self.receipt(outcome, &bulletin, None, Vec::new())?;
        Ok(vec![Ok(receipt)])
    }

    fn admit(&mut self, submission: Submission, offer: &mut Offer) -> Result<Receipt, ArchiveError> {
        if let Some(target) = &submission.target {
            self.known(target)?;
        }
        let admission = Admission {
            aliases: submission.aliases,
            authority: self.authority.into(),
            categories: submission.categories,
            content: &submission.content_json,
            entry_id: submission.entry_id.map(Into::into),
            media_type: offer.media_type.into(),
            minor: submission.minor,
            original: offer.original_digest,
            slug: submission.slug.into(),
            source: submission.source.into(),
            target: submission.target,
            text: TextMark { chars: submission.text.chars, digest: submission.text.digest },
        };
        let content = submission.digest;
        let decision = identity::decide(&*self.pending, &claim(&admission, content))?;
        let outcome = match decision.verdict {
            Verdict::New => Outcome::New,
            Verdict::Revised => Outcome::Revised,
            Verdict::Duplicate => Outcome::Duplicate,
            Verdict::Withdrawn => Outcome::Withdrawn,
        };
        let conflicts = self.conflicts(&decision)?;
        let number = decision.bulletin.as_ref().map(|(number, _)| *number);
        if !decision.says_nothing {
            self.write_down(admission, content, decision, offer)?;
        }
        let number = number.unwrap_or(self.batch.position().seq);
        let bulletin = self.pending.known_bulletin(number)?;
        self.receipt(outcome, &bulletin, Some(content), conflicts)
    }

    fn write_down(
        &mut self,
        admission: Admission,
        content: Digest,
        decision: Decision,
        offer: &mut Offer,
    ) -> Result<(), ArchiveError> {
        let event = self.next_event(Action::Admit(admission));
        let original = self.original_record(offer, event.seq)?;
        let original = original.as_deref().map(|member| (member, offer.original_digest));
        let mark = self.batch.mark();
        let (place, digest) = self.batch.push(original, self.at, &event)?;
        let Action::Admit(admission) = &event.action else { unreachable!("it was made three lines above") };
        let placed = Placed { event: &event, digest, place };
        let changes = apply::apply_decided(&*self.pending, &placed, admission, content, decision);
        self.take_up(changes, mark)?;
        offer.recorded = true;
        Ok(())
    }

    /// Journal and catalogue have the same events: one that could not be applied is not to be written.
    fn take_up(&mut self, changes: Result<Changes, CatalogueError>, mark: Mark) -> Result<(), ArchiveError> {
        match changes {
            Ok(changes) => self.pending.take_up(changes),
            Err(error) => {
                self.batch.rewind(mark);
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// The record that stands before the event: the original where it is new, a revisit where it is not. The
    /// further parts of a document need none.
    fn original_record(&self, offer: &mut Offer, seq: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
        if offer.recorded {
            return Ok(None);
        }
        let (digest, url) = (offer.original_digest, offer.url.as_deref());
        if self.pending.by_digest(HashKind::Original, &digest)?.is_some() {
            return Ok(Some(record::revisit(digest, url, seq, self.at)));
        }
        let encode = || record::resource(&offer.original, digest, offer.media_type, url, self.at);
        Ok(Some(offer.encoded.take().unwrap_or_else(encode)))
    }

    fn conflicts(&self, decision: &Decision) -> Result<Vec<(String, BulletinId)>, ArchiveError> {
        let conflicts = decision.conflicts.iter();
        conflicts
            .map(|(alias, number)| Ok((alias.0.clone(), self.pending.known_bulletin(*number)?.id)))
            .collect()
    }

    /// `said` is the content that a duplicate repeats.
    fn receipt(
        &self,
        outcome: Outcome,
        bulletin: &Bulletin,
        said: Option<Digest>,
        conflicts: Vec<(String, BulletinId)>,
    ) -> Result<Receipt, ArchiveError> {
        let mut version = bulletin.versions.len();
        let mut digest = None;
        for (n, event) in bulletin.versions.iter().enumerate().rev() {
            let content =
                self.pending.known_event(*event)?.admitted.map_or(Digest::ZERO, |admitted| admitted.content);
            if digest.is_none() {
                digest = Some(content);
            }
            if Some(content) == said {
                (version, digest) = (n + 1, Some(content));
                break;
            }
        }
        Ok(Receipt {
            outcome,
            id: bulletin.id,
            slug: bulletin.slug.clone(),
            version: version as u32,
            digest: digest.expect("a bulletin has a version from its first event on"),
            entry_id: bulletin.entry_id.clone(),
            conflicts,
        })
    }
}
