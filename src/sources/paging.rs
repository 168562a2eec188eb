//! Where a document says that it goes on, and how often it is worth asking for.
//!
//! Owns the one place at which sources look into what they fetched.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

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
    let json =
        media_type.is_some_and(|text| text.contains("json")) || bytes.trim_ascii_start().starts_with(b"{");
    if json { of_json(bytes) } else { Paging::default() }
}

fn of_json(bytes: &[u8]) -> Paging {
    #[derive(Deserialize)]
    struct Page {
        next_url: Option<String>,
    }
    let older = serde_json::from_slice::<Page>(bytes).ok().and_then(|page| page.next_url);
    Paging { older, ..Paging::default() }
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
        let said = paging(br#"{"items": [], "next_url": "/feed.json?page=2"}"#, None);
        assert_eq!(older(&url, &said, 2).unwrap().as_str(), "https://news.example.org/feed.json?page=2");
        assert_eq!(paging(b"<rss/>", None), Paging::default());
        assert_eq!(paging(b"{", Some("application/json")), Paging::default());
        let wordpress = Paging { wordpress: true, ..Paging::default() };
        assert_eq!(
            older(&url, &wordpress, 3).unwrap().as_str(),
            "https://news.example.org/feed?cat=3&paged=3"
        );
        assert_eq!(older(&url, &Paging::default(), 3), None);
    }
}
