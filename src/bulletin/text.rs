//! The text that a reader of a body sees.

use html5gum::{Token, Tokenizer};

use super::clip;

/// Elements that do not end a line. What is not among them stands on lines of its own.
const INLINE: [&str; 29] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u",
];

/// The text of a sanitised HTML fragment: blocks on lines of their own, white space folded, no empty
/// lines. Markup that was never sanitised is read as well, only with no promise what is left out.
pub fn visible_text(html: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut end_line = |line: &mut String| {
        let folded = line.split_whitespace().collect::<Vec<_>>().join(" ");
        line.clear();
        lines.extend((!folded.is_empty()).then_some(folded));
    };
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::String(piece) => line.push_str(&String::from_utf8_lossy(&piece)),
            Token::StartTag(tag) if !is_inline(&tag.name) => end_line(&mut line),
            Token::EndTag(tag) if !is_inline(&tag.name) => end_line(&mut line),
            _ => {}
        }
    }
    end_line(&mut line);
    lines.join("\n")
}

/// The length of an excerpt, in bytes: what a list or a search engine shows of a bulletin.
const EXCERPT_BYTES_MAX: usize = 320;

/// How a body begins, on one line and cut between words: what stands for the summary where there is none.
pub fn excerpt(html: &str) -> String {
    let text = visible_text(html).replace('\n', " ");
    let clipped = clip(&text, EXCERPT_BYTES_MAX);
    if clipped.len() == text.len() {
        return text;
    }
    let whole = clipped.rfind(' ').map_or(clipped, |end| &clipped[..end]);
    format!("{whole} …")
}

fn is_inline(name: &[u8]) -> bool {
    INLINE.iter().any(|inline| inline.as_bytes() == name)
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
    fn an_excerpt_is_one_line_and_ends_between_words() {
        assert_eq!(excerpt("<p>One</p><p>two</p>"), "One two");
        let long = excerpt(&"<p>words and words</p>".repeat(100));
        assert!(long.len() < 330 && long.ends_with("words …"), "{long}");
        assert!(excerpt(&"ß".repeat(1000)).ends_with("ß …"));
    }
}
