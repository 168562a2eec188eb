//! The title of a message.
//!
//! Owns what programs and people put before a subject, and the choice between the subject and the heading
//! of the text. It must never invent a title.

use super::furniture::{Masthead, is_issue, key, says_only_which_issue};
use crate::intake::boilerplate::{self, words};
use crate::intake::markup::fold;

/// What mail programs put before the subject of a message that is passed on, in lower case. A reply mark
/// is taken off as well where it stands before or after one of these, and otherwise stays: nobody but a
/// program writes `Fwd:`, while `Re:` is a word of letters and notices.
#[rustfmt::skip]
const FORWARDED: &[&str] = &[
    "fwd", "fw", "tr", "rv", "wg", "i", "enc", "doorst", "vs", "vl", "vb", "vid", "pd", "yml", "fwd:", "转发", "轉寄",
    "轉發", "إعادة توجيه", "пересл", "отв/пересл", "továbbítás", "továbbfelé", "ilt", "prk", "bs",
];
const REPLIED: &[&str] =
    &["re", "aw", "sv", "res", "ref", "rif", "r", "antw", "回复", "回覆", "رد", "ha", "odp", "ynt", "atb"];

/// A subject has so many marks before it at most.
const MARKS_MAX: usize = 8;

/// The subject without the marks of forwarding and the tag of the list, if it is the list's own name.
pub fn plain(subject: &str, masthead: &Masthead) -> String {
    let mut text = fold(subject);
    let mut replied = text.clone();
    let mut forwarded = false;
    for _ in 0..MARKS_MAX {
        if let Some((tag, rest)) = tagged(&text) {
            // `[Correction]` is said to the reader; the name of the list is said by a program.
            if !masthead
                .names
                .iter()
                .any(|name| *name == key(tag) || key(tag).len() >= 4 && name.contains(&key(tag)))
                || rest.is_empty()
            {
                break;
            }
            text = rest.into();
        } else if let Some(rest) = marked(&text, FORWARDED) {
            forwarded = true;
            text = rest.into();
        } else if let Some(rest) = marked(&text, REPLIED) {
            text = rest.into();
            continue;
        } else {
            break;
        }
        if !text.is_empty() {
            replied.clone_from(&text);
        }
    }
    if text.is_empty() || !forwarded && marked(&replied, REPLIED).is_some() { replied } else { text }
}

fn marked<'t>(text: &'t str, marks: &[&str]) -> Option<&'t str> {
    let (mark, rest) = text.split_once([':', '：'])?;
    // Some programs count: `Fwd[2]:`.
    let mark = mark.split('[').next().unwrap_or_default().trim().to_lowercase();
    // One letter is a word of some other language, unless it is written as programs do.
    let alone = mark.chars().count() > 1 || text.starts_with(char::is_uppercase) && rest.starts_with(' ');
    (marks.contains(&mark.as_str()) && alone).then(|| rest.trim_start())
}

fn tagged(text: &str) -> Option<(&str, &str)> {
    let (tag, rest) = text.strip_prefix('[')?.split_once(']')?;
    Some((tag, rest.trim_start_matches([' ', ':'])))
}

/// Whether a subject only names the newsletter or its issue: it would be the title of every one of them.
pub fn is_generic(subject: &str, masthead: &Masthead) -> bool {
    if masthead.is(subject) || is_issue(subject) {
        return true;
    }
    // `Harbour News: No. 12`, `Harbour News, 17 September 2020`.
    let line = words(subject);
    (1..line.len()).rev().any(|count| {
        let name = &subject[..line[count - 1].end];
        let rest = subject[line[count - 1].end..].trim_matches(|c: char| !c.is_alphanumeric() && c != '(');
        masthead.is(name) && says_only_which_issue(rest)
    }) || is_newsletter(&line)
}

