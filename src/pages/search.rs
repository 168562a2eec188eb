//! The page of the search: what was asked, what was found, and by what it can be narrowed.

use maud::{Markup, html};

use super::layout::{Head, direction, page};
use super::messages::{SearchWords, fill, set, text};
use super::{Listed, Site, dates, listing, picture};
use crate::bulletin::Category;
use crate::permalink::Route;
use crate::search::{Piece, Progress, RESULTS_MAX, Remark};
use crate::syndication::format::FORMATS;

/// How many years and categories are offered to narrow by.
const FACETS_MAX: usize = 20;

/// What the page of the search shows.
#[derive(Clone, Debug)]
pub struct SearchView<'a> {
    /// As it was typed.
    pub query: &'a str,
    /// None where nothing was asked.
    pub found: Option<FoundView>,
    /// Newest first instead of best first.
    pub by_date: bool,
    /// From 1, of how many.
    pub page: usize,
    pub pages: usize,
    /// How far the index is, where that matters.
    pub behind: Option<Progress>,
}

#[derive(Clone, Debug)]
pub struct FoundView {
    pub total: u64,
    pub results: Vec<ResultView>,
    /// Newest first.
    pub years: Vec<(i16, u64)>,
    /// Most first.
    pub categories: Vec<(Category, u64)>,
    pub remarks: Vec<Remark>,
}

/// A bulletin that was found: as a list has it, with what was looked for marked.
#[derive(Clone, Debug)]
pub struct ResultView {
    pub listed: Listed,
    pub title: Vec<Piece>,
    pub snippet: Vec<Piece>,
}

/// The page of the search. Every answer has an address, and everything on the page is a link or a form of it.
pub fn search(site: &Site, view: &SearchView) -> String {
    let words = words(site);
    let title = match view.query {
        "" => words.search.to_string(),
        query => fill(words.title_of, &[("query", query)]),
    };
    let number = if view.page > 1 { view.page.to_string() } else { String::new() };
    let query = [("q", view.query), ("sort", if view.by_date { "date" } else { "" }), ("page", &number)];
    let head = Head { title: &title, query: &query, more: head_links(site, view), ..Head::default() };
    page(
        site,
        &head,
        &html! {
            div.opening {
                h1 { (words.search) }
                (form(site, view))
                @if let Some(found) = &view.found { (summary(site, view, found)) }
            }
            (remarks(site, view))
            @match &view.found {
                Some(found) if found.total > 0 => div.columns {
                    section aria-label=(words.results) {
                        (results(site, &found.results))
                        (pagination(site, view))
                    }
                    aside.aside { (facets(site, view, found)) }
                },
                Some(_) => p { (words.none_hint) },
                None => (how(site)),
            }
        },
    )
}

/// What every page says of the search to programs (OpenSearch 1.1, "autodiscovery").
pub fn discovery(site: &Site) -> Markup {
    html! {
        link rel="search" type="application/opensearchdescription+xml" title=(site.title)
            href=(site.links.path(&Route::OpenSearch));
    }
}

fn words(site: &Site) -> &'static SearchWords {
    SearchWords::of(site.interface.language)
}

fn head_links(site: &Site, view: &SearchView) -> Markup {
    html! {
        // There is no end of questions (RFC 9309 section 2.2), and only answers are worth finding.
        meta name="robots" content="noindex, follow";
        @if view.found.is_some() {
            @for format in &FORMATS {
                link rel="alternate" type=(format.media_type) title=(format.name)
                    href=(feed_url(site, view.query, format.extension));
            }
        }
        @if view.page > 1 { link rel="prev" href=(address(site, view, view.by_date, view.page - 1)); }
        @if view.page < view.pages { link rel="next" href=(address(site, view, view.by_date, view.page + 1)); }
    }
}

/// Absolute, because it is copied elsewhere.
fn feed_url(site: &Site, query: &str, extension: &str) -> String {
    site.links.url_with(&Route::SearchFeed(extension.into()), &[("q", query)])
}

fn form(site: &Site, view: &SearchView) -> Markup {
    let around = site.words();
    html! {
        form.search.asked role="search" action=(site.links.path(&Route::Search)) method="get" {
            input type="search" name="q" value=(view.query) aria-label=(around.search_the_bulletins) dir="auto";
            @if view.by_date { input type="hidden" name="sort" value="date"; }
            @if site.interface.asked { input type="hidden" name="lang" value=(site.interface.language.tag()); }
            button type="submit" { (around.search) }
        }
    }
}

/// How many there are, in which order, and how to be told of new ones.
fn summary(site: &Site, view: &SearchView, found: &FoundView) -> Markup {
    let words = words(site);
    let order = |by_date: bool, name: &str| {
        html! {
            @if view.by_date == by_date { strong aria-current="true" { (name) } }
            @else { a href=(address(site, view, by_date, 1)) { (name) } }
        }
    };
    let formats = html! {
        span.formats {
            @for format in &FORMATS {
                a href=(feed_url(site, view.query, format.extension)) title=(format.name) {
                    (format.name.split(' ').next().unwrap_or(format.name))
                }
                " "
            }
        }
    };
    html! {
        @if found.total == 0 { p.quiet role="status" { (words.none) } }
        @else {
            p.quiet role="status" { (site.bulletins(found.total)) ". " (set(words.follow, &[("formats", formats)])) }
            nav.order aria-label=(words.order) {
                (order(false, words.by_relevance)) " · " (order(true, words.by_date))
            }
        }
    }
}

