//! The editor's desk: a form instead of a program. Nobody needs a script to sign in, hand in a document, see what becomes
//! of it, correct it and admit it, nor to revise, withdraw and restore.
//!
//! Owns sessions, forms and what stands between a document and its admission. What an editor may do is what their
//! token may: it is decided where every admission is. Nothing here is cached, and nothing is done by a GET.

mod drafts;
mod form;
mod preview;
mod session;

use std::sync::Arc;

use bytes::{Buf, Bytes};
use http::header::{LOCATION, ORIGIN, SET_COOKIE};
use http::request::Parts;
use http::{Method, StatusCode};
use hyper::body::Body;

use super::problem::Problem;
use super::response::{self, HTML, Reply};
use super::{App, is_read, not_allowed};
use crate::archive::{Outcome, Receipt, Right};
use crate::bulletin::BulletinId;
use crate::intake::{Arrival, Hints, Refusal};
use crate::pages::{self, DeskSource, Signed};
use crate::permalink::{Desk, Route};
use crate::sources::state::Store;
use drafts::{Draft, Drafts};
use form::Form;
use session::{Session, Sessions};

/// How many of the latest events the desk shows.
const LATEST: u64 = 20;

/// What the desk remembers.
pub struct Desks {
    sessions: Sessions,
    drafts: Drafts,
}

impl Desks {
    pub fn new(secure: bool) -> Desks {
        Desks { sessions: Sessions::new(secure), drafts: Drafts::default() }
    }
}

/// Answers whatever is asked of the desk.
pub async fn answer<B>(app: &Arc<App>, parts: &Parts, place: &Desk, body: B) -> Result<Reply, Problem>
where
    B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    let read = is_read(&parts.method);
    let posted = !matches!(place, Desk::Home | Desk::Bulletin(_) | Desk::Sources);
    let shown =
        !matches!(place, Desk::SignIn | Desk::SignOut | Desk::Withdraw(_) | Desk::Restore(_) | Desk::Drafts);
    match (read, parts.method == Method::POST) {
        (true, _) if shown => {}
        // The address of a form, opened by itself: a page that was left open, and reloaded.
        (true, _) => return Ok(see(app, parts, &Desk::Home)),
        (false, true) if posted => check_origin(app, parts)?,
        (false, _) => return Err(not_allowed(if shown { "GET, HEAD" } else { "POST" })),
    }
    if *place == Desk::SignIn {
        return sign_in(app, parts, body).await;
    }
    let Some(session) = app.desk.sessions.find(parts, (app.clock)()) else {
        return match (read, place) {
            (true, Desk::Home) => {
                Ok(page(parts, pages::desk_sign_in(app.site_for(parts), asked(app), false)))
            }
            (true, _) => Ok(see(app, parts, &Desk::Home)),
            // Nothing of the body is read for whoever is not signed in.
            (false, _) => Err(Problem::new(StatusCode::UNAUTHORIZED, "sign in first, at the desk")),
        };
    };
    if read {
        let (app, parts, place) = (app.clone(), parts.clone(), place.clone());
        let show = move || show(&app, &parts, &place, &session);
        return apart(show).await;
    }
    let form = Form::read(app, parts, body).await?;
    if !session.check_form(&place.to_string(), &form.text("form")) {
        let detail = "this form is not one that the desk gave you; go back to the desk and try again";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    take(app, parts, place, session, form).await
}

/// Away from the threads that others wait for.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the desk failed");
    crate::archive::apart(work).await.map_err(failed)?
}

/// A browser says where a form was sent from. What came from another site is none of the desk's, whatever it carries;
/// one that says nothing is held to the token of the form alone.
fn check_origin(app: &App, parts: &Parts) -> Result<(), Problem> {
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let own = match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == app.config.site.links.origin(),
        (None, None) => true,
    };
    if own {
        return Ok(());
    }
    let detail =
        format!("this form came from another site; the desk is at {}", app.url(&Route::Desk(Desk::Home)));
    Err(Problem::new(StatusCode::FORBIDDEN, detail))
}

