//! One thread of the server: its listeners, and the connections that it accepted.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::AbortHandle;

use super::answering::Answering;
use super::clients::{Clients, Connected};
use super::listen::Listener;
use super::pulse::{Limits, Paced, Pulse};
use super::sendfile::Sending;
use super::tls::Tls;
use crate::web::{App, Way};

/// After an accept that failed (no file descriptors left), others get this long to end: whoever is next in the queue of the
/// system waits for as long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(5);

/// By when a connection was looked at first, and what came with it read.
const READ_BY: Duration = Duration::from_millis(10);

/// How long a connection waits for the place of one that was closed for it.
const ROOM_WAIT: Duration = Duration::from_secs(1);

/// How many connections that wait are closed when nothing can be accepted.
const ROOM_AT_ONCE: usize = 32;

/// How often a failing accept is written to the log.
const SAID_AGAIN: Duration = Duration::from_secs(10);

/// Bytes of a head, and of what is read or written at once. A head that is longer is answered 431.
const BUFFER_BYTES_MAX: usize = 32 << 10;

/// Requests that share an HTTP/2 connection.
const STREAMS_MAX: u32 = 100;
/// Streams that a client opened and reset before they were looked at (CVE-2023-44487).
const RESETS_PENDING_MAX: usize = 20;
/// Streams that were reset here because a client broke the rules (CVE-2025-8671).
const RESETS_MAX: usize = 256;
/// Of a body that is sent by HTTP/2, and of all that share a connection: what may come before any of it is read.
const STREAM_WINDOW_BYTES: u32 = 256 << 10;
const CONNECTION_WINDOW_BYTES: u32 = 1 << 20;
/// Of an answer by HTTP/2 that is not sent yet.
const SEND_BUFFER_BYTES_MAX: usize = 64 << 10;

/// What all threads share.
pub struct Shared {
    pub app: Arc<App>,
    pub permits: Arc<Semaphore>,
    pub clients: Arc<Clients>,
    pub tls: Option<Arc<Tls>>,
    /// Seconds since `start` when the log last said that an accept failed.
    pub failed: AtomicU64,
    pub start: Instant,
    /// The connections of each worker.
    pub open: Mutex<Vec<Arc<Mutex<Open>>>>,
}

/// A stream before TLS, and where it comes from.
enum Stream {
    Tcp(TcpStream, IpAddr),
    Unix(UnixStream),
}

enum Accepting {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Accepting {
    fn new(listener: Listener) -> io::Result<Accepting> {
        Ok(match listener {
            Listener::Tcp(listener) => Accepting::Tcp(TcpListener::from_std(listener)?),
            Listener::Unix(listener) => Accepting::Unix(UnixListener::from_std(listener)?),
        })
    }

    async fn accept(&self) -> io::Result<Stream> {
        Ok(match self {
            Accepting::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Small answers leave at once.
                let _ = stream.set_nodelay(true);
                Stream::Tcp(stream, peer.ip())
            }
            Accepting::Unix(listener) => Stream::Unix(listener.accept().await?.0),
        })
    }
}

/// One thread's connections.
pub struct Worker {
    shared: Arc<Shared>,
    builder: auto::Builder<TokioExecutor>,
    graceful: Mutex<Option<GracefulShutdown>>,
    open: Arc<Mutex<Open>>,
}

/// The connections of one worker that are open, in the order in which they came.
#[derive(Default)]
pub struct Open {
    next: u64,
    by_age: BTreeMap<u64, OpenOne>,
}

struct OpenOne {
    pulse: Arc<Pulse>,
    since: Instant,
    task: AbortHandle,
}

impl Worker {
    pub fn new(shared: Arc<Shared>) -> Worker {
        let graceful = Mutex::new(Some(GracefulShutdown::new()));
        let open = Arc::<Mutex<Open>>::default();
        shared.open.lock().expect(POISON).push(open.clone());
        Worker { shared, builder: builder(), graceful, open }
    }

    /// How long running requests may take to end.
    pub fn patience(&self) -> Duration {
        self.shared.app.config.server.shutdown_timeout
    }

