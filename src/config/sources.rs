//! Where bulletins come from, what is said of them by rule, and what may be fetched: as written and as checked.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::{Site, Wrong, at_least};
use crate::bulletin::Category;
use crate::egress;
use crate::intake::rules::{Pattern, Rule};
use crate::intake::settle::language_tag;
use crate::permalink::Route;
use crate::sources::schedule::Pace;
use crate::sources::{Feed, Folder, Kind, Source};

/// How often a feed is asked, unless its source or its server says otherwise.
const FEED_SECONDS: u64 = 1_800;
/// How seldom at most.
const FEED_SECONDS_MAX: u64 = 86_400;
/// How often a folder is looked through, beside being watched.
const FOLDER_SECONDS: u64 = 60;
/// How long a file must have stayed as it is.
const SETTLE_SECONDS: u64 = 2;

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct RawEgress {
    allow: Vec<String>,
    connect_timeout_seconds: u64,
    header_timeout_seconds: u64,
    timeout_seconds: u64,
    pause_seconds: u64,
}

impl Default for RawEgress {
    fn default() -> RawEgress {
        RawEgress {
            allow: Vec::new(),
            connect_timeout_seconds: 10,
            header_timeout_seconds: 30,
            timeout_seconds: 120,
            pause_seconds: 1,
        }
    }
}

