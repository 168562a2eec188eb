//! What surrounds an article and is not part of it: the set phrases of web pages and newsletters.
//!
//! Owns the tables of phrases and how a line is held against them. It must never know where on a page a
//! line stands: a phrase says what a line can be, and whoever reads the page decides.

mod labels;
mod phrases;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::fold_word;
use crate::intake::deadline;

/// What a phrase says of the line it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Share,
    /// A place to share to; chrome only among others of its kind.
    Network,
    /// A call to action: *read more*.
    Action,
    /// Why and how a newsletter is read, and how to end it.
    Mailing,
    Login,
    Form,
    /// The head of a comment form: what follows is not the article's.
    Comments,
    /// May head comments, or a section of the article.
    Discussion,
    /// Heads comments where a number stands before it: *3 responses to*.
    Replies,
    /// Heads links to other articles.
    Related,
    Navigation,
    /// How often read, how long to read: chrome where a number stands beside it.
    Counter,
    Cookie,
    /// Heads an address for questions.
    Contact,
    /// Begins such an address, wherever it stands.
    ContactLine,
    /// Belongs to such an address where one has begun.
    ContactTail,
    Copyright,
    Highlights,
    /// The name of a part of a site, and so of a category.
    Section,
    Category,
    Tag,
    Published,
    Updated,
    Reprint,
    Author,
    Title,
    Release,
    End,
    Contents,
    /// Stands for a picture that the text has lost.
    Picture,
    /// A word of a newsletter's own name.
    Masthead,
}

/// Where in a line a phrase must stand, and how many words the line may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The phrase is the line, but for numbers at its ends.
    Whole,
    Start(usize),
    Anywhere(usize),
}

/// A phrase found in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub class: Class,
    pub extent: Extent,
    /// The word after the phrase.
    pub next: usize,
}

/// One word of a line, folded, with its place in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub folded: String,
    pub start: usize,
    pub end: usize,
}

impl Word {
    fn is_number(&self) -> bool {
        self.folded.starts_with(|c: char| c.is_numeric())
            || matches!(
                self.folded.as_str(),
                "no" | "nr" | "num" | "n" | "o" | "one" | "un" | "une" | "uno" | "eine" | "um" | "uma"
            )
    }
}

/// Longer lines are never held against the tables: they are somebody's text.
pub const LINE_WORDS_MAX: usize = 60;

/// The words of a line: runs of letters and digits. Of a longer line than [`LINE_WORDS_MAX`], one word
/// more than that.
pub fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let inside = |c: char| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
    for (at, c) in line.char_indices().chain(std::iter::once((line.len(), ' '))) {
        match (inside(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let mut folded = String::new();
                fold_word(&line[from..at], &mut folded);
                words.push(Word { folded, start: from, end: at });
                start = None;
                if words.len() > LINE_WORDS_MAX {
                    break;
                }
            }
            _ => {}
        }
    }
    words
}

/// A phrase of the tables, as the words after its first.
struct Phrase {
    class: Class,
    extent: Extent,
    rest: Vec<String>,
}

/// Every phrase under its first word, so that a line is read in one pass whatever the tables grow to.
static PHRASES: LazyLock<HashMap<String, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<String, Vec<Phrase>> = HashMap::new();
    for table in phrases::CHROME.iter().chain(labels::LABELS) {
        for phrase in table.phrases.split('|') {
            let mut words = words(phrase).into_iter().map(|word| word.folded);
            let Some(first) = words.next() else { continue };
            let phrase = Phrase { class: table.class, extent: table.extent, rest: words.collect() };
            phrases.entry(first).or_default().push(phrase);
        }
    }
    phrases
});

/// Every phrase that stands in a line where its table wants it.
pub fn hits(words: &[Word]) -> Vec<Hit> {
    if words.len() > LINE_WORDS_MAX {
        return Vec::new();
    }
    // Numbers around a phrase count what it names: `3 comments`, `Comments (3)`, `Press release 12/2018`.
    let first = words.iter().position(|word| !word.is_number()).unwrap_or(0);
    let last = words.iter().rposition(|word| !word.is_number()).map_or(words.len(), |last| last + 1);
    let mut hits = Vec::new();
    for (at, word) in words.iter().enumerate() {
        deadline::step();
        for phrase in PHRASES.get(&word.folded).into_iter().flatten() {
            let next = at + 1 + phrase.rest.len();
            let whole = (at == 0 || at == first) && (next == words.len() || next == last);
            let stands = match phrase.extent {
                Extent::Whole => whole,
                Extent::Start(words_max) => at == 0 && words.len() <= words_max,
                Extent::Anywhere(words_max) => words.len() <= words_max,
            };
            // A phrase with a number before it answers to no other place than the start.
            let numbered =
                at > 0 && at == first && phrase.class == Class::Replies && words.len() <= LINE_WORDS_MAX;
            let same = words.get(at + 1..next).is_some_and(|rest| {
                rest.iter().zip(&phrase.rest).all(|(word, phrase)| word.folded == *phrase)
            });
            if same && (stands && phrase.class != Class::Replies || numbered) {
                hits.push(Hit { class: phrase.class, extent: phrase.extent, next });
            }
        }
    }
    hits
}

