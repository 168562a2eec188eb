//! Which feeds there are: every selection that has bulletins, by name and with its count.
//!
//! It must never know what is in a feed, nor how the list of feeds is shown.

use crate::bulletin::{Category, Selection};

/// How many bulletins each selection has. Categories come in the order of their labels, years the newest
/// first; a selection without bulletins is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    pub total: u64,
    pub years: Vec<YearCount>,
    pub categories: Vec<CategoryCount>,
}

/// A year of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearCount {
    pub year: i16,
    pub count: u64,
    pub months: MonthCounts,
}

/// How many bulletins each month of a year has, from January; the first are those whose month is not known.
pub type MonthCounts = [u32; 13];

/// A category, and what it has in each year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryCount {
    pub category: Category,
    pub count: u64,
    pub years: Vec<YearCount>,
}

impl Directory {
    /// What a selection is called, in feeds, on pages and in lists of feeds alike.
    pub fn title(&self, selection: &Selection) -> String {
        // A category that has lost its last bulletin is still asked for; its term is all that is known.
        let label = |term: &str| self.category(term).map_or(term.to_string(), |it| it.category.label.clone());
        match selection {
            Selection::All => "All bulletins".into(),
            Selection::Category(term) => label(term),
            Selection::Year(year) => year.to_string(),
            Selection::CategoryYear(term, year) => format!("{}, {year}", label(term)),
        }
    }

    /// How many bulletins a selection has.
    pub fn count(&self, selection: &Selection) -> u64 {
        let of_year =
            |years: &[YearCount], year: i16| years.iter().find(|it| it.year == year).map_or(0, |it| it.count);
        match selection {
            Selection::All => self.total,
            Selection::Category(term) => self.category(term).map_or(0, |it| it.count),
            Selection::Year(year) => of_year(&self.years, *year),
            Selection::CategoryYear(term, year) => {
                self.category(term).map_or(0, |it| of_year(&it.years, *year))
            }
        }
    }

    /// How many bulletins each month has in the years of all bulletins or of a category, the oldest year first.
    pub fn by_month(&self, selection: &Selection) -> Vec<(i16, MonthCounts)> {
        let years = match selection.category() {
            Some(term) => self.category(term).map_or(&[][..], |it| &it.years),
            None => &self.years,
        };
        years.iter().rev().map(|it| (it.year, it.months)).collect()
    }

    /// How many bulletins each month of a year has, or of a category in one.
    pub fn months(&self, selection: &Selection) -> MonthCounts {
        let years = match selection.category() {
            Some(term) => self.category(term).map_or(&[][..], |it| &it.years),
            None => &self.years,
        };
        let year = years.iter().find(|it| Some(it.year) == selection.year());
        year.map_or(MonthCounts::default(), |it| it.months)
    }

    /// A category that has bulletins.
    pub fn category(&self, term: &str) -> Option<&CategoryCount> {
        self.categories.iter().find(|it| it.category.term == term)
    }

    /// The selections one step narrower than `selection`: the years of a category, the categories of a
    /// year. Of all bulletins: every year, then every category.
    pub fn within(&self, selection: &Selection) -> Vec<Selection> {
        match selection {
            Selection::All => {
                let years = self.years.iter().map(|it| Selection::Year(it.year));
                let terms = self.categories.iter().map(|it| it.category.term.clone());
                years.chain(terms.map(Selection::Category)).collect()
            }
            Selection::Category(term) => {
                let years = self.category(term).map_or(&[][..], |it| &it.years);
                years.iter().map(|it| Selection::CategoryYear(term.clone(), it.year)).collect()
            }
            Selection::Year(year) => {
                let has_year = |it: &&CategoryCount| it.years.iter().any(|it| it.year == *year);
                let terms = self.categories.iter().filter(has_year).map(|it| it.category.term.clone());
                terms.map(|term| Selection::CategoryYear(term, *year)).collect()
            }
            Selection::CategoryYear(..) => vec![],
        }
    }
}
