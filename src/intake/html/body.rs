//! The article as a fragment.
//!
//! Owns the rewriting of a page's markup into that of a text: wrappers go, addresses become absolute, images
//! that a script would have loaded get their address. It must never decide what is safe: the fragment goes
//! through the gate.

use url::Url;

use super::article::Article;
use super::captions;
use super::head::absolute;
use crate::intake::markup::{NodeId, Tree, fold, is_inline, is_void};
use crate::intake::sanitize::{escape, write_attribute};

/// Where pages keep the address of an image until it scrolls into view, the likeliest first.
const LAZY: [&str; 7] =
    ["data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-srcset", "srcset"];

/// What stays on an element besides its addresses.
const KEPT: [&str; 11] =
    ["alt", "title", "lang", "dir", "colspan", "rowspan", "datetime", "start", "width", "height", "scope"];

/// The article's markup, with addresses relative to `base` made absolute.
pub fn write(tree: &Tree, article: &Article, base: Option<&Url>) -> String {
    let writer = Writer { tree, article, base };
    let mut html = String::new();
    let mut open: Vec<(NodeId, &str)> = Vec::new();
    let root = article.root;
    // The root itself is a wrapper, unless the whole article is one paragraph.
    let mut id = if writer.tag(root).is_some_and(|name| name != "div") { root } else { root + 1 };
    while id < tree.end(root) {
        while let Some((_, name)) = open.pop_if(|(last, _)| id >= tree.end(*last)) {
            end(name, &mut html);
        }
        if article.dropped[id] {
            id = tree.end(id);
            continue;
        }
        if let Some(text) = tree.text(id) {
            escape(text, false, &mut html);
        } else if let Some(name) = writer.tag(id) {
            html.push('<');
            html.push_str(name);
            writer.attributes(id, &mut html);
            html.push('>');
            if !is_void(name) {
                open.push((id, name));
            }
        }
        id += 1;
    }
    while let Some((_, name)) = open.pop() {
        end(name, &mut html);
    }
    html
}

fn end(name: &str, html: &mut String) {
    html.push_str("</");
    html.push_str(name);
    html.push('>');
}

struct Writer<'a> {
    tree: &'a Tree,
    article: &'a Article,
    base: Option<&'a Url>,
}

impl Writer<'_> {
    /// The name under which an element is written, if it is: what only wraps blocks is not, what wraps text
    /// is a paragraph.
    fn tag(&self, id: NodeId) -> Option<&'static str> {
        let tree = self.tree;
        let name = tree.name(id);
        let text = name == "figcaption" && self.article.captions.binary_search(&id).is_err();
        if !text
            && !matches!(
                name,
                "div" | "section" | "article" | "main" | "header" | "center" | "form" | "hgroup" | ""
            )
        {
            return Some(name).filter(|name| !matches!(*name, "span" | "font" | "body" | "html"));
        }
        let kept = |id: &NodeId| !self.article.dropped[*id];
        let has_text = tree.children(id).filter(kept).any(|child| match tree.text(child) {
            Some(text) => !text.trim().is_empty(),
            None => is_inline(tree.name(child)),
        });
        let has_blocks = tree
            .subtree(id)
            .skip(1)
            .filter(kept)
            .any(|id| !is_inline(tree.name(id)) && tree.name(id) != "br");
        match (has_text, has_blocks) {
            (true, true) => Some("div"),
            // An unknown element may stand within a line.
            (true, false) if !name.is_empty() => Some("p"),
            _ => None,
        }
    }

    fn attributes(&self, id: NodeId, html: &mut String) {
        let tree = self.tree;
        for (name, value) in tree.attributes(id).filter(|(name, _)| KEPT.contains(name)) {
            write_attribute(name, value, html);
        }
        match tree.name(id) {
            "a" => {
                if let Some(href) = tree.attribute(id, "href").and_then(|href| self.address(href)) {
                    write_attribute("href", &href, html);
                }
            }
            "img" => {
                if let Some(src) = self.image(id) {
                    write_attribute("src", &src, html);
                }
                if let Some(caption) = self.credit(id) {
                    write_attribute("title", &caption, html);
                }
            }
            _ => {}
        }
    }

    fn image(&self, id: NodeId) -> Option<String> {
        let tree = self.tree;
        let lazy = LAZY.iter().filter_map(|name| tree.attribute(id, name));
        // Of a set of sizes, the last is the largest.
        let lazy = lazy.filter_map(|value| value.split(", ").last()?.split_whitespace().next());
        let plain = tree.attribute(id, "src").filter(|src| !src.trim_start().starts_with("data:"));
        let placeholder = plain.is_none_or(|src| {
            ["placeholder", "blank.", "spacer", "lazy"].iter().any(|part| src.contains(part))
        });
        let mut candidates = lazy.chain(plain);
        let first = if placeholder { candidates.next() } else { plain };
        first.and_then(|address| self.address(address))
    }

    /// What is said below an image and is no part of the text: whose it is.
    fn credit(&self, id: NodeId) -> Option<String> {
        let tree = self.tree;
        let has_title = tree.attribute(id, "title").is_some_and(|title| !title.is_empty());
        let (_, mut nodes) = captions::figure(tree, id).filter(|_| !has_title)?;
        let caption = nodes.find(|&id| tree.name(id) == "figcaption" && self.article.dropped[id])?;
        Some(fold(&tree.line(caption))).filter(|caption| !caption.is_empty())
    }

    /// What has no address that means something elsewhere is left as it is: the gate drops it.
    fn address(&self, address: &str) -> Option<String> {
        let address = address.trim();
        if address.starts_with('#') {
            return None;
        }
        Some(absolute(address, self.base).map_or_else(|| address.to_owned(), String::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(html: &str) -> String {
        let tree = Tree::parse(html);
        let dropped = (0..tree.len()).map(|id| tree.name(id) == "figcaption").collect();
        let base = Url::parse("https://estuary.example.org/news/").unwrap();
        write(
            &tree,
            &Article { root: 0, dropped, furniture: Vec::new(), captions: Vec::new(), chars: 1 },
            Some(&base),
        )
    }

    #[test]
    fn wrappers_go_and_addresses_become_absolute() {
        for (html, expected) in [
            ("<div><div><div>a</div></div><p>b</p></div>", "<p>a</p><p>b</p>"),
            ("<div>a<p>b</p></div>", "<div>a<p>b</p></div>"),
            (
                "<p><span>a</span> <a href='/t' class=x>b</a></p>",
                "<p>a <a href=\"https://estuary.example.org/t\">b</a></p>",
            ),
            ("<a href='#n'>1</a>", "<a>1</a>"),
            (
                "<figure><img src='data:,' data-src='g.jpg'><figcaption>A gull</figcaption></figure>",
                "<figure><img src=\"https://estuary.example.org/news/g.jpg\" title=\"A gull\"></figure>",
            ),
            ("<img srcset='/s.jpg 1x, /l.jpg 2x'>", "<img src=\"https://estuary.example.org/l.jpg\">"),
        ] {
            assert_eq!(body(html), expected, "{html}");
        }
    }
}
