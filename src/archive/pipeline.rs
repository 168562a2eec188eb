//! Many documents on their way in: read by several threads, admitted in their order, answered when durable.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinHandle};

use super::{Archive, ArchiveError, By, Offer, Receipts, Submitted};
use crate::intake::{self, Arrival, Refusal, RefusalKind};

/// How many documents go through together. A thread that is woken for each of them, and a writer that is
/// asked for each, cost as much as reading a short one.
const SHEAF_DOCUMENTS: usize = 32;
/// How many bytes of documents go through together: a large one goes alone.
const SHEAF_BYTES: usize = 256 << 10;
/// How many sheaves are read ahead of the one whose turn it is.
const AHEAD: usize = 4;
/// How many sheaves may wait for their sync.
const UNANSWERED: usize = 128;

/// As many documents are read at a time as there are processors, by whichever way they come: the rest waits its turn.
static READERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));

/// Does work that takes a processor for a while, such as reading documents, on a thread that nobody waits for.
///
/// # Errors
/// It panicked.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let _permit = READERS.acquire().await;
    tokio::task::spawn_blocking(work).await
}

/// A document, under the name by which it is spoken of.
pub struct Arriving {
    pub name: String,
    /// Or why they could not be had.
    pub bytes: Result<Bytes, Refusal>,
    pub arrival: Arrival,
}

/// The receipts of a document, or why it was refused as a whole.
pub type Answered = Result<Receipts, Refusal>;

/// Documents that were read together: their names, and what is not offered because it was refused.
struct Read {
    documents: Vec<(String, Option<Refusal>)>,
    offers: Vec<Offer>,
}

/// As much of [`Read`] as is left when its offers have their place in the order.
struct Waiting {
    documents: Vec<(String, Option<Refusal>)>,
    submitted: Submitted,
}

pub struct Pipeline {
    archive: Arc<Archive>,
    /// Who admits.
    by: By,
    settings: Arc<intake::Settings>,
    clock: fn() -> Timestamp,
    /// By the name of the first document.
    reading: VecDeque<(String, JoinHandle<Result<Read, JoinError>>)>,
    waiting: VecDeque<Waiting>,
}

impl Pipeline {
    pub fn new(
        archive: Arc<Archive>,
        by: impl Into<By>,
        settings: Arc<intake::Settings>,
        clock: fn() -> Timestamp,
    ) -> Pipeline {
        let (reading, waiting) = (VecDeque::new(), VecDeque::new());
        Pipeline { archive, by: by.into(), settings, clock, reading, waiting }
    }

    /// Admits `documents`, and hands each answer to `answered` with the document's name, in their order.
    pub async fn run(
        mut self,
        mut documents: impl Iterator<Item = Arriving>,
        mut answered: impl FnMut(&str, Answered),
    ) -> Result<(), ArchiveError> {
        while let Some(sheaf) = sheaf(&mut documents) {
            self.take(sheaf, &mut answered).await?;
        }
        self.finish(&mut answered).await
    }

    /// As [`Pipeline::run`], for documents that may be long in coming, such as those in a large container: they are waited
    /// for on a thread of their own, which ends after the sheaf that nobody takes any more.
    pub async fn run_apart(
        mut self,
        mut documents: impl Iterator<Item = Arriving> + Send + 'static,
        mut answered: impl FnMut(&str, Answered),
    ) -> Result<(), ArchiveError> {
        let (give, mut given) = tokio::sync::mpsc::channel(1);
        let giving = tokio::task::spawn_blocking(move || {
            while let Some(sheaf) = sheaf(&mut documents) {
                if give.blocking_send(sheaf).is_err() {
                    return;
                }
            }
        });
        while let Some(sheaf) = given.recv().await {
            self.take(sheaf, &mut answered).await?;
        }
        self.finish(&mut answered).await?;
        giving.await.map_err(|_| ArchiveError::Unread("the rest".into()))
    }

