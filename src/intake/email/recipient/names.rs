//! Where a text speaks to the recipient by name.
//!
//! Owns the text without it. It must never take out a first name that is only told of: an article may be
//! about somebody who is called the same.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::GREETINGS;
use super::spoken;
use crate::intake::boilerplate::{Word, words};

/// A text speaks to somebody no more often than this.
const ROUNDS_MAX: usize = 8;

/// Words before a name that mean nothing without it.
const TOWARDS: [&str; 14] =
    ["for", "to", "dear", "fur", "an", "pour", "a", "para", "per", "voor", "aan", "для", "hi", "hello"];

/// The display names of recipients, as folded words.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<Vec<String>>,
    /// Those of several words, as they stand in files.
    whole: Option<AhoCorasick>,
}

/// Which bytes of a text are a name.
pub struct Place {
    pub start: usize,
    pub end: usize,
    /// Its first word among the words of the text.
    pub word: usize,
    /// It is the whole of a name of several words.
    pub whole: bool,
}

impl Names {
    pub fn of<'n>(names: impl Iterator<Item = &'n String>) -> Names {
        let mut known: Vec<Vec<String>> = Vec::new();
        for name in names.filter(|name| !name.contains('@')) {
            let name: Vec<String> = words(name).into_iter().map(|word| word.folded).collect();
            // `Doe, Jane` is what address books make of Jane Doe.
            let turned = name.iter().skip(1).chain(name.first()).cloned().collect();
            for name in [name, turned] {
                if (1..=6).contains(&name.len()) && !known.contains(&name) {
                    known.push(name);
                }
            }
        }
        let whole: Vec<String> =
            known.iter().filter(|name| name.len() >= 2).map(|name| name.join(" ")).collect();
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::ContiguousNFA));
        let whole = builder.build(&whole).ok().filter(|_| !whole.is_empty());
        Names { names: known, whole }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether a file greets a recipient by the whole name: `Dear Ms Jane Doe`.
    pub fn are_addressed_in(&self, bytes: &[u8]) -> bool {
        /// How far before the name the greeting begins.
        const GREETING_BYTES_MAX: usize = 32;
        let found = self.whole.iter().flat_map(|whole| whole.find_iter(bytes));
        found.into_iter().any(|name| {
            let before = &bytes[name.start().saturating_sub(GREETING_BYTES_MAX)..name.start()];
            let said = String::from_utf8_lossy(before);
            words(&said).iter().rev().take(3).any(|word| GREETINGS.contains(&word.folded.as_str()))
        })
    }

    /// Whether a text holds the whole name of a recipient.
    pub fn are_in(&self, text: &str) -> bool {
        let words = words(text);
        (0..words.len()).any(|at| self.at(text, &words, at).is_some_and(|place| place.whole))
    }

    /// Whether a text is a recipient's name, or a part of it, and no more.
    pub fn are(&self, text: &str) -> bool {
        let words: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
        let is = |name: &Vec<String>| {
            *name == words || words.len() == 1 && words[0].chars().count() > 2 && name.contains(&words[0])
        };
        self.names.iter().any(is)
    }

    /// A caption without the recipient's name: whole names, and first names that are spoken to.
    pub fn without(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..ROUNDS_MAX {
            let words = words(&text);
            let places = (0..words.len()).filter_map(|at| self.at(&text, &words, at));
            let opens = |place: &Place| place.start == 0 && spoken::opens(&text[place.end..]);
            let is_told = |place: &Place| {
                place.whole || opens(place) || spoken::taken_with(&text, &words, place).is_some()
            };
            let told = places.into_iter().find(is_told);
            let Some(place) = told else { break };
            text = taken_out(&text, &words, &place);
        }
        text
    }

    /// How many bytes of a text greet the recipient before its sentence: `Dear Jane Doe, as a member …`.
    pub fn greeting(&self, text: &str) -> Option<usize> {
        let words = words(text);
        let greets = words.first().is_some_and(|word| GREETINGS.contains(&word.folded.as_str()));
        let place = (0..words.len().min(if greets { 5 } else { 1 })).find_map(|at| {
            let last = |at: &usize| self.is_part(&words[*at]);
            let end = (at..words.len().min(at + 6)).take_while(last).last()?;
            Some(words[end].end)
        })?;
        let rest = &text[place..];
        let mark = rest.chars().next().filter(|c| ",:!–—،，".contains(*c));
        // `Jane, who keeps the light, …` is told of.
        if !greets && !spoken::opens(rest) {
            return None;
        }
        let end = match mark {
            Some(mark) => place + mark.len_utf8(),
            None => place + rest.strip_prefix(" – ").or(rest.strip_prefix(" - ")).map(|_| 3)?,
        };
        text.get(end..).filter(|rest| rest.contains(char::is_alphanumeric)).map(|_| end)
    }

    fn is_part(&self, word: &Word) -> bool {
        word.folded.chars().count() > 2 && self.names.iter().any(|name| name.contains(&word.folded))
    }

    /// The longest name that begins at a word.
    pub fn at(&self, text: &str, words: &[Word], at: usize) -> Option<Place> {
        let begins = |name: &&Vec<String>| {
            words.len() >= at + name.len() && name.iter().zip(&words[at..]).all(|(a, b)| *a == b.folded)
        };
        let whole = self.names.iter().filter(|name| name.len() >= 2).filter(begins).map(Vec::len).max();
        let first =
            || self.names.iter().any(|name| name[0] == words[at].folded && name[0].chars().count() > 2);
        let length = whole.or_else(|| first().then_some(1))?;
        let (start, end) = (words[at].start, words[at + length - 1].end);
        text.get(start..end).map(|_| Place { start, end, word: at, whole: whole.is_some() })
    }
}

