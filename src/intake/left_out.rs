//! What a document says and its bulletins do not: shown to an editor, who may know better.
//!
//! Owns how the two are compared: line by line, without case and punctuation. It must never decide what is
//! left out.

use super::sanitize::sanitize;
use super::{Document, detect};
use crate::bulletin::{clip, visible_text};
use crate::intake::Arrival;

/// How many lines are shown, and how much of each, in bytes.
const LINES_MAX: usize = 400;
const LINE_BYTES_MAX: usize = 300;
/// The longest document that is looked through, in bytes.
const DOCUMENT_BYTES_MAX: usize = 2 << 20;

/// The lines that a reader of the document would see and that are in none of its bulletins. `None` where the document
/// is no text that people read as it stands (a feed, an email), or too long to look through.
pub fn left_out(bytes: &[u8], arrival: &Arrival, document: &Document) -> Option<Vec<String>> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return None;
    }
    let text = || String::from_utf8_lossy(bytes).into_owned();
    let shown = match detect(bytes, arrival).ok()?.media_types[0] {
        "text/html" | "application/xhtml+xml" => visible_text(&sanitize(&text())),
        "text/plain" | "text/markdown" => text(),
        _ => return None,
    };
    let mut kept = String::new();
    for part in document.parts.iter().flatten() {
        let content = &part.content;
        let summary = content.summary.as_deref().unwrap_or_default();
        for text in [&content.title, summary, &visible_text(&content.body)] {
            kept.push_str(&words(text));
        }
        part.categories.iter().for_each(|category| kept.push_str(&words(&category.label)));
    }
    let gone = |line: &&str| !words(line).trim().is_empty() && !kept.contains(&words(line));
    let lines = shown.lines().map(str::trim).filter(gone).take(LINES_MAX);
    Some(lines.map(|line| clip(line, LINE_BYTES_MAX).to_string()).collect())
}

/// The letters and digits of a text as words, one space around each.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(String::from(" "), |line, word| line + word + " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Settings, read};

    #[test]
    fn what_stands_around_an_article_is_named_and_the_article_is_not() {
        let text = "The ferry of pier two waits for the tide on every day of the week but one. ".repeat(5);
        let page = format!(
            "<!DOCTYPE html><title>Tides</title><nav><a href=/>Home port</a></nav>\
             <article><h1>Tides</h1><p>{text}</p></article><footer>All rights of the harbour</footer>"
        );
        let arrival =
            Arrival { source: "desk".into(), media_type: Some("text/html".into()), ..Arrival::default() };
        let document = read(page.as_bytes(), &arrival, &Settings::default()).unwrap();
        let lines = left_out(page.as_bytes(), &arrival, &document).unwrap();
        assert_eq!(lines, ["Home port", "All rights of the harbour"]);
    }

    #[test]
    fn a_message_is_not_looked_through() {
        let message = b"Subject: Tides\r\nFrom: a@tides.example.org\r\n\r\nHigh water at noon.\r\n";
        let media_type = Some("message/rfc822".into());
        let arrival = Arrival { source: "desk".into(), media_type, ..Arrival::default() };
        let document = read(message, &arrival, &Settings::default()).unwrap();
        assert_eq!(left_out(message, &arrival, &document), None);
    }
}
