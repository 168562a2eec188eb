//! The answer to an admission.

use serde::Serialize;

use crate::bulletin::BulletinId;
use crate::catalogue::identity::Verdict;
use crate::digest::Digest;
use crate::intake::Refusal;
use crate::permalink::{Permalinks, Route};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    New,
    Revised,
    Duplicate,
    Withdrawn,
    Restored,
}

impl Outcome {
    pub const ALL: [Outcome; 5] =
        [Outcome::New, Outcome::Revised, Outcome::Duplicate, Outcome::Withdrawn, Outcome::Restored];

    pub fn name(self) -> &'static str {
        match self {
            Outcome::New => "new",
            Outcome::Revised => "revised",
            Outcome::Duplicate => "duplicate",
            Outcome::Withdrawn => "withdrawn",
            Outcome::Restored => "restored",
        }
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Outcome {
        match verdict {
            Verdict::New => Outcome::New,
            Verdict::Revised => Outcome::Revised,
            Verdict::Duplicate => Outcome::Duplicate,
            Verdict::Withdrawn => Outcome::Withdrawn,
        }
    }
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub outcome: Outcome,
    pub id: BulletinId,
    pub slug: String,
    /// The version that stands or, for a duplicate, the one that it repeats.
    pub version: u32,
    /// The content digest of that version.
    pub digest: Digest,
    pub entry_id: String,
    /// Aliases that belong to another bulletin and stay with it.
    pub conflicts: Vec<(String, BulletinId)>,
}

/// A receipt or a refusal as it is written in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Receipt {
        outcome: Outcome,
        id: BulletinId,
        version: u32,
        digest: Digest,
        permalink: String,
        entry_id: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        conflicts: Vec<Conflict>,
    },
    Refused {
        outcome: &'static str,
        what: String,
        why: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    pub alias: String,
    pub id: BulletinId,
}

impl Answer {
    pub fn new(result: &Result<Receipt, Refusal>, links: &Permalinks) -> Answer {
        match result {
            Ok(receipt) => Answer::Receipt {
                outcome: receipt.outcome,
                id: receipt.id,
                version: receipt.version,
                digest: receipt.digest,
                permalink: links.url(&receipt.permalink()),
                entry_id: receipt.entry_id.clone(),
                conflicts: receipt
                    .conflicts
                    .iter()
                    .map(|(alias, id)| Conflict { alias: alias.clone(), id: *id })
                    .collect(),
            },
            Err(refusal) => Answer::refused(refusal),
        }
    }

    pub fn refused(refusal: &Refusal) -> Answer {
        Answer::Refused { outcome: "refused", what: refusal.what.clone(), why: refusal.why.clone() }
    }
}

impl Receipt {
    pub fn permalink(&self) -> Route {
        Route::Bulletin(self.id, Some(self.slug.clone()))
    }
}
