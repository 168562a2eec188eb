//! Markup as a tree: what every reader of HTML in intake looks at.
//!
//! Owns the forgiving reading of tags into an arena whose depth and size are bounded whatever arrives. It
//! must never know what an article is, nor decide what is safe: [`super::sanitize`] alone does that.
//!
//! The tree follows the HTML standard where pages depend on it (implied end tags, raw text, stray end tags)
//! and nowhere moves a node: document order is array order, so a subtree is a range and every walk is a
//! loop.

mod names;
mod runs;

use std::ops::Range;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};

pub use crate::bulletin::is_inline;
use crate::intake::deadline;
use html5gum::{Span, State, Tokenizer, naive_next_state};
use names::{CLOSED_ONLY_BY_THEIR_OWN, KNOWN, closes_paragraph, is_of_head, known, place};
pub use names::{is_heading, is_void};

/// Deeper elements lose their tags and keep their text. No real page comes near; tree builders that recurse
/// or search their stack of open elements suffer far beyond.
pub const DEPTH_MAX: usize = 256;

/// Past so many elements and texts in one page, tags are ignored. The longest pages of comments stay far
/// below; every pass over a page, and every tree that is built of it later, is bounded by this.
const NODES_MAX: usize = 60_000;

/// A node by its place in document order.
pub type NodeId = usize;

/// The name of a text.
const TEXT: &str = "#text";

struct Node {
    /// [`TEXT`], a known element, or `""` for an element that HTML does not know.
    name: &'static str,
    parent: u32,
    /// One past the last node below this one.
    end: u32,
    /// Of a text: its bytes in `strings`. Of an element: its attributes in `attributes`.
    from: u32,
    to: u32,
}

struct Attribute {
    name: Range<u32>,
    value: Range<u32>,
}

/// A page or fragment; node 0 is its root and has no name.
pub struct Tree {
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    strings: String,
}

impl Tree {
    pub fn parse(html: &str) -> Tree {
        Tree::parse_up_to(NODES_MAX, html)
    }

    /// Past `nodes_max` elements and texts, tags are ignored.
    pub fn parse_up_to(nodes_max: usize, html: &str) -> Tree {
        let mut builder = Builder::new(nodes_max, html.len());
        tokens(html, |event| builder.event(event));
        builder.finish()
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// The element's name, `#text`, or `""` for the root and for elements that HTML does not know.
    pub fn name(&self, id: NodeId) -> &'static str {
        self.nodes[id].name
    }

    pub fn text(&self, id: NodeId) -> Option<&str> {
        let node = &self.nodes[id];
        (node.name == TEXT).then(|| &self.strings[node.from as usize..node.to as usize])
    }

    pub fn is_element(&self, id: NodeId) -> bool {
        self.nodes[id].name != TEXT
    }

    pub fn parent(&self, id: NodeId) -> NodeId {
        self.nodes[id].parent as NodeId
    }

    /// One past the last node below `id`.
    pub fn end(&self, id: NodeId) -> NodeId {
        self.nodes[id].end as NodeId
    }

    /// `id` and every node below it, in document order.
    pub fn subtree(&self, id: NodeId) -> Range<NodeId> {
        id..self.end(id)
    }

    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let (mut next, end) = (id + 1, self.end(id));
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| next = self.end(child))?;
            Some(child)
        })
    }

    /// The parent of `id`, its parent, and so on to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors((id > 0).then(|| self.parent(id)), |&id| (id > 0).then(|| self.parent(id)))
    }

    pub fn attributes(&self, id: NodeId) -> impl Iterator<Item = (&str, &str)> {
        let node = &self.nodes[id];
        let range = if node.name == TEXT { 0..0 } else { node.from as usize..node.to as usize };
        self.attributes[range]
            .iter()
            .map(|attribute| (self.slice(&attribute.name), self.slice(&attribute.value)))
    }

    pub fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.attributes(id).find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Every element of that name, in document order.
    pub fn elements<'a>(&'a self, name: &'a str) -> impl Iterator<Item = NodeId> + 'a {
        (0..self.len()).filter(move |&id| self.nodes[id].name == name)
    }

    /// The text below `id` on one line: blocks apart, white space folded.
    pub fn line(&self, id: NodeId) -> String {
        let mut line = String::new();
        let mut blocks: Vec<NodeId> = Vec::new();
        for id in self.subtree(id) {
            deadline::step();
            while blocks.pop_if(|block| self.end(*block) <= id).is_some() {
                line.push(' ');
            }
            match self.text(id) {
                Some(text) => line.push_str(text),
                None if !is_inline(self.name(id)) => {
                    line.push(' ');
                    blocks.push(id);
                }
                None => {}
            }
        }
        fold(&line)
    }

    fn slice(&self, range: &Range<u32>) -> &str {
        &self.strings[range.start as usize..range.end as usize]
    }
}

