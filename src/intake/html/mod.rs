//! HTML pages.
//!
//! Owns the reading of a web page: which part of it is the article and what the page says about it. It must
//! never decide what is safe to show; its bodies go through the gate like any other.

pub(super) mod article;
pub(super) mod body;
mod captions;
pub(super) mod charset;
mod furniture;
pub(super) mod head;
mod lines;
mod linked_data;
mod listing;
mod metadata;
mod published;
pub(super) mod title;
mod trim;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use url::Url;

use super::markup::Tree;
use super::xml::first_tag;
use super::{Arrival, Body, Draft, Format, Reading, Refusal, RefusalKind};
use crate::bulletin::{Basis, Published};
use article::Article;
use head::Head;
use linked_data::LinkedData;
use title::Title;

pub const FORMAT: Format = Format {
    name: "html",
    media_types: &["text/html"],
    extensions: &["html", "htm"],
    sniff,
    collection: false,
    parse,
};

/// The same, where it came as XML; what else comes so is told apart by its first tag.
pub const XHTML: Format = Format {
    name: "xhtml",
    media_types: &["application/xhtml+xml", "application/xml", "text/xml"],
    extensions: &["xhtml", "xml"],
    sniff: |bytes| first_tag(bytes).is_some_and(|(name, _)| name == "html"),
    collection: false,
    parse,
};

/// Markup that is not some other format's: a tag or a comment, or an XML declaration before `html`.
fn sniff(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match bytes {
        [b'<', b'?', ..] => {
            bytes[..bytes.len().min(1024)].windows(5).any(|part| part.eq_ignore_ascii_case(b"<html"))
        }
        [b'<', b'!', ..] => true,
        [b'<', first, ..] => first.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Whether `bytes` are a whole page beyond doubt, whatever they are called: the root element is there, early
/// enough to be the document's own.
pub fn is_page(bytes: &[u8]) -> bool {
    // Servers put their warnings before it.
    const ROOT_BYTES_MAX: usize = 8192;
    let start = &bytes[..bytes.len().min(ROOT_BYTES_MAX)];
    sniff(bytes) && start.windows(5).any(|part| part.eq_ignore_ascii_case(b"<html"))
}

/// Where a page holds less text than this, what it shows without scripts is looked at as well.
const SCANT_CHARS: u32 = 250;

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Reading, Refusal> {
    let source = charset::decode(bytes, arrival.media_type.as_deref());
    let fetched = arrival.hints.url.as_deref().and_then(|url| head::absolute(url, None));
    let tree = Tree::parse(&source);
    let page = Page::read(&tree, &source, fetched.as_ref());
    if page.article.chars < SCANT_CHARS
        && let Cow::Owned(unscripted) = without_scripts(&source)
    {
        let tree = Tree::parse(&unscripted);
        let unscripted = Page::read(&tree, &source, fetched.as_ref());
        if unscripted.article.chars > 2 * page.article.chars {
            return unscripted.drafts(arrival);
        }
    }
    page.drafts(arrival)
}

/// The page as a browser without scripts shows it.
fn without_scripts(source: &str) -> Cow<'_, str> {
    if !source.contains("<noscript") {
        return Cow::Borrowed(source);
    }
    Cow::Owned(source.replace("<noscript", "<div").replace("</noscript", "</div"))
}

/// A page and what has been found in it.
struct Page<'a> {
    tree: &'a Tree,
    source: &'a str,
    head: Head<'a>,
    linked: LinkedData,
    /// The address that it gives as its own, and where it was found.
    address: Option<Url>,
    fetched: Option<&'a Url>,
    title: Title,
    summary: Option<String>,
    article: Article,
}

impl<'a> Page<'a> {
    fn read(tree: &'a Tree, source: &'a str, fetched: Option<&'a Url>) -> Page<'a> {
        let head = Head::read(tree);
        let linked = LinkedData::read(tree);
        let address = head.address(fetched);
        let title = title::find(tree, &head, &linked, fetched.or(address.as_ref()));
        let summary = metadata::summary(&head, &linked);
        let article = article::find(tree, &title, summary.as_deref());
        Page { tree, source, head, linked, address, fetched, title, summary, article }
    }

    fn base(&self) -> Option<Url> {
        self.head.base(self.fetched.or(self.address.as_ref()))
    }

    fn drafts(self, arrival: &Arrival) -> Result<Reading, Refusal> {
        let order = published::order(&self.head, self.address.as_ref().or(self.fetched));
        let items = listing::items(self.tree, &self.head, &self.linked, &self.article.furniture, order);
        if !items.is_empty() {
            return Ok(items.iter().map(|item| Ok(self.item(item))).collect::<Vec<_>>().into());
        }
        if self.article.chars == 0 && self.body_of_data().is_none() {
            return Err(Refusal {
                kind: RefusalKind::Unprocessable,
                what: arrival.path.clone().unwrap_or_else(|| "the page".into()),
                why: "it holds no text: send the page as a browser shows it, with its scripts run".into(),
            });
        }
        Ok(self.draft().into())
    }

    /// The text that the page gives its machinery, where scripts are to show it and nothing else does.
    fn body_of_data(&self) -> Option<String> {
        let text = self.linked.text.as_deref()?;
        let chars = text.chars().filter(|c| !c.is_whitespace()).take(SCANT_CHARS as usize + 1).count() as u32;
        if self.article.chars >= SCANT_CHARS || chars <= 2 * self.article.chars {
            return None;
        }
        if text.contains('<') {
            return Some(text.into());
        }
        // No tag is in it, and what may be escaped is unescaped with the rest of the body.
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        Some(lines.map(|line| format!("<p>{line}</p>")).collect())
    }

    /// The page as one bulletin.
    fn draft(self) -> Draft {
        let (tree, head, linked, base) = (self.tree, &self.head, &self.linked, self.base());
        let lines = lines::lines(tree);
        let published = published::published(&published::Page {
            tree,
            source: self.source,
            head,
            linked,
            lines: &lines,
            headline: self.title.heading,
            article: tree.subtree(self.article.root),
            address: self.address.as_ref().or(self.fetched),
        });
        Draft {
            published,
            language: metadata::language(head, linked),
            authors: metadata::authors(tree, head, linked),
            body: Body::Html(
                self.body_of_data().unwrap_or_else(|| body::write(tree, &self.article, base.as_ref())),
            ),
            categories: metadata::categories(tree, head, linked),
            enclosures: metadata::image(head, linked, base.as_ref()).into_iter().collect(),
            summary: self.summary,
            url: self.address.map(String::from),
            title: self.title.text,
            ..Draft::default()
        }
    }

    /// One item of a page that lists several.
    fn item(&self, item: &listing::Item) -> Draft {
        let (tree, base) = (self.tree, self.base());
        let title = Title { text: Some(tree.line(item.heading)), heading: Some(item.heading) };
        let article = article::within(tree, item.node, &title, &self.article.furniture);
        // The heading leads to the item's own page, or is led there by a link around it.
        let around = tree.ancestors(item.heading).take_while(|&id| id > item.node);
        let link = tree.subtree(item.heading).chain(around).find_map(|id| tree.attribute(id, "href"));
        Draft {
            published: item.published.map(|date| Published { basis: Basis::Stated, date }),
            language: metadata::language(&self.head, &self.linked),
            body: Body::Html(body::write(tree, &article, base.as_ref())),
            url: link.and_then(|link| head::absolute(link, base.as_ref())).map(String::from),
            title: title.text,
            ..Draft::default()
        }
    }
}
