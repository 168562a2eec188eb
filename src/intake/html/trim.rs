//! What still is not part of an article once it is found, and what stands before it and is.
//!
//! Owns the edges of the article: the lead above its text, the links and notes between and after it. It must
//! never widen the article past the page's own frame for it.

use std::cell::LazyCell;

use super::article::{Amount, totals};
use super::furniture;
use super::title::Title;
use crate::intake::date;
use crate::intake::markup::{NodeId, Tree, fold, is_heading, is_inline};

/// How far above the text its headline may stand, in levels of containers.
const LEVELS_MAX: usize = 10;

/// A lead is a paragraph or two; more blocks above the text are another text.
const LEADS_MAX: usize = 12;

/// Longer blocks are looked at as prose and not as notes.
const NOTE_CHARS_MAX: u32 = 120;

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
    let heading = title.heading.filter(|&heading| heading < text);
    let described: Option<String> = description.map(|text| key(text).chars().take(40).collect());
    let is_described =
        |line: &str| described.as_deref().is_some_and(|lead| lead.len() >= 25 && key(line).starts_with(lead));
    // Asked for only where there is something to compare, since it is all of the text.
    let body = LazyCell::new(|| key(&tree.line(text)));
    // Without a headline above the text, only what the page itself repeats as its description is a lead.
    let from = heading.map_or(0, |heading| tree.end(heading));
    let is_lead = |id: NodeId| {
        let own = own[id];
        if dropped[id] || own.chars < 25 || own.density() > 25 || tree.subtree(id).contains(&text) {
            return false;
        }
        let line = tree.line(id);
        let written = heading.is_some() && own.chars >= 40 && own.stops > 0 && tree.name(id) != "td";
        // Some pages say it again where the text begins.
        (written || is_described(&line)) && !body.contains(&key(&line))
    };
    let leads: Vec<NodeId> = (from..text).filter(|&id| is_lead(id)).take(LEADS_MAX).collect();
    let common =
        |id: NodeId| tree.ancestors(text).take(LEVELS_MAX).find(|&above| tree.subtree(above).contains(&id));
    let Some(root) = leads.iter().filter_map(|&id| common(id)).min() else { return text };
    let overlaps = |a: NodeId, b: NodeId| tree.subtree(a).contains(&b) || tree.subtree(b).contains(&a);
    for id in tree.subtree(root).skip(1) {
        dropped[id] |= !overlaps(id, text) && !leads.iter().any(|&lead| overlaps(id, lead));
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
    drop_notes(tree, root, &left, &totals, title, dropped);
    drop_lone_headings(tree, root, &left, dropped);
    tree.subtree(root).filter(|&id| !dropped[id]).map(|id| left[id].chars).sum()
}

/// Whether a block is links and little else.
fn is_links(tree: &Tree, id: NodeId, total: Amount) -> bool {
    let block = is_heading(tree.name(id))
        || matches!(tree.name(id), "ul" | "ol" | "div" | "section" | "table" | "p" | "dl" | "li" | "figure");
    let menu = !matches!(tree.name(id), "li") || total.stops == 0 && total.chars < 15;
    block
        && menu
        && total.chars > 0
        && total.density() > 70
        && total.chars < 2_000
        && !furniture::is_button(tree, id)
}

/// Drops short blocks that speak about the page: who wrote it and when before the text, what else there is
/// to read within and after it.
fn drop_notes(
    tree: &Tree,
    root: NodeId,
    own: &[Amount],
    totals: &[Amount],
    title: &Title,
    dropped: &mut [bool],
) {
    let headline = title.text.as_deref().map(key).unwrap_or_default();
    let mut begun = false;
    for id in tree.subtree(root) {
        let own = own[id];
        if dropped[id] || own.chars == 0 {
            continue;
        }
        // Text and blocks side by side: what stands between two blocks is a line of its own.
        let runs = if totals[id].chars == own.chars { vec![vec![id]] } else { runs(tree, id) };
        for run in runs {
            let Some(line) = short_line(tree, &run) else { continue };
            let chars = line.chars().count();
            let before = !begun && (chars <= 80 && says_when_or_who(&line) || key(&line) == headline);
            if run[0] != root && (before || points_elsewhere(&line)) {
                dropped[run[0]..tree.end(run[run.len() - 1])].fill(true);
            }
        }
        begun |= own.chars >= 80;
    }
}

/// The children of a block that stand together between the blocks or line breaks around them.
fn runs(tree: &Tree, block: NodeId) -> Vec<Vec<NodeId>> {
    let children: Vec<NodeId> = tree.children(block).collect();
    let parts = |id: &NodeId| !is_inline(tree.name(*id));
    children.split(parts).filter(|run| !run.is_empty()).map(<[NodeId]>::to_vec).collect()
}

