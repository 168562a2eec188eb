//! Applying an event: what it changes.
//!
//! Pure over (state, event), total, and without a clock: the same events in the same order give the same
//! state, byte for byte, on any machine and in any year. An event that makes no sense (a withdrawal of
//! what is not there) is void: it changes nothing but the position.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::calendar::Entry;
use super::identity::{self, ALIASES_MAX, CATEGORIES_MAX, Claim, Decision, TEXT_CHARS_MIN, Verdict};
use super::key::{self, HashKind, ShortHash};
use super::names::Names;
use super::overlay::Changes;
use super::record::{Admitted, Bulletin, EventRecord, Item, Said, SelectionState, Withdrawn};
use super::state::{Carried, Result, State};
use crate::bulletin::{Alias, BulletinId, CalendarDay, Category, PartialDate, Selection};
use crate::digest::Digest;
use crate::journal::event::{Action, Admission, Event};
use crate::journal::{Place, Position};

/// The largest number of times that an id is derived anew because another bulletin has it already; 50 bits
/// make one collision rare and this many impossible.
const ID_ATTEMPTS: u32 = 64;

/// An event with what reading it back from the journal gives.
pub struct Placed<'a> {
    pub event: &'a Event<'a>,
    pub digest: Digest,
    pub place: Place,
}

/// What the event changes.
pub fn apply(state: &impl State, placed: &Placed) -> Result<Changes> {
    let content = match &placed.event.action {
        Action::Admit(admission) => admission.content_digest(),
        _ => Digest::ZERO,
    };
    apply_read(state, placed, content)
}

/// As [`apply`], where the digest of the content that the event admits is known.
pub fn apply_read(state: &impl State, placed: &Placed, content: Digest) -> Result<Changes> {
    match &placed.event.action {
        Action::Admit(admission) => {
            let decision = identity::decide(state, &claim(admission, content))?;
            apply_decided(state, placed, admission, content, decision)
        }
        Action::Keep { id, original, .. } => keep(state, placed, id, *original),
        Action::Withdraw { id, reason } => withdraw(state, placed, id, reason),
        Action::Restore { id } => restore(state, placed, id),
    }
}

/// What of an admission decides its identity.
pub fn claim<'a>(admission: &'a Admission, content: Digest) -> Claim<'a> {
    Claim {
        source: &admission.source,
        aliases: &admission.aliases,
        content,
        text: admission.text.digest,
        text_chars: admission.text.chars,
        categories: &admission.categories,
        target: admission.target,
        told_apart: admission.told_apart,
    }
}

/// As [`apply`], for an admission that was decided on this very state.
pub fn apply_decided(
    state: &impl State,
    placed: &Placed,
    admission: &Admission,
    content: Digest,
    decision: Decision,
) -> Result<Changes> {
    let mut change = Change::new(state, placed)?;
    if decision.verdict == Verdict::Withdrawn {
        return Ok(change.void());
    }
    let number = placed.event.seq;
    let source = change.source(&admission.source);
    let categories: Vec<u32> =
        admission.categories.iter().map(|category| change.category(category)).collect();
    let (key, before, mut after) = match decision.bulletin {
        Some((key, bulletin)) => (key, Some(bulletin.clone()), (*bulletin).clone()),
        None => (number, None, born(state, placed, admission, content)?),
    };
    if before.is_none() {
        change.hashes.push((HashKind::Id, key::short(Digest::of(after.id.as_str().as_bytes())), key));
    }
    for alias in decision.aliases {
        change.hashes.push((HashKind::Alias, key::short(Digest::of(alias.0.as_bytes())), key));
        after.aliases.push(alias);
    }
    let path = after.path_among(&admission.aliases);
    let spoken = after.said.len();
    match after.said.iter_mut().find(|said| (said.source, said.path) == (source, path)) {
        Some(said) => said.event = number,
        // As many as it has names at most: the last word of one more is not remembered.
        None if spoken >= ALIASES_MAX => {}
        None => after.said.push(Said { source, path, event: number }),
    }
    set_categories(&mut after, source, &categories, decision.verdict, admission.target.is_some());
    if decision.verdict == Verdict::Revised {
        after.versions.push(number);
        after.updated = if admission.minor { after.updated } else { change.at };
        after.on = admission.published().map_or(after.on, CalendarDay::from);
    }
    index_what_it_says(&mut change, key, admission, content)?;
    let visible = decision.verdict != Verdict::Duplicate
        || before.as_ref().is_none_or(|before| before.category_numbers() != after.category_numbers());
    if visible {
        change.move_between_selections(key, before.as_deref(), Some(&after))?;
    }
    let admitted = Admitted { content, text: admission.text.digest, original: admission.original };
    Ok(change.finish(key, after, Some(admitted)))
}

