//! Sheaves: many documents in one request, as the command line sends them through the local socket.
//!
//! Each is a line of JSON and then its bytes. They are read side by side and admitted in their order, so that
//! whoever sends a folder neither waits for one sync a file nor has a correction overtake what it corrects.

use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::App;
use super::admission::{arrival_of, to_json};
use super::auth::Way;
use super::problem::Problem;
use super::response::{self, JSON, Reply};
use crate::archive::{Answer, Answered, Arriving, By, Pipeline};

/// Known to this program alone, and taken through the local socket alone.
pub const MEDIA_TYPE: &str = "application/vnd.annals.sheaf";
/// The most documents in one.
pub const DOCUMENTS_MAX: usize = 64;
/// How many bytes of documents go together; a larger one goes by itself.
pub const BYTES_MAX: usize = 512 << 10;

/// What stands above the bytes of a document.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    /// What is said of it, as the query of a request that carries it alone.
    pub query: String,
    pub media_type: Option<String>,
    /// Whether its path is one within a container that has no name.
    pub unplaced: bool,
    pub bytes: usize,
}

/// Adds a document to a sheaf.
pub fn push(sheaf: &mut Vec<u8>, head: &Head, document: &[u8]) {
    sheaf.extend(to_json(head));
    sheaf.extend_from_slice(document);
}

/// Admits the documents of a sheaf: a list of answers for each, in their order.
pub async fn admit(app: &Arc<App>, by: By, sheaf: Bytes) -> Result<Reply, Problem> {
    let documents = read(sheaf, &by)?;
    let pipeline = Pipeline::new(app.archive.clone(), &by, app.config.intake.clone(), app.clock);
    let (mut answers, links) = (Vec::with_capacity(documents.len()), &app.config.site.links);
    let answered = |_: &str, answered: Answered| {
        answers.push(match answered {
            Ok(receipts) => receipts.iter().map(|receipt| Answer::new(receipt, links)).collect(),
            Err(refusal) => vec![Answer::refused(&refusal)],
        });
    };
    pipeline.run(documents.into_iter(), answered).await?;
    Ok(response::plain(StatusCode::OK, JSON, to_json(&answers)))
}

fn read(mut sheaf: Bytes, by: &By) -> Result<Vec<Arriving>, Problem> {
    let malformed = |why: &str| Problem::new(StatusCode::BAD_REQUEST, format!("the sheaf {why}"));
    let mut documents = Vec::new();
    while !sheaf.is_empty() {
        if documents.len() == DOCUMENTS_MAX {
            return Err(malformed("has more than 64 documents"));
        }
        let end = sheaf.iter().position(|&byte| byte == b'\n').ok_or_else(|| malformed("is cut off"))?;
        let head: Head = serde_json::from_slice(&sheaf[..end]).map_err(|_| malformed("has no head"))?;
        sheaf.advance(end + 1);
        if head.bytes > sheaf.len() {
            return Err(malformed("is cut off"));
        }
        let mut arrival = arrival_of(&head.query, head.media_type, Way::Local, by)?;
        arrival.unplaced = head.unplaced;
        documents.push(Arriving { name: String::new(), bytes: Ok(sheaf.split_to(head.bytes)), arrival });
    }
    Ok(documents)
}
