//! A bulletin on its own page: at its permalink, or one version at its fixed address.

use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{Head, direction, outside, page, sanitised};
use super::listing::Listed;
use super::messages::{set, text};
use super::{Site, citation, dates, linked_data, listing, record};
use crate::bulletin::{Author, BulletinId, Category, Content, Published, Selection, excerpt, visible_text};
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
    /// Further names under which it is known outside, as addresses or ids.
    pub also_known_as: Vec<String>,
    /// Which version this is, from 1, and of how many.
    pub version: u32,
    pub versions: u32,
    pub captured: Timestamp,
    /// Whether the page stands at the address of this version and not at the permalink.
    pub memento: bool,
    /// Its neighbours by date.
    pub earlier: Option<Listed>,
    pub later: Option<Listed>,
}

impl ArticleView<'_> {
    /// Where the newest version is, for ever.
    pub fn permalink(&self) -> Route {
        Route::Bulletin(self.id, Some(self.slug.clone()))
    }
}

/// The page of a bulletin: the text first, then its files, how to cite it, its record, and its neighbours.
///
/// The page is in the reader's language and title and body are in their own, so that browsers align, speak
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
        more: linked_data::metadata(site, view, &description),
        ..Head::default()
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
                    (byline(site, &content.authors, &view.published))
                    (corrected(site, view))
                    @if let Some(lead) = lead(content) { p.lead lang=[language] dir=(direction(language)) { (lead) } }
                }
                div.body lang=[language] dir=(direction(language)) { (sanitised(&content.body)) }
                (record::enclosures(site, &content.enclosures))
                (citation::section(site, view))
                (record::record(site, view))
            }
            (neighbours(site, view))
        },
    )
}

/// The summary, where the text does not say it anyway: many are its beginning, and some end in dots.
fn lead(content: &Content) -> Option<&str> {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let summary = content.summary.as_deref()?;
    let said = words(summary.trim_end_matches(['…', '.', '[', ']', ' ']));
    (!said.is_empty() && !words(&visible_text(&content.body)).contains(&said)).then_some(summary)
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

/// Says so where this is not what the permalink shows: a reader who followed a citation should neither
/// take an old text for the current one nor lose it.
fn banner(site: &Site, view: &ArticleView) -> Markup {
    if !view.memento {
        return html! {};
    }
    let words = site.words();
    let current = site.path(&view.permalink());
    let version = text(view.version.to_string());
    html! {
        aside.banner aria-label=(words.version) {
            @if view.version < view.versions {
                p {
                    strong { (words.old_version) } " "
                    (set(words.old_version_which, &[
                        ("version", version), ("versions", text(view.versions.to_string())),
                        ("date", dates::moment(site, view.captured)),
                    ]))
                }
                p {
                    a href=(current) { (words.read_current) } " · "
                    a href=(site.path(&Route::Difference(view.id, view.version, view.versions))) { (words.see_changes) }
                }
            } @else {
                p {
                    (set(words.newest_version, &[
                        ("version", version), ("permalink", html! { a href=(current) { (words.the_permalink) } }),
                    ]))
                }
            }
        }
    }
}

/// When, and by whom. A name may be written in another direction than the line that it stands in, hence
/// `bdi`.
fn byline(site: &Site, authors: &[Author], published: &Published) -> Markup {
    html! {
        p.byline {
            span { (dates::in_full(site, published)) }
            @for author in authors {
                bdi.author { @match &author.url { Some(url) => (outside(url, &author.name)), None => (author.name) } }
            }
        }
    }
}

/// At the permalink, that it was another once: a correction is not hidden.
fn corrected(site: &Site, view: &ArticleView) -> Markup {
    let words = site.words();
    let history = || html! { a href=(site.path(&Route::History(view.id))) { (words.see_history) } };
    html! {
        @if !view.memento && view.versions > 1 {
            p.corrected {
                (set(words.corrected, &[
                    ("date", dates::moment_day(site, view.captured)), ("version", text(view.version.to_string())),
                ]))
                " " (history())
            }
        }
    }
}

/// The bulletins before and after it.
fn neighbours(site: &Site, view: &ArticleView) -> Markup {
    let words = site.words();
    let sides = [("prev", words.earlier, &view.earlier), ("next", words.later, &view.later)];
    html! {
        @if view.earlier.is_some() || view.later.is_some() {
            nav.neighbours aria-label=(words.earlier_and_later) {
                @for (relation, name, neighbour) in sides {
                    div class=(relation) {
                        @if let Some(it) = neighbour {
                            @let language = it.language.as_deref();
                            p.quiet { (name) " · " (dates::day(site, &it.published)) }
                            a rel=(relation) href=(site.path(&it.permalink())) lang=[language] dir=(direction(language)) { (it.title) }
                        }
                    }
                }
            }
        }
    }
}

/// `2`, or `2 of 3`, with when it was captured.
pub fn which_version(site: &Site, view: &ArticleView) -> Markup {
    let words = site.words();
    let message = if view.versions > 1 { words.version_of } else { words.version_only };
    let number = |number: u32| text(number.to_string());
    set(
        message,
        &[
            ("version", number(view.version)),
            ("versions", number(view.versions)),
            ("date", dates::moment(site, view.captured)),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_leads_where_the_text_does_not_say_it() {
        let says = |summary: &str| {
            let content = Content {
                body: "<p>The ferry waits for\n<b>the tide</b>.</p><p>It is cold.</p>".into(),
                summary: Some(summary.into()),
                ..Content::default()
            };
            lead(&content).is_some()
        };
        assert!(says("Crossings double this winter."));
        for told in ["The ferry waits for the tide.", "The ferry waits […]", "The ferry waits for the …", " "]
        {
            assert!(!says(told), "{told}");
        }
    }
}
