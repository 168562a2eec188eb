//! Dates in words, no more precise than is known.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use maud::{Markup, html};

use crate::bulletin::{Basis, PartialDate, Published};

/// When a bulletin was published, for a list: to the day at most.
pub fn day(published: &Published) -> Markup {
    let date = &published.date;
    let words = match date {
        PartialDate::Year(year) => year.to_string(),
        PartialDate::Month(year, month) => Date::constant(*year, *month, 1).strftime("%B %Y").to_string(),
        PartialDate::Day(_) | PartialDate::Instant(..) => date.first_day().strftime("%-d %B %Y").to_string(),
    };
    // The `datetime` is the date as it is known, which HTML allows to be a year or a month as well.
    html! {
        @if published.basis == Basis::Received { "received " }
        time datetime=(date) { (words) }
        @if published.basis == Basis::Inferred { " (inferred)" }
    }
}

/// When a bulletin was published, with the time of day where that is known, as it was at the place where
/// the date was written.
pub fn in_full(published: &Published) -> Markup {
    let PartialDate::Instant(at, offset) = published.date else { return day(published) };
    let zone = match offset {
        Offset::UTC => "UTC".to_string(),
        offset => format!("UTC{offset}"),
    };
    html! { (day(published)) ", " (offset.to_datetime(at).strftime("%H:%M")) " " (zone) }
}

/// An instant of the archive's own, which is always in UTC.
pub fn moment(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%-d %B %Y, %H:%M UTC")) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_say_how_precise_and_how_sure_they_are() {
        for (date, basis, short, long) in [
            ("2017", Basis::Stated, "2017", "2017"),
            ("2017-06", Basis::Stated, "June 2017", "June 2017"),
            ("2017-04-17", Basis::Inferred, "17 April 2017 (inferred)", "17 April 2017 (inferred)"),
            (
                "2026-11-22T09:05:00Z",
                Basis::Received,
                "received 22 November 2026",
                "received 22 November 2026, 09:05 UTC",
            ),
            (
                "2018-12-31T23:30:00-05:00",
                Basis::Stated,
                "31 December 2018",
                "31 December 2018, 23:30 UTC-05",
            ),
        ] {
            let published = Published { basis, date: date.parse().unwrap() };
            let words = |markup: Markup| crate::bulletin::visible_text(&markup.into_string());
            assert_eq!(words(day(&published)), short);
            assert_eq!(words(in_full(&published)), long);
        }
    }
}
