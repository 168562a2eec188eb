//! Putting documents together: which events of a selection a document shows, and as what.
//!
//! Every document is a function of its selection's events and of what is withdrawn, and of nothing else, so a
//! selection's event count tells whether a document can have changed as long as nothing is withdrawn or
//! restored.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::feed::{Entry, Feed, FeedLinks, Moment, Tombstone};
use super::format::FORMATS;
use crate::archive::{Archive, ArchiveError};
use crate::bulletin::{Author, LEFT_SELECTION, PartialDate, Selection};
use crate::catalogue::key::ITEMS_A_KEY;
use crate::catalogue::record::{Bulletin, EventRecord, Item, SelectionState};
use crate::catalogue::state::State as _;
use crate::config::Site;
use crate::permalink::{Document, Route};

/// An archive document holds this many events.
pub const EVENTS_A_DOCUMENT: u64 = ITEMS_A_KEY;

/// How many sealed documents are looked through for entries of the subscription document, where much of what
/// they held is withdrawn or has changed since.
const TOPPED_UP_DOCUMENTS_MAX: u64 = 20;

/// Puts documents together from an archive.
#[derive(Clone, Copy)]
pub struct Publisher<'a> {
    pub archive: &'a Archive,
    pub site: &'a Site,
}

/// How many sealed documents a selection has.
pub fn sealed(state: &SelectionState) -> u64 {
    state.events / EVENTS_A_DOCUMENT
}

