//! Reading what a person types: nothing is refused. What makes no sense is left out or taken as words, and remarked.
//!
//! `words` all have to be there; `"a phrase"`, `harb*`, `-without`, and each of them in a field: `title:`, `author:`,
//! `category:`, `year:` (also `year:2015..2019`), `language:`.

use std::ops::RangeInclusive;

use crate::bulletin::slug;

/// The most of a query that is read, in characters.
pub const QUERY_CHARS_MAX: usize = 500;
/// How many words, phrases and fields of it.
pub const CLAUSES_MAX: usize = 32;
/// Shorter beginnings of words would find nearly everything, slowly.
pub const PREFIX_CHARS_MIN: usize = 2;

/// Something that whoever asked should know of how they were understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Only the beginning was read.
    TooLong,
    /// This beginning of a word was too short, and was taken for the whole word.
    PrefixTooShort(String),
    /// This is no year, and was left out.
    NoYear(String),
    /// There is no such category.
    NoCategory(String),
    /// Nothing has all of the words; these have some.
    SomeWords,
    /// Looking took too long and was ended: there may be more.
    Incomplete,
}

/// What is asked for, all of it together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub clauses: Vec<Clause>,
    pub remarks: Vec<Remark>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub wanted: Wanted,
    /// What must not be there.
    pub excluded: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Text(Place, Text),
    /// A term, or the beginning of one of its words.
    Category(String),
    Year(RangeInclusive<i16>),
    /// In lower case.
    Language(String),
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Anywhere,
    Title,
    Author,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// One word, or words one behind the other.
    Phrase(String),
    /// The beginning of a word.
    Prefix(String),
}

impl Query {
    pub fn parse(typed: &str) -> Query {
        let mut query = Query::default();
        let end = typed.char_indices().nth(QUERY_CHARS_MAX).map(|(at, _)| at);
        if end.is_some() {
            query.remarks.push(Remark::TooLong);
        }
        let mut rest = &typed[..end.unwrap_or(typed.len())];
        while let Some(start) = rest.find(|c: char| !is_space(c)) {
            if query.clauses.len() == CLAUSES_MAX {
                query.remarks.push(Remark::TooLong);
                break;
            }
            let (piece, behind) = Piece::read(&rest[start..]);
            rest = behind;
            query.take(piece);
        }
        query.remarks.dedup();
        query
    }

    /// Whether anything is looked for, and not only left out.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Whether there is text that bulletins can have more or less of.
    pub fn has_text(&self) -> bool {
        self.clauses.iter().any(|clause| !clause.excluded && matches!(clause.wanted, Wanted::Text(..)))
    }

    fn take(&mut self, piece: Piece) {
        let Piece { excluded, field, value, quoted } = piece;
        let wanted = match field {
            None => self.text(Place::Anywhere, value, quoted),
            Some(Field::Title) => self.text(Place::Title, value, quoted),
            Some(Field::Author) => self.text(Place::Author, value, quoted),
            Some(Field::Category) => {
                let term = slug(value);
                (!term.is_empty()).then_some(Wanted::Category(term))
            }
            Some(Field::Language) => {
                let tag = value.trim().to_lowercase().replace('_', "-");
                (!tag.is_empty()).then_some(Wanted::Language(tag))
            }
            Some(Field::Year) => {
                let years = years(value);
                if years.is_none() && !value.trim().is_empty() {
                    self.remarks.push(Remark::NoYear(value.trim().into()));
                }
                years.map(Wanted::Year)
            }
        };
        self.clauses.extend(wanted.map(|wanted| Clause { wanted, excluded }));
    }

    fn text(&mut self, place: Place, value: &str, quoted: bool) -> Option<Wanted> {
        if !value.chars().any(char::is_alphanumeric) {
            return None;
        }
        let stem = value.trim_end_matches('*');
        let text = match quoted || stem.len() == value.len() {
            true => Text::Phrase(value.into()),
            false if stem.chars().count() < PREFIX_CHARS_MIN => {
                self.remarks.push(Remark::PrefixTooShort(value.into()));
                Text::Phrase(stem.into())
            }
            false => Text::Prefix(stem.into()),
        };
        Some(Wanted::Text(place, text))
    }
}

#[derive(Clone, Copy)]
enum Field {
    Title,
    Author,
    Category,
    Year,
    Language,
}

const FIELDS: [(&str, Field); 6] = [
    ("title", Field::Title),
    ("author", Field::Author),
    ("category", Field::Category),
    ("year", Field::Year),
    ("language", Field::Language),
    ("lang", Field::Language),
];

/// One word, phrase or field as it was typed.
struct Piece<'a> {
    excluded: bool,
    field: Option<Field>,
    value: &'a str,
    quoted: bool,
}

