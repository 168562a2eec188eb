//! From drafts and hints to submissions: the one way, whatever the format.
//!
//! Owns what all formats share: hints override, markup passes the gate, names become aliases, text is
//! cleaned of what no feed can carry, and the digests are taken.

mod part;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use url::Url;

use super::folded_text::folded_text;
use super::rules::{Facts, Rules};
use super::sanitize::sanitize_with_base;
use super::{Arrival, Body, Document, Draft, Format, Reading, Refusal, RefusalKind, Submission, Tombstone};
use crate::bulletin::{
    Alias, Author, Basis, Category, Content, Enclosure, Link, Published, clip, is_absolute_iri, is_local,
    running_text, slug, visible_text,
};
use crate::digest::Digest;
use part::{Part, PartNames};

/// The longest title, in bytes.
const TITLE_BYTES_MAX: usize = 2_000;
/// The longest name of a source, id or address, in bytes.
const NAME_BYTES_MAX: usize = 2_000;
/// The longest label of a category, in bytes.
const LABEL_BYTES_MAX: usize = 500;
/// The most categories of a bulletin, beside those of rules, and the most names: what comes behind these is left out.
const CATEGORIES_MAX: usize = 200;
const ALIASES_MAX: usize = 200;
/// Before the names of sources that name themselves.
const SELF_NAMED: &str = "list:";
/// How much of a body may stand in for a title that is missing, in bytes.
const STAND_IN_BYTES_MAX: usize = 100;

/// The document that a format's reading comes to.
pub fn settle(
    reading: Reading,
    arrival: &Arrival,
    format: &Format,
    rules: &Rules,
) -> Result<Document, Refusal> {
    let Reading { mut drafts, mut tombstones } = reading;
    tombstones.retain(Tombstone::takes_back);
    // What the document itself carries stands.
    let ids: Vec<&str> = drafts.iter().flatten().filter_map(|draft| draft.id.as_deref()).collect();
    tombstones.retain(|tombstone| !ids.contains(&tombstone.id.as_str()));
    forget_shared_addresses(&mut drafts);
    let document = Names::of_document(arrival)?;
    let several = format.collection || drafts.len() > 1;
    let of_a_part = || drafts.iter().flatten().find_map(|draft| draft.url.clone());
    let url = document.url.clone().or_else(|| of_a_part().filter(|_| !format.collection));
    let settling = Settling { document: &document, arrival, several, collection: format.collection, rules };
    let parts: Vec<Result<Part, Refusal>> =
        drafts.into_iter().map(|draft| draft.and_then(|draft| settling.part(draft))).collect();
    let mut names = part::names(&parts).into_iter();
    let parts = parts.into_iter().enumerate().map(|(index, part)| {
        let place =
            if several { format!("bulletin {} of the document", index + 1) } else { "the bulletin".into() };
        let settled = part.and_then(|part| {
            settling.submission(part, names.next().expect("every part that is whole has its names"))
        });
        settled.map_err(|refusal| Refusal { what: format!("{place}: {}", refusal.what), ..refusal })
    });
    let parts = parts.collect();
    Ok(Document {
        media_type: format.media_types[0],
        collection: format.collection,
        url: url.filter(|url| Url::parse(url).is_ok()),
        parts,
        tombstones,
        source: document.source,
    })
}

/// An address that several bulletins of one document give is that of a page about all of them, and names none.
fn forget_shared_addresses(drafts: &mut [Result<Draft, Refusal>]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for draft in drafts.iter().flatten() {
        *seen.entry(draft.url.clone().unwrap_or_default()).or_default() += 1;
    }
    for draft in drafts.iter_mut().flatten() {
        draft.url.take_if(|url| seen[url.as_str()] > 1);
    }
}

/// The names that the sender gives the document as a whole.
struct Names {
    source: String,
    url: Option<String>,
    aliases: Vec<Alias>,
    entry_id: Option<String>,
}

