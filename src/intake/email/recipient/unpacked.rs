//! What a file says, as far as it can be unpacked: the streams of a PDF, the members of an Office file.
//!
//! Owns the ways in which text is packed in files that people send, and the bound on unpacking them. It must
//! never know what is looked for.

use std::io::{Cursor, Read};
use std::sync::LazyLock;

use flate2::bufread::ZlibDecoder;
use regex::bytes::Regex;
use zip::ZipArchive;

/// How many bytes of one file are unpacked. What holds more is not known.
const UNPACKED_BYTES_MAX: usize = 16 << 20;

/// Where the dictionary of a PDF's stream is looked for, in bytes before it.
const DICTIONARY_BYTES_MAX: usize = 1 << 10;

/// Whether anything in a file is `told`, or it holds more than can be looked through.
pub fn any(bytes: &[u8], told: impl Fn(&[u8]) -> bool) -> bool {
    let mut search = Search { told, left: UNPACKED_BYTES_MAX };
    search.says(bytes)
        || match bytes {
            [b'%', b'P', b'D', b'F', ..] => search.pdf(bytes),
            [b'P', b'K', 3, 4, ..] => search.zip(bytes),
            _ => false,
        }
}

struct Search<T> {
    told: T,
    left: usize,
}

impl<T: Fn(&[u8]) -> bool> Search<T> {
    /// Whether bytes say it as they are, or as UTF-16, which has a zero beside each letter of ASCII.
    fn says(&self, bytes: &[u8]) -> bool {
        (self.told)(bytes)
            || bytes.contains(&0) && {
                let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
                (self.told)(&narrow)
            }
    }

    /// What `packed` holds; `None` where that is more than may be unpacked.
    fn unpack(&mut self, packed: impl Read) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        // What comes before the damage in a damaged stream counts as well.
        let _ = packed.take(self.left as u64 + 1).read_to_end(&mut bytes);
        self.left = self.left.checked_sub(bytes.len())?;
        Some(bytes)
    }

    /// The deflated streams of a PDF (ISO 32000-1 section 7.3.8) but for its pictures.
    fn pdf(&mut self, bytes: &[u8]) -> bool {
        if (self.told)(&strings(bytes)) {
            return true;
        }
        for begin in STREAM.find_iter(bytes) {
            let (before, data) = (&bytes[..begin.start()], &bytes[begin.end()..]);
            let before = &before[before.len().saturating_sub(DICTIONARY_BYTES_MAX)..];
            // Its own dictionary begins behind the number of its object.
            let own = before.windows(4).rposition(|word| word == b" obj").unwrap_or(0);
            let picture = before[own..].windows(6).any(|word| word == b"/Image");
            if before.ends_with(b"end") || picture || !is_deflated(data) {
                continue;
            }
            match self.unpack(ZlibDecoder::new(data)) {
                None => return true,
                Some(stream) if self.says(&stream) || (self.told)(&strings(&stream)) => return true,
                Some(_) => {}
            }
        }
        false
    }

    /// The members of an Office file, with and without their markup, which may part a word.
    fn zip(&mut self, bytes: &[u8]) -> bool {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return false };
        for index in 0..archive.len() {
            let Ok(member) = archive.by_index(index) else { continue };
            let Some(member) = self.unpack(member) else { return true };
            if self.says(&member) || member.first() == Some(&b'<') && (self.told)(&without_tags(&member)) {
                return true;
            }
        }
        false
    }
}

/// The word before the bytes of a stream, and the end of its line.
static STREAM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u)stream\r?\n").expect("the pattern is a constant that compiles"));

/// Whether bytes begin as deflated ones do (RFC 1950 section 2.2).
fn is_deflated(bytes: &[u8]) -> bool {
    let [method, check, ..] = *bytes else { return false };
    method & 0xf == 8 && (u16::from(method) << 8 | u16::from(check)) % 31 == 0
}

fn without_tags(xml: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(xml.len());
    let mut inside = false;
    for byte in xml {
        match byte {
            b'<' => inside = true,
            b'>' => inside = false,
            _ if !inside => text.push(*byte),
            _ => {}
        }
    }
    text
}

/// The strings of a PDF's page, one after another (ISO 32000-1 section 7.3.4): programs part words between
/// them, to move letters closer together.
fn strings(page: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut at = 0;
    while at < page.len() {
        at = match page[at] {
            b'(' => literal(page, at + 1, &mut text),
            b'<' => hexadecimal(page, at + 1, &mut text),
            _ => at + 1,
        };
    }
    // Letters of two bytes each.
    text.retain(|byte| *byte != 0);
    text
}

/// Takes up the string between parentheses that begins at a place; where it ends.
fn literal(page: &[u8], mut at: usize, text: &mut Vec<u8>) -> usize {
    let mut depth = 1;
    while let Some(&byte) = page.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                let octal = page[at.min(page.len())..]
                    .iter()
                    .take(3)
                    .take_while(|b| (b'0'..b'8').contains(b))
                    .count();
                let digits = page[at..at + octal].iter();
                match octal {
                    0 => text.extend(page.get(at)),
                    _ => text.push(digits.fold(0_u8, |code, b| code.wrapping_mul(8).wrapping_add(b - b'0'))),
                }
                at += octal.max(1);
                continue;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        text.push(byte);
    }
    at
}

/// Takes up the string in hexadecimal digits that begins at a place; where it ends.
fn hexadecimal(page: &[u8], at: usize, text: &mut Vec<u8>) -> usize {
    let mut digits = Vec::new();
    for (place, byte) in page[at..].iter().enumerate() {
        match (*byte as char).to_digit(16) {
            Some(digit) => digits.push(digit as u8),
            None if byte.is_ascii_whitespace() => {}
            None if *byte == b'>' => {
                text.extend(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)));
                return at + place + 1;
            }
            None => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_page_parts_are_put_together() {
        let page = br"BT [(ja)-20(ne\100rea)3(der.exa)] TJ <6d706C 65> Tj (\(a\)) Tj ET << /A 1 >>";
        assert_eq!(String::from_utf8(strings(page)).unwrap(), "jane@reader.example(a)");
        assert_eq!(without_tags(b"<r>jane@</r><r>reader</r>"), b"jane@reader");
        for broken in [&b"("[..], b"\\", b"(\\", b"(\\1", b"<", b"<4", b"((("] {
            strings(broken);
        }
    }
}
