//! Memento (RFC 7089): from a moment to the version that stood then.

use http::StatusCode;
use http::header::{HeaderMap, LINK, VARY};
use jiff::Timestamp;

use super::App;
use super::bulletins::shown;
use super::problem::Problem;
use super::representation::Representation;
use super::response::{self, Reply, http_date};
use crate::archive::ArchiveError;
use crate::bulletin::BulletinId;
use crate::catalogue::state::State as _;
use crate::permalink::Route;
use crate::syndication::document::moment_of;

/// Leads to the version of a moment: the first before the first, the latest where none is asked for.
pub fn timegate(app: &App, id: BulletinId, headers: &HeaderMap) -> Result<Reply, Problem> {
    let captured = captured(app, id)?;
    let asked = match headers.get("accept-datetime") {
        None => None,
        Some(value) => {
            let read = value.to_str().ok().and_then(|text| httpdate::parse_http_date(text).ok());
            let unreadable = || {
                let detail = "Accept-Datetime is no HTTP date, such as Wed, 04 Apr 2018 10:00:00 GMT";
                Problem::new(StatusCode::BAD_REQUEST, detail)
            };
            Some(Timestamp::try_from(read.ok_or_else(unreadable)?).unwrap_or(Timestamp::UNIX_EPOCH))
        }
    };
    // HTTP dates have no fractions: a version captured within the second that is asked for counts.
    let stood =
        |asked: Timestamp| captured.iter().filter(|at| at.as_second() <= asked.as_second()).count().max(1);
    let number = asked.map_or(captured.len(), stood) as u32;
    let mut reply = response::redirect(StatusCode::FOUND, &app.url(&Route::Version(id, number)));
    reply.headers_mut().insert(VARY, response::value("accept-datetime"));
    let original = app.url(&shown(app, id)?.permalink());
    let timemap = app.url(&Route::TimeMap(id));
    let links = format!(
        "<{original}>; rel=\"original\", <{timemap}>; rel=\"timemap\"; type=\"application/link-format\""
    );
    reply.headers_mut().insert(LINK, response::value(&links));
    Ok(reply)
}

/// Every version with its moment (RFC 7089 section 5; application/link-format is RFC 6690).
pub fn timemap(app: &App, id: BulletinId) -> Result<Representation, Problem> {
    let captured = captured(app, id)?;
    let mut lines = vec![
        format!("<{}>; rel=\"original\"", app.url(&shown(app, id)?.permalink())),
        format!("<{}>; rel=\"timegate\"", app.url(&Route::TimeGate(id))),
        format!("<{}>; rel=\"self\"; type=\"application/link-format\"", app.url(&Route::TimeMap(id))),
    ];
    for (number, at) in (1..).zip(&captured) {
        let mut relations = vec!["memento"];
        if number == 1 {
            relations.push("first");
        }
        if number == captured.len() {
            relations.push("last");
        }
        let url = app.url(&Route::Version(id, number as u32));
        lines.push(format!("<{url}>; rel=\"{}\"; datetime=\"{}\"", relations.join(" "), http_date(*at)));
    }
    let last = captured.last().copied();
    Ok(Representation::new("application/link-format", lines.join(",\n") + "\n", last))
}

/// When each version was captured.
fn captured(app: &App, id: BulletinId) -> Result<Vec<Timestamp>, Problem> {
    let bulletin = shown(app, id)?.bulletin;
    let at = |event: &u64| app.archive.catalogue().known_event(*event).map(|event| moment_of(event.at));
    let captured: Result<_, _> = bulletin.versions.iter().map(at).collect();
    Ok(captured.map_err(ArchiveError::from)?)
}
