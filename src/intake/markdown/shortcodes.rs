//! What Hugo, Jekyll and Zola put between the text for their own use: `{{< figure >}}`, `{% include %}`, `{: .wide}`.
//!
//! Nothing is run. A picture becomes a picture, code becomes code, what stands between a pair stays, and everything
//! else goes: it names files and settings that are not here.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Parser, Tag};
use regex::Regex;

/// What opens and closes each kind. Those that begin alike stand with the longer first.
const KINDS: [(&str, &str); 5] = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{{", "}}"), ("{:", "}")];
/// What is longer is text that only looks like one.
const CODE_BYTES_MAX: usize = 4_000;

/// `name="value"`, `name='value'`, `name=value`.
static PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"([A-Za-z_]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#).expect("it compiles")
});
/// A text in quotes by itself, as in `{{ "/tides.png" | relative_url }}`.
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\s*(?:"([^"]*)"|'([^']*)')\s*(?:\||$)"#).expect("it compiles"));

/// How long a block of highlighted code may be.
const HIGHLIGHT_BYTES_MAX: usize = 256 << 10;

static OPENS_HIGHLIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{[<%]\s*highlight\b[^\n]*?[>%]\}\}|\{%-?\s*highlight\b[^\n]*?-?%\}").expect("it compiles")
});
static CLOSES_HIGHLIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{[<%]\s*/highlight\s*[>%]\}\}|\{%-?\s*endhighlight\s*-?%\}").expect("it compiles")
});

/// The text without them. What stands in code stays as it is: it may well be about them.
pub fn expanded(text: &str) -> Cow<'_, str> {
    if !text.contains("{{") && !text.contains("{%") && !text.contains("{:") {
        return Cow::Borrowed(text);
    }
    let fenced = with_fences(text);
    let mut out = String::with_capacity(fenced.len());
    push_expanded(&fenced, &mut out);
    Cow::Owned(out)
}

/// The text with its blocks of highlighted code as fenced ones, so that Markdown itself says where code is.
fn with_fences(text: &str) -> Cow<'_, str> {
    if !text.contains("highlight") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<(char, usize)> = None;
    let mut closing = Closing { text, found: None };
    let mut at = 0;
    while at < text.len() {
        let line = &text[at..at + text[at..].find('\n').map_or(text.len() - at, |end| end + 1)];
        let mark = fence_mark(line);
        let opening = OPENS_HIGHLIGHT.find(line).filter(|_| fence.is_none() && mark.is_none());
        let block = opening.filter(|opening| line[..opening.start()].trim().is_empty());
        if let Some((code, end)) = block.and_then(|opening| closing.block(at + opening.end())) {
            push_fenced(code, &mut out);
            at = end;
            continue;
        }
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(close)) if close.0 == open.0 && close.1 >= open.1 && is_only(line, open.0) => {
                fence = None;
            }
            _ => {}
        }
        out.push_str(line);
        at += line.len();
    }
    Cow::Owned(out)
}

/// Where blocks of highlighted code end. The text is gone through once, however many begin.
struct Closing<'t> {
    text: &'t str,
    /// What was found last; nothing behind it where it is empty at the end.
    found: Option<Range<usize>>,
}

impl<'t> Closing<'t> {
    /// The code that begins at `from`, which only grows, and where what follows it begins.
    fn block(&mut self, from: usize) -> Option<(&'t str, usize)> {
        let seek = || {
            let found = CLOSES_HIGHLIGHT.find_at(self.text, from).map(|found| found.range());
            found.unwrap_or(self.text.len()..self.text.len())
        };
        let end = match self.found.take().filter(|known| known.start >= from) {
            Some(known) => known,
            None => seek(),
        };
        let (code, after) = (&self.text[from..end.start], end.end);
        let ends = !end.is_empty() && code.len() <= HIGHLIGHT_BYTES_MAX;
        self.found = Some(end);
        ends.then_some((code, after))
    }
}

/// Code within a fence that is longer than any in it.
fn push_fenced(code: &str, out: &mut String) {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    out.push_str(&format!("\n\n{fence}\n{}\n{fence}\n\n", code.trim_matches('\n').trim_end()));
}

/// The character of a fence and how many of it, where a line is one.
fn fence_mark(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start_matches([' ', '>', '\t']);
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let count = line.chars().take_while(|c| *c == mark).count();
    (count >= 3 && (mark == '~' || !line[count..].contains('`'))).then_some((mark, count))
}

/// Whether there is nothing but a fence in the line: others begin code or stand in it.
fn is_only(line: &str, mark: char) -> bool {
    line.trim_start_matches([' ', '>', '\t']).trim_start_matches(mark).trim().is_empty()
}

/// Where Markdown has code, which is shown as it is: blocks and spans, in their order.
fn code_ranges(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, super::body::options()).into_offset_iter();
    let code = |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
    events.filter(|(event, _)| code(event)).map(|(_, range)| range).collect()
}

