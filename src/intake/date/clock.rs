//! The time of day that follows a date, and its zone.
//!
//! Owns when a time makes a day an instant: only with an offset, since a local time of nobody knows
//! where is no instant.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::form::Reader;
use super::token::Kind;
use crate::bulletin::PartialDate;

/// A time of day as written.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    time: Time,
    offset: Option<Offset>,
}

impl Clock {
    /// The time that stands at token `i`, perhaps after a comma or an *at*, and the token after it.
    pub fn read(reader: &Reader<'_>, i: usize) -> Option<(Clock, usize)> {
        let mut i = i;
        // At most a mark and a word: `, at`, `- à`.
        for _ in 0..2 {
            let before = reader.mark(i, &[',', '-', '–', '—', '|', '•', '·', '@', '،'])
                || reader.word(i).is_some_and(|word| word.at);
            i += usize::from(before);
        }
        let exact = reader.adjacent(i) && reader.word(i - 1).is_some_and(|word| word.at);
        let (mut time, seconds, mut i) = Clock::numbers(reader, i)?;
        // Noon is 12 pm and midnight 12 am: twelve counts as none.
        if let Some((half, next)) = half(reader, i) {
            let hour = time.hour() % 12 + half;
            time = Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok()?;
            i = next;
        }
        i += usize::from(reader.word(i).is_some_and(|word| word.clock));
        // `10:00-12:00` is a duration; with seconds, or after a T, the second number is an offset.
        let (offset, i) = match zone(reader, i, exact || seconds) {
            Some((offset, next)) => (Some(offset), next),
            None => (None, i),
        };
        Some((Clock { time, offset }, i))
    }

    /// Hours, minutes, seconds and their fraction; whether there were seconds.
    fn numbers(reader: &Reader<'_>, i: usize) -> Option<(Time, bool, usize)> {
        let small = |value: u32| i8::try_from(value).ok();
        if let Some(packed) =
            reader.number(i, 6).filter(|_| matches!(reader.at(i), Some(Kind::Number { digits: 6, .. })))
            && reader.adjacent(i)
        {
            let time =
                Time::new(small(packed / 10_000)?, small(packed / 100 % 100)?, small(packed % 100)?, 0);
            return Some((time.ok()?, true, i + 1));
        }
        let hour = small(reader.number(i, 2)?)?;
        // French writes `10h30`.
        let parted = reader.mark(i + 1, &[':']) || reader.word(i + 1).is_some_and(|word| word.clock);
        let minute =
            reader.number(i + 2, 2).filter(|_| parted && reader.adjacent(i + 1) && reader.adjacent(i + 2));
        let Some(minute) = minute else {
            // `9 am` and `10 h` have no minutes; a bare number is no time.
            let told = half(reader, i + 1).is_some() || reader.word(i + 1).is_some_and(|word| word.clock);
            return Some((Time::new(hour, 0, 0, 0).ok().filter(|_| told)?, false, i + 1));
        };
        let mut i = i + 3;
        let (mut second, mut nanosecond, mut seconds) = (0, 0, false);
        if reader.mark(i, &[':'])
            && let Some(value) = reader.number(i + 1, 2)
        {
            // RFC 3339 section 5.7 allows a leap second; the calendar here has none.
            (second, seconds, i) = (small(value.min(59))?, true, i + 2);
            if reader.mark(i, &['.', ','])
                && reader.adjacent(i)
                && reader.adjacent(i + 1)
                && let Some(Kind::Number { value, digits: digits @ 1..=9 }) = reader.at(i + 1)
            {
                nanosecond = i32::try_from(value * 10u32.pow(9 - u32::from(digits))).ok()?;
                i += 2;
            }
        }
        Some((Time::new(hour, small(minute)?, second, nanosecond).ok()?, seconds, i))
    }

    /// This time on `date`.
    pub fn on(self, date: Date) -> PartialDate {
        let instant = |offset: Offset| Some((offset.to_timestamp(date.to_datetime(self.time)).ok()?, offset));
        match self.offset.and_then(instant) {
            Some((at, offset)) => PartialDate::Instant(at, offset),
            None => PartialDate::Day(date),
        }
    }
}

/// `am`, `pm`, `a.m.`, `p. m.` at token `i`: the hours to add, and the token after it.
fn half(reader: &Reader<'_>, i: usize) -> Option<(i8, usize)> {
    if let Some(hours) = reader.word(i)?.half {
        return Some((hours, i + 1));
    }
    let first = reader.word(i)?.initial.filter(|letter| *letter != 'm' && reader.mark(i + 1, &['.']))?;
    reader.word(i + 2)?.initial.filter(|letter| *letter == 'm')?;
    let closed = reader.adjacent(i + 3) && reader.mark(i + 3, &['.']);
    Some((if first == 'a' { 0 } else { 12 }, i + 3 + usize::from(closed)))
}

/// The offset at token `i`: `Z`, `GMT`, `+02:00`, `-0500`, `GMT+2`, with its comment.
fn zone(reader: &Reader<'_>, i: usize, exact: bool) -> Option<(Offset, usize)> {
    // `+0200 (CEST)` has a comment (RFC 5322 section 3.2.2), and some write only the comment.
    let bracket = usize::from(reader.mark(i, &['(']));
    let named = reader.word(i + bracket).and_then(|word| word.zone);
    let i = i + if named.is_some() { bracket + 1 } else { 0 };
    let (minutes, mut i) = match numeric_zone(reader, i, exact || named.is_some()) {
        Some((minutes, next)) => (minutes, next),
        None => (named?, i),
    };
    if reader.mark(i, &['(']) && reader.word(i + 1).is_some() && reader.mark(i + 2, &[')']) {
        i += 3;
    }
    i += usize::from(bracket == 1 && reader.mark(i, &[')']));
    Some((Offset::from_seconds(minutes * 60).ok()?, i))
}

fn numeric_zone(reader: &Reader<'_>, i: usize, exact: bool) -> Option<(i32, usize)> {
    let sign = if reader.mark(i, &['+']) {
        1
    } else if reader.mark(i, &['-', '−']) {
        -1
    } else {
        return None;
    };
    let Some(Kind::Number { value, digits }) = reader.at(i + 1).filter(|_| reader.adjacent(i + 1)) else {
        return None;
    };
    let value = i32::try_from(value).ok()?;
    let (hours, minutes, next) = match digits {
        // Four digits are no time of day, so that nothing else can be meant.
        4 => (value / 100, value % 100, i + 2),
        1 | 2 if reader.mark(i + 2, &[':']) && reader.adjacent(i + 3) && (exact || sign == 1) => {
            (value, i32::try_from(reader.number(i + 3, 2)?).ok()?, i + 4)
        }
        1 | 2 if exact => (value, 0, i + 2),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some((sign * (hours * 60 + minutes), next))
}
