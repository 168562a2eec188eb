//! What crawlers are told: `robots.txt` (RFC 9309) and sitemaps (<https://www.sitemaps.org/protocol.html>).
//!
//! It must never know which bulletins there are: addresses come as arguments.

use std::io;

use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::format::xml;
use crate::permalink::{Permalinks, Route};

/// How many addresses one sitemap may have, and how many sitemaps one index.
pub const SITEMAP_URLS_MAX: usize = 50_000;

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// Everything may be read, except answers to questions, of which there is no end, the same page once more in each language,
/// and what is for editors (RFC 9309 section 2.2).
pub fn robots(links: &Permalinks) -> String {
    let (search, sitemap, home) =
        (links.path(&Route::Search), links.url(&Route::Sitemap), links.path(&Route::Home));
    let not_for_crawlers =
        [search, format!("{home}desk"), format!("{home}*?lang="), format!("{home}*&lang=")];
    let lines: String = not_for_crawlers.iter().map(|path| format!("Disallow: {path}\n")).collect();
    format!("User-agent: *\n{lines}\nSitemap: {sitemap}\n")
}

/// A sitemap of addresses, each with when it last changed. The caller keeps to [`SITEMAP_URLS_MAX`].
pub fn sitemap(urls: impl IntoIterator<Item = (String, Option<Timestamp>)>) -> Vec<u8> {
    document("urlset", "url", urls)
}

/// The index of sitemaps, each with when it last changed.
pub fn sitemap_index(sitemaps: impl IntoIterator<Item = (String, Option<Timestamp>)>) -> Vec<u8> {
    document("sitemapindex", "sitemap", sitemaps)
}

/// Both kinds of document have one shape, and differ in the names of their elements.
fn document(root: &str, item: &str, urls: impl IntoIterator<Item = (String, Option<Timestamp>)>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer, root, item, urls).expect("memory takes all that is written to it");
    writer.into_inner()
}

fn write(
    writer: &mut Writer<Vec<u8>>,
    root: &str,
    item: &str,
    urls: impl IntoIterator<Item = (String, Option<Timestamp>)>,
) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    // An address a line: sitemaps are looked at with tools that look at lines.
    let line_end = || Event::Text(BytesText::from_escaped("\n"));
    writer.create_element(root).with_attribute(("xmlns", SITEMAP)).write_inner_content(|writer| {
        for (url, changed) in urls {
            writer.write_event(line_end())?;
            writer.create_element(item).write_inner_content(|writer| {
                writer.create_element("loc").write_text_content(BytesText::new(&xml(&url)))?;
                if let Some(changed) = changed {
                    let text = changed.to_string();
                    writer.create_element("lastmod").write_text_content(BytesText::new(&text))?;
                }
                Ok(())
            })?;
        }
        writer.write_event(line_end())
    })?;
    Ok(())
}
