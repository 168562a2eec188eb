//! The configuration: `config.toml` as it is written, and as it is checked.
//!
//! The file is its own manual. A key that is not known is refused by name, and every key may also be given
//! as `ANNALS_SECTION__KEY` in the environment.

mod search;
mod server;
mod sources;
#[cfg(test)]
mod tests;
mod tokens;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Deserialize;
use url::Url;

use crate::archive;
use crate::egress;
use crate::intake;
use crate::intake::rules::Rules;
use crate::permalink::Permalinks;
use crate::sources::Source;

use search::RawSearch;
use server::RawServer;
use sources::{RawEgress, RawRule, RawSource};
use tokens::RawToken;

pub use tokens::Token;

pub use server::{ClientLimits, Listen, Proxies, Server, TlsFiles};

const PREFIX: &str = "ANNALS_";

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{place}: {why}")]
    Invalid { place: String, why: String },
}

/// As it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
struct RawConfig {
    site: RawSite,
    server: RawServer,
    archive: RawArchive,
    intake: RawIntake,
    feed: RawFeed,
    egress: RawEgress,
    search: RawSearch,
    token: Vec<RawToken>,
    source: Vec<RawSource>,
    rule: Vec<RawRule>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
struct RawSite {
    title: String,
    description: String,
    base_url: String,
    authority: String,
    language: String,
    timezone: String,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
struct RawArchive {
    path: PathBuf,
    segment_bytes_max: u64,
    catalogue_cache_bytes: u64,
    reserve_bytes: u64,
    verify_interval_days: u64,
    verify_bytes_per_second: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
struct RawIntake {
    timeout_seconds: u64,
    bytes_max: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
struct RawFeed {
    entries: usize,
}

impl Default for RawSite {
    fn default() -> RawSite {
        RawSite {
            title: "Annals".into(),
            description: String::new(),
            base_url: "http://localhost:8080".into(),
            authority: String::new(),
            language: "en".into(),
            timezone: "UTC".into(),
        }
    }
}

impl Default for RawArchive {
    fn default() -> RawArchive {
        RawArchive {
            path: "data".into(),
            segment_bytes_max: crate::journal::SEGMENT_BYTES_MAX,
            catalogue_cache_bytes: 64 << 20,
            reserve_bytes: 64 << 20,
            verify_interval_days: 7,
            verify_bytes_per_second: 8 << 20,
        }
    }
}

impl Default for RawIntake {
    fn default() -> RawIntake {
        RawIntake { bytes_max: intake::DOCUMENT_BYTES_MAX, timeout_seconds: intake::TIMEOUT.as_secs() }
    }
}

impl Default for RawFeed {
    fn default() -> RawFeed {
        RawFeed { entries: 50 }
    }
}

/// As it is checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub site: Site,
    pub server: Server,
    pub archive: archive::Settings,
    pub intake: Arc<intake::Settings>,
    pub egress: egress::Settings,
    /// None where search is off.
    pub search: Option<crate::search::Settings>,
    pub tokens: Vec<Token>,
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug)]
pub struct Site {
    pub title: String,
    pub description: Option<String>,
    pub links: Permalinks,
    /// Of tag URIs (RFC 4151), as `news.example.org,2026`.
    pub authority: String,
    pub language: String,
    /// In which a date without a time of day begins.
    pub timezone: TimeZone,
    /// How many entries a subscription document has at least.
    pub feed_entries: usize,
}

impl Config {
    /// Reads the file at `path`, or takes the defaults where `path` is `None`, and what the environment says
    /// on top of either.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let text = match path {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?,
            None => String::new(),
        };
        let name = path.map_or("the defaults".into(), |path| path.display().to_string());
        Config::parse(&name, &text, environment)
    }

    /// Reads the text of a file that is called `name` in messages.
    pub fn parse(
        name: &str,
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let invalid = |place: &str, why: String| ConfigError::Invalid { place: place.into(), why };
        // The file by itself first: only so do messages give lines.
        toml::from_str::<RawConfig>(text)
            .map_err(|error| invalid(name, error.to_string().trim_end().into()))?;
        let mut table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| invalid(name, error.to_string()))?;
        let mut names = Vec::new();
        for (variable, value) in environment {
            if let Some((section, key)) = variable.strip_prefix(PREFIX).and_then(|rest| rest.split_once("__"))
            {
                set(&mut table, &section.to_lowercase(), &key.to_lowercase(), &value);
                names.push(variable);
            }
        }
        let raw: RawConfig = table.try_into().map_err(|error: toml::de::Error| {
            invalid(&format!("{name} with {}", names.join(", ")), error.to_string().trim_end().into())
        })?;
        raw.check().map_err(|(place, why)| invalid(&format!("{name}: {place}"), why))
    }
}

