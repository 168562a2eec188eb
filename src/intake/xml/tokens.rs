//! XML as it is found: tags, text and what is verbatim, from a text that need not be well formed.
//!
//! Owns where markup begins and ends when it is broken. It must never fail and never look at a byte more
//! often than a constant: a `<` that begins no tag is text, an attribute whose quote is never closed ends
//! with its tag, and what is never closed at all is reported as the place where the document was cut off.

use crate::intake::deadline;

/// A piece of a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Token<'t> {
    /// `empty` where the tag ends in `/>`.
    Start {
        name: &'t str,
        attributes: Attributes<'t>,
        empty: bool,
    },
    End {
        name: &'t str,
    },
    /// Character data with its references as they stand.
    Text(&'t str),
    /// What stood in a CDATA section.
    Verbatim(&'t str),
    /// The internal subset of the document type declaration.
    Subset(&'t str),
    /// The document ends within markup.
    Cut,
}

pub struct Tokens<'t> {
    rest: &'t str,
    /// Whether a double and a single quote are known to occur no more.
    spent: [bool; 2],
}

impl<'t> Tokens<'t> {
    pub fn new(text: &'t str) -> Tokens<'t> {
        Tokens { rest: text, spent: [false; 2] }
    }

    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    /// Passes over `open`, and takes what stands before `close` and `close` itself; all, where it is missing.
    fn until(&mut self, open: &str, close: &str) -> Result<&'t str, ()> {
        let inner = &self.rest[open.len()..];
        match inner.find(close) {
            Some(at) => {
                self.rest = &inner[at + close.len()..];
                Ok(&inner[..at])
            }
            None => {
                self.rest = "";
                Err(())
            }
        }
    }

    /// Where the quoted value ends that begins behind `from`, if it does.
    fn closing_quote(&mut self, quote: u8, from: usize) -> Option<usize> {
        let spent = &mut self.spent[usize::from(quote == b'\'')];
        if *spent {
            return None;
        }
        let found = self.rest[from + 1..].bytes().position(|byte| byte == quote);
        *spent = found.is_none();
        found.map(|at| from + 1 + at)
    }

    /// The length of the tag that `rest` begins with, up to its `>` or to the `<` of the next.
    fn tag(&mut self) -> Option<usize> {
        let bytes = self.rest.as_bytes();
        let mut at = 1;
        let mut assigned = false;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'>' | b'<' => return Some(at),
                b'"' | b'\'' if assigned => at = self.closing_quote(byte, at).unwrap_or(at),
                _ => {}
            }
            assigned = byte == b'=' || assigned && byte.is_ascii_whitespace();
            at += 1;
        }
        None
    }

    fn start(&mut self) -> Token<'t> {
        let Some(end) = self.tag() else { return self.cut() };
        let inner = &self.take(end)[1..];
        self.rest = self.rest.strip_prefix('>').unwrap_or(self.rest);
        let name_end = inner.find(|c: char| c.is_whitespace() || matches!(c, '/' | '=' | '"' | '\''));
        let (name, attributes) = inner.split_at(name_end.unwrap_or(inner.len()));
        let empty = attributes.ends_with('/');
        Token::Start { name, attributes: Attributes(attributes.trim_end_matches('/')), empty }
    }

    fn end(&mut self) -> Token<'t> {
        // What an end tag that is cut off would have ended is there.
        let end = self.rest[1..].find(['>', '<']).map_or(self.rest.len(), |at| at + 1);
        let inner = &self.take(end)[2..];
        self.rest = self.rest.strip_prefix('>').unwrap_or(self.rest);
        Token::End { name: inner.split_whitespace().next().unwrap_or_default() }
    }

    /// The document type declaration; a `>` within quotes or brackets does not end it.
    fn doctype(&mut self) -> Option<Token<'t>> {
        let (mut quote, mut bracket, mut subset) = (None, false, 0..0);
        for (at, byte) in self.rest.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[') if !bracket => (bracket, subset.start) = (true, at + 1),
                (None, b']') if bracket => (bracket, subset.end) = (false, at),
                (None, b'>') if !bracket => {
                    let declaration = self.take(at + 1);
                    let inner = declaration.get(subset).filter(|subset| !subset.is_empty());
                    return inner.map(Token::Subset);
                }
                _ => {}
            }
        }
        Some(self.cut())
    }

    fn cut(&mut self) -> Token<'t> {
        self.rest = "";
        Token::Cut
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        deadline::step();
        loop {
            let rest = self.rest;
            if rest.is_empty() {
                return None;
            }
            let bytes = rest.as_bytes();
            if bytes[0] != b'<' {
                let end = rest.find('<').unwrap_or(rest.len());
                return Some(Token::Text(self.take(end)));
            }
            let passed_over = if rest.starts_with("<!--") {
                self.until("<!--", "-->")
            } else if rest.starts_with("<![CDATA[") {
                return Some(self.until("<![CDATA[", "]]>").map_or(Token::Cut, Token::Verbatim));
            } else if bytes.get(..9).is_some_and(|head| head.eq_ignore_ascii_case(b"<!doctype")) {
                match self.doctype() {
                    Some(token) => return Some(token),
                    None => continue,
                }
            } else if rest.starts_with("<!") {
                self.until("<!", ">")
            } else if rest.starts_with("<?") {
                self.until("<?", ">")
            } else if rest.starts_with("</") {
                return Some(self.end());
            } else if rest[1..].starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':')) {
                return Some(self.start());
            } else {
                let end = rest[1..].find('<').map_or(rest.len(), |at| at + 1);
                return Some(Token::Text(self.take(end)));
            };
            if passed_over.is_err() {
                return Some(Token::Cut);
            }
        }
    }
}

