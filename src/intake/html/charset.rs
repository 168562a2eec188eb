//! Bytes to text.
//!
//! Owns the order in which a page's claims about its encoding are believed. It must never look further into
//! the page than its first declarations.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// Where a declaration must stand to count (HTML standard, 13.2.3.2, which asks for 1024 bytes; pages that
/// put scripts before it are common enough to look further).
const DECLARATION_BYTES_MAX: usize = 4096;

/// How much is looked at where the encoding has to be told by the bytes themselves.
const GUESSED_FROM_BYTES_MAX: usize = 1 << 20;

/// The text of `bytes`: by byte order mark, then as UTF-8 where it is valid and something else was only
/// declared, then by `Content-Type`, then by what the page declares, then by what its bytes look like. Never
/// fails: what is left over becomes U+FFFD.
pub fn decode<'b>(bytes: &'b [u8], media_type: Option<&str>) -> Cow<'b, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    // Long runs of multi-byte text are never valid UTF-8 by accident, while pages that were converted and
    // kept their old declaration are common. Escape sequences of ISO-2022-JP are ASCII, so it is asked
    // about first.
    let declared = media_type.and_then(label).or_else(|| declaration(bytes));
    if declared.is_none_or(|encoding| encoding.is_ascii_compatible())
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let encoding = match declared {
        Some(encoding) => encoding,
        // A page cut off within a character, or with one bad byte, is still UTF-8.
        None if mostly_utf8(bytes) => UTF_8,
        None => guess(bytes),
    };
    encoding.decode_without_bom_handling(bytes).0
}

/// As [`decode`], where a claim to be UTF-8 that most of the bytes belie is no claim.
pub fn decode_doubting<'b>(bytes: &'b [u8], media_type: Option<&str>) -> Cow<'b, str> {
    let declared = media_type.and_then(label).or_else(|| declaration(bytes));
    if declared == Some(UTF_8) && std::str::from_utf8(bytes).is_err() && !mostly_utf8(bytes) {
        return guess(bytes).decode_without_bom_handling(bytes).0;
    }
    decode(bytes, media_type)
}

/// The encoding that bytes look like which are not UTF-8, as browsers guess it.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let head = &bytes[..bytes.len().min(GUESSED_FROM_BYTES_MAX)];
    detector.feed(head, head.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// The encoding that follows `charset=`.
fn label(text: &str) -> Option<&'static Encoding> {
    let at = text.to_ascii_lowercase().find("charset")?;
    let value = text[at + "charset".len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c.is_whitespace() || "\"';/>,".contains(c)).unwrap_or(value.len());
    Encoding::for_label(&value.as_bytes()[..end])
}

/// What the page's own `meta` or XML declaration says.
fn declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_BYTES_MAX)]);
    let lower = head.to_ascii_lowercase();
    if let Some(xml) = lower.strip_prefix("<?xml") {
        let named = xml.split("?>").next().and_then(|xml| xml.split_once("encoding"));
        let value = named.map(|(_, rest)| rest.trim_start_matches([' ', '=', '"', '\'']));
        let value = value.and_then(|value| value.split(['"', '\'']).next());
        if let Some(encoding) = value.and_then(|value| Encoding::for_label(value.as_bytes())) {
            return Some(encoding);
        }
    }
    let declared = lower.match_indices("<meta").find_map(|(at, _)| label(head[at..].split('>').next()?))?;
    // A page whose `meta` could be read is not UTF-16, whatever it says (13.2.3.2).
    Some(if declared.is_ascii_compatible() { declared } else { UTF_8 })
}

/// Whether so little of `bytes` is not UTF-8 that damage is likelier than another encoding.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut broken, mut characters) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    characters > broken * 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_believed_in_order() {
        for (bytes, media_type, expected) in [
            (&b"\xef\xbb\xbfmar\xc3\xa9e"[..], Some("text/html; charset=iso-8859-1"), "marée"),
            (b"mar\xe9e", Some("text/html; charset=ISO-8859-1"), "marée"),
            (b"<meta charset='windows-1251'>\xec\xee\xf0\xe5", None, "<meta charset='windows-1251'>море"),
            (b"<meta charset=latin1>mar\xc3\xa9e", None, "<meta charset=latin1>marée"),
            (
                b"<?xml version=\"1.0\" encoding=\"iso-8859-15\"?>\xa4",
                None,
                "<?xml version=\"1.0\" encoding=\"iso-8859-15\"?>€",
            ),
            (b"mar\xe9e", None, "marée"),
            (b"\xcf\xe0\xf0\xee\xec \xe8\xe4\xb8\xf2 \xe2 \xef\xee\xf0\xf2", None, "Паром идёт в порт"),
            (b"\xff\xfea\x00", None, "a"),
            (b"<meta charset=utf-16>a", None, "<meta charset=utf-16>a"),
            (b"<meta charset=utf-8>a\xff", None, "<meta charset=utf-8>a\u{fffd}"),
            (b"<meta charset=shift_jis>\x8aC", None, "<meta charset=shift_jis>海"),
        ] {
            assert_eq!(decode(bytes, media_type), expected);
        }
    }
}
