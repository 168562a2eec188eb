//! Dates as feeds write them: RFC 3339, RFC 822, and whatever else their software prints.
//!
//! Owns the order in which forms are tried. It must never put a zone where there is none: a time without
//! one is a day.

use jiff::fmt::rfc2822::DateTimeParser;

use crate::bulletin::PartialDate;
use crate::intake::date;

/// Years that a clock shows which was never set.
const NEVER_SET: [i16; 2] = [1969, 1970];

/// The date that `text` is.
pub fn moment(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let date = text
        .parse()
        .ok()
        .or_else(|| rfc822(text))
        .or_else(|| date::exactly(text))
        .or_else(|| date::exactly(&four_digits(text)?))
        .or_else(|| date::exactly(without_weekday(text)?))?;
    (!NEVER_SET.contains(&date.year())).then_some(date)
}

/// RFC 822 with the years and zones of RFC 5322 section 4.3; the day of the week may be wrong.
fn rfc822(text: &str) -> Option<PartialDate> {
    static PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let zoned = PARSER.parse_zoned(text).ok()?;
    let date = PartialDate::Instant(zoned.timestamp(), zoned.offset());
    (1..=9999).contains(&date.year()).then_some(date)
}

/// `text` where a year of two digits stands behind a month's name as one of four (RFC 5322 section 4.3).
fn four_digits(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let year = words.windows(3).position(|three| {
        three[1].parse::<u8>().is_ok() && three[1].len() == 2 && three[2].contains(':') && three[0].len() >= 3
    })? + 1;
    let century = if words[year] < "50" { "20" } else { "19" };
    let long = format!("{century}{}", words[year]);
    let words = words.iter().enumerate().map(|(at, word)| if at == year { long.as_str() } else { word });
    Some(words.collect::<Vec<_>>().join(" "))
}

/// What follows a word before a number. Some days of the week are written as months are: `mar. 10 juil. 2018`.
fn without_weekday(text: &str) -> Option<&str> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    let is_word = word.trim_end_matches(['.', ',']).chars().all(char::is_alphabetic);
    (is_word && rest.trim_start().starts_with(|c: char| c.is_ascii_digit())).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        for (text, expected) in [
            ("2018-04-04T10:00:00Z", Some("2018-04-04T10:00:00Z")),
            ("2018-04-04T10:00:00.25+02:00", Some("2018-04-04T10:00:00.25+02:00")),
            ("2018-04-04T10:00Z", Some("2018-04-04T10:00:00Z")),
            ("2018-04", Some("2018-04")),
            ("Wed, 04 Apr 2018 10:00:00 +0200", Some("2018-04-04T10:00:00+02:00")),
            ("Mon, 4 Apr 2018 10:00:00 GMT", Some("2018-04-04T10:00:00Z")),
            ("04 Apr 18 10:00 EST", Some("2018-04-04T10:00:00-05:00")),
            ("Wed, 04 Apr 2018 10:00:00", Some("2018-04-04")),
            ("Wed, 04 Apr 2018 10:00:00 GMT+2", Some("2018-04-04T10:00:00+02:00")),
            ("mer., 04 avril 2018 10:00:00 +0200", Some("2018-04-04T10:00:00+02:00")),
            ("mar. 10 juil. 2018 08:00:00 GMT+2", Some("2018-07-10T08:00:00+02:00")),
            ("Mi, 04 Apr 18 10:00:00", Some("2018-04-04")),
            ("2018-04-04 10:00:00", Some("2018-04-04")),
            ("20180404T100000Z", Some("2018-04-04T10:00:00Z")),
            ("Wed Apr  4 10:00:00 2018", Some("2018-04-04")),
            ("April 4, 2018", Some("2018-04-04")),
            ("Thu, 01 Jan 1970 00:00:00 +0000", None),
            ("0000-00-00 00:00:00", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(moment(text).map(|date| date.to_string()).as_deref(), expected, "{text}");
        }
    }
}
