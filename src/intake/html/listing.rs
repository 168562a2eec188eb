//! Pages that are several bulletins: a news page that prints its items in full.
//!
//! Owns the telling of items from the parts of one article. It must never split what the page itself calls
//! an article, nor a list of links: an item has a heading, a date and text of its own.

use super::head::Head;
use super::linked_data::LinkedData;
use super::published;
use crate::bulletin::PartialDate;
use crate::intake::date::Order;
use crate::intake::markup::{NodeId, Tree, is_heading, is_inline};

/// Fewer are too easily two parts of one article.
const ITEMS_MIN: usize = 3;

/// Each item is read by itself, so that items times nodes is what a listing costs; no page of news comes
/// near.
const WORK_MAX: usize = 20_000_000;

/// Shorter texts are teasers of pages that have the whole.
const TEXT_CHARS_MIN: usize = 150;

/// One bulletin of a listing.
pub struct Item {
    pub node: NodeId,
    pub heading: NodeId,
    pub published: Option<PartialDate>,
}

/// The items of a listing in their order; none where the page is one bulletin.
pub fn items(tree: &Tree, head: &Head<'_>, linked: &LinkedData, dropped: &[bool], order: Order) -> Vec<Item> {
    let declared = head.meta(&["og:type"]).is_some_and(|kind| kind.eq_ignore_ascii_case("article"));
    if declared || linked.headline.is_some() || head.meta(&["article:published_time"]).is_some() {
        return Vec::new();
    }
    // Nested listings are read as the outer one, which comes first.
    (0..tree.len()).find_map(|parent| within(tree, parent, dropped, order)).unwrap_or_default()
}

/// The items among the children of `parent`, if it is a listing.
fn within(tree: &Tree, parent: NodeId, dropped: &[bool], order: Order) -> Option<Vec<Item>> {
    if dropped[parent] || is_inline(tree.name(parent)) {
        return None;
    }
    let parts: Vec<NodeId> =
        tree.children(parent).filter(|&id| !dropped[id] && holds_item(tree.name(id))).collect();
    if parts.len() < ITEMS_MIN || parts.len() * tree.len() > WORK_MAX {
        return None;
    }
    let items: Vec<Item> = parts.iter().filter_map(|&node| item(tree, node, dropped, order)).collect();
    let dated = items.iter().filter(|item| item.published.is_some()).count();
    let same = items.windows(2).all(|pair| tree.name(pair[0].node) == tree.name(pair[1].node));
    // Nearly every part is an item, and nearly every item has its date.
    let is_listing = items.len() >= ITEMS_MIN
        && same
        && items.len() * 4 >= parts.len() * 3
        && dated * 3 >= items.len() * 2;
    is_listing.then_some(items)
}

fn holds_item(name: &str) -> bool {
    matches!(name, "article" | "section" | "div" | "li" | "dd")
}

fn item(tree: &Tree, node: NodeId, dropped: &[bool], order: Order) -> Option<Item> {
    let mut headings = tree.subtree(node).filter(|&id| !dropped[id] && is_heading(tree.name(id)));
    let heading = headings.next().filter(|&heading| !tree.line(heading).is_empty())?;
    // A second heading of the same level begins a second item.
    if headings.any(|other| tree.name(other) == tree.name(heading)) {
        return None;
    }
    let text: usize = tree
        .subtree(node)
        .filter(|&id| !dropped[id] && !tree.subtree(heading).contains(&id))
        .filter_map(|id| tree.text(id))
        .map(|text| text.chars().filter(|c| !c.is_whitespace()).count())
        .sum();
    (text >= TEXT_CHARS_MIN).then(|| Item { node, heading, published: published::within(tree, node, order) })
}
