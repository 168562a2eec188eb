//! `[server]`: where to listen, and every bound on who connects.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;

use super::{Wrong, at_least};
use crate::digest::Digest;

/// How a path to a Unix socket is told from an address and port.
const UNIX: &str = "unix:";

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields, default)]
pub struct RawServer {
    listen: String,
    tls_certificate: String,
    tls_key: String,
    threads: usize,
    connections_max: usize,
    client_connections_max: usize,
    client_requests_per_second_max: u32,
    trusted_proxies: Vec<String>,
    header_timeout_seconds: u64,
    idle_timeout_seconds: u64,
    body_timeout_seconds: u64,
    write_timeout_seconds: u64,
    request_timeout_seconds: u64,
    shutdown_timeout_seconds: u64,
    cache_bytes: u64,
    email_originals: bool,
    mirror_sha256: String,
    metrics_sha256: String,
}

impl Default for RawServer {
    fn default() -> RawServer {
        RawServer {
            listen: "127.0.0.1:8080".into(),
            tls_certificate: String::new(),
            tls_key: String::new(),
            threads: 0,
            connections_max: 4_096,
            client_connections_max: 0,
            client_requests_per_second_max: 0,
            trusted_proxies: Vec::new(),
            header_timeout_seconds: 10,
            idle_timeout_seconds: 75,
            body_timeout_seconds: 20,
            write_timeout_seconds: 30,
            request_timeout_seconds: 60,
            shutdown_timeout_seconds: 3,
            cache_bytes: 64 << 20,
            email_originals: false,
            mirror_sha256: String::new(),
            metrics_sha256: String::new(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Server {
    pub listen: Listen,
    pub tls: Option<TlsFiles>,
    /// Threads that serve the network; `None`: one for each core.
    pub threads: Option<usize>,
    pub connections_max: usize,
    pub clients: ClientLimits,
    pub header_timeout: Duration,
    pub idle_timeout: Duration,
    pub body_timeout: Duration,
    pub write_timeout: Duration,
    pub request_timeout: Duration,
    pub shutdown_timeout: Duration,
    pub cache_bytes: u64,
    /// Whether anyone may read emails as they came.
    pub email_originals: bool,
    /// Of the token for which the journal's records are readable; nobody may without it.
    pub mirror: Option<Digest>,
    /// The hash of the token with which `/metrics` is read; without one it is there for anyone.
    pub metrics: Option<Digest>,
}

/// Where the server waits for connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    Address(SocketAddr),
    /// The path of a socket.
    Unix(PathBuf),
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Address(address) => address.fmt(f),
            Listen::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

/// A chain of certificates and its key, both PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// What one client may take up. 0: as much as there is.
#[derive(Clone, Debug, Default)]
pub struct ClientLimits {
    pub connections_max: usize,
    pub requests_per_second_max: u32,
    pub proxies: Proxies,
}

/// Whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    pub networks: Vec<IpNet>,
    /// Whoever connects by a Unix socket.
    pub unix: bool,
}

impl RawServer {
    pub fn check(self) -> Result<Server, Wrong> {
        let seconds = |key, value| at_least(key, value, 1).map(Duration::from_secs);
        Ok(Server {
            listen: listen(&self.listen)?,
            tls: tls(self.tls_certificate, self.tls_key)?,
            threads: Some(self.threads).filter(|threads| *threads > 0),
            connections_max: at_least("server.connections_max", self.connections_max as u64, 1)? as usize,
            clients: ClientLimits {
                connections_max: self.client_connections_max,
                requests_per_second_max: self.client_requests_per_second_max,
                proxies: proxies(&self.trusted_proxies)?,
            },
            header_timeout: seconds("server.header_timeout_seconds", self.header_timeout_seconds)?,
            idle_timeout: seconds("server.idle_timeout_seconds", self.idle_timeout_seconds)?,
            body_timeout: seconds("server.body_timeout_seconds", self.body_timeout_seconds)?,
            write_timeout: seconds("server.write_timeout_seconds", self.write_timeout_seconds)?,
            request_timeout: seconds("server.request_timeout_seconds", self.request_timeout_seconds)?,
            shutdown_timeout: Duration::from_secs(self.shutdown_timeout_seconds),
            cache_bytes: self.cache_bytes,
            email_originals: self.email_originals,
            mirror: token("server.mirror_sha256", &self.mirror_sha256)?,
            metrics: token("server.metrics_sha256", &self.metrics_sha256)?,
        })
    }
}

fn listen(text: &str) -> Result<Listen, Wrong> {
    if let Some(path) = text.strip_prefix(UNIX).filter(|path| !path.is_empty()) {
        return Ok(Listen::Unix(path.into()));
    }
    let wrong = |_: std::net::AddrParseError| {
        let why = format!("`{text}` is no address and port, and no socket such as unix:/run/annals.sock");
        ("server.listen", why)
    };
    text.parse().map(Listen::Address).map_err(wrong)
}

fn tls(certificate: String, key: String) -> Result<Option<TlsFiles>, Wrong> {
    match (certificate.is_empty(), key.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some(TlsFiles { certificate: certificate.into(), key: key.into() })),
        (true, false) => Err(("server.tls_certificate", "it is empty, and server.tls_key is not".into())),
        (false, true) => Err(("server.tls_key", "it is empty, and server.tls_certificate is not".into())),
    }
}

fn proxies(texts: &[String]) -> Result<Proxies, Wrong> {
    let mut proxies = Proxies::default();
    for text in texts {
        if text == "unix" {
            proxies.unix = true;
            continue;
        }
        let network = text.parse().or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()));
        let wrong = |_| {
            let why = format!("`{text}` is no address, no network such as 10.0.0.0/8, and not \"unix\"");
            ("server.trusted_proxies", why)
        };
        proxies.networks.push(network.map_err(wrong)?);
    }
    Ok(proxies)
}

fn token(key: &'static str, sha256: &str) -> Result<Option<Digest>, Wrong> {
    let wrong = |_| (key, format!("`{sha256}` is not 64 hexadecimal digits"));
    if sha256.is_empty() { Ok(None) } else { Digest::from_hex(sha256).map(Some).map_err(wrong) }
}
