//! Which bulletins a feed or page is about.

use std::fmt;

use serde::{Deserialize, Serialize};

/// All bulletins, those of a category, of a year of publication, or of a category in a year.
///
/// A category is named by its term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Selection {
    All,
    Category(String),
    Year(i16),
    CategoryYear(String, i16),
}

/// What the tombstone of a bulletin says that is elsewhere now: it is no withdrawal, and an archive that reads the feed
/// of another must not take it for one.
pub const LEFT_SELECTION: &str = "It is no longer in this selection.";

impl Selection {
    /// Every selection that a bulletin of `year` in the categories with these `terms` belongs to.
    pub fn of<'a>(year: i16, terms: impl IntoIterator<Item = &'a str>) -> Vec<Selection> {
        let mut selections = vec![Selection::All, Selection::Year(year)];
        for term in terms {
            selections.push(Selection::Category(term.into()));
            selections.push(Selection::CategoryYear(term.into(), year));
        }
        selections
    }

    pub fn category(&self) -> Option<&str> {
        match self {
            Selection::Category(term) | Selection::CategoryYear(term, _) => Some(term),
            Selection::All | Selection::Year(_) => None,
        }
    }

    pub fn year(&self) -> Option<i16> {
        match self {
            Selection::Year(year) | Selection::CategoryYear(_, year) => Some(*year),
            Selection::All | Selection::Category(_) => None,
        }
    }
}

impl fmt::Display for Selection {
    /// The part of a path that names it: `all`, `category/{c}`, `year/{yyyy}`, `category/{c}/year/{yyyy}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selection::All => f.write_str("all"),
            Selection::Category(term) => write!(f, "category/{term}"),
            Selection::Year(year) => write!(f, "year/{year:04}"),
            Selection::CategoryYear(term, year) => write!(f, "category/{term}/year/{year:04}"),
        }
    }
}
