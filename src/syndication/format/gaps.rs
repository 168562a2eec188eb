//! What `atom_syndication` 0.12 and `rss` 2.1 cannot say by themselves, said in one place.
//!
//! Both write well-formed XML from typed fields, in an order of their own that is always the same. They
//! lack:
//! - **characters**: neither drops those that XML 1.0 forbids even as references (section 2.2): [`xml`];
//! - **attributes of extension elements**: `rss` escapes them, `atom_syndication` writes them as they
//!   stand; hence one [`Element`] of ours that becomes the extension of either;
//! - **`xml:lang` on an entry**: `atom_syndication` has it on the feed, on texts and on content only,
//!   so the encoder repeats it there; `rss` has none, so `dc:language` says it;
//! - **anything of RFC 5005 and RFC 6721**, hence [`document_elements`];
//! - **Atom elements in RSS other than links**, and enclosures after the first: [`entry_links`] serves
//!   both formats, `atom:updated` is an [`Element`];
//! - **dates without `chrono`**: `atom_syndication` reads them from text, which spares a second library.
//!
//! It must never know which of the two formats it serves beyond these conversions.

use std::collections::BTreeMap;

use atom_syndication::{FixedDateTime, Link};
use jiff::tz::Offset;
use quick_xml::escape::escape;

use crate::bulletin::{Basis, Enclosure, normalise_url};
use crate::syndication::feed::{Entry, Feed, Moment};

/// Feed history (RFC 5005 section 4).
pub const HISTORY: (&str, &str) = ("fh", "http://purl.org/syndication/history/1.0");
/// Tombstones (RFC 6721 section 3).
pub const TOMBSTONES: (&str, &str) = ("at", "http://purl.org/atompub/tombstones/1.0");
/// Our own elements. They are the same at every installation, so the name is of none; a UUID URN
/// (RFC 9562) was minted for it once, because no domain is ours to promise for ever.
pub const OWN: (&str, &str) = ("annals", "urn:uuid:2cd61e74-b49c-4a13-a500-ed9497537b6f");

/// `text` as XML 1.0 can carry it: without the characters that it forbids (section 2.2), and with every
/// end of line as the reader's parser would make it anyway (section 2.11).
pub fn xml(text: &str) -> String {
    let allowed = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        _ => c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}'),
    };
    // Hardly any text has to be gone through character by character.
    let kept = if text.chars().all(allowed) {
        text.into()
    } else {
        text.chars().filter(|c| allowed(*c)).collect::<String>()
    };
    if kept.contains('\r') { kept.replace("\r\n", "\n").replace('\r', "\n") } else { kept }
}

/// An element that neither crate has a field for.
#[derive(Default)]
pub struct Element {
    /// With its prefix, which the document declares.
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: Option<String>,
    children: Vec<Element>,
}

impl Element {
    pub fn text(name: &'static str, text: &str) -> Element {
        Element { name, text: Some(xml(text)), ..Element::default() }
    }

    fn into_atom(self) -> atom_syndication::extension::Extension {
        atom_syndication::extension::Extension {
            name: self.name.into(),
            value: self.text,
            attrs: self.attributes.into_iter().map(|(k, v)| (k.into(), escape(v).into_owned())).collect(),
            children: keyed(self.children.into_iter().map(|child| (child.name, child.into_atom()))),
        }
    }

    fn into_rss(self) -> rss::extension::Extension {
        rss::extension::Extension {
            name: self.name.into(),
            value: self.text,
            attrs: self.attributes.into_iter().map(|(k, v)| (k.into(), v)).collect(),
            children: keyed(self.children.into_iter().map(|child| (child.name, child.into_rss()))),
        }
    }
}