/// A bulletin at its first event, before names, sources and categories are attached.
fn born(state: &impl State, placed: &Placed, admission: &Admission, content: Digest) -> Result<Bulletin> {
    let id = mint_id(state, admission.aliases.first(), content)?;
    let entry_id = match &admission.entry_id {
        Some(iri) => iri.to_string(),
        None => format!("tag:{}:{id}", admission.authority.as_deref().unwrap_or_default()),
    };
    let received = PartialDate::Instant(admission.received(placed.event.at), Offset::UTC);
    Ok(Bulletin {
        id,
        entry_id,
        slug: admission.slug.to_string(),
        aliases: Vec::new(),
        versions: vec![placed.event.seq],
        said: Vec::new(),
        categories: Vec::new(),
        on: admission.published().unwrap_or(received).into(),
        updated: placed.event.at.as_millisecond(),
        withdrawn: None,
        restored: None,
        touched: placed.event.seq,
    })
}

/// The id of a new bulletin, from its first alias or, where there is none, from its content.
fn mint_id(state: &impl State, alias: Option<&Alias>, content: Digest) -> Result<BulletinId> {
    let name = alias.map_or_else(|| content.to_string(), ToString::to_string);
    let mut id = BulletinId::from_digest(&Digest::of(name.as_bytes()));
    for attempt in 1..ID_ATTEMPTS {
        if state.by_id(&id)?.is_none() {
            break;
        }
        id = BulletinId::from_digest(&Digest::of(format!("{name}\n{attempt}").as_bytes()));
    }
    Ok(id)
}

/// A source that repeats or adds a form of a bulletin adds its categories; one that revises it replaces
/// those that it asserted; one that names the bulletin as its target speaks for all.
fn set_categories(
    after: &mut Bulletin,
    source: u32,
    asserted: &[u32],
    verdict: Verdict,
    speaks_for_all: bool,
) {
    let replaces = verdict == Verdict::Revised && !asserted.is_empty();
    if replaces && speaks_for_all {
        after.categories.clear();
    } else if replaces {
        for (_, sources) in &mut after.categories {
            sources.retain(|known| *known != source);
        }
    }
    for category in asserted {
        let full = after.categories.len() >= CATEGORIES_MAX;
        match after.categories.iter_mut().find(|(known, _)| known == category) {
            Some((_, sources)) if sources.contains(&source) => {}
            Some((_, sources)) => sources.push(source),
            None if full => {}
            None => after.categories.push((*category, vec![source])),
        }
    }
    after.categories.retain(|(_, sources)| !sources.is_empty());
}

fn index_what_it_says<S: State>(
    change: &mut Change<S>,
    key: u64,
    admission: &Admission,
    content: Digest,
) -> Result<()> {
    // Of each bulletin: the content can be had as long as one of them stands.
    let said = change.state.first_from(Carried::Content(content), key, |event| Ok(event.bulletin == key))?;
    if said.is_none() {
        change.look_up(Carried::Content(content));
    }
    let text = admission.text;
    let carried = Carried::Text(text.digest);
    if text.chars >= TEXT_CHARS_MIN && change.state.first(carried)?.is_none() {
        change.look_up(carried);
    }
    // Every event that came in an original leads back to it: who withdraws one of them withdraws the whole.
    change.look_up(Carried::Original(admission.original));
    Ok(())
}