    async fn take(
        &mut self,
        sheaf: Vec<Arriving>,
        answered: &mut impl FnMut(&str, Answered),
    ) -> Result<(), ArchiveError> {
        self.read(sheaf);
        while self.reading.len() > AHEAD {
            self.submit_next(answered).await?;
        }
        Ok(())
    }

    async fn finish(&mut self, answered: &mut impl FnMut(&str, Answered)) -> Result<(), ArchiveError> {
        while !self.reading.is_empty() {
            self.submit_next(answered).await?;
        }
        while !self.waiting.is_empty() {
            self.answer_next(answered).await?;
        }
        Ok(())
    }

    /// Has a thread read a sheaf of documents.
    fn read(&mut self, sheaf: Vec<Arriving>) {
        let Some(first) = sheaf.first().map(|first| first.name.clone()) else { return };
        let (archive, settings, at) = (self.archive.clone(), self.settings.clone(), (self.clock)());
        let read = move || {
            let mut read = Read { documents: Vec::with_capacity(sheaf.len()), offers: Vec::new() };
            for Arriving { name, bytes, arrival } in sheaf {
                let document =
                    bytes.and_then(|bytes| Ok((intake::read(&bytes, &arrival, &settings)?, bytes)));
                let refusal = match document {
                    Ok((document, bytes)) => {
                        read.offers.push(archive.offer(document, bytes, at));
                        None
                    }
                    Err(refusal) => Some(refusal),
                };
                read.documents.push((name, refusal));
            }
            read
        };
        self.reading.push_back((first, tokio::spawn(apart(read))));
    }

    async fn submit_next(&mut self, answered: &mut impl FnMut(&str, Answered)) -> Result<(), ArchiveError> {
        let Some((first, reading)) = self.reading.pop_front() else { return Ok(()) };
        // A reader that panicked leaves documents unread, not admitted: whoever asked must hear of it.
        let Read { documents, offers } =
            reading.await.and_then(|read| read).map_err(|_| ArchiveError::Unread(first))?;
        let submitted = self.archive.submit(offers, &self.by, (self.clock)()).await?;
        self.waiting.push_back(Waiting { documents, submitted });
        // What is durable is said at once, so that whoever watches sees how far it is.
        while self.waiting.front().is_some_and(|waiting| waiting.submitted.is_answered())
            || self.waiting.len() > UNANSWERED
        {
            self.answer_next(answered).await?;
        }
        Ok(())
    }

    async fn answer_next(&mut self, answered: &mut impl FnMut(&str, Answered)) -> Result<(), ArchiveError> {
        let Some(Waiting { documents, submitted }) = self.waiting.pop_front() else { return Ok(()) };
        let mut receipts = submitted.receipts().await?.into_iter();
        for (name, refusal) in documents {
            match refusal {
                Some(refusal) => answered(&name, Err(refusal)),
                None => answered(&name, Ok(receipts.next().expect("every offer has its receipts"))),
            }
        }
        Ok(())
    }
}

/// The next documents that go through together; none where there are no more.
fn sheaf(documents: &mut impl Iterator<Item = Arriving>) -> Option<Vec<Arriving>> {
    let (mut sheaf, mut bytes) = (Vec::with_capacity(SHEAF_DOCUMENTS), 0);
    while sheaf.len() < SHEAF_DOCUMENTS && bytes < SHEAF_BYTES {
        let Some(document) = documents.next() else { break };
        bytes += document.bytes.as_ref().map_or(0, Bytes::len);
        sheaf.push(document);
    }
    (!sheaf.is_empty()).then_some(sheaf)
}

/// The name of a file as text. Bytes that are no UTF-8 are written as `\xff`, so that two names are never one.
pub fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// Why a file was not taken in that could not be read.
pub fn unreadable(error: &io::Error) -> Refusal {
    Refusal::new(RefusalKind::Unprocessable, "the file", format!("it cannot be read: {error}"))
}
