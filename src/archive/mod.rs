//! The archive: the one door to journal and catalogue.
//!
//! Owns their agreement: what the journal has and the catalogue lacks is applied before the first answer,
//! what is acknowledged is in both, and one process at a time writes. It must never know HTTP or HTML.

mod by;
mod damaged;
mod desk;
mod health;
mod pipeline;
mod read;
mod receipt;
mod replay;
#[cfg(test)]
mod tests;
mod turn;
pub mod verification;
mod versions;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::bulletin::{Alias, BulletinId, normalise_url};
use crate::catalogue::Catalogue;
use crate::catalogue::apply::to_millisecond;
use crate::catalogue::engine::sled::{SledEngine, suspected};
use crate::catalogue::state::{CatalogueError, State};
use crate::digest::Digest;
use crate::intake::{Document, Refusal, RefusalKind, Submission, Tombstone};
use crate::journal::{self, Journal, JournalError, Reader, record};
use damaged::Damaged;
use health::Health;
use versions::Versions;
use writer::{Request, Wish, Writer};

pub use by::{By, Permit, Right};
pub use desk::{Foreseen, Happened};
pub use pipeline::{Answered, Arriving, Pipeline, apart, path_text, unreadable};
pub use read::{ContentOf, Original, Version};
pub use receipt::{Answer, Conflict, Outcome, Receipt};
pub use verification::Pace;
pub use writer::Receipts;

/// How many requests may wait for the writer before the next must wait to wait.
const REQUESTS_WAITING_MAX: usize = 8_192;

/// The longest reason of a withdrawal, in bytes: every feed of the bulletin says it.
const REASON_BYTES_MAX: usize = 2_000;

/// The longest address under which an original is recorded.
const URL_BYTES_MAX: usize = 2_000;

#[derive(Clone, Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the archive in {0} is open in another process; stop it, or let it do the work")]
    Locked(PathBuf),
    #[error("cannot {doing} {path}: {source}")]
    Io { doing: &'static str, path: PathBuf, source: Arc<io::Error> },
    #[error(transparent)]
    Journal(Arc<JournalError>),
    #[error(transparent)]
    Catalogue(Arc<CatalogueError>),
    #[error(
        "the catalogue knows event {seq}, and the journal does not have it ({why}): acknowledged events are \
         lost, or the two folders do not belong together. Restore journal/ from a copy; to go on without what \
         is lost, delete catalogue/ and journal/head"
    )]
    JournalBehind { seq: u64, why: String },
    #[error("it was not admitted, since it could not be made durable: {0}")]
    NotDurable(Arc<JournalError>),
    #[error("there is no bulletin {0}")]
    NoSuchBulletin(BulletinId),
    #[error("bulletin {0} is withdrawn already")]
    AlreadyWithdrawn(BulletinId),
    #[error("bulletin {0} is not withdrawn")]
    NotWithdrawn(BulletinId),
    #[error(transparent)]
    Refused(Refusal),
    #[error("{0} could not be read: its reader failed")]
    Unread(String),
    #[error("the archive is closing")]
    Closing,
    #[error("the archive is open for reading only until it is repaired: {0}")]
    ReadOnly(Arc<JournalError>),
    #[error(
        "only {free} bytes are free where the archive lies, and nothing is admitted while there are fewer than \
         {reserve} (archive.reserve_bytes): make room"
    )]
    NoRoom { free: u64, reserve: u64 },
    #[error("the record of {digest} cannot be read: {why}")]
    Damaged { digest: Digest, why: Arc<JournalError> },
    #[error("the journal's bytes for {0} are not those that were admitted")]
    Unfaithful(Digest),
}

impl ArchiveError {
    /// Whether the archive is well, and what was asked of it makes no sense.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            ArchiveError::NoSuchBulletin(_)
                | ArchiveError::AlreadyWithdrawn(_)
                | ArchiveError::NotWithdrawn(_)
                | ArchiveError::Refused(_)
        )
    }

    /// Whether one record cannot be had as it was admitted, while the rest can.
    pub fn is_damage(&self) -> bool {
        matches!(self, ArchiveError::Damaged { .. } | ArchiveError::Unfaithful(_))
    }
}

