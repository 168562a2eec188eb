//! Intake: bytes to submissions.
//!
//! Owns every judgement about what arrived: its format, title, date, language, what is boilerplate and
//! where a document splits. It writes the outcome into [`Submission`]s, so that everything after it is
//! deterministic. It must never know what the archive already holds.

pub mod boilerplate;
pub mod date;
pub mod fold;
pub mod html;
pub mod json;
pub mod markup;
pub mod sanitize;
pub mod settle;
pub mod split;
pub mod text;

use std::sync::Arc;

use crate::bulletin::{
    Alias, Author, BulletinId, Category, Content, Enclosure, Link, PartialDate, Published,
};
use crate::digest::Digest;

/// One way in which bulletins come: how it is recognised and how it is read.
pub struct Format {
    pub name: &'static str,
    /// The first is the one under which originals of this format are kept.
    pub media_types: &'static [&'static str],
    /// File name endings, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether bytes whose media type and name say nothing look like this format.
    pub sniff: fn(&[u8]) -> bool,
    /// Reads a document into the drafts of its bulletins, in their order; never none.
    pub parse: fn(&[u8], &Arrival) -> Result<Vec<Result<Draft, Refusal>>, Refusal>,
}

/// Every format, in the order in which bytes are sniffed: the surest sign first.
pub const FORMATS: [Format; 3] = [json::FORMAT, html::FORMAT, text::FORMAT];

/// How a document arrived, and what whoever sent it says about it.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// The `Content-Type` it came with.
    pub media_type: Option<String>,
    /// Its path relative to its source, with `/` between the parts; the last part is its file name.
    pub path: Option<String>,
    pub hints: Hints,
}

/// What the sender says of a bulletin; each overrides what is found in the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    pub id: Option<String>,
    pub source: Option<String>,
    pub categories: Vec<String>,
    pub published: Option<PartialDate>,
    pub url: Option<String>,
    pub language: Option<String>,
    /// The revision is not worth a reader's attention: it leaves `updated` as it was.
    pub minor: bool,
}

/// What a format found of one bulletin, before hints, sanitising and identity. Absent is always better
/// than guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub title: Option<String>,
    pub published: Option<Published>,
    pub language: Option<String>,
    pub authors: Vec<Author>,
    pub summary: Option<String>,
    pub body: Body,
    /// Labels as people read them.
    pub categories: Vec<String>,
    /// The address that the document gives as its own.
    pub url: Option<String>,
    /// The id that the document gives itself: an IRI becomes the entry id, anything else is scoped by
    /// the source.
    pub id: Option<String>,
    pub message_id: Option<String>,
    pub links: Vec<Link>,
    pub enclosures: Vec<Enclosure>,
}

/// The body of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// HTML from outside: to be sanitised.
    Html(String),
    /// HTML that intake wrote itself around escaped text: safe as it is.
    Safe(String),
}

impl Default for Body {
    fn default() -> Body {
        Body::Safe(String::new())
    }
}

/// One bulletin as intake understood it: all that admission needs to decide.
#[derive(Clone, Debug)]
pub struct Submission {
    pub content: Content,
    /// The canonical JSON of `content`.
    pub content_json: Arc<[u8]>,
    /// The SHA-256 of `content_json`.
    pub digest: Digest,
    pub text: FoldedText,
    /// Strongest first, none twice.
    pub aliases: Vec<Alias>,
    /// The IRI that the bulletin came with as its id.
    pub entry_id: Option<String>,
    pub categories: Vec<Category>,
    pub source: String,
    pub slug: String,
    pub minor: bool,
    /// The bulletin that the sender says this is a revision of.
    pub target: Option<BulletinId>,
}

/// What of a bulletin stays the same when it comes by another way: title and visible text without
/// markup, case, punctuation and white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldedText {
    pub digest: Digest,
    /// Characters of the folded body.
    pub chars: u64,
}

/// Why a document, or a part of one, was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Refusal {
    pub kind: RefusalKind,
    /// The thing and the place: `file, line 3`, `field published`.
    pub what: String,
    /// What is wrong with it, and the remedy.
    pub why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The bytes are not what they claim to be.
    Malformed,
    /// Well formed, but not a bulletin: nothing to read in it, or a field that makes no sense.
    Unprocessable,
    /// No format of that name.
    UnknownFormat,
    /// Past a limit.
    TooLarge,
}
