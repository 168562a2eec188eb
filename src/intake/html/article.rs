//! Where the article is in a page.
//!
//! Owns the weighing of text against what surrounds it. It must never know what site a page is from: names
//! of classes count only as far as many sites use them alike.

use url::Url;

use super::furniture::{self, Doubt};
use super::title::Title;
use crate::intake::markup::{NodeId, Tree, is_heading, is_inline};
use crate::intake::sanitize;

/// The part of a page that is its article.
pub struct Article {
    pub root: NodeId,
    /// Nodes that are not part of it, with all that is below them.
    pub dropped: Vec<bool>,
    /// Its text in characters, roughly.
    pub chars: u32,
}

/// The text of one node without that of the blocks within it, in characters that are not white space.
#[derive(Clone, Copy, Default)]
struct Own {
    chars: u32,
    linked: u32,
    /// Marks that end sentences or part clauses.
    stops: u32,
}

impl Article {
    /// Its markup, for the gate, with addresses relative to `base` made absolute.
    pub fn html(&self, tree: &Tree, _base: Option<&Url>) -> String {
        let mut html = String::new();
        sanitize::write_tree(tree, self.root, |id| self.dropped[id], &mut html);
        html
    }
}

pub fn find(tree: &Tree, title: &Title) -> Article {
    let mut dropped = vec![false; tree.len()];
    let own = own_text(tree);
    let prose = sums(tree, |id| weight(tree.name(id), own[id]).max(0.0));
    drop_furniture(tree, &prose, &mut dropped);
    let weights = sums(tree, |id| if dropped[id] { 0.0 } else { weight(tree.name(id), own[id]) });
    let root = choose(tree, &weights, &dropped);
    if std::env::var("DBG").is_ok() { eprintln!("root {root} {} {:?} w={} prose={}", tree.name(root), tree.attribute(root,"class"), weights[root], prose[0]); for a in tree.ancestors(root) { eprintln!("  up {a} {} {:?} w={} p={} d={}", tree.name(a), tree.attribute(a,"class"), weights[a], prose[a], dropped[a]); } }
    let chars = clean(tree, root, &own, title, &mut dropped);
    Article { root, dropped, chars }
}

/// What each block holds itself.
fn own_text(tree: &Tree) -> Vec<Own> {
    let mut own = vec![Own::default(); tree.len()];
    let mut block = vec![0; tree.len()];
    let (mut link_end, mut skip_end) = (0, 0);
    for id in 1..tree.len() {
        let name = tree.name(id);
        block[id] = if is_inline(name) { block[tree.parent(id)] } else { id };
        if furniture::is_unread(name) && id >= skip_end {
            skip_end = tree.end(id);
        }
        if name == "a" && tree.attribute(id, "href").is_some() {
            link_end = tree.end(id);
        }
        let Some(text) = tree.text(id).filter(|_| id >= skip_end) else { continue };
        let (chars, stops) = count(text);
        let own = &mut own[block[id]];
        own.chars += chars;
        own.stops += stops;
        own.linked += if id < link_end { chars } else { 0 };
    }
    own
}

/// Characters, those of scripts that write a word in one or two counted threefold, and stops.
fn count(text: &str) -> (u32, u32) {
    let (mut chars, mut stops) = (0, 0);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        chars += if ('\u{2e80}'..'\u{a000}').contains(&c) || ('\u{ac00}'..'\u{d7a4}').contains(&c) {
            3
        } else {
            1
        };
        stops += u32::from(matches!(
            c,
            '.' | ',' | '!' | '?' | ';' | '。' | '，' | '、' | '！' | '？' | '،' | '۔' | '।'
        ));
    }
    (chars, stops)
}

