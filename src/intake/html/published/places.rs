//! Where pages put their dates.
//!
//! Owns the places that are looked at and what a date there weighs. It must never choose between two dates:
//! [`super`] does, by the weights.

use jiff::tz::Offset;

use super::machine::{day_in_path, machine_date, member_values, written_by_script};
use super::marks::{
    CREATED, IN_OTHERS, MODIFIED, MODIFIED_WORDS, OTHER_WORDS, PREPOSITIONS, PUBLISHED, PUBLISHED_WORDS,
    UNSAID, has_word, mark,
};
use super::{Candidate, Kind, Page};
use crate::bulletin::{Basis, PartialDate};
use crate::intake::date::{self, Mention, Order};
use crate::intake::html::furniture::parts;
use crate::intake::html::lines::parted;
use crate::intake::markup::NodeId;

/// What a mark of a change weighs, and what one of the page's own last change in its text weighs: above a
/// date in running text and below what is declared.
const CHANGE: i32 = 27;

/// More dates in a page are a calendar or a table, and the article's is long among them.
const FOUND_MAX: usize = 1_000;

/// Attributes in which elements repeat for machines the date that they show.
#[rustfmt::skip]
const MACHINE_ATTRIBUTES: [&str; 8] = [
    "datetime", "content", "data-datetime", "data-date", "data-time", "data-utime", "data-timestamp", "title",
];

/// Every date of the page with its weight, in the order of the places and of the document.
pub fn find(page: &Page<'_>, order: Order) -> Vec<Candidate> {
    let mut search = Search { page, order, found: Vec::new() };
    search.declared();
    search.marked();
    search.written();
    search.in_title();
    search.in_address();
    search.in_scripts();
    search.found
}

struct Search<'a> {
    page: &'a Page<'a>,
    order: Order,
    found: Vec<Candidate>,
}

