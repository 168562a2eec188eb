//! `annals repair`: damaged records mended with the very bytes that stood there.

use std::path::{Path, PathBuf};

use http::header::{ACCEPT, AUTHORIZATION};
use jiff::SignedDuration;

use super::verify::check;
use super::{Done, Failure, say};
use crate::config::Config;
use crate::egress::{Ask, Egress};
use crate::journal::event::{Action, Event};
use crate::journal::mend::{self, Gap};
use crate::journal::{record, segment};
use crate::permalink::{Permalinks, Route};

/// Holds the token that another Annals wants of whoever reads its journal.
const TOKEN: &str = "ANNALS_TOKEN";

/// How many milliseconds before its event a record may have been made to be found again, and how many bytes are compressed to
/// find it.
const MOMENTS_MAX: usize = 10_000;
const MADE_ANEW_BYTES_MAX: usize = 256 << 20;

/// Where whole records are had from.
enum From {
    Folder(PathBuf),
    Annals(Box<Annals>),
}

struct Annals {
    egress: Egress,
    links: Permalinks,
    token: Option<String>,
}

pub async fn run(config: Config, from: Option<String>, json: bool) -> Result<Done, Failure> {
    let dir = config.archive.journal_path();
    if !dir.exists() {
        return Err(format!("there is no journal in {}", config.archive.path.display()).into());
    }
    let from = from.map(|from| From::named(&config, &from)).transpose()?;
    if let Some(From::Folder(copy)) = &from {
        missing_segments(&dir, copy)?;
    }
    let gaps = mend::gaps(&dir)?;
    for gap in &gaps {
        let place = format!("{} from byte {} to {}", segment::file_name(gap.segment), gap.begin, gap.end);
        match repair(&dir, gap, from.as_ref()).await {
            Ok(by) => say(format_args!("mended   {place}, {by}")),
            Err(why) => say(format_args!("damaged  {place}: {why}")),
        }
    }
    // What counts is what a full check says of it, not what was meant to be done.
    check(&config, json)
}

/// Mends a gap, and says with what.
async fn repair(dir: &Path, gap: &Gap, from: Option<&From>) -> Result<&'static str, Failure> {
    if let Some(bytes) = mend::unflip(&mend::damaged_bytes(dir, gap).unwrap_or_default()) {
        mend::mend(dir, gap, &bytes)?;
        return Ok("by its checksum: one bit was another");
    }
    match from {
        None => Err("its checksum does not say what it was; `--from` names a copy or another Annals".into()),
        Some(From::Folder(copy)) => {
            let bytes = mend::read_stretch(&segment::path(copy, gap.segment), gap)?;
            mend::mend(dir, gap, &bytes)?;
            Ok("from the copy")
        }
        Some(From::Annals(annals)) => {
            let damaged = mend::damaged_bytes(dir, gap).unwrap_or_default();
            let recorded = annals.records(gap, &damaged).await;
            let bytes = match recorded {
                Ok(bytes) => bytes,
                Err(why) if gap.is_an_original() => match annals.original(gap, &damaged).await? {
                    Some(bytes) => bytes,
                    None => return Err(why),
                },
                Err(why) => return Err(why),
            };
            mend::mend(dir, gap, &bytes)?;
            Ok("from the other Annals")
        }
    }
}

impl From {
    fn named(config: &Config, from: &str) -> Result<From, Failure> {
        if from.starts_with("http://") || from.starts_with("https://") {
            let (links, token) = (Permalinks::new(from), std::env::var(TOKEN).ok());
            let egress = Egress::new(config.egress.clone());
            return Ok(From::Annals(Box::new(Annals { egress, links, token })));
        }
        let folder = Path::new(from);
        // The folder of an archive, or its journal/ alone.
        let journal = Some(folder.join("journal")).filter(|journal| journal.is_dir());
        let journal = journal.unwrap_or_else(|| folder.to_owned());
        if segment::list(&journal)?.is_empty() {
            return Err(format!("there is no journal in {from}").into());
        }
        Ok(From::Folder(journal))
    }
}

