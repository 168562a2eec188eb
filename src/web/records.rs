//! The records of the journal, one event at a time: for another archive that has the same journal and mends it.
//!
//! They hold everything, what was withdrawn and the emails as they came included; so they are for nobody but whoever has the
//! one token that the configuration names for this.

use http::StatusCode;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use subtle::ConstantTimeEq as _;

use super::problem::Problem;
use super::response::{self, Reply};
use super::{App, Way};
use crate::digest::Digest;
use crate::permalink::Route;

pub fn records(app: &App, way: Way, parts: &Parts, seq: u64) -> Result<Reply, Problem> {
    let missing = || Problem::not_found(&Route::Records(seq).to_string());
    if way == Way::Network {
        let known = app.config.server.mirror.ok_or_else(missing)?;
        check_token(parts, known, "server.mirror_sha256")?;
    }
    let bytes = app.archive.records(seq)?.ok_or_else(missing)?;
    Ok(response::plain(StatusCode::OK, "application/warc", bytes))
}

/// That a request shows the token whose hash stands in the configuration under `key`; 401 where it does not.
pub fn check_token(parts: &Parts, known: Digest, key: &str) -> Result<(), Problem> {
    let shown = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    if known.0.ct_eq(&Digest::of(shown.trim().as_bytes()).0).into() {
        return Ok(());
    }
    let detail = format!("send the token whose hash is {key}: `Authorization: Bearer …`");
    Err(Problem::new(StatusCode::UNAUTHORIZED, detail).with(WWW_AUTHENTICATE, "Bearer realm=\"annals\""))
}
