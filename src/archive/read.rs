//! Reading from the archive: what bulletins say comes from the journal, and is checked as it is read.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::{Archive, ArchiveError, versions};
use crate::bulletin::{Alias, Basis, BulletinId, Category, Content, PartialDate, Published};
use crate::catalogue::record::{Bulletin, EventRecord, Withdrawn};
use crate::catalogue::state::{Carried, CatalogueError, State};
use crate::digest::Digest;
use crate::journal::JournalError;
use crate::journal::event::{Action, Event};

/// How many earlier versions are asked for the date that a version does not name.
const VERSIONS_ASKED_MAX: usize = 100;

/// One version of a bulletin.
#[derive(Clone, Debug)]
pub struct Version {
    /// From 1.
    pub number: u32,
    pub content: Content,
    /// Of the content's JSON.
    pub content_bytes: usize,
    pub digest: Digest,
    pub original: Digest,
    /// Of the original.
    pub media_type: String,
    pub captured: Timestamp,
    /// When it is known to have been there: earlier, where it was fetched some time before.
    pub received: Timestamp,
    /// The address under which it was said, where it has one.
    pub via: Option<String>,
    /// Who said it.
    pub source: String,
    /// Who admitted it, as the event has it.
    pub by: String,
}

/// The canonical JSON of a content, and the bulletin that says it.
pub type ContentOf = (Vec<u8>, Arc<Bulletin>);

/// An original as it came.
#[derive(Clone, Debug)]
pub struct Original {
    pub bytes: Vec<u8>,
    pub media_type: String,
    pub received: Timestamp,
}

impl Archive {
    /// The bulletin with this id and its number.
    pub fn bulletin(&self, id: &BulletinId) -> Result<Option<(u64, Arc<Bulletin>)>, ArchiveError> {
        let Some(number) = self.catalogue.by_id(id)? else { return Ok(None) };
        Ok(Some((number, self.catalogue.known_bulletin(number)?)))
    }

    /// The `number`th version of a bulletin, from 1, if it has so many.
    pub fn version(&self, bulletin: &Bulletin, number: u32) -> Result<Option<Arc<Version>>, ArchiveError> {
        let index = (number as usize).checked_sub(1);
        let Some(event) = index.and_then(|index| bulletin.versions.get(index)) else { return Ok(None) };
        self.version_at(*event, number).map(Some)
    }

    /// The version that the event `event` made.
    pub fn version_at(&self, event: u64, number: u32) -> Result<Arc<Version>, ArchiveError> {
        self.versions.get_or_read((event, number), || self.read_version(event, number))
    }

    /// Says that these versions are about to be asked for, each by the event that made it and its number: so the disk is read
    /// at all their places at once. It is advice: what is wrong shows when they are asked for.
    pub fn will_read(&self, versions: impl IntoIterator<Item = versions::Key>) {
        let unread = versions.into_iter().filter(|version| !self.versions.has(version));
        let places = unread.filter_map(|(event, _)| Some(self.catalogue.known_event(event).ok()?.place));
        let places: Vec<_> = places.collect();
        if places.len() > 1 {
            self.reader.will_need(places);
        }
    }

