//! The list of every feed as OPML 2.0 (<https://opml.org/spec2.opml>), which readers import.
//!
//! It must never know what is in a feed.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::directory::Directory;
use super::format::{FORMATS, xml};
use crate::bulletin::Selection;
use crate::permalink::{Document, Permalinks, Route};

/// Every feed once, in the format that comes first in the table: a reader that imports the list would
/// subscribe to each format as to a feed of its own.
pub fn opml(title: &str, directory: &Directory, links: &Permalinks) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    write(&mut writer, title, &Outlines { directory, links })
        .expect("memory takes all that is written to it");
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    bytes
}

/// Written into memory, which cannot fail; the writer asks about it all the same.
type Out = Writer<Vec<u8>>;

fn write(writer: &mut Out, title: &str, outlines: &Outlines) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    writer.create_element("opml").with_attribute(("version", "2.0")).write_inner_content(|writer| {
        writer.create_element("head").write_inner_content(|writer| {
            writer.create_element("title").write_text_content(BytesText::new(&xml(title)))?;
            Ok(())
        })?;
        writer.create_element("body").write_inner_content(|writer| outlines.body(writer))?;
        Ok(())
    })?;
    Ok(())
}

/// What every outline is made from.
struct Outlines<'a> {
    directory: &'a Directory,
    links: &'a Permalinks,
}

impl Outlines<'_> {
    /// All bulletins, then the years, then each category with its years.
    fn body(&self, writer: &mut Out) -> io::Result<()> {
        self.feed(writer, &Selection::All)?;
        let (categories, years): (Vec<_>, Vec<_>) =
            self.directory.within(&Selection::All).into_iter().partition(|it| it.category().is_some());
        self.group(writer, "By year", &years)?;
        self.group(writer, "By category", &categories)?;
        for category in &categories {
            let title = format!("{} by year", self.directory.title(category));
            self.group(writer, &title, &self.directory.within(category))?;
        }
        Ok(())
    }

    /// A folder of feeds, or nothing where it would be empty.
    fn group(&self, writer: &mut Out, title: &str, selections: &[Selection]) -> io::Result<()> {
        if selections.is_empty() {
            return Ok(());
        }
        let outline = writer.create_element("outline").with_attribute(("text", xml(title).as_str()));
        outline.write_inner_content(|writer| selections.iter().try_for_each(|it| self.feed(writer, it)))?;
        Ok(())
    }

    /// A subscription ("Subscription lists": `type`, `text` and `xmlUrl` are required). Its type is `rss`
    /// for every format of feed.
    fn feed(&self, writer: &mut Out, selection: &Selection) -> io::Result<()> {
        let title = xml(&self.directory.title(selection));
        let extension = FORMATS[0].extension.to_string();
        let feed = self.links.url(&Route::Feed(selection.clone(), Document::Subscription, extension));
        let page = self.links.url(&Route::Page(selection.clone()));
        let attributes = [("type", "rss"), ("text", &title), ("xmlUrl", &feed), ("htmlUrl", &page)];
        writer.create_element("outline").with_attributes(attributes).write_empty()?;
        Ok(())
    }
}
