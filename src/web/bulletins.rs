//! One bulletin: its permalink, its versions, its forms for programs.

use std::sync::Arc;

use http::StatusCode;
use http::header::{ACCEPT, HeaderName, LINK};
use http::request::Parts;
use jiff::Timestamp;
use serde::Serialize;

use super::App;
use super::listing;
use super::memento::{Links, gone_links, version_links};
use super::problem::Problem;
use super::representation::Representation;
use super::response::{self, ASK_FIRST, HTML, JSON, Reply, TEXT, http_date};
use crate::archive::{ArchiveError, Version};
use crate::bulletin::{Author, BulletinId, Category, Content, Published, Selection, visible_text};
use crate::catalogue::calendar::Entry;
use crate::catalogue::record::{Bulletin, Withdrawn};
use crate::catalogue::state::State as _;
use crate::digest::Digest;
use crate::pages::{self, ArticleView, GoneView, Site};
use crate::permalink::Route;
use crate::syndication::document::moment_of;
use crate::syndication::format::entry_document;

/// More names than a reader wants to know.
const ALSO_KNOWN_AS_MAX: usize = 20;

static MEMENTO_DATETIME: HeaderName = HeaderName::from_static("memento-datetime");

/// A bulletin that may be shown, with its number.
pub struct Shown {
    pub number: u64,
    pub bulletin: Arc<Bulletin>,
}

/// A bulletin that stands before or behind another in the order of the calendar, with its number.
type Neighbour = Option<(u64, Arc<Bulletin>)>;
type Neighbours = [Neighbour; 2];

/// The bulletin with this id: 404 where there is none, 410 where it was withdrawn.
pub fn shown(app: &App, id: BulletinId) -> Result<Shown, Problem> {
    let found = app.archive.bulletin(&id)?;
    let (number, bulletin) =
        found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("there is no bulletin {id}")))?;
    match &bulletin.withdrawn {
        Some(withdrawn) => Err(gone(withdrawn).with(LINK, gone_links(app, &bulletin))),
        None => Ok(Shown { number, bulletin }),
    }
}

/// What is said of a withdrawn bulletin: since when, and why.
pub fn gone(withdrawn: &Withdrawn) -> Problem {
    let at = moment_of(withdrawn.at);
    Problem::new(StatusCode::GONE, format!("withdrawn at {at}: {}", withdrawn.reason))
}