impl Publisher<'_> {
    /// A document of a selection's feed with the links of the format whose documents end in `extension`;
    /// none where there is no such document. The feed of all bulletins is always there.
    pub fn feed(
        &self,
        selection: &Selection,
        document: Document,
        extension: &str,
    ) -> Result<Option<Feed>, ArchiveError> {
        let state = self.archive.catalogue().selection(selection)?;
        let items = match document {
            Document::Subscription if state.events == 0 && *selection != Selection::All => return Ok(None),
            Document::Subscription => self.live(selection, &state)?,
            Document::Archive(n) if n > sealed(&state) => return Ok(None),
            Document::Archive(n) => {
                let range = (n - 1) * EVENTS_A_DOCUMENT..n * EVENTS_A_DOCUMENT;
                let mut items = self.archive.catalogue().items(selection, range)?;
                items.reverse();
                items
            }
        };
        self.framed(selection, document, extension, &state, &items).map(Some)
    }

    /// The subscription document with nothing in it but what came after the selection's first `since` events.
    pub fn feed_since(
        &self,
        selection: &Selection,
        extension: &str,
        since: u64,
    ) -> Result<Feed, ArchiveError> {
        let state = self.archive.catalogue().selection(selection)?;
        let mut items = self.archive.catalogue().items(selection, since..state.events)?;
        items.reverse();
        self.framed(selection, Document::Subscription, extension, &state, &items)
    }

    /// A document of these items, newest first.
    fn framed(
        &self,
        selection: &Selection,
        document: Document,
        extension: &str,
        state: &SelectionState,
        items: &[Item],
    ) -> Result<Feed, ArchiveError> {
        let mut feed = self.frame(selection, document, extension, state)?;
        if let Some(newest) = items.first() {
            let at = self.archive.catalogue().known_event(newest.event)?.at;
            feed.updated = moment_of(at);
        }
        feed.changed = feed.updated;
        if let Document::Archive(n) = document
            && n < sealed(state)
        {
            feed.changed = self.sealed_at(selection, n + 1)?;
        }
        self.fill(&mut feed, selection, items)?;
        Ok(feed)
    }

    /// When the `n`th document of a selection was sealed: it is then that the one before it is told of it.
    fn sealed_at(&self, selection: &Selection, n: u64) -> Result<Timestamp, ArchiveError> {
        let catalogue = self.archive.catalogue();
        let last = catalogue.items(selection, n * EVENTS_A_DOCUMENT - 1..n * EVENTS_A_DOCUMENT)?;
        let at = last.first().map(|item| catalogue.known_event(item.event)).transpose()?;
        Ok(at.map_or(Timestamp::UNIX_EPOCH, |event| moment_of(event.at)))
    }

    /// What is not sealed yet, newest first, topped up to the number of entries that readers expect.
    fn live(&self, selection: &Selection, state: &SelectionState) -> Result<Vec<Item>, ArchiveError> {
        let catalogue = self.archive.catalogue();
        let sealed_events = sealed(state) * EVENTS_A_DOCUMENT;
        let mut items = catalogue.items(selection, sealed_events..state.events)?;
        items.reverse();
        let mut seen = HashSet::new();
        // Of each bulletin the newest event decides whether it is an entry here.
        let mut is_entry = |item: &Item| -> Result<bool, ArchiveError> {
            let number = catalogue.known_event(item.event)?.bulletin;
            Ok(seen.insert(number) && !item.gone && catalogue.known_bulletin(number)?.withdrawn.is_none())
        };
        let mut entries = 0;
        for item in &items {
            entries += usize::from(is_entry(item)?);
        }
        let oldest = sealed_events.saturating_sub(TOPPED_UP_DOCUMENTS_MAX * EVENTS_A_DOCUMENT);
        let mut begin = sealed_events;
        while entries < self.site.feed_entries && begin > oldest {
            let older = catalogue.items(selection, begin - EVENTS_A_DOCUMENT..begin)?;
            begin -= EVENTS_A_DOCUMENT;
            for item in older.into_iter().rev() {
                if entries >= self.site.feed_entries {
                    break;
                }
                entries += usize::from(is_entry(&item)?);
                items.push(item);
            }
        }
        Ok(items)
    }

    fn frame(
        &self,
        selection: &Selection,
        document: Document,
        extension: &str,
        state: &SelectionState,
    ) -> Result<Feed, ArchiveError> {
        let url = |document, extension: &str| {
            self.site.links.url(&Route::Feed(selection.clone(), document, extension.into()))
        };
        let sealed = sealed(state);
        let archived = |n: u64| (1..=sealed).contains(&n).then(|| url(Document::Archive(n), extension));
        let (current, prev_archive, next_archive) = match document {
            Document::Subscription => (None, archived(sealed), None),
            Document::Archive(n) => {
                (Some(url(Document::Subscription, extension)), archived(n - 1), archived(n + 1))
            }
        };
        let others = FORMATS.iter().filter(|format| format.extension != extension);
        Ok(Feed {
            id: format!("tag:{}:feeds/{selection}", self.site.authority),
            title: self.title(selection)?,
            subtitle: self.site.description.clone(),
            language: self.site.language.clone(),
            updated: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
            author: Author { name: self.site.title.clone(), ..Author::default() },
            links: FeedLinks {
                this: url(document, extension),
                page: self.site.links.url(&Route::Page(selection.clone())),
                current,
                prev_archive,
                next_archive,
                others: others.map(|format| (format.media_type, url(document, format.extension))).collect(),
            },
            archive: matches!(document, Document::Archive(_)),
            category_scheme: self.site.links.category_scheme(),
            entries: Vec::new(),
            tombstones: Vec::new(),
        })
    }

    /// The site's title, with the category's label and the year where the selection has them.
    fn title(&self, selection: &Selection) -> Result<String, ArchiveError> {
        let names = self.archive.catalogue().names()?;
        let label = selection.category().map(|term| {
            let known = names.category(term).and_then(|number| names.category_at(number));
            known.map_or(term.to_string(), |category| category.label.clone())
        });
        let year = selection.year().map(|year| year.to_string());
        let parts: Vec<String> = [label, year].into_iter().flatten().collect();
        Ok(if parts.is_empty() {
            self.site.title.clone()
        } else {
            format!("{}: {}", self.site.title, parts.join(", "))
        })
    }

    /// One entry or tombstone an id: the newest event of each bulletin decides.
    fn fill(&self, feed: &mut Feed, selection: &Selection, items: &[Item]) -> Result<(), ArchiveError> {
        let catalogue = self.archive.catalogue();
        let (mut seen, mut newest) = (HashSet::new(), Vec::new());
        for item in items {
            let event = catalogue.known_event(item.event)?;
            if seen.insert(event.bulletin) {
                let bulletin = catalogue.known_bulletin(event.bulletin)?;
                newest.push((item, event, bulletin));
            }
        }
        let shown = newest.iter().filter(|(item, _, bulletin)| !item.gone && bulletin.withdrawn.is_none());
        self.archive.will_read(shown.map(|(_, event, _)| (event.shown, event.version)));
        for (item, event, bulletin) in &newest {
            let moved = bulletin.withdrawn.as_ref().map(|withdrawn| withdrawn.at).or(bulletin.restored);
            feed.changed = feed.changed.max(moved.map_or(feed.updated, moment_of));
            if let Some(withdrawn) = &bulletin.withdrawn {
                // Also where the document is older than the withdrawal: what was withdrawn is shown nowhere.
                let (id, when) = (bulletin.entry_id.clone(), moment_of(withdrawn.at));
                feed.tombstones.push(Tombstone { id, when, comment: Some(withdrawn.reason.clone()) });
            } else if item.gone {
                let comment = (*selection != Selection::All).then(|| LEFT_SELECTION.to_string());
                feed.tombstones.push(Tombstone {
                    id: bulletin.entry_id.clone(),
                    when: moment_of(event.at),
                    comment,
                });
            } else {
                match self.entry(event.bulletin, bulletin, event) {
                    // The others are shown all the same. Whoever has the entry keeps it.
                    Err(error) if error.is_damage() => {}
                    entry => feed.entries.push(entry?),
                }
            }
        }
        feed.tombstones.sort_by_key(|tombstone| std::cmp::Reverse(tombstone.when));
        Ok(())
    }

    /// The bulletin as it stands now, as an entry.
    pub fn latest_entry(&self, number: u64, bulletin: &Bulletin) -> Result<Entry, ArchiveError> {
        let touched = self.archive.catalogue().known_event(bulletin.touched)?;
        self.entry(number, bulletin, &touched)
    }

    /// The bulletin as `event` left it.
    fn entry(&self, number: u64, bulletin: &Bulletin, event: &EventRecord) -> Result<Entry, ArchiveError> {
        let version = self.archive.version_at(event.shown, event.version)?;
        let published = self.archive.published(number, &version)?;
        let mut content = version.content.clone();
        self.site.links.show(&mut content);
        let permalink = Route::Bulletin(bulletin.id, Some(bulletin.slug.clone()));
        Ok(Entry {
            id: bulletin.entry_id.clone(),
            title: content.title,
            published: begin_of(&published.date, &self.site.timezone),
            published_precision: published.date.precision(),
            published_basis: published.basis,
            updated: moment_of(event.updated),
            authors: content.authors,
            categories: self.archive.categories(&event.categories)?,
            language: content.language,
            summary: content.summary,
            content: content.body,
            permalink: self.site.links.url(&permalink),
            via: version.via.clone(),
            links: content.links,
            enclosures: content.enclosures,
            version: version.number,
            digest: version.digest.to_string(),
        })
    }
}

/// The instant with which a date begins: at midnight in the site's time zone where it names no time.
fn begin_of(date: &PartialDate, timezone: &TimeZone) -> Moment {
    let midnight = |day: Date| match day.to_zoned(timezone.clone()) {
        Ok(begin) => Moment { at: begin.timestamp(), offset: begin.offset() },
        // Only days at the very end of the calendar have no instant.
        Err(_) => Moment { at: Timestamp::UNIX_EPOCH, offset: Offset::UTC },
    };
    match *date {
        PartialDate::Instant(at, offset) => Moment { at, offset },
        _ => midnight(date.first_day()),
    }
}

/// The catalogue's milliseconds as a timestamp.
pub fn moment_of(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
