//! What each unit of a page is, by itself and beside its neighbours.
//!
//! Owns the kinds of lines and how one is told from another. It must never drop anything: which lines
//! belong to the article is decided where the whole page is in sight.

use super::block::{Shape, Unit};
use super::meta::{self, Meta};
use crate::intake::boilerplate::{self, Class, words};
use crate::intake::date::{Mention, Order};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Prose,
    Heading,
    Item(Option<u32>),
    Quote,
    Rule,
    /// Tells about the article.
    Meta(Meta),
    /// The title, with a word that says so before it.
    Title,
    /// When and where the article came out first.
    Reprint(Mention),
    Caption,
    /// A phrase from the tables that is the whole line.
    Label(Class),
    /// Chrome of this class, wherever it stands.
    Chrome(Class),
}

/// A unit and what it is.
#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    pub kind: Kind,
    pub group: usize,
    /// Words, counted to 1000 at most.
    pub words: usize,
    /// The line is known not to be the article's.
    pub dropped: bool,
}

impl Line {
    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Prose | Kind::Item(_) | Kind::Quote)
    }

    /// Prose long enough to be what a page is about.
    pub fn is_substantial(&self) -> bool {
        !self.dropped && matches!(self.kind, Kind::Prose) && self.words >= 8
    }

    pub fn is_heading(&self) -> bool {
        !self.dropped && self.kind == Kind::Heading
    }

    pub fn label(&self) -> Option<Class> {
        match self.kind {
            Kind::Label(class) | Kind::Chrome(class) => Some(class),
            _ => None,
        }
    }

    pub fn meta(&self) -> Option<&Meta> {
        match &self.kind {
            Kind::Meta(meta) => Some(meta),
            _ => None,
        }
    }

    /// The line tells a date and does not quote one: a date line.
    pub fn is_dated(&self) -> bool {
        self.meta().is_some_and(|meta| !meta.dates.is_empty())
    }
}

/// The words of the longest heading, and its characters.
const HEADING_WORDS_MAX: usize = 32;
const HEADING_CHARS_MAX: usize = 220;

/// `units` as lines, in the same order.
pub fn lines(units: Vec<Unit>, order: Order) -> Vec<Line> {
    let mut lines: Vec<Line> = units
        .into_iter()
        .map(|unit| {
            let count = unit.text.split_whitespace().take(1000).count();
            let (kind, text) = kind(unit.text, unit.shape, order);
            Line { text, kind, group: unit.group, words: count, dropped: false }
        })
        .collect();
    promote_dated_sentences(&mut lines);
    lines
}

/// What a unit is by itself, and its text without what only said so.
fn kind(text: String, shape: Shape, order: Order) -> (Kind, String) {
    let line = words(&text);
    let hits = boilerplate::hits(&line);
    let has = |class| hits.iter().any(|hit| hit.class == class);
    match shape {
        Shape::Rule => return (Kind::Rule, text),
        Shape::Quote => return (Kind::Quote, text),
        Shape::Heading => return (Kind::Heading, text),
        Shape::Item(number) => {
            let links = boilerplate::is_row_of_words(&line) || CHROME.iter().any(|class| has(*class));
            return if links { (Kind::Chrome(Class::Navigation), text) } else { (Kind::Item(number), text) };
        }
        Shape::Line => {}
    }
    if let Some(start) = title_start(&text, &line, &hits) {
        return (Kind::Title, text[start..].into());
    }
    if is_mail_header(&text) {
        return (Kind::Chrome(Class::Mailing), text);
    }
    if let Some(mention) = meta::reprint(&text, &line, &hits, order) {
        return (Kind::Reprint(mention), text);
    }
    if let Some(class) = labelled(&text, &line, &hits) {
        return (class, text);
    }
    if meta::is_caption(&text) {
        return (Kind::Caption, text);
    }
    if let Some(meta) = meta::meta(&text, &hits, order) {
        return (Kind::Meta(meta), text);
    }
    if boilerplate::is_row(&text) || boilerplate::is_row_of_words(&line) || has_placeholder(&text) {
        return (Kind::Chrome(Class::Share), text);
    }
    let kind = if is_heading(&text, line.len()) { Kind::Heading } else { Kind::Prose };
    (kind, text)
}

/// Classes whose phrases make a line chrome wherever it stands.
const CHROME: [Class; 11] = [
    Class::Share,
    Class::Action,
    Class::Mailing,
    Class::Login,
    Class::Form,
    Class::Navigation,
    Class::Cookie,
    Class::Copyright,
    Class::Release,
    Class::ContactLine,
    Class::Counter,
];

/// Classes whose phrases head a part of a page.
const LABELS: [Class; 11] = [
    Class::Comments,
    Class::Discussion,
    Class::Replies,
    Class::Related,
    Class::Contact,
    Class::Highlights,
    Class::Section,
    Class::Contents,
    Class::End,
    Class::Picture,
    Class::Network,
];

fn labelled(text: &str, line: &[boilerplate::Word], hits: &[boilerplate::Hit]) -> Option<Kind> {
    // A list of links has a number beside its word; a sentence about views has not.
    let counted = |class| class != Class::Counter || text.contains(|c: char| c.is_numeric());
    let found = |classes: &[Class]| {
        classes.iter().copied().find(|class| hits.iter().any(|hit| hit.class == *class) && counted(*class))
    };
    if let Some(class) = found(&LABELS) {
        // `Contact: press@example.org`: the label has what it announces beside it.
        return Some(Kind::Label(class));
    }
    // What begins like a call to action and goes on as a sentence is a sentence.
    let class = found(&CHROME)?;
    let start_only = hits
        .iter()
        .filter(|hit| hit.class == class)
        .all(|hit| matches!(hit.extent, boilerplate::Extent::Start(_)));
    let sentence = start_only
        && matches!(class, Class::Share | Class::Action | Class::Navigation)
        && text.ends_with('.')
        && line.len() > 6;
    (!sentence).then_some(Kind::Chrome(class))
}