fn keyed<E>(named: impl Iterator<Item = (&'static str, E)>) -> BTreeMap<String, Vec<E>> {
    let mut map: BTreeMap<String, Vec<E>> = BTreeMap::new();
    named.for_each(|(name, element)| map.entry(name.into()).or_default().push(element));
    map
}

/// One map for all: the crates write the maps one after another, which is where their keys end.
pub fn atom_extensions(elements: Vec<Element>) -> atom_syndication::extension::ExtensionMap {
    let named = elements.into_iter().map(|element| (element.name, element.into_atom()));
    BTreeMap::from([(String::new(), keyed(named))])
}

/// As [`atom_extensions`], for RSS.
pub fn rss_extensions(elements: Vec<Element>) -> rss::extension::ExtensionMap {
    let named = elements.into_iter().map(|element| (element.name, element.into_rss()));
    BTreeMap::from([(String::new(), keyed(named))])
}

/// Prefixes and names as the root element declares them: all, always, so that a document does not
/// change its head with what it holds.
pub fn namespaces(more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let all = [HISTORY, TOMBSTONES, OWN];
    all.iter().chain(more).map(|(prefix, name)| ((*prefix).into(), (*name).into())).collect()
}

/// `fh:archive` (RFC 5005 section 4) and the tombstones (RFC 6721 section 3) of a document. `fh:complete`
/// is never among them: it would tell readers to forget what a document does not repeat.
pub fn document_elements(feed: &Feed) -> Vec<Element> {
    let archive = feed.archive.then(|| Element::text("fh:archive", ""));
    let tombstones = feed.tombstones.iter().map(|tombstone| Element {
        name: "at:deleted-entry",
        attributes: vec![("ref", xml(&tombstone.id)), ("when", tombstone.when.to_string())],
        text: None,
        children: tombstone.comment.iter().map(|comment| Element::text("at:comment", comment)).collect(),
    });
    archive.into_iter().chain(tombstones).collect()
}

/// What Atom has no words for, as simple extension elements (RFC 4287 section 6.4.1).
pub fn entry_elements(entry: &Entry) -> Vec<Element> {
    vec![
        Element::text("annals:precision", entry.published_precision),
        Element::text("annals:basis", basis(entry.published_basis)),
        Element::text("annals:version", &entry.version.to_string()),
        Element::text("annals:digest", &entry.digest),
    ]
}

pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Stated => "stated",
        Basis::Inferred => "inferred",
        Basis::Received => "received",
    }
}

/// The links of a document (RFC 4287 section 4.2.7, RFC 5005 section 4); `this` is its media type.
pub fn document_links(feed: &Feed, this: &str) -> Vec<Link> {
    let links = &feed.links;
    let history = [
        ("current", &links.current),
        ("prev-archive", &links.prev_archive),
        ("next-archive", &links.next_archive),
    ];
    let mut all =
        vec![link("self", &links.this, Some(this)), link("alternate", &links.page, Some("text/html"))];
    all.extend(links.others.iter().map(|(media_type, url)| link("alternate", url, Some(media_type))));
    all.extend(history.iter().filter_map(|(rel, url)| Some(link(rel, url.as_deref()?, Some(this)))));
    all
}

/// The links of an entry beside its permalink and its enclosures. Only what leads into the web is passed
/// on: other schemes may act in a reader that follows them.
pub fn entry_links(entry: &Entry) -> Vec<Link> {
    let via = entry.via.iter().filter(|url| leads_into_the_web(url)).map(|url| link("via", url, None));
    let others = entry.links.iter().filter(|other| leads_into_the_web(&other.url)).map(|other| Link {
        title: other.title.as_deref().map(xml),
        ..link(relation(&other.rel), &other.url, None)
    });
    via.chain(others).collect()
}

/// The relation of a link that came with the bulletin. The entry has its own `alternate` and `self`,
/// and may have only one of each (RFC 4287 section 4.1.2).
fn relation(rel: &str) -> &str {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
    let known = !rel.is_empty() && rel.bytes().all(plain) && !matches!(rel, "alternate" | "self");
    if known { rel } else { "related" }
}

/// An enclosure as Atom links to it (RFC 4287 section 4.2.7.2).
pub fn enclosure_link(enclosure: &Enclosure) -> Link {
    Link {
        title: enclosure.title.as_deref().map(xml),
        length: enclosure.length.map(|bytes| bytes.to_string()),
        ..link("enclosure", &enclosure.url, enclosure.media_type.as_deref())
    }
}

/// The enclosures of an entry that lead into the web, as [`entry_links`] has it.
pub fn enclosures(entry: &Entry) -> impl Iterator<Item = &Enclosure> {
    entry.enclosures.iter().filter(|enclosure| leads_into_the_web(&enclosure.url))
}

pub fn leads_into_the_web(url: &str) -> bool {
    normalise_url(url).is_some()
}

fn link(rel: &str, url: &str, media_type: Option<&str>) -> Link {
    Link { rel: rel.into(), href: xml(url), mime_type: media_type.map(xml), ..Link::default() }
}

/// A date of RFC 3339, in the moment's own offset.
pub fn rfc3339(moment: Moment) -> String {
    match moment.offset {
        Offset::UTC => moment.at.to_string(),
        offset => moment.at.display_with_offset(offset).to_string(),
    }
}

/// A date as `atom_syndication` takes it.
pub fn date(moment: Moment) -> FixedDateTime {
    rfc3339(moment).parse().unwrap_or_default()
}
