//! What of a bulletin stays the same when it comes by another way.
//!
//! Owns the folding by which two forms are known as one text. Its outcome is journaled: changing it makes
//! later arrivals strangers to earlier ones.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::FoldedText;
use crate::bulletin::scan::{Piece, pieces};
use crate::digest::Digest;

/// Title and visible text without markup, case, punctuation and white space: what stays the same when a
/// bulletin comes by another way. `body` is sanitised HTML.
pub fn folded_text(title: &str, body: &str) -> FoldedText {
    let mut folded = Vec::with_capacity(title.len() + body.len() + 1);
    fold_into(title, &mut folded);
    folded.push(b'\n');
    let chars = pieces(body).map(|piece| match piece {
        Piece::Text(text) => fold_into(&text, &mut folded),
        Piece::Start(..) | Piece::End(_) => 0,
    });
    let chars = chars.sum();
    FoldedText { digest: Digest::of(&folded).into(), chars }
}

/// Letters and digits of ASCII in lower case, and 0 for every other byte.
static FOLDED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Adds the folded form of `text` as UTF-8, and counts its characters.
fn fold_into(text: &str, folded: &mut Vec<u8>) -> u64 {
    let mut chars = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let foreign = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        // A mark belongs to the letter before it.
        let marked = rest[foreign..].chars().next().is_some_and(is_combining_mark);
        let begin = foreign - usize::from(marked && foreign > 0);
        let end =
            rest[foreign..].bytes().position(|byte| byte.is_ascii()).map_or(rest.len(), |at| foreign + at);
        chars += fold_ascii(&rest.as_bytes()[..begin], folded);
        for c in rest[begin..end].nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
            folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            chars += 1;
        }
        rest = &rest[end..];
    }
    chars
}

/// Most of most texts is ASCII, and every admission folds a text: no branch a byte.
fn fold_ascii(bytes: &[u8], folded: &mut Vec<u8>) -> u64 {
    let before = folded.len();
    folded.resize(before + bytes.len(), 0);
    let room = &mut folded[before..];
    let mut kept = 0;
    for byte in bytes {
        let letter = FOLDED[usize::from(*byte)];
        room[kept] = letter;
        kept += usize::from(letter != 0);
    }
    folded.truncate(before + kept);
    kept as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_folds_alike_whatever_its_typography() {
        let one = folded_text("IOM’s “Dialogue”", "Ｆerries — ﬁne,\n Straße!");
        let other = folded_text("iom's dialogue", "ferries fine straße");
        assert_eq!(one.digest, other.digest);
        assert_eq!(one.chars, 17);
        assert_eq!(
            folded_text("Cafe\u{301}", "").digest,
            folded_text("café", "").digest,
            "however it is composed"
        );
        assert_ne!(folded_text("a", "bc").digest, folded_text("ab", "c").digest, "title and body stay apart");
    }
}
