//! XML documents that carry bulletins, well formed or not, as a tree.
//!
//! Owns the reading of bytes into elements with names, attributes and text, and every bound on them. It must
//! never know what an element means, only which of them end without saying so.
//!
//! A reader of its own, since the libraries give up where feeds in the field are broken: `quick-xml` takes
//! everything behind a bare `<` up to the next `>` for a tag, with the end tag that stands there, and readers
//! on top of it refuse the whole document for one stray entity. The bounds are on depth, attributes,
//! namespaces, names, elements and what entities may add; each is refused by name.

mod builder;
pub mod names;
mod tokens;

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use url::Url;

use super::Refusal;
use super::html::charset;
use super::markup::{fold, is_void};
use super::sanitize::{escape, write_attribute};
use builder::Builder;
use names::{bounds, local, may_be_html};
use tokens::{Token, Tokens};

/// How far into a document its XML declaration may stand, and the first tag.
const DECLARATION_BYTES_MAX: usize = 1024;
const PROLOGUE_BYTES_MAX: usize = 64 << 10;

/// The name of a text node.
const TEXT: &str = "#text";

struct Node {
    name: u32,
    /// One past the last node below this one.
    end: u32,
    /// Of a text: its bytes in `strings`. Of an element: its attributes.
    from: u32,
    to: u32,
}

struct Attribute {
    name: u32,
    value: Range<u32>,
}

/// A document; its first node holds the root element.
pub struct Document {
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    strings: String,
    names: Vec<String>,
    /// The document was cut off within this element, or between two where that is 0.
    cut: Option<usize>,
    /// Elements were open where it ended: it was cut off, or their end tags were forgotten.
    unclosed: bool,
}

impl Document {
    /// # Errors
    /// One of the bounds of this module.
    pub fn parse(text: &str) -> Result<Document, Refusal> {
        let mut builder = Builder::new(text.len());
        for token in Tokens::new(text) {
            builder.token(token)?;
        }
        Ok(builder.finish())
    }

    /// The outermost element. What stands before it, such as the warnings of a script, is passed over.
    pub fn root(&self) -> Option<Element<'_>> {
        let top = || Element { document: self, id: 0 }.children();
        top().find(|element| is_root(element.name())).or_else(|| top().next())
    }

    /// Whether the document ends before it is over: within an element, or within markup.
    pub fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    /// Whether its last end tag is there, so that nothing can be missing.
    pub fn is_whole(&self) -> bool {
        !self.unclosed && self.cut.is_none()
    }
}

fn is_root(name: &str) -> bool {
    bounds(name)
}

/// An element of a document.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document,
    id: usize,
}

