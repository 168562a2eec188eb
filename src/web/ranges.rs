//! Byte ranges: a pure decision (RFC 9110 section 14).

use std::ops::Range;

use http::header::{HeaderMap, IF_RANGE, RANGE};
use jiff::Timestamp;

use super::response::http_date;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// 200: no range was asked for, or none that is answered.
    Whole,
    /// 206.
    Range(Range<usize>),
    /// 416.
    Unsatisfiable,
}

/// Which part of `length` bytes a GET wants. `etag` is strong, with its quotes.
pub fn part(headers: &HeaderMap, etag: &str, last_modified: Option<Timestamp>, length: usize) -> Part {
    let Some(range) = headers.get(RANGE) else { return Part::Whole };
    if let Some(condition) = headers.get(IF_RANGE) {
        // A strong comparison, and a date that is the very same (RFC 9110 section 13.1.5).
        let date = last_modified.map(http_date);
        let same = condition == etag || date.is_some_and(|date| condition == date.as_str());
        if !same {
            return Part::Whole;
        }
    }
    let asked = range.to_str().ok().and_then(|range| range.split_once('='));
    let of_bytes = asked.filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"));
    let Some((_, set)) = of_bytes else { return Part::Whole };
    // Several ranges may be answered by the whole (section 14.2), and are too seldom asked for to be worth more.
    if set.contains(',') {
        return Part::Whole;
    }
    match set.trim().split_once('-').and_then(|(first, last)| read(first, last, length)) {
        None => Part::Whole,
        Some(range) if range.is_empty() => Part::Unsatisfiable,
        Some(range) => Part::Range(range),
    }
}

/// `first-last`, `first-` or `-suffix`; none where that cannot be read, and then there is no Range field.
fn read(first: &str, last: &str, length: usize) -> Option<Range<usize>> {
    let number = |text: &str| -> Option<usize> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // What is too large for a number is beyond the end of anything.
        digits.then(|| text.parse().unwrap_or(usize::MAX))
    };
    if first.is_empty() {
        return Some(length.saturating_sub(number(last)?)..length);
    }
    let first = number(first)?;
    let end = if last.is_empty() { length } else { number(last)?.saturating_add(1).min(length) };
    let backwards = !last.is_empty() && number(last)? < first;
    (!backwards).then_some(first.min(length)..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(fields: &[(&'static str, &str)], length: usize) -> Part {
        let headers = fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let at = "2018-04-04T10:00:00.750Z".parse().unwrap();
        part(&HeaderMap::from_iter(headers), "\"a1\"", Some(at), length)
    }

    #[test]
    fn each_range_is_answered_as_the_rfc_says() {
        for (range, expected) in [
            ("bytes=0-3", Part::Range(0..4)),
            ("Bytes=9-9", Part::Range(9..10)),
            ("bytes=4-", Part::Range(4..10)),
            ("bytes=4-400", Part::Range(4..10)),
            ("bytes=4-99999999999999999999999", Part::Range(4..10)),
            ("bytes=-3", Part::Range(7..10)),
            ("bytes=-30", Part::Range(0..10)),
            ("bytes=10-", Part::Unsatisfiable),
            ("bytes=10-12", Part::Unsatisfiable),
            ("bytes=99999999999999999999999-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            // What cannot be read is not there.
            ("bytes=4-3", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("lines=0-3", Part::Whole),
            ("bytes=0-1, 4-5", Part::Whole),
        ] {
            assert_eq!(asked(&[("range", range)], 10), expected, "{range}");
        }
        assert_eq!(asked(&[], 10), Part::Whole);
        assert_eq!(asked(&[("range", "bytes=0-")], 0), Part::Unsatisfiable);
    }

    #[test]
    fn a_range_of_something_else_is_not_given() {
        for (condition, expected) in [
            ("\"a1\"", Part::Range(0..4)),
            ("W/\"a1\"", Part::Whole),
            ("\"b\"", Part::Whole),
            ("Wed, 04 Apr 2018 10:00:00 GMT", Part::Range(0..4)),
            ("Wed, 04 Apr 2018 10:00:01 GMT", Part::Whole),
        ] {
            assert_eq!(
                asked(&[("range", "bytes=0-3"), ("if-range", condition)], 10),
                expected,
                "{condition}"
            );
        }
    }
}
