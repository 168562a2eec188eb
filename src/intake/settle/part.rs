//! How the bulletins in one document are told apart.
//!
//! Owns the names that parts have within their document, or within the one message that several of them are of. A
//! part is known by its title; where others are called the same, by something that is its own and not by its
//! position, which the next part that is put in front of it would change.

use std::collections::{HashMap, HashSet};

use crate::bulletin::normalise_url;
use crate::digest::{Digest, HalfDigest};
use crate::intake::{Draft, FoldedText, Refusal};

/// How much of a digest tells parts of one title apart.
const DIGEST_CHARS: usize = 12;

/// A draft whose title and text are settled.
pub struct Part {
    pub draft: Draft,
    pub title: String,
    /// Safe HTML.
    pub body: String,
    pub text: FoldedText,
    pub slug: String,
}

/// What a part is called within what it is a part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartNames {
    pub in_document: String,
    /// None where it is the whole of its message, as in a digest: it is then known as the message is that comes alone.
    pub in_message: Option<String>,
    /// Whether the document has another bulletin of the same text, and tells the two apart by ids of their own.
    pub told_apart: bool,
}

/// The names of all parts that are whole, in their order.
pub fn names(parts: &[Result<Part, Refusal>]) -> Vec<PartNames> {
    let parts: Vec<&Part> = parts.iter().flatten().collect();
    let mut names: Vec<PartNames> = unique(&parts)
        .into_iter()
        .map(|in_document| PartNames { in_document, ..PartNames::default() })
        .collect();
    let mut messages: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, part) in parts.iter().enumerate() {
        if let Some(id) = &part.draft.message_id {
            messages.entry(id).or_default().push(at);
        }
    }
    for of_one in messages.into_values().filter(|of_one| of_one.len() > 1) {
        let group: Vec<&Part> = of_one.iter().map(|at| parts[*at]).collect();
        for (at, name) in of_one.into_iter().zip(unique(&group)) {
            names[at].in_message = Some(name);
        }
    }
    for (name, told_apart) in names.iter_mut().zip(told_apart(&parts)) {
        name.told_apart = told_apart;
    }
    names
}

/// Which parts say the same as another that has another id.
fn told_apart(parts: &[&Part]) -> Vec<bool> {
    let id = |part: &Part| part.draft.id.clone().or_else(|| part.draft.message_id.clone());
    let mut first: HashMap<HalfDigest, Option<String>> = HashMap::new();
    let mut differ: HashSet<HalfDigest> = HashSet::new();
    for part in parts {
        let known = first.entry(part.text.digest).or_insert_with(|| id(part));
        if *known != id(part) {
            differ.insert(part.text.digest);
        }
    }
    parts.iter().map(|part| differ.contains(&part.text.digest) && id(part).is_some()).collect()
}

/// A name for each, none twice: the slug of its title; where others have that as well, with its address, its date
/// or what it says; and only where all that is the same, with a number.
fn unique(parts: &[&Part]) -> Vec<String> {
    let count = |key: &dyn Fn(&Part) -> String| {
        let mut counts: HashMap<String, u32> = HashMap::new();
        parts.iter().for_each(|part| *counts.entry(key(part)).or_default() += 1);
        counts
    };
    let (slugs, dates) = (count(&|part| part.slug.clone()), count(&dated));
    let mut taken: HashMap<String, u32> = HashMap::new();
    let name = |part: &&Part| {
        let alone = slugs[&part.slug] == 1;
        let name = if alone { part.slug.clone() } else { with_its_own(part, dates[&dated(part)] == 1) };
        let times = taken.entry(name.clone()).or_default();
        *times += 1;
        if *times == 1 { name } else { format!("{name}-{times}") }
    };
    parts.iter().map(name).collect()
}

/// The slug and the date of a part.
fn dated(part: &Part) -> String {
    let date = part.draft.published.as_ref().map(|published| published.date.to_string());
    format!("{} {}", part.slug, date.unwrap_or_default())
}

fn with_its_own(part: &Part, date_is_own: bool) -> String {
    let slug = &part.slug;
    if let Some(url) = part.draft.url.as_deref().and_then(normalise_url) {
        return format!("{slug}-{}", short(Digest::of(url.as_bytes()).into()));
    }
    match part.draft.published.as_ref().filter(|_| date_is_own) {
        Some(published) => format!("{slug}-{}", published.date),
        None => format!("{slug}-{}", short(part.text.digest)),
    }
}

fn short(digest: HalfDigest) -> String {
    digest.hex()[..DIGEST_CHARS].into()
}