impl<'d> Element<'d> {
    /// In lower case, with the prefix that [`names`] gives its vocabulary.
    pub fn name(self) -> &'d str {
        &self.document.names[self.node().name as usize]
    }

    fn node(self) -> &'d Node {
        &self.document.nodes[self.id]
    }

    fn below(self) -> Range<usize> {
        self.id + 1..self.node().end as usize
    }

    fn text_of(self, id: usize) -> Option<&'d str> {
        let node = &self.document.nodes[id];
        (node.name == 0).then(|| &self.document.strings[node.from as usize..node.to as usize])
    }

    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let Range { start: mut next, end } = self.below();
        std::iter::from_fn(move || {
            while next < end {
                let child = Element { id: next, ..self };
                next = child.node().end as usize;
                if child.node().name != 0 {
                    return Some(child);
                }
            }
            None
        })
    }

    pub fn all(self, name: &'d str) -> impl Iterator<Item = Element<'d>> {
        self.children().filter(move |child| child.name() == name)
    }

    pub fn child(self, name: &'d str) -> Option<Element<'d>> {
        self.all(name).next()
    }

    /// Every element of that name below this one.
    pub fn find(self, name: &'d str) -> impl Iterator<Item = Element<'d>> {
        self.below().map(move |id| Element { id, ..self }).filter(move |element| element.name() == name)
    }

    pub fn attribute(self, name: &str) -> Option<&'d str> {
        let node = self.node();
        let attributes = &self.document.attributes[node.from as usize..node.to as usize];
        let found =
            attributes.iter().find(|attribute| self.document.names[attribute.name as usize] == name)?;
        let value = &self.document.strings[found.value.start as usize..found.value.end as usize];
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// The text below, as it stands.
    pub fn text(self) -> String {
        self.below().filter_map(|id| self.text_of(id)).collect()
    }

    /// The text below on one line; none where there is none.
    pub fn line(self) -> Option<String> {
        Some(fold(&self.text())).filter(|line| !line.is_empty())
    }

    /// The [`Element::line`] of the first child of that name that has one.
    pub fn line_of(self, name: &'d str) -> Option<String> {
        self.all(name).find_map(Element::line)
    }

    /// Whether the document was cut off within this element.
    pub fn is_cut(self) -> bool {
        self.document.cut == Some(self.id)
    }

    /// What is below as HTML. Markup that stands in the document as elements is written out; text alone
    /// is taken for markup that was escaped, as RSS has it.
    pub fn html(self) -> String {
        if self.children().next().is_none() {
            return self.text();
        }
        // Escaped markup beside a stray tag is still markup.
        let raw = self.below().filter_map(|id| self.text_of(id)).any(|text| text.contains("</"));
        self.written(raw)
    }

    /// What is below as HTML, where text is text.
    pub fn xhtml(self) -> String {
        self.written(false)
    }

    fn written(self, raw: bool) -> String {
        let mut html = String::new();
        let mut open: Vec<Element<'_>> = Vec::new();
        let close = |element: Element<'_>, html: &mut String| {
            html.push_str("</");
            html.push_str(local(element.name()));
            html.push('>');
        };
        for id in self.below() {
            while let Some(last) = open.pop_if(|last| id >= last.node().end as usize) {
                close(last, &mut html);
            }
            let element = Element { id, ..self };
            match self.text_of(id) {
                Some(text) if raw => html.push_str(text),
                Some(text) => escape(text, false, &mut html),
                // Of what is no HTML only the text is.
                None if may_be_html(element.name()) => {
                    html.push('<');
                    html.push_str(local(element.name()));
                    element.write_attributes(&mut html);
                    html.push('>');
                    if !is_void(local(element.name())) {
                        open.push(element);
                    }
                }
                None => {}
            }
        }
        while let Some(last) = open.pop() {
            close(last, &mut html);
        }
        html
    }

    fn write_attributes(self, html: &mut String) {
        let document = self.document;
        for attribute in &document.attributes[self.node().from as usize..self.node().to as usize] {
            let name = document.names[attribute.name as usize].as_str();
            let name = if name == "xml:lang" { "lang" } else { name };
            if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                let value = &document.strings[attribute.value.start as usize..attribute.value.end as usize];
                write_attribute(name, value, html);
            }
        }
    }

    /// `base` as this element changes it (XML Base).
    pub fn base(self, base: Option<&Url>) -> Option<Url> {
        let own = self.attribute("xml:base");
        let joined = own.and_then(|own| base.map_or_else(|| Url::parse(own), |base| base.join(own)).ok());
        joined.or_else(|| base.cloned())
    }

    /// The language that this element says it is in.
    pub fn language(self) -> Option<String> {
        self.attribute("xml:lang").map(String::from)
    }
}

/// The text of a document: as of a page, but for the declaration, which may stand behind white space or the
/// warnings of a script, and UTF-16 without its mark.
pub fn decode<'b>(bytes: &'b [u8], media_type: Option<&str>) -> Cow<'b, str> {
    if Encoding::for_bom(bytes).is_some() {
        return charset::decode(bytes, media_type);
    }
    match bytes {
        [b'<', 0, ..] => return UTF_16LE.decode_without_bom_handling(bytes).0,
        [0, b'<', ..] => return UTF_16BE.decode_without_bom_handling(bytes).0,
        _ => {}
    }
    // A character that was cut off at the end says nothing about the encoding of the rest.
    let end = std::str::from_utf8(bytes).err().filter(|error| error.error_len().is_none());
    let bytes = end.map_or(bytes, |error| &bytes[..error.valid_up_to()]);
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let declaration = head.windows(5).position(|part| part == b"<?xml").unwrap_or(0);
    // Software declares UTF-8 for all that it copies together.
    charset::decode_doubting(&bytes[declaration..], media_type)
}

/// The name of the first element of a document and its attributes as they stand, without reading further. None
/// where nothing says that it is markup from its beginning on: texts may speak of tags.
pub fn first_tag(bytes: &[u8]) -> Option<(String, String)> {
    let begins = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let declared =
        || bytes[..bytes.len().min(DECLARATION_BYTES_MAX)].windows(6).any(|part| part == b"<?xml ");
    if !matches!(begins.first(), Some(b'<' | 0 | 0xfe | 0xff)) && !declared() {
        return None;
    }
    let head = decode(&bytes[..bytes.len().min(PROLOGUE_BYTES_MAX)], None);
    // Warnings of a script are HTML; a feed may follow them.
    let noise = |name: &str| matches!(name, "br" | "b" | "p" | "font" | "div");
    let tags = Tokens::new(&head).filter_map(|token| match token {
        Token::Start { name, attributes, .. } => Some((name.to_ascii_lowercase(), attributes)),
        _ => None,
    });
    let (name, attributes) = tags.take(64).find(|(name, _)| !noise(name))?;
    Some((name, attributes.map(|(name, value)| format!("{name}={value} ")).collect()))
}

#[cfg(test)]
mod tests;
