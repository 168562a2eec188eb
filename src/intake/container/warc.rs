//! WARC files (ISO 28500:2017), as crawlers and archivists make them; compressed ones come by way of gzip.
//!
//! Each page that was answered with is a document, with the address and the time of its capture. Everything
//! else in a capture (requests, notes, pictures, styles, what was not found, what had not changed) is passed
//! over without a word: it is no bulletin, and most of a capture is like that.

use std::io::{self, BufRead, BufReader, Read};

use bytes::Bytes;
use jiff::Timestamp;

use super::bounds::{READ_BYTES, damaged, read_member, too_large};
use super::http_message::{self, Head};
use super::{Container, Input, Member, Members};
use crate::bulletin::clip;
use crate::intake::{FORMATS, Refusal, RefusalKind, essence};

pub const CONTAINER: Container = Container {
    name: "warc",
    media_types: &["application/warc"],
    extensions: &["warc"],
    sniff: |head| head.starts_with(b"WARC/"),
    members,
};

/// How long a record's header may be.
const HEADER_BYTES_MAX: u64 = 64 << 10;

/// Types that say nothing of what a server answered with: programs ask for these as well (`robots.txt`, site maps,
/// interfaces), and no page is written in them.
const NO_PAGES: &[&str] = &["text/plain", "application/json", "text/xml", "application/xml"];

fn members(input: Box<dyn Input>, bytes_max: usize) -> Members {
    let input = BufReader::with_capacity(READ_BYTES, input);
    Box::new(Warc { input, bytes_max, count: 0, over: false })
}

struct Warc {
    input: BufReader<Box<dyn Input>>,
    bytes_max: usize,
    /// Records so far.
    count: u64,
    over: bool,
}

/// What of a record's header (section 5) is of use here.
#[derive(Default)]
struct Header {
    kind: String,
    content_type: String,
    length: Option<u64>,
    target: Option<String>,
    date: Option<Timestamp>,
    truncated: bool,
}

impl Iterator for Warc {
    type Item = Result<Member, Refusal>;

    fn next(&mut self) -> Option<Result<Member, Refusal>> {
        while !self.over {
            match self.record() {
                Ok(Some(Some(member))) => return Some(member),
                Ok(Some(None)) => {}
                Ok(None) => self.over = true,
                Err(error) => {
                    self.over = true;
                    let what = format!("record {} of the WARC file", self.count + 1);
                    return Some(Err(damaged(what, &error)));
                }
            }
        }
        None
    }
}

impl Warc {
    /// Reads a record: `None` at the end, `Some(None)` where it holds no document.
    fn record(&mut self) -> io::Result<Option<Option<Result<Member, Refusal>>>> {
        let Some(header) = self.header()? else { return Ok(None) };
        let length = header.length.ok_or_else(|| io::Error::other("its header gives no Content-Length"))?;
        let mut block = self.input.by_ref().take(length);
        let member = match &*header.kind {
            "response" => response(&header, &mut block, self.bytes_max)?,
            "resource" => resource(&header, &mut block, self.bytes_max),
            _ => None,
        };
        io::copy(&mut block, &mut io::sink())?;
        if block.limit() > 0 {
            return Err(io::Error::other("it is cut off"));
        }
        self.count += 1;
        Ok(Some(member))
    }

    fn header(&mut self) -> io::Result<Option<Header>> {
        let mut lines = self.input.by_ref().take(HEADER_BYTES_MAX);
        let mut line = Vec::new();
        // Two empty lines end a record; files that were put together by hand have more or fewer.
        while line.trim_ascii().is_empty() {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return match lines.limit() {
                    0 => Err(io::Error::other("there is no record, only empty lines")),
                    _ => Ok(None),
                };
            }
        }
        if !line.starts_with(b"WARC/") {
            return Err(io::Error::other("it does not begin with WARC/ and a version"));
        }
        let mut header = Header::default();
        for (name, value) in http_message::fields(&mut lines)? {
            header.take(&name, value);
        }
        Ok(Some(header))
    }
}

impl Header {
    fn take(&mut self, name: &str, value: String) {
        match name {
            "warc-type" => self.kind = value.to_ascii_lowercase(),
            "content-type" => self.content_type = value,
            "content-length" => self.length = value.parse().ok(),
            // Some writers put it in angle brackets, as the first edition's grammar had it.
            "warc-target-uri" => {
                self.target = Some(value.trim_start_matches('<').trim_end_matches('>').into());
            }
            "warc-date" => self.date = value.parse().ok(),
            "warc-truncated" => self.truncated = true,
            _ => {}
        }
    }

    /// How people know the document.
    fn name(&self) -> &str {
        clip(self.target.as_deref().unwrap_or("a record without an address"), 500)
    }

    fn member(&self, media_type: Option<&str>, bytes: Bytes) -> Member {
        let is_address = |target: &&str| target.starts_with("http://") || target.starts_with("https://");
        Member {
            name: self.name().into(),
            // An address names it better than its position does.
            path: None,
            lasting: false,
            media_type: media_type.map(String::from),
            url: self.target.as_deref().filter(is_address).map(String::from),
            received: self.date,
            bytes,
        }
    }

    /// Half a page is not the page.
    fn check_whole(&self) -> Result<(), Refusal> {
        let why = "the capture was cut short (WARC-Truncated): capture it again";
        let refusal = || Refusal::new(RefusalKind::Unprocessable, format!("member {}", self.name()), why);
        if self.truncated { Err(refusal()) } else { Ok(()) }
    }
}

fn is_known(media_type: Option<&str>) -> bool {
    essence(media_type).is_some_and(|essence| {
        FORMATS
            .iter()
            .any(|format| format.media_types.iter().any(|known| known.eq_ignore_ascii_case(essence)))
    })
}

/// What a server answered with, where that is a page or a feed.
fn response(
    header: &Header,
    block: &mut impl BufRead,
    bytes_max: usize,
) -> io::Result<Option<Result<Member, Refusal>>> {
    if essence(Some(&header.content_type)).is_some_and(|essence| essence != "application/http") {
        return Ok(None);
    }
    let Some(head) = Head::read(block)? else { return Ok(None) };
    let media_type = head.content_type.as_deref();
    let is_page = is_known(media_type) && !NO_PAGES.iter().any(|name| Some(*name) == essence(media_type));
    if head.status != 200 || !is_page {
        return Ok(None);
    }
    let name = header.name();
    let read = || {
        header.check_whole()?;
        let sent = read_member(block, name, bytes_max)?;
        let content = http_message::content(&head, sent, bytes_max);
        content.map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => too_large(name, bytes_max),
            _ => damaged(format!("member {name}"), &error),
        })
    };
    Ok(Some(read().map(|bytes| header.member(media_type, bytes))))
}

/// A file that was put on record as it is, with the type that whoever did so gave it.
fn resource(header: &Header, block: &mut impl BufRead, bytes_max: usize) -> Option<Result<Member, Refusal>> {
    let media_type = Some(&*header.content_type);
    // What crawlers write of their own work, under addresses that are made of those of pages.
    let target = header.target.as_deref().unwrap_or_default();
    let of_crawl = target.starts_with("metadata:") || target.starts_with("urn:") && target.contains("://");
    if of_crawl || !is_known(media_type) {
        return None;
    }
    let bytes = header.check_whole().and_then(|()| read_member(block, header.name(), bytes_max));
    Some(bytes.map(|bytes| header.member(media_type, bytes)))
}