/// Sets one key from the environment: a value of TOML where the key takes it, or else the text itself. A title
/// may well be a number.
fn set(table: &mut toml::Table, section: &str, key: &str, text: &str) {
    let parsed =
        format!("value = {text}").parse::<toml::Table>().ok().and_then(|mut table| table.remove("value"));
    let fits = |value: &toml::Value| {
        let alone = toml::Table::from_iter([(key.to_string(), value.clone())]);
        let alone = toml::Table::from_iter([(section.to_string(), toml::Value::Table(alone))]);
        alone.try_into::<RawConfig>().is_ok()
    };
    let plain = toml::Value::String(text.into());
    let value = match parsed {
        Some(parsed) if fits(&parsed) || !fits(&plain) => parsed,
        _ => plain,
    };
    let section = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let Some(section) = section.as_table_mut() {
        section.insert(key.into(), value);
    }
}

type Wrong = (&'static str, String);

impl RawConfig {
    fn check(self) -> Result<Config, Wrong> {
        let RawConfig { site, server, archive, intake, feed, egress, search, token, source, rule } = self;
        let site = site.check(feed.entries)?;
        let archive = archive::Settings {
            path: archive.path,
            authority: site.authority.clone(),
            segment_bytes_max: at_least("archive.segment_bytes_max", archive.segment_bytes_max, 1 << 20)?,
            catalogue_cache_bytes: at_least(
                "archive.catalogue_cache_bytes",
                archive.catalogue_cache_bytes,
                1 << 20,
            )?,
            reserve_bytes: archive.reserve_bytes,
            pace: archive::Pace {
                interval: (archive.verify_interval_days > 0)
                    .then(|| Duration::from_secs(archive.verify_interval_days.saturating_mul(86_400))),
                bytes_per_second: at_least(
                    "archive.verify_bytes_per_second",
                    archive.verify_bytes_per_second,
                    1 << 10,
                )?,
            },
        };
        let bytes_max = at_least("intake.bytes_max", intake.bytes_max as u64, 1)? as usize;
        let timeout = Duration::from_secs(at_least("intake.timeout_seconds", intake.timeout_seconds, 1)?);
        let tokens = tokens::check(token, &site.timezone)?;
        let rules = Rules::new(sources::rules(&source, rule)?);
        let sources = sources::check(source, &archive.path)?;
        Ok(Config {
            sources,
            search: search.check()?,
            egress: egress.check(&site, bytes_max)?,
            site,
            server: server.check()?,
            archive,
            intake: Arc::new(intake::Settings { bytes_max, timeout, rules }),
            tokens,
        })
    }
}

fn at_least(key: &'static str, value: u64, least: u64) -> Result<u64, Wrong> {
    if value >= least { Ok(value) } else { Err((key, format!("{value} is too small; the least is {least}"))) }
}

impl RawSite {
    fn check(self, feed_entries: usize) -> Result<Site, Wrong> {
        let base = Url::parse(&self.base_url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.filter(|url| url.query().is_none() && url.fragment().is_none());
        let base = base.ok_or_else(|| {
            ("site.base_url", format!("`{}` is no absolute http or https address", self.base_url))
        })?;
        if base.path() != "/" {
            return Err((
                "site.base_url",
                format!("`{}` has a path; Annals serves a whole host", self.base_url),
            ));
        }
        let authority = match (self.authority.as_str(), base.host_str()) {
            // Ids that are minted while trying things out are not meant to last.
            ("", Some("localhost" | "127.0.0.1" | "[::1]")) => "localhost,2026".into(),
            ("", _) => {
                let why = "set it once and never change it, for example \"news.example.org,2026\": \
                           a name that is yours, and a year in which it is";
                return Err(("site.authority", why.into()));
            }
            (authority, _) if is_tag_authority(authority) => self.authority,
            (authority, _) => {
                return Err((
                    "site.authority",
                    format!("`{authority}` is not of the form \"news.example.org,2026\""),
                ));
            }
        };
        let timezone = TimeZone::get(&self.timezone);
        let timezone = timezone.map_err(|_| {
            ("site.timezone", format!("`{}` is no time zone such as Europe/Paris", self.timezone))
        })?;
        if self.title.trim().is_empty() {
            return Err(("site.title", "it is empty".into()));
        }
        if !(1..=1_000).contains(&feed_entries) {
            return Err(("feed.entries", format!("{feed_entries} is not between 1 and 1000")));
        }
        Ok(Site {
            title: self.title,
            description: Some(self.description).filter(|text| !text.trim().is_empty()),
            links: Permalinks::new(base.as_str()),
            authority,
            language: self.language,
            timezone,
            feed_entries,
        })
    }
}

/// The authority and date of a tag URI (RFC 4151 section 2.1).
fn is_tag_authority(text: &str) -> bool {
    let Some((name, date)) = text.split_once(',') else { return false };
    let name_ok = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.@_".contains(&b));
    name_ok && [4, 7, 10].contains(&date.len()) && date.parse::<crate::bulletin::PartialDate>().is_ok()
}
