//! A text as units: the paragraphs, headings and list items that its lines make up.
//!
//! Owns where lines belong together, whatever the writer's habit: a paragraph a line, paragraphs wrapped
//! at a width, or a page of short lines. It must never know what a unit says.

use crate::bulletin::PartialDate;
use crate::intake::date::{Order, whole};

/// What the typography of a unit says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Line,
    /// An item of a list, with its number where it has one.
    Item(Option<u32>),
    Quote,
    /// Underlined, or marked as a heading.
    Heading,
    /// A line of nothing but punctuation.
    Rule,
}

/// One paragraph, heading or list item, its lines joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub text: String,
    pub shape: Shape,
    /// Units of one group have no empty line between them.
    pub group: usize,
}

/// The bullets of lists, as they come out of web pages, mail and word processors.
const BULLETS: [char; 22] = [
    '•', '◦', '▪', '▫', '‣', '⁃', '∙', '●', '○', '■', '□', '➢', '➤', '►', '▸', '✓', '✔', '✦', '❖',
    '\u{f0b7}', '\u{f0a7}', '·',
];

/// Widths at which people and programs wrap text, in characters.
const WRAP_MIN: usize = 50;
const WRAP_MAX: usize = 110;

/// How much shorter than the width a full line may be: a renderer that wraps does not know of the bullet
/// or the indent that the sender's did.
const WRAP_SLACK: usize = 6;

/// `text` as units, in order.
pub fn units(text: &str) -> Vec<Unit> {
    let lines: Vec<&str> = text.lines().collect();
    let width = wrap_width(&lines);
    let mut units = Vec::new();
    for (group, lines) in
        lines.split(|line| line.trim().is_empty()).filter(|lines| !lines.is_empty()).enumerate()
    {
        push_group(lines, group, width, &mut units);
    }
    demote_what_is_no_list(&mut units);
    units
}

/// The width at which the text was wrapped, if it was.
fn wrap_width(lines: &[&str]) -> Option<usize> {
    let lengths: Vec<usize> = lines.iter().map(|line| line.trim_end().chars().count()).collect();
    // An address or a table may stick out of a wrapped text; a text of long lines is not wrapped.
    let mut sorted: Vec<usize> = lengths.iter().copied().filter(|length| *length > 0).collect();
    sorted.sort_unstable();
    let width = *sorted.get((sorted.len().max(1) - 1) * 97 / 100)?;
    if !(WRAP_MIN..=WRAP_MAX).contains(&width) {
        return None;
    }
    let (mut breaks, mut forced) = (0, 0);
    for (pair, lengths) in lines.windows(2).zip(lengths.windows(2)) {
        if lengths[0] >= WRAP_MIN / 2 && lengths[1] > 0 {
            breaks += 1;
            // A break that the width forced falls within a sentence more often than not.
            forced += usize::from(is_forced(pair[0], pair[1], width) && !ends_a_sentence(pair[0]));
        }
    }
    (forced >= 2 && forced * 2 >= breaks).then_some(width)
}

fn ends_a_sentence(line: &str) -> bool {
    line.trim_end().trim_end_matches(['"', '”', '»', '’', ')']).ends_with(['.', '!', '?', ':', '…', '。'])
}

/// Whether the first word of `next` had no room on `line`.
fn is_forced(line: &str, next: &str, width: usize) -> bool {
    let word = next.split_whitespace().next().map_or(0, |word| word.chars().count());
    let length = line.trim_end().chars().count();
    length + 1 + word + WRAP_SLACK > width && length <= width + WRAP_SLACK
}

fn push_group(lines: &[&str], group: usize, width: Option<usize>, units: &mut Vec<Unit>) {
    let first = units.len();
    let mut last = "";
    for (at, &raw) in lines.iter().enumerate() {
        let (shape, text) = shape(raw.trim());
        // A paragraph does not end in a few words without a full stop: these are a line of their own.
        let hangs = at + 1 == lines.len() && ends_a_sentence(last) && !ends_a_sentence(raw);
        let joins = units.len() > first
            && !(hangs && shape == Shape::Line)
            && shape_continues(units[units.len() - 1].shape, shape)
            && continues(&units[units.len() - 1], last, raw, width);
        if joins {
            let unit = units.last_mut().expect("a line is joined only to a unit of its group");
            // A word that was parted at the end of a line keeps its hyphen: it may be a compound.
            if !unit.text.ends_with('-') || unit.text.ends_with(" -") {
                unit.text.push(' ');
            }
            unit.text.push_str(&one_space(text));
        } else if shape == Shape::Rule && underlines(raw, &units[first..]) {
            units.last_mut().expect("an underlined unit is there").shape = Shape::Heading;
        } else {
            units.push(Unit { text: one_space(text), shape, group });
        }
        last = raw;
    }
    join_calendar_leaves(units, first);
}

