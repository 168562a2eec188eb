//! All the versions of a bulletin.

use jiff::Timestamp;
use maud::html;

use super::layout::{Head, count, direction, page};
use super::{Site, dates};
use crate::bulletin::BulletinId;
use crate::digest::Digest;
use crate::permalink::Route;

/// What the history of a bulletin shows.
#[derive(Clone, Debug)]
pub struct HistoryView {
    pub id: BulletinId,
    pub slug: String,
    /// Of the newest version.
    pub title: String,
    pub language: Option<String>,
    /// Newest first.
    pub versions: Vec<VersionListed>,
}

/// A version as the history shows it.
#[derive(Clone, Debug)]
pub struct VersionListed {
    /// From 1.
    pub number: u32,
    pub captured: Timestamp,
    /// Who said it.
    pub source: Option<String>,
    pub title: String,
    pub digest: Digest,
}

/// The versions, numbered downwards as they are counted, each at the address where it stays, with what
/// changed from the one before. A title is repeated only where it was another.
pub fn history(site: &Site, view: &HistoryView) -> String {
    let title = format!("History of “{}”", view.title);
    let permalink = site.links.path(&Route::Bulletin(view.id, Some(view.slug.clone())));
    let language = view.language.as_deref();
    let head = Head { title: &title, canonical: Some(Route::History(view.id)), ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening {
                nav.trail aria-label="Wider" { a href=(permalink) { "The bulletin" } }
                h1 { "History" }
                p.lead lang=[language] dir=(direction(language)) { (view.title) }
                p.quiet {
                    (count(view.versions.len() as u64, "version")) ". None is ever changed or taken away. "
                    a href=(site.links.path(&Route::TimeMap(view.id))) { "Time map" } " for programs."
                }
            }
            ol.versions reversed {
                @for it in &view.versions {
                    li value=(it.number) {
                        p {
                            a href=(site.links.path(&Route::Version(view.id, it.number))) { "Version " (it.number) }
                            ", captured " (dates::moment(it.captured))
                            @if let Some(source) = &it.source { " from " bdi { (source) } }
                        }
                        @if it.title != view.title { p.quiet { "Entitled " bdi { "“" (it.title) "”" } } }
                        p.quiet {
                            "SHA-256 " a href=(site.links.path(&Route::Content(it.digest))) { code { (it.digest.hex()) } }
                        }
                        @if it.number > 1 {
                            p { a href=(site.links.path(&Route::Difference(view.id, it.number - 1, it.number))) { "What changed from version " (it.number - 1) } }
                        }
                    }
                }
            }
        },
    )
}
