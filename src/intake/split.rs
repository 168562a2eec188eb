//! Where a document of several bulletins splits.
//!
//! Owns the one rule: a document is several bulletins where a pattern repeats, a heading with text of
//! its own and (nearly) always a date of its own. It must never split an article at its headings: these
//! have no dates.

use super::boilerplate::{self, Class, words};
use super::date::{self, Order};
use super::text::line::{Kind, Line};
use super::text::meta;

/// A document that splits.
pub struct Split {
    /// What the document as a whole is headed with: its parts' category.
    pub label: Option<String>,
    pub parts: Vec<Part>,
}

/// The lines of one bulletin.
pub struct Part {
    pub lines: Vec<Line>,
    /// The index of its title.
    pub title: usize,
}

/// A heading that may begin a bulletin.
struct Candidate {
    /// Its index among the kept lines.
    at: usize,
    dated: Dated,
}

/// Where the date of a candidate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dated {
    /// In a line between heading and text, at the start of the heading or of the text.
    Own,
    /// In the line before the heading, which may be the end of the bulletin before.
    Before,
    /// Somewhere in the heading or in the first paragraph.
    Mentioned,
    Not,
}

/// The parts of a document, or `None` where it is one bulletin.
pub fn split(lines: &[Line], order: Order) -> Option<Split> {
    let kept: Vec<&Line> = lines.iter().filter(|line| !line.dropped || line.kind == Kind::Caption).collect();
    let mut candidates: Vec<Candidate> =
        (0..kept.len()).filter_map(|at| candidate(&kept, at, order)).collect();
    let style = style(&kept, &candidates)?;
    for candidate in &mut candidates {
        if candidate.dated == Dated::Before && style != Style::Above {
            candidate.dated =
                if mentions_day(&kept, candidate.at, order) { Dated::Mentioned } else { Dated::Not };
        }
    }
    if style == Style::Below {
        take_dates_below(&kept, &mut candidates);
    }
    let starts = starts(&kept, candidates)?;
    let parts = parts(&kept, &starts, style);
    let preamble = &kept[..parts.first().map_or(0, |(from, _, _)| *from)];
    let titles: Vec<&str> = parts.iter().map(|(_, title, _)| kept[*title].text.as_str()).collect();
    let parts = parts
        .iter()
        .enumerate()
        .map(|(at, &(from, title, to))| {
            let near = &titles[at..titles.len().min(at + 2)];
            Part { lines: without_captions(&kept, from..to, title, near), title: title - from }
        })
        .collect();
    Some(Split { label: label(preamble), parts })
}

/// Reads the lines around the heading at `at`, if there is one with text or a date of its own.
fn candidate(kept: &[&Line], at: usize, order: Order) -> Option<Candidate> {
    if !kept[at].is_heading() && kept[at].kind != Kind::Title {
        return None;
    }
    let told =
        |line: &&&Line| matches!(line.kind, Kind::Meta(_) | Kind::Caption | Kind::Label(Class::Section));
    let between = kept[at + 1..].iter().take_while(told).count();
    let text = kept.get(at + 1 + between).filter(|line| line.is_text() && line.words >= 4)?;
    let own = kept[at + 1..at + 1 + between].iter().any(|line| line.is_dated())
        || meta::dateline(&kept[at].text, order).is_some_and(|(mention, _)| mention.range.0 == 0)
        || meta::dateline(&text.text, order).is_some();
    let before = kept[..at].iter().rev().take(2).take_while(told).any(|line| line.is_dated());
    let dated = match (own, before) {
        (true, _) => Dated::Own,
        (false, true) => Dated::Before,
        (false, false) if mentions_day(kept, at, order) => Dated::Mentioned,
        (false, false) => Dated::Not,
    };
    Some(Candidate { at, dated })
}

/// Whether the heading at `at` or the first paragraph under it mentions a day.
fn mentions_day(kept: &[&Line], at: usize, order: Order) -> bool {
    let text = kept[at + 1..].iter().find(|line| line.is_text());
    let day = |text: &str| {
        let head = crate::bulletin::clip(text, 400);
        date::mentions_with(head, order).iter().any(|mention| mention.date.day().is_some())
    };
    day(&kept[at].text) || text.is_some_and(|line| day(&line.text))
}

/// Where the lines stand that date the bulletins of a listing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Above,
    Within,
    Below,
}

/// The place that most dates have; a line between a text and the next heading belongs to the heading
/// only if the first heading has such a line as well.
fn style(kept: &[&Line], candidates: &[Candidate]) -> Option<Style> {
    let (first, last) = (candidates.first()?, candidates.last()?);
    let before = candidates.iter().filter(|candidate| candidate.dated == Dated::Before).count();
    let own = candidates.iter().filter(|candidate| candidate.dated == Dated::Own).count();
    if before <= own {
        return Some(Style::Within);
    }
    if first.dated == Dated::Before {
        return Some(Style::Above);
    }
    let closes = kept[last.at..].iter().any(|line| line.is_dated());
    Some(if closes { Style::Below } else { Style::Within })
}

