//! The way into the archive: through a running server if there is one, else the archive itself.

use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::UnixStream;
use url::form_urlencoded;

use super::Failure;
use super::progress::Progress;
use crate::archive::{Answer, Answered, Archive, ArchiveError, Arriving, Pipeline, Receipts};
use crate::bulletin::BulletinId;
use crate::config::Config;
use crate::intake::{self, Arrival, Refusal};
use crate::permalink::{Permalinks, RESTORE, Route};
use crate::web::server::LOCAL_SOCKET;
use crate::web::sheaf;

/// How long what stands above a document in a sheaf is at most, as a rule.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// Under which the journal keeps what the command line admits.
const BY: &str = "local";

/// One JSON value an answer, as it is printed.
pub type AnswerJson = serde_json::Value;

pub enum Door {
    Archive {
        archive: Arc<Archive>,
        links: Permalinks,
        settings: Arc<intake::Settings>,
    },
    /// A server, by the folder of its archive. Each request has a connection of its own: what lies between two of them (a slow
    /// disk, someone who types) then outlasts no timeout.
    Server {
        archive: PathBuf,
        bytes_max: usize,
    },
}

impl Door {
    /// Opens the archive, or finds the server that has it open.
    pub async fn open(config: &Config) -> Result<Door, Failure> {
        let bar = Progress::new("replaying the journal", "", 0);
        let opened = Archive::open(&config.archive, &|done, total| bar.set(done, total));
        bar.finish();
        match opened {
            Ok(archive) => Ok(Door::of(Arc::new(archive), config)),
            Err(error @ ArchiveError::Locked(_)) => {
                let archive = config.archive.path.clone();
                match connect(&archive).await {
                    Ok(_) => Ok(Door::Server { archive, bytes_max: config.intake.bytes_max }),
                    Err(_) => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A way into an archive that this process has open.
    pub fn of(archive: Arc<Archive>, config: &Config) -> Door {
        Door::Archive { archive, links: config.site.links.clone(), settings: config.intake.clone() }
    }

    /// Admits documents in their order, several at a time where that keeps the order, and hands the answers to
    /// `answered` as they come, with the name of the document.
    pub async fn admit_all(
        &mut self,
        documents: impl Iterator<Item = Arriving>,
        mut answered: impl FnMut(&str, Vec<AnswerJson>),
    ) -> Result<(), Failure> {
        match self {
            Door::Archive { archive, links, settings } => {
                let pipeline = Pipeline::new(archive.clone(), BY, settings.clone(), Timestamp::now);
                let answer = |name: &str, result: Answered| match result {
                    Ok(receipts) => answered(name, to_json(&receipts, links)),
                    Err(refusal) => answered(name, vec![answer_json(&Answer::refused(&refusal))]),
                };
                Ok(pipeline.run(documents, answer).await?)
            }
            Door::Server { archive, bytes_max } => {
                let mut documents = documents.peekable();
                while let Some(sheaf) = Sheaf::next(&mut documents, *bytes_max) {
                    for (name, answers) in sheaf.send(archive).await? {
                        answered(&name, answers);
                    }
                }
                Ok(())
            }
        }
    }

    pub async fn withdraw(&mut self, id: BulletinId, reason: &str) -> Result<Vec<AnswerJson>, Failure> {
        match self {
            Door::Archive { archive, links, .. } => {
                said_of(id, archive.withdraw(id, reason, BY, Timestamp::now()).await, links)
            }
            Door::Server { archive, .. } => {
                let query =
                    form_urlencoded::Serializer::new(String::new()).append_pair("reason", reason).finish();
                let path = format!("{}?{query}", Route::Bulletin(id, None));
                send(archive, Method::DELETE, &path, Bytes::new(), None).await
            }
        }
    }

    pub async fn restore(&mut self, id: BulletinId) -> Result<Vec<AnswerJson>, Failure> {
        match self {
            Door::Archive { archive, links, .. } => {
                said_of(id, archive.restore(id, BY, Timestamp::now()).await, links)
            }
            Door::Server { archive, .. } => {
                let path = Route::Bulletin(id, Some(RESTORE.into())).to_string();
                send(archive, Method::POST, &path, Bytes::new(), None).await
            }
        }
    }
}

/// Documents that go through a server together: it reads them side by side, and admits them in their order.
#[derive(Default)]
struct Sheaf {
    /// Their names, each with its answer where it is not sent.
    documents: Vec<(String, Option<AnswerJson>)>,
    bytes: Vec<u8>,
    /// The one document of a sheaf that is as large as any may be: it goes without what would stand above it.
    alone: Option<(String, Option<String>, Bytes)>,
}

impl Sheaf {
    /// The next documents; none where there are no more.
    fn next(documents: &mut Peekable<impl Iterator<Item = Arriving>>, bytes_max: usize) -> Option<Sheaf> {
        documents.peek()?;
        let mut sheaf = Sheaf::default();
        let fits = |arriving: &Arriving, so_far: usize| {
            let bytes = arriving.bytes.as_ref().map_or(0, Bytes::len);
            so_far == 0 || so_far + bytes + HEAD_BYTES_MAX <= sheaf::BYTES_MAX.min(bytes_max)
        };
        while sheaf.documents.len() < sheaf::DOCUMENTS_MAX
            && sheaf.alone.is_none()
            && let Some(Arriving { name, bytes, arrival }) =
                documents.next_if(|arriving| fits(arriving, sheaf.bytes.len()))
        {
            let refused = match sendable(bytes, bytes_max) {
                Ok(bytes) if bytes.len() + HEAD_BYTES_MAX > bytes_max => {
                    sheaf.alone = Some((hints(&arrival), arrival.media_type, bytes));
                    None
                }
                Ok(bytes) => {
                    sheaf.push(&arrival, &bytes);
                    None
                }
                Err(refused) => Some(refused),
            };
            sheaf.documents.push((name, refused));
        }
        Some(sheaf)
    }

    fn push(&mut self, arrival: &Arrival, bytes: &[u8]) {
        let (query, media_type) = (hints(arrival), arrival.media_type.clone());
        let head = sheaf::Head { query, media_type, unplaced: arrival.unplaced, bytes: bytes.len() };
        sheaf::push(&mut self.bytes, &head, bytes);
    }

    /// Sends what is to be sent: the answers to each document, in their order.
    async fn send(self, archive: &Path) -> Result<Vec<(String, Vec<AnswerJson>)>, Failure> {
        let path = Route::Bulletins.to_string();
        if let Some((query, media_type, bytes)) = self.alone {
            let answers = send(archive, Method::POST, &format!("{path}?{query}"), bytes, media_type).await?;
            return Ok(self.documents.into_iter().map(|(name, _)| name).zip([answers]).collect());
        }
        let mut answers = match self.bytes.is_empty() {
            true => Vec::new(),
            false => {
                let media_type = Some(sheaf::MEDIA_TYPE.into());
                send(archive, Method::POST, &path, self.bytes.into(), media_type).await?
            }
        }
        .into_iter();
        let answer = |(name, refused): (String, Option<AnswerJson>)| {
            let answers = match refused {
                Some(refused) => vec![refused],
                None => match answers.next() {
                    Some(AnswerJson::Array(answers)) => answers,
                    _ => return Err("the server answered fewer documents than it was sent".into()),
                },
            };
            Ok((name, answers))
        };
        self.documents.into_iter().map(answer).collect()
    }
}

/// What became of a wish for one bulletin: that it cannot be is an answer too.
fn said_of(
    id: BulletinId,
    result: Result<Receipts, ArchiveError>,
    links: &Permalinks,
) -> Result<Vec<AnswerJson>, Failure> {
    match result {
        Ok(receipts) => Ok(to_json(&receipts, links)),
        Err(error) if error.is_refusal() => Ok(vec![refused(&format!("bulletin {id}"), &error.to_string())]),
        Err(error) => Err(error.into()),
    }
}

/// What the server would refuse without reading it to its end is not sent.
fn sendable(bytes: Result<Bytes, Refusal>, bytes_max: usize) -> Result<Bytes, AnswerJson> {
    let sized = |bytes: Bytes| intake::check_size(bytes.len(), bytes_max).map(|()| bytes);
    bytes.and_then(sized).map_err(|refusal| answer_json(&Answer::refused(&refusal)))
}

fn refused(what: &str, why: &str) -> AnswerJson {
    answer_json(&Answer::Refused { outcome: "refused", what: what.into(), why: why.into() })
}

fn to_json(receipts: &Receipts, links: &Permalinks) -> Vec<AnswerJson> {
    receipts.iter().map(|receipt| answer_json(&Answer::new(receipt, links))).collect()
}

fn answer_json(answer: &Answer) -> AnswerJson {
    serde_json::to_value(answer).expect("answers are made of text and numbers")
}

/// A connection to the server that has the archive open, by the socket in its folder.
pub(super) async fn connect(archive: &Path) -> std::io::Result<SendRequest<Full<Bytes>>> {
    let stream = UnixStream::connect(archive.join(LOCAL_SOCKET)).await?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
    tokio::spawn(connection);
    Ok(sender)
}

/// What is said of a document, as a query.
fn hints(arrival: &Arrival) -> String {
    let hints = &arrival.hints;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("source", hints.source.as_deref().unwrap_or(&arrival.source));
    let published = hints.published.map(|date| date.to_string());
    let received = hints.received.map(|at| at.to_string());
    let fields = [
        ("path", arrival.path.as_deref()),
        ("id", hints.id.as_deref()),
        ("published", published.as_deref()),
        ("url", hints.url.as_deref()),
        ("language", hints.language.as_deref()),
        ("received", received.as_deref()),
        ("minor", hints.minor.then_some("1")),
    ];
    for (name, value) in fields {
        value.map(|value| query.append_pair(name, value));
    }
    query.extend_pairs(hints.categories.iter().map(|category| ("category", category)));
    query.finish()
}

/// Asks the server, and reads its receipts. A refusal is an answer; anything else that fails is a failure.
async fn send(
    archive: &Path,
    method: Method,
    path: &str,
    body: Bytes,
    media_type: Option<String>,
) -> Result<Vec<AnswerJson>, Failure> {
    let mut sender = connect(archive).await?;
    let mut request = Request::builder().method(method).uri(path).header(http::header::HOST, "localhost");
    if let Some(media_type) = media_type {
        request = request.header(http::header::CONTENT_TYPE, media_type);
    }
    let response = sender.send_request(request.body(Full::new(body))?).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    let answer: AnswerJson =
        serde_json::from_slice(&body).map_err(|_| format!("the server answered {status}"))?;
    let text = |field: &str| answer[field].as_str().map(String::from);
    match answer {
        AnswerJson::Array(answers) => Ok(answers),
        _ if status.is_success() => Ok(vec![answer]),
        _ => match (text("what"), text("detail").unwrap_or(status.to_string())) {
            (Some(what), why) => Ok(vec![refused(&what, &why)]),
            (None, detail) => Err(format!("the server answered {status}: {detail}").into()),
        },
    }
}
