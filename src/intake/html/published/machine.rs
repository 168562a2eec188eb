//! Dates that are not for readers: attributes, addresses, data of scripts.
//!
//! Owns the sloppy spellings of these. It must never know what a date found there weighs, except where one
//! spelling is less surely a date than another.

use std::sync::LazyLock;

use jiff::tz::Offset;
use regex::Regex;

use super::marks::SCRIPT_MEMBERS;
use crate::bulletin::PartialDate;
use crate::intake::date::{self, Order};

/// A date that was written for machines, perhaps sloppily.
pub fn machine_date(text: &str, order: Order) -> Option<PartialDate> {
    let text = text.trim();
    // A sentence is not for machines.
    if text.len() > 80 {
        return None;
    }
    if let Some(date) = text.parse().ok().or_else(|| date::exactly_with(text, order)) {
        return Some(date);
    }
    // Seconds or milliseconds since 1970, from 1979 on: smaller numbers are too often something else.
    if (10..=13).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds =
            text[..10].parse().ok().filter(|seconds| (300_000_000..4_000_000_000).contains(seconds))?;
        let at = jiff::Timestamp::from_second(seconds).ok()?;
        return matches!(text.len(), 10 | 13).then_some(PartialDate::Instant(at, Offset::UTC));
    }
    // `2018-04-04T10:00:00.000` and more that begins with a day.
    let day = text.get(..10).and_then(|day| day.replace('/', "-").parse().ok());
    day.filter(|date| matches!(date, PartialDate::Day(_))).or_else(|| {
        let mentions = date::mentions_with(text, order);
        mentions.first().filter(|mention| !mention.span).map(|mention| mention.date)
    })
}

/// The day in an address and how surely it is one: `/2018/04/04/`, `/2018/apr/04/`, `/04-04-2018/`,
/// `/201804/04/`, `/t20180404_12.html`.
pub fn day_in_path(path: &str, order: Order) -> Option<(PartialDate, i32)> {
    let parts: Vec<&str> = path.split(['/', '-', '_', '.']).filter(|part| !part.is_empty()).collect();
    let digits = |part: &str, count: std::ops::RangeInclusive<usize>| {
        count.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let day = |text: String| date::exactly_with(&text, order).filter(|date| date.day().is_some());
    let parted = parts.windows(3).find_map(|part| {
        let [a, b, c] = [part[0], part[1], part[2]];
        match () {
            () if digits(a, 4..=4) && digits(b, 1..=2) && digits(c, 1..=2) => {
                day(format!("{a}-{b:0>2}-{c:0>2}"))
            }
            // Three letters at least, so that the word is a month and not the language of the page.
            () if digits(a, 4..=4) && b.len() >= 3 && digits(c, 1..=2) => day(format!("{c} {b} {a}")),
            () if digits(a, 1..=2) && digits(b, 1..=2) && digits(c, 4..=4) => day(format!("{a}/{b}/{c}")),
            () => None,
        }
    });
    if let Some(date) = parted {
        return Some((date, 68));
    }
    let joined = parts.windows(2).find_map(|part| {
        let whole = digits(part[0], 6..=6) && digits(part[1], 2..=2);
        day(format!("{}{}", part[0], part[1])).filter(|_| whole)
    });
    // Eight digits may be the number of the article as well.
    let eight = || {
        let numbers = parts.iter().map(|part| part.strip_prefix(['t', 'a', 'n']).unwrap_or(part));
        numbers.filter(|part| digits(part, 8..=8)).find_map(|part| day(part.to_owned()))
    };
    joined.or_else(eight).map(|date| (date, 55))
}

/// A member in data or code of scripts and the beginning of its value: `"member":"2018-04-04"`,
/// `member = '2018-04-04'`, with its quotes escaped or not.
static MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    let names: Vec<&str> = SCRIPT_MEMBERS.iter().map(|(name, _)| *name).collect();
    let pattern = format!(
        r#"({})["'\\]{{0,4}}\s{{0,4}}[:=][ "'\\]{{0,6}}([0-9A-Za-z][^"'\\,}}<\n]{{3,60}})"#,
        names.join("|")
    );
    Regex::new(&pattern).expect("names are letters")
});

