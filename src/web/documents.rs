//! Feeds, contents and originals: what programs read.

use std::sync::Arc;

use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, LINK};

use jiff::Timestamp;

use super::App;
use super::bulletins::gone;
use super::problem::Problem;
use super::response::{self, FOR_EVER, JSON, MINUTES, Reply, Representation};
use crate::bulletin::Selection;
use crate::catalogue::state::State as _;
use crate::digest::Digest;
use crate::permalink::{Document, Route};
use crate::syndication::format::by_extension;

/// A document of a feed.
pub fn feed(
    app: &App,
    selection: &Selection,
    document: Document,
    extension: &str,
) -> Result<Arc<Representation>, Problem> {
    let route = Route::Feed(selection.clone(), document, extension.into());
    let missing = || Problem::not_found(&route.to_string());
    let format = by_extension(extension).ok_or_else(missing)?;
    let state = app.archive.catalogue().selection(selection).map_err(crate::archive::ArchiveError::from)?;
    app.cache.get_or_render(&route.to_string(), state.events, || {
        let feed = app.publisher().feed(selection, document, extension)?.ok_or_else(missing)?;
        let media_type = format!("{}; charset=utf-8", format.media_type);
        // A sealed document that has lost an entry since keeps its `updated`, and is another all the same.
        let withdrawn = feed.tombstones.iter().map(|tombstone| tombstone.when);
        let updated = withdrawn.fold(feed.updated, Timestamp::max);
        let rendered = Representation::new(media_type, (format.encode)(&feed), Some(updated)).keep(MINUTES);
        Ok(rendered.with(LINK, feed_links(app, &feed.links.page, &route)))
    })
}

fn feed_links(app: &App, page: &str, route: &Route) -> String {
    format!("<{}>; rel=\"self\", <{page}>; rel=\"alternate\"; type=\"text/html\"", app.url(route))
}

/// The canonical JSON of a content: `curl … | sha256sum` prints its name.
pub fn content(app: &App, digest: &Digest) -> Result<Representation, Problem> {
    let route = Route::Content(*digest);
    let found = app.archive.content(digest)?;
    let (json, bulletin) = found.ok_or_else(|| Problem::not_found(&route.to_string()))?;
    if let Some(withdrawn) = &bulletin.withdrawn {
        return Err(gone(withdrawn));
    }
    let permalink = app.url(&Route::Bulletin(bulletin.id, Some(bulletin.slug.clone())));
    Ok(Representation::new(JSON, json, None)
        .keep(FOR_EVER)
        .with(LINK, format!("<{permalink}>; rel=\"describes\"")))
}

/// The bytes as they came. They are nobody's page: a browser may save them, and do nothing else.
pub fn original(app: &App, digest: &Digest) -> Result<Representation, Problem> {
    let route = Route::Original(*digest);
    if let Some(withdrawn) = app.archive.withdrawn_original(digest)? {
        return Err(gone(&withdrawn));
    }
    let original = app.archive.original(digest)?.ok_or_else(|| Problem::not_found(&route.to_string()))?;
    if !app.serves_original(&original.media_type) {
        let detail = "the originals of emails are kept and not shown: they name their recipients. Whoever runs \
                      this archive finds it in the journal, or sets server.email_originals";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let name = format!("attachment; filename=\"{}\"", digest.hex());
    let representation = Representation::new(original.media_type, original.bytes, Some(original.received));
    Ok(representation
        .keep(FOR_EVER)
        .with(CONTENT_DISPOSITION, name)
        .with(CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
}

/// RFC 6920: whichever of the two has this hash.
pub fn named_information(app: &App, digest: &Digest) -> Result<Reply, Problem> {
    let found = if app.archive.content(digest)?.is_some() {
        Route::Content(*digest)
    } else if app.archive.original(digest)?.is_some_and(|it| app.serves_original(&it.media_type)) {
        Route::Original(*digest)
    } else {
        return Err(Problem::not_found(&Route::NamedInformation(*digest).to_string()));
    };
    Ok(response::redirect(StatusCode::TEMPORARY_REDIRECT, &app.url(&found)))
}
