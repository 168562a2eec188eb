//! Atom 1.0 (RFC 4287) and 0.3.
//!
//! Owns how Atom says what a text is: plain, escaped markup, markup in place, or something else elsewhere.

use bytes::Bytes;
use data_encoding::BASE64;
use url::Url;

use super::entry::{Entry, Markup, author, first_date, is_html, line};
use super::{cut_off, rss};
use crate::bulletin::{Author, Enclosure, Link, clip, normalise_url};
use crate::intake::html::head::absolute;
use crate::intake::xml::Element;
use crate::intake::xml::names::local;
use crate::intake::{Attachment, Draft, Reading, Refusal, RefusalKind};

/// The scheme of the categories by which Blogger says what an entry is.
const BLOGGER_KIND: &str = "http://schemas.google.com/g/2005#kind";

pub fn read(root: Element<'_>) -> Reading {
    let entries: Vec<Element<'_>> =
        if root.name() == "atom:entry" { vec![root] } else { root.find("atom:entry").collect() };
    let feed = (root.name() == "atom:feed").then_some(root);
    let about = About {
        base: feed.and_then(|feed| feed.base(None)),
        language: feed.and_then(Element::language),
        authors: feed.map(people).unwrap_or_default(),
        page: feed.and_then(|feed| address(feed, None)).and_then(|url| Url::parse(&url).ok()),
    };
    let read = entries.into_iter().filter(|element| is_bulletin(*element));
    let drafts = read.map(|element| entry(element, &about)).collect();
    Reading { drafts, tombstones: rss::tombstones(root) }
}

/// What a feed says of all its entries; found once, since it may be anywhere among them.
struct About {
    base: Option<Url>,
    language: Option<String>,
    authors: Vec<Author>,
    page: Option<Url>,
}

/// Whether an entry is something that somebody reads. Blogger exports its templates, settings and comments as entries as
/// well, and says of each by a category what it is.
fn is_bulletin(entry: Element<'_>) -> bool {
    let of_kind = |category: &Element<'_>| category.attribute("scheme") == Some(BLOGGER_KIND);
    let kind = entry.all("atom:category").find(of_kind).and_then(|category| category.attribute("term"));
    kind.is_none_or(|kind| kind.ends_with("#post") || kind.ends_with("#page"))
}

/// Whether an entry is not published yet (RFC 5023 section 13.1.1). The vocabulary has had several addresses, and nobody means
/// anything else by these two elements, one in the other.
fn is_draft(entry: Element<'_>) -> bool {
    let named = |name: &'static str| move |element: &Element<'_>| local(element.name()) == name;
    let controls = entry.children().filter(named("control"));
    let drafts = controls.flat_map(|control| control.children().filter(named("draft")).collect::<Vec<_>>());
    drafts.filter_map(Element::line).any(|said| said.eq_ignore_ascii_case("yes"))
}

fn entry(entry: Element<'_>, about: &About) -> Result<Draft, Refusal> {
    if entry.is_cut() {
        let title = entry.line_of("atom:title").unwrap_or_default();
        return Err(cut_off(format!("the entry `{}`", clip(&title, 80))));
    }
    if is_draft(entry) {
        let title = entry.line_of("atom:title").unwrap_or_default();
        let why = "it is a draft; only what was published is taken in";
        return Err(Refusal::new(
            RefusalKind::Unprocessable,
            format!("the entry `{}`", clip(&title, 80)),
            why,
        ));
    }
    let base = entry.base(about.base.as_ref());
    let mut read = Entry {
        own: entry.child("annals:digest").is_some(),
        precision: entry.line_of("annals:precision"),
        basis: entry.line_of("annals:basis"),
        id: entry.line_of("atom:id"),
        url: address(entry, base.as_ref()),
        title: entry.all("atom:title").map(title).find(|title| !title.is_blank()),
        published: first_date(
            ["atom:published", "atom:issued", "atom:created", "dc:date"].map(|name| entry.line_of(name)),
        ),
        updated: first_date(["atom:updated", "atom:modified"].map(|name| entry.line_of(name))),
        language: language(entry).or_else(|| about.language.clone()),
        authors: authors(entry, about),
        categories: categories(entry),
        links: links(entry, base.as_ref()),
        summary: entry.child("atom:summary").map(text),
        ..Entry::default()
    };
    let content = entry.child("atom:content");
    read.base = content.and_then(|content| content.base(base.as_ref())).or(base.clone());
    match content {
        Some(content) if content.attribute("src").is_some() => elsewhere(content, &mut read),
        Some(content) if is_binary(content) => binary(content, &mut read),
        Some(content) => read.content = Some(text(content)),
        None => {}
    }
    if read.content.is_none() && read.summary.is_none() {
        let described = entry.find("media:description").next();
        read.content = described.map(|element| Markup::Text(element.text()));
    }
    for link in entry.all("atom:link").filter(|link| link.attribute("rel") == Some("enclosure")) {
        read.files.add_element(link, base.as_ref());
    }
    read.files.add_media(entry, base.as_ref());
    // Without an address or a base of its own, the feed's page is the nearest.
    if read.base.is_none() && read.url.is_none() {
        read.base = about.page.clone();
    }
    Ok(read.draft())
}

