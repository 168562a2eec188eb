//! What changed between two versions of a bulletin: words within paragraphs, for people.
//!
//! Only what a reader sees is compared. Programs compare the two contents, to which the page links.

use std::time::Duration;

use jiff::Timestamp;
use maud::{Markup, html};
use similar::{DiffOp, DiffTag, TextDiff, TextDiffConfig};

use super::layout::{Head, count, direction, page};
use super::{Site, dates};
use crate::bulletin::{BulletinId, visible_text};
use crate::digest::Digest;
use crate::permalink::Route;

/// Two versions of a bulletin.
#[derive(Clone, Debug)]
pub struct DifferenceView<'a> {
    pub id: BulletinId,
    pub slug: String,
    pub language: Option<String>,
    pub from: Side<'a>,
    pub to: Side<'a>,
}

/// One of two versions that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// From 1.
    pub number: u32,
    pub captured: Timestamp,
    pub digest: Digest,
    pub title: &'a str,
    /// A sanitised fragment.
    pub body: &'a str,
}

/// How long a comparison may take before it becomes coarser: two long texts with nothing in common would
/// otherwise keep the server from its other readers.
const COMPARISON_MAX: Duration = Duration::from_millis(200);

/// Unchanged paragraphs that are shown next to a change; the others fold away if there are this many.
const CONTEXT: usize = 1;
const FOLDED_MIN: usize = 3;

/// The page that compares. It is made when it is asked for and no search engine is meant to keep it:
/// what it says is in the two versions.
pub fn difference(site: &Site, view: &DifferenceView) -> String {
    let (from, to) = (&view.from, &view.to);
    let language = view.language.as_deref();
    let title = format!("Version {} and version {} of “{}”", from.number, to.number, to.title);
    let head =
        Head { title: &title, more: html! { meta name="robots" content="noindex"; }, ..Head::default() };
    let texts = [from.body, to.body].map(visible_text);
    let same = from.title == to.title && texts[0] == texts[1];
    page(
        site,
        &head,
        &html! {
            div.opening {
                nav.trail aria-label="Wider" {
                    a href=(site.links.path(&Route::Bulletin(view.id, Some(view.slug.clone())))) { "The bulletin" }
                    " · " a href=(site.links.path(&Route::History(view.id))) { "History" }
                }
                h1 { "What changed" }
                (sides(site, view))
                @if same {
                    p.lead { "A reader sees no difference: what changed is in dates, authors, links, files or markup." }
                }
            }
            article.bulletin.difference {
                h2 lang=[language] dir=(direction(language)) { (words(from.title, to.title)) }
                div.body lang=[language] dir=(direction(language)) { (paragraphs(&texts[0], &texts[1])) }
            }
        },
    )
}

/// Which mark belongs to which version. The marks differ in shape and not only in colour, for readers
/// who do not see the difference in colour.
fn sides(site: &Site, view: &DifferenceView) -> Markup {
    html! {
        ul.sides {
            @for (mark, side) in [("del", &view.from), ("ins", &view.to)] {
                li {
                    @if mark == "del" { del { "Struck out" } } @else { ins { "Underlined" } }
                    ": only in "
                    a href=(site.links.path(&Route::Version(view.id, side.number))) { "version " (side.number) }
                    ", captured " (dates::moment(side.captured)) " · "
                    a href=(site.links.path(&Route::Content(side.digest))) { "content" }
                }
            }
        }
    }
}

/// How both comparisons, of paragraphs and of words, are made.
fn config() -> TextDiffConfig {
    let mut config = TextDiff::configure();
    config.timeout(COMPARISON_MAX);
    config
}

/// Paragraphs that were exchanged are compared by their words, first with first; what is left over was
/// taken out or put in whole.
fn paragraphs(old: &str, new: &str) -> Markup {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let diff = config().diff_slices(&old, &new);
    html! {
        @for op in diff.ops() {
            @match *op {
                DiffOp::Equal { old_index, len, .. } => {
                    (unchanged(&old[old_index..old_index + len], old_index == 0, old_index + len == old.len()))
                }
                DiffOp::Delete { old_index, old_len, .. } => {
                    @for text in &old[old_index..old_index + old_len] { p { del { (text) } } }
                }
                DiffOp::Insert { new_index, new_len, .. } => {
                    @for text in &new[new_index..new_index + new_len] { p { ins { (text) } } }
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    (exchanged(&old[old_index..old_index + old_len], &new[new_index..new_index + new_len]))
                }
            }
        }
    }
}

/// Both sides of paragraphs that took each other's place.
fn exchanged(old: &[&str], new: &[&str]) -> Markup {
    let both = old.len().min(new.len());
    html! {
        @for (old, new) in old.iter().zip(new) { p { (words(old, new)) } }
        @for text in &old[both..] { p { del { (text) } } }
        @for text in &new[both..] { p { ins { (text) } } }
    }
}

/// A run of unchanged paragraphs, folded but for those next to a change.
fn unchanged(run: &[&str], first: bool, last: bool) -> Markup {
    let head = if first { 0 } else { CONTEXT.min(run.len()) };
    let tail = if last { run.len() } else { run.len().saturating_sub(CONTEXT).max(head) };
    html! {
        @for text in &run[..head] { p { (text) } }
        @if tail - head < FOLDED_MIN {
            @for text in &run[head..tail] { p { (text) } }
        } @else {
            details {
                summary { (count((tail - head) as u64, "unchanged paragraph")) }
                @for text in &run[head..tail] { p { (text) } }
            }
        }
        @for text in &run[tail..] { p { (text) } }
    }
}

/// A text with what was taken out and put in marked, in runs as long as they can be: a mark around each
/// single word is tiring to read and to listen to.
fn words(old: &str, new: &str) -> Markup {
    let diff = config().diff_unicode_words(old, new);
    html! {
        @for op in diff.ops() {
            @let old: String = op.old_range().filter_map(|n| diff.old_slice(n)).collect();
            @let new: String = op.new_range().filter_map(|n| diff.new_slice(n)).collect();
            @if op.tag() == DiffTag::Equal { (new) } @else {
                @if !old.is_empty() { del { (old) } }
                @if !new.is_empty() { ins { (new) } }
            }
        }
    }
}