    /// Says that the latest versions of these bulletins are about to be asked for.
    pub fn will_read_latest<'a>(&self, bulletins: impl IntoIterator<Item = &'a Arc<Bulletin>>) {
        let standing = bulletins.into_iter().filter(|bulletin| bulletin.withdrawn.is_none());
        self.will_read(standing.map(|bulletin| (bulletin.latest(), bulletin.versions.len() as u32)));
    }

    /// The bulletins with these numbers, as the catalogue has them, of which the latest versions are about to be asked for.
    pub fn about_to_show(
        &self,
        numbers: impl IntoIterator<Item = u64>,
    ) -> Result<Vec<(u64, Arc<Bulletin>)>, ArchiveError> {
        let known = numbers.into_iter().map(|number| Ok((number, self.catalogue.known_bulletin(number)?)));
        let bulletins = known.collect::<Result<Vec<_>, ArchiveError>>()?;
        self.will_read_latest(bulletins.iter().map(|(_, bulletin)| bulletin));
        Ok(bulletins)
    }

    fn read_version(&self, event: u64, number: u32) -> Result<Version, ArchiveError> {
        let record = self.catalogue.known_event(event)?;
        self.read_content(&record, |json, event| {
            let content = serde_json::from_slice(json).ok()?;
            let Action::Admit(admission) = &event.action else { return None };
            Some(Version {
                content_bytes: json.len(),
                number,
                content,
                digest: Digest::of(json),
                original: admission.original,
                media_type: admission.media_type.to_string(),
                captured: event.at,
                received: admission.received(event.at),
                via: admission.aliases.iter().find_map(Alias::as_address).map(String::from),
                source: admission.source.to_string(),
                by: event.by.to_string(),
            })
        })
    }

    /// When a bulletin was published, as of one of its versions: as that says, or else as the last before it that says so,
    /// or else when the bulletin first arrived. A correction that names no date takes none back: it stays in its year.
    pub fn published(&self, number: u64, version: &Version) -> Result<Published, ArchiveError> {
        if let Some(published) = &version.content.published {
            return Ok(published.clone());
        }
        let bulletin = self.catalogue.known_bulletin(number)?;
        let before = (1..version.number).rev();
        // Of very many, the first is asked last all the same.
        let asked = before.clone().take(VERSIONS_ASKED_MAX).chain(before.skip(VERSIONS_ASKED_MAX).last());
        let mut first = version.received;
        for earlier in asked {
            let Some(earlier) = self.version(&bulletin, earlier)? else { continue };
            if let Some(published) = &earlier.content.published {
                return Ok(published.clone());
            }
            first = earlier.received;
        }
        Ok(Published { basis: Basis::Received, date: PartialDate::Instant(first, Offset::UTC) })
    }

    /// The canonical JSON of the content with this digest, and the bulletin that says it.
    pub fn content(&self, digest: &Digest) -> Result<Option<ContentOf>, ArchiveError> {
        // Of several bulletins that say it, one that stands.
        let stands = |event: &EventRecord| self.stands(event);
        let found = match self.catalogue.first_from(Carried::Content(*digest), 0, stands)? {
            None => self.catalogue.first(Carried::Content(*digest))?,
            standing => standing,
        };
        let Some((_, record)) = found else { return Ok(None) };
        let bulletin = self.catalogue.known_bulletin(record.bulletin)?;
        let json = self.read_content(&record, |json, _| Some(json.to_vec()))?;
        Ok(Some((json, bulletin)))
    }

    pub(super) fn original_is_known(&self, digest: &Digest) -> Result<bool, ArchiveError> {
        Ok(self.catalogue.first(Carried::Original(*digest))?.is_some())
    }

    /// Why the original with this digest is not to be shown any more. A document goes with the first of its
    /// bulletins that is withdrawn, since whoever withdrew it would not want it read in the whole; a file that
    /// several bulletins brought along goes with the last of them.
    pub fn withdrawn_original(&self, digest: &Digest) -> Result<Option<Withdrawn>, ArchiveError> {
        let mut documents = self.catalogue.all(Carried::Original(*digest))?;
        documents.retain(|event| !event.admitted.is_some_and(|admitted| admitted.is_file()));
        for event in &documents {
            if let Some(withdrawn) = &self.catalogue.known_bulletin(event.bulletin)?.withdrawn {
                return Ok(Some(withdrawn.clone()));
            }
        }
        let stands = |event: &EventRecord| self.stands(event);
        let as_file = Carried::File(*digest);
        if !documents.is_empty() || self.catalogue.first_from(as_file, 0, stands)?.is_some() {
            return Ok(None);
        }
        let Some((_, file)) = self.catalogue.first(as_file)? else { return Ok(None) };
        Ok(self.catalogue.known_bulletin(file.bulletin)?.withdrawn.clone())
    }

    /// Whether the event's bulletin is not withdrawn.
    fn stands(&self, event: &EventRecord) -> Result<bool, CatalogueError> {
        Ok(self.catalogue.known_bulletin(event.bulletin)?.withdrawn.is_none())
    }

    /// The original with this digest.
    pub fn original(&self, digest: &Digest) -> Result<Option<Original>, ArchiveError> {
        let Some((_, record)) = self.catalogue.first(Carried::Original(*digest))? else {
            return Ok(None);
        };
        let bytes = self.faithful(*digest, self.reader.original(&record.place))?;
        if Digest::of(&bytes) != *digest {
            return Err(self.unfaithful(*digest));
        }
        let json = self.faithful(*digest, self.reader.event(&record.place))?;
        let media_type = match Event::parse(&json).map(|event| event.action) {
            Ok(Action::Admit(admission)) => admission.media_type.to_string(),
            Ok(Action::Keep { media_type, .. }) => media_type.to_string(),
            _ => return Err(self.unfaithful(*digest)),
        };
        let received = Timestamp::from_millisecond(record.at).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Some(Original { bytes, media_type, received }))
    }

    /// The records of the event with this number as they lie in the journal, each of them whole: its original's, where it
    /// has one, and its own.
    pub fn records(&self, seq: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(record) = self.catalogue.event(seq)? else { return Ok(None) };
        let content = record.admitted.map_or(Digest::ZERO, |it| it.content);
        let mut bytes = self.faithful(content, self.reader.original_member(&record.place))?;
        bytes.extend(self.faithful(content, self.reader.event_member(&record.place))?);
        Ok(Some(bytes))
    }

    /// The categories with these numbers.
    pub fn categories(&self, numbers: &[u32]) -> Result<Vec<Category>, ArchiveError> {
        let names = self.catalogue.names()?;
        Ok(numbers.iter().filter_map(|number| names.category_at(*number).cloned()).collect())
    }

    /// Reads the event that `record` describes, and checks that its content is the one that was admitted.
    fn read_content<T>(
        &self,
        record: &EventRecord,
        read: impl FnOnce(&[u8], &Event) -> Option<T>,
    ) -> Result<T, ArchiveError> {
        let digest = record.admitted.map_or(Digest::ZERO, |admitted| admitted.content);
        let json = self.faithful(digest, self.reader.event(&record.place))?;
        let event = Event::parse(&json).map_err(|_| self.unfaithful(digest))?;
        let Action::Admit(admission) = &event.action else { return Err(self.unfaithful(digest)) };
        let content = admission.content.get().as_bytes();
        if Digest::of(content) != digest {
            return Err(self.unfaithful(digest));
        }
        read(content, &event).ok_or_else(|| self.unfaithful(digest))
    }

    /// What was read, or that what has this digest cannot be had: counted, and told to whoever runs the archive.
    fn faithful<T>(&self, digest: Digest, read: Result<T, JournalError>) -> Result<T, ArchiveError> {
        read.map_err(|why| match why.spoils_a_record() {
            true => self.count(ArchiveError::Damaged { digest, why: Arc::new(why) }),
            false => why.into(),
        })
    }

    fn unfaithful(&self, digest: Digest) -> ArchiveError {
        self.count(ArchiveError::Unfaithful(digest))
    }

    fn count(&self, error: ArchiveError) -> ArchiveError {
        self.damaged.reads.fetch_add(1, Ordering::Relaxed);
        tracing::error!(%error, "a record is damaged; `annals repair` mends it");
        error
    }
}