/// What the mark at the start of a line makes it, and the rest of it.
fn shape(line: &str) -> (Shape, &str) {
    if line.chars().all(|c| !c.is_alphanumeric()) {
        return (Shape::Rule, line);
    }
    if let Some(rest) = line.strip_prefix('>') {
        return (Shape::Quote, rest.trim_start_matches(['>', ' ']));
    }
    if let Some(rest) = line.strip_prefix(BULLETS) {
        return (Shape::Item(None), rest.trim_start());
    }
    // These mean other things as well, unless a space follows.
    if let Some(rest) =
        ["- ", "* ", "– ", "— ", "+ ", "o\t", "-\t", "*\t"].iter().find_map(|mark| line.strip_prefix(mark))
    {
        return (Shape::Item(None), rest.trim_start());
    }
    let hashes = line.len() - line.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
        return (Shape::Heading, line[hashes..].trim_matches(['#', ' ']));
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if (1..=2).contains(&digits)
        && let Some(rest) =
            line[digits..].strip_prefix(['.', ')']).and_then(|rest| rest.strip_prefix([' ', '\t']))
        && whole(line, Order::DayFirst).is_none()
    {
        return (Shape::Item(line[..digits].parse().ok()), rest.trim_start());
    }
    (Shape::Line, line)
}

fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a line of shape `next` can be more of a unit of shape `unit`.
fn shape_continues(unit: Shape, next: Shape) -> bool {
    match next {
        Shape::Line => matches!(unit, Shape::Line | Shape::Item(_)),
        Shape::Quote => unit == Shape::Quote,
        Shape::Item(_) | Shape::Heading | Shape::Rule => false,
    }
}

fn continues(unit: &Unit, last: &str, next: &str, width: Option<usize>) -> bool {
    let indented = |line: &str| line.starts_with([' ', '\t', '\u{a0}']);
    if let Shape::Item(_) = unit.shape {
        // An item goes on where its text hangs, or where a sentence is under way.
        let begins_small = next.trim_start().starts_with(|c: char| c.is_lowercase());
        return width.is_some_and(|width| is_forced(last, next, width)) || indented(next) || begins_small;
    }
    unit.shape == Shape::Quote && !last.trim_matches(['>', ' ']).is_empty()
        || width.is_some_and(|width| is_forced(last, next, width))
}

/// Whether a rule stands right under one short line, as under a heading of plain text.
fn underlines(rule: &str, group: &[Unit]) -> bool {
    let rule = rule.trim();
    let drawn = rule.len() >= 3
        && ["=", "-", "~", "_", "*"].iter().any(|mark| rule.trim_matches(|c| mark.contains(c)).is_empty());
    drawn && matches!(group, [.., unit] if unit.shape == Shape::Line && unit.text.chars().count() <= WRAP_MAX)
}

/// Day, month and year on lines of their own, as in the listings of event calendars, are one date.
fn join_calendar_leaves(units: &mut Vec<Unit>, first: usize) {
    let mut group = units.split_off(first).into_iter().peekable();
    let mut leaves: Vec<Unit> = Vec::new();
    loop {
        // No more than three lines are looked at together, and each but the first only once.
        while leaves.len() < 3
            && let Some(leaf) = group.next_if(|unit| unit.text.len() <= 24 && unit.shape == Shape::Line)
        {
            leaves.push(leaf);
        }
        let numbered = leaves.iter().any(|leaf| leaf.text.contains(char::is_numeric));
        let joined = (2..=leaves.len()).rev().filter(|_| numbered).find_map(|count| {
            let text = leaves[..count].iter().map(|unit| unit.text.as_str()).collect::<Vec<_>>().join(" ");
            let single = leaves[..count].iter().any(|unit| is_day(&unit.text));
            (is_day(&text) && !single).then_some((text, count))
        });
        if let Some((text, count)) = joined {
            leaves[0].text = text;
            leaves.drain(1..count);
        }
        if !leaves.is_empty() {
            units.push(leaves.remove(0));
        } else if let Some(unit) = group.next() {
            units.push(unit);
        } else {
            return;
        }
    }
}

