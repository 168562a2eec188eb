//! Folders: watched, and looked through now and then. A file is taken once it has stopped changing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::future::pending;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};
use walkdir::{DirEntry, WalkDir};

use super::schedule::{Said, pause};
use super::state::State;
use super::taken::{Stamp, Taken};
use super::watch::{Changed, Watch, absolute};
use super::{Admitted, Desk, Folder, Source, after};
use crate::archive::{Arriving, path_text};
use crate::intake::container::{self, HEAD_BYTES, Members};
use crate::intake::{self, Arrival, Refusal};

/// How many files are admitted before it is written down that they were.
const BATCH: usize = 256;
/// What changes within so long of the first change is looked at together.
const PIECES: Duration = Duration::from_millis(100);

/// Folders to watch, and how their files are named and read.
#[derive(Clone)]
pub struct Shape {
    pub folders: Vec<PathBuf>,
    /// The name of a file within its source, from the folder and the file's path; none for what is no document.
    pub name: fn(&Path, &Path) -> Option<String>,
    /// What tells that the file of a name has changed.
    pub stamp: fn(&std::fs::Metadata) -> Stamp,
    /// For so long it must have stayed as it is.
    pub settle: Duration,
    pub media_type: Option<&'static str>,
}

/// Watches a folder for ever.
pub async fn run(desk: &Desk, source: &Source, folder: &Folder) {
    let shape = Shape {
        folders: vec![folder.path.clone()],
        name: relative,
        stamp: Stamp::of,
        settle: folder.settle,
        media_type: None,
    };
    watch(desk, source, shape).await;
}

/// The path below the folder, with `/` between its parts; what is hidden is left alone, and what only goes with
/// documents.
fn relative(folder: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(folder).ok()?;
    let hidden = |part: std::path::Component| part.as_os_str().as_encoded_bytes().starts_with(b".");
    let hidden = below.components().any(hidden);
    Some(path_text(below)).filter(|path| !hidden && !container::is_asset(path))
}

/// A file that is there.
#[derive(Clone)]
struct Found {
    path: PathBuf,
    name: String,
    stamp: Stamp,
}

/// What was found, and whether everything could be looked at.
struct Seen {
    found: Vec<Found>,
    whole: bool,
}

/// A file that may still be changing.
struct Waiting {
    found: Found,
    since: Instant,
}

/// Watches what has this shape for ever.
pub async fn watch(desk: &Desk, source: &Source, shape: Shape) {
    let (store, file) = (desk.store(), desk.store().file(&source.name, "files"));
    let mut state = store.load(&source.name);
    let same = state.configured == source.fingerprint();
    state.configured = source.fingerprint();
    let taken = if same { Taken::open(&file) } else { Taken::anew(&file) };
    let (waiting, look_at_all) = (BTreeMap::new(), Instant::now());
    let mut watching = Watching { desk, source, shape, state, taken, waiting, look_at_all };
    let mut watch = None;
    let mut changed = Changed { all: true, ..Changed::default() };
    loop {
        if watch.as_ref().is_some_and(Watch::is_stale) {
            // All that is in it is new.
            (watch, changed.all) = (None, true);
        }
        if watch.is_none() {
            let folders = watching.shape.folders.clone();
            watch = tokio::task::spawn_blocking(move || Watch::new(&folders)).await.ok().and_then(Result::ok);
        }
        if changed.all {
            watching.look_at_all = Instant::now() + source.pace.interval;
        }
        changed = match watching.round(changed).await {
            Next::AllAfter(pause) => {
                // A folder that is not there may come back any moment; what else failed does not change so soon.
                let back = async {
                    let Some(watch) = watch.as_ref().filter(|watch| watch.is_stale()) else {
                        return pending().await;
                    };
                    while !watch.folders_are_there() {
                        watch.wait().await;
                        watch.take();
                    }
                };
                let _ = timeout(pause, back).await;
                Changed { all: true, ..Changed::default() }
            }
            Next::By(then) => {
                let told = async {
                    let Some(watch) = &watch else { return pending().await };
                    // Who writes a file does so in many pieces.
                    watch.wait().await;
                    sleep(PIECES).await;
                    watch.take()
                };
                timeout_at(then, told).await.unwrap_or_default()
            }
        };
        changed.all |= Instant::now() >= watching.look_at_all;
    }
}

