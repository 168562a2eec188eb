//! From what was asked to what the index is asked: each word as every language of the index would write it.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, InvertedIndexRangeQuery, Occur,
    PhraseQuery, Query as Ask, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::analysis::{Language, fold, words};
use super::excluded::Excluded;
use super::query::{Clause, Place, Query, Remark, Text, Wanted};
use super::view::View;
use crate::catalogue::names::Names;

/// How much more the beginning of a word counts that stands in the title as well.
const TITLE_BOOST: f32 = 2.0;

/// How many categories a word of their names may stand for.
const CATEGORIES_MAX: usize = 200;

/// The most words of a phrase that are asked for.
const PHRASE_WORDS_MAX: usize = 32;

type Asked = Box<dyn Ask>;

/// What the index is asked.
pub struct Question {
    pub asked: Asked,
    /// Whether it is for nothing but single words, so that the best can be found without looking at all that match.
    pub words_alone: bool,
}

pub struct Compiled {
    pub all_words: Question,
    /// Where some of the words are enough, if that is another question.
    pub some_words: Option<Question>,
    pub remarks: Vec<Remark>,
}

pub fn compile(query: &Query, view: &View, names: &Names) -> Compiled {
    let spoken = spoken(query, view);
    let compiler = Compiler { view, names, languages: &spoken };
    let mut remarks = query.remarks.clone();
    let (mut words, mut titles, mut filters) = (Vec::new(), Vec::new(), Vec::new());
    for Clause { wanted, excluded } in &query.clauses {
        let asked = compiler.wanted(wanted, &mut remarks);
        match (excluded, wanted) {
            (true, _) => filters.push((Occur::MustNot, Box::new(Excluded(asked)) as Asked)),
            (false, Wanted::Text(place, text)) => {
                // Whole words of the title weigh more in the text already.
                if *place == Place::Anywhere && matches!(text, Text::Prefix(_)) {
                    let in_title = compiler.text(Place::Title, text);
                    titles.push((Occur::Should, Box::new(BoostQuery::new(in_title, TITLE_BOOST)) as Asked));
                }
                words.push(asked);
            }
            (false, _) => filters.push((Occur::Must, Box::new(ConstScoreQuery::new(asked, 0.0)))),
        }
    }
    let some = (words.len() > 1).then(|| {
        let any = words.iter().map(|word| (Occur::Should, word.box_clone())).collect();
        let any = vec![(Occur::Must, Box::new(BooleanQuery::new(any)) as Asked)];
        Question { asked: together(any, &filters, &titles), words_alone: false }
    });
    let words_alone = filters.is_empty() && titles.is_empty() && are_terms(&words);
    let all = words.into_iter().map(|word| (Occur::Must, word)).collect();
    let all = Question { asked: together(all, &filters, &titles), words_alone };
    Compiled { all_words: all, some_words: some, remarks }
}

/// Whether they are terms, or the one of them is any of some terms.
fn are_terms(words: &[Asked]) -> bool {
    let is_term = |asked: &Asked| asked.is::<TermQuery>();
    let is_any = |asked: &Asked| {
        let any = asked.downcast_ref::<BooleanQuery>();
        any.is_some_and(|any| any.clauses().iter().all(|(occur, it)| *occur == Occur::Should && is_term(it)))
    };
    match words {
        [] => false,
        [word] => is_term(word) || is_any(word),
        words => words.iter().all(is_term),
    }
}

fn together(
    mut clauses: Vec<(Occur, Asked)>,
    filters: &[(Occur, Asked)],
    titles: &[(Occur, Asked)],
) -> Asked {
    for (occur, asked) in filters.iter().chain(titles) {
        clauses.push((*occur, asked.box_clone()));
    }
    if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
        clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
    }
    if clauses.len() == 1 { clauses.remove(0).1 } else { Box::new(BooleanQuery::new(clauses)) }
}

/// The languages that bulletins can be in which are asked for.
fn spoken(query: &Query, view: &View) -> Vec<Language> {
    let named =
        query.clauses.iter().filter(|clause| !clause.excluded).find_map(|clause| match &clause.wanted {
            Wanted::Language(tag) => Some(Language::of(Some(tag)).name),
            _ => None,
        });
    let is_spoken = |language: &&Language| named.as_ref().is_none_or(|name| language.name == *name);
    view.languages.iter().filter(is_spoken).cloned().collect()
}

struct Compiler<'a> {
    view: &'a View,
    names: &'a Names,
    languages: &'a [Language],
}

