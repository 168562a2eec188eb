//! What is said below pictures.
//!
//! Owns which captions belong to the article: those of the pictures that it shows. While the article is looked
//! for they count for nothing, since every picture of a page has one. It must never weigh text.

use super::trim::points_elsewhere;
use crate::intake::markup::{NodeId, Tree};

/// How far below its figure a caption or picture stands, in levels.
const LEVELS_MAX: usize = 6;

/// Takes the captions of the article's pictures back into it.
pub fn restore(tree: &Tree, root: NodeId, dropped: &mut [bool]) {
    for caption in tree.subtree(root).filter(|&id| tree.name(id) == "figcaption") {
        let figure = tree.ancestors(caption).take(LEVELS_MAX).find(|&above| tree.name(above) == "figure");
        let Some(figure) = figure.filter(|&figure| !dropped[figure] && dropped[caption]) else { continue };
        let shows = tree.subtree(figure).any(|id| tree.name(id) == "img" && !dropped[id]);
        if shows && !points_elsewhere(&tree.line(caption)) {
            dropped[tree.subtree(caption)].fill(false);
        }
    }
}
