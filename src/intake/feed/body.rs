//! The content of an entry as a fragment.
//!
//! Owns what feed software adds to a text: tails, counters, links to its rest. It must never look for the text
//! in what it is given: the content of an entry is an article already, and what reads pages only trims it,
//! so that an entry and the page of the same article come to the same text.

use url::Url;

use super::tails::{goes_on, is_appeared_first, is_tracker};
use crate::intake::html::article::{self, Article};
use crate::intake::html::body::write;
use crate::intake::html::title::Title;
use crate::intake::markup::{NodeId, Tree, is_inline};

/// What an entry says beside its content.
pub struct Context<'a> {
    pub title: Option<&'a str>,
    /// What addresses are relative to.
    pub base: Option<&'a Url>,
}

/// How many blocks from the end a tail may stand.
const TAIL_BLOCKS: usize = 3;

/// The content of an entry without what was added to it, its addresses made absolute.
pub fn html(html: &str, context: &Context<'_>) -> String {
    if html.trim().is_empty() {
        return String::new();
    }
    let tree = Tree::parse(html);
    let title = Title { text: context.title.map(String::from), heading: None };
    let mut article = article::whole(&tree, &title);
    drop_trackers(&tree, &mut article);
    drop_tails(&tree, &mut article);
    write(&tree, &article, context.base)
}

fn drop_trackers(tree: &Tree, article: &mut Article) {
    for id in 1..tree.len() {
        let address = match tree.name(id) {
            "img" => tree.attribute(id, "src"),
            "a" => tree.attribute(id, "href"),
            _ => None,
        };
        // The words of such a link are the author's, unless a picture is all there is.
        let drop = address.is_some_and(is_tracker) && (tree.name(id) == "img" || tree.line(id).is_empty());
        if drop {
            article.dropped[id..tree.end(id)].fill(true);
        }
    }
}

/// Drops the last blocks that say where the entry appeared first, and the link at the end that leads to the rest.
fn drop_tails(tree: &Tree, article: &mut Article) {
    let mut seen = 0;
    for id in (0..tree.len()).rev() {
        if article.dropped[id] || !is_last_level(tree, id) {
            continue;
        }
        let line = left(tree, article, id);
        if line.is_empty() {
            continue;
        }
        if id > 0 && is_appeared_first(&line) && tree.subtree(id).any(|id| tree.name(id) == "a") {
            article.dropped[id..tree.end(id)].fill(true);
            continue;
        }
        drop_link_to_the_rest(tree, article, id);
        seen += 1;
        if seen == TAIL_BLOCKS {
            break;
        }
    }
}

/// Whether a node is a block without blocks within it; the root is one where there are none at all.
fn is_last_level(tree: &Tree, id: NodeId) -> bool {
    let block = |id: NodeId| tree.is_element(id) && !is_inline(tree.name(id)) && tree.name(id) != "br";
    block(id) && !tree.subtree(id).skip(1).any(block)
}

/// The text of a node that was not dropped.
fn left(tree: &Tree, article: &Article, id: NodeId) -> String {
    let texts = tree.subtree(id).filter(|&id| !article.dropped[id]).filter_map(|id| tree.text(id));
    crate::intake::markup::fold(&texts.collect::<String>())
}

/// Drops a link at the end of a block that leads to the rest of the text, and the marks around it.
fn drop_link_to_the_rest(tree: &Tree, article: &mut Article, block: NodeId) {
    let mut links = tree.subtree(block).rev().filter(|&id| tree.name(id) == "a" && !article.dropped[id]);
    let Some(link) = links.next() else { return };
    let after = (tree.end(link)..tree.end(block)).filter_map(|id| tree.text(id)).collect::<String>();
    if goes_on(&tree.line(link)) && !after.contains(char::is_alphanumeric) {
        article.dropped[link..tree.end(link)].fill(true);
        for id in tree.end(link)..tree.end(block) {
            article.dropped[id] |= tree.text(id).is_some();
        }
    }
}

/// `text` without the dots in which something cut off ends, and whether there were any.
pub fn without_ellipsis(text: &str) -> (&str, bool) {
    let cut = text.trim_end().trim_end_matches(['…', '.', '[', ']', '(', ')', ' ', '»', '→']);
    let rest = &text[cut.len()..];
    let ends = rest.contains('…') || rest.contains("...");
    if ends { (cut, true) } else { (text.trim_end(), false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "The ferry between the two banks of the estuary runs on Sundays as well, from the first of May.";

    fn trimmed(markup: &str) -> String {
        let base = Url::parse("https://port.example.org/news/ferry/").unwrap();
        html(markup, &Context { title: Some("The ferry"), base: Some(&base) })
    }

    #[test]
    fn what_feed_software_adds_is_taken_off() {
        let text = format!("<p>{TEXT}</p>");
        for (added, what) in [
            ("<p>The post <a href='/f'>The ferry</a> appeared first on <a href='/'>Port</a>.</p>", "a tail"),
            (
                "<p>L’article <a href='/f'>La barque</a> est apparu en premier sur <a href='/'>Port</a>.</p>",
                "a tail in French",
            ),
            ("<p><a href='/f#more'>Continue reading <span>The ferry</span> →</a></p>", "a link to the rest"),
            ("<div class='sharedaddy'><a href='/s'>Share</a></div>", "sharing"),
            ("<img src='https://pixel.wp.com/b.gif?x=1' width='10'>", "a counter"),
            (
                "<div class='feedflare'><a href='http://feeds.feedburner.com/~ff/x'><img src='http://feeds.feedburner.com/~ff/y'></a></div>",
                "flares",
            ),
            (
                "<a rel='nofollow' href='http://feeds.wordpress.com/1.0/go/'><img src='http://feeds.wordpress.com/1.0/c/'></a>",
                "another counter",
            ),
        ] {
            let kept = trimmed(&format!("{text}{added}"));
            assert!(
                kept.starts_with(&text) && !kept.contains("href") && !kept.contains("img"),
                "{what}: {kept}"
            );
        }
        assert_eq!(
            trimmed(&format!("<p>{TEXT} <a href='/f'>Read more</a> »</p>")),
            format!("<p>{TEXT} </p>")
        );
    }

    #[test]
    fn what_the_author_wrote_stays() {
        for markup in [
            "<p>Short.</p>".to_string(),
            "<ul><li><a href=\"https://a.example.org/\">One port</a></li><li><a href=\"https://b.example.org/\">Another</a></li></ul>".into(),
            format!("<p>{TEXT}</p><p>It first appeared on the quay.</p>"),
            format!("<p>{TEXT}</p><h2>Fares</h2><p>{TEXT}</p>"),
        ] {
            assert_eq!(trimmed(&markup), markup);
        }
        assert_eq!(
            trimmed("<p><a href='../x'>x</a> and more of it</p>"),
            "<p><a href=\"https://port.example.org/news/x\">x</a> and more of it</p>"
        );
    }
}
