//! `annals token`: a token for admission, and what to write into the configuration.

use data_encoding::BASE64URL_NOPAD;

use super::{Done, Failure, say};
use crate::digest::Digest;

/// 256 bits: no one guesses them, so a plain SHA-256 keeps them as well as any slow hash would.
const TOKEN_BYTES: usize = 32;

pub fn run(name: &str) -> Result<Done, Failure> {
    let mut secret = [0; TOKEN_BYTES];
    getrandom::fill(&mut secret).map_err(|error| format!("the system gives no random numbers: {error}"))?;
    let token = BASE64URL_NOPAD.encode(&secret);
    let name = toml::Value::String(name.into());
    say(format_args!("The token, to keep secret and to send as `Authorization: Bearer …`:\n\n    {token}\n"));
    say(format_args!(
        "The lines for config.toml, which say nothing of it:\n\n[[token]]\nname = {name}\nsha256 = \"{}\"",
        Digest::of(token.as_bytes()).hex()
    ));
    Ok(Done::Well)
}