/// The language of an entry, which some write on its texts alone.
fn language(entry: Element<'_>) -> Option<String> {
    let texts = ["atom:content", "atom:title"].into_iter().filter_map(|name| entry.child(name));
    entry.language().or_else(|| texts.into_iter().find_map(Element::language))
}

/// A Text construct (RFC 4287 section 3.1) or a content element (section 4.1.3).
fn text(element: Element<'_>) -> Markup {
    let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if element.attribute("mode") == Some("base64")
        && let Some(text) = unpacked(element).and_then(|bytes| String::from_utf8(bytes).ok())
    {
        return if kind.contains("html") || is_html(&text) { Markup::Html(text) } else { Markup::Text(text) };
    }
    let has_elements = element.children().next().is_some();
    match (kind, element.attribute("mode")) {
        ("xhtml" | "application/xhtml+xml" | "xml", None | Some("xml")) if has_elements => {
            Markup::Html(element.xhtml())
        }
        ("html" | "text/html" | "application/xhtml+xml" | "xhtml", _) => Markup::Html(element.html()),
        // Atom 0.3 says by `mode` what 1.0 says by type.
        (_, Some("xml")) if has_elements => Markup::Html(element.xhtml()),
        // Markup in place, whatever its type is said to be.
        _ if has_elements => Markup::Html(element.xhtml()),
        // Nobody said that it is markup, but it is.
        ("", _) if is_html(&element.text()) && element.name() != "atom:title" => Markup::Html(element.text()),
        _ => Markup::Text(element.text()),
    }
}

/// A title is one line; markup in it is read for its words.
fn title(element: Element<'_>) -> Markup {
    match text(element) {
        Markup::Html(html) => Markup::Text(line(&html)),
        text => text,
    }
}

/// Content that lies elsewhere (RFC 4287 section 4.1.3.2) goes with the entry as a file; where it is a page and
/// there is no other, it is the entry's own.
fn elsewhere(content: Element<'_>, read: &mut Entry) {
    let address = content.attribute("src").and_then(|src| absolute(src, read.base.as_ref()));
    let Some(url) = address.map(String::from) else { return };
    let media_type = content.attribute("type").filter(|said| said.contains('/')).map(String::from);
    let is_page = media_type.as_deref().is_some_and(|said| said.contains("html"));
    if is_page && read.url.is_none() {
        read.url = Some(url);
    } else if read.url.as_deref() != Some(&url) {
        read.files.add(Enclosure { url, media_type, ..Enclosure::default() });
    }
}

/// Whether content is a file in Base64 (RFC 4287 section 4.1.3.3).
fn is_binary(content: Element<'_>) -> bool {
    let kind = content.attribute("type").unwrap_or_default().to_ascii_lowercase();
    kind.contains('/') && !kind.starts_with("text/") && !kind.ends_with("xml") && !kind.ends_with("xhtml")
}

fn unpacked(element: Element<'_>) -> Option<Vec<u8>> {
    let packed: String = element.text().split_whitespace().collect();
    BASE64.decode(packed.as_bytes()).ok()
}

fn binary(content: Element<'_>, read: &mut Entry) {
    let Some(bytes) = unpacked(content) else { return };
    let kind = content.attribute("type").unwrap_or_default().to_ascii_lowercase();
    // Some pack text that they know no type of.
    if kind == "application/octet-stream"
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        read.content = Some(Markup::Html(text.into()));
        return;
    }
    let length = Some(bytes.len() as u64);
    let attachment = Attachment::new(&kind, Bytes::from(bytes));
    read.files.add(Enclosure { length, title: None, media_type: Some(kind), url: attachment.name() });
    read.attachments.push(attachment);
}

