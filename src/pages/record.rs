//! What stands below a bulletin: its files, where it comes from, and how to check that it is unchanged.

use maud::{Markup, html};

use super::article::ArticleView;
use super::layout::{grouped, outside};
use super::{Site, dates};
use crate::bulletin::{Enclosure, normalise_url};
use crate::permalink::Route;

/// The files that go with a bulletin.
pub fn enclosures(enclosures: &[Enclosure]) -> Markup {
    html! {
        @if !enclosures.is_empty() {
            section.enclosures aria-labelledby="files" {
                h2 id="files" { "Files" }
                ul {
                    @for it in enclosures {
                        li dir="auto" {
                            (outside(&it.url, it.title.as_deref().unwrap_or(&it.url)))
                            " " span.quiet { (details(it)) }
                        }
                    }
                }
            }
        }
    }
}

/// What an archivist asks of a page, in the open and without a program. The addresses are written out in
/// full, because they must survive on paper.
///
/// Where the bulletin comes from, its versions, and how anyone can check that it is unchanged.
pub fn record(site: &Site, view: &ArticleView) -> Markup {
    let permalink = site.links.url(&view.permalink());
    let content = site.links.url(&Route::Content(view.digest));
    let history = site.links.path(&Route::History(view.id));
    html! {
        section.record aria-labelledby="record" {
            h2 id="record" { "Record" }
            dl {
                dt { "Permalink" }
                dd { a href=(permalink) { (permalink) } }
                @if let Some(via) = view.via.as_deref().filter(|via| normalise_url(via).is_some()) {
                    dt { "First published at" }
                    dd { (outside(via, via)) }
                }
                @for it in view.content.links.iter().filter(|it| normalise_url(&it.url).is_some()) {
                    dt { (if it.rel == "related" { "Related" } else { "See also" }) }
                    dd dir="auto" { (outside(&it.url, it.title.as_deref().unwrap_or(&it.url))) }
                }
                @if let Some(source) = &view.source { dt { "Source" } dd dir="auto" { (source) } }
                dt { "Version" }
                dd {
                    (view.version) @if view.versions > 1 { " of " (view.versions) }
                    ", captured " (dates::moment(view.captured)) " · "
                    a href=(history) { "history" }
                }
                dt { "Entry id" }
                dd { code { (view.entry_id) } }
                dt { "SHA-256" }
                dd { a href=(content) { code { (view.digest.hex()) } } }
            }
            // The one command works on any machine that has the usual tools, and trusts nothing of ours.
            details {
                summary { "Verify that this is unchanged" }
                p { "This prints the SHA-256 above as long as not a character of the content has changed:" }
                pre { code { "curl -s " (content) " | sha256sum" } }
                @if let Some(original) = view.original {
                    p { "What arrived is kept as well: " a href=(site.links.path(&Route::Original(original))) { "the original bytes" } "." }
                }
            }
        }
    }
}

/// The media type and the size, as far as they are known.
fn details(enclosure: &Enclosure) -> String {
    let known = [enclosure.media_type.clone(), enclosure.length.map(size)];
    known.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A size as people say it, rounded to a digit that matters.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..10_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{} MB", grouped(bytes.div_ceil(1_000_000))),
    }
}
