//! The pages that people read: HTML made of plain values, complete without script.
//!
//! Owns what a page shows, says and looks like. Every page is a pure function of a view; none may know
//! the archive, the request or the clock. Everything that came from outside is escaped by `maud`; the one
//! exception is a bulletin's body, which intake sanitised before it was kept.

mod article;
mod dates;
mod difference;
mod error;
mod feeds;
mod history;
mod home;
mod layout;
mod listing;
mod record;
mod selection;

use std::sync::LazyLock;

use crate::digest::Digest;
use crate::permalink::{Permalinks, Route};

pub use article::{ArticleView, article};
pub use difference::{DifferenceView, Side, difference};
pub use error::{GoneView, error, gone, not_found};
pub use feeds::{FeedsView, feeds};
pub use history::{HistoryView, VersionListed, history};
pub use home::{HomeView, home};
pub use listing::Listed;
pub use selection::{SelectionView, selection};

/// What is the same on every page.
#[derive(Clone, Debug)]
pub struct Site {
    pub title: String,
    /// One sentence under the title, where there is one.
    pub description: Option<String>,
    /// The language of the site's own words, a BCP 47 tag.
    pub language: String,
    pub links: Permalinks,
    /// Whether there is a search to offer.
    pub search: bool,
}

/// The one stylesheet: served as text/css under [`stylesheet`].
pub const STYLESHEET: &str = include_str!("style.css");

/// Where the stylesheet is: its name holds its hash, so that it may be cached for ever.
pub fn stylesheet() -> Route {
    static DIGEST: LazyLock<Digest> = LazyLock::new(|| Digest::of(STYLESHEET.as_bytes()));
    Route::Stylesheet(*DIGEST)
}