    /// Accepts connections until `stop` says so.
    pub async fn accept(
        self: Arc<Worker>,
        listener: Listener,
        way: Way,
        mut stop: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let listener = Accepting::new(listener)?;
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok(stream) => self.take(stream, way).await,
                Err(error) => self.could_not_accept(&error).await,
            }
        }
    }

    /// Lets running requests end, and closes what waits for the next.
    pub async fn end(&self) {
        // Who has asked nothing yet, and may be at it for as long as a head may take, is not waited for.
        self.open.lock().expect(POISON).by_age.values().filter(|one| !one.pulse.has_asked()).for_each(
            |one| {
                one.task.abort();
            },
        );
        let graceful = self.graceful.lock().expect(POISON).take();
        if let Some(graceful) = graceful {
            graceful.shutdown().await;
        }
    }

    /// Serves a connection in a task of its own.
    async fn take(self: &Arc<Worker>, stream: Stream, way: Way) {
        let peer = match &stream {
            Stream::Tcp(_, peer) => Some(*peer),
            Stream::Unix(_) => None,
        };
        let Ok(connected) = self.shared.clients.connect(peer) else { return };
        let Some(permit) = self.permit().await else { return };
        let Some(watcher) = self.graceful.lock().expect(POISON).as_ref().map(GracefulShutdown::watcher)
        else {
            return;
        };
        let pulse = Arc::new(Pulse::default());
        let serving = Serving { worker: self.clone(), way, peer, pulse: pulse.clone(), watcher };
        let mut open = self.open.lock().expect(POISON);
        let number = open.next;
        open.next += 1;
        let held = Held { worker: self.clone(), number, _permit: permit, _connected: connected };
        let task = tokio::spawn(async move {
            serving.run(stream).await;
            drop(held);
        });
        open.by_age.insert(number, OpenOne { pulse, since: Instant::now(), task: task.abort_handle() });
    }

    /// A place for one more connection, if need be that of one that waits.
    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = self.shared.permits.clone().try_acquire_owned() {
            return Some(permit);
        }
        if !self.make_room(Duration::ZERO) {
            return None;
        }
        // It is closed when its task is next looked at, which on another thread may be after others had their turn.
        let room = tokio::time::timeout(ROOM_WAIT, self.shared.permits.clone().acquire_owned());
        room.await.ok()?.ok()
    }

    /// Closes a connection that waits and is of this age: of this thread, or of another where all are taken there.
    fn make_room(&self, age: Duration) -> bool {
        let close_one = |open: &Arc<Mutex<Open>>| open.lock().expect(POISON).close_one(age);
        let others = || self.shared.open.lock().expect(POISON).clone();
        let closed = close_one(&self.open) || others().iter().any(close_one);
        if closed {
            self.shared.app.metrics.count_displaced();
        }
        closed
    }

    /// What a client did to its own connection is no affair of ours. Anything else has to pass first.
    async fn could_not_accept(&self, error: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
            return;
        }
        let now = self.shared.start.elapsed().as_secs() + SAID_AGAIN.as_secs();
        let said = self.shared.failed.load(Ordering::Relaxed);
        if now >= said + SAID_AGAIN.as_secs() {
            self.shared.failed.store(now, Ordering::Relaxed);
            tracing::warn!(%error, "a connection could not be accepted");
        }
        // Most likely there are no file descriptors: those who wait for nothing give some back, for those who wait here. All who
        // have never asked, or half of those who have; and none who just came: they may have asked, and were not read yet.
        let (silent, waiting) = self.open.lock().expect(POISON).silent_and_waiting();
        for _ in 0..silent.max(waiting / 2).clamp(1, ROOM_AT_ONCE) {
            if !self.make_room(READ_BY) {
                break;
            }
        }
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

const POISON: &str = "nothing panics while it holds a worker's lock";

impl Open {
    /// The connections that wait for a request, the oldest first.
    fn waiting(&self) -> impl Iterator<Item = (&u64, &OpenOne)> {
        self.by_age.iter().filter(|(_, one)| one.pulse.is_waiting())
    }

    /// How many connections that wait for a request have never asked anything, and how many wait in all.
    fn silent_and_waiting(&self) -> (usize, usize) {
        let silent = self.waiting().filter(|(_, one)| !one.pulse.has_asked()).count();
        (silent, self.waiting().count())
    }

    /// Closes a connection that waits for a request, if there is one of this age: the oldest of those that have never asked
    /// anything, or else the oldest.
    fn close_one(&mut self, age: Duration) -> bool {
        let mut aged = self.waiting().take_while(|(_, one)| one.since.elapsed() >= age);
        let oldest = aged.next();
        let silent = oldest.into_iter().chain(aged).find(|(_, one)| !one.pulse.has_asked());
        let Some((&number, _)) = silent.or(oldest) else {
            return false;
        };
        if let Some(one) = self.by_age.remove(&number) {
            one.task.abort();
        }
        true
    }
}

/// The place of a connection among those of its worker, as long as it is open.
struct Held {
    worker: Arc<Worker>,
    number: u64,
    _permit: OwnedSemaphorePermit,
    _connected: Option<Connected>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.worker.open.lock().expect(POISON).by_age.remove(&self.number);
    }
}

/// A connection that is being served.
struct Serving {
    worker: Arc<Worker>,
    way: Way,
    peer: Option<IpAddr>,
    pulse: Arc<Pulse>,
    watcher: Watcher,
}

impl Serving {
    async fn run(self, stream: Stream) {
        match (stream, &self.worker.shared.tls) {
            (Stream::Tcp(stream, _), Some(tls)) => {
                let shaking = tls.acceptor().accept(stream);
                let patience = self.worker.shared.app.config.server.header_timeout;
                // Who cannot agree on TLS, or not in time, is gone.
                if let Ok(Ok(stream)) = tokio::time::timeout(patience, shaking).await {
                    self.serve(stream).await;
                }
            }
            (Stream::Tcp(stream, _), None) => {
                let stream = Sending::new(stream, self.pulse.clone());
                self.serve(stream).await;
            }
            (Stream::Unix(stream), _) => self.serve(stream).await,
        }
    }

    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Serving { worker, way, peer, pulse, watcher } = self;
        let server = &worker.shared.app.config.server;
        let limits =
            Limits { header: server.header_timeout, idle: server.idle_timeout, write: server.write_timeout };
        let stream = TokioIo::new(Paced::new(stream, pulse.clone(), limits));
        let answering = Answering { shared: worker.shared.clone(), way, peer, pulse };
        let connection = worker.builder.serve_connection(stream, answering).into_owned();
        // A connection that breaks is the reader's affair.
        let _ = watcher.watch(connection).await;
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Time is kept below, by `Paced`. Answers to a pipeline are sent one by one: to gather them (`pipeline_flush`) would be
    // without bound, and would lose the answer to a head that is too long.
    builder.http1().header_read_timeout(None).max_buf_size(BUFFER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(BUFFER_BYTES_MAX as u32)
        .max_pending_accept_reset_streams(RESETS_PENDING_MAX)
        .max_local_error_reset_streams(RESETS_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(SEND_BUFFER_BYTES_MAX);
    builder
}
