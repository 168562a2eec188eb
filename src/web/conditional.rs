//! Preconditions: a pure decision, validators in, verdict out (RFC 9110 section 13).

use http::header::{HeaderMap, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
use jiff::Timestamp;

use super::coding::Coding;

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
    /// What the entity tags of all its codings have in common, without quotes.
    pub tag: &'a str,
    pub last_modified: Option<Timestamp>,
}

/// Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 section 13.2.2.
pub fn evaluate(headers: &HeaderMap, validators: Validators) -> Verdict {
    // Seconds are all that HTTP dates can say.
    let modified = validators.last_modified.map(Timestamp::as_second);
    if let Some(tags) = joined(headers, IF_MATCH) {
        if !matches_strongly(&tags, validators.tag) {
            return Verdict::Failed;
        }
    } else if let (Some(since), Some(modified)) = (date(headers, IF_UNMODIFIED_SINCE), modified)
        && modified > since
    {
        return Verdict::Failed;
    }
    if let Some(tags) = joined(headers, IF_NONE_MATCH) {
        let has_it =
            tags.trim() == "*" || elements(&tags).any(|tag| coding_named(tag, validators.tag).is_some());
        return if has_it { Verdict::NotModified } else { Verdict::Proceed };
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

/// The members of a list of entity tags. A tag holds no comma here: Annals' own are of letters, digits and hyphens.
fn elements(tags: &str) -> impl Iterator<Item = &str> {
    tags.split(',').map(str::trim)
}

/// Strong comparison (RFC 9110 section 8.8.3.2) with the tag of any coding: in which coding an answer comes
/// changes as codings are made, and that is no change of what is there.
fn matches_strongly(tags: &str, tag: &str) -> bool {
    let ours = |element: &str| {
        let opaque = element.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        opaque.is_some() && coding_named(element, tag).is_some()
    };
    tags.trim() == "*" || elements(tags).any(ours)
}

/// The coding of which an element of If-None-Match speaks, where it names the representation with this tag. Weak
/// comparison, and more: what stands between us and a reader codes on its own and marks the tag in its own way, as
/// `W/"tag"`, `"tag-gzip"`, `"tag--gzip"`, `"tag;gzip"` or `"tag"-gzip`. It is the same content all the same.
fn coding_named(element: &str, tag: &str) -> Option<Coding> {
    let bare = element.strip_prefix("W/").unwrap_or(element).replace('"', "");
    let rest = bare.strip_prefix(tag)?;
    if rest.is_empty() {
        return Some(Coding::Identity);
    }
    let name = rest.trim_start_matches(['-', ';', ':']);
    (name.len() < rest.len()).then(|| Coding::from_name(name)).flatten()
}

/// The codings in which the reader has the representation with this tag already.
pub fn codings_held(headers: &HeaderMap, tag: &str) -> Vec<Coding> {
    let tags = joined(headers, IF_NONE_MATCH).unwrap_or_default();
    elements(&tags).filter_map(|element| coding_named(element, tag)).collect()
}

/// Every state in which the reader has something of this place: what stands behind the hash in its tags as
/// `-{letter}{number}`.
pub fn states_held(headers: &HeaderMap, letter: char) -> Vec<u64> {
    let tags = joined(headers, IF_NONE_MATCH).unwrap_or_default();
    let state = |element: &str| {
        let parts = element.split(['-', ';', ':', '"']);
        parts.filter_map(|part| part.strip_prefix(letter)).find_map(|number| number.parse().ok())
    };
    elements(&tags).filter_map(state).collect()
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
        evaluate(&headers, Validators { tag: "a1-e7", last_modified })
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
            (&[("if-none-match", "\"a1-e7\"")], NotModified),
            (&[("if-none-match", "W/\"a1-e7\"")], NotModified),
            (&[("if-none-match", "\"b\", \"a1-e7\"")], NotModified),
            (&[("if-none-match", "\"b\""), ("if-none-match", "\"a1-e7\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            // Of each coding, and as proxies spell it.
            (&[("if-none-match", "\"a1-e7-br\"")], NotModified),
            (&[("if-none-match", "W/\"a1-e7-gzip\"")], NotModified),
            (&[("if-none-match", "\"a1-e7;gzip\"")], NotModified),
            (&[("if-none-match", "\"a1-e7--gzip\"")], NotModified),
            (&[("if-none-match", "\"a1-e7\"-gzip")], NotModified),
            (&[("if-none-match", "\"a1-e7gzip\"")], Proceed),
            (&[("if-none-match", "\"a1-e77\"")], Proceed),
            (&[("if-none-match", "\"a1-e7-lzma\"")], Proceed),
            (&[("if-none-match", "\"a1\"")], Proceed),
            (&[("if-none-match", "\"\"")], Proceed),
            (&[("if-none-match", "\"b\"")], Proceed),
            (&[("if-modified-since", before)], Proceed),
            (&[("if-modified-since", same)], NotModified),
            (&[("if-modified-since", after)], NotModified),
            (&[("if-modified-since", "yesterday")], Proceed),
            // If-None-Match is asked before If-Modified-Since, which then counts for nothing.
            (&[("if-none-match", "\"b\""), ("if-modified-since", after)], Proceed),
            (&[("if-match", "\"a1-e7\"")], Proceed),
            (&[("if-match", "*")], Proceed),
            (&[("if-match", "W/\"a1-e7\"")], Failed),
            (&[("if-match", "\"b\"")], Failed),
            (&[("if-match", "\"a1-e7-zstd\"")], Proceed),
            (&[("if-match", "\"a1-e7\"-zstd")], Failed),
            (&[("if-match", "\"a1-e7\""), ("if-none-match", "\"a1-e7\"")], NotModified),
            (&[("if-unmodified-since", before)], Failed),
            (&[("if-unmodified-since", same)], Proceed),
            (&[("if-match", "\"a1-e7\""), ("if-unmodified-since", before)], Proceed),
        ] {
            assert_eq!(verdict(fields), expected, "{fields:?}");
        }
    }
    #[test]
    fn tags_tell_what_the_reader_has() {
        let fields = [(
            "if-none-match",
            "\"b-e12-gzip\", W/\"a1-e7;gzip\", \"a1-e7-br\", \"x\", \"y-ex\", \"z-e99\"-gzip",
        )];
        let headers =
            HeaderMap::from_iter(fields.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())));
        assert_eq!(codings_held(&headers, "a1-e7"), [Coding::Gzip, Coding::Brotli]);
        assert_eq!(states_held(&headers, 'e'), [12, 7, 7, 99]);
        assert_eq!(states_held(&HeaderMap::new(), 'e'), [0; 0]);
    }
}
