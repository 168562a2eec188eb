//! Who wrote a page, in what language, about what.
//!
//! Owns these fields of a draft. It must never look for the title, the date or the article, which have
//! modules of their own.

use std::collections::HashSet;

use url::Url;

use super::furniture::parts;
use super::head::{Head, absolute};
use super::linked_data::LinkedData;
use crate::bulletin::{Author, Enclosure};
use crate::intake::markup::{Tree, fold};

/// More than so many labels were set for search engines.
const CATEGORIES_MAX: usize = 20;

/// More keywords than this are for search engines only.
const KEYWORDS_MAX: usize = 8;

/// Papers of more authors exist; feeds that could show them do not.
const AUTHORS_MAX: usize = 100;

/// Names of more characters are sentences.
const NAME_CHARS_MAX: usize = 80;

/// A BCP 47 tag, or `None` where the page names none or something else.
pub fn language(head: &Head<'_>, linked: &LinkedData) -> Option<String> {
    let said = head.language.or(head.meta(&[
        "content-language",
        "og:locale",
        "dc.language",
        "language",
        "inlanguage",
    ]));
    said.or(linked.language.as_deref()).and_then(tag)
}

/// `text` in the spelling of BCP 47: `en_gb.UTF-8` is `en-GB`.
fn tag(text: &str) -> Option<String> {
    let text = text.trim().split([',', ';', '.', ' ']).next()?.replace('_', "-");
    let mut subtags = text.split('-');
    let first = subtags.next().filter(|first| matches!(first.len(), 2 | 3) && is_letters(first))?;
    let mut tag = first.to_ascii_lowercase();
    // Undetermined, multiple, none: what a form offers where nothing was chosen.
    if matches!(tag.as_str(), "und" | "mul" | "zxx" | "xx") {
        return None;
    }
    for subtag in subtags {
        let subtag = match subtag.len() {
            2 if is_letters(subtag) => subtag.to_ascii_uppercase(),
            3 if subtag.bytes().all(|byte| byte.is_ascii_digit()) => subtag.into(),
            4 if is_letters(subtag) => subtag[..1].to_ascii_uppercase() + &subtag[1..].to_ascii_lowercase(),
            _ => break,
        };
        tag.push('-');
        tag.push_str(&subtag);
    }
    Some(tag)
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

pub fn summary(head: &Head<'_>, linked: &LinkedData) -> Option<String> {
    let names =
        ["og:description", "description", "dc.description", "dcterms.abstract", "twitter:description"];
    let said = head.meta(&names).map(|text| Tree::parse(text).line(0));
    said.or_else(|| linked.description.clone()).filter(|summary| !summary.is_empty())
}

/// Sections and tags, as people read them.
pub fn categories(tree: &Tree, head: &Head<'_>, linked: &LinkedData) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    labels.extend(head.all("article:section").chain(head.all("og:article:section")).map(fold));
    labels.extend(linked.sections.iter().cloned());
    labels.extend(
        head.all("article:tag")
            .chain(head.all("og:article:tag"))
            .chain(head.all("dc.subject"))
            .flat_map(split),
    );
    labels.extend(labelled_links(tree));
    if labels.len() < 2 {
        labels.extend(linked.keywords.iter().flat_map(|keywords| split(keywords)));
    }
    if labels.is_empty() {
        // Said for search engines, often of the whole site; only a handful may be meant for readers too.
        let keywords: Vec<String> =
            head.meta(&["news_keywords", "keywords"]).into_iter().flat_map(split).collect();
        labels.extend(keywords.into_iter().take(KEYWORDS_MAX + 1));
        if labels.len() > KEYWORDS_MAX {
            labels.clear();
        }
    }
    let mut seen = HashSet::new();
    let fits = |label: &String| {
        !label.is_empty() && label.chars().count() <= NAME_CHARS_MAX && !label.contains("://")
    };
    // Sections came first, so what is cut off are the tags that were said last.
    labels
        .into_iter()
        .filter(fits)
        .filter(|label| seen.insert(label.to_lowercase()))
        .take(CATEGORIES_MAX)
        .collect()
}

fn split(labels: &str) -> Vec<String> {
    labels.split([',', ';']).map(fold).filter(|label| !label.is_empty()).collect()
}

/// The texts of `rel="tag"` links and `p-category` elements. A cloud of them is the site's, not the page's.
fn labelled_links(tree: &Tree) -> Vec<String> {
    let is_label = |id: &usize| {
        let has = |name: &str, word: &str| {
            tree.attribute(*id, name).is_some_and(|value| value.split_whitespace().any(|part| part == word))
        };
        tree.name(*id) == "a" && has("rel", "tag") || has("class", "p-category")
    };
    let labels: Vec<String> = (1..tree.len()).filter(is_label).map(|id| tree.line(id)).collect();
    if labels.len() <= CATEGORIES_MAX {
        labels.into_iter().map(|label| label.trim_start_matches('#').to_owned()).collect()
    } else {
        Vec::new()
    }
}

pub fn authors(tree: &Tree, head: &Head<'_>, linked: &LinkedData) -> Vec<Author> {
    let mut authors: Vec<Author> = linked
        .authors
        .iter()
        .filter_map(|author| Some(Author { name: name(&author.name)?, ..author.clone() }))
        .collect();
    if authors.is_empty() {
        let names = [
            "citation_author",
            "article:author",
            "author",
            "dc.creator",
            "dcterms.creator",
            "parsely-author",
            "sailthru.author",
            "byl",
        ];
        authors = names
            .iter()
            .map(|known| head.all(known).flat_map(people).collect::<Vec<_>>())
            .find(|found| !found.is_empty())
            .unwrap_or_default();
    }
    if authors.is_empty() {
        authors = marked_authors(tree);
    }
    let mut seen = HashSet::new();
    authors.into_iter().filter(|author| seen.insert(author.name.clone())).take(AUTHORS_MAX).collect()
}

/// The people that a byline names.
fn people(byline: &str) -> Vec<Author> {
    let byline = Tree::parse(byline).line(0);
    let people = byline.split(';').flat_map(|part| {
        let marks = [" and ", " & ", " und ", " et ", " y ", " / ", ", "];
        let parted = marks.iter().fold(part.to_owned(), |part, mark| part.replace(mark, "\n"));
        // `Name, Name and Name` are three people, `Name, Office of Works and Tides` is one.
        let all_named =
            parted.lines().filter_map(name).all(|name| (2..=4).contains(&name.split(' ').count()));
        if all_named { parted.lines().map(String::from).collect() } else { vec![part.to_owned()] }
    });
    people.filter_map(|part| Some(Author { name: name(&part)?, ..Author::default() })).collect()
}

/// `text` as the name of a person or body, without what bylines put before it.
fn name(text: &str) -> Option<String> {
    let mut name = fold(text);
    for before in [
        "by ",
        "von ",
        "par ",
        "por ",
        "di ",
        "door ",
        "av ",
        "af ",
        "od ",
        "posted by ",
        "written by ",
        "text: ",
        "autor: ",
        "author: ",
    ] {
        if name.get(..before.len()).is_some_and(|start| start.to_lowercase() == before) {
            name.drain(..before.len());
        }
    }
    let name = name.trim_matches([' ', ',', ':', '|', '-', '–', '@']).to_owned();
    let is_name = name.chars().any(char::is_alphabetic)
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.contains("://")
        && !name.contains("{{")
        && !matches!(
            name.to_lowercase().as_str(),
            "admin" | "administrator" | "webmaster" | "author" | "null" | "undefined"
        );
    is_name.then_some(name)
}

/// Authors that only elements of the page name: `rel="author"`, `itemprop="author"`, `p-author`.
fn marked_authors(tree: &Tree) -> Vec<Author> {
    for id in 1..tree.len() {
        let attribute = |name: &str| tree.attribute(id, name).unwrap_or_default();
        let marks = attribute("class")
            .split_whitespace()
            .chain(attribute("rel").split_whitespace())
            .chain(attribute("itemprop").split_whitespace());
        let marked = marks.into_iter().any(|mark| matches!(mark, "author" | "p-author" | "byline" | "fn"));
        let among_comments = || {
            tree.ancestors(id).any(|above| {
                tree.attribute(above, "class")
                    .is_some_and(|class| parts(class).iter().any(|part| part.starts_with("comment")))
            })
        };
        if !marked || tree.end(id) - id > 40 || matches!(tree.name(id), "meta" | "link") || among_comments() {
            continue;
        }
        let text = tree.line(id);
        if text.chars().count() <= NAME_CHARS_MAX && !text.chars().any(|c| c.is_ascii_digit()) {
            let found = people(&text);
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

/// The picture that stands for the page where it is shared.
pub fn image(head: &Head<'_>, linked: &LinkedData, base: Option<&Url>) -> Option<Enclosure> {
    let said =
        head.meta(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"]);
    let url = said.or(linked.image.as_deref()).and_then(|address| absolute(address, base))?;
    let ending = url.path().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let by_ending = match ending.as_str() {
        "jpg" | "jpeg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "avif" => Some("image/avif"),
        _ => None,
    };
    let media_type = head
        .meta(&["og:image:type"])
        .filter(|said| said.starts_with("image/"))
        .or(by_ending)
        .map(String::from);
    let title = head.meta(&["og:image:alt"]).map(fold);
    Some(Enclosure { url: url.into(), media_type, title, length: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(html: &str, field: impl Fn(&Tree, &Head<'_>, &LinkedData) -> T) -> T {
        let tree = Tree::parse(html);
        field(&tree, &Head::read(&tree), &LinkedData::read(&tree))
    }

    #[test]
    fn languages_are_spelt_as_tags() {
        for (said, expected) in [
            ("en_GB.UTF-8", Some("en-GB")),
            ("FR", Some("fr")),
            ("zh-hant-tw", Some("zh-Hant-TW")),
            ("und", None),
            ("English", None),
        ] {
            assert_eq!(tag(said).as_deref(), expected, "{said}");
        }
        assert_eq!(
            read("<html lang=''><meta property=og:locale content=es_AR>", |_, h, l| language(h, l))
                .as_deref(),
            Some("es-AR")
        );
    }

    #[test]
    fn bylines_name_people() {
        for (html, expected) in [
            (
                "<meta name=author content='By Ada Fenwick and Orla Quill'>",
                &["Ada Fenwick", "Orla Quill"][..],
            ),
            (
                "<meta name=author content='Fenwick, Office of Works and Tides'>",
                &["Fenwick, Office of Works and Tides"],
            ),
            ("<meta name=author content=admin><a rel=author>Inés Salgado</a>", &["Inés Salgado"]),
            ("<div class=comment><span class=author>Bruno</span></div>", &[]),
            (
                "<script type=application/ld+json>{\"@type\":\"Article\",\"author\":[{\"name\":\"Ada Fenwick\"},\"Orla Quill\"]}</script>",
                &["Ada Fenwick", "Orla Quill"],
            ),
        ] {
            let names: Vec<String> = read(html, authors).into_iter().map(|author| author.name).collect();
            assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{html}");
        }
    }

    #[test]
    fn labels_are_taken_once_and_keywords_only_where_they_are_few() {
        for (html, expected) in [
            (
                "<meta property=article:section content=Tides><meta property=article:tag content='tides, Ferries'>",
                &["Tides", "Ferries"][..],
            ),
            ("<a rel='category tag' href=/c>Birds</a>", &["Birds"]),
            ("<meta name=keywords content='dredging, channel'>", &["dredging", "channel"]),
            ("<meta name=keywords content='a,b,c,d,e,f,g,h,i,j'>", &[]),
        ] {
            assert_eq!(read(html, categories), expected, "{html}");
        }
    }
}
