//! Sources as whoever runs the server meets them: feeds over real HTTP, folders and mailboxes on a real disk, and
//! what `annals sources` and `/metrics` say of each.

#[path = "../battery/mod.rs"]
mod battery;
#[path = "../served/mod.rs"]
mod served;

mod feeds;
mod folders;
mod outgoing;
mod past;
mod site;

use serde_json::Value;

use crate::served::{Place, text, until};

/// A folder with a configuration whose sources are these; `site` may be asked though it is on loopback.
fn place(site: Option<&site::Site>, sources: &str) -> Place {
    let allow = site.map(|site| format!("\"{}\"", site.address)).unwrap_or_default();
    Place::with(&format!("[egress]\nallow = [{allow}]\npause_seconds = 0\ntimeout_seconds = 2\n{sources}"))
}

/// What `annals sources` says of the source called `name`.
fn source(place: &Place, name: &str) -> Value {
    let ran = place.run(&["sources", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json().into_iter().find(|source| text(source, "source") == name).unwrap()
}

/// Waits until what `annals sources` says of a source is so.
fn until_source(place: &Place, name: &str, holds: impl Fn(&Value) -> bool) -> Value {
    until(&format!("source {name}"), || Some(source(place, name)).filter(&holds))
}

/// Why a source failed last; empty where it has not.
fn last_error(source: &Value) -> &str {
    source["last_error"]["why"].as_str().unwrap_or_default()
}
