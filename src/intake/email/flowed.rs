//! Plain text of a message as paragraphs.
//!
//! Owns `format=flowed` (RFC 3676), signatures, and addresses in the text. It must never read what the text
//! says: [`crate::intake::text`] does.

use std::borrow::Cow;

use super::choice::NOTE_CHARS_MAX;
use super::furniture;
use super::links;
use super::recipient::Recipient;

/// The longest signature, in lines.
const SIGNATURE_LINES_MAX: usize = 15;

/// `text` with the lines joined that its sender's program broke.
pub fn unflowed(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The depth of quoting of a line that goes on in the next (section 4.5).
    let mut flows: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let rest = &line[depth..];
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        // The line above a signature ends in a space and does not flow (section 4.3).
        let signs = rest == "-- ";
        if flows != Some(depth) || signs {
            if !out.is_empty() {
                out.push('\n');
            }
            if depth > 0 {
                out.push_str(&">".repeat(depth));
                out.push(' ');
            }
        }
        let soft = rest.ends_with(' ') && !signs;
        out.push_str(if soft && delsp { &rest[..rest.len() - 1] } else { rest });
        flows = soft.then_some(depth);
    }
    out
}

/// What a text signed in clear says (RFC 9580 section 7); `None` where it is not.
pub fn unarmoured(text: &str) -> Option<String> {
    let signed = text.trim_start().strip_prefix("-----BEGIN PGP SIGNED MESSAGE-----")?;
    // The names of digests, and an empty line.
    let (_, signed) = signed.split_once("\n\n")?;
    let said = signed.split("\n-----BEGIN PGP SIGNATURE-----").next().unwrap_or_default();
    let lines: Vec<&str> = said.lines().map(|line| line.strip_prefix("- ").unwrap_or(line)).collect();
    Some(lines.join("\n"))
}

/// A text in which a message was passed on, without the marks of quoting before all of it and the word that was said
/// above it.
pub fn passed_on(text: &str) -> Cow<'_, str> {
    let quoted = |line: &&str| line.starts_with('>');
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let unquoted = if lines.len() > 3 && lines.iter().all(quoted) {
        let plain =
            |line: &str| line.strip_prefix("> ").or(line.strip_prefix('>')).unwrap_or(line).to_owned();
        Cow::Owned(text.lines().map(|line| plain(line) + "\n").collect())
    } else {
        Cow::Borrowed(text)
    };
    let mut at = 0;
    for part in unquoted.split("\n\n") {
        let end = at + part.len();
        if furniture::is_dated_header(part.trim()) {
            let chars = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
            let (note, rest) = (chars(&unquoted[..at]), chars(&unquoted[end..]));
            return if note <= NOTE_CHARS_MAX && note < rest {
                unquoted[at..].to_owned().into()
            } else {
                unquoted
            };
        }
        at = (end + 2).min(unquoted.len());
    }
    unquoted
}

/// A text without the signature below it.
pub fn unsigned(text: &str) -> &str {
    let Some(at) = text.rfind("\n-- \n").or_else(|| text.rfind("\n-- \r\n")) else { return text };
    if text[at + 1..].lines().count() <= SIGNATURE_LINES_MAX { &text[..at] } else { text }
}

/// A text with its addresses as they may be published, without greetings of the recipient and without the
/// lines that tell who that is.
pub fn published(text: &str, recipient: &Recipient) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        // A widespread service writes its headings so.
        let line = line.strip_prefix("** ").unwrap_or(line);
        let plain = with_clean_addresses(line, recipient);
        let personal = recipient.is_greeted_by(line)
            || recipient.is_told_by(&plain) && plain.split_whitespace().count() <= 60;
        // A line that was an address and no more is gone with it.
        let emptied =
            !line.trim().is_empty() && !plain.contains(char::is_alphanumeric) && line.contains("://");
        // `Facebook (https://…)`, one below the other.
        let words: Vec<&str> = plain.split_whitespace().collect();
        let shares = words.len() <= 2
            && words
                .last()
                .is_some_and(|last| furniture::is_network(last.trim_matches(['(', ')', '<', '>'])));
        if !personal && !emptied && !shares {
            out.push_str(&plain[recipient.greeting(&plain).unwrap_or(0)..]);
        }
        if !emptied {
            out.push('\n');
        }
    }
    out
}

/// `text` with every address in it cleaned, and those dropped that may not be published.
pub fn with_clean_addresses(text: &str, recipient: &Recipient) -> String {
    if !text.contains("://") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find("://") {
        let scheme = rest[..found]
            .rfind(|c: char| !c.is_ascii_alphabetic())
            .map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
        let end = rest[found..]
            .find(|c: char| c.is_whitespace() || "<>\"”»".contains(c))
            .map_or(rest.len(), |length| found + length);
        let address = &rest[scheme..end];
        // A full stop or bracket behind an address is the sentence's.
        let trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        let cleaned = links::clean(trimmed, recipient);
        let before = &rest[..scheme];
        let (open, after) = (before.ends_with('<'), rest[end..].starts_with('>'));
        // Brackets around an address go with it.
        let bracketed = before.ends_with('(') && address[trimmed.len()..].starts_with(')');
        match cleaned {
            None if bracketed => {
                out.push_str(before[..before.len() - 1].trim_end());
                out.push_str(&address[trimmed.len() + 1..]);
                rest = &rest[end..];
            }
            Some(cleaned) => {
                out.push_str(before);
                out.push_str(&cleaned);
                out.push_str(&address[trimmed.len()..]);
                rest = &rest[end..];
            }
            None => {
                out.push_str(if open && after { before[..before.len() - 1].trim_end() } else { before });
                out.push_str(&address[trimmed.len()..]);
                rest = &rest[end + usize::from(open && after)..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::email::header::Headers;

    #[test]
    fn soft_breaks_are_joined() {
        let text = "The light at \nthe cape shines.\n\nA list:\n> quoted \n> text\n-- \nJane";
        assert_eq!(
            unflowed(text, false),
            "The light at the cape shines.\n\nA list:\n> quoted text\n-- \nJane"
        );
        assert_eq!(unflowed("海の \n光", true), "海の光");
        assert_eq!(unsigned("Text\n-- \nJane\nOffice"), "Text");
    }

    #[test]
    fn addresses_in_text_are_cleaned_or_dropped() {
        let header = "To: jane@reader.example\nList-Unsubscribe: <https://l.example/u/x81KqL0e>\n\n";
        let jane = Recipient::of(&Headers::read(header.as_bytes()).unwrap().0);
        let text = "Read on (https://a.example/t?utm_source=x).\nDear Jane,\nhttps://l.example/u/x81KqL0e\n\
                    Leave <https://l.example/unsubscribe?u=1> now (https://l.example/u/x81KqL0e).\nSent to jane@reader.example\nFacebook (https://www.facebook.com/a)\nThe end";
        assert_eq!(published(text, &jane), "Read on (https://a.example/t).\n\nLeave now.\n\n\nThe end\n");
    }
}