/// Whether a line is nothing but the phrases of one `class`.
pub fn is(line: &str, class: Class) -> bool {
    hits(&words(line)).iter().any(|hit| hit.class == class)
}

/// Whether a line is a row of links: share buttons, a menu, a breadcrumb.
pub fn is_row(line: &str) -> bool {
    const BETWEEN: [char; 9] = ['|', '·', '•', '›', '»', '>', '/', '←', '→'];
    let parts: Vec<Vec<Word>> = line.split(BETWEEN).map(words).filter(|words| !words.is_empty()).collect();
    if parts.len() < 2 || parts.iter().any(|words| words.len() > 5) {
        return false;
    }
    let linked = |words: &Vec<Word>| {
        use Class::*;
        let links = [Share, Network, Action, Navigation, Login, Form, Comments, Mailing, Counter, Section];
        hits(words).iter().any(|hit| links.contains(&hit.class))
    };
    let links = parts.iter().filter(|words| linked(words)).count();
    // A bare slash joins alternatives in prose and titles too, so that there half of them is not enough.
    let parted = line.contains(['|', '·', '•', '›', '»', '>', '←', '→']) || line.contains(" / ");
    links > 0 && (links == parts.len() || parted && links * 2 >= parts.len())
        || parts.len() >= 4 && line.contains('|') && parts.iter().all(|words| words.len() <= 3)
}

/// Whether every word of a line is a link by itself: `Twitter Facebook Email`, `Pages: 1 2 3 next`.
pub fn is_row_of_words(words: &[Word]) -> bool {
    let linked = |word: &Word| {
        hits(std::slice::from_ref(word)).iter().any(|hit| {
            matches!(hit.class, Class::Network | Class::Share | Class::Navigation)
                && hit.extent == Extent::Whole
        })
    };
    let numbers = words.iter().filter(|word| word.is_number()).count();
    words.len() > numbers && words.len() <= 12 && words.iter().all(|word| word.is_number() || linked(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(line: &str) -> Vec<Class> {
        hits(&words(line)).iter().map(|hit| hit.class).collect()
    }

    #[test]
    fn phrases_are_found_whatever_their_case_accents_and_punctuation() {
        for (line, class) in [
            ("Share this:", Class::Share),
            ("LAISSER UN COMMENTAIRE", Class::Comments),
            ("Deja un comentario", Class::Comments),
            ("3 Comments", Class::Discussion),
            ("Comments (12)", Class::Discussion),
            ("2 thoughts on “The new lamp”", Class::Replies),
            ("Si ce message ne s’affiche pas correctement, cliquez ici", Class::Mailing),
            ("Publié le 4 avril 2018", Class::Published),
            ("Press release No. 12/2018", Class::Section),
            ("Filed under: News", Class::Category),
            ("Wir verwenden Cookies, um die Seite zu verbessern.", Class::Cookie),
            ("© 2018 Authority. All rights reserved.", Class::Copyright),
        ] {
            assert!(classes(line).contains(&class), "{line}: {:?}", classes(line));
        }
    }

    #[test]
    fn prose_that_holds_such_words_is_no_chrome() {
        for line in [
            "Fishers share the quay with the ferries.",
            "The response to the flood was swift.",
            "More than 200 people attended the opening.",
            "Related costs are borne by the ports.",
        ] {
            assert!(
                classes(line).iter().all(|class| *class == Class::Masthead),
                "{line}: {:?}",
                classes(line)
            );
        }
    }

    #[test]
    fn rows_of_links_are_told_from_titles() {
        for row in [
            "Read on | Share on",
            "Share on Twitter | Facebook",
            "Home > News > Press releases",
            "Accueil » Actualités » Le phare",
            "Log Out /  Change",
            "Water | Light | Ports | People",
        ] {
            assert!(is_row(row), "{row}");
        }
        for title in ["Ports and/or quays", "Dredging: phase 1/2", "Rivers · a history", "Calais & the UK"] {
            assert!(!is_row(title), "{title}");
        }
        assert!(is_row_of_words(&words("Twitter Facebook LinkedIn")));
        assert!(!is_row_of_words(&words("Facebook opens office")));
    }

    #[test]
    fn every_phrase_of_the_tables_is_found_as_itself() {
        for table in phrases::CHROME.iter().chain(labels::LABELS) {
            for phrase in table.phrases.split('|').filter(|_| table.class != Class::Replies) {
                assert!(classes(phrase).contains(&table.class), "{phrase}: {:?}", table.class);
            }
        }
    }
}