async fn sign_in<B>(app: &Arc<App>, parts: &Parts, body: B) -> Result<Reply, Problem>
where
    B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    /// A token and the name of its field, with room to spare.
    const BYTES_MAX: usize = 8 << 10;
    app.guard.check_any()?;
    let bytes = super::admission::read_body(parts, body, BYTES_MAX).await?;
    let token = url::form_urlencoded::parse(&bytes).find(|(name, _)| name == "token");
    let token = token.map(|(_, token)| token.into_owned()).unwrap_or_default();
    let now = (app.clock)();
    let (by, expires) = match app.guard.known(token.trim(), parts, now) {
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {
            let mut reply = page(parts, pages::desk_sign_in(app.site_for(parts), asked(app), true));
            *reply.status_mut() = StatusCode::FORBIDDEN;
            return Ok(reply);
        }
        known => known?,
    };
    let cookie = app.desk.sessions.open(by, expires, now).map_err(no_random)?;
    let mut reply = see(app, parts, &Desk::Home);
    reply.headers_mut().insert(SET_COOKIE, response::value(&cookie));
    Ok(reply)
}

fn no_random(_: getrandom::Error) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the system gives no random numbers")
}

/// Whether there is anyone to ask for a token.
fn asked(app: &App) -> bool {
    app.guard.check_any().is_ok()
}

/// A page of the desk, for one person and for now.
fn page(parts: &Parts, html: String) -> Reply {
    let mut reply = response::plain(StatusCode::OK, HTML, html);
    if parts.method == Method::HEAD {
        *reply.body_mut() = Bytes::new().into();
    }
    reply
}

/// After a form: to the page that shows what became of it, so that reloading does nothing twice.
fn see(app: &App, parts: &Parts, place: &Desk) -> Reply {
    see_with(app, parts, place, &[])
}

fn see_with(app: &App, parts: &Parts, place: &Desk, query: &[(&str, &str)]) -> Reply {
    let path = app.site_for(parts).path_with(&Route::Desk(place.clone()), query);
    let mut reply = response::plain(StatusCode::SEE_OTHER, response::TEXT, format!("{path}\n"));
    reply.headers_mut().insert(LOCATION, response::value(&path));
    reply
}

fn signed<'a>(session: &'a Session, token: &'a dyn Fn(&Desk) -> String) -> Signed<'a> {
    let rights = Right::ALL.into_iter().filter(|right| session.by.has_any(&[*right]));
    Signed { name: &session.by.name, rights: rights.map(Right::name).collect(), token }
}

/// What became of the form before, as its redirect says.
fn done(parts: &Parts) -> Option<&'static str> {
    let query = parts.uri.query().unwrap_or_default();
    let (_, name) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?;
    Outcome::ALL.map(Outcome::name).into_iter().find(|known| *known == name)
}

fn show(app: &App, parts: &Parts, place: &Desk, session: &Session) -> Result<Reply, Problem> {
    let site = app.site_for(parts);
    let token = |place: &Desk| session.form_token(&place.to_string());
    let signed = signed(session, &token);
    let html = match place {
        Desk::Draft(name) => {
            let draft = app.desk.drafts.find(session.key, name);
            let draft = draft.ok_or_else(|| Problem::not_found(parts.uri.path()))?;
            let view = preview::view(app, session, name, &draft)?;
            pages::desk_preview(site, &signed, &view)
        }
        Desk::Bulletin(id) => pages::desk_bulletin(site, &signed, &bulletin(app, *id)?, done(parts)),
        Desk::Sources => pages::desk_sources(site, &sources(app)),
        _ => {
            let latest = app.archive.lately(LATEST)?;
            let latest: Vec<pages::DeskEvent> = latest.iter().map(preview::event).collect();
            pages::desk_home(site, &signed, &latest, done(parts))
        }
    };
    Ok(page(parts, html))
}

fn bulletin(app: &App, id: BulletinId) -> Result<pages::DeskBulletin, Problem> {
    let missing = || Problem::new(StatusCode::NOT_FOUND, format!("there is no bulletin {id}"));
    let (_, found) = app.archive.bulletin(&id)?.ok_or_else(missing)?;
    let versions = found.versions.len() as u32;
    let version = app.archive.version(&found, versions)?.ok_or_else(missing)?;
    let withdrawn = found.withdrawn.as_ref();
    Ok(pages::DeskBulletin {
        id,
        slug: found.slug.clone(),
        content: version.content.clone(),
        categories: app.archive.categories(&found.category_numbers())?,
        withdrawn: withdrawn.map(|it| (crate::syndication::document::moment_of(it.at), it.reason.clone())),
    })
}

fn sources(app: &App) -> Vec<DeskSource> {
    let store = Store::of(app.archive.path());
    let source = |source: &crate::sources::Source| {
        let state = store.load(&source.name);
        DeskSource {
            name: source.name.clone(),
            place: source.kind.place(),
            last_success: state.last_success,
            next: state.next_poll.filter(|_| !state.feed.gone),
            counts: state.items.named().into(),
            failing: state.failures > 0,
            last_error: state.last_error.as_ref().map(|failed| (failed.at, failed.why.clone())),
        }
    };
    app.config.sources.iter().map(source).collect()
}

