//! From text to terms: words, folded and stemmed by their language. What is indexed and what is asked for go
//! through the same functions, so they meet.
//!
//! A word is stemmed as it is written and folded behind it. Where its accents make a difference to its stem, the
//! stem of the folded word is a second term at the same position: who asks without accents meets those who write
//! them, and the other way round. Scripts that put no space between words are taken character by character, and a
//! run of them that is asked for is a phrase.

use std::collections::VecDeque;
use std::ops::Range;

use frostem::Stemmer;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest term, in bytes: nobody asks for longer ones, and a dictionary of them would be all that they are.
const TERM_BYTES_MAX: usize = 60;

/// What stands for the language of bulletins that name none.
pub const UNDETERMINED: &str = "und";

/// How the words of a language are stemmed.
#[derive(Clone)]
pub struct Language {
    /// The primary subtag of a BCP 47 tag, in lower case.
    pub name: String,
    /// None for languages that have no stemmer: their words stay whole.
    stemmer: Option<Stemmer>,
}

impl Language {
    /// The language with this tag, or none in particular.
    pub fn of(tag: Option<&str>) -> Language {
        let primary =
            tag.unwrap_or_default().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let known = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
        let name = if known { primary } else { UNDETERMINED.into() };
        // Both ways to write Norwegian have one stemmer.
        let stemmed = if matches!(name.as_str(), "nb" | "nn") { "no" } else { &name };
        let stemmer = Stemmer::try_from_name(stemmed).ok();
        Language { name, stemmer }
    }

    /// The terms of a word: one, or two where accents make a difference.
    pub fn terms(&self, word: &str) -> (String, Option<String>) {
        let folded = fold(word);
        let stemmer = self.stemmer.filter(|_| !word.bytes().any(|b| b.is_ascii_digit()));
        let Some(stemmer) = stemmer.filter(|_| !starts_unspaced(word)) else {
            return (clipped(folded), None);
        };
        let bare = stem(stemmer, &folded);
        if word.is_ascii() {
            return (clipped(bare), None);
        }
        let written = fold(&stem(stemmer, &composed(word)));
        if written == bare { (clipped(bare), None) } else { (clipped(written), Some(clipped(bare))) }
    }
}

fn stem(stemmer: Stemmer, word: &str) -> String {
    stemmer.stem(word).into_owned()
}

fn clipped(mut term: String) -> String {
    term.truncate(term.floor_char_boundary(TERM_BYTES_MAX));
    term
}

/// A word in lower case with its accents, as stemmers expect it.
fn composed(word: &str) -> String {
    word.nfkc().filter(|c| !is_ignored(*c)).flat_map(char::to_lowercase).nfc().collect()
}

/// A word without case and accents, the same however its characters were put together.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    let mut base = ' ';
    for c in word.nfkd().flat_map(char::to_lowercase).nfkd() {
        if is_ignored(c) || is_dropped(base, c) {
            continue;
        }
        if !is_combining_mark(c) {
            base = c;
        }
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            c => folded.push(c),
        }
    }
    // Syllables of Hangul and letters such as й are one character again.
    folded.nfc().collect()
}

/// Whether a mark behind `base` makes no other letter of it. In scripts such as Devanagari marks are vowels, and in
/// Cyrillic most of them make letters.
fn is_dropped(base: char, mark: char) -> bool {
    match mark {
        '\u{300}'..='\u{36f}' => !('\u{400}'..='\u{52f}').contains(&base) || base == 'е',
        // Vowels of Arabic and Hebrew that are mostly left out, and the bar that only lengthens.
        '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' => true,
        _ => false,
    }
}

/// Characters within words that nobody sees: soft hyphens and what joins or parts letters.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Scripts that put no space between words: Han, kana, Thai, Lao, Tibetan, Burmese, Khmer.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

fn starts_unspaced(word: &str) -> bool {
    word.chars().next().is_some_and(is_unspaced)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && (is_combining_mark(c) || is_ignored(c)))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '‘')
}

/// Where the words of a text are, in bytes.
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    /// The pieces of a word with apostrophes.
    pieces: VecDeque<Range<usize>>,
}

pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0, pieces: VecDeque::new() }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if let Some(piece) = self.pieces.pop_front() {
            return Some(piece);
        }
        let rest = &self.text[self.at..];
        let start = self.at + rest.find(|c: char| is_word(c) && !is_ignored(c))?;
        let first = self.text[start..].chars().next()?;
        if is_unspaced(first) {
            self.at = start + first.len_utf8();
            return Some(start..self.at);
        }
        let end = self.end_of_word(start);
        self.at = end;
        let after = self.text[end..].chars().next();
        if !after.is_some_and(is_apostrophe) {
            return Some(start..end);
        }
        self.split(start);
        self.next()
    }
}

