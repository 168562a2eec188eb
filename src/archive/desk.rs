//! What an editor wants to know before and after: what a submission would come to, and what has happened lately.
//!
//! Reads, and changes nothing.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Archive, ArchiveError, By, Outcome};
use crate::bulletin::BulletinId;
use crate::catalogue::identity::{self, Claim};
use crate::catalogue::record::Bulletin;
use crate::catalogue::state::State as _;
use crate::intake::{Refusal, Submission};
use crate::journal::event::{Action, Event};

/// What a submission comes to as things stand. What is admitted before it may change that.
#[derive(Clone, Debug)]
pub struct Foreseen {
    pub outcome: Outcome,
    /// The bulletin that it is, where there is one.
    pub bulletin: Option<Arc<Bulletin>>,
    /// Aliases that belong to another bulletin and will stay with it.
    pub conflicts: Vec<(String, BulletinId)>,
    /// Why whoever asks may not.
    pub refusal: Option<Refusal>,
}

/// An event, as it is told to whoever runs the archive.
#[derive(Clone, Debug)]
pub struct Happened {
    pub at: Timestamp,
    /// Who asked.
    pub by: String,
    pub outcome: Outcome,
    /// Who says so, where something was said.
    pub source: Option<String>,
    /// Why, where it was withdrawn.
    pub reason: Option<String>,
    pub bulletin: Arc<Bulletin>,
    /// Of the bulletin as it stands.
    pub title: String,
}

impl Archive {
    /// What `submission` would come to if `by` had it admitted now.
    pub fn foresee(&self, by: &By, submission: &Submission) -> Result<Foreseen, ArchiveError> {
        let claim = Claim {
            source: &submission.source,
            aliases: &submission.aliases,
            content: submission.digest,
            text: submission.text.digest,
            text_chars: submission.text.chars,
            categories: &submission.categories,
            target: submission.target,
            told_apart: submission.told_apart,
        };
        let state = self.catalogue();
        let decision = identity::decide(state, &claim)?;
        let known = decision.bulletin.as_ref().map(|(number, bulletin)| (*number, &**bulletin));
        let refusal = match by.check_claim(state, &claim, decision.verdict, known) {
            Err(ArchiveError::Refused(refusal)) => Some(refusal),
            checked => {
                checked?;
                None
            }
        };
        let conflicts = decision.conflicts.iter();
        let conflicts: Result<_, ArchiveError> = conflicts
            .map(|(alias, number)| Ok((alias.0.clone(), state.known_bulletin(*number)?.id)))
            .collect();
        let (outcome, bulletin) = (decision.verdict.into(), decision.bulletin.map(|(_, bulletin)| bulletin));
        Ok(Foreseen { outcome, bulletin, conflicts: conflicts?, refusal })
    }

    /// The last `count` events at most, the newest first. Files that were kept with a bulletin are left out.
    pub fn lately(&self, count: u64) -> Result<Vec<Happened>, ArchiveError> {
        let last = self.catalogue().position()?.seq;
        let mut happened = Vec::new();
        for seq in (last.saturating_sub(count) + 1..=last).rev() {
            happened.extend(self.happened(seq)?);
        }
        Ok(happened)
    }

    fn happened(&self, seq: u64) -> Result<Option<Happened>, ArchiveError> {
        let record = self.catalogue().known_event(seq)?;
        let Some(bulletin) = self.catalogue().bulletin(record.bulletin)? else { return Ok(None) };
        let json = self.reader.event(&record.place)?;
        let Ok(event) = Event::parse(&json) else { return Ok(None) };
        let (mut source, mut why) = (None, None);
        let outcome = match &event.action {
            Action::Keep { .. } => return Ok(None),
            Action::Restore { .. } => Outcome::Restored,
            Action::Withdraw { reason, .. } => {
                why = Some(reason.to_string());
                Outcome::Withdrawn
            }
            Action::Admit(admission) => {
                source = Some(admission.source.to_string());
                match () {
                    () if seq == record.bulletin => Outcome::New,
                    () if bulletin.versions.contains(&seq) => Outcome::Revised,
                    () => Outcome::Duplicate,
                }
            }
        };
        let latest = self.version_at(bulletin.latest(), bulletin.versions.len() as u32)?;
        let title = latest.content.title.clone();
        let (at, by) = (event.at, event.by.to_string());
        Ok(Some(Happened { at, by, outcome, source, reason: why, bulletin, title }))
    }
}
