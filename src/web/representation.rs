//! Representations: what is at a place, in each content coding, with the headers that go with it.
//!
//! Owns validators, negotiation of codings and the choice between 200, 206, 226, 304, 406, 412 and 416. It must never
//! know what is shown, nor where it is kept.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use data_encoding::BASE64;
use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use jiff::Timestamp;

use super::cache::Key;
use super::coding::{CODED_BYTES_MIN, CODINGS, Coding, Wanted, is_text};
use super::conditional::{self, Validators, Verdict};
use super::memory_file::InMemory;
use super::problem::Problem;
use super::ranges::{self, Part};
use super::response::{ASK_FIRST, HTML, NEVER, Reply, describe, http_date, value};
use crate::digest::Digest;

static IM: HeaderName = HeaderName::from_static("im");
static REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// What is at a place.
#[derive(Debug)]
pub struct Representation {
    media_type: Cow<'static, str>,
    body: Bytes,
    /// The opaque part of every entity tag: the beginning of the SHA-256 of the body.
    tag: String,
    pub last_modified: Option<Timestamp>,
    cache_control: &'static str,
    headers: Vec<(HeaderName, String)>,
    vary: &'static str,
    coded: bool,
    ranges: bool,
    variants: [OnceLock<Variant>; CODINGS.len()],
    /// The headers of a 304 for whoever has each coding.
    unchanged: [OnceLock<HeaderMap>; CODINGS.len()],
    /// What it is kept under, where it is kept.
    key: Option<Arc<Key>>,
    /// Whether someone was asked to make the variants.
    asked_for: AtomicBool,
}

/// The same in no more room than it takes: whatever made it had room for the worst, and it may be kept for long.
fn snug(body: Bytes) -> Bytes {
    match body.try_into_mut() {
        Ok(mine) if mine.capacity() > mine.len() + mine.len() / 8 => Bytes::copy_from_slice(&mine),
        Ok(mine) => mine.freeze(),
        // It is somebody else's as well.
        Err(shared) => shared,
    }
}

/// A representation in one coding, with the headers of its 200.
#[derive(Debug)]
struct Variant {
    body: Bytes,
    headers: HeaderMap,
    in_memory: InMemory,
}

impl Representation {
    pub fn new(
        media_type: impl Into<Cow<'static, str>>,
        body: impl Into<Bytes>,
        last_modified: Option<Timestamp>,
    ) -> Representation {
        let (media_type, body) = (media_type.into(), snug(body.into()));
        let coded = is_text(&media_type);
        let vary = match &*media_type {
            // Pages speak the reader's language.
            HTML => "accept-encoding, accept-language",
            // Also where this one is too small to be coded: the next at this place may not be.
            _ if coded => "accept-encoding",
            _ => "",
        };
        Representation {
            tag: Digest::of(&body).hex()[..32].into(),
            media_type,
            body,
            last_modified,
            cache_control: ASK_FIRST,
            headers: Vec::new(),
            vary,
            coded,
            ranges: false,
            variants: Default::default(),
            unchanged: Default::default(),
            key: None,
            asked_for: AtomicBool::new(false),
        }
    }

    pub fn kept_under(mut self, key: Arc<Key>) -> Representation {
        self.key = Some(key);
        self
    }

    pub fn key(&self) -> Option<Arc<Key>> {
        self.key.clone()
    }

    pub fn keep(mut self, cache_control: &'static str) -> Representation {
        self.cache_control = cache_control;
        self
    }

    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Representation {
        self.headers.push((name, value.into()));
        self
    }

    /// Shown as it is and in parts: a range of coded bytes would be of no use to anyone.
    pub fn in_ranges(mut self) -> Representation {
        (self.coded, self.ranges, self.vary) = (false, true, "");
        self
    }

    /// Its entity tags name a state as well (`-{letter}{number}`), and what is answered depends on `A-IM` too.
    pub fn in_state(mut self, state: &str) -> Representation {
        self.tag = format!("{}-{state}", self.tag);
        self.vary = "accept-encoding, a-im";
        self
    }

    /// Bytes that the bookkeeping of a cache should count: those of every variant there is.
    pub fn weight(&self) -> u64 {
        let made = CODINGS.iter().filter(|coding| **coding != Coding::Identity);
        let made = made.filter_map(|coding| self.variants[*coding as usize].get());
        made.map(|variant| variant.body.len() as u64).sum::<u64>() + (self.body.len() + 1024) as u64
    }

    /// Strong, one for each coding (RFC 9110 section 8.8.3.3).
    pub fn etag(&self, coding: Coding) -> String {
        match coding {
            Coding::Identity => format!("\"{}\"", self.tag),
            _ => format!("\"{}-{}\"", self.tag, coding.name()),
        }
    }