impl Words<'_> {
    fn end_of_word(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        start + rest.find(|c: char| !is_word(c) || is_unspaced(c)).unwrap_or(rest.len())
    }

    /// The pieces that apostrophes part. Those of one or two letters are articles and endings (`l’eau`, `ferry’s`)
    /// and go, as long as something stays.
    fn split(&mut self, start: usize) {
        let whole = start..self.at;
        let mut pieces = vec![whole];
        while let Some(mark) = self.text[self.at..].chars().next().filter(|c| is_apostrophe(*c)) {
            let next = self.at + mark.len_utf8();
            let end = self.end_of_word(next);
            if end == next {
                break;
            }
            pieces.push(next..end);
            self.at = end;
        }
        if pieces.len() == 1 {
            // A closing quotation mark: it is no part of the word.
            self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        }
        let is_long = |piece: &Range<usize>| self.text[piece.clone()].chars().count() > 2;
        if pieces.iter().any(is_long) {
            pieces.retain(is_long);
        } else {
            pieces.truncate(1);
        }
        self.pieces.extend(pieces);
    }
}

/// A value of an indexed field, its language in front so that the tokenizer knows it: the language of a bulletin is
/// its own, and a tokenizer belongs to a field.
pub fn in_language(language: &Language, text: &str) -> String {
    format!("{}\n{text}", language.name)
}

/// Which terms a field has of a word.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Stemmed,
    Folded,
    /// The folded word, where it is none of its stems.
    Unstemmed,
}

/// Makes the terms of a field from what [`in_language`] wrote.
#[derive(Clone)]
pub struct Terms {
    kind: Kind,
    language: Language,
}

impl Terms {
    pub fn stemmed() -> Terms {
        Terms::of(Kind::Stemmed)
    }

    pub fn folded() -> Terms {
        Terms::of(Kind::Folded)
    }

    pub fn unstemmed() -> Terms {
        Terms::of(Kind::Unstemmed)
    }

    fn of(kind: Kind) -> Terms {
        Terms { kind, language: Language::of(None) }
    }
}

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, value: &'a str) -> TermStream<'a> {
        let (name, text) = value.split_once('\n').unwrap_or((UNDETERMINED, value));
        if self.language.name != name {
            self.language = Language::of(Some(name));
        }
        TermStream { words: words(text), text, terms: self, second: None, token: Token::default() }
    }
}

pub struct TermStream<'a> {
    words: Words<'a>,
    text: &'a str,
    terms: &'a Terms,
    /// The other term of the word before.
    second: Option<String>,
    token: Token,
}

impl TermStream<'_> {
    /// The terms of a word, if it has any in this field.
    fn terms(&self, word: &str) -> Option<(String, Option<String>)> {
        let Terms { kind, language } = self.terms;
        let folded = || clipped(fold(word));
        match kind {
            Kind::Stemmed => Some(language.terms(word)),
            Kind::Folded => Some((folded(), None)),
            Kind::Unstemmed => {
                let (folded, (first, second)) = (folded(), language.terms(word));
                (folded != first && Some(&folded) != second.as_ref()).then_some((folded, None))
            }
        }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        if let Some(second) = self.second.take() {
            self.token.text = second;
            return true;
        }
        while let Some(range) = self.words.next() {
            self.token.position = self.token.position.wrapping_add(1);
            if let Some((first, second)) = self.terms(&self.text[range.clone()]) {
                (self.token.text, self.second) = (first, second);
                (self.token.offset_from, self.token.offset_to) = (range.start, range.end);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        words(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn words_are_what_people_take_for_words() {
        for (text, expected) in [
            ("The ferry, No. 12!", vec!["The", "ferry", "No", "12"]),
            ("The ferry’s l'eau of O'Brien", vec!["The", "ferry", "eau", "of", "Brien"]),
            ("'quoted' don't", vec!["quoted", "don"]),
            ("COVID-19 a@b.example", vec!["COVID", "19", "a", "b", "example"]),
            ("港口news今", vec!["港", "口", "news", "今"]),
            ("नमस्ते", vec!["नमस्ते"]),
            ("", vec![]),
            ("’ ' -", vec![]),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn accents_and_case_make_no_difference() {
        for (one, other) in [
            ("Pêche", "peche"),
            ("STRAẞE", "strasse"),
            ("e\u{301}tude", "étude"),
            ("Ёлка", "елка"),
            ("ΛΙΜΆΝΙΑ", "λιμάνια"),
            ("مَرفأ", "مرفا"),
            ("Œuvre", "oeuvre"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_ne!(fold("район"), fold("раион"), "й is a letter of its own");
    }

    #[test]
    fn a_word_and_its_forms_have_a_term_in_common() {
        let common = |language: &str, one: &str, other: &str| {
            let language = Language::of(Some(language));
            let all = |word| {
                let (first, second) = language.terms(word);
                [Some(first), second].into_iter().flatten().collect::<Vec<_>>()
            };
            all(one).iter().any(|term| all(other).contains(term))
        };
        for (language, one, other) in [
            ("en", "harbours", "Harbour"),
            ("en-GB", "organisations", "organisation"),
            ("fr", "pêcheurs", "pecheur"),
            ("es", "declaración", "declaraciones"),
            ("es", "DECLARACION", "declaración"),
            ("de", "Häfen", "hafen"),
            ("ru", "гавани", "гавань"),
            ("nb", "havner", "havn"),
        ] {
            assert!(common(language, one, other), "{language}: {one}, {other}");
        }
        assert!(!common("en", "harbour", "harvest"));
        assert!(!common("zz", "harbours", "harbour"), "a language without a stemmer");
    }
}
