//! What becomes of a draft: read as intake reads it, decided as admission decides it, and nothing written down.

use serde_json::json;

use super::Session;
use super::drafts::Draft;
use super::form::Form;
use crate::archive::Happened;
use crate::intake::container::{self, HEAD_BYTES};
use crate::intake::left_out::left_out;
use crate::intake::{self, Document, FORMATS, Hints, Refusal, RefusalKind, Submission};
use crate::pages::{DeskEvent, DeskPart, DeskPreview, Standing};
use crate::web::App;
use crate::web::problem::Problem;

/// A draft as an editor left it, and whether it is to be admitted now.
pub struct Corrected {
    pub draft: Draft,
    pub admit: bool,
}

/// Reads a draft as it would be admitted.
pub fn read(app: &App, draft: &Draft) -> Result<Document, Refusal> {
    let head = &draft.bytes[..draft.bytes.len().min(HEAD_BYTES)];
    if container::find(draft.arrival.media_type.as_deref(), None, head).is_some() {
        let why = "it holds documents; hand them in one by one, or have `annals ingest` take in all of them";
        return Err(Refusal::new(RefusalKind::Unprocessable, "the document", why));
    }
    let mut document = intake::read(&draft.bytes, &draft.arrival, &app.config.intake)?;
    if let Some(target) = draft.target {
        if document.parts.len() != 1 {
            let why = format!("it holds {} bulletins, and one is to be revised", document.parts.len());
            return Err(Refusal::new(RefusalKind::Unprocessable, "the document", why));
        }
        document.parts.iter_mut().flatten().for_each(|part| part.target = Some(target));
    }
    Ok(document)
}

pub fn view(app: &App, session: &Session, name: &str, draft: &Draft) -> Result<DeskPreview, Problem> {
    let hints = draft.arrival.hints.clone();
    let format = draft.arrival.media_type.clone();
    let document = match read(app, draft) {
        Ok(document) => document,
        Err(refusal) => {
            let parts = vec![Err((refusal.what, refusal.why))];
            return Ok(DeskPreview {
                name: name.into(),
                parts,
                one: false,
                left_out: None,
                url: hints.url,
                id: hints.id,
                format,
            });
        }
    };
    let one = document.parts.len() == 1 && document.parts[0].is_ok() && !document.collection;
    let gone = left_out(&draft.bytes, &draft.arrival, &document);
    let part = |part: Result<Submission, Refusal>| match part {
        Ok(submission) => part_of(app, session, submission).map(Ok),
        Err(refusal) => Ok(Err((refusal.what, refusal.why))),
    };
    let parts = document.parts.into_iter().map(part).collect::<Result<_, Problem>>()?;
    Ok(DeskPreview { name: name.into(), parts, one, left_out: gone, url: hints.url, id: hints.id, format })
}

fn part_of(app: &App, session: &Session, submission: Submission) -> Result<DeskPart, Problem> {
    let foreseen = app.archive.foresee(&session.by, &submission)?;
    let standing = match &foreseen.bulletin {
        Some(bulletin) => {
            let versions = bulletin.versions.len() as u32;
            let version = app.archive.version(bulletin, versions)?;
            let title = version.map_or_else(String::new, |version| version.content.title.clone());
            Some(Standing { id: bulletin.id, slug: bulletin.slug.clone(), title, versions })
        }
        None => None,
    };
    // The form has the body as it is kept, the page as readers see it.
    let mut shown = submission.content.clone();
    app.config.site.links.show(&mut shown);
    Ok(DeskPart {
        content: submission.content,
        shown: shown.body,
        categories: submission.categories,
        source: submission.source,
        minor: submission.minor,
        outcome: foreseen.outcome.name(),
        standing,
        conflicts: foreseen.conflicts.into_iter().map(|(alias, _)| alias).collect(),
        refusal: foreseen.refusal.map(|refusal| (refusal.what, refusal.why)),
    })
}

