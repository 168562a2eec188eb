//! Bulletins in a list, and the selections that they can be narrowed to.

use maud::{Markup, html};

use super::layout::direction;
use super::{Site, dates, picture};
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

impl Listed {
    pub fn permalink(&self) -> Route {
        Route::Bulletin(self.id, Some(self.slug.clone()))
    }
}

/// How much of a summary a list shows, in bytes: a list is read by its titles.
const SUMMARY_BYTES_MAX: usize = 280;

/// The list that every page of bulletins shows, in the order in which it comes. Each title and summary
/// is marked with its own language and direction, since one list may have many.
pub fn bulletins<'a>(site: &Site, listed: impl IntoIterator<Item = &'a Listed>) -> Markup {
    html! {
        ol.bulletins {
            @for it in listed {
                @let language = it.language.as_deref();
                li {
                    p.when { (dates::day(site, &it.published)) }
                    div {
                        h3 lang=[language] dir=(direction(language)) {
                            a href=(site.path(&it.permalink())) { (it.title) }
                        }
                        @if let Some(summary) = &it.summary {
                            p.summary lang=[language] dir=(direction(language)) { (shortened(summary)) }
                        }
                        (categories(site, &it.categories))
                    }
                }
            }
        }
    }
}

/// The beginning of a text, cut between words.
fn shortened(text: &str) -> String {
    let clipped = crate::bulletin::clip(text, SUMMARY_BYTES_MAX);
    if clipped.len() == text.len() {
        return text.into();
    }
    let whole = clipped.rfind(char::is_whitespace).map_or(clipped, |end| &clipped[..end]);
    format!("{} …", whole.trim_end_matches([',', ';', ':', '.', ' ']))
}

/// More categories than a list of bulletins has room for.
const CATEGORIES_MAX: usize = 12;

/// The categories of a bulletin, each a link to its page (`rel="tag"`).
pub fn categories(site: &Site, categories: &[Category]) -> Markup {
    html! {
        @if !categories.is_empty() {
            ul.categories aria-label=(site.words().categories) {
                @for it in categories.iter().take(CATEGORIES_MAX) {
                    li dir="auto" {
                        a rel="tag" href=(site.path(&Route::Page(Selection::Category(it.term.clone())))) { (it.label) }
                    }
                }
            }
        }
    }
}

/// Links to selections, each with the number of its bulletins and a bar as long as that number. Under a heading that
/// says the year, a category stands without it, and the other way round.
pub fn narrower(site: &Site, directory: &Directory, selections: &[Selection], outer: &Selection) -> Markup {
    let most = selections.iter().map(|it| directory.count(it)).max().unwrap_or(0);
    html! {
        ul.narrower {
            @for selection in selections {
                @let count = directory.count(selection);
                li {
                    a href=(site.path(&Route::Page(selection.clone()))) {
                        span.name dir="auto" { (name(site, directory, selection, outer)) } " "
                        span.count { (site.interface.language.number(count)) }
                        (picture::bar(count, most))
                    }
                }
            }
        }
    }
}

/// What a selection is called under a heading that names `outer` already.
pub fn name(site: &Site, directory: &Directory, selection: &Selection, outer: &Selection) -> String {
    match (selection, outer) {
        (Selection::CategoryYear(_, year), Selection::Category(_)) => year.to_string(),
        (Selection::CategoryYear(term, _), Selection::Year(_)) => {
            directory.title(&Selection::Category(term.clone()))
        }
        (selection, _) => site.name(directory, selection),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_summary_ends_between_words() {
        let short = shortened(&"The ferry, the boat, ".repeat(40));
        assert!(short.len() <= SUMMARY_BYTES_MAX + 4 && short.ends_with("boat …"), "{short}");
        assert_eq!(shortened("The ferry."), "The ferry.");
    }
}
