//! The header fields of a message or of one of its parts (RFC 5322 section 2.2).
//!
//! Owns where a header ends, its bounds, and the words in it that are encoded. It must never look into a
//! body. What a field's value means is read by `mail-parser`, one field at a time, so that no value is
//! read that nobody asks for.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use jiff::civil;
use jiff::fmt::rfc2822;
use jiff::tz::Offset;
use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, DateTime, HeaderValue};

use crate::bulletin::PartialDate;

/// The most bytes of one header and fields in it; mail programs refuse far shorter ones.
const HEADER_BYTES_MAX: usize = 256 << 10;
const FIELDS_MAX: usize = 1_000;
/// The most bytes of a value that are read. Lists of recipients are the longest that there are.
const VALUE_BYTES_MAX: usize = 64 << 10;
/// The same for what describes a part: type, disposition, encoding.
const MIME_VALUE_BYTES_MAX: usize = 4 << 10;

/// The fields of one header, in their order.
#[derive(Clone, Debug, Default)]
pub struct Headers<'a> {
    fields: Vec<(String, &'a [u8])>,
}

/// A name and an address, of which one may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    pub name: Option<String>,
    pub address: Option<String>,
}

impl<'a> Headers<'a> {
    /// The header at the beginning of `bytes`, and where what follows it begins; `None` past the bounds.
    pub fn read(bytes: &'a [u8]) -> Option<(Headers<'a>, usize)> {
        let mut headers = Headers::default();
        let mut at = 0;
        while at < bytes.len() {
            let end = line_end(bytes, at);
            let line = &bytes[at..end];
            if line.trim_ascii().is_empty() {
                return Some((headers, end));
            }
            // The line that parts messages in a mailbox stays when one is saved by itself.
            if headers.fields.is_empty() && (line.starts_with(b"From ") || line.starts_with(b">From ")) {
                at = end;
                continue;
            }
            // Whoever wrote no empty line before the body meant one.
            let Some(name) = field_name(line) else { break };
            let value = at + name.len() + 1;
            let mut end = end;
            while matches!(bytes.get(end), Some(b' ' | b'\t')) && !is_blank_line(bytes, end) {
                end = line_end(bytes, end);
            }
            if end > HEADER_BYTES_MAX || headers.fields.len() == FIELDS_MAX {
                return None;
            }
            let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
            headers.fields.push((name, &bytes[value..end]));
            at = end;
        }
        Some((headers, at))
    }

    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// The raw values of every field of that name.
    pub fn all<'s>(&'s self, name: &'s str) -> impl DoubleEndedIterator<Item = &'a [u8]> + 's {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| *value)
    }

    /// The value of the first field of that name on one line, with its encoded words decoded (RFC 2047).
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name).find_map(|value| {
            let line = unfolded(value, VALUE_BYTES_MAX);
            let text = MessageStream::new(line.as_bytes()).parse_unstructured().into_text()?;
            let text = crate::intake::markup::fold(&text);
            (!text.is_empty()).then_some(text)
        })
    }

    /// The values of every field of that name on one line, as they stand.
    pub fn plain<'s>(&'s self, name: &'s str) -> impl DoubleEndedIterator<Item = String> + 's {
        self.all(name).map(|value| unfolded(value, VALUE_BYTES_MAX).trim().to_owned())
    }

    /// The same with encoded words decoded: some programs encode addresses as if they were text.
    pub fn decoded<'s>(&'s self, name: &'s str) -> impl DoubleEndedIterator<Item = String> + 's {
        self.all(name).map(|value| {
            let line = unfolded(value, VALUE_BYTES_MAX);
            if !line.contains("=?") {
                return line.trim().to_owned();
            }
            let text = MessageStream::new(line.as_bytes()).parse_unstructured().into_text();
            text.map_or_else(|| line.trim().to_owned(), |text| text.trim().to_owned())
        })
    }

    /// Every mailbox in every field of that name; groups are their members (RFC 5322 section 3.4).
    pub fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        let mut mailboxes = Vec::new();
        for value in self.all(name) {
            let line = unfolded(value, VALUE_BYTES_MAX);
            let value = MessageStream::new(line.as_bytes()).parse_address();
            for known in value.as_address().into_iter().flat_map(|address| address.iter()) {
                let clean = |text: Option<&str>| {
                    text.map(crate::intake::markup::fold).filter(|text| !text.is_empty())
                };
                mailboxes.push(Mailbox { name: clean(known.name()), address: clean(known.address()) });
            }
        }
        mailboxes
    }

    /// What stands between `<` and `>`, else the whole value.
    pub fn id(&self, name: &str) -> Option<String> {
        self.all(name).find_map(|value| {
            let line = unfolded(value, MIME_VALUE_BYTES_MAX);
            let id = MessageStream::new(line.as_bytes()).parse_id();
            let id = match id {
                HeaderValue::Text(id) => id.into_owned(),
                HeaderValue::TextList(ids) => ids.into_iter().next()?.into_owned(),
                _ => return None,
            };
            let id = id.trim().to_owned();
            (!id.is_empty()).then_some(id)
        })
    }

    /// A media type or disposition with its parameters (RFC 2045 section 5.1, RFC 2231).
    pub fn typed(&self, name: &str) -> Option<ContentType<'static>> {
        let value = self.all(name).next()?;
        let line = unfolded(value, MIME_VALUE_BYTES_MAX);
        let value = MessageStream::new(line.as_bytes()).parse_content_type();
        match value.into_owned() {
            HeaderValue::ContentType(typed) => Some(typed),
            _ => None,
        }
    }

    /// The moment in the first field of that name, with its offset.
    pub fn date(&self, name: &str) -> Option<PartialDate> {
        self.all(name).find_map(|value| moment(&unfolded(value, MIME_VALUE_BYTES_MAX)))
    }

    /// When the first of all hosts that passed the message on took it (RFC 5321 section 4.4): each puts its
    /// line above those that are there.
    pub fn first_received(&self) -> Option<PartialDate> {
        self.all("received").rev().find_map(|value| {
            let line = unfolded(value, MIME_VALUE_BYTES_MAX);
            let (_, date) = line.rsplit_once(';')?;
            moment(date)
        })
    }
}

