//! How the sources are doing, as a page for whoever may admit, revise or withdraw.

use http::StatusCode;
use http::request::Parts;

use super::App;
use super::auth::Way;
use super::problem::Problem;
use super::response::{self, HTML, Reply};
use crate::archive::Right;
use crate::pages::{self, SourceView};
use crate::sources::Source;
use crate::sources::state::Store;

/// Answers with the page, and lets nobody keep it: it is as of now, and not for everyone.
///
/// # Errors
/// As [`super::auth::Guard::authorise`].
pub fn page(app: &App, way: Way, parts: &Parts) -> Result<Reply, Problem> {
    app.guard.authorise(way, parts, &[Right::Admit, Right::Revise, Right::Withdraw], (app.clock)())?;
    Ok(response::plain(StatusCode::OK, HTML, pages::sources(app.site_for(parts), &views(app))))
}

/// How each source of the configuration is doing, from what is written down of it.
pub fn views(app: &App) -> Vec<SourceView> {
    let store = Store::of(&app.config.archive.path);
    app.config.sources.iter().map(|source| view(source, &store)).collect()
}

fn view(source: &Source, store: &Store) -> SourceView {
    let state = store.load(&source.name);
    SourceView {
        name: source.name.clone(),
        kind: source.kind.name(),
        place: source.kind.place().to_string(),
        last_success: state.last_success,
        next_poll: state.next_poll,
        failures: state.failures,
        last_error: state.last_error.map(|failed| (failed.at, failed.why)),
        moved_to: state.feed.moved_to,
        gone: state.feed.gone,
        new: state.items.new,
        revised: state.items.revised,
        duplicate: state.items.duplicate,
        withdrawn: state.items.withdrawn,
        refused: state.items.refused,
    }
}
