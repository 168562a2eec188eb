//! All the versions of a bulletin.

use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{Head, direction, page};
use super::messages::{fill, set, text};
use super::{Site, dates};
use crate::bulletin::BulletinId;
use crate::digest::Digest;
use crate::permalink::Route;

/// What the history of a bulletin shows.
#[derive(Clone, Debug)]
pub struct HistoryView {
    pub id: BulletinId,
    pub slug: String,
    /// Of the newest version that can be read; else the words of its address.
    pub title: String,
    pub language: Option<String>,
    /// Newest first; those of this page.
    pub versions: Vec<VersionListed>,
    /// How many there are in all.
    pub count: u32,
    /// The version before which this page begins, where the address says so.
    pub before: Option<u32>,
}

/// A version as the history shows it.
#[derive(Clone, Debug)]
pub struct VersionListed {
    /// From 1.
    pub number: u32,
    pub captured: Timestamp,
    /// Who said it.
    pub source: Option<String>,
    /// Nothing where the version is damaged: no more is known of it than when it came, and its hash.
    pub title: Option<String>,
    pub digest: Digest,
    /// Words that it put in and took out, against the one before; of the first version, all its words are put in.
    pub change: Option<ChangeSize>,
}

/// How large a change is, in words that a reader sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeSize {
    pub added: u64,
    pub removed: u64,
}

/// The parameter with which a page of a long history names the first version that it no longer shows.
pub const BEFORE: &str = "before";

/// The versions, numbered downwards as they are counted, each at the address where it stays, with how much
/// changed from the one before. A title is repeated only where it was another.
pub fn history(site: &Site, view: &HistoryView) -> String {
    let words = site.words();
    let title = fill(words.history_of, &[("title", &view.title)]);
    let permalink = site.path(&Route::Bulletin(view.id, Some(view.slug.clone())));
    let language = view.language.as_deref();
    let before = view.before.map(|before| before.to_string()).unwrap_or_default();
    let query = [(BEFORE, before.as_str())];
    let head =
        Head { title: &title, canonical: Some(Route::History(view.id)), query: &query, ..Head::default() };
    let count = site.interface.language.count(view.count.into(), words.version_one, words.version_many);
    let timemap = html! { a href=(site.links.path(&Route::TimeMap(view.id))) { (words.the_time_map) } };
    page(
        site,
        &head,
        &html! {
            div.opening {
                nav.trail aria-label=(words.wider) { a href=(permalink) { (words.the_bulletin) } }
                h1 { (words.history) }
                p.lead lang=[language] dir=(direction(language)) { (view.title) }
                p.quiet {
                    (fill(words.none_taken_away, &[("versions", &count)])) " "
                    (set(words.time_map, &[("timemap", timemap)]))
                }
            }
            ol.versions reversed {
                @for it in &view.versions { (listed(site, view, it)) }
            }
            (pages(site, view))
            @if view.count > 2 { (compare(site, view)) }
        },
    )
}

fn listed(site: &Site, view: &HistoryView, it: &VersionListed) -> Markup {
    let words = site.words();
    let name = fill(words.version_n, &[("version", &it.number.to_string())]);
    let link = html! { a href=(site.path(&Route::Version(view.id, it.number))) { (name) } };
    let date = dates::moment(site, it.captured);
    html! {
        li value=(it.number) {
            p {
                @match &it.source {
                    Some(source) => (set(words.captured_from, &[("version", link), ("date", date), ("source", html! { bdi { (source) } })])),
                    None => (set(words.captured, &[("version", link), ("date", date)])),
                }
                @if it.number == view.count { " " span.mark { (words.newest) } }
            }
            @match &it.title {
                Some(title) if *title != view.title => {
                    p.quiet { (set(words.entitled, &[("title", html! { q { bdi { (title) } } })])) }
                }
                Some(_) => {}
                None => p.notice { (words.version_damaged) },
            }
            @if let Some(change) = &it.change { (size(site, view, it.number, change)) }
            p.hash { (words.sha256) " " a href=(site.links.path(&Route::Content(it.digest))) { code { (it.digest.hex()) } } }
        }
    }
}

/// How large the change was, and the way to see it.
fn size(site: &Site, view: &HistoryView, number: u32, change: &ChangeSize) -> Markup {
    let words = site.words();
    let count = |number| site.interface.language.count(number, words.word_one, words.word_many);
    let said = match (number, change) {
        (1, _) => fill(words.as_it_first_came, &[("words", &count(change.added))]),
        (_, ChangeSize { added: 0, removed: 0 }) => words.change_unseen.into(),
        _ => fill(words.change_size, &[("added", &count(change.added)), ("removed", &count(change.removed))]),
    };
    html! {
        p {
            (said)
            @if number > 1 {
                " · "
                a href=(site.path(&Route::Difference(view.id, number - 1, number))) {
                    (fill(words.what_changed_from, &[("version", &(number - 1).to_string())]))
                }
            }
        }
    }
}

/// Any two, by their numbers; what is sent leads to the comparison's own address.
fn compare(site: &Site, view: &HistoryView) -> Markup {
    let words = site.words();
    let number = |name: &str, label: &str, value: u32| {
        html! {
            label { (label) " " input type="number" name=(name) min="1" max=(view.count) value=(value) required; }
        }
    };
    html! {
        section.compare aria-labelledby="compare" {
            h2 id="compare" { (words.compare_any) }
            form action=(site.links.path(&Route::History(view.id))) method="get" {
                (number("from", words.compare_from, 1)) " "
                (number("to", words.compare_to, view.count)) " "
                @if site.interface.asked { input type="hidden" name="lang" value=(site.interface.language.tag()); }
                button type="submit" { (words.compare) }
            }
        }
    }
}

/// The way to the versions before and after those of this page.
fn pages(site: &Site, view: &HistoryView) -> Markup {
    let (first, last) = match (view.versions.last(), view.versions.first()) {
        (Some(first), Some(last)) => (first.number, last.number),
        _ => return html! {},
    };
    let words = site.words();
    let route = Route::History(view.id);
    html! {
        @if first > 1 || last < view.count {
            nav.pagination aria-label=(words.pages) {
                span { @if last < view.count { a href=(site.path(&route)) { "← " (words.to_the_newest) } } }
                span { @if first > 1 {
                    a rel="next" href=(site.path_with(&route, &[(BEFORE, &first.to_string())])) { (words.older) " →" }
                } }
            }
        }
    }
}

/// The name of a version within a sentence, as a link to it.
pub fn version_link(site: &Site, id: BulletinId, number: u32) -> Markup {
    let name = set(site.words().version_within, &[("version", text(number.to_string()))]);
    html! { a href=(site.path(&Route::Version(id, number))) { (name) } }
}
