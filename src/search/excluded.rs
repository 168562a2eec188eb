//! What a question excludes.
//!
//! tantivy 0.27 asks what is excluded for every document that is found, also for those before the one at which it stands
//! already. A phrase does not allow that, and builds with checks end there. This asks only for what comes behind.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Result, Score, SegmentReader, Term};

#[derive(Debug)]
pub struct Excluded(pub Box<dyn Query>);

impl Clone for Excluded {
    fn clone(&self) -> Excluded {
        Excluded(self.0.box_clone())
    }
}

struct ExcludedWeight(Box<dyn Weight>);

/// Leaves [`DocSet::seek_danger`] as it is by default: it looks where it stands first.
struct InOrder(Box<dyn Scorer>);

impl Query for Excluded {
    fn weight(&self, scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        Ok(Box::new(ExcludedWeight(self.0.weight(scoring)?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.query_terms(visitor);
    }
}

impl Weight for ExcludedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>> {
        Ok(Box::new(InOrder(self.0.scorer(reader, boost)?)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation> {
        self.0.explain(reader, doc)
    }
}

impl DocSet for InOrder {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }

    fn cost(&self) -> u64 {
        self.0.cost()
    }
}

impl Scorer for InOrder {
    fn score(&mut self) -> Score {
        self.0.score()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::collector::Count;
    use tantivy::query::{BooleanQuery, Occur, PhraseQuery, TermQuery};
    use tantivy::schema::{IndexRecordOption, STORED, Schema, TEXT};
    use tantivy::{Index, IndexWriter, doc};

    /// One segment in which the phrase stands behind what is asked for, before it, nowhere, and where its words stand apart.
    #[test]
    fn a_phrase_is_excluded_wherever_it_stands() {
        for (texts, left) in [
            (&["harbour", "harbour spring tide"][..], 1),
            (&["spring tide", "harbour", "harbour spring tide", "harbour"], 2),
            (&["harbour", "spring", "tide", "harbour tide spring"], 2),
            (&["harbour", "the tide of spring", "harbour"], 2),
        ] {
            let mut schema = Schema::builder();
            let field = schema.add_text_field("text", TEXT | STORED);
            let index = Index::create_in_ram(schema.build());
            let mut writer: IndexWriter = index.writer_with_num_threads(1, 15 << 20).unwrap();
            for text in texts {
                writer.add_document(doc!(field => *text)).unwrap();
            }
            writer.commit().unwrap();
            let term = |word| Term::from_field_text(field, word);
            let asked = Box::new(TermQuery::new(term("harbour"), IndexRecordOption::Basic));
            let phrase = Excluded(Box::new(PhraseQuery::new(vec![term("spring"), term("tide")])));
            let query = BooleanQuery::new(vec![(Occur::Must, asked), (Occur::MustNot, Box::new(phrase))]);
            let found = index.reader().unwrap().searcher().search(&query, &Count).unwrap();
            assert_eq!(found, left, "{texts:?}");
        }
    }
}
