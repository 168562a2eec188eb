//! Reading from the archive: what bulletins say comes from the journal, and is checked as it is read.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use super::{Archive, ArchiveError};
use crate::bulletin::{Alias, BulletinId, Category, Content};
use crate::catalogue::key::HashKind;
use crate::catalogue::record::{Bulletin, EventRecord, Withdrawn};
use crate::catalogue::state::State;
use crate::digest::Digest;
use crate::journal::JournalError;
use crate::journal::event::{Action, Event};

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
    /// Who admitted it: a token's name, or `local`.
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

    /// The canonical JSON of the content with this digest, and the bulletin that says it.
    pub fn content(&self, digest: &Digest) -> Result<Option<ContentOf>, ArchiveError> {
        let Some((_, record)) = self.catalogue.by_digest(HashKind::Content, digest)? else { return Ok(None) };
        let bulletin = self.catalogue.known_bulletin(record.bulletin)?;
        let json = self.read_content(&record, |json, _| Some(json.to_vec()))?;
        Ok(Some((json, bulletin)))
    }

    pub(super) fn original_is_known(&self, digest: &Digest) -> Result<bool, ArchiveError> {
        Ok(self.catalogue.by_digest(HashKind::Original, digest)?.is_some())
    }

    /// Why the original with this digest is not to be shown any more. A document goes with the first of its
    /// bulletins that is withdrawn, since whoever withdrew it would not want it read in the whole; a file that
    /// several bulletins brought along goes with the last of them.
    pub fn withdrawn_original(&self, digest: &Digest) -> Result<Option<Withdrawn>, ArchiveError> {
        let (mut files, mut stands) = (Vec::new(), false);
        for event in self.catalogue.events_of_original(digest)? {
            let withdrawn = self.catalogue.known_bulletin(event.bulletin)?.withdrawn.clone();
            if event.admitted.is_some_and(|admitted| admitted.is_file()) {
                files.push(withdrawn);
            } else if withdrawn.is_some() {
                return Ok(withdrawn);
            } else {
                stands = true;
            }
        }
        if stands {
            return Ok(None);
        }
        let all_gone: Option<Vec<Withdrawn>> = files.into_iter().collect();
        Ok(all_gone.and_then(|gone| gone.into_iter().next()))
    }

    /// The original with this digest.
    pub fn original(&self, digest: &Digest) -> Result<Option<Original>, ArchiveError> {
        let Some((_, record)) = self.catalogue.by_digest(HashKind::Original, digest)? else {
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
        let (content, original) =
            record.admitted.map_or((Digest::ZERO, Digest::ZERO), |it| (it.content, it.original));
        let mut bytes = self.faithful(original, self.reader.original_member(&record.place))?;
        bytes.extend(self.faithful(content, self.reader.event_member(&record.place))?);
        Ok(Some(bytes))
    }

    /// The categories with these numbers.
    pub fn categories(&self, numbers: &[u32]) -> Result<Vec<Category>, ArchiveError> {
        let names = self.catalogue.names()?;
        Ok(numbers.iter().filter_map(|number| names.categories.get(*number as usize).cloned()).collect())
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
