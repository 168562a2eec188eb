//! How the sources are doing, for whoever runs the archive.

use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{Head, page};
use super::messages::{SourceWords, fill, set};
use super::{Site, dates};

/// A source, and how it is doing.
#[derive(Clone, Debug, Default)]
pub struct SourceView {
    pub name: String,
    /// What it is, and where: `feed`, `https://…`.
    pub kind: &'static str,
    pub place: String,
    pub last_success: Option<Timestamp>,
    pub next_poll: Option<Timestamp>,
    /// In a row, up to now.
    pub failures: u32,
    /// When, and why.
    pub last_error: Option<(Timestamp, String)>,
    pub moved_to: Option<String>,
    pub gone: bool,
    pub new: u64,
    pub revised: u64,
    pub duplicate: u64,
    pub withdrawn: u64,
    pub refused: u64,
}

/// The page of the sources. It names places that are the operator's business, so it is for those who may know them.
pub fn sources(site: &Site, sources: &[SourceView]) -> String {
    let words = SourceWords::of(site.interface.language);
    let more = html! { meta name="robots" content="noindex"; };
    let head = Head { title: words.title, more, ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening { h1 { (words.title) } p.lead { (words.lead) } }
            @if sources.is_empty() { p { (words.none) } } @else {
                div.wide tabindex="0" role="region" aria-label=(words.title) {
                    table.sources {
                        thead {
                            tr {
                                @for head in [words.source, words.state, words.last_success, words.next_poll, words.brought] {
                                    th scope="col" { (head) }
                                }
                            }
                        }
                        tbody { @for it in sources { (row(site, words, it)) } }
                    }
                }
            }
        },
    )
}

fn row(site: &Site, words: &SourceWords, it: &SourceView) -> Markup {
    let moment = |at: Option<Timestamp>| match at {
        Some(at) => dates::moment(site, at),
        None => html! { (words.never) },
    };
    let ails = it.gone || it.failures > 0;
    html! {
        tr.ailing[ails] {
            th scope="row" {
                strong { (it.name) } " " span.quiet { (it.kind) }
                br;
                span.quiet dir="ltr" { (it.place) }
            }
            td { (state(words, it)) }
            td { (moment(it.last_success)) }
            td { (moment(it.next_poll.filter(|_| !it.gone))) }
            td { (counts(site, words, it)) }
        }
        @if it.moved_to.is_some() || ails && it.last_error.is_some() {
            tr.ailing[ails] {
                td colspan="5" {
                    @if let Some(place) = &it.moved_to {
                        p { (set(words.moved_to, &[("place", html! { bdi { (place) } })])) }
                    }
                    @if let Some((at, why)) = &it.last_error {
                        p { (set(words.last_error, &[("date", dates::moment(site, *at)), ("why", html! { bdi lang="en" { (why) } })])) }
                    }
                }
            }
        }
    }
}

fn state(words: &SourceWords, it: &SourceView) -> String {
    match it {
        SourceView { gone: true, .. } => words.gone.into(),
        SourceView { failures: 1.., .. } => fill(words.failing, &[("count", &it.failures.to_string())]),
        SourceView { last_success: None, .. } => words.waiting.into(),
        _ => words.well.into(),
    }
}

fn counts(site: &Site, words: &SourceWords, it: &SourceView) -> String {
    let number = |number| site.interface.language.number(number);
    fill(
        words.counts,
        &[
            ("new", &number(it.new)),
            ("revised", &number(it.revised)),
            ("duplicate", &number(it.duplicate)),
            ("withdrawn", &number(it.withdrawn)),
            ("refused", &number(it.refused)),
        ],
    )
}