/// The first value of each of [`SCRIPT_MEMBERS`] in `source`, in the order of the members: further down the
/// same name is that of what the page lists or recommends.
pub fn member_values(source: &str) -> Vec<(&str, i32)> {
    // All names at once, since a page of megabytes is read as often as there are passes.
    const OCCURRENCES_MAX: usize = 200;
    let mut values: Vec<Option<&str>> = vec![None; SCRIPT_MEMBERS.len()];
    for found in MEMBER.captures_iter(source).take(OCCURRENCES_MAX) {
        let (Some(whole), Some(name), Some(value)) = (found.get(0), found.get(1), found.get(2)) else {
            continue;
        };
        let within = source[..whole.start()].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
        let member = SCRIPT_MEMBERS.iter().position(|(known, _)| *known == name.as_str());
        if let Some(slot) = member.and_then(|at| values.get_mut(at)).filter(|slot| slot.is_none() && !within)
        {
            *slot = Some(value.as_str());
        }
    }
    values
        .into_iter()
        .zip(SCRIPT_MEMBERS)
        .filter_map(|(value, (_, weight))| Some((value?, *weight)))
        .collect()
}

/// The date that the page has a script of one call write where it stands: `<script>show("2018/04/04")`.
pub fn written_by_script(source: &str) -> Option<&str> {
    // Longer scripts do more than to write a date.
    const CALL_BYTES_MAX: usize = 120;
    source.match_indices("<script>").find_map(|(at, tag)| {
        let script = &source.as_bytes()[at + tag.len()..];
        let script = &script[..script.len().min(CALL_BYTES_MAX)];
        let end = script.iter().position(|byte| *byte == b'<')?;
        let call = source.get(at + tag.len()..at + tag.len() + end)?.trim();
        let (name, argument) = call.split_once('(')?;
        let named = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._$".contains(c));
        let argument = argument.trim_start().strip_prefix(['"', '\''])?;
        let argument = argument.split(['"', '\'']).next()?;
        // Calls that measure the visit tell the time of it.
        let measures = name.to_lowercase();
        let measures = ["log", "track", "push", "send"].iter().any(|word| measures.contains(word));
        (named && !measures && argument.starts_with(|c: char| c.is_ascii_digit())).then_some(argument)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_hold_the_day() {
        for (path, expected) in [
            ("/2018/04/04/tides", Some("2018-04-04 68")),
            ("/2018/4/4/", Some("2018-04-04 68")),
            ("/tides/2018/apr/04/ferry", Some("2018-04-04 68")),
            ("/tides-04-12-2018.html", Some("2018-12-04 68")),
            ("/201804/04/tides", Some("2018-04-04 55")),
            ("/press/t20180404_12.html", Some("2018-04-04 55")),
            ("/20180404/tides", Some("2018-04-04 55")),
            ("/2018/04/tides", None),
            ("/2018/99/99/", None),
            ("/article-20189999", None),
            ("/tides-1-2-3", None),
        ] {
            let found = day_in_path(path, Order::DayFirst).map(|(date, weight)| format!("{date} {weight}"));
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn scripts_may_hold_the_day() {
        for (source, expected) in [
            (r#"{"publishDate":"2018-04-04T10:00:00"}"#, Some("2018-04-04T10:00:00")),
            (r#"{\"publishDate\":\"2018-04-04\"}"#, Some("2018-04-04")),
            ("var publishDate = '2018-04-04';", Some("2018-04-04")),
            (r#"{"unpublishDate":"2018-04-04"}"#, None),
            (r#"{"publishDate":null}"#, Some("null")),
            (r#"{"publishDate":{"date":1}}"#, None),
        ] {
            assert_eq!(member_values(source).first().map(|(value, _)| *value), expected, "{source}");
        }
        for (source, expected) in [
            ("<p><script>show(\"2018/04/04 10:00\")</script>", Some("2018/04/04 10:00")),
            ("<script>f(1)</script><script>d.write('4.4.2018');</script>", Some("4.4.2018")),
            ("<script>track('2018-04-04')</script>", None),
            ("<script>if (a) { show('2018-04-04') }</script>", None),
            ("<script>", None),
        ] {
            assert_eq!(written_by_script(source), expected, "{source}");
        }
    }
}
