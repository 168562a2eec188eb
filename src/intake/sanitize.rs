//! The one gate through which markup from outside passes.
//!
//! Owns the list of what may pass, the addresses that links and images may have, and the one spelling in
//! which a fragment is kept, so that a page fetched twice with other white space has the same digest. It
//! must never know where the markup came from or what is boilerplate in it.
//!
//! Two steps: `ammonia` decides on a tree built as browsers build it; [`tidy`] then writes what is left in
//! one spelling. Tidying never opens a tag that the first step did not let through.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use url::Url;

use super::markup::{self, NodeId, Tree, is_void};
pub use crate::bulletin::visible_text;
use crate::intake::deadline;

mod tidy;

#[cfg(test)]
mod tests;

/// Elements that may pass. Those of [`becomes`] pass for their effect on the text and leave as `div`.
#[rustfmt::skip]
const ELEMENTS: [&str; 66] = [
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "ol", "p", "pre", "q", "s", "samp", "section",
    "small", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time",
    "tr", "u", "ul",
];

/// Elements that go with all that is in them: what they hold is not for reading.
#[rustfmt::skip]
const CONTENT_TOO: [&str; 16] = [
    "audio", "button", "canvas", "datalist", "embed", "iframe", "math", "noscript", "object", "script",
    "select", "style", "svg", "template", "textarea", "title",
];

/// What may stand on an element, besides `lang` and `dir` on any.
const ATTRIBUTES: [(&str, &[&str]); 14] = [
    ("a", &["href", "hreflang"]),
    ("abbr", &["title"]),
    ("blockquote", &["cite"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("del", &["cite", "datetime"]),
    ("img", &["src", "alt", "title", "width", "height"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("ol", &["start", "reversed", "type"]),
    ("q", &["cite"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("time", &["datetime"]),
];

const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Some markup changes its shape each time it is read back. Where it has not settled after so many
/// readings, its text is kept without it.
const ROUNDS_MAX: usize = 4;

static GATE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes: HashMap<&str, HashSet<&str>> =
        ATTRIBUTES.iter().map(|(element, names)| (*element, names.iter().copied().collect())).collect();
    let mut gate = Builder::empty();
    gate.tags(HashSet::from(ELEMENTS))
        .clean_content_tags(HashSet::from(CONTENT_TOO))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["lang", "dir"]))
        // The second step tells the names of pictures that came along (RFC 6920) from other addresses.
        .url_schemes(SCHEMES.into_iter().chain(["ni"]).collect())
        .strip_comments(true)
        // No `target` passes, so no page that a link opens can reach back.
        .link_rel(None);
    gate
});

/// `html` with nothing in it that acts, tracks or disguises; applying it again changes nothing.
pub fn sanitize(html: &str) -> String {
    sanitize_with_base(html, None)
}

/// As [`sanitize`], with relative addresses resolved against `base`. Without a base they are dropped: on
/// the pages of an archive they would point into the archive.
pub fn sanitize_with_base(html: &str, base: Option<&Url>) -> String {
    // A mark of byte order at the beginning is dropped by each reading, one at a time.
    let html = passed(html, base);
    if html.starts_with(BYTE_ORDER_MARK) { html.trim_start_matches(BYTE_ORDER_MARK).into() } else { html }
}

const BYTE_ORDER_MARK: char = '\u{feff}';

fn passed(html: &str, base: Option<&Url>) -> String {
    let mut current = flatten(html.trim_start_matches(BYTE_ORDER_MARK));
    let mut flat = matches!(current, Cow::Owned(_));
    for _ in 0..ROUNDS_MAX {
        let mut passed = gate(&current);
        if std::mem::take(&mut flat) {
            passed = escaped(passed);
        }
        let tidied = tidy::tidy(passed.trim_start_matches(BYTE_ORDER_MARK), base);
        if tidied.settled || tidied.html == *current {
            return tidied.html;
        }
        current = Cow::Owned(tidied.html);
    }
    let text = visible_text(&current);
    let mut html = String::with_capacity(text.len() + 64);
    for line in text.lines() {
        html.push_str("<p>");
        escape(line, false, &mut html);
        html.push_str("</p>");
    }
    html
}

/// What of `html` may pass.
fn gate(html: &str) -> String {
    let mut passed = Vec::with_capacity(html.len() + html.len() / 8);
    GATE.clean(html).write_to(&mut passed).expect("writing to a vector cannot fail");
    String::from_utf8(passed).expect("what is serialised is text")
}

/// `html` no deeper than a tree builder that searches its stack of open elements can take. Ordinary markup
/// has too few tags to be deep and is not looked at.
fn flatten(html: &str) -> Cow<'_, str> {
    let count = |wanted: u8| html.bytes().filter(|byte| *byte == wanted).count();
    let tags = || html.as_bytes().windows(2).filter(|two| two[0] == b'<' && two[1].is_ascii_alphabetic());
    // The cheaper count first, which is enough for most.
    let shallow = count(b'<') < markup::DEPTH_MAX || tags().count() < markup::DEPTH_MAX;
    if shallow && count(b'&') < ESCAPES_MAX {
        return Cow::Borrowed(html);
    }
    let tree = Tree::parse(html);
    let mut flat = String::with_capacity(html.len());
    write_tree(&tree, &mut flat);
    Cow::Owned(flat)
}

/// More escaped characters than this are looked at: the gate's writer searches, at each, the rest of its text.
const ESCAPES_MAX: usize = 5_000;

/// What stands for the characters that HTML escapes while a text passes the gate, which is slow at each escape: they
/// are no characters (Unicode 17, section 23.7), so that none is lost where a text has them.
const STAND_INS: [(char, &str); 3] = [('\u{fdd0}', "&amp;"), ('\u{fdd1}', "&lt;"), ('\u{fdd2}', "&gt;")];

/// Adds a text as it is given to the gate.
fn write_text(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, found) in text.match_indices(['&', '<', '>', '\u{fdd0}', '\u{fdd1}', '\u{fdd2}']) {
        out.push_str(&text[from..at]);
        out.extend(match found {
            "&" => Some(STAND_INS[0].0),
            "<" => Some(STAND_INS[1].0),
            ">" => Some(STAND_INS[2].0),
            _ => None,
        });
        from = at + found.len();
    }
    out.push_str(&text[from..]);
}

