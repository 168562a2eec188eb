//! An entry as its format spelt it, and what all formats share on the way to a draft.
//!
//! Owns which text is the content and which the summary, and what of both is no part of the entry. It must
//! never know which format it came from.

use url::Url;

use super::body::{self, Context};
use super::media::Files;
use super::moment::moment;
use crate::bulletin::{Author, Basis, Link, PartialDate, Published, running_text, visible_text};
use crate::intake::markup::{Tree, fold};
use crate::intake::sanitize::{escape, sanitize};
use crate::intake::{Attachment, Body, Draft};

/// Text as a feed holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markup {
    Html(String),
    Text(String),
}

impl Markup {
    pub fn is_blank(&self) -> bool {
        let (Markup::Html(text) | Markup::Text(text)) = self;
        text.trim().is_empty()
    }

    pub fn into_html(self) -> String {
        match self {
            Markup::Html(html) if is_html(&html) => html,
            Markup::Html(text) => paragraphs(&text),
            Markup::Text(text) => {
                let mut html = String::new();
                escape(&text, false, &mut html);
                paragraphs(&html)
            }
        }
    }

    /// As plain text on one line.
    pub fn into_line(self) -> String {
        match self {
            Markup::Html(html) if is_html(&html) || html.contains('&') => line(&html),
            Markup::Html(text) | Markup::Text(text) => fold(&text),
        }
    }
}

/// Text without markup in it, with its references: paragraphs where empty lines are between them.
fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    let groups = lines.split(|line| line.is_empty()).filter(|group| !group.is_empty());
    groups.map(|group| format!("<p>{}</p>", group.join("\n"))).collect()
}

/// Names of tags by which text is known to be HTML. A `<` before any other word is only that.
const TAGS: [&str; 28] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "hr",
    "i",
    "iframe",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "ul",
];

/// Whether text has tags of HTML in it.
pub fn is_html(text: &str) -> bool {
    let last = text.rfind('>').unwrap_or(0);
    text[..last].split('<').skip(1).any(|rest| {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        TAGS.binary_search(&rest[..end].to_ascii_lowercase().as_str()).is_ok()
    })
}

/// The text that HTML shows, on one line.
pub fn line(html: &str) -> String {
    Tree::parse(html).line(0)
}

/// An entry before what formats share.
#[derive(Default)]
pub struct Entry {
    /// Written by an archive such as this one: its content is what was kept, and nothing is to be taken off.
    pub own: bool,
    /// `year`, `month` or `day`, where an archive such as this one says that its date is no instant.
    pub precision: Option<String>,
    pub basis: Option<String>,
    pub id: Option<String>,
    pub url: Option<String>,
    pub title: Option<Markup>,
    pub published: Option<PartialDate>,
    pub updated: Option<PartialDate>,
    pub language: Option<String>,
    pub authors: Vec<Author>,
    pub categories: Vec<String>,
    pub links: Vec<Link>,
    pub files: Files,
    pub attachments: Vec<Attachment>,
    pub content: Option<Markup>,
    pub summary: Option<Markup>,
    /// What relative addresses in the content are relative to, beside the entry's own address.
    pub base: Option<Url>,
}

/// More authors, categories or links of one entry say nothing any more.
const NAMES_MAX: usize = 200;
/// The longest summary that is none but the text itself, in characters.
const SUMMARY_CHARS_MAX: usize = 2_000;

impl Entry {
    pub fn draft(self) -> Draft {
        let title = self.title.clone().map(|title| match title {
            Markup::Html(title) if self.own => fold(&title),
            title => title.into_line(),
        });
        let blank = |markup: &Markup| !markup.is_blank();
        let (content, summary) =
            match (self.content.clone().filter(blank), self.summary.clone().filter(blank)) {
                (None, summary) => (summary, None),
                both => both,
            };
        let base = self.base.clone().or_else(|| Url::parse(self.url.as_deref()?).ok());
        let context = Context { title: title.as_deref(), base: base.as_ref() };
        let raw = content.map(Markup::into_html).unwrap_or_default();
        let html = if self.own { raw.clone() } else { body::html(&raw, &context) };
        let summary = summary.and_then(|summary| own_summary(summary, [&raw, &html], &context));
        let published = self.published();
        Draft {
            title: title.filter(|title| !title.is_empty()),
            published,
            language: self.language,
            authors: unique(self.authors.into_iter().take(NAMES_MAX)),
            summary,
            categories: self
                .categories
                .into_iter()
                .take(NAMES_MAX)
                .filter(|label| !is_no_category(label))
                .collect(),
            url: self.url,
            id: self.id,
            links: self.links.into_iter().take(NAMES_MAX).collect(),
            enclosures: self.files.beside(&html),
            attachments: self.attachments,
            body: Body::Html(html),
            ..Draft::default()
        }
    }

    /// When it says that it was published. That it was changed lets infer when at the latest it was
    /// published, where it says nothing else.
    fn published(&self) -> Option<Published> {
        let inferred = self.published.is_none();
        let date = self.published.or(self.updated)?;
        let basis = match self.basis.as_deref() {
            // It is when the other archive received it.
            Some("received") => return None,
            Some("inferred") => Basis::Inferred,
            _ if inferred => Basis::Inferred,
            _ => Basis::Stated,
        };
        let day = date.first_day();
        let date = match self.precision.as_deref() {
            Some("year") => PartialDate::Year(day.year()),
            Some("month") => PartialDate::Month(day.year(), day.month()),
            Some("day") => PartialDate::Day(day),
            _ => date,
        };
        Some(Published { basis, date })
    }
}

