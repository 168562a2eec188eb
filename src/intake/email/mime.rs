//! The parts of a message (RFC 2046).
//!
//! Owns where parts begin and end, how deep and how many they may be, and the way from their bytes to
//! characters. It must never judge which part is the bulletin.
//!
//! One pass over the lines with a bounded stack of open boundaries: a boundary that never comes costs
//! nothing, and a part that is not closed ends where a boundary around it stands (section 5.1.2).

use std::borrow::Cow;

use encoding_rs::Encoding;
use mail_parser::ContentType;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;

use super::header::{Headers, line_end};
use crate::intake::deadline;
use crate::intake::html::charset;
use crate::intake::{Refusal, RefusalKind};

/// Parts within parts, at most; mail that people send has five.
pub const DEPTH_MAX: usize = 32;
/// Parts of a message, at most; the largest digests have some hundred.
pub const PARTS_MAX: usize = 1_000;

/// A part, in the order in which parts stand; the first is the message itself.
pub struct Part<'a> {
    pub headers: Headers<'a>,
    /// `type/subtype` in lower case.
    pub media_type: String,
    typed: Option<ContentType<'static>>,
    /// The bytes below its header, as they came.
    raw: &'a [u8],
    /// One past the last part within it.
    pub end: usize,
}

impl<'a> Part<'a> {
    pub fn is_multipart(&self) -> bool {
        self.media_type.starts_with("multipart/")
    }

    pub fn is_message(&self) -> bool {
        matches!(self.media_type.as_str(), "message/rfc822" | "message/global")
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.typed.as_ref()?.attribute(name)
    }

    /// Whether its sender wants it kept rather than shown (RFC 2183).
    pub fn is_attachment(&self) -> bool {
        self.headers.typed("content-disposition").is_some_and(|disposition| disposition.is_attachment())
    }

    /// What its sender calls it as a file: the last part of a path, on one line.
    pub fn file_name(&self) -> Option<String> {
        let disposition = self.headers.typed("content-disposition");
        let named = disposition.as_ref().and_then(|typed| typed.attribute("filename"));
        let name = named.or_else(|| self.parameter("name"))?;
        let name = crate::intake::markup::fold(name.rsplit(['/', '\\']).next().unwrap_or_default());
        (!name.is_empty()).then_some(name)
    }

    /// Its bytes without their transfer encoding (RFC 2045 section 6). What is broken gives what can be
    /// read of it.
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        let encoding = self.headers.text("content-transfer-encoding").unwrap_or_default();
        match encoding.to_ascii_lowercase().trim_matches(['"', ';', ' ']) {
            "base64" => {
                // Lists add lines of text below what they pass on; what is no base64 is skipped.
                let plain = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
                let lines = self.raw.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
                let words = lines.filter(|line| !line.iter().any(u8::is_ascii_whitespace));
                let encoded: Vec<u8> = words.flatten().filter(plain).copied().collect();
                Cow::Owned(base64_decode(&encoded).unwrap_or_default())
            }
            "quoted-printable" => Cow::Owned(unquoted(self.raw)),
            _ => Cow::Borrowed(self.raw),
        }
    }

    /// Its characters: by what it says of its charset unless the bytes show that this is wrong.
    pub fn text(&self) -> String {
        let bytes = self.bytes();
        let label = self.parameter("charset").unwrap_or_default().trim().trim_matches('\'');
        // UTF-7 and the code pages of old systems are no encodings of the web.
        if !label.is_empty()
            && Encoding::for_label(label.as_bytes()).is_none()
            && let Some(decoder) = charset_decoder(label.as_bytes())
        {
            return decoder(&bytes);
        }
        charset::decode_doubting(&bytes, Some(&format!("text/x; charset={label}"))).into_owned()
    }
}

/// Quoted-printable (RFC 2045 section 6.7), leaving what is none as it stands.
fn unquoted(raw: &[u8]) -> Vec<u8> {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| (*byte as char).to_digit(16));
    let mut bytes = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        if raw[at] != b'=' {
            bytes.push(raw[at]);
            at += 1;
        } else if let (Some(high), Some(low)) = (hex(raw.get(at + 1)), hex(raw.get(at + 2))) {
            bytes.push((high * 16 + low) as u8);
            at += 3;
        } else {
            // A soft line break, which may have spaces behind it.
            let blank = raw[at + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
            match raw.get(at + 1 + blank) {
                Some(b'\n') => at += blank + 2,
                None => at = raw.len(),
                Some(_) => {
                    bytes.push(b'=');
                    at += 1;
                }
            }
        }
    }
    bytes
}

/// A part that is still open.
struct Open {
    part: usize,
    /// Of a multipart: what stands between its parts, with the two hyphens.
    boundary: Vec<u8>,
}

