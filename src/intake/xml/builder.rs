//! Tokens to a tree.
//!
//! Owns what a start tag closes without saying so, what prefixes and references mean, and every bound. It must
//! never refuse what is only badly written.

use std::collections::HashMap;
use std::ops::Range;

use quick_xml::escape::resolve_html5_entity;

use super::names::{self, FOREIGN, begins_field, bounds, holds_text_only, is_entry, local, may_be_html};
use super::tokens::{Attributes, Token};
use super::{Attribute, Document, Node, TEXT};
use crate::bulletin::clip;
use crate::intake::{Refusal, RefusalKind};

/// Feeds are ten deep, and the markup in them seldom more.
const DEPTH_MAX: usize = 256;
const ATTRIBUTES_MAX: usize = 512;
/// Of the whole document.
const ALL_ATTRIBUTES_MAX: usize = 2_000_000;
/// Declarations that hold at one place.
const NAMESPACES_MAX: usize = 256;
const NODES_MAX: usize = 1_000_000;
/// Different names of elements and attributes.
const NAMES_MAX: usize = 10_000;
/// Entities that a document declares, the length of each and of all that they are used for, in bytes.
const ENTITIES_MAX: usize = 256;
const ENTITY_BYTES_MAX: usize = 1_000;
const EXPANSION_BYTES_MAX: usize = 1 << 20;
/// The longest reference that is looked up, in bytes.
const REFERENCE_BYTES_MAX: usize = 32;

struct Open<'t> {
    node: usize,
    /// How many namespaces were declared outside it.
    bindings: usize,
    name: &'t str,
}

pub struct Builder<'t> {
    document: Document,
    known_names: HashMap<String, u32>,
    open: Vec<Open<'t>>,
    /// Prefixes in force, the innermost last, with the prefix of the vocabulary here.
    bindings: Vec<(&'t str, &'static str)>,
    entities: HashMap<&'t str, String>,
    expanded: usize,
    /// The last node is a text, and nothing has ended since.
    continues: bool,
}