/// `September newsletter`, `Newsletter September 2020 – Harbour`.
fn is_newsletter(line: &[boilerplate::Word]) -> bool {
    const WORDS: [&str; 14] = [
        "newsletter",
        "e-newsletter",
        "infolettre",
        "rundbrief",
        "bulletin",
        "digest",
        "lettre",
        "boletin",
        "newsletters",
        "bollettino",
        "boletim",
        "nieuwsbrief",
        "рассылка",
        "نشرة",
    ];
    line.len() <= 5 && line.iter().any(|word| WORDS.contains(&word.folded.as_str()))
}

/// The title of a message that is one story: its subject, unless that only names the newsletter, or the
/// heading says the same more fully.
pub fn choose(subject: &str, generic: bool, heading: Option<&str>) -> Option<String> {
    let subject = Some(subject).filter(|subject| key(subject).len() > 1);
    match (subject, heading.map(fold).filter(|heading| key(heading).len() > 1)) {
        (None, heading) => heading,
        (Some(subject), Some(heading)) if generic || is_fuller(&heading, subject) => {
            // A heading that is a label of one word says less than any subject.
            Some(if words(&heading).len() >= 3 { heading } else { subject.into() })
        }
        (Some(subject), _) => Some(subject.into()),
    }
}

/// Whether `heading` says what `subject` says and more, or the same in better letters.
fn is_fuller(heading: &str, subject: &str) -> bool {
    let (full, short) = (key(heading), key(subject));
    if full == short {
        // What was shouted is better said.
        return subject.chars().filter(|c| c.is_uppercase()).count()
            > heading.chars().filter(|c| c.is_uppercase()).count();
    }
    // A subject that was cut for its length.
    let cut = subject.trim_end_matches(['.', '…', ' ']);
    full.len() > short.len()
        && heading.chars().count() <= 200
        && (full.starts_with(&key(cut)) && short.len() >= 12 || short.len() >= 16 && full.contains(&short))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masthead() -> Masthead {
        Masthead { names: vec![key("Harbour News"), key("harbour-news")] }
    }

    #[test]
    fn marks_and_tags_of_programs_go() {
        for (subject, expected) in [
            ("Fwd: Spring tides", "Spring tides"),
            ("TR: Grandes marées", "Grandes marées"),
            ("RV: RE: Mareas vivas", "Mareas vivas"),
            ("WG: [Harbour-News] Springflut", "Springflut"),
            ("[Harbour-News] Fwd: Spring tides", "Spring tides"),
            ("[Correction] Spring tides", "[Correction] Spring tides"),
            ("Re: Spring tides", "Re: Spring tides"),
            ("转发：大潮", "大潮"),
            ("Invitation: spring tides", "Invitation: spring tides"),
            ("Fwd:", "Fwd:"),
        ] {
            assert_eq!(plain(subject, &masthead()), expected, "{subject}");
        }
    }

    #[test]
    fn a_subject_that_names_every_issue_gives_way_to_the_heading() {
        for (subject, heading, expected) in [
            ("Harbour News", Some("Ferries return to the east quay"), "Ferries return to the east quay"),
            (
                "Harbour News, 17 September 2020",
                Some("Ferries return to the east quay"),
                "Ferries return to the east quay",
            ),
            ("Newsletter No. 12", Some("Ferries return to the east quay"), "Ferries return to the east quay"),
            ("Newsletter No. 12", None, "Newsletter No. 12"),
            ("Ferries return", Some("Welcome"), "Ferries return"),
            (
                "Ferries return to the east…",
                Some("Ferries return to the east quay"),
                "Ferries return to the east quay",
            ),
            ("FERRIES RETURN TODAY", Some("Ferries return today"), "Ferries return today"),
            (
                "Three stories from the quay",
                Some("Ferries return to the east quay"),
                "Three stories from the quay",
            ),
        ] {
            let generic = is_generic(subject, &masthead());
            assert_eq!(choose(subject, generic, heading).as_deref(), Some(expected), "{subject}");
        }
    }
}
