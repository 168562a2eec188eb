//! Which parts of a message are its text.
//!
//! Owns the choice between alternatives, and between a message and what it forwards. It must never read
//! what the text says beyond how much there is of it.

use std::cell::RefCell;
use std::collections::HashMap;

use super::mime::Part;
use crate::intake::markup::Tree;
use crate::intake::{Refusal, RefusalKind};

/// A forwarding note is shorter; who writes more has something to say.
pub const NOTE_CHARS_MAX: usize = 200;
/// HTML with less of the text than this, in hundredths, only points to it.
const WHOLE_PERCENT: usize = 40;

/// The text of a message in pieces, each a part by its index.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The message that is the bulletin: the whole, or one that it carries.
    pub message: usize,
    pub texts: Vec<usize>,
}

/// The messages of the bulletins in a message: more than one only where it is a digest of messages (RFC 2046
/// section 5.1.5).
///
/// # Errors
/// The message is a program's report, or nobody but its recipient can read it.
pub fn choose(parts: &[Part<'_>]) -> Result<Vec<Choice>, Refusal> {
    let whole = &parts[0];
    let refuse = |why: &str| Err(Refusal::new(RefusalKind::Unprocessable, "the message", why));
    match whole.media_type.as_str() {
        "multipart/report" => return refuse("it is a report about another message: send that message"),
        "multipart/encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            return refuse("it is encrypted or signed in one piece: send what is in it");
        }
        _ => {}
    }
    let choosing = Choosing { parts, letters: RefCell::default() };
    let digest = (0..parts.len()).find(|&at| parts[at].media_type == "multipart/digest");
    if let Some(digest) = digest {
        let messages: Vec<Choice> =
            children(parts, digest).filter(|&at| parts[at].is_message()).map(|at| choosing.of(at)).collect();
        if !messages.is_empty() {
            return Ok(messages);
        }
    }
    let mut choice = choosing.of(0);
    // A message that only carries another is the other.
    while let Some(inner) = choosing.forwarded(&choice) {
        choice = choosing.of(inner);
    }
    let sealed = |&at: &usize| parts[at].text().trim_start().starts_with("-----BEGIN PGP MESSAGE-----");
    if choice.texts.first().is_some_and(sealed) {
        return refuse("it is encrypted: send what is in it");
    }
    Ok(vec![choice])
}

struct Choosing<'a> {
    parts: &'a [Part<'a>],
    /// What was counted already: parts within parts are weighed at every level.
    letters: RefCell<HashMap<usize, usize>>,
}

impl Choosing<'_> {
    fn letters(&self, of: &[usize]) -> usize {
        let count =
            |at: &usize| *self.letters.borrow_mut().entry(*at).or_insert_with(|| letters(&self.parts[*at]));
        of.iter().map(count).sum()
    }

    /// The message that a message with next to no text of its own carries.
    fn forwarded(&self, choice: &Choice) -> Option<usize> {
        let parts = self.parts;
        let carried = (choice.message + 1..parts[choice.message].end).find(|&at| parts[at].is_message())?;
        let has_text = self.letters(&self.of(carried).texts) > 0
            || (carried + 1..parts[carried].end).any(|at| parts[at].is_message());
        (self.letters(&choice.texts) <= NOTE_CHARS_MAX && has_text).then_some(carried)
    }

    fn of(&self, message: usize) -> Choice {
        let parts = self.parts;
        let root = header_of(parts, message);
        let mut texts = Vec::new();
        if root < parts[message].end {
            self.take(root, &mut texts);
        }
        Choice { message, texts }
    }

    /// Takes the texts of a part and of the parts within it; how deep that is has been bounded.
    fn take(&self, at: usize, texts: &mut Vec<usize>) {
        let parts = self.parts;
        let part = &parts[at];
        if part.is_message() {
            return;
        }
        if !part.is_multipart() || part.end == at + 1 {
            let readable =
                part.is_multipart() || matches!(part.media_type.as_str(), "text/plain" | "text/html");
            if readable && !part.is_attachment() {
                texts.push(at);
            }
            return;
        }
        match part.media_type.as_str() {
            "multipart/alternative" => texts.extend(self.best(at)),
            // What follows the first belongs to it: pictures, a signature.
            "multipart/related" | "multipart/signed" => {
                children(parts, at).take(1).for_each(|child| self.take(child, texts));
            }
            _ => children(parts, at).for_each(|child| self.take(child, texts)),
        }
    }

    /// Of alternatives, the last is the richest (section 5.1.4): HTML, as far as the text is there at all.
    fn best(&self, at: usize) -> Vec<usize> {
        let mut options: Vec<(usize, Vec<usize>)> = Vec::new();
        for child in children(self.parts, at) {
            let mut option = Vec::new();
            self.take(child, &mut option);
            options.push((self.letters(&option), option));
        }
        let most = options.iter().map(|(letters, _)| *letters).max().unwrap_or(0);
        let rich = |(letters, option): &&(usize, Vec<usize>)| {
            let html = option.iter().any(|&at| self.parts[at].media_type == "text/html");
            html && *letters > 0 && letters * 100 >= most * WHOLE_PERCENT
        };
        let best = options.iter().rev().find(rich);
        best.or_else(|| options.iter().rev().max_by_key(|(letters, _)| *letters))
            .map(|(_, option)| option.clone())
            .unwrap_or_default()
    }
}

/// The part whose header is that of the message: of one that another carries, the part within it.
pub fn header_of(parts: &[Part<'_>], message: usize) -> usize {
    if parts[message].is_message() && parts[message].end > message + 1 { message + 1 } else { message }
}

pub fn children<'p>(parts: &'p [Part<'_>], at: usize) -> impl Iterator<Item = usize> + 'p {
    let mut next = at + 1;
    std::iter::from_fn(move || {
        let child = next;
        (child < parts[at].end).then(|| next = parts[child].end)?;
        Some(child)
    })
}

/// How many letters and digits of a part are read.
fn letters(part: &Part<'_>) -> usize {
    let text = part.text();
    let read = if part.media_type == "text/html" { Tree::parse(&text).line(0) } else { text };
    read.chars().filter(|c| c.is_alphanumeric()).count()
}
