//! Where the article is in a page.
//!
//! Owns the weighing of text against what surrounds it. It must never know what site a page is from: names
//! of classes count only as far as many sites use them alike.
//!
//! Every block weighs what its own text says for or against being part of an article; a container weighs
//! what it holds. The heaviest container is the article, as long as what is named as something else has
//! been set aside before.

use super::captions;
use super::furniture::{self, Doubt};
use super::title::Title;
use super::trim;
use crate::intake::markup::{NodeId, Tree, is_heading, is_inline};

/// The part of a page that is its article.
pub struct Article {
    pub root: NodeId,
    /// Nodes that are not part of it.
    pub dropped: Vec<bool>,
    /// Nodes that surround articles, here or elsewhere in the page.
    pub furniture: Vec<bool>,
    /// What is said below its pictures, in order. Other captions are text: some pages write all they have in them.
    pub captions: Vec<NodeId>,
    /// Its text in characters, roughly.
    pub chars: u32,
}

/// Text in characters that are not white space.
#[derive(Clone, Copy, Default)]
pub struct Amount {
    pub chars: u32,
    pub linked: u32,
    /// Marks that end sentences or part clauses.
    pub stops: u32,
    /// Mentions of what only notices speak of.
    pub notices: u32,
}

impl Amount {
    /// The share of the text that is in links, in hundredths.
    pub fn density(self) -> u32 {
        (self.linked * 100).checked_div(self.chars).unwrap_or(0)
    }
}

/// Finds the article of a page, whose title and description may help.
pub fn find(tree: &Tree, title: &Title, description: Option<&str>) -> Article {
    let own = amounts(tree);
    let totals = totals(tree, &own);
    let mut dropped = vec![false; tree.len()];
    let prose = sums(tree, |id| weight(tree.name(id), own[id]).max(0.0));
    for lenient in [Doubt::Weak, Doubt::Named, Doubt::Added] {
        drop_furniture(tree, &prose, &totals, lenient, title, &mut dropped);
        let left: f32 = (0..tree.len())
            .filter(|&id| !dropped[id])
            .map(|id| weight(tree.name(id), own[id]).max(0.0))
            .sum();
        // Where most of the text went, the page names its parts in its own way.
        if left >= 0.3 * prose[0] {
            break;
        }
    }
    let weights = sums(tree, |id| if dropped[id] { 0.0 } else { weight(tree.name(id), own[id]) });
    let furniture = dropped.clone();
    let text = choose(tree, &weights, &dropped, title);
    let root = trim::with_lead(tree, text, &own, title, description, &mut dropped);
    let chars = trim::trim(tree, root, &own, title, &mut dropped);
    let captions = captions::restore(tree, root, &mut dropped);
    Article { root, dropped, furniture, captions, chars }
}

/// The article that a given part of a page is.
pub fn within(tree: &Tree, root: NodeId, title: &Title, furniture: &[bool]) -> Article {
    let mut dropped = furniture.to_vec();
    let chars = trim::trim(tree, root, &amounts(tree), title, &mut dropped);
    let captions = captions::restore(tree, root, &mut dropped);
    Article { root, dropped, furniture: Vec::new(), captions, chars }
}

/// The article that markup is which has nothing else around it, such as the content of a feed's entry: only
/// what was added to it goes. Where that would be most of it, it is a list of links or a teaser, and stays.
pub fn whole(tree: &Tree, title: &Title) -> Article {
    let own = amounts(tree);
    let (all, prose) = (totals(tree, &own), sums(tree, |id| weight(tree.name(id), own[id]).max(0.0)));
    let mut furniture = vec![false; tree.len()];
    drop_furniture(tree, &prose, &all, Doubt::Named, title, &mut furniture);
    let article = within(tree, 0, title, &furniture);
    if article.chars * 2 >= all[0].chars {
        return article;
    }
    let captions = tree.elements("figcaption").collect();
    Article {
        root: 0,
        dropped: vec![false; tree.len()],
        furniture: Vec::new(),
        captions,
        chars: all[0].chars,
    }
}

/// What each block holds itself, without the blocks within it.
fn amounts(tree: &Tree) -> Vec<Amount> {
    let mut amounts = vec![Amount::default(); tree.len()];
    let mut block = vec![0; tree.len()];
    let (mut link_end, mut unread_end) = (0, 0);
    for id in 1..tree.len() {
        let name = tree.name(id);
        block[id] = if is_inline(name) { block[tree.parent(id)] } else { id };
        if furniture::is_unread(name) {
            unread_end = unread_end.max(tree.end(id));
        }
        if name == "a" && tree.attribute(id, "href").is_some() {
            link_end = tree.end(id);
        }
        let Some(text) = tree.text(id).filter(|_| id >= unread_end) else { continue };
        let text = amount(text);
        let amount = &mut amounts[block[id]];
        amount.chars += text.chars;
        amount.stops += text.stops;
        amount.notices += text.notices;
        amount.linked += if id < link_end { text.chars } else { 0 };
    }
    amounts
}

