//! A bulletin on its own page: at its permalink, or one version at its fixed address.

use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{Head, direction, outside, page, sanitised};
use super::{Site, dates, listing, record};
use crate::bulletin::{Author, BulletinId, Category, Content, Published, Selection, excerpt};
use crate::digest::Digest;
use crate::permalink::Route;

/// A version of a bulletin, and what is known around it.
#[derive(Clone, Debug)]
pub struct ArticleView<'a> {
    pub id: BulletinId,
    pub slug: String,
    /// The same in every feed.
    pub entry_id: String,
    pub content: &'a Content,
    pub digest: Digest,
    /// The bytes that arrived, if they may be shown.
    pub original: Option<Digest>,
    /// As the selections count it: what the content says, or else when the bulletin was received.
    pub published: Published,
    pub categories: Vec<Category>,
    /// Who said it.
    pub source: Option<String>,
    /// Where it was first published.
    pub via: Option<String>,
    /// Which version this is, from 1, and of how many.
    pub version: u32,
    pub versions: u32,
    pub captured: Timestamp,
    /// Whether the page stands at the address of this version and not at the permalink.
    pub memento: bool,
}

impl ArticleView<'_> {
    /// Where the newest version is, for ever.
    pub fn permalink(&self) -> Route {
        Route::Bulletin(self.id, Some(self.slug.clone()))
    }
}

/// The page of a bulletin: the text first, then its files, then its record.
///
/// The page is in the site's language and title and body are in their own, so that browsers align, speak
/// and hyphenate each as its readers expect.
pub fn article(site: &Site, view: &ArticleView) -> String {
    let content = view.content;
    let language = content.language.as_deref();
    let description = content.summary.clone().unwrap_or_else(|| excerpt(&content.body));
    let feeds = feeds(site, view);
    let head = Head {
        title: &content.title,
        description: (!description.is_empty()).then_some(&description),
        // Of an old version too: whoever searches should find the newest (RFC 6596 section 3).
        canonical: Some(view.permalink()),
        feeds: &feeds,
        more: metadata(site, view, &description),
    };
    page(
        site,
        &head,
        &html! {
            article.bulletin {
                (banner(site, view))
                header {
                    (listing::categories(site, &view.categories))
                    h1 lang=[language] dir=(direction(language)) { (content.title) }
                    (byline(&content.authors, &view.published))
                }
                div.body lang=[language] dir=(direction(language)) { (sanitised(&content.body)) }
                (record::enclosures(&content.enclosures))
                (record::record(site, view))
            }
        },
    )
}

/// Every feed that has the bulletin, the widest first: a browser that offers only one takes the first.
/// The category in its year is left out, since a year that is over has no news.
fn feeds(site: &Site, view: &ArticleView) -> Vec<(Selection, String)> {
    let year = view.published.date.year();
    let mut feeds = vec![(Selection::All, site.title.clone())];
    feeds.extend(view.categories.iter().map(|it| (Selection::Category(it.term.clone()), it.label.clone())));
    feeds.push((Selection::Year(year), year.to_string()));
    feeds
}

/// For programs: what to cite (RFC 8574), where the versions are (RFC 5829), the same in other forms, and
/// what a link preview shows.
fn metadata(site: &Site, view: &ArticleView, description: &str) -> Markup {
    let url = |route: &Route| site.links.url(route);
    let cited = if view.memento { Route::Version(view.id, view.version) } else { view.permalink() };
    let forms =
        [("application/json", "json"), ("application/atom+xml;type=entry", "atom"), ("text/plain", "txt")];
    html! {
        link rel="cite-as" href=(url(&cited));
        link rel="version-history" href=(url(&Route::History(view.id)));
        @if view.memento { link rel="latest-version" href=(url(&view.permalink())); }
        @for (media_type, extension) in forms {
            link rel="alternate" type=(media_type) href=(url(&Route::BulletinAs(view.id, extension.into())));
        }
        meta property="og:type" content="article";
        meta property="og:title" content=(view.content.title);
        meta property="og:url" content=(url(&view.permalink()));
        meta property="og:site_name" content=(site.title);
        @if !description.is_empty() { meta property="og:description" content=(description); }
        meta property="article:published_time" content=(view.published.date);
        @for author in &view.content.authors { meta name="author" content=(author.name); }
    }
}

/// Says so where this is not what the permalink shows: a reader who followed a citation should neither
/// take an old text for the current one nor lose it.
fn banner(site: &Site, view: &ArticleView) -> Markup {
    let current = site.links.path(&view.permalink());
    html! {
        @if view.memento {
            aside.banner role="note" {
                @if view.version < view.versions {
                    p {
                        strong { "This is an old version. " }
                        "Version " (view.version) " of " (view.versions) ", as it was captured on "
                        (dates::moment(view.captured)) "."
                    }
                    p {
                        a href=(current) { "Read the current version" } " · "
                        a href=(site.links.path(&Route::Difference(view.id, view.version, view.versions))) { "See what has changed since" }
                    }
                } @else {
                    p {
                        "This is version " (view.version) ", the newest, at an address where it will not change. "
                        a href=(current) { "The permalink" } " always has the newest."
                    }
                }
            }
        }
    }
}

/// When, and by whom. A name may be written in another direction than the line that it stands in, hence
/// `bdi`.
fn byline(authors: &[Author], published: &Published) -> Markup {
    html! {
        p.byline {
            (dates::in_full(published))
            @if !authors.is_empty() {
                " · "
                @for (n, author) in authors.iter().enumerate() {
                    @if n > 0 { ", " }
                    bdi { @match &author.url { Some(url) => (outside(url, &author.name)), None => (author.name) } }
                }
            }
        }
    }
}
