//! A text as the tokens that dates are made of: numbers, words and marks, each with its place.
//!
//! Owns what a digit and a word is in each script. It must never know which sequences make a date.

use super::names::{self, WORD_BYTES_MAX, Word};
use crate::intake::deadline;
use crate::intake::fold::fold_word;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A run of digits; numbers of more digits than a date has are kept as `u32::MAX`.
    Number {
        value: u32,
        digits: u8,
    },
    Word(Word),
    Mark(char),
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Line breaks between the token before and this one.
    pub breaks: u8,
}

/// Zero in each script in which dates are written; its other digits follow it.
const ZEROS: [char; 17] =
    ['٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '０'];

/// The value of a decimal digit.
fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let value = |zero: &char| (c as u32).checked_sub(*zero as u32).filter(|value| *value < 10);
    if c.is_numeric() { ZEROS.iter().find_map(value) } else { None }
}

/// Year, month and day as Chinese, Japanese and Korean write them: each a token of its own, since no
/// space parts it from its neighbours.
fn counter(c: char) -> Option<char> {
    Some(match c {
        '年' | '년' => '年',
        '月' | '월' => '月',
        '日' | '号' | '號' | '일' => '日',
        _ => return None,
    })
}

fn in_word(c: char) -> bool {
    // Marks that combine with letters (Devanagari signs, loose accents) stay in their word.
    let joins = matches!(c, '\u{200c}' | '\u{200d}');
    (c.is_alphabetic() || joins || unicode_normalization::char::is_combining_mark(c)) && counter(c).is_none()
}

/// The tokens of `text`, in one pass.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let (mut breaks, mut folded, mut last_word) = (0u8, String::new(), String::new());
    while let Some((start, c)) = chars.next() {
        deadline::step();
        // Spaces leave no token: that none stood there is seen from the places of two tokens.
        if c.is_whitespace() {
            breaks = breaks.saturating_add(u8::from(c == '\n'));
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut take = |belongs: &dyn Fn(char) -> bool| {
            while let Some((at, next)) = chars.next_if(|(_, next)| belongs(*next)) {
                end = at + next.len_utf8();
            }
        };
        let kind = if digit(c).is_some() {
            take(&|next| digit(next).is_some());
            number(&text[start..end])
        } else if in_word(c) {
            take(&in_word);
            let word = &text[start..end];
            // No word of a date is as long, and folding costs.
            if word.len() > WORD_BYTES_MAX {
                folded.clear();
            } else {
                fold_word(word, &mut folded);
            }
            // Some Arabic months have two words; the second is what makes the pair a month.
            let pair = (!folded.is_ascii() && !last_word.is_empty())
                .then(|| names::word(&format!("{last_word} {folded}")))
                .flatten();
            std::mem::swap(&mut last_word, &mut folded);
            if let (Some(pair), Some(last)) = (pair, tokens.last_mut()) {
                (last.kind, last.end) = (Kind::Word(pair), end);
                breaks = 0;
                continue;
            }
            Kind::Word(names::word(&last_word).unwrap_or_default())
        } else {
            Kind::Mark(counter(c).unwrap_or(c))
        };
        if !matches!(kind, Kind::Word(_)) {
            last_word.clear();
        }
        let (kind, from) = match era(kind, &text[start..end]) {
            Some((at, era)) => (Kind::Word(era), start + at),
            None => (kind, start),
        };
        if from > start {
            let word = Kind::Word(Word::default());
            tokens.push(Token { kind: word, start, end: from, breaks: std::mem::take(&mut breaks) });
        }
        tokens.push(Token { kind, start: from, end, breaks });
        breaks = 0;
    }
    tokens
}

/// The era that a run of letters ends in, and where: no space parts it from what stands before it.
fn era(kind: Kind, text: &str) -> Option<(usize, Word)> {
    if !matches!(kind, Kind::Word(_)) || text.is_ascii() {
        return None;
    }
    let (before, first) = text.strip_suffix('元').map_or((text, false), |before| (before, true));
    let (name, base) = names::ERAS.iter().find(|(name, _)| before.ends_with(name))?;
    Some((before.len() - name.len(), Word { era: Some(*base), first_of_era: first, ..Word::default() }))
}

fn number(text: &str) -> Kind {
    let digits = text.chars().count();
    // Fourteen digits are the longest number that a date can be, and they need no value here.
    let value = if digits <= 9 {
        text.chars().filter_map(digit).fold(0, |value, digit| value * 10 + digit)
    } else {
        u32::MAX
    };
    Kind::Number { value, digits: u8::try_from(digits).unwrap_or(u8::MAX) }
}
