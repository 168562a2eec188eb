//! Representations, and the responses made of them.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    LAST_MODIFIED, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use jiff::Timestamp;

use super::conditional::{self, Validators, Verdict};
use crate::digest::Digest;

pub type Reply = Response<Full<Bytes>>;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
/// Of an original that is an email (RFC 5322).
pub const EMAIL: &str = "message/rfc822";
pub const TEXT: &str = "text/plain; charset=utf-8";

/// What may be kept how long. What a hash names cannot change; everything else may, at any event.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";
pub const MINUTES: &str = "public, max-age=120, stale-while-revalidate=600";
pub const ASK_FIRST: &str = "no-cache";

/// On every page: nothing runs, nothing is fetched from elsewhere but the pictures of bulletins.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; media-src https:; \
                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What is at a place, with its validators.
#[derive(Clone, Debug)]
pub struct Representation {
    pub media_type: Cow<'static, str>,
    pub body: Bytes,
    /// Strong: the beginning of the SHA-256 of the body, with its quotes.
    pub etag: String,
    pub last_modified: Option<Timestamp>,
    pub cache_control: &'static str,
    pub headers: Vec<(HeaderName, String)>,
}

impl Representation {
    pub fn new(
        media_type: impl Into<Cow<'static, str>>,
        body: impl Into<Bytes>,
        last_modified: Option<Timestamp>,
    ) -> Representation {
        let body = body.into();
        let etag = format!("\"{}\"", &Digest::of(&body).hex()[..32]);
        let media_type = media_type.into();
        Representation {
            media_type,
            body,
            etag,
            last_modified,
            cache_control: ASK_FIRST,
            headers: Vec::new(),
        }
    }

    pub fn keep(mut self, cache_control: &'static str) -> Representation {
        self.cache_control = cache_control;
        self
    }

    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Representation {
        self.headers.push((name, value.into()));
        self
    }

    /// Bytes that the bookkeeping of a cache should count.
    pub fn weight(&self) -> u64 {
        (self.body.len() + 512) as u64
    }

    /// The response to a GET or HEAD with these headers.
    pub fn respond(&self, method: &Method, asked: &HeaderMap) -> Reply {
        let validators = Validators { etag: &self.etag, last_modified: self.last_modified };
        let (status, body) = match conditional::evaluate(asked, validators) {
            Verdict::NotModified => (StatusCode::NOT_MODIFIED, None),
            Verdict::Failed => (StatusCode::PRECONDITION_FAILED, None),
            Verdict::Proceed => (StatusCode::OK, Some(&self.body)),
        };
        let shown = body.filter(|_| method != Method::HEAD).cloned().unwrap_or_default();
        let mut reply = Response::new(Full::new(shown));
        *reply.status_mut() = status;
        let headers = reply.headers_mut();
        // A 304 carries what would update a stored response, and nothing else (RFC 9110 section 15.4.5).
        headers.insert(ETAG, value(&self.etag));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        if let Some(at) = self.last_modified {
            headers.insert(LAST_MODIFIED, value(&http_date(at)));
        }
        for (name, text) in &self.headers {
            headers.append(name, value(text));
        }
        if let Some(body) = body {
            describe(headers, &self.media_type, body.len());
        } else if status == StatusCode::PRECONDITION_FAILED {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
        }
        // Feed readers in browsers are readers too; there is nothing here that a cookie could unlock.
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        reply
    }
}

/// A response that is not the representation of anything, without validators.
pub fn plain(status: StatusCode, media_type: &str, body: impl Into<Bytes>) -> Reply {
    let body = body.into();
    let length = body.len();
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = status;
    describe(reply.headers_mut(), media_type, length);
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

/// `location` is absolute, from the configured base.
pub fn redirect(status: StatusCode, location: &str) -> Reply {
    let mut reply = plain(status, TEXT, format!("{location}\n"));
    reply.headers_mut().insert(LOCATION, value(location));
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(MINUTES));
    reply
}

fn describe(headers: &mut HeaderMap, media_type: &str, length: usize) {
    headers.insert(CONTENT_TYPE, value(media_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if media_type == HTML {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
}

/// A header value of visible ASCII; anything else in it is shown escaped and cannot end the line.
pub fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).ok().filter(|_| text.is_ascii()).unwrap_or_else(|| {
        let escaped = text.escape_default().to_string();
        HeaderValue::from_str(&escaped).expect("escaped text is visible ASCII")
    })
}

/// RFC 9110 section 5.6.7.
pub fn http_date(at: Timestamp) -> String {
    httpdate::fmt_http_date(at.max(Timestamp::UNIX_EPOCH).into())
}
