//! One article out of its lines: title, date, authors, categories, summary and body.
//!
//! Owns which line is the title and which date is the date of publication. It must never lose prose:
//! what becomes neither title nor summary is body.

mod published;
mod title;

use super::language::language;
use super::line::{Kind, Line};
use super::markup::{self, Element, Piece};
use super::meta;
use super::page::has_address;
use crate::bulletin::Author;
use crate::intake::boilerplate::{self, Class, words};
use crate::intake::date::{self, Order};
use crate::intake::fold::fold;
use crate::intake::{Body, Draft};

/// The draft of the article that `lines` are; `title` is the index of its title where that is known.
pub fn draft(lines: &[Line], title: Option<usize>, order: Order) -> Draft {
    let article = Article::of(lines, title, order);
    let summary = article.summary();
    let body = article.body(&summary);
    let said: String = summary.iter().map(|at| lines[*at].text.as_str()).collect::<Vec<_>>().join(" ");
    Draft {
        language: language(&format!("{}\n{}", article.title, article.prose())),
        published: article.published(),
        authors: article.authors(),
        categories: article.categories(),
        summary: (!said.is_empty()).then_some(said),
        body: Body::Safe(body),
        title: Some(article.title),
        ..Draft::default()
    }
}

/// Authors, and categories, of one article; what claims to have more is no article.
const NAMES_MAX: usize = 100;

struct Article<'a> {
    lines: &'a [Line],
    order: Order,
    title: String,
    /// The line that is the title and nothing else; none where the title is cut out of the text.
    title_at: Option<usize>,
    /// The first line of the text.
    text_at: usize,
    /// The line after the last line of the text.
    text_end: usize,
}

impl<'a> Article<'a> {
    fn of(lines: &'a [Line], known: Option<usize>, order: Order) -> Article<'a> {
        let from = known.map_or(0, |at| at + 1);
        let first_text = |from: usize| {
            let after =
                |test: &dyn Fn(&Line) -> bool| lines[from..].iter().position(test).map(|at| from + at);
            after(&|line| {
                line.is_substantial() || !line.dropped && matches!(line.kind, Kind::Item(_) | Kind::Quote)
            })
            .or_else(|| after(&|line| !line.dropped && line.is_text()))
            .unwrap_or(lines.len())
        };
        let mut text_at = first_text(from);
        let mut title_at = known.or_else(|| title::title(lines, text_at));
        if title_at.is_none()
            && let Some(at) = title::late_title(lines, text_at)
        {
            (title_at, text_at) = (Some(at), first_text(at + 1));
        }
        let mut title = title_at.map(|at| lines[at].text.clone());
        if title_at.is_none()
            && let Some((text, at)) = title::cut_title(lines, order)
        {
            (title, title_at) = (Some(text), at);
            text_at = at.map_or(text_at, |at| first_text(at + 1));
        }
        let text_end =
            lines.iter().rposition(|line| !line.dropped && line.is_text()).map_or(lines.len(), |at| at + 1);
        let title = title.unwrap_or_default();
        let plain = match meta::dateline(&title, order) {
            // `04.04.2018 – The lamp is lit`: the date goes where dates go.
            Some((mention, end)) if mention.range.0 == 0 && title.len() > end => title[end..].trim().into(),
            _ => title,
        };
        Article { lines, order, title: plain, title_at, text_at, text_end }
    }

    /// Lines that tell about the article: those above its text and below it, and not those within.
    fn metas(&self) -> impl Iterator<Item = (usize, &meta::Meta)> {
        let around = |at: usize| at < self.text_at || at >= self.text_end;
        self.lines.iter().enumerate().filter_map(move |(at, line)| {
            let meta = line.meta().filter(|meta| !line.dropped && (around(at) || meta.dates.is_empty()))?;
            Some((at, meta))
        })
    }

    /// The first paragraph.
    fn lead(&self) -> Option<&'a str> {
        let skipped = self.summary();
        let first = (self.text_at..self.lines.len())
            .find(|at| !skipped.contains(at) && self.is_body(*at) && self.lines[*at].is_text())?;
        Some(&self.lines[first].text)
    }

