//! What the names in front matter mean: those of Hugo, Jekyll and Zola, which differ less than their manuals.

use url::Url;

use super::body;
use super::place::Place;
use super::value::Value;
use crate::bulletin::{Author, Basis, Enclosure, PartialDate, Published, is_absolute_iri};
use crate::intake::date;

/// In which the day of publication is looked for. `updated` and `lastmod` are other days, and `expiryDate` is for
/// those who serve pages.
const DATES: &[&str] = &["date", "publishdate", "publish_date", "published", "pubdate", "published_at"];
const SUMMARIES: &[&str] = &["summary", "excerpt", "description"];
const ADDRESSES: &[&str] = &["canonical_url", "canonicalurl", "canonical", "url", "permalink"];
const EARLIER_ADDRESSES: &[&str] = &["aliases", "redirect_from"];
const IMAGES: &[&str] = &["image", "images", "cover", "featured_image", "thumbnail", "header"];
/// Where Zola and Hugo keep what they do not know.
const GROUPS: &[&str] = &["taxonomies", "extra", "params"];

pub struct Fields<'a> {
    said: &'a Value,
    /// Jekyll reads several categories in `news ferries`, Hugo one.
    is_jekyll: bool,
    /// The address of the page, where its sender gives it.
    base: Option<Url>,
}

impl<'a> Fields<'a> {
    pub fn new(said: &'a Value, place: &Place, url: Option<&str>) -> Fields<'a> {
        let is_jekyll = place.published.is_some() || said.get("layout").is_some();
        Fields { said, is_jekyll, base: url.and_then(|url| Url::parse(url).ok()) }
    }

    /// What stands under `name`, at the top or in a group.
    fn get(&self, name: &str) -> Option<&'a Value> {
        let grouped = || GROUPS.iter().find_map(|group| self.said.get(group)?.get(name));
        self.said.get(name).or_else(grouped)
    }

