//! Sockets: accepting connections, bounding them, and ending in good order.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::Semaphore;
use tower::{BoxError, ServiceBuilder, ServiceExt as _};

use super::response::{Reply, TEXT, plain};
use super::{App, Client, Way, handle};

/// After an accept that failed (no file descriptors left), others get this long to end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The name of the local socket in the archive's folder.
pub const LOCAL_SOCKET: &str = "annals.sock";

/// Serves until `stop` is done, then lets running requests end, for as long as the configuration says.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    local: Option<LocalSocket>,
    stop: impl Future<Output = ()>,
) {
    let connections = Connections {
        permits: Arc::new(Semaphore::new(app.config.server.connections_max)),
        graceful: GracefulShutdown::new(),
        app,
    };
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted.map(|(stream, peer)| {
                // Small answers leave at once.
                let _ = stream.set_nodelay(true);
                connections.take(stream, Way::Network, Some(Client(peer.ip())));
            }),
            accepted = accept_local(local.as_ref()) => accepted.map(|stream| connections.take(stream, Way::Local, None)),
        };
        if let Err(error) = accepted {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
    }
    drop((listener, local));
    let patience = connections.app.config.server.shutdown_timeout;
    if tokio::time::timeout(patience, connections.graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still open when the time to shut down was over");
    }
}

async fn accept_local(local: Option<&LocalSocket>) -> io::Result<tokio::net::UnixStream> {
    match local {
        Some(local) => local.listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

struct Connections {
    app: Arc<App>,
    permits: Arc<Semaphore>,
    graceful: GracefulShutdown,
}

impl Connections {
    /// Serves a connection in a task of its own; one too many is closed.
    fn take(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        way: Way,
        client: Option<Client>,
    ) {
        let Ok(permit) = self.permits.clone().try_acquire_owned() else { return };
        let app = self.app.clone();
        let timeout = app.config.server.request_timeout;
        let service = ServiceBuilder::new()
            .timeout(timeout)
            .service_fn(move |mut request: Request<Incoming>| {
                if let Some(client) = client {
                    request.extensions_mut().insert(client);
                }
                handle(app.clone(), way, request)
            })
            .map_result(answer_timeout);
        let connection = http1::Builder::new()
            // Without a timer there is no header timeout.
            .timer(TokioTimer::new())
            .header_read_timeout(self.app.config.server.header_timeout)
            .pipeline_flush(true)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = self.graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the reader's affair.
            let _ = connection.await;
            drop(permit);
        });
    }
}

/// The only error that is left is the timeout.
fn answer_timeout(result: Result<Reply, BoxError>) -> Result<Response<Full<bytes::Bytes>>, BoxError> {
    Ok(result.unwrap_or_else(|_| plain(StatusCode::REQUEST_TIMEOUT, TEXT, "the request took too long\n")))
}

/// A Unix socket in the archive's folder, by which the command line reaches a running server. Whoever may
/// open it may do anything; it is the owner's alone.
pub struct LocalSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl LocalSocket {
    /// Binds the socket in the folder `dir`, whose lock is held: a socket that is there already is left over.
    pub fn bind(dir: &Path) -> io::Result<LocalSocket> {
        let path = dir.join(LOCAL_SOCKET);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, owner_only)?;
        Ok(LocalSocket { listener, path })
    }
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
