//! What editors have handed in and not yet published: in memory, bounded, each seen by its own session alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::bulletin::{BulletinId, Content};
use crate::digest::Digest;
use crate::intake::Arrival;

/// How many drafts are kept, and how many bytes of them for each byte that one may have; the oldest go first.
const DRAFTS_MAX: usize = 200;
const BYTES_TIMES: usize = 4;
const NAME_BYTES: usize = 16;

/// A document on its way in.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub bytes: Bytes,
    /// With the editor's corrections as its hints.
    pub arrival: Arrival,
    /// The bulletin that it revises, where the editor says so.
    pub target: Option<BulletinId>,
    /// What that bulletin said when its fields were handed in: what the form does not have stays.
    pub standing: Option<Content>,
    /// What of the last corrections could not be taken up, and why.
    pub wrong: Option<(String, String)>,
}

impl Draft {
    fn bytes(&self) -> usize {
        self.bytes.len() + self.standing.as_ref().map_or(0, |standing| standing.body.len())
    }
}

struct Kept {
    name: String,
    /// Of whose session.
    owner: Digest,
    draft: Arc<Draft>,
}

#[derive(Default)]
pub struct Drafts {
    kept: Mutex<VecDeque<Kept>>,
}

impl Drafts {
    /// Keeps a draft under a name that nobody guesses.
    pub fn add(&self, owner: Digest, draft: Draft, bytes_max: usize) -> Result<String, getrandom::Error> {
        let mut name = [0; NAME_BYTES];
        getrandom::fill(&mut name)?;
        let name = data_encoding::HEXLOWER.encode(&name);
        let mut kept = self.kept();
        kept.push_back(Kept { name: name.clone(), owner, draft: Arc::new(draft) });
        let bytes = |kept: &VecDeque<Kept>| kept.iter().map(|it| it.draft.bytes()).sum::<usize>();
        while kept.len() > 1
            && (kept.len() > DRAFTS_MAX || bytes(&kept) > bytes_max.saturating_mul(BYTES_TIMES))
        {
            kept.pop_front();
        }
        Ok(name)
    }

    pub fn find(&self, owner: Digest, name: &str) -> Option<Arc<Draft>> {
        self.kept().iter().find(|it| it.owner == owner && it.name == name).map(|it| it.draft.clone())
    }

    /// Puts a corrected draft in the place of the one that it was.
    pub fn replace(&self, owner: Digest, name: &str, draft: Draft) {
        if let Some(kept) = self.kept().iter_mut().find(|it| it.owner == owner && it.name == name) {
            kept.draft = Arc::new(draft);
        }
    }

    pub fn remove(&self, owner: Digest, name: &str) {
        self.kept().retain(|it| it.owner != owner || it.name != name);
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        // Each change is whole by itself.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_their_owners_and_bounded_in_number_and_bytes() {
        let drafts = Drafts::default();
        let draft = |bytes: usize| Draft { bytes: vec![b'a'; bytes].into(), ..Draft::default() };
        let [one, other] = [Digest::of(b"one"), Digest::of(b"other")];
        let first = drafts.add(one, draft(10), 10).unwrap();
        assert!(drafts.find(one, &first).is_some() && drafts.find(other, &first).is_none());
        (0..BYTES_TIMES).for_each(|_| drop(drafts.add(other, draft(10), 10).unwrap()));
        assert!(drafts.find(one, &first).is_none(), "the oldest goes when there are too many bytes");
        (0..2 * DRAFTS_MAX).for_each(|_| drop(drafts.add(other, draft(0), 10).unwrap()));
        assert!(drafts.kept().len() <= DRAFTS_MAX);
        let last = drafts.add(one, draft(10), 10).unwrap();
        drafts.replace(other, &last, draft(3));
        assert_eq!(drafts.find(one, &last).unwrap().bytes.len(), 10, "nobody else's");
        drafts.remove(one, &last);
        assert!(drafts.find(one, &last).is_none());
    }
}
