//! The text of a page line by line, as a reader would see it.
//!
//! Owns the parting of a page's text at its blocks. It must never judge what a line is.

use crate::intake::markup::{NodeId, Tree, is_inline};

/// Text that stands together, in one block and between line breaks.
pub struct Line {
    /// The block that it stands in.
    pub node: NodeId,
    pub text: String,
    /// All of it is in links.
    pub linked: bool,
}

/// The lines of a page, in order, without those that only machines read.
pub fn lines(tree: &Tree) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut block = vec![0; tree.len()];
    let (mut link_end, mut fresh) = (0, true);
    let mut ends: Vec<NodeId> = Vec::new();
    let mut id = 1;
    while id < tree.len() {
        let name = tree.name(id);
        if super::furniture::is_unread(name) {
            block[id] = block[tree.parent(id)];
            id = tree.end(id);
            continue;
        }
        while ends.pop_if(|end| *end <= id).is_some() {
            fresh = true;
        }
        let inline = is_inline(name);
        block[id] = if inline { block[tree.parent(id)] } else { id };
        if !inline {
            fresh = true;
            ends.push(tree.end(id));
        }
        if name == "a" {
            link_end = tree.end(id);
        }
        if let Some(text) = tree.text(id) {
            let blank = text.trim().is_empty();
            let linked = id < link_end;
            match lines.last_mut() {
                Some(line) if !fresh => {
                    push(&mut line.text, text);
                    line.linked &= linked || blank;
                }
                _ if !blank => {
                    lines.push(Line { node: block[id], text: text.into(), linked });
                    fresh = false;
                }
                _ => {}
            }
        }
        id += 1;
    }
    for line in &mut lines {
        line.text = crate::intake::markup::fold(&line.text);
    }
    lines
}

/// Adds `text` to a line. Two numbers in elements of their own are two numbers, whatever style sets them
/// apart: `<i>4</i><i>2018</i>` is no `42018`.
fn push(line: &mut String, text: &str) {
    if line.ends_with(char::is_numeric) && text.starts_with(char::is_numeric) {
        line.push(' ');
    }
    line.push_str(text);
}

/// The text below `id` on one line, with the texts of its elements apart where two numbers meet.
pub fn parted(tree: &Tree, id: NodeId) -> String {
    let line = tree.line(id);
    let meet = |c: char| c.is_numeric();
    let mut last = '\0';
    let mut met = false;
    for text in tree.subtree(id).filter_map(|id| tree.text(id)).filter(|text| !text.is_empty()) {
        met |= meet(last) && text.starts_with(meet);
        last = text.chars().next_back().unwrap_or_default();
    }
    if !met {
        return line;
    }
    let mut line = String::new();
    for text in tree.subtree(id).filter_map(|id| tree.text(id)) {
        line.push(' ');
        line.push_str(text);
    }
    crate::intake::markup::fold(&line)
}
