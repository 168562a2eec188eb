//! `annals extract`: what intake makes of a file.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::ingest::HintOptions;
use super::ingest::documents::{Opened, member_of};
use super::ingest::files::FoundFile;
use super::{Done, Failure, say};
use crate::archive::Arriving;
use crate::bulletin::{Author, Category, Enclosure, Link, Published, running_text};
use crate::config::Config;
use crate::intake::{self, Arrival, Refusal, Submission, container};

/// A bulletin as intake understood it.
#[derive(Serialize)]
struct Extracted {
    /// Where in a container it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    title: Option<String>,
    /// The day, where the date is that precise.
    date: Option<String>,
    /// What a reader of the body sees, but for the captions of pictures.
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Published>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Category>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enclosures: Vec<Enclosure>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// The bulletins of a document of many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Extracted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

pub fn run(config: &Config, path: &Path, hints: HintOptions) -> Result<Done, Failure> {
    let found = FoundFile::at(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let bytes_max = config.intake.bytes_max;
    let items: Vec<Extracted> = match Opened::open(&found, &hints, bytes_max, &Arc::default()) {
        Ok(Opened::Document(bytes)) => {
            let arrival = hints.arrival(&found.source, found.relative.clone());
            read(config, &bytes, &arrival).map(one).collect()
        }
        Ok(Opened::Container(container, input)) => {
            hints.check_for_many()?;
            let members = container::unpack(container, input, bytes_max);
            let member = |member| match member {
                Ok(member) => {
                    let Arriving { name, bytes, arrival } = member_of(&found, &hints, member);
                    let parts = bytes.map(|bytes| read(config, &bytes, &arrival).map(one).collect());
                    let parts: Vec<Extracted> = parts.unwrap_or_else(|refusal| vec![one(Err(refusal))]);
                    parts.into_iter().map(|part| Extracted { file: Some(name.clone()), ..part }).collect()
                }
                Err(refusal) => vec![one(Err(refusal))],
            };
            members.flat_map(member).collect()
        }
        Err(refusal) => vec![one(Err(refusal))],
    };
    let refused = items.iter().any(|item| item.outcome.is_some());
    say(serde_json::to_string(&document(items))?);
    Ok(if refused { Done::Wrong } else { Done::Well })
}

fn read(
    config: &Config,
    bytes: &[u8],
    arrival: &Arrival,
) -> impl Iterator<Item = Result<Submission, Refusal>> {
    let parts = match intake::read(bytes, arrival, &config.intake) {
        Ok(document) => document.parts,
        Err(refusal) => vec![Err(refusal)],
    };
    parts.into_iter()
}

/// A document of many is shown as its first bulletin with the text of all, and every bulletin by itself.
fn document(mut items: Vec<Extracted>) -> Extracted {
    if items.len() == 1 {
        return items.remove(0);
    }
    let text: Vec<&str> = items.iter().filter_map(|item| item.text.as_deref()).collect();
    let text = Some(text.join("\n"));
    let first = items.first();
    let title = first.and_then(|item| item.title.clone());
    let date = first.and_then(|item| item.date.clone());
    Extracted { title, date, text, items, ..Extracted::empty() }
}

fn one(part: Result<Submission, Refusal>) -> Extracted {
    let submission = match part {
        Ok(submission) => submission,
        Err(refusal) => {
            let (what, why) = (Some(refusal.what), Some(refusal.why));
            return Extracted { outcome: Some("refused"), what, why, ..Extracted::empty() };
        }
    };
    let content = submission.content;
    Extracted {
        title: Some(content.title),
        date: content
            .published
            .as_ref()
            .and_then(|published| published.date.day())
            .map(|day| day.to_string()),
        text: Some(running_text(&content.body)),
        precision: content.published.as_ref().map(|published| published.date.precision()),
        published: content.published,
        language: content.language,
        summary: content.summary,
        authors: content.authors,
        categories: submission.categories,
        links: content.links,
        enclosures: content.enclosures,
        aliases: submission.aliases.iter().map(ToString::to_string).collect(),
        entry_id: submission.entry_id,
        slug: Some(submission.slug),
        digest: Some(submission.digest.to_string()),
        body: Some(content.body),
        ..Extracted::empty()
    }
}

impl Extracted {
    fn empty() -> Extracted {
        Extracted {
            file: None,
            title: None,
            date: None,
            text: None,
            published: None,
            precision: None,
            language: None,
            summary: None,
            authors: Vec::new(),
            categories: Vec::new(),
            links: Vec::new(),
            enclosures: Vec::new(),
            aliases: Vec::new(),
            entry_id: None,
            slug: None,
            digest: None,
            body: None,
            items: Vec::new(),
            outcome: None,
            what: None,
            why: None,
        }
    }
}
