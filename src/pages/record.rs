//! What stands below a bulletin: its files, where it comes from, and how to check that it is unchanged.

use maud::{Markup, html};

use super::article::{ArticleView, which_version};
use super::layout::outside;
use super::linked_data::FORMS;
use super::messages::{fill, set};
use super::{Site, listing};
use crate::bulletin::{Enclosure, normalise_url};
use crate::permalink::Route;

/// The files that go with a bulletin.
pub fn enclosures(site: &Site, enclosures: &[Enclosure]) -> Markup {
    html! {
        @if !enclosures.is_empty() {
            section.enclosures aria-labelledby="files" {
                h2 id="files" { (site.words().files) }
                ul {
                    @for it in enclosures {
                        li dir="auto" {
                            (outside(&it.url, it.title.as_deref().unwrap_or(&it.url)))
                            " " span.quiet { (details(site, it)) }
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
    let words = site.words();
    let permalink = site.links.url(&view.permalink());
    let content = site.links.url(&Route::Content(view.digest));
    html! {
        section.record aria-labelledby="record" {
            h2 id="record" { (words.record) }
            dl {
                dt { (words.permalink) }
                dd { a href=(permalink) { (permalink) } }
                (said_elsewhere(site, view))
                @if let Some(source) = &view.source { dt { (words.source) } dd dir="auto" { (source) } }
                dt { (words.version) }
                dd { (which_version(site, view)) " · " a href=(site.path(&Route::History(view.id))) { (words.history) } }
                @if !view.categories.is_empty() {
                    dt { (words.categories) }
                    dd { (listing::categories(site, &view.categories)) }
                }
                dt { (words.entry_id) }
                dd { code { (view.entry_id) } }
                dt { (words.sha256) }
                dd { a href=(content) { code { (view.digest.hex()) } } }
                dt { (words.other_forms) }
                dd {
                    @for (n, (_, extension, name)) in FORMS.into_iter().enumerate() {
                        @if n > 0 { " · " }
                        a href=(site.links.path(&Route::BulletinAs(view.id, extension.into()))) { (name) }
                    }
                }
            }
            (verify(site, view, &content))
        }
    }
}

/// Its addresses and names elsewhere, and what it refers to.
fn said_elsewhere(site: &Site, view: &ArticleView) -> Markup {
    let words = site.words();
    let leads = |url: &&str| normalise_url(url).is_some();
    html! {
        @if let Some(via) = view.via.as_deref().filter(leads) {
            dt { (words.first_published_at) }
            dd { (outside(via, via)) }
        }
        @if !view.also_known_as.is_empty() {
            dt { (words.also_known_as) }
            @for name in &view.also_known_as { dd { bdi { (outside(name, name)) } } }
        }
        @for it in view.content.links.iter().filter(|it| leads(&it.url.as_str())) {
            dt { (if it.rel == "related" { words.related } else { words.see_also }) }
            dd dir="auto" { (outside(&it.url, it.title.as_deref().unwrap_or(&it.url))) }
        }
    }
}

/// The one command works on any machine that has the usual tools, and trusts nothing of ours.
fn verify(site: &Site, view: &ArticleView, content: &str) -> Markup {
    let words = site.words();
    html! {
        details {
            summary { (words.verify) }
            p { (words.verify_how) }
            div.wide tabindex="0" role="region" aria-label=(words.verify) {
                pre { code { "curl -s " (content) " | sha256sum" } }
            }
            @if let Some(original) = view.original {
                p {
                    (set(words.original_kept, &[(
                        "original",
                        html! { a href=(site.links.path(&Route::Original(original))) { (words.original_bytes) } },
                    )]))
                }
            }
        }
    }
}

/// The media type and the size, as far as they are known.
fn details(site: &Site, enclosure: &Enclosure) -> String {
    let known = [enclosure.media_type.clone(), enclosure.length.map(|bytes| size(site, bytes))];
    known.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A size as people say it, rounded to a digit that matters.
fn size(site: &Site, bytes: u64) -> String {
    let words = site.words();
    let (message, count) = match bytes {
        0..1_000 => (words.bytes, bytes),
        1_000..1_000_000 => (words.kilobytes, bytes.div_ceil(1_000)),
        _ => (words.megabytes, bytes.div_ceil(1_000_000)),
    };
    fill(message, &[("count", &site.interface.language.number(count))])
}