impl RawEgress {
    pub fn check(self, site: &Site, bytes_max: usize) -> Result<egress::Settings, Wrong> {
        let seconds = |key, value| at_least(key, value, 1).map(Duration::from_secs);
        let allow = self.allow.iter().map(|text| text.parse());
        Ok(egress::Settings {
            allow: allow.collect::<Result<_, _>>().map_err(|why| ("egress.allow", why))?,
            connect_timeout: seconds("egress.connect_timeout_seconds", self.connect_timeout_seconds)?,
            header_timeout: seconds("egress.header_timeout_seconds", self.header_timeout_seconds)?,
            timeout: seconds("egress.timeout_seconds", self.timeout_seconds)?,
            pause: Duration::from_secs(self.pause_seconds),
            bytes_max,
            agent: format!("Annals/{} (+{})", env!("CARGO_PKG_VERSION"), site.links.url(&Route::Home)),
        })
    }
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct RawSource {
    name: String,
    kind: String,
    url: Option<String>,
    path: Option<PathBuf>,
    interval_seconds: Option<u64>,
    interval_max_seconds: Option<u64>,
    settle_seconds: Option<u64>,
    full_text: Option<bool>,
    #[serde(default)]
    category: Vec<String>,
    language: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    source: Option<String>,
    sender: Option<String>,
    path: Option<String>,
    url: Option<String>,
    title: Option<String>,
    #[serde(default)]
    category: Vec<String>,
    language: Option<String>,
}

/// The sources in their order; none of a name twice, and none that would take in the archive itself.
pub fn check(raw: Vec<RawSource>, archive: &Path) -> Result<Vec<Source>, Wrong> {
    let mut names = HashSet::new();
    let mut sources = Vec::new();
    for source in raw {
        if !names.insert(source.name.to_lowercase()) {
            return Err(("source.name", format!("there are two sources called `{}`", source.name)));
        }
        let source = source.check()?;
        if let Kind::Folder(Folder { path, .. }) | Kind::Maildir(path) = &source.kind
            && in_full(archive).starts_with(in_full(path))
        {
            let (path, archive) = (path.display(), archive.display());
            let why =
                format!("the archive lies in `{path}` of `{}`: move one of them ({archive})", source.name);
            return Err(("source.path", why));
        }
        sources.push(source);
    }
    Ok(sources)
}

/// A path from the root on, with its links followed where it is there.
fn in_full(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// What each source says of all that comes by it, and then the rules in their order.
pub fn rules(sources: &[RawSource], rules: Vec<RawRule>) -> Result<Vec<Rule>, Wrong> {
    let of_sources = sources.iter().filter(|source| !source.category.is_empty() || source.language.is_some());
    let of_sources = of_sources.map(|source| RawRule {
        // No name of a source has a character that means something in a pattern.
        source: Some(source.name.clone()),
        sender: None,
        path: None,
        url: None,
        title: None,
        category: source.category.clone(),
        language: source.language.clone(),
    });
    of_sources.chain(rules).map(RawRule::check).collect()
}

impl RawSource {
    fn check(self) -> Result<Source, Wrong> {
        let name_ok = (1..=100).contains(&self.name.len())
            && self.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !self.name.starts_with('.');
        if !name_ok {
            let why = format!("`{}` is not made of 1 to 100 letters, digits, `-`, `_` and `.`", self.name);
            return Err(("source.name", why));
        }
        let kind = match self.kind.as_str() {
            "feed" => self.feed()?,
            "folder" => self.folder()?,
            "maildir" => self.maildir()?,
            other => {
                let why = format!("`{other}` is none; there are feed, folder and maildir");
                return Err(("source.kind", why));
            }
        };
        let usual = if matches!(kind, Kind::Feed(_)) { FEED_SECONDS } else { FOLDER_SECONDS };
        let interval = at_least("source.interval_seconds", self.interval_seconds.unwrap_or(usual), 1)?;
        let longest = self.interval_max_seconds.unwrap_or(FEED_SECONDS_MAX.max(interval));
        let longest = at_least("source.interval_max_seconds", longest, interval)?;
        let seconds = Duration::from_secs;
        Ok(Source {
            pace: Pace { interval: seconds(interval), interval_max: seconds(longest) },
            name: self.name,
            kind,
        })
    }

    fn feed(&self) -> Result<Kind, Wrong> {
        self.has_none("source.path", self.path.is_some())?;
        self.has_none("source.settle_seconds", self.settle_seconds.is_some())?;
        let url = self.url.clone().ok_or_else(|| ("source.url", format!("`{}` has none", self.name)))?;
        let known = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !known {
            return Err(("source.url", format!("`{url}` is no absolute http or https address")));
        }
        Ok(Kind::Feed(Feed { url, full_text: self.full_text.unwrap_or(false) }))
    }

    fn folder(&self) -> Result<Kind, Wrong> {
        self.is_no_feed()?;
        let settle = at_least("source.settle_seconds", self.settle_seconds.unwrap_or(SETTLE_SECONDS), 1)?;
        Ok(Kind::Folder(Folder { path: self.path()?, settle: Duration::from_secs(settle) }))
    }

    fn maildir(&self) -> Result<Kind, Wrong> {
        self.is_no_feed()?;
        self.has_none("source.settle_seconds", self.settle_seconds.is_some())?;
        Ok(Kind::Maildir(self.path()?))
    }

    fn path(&self) -> Result<PathBuf, Wrong> {
        self.path.clone().ok_or_else(|| ("source.path", format!("`{}` has none", self.name)))
    }

    fn is_no_feed(&self) -> Result<(), Wrong> {
        self.has_none("source.url", self.url.is_some())?;
        self.has_none("source.full_text", self.full_text.is_some())?;
        self.has_none("source.interval_max_seconds", self.interval_max_seconds.is_some())
    }

    fn has_none(&self, key: &'static str, given: bool) -> Result<(), Wrong> {
        let why = || format!("`{}` is a {}, which has no such key", self.name, self.kind);
        if given { Err((key, why())) } else { Ok(()) }
    }
}

impl RawRule {
    fn check(self) -> Result<Rule, Wrong> {
        let glob = |key, pattern: Option<String>| {
            let compiled = pattern.map(|text| Pattern::glob(&text)).transpose();
            compiled.map_err(|why| (key, why))
        };
        let title = self.title.map(|text| Pattern::regex(&text)).transpose();
        let rule = Rule {
            source: glob("rule.source", self.source)?,
            sender: glob("rule.sender", self.sender)?,
            path: glob("rule.path", self.path)?,
            url: glob("rule.url", self.url)?,
            title: title.map_err(|why| ("rule.title", why))?,
            categories: self.category,
            language: self.language,
        };
        if !rule.has_pattern() {
            return Err((
                "rule",
                "it has no source, sender, path, url or title that would say when it holds".into(),
            ));
        }
        if rule.categories.is_empty() && rule.language.is_none() {
            return Err(("rule", "it gives neither category nor language".into()));
        }
        if let Some(label) = rule.categories.iter().find(|label| Category::from_label(label).is_none()) {
            return Err(("category", format!("`{label}` has no letter or digit")));
        }
        if let Some(tag) = rule.language.as_deref().filter(|tag| language_tag(tag).is_none()) {
            return Err(("language", format!("`{tag}` is no language tag (BCP 47), such as fr or pt-BR")));
        }
        Ok(rule)
    }
}

#[cfg(test)]
impl RawSource {
    /// One with every key.
    pub fn example() -> RawSource {
        RawSource {
            name: "a".into(),
            kind: "feed".into(),
            url: Some(String::new()),
            path: Some(PathBuf::new()),
            interval_seconds: Some(1),
            interval_max_seconds: Some(1),
            settle_seconds: Some(1),
            full_text: Some(true),
            category: Vec::new(),
            language: Some(String::new()),
        }
    }
}

#[cfg(test)]
impl RawRule {
    /// One with every key.
    pub fn example() -> RawRule {
        let text = || Some(String::new());
        let (source, sender, path, url, title) = (text(), text(), text(), text(), text());
        RawRule { source, sender, path, url, title, category: Vec::new(), language: text() }
    }
}
