//! Addresses on the command line: fetched, and followed to their past where that is asked for.

use std::collections::HashSet;
use std::path::PathBuf;

use http::HeaderValue;
use http::header::ACCEPT;
use serde_json::json;
use url::Url;

use super::super::door::{AnswerJson, Door};
use super::super::progress::Progress;
use super::{Counts, Failure, HintOptions, line};
use crate::archive::Arriving;
use crate::bulletin::{Alias, normalise_url};
use crate::config::Config;
use crate::digest::Digest;
use crate::egress::{Ask, Egress, Fetched};
use crate::intake::{self, Refusal, Submission};
use crate::sources::Kind;
use crate::sources::paging::{ACCEPTED, media_type, older, paging};

/// How far back a site is followed: ten thousand pages of ten entries are more than any has.
const PAGES_MAX: u32 = 10_000;

/// How much of the past is kept so that it is admitted oldest first; past it, what was fetched is admitted as it is.
const KEPT_BYTES_MAX: usize = 256 << 20;

/// Takes the addresses out of what was named on the command line.
pub fn among(paths: &mut Vec<PathBuf>) -> Vec<String> {
    let is_address = |path: &PathBuf| {
        path.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"))
    };
    let (addresses, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.drain(..).partition(is_address);
    *paths = files;
    addresses.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

/// By what each bulletin in a document is known again: its strongest name but the address of the document itself, or else what
/// it says.
fn names(document: &Arriving, settings: &intake::Settings) -> HashSet<String> {
    let Ok(bytes) = &document.bytes else { return HashSet::new() };
    let own = document.arrival.hints.url.as_deref().and_then(normalise_url);
    let is_own = |alias: &Alias| {
        own.is_some() && alias.as_address().and_then(|url| url.split('#').next()) == own.as_deref()
    };
    let of_part = |part: Result<Submission, Refusal>| match part {
        Ok(part) => {
            let name = part.aliases.iter().find(|alias| !is_own(alias)).map(Alias::to_string);
            name.unwrap_or_else(|| part.text.digest.to_string())
        }
        Err(refusal) => refusal.to_string(),
    };
    match intake::read(bytes, &document.arrival, settings) {
        Ok(read) => read.parts.into_iter().map(of_part).collect(),
        Err(refusal) => HashSet::from([refusal.to_string()]),
    }
}

/// How addresses are admitted.
pub struct Walk<'a> {
    pub config: &'a Config,
    pub hints: &'a HintOptions,
    pub past: bool,
    pub json: bool,
}

impl Walk<'_> {
    /// Fetches what is at `address`, and what is older, and admits it: the oldest first, so that the events of the archive
    /// have the order of what happened.
    pub async fn admit(&self, door: &mut Door, address: &str, counts: &mut Counts) -> Result<(), Failure> {
        let egress = Egress::new(self.config.egress.clone());
        let bar = Progress::new("fetching", "documents", 0);
        let (mut seen, mut kept, mut kept_bytes) = (HashSet::new(), Vec::new(), 0);
        let mut next = Some(address.to_string());
        let mut number = 1;
        while let Some(url) = next.take() {
            let fetched = match self.fetch(&egress, address, &url, number).await {
                Ok(Some(fetched)) => fetched,
                Ok(None) => break,
                Err(why) => {
                    // What lies beyond is not known: said, so that nobody takes this for the whole past.
                    let refused = json!({"outcome": "refused", "what": "the address", "why": why});
                    self.say(&bar, &url, vec![refused], counts);
                    break;
                }
            };
            // Some sites answer a page that they do not have with one that they do.
            if !seen.insert(fetched.url.to_string()) | !seen.insert(Digest::of(&fetched.body).to_string()) {
                break;
            }
            let older = self.past.then(|| self.older(&fetched, number + 1)).flatten();
            kept_bytes += fetched.body.len();
            let arriving = self.arriving(address, fetched);
            // Or with one that changes in its every byte but says nothing new.
            if self.past && !names(&arriving, &self.config.intake).into_iter().any(|name| seen.insert(name)) {
                break;
            }
            bar.add(1);
            number += 1;
            next = older;
            kept.push(arriving);
            if kept_bytes > KEPT_BYTES_MAX {
                self.admit_kept(door, &bar, &mut kept, counts).await?;
                kept_bytes = 0;
            }
        }
        self.admit_kept(door, &bar, &mut kept, counts).await?;
        bar.finish();
        Ok(())
    }

    /// The `number`th document; none where a numbered page does not exist, which is how the last is known.
    async fn fetch(
        &self,
        egress: &Egress,
        address: &str,
        url: &str,
        number: u32,
    ) -> Result<Option<Fetched>, String> {
        let mut ask = Ask::found(url, address);
        ask.headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        let fetched = egress.fetch(&ask).await.map_err(|error| error.to_string())?;
        match fetched.status {
            status if status.is_success() => Ok(Some(fetched)),
            status if number > 1 && matches!(status.as_u16(), 400 | 404 | 410) => Ok(None),
            status => Err(format!("the answer is {status}")),
        }
    }

    /// Where the older part is, the `number`th.
    fn older(&self, fetched: &Fetched, number: u32) -> Option<String> {
        let said = paging(&fetched.body, media_type(fetched).as_deref());
        older(&fetched.url, &said, number).filter(|_| number <= PAGES_MAX).map(String::from)
    }

    fn arriving(&self, address: &str, fetched: Fetched) -> Arriving {
        let name = fetched.url.to_string();
        let mut arrival = self.hints.arrival(&self.source(address), None);
        arrival.media_type = arrival.media_type.or_else(|| media_type(&fetched));
        arrival.hints.url.get_or_insert(name.clone());
        Arriving { name, bytes: Ok(fetched.body), arrival }
    }

    /// What is configured as a source is known by its name; anything else by its host.
    fn source(&self, address: &str) -> String {
        let configured = self.config.sources.iter().find(|source| match &source.kind {
            Kind::Feed(feed) => feed.url == address,
            _ => false,
        });
        let host = || Url::parse(address).ok()?.host_str().map(String::from);
        configured.map(|source| source.name.clone()).or_else(host).unwrap_or("web".into())
    }

    async fn admit_kept(
        &self,
        door: &mut Door,
        bar: &Progress,
        kept: &mut Vec<Arriving>,
        counts: &mut Counts,
    ) -> Result<(), Failure> {
        let answered = |name: &str, answers: Vec<AnswerJson>| self.say(bar, name, answers, counts);
        door.admit_all(kept.drain(..).rev(), answered).await
    }

    fn say(&self, bar: &Progress, name: &str, answers: Vec<AnswerJson>, counts: &mut Counts) {
        for answer in answers {
            counts.count(&answer);
            bar.say(&line(name, &answer, self.json));
        }
    }
}