impl Compiler<'_> {
    fn wanted(&self, wanted: &Wanted, remarks: &mut Vec<Remark>) -> Asked {
        let fields = &self.view.fields;
        match wanted {
            Wanted::Text(place, text) => self.text(*place, text),
            Wanted::Category(term) => {
                let numbers = categories(self.names, term);
                if numbers.is_empty() {
                    remarks.push(Remark::NoCategory(term.clone()));
                }
                any(numbers.into_iter().map(|number| self.is(fields.category, number.into())).collect())
            }
            Wanted::Year(years) if years.start() == years.end() => {
                self.is(fields.year, *years.start() as u64)
            }
            Wanted::Year(years) => {
                let end = |year: i16| Bound::Included(Term::from_field_u64(fields.year, year as u64));
                Box::new(RangeQuery::new(end(*years.start()), end(*years.end())))
            }
            Wanted::Language(tag) => {
                let term = Term::from_field_text(fields.language, tag);
                Box::new(TermQuery::new(term, IndexRecordOption::Basic))
            }
        }
    }

    fn is(&self, field: Field, number: u64) -> Asked {
        Box::new(TermQuery::new(Term::from_field_u64(field, number), IndexRecordOption::Basic))
    }

    fn text(&self, place: Place, text: &Text) -> Asked {
        let fields = &self.view.fields;
        match text {
            Text::Phrase(text) => match place {
                Place::Anywhere => phrases(fields.text, &stems(text, self.languages)),
                Place::Title => phrases(fields.title, &stems(text, self.languages)),
                Place::Author => phrases(fields.author, &[folded(text)]),
            },
            Text::Prefix(text) => {
                let mut words = folded(text);
                let Some(prefix) = words.pop() else { return Box::new(EmptyQuery) };
                // Stems are words as well, and the other words stand in a field of their own.
                let fields: &[Field] = match place {
                    Place::Anywhere => &[fields.text, fields.word],
                    Place::Title => &[fields.title, fields.title_word],
                    Place::Author => &[fields.author],
                };
                let in_fields = |of: &dyn Fn(Field) -> Asked| any(fields.iter().map(|it| of(*it)).collect());
                let mut clauses = vec![(Occur::Must, in_fields(&|field| beginning_with(field, &prefix)))];
                clauses.extend(words.into_iter().map(|word| {
                    let is = |field| -> Asked {
                        let term = Term::from_field_text(field, &word);
                        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
                    };
                    (Occur::Must, in_fields(&is))
                }));
                Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::new(clauses)), 1.0))
            }
        }
    }
}

/// The terms of a text as the languages write it; those that write it alike once.
pub fn stems(text: &str, languages: &[Language]) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for language in languages {
        let terms = words(text).take(PHRASE_WORDS_MAX).map(|range| language.terms(&text[range]));
        let (first, second): (Vec<String>, Vec<Option<String>>) = terms.unzip();
        let bare = first.iter().zip(second).map(|(first, second)| second.unwrap_or_else(|| first.clone()));
        let bare: Vec<String> = bare.collect();
        for variant in [first, bare] {
            if !variant.is_empty() && !found.contains(&variant) {
                found.push(variant);
            }
        }
    }
    found
}

fn folded(text: &str) -> Vec<String> {
    words(text).take(PHRASE_WORDS_MAX).map(|range| fold(&text[range])).collect()
}

/// Any of several phrases; one of a single word is that word.
fn phrases(field: Field, variants: &[Vec<String>]) -> Asked {
    any(variants.iter().map(|terms| phrase(field, terms)).collect())
}

fn phrase(field: Field, terms: &[String]) -> Asked {
    let mut terms: Vec<Term> = terms.iter().map(|term| Term::from_field_text(field, term)).collect();
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

fn any(mut asked: Vec<Asked>) -> Asked {
    match asked.len() {
        0 => Box::new(EmptyQuery),
        1 => asked.remove(0),
        _ => Box::new(BooleanQuery::union(asked)),
    }
}

fn beginning_with(field: Field, prefix: &str) -> Asked {
    let from = Term::from_field_text(field, prefix);
    // No character sorts behind this one.
    let to = Term::from_field_text(field, &format!("{prefix}{}", char::MAX));
    Box::new(InvertedIndexRangeQuery::new(Bound::Included(from), Bound::Included(to)))
}

/// The numbers of the category with this term, or else of those in whose names a word begins with it.
fn categories(names: &Names, term: &str) -> Vec<u32> {
    if let Some(number) = names.category(term) {
        return vec![number];
    }
    let later = format!("-{term}");
    let has = |known: &str| known.starts_with(term) || known.contains(&later);
    let matching = names.categories().zip(0..).filter(|(category, _)| has(&category.term));
    matching.map(|(_, number)| number).take(CATEGORIES_MAX).collect()
}