impl From<JournalError> for ArchiveError {
    fn from(error: JournalError) -> ArchiveError {
        ArchiveError::Journal(Arc::new(error))
    }
}

impl From<CatalogueError> for ArchiveError {
    fn from(error: CatalogueError) -> ArchiveError {
        ArchiveError::Catalogue(Arc::new(error))
    }
}

/// What the archive needs to know of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    pub path: PathBuf,
    /// Of tag URIs, as `news.example.org,2026`.
    pub authority: String,
    pub segment_bytes_max: u64,
    pub catalogue_cache_bytes: u64,
    /// Nothing is admitted while less is free.
    pub reserve_bytes: u64,
    /// How the journal is verified while a server runs.
    pub pace: Pace,
}

/// How far a long piece of work is: bytes done and bytes in all.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// A document that is to be admitted.
pub struct Offer {
    parts: Vec<Result<Submission, Refusal>>,
    /// What the document's source takes back.
    tombstones: Vec<Tombstone>,
    source: String,
    media_type: &'static str,
    /// The address under which the original is recorded.
    url: Option<String>,
    original: Bytes,
    original_digest: Digest,
    /// The original's record, made outside the writer since compressing is most of the work.
    encoded: Option<Vec<u8>>,
    /// Whether a record stands before one of the document's events already.
    recorded: bool,
}

/// A request that has its place in the order, and no answer yet.
pub struct Submitted {
    answered: oneshot::Receiver<writer::Answer>,
}

impl Submitted {
    /// Whether [`Submitted::receipts`] has nothing to wait for.
    pub fn is_answered(&self) -> bool {
        !self.answered.is_empty()
    }

    /// Waits until everything that was asked is done and durable: the receipts of each document, in their order.
    pub async fn receipts(self) -> Result<Vec<Receipts>, ArchiveError> {
        self.answered.await.map_err(|_| ArchiveError::Closing)?
    }

    async fn only(self) -> Result<Receipts, ArchiveError> {
        Ok(self.receipts().await?.into_iter().flatten().collect())
    }
}

pub struct Archive {
    path: PathBuf,
    catalogue: Arc<Catalogue>,
    reader: Reader,
    requests: Option<mpsc::Sender<Request>>,
    health: Health,
    threads: Vec<JoinHandle<()>>,
    reserve_bytes: u64,
    damaged: Damaged,
    versions: Versions,
    /// Held as long as the archive is open.
    lock: File,
}

impl Archive {
    /// Opens the archive, making it if there is none, and brings the catalogue up to the journal. Where what was
    /// acknowledged is damaged and the catalogue lacks it, the rest is open for reading.
    pub fn open(settings: &Settings, progress: Progress) -> Result<Archive, ArchiveError> {
        let lock = lock(&settings.path)?;
        damaged::discard_incomplete(settings)?;
        let opened = match replay::catch_up(settings, open_catalogue(settings)?, progress) {
            // A catalogue that does not fit the journal is as good as none.
            Err(ArchiveError::Catalogue(error)) => {
                move_aside(&settings.catalogue_path(), &error)?;
                replay::catch_up(settings, open_catalogue(settings)?, progress)
            }
            opened => opened,
        };
        match opened {
            Ok((catalogue, journal)) => {
                damaged::end_rebuild(settings)?;
                Archive::start(settings, lock, catalogue, journal)
            }
            Err(ArchiveError::Journal(why)) if matches!(*why, JournalError::Damaged { .. }) => {
                Archive::open_for_reading(settings, lock, why, progress)
            }
            Err(error) => Err(error),
        }
    }

    /// Throws the catalogue away and makes it anew from the journal; one that was being made anew when the process
    /// ended is taken up where it was. The old one is put back where the journal is too damaged for a new one.
    pub fn rebuild(settings: &Settings, progress: Progress) -> Result<Archive, ArchiveError> {
        let lock = lock(&settings.path)?;
        damaged::discard_incomplete(settings)?;
        damaged::begin_rebuild(settings)?;
        match replay::catch_up(settings, open_catalogue(settings)?, progress) {
            Ok((catalogue, journal)) => {
                damaged::end_rebuild(settings)?;
                Archive::start(settings, lock, catalogue, journal)
            }
            Err(error) => {
                damaged::put_back(settings)?;
                Err(error)
            }
        }
    }

