//! The index's fields, and how a bulletin becomes a document of it.
//!
//! Nothing is stored but the bulletin's number: what is shown is read from the journal, as everywhere.

use jiff::tz::TimeZone;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{TantivyDocument, Term};

use super::analysis::{Language, Terms, in_language};
use crate::bulletin::{Content, PartialDate, visible_text};

/// Raised with whatever makes an index that stands read differently: fields, and how words become terms.
pub const SCHEMA_VERSION: u32 = 2;

/// The most of a text that is indexed, in bytes. Past it is a table or an accident, and no reading matter.
const TEXT_BYTES_MAX: usize = 4 << 20;

/// How often the title stands in the text: a word of it counts as so many there.
const TITLE_WEIGHT: usize = 4;

const STEMMED: &str = "stemmed";
const FOLDED: &str = "folded";
const UNSTEMMED: &str = "unstemmed";

/// By what an index is searched, sorted and counted.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The bulletin's.
    pub number: Field,
    /// Title, summary, body and authors as stems, with positions.
    pub text: Field,
    /// Its folded words that are no stems, without positions: what a prefix is compared with as well.
    pub word: Field,
    pub title: Field,
    pub title_word: Field,
    pub author: Field,
    /// As the bulletin's tag has it in lower case, and its primary subtag.
    pub language: Field,
    /// The numbers that the catalogue gives them.
    pub category: Field,
    pub year: Field,
    /// When it was published, in seconds since 1970.
    pub published: Field,
    /// The last event that readers see of it.
    pub touched: Field,
}

pub const NUMBER: &str = "number";
pub const CATEGORY: &str = "category";
pub const YEAR: &str = "year";
pub const PUBLISHED: &str = "published";
pub const TOUCHED: &str = "touched";

pub fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let text = |tokenizer: &str, record, norms| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer);
        TextOptions::default().set_indexing_options(indexing.set_index_option(record).set_fieldnorms(norms))
    };
    let positions = IndexRecordOption::WithFreqsAndPositions;
    let fields = Fields {
        number: schema.add_u64_field(NUMBER, INDEXED | FAST),
        text: schema.add_text_field("text", text(STEMMED, positions, true)),
        word: schema.add_text_field("word", text(UNSTEMMED, IndexRecordOption::Basic, false)),
        title: schema.add_text_field("title", text(STEMMED, positions, true)),
        title_word: schema.add_text_field("title_word", text(UNSTEMMED, IndexRecordOption::Basic, false)),
        author: schema.add_text_field("author", text(FOLDED, positions, false)),
        language: schema.add_text_field("language", text("raw", IndexRecordOption::Basic, false)),
        category: schema.add_u64_field(CATEGORY, INDEXED | FAST),
        year: schema.add_u64_field(YEAR, INDEXED | FAST),
        published: schema.add_i64_field(PUBLISHED, FAST),
        touched: schema.add_i64_field(TOUCHED, FAST),
    };
    (schema.build(), fields)
}

pub fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(STEMMED, Terms::stemmed());
    tokenizers.register(FOLDED, Terms::folded());
    tokenizers.register(UNSTEMMED, Terms::unstemmed());
    tokenizers
}

/// What the index is to know of a bulletin.
pub struct Known<'a> {
    pub number: u64,
    pub content: &'a Content,
    pub categories: Vec<u32>,
    pub year: i16,
    pub published: PartialDate,
    pub touched: u64,
}

impl Fields {
    pub fn document(&self, known: &Known) -> TantivyDocument {
        let Known { number, content, .. } = known;
        let mut document = TantivyDocument::new();
        let language = Language::of(content.language.as_deref());
        document.add_u64(self.number, *number);
        let title = in_language(&language, &content.title);
        document.add_text(self.title, &title);
        document.add_text(self.title_word, &title);
        (1..TITLE_WEIGHT).for_each(|_| document.add_text(self.text, &title));
        let mut texts = vec![title];
        texts.extend(content.summary.as_deref().map(|summary| in_language(&language, summary)));
        let body = visible_text(&content.body);
        texts.push(in_language(&language, &body[..body.floor_char_boundary(TEXT_BYTES_MAX)]));
        for author in &content.authors {
            let name = in_language(&language, &author.name);
            document.add_text(self.author, &name);
            texts.push(name);
        }
        for text in texts {
            document.add_text(self.text, &text);
            document.add_text(self.word, &text);
        }
        for tag in tags(content.language.as_deref(), &language) {
            document.add_text(self.language, tag);
        }
        for category in &known.categories {
            document.add_u64(self.category, u64::from(*category));
        }
        document.add_u64(self.year, known.year.unsigned_abs().into());
        document.add_i64(self.published, begin_of(&known.published));
        document.add_i64(self.touched, known.touched as i64);
        document
    }

    /// The term of the document of one bulletin.
    pub fn of_bulletin(&self, number: u64) -> Term {
        Term::from_field_u64(self.number, number)
    }
}

/// The names under which a bulletin's language is asked for.
fn tags(tag: Option<&str>, language: &Language) -> Vec<String> {
    let whole = tag.map(|tag| tag.to_ascii_lowercase().replace('_', "-"));
    let mut tags = vec![language.name.clone()];
    tags.extend(whole.filter(|whole| whole.contains('-') && whole.len() <= 35));
    tags
}

fn begin_of(date: &PartialDate) -> i64 {
    match date {
        PartialDate::Instant(at, _) => at.as_second(),
        date => date.first_day().to_zoned(TimeZone::UTC).map_or(0, |day| day.timestamp().as_second()),
    }
}
