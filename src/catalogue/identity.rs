//! Identity: which bulletin a submission is, and whether it says anything new.
//!
//! Pure over (state, claim). The rules are those of the design's *Identity*, in their order.

use std::sync::Arc;

use super::record::{AliasText, Bulletin};
use super::state::{Carried, Result, State};
use crate::bulletin::{Alias, AliasKind, BulletinId, Category};
use crate::digest::{Digest, HalfDigest};

/// A folded body must have this many characters before its text alone says that two are one.
pub const TEXT_CHARS_MIN: u64 = 200;

/// The most names that a bulletin has, and the most categories that it is in, however many speak of it. Both are gone
/// through with every event, and a source that means ill may bring ever new ones. What comes behind is not remembered.
pub const ALIASES_MAX: usize = 1_000;
pub const CATEGORIES_MAX: usize = 500;

/// What of a submission decides its identity.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    pub source: &'a str,
    /// Strongest first.
    pub aliases: &'a [Alias],
    pub content: Digest,
    pub text: HalfDigest,
    pub text_chars: u64,
    pub categories: &'a [Category],
    pub target: Option<BulletinId>,
    /// Its document has another of the same text under another id.
    pub told_apart: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    New,
    Revised,
    Duplicate,
    /// It is a bulletin that was withdrawn, and stays so until it is restored.
    Withdrawn,
}

/// What a claim comes to.
#[derive(Clone, Debug)]
pub struct Decision {
    pub verdict: Verdict,
    /// The bulletin that it is, with its number; none for a new one.
    pub bulletin: Option<(u64, Arc<Bulletin>)>,
    /// Aliases that are to be attached: new to the whole archive.
    pub aliases: Vec<AliasText>,
    /// Aliases that stay with another bulletin, and which.
    pub conflicts: Vec<(AliasText, u64)>,
    /// The source has said just this before, under these names: there is nothing to write down.
    pub says_nothing: bool,
}

/// Decides what a claim is.
pub fn decide(state: &impl State, claim: &Claim) -> Result<Decision> {
    let mut names = resolve_names(state, claim)?;
    let number = match names.known {
        Some(number) => Some(number),
        None => by_what_it_says(state, claim)?,
    };
    let Some(number) = number else {
        names.unknown.truncate(ALIASES_MAX);
        return Ok(Decision {
            verdict: Verdict::New,
            bulletin: None,
            aliases: names.unknown,
            conflicts: names.elsewhere,
            says_nothing: false,
        });
    };
    let bulletin = state.known_bulletin(number)?;
    names.unknown.truncate(ALIASES_MAX.saturating_sub(bulletin.aliases.len()));
    let verdict = match () {
        () if bulletin.withdrawn.is_some() => Verdict::Withdrawn,
        // Known by what it says alone: the same in another form.
        () if names.known.is_none() => Verdict::Duplicate,
        () => by_what_was_said(state, claim, &bulletin)?,
    };
    let says_nothing = match verdict {
        Verdict::Withdrawn => true,
        Verdict::Duplicate => {
            names.unknown.is_empty()
                && knows_categories(state, claim, &bulletin)?
                && last_said(state, claim, &bulletin)?.is_some_and(|last| last.content == claim.content)
        }
        Verdict::New | Verdict::Revised => false,
    };
    let conflicts = names.elsewhere.into_iter().filter(|(_, other)| *other != number).collect();
    Ok(Decision {
        verdict,
        bulletin: Some((number, bulletin)),
        aliases: names.unknown,
        conflicts,
        says_nothing,
    })
}

/// What the names of a claim lead to.
struct NamesFound {
    /// The bulletin that the strongest known name leads to.
    known: Option<u64>,
    unknown: Vec<AliasText>,
    /// Names that lead to another.
    elsewhere: Vec<(AliasText, u64)>,
}

fn resolve_names(state: &impl State, claim: &Claim) -> Result<NamesFound> {
    let known = claim.target.map(|id| state.by_id(&id)).transpose()?.flatten();
    let mut found = NamesFound { known, unknown: Vec::new(), elsewhere: Vec::new() };
    for alias in claim.aliases {
        let text = AliasText::from(alias);
        let number = match state.by_alias(&text.0)? {
            None => by_minted_entry_id(state, alias)?,
            number => number,
        };
        let is_place = matches!(alias.kind, AliasKind::Url | AliasKind::Path);
        if let Some(number) = number.filter(|_| found.known.is_none() && is_place)
            && is_told_apart(state, claim, number)?
        {
            found.elsewhere.push((text, number));
            continue;
        }
        match number {
            None if found.unknown.contains(&text) => {}
            None => found.unknown.push(text),
            Some(number) if found.known.is_none_or(|known| known == number) => found.known = Some(number),
            Some(number) => found.elsewhere.push((text, number)),
        }
    }
    Ok(found)
}

