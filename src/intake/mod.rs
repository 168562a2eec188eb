//! Intake: bytes to submissions.
//!
//! Owns every judgement about what arrived: its format, title, date, language, what is boilerplate and
//! where a document splits. It writes the outcome into [`Submission`]s, so that everything after it is
//! deterministic. It must never know what the archive already holds.

pub mod boilerplate;
pub mod container;
pub mod date;
pub mod deadline;
pub mod email;
pub mod feed;
pub mod fold;
pub mod folded_text;
pub mod html;
pub mod json;
pub mod left_out;
pub mod markdown;
pub mod markup;
pub mod rules;
pub mod sanitize;
pub mod settle;
pub mod split;
pub mod text;
pub mod wxr;
pub mod xml;

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::bulletin::{
    Alias, Author, BulletinId, Category, Content, Enclosure, LEFT_SELECTION, Link, PartialDate, Published,
};
use crate::digest::{Digest, HalfDigest};

/// One way in which bulletins come: how it is recognised and how it is read.
pub struct Format {
    pub name: &'static str,
    /// The first is the one under which originals of this format are kept.
    pub media_types: &'static [&'static str],
    /// File name endings, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether bytes whose media type and name say nothing look like this format.
    pub sniff: fn(&[u8]) -> bool,
    /// Whether documents of this format only carry bulletins that have names of their own (a feed, an
    /// export): how the document is called is then no name of theirs, not even where it carries just one.
    pub collection: bool,
    pub parse: fn(&[u8], &Arrival) -> Result<Reading, Refusal>,
}

/// What a format read in a document: nothing only where it is a collection that is empty.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The bulletins, in their order.
    pub drafts: Vec<Result<Draft, Refusal>>,
    /// What the document says is no more.
    pub tombstones: Vec<Tombstone>,
}

impl From<Draft> for Reading {
    fn from(draft: Draft) -> Reading {
        Reading::from(vec![Ok(draft)])
    }
}

impl From<Vec<Result<Draft, Refusal>>> for Reading {
    fn from(drafts: Vec<Result<Draft, Refusal>>) -> Reading {
        Reading { drafts, tombstones: Vec::new() }
    }
}

/// A source takes back an entry (RFC 6721).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The id of the entry, as its source gave it.
    pub id: String,
    /// What the source says of it.
    pub reason: Option<String>,
    pub when: Option<Timestamp>,
}

impl Tombstone {
    /// Whether the entry is taken back, and not only moved to another feed of the archive that says so.
    fn takes_back(&self) -> bool {
        self.reason.as_deref() != Some(LEFT_SELECTION)
    }
}

/// Every format, in the order in which bytes are sniffed: the surest sign first.
pub static FORMATS: [Format; 10] = [
    email::FORMAT,
    feed::JSON,
    json::FORMAT,
    wxr::FORMAT,
    feed::RSS,
    feed::ATOM,
    html::FORMAT,
    html::XHTML,
    markdown::FORMAT,
    text::FORMAT,
];

/// What intake needs to know of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most bytes a document may have.
    pub bytes_max: usize,
    /// The longest that reading one document may take.
    pub timeout: Duration,
    /// What whoever runs the archive says of bulletins by where they come from.
    pub rules: rules::Rules,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { bytes_max: DOCUMENT_BYTES_MAX, timeout: TIMEOUT, rules: rules::Rules::default() }
    }
}

/// The longest that reading one may take, unless the configuration says otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// The most bytes a document may have, unless the configuration says otherwise.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// How a document arrived, and what whoever sent it says about it.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// Who is taken to say it where no hint names a source: the token's or the folder's name.
    pub source: String,
    /// The `Content-Type` it came with.
    pub media_type: Option<String>,
    /// Its path relative to its source, with `/` between the parts; the last part is its file name.
    pub path: Option<String>,
    /// Whether the path is one within a container that has no name itself: it says what the document is, and
    /// another container may have another document there.
    pub unplaced: bool,
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
    /// What an editor puts in the place of what was read; of a document of one bulletin alone.
    pub title: Option<String>,
    pub summary: Option<String>,
    /// HTML, which passes the gate as any other.
    pub body: Option<String>,
    /// When it was fetched or captured, where that was not just now.
    pub received: Option<Timestamp>,
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
    /// The Message-ID of the email that the document is.
    pub message_id: Option<String>,
    /// Further addresses under which it is or was to be found.
    pub also_at: Vec<String>,
    /// Who the document says it comes from, such as a mailing list; a hint overrides it.
    pub source: Option<String>,
    /// The address of who sent it. For rules only: it is not shown and not kept.
    pub sender: Option<String>,
    pub links: Vec<Link>,
    pub enclosures: Vec<Enclosure>,
    /// Files that came inside the document. Body and enclosures name them by [`Attachment::name`].
    pub attachments: Vec<Attachment>,
}

/// A file that came inside a document (a picture in a newsletter), kept under its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub digest: Digest,
    pub media_type: String,
    pub bytes: Bytes,
}

impl Attachment {
    pub fn new(media_type: &str, bytes: Bytes) -> Attachment {
        Attachment { digest: Digest::of(&bytes), media_type: media_type.into(), bytes }
    }

