//! The HTML of a message as the blocks that a reader sees one below the other.
//!
//! Owns the flattening: newsletters are tables within tables, and what looks like a paragraph or a heading
//! is a cell with a style. It must never decide what is furniture: every block that is seen is handed on.

use crate::intake::markup::{NodeId, Tree, fold, is_heading, is_inline};
use crate::intake::sanitize::{escape, write_attribute};

use super::style::{Styles, is_hidden};

/// What a block is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    Heading(u8),
    #[default]
    Text,
    /// An item of the list that is this node.
    Item {
        list: NodeId,
        item: NodeId,
        ordered: bool,
    },
    Preformatted,
    Table,
    Rule,
}

/// A paragraph, heading, list item or table.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub shape: Shape,
    /// What is within its element, as HTML.
    pub html: String,
    /// What of it is read, a line for each line break.
    pub text: String,
    /// Characters of the text that are in links.
    pub linked: usize,
    /// Where its links lead, as far as that may be published.
    pub links: Vec<String>,
    /// Where its links lead as the message has it.
    pub raw_links: Vec<String>,
    pub images: usize,
    /// Its text is set larger than the text around it, or in bold letters, from end to end.
    pub size: f32,
    pub bold: bool,
    pub quoted: bool,
    /// The table, or row of one, that holds it: parts of a newsletter have one each.
    pub frame: NodeId,
}

impl Block {
    pub fn chars(&self) -> usize {
        self.text.chars().filter(|c| !c.is_whitespace()).count()
    }

    pub fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }

    pub fn is_linked(&self) -> bool {
        self.linked > 0 && self.linked * 10 >= self.chars() * 9
    }
}

/// How addresses are published.
pub trait Addresses {
    fn link(&self, href: &str) -> Option<String>;
    /// A picture's address, and what stands in its place where it has none but should be named.
    fn image(&self, src: &str) -> Image;
    /// A text that may hold addresses.
    fn text(&self, text: &str) -> String;
    /// What is said of a picture.
    fn caption(&self, text: &str) -> String;
}

pub enum Image {
    At(String),
    Named(String),
    Dropped,
}

/// Elements that hold nothing to read.
const UNREAD: [&str; 18] = [
    "script", "style", "head", "title", "template", "svg", "math", "iframe", "object", "embed", "button",
    "select", "input", "textarea", "noscript", "map", "audio", "video",
];

/// Inline elements that mean something; others only wrap.
const KEPT_INLINE: [&str; 17] = [
    "a", "abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "q", "s", "strong", "sub",
    "sup", "u",
];

/// Bytes of the text that a mail program may show before a message is opened and nobody sees in it.
const PREVIEW_BYTES_MAX: usize = 400;

/// The blocks of a message in their order, and the preview text that is hidden in it.
pub fn blocks(tree: &Tree, addresses: &dyn Addresses) -> (Vec<Block>, Option<String>) {
    let styles = Styles::read(tree);
    let mut flow = Flow {
        tree,
        addresses,
        styles,
        blocks: Vec::new(),
        open: Vec::new(),
        run: Run::default(),
        preview: None,
    };
    let mut closing: Vec<NodeId> = Vec::new();
    let mut id = 1;
    while id < tree.len() {
        while let Some(last) = closing.pop_if(|last| tree.end(*last) <= id) {
            flow.leave(last);
        }
        id = flow.enter(id, &mut closing);
    }
    while let Some(last) = closing.pop() {
        flow.leave(last);
    }
    flow.flush();
    (flow.blocks, flow.preview)
}

/// The block that is being gathered.
#[derive(Default)]
struct Run {
    html: String,
    text: String,
    linked: usize,
    links: Vec<String>,
    raw_links: Vec<String>,
    images: usize,
    size: f32,
    bold_chars: usize,
    breaks: usize,
    /// Where it began.
    node: NodeId,
}

