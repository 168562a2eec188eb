//! When an article was published, and how that is known.
//!
//! Owns the order in which dates are believed: what is said to be the date of publication before what
//! merely stands where such dates stand, and both before what is concluded from other things.

use super::title::is_masthead;
use super::{Article, Kind, Line, date, fold, meta};
use crate::bulletin::{Basis, PartialDate, Published};
use meta::Said;

impl Article<'_> {
    pub fn published(&self) -> Option<Published> {
        let stated = |date| Published { basis: Basis::Stated, date };
        let inferred = |date| Published { basis: Basis::Inferred, date };
        self.stated().map(stated).or_else(|| self.inferred().map(inferred))
    }

    /// The date that the article says it was published on, by the words that say so most plainly.
    fn stated(&self) -> Option<PartialDate> {
        let head = self.text_at.max(self.title_at.map_or(0, |at| at + 1));
        let dates = |said: Said, above: bool| {
            let near = move |at: usize| self.title_at.map_or(at, |title| title.abs_diff(at));
            self.metas()
                .filter(move |(at, _)| (*at < head) == above && !self.is_of_event(*at))
                .flat_map(move |(at, meta)| {
                    meta.dates.iter().map(move |(said, mention)| (near(at), *said, mention))
                })
                .filter(move |(_, is, mention)| *is == said && !mention.span)
                .min_by_key(|(distance, _, _)| *distance)
                .map(|(_, _, mention)| mention.date)
        };
        let dateline = |text: &str| {
            meta::dateline(text, self.order)
                .filter(|(mention, _)| !mention.span)
                .map(|(mention, _)| mention.date)
        };
        let titled = || {
            let title = &self.lines.get(self.title_at?)?.text;
            meta::dateline(title, self.order)
                .filter(|(mention, _)| mention.range.0 == 0 && !mention.span)
                .map(|(mention, _)| mention.date)
        };
        let reprint = || {
            self.lines.iter().find_map(|line| match line.kind {
                Kind::Reprint(mention) => Some(mention.date),
                _ => None,
            })
        };
        dates(Said::Published, true)
            .or_else(|| dates(Said::Plain, true))
            .or_else(titled)
            .or_else(|| self.lead().and_then(dateline))
            .or_else(|| self.masthead())
            .or_else(|| dates(Said::Published, false))
            .or_else(|| dates(Said::Plain, false))
            .or_else(reprint)
            .or_else(|| dates(Said::Updated, true))
            .or_else(|| dates(Said::Updated, false))
    }

    /// The date of an event that the article is about, or of what its picture shows.
    fn inferred(&self) -> Option<PartialDate> {
        let spans = self.metas().flat_map(|(_, meta)| &meta.dates).map(|(_, mention)| mention.date);
        let captions = self.lines.iter().filter(|line| line.kind == Kind::Caption);
        let titled = date::mentions_with(&self.title, self.order).first().map(|mention| mention.date);
        let prose = || {
            // One day in all the text, and that in its first paragraph, is what the text is about.
            let (day, others) = meta::days(self.lead()?, self.order)?;
            let (_, others_below) = meta::days(&self.prose(), self.order)?;
            (!others && !others_below).then_some(day)
        };
        spans
            .chain(titled)
            .chain(captions.filter_map(|line| meta::days(&line.text, self.order)).map(|(day, _)| day))
            .next()
            .or_else(prose)
    }

    /// Whether the date line at `at` says when an event is: a time or a place stands beside it.
    fn is_of_event(&self, at: usize) -> bool {
        const BESIDE: [&str; 24] = [
            "time",
            "venue",
            "where",
            "place",
            "location",
            "heure",
            "horaire",
            "lieu",
            "hora",
            "lugar",
            "horario",
            "ort",
            "uhrzeit",
            "zeit",
            "beginn",
            "luogo",
            "ora",
            "orario",
            "local",
            "plaats",
            "tijd",
            "место",
            "время",
            "when",
        ];
        let labelled = |line: &Line| {
            line.group == self.lines[at].group
                && line.text.split_once(':').is_some_and(|(label, _)| BESIDE.contains(&fold(label).as_str()))
        };
        self.lines[at.saturating_sub(3)..self.lines.len().min(at + 4)].iter().any(labelled)
    }

    /// The date in a newsletter's own name: `The Beacon, issue 12, April 2018`.
    fn masthead(&self) -> Option<PartialDate> {
        self.lines[..self.text_at]
            .iter()
            .filter(|line| line.is_heading() && is_masthead(&line.text))
            .find_map(|line| {
                date::mentions_with(&line.text, self.order)
                    .first()
                    .filter(|mention| !mention.span)
                    .map(|mention| mention.date)
            })
    }
}
