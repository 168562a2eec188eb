//! Bodies: read within a bound, and decoded within the same.

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use bytes::{Buf as _, Bytes};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::EgressError;

/// What is asked for (RFC 9110 section 12.5.3).
pub const ACCEPTED: &str = "gzip, br, zstd";

/// How many encodings may lie over each other.
const LAYERS_MAX: usize = 2;

/// Reads a body to its end, decoded. Neither what comes nor what it decodes to has more than `bytes_max` bytes.
pub async fn read(
    url: &str,
    headers: &HeaderMap,
    body: Incoming,
    bytes_max: usize,
) -> Result<Bytes, EgressError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > bytes_max as u64) {
        return Err(too_large(url, bytes_max));
    }
    let mut bytes = collect(url, body, bytes_max).await?;
    for encoding in encodings(url, headers)? {
        bytes = decode(url, encoding, &bytes, bytes_max).await?;
    }
    Ok(bytes)
}

async fn collect(url: &str, mut body: Incoming, bytes_max: usize) -> Result<Bytes, EgressError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| EgressError::Broken { url: url.into(), why: said(&error) })?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.remaining() > bytes_max {
                return Err(too_large(url, bytes_max));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.into())
}

#[derive(Clone, Copy)]
enum Encoding {
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

impl Encoding {
    /// By the names that servers use, not only those that were asked for.
    const NAMES: [(&str, Encoding); 5] = [
        ("gzip", Encoding::Gzip),
        ("x-gzip", Encoding::Gzip),
        ("br", Encoding::Brotli),
        ("zstd", Encoding::Zstd),
        ("deflate", Encoding::Deflate),
    ];

    fn name(self) -> &'static str {
        match self {
            Encoding::Gzip => "gzip",
            Encoding::Brotli => "br",
            Encoding::Zstd => "zstd",
            Encoding::Deflate => "deflate",
        }
    }
}

/// The encodings of a body in the order in which they come off: the last that is named was put on last.
fn encodings(url: &str, headers: &HeaderMap) -> Result<Vec<Encoding>, EgressError> {
    let values = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let names: Vec<String> =
        values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    let unknown = |name: &str| EgressError::UnknownEncoding { url: url.into(), encoding: name.into() };
    let mut found = Vec::new();
    for name in names.iter().filter(|name| !matches!(name.as_str(), "" | "identity")) {
        let known = Encoding::NAMES.iter().find(|(known, _)| known == name);
        found.push(known.ok_or_else(|| unknown(name))?.1);
    }
    if found.len() > LAYERS_MAX {
        return Err(unknown(&names.join(", ")));
    }
    found.reverse();
    Ok(found)
}

async fn decode(url: &str, encoding: Encoding, bytes: &[u8], bytes_max: usize) -> Result<Bytes, EgressError> {
    let decoded = match encoding {
        Encoding::Gzip => {
            let mut decoder = GzipDecoder::new(bytes);
            // A gzip file may be several in a row (RFC 1952 section 2.2).
            decoder.multiple_members(true);
            bounded(decoder, bytes_max).await
        }
        Encoding::Brotli => bounded(BrotliDecoder::new(bytes), bytes_max).await,
        Encoding::Zstd => bounded(ZstdDecoder::new(bytes), bytes_max).await,
        Encoding::Deflate => bounded(ZlibDecoder::new(bytes), bytes_max).await,
    };
    let decoded = decoded.map_err(|error| EgressError::BadEncoding {
        url: url.into(),
        encoding: encoding.name().into(),
        why: error.to_string(),
    })?;
    if decoded.len() > bytes_max { Err(too_large(url, bytes_max)) } else { Ok(decoded.into()) }
}

/// All that comes out, or one byte more than it may be.
async fn bounded(decoder: impl AsyncRead, bytes_max: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::pin::pin!(decoder).take(bytes_max as u64 + 1).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn too_large(url: &str, bytes_max: usize) -> EgressError {
    EgressError::TooLarge { url: url.into(), bytes_max }
}

/// An error with what lies behind it, which alone says what happened.
pub fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        behind = error.source();
    }
    text
}
