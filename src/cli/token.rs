//! `annals token`: a token for whoever admits, revises or withdraws, and what to write into the configuration.

use clap::Args;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;

use super::{Done, Failure, say};
use crate::config::Config;
use crate::digest::Digest;

/// 256 bits: no one guesses them, so a plain SHA-256 keeps them as well as any slow hash would.
const TOKEN_BYTES: usize = 32;

/// The token's table, in the order in which the manual has its keys.
#[derive(Args, Serialize)]
pub struct Options {
    /// Under which the journal keeps what the token does
    #[arg(value_name = "NAME")]
    name: String,
    #[arg(skip)]
    sha256: String,
    /// What it is good for: admit, revise, withdraw [default: all]
    #[arg(long = "right", value_name = "RIGHT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rights: Vec<String>,
    /// A source in whose name it speaks [default: any]
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source: Vec<String>,
    /// A category in which it acts [default: any]
    #[arg(long, value_name = "LABEL")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    category: Vec<String>,
    /// The day or instant from which on it is good for nothing [default: never]
    #[arg(long, value_name = "DATE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

#[derive(Serialize)]
struct Lines {
    token: [Options; 1],
}

pub fn run(options: Options) -> Result<Done, Failure> {
    let mut secret = [0; TOKEN_BYTES];
    getrandom::fill(&mut secret).map_err(|error| format!("the system gives no random numbers: {error}"))?;
    let token = BASE64URL_NOPAD.encode(&secret);
    let sha256 = Digest::of(token.as_bytes()).hex();
    let lines = toml::to_string(&Lines { token: [Options { sha256, ..options }] })?;
    // What would be refused at the next start is refused here.
    Config::parse("the token", &lines, [])?;
    say(format_args!("The token, to keep secret and to send as `Authorization: Bearer …`:\n\n    {token}\n"));
    say(format_args!("The lines for config.toml, which say nothing of it:\n\n{}", lines.trim_end()));
    Ok(Done::Well)
}