impl<'a> Piece<'a> {
    /// Reads a piece from the beginning of a text that is not empty, and says what is behind it.
    fn read(text: &'a str) -> (Piece<'a>, &'a str) {
        let bare =
            text.strip_prefix(['-', '−']).filter(|rest| rest.starts_with(|c| !is_space(c) && c != '-'));
        let (excluded, text) = (bare.is_some(), bare.unwrap_or(text));
        let (field, text) = match text.split_once(':') {
            Some((name, rest)) => match FIELDS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
                Some((_, field)) => (Some(*field), rest),
                None => (None, text),
            },
            None => (None, text),
        };
        let piece = |value, quoted| Piece { excluded, field, value, quoted };
        if let Some(inside) = text.strip_prefix(is_quote) {
            // What is never closed goes to the end.
            let end = inside.find(is_quote).unwrap_or(inside.len());
            let behind = inside[end..].chars().next().map_or(0, char::len_utf8);
            return (piece(&inside[..end], true), &inside[end + behind..]);
        }
        let end = text.find(|c: char| is_space(c) || is_quote(c)).unwrap_or(text.len());
        (piece(&text[..end], false), &text[end..])
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»')
}

/// `2019`, or `2015..2019` with either end left open.
fn years(text: &str) -> Option<RangeInclusive<i16>> {
    let year = |text: &str| text.trim().parse::<i16>().ok().filter(|year| (1..=9999).contains(year));
    let Some((from, to)) = text.split_once("..") else { return year(text).map(|year| year..=year) };
    let end = |text: &str, open| if text.trim().is_empty() { Some(open) } else { year(text) };
    let (from, to) = (end(from, 1)?, end(to, 9999)?);
    Some(from.min(to)..=from.max(to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn phrase(place: Place, text: &str) -> Wanted {
        Wanted::Text(place, Text::Phrase(text.into()))
    }

    #[test]
    fn queries_are_understood_as_they_were_meant() {
        use Place::{Anywhere, Author, Title};
        let prefix = |place, text: &str| Wanted::Text(place, Text::Prefix(text.into()));
        for (typed, expected) in [
            ("ferry  tide", vec![phrase(Anywhere, "ferry"), phrase(Anywhere, "tide")]),
            ("\"spring tide\" harb*", vec![phrase(Anywhere, "spring tide"), prefix(Anywhere, "harb")]),
            ("“spring tide”", vec![phrase(Anywhere, "spring tide")]),
            ("\"never closed", vec![phrase(Anywhere, "never closed")]),
            ("title:\"spring tide\" TITLE:fer*", vec![phrase(Title, "spring tide"), prefix(Title, "fer")]),
            ("author:Fenwick", vec![phrase(Author, "Fenwick")]),
            ("category:\"Press release\"", vec![Wanted::Category("press-release".into())]),
            ("year:2019 year:2015..", vec![Wanted::Year(2019..=2019), Wanted::Year(2015..=9999)]),
            ("year:2019..2015", vec![Wanted::Year(2015..=2019)]),
            ("lang:pt_BR", vec![Wanted::Language("pt-br".into())]),
            ("https://harbour.example/x", vec![phrase(Anywhere, "https://harbour.example/x")]),
            ("at 12:30", vec![phrase(Anywhere, "at"), phrase(Anywhere, "12:30")]),
            ("* - -- : \"\" title: ()", vec![]),
        ] {
            let query = Query::parse(typed);
            let wanted: Vec<Wanted> = query.clauses.into_iter().map(|clause| clause.wanted).collect();
            assert_eq!((wanted, query.remarks), (expected, vec![]), "{typed}");
        }
    }

    #[test]
    fn what_is_not_wanted_is_told_from_what_has_a_hyphen() {
        let excluded = |typed: &str| -> Vec<bool> {
            Query::parse(typed).clauses.iter().map(|clause| clause.excluded).collect()
        };
        assert_eq!(
            excluded("ferry -tide -\"spring tide\" -year:2019 - x COVID-19"),
            [false, true, true, true, false, false]
        );
    }

    #[test]
    fn what_makes_no_sense_is_remarked() {
        let remarks = |typed: &str| Query::parse(typed).remarks;
        assert_eq!(remarks("year:soon"), [Remark::NoYear("soon".into())]);
        assert_eq!(remarks("a*"), [Remark::PrefixTooShort("a*".into())]);
        assert_eq!(remarks(&"ferry ".repeat(1_000)), [Remark::TooLong]);
        assert_eq!(Query::parse(&"x ".repeat(200)).clauses.len(), CLAUSES_MAX);
    }

    proptest! {
        #[test]
        fn anything_can_be_typed(typed in "[\\PCa-z:\"*-“” \\x00]{0,80}") {
            prop_assert!(Query::parse(&typed).clauses.len() <= CLAUSES_MAX);
        }
    }
}