/// The parts of a message.
///
/// # Errors
/// More or deeper parts, or a longer header, than any mail has.
pub fn parts(bytes: &[u8]) -> Result<Vec<Part<'_>>, Refusal> {
    let mut reader = Reader { bytes, parts: Vec::new(), open: Vec::new(), leaf: None };
    let mut at = reader.begin(0)?;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        let line = &bytes[at..end];
        if let Some((depth, last)) = line.starts_with(b"--").then(|| reader.delimited(line)).flatten() {
            reader.close_to(depth + 1, at);
            if last {
                // What follows it within the part around it is for nobody (section 5.1.1).
                let open = reader.open.pop().expect("the delimiter is of an open part");
                reader.parts[open.part].end = reader.parts.len();
                at = end;
            } else {
                at = reader.begin(end)?;
            }
        } else {
            at = end;
        }
    }
    reader.close_to(0, bytes.len());
    Ok(reader.parts)
}

struct Reader<'a> {
    bytes: &'a [u8],
    parts: Vec<Part<'a>>,
    open: Vec<Open>,
    /// The part whose bytes are being passed, and where they begin.
    leaf: Option<(usize, usize)>,
}

impl<'a> Reader<'a> {
    /// Begins the part whose header stands at `at`, and every part that begins where that one does; where
    /// its bytes begin.
    fn begin(&mut self, mut at: usize) -> Result<usize, Refusal> {
        loop {
            deadline::step();
            if self.parts.len() == PARTS_MAX {
                return Err(too_large(format!("it has more than {PARTS_MAX} parts")));
            }
            let (headers, length) = Headers::read(&self.bytes[at..])
                .ok_or_else(|| too_large("its header has more than 256 KiB or 1,000 fields".into()))?;
            at += length;
            let typed = headers.typed("content-type");
            let media_type = typed
                .as_ref()
                .map(|typed| format!("{}/{}", typed.ctype(), typed.subtype().unwrap_or_default()))
                .unwrap_or_else(|| self.implied().into())
                .to_ascii_lowercase();
            let index = self.parts.len();
            let part = Part { headers, media_type, typed, raw: &self.bytes[at..at], end: index + 1 };
            let encoded = part.headers.text("content-transfer-encoding").is_some_and(|encoding| {
                matches!(encoding.to_ascii_lowercase().as_str(), "base64" | "quoted-printable")
            });
            let boundary = match part.is_multipart() {
                true => part.parameter("boundary").map(str::as_bytes).map(<[u8]>::to_vec),
                false => None,
            };
            let boundary = if part.is_multipart() { boundary.or_else(|| self.guessed(at)) } else { None };
            let message = part.is_message() && !encoded;
            self.parts.push(part);
            if !message && boundary.is_none() {
                self.leaf = Some((index, at));
                return Ok(at);
            }
            if self.open.len() == DEPTH_MAX {
                return Err(too_large(format!("its parts are nested deeper than {DEPTH_MAX} levels")));
            }
            let boundary = boundary.map(|boundary| [b"--", boundary.as_slice()].concat());
            let multipart = boundary.is_some();
            self.open.push(Open { part: index, boundary: boundary.unwrap_or_default() });
            if multipart {
                self.leaf = Some((index, at));
                return Ok(at);
            }
        }
    }

    /// The type of a part that names none (RFC 2046 section 5.1.5).
    fn implied(&self) -> &'static str {
        let digest = |open: &Open| self.parts[open.part].media_type == "multipart/digest";
        if self.open.last().is_some_and(digest) { "message/rfc822" } else { "text/plain" }
    }

    /// The boundary of a multipart that names none: its first line that looks like one.
    fn guessed(&self, at: usize) -> Option<Vec<u8>> {
        let head = &self.bytes[at..self.bytes.len().min(at + 4_096)];
        let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
        lines
            .find(|line| line.len() > 6 && line.starts_with(b"--") && !line.contains(&b' '))
            .map(|line| line[2..].to_vec())
    }

    /// The open part that a line delimits, by its place in the stack, and whether it ends it.
    fn delimited(&self, line: &[u8]) -> Option<(usize, bool)> {
        let line = line.trim_ascii_end();
        self.open.iter().enumerate().rev().find_map(|(depth, open)| {
            // A boundary that begins like another is not it.
            let rest = (!open.boundary.is_empty()).then(|| line.strip_prefix(open.boundary.as_slice()))??;
            match rest {
                b"" => Some((depth, false)),
                b"--" => Some((depth, true)),
                _ => None,
            }
        })
    }

    /// Ends what is open beyond `depth`; the line break before `at` belongs to the delimiter.
    fn close_to(&mut self, depth: usize, at: usize) {
        if let Some((index, from)) = self.leaf.take() {
            let mut end = at.max(from);
            if end < self.bytes.len() {
                end -= usize::from(end > from && self.bytes[end - 1] == b'\n');
                end -= usize::from(end > from && self.bytes[end - 1] == b'\r');
            }
            self.parts[index].raw = &self.bytes[from..end];
        }
        for open in self.open.drain(depth..) {
            self.parts[open.part].end = self.parts.len();
        }
    }
}

