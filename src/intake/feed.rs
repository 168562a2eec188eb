//! Feeds: RSS 0.9 to 2.0 and 1.0 (RDF), Atom 0.3 and 1.0, and JSON Feed.
//!
//! Owns what their elements mean and what feed software adds to an entry that is no part of it. It must
//! never fetch anything: what leads to the rest of a feed is told by [`paging`].

mod atom;
mod body;
mod entry;
mod json;
mod media;
mod moment;
mod paging;
mod rss;
mod tails;

pub(super) use body::Context;
pub(super) use body::html as trimmed;
pub(super) use entry::is_no_category;
pub(super) use media::{FILES_MAX, Files, image_type};
pub(super) use moment::moment;
pub use paging::{Paging, paging};

use super::xml::{self, Document, Element, first_tag};
use super::{Arrival, Format, Reading, Refusal, RefusalKind};

pub const RSS: Format = Format {
    name: "rss",
    media_types: &[
        "application/rss+xml",
        "application/rdf+xml",
        "application/atom+xml",
        "application/xml",
        "text/xml",
        // As many servers send them.
        "text/html",
        "text/plain",
    ],
    extensions: &["rss", "rdf", "atom", "xml"],
    sniff: |bytes| first_tag(bytes).is_some_and(|(name, _)| is_rss(&name)),
    collection: true,
    parse,
};

pub const ATOM: Format = Format {
    name: "atom",
    media_types: &[
        "application/atom+xml",
        "application/rss+xml",
        "application/xml",
        "text/xml",
        "text/html",
        "text/plain",
    ],
    extensions: &["atom", "rss", "xml"],
    sniff: |bytes| first_tag(bytes).is_some_and(|(name, attributes)| is_atom(&name, &attributes)),
    collection: true,
    parse,
};

pub const JSON: Format = Format {
    name: "json-feed",
    media_types: &["application/feed+json", "application/json", "text/plain"],
    extensions: &["json"],
    sniff: json::sniff,
    collection: true,
    parse: json::parse,
};

fn is_rss(name: &str) -> bool {
    matches!(name.rsplit(':').next(), Some("rss" | "rdf" | "channel"))
}

/// Other documents are called feed as well; theirs is another vocabulary.
fn is_atom(name: &str, attributes: &str) -> bool {
    let declared = attributes.to_ascii_lowercase();
    matches!(name.rsplit(':').next(), Some("feed" | "entry"))
        && (!declared.contains("xmlns=") || declared.contains("/atom"))
}

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Reading, Refusal> {
    let text = xml::decode(bytes, arrival.media_type.as_deref());
    let document = Document::parse(&text)?;
    let mut reading = match document.root() {
        Some(root) if matches!(root.name(), "atom:feed" | "atom:entry") => atom::read(root),
        Some(root) if matches!(root.name(), "rss" | "rdf:rdf" | "channel") => rss::read(root)?,
        root => return Err(no_feed(root)),
    };
    // An entry that is cut off has been refused where it stands.
    if document.is_cut() && !reading.drafts.iter().any(|draft| draft.as_ref().is_err_and(is_cut_off)) {
        reading.drafts.push(Err(cut_off("the end of the feed".into())));
    }
    Ok(reading)
}

pub(super) fn no_feed(root: Option<Element<'_>>) -> Refusal {
    let what =
        root.map_or("it has no element".into(), |root| format!("its first element is `{}`", root.name()));
    let why = format!("{what}, which is no feed and no export; known are rss, rdf:RDF, feed and entry");
    Refusal::new(RefusalKind::Unprocessable, "the XML", why)
}

const CUT_OFF: &str = "it was cut off on its way; send the whole document";

/// An entry of which nobody knows how it goes on.
pub(super) fn cut_off(what: String) -> Refusal {
    Refusal::new(RefusalKind::Malformed, what, CUT_OFF)
}

fn is_cut_off(refusal: &Refusal) -> bool {
    refusal.why == CUT_OFF
}
