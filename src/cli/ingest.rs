//! `annals ingest`: files, folders or standard input into the archive.

mod addresses;
pub mod documents;
pub mod files;
mod folders;
mod resume;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::PathBuf;

use super::door::{AnswerJson, Door};
use super::progress::Progress;
use super::{Done, Failure, say};
use crate::bulletin::PartialDate;
use crate::config::Config;
use crate::intake::{Arrival, Hints, Refusal, RefusalKind};
use documents::{Documents, Mark};
pub use files::Files;
use folders::Folders;
use resume::Resume;

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
    /// Read everything again, also where an earlier run was stopped
    #[arg(long)]
    from_start: bool,
    #[command(flatten)]
    hints: HintOptions,
}

/// What whoever sends a bulletin says of it; each overrides what is found in it.
#[derive(clap::Args, Clone, Debug, Default)]
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
            ..Hints::default()
        };
        Arrival { source: source.into(), media_type: self.media_type.clone(), path, unplaced: false, hints }
    }

    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// Refuses hints that name one bulletin where there are many: all would be taken for the same.
    pub fn check_for_many(&self) -> Result<(), Refusal> {
        let given = [("--id", self.id.is_some()), ("--url", self.url.is_some())];
        let Some((name, _)) = given.into_iter().find(|(_, given)| *given) else { return Ok(()) };
        let why = "it names one bulletin, and the file holds many: leave it out";
        Err(Refusal::new(RefusalKind::Unprocessable, name, why))
    }
}

pub async fn run(config: Config, mut options: Options, json: bool) -> Result<Done, Failure> {
    if options.mail_pipe {
        options.hints.media_type.get_or_insert("message/rfc822".into());
    }
    let addresses = addresses::among(&mut options.paths);
    let files = Files::find(&options.paths, &config.archive.path)?;
    let mut door = Door::open(&config).await?;
    let way = Way { json, from_start: options.from_start };
    let mut counts = admit(&mut door, &config, files, &options.hints, way).await?;
    for address in addresses {
        let walk = addresses::Walk { config: &config, hints: &options.hints, past: options.past, json };
        walk.admit(&mut door, &address, &mut counts).await?;
    }
    if !json {
        eprintln!("{counts}");
    }
    Ok(if counts.refused > 0 { Done::Wrong } else { Done::Well })
}

/// How files are admitted.
#[derive(Clone, Copy, Default)]
pub struct Way {
    pub json: bool,
    /// Whether where an earlier run was stopped is of no interest.
    pub from_start: bool,
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
    /// For beside a bar.
    fn brief(&self) -> String {
        let Counts { new, revised, duplicate, withdrawn, refused } = self;
        format!("{} taken in, {refused} refused", new + revised + duplicate + withdrawn)
    }

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

/// Admits files and what is in them, printing a line for each answer. Takes up where an earlier run with the same
/// paths and hints was stopped.
pub async fn admit(
    door: &mut Door,
    config: &Config,
    mut files: Files,
    hints: &HintOptions,
    way: Way,
) -> Result<Counts, Failure> {
    files.left_alone().iter().for_each(|line| eprintln!("{line}"));
    if hints.source.is_none() {
        let said = Folders::of(&config.archive.path).name(&mut files.files);
        said.iter().for_each(|line| eprintln!("{line}"));
    }
    let total = files.bytes();
    let mut resume = Resume::open(&config.archive, &files.roots, hints, way.from_start);
    let before = files.files.len();
    files.files.retain(|file| !resume.is_done(file));
    resume.say(before - files.files.len());
    let done = total - files.bytes();
    let bar = Progress::new("taking in", "", total);
    bar.set(done, total);
    let mut counts = Counts::default();
    let marks = RefCell::new(VecDeque::new());
    let earlier = resume.members();
    let acknowledged = |file: &files::FoundFile| earlier.acknowledged(file);
    let documents = Documents::new(files.files, hints, config.intake.bytes_max, &marks, &acknowledged);
    let answered = |name: &str, answers: Vec<AnswerJson>| {
        let refused = counts.refused;
        for answer in answers {
            counts.count(&answer);
            bar.say(&line(name, &answer, way.json));
        }
        bar.note(counts.brief());
        let reached = pass(&mut marks.borrow_mut(), &mut resume, counts.refused > refused);
        bar.set(done + reached, total);
    };
    door.admit_all(documents, answered).await?;
    bar.finish();
    resume.finish();
    Ok(counts)
}

/// Passes the marks up to the document that was answered just now, and the ends of files behind it; how far that is.
fn pass(marks: &mut VecDeque<Mark>, resume: &mut Resume, refused: bool) -> u64 {
    let mut furthest = 0;
    let mut answered = false;
    while let Some(mark) = marks.pop_front() {
        match mark {
            Mark::Document { .. } if answered => {
                marks.push_front(mark);
                break;
            }
            Mark::Document { member, reached } => {
                (answered, furthest) = (true, reached);
                if let Some((path, stamp, count)) = member {
                    resume.note_member(path, stamp, count);
                }
            }
            Mark::File { path, stamp, container, reached } => {
                furthest = reached;
                // What was refused is to be named again the next time, unless it is one of many.
                if let Some(path) = path.filter(|_| container || !refused) {
                    resume.note_done(path, stamp);
                }
            }
        }
    }
    resume.keep();
    furthest
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
        "refused" => {
            // Some refusals name the file themselves, with the place in it.
            let place = match text("what").strip_prefix(name) {
                Some(within) => within.into(),
                None => format!(": {}", text("what")),
            };
            format!("{:9}  {name}{place}: {}", "refused", text("why"))
        }
        outcome => {
            let version = answer["version"].as_u64().unwrap_or_default();
            format!("{outcome:9}  {}  version {version}  {name}", text("permalink"))
        }
    }
}

/// The summary that `serve` prints after taking files in.
pub fn report(counts: &Counts) {
    say(counts);
}
