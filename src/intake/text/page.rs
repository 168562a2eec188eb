//! Which lines of a page are not the article's.
//!
//! Owns what is dropped, and why: set phrases, the forms and links below an article, addresses for the
//! press, pictures' captions. It drops lines of other people's making and never prose that could be the
//! article's; where that leaves nothing, it drops nothing.

use super::line::{Kind, Line};
use crate::intake::boilerplate::{self, Class, words};

/// The longest block of contacts, in lines.
const CONTACT_LINES_MAX: usize = 14;

/// Prose of as many words after a list of links is the article going on, or the publisher's own notice.
const RESUME_WORDS: usize = 40;

/// Marks the lines that are not the article's.
pub fn trim(lines: &mut [Line]) {
    for line in lines.iter_mut() {
        line.dropped = matches!(
            line.kind,
            Kind::Chrome(_)
                | Kind::Caption
                | Kind::Rule
                | Kind::Label(Class::Picture | Class::Network | Class::Counter)
        );
    }
    drop_menus(lines);
    drop_comments(lines);
    drop_related(lines);
    drop_contents(lines);
    drop_contacts(lines);
    drop_teasers(lines);
    drop_footer(lines);
    for line in lines.iter_mut() {
        line.dropped |=
            matches!(line.kind, Kind::Label(Class::Comments | Class::Replies | Class::End | Class::Related));
    }
    if !lines.iter().any(|line| {
        !line.dropped && (line.is_text() || line.kind == Kind::Heading || line.kind == Kind::Title)
    }) {
        lines.iter_mut().for_each(|line| line.dropped = false);
    }
}

/// The first line that is surely the article's text.
fn first_prose(lines: &[Line]) -> usize {
    lines.iter().position(Line::is_substantial).unwrap_or(lines.len())
}

/// A menu is a run of short lines above the article of which some are the words of menus. Names of
/// sections in it are links to them, and not this article's.
fn drop_menus(lines: &mut [Line]) {
    let head = first_prose(lines);
    let mut from = 0;
    while from < head {
        let in_menu = |line: &Line| match line.kind {
            Kind::Chrome(_) => line.words <= 6,
            Kind::Label(_) => true,
            Kind::Heading => line.words <= 3,
            _ => false,
        };
        let count = lines[from..head].iter().take_while(|line| in_menu(line)).count();
        // The last short line before a date or the text may be the title, or the section of the article.
        let last = &lines[(from + count).saturating_sub(1)];
        let open = usize::from(
            count > 0 && matches!(last.kind, Kind::Heading | Kind::Label(Class::Section | Class::Highlights)),
        );
        let run = &mut lines[from..from + count - open];
        let links = run
            .iter()
            .filter(|line| matches!(line.kind, Kind::Chrome(Class::Navigation | Class::Login)))
            .count();
        let sections = run.iter().filter(|line| line.kind == Kind::Label(Class::Section)).count();
        if run.len() >= 3 && (links >= 1 || sections >= 2) || links >= 2 {
            run.iter_mut().for_each(|line| line.dropped = true);
        }
        from += count.max(1);
    }
}

/// What follows the head of a comment form is other people's.
fn drop_comments(lines: &mut [Line]) {
    let first = first_prose(lines);
    let resumes = |line: &Line| line.is_substantial() && line.words >= RESUME_WORDS;
    let last_prose = lines.iter().rposition(resumes).unwrap_or(0);
    let asks = |line: &Line| matches!(line.label(), Some(Class::Comments | Class::Form | Class::Login));
    let last_form = lines.iter().rposition(asks).unwrap_or(0);
    let heads = |&at: &usize| match lines[at].label() {
        Some(Class::Comments) => !repeats_between_posts(lines, at),
        Some(Class::Replies) => true,
        // A word that can head a section of the article as well: a form or nothing follows it.
        Some(Class::Discussion) => last_form > at || !lines[at + 1..].iter().any(Line::is_substantial),
        Some(Class::Form) => last_prose < at,
        _ => false,
    };
    let Some(start) = (first..lines.len()).find(heads) else { return };
    lines[start..].iter_mut().for_each(|line| line.dropped = true);
}

/// On the front page of a blog every post ends with the same invitation to comment.
fn repeats_between_posts(lines: &[Line], at: usize) -> bool {
    let next = (at + 1..lines.len()).find(|&next| lines[next].text == lines[at].text);
    next.is_some_and(|next| {
        let between = &lines[at + 1..next];
        between.iter().any(Line::is_heading) && between.iter().any(Line::is_substantial)
    })
}

/// Links to other articles, as far as they go: to the end, or to where long prose resumes.
fn drop_related(lines: &mut [Line]) {
    let first = first_prose(lines);
    for at in first..lines.len() {
        if lines[at].dropped || lines[at].label() != Some(Class::Related) {
            continue;
        }
        let resumes = (at + 1..lines.len()).find(|&next| {
            lines[next].is_substantial() && lines[next].words >= RESUME_WORDS && !teases(lines, next)
        });
        // The heading above prose that resumes is its own.
        let end = resumes.map_or(lines.len(), |next| {
            next - usize::from(
                next > at + 1 && lines[next - 1].is_heading() && lines[next].group != lines[at].group,
            )
        });
        for line in &mut lines[at..end] {
            line.dropped |= !matches!(line.kind, Kind::Reprint(_)) && !tells_categories(line);
        }
    }
}

