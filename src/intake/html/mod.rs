//! HTML pages.
//!
//! Owns the reading of a web page: which part of it is the article and what the page says about it. It must
//! never decide what is safe to show; its bodies go through the gate like any other.

mod article;
mod body;
mod charset;
mod furniture;
mod head;
mod lines;
mod linked_data;
mod metadata;
mod published;
mod title;
mod trim;

use super::markup::Tree;
use super::{Arrival, Body, Draft, Format, Refusal, RefusalKind};
use head::Head;
use linked_data::LinkedData;

pub const FORMAT: Format = Format {
    name: "html",
    media_types: &["text/html", "application/xhtml+xml"],
    extensions: &["html", "htm", "xhtml"],
    sniff: |bytes| bytes.trim_ascii_start().starts_with(b"<"),
    parse,
};

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Vec<Result<Draft, Refusal>>, Refusal> {
    let source = charset::decode(bytes, arrival.media_type.as_deref());
    let tree = Tree::parse(&source);
    let fetched = arrival.hints.url.as_deref().and_then(|url| head::absolute(url, None));
    let head = Head::read(&tree);
    let linked = LinkedData::read(&tree);
    let address = head.address(fetched.as_ref());
    let base = head.base(fetched.as_ref().or(address.as_ref()));
    let title = title::find(&tree, &head, &linked, fetched.as_ref().or(address.as_ref()));
    let summary = metadata::summary(&head, &linked);
    let article = article::find(&tree, &title, summary.as_deref());
    if article.chars == 0 {
        return Err(Refusal {
            kind: RefusalKind::Unprocessable,
            what: arrival.path.clone().unwrap_or_else(|| "the page".into()),
            why: "it holds no text: send the page as a browser shows it, with its scripts run".into(),
        });
    }
    let lines = lines::lines(&tree);
    let page = published::Page {
        tree: &tree,
        source: &source,
        head: &head,
        linked: &linked,
        lines: &lines,
        headline: title.heading,
        article: tree.subtree(article.root),
        address: address.as_ref().or(fetched.as_ref()),
    };
    let draft = Draft {
        published: published::published(&page),
        language: metadata::language(&head, &linked),
        authors: metadata::authors(&tree, &head, &linked),
        summary,
        body: Body::Html(body::write(&tree, &article, base.as_ref())),
        categories: metadata::categories(&tree, &head, &linked),
        url: address.map(String::from),
        enclosures: metadata::image(&head, &linked, base.as_ref()).into_iter().collect(),
        title: title.text,
        ..Draft::default()
    };
    Ok(vec![Ok(draft)])
}
