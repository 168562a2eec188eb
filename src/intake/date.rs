//! Dates as people write them, in running text and alone.

use std::ops::Range;

use crate::bulletin::PartialDate;

/// A date that a text mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    pub date: PartialDate,
    pub range: (usize, usize),
}

impl Mention {
    /// Where in the text it stands, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.range.0..self.range.1
    }
}

/// Every date that `text` mentions, in order.
pub fn mentions(_text: &str) -> Vec<Mention> {
    Vec::new()
}

/// The date that `text` is, where it is nothing but a date.
pub fn exactly(_text: &str) -> Option<PartialDate> {
    None
}
