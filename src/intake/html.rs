//! HTML pages.

use super::{Arrival, Body, Draft, Format, Refusal};

pub const FORMAT: Format = Format {
    name: "html",
    media_types: &["text/html", "application/xhtml+xml"],
    extensions: &["html", "htm", "xhtml"],
    sniff: |bytes| bytes.trim_ascii_start().starts_with(b"<"),
    parse,
};

fn parse(bytes: &[u8], _arrival: &Arrival) -> Result<Vec<Result<Draft, Refusal>>, Refusal> {
    let body = Body::Html(String::from_utf8_lossy(bytes).into());
    Ok(vec![Ok(Draft { body, ..Draft::default() })])
}
