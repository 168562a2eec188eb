//! WordPress exports (WXR): RSS with what WordPress itself knows of its posts and pages.
//!
//! Owns what of an export was published, and under which names it was known. It must never let through what its
//! author had not published: an export holds drafts and private posts beside the rest.

mod autop;
mod body;
mod shortcode;

use std::collections::HashMap;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use url::Url;

use super::feed::{self, Context, is_no_category};
use super::html::head::absolute;
use super::markup::{Tree, fold};
use super::sanitize::sanitize;
use super::xml::{self, Document, Element, first_tag};
use super::{Arrival, Body, Draft, Format, Reading, Refusal, RefusalKind};
use crate::bulletin::{Author, Basis, Enclosure, PartialDate, Published, clip, visible_text};

pub const FORMAT: Format = Format {
    name: "wxr",
    media_types: &["text/xml", "application/xml", "application/rss+xml", "text/html", "text/plain"],
    extensions: &["wxr", "xml"],
    sniff: |bytes| {
        first_tag(bytes)
            .is_some_and(|(name, attributes)| name == "rss" && attributes.contains("wordpress.org/export/"))
    },
    collection: true,
    parse,
};

/// What WordPress keeps among its posts for its own purposes; nobody ever read it as one.
#[rustfmt::skip]
const MACHINERY: &[&str] = &[
    "attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache",
    "user_request", "wp_block", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation",
    "wp_font_family", "wp_font_face", "acf-field", "acf-field-group", "elementor_library", "feedback",
    "wpcf7_contact_form", "jp_pay_order", "mc4wp-form", "scheduled-action", "shop_order", "et_pb_layout",
];

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Reading, Refusal> {
    let text = xml::decode(bytes, arrival.media_type.as_deref());
    let document = Document::parse(&text)?;
    let root = document.root().filter(|root| matches!(root.name(), "rss" | "channel"));
    let Some(root) = root else { return Err(feed::no_feed(document.root())) };
    // The files of a post stand behind it: of an export that is cut off, no post can be known to be whole.
    if !document.is_whole() {
        return Err(feed::cut_off("the export".into()));
    }
    let export = Export::read(root);
    Ok(root.find("item").filter_map(|item| export.draft(item)).collect::<Vec<_>>().into())
}

/// A file of the media library.
struct File {
    url: String,
    title: Option<String>,
    media_type: Option<String>,
}

impl File {
    fn is_image(&self) -> bool {
        self.media_type.as_deref().is_some_and(|it| it.starts_with("image/"))
    }

    fn enclosure(&self) -> Enclosure {
        Enclosure {
            url: self.url.clone(),
            title: self.title.clone(),
            media_type: self.media_type.clone(),
            length: None,
        }
    }
}

/// What an export says of the whole site.
struct Export {
    language: Option<String>,
    /// The address of the site.
    site: Option<Url>,
    /// Names by the logins under which posts are signed.
    authors: HashMap<String, String>,
    files: Vec<File>,
    /// Places in `files`.
    by_id: HashMap<String, usize>,
    by_url: HashMap<String, usize>,
    by_parent: HashMap<String, Vec<usize>>,
}