/// What passed the gate, with the characters escaped that something stands for.
fn escaped(passed: String) -> String {
    let stands = |c: char| STAND_INS.iter().find(|(known, _)| *known == c);
    let mut out = String::with_capacity(passed.len() * 2);
    let mut from = 0;
    for (at, found) in passed.match_indices(STAND_INS.map(|(known, _)| known)) {
        out.push_str(&passed[from..at]);
        out.push_str(found.chars().next().and_then(stands).map_or("", |(_, escaped)| *escaped));
        from = at + found.len();
    }
    out + &passed[from..]
}

/// The longest text that the gate is given in one piece, in bytes; an empty comment, which does not pass,
/// parts two.
const TEXT_BYTES_MAX: usize = 4_096;

/// What of `tree` may pass, as HTML; iterative, since this is what bounds the depth.
fn write_tree(tree: &Tree, out: &mut String) {
    let mut open: Vec<NodeId> = Vec::new();
    let (mut id, mut text_bytes) = (1, 0);
    while id < tree.len() {
        deadline::step();
        while let Some(last) = open.pop_if(|last| id >= tree.end(*last)) {
            close(tree.name(last), out);
        }
        let name = tree.name(id);
        if CONTENT_TOO.contains(&name) {
            id = tree.end(id);
            continue;
        }
        if let Some(text) = tree.text(id) {
            let mut rest = text;
            while !rest.is_empty() {
                let (part, after) = rest.split_at(rest.floor_char_boundary(TEXT_BYTES_MAX));
                write_text(part, out);
                text_bytes += part.len();
                if text_bytes >= TEXT_BYTES_MAX {
                    out.push_str("<!---->");
                    text_bytes = 0;
                }
                rest = after;
            }
        } else if ELEMENTS.binary_search(&name).is_ok() {
            out.push('<');
            out.push_str(name);
            for (name, value) in tree.attributes(id).filter(|(name, _)| is_plain(name)) {
                write_attribute(name, value, out);
            }
            out.push('>');
            if !is_void(name) {
                open.push(id);
            }
        }
        id += 1;
    }
    while let Some(last) = open.pop() {
        close(tree.name(last), out);
    }
}

/// Whether an attribute name can be written without being read back as something else.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn close(name: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// ` name="value"`.
pub fn write_attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, true, out);
    out.push('"');
}

/// `text` as HTML text, or as the value of an attribute in double quotes.
pub fn escape(text: &str, in_attribute: bool, out: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' if in_attribute => "&quot;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(escaped);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}
