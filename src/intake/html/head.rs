//! What a page declares about itself in `meta`, `link` and its root element.
//!
//! Owns the finding of declarations under any of the names in use (OpenGraph, Dublin Core, publishers' own).
//! It must never decide which declaration to believe.

use url::Url;

use crate::intake::markup::{Tree, fold};

/// The declarations of a page, in document order.
pub struct Head<'t> {
    /// Name or property in lower case, and content.
    metas: Vec<(String, &'t str)>,
    /// Relation in lower case, and address.
    links: Vec<(String, &'t str)>,
    /// The text of the first `title`, folded.
    pub title: Option<String>,
    pub language: Option<&'t str>,
    base: Option<&'t str>,
}

impl<'t> Head<'t> {
    pub fn read(tree: &'t Tree) -> Head<'t> {
        let mut head = Head { metas: Vec::new(), links: Vec::new(), title: None, language: None, base: None };
        for id in 0..tree.len() {
            match tree.name(id) {
                "meta" => {
                    let content =
                        tree.attribute(id, "content").map(str::trim).filter(|content| !content.is_empty());
                    let Some(content) = content else { continue };
                    for name in ["property", "name", "itemprop", "http-equiv"] {
                        if let Some(name) = tree.attribute(id, name) {
                            head.metas.push((name.trim().to_ascii_lowercase(), content));
                        }
                    }
                }
                "link" | "a" => {
                    if let (Some(rel), Some(href)) = (tree.attribute(id, "rel"), tree.attribute(id, "href")) {
                        head.links.push((rel.to_ascii_lowercase(), href.trim()));
                    }
                }
                "base" => head.base = head.base.or(tree.attribute(id, "href")),
                "title" if head.title.is_none() => {
                    head.title = Some(fold(&tree.line(id))).filter(|title| !title.is_empty());
                }
                "html" => {
                    head.language = ["lang", "xml:lang"]
                        .iter()
                        .find_map(|name| tree.attribute(id, name))
                        .filter(|l| !l.is_empty());
                }
                _ => {}
            }
        }
        head
    }

    /// What the page says under the first of `names` that it uses.
    pub fn meta(&self, names: &[&str]) -> Option<&'t str> {
        names.iter().find_map(|name| self.all(name).next())
    }

    /// Everything that the page says under `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'t str> + 'a {
        self.metas.iter().filter(move |(known, _)| known == name).map(|(_, content)| *content)
    }

    /// Every declaration.
    pub fn metas(&self) -> impl Iterator<Item = (&str, &'t str)> {
        self.metas.iter().map(|(name, content)| (name.as_str(), *content))
    }

    /// Where the page's links of relation `rel` lead.
    pub fn links<'a>(&'a self, rel: &'a str) -> impl Iterator<Item = &'t str> + 'a {
        self.links
            .iter()
            .filter(move |(known, _)| known.split_whitespace().any(|word| word == rel))
            .map(|(_, href)| *href)
    }

    /// The address that the page gives as its own: relative ones mean something only beside `fetched`, the
    /// address where it was found.
    pub fn address(&self, fetched: Option<&Url>) -> Option<Url> {
        let own = self.links("canonical").chain(self.meta(&["og:url", "al:web:url", "twitter:url"]));
        own.filter_map(|address| absolute(address, fetched)).map(original).find(|url| {
            // Templates that were never filled in point to the front page.
            url.path().len() > 1
                || url.query().is_some()
                || fetched.is_none_or(|fetched| fetched.path().len() <= 1)
        })
    }

    /// What relative addresses in the page are relative to.
    pub fn base(&self, address: Option<&Url>) -> Option<Url> {
        self.base.and_then(|base| absolute(base, address)).or_else(|| address.cloned())
    }
}

/// The address of which a web archive's is a copy: `/web/20180404100000/http://…`. The time of capture in it
/// is none of the page's dates.
fn original(url: Url) -> Url {
    let copy = url.path().strip_prefix("/web/").and_then(|path| path.split_once('/'));
    let captured = |time: &str| time.len() >= 14 && time.bytes().take(14).all(|byte| byte.is_ascii_digit());
    let Some((_, address)) = copy.filter(|(time, _)| captured(time)) else { return url };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    absolute(&format!("{address}{query}"), None).unwrap_or(url)
}

/// `address` as an HTTP address, relative to `base` where it is given.
pub fn absolute(address: &str, base: Option<&Url>) -> Option<Url> {
    let url = base.map_or_else(|| Url::parse(address), |base| base.join(address)).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_page_s_own_only_if_it_can_be() {
        let fetched = Url::parse("https://estuary.example.org/news/1?utm_source=x").unwrap();
        for (html, expected) in [
            ("<link rel=canonical href=/news/1>", Some("https://estuary.example.org/news/1")),
            (
                "<link rel='CANONICAL' href=/><meta property=og:url content=/news/1>",
                Some("https://estuary.example.org/news/1"),
            ),
            (
                "<link rel=canonical href='https://archive.example.org/web/20180404100000/http://estuary.example.org/a?b=c'>",
                Some("http://estuary.example.org/a?b=c"),
            ),
            ("<link rel=canonical href='javascript:void(0)'>", None),
            ("", None),
        ] {
            let tree = Tree::parse(html);
            assert_eq!(
                Head::read(&tree).address(Some(&fetched)).map(String::from).as_deref(),
                expected,
                "{html}"
            );
        }
    }

    #[test]
    fn declarations_are_found_under_any_of_their_names() {
        let tree = Tree::parse(
            "<base href='/a/'><title> A\n b </title><meta name='DC.Date' content=2018><meta itemprop=x content=' '>",
        );
        let head = Head::read(&tree);
        assert_eq!((head.meta(&["date", "dc.date"]), head.meta(&["x"])), (Some("2018"), None));
        assert_eq!(head.title.as_deref(), Some("A b"));
        let at = Url::parse("https://estuary.example.org/b/c").unwrap();
        assert_eq!(head.base(Some(&at)).unwrap().path(), "/a/");
    }
}
