//! Full texts: the page of each new entry is fetched, and admitted in its place where it says more.
//!
//! The entry names the page, its date and its categories; the page says the rest, and is the original that is kept. An entry
//! whose page cannot be had, or says no more, is admitted as it came; one that is corrected waits where its page was had before.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::ACCEPT;
use url::Url;

use super::paging::media_type;
use super::schedule::Said;
use super::state::State;
use super::{Admitted, Desk, Source, by};
use crate::archive::{ArchiveError, Offer, apart};
use crate::bulletin::{Alias, AliasKind};
use crate::egress::{Ask, EgressError};
use crate::intake::{self, Arrival, Document, Hints, Refusal, Submission};

/// After so many pages that a host could not give, it is asked for no more of them this time.
const FAILURES_MAX: u32 = 3;

/// What came of looking for the page of an entry.
enum Page {
    /// To be admitted in place of the entry.
    Fuller(Document, Bytes),
    /// The entry is all there is.
    NoFuller,
    /// Perhaps next time.
    Later,
    /// Not before this is over.
    Wait(Duration),
}

/// Admits the entries of a document, each with its page where that says more. An entry that came unchanged and whose page was
/// fetched before is left alone.
pub async fn admit(
    desk: &Desk,
    source: &Source,
    state: &mut State,
    name: &str,
    arrival: Arrival,
    body: Bytes,
) -> Result<Admitted, ArchiveError> {
    let mut admitted = Admitted::default();
    let mut document = match read(desk, body.clone(), arrival).await? {
        Ok(document) => document,
        Err(refusal) => {
            admitted.count(name, Err(refusal), &mut state.items);
            return Ok(admitted);
        }
    };
    let (mut pages, named) = (BTreeMap::new(), source.kind.place());
    let (mut as_they_came, mut failures) = (Vec::new(), HashMap::new());
    for part in std::mem::take(&mut document.parts) {
        let entry =
            part.as_ref().ok().and_then(|part| Some((part.aliases.first()?.to_string(), address(part)?)));
        let (Ok(entry), Some((key, url))) = (&part, entry) else {
            as_they_came.push(part);
            continue;
        };
        let digest = entry.digest.to_string();
        if state.feed.pages.get(&key) == Some(&digest) {
            pages.insert(key, digest);
            continue;
        }
        let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(String::from)).unwrap_or_default();
        let failed = failures.entry(host).or_insert(0);
        let left_alone = admitted.retry_after.is_some() || *failed >= FAILURES_MAX;
        let found = match left_alone {
            true => Page::Later,
            false => page(desk, source, &named, entry, &url).await?,
        };
        match found {
            Page::Fuller(page, bytes) => {
                let offer = offer(desk, page, bytes).await?;
                let receipts = desk.archive.admit(offer, &by(&source.name), (desk.clock)()).await?;
                admitted.count(&url, Ok(receipts), &mut state.items);
                // At once: pages take their time, and a stop between two loses none.
                state.feed.pages.insert(key.clone(), digest.clone());
                desk.save(&source.name, state);
                pages.insert(key, digest);
            }
            Page::NoFuller => {
                as_they_came.push(part);
                pages.insert(key, digest);
            }
            Page::Wait(_) | Page::Later => {
                *failed += 1;
                // Who asks to be left alone is: the other pages are for the next time, too.
                admitted.retry_after =
                    if let Page::Wait(wait) = found { Some(wait) } else { admitted.retry_after };
                admitted.unfinished = true;
                match state.feed.pages.get(&key) {
                    // Its page was had before: what the feed says would cut it short, until it is whole again.
                    Some(before) => drop(pages.insert(key, before.clone())),
                    None => as_they_came.push(part),
                }
            }
        }
    }
    document.parts = as_they_came;
    if !document.parts.is_empty() || !document.tombstones.is_empty() {
        let offer = offer(desk, document, body).await?;
        let receipts = desk.archive.admit(offer, &by(&source.name), (desk.clock)()).await?;
        admitted.count(name, Ok(receipts), &mut state.items);
    }
    // What has left the feed is not heard of again.
    state.feed.pages = pages;
    Ok(admitted)
}

