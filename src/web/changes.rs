//! Only what changed in a feed since a reader asked last (RFC 3229, with the instance manipulation `feed`).
//!
//! The state that a reader has stands in the entity tag they bring back, as the number of the selection's newest event
//! at the time: it needs no memory here, and so survives restarts. It must never know how a document is rendered.

use http::HeaderMap;
use http::header::USER_AGENT;

use super::App;
use super::coding::thousandths;
use super::conditional::states_held;
use super::problem::Problem;
use crate::archive::ArchiveError;
use crate::bulletin::Selection;
use crate::catalogue::record::SelectionState;
use crate::syndication::document::EVENTS_A_DOCUMENT;

/// Stands before the event's number in a tag.
const LETTER: char = 'e';

/// A client that asks for changes and fails at the answer: this library asks by itself, and hands 226 on to readers that
/// take it for an error, rss2email among them.
const UNPREPARED: &str = "feedparser/";

/// Whether `A-IM` has `feed`, and not with `q=0`, and whoever asks is prepared for what it asks for.
pub fn are_wanted(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if agent.starts_with(UNPREPARED) {
        return false;
    }
    let fields = headers.get_all("a-im").iter().filter_map(|value| value.to_str().ok());
    fields.flat_map(|field| field.split(',')).any(|element| {
        let mut parts = element.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("feed"));
        named && parts.next().is_none_or(|quality| thousandths(quality) != Some(0))
    })
}

/// A state as tags name it.
pub fn state(newest_event: u64) -> String {
    format!("{LETTER}{newest_event}")
}

/// The number of the selection's newest event, 0 where it has none.
pub fn newest(app: &App, selection: &Selection, state: &SelectionState) -> Result<u64, Problem> {
    let last = state.events.saturating_sub(1)..state.events;
    let items = app.archive.catalogue().items(selection, last).map_err(ArchiveError::from)?;
    Ok(items.first().map_or(0, |item| item.event))
}

/// How many of the selection's events the reader has seen, by the tags that they send. None where no tag names an
/// event of this selection, where that is too long ago to be worth a list of changes, or where nothing has happened
/// since: what differs then is no entry.
pub fn since(
    app: &App,
    selection: &Selection,
    state: &SelectionState,
    headers: &HeaderMap,
) -> Result<Option<u64>, Problem> {
    let held = states_held(headers, LETTER);
    let first = state.events.saturating_sub(EVENTS_A_DOCUMENT);
    let items = app.archive.catalogue().items(selection, first..state.events).map_err(ArchiveError::from)?;
    let newest_held = items.iter().rposition(|item| held.contains(&item.event));
    let seen = newest_held.map(|index| first + index as u64 + 1);
    Ok(seen.filter(|seen| *seen < state.events))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_wanted_where_a_im_says_so() {
        for (field, expected) in [
            ("feed", true),
            ("FEED", true),
            ("vcdiff, feed", true),
            ("feed;q=0.5, gzip", true),
            ("feed; q=0", false),
            ("feeds", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([("a-im".parse().unwrap(), field.parse().unwrap())]);
            assert_eq!(are_wanted(&headers), expected, "{field}");
        }
        assert!(!are_wanted(&HeaderMap::new()));
        let unprepared = [("a-im", "feed"), ("user-agent", "feedparser/6.0.10 +https://example.org/")];
        let unprepared = unprepared.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        assert!(!are_wanted(&HeaderMap::from_iter(unprepared)));
    }
}
