//! RSS 2.0, with the namespaces that readers know: `content`, `dc`, `atom`, and Atom's for history
//! (RFC 5005) and tombstones (RFC 6721).
//!
//! Owns the choices that RSS leaves open; what the writer cannot say is in [`super::gaps`].

use jiff::Zoned;
use jiff::fmt::rfc2822;
use jiff::tz::{Offset, TimeZone};
use quick_xml::escape::partial_escape;
use rss::extension::atom::{AtomExtension, NAMESPACE as ATOM};
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Category, Channel, Guid, Item};

use super::gaps::Element;
use super::{Format, GENERATOR, UNKNOWN_MEDIA_TYPE, gaps};
use crate::bulletin::excerpt;
use crate::syndication::feed::{Entry, Feed, Moment};

pub const FORMAT: Format =
    Format { name: "RSS 2.0", extension: "rss", media_type: "application/rss+xml", encode };

/// The channel (RSS 2.0 "Required channel elements"), with `atom:link rel="self"` as the RSS Advisory
/// Board's profile recommends it.
fn encode(feed: &Feed) -> Vec<u8> {
    let channel = Channel {
        title: gaps::xml(&feed.title),
        link: gaps::xml(&feed.links.page),
        description: channel_description(feed),
        language: Some(gaps::xml(&feed.language)),
        last_build_date: rfc822(Moment { at: feed.updated, offset: Offset::UTC }),
        generator: Some(GENERATOR.into()),
        docs: Some("https://www.rssboard.org/rss-specification".into()),
        atom_ext: Some(AtomExtension { links: gaps::document_links(feed, FORMAT.media_type) }),
        dublin_core_ext: Some(creators([feed.author.name.as_str()], None)),
        extensions: gaps::rss_extensions(
            std::iter::once(Element::text("atom:id", &feed.id))
                .chain(gaps::document_elements(feed))
                .collect(),
        ),
        namespaces: gaps::namespaces(&[("atom", ATOM)]),
        items: feed.entries.iter().map(|entry| item(entry, &feed.category_scheme)).collect(),
        ..Channel::default()
    };
    let mut bytes =
        channel.pretty_write_to(Vec::new(), b' ', 1).expect("memory takes all that is written to it");
    bytes.push(b'\n');
    bytes
}

/// An item (RSS 2.0 "Elements of <item>").
///
/// Its id is the entry id and no address, so the guid is no permalink. RSS has one date, when the item
/// was published; when it changed is `atom:updated`, which readers of RSS look for as well. Authors are
/// `dc:creator`, since `author` would have to be an email address. The first enclosure is RSS's own and
/// further ones, of which it has none, are Atom links.
fn item(entry: &Entry, scheme: &str) -> Item {
    let updated = Element::text("atom:updated", &entry.updated.to_string());
    let mut enclosures = gaps::enclosures(entry);
    let first = enclosures.next().map(|enclosure| rss::Enclosure {
        url: gaps::xml(&enclosure.url),
        // Required, in bytes; the profile has 0 where it is not known.
        length: enclosure.length.unwrap_or(0).to_string(),
        mime_type: gaps::xml(enclosure.media_type.as_deref().unwrap_or(UNKNOWN_MEDIA_TYPE)),
    });
    let links = gaps::entry_links(entry).into_iter().chain(enclosures.map(gaps::enclosure_link)).collect();
    Item {
        title: Some(gaps::xml(&entry.title)),
        link: Some(gaps::xml(&entry.permalink)),
        description: description(entry),
        content: Some(gaps::xml(&entry.content)),
        categories: entry
            .categories
            .iter()
            .map(|category| Category { name: gaps::xml(&category.label), domain: Some(gaps::xml(scheme)) })
            .collect(),
        enclosure: first,
        guid: Some(Guid { value: gaps::xml(&entry.id), permalink: false }),
        pub_date: rfc822(entry.published),
        extensions: gaps::rss_extensions(
            std::iter::once(updated).chain(gaps::entry_elements(entry)).collect(),
        ),
        atom_ext: Some(AtomExtension { links }),
        dublin_core_ext: Some(creators(
            entry.authors.iter().map(|author| author.name.as_str()),
            entry.language.as_deref(),
        )),
        ..Item::default()
    }
}

/// What a reader shows in its list: the summary, or else how the content begins.
///
/// Readers that know `content:encoded` show it as the item and the description as its excerpt; to those
/// that do not, the description is all there is, so it is never left out where there is anything to
/// say. It is read as HTML, so plain text is escaped once more than XML demands.
fn description(entry: &Entry) -> Option<String> {
    let text = match &entry.summary {
        Some(summary) => summary.clone(),
        None => excerpt(&entry.content),
    };
    (!text.is_empty()).then(|| partial_escape(gaps::xml(&text)).into_owned())
}

/// What the channel shows. Some readers take it for HTML, and the name of a category may hold anything: what would be
/// a tag to these is escaped once more, and nothing else is, for the sake of the others.
fn channel_description(feed: &Feed) -> String {
    let text = gaps::xml(feed.subtitle.as_deref().unwrap_or(&feed.title));
    if text.contains('<') { partial_escape(text).into_owned() } else { text }
}

fn creators<'a>(names: impl IntoIterator<Item = &'a str>, language: Option<&str>) -> DublinCoreExtension {
    DublinCoreExtension {
        creators: names.into_iter().map(gaps::xml).collect(),
        languages: language.into_iter().map(gaps::xml).collect(),
        ..DublinCoreExtension::default()
    }
}

/// A date of RFC 822 with four digits of the year, as RSS 2.0 prefers. `None` for a year that RFC 822
/// cannot write.
fn rfc822(moment: Moment) -> Option<String> {
    let zoned = Zoned::new(moment.at, TimeZone::fixed(moment.offset));
    rfc2822::to_string(&zoned).ok()
}
