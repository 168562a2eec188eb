//! Files that go with an entry: enclosures, Media RSS, podcasts.
//!
//! Owns which of them are told of twice and which are no part of the entry. It must never know what is in
//! a file beyond what the feed says of it.

use url::Url;

use crate::bulletin::{Enclosure, normalise_url};
use crate::intake::html::head::absolute;
use crate::intake::xml::Element;

/// An entry that names more of them, or the same ones so often, says nothing by it.
pub const FILES_MAX: usize = 500;

/// Portraits and counters that feed software puts beside every entry.
const NO_PART: [&str; 8] = [
    "gravatar.com/avatar/",
    "/wp-includes/images/",
    "pixel.wp.com",
    "feedburner.com/~r/",
    "://avatars.",
    "://avatar.",
    "/avatar/",
    "/avatars/",
];

/// What an entry says of somebody or something else.
const OF_OTHERS: [&str; 5] =
    ["atom:author", "atom:contributor", "atom:source", "media:credit", "media:comments"];

/// A thumbnail no larger, in points, is a portrait or an icon.
const PORTRAIT_POINTS_MAX: u32 = 64;

/// The files that an entry names, each once, in the order in which it names them.
#[derive(Default)]
pub struct Files {
    files: Vec<Enclosure>,
    named: usize,
}

impl Files {
    /// Takes up a file; of one that is named again, what was not known yet.
    pub fn add(&mut self, file: Enclosure) {
        self.named += 1;
        if self.named > FILES_MAX || NO_PART.iter().any(|part| file.url.contains(part)) {
            return;
        }
        let name = normalise_url(&file.url);
        match self.files.iter_mut().find(|known| known.url == file.url || normalise_url(&known.url) == name) {
            Some(known) => {
                known.length = known.length.or(file.length);
                known.title = known.title.take().or(file.title);
                known.media_type = known.media_type.take().or(file.media_type);
            }
            None => self.files.push(file),
        }
    }

    /// Takes up an `enclosure` of RSS or a `link` of Atom, whose addresses differ in their names.
    pub fn add_element(&mut self, element: Element<'_>, base: Option<&Url>) {
        let address = element.attribute("url").or(element.attribute("href"));
        let Some(url) = address.and_then(|address| absolute(address, base)) else { return };
        self.add(Enclosure {
            // Nobody sends an empty file: 0 is said where it is not known.
            length: element
                .attribute("length")
                .and_then(|length| length.parse().ok())
                .filter(|bytes| *bytes > 0),
            title: element.attribute("title").map(String::from),
            media_type: element.attribute("type").map(String::from).or_else(|| image_type(&url)),
            url: url.into(),
        });
    }

    /// Takes up what Media RSS and podcasts say below `item`: files, and where there is no image among them, the
    /// thumbnail.
    pub fn add_media(&mut self, item: Element<'_>, base: Option<&Url>) {
        for content in own(item, "media:content") {
            let Some(url) = content.attribute("url").and_then(|url| absolute(url, base)) else { continue };
            let said = content.attribute("type").map(String::from);
            let title = content.line_of("media:title").or_else(|| content.line_of("media:description"));
            self.add(Enclosure {
                length: content.attribute("filesize").and_then(|bytes| bytes.parse().ok()),
                title: title.filter(|title| title.len() <= 200),
                media_type: said.filter(|said| said.contains('/')).or_else(|| image_type(&url)),
                url: url.into(),
            });
        }
        let is_image =
            |file: &Enclosure| file.media_type.as_deref().is_some_and(|it| it.starts_with("image/"));
        if self.files.iter().any(is_image) {
            return;
        }
        let thumbnails = own(item, "media:thumbnail").filter(|image| !is_portrait(*image));
        let thumbnail = thumbnails.filter_map(|image| image.attribute("url")).next();
        let cover = item.child("itunes:image").and_then(|image| image.attribute("href"));
        let url = thumbnail.or(cover).and_then(|url| absolute(url, base));
        if let Some(url) = url {
            self.add(Enclosure { media_type: image_type(&url), url: url.into(), ..Enclosure::default() });
        }
    }

    /// Without the images that `body` shows.
    pub fn beside(mut self, body: &str) -> Vec<Enclosure> {
        let shown = |file: &Enclosure| {
            let image = file.media_type.as_deref().is_some_and(|it| it.starts_with("image/"));
            let path = file.url.split(['?', '#']).next().unwrap_or_default();
            image && body.contains(&path.replace('&', "&amp;"))
        };
        self.files.retain(|file| !shown(file));
        self.files
    }
}

/// The elements of that name below an entry that are not about who wrote it or where it was copied from.
fn own<'d>(item: Element<'d>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    let parts = item.children().filter(|part| !OF_OTHERS.contains(&part.name()));
    parts.flat_map(move |part| {
        std::iter::once(part).filter(move |part| part.name() == name).chain(part.find(name))
    })
}

fn is_portrait(image: Element<'_>) -> bool {
    let points = |name: &str| image.attribute(name)?.parse::<u32>().ok();
    let small = |name: &str| points(name).is_some_and(|points| points <= PORTRAIT_POINTS_MAX);
    small("width") && small("height")
}

/// The media type of an image by the ending of its address.
pub fn image_type(url: &Url) -> Option<String> {
    let ending = url.path().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let subtype = match ending.as_str() {
        "jpg" | "jpeg" => "jpeg",
        "png" | "gif" | "webp" | "avif" => ending.as_str(),
        _ => return None,
    };
    Some(format!("image/{subtype}"))
}