fn is_day(text: &str) -> bool {
    text.len() <= 80
        && whole(text, Order::DayFirst).is_some_and(|mention| matches!(mention.date, PartialDate::Day(_)))
}

/// A line alone with a dash or a number before it is no list: it may be speech, a signature or a section.
/// Nor are numbers that do not count from one, which HTML would number anew.
fn demote_what_is_no_list(units: &mut [Unit]) {
    let numbered = |unit: &Unit| match unit.shape {
        Shape::Item(number) => Some(number),
        _ => None,
    };
    let mut at = 0;
    while at < units.len() {
        let Some(first) = numbered(&units[at]) else {
            at += 1;
            continue;
        };
        let alike =
            |(_, unit): &(usize, &Unit)| numbered(unit).is_some_and(|next| next.is_some() == first.is_some());
        let count = units[at..].iter().enumerate().take_while(alike).count();
        let run = &mut units[at..at + count];
        let counts =
            first.is_none() || (1..).zip(run.iter()).all(|(n, unit)| unit.shape == Shape::Item(Some(n)));
        if count == 1 || !counts {
            for unit in run {
                if let Shape::Item(Some(number)) = unit.shape {
                    unit.text.insert_str(0, &format!("{number}. "));
                }
                unit.shape = Shape::Line;
            }
        }
        at += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<(Shape, String)> {
        units(text).into_iter().map(|unit| (unit.shape, unit.text)).collect()
    }

    fn line(text: &str) -> (Shape, String) {
        (Shape::Line, text.into())
    }

    #[test]
    fn a_line_is_a_paragraph_where_lines_are_long() {
        let long = "A sentence about lamps and lenses that goes on. ".repeat(4);
        let text = format!("Title\n{long}\n{long}\nThe end");
        assert_eq!(units(&text).len(), 4);
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let text = "The lamp on the northern pier was lit again on Friday after a winter of\n\
                    repairs, and ships may enter the harbour by night. The well-\n\
                    known lens was cleaned by hand, which took the keepers more than a month.\n\nShort\nlines stay";
        let joined = "The lamp on the northern pier was lit again on Friday after a winter of repairs, and ships may \
                      enter the harbour by night. The well-known lens was cleaned by hand, which took the keepers \
                      more than a month.";
        assert_eq!(shapes(text), [line(joined), line("Short"), line("lines stay")]);
    }

    #[test]
    fn lists_quotes_headings_and_rules_have_their_shapes() {
        let text = "# Head\n\n• one\n  goes on\n\n• two\n\n1. first\n2) second\n\n> quoted\n> more\n\n***\n\nTitle\n=====\nText";
        let item = |number, text: &str| (Shape::Item(number), text.into());
        assert_eq!(
            shapes(text),
            [
                (Shape::Heading, "Head".into()),
                item(None, "one goes on"),
                item(None, "two"),
                item(Some(1), "first"),
                item(Some(2), "second"),
                (Shape::Quote, "quoted more".into()),
                (Shape::Rule, "***".into()),
                (Shape::Heading, "Title".into()),
                line("Text"),
            ]
        );
    }

    #[test]
    fn numbers_that_do_not_count_are_no_list() {
        assert_eq!(shapes("3. third\n4. fourth"), [line("3. third"), line("4. fourth")]);
    }

    #[test]
    fn one_dash_or_number_is_no_list() {
        assert_eq!(
            shapes("– he said\n\n4. April 2018\n\n3. Conclusions"),
            [line("he said"), line("4. April 2018"), line("3. Conclusions")]
        );
    }

    #[test]
    fn the_leaves_of_a_calendar_are_one_date() {
        assert_eq!(
            shapes("04\nApr\n2018\nThe lamp\n5 May\n2018"),
            [line("04 Apr 2018"), line("The lamp"), line("5 May 2018")]
        );
    }
}