/// Takes up what an editor changed. What stands in the form as it was found is left to intake.
pub fn correct(app: &App, session: &Session, draft: &Draft, form: &Form) -> Result<Corrected, Problem> {
    let mut draft = draft.clone();
    let admit = form.text("do") == "admit";
    if form.has("format") {
        draft.arrival.media_type = Some(form.text("format")).filter(|format| !format.is_empty());
    }
    let shown = read(app, &draft).ok().and_then(|document| match document.parts.into_iter().next() {
        Some(Ok(submission)) => Some(submission),
        _ => None,
    });
    if let Some(shown) = shown.filter(|_| form.has("title")) {
        take_up(&mut draft.arrival.hints, &shown, form)?;
    }
    if form.has("source") {
        let source = Some(form.text("source").trim().to_string()).filter(|source| !source.is_empty());
        draft.arrival.hints.source = source.or_else(|| session.by.source().map(String::from));
    }
    Ok(Corrected { draft, admit })
}

fn take_up(hints: &mut Hints, shown: &Submission, form: &Form) -> Result<(), Problem> {
    let content = &shown.content;
    let changed =
        |name: &str, found: &str| Some(form.text(name).trim().to_string()).filter(|it| it != found.trim());
    hints.title = changed("title", &content.title).or(hints.title.take());
    hints.summary =
        changed("summary", content.summary.as_deref().unwrap_or_default()).or(hints.summary.take());
    hints.body = changed("body", &content.body).or(hints.body.take());
    let found = content.published.as_ref().map(|published| published.date.to_string()).unwrap_or_default();
    if let Some(date) = changed("published", &found).filter(|date| !date.is_empty()) {
        let wrong = |error: crate::bulletin::NotADate| {
            Refusal::new(RefusalKind::Malformed, "the date", error.to_string())
        };
        hints.published = Some(date.parse().map_err(wrong)?);
    }
    let language = changed("language", content.language.as_deref().unwrap_or_default());
    hints.language = language.filter(|language| !language.is_empty()).or(hints.language.take());
    let labels: Vec<&str> = shown.categories.iter().map(|category| category.label.as_str()).collect();
    if let Some(categories) = changed("categories", &labels.join("\n")) {
        hints.categories =
            categories.lines().map(str::trim).filter(|it| !it.is_empty()).map(String::from).collect();
    }
    let name = |name: &str| Some(form.text(name).trim().to_string()).filter(|it| !it.is_empty());
    (hints.url, hints.id, hints.minor) = (name("url"), name("id"), form.has("minor"));
    Ok(())
}

/// The fields of a bulletin that is to be revised, as a document of their own.
pub fn as_json(form: &Form) -> Vec<u8> {
    let some = |name: &str| Some(form.text(name).trim().to_string()).filter(|text| !text.is_empty());
    let categories: Vec<String> = form
        .text("categories")
        .lines()
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(String::from)
        .collect();
    let mut bulletin = json!({"title": some("title"), "body_html": some("body"), "categories": categories});
    for name in ["summary", "published", "language"] {
        if let Some(text) = some(name) {
            bulletin[name] = text.into();
        }
    }
    // Whoever wrote it before wrote it still.
    if let Ok(authors) = serde_json::from_str::<serde_json::Value>(&form.text("authors")) {
        bulletin["authors"] = authors;
    }
    if let Ok(enclosures) = serde_json::from_str::<serde_json::Value>(&form.text("enclosures")) {
        bulletin["enclosures"] = enclosures;
    }
    bulletin.to_string().into_bytes()
}

/// What a file's ending says of it.
pub fn media_type_of(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let means = |known: &&str| known.eq_ignore_ascii_case(ending);
    let mut formats = FORMATS.iter().filter(|format| format.extensions.iter().any(&means));
    // An ending that means several things says nothing that its look does not say better.
    formats.next().filter(|_| formats.next().is_none()).map(|format| format.media_types[0])
}

pub fn event(happened: &Happened) -> DeskEvent {
    DeskEvent {
        at: happened.at,
        by: happened.by.clone(),
        source: happened.source.clone(),
        outcome: happened.outcome.name(),
        reason: happened.reason.clone(),
        id: happened.bulletin.id,
        title: happened.title.clone(),
    }
}
