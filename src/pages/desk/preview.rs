//! What becomes of a draft, and what an editor may correct in it.

use maud::{Markup, html};

use super::{Signed, desk, format_choice, outcome, path, words};
use crate::bulletin::{Basis, BulletinId, Category, Content, Published};
use crate::pages::layout::{direction, sanitised};
use crate::pages::messages::{DeskWords, fill, set, text};
use crate::pages::{Site, dates};
use crate::permalink::{Desk, Route};

/// A draft, read as it would be admitted.
#[derive(Clone, Debug)]
pub struct DeskPreview {
    pub name: String,
    /// What of the last corrections could not be taken up, and why.
    pub wrong: Option<(String, String)>,
    /// Every bulletin in it, or what of it is refused and why.
    pub parts: Vec<Result<DeskPart, (String, String)>>,
    /// Whether it is one bulletin, which can be corrected.
    pub one: bool,
    /// The lines that are in no bulletin; `None` where they cannot be told.
    pub left_out: Option<Vec<String>>,
    /// What the editor said of it.
    pub url: Option<String>,
    pub id: Option<String>,
    pub format: Option<String>,
}

/// A bulletin as it would be admitted.
#[derive(Clone, Debug)]
pub struct DeskPart {
    pub content: Content,
    /// The body with addresses of this archive for the files that came inside.
    pub shown: String,
    pub categories: Vec<Category>,
    pub source: String,
    pub minor: bool,
    /// As its receipt would name it.
    pub outcome: &'static str,
    /// The bulletin that it is, where it is known.
    pub standing: Option<Standing>,
    /// Names that belong to another bulletin.
    pub conflicts: Vec<String>,
    /// Why whoever is signed in may not: what and why.
    pub refusal: Option<(String, String)>,
}

/// A bulletin as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub id: BulletinId,
    pub slug: String,
    pub title: String,
    pub versions: u32,
}

/// What is seen before anything is published.
pub fn desk_preview(site: &Site, signed: &Signed, view: &DeskPreview) -> String {
    let words = words(site);
    let place = Desk::Draft(view.name.clone());
    let able = view.parts.iter().flatten().any(|part| part.refusal.is_none());
    desk(
        site,
        words.preview,
        &html! {
            div.opening {
                p.trail { a href=(path(site, &Desk::Home)) { (words.back) } }
                h1 { (words.preview) }
                @if view.parts.len() > 1 {
                    p.lead { (fill(words.many, &[("count", &view.parts.len().to_string())])) }
                }
            }
            @if let Some((what, why)) = &view.wrong { (refused(words, what, why)) }
            @for part in &view.parts { (shown(site, part)) }
            (left_out(words, view))
            form method="post" action=(path(site, &place)) {
                (signed.mark(&place))
                @match &view.parts[..] {
                    [Ok(part)] if view.one => (corrections(words, part, view)),
                    _ => {}
                }
                (format_choice(words, view.format.as_deref()))
                p.actions {
                    button type="submit" name="do" value="look" { (words.look_again) }
                    @if able { button.primary type="submit" name="do" value="admit" { (words.publish) } }
                }
            }
        },
    )
}

fn shown(site: &Site, part: &Result<DeskPart, (String, String)>) -> Markup {
    let words = words(site);
    let part = match part {
        Ok(part) => part,
        Err((what, why)) => return refused(words, what, why),
    };
    let content = &part.content;
    html! {
        div.banner role="status" {
            p { (verdict(site, part)) }
            @for alias in &part.conflicts { p { (fill(words.conflict, &[("alias", alias)])) } }
            @if let Some((what, why)) = &part.refusal { p { strong { (words.refused) } " – " span lang="en" { (what) ": " (why) } } }
        }
        article.draft lang=[content.language.as_deref()] dir=(direction(content.language.as_deref())) {
            h2 { (content.title) }
            p.byline { (date(site, content.published.as_ref())) }
            p.byline {
                @if part.categories.is_empty() { (words.no_categories) }
                (part.categories.iter().map(|category| category.label.as_str()).collect::<Vec<_>>().join(" · "))
            }
            @if !content.authors.is_empty() {
                p.byline { (content.authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>().join(", ")) }
            }
            @if let Some(summary) = &content.summary { p.lead { (summary) } }
            div.body { (sanitised(&part.shown)) }
        }
    }
}

