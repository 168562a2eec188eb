//! What is said below pictures.
//!
//! Owns which captions belong to the article: those of the pictures that it shows. While the article is looked
//! for they count for nothing, since every picture of a page has one. It must never weigh text.

use std::ops::Range;

use super::furniture::{self, Doubt};
use super::trim::points_elsewhere;
use crate::intake::markup::{NodeId, Tree, is_heading};

/// How far below its figure a caption or picture stands, in levels.
const LEVELS_MAX: usize = 6;

/// How many nodes of a figure are looked at. One with more is a part of the page.
const NODES_MAX: usize = 500;

/// Takes the captions of the article's pictures back into it, but for what only says whose a picture is; those that
/// it took back, in order.
pub fn restore(tree: &Tree, root: NodeId, dropped: &mut [bool]) -> Vec<NodeId> {
    let mut captions = Vec::new();
    let mut id = root;
    while id < tree.end(root) {
        let caption = tree.name(id) == "figcaption" && dropped[id];
        if caption && is_shown(tree, id, dropped) && is_said(tree, id) {
            take_back(tree, id, dropped);
            captions.push(id);
        }
        id = if caption { tree.end(id) } else { id + 1 };
    }
    captions
}

/// The figure of a picture or caption, and its first nodes.
pub fn figure(tree: &Tree, part: NodeId) -> Option<(NodeId, Range<NodeId>)> {
    let figure = tree.ancestors(part).take(LEVELS_MAX).find(|&above| tree.name(above) == "figure")?;
    Some((figure, figure..tree.end(figure).min(figure + NODES_MAX)))
}

/// Whether the article shows the picture of a caption.
fn is_shown(tree: &Tree, caption: NodeId, dropped: &[bool]) -> bool {
    figure(tree, caption).is_some_and(|(figure, mut nodes)| {
        !dropped[figure] && nodes.any(|id| tree.name(id) == "img" && !dropped[id])
    })
}

fn take_back(tree: &Tree, caption: NodeId, dropped: &mut [bool]) {
    let mut id = caption;
    while id < tree.end(caption) {
        let credit = id > caption && tree.is_element(id) && furniture::doubt(tree, id) >= Doubt::Named;
        let next = if credit { tree.end(id) } else { id + 1 };
        dropped[id..next].fill(credit);
        id = next;
    }
}

/// Whether a caption says something of its picture: it is no credit, and no teaser of another page.
fn is_said(tree: &Tree, caption: NodeId) -> bool {
    let line = tree.line(caption);
    let chars = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let links = tree.subtree(caption).filter(|&id| tree.name(id) == "a");
    let linked: usize = links.map(|id| chars(&tree.line(id))).sum();
    let headed = tree.subtree(caption).any(|id| is_heading(tree.name(id)));
    let credit = line.starts_with(['©', '(']) || points_elsewhere(&line);
    !headed && !credit && linked * 2 < chars(&line)
}
