//! `annals ingest`: files, folders or standard input into the archive.

mod addresses;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::door::{AnswerJson, Door};
use super::progress::Progress;
use super::{Done, Failure, say};
use crate::archive::Arriving;
use crate::bulletin::PartialDate;
use crate::config::Config;
use crate::intake::{Arrival, Hints};

#[derive(clap::Args)]
pub struct Options {
    /// Files and folders, addresses of feeds and pages, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Follow an address to its older parts, to the end: RFC 5005 archives, pages of feeds, WordPress
    #[arg(long)]
    past: bool,
    /// Speak as mail servers expect of a pipe: standard input is an email, and exit codes are those of
    /// sysexits.h (65 refused, 75 try again later)
    #[arg(long)]
    pub mail_pipe: bool,
    #[command(flatten)]
    hints: HintOptions,
}

/// What whoever sends a bulletin says of it; each overrides what is found in it.
#[derive(clap::Args, Clone, Default)]
pub struct HintOptions {
    /// Who says it [default: the folder's name]
    #[arg(long)]
    source: Option<String>,
    /// A category (repeatable)
    #[arg(long)]
    category: Vec<String>,
    /// When it was published: 2017, 2017-06, 2017-06-30 or an instant
    #[arg(long, value_name = "DATE")]
    published: Option<PartialDate>,
    /// Its address
    #[arg(long)]
    url: Option<String>,
    /// Its language, a BCP 47 tag
    #[arg(long)]
    language: Option<String>,
    /// The id by which its source knows it
    #[arg(long)]
    id: Option<String>,
    /// The media type, where a name does not tell it
    #[arg(long = "type", value_name = "MEDIA TYPE")]
    media_type: Option<String>,
    /// A revision that is not worth a reader's attention
    #[arg(long)]
    minor: bool,
}

impl HintOptions {
    /// How a file arrives: its folder's name is its source, where it has no other.
    pub fn arrival(&self, source: &str, path: Option<String>) -> Arrival {
        let hints = Hints {
            id: self.id.clone(),
            source: self.source.clone(),
            categories: self.category.clone(),
            published: self.published,
            url: self.url.clone(),
            language: self.language.clone(),
            received: None,
            minor: self.minor,
        };
        Arrival { source: source.into(), media_type: self.media_type.clone(), path, hints }
    }
}

pub async fn run(config: Config, mut options: Options, json: bool) -> Result<Done, Failure> {
    if options.mail_pipe {
        options.hints.media_type.get_or_insert("message/rfc822".into());
    }
    let addresses = addresses::among(&mut options.paths);
    let files = Files::find(&options.paths)?;
    let mut door = Door::open(&config).await?;
    let mut counts = admit(&mut door, files, &options.hints, json).await?;
    for address in addresses {
        let walk = addresses::Walk { config: &config, hints: &options.hints, past: options.past, json };
        walk.admit(&mut door, &address, &mut counts).await?;
    }
    if !json {
        eprintln!("{counts}");
    }
    Ok(if counts.refused > 0 { Done::Wrong } else { Done::Well })
}

/// How many of what became of what was admitted.
#[derive(Default)]
pub struct Counts {
    pub new: u64,
    pub revised: u64,
    pub duplicate: u64,
    pub withdrawn: u64,
    pub refused: u64,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts { new, revised, duplicate, withdrawn, refused } = self;
        write!(
            f,
            "{new} new, {revised} revised, {duplicate} duplicate, {withdrawn} withdrawn, {refused} refused"
        )
    }
}

impl Counts {
    fn count(&mut self, answer: &AnswerJson) {
        *match answer["outcome"].as_str() {
            Some("new") => &mut self.new,
            Some("revised") => &mut self.revised,
            Some("duplicate") => &mut self.duplicate,
            Some("withdrawn") => &mut self.withdrawn,
            _ => &mut self.refused,
        } += 1;
    }
}

/// Admits files, printing a line for each answer.
pub async fn admit(
    door: &mut Door,
    files: Files,
    hints: &HintOptions,
    json: bool,
) -> Result<Counts, Failure> {
    let bar = Progress::new("taking in", "files", files.0.len() as u64);
    let mut counts = Counts::default();
    let items = files.0.into_iter().map(|file| file.read(hints));
    let answered = |name: &str, answers: Vec<AnswerJson>| {
        for answer in answers {
            counts.count(&answer);
            bar.say(&line(name, &answer, json));
        }
        bar.add(1);
    };
    door.admit_all(items, answered).await?;
    bar.finish();
    Ok(counts)
}

/// An answer as it is printed.
fn line(name: &str, answer: &AnswerJson, json: bool) -> String {
    let text = |field: &str| answer[field].as_str().unwrap_or_default();
    if json {
        let mut named = answer.clone();
        if let Some(object) = named.as_object_mut() {
            object.insert("file".into(), name.into());
        }
        return named.to_string();
    }
    match text("outcome") {
        "refused" => format!("{:9}  {name}: {}: {}", "refused", text("what"), text("why")),
        outcome => {
            let version = answer["version"].as_u64().unwrap_or_default();
            format!("{outcome:9}  {}  version {version}  {name}", text("permalink"))
        }
    }
}

/// A file that is to be taken in.
pub struct FoundFile {
    /// None for standard input.
    path: Option<PathBuf>,
    name: String,
    source: String,
    /// Relative to the folder that is its source.
    relative: Option<String>,
}

impl FoundFile {
    fn read(self, hints: &HintOptions) -> Arriving {
        let bytes = match &self.path {
            Some(path) => std::fs::read(path),
            None => {
                let mut bytes = Vec::new();
                std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
            }
        };
        let arrival = hints.arrival(&self.source, self.relative);
        Arriving { name: self.name, bytes: bytes.map(Into::into), arrival }
    }
}

/// Files in a fixed order: folders in the order of their names, so that a correction that is named to come
/// later does.
pub struct Files(pub Vec<FoundFile>);

impl Files {
    /// Finds every file at and below `paths`. Names that begin with a dot are left alone.
    pub fn find(paths: &[PathBuf]) -> Result<Files, Failure> {
        let mut files = Vec::new();
        for path in paths {
            if path.as_os_str() == "-" {
                let (name, source) = ("standard input".into(), "stdin".into());
                files.push(FoundFile { path: None, name, source, relative: None });
                continue;
            }
            let full =
                path.canonicalize().map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let folder = if full.is_dir() { full.as_path() } else { full.parent().unwrap_or(Path::new("/")) };
            let source =
                folder.file_name().map_or("files".into(), |name| name.to_string_lossy().into_owned());
            let visible = |entry: &walkdir::DirEntry| {
                entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
            };
            for entry in WalkDir::new(&full).sort_by_file_name().into_iter().filter_entry(visible) {
                let entry = entry?;
                if !entry.file_type().is_file() {
                    continue;
                }
                let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                let relative = below.to_string_lossy().into_owned();
                let name = relative.clone();
                files.push(FoundFile {
                    path: Some(entry.into_path()),
                    name,
                    source: source.clone(),
                    relative: Some(relative),
                });
            }
        }
        Ok(Files(files))
    }
}

/// The summary that `serve` prints after taking files in.
pub fn report(counts: &Counts) {
    say(counts);
}
