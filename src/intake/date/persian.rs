//! The Solar Hijri calendar, as Iran and Afghanistan date what they publish.
//!
//! Owns how its days lie in the Gregorian calendar. It must never know how they are written.

use jiff::civil::{Date, date};

/// Years for which the arithmetic below agrees with the calendar, which goes by the sun.
pub const YEARS: std::ops::RangeInclusive<u32> = 1300..=1470;

/// The first day of the first of these years.
const BEGIN: Date = date(1921, 3, 21);

/// Eight years of 33 have a day more.
fn is_leap(year: i32) -> bool {
    (25 * year + 11).rem_euclid(33) < 8
}

/// The Gregorian day; `None` where the calendar has no such day.
pub fn day(year: u32, month: i8, day: i8) -> Option<Date> {
    let year = i32::try_from(year).ok().filter(|_| YEARS.contains(&year))?;
    let days_max = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + i8::from(is_leap(year)),
        _ => return None,
    };
    if !(1..=days_max).contains(&day) {
        return None;
    }
    let years: i32 = (1300..year).map(|year| 365 + i32::from(is_leap(year))).sum();
    let month = i32::from(month);
    let months = if month <= 7 { (month - 1) * 31 } else { 186 + (month - 7) * 30 };
    BEGIN.checked_add(jiff::Span::new().days(years + months + i32::from(day) - 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_lie_where_the_calendars_of_the_country_have_them() {
        for ((year, month, of_month), expected) in [
            ((1397, 1, 15), Some("2018-04-04")),
            ((1357, 11, 22), Some("1979-02-11")),
            ((1399, 12, 30), Some("2021-03-20")),
            ((1400, 1, 1), Some("2021-03-21")),
            ((1403, 1, 1), Some("2024-03-20")),
            ((1404, 1, 1), Some("2025-03-21")),
            ((1400, 12, 30), None),
            ((1397, 7, 31), None),
            ((1397, 13, 1), None),
            ((2018, 1, 1), None),
        ] {
            let found = day(year, month, of_month).map(|day| day.to_string());
            assert_eq!(found.as_deref(), expected, "{year} {month} {of_month}");
        }
    }
}
