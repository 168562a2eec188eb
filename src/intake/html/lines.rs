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
                    line.text.push_str(text);
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
