//! The text of a page as HTML, and what can be read off it.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// What a text comes to.
#[derive(Debug, Default)]
pub struct Text {
    pub html: String,
    /// Its first heading, where that is its title.
    pub title: Option<String>,
    /// What stands before the mark that its author put where lists of pages are to break off.
    pub summary: Option<String>,
    /// What is read, without markup.
    pub text: String,
}

/// Where it stands, the rest of a page is left out of lists.
const MORE: &str = "<!--more-->";
/// How deep quotations and lists may lie in each other: what is deeper was made by a program, to harm.
const DEPTH_MAX: usize = 100;
/// A beginning that is longer than this, in bytes, is no summary.
const SUMMARY_BYTES_MAX: usize = 1_500;

pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
}

/// Reads Markdown; `title` is the title that front matter gives. None where it is nested without end.
pub fn read(markdown: &str, title: Option<String>) -> Option<Text> {
    let mut read = Text::default();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut depth = 0;
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth > DEPTH_MAX {
            return None;
        }
        events.push(event);
    }
    // Pages repeat their title above their text, since some programs show only that.
    if let Some((heading, end)) = leading_heading(&events)
        && title.as_ref().is_none_or(|title| same_words(title, &heading))
    {
        read.title = Some(heading);
        events.drain(..end);
    }
    for event in &events {
        if let Event::Html(html) | Event::InlineHtml(html) = event
            && html.trim().replace(' ', "").eq_ignore_ascii_case(MORE)
            && read.text.len() <= SUMMARY_BYTES_MAX
            && read.summary.is_none()
        {
            read.summary = Some(read.text.trim().to_string()).filter(|text| !text.is_empty());
        }
        push_text(event, &mut read.text);
    }
    read.text.truncate(read.text.trim_end().len());
    html::push_html(&mut read.html, events.into_iter());
    Some(read)
}

/// The text of a heading of the first level that stands before everything else, and where what follows begins.
fn leading_heading(events: &[Event<'_>]) -> Option<(String, usize)> {
    let Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) = events.first()? else { return None };
    let end = events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))))? + 1;
    let mut text = String::new();
    events[..end].iter().for_each(|event| push_text(event, &mut text));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some((text, end))
}

fn same_words(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    letters(a) == letters(b)
}

/// The text of a line of Markdown.
pub fn plain(markdown: &str) -> String {
    let mut text = String::new();
    Parser::new_ext(markdown, options()).for_each(|event| push_text(&event, &mut text));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push_text(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(more) | Event::Code(more) => text.push_str(more),
        Event::SoftBreak | Event::HardBreak => text.push(' '),
        Event::End(
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock,
        ) => {
            text.push('\n');
        }
        _ => {}
    }
}