impl<'t> Builder<'t> {
    pub fn new(bytes: usize) -> Builder<'t> {
        let document = Document {
            nodes: vec![Node { name: 1, end: 1, from: 0, to: 0 }],
            attributes: Vec::new(),
            strings: String::with_capacity(bytes),
            names: vec![TEXT.into(), String::new()],
            cut: None,
            unclosed: false,
        };
        let known_names = document.names.iter().cloned().zip(0..).collect();
        Builder {
            document,
            known_names,
            open: Vec::new(),
            bindings: Vec::new(),
            entities: HashMap::new(),
            expanded: 0,
            continues: false,
        }
    }

    pub fn token(&mut self, token: Token<'t>) -> Result<(), Refusal> {
        match token {
            Token::Start { name, attributes, empty } => self.start(name, attributes, empty),
            Token::End { name } => {
                self.end(name);
                Ok(())
            }
            Token::Text(text) => {
                let range = self.resolve(text)?;
                self.text(range)
            }
            Token::Verbatim(text) => {
                let range = self.keep(text);
                self.text(range)
            }
            Token::Subset(subset) => self.declare(subset),
            Token::Cut => {
                self.document.cut = Some(0);
                Ok(())
            }
        }
    }

    fn keep(&mut self, text: &str) -> Range<u32> {
        let from = self.document.strings.len() as u32;
        self.document.strings.push_str(text);
        from..self.document.strings.len() as u32
    }

    fn push(&mut self, name: u32, range: Range<u32>) -> Result<usize, Refusal> {
        let id = self.document.nodes.len();
        if id > NODES_MAX {
            return Err(too_large(format!("it has more than {NODES_MAX} elements")));
        }
        self.document.nodes.push(Node { name, end: id as u32 + 1, from: range.start, to: range.end });
        self.continues = false;
        Ok(id)
    }

    fn text(&mut self, range: Range<u32>) -> Result<(), Refusal> {
        if range.is_empty() || self.open.is_empty() {
            return Ok(());
        }
        // Text that references and sections part is one text all the same.
        match self.document.nodes.last_mut().filter(|last| self.continues && last.to == range.start) {
            Some(last) => last.to = range.end,
            None => {
                self.push(0, range)?;
            }
        }
        self.continues = true;
        Ok(())
    }

    fn name(&mut self, name: String) -> Result<u32, Refusal> {
        if let Some(&known) = self.known_names.get(&name) {
            return Ok(known);
        }
        let number = self.document.names.len();
        if number > NAMES_MAX {
            return Err(too_large(format!("it has more than {NAMES_MAX} names of elements and attributes")));
        }
        self.document.names.push(name.clone());
        self.known_names.insert(name, number as u32);
        Ok(number as u32)
    }

    /// The name here of an element that the document calls `raw`.
    fn element_name(&self, raw: &str) -> String {
        let (prefix, local) = raw.split_once(':').unwrap_or(("", raw));
        let bound = self.bindings.iter().rev().find(|(bound, _)| *bound == prefix).map(|(_, known)| *known);
        let known = bound.unwrap_or_else(|| names::by_habit(&prefix.to_ascii_lowercase()));
        let local = local.to_ascii_lowercase();
        if known.is_empty() { local } else { format!("{known}:{local}") }
    }

    fn name_of(&self, open: usize) -> &str {
        &self.document.names[self.document.nodes[self.open[open].node].name as usize]
    }

    fn start(&mut self, raw: &'t str, attributes: Attributes<'t>, empty: bool) -> Result<(), Refusal> {
        let outside = self.bindings.len();
        self.bind(raw, attributes.clone())?;
        let name = self.element_name(raw);
        let outside = self.imply_ends(&name, outside);
        if self.open.len() >= DEPTH_MAX {
            return Err(too_large(format!("its elements are nested more than {DEPTH_MAX} deep")));
        }
        let from = self.document.attributes.len();
        for (attribute, value) in attributes.filter(|(name, _)| !name.starts_with("xmlns")) {
            if self.document.attributes.len() - from >= ATTRIBUTES_MAX {
                return Err(too_large(format!("an element has more than {ATTRIBUTES_MAX} attributes")));
            }
            if self.document.attributes.len() >= ALL_ATTRIBUTES_MAX {
                return Err(too_large(format!("it has more than {ALL_ATTRIBUTES_MAX} attributes")));
            }
            let name = self.name(attribute.to_ascii_lowercase())?;
            let value = self.resolve(value)?;
            self.document.attributes.push(Attribute { name, value });
        }
        let to = self.document.attributes.len();
        let void = may_be_html(&name) && matches!(local(&name), "br" | "img" | "hr" | "input" | "wbr");
        let name = self.name(name)?;
        let node = self.push(name, from as u32..to as u32)?;
        if empty || void {
            self.bindings.truncate(outside);
        } else {
            self.open.push(Open { node, bindings: outside, name: raw });
        }
        Ok(())
    }

    /// Takes up the namespaces that a start tag declares.
    fn bind(&mut self, raw: &'t str, attributes: Attributes<'t>) -> Result<(), Refusal> {
        let is_root = self.bindings.is_empty() && matches!(local(raw), "feed" | "entry" | "rss" | "RDF");
        let of_atom = matches!(local(raw), "feed" | "entry");
        if is_root && of_atom {
            self.bindings.push(("", "atom"));
        }
        for (name, value) in attributes.filter(|(name, _)| name.starts_with("xmlns")) {
            let prefix = name.strip_prefix("xmlns:").unwrap_or("");
            let known = match names::by_address(value) {
                // Whatever a feed calls the vocabulary of its own elements, it means the one of feeds.
                FOREIGN if is_root && prefix.is_empty() && !raw.contains(':') => {
                    if of_atom {
                        "atom"
                    } else {
                        ""
                    }
                }
                known => known,
            };
            self.bindings.push((prefix, known));
            if self.bindings.len() > NAMESPACES_MAX {
                return Err(too_large(format!(
                    "more than {NAMESPACES_MAX} namespaces are declared at one place"
                )));
            }
        }
        Ok(())
    }

    /// Closes what a start tag of this name closes without saying so. The namespaces that the tag declares
    /// stay; gives how many are declared outside it.
    fn imply_ends(&mut self, name: &str, outside: usize) -> usize {
        let mut keep = self.open.len();
        if is_entry(name)
            && let Some(entry) = (0..keep).rev().find(|&open| is_entry(self.name_of(open)))
        {
            keep = entry;
        } else if let Some(last) = keep.checked_sub(1) {
            let last_name = self.name_of(last);
            let forgot = holds_text_only(last_name) && begins_field(name);
            let again = last_name == name && matches!(local(name), "p" | "li");
            keep -= usize::from(forgot || again);
        }
        let own = self.bindings.split_off(outside);
        self.close_to(keep);
        let outside = self.bindings.len();
        self.bindings.extend(own);
        outside
    }

    fn end(&mut self, raw: &str) {
        // An end tag that is spelt as its start tag was is its own, whatever was declared between.
        let name = self.element_name(raw);
        for open in (0..self.open.len()).rev() {
            let found = self.name_of(open);
            if found == name || self.open[open].name == raw {
                return self.close_to(open);
            }
            if bounds(found) && !bounds(&name) {
                return;
            }
        }
    }

    fn close_to(&mut self, keep: usize) {
        let end = self.document.nodes.len() as u32;
        for open in self.open.drain(keep..) {
            self.continues = false;
            self.document.nodes[open.node].end = end;
            self.bindings.truncate(open.bindings);
        }
    }

    pub fn finish(mut self) -> Document {
        let entry = (0..self.open.len()).rev().find(|&open| is_entry(self.name_of(open)));
        if let Some(entry) = entry {
            self.document.cut = Some(self.open[entry].node);
        }
        self.document.unclosed = !self.open.is_empty();
        self.close_to(0);
        self.document.nodes[0].end = self.document.nodes.len() as u32;
        self.document
    }

    /// Takes up entities that stand for plain text. Those that are made of others, or fetched from
    /// elsewhere, are how a small document becomes an endless one.
    fn declare(&mut self, subset: &'t str) -> Result<(), Refusal> {
        for declaration in subset.split("<!ENTITY").skip(1) {
            let refuse = |name: &str| {
                let why = format!("its entity `{}` is made of others or lies elsewhere", clip(name, 80));
                Err(Refusal::new(RefusalKind::Unprocessable, "the document type", why))
            };
            let (name, rest) =
                declaration.trim_start().split_once(char::is_whitespace).unwrap_or((declaration, ""));
            // Parameter entities are only for the declaration itself: names of HTML, which are known.
            if name == "%" {
                continue;
            }
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let value = quote.and_then(|quote| rest[1..].split_once(quote)).map(|(value, _)| value);
            let Some(value) = value.filter(|value| value.len() <= ENTITY_BYTES_MAX && !value.contains('%'))
            else {
                return refuse(name);
            };
            if self.entities.len() >= ENTITIES_MAX {
                return Err(too_large(format!("it declares more than {ENTITIES_MAX} entities")));
            }
            let mut meant = String::new();
            for (at, part) in value.split('&').enumerate() {
                let character = part.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest)));
                match character {
                    _ if at == 0 => meant.push_str(part),
                    Some((character, rest)) => {
                        meant.push(character);
                        meant.push_str(rest);
                    }
                    None => return refuse(name),
                }
            }
            self.entities.insert(name, meant);
        }
        Ok(())
    }

    /// Keeps `text` with its references as what they stand for. What is no reference stays as it is.
    fn resolve(&mut self, text: &str) -> Result<Range<u32>, Refusal> {
        let from = self.document.strings.len() as u32;
        let mut parts = text.split('&');
        self.document.strings.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let head = clip(part, REFERENCE_BYTES_MAX);
            let name = head.split_once(';').map(|(name, _)| name);
            let own = name.and_then(|name| self.entities.get(name));
            let rest = name.map_or(part, |name| &part[name.len() + 1..]);
            let strings = &mut self.document.strings;
            if let Some(meant) = own {
                self.expanded += meant.len();
                if self.expanded > EXPANSION_BYTES_MAX {
                    return Err(too_large(format!(
                        "its entities stand for more than {EXPANSION_BYTES_MAX} bytes"
                    )));
                }
                strings.push_str(meant);
            } else if let Some(character) = name.and_then(character) {
                strings.push(character);
            } else if let Some(meant) = name.and_then(resolve_html5_entity) {
                strings.push_str(meant);
            } else {
                strings.push('&');
                strings.push_str(part);
                continue;
            }
            strings.push_str(rest);
        }
        Ok(from..self.document.strings.len() as u32)
    }
}

/// The character that `#233` or `#xe9` stands for. Numbers of control characters mean those of
/// windows-1252, as they do in browsers.
fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let number = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    match number {
        0x80..=0x9f => {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[number as u8]).0.chars().next()
        }
        _ => char::from_u32(number),
    }
}

fn too_large(why: String) -> Refusal {
    Refusal::new(RefusalKind::TooLarge, "the XML", why)
}
