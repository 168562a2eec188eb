//! Going through what matches: how many there are, in which years and categories, and the best of them.
//!
//! One pass over the matching documents counts and ranks. Where only words are asked for, the best are found by themselves,
//! since most documents need no look then (block-max WAND), and the others are counted without being weighed. Counting looks at
//! the clock now and then, and ranking by itself after each segment of the index: when the time is over, what there is then is the
//! answer.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Instant;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Scorer, Weight};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN as BLOCK, DocId, SegmentReader, TERMINATED, TantivyError};

use super::compile::Question;
use super::schema::{CATEGORY, NUMBER, PUBLISHED, TOUCHED, YEAR};
use super::view::View;

/// How many blocks of documents are gone through between two looks at the clock.
const BLOCKS_A_LOOK: usize = 32;

/// In which order bulletins are shown; the same for the same index, since a bulletin's number is the last to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The more a bulletin has of what is looked for, the sooner.
    Relevance,
    /// Newest publication first.
    Published,
    /// Newest change first, as in feeds.
    Touched,
}

/// What decides the order: the more, the sooner.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rank {
    score: f32,
    moment: i64,
    number: u64,
}

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Rank) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Rank) -> Ordering {
        let scores = self.score.total_cmp(&other.score);
        scores.then(self.moment.cmp(&other.moment)).then(self.number.cmp(&other.number))
    }
}

/// What was gone through.
pub struct Hits {
    pub total: u64,
    /// Whether time was enough.
    pub complete: bool,
    /// The numbers of the bulletins that come first, in their order.
    pub first: Vec<u64>,
    /// How many there are of each year, by year; none is left out but zero.
    pub years: Vec<u64>,
    /// How many there are in each category, by the catalogue's numbers.
    pub categories: Vec<u64>,
}

pub struct Going {
    pub order: Order,
    /// How many bulletins are wanted in order.
    pub wanted: usize,
    /// Whether years and categories are counted.
    pub counted: bool,
    pub until: Instant,
}

/// Goes through everything that matches.
pub fn go_through(view: &View, question: &Question, going: &Going) -> Result<Hits, TantivyError> {
    let scoring = |scored| match scored {
        true => EnableScoring::enabled_from_searcher(&view.searcher),
        false => EnableScoring::disabled_from_searcher(&view.searcher),
    };
    let scored = going.order == Order::Relevance;
    let apart = scored && question.words_alone;
    let mut best = Best { wanted: going.wanted, heap: BinaryHeap::with_capacity(going.wanted + 1) };
    if apart {
        let weight = question.asked.weight(scoring(true))?;
        for segment in view.searcher.segment_readers() {
            best.rank(segment, weight.as_ref(), &Columns::of(segment, going.order)?)?;
            // Counting sees that as well, and says that not everything was gone through.
            if Instant::now() >= going.until {
                break;
            }
        }
    }
    let weight = question.asked.weight(scoring(scored && !apart))?;
    let mut hits =
        Hits { total: 0, complete: true, first: Vec::new(), years: Vec::new(), categories: Vec::new() };
    for segment in view.searcher.segment_readers() {
        let columns = Columns::of(segment, going.order)?;
        let mut blocks = Blocks::of(segment, weight.scorer(segment, 1.0)?, scored && !apart);
        let mut unlooked = 0;
        while blocks.next() {
            hits.total += blocks.docs().len() as u64;
            if going.counted {
                columns.count(blocks.docs(), &mut hits);
            }
            if !apart {
                columns.offer(&blocks, &mut best);
            }
            unlooked += 1;
            if unlooked == BLOCKS_A_LOOK {
                unlooked = 0;
                if Instant::now() >= going.until {
                    break;
                }
            }
        }
        if Instant::now() >= going.until {
            hits.complete = false;
            break;
        }
    }
    hits.first = best.in_order();
    Ok(hits)
}

/// The matching documents of a segment that are not deleted, some at a time.
struct Blocks<'a> {
    segment: &'a SegmentReader,
    scorer: Box<dyn Scorer>,
    /// Whether they are weighed; else all weigh nothing.
    scored: bool,
    docs: [DocId; BLOCK],
    scores: [f32; BLOCK],
    filled: usize,
}