fn take_dates_below(kept: &[&Line], candidates: &mut [Candidate]) {
    for i in 0..candidates.len() {
        let end = candidates.get(i + 1).map_or(kept.len(), |next| next.at);
        if kept[candidates[i].at..end].iter().any(|line| line.is_dated()) {
            candidates[i].dated = Dated::Own;
        }
    }
}

/// The candidates that begin bulletins, or `None` where they are the headings of one.
fn starts(kept: &[&Line], candidates: Vec<Candidate>) -> Option<Vec<usize>> {
    let count = candidates.len();
    let surely = |candidate: &&Candidate| matches!(candidate.dated, Dated::Own | Dated::Before);
    let sure = candidates.iter().filter(surely).count();
    let dated = candidates.iter().filter(|candidate| candidate.dated != Dated::Not).count();
    let at = |candidate: &Candidate| candidate.at;
    let starts: Vec<usize> = if sure >= 2 && dated * 4 >= count * 3 && sure * 2 >= count {
        candidates.iter().map(at).collect()
    } else if sure >= 3 && candidates.first().as_ref().is_some_and(surely) {
        // Whole posts with headings of their own: only the dated ones begin a post.
        candidates.iter().filter(surely).map(at).collect()
    } else {
        return None;
    };
    // Titles have words; the stages of a history are `Phase 1`.
    let words: usize = starts.iter().map(|at| kept[*at].words).sum();
    (starts.len() >= 2 && words > starts.len() * 2).then_some(starts)
}

/// First line, title and end of each bulletin.
fn parts(kept: &[&Line], starts: &[usize], style: Style) -> Vec<(usize, usize, usize)> {
    // Where most titles follow another heading, that one is the title and these are subtitles.
    let has_upper =
        |at: &usize| *at > 0 && kept[at - 1].is_heading() && !repeats(&kept[at - 1].text, &[&kept[*at].text]);
    let subtitled =
        starts.len() >= 2 && starts.iter().filter(|at| has_upper(at)).count() * 3 >= starts.len() * 2;
    let titles: Vec<usize> =
        starts.iter().map(|at| if subtitled && has_upper(at) { at - 1 } else { *at }).collect();
    let first = |title: usize| {
        let told = |line: &&&Line| matches!(line.kind, Kind::Meta(_) | Kind::Label(Class::Section));
        // The preamble keeps the name of the listing, which may stand right above the first date.
        let above = kept[..title].iter().rev().take_while(told).count();
        let above = if title == titles[0] {
            kept[title - above..title]
                .iter()
                .rposition(|line| !line.is_dated())
                .map_or(above, |at| above - at - 1)
        } else {
            above
        };
        title - if style == Style::Above { above } else { 0 }
    };
    titles
        .iter()
        .enumerate()
        .map(|(i, &title)| (first(title), title, titles.get(i + 1).map_or(kept.len(), |next| first(*next))))
        .collect()
}

/// The lines of a part without the captions of links: headings with no text of their own that only
/// repeat the words of a title nearby.
fn without_captions(
    kept: &[&Line],
    range: std::ops::Range<usize>,
    title: usize,
    titles: &[&str],
) -> Vec<Line> {
    let last_text = range.clone().rfind(|at| kept[*at].is_text()).unwrap_or(range.start);
    range
        .clone()
        .filter(|&at| {
            at <= title || !(kept[at].is_heading() && at > last_text && repeats(&kept[at].text, titles))
        })
        .map(|at| kept[at].clone())
        .collect()
}

/// Whether nearly all words of `text` stand in one of `titles`.
fn repeats(text: &str, titles: &[&str]) -> bool {
    let line = words(text);
    titles.iter().any(|title| {
        let title = words(title);
        let shared = line.iter().filter(|word| title.iter().any(|other| other.folded == word.folded)).count();
        line.len() >= 2 && shared * 5 >= line.len() * 4
    })
}

/// What a listing is headed with: the name of a section, or else its only heading.
fn label(preamble: &[&Line]) -> Option<String> {
    let section = |line: &&&Line| line.label() == Some(Class::Section);
    if let Some(line) = preamble.iter().rev().find(section) {
        return Some(line.text.trim_end_matches(':').into());
    }
    let headings: Vec<&&Line> = preamble.iter().filter(|line| line.is_heading() && line.words <= 6).collect();
    let named = |line: &&&&Line| {
        let words = words(&line.text);
        (0..words.len()).any(|from| {
            (from + 1..=words.len())
                .any(|to| boilerplate::hits(&words[from..to]).iter().any(|hit| hit.class == Class::Section))
        })
    };
    let line = headings.iter().rev().find(named).or(headings.first().filter(|_| headings.len() == 1))?;
    Some(line.text.trim_end_matches(':').into())
}
