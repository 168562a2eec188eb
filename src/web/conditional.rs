//! Preconditions: a pure decision, validators in, verdict out (RFC 9110 section 13).

use http::header::{HeaderMap, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
use jiff::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answer as if nothing had been asked.
    Proceed,
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// What a representation is known by.
#[derive(Clone, Copy, Debug)]
pub struct Validators<'a> {
    /// Strong, with its quotes.
    pub etag: &'a str,
    pub last_modified: Option<Timestamp>,
}

/// Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 section 13.2.2.
pub fn evaluate(headers: &HeaderMap, validators: Validators) -> Verdict {
    // Seconds are all that HTTP dates can say.
    let modified = validators.last_modified.map(Timestamp::as_second);
    if let Some(tags) = joined(headers, IF_MATCH) {
        if !matches(&tags, validators.etag, false) {
            return Verdict::Failed;
        }
    } else if let (Some(since), Some(modified)) = (date(headers, IF_UNMODIFIED_SINCE), modified)
        && modified > since
    {
        return Verdict::Failed;
    }
    if let Some(tags) = joined(headers, IF_NONE_MATCH) {
        return if matches(&tags, validators.etag, true) { Verdict::NotModified } else { Verdict::Proceed };
    }
    match (date(headers, IF_MODIFIED_SINCE), modified) {
        (Some(since), Some(modified)) if modified <= since => Verdict::NotModified,
        _ => Verdict::Proceed,
    }
}

/// All the fields of a name as one list (RFC 9110 section 5.3).
fn joined(headers: &HeaderMap, name: http::HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Seconds since 1970. An unreadable date is no date (RFC 9110 section 13.1.3).
fn date(headers: &HeaderMap, name: http::HeaderName) -> Option<i64> {
    let text = headers.get(name)?.to_str().ok()?;
    let time = httpdate::parse_http_date(text).ok()?;
    Timestamp::try_from(time).ok().map(|time| time.as_second())
}

/// Whether a list of entity tags has `etag` in it. Weak tags match in a weak comparison only, and never in a
/// strong one (RFC 9110 section 8.8.3.2). A tag holds no comma here: Annals' own are hexadecimal.
fn matches(tags: &str, etag: &str, weak: bool) -> bool {
    tags.split(',').map(str::trim).any(|tag| match tag.strip_prefix("W/") {
        Some(opaque) => weak && opaque == etag,
        None => tag == "*" || tag == etag,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(fields: &[(&'static str, &str)]) -> Verdict {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        let last_modified = Some("2018-04-04T10:00:00.750Z".parse().unwrap());
        evaluate(&headers, Validators { etag: "\"a1\"", last_modified })
    }

    #[test]
    fn each_precondition_is_answered_as_the_rfc_says() {
        use Verdict::*;
        let (before, same, after) = (
            "Wed, 04 Apr 2018 09:59:59 GMT",
            "Wed, 04 Apr 2018 10:00:00 GMT",
            "Wed, 04 Apr 2018 10:00:01 GMT",
        );
        for (fields, expected) in [
            (&[][..], Proceed),
            (&[("if-none-match", "\"a1\"")], NotModified),
            (&[("if-none-match", "W/\"a1\"")], NotModified),
            (&[("if-none-match", "\"b\", \"a1\"")], NotModified),
            (&[("if-none-match", "\"b\""), ("if-none-match", "\"a1\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"b\"")], Proceed),
            (&[("if-modified-since", before)], Proceed),
            (&[("if-modified-since", same)], NotModified),
            (&[("if-modified-since", after)], NotModified),
            (&[("if-modified-since", "yesterday")], Proceed),
            // If-None-Match is asked before If-Modified-Since, which then counts for nothing.
            (&[("if-none-match", "\"b\""), ("if-modified-since", after)], Proceed),
            (&[("if-match", "\"a1\"")], Proceed),
            (&[("if-match", "*")], Proceed),
            (&[("if-match", "W/\"a1\"")], Failed),
            (&[("if-match", "\"b\"")], Failed),
            (&[("if-match", "\"a1\""), ("if-none-match", "\"a1\"")], NotModified),
            (&[("if-unmodified-since", before)], Failed),
            (&[("if-unmodified-since", same)], Proceed),
            (&[("if-match", "\"a1\""), ("if-unmodified-since", before)], Proceed),
        ] {
            assert_eq!(verdict(fields), expected, "{fields:?}");
        }
    }
}