impl Search<'_> {
    fn add(&mut self, text: &str, weight: i32, kind: Kind) {
        if let Some(date) = machine_date(text, self.order) {
            self.push(date, weight, Basis::Stated, kind);
        }
    }

    fn push(&mut self, date: PartialDate, weight: i32, basis: Basis, kind: Kind) {
        let date = midnight(date);
        // Zero of many clocks, and what templates write for no date at all.
        let never = matches!(
            date.day().map(|day| (day.year(), day.month(), day.day())),
            Some((1970, 1, 1) | (1900, 1, 1))
        );
        if date.year() >= 1970 && !never {
            // A day is worth more than a month, and a month more than a year.
            let less = match date {
                PartialDate::Year(_) => 45,
                PartialDate::Month(..) => 35,
                _ => 0,
            };
            self.found.push(Candidate { date, weight: weight - less, basis, kind });
        }
    }

    /// Dates in JSON-LD and `meta`. Where both name a day of publication, the `meta` is the one that search
    /// engines and previews have long been reading, so that mistakes in it were noticed.
    fn declared(&mut self) {
        let page = self.page;
        let linked = page.linked;
        for (text, weight, kind) in [
            (&linked.published, 97, Kind::Declared),
            (&linked.created, 80, Kind::Declared),
            (&linked.modified, 30, Kind::Changed),
        ] {
            if let Some(text) = text {
                self.add(text, weight, kind);
            }
        }
        for (name, content) in page.head.metas() {
            let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            let (weight, kind) = match name.as_str() {
                name if PUBLISHED.contains(&name) => (98, Kind::Declared),
                name if CREATED.contains(&name) => (82, Kind::Declared),
                name if UNSAID.contains(&name) => (62, Kind::Declared),
                name if MODIFIED.contains(&name) => (28, Kind::Changed),
                _ => continue,
            };
            self.add(content, weight, kind);
        }
    }

    /// Dates in elements that are marked as dates.
    fn marked(&mut self) {
        let tree = self.page.tree;
        let mut set_aside = 0;
        for id in 1..tree.len() {
            if !tree.is_element(id) {
                continue;
            }
            let names =
                [tree.attribute(id, "class"), tree.attribute(id, "id"), tree.attribute(id, "itemprop")];
            let parts: Vec<String> = names.into_iter().flatten().flat_map(parts).collect();
            if set_aside <= id
                && parts.iter().any(|part| IN_OTHERS.contains(&part.as_str()))
                && !self.holds_article(id)
            {
                set_aside = tree.end(id);
            }
            if self.found.len() > FOUND_MAX {
                return;
            }
            let Some(marked) = mark(tree, id, &parts) else { continue };
            // Related articles, comments and calendars have dates that are marked just as well.
            let weight = marked + self.place(id) - if id < set_aside { 45 } else { 0 };
            // More nodes are a wrapper that is called after the date in it.
            let small = tree.end(id) - id <= 40;
            let text = if small { parted(tree, id) } else { String::new() };
            let kind = match marked {
                ..CHANGE => Kind::ShownChange,
                // A `meta` among the text shows nothing.
                _ if text.is_empty() => Kind::Declared,
                _ => Kind::Shown,
            };
            let machine = MACHINE_ATTRIBUTES
                .iter()
                .filter_map(|name| tree.attribute(id, name))
                .find_map(|text| machine_date(text, self.order));
            if let Some(date) = machine {
                self.push(date, weight, Basis::Stated, kind);
            } else if small && text.len() <= 200 {
                let mentions = date::mentions_in_label(&text, self.order);
                self.mentioned(&text, mentions, weight - 2, Basis::Stated, kind);
            }
        }
    }

    /// Dates in the text itself, most of all near the headline.
    fn written(&mut self) {
        let page = self.page;
        let at = |id: NodeId| page.lines.partition_point(|line| line.node < id);
        let article = at(page.article.start);
        let headline = page.headline.map_or(article, at) as i32;
        let found_max = self.found.len() + FOUND_MAX;
        for (place, line) in page.lines.iter().enumerate() {
            if self.found.len() > found_max {
                return;
            }
            let distance = place as i32 - headline;
            let length = line.text.chars().count();
            if !line.text.bytes().any(|byte| byte.is_ascii_digit()) && line.text.is_ascii() {
                continue;
            }
            if (article..article + 3).contains(&place)
                && let Some(date) = dateline(&line.text, self.order)
            {
                self.push(date, 46, Basis::Inferred, Kind::Shown);
            }
            // Longer lines are paragraphs, whose dates are of what they tell.
            if length > 400 {
                continue;
            }
            // Right below a headline stands its date; above it, more often the day of the visit.
            let near = match distance {
                0 => 48,
                1..=4 => 58 - distance,
                -3..=-1 => 52 + distance,
                5..=12 => 44 - distance,
                _ if page.article.contains(&line.node) => 26,
                _ => 16,
            };
            let brief = if length <= 60 {
                8
            } else if length <= 140 {
                0
            } else {
                -14
            };
            let linked = if line.linked { -10 } else { 0 };
            let basis = if near > 40 && length <= 60 { Basis::Stated } else { Basis::Inferred };
            // Close to the headline a short line may be nothing but labels.
            let label = length <= 60 && (-3..=4).contains(&distance);
            let mentions = if label { date::mentions_in_label } else { date::mentions_with };
            let mentions = mentions(&line.text, self.order);
            let before = self.found.len();
            self.mentioned(&line.text, mentions, near + brief + linked, basis, Kind::Shown);
            // Under a page that is edited for years stands when it last was: `last edited on`. Within the
            // article the same words are part of what it tells.
            if length <= 140 && !page.article.contains(&line.node) {
                for change in &mut self.found[before..] {
                    if change.kind == Kind::ShownChange && change.date.day().is_some() {
                        change.weight = change.weight.max(CHANGE);
                    }
                }
            }
        }
    }

    /// Dates in running text or in a label, by the words before them.
    fn mentioned(&mut self, text: &str, mentions: Vec<Mention>, weight: i32, basis: Basis, kind: Kind) {
        let mut last = 0;
        // A label has one date, perhaps two; more are a table.
        for (nth, mention) in mentions.into_iter().enumerate().take(4) {
            let since = std::mem::replace(&mut last, mention.range().end);
            if mention.span || matches!(mention.date, PartialDate::Year(_)) {
                continue;
            }
            // What is said between two dates is said of the second: `Updated 6 April, published 4 April`.
            let own = text[since..mention.range().start].chars().filter(|c| c.is_alphabetic()).count() > 3;
            let before = text[if own { since } else { 0 }..mention.range().start].to_lowercase();
            let before = last_chars(&before, 40);
            let said = |words: &[&str]| words.iter().any(|word| has_word(before, word));
            // *On the 4th of April* tells the date of a short label, and of anything in a sentence.
            let opens = before.split_whitespace().count() <= 3;
            let (words, kind) = if said(OTHER_WORDS) {
                (-30, kind)
            } else if said(MODIFIED_WORDS) {
                (-28, Kind::ShownChange)
            } else if said(PUBLISHED_WORDS) || opens && said(PREPOSITIONS) {
                (10, kind)
            } else {
                (0, kind)
            };
            // A word such as *published* says what the date is of; nearness alone only lets infer it.
            let basis = if words > 0 { Basis::Stated } else { basis };
            self.push(mention.date, weight + words - 2 * nth as i32, basis, kind);
        }
    }

    /// A part of the page's title that is nothing but a date: `Tides rise - 11/05/2022 - The Merrow`.
    fn in_title(&mut self) {
        let Some(title) = self.page.head.title.as_deref() else { return };
        let title = title.replace(" - ", "|");
        let day = title.split(['|', '–', '—', '·']).find_map(|part| date::exactly_with(part, self.order));
        // A year alone is a part of the headline.
        if let Some(date) = day.filter(|date| date.day().is_some()) {
            self.push(date, 50, Basis::Inferred, Kind::Shown);
        }
    }

    /// A day in the address, as `/2018/04/04/`.
    fn in_address(&mut self) {
        let Some(address) = self.page.address else { return };
        if let Some((date, weight)) = day_in_path(address.path(), self.order) {
            self.push(date, weight, Basis::Inferred, Kind::Hidden);
        }
    }

    /// A day in the data from which scripts build the page, or in the call that writes it.
    fn in_scripts(&mut self) {
        let source = self.page.source;
        for (value, weight) in member_values(source) {
            self.add(value, weight, Kind::Hidden);
        }
        if let Some(text) = written_by_script(source) {
            self.add(text, 30, Kind::Hidden);
        }
    }

    fn holds_article(&self, id: NodeId) -> bool {
        let end = self.page.tree.end(id);
        let holds = |node: NodeId| (id..end).contains(&node);
        self.page.headline.map_or_else(|| holds(self.page.article.start), holds)
    }

    /// How much an element's place speaks for its date being the article's.
    fn place(&self, id: NodeId) -> i32 {
        let lines = self.page.lines;
        let at = |id: NodeId| lines.partition_point(|line| line.node < id) as i32;
        let headline = self.page.headline.map_or_else(|| at(self.page.article.start), at);
        match at(id) - headline {
            -3..=8 => 6,
            9..=20 => 0,
            _ if self.page.article.contains(&id) => -4,
            -12..=-4 => -4,
            _ => -16,
        }
    }
}