struct Flow<'a> {
    tree: &'a Tree,
    addresses: &'a dyn Addresses,
    styles: Styles,
    blocks: Vec<Block>,
    /// Open inline elements with their start tags.
    open: Vec<(NodeId, String)>,
    run: Run,
    preview: Option<String>,
}

impl Flow<'_> {
    /// Takes up a node; the node to go on with.
    fn enter(&mut self, id: NodeId, closing: &mut Vec<NodeId>) -> NodeId {
        let tree = self.tree;
        if let Some(text) = tree.text(id) {
            self.text(id, text);
            return id + 1;
        }
        let name = tree.name(id);
        if UNREAD.contains(&name) {
            return tree.end(id);
        }
        if is_hidden(tree, id) {
            self.take_preview(id);
            return tree.end(id);
        }
        match name {
            "br" => self.line_break(),
            "img" => self.image(id),
            "hr" => {
                self.flush();
                self.push(Shape::Rule, id, Run::default());
            }
            "pre" => {
                self.flush();
                self.preformatted(id);
                return tree.end(id);
            }
            "table" if is_data(tree, id) => {
                self.flush();
                self.table(id);
                return tree.end(id);
            }
            _ if KEPT_INLINE.contains(&name) => {
                self.open_inline(id);
                closing.push(id);
            }
            _ if is_inline(name) || name.is_empty() => {}
            _ => {
                self.flush();
                closing.push(id);
            }
        }
        id + 1
    }

    fn leave(&mut self, id: NodeId) {
        let tree = self.tree;
        if !KEPT_INLINE.contains(&tree.name(id)) {
            return self.flush();
        }
        if let Some(at) = self.open.iter().rposition(|(open, _)| *open == id) {
            let (_, tag) = self.open.remove(at);
            if !tag.is_empty() {
                self.run.html.push_str(&format!("</{}>", tree.name(id)));
            }
        }
    }

    fn open_inline(&mut self, id: NodeId) {
        let tree = self.tree;
        let mut tag = format!("<{}>", tree.name(id));
        if tree.name(id) == "a" {
            // A link that may not be published leaves its text, and still tells what the text is.
            tag.clear();
            let href = tree.attribute(id, "href").unwrap_or_default().trim();
            self.run.raw_links.push(href.into());
            if let Some(href) = self.addresses.link(href) {
                tag.push_str("<a");
                write_attribute("href", &href, &mut tag);
                tag.push('>');
                self.run.links.push(href);
            }
        }
        self.run.html.push_str(&tag);
        self.open.push((id, tag));
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let text = self.addresses.text(&visible(text));
        let chars = text.chars().filter(|c| !c.is_whitespace()).count();
        let run = &mut self.run;
        if chars > 0 {
            if run.text.trim().is_empty() {
                run.node = id;
            }
            run.breaks = 0;
            run.size = run.size.max(self.styles.size(self.tree.parent(id)));
            run.bold_chars += if self.styles.bold(self.tree.parent(id)) { chars } else { 0 };
            let linked = self.open.iter().any(|(open, _)| self.tree.name(*open) == "a");
            run.linked += if linked { chars } else { 0 };
        }
        escape(&text, false, &mut run.html);
        run.text.push_str(&text.replace(['\n', '\r', '\t'], " "));
    }

    /// Two line breaks part paragraphs, as in what people write into editors.
    fn line_break(&mut self) {
        self.run.breaks += 1;
        if self.run.breaks >= 2 {
            return self.flush();
        }
        self.run.html.push_str("<br>");
        self.run.text.push('\n');
    }

    fn image(&mut self, id: NodeId) {
        let tree = self.tree;
        let value = |name: &str| tree.attribute(id, name).map(str::trim);
        let point = |name: &str| {
            let pixels = |text: &str| text.trim_end_matches("px").trim().parse::<f32>().ok();
            value(name).and_then(pixels).is_some_and(|size| size <= 3.0)
        };
        let (Some(src), false) = (value("src"), point("width") || point("height")) else { return };
        if self.run.text.trim().is_empty() && self.run.images == 0 {
            self.run.node = id;
        }
        match self.addresses.image(src) {
            Image::At(src) => {
                let mut tag = "<img".to_string();
                write_attribute("src", &src, &mut tag);
                for name in ["alt", "width", "height"] {
                    if let Some(value) = value(name).filter(|value| !value.is_empty()) {
                        write_attribute(name, &self.addresses.caption(value), &mut tag);
                    }
                }
                self.run.html.push_str(&tag);
                self.run.html.push('>');
                self.run.images += 1;
                self.run.breaks = 0;
            }
            Image::Named(name) => {
                let alt = value("alt")
                    .map(|alt| self.addresses.caption(&fold(alt)))
                    .filter(|alt| !alt.is_empty())
                    .unwrap_or(name);
                let named = format!("[{alt}]");
                escape(&named, false, &mut self.run.html);
                self.run.text.push_str(&named);
            }
            Image::Dropped => {}
        }
    }

    fn take_preview(&mut self, id: NodeId) {
        let line = fold(&visible(&self.tree.line(id)));
        if self.preview.is_none()
            && self.blocks.len() < 3
            && line.len() <= PREVIEW_BYTES_MAX
            && line.contains(' ')
        {
            self.preview = Some(line);
        }
    }

    fn preformatted(&mut self, id: NodeId) {
        let text: String = self.tree.subtree(id).filter_map(|id| self.tree.text(id)).collect();
        let text = self.addresses.text(&text);
        let mut run = Run { text: text.clone(), node: id, ..Run::default() };
        escape(&text, false, &mut run.html);
        self.push(Shape::Preformatted, id, run);
    }

    /// A table of figures, each cell with the text of what is in it.
    fn table(&mut self, id: NodeId) {
        let tree = self.tree;
        let mut run = Run { node: id, ..Run::default() };
        for row in tree.subtree(id).filter(|&id| tree.name(id) == "tr") {
            run.html.push_str("<tr>");
            for cell in tree.children(row).filter(|&id| matches!(tree.name(id), "td" | "th")) {
                let name = tree.name(cell);
                run.html.push_str(&format!("<{name}"));
                for span in ["colspan", "rowspan"] {
                    if let Some(value) = tree.attribute(cell, span) {
                        write_attribute(span, value, &mut run.html);
                    }
                }
                run.html.push('>');
                let line = self.addresses.text(&fold(&visible(&tree.line(cell))));
                escape(&line, false, &mut run.html);
                run.html.push_str(&format!("</{name}>"));
                run.text.push_str(&line);
                run.text.push(' ');
            }
            run.html.push_str("</tr>");
            run.text.push('\n');
        }
        self.push(Shape::Table, id, run);
    }

    /// Ends the block that is being gathered; inline elements that are open go on in the next.
    fn flush(&mut self) {
        let mut run = std::mem::take(&mut self.run);
        for (id, tag) in &self.open {
            self.run.html.push_str(tag);
            if self.tree.name(*id) == "a" {
                self.run.links.extend(run.links.last().cloned());
                self.run.raw_links.extend(run.raw_links.last().cloned());
            }
        }
        for (id, _) in self.open.iter().rev().filter(|(_, tag)| !tag.is_empty()) {
            run.html.push_str(&format!("</{}>", self.tree.name(*id)));
        }
        if run.images > 0 || !run.text.trim().is_empty() {
            let node = run.node;
            self.push(self.shape(node), node, run);
        }
    }

    fn shape(&self, node: NodeId) -> Shape {
        let tree = self.tree;
        for above in tree.ancestors(node) {
            let name = tree.name(above);
            if is_heading(name) {
                return Shape::Heading(name.as_bytes()[1] - b'0');
            }
            if name == "li" {
                let list = tree.parent(above);
                return Shape::Item { list, item: above, ordered: tree.name(list) == "ol" };
            }
            if matches!(name, "td" | "table") {
                break;
            }
        }
        Shape::Text
    }

    fn push(&mut self, shape: Shape, node: NodeId, run: Run) {
        let tree = self.tree;
        let lines: Vec<String> = run.text.split('\n').map(fold).filter(|line| !line.is_empty()).collect();
        let text = if shape == Shape::Preformatted { run.text } else { lines.join("\n") };
        let chars = text.chars().filter(|c| !c.is_whitespace()).count();
        let quoted = tree.ancestors(node).any(|above| tree.name(above) == "blockquote");
        let frame =
            tree.ancestors(node).find(|&above| matches!(tree.name(above), "table" | "article" | "section"));
        let html = trimmed_breaks(&run.html).to_owned();
        let block = Block {
            shape,
            html,
            text,
            linked: run.linked,
            links: run.links,
            raw_links: run.raw_links,
            images: run.images,
            size: run.size,
            bold: chars > 0 && run.bold_chars == chars,
            quoted,
            frame: frame.unwrap_or(0),
        };
        // Paragraphs of one item are one item.
        match (self.blocks.last_mut(), shape) {
            (Some(last), Shape::Item { item, .. }) if matches!(last.shape, Shape::Item { item: before, .. } if before == item) =>
            {
                last.html.push_str("<br>");
                last.html.push_str(&block.html);
                last.text.push('\n');
                last.text.push_str(&block.text);
                last.linked += block.linked;
                last.links.extend(block.links);
                last.raw_links.extend(block.raw_links);
                last.images += block.images;
            }
            _ => self.blocks.push(block),
        }
    }
}

