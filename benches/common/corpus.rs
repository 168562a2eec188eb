//! Plausible bulletins, the same for the same seed: Zipf-distributed words, categories and years (the latest have
//! the most), 1 to 10 kB.

use std::collections::HashSet;

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Distribution as _, Zipf};

const WORDS: usize = 6_000;
const CATEGORIES: usize = 40;
pub const LAST_YEAR: i32 = 2025;
const YEARS: usize = 30;

const ONSETS: [&str; 18] =
    ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl", "ch", "qu"];
const RIMES: [&str; 16] =
    ["a", "e", "i", "o", "u", "an", "en", "in", "on", "ar", "er", "al", "el", "ation", "ent", "ing"];

pub struct Corpus {
    random: StdRng,
    words: Vec<String>,
    word: Zipf<f64>,
    category: Zipf<f64>,
    year: Zipf<f64>,
    made: usize,
}

impl Corpus {
    pub fn new(seed: u64) -> Corpus {
        let mut random = StdRng::seed_from_u64(seed);
        let words = (0..WORDS).map(|rank| make_word(&mut random, rank)).collect();
        Corpus::of(random, words)
    }

    /// With so many words, none like another, that each stands in about as many bulletins as a word of a language does.
    #[allow(dead_code, reason = "what counts bytes does not mind words")]
    pub fn of_a_language(seed: u64, count: usize) -> Corpus {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut words, mut known) = (Vec::new(), HashSet::new());
        while words.len() < count {
            let word = make_word(&mut random, words.len());
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        Corpus::of(random, words)
    }

    fn of(random: StdRng, words: Vec<String>) -> Corpus {
        let zipf = |count: usize| Zipf::new(count as f64, 1.0).expect("there is more than one");
        let word = zipf(words.len());
        Corpus { random, words, word, category: zipf(CATEGORIES), year: zipf(YEARS), made: 0 }
    }

    fn words(&mut self, count: usize) -> String {
        let mut text = String::new();
        for _ in 0..count {
            let rank = self.word.sample(&mut self.random) as usize;
            text.push_str(&self.words[rank.clamp(1, self.words.len()) - 1]);
            text.push(' ');
        }
        text.pop();
        text
    }

    fn sentence(&mut self) -> String {
        let count = self.random.random_range(8..24);
        let text = self.words(count);
        let mut letters = text.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}. ", letters.as_str())
    }

    fn paragraphs(&mut self, bytes: usize) -> String {
        let mut html = String::new();
        while html.len() < bytes {
            html.push_str("<p>");
            for _ in 0..self.random.random_range(2..6) {
                let sentence = self.sentence();
                html.push_str(&sentence);
            }
            if self.random.random_range(0..4) == 0 {
                let page = self.random.random_range(0..100_000);
                html.push_str(&format!(
                    "<a href=\"https://bench.example.org/pages/{page}\">More on this</a>."
                ));
            }
            html.push_str("</p>\n");
        }
        html
    }

    /// A bulletin of about `bytes` bytes as JSON.
    pub fn bulletin(&mut self, bytes: usize) -> Bytes {
        self.made += 1;
        let (made, count) = (self.made, self.random.random_range(5..12));
        let mut title = self.words(count);
        title[..1].make_ascii_uppercase();
        let summary = self.sentence();
        let body = self.paragraphs(bytes.saturating_sub(400));
        let category = |corpus: &mut Corpus| {
            format!("Category {:02}", corpus.category.sample(&mut corpus.random) as u32)
        };
        let categories = [category(self), category(self)];
        let published = format!(
            "{}-{:02}-{:02}",
            LAST_YEAR + 1 - self.year.sample(&mut self.random) as i32,
            self.random.random_range(1..=12),
            self.random.random_range(1..=28)
        );
        let json = serde_json::json!({
            "id": format!("https://bench.example.org/?p={made}"),
            "title": title, "summary": summary.trim_end(), "body_html": body, "published": published,
            "language": "en", "authors": [{"name": "The press office"}], "categories": categories,
        });
        Bytes::from(json.to_string())
    }

    /// Bulletins of 1 to 10 kB, most of them short.
    pub fn bulletins(&mut self, count: usize) -> Vec<Bytes> {
        (0..count)
            .map(|_| {
                let share: f64 = self.random.random();
                self.bulletin(1_000 + (share * share * 9_000.0) as usize)
            })
            .collect()
    }
}

/// Words that are used often are short.
fn make_word(random: &mut StdRng, rank: usize) -> String {
    let syllables = 1 + (rank + 1).ilog2() as usize / 4;
    let mut word = String::new();
    for _ in 0..random.random_range(1..=syllables.max(1)) {
        word.push_str(ONSETS[random.random_range(0..ONSETS.len())]);
        word.push_str(RIMES[random.random_range(0..RIMES.len())]);
    }
    word
}