    /// Where the text of the body stands, paragraph by paragraph.
    fn prose(&self) -> String {
        let kept = (0..self.lines.len()).filter(|at| self.is_body(*at) && self.lines[*at].is_text());
        kept.map(|at| self.lines[at].text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn authors(&self) -> Vec<Author> {
        let mut authors: Vec<Author> = Vec::new();
        for author in self.metas().flat_map(|(_, meta)| &meta.authors).take(NAMES_MAX) {
            if authors.iter().all(|known| known.name != author.name) {
                authors.push(author.clone());
            }
        }
        authors
    }

    /// What the article says it belongs to, first the section that it stands in.
    fn categories(&self) -> Vec<String> {
        let head = &self.lines[..self.text_at.max(self.title_at.unwrap_or(0))];
        let sections = head
            .iter()
            .filter(|line| !line.dropped && line.label() == Some(Class::Section))
            .map(|line| line.text.clone());
        let mut categories: Vec<String> = Vec::new();
        for label in
            sections.chain(self.metas().flat_map(|(_, meta)| meta.categories.clone())).take(NAMES_MAX)
        {
            let label = label.trim_end_matches([':', '.', ' ']).to_string();
            if categories.iter().all(|known| fold(known) != fold(&label)) {
                categories.push(label);
            }
        }
        categories
    }

    /// The lines of the highlights, if there are any and a text after them.
    fn summary(&self) -> Vec<usize> {
        let labelled = |line: &Line| !line.dropped && line.label() == Some(Class::Highlights);
        let Some(label) = self.lines[..self.text_at.min(self.lines.len())].iter().position(labelled) else {
            return Vec::new();
        };
        let rest = || (label + 1..self.lines.len()).filter(|at| !self.lines[*at].dropped);
        let Some(first) = rest().next() else { return Vec::new() };
        let fits = |at: &usize| {
            let line = &self.lines[*at];
            let short = line.text.chars().count() <= 300 && line.words <= 50;
            matches!(line.kind, Kind::Prose | Kind::Item(_) | Kind::Heading)
                && (short || *at == first)
                && meta::dateline(&line.text, self.order).is_none()
        };
        let group = self.lines[first].group;
        let together = rest().filter(|at| self.lines[*at].group == group).count();
        let is_list = matches!(self.lines[first].kind, Kind::Item(_));
        // Lines that stand together, or make a list, are the highlights; else each short paragraph is one.
        let highlights: Vec<usize> = rest()
            .take(8)
            .take_while(fits)
            .take_while(|at| match (is_list, together >= 2) {
                (true, _) => matches!(self.lines[*at].kind, Kind::Item(_)),
                (false, true) => self.lines[*at].group == group,
                (false, false) => true,
            })
            .collect();
        let last = highlights.last().copied().unwrap_or(label);
        let goes_on = self.lines[last + 1..].iter().any(Line::is_substantial);
        if goes_on { highlights } else { Vec::new() }
    }

    /// Whether the line at `at` is of the body. Above the title only prose is: the rest there is of the page.
    fn is_body(&self, at: usize) -> bool {
        let line = &self.lines[at];
        if line.dropped || Some(at) == self.title_at {
            return false;
        }
        let above =
            self.title_at.is_some_and(|title| at < title) || self.title_at.is_none() && at < self.text_at;
        match &line.kind {
            Kind::Prose if above => line.is_substantial() && !has_address(&line.text),
            Kind::Reprint(_) => true,
            _ if above => false,
            Kind::Meta(meta) => at >= self.text_at && at < self.text_end && !meta.dates.is_empty(),
            Kind::Label(Class::Section | Class::Contents | Class::Discussion | Class::Contact) => {
                at > self.text_at && at < self.text_end
            }
            Kind::Label(Class::Highlights) => at > self.text_at,
            Kind::Heading | Kind::Title => fold(&line.text) != fold(&self.title),
            Kind::Prose | Kind::Item(_) | Kind::Quote => true,
            Kind::Caption | Kind::Chrome(_) | Kind::Label(_) | Kind::Rule => false,
        }
    }

    fn body(&self, summary: &[usize]) -> String {
        let label = |at: &usize| summary.is_empty() || self.lines[*at].label() != Some(Class::Highlights);
        let body: Vec<usize> = (0..self.lines.len())
            .filter(|at| self.is_body(*at) && !summary.contains(at))
            .filter(label)
            .collect();
        let pieces: Vec<Piece<'_>> = body
            .iter()
            .enumerate()
            .map(|(i, at)| {
                let line = &self.lines[*at];
                let next = body.get(i + 1).map(|at| &self.lines[*at]);
                Piece { element: element(line, next), text: &line.text, group: line.group }
            })
            .collect();
        if pieces.is_empty() {
            // A notice of one line is its own title and body.
            return markup::html(&[Piece { element: Element::Paragraph, text: &self.title, group: 0 }]);
        }
        markup::html(&pieces)
    }
}

/// What a line of the body is in HTML, with `next` after it.
fn element(line: &Line, next: Option<&Line>) -> Element {
    let heads = next.is_some_and(|next| next.is_text() || next.group != line.group && !next.is_heading());
    match line.kind {
        Kind::Item(number) => Element::Item { numbered: number.is_some() },
        Kind::Quote => Element::Quote,
        Kind::Heading | Kind::Title | Kind::Label(_) if heads && line.words <= 20 => Element::Heading,
        _ => Element::Paragraph,
    }
}