fn trimmed_breaks(html: &str) -> &str {
    let mut html = html.trim();
    while let Some(rest) = html.strip_prefix("<br>") {
        html = rest.trim_start();
    }
    while let Some(rest) = html.strip_suffix("<br>") {
        html = rest.trim_end();
    }
    html
}

/// A text without characters that are there to fill the preview of a mail program.
fn visible(text: &str) -> String {
    let filler = |c: char| {
        matches!(c, '\u{34f}' | '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{2007}' | '\u{2060}' | '\u{61c}')
    };
    let mut out: String = text.chars().filter(|c| !filler(*c)).collect();
    // Joiners mean something between letters of some scripts, and nothing between spaces.
    while let Some(at) = out.find(" \u{200c}").or_else(|| out.find("\u{a0}\u{200c}")) {
        let joiner = at + out[at..].chars().next().map_or(1, char::len_utf8);
        out.replace_range(joiner..joiner + '\u{200c}'.len_utf8(), "");
    }
    out
}

/// Whether a table is one of figures rather than a layout.
fn is_data(tree: &Tree, table: NodeId) -> bool {
    let laid_out = tree.attribute(table, "role").is_some_and(|role| matches!(role, "presentation" | "none"));
    let below = || tree.subtree(table).skip(1);
    if laid_out
        || below()
            .any(|id| matches!(tree.name(id), "table" | "img" | "ul" | "ol") || is_heading(tree.name(id)))
    {
        return false;
    }
    let mut widths = Vec::new();
    for row in below().filter(|&id| tree.name(id) == "tr") {
        let cells: Vec<NodeId> =
            tree.children(row).filter(|&id| matches!(tree.name(id), "td" | "th")).collect();
        // A cell of paragraphs is a column of text.
        if cells.iter().any(|&cell| tree.line(cell).chars().count() > 160) {
            return false;
        }
        widths.push(cells.iter().filter(|&&cell| !fold(&visible(&tree.line(cell))).is_empty()).count());
    }
    let headed = below().any(|id| tree.name(id) == "th");
    let wide = widths.iter().filter(|width| **width >= 2).count();
    wide >= 2 && wide * 3 >= widths.len() * 2 && (headed || wide >= 3)
}
