//! Search: a full-text index beside the catalogue, derived from the archive and disposable.
//!
//! Owns what is found by words, in which order and how often. It follows the archive's events by itself and may be
//! behind by a second; whatever it finds is read from the archive before it is shown, so what was withdrawn never is,
//! and only what stands is quoted. It must never know HTTP or HTML.

mod analysis;
mod compile;
mod excluded;
mod follower;
mod hits;
mod query;
mod schema;
mod snippet;
mod view;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use crate::archive::{Archive, ArchiveError, Version};
use crate::bulletin::{Category, visible_text};
use crate::catalogue::record::Bulletin;
use crate::catalogue::state::State as _;
use analysis::Language;
use compile::{Compiled, Question, compile};
use follower::Follower;
use hits::{Going, Hits, go_through};
use snippet::Marker;
use view::View;

pub use hits::Order;
pub use query::{Query, Remark};
pub use snippet::Piece;

/// The least memory that indexing can do with, in bytes.
pub const MEMORY_BYTES_MIN: u64 = 15_000_000;
/// The most that it could use.
pub const MEMORY_BYTES_MAX: u64 = 2_000_000_000;

/// How many results can be had of one search, however many there are: whoever wants more of them asks closer.
pub const RESULTS_MAX: usize = 1_000;

#[derive(Clone, Debug)]
pub struct Settings {
    /// What indexing may hold in memory.
    pub memory_bytes: usize,
    /// How long looking may take, before what was found so far has to do.
    pub time_max: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("the search index is not open yet; try again in a moment")]
    NotReady,
    #[error("the search index is damaged, and is being made anew: {0}")]
    Damaged(String),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl From<crate::catalogue::state::CatalogueError> for SearchError {
    fn from(error: crate::catalogue::state::CatalogueError) -> SearchError {
        SearchError::Archive(error.into())
    }
}

/// What is shared between who follows and who asks.
pub struct Shared {
    view: ArcSwapOption<View>,
    indexed: AtomicU64,
    last: AtomicU64,
    damaged: AtomicBool,
}

impl Shared {
    fn show(&self, view: Option<View>) {
        if let Some(view) = &view {
            self.indexed.store(view.seq, Ordering::Relaxed);
        }
        self.damaged.store(false, Ordering::Relaxed);
        self.view.store(view.map(Arc::new));
    }

    fn goal(&self, last: u64) {
        self.last.store(last, Ordering::Relaxed);
    }

    fn indexed(&self) -> u64 {
        self.indexed.load(Ordering::Relaxed)
    }

    fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }
}

/// How far the index has followed: the last event that it knows, and the last that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub indexed: u64,
    pub last: u64,
}

impl Progress {
    /// Behind by so much that results are worth less.
    pub fn is_far_behind(&self) -> bool {
        self.last.saturating_sub(self.indexed) > 10_000.max(self.last / 100)
    }
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    pub query: &'a Query,
    pub order: Order,
    /// How many results come before, and how many are wanted.
    pub skip: usize,
    pub count: usize,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// How many bulletins there are in all.
    pub total: u64,
    pub results: Vec<Hit>,
    /// Newest first.
    pub years: Vec<(i16, u64)>,
    /// Most first.
    pub categories: Vec<(Category, u64)>,
    pub remarks: Vec<Remark>,
}

/// One result.
#[derive(Clone, Debug)]
pub struct Hit {
    pub number: u64,
    pub bulletin: Arc<Bulletin>,
    pub version: Arc<Version>,
    pub title: Vec<Piece>,
    pub snippet: Vec<Piece>,
}

/// Another question to the same index.
type Otherwise = (Arc<View>, Question);

/// The index, and the thread that keeps it up.
pub struct Search {
    archive: Arc<Archive>,
    time_max: Duration,
    shared: Arc<Shared>,
    /// Ends the thread when it is dropped.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Search {
    /// Opens or makes the index beside `archive`, in the background.
    pub fn start(archive: Arc<Archive>, settings: Settings) -> std::io::Result<Search> {
        let shared = Arc::new(Shared {
            view: ArcSwapOption::empty(),
            indexed: AtomicU64::new(0),
            last: AtomicU64::new(0),
            damaged: AtomicBool::new(false),
        });
        let (stop, stopped) = channel();
        let time_max = settings.time_max;
        let follower = Follower { archive: archive.clone(), settings, shared: shared.clone(), stop: stopped };
        let thread = std::thread::Builder::new().name("search".into()).spawn(move || follower.run())?;
        Ok(Search { archive, time_max, shared, stop: Some(stop), thread: Some(thread) })
    }