    /// Makes every variant, the fastest first.
    pub fn make_variants(&self) {
        for coding in CODINGS.into_iter().rev() {
            self.variant(coding);
        }
    }

    /// Whether there are variants to be made, and nobody was asked to.
    pub fn wants_coding(&self) -> bool {
        self.is_incomplete() && !self.asked_for.swap(true, Ordering::Relaxed)
    }

    /// Whoever was asked to make the variants has no time.
    pub fn ask_again(&self) {
        self.asked_for.store(false, Ordering::Relaxed);
    }

    /// Whether there are variants to be made.
    pub fn is_incomplete(&self) -> bool {
        self.is_worth_coding() && self.variants.iter().any(|variant| variant.get().is_none())
    }

    fn is_worth_coding(&self) -> bool {
        self.coded && self.body.len() >= CODED_BYTES_MIN
    }

    fn variant(&self, coding: Coding) -> &Variant {
        self.variants[coding as usize].get_or_init(|| {
            let body = match coding {
                Coding::Identity => self.body.clone(),
                _ => snug(coding.encode(&self.body).into()),
            };
            let headers = self.describe_variant(coding, &body);
            Variant { body, headers, in_memory: InMemory::default() }
        })
    }

    fn describe_variant(&self, coding: Coding, body: &Bytes) -> HeaderMap {
        let mut headers = self.lasting(&self.etag(coding));
        describe(&mut headers, &self.media_type, body.len());
        for (name, text) in &self.headers {
            headers.append(name, value(text));
        }
        if coding != Coding::Identity {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        if self.ranges {
            headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        }
        // RFC 9530: of the bytes as they are sent, coding applied.
        let digest = BASE64.encode(&Digest::of(body).0);
        headers.insert(REPR_DIGEST.clone(), value(&format!("sha-256=:{digest}:")));
        headers
    }

    /// What a 304 says too, since it updates a stored response (RFC 9110 section 15.4.5).
    fn lasting(&self, etag: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ETAG, value(etag));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        if let Some(at) = self.last_modified {
            headers.insert(LAST_MODIFIED, value(&http_date(at)));
        }
        if !self.vary.is_empty() {
            headers.insert(VARY, HeaderValue::from_static(self.vary));
        }
        // Feed readers in browsers are readers too; there is nothing here that a cookie could unlock.
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers
    }

    /// The coding in which this request gets its answer. A slow one is made while a reader waits only where
    /// they want nothing else.
    fn choose(&self, asked: &HeaderMap) -> Result<Coding, Problem> {
        if !self.coded {
            // Nothing to choose from, so nothing is asked (RFC 9110 section 12.4.1).
            return Ok(Coding::Identity);
        }
        let wanted = Wanted::of(asked);
        let worth = self.is_worth_coding();
        let at_hand = |coding: Coding| match coding {
            Coding::Identity => true,
            _ if !worth => false,
            _ => coding.is_fast() || self.variants[coding as usize].get().is_some(),
        };
        wanted.best(at_hand).or_else(|| wanted.best(|_| true)).ok_or_else(|| {
            let detail =
                "Accept-Encoding allows neither identity nor a coding that is made here: br, zstd, gzip";
            Problem::new(StatusCode::NOT_ACCEPTABLE, detail).with(VARY, ACCEPT_ENCODING.as_str())
        })
    }

    /// The preconditions of a request, and nothing else of it.
    pub fn verdict(&self, asked: &HeaderMap) -> Verdict {
        conditional::evaluate(asked, Validators { tag: &self.tag, last_modified: self.last_modified })
    }

    /// The response to a GET or HEAD with these headers, with the key of what is kept (an extension).
    pub fn respond(&self, method: &Method, asked: &HeaderMap) -> Result<Reply, Problem> {
        let mut reply = self.answer(method, asked)?;
        if let Some(key) = self.key() {
            reply.extensions_mut().insert(key);
        }
        Ok(reply)
    }