/// The summary as plain text, unless it only repeats how the content begins.
fn own_summary(summary: Markup, contents: [&String; 2], context: &Context<'_>) -> Option<String> {
    let plain = match summary {
        Markup::Html(html) if is_html(&html) || html.contains('&') => {
            running_text(&sanitize(&body::html(&html, context))).replace('\n', " ")
        }
        Markup::Html(text) | Markup::Text(text) => fold(&text),
    };
    let plain = body::without_ellipsis(&plain);
    let said = key(plain.0);
    let repeats = contents.iter().flat_map(|html| {
        let html = sanitize(html);
        // Software that cuts a summary out of a text leaves out what is below its pictures.
        [running_text(&html), visible_text(&html)]
    });
    let repeats = repeats.into_iter().any(|text| {
        let content = key(&text);
        content.starts_with(&said) || content.len() < said.len() && said.starts_with(&content)
    });
    let is_own = !said.is_empty() && !repeats && plain.0.chars().count() <= SUMMARY_CHARS_MAX;
    is_own.then(|| if plain.1 { format!("{} …", plain.0) } else { plain.0.to_string() })
}

/// Letters and digits only, in lower case.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn unique(authors: impl Iterator<Item = Author>) -> Vec<Author> {
    let mut unique: Vec<Author> = Vec::new();
    for author in authors {
        if !unique.iter().any(|known| known.name == author.name) {
            unique.push(author);
        }
    }
    unique
}

/// What WordPress calls the category of posts that have none, as a slug.
#[rustfmt::skip]
const NO_CATEGORY: &[&str] = &[
    "uncategorized", "uncategorised", "non-classe", "non-categorise", "sin-categoria", "sem-categoria",
    "sem-categorias", "senza-categoria", "nicht-kategorisiert", "unkategorisiert", "geen-categorie",
    "niet-gecategoriseerd", "bez-kategorii", "okategoriserade", "ikke-kategoriseret", "uncategorizedja",
    "bez-rubriki", "kategorisiz", "luokittelematon", "nezarazene", "sense-categoria", "ghyr-msnf",
];

/// Whether a label says that there is no category.
pub fn is_no_category(label: &str) -> bool {
    NO_CATEGORY.contains(&crate::bulletin::slug(label).as_str())
}

/// An author as RSS writes one: a mailbox, a name, or both in the forms `a@b (Name)` and `Name <a@b>`.
pub fn author(text: &str) -> Option<Author> {
    let text = fold(text);
    let is_mailbox = |part: &str| part.contains('@') && !part.contains(' ');
    let pair = text
        .strip_suffix(')')
        .and_then(|text| text.split_once('('))
        .map(|(mailbox, name)| (name, mailbox))
        .or_else(|| text.strip_suffix('>')?.split_once('<'));
    let (name, email) = match pair.map(|(name, mailbox)| (name.trim(), mailbox.trim())) {
        Some((name, mailbox)) if is_mailbox(mailbox) => (name.trim_matches('"'), Some(mailbox)),
        _ if is_mailbox(&text) => ("", Some(text.as_str())),
        _ => (text.as_str(), None),
    };
    // Where only a mailbox is given, what stands before the @ is as much of a name as there is.
    let name = match (name, email) {
        ("", Some(email)) => email.split('@').next().unwrap_or_default(),
        (name, _) => name,
    };
    let nobody =
        matches!(name.to_ascii_lowercase().as_str(), "" | "noreply" | "no-reply" | "unknown" | "admin");
    (!nobody).then(|| Author { email: email.map(String::from), name: name.into(), url: None })
}

/// The first of `texts` that is a date.
pub fn first_date(texts: impl IntoIterator<Item = Option<String>>) -> Option<PartialDate> {
    texts.into_iter().flatten().find_map(|text| moment(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_read_in_every_form() {
        for (text, name, email) in [
            ("ana@estuary.example.org (Ana Lima)", "Ana Lima", Some("ana@estuary.example.org")),
            ("Ana Lima <ana@estuary.example.org>", "Ana Lima", Some("ana@estuary.example.org")),
            ("ana@estuary.example.org", "ana", Some("ana@estuary.example.org")),
            ("Ana Lima (Harbour Office)", "Ana Lima (Harbour Office)", None),
            (" Ana\n Lima ", "Ana Lima", None),
        ] {
            let author = author(text).unwrap();
            assert_eq!((author.name.as_str(), author.email.as_deref()), (name, email), "{text}");
        }
        assert_eq!(author("noreply@blogger.example.org"), None);
    }

    #[test]
    fn text_is_html_only_where_it_has_tags_of_html() {
        assert!(TAGS.is_sorted());
        for (text, expected) in [
            ("<p>a", true),
            ("a<br/>b", true),
            ("a < b > c", false),
            ("at <the pier>", false),
            ("<3", false),
            ("a <b", false),
        ] {
            assert_eq!(is_html(text), expected, "{text}");
        }
    }

    #[test]
    fn a_summary_is_one_only_where_it_says_something_of_its_own() {
        let summary = |summary: &str, content: &str| {
            let entry = Entry {
                content: Some(Markup::Html(content.into())),
                summary: Some(Markup::Html(summary.into())),
                ..Entry::default()
            };
            entry.draft().summary
        };
        let content = "<p>The ferry runs on Sunday as well.</p><p>It does so from May.</p>";
        for (said, expected) in [
            ("The ferry runs on Sunday as well. [&#8230;]", None),
            (
                "<p>The ferry runs on Sunday […]</p><p>The post <a href='/x'>Ferry</a> appeared first on <a href='/'>Port</a>.</p>",
                None,
            ),
            ("The ferry runs on Sunday as well. It does so from May.", None),
            ("Now on Sundays", Some("Now on Sundays")),
            ("<b>Now</b> &amp; then…", Some("Now & then …")),
        ] {
            assert_eq!(summary(said, content).as_deref(), expected, "{said}");
        }
    }
}