/// Whether prose stands under a heading with its own date, as the extract of another article does.
fn teases(lines: &[Line], at: usize) -> bool {
    at > 0 && lines[at - 1].is_dated()
}

fn tells_categories(line: &Line) -> bool {
    line.meta().is_some_and(|meta| !meta.categories.is_empty() && meta.dates.is_empty())
}

/// A table of contents above the article.
fn drop_contents(lines: &mut [Line]) {
    let head = first_prose(lines);
    let Some(at) = lines[..head].iter().position(|line| line.label() == Some(Class::Contents)) else {
        return;
    };
    let group = lines.get(at + 1).map(|line| line.group);
    let listed = |line: &&mut Line| {
        matches!(line.kind, Kind::Item(_)) || line.kind == Kind::Heading && Some(line.group) == group
    };
    lines[at].dropped = true;
    let mut entries: Vec<&mut Line> = lines[at + 1..head].iter_mut().take_while(listed).collect();
    // One line after such a word is more likely the title of what follows.
    if entries.len() >= 2 {
        entries.iter_mut().for_each(|line| line.dropped = true);
    }
}

/// Addresses for the press: from the line that heads them to where something else begins.
fn drop_contacts(lines: &mut [Line]) {
    let first = first_prose(lines);
    for at in 0..lines.len() {
        let heads = match &lines[at].kind {
            Kind::Label(Class::Contact) | Kind::Chrome(Class::ContactLine) => true,
            Kind::Label(Class::End) => at > first,
            Kind::Rule => at > first && lines[at].text.contains('#'),
            _ => false,
        };
        if !heads {
            continue;
        }
        lines[at].dropped = true;
        let end = (at + 1..lines.len().min(at + CONTACT_LINES_MAX))
            .find(|&next| !is_contact(lines, next))
            .unwrap_or(lines.len().min(at + CONTACT_LINES_MAX));
        // Above the article, a contact is as long as the lines that stand together.
        let end = if at < first {
            (at + 1..end).find(|&next| lines[next].group != lines[at].group).unwrap_or(end)
        } else {
            end
        };
        lines[at..end].iter_mut().for_each(|line| line.dropped = true);
    }
}

/// Whether a line below the head of a contact block is part of it.
fn is_contact(lines: &[Line], at: usize) -> bool {
    let line = &lines[at];
    let followed_by_prose =
        lines.get(at + 1).is_some_and(|next| next.is_substantial() && !has_address(&next.text));
    match &line.kind {
        Kind::Label(Class::Contact) | Kind::Chrome(_) | Kind::Rule => true,
        Kind::Heading => (line.words <= 12 && !followed_by_prose) || has_address(&line.text),
        Kind::Prose | Kind::Item(_) => {
            let begins =
                boilerplate::hits(&words(&line.text)).iter().any(|hit| hit.class == Class::ContactTail);
            line.words <= 60 && (has_address(&line.text) || begins || line.words <= 8)
        }
        Kind::Meta(meta) => meta.dates.is_empty() && meta.categories.is_empty(),
        _ => false,
    }
}

/// Whether a line holds a mail address, a web address or a telephone number.
pub fn has_address(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let mail = text
        .split_whitespace()
        .any(|word| word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')));
    mail || text.contains("www.") || text.contains("://") || text.contains('+') && digits >= 7
}

/// One short line alone between rows of links that share something is the caption of another story's
/// picture: there is nothing of it here but that line.
fn drop_teasers(lines: &mut [Line]) {
    let row = |line: &Line| matches!(line.kind, Kind::Chrome(Class::Share | Class::Action));
    for at in first_prose(lines) + 1..lines.len().saturating_sub(1) {
        let between = row(&lines[at - 1]) && row(&lines[at + 1]);
        let shares =
            [&lines[at - 1], &lines[at + 1]].iter().any(|line| line.kind == Kind::Chrome(Class::Share));
        let short = lines[at].words <= 25 && matches!(lines[at].kind, Kind::Prose | Kind::Heading);
        lines[at].dropped |= between && shares && short;
    }
}

/// Below the text: headings that head nothing beside a site's own links, and sections of the site.
fn drop_footer(lines: &mut [Line]) {
    let last = lines.iter().rposition(|line| !line.dropped && line.is_text()).unwrap_or(lines.len());
    let Some(tail) = lines.get_mut(last + 1..) else { return };
    let links = tail.iter().any(|line| {
        matches!(
            line.kind,
            Kind::Chrome(Class::Navigation | Class::Copyright | Class::Mailing | Class::Cookie)
        )
    });
    let headings = tail.iter().filter(|line| line.is_heading()).count();
    if links || headings >= 4 {
        tail.iter_mut().for_each(|line| line.dropped |= line.kind == Kind::Heading);
    }
    if let Some(section) = tail.iter().position(|line| line.label() == Some(Class::Section)) {
        tail[section..].iter_mut().for_each(|line| line.dropped |= !tells_categories(line));
    }
}
