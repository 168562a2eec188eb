//! When a page says that it was published.
//!
//! Owns the finding of dates in a page and the order in which they are believed. It must never read the
//! clock: what is no date of publication is left out, not replaced.
//!
//! Each place where pages put a date has a weight. A date that the page states for machines counts most, one
//! near the headline next, a date of change only where there is no other.

mod marks;

use jiff::tz::{Offset, TimeZone};
use url::Url;

use self::marks::{
    CREATED, IN_OTHERS, MODIFIED, MODIFIED_WORDS, OTHER_WORDS, PUBLISHED, PUBLISHED_WORDS, UNSAID, has_word,
    mark,
};
use super::furniture::parts;
use super::head::Head;
use super::lines::Line;
use super::linked_data::LinkedData;
use crate::bulletin::{Basis, PartialDate, Published};
use crate::intake::date::{self, Order};
use crate::intake::markup::{NodeId, Tree};

/// What is looked at to find the date.
pub struct Page<'a> {
    pub tree: &'a Tree,
    pub source: &'a str,
    pub head: &'a Head<'a>,
    pub linked: &'a LinkedData,
    pub lines: &'a [Line],
    /// The heading that is the title, and the article.
    pub headline: Option<NodeId>,
    pub article: std::ops::Range<NodeId>,
    pub address: Option<&'a Url>,
}

/// A date that weighs less is too likely another thing's.
const WEIGHT_MIN: i32 = 5;

/// A date found somewhere in the page. Weights are on one scale: from 98 the page names the day of
/// publication for machines, from 60 it marks or shows a date where that of an article stands, from 40 the
/// date is near the headline, around 28 it is of a change, below that it is somewhere in the text.
struct Candidate {
    date: PartialDate,
    weight: i32,
    basis: Basis,
}

struct Search<'a> {
    page: &'a Page<'a>,
    order: Order,
    found: Vec<Candidate>,
}

pub fn published(page: &Page<'_>) -> Option<Published> {
    let mut search = Search { page, order: order(page.head, page.address), found: Vec::new() };
    search.declared();
    search.marked();
    search.written();
    search.in_address();
    search.in_scripts();
    // Of equals the first: it stands nearest to the top of the page.
    let best = search.found.iter().rev().max_by_key(|candidate| candidate.weight)?;
    if best.weight < WEIGHT_MIN {
        return None;
    }
    let date = local(best, &search.found).unwrap_or_else(|| finer(best, &search.found));
    Some(Published { date, basis: best.basis })
}

/// The day that the page shows, where what it states for machines is a time in UTC on the day before or
/// after: around midnight its readers' day is another one.
fn local(best: &Candidate, found: &[Candidate]) -> Option<PartialDate> {
    let PartialDate::Instant(at, Offset::UTC) = best.date else { return None };
    let shows = |candidate: &&Candidate| {
        let PartialDate::Day(day) = candidate.date else { return false };
        // From UTC-12 to UTC+14, a moment within the day there.
        let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).map(|noon| noon.timestamp());
        let apart = noon.map(|noon| at.duration_since(noon).as_hours().abs());
        candidate.weight >= 50 && best.date.day() != Some(day) && apart.is_ok_and(|hours| hours < 25)
    };
    let agrees = found
        .iter()
        .any(|candidate| candidate.weight >= 50 && candidate.date == PartialDate::Day(best.date.first_day()));
    found.iter().find(shows).filter(|_| !agrees).map(|candidate| candidate.date)
}

/// The same day where another place tells the time as well.
fn finer(best: &Candidate, found: &[Candidate]) -> PartialDate {
    let same_day = |candidate: &&Candidate| {
        matches!(candidate.date, PartialDate::Instant(..))
            && candidate.date.day() == best.date.day()
            && candidate.weight >= 60
    };
    match best.date {
        PartialDate::Day(_) => found.iter().find(same_day).map_or(best.date, |candidate| candidate.date),
        other => other,
    }
}

