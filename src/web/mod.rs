//! The web: requests to responses, without a socket.
//!
//! Owns methods, routes, preconditions and status codes. It must never know how bytes are kept, nor let what
//! it answers depend on anything but the path, the request's preconditions and the configuration: never on
//! the Host header.

mod admission;
mod auth;
mod bulletins;
mod cache;
mod changes;
mod coding;
mod conditional;
mod containers;
mod desk;
mod documents;
mod history;
mod language;
mod listing;
mod memento;
mod memory_file;
mod metrics;
mod problem;
mod ranges;
mod records;
mod representation;
mod response;
mod search;
mod selections;
pub mod server;
pub mod sheaf;
mod unread;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Buf, Bytes};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, ALLOW};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use hyper::body::Body;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::archive::Archive;
use crate::config::Config;
use crate::pages::{self, Interface, Language};
use crate::permalink::{Found, RESTORE, Route};
use crate::search::Search;
use crate::syndication::document::Publisher;
use auth::Guard;
use cache::{Cache, Target};
use metrics::Metrics;
use problem::Problem;
use representation::Representation;
use response::{EMAIL, HTML, Reply, TEXT};

pub use auth::{Client, Way};

/// How many containers are unpacked at a time for those who sent them.
const UNPACKING_MAX: usize = 8;

/// Everything that answering takes.
pub struct App {
    pub archive: Arc<Archive>,
    pub config: Config,
    site: pages::Site,
    /// The same in each language, not asked for by the address and asked for.
    sites: [[pages::Site; 2]; 3],
    /// None where it is off.
    search: Option<Search>,
    cache: Cache,
    directories: selections::Directories,
    sitemap_times: selections::SitemapTimes,
    guard: Guard,
    /// One for each container that may be unpacked at a time.
    unpacking: Arc<Semaphore>,
    desk: desk::Desks,
    metrics: Metrics,
    clock: fn() -> Timestamp,
    /// The server is to end: what takes long is to come to an end.
    ending: AtomicBool,
    /// Who may read and render at the same time: each takes megabytes, and more than there are cores only wait.
    reading: Arc<Semaphore>,
}

/// For each core: one that computes, and one that waits for the disk.
const READING_A_CORE: usize = 2;

impl App {
    /// `clock` says when something is admitted.
    pub fn new(archive: Arc<Archive>, config: Config, clock: fn() -> Timestamp) -> App {
        let search = config.search.clone().and_then(|settings| {
            let started = Search::start(archive.clone(), settings);
            started.inspect_err(|error| tracing::error!(%error, "there is no search")).ok()
        });
        let site = pages::Site {
            title: config.site.title.clone(),
            description: config.site.description.clone(),
            language: config.site.language.clone(),
            interface: Interface {
                language: Language::of_tag(&config.site.language).unwrap_or(Language::English),
                asked: false,
            },
            links: config.site.links.clone(),
            search: search.is_some(),
        };
        let sites = Language::ALL.map(|language| {
            [false, true]
                .map(|asked| pages::Site { interface: Interface { language, asked }, ..site.clone() })
        });
        let cache = Cache::new(config.server.cache_bytes);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let guard = Guard::new(config.tokens.clone());
        let desk = desk::Desks::new(config.site.links.origin().starts_with("https"));
        App {
            archive,
            config,
            site,
            sites,
            search,
            cache,
            directories: selections::Directories::default(),
            sitemap_times: selections::SitemapTimes::default(),
            guard,
            unpacking: Arc::new(Semaphore::new(UNPACKING_MAX)),
            desk,
            metrics: Metrics::default(),
            clock,
            ending: AtomicBool::new(false),
            reading: Arc::new(Semaphore::new(cores * READING_A_CORE)),
        }
    }

    /// Reads what every list needs, so that the first reader need not wait for it.
    pub fn warm(&self) {
        if let Err(problem) = selections::directory(self) {
            tracing::warn!(?problem, "which feeds there are could not be read");
        }
    }

    /// Says that the server is to end.
    pub fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    /// Whether originals of this media type are for everyone: emails name who received them.
    pub fn serves_original(&self, media_type: &str) -> bool {
        self.config.server.email_originals || media_type != EMAIL
    }

