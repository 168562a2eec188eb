//! What was fetched, as far as whoever fetches must know: what it is, where it goes on, how often it is worth asking for.
//!
//! Owns the one place at which sources look into a document; what it says to readers is intake's to judge.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use url::Url;

use crate::egress::Fetched;
use crate::intake::feed;
use crate::intake::markup::Tree;
use crate::intake::{FORMATS, Format};

/// What is asked for. Feeds first: some servers choose by it.
pub const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, \
                            application/json;q=0.8, text/html;q=0.7, */*;q=0.5";

/// What the document is. Servers call feeds by many names, so what is plainly a feed is taken for one; and a type that
/// is not known is no reason to refuse what the bytes themselves tell.
pub fn media_type(fetched: &Fetched) -> Option<String> {
    let collection = FORMATS.iter().find(|format| format.collection && (format.sniff)(&fetched.body));
    if let Some(format) = collection {
        return Some(format.media_types[0].into());
    }
    let said = fetched.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = said.split(';').next().unwrap_or_default().trim();
    let known = |format: &&Format| format.media_types.iter().any(|known| known.eq_ignore_ascii_case(essence));
    FORMATS.iter().find(known)?;
    Some(said.into())
}

/// What a document says of itself as one of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// Older entries, as the document writes the address: `prev-archive` (RFC 5005), `next`, `next_url` (JSON Feed).
    pub older: Option<String>,
    /// How long nothing new is to be expected.
    pub ttl: Option<Duration>,
    /// Whether WordPress made it, which numbers its pages and says so nowhere.
    pub wordpress: bool,
}

/// Reads what there is to read; a document that says nothing of itself is none of several.
pub fn paging(bytes: &[u8], media_type: Option<&str>) -> Paging {
    let is = |name| media_type.is_some_and(|text| text.contains(name));
    if is("html") {
        return of_html(&Tree::parse(&String::from_utf8_lossy(bytes)));
    }
    let said = feed::paging(bytes, media_type);
    let made_by = said.generator.unwrap_or_default();
    Paging {
        older: said.prev_archive.or(said.next),
        ttl: said.ttl.max(said.update_period),
        wordpress: made_by.to_ascii_lowercase().contains("wordpress"),
    }
}

/// A page's `rel=next` leads to the older one wherever pages list what is new. What made it stands in its head.
fn of_html(tree: &Tree) -> Paging {
    let is_next = |id: &usize| {
        let rel = tree.attribute(*id, "rel").unwrap_or_default();
        rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
    };
    let next = tree.elements("link").chain(tree.elements("a")).find(is_next);
    let is_generator =
        |id: &usize| tree.attribute(*id, "name").is_some_and(|name| name.eq_ignore_ascii_case("generator"));
    let generator = tree.elements("meta").find(is_generator);
    let made_by = generator.and_then(|id| tree.attribute(id, "content")).unwrap_or_default();
    Paging {
        older: next.and_then(|id| tree.attribute(id, "href")).map(|href| href.trim().to_string()),
        ttl: None,
        wordpress: made_by.to_ascii_lowercase().contains("wordpress"),
    }
}

/// The address of the older part of what was at `url`, the `number`th from the newest, which is 1.
pub fn older(url: &Url, paging: &Paging, number: u32) -> Option<Url> {
    if let Some(older) = &paging.older {
        return url.join(older).ok();
    }
    if !paging.wordpress {
        return None;
    }
    let mut url = url.clone();
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "paged")
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair("paged", &number.to_string());
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_where_it_goes_on() {
        let url = Url::parse("https://news.example.org/feed?cat=3&paged=2").unwrap();
        let said = paging(br#"{"version": "https://jsonfeed.org/version/1.1", "items": [], "next_url": "/feed.json?page=2"}"#, None);
        assert_eq!(older(&url, &said, 2).unwrap().as_str(), "https://news.example.org/feed.json?page=2");
        assert_eq!(paging(b"<rss/>", None), Paging::default());
        assert_eq!(paging(b"{", Some("application/json")), Paging::default());
        let page = |head: &str| {
            paging(format!("<html><head>{head}</head></html>").as_bytes(), Some("text/html; charset=utf-8"))
        };
        let said = page("<link rel='stylesheet' href=a><link rel='Next nofollow' href=' /news?page=2 '>");
        assert_eq!(older(&url, &said, 2).unwrap().as_str(), "https://news.example.org/news?page=2");
        assert!(page("<meta name=Generator content='WordPress 6.4'>").wordpress && !page("").wordpress);
        let wordpress = Paging { wordpress: true, ..Paging::default() };
        assert_eq!(
            older(&url, &wordpress, 3).unwrap().as_str(),
            "https://news.example.org/feed?cat=3&paged=3"
        );
        assert_eq!(older(&url, &Paging::default(), 3), None);
    }
}
