//! Going through what matches: how many there are, in which years and categories, and the best of them.
//!
//! One pass over the matching documents counts and ranks. It looks at the clock now and then, and stops when its time
//! is over with what it has: a search that is too much to ask costs no more than that.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Instant;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Query as Ask};
use tantivy::{DocSet as _, SegmentReader, TERMINATED, TantivyError};

use super::schema::{CATEGORY, NUMBER, PUBLISHED, TOUCHED, YEAR};
use super::view::View;

/// How many documents are gone through between two looks at the clock.
const DOCUMENTS_A_LOOK: u32 = 2_048;

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

/// Goes through everything that `asked` matches.
pub fn go_through(view: &View, asked: &dyn Ask, going: &Going) -> Result<Hits, TantivyError> {
    let scoring = match going.order {
        Order::Relevance => EnableScoring::enabled_from_searcher(&view.searcher),
        _ => EnableScoring::disabled_from_searcher(&view.searcher),
    };
    let weight = asked.weight(scoring)?;
    let mut hits =
        Hits { total: 0, complete: true, first: Vec::new(), years: Vec::new(), categories: Vec::new() };
    let mut best = Best { wanted: going.wanted, heap: BinaryHeap::with_capacity(going.wanted + 1) };
    for segment in view.searcher.segment_readers() {
        let columns = Columns::of(segment, going.order)?;
        let mut scorer = weight.scorer(segment, 1.0)?;
        let alive = segment.alive_bitset();
        let mut doc = scorer.doc();
        let mut unlooked = 0;
        while doc != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                hits.total += 1;
                if going.counted {
                    columns.count(doc, &mut hits);
                }
                let score = if going.order == Order::Relevance { scorer.score() } else { 0.0 };
                best.offer(score, || columns.rank(doc, score));
            }
            unlooked += 1;
            if unlooked == DOCUMENTS_A_LOOK {
                unlooked = 0;
                if Instant::now() >= going.until {
                    hits.complete = false;
                    break;
                }
            }
            doc = scorer.advance();
        }
        if !hits.complete || Instant::now() >= going.until {
            hits.complete = false;
            break;
        }
    }
    hits.first = best.in_order();
    Ok(hits)
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

    fn rank(&self, doc: u32, score: f32) -> Rank {
        let number = self.number.first(doc).unwrap_or_default();
        Rank { score, moment: self.moment.first(doc).unwrap_or_default(), number }
    }

    fn count(&self, doc: u32, hits: &mut Hits) {
        for year in self.year.values_for_doc(doc) {
            add(&mut hits.years, year);
        }
        for category in self.category.values_for_doc(doc) {
            add(&mut hits.categories, category);
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
