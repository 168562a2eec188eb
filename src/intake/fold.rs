//! How words are compared: without case, accents and typographic variants.
//!
//! Owns one folding for month names and set phrases alike, so that a table written in ordinary spelling
//! matches what people type. It must never be used on what is kept: folded text is for comparing only.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Appends the folded form of one character to `folded`.
fn push(c: char, folded: &mut String) {
    match c {
        'A'..='Z' => folded.push(c.to_ascii_lowercase()),
        _ if c.is_ascii() => folded.push(c),
        '’' | '‘' | 'ʼ' | '`' | '´' => folded.push('\''),
        '“' | '”' | '«' | '»' | '„' => folded.push('"'),
        '‐' | '‑' | '–' | '—' | '−' => folded.push('-'),
        // Letters whose stroke or ligature is no combining mark, so that NFKD leaves them whole.
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' => folded.push('d'),
        'ı' => folded.push('i'),
        'ς' => folded.push('σ'),
        'ß' | 'ẞ' => folded.push_str("ss"),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        // Soft hyphens, joiners and marks of direction are invisible to whoever wrote the table.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => {}
        _ => folded.extend(
            std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase),
        ),
    }
}

/// `text` folded, with runs of white space as one space and none at the ends.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        word.chars().for_each(|c| push(c, &mut folded));
    }
    // A word of nothing but invisible characters has left a space behind it.
    folded.truncate(folded.trim_end().len());
    folded
}

/// Writes the folded form of a word into `folded`, whose memory is used again from word to word.
pub fn fold_word(word: &str, folded: &mut String) {
    folded.clear();
    word.chars().for_each(|c| push(c, folded));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_typography_do_not_matter() {
        for (text, folded) in [
            ("Août", "aout"),
            ("  L’Été\u{a0} – FIN ", "l'ete - fin"),
            ("Ağustos Kasım İki", "agustos kasim iki"),
            ("październik Łódź", "pazdziernik lodz"),
            ("أبريل", "ابريل"),
            ("Май", "маи"),
            ("Gruß", "gruss"),
            ("co\u{ad}operation", "cooperation"),
            ("a \u{200b} ", "a"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }
}
