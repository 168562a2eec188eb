//! `[[token]]`: who may admit, revise and withdraw over HTTP and at the desk.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::Wrong;
use crate::archive::{Permit, Right};
use crate::bulletin::Category;
use crate::digest::Digest;

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct RawToken {
    name: String,
    sha256: String,
    rights: Option<Vec<String>>,
    #[serde(default)]
    source: Vec<String>,
    #[serde(default)]
    category: Vec<String>,
    expires: Option<String>,
}

/// Who may do what: known by the SHA-256 of a token that only they have.
#[derive(Clone, Debug)]
pub struct Token {
    pub name: String,
    pub sha256: Digest,
    pub permit: Arc<Permit>,
    /// From then on it is good for nothing.
    pub expires: Option<Timestamp>,
}

/// The journal keeps these names for what came without a token.
const TAKEN_NAMES: [&str; 2] = ["local", "source:"];

pub fn check(tokens: Vec<RawToken>, timezone: &TimeZone) -> Result<Vec<Token>, Wrong> {
    let mut checked: Vec<Token> = Vec::new();
    for token in tokens {
        let token = token.check(timezone)?;
        if let Some(other) = checked.iter().find(|other| other.sha256 == token.sha256) {
            let why = format!("`{}` and `{}` are one token; each needs its own", other.name, token.name);
            return Err(("token.sha256", why));
        }
        checked.push(token);
    }
    Ok(checked)
}

impl RawToken {
    fn check(self, timezone: &TimeZone) -> Result<Token, Wrong> {
        let name = self.name;
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            let why = "a token needs a name: the journal keeps it with everything it admits";
            return Err(("token.name", why.into()));
        }
        if name == TAKEN_NAMES[0] || name.starts_with(TAKEN_NAMES[1]) {
            let why = format!("`{name}` is what the journal calls something that came without a token");
            return Err(("token.name", why));
        }
        let sha256 = Digest::from_hex(&self.sha256);
        let sha256 =
            sha256.map_err(|_| ("token.sha256", format!("that of `{name}` is not 64 hexadecimal digits")))?;
        let sources = self.source.iter().map(|source| named(source, &name)).collect::<Result<_, _>>()?;
        let categories =
            self.category.iter().map(|label| category(label, &name)).collect::<Result<_, _>>()?;
        let permit = Arc::new(Permit { rights: rights(self.rights, &name)?, sources, categories });
        let expires = self.expires.map(|text| moment(&text, timezone).ok_or(text)).transpose();
        let expires = expires.map_err(|text| {
            let why = format!("`{text}` of `{name}` is neither a day (2027-01-31) nor an instant (RFC 3339)");
            ("token.expires", why)
        })?;
        Ok(Token { name, sha256, permit, expires })
    }

    /// With every key.
    #[cfg(test)]
    pub fn example() -> RawToken {
        let list = |text: &str| vec![text.to_string()];
        RawToken {
            name: "desk".into(),
            sha256: Digest::of(b"desk").hex(),
            rights: Some(list("admit")),
            source: list("desk"),
            category: list("Ferries"),
            expires: Some("2027-01-31".into()),
        }
    }
}

/// All of them where none is named: so it was before there were any.
fn rights(names: Option<Vec<String>>, token: &str) -> Result<Vec<Right>, Wrong> {
    let Some(names) = names else { return Ok(Right::ALL.to_vec()) };
    let known = |name: &String| Right::ALL.into_iter().find(|right| right.name() == name);
    if names.is_empty() {
        return Err(("token.rights", format!("`{token}` has none, and is good for nothing; leave it out")));
    }
    names
        .iter()
        .map(|name| {
            let all = Right::ALL.map(Right::name).join(", ");
            known(name).ok_or_else(|| ("token.rights", format!("`{name}` of `{token}` is none of {all}")))
        })
        .collect()
}

/// Sources are one word, as intake writes them.
fn named(source: &str, token: &str) -> Result<String, Wrong> {
    let one_word = !source.is_empty() && !source.contains(|c: char| c.is_whitespace() || c.is_control());
    let why = || format!("`{source}` of `{token}` is no source: they are one word, with - for a space");
    if one_word { Ok(source.into()) } else { Err(("token.source", why())) }
}

fn category(label: &str, token: &str) -> Result<Category, Wrong> {
    let why = || ("token.category", format!("`{label}` of `{token}` has no letter or digit"));
    Category::from_label(label).ok_or_else(why)
}

/// A day is the moment at which it begins.
fn moment(text: &str, timezone: &TimeZone) -> Option<Timestamp> {
    let day = || text.parse::<Date>().ok()?.to_zoned(timezone.clone()).ok();
    if text.contains('T') { text.parse().ok() } else { day().map(|begin| begin.timestamp()) }
}
