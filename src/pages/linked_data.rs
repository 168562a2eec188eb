//! What the page of a bulletin says to programs: JSON-LD (schema.org), OpenGraph, Dublin Core, and links by relation.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use super::Site;
use super::article::ArticleView;
use crate::bulletin::{Basis, normalise_url};
use crate::permalink::Route;

/// The forms of a bulletin for programs: media type, extension of its path, and what people call it.
pub const FORMS: [(&str, &str, &str); 3] = [
    ("application/json", "json", "JSON"),
    ("application/atom+xml;type=entry", "atom", "Atom"),
    ("text/plain", "txt", "Text"),
];

/// For the head of a bulletin's page: what to cite (RFC 8574), where the versions are (RFC 5829, RFC 7089), the same in
/// other forms, what a link preview shows, and what a catalogue takes up.
pub fn metadata(site: &Site, view: &ArticleView, description: &str) -> Markup {
    let url = |route: &Route| site.links.url(route);
    let cited = if view.memento { Route::Version(view.id, view.version) } else { view.permalink() };
    let dated = view.published.basis != Basis::Received;
    html! {
        link rel="cite-as" href=(url(&cited));
        link rel="version-history" href=(url(&Route::History(view.id)));
        link rel="timegate" href=(url(&Route::TimeGate(view.id)));
        link rel="timemap" type="application/link-format" href=(url(&Route::TimeMap(view.id)));
        @if view.memento {
            link rel="original" href=(url(&view.permalink()));
            link rel="latest-version" href=(url(&view.permalink()));
            @if view.version > 1 {
                link rel="predecessor-version" href=(url(&Route::Version(view.id, view.version - 1)));
            }
            @if view.version < view.versions {
                link rel="successor-version" href=(url(&Route::Version(view.id, view.version + 1)));
            }
        }
        @for (media_type, extension, _) in FORMS {
            link rel="alternate" type=(media_type) href=(url(&Route::BulletinAs(view.id, extension.into())));
        }
        meta property="og:type" content="article";
        meta property="og:title" content=(view.content.title);
        meta property="og:url" content=(url(&view.permalink()));
        meta property="og:site_name" content=(site.title);
        @if !description.is_empty() { meta property="og:description" content=(description); }
        @if dated { meta property="article:published_time" content=(view.published.date); }
        meta property="article:modified_time" content=(view.captured);
        @for it in &view.categories { meta property="article:tag" content=(it.label); }
        @for author in &view.content.authors { meta name="author" content=(author.name); }
        (dublin_core(site, view))
        (PreEscaped(json_ld(site, view, description)))
    }
}

/// Dublin Core as archives and reference managers read it (<https://www.dublincore.org/specifications/dublin-core/dcq-html/>).
fn dublin_core(site: &Site, view: &ArticleView) -> Markup {
    html! {
        link rel="schema.DCTERMS" href="http://purl.org/dc/terms/";
        meta name="DCTERMS.title" content=(view.content.title);
        @for author in &view.content.authors { meta name="DCTERMS.creator" content=(author.name); }
        meta name="DCTERMS.publisher" content=(site.title);
        @if view.published.basis != Basis::Received { meta name="DCTERMS.issued" content=(view.published.date); }
        @if let Some(language) = &view.content.language { meta name="DCTERMS.language" content=(language); }
        @for it in &view.categories { meta name="DCTERMS.subject" content=(it.label); }
        meta name="DCTERMS.identifier" content=(site.links.url(&view.permalink()));
    }
}

/// <https://schema.org/NewsArticle>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewsArticle<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id")]
    id: String,
    url: String,
    main_entity_of_page: String,
    identifier: Vec<String>,
    headline: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_language: Option<&'a str>,
    /// Only where it is known: when it came says nothing of when it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    date_modified: String,
    version: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Named<'a>>,
    publisher: Named<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    article_section: Vec<&'a str>,
    is_part_of: Named<'a>,
}

#[derive(Serialize)]
struct Named<'a> {
    /// Absent of an author, who may be a person or an office: nobody said.
    #[serde(rename = "@type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// A data block, which no browser runs. Nothing in it can end it: `<` is written in another way that JSON has.
fn json_ld(site: &Site, view: &ArticleView, description: &str) -> String {
    let stated = view.published.basis != Basis::Received;
    let date = stated.then(|| view.published.date.to_string());
    let home = || site.links.url(&Route::Home);
    let web = |url: &Option<String>| url.clone().filter(|url| normalise_url(url).is_some());
    let permalink = site.links.url(&view.permalink());
    let article = NewsArticle {
        context: "https://schema.org",
        kind: "NewsArticle",
        id: view.entry_id.clone(),
        url: permalink.clone(),
        main_entity_of_page: permalink,
        identifier: vec![format!("sha-256:{}", view.digest.hex())],
        headline: &view.content.title,
        description,
        in_language: view.content.language.as_deref(),
        date_published: date,
        date_modified: view.captured.to_string(),
        version: view.version,
        author: view
            .content
            .authors
            .iter()
            .map(|it| Named { kind: None, name: &it.name, url: web(&it.url) })
            .collect(),
        publisher: Named { kind: Some("Organization"), name: &site.title, url: Some(home()) },
        article_section: view.categories.iter().map(|it| it.label.as_str()).collect(),
        is_part_of: Named { kind: Some("WebSite"), name: &site.title, url: Some(home()) },
    };
    let json = serde_json::to_string(&article).expect("an article is made of text and numbers");
    format!("<script type=\"application/ld+json\">{}</script>", json.replace('<', "\\u003c"))
}