/// The day whose beginning in Europe a moment in UTC is: forms that take a day store it so.
fn midnight(date: PartialDate) -> PartialDate {
    match date {
        PartialDate::Instant(at, Offset::UTC)
            if matches!(at.as_second().rem_euclid(86_400), 79_200 | 82_800) =>
        {
            let next = Offset::constant(3).to_datetime(at).date();
            PartialDate::Day(next)
        }
        other => other,
    }
}

/// The date with which an article's first paragraph opens: `PORT MERROW, 4 April 2018 – The ferry`,
/// `(4 April 2018) The ferry`. What parts it from the text tells it from a date that the text speaks of.
fn dateline(text: &str, order: Order) -> Option<PartialDate> {
    const OPENING_CHARS_MAX: usize = 160;
    let end = text.char_indices().nth(OPENING_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let mention = date::mentions_with(&text[..end], order).into_iter().find(|mention| !mention.span)?;
    let range = mention.range();
    let (before, after) = (&text[..range.start], text[range.end..].trim_start());
    let parted = after.starts_with([')', '–', '—', '-', ':', '|', '】', '）']);
    // A place, an agency and a day of the week may stand before it, a sentence may not.
    let opens = before.chars().count() <= 40 && !before.contains(['?', '!', ';', ':']);
    (parted && opens && mention.date.day().is_some()).then_some(mention.date)
}

fn last_chars(text: &str, count: usize) -> &str {
    let start = text.char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at);
    &text[start..]
}