fn too_large(why: String) -> Refusal {
    Refusal::new(RefusalKind::TooLarge, "the message", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts as nested types with their text: `multipart/mixed[text/plain(a)]`.
    fn shape(text: &str) -> String {
        let parts = parts(text.as_bytes()).unwrap();
        let mut out = String::new();
        let mut ends: Vec<usize> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            while ends.pop_if(|end| *end <= index).is_some() {
                out.push(']');
            }
            out.push_str(&format!(" {}", part.media_type));
            if part.end > index + 1 {
                out.push('[');
                ends.push(part.end);
            } else {
                out.push_str(&format!("({})", part.text()));
            }
        }
        out + &"]".repeat(ends.len())
    }

    #[test]
    fn parts_are_told_apart_however_they_are_closed() {
        let head = "Content-Type: multipart/mixed; boundary=\"o\"\n\n";
        let inner = "Content-Type: multipart/alternative; boundary=oo\n\n";
        for (body, expected) in [
            ("pre\n--o\n\na\n--o\n\nb\n--o--\nafter\n", "[ text/plain(a) text/plain(b)]"),
            ("--o\r\n\r\na\r\n--o--\r\n", "[ text/plain(a)]"),
            // The inner one is closed by the outer boundary, and the outer one by the end.
            (
                &format!("--o\n{inner}--oo\n\na\n--o\n\nb"),
                "[ multipart/alternative[ text/plain(a)] text/plain(b)]",
            ),
            (
                &format!("--o\n{inner}--oo\n\na\n--oo--\n--o\n\nb\n"),
                "[ multipart/alternative[ text/plain(a)] text/plain(b\n)]",
            ),
            (
                "--o\nContent-Type: message/rfc822\n\nSubject: x\n\nin\n--o--",
                "[ message/rfc822[ text/plain(in)]]",
            ),
            ("no boundary at all", "(no boundary at all)"),
            (
                "--o\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n=3Cp=3E=\n=zz",
                "[ text/html(<p>=zz)]",
            ),
        ] {
            assert_eq!(shape(&format!("{head}{body}")), format!(" multipart/mixed{expected}"), "{body}");
        }
        assert_eq!(
            shape("Content-Type: multipart/mixed\n\n--guessed\n\na\n--guessed--\n"),
            " multipart/mixed[ text/plain(a)]"
        );
        assert_eq!(shape("Subject: x\n\nplain"), " text/plain(plain)");
    }

    #[test]
    fn text_is_read_in_its_charset() {
        let part = |charset: &str, body: &[u8]| {
            let mut mail = format!("Content-Type: text/plain; charset={charset}\n\n").into_bytes();
            mail.extend_from_slice(body);
            parts(&mail).unwrap()[0].text()
        };
        for (charset, body, expected) in [
            ("iso-8859-1", &b"mar\xe9e"[..], "marée"),
            ("windows-1251", b"\xec\xee\xf0\xe5", "море"),
            ("koi8-r", b"\xcd\xcf\xd2\xc5", "море"),
            ("gb18030", b"\xba\xa3", "海"),
            ("shift_jis", b"\x8aC", "海"),
            ("iso-2022-jp", b"\x1b$B3$\x1b(B", "海"),
            ("utf-16", b"\xfe\xff\x6d\x77", "海"),
            ("utf-7", b"+bXc-", "海"),
            ("\"UTF-8\"", "marée".as_bytes(), "marée"),
            // Declared wrongly, which the bytes show.
            ("us-ascii", "marée".as_bytes(), "marée"),
            ("unknown-8bit", b"mar\xe9e", "marée"),
        ] {
            assert_eq!(part(charset, body), expected, "{charset}");
        }
    }

    #[test]
    fn names_of_files_are_decoded() {
        for (disposition, expected) in [
            ("attachment; filename=\"a b.pdf\"", "a b.pdf"),
            ("attachment; filename*=utf-8''mar%C3%A9e.pdf", "marée.pdf"),
            ("attachment; filename*0=\"ti\"; filename*1=\"de.pdf\"", "tide.pdf"),
            ("attachment; filename=\"=?utf-8?q?mar=C3=A9e=2Epdf?=\"", "marée.pdf"),
            ("attachment; filename=\"../../etc/passwd\"", "passwd"),
        ] {
            let mail = format!("Content-Disposition: {disposition}\n\nx");
            assert_eq!(parts(mail.as_bytes()).unwrap()[0].file_name().as_deref(), Some(expected));
        }
    }

    #[test]
    fn depth_and_number_are_bounded_by_name() {
        let deep: String = (0..100_000)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        assert!(parts(deep.as_bytes()).err().unwrap().why.contains("nested deeper than 32"));
        let messages = "Content-Type: message/rfc822\n\n".repeat(100_000);
        assert!(parts(messages.as_bytes()).err().unwrap().why.contains("nested deeper than 32"));
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000));
        assert!(parts(many.as_bytes()).err().unwrap().why.contains("more than 1000 parts"));
    }
}
