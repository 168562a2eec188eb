//! Follows the archive's events with the index, in the background, on a thread that steps back behind all others.
//!
//! Every event names a bulletin; the bulletin's document is made anew as the catalogue has it now, so an event that is
//! seen twice does no harm. A commit carries the last event that it knows, and a later start goes on behind it. An
//! index that cannot be opened, was made by another release or does not belong to this archive is moved aside and
//! made anew: nothing is in it that the journal does not have.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tantivy::directory::MmapDirectory;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::store::Compressor;
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError};

use super::schema::{Fields, Known, SCHEMA_VERSION, schema, tokenizers};
use super::view::View;
use super::{Settings, Shared};
use crate::archive::{Archive, ArchiveError};
use crate::catalogue::record::Record as _;
use crate::catalogue::state::State as _;
use crate::digest::Digest;

/// How often it is looked whether there is something new.
const LOOK: Duration = Duration::from_millis(200);
/// How many events are taken up before it is looked whether to stop.
const EVENTS_A_STEP: u64 = 2_000;
/// How many events one commit takes up at most while there is much to do. What a stop costs is done again.
const EVENTS_A_COMMIT: u64 = 100_000;
/// How long what is indexed waits for a commit at most while there is much to do.
const COMMIT_WAIT: Duration = Duration::from_secs(30);
/// How long after a commit the next comes at the earliest.
const COMMIT_PAUSE: Duration = Duration::from_millis(500);
/// How often it is said how far a long piece of work is.
const PROGRESS: Duration = Duration::from_secs(10);
/// Behind by more than this, it is worth saying so.
const EVENTS_WORTH_SAYING: u64 = 5_000;
/// How long to wait after a failure, at first and at most.
const WAIT_MIN: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(60);
/// After how many failures without a commit in between the index is taken for damaged.
const FAILURES_MAX: u32 = 3;
/// How far this thread, and those that tantivy starts from it, step back.
const NICE: i32 = 10;

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error(transparent)]
    Index(#[from] TantivyError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("cannot {doing} {path}: {source}")]
    Io { doing: &'static str, path: PathBuf, source: std::io::Error },
    #[error("the index is damaged: {0}")]
    Damaged(String),
}

impl From<crate::catalogue::state::CatalogueError> for FollowError {
    fn from(error: crate::catalogue::state::CatalogueError) -> FollowError {
        FollowError::Archive(error.into())
    }
}

pub struct Follower {
    pub archive: Arc<Archive>,
    pub settings: Settings,
    pub shared: Arc<Shared>,
    /// Ends with its sender.
    pub stop: Receiver<()>,
}

impl Follower {
    /// Follows until told to stop, whatever happens.
    pub fn run(self) {
        // It applies to this thread and to those that it starts; where it is refused, search is no less right.
        let _ = rustix::process::setpriority_process(None, NICE);
        let (mut failures, mut wait) = (0, WAIT_MIN);
        loop {
            let before = self.shared.indexed();
            // What is damaged may be found out by a panic of whoever reads it.
            let error = match catch_unwind(AssertUnwindSafe(|| self.follow())) {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error,
                Err(_) => FollowError::Damaged("its reader failed".into()),
            };
            if self.shared.indexed() > before {
                (failures, wait) = (0, WAIT_MIN);
            }
            failures += 1;
            tracing::error!(%error, "the search index could not be kept up; everything else goes on");
            if matches!(error, FollowError::Damaged(_)) || (failures >= FAILURES_MAX && !is_full(&error)) {
                failures = 0;
                self.shared.show(None);
                if let Err(error) = move_aside(&self.path(), &error.to_string()) {
                    tracing::error!(%error, "the search index could not be moved aside");
                }
            }
            if self.stop.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            wait = (wait * 2).min(WAIT_MAX);
        }
    }

    /// Ends with an error, or well when told to stop.
    fn follow(&self) -> Result<(), FollowError> {
        let (index, mut indexed) = self.open()?;
        let (_, fields) = schema();
        let damaged = |error: TantivyError| FollowError::Damaged(error.to_string());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader: IndexReader = reader.map_err(damaged)?;
        self.shared.show(Some(View::new(reader.searcher(), fields, indexed).map_err(damaged)?));
        let mut work: Option<Work> = None;
        loop {
            if self.shared.is_damaged() {
                return Err(FollowError::Damaged("a search failed on it".into()));
            }
            let last = self.archive.catalogue().position()?.seq;
            self.shared.goal(last);
            let upto = last.min(indexed + EVENTS_A_STEP);
            if upto > indexed {
                let work = match &mut work {
                    Some(work) => work,
                    None => work.insert(Work::begin(self, &index, fields, indexed)?),
                };
                work.take_up(indexed + 1..=upto)?;
                work.say(last);
                indexed = upto;
            }
            if let Some(work) = work.as_mut().filter(|work| work.is_due(upto == last)) {
                work.commit(&reader)?;
            }
            let pause = if upto == last { LOOK } else { Duration::ZERO };
            match self.stop.recv_timeout(pause) {
                Err(RecvTimeoutError::Timeout) => {}
                _ => return Ok(()),
            }
        }
    }

    /// The folder of the index, beside the catalogue.
    fn path(&self) -> PathBuf {
        self.archive.path().join("search")
    }

    /// The index and the last event that it knows.
    fn open(&self) -> Result<(Index, u64), FollowError> {
        let path = self.path();
        if path.exists() {
            match self.open_existing(&path) {
                Ok(opened) => return Ok(opened),
                Err(why) => move_aside(&path, &why)?,
            }
        }
        std::fs::create_dir_all(&path).map_err(io_error("make", &path))?;
        let settings = IndexSettings {
            docstore_compression: Compressor::None,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let directory = MmapDirectory::open(path).map_err(TantivyError::from)?;
        let index = Index::create(directory, schema().0, settings)?;
        Ok((prepared(index), 0))
    }

    fn open_existing(&self, path: &Path) -> Result<(Index, u64), String> {
        let index = Index::open_in_dir(path).map_err(|error| error.to_string())?;
        if index.schema() != schema().0 {
            return Err("it was made by another release".into());
        }
        let payload = index.load_metas().map_err(|error| error.to_string())?.payload;
        let Some(payload) = payload else { return Ok((prepared(index), 0)) };
        let seq: Option<u64> = payload.split(' ').nth(1).and_then(|seq| seq.parse().ok());
        let seq = seq.ok_or("what it says of itself cannot be read")?;
        if seq > 0 && payload_of(&self.archive, seq).ok().as_ref() != Some(&payload) {
            return Err("it was made by another release or of another archive".into());
        }
        Ok((prepared(index), seq))
    }
}

fn prepared(mut index: Index) -> Index {
    index.set_tokenizers(tokenizers());
    index
}

/// What a commit says of itself: the schema's version, the last event, and by which mark that event is known again.
fn payload_of(archive: &Archive, seq: u64) -> Result<String, FollowError> {
    let event = archive.catalogue().known_event(seq)?;
    Ok(format!("{SCHEMA_VERSION} {seq} {}", Digest::of(&event.kept(seq)).hex()))
}

/// Writing, from the first thing that is new on.
struct Work<'a> {
    follower: &'a Follower,
    writer: IndexWriter,
    fields: Fields,
    /// The last event that was taken up.
    taken: u64,
    committed: u64,
    committed_at: Instant,
    said_at: Instant,
    began_at: Instant,
    began_with: u64,
}

impl<'a> Work<'a> {
    fn begin(
        follower: &'a Follower,
        index: &Index,
        fields: Fields,
        indexed: u64,
    ) -> Result<Work<'a>, FollowError> {
        // One thread for each: it is not to take a machine for itself.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(follower.settings.memory_bytes)
            .build();
        let writer: IndexWriter = index.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        // A bulletin that changes leaves a dead document behind.
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        let now = Instant::now();
        Ok(Work {
            follower,
            writer,
            fields,
            taken: indexed,
            committed: indexed,
            // What is the first after a while does not wait.
            committed_at: now.checked_sub(COMMIT_PAUSE).unwrap_or(now),
            said_at: now,
            began_at: now,
            began_with: indexed,
        })
    }

    fn take_up(&mut self, events: std::ops::RangeInclusive<u64>) -> Result<(), FollowError> {
        let catalogue = self.follower.archive.catalogue();
        let (before, last) = (*events.start(), *events.end());
        let mut numbers = BTreeSet::new();
        for event in events {
            numbers.insert(catalogue.known_event(event)?.bulletin);
        }
        // An event that decided nothing is of no bulletin.
        numbers.remove(&0);
        for number in numbers {
            // A bulletin is numbered by its first event: one that begins here has no document yet.
            if number < before {
                self.writer.delete_term(self.fields.of_bulletin(number));
            }
            self.add(number)?;
        }
        self.taken = last;
        Ok(())
    }

    fn add(&self, number: u64) -> Result<(), FollowError> {
        let archive = &self.follower.archive;
        let bulletin = archive.catalogue().known_bulletin(number)?;
        if bulletin.withdrawn.is_some() {
            return Ok(());
        }
        let read = || -> Result<_, ArchiveError> {
            let version = archive.version_at(bulletin.latest(), bulletin.versions.len() as u32)?;
            let published = archive.published(number, &version)?.date;
            Ok((version, published))
        };
        let (version, published) = match read() {
            Err(error) if error.is_damage() => {
                // It cannot be shown either; `annals verify` names the place.
                tracing::error!(%error, id = %bulletin.id, "a bulletin cannot be read and is not found by search");
                return Ok(());
            }
            read => read?,
        };
        let document = self.fields.document(&Known {
            number,
            content: &version.content,
            categories: bulletin.category_numbers(),
            year: bulletin.on.year,
            published,
            touched: bulletin.touched,
        });
        self.writer.add_document(document)?;
        Ok(())
    }

    /// Whether to commit: soon where that is all there is to do, and now and then on the way. Each commit is some ten
    /// syncs, and those who admit wait for the same disk.
    fn is_due(&self, caught_up: bool) -> bool {
        let waited = self.committed_at.elapsed();
        let waiting = self.taken - self.committed;
        let soon = caught_up && waited >= COMMIT_PAUSE;
        waiting > 0 && (soon || waiting >= EVENTS_A_COMMIT || waited >= COMMIT_WAIT)
    }

    /// Makes what was taken up durable, and then visible.
    fn commit(&mut self, reader: &IndexReader) -> Result<(), FollowError> {
        let payload = payload_of(&self.follower.archive, self.taken)?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        reader.reload()?;
        self.follower.shared.show(Some(View::new(reader.searcher(), self.fields, self.taken)?));
        (self.committed, self.committed_at) = (self.taken, Instant::now());
        Ok(())
    }

    fn say(&mut self, last: u64) {
        let behind = last - self.taken;
        let ended = behind == 0 && self.taken - self.began_with >= EVENTS_WORTH_SAYING;
        let long = behind >= EVENTS_WORTH_SAYING && self.said_at.elapsed() >= PROGRESS;
        if ended || long {
            let seconds = self.began_at.elapsed().as_secs();
            tracing::info!(events = self.taken, of = last, seconds, "indexing for search");
            self.said_at = Instant::now();
        }
        if behind == 0 {
            (self.began_at, self.began_with) = (Instant::now(), self.taken);
        }
    }
}

/// Whether only a fuller disk stands in the way.
fn is_full(error: &FollowError) -> bool {
    let full = |source: &std::io::Error| source.kind() == std::io::ErrorKind::StorageFull;
    match error {
        FollowError::Io { source, .. } => full(source),
        FollowError::Index(TantivyError::IoError(source)) => full(source),
        _ => false,
    }
}

/// Keeps a damaged index for whoever wants to know what happened; one is enough.
fn move_aside(path: &Path, why: &str) -> Result<(), FollowError> {
    let aside = path.with_extension("damaged");
    tracing::warn!(why, aside = %aside.display(), "the search index is moved aside and made anew");
    match std::fs::remove_dir_all(&aside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(io_error("remove", &aside)(error));
        }
        _ => {}
    }
    match std::fs::rename(path, &aside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(io_error("move aside", path)(error))
        }
        _ => Ok(()),
    }
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> FollowError {
    let path = path.to_owned();
    move |source| FollowError::Io { doing, path, source }
}
