//! What a feed says to whoever fetches it: where its past is, how often to come, who else will call.
//!
//! Owns the reading of it, from any feed document and as it stands there: addresses may be relative to where
//! the document was fetched from.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::{atom, json, rss};
use crate::intake::xml::{self, Document, Element};

/// What a feed document says of itself as one of several and as one to be fetched again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// Its own address (`self`).
    pub this: Option<String>,
    /// The page of the site that it is about.
    pub page: Option<String>,
    /// The next page of a paged feed (RFC 5005 section 3, JSON Feed `next_url`), which is the older one.
    pub next: Option<String>,
    /// The archive document before this one (RFC 5005 section 4).
    pub prev_archive: Option<String>,
    /// The subscription document, where this is an archive document.
    pub current: Option<String>,
    /// It is sealed: what it holds will not change (RFC 5005 section 4).
    pub archive: bool,
    /// It holds all that there is: what it does not hold is no more (RFC 5005 section 2).
    pub complete: bool,
    /// The software that made it, with its address.
    pub generator: Option<String>,
    /// How long it may be kept before it is fetched again (RSS 2.0 `ttl`).
    pub ttl: Option<Duration>,
    /// How often it changes (RSS 1.0 `sy:updatePeriod` and `sy:updateFrequency`).
    pub update_period: Option<Duration>,
    /// Who tells subscribers of changes (WebSub).
    pub hub: Option<String>,
}

/// What the feed in `bytes` says of itself; nothing where it is none.
pub fn paging(bytes: &[u8], media_type: Option<&str>) -> Paging {
    if json::sniff(bytes) || media_type.is_some_and(|it| it.contains("feed+json")) {
        return json::Wire::read(bytes).map(|feed| of_json(&feed)).unwrap_or_default();
    }
    let text = xml::decode(bytes, media_type);
    let document = Document::parse(&text).ok();
    document.as_ref().and_then(Document::root).map(of_xml).unwrap_or_default()
}

fn of_xml(root: Element<'_>) -> Paging {
    let feed = if root.name() == "atom:feed" { root } else { rss::channel(root) };
    let base = feed.base(root.base(None).as_ref());
    let link =
        |rel: &str| linked(feed, rel).or_else(|| linked(root, rel)).map(|href| resolve(href, base.as_ref()));
    let flag = |name| root.find(name).next().is_some();
    let generator = feed.child("atom:generator").or_else(|| feed.child("generator")).map(|generator| {
        let uri = generator.attribute("uri").or(generator.attribute("url")).unwrap_or_default();
        format!("{} {uri}", generator.text().trim()).trim().to_string()
    });
    // RSS 1.0 names it in an attribute.
    let agent = || feed.find("admin:generatoragent").next()?.attribute("rdf:resource").map(String::from);
    let minutes = |text: String| text.parse::<u64>().ok().filter(|minutes| *minutes > 0);
    Paging {
        this: link("self"),
        page: if feed.name() == "atom:feed" { atom::address(feed, None) } else { feed.line_of("link") },
        next: link("next"),
        prev_archive: link("prev-archive"),
        current: link("current"),
        archive: flag("fh:archive"),
        complete: flag("fh:complete"),
        generator: generator.filter(|generator| !generator.is_empty()).or_else(agent),
        ttl: feed
            .line_of("ttl")
            .and_then(minutes)
            .map(|minutes| Duration::from_secs(minutes.min(MINUTES_MAX) * 60)),
        update_period: update_period(feed),
        hub: link("hub"),
    }
}

/// A year in minutes: whoever says more means never.
const MINUTES_MAX: u64 = 366 * 24 * 60;

fn linked<'d>(feed: Element<'d>, rel: &str) -> Option<&'d str> {
    let is = |said: &str| said.split_whitespace().any(|said| said.eq_ignore_ascii_case(rel));
    let link = feed.all("atom:link").find(|link| link.attribute("rel").is_some_and(is))?;
    link.attribute("href")
}

fn resolve(href: &str, base: Option<&Url>) -> String {
    base.and_then(|base| base.join(href).ok()).map_or_else(|| href.to_string(), String::from)
}

fn update_period(feed: Element<'_>) -> Option<Duration> {
    const HOUR: u64 = 3_600;
    let period = match feed.line_of("sy:updateperiod")?.to_ascii_lowercase().as_str() {
        "hourly" => HOUR,
        "daily" => 24 * HOUR,
        "weekly" => 7 * 24 * HOUR,
        "monthly" => 30 * 24 * HOUR,
        "yearly" => 365 * 24 * HOUR,
        _ => return None,
    };
    let times = feed.line_of("sy:updatefrequency").and_then(|times| times.parse().ok()).unwrap_or(1);
    Some(Duration::from_secs(period / u64::max(times, 1)))
}

fn of_json(feed: &json::Wire<'_>) -> Paging {
    let plain = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(String::from);
    let own = |name| feed.own(name).and_then(Value::as_str).map(String::from);
    let hubs = feed.hubs.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Paging {
        this: plain(&feed.feed_url),
        page: plain(&feed.home_page_url),
        next: plain(&feed.next_url),
        current: own("current"),
        archive: feed.own("archive").and_then(Value::as_bool).unwrap_or(false),
        hub: hubs.iter().find_map(|hub| json::text(hub, "url")),
        ..Paging::default()
    }
}
