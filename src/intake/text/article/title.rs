//! Which line of a page is the title of its article.
//!
//! Owns the choice between headings above the text, and what serves where there is none. It must never
//! use up a line that says more than a title does.

use super::{Kind, Line, Order, boilerplate, meta, words};
use boilerplate::Class;

/// Headings above a text that are looked at: menus can be long, but not for ever.
const HEADINGS_MAX: usize = 400;

/// The longest title that is cut out of prose, in characters.
const CUT_TITLE_CHARS_MAX: usize = 120;

/// Words of a sentence that can be a title by itself.
const SENTENCE_TITLE_WORDS_MAX: usize = 20;

pub fn is_masthead(text: &str) -> bool {
    boilerplate::hits(&words(text)).iter().any(|hit| hit.class == Class::Masthead)
}

/// The heading above `text_at` that is most likely the title.
pub fn title(lines: &[Line], text_at: usize) -> Option<usize> {
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
    for at in (0..end).filter(|at| lines[*at].is_heading()).take(HEADINGS_MAX) {
        let score = title_score(lines, at, &spoken);
        if best.is_none_or(|(best, _)| score > best) {
            best = Some((score, at));
        }
    }
    best.map(|(_, at)| at)
}

/// How much a heading above the text is like a title; `spoken` are the words of the text.
fn title_score(lines: &[Line], at: usize, spoken: &[String]) -> i32 {
    let line = &lines[at];
    let mut score = match line.words {
        4..=20 => 20,
        3 => 10,
        2 => 2,
        1 => -10,
        _ => 5,
    };
    // What an article is about, its title and its text both name.
    let named: Vec<_> =
        words(&line.text).into_iter().filter(|word| word.folded.chars().count() >= 4).collect();
    let shared = named.iter().filter(|word| spoken.contains(&word.folded)).count();
    if !named.is_empty() {
        score += i32::try_from(20 * shared / named.len()).unwrap_or(0);
    }
    let next = lines[at + 1..].iter().find(|line| line.kind != Kind::Caption);
    score += match next.map(|line| &line.kind) {
        Some(Kind::Meta(_)) => 15,
        Some(Kind::Prose) => 8,
        _ => 0,
    };
    if at > 0 && lines[at - 1].is_dated() {
        score += 10;
    }
    // The second of two headings is a subtitle, unless the first is the site's or the newsletter's name.
    let above = lines[..at].iter().rev().find(|line| line.kind != Kind::Caption);
    if above.is_some_and(|above| above.is_heading() && above.words >= 4 && !is_masthead(&above.text)) {
        score -= 16;
    }
    if is_masthead(&line.text) {
        score -= 25;
    }
    if line.text.starts_with(|c: char| c.is_lowercase()) {
        score -= 15;
    }
    score + if is_repeated(lines, at) { 30 } else { 0 }
}

/// Lines above and below a heading in which a page may give its title again.
const REPEATED_WITHIN: usize = 12;

/// Whether the title of the page is this heading, before the name of the site: `Title | Site`.
fn is_repeated(lines: &[Line], at: usize) -> bool {
    let title = lines[at].text.as_str();
    let near = at.saturating_sub(REPEATED_WITHIN)..lines.len().min(at + REPEATED_WITHIN);
    lines[near]
        .iter()
        .filter_map(|line| line.text.strip_prefix(title))
        .any(|rest| rest.trim_start().starts_with(['|', '-', '–', '—', '·', '«', '»', ':']))
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
