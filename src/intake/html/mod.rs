//! HTML pages.
//!
//! Owns the reading of a web page: which part of it is the article and what the page says about it. It must
//! never decide what is safe to show; its bodies go through the gate like any other.

mod article;
mod charset;
mod furniture;

use super::markup::{Tree, fold};
use super::{Arrival, Body, Draft, Format, Refusal, RefusalKind};

pub const FORMAT: Format = Format {
    name: "html",
    media_types: &["text/html", "application/xhtml+xml"],
    extensions: &["html", "htm", "xhtml"],
    sniff: |bytes| bytes.trim_ascii_start().starts_with(b"<"),
    parse,
};

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Vec<Result<Draft, Refusal>>, Refusal> {
    let text = charset::decode(bytes, arrival.media_type.as_deref());
    let tree = Tree::parse(&text);
    let title = tree.elements("title").next().map(|id| fold(&tree.line(id)));
    let article = article::find(&tree, title.as_deref());
    let mut body = String::new();
    article::write(&tree, article.root, &article.dropped, &mut body);
    if article.chars == 0 {
        return Err(Refusal {
            kind: RefusalKind::Unprocessable,
            what: arrival.path.clone().unwrap_or_else(|| "page".into()),
            why: "there is no text to read in it".into(),
        });
    }
    Ok(vec![Ok(Draft { title, body: Body::Html(body), ..Draft::default() })])
}