fn taken_out(text: &str, words: &[Word], place: &Place) -> String {
    let mark = |c: char| c.is_whitespace() || ",:;–—-!،，".contains(c);
    let (mut before, after) = (text[..place.start].trim_end(), &text[place.end..]);
    let opens = words[..place.word].iter().all(|word| GREETINGS.contains(&word.folded.as_str()));
    if opens {
        return capitalised(after.trim_start_matches(mark));
    }
    let towards = &words[place.word - 1];
    if TOWARDS.contains(&towards.folded.as_str()) && before.len() == towards.end {
        before = text[..towards.start].trim_end();
    }
    let before = before.trim_end_matches([',', '،', '，']);
    match after.trim_start() {
        "" => before.into(),
        rest if rest.starts_with(char::is_alphanumeric) => format!("{before} {rest}"),
        _ => format!("{before}{after}"),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// HTML without the first of its visible text, its elements as they are.
pub fn without_start(html: &str, start: &str) -> String {
    let mut left = start.chars().filter(|c| !c.is_whitespace()).count();
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '<' => rest.find('>').map_or(rest.len(), |end| end + 1),
            _ if left == 0 && c.is_whitespace() => c.len_utf8(),
            _ if left == 0 => break,
            '&' => rest.find(';').map_or(1, |end| end + 1),
            _ => c.len_utf8(),
        };
        if c == '<' {
            out.push_str(&rest[..length]);
        } else if left > 0 && !c.is_whitespace() {
            left -= 1;
        }
        rest = &rest[length..];
    }
    out + &capitalised(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jane() -> Names {
        Names::of(["jane doe".to_string()].iter())
    }

    #[test]
    fn captions_lose_names_that_are_spoken_to() {
        for (text, expected) in [
            ("Jane, the tide is coming", "The tide is coming"),
            ("Jane – the tide is coming", "The tide is coming"),
            ("Good news, Jane, the quay is open", "Good news, the quay is open"),
            ("Thank you, Jane!", "Thank you!"),
            ("Invitation for Jane Doe: spring tides", "Invitation: spring tides"),
            ("Dear Jane Doe, spring tides", "Spring tides"),
            ("Jane Grey lights the lamp", "Jane Grey lights the lamp"),
            ("The lamp and Jane", "The lamp and Jane"),
            ("From left: Ada, Jane, Ruth", "From left: Ada, Jane, Ruth"),
            ("Jane, who lights the lamp", "Jane, who lights the lamp"),
        ] {
            assert_eq!(jane().without(text), expected, "{text}");
        }
        assert!(jane().are_in("Invitation_Doe_Jane.pdf") && !jane().are_in("Jane.pdf"));
        assert!(jane().are("Jane") && jane().are("Jane Doe") && !jane().are("Jane Grey"));
    }

    #[test]
    fn greetings_go_and_sentences_stay() {
        for (text, expected) in [
            ("Dear Jane Doe, as a member you", " as a member you"),
            ("Hello Jane: the quay is open", " the quay is open"),
            ("Jane, the quay is open", " the quay is open"),
        ] {
            let greeting = jane().greeting(text).unwrap();
            assert_eq!(&text[greeting..], expected);
        }
        for text in ["Jane Grey lights the lamp", "Dear members, Jane Doe is here", "Dear Jane,"] {
            assert_eq!(jane().greeting(text), None, "{text}");
        }
        assert_eq!(
            without_start("Dear <b>Jane &amp; co</b>, as a <i>member</i>", "Dear Jane & co,"),
            "<b></b>As a <i>member</i>"
        );
    }
}