/// The address of an entry's own page. A fragment was put on by intake, to tell parts of one page apart.
fn address(entry: &Submission) -> Option<String> {
    entry.aliases.iter().filter_map(Alias::as_address).find(|url| !url.contains('#')).map(String::from)
}

async fn page(
    desk: &Desk,
    source: &Source,
    named: &str,
    entry: &Submission,
    url: &str,
) -> Result<Page, ArchiveError> {
    let mut ask = Ask::found(url, named);
    ask.headers.insert(ACCEPT, HeaderValue::from_static("text/html, application/xhtml+xml;q=0.9, */*;q=0.5"));
    let fetched = match desk.egress.fetch(&ask).await {
        Ok(fetched) if fetched.status.is_success() => fetched,
        Ok(fetched) if matches!(fetched.status.as_u16(), 429 | 503) => {
            let wait = Said::of(&fetched.headers, (desk.clock)()).retry_after;
            return Ok(wait.map_or(Page::Later, Page::Wait));
        }
        Ok(fetched) => return Ok(if is_passing(fetched.status) { Page::Later } else { Page::NoFuller }),
        Err(error) if error.is_refusal() || matches!(error, EgressError::TooLarge { .. }) => {
            return Ok(Page::NoFuller);
        }
        Err(_) => return Ok(Page::Later),
    };
    let arrival = Arrival {
        unplaced: false,
        source: source.name.clone(),
        media_type: media_type(&fetched),
        path: None,
        hints: hints(entry, source, url),
    };
    // A page that cannot be read is no reason to refuse the entry.
    let Ok(document) = read(desk, fetched.body.clone(), arrival).await? else { return Ok(Page::NoFuller) };
    Ok(match &document.parts[..] {
        [Ok(page)] if page.text.chars > entry.text.chars => Page::Fuller(document, fetched.body),
        _ => Page::NoFuller,
    })
}

/// Whether the server may answer otherwise soon.
fn is_passing(status: http::StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429)
}

/// What the feed knows better than the page.
fn hints(entry: &Submission, source: &Source, url: &str) -> Hints {
    let scope = format!("{} ", entry.source);
    let own = entry.aliases.iter().find(|alias| alias.kind == AliasKind::Id);
    let own = own.and_then(|alias| alias.name.strip_prefix(&scope)).map(String::from);
    Hints {
        id: entry.entry_id.clone().or(own),
        source: Some(entry.source.clone()).filter(|said| *said != source.name),
        categories: entry.categories.iter().map(|category| category.label.clone()).collect(),
        published: entry.content.published.as_ref().map(|published| published.date),
        url: Some(url.into()),
        language: entry.content.language.clone(),
        received: None,
        minor: false,
        ..Hints::default()
    }
}

/// Reading takes milliseconds: not on a thread that others wait for.
async fn read(
    desk: &Desk,
    bytes: Bytes,
    arrival: Arrival,
) -> Result<Result<Document, Refusal>, ArchiveError> {
    let (settings, name) = (desk.intake.clone(), arrival.hints.url.clone().unwrap_or_default());
    let reading = apart(move || intake::read(&bytes, &arrival, &settings));
    reading.await.map_err(|_| ArchiveError::Unread(name))
}

async fn offer(desk: &Desk, document: Document, bytes: Bytes) -> Result<Offer, ArchiveError> {
    let (archive, at, name) =
        (desk.archive.clone(), (desk.clock)(), document.url.clone().unwrap_or_default());
    let offering = tokio::task::spawn_blocking(move || archive.offer(document, bytes, at));
    offering.await.map_err(|_| ArchiveError::Unread(name))
}