impl<'a> Blocks<'a> {
    fn of(segment: &'a SegmentReader, scorer: Box<dyn Scorer>, scored: bool) -> Blocks<'a> {
        Blocks { segment, scorer, scored, docs: [0; BLOCK], scores: [0.0; BLOCK], filled: 0 }
    }

    /// Goes on to the next ones; false when there are none left. There may be none among them.
    fn next(&mut self) -> bool {
        if self.scorer.doc() == TERMINATED {
            return false;
        }
        self.filled = match self.scored {
            true => self.fill_scored(),
            false => self.scorer.fill_buffer(&mut self.docs),
        };
        if let Some(alive) = self.segment.alive_bitset() {
            let mut kept = 0;
            for at in 0..self.filled {
                (self.docs[kept], self.scores[kept]) = (self.docs[at], self.scores[at]);
                kept += usize::from(alive.is_alive(self.docs[at]));
            }
            self.filled = kept;
        }
        true
    }

    fn fill_scored(&mut self) -> usize {
        for at in 0..BLOCK {
            let doc = self.scorer.doc();
            if doc == TERMINATED {
                return at;
            }
            (self.docs[at], self.scores[at]) = (doc, self.scorer.score());
            self.scorer.advance();
        }
        BLOCK
    }

    fn docs(&self) -> &[DocId] {
        &self.docs[..self.filled]
    }
}

struct Columns {
    number: Column<u64>,
    moment: Column<i64>,
    year: Column<u64>,
    category: Column<u64>,
}

impl Columns {
    fn of(segment: &SegmentReader, order: Order) -> Result<Columns, TantivyError> {
        let fast = segment.fast_fields();
        let moment = fast.i64(if order == Order::Touched { TOUCHED } else { PUBLISHED })?;
        Ok(Columns {
            number: fast.u64(NUMBER)?,
            moment,
            year: fast.u64(YEAR)?,
            category: fast.u64(CATEGORY)?,
        })
    }

    fn rank(&self, doc: DocId, score: f32) -> Rank {
        let moment = self.moment.first(doc).unwrap_or_default();
        Rank { score, moment, number: self.number_of(doc) }
    }

    fn number_of(&self, doc: DocId) -> u64 {
        self.number.first(doc).unwrap_or_default()
    }

    fn offer(&self, blocks: &Blocks, best: &mut Best) {
        if blocks.scored {
            for (doc, score) in blocks.docs().iter().zip(blocks.scores) {
                best.offer(score, || self.rank(*doc, score));
            }
            return;
        }
        let mut moments = [None; BLOCK];
        let moments = &mut moments[..blocks.docs().len()];
        self.moment.first_vals(blocks.docs(), moments);
        for (doc, moment) in blocks.docs().iter().zip(moments) {
            let moment = moment.unwrap_or_default();
            if best.least().is_none_or(|least| moment >= least.moment) {
                best.offer(0.0, || Rank { score: 0.0, moment, number: self.number_of(*doc) });
            }
        }
    }

    fn count(&self, docs: &[DocId], hits: &mut Hits) {
        for (column, counts) in [(&self.year, &mut hits.years), (&self.category, &mut hits.categories)] {
            let (mut owners, mut rows) = (Vec::new(), Vec::new());
            column.row_ids_for_docs(docs, &mut owners, &mut rows);
            let mut values = vec![0; rows.len()];
            column.values.get_vals(&rows, &mut values);
            values.into_iter().for_each(|value| add(counts, value));
        }
    }
}

/// One more of what has this number. Years end with 9999, and categories are numbered without gaps.
fn add(counts: &mut Vec<u64>, number: u64) {
    let at = number as usize;
    if at >= counts.len() {
        counts.resize(at + 1, 0);
    }
    counts[at] += 1;
}

/// The best so far, the worst of them on top.
struct Best {
    wanted: usize,
    heap: BinaryHeap<Reverse<Rank>>,
}

impl Best {
    /// Takes up the best of a segment, past those that cannot be among them.
    fn rank(
        &mut self,
        segment: &SegmentReader,
        weight: &dyn Weight,
        columns: &Columns,
    ) -> Result<(), TantivyError> {
        let alive = segment.alive_bitset();
        weight.for_each_pruning(self.threshold(), segment, &mut |doc, score| {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                self.offer(score, || columns.rank(doc, score));
            }
            self.threshold()
        })
    }