    pub fn progress(&self) -> Progress {
        Progress { indexed: self.shared.indexed(), last: self.shared.last.load(Ordering::Relaxed) }
    }

    /// Changes with whatever can change what is found: the last event that the index knows.
    pub fn generation(&self) -> Option<u64> {
        self.shared.view.load().as_ref().map(|view| view.seq)
    }

    /// The numbers of the bulletins that have everything that is asked for, in order, without those that are withdrawn
    /// by now.
    pub fn numbers(&self, query: &Query, order: Order, count: usize) -> Result<Vec<u64>, SearchError> {
        let hits = self.hits(query, &self.going(order, count, false))?.0;
        let mut shown = Vec::new();
        for number in hits.first {
            if self.archive.catalogue().known_bulletin(number)?.withdrawn.is_none() {
                shown.push(number);
            }
        }
        Ok(shown)
    }

    pub fn find(&self, asked: &Asked) -> Result<Found, SearchError> {
        let wanted = (asked.skip + asked.count).min(RESULTS_MAX);
        let going = self.going(asked.order, wanted, true);
        let (mut hits, mut remarks, some_words) = self.hits(asked.query, &going)?;
        if hits.total == 0
            && let Some((view, some)) = some_words
        {
            hits = self.guarded(|| go_through(&view, &some, &going))?;
            remarks.extend((hits.total > 0).then_some(Remark::SomeWords));
        }
        remarks.extend((!hits.complete).then_some(Remark::Incomplete));
        let mut results = Vec::new();
        let shown = hits.first.iter().skip(asked.skip).copied();
        for (number, bulletin) in self.archive.about_to_show(shown)? {
            results.extend(self.result(number, bulletin, asked.query)?);
        }
        let names = self.archive.catalogue().names()?;
        let counted = hits.categories.iter().zip(names.categories()).filter(|(count, _)| **count > 0);
        let mut categories: Vec<(Category, u64)> =
            counted.map(|(count, category)| (category.clone(), *count)).collect();
        categories.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.term.cmp(&b.term)));
        let years = (0..).zip(hits.years).filter(|(_, count)| *count > 0);
        let years = years.collect::<Vec<(i16, u64)>>().into_iter().rev().collect();
        Ok(Found { total: hits.total, results, years, categories, remarks })
    }

    fn going(&self, order: Order, wanted: usize, counted: bool) -> Going {
        Going { order, wanted, counted, until: Instant::now() + self.time_max }
    }

    /// What has everything that is asked for, and what else to ask for.
    fn hits(
        &self,
        query: &Query,
        going: &Going,
    ) -> Result<(Hits, Vec<Remark>, Option<Otherwise>), SearchError> {
        let view = self.shared.view.load_full().ok_or(SearchError::NotReady)?;
        let names = self.archive.catalogue().names()?;
        let Compiled { all_words, some_words, remarks } = compile(query, &view, &names);
        let hits = self.guarded(|| go_through(&view, &all_words, going))?;
        Ok((hits, remarks, some_words.map(|some| (view, some))))
    }

    /// Reads the index. One that cannot be read is made anew: it may fail by an error, or by a panic of its reader.
    fn guarded<T>(&self, read: impl FnOnce() -> Result<T, tantivy::TantivyError>) -> Result<T, SearchError> {
        let why = match catch_unwind(AssertUnwindSafe(read)) {
            Ok(Ok(read)) => return Ok(read),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "its reader failed".into(),
        };
        self.shared.damaged.store(true, Ordering::Relaxed);
        Err(SearchError::Damaged(why))
    }

    /// A result as the archive has it now; none where it is withdrawn.
    fn result(
        &self,
        number: u64,
        bulletin: Arc<Bulletin>,
        query: &Query,
    ) -> Result<Option<Hit>, SearchError> {
        if bulletin.withdrawn.is_some() {
            return Ok(None);
        }
        let version = match self.archive.version_at(bulletin.latest(), bulletin.versions.len() as u32) {
            // The others are found all the same.
            Err(error) if error.is_damage() => return Ok(None),
            version => version?,
        };
        let marker = Marker::new(query, Language::of(version.content.language.as_deref()));
        let title = marker.mark(&version.content.title);
        let snippet = marker.snippet(&visible_text(&version.content.body));
        Ok(Some(Hit { number, bulletin, version, title, snippet }))
    }
}

impl Drop for Search {
    /// What is not committed yet is taken up at the next start.
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