/// Whether `bytes` begin with the header of a message: known fields, and more than one.
pub fn looks_like_message(bytes: &[u8]) -> bool {
    const TELLING: [&str; 12] = [
        "from",
        "to",
        "date",
        "subject",
        "message-id",
        "received",
        "return-path",
        "delivered-to",
        "mime-version",
        "content-type",
        "list-id",
        "dkim-signature",
    ];
    let head = &bytes[..bytes.len().min(64 << 10)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some((headers, _)) = Headers::read(head) else { return false };
    // `Date: …` and `Subject: …` above a text that somebody copied are no header of a message; a sender and
    // what only programs write are.
    let telling = TELLING.iter().filter(|name| headers.has(name)).count();
    telling >= 3 && headers.has("from") && (headers.has("message-id") || telling >= 4)
        || telling >= 3 && (headers.has("received") || headers.has("mime-version"))
}

/// The end of the line that begins at `at`, past its line feed.
pub fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length + 1)
}

fn is_blank_line(bytes: &[u8], at: usize) -> bool {
    bytes[at..line_end(bytes, at)].trim_ascii().is_empty()
}

/// The name of the field that a line begins: printable ASCII before a colon (RFC 5322 section 3.6.8).
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let end = line.iter().take(80).position(|&byte| byte == b':')?;
    let name = &line[..end];
    let plain = name.trim_ascii_end();
    (!plain.is_empty() && plain.iter().all(u8::is_ascii_graphic)).then_some(name)
}

/// A value on one line that ends in a line feed, as UTF-8, neighbouring encoded words joined.
fn unfolded(value: &[u8], bytes_max: usize) -> String {
    let cut = value.len() > bytes_max;
    let value = &value[..value.len().min(bytes_max)];
    // Raw bytes in a header are UTF-8 (RFC 6532), or what older programs wrote in western Europe.
    let text = match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) if cut && error.error_len().is_none() => String::from_utf8_lossy(value),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0,
    };
    let mut line: String =
        text.chars().filter(|c| *c != '\r' && *c != '\0').map(|c| if c == '\n' { ' ' } else { c }).collect();
    line.truncate(line.trim_end().len());
    if line.contains("?=") {
        line = joined(&line);
    }
    line.push('\n');
    line
}

/// `line` with neighbouring encoded words of one charset and encoding as one: many programs cut them
/// within a character, which RFC 2047 (section 5) forbids.
fn joined(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    // The `=?charset?encoding?` of the word that was written last, if nothing was written after it.
    let mut open: Option<String> = None;
    let mut rest = line;
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at(at);
        let Some((prefix, length)) = encoded_word(word) else {
            out.push_str(&rest[..at + 2]);
            (open, rest) = (None, &rest[at + 2..]);
            continue;
        };
        let payload = &word[prefix.len()..length - 2];
        if before.trim().is_empty() && open.as_deref() == Some(&prefix.to_ascii_lowercase()) {
            out.truncate(out.len() - 2);
            out.push_str(payload);
        } else {
            out.push_str(before);
            out.push_str(prefix);
            // Spaces within a word are not allowed and common.
            out.push_str(payload);
        }
        out.push_str("?=");
        open = Some(prefix.to_ascii_lowercase());
        rest = &word[length..];
    }
    out.push_str(rest);
    out
}