/// A file is found by its hash for as long as the bulletin stands that it came with.
fn keep(state: &impl State, placed: &Placed, id: &BulletinId, original: Digest) -> Result<Changes> {
    let mut change = Change::new(state, placed)?;
    let Some(key) = state.by_id(id)? else { return Ok(change.void()) };
    let bulletin = (*state.known_bulletin(key)?).clone();
    if state.first(Carried::Original(original))?.is_none() {
        change.look_up(Carried::Original(original));
    }
    change.look_up(Carried::File(original));
    Ok(change.finish(key, bulletin, Some(Admitted::file(original))))
}

fn withdraw(state: &impl State, placed: &Placed, id: &BulletinId, reason: &str) -> Result<Changes> {
    let mut change = Change::new(state, placed)?;
    let Some((key, before)) = standing(state, id, false)? else { return Ok(change.void()) };
    let withdrawn = Some(Withdrawn { at: change.at, reason: reason.into() });
    let after = Bulletin { withdrawn, ..before.clone() };
    change.move_between_selections(key, Some(&before), None)?;
    Ok(change.finish(key, after, None))
}

fn restore(state: &impl State, placed: &Placed, id: &BulletinId) -> Result<Changes> {
    let mut change = Change::new(state, placed)?;
    let Some((key, before)) = standing(state, id, true)? else { return Ok(change.void()) };
    // Readers that deleted the entry take it up again only when it is newer than its tombstone.
    let after = Bulletin { withdrawn: None, restored: Some(change.at), updated: change.at, ..before };
    change.move_between_selections(key, None, Some(&after))?;
    Ok(change.finish(key, after, None))
}

/// The bulletin with this id, if it stands as wanted.
fn standing(state: &impl State, id: &BulletinId, withdrawn: bool) -> Result<Option<(u64, Bulletin)>> {
    let Some(number) = state.by_id(id)? else { return Ok(None) };
    let bulletin = state.known_bulletin(number)?;
    Ok((bulletin.withdrawn.is_some() == withdrawn).then(|| (number, (*bulletin).clone())))
}

/// Changes being put together.
struct Change<'a, S: State> {
    state: &'a S,
    number: u64,
    at: i64,
    position: Position,
    place: Place,
    hashes: Vec<(HashKind, ShortHash, u64)>,
    items: Vec<(Selection, Item, SelectionState)>,
    calendar: Vec<(Selection, Entry, bool)>,
    names: std::sync::Arc<Names>,
    new_names: Option<Names>,
}