    /// Only what has a higher score than this can be among them: not the same, since its moment decides then.
    fn threshold(&self) -> f32 {
        self.least().map_or(f32::MIN, |least| least.score.next_down())
    }

    /// The one that the next better one takes the place of.
    fn least(&self) -> Option<&Rank> {
        let full = self.heap.len() >= self.wanted;
        self.heap.peek().filter(|_| full).map(|least| &least.0)
    }

    fn offer(&mut self, score: f32, rank: impl FnOnce() -> Rank) {
        if self.heap.len() < self.wanted {
            self.heap.push(Reverse(rank()));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && score >= worst.0.score
        {
            let rank = rank();
            if rank > worst.0 {
                *worst = Reverse(rank);
            }
        }
    }

    fn in_order(self) -> Vec<u64> {
        self.heap.into_sorted_vec().into_iter().map(|rank| rank.0.number).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::query::{BooleanQuery, Query, TermQuery};
    use tantivy::schema::IndexRecordOption;
    use tantivy::{Index, TantivyDocument, Term};

    use super::super::schema::{Fields, schema, tokenizers};
    use super::*;

    /// Documents of some words each, in as many segments, without those whose number can be divided by seven.
    fn view(segments: &[Vec<Vec<u8>>]) -> View {
        let (schema, fields) = schema();
        let index = Index::builder().schema(schema).tokenizers(tokenizers()).create_in_ram().unwrap();
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
        let mut number = 0;
        for documents in segments {
            for words in documents {
                let mut document = TantivyDocument::new();
                document.add_u64(fields.number, number);
                document.add_u64(fields.year, 2_000 + number % 5);
                (0..number % 3).for_each(|category| document.add_u64(fields.category, category));
                document.add_i64(fields.published, (number % 11) as i64);
                document.add_i64(fields.touched, number as i64);
                document.add_text(fields.text, words.iter().map(word).collect::<Vec<_>>().join(" "));
                writer.add_document(document).unwrap();
                number += 1;
            }
            writer.commit().unwrap();
        }
        (0..number).step_by(7).for_each(|number| {
            writer.delete_term(fields.of_bulletin(number));
        });
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        View::new(searcher, fields, 0).unwrap()
    }

    fn word(number: &u8) -> String {
        format!("w{number}")
    }

    fn asked(fields: &Fields, words: &[u8], all: bool) -> Box<dyn Query> {
        let term = |number: &u8| -> Box<dyn Query> {
            let term = Term::from_field_text(fields.text, &word(number));
            Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
        };
        match (words, all) {
            ([one], _) => term(one),
            (words, true) => Box::new(BooleanQuery::intersection(words.iter().map(term).collect())),
            (words, false) => Box::new(BooleanQuery::union(words.iter().map(term).collect())),
        }
    }

    fn found(view: &View, question: &Question, wanted: usize) -> (u64, Vec<u64>, Vec<u64>, Vec<u64>) {
        let until = Instant::now() + std::time::Duration::from_secs(600);
        let going = Going { order: Order::Relevance, wanted, counted: true, until };
        let hits = go_through(view, question, &going).unwrap();
        assert!(hits.complete);
        (hits.total, hits.first, hits.years, hits.categories)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_best_are_the_same_where_most_need_no_look(
            segments in proptest::collection::vec(
                proptest::collection::vec(proptest::collection::vec(0..6u8, 1..30), 1..400), 1..4),
            words in proptest::collection::btree_set(0..6u8, 1..3),
            all in any::<bool>(),
            wanted in 1..60usize,
        ) {
            let view = view(&segments);
            let words: Vec<u8> = words.into_iter().collect();
            let question = |words_alone| Question { asked: asked(&view.fields, &words, all), words_alone };
            prop_assert_eq!(
                found(&view, &question(true), wanted),
                found(&view, &question(false), wanted),
            );
        }
    }
}