    /// The same without the key.
    pub fn answer(&self, method: &Method, asked: &HeaderMap) -> Result<Reply, Problem> {
        if let Some(coding) = self.just_this(asked) {
            return Ok(self.unchanged(coding));
        }
        let coding = self.choose(asked)?;
        match self.verdict(asked) {
            Verdict::NotModified => Ok(self.not_modified(asked, coding)),
            Verdict::Failed => Ok(self.empty(StatusCode::PRECONDITION_FAILED, coding)),
            Verdict::Proceed if self.ranges && method == Method::GET => {
                let etag = self.etag(coding);
                match ranges::part(asked, &etag, self.last_modified, self.body.len()) {
                    Part::Whole => Ok(self.whole(method, coding)),
                    Part::Range(range) => Ok(self.range(range)),
                    Part::Unsatisfiable => {
                        let mut reply = self.empty(StatusCode::RANGE_NOT_SATISFIABLE, coding);
                        let length = format!("bytes */{}", self.body.len());
                        reply.headers_mut().insert(CONTENT_RANGE, value(&length));
                        Ok(reply)
                    }
                }
            }
            Verdict::Proceed => Ok(self.whole(method, coding)),
        }
    }

    /// With the file that the body lies in (an extension), where it lies in one.
    fn whole(&self, method: &Method, coding: Coding) -> Reply {
        let variant = self.variant(coding);
        let body = if method == Method::HEAD { Bytes::new() } else { variant.body.clone() };
        let file = variant.in_memory.ask(&body);
        let mut reply = Response::new(Full::new(body));
        *reply.headers_mut() = variant.headers.clone();
        if let Some(file) = file {
            reply.extensions_mut().insert(file);
        }
        reply
    }

    fn range(&self, range: Range<usize>) -> Reply {
        let variant = self.variant(Coding::Identity);
        let mut reply = Response::new(Full::new(variant.body.slice(range.clone())));
        *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
        *reply.headers_mut() = variant.headers.clone();
        let place = format!("bytes {}-{}/{}", range.start, range.end - 1, variant.body.len());
        reply.headers_mut().insert(CONTENT_RANGE, value(&place));
        reply.headers_mut().insert(CONTENT_LENGTH, range.len().into());
        reply
    }

    /// It bears the tag of what the reader has, so that a cache knows which stored response it updates
    /// (RFC 9111 section 4.3.4), even where the answer would be in another coding by now.
    fn not_modified(&self, asked: &HeaderMap, coding: Coding) -> Reply {
        let held = conditional::codings_held(asked, &self.tag);
        let coding = if held.contains(&coding) { coding } else { held.first().copied().unwrap_or(coding) };
        self.unchanged(coding)
    }

    fn unchanged(&self, coding: Coding) -> Reply {
        let headers = self.unchanged[coding as usize].get_or_init(|| self.lasting(&self.etag(coding)));
        let mut reply = Response::new(Full::default());
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
        *reply.headers_mut() = headers.clone();
        reply
    }

    /// What most requests say: the tag of the coding that the reader has, as it was given to them, and no other
    /// precondition that would be asked first.
    fn just_this(&self, asked: &HeaderMap) -> Option<Coding> {
        let tag = asked.get(IF_NONE_MATCH)?.as_bytes();
        if asked.contains_key(IF_MATCH) || asked.contains_key(IF_UNMODIFIED_SINCE) {
            return None;
        }
        let rest = tag.strip_prefix(b"\"")?.strip_suffix(b"\"")?.strip_prefix(self.tag.as_bytes())?;
        let held = |coding: &Coding| match coding {
            Coding::Identity => rest.is_empty(),
            _ => rest.strip_prefix(b"-") == Some(coding.name().as_bytes()),
        };
        CODINGS.into_iter().find(held)
    }

    /// 226: as [`Representation::respond`], where this is only what changed in `whole` since a reader had it
    /// (RFC 3229). It bears the tag of the whole, which the reader has when they have put the two together.
    pub fn respond_changes(
        &self,
        whole: &Representation,
        method: &Method,
        asked: &HeaderMap,
    ) -> Result<Reply, Problem> {
        let coding = self.choose(asked)?;
        let mut reply = self.whole(method, coding);
        *reply.status_mut() = StatusCode::IM_USED;
        let headers = reply.headers_mut();
        headers.extend(whole.lasting(&whole.etag(coding)));
        headers.insert(IM.clone(), HeaderValue::from_static("feed"));
        // A cache that does not know 226 would show it for the whole: `im` lets those store it that do (section 10.8.1).
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, im"));
        // That is of the whole, by its definition, and these are not its bytes (RFC 9530 section 3).
        headers.remove(&REPR_DIGEST);
        Ok(reply)
    }

    /// An answer to this request alone, of which nothing may be stored.
    fn empty(&self, status: StatusCode, coding: Coding) -> Reply {
        let mut reply = Response::new(Full::default());
        *reply.status_mut() = status;
        *reply.headers_mut() = self.lasting(&self.etag(coding));
        reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(NEVER));
        reply.headers_mut().insert(CONTENT_LENGTH, 0.into());
        reply
    }
}