fn push_expanded(text: &str, out: &mut String) {
    let mut seeker = Seeker { text, found: Vec::new() };
    let mut code = code_ranges(text).into_iter().peekable();
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let start = at + found;
        while code.next_if(|range| range.end <= start).is_some() {}
        if let Some(range) = code.next_if(|range| range.contains(&start)) {
            out.push_str(&text[at..range.end]);
            at = range.end;
            continue;
        }
        out.push_str(&text[at..start]);
        let Some((kind, inner, after)) = seeker.code_at(start) else {
            out.push('{');
            at = start + 1;
            continue;
        };
        at = after;
        // What is commented out, and what is shown as it is.
        let ending = match name(inner) {
            "comment" => seeker.past("endcomment", after),
            "raw" => seeker.past("endraw", after),
            _ => {
                push_code(kind, inner, out);
                continue;
            }
        };
        let Some((ending, after)) = ending else { continue };
        if name(inner) == "raw" {
            out.push_str(&text[at..ending]);
        }
        at = after;
    }
    out.push_str(&text[at..]);
}

/// Finds what closes what. Each is looked for once over the whole text, however often it is asked for.
struct Seeker<'a> {
    text: &'a str,
    /// What was looked for, from where, and where it was found.
    found: Vec<(&'static str, usize, Option<usize>)>,
}

impl<'a> Seeker<'a> {
    /// Where `wanted` stands at or behind `from`, which only grows.
    fn find(&mut self, wanted: &'static str, from: usize) -> Option<usize> {
        let seek = |text: &str| text[from..].find(wanted).map(|at| from + at);
        match self.found.iter_mut().find(|(known, ..)| *known == wanted) {
            Some((_, asked, at)) if *asked <= from && at.is_none_or(|at| at >= from) => *at,
            Some(stale) => {
                *stale = (wanted, from, seek(self.text));
                stale.2
            }
            None => {
                let at = seek(self.text);
                self.found.push((wanted, from, at));
                at
            }
        }
    }

    /// The code that begins at `start`: how it opens, what is in it, what follows.
    fn code_at(&mut self, start: usize) -> Option<(&'static str, &'a str, usize)> {
        let text = self.text;
        let (open, close) = KINDS.into_iter().find(|(open, _)| text[start..].starts_with(open))?;
        let inner = start + open.len();
        let end = self.find(close, inner).filter(|end| end - inner <= CODE_BYTES_MAX)?;
        Some((open, text[inner..end].trim_matches(['-', ' ', '\n', '\t']), end + close.len()))
    }

    /// Where the code of this name begins and ends that comes next.
    fn past(&mut self, ending: &'static str, from: usize) -> Option<(usize, usize)> {
        let at = self.find(ending, from)?;
        let near = self.text.floor_char_boundary(at.saturating_sub(8)).max(from);
        let start = near + self.text[near..at].rfind("{%")?;
        let end = self.find("%}", at)? + 2;
        Some((start, end))
    }
}

fn name(inner: &str) -> &str {
    inner.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default()
}

fn push_code(kind: &str, inner: &str, out: &mut String) {
    match (kind, name(inner)) {
        // Written so in order to be shown.
        ("{{<" | "{{%", name) if name.starts_with("/*") => {
            let (open, close) = (kind, if kind == "{{<" { ">}}" } else { "%}}" });
            let inner = inner.trim_start_matches("/*").trim_end_matches("*/").trim();
            out.push_str(&format!("{open} {inner} {close}"));
        }
        ("{{<" | "{{%", "figure" | "img" | "image") => push_figure(inner, out),
        // Of Liquid's outputs only what is written there can be known.
        ("{{", _) => {
            let quoted = QUOTED.captures(inner).and_then(|found| found.get(1).or(found.get(2)));
            out.push_str(quoted.map_or("", |text| text.as_str()));
        }
        _ => {}
    }
}

fn push_figure(inner: &str, out: &mut String) {
    let parameter = |wanted: &str| {
        let found = PARAMETER.captures_iter(inner).find(|found| found[1].eq_ignore_ascii_case(wanted))?;
        let value = found.get(2).or(found.get(3)).or(found.get(4))?.as_str();
        Some(escaped(value)).filter(|value| !value.is_empty())
    };
    let Some(src) = parameter("src") else { return };
    let caption: Vec<String> = ["title", "caption"].into_iter().filter_map(parameter).collect();
    let alt = parameter("alt").or_else(|| caption.last().cloned()).unwrap_or_default();
    // HTML is left alone by Markdown up to an empty line.
    out.push_str(&format!("\n\n<figure><img src=\"{src}\" alt=\"{alt}\">"));
    if !caption.is_empty() {
        out.push_str(&format!("<figcaption>{}</figcaption>", caption.join(": ")));
    }
    out.push_str("</figure>\n\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\n', " ")
}
