//! The feed of a question: what a search finds now, newest change first, as feeds of selections have it.
//!
//! It has no history of its own and no archive documents: what is found follows from what the archive holds. It must
//! never know how bulletins are found.

use jiff::Timestamp;

use super::document::{Publisher, moment_of};
use super::feed::{Feed, FeedLinks};
use super::format::FORMATS;
use crate::archive::ArchiveError;
use crate::bulletin::Author;
use crate::catalogue::state::State as _;
use crate::permalink::Route;

impl Publisher<'_> {
    /// The bulletins with these `numbers`, in their order, as the answer to `question` in the format whose documents
    /// end in `extension`. What is withdrawn is left out.
    pub fn answer(&self, question: &str, numbers: &[u64], extension: &str) -> Result<Feed, ArchiveError> {
        let links = &self.site.links;
        let url = |extension: &str| links.url_with(&Route::SearchFeed(extension.into()), &[("q", question)]);
        let asked: String = url::form_urlencoded::byte_serialize(question.as_bytes()).collect();
        let others = FORMATS.iter().filter(|format| format.extension != extension);
        let mut feed = Feed {
            id: format!("tag:{}:search?q={asked}", self.site.authority),
            title: format!("{}: {question}", self.site.title),
            subtitle: self.site.description.clone(),
            language: self.site.language.clone(),
            updated: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
            author: Author { name: self.site.title.clone(), ..Author::default() },
            links: FeedLinks {
                this: url(extension),
                page: links.url_with(&Route::Search, &[("q", question)]),
                others: others.map(|format| (format.media_type, url(format.extension))).collect(),
                ..FeedLinks::default()
            },
            archive: false,
            category_scheme: links.category_scheme(),
            entries: Vec::new(),
            tombstones: Vec::new(),
        };
        for (number, bulletin) in self.archive.about_to_show(numbers.iter().copied())? {
            if bulletin.withdrawn.is_some() {
                continue;
            }
            let touched = self.archive.catalogue().known_event(bulletin.touched)?;
            feed.updated = feed.updated.max(moment_of(touched.at));
            match self.latest_entry(number, &bulletin) {
                // The others are found all the same.
                Err(error) if error.is_damage() => {}
                entry => feed.entries.push(entry?),
            }
        }
        feed.changed = feed.updated;
        Ok(feed)
    }
}
