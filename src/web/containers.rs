//! Admission of containers over HTTP: what is in a mailbox, an archive or a capture, in its order.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use http::header::RETRY_AFTER;
use tokio::runtime::Handle;

use super::App;
use super::problem::Problem;
use crate::archive::{Answer, Answered, Arriving, By, Pipeline};
use crate::intake::container::{self, Container, HEAD_BYTES, Member};
use crate::intake::{Arrival, Refusal, RefusalKind};

/// The container that a body is, where it is one.
pub fn find(arrival: &Arrival, bytes: &[u8]) -> Option<&'static Container> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    container::find(arrival.media_type.as_deref(), arrival.path.as_deref(), head)
}

/// Admits every document in a container, one after the other as they are unpacked: the answers in their order.
pub async fn admit(
    app: &Arc<App>,
    container: &'static Container,
    arrival: Arrival,
    bytes: Bytes,
    by: By,
) -> Result<Vec<Answer>, Problem> {
    if arrival.hints.id.is_some() || arrival.hints.url.is_some() {
        let why = "they name one bulletin, and the document holds many: leave them out";
        return Err(Refusal::new(RefusalKind::Unprocessable, "parameters id and url", why).into());
    }
    let app = app.clone();
    // Unpacking takes its time: not on a thread that others wait for.
    let work = move || -> Result<Vec<Answer>, Problem> {
        let settings = &app.config.intake;
        let pipeline = Pipeline::new(app.archive.clone(), &by, settings.clone(), app.clock);
        let members = container::unpack(container, Box::new(Cursor::new(bytes)), settings.bytes_max);
        let mut cut_short = false;
        // Whoever ends the server waits a few seconds, and a container may hold work for minutes.
        let members = members.take_while(|_| {
            cut_short = app.is_ending();
            !cut_short
        });
        let documents = members.map(|member| document(&arrival, member));
        let (mut answers, links) = (Vec::new(), &app.config.site.links);
        let mut refused = None;
        let answered = |name: &str, answered: Answered| match answered {
            Ok(receipts) => answers.extend(receipts.iter().map(|receipt| Answer::new(receipt, links))),
            Err(refusal) => {
                let refusal = refused.insert(named(name, refusal));
                answers.push(Answer::refused(refusal));
            }
        };
        Handle::current().block_on(pipeline.run(documents, answered))?;
        if cut_short {
            let detail =
                format!("the server is ending, and admitted the first {} only: send it again", answers.len());
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).with(RETRY_AFTER, "10"));
        }
        // Where nothing but one thing is wrong, that is what became of the request.
        refused.filter(|_| answers.len() == 1).map_or(Ok(answers), |refusal| Err(refusal.into()))
    };
    let answers = tokio::task::spawn_blocking(work).await;
    let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the document could not be unpacked");
    let answers = answers.map_err(failed)??;
    if answers.is_empty() {
        let why = "there is no document in it";
        return Err(Refusal::new(RefusalKind::Unprocessable, "the document", why).into());
    }
    Ok(answers)
}

/// A member as it arrives: what the container says of it overrides what is said of the container.
fn document(container: &Arrival, member: Result<Member, Refusal>) -> Arriving {
    let mut arrival = Arrival { media_type: None, ..container.clone() };
    let member = match member {
        Ok(member) => member,
        Err(refusal) => return Arriving { name: String::new(), bytes: Err(refusal), arrival },
    };
    arrival.path = match (&container.path, member.path) {
        (Some(before), Some(path)) => Some(format!("{before}/{path}")),
        (_, path) => path,
    };
    arrival.unplaced = container.path.is_none() && !member.lasting;
    arrival.media_type = member.media_type;
    arrival.hints.url = member.url;
    arrival.hints.received = member.received;
    Arriving { name: member.name, bytes: Ok(member.bytes), arrival }
}

/// A refusal that says of which member it speaks.
fn named(name: &str, refusal: Refusal) -> Refusal {
    if name.is_empty() || refusal.what.contains(name) {
        return refusal;
    }
    Refusal { what: format!("{name}: {}", refusal.what), ..refusal }
}