/// `text` with its runs of white space as single spaces and none at its ends.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Hands every token of `html` to `each`, in order.
pub fn tokens(html: &str, mut each: impl FnMut(CallbackEvent<'_>)) {
    let (mut raw, mut foreign, mut enters) = (None, 0_usize, false);
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<State> {
        let mut next = None;
        match event {
            CallbackEvent::OpenStartTag { name } => {
                enters = matches!(name, b"svg" | b"math");
                foreign += usize::from(enters);
                match name {
                    // These end foreign content wherever they stand (HTML standard, 13.2.6.5).
                    b"div" | b"p" | b"span" | b"ul" | b"li" | b"table" | b"img" | b"body" | b"br" => {
                        foreign = 0
                    }
                    _ => {}
                }
                // Scripts, styles and titles hold text whatever it looks like, but not in drawings, where
                // an empty `<title/>` is common and would swallow the page.
                raw = naive_next_state(name).filter(|_| foreign == 0);
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                next = raw.take();
                foreign = foreign.saturating_sub(usize::from(self_closing && enters));
            }
            CallbackEvent::EndTag { name: b"svg" | b"math" } => foreign = foreign.saturating_sub(1),
            _ => {}
        }
        deadline::step();
        each(event);
        next
    });
    let html = runs::parted(html);
    let mut tokenizer = Tokenizer::new_with_emitter(&*html, emitter);
    while let Some(Ok(state)) = tokenizer.next() {
        tokenizer.set_state(state);
    }
}

struct Builder {
    tree: Tree,
    nodes_max: usize,
    /// The open elements, the root first.
    open: Vec<NodeId>,
    /// How many of each name are open, so that nobody searches for what is not there: pages that nest to the
    /// bound and stay there would have all of it searched at each tag.
    open_by_name: [u32; KNOWN.len() + 1],
    /// Open elements that were too deep to become nodes.
    too_deep: usize,
    /// The start tag whose attributes are arriving.
    tag: Option<&'static str>,
    pending: Vec<Attribute>,
    /// Names and text of scripts are dropped unless they carry data.
    dropping: bool,
}

impl Builder {
    fn new(nodes_max: usize, bytes: usize) -> Builder {
        let root = Node { name: "", parent: 0, end: 1, from: 0, to: 0 };
        let tree = Tree {
            nodes: Vec::with_capacity(bytes / 32 + 1),
            attributes: Vec::new(),
            strings: String::with_capacity(bytes / 2),
        };
        // The root, which has no name.
        let mut open_by_name = [0; KNOWN.len() + 1];
        open_by_name[place("")] = 1;
        let mut builder = Builder {
            tree,
            nodes_max,
            open: vec![0],
            open_by_name,
            too_deep: 0,
            tag: None,
            pending: Vec::new(),
            dropping: false,
        };
        builder.tree.nodes.push(root);
        builder
    }

