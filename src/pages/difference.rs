//! What changed between two versions of a bulletin: words within paragraphs, for people.
//!
//! Only what a reader sees is compared. Programs compare the two contents, to which the page links.

use std::time::Duration;

use jiff::Timestamp;
use maud::{Markup, html};
use similar::{DiffOp, DiffTag, TextDiff, TextDiffConfig};

use super::history::{ChangeSize, version_link};
use super::layout::{Head, direction, page};
use super::messages::{fill, set};
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
    let words = site.words();
    let language = view.language.as_deref();
    let (first, second) = (from.number.to_string(), to.number.to_string());
    let title = fill(words.difference_title, &[("from", &first), ("to", &second), ("title", to.title)]);
    let head =
        Head { title: &title, more: html! { meta name="robots" content="noindex"; }, ..Head::default() };
    let texts = [from.body, to.body].map(visible_text);
    let same = from.title == to.title && texts[0] == texts[1];
    let marks = Marks { site };
    page(
        site,
        &head,
        &html! {
            div.opening {
                nav.trail aria-label=(words.wider) {
                    a href=(site.path(&Route::Bulletin(view.id, Some(view.slug.clone())))) { (words.the_bulletin) }
                    " · " a href=(site.path(&Route::History(view.id))) { (words.history) }
                }
                h1 { (words.what_changed) }
                (sides(site, view))
                @if same { p.lead { (words.no_visible_difference) } }
            }
            article.bulletin.difference {
                h2 lang=[language] dir=(direction(language)) { (marks.words(from.title, to.title)) }
                div.body lang=[language] dir=(direction(language)) { (marks.paragraphs(&texts[0], &texts[1])) }
            }
        },
    )
}

/// How many words of a text another version took out and put in, title and body together.
pub fn change_size(from: (&str, &str), to: (&str, &str)) -> ChangeSize {
    let texts = [from, to].map(|(title, body)| format!("{title}\n{}", visible_text(body)));
    let diff = config().diff_unicode_words(texts[0].as_str(), texts[1].as_str());
    let count = |words: &mut dyn Iterator<Item = &str>| {
        words.filter(|word| word.chars().any(char::is_alphanumeric)).count() as u64
    };
    let mut size = ChangeSize::default();
    for op in diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal) {
        size.removed += count(&mut op.old_range().filter_map(|n| diff.old_slice(n)));
        size.added += count(&mut op.new_range().filter_map(|n| diff.new_slice(n)));
    }
    size
}

/// Which mark belongs to which version. The marks differ in shape and not only in colour, for readers
/// who do not see the difference in colour.
fn sides(site: &Site, view: &DifferenceView) -> Markup {
    let words = site.words();
    let side = |mark: Markup, side: &Side| {
        html! {
            li {
                (set(words.only_in, &[
                    ("mark", mark), ("version", version_link(site, view.id, side.number)),
                    ("date", dates::moment(site, side.captured)),
                ]))
                " · " a href=(site.links.path(&Route::Content(side.digest))) { (words.content) }
            }
        }
    };
    html! {
        ul.sides {
            (side(html! { del { (words.struck_out) } }, &view.from))
            (side(html! { ins { (words.underlined) } }, &view.to))
        }
    }
}

/// How both comparisons, of paragraphs and of words, are made.
fn config() -> TextDiffConfig {
    let mut config = TextDiff::configure();
    config.timeout(COMPARISON_MAX);
    config
}

/// Marks what changed, and says the marks in the language of the interface to those who do not see them.
struct Marks<'a> {
    site: &'a Site,
}

