//! Bulletins in a list, and the selections that they can be narrowed to.

use maud::{Markup, html};

use super::layout::{direction, grouped};
use super::{Site, dates};
use crate::bulletin::{BulletinId, Category, Published, Selection};
use crate::permalink::Route;
use crate::syndication::directory::Directory;

/// A bulletin as a list shows it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: BulletinId,
    pub slug: String,
    pub title: String,
    pub language: Option<String>,
    pub published: Published,
    /// Plain text.
    pub summary: Option<String>,
    pub categories: Vec<Category>,
}

/// The list that every page of bulletins shows, in the order in which it comes. Each title and summary
/// is marked with its own language and direction, since one list may have many.
pub fn bulletins(site: &Site, listed: &[Listed]) -> Markup {
    html! {
        ol.bulletins {
            @for it in listed {
                li {
                    p.when { (dates::day(&it.published)) }
                    div {
                        h3 lang=[it.language.as_deref()] dir=(direction(it.language.as_deref())) {
                            a href=(site.links.path(&Route::Bulletin(it.id, Some(it.slug.clone())))) { (it.title) }
                        }
                        @if let Some(summary) = &it.summary {
                            p.summary lang=[it.language.as_deref()] dir=(direction(it.language.as_deref())) { (summary) }
                        }
                        (categories(site, &it.categories))
                    }
                }
            }
        }
    }
}

/// The categories of a bulletin, each a link to its page (`rel="tag"`).
pub fn categories(site: &Site, categories: &[Category]) -> Markup {
    html! {
        @if !categories.is_empty() {
            ul.categories aria-label="Categories" {
                @for it in categories {
                    li dir="auto" {
                        a rel="tag" href=(site.links.path(&Route::Page(Selection::Category(it.term.clone())))) { (it.label) }
                    }
                }
            }
        }
    }
}

/// Links to selections, each with the number of its bulletins. Under a heading that says the year, a
/// category stands without it, and the other way round.
pub fn narrower(site: &Site, directory: &Directory, selections: &[Selection], outer: &Selection) -> Markup {
    let name = |selection: &Selection| match (selection, outer) {
        (Selection::CategoryYear(_, year), Selection::Category(_)) => year.to_string(),
        (Selection::CategoryYear(term, _), _) => directory.title(&Selection::Category(term.clone())),
        (selection, _) => directory.title(selection),
    };
    html! {
        ul.narrower {
            @for selection in selections {
                li {
                    a dir="auto" href=(site.links.path(&Route::Page(selection.clone()))) { (name(selection)) }
                    " " span.count { (grouped(directory.count(selection))) }
                }
            }
        }
    }
}
