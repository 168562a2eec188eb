//! Feeds, contents and originals: what programs read.

use std::sync::Arc;

use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, LINK};
use http::request::Parts;

use super::App;
use super::bulletins::gone;
use super::changes;
use super::conditional::Verdict;
use super::problem::Problem;
use super::representation::Representation;
use super::response::{self, A_DAY, FOR_EVER, JSON, MINUTES, Reply};
use crate::archive::ArchiveError;
use crate::bulletin::Selection;
use crate::catalogue::record::SelectionState;
use crate::catalogue::state::State as _;
use crate::digest::Digest;
use crate::permalink::{Document, Route};
use crate::syndication::document::sealed;
use crate::syndication::feed::Feed;
use crate::syndication::format::{Format, by_extension};

/// A document of a feed that is asked for.
pub struct FeedAsked<'a> {
    pub selection: &'a Selection,
    pub document: Document,
    pub extension: &'a str,
}

impl FeedAsked<'_> {
    pub fn answer(&self, app: &App, parts: &Parts) -> Result<Reply, Problem> {
        let state = app.archive.catalogue().selection(self.selection).map_err(ArchiveError::from)?;
        let whole = self.whole(app, &state)?;
        if self.document == Document::Subscription
            && changes::are_wanted(&parts.headers)
            && whole.verdict(&parts.headers) == Verdict::Proceed
            && let Some(since) = changes::since(app, self.selection, &state, &parts.headers)?
        {
            let changed = self.changed(app, &state, since)?;
            return changed.respond_changes(&whole, &parts.method, &parts.headers);
        }
        whole.respond(&parts.method, &parts.headers)
    }

    fn route(&self) -> Route {
        Route::Feed(self.selection.clone(), self.document, self.extension.into())
    }

    fn missing(&self) -> Problem {
        Problem::not_found(&self.route().to_string())
    }

    fn whole(&self, app: &App, state: &SelectionState) -> Result<Arc<Representation>, Problem> {
        let format = by_extension(self.extension).ok_or_else(|| self.missing())?;
        app.kept(&self.route().to_string(), state.events, || {
            // Asked for first, so that a tag never names a newer state than what bears it.
            let newest = changes::newest(app, self.selection, state)?;
            let feed = app.publisher().feed(self.selection, self.document, self.extension)?;
            let rendered = self.render(app, format, &feed.ok_or_else(|| self.missing())?);
            Ok(match self.document {
                Document::Subscription => rendered.in_state(&changes::state(newest)).keep(MINUTES),
                // The newest sealed document has yet to be told of its successor.
                Document::Archive(n) if n == sealed(state) => rendered.keep(MINUTES),
                Document::Archive(_) => rendered.keep(A_DAY),
            })
        })
    }

    /// What the first `since` events of the selection had not brought about yet.
    fn changed(&self, app: &App, state: &SelectionState, since: u64) -> Result<Arc<Representation>, Problem> {
        let format = by_extension(self.extension).ok_or_else(|| self.missing())?;
        // No path has a number sign in it.
        app.kept(&format!("{}#{since}", self.route()), state.events, || {
            let feed = app.publisher().feed_since(self.selection, self.extension, since)?;
            Ok(self.render(app, format, &feed))
        })
    }

    fn render(&self, app: &App, format: &Format, feed: &Feed) -> Representation {
        let media_type = format!("{}; charset=utf-8", format.media_type);
        let links = feed_links(app, &feed.links.page, &self.route());
        Representation::new(media_type, (format.encode)(feed), Some(feed.changed)).with(LINK, links)
    }
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
        .in_ranges()
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