/// Counts a text. Characters of scripts that write a word in one or two count threefold.
fn amount(text: &str) -> Amount {
    let mut amount = Amount::default();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let dense = ('\u{2e80}'..'\u{a000}').contains(&c) || ('\u{ac00}'..'\u{d7a4}').contains(&c);
        amount.chars += if dense { 3 } else { 1 };
        amount.stops += u32::from(".,!?;。，、！？،۔।".contains(c));
    }
    amount.notices = (text.matches("ookie").count()) as u32;
    amount
}

/// What each node holds with all that is below it.
pub fn totals(tree: &Tree, own: &[Amount]) -> Vec<Amount> {
    let mut totals = own.to_vec();
    for id in (1..tree.len()).rev() {
        let below = totals[id];
        let above = &mut totals[tree.parent(id)];
        above.chars += below.chars;
        above.linked += below.linked;
        above.stops += below.stops;
        above.notices += below.notices;
    }
    totals
}

/// What a block's own text says for (or, below zero, against) being part of an article.
fn weight(name: &str, own: Amount) -> f32 {
    if own.chars == 0 {
        return 0.0;
    }
    let chars = own.chars as f32;
    let plain = (own.chars - own.linked) as f32;
    if own.density() > 50 {
        return -10.0 - 0.3 * chars;
    }
    // Sentences are what articles are made of; captions, teasers and labels are short or end in no stop.
    let prose = (own.chars >= 80 && own.stops > 0) || own.chars >= 140;
    match name {
        _ if prose => plain,
        "p" | "blockquote" | "pre" => 0.5 * plain,
        // Lists and tables belong to what they stand in: they neither make an article nor break one.
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

/// Marks what is named, at least as surely as `least`, as something else than the article, unless most of
/// the text is in it.
fn drop_furniture(
    tree: &Tree,
    prose: &[f32],
    totals: &[Amount],
    least: Doubt,
    title: &Title,
    dropped: &mut [bool],
) {
    let all = prose[0].max(1.0);
    let mut id = 1;
    while id < tree.len() {
        let doubt = if tree.is_element(id) { furniture::doubt(tree, id) } else { Doubt::None };
        let total = totals[id];
        let part = prose[id] / all;
        let headed = title.heading.is_some_and(|heading| tree.subtree(id).contains(&heading));
        let drop = match doubt {
            Doubt::Certain => true,
            // Readers may have written more than the author did.
            Doubt::Added => part < 0.8 && !headed,
            _ if doubt < least && doubt != Doubt::None => false,
            // A notice about cookies names them again and again, whatever its element is called.
            Doubt::None => total.notices >= 3 && total.notices * 200 > total.chars && part < 0.4,
            Doubt::Weak => (total.chars < 150 || total.density() > 25) && part < 0.4 && !headed,
            Doubt::Named => part < if headed { 0.3 } else { 0.6 },
        };
        let next = if drop { tree.end(id) } else { id + 1 };
        dropped[id..next].fill(drop);
        id = next;
    }
}

/// The node that holds the article and as little else as can be.
fn choose(tree: &Tree, weights: &[f32], dropped: &[bool], title: &Title) -> NodeId {
    // Where the page shows several articles, it is the one that has the headline.
    let frame = title.heading.and_then(|heading| {
        let heavy = |name: &str, least: f32| {
            tree.ancestors(heading).find(|&id| tree.name(id) == name && weights[id] >= least && !dropped[id])
        };
        heavy("article", 250.0).or_else(|| heavy("main", 100.0))
    });
    let within = frame.map_or(0..tree.len(), |id| tree.subtree(id));
    let mut best = within.start;
    for id in within {
        if !dropped[id] && tree.is_element(id) && !is_inline(tree.name(id)) && weights[id] >= weights[best] {
            best = id;
        }
    }
    // Down as long as one child holds nearly all of it.
    while !furniture::is_body(tree, best) {
        let next = tree.children(best).find(|&child| {
            let headed = title.heading.is_some_and(|heading| tree.subtree(child).contains(&heading));
            // What is named as the body may be trusted with less than all of it, and the column of a grid that has the
            // headline with less than that: what stands beside it is another column.
            let share = match () {
                () if furniture::is_body(tree, child) => 0.7,
                () if headed && furniture::is_column(tree, child) => 0.55,
                () => 0.85,
            };
            !dropped[child]
                && holds_blocks(tree, child)
                && weights[child] > 0.0
                && weights[child] >= share * weights[best]
        });
        match next {
            Some(child) => best = child,
            None => break,
        }
    }
    best
}

fn holds_blocks(tree: &Tree, id: NodeId) -> bool {
    tree.is_element(id) && !matches!(tree.name(id), "p" | "li" | "blockquote" | "pre" | "dl")
}
