//! Who asks, and what they may: the name that the journal keeps, and the limits of whoever has it.
//!
//! Owns rights and limits. It must never know how anyone proved who they are.

use std::sync::Arc;

use super::ArchiveError;
use crate::bulletin::Category;
use crate::catalogue::identity::{Claim, Verdict};
use crate::catalogue::record::Bulletin;
use crate::catalogue::state::State;
use crate::intake::{Refusal, RefusalKind};

/// Something that somebody may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To add bulletins.
    Admit,
    /// To say something new of bulletins that are there.
    Revise,
    /// To take bulletins out of public view, and to bring them back.
    Withdraw,
}

impl Right {
    pub const ALL: [Right; 3] = [Right::Admit, Right::Revise, Right::Withdraw];

    pub fn name(self) -> &'static str {
        match self {
            Right::Admit => "admit",
            Right::Revise => "revise",
            Right::Withdraw => "withdraw",
        }
    }
}

/// What somebody may do, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    pub rights: Vec<Right>,
    /// The only sources in whose names they may speak; empty: any.
    pub sources: Vec<String>,
    /// The only categories in which they may; empty: any.
    pub categories: Vec<Category>,
}

impl Default for Permit {
    fn default() -> Permit {
        Permit { rights: Right::ALL.to_vec(), sources: Vec::new(), categories: Vec::new() }
    }
}

/// Who asks: the name under which the journal keeps what they do. Made of a name alone they may do anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    pub name: Arc<str>,
    permit: Option<Arc<Permit>>,
}

impl From<&str> for By {
    fn from(name: &str) -> By {
        By { name: name.into(), permit: None }
    }
}

impl From<&String> for By {
    fn from(name: &String) -> By {
        By::from(name.as_str())
    }
}

impl From<&By> for By {
    fn from(by: &By) -> By {
        by.clone()
    }
}

impl By {
    pub fn new(name: &str, permit: Arc<Permit>) -> By {
        By { name: name.into(), permit: Some(permit) }
    }

    /// Whether one of these rights is theirs, wherever that may be.
    pub fn has_any(&self, rights: &[Right]) -> bool {
        self.permit.as_ref().is_none_or(|permit| rights.iter().any(|right| permit.rights.contains(right)))
    }

    /// The source of what they say without naming one.
    pub fn source(&self) -> Option<&str> {
        self.permit.as_ref()?.sources.first().map(String::as_str)
    }

    /// Refuses whoever has not this right at all.
    pub fn check(&self, right: Right) -> Result<(), ArchiveError> {
        if self.has_any(&[right]) { Ok(()) } else { Err(ArchiveError::Refused(self.lacks(right))) }
    }

    /// Why they may not: the right that is missing, and where it is given.
    pub fn lacks(&self, right: Right) -> Refusal {
        let (name, right) = (&self.name, right.name());
        let why = format!("the token `{name}` has not the right `{right}` (token.rights)");
        Refusal::new(RefusalKind::Forbidden, format!("the right {right}"), why)
    }

    /// Refuses to have them say something of a bulletin, new or known, that comes to `verdict`.
    pub(super) fn check_claim(
        &self,
        state: &impl State,
        claim: &Claim,
        verdict: Verdict,
        bulletin: Option<(u64, &Bulletin)>,
    ) -> Result<(), ArchiveError> {
        let Some(permit) = &self.permit else { return Ok(()) };
        let (source, categories) = (claim.source, claim.categories);
        if !permit.sources.is_empty() && !permit.sources.iter().any(|known| known == source) {
            let known = permit.sources.join(", ");
            let why = format!(
                "the token `{}` speaks for {known} alone (token.source), not for {source}",
                self.name
            );
            return Err(forbidden("source", why));
        }
        if let Some(stray) = categories.iter().find(|category| !permit.allows(category)) {
            return Err(self.outside(permit, &format!("this one has `{}`", stray.label)));
        }
        match (verdict, bulletin) {
            (Verdict::Revised, Some((number, bulletin))) => {
                self.check(Right::Revise)?;
                self.check_bulletin(state, number, bulletin)
            }
            (Verdict::New, _) => {
                self.check(Right::Admit)?;
                let none = !permit.categories.is_empty() && categories.is_empty();
                if none { Err(self.outside(permit, "this one has none: name its category")) } else { Ok(()) }
            }
            (_, Some((number, bulletin))) if claim.target.is_some() => {
                self.check_bulletin(state, number, bulletin)
            }
            // What is known already, or gone, changes nothing that it says.
            _ => Ok(()),
        }
    }

    /// Refuses to have them change a bulletin that is none of theirs. Whose it is was settled when it was new:
    /// repeating what others said, or adding a category to it, makes it nobody else's.
    pub(super) fn check_bulletin(
        &self,
        state: &impl State,
        number: u64,
        bulletin: &Bulletin,
    ) -> Result<(), ArchiveError> {
        let Some(permit) = &self.permit else { return Ok(()) };
        let names = state.names()?;
        let source = bulletin.said.first().and_then(|said| names.source_at(said.source));
        if !permit.sources.is_empty()
            && !source.is_some_and(|source| permit.sources.iter().any(|known| known == source))
        {
            let (known, source) = (permit.sources.join(", "), source.unwrap_or_default());
            let why = format!(
                "the token `{}` changes what came from {known} alone (token.source), and this came from {source}",
                self.name
            );
            return Err(forbidden(format!("bulletin {}", bulletin.id), why));
        }
        if permit.categories.is_empty() {
            return Ok(());
        }
        let at_first = state.known_event(number)?.categories;
        let known = |number: &u32| names.category_at(*number);
        let all = at_first.iter().copied().chain(bulletin.category_numbers());
        match all.filter_map(|number| known(&number)).find(|category| !permit.allows(category)) {
            Some(stray) => Err(self.outside(permit, &format!("{} is in `{}`", bulletin.id, stray.label))),
            None if at_first.is_empty() => {
                Err(self.outside(permit, &format!("{} came without one", bulletin.id)))
            }
            None => Ok(()),
        }
    }

    fn outside(&self, permit: &Permit, found: &str) -> ArchiveError {
        let labels: Vec<&str> = permit.categories.iter().map(|category| category.label.as_str()).collect();
        let known = labels.join(", ");
        let why = format!("the token `{}` may act in {known} alone (token.category), and {found}", self.name);
        forbidden("category", why)
    }
}

impl Permit {
    fn allows(&self, category: &Category) -> bool {
        self.categories.is_empty() || self.categories.iter().any(|known| known.term == category.term)
    }
}

fn forbidden(what: impl Into<String>, why: String) -> ArchiveError {
    ArchiveError::Refused(Refusal::new(RefusalKind::Forbidden, what, why))
}
