//! RSS in all its versions: 0.9x, 1.0 (RDF) and 2.0 with the modules in use.
//!
//! Owns what the elements of a channel mean. RSS never said whether a text is markup; it is taken for it
//! where it looks like it.

use url::Url;

use super::cut_off;
use super::entry::{Entry, Markup, author, first_date, is_html};
use crate::bulletin::{Author, Link, clip, is_absolute_iri, normalise_url};
use crate::intake::html::head::absolute;
use crate::intake::xml::Element;
use crate::intake::{Draft, Reading, Refusal, RefusalKind, Tombstone};

/// The channel, which RSS 1.0 has beside its items and all others around them.
pub fn channel(root: Element<'_>) -> Element<'_> {
    root.child("channel").unwrap_or(root)
}

pub fn read(root: Element<'_>) -> Result<Reading, Refusal> {
    let channel = channel(root);
    let about = About {
        base: base(root, channel),
        says_base: [root, channel].iter().any(|element| element.attribute("xml:base").is_some()),
        language: language(root, channel),
    };
    let items = root.find("item").map(|element| item(element, &about));
    let reading = Reading { drafts: items.collect(), tombstones: tombstones(root) };
    if root.name() == "rdf:rdf" && channel.name() != "channel" && reading.drafts.is_empty() {
        let why = "it holds no channel and no item: it is RDF about something else";
        return Err(Refusal::new(RefusalKind::Unprocessable, "the RDF", why));
    }
    Ok(reading)
}

/// What a channel says of all its items; found once, since it may be anywhere among them.
struct About {
    base: Option<Url>,
    /// Whether it says so itself (XML Base), or has only an address.
    says_base: bool,
    language: Option<String>,
}

/// What a feed says is no more (RFC 6721 section 3).
pub fn tombstones(root: Element<'_>) -> Vec<Tombstone> {
    let deleted = root.find("at:deleted-entry").filter(|element| !element.is_cut());
    let tombstone = |element: Element<'_>| {
        let id = element.attribute("ref")?.to_string();
        let when = element.attribute("when").and_then(|when| when.trim().parse().ok());
        Some(Tombstone { id, reason: element.line_of("at:comment"), when })
    };
    deleted.filter_map(tombstone).collect()
}

/// The base of a channel's addresses: what it says, else its own address.
fn base(root: Element<'_>, channel: Element<'_>) -> Option<Url> {
    let own = channel.line_of("link").and_then(|link| absolute(&link, None));
    channel.base(root.base(own.as_ref()).as_ref())
}

fn item(item: Element<'_>, about: &About) -> Result<Draft, Refusal> {
    if item.is_cut() {
        let title = item.line_of("title").unwrap_or_default();
        return Err(cut_off(format!("the item `{}`", clip(&title, 80))));
    }
    Ok(entry(item, about).draft())
}

/// What an item says, before what formats share.
fn entry(item: Element<'_>, about: &About) -> Entry {
    let feed_base = about.base.clone();
    // Addresses in the content are relative to the item, unless the feed says to what.
    let base = item.base(feed_base.as_ref());
    let html =
        |name| item.all(name).map(|element| Markup::Html(element.html())).find(|markup| !markup.is_blank());
    let bodies = ["content:encoded", "xhtml:body", "xhtml:div", "atom:content", "fullitem"];
    let mut content = bodies.into_iter().find_map(html);
    let said = ["description", "dc:description", "atom:summary", "itunes:summary"];
    let mut summary = said.into_iter().find_map(html);
    // A description that stands alone is the content.
    if content.is_none() {
        content = summary.take().or_else(|| html("media:description"));
        summary = html("itunes:subtitle");
    }
    let mut entry = Entry {
        own: item.child("annals:digest").is_some(),
        precision: item.line_of("annals:precision"),
        basis: item.line_of("annals:basis"),
        id: id(item),
        url: address(item, base.as_ref()),
        title: title(item),
        published: first_date(
            ["pubdate", "dc:date", "atom:published", "dcterms:issued", "dcterms:created"]
                .map(|name| item.line_of(name)),
        ),
        updated: first_date(
            ["atom:updated", "dcterms:modified", "atom:modified"].map(|name| item.line_of(name)),
        ),
        language: item.language().or_else(|| item.line_of("dc:language")).or_else(|| about.language.clone()),
        authors: authors(item),
        categories: categories(item),
        links: links(item, base.as_ref()),
        content,
        summary,
        base: base.clone().filter(|_| about.says_base || item.attribute("xml:base").is_some()),
        ..Entry::default()
    };
    for enclosure in item.all("enclosure") {
        entry.files.add_element(enclosure, base.as_ref());
    }
    for link in item.all("atom:link").filter(|link| link.attribute("rel") == Some("enclosure")) {
        entry.files.add_element(link, base.as_ref());
    }
    entry.files.add_media(item, base.as_ref());
    if entry.url.is_none() && entry.base.is_none() {
        entry.base = feed_base;
    }
    entry
}

