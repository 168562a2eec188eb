//! What every page has around its own part: head, masthead, navigation and foot.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Language, Site, stylesheet};
use crate::bulletin::{Selection, normalise_url};
use crate::permalink::{Document, Route};
use crate::syndication::format::FORMATS;

/// What a page tells programs about itself, beside what it shows.
pub struct Head<'a> {
    /// Of the page alone; the site's title follows it.
    pub title: &'a str,
    pub description: Option<&'a str>,
    /// Where the page lives, if it is worth remembering (RFC 6596).
    pub canonical: Option<Route>,
    /// The feeds that have what the page shows, with their titles.
    pub feeds: &'a [(Selection, String)],
    /// What else than the path makes the page what it is: the other languages are asked for with the same query.
    pub query: &'a [(&'a str, &'a str)],
    /// Further elements of the head.
    pub more: Markup,
}

impl Default for Head<'_> {
    fn default() -> Self {
        Head { title: "", description: None, canonical: None, feeds: &[], query: &[], more: html! {} }
    }
}

/// A whole document around `main`. It loads nothing but the stylesheet and the pictures of a body, so that
/// it can be served under a policy that forbids everything else. Links within the site are paths and hold
/// on any host; what programs take away with them is absolute.
pub fn page(site: &Site, head: &Head, main: &Markup) -> String {
    let words = site.words();
    html! {
        (DOCTYPE)
        html lang=(site.interface.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { @if !head.title.is_empty() { (head.title) " – " } (site.title) }
                @if let Some(description) = head.description { meta name="description" content=(description); }
                @if let Some(route) = &head.canonical { link rel="canonical" href=(site.links.url(route)); }
                link rel="stylesheet" href=(site.links.path(&stylesheet()));
                (head.more)
                @if site.search { (super::search::discovery(site)) }
                (autodiscovery(site, head.feeds))
            }
            body {
                a.skip href="#main" { (words.skip) }
                header.masthead {
                    // The first page has it as its heading.
                    @if !head.title.is_empty() { a.site lang=[site.title_language()] href=(site.path(&Route::Home)) { (site.title) } }
                    nav aria-label=(words.navigation) {
                        a href=(site.path(&Route::Feeds)) { (words.feeds) }
                        a href=(site.path(&Route::About)) { (words.about) }
                    }
                    @if site.search && !head.title.is_empty() { (search(site)) }
                }
                main id="main" { (main) }
                (foot(site, head))
            }
        }
    }
    .into_string()
}

/// The promise, and the same page in the other languages.
fn foot(site: &Site, head: &Head) -> Markup {
    let words = site.words();
    html! {
        footer.foot {
            p { (words.foot) }
            div {
                ul.languages aria-label=(words.languages) {
                    @for language in Language::ALL {
                        li {
                            @if language == site.interface.language {
                                span aria-current="true" { (language.own_name()) }
                            } @else {
                                a lang=(language.tag()) hreflang=(language.tag()) rel="alternate nofollow"
                                    href=(in_language(head.query, language)) { (language.own_name()) }
                            }
                        }
                    }
                }
                p { a href=(site.path(&Route::Opml)) { (words.all_feeds_as_opml) } }
            }
        }
    }
}

/// The address of this very page in another language.
fn in_language(query: &[(&str, &str)], language: Language) -> String {
    let mut written = url::form_urlencoded::Serializer::for_suffix(String::from("?"), 1);
    written.extend_pairs(query.iter().filter(|(_, value)| !value.is_empty()));
    written.append_pair("lang", language.tag()).finish()
}

/// Feeds that a browser or reader finds by itself: each selection in each format.
fn autodiscovery(site: &Site, feeds: &[(Selection, String)]) -> Markup {
    html! {
        @for (selection, title) in feeds {
            @for format in &FORMATS {
                link rel="alternate" type=(format.media_type) title=(format!("{title} ({})", format.name))
                    href=(feed_url(site, selection, format.extension));
            }
        }
    }
}

/// The address of a selection's subscription document, absolute because it is copied elsewhere.
pub fn feed_url(site: &Site, selection: &Selection, extension: &str) -> String {
    site.links.url(&Route::Feed(selection.clone(), Document::Subscription, extension.into()))
}

/// The links to a selection in every format.
pub fn feed_links(site: &Site, selection: &Selection) -> Markup {
    let address = |extension: &str| {
        site.links.path(&Route::Feed(selection.clone(), Document::Subscription, extension.into()))
    };
    html! {
        span.formats {
            @for format in &FORMATS {
                a href=(address(format.extension)) title=(format.name) {
                    (format.name.split(' ').next().unwrap_or(format.name))
                }
                " "
            }
        }
    }
}

/// Sends a query by `GET`, so that an answer has an address and needs no script.
pub fn search(site: &Site) -> Markup {
    let words = site.words();
    html! {
        form.search role="search" action=(site.links.path(&Route::Search)) method="get" {
            input type="search" name="q" aria-label=(words.search_the_bulletins) placeholder=(words.search);
            @if site.interface.asked { input type="hidden" name="lang" value=(site.interface.language.tag()); }
            button type="submit" { (words.search) }
        }
    }
}

/// A link to an address that came from outside, or only its text where the address does not lead into
/// the web: other schemes may act in the browser that follows them.
pub fn outside(url: &str, text: &str) -> Markup {
    html! {
        @if normalise_url(url).is_some() { a href=(url) rel="noopener nofollow" { (text) } }
        @else { (text) }
    }
}

/// The direction of a language's usual script; `auto` lets the browser look where no language is known.
pub fn direction(language: Option<&str>) -> &'static str {
    const RIGHT_TO_LEFT: [&str; 12] =
        ["ar", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"];
    let Some(language) = language else { return "auto" };
    let lower = language.to_ascii_lowercase();
    let mut subtags = lower.split(['-', '_']);
    let primary = subtags.next().unwrap_or_default();
    // A script that is written out decides: Kurdish and Panjabi, among others, have more than one.
    match subtags.find(|subtag| subtag.len() == 4 && subtag.bytes().all(|b| b.is_ascii_alphabetic())) {
        Some("arab" | "hebr" | "thaa" | "syrc" | "nkoo" | "adlm") => "rtl",
        Some(_) => "ltr",
        None if RIGHT_TO_LEFT.contains(&primary) => "rtl",
        None => "ltr",
    }
}

/// A sanitised fragment, as it stands.
pub fn sanitised(fragment: &str) -> PreEscaped<&str> {
    PreEscaped(fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_written_in_their_own_direction() {
        for (language, expected) in [
            (None, "auto"),
            (Some("en"), "ltr"),
            (Some("ar"), "rtl"),
            (Some("fa-AF"), "rtl"),
            (Some("pa-Arab-PK"), "rtl"),
            (Some("az-Latn"), "ltr"),
            (Some("ur-Latn"), "ltr"),
        ] {
            assert_eq!(direction(language), expected, "{language:?}");
        }
    }
}
