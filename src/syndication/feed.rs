//! The one feed model, in Atom's terms (RFC 4287), from which every format is written.
//!
//! It must never know where entries come from or how a format spells them.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::bulletin::{Author, Basis, Category, Enclosure, Link};

/// An instant and the offset from UTC in which to write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    pub offset: Offset,
}

/// One document of the feed of a selection: what is not sealed yet, or a sealed part (RFC 5005).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// One IRI for all the documents and formats of a selection, for ever.
    pub id: String,
    pub title: String,
    pub subtitle: Option<String>,
    /// The site's language, a BCP 47 tag.
    pub language: String,
    /// When the newest of its events happened; an empty feed has the epoch.
    pub updated: Timestamp,
    /// When anything in the document was last another: later, where something in it was withdrawn or brought back since, or
    /// a newer document was sealed behind it. No format says it.
    pub changed: Timestamp,
    /// Who speaks where an entry names nobody (RFC 4287 section 4.1.1 wants an author somewhere).
    pub author: Author,
    pub links: FeedLinks,
    /// A sealed document, complete for ever (`fh:archive`, RFC 5005 section 4).
    pub archive: bool,
    /// The prefix of every category's scheme.
    pub category_scheme: String,
    /// Newest change first, one entry an id.
    pub entries: Vec<Entry>,
    /// Newest first. An id is either among the entries or here, never both.
    pub tombstones: Vec<Tombstone>,
}

/// Absolute addresses of a document's relatives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedLinks {
    /// This document in this format.
    pub this: String,
    /// The page that shows the same selection to people.
    pub page: String,
    /// The subscription document, where this is an archive document (RFC 5005 `current`).
    pub current: Option<String>,
    /// The next older archive document (RFC 5005 `prev-archive`).
    pub prev_archive: Option<String>,
    /// The next newer archive document, where there is one (RFC 5005 `next-archive`).
    pub next_archive: Option<String>,
    /// This document in the other formats: media type and address.
    pub others: Vec<(&'static str, String)>,
}

/// A bulletin as one event left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entry id: the same in every format and selection, for ever.
    pub id: String,
    pub title: String,
    pub published: Moment,
    /// `year`, `month`, `day` or `instant`.
    pub published_precision: &'static str,
    pub published_basis: Basis,
    pub updated: Timestamp,
    pub authors: Vec<Author>,
    pub categories: Vec<Category>,
    pub language: Option<String>,
    /// Plain text.
    pub summary: Option<String>,
    /// A sanitised HTML fragment.
    pub content: String,
    /// The permalink (`alternate`).
    pub permalink: String,
    /// Where the bulletin was first published, if it has an address there (`via`).
    pub via: Option<String>,
    pub links: Vec<Link>,
    pub enclosures: Vec<Enclosure>,
    /// Which version of the bulletin this is, from 1, and its content digest as `sha256:{hex}`.
    pub version: u32,
    pub digest: String,
}

/// An entry that is gone (RFC 6721).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The entry id.
    pub id: String,
    pub when: Timestamp,
    /// Why, for people.
    pub comment: Option<String>,
}
