//! From a request on a connection to its answer: who asks, whether they may, and how long it may take.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{Request, StatusCode, Version};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Sleep;

use super::pulse::{Beat, Pulse};
use super::worker::Shared;
use crate::web::admission::Stalled;
use crate::web::response::{Reply, TEXT, plain};
use crate::web::{Client, Way, handle_slowly, hot};

/// Answers the requests of one connection.
pub struct Answering {
    pub shared: Arc<Shared>,
    pub way: Way,
    pub peer: Option<IpAddr>,
    pub pulse: Arc<Pulse>,
}

impl hyper::service::Service<Request<Incoming>> for Answering {
    type Response = Reply;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, mut request: Request<Incoming>) -> Answer {
        let beat = self.pulse.begin(request.version() == Version::HTTP_2);
        let client = match self.admit(&request) {
            Ok(client) => client,
            Err(reply) => return Answer::Here(Some(reply)),
        };
        if let Some(mut reply) = hot(&self.shared.app, &request) {
            self.pulse.send_from(reply.extensions_mut().remove());
            note(client, &request, &reply, None);
            return Answer::Here(Some(reply));
        }
        if let Some(client) = client {
            request.extensions_mut().insert(Client(client));
        }
        Answer::Later(Box::pin(answer(self.shared.clone(), self.way, client, request, beat)))
    }
}

impl Answering {
    /// Who asks; or the answer that they are to wait.
    #[expect(clippy::result_large_err, reason = "either is passed on at once")]
    fn admit(&self, request: &Request<Incoming>) -> Result<Option<IpAddr>, Reply> {
        let clients = &self.shared.clients;
        if self.way == Way::Local || !clients.look_at_requests() {
            return Ok(self.peer);
        }
        let client = clients.speaks_for(self.peer, request.headers());
        clients.ask(client).map(|()| client).map_err(|wait| {
            let reply = too_many(wait);
            self.shared.app.metrics.count(reply.status());
            note(client, request, &reply, None);
            reply
        })
    }
}

/// RFC 6585 section 4.
fn too_many(wait: Duration) -> Reply {
    let text = "this client asks more often than it may; Retry-After says when to come back\n";
    let mut reply = plain(StatusCode::TOO_MANY_REQUESTS, TEXT, text);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    reply.headers_mut().insert(RETRY_AFTER, seconds.max(1).into());
    reply
}

/// What takes more than a look into the cache.
async fn answer(
    shared: Arc<Shared>,
    way: Way,
    client: Option<IpAddr>,
    request: Request<Incoming>,
    _beat: Beat,
) -> Reply {
    let begin = Instant::now();
    let server = &shared.app.config.server;
    let asked = Request::new(());
    let asked = tracing::enabled!(tracing::Level::INFO).then(|| {
        let mut asked = asked;
        (*asked.method_mut(), *asked.uri_mut()) = (request.method().clone(), request.uri().clone());
        asked
    });
    let pause = server.body_timeout;
    let request = request.map(|body| Timed { body, pause, timer: None });
    let handling = handle_slowly(shared.app.clone(), way, request);
    let reply = match tokio::time::timeout(server.request_timeout, handling).await {
        Ok(Ok(reply)) => reply,
        Err(_) => {
            let reply = plain(StatusCode::REQUEST_TIMEOUT, TEXT, "the request took too long\n");
            shared.app.metrics.count(reply.status());
            reply
        }
    };
    if let Some(asked) = asked {
        note(client, &asked, &reply, Some(begin.elapsed()));
    }
    reply
}

/// A line in the log for each answer, for whoever wants to see them (`ANNALS_LOG=info`). A path has no character that
/// could end it; a query may have what is nobody's business.
fn note<B>(client: Option<IpAddr>, request: &Request<B>, reply: &Reply, took: Option<Duration>) {
    tracing::info!(
        client = client.map(tracing::field::display),
        method = %request.method(),
        path = request.uri().path(),
        status = reply.status().as_u16(),
        micros = took.map(|took| took.as_micros() as u64),
        "answered"
    );
}

/// An answer that is there, or one that is being made.
pub enum Answer {
    Here(Option<Reply>),
    Later(Pin<Box<dyn Future<Output = Reply> + Send>>),
}

impl Future for Answer {
    type Output = Result<Reply, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Answer::Here(reply) => Poll::Ready(Ok(reply.take().expect("it is asked for once"))),
            Answer::Later(later) => later.as_mut().poll(context).map(Ok),
        }
    }
}

/// A body of which each part must come in time.
struct Timed {
    body: Incoming,
    pause: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
enum BodyError {
    #[error("{0}")]
    TooSlow(#[source] Stalled),
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

impl Body for Timed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.timer = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyError::from)));
        }
        let timer = this.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(this.pause)));
        timer.as_mut().poll(context).map(|()| Some(Err(BodyError::TooSlow(Stalled(this.pause)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
