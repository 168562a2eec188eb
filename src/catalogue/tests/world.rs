//! A small world for tests: events made of few names, contents and sources, so that everything meets.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::super::apply::{Placed, apply};
use super::super::engine::memory::{Map, MemoryEngine};
use super::super::engine::{Appended, Engine, EngineError, Puts, Visit};
use super::super::state::State;
use super::super::{Catalogue, Pending};
use crate::bulletin::{Alias, BulletinId, Category};
use crate::digest::Digest;
use crate::journal::event::{Action, Admission, Event, RULES, TextMark};
use crate::journal::{Place, Position};

/// Something that happens. Numbers choose from the few things that there are.
#[derive(Clone, Debug)]
pub enum Step {
    Admit(Said),
    Withdraw(u8),
    Restore(u8),
}

#[derive(Clone, Debug)]
pub struct Said {
    pub source: u8,
    pub aliases: Vec<u8>,
    pub content: u16,
    pub text: u8,
    pub text_chars: u64,
    pub categories: Vec<u8>,
    pub year: Option<u8>,
    pub minor: bool,
    pub target: Option<u8>,
}

pub fn said() -> impl Strategy<Value = Said> {
    let aliases = prop::collection::vec(0..24u8, 0..4);
    let categories = prop::collection::vec(0..4u8, 0..3);
    let year = prop::option::of(0..5u8);
    let target = prop::option::weighted(0.1, 0..24u8);
    let what = (0..12u16, 0..8u8, prop_oneof![Just(12u64), Just(400)]);
    (0..4u8, aliases, what, categories, year, any::<bool>(), target).prop_map(
        |(source, aliases, (content, text, text_chars), categories, year, minor, target)| Said {
            source,
            aliases,
            content,
            text,
            text_chars,
            categories,
            year,
            minor,
            target,
        },
    )
}

/// Mostly admissions; withdrawals and restorations of what is there and of what is not.
pub fn steps(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => said().prop_map(Step::Admit),
        1 => (0..24u8).prop_map(Step::Withdraw),
        1 => (0..24u8).prop_map(Step::Restore),
    ];
    prop::collection::vec(step, length)
}

pub fn alias(number: u8) -> Alias {
    match number % 3 {
        0 => Alias::id("desk", &number.to_string()),
        1 => Alias::entry(&format!("tag:example.org,2020:{number}")),
        _ => Alias::url(&format!("https://estuary.example.org/{number}")).unwrap(),
    }
}

/// The id of the bulletin whose first alias this is, if there is one.
pub fn id_of(number: u8) -> BulletinId {
    BulletinId::from_digest(&Digest::of(alias(number).to_string().as_bytes()))
}

/// Events as the journal would hold them.
#[derive(Clone, Debug)]
pub struct Entry {
    pub json: Vec<u8>,
    pub digest: Digest,
    pub place: Place,
}

pub fn history(steps: &[Step]) -> Vec<Entry> {
    let mut position = Position { segment: 1, ..Position::START };
    steps.iter().map(|step| entry(step, &mut position)).collect()
}

