//! One spelling for a fragment that has passed the gate.
//!
//! Owns white space, empty elements and addresses. It must never let an element or attribute through that
//! the gate did not; what it cannot vouch for it reports as unsettled.

use std::borrow::Cow;

use url::Url;

use super::{ELEMENTS, SCHEMES, close, escape, write_attribute};
use crate::bulletin::scan::{Piece, pieces};
use crate::digest::Digest;
use crate::intake::deadline;
use crate::intake::markup::{self, is_inline, is_void};

/// An element as which another leaves the gate: it is not wanted, but its edges part the text.
fn becomes(name: &str) -> &str {
    match name {
        "center" | "fieldset" | "form" | "main" => "div",
        other => other,
    }
}

pub(super) struct Tidied {
    pub html: String,
    /// Reading the HTML back gives the tree that it was written from, so that there is no need to try.
    pub settled: bool,
}

/// What the gate let through, in one spelling: white space folded, empty elements and dead addresses
/// dropped.
pub(super) fn tidy<'a>(passed: &'a str, base: Option<&'a Url>) -> Tidied {
    let mut writer = Writer::new(passed.len(), base);
    for piece in pieces(passed) {
        deadline::step();
        match piece {
            Piece::Start(name, attributes) => {
                if let Some(name) = element(name) {
                    writer.attributes.clear();
                    writer.attributes.extend(attributes);
                    writer.start(name);
                }
            }
            Piece::End(name) => {
                if let Some(name) = element(name) {
                    writer.end(name);
                }
            }
            Piece::Text(text) => writer.text(&text),
        }
    }
    writer.finish()
}

struct Open {
    name: &'static str,
    /// Where its start tag begins, and the state before it: what to return to if nothing is in it.
    at: usize,
    before: Space,
    filled: bool,
}

/// What separates the text written so far from the text to come.
#[derive(Clone, Copy, PartialEq)]
enum Space {
    /// A block begins: space here would not be seen.
    Edge,
    None,
    /// White space was read and is written once text follows.
    Pending,
    Written,
}

struct Writer<'a> {
    html: String,
    base: Option<&'a Url>,
    open: Vec<Open>,
    space: Space,
    /// How many of the open elements are `pre`.
    preformatted: usize,
    /// Of the start tag that is being read.
    attributes: Vec<(&'a str, Cow<'a, str>)>,
    settled: bool,
}

