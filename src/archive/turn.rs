//! One request's turn in a batch: decided, written down, applied.
//!
//! Owns what a wish comes to: its events and its receipts. It must never know when they become durable.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use super::receipt::{Outcome, Receipt};
use super::writer::{Answer, Receipts, Wish};
use super::{ArchiveError, By, Offer, REASON_BYTES_MAX, Right};
use crate::bulletin::{Alias, BulletinId, clip};
use crate::catalogue::Pending;
use crate::catalogue::apply::{self, Placed, claim};
use crate::catalogue::identity::{self, Decision};
use crate::catalogue::overlay::Changes;
use crate::catalogue::record::{Bulletin, EventRecord};
use crate::catalogue::state::{Carried, CatalogueError, State};
use crate::digest::Digest;
use crate::intake::{Attachment, Refusal, RefusalKind, Submission, Tombstone};
use crate::journal::event::{Action, Admission, Event, RULES, TextMark};
use crate::journal::{Batch, JournalError, Mark, record};

/// What readers are told of a bulletin that its source takes back without a word.
const TAKEN_BACK: &str = "its source has taken it back";

fn too_large(what: &str, bytes: usize) -> Refusal {
    let why =
        format!("it has {bytes} bytes, and {} is the most that a record keeps", record::BLOCK_BYTES_MAX);
    Refusal::new(RefusalKind::TooLarge, what, why)
}

pub struct Turn<'a, 'c> {
    pub batch: &'a mut Batch,
    pub pending: &'a mut Pending<'c>,
    pub at: Timestamp,
    /// Who asks.
    pub by: &'a By,
    /// Of tag URIs.
    pub authority: &'a str,
}

