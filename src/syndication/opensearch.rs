//! How programs ask: the description document of OpenSearch 1.1
//! (<https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md>).
//!
//! It must never know what can be found.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::format::{FORMATS, xml};
use crate::permalink::{Permalinks, Route};

pub const MEDIA_TYPE: &str = "application/opensearchdescription+xml";

const NAMESPACE: &str = "http://a9.com/-/spec/opensearch/1.1/";
/// The longest short name, in characters.
const SHORT_NAME_CHARS_MAX: usize = 16;
/// The longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 1_024;

/// What the description says of a site beside its addresses.
pub struct Described<'a> {
    pub title: &'a str,
    /// In words, what can be searched.
    pub description: &'a str,
    pub language: &'a str,
}

/// The description document. Its templates are absolute, as programs take it away with them.
pub fn description(described: &Described, links: &Permalinks) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer, described, links).expect("memory takes all that is written to it");
    writer.into_inner()
}

fn write(writer: &mut Writer<Vec<u8>>, described: &Described, links: &Permalinks) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root = writer.create_element("OpenSearchDescription").with_attribute(("xmlns", NAMESPACE));
    root.write_inner_content(|writer| {
        text(writer, "ShortName", &first(described.title, SHORT_NAME_CHARS_MAX))?;
        text(writer, "Description", &first(described.description, DESCRIPTION_CHARS_MAX))?;
        let page = format!("{}?q={{searchTerms}}&page={{startPage?}}", links.url(&Route::Search));
        address(writer, "text/html", None, &page)?;
        for format in &FORMATS {
            let route = Route::SearchFeed(format.extension.into());
            address(writer, format.media_type, None, &format!("{}?q={{searchTerms}}", links.url(&route)))?;
        }
        address(writer, MEDIA_TYPE, Some("self"), &links.url(&Route::OpenSearch))?;
        text(writer, "Language", described.language)?;
        text(writer, "InputEncoding", "UTF-8")?;
        text(writer, "OutputEncoding", "UTF-8")
    })?;
    Ok(())
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, value: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(&xml(value)))?;
    Ok(())
}

fn address(
    writer: &mut Writer<Vec<u8>>,
    media_type: &str,
    rel: Option<&str>,
    template: &str,
) -> io::Result<()> {
    let mut element = writer.create_element("Url").with_attribute(("type", media_type));
    if let Some(rel) = rel {
        element = element.with_attribute(("rel", rel));
    }
    element.with_attribute(("template", template)).write_empty()?;
    Ok(())
}

fn first(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect::<String>().trim_end().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_learns_where_to_ask_in_each_format() {
        let described =
            Described { title: "Harbour & Lighthouse News", description: "Search <it>", language: "en" };
        let bytes = description(&described, &Permalinks::new("https://news.example.org"));
        let text = String::from_utf8(bytes).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let inner = |name: &str| document.descendants().find(|it| it.has_tag_name(name)).unwrap().text();
        assert_eq!(inner("ShortName"), Some("Harbour & Lighth"));
        assert_eq!(inner("Description"), Some("Search <it>"));
        let templates: Vec<(&str, &str)> = document
            .descendants()
            .filter(|it| it.has_tag_name("Url"))
            .map(|it| (it.attribute("type").unwrap(), it.attribute("template").unwrap()))
            .collect();
        assert_eq!(
            templates,
            [
                ("text/html", "https://news.example.org/search?q={searchTerms}&page={startPage?}"),
                ("application/rss+xml", "https://news.example.org/search.rss?q={searchTerms}"),
                ("application/atom+xml", "https://news.example.org/search.atom?q={searchTerms}"),
                ("application/feed+json", "https://news.example.org/search.json?q={searchTerms}"),
                (MEDIA_TYPE, "https://news.example.org/opensearch.xml"),
            ]
        );
    }
}