/// The date that a part of a page carries: in an element marked as a date, else in a line that is one.
pub fn within(tree: &Tree, node: NodeId, order: Order) -> Option<PartialDate> {
    let elements = || tree.subtree(node).filter(|&id| tree.is_element(id) && tree.end(id) - id <= 12);
    let machine =
        elements().filter_map(|id| tree.attribute(id, "datetime")).find_map(|text| machine_date(text, order));
    let line = || elements().find_map(|id| date::exactly_with(&tree.line(id), order));
    machine.or_else(line).filter(|date| date.day().is_some())
}

/// `4/5/2018` is 5 April on pages from the United States. Those that say no more than that they are in
/// English count as such, unless they name another country or stand under its domain.
pub fn order(head: &Head<'_>, address: Option<&Url>) -> Order {
    let said: Vec<String> = head
        .language
        .into_iter()
        .chain(head.meta(&["og:locale"]))
        .chain(head.meta(&["content-language"]))
        .map(|said| said.replace('_', "-").to_ascii_lowercase())
        .collect();
    if said.iter().any(|said| said.starts_with("en-us")) {
        return Order::MonthFirst;
    }
    let country = address.and_then(Url::host_str).and_then(|host| host.rsplit('.').next());
    let elsewhere = country.is_some_and(|country| country.len() == 2 && country != "us");
    let english = said.first().is_some_and(|said| said == "en") && said.iter().all(|said| said.len() == 2);
    if english && !elsewhere { Order::MonthFirst } else { Order::DayFirst }
}