impl Names {
    fn of_document(arrival: &Arrival) -> Result<Names, Refusal> {
        let hints = &arrival.hints;
        let source = hints.source.as_deref().unwrap_or(&arrival.source);
        let mut names =
            Names { source: self::source(source)?, url: None, aliases: Vec::new(), entry_id: None };
        if let Some(id) = &hints.id {
            names.take_id(id)?;
        }
        if let Some(url) = &hints.url {
            let alias = Alias::address(&names.source, url).filter(|_| url.len() <= NAME_BYTES_MAX);
            let why =
                format!("`{}` is no absolute http or https address of at most 2,000 bytes", clip(url, 80));
            names.aliases.push(alias.ok_or_else(|| unprocessable("url", why))?);
            names.url = Some(url.clone());
        }
        if let Some(path) = arrival.path.as_ref().filter(|_| !arrival.unplaced) {
            names.aliases.push(Alias::path(&names.source, &plain(path)));
        }
        Ok(names)
    }

    /// An IRI serves as entry id for ever; anything else means something only within its source.
    fn take_id(&mut self, id: &str) -> Result<(), Refusal> {
        let id = plain(id.trim());
        if id.is_empty() || id.len() > NAME_BYTES_MAX {
            return Err(unprocessable("id", "an id has 1 to 2,000 bytes"));
        }
        // What a site calls its posts while it is on somebody's own machine, any other site may call its own.
        if !is_absolute_iri(&id) || is_local(&id) {
            self.aliases.push(Alias::id(&self.source, &id));
            return Ok(());
        }
        self.aliases.push(Alias::entry(&id));
        // An id that is an address is known by that address to pages and links as well.
        self.aliases.extend(Alias::url(&id));
        self.entry_id = Some(id);
        Ok(())
    }
}

/// The name of a source that a document gives itself, such as a mailing list. Anyone can write such a document, so
/// that it is never the name of one that somebody configured, of a token or of a folder.
fn named_by_itself(name: &str) -> Result<String, Refusal> {
    source(&format!("{SELF_NAMED}{name}"))
}

/// The name of a source: one word.
fn source(name: &str) -> Result<String, Refusal> {
    let source = name.split_whitespace().map(plain).collect::<Vec<_>>().join("-");
    if source.is_empty() || source.len() > NAME_BYTES_MAX {
        return Err(unprocessable("source", "name who says it in 1 to 2,000 bytes"));
    }
    Ok(source)
}

struct Settling<'a> {
    document: &'a Names,
    arrival: &'a Arrival,
    several: bool,
    collection: bool,
    rules: &'a Rules,
}