    /// Its address as content keeps it: `ni:///sha-256;…` (RFC 6920), which is true on any host. Whoever shows
    /// the content puts the address in its place under which this archive serves the bytes.
    pub fn name(&self) -> String {
        self.digest.to_ni()
    }
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

/// What intake made of a document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The media type under which the original is kept.
    pub media_type: &'static str,
    /// What it calls itself, for the original's record.
    pub url: Option<String>,
    /// Whether it is a feed or an export, which may hold any number of bulletins and none.
    pub collection: bool,
    /// One for each bulletin, in their order.
    pub parts: Vec<Result<Submission, Refusal>>,
    /// What its source takes back.
    pub tombstones: Vec<Tombstone>,
    /// Who says so.
    pub source: String,
}

/// One bulletin as intake understood it: all that admission needs to decide.
#[derive(Clone, Debug)]
pub struct Submission {
    pub content: Content,
    /// The canonical JSON of `content`.
    pub content_json: Box<RawValue>,
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
    /// When it was fetched or captured, where that was before it was admitted.
    pub received: Option<Timestamp>,
    pub minor: bool,
    pub attachments: Vec<Attachment>,
    /// The bulletin that the sender says this is a revision of.
    pub target: Option<BulletinId>,
    /// Whether its document has another bulletin of the same text, and tells the two apart by ids of their own.
    pub told_apart: bool,
}

/// What of a bulletin stays the same when it comes by another way: title and visible text without
/// markup, case, punctuation and white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldedText {
    pub digest: HalfDigest,
    /// Characters of the folded body.
    pub chars: u64,
}

/// Reads a document: finds its format, and makes a submission of each bulletin in it.
///
/// # Errors
/// The document as a whole is no bulletin: an unknown format, bytes that are not what they claim to be,
/// more bytes than the settings allow.
pub fn read(bytes: &[u8], arrival: &Arrival, settings: &Settings) -> Result<Document, Refusal> {
    check_size(bytes.len(), settings.bytes_max)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::new(RefusalKind::Unprocessable, "the document", "it is empty"));
    }
    let read = || {
        let format = detect(bytes, arrival)?;
        let reading = (format.parse)(bytes, arrival)?;
        settle::settle(reading, arrival, format, &settings.rules)
    };
    let slow = |_| {
        let why =
            format!("it takes longer than {} s to read (intake.timeout_seconds)", settings.timeout.as_secs());
        Err(Refusal::new(RefusalKind::Unprocessable, "the document", why))
    };
    deadline::within(settings.timeout, read).unwrap_or_else(slow)
}

/// Refuses a document of `bytes` bytes where that is too many.
pub fn check_size(bytes: usize, bytes_max: usize) -> Result<(), Refusal> {
    if bytes <= bytes_max {
        return Ok(());
    }
    let why = format!("it has {bytes} bytes, and {bytes_max} is the most (intake.bytes_max)");
    Err(Refusal::new(RefusalKind::TooLarge, "the document", why))
}

/// The format of a document: what its sender says, else what its name says, else what it looks like.
pub fn detect(bytes: &[u8], arrival: &Arrival) -> Result<&'static Format, Refusal> {
    if let Some(essence) = essence(arrival.media_type.as_deref()) {
        return among(bytes, essence, |format| format.media_types)
            .ok_or_else(|| unknown(format!("the media type {essence}")));
    }
    let name = arrival.path.as_deref().and_then(|path| path.rsplit('/').next());
    if let Some((_, extension)) =
        name.and_then(|name| name.rsplit_once('.')).filter(|(stem, _)| !stem.is_empty())
    {
        return among(bytes, extension, |format| format.extensions)
            // A page saved under its address, as `www.example.org`, has an ending that is none.
            .or_else(|| html::is_page(bytes).then_some(&html::FORMAT))
            .ok_or_else(|| unknown(format!("the file name ending .{extension}")));
    }
    Ok(FORMATS.iter().find(|format| (format.sniff)(bytes)).unwrap_or(&text::FORMAT))
}

/// A media type without its parameters, where it says anything.
fn essence(media_type: Option<&str>) -> Option<&str> {
    let essence = media_type?.split(';').next().unwrap_or_default().trim();
    Some(essence).filter(|essence| !essence.is_empty() && *essence != "application/octet-stream")
}

/// The format that a media type or ending means. Some mean several: then it is the one that the bytes look
/// like, else the one whose own name it is.
fn among(bytes: &[u8], name: &str, names: fn(&Format) -> &'static [&'static str]) -> Option<&'static Format> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    let meant: Vec<&Format> =
        FORMATS.iter().filter(|format| names(format).iter().any(|known| is(known))).collect();
    let looks = || meant.iter().find(|format| (format.sniff)(bytes));
    let own = || meant.iter().find(|format| names(format).first().is_some_and(|known| is(known)));
    match meant[..] {
        // A message that was saved as text is a message: what its header tells of its readers is not for all.
        [one] if one.name == text::FORMAT.name && (email::FORMAT.sniff)(bytes) => Some(&email::FORMAT),
        [one] => Some(one),
        _ => looks().or_else(own).or(meant.first()).copied(),
    }
}

fn unknown(what: String) -> Refusal {
    let mut names: Vec<&str> = FORMATS.iter().map(|format| format.media_types[0]).collect();
    names.dedup();
    let why = format!("no format of that name; known are {}", names.join(", "));
    Refusal::new(RefusalKind::UnknownFormat, what, why)
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
    /// Not for whoever sent it to say.
    Forbidden,
}

impl Refusal {
    pub fn new(kind: RefusalKind, what: impl Into<String>, why: impl Into<String>) -> Refusal {
        Refusal { kind, what: what.into(), why: why.into() }
    }
}