/// The language of a channel.
fn language(root: Element<'_>, channel: Element<'_>) -> Option<String> {
    let said = channel.line_of("language").or_else(|| channel.line_of("dc:language"));
    said.or_else(|| channel.language()).or_else(|| root.language())
}

fn id(item: Element<'_>) -> Option<String> {
    let about = || item.attribute("rdf:about").map(String::from);
    item.line_of("guid").or_else(about).or_else(|| item.line_of("atom:id"))
}

fn title(item: Element<'_>) -> Option<Markup> {
    ["title", "dc:title", "media:title", "itunes:title"].into_iter().find_map(|name| {
        let texts = item.all(name).map(Element::html);
        texts.map(Markup::Html).find(|title| !title.is_blank())
    })
}

/// The address of an item: the one that counts no readers, where the feed was given others.
fn address(item: Element<'_>, base: Option<&Url>) -> Option<String> {
    let resolve = |address: String| absolute(&address, base).map(String::from);
    let alternate = || {
        let links = item.all("atom:link").chain(item.all("link"));
        let mut links = links.filter(|link| matches!(link.attribute("rel"), None | Some("alternate")));
        links.find_map(|link| link.attribute("href").map(String::from))
    };
    let permalink = || {
        let guid = item.child("guid")?;
        let is_link = guid.attribute("ispermalink").is_none_or(|value| !value.eq_ignore_ascii_case("false"));
        guid.line().filter(|guid| is_link && normalise_url(guid).is_some())
    };
    let about = || item.attribute("rdf:about").filter(|about| is_absolute_iri(about)).map(String::from);
    item.line_of("feedburner:origlink")
        .and_then(resolve)
        .or_else(|| item.line_of("link").and_then(resolve))
        .or_else(|| alternate().and_then(resolve))
        .or_else(|| permalink().and_then(resolve))
        .or_else(|| about().and_then(resolve))
}

fn authors(item: Element<'_>) -> Vec<Author> {
    let mut authors: Vec<Author> = item.all("atom:author").filter_map(super::atom::person).collect();
    for name in ["dc:creator", "author", "itunes:author", "media:credit"] {
        // What a module says again is most often the name of the whole programme.
        if !authors.is_empty() {
            break;
        }
        // Names may be marked up, by themes that print them as links.
        let lines = item.all(name).filter_map(Element::line);
        let plain = lines.map(|line| if is_html(&line) { super::entry::line(&line) } else { line });
        authors.extend(plain.filter_map(|line| author(&line)));
    }
    authors
}

fn categories(item: Element<'_>) -> Vec<String> {
    let labels =
        ["category", "dc:subject"].into_iter().flat_map(|name| item.all(name)).filter_map(Element::line);
    let plain = labels.map(|label| Markup::Html(label).into_line());
    let of_atom = item.all("atom:category").filter_map(super::atom::label);
    plain.chain(of_atom).collect()
}

fn links(item: Element<'_>, base: Option<&Url>) -> Vec<Link> {
    let mut links = super::atom::links(item, base);
    // The feed that an aggregator had the item from (RSS 2.0 "source").
    if let Some(source) = item.child("source")
        && let Some(url) = source.attribute("url").and_then(|url| absolute(url, base))
    {
        links.push(Link { rel: "via".into(), title: source.line(), url: url.into() });
    }
    links
}
