//! Content codings: which one a request wants (RFC 9110 section 12.5.3), and how each is made.
//!
//! It must never know what is coded, nor when.

use std::io::Cursor;
use std::ops::RangeInclusive;

use http::header::{ACCEPT_ENCODING, HeaderMap};

/// A content coding, the one that is preferred among equals first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Zstd,
    Gzip,
    Identity,
}

pub const CODINGS: [Coding; 4] = [Coding::Brotli, Coding::Zstd, Coding::Gzip, Coding::Identity];

/// Smaller representations would hardly become smaller, and fit into a packet as they are.
pub const CODED_BYTES_MIN: usize = 1024;

/// Fast: a reader may be waiting for it.
const GZIP_LEVEL: i32 = 5;
/// Slower than what a reader should wait for: made behind the first reader's back, but after every change. Of a feed of
/// 200 kB these make 55 kB in 11 and 6 ms; brotli's 9 makes 53 kB in 29 ms, zstd's 12 the same in 19.
const BROTLI_QUALITY: i32 = 6;
/// The encoder takes room for a whole window as it begins, and to find and give back many megabytes costs more than to code a page:
/// so a window is no larger than what is coded needs. With fewer bits than the least the encoder has a poorer hash table.
const BROTLI_WINDOW_BITS: RangeInclusive<u32> = 17..=22;
const ZSTD_LEVEL: i32 = 9;

impl Coding {
    /// As `Content-Encoding` and entity tags name it.
    pub fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
            Coding::Gzip => "gzip",
            Coding::Identity => "identity",
        }
    }

    /// `x-gzip` is gzip (RFC 9110 section 8.4.1.3).
    pub fn from_name(name: &str) -> Option<Coding> {
        let name = if name.eq_ignore_ascii_case("x-gzip") { "gzip" } else { name };
        CODINGS.into_iter().find(|coding| coding.name().eq_ignore_ascii_case(name))
    }

    /// Whether it is made so fast that a reader may wait for it.
    pub fn is_fast(self) -> bool {
        matches!(self, Coding::Gzip | Coding::Identity)
    }

    /// The same bytes give the same bytes, within a release.
    pub fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Coding::Identity => bytes.to_vec(),
            Coding::Gzip => gzip(bytes),
            Coding::Brotli => brotli(bytes),
            Coding::Zstd => {
                zstd::bulk::compress(bytes, ZSTD_LEVEL).expect("memory takes whatever is written")
            }
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let level = libdeflater::CompressionLvl::new(GZIP_LEVEL).expect("levels reach from 0 to 12");
    let mut compressor = libdeflater::Compressor::new(level);
    let mut coded = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut coded).expect("the bound holds for any input");
    coded.truncate(length);
    coded
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: brotli_window_bits(bytes.len()),
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut coded = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(bytes), &mut coded, &params)
        .expect("memory takes whatever is written");
    coded
}

/// A window of n bits reaches back 2^n - 16 bytes (RFC 7932 section 9.1).
fn brotli_window_bits(bytes: usize) -> i32 {
    let wanted = (bytes + 16).next_power_of_two().ilog2();
    wanted.clamp(*BROTLI_WINDOW_BITS.start(), *BROTLI_WINDOW_BITS.end()) as i32
}

/// Whether a media type is of text, or of what is mostly text. Pictures, PDFs and archives are compressed already.
pub fn is_text(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.starts_with("text/")
        || essence.ends_with("+xml")
        || essence.ends_with("+json")
        || matches!(essence, "application/json" | "application/xml" | "application/link-format")
}

/// How much a request wants each coding: twice the thousandths of its `q`. The half is for a coding that was
/// not named and is allowed all the same, which only identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted([u16; CODINGS.len()]);

const UNNAMED: u16 = 1;

impl Wanted {
    /// Without the field any coding would do (RFC 9110 section 12.5.3), and whoever sends none mostly knows none.
    pub fn of(headers: &HeaderMap) -> Wanted {
        let mut named = [None; CODINGS.len()];
        let mut others = None;
        let fields = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        for element in fields.flat_map(|field| field.split(',')) {
            let mut parts = element.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let quality = parts.next().map_or(Some(1000), thousandths);
            // An element that cannot be read asks for nothing.
            let Some(quality) = quality else { continue };
            match Coding::from_name(name) {
                Some(coding) => named[coding as usize] = Some(2 * quality),
                None if name == "*" => others = Some(2 * quality),
                None => {}
            }
        }
        Wanted(CODINGS.map(|coding| {
            let unnamed = if coding == Coding::Identity { UNNAMED } else { 0 };
            // Identity is ruled out by `identity;q=0` or `*;q=0` alone; `*` does not ask for it.
            let by_star = others.map(|q| if coding == Coding::Identity { q.min(UNNAMED) } else { q });
            named[coding as usize].or(by_star).unwrap_or(unnamed)
        }))
    }

