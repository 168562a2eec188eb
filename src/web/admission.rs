//! Admission over HTTP: POST, PUT and DELETE.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT, LOCATION};
use http::request::Parts;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Body;
use url::form_urlencoded;

use super::App;
use super::auth::Way;
use super::containers;
use super::problem::Problem;
use super::response::{self, JSON, Reply};
use super::sheaf;
use crate::archive::{Answer, By, Outcome, Receipts, Right, apart};
use crate::bulletin::{BulletinId, clip};
use crate::intake::{self, Arrival, Document, Hints, Refusal, RefusalKind};

/// Nothing more of a body came for so long: what paces a body ends it with this.
#[derive(Debug, thiserror::Error)]
#[error("nothing more of it came for {0:?}")]
pub struct Stalled(pub Duration);

/// How many times the largest document is read and thrown away for the sake of an answer.
const PASSED_OVER_TIMES: usize = 4;

/// Admits what the body holds; with a `target`, as a revision of that bulletin.
pub async fn admit<B>(
    app: &Arc<App>,
    way: Way,
    parts: &Parts,
    body: B,
    target: Option<BulletinId>,
) -> Result<Reply, Problem>
where
    B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    // Nothing of the body is read for whoever may not admit.
    // What a document comes to is only known when it is read, and then looked at again.
    let rights: &[Right] = if target.is_some() { &[Right::Revise] } else { &[Right::Admit, Right::Revise] };
    let by = app.guard.authorise(way, parts, rights, (app.clock)())?;
    let arrival = arrival(parts, way, &by)?;
    let bytes = read_body(parts, body, app.config.intake.bytes_max).await?;
    if way == Way::Local && target.is_none() && arrival.media_type.as_deref() == Some(sheaf::MEDIA_TYPE) {
        return sheaf::admit(app, by, bytes).await;
    }
    // A revision is one bulletin: what holds many is then refused as any unknown format.
    if let Some(container) = containers::find(&arrival, &bytes).filter(|_| target.is_none()) {
        let answers = containers::admit(app, container, arrival, bytes, by).await?;
        return Ok(response::plain(StatusCode::OK, JSON, to_json(&answers)));
    }
    let at = (app.clock)();
    let (offer, many) = {
        let (app, bytes) = (app.clone(), bytes.clone());
        // Reading a page takes milliseconds: not on a thread that others wait for.
        let read = move || -> Result<_, Problem> {
            let document = intake::read(&bytes, &arrival, &app.config.intake)?;
            let many = holds_many(&document, &bytes);
            if target.is_some() && document.parts.len() != 1 {
                let why = format!("it holds {} bulletins, and one is to be revised", document.parts.len());
                return Err(Refusal::new(RefusalKind::Unprocessable, "the document", why).into());
            }
            if let [Err(refusal)] = &document.parts[..]
                && !many
            {
                return Err(refusal.clone().into());
            }
            Ok((app.archive.offer(document, bytes, at), many))
        };
        let read = apart(read).await;
        read.unwrap_or_else(|_| {
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the document could not be read"))
        })?
    };
    let offer = if let Some(id) = target { offer.revising(id) } else { offer };
    let receipts = app.archive.admit(offer, &by, at).await?;
    match <[_; 1]>::try_from(receipts) {
        // Where nothing but one thing is refused, that is what became of the request.
        Ok([Err(refusal)]) if !many => Err(refusal.into()),
        Ok(only) => Ok(answer(app, only.into(), many, target.is_none())),
        Err(receipts) => Ok(answer(app, receipts, many, target.is_none())),
    }
}

/// Whether the answer is a list: a JSON array is one even where it holds a single bulletin, and a feed is, which
/// may hold none.
fn holds_many(document: &Document, bytes: &[u8]) -> bool {
    document.collection
        || document.parts.len() > 1
        || (document.media_type == JSON && bytes.trim_ascii_start().starts_with(b"["))
}

fn answer(app: &App, receipts: Receipts, many: bool, creates: bool) -> Reply {
    let links = &app.config.site.links;
    let answers: Vec<Answer> = receipts.iter().map(|receipt| Answer::new(receipt, links)).collect();
    if many {
        return response::plain(StatusCode::OK, JSON, to_json(&answers));
    }
    let made = match receipts.first() {
        Some(Ok(receipt)) if creates && matches!(receipt.outcome, Outcome::New | Outcome::Revised) => {
            Some(links.url(&receipt.permalink()))
        }
        _ => None,
    };
    let status = if made.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let mut reply = response::plain(status, JSON, to_json(&answers[0]));
    if let Some(url) = made {
        reply.headers_mut().insert(LOCATION, response::value(&url));
    }
    reply
}

pub fn to_json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut json = serde_json::to_vec(value).expect("answers are made of text and numbers");
    json.push(b'\n');
    json
}

