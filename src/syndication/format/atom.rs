//! Atom 1.0 (RFC 4287), with feed history (RFC 5005) and tombstones (RFC 6721).
//!
//! Owns where each part of the model stands in an Atom document; what the writer cannot say is in
//! [`super::gaps`]. The model is in Atom's terms, so there is nothing to decide here, only to spell.

use atom_syndication::{Category, Content, Generator, Link, Person, Text, WriteConfig};
use jiff::Timestamp;
use jiff::tz::Offset;

use super::{Format, GENERATOR, gaps};
use crate::bulletin::Author;
use crate::syndication::feed::{Entry, Feed, Moment};

pub const FORMAT: Format =
    Format { name: "Atom 1.0", extension: "atom", media_type: "application/atom+xml", encode };

/// The feed document (RFC 4287 section 4.1.1).
fn encode(feed: &Feed) -> Vec<u8> {
    let document = atom_syndication::Feed {
        id: gaps::xml(&feed.id),
        title: Text::plain(gaps::xml(&feed.title)),
        subtitle: feed.subtitle.as_deref().map(|subtitle| Text::plain(gaps::xml(subtitle))),
        updated: utc(feed.updated),
        authors: vec![person(&feed.author)],
        generator: Some(Generator { value: GENERATOR.into(), ..Generator::default() }),
        links: gaps::document_links(feed, FORMAT.media_type),
        lang: Some(gaps::xml(&feed.language)),
        entries: feed.entries.iter().map(|it| entry(it, &feed.category_scheme)).collect(),
        extensions: gaps::atom_extensions(gaps::document_elements(feed)),
        namespaces: gaps::namespaces(&[]),
        ..atom_syndication::Feed::default()
    };
    let written = document.write_with_config(Vec::new(), config());
    ended(written.expect("memory takes all that is written to it"))
}

/// An entry as a document of its own (RFC 4287 section 2), of media type
/// `application/atom+xml;type=entry` (RFC 5023 section 12). No feed is there to name an author, so one is
/// given for an entry that names nobody.
pub fn entry_document(alone: &Entry, author: &Author, category_scheme: &str) -> Vec<u8> {
    let mut document = entry(alone, category_scheme);
    if document.authors.is_empty() {
        document.authors.push(person(author));
    }
    document.namespaces = gaps::namespaces(&[]);
    let written = document.write_with_config(Vec::new(), config());
    ended(written.expect("memory takes all that is written to it"))
}

fn config() -> WriteConfig {
    WriteConfig { write_document_declaration: true, indent_size: Some(1) }
}

/// With an end to the last line, which a terminal is glad of.
fn ended(mut document: Vec<u8>) -> Vec<u8> {
    document.push(b'\n');
    document
}

/// The entry (RFC 4287 section 4.1.2).
fn entry(entry: &Entry, scheme: &str) -> atom_syndication::Entry {
    let language = entry.language.as_deref().map(gaps::xml);
    let text = |plain: &str| Text { lang: language.clone(), ..Text::plain(gaps::xml(plain)) };
    let alternate = Link {
        rel: "alternate".into(),
        href: gaps::xml(&entry.permalink),
        mime_type: Some("text/html".into()),
        hreflang: language.clone(),
        ..Link::default()
    };
    let enclosures = gaps::enclosures(entry).map(gaps::enclosure_link);
    atom_syndication::Entry {
        id: gaps::xml(&entry.id),
        title: text(&entry.title),
        published: Some(gaps::date(entry.published)),
        updated: utc(entry.updated),
        authors: entry.authors.iter().map(person).collect(),
        categories: entry
            .categories
            .iter()
            .map(|category| Category {
                term: gaps::xml(&category.term),
                scheme: Some(gaps::xml(scheme)),
                label: Some(gaps::xml(&category.label)),
            })
            .collect(),
        links: std::iter::once(alternate).chain(gaps::entry_links(entry)).chain(enclosures).collect(),
        summary: entry.summary.as_deref().map(text),
        content: Some(Content {
            lang: language.clone(),
            content_type: Some("html".into()),
            value: Some(gaps::xml(&entry.content)),
            ..Content::default()
        }),
        extensions: gaps::atom_extensions(gaps::entry_elements(entry)),
        ..atom_syndication::Entry::default()
    }
}

/// The Person construct (RFC 4287 section 3.2).
fn person(author: &Author) -> Person {
    Person {
        name: gaps::xml(&author.name),
        email: author.email.as_deref().map(gaps::xml),
        uri: author.url.as_deref().filter(|url| gaps::leads_into_the_web(url)).map(gaps::xml),
        ..Person::default()
    }
}

fn utc(at: Timestamp) -> atom_syndication::FixedDateTime {
    gaps::date(Moment { at, offset: Offset::UTC })
}