    pub fn quality(&self, coding: Coding) -> u16 {
        self.0[coding as usize]
    }

    /// The coding that is wanted most among those that are at hand, the smaller one among equals.
    pub fn best(&self, at_hand: impl Fn(Coding) -> bool) -> Option<Coding> {
        let acceptable = CODINGS.into_iter().filter(|coding| self.quality(*coding) > 0 && at_hand(*coding));
        // Of several greatest the first: `max_by_key` would take the last.
        acceptable.rev().max_by_key(|coding| self.quality(*coding))
    }
}

/// `q=0.5` in thousandths (RFC 9110 section 12.4.2).
pub fn thousandths(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let value: f32 = value.trim().parse().ok().filter(|q| (0.0..=1.0).contains(q))?;
    name.trim().eq_ignore_ascii_case("q").then_some((value * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn wanted(field: &str) -> Wanted {
        Wanted::of(&HeaderMap::from_iter([(ACCEPT_ENCODING, field.parse().unwrap())]))
    }

    #[test]
    fn the_coding_is_the_one_that_is_wanted_most() {
        use Coding::*;
        for (field, all_at_hand, fast_at_hand) in [
            ("", Some(Identity), Some(Identity)),
            ("gzip", Some(Gzip), Some(Gzip)),
            ("X-GZIP", Some(Gzip), Some(Gzip)),
            ("gzip, br, zstd", Some(Brotli), Some(Gzip)),
            ("gzip, deflate, zstd", Some(Zstd), Some(Gzip)),
            ("br;q=0.5, gzip;q=0.8", Some(Gzip), Some(Gzip)),
            ("br;q=0.5, gzip ; q=0.1, identity;q=0.7", Some(Identity), Some(Identity)),
            ("gzip;q=0", Some(Identity), Some(Identity)),
            ("*", Some(Brotli), Some(Gzip)),
            ("*;q=0", None, None),
            ("br, *;q=0", Some(Brotli), None),
            ("identity;q=0", None, None),
            ("identity, *;q=0", Some(Identity), Some(Identity)),
            ("gzip;q=0.001", Some(Gzip), Some(Gzip)),
            ("gzip;q=much", Some(Identity), Some(Identity)),
            ("gzip;q=2, compress", Some(Identity), Some(Identity)),
        ] {
            assert_eq!(wanted(field).best(|_| true), all_at_hand, "{field}");
            assert_eq!(
                wanted(field).best(Coding::is_fast),
                fast_at_hand,
                "{field}, before the slow ones are made"
            );
        }
        assert_eq!(Wanted::of(&HeaderMap::new()).best(|_| true), Some(Identity));
    }

    #[test]
    fn what_is_coded_is_decoded_to_the_same_bytes_and_is_smaller() {
        let text = "The ferry leaves at noon. ".repeat(400);
        for coding in CODINGS {
            let coded = coding.encode(text.as_bytes());
            let mut decoded = Vec::new();
            let read = match coding {
                Coding::Identity => (&coded[..]).read_to_end(&mut decoded),
                Coding::Gzip => flate2::read::GzDecoder::new(&coded[..]).read_to_end(&mut decoded),
                Coding::Zstd => zstd::Decoder::new(&coded[..]).unwrap().read_to_end(&mut decoded),
                Coding::Brotli => brotli::Decompressor::new(&coded[..], 4096).read_to_end(&mut decoded),
            };
            assert_eq!((read.unwrap(), &decoded[..]), (text.len(), text.as_bytes()), "{coding:?}");
            assert!(coding == Coding::Identity || coded.len() < text.len() / 10, "{coding:?}");
        }
    }

    #[test]
    fn a_window_of_brotli_is_as_large_as_what_is_coded_within_bounds() {
        let window = |bits: u32| (1 << bits) - 16;
        for (bytes, bits) in
            [(0, 17), (window(17), 17), (window(17) + 1, 18), (window(22), 22), (1 << 40, 22)]
        {
            assert_eq!(brotli_window_bits(bytes), bits, "{bytes}");
        }
        // What is far apart is found again, across what is read at a time.
        let block: String = (0..30_000).map(|n| format!("{n} ")).collect();
        let coded = Coding::Brotli.encode(format!("{block}{block}").as_bytes());
        let mut decoded = String::new();
        brotli::Decompressor::new(&coded[..], 4096).read_to_string(&mut decoded).unwrap();
        assert!(decoded.len() == 2 * block.len() && decoded.ends_with(&block));
        assert!(coded.len() < Coding::Brotli.encode(block.as_bytes()).len() + 1_000);
    }

    #[test]
    fn only_what_is_text_is_coded() {
        for text in [
            "text/html; charset=utf-8",
            "application/atom+xml;type=entry",
            "application/feed+json",
            "application/json",
        ] {
            assert!(is_text(text), "{text}");
        }
        for other in ["image/jpeg", "application/pdf", "application/zip", ""] {
            assert!(!is_text(other), "{other}");
        }
    }
}
