//! Mailboxes in one file (RFC 4155, and the older habits that it describes).
//!
//! Owns where one message ends and the next begins. It must never read a message. One line and one message
//! are held at a time, whatever the file has.
//!
//! A message begins at a line `From sender date` behind an empty line. Programs differ in how they protect
//! such lines within a message: some put `>` before them (mboxo), some before those that have one already as
//! well (mboxrd), some write a length into the header (mboxcl). One `>` is taken off, as mboxrd wants;
//! lengths are not believed, since every program that edits a mailbox leaves wrong ones.

use std::io::{BufRead, BufReader};

use bytes::Bytes;

use super::{Container, Input, Member, Members};
use crate::digest::Digest;
use crate::intake::{Refusal, RefusalKind};

pub const CONTAINER: Container = Container {
    name: "mbox",
    media_types: &["application/mbox"],
    extensions: &["mbox", "mbx"],
    sniff: |bytes| begins_message(bytes.split(|&byte| byte == b'\n').next().unwrap_or_default()),
    members: |input, bytes_max| Box::new(Messages::new(input, bytes_max)) as Members,
};

const BUFFER_BYTES: usize = 64 << 10;
/// How much of its digest names a copy of a message within its mailbox.
const PLACE_CHARS: usize = 32;
/// The longest line that begins a message.
const LINE_BYTES_MAX: usize = 500;

struct Messages {
    input: BufReader<Box<dyn Input>>,
    bytes_max: usize,
    /// Messages handed out so far, and whether the line that begins the next has been read.
    count: usize,
    begun: bool,
    /// The line before the one that is being read was empty, or there was none.
    blank: bool,
    ended: bool,
    line: Vec<u8>,
}

impl Messages {
    fn new(input: Box<dyn Input>, bytes_max: usize) -> Messages {
        Messages {
            input: BufReader::with_capacity(BUFFER_BYTES, input),
            bytes_max,
            count: 0,
            begun: false,
            blank: true,
            ended: false,
            line: Vec::new(),
        }
    }

    /// Reads the next piece of the file into `line`: a line with its end, or as much of it as a message may
    /// have. Whether there was one, and whether it is the beginning of its line.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        let most = self.bytes_max.max(LINE_BYTES_MAX).saturating_add(1);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(!self.line.is_empty());
            }
            let room = (most - self.line.len()).min(buffer.len());
            let end = buffer[..room].iter().position(|&byte| byte == b'\n').map(|at| at + 1);
            let taken = end.unwrap_or(room);
            self.line.extend_from_slice(&buffer[..taken]);
            self.input.consume(taken);
            if end.is_some() || self.line.len() >= most {
                return Ok(true);
            }
        }
    }

    /// The bytes of the message that has begun, or none where it has too many.
    fn message(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut message: Vec<u8> = Vec::new();
        let mut fits = true;
        let mut whole = true;
        loop {
            if !self.read_line()? {
                self.ended = true;
                break;
            }
            let begins = whole;
            whole = self.line.ends_with(b"\n");
            if begins && self.blank && begins_message(&self.line) {
                self.begun = true;
                // The empty line before it is the mailbox's.
                let end = message.strip_suffix(b"\n").map_or(message.len(), <[u8]>::len);
                message.truncate(end);
                message.truncate(message.strip_suffix(b"\r").map_or(end, <[u8]>::len));
                break;
            }
            self.blank = begins && self.line.trim_ascii().is_empty();
            let line = if begins { unquoted(&self.line) } else { &self.line };
            fits &= message.len() + line.len() <= self.bytes_max;
            if fits {
                message.extend_from_slice(line);
            } else {
                message = Vec::new();
            }
        }
        Ok(fits.then_some(message))
    }

    fn refuse(&self, kind: RefusalKind, why: String) -> Refusal {
        Refusal::new(kind, format!("message {}", self.count), why)
    }
}

impl Iterator for Messages {
    type Item = Result<Member, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        // What stands before the first message is no message: a byte order mark, an empty line.
        while !self.begun && !self.ended {
            match self.read_line() {
                Ok(true) => {
                    let line = self.line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.line);
                    self.begun = begins_message(line);
                }
                Ok(false) => self.ended = true,
                Err(error) => return Some(Err(self.failed(&error))),
            }
        }
        if !self.begun {
            if self.count == 0 {
                self.count = 1;
                let why = "no line begins a message: a mailbox has `From sender date` above each";
                return Some(Err(Refusal::new(RefusalKind::Malformed, "the mailbox", why)));
            }
            return None;
        }
        self.begun = false;
        self.blank = false;
        self.count += 1;
        let message = match self.message() {
            Ok(message) => message,
            Err(error) => return Some(Err(self.failed(&error))),
        };
        let name = format!("message {}", self.count);
        let Some(bytes) = message else {
            let why =
                format!("it has more than {} bytes, which is the most (intake.bytes_max)", self.bytes_max);
            return Some(Err(self.refuse(RefusalKind::TooLarge, why)));
        };
        Some(Ok(Member {
            name,
            // Its position says nothing, since mailboxes are compacted. Of one message two mailboxes may hold copies
            // that differ, and each copy speaks for itself: by its bytes it is known again.
            path: Some(format!("{}.eml", &Digest::of(bytes.trim_ascii_end()).hex()[..PLACE_CHARS])),
            lasting: true,
            media_type: Some("message/rfc822".into()),
            url: None,
            received: None,
            bytes: Bytes::from(bytes),
        }))
    }
}