/// When to look again.
enum Next {
    /// When something changes, or then.
    By(Instant),
    /// At everything, after a while: something failed.
    AllAfter(Duration),
}

struct Watching<'a> {
    desk: &'a Desk,
    source: &'a Source,
    shape: Shape,
    state: State,
    taken: Taken,
    /// By their paths.
    waiting: BTreeMap<PathBuf, Waiting>,
    look_at_all: Instant,
}

impl Watching<'_> {
    /// Looks at what changed and at what was changing, and takes what has stopped.
    async fn round(&mut self, mut changed: Changed) -> Next {
        let all = changed.all;
        changed.paths.extend(self.waiting.keys().cloned());
        let shape = self.shape.clone();
        let found = tokio::task::spawn_blocking(move || find(&shape, &changed)).await;
        let now = (self.desk.clock)();
        let found = match found.map_err(io::Error::other).and_then(|found| found) {
            Ok(found) => found,
            Err(error) => {
                let place = self.source.kind.place();
                return self.fail(format!(
                    "{place} cannot be read: {error}; see whether it is there, and whose it is"
                ));
            }
        };
        let Seen { found, whole } = found;
        if all && whole {
            self.taken.retain(&found.iter().map(|found| found.name.as_str()).collect::<HashSet<_>>());
        }
        let ready = self.settled(found);
        for batch in ready.chunks(BATCH) {
            if let Err(error) = self.take(batch).await {
                return self.fail(format!("the archive could not take it: {error}"));
            }
        }
        if all || !ready.is_empty() {
            self.state.succeeded(now);
            self.state.next_poll = Some(after(now, self.source.pace.interval));
            self.desk.save(&self.source.name, &self.state);
        }
        let settled = self.waiting.values().map(|waiting| waiting.since + self.shape.settle).min();
        Next::By(settled.unwrap_or(self.look_at_all).min(self.look_at_all))
    }

    fn fail(&mut self, why: String) -> Next {
        tracing::info!(source = self.source.name, why, "a source could not be read");
        let now = (self.desk.clock)();
        self.state.failed(now, why);
        let pause = pause(&self.source.name, self.source.pace, Said::default(), self.state.failures);
        self.state.next_poll = Some(after(now, pause));
        self.desk.save(&self.source.name, &self.state);
        Next::AllAfter(pause)
    }

    /// Of what was found: what is new here and has not changed for long enough, in the order of the names. The
    /// rest is waited for.
    fn settled(&mut self, found: Vec<Found>) -> Vec<Found> {
        let now = Instant::now();
        let before = std::mem::take(&mut self.waiting);
        let mut ready = Vec::new();
        for found in found {
            if self.taken.has(&found.name, found.stamp) {
                continue;
            }
            let since = before.get(&found.path).filter(|waiting| waiting.found.stamp == found.stamp);
            let since = since.map_or(now, |waiting| waiting.since);
            if now.duration_since(since) >= self.shape.settle {
                ready.push(found);
            } else {
                self.waiting.insert(found.path.clone(), Waiting { found, since });
            }
        }
        ready.sort_by(|a, b| a.name.cmp(&b.name));
        ready
    }

    /// Admits files, and remembers that they were. One that was refused is tried again after a restart, by a release
    /// that may know more.
    async fn take(&mut self, files: &[Found]) -> Result<(), crate::archive::ArchiveError> {
        let (shape, source, bytes_max) = (self.shape.clone(), &self.source.name, self.desk.intake.bytes_max);
        let (found, by) = (files.to_vec(), source.clone());
        let arriving = found.into_iter().flat_map(move |file| documents(&file, &shape, &by, bytes_max));
        let Admitted { refused, .. } = self.desk.admit(source, arriving, &mut self.state.items).await?;
        if let Some((name, why)) = refused.last() {
            tracing::info!(source, name, why, "a source brought what was refused");
            self.state.noticed((self.desk.clock)(), format!("{name}: {why}"));
        }
        let refused: BTreeSet<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
        for file in files {
            if let Err(error) = self.taken.add(&file.name, file.stamp, !refused.contains(file.name.as_str()))
            {
                tracing::warn!(source, %error, "what is taken cannot be written down");
            }
        }
        Ok(())
    }
}