impl Settling<'_> {
    /// What a part is called and what it says: by that it is told from the others.
    fn part(&self, mut draft: Draft) -> Result<Part, Refusal> {
        self.correct(&mut draft);
        let base = self.document.url.as_deref().or(draft.url.as_deref()).and_then(|url| Url::parse(url).ok());
        let body = match &draft.body {
            Body::Html(html) => sanitize_with_base(&plain_lines(html), base.as_ref()),
            Body::Safe(html) => plain_lines(html).into_owned(),
        };
        let title = title(draft.title.as_deref(), &body)?;
        let text = folded_text(&title, &body);
        let slug = Some(slug(&title)).filter(|slug| !slug.is_empty()).unwrap_or("bulletin".into());
        Ok(Part { draft, title, body, text, slug })
    }

    /// What an editor says of the one bulletin of a document stands in the place of what was read.
    fn correct(&self, draft: &mut Draft) {
        if self.several {
            return;
        }
        let hints = &self.arrival.hints;
        draft.title = hints.title.clone().or(draft.title.take());
        draft.summary = hints.summary.clone().or(draft.summary.take());
        if let Some(body) = &hints.body {
            draft.body = Body::Html(body.clone());
        }
    }

    fn submission(&self, part: Part, called: PartNames) -> Result<Submission, Refusal> {
        let Part { draft, title, body, text, slug } = part;
        let names = self.names(&draft, &called)?;
        let (by_rule, language_by_rule) = self.rules.say(&self.facts(&draft, &names.source, &title));
        let categories = self.categories(&draft, &by_rule)?;
        let language = self.language(draft.language.as_deref().or(language_by_rule))?;
        let hints = &self.arrival.hints;
        let hinted = hints.published.map(|date| Published { basis: Basis::Stated, date });
        let content = Content {
            authors: draft.authors.into_iter().filter_map(author).collect(),
            body,
            enclosures: draft.enclosures.into_iter().filter_map(enclosure).collect(),
            language,
            links: draft.links.into_iter().filter_map(link).collect(),
            published: hinted.or(draft.published),
            summary: draft.summary.as_deref().map(one_line).filter(|summary| !summary.is_empty()),
            title,
        };
        let content_json = content.canonical_json();
        Ok(Submission {
            digest: Digest::of(content_json.get().as_bytes()),
            content_json,
            content,
            text,
            aliases: names.aliases,
            entry_id: names.entry_id,
            categories,
            source: names.source,
            slug,
            received: hints.received,
            minor: hints.minor,
            attachments: draft.attachments,
            target: None,
            told_apart: called.told_apart,
        })
    }

    /// Every name of the bulletin, the strongest first.
    fn names(&self, draft: &Draft, called: &PartNames) -> Result<Names, Refusal> {
        let document = self.document;
        let said_by = draft.source.as_deref().filter(|_| self.arrival.hints.source.is_none());
        let mut names = Names {
            source: said_by.map_or_else(|| Ok(document.source.clone()), named_by_itself)?,
            url: None,
            aliases: Vec::new(),
            // What a sender calls a document of many is no name of one of them.
            entry_id: document.entry_id.clone().filter(|_| !self.several),
        };
        let own = |alias: Alias| if self.several { alias.part(&called.in_document) } else { alias };
        // A part that is known by an id of its own needs no place in the document to be told apart, and one of
        // a collection has none: the next issue of a feed has another in its place.
        if !self.collection && (!self.several || draft.id.is_none()) {
            names.aliases.extend(document.aliases.iter().cloned().map(own));
        }
        if let Some(id) = draft.id.as_deref().filter(|_| self.several || self.arrival.hints.id.is_none()) {
            names.take_id(id)?;
        }
        let message = draft.message_id.as_deref().map(|id| Alias::message(&plain(id)));
        names.aliases.extend(message.map(|message| match &called.in_message {
            Some(part) => message.part(part),
            None => message,
        }));
        let own_url = draft.url.as_ref().filter(|_| self.several || document.url.is_none());
        let addresses = own_url.into_iter().chain(&draft.also_at).filter(|url| url.len() <= NAME_BYTES_MAX);
        let addresses: Vec<Alias> = addresses.filter_map(|url| Alias::address(&names.source, url)).collect();
        names.aliases.extend(addresses);
        names.aliases.sort_by_key(|alias| alias.kind);
        let mut known = HashSet::new();
        names.aliases.retain(|alias| known.insert(alias.clone()));
        names.aliases.truncate(ALIASES_MAX);
        Ok(names)
    }

    fn facts<'a>(&'a self, draft: &'a Draft, source: &'a str, title: &'a str) -> Facts<'a> {
        let urls = [&self.document.url, &draft.url].into_iter().flatten().chain(&draft.also_at);
        Facts {
            sources: [&self.arrival.source, source],
            sender: draft.sender.as_deref(),
            path: self.arrival.path.as_deref(),
            urls: urls.map(String::as_str).collect(),
            title,
        }
    }

    /// Those that a hint names, else those that were found; and those that rules add.
    fn categories(&self, draft: &Draft, by_rule: &[&str]) -> Result<Vec<Category>, Refusal> {
        let hinted = &self.arrival.hints.categories;
        if hinted.len() > CATEGORIES_MAX {
            let why = format!("it has {}, and {CATEGORIES_MAX} is the most", hinted.len());
            return Err(unprocessable("category", why));
        }
        let labels = if hinted.is_empty() { &draft.categories } else { hinted };
        let labels = &labels[..labels.len().min(CATEGORIES_MAX)];
        let mut categories: Vec<Category> = Vec::new();
        for label in labels.iter().map(String::as_str).chain(by_rule.iter().copied()) {
            match Category::from_label(&one_line(label)).filter(|it| it.label.len() <= LABEL_BYTES_MAX) {
                Some(category) if categories.iter().any(|known| known.term == category.term) => {}
                Some(category) => categories.push(category),
                None if hinted.is_empty() => {}
                None => {
                    return Err(unprocessable(
                        "category",
                        format!("`{}` has no letter or digit, or more than 500 bytes", clip(label, 80)),
                    ));
                }
            }
        }
        Ok(categories)
    }

    fn language(&self, found: Option<&str>) -> Result<Option<String>, Refusal> {
        match &self.arrival.hints.language {
            Some(hint) => language_tag(hint).map(Some).ok_or_else(|| {
                unprocessable(
                    "language",
                    format!("`{}` is no language tag (BCP 47), such as fr or pt-BR", clip(hint, 80)),
                )
            }),
            None => Ok(found.and_then(language_tag)),
        }
    }
}

