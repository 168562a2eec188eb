//! An HTML message as bulletins.
//!
//! Owns what is a heading, whether a message is one story or a digest of several, and how what is left is
//! written. It must never decide what is safe: its bodies go through the gate.

use super::furniture::{self, Masthead, is_prose, key};
use super::layout::{Block, Shape};
use super::recipient::{self, Recipient};
use super::subject;
use crate::intake::boilerplate::Class;
use crate::intake::sanitize::escape;

/// A part of a message with a heading of its own, or the message itself.
#[derive(Debug, Default)]
pub struct Story {
    pub heading: Option<String>,
    /// Where the story is told in full.
    pub leads_to: Option<String>,
    pub html: String,
    /// What of it is read.
    pub text: String,
    /// Labels above its title.
    pub categories: Vec<String>,
    /// The heading as it stands in the HTML, where it does.
    pub heading_html: String,
}

/// The least text of a story, in characters: shorter ones are entries of a list of links.
const STORY_CHARS_MIN: usize = 120;
/// The same where nothing but its heading tells it from a section of an article.
const SECTION_CHARS_MIN: usize = 150;
/// Less beside the stories of a digest is a greeting.
const REST_CHARS_MIN: usize = 60;
/// The most text above the first story of a digest: an article says more before its first subheading.
const EDITORIAL_CHARS_MAX: usize = 400;

/// How the subject of the message is meant.
pub struct Subject<'a> {
    pub text: &'a str,
    /// It only names the newsletter or its issue.
    pub generic: bool,
}

/// The stories of a message; one where it is no digest.
pub fn stories(
    mut blocks: Vec<Block>,
    masthead: &Masthead,
    recipient: &Recipient,
    subject: &Subject<'_>,
) -> Vec<Story> {
    promote(&mut blocks);
    let dropped = furniture::furniture(&blocks, masthead, recipient);
    for block in &mut blocks {
        if let Some(end) = recipient.greeting(&block.text) {
            block.html = recipient::without_start(&block.html, &block.text[..end]);
            block.text = block.text[end..].trim_start().to_owned();
        }
        // An address may be spread over elements: then the text is kept without them.
        if recipient.is_told_by(&block.text) {
            block.text = recipient.scrub(&block.text);
            block.html.clear();
            escape(&block.text, false, &mut block.html);
        }
    }
    match split(&blocks, &dropped, subject) {
        Some(digest) => digest,
        None => vec![whole(&blocks, &dropped, subject)],
    }
}

/// Makes headings of what is set like headings.
fn promote(blocks: &mut [Block]) {
    let body = body_size(blocks);
    let texts: Vec<bool> = blocks.iter().map(|block| block.chars() > 0).collect();
    for at in 0..blocks.len() {
        let block = &blocks[at];
        let line = block.text.replace('\n', " ");
        let words = block.words();
        // Alone at the end it heads nothing, and a button is no heading.
        let heads = texts[at + 1..].iter().take(6).any(|has| *has);
        let stands_out = block.size >= body * 1.2 || block.bold;
        if block.shape == Shape::Text
            && stands_out
            && heads
            && (1..=24).contains(&words)
            && crate::intake::text::is_heading(&line, words)
            && furniture::class(block).is_none_or(|class| class == Class::Section)
        {
            blocks[at].shape = Shape::Heading(if block.size >= body * 1.2 { 2 } else { 3 });
        }
    }
}

/// The size in which most of the text is set.
fn body_size(blocks: &[Block]) -> f32 {
    let mut sizes: Vec<(f32, usize)> =
        blocks.iter().filter(|block| is_prose(block)).map(|block| (block.size, block.chars())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, chars)| chars).sum::<usize>() / 2;
    let mut seen = 0;
    sizes
        .iter()
        .find(|(_, chars)| {
            seen += chars;
            seen >= half
        })
        .map_or(16.0, |(size, _)| *size)
}

fn level(block: &Block) -> Option<u8> {
    match block.shape {
        Shape::Heading(level) => Some(level),
        _ => None,
    }
}

/// The message as one story. Its headings are kept where they stand, but for the one that is its title and
/// the word for what it is.
fn whole(blocks: &[Block], dropped: &[bool], subject: &Subject<'_>) -> Story {
    let mut kept: Vec<&Block> =
        blocks.iter().zip(dropped).filter(|(_, dropped)| !**dropped).map(|(b, _)| b).collect();
    let head = kept.iter().take_while(|block| !is_prose(block)).count();
    let headings: Vec<usize> = (0..head).filter(|&at| level(kept[at]).is_some()).collect();
    let labels = |at: &&usize| furniture::class(kept[**at]) == Some(Class::Section);
    let categories: Vec<String> = headings.iter().filter(labels).map(|&at| line(kept[at])).collect();
    let titles: Vec<usize> = headings.iter().filter(|at| !labels(at)).copied().collect();
    // One of many of a kind is a section's; what the subject repeats is the title wherever it stands.
    let mut of_level = [0; 10];
    kept.iter().filter_map(|block| level(block)).for_each(|level| of_level[usize::from(level.min(9))] += 1);
    let alone = |at: usize| level(kept[at]).is_some_and(|level| of_level[usize::from(level.min(9))] == 1);
    let title = titles
        .iter()
        .find(|&&at| key(&line(kept[at])) == key(subject.text))
        .or_else(|| titles.iter().find(|&&at| titles.len() == 1 || alone(at)))
        .copied();
    let heading = title.map(|at| line(kept[at]));
    let heading_html = title.map(|at| element(kept[at])).unwrap_or_default();
    if title.is_some() || subject::choose(subject.text, subject.generic, None).is_some() {
        let mut at = 0;
        kept.retain(|_| {
            at += 1;
            headings.binary_search(&(at - 1)).is_err() || titles.binary_search(&(at - 1)).is_ok()
        });
    }
    Story { heading, heading_html, categories, leads_to: None, html: write(&kept), text: text(&kept) }
}

