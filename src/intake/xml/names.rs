//! What elements are called: one name for an element whatever prefix a document gives its namespace.
//!
//! Owns the vocabularies of feeds and the prefix under which each is known here. It must never know what an
//! element means.

/// Vocabularies by the prefix that they have here, which is also the one that a document means that
/// forgot to declare it. Elements of RSS have none. Addresses without the `/` or `#` at their end.
const VOCABULARIES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "http://purl.org/rss/1.0",
            "http://my.netscape.com/rdf/simple/0.9",
            "http://channel.netscape.com/rdf/simple/0.9",
            "http://backend.userland.com/rss",
            "http://backend.userland.com/rss2",
            "http://backend.userland.com/rss091",
            "http://blogs.law.harvard.edu/tech/rss",
            "http://cyber.law.harvard.edu/rss/rss.html",
        ],
    ),
    ("admin", &["http://webns.net/mvcb"]),
    ("annals", &["urn:uuid:2cd61e74-b49c-4a13-a500-ed9497537b6f"]),
    ("at", &["http://purl.org/atompub/tombstones/1.0"]),
    ("atom", &["http://www.w3.org/2005/atom", "https://www.w3.org/2005/atom", "http://purl.org/atom/ns"]),
    ("content", &["http://purl.org/rss/1.0/modules/content"]),
    ("dc", &["http://purl.org/dc/elements/1.1", "http://purl.org/dc/elements/1.0"]),
    ("dcterms", &["http://purl.org/dc/terms"]),
    ("excerpt", &["http://wordpress.org/export/*/excerpt"]),
    ("feedburner", &["http://rssnamespace.org/feedburner/ext/1.0"]),
    ("fh", &["http://purl.org/syndication/history/1.0"]),
    ("itunes", &["http://www.itunes.com/dtds/podcast-1.0.dtd", "http://example.com/dtds/podcast-1.0.dtd"]),
    (
        "media",
        &["http://search.yahoo.com/mrss", "https://search.yahoo.com/mrss", "http://search.yahoo.com/rss"],
    ),
    ("rdf", &["http://www.w3.org/1999/02/22-rdf-syntax-ns"]),
    ("sy", &["http://purl.org/rss/1.0/modules/syndication"]),
    ("wp", &["http://wordpress.org/export/*"]),
    ("xhtml", &["http://www.w3.org/1999/xhtml"]),
];

/// The prefix of what is no vocabulary of feeds: its elements are never mistaken for others.
pub const FOREIGN: &str = "?";

/// The prefix here of the vocabulary that a document names by `address`.
pub fn by_address(address: &str) -> &'static str {
    let address = address.trim().trim_end_matches(['/', '#']).to_ascii_lowercase();
    let is = |known: &str| match known.split_once('*') {
        // WordPress writes its version in the middle.
        Some((before, after)) => address
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')),
        None => address == *known,
    };
    VOCABULARIES
        .iter()
        .find(|(_, known)| known.iter().any(|known| is(known)))
        .map_or(FOREIGN, |(prefix, _)| *prefix)
}

/// The prefix here of a prefix that is not declared.
pub fn by_habit(prefix: &str) -> &'static str {
    VOCABULARIES.iter().find(|(known, _)| *known == prefix).map_or(FOREIGN, |(prefix, _)| *prefix)
}

/// Elements that hold text and nothing else: where the next field begins, the end tag was forgotten.
#[rustfmt::skip]
pub fn holds_text_only(name: &str) -> bool {
    matches!(name,
        "title" | "link" | "guid" | "pubdate" | "author" | "category" | "comments" | "enclosure" | "source"
        | "language" | "atom:id" | "atom:link" | "atom:title" | "atom:updated" | "atom:published"
        | "atom:category" | "atom:modified" | "atom:issued" | "dc:creator" | "dc:date" | "dc:subject"
        | "dc:title" | "dc:language")
}

/// Elements whose beginning says that a field before them has ended.
#[rustfmt::skip]
pub fn begins_field(name: &str) -> bool {
    holds_text_only(name)
        || matches!(name,
            "description" | "content:encoded" | "image" | "textinput" | "atom:content" | "atom:summary"
            | "atom:author" | "excerpt:encoded" | "wp:post_id" | "media:content" | "media:group"
            | "itunes:author" | "itunes:summary")
        || bounds(name)
}

/// Elements that no end tag of something within them can close.
pub fn bounds(name: &str) -> bool {
    is_entry(name) || matches!(name, "channel" | "atom:feed" | "rss" | "rdf:rdf")
}

pub fn is_entry(name: &str) -> bool {
    matches!(name, "item" | "atom:entry")
}

/// The name without its prefix.
pub fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Whether an element may be one of HTML that stands in a feed as it is.
pub fn may_be_html(name: &str) -> bool {
    !name.contains(':') || name.starts_with("xhtml:") || name.starts_with("atom:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vocabulary_is_known_by_its_address_and_without_one_by_habit() {
        for (address, prefix) in [
            ("http://www.w3.org/2005/Atom", "atom"),
            ("http://purl.org/atom/ns#", "atom"),
            ("http://purl.org/rss/1.0/", ""),
            ("http://wordpress.org/export/1.2/", "wp"),
            ("http://wordpress.org/export/1.2/excerpt/", "excerpt"),
            ("http://estuary.example.org/ns", FOREIGN),
        ] {
            assert_eq!(by_address(address), prefix, "{address}");
        }
        assert_eq!((by_habit("dc"), by_habit("x")), ("dc", FOREIGN));
    }
}