impl Shown {
    pub fn version(&self, app: &App, number: u32) -> Result<Arc<Version>, Problem> {
        let missing = || {
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("bulletin {} has no version {number}", self.bulletin.id),
            )
        };
        app.archive.version(&self.bulletin, number)?.ok_or_else(missing)
    }

    /// The same; nothing where its record is damaged.
    pub fn readable_version(&self, app: &App, number: u32) -> Result<Option<Arc<Version>>, Problem> {
        match app.archive.version(&self.bulletin, number) {
            Err(error) if error.is_damage() => Ok(None),
            version => Ok(version?),
        }
    }

    /// When a version was captured, and its hash, as the catalogue knows them: all that is known of a damaged one.
    pub fn captured(&self, app: &App, number: u32) -> Result<(Timestamp, Digest), Problem> {
        let index = (number as usize).checked_sub(1);
        let event = index.and_then(|index| self.bulletin.versions.get(index)).copied().unwrap_or(self.number);
        let event = app.archive.catalogue().known_event(event).map_err(ArchiveError::from)?;
        Ok((moment_of(event.at), event.admitted.map_or(Digest::ZERO, |admitted| admitted.content)))
    }

    pub fn versions(&self) -> u32 {
        self.bulletin.versions.len() as u32
    }

    pub fn latest(&self, app: &App) -> Result<Arc<Version>, Problem> {
        self.version(app, self.versions())
    }

    pub fn permalink(&self) -> Route {
        Route::Bulletin(self.bulletin.id, Some(self.bulletin.slug.clone()))
    }

    fn categories(&self, app: &App) -> Result<Vec<Category>, Problem> {
        Ok(app.archive.categories(&self.bulletin.category_numbers())?)
    }

    /// When anything of it last changed, names and categories included.
    pub fn changed(&self, app: &App) -> Result<Timestamp, Problem> {
        let event = app.archive.catalogue().known_event(self.last_event()).map_err(ArchiveError::from)?;
        Ok(moment_of(event.at))
    }

    /// The last event that changed anything of it: whatever shows this bulletin alone is as new as this.
    pub fn last_event(&self) -> u64 {
        let said = self.bulletin.said.iter().map(|said| said.event);
        said.chain([self.bulletin.touched]).max().unwrap_or(self.number)
    }

    /// RFC 8288 links that every form of the bulletin carries: what to cite (RFC 8574), and its versions.
    pub fn links(&self, app: &App) -> String {
        self.signposts(app, Links::of(app, &self.bulletin)).into_header()
    }

    /// What a machine that walks the web looks for (<https://signposting.org/FAIR/>).
    fn signposts(&self, app: &App, mut links: Links) -> Links {
        let json = Route::BulletinAs(self.bulletin.id, "json".into());
        links.add(app, &self.permalink(), "cite-as", "");
        links.add(app, &json, "describedby", "; type=\"application/json\"");
        links.add_outside("https://schema.org/NewsArticle", "type");
        links.add_outside("https://schema.org/AboutPage", "type");
        links
    }

    /// When the page of the bulletin may last have become another, by an event of its own or by one that changed what
    /// stands next to it.
    fn page_changed(&self, app: &App, neighbours: &Neighbours) -> Result<Timestamp, Problem> {
        let own = self.bulletin.on.year;
        let years = neighbours.iter().flatten().map(|(_, bulletin)| bulletin.on.year);
        let mut changed = self.changed(app)?;
        for year in years.chain([own]) {
            let of_year =
                app.archive.catalogue().selection(&Selection::Year(year)).map_err(ArchiveError::from)?;
            changed = changed.max(moment_of(of_year.updated));
        }
        Ok(changed)
    }
}

/// The permalink: the latest version as a page.
pub fn permalink(app: &App, id: BulletinId, slug: Option<&str>, parts: &Parts) -> Result<Reply, Problem> {
    let shown = match shown(app, id) {
        Ok(shown) => shown,
        Err(problem) if problem.status == StatusCode::GONE => return gone_page(app, id, problem, parts),
        Err(problem) => return Err(problem),
    };
    if slug != Some(&shown.bulletin.slug) {
        return Ok(response::redirect(StatusCode::MOVED_PERMANENTLY, &app.url(&shown.permalink())));
    }
    let site = app.site_for(parts);
    let [earlier, later] = listing::around(app, &Entry { on: shown.bulletin.on, number: shown.number })?;
    let known = |entry: Option<Entry>| -> Result<Neighbour, ArchiveError> {
        let Some(Entry { number, .. }) = entry else { return Ok(None) };
        Ok(Some((number, app.archive.catalogue().known_bulletin(number)?)))
    };
    let neighbours = [known(earlier)?, known(later)?];
    // The page shows its neighbours: it is another when others stand there, or when one of them says something else.
    let mut state = shown.last_event();
    let mut key = shown.permalink().to_string();
    for neighbour in &neighbours {
        let (number, touched) = neighbour.as_ref().map_or((0, 0), |(number, it)| (*number, it.touched));
        key.push_str(&format!("?{number}"));
        state = state.max(touched);
    }
    let representation = app.kept(&site.key(&key), state, || {
        let beside = neighbours.iter().flatten().map(|(_, bulletin)| bulletin);
        app.archive.will_read_latest(beside.chain([&shown.bulletin]));
        let version = shown.latest(app)?;
        let page = article(app, site, &shown, &version, &neighbours, false)?;
        let changed = shown.page_changed(app, &neighbours)?;
        let representation = Representation::new(HTML, page, Some(changed)).keep(ASK_FIRST);
        let links = shown.signposts(app, version_links(app, &shown.bulletin, version.number)?);
        Ok(representation.with(LINK, links.into_header()))
    })?;
    representation.respond(&parts.method, &parts.headers)
}

