//! What Hugo, Jekyll and Zola put between the text for their own use: `{{< figure >}}`, `{% include %}`, `{: .wide}`.
//!
//! Nothing is run. A picture becomes a picture, code becomes code, what stands between a pair stays, and everything
//! else goes: it names files and settings that are not here.

use std::borrow::Cow;
use std::sync::LazyLock;

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

/// The text without them. What stands in fenced code stays as it is: it may well be about them.
pub fn expanded(text: &str) -> Cow<'_, str> {
    if !text.contains("{{") && !text.contains("{%") && !text.contains("{:") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut fence = None;
    let mut plain = 0;
    let mut at = 0;
    // Stretches between fences are expanded whole, since a code may go over several lines.
    for line in text.split_inclusive('\n') {
        let mark = fence_mark(line);
        let next = at + line.len();
        match (fence, mark) {
            (None, Some(_)) => {
                push_expanded(&text[plain..at], &mut out);
                (fence, plain) = (mark, at);
            }
            (Some(open), Some(close)) if close.0 == open.0 && close.1 >= open.1 => {
                out.push_str(&text[plain..next]);
                (fence, plain) = (None, next);
            }
            _ => {}
        }
        at = next;
    }
    match fence {
        Some(_) => out.push_str(&text[plain..]),
        None => push_expanded(&text[plain..], &mut out),
    }
    Cow::Owned(out)
}

/// The character of a fence and how many of it, where a line is one.
fn fence_mark(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let count = line.chars().take_while(|c| *c == mark).count();
    (count >= 3).then_some((mark, count))
}

fn push_expanded(text: &str, out: &mut String) {
    let mut seeker = Seeker { text, found: Vec::new() };
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let start = at + found;
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
        (_, "highlight" | "/highlight" | "endhighlight") => out.push_str("\n```\n"),
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