    /// What is kept of what `path` shows in this state, or else what `render` makes of it.
    fn kept(
        &self,
        path: &str,
        state: u64,
        render: impl FnOnce() -> Result<Representation, Problem>,
    ) -> Result<Arc<Representation>, Problem> {
        // Asked for before anything is rendered, as `state` was: what is rendered is then as new, or newer.
        let withdrawals = self.archive.catalogue().withdrawals();
        let mut passing = None;
        let kept = self.cache.get_or_render(path, state, withdrawals, || {
            let damaged = self.archive.damaged_reads();
            let made = render()?;
            if self.archive.damaged_reads() == damaged {
                return Ok(made);
            }
            // What lacks something is shown, and is not to outlast the damage, here or anywhere.
            passing = Some(made.keep(response::NEVER));
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "it lacks what is damaged"))
        });
        passing.map_or(kept, |passing| Ok(Arc::new(passing)))
    }

    /// The site in the language that a request wants.
    fn site_for(&self, parts: &Parts) -> &pages::Site {
        let Interface { language, asked } = language::wanted(parts, self.site.interface.language);
        &self.sites[language as usize][usize::from(asked)]
    }

    fn publisher(&self) -> Publisher<'_> {
        Publisher { archive: &self.archive, site: &self.config.site }
    }

    /// The whole address of a path that already has what the site is under.
    fn at_base(&self, path: &str) -> String {
        let home = self.config.site.links.url(&Route::Home);
        url::Url::parse(&home).and_then(|home| home.join(path)).map_or(home, String::from)
    }

    fn url(&self, route: &Route) -> String {
        self.config.site.links.url(route)
    }
}

/// Answers a request.
pub async fn handle<B>(app: Arc<App>, way: Way, request: Request<B>) -> Result<Reply, Infallible>
where
    B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + Unpin + 'static,
{
    match hot(&app, &request) {
        Some(reply) if request.body().is_end_stream() => Ok(reply),
        Some(reply) => Ok(unread::last(reply, request.version())),
        None => handle_slowly(app, way, request).await,
    }
}

/// Answers a request from what is kept, in no time, if that is all it takes: a target that was asked for before, while
/// nothing has happened in the archive since. Whatever else an answer may depend on is looked at in [`answer`].
fn hot<B>(app: &App, request: &Request<B>) -> Option<Reply> {
    let (method, headers) = (request.method(), request.headers());
    if !is_read(method) || changes::are_wanted(headers) {
        return None;
    }
    let asked = target(request.uri(), headers)?;
    let representation = app.cache.find(asked, app.archive.catalogue().generation())?;
    let reply = representation.answer(method, headers).ok()?;
    app.metrics.count(reply.status());
    Some(reply)
}

/// Answers a request that takes reading, rendering or admitting.
async fn handle_slowly<B>(app: Arc<App>, way: Way, request: Request<B>) -> Result<Reply, Infallible>
where
    B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + Unpin + 'static,
{
    let (parts, body) = request.into_parts();
    let (body, unread) = unread::watch(body);
    let reply = match answer(&app, way, &parts, body).await {
        Ok(reply) => reply,
        Err(problem) => explain(&app, &parts, problem),
    };
    app.metrics.count(reply.status());
    Ok(if unread.is_some() { unread::last(reply, parts.version) } else { reply })
}

async fn answer<B>(app: &Arc<App>, way: Way, parts: &Parts, body: B) -> Result<Reply, Problem>
where
    B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    let path = parts.uri.path();
    let route = match Route::find(path).ok_or_else(|| Problem::not_found(path))? {
        Found::Here(route) => route,
        Found::Moved(route) if is_read(&parts.method) => {
            return Ok(response::redirect(StatusCode::MOVED_PERMANENTLY, &app.url(&route)));
        }
        Found::Moved(route) => route,
    };
    match (&parts.method, &route) {
        (_, Route::Desk(place)) => desk::answer(app, parts, place, body).await,
        (&Method::GET | &Method::HEAD, Route::Bulletins) => Err(not_allowed("POST")),
        (&Method::GET | &Method::HEAD, Route::Health) => Ok(response::plain(StatusCode::OK, TEXT, "ok\n")),
        (&Method::GET, Route::Records(seq)) => records::records(app, way, parts, *seq),
        (&Method::GET | &Method::HEAD, _) => {
            let (app, parts) = (app.clone(), parts.clone());
            let turn = app.reading.clone().acquire_owned().await.expect("the semaphore is never closed");
            // Rendering takes milliseconds: not on a thread that others wait for.
            let read = move || {
                let _turn = turn;
                read_and_remember(&app, &route, &parts).map_err(|problem| doubt(&app, problem))
            };
            let answer = tokio::task::spawn_blocking(read).await;
            answer
                .unwrap_or_else(|_| Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer failed")))
        }
        (&Method::POST, Route::Bulletins) => admission::admit(app, way, parts, body, None).await,
        (&Method::PUT, Route::Bulletin(id, None)) => admission::admit(app, way, parts, body, Some(*id)).await,
        (&Method::DELETE, Route::Bulletin(id, None)) => admission::withdraw(app, way, parts, *id).await,
        (&Method::POST, Route::Bulletin(id, Some(verb))) if verb == RESTORE => {
            admission::restore(app, way, parts, *id).await
        }
        (_, Route::Bulletins) => Err(not_allowed("POST")),
        (_, Route::Bulletin(_, None)) => Err(not_allowed("GET, HEAD, PUT, DELETE")),
        _ => Err(not_allowed("GET, HEAD")),
    }
}