/// Whether the source itself tells what it says now from the bulletin at this place, to which it gave another id: a feed
/// whose entries all lead to one page has many entries all the same, and a file may be written over with the next bulletin.
fn is_told_apart(state: &impl State, claim: &Claim, number: u64) -> Result<bool> {
    let bulletin = state.known_bulletin(number)?;
    let source = state.names()?.source(claim.source);
    if !source.is_some_and(|source| bulletin.said.iter().any(|said| said.source == source)) {
        return Ok(false);
    }
    // None of the claim's ids is known, or the place would not have been asked.
    let ids = [
        (AliasKind::Id, Alias::id(claim.source, "").to_string()),
        (AliasKind::Entry, Alias::entry("").to_string()),
        (AliasKind::Message, Alias::message("").to_string()),
    ];
    Ok(ids.iter().any(|(kind, prefix)| {
        claim.aliases.iter().any(|alias| alias.kind == *kind)
            && bulletin.aliases.iter().any(|alias| alias.0.starts_with(prefix.as_str()))
    }))
}

/// An entry id that was minted here is no alias of its bulletin, yet names it when it comes back from
/// outside (an aggregator that carries our own feed). Its last part is the bulletin's id.
fn by_minted_entry_id(state: &impl State, alias: &Alias) -> Result<Option<u64>> {
    let id = alias.name.rsplit(':').next().and_then(|id| id.parse().ok());
    let Some(id) = id.filter(|_| alias.kind == AliasKind::Entry) else { return Ok(None) };
    let Some(number) = state.by_id(&id)? else { return Ok(None) };
    Ok((state.known_bulletin(number)?.entry_id == alias.name).then_some(number))
}

/// No name is known: the same content, or the same text at some length, is the same bulletin; unless its source tells
/// the two apart in one document.
fn by_what_it_says(state: &impl State, claim: &Claim) -> Result<Option<u64>> {
    let mut found = state.first(Carried::Content(claim.content))?;
    if found.is_none() && claim.text_chars >= TEXT_CHARS_MIN {
        found = state.first(Carried::Text(claim.text))?;
    }
    let Some(number) = found.map(|(_, event)| event.bulletin) else { return Ok(None) };
    let apart = claim.told_apart && is_told_apart(state, claim, number)?;
    Ok((!apart).then_some(number))
}

/// What a claim says of a bulletin that it names.
///
/// A source that repeats itself says nothing new, whatever others have said since. Beyond the letter of the
/// rule, a source also says nothing new when its first word of a bulletin is a version that is there
/// already, if only in another form (a feed item of a page that was read first), and when it catches up with a
/// correction that another source made first.
fn by_what_was_said(state: &impl State, claim: &Claim, bulletin: &Bulletin) -> Result<Verdict> {
    let current = said_at(state, bulletin.latest())?;
    if claim.content == current.content {
        return Ok(Verdict::Duplicate);
    }
    if claim.target.is_some() {
        // Whoever names the bulletin means to revise it, even back to what was said before.
        return Ok(Verdict::Revised);
    }
    let nothing_new = match last_said(state, claim, bulletin)? {
        Some(last) => {
            last.content == claim.content || (current.text == claim.text && last.text != claim.text)
        }
        None => {
            let mut versions = bulletin.versions.iter();
            versions.try_fold(false, |found, event| -> Result<bool> {
                let version = said_at(state, *event)?;
                Ok(found || version.content == claim.content || version.text == claim.text)
            })?
        }
    };
    Ok(if nothing_new { Verdict::Duplicate } else { Verdict::Revised })
}

/// The content and text that an event carried.
struct Said {
    content: Digest,
    text: HalfDigest,
}

fn said_at(state: &impl State, event: u64) -> Result<Said> {
    let admitted = state.known_event(event)?.admitted;
    Ok(admitted.map_or(Said { content: Digest::ZERO, text: HalfDigest::ZERO }, |admitted| Said {
        content: admitted.content,
        text: admitted.text,
    }))
}

/// What the claim's source last said of the bulletin; where the claim is a file, what that file last said.
fn last_said(state: &impl State, claim: &Claim, bulletin: &Bulletin) -> Result<Option<Said>> {
    let source = state.names()?.source(claim.source);
    let path = bulletin.path_among(claim.aliases);
    source.and_then(|source| bulletin.last_said(source, path)).map(|event| said_at(state, event)).transpose()
}

fn knows_categories(state: &impl State, claim: &Claim, bulletin: &Bulletin) -> Result<bool> {
    if bulletin.categories.len() >= CATEGORIES_MAX {
        return Ok(true);
    }
    let names = state.names()?;
    let source = names.source(claim.source);
    let asserts = |category: &Category| {
        let number = names.category(&category.term)?;
        let (_, sources) = bulletin.categories.iter().find(|(known, _)| *known == number)?;
        sources.contains(&source?).then_some(())
    };
    Ok(claim.categories.iter().all(|category| asserts(category).is_some()))
}
