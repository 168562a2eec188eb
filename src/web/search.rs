//! The search over HTTP: a page, feeds, and how programs ask.

use std::sync::Arc;

use http::StatusCode;
use http::header::LINK;
use http::request::Parts;

use super::App;
use super::problem::Problem;
use super::representation::Representation;
use super::response::{A_DAY, HTML};
use crate::bulletin::clip;
use crate::pages::messages::{SearchWords, fill};
use crate::pages::{self, FoundView, Listed, ResultView, SearchView, Site};
use crate::permalink::Route;
use crate::search::{Asked, Hit, Order, Query, RESULTS_MAX, Search, SearchError};
use crate::syndication::format::by_extension;
use crate::syndication::opensearch::{self, Described};

/// How many results a page has.
const RESULTS_A_PAGE: usize = 20;

/// The longest query that is looked at, in bytes: past what is read of it, it only makes addresses long.
const QUERY_BYTES_MAX: usize = 2_048;

/// What is found is as new as the index, which is a second behind.
const SECONDS: &str = "max-age=10";

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Problem {
        match error {
            SearchError::Archive(error) => error.into(),
            error => {
                if let SearchError::Damaged(_) = error {
                    tracing::error!(%error, "a search failed");
                }
                let detail = "the search is not ready; try again in a moment";
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            }
        }
    }
}

fn search_of<'a>(app: &'a App, parts: &Parts) -> Result<&'a Search, Problem> {
    app.search.as_ref().ok_or_else(|| Problem::not_found(parts.uri.path()))
}

/// What a request asks.
struct Question {
    typed: String,
    by_date: bool,
    /// From 1.
    page: usize,
}

impl Question {
    fn of(parts: &Parts) -> Question {
        let mut question = Question { typed: String::new(), by_date: false, page: 1 };
        for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            match &*name {
                "q" => question.typed = clip(value.trim(), QUERY_BYTES_MAX).into(),
                "sort" => question.by_date = value == "date",
                // A number that is none is the first: an address that was cut short shows something.
                "page" => question.page = value.parse().unwrap_or(1).clamp(1, RESULTS_MAX / RESULTS_A_PAGE),
                _ => {}
            }
        }
        question
    }
}

pub fn page(app: &App, site: &Site, parts: &Parts) -> Result<Arc<Representation>, Problem> {
    let search = search_of(app, parts)?;
    let question = Question::of(parts);
    let generation = search.generation().ok_or(SearchError::NotReady)?;
    let path = format!("{}?{}&{}&{}", Route::Search, question.page, question.by_date, question.typed);
    app.kept(&site.key(&path), generation, || {
        let query = Query::parse(&question.typed);
        let mut view = SearchView {
            query: &question.typed,
            found: None,
            by_date: question.by_date || !query.has_text(),
            page: 1,
            pages: 1,
            behind: Some(search.progress()).filter(|progress| progress.is_far_behind()),
        };
        if !query.is_empty() {
            find(app, search, &query, question.page, &mut view)?;
        }
        Ok(Representation::new(HTML, pages::search(site, &view), None).keep(SECONDS))
    })
}

fn find(
    app: &App,
    search: &Search,
    query: &Query,
    page: usize,
    view: &mut SearchView,
) -> Result<(), Problem> {
    let order = if view.by_date { Order::Published } else { Order::Relevance };
    let ask = |page: usize| {
        search.find(&Asked { query, order, skip: (page - 1) * RESULTS_A_PAGE, count: RESULTS_A_PAGE })
    };
    let mut found = ask(page)?;
    let shown = usize::try_from(found.total).unwrap_or(RESULTS_MAX).min(RESULTS_MAX);
    view.pages = shown.div_ceil(RESULTS_A_PAGE).max(1);
    view.page = page.min(view.pages);
    if view.page < page {
        found = ask(view.page)?;
    }
    let results = found.results.into_iter().map(|hit| result(app, hit)).collect::<Result<_, Problem>>()?;
    view.found = Some(FoundView {
        total: found.total,
        results,
        years: found.years,
        categories: found.categories,
        remarks: found.remarks,
    });
    Ok(())
}

fn result(app: &App, hit: Hit) -> Result<ResultView, Problem> {
    let Hit { number, bulletin, version, title, snippet } = hit;
    let listed = Listed {
        id: bulletin.id,
        slug: bulletin.slug.clone(),
        published: app.publisher().published(number, &version)?,
        title: version.content.title.clone(),
        language: version.content.language.clone(),
        summary: None,
        categories: app.archive.categories(&bulletin.category_numbers())?,
    };
    Ok(ResultView { listed, title, snippet })
}

/// What is found as a feed, newest change first.
pub fn feed(app: &App, extension: &str, parts: &Parts) -> Result<Arc<Representation>, Problem> {
    let search = search_of(app, parts)?;
    let format = by_extension(extension).ok_or_else(|| Problem::not_found(parts.uri.path()))?;
    let typed = Question::of(parts).typed;
    let generation = search.generation().ok_or(SearchError::NotReady)?;
    let key = format!("{}?{typed}", Route::SearchFeed(extension.into()));
    app.kept(&key, generation, || {
        let query = Query::parse(&typed);
        let entries = app.config.site.feed_entries;
        let numbers = match query.is_empty() {
            true => Vec::new(),
            false => search.numbers(&query, Order::Touched, entries)?,
        };
        let feed = app.publisher().answer(&typed, &numbers, extension).map_err(Problem::from)?;
        let media_type = format!("{}; charset=utf-8", format.media_type);
        let links = format!(
            "<{}>; rel=\"self\", <{}>; rel=\"alternate\"; type=\"text/html\"",
            feed.links.this, feed.links.page
        );
        let updated = (!feed.entries.is_empty()).then_some(feed.updated);
        Ok(Representation::new(media_type, (format.encode)(&feed), updated).keep(SECONDS).with(LINK, links))
    })
}

/// The OpenSearch description document.
pub fn description(app: &App, parts: &Parts) -> Result<Representation, Problem> {
    search_of(app, parts)?;
    let site = &app.site;
    let words = SearchWords::of(site.interface.language);
    let description = fill(words.description, &[("site", &site.title)]);
    let described = Described { title: &site.title, description: &description, language: &site.language };
    let bytes = opensearch::description(&described, &site.links);
    Ok(Representation::new(opensearch::MEDIA_TYPE, bytes, None).keep(A_DAY))
}
