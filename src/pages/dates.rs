//! Dates in words, no more precise than is known.

use jiff::Timestamp;
use jiff::tz::Offset;
use maud::{Markup, html};

use super::Site;
use super::messages::{Language, set};
use crate::bulletin::{Basis, PartialDate, Published};

/// When a bulletin was published, for a list: to the day at most.
pub fn day(site: &Site, published: &Published) -> Markup {
    with_basis(site, published, &words(site.interface.language, &published.date))
}

/// When a bulletin was published, with the time of day where that is known, as it was at the place where
/// the date was written.
pub fn in_full(site: &Site, published: &Published) -> Markup {
    let PartialDate::Instant(at, offset) = published.date else { return day(site, published) };
    let zone = match offset {
        Offset::UTC => "UTC".to_string(),
        offset => format!("UTC{offset}"),
    };
    let moment = site.interface.language.day_and_time(offset.to_datetime(at));
    with_basis(site, published, &format!("{moment} {zone}"))
}

/// An instant of the archive's own, which is always in UTC.
pub fn moment(site: &Site, at: Timestamp) -> Markup {
    let words = site.interface.language.day_and_time(Offset::UTC.to_datetime(at));
    html! { time datetime=(in_milliseconds(at)) { (words) " UTC" } }
}

/// The day of an instant of the archive's own.
pub fn moment_day(site: &Site, at: Timestamp) -> Markup {
    html! { time datetime=(in_milliseconds(at)) { (site.interface.language.day(Offset::UTC.to_datetime(at).date())) } }
}

/// A date to the day at most, without saying how it is known.
pub fn words(language: Language, date: &PartialDate) -> String {
    match date {
        PartialDate::Year(year) => year.to_string(),
        PartialDate::Month(year, month) => language.month(*year, *month),
        PartialDate::Day(_) | PartialDate::Instant(..) => language.day(date.first_day()),
    }
}

/// No fraction of a second that HTML knows has more than three digits (section 2.3.5.4).
fn in_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// The `datetime` is the date as it is known, which HTML allows to be a year or a month as well.
fn with_basis(site: &Site, published: &Published, words: &str) -> Markup {
    let known = match published.date {
        PartialDate::Instant(at, offset) => PartialDate::Instant(in_milliseconds(at), offset),
        date => date,
    };
    let date = html! { time datetime=(known) { (words) } };
    match published.basis {
        Basis::Stated => date,
        Basis::Inferred => set(site.words().date_inferred, &[("date", date)]),
        Basis::Received => set(site.words().date_received, &[("date", date)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::tests::site_in;

    #[test]
    fn dates_say_how_precise_and_how_sure_they_are() {
        let english = site_in(Language::English);
        for (date, basis, short, long) in [
            ("2017", Basis::Stated, "2017", "2017"),
            ("2017-06", Basis::Stated, "June 2017", "June 2017"),
            ("2017-04-17", Basis::Inferred, "17 April 2017 (date inferred)", "17 April 2017 (date inferred)"),
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
            assert_eq!(words(day(&english, &published)), short);
            assert_eq!(words(in_full(&english, &published)), long);
        }
    }

    #[test]
    fn instants_are_no_finer_than_html_has_them() {
        let english = site_in(Language::English);
        let date: PartialDate = "2026-11-22T09:05:00.123456789+02:00".parse().unwrap();
        let shown = day(&english, &Published { basis: Basis::Stated, date }).into_string();
        assert!(shown.contains("datetime=\"2026-11-22T09:05:00.123+02:00\""), "{shown}");
        let shown = moment(&english, "2026-11-22T09:05:00.5004Z".parse().unwrap()).into_string();
        assert!(shown.contains("datetime=\"2026-11-22T09:05:00.5Z\""), "{shown}");
    }

    #[test]
    fn dates_are_said_in_the_language_of_the_interface() {
        let published = Published { basis: Basis::Received, date: "2017-06-01".parse().unwrap() };
        let words = |language| {
            let site = site_in(language);
            crate::bulletin::visible_text(&day(&site, &published).into_string())
        };
        assert_eq!(words(Language::French), "reçu le 1er juin 2017");
        assert_eq!(words(Language::Spanish), "recibido el 1 de junio de 2017");
    }
}