impl Export {
    fn read(root: Element<'_>) -> Export {
        let channel = root.child("channel").unwrap_or(root);
        let site = channel.line_of("wp:base_blog_url").or_else(|| channel.line_of("link"));
        let author = |author: Element<'_>| {
            Some((author.line_of("wp:author_login")?, author.line_of("wp:author_display_name")?))
        };
        let mut export = Export {
            language: channel.line_of("language"),
            site: site.and_then(|site| absolute(&site, None)),
            authors: channel.all("wp:author").filter_map(author).collect(),
            files: Vec::new(),
            by_id: HashMap::new(),
            by_url: HashMap::new(),
            by_parent: HashMap::new(),
        };
        for item in root.find("item") {
            export.take_file(item);
        }
        export
    }

    fn take_file(&mut self, item: Element<'_>) {
        let Some(url) = item.line_of("wp:attachment_url") else { return };
        let Some(url) = absolute(&url, self.site.as_ref()) else { return };
        let parent = item.line_of("wp:post_parent").unwrap_or_default();
        let place = self.files.len();
        if let Some(id) = item.line_of("wp:post_id") {
            self.by_id.insert(id, place);
        }
        self.by_url.insert(url.to_string(), place);
        self.by_parent.entry(parent).or_default().push(place);
        let title = item.line_of("excerpt:encoded").or_else(|| item.line_of("title"));
        self.files.push(File { media_type: media_type(&url), url: url.into(), title });
    }

    /// What an item comes to; none where it is nothing that anybody read.
    fn draft(&self, item: Element<'_>) -> Option<Result<Draft, Refusal>> {
        let kind = item.line_of("wp:post_type").unwrap_or_default();
        let title = item.line_of("title").unwrap_or_default();
        let named = || format!("`{}`", clip(&title, 80));
        if MACHINERY.contains(&kind.as_str()) {
            return None;
        }
        let refuse = |why: String| Some(Err(Refusal::new(RefusalKind::Unprocessable, named(), why)));
        if !matches!(kind.as_str(), "post" | "page") {
            return refuse(format!("it is of the type `{}`; posts and pages are taken in", clip(&kind, 80)));
        }
        let status = item.line_of("wp:status").unwrap_or_default();
        let state = match status.as_str() {
            "publish" if item.line_of("wp:post_password").is_some() => "protected by a password",
            "publish" => return Some(Ok(self.post(item, &kind))),
            "draft" | "auto-draft" => "a draft",
            "private" => "private",
            "pending" => "pending review",
            "future" => "scheduled for later",
            "trash" => "in the trash",
            other => {
                return refuse(format!(
                    "its status is `{}`; only what was published is taken in",
                    clip(other, 80)
                ));
            }
        };
        refuse(format!("it is {state}; only what was published is taken in"))
    }

    fn post(&self, item: Element<'_>, kind: &str) -> Draft {
        let id = item.line_of("wp:post_id").unwrap_or_default();
        let url = item.line_of("link").and_then(|link| absolute(&link, self.site.as_ref()));
        let title = item.line_of("title").map(|title| fold(&Tree::parse(&title).line(0)));
        let raw = item.child("content:encoded").map(Element::text).unwrap_or_default();
        let written = body::html(&raw, &|gallery| self.gallery(gallery, &id));
        let context = Context { title: title.as_deref(), base: url.as_ref().or(self.site.as_ref()) };
        let html = feed::trimmed(&written, &context);
        let excerpt =
            item.line_of("excerpt:encoded").map(|html| visible_text(&sanitize(&html)).replace('\n', " "));
        let slug = item.line_of("wp:post_name").unwrap_or_default();
        let old_slugs = meta(item, "_wp_old_slug").take(feed::FILES_MAX);
        let mut also_at: Vec<String> =
            old_slugs.filter_map(|old| old_address(url.as_ref()?, &slug, &old)).collect();
        also_at.extend(self.short_address(kind, &id));
        Draft {
            published: published(item),
            language: language(item).or_else(|| self.language.clone()),
            authors: item.all("dc:creator").filter_map(|login| self.author(login)).collect(),
            summary: excerpt.filter(|excerpt| !excerpt.is_empty()),
            categories: categories(item),
            enclosures: self.enclosures(item, &id, &written, &html),
            also_at,
            id: item.line_of("guid"),
            url: url.map(String::from),
            body: Body::Html(html),
            title,
            ..Draft::default()
        }
    }

    fn author(&self, login: Element<'_>) -> Option<Author> {
        let login = login.line()?;
        let name = self.authors.get(&login).cloned().unwrap_or(login);
        Some(Author { name, ..Author::default() })
    }

    /// `https://site/?p=12`, which leads to a post whatever its permalink is.
    fn short_address(&self, kind: &str, id: &str) -> Option<String> {
        let site =
            self.site.as_ref().filter(|_| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))?;
        let parameter = if kind == "page" { "page_id" } else { "p" };
        Some(format!("{}/?{parameter}={id}", site.as_str().trim_end_matches('/')))
    }

    /// The images of a gallery: those that it names, else all that were added to the post.
    fn gallery(&self, ids: Option<&str>, post: &str) -> Vec<(String, String)> {
        let named = ids.map(|ids| {
            let ids = ids.split(',').map(str::trim);
            ids.take(feed::FILES_MAX).filter_map(|id| self.by_id.get(id)).copied().collect::<Vec<_>>()
        });
        let added =
            || self.by_parent.get(post).map(|places| places[..places.len().min(feed::FILES_MAX)].to_vec());
        let places = named.or_else(added).unwrap_or_default();
        let images = places.into_iter().map(|place| &self.files[place]).filter(|file| file.is_image());
        images.map(|file| (file.url.clone(), file.title.clone().unwrap_or_default())).collect()
    }

    /// The picture above the post, the files that were added to it and those that its text leads to.
    fn enclosures(&self, item: Element<'_>, id: &str, written: &str, html: &str) -> Vec<Enclosure> {
        let thumbnail = meta(item, "_thumbnail_id").find_map(|id| self.by_id.get(&id).copied());
        let added = self.by_parent.get(id).into_iter().flatten().copied().take(feed::FILES_MAX);
        let tree = Tree::parse(written);
        let linked =
            tree.elements("a").filter_map(|id| self.by_url.get(tree.attribute(id, "href")?).copied());
        let mut files = feed::Files::default();
        for place in thumbnail.into_iter().chain(added).chain(linked) {
            files.add(self.files[place].enclosure());
        }
        files.beside(html)
    }
}

