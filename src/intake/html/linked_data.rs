//! What a page says about itself in JSON-LD (schema.org).
//!
//! Owns the reading of these blocks in all their shapes, broken ones included. It must never weigh them
//! against what else the page says.

use serde_json::Value;

use crate::bulletin::Author;
use crate::intake::markup::{Tree, fold};

/// What the blocks of a page say of its article.
#[derive(Debug, Default)]
pub struct LinkedData {
    pub headline: Option<String>,
    pub published: Option<String>,
    pub created: Option<String>,
    pub modified: Option<String>,
    pub authors: Vec<Author>,
    pub sections: Vec<String>,
    pub keywords: Vec<String>,
    pub description: Option<String>,
    pub image: Option<String>,
    pub language: Option<String>,
    pub publisher: Option<String>,
    /// The article's text as the page's machinery knows it, as it stands there: plain, or HTML.
    pub text: Option<String>,
}

/// Blocks nest an article in what lists it; deeper than this they only repeat themselves.
const DEPTH_MAX: usize = 8;

/// How well a type describes an article, best first.
#[rustfmt::skip]
const TYPES: [&[&str]; 3] = [
    &[
        "article", "newsarticle", "blogposting", "report", "reportagenewsarticle", "analysisnewsarticle",
        "opinionnewsarticle", "backgroundnewsarticle", "reviewnewsarticle", "pressrelease",
        "liveblogposting", "socialmediaposting", "techarticle", "scholarlyarticle",
        "advertisercontentarticle", "satiricalarticle",
    ],
    &[
        "recipe", "review", "discussionforumposting", "creativework", "qapage", "howto", "podcastepisode",
    ],
    &[
        "webpage", "itempage", "videoobject", "product", "event", "collectionpage", "aboutpage",
        "medicalwebpage",
    ],
];

impl LinkedData {
    pub fn read(tree: &Tree) -> LinkedData {
        let mut found = Vec::new();
        let mut broken = LinkedData::default();
        for id in tree.elements("script") {
            let is_linked = |kind: &str| kind.to_ascii_lowercase().contains("ld+json");
            if !tree.attribute(id, "type").is_some_and(is_linked) {
                continue;
            }
            let block: String = tree.children(id).filter_map(|text| tree.text(text)).collect();
            match parse(&block) {
                Some(value) => collect(&value, 0, &mut found),
                None => broken.salvage(&block),
            }
        }
        // A sort that keeps order: of equals, the first is the page's own.
        found.sort_by_key(|(rank, _)| *rank);
        let mut data = LinkedData::default();
        for (rank, object) in &found {
            data.add(object, *rank);
        }
        data.fill(broken);
        data
    }

    /// Takes from `object` what better ones did not say.
    fn add(&mut self, object: &Value, rank: usize) {
        let text = |name: &str| text_of(&object[name]);
        let fresh = LinkedData {
            headline: text("headline").or_else(|| text("name")).filter(|_| rank < 2),
            published: text("datePublished"),
            created: text("dateCreated").or_else(|| text("uploadDate")),
            modified: text("dateModified"),
            authors: authors_of(if object["author"].is_null() {
                &object["creator"]
            } else {
                &object["author"]
            }),
            sections: texts_of(&object["articleSection"]),
            keywords: texts_of(&object["keywords"]),
            description: text("description").filter(|_| rank < 2),
            image: address_of(&object["image"])
                .or_else(|| address_of(&object["thumbnailUrl"]))
                .filter(|_| rank < 2),
            language: text("inLanguage").or_else(|| text_of(&object["inLanguage"]["alternateName"])),
            publisher: text_of(&object["publisher"]["name"]),
            text: object["articleBody"].as_str().map(String::from),
        };
        self.fill(fresh);
    }

    fn fill(&mut self, other: LinkedData) {
        fn take<T>(mine: &mut Option<T>, theirs: Option<T>) {
            if mine.is_none() {
                *mine = theirs;
            }
        }
        take(&mut self.headline, other.headline);
        take(&mut self.published, other.published);
        take(&mut self.created, other.created);
        take(&mut self.modified, other.modified);
        take(&mut self.description, other.description);
        take(&mut self.image, other.image);
        take(&mut self.language, other.language);
        take(&mut self.publisher, other.publisher);
        take(&mut self.text, other.text);
        for (mine, theirs) in [(&mut self.sections, other.sections), (&mut self.keywords, other.keywords)] {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        if self.authors.is_empty() {
            self.authors = other.authors;
        }
    }

    /// Reads single members out of a block that is no JSON however it is mended.
    fn salvage(&mut self, block: &str) {
        let member = |name: &str| {
            let quoted = format!("\"{name}\"");
            let rest = block[block.find(&quoted)? + quoted.len()..].trim_start().strip_prefix(':')?;
            let value = rest.trim_start().strip_prefix('"')?;
            let end = value.find(['"', '\n'])?;
            Some(fold(&value[..end])).filter(|value| !value.is_empty())
        };
        self.fill(LinkedData {
            headline: member("headline"),
            published: member("datePublished"),
            created: member("dateCreated"),
            modified: member("dateModified"),
            ..LinkedData::default()
        });
    }
}

/// The JSON of a block, mended where mending is sure to be right.
fn parse(block: &str) -> Option<Value> {
    let block = block.trim();
    let block = block.strip_prefix("<!--").unwrap_or(block);
    let block =
        block.trim_start_matches("//").trim_start_matches("<![CDATA[").trim_start_matches("/*<![CDATA[*/");
    let start = block.find(['{', '['])?;
    let end = block.rfind(['}', ']'])? + 1;
    let block = block.get(start..end)?;
    serde_json::from_str(block).ok().or_else(|| serde_json::from_str(&mend(block)).ok())
}

/// Line breaks within strings, escapes that JSON lacks and commas before a closing bracket: what templates
/// get wrong.
fn mend(block: &str) -> String {
    let mut mended = String::with_capacity(block.len());
    let mut characters = block.chars().peekable();
    let mut quoted = false;
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => match characters.next() {
                Some(escaped) if "\"\\/bfnrtu".contains(escaped) => mended.extend(['\\', escaped]),
                Some(other) => mended.push(other),
                None => {}
            },
            _ if quoted && c.is_control() => mended.push(' '),
            '}' | ']' if !quoted => {
                let end = mended.trim_end().len();
                if mended[..end].ends_with(',') {
                    mended.truncate(end - 1);
                }
            }
            _ => {}
        }
        if !(quoted && c.is_control()) && c != '\\' {
            mended.push(c);
        }
    }
    mended
}