/// The documents in a file: itself, or what is in it where it is a container.
fn documents(
    file: &Found,
    shape: &Shape,
    source: &str,
    bytes_max: usize,
) -> Box<dyn Iterator<Item = Arriving> + Send> {
    let arrival = |path: String| Arrival {
        source: source.into(),
        media_type: shape.media_type.map(String::from),
        path: Some(path),
        ..Arrival::default()
    };
    let members = match open(&file.path, shape.media_type, &file.name, bytes_max) {
        Ok(Opened::Document(bytes)) => {
            let arriving =
                Arriving { name: file.name.clone(), bytes: Ok(bytes), arrival: arrival(file.name.clone()) };
            return Box::new(std::iter::once(arriving));
        }
        Ok(Opened::Members(members)) => members,
        Err(refusal) => Box::new(std::iter::once(Err(refusal))),
    };
    let (whole, arrival) = (file.name.clone(), arrival(file.name.clone()));
    Box::new(members.map(move |member| {
        let mut arrival = arrival.clone();
        let (name, bytes) = match member {
            Ok(member) => {
                arrival.path = member.path.map(|path| format!("{whole}/{path}"));
                arrival.media_type = member.media_type;
                (arrival.hints.url, arrival.hints.received) = (member.url, member.received);
                (format!("{whole}/{}", member.name), Ok(member.bytes))
            }
            Err(refusal) => (whole.clone(), Err(refusal)),
        };
        Arriving { name, bytes, arrival }
    }))
}

enum Opened {
    Document(bytes::Bytes),
    Members(Members),
}

/// Opens a file, unless it is no container and has too many bytes to be worth reading.
fn open(path: &Path, media_type: Option<&str>, name: &str, bytes_max: usize) -> Result<Opened, Refusal> {
    let unreadable = |error: io::Error| crate::archive::unreadable(&error);
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    if let Some(found) = container::find(media_type, Some(name), &head) {
        return Ok(Opened::Members(container::unpack(found, Box::new(io::BufReader::new(file)), bytes_max)));
    }
    let size = file.metadata().map_err(unreadable)?.len();
    intake::check_size(size.try_into().unwrap_or(usize::MAX), bytes_max)?;
    let mut bytes = Vec::new();
    file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Opened::Document(bytes.into()))
}

/// Whether a path that changed lies below a folder, and not behind a link that leads out of it.
fn is_below(path: &Path, folder: &Path) -> bool {
    let parent = || path.parent()?.canonicalize().ok();
    path == folder || (path.starts_with(folder) && parent().is_some_and(|parent| parent.starts_with(folder)))
}

/// The files of a shape: all, or those at and below the paths that changed.
fn find(shape: &Shape, changed: &Changed) -> io::Result<Seen> {
    let mut found = BTreeMap::new();
    let mut whole = true;
    for folder in &shape.folders {
        // What is below a folder that is not there has not been deleted: nobody can tell.
        std::fs::read_dir(folder)?;
        let folder = absolute(folder);
        let roots: Vec<&Path> = match changed.all {
            true => vec![&folder],
            false => {
                changed.paths.iter().map(PathBuf::as_path).filter(|path| is_below(path, &folder)).collect()
            }
        };
        for root in roots {
            let visible =
                |entry: &DirEntry| entry.path() == folder || (shape.name)(&folder, entry.path()).is_some();
            // What has gone by now is as if it had not been.
            let walk = WalkDir::new(root).follow_links(false).follow_root_links(false);
            for entry in walk.into_iter().filter_entry(visible) {
                let Ok(entry) = entry else {
                    whole = false;
                    continue;
                };
                let Some(name) = (shape.name)(&folder, entry.path()).filter(|_| entry.file_type().is_file())
                else {
                    continue;
                };
                if let Ok(metadata) = entry.metadata() {
                    let stamp = (shape.stamp)(&metadata);
                    found.insert(entry.path().to_owned(), Found { path: entry.into_path(), name, stamp });
                }
            }
        }
    }
    Ok(Seen { found: found.into_values().collect(), whole })
}
