//! Shortcodes: `[name attribute="value"]`, with or without an end.
//!
//! Owns where one begins and ends and what it is called. It must never take brackets of the text for one:
//! what is no shortcode that is known has to have attributes or an end.

use std::collections::HashSet;

/// A piece of a post.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    Text(&'t str),
    Open { name: &'t str, attributes: &'t str },
    Close { name: &'t str },
}

/// Longer brackets hold text.
const SHORTCODE_BYTES_MAX: usize = 4_000;

/// The pieces of `text`, in order.
pub fn pieces<'t>(text: &'t str, known: impl Fn(&str) -> bool) -> Vec<Piece<'t>> {
    let closed: HashSet<&str> =
        brackets(text).filter_map(|(_, _, inner)| inner.strip_prefix('/')).map(str::trim).collect();
    let mut pieces = Vec::new();
    let mut from = 0;
    for (start, end, inner) in brackets(text) {
        let inner = inner.trim_end_matches('/').trim_end();
        let piece = match inner.strip_prefix('/') {
            Some(name) if is_name(name.trim()) => Piece::Close { name: name.trim() },
            Some(_) => continue,
            None => {
                let name_end = inner.find(char::is_whitespace).unwrap_or(inner.len());
                let (name, attributes) = inner.split_at(name_end);
                let says = attributes.contains('=') || closed.contains(name) || known(name);
                if !is_name(name) || !says {
                    continue;
                }
                Piece::Open { name, attributes }
            }
        };
        pieces.push(Piece::Text(&text[from..start]));
        pieces.push(piece);
        from = end;
    }
    pieces.push(Piece::Text(&text[from..]));
    pieces
}

/// Every innermost pair of brackets: where it begins and ends, and what is in it.
fn brackets(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    let mut open = None;
    let mut quoted = None;
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        match (byte, open) {
            // A bracket within a quoted value is part of it.
            (b'"', Some(start)) if quoted.is_some() || text.as_bytes()[..at].ends_with(b"=") => {
                quoted = if quoted.is_some() { None } else { Some(start) };
            }
            _ if quoted.is_some() && open.is_some_and(|start| at - start < SHORTCODE_BYTES_MAX) => {}
            (b'[', _) => (open, quoted) = (Some(at), None),
            (b']', Some(start)) => {
                (open, quoted) = (None, None);
                if at - start <= SHORTCODE_BYTES_MAX {
                    return Some((start, at + 1, &text[start + 1..at]));
                }
            }
            _ => {}
        }
        None
    })
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    name.len() >= 2 && name.bytes().all(plain) && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// The value of an attribute.
pub fn attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let at = attributes.match_indices(name).find(|(at, _)| {
        let before = attributes[..*at].ends_with(char::is_whitespace) || *at == 0;
        before && attributes[at + name.len()..].trim_start().starts_with('=')
    })?;
    let value = attributes[at.0 + name.len()..].trim_start()[1..].trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let value = match quote {
        Some(quote) => value[1..].split(quote).next()?,
        None => value.split_whitespace().next()?,
    };
    Some(value.trim()).filter(|value| !value.is_empty())
}

/// The first address among the attributes, whatever it is called.
pub fn address(attributes: &str) -> Option<&str> {
    let at = attributes.find("https://").or_else(|| attributes.find("http://"))?;
    attributes[at..].split(|c: char| c.is_whitespace() || "\"'<>]".contains(c)).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_of_the_text_are_no_shortcodes() {
        let shape = |text| {
            let one = |piece: Piece| match piece {
                Piece::Text(text) => text.to_string(),
                Piece::Open { name, attributes } => format!("<{name}{attributes}>"),
                Piece::Close { name } => format!("</{name}>"),
            };
            pieces(text, |name| name == "gallery").into_iter().map(one).collect::<String>()
        };
        for (text, expected) in [
            ("He said [sic] it […] [1]", "He said [sic] it […] [1]"),
            ("a [gallery] b", "a <gallery> b"),
            ("[note]a[/note]", "<note>a</note>"),
            ("[vc_row css=\".x[y]\"]a", "<vc_row css=\".x[y]\">a"),
            ("[x", "[x"),
            ("[[a]", "[[a]"),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn attributes_are_found_by_name() {
        let attributes = " ids=\"1, 2\" mids='3' src=https://x.example.org/a.mp3";
        assert_eq!(attribute(attributes, "ids"), Some("1, 2"));
        assert_eq!(attribute(attributes, "src"), Some("https://x.example.org/a.mp3"));
        assert_eq!(
            (attribute(attributes, "id"), address(attributes)),
            (None, Some("https://x.example.org/a.mp3"))
        );
    }
}
