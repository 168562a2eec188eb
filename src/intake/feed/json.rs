//! JSON Feed 1.0 and 1.1, with the extension that this archive's own feeds have.
//!
//! Owns what its members mean. A member of the wrong type is as one that is missing: feeds are written by
//! hand often enough.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use super::entry::{Entry, Markup, first_date};
use super::media::image_type;
use crate::bulletin::{Author, Enclosure, Link, normalise_url};
use crate::intake::{Arrival, Draft, Reading, Refusal, RefusalKind, Tombstone};

/// What versions are called, whatever their number.
const VERSION: &str = "jsonfeed.org/version/";

pub fn sniff(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Versioned<'j> {
        #[serde(borrow)]
        version: Cow<'j, str>,
    }
    let bytes = without_mark(bytes);
    // Most JSON never says the word, and need not be read for it.
    let mentions = || {
        std::str::from_utf8(bytes)
            .is_ok_and(|text| text.contains(VERSION) || text.contains("jsonfeed.org\\/version"))
    };
    bytes.first() == Some(&b'{')
        && mentions()
        && serde_json::from_slice::<Versioned<'_>>(bytes).is_ok_and(|feed| feed.version.contains(VERSION))
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii()
}

/// A feed; what it says of itself is read as plain JSON.
#[derive(Deserialize)]
pub struct Wire<'j> {
    #[serde(borrow)]
    items: Vec<&'j RawValue>,
    language: Option<Value>,
    author: Option<Value>,
    authors: Option<Value>,
    pub home_page_url: Option<Value>,
    pub feed_url: Option<Value>,
    pub next_url: Option<Value>,
    pub hubs: Option<Value>,
    #[serde(rename = "_annals")]
    own: Option<Value>,
}

impl<'j> Wire<'j> {
    pub fn read(bytes: &'j [u8]) -> Result<Wire<'j>, Refusal> {
        serde_json::from_slice(without_mark(bytes)).map_err(|error| {
            let kind = if error.is_data() { RefusalKind::Unprocessable } else { RefusalKind::Malformed };
            Refusal::new(kind, "the JSON Feed", error.to_string())
        })
    }

    /// A member of the extension of an archive such as this one.
    pub fn own(&self, name: &str) -> Option<&Value> {
        self.own.as_ref()?.get(name)
    }
}

pub fn parse(bytes: &[u8], _arrival: &Arrival) -> Result<Reading, Refusal> {
    let feed = Wire::read(bytes)?;
    let deleted = feed.own("deleted").and_then(Value::as_array).into_iter().flatten();
    let tombstones = deleted.filter_map(|deleted| {
        Some(Tombstone {
            id: text(deleted, "id")?,
            reason: text(deleted, "comment"),
            when: text(deleted, "when").and_then(|when| when.parse().ok()),
        })
    });
    let tombstones = tombstones.collect();
    Ok(Reading { drafts: feed.items.iter().map(|item| draft(item, &feed)).collect(), tombstones })
}

fn draft(json: &RawValue, feed: &Wire<'_>) -> Result<Draft, Refusal> {
    let item: Value = serde_json::from_str(json.get())
        .map_err(|error| Refusal::new(RefusalKind::Malformed, "the item", error.to_string()))?;
    if !item.is_object() {
        return Err(Refusal::new(RefusalKind::Unprocessable, "the item", "it is no object"));
    }
    let base = text(&item, "url")
        .or_else(|| feed.home_page_url.as_ref().and_then(plain))
        .and_then(|url| Url::parse(&url).ok());
    let own = item.get("_annals").filter(|own| own.get("digest").is_some());
    let mut entry = Entry {
        own: own.is_some(),
        precision: own.and_then(|own| text(own, "published_precision")),
        basis: own.and_then(|own| text(own, "published_basis")),
        id: text(&item, "id"),
        url: text(&item, "url"),
        title: text(&item, "title").map(Markup::Text),
        published: first_date([text(&item, "date_published")]),
        updated: first_date([text(&item, "date_modified")]),
        language: text(&item, "language").or_else(|| feed.language.as_ref().and_then(plain)),
        authors: authors(&item, feed),
        categories: array(&item, "tags").filter_map(plain).collect(),
        links: links(&item, own),
        content: text(&item, "content_html")
            .map(Markup::Html)
            .or_else(|| text(&item, "content_text").map(Markup::Text)),
        summary: text(&item, "summary").map(Markup::Text),
        base,
        ..Entry::default()
    };
    for attachment in array(&item, "attachments") {
        let Some(url) = text(attachment, "url") else { continue };
        entry.files.add(Enclosure {
            length: attachment
                .get("size_in_bytes")
                .and_then(Value::as_f64)
                .map(|bytes| bytes as u64)
                .filter(|bytes| *bytes > 0),
            title: text(attachment, "title"),
            media_type: text(attachment, "mime_type"),
            url,
        });
    }
    if let Some(url) = ["image", "banner_image"].into_iter().find_map(|name| text(&item, name)) {
        let media_type = Url::parse(&url).ok().and_then(|url| image_type(&url));
        entry.files.add(Enclosure { url, media_type, ..Enclosure::default() });
    }
    Ok(entry.draft())
}

/// A text, or a number, which some write for an id.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_string(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

pub fn text(object: &Value, name: &str) -> Option<String> {
    plain(object.get(name)?)
}

fn array<'v>(object: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    object.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Who wrote an item; the feed's authors did where it names nobody (JSON Feed 1.1 "authors").
fn authors(item: &Value, feed: &Wire<'_>) -> Vec<Author> {
    let of = |many: Option<&Value>, one: Option<&Value>| -> Vec<Author> {
        let many = many.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        many.iter().chain(one).filter_map(author).collect()
    };
    let own = of(item.get("authors"), item.get("author"));
    if own.is_empty() { of(feed.authors.as_ref(), feed.author.as_ref()) } else { own }
}

fn author(author: &Value) -> Option<Author> {
    let url = text(author, "url").filter(|url| normalise_url(url).is_some());
    Some(Author { name: text(author, "name")?, url, email: None })
}

fn links(item: &Value, own: Option<&Value>) -> Vec<Link> {
    let external = text(item, "external_url").map(|url| Link { rel: "related".into(), title: None, url });
    let own = own.into_iter().flat_map(|own| array(own, "links"));
    let own = own.filter_map(|link| {
        Some(Link { rel: text(link, "rel")?, title: text(link, "title"), url: text(link, "url")? })
    });
    external.into_iter().chain(own).collect()
}