/// Where the title begins in `Subject: …`.
fn title_start(text: &str, line: &[boilerplate::Word], hits: &[boilerplate::Hit]) -> Option<usize> {
    let hit = hits.iter().find(|hit| hit.class == Class::Title)?;
    let rest = text[line[hit.next - 1].end..]
        .strip_prefix(':')
        .or_else(|| text[line[hit.next - 1].end..].strip_prefix(" :"))?;
    (!rest.trim().is_empty()).then(|| text.len() - rest.trim_start().len())
}

/// The other header fields of a mail that was copied with its text (RFC 5322 section 3.6).
fn is_mail_header(text: &str) -> bool {
    const FIELDS: [&str; 18] = [
        "from",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "sender",
        "de",
        "à",
        "para",
        "von",
        "an",
        "da",
        "a",
        "message-id",
        "mime-version",
        "content-type",
        "expéditeur",
        "destinataire",
    ];
    text.split_once(':').is_some_and(|(field, value)| {
        let field = field.trim().to_lowercase();
        FIELDS.contains(&field.as_str()) && (value.contains('@') || value.contains('<')) && value.len() <= 200
    })
}

/// What a template left of a variable that nobody filled in.
fn has_placeholder(text: &str) -> bool {
    text.len() <= 80 && ["%s", "%d", "{{", "*|", "[[", "%%", "${"].iter().any(|mark| text.contains(mark))
}

/// Whether a line reads as a heading: short, and no sentence.
pub fn is_heading(text: &str, words: usize) -> bool {
    let closed = text.trim_end_matches(['"', '”', '»', '’', '\'', ')', ' ']);
    let sentence = closed.ends_with(['.', ';', ':', ',', '…', '。', '؛', '،', '：'])
        // Initials and numbers at the end keep their dot: `U.N.`, `Vol. 2.`
        && closed.trim_end_matches('.').chars().rev().nth(1) != Some('.');
    let shouted = text.ends_with(['!', '?', '؟', '？']) && words > 18;
    (1..=HEADING_WORDS_MAX).contains(&words)
        && text.chars().count() <= HEADING_CHARS_MAX
        && !sentence
        && !shouted
        && text.chars().any(char::is_alphabetic)
        && !text.contains("://")
}

/// A short sentence beside a date line, before a longer text, is a title that somebody ended with a dot.
fn promote_dated_sentences(lines: &mut [Line]) {
    for at in 0..lines.len() {
        let short = lines[at].kind == Kind::Prose
            && lines[at].words <= 15
            && !lines[at].text.ends_with([':', ';', ',']);
        // Below a heading and its date, the sentence is the first of the text.
        let headed = |before: usize| at >= before && lines[at - before].kind == Kind::Heading;
        let dated_before = at > 0 && lines[at - 1].is_dated() && !headed(2);
        let dated_after = lines.get(at + 1).is_some_and(Line::is_dated) && !headed(1);
        let body = lines.get(at + if dated_after { 2 } else { 1 });
        let longer = body.is_some_and(|body| body.kind == Kind::Prose && body.words > lines[at].words);
        if short && longer && (dated_before || dated_after) && lines[at].text.matches(". ").count() == 0 {
            lines[at].kind = Kind::Heading;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::text::block;

    fn kind_of(text: &str) -> Kind {
        lines(block::units(text), Order::DayFirst).remove(0).kind
    }

    #[test]
    fn lines_are_told_apart() {
        for (text, expected) in [
            ("The lamp was lit again on Friday.", Kind::Prose),
            ("New Lamp for the Northern Pier", Kind::Heading),
            ("NEW LAMP FOR THE NORTHERN PIER", Kind::Heading),
            ("Who keeps the light?", Kind::Heading),
            ("Keepers at the pier. Photo: Jane Doe", Kind::Caption),
            ("Keepers at the pier on 4 April 2018. © Authority 2018", Kind::Caption),
            ("UN Photo/Jane Doe", Kind::Caption),
            ("Crédit photo : Jeanne Dupont", Kind::Caption),
            ("Las guardianas del faro (Foto: Juana Pérez)", Kind::Caption),
            ("Photo by Jane Doe", Kind::Caption),
            ("Read on | Share on", Kind::Chrome(Class::Share)),
            ("%d bloggers like this:", Kind::Chrome(Class::Form)),
            ("Connecting to %s", Kind::Chrome(Class::Login)),
            ("Press release", Kind::Label(Class::Section)),
            ("Related posts:", Kind::Label(Class::Related)),
            ("Media Contacts", Kind::Label(Class::Contact)),
            ("Subject: The lamp", Kind::Title),
            ("From: Authority <news@example.org>", Kind::Chrome(Class::Mailing)),
        ] {
            assert_eq!(kind_of(text), expected, "{text}");
        }
    }

    #[test]
    fn sentences_with_such_words_stay_prose() {
        for text in [
            "Read more books, said the minister of education to the pupils.",
            "Page after page was filled with names.",
            "The photo shows the pier, the lamp and the keepers.",
            "Share prices fell in all ports of the region on Monday.",
            "By the end of the year all lamps will be replaced.",
            "Topics were discussed at length.",
            "On 4 April 2018 the lamp was lit.",
        ] {
            assert_eq!(kind_of(text), Kind::Prose, "{text}");
        }
    }
}
