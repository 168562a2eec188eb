//! Many documents on their way in: read by several threads, admitted in their order, answered when durable.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::{Archive, ArchiveError, Offer, Receipts, Submitted};
use crate::intake::{self, Arrival, Refusal, RefusalKind};

/// How many documents are read ahead of the one whose turn it is.
const AHEAD: usize = 64;
/// How many bytes they may have together, where there are several.
const AHEAD_BYTES: usize = 64 << 20;
/// How many admissions may wait for their sync.
const UNANSWERED: usize = 4_096;

/// A document, under the name by which it is spoken of.
pub struct Arriving {
    pub name: String,
    /// Or why they could not be had.
    pub bytes: Result<Bytes, Refusal>,
    pub arrival: Arrival,
}

/// The receipts of a document, or why it was refused as a whole.
pub type Answered = Result<Receipts, Refusal>;

/// What waits to be said in its turn.
enum Waiting {
    Submitted(Submitted),
    Refused(Refusal),
}

impl Waiting {
    fn is_over(&self) -> bool {
        match self {
            Waiting::Submitted(submitted) => submitted.is_answered(),
            Waiting::Refused(_) => true,
        }
    }
}

/// A document that is being read.
struct Reading {
    name: String,
    bytes: usize,
    offer: JoinHandle<Result<Offer, Refusal>>,
}

pub struct Pipeline {
    archive: Arc<Archive>,
    /// Who admits.
    by: String,
    settings: Arc<intake::Settings>,
    clock: fn() -> Timestamp,
    reading: VecDeque<Reading>,
    reading_bytes: usize,
    submitted: VecDeque<(String, Waiting)>,
}

impl Pipeline {
    pub fn new(
        archive: Arc<Archive>,
        by: &str,
        settings: Arc<intake::Settings>,
        clock: fn() -> Timestamp,
    ) -> Pipeline {
        let (reading, submitted) = (VecDeque::new(), VecDeque::new());
        Pipeline { archive, by: by.into(), settings, clock, reading, reading_bytes: 0, submitted }
    }

    /// Admits `documents`, and hands each answer to `answered` with the document's name, in their order.
    pub async fn run(
        mut self,
        documents: impl Iterator<Item = Arriving>,
        mut answered: impl FnMut(&str, Answered),
    ) -> Result<(), ArchiveError> {
        for Arriving { name, bytes, arrival } in documents {
            let (archive, settings, at) = (self.archive.clone(), self.settings.clone(), (self.clock)());
            let length = bytes.as_ref().map_or(0, Bytes::len);
            let read = move || {
                let bytes = bytes?;
                let document = intake::read(&bytes, &arrival, &settings)?;
                Ok(archive.offer(document, bytes, at))
            };
            self.reading_bytes += length;
            self.reading.push_back(Reading { name, bytes: length, offer: tokio::task::spawn_blocking(read) });
            while self.reading.len() > AHEAD || self.reading_bytes > AHEAD_BYTES {
                self.submit_next(&mut answered).await?;
            }
        }
        while !self.reading.is_empty() {
            self.submit_next(&mut answered).await?;
        }
        while !self.submitted.is_empty() {
            self.answer_next(&mut answered).await?;
        }
        Ok(())
    }

    async fn submit_next(&mut self, answered: &mut impl FnMut(&str, Answered)) -> Result<(), ArchiveError> {
        let Some(Reading { name, bytes, offer }) = self.reading.pop_front() else { return Ok(()) };
        self.reading_bytes -= bytes;
        // A reader that panicked leaves a document unread, not admitted: whoever asked must hear of it.
        let waiting = match offer.await.map_err(|_| ArchiveError::Unread(name.clone()))? {
            Ok(offer) => Waiting::Submitted(self.archive.submit(offer, &self.by, (self.clock)()).await?),
            Err(refusal) => Waiting::Refused(refusal),
        };
        self.submitted.push_back((name, waiting));
        // What is durable is said at once, so that whoever watches sees how far it is.
        while self.submitted.front().is_some_and(|(_, waiting)| waiting.is_over())
            || self.submitted.len() > UNANSWERED
        {
            self.answer_next(answered).await?;
        }
        Ok(())
    }

    async fn answer_next(&mut self, answered: &mut impl FnMut(&str, Answered)) -> Result<(), ArchiveError> {
        let Some((name, waiting)) = self.submitted.pop_front() else { return Ok(()) };
        match waiting {
            Waiting::Submitted(submitted) => answered(&name, Ok(submitted.receipts().await?)),
            Waiting::Refused(refusal) => answered(&name, Err(refusal)),
        }
        Ok(())
    }
}

/// Why a file was not taken in that could not be read.
pub fn unreadable(error: &io::Error) -> Refusal {
    Refusal::new(RefusalKind::Unprocessable, "the file", format!("it cannot be read: {error}"))
}
