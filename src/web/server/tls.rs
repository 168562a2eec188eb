//! TLS: certificates, and the reading of new ones while connections go on.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ProducesTickets;
use tokio_rustls::TlsAcceptor;

use crate::config::TlsFiles;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What is spoken behind TLS, the preferred one first (RFC 7301).
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A certificate in use, and where the next comes from.
pub struct Tls {
    files: TlsFiles,
    used: ArcSwap<ServerConfig>,
    /// Sessions go on over a change of certificates.
    tickets: Arc<dyn ProducesTickets>,
    /// How the files were when they were last read.
    seen: Mutex<Seen>,
}

/// Of both files: when it was changed, and how long it is.
#[derive(Debug, PartialEq, Eq)]
struct Seen([Option<(SystemTime, u64)>; 2]);

impl Seen {
    fn now(files: &TlsFiles) -> Seen {
        let look =
            |path: &Path| std::fs::metadata(path).ok().and_then(|it| Some((it.modified().ok()?, it.len())));
        Seen([look(&files.certificate), look(&files.key)])
    }
}

impl Tls {
    /// Reads the files; the error names the one that is wrong.
    pub fn open(files: TlsFiles) -> Result<Tls, String> {
        let tickets = ring::Ticketer::new().map_err(|error| format!("no key for TLS sessions: {error}"))?;
        let seen = Mutex::new(Seen::now(&files));
        let used = ArcSwap::from_pointee(read(&files, tickets.clone())?);
        Ok(Tls { files, used, tickets, seen })
    }

    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.used.load_full())
    }

    /// Reads the files again. What is broken leaves what is in use.
    pub fn reload(&self) {
        *self.seen() = Seen::now(&self.files);
        match read(&self.files, self.tickets.clone()) {
            Ok(config) => {
                self.used.store(Arc::new(config));
                tracing::info!(certificate = %self.files.certificate.display(), "a new certificate is in use");
            }
            Err(why) => tracing::error!(%why, "the new certificate is of no use; the old one stays in use"),
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().expect("nothing panics while it looks at two files")
    }

    /// Looks at the files for ever, and reads them when they change and when `told` says so.
    pub async fn watch(&self, mut told: tokio::sync::mpsc::Receiver<()>) {
        loop {
            let told = tokio::select! {
                told = told.recv() => told.is_some(),
                () = tokio::time::sleep(LOOK) => false,
            };
            let changed = *self.seen() != Seen::now(&self.files);
            if told || changed {
                self.reload();
            }
        }
    }
}

fn read(files: &TlsFiles, tickets: Arc<dyn ProducesTickets>) -> Result<ServerConfig, String> {
    let wrong = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let chain =
        CertificateDer::pem_file_iter(&files.certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| wrong(&files.certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong(&files.certificate, &"there is no certificate in it"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong(&files.key, &error))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    let config = builder.with_no_client_auth().with_single_cert(chain, key);
    let mut config = config.map_err(|error| wrong(&files.certificate, &error))?;
    config.alpn_protocols = ALPN.map(Vec::from).into();
    config.ticketer = tickets;
    Ok(config)
}
