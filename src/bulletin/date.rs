//! When a bulletin was published, no more precisely than is known.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clip;

/// When a bulletin was published, no more precisely than is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub basis: Basis,
    pub date: PartialDate,
}

/// How a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The bulletin, its markup or its sender says so.
    Stated,
    /// Concluded from something that is said about another thing (an event announced, a caption).
    Inferred,
    /// Nobody said: it is when the bulletin arrived. Never part of [`Content`].
    Received,
}

/// A date of stated precision: `2017`, `2017-06`, `2017-06-30` or `2017-06-30T09:00:00+02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialDate {
    Year(i16),
    /// Year, and month from 1 to 12.
    Month(i16, i8),
    Day(Date),
    /// An instant with the offset from UTC at which it was written, which decides its day and year.
    Instant(Timestamp, Offset),
}

impl PartialDate {
    /// `year`, `month`, `day` or `instant`.
    pub fn precision(&self) -> &'static str {
        match self {
            PartialDate::Year(_) => "year",
            PartialDate::Month(..) => "month",
            PartialDate::Day(_) => "day",
            PartialDate::Instant(..) => "instant",
        }
    }

    /// The year as written, which decides the year selection.
    pub fn year(&self) -> i16 {
        self.first_day().year()
    }

    /// The first day that the date can mean.
    pub fn first_day(&self) -> Date {
        match *self {
            PartialDate::Year(year) => Date::constant(year, 1, 1),
            PartialDate::Month(year, month) => Date::constant(year, month, 1),
            PartialDate::Day(day) => day,
            PartialDate::Instant(at, offset) => offset.to_datetime(at).date(),
        }
    }

    /// The day, where the date is that precise.
    pub fn day(&self) -> Option<Date> {
        matches!(self, PartialDate::Day(_) | PartialDate::Instant(..)).then(|| self.first_day())
    }
}

/// A place in the calendar, no more precise than is known: 0 stands for a month or day that is not, and so comes before
/// those that are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CalendarDay {
    pub year: i16,
    pub month: u8,
    pub day: u8,
}

impl From<PartialDate> for CalendarDay {
    fn from(date: PartialDate) -> CalendarDay {
        let first = date.first_day();
        let (month, day) = match date {
            PartialDate::Year(_) => (0, 0),
            PartialDate::Month(..) => (first.month(), 0),
            PartialDate::Day(_) | PartialDate::Instant(..) => (first.month(), first.day()),
        };
        CalendarDay { year: first.year(), month: month.unsigned_abs(), day: day.unsigned_abs() }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartialDate::Year(year) => write!(f, "{year:04}"),
            PartialDate::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            PartialDate::Day(day) => write!(f, "{day}"),
            PartialDate::Instant(at, Offset::UTC) => write!(f, "{at}"),
            PartialDate::Instant(at, offset) => write!(f, "{}", at.display_with_offset(*offset)),
        }
    }
}

/// A text that should have been a date and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date: write 2017, 2017-06, 2017-06-30 or 2017-06-30T09:00:00+02:00 (RFC 3339)")]
pub struct NotADate(pub String);

impl FromStr for PartialDate {
    type Err = NotADate;

    /// Reads the four forms that [`fmt::Display`] writes, and other spellings of an instant; years from 1 to 9999.
    fn from_str(text: &str) -> Result<PartialDate, NotADate> {
        static PARSER: DateTimeParser = DateTimeParser::new();
        let refuse = || NotADate(clip(text, 80).into());
        let number =
            |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<i16>().ok()).flatten();
        let parsed = match text.len() {
            4 => number(text).map(PartialDate::Year),
            7 if text.is_ascii() && text.as_bytes()[4] == b'-' => number(&text[..4])
                .zip(number(&text[5..]).filter(|month| (1..=12).contains(month)))
                .map(|(year, month)| PartialDate::Month(year, month as i8)),
            10 => text.parse().ok().map(PartialDate::Day),
            _ if text.is_ascii() && text.contains(['T', 't', ' ']) => {
                let pieces = PARSER.parse_pieces(text).map_err(|_| refuse())?;
                let offset = pieces.to_numeric_offset();
                PARSER
                    .parse_timestamp(text)
                    .ok()
                    .zip(offset)
                    .map(|(at, offset)| PartialDate::Instant(at, offset))
            }
            _ => None,
        };
        parsed.filter(|date| (1..=9999).contains(&date.year())).ok_or_else(refuse)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PartialDate, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_precision_and_their_offset() {
        for (text, precision, year) in [
            ("2017", "year", 2017),
            ("2017-06", "month", 2017),
            ("2018-04-04", "day", 2018),
            ("2018-12-31T23:30:00-05:00", "instant", 2018),
            ("2018-04-04T10:00:00Z", "instant", 2018),
        ] {
            let date: PartialDate = text.parse().unwrap();
            assert_eq!((date.to_string().as_str(), date.precision(), date.year()), (text, precision, year));
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "today", "17-06", "2017-13", "2017-02-30", "2017-6", "0000", "2018-04-04T10:00:00", "+017"]
        {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }
}