    fn first_text(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.get(name)?.text())
    }

    /// The texts under `names`, of lists and alone.
    fn texts(&self, names: &[&str]) -> impl Iterator<Item = &'a str> {
        let values: Vec<&'a Value> = names.iter().filter_map(|name| self.get(name)).collect();
        values.into_iter().flat_map(Value::list).filter_map(Value::text)
    }

    pub fn is_draft(&self) -> bool {
        self.said.get("draft") == Some(&Value::Truth(true))
            || self.said.get("published") == Some(&Value::Truth(false))
    }

    /// Titles may hold Markdown: all three programs render it.
    pub fn title(&self) -> Option<String> {
        self.first_text(&["title"]).map(body::plain).filter(|title| !title.is_empty())
    }

    pub fn published(&self) -> Option<Published> {
        let written = DATES.iter().filter_map(|name| self.get(name)?.text());
        let date = written.into_iter().find_map(|text| instant(text).or_else(|| date::exactly(text)))?;
        Some(Published { basis: Basis::Stated, date })
    }

    pub fn language(&self) -> Option<String> {
        self.first_text(&["language", "lang", "languagecode", "locale"]).map(String::from)
    }

    pub fn summary(&self) -> Option<String> {
        self.first_text(SUMMARIES).map(body::plain)
    }

    pub fn authors(&self) -> Vec<Author> {
        let mut authors: Vec<Author> = Vec::new();
        for value in ["authors", "author"].iter().filter_map(|name| self.get(name)).flat_map(Value::list) {
            let Some(author) = author(value) else { continue };
            if authors.iter().all(|known| known.name != author.name) {
                authors.push(author);
            }
        }
        authors
    }

    /// Categories, then tags: to readers of a feed they are the same.
    pub fn categories(&self) -> Vec<String> {
        let mut labels = Vec::new();
        for name in ["categories", "category", "tags", "tag", "keywords"] {
            match self.get(name) {
                Some(Value::Text(text)) if text.contains(',') => labels.extend(text.split(',')),
                // The plural, as a text: several words for Jekyll, and one name for Hugo.
                Some(Value::Text(text)) if self.is_jekyll && name.ends_with('s') => {
                    labels.extend(text.split_whitespace());
                }
                Some(value) => labels.extend(value.list().iter().filter_map(Value::text)),
                None => {}
            }
        }
        labels.into_iter().map(|label| label.trim().into()).collect()
    }

    /// The page's own address, where front matter has all of it: a path alone belongs to no host.
    pub fn url(&self) -> Option<String> {
        self.texts(ADDRESSES).find(|text| is_address(text)).map(String::from)
    }

    /// The id that WordPress gave a post which was moved to one of these programs.
    pub fn id(&self) -> Option<String> {
        self.first_text(&["guid", "id"]).filter(|id| is_absolute_iri(id)).map(String::from)
    }

    pub fn also_at(&self) -> Vec<String> {
        let own = self.url();
        let addresses = self.texts(ADDRESSES).filter(|text| is_address(text)).map(String::from);
        let earlier = self.texts(EARLIER_ADDRESSES).filter_map(|text| self.absolute(text));
        addresses.chain(earlier).filter(|url| own.as_ref() != Some(url)).collect()
    }

    pub fn images(&self) -> Vec<Enclosure> {
        let values = IMAGES.iter().filter_map(|name| self.get(name)).flat_map(Value::list);
        let named = |value: &'a Value| {
            let within = ["url", "src", "path", "image", "filename"];
            value.text().or_else(|| within.iter().find_map(|name| value.get(name)?.text()))
        };
        let mut enclosures: Vec<Enclosure> = Vec::new();
        for url in values.filter_map(named).filter_map(|text| self.absolute(text)) {
            if enclosures.iter().all(|known| known.url != url) {
                let media_type = media_type(&url).map(String::from);
                enclosures.push(Enclosure { url, media_type, ..Enclosure::default() });
            }
        }
        enclosures
    }

    fn absolute(&self, text: &str) -> Option<String> {
        if is_address(text) {
            return Some(text.into());
        }
        self.base.as_ref()?.join(text).ok().map(String::from)
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The media type of a picture, by its ending.
fn media_type(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    match path.rsplit('.').next()?.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "avif" => Some("image/avif"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

/// `2018-04-04 09:30:00 +0200`, as Jekyll writes instants, and what RFC 3339 allows. A time without an offset is of
/// a place that nobody named: the day is what is known.
fn instant(text: &str) -> Option<PartialDate> {
    let (day, time) = text.split_once([' ', 'T', 't'])?;
    let day: jiff::civil::Date = day.parse().ok()?;
    let time = time.replace(' ', "");
    let Some(at) = time.find(['+', '-', 'Z', 'z']) else { return Some(PartialDate::Day(day)) };
    let (clock, offset) = time.split_at(at);
    // Seconds and the colon of the offset may be missing.
    let clock = if clock.matches(':').count() == 1 { format!("{clock}:00") } else { clock.into() };
    let offset = match offset.len() {
        3 => format!("{offset}:00"),
        5 => format!("{}:{}", &offset[..3], offset.get(3..)?),
        _ => offset.to_uppercase(),
    };
    format!("{day}T{clock}{offset}").parse().ok()
}

/// An author by name, as `Ada Weir <ada@example.org>`, or with fields of its own.
fn author(value: &Value) -> Option<Author> {
    if let Some(text) = value.text() {
        let address = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
        let (name, email) = address.map_or((text, None), |(name, email)| (name.trim(), Some(email.into())));
        return Some(Author { name: name.into(), email, url: None });
    }
    let text = |names: &[&str]| names.iter().find_map(|name| value.get(name)?.text()).map(String::from);
    let name = text(&["name", "display_name", "title"])?;
    Some(Author { name, email: text(&["email"]), url: text(&["url", "link", "homepage", "website"]) })
}
