//! Responses: what their headers are made of, and those that show no representation.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use jiff::Timestamp;

pub type Reply = Response<Full<Bytes>>;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
/// Of an original that is an email (RFC 5322).
pub const EMAIL: &str = "message/rfc822";
pub const TEXT: &str = "text/plain; charset=utf-8";

/// What may be kept how long, by private and shared caches alike: nothing is read with `Authorization`, so `public`
/// would say nothing (RFC 9111 section 5.2.2.9). What a hash names cannot change; everything else may, at any event.
pub const FOR_EVER: &str = "max-age=31536000, immutable";
/// A sealed document changes only where one of its bulletins is withdrawn. Not `immutable`: by the next day
/// every cache has asked again, and shows the tombstone.
pub const A_DAY: &str = "max-age=86400";
pub const MINUTES: &str = "max-age=120, stale-while-revalidate=600";
pub const ASK_FIRST: &str = "no-cache";
/// Of an answer that holds for this one request only.
pub const NEVER: &str = "no-store";

/// On every page: nothing runs, nothing is fetched from elsewhere but the pictures of bulletins.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https:; \
                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A response that is not the representation of anything, without validators.
pub fn plain(status: StatusCode, media_type: &str, body: impl Into<Bytes>) -> Reply {
    let body = body.into();
    let length = body.len();
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = status;
    describe(reply.headers_mut(), media_type, length);
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(NEVER));
    reply
}

/// `location` is absolute, from the configured base.
pub fn redirect(status: StatusCode, location: &str) -> Reply {
    let mut reply = plain(status, TEXT, format!("{location}\n"));
    reply.headers_mut().insert(LOCATION, value(location));
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(MINUTES));
    reply
}

/// Says what a body is, and what a browser may do with it.
pub fn describe(headers: &mut HeaderMap, media_type: &str, length: usize) {
    headers.insert(CONTENT_TYPE, value(media_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if media_type == HTML {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        // Nobody outside learns which page was read. Within the site it is sent: without it, a browser would name no origin
        // for the forms of the desk either (Fetch, section 3.2.6).
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
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
