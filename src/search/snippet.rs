//! The place in a text that shows best why it was found, with what was looked for marked.

use std::ops::Range;

use super::analysis::{Language, fold, words};
use super::compile::stems;
use super::query::{Place, Query, Text, Wanted};

/// The length of a snippet, in bytes.
const SNIPPET_BYTES: usize = 280;

/// How much of a text is looked through, in bytes.
const LOOKED_THROUGH_BYTES_MAX: usize = 64 << 10;

/// A piece of text as it stands, and whether it was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub marked: bool,
}

/// What is marked in texts of one language.
pub struct Marker {
    language: Language,
    whole: Vec<String>,
    prefixes: Vec<String>,
}

impl Marker {
    pub fn new(query: &Query, language: Language) -> Marker {
        let (mut whole, mut prefixes) = (Vec::new(), Vec::new());
        for clause in query.clauses.iter().filter(|clause| !clause.excluded) {
            match &clause.wanted {
                Wanted::Text(Place::Author, _) => {}
                Wanted::Text(_, Text::Phrase(text)) => {
                    whole.extend(stems(text, std::slice::from_ref(&language)).into_iter().flatten());
                }
                Wanted::Text(_, Text::Prefix(text)) => {
                    prefixes.extend(words(text).map(|range| fold(&text[range])));
                }
                _ => {}
            }
        }
        whole.sort();
        whole.dedup();
        Marker { language, whole, prefixes }
    }

    /// Which of what is looked for a word is, by a number of its own.
    fn sought(&self, word: &str) -> Option<usize> {
        if !self.prefixes.is_empty() {
            let folded = fold(word);
            if let Some(at) = self.prefixes.iter().position(|prefix| folded.starts_with(prefix)) {
                return Some(self.whole.len() + at);
            }
        }
        if self.whole.is_empty() {
            return None;
        }
        let (first, second) = self.language.terms(word);
        let terms = [Some(first), second];
        terms.into_iter().flatten().find_map(|term| self.whole.binary_search(&term).ok())
    }

    fn marks(&self, text: &str) -> Vec<Mark> {
        let mark = |range: Range<usize>| self.sought(&text[range.clone()]).map(|of| Mark { range, of });
        words(text).filter_map(mark).collect()
    }

    /// A whole text with its marks.
    pub fn mark(&self, text: &str) -> Vec<Piece> {
        cut(text, 0, text.len(), &self.marks(text))
    }

    /// The part of a text where most of what is looked for stands together, or its beginning.
    pub fn snippet(&self, text: &str) -> Vec<Piece> {
        let text = &text[..text.floor_char_boundary(LOOKED_THROUGH_BYTES_MAX)];
        let marks = self.marks(text);
        // Of places that show as much, the first.
        let best = (0..marks.len()).max_by_key(|from| (shown_from(&marks[*from..]), usize::MAX - from));
        let start = best.map_or(0, |best| begin_of(text, marks[best].range.start));
        let end = end_of(text, start);
        let mut pieces = cut(text, start, end, &marks);
        if start > 0 {
            pieces.insert(0, Piece { text: "… ".into(), marked: false });
        }
        if end < text.len() {
            pieces.push(Piece { text: " …".into(), marked: false });
        }
        pieces
    }
}

/// A word that is looked for, and which.
struct Mark {
    range: Range<usize>,
    of: usize,
}

/// How much a snippet from the first of these marks on shows: different words first, and then how often.
fn shown_from(marks: &[Mark]) -> (u32, usize) {
    let end = marks.first().map_or(0, |mark| mark.range.start) + SNIPPET_BYTES;
    let within = marks.iter().take_while(|mark| mark.range.end <= end);
    let (different, count) =
        within.fold((0_u64, 0), |(seen, count), mark| (seen | 1 << (mark.of % 64), count + 1));
    (different.count_ones(), count)
}

/// Where a snippet begins that shows what is at `mark`: with its sentence where that is near, or else with a word.
fn begin_of(text: &str, mark: usize) -> usize {
    const BEFORE_BYTES: usize = 80;
    let earliest = text.ceil_char_boundary(mark.saturating_sub(BEFORE_BYTES));
    let before = &text[earliest..mark];
    if earliest == 0 {
        return 0;
    }
    let sentence = before.rfind(['\n', '。']).or_else(|| before.rfind(". ").map(|at| at + 1));
    let word = || before.find(char::is_whitespace).unwrap_or(0);
    let from = earliest + sentence.unwrap_or_else(word);
    from + text[from..mark].find(|c: char| !c.is_whitespace() && c != '。').unwrap_or(0)
}

fn end_of(text: &str, start: usize) -> usize {
    let end = text.floor_char_boundary(start + SNIPPET_BYTES);
    if end == text.len() {
        return end;
    }
    let word = text[start..end].rfind(char::is_whitespace).filter(|at| *at > SNIPPET_BYTES / 2);
    word.map_or(end, |at| start + at)
}

/// The text from `start` to `end`, on one line.
fn cut(text: &str, start: usize, end: usize, marks: &[Mark]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |from: usize, to: usize, marked| {
        if from < to {
            pieces.push(Piece { text: text[from..to].replace('\n', " "), marked });
        }
    };
    let mut at = start;
    for Mark { range, .. } in marks.iter().filter(|mark| mark.range.start >= start && mark.range.end <= end) {
        push(at, range.start, false);
        push(range.start, range.end, true);
        at = range.end;
    }
    push(at, end, false);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        let shown =
            |piece: &Piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() };
        pieces.iter().map(shown).collect()
    }

    fn marker(query: &str, language: &str) -> Marker {
        Marker::new(&Query::parse(query), Language::of(Some(language)))
    }

    #[test]
    fn what_is_looked_for_is_marked_in_all_its_forms() {
        for (query, language, text, expected) in [
            ("harbours", "en", "The Harbour’s bell", "The [Harbour]’s bell"),
            ("ferr* -bell", "en", "Ferries, ferry, bell", "[Ferries], [ferry], bell"),
            ("peche", "fr", "La pêche à pied", "La [pêche] à pied"),
            ("\"spring tide\"", "en", "Spring tides", "[Spring] [tides]"),
            ("港", "zh", "港口", "[港]口"),
            ("year:2019", "en", "In 2019", "In 2019"),
        ] {
            assert_eq!(shown(&marker(query, language).mark(text)), expected, "{query}");
        }
    }

    #[test]
    fn a_snippet_shows_where_most_of_it_is() {
        let filler = "Nothing happened on that day.\n".repeat(40);
        let text = format!("A ferry.\n{filler}The ferry waits for the tide.\n{filler}");
        let snippet = shown(&marker("ferry tide", "en").snippet(&text));
        assert!(snippet.starts_with("… The [ferry] waits for the [tide]. Nothing"), "{snippet}");
        assert!(snippet.ends_with("day. …") || snippet.ends_with(" …"), "{snippet}");
        assert!(snippet.len() < SNIPPET_BYTES + 40);
        assert!(shown(&marker("whale", "en").snippet(&text)).starts_with("A ferry. Nothing"));
        assert_eq!(marker("x", "en").snippet(""), []);
    }

    #[test]
    fn any_text_is_cut_between_characters() {
        for unit in ["港", "é́", "ß ", "👩‍🚀"] {
            let text = unit.repeat(400);
            let marker = marker("港 ß é", "de");
            assert!(shown(&marker.snippet(&text)).ends_with('…'), "{unit}");
        }
    }
}