    fn event(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.pending.clear();
                self.tag = Some(known(name));
            }
            CallbackEvent::AttributeName { name } if self.tag.is_some() => {
                let name = self.intern(name);
                self.pending.push(Attribute { name, value: 0..0 });
            }
            CallbackEvent::AttributeValue { value } if self.tag.is_some() => {
                let value = self.intern(value);
                if let Some(attribute) = self.pending.last_mut() {
                    attribute.value = value;
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                if let Some(name) = self.tag.take() {
                    self.start(name);
                    // In drawings `<path/>` is a whole element; HTML's own ignore the slash.
                    if self_closing && name.is_empty() {
                        self.end(name);
                    }
                }
            }
            CallbackEvent::EndTag { name } => {
                self.tag = None;
                self.end(known(name));
            }
            CallbackEvent::String { value } if !self.dropping => {
                let range = self.intern(value);
                self.text(range);
            }
            _ => {}
        }
    }

    fn intern(&mut self, bytes: &[u8]) -> Range<u32> {
        let from = self.tree.strings.len() as u32;
        self.tree.strings.push_str(&String::from_utf8_lossy(bytes));
        from..self.tree.strings.len() as u32
    }

    fn push(&mut self, name: &'static str, range: Range<u32>) -> NodeId {
        let id = self.tree.nodes.len();
        let parent = *self.open.last().expect("the root is never closed") as u32;
        self.tree.nodes.push(Node { name, parent, end: id as u32 + 1, from: range.start, to: range.end });
        id
    }

    /// Takes up a text; one that comes in pieces, around comments and tags that are ignored, is one.
    fn text(&mut self, range: Range<u32>) {
        let parent = self.open.last().copied();
        let last = self.tree.nodes.last_mut().filter(|last| last.name == TEXT && last.to == range.start);
        match last.filter(|last| Some(last.parent as NodeId) == parent) {
            Some(last) => last.to = range.end,
            None => {
                self.push(TEXT, range);
            }
        }
    }

    fn name(&self, id: NodeId) -> &'static str {
        self.tree.nodes[id].name
    }

    fn start(&mut self, name: &'static str) {
        // A second html or body start tag adds nothing, a form within a form is no form.
        if matches!(name, "html" | "body" | "form") && self.is_open(name) {
            return;
        }
        self.imply_ends(name);
        let void = is_void(name);
        if self.open.len() >= DEPTH_MAX || self.tree.nodes.len() >= self.nodes_max {
            self.too_deep += usize::from(!void);
            self.dropping = matches!(name, "script" | "style");
            return;
        }
        let from = self.tree.attributes.len() as u32;
        self.tree.attributes.append(&mut self.pending);
        let to = self.tree.attributes.len() as u32;
        let id = self.push(name, from..to);
        self.dropping = match name {
            "script" => !self.tree.attribute(id, "type").is_some_and(|kind| kind.contains("json")),
            "style" => true,
            _ => false,
        };
        if !void {
            self.open.push(id);
            self.open_by_name[place(name)] += 1;
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.open_by_name[place(name)] > 0
    }

    /// Closes what a start tag of this name closes without saying so (HTML standard, 13.2.6.4.7).
    fn imply_ends(&mut self, name: &'static str) {
        if self.open.last().is_some_and(|&id| self.name(id) == "head") && !is_of_head(name) {
            self.pop_to(self.open.len() - 1);
        }
        if closes_paragraph(name) {
            self.close_within(&["p"], &["td", "th", "table", "caption", "button", "object", "template"]);
        }
        match name {
            "li" => self.close_within(&["li"], &["ul", "ol", "menu", "table", "td", "th", "section"]),
            "dt" | "dd" => self.close_within(&["dt", "dd"], &["dl", "table", "td", "th", "section"]),
            "td" | "th" => self.close_within(&["td", "th"], &["tr", "table"]),
            "tr" => self.close_within(&["tr"], &["table"]),
            "thead" | "tbody" | "tfoot" => self.close_within(&["thead", "tbody", "tfoot"], &["table"]),
            "option" => self.close_within(&["option"], &["select", "datalist"]),
            "a" => self.close_within(&["a"], CLOSED_ONLY_BY_THEIR_OWN),
            _ if is_heading(name) && self.open.last().is_some_and(|&id| is_heading(self.name(id))) => {
                self.pop_to(self.open.len() - 1);
            }
            _ => {}
        }
    }

    /// Closes the nearest open element of `names`, and all within it, unless one of `bounds` is nearer.
    fn close_within(&mut self, names: &[&str], bounds: &[&str]) {
        // Looking through a few is quicker than counting.
        if self.open.len() > 32 && !names.iter().any(|name| self.is_open(name)) {
            return;
        }
        for at in (1..self.open.len()).rev() {
            let name = self.name(self.open[at]);
            if names.contains(&name) {
                return self.pop_to(at);
            }
            if bounds.contains(&name) {
                return;
            }
        }
    }

    fn end(&mut self, name: &'static str) {
        self.dropping = false;
        // Tags beyond the depth are paired by count alone, so that what follows them is in its place again.
        if self.too_deep > 0 {
            self.too_deep -= usize::from(!is_void(name));
            return;
        }
        // What follows them still belongs to the page.
        if matches!(name, "html" | "body") {
            return;
        }
        let bounds: &[&str] = match name {
            "table" | "tr" | "td" | "th" | "thead" | "tbody" | "tfoot" => &["table"],
            "li" => &["ul", "ol", "menu", "td", "th", "table"],
            "ul" | "ol" | "dl" => &["td", "th", "table"],
            _ if is_inline(name) => CLOSED_ONLY_BY_THEIR_OWN,
            _ => &["td", "th", "table"],
        };
        self.close_within(&[name], if name == "table" { &[] } else { bounds });
    }

    fn pop_to(&mut self, length: usize) {
        let end = self.tree.nodes.len() as u32;
        for id in self.open.drain(length..) {
            let node = &mut self.tree.nodes[id];
            node.end = end;
            self.open_by_name[place(node.name)] -= 1;
        }
    }

    fn finish(mut self) -> Tree {
        self.pop_to(0);
        self.tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as nested names: `div(p(#text))`.
    fn shape(html: &str) -> String {
        fn write(tree: &Tree, id: NodeId, out: &mut String) {
            for (place, child) in tree.children(id).enumerate() {
                out.push_str(if place > 0 { " " } else { "" });
                out.push_str(tree.text(child).unwrap_or(tree.name(child)));
                if tree.end(child) > child + 1 {
                    out.push('(');
                    write(tree, child, out);
                    out.push(')');
                }
            }
        }
        let mut out = String::new();
        write(&Tree::parse(html), 0, &mut out);
        out
    }

    #[test]
    fn tags_that_are_left_out_are_implied() {
        for (html, expected) in [
            ("<p>a<p>b<div>c</div>", "p(a) p(b) div(c)"),
            ("<ul><li>a<li>b<ul><li>c</ul></ul>", "ul(li(a) li(b ul(li(c))))"),
            ("<table><tr><td>a<td>b<tr><td>c</table>d", "table(tr(td(a) td(b)) tr(td(c))) d"),
            ("<head><title>a</title><p>b", "head(title(a)) p(b)"),
            ("<div><b>a</div>b", "div(b(a)) b"),
            ("<div><span>a</b></span>b</div>", "div(span(a) b)"),
            ("<table><tr><td></div>a</td></table>b", "table(tr(td(a))) b"),
            ("<a href=x>a<a href=y>b</a>", "a(a) a(b)"),
            ("a<br/>b<img src=x>c", "a br b img c"),
            ("<script>if (a<b) {}</script>c", "script c"),
            ("<dl><dt>a<dd>b<dt>c</dl>", "dl(dt(a) dd(b) dt(c))"),
        ] {
            assert_eq!(shape(html), expected, "{html}");
        }
    }

    #[test]
    fn every_known_name_is_found() {
        for name in names::KNOWN {
            assert_eq!(known(name.as_bytes()), name);
        }
    }

    #[test]
    fn depth_is_bounded_and_text_beyond_it_is_kept() {
        let tree = Tree::parse(&format!("{}deep{}after", "<div>".repeat(100_000), "</div>".repeat(100_000)));
        assert!((0..tree.len()).all(|id| tree.ancestors(id).count() <= DEPTH_MAX));
        assert_eq!(tree.line(0), "deep after");
        assert_eq!(tree.parent(tree.len() - 1), 0);
    }

    #[test]
    fn attributes_are_decoded_and_the_first_of_a_name_counts() {
        let tree = Tree::parse("<p class='a &amp; b' CLASS=c hidden>x</p class=d>");
        assert_eq!(tree.attribute(1, "class"), Some("a & b"));
        assert_eq!(tree.attribute(1, "hidden"), Some(""));
        assert_eq!(tree.attribute(1, "id"), None);
        assert_eq!(tree.attributes(2).count(), 0);
    }
}
