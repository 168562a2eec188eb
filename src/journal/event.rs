//! The journal's entries: what happened, in canonical JSON (RFC 8785), each carrying the digest of the
//! one before it.
//!
//! An event says what was asked and everything that intake concluded from it, never what was decided:
//! deciding is the catalogue's, and is the same every time. Fields stand in the order in which RFC 8785
//! sorts their names.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::bulletin::{Alias, BulletinId, Category, PartialDate, Published};
use crate::digest::{Digest, HalfDigest};

/// The rules of identity under which events written now are applied. A later release that decides
/// otherwise raises it, and goes on applying older events by the rules they were written under.
pub const RULES: u32 = 1;

/// One entry of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event<'a> {
    #[serde(borrow)]
    pub action: Action<'a>,
    /// When it was written, to the millisecond.
    pub at: Timestamp,
    /// Who asked: a token's name, `local` for the command line, `source:` and a name for what came unasked.
    #[serde(borrow)]
    pub by: Cow<'a, str>,
    /// The SHA-256 of the canonical JSON of the event before it; [`Digest::ZERO`] in the first.
    pub prev: Digest,
    pub rules: u32,
    /// From 1, without a gap.
    pub seq: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::large_enum_variant, reason = "nearly all are admissions")]
pub enum Action<'a> {
    #[serde(borrow)]
    Admit(Admission<'a>),
    /// A file that came inside a bulletin's document is kept with it: its record stands before this event.
    Keep {
        id: BulletinId,
        #[serde(borrow)]
        media_type: Cow<'a, str>,
        original: Digest,
    },
    Restore {
        id: BulletinId,
    },
    Withdraw {
        id: BulletinId,
        #[serde(borrow)]
        reason: Cow<'a, str>,
    },
}

/// A submission with the decisions that only its moment could make.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Admission<'a> {
    /// Strongest first.
    pub aliases: Vec<Alias>,
    /// The authority of the tag URI that is minted where there is no entry id. Older journals have it always.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Cow<'a, str>>,
    pub categories: Vec<Category>,
    /// The canonical JSON of the content: these bytes, as they stand here, hash to the content digest.
    #[serde(borrow, deserialize_with = "as_it_stands")]
    pub content: Cow<'a, RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<Cow<'a, str>>,
    /// Of the original.
    #[serde(borrow)]
    pub media_type: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minor: bool,
    pub original: Digest,
    /// When it was fetched or captured, where that was before it was admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Timestamp>,
    /// Journaled, so that no later way of making slugs can change a permalink.
    #[serde(borrow)]
    pub slug: Cow<'a, str>,
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<BulletinId>,
    pub text: TextMark,
    /// Its document had another bulletin of the same text under another id.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told_apart: bool,
}

/// The folded text of title and body, by which one bulletin is known in two forms.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TextMark {
    /// Characters of the folded body.
    pub chars: u64,
    /// Older journals have the whole of it.
    pub digest: HalfDigest,
}

impl<'a> Event<'a> {
    /// The canonical JSON whose SHA-256 the next event carries.
    pub fn canonical_json(&self) -> Vec<u8> {
        let content = match &self.action {
            Action::Admit(admission) => admission.content.get().len(),
            _ => 0,
        };
        // Room for the rest, mostly.
        let mut json = Vec::with_capacity(content + 1_024);
        serde_json::to_writer(&mut json, self).expect("an event is made of text and numbers");
        json
    }

    pub fn parse(json: &'a [u8]) -> Result<Event<'a>, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// The same, which borrows nothing.
    pub fn into_owned(self) -> Event<'static> {
        let Event { action, at, by, prev, rules, seq } = self;
        let action = match action {
            Action::Admit(admission) => Action::Admit(admission.into_owned()),
            Action::Keep { id, media_type, original } => {
                Action::Keep { id, media_type: owned(media_type), original }
            }
            Action::Restore { id } => Action::Restore { id },
            Action::Withdraw { id, reason } => Action::Withdraw { id, reason: owned(reason) },
        };
        Event { action, at, by: owned(by), prev, rules, seq }
    }

    /// The original that it speaks of.
    pub fn original(&self) -> Option<Digest> {
        match &self.action {
            Action::Admit(admission) => Some(admission.original),
            Action::Keep { original, .. } => Some(*original),
            Action::Restore { .. } | Action::Withdraw { .. } => None,
        }
    }
}

fn owned(text: Cow<str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

/// Text within what is read, not copied and not understood.
fn as_it_stands<'de: 'a, 'a, D: Deserializer<'de>>(reader: D) -> Result<Cow<'a, RawValue>, D::Error> {
    <&RawValue>::deserialize(reader).map(Cow::Borrowed)
}

impl Admission<'_> {
    fn into_owned(self) -> Admission<'static> {
        Admission {
            aliases: self.aliases,
            authority: self.authority.map(owned),
            categories: self.categories,
            content: Cow::Owned(self.content.into_owned()),
            entry_id: self.entry_id.map(owned),
            media_type: owned(self.media_type),
            minor: self.minor,
            original: self.original,
            received: self.received,
            slug: owned(self.slug),
            source: owned(self.source),
            target: self.target,
            text: self.text,
            told_apart: self.told_apart,
        }
    }

    /// When it is known to have been there, at the latest.
    pub fn received(&self, admitted: Timestamp) -> Timestamp {
        self.received.map_or(admitted, |received| received.min(admitted))
    }

    pub fn content_digest(&self) -> Digest {
        Digest::of(self.content.get().as_bytes())
    }

    /// The date in the content, without reading the rest of it.
    pub fn published(&self) -> Option<PartialDate> {
        #[derive(Deserialize)]
        struct Dated {
            published: Option<Published>,
        }
        // A content that does not parse has no date: applying an event is total.
        serde_json::from_str::<Dated>(self.content.get()).ok()?.published.map(|published| published.date)
    }
}
