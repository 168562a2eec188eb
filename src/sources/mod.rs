//! Sources: the ways by which bulletins come without anyone asking for them.
//!
//! Owns when a feed is asked, a folder and a mailbox looked at, and what is remembered of each between two starts.
//! What arrives goes the way of everything else: intake judges it, the archive admits it. A source never knows what
//! a document says, nor what the archive holds.

mod feed;
mod folder;
mod full_text;
mod maildir;
pub mod paging;
pub mod schedule;
pub mod state;
mod taken;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch as signal;
use tokio::task::JoinSet;

use crate::archive::{Answered, Archive, ArchiveError, Arriving, Pipeline};
use crate::egress::Egress;
use crate::intake::{self, Refusal};
use schedule::Pace;
use state::{Items, State, Store};

/// The longest sleep at a stretch: a clock that was set, or a machine that slept, is noticed after it.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// One way by which bulletins come, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub kind: Kind,
    pub pace: Pace,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Feed(Feed),
    Folder(Folder),
    /// By its path.
    Maildir(PathBuf),
}

/// A document on the web that is asked for again and again: a feed, or a page that lists what is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    pub url: String,
    /// Whether the page of each entry is fetched as well.
    pub full_text: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub path: PathBuf,
    /// For so long a file must have stayed as it is before it is taken.
    pub settle: Duration,
}

impl Source {
    /// All that was configured, as text: when it changes, a source that had ended begins again.
    fn fingerprint(&self) -> String {
        format!("{:?} {:?}", self.kind, self.pace)
    }
}

impl Kind {
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Feed(_) => "feed",
            Kind::Folder(_) => "folder",
            Kind::Maildir(_) => "maildir",
        }
    }

    /// Where it comes from.
    pub fn place(&self) -> String {
        match self {
            Kind::Feed(feed) => feed.url.clone(),
            Kind::Folder(folder) => folder.path.display().to_string(),
            Kind::Maildir(path) => path.display().to_string(),
        }
    }
}

/// What every source works with.
#[derive(Clone)]
pub struct Desk {
    pub archive: Arc<Archive>,
    pub intake: Arc<intake::Settings>,
    pub egress: Arc<Egress>,
    pub clock: fn() -> Timestamp,
}

impl Desk {
    fn store(&self) -> Store {
        Store::of(self.archive.path())
    }

    /// Admits documents in their order, and counts what became of them.
    async fn admit(
        &self,
        source: &str,
        documents: impl Iterator<Item = Arriving> + Send + 'static,
        items: &mut Items,
    ) -> Result<Admitted, ArchiveError> {
        let mut admitted = Admitted::default();
        let pipeline = Pipeline::new(self.archive.clone(), &by(source), self.intake.clone(), self.clock);
        pipeline.run_apart(documents, |name, answered| admitted.count(name, answered, items)).await?;
        Ok(admitted)
    }

    /// Writes down what is known of a source. That it cannot be is no reason to stop: it is asked anew after a restart.
    fn save(&self, name: &str, state: &State) {
        if let Err(error) = self.store().save(name, state) {
            tracing::warn!(source = name, %error, "what is known of a source could not be written down");
        }
    }

    async fn sleep_until(&self, then: Timestamp) {
        loop {
            let left = then.duration_since((self.clock)());
            let Ok(left) = Duration::try_from(left) else { return };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(SLEEP_MAX)).await;
        }
    }
}

/// What came of an admission, beside what was counted.
#[derive(Debug, Default)]
struct Admitted {
    /// What was refused and why, by the name of the document; each as a whole or in part.
    refused: Vec<(String, String)>,
    /// Why the last document that was refused as a whole was.
    whole: Option<String>,
    /// Something could not be had now: the same document is worth reading again.
    unfinished: bool,
    /// Not before this is over, said whoever has what is missing.
    retry_after: Option<Duration>,
}

impl Admitted {
    fn count(&mut self, name: &str, answered: Answered, items: &mut Items) {
        let refusals: Vec<Refusal> = match answered {
            Ok(receipts) => {
                items.count(&receipts);
                receipts.into_iter().filter_map(Result::err).collect()
            }
            Err(refusal) => {
                items.refused += 1;
                self.whole = Some(refusal.to_string());
                vec![refusal]
            }
        };
        self.refused.extend(refusals.last().map(|refusal| (name.into(), refusal.to_string())));
    }
}

/// Under which the journal keeps what a source admits.
fn by(source: &str) -> String {
    format!("source:{source}")
}

/// `now` and a pause, as far as there is a calendar.
fn after(now: Timestamp, pause: Duration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// The sources that run, each as a task of its own.
pub struct Running(JoinSet<()>);

/// Starts every source. Each ends when `stop` says so, wherever it is: what was submitted by then is admitted.
pub fn start(sources: &[Source], desk: &Desk, stop: &signal::Receiver<bool>) -> Running {
    let mut running = JoinSet::new();
    for source in sources.iter().cloned() {
        let (desk, mut stop) = (desk.clone(), stop.clone());
        running.spawn(async move {
            let work = async {
                match &source.kind {
                    Kind::Feed(feed) => feed::run(&desk, &source, feed).await,
                    Kind::Folder(folder) => folder::run(&desk, &source, folder).await,
                    Kind::Maildir(path) => maildir::run(&desk, &source, path).await,
                }
            };
            tokio::select! {
                biased;
                _ = stop.wait_for(|told| *told) => (),
                () = work => (),
            }
        });
    }
    Running(running)
}

impl Running {
    /// Waits until every source has ended.
    pub async fn ended(mut self) {
        while let Some(ended) = self.0.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a source failed and is not asked until the next start");
            }
        }
    }
}