/// A title is never empty: where none was found, the beginning of the text stands in for it.
fn title(found: Option<&str>, body: &str) -> Result<String, Refusal> {
    let title = one_line(found.unwrap_or_default());
    if title.len() > TITLE_BYTES_MAX {
        return Err(unprocessable(
            "title",
            format!("it has {} bytes, and {TITLE_BYTES_MAX} is the most", title.len()),
        ));
    }
    if !title.is_empty() {
        return Ok(title);
    }
    // A caption stands for the title where there is nothing else to read.
    let texts = [running_text(body), visible_text(body)];
    let line = texts.iter().flat_map(|text| text.lines()).map(one_line).find(|line| !line.is_empty());
    let line = line.ok_or_else(|| unprocessable("title and body", "there is no text in either"))?;
    if line.len() <= STAND_IN_BYTES_MAX {
        return Ok(line);
    }
    let head = clip(&line, STAND_IN_BYTES_MAX);
    let whole_words = head.rsplit_once(' ').map_or(head, |(words, _)| words);
    Ok(format!("{whole_words}…"))
}

/// A language tag in the usual case, or `None` where `text` has not the form of one (RFC 5646 section 2.1).
pub fn language_tag(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let mut subtags = text.split('-');
    let primary = subtags
        .next()
        .filter(|tag| (2..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphabetic()))?;
    let mut tag = primary.to_ascii_lowercase();
    for subtag in subtags {
        if !(1..=8).contains(&subtag.len()) || !subtag.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let cased = match subtag.len() {
            2 => subtag.to_ascii_uppercase(),
            4 => subtag[..1].to_ascii_uppercase() + &subtag[1..].to_ascii_lowercase(),
            _ => subtag.to_ascii_lowercase(),
        };
        tag = format!("{tag}-{cased}");
    }
    Some(tag)
}

fn author(author: Author) -> Option<Author> {
    let name = one_line(&author.name);
    let email = author.email.map(|email| one_line(&email)).filter(|email| email.contains('@'));
    let url = author.url.filter(|url| Alias::url(url).is_some());
    (!name.is_empty()).then_some(Author { email, name, url })
}

fn enclosure(enclosure: Enclosure) -> Option<Enclosure> {
    let title = enclosure.title.as_deref().map(one_line).filter(|title| !title.is_empty());
    let media_type = enclosure.media_type.filter(|media_type| media_type.parse::<mime::Mime>().is_ok());
    let leads_somewhere = Alias::url(&enclosure.url).is_some() || Digest::from_ni(&enclosure.url).is_ok();
    leads_somewhere.then_some(Enclosure { title, media_type, ..enclosure })
}

fn link(link: Link) -> Option<Link> {
    let title = link.title.as_deref().map(one_line).filter(|title| !title.is_empty());
    let rel = one_line(&link.rel);
    (Alias::url(&link.url).is_some() && !rel.is_empty()).then_some(Link { rel, title, url: link.url })
}

/// Text on one line, with single spaces and nothing that no feed can carry.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&plain(word));
    }
    line
}

/// Without the characters that XML 1.0 (section 2.2) cannot carry.
fn plain_lines(text: &str) -> Cow<'_, str> {
    // Bytes that cannot begin or be such a character, which is what most text is made of.
    let harmless = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0xc3..=0xee);
    let suspect = |byte: &u8| !harmless(*byte) && !(0x80..0xc0).contains(byte);
    if !text.as_bytes().iter().any(suspect) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| is_carried(*c)).collect())
}

fn is_carried(c: char) -> bool {
    let control =
        matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}');
    !control && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// As [`plain_lines`], for what has no lines.
fn plain(text: &str) -> String {
    plain_lines(text).replace(['\n', '\r', '\t'], " ")
}

fn unprocessable(what: &str, why: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Unprocessable, what, why)
}
