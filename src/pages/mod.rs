//! The pages that people read: HTML made of plain values, complete without script.
//!
//! Owns what a page shows, says and looks like. Every page is a pure function of a view; none may know
//! the archive, the request or the clock. Everything that came from outside is escaped by `maud`; the one
//! exception is a bulletin's body, which intake sanitised before it was kept.

mod about;
mod article;
mod citation;
mod dates;
mod desk;
mod difference;
mod error;
mod feeds;
mod history;
mod home;
mod layout;
mod linked_data;
mod listing;
pub mod messages;
mod picture;
mod record;
mod search;
mod selection;

use std::sync::LazyLock;

use crate::bulletin::Selection;
use crate::digest::Digest;
use crate::permalink::{Permalinks, Route};
use crate::syndication::directory::Directory;

pub use about::about;
pub use article::{ArticleView, article};
pub use desk::{
    DeskBulletin, DeskEvent, DeskPart, DeskPreview, DeskSource, Signed, Standing, desk_bulletin, desk_home,
    desk_preview, desk_problem, desk_sign_in, desk_sources,
};
pub use difference::{DifferenceView, Side, change_size, difference};
pub use error::{GoneView, error, gone, not_found};
pub use feeds::{FeedsView, feeds};
pub use history::{ChangeSize, HistoryView, VersionListed, history};
pub use home::{HomeView, home};
pub use listing::Listed;
pub use messages::{Language, Words};
pub use search::{FoundView, ResultView, SearchView, search};
pub use selection::{SelectionView, Turn, selection};

/// In which language a page speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interface {
    pub language: Language,
    /// Whether the address asks for it (`?lang=fr`): links within the site then go on asking.
    pub asked: bool,
}

/// What is the same on every page.
#[derive(Clone, Debug)]
pub struct Site {
    pub title: String,
    /// One sentence under the title, where there is one.
    pub description: Option<String>,
    /// The language of the title and the description, a BCP 47 tag.
    pub language: String,
    pub interface: Interface,
    pub links: Permalinks,
    /// Whether there is a search to offer.
    pub search: bool,
}

impl Site {
    /// What the pages say, in the language of the interface.
    pub fn words(&self) -> &'static Words {
        Words::of(self.interface.language)
    }

    /// The path of a place within the site, which goes on asking for a language that was asked for.
    pub fn path(&self, route: &Route) -> String {
        self.path_with(route, &[])
    }

    /// As [`Site::path`], with a query.
    pub fn path_with(&self, route: &Route, query: &[(&str, &str)]) -> String {
        let path = self.links.path(route);
        let asked = self.interface.asked.then_some(("lang", self.interface.language.tag()));
        if query.is_empty() && asked.is_none() {
            return path;
        }
        let begin = path.len() + 1;
        let mut written = url::form_urlencoded::Serializer::for_suffix(path + "?", begin);
        written.extend_pairs(query.iter().copied().chain(asked));
        written.finish()
    }

    /// Under what a page at `path` is kept: one for each language that it is asked for in.
    pub fn key(&self, path: &str) -> String {
        let Interface { language, asked } = self.interface;
        // No path has a number sign in it.
        format!("{path}#{}{}", language.tag(), if asked { "?" } else { "" })
    }

    /// The language of the title and the description, where the page is in another.
    pub fn title_language(&self) -> Option<&str> {
        let same = Language::of_tag(&self.language) == Some(self.interface.language);
        (!same).then_some(self.language.as_str())
    }

    /// What a selection is called in the language of the interface.
    pub fn name(&self, directory: &Directory, selection: &Selection) -> String {
        match selection {
            Selection::All => self.words().all_bulletins.into(),
            other => directory.title(other),
        }
    }

    /// A count of bulletins in words.
    pub fn bulletins(&self, number: u64) -> String {
        let words = self.words();
        self.interface.language.count(number, words.bulletin_one, words.bulletin_many)
    }
}

/// The one stylesheet: served as text/css under [`stylesheet`].
pub const STYLESHEET: &str = include_str!("style.css");

/// Where the stylesheet is: its name holds its hash, so that it may be cached for ever.
pub fn stylesheet() -> Route {
    static DIGEST: LazyLock<Digest> = LazyLock::new(|| Digest::of(STYLESHEET.as_bytes()));
    Route::Stylesheet(*DIGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn site_in(language: Language) -> Site {
        Site {
            title: "Tide Office".into(),
            description: None,
            language: "en".into(),
            interface: Interface { language, asked: false },
            links: Permalinks::new("https://news.example.org"),
            search: true,
        }
    }

    #[test]
    fn a_language_that_was_asked_for_goes_along_with_every_link() {
        let mut site = site_in(Language::French);
        assert_eq!(site.path_with(&Route::Home, &[("before", "7")]), "/?before=7");
        site.interface.asked = true;
        assert_eq!(site.path(&Route::Feeds), "/feeds?lang=fr");
        assert_eq!(site.path_with(&Route::Home, &[("before", "7")]), "/?before=7&lang=fr");
    }
}
