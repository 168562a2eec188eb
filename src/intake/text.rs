//! Plain text: the text of a web page or newsletter with everything around the article still in it.
//!
//! Owns the way from bytes to drafts: characters, [units](block), [lines](line) and what they are, which
//! of them are [not the article's](page), where the page [splits](super::split), and what each
//! [article](article) says. It must never know what a page was before it was text.

mod article;
mod block;
mod language;
pub(super) mod line;
mod markup;
pub(super) mod meta;
mod page;

use super::boilerplate::Class;
use super::split;
use super::{Arrival, Format, Reading, Refusal, RefusalKind, date};
use block::Shape;
use markup::{Element, Piece};

pub use language::language;
pub use line::is_heading;
pub use page::has_address as is_address;

pub const FORMAT: Format = Format {
    name: "text",
    media_types: &["text/plain"],
    extensions: &["txt", "text"],
    sniff: |_| true,
    collection: false,
    parse,
};

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Reading, Refusal> {
    let what = arrival.path.as_deref().unwrap_or("the text");
    let text = decode(bytes, what)?;
    let order = date::order(&text);
    let mut lines = line::lines(block::units(&text), order);
    if !lines.iter().any(|line| line.text.contains(char::is_alphanumeric)) {
        return Err(Refusal {
            kind: RefusalKind::Unprocessable,
            what: what.into(),
            why: "there is nothing to read in it: send the text of a bulletin".into(),
        });
    }
    page::trim(&mut lines);
    // Chrome goes first, since dates and headings in it would look like parts.
    let Some(split) = split::split(&lines, order) else {
        return Ok(article::draft(&lines, None, order).into());
    };
    let drafts = split.parts.iter().map(|part| {
        let mut draft = article::draft(&part.lines, Some(part.title), order);
        // The listing's name is a category of all, before those that a part has of its own.
        let label = split.label.iter().filter(|label| !draft.categories.contains(label)).cloned();
        let label: Vec<String> = label.collect();
        draft.categories.splice(0..0, label);
        Ok(draft)
    });
    Ok(drafts.collect::<Vec<_>>().into())
}

/// What a line is by itself where it stands around an article wherever it is found: a share button, a call to
/// action, how to leave a list.
pub fn furniture(line: &str) -> Option<Class> {
    let unit = block::Unit { text: line.into(), shape: Shape::Line, group: 0 };
    match line::lines(vec![unit], date::Order::DayFirst).pop()?.kind {
        line::Kind::Chrome(class) | line::Kind::Label(class) => Some(class),
        _ => None,
    }
}

/// The characters of a document that is text, without the byte order mark that editors write.
pub(super) fn utf8<'b>(bytes: &'b [u8], what: &str) -> Result<&'b str, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| Refusal {
        kind: RefusalKind::Malformed,
        what: format!("{what}, byte {}", error.valid_up_to()),
        why: "this is not UTF-8: convert the text to UTF-8 and send it again".into(),
    })
}

/// The characters of a text, without what only steers a printer or a display.
fn decode(bytes: &[u8], what: &str) -> Result<String, Refusal> {
    let text = utf8(bytes, what)?;
    // A carriage return before a line feed is no line of its own.
    let text = text.replace("\r\n", "\n");
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' | '\u{b}' | '\u{85}' | '\u{2028}' => clean.push('\n'),
            '\u{c}' | '\u{2029}' => clean.push_str("\n\n"),
            '\n' | '\t' => clean.push(c),
            '\u{feff}' | '\u{200b}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    Ok(clean)
}

/// Plain text as safe HTML: a paragraph for each run of lines between blank lines, lists where lines
/// begin with bullets or numbers. Nothing is judged and nothing dropped.
pub fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let units = block::units(&text);
    let pieces: Vec<Piece<'_>> = units
        .iter()
        .map(|unit| {
            let element = match unit.shape {
                Shape::Heading => Element::Heading,
                Shape::Item(number) => Element::Item { numbered: number.is_some() },
                Shape::Quote => Element::Quote,
                Shape::Line | Shape::Rule => Element::Paragraph,
            };
            Piece { element, text: &unit.text, group: unit.group }
        })
        .collect();
    markup::html(&pieces)
}

#[cfg(test)]
mod tests;