/// What cannot be taken in, in English as programs get it.
fn refused(words: &DeskWords, what: &str, why: &str) -> Markup {
    html! { p.banner role="alert" { strong { (words.refused) } " – " span lang="en" { (what) ": " (why) } } }
}

/// What it is: new, or which bulletin.
fn verdict(site: &Site, part: &DeskPart) -> Markup {
    let words = words(site);
    let Some(standing) = &part.standing else { return html! { strong { (words.will_be_new) } } };
    let permalink = Route::Bulletin(standing.id, Some(standing.slug.clone()));
    let link = html! { a href=(site.path(&permalink)) { (standing.title) } };
    let next = (standing.versions + 1).to_string();
    let message = match part.outcome {
        "revised" => words.will_be_revised,
        "withdrawn" => words.will_be_withdrawn,
        "duplicate" => words.will_be_duplicate,
        other => outcome(words, other),
    };
    set(message, &[("bulletin", link), ("version", text(next))])
}

/// The date with how precise and how sure it is.
fn date(site: &Site, published: Option<&Published>) -> Markup {
    let words = words(site);
    let Some(published) = published else { return text(words.no_date) };
    let precision = match published.date.precision() {
        "year" => words.year,
        "month" => words.month,
        "day" => words.day,
        _ => words.instant,
    };
    let basis = match published.basis {
        Basis::Stated => words.stated,
        Basis::Inferred => words.inferred,
        Basis::Received => words.received,
    };
    let plain = Published { basis: Basis::Stated, ..published.clone() };
    let date = dates::in_full(site, &plain);
    set(words.precision, &[("date", date), ("precision", text(precision)), ("basis", text(basis))])
}

fn left_out(words: &DeskWords, view: &DeskPreview) -> Markup {
    html! {
        @match &view.left_out {
            Some(lines) if lines.is_empty() => p.quiet { (words.nothing_left_out) },
            Some(lines) => details.left-out {
                summary { (words.left_out) " (" (lines.len()) ")" }
                ul { @for line in lines { li dir="auto" { (line) } } }
            },
            None if view.parts.iter().any(Result::is_ok) => p.quiet { (words.left_out_unknown) },
            None => {},
        }
    }
}

fn corrections(words: &DeskWords, part: &DeskPart, view: &DeskPreview) -> Markup {
    let content = &part.content;
    let labels: Vec<&str> = part.categories.iter().map(|category| category.label.as_str()).collect();
    html! {
        h2 { (words.correct) }
        p.quiet { (words.correct_lead) }
        (fields(words, content, &labels.join("\n")))
        (line(words.source, "source", &part.source))
        (line(words.url, "url", view.url.as_deref().unwrap_or_default()))
        (line(words.id, "id", view.id.as_deref().unwrap_or_default()))
        label.check { input type="checkbox" name="minor" value="1" checked[part.minor]; " " (words.minor) }
    }
}

/// The fields of a content that an editor writes.
pub fn fields(words: &DeskWords, content: &Content, categories: &str) -> Markup {
    let published = content.published.as_ref().map(|it| it.date.to_string()).unwrap_or_default();
    let summary = content.summary.as_deref().unwrap_or_default();
    html! {
        (line(words.title, "title", &content.title))
        (line(words.published, "published", &published))
        p.hint { (words.published_hint) }
        (line(words.language, "language", content.language.as_deref().unwrap_or_default()))
        (area(words.categories, "categories", categories, 3))
        (area(words.summary, "summary", summary, 3))
        (area(words.body, "body", &content.body, 14))
    }
}

fn line(label: &str, name: &str, value: &str) -> Markup {
    html! {
        label for=(name) { (label) }
        input id=(name) name=(name) value=(value) dir="auto";
    }
}

fn area(label: &str, name: &str, value: &str, rows: u32) -> Markup {
    html! {
        label for=(name) { (label) }
        // A first line feed is dropped as the page is read (HTML section 13.1.2.5).
        textarea id=(name) name=(name) rows=(rows) dir="auto" { "\n" (value) }
    }
}
