//! What the path of a file says in Hugo, Jekyll and Zola.

use jiff::civil::Date;

use crate::bulletin::{Basis, PartialDate, Published};

/// What is said by where a file lies and how it is called.
#[derive(Debug, Default)]
pub struct Place {
    /// It lies where Jekyll keeps what is not published.
    pub is_draft: bool,
    /// It speaks of the folder that it is in (`_index.md`).
    pub is_section: bool,
    /// Of a name that begins with a date, as Jekyll wants it for every post.
    pub published: Option<Published>,
    /// What follows the date in the name, as words.
    pub title: Option<String>,
    /// Of `fog.fr.md`.
    pub language: Option<String>,
}

impl Place {
    pub fn of(path: &str) -> Place {
        let mut parts = path.rsplit('/');
        let name = parts.next().unwrap_or_default();
        let mut stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut place = Place { is_draft: path.split('/').any(|part| part == "_drafts"), ..Place::default() };
        if let Some((before, language)) = stem.rsplit_once('.').filter(|(_, ending)| is_language(ending)) {
            stem = before;
            place.language = Some(language.into());
        }
        place.is_section = stem == "_index";
        // Where pictures lie beside a page, the folder has the page's name.
        if stem == "index" {
            stem = parts.next().unwrap_or_default();
        }
        if let Some((date, slug)) = dated(stem) {
            place.published = Some(Published { basis: Basis::Stated, date: PartialDate::Day(date) });
            place.title = words(slug);
        }
        place
    }
}

/// `fr` or `pt-br`: Hugo writes them in lower case, and three letters may mean anything.
fn is_language(ending: &str) -> bool {
    let (language, region) = ending.split_once('-').unwrap_or((ending, "xx"));
    [language, region]
        .iter()
        .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The date and the rest of `2018-04-04-high-tide`; Zola allows `_` behind the date.
fn dated(stem: &str) -> Option<(Date, &str)> {
    let (date, rest) = stem.split_at_checked(10)?;
    let rest = rest.strip_prefix(['-', '_'])?;
    Some((date.parse().ok()?, rest))
}

/// `high-tide` as Jekyll titles it: `High tide`.
fn words(slug: &str) -> Option<String> {
    let words = slug.replace(['-', '_'], " ");
    let mut chars = words.trim().chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).collect())
}
