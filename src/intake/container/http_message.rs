//! HTTP responses as captures keep them (RFC 9112): the head, and the content without its codings.

use std::io::{self, BufRead, Read};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use async_compression::tokio::bufread::{BrotliDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use tokio::io::{AsyncRead, ReadBuf};

use super::bounds::{read_all, too_dense, unpacked_max};
use super::gzip;
use crate::bulletin::clip;

/// How long a head may be.
const HEAD_BYTES_MAX: u64 = 64 << 10;
/// How far back a zstd stream may refer: what RFC 9659 has servers keep to.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Of every zstd frame (RFC 8878 section 3.1.1).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// How many codings may lie around a content.
const CODINGS_MAX: usize = 3;

/// The head of a response.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub status: u16,
    pub content_type: Option<String>,
    /// In the order in which they were applied.
    codings: Vec<String>,
    chunked: bool,
}

impl Head {
    /// Reads the head; none where `input` begins with something else.
    pub fn read(input: &mut impl BufRead) -> io::Result<Option<Head>> {
        let mut lines = input.take(HEAD_BYTES_MAX);
        let mut line = Vec::new();
        lines.read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line);
        let mut words = line.split_ascii_whitespace();
        if !words.next().is_some_and(|version| version.starts_with("HTTP/")) {
            return Ok(None);
        }
        let status = words.next().and_then(|status| status.parse().ok()).unwrap_or_default();
        let mut head = Head { status, ..Head::default() };
        for (name, value) in fields(&mut lines)? {
            let listed =
                || value.split(',').map(|one| one.trim().to_ascii_lowercase()).filter(|one| !one.is_empty());
            match &*name {
                "content-type" => head.content_type = Some(value),
                "content-encoding" => head.codings.extend(listed()),
                "transfer-encoding" => head.chunked |= listed().any(|one| one == "chunked"),
                _ => {}
            }
        }
        Ok(Some(head))
    }
}

/// The fields up to the empty line, names in lower case; a line that begins with white space goes on with the one
/// before (obsolete in HTTP, allowed in WARC).
pub fn fields(lines: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        lines.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Err(io::Error::other("its header does not end"));
        }
        let text = String::from_utf8_lossy(&line);
        match text.trim_end() {
            "" => return Ok(fields),
            more if more.starts_with([' ', '\t']) => {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(more.trim());
                }
            }
            // What is no field is not for us to understand.
            field => fields.extend(
                field
                    .split_once(':')
                    .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().into())),
            ),
        }
    }
}

/// The content of a response as its author wrote it.
///
/// Captures disagree on whether codings are taken off before they are kept while the head still names them; so what
/// is evidently not coded is taken as it is.
///
/// # Errors
/// `FileTooLarge` where it has more than `bytes_max` bytes; anything else where it is damaged.
pub fn content(head: &Head, sent: Bytes, bytes_max: usize) -> io::Result<Bytes> {
    let mut content = if head.chunked { unchunked(&sent).map_or(sent, Bytes::from) } else { sent };
    if head.codings.len() > CODINGS_MAX {
        return Err(io::Error::other("it lies in too many codings"));
    }
    for coding in head.codings.iter().rev() {
        content = decoded(coding, content, bytes_max)?;
    }
    Ok(content)
}

/// Without the framing in chunks (RFC 9112 section 7.1); none where there is no such framing. A last chunk that is cut
/// off counts as far as it goes: the record says itself whether it was truncated.
fn unchunked(sent: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(sent.len());
    let mut rest = sent;
    while !rest.is_empty() {
        let end = rest.iter().take(1_024).position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            break;
        }
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        content.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or(after.strip_prefix(b"\n")).unwrap_or(after);
    }
    Some(content)
}

fn decoded(coding: &str, coded: Bytes, bytes_max: usize) -> io::Result<Bytes> {
    let input = &coded[..];
    let dense_max = usize::try_from(unpacked_max(coded.len() as u64)).unwrap_or(usize::MAX);
    let dense = dense_max < bytes_max;
    let bytes_max = bytes_max.min(dense_max);
    let content = match coding {
        "gzip" | "x-gzip" if input.starts_with(&gzip::MAGIC) => {
            read_all(MultiGzDecoder::new(input), bytes_max)
        }
        // Named after the zlib format; some servers send deflate without it (RFC 9110 section 8.4.1.2).
        "deflate" if input.first().is_some_and(|byte| byte & 0x0f == 8) => {
            read_all(ZlibDecoder::new(input), bytes_max)
        }
        "deflate" => read_all(DeflateDecoder::new(input), bytes_max),
        "zstd" if input.starts_with(&ZSTD_MAGIC) => {
            let params = [DParameter::window_log_max(ZSTD_WINDOW_LOG_MAX)];
            read_all(FromMemory(ZstdDecoder::with_params(input, &params)), bytes_max)
        }
        // It has no magic number, but no page that is compressed begins as one that is not.
        "br" if !input.trim_ascii_start().starts_with(b"<") => {
            read_all(FromMemory(BrotliDecoder::new(input)), bytes_max)
        }
        "gzip" | "x-gzip" | "zstd" | "br" | "identity" => return Ok(coded),
        _ => Err(io::Error::other(format!("no decoder for the content coding `{}`", clip(coding, 80)))),
    };
    match content {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge && dense => {
            Err(io::Error::other(too_dense()))
        }
        content => content.map(Bytes::from),
    }
}

/// A decoder for streams that reads from memory, and so is never kept waiting.
struct FromMemory<D>(D);

impl<D: AsyncRead + Unpin> Read for FromMemory<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = ReadBuf::new(buffer);
        match Pin::new(&mut self.0).poll_read(&mut Context::from_waker(Waker::noop()), &mut read) {
            Poll::Ready(done) => done.map(|()| read.filled().len()),
            Poll::Pending => Err(io::Error::other("the decoder waits for what is not there")),
        }
    }
}