impl Search<'_> {
    fn add(&mut self, text: &str, weight: i32, basis: Basis) {
        if let Some(date) = machine_date(text, self.order) {
            self.push(date, weight, basis);
        }
    }

    fn push(&mut self, date: PartialDate, weight: i32, basis: Basis) {
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
            self.found.push(Candidate { date, weight: weight - less, basis });
        }
    }

    /// Dates in JSON-LD and `meta`.
    fn declared(&mut self) {
        let page = self.page;
        let linked = page.linked;
        for (text, weight) in [(&linked.published, 100), (&linked.created, 80), (&linked.modified, 30)] {
            if let Some(text) = text {
                self.add(text, weight, Basis::Stated);
            }
        }
        for (name, content) in page.head.metas() {
            let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            let weight = match name.as_str() {
                name if PUBLISHED.contains(&name) => 98,
                name if CREATED.contains(&name) => 82,
                name if UNSAID.contains(&name) => 62,
                name if MODIFIED.contains(&name) => 28,
                _ => continue,
            };
            self.add(content, weight, Basis::Stated);
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
            let Some(weight) = mark(tree, id, &parts) else { continue };
            // Related articles, comments and calendars have dates that are marked just as well.
            let weight = weight + self.place(id) - if id < set_aside { 45 } else { 0 };
            let attributes = [
                "datetime",
                "content",
                "data-datetime",
                "data-date",
                "data-time",
                "data-utime",
                "data-timestamp",
                "title",
            ];
            let machine = attributes
                .iter()
                .filter_map(|name| tree.attribute(id, name))
                .find_map(|text| machine_date(text, self.order));
            if let Some(date) = machine {
                self.push(date, weight, Basis::Stated);
                continue;
            }
            if tree.end(id) - id > 40 {
                continue;
            }
            let text = tree.line(id);
            if text.len() <= 200 {
                self.mentioned(&text, weight - 2, Basis::Stated);
            }
        }
    }

    /// Dates in the text itself, most of all near the headline.
    fn written(&mut self) {
        let page = self.page;
        let at = |id: NodeId| page.lines.partition_point(|line| line.node < id);
        let headline = page.headline.map_or_else(|| at(page.article.start), at) as i32;
        for (place, line) in page.lines.iter().enumerate() {
            let distance = place as i32 - headline;
            let length = line.text.chars().count();
            if length > 400 || !line.text.bytes().any(|byte| byte.is_ascii_digit()) && line.text.is_ascii() {
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
            self.mentioned(
                &line.text,
                near + brief + linked,
                if near > 40 && length <= 60 { Basis::Stated } else { Basis::Inferred },
            );
        }
    }

    /// A date in running text, by the words before it.
    fn mentioned(&mut self, text: &str, weight: i32, basis: Basis) {
        for (nth, mention) in date::mentions_with(text, self.order).into_iter().enumerate().take(4) {
            if mention.span || matches!(mention.date, PartialDate::Year(_)) {
                continue;
            }
            let before = text[..mention.range().start].to_lowercase();
            let before = last_chars(&before, 40);
            let said = |words: &[&str]| words.iter().any(|word| has_word(before, word));
            let words = if said(OTHER_WORDS) {
                -30
            } else if said(MODIFIED_WORDS) {
                -28
            } else if said(PUBLISHED_WORDS) {
                10
            } else {
                0
            };
            // A word such as *published* says what the date is of; nearness alone only lets infer it.
            let basis = if words > 0 { Basis::Stated } else { basis };
            self.push(mention.date, weight + words - 2 * nth as i32, basis);
        }
    }

    /// A day in the address, as `/2018/04/04/`.
    fn in_address(&mut self) {
        let Some(address) = self.page.address else { return };
        let numbers: Vec<&str> = address.path().split(['/', '-', '_', '.']).collect();
        for window in numbers.windows(3) {
            if window[0].len() == 4 && window[1].len() <= 2 && window[2].len() <= 2 {
                let text = format!("{}-{:0>2}-{:0>2}", window[0], window[1], window[2]);
                if let Ok(date) = text.parse() {
                    self.push(date, 68, Basis::Inferred);
                    return;
                }
            }
        }
        let eight = numbers.iter().find(|part| part.len() == 8 && part.starts_with(['1', '2']));
        if let Some(date) = eight.and_then(|part| date::exactly(part)) {
            self.push(date, 55, Basis::Inferred);
        }
    }

    /// A day in the data from which scripts build the page.
    fn in_scripts(&mut self) {
        let source = self.page.source;
        for (member, weight) in [
            ("datePublished", 62),
            ("publishedAt", 50),
            ("published_at", 50),
            ("publishDate", 50),
            ("publicationDate", 50),
            ("datePosted", 40),
            ("created_at", 40),
            ("dateModified", 14),
        ] {
            let Some(at) =
                source.find(&format!("{member}\"")).or_else(|| source.find(&format!("{member}\\\"")))
            else {
                continue;
            };
            let rest = source[at + member.len()..].trim_start_matches(['"', '\\', ':', ' ']);
            let end = rest.find(['"', '\\', ',', '}']).unwrap_or(0);
            self.add(&rest[..end.min(60)], weight, Basis::Stated);
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

/// A date that was written for machines, perhaps sloppily.
fn machine_date(text: &str, order: Order) -> Option<PartialDate> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    if let Some(date) = text.parse().ok().or_else(|| date::exactly_with(text, order)) {
        return Some(date);
    }
    // Seconds or milliseconds since 1970.
    if (10..=13).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds =
            text[..10].parse().ok().filter(|seconds| (300_000_000..4_000_000_000).contains(seconds))?;
        let at = jiff::Timestamp::from_second(seconds).ok()?;
        return matches!(text.len(), 10 | 13).then_some(PartialDate::Instant(at, Offset::UTC));
    }
    // `2018-04-04T10:00:00.000` and more that begins with a day.
    let day = text.get(..10).and_then(|day| day.replace('/', "-").parse().ok());
    day.filter(|date| matches!(date, PartialDate::Day(_))).or_else(|| {
        let mentions = date::mentions_with(text, order);
        mentions.first().filter(|mention| !mention.span).map(|mention| mention.date)
    })
}

fn last_chars(text: &str, count: usize) -> &str {
    let start = text.char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at);
    &text[start..]
}