/// Where some of the journal cannot be read, what is not found may be among it.
fn doubt(app: &App, problem: Problem) -> Problem {
    if problem.status != StatusCode::NOT_FOUND || app.archive.damage().is_none() {
        return problem;
    }
    let detail = "this archive is damaged, and cannot say whether this was ever there until it is repaired";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn not_allowed(allowed: &str) -> Problem {
    let detail = format!("this method means nothing here; allowed are {allowed}");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).with(ALLOW, allowed)
}

/// What decides which representation a request gets.
fn target<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<Target<&'a str>> {
    let mut languages = headers.get_all(ACCEPT_LANGUAGE).iter();
    let first = languages.next().map_or(Ok(""), HeaderValue::to_str).ok()?;
    let target = uri.path_and_query()?.as_str();
    languages.next().is_none().then_some(Target { target, languages: first })
}

/// Answers a GET or HEAD, and remembers what its target led to.
fn read_and_remember(app: &App, route: &Route, parts: &Parts) -> Result<Reply, Problem> {
    // Asked for first: what happens meanwhile is noticed by whoever asks next.
    let generation = app.archive.catalogue().generation();
    let mut reply = read(app, route, parts)?;
    // What is found changes when the index follows, a moment behind the archive's last event.
    let follows_the_archive = !matches!(route, Route::Search | Route::SearchFeed(_));
    if let (Some(key), Some(asked)) = (reply.extensions_mut().remove(), target(&parts.uri, &parts.headers))
        && follows_the_archive
    {
        app.cache.remember(asked, generation, key);
    }
    Ok(reply)
}

/// Answers a GET or HEAD.
fn read(app: &App, route: &Route, parts: &Parts) -> Result<Reply, Problem> {
    let (site, query) = (app.site_for(parts), parts.uri.query());
    let representation = match route {
        Route::Home => selections::home(app, site, query)?,
        Route::Page(selection) => selections::page(app, site, selection, query)?,
        Route::Feeds => selections::feeds(app, site, query)?,
        Route::About => selections::about(app, site)?,
        Route::Opml => selections::opml(app)?,
        Route::Feed(selection, document, extension) => {
            let feed = documents::FeedAsked { selection, document: *document, extension };
            return feed.answer(app, parts);
        }
        Route::Bulletin(id, slug) => return bulletins::permalink(app, *id, slug.as_deref(), parts),
        Route::BulletinAs(id, extension) => bulletins::for_programs(app, *id, extension)?,
        Route::History(id) => return history::history(app, *id, parts),
        Route::Version(id, n) => bulletins::version(app, site, *id, *n)?,
        Route::Difference(id, a, b) => history::difference(app, site, *id, *a, *b)?,
        Route::TimeGate(id) => return memento::timegate(app, *id, &parts.headers),
        Route::TimeMap(id) => Arc::new(memento::timemap(app, *id)?),
        Route::TimeMapJson(id) => Arc::new(memento::timemap_json(app, *id)?),
        Route::Content(digest) => Arc::new(documents::content(app, digest)?),
        Route::Original(digest) => Arc::new(documents::original(app, digest)?),
        Route::NamedInformation(digest) => return documents::named_information(app, digest),
        Route::Sitemap => selections::sitemap_index(app)?,
        Route::SitemapPart(n) => selections::sitemap(app, *n)?,
        Route::Stylesheet(digest) => Arc::new(selections::stylesheet(digest)?),
        Route::Robots => Arc::new(selections::robots(app)),
        Route::Ready => return metrics::ready(app),
        Route::Metrics => return metrics::metrics(app, parts),
        Route::Search => search::page(app, site, parts)?,
        Route::SearchFeed(extension) => search::feed(app, extension, parts)?,
        Route::OpenSearch => Arc::new(search::description(app, parts)?),
        Route::Bulletins | Route::Health | Route::Records(_) | Route::Desk(_) => {
            return Err(Problem::not_found(parts.uri.path()));
        }
    };
    representation.respond(&parts.method, &parts.headers)
}

/// A problem as whoever asked can best read it: people get a page.
fn explain(app: &App, parts: &Parts, problem: Problem) -> Reply {
    let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let at_the_desk = matches!(Route::find(parts.uri.path()), Some(Found::Here(Route::Desk(_))));
    let mut reply = if (is_read(&parts.method) || at_the_desk) && accepts.contains("text/html") {
        let site = app.site_for(parts);
        let page = match problem.status {
            _ if at_the_desk => pages::desk_problem(site, problem.what.as_deref(), &problem.detail),
            StatusCode::NOT_FOUND => pages::not_found(site, parts.uri.path()),
            status => pages::error(site, status.as_u16(), &problem.detail),
        };
        response::plain(problem.status, HTML, page)
    } else {
        response::plain(problem.status, problem::MEDIA_TYPE, problem.json())
    };
    if parts.method == Method::HEAD {
        *reply.body_mut() = Bytes::new().into();
    }
    for (name, text) in &problem.headers {
        reply.headers_mut().insert(name, response::value(text));
    }
    reply
}