/// Every object of a known type in `value`, with its rank.
fn collect(value: &Value, depth: usize, found: &mut Vec<(usize, Value)>) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, depth + 1, found)),
        Value::Object(members) => {
            if let Some(rank) = rank(value) {
                // An article within another thing (what a page lists, recommends or quotes) is less surely
                // the page's own.
                found.push((rank, value.clone()));
            }
            for name in
                ["@graph", "mainEntity", "mainEntityOfPage", "@list", "hasPart", "isPartOf", "subjectOf"]
            {
                // A list of what other pages hold is a member under another name, and left alone.
                if let Some(inner) = members.get(name) {
                    collect(inner, depth + 1, found);
                }
            }
        }
        _ => {}
    }
}

fn rank(object: &Value) -> Option<usize> {
    texts_of(&object["@type"])
        .iter()
        .filter_map(|name| {
            let name = name.rsplit(['/', '#', ':']).next().unwrap_or_default().to_ascii_lowercase();
            TYPES.iter().position(|types| types.contains(&name.as_str()))
        })
        .min()
}

/// A text, or the first of several.
fn text_of(value: &Value) -> Option<String> {
    texts_of(value).into_iter().next()
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => {
            // Templates escape for HTML what stands in a script, where nothing is unescaped.
            let text =
                if text.contains('&') || text.contains('<') { Tree::parse(text).line(0) } else { fold(text) };
            Some(text).filter(|text| !text.is_empty()).into_iter().collect()
        }
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values.iter().flat_map(texts_of).collect(),
        Value::Object(members) => {
            members.get("@value").or(members.get("name")).map(texts_of).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn address_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().into()),
        Value::Array(values) => values.iter().find_map(address_of),
        Value::Object(_) => address_of(&value["url"]).or_else(|| address_of(&value["contentUrl"])),
        _ => None,
    }
}

fn authors_of(value: &Value) -> Vec<Author> {
    match value {
        Value::Array(values) => values.iter().flat_map(authors_of).collect(),
        Value::Object(_) => {
            let url = address_of(&value["url"]).filter(|url| url.starts_with("http"));
            let names = texts_of(&value["name"]);
            let url = url.filter(|_| names.len() == 1);
            names.into_iter().map(|name| Author { name, url: url.clone(), email: None }).collect()
        }
        _ => texts_of(value).into_iter().map(|name| Author { name, ..Author::default() }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &str) -> LinkedData {
        LinkedData::read(&Tree::parse(&format!("<script type='application/ld+json'>{block}</script>")))
    }

    #[test]
    fn every_shape_gives_the_article() {
        let article =
            r#"{"@type": "NewsArticle", "headline": "Tides &amp; ferries", "datePublished": "2018-04-04"}"#;
        for block in [
            article.to_owned(),
            format!("[{article}]"),
            format!(r#"{{"@graph": [{{"@type": "WebPage", "datePublished": "2001-01-01"}}, {article}]}}"#),
            format!(r#"{{"@type": "WebPage", "mainEntity": {article}}}"#),
            article.replace("\"NewsArticle\"", r#"["Thing", "http://schema.org/BlogPosting"]"#),
            format!("<!-- //<![CDATA[\n{article}\n//]]> -->"),
            // What templates get wrong.
            article.replace('}', ",}"),
            article.replace("ferries", "ferries\n\\'s"),
            article.replace("\"2018-04-04\"", "\"2018-04-04\", broken: }"),
        ] {
            let data = read(&block);
            assert_eq!(data.published.as_deref(), Some("2018-04-04"), "{block}");
            assert!(data.headline.unwrap().starts_with("Tides"), "{block}");
        }
    }

    #[test]
    fn what_a_page_lists_or_recommends_is_not_the_page() {
        let data = read(
            r#"{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Other"}]}"#,
        );
        assert_eq!(data.headline, None);
        assert_eq!(read("null").headline, None);
        assert_eq!(read("").headline, None);
    }
}
