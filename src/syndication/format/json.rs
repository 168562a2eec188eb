//! JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).
//!
//! Owns the names of its members and the extension `_annals`, which holds what the format has no words
//! for. Members stand in the order of these structs, and nothing is kept in a map.

use serde::Serialize;

use super::{Format, UNKNOWN_MEDIA_TYPE, gaps};
use crate::bulletin;
use crate::syndication::feed::{Entry, Feed};

pub const FORMAT: Format =
    Format { name: "JSON Feed 1.1", extension: "json", media_type: "application/feed+json", encode };

/// "Top-level", with `next_url` leading to the next older archive document: to JSON Feed, history is
/// what comes on the next page.
#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    authors: [Author<'a>; 1],
    language: &'a str,
    _annals: DocumentExtension<'a>,
    items: Vec<Item<'a>>,
}

/// What Atom says of a feed and JSON Feed does not.
#[derive(Serialize)]
struct DocumentExtension<'a> {
    id: &'a str,
    updated: String,
    /// RFC 5005 section 4.
    archive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_archive: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternates: Vec<Alternate<'a>>,
    /// RFC 6721 section 3.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deleted: Vec<Deleted<'a>>,
}

/// The same document in another format.
#[derive(Serialize)]
struct Alternate<'a> {
    r#type: &'a str,
    url: &'a str,
}

/// A tombstone.
#[derive(Serialize)]
struct Deleted<'a> {
    id: &'a str,
    when: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
}

/// "Items". The original address is a link of the extension and not `external_url`, which readers open
/// in place of the permalink.
#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    content_html: &'a str,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
    _annals: ItemExtension<'a>,
}

/// What the XML formats say in elements of their own and of Atom.
#[derive(Serialize)]
struct ItemExtension<'a> {
    published_precision: &'static str,
    published_basis: &'static str,
    version: u32,
    digest: &'a str,
    /// With the terms that the labels in `tags` lack.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    categories: &'a [bulletin::Category],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
}

/// A link other than the permalink (RFC 8288).
#[derive(Serialize)]
struct Link {
    rel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    url: String,
}

/// "Authors": an address of the web only, since the format has no member for that of a mailbox.
#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

/// "Attachments".
#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

/// The document as [`Document`] has it, written over several lines: people read it in their browsers, and
/// compression takes the indentation away again.
fn encode(feed: &Feed) -> Vec<u8> {
    let links = &feed.links;
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: &links.page,
        feed_url: &links.this,
        description: feed.subtitle.as_deref(),
        next_url: links.prev_archive.as_deref(),
        authors: [author(&feed.author)],
        language: &feed.language,
        _annals: DocumentExtension {
            id: &feed.id,
            updated: feed.updated.to_string(),
            archive: feed.archive,
            current: links.current.as_deref(),
            next_archive: links.next_archive.as_deref(),
            alternates: links.others.iter().map(|(r#type, url)| Alternate { r#type, url }).collect(),
            deleted: feed
                .tombstones
                .iter()
                .map(|it| Deleted { id: &it.id, when: it.when.to_string(), comment: it.comment.as_deref() })
                .collect(),
        },
        items: feed.entries.iter().map(item).collect(),
    };
    let mut bytes =
        serde_json::to_vec_pretty(&document).expect("strings, numbers and vectors of them always serialise");
    bytes.push(b'\n');
    bytes
}

fn item(entry: &Entry) -> Item<'_> {
    let links = gaps::entry_links(entry).into_iter();
    Item {
        id: &entry.id,
        url: &entry.permalink,
        title: &entry.title,
        summary: entry.summary.as_deref(),
        content_html: &entry.content,
        date_published: gaps::rfc3339(entry.published),
        date_modified: entry.updated.to_string(),
        authors: entry.authors.iter().map(author).collect(),
        tags: entry.categories.iter().map(|category| category.label.as_str()).collect(),
        language: entry.language.as_deref(),
        attachments: gaps::enclosures(entry)
            .map(|enclosure| Attachment {
                url: &enclosure.url,
                mime_type: enclosure.media_type.as_deref().unwrap_or(UNKNOWN_MEDIA_TYPE),
                title: enclosure.title.as_deref(),
                size_in_bytes: enclosure.length,
            })
            .collect(),
        _annals: ItemExtension {
            published_precision: entry.published_precision,
            published_basis: gaps::basis(entry.published_basis),
            version: entry.version,
            digest: &entry.digest,
            categories: &entry.categories,
            links: links.map(|link| Link { rel: link.rel, title: link.title, url: link.href }).collect(),
        },
    }
}

fn author(author: &bulletin::Author) -> Author<'_> {
    let url = author.url.as_deref().filter(|url| gaps::leads_into_the_web(url));
    Author { name: &author.name, url }
}
