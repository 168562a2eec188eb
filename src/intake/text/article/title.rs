//! Which line of a page is the title of its article.
//!
//! Owns the choice between headings above the text, and what serves where there is none. It must never
//! use up a line that says more than a title does.

use super::{Kind, Line, Order, boilerplate, date, meta, words};
use boilerplate::Class;

/// Headings above a text that are looked at: menus can be long, but not for ever.
const HEADINGS_MAX: usize = 400;

/// Lines after a heading that are looked at for text that parts it from the main text.
const DISTANCE_MAX: usize = 12;

/// The longest title that is cut out of prose, in characters.
const CUT_TITLE_CHARS_MAX: usize = 120;

/// Words of a sentence that can be a title by itself.
const SENTENCE_TITLE_WORDS_MAX: usize = 20;

pub fn is_masthead(text: &str) -> bool {
    boilerplate::hits(&words(text)).iter().any(|hit| hit.class == Class::Masthead)
}

/// The heading above `text_at` that is most likely the title.
pub fn title(lines: &[Line], text_at: usize, order: Order) -> Option<usize> {
    // `Subject:` and its like leave nothing to judge.
    if let Some(at) = lines.iter().position(|line| line.kind == Kind::Title && !line.dropped) {
        return Some(at);
    }
    let head = &lines[..text_at.min(lines.len())];
    // Below the heads of highlights and contents are these, and not the title.
    let end =
        head.iter().position(|line| matches!(line.label(), Some(Class::Highlights))).unwrap_or(head.len());
    let spoken: Vec<String> = lines[text_at.min(lines.len())..]
        .iter()
        .filter(|line| line.is_text())
        .take(4)
        .flat_map(|line| words(&line.text))
        .map(|word| word.folded)
        .collect();
    let mut best: Option<(i32, usize)> = None;
    let headings: Vec<usize> = (0..end).filter(|at| lines[*at].is_heading()).collect();
    let from = headings.len().saturating_sub(HEADINGS_MAX);
    for (i, &at) in headings.iter().enumerate().skip(from) {
        // What stands far above the text has other lines between that may be nearer to being its title.
        let text =
            lines[at..end].iter().take(DISTANCE_MAX).filter(|line| line.is_text() && !line.dropped).count();
        let distance = i32::try_from(headings.len() - 1 - i + text).unwrap_or(i32::MAX).min(20);
        let score = title_score(lines, at, &spoken, order) - distance;
        if best.is_none_or(|(best, _)| score > best) {
            best = Some((score, at));
        }
    }
    best.map(|(_, at)| at)
}

/// How much a heading above the text is like a title; `spoken` are the words of the text.
fn title_score(lines: &[Line], at: usize, spoken: &[String], order: Order) -> i32 {
    let line = &lines[at];
    let mut score = match line.words {
        // Menus have words, titles have phrases.
        4..=20 => 20,
        3 => 10,
        2 => 2,
        1 => -10,
        _ => 5,
    };
    let spoken_of = shared(&line.text, spoken);
    score += spoken_of;
    let next = lines[at + 1..].iter().find(|line| line.kind != Kind::Caption);
    score += match next.map(|line| &line.kind) {
        // The line above a date is the title, or the name of who wrote it.
        Some(Kind::Meta(_)) => {
            if spoken_of > 4 || line.words > 3 {
                15
            } else {
                5
            }
        }
        Some(Kind::Prose) => 8,
        _ => 0,
    };
    if at > 0 && lines[at - 1].is_dated() {
        score += 10;
    }
    // The second of two headings is a subtitle, unless the first is a link or the newsletter's name.
    let above = lines[..at].iter().rev().find(|line| line.kind != Kind::Caption);
    let titled = |above: &Line| {
        above.is_heading()
            && above.words >= 4
            && !is_masthead(&above.text)
            && shared(&above.text, spoken) >= 8
    };
    if above.is_some_and(titled) {
        score -= 16;
    }
    if is_masthead(&line.text) {
        score -= 25;
    }
    // Alternative texts of pictures and remarks in brackets.
    if line.text.starts_with(|c: char| c.is_lowercase() || c == '(') {
        score -= 15;
    }
    // A line that is for the most part a date is a byline that could not be read.
    let dated = date::mentions_with(&line.text, order);
    if dated.first().is_some_and(|date| date.range().len() * 4 > line.text.len()) {
        score -= 25;
    }
    score + if is_repeated(lines, at) { 20 } else { 0 }
}

