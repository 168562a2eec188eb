//! Memento (RFC 7089): from a moment to the version that stood then; and the relations between versions (RFC 5829).

use std::fmt::Write as _;

use http::StatusCode;
use http::header::{HeaderMap, LINK, VARY};
use jiff::Timestamp;
use serde::Serialize;

use super::App;
use super::bulletins::shown;
use super::problem::Problem;
use super::representation::Representation;
use super::response::{self, JSON, Reply, http_date};
use crate::archive::ArchiveError;
use crate::bulletin::BulletinId;
use crate::catalogue::record::Bulletin;
use crate::catalogue::state::State as _;
use crate::permalink::Route;
use crate::syndication::document::moment_of;

/// Links as a header has them (RFC 8288), each with one relation: some clients know no more.
#[derive(Default)]
pub struct Links(String);

impl Links {
    /// What each form, version and absence of a bulletin says.
    pub fn of(app: &App, bulletin: &Bulletin) -> Links {
        let id = bulletin.id;
        let mut links = Links::default();
        links.add(app, &Route::TimeGate(id), "timegate", "");
        links.add(app, &Route::TimeMap(id), "timemap", "; type=\"application/link-format\"");
        links.add(app, &Route::TimeMapJson(id), "timemap", "; type=\"application/json\"");
        links.add(app, &Route::History(id), "version-history", "; type=\"text/html\"");
        links
    }

    /// `rest` is made of parameters, each behind a semicolon.
    pub fn add(&mut self, app: &App, route: &Route, relation: &str, rest: &str) {
        let comma = if self.0.is_empty() { "" } else { ", " };
        let _ = write!(self.0, "{comma}<{}>; rel=\"{relation}\"{rest}", app.url(route));
    }

    /// As [`Links::add`], to an address that is no place here.
    pub fn add_outside(&mut self, address: &str, relation: &str) {
        let comma = if self.0.is_empty() { "" } else { ", " };
        let _ = write!(self.0, "{comma}<{address}>; rel=\"{relation}\"");
    }

    /// The way to a version, with when it was captured.
    fn add_version(&mut self, app: &App, id: BulletinId, number: usize, relation: &str, at: Timestamp) {
        let datetime = format!("; datetime=\"{}\"", http_date(at));
        self.add(app, &Route::Version(id, number as u32), relation, &datetime);
    }

    /// The first and the last version, and those beside the `number`th.
    fn add_versions(&mut self, app: &App, id: BulletinId, captured: &[Timestamp], number: Option<usize>) {
        let last = captured.len();
        let near = number.map_or([None, None], |number| {
            [(number > 1).then(|| number - 1), (number < last).then_some(number + 1)]
        });
        let named = [("first", Some(1)), ("prev", near[0]), ("next", near[1]), ("last", Some(last))];
        let mut told = Vec::new();
        for (relation, of) in named {
            let Some((of, at)) = of.and_then(|of| Some((of, *captured.get(of - 1)?))) else { continue };
            self.add_version(app, id, of, relation, at);
            told.push((of, at));
        }
        told.extend(number.and_then(|number| Some((number, *captured.get(number - 1)?))));
        told.sort_unstable();
        told.dedup();
        for (of, at) in told {
            self.add_version(app, id, of, "memento", at);
        }
    }

    pub fn into_header(self) -> String {
        self.0
    }
}

/// What a version says: where it belongs (RFC 7089 section 2.2.4), and what came before and after (RFC 5829).
pub fn version_links(app: &App, bulletin: &Bulletin, number: u32) -> Result<Links, Problem> {
    let id = bulletin.id;
    let permalink = Route::Bulletin(id, Some(bulletin.slug.clone()));
    let mut links = Links::of(app, bulletin);
    links.add(app, &permalink, "original", "");
    links.add(app, &permalink, "latest-version", "");
    if number > 1 {
        links.add(app, &Route::Version(id, number - 1), "predecessor-version", "");
    }
    if (number as usize) < bulletin.versions.len() {
        links.add(app, &Route::Version(id, number + 1), "successor-version", "");
    }
    links.add_versions(app, id, &captured(app, bulletin)?, Some(number as usize));
    Ok(links)
}

/// What is said of a bulletin that was withdrawn: its time map is gone with it, and where it was is still told.
pub fn gone_links(app: &App, bulletin: &Bulletin) -> String {
    let mut links = Links::of(app, bulletin);
    links.add(app, &Route::Bulletin(bulletin.id, Some(bulletin.slug.clone())), "original", "");
    if let Ok(captured) = captured(app, bulletin) {
        links.add_versions(app, bulletin.id, &captured, None);
    }
    links.into_header()
}

