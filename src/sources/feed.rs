//! Feeds: asked again and again, as seldom as their servers wish.

use http::header::{ACCEPT, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use url::Url;

use super::paging::{ACCEPTED, media_type, paging};
use super::schedule::{Said, longest, pause};
use super::state::State;
use super::{Admitted, Desk, Feed, Source, after, full_text};
use crate::archive::Arriving;
use crate::egress::{Ask, Fetched};
use crate::intake::{Arrival, Hints};

/// After so many failures at the address that a feed has moved to, it is looked for where it was.
const FAILURES_AT_NEW_ADDRESS: u32 = 5;

/// Asks for the feed until it is gone.
pub async fn run(desk: &Desk, source: &Source, feed: &Feed) {
    let mut state = desk.store().load(&source.name);
    if state.configured != source.fingerprint() {
        // Another address, or another wish: what was known of the old one says nothing.
        let counted = (state.items, state.errors, state.last_success);
        state = State { configured: source.fingerprint(), ..State::default() };
        (state.items, state.errors, state.last_success) = counted;
    }
    let bound = after((desk.clock)(), longest(source.pace));
    // A clock that was wrong when it was written down would have the source wait for years.
    state.next_poll = state.next_poll.map(|next| next.min(bound));
    while !state.feed.gone {
        if let Some(next) = state.next_poll {
            desk.sleep_until(next).await;
        }
        let said = poll(desk, source, feed, &mut state).await;
        let wait = pause(&source.name, source.pace, said, state.failures);
        state.next_poll = (!state.feed.gone).then(|| after((desk.clock)(), wait));
        desk.save(&source.name, &state);
    }
    // It stays as it is, and is shown so, until its configuration changes.
}

/// Asks once. Gives what the answer says of the next question.
async fn poll(desk: &Desk, source: &Source, feed: &Feed, state: &mut State) -> Said {
    let url = state.feed.moved_to.clone().unwrap_or_else(|| feed.url.clone());
    let mut ask = Ask::found(&url, &feed.url);
    ask.headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    give(&mut ask.headers, IF_NONE_MATCH, state.feed.etag.as_deref());
    give(&mut ask.headers, IF_MODIFIED_SINCE, state.feed.last_modified.as_deref());
    let fetched = desk.egress.fetch(&ask).await;
    let now = (desk.clock)();
    let fetched = match fetched {
        Ok(fetched) => fetched,
        Err(error) => {
            fail(source, state, now, error.to_string());
            return Said::default();
        }
    };
    let said = Said::of(&fetched.headers, now);
    match fetched.status {
        StatusCode::NOT_MODIFIED => {
            moved(source, state, fetched.moved.as_ref());
            state.succeeded(now);
            said
        }
        StatusCode::GONE if state.feed.moved_to.take().is_some() => {
            // Where it was before is asked once more: it may have moved elsewhere, or back.
            (state.feed.etag, state.feed.last_modified) = (None, None);
            fail(source, state, now, format!("{url}: the answer is 410 Gone; it is looked for where it was"));
            said
        }
        StatusCode::GONE => {
            tracing::warn!(source = source.name, url, "the feed is gone (410) and is asked for no more");
            state.feed.gone = true;
            state.failed(
                now,
                format!("{url}: the answer is 410 Gone; it is not asked for until its configuration changes"),
            );
            said
        }
        status if status.is_success() => admit(desk, source, feed, state, fetched, said).await,
        status => {
            let why = match said.retry_after {
                Some(wait) => {
                    format!("{url}: the answer is {status}, to be asked again in {} s", wait.as_secs())
                }
                None => format!("{url}: the answer is {status}"),
            };
            fail(source, state, now, why);
            said
        }
    }
}

/// Remembers where the feed has moved for good, once what is there was seen to be one: parked domains redirect as well.
fn moved(source: &Source, state: &mut State, to: Option<&Url>) {
    if let Some(to) = to {
        tracing::info!(source = source.name, %to, "the feed has moved for good");
        state.feed.moved_to = Some(to.to_string());
    }
}

/// A failure; at the address that the feed has moved to, one too many leads back.
fn fail(source: &Source, state: &mut State, now: Timestamp, why: String) {
    tracing::info!(source = source.name, why, "a source could not be asked");
    state.failed(now, why);
    if state.failures >= FAILURES_AT_NEW_ADDRESS && state.feed.moved_to.take().is_some() {
        (state.feed.etag, state.feed.last_modified) = (None, None);
    }
}

/// Admits what came. Only when it is in the archive is it asked for conditionally.
async fn admit(
    desk: &Desk,
    source: &Source,
    feed: &Feed,
    state: &mut State,
    fetched: Fetched,
    said: Said,
) -> Said {
    let media_type = media_type(&fetched);
    let mut said = said.and_fresh(paging(&fetched.body, media_type.as_deref()).ttl);
    let (name, validators) =
        (fetched.url.to_string(), [ETAG, LAST_MODIFIED].map(|name| header(&fetched, name)));
    let to = fetched.moved.clone().filter(|_| !fetched.body.is_empty() && !is_page(media_type.as_deref()));
    let arrival = Arrival {
        unplaced: false,
        source: source.name.clone(),
        media_type,
        path: None,
        hints: Hints { url: Some(name.clone()), ..Hints::default() },
    };
    let admitted = if fetched.body.is_empty() {
        // An answer of nothing, such as 204: there is nothing new.
        Ok(Admitted::default())
    } else if feed.full_text {
        full_text::admit(desk, source, state, &name, arrival, fetched.body).await
    } else {
        let arriving = Arriving { name: name.clone(), bytes: Ok(fetched.body), arrival };
        desk.admit(&source.name, std::iter::once(arriving), &mut state.items).await
    };
    let now = (desk.clock)();
    match admitted {
        Ok(Admitted { whole: Some(why), .. }) => fail(source, state, now, format!("{name}: {why}")),
        Ok(Admitted { mut refused, unfinished, retry_after, .. }) => {
            said.retry_after = said.retry_after.max(retry_after);
            moved(source, state, to.as_ref());
            [state.feed.etag, state.feed.last_modified] = if unfinished { [None, None] } else { validators };
            state.succeeded(now);
            // What was refused would be refused again, and its source is well.
            if let Some((name, why)) = refused.pop() {
                tracing::info!(source = source.name, why, "a source brought what was refused");
                state.noticed(now, format!("{name}: {why}"));
            }
        }
        Err(error) => fail(source, state, now, format!("the archive could not take it: {error}")),
    }
    said
}

/// A page may be anybody's: it is read, and is no sign that the feed itself is there.
fn is_page(media_type: Option<&str>) -> bool {
    media_type.is_none_or(|said| said.contains("html"))
}

fn give(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok()) {
        headers.insert(name, value);
    }
}

/// A header as it came. A validator that is no text cannot be written down, and is done without.
fn header(fetched: &Fetched, name: HeaderName) -> Option<String> {
    Some(fetched.headers.get(name)?.to_str().ok()?.to_string())
}