/// The page of an entry or feed.
pub fn address(element: Element<'_>, base: Option<&Url>) -> Option<String> {
    let original = element.line_of("feedburner:origlink").and_then(|link| absolute(&link, base));
    let links = || {
        let links = element.all("atom:link");
        links.filter(|link| {
            matches!(
                link.attribute("rel"),
                None | Some("alternate" | "http://www.iana.org/assignments/relation/alternate")
            )
        })
    };
    let is_page = |link: &Element<'_>| link.attribute("type").is_none_or(|said| said.contains("html"));
    let found = links().find(is_page).or_else(|| links().next());
    let permalink = || element.line_of("atom:id").filter(|id| normalise_url(id).is_some());
    let address = found.and_then(|link| absolute(link.attribute("href")?, base));
    // Without any link, an id that is an address is where the entry is.
    let address = original.or(address).or_else(|| permalink().and_then(|id| absolute(&id, None)));
    address.map(String::from)
}

/// The links of an entry that are neither its address, nor its files, nor how it is edited and discussed.
pub fn links(entry: Element<'_>, base: Option<&Url>) -> Vec<Link> {
    let link = |link: Element<'_>| {
        let rel = link.attribute("rel")?.trim_start_matches("http://www.iana.org/assignments/relation/");
        if matches!(
            rel,
            "alternate"
                | "self"
                | "enclosure"
                | "edit"
                | "edit-media"
                | "replies"
                | "service.edit"
                | "service.post"
        ) || rel.contains("://")
        {
            return None;
        }
        let url = absolute(link.attribute("href")?, base)?;
        Some(Link { rel: rel.into(), title: link.attribute("title").map(String::from), url: url.into() })
    };
    entry.all("atom:link").filter_map(link).collect()
}

/// Who wrote an entry: itself, the feed that it was copied from, or this feed says so (RFC 4287 section 4.2.1).
fn authors(entry: Element<'_>, about: &About) -> Vec<Author> {
    let places = [Some(entry), entry.child("atom:source")].into_iter().flatten();
    let own = places.map(people).find(|authors| !authors.is_empty());
    own.unwrap_or_else(|| about.authors.clone())
}

fn people(place: Element<'_>) -> Vec<Author> {
    let authors: Vec<Author> = place.all("atom:author").filter_map(person).collect();
    let plain = || place.all("dc:creator").filter_map(|name| author(&name.line()?)).collect();
    if authors.is_empty() { plain() } else { authors }
}

/// A Person construct (RFC 4287 section 3.2); 0.3 has `url` for `uri`.
pub fn person(element: Element<'_>) -> Option<Author> {
    let email = element.line_of("atom:email");
    let url = element.line_of("atom:uri").or_else(|| element.line_of("atom:url"));
    let url = url.filter(|url| normalise_url(url).is_some());
    let name = element.line_of("atom:name");
    let plain = || if element.children().next().is_none() { element.line() } else { email.clone() };
    let named = author(&name.or_else(plain)?)?;
    Some(Author { email: email.or(named.email), name: named.name, url })
}

fn categories(entry: Element<'_>) -> Vec<String> {
    let plain = entry.all("dc:subject").filter_map(Element::line);
    entry.all("atom:category").filter_map(label).chain(plain).collect()
}

/// What people read of a category (RFC 4287 section 4.2.2). Terms that are addresses are for programs.
pub fn label(category: Element<'_>) -> Option<String> {
    let term = || category.attribute("term").filter(|term| !term.contains("://"));
    let label = category.attribute("label").or_else(term).map(String::from);
    label.or_else(|| category.line())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::xml::Document;

    #[test]
    fn drafts_are_refused_by_name_and_what_is_no_post_is_passed_over() {
        let entry =
            |title: &str, more: &str| format!("<entry><id>{title}</id><title>{title}</title>{more}</entry>");
        let draft = |ns: &str, said: &str| {
            format!("<app:control xmlns:app='{ns}'><app:draft>{said}</app:draft></app:control>")
        };
        let kind = |kind: &str| {
            format!(
                "<category scheme='{BLOGGER_KIND}' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>"
            )
        };
        let feed = [
            entry("old", &draft("http://purl.org/atom/app#", "yes")),
            entry("new", &draft("http://www.w3.org/2007/app", " Yes ")),
            entry("out", &draft("http://www.w3.org/2007/app", "no")),
            entry("post", &kind("post")),
            entry("page", &kind("page")),
            entry("template", &kind("template")),
            entry("settings", &kind("settings")),
            entry("comment", &kind("comment")),
        ];
        let feed = format!("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", feed.concat());
        let document = Document::parse(&feed).unwrap();
        let reading = read(document.root().unwrap());
        let read = reading.drafts.iter().map(|draft| match draft {
            Ok(draft) => draft.id.clone().unwrap(),
            Err(refusal) => refusal.to_string(),
        });
        let read: Vec<String> = read.collect();
        assert!(
            read[0].contains("`old`") && read[0].contains("draft") && read[1].contains("`new`"),
            "{read:?}"
        );
        assert_eq!(read[2..], ["out", "post", "page"]);
    }
}