fn line(block: &Block) -> String {
    block.text.replace('\n', " ")
}

fn text(blocks: &[&Block]) -> String {
    blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// A stretch of blocks below a heading.
struct Section {
    from: usize,
    heading: usize,
    to: usize,
    chars: usize,
    /// It leads to where its story is told in full.
    leads: bool,
}

/// The stories of a digest, and what is in no story last; `None` where the message is one story.
fn split(blocks: &[Block], dropped: &[bool], subject: &Subject<'_>) -> Option<Vec<Story>> {
    let levels = 1..=4u8;
    let best = levels
        .filter_map(|level| {
            let sections = sections(blocks, dropped, level);
            let stories = sections.iter().filter(|section| is_story(section)).count();
            (stories >= 2).then_some((stories, level, sections))
        })
        // The level with the most stories; of two with as many, the outer.
        .max_by_key(|(stories, level, _)| (*stories, std::cmp::Reverse(*level)));
    let (_, at_level, sections) = best?;
    if !is_digest(blocks, dropped, subject, at_level, &sections) {
        return None;
    }
    let mut stories = Vec::new();
    let mut rest: Vec<&Block> = Vec::new();
    let kept = |range: std::ops::Range<usize>| range.filter(|at| !dropped[*at]).map(|at| &blocks[at]);
    rest.extend(kept(0..sections[0].from));
    for section in &sections {
        if !is_story(section) {
            rest.extend(kept(section.from..section.to));
            continue;
        }
        let body: Vec<&Block> =
            kept(section.from..section.heading).chain(kept(section.heading + 1..section.to)).collect();
        stories.push(Story {
            heading: Some(line(&blocks[section.heading])),
            leads_to: own_link(&blocks[section.heading..section.to]),
            html: write(&body),
            text: text(&body),
            ..Story::default()
        });
    }
    // Greetings and section titles by themselves are no bulletin.
    let chars = rest.iter().filter(|block| level(block).is_none()).map(|block| block.chars()).sum::<usize>();
    if chars >= REST_CHARS_MIN {
        stories.push(Story { html: write(&rest), text: text(&rest), ..Story::default() });
    }
    Some(stories)
}

fn sections(blocks: &[Block], dropped: &[bool], at_level: u8) -> Vec<Section> {
    let heads = |at: &usize| !dropped[*at] && level(&blocks[*at]).is_some_and(|level| level <= at_level);
    let headings: Vec<usize> = (0..blocks.len()).filter(heads).collect();
    let starts: Vec<usize> = headings.iter().map(|&at| at - pictures_above(blocks, at)).collect();
    let ends = starts.iter().skip(1).copied().chain([blocks.len()]);
    headings
        .iter()
        .zip(starts.iter().zip(ends))
        .map(|(&heading, (&from, to))| {
            let text = (from..to).filter(|&at| !dropped[at] && level(&blocks[at]).is_none());
            // Lists of links are what a digest has beside its stories.
            let chars = text.map(|at| blocks[at].chars() - blocks[at].linked.min(blocks[at].chars())).sum();
            let prose = (from..to).any(|at| !dropped[at] && is_prose(&blocks[at]));
            let leads = leads_away(&blocks[heading..to]);
            Section { from, heading, to, chars: if prose { chars } else { 0 }, leads }
        })
        .collect()
}

/// How many pictures right above a heading stand in one frame with it, and so belong to its story.
fn pictures_above(blocks: &[Block], heading: usize) -> usize {
    let frame = blocks[heading].frame;
    let is_picture = |block: &&Block| block.chars() == 0 && block.images > 0 && block.frame == frame;
    let count = blocks[..heading].iter().rev().take_while(is_picture).count();
    let before = heading.checked_sub(count + 1).map(|at| blocks[at].frame);
    if before == Some(frame) { 0 } else { count }
}

fn is_story(section: &Section) -> bool {
    section.chars >= STORY_CHARS_MIN
}

/// A digest, or an article with subheadings? Stories lead away, each to its own page; or each stands in a
/// frame of its own, under a subject that names none of them, with next to nothing above the first.
fn is_digest(
    blocks: &[Block],
    dropped: &[bool],
    subject: &Subject<'_>,
    level: u8,
    sections: &[Section],
) -> bool {
    let stories: Vec<&Section> = sections.iter().filter(|section| is_story(section)).collect();
    // A heading above them all that the subject repeats is the title of one article.
    let titled = (0..sections[0].to.min(blocks.len())).any(|at| {
        !dropped[at]
            && self::level(&blocks[at]).is_some_and(|outer| outer < level)
            && key(&blocks[at].text) == key(subject.text)
    });
    let editorial: usize =
        (0..sections[0].from).filter(|&at| !dropped[at]).map(|at| blocks[at].chars()).sum();
    if titled || stories.len() * 2 < sections.len() {
        return false;
    }
    let leading = stories.iter().filter(|story| story.leads).count();
    let mut links: Vec<String> =
        stories.iter().filter_map(|story| own_link(&blocks[story.heading..story.to])).collect();
    let several = links.len();
    links.sort();
    links.dedup();
    if leading * 3 >= stories.len() * 2 && leading >= 2 && links.len() == several {
        return true;
    }
    let long = stories.iter().all(|story| story.chars >= SECTION_CHARS_MIN);
    let mut frames: Vec<usize> = stories.iter().map(|story| blocks[story.heading].frame).collect();
    frames.dedup();
    let framed = frames.len() == stories.len() && stories.len() >= 3;
    let named = stories.iter().any(|story| key(&blocks[story.heading].text) == key(subject.text));
    long && editorial <= EDITORIAL_CHARS_MAX && (subject.generic || framed && !named)
}

/// Whether a section ends in, or is headed by, a link to its whole.
fn leads_away(section: &[Block]) -> bool {
    let away = |block: &Block| block.raw_links.iter().any(|link| link.starts_with("http"));
    section.first().is_some_and(|heading| heading.is_linked() && away(heading))
        || section.iter().skip(1).any(|block| {
            away(block)
                && (block.is_linked()
                    && block.words() <= 8
                    && furniture::class(block) != Some(Class::Mailing)
                    || ends_in_action(block))
        })
}

/// `… for the first time. Read more` as one paragraph.
fn ends_in_action(block: &Block) -> bool {
    let text = block.text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let tail: Vec<&str> = text.split_whitespace().rev().take(3).collect();
    (1..=tail.len()).any(|count| {
        let words: Vec<&str> = tail[..count].iter().rev().copied().collect();
        crate::intake::text::furniture(&words.join(" ")) == Some(Class::Action)
    })
}

/// Where a section leads: its heading, else its last link by itself, else its last call to action.
fn own_link(section: &[Block]) -> Option<String> {
    let heading = section.first()?;
    let page = |links: &Vec<String>| links.iter().rev().find(|link| link.starts_with("http")).cloned();
    let alone = section
        .iter()
        .skip(1)
        .rev()
        .filter(|block| block.is_linked() && block.words() <= 8 || ends_in_action(block));
    page(&heading.links).or_else(|| alone.map(|block| &block.links).find_map(page))
}

/// Blocks as HTML.
fn write(blocks: &[&Block]) -> String {
    let mut html = String::new();
    // A rule parts what is on its two sides; a heading alone at the end heads nothing.
    let is_edge = |block: &&&Block| block.shape == Shape::Rule;
    let from = blocks.iter().take_while(is_edge).count();
    let to = blocks.len()
        - blocks[from..]
            .iter()
            .rev()
            .take_while(|block| block.shape == Shape::Rule || level(block).is_some())
            .count();
    let to = if to <= from { blocks.len() } else { to };
    let (mut list, mut quoted) = (None, false);
    for block in blocks.get(from..to).unwrap_or_default() {
        let within = match block.shape {
            Shape::Item { list, ordered, .. } => Some((list, if ordered { "ol" } else { "ul" })),
            _ => None,
        };
        if list != within || quoted != block.quoted {
            close(&mut html, list.take());
        }
        if quoted != block.quoted {
            html.push_str(if quoted { "</blockquote>" } else { "<blockquote>" });
            quoted = block.quoted;
        }
        if let Some((_, name)) = within.filter(|_| list.is_none()) {
            html.push_str(&format!("<{name}>"));
        }
        list = within;
        if block.shape != Shape::Rule || !html.ends_with("<hr>") {
            html.push_str(&element(block));
        }
    }
    close(&mut html, list);
    if quoted {
        html.push_str("</blockquote>");
    }
    html
}

/// One block as HTML.
fn element(block: &Block) -> String {
    let name = match block.shape {
        Shape::Heading(level) => {
            let level = level.clamp(1, 6);
            // A heading is bold by being one.
            let html = ["<b>", "</b>", "<strong>", "</strong>"]
                .iter()
                .fold(block.html.clone(), |html, tag| html.replace(tag, ""));
            return format!("<h{level}>{html}</h{level}>");
        }
        Shape::Text => "p",
        Shape::Item { .. } => "li",
        Shape::Preformatted => "pre",
        Shape::Table => "table",
        Shape::Rule => return "<hr>".into(),
    };
    format!("<{name}>{}</{name}>", block.html)
}

fn close(html: &mut String, list: Option<(usize, &str)>) {
    if let Some((_, name)) = list {
        html.push_str(&format!("</{name}>"));
    }
}