    fn start(
        settings: &Settings,
        lock: File,
        catalogue: Catalogue,
        journal: Journal,
    ) -> Result<Archive, ArchiveError> {
        let catalogue = Arc::new(catalogue);
        let last = journal.position().seq;
        let last_at = if last == 0 { 0 } else { catalogue.known_event(last)?.at };
        let last_at = Timestamp::from_millisecond(last_at).unwrap_or(Timestamp::UNIX_EPOCH);
        let reader = journal.reader();
        let (wake_merger, merger) = writer::start_merger(catalogue.clone());
        // What had to be read again is not to be read once more after the next crash, however soon that comes.
        if catalogue.unmerged() != (0, false) {
            let _ = wake_merger.send(());
        }
        let writer =
            Writer::new(journal, catalogue.clone(), settings.authority.clone(), last_at, wake_merger)
                .map_err(io_error("start the writer of", &settings.path))?;
        let health = writer.health();
        let (requests, waiting) = mpsc::channel(REQUESTS_WAITING_MAX);
        let writer = std::thread::Builder::new().name("writer".into()).spawn(move || writer.run(waiting));
        let writer = writer.map_err(io_error("start the writer of", &settings.path))?;
        let path = settings.path.clone();
        let (requests, threads) = (Some(requests), vec![writer, merger]);
        let damaged = Damaged::default();
        let reserve_bytes = settings.reserve_bytes;
        let versions = Versions::default();
        Ok(Archive {
            path,
            catalogue,
            reader,
            requests,
            health,
            threads,
            reserve_bytes,
            damaged,
            versions,
            lock,
        })
    }

    /// Why nothing can be admitted; none where all is well.
    pub fn unwell(&self) -> Option<String> {
        self.health.wrong()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Admits a document: when the receipts are there, everything in them is durable.
    pub async fn admit(
        &self,
        offer: Offer,
        by: impl Into<By>,
        at: Timestamp,
    ) -> Result<Receipts, ArchiveError> {
        self.submit(vec![offer], by, at).await?.only().await
    }

    /// As [`Archive::admit`] of several documents, but returns as soon as they have their place in the order of
    /// admissions.
    pub async fn submit(
        &self,
        offers: Vec<Offer>,
        by: impl Into<By>,
        at: Timestamp,
    ) -> Result<Submitted, ArchiveError> {
        self.ask(Wish::Admit(offers), by, at).await
    }

    /// Takes a bulletin out of public view; it stays in the journal.
    pub async fn withdraw(
        &self,
        id: BulletinId,
        reason: &str,
        by: impl Into<By>,
        at: Timestamp,
    ) -> Result<Receipts, ArchiveError> {
        if reason.len() > REASON_BYTES_MAX {
            let why = format!("it has {} bytes, and {REASON_BYTES_MAX} is the most", reason.len());
            return Err(ArchiveError::Refused(Refusal::new(RefusalKind::Unprocessable, "the reason", why)));
        }
        self.ask(Wish::Withdraw { id, reason: reason.into() }, by, at).await?.only().await
    }

    /// Brings a withdrawn bulletin back.
    pub async fn restore(
        &self,
        id: BulletinId,
        by: impl Into<By>,
        at: Timestamp,
    ) -> Result<Receipts, ArchiveError> {
        self.ask(Wish::Restore { id }, by, at).await?.only().await
    }

    async fn ask(&self, wish: Wish, by: impl Into<By>, at: Timestamp) -> Result<Submitted, ArchiveError> {
        self.check_writable(&wish)?;
        let requests = self.requests.as_ref().ok_or(ArchiveError::Closing)?;
        let (answer, answered) = oneshot::channel();
        let request = Request { by: by.into(), at, wish, answer };
        requests.send(request).await.map_err(|_| ArchiveError::Closing)?;
        Ok(Submitted { answered })
    }

    /// Prepares a document for admission: the work that needs no order.
    pub fn offer(&self, document: Document, original: Bytes, at: Timestamp) -> Offer {
        let original_digest = Digest::of(&original);
        let (media_type, at) = (document.media_type, to_millisecond(at));
        let url = target_uri(&document);
        let keep = original.len() <= record::BLOCK_BYTES_MAX
            && !self.original_is_known(&original_digest).unwrap_or(false);
        let encode = || record::resource(&original, original_digest, media_type, url.as_deref(), at);
        let encoded = keep.then(encode);
        let Document { parts, tombstones, source, .. } = document;
        Offer {
            parts,
            tombstones,
            source,
            media_type,
            url,
            original,
            original_digest,
            encoded,
            recorded: false,
        }
    }
}

impl Drop for Archive {
    /// Everything that was asked is answered, and the catalogue is merged and closed.
    fn drop(&mut self) {
        self.requests = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        // What was read of a damaged journal is not to be taken for the whole.
        if self.damage().is_none()
            && let Err(error) = self.catalogue.close()
        {
            tracing::error!(%error, "the catalogue could not be closed; the journal has everything");
        }
        // Closing the file would do, but for a process that was forked just now and holds it as well.
        let _ = self.lock.unlock();
    }
}

impl Offer {
    /// Names the bulletin that the document revises.
    pub fn revising(mut self, id: BulletinId) -> Offer {
        for submission in self.parts.iter_mut().flatten() {
            submission.target = Some(id);
        }
        self
    }
}

impl Settings {
    pub fn journal_path(&self) -> PathBuf {
        self.path.join("journal")
    }