impl Messages {
    fn failed(&mut self, error: &std::io::Error) -> Refusal {
        self.ended = true;
        self.begun = false;
        self.count = self.count.max(1);
        self.refuse(RefusalKind::Malformed, format!("the mailbox cannot be read further: {error}"))
    }
}

/// Whether a line is one that begins a message: `From`, a sender, and a date with a time and a year, in
/// whatever order programs write them. A sentence that begins with *From* has no such date.
fn begins_message(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ").filter(|rest| rest.len() <= LINE_BYTES_MAX) else {
        return false;
    };
    let text = String::from_utf8_lossy(rest);
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_time = |word: &&str| {
        let parts: Vec<&str> = word.split(':').collect();
        (2..=3).contains(&parts.len())
            && parts.iter().all(|part| part.len() <= 2 && part.parse::<u8>().is_ok())
    };
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let is_year = |word: &&str| {
        word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.parse::<u16>().is_ok()
    };
    let named = |names: &[&str]| {
        words.iter().any(|word| {
            let word = word.trim_end_matches(',').to_ascii_lowercase();
            names.contains(&word.as_str())
        })
    };
    words.len() >= 4
        && words.iter().any(is_time)
        && words.iter().any(is_year)
        && named(&MONTHS)
        && named(&DAYS)
}

/// A line without the `>` that protects a `From ` at its beginning.
fn unquoted(line: &[u8]) -> &[u8] {
    let depth = line.iter().take_while(|&&byte| byte == b'>').count();
    if depth > 0 && line[depth..].starts_with(b"From ") { &line[1..] } else { line }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn members(text: &[u8], bytes_max: usize) -> Vec<Result<String, String>> {
        (CONTAINER.members)(Box::new(Cursor::new(text.to_vec())), bytes_max)
            .map(|member| match member {
                Ok(member) => Ok(String::from_utf8_lossy(&member.bytes).into_owned()),
                Err(refusal) => Err(refusal.to_string()),
            })
            .collect()
    }

    #[test]
    fn messages_are_told_apart_by_whatever_program_wrote_them() {
        let text =
            b"From a@b.example Thu Sep 17 07:15:02 2020\nSubject: 1\n\nOne\n>From here\n>>From there\n\
            From Monday on it rains, 2020 style.\n\n\
            From MAILER-DAEMON Thu Sep 17 07:15:02 2020 +0200\r\nSubject: 2\r\n\r\nTwo\r\n\r\n\
            From - Thu, 17 Sep 2020 07:15:02\nSubject: 3\n\nThree";
        let expected = [
            "Subject: 1\n\nOne\nFrom here\n>From there\nFrom Monday on it rains, 2020 style.\n",
            "Subject: 2\r\n\r\nTwo\r\n",
            "Subject: 3\n\nThree",
        ];
        assert_eq!(members(text, 1 << 20), expected.map(|text| Ok(text.into())));
    }

    #[test]
    fn a_message_that_is_too_large_is_refused_in_its_place() {
        let mut text = b"From a@b.example Thu Sep 17 07:15:02 2020\nSubject: 1\n\n".to_vec();
        // A single line of many times what is allowed, and many lines of it.
        text.extend_from_slice("x".repeat(300_000).as_bytes());
        text.extend_from_slice("\nFrom a@b.example Thu Sep 17 07:15:02 2020\n".repeat(2_000).as_bytes());
        text.extend_from_slice(b"\n\nFrom a@b.example Thu Sep 17 07:15:02 2020\nSubject: 2\n\nTwo\n");
        let members = members(&text, 1_000);
        assert!(members[0].as_ref().unwrap_err().starts_with("message 1: it has more than 1000 bytes"));
        assert_eq!(members.last().unwrap().as_deref(), Ok("Subject: 2\n\nTwo\n"));
    }

    #[test]
    fn what_is_no_mailbox_is_refused_and_an_empty_message_is_none_of_its_business() {
        assert_eq!(members(b"", 10).len(), 1);
        assert!(members(b"Subject: x\n\ny", 10)[0].as_ref().unwrap_err().starts_with("the mailbox: no line"));
        let twice = b"From a@b Thu Sep 17 07:15:02 2020\n\nFrom a@b Thu Sep 17 07:15:02 2020\n";
        assert_eq!(members(twice, 10), [Ok(String::new()), Ok(String::new())]);
        assert!((CONTAINER.sniff)(twice) && !(CONTAINER.sniff)(b"From the harbour: news of Thu 2020\n"));
    }

    proptest! {
        #[test]
        fn a_mailbox_that_is_cut_or_changed_anywhere_ends(at in 0..200usize, byte: u8, cut: bool, bytes_max in 0..300usize) {
            let one = "From a@b.example Thu Sep 17 07:15:02 2020\nSubject: 1\n\nOne\n>From here\n\n";
            let mut text = one.repeat(3).into_bytes();
            match cut {
                true => text.truncate(at),
                false => text[at] = byte,
            }
            let members = members(&text, bytes_max);
            prop_assert!((1..=3).contains(&members.len()), "{members:?}");
            prop_assert!(members.iter().flatten().all(|message| message.len() <= bytes_max.max(1) * 3));
        }
    }
}