/// The attributes of a tag as they stand: name and value, whose references are not resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes<'t>(&'t str);

impl<'t> Iterator for Attributes<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<(&'t str, &'t str)> {
        let rest =
            self.0.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '='));
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        if name.is_empty() {
            return None;
        }
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            self.0 = rest;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        self.0 = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens in short: `<a b=c>`, `</a>`, text, `[verbatim]`, `!` for the cut.
    fn shape(text: &str) -> String {
        let one = |token: Token| match token {
            Token::Start { name, attributes, empty } => {
                let attributes: String = attributes.map(|(name, value)| format!(" {name}={value}")).collect();
                format!("<{name}{attributes}{}>", if empty { "/" } else { "" })
            }
            Token::End { name } => format!("</{name}>"),
            Token::Text(text) => text.into(),
            Token::Verbatim(text) => format!("[{text}]"),
            Token::Subset(text) => format!("({text})"),
            Token::Cut => "!".into(),
        };
        Tokens::new(text).map(one).collect()
    }

    #[test]
    fn broken_markup_costs_no_more_than_itself() {
        for (text, expected) in [
            ("<?xml version='1.0'?><!-- <x> --><a b='1' c = \"2>3\"/>", "<a b=1 c=2>3/>"),
            ("<a>x < y <3 && z</a>", "<a>x < y <3 && z</a>"),
            ("<a><![CDATA[<b>]] > & ]]></a >", "<a>[<b>]] > & ]</a>"),
            ("<a href=x>1</a><b c=\"d>2</b>", "<a href=x>1</a><b c=d>2</b>"),
            ("<a <b>1</b", "<a><b>1</b>"),
            ("<a it's>1", "<a it's=>1"),
            ("<!DOCTYPE rss [<!ENTITY a \"]>\">]><a/>", "(<!ENTITY a \"]>\">)<a/>"),
            ("<!DOCTYPE rss PUBLIC '-//>' \"x\"><a/>", "<a/>"),
            ("a<![CDATA[ b", "a!"),
            ("<a b", "!"),
            ("<!-- a", "!"),
            ("<", "<"),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }
}