fn gone_page(app: &App, id: BulletinId, problem: Problem, parts: &Parts) -> Result<Reply, Problem> {
    let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let found = app
        .archive
        .bulletin(&id)?
        .and_then(|(_, bulletin)| Some((bulletin.entry_id.clone(), bulletin.withdrawn.clone()?)));
    let Some((entry_id, withdrawn)) = found.filter(|_| accepts.contains("text/html")) else {
        return Err(problem);
    };
    let reason = Some(withdrawn.reason).filter(|reason| !reason.is_empty());
    let view = GoneView { id, entry_id, withdrawn: moment_of(withdrawn.at), reason };
    let mut reply = response::plain(StatusCode::GONE, HTML, pages::gone(app.site_for(parts), &view));
    for (name, text) in &problem.headers {
        reply.headers_mut().insert(name, response::value(text));
    }
    Ok(reply)
}

fn article(
    app: &App,
    site: &Site,
    shown: &Shown,
    version: &Version,
    neighbours: &Neighbours,
    memento: bool,
) -> Result<String, Problem> {
    let mut content = version.content.clone();
    app.site.links.show(&mut content);
    let listed = |neighbour: &Neighbour| match neighbour {
        Some((number, bulletin)) => listing::bulletin(app, *number, bulletin),
        None => Ok(None),
    };
    let [earlier, later] = neighbours.each_ref().map(listed);
    let view = ArticleView {
        id: shown.bulletin.id,
        slug: shown.bulletin.slug.clone(),
        entry_id: shown.bulletin.entry_id.clone(),
        content: &content,
        digest: version.digest,
        original: Some(version.original).filter(|_| app.serves_original(&version.media_type)),
        published: app.archive.published(shown.number, version)?,
        categories: shown.categories(app)?,
        source: Some(version.source.clone()),
        via: version.via.clone(),
        version: version.number,
        versions: shown.versions(),
        captured: version.captured,
        memento,
        also_known_as: also_known_as(app, shown, version),
        earlier: earlier?,
        later: later?,
    };
    Ok(pages::article(site, &view))
}

/// Addresses and ids under which others know it, but for the one that is shown as its first place. Paths and ids within
/// a source are the business of whoever runs it; mailers write into a Message-ID for whom this copy was.
fn also_known_as(app: &App, shown: &Shown, version: &Version) -> Vec<String> {
    let own = app.url(&Route::Home);
    let names = shown
        .bulletin
        .aliases
        .iter()
        .filter_map(|alias| alias.0.strip_prefix("url:").or(alias.0.strip_prefix("entry:")));
    let mut known: Vec<String> = Vec::new();
    for name in names.take(ALSO_KNOWN_AS_MAX) {
        let told = Some(name) == version.via.as_deref() || name == shown.bulletin.entry_id;
        if !told && !name.starts_with(&own) && !known.iter().any(|it| it == name) {
            known.push(name.into());
        }
    }
    known
}

/// One version at its own address (RFC 7089 section 4.2).
pub fn version(app: &App, site: &Site, id: BulletinId, number: u32) -> Result<Arc<Representation>, Problem> {
    let shown = shown(app, id)?;
    app.kept(&site.key(&Route::Version(id, number).to_string()), shown.last_event(), || {
        let version = shown.version(app, number)?;
        let page = article(app, site, &shown, &version, &[None, None], true)?;
        let mut links = version_links(app, &shown.bulletin, number)?;
        links.add(app, &Route::Version(id, number), "cite-as", "");
        let representation = Representation::new(HTML, page, Some(shown.changed(app)?)).keep(ASK_FIRST);
        let representation = representation.with(MEMENTO_DATETIME.clone(), http_date(version.captured));
        Ok(representation.with(LINK, links.into_header()))
    })
}