impl<'a, S: State> Change<'a, S> {
    fn new(state: &'a S, placed: &Placed) -> Result<Change<'a, S>> {
        let Place { segment, .. } = placed.place;
        let position =
            Position { seq: placed.event.seq, digest: placed.digest, segment, offset: placed.place.end() };
        Ok(Change {
            state,
            number: placed.event.seq,
            at: placed.event.at.as_millisecond(),
            position,
            place: placed.place,
            hashes: Vec::new(),
            items: Vec::new(),
            calendar: Vec::new(),
            names: state.names()?,
            new_names: None,
        })
    }

    fn source(&mut self, name: &str) -> u32 {
        let names = self.new_names.as_ref().unwrap_or(&self.names);
        names
            .source(name)
            .unwrap_or_else(|| self.new_names.get_or_insert_with(|| (*self.names).clone()).add_source(name))
    }

    fn category(&mut self, category: &Category) -> u32 {
        let names = self.new_names.as_ref().unwrap_or(&self.names);
        let known = names.category(&category.term);
        known.unwrap_or_else(|| {
            self.new_names.get_or_insert_with(|| (*self.names).clone()).add_category(category)
        })
    }

    fn selections(&self, bulletin: Option<&Bulletin>) -> Vec<Selection> {
        let Some(bulletin) = bulletin else { return Vec::new() };
        let names = self.new_names.as_ref().unwrap_or(&self.names);
        let categories = bulletin.categories.iter().filter_map(|(number, _)| names.category_at(*number));
        Selection::of(bulletin.on.year, categories.map(|category| category.term.as_str()))
    }

    /// The bulletin's entry goes to every selection it is in now, its tombstone to those it has left.
    fn move_between_selections(
        &mut self,
        key: u64,
        before: Option<&Bulletin>,
        after: Option<&Bulletin>,
    ) -> Result<()> {
        self.move_in_calendars(key, before, after);
        let month = |bulletin: Option<&Bulletin>| bulletin.map_or(0, |it| usize::from(it.on.month.min(12)));
        let (month_before, month_after) = (month(before), month(after));
        let before = self.selections(before);
        let after = self.selections(after);
        let left = before.iter().filter(|selection| !after.contains(selection));
        let moves =
            after.iter().map(|selection| (selection, false)).chain(left.map(|selection| (selection, true)));
        for (selection, gone) in moves {
            let state = self.state.selection(selection)?;
            let bulletins = match (gone, before.contains(selection)) {
                (true, _) => state.bulletins - 1,
                (false, true) => state.bulletins,
                (false, false) => state.bulletins + 1,
            };
            let mut months = state.months;
            if selection.year().is_some() {
                months[month_before] -= u32::from(before.contains(selection));
                months[month_after] += u32::from(!gone);
            }
            let state = SelectionState { events: state.events + 1, bulletins, updated: self.at, months };
            self.items.push((selection.clone(), Item { event: self.number, gone }, state));
        }
        Ok(())
    }

    /// From now on the event is found by what it carried.
    fn look_up(&mut self, carried: Carried) {
        self.hashes.push((carried.kind(), carried.short(), self.number));
    }

    /// Out of the calendars where it stood, and into those where it stands.
    fn move_in_calendars(&mut self, key: u64, before: Option<&Bulletin>, after: Option<&Bulletin>) {
        let places = |bulletin: Option<&Bulletin>| -> Vec<(Selection, Entry)> {
            let Some(on) = bulletin.map(|bulletin| bulletin.on) else { return Vec::new() };
            let of_years =
                self.selections(bulletin).into_iter().filter(|selection| selection.year().is_some());
            of_years.map(|selection| (selection, Entry { on, number: key })).collect()
        };
        let (before, after) = (places(before), places(after));
        let left = before.iter().filter(|place| !after.contains(place)).map(|place| (place, false));
        let joined = after.iter().filter(|place| !before.contains(place)).map(|place| (place, true));
        let moves =
            left.chain(joined).map(|((selection, entry), within)| (selection.clone(), *entry, within));
        self.calendar = moves.collect();
    }

    fn finish(self, key: u64, mut bulletin: Bulletin, admitted: Option<Admitted>) -> Changes {
        if !self.items.is_empty() {
            bulletin.touched = self.number;
        }
        let event = EventRecord {
            place: self.place,
            at: self.at,
            bulletin: key,
            admitted,
            shown: bulletin.latest(),
            version: bulletin.versions.len() as u32,
            updated: bulletin.updated,
            categories: bulletin.category_numbers(),
        };
        Changes {
            position: self.position,
            event,
            bulletin: Some((key, bulletin)),
            hashes: self.hashes,
            items: self.items,
            calendar: self.calendar,
            names: self.new_names,
        }
    }

    fn void(self) -> Changes {
        let event = EventRecord {
            place: self.place,
            at: self.at,
            bulletin: 0,
            admitted: None,
            shown: 0,
            version: 0,
            updated: self.at,
            categories: Vec::new(),
        };
        Changes {
            position: self.position,
            event,
            bulletin: None,
            hashes: Vec::new(),
            items: Vec::new(),
            calendar: Vec::new(),
            names: None,
        }
    }
}

/// A moment as events keep it: to the millisecond.
pub fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).expect("a timestamp cut to milliseconds is in range")
}
