//! `annals sources`: how each source of the configuration is doing, with and without a running server.

use jiff::Timestamp;
use serde_json::json;

use super::{Done, Failure, say};
use crate::config::Config;
use crate::sources::Source;
use crate::sources::state::{State, Store};

pub fn run(config: &Config, json: bool) -> Result<Done, Failure> {
    let store = Store::of(&config.archive.path);
    if config.sources.is_empty() && !json {
        say("No source is configured: see [[source]] in config.toml.");
    }
    for source in &config.sources {
        let state = store.load(&source.name);
        if json {
            say(as_json(source, &state));
        } else {
            say(as_text(source, &state));
        }
    }
    Ok(Done::Well)
}

fn as_json(source: &Source, state: &State) -> serde_json::Value {
    let mut value = json!({
        "source": source.name,
        "kind": source.kind.name(),
        "place": source.kind.place(),
        "moved_to": state.feed.moved_to,
        "gone": state.feed.gone,
        "last_success": state.last_success,
        "next_poll": state.next_poll,
        "failures": state.failures,
        "errors": state.errors,
        "last_error": state.last_error,
    });
    if let Some(object) = value.as_object_mut() {
        object.extend(state.items.named().map(|(outcome, count)| (outcome.to_string(), count.into())));
    }
    value
}

fn as_text(source: &Source, state: &State) -> String {
    let time = |at: Option<Timestamp>| at.map_or("never".into(), |at| format!("{at:.0}"));
    let counts = state.items.named().map(|(outcome, count)| format!("{count} {outcome}")).join(", ");
    let next = match (state.feed.gone, state.next_poll) {
        (true, _) => "never: it is gone, until its configuration changes".into(),
        (false, None) => "when the server runs".into(),
        (false, next) => time(next),
    };
    let mut lines = vec![
        format!("{}  ({} {})", source.name, source.kind.name(), source.kind.place()),
        format!("    last success  {}", time(state.last_success)),
        format!("    next poll     {next}"),
        format!("    items         {counts}"),
    ];
    lines.extend(state.feed.moved_to.as_ref().map(|url| format!("    moved to      {url}")));
    if state.failures > 0 {
        lines.push(format!("    failures      {} in a row, {} errors in all", state.failures, state.errors));
    }
    lines.extend(
        state.last_error.as_ref().map(|failed| format!("    last error    {:.0}: {}", failed.at, failed.why)),
    );
    lines.join("\n")
}