fn remarks(site: &Site, view: &SearchView) -> Markup {
    let words = words(site);
    let said = |remark: &Remark| match remark {
        Remark::TooLong => text(words.remark_too_long),
        Remark::PrefixTooShort(typed) => set(words.remark_prefix, &[("text", quoted(typed))]),
        Remark::NoYear(typed) => set(words.remark_year, &[("text", quoted(typed))]),
        Remark::NoCategory(typed) => set(words.remark_category, &[("text", quoted(typed))]),
        Remark::SomeWords => text(words.remark_some),
        Remark::Incomplete => text(words.remark_incomplete),
    };
    let behind = view.behind.map(|progress| {
        let percent = (progress.indexed * 100).checked_div(progress.last).unwrap_or(0);
        fill(words.remark_behind, &[("percent", &percent.to_string())])
    });
    let found = view.found.iter().flat_map(|found| &found.remarks);
    html! {
        @for remark in found { p.banner { (said(remark)) } }
        @if let Some(behind) = behind { p.banner { (behind) } }
    }
}

fn quoted(typed: &str) -> Markup {
    html! { q dir="auto" { (typed) } }
}

fn results(site: &Site, results: &[ResultView]) -> Markup {
    html! {
        ol.bulletins {
            @for ResultView { listed, title, snippet } in results {
                @let language = listed.language.as_deref();
                @let permalink = Route::Bulletin(listed.id, Some(listed.slug.clone()));
                li {
                    p.when { (dates::day(site, &listed.published)) }
                    div {
                        h3 lang=[language] dir=(direction(language)) {
                            a href=(site.path(&permalink)) { (pieces(title)) }
                        }
                        p.summary lang=[language] dir=(direction(language)) { (pieces(snippet)) }
                        (listing::categories(site, &listed.categories))
                    }
                }
            }
        }
    }
}

fn pieces(pieces: &[Piece]) -> Markup {
    html! {
        @for piece in pieces {
            @if piece.marked { mark { (piece.text) } } @else { (piece.text) }
        }
    }
}

/// Each a link to the same search within it.
fn facets(site: &Site, view: &SearchView, found: &FoundView) -> Markup {
    let around = site.words();
    let within = |more: &str| {
        let query = format!("{} {more}", view.query);
        let sort =
            if view.by_date { &[("q", query.trim()), ("sort", "date")][..] } else { &[("q", query.trim())] };
        site.path_with(&Route::Search, sort)
    };
    html! {
        @if found.years.len() > 1 {
            section.years {
                h2 { (around.years) }
                ul.narrower {
                    @let most = found.years.iter().map(|(_, count)| *count).max().unwrap_or(0);
                    @for (year, count) in found.years.iter().take(FACETS_MAX) {
                        (facet(site, &within(&format!("year:{year}")), &year.to_string(), *count, most))
                    }
                }
            }
        }
        @if let Some((_, most)) = found.categories.first() {
            section {
                h2 { (around.categories) }
                ul.narrower {
                    @for (category, count) in found.categories.iter().take(FACETS_MAX) {
                        @let within = within(&format!("category:{}", category.term));
                        (facet(site, &within, &category.label, *count, *most))
                    }
                }
            }
        }
    }
}

fn facet(site: &Site, href: &str, name: &str, count: u64, most: u64) -> Markup {
    html! {
        li {
            a href=(href) {
                span.name dir="auto" { (name) } " "
                span.count { (site.interface.language.number(count)) }
                (picture::bar(count, most))
            }
        }
    }
}

fn pagination(site: &Site, view: &SearchView) -> Markup {
    let words = words(site);
    let more = view.found.as_ref().is_some_and(|found| found.total > RESULTS_MAX as u64);
    html! {
        @if view.pages > 1 {
            nav.pagination aria-label=(site.words().pages) {
                span {
                    @if view.page > 1 {
                        a rel="prev" href=(address(site, view, view.by_date, view.page - 1)) { "← " (words.previous) }
                    }
                }
                span.quiet { (fill(words.page, &[("page", &view.page.to_string())])) }
                span {
                    @if view.page < view.pages {
                        a rel="next" href=(address(site, view, view.by_date, view.page + 1)) { (words.next) " →" }
                    }
                }
            }
        }
        @if more && view.page == view.pages {
            @let count = site.interface.language.number(RESULTS_MAX as u64);
            p.quiet { (fill(words.no_further, &[("count", &count)])) }
        }
    }
}

/// The path of one page of what was found.
fn address(site: &Site, view: &SearchView, by_date: bool, number: usize) -> String {
    let number = number.to_string();
    let mut query = vec![("q", view.query)];
    query.extend(by_date.then_some(("sort", "date")));
    query.extend((number != "1").then_some(("page", number.as_str())));
    site.path_with(&Route::Search, &query)
}

/// What can be typed, by example.
fn how(site: &Site) -> Markup {
    let words = words(site);
    let example = |query: &str, means: &str| {
        html! {
            dt { a href=(site.path_with(&Route::Search, &[("q", query)])) { code { (query) } } }
            dd { (means) }
        }
    };
    html! {
        section.record {
            h2 { (words.how) }
            dl {
                (example(words.how_words, words.how_words_means))
                (example(words.how_phrase, words.how_phrase_means))
                (example(words.how_prefix, words.how_prefix_means))
                (example(words.how_without, words.how_without_means))
                dt { code { "title:… author:… category:… year:2015..2019 language:fr" } }
                dd { (words.how_fields_means) }
            }
        }
    }
}
