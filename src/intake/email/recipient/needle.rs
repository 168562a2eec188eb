//! One spelling of what tells who received a message.
//!
//! Owns where it is found in a text. It must never know whose it is.

use data_encoding::{BASE64, BASE64URL};

/// How people write addresses so that programs do not find them.
pub const SPELT: [(&str, &str); 9] = [
    ("[at]", "."),
    ("[at]", "[dot]"),
    ("(at)", "."),
    ("(at)", "(dot)"),
    (" [at] ", "."),
    (" [at] ", " [dot] "),
    (" (at) ", "."),
    (" at ", "."),
    (" at ", " dot "),
];

/// A spelling of an address or a token.
#[derive(Debug)]
pub struct Needle {
    pub text: String,
    /// Found whatever its case; in lower case then.
    pub any_case: bool,
    /// Found only where no letter or digit stands next to it.
    pub alone: bool,
}

impl Needle {
    pub fn new(text: String, any_case: bool) -> Needle {
        Needle { text, any_case, alone: false }
    }

    /// Whether it stands at a place of `bytes` where its letters do, of whatever case.
    pub fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let end = at + self.text.len();
        let beside =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
        let apart = || !beside(at.checked_sub(1).and_then(|at| bytes.get(at))) && !beside(bytes.get(end));
        (self.any_case || bytes.get(at..end) == Some(self.text.as_bytes())) && (!self.alone || apart())
    }

    /// Whether nobody's file holds it but one that was made for its reader: numbers are in every file.
    pub fn is_no_accident(&self) -> bool {
        let letters = self.text.bytes().filter(u8::is_ascii_alphabetic).count();
        match letters {
            0 => self.text.len() >= 11,
            _ => self.text.len() >= 8 || self.alone || self.text.contains('@'),
        }
    }

    /// Where it begins in `text` from `from` on; in lower case where case does not matter.
    pub fn find(&self, text: &str, from: usize) -> Option<usize> {
        text[from..].match_indices(&self.text).map(|(at, _)| from + at).find(|&at| {
            let (before, after) = (&text[..at], &text[at + self.text.len()..]);
            !self.alone
                || !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
        })
    }
}

/// Every way in which `text` can stand within base64: at each of three places in a group.
pub fn in_base64(text: &str) -> Vec<Needle> {
    let mut needles = Vec::new();
    for shift in 0..3 {
        let shifted = [&b"\0\0\0"[..shift], text.as_bytes()].concat();
        // Characters that hold bits of what stands before or after are left aside.
        let from = [0, 2, 3][shift];
        let to = shifted.len() * 8 / 6;
        for encoded in [BASE64.encode(&shifted), BASE64URL.encode(&shifted)] {
            if let Some(inner) = encoded.get(from..to).filter(|inner| inner.len() >= 6) {
                needles.push(Needle::new(inner.into(), false));
            }
        }
    }
    needles
}