/// Leads to the version of a moment: the first before the first, the latest where none is asked for.
pub fn timegate(app: &App, id: BulletinId, headers: &HeaderMap) -> Result<Reply, Problem> {
    let bulletin = shown(app, id)?.bulletin;
    let captured = captured(app, &bulletin)?;
    let asked = headers.get("accept-datetime").map(|value| {
        let read = value.to_str().ok().and_then(|text| httpdate::parse_http_date(text.trim()).ok());
        read.map(|at| Timestamp::try_from(at).unwrap_or(Timestamp::UNIX_EPOCH)).ok_or_else(|| {
            let detail = "Accept-Datetime is no HTTP date, such as Wed, 04 Apr 2018 10:00:00 GMT";
            Problem::new(StatusCode::BAD_REQUEST, detail).with(VARY, "accept-datetime")
        })
    });
    // HTTP dates have no fractions: a version captured within the second that is asked for counts.
    let stood =
        |asked: Timestamp| captured.iter().filter(|at| at.as_second() <= asked.as_second()).count().max(1);
    let number = asked.transpose()?.map_or(captured.len(), stood);
    let mut reply = response::redirect(StatusCode::FOUND, &app.url(&Route::Version(id, number as u32)));
    let mut links = Links::of(app, &bulletin);
    links.add(app, &Route::Bulletin(id, Some(bulletin.slug.clone())), "original", "");
    links.add_versions(app, id, &captured, Some(number));
    reply.headers_mut().insert(VARY, response::value("accept-datetime"));
    reply.headers_mut().insert(LINK, response::value(&links.into_header()));
    Ok(reply)
}

/// Every version with its moment (RFC 7089 section 5; application/link-format is RFC 6690).
pub fn timemap(app: &App, id: BulletinId) -> Result<Representation, Problem> {
    let bulletin = shown(app, id)?.bulletin;
    let captured = captured(app, &bulletin)?;
    let mut links = Links::default();
    let (from, until) = (captured.first(), captured.last());
    let span = from
        .zip(until)
        .map(|(from, until)| format!("; from=\"{}\"; until=\"{}\"", http_date(*from), http_date(*until)));
    let form = "; type=\"application/link-format\"";
    links.add(app, &Route::Bulletin(id, Some(bulletin.slug.clone())), "original", "");
    links.add(app, &Route::TimeGate(id), "timegate", "");
    links.add(app, &Route::TimeMap(id), "self", &format!("{form}{}", span.unwrap_or_default()));
    links.add(app, &Route::TimeMapJson(id), "alternate", "; type=\"application/json\"");
    for (number, at) in (1..).zip(&captured) {
        links.add_version(app, id, number, "memento", *at);
    }
    for (number, relation) in [(1, "first"), (captured.len(), "last")] {
        if let Some(at) = captured.get(number - 1) {
            links.add_version(app, id, number, relation, *at);
        }
    }
    // A link a line, for those who look at it with tools that look at lines.
    let body = links.into_header().replace(", <", ",\n<") + "\n";
    Ok(Representation::new("application/link-format", body, captured.last().copied()))
}

/// The time map as JSON, in the form in which aggregators of time maps give it.
#[derive(Serialize)]
struct TimeMapJson {
    original_uri: String,
    timegate_uri: String,
    timemap_uri: TimeMapUris,
    mementos: Mementos,
}

#[derive(Serialize)]
struct TimeMapUris {
    link_format: String,
    json_format: String,
}

#[derive(Serialize)]
struct Mementos {
    first: Option<Memento>,
    last: Option<Memento>,
    list: Vec<Memento>,
}

#[derive(Clone, Serialize)]
struct Memento {
    datetime: Timestamp,
    uri: String,
}

pub fn timemap_json(app: &App, id: BulletinId) -> Result<Representation, Problem> {
    let bulletin = shown(app, id)?.bulletin;
    let captured = captured(app, &bulletin)?;
    let list: Vec<Memento> = (1..)
        .zip(&captured)
        .map(|(number, at)| Memento { datetime: *at, uri: app.url(&Route::Version(id, number)) })
        .collect();
    let json = TimeMapJson {
        original_uri: app.url(&Route::Bulletin(id, Some(bulletin.slug.clone()))),
        timegate_uri: app.url(&Route::TimeGate(id)),
        timemap_uri: TimeMapUris {
            link_format: app.url(&Route::TimeMap(id)),
            json_format: app.url(&Route::TimeMapJson(id)),
        },
        mementos: Mementos { first: list.first().cloned(), last: list.last().cloned(), list },
    };
    let json = serde_json::to_vec_pretty(&json).expect("a time map is made of text");
    Ok(Representation::new(JSON, json, captured.last().copied()))
}

/// When each version was captured.
fn captured(app: &App, bulletin: &Bulletin) -> Result<Vec<Timestamp>, Problem> {
    let at = |event: &u64| app.archive.catalogue().known_event(*event).map(|event| moment_of(event.at));
    let captured: Result<_, _> = bulletin.versions.iter().map(at).collect();
    Ok(captured.map_err(ArchiveError::from)?)
}