    pub fn catalogue_path(&self) -> PathBuf {
        self.path.join("catalogue")
    }

    /// Whether the catalogue was found damaged as it was read: the next opening makes it anew.
    pub fn suspects_catalogue(&self) -> bool {
        suspected(&self.catalogue_path()).exists()
    }
}

/// The catalogue, or an empty one where it cannot be opened.
fn open_catalogue(settings: &Settings) -> Result<Catalogue, ArchiveError> {
    let path = settings.catalogue_path();
    let open = || -> Result<Catalogue, CatalogueError> {
        Catalogue::open(Box::new(SledEngine::open(&path, settings.catalogue_cache_bytes)?))
    };
    match open() {
        Ok(catalogue) => Ok(catalogue),
        // Nothing to move aside: there is no room for a catalogue, or no right to make one.
        Err(error) if !path.exists() && !settings.suspects_catalogue() => Err(error.into()),
        Err(error) => {
            move_aside(&path, &error)?;
            Ok(open()?)
        }
    }
}

fn remove_dir(path: &Path) -> Result<(), ArchiveError> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Keeps a damaged catalogue for whoever wants to know what happened; one is enough.
fn move_aside(path: &Path, error: &CatalogueError) -> Result<(), ArchiveError> {
    let aside = path.with_extension("damaged");
    tracing::warn!(%error, aside = %aside.display(), "the catalogue is moved aside and rebuilt from the journal");
    remove_dir(&aside)?;
    if path.exists() {
        std::fs::rename(path, &aside).map_err(io_error("move aside", path))?;
    }
    damaged::remove(&suspected(path))
}

/// One process at a time has the archive open.
fn lock(path: &Path) -> Result<File, ArchiveError> {
    journal::create_dir(path)?;
    let file = path.join("lock");
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&file);
    let lock = lock.map_err(io_error("open", &file))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(ArchiveError::Locked(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(io_error("lock", &file)(error)),
    }
}

/// The address of a document: its own, or that of the one bulletin in it. Written as an alias is: tools that
/// read the record expect nothing odd in it.
fn target_uri(document: &Document) -> Option<String> {
    let own = document.url.as_deref().filter(|url| url.len() <= URL_BYTES_MAX).and_then(normalise_url);
    own.or_else(|| match document.parts.as_slice() {
        [Ok(only)] if !document.collection => {
            only.aliases.iter().find_map(Alias::as_address).map(String::from)
        }
        _ => None,
    })
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ArchiveError {
    let path = path.to_owned();
    move |source| ArchiveError::Io { doing, path, source: Arc::new(source) }
}