/// What an article is about, its title and its text both name: up to 20 for the words that they share.
fn shared(heading: &str, spoken: &[String]) -> i32 {
    let named: Vec<_> = words(heading).into_iter().filter(|word| word.folded.chars().count() >= 4).collect();
    let shared = named.iter().filter(|word| spoken.contains(&word.folded)).count();
    i32::try_from(20 * shared / named.len().max(1)).unwrap_or(0)
}

/// Lines above and below a heading in which a page may give its title again.
const REPEATED_WITHIN: usize = 12;

/// Whether the title of the page or the end of a breadcrumb is this heading: `Title | Site`, `Home > Title`.
fn is_repeated(lines: &[Line], at: usize) -> bool {
    const BETWEEN: [char; 9] = ['|', '-', '–', '—', '·', '«', '»', ':', '>'];
    let title = lines[at].text.as_str();
    let near = at.saturating_sub(REPEATED_WITHIN)..lines.len().min(at + REPEATED_WITHIN);
    lines[at].words >= 2
        && lines[near].iter().any(|line| {
            let before = line.text.strip_suffix(title).is_some_and(|rest| rest.trim_end().ends_with(BETWEEN));
            let after =
                line.text.strip_prefix(title).is_some_and(|rest| rest.trim_start().starts_with(BETWEEN));
            before || after
        })
}

/// The heading that a short opening stands above: *Dear readers*, a caption without a credit.
pub fn late_title(lines: &[Line], text_at: usize) -> Option<usize> {
    let at = (text_at..lines.len()).find(|at| lines[*at].is_heading())?;
    let count = |lines: &[Line]| {
        lines.iter().filter(|line| !line.dropped && line.is_text()).map(|line| line.words).sum::<usize>()
    };
    let opening = count(&lines[..at]);
    let first = lines[..at].iter().find(|line| !line.dropped && line.is_text())?;
    let titled = first.words <= SENTENCE_TITLE_WORDS_MAX && !first.text.ends_with(',');
    (!titled && opening <= 45 && count(&lines[at..]) > 2 * opening).then_some(at)
}

/// A title out of the text itself: its first line, where that is short and more follows, and else its
/// first sentence. The line is given where it is used up.
pub fn cut_title(lines: &[Line], order: Order) -> Option<(String, Option<usize>)> {
    let is_open = |line: &&Line| {
        !line.dropped
            && (line.is_text() || line.kind == Kind::Heading || matches!(line.kind, Kind::Reprint(_)))
    };
    let at = lines
        .iter()
        .position(|line| is_open(&line))
        .or_else(|| lines.iter().position(|line| !line.dropped))?;
    let line = &lines[at];
    let more = lines[at + 1..].iter().any(|line| !line.dropped && line.is_text());
    if more
        && line.kind != Kind::Quote
        && line.words <= SENTENCE_TITLE_WORDS_MAX
        && !matches!(line.kind, Kind::Item(_))
    {
        return Some((line.text.trim_end_matches([':', ',']).into(), Some(at)));
    }
    // A dateline is no part of what a paragraph says.
    let start = meta::dateline(&line.text, order).map_or(0, |(_, end)| end);
    let text = line.text[start..].trim();
    Some((first_sentence(if text.is_empty() { &line.text } else { text }), None))
}

/// The first sentence of `text`, or as many of its words as a title may have.
fn first_sentence(text: &str) -> String {
    let end = text
        .match_indices(['.', '!', '?', '。', '؟'])
        .map(|(at, mark)| at + mark.len())
        .find(|&end| end >= 15 && (text[end..].is_empty() || text[end..].starts_with([' ', '”', '"', '»'])))
        .unwrap_or(text.len());
    let sentence = &text[..end];
    if sentence.chars().count() <= CUT_TITLE_CHARS_MAX {
        return sentence.into();
    }
    let clip = sentence.char_indices().nth(CUT_TITLE_CHARS_MAX).map_or(sentence.len(), |(at, _)| at);
    let clip = sentence[..clip].rfind(' ').unwrap_or(clip);
    format!("{}…", sentence[..clip].trim_end_matches([',', ';', ':', ' ']))
}