pub async fn withdraw(app: &Arc<App>, way: Way, parts: &Parts, id: BulletinId) -> Result<Reply, Problem> {
    let by = app.guard.authorise(way, parts, &[Right::Withdraw], (app.clock)())?;
    let mut reason = None;
    for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        match &*name {
            "reason" => reason = Some(value.into_owned()),
            other => return Err(unknown_parameter(other, "reason")),
        }
    }
    let reason = reason
        .map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|reason| !reason.is_empty());
    let missing = || {
        Problem::new(StatusCode::BAD_REQUEST, "say why: `DELETE /bulletins/{id}?reason=…`; readers see it")
    };
    let reason = reason.ok_or_else(missing)?;
    let receipts = app.archive.withdraw(id, &reason, &by, (app.clock)()).await?;
    Ok(answer(app, receipts, false, false))
}

pub async fn restore(app: &Arc<App>, way: Way, parts: &Parts, id: BulletinId) -> Result<Reply, Problem> {
    let by = app.guard.authorise(way, parts, &[Right::Withdraw], (app.clock)())?;
    let receipts = app.archive.restore(id, &by, (app.clock)()).await?;
    Ok(answer(app, receipts, false, false))
}

/// The hints that a request carries as query parameters, and its media type.
fn arrival(parts: &Parts, way: Way, by: &By) -> Result<Arrival, Problem> {
    let media_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(String::from);
    arrival_of(parts.uri.query().unwrap_or_default(), media_type, way, by)
}

/// As the query of a request says it.
pub fn arrival_of(query: &str, media_type: Option<String>, way: Way, by: &By) -> Result<Arrival, Problem> {
    const KNOWN: &str = "id, source, category, published, url, language, minor";
    let mut hints = Hints::default();
    let mut path = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.into_owned();
        match &*name {
            "id" => hints.id = Some(value),
            "source" => hints.source = Some(value),
            "category" => hints.categories.push(value),
            "published" => {
                let date = value.parse().map_err(|error: crate::bulletin::NotADate| Problem {
                    what: Some("parameter published".into()),
                    ..Problem::new(StatusCode::BAD_REQUEST, error.to_string())
                })?;
                hints.published = Some(date);
            }
            "url" => hints.url = Some(value),
            "language" => hints.language = Some(value),
            "minor" => {
                hints.minor = match &*value {
                    "" | "1" | "true" => true,
                    "0" | "false" => false,
                    other => return Err(not_yes_or_no("minor", other)),
                }
            }
            "received" if way == Way::Local => {
                let not_an_instant = |_| Problem {
                    what: Some("parameter received".into()),
                    ..Problem::new(StatusCode::BAD_REQUEST, "it is no instant")
                };
                hints.received = Some(value.parse().map_err(not_an_instant)?);
            }
            // Where a file lies is for the command line to say, which reads files.
            "path" if way == Way::Local => path = Some(value),
            other => return Err(unknown_parameter(other, KNOWN)),
        }
    }
    // Whoever speaks for certain sources alone speaks for the first of them, whatever the document says.
    hints.source = hints.source.or_else(|| by.source().map(String::from));
    Ok(Arrival { source: by.name.to_string(), media_type, path, unplaced: false, hints })
}

fn not_yes_or_no(name: &str, value: &str) -> Problem {
    let detail = format!("`{}` is neither 1 (or true) nor 0 (or false)", clip(value, 80));
    Problem { what: Some(format!("parameter {name}")), ..Problem::new(StatusCode::BAD_REQUEST, detail) }
}

fn unknown_parameter(name: &str, known: &str) -> Problem {
    let detail = format!("there is no parameter `{}`; known are {known}", clip(name, 80));
    Problem { what: Some("the query".into()), ..Problem::new(StatusCode::BAD_REQUEST, detail) }
}

/// The whole body, or the refusal of one that is too large: at once where its length says so.
pub async fn read_body<B>(parts: &Parts, body: B, bytes_max: usize) -> Result<Bytes, Problem>
where
    B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    let mut body = std::pin::pin!(body);
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if let Err(refusal) = intake::check_size(length.unwrap_or(0), bytes_max) {
        // Who waits to be asked for the body is not asked.
        if !parts.headers.contains_key(EXPECT) {
            pass_over(body, bytes_max).await;
        }
        return Err(refusal.into());
    }
    match Limited::new(body.as_mut(), bytes_max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            pass_over(body, bytes_max).await;
            let why = format!("it has more than {bytes_max} bytes (intake.bytes_max)");
            Err(Refusal::new(RefusalKind::TooLarge, "the document", why).into())
        }
        Err(error) => {
            let is_late = causes(&*error).any(|cause| cause.is::<Stalled>());
            let status = if is_late { StatusCode::REQUEST_TIMEOUT } else { StatusCode::BAD_REQUEST };
            Err(Problem::new(status, format!("the body could not be read: {error}")))
        }
    }
}

/// An error and what lies behind it.
fn causes<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// Reads on without keeping anything, within a bound: who is still sending when a connection is closed may
/// never see the answer (RFC 9112 section 9.6).
async fn pass_over<B: Body<Data: Buf>>(mut body: Pin<&mut B>, bytes_max: usize) {
    let mut left = bytes_max.saturating_mul(PASSED_OVER_TIMES);
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Buf::remaining);
        if bytes > left {
            break;
        }
        left -= bytes;
    }
}
