//! The forms of dates: which sequences of tokens are one, and which day they mean.
//!
//! Owns the grammar: every form is a method of [`Reader`] that starts at one token and looks a bounded
//! way ahead, so that reading a text stays linear whatever stands in it.

use jiff::civil::Date;

use super::Order;
use super::clock::Clock;
use super::names::Word;
use super::persian;
use super::token::{Kind, Token};
use crate::bulletin::PartialDate;

/// Years in which a number in running text can be the year of a date.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;

/// How far the Buddhist years of Thailand are ahead.
const BUDDHIST_YEARS: u32 = 543;

/// How many tokens before a year its month may stand: `เมษายน พ.ศ. 2561` has four between.
const BETWEEN_MAX: usize = 5;

/// A date that begins at a token.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub date: PartialDate,
    /// The date is the first of several days or months.
    pub span: bool,
    /// The token after it.
    pub next: usize,
}

/// Tries the forms of dates from one token on.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub tokens: &'a [Token],
    pub start: usize,
    pub order: Order,
    /// There is nothing but a date to be expected: forms that elsewhere are too weak count as well.
    pub alone: bool,
    /// A date is to be expected among little else: years may have two digits.
    pub label: bool,
}

impl Reader<'_> {
    /// The date that begins at the first token, in the longest form that fits.
    pub fn date(&self) -> Option<Found> {
        match self.at(self.start)? {
            Kind::Number { .. } if self.continues_a_number() => None,
            Kind::Number { digits: 4, .. } => self.year_first().or_else(|| self.persian_numbers()),
            Kind::Number { digits: 8, .. } => self.compact(),
            Kind::Number { .. } => {
                self.day_and_month_name().or_else(|| self.numeric()).or_else(|| self.persian_name())
            }
            Kind::Word(Word { era: Some(before), .. }) => self.of_era(before),
            Kind::Word(word) if word.month.is_some() || word.counted_month => self.month_name_first(),
            Kind::Word(_) | Kind::Mark(_) => None,
        }
    }

    /// The token at `i`, unless an empty line parts it from the rest of the date.
    pub fn at(&self, i: usize) -> Option<Kind> {
        self.tokens.get(i).filter(|token| i == self.start || token.breaks <= 1).map(|token| token.kind)
    }

    /// Whether nothing stands between the token at `i` and the one before it.
    pub fn adjacent(&self, i: usize) -> bool {
        i > 0 && self.tokens.get(i).is_some_and(|token| token.start == self.tokens[i - 1].end)
    }

    pub fn mark(&self, i: usize, marks: &[char]) -> bool {
        matches!(self.at(i), Some(Kind::Mark(mark)) if marks.contains(&mark))
    }

    pub fn word(&self, i: usize) -> Option<Word> {
        match self.at(i)? {
            Kind::Word(word) => Some(word),
            Kind::Number { .. } | Kind::Mark(_) => None,
        }
    }

    /// The number at `i`, if it has no more than `digits_max` digits.
    pub fn number(&self, i: usize, digits_max: u8) -> Option<u32> {
        match self.at(i)? {
            Kind::Number { value, digits } if digits <= digits_max => Some(value),
            _ => None,
        }
    }

    fn digits(&self, i: usize) -> u8 {
        match self.at(i) {
            Some(Kind::Number { digits, .. }) => digits,
            _ => 0,
        }
    }

    /// The number at the start is the tail of a longer one: of a version, a telephone number, a sum.
    fn continues_a_number(&self) -> bool {
        let (i, tokens) = (self.start, self.tokens);
        let joined =
            self.adjacent(i) && matches!(tokens[i - 1].kind, Kind::Mark('.' | '/' | '-' | ':' | ','));
        joined && self.adjacent(i - 1) && matches!(tokens[i - 2].kind, Kind::Number { .. })
    }

    fn year(&self, i: usize) -> Option<i16> {
        let year = self.number(i, 4).filter(|_| self.digits(i) == 4)?;
        let beside = |back: usize| self.word(i.checked_sub(back)?).filter(|word| word.buddhist);
        let buddhist = (1..=BETWEEN_MAX).find_map(beside).map(|_| year.saturating_sub(BUDDHIST_YEARS));
        let year = [Some(year), buddhist].into_iter().flatten().find(|year| YEARS.contains(year))?;
        i16::try_from(year).ok()
    }

    fn month_number(&self, i: usize) -> Option<i8> {
        let month = self.number(i, 2).filter(|month| (1..=12).contains(month))?;
        i8::try_from(month).ok()
    }

    fn day(&self, i: usize) -> Option<i8> {
        let day = self.number(i, 2).filter(|day| (1..=31).contains(day))?;
        i8::try_from(day).ok()
    }

    /// A named month, and the token after it.
    fn month_name(&self, i: usize) -> Option<(i8, usize)> {
        let word = self.word(i)?;
        if word.counted_month {
            return Some((self.month_number(i + 1)?, i + 2));
        }
        let month = word.month?;
        let mut next = i + 1;
        next += usize::from(self.adjacent(next) && self.mark(next, &['.']));
        // Official Arabic gives each month both its names.
        while self.mark(next, &['/']) && self.word(next + 1).and_then(|word| word.month) == Some(month) {
            next += 2;
        }
        Some((month, next))
    }

    /// A named month after what joins it to its day.
    fn month_after_day(&self, i: usize) -> Option<(i8, usize)> {
        let i = self.joints(i);
        // In running text `3 x 2018` is a product.
        let roman = || self.word(i)?.roman.filter(|_| self.alone || self.label);
        self.month_name(i).or_else(|| Some((roman()?, i + 1)))
    }

    /// The token after what may stand between the parts of a date from `i` on.
    fn joints(&self, mut i: usize) -> usize {
        for _ in 0..3 {
            let joint = self.word(i).is_some_and(|word| word.joint && word.month.is_none())
                || self.mark(i, &['\'', '’'])
                || (self.adjacent(i) && self.mark(i, &['-', '/', '.', '‑']));
            if !joint {
                break;
            }
            i += 1;
        }
        i
    }

    /// A day of the month with its ordinal ending, and the token after it.
    fn ordinal_day(&self, i: usize) -> Option<(i8, usize)> {
        let day = self.day(i)?;
        let mut next = i + 1;
        for _ in 0..2 {
            let ending = self.adjacent(next)
                && (self.word(next).is_some_and(|word| word.ordinal) || self.mark(next, &['.', '°']));
            if !ending {
                break;
            }
            next += 1;
        }
        // A dot that parts the day from a number is no ordinal: `4.12.2015`.
        Some((day, next))
    }

    /// The token after what joins two ends of a span, where something does at `i`.
    fn through(&self, i: usize) -> Option<usize> {
        let joins = self.mark(i, &['-', '–', '—', '‑', '/', '&'])
            || self.word(i).is_some_and(|word| word.through && word.month.is_none());
        joins.then_some(i + 1)
    }

    /// A year at the end of a date, after a comma or a joint, and the token after it.
    fn closing_year(&self, i: usize) -> Option<(i16, usize)> {
        let mut i = i;
        if self.adjacent(i) && self.mark(i, &['-']) && self.number(i + 1, 2).is_some() {
            // RFC 850 and log files: 06-Nov-94.
            return self.short_year(i + 1);
        }
        for _ in 0..2 {
            let between =
                self.mark(i, &[',', '،', '-', '/', '.', '‑']) || self.word(i).is_some_and(|word| word.joint);
            if !between {
                break;
            }
            i += 1;
        }
        if self.mark(i, &['\'', '’']) && self.adjacent(i + 1) && self.digits(i + 1) == 2 {
            return self.short_year(i + 1);
        }
        let i = self.after_spelt_era(i);
        let short = || self.short_year(i).filter(|_| self.label && self.is_short_year(i));
        self.year(i).map(|year| (year, i + 1)).or_else(short)
    }

    /// The token after `พ.ศ.`, which may stand between a Thai month and its year.
    fn after_spelt_era(&self, i: usize) -> usize {
        let thai = i > 0 && self.word(i - 1).is_some_and(|word| word.buddhist);
        let letter = |i: usize| self.word(i).is_some() && self.mark(i + 1, &['.']);
        if thai && letter(i) && letter(i + 2) { i + 4 } else { i }
    }

    /// Whether a number of two digits in a label is the year that closes a date, and not the hour, or the day of
    /// another date.
    fn is_short_year(&self, i: usize) -> bool {
        let month =
            self.word(i + 1).is_some_and(|word| word.month.is_some() || word.clock || word.half.is_some());
        let goes_on = self.mark(i + 1, &[':', '.', '/', '-', '–']) && self.digits(i + 2) > 0;
        !month && !goes_on && self.digits(i + 1) == 0
    }

    /// A year of two digits: of this century unless that is far in the future.
    fn short_year(&self, i: usize) -> Option<(i16, usize)> {
        // As POSIX `%y` has it, and for the same reason: nobody writes of 2070 yet.
        let year = self.number(i, 2).filter(|_| self.digits(i) == 2)?;
        let year = i16::try_from(year).ok()?;
        Some((if year < 70 { 2000 + year } else { 1900 + year }, i + 1))
    }

    /// 4 April 2018 · 4th of April, 2018 · 1er avril 2018 · 4. April 2018 · 18-19 July 2017 ·
    /// 28 March – 2 April 2018 · Wed, 04 Apr 2018 10:00:00 +0200 (RFC 5322 section 3.3)
    fn day_and_month_name(&self) -> Option<Found> {
        let (first, mut i) = self.ordinal_day(self.start)?;
        let mut span = false;
        // The first of `18-19 July`: the second must have its month, or it is another number.
        if let Some((_, after)) = self.through(i).and_then(|i| self.ordinal_day(i))
            && self.month_after_day(after).is_some()
        {
            (span, i) = (true, after);
        }
        let (month, mut after) = self.month_after_day(i)?;
        // `28 March – 2 April 2018`: the year stands at the end for both.
        if let Some((_, end)) = self
            .through(after)
            .and_then(|i| self.ordinal_day(i))
            .and_then(|(_, i)| self.month_after_day(i))
            .filter(|_| self.closing_year(after).is_none())
        {
            (span, after) = (true, end);
        }
        let (year, after) = self.closing_year(after)?;
        self.with_time(year, month, first, after, span)
    }

    /// April 4, 2018 · April 4th 2018 · Apr 4 10:00:00 2018 · April 2018 · May/June 2018
    fn month_name_first(&self) -> Option<Found> {
        let (month, after) = self.month_name(self.start)?;
        let article = usize::from(self.word(after).is_some_and(|word| word.joint));
        if let Some((day, mut i)) = self.ordinal_day(after + article) {
            let mut span = false;
            if let Some(other) = self.through(i) {
                let other = self.month_name(other).map_or(other, |(_, other)| other);
                if let Some((_, end)) = self.ordinal_day(other) {
                    (span, i) = (true, end);
                }
            }
            // The C library and `date` put the time before the year.
            if let Some((clock, end)) = Clock::read(self, i).filter(|(_, end)| self.year(*end).is_some()) {
                let date = Date::new(self.year(end)?, month, day).ok()?;
                return Some(Found { date: clock.on(date), span, next: end + 1 });
            }
            let (year, after) = self.closing_year(i)?;
            return self.with_time(year, month, day, after, span);
        }
        let other = self.through(after).and_then(|i| self.month_name(i));
        let (year, next) = self.closing_year(other.map_or(after, |(_, after)| after))?;
        // `31 February 2018` is a mistake and not a February.
        let follows_a_day = self.start > 0
            && self.tokens[self.start].breaks == 0
            && matches!(self.tokens[self.start - 1].kind, Kind::Number { value: 1..=31, .. });
        let weak = self.word(self.start).is_some_and(|word| word.everyday) && !self.alone;
        (!weak && !follows_a_day).then_some(Found {
            date: PartialDate::Month(year, month),
            span: other.is_some(),
            next,
        })
    }

    /// RFC 3339 and ISO 8601 in full and in part · 2018/04/04 · 2018. 4. 4. · 2018年4月4日 ·
    /// 2018. április 4. · 2018-Apr-04 · alone, a year
    fn year_first(&self) -> Option<Found> {
        let year = self.year(self.start)?;
        let i = self.start + 1;
        let found = if self.mark(i, &['年']) {
            self.counted(year, i + 1)
        } else {
            self.separated(year, i).or_else(|| self.year_and_month_name(year, i))
        };
        let bare = || self.alone.then_some(Found { date: PartialDate::Year(year), span: false, next: i });
        found.or_else(bare)
    }

    /// 平成30年4月4日 · 令和元年5月 · 民國107年4月4日
    fn of_era(&self, before: i16) -> Option<Found> {
        let first = self.word(self.start)?.first_of_era;
        let (number, i) =
            if first { (1, self.start + 1) } else { (self.number(self.start + 1, 3)?, self.start + 2) };
        let year = i16::try_from(number).ok()? + before;
        if !self.mark(i, &['年']) || !YEARS.contains(&u32::try_from(year).ok()?) {
            return None;
        }
        self.counted(year, i + 1)
    }

    fn counted(&self, year: i16, i: usize) -> Option<Found> {
        // The day may be left out and the month may not: a year with its counter is an age as well.
        let month = self.month_number(i).filter(|_| self.mark(i + 1, &['月']))?;
        match self.day(i + 2).filter(|_| self.mark(i + 3, &['日'])) {
            Some(day) => self.with_time(year, month, day, i + 4, false),
            None => Some(Found { date: PartialDate::Month(year, month), span: false, next: i + 2 }),
        }
    }

    fn separated(&self, year: i16, i: usize) -> Option<Found> {
        let separator = ['-', '/', '.', '‑'].into_iter().find(|mark| self.mark(i, &[*mark]))?;
        let joined = |i: usize| self.alone || separator == '.' || self.adjacent(i);
        let month = self.month_number(i + 1).filter(|_| joined(i) && joined(i + 1))?;
        if self.mark(i + 2, &[separator]) && self.adjacent(i + 2) && self.digits(i + 3) > 0 && joined(i + 3) {
            // Dots join the numbers of versions as well: a date has two digits or spaces.
            let version = separator == '.'
                && !self.alone
                && self.adjacent(i + 1)
                && (self.digits(i + 1) < 2 || self.digits(i + 3) < 2);
            let day = self.day(i + 3).filter(|_| !version)?;
            return self.with_time(year, month, day, i + 4, false);
        }
        // `2011-12` is a season or a budget as well as a December.
        let season = (i16::from(month) - year).rem_euclid(100) == 1 && !self.alone;
        let whole = separator == '-' && self.digits(i + 1) == 2 || self.alone;
        let date = PartialDate::Month(year, month);
        (whole && !season).then_some(Found { date, span: false, next: i + 2 })
    }

    fn year_and_month_name(&self, year: i16, i: usize) -> Option<Found> {
        let dotted = self.mark(i, &['.', '-']);
        let mut i = i + usize::from(self.mark(i, &['.', ',', '-']));
        if self.word(i).is_some_and(|word| word.around && word.month.is_none()) {
            // Lithuanian and Latvian name the year: `2018 m. balandžio 4 d.`, `2018. gada 4. aprīlis`.
            i += 1 + usize::from(self.mark(i + 1, &['.']));
        }
        if let Some((day, (month, next))) =
            self.ordinal_day(i).and_then(|(day, i)| Some((day, self.month_after_day(i)?)))
        {
            // `in 2016 4 April 2018`: the day belongs to the year that follows.
            return self
                .closing_year(next)
                .is_none()
                .then(|| self.with_time(year, month, day, next, false))?;
        }
        let (month, after) = self.month_name(i)?;
        let after_joint = after + usize::from(self.mark(after, &['-']));
        match self.ordinal_day(after_joint) {
            Some((_, next)) if self.closing_year(next).is_some() => None,
            Some((day, next)) => self.with_time(year, month, day, next, false),
            None if dotted || self.alone => {
                Some(Found { date: PartialDate::Month(year, month), span: false, next: after })
            }
            None => None,
        }
    }

    /// 14.12.2015 · 14/12/2015 · 12/14/2015 · alone, 14.12.15 and 12/2015
    fn numeric(&self) -> Option<Found> {
        let (first, i) = (self.number(self.start, 2)?, self.start + 1);
        let separator = ['/', '.', '-'].into_iter().find(|mark| self.mark(i, &[*mark]))?;
        let joined =
            |i: usize| self.alone || self.adjacent(i) || (separator == '.' && self.mark(i - 1, &['.']));
        if !joined(i) || !joined(i + 1) {
            return None;
        }
        if self.alone
            && let Some((month, year)) = self.month_number(self.start).zip(self.year(i + 1))
        {
            return Some(Found { date: PartialDate::Month(year, month), span: false, next: i + 2 });
        }
        let second = self.number(i + 1, 2)?;
        if !self.mark(i + 2, &[separator]) || !joined(i + 2) || !joined(i + 3) {
            return None;
        }
        // `1.10.12.4` is an address or a version.
        let goes_on = self.mark(i + 4, &[separator]) && self.adjacent(i + 4) && self.digits(i + 5) > 0;
        let short = || self.short_year(i + 3).filter(|_| self.label && !goes_on).map(|(year, _)| year);
        let year = self.year(i + 3).or_else(short)?;
        // A number that can be no month decides; dots are never American.
        let month_first = second > 12 || (first <= 12 && separator != '.' && self.order == Order::MonthFirst);
        let (day, month) = if month_first { (second, first) } else { (first, second) };
        self.with_time(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?, i + 4, false)
    }

    /// ۱۵ فروردین ۱۳۹۷
    fn persian_name(&self) -> Option<Found> {
        let (day, i) = (self.day(self.start)?, self.start + 1);
        let month = self.word(i)?.persian?;
        let i = i + 1 + usize::from(self.mark(i + 1, &['،', ',']));
        let date = persian::day(self.number(i, 4)?, month, day)?;
        Some(Found { date: PartialDate::Day(date), span: false, next: i + 1 })
    }

    /// In a label, ۱۳۹۷/۰۱/۱۵
    fn persian_numbers(&self) -> Option<Found> {
        let i = self.start;
        let joined = [i + 1, i + 3].iter().all(|&i| self.mark(i, &['/', '-']));
        if !joined || !(self.label || self.alone) {
            return None;
        }
        let date = persian::day(self.number(i, 4)?, self.month_number(i + 2)?, self.day(i + 4)?)?;
        Some(Found { date: PartialDate::Day(date), span: false, next: i + 5 })
    }

    /// 20180404 · 20180404T100000Z (ISO 8601 basic format)
    fn compact(&self) -> Option<Found> {
        let number = self
            .number(self.start, 8)
            .filter(|number| (self.alone || self.label) && YEARS.contains(&(number / 10_000)))?;
        let [year, month, day] = [number / 10_000, number / 100 % 100, number % 100];
        let next = self.start + 1;
        self.with_time(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
            next,
            false,
        )
    }

    /// The day, or the instant where a time with an offset follows.
    fn with_time(&self, year: i16, month: i8, day: i8, next: usize, span: bool) -> Option<Found> {
        let date = Date::new(year, month, day).ok()?;
        Some(match Clock::read(self, next) {
            Some((clock, next)) => Found { date: clock.on(date), span, next },
            None => Found { date: PartialDate::Day(date), span, next },
        })
    }
}