/// What plugins and WordPress itself keep with a post under `key`.
fn meta<'d>(item: Element<'d>, key: &'d str) -> impl Iterator<Item = String> {
    let of_key =
        item.all("wp:postmeta").filter(move |meta| meta.line_of("wp:meta_key").as_deref() == Some(key));
    of_key.filter_map(|meta| meta.line_of("wp:meta_value"))
}

/// The address that a post had before its slug was changed.
fn old_address(url: &Url, slug: &str, old: &str) -> Option<String> {
    let mut old_url = url.clone();
    let segments: Vec<&str> = url.path_segments()?.collect();
    let place = segments.iter().rposition(|segment| *segment == slug)?;
    let path = segments.iter().enumerate().map(|(at, segment)| if at == place { old } else { segment });
    old_url.set_path(&path.collect::<Vec<_>>().join("/"));
    Some(old_url.into())
}

/// When it was published: WordPress gives the time on its own clock and in UTC, and so its offset.
fn published(item: Element<'_>) -> Option<Published> {
    let clock = |name| item.line_of(name)?.parse::<DateTime>().ok().filter(|at| at.year() > 0);
    let date = match (clock("wp:post_date"), clock("wp:post_date_gmt")) {
        (Some(local), Some(utc)) => instant(utc, offset(local, utc)),
        (None, Some(utc)) => instant(utc, Offset::UTC),
        // Without the other, nobody knows which clock it was.
        (Some(local), None) => Some(PartialDate::Day(local.date())),
        (None, None) => item.line_of("pubdate").and_then(|date| feed::moment(&date)),
    };
    date.map(|date| Published { basis: Basis::Stated, date })
}

fn offset(local: DateTime, utc: DateTime) -> Offset {
    let seconds = local.duration_since(utc).as_secs();
    // Clocks were set wrong, and posts moved; no zone is further from UTC, nor by odd minutes.
    let is_zone = seconds.abs() <= 14 * 3_600 && seconds % 900 == 0;
    i32::try_from(seconds)
        .ok()
        .filter(|_| is_zone)
        .and_then(|seconds| Offset::from_seconds(seconds).ok())
        .unwrap_or(Offset::UTC)
}

fn instant(utc: DateTime, offset: Offset) -> Option<PartialDate> {
    Some(PartialDate::Instant(Offset::UTC.to_timestamp(utc).ok()?, offset))
}

/// The language that a plugin for several languages filed the post under.
fn language(item: Element<'_>) -> Option<String> {
    let filed = item.all("category").find(|category| category.attribute("domain") == Some("language"))?;
    filed.attribute("nicename").map(String::from)
}

fn categories(item: Element<'_>) -> Vec<String> {
    let is_label =
        |category: &Element<'_>| matches!(category.attribute("domain"), Some("category" | "post_tag"));
    let label = |category: Element<'_>| {
        let nicename = category.attribute("nicename");
        let label = category.line().map(|label| fold(&Tree::parse(&label).line(0)));
        label
            .or_else(|| nicename.map(String::from))
            .filter(|label| !is_no_category(nicename.unwrap_or(label)))
    };
    item.all("category").filter(is_label).filter_map(label).collect()
}

/// The media type of a file by its ending, as far as sites keep such files.
fn media_type(url: &Url) -> Option<String> {
    let ending = url.path().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let known = match ending.as_str() {
        "pdf" => "application/pdf",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "mp4" => "video/mp4",
        "zip" => "application/zip",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt" => "application/vnd.ms-powerpoint",
        "csv" => "text/csv",
        _ => return feed::image_type(url),
    };
    Some(known.into())
}