impl Marks<'_> {
    /// What was taken out. Style sheets put the words before it out of sight, where screen readers find them.
    fn del(&self, text: &str) -> Markup {
        let words = self.site.words();
        html! { del data-begin=(words.taken_out) data-end=(words.end_of_change) { (text) } }
    }

    fn ins(&self, text: &str) -> Markup {
        let words = self.site.words();
        html! { ins data-begin=(words.put_in) data-end=(words.end_of_change) { (text) } }
    }

    /// Paragraphs that were exchanged are compared by their words, first with first; what is left over was
    /// taken out or put in whole.
    fn paragraphs(&self, old: &str, new: &str) -> Markup {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let diff = config().diff_slices(&old, &new);
        html! {
            @for op in diff.ops() {
                @match *op {
                    DiffOp::Equal { old_index, len, .. } => {
                        (self.unchanged(&old[old_index..old_index + len], old_index == 0, old_index + len == old.len()))
                    }
                    DiffOp::Delete { old_index, old_len, .. } => {
                        @for text in &old[old_index..old_index + old_len] { p { (self.del(text)) } }
                    }
                    DiffOp::Insert { new_index, new_len, .. } => {
                        @for text in &new[new_index..new_index + new_len] { p { (self.ins(text)) } }
                    }
                    DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                        (self.exchanged(&old[old_index..old_index + old_len], &new[new_index..new_index + new_len]))
                    }
                }
            }
        }
    }

    /// Both sides of paragraphs that took each other's place.
    fn exchanged(&self, old: &[&str], new: &[&str]) -> Markup {
        let both = old.len().min(new.len());
        html! {
            @for (old, new) in old.iter().zip(new) { p { (self.words(old, new)) } }
            @for text in &old[both..] { p { (self.del(text)) } }
            @for text in &new[both..] { p { (self.ins(text)) } }
        }
    }

    /// A run of unchanged paragraphs, folded but for those next to a change.
    fn unchanged(&self, run: &[&str], first: bool, last: bool) -> Markup {
        let words = self.site.words();
        let head = if first { 0 } else { CONTEXT.min(run.len()) };
        let tail = if last { run.len() } else { run.len().saturating_sub(CONTEXT).max(head) };
        let folded = (tail - head) as u64;
        let count = || self.site.interface.language.count(folded, words.unchanged_one, words.unchanged_many);
        html! {
            @for text in &run[..head] { p { (text) } }
            @if tail - head < FOLDED_MIN {
                @for text in &run[head..tail] { p { (text) } }
            } @else {
                details {
                    summary { (count()) }
                    @for text in &run[head..tail] { p { (text) } }
                }
            }
            @for text in &run[tail..] { p { (text) } }
        }
    }

    /// A text with what was taken out and put in marked, in runs as long as they can be: a mark around each
    /// single word is tiring to read and to listen to.
    fn words(&self, old: &str, new: &str) -> Markup {
        let diff = config().diff_unicode_words(old, new);
        html! {
            @for (old, new) in runs(&diff) {
                @match (old.as_str(), new.as_str()) {
                    (old, new) if old == new => (new),
                    (old, new) => {
                        @if !old.is_empty() { (self.del(old)) }
                        @if !new.is_empty() { (self.ins(new)) }
                    }
                }
            }
        }
    }
}

/// What was and what is, run by run; both are the same where nothing changed. Runs that only a space keeps apart are
/// one: a phrase that was rewritten is read as a phrase.
fn runs(diff: &TextDiff<'_, '_, str>) -> Vec<(String, String)> {
    let mut runs: Vec<(String, String)> = Vec::new();
    for op in diff.ops() {
        let old: String = op.old_range().filter_map(|n| diff.old_slice(n)).collect();
        let new: String = op.new_range().filter_map(|n| diff.new_slice(n)).collect();
        runs.push((old, new));
    }
    let mut joined: Vec<(String, String)> = Vec::new();
    for (n, (old, new)) in runs.iter().enumerate() {
        let between = old == new && old.trim().is_empty() && n > 0 && n + 1 < runs.len();
        let changed = |run: &(String, String)| run.0 != run.1;
        match joined.last_mut() {
            Some(last) if changed(last) && (between || old != new) => {
                last.0.push_str(old);
                last.1.push_str(new);
            }
            _ => joined.push((old.clone(), new.clone())),
        }
    }
    joined
}