/// Copies the segments that are not there at all. A server that runs has none missing: it would not have started.
fn missing_segments(dir: &Path, copy: &Path) -> Result<(), Failure> {
    let (here, there) = (segment::list(dir)?, segment::list(copy)?);
    let last = journal_end(dir).unwrap_or_else(|| here.last().copied().unwrap_or(0));
    for number in there.into_iter().filter(|number| !here.contains(number) && *number <= last) {
        let (path, new) =
            (segment::path(dir, number), dir.join(format!("{}.new", segment::file_name(number))));
        std::fs::copy(segment::path(copy, number), &new)?;
        std::fs::File::open(&new)?.sync_all()?;
        std::fs::rename(&new, &path)?;
        std::fs::File::open(dir)?.sync_all()?;
        say(format_args!("mended   {} as a whole, from the copy", segment::file_name(number)));
    }
    Ok(())
}

/// The segment up to which the journal was acknowledged.
fn journal_end(dir: &Path) -> Option<u32> {
    crate::journal::read_head(dir).map(|head| head.segment)
}

impl Annals {
    /// The gap's bytes, cut out of the records of the events that it may touch.
    async fn records(&self, gap: &Gap, damaged: &[u8]) -> Result<Vec<u8>, Failure> {
        let after = gap.after.as_ref().ok_or("nothing behind it says what stood there")?;
        let mut bytes = Vec::new();
        let wanted = gap.end - gap.base;
        for seq in gap.before.0 + 1..=after.seq {
            if bytes.len() as u64 >= wanted {
                break;
            }
            let records = self.fetch(&Route::Records(seq)).await?;
            if gap.base == 0 && bytes.is_empty() {
                bytes = mend::segment_head(gap, &records)
                    .filter(|head| mend::is_remade(damaged, head))
                    .ok_or("the head of a segment is had from a copy only")?;
            }
            bytes.extend_from_slice(&records);
        }
        let range = (gap.begin - gap.base) as usize..wanted as usize;
        Ok(bytes.get(range).ok_or("the other archive has other records there")?.to_vec())
    }

    /// The record of an original, made anew from the original itself, which is there for anyone. Some of what a record says
    /// of it is nowhere else: nothing where it does not come to the same bytes.
    async fn original(&self, gap: &Gap, damaged: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let Some(after) = &gap.after else { return Ok(None) };
        let (Some(digest), Ok(event)) = (after.original, Event::parse(&after.json)) else { return Ok(None) };
        let original = self.fetch(&Route::Original(digest)).await?;
        let (media_type, aliases) = match &event.action {
            Action::Admit(admission) => (&admission.media_type, admission.aliases.as_slice()),
            Action::Keep { media_type, .. } => (media_type, &[][..]),
            _ => return Ok(None),
        };
        let addresses: Vec<_> = aliases.iter().map(|alias| Some(alias.name.as_str())).chain([None]).collect();
        // The record was made some moments before its event had its turn.
        let moments = (MADE_ANEW_BYTES_MAX / original.len().max(1)).clamp(1, MOMENTS_MAX);
        for earlier in 0..moments as i64 {
            let at = event.at - SignedDuration::from_millis(earlier);
            let made = addresses.iter().map(|it| record::resource(&original, digest, media_type, *it, at));
            if let Some(made) = made.into_iter().find(|bytes| mend::is_remade(damaged, bytes)) {
                return Ok(Some(made));
            }
        }
        Ok(None)
    }

    async fn fetch(&self, route: &Route) -> Result<Vec<u8>, Failure> {
        let mut ask = Ask::get(&self.links.url(route));
        ask.headers.insert(ACCEPT, http::HeaderValue::from_static("*/*"));
        if let (Some(token), Route::Records(_)) = (&self.token, route) {
            ask.headers.insert(AUTHORIZATION, format!("Bearer {token}").parse()?);
        }
        let fetched = self.egress.fetch(&ask).await?;
        if !fetched.status.is_success() {
            let hint = if fetched.status.as_u16() == 401 {
                format!(" (${TOKEN} holds the token)")
            } else {
                String::new()
            };
            return Err(format!("{} answered {}{hint}", ask.url, fetched.status).into());
        }
        Ok(fetched.body.to_vec())
    }
}