/// A bulletin as JSON for programs: what it says, by what names, and where its versions are.
#[derive(Serialize)]
struct Wire<'a> {
    id: BulletinId,
    entry_id: &'a str,
    permalink: String,
    version: u32,
    digest: Digest,
    published: Published,
    updated: Timestamp,
    categories: Vec<Category>,
    source: &'a str,
    aliases: Vec<&'a str>,
    content: &'a Content,
    history: Vec<WireVersion>,
}

#[derive(Serialize)]
struct WireVersion {
    version: u32,
    captured: Timestamp,
    digest: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// Only where it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    damaged: bool,
    url: String,
    content: String,
}

/// The latest version in another form.
pub fn for_programs(app: &App, id: BulletinId, extension: &str) -> Result<Arc<Representation>, Problem> {
    let shown = shown(app, id)?;
    let route = Route::BulletinAs(id, extension.into());
    app.kept(&route.to_string(), shown.last_event(), || in_form(app, &shown, extension))
}

fn in_form(app: &App, shown: &Shown, extension: &str) -> Result<Representation, Problem> {
    let (media_type, body) = match extension {
        "json" => (JSON, json(app, shown)?),
        "txt" => (TEXT, text(app, shown)?.into_bytes()),
        "atom" => ("application/atom+xml;type=entry; charset=utf-8", atom(app, shown)?),
        _ => {
            return Err(Problem::not_found(
                &Route::BulletinAs(shown.bulletin.id, extension.into()).to_string(),
            ));
        }
    };
    Ok(Representation::new(media_type, body, Some(shown.changed(app)?)).with(LINK, shown.links(app)))
}

fn json(app: &App, shown: &Shown) -> Result<Vec<u8>, Problem> {
    let latest = shown.latest(app)?;
    let mut history = Vec::new();
    for number in 1..=shown.versions() {
        let (captured, digest) = shown.captured(app, number)?;
        let source = shown.readable_version(app, number)?.map(|version| version.source.clone());
        history.push(WireVersion {
            version: number,
            captured,
            digest,
            damaged: source.is_none(),
            source,
            url: app.url(&Route::Version(shown.bulletin.id, number)),
            content: app.url(&Route::Content(digest)),
        });
    }
    // Paths and ids within a source are the business of whoever runs it; mailers write into a Message-ID for
    // whom this copy was.
    let public = |alias: &&str| alias.starts_with("url:") || alias.starts_with("entry:");
    let wire = Wire {
        id: shown.bulletin.id,
        entry_id: &shown.bulletin.entry_id,
        permalink: app.url(&shown.permalink()),
        version: latest.number,
        digest: latest.digest,
        published: app.archive.published(shown.number, &latest)?,
        updated: moment_of(shown.bulletin.updated),
        categories: shown.categories(app)?,
        source: &latest.source,
        aliases: shown.bulletin.aliases.iter().map(|alias| alias.0.as_str()).filter(public).collect(),
        content: &latest.content,
        history,
    };
    Ok(serde_json::to_vec_pretty(&wire).expect("a bulletin is made of text and numbers"))
}

fn text(app: &App, shown: &Shown) -> Result<String, Problem> {
    let version = shown.latest(app)?;
    let published = app.archive.published(shown.number, &version)?;
    let body = visible_text(&version.content.body).replace('\n', "\n\n");
    Ok(format!("{}\n{}\n{}\n\n{body}\n", version.content.title, published.date, app.url(&shown.permalink())))
}

/// An Atom entry document (RFC 4287 section 2).
fn atom(app: &App, shown: &Shown) -> Result<Vec<u8>, Problem> {
    let entry = app.publisher().latest_entry(shown.number, &shown.bulletin)?;
    let author = Author { name: app.site.title.clone(), ..Author::default() };
    Ok(entry_document(&entry, &author, &app.site.links.category_scheme()))
}
