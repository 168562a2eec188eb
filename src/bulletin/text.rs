//! The text that a reader of a body sees.

use super::clip;
use super::scan::{Piece, pieces};

/// Elements that run on with the text around them.
#[rustfmt::skip]
pub fn is_inline(name: &str) -> bool {
    matches!(name,
        "a" | "abbr" | "acronym" | "area" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data" |
        "del" | "dfn" | "em" | "font" | "i" | "img" | "ins" | "kbd" | "label" | "mark" | "picture" |
        "q" | "rb" | "rp" | "rt" | "ruby" | "s" | "samp" | "small" | "source" | "span" | "strike" |
        "strong" | "sub" | "sup" | "time" | "tt" | "u" | "var" | "wbr" | "input" | "button" | "select"
        | "svg" | "script" | "style" | "link" | "meta" | "noscript" | "#text")
}

/// The text that a reader of a sanitised HTML fragment sees: blocks on lines of their own, white space
/// folded, no empty lines.
pub fn visible_text(html: &str) -> String {
    text_of(html, false)
}

/// The same without the captions of pictures, which stand beside what is read from beginning to end.
pub fn running_text(html: &str) -> String {
    text_of(html, true)
}

fn text_of(html: &str, uncaptioned: bool) -> String {
    let mut text = String::with_capacity(html.len());
    // Where the figure began that is open, in the text; whether its caption is.
    let (mut figure, mut caption) = (None, false);
    for piece in pieces(html) {
        match piece {
            Piece::Start("figure", _) => figure = Some(text.trim_end().len()),
            Piece::End("figure") => figure = None,
            // A figure may be a quotation or a table as well, whose text goes with its caption.
            Piece::Start("figcaption", _) => caption = uncaptioned && figure == Some(text.trim_end().len()),
            Piece::End("figcaption") => caption = false,
            _ => {}
        }
        match piece {
            Piece::Text(_) if caption => {}
            Piece::Start(name, _) | Piece::End(name) if is_inline(name) => {}
            Piece::Start(..) | Piece::End(_) => end_line(&mut text),
            Piece::Text(value) => push_folded(&value, &mut text),
        }
    }
    end_line(&mut text);
    text.pop();
    text
}

fn end_line(text: &mut String) {
    if text.ends_with(' ') {
        text.pop();
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn push_folded(value: &str, text: &mut String) {
    let spaced = |text: &str| text.is_empty() || text.ends_with([' ', '\n']);
    if value.starts_with(char::is_whitespace) && !spaced(text) {
        text.push(' ');
    }
    let mut words = value.split_whitespace().peekable();
    while let Some(word) = words.next() {
        text.push_str(word);
        if words.peek().is_some() || value.ends_with(char::is_whitespace) {
            text.push(' ');
        }
    }
}

/// The length of an excerpt, in bytes: what a list or a search engine shows of a bulletin.
const EXCERPT_BYTES_MAX: usize = 320;

/// How a body begins, on one line and cut between words: what stands for the summary where there is none.
pub fn excerpt(html: &str) -> String {
    let text = running_text(html).replace('\n', " ");
    let clipped = clip(&text, EXCERPT_BYTES_MAX);
    if clipped.len() == text.len() {
        return text;
    }
    let whole = clipped.rfind(' ').map_or(clipped, |end| &clipped[..end]);
    format!("{whole} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_on_lines_of_their_own_and_white_space_is_folded() {
        for (html, text) in [
            ("<p>One  <b>bo</b>ld\nword</p><p>Two</p>", "One bold word\nTwo"),
            ("a<br>b<ul><li>c</li><li> d </li></ul>", "a\nb\nc\nd"),
            ("A &lt; B &amp; C&nbsp;D", "A < B & C D"),
            ("<p> </p><img alt=\"x\">", ""),
        ] {
            assert_eq!(visible_text(html), text, "{html}");
        }
    }

    #[test]
    fn captions_are_seen_and_not_run_on() {
        let html =
            "<p>One</p><figure><img src=\"x\"><figcaption>A <b>gull</b></figcaption></figure><p>two</p>";
        assert_eq!((visible_text(html), running_text(html)), ("One\nA gull\ntwo".into(), "One\ntwo".into()));
        assert_eq!(excerpt(html), "One two");
    }

    #[test]
    fn an_excerpt_is_one_line_and_ends_between_words() {
        assert_eq!(excerpt("<p>One</p><p>two</p>"), "One two");
        let long = excerpt(&"<p>words and words</p>".repeat(100));
        assert!(long.len() < 330 && long.ends_with("words …"), "{long}");
        assert!(excerpt(&"ß".repeat(1000)).ends_with("ß …"));
    }
}