/// The step as the event behind `position`, which moves on.
pub fn entry(step: &Step, position: &mut Position) -> Entry {
    let seq = position.seq + 1;
    let content = |said: &Said| {
        let date = |year: u8| ["2010", "2011-04", "2012-05-09", "2012-05-10", "2012-05"][usize::from(year)];
        let year =
            said.year.map(|year| format!(r#""published":{{"basis":"stated","date":"{}"}},"#, date(year)));
        let title = format!(r#""title":"{}""#, said.content);
        RawValue::from_string(format!("{{\"body\":\"\",{}{title}}}", year.unwrap_or_default())).unwrap()
    };
    let kept = if let Step::Admit(said) = step { Some(content(said)) } else { None };
    let action = match step {
        Step::Withdraw(number) => Action::Withdraw { id: id_of(*number), reason: "in error".into() },
        Step::Restore(number) => Action::Restore { id: id_of(*number) },
        Step::Admit(said) => Action::Admit(admission(said, kept.as_deref().unwrap())),
    };
    let at = Timestamp::from_millisecond(1_500_000_000_000 + seq as i64).unwrap();
    let event = Event { action, at, by: "test".into(), prev: position.digest, rules: RULES, seq };
    let json = event.canonical_json();
    let digest = Digest::of(&json);
    let event_bytes = json.len() as u32;
    let place = Place { segment: 1, offset: position.offset, original_bytes: 0, event_bytes };
    *position = Position { seq, digest, segment: 1, offset: place.end() };
    Entry { json, digest, place }
}

fn admission<'a>(said: &Said, content: &'a RawValue) -> Admission<'a> {
    let mut aliases: Vec<Alias> = said.aliases.iter().map(|number| alias(*number)).collect();
    aliases.sort_by_key(|alias| alias.kind);
    let category = |number: &u8| Category { label: format!("C{number}"), term: format!("c{number}") };
    Admission {
        aliases,
        authority: Some("example.org,2020".into()),
        categories: said.categories.iter().map(category).collect(),
        content: Cow::Borrowed(content),
        entry_id: None,
        media_type: "text/plain".into(),
        minor: said.minor,
        original: Digest::of(content.get().as_bytes()),
        received: None,
        slug: "slug".into(),
        source: format!("source-{}", said.source).into(),
        target: said.target.map(id_of),
        text: TextMark { chars: said.text_chars, digest: Digest::of(&[said.text]).into() },
        told_apart: false,
    }
}

/// Applies an event to what is pending.
pub fn apply_to(pending: &mut Pending, entry: &Entry) {
    let event = Event::parse(&entry.json).unwrap();
    let placed = Placed { event: &event, digest: entry.digest, place: entry.place };
    let changes = apply(&*pending, &placed).unwrap();
    pending.take_up(changes);
}

/// A memory engine that outlives its catalogue, as a disk does, and fails when it is told to.
#[derive(Clone, Default)]
pub struct Disk {
    engine: Arc<MemoryEngine>,
    full: Arc<AtomicBool>,
    /// How many more commits there is room for, where it is told.
    room: Arc<Mutex<Option<usize>>>,
    /// What it had when it was flushed last, where it goes back to that.
    flushed: Arc<Mutex<Option<Map>>>,
    forgetful: Arc<AtomicBool>,
    committing: Arc<AtomicBool>,
}

impl Disk {
    pub fn catalogue(&self) -> Catalogue {
        Catalogue::open(Box::new(self.clone())).unwrap()
    }

    pub fn fill(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// Has it fail behind so many commits, and go back to what was flushed last when it recovers.
    pub fn fill_after(&self, commits: usize) {
        *self.room.lock().unwrap() = Some(commits);
        *self.flushed.lock().unwrap() = Some(self.engine.everything());
    }

    /// How many keys begin with `prefix`.
    pub fn keys(&self, prefix: &[u8]) -> usize {
        self.engine.keys(prefix)
    }

    /// Has it lose everything when it recovers from a failure.
    pub fn forget(&self) {
        self.forgetful.store(true, Ordering::Relaxed);
    }
}

impl Engine for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, EngineError> {
        self.engine.get(key)
    }

    fn scan(&self, prefix: &[u8], visit: &mut Visit) -> Result<(), EngineError> {
        self.engine.scan(prefix, &mut |key, value| -> ControlFlow<()> { visit(key, value) })
    }

    fn commit_behind(&self, mut appended: Appended, puts: Puts) -> Result<(), EngineError> {
        let room =
            self.room.lock().unwrap().as_mut().map(|room| room.checked_sub(1).map(|left| *room = left));
        if self.full.load(Ordering::Relaxed) || room == Some(None) {
            // There was room for some of it.
            appended.truncate(appended.len().div_ceil(2));
            self.engine.commit_behind(appended, Puts::new())?;
            return Err(EngineError::Store("no room".into()));
        }
        assert!(!self.committing.swap(true, Ordering::SeqCst), "one merge at a time");
        // Time for another to come in between, where one can.
        (0..20).for_each(|_| std::thread::yield_now());
        let committed = self.engine.commit_behind(appended, puts);
        self.committing.store(false, Ordering::SeqCst);
        committed
    }

    fn cut(&self, prefix: &[u8], from: &[u8]) -> Result<(), EngineError> {
        self.engine.cut(prefix, from)
    }

    fn flush(&self) -> Result<(), EngineError> {
        if let Some(flushed) = self.flushed.lock().unwrap().as_mut() {
            *flushed = self.engine.everything();
        }
        Ok(())
    }

    fn recover(&self) -> Result<(), EngineError> {
        *self.room.lock().unwrap() = None;
        if let Some(flushed) = self.flushed.lock().unwrap().take() {
            self.engine.put_back(flushed);
        }
        if self.forgetful.load(Ordering::Relaxed) {
            self.engine.clear();
        }
        Ok(())
    }
}

/// What may happen to a catalogue between two events.
#[derive(Clone, Copy, Debug)]
pub enum Incident {
    /// The batch goes on.
    Nothing,
    /// The batch ends.
    TakeUp,
    Merge,
    /// A merge fails, and stays half done until the next one.
    FailedMerge,
    /// The process dies: what was not merged is gone, and replayed from the journal.
    Crash,
}

pub fn incidents() -> impl Strategy<Value = Vec<Incident>> {
    let incident = prop_oneof![
        6 => Just(Incident::Nothing),
        4 => Just(Incident::TakeUp),
        2 => Just(Incident::Merge),
        1 => Just(Incident::FailedMerge),
        1 => Just(Incident::Crash),
    ];
    prop::collection::vec(incident, 1..60)
}

/// Applies a history amid incidents, each at most once a place, and gives the catalogue at its end.
pub fn live_through(disk: &Disk, history: &[Entry], incidents: &[Incident]) -> Catalogue {
    let mut incidents = incidents.iter().cycle().take(4 * history.len());
    let mut catalogue = disk.catalogue();
    loop {
        let from = catalogue.position().unwrap().seq as usize;
        let mut pending = Pending::new(&catalogue);
        let mut crashed = false;
        for entry in &history[from..] {
            apply_to(&mut pending, entry);
            match incidents.next().copied().unwrap_or(Incident::Nothing) {
                Incident::Nothing => continue,
                Incident::Crash => {
                    crashed = true;
                    break;
                }
                incident => {
                    catalogue
                        .take_up(std::mem::replace(&mut pending, Pending::new(&catalogue)).into_overlay());
                    disk.fill(matches!(incident, Incident::FailedMerge));
                    if !matches!(incident, Incident::TakeUp) {
                        assert_eq!(catalogue.merge().is_ok(), matches!(incident, Incident::Merge));
                    }
                    disk.fill(false);
                }
            }
        }
        if !crashed {
            catalogue.take_up(pending.into_overlay());
            return catalogue;
        }
        drop(pending);
        catalogue = disk.catalogue();
    }
}
