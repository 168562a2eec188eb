//! The index as it stood after one event, for any number of readers.

use std::collections::BTreeSet;

use tantivy::{Searcher, TantivyError};

use super::analysis::Language;
use super::schema::Fields;

/// How many languages a query is analysed for at most.
const LANGUAGES_MAX: usize = 40;

#[derive(Clone)]
pub struct View {
    pub searcher: Searcher,
    pub fields: Fields,
    /// The last event that it knows.
    pub seq: u64,
    /// Those of the bulletins in it.
    pub languages: Vec<Language>,
}

impl View {
    pub fn new(searcher: Searcher, fields: Fields, seq: u64) -> Result<View, TantivyError> {
        let languages = languages(&searcher, fields)?;
        Ok(View { searcher, fields, seq, languages })
    }
}

fn languages(searcher: &Searcher, fields: Fields) -> Result<Vec<Language>, TantivyError> {
    let mut names = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(fields.language)?;
        let mut terms = index.terms().stream()?;
        while terms.advance() {
            let name = std::str::from_utf8(terms.key()).unwrap_or_default();
            if !name.contains('-') && names.len() < LANGUAGES_MAX {
                names.insert(name.to_string());
            }
        }
    }
    Ok(names.iter().map(|name| Language::of(Some(name))).collect())
}
