//! What whoever runs the server wants to know: whether it is ready, and how it does.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;
use http::request::Parts;
use jiff::Timestamp;

use super::App;
use super::problem::Problem;
use super::records::check_token;
use super::response::{self, JSON, Reply};
use crate::archive::{ArchiveError, verification};
use crate::bulletin::Selection;
use crate::catalogue::state::State as _;
use crate::sources::state::{State, Store};

/// Counts since the start.
#[derive(Default)]
pub struct Metrics {
    /// By the first digit of the status, from 1.
    responses: [AtomicU64; 5],
    /// Connections that were closed while they waited, to make room for others.
    displaced: AtomicU64,
}

impl Metrics {
    pub fn count_displaced(&self) {
        self.displaced.fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self, status: StatusCode) {
        if let Some(counter) = self.responses.get(usize::from(status.as_u16() / 100) - 1) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Whether requests are answered from a complete catalogue, as they are by the time anything is served, and whether
/// anything can be admitted: 503 where a thread of the archive has failed, or the last batch could not be made durable.
pub fn ready(app: &App) -> Result<Reply, Problem> {
    let position = app.archive.catalogue().position().map_err(ArchiveError::from)?;
    let state = app.archive.catalogue().selection(&Selection::All).map_err(ArchiveError::from)?;
    let verified = verification::last(app.archive.path());
    let wrong = app.archive.unwell();
    let status = if wrong.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut body = serde_json::json!({
        "ready": wrong.is_none(),
        "events": position.seq,
        "head": position.digest,
        "bulletins": state.bulletins,
        // Read on, where nothing can be admitted; what was found wrong, and when it was looked for last.
        "read_only": app.archive.damage().is_some(),
        "verified": verified.map(|it| serde_json::json!({"at": it.at, "events": it.events, "damaged": it.damaged})),
    });
    if let Some(why) = wrong {
        body["why"] = why.into();
    }
    Ok(response::plain(status, JSON, body.to_string()))
}

/// The text format of Prometheus, version 0.0.4; for whoever has the token, where the configuration names one.
pub fn metrics(app: &App, parts: &Parts) -> Result<Reply, Problem> {
    if let Some(known) = app.config.server.metrics {
        check_token(parts, known, "server.metrics_sha256")?;
    }
    let catalogue = app.archive.catalogue();
    let position = catalogue.position().map_err(ArchiveError::from)?;
    let state = catalogue.selection(&Selection::All).map_err(ArchiveError::from)?;
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, values: &[(String, u64)]| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    family("annals_events", "gauge", "Events in the journal.", &[(String::new(), position.seq)]);
    family("annals_bulletins", "gauge", "Bulletins in public view.", &[(String::new(), state.bulletins)]);
    let waiting = catalogue.unmerged().0 as u64;
    family(
        "annals_events_unmerged",
        "gauge",
        "Events not yet merged into the catalogue's store.",
        &[(String::new(), waiting)],
    );
    if let Some(search) = &app.search {
        let known = search.progress().indexed;
        family("annals_search_events", "gauge", "Events that the search knows.", &[(String::new(), known)]);
    }
    let responses = app.metrics.responses.iter().enumerate();
    let responses: Vec<_> = responses
        .map(|(index, count)| (format!("{{class=\"{}xx\"}}", index + 1), count.load(Ordering::Relaxed)))
        .collect();
    family(
        "annals_http_responses_total",
        "counter",
        "Responses since the start, by class of status.",
        &responses,
    );
    of_damage(app, &mut family);
    let displaced = app.metrics.displaced.load(Ordering::Relaxed);
    family(
        "annals_http_connections_displaced_total",
        "counter",
        "Waiting connections that were closed to make room for others.",
        &[(String::new(), displaced)],
    );
    if !app.config.sources.is_empty() {
        of_sources(app, &mut family);
    }
    Ok(response::plain(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text))
}

/// What is known of damage.
fn of_damage(app: &App, family: &mut impl FnMut(&str, &str, &str, &[(String, u64)])) {
    let one = |value: u64| [(String::new(), value)];
    family(
        "annals_damaged_reads_total",
        "counter",
        "Records that could not be read as they were admitted.",
        &one(app.archive.damaged_reads()),
    );
    family(
        "annals_read_only",
        "gauge",
        "Whether nothing is admitted until the journal is repaired.",
        &one(u64::from(app.archive.damage().is_some())),
    );
    let Some(verified) = verification::last(app.archive.path()) else { return };
    family(
        "annals_verify_last_timestamp_seconds",
        "gauge",
        "When the journal was last read through.",
        &one(seconds_of(verified.at).unwrap_or_default()),
    );
    family(
        "annals_verify_damaged",
        "gauge",
        "Damaged places that were found then.",
        &one(verified.damaged as u64),
    );
}

/// How each source is doing, from what is written down of it. Its name needs no escaping.
fn of_sources(app: &App, family: &mut impl FnMut(&str, &str, &str, &[(String, u64)])) {
    let store = Store::of(app.archive.path());
    let named = app.config.sources.iter().map(|source| (source.name.as_str(), store.load(&source.name)));
    let states: Vec<(&str, State)> = named.collect();
    let label = |name: &str| format!("{{source=\"{name}\"}}");
    let each = |value: fn(&State) -> Option<u64>| -> Vec<(String, u64)> {
        states.iter().filter_map(|(name, state)| Some((label(name), value(state)?))).collect()
    };
    family(
        "annals_source_last_success_timestamp_seconds",
        "gauge",
        "When a source was last asked and answered.",
        &each(|state| state.last_success.and_then(seconds_of)),
    );
    family(
        "annals_source_next_poll_timestamp_seconds",
        "gauge",
        "When a source is asked next.",
        &each(|state| state.next_poll.and_then(seconds_of)),
    );
    let outcomes = states.iter().flat_map(|(name, state)| {
        let labels = |outcome| format!("{{source=\"{name}\",outcome=\"{outcome}\"}}");
        state.items.named().map(|(outcome, count)| (labels(outcome), count))
    });
    let outcomes: Vec<(String, u64)> = outcomes.collect();
    family("annals_source_items_total", "counter", "What became of what a source brought.", &outcomes);
    family(
        "annals_source_errors_total",
        "counter",
        "How often a source could not be asked or brought what was refused.",
        &each(|state| Some(state.errors)),
    );
}

fn seconds_of(at: Timestamp) -> Option<u64> {
    at.as_second().try_into().ok()
}
