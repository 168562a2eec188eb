//! Dates as people write them, in running text and alone.
//!
//! Owns which day a date means and how precise it is, in every language that [`names`] lists. It must
//! never know what a date is about: whether it is when something was published is decided by who asks.

mod clock;
mod form;
mod names;
mod persian;
mod token;

use std::ops::Range;

use crate::bulletin::PartialDate;
use form::Reader;
use token::{Kind, Token, tokens};

/// A date that a text mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    pub date: PartialDate,
    pub range: (usize, usize),
    /// The date is the first of several days or months: of something that lasts, such as an event.
    pub span: bool,
}

impl Mention {
    /// Where in the text it stands, in bytes; with the day of the week and the time, where these stand
    /// beside it.
    pub fn range(&self) -> Range<usize> {
        self.range.0..self.range.1
    }
}

/// What `4/5/2018` means, where both numbers can be the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// 4 May, as in most of the world.
    #[default]
    DayFirst,
    /// 5 April, as in the United States.
    MonthFirst,
}

/// The longest text that can be nothing but a date, in bytes.
const ALONE_BYTES_MAX: usize = 160;

/// Every date that `text` mentions, in order. Numbers that could be either are read in the order that
/// the text's other dates show, else day first.
pub fn mentions(text: &str) -> Vec<Mention> {
    let tokens = tokens(text);
    let order = shown_order(&tokens);
    mentions_in(&tokens, order, false)
}

/// Every date that `text` mentions, where the reader knows the order of numbers.
pub fn mentions_with(text: &str, order: Order) -> Vec<Mention> {
    mentions_in(&tokens(text), order, false)
}

/// Every date in a label that is known to tell one among little else: as [`mentions_with`], and numbers with
/// a year of two digits, `Ferries, 04.04.18`.
pub fn mentions_in_label(text: &str, order: Order) -> Vec<Mention> {
    mentions_in(&tokens(text), order, true)
}

/// The order of day and month that the dates of `text` show.
pub fn order(text: &str) -> Order {
    shown_order(&tokens(text))
}

/// The date that `text` is, where it is nothing but a date; a day of the week, a time and brackets may
/// stand around it.
pub fn exactly(text: &str) -> Option<PartialDate> {
    exactly_with(text, Order::DayFirst)
}

/// As [`exactly`], where the reader knows the order of numbers.
pub fn exactly_with(text: &str, order: Order) -> Option<PartialDate> {
    whole(text, order).filter(|mention| !mention.span).map(|mention| mention.date)
}

/// The mention that is all of `text`: as [`exactly_with`], and spans of days as well.
pub fn whole(text: &str, order: Order) -> Option<Mention> {
    let text = text.trim();
    if text.len() > ALONE_BYTES_MAX {
        return None;
    }
    let tokens = tokens(text);
    let around = |token: &Token| match token.kind {
        Kind::Word(word) => word.month.is_none() && (word.weekday || word.around),
        // A dash before a number would be a sign, and a percentage or a sum is no year.
        Kind::Mark(mark) => !"+−-%$€£#<>=*~^§".contains(mark),
        Kind::Number { .. } => false,
    };
    let start = tokens.iter().position(|token| !around(token))?;
    let found = Reader { tokens: &tokens, start, order, alone: true, label: true }.date()?;
    let rest = &tokens[found.next..];
    // `2018年4月4日（水）`: one word in brackets may follow.
    let bracketed = |i: usize| {
        i > 0 && matches!(rest[i - 1].kind, Kind::Mark('(' | '（')) && matches!(rest[i].kind, Kind::Word(_))
    };
    let closes = rest
        .iter()
        .enumerate()
        .all(|(i, token)| around(token) || bracketed(i) || matches!(token.kind, Kind::Mark('-')));
    closes.then_some(Mention { date: found.date, range: (0, text.len()), span: found.span })
}

fn mentions_in(tokens: &[Token], order: Order, label: bool) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let found = [Some(start), after_weekday(tokens, start)]
            .into_iter()
            .flatten()
            .find_map(|start| Reader { tokens, start, order, alone: false, label }.date());
        let Some(found) = found else {
            start += 1;
            continue;
        };
        let range = (tokens[start].start, tokens[found.next - 1].end);
        mentions.push(Mention { date: found.date, range, span: found.span });
        start = found.next;
    }
    mentions
}

/// Where the date begins that the day of the week at `start` belongs to.
fn after_weekday(tokens: &[Token], start: usize) -> Option<usize> {
    matches!(tokens[start].kind, Kind::Word(word) if word.weekday).then_some(())?;
    let between = |token: &&Token| match token.kind {
        // `segunda-feira`, `Wednesday the`, `Mi., den`.
        Kind::Word(word) => word.month.is_none() && (word.weekday || word.joint),
        Kind::Mark(mark) => ",.-،".contains(mark),
        Kind::Number { .. } => false,
    };
    let skipped = tokens[start + 1..].iter().take(4).take_while(between).count();
    let next = start + 1 + skipped;
    tokens[start + 1..]
        .iter()
        .take(skipped + 1)
        .all(|token| token.breaks <= 1)
        .then_some(next)
        .filter(|next| *next < tokens.len())
}

/// The order that the dates of a text show which can be read in one way only: month first where there
/// is such a date, and none the other way round.
fn shown_order(tokens: &[Token]) -> Order {
    let slashed = tokens.windows(5).filter_map(|window| {
        let [first, a, second, b, year] = window else { return None };
        let number = |token: &Token| match token.kind {
            Kind::Number { value, digits: 1 | 2 | 4 } => Some(value),
            _ => None,
        };
        let joined = [a, b].iter().all(|token| token.kind == Kind::Mark('/'));
        (joined && number(year)? >= 1000).then_some((number(first)?, number(second)?))
    });
    let (mut month_first, mut day_first) = (false, false);
    for (first, second) in slashed {
        month_first |= first <= 12 && (13..=31).contains(&second);
        day_first |= second <= 12 && (13..=31).contains(&first);
    }
    if month_first && !day_first { Order::MonthFirst } else { Order::DayFirst }
}

#[cfg(test)]
mod tests;
