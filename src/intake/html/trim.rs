//! What still is not part of an article once it is found, and what stands before it and is.
//!
//! Owns the edges of the article: the lead above its text, the links between and after it. It must never
//! widen the article past the page's own frame for it.

use super::article::{Amount, totals};
use super::title::Title;
use crate::intake::markup::{NodeId, Tree, fold, is_heading, is_inline};

/// How far above the text its headline may stand, in levels of containers.
const LEVELS_MAX: usize = 10;

/// The node that holds the text and the lead that stands between it and the headline, with everything else
/// dropped; the text itself where there is no lead.
pub fn with_lead(
    tree: &Tree,
    text: NodeId,
    own: &[Amount],
    title: &Title,
    description: Option<&str>,
    dropped: &mut [bool],
) -> NodeId {
    let described: Option<String> = description.map(|text| key(text).chars().take(40).collect());
    let heading = title.heading.filter(|&heading| heading < text);
    let common =
        |id: NodeId| tree.ancestors(text).take(LEVELS_MAX).find(|&above| tree.subtree(above).contains(&id));
    // Without a headline above the text, only what the page itself repeats as its description is a lead.
    let from = heading.map_or(0, |heading| tree.end(heading));
    let leads: Vec<NodeId> = (from..text)
        .filter(|&id| {
            let own = own[id];
            let written = heading.is_some()
                && own.chars >= 40
                && own.stops > 0
                && !matches!(tree.name(id), "td" | "li");
            !dropped[id]
                && own.density() <= 25
                && (written
                    || own.chars >= 25
                        && described.as_deref().is_some_and(|described| {
                            key(&tree.line(id)).starts_with(described) && described.len() >= 25
                        }))
                && !tree.ancestors(text).any(|above| above == id)
        })
        .collect();
    let Some(root) = leads.iter().filter_map(|&id| common(id)).min() else { return text };
    let kept: Vec<NodeId> = leads.into_iter().filter(|&id| tree.subtree(root).contains(&id)).collect();
    let holds_kept = |id: NodeId| {
        kept.iter().any(|&lead| tree.subtree(id).contains(&lead) || tree.subtree(lead).contains(&id))
    };
    for id in tree.subtree(root).skip(1) {
        let of_text = tree.subtree(text).contains(&id) || tree.subtree(id).contains(&text);
        if !of_text && !holds_kept(id) {
            dropped[id] = true;
        }
    }
    root
}

/// Letters and digits only, in lower case.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Drops within the article what is not part of it; the characters that are left.
pub fn trim(tree: &Tree, root: NodeId, own: &[Amount], title: &Title, dropped: &mut [bool]) -> u32 {
    let left: Vec<Amount> = own
        .iter()
        .zip(&*dropped)
        .map(|(own, dropped)| if *dropped { Amount::default() } else { *own })
        .collect();
    let totals = totals(tree, &left);
    let mut id = root + 1;
    while id < tree.end(root) {
        let drop = dropped[id] || title.heading == Some(id) || is_links(tree, id, totals[id]);
        let next = if drop { tree.end(id) } else { id + 1 };
        dropped[id..next].fill(drop);
        id = next;
    }
    drop_lone_headings(tree, root, dropped);
    totals[root].chars
}

/// Whether a block is links and little else.
fn is_links(tree: &Tree, id: NodeId, total: Amount) -> bool {
    let block = matches!(
        tree.name(id),
        "ul" | "ol" | "div" | "section" | "table" | "p" | "dl" | "h2" | "h3" | "h4" | "h5" | "h6"
    );
    block && total.chars > 0 && total.density() > 70 && total.chars < 2_000
}

/// Drops headings with nothing below them: what they announced has been dropped.
fn drop_lone_headings(tree: &Tree, root: NodeId, dropped: &mut [bool]) {
    // The lowest level that a heading must have to stand for text that follows it.
    let mut followed = false;
    for id in tree.subtree(root).rev() {
        if dropped[id] {
            continue;
        }
        if let Some(heading) = tree.ancestors(id).take(4).find(|&above| is_heading(tree.name(above))) {
            if !followed && !dropped[heading] && tree.text(id).is_some_and(|text| !text.trim().is_empty()) {
                let end = tree.end(heading);
                dropped[heading..end].fill(true);
            }
        } else if is_heading(tree.name(id)) {
            // Headings right after one another may stand for the same text.
        } else if tree.text(id).is_some_and(|text| !fold(text).is_empty()) || tree.name(id) == "img" {
            followed = true;
        } else {
            let _ = is_inline;
        }
    }
}
