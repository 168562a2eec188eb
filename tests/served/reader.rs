//! A feed reader that knows feed history (RFC 5005) and tombstones (RFC 6721), and no more of Annals than
//! what its documents say.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use serde_json::Value;

use super::Ask;

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// What a document says, whatever its format.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Entry ids with content digest and `updated`, in the document's order.
    pub entries: Vec<(String, Held)>,
    pub deleted: Vec<String>,
    pub updated: String,
    pub prev_archive: Option<String>,
}

/// What a reader keeps of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub digest: String,
    pub updated: String,
    pub title: String,
}

impl Read {
    pub fn ids(&self) -> Vec<&str> {
        self.entries.iter().map(|(id, _)| id.as_str()).collect()
    }
}

/// Reads one document; its address tells its format.
pub fn document(ask: &impl Ask, url: &str) -> Read {
    let reply = ask.read(url);
    match url.rsplit_once('.').unwrap().1 {
        "json" => json(&reply.json()),
        _ => xml(reply.text()),
    }
}

/// Follows a feed from its subscription document to its oldest: what stands at the end, by entry id. What a
/// newer document says of an entry counts.
pub fn follow(ask: &impl Ask, subscription: &str) -> BTreeMap<String, Held> {
    let mut said: BTreeMap<String, Option<Held>> = BTreeMap::new();
    let mut next = Some(subscription.to_string());
    while let Some(url) = next {
        let read = document(ask, &url);
        let entries = read.entries.into_iter().map(|(id, held)| (id, Some(held)));
        for (id, held) in entries.chain(read.deleted.into_iter().map(|id| (id, None))) {
            said.entry(id).or_insert(held);
        }
        assert_ne!(read.prev_archive.as_ref(), Some(&url), "it leads to itself");
        next = read.prev_archive;
    }
    said.into_iter().filter_map(|(id, held)| Some((id, held?))).collect()
}

fn json(feed: &Value) -> Read {
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let entry = |item: &Value| {
        let held = Held {
            digest: text(&item["_annals"]["digest"]),
            updated: text(&item["date_modified"]),
            title: text(&item["title"]),
        };
        (text(&item["id"]), held)
    };
    Read {
        entries: list(&feed["items"]).iter().map(entry).collect(),
        deleted: list(&feed["_annals"]["deleted"]).iter().map(|deleted| text(&deleted["id"])).collect(),
        updated: text(&feed["_annals"]["updated"]),
        prev_archive: feed["next_url"].as_str().map(String::from),
    }
}

fn xml(text: &str) -> Read {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let atom = document.root_element().has_tag_name((ATOM, "feed"));
    let root = document.root_element();
    let channel = if atom { root } else { child(root, "channel").unwrap() };
    let entry = |node: Node| {
        let field = |name| child(node, name).and_then(|it| it.text()).unwrap_or_default().to_string();
        let held = Held { digest: field("digest"), updated: field("updated"), title: field("title") };
        (field(if atom { "id" } else { "guid" }), held)
    };
    let named = |name: &'static str| channel.children().filter(move |it| it.tag_name().name() == name);
    let prev_archive = channel
        .children()
        .find(|it| it.has_tag_name((ATOM, "link")) && it.attribute("rel") == Some("prev-archive"));
    Read {
        entries: named(if atom { "entry" } else { "item" }).map(entry).collect(),
        deleted: named("deleted-entry").map(|it| it.attribute("ref").unwrap().to_string()).collect(),
        updated: child(channel, if atom { "updated" } else { "lastBuildDate" })
            .and_then(|it| it.text())
            .unwrap_or_default()
            .to_string(),
        prev_archive: prev_archive.map(|it| it.attribute("href").unwrap().to_string()),
    }
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|it| it.tag_name().name() == name)
}