/// Does what a form asks for.
async fn take(
    app: &Arc<App>,
    parts: &Parts,
    place: &Desk,
    session: Session,
    form: Form,
) -> Result<Reply, Problem> {
    let (now, by) = ((app.clock)(), &session.by);
    match place {
        Desk::SignOut => {
            let mut reply = see(app, parts, &Desk::Home);
            let cookie = app.desk.sessions.close(&session);
            reply.headers_mut().insert(SET_COOKIE, response::value(&cookie));
            Ok(reply)
        }
        Desk::Withdraw(id) => {
            let reason = form.text("reason").split_whitespace().collect::<Vec<_>>().join(" ");
            if reason.is_empty() {
                return Err(Problem::new(StatusCode::BAD_REQUEST, "say why: readers see it"));
            }
            let receipts = app.archive.withdraw(*id, &reason, by, now).await?;
            Ok(after(app, parts, receipts.into_iter().next()))
        }
        Desk::Restore(id) => {
            let receipts = app.archive.restore(*id, by, now).await?;
            Ok(after(app, parts, receipts.into_iter().next()))
        }
        Desk::Draft(name) => {
            let draft = app.desk.drafts.find(session.key, name);
            let draft = draft.ok_or_else(|| Problem::not_found(parts.uri.path()))?;
            let (work_app, owner) = (app.clone(), session.clone());
            let corrected = apart(move || preview::correct(&work_app, &owner, &draft, &form)).await?;
            app.desk.drafts.replace(session.key, name, corrected.draft.clone());
            if !corrected.admit {
                return Ok(see(app, parts, place));
            }
            let receipts = admit(app, &session, corrected.draft).await?;
            app.desk.drafts.remove(session.key, name);
            Ok(after(
                app,
                parts,
                Some(receipts).filter(|it| it.len() == 1).and_then(|it| it.into_iter().next()),
            ))
        }
        _ => {
            let draft = new_draft(&session, &form)?;
            let added = app.desk.drafts.add(session.key, draft, app.config.intake.bytes_max);
            Ok(see(app, parts, &Desk::Draft(added.map_err(no_random)?)))
        }
    }
}

/// To the bulletin, where there is one, with what became of it.
fn after(app: &App, parts: &Parts, only: Option<Result<Receipt, Refusal>>) -> Reply {
    match only {
        Some(Ok(receipt)) => {
            see_with(app, parts, &Desk::Bulletin(receipt.id), &[("done", receipt.outcome.name())])
        }
        _ => see(app, parts, &Desk::Home),
    }
}

/// Admits a draft. A document of which nothing can be taken in is a problem.
async fn admit(
    app: &Arc<App>,
    session: &Session,
    draft: Draft,
) -> Result<Vec<Result<Receipt, Refusal>>, Problem> {
    let at = (app.clock)();
    let work = app.clone();
    let offer = apart(move || {
        let document = preview::read(&work, &draft)?;
        let offer = work.archive.offer(document, draft.bytes.clone(), at);
        Ok(match draft.target {
            Some(id) => offer.revising(id),
            None => offer,
        })
    });
    let receipts = app.archive.admit(offer.await?, &session.by, at).await?;
    match &receipts[..] {
        [Err(refusal)] => Err(refusal.clone().into()),
        _ => Ok(receipts),
    }
}

/// What was handed in: a file, pasted text, or the fields of a bulletin that is to be revised.
fn new_draft(session: &Session, form: &Form) -> Result<Draft, Problem> {
    let target = Some(form.text("target")).filter(|id| !id.is_empty());
    let target = target.map(|id| id.parse::<BulletinId>()).transpose();
    let target = target.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "this is no bulletin's id"))?;
    let mut media_type = Some(form.text("format")).filter(|format| !format.is_empty());
    let bytes = match form.file("file") {
        Some((name, bytes)) => {
            // A file's name says what it is, and not which bulletin: next week's may be called the same.
            media_type = media_type.or_else(|| preview::media_type_of(name).map(String::from));
            bytes
        }
        None if form.has("title") => {
            media_type = Some(response::JSON.into());
            preview::as_json(form).into()
        }
        None => form.text("text").into(),
    };
    let source = session.by.source().map(String::from);
    let hints = Hints { source, minor: form.has("minor"), ..Hints::default() };
    let arrival =
        Arrival { source: session.by.name.to_string(), media_type, path: None, unplaced: false, hints };
    Ok(Draft { bytes, arrival, target })
}
