//! The names of sources and categories, each with a number, since every record speaks of them.
//!
//! Owns the numbers. What is visible never changes under whoever reads it, so each new name makes a copy of them all:
//! one that shares all but the newest, or else a site with ten thousand tags would copy ten thousand names for each.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bulletin::Category;

/// How many names a copy may not share, before they are put with the others.
const NEWER_MAX: usize = 256;

/// Sources and categories by number, in the order of their first mention.
#[derive(Clone, Debug, Default)]
pub struct Names {
    older: Arc<Table>,
    newer: Table,
}

#[derive(Clone, Debug, Default)]
struct Table {
    sources: Vec<Arc<str>>,
    categories: Vec<Arc<Category>>,
    source_numbers: HashMap<Arc<str>, u32>,
    /// By their terms.
    category_numbers: HashMap<Arc<str>, u32>,
}

impl Names {
    /// The number of a source.
    pub fn source(&self, name: &str) -> Option<u32> {
        let [older, newer] = self.tables().map(|table| &table.source_numbers);
        older.get(name).or_else(|| newer.get(name)).copied()
    }

    /// The number of the category with this term.
    pub fn category(&self, term: &str) -> Option<u32> {
        let [older, newer] = self.tables().map(|table| &table.category_numbers);
        older.get(term).or_else(|| newer.get(term)).copied()
    }

    /// The source with this number.
    pub fn source_at(&self, number: u32) -> Option<&str> {
        let [older, newer] = self.tables().map(|table| &table.sources);
        let at = number as usize;
        older.get(at).or_else(|| newer.get(at.checked_sub(older.len())?)).map(|name| &**name)
    }

    /// The category with this number.
    pub fn category_at(&self, number: u32) -> Option<&Category> {
        let [older, newer] = self.tables().map(|table| &table.categories);
        let at = number as usize;
        older.get(at).or_else(|| newer.get(at.checked_sub(older.len())?)).map(|category| &**category)
    }

    /// All categories, in the order of their numbers.
    pub fn categories(&self) -> impl Iterator<Item = &Category> {
        self.tables().into_iter().flat_map(|table| &table.categories).map(|category| &**category)
    }

    fn sources(&self) -> impl Iterator<Item = &str> {
        self.tables().into_iter().flat_map(|table| &table.sources).map(|name| &**name)
    }

    fn tables(&self) -> [&Table; 2] {
        [&self.older, &self.newer]
    }

    /// Gives a source that has none a number.
    pub fn add_source(&mut self, name: &str) -> u32 {
        let number = self.older.sources.len() + self.newer.sources.len();
        self.newer.add_source(name.into(), number as u32);
        self.put_together();
        number as u32
    }

    /// Gives a category that has none a number.
    pub fn add_category(&mut self, category: &Category) -> u32 {
        let number = self.older.categories.len() + self.newer.categories.len();
        self.newer.add_category(Arc::new(category.clone()), number as u32);
        self.put_together();
        number as u32
    }

    fn put_together(&mut self) {
        if self.newer.sources.len() + self.newer.categories.len() < NEWER_MAX {
            return;
        }
        let newer = std::mem::take(&mut self.newer);
        let older = Arc::make_mut(&mut self.older);
        older.sources.extend(newer.sources);
        older.categories.extend(newer.categories);
        older.source_numbers.extend(newer.source_numbers);
        older.category_numbers.extend(newer.category_numbers);
    }
}

impl Table {
    fn add_source(&mut self, name: Arc<str>, number: u32) {
        self.source_numbers.insert(name.clone(), number);
        self.sources.push(name);
    }

    fn add_category(&mut self, category: Arc<Category>, number: u32) {
        self.category_numbers.insert(category.term.as_str().into(), number);
        self.categories.push(category);
    }
}

impl Serialize for Names {
    /// Two lists: sources, categories.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (sources, categories) = (self.sources(), self.categories());
        (sources.collect::<Vec<_>>(), categories.collect::<Vec<_>>()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        let (sources, categories) = <(Vec<String>, Vec<Category>)>::deserialize(deserializer)?;
        let mut table = Table::default();
        (0..).zip(sources).for_each(|(number, name)| table.add_source(name.into(), number));
        (0..).zip(categories).for_each(|(number, category)| table.add_category(Arc::new(category), number));
        Ok(Names { older: Arc::new(table), newer: Table::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::state::{decode, encode};

    #[test]
    fn names_keep_their_numbers_however_many_there_are_and_through_a_restart() {
        let category = |n: usize| Category { label: format!("Category {n}"), term: format!("category-{n}") };
        let mut names = Names::default();
        let mut copies = Vec::new();
        let count = NEWER_MAX * 3 + 7;
        for n in 0..count {
            assert_eq!(names.add_category(&category(n)) as usize, n);
            if n % 2 == 0 {
                assert_eq!(names.add_source(&format!("source {}", n / 2)) as usize, n / 2);
            }
            if n % 100 == 0 {
                copies.push((n, names.clone()));
            }
        }
        for (n, copy) in copies {
            assert_eq!(copy.categories().count(), n + 1, "a copy stays as it was");
            assert_eq!((copy.category(&category(n + 1).term), copy.category_at(n as u32 + 1)), (None, None));
        }
        let read: Names = decode(&encode(&names)).unwrap();
        for names in [names, read] {
            assert!(names.categories().cloned().eq((0..count).map(category)));
            for n in 0..count {
                assert_eq!(names.category(&category(n).term), Some(n as u32));
                assert_eq!(names.category_at(n as u32), Some(&category(n)));
            }
            let source = format!("source {}", count / 2);
            assert_eq!(names.source(&source), Some(count as u32 / 2));
            assert_eq!(names.source_at(count as u32 / 2), Some(source.as_str()));
            assert_eq!((names.source("nobody"), names.source_at(count as u32)), (None, None));
        }
    }
}
