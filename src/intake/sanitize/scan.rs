//! The reading of markup that a serialiser wrote.
//!
//! Owns the shape in which markup leaves a tree: names in lower case, values in double quotes, five
//! entities and no comments. It must never be given markup from outside; that is read by the tree builder.

use std::borrow::Cow;

/// A piece of a serialised fragment.
pub enum Piece<'h> {
    /// A start tag, with its attributes as written.
    Start(&'h str, Attributes<'h>),
    End(&'h str),
    Text(Cow<'h, str>),
}

/// The pieces of `html`, in order.
pub fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            rest = after;
            return Some(Piece::Text(unescape(text)));
        };
        let end = tag_end(tag);
        let inner = &tag[..end];
        rest = tag.get(end + 1..).unwrap_or_default();
        if let Some(name) = inner.strip_prefix('/') {
            return Some(Piece::End(name));
        }
        let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
        Some(Piece::Start(name, Attributes(attributes)))
    })
}

/// Where the tag ends whose inside `tag` begins with; a `>` within a value does not end it.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    let ends = |byte: u8| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    };
    tag.bytes().position(ends).unwrap_or(tag.len())
}

/// The attributes of a start tag.
pub struct Attributes<'h>(&'h str);

impl<'h> Iterator for Attributes<'h> {
    type Item = (&'h str, Cow<'h, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_once("=\"")?;
        let (value, rest) = rest.split_once('"')?;
        self.0 = rest;
        Some((name.trim_start(), unescape(value)))
    }
}

/// `text` with the entities that serialisers write as what they mean.
fn unescape(text: &str) -> Cow<'_, str> {
    const ENTITIES: [(&str, &str); 5] =
        [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", "\u{a0}")];
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut plain = String::with_capacity(text.len());
    plain.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (written, meant) =
            ENTITIES.iter().find(|(written, _)| rest.starts_with(written)).unwrap_or(&("&", "&"));
        plain.push_str(meant);
        rest = &rest[written.len()..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}
