//! What a newsletter has around its stories.
//!
//! Owns which blocks are dropped: the way to the web version, mastheads, share rows, addresses, how to
//! leave. It must never drop a sentence that could be a story's: a footer ends only what is above it.

use std::ops::Range;

use super::choice::NOTE_CHARS_MAX;
use super::layout::{Block, Shape};
use super::links;
use super::recipient::Recipient;
use super::subject;
use crate::intake::boilerplate::{self, Class, Extent};
use crate::intake::date;
use crate::intake::fold::fold;
use crate::intake::text;

/// A letter of more blocks is looked at closely at its beginning and end alone, which is where furniture is.
const LOOKED_AT_MAX: usize = 4_000;

/// Longer blocks are stories whatever words they hold.
const FURNITURE_WORDS_MAX: usize = 60;

/// The names by which a newsletter calls itself.
pub struct Masthead {
    /// Letters and digits of each, folded.
    pub names: Vec<String>,
}

impl Masthead {
    pub fn is(&self, text: &str) -> bool {
        let key = key(text);
        !key.is_empty() && self.names.contains(&key)
    }
}

/// Letters and digits, folded.
pub fn key(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Which blocks are not of any story.
pub fn furniture(blocks: &[Block], masthead: &Masthead, recipient: &Recipient) -> Vec<bool> {
    let mut personal: Vec<bool> = blocks.iter().map(|block| is_personal(block, recipient)).collect();
    let passed_on = quoted_headers(blocks);
    for header in &passed_on {
        personal[header.clone()].fill(true);
    }
    let from_end = blocks.len().saturating_sub(LOOKED_AT_MAX / 2);
    let looked_at = |at: usize| at < LOOKED_AT_MAX / 2 || at >= from_end;
    let places = blocks.iter().zip(&personal).enumerate();
    let mut dropped: Vec<bool> =
        places.map(|(at, (block, personal))| *personal || looked_at(at) && is_furniture(block)).collect();
    if let Some(header) = passed_on.first() {
        drop_note(blocks, header, &mut dropped);
    }
    drop_head(blocks, masthead, &mut dropped);
    drop_footer(blocks, &mut dropped);
    drop_icons(blocks, &mut dropped);
    drop_signature(blocks, &mut dropped);
    drop_contents(blocks, &mut dropped);
    // A message that is nothing but such phrases is about them.
    let left =
        |dropped: &[bool]| blocks.iter().zip(dropped).any(|(block, dropped)| !dropped && block.chars() > 0);
    if left(&dropped) { dropped } else { personal }
}

/// Whoever passes a message on may say a word above it, which is for one reader; who writes more has something to say.
fn drop_note(blocks: &[Block], header: &Range<usize>, dropped: &mut [bool]) {
    let chars = |blocks: &[Block]| blocks.iter().map(Block::chars).sum::<usize>();
    let (note, text) = (chars(&blocks[..header.start]), chars(&blocks[header.end..]));
    let announces = |block: &&Block| {
        let line = block.text.trim();
        block.words() <= 6 && (line.ends_with([':', '：']) || line.starts_with("--"))
    };
    if note <= NOTE_CHARS_MAX && note < text {
        dropped[..header.start].fill(true);
    } else if header.start > 0 && announces(&&blocks[header.start - 1]) {
        dropped[header.start - 1] = true;
    }
}

/// Text that reads like a story's.
pub fn is_prose(block: &Block) -> bool {
    block.chars() >= 60
        && !block.is_linked()
        && !matches!(block.shape, Shape::Heading(_))
        && block.text.contains(['.', '!', '?', ',', ';', '。', '，', '،', '؟'])
}

/// What a block is by its words alone.
pub fn class(block: &Block) -> Option<Class> {
    let line = block.text.replace('\n', " ");
    if block.words() > FURNITURE_WORDS_MAX {
        return is_disclaimer(&line).then_some(Class::Mailing);
    }
    let whole = text::furniture(&line);
    if !block.text.contains('\n') {
        return whole;
    }
    whole.or_else(|| {
        // Lines under each other that are furniture each.
        let mut classes = block.text.lines().map(text::furniture);
        let first = classes.next().flatten()?;
        classes.all(|class| class.is_some_and(drops)).then_some(first)
    })
}

/// Whether a longer text begins as lawyers have the end of messages begin.
fn is_disclaimer(line: &str) -> bool {
    const WORDS_MAX: usize = 400;
    let mut words = boilerplate::words(line);
    if words.len() <= FURNITURE_WORDS_MAX || line.split_whitespace().count() > WORDS_MAX {
        return false;
    }
    words.truncate(FURNITURE_WORDS_MAX);
    boilerplate::hits(&words).iter().any(|hit| hit.class == Class::Mailing && hit.extent == Extent::Start(60))
}

fn drops(class: Class) -> bool {
    use Class::*;
    matches!(
        class,
        Share
            | Network
            | Mailing
            | Login
            | Form
            | Navigation
            | Cookie
            | Copyright
            | Counter
            | Picture
            | Action
    )
}

fn is_furniture(block: &Block) -> bool {
    if block.text.trim().is_empty() {
        return block.images > 0 && block.raw_links.iter().any(|link| links::is_own_business(link));
    }
    if matches!(block.shape, Shape::Table | Shape::Preformatted) {
        return false;
    }
    let Some(class) = class(block) else {
        // `Not for you? Then leave.` in whatever words: a short line whose link is the reader's own business.
        return block.words() <= 30 && block.raw_links.iter().any(|link| links::is_own_business(link));
    };
    match block.shape {
        // Sections of a newsletter may be called as menus call theirs.
        Shape::Heading(_) => matches!(class, Class::Share | Class::Mailing | Class::Network),
        _ if class == Class::Picture => block.images == 0,
        _ if class == Class::Action => block.words() <= 12,
        _ => drops(class),
    }
}

/// Whether a block is about the reader rather than the story.
fn is_personal(block: &Block, recipient: &Recipient) -> bool {
    let line = block.text.replace('\n', " ");
    recipient.is_greeted_by(&line) || block.words() <= FURNITURE_WORDS_MAX && recipient.is_told_by(&line)
}

/// The blocks that are the header of a message that was passed on within the text: one of several lines, or one a
/// field, as some programs have it.
pub fn quoted_headers(blocks: &[Block]) -> Vec<Range<usize>> {
    const FIELDS_MAX: usize = 12;
    const FIELD_BYTES_MAX: usize = 1_000;
    let mut headers = Vec::new();
    let mut at = 0;
    while at < blocks.len() {
        let is_part = |block: &&Block| {
            let short = block.text.len() <= FIELD_BYTES_MAX;
            short && (block.chars() == 0 || block.text.lines().count() == 1 && is_field(&block.text.as_str()))
        };
        let run = blocks[at..].iter().take(FIELDS_MAX).take_while(is_part).count();
        let lines: Vec<&str> = blocks[at..at + run]
            .iter()
            .map(|block| block.text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        let joined = lines.join("\n");
        let end = if is_quoted_header(&blocks[at].text) {
            at + 1
        } else if is_dated_header(&joined) && !date::mentions(&joined).is_empty() {
            at + run
        } else {
            at += 1;
            continue;
        };
        headers.push(at..end);
        at = end;
    }
    headers
}

/// Whether a line names something and says what it is: `Date: 3 April 2018`.
fn is_field(line: &&str) -> bool {
    line.split_once([':', '：']).is_some_and(|(name, value)| {
        name.chars().count() <= 24 && name.split_whitespace().count() <= 3 && !value.trim().is_empty()
    })
}

/// Whether a text is the header of a message that was passed on within the text: who wrote it, when, and to
/// whom. What these are called depends on the program's language; their shape does not.
fn is_quoted_header(text: &str) -> bool {
    let fields = text.lines().filter(is_field).count();
    let lines = text.lines().count();
    fields >= 3 && fields + 1 >= lines && text.contains('@')
}

/// The same, and it says when: whom to call for questions is written in lines like these as well.
pub fn is_dated_header(text: &str) -> bool {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    is_quoted_header(text) && numbers.any(|n| n.parse().is_ok_and(|year| (1990..2100).contains(&year)))
}

/// Above the first story: the newsletter's name, its number and date, its logo, a menu.
fn drop_head(blocks: &[Block], masthead: &Masthead, dropped: &mut [bool]) {
    let story = blocks.iter().position(is_prose).unwrap_or(blocks.len());
    for (at, block) in blocks[..story].iter().enumerate() {
        let named = block.words() <= 12 && subject::is_generic(&block.text, masthead);
        // The last heading above a story is its own, whatever the newsletter is called.
        let heading = matches!(block.shape, Shape::Heading(_));
        let menu = block.is_linked() && block.words() <= 4 && !heading && !is_large(block);
        let only_image = block.chars() == 0 && block.images > 0;
        dropped[at] |= named
            || is_issue(&block.text)
            || menu
            || only_image && says_logo(block)
            || block.shape == Shape::Rule;
    }
}

fn is_large(block: &Block) -> bool {
    block.size >= 20.0 || block.bold
}

/// Whether a line is the number or date of an issue: `No. 12 | 17 September 2020`.
pub fn is_issue(line: &str) -> bool {
    let numbered = line.contains(|c: char| c.is_numeric()) || !date::mentions(line).is_empty();
    numbered && says_only_which_issue(line)
}

/// Whether every word of a line says which issue this is, or that it is one.
pub fn says_only_which_issue(line: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 42] = [
        "issue", "no", "nr", "number", "vol", "volume", "edition", "numero", "num", "n", "ausgabe", "nummer",
        "edicion", "edizione", "edicao", "выпуск", "العدد", "weekly", "monthly", "daily", "newsletter", "bulletin",
        "digest", "news", "update", "updates", "lettre", "boletin", "rundbrief", "infolettre", "bollettino",
        "boletim", "рассылка", "نشرة", "d'information", "information", "informations", "la", "le", "el", "der", "the",
    ];
    if line.chars().count() > 80 {
        return false;
    }
    let mut rest = line.to_owned();
    for mention in date::mentions(line).iter().rev() {
        rest.replace_range(mention.range(), " ");
    }
    let is_one = |word: &boilerplate::Word| {
        word.folded.chars().all(|c| c.is_numeric()) || WORDS.contains(&word.folded.as_str())
    };
    boilerplate::words(&rest).iter().all(is_one)
}

fn says_logo(block: &Block) -> bool {
    let html = block.html.to_ascii_lowercase();
    ["logo", "banner", "masthead", "header", "spacer", "divider", "icon"]
        .iter()
        .any(|word| html.contains(word))
}

/// Below the stories: from the line that says why this was sent, or how to leave, to the end, and the
/// copyright and address right above it.
fn drop_footer(blocks: &[Block], dropped: &mut [bool]) {
    // The text of stories above each block.
    let mut above = vec![0];
    for (block, dropped) in blocks.iter().zip(&*dropped) {
        let chars = if !dropped && is_prose(block) { block.chars() } else { 0 };
        above.push(above[above.len() - 1] + chars);
    }
    let all = above[blocks.len()];
    let ends = |at: &usize| {
        let block = &blocks[*at];
        // What follows may hold a disclaimer, and may be a letter whose first line is how to read it.
        dropped[*at]
            && above[*at] > 0
            && above[*at] * 5 >= all * 4
            && (matches!(class(block), Some(Class::Mailing | Class::Copyright))
                || (block.is_linked() || !is_prose(block))
                    && block.raw_links.iter().any(|link| links::is_own_business(link)))
    };
    let tail = (0..blocks.len()).find(ends);
    let mut at = tail.unwrap_or(blocks.len());
    dropped[at..].fill(true);
    while at > 0 && (dropped[at - 1] || is_of_footer(&blocks[at - 1], tail.is_some())) {
        at -= 1;
        dropped[at] = true;
    }
}

/// Whether a block right above a footer belongs to it.
fn is_of_footer(block: &Block, footed: bool) -> bool {
    let text = &block.text;
    if block.shape == Shape::Rule || block.chars() == 0 && block.images == 0 {
        return true;
    }
    if matches!(block.shape, Shape::Table | Shape::Preformatted) || block.words() > 40 {
        return false;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let parts = text.matches([',', '\n', '|', '·', '،']).count();
    let stops =
        text.trim_end().ends_with(['.', '!', '?', '。', '؟']) && block.words() >= 6 || text.contains(". ");
    let sentence = stops && text.lines().count() == 1;
    let address = !sentence
        && (digits >= 3 && parts >= 2 || crate::intake::text::is_address(text) && block.words() <= 12);
    let icons = block.chars() == 0 && (says_logo(block) || leads_to_networks(block));
    // `Stay connected with the Coast Office:`, whose icons are gone.
    let heads_nothing = footed && text.trim_end().ends_with([':', '：']) && block.words() <= 8;
    address
        || text.contains('©')
        || icons
        || heads_nothing
        || footed && block.is_linked() && block.words() <= 8 && !matches!(block.shape, Shape::Heading(_))
}

/// Hosts of the places where news is shared.
#[rustfmt::skip]
const NETWORKS: [&str; 20] = [
    "facebook.com", "fb.com", "twitter.com", "x.com", "instagram.com", "linkedin.com", "youtube.com", "youtu.be",
    "pinterest.com", "flickr.com", "t.me", "telegram.me", "wa.me", "whatsapp.com", "tiktok.com", "bsky.app",
    "threads.net", "vk.com", "weibo.com", "mastodon.social",
];

/// Whether an address is on a host where news is shared.
pub fn is_network(address: &str) -> bool {
    let host = url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_lowercase));
    host.is_some_and(|host| NETWORKS.contains(&host.trim_start_matches("www.")))
}