impl<'a> Writer<'a> {
    fn new(bytes: usize, base: Option<&'a Url>) -> Writer<'a> {
        Writer {
            html: String::with_capacity(bytes),
            base,
            open: Vec::new(),
            space: Space::Edge,
            preformatted: 0,
            attributes: Vec::new(),
            settled: true,
        }
    }

    fn start(&mut self, name: &'static str) {
        if name == "img" && !self.settle_image() {
            return;
        }
        self.settled &= self.fits(name);
        let inline = is_inline(name);
        // Should nothing follow within it, writing goes back to here.
        let (at, before) = (self.html.len(), self.space);
        if !inline {
            self.space = Space::Edge;
        } else if self.space == Space::Pending {
            self.html.push(' ');
            self.space = Space::Written;
        }
        self.html.push('<');
        self.html.push_str(name);
        for (attribute, value) in self.attributes.drain(..) {
            if matches!(attribute, "href" | "src" | "cite") {
                let address =
                    if attribute == "src" { picture(&value, self.base) } else { address(&value, self.base) };
                if let Some(address) = address {
                    write_attribute(attribute, &address, &mut self.html);
                }
            } else {
                write_attribute(attribute, markup::fold(&value).as_str(), &mut self.html);
            }
        }
        self.html.push('>');
        if is_void(name) {
            if name == "img" {
                self.space = Space::None;
            }
            // A paragraph of line breaks is as empty as one of spaces.
            if name != "br" {
                self.fill();
            }
        } else {
            self.preformatted += usize::from(name == "pre");
            self.open.push(Open { name, at, before, filled: matches!(name, "td" | "th") });
        }
    }

    /// Whether the image whose attributes were read is there to be seen: it has an address that can be
    /// fetched and is not a single point that only tells the sender who reads.
    fn settle_image(&self) -> bool {
        let value =
            |name: &str| self.attributes.iter().find(|(known, _)| *known == name).map(|(_, v)| v.trim());
        let point = |name| value(name).is_some_and(|size| matches!(size, "0" | "1" | "0px" | "1px"));
        let fetched = value("src").and_then(|src| picture(src, self.base));
        let fetched = fetched.is_some_and(|src| src.starts_with("http") || src.starts_with("ni:"));
        fetched && !(point("width") && point("height"))
    }

    /// Marks the open elements as having something in them.
    fn fill(&mut self) {
        for open in self.open.iter_mut().rev() {
            if open.filled && !matches!(open.name, "td" | "th") {
                break;
            }
            open.filled = true;
        }
    }

    fn end(&mut self, name: &'static str) {
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        for open in self.open.drain(at..).rev() {
            self.preformatted -= usize::from(open.name == "pre");
            let inline = is_inline(open.name);
            if open.filled {
                close(open.name, &mut self.html);
                self.space = if inline { self.space } else { Space::Edge };
            } else {
                // The white space that an empty element held still parts the words around it.
                let spaced = matches!(self.space, Space::Pending | Space::Written) && inline;
                self.html.truncate(open.at);
                self.space = match open.before {
                    Space::None if spaced => Space::Pending,
                    _ if !inline => Space::Edge,
                    before => before,
                };
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.preformatted > 0 && !text.trim().is_empty() {
            // The parser drops a line feed that follows the start tag: let it be gone already.
            let text =
                if self.html.ends_with("<pre>") { text.trim_start_matches(['\n', '\r']) } else { text };
            escape(text, false, &mut self.html);
            self.space = Space::None;
            return self.fill();
        }
        if text.starts_with(char::is_whitespace) && self.space == Space::None {
            self.space = Space::Pending;
        }
        let before = self.html.len();
        write_words(text.trim(), self.space == Space::Pending, &mut self.html);
        if self.html.len() > before {
            self.settled &= !self.open.last().is_some_and(|open| holds_no_text(open.name));
            self.space = if text.ends_with(char::is_whitespace) { Space::Pending } else { Space::None };
            self.fill();
        }
    }

    /// Whether a reader of the HTML will put an element of this name where it is being written. A no may be
    /// wrong, a yes may not.
    fn fits(&self, name: &str) -> bool {
        let parent = self.open.last().map_or("", |open| open.name);
        let within = |outer: &str| self.open.iter().any(|open| open.name == outer);
        match name {
            "tr" => matches!(parent, "tbody" | "thead" | "tfoot"),
            "td" | "th" => parent == "tr",
            "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => parent == "table",
            "col" => parent == "colgroup",
            _ if holds_no_text(parent) => false,
            "a" => !within("a"),
            "li" => matches!(parent, "ul" | "ol") && !within("p"),
            "dt" | "dd" => parent == "dl" && !within("p"),
            _ => is_inline(name) || name == "br" || !(within("p") || markup::is_heading(parent)),
        }
    }

    fn finish(mut self) -> Tidied {
        if let Some(first) = self.open.first().map(|open| open.name) {
            self.settled = false;
            self.end(first);
        }
        Tidied { html: self.html, settled: self.settled }
    }
}

/// Adds the words of `text`, which has no white space at its ends, escaped and with one space between them; and one
/// before them where `spaced`. Nearly all of most texts stands as it should, and is added in long pieces.
pub(super) fn write_words(text: &str, mut spaced: bool, out: &mut String) {
    let (mut from, mut at) = (0, 0);
    loop {
        at = suspect(text.as_bytes(), at);
        let rest = &text[at..];
        let words = rest.trim_start();
        let white_bytes = rest.len() - words.len();
        let escaped_bytes = usize::from(rest.starts_with(['&', '<', '>']));
        if white_bytes + escaped_bytes == 0 && !rest.is_empty() {
            at += rest.ceil_char_boundary(1);
            continue;
        }
        let piece = &text[from..at];
        let kept = piece.trim_end_matches(' ');
        if !kept.is_empty() {
            out.extend(std::mem::take(&mut spaced).then_some(' '));
            out.push_str(kept);
        }
        if rest.is_empty() {
            return;
        }
        spaced |= kept.len() < piece.len() || white_bytes > 0;
        if escaped_bytes > 0 {
            out.extend(std::mem::take(&mut spaced).then_some(' '));
            escape(&rest[..escaped_bytes], false, out);
        }
        at += white_bytes + escaped_bytes;
        from = at;
    }
}

/// Where the next byte stands, from `at` on, that may be more than a character of a word or the one space between two:
/// a character to be escaped, a second space, a control character, or the beginning of one that may be white space (U+0085
/// and U+00A0, U+1680, U+2000 to U+205F, U+3000).
fn suspect(bytes: &[u8], mut at: usize) -> usize {
    /// So many bytes are looked at together, without a branch for any of them.
    const TOGETHER: usize = 32;
    let is_suspect = |byte: u8, next: u8| {
        (byte < b' ')
            | matches!(byte, b'&' | b'<' | b'>' | 0xc2 | 0xe1 | 0xe2 | 0xe3)
            | ((byte == b' ') & (next == b' '))
    };
    let holds_one = |bytes: &[u8], following: &[u8]| {
        bytes.iter().zip(following).fold(false, |found, (byte, next)| found | is_suspect(*byte, *next))
    };
    while let Some(chunk) = bytes[at..].first_chunk::<{ TOGETHER + 1 }>()
        && !holds_one(&chunk[..TOGETHER], &chunk[1..])
    {
        at += TOGETHER;
    }
    let rest = &bytes[at..];
    let following = rest.iter().skip(1).chain(std::iter::once(&b'.'));
    at + rest.iter().zip(following).position(|(byte, next)| is_suspect(*byte, *next)).unwrap_or(rest.len())
}

fn holds_no_text(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup")
}

/// The name under which an element leaves, if it may.
fn element(name: &str) -> Option<&'static str> {
    let at = ELEMENTS.binary_search(&name).ok()?;
    Some(becomes(ELEMENTS[at]))
}

/// The address of a picture, or the name under which one that came with the bulletin is kept.
fn picture<'t>(src: &'t str, base: Option<&Url>) -> Option<Cow<'t, str>> {
    match Digest::from_ni(src.trim()) {
        Ok(_) => Some(Cow::Borrowed(src.trim())),
        Err(_) => address(src, base),
    }
}

/// `address` as one that means the same everywhere, or `None` where it cannot.
pub(super) fn address<'t>(address: &'t str, base: Option<&Url>) -> Option<Cow<'t, str>> {
    let trimmed = address.trim();
    let plain = trimmed.bytes().all(|byte| byte > b' ' && byte != b'\\' && byte != 0x7f);
    let (scheme, rest) = trimmed.split_once(':').unwrap_or(("", ""));
    if plain && SCHEMES.contains(&scheme) && (!scheme.starts_with("http") || rest.starts_with("//")) {
        return Url::parse(trimmed).is_ok().then_some(Cow::Borrowed(trimmed));
    }
    let url = match base {
        Some(base) if !trimmed.starts_with('#') => base.join(trimmed),
        _ => Url::parse(trimmed),
    };
    let url = url.ok().filter(|url| SCHEMES.contains(&url.scheme()))?;
    Some(Cow::Owned(url.into()))
}