/// The `=?charset?encoding?` of the encoded word that `text` begins with, and the length of the whole.
fn encoded_word(text: &str) -> Option<(&str, usize)> {
    let charset = text[2..].find('?').filter(|length| (1..=60).contains(length))? + 2;
    let prefix = text.get(..charset + 3)?;
    let encoding = prefix.as_bytes()[charset + 1].to_ascii_lowercase();
    if !matches!(encoding, b'b' | b'q') || !prefix.ends_with('?') {
        return None;
    }
    let end = text[prefix.len()..].find('?')? + prefix.len();
    text[end..].starts_with("?=").then_some((prefix, end + 2))
}

/// A date in a header: as RFC 5322 (section 3.3) has it, else however it was meant.
fn moment(text: &str) -> Option<PartialDate> {
    // Before there was mail, a date is the clock of a machine that had lost it.
    let is_sound = |date: &PartialDate| (1972..=9999).contains(&date.year());
    static STRICT: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new();
    let strict = STRICT.parse_zoned(text.trim()).ok();
    let strict = strict.map(|zoned| PartialDate::Instant(zoned.timestamp(), zoned.offset()));
    strict
        .or_else(|| instant(MessageStream::new(text.as_bytes()).parse_date().as_datetime()?))
        .filter(is_sound)
}

fn instant(date: &DateTime) -> Option<PartialDate> {
    let seconds = i32::from(date.tz_hour) * 3_600 + i32::from(date.tz_minute) * 60;
    let offset = Offset::from_seconds(if date.tz_before_gmt { -seconds } else { seconds }).ok()?;
    let year = match date.year {
        // RFC 5322 section 4.3: years of two or three digits.
        0..=49 => 2000 + date.year,
        50..=999 => 1900 + date.year,
        year => year,
    };
    let day = civil::Date::new(i16::try_from(year).ok()?, date.month as i8, date.day as i8).ok()?;
    let second = date.second.min(59) as i8;
    let time = civil::Time::new(date.hour as i8, date.minute as i8, second, 0).ok()?;
    let at = offset.to_timestamp(day.to_datetime(time)).ok()?;
    Some(PartialDate::Instant(at, offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Headers<'_> {
        Headers::read(text.as_bytes()).unwrap().0
    }

    #[test]
    fn encoded_words_are_read_in_any_charset_and_however_they_are_broken() {
        for (value, expected) in [
            ("=?utf-8?q?Mar=C3=A9e_haute?=", "Marée haute"),
            ("=?ISO-8859-1?Q?Mar=E9e?= haute", "Marée haute"),
            ("=?windows-1251?B?zO7w5Q==?=", "Море"),
            ("=?koi8-r?B?7c/SxQ==?=", "Море"),
            ("=?gb18030?B?ur7J+Q==?=", "壕声"),
            ("=?iso-2022-jp?B?GyRCM1cbKEI=?=", "革"),
            // One character over two words.
            ("=?utf-8?B?TWFyww==?= =?utf-8?B?qWU=?=", "Marée"),
            ("=?utf-8?q?Mar=C3?=\r\n =?utf-8?q?=A9e?=", "Marée"),
            ("=?utf-8?q?One?= =?utf-8?q?_two?= three", "One two three"),
            ("plain =?utf-8?q?broken", "plain =?utf-8?q?broken"),
            ("50 =? 60 ?= 70", "50 =? 60 ?= 70"),
            ("a\r\n\tfolded\n line", "a folded line"),
        ] {
            let text = format!("Subject: {value}\n\n");
            assert_eq!(headers(&text).text("subject").as_deref(), Some(expected), "{value}");
        }
        for (raw, expected) in
            [(&b"Subject: Mar\xe9e haute\n\n"[..], "Marée haute"), (b"Subject: Mar\xe9e\n\n", "Marée")]
        {
            assert_eq!(Headers::read(raw).unwrap().0.text("subject").as_deref(), Some(expected));
        }
    }

    #[test]
    fn dates_keep_their_offset_and_nonsense_is_none() {
        for (value, expected) in [
            ("Thu, 17 Sep 2020 09:12:31 +0200", Some("2020-09-17T09:12:31+02:00")),
            ("17 Sep 20 09:12 GMT", Some("2020-09-17T09:12:00Z")),
            ("Thu, 17 Sep 2020 23:30:00 -0500 (CDT)", Some("2020-09-17T23:30:00-05:00")),
            ("Thu, 1 Jan 1970 00:00:00 +0000", None),
            ("soon", None),
            ("32 Sep 2020 09:12:31 +0200", None),
        ] {
            let text = format!("Date: {value}\n\n");
            let date = headers(&text).date("date").map(|date| date.to_string());
            assert_eq!(date.as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_header_ends_where_no_field_begins() {
        let (headers, at) = Headers::read(b"From a@b Thu Sep 17\nA: 1\r\nB: 2\n 3\nThe text\n").unwrap();
        assert_eq!((headers.fields.len(), headers.text("b").as_deref(), at), (2, Some("2 3"), 34));
        assert!(Headers::read("A: 1\n".repeat(2_000).as_bytes()).is_none());
    }
}