fn leads_to_networks(block: &Block) -> bool {
    let leads = |link: &String| is_network(link);
    !block.raw_links.is_empty()
        && block
            .raw_links
            .iter()
            .all(|link| leads(link) || link.starts_with("mailto:") || links::is_own_business(link))
        && block.raw_links.iter().any(leads)
}

/// Pictures that are links to networks, and the names of networks as links.
fn drop_icons(blocks: &[Block], dropped: &mut [bool]) {
    for (at, block) in blocks.iter().enumerate() {
        let bare = block.chars() == 0 || block.is_linked() && block.words() <= 4;
        dropped[at] |= bare && leads_to_networks(block) && !matches!(block.shape, Shape::Heading(_));
        // What the sender could not put an address under is nothing to see.
        dropped[at] |= block.chars() == 0 && block.images > 0 && block.html.contains("alt=\"spacer");
    }
}

/// Who signs, below the two hyphens by which mail programs part it from the text.
fn drop_signature(blocks: &[Block], dropped: &mut [bool]) {
    let Some(at) = blocks.iter().rposition(|block| matches!(block.text.trim(), "--" | "—")) else { return };
    let words: usize = blocks[at..].iter().map(Block::words).sum();
    if words <= FURNITURE_WORDS_MAX && blocks[..at].iter().any(is_prose) {
        dropped[at..].fill(true);
    }
}

/// A table of contents: links into the message itself, and the line above them.
fn drop_contents(blocks: &[Block], dropped: &mut [bool]) {
    let inner = |block: &Block| {
        block.is_linked() && block.raw_links.iter().all(|link| link.starts_with('#')) && block.words() <= 20
    };
    for at in 0..blocks.len() {
        if inner(&blocks[at]) && !matches!(blocks[at].shape, Shape::Heading(_)) {
            dropped[at] = true;
            let heads = at > 0 && class(&blocks[at - 1]) == Some(Class::Contents);
            dropped[at.saturating_sub(1)] |= heads;
        }
    }
}
