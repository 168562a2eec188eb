//! Sockets: where connections come from, how many and how long, and how they end.
//!
//! Owns listeners, TLS, the versions of HTTP, threads, and every bound on time and number that concerns a connection.
//! It must never know what is asked for: requests go to `web` as they are, with who sent them.
//!
//! The network is served by threads that share nothing but what is counted: each has a runtime, a listener and its
//! connections. What takes time is done on threads beside them.

mod answering;
mod clients;
mod listen;
mod local;
mod pulse;
mod sendfile;
mod tls;
mod worker;

use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::{App, Way, memory_file};
use crate::config;
use clients::Clients;
use listen::Listener;
use worker::{Shared, Worker};

pub use listen::{Listeners, Place};
pub use local::{LOCAL_SOCKET, LocalSocket};
pub use tls::Tls;

/// Open files that are not connections: the archive's, what is fetched, and bodies in memory.
const FILES_RESERVED: u64 = 96 + memory_file::FILES_MAX as u64;

/// Threads that read, render and unpack beside each thread that serves; what is more waits its turn.
const THREADS_BESIDE_MAX: usize = 32;

/// Below this many connections there is no server to speak of.
const CONNECTIONS_MIN: u64 = 16;

/// What is to be served, and where.
pub struct Server {
    pub app: Arc<App>,
    pub listeners: Listeners,
    pub local: Option<LocalSocket>,
    pub tls: Option<Arc<Tls>>,
}

/// How many threads serve the network.
pub fn threads(config: &config::Server) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    config.threads.unwrap_or_else(cores)
}

impl Server {
    /// Serves until `stop` says so, then lets running requests end, for as long as the configuration says.
    pub async fn serve(mut self, stop: watch::Receiver<bool>) -> io::Result<()> {
        let server = &self.app.config.server;
        let connections = connections_max(server.connections_max);
        let shared = Arc::new(Shared {
            permits: Arc::new(Semaphore::new(connections)),
            clients: Arc::new(Clients::new(server.clients.clone())),
            tls: self.tls.clone(),
            failed: AtomicU64::new(0),
            start: Instant::now(),
            open: Mutex::default(),
            app: self.app.clone(),
        });
        let mut threads = JoinSet::new();
        let mut local = self.local.as_ref().map(|local| local.listener.try_clone()).transpose()?;
        for (number, listeners) in std::mem::take(&mut self.listeners.shares).into_iter().enumerate() {
            let mut sockets: Vec<(Listener, Way)> =
                listeners.into_iter().map(|listener| (listener, Way::Network)).collect();
            sockets.extend(local.take().map(|local| (Listener::Unix(local), Way::Local)));
            let (worker, stop) = (Worker::new(shared.clone()), stop.clone());
            let ended = start(number, worker, sockets, stop)?;
            threads.spawn(ended);
        }
        let watching = self.tls.clone().map(watch_certificate).transpose()?;
        while threads.join_next().await.is_some() {}
        if let Some(watching) = watching {
            watching.abort();
        }
        Ok(())
    }
}

/// Starts a thread that serves; what is given back waits for its end.
fn start(
    number: usize,
    worker: Worker,
    sockets: Vec<(Listener, Way)>,
    stop: watch::Receiver<bool>,
) -> io::Result<impl Future<Output = ()> + Send + use<>> {
    let mut builder = Builder::new_current_thread();
    builder.thread_name("web-beside").max_blocking_threads(THREADS_BESIDE_MAX);
    let runtime = builder.enable_all().build()?;
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    std::thread::Builder::new().name(format!("web-{number}")).spawn(move || {
        run(runtime, Arc::new(worker), sockets, stop);
        drop(ended);
    })?;
    Ok(async { end.await.unwrap_or_default() })
}

fn run(runtime: Runtime, worker: Arc<Worker>, sockets: Vec<(Listener, Way)>, stop: watch::Receiver<bool>) {
    let patience = worker.patience();
    runtime.block_on(async {
        let mut accepting = JoinSet::new();
        for (listener, way) in sockets {
            accepting.spawn(worker.clone().accept(listener, way, stop.clone()));
        }
        while let Some(ended) = accepting.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "a listener is of no use"),
                Err(error) => tracing::error!(%error, "a listener ended"),
            }
        }
        if tokio::time::timeout(patience, worker.end()).await.is_err() {
            tracing::warn!("connections were still open when the time to shut down was over");
        }
    });
    // What is still being read for nobody is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
}

/// Looks after the certificate as long as the server runs.
fn watch_certificate(tls: Arc<Tls>) -> io::Result<tokio::task::AbortHandle> {
    let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
    let (tell, told) = mpsc::channel(1);
    let task = tokio::spawn(async move {
        let telling = async {
            while hangup.recv().await.is_some() {
                let _ = tell.try_send(());
            }
        };
        tokio::join!(telling, tls.watch(told));
    });
    Ok(task.abort_handle())
}

/// As many connections as the configuration wants, or as the limit on open files allows, which is first raised as far
/// as this process may.
fn connections_max(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let needed = wanted as u64 + FILES_RESERVED;
    let may = |most: Option<u64>| most.is_none_or(|most| most >= needed);
    if may(limit.current) {
        return wanted;
    }
    let raised = Rlimit { current: Some(limit.maximum.map_or(needed, |most| most.min(needed))), ..limit };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised.current,
        Err(_) => limit.current,
    };
    if may(files) {
        return wanted;
    }
    let fit = files.unwrap_or(needed).saturating_sub(FILES_RESERVED).max(CONNECTIONS_MIN);
    tracing::warn!(
        open_files = files,
        connections = fit,
        wanted,
        "the limit on open files allows fewer connections than server.connections_max: raise it (LimitNOFILE)"
    );
    fit as usize
}