/// The text of nodes that stand together, where there is some and no more than a note has.
fn short_line(tree: &Tree, run: &[NodeId]) -> Option<String> {
    const NODES_MAX: usize = 60;
    if tree.end(run[run.len() - 1]) - run[0] > NODES_MAX {
        return None;
    }
    let parts = run.iter().map(|&id| tree.text(id).map_or_else(|| tree.line(id), String::from));
    let line = fold(&parts.collect::<String>());
    (!line.is_empty() && line.chars().count() <= NOTE_CHARS_MAX as usize).then_some(line)
}

/// Whether a line above the text only dates or signs it.
fn says_when_or_who(line: &str) -> bool {
    let lower = line.to_lowercase();
    let signs = [
        "by ", "von ", "por ", "par ", "di ", "autor: ", "author: ", "text: ", "publish", "posted", "updated",
    ];
    signs.iter().any(|sign| lower.starts_with(sign)) && line.split_whitespace().count() <= 12
        || date::mentions(line).iter().any(|mention| {
            let rest = line.len() - mention.range().len();
            !mention.span && mention.date.day().is_some() && rest <= 40
        })
}

/// Beginnings of lines that lead away from the text or stand around it, in lower case.
#[rustfmt::skip]
const ELSEWHERE: &[&str] = &[
    "read more", "read also", "read next", "also read", "more on this", "related:", "related article",
    "related stor", "related post", "you may also", "you might also", "recommended for", "don't miss",
    "see also:", "watch:", "more from", "click here", "share this", "share on", "share:", "follow us",
    "subscribe", "sign up", "advertisement", "advert", "continue reading", "story continues",
    "filed under", "tags:", "tagged", "category:", "category :", "categories:", "comments are closed",
    "leave a comment", "if you enjoyed", "image credit", "photo credit", "photo:", "photo by",
    "image:", "credit:", "view larger", "print this", "back to", "sorted by", "lesen sie",
    "lies auch", "mehr zum thema", "mehr dazu", "mehr aus", "mehr über", "auch interessant",
    "das könnte", "weitere themen", "weitere aktuelle", "weitere artikel", "schon gelesen",
    "zurück zu", "anzeige", "werbung", "*werbung", "kategorie:", "schlagworte", "schlagwörter",
    "teilen", "jetzt teilen", "kommentar", "ähnliche beiträge", "ähnliche artikel", "foto:", "bild:",
    "bildquelle", "(quelle:", "nach oben", "lire aussi", "à lire", "a lire", "voir aussi",
    "sur le même", "partager", "publicité", "crédit photo", "suivez-nous", "abonnez-vous",
    "mots-clés", "lea también", "lea además", "te puede interesar", "le puede interesar",
    "también te", "ver también", "ver más", "más información", "publicidad", "comparte", "compartir",
    "síguenos", "suscríbete", "etiquetas:", "foto de", "leer más", "leia também", "leia mais",
    "veja também", "saiba mais", "compartilhe", "(crédito", "assine", "etiquetas", "leggi anche",
    "condividi", "potrebbe interessarti", "lees ook", "lees meer", "deel dit", "czytaj", "zobacz też",
    "zobacz także", "polecamy", "czytasz", "читайте", "подпис", "поделиться", "другие новости",
    "смотрите также", "läs också", "läs mer", "les også", "læs også", "lue myös", "ayrıca oku", "关键词",
    "相关阅读", "相关新闻", "责任编辑", "関連記事", "اقرأ أيضا",
];

/// Whether a line leads away from the text, or only says whose a picture is.
pub fn points_elsewhere(line: &str) -> bool {
    let lower = line.to_lowercase();
    let mut words = lower.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != '*').trim();
    if words.is_empty() {
        words = lower.as_str();
    }
    line.chars().count() <= 100 && ELSEWHERE.iter().any(|start| words.starts_with(start))
}

/// Drops headings with nothing of their own below them: what they announced has been dropped.
fn drop_lone_headings(tree: &Tree, root: NodeId, own: &[Amount], dropped: &mut [bool]) {
    // Going up the page: whether text has been met since the last heading, and whether something dropped.
    let (mut followed, mut gap) = (false, true);
    for id in tree.subtree(root).skip(1).rev() {
        if !tree.is_element(id) {
            continue;
        }
        let heading = is_heading(tree.name(id));
        if dropped[id] {
            gap |= own[id].chars > 0 || tree.name(id) == "a";
        } else if heading && !followed && gap && own[id].chars > 0 {
            let end = tree.end(id);
            dropped[id..end].fill(true);
        } else if heading && own[id].chars > 0 {
            (followed, gap) = (false, false);
        } else if own[id].chars > 0 || tree.name(id) == "img" {
            (followed, gap) = (true, false);
        }
    }
}
