//! What became of a bulletin: its versions, and what changed from one to another.

use std::sync::Arc;

use http::StatusCode;
use http::header::LINK;
use http::request::Parts;

use super::App;
use super::bulletins::{Shown, shown};
use super::problem::Problem;
use super::representation::Representation;
use super::response::{self, HTML, Reply};
use crate::archive::Version;
use crate::bulletin::BulletinId;
use crate::pages::{self, ChangeSize, DifferenceView, HistoryView, Side, Site, VersionListed};
use crate::permalink::Route;

/// How many versions stand on a page of a history.
const VERSIONS_A_PAGE: u32 = 50;
/// The longest body whose changes are counted for a history.
const COMPARED_BYTES_MAX: usize = 64 << 10;

/// Every version; `?before=` goes back in a long list, and `?from=` and `?to=` lead to a comparison.
pub fn history(app: &App, id: BulletinId, parts: &Parts) -> Result<Reply, Problem> {
    let (site, shown) = (app.site_for(parts), shown(app, id)?);
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let number = |name: &str| -> Option<u32> {
        let (_, value) = query.iter().find(|(known, _)| known == name)?;
        value.parse().ok().filter(|number| *number > 0)
    };
    if let (Some(from), Some(to)) = (number("from"), number("to")) {
        let there = site.path(&Route::Difference(id, from, to));
        return Ok(response::redirect(StatusCode::FOUND, &app.at_base(&there)));
    }
    let last = number("before").map_or(shown.versions(), |before| (before - 1).min(shown.versions()));
    let key = site.key(&format!("{}?{last}", Route::History(id)));
    let representation = app.kept(&key, shown.last_event(), || history_of(app, site, &shown, last))?;
    representation.respond(&parts.method, &parts.headers)
}

/// The versions up to `last`, as many as a page has.
fn history_of(app: &App, site: &Site, shown: &Shown, last: u32) -> Result<Representation, Problem> {
    let id = shown.bulletin.id;
    let mut versions: Vec<VersionListed> = Vec::new();
    let mut newer: Option<(u32, Option<Arc<Version>>)> = None;
    for number in (last.saturating_sub(VERSIONS_A_PAGE)..=last).rev() {
        let version = if number == 0 { None } else { shown.readable_version(app, number)? };
        versions.extend(match newer {
            None => None,
            Some((_, Some(newer))) => Some(listed(version.as_deref(), &newer)),
            Some((number, None)) => Some(damaged(app, shown, number)?),
        });
        newer = Some((number, version));
    }
    let slug = shown.bulletin.slug.clone();
    let newest = match shown.readable_version(app, shown.versions())? {
        Some(latest) => Some((latest.content.title.clone(), latest.content.language.clone())),
        None => versions.iter().find_map(|it| Some((it.title.clone()?, None))),
    };
    let (title, language) = newest.unwrap_or_else(|| (slug.replace('-', " "), None));
    let before = (last < shown.versions()).then(|| last + 1);
    let view = HistoryView { id, slug, title, language, versions, count: shown.versions(), before };
    let page = pages::history(site, &view);
    Ok(Representation::new(HTML, page, Some(shown.changed(app)?)).with(LINK, shown.links(app)))
}

/// A version beside the one before it, where that can be read.
fn listed(before: Option<&Version>, version: &Version) -> VersionListed {
    let change = (version.number == 1 || before.is_some()).then(|| change(before, version)).flatten();
    VersionListed {
        number: version.number,
        captured: version.captured,
        change,
        source: Some(version.source.clone()),
        title: Some(version.content.title.clone()),
        digest: version.digest,
    }
}

/// What the catalogue knows of a version whose record is damaged.
fn damaged(app: &App, shown: &Shown, number: u32) -> Result<VersionListed, Problem> {
    let (captured, digest) = shown.captured(app, number)?;
    Ok(VersionListed { number, captured, source: None, title: None, digest, change: None })
}

/// How large a change is, where it can be told in little time.
fn change(from: Option<&Version>, to: &Version) -> Option<ChangeSize> {
    let said = |version: &Version| (version.content.title.clone(), version.content.body.clone());
    let (from, to) = (from.map(said).unwrap_or_default(), said(to));
    let small = from.1.len().max(to.1.len()) <= COMPARED_BYTES_MAX;
    small.then(|| pages::change_size((&from.0, &from.1), (&to.0, &to.1)))
}

pub fn difference(
    app: &App,
    site: &Site,
    id: BulletinId,
    a: u32,
    b: u32,
) -> Result<Arc<Representation>, Problem> {
    let shown = shown(app, id)?;
    app.kept(&site.key(&Route::Difference(id, a, b).to_string()), shown.last_event(), || {
        difference_of(app, site, &shown, a, b)
    })
}

fn difference_of(app: &App, site: &Site, shown: &Shown, a: u32, b: u32) -> Result<Representation, Problem> {
    let id = shown.bulletin.id;
    let (from, to) = (shown.version(app, a)?, shown.version(app, b)?);
    let view = DifferenceView {
        id,
        slug: shown.bulletin.slug.clone(),
        language: to.content.language.clone(),
        from: side(&from),
        to: side(&to),
    };
    let page = pages::difference(site, &view);
    Ok(Representation::new(HTML, page, Some(from.captured.max(to.captured))))
}

fn side(version: &Version) -> Side<'_> {
    Side {
        number: version.number,
        captured: version.captured,
        digest: version.digest,
        title: &version.content.title,
        body: &version.content.body,
    }
}