/// What a block's own text says for (or, below zero, against) being part of an article.
fn weight(name: &str, own: Own) -> f32 {
    if own.chars == 0 {
        return 0.0;
    }
    let (chars, linked) = (own.chars as f32, own.linked as f32);
    let density = linked / chars;
    if density > 0.5 {
        return -10.0 - 0.3 * chars;
    }
    let prose = (own.chars >= 80 && own.stops > 0) || own.chars >= 140;
    match name {
        _ if prose => chars * (1.0 - density),
        "p" | "blockquote" | "pre" => chars * 0.5 * (1.0 - density),
        "li" | "td" | "th" | "dd" | "dt" => 0.0,
        _ if own.chars >= 30 && own.stops > 0 => 0.3 * chars,
        _ if is_heading(name) => 0.0,
        _ => -4.0,
    }
}

/// The sums of what each node has and all that is below it.
fn sums(tree: &Tree, of: impl Fn(NodeId) -> f32) -> Vec<f32> {
    let mut sums: Vec<f32> = (0..tree.len()).map(of).collect();
    for id in (1..tree.len()).rev() {
        sums[tree.parent(id)] += sums[id];
    }
    sums
}

/// Marks what is named as something else than the article, unless most of the text is in it.
fn drop_furniture(tree: &Tree, prose: &[f32], dropped: &mut [bool]) {
    let total = prose[0].max(1.0);
    let mut id = 1;
    while id < tree.len() {
        let doubt = if tree.is_element(id) { furniture::doubt(tree, id) } else { Doubt::None };
        let drop = match doubt {
            Doubt::None => false,
            Doubt::Named => prose[id] < 0.4 * total,
            Doubt::Added => prose[id] < 0.8 * total,
            Doubt::Certain => true,
        };
        let drop = drop && !matches!(tree.name(id), "body" | "html" | "article" | "main");
        let next = if drop { tree.end(id) } else { id + 1 };
        dropped[id..next].fill(drop);
        id = next;
    }
}

/// The node that holds the article and as little else as can be.
fn choose(tree: &Tree, weights: &[f32], dropped: &[bool]) -> NodeId {
    let mut best = 0;
    let mut id = 1;
    while id < tree.len() {
        if dropped[id] {
            id = tree.end(id);
            continue;
        }
        if tree.is_element(id) && !is_inline(tree.name(id)) && weights[id] >= weights[best] {
            best = id;
        }
        id += 1;
    }
    // Down as long as one child holds nearly all of it.
    loop {
        let next = tree.children(best).find(|&child| {
            !dropped[child]
                && holds_blocks(tree, child)
                && weights[child] >= 0.85 * weights[best]
                && weights[child] > 0.0
        });
        match next {
            Some(child) => best = child,
            None => return best,
        }
    }
}

fn holds_blocks(tree: &Tree, id: NodeId) -> bool {
    tree.is_element(id) && !matches!(tree.name(id), "p" | "li" | "blockquote" | "pre")
}

/// Drops within the article what is not part of it; the characters that are left.
fn clean(tree: &Tree, root: NodeId, own: &[Own], title: &Title, dropped: &mut [bool]) -> u32 {
    let mut totals: Vec<Own> = own.to_vec();
    for id in (root + 1..tree.end(root)).rev() {
        if !dropped[id] {
            let below = totals[id];
            let above = &mut totals[tree.parent(id)];
            above.chars += below.chars;
            above.linked += below.linked;
            above.stops += below.stops;
        }
    }
    let mut id = root + 1;
    while id < tree.end(root) {
        let name = tree.name(id);
        let total = totals[id];
        let links =
            matches!(name, "ul" | "ol" | "div" | "section" | "table" | "p" | "dl" | "h2" | "h3" | "h4")
                && total.chars > 0
                && total.linked * 10 > total.chars * 7
                && total.chars < 2_000;
        let heading = title.heading == Some(id);
        let next = if dropped[id] || links || heading { tree.end(id) } else { id + 1 };
        if links || heading {
            dropped[id..next].fill(true);
        }
        id = next;
    }
    totals[root].chars
}
