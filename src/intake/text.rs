//! Plain text: the text of a web page or newsletter with everything around the article still in it.

use super::{Arrival, Draft, Format, Refusal};

pub const FORMAT: Format = Format {
    name: "text",
    media_types: &["text/plain"],
    extensions: &["txt", "text"],
    sniff: |_| true,
    parse,
};

fn parse(_bytes: &[u8], _arrival: &Arrival) -> Result<Vec<Result<Draft, Refusal>>, Refusal> {
    Ok(vec![Ok(Draft::default())])
}

/// Plain text as safe HTML: a paragraph for each run of lines between blank lines.
pub fn paragraphs(_text: &str) -> String {
    String::new()
}