impl<'s> Turn<'s, '_> {
    pub fn serve(&mut self, wish: Wish) -> Answer {
        match wish {
            Wish::Admit(offers) => offers.into_iter().map(|offer| self.document(offer)).collect(),
            Wish::Withdraw { id, reason } => {
                if self.known_to_asker(&id)?.withdrawn.is_some() {
                    return Err(ArchiveError::AlreadyWithdrawn(id));
                }
                let action = Action::Withdraw { id, reason: reason.into() };
                Ok(vec![self.change(action, id, Outcome::Withdrawn)?])
            }
            Wish::Restore { id } => {
                if self.known_to_asker(&id)?.withdrawn.is_none() {
                    return Err(ArchiveError::NotWithdrawn(id));
                }
                Ok(vec![self.change(Action::Restore { id }, id, Outcome::Restored)?])
            }
        }
    }

    fn document(&mut self, mut offer: Offer) -> Result<Receipts, ArchiveError> {
        let parts = std::mem::take(&mut offer.parts);
        let mut receipts: Receipts =
            parts.into_iter().map(|part| self.part(part, &mut offer)).collect::<Result<_, _>>()?;
        for tombstone in &offer.tombstones {
            receipts.extend(self.take_back(tombstone, &offer.source)?);
        }
        Ok(receipts)
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
            Err(ArchiveError::Refused(refusal)) => Ok(Err(refusal)),
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

    /// A bulletin that whoever asks may take back and bring back.
    fn known_to_asker(&self, id: &BulletinId) -> Result<Arc<Bulletin>, ArchiveError> {
        self.by.check(Right::Withdraw)?;
        let number = self.pending.by_id(id)?.ok_or(ArchiveError::NoSuchBulletin(*id))?;
        let bulletin = self.pending.known_bulletin(number)?;
        self.by.check_bulletin(&*self.pending, number, &bulletin)?;
        Ok(bulletin)
    }

    /// The event that comes next in the journal.
    fn next_event<'e>(&self, action: Action<'e>) -> Event<'e>
    where
        's: 'e,
    {
        let prev = self.batch.position();
        Event {
            action,
            at: self.at,
            by: self.by.name.as_ref().into(),
            prev: prev.digest,
            rules: RULES,
            seq: prev.seq + 1,
        }
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

    /// Withdraws what a source takes back, if it is a bulletin that stands and of which that source alone has
    /// spoken: nobody takes back what others said. A tombstone of what was never here says nothing, nor does
    /// one that is older than the bulletin's being brought back: whoever did that had seen it.
    fn take_back(&mut self, tombstone: &Tombstone, source: &str) -> Result<Receipts, ArchiveError> {
        let names = [Alias::entry(&tombstone.id), Alias::id(source, &tombstone.id)];
        let mut number = None;
        for name in names {
            number = number.or(self.pending.by_alias(&name.to_string())?);
        }
        let Some(number) = number else { return Ok(Vec::new()) };
        let bulletin = self.pending.known_bulletin(number)?;
        let spoke = self.pending.names()?.source(source);
        let alone = spoke.is_some_and(|source| bulletin.said.iter().all(|said| said.source == source));
        let brought_back = bulletin
            .restored
            .is_some_and(|restored| tombstone.when.is_none_or(|when| when.as_millisecond() <= restored));
        if !alone || brought_back || bulletin.withdrawn.is_some() {
            return Ok(Vec::new());
        }
        let may = self.by.check(Right::Withdraw);
        match may.and_then(|()| self.by.check_bulletin(&*self.pending, number, &bulletin)) {
            Err(ArchiveError::Refused(refusal)) => return Ok(vec![Err(refusal)]),
            checked => checked?,
        }
        let reason = tombstone.reason.as_deref().unwrap_or(TAKEN_BACK);
        let (id, reason) = (bulletin.id, clip(reason, REASON_BYTES_MAX).into());
        self.change(Action::Withdraw { id, reason }, id, Outcome::Withdrawn)
    }

    /// Keeps the files of a bulletin that are not kept with it already.
    fn keep(&mut self, id: BulletinId, number: u64, attachments: &[Attachment]) -> Result<(), ArchiveError> {
        for Attachment { digest, media_type, bytes } in attachments {
            // From its own number on: a picture that a thousand bulletins brought along is not looked for in all of them.
            let kept = |event: &EventRecord| Ok(event.bulletin == number);
            if self.pending.first_from(Carried::File(*digest), number, kept)?.is_some() {
                continue;
            }
            let action = Action::Keep { id, media_type: media_type.into(), original: *digest };
            let event = self.next_event(action);
            let record = match self.pending.first(Carried::Original(*digest))?.is_none() {
                true => record::resource(bytes, *digest, media_type, None, self.at),
                false => record::revisit(*digest, None, event.seq, self.at),
            };
            let mark = self.batch.mark();
            let (place, digest) = self.batch.push(Some((&record, *digest)), self.at, &event)?;
            let changes = apply::apply(&*self.pending, &Placed { event: &event, digest, place });
            self.take_up(changes, mark)?;
        }
        Ok(())
    }

    fn admit(&mut self, submission: Submission, offer: &mut Offer) -> Result<Receipt, ArchiveError> {
        if let Some(target) = &submission.target {
            self.known(target)?;
        }
        let admission = Admission {
            aliases: submission.aliases,
            authority: submission.entry_id.is_none().then(|| self.authority.into()),
            categories: submission.categories,
            content: Cow::Borrowed(&submission.content_json),
            entry_id: submission.entry_id.map(Into::into),
            media_type: offer.media_type.into(),
            minor: submission.minor,
            original: offer.original_digest,
            received: submission.received.map(apply::to_millisecond),
            slug: submission.slug.into(),
            source: submission.source.into(),
            target: submission.target,
            text: TextMark { chars: submission.text.chars, digest: submission.text.digest },
            told_apart: submission.told_apart,
        };
        let content = submission.digest;
        let decision = identity::decide(&*self.pending, &claim(&admission, content))?;
        let known = decision.bulletin.as_ref().map(|(number, bulletin)| (*number, &**bulletin));
        self.by.check_claim(&*self.pending, &claim(&admission, content), decision.verdict, known)?;
        let outcome = Outcome::from(decision.verdict);
        let conflicts = self.conflicts(&decision)?;
        let number = decision.bulletin.as_ref().map(|(number, _)| *number);
        if !decision.says_nothing {
            self.write_down(admission, content, decision, offer)?;
        }
        let number = number.unwrap_or(self.batch.position().seq);
        let bulletin = self.pending.known_bulletin(number)?;
        // Also where the bulletin itself says nothing new: a crash may have come between it and its files.
        if outcome != Outcome::Withdrawn {
            self.keep(bulletin.id, number, &submission.attachments)?;
        }
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
        if self.pending.first(Carried::Original(digest))?.is_some() {
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
