//! TLS with HTTP/2 and HTTP/1.1, and certificates that change while the server runs.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Version;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::served::{Place, Server, utf8};
use crate::versions::ask_at_once;
use crate::{command_with, serve_with};

/// A certificate of its own for `localhost`, written where the server looks for it.
struct Certificate {
    place: Place,
    roots: RootCertStore,
}

impl Certificate {
    fn new() -> Certificate {
        let mut certificate = Certificate { place: Place::new(), roots: RootCertStore::empty() };
        certificate.renew();
        certificate
    }

    fn file(&self, name: &str) -> PathBuf {
        self.place.dir.path().join(name)
    }

    /// Makes another, in place of the one before.
    fn renew(&mut self) -> CertificateDer<'static> {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".into()]).unwrap();
        std::fs::write(self.file("certificate.pem"), cert.pem()).unwrap();
        std::fs::write(self.file("key.pem"), signing_key.serialize_pem()).unwrap();
        self.roots.add(cert.der().clone()).unwrap();
        cert.der().clone()
    }

    fn keys(&self) -> [(&'static str, String); 2] {
        let file = |name| utf8(&self.file(name)).to_string();
        [("tls_certificate", file("certificate.pem")), ("tls_key", file("key.pem"))]
    }

    fn serve(&self) -> Server {
        let [certificate, key] = self.keys();
        serve_with(&self.place, &[(certificate.0, &certificate.1), (key.0, &key.1)])
    }

    /// Connects, as a client that speaks one version of HTTP.
    async fn connect(&self, server: &Server, alpn: &[u8]) -> TlsStream<tokio::net::TcpStream> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let mut config = config.unwrap().with_root_certificates(self.roots.clone()).with_no_client_auth();
        config.alpn_protocols = vec![alpn.to_vec()];
        let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
    }

    /// The certificate that the server shows.
    async fn shown(&self, server: &Server) -> CertificateDer<'static> {
        let stream = self.connect(server, b"http/1.1").await;
        stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
    }

    /// Waits until the server shows this one.
    async fn wait_for(&self, server: &Server, certificate: &CertificateDer<'static>) {
        let begin = Instant::now();
        while self.shown(server).await != *certificate {
            assert!(begin.elapsed() < Duration::from_secs(30), "the certificate stayed as it was");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn both_versions_are_spoken_behind_tls() {
    let certificate = Certificate::new();
    let server = certificate.serve();
    assert!(server.greeting.contains("Listening on https://"), "{}", server.greeting);
    block_on(async {
        let stream = certificate.connect(&server, b"h2").await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        for (status, version, _) in ask_at_once(stream, &["/healthz", "/feeds/all.atom"]).await {
            assert_eq!((status.as_u16(), version), (200, Version::HTTP_2));
        }
        let mut stream = certificate.connect(&server, b"http/1.1").await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let ask = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(ask).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    });
}

#[test]
fn a_new_certificate_is_used_and_a_broken_one_is_not() {
    let mut certificate = Certificate::new();
    let server = certificate.serve();
    block_on(async {
        let kept = certificate.connect(&server, b"h2").await;
        let second = certificate.renew();
        // Nobody says that there is another.
        certificate.wait_for(&server, &second).await;
        std::fs::write(certificate.file("certificate.pem"), "no certificate").unwrap();
        hang_up(&server);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(certificate.shown(&server).await, second, "a broken one leaves the old in use");
        let third = certificate.renew();
        hang_up(&server);
        certificate.wait_for(&server, &third).await;
        // A connection of before the first change goes on.
        let answers = ask_at_once(kept, &["/healthz"]).await;
        assert_eq!(answers[0].0.as_u16(), 200);
    });
}

fn hang_up(server: &Server) {
    let told = Command::new("kill").args(["-HUP", &server.id().to_string()]).status().unwrap();
    assert!(told.success());
}

#[test]
fn a_server_does_not_start_without_the_certificate_that_it_is_to_have() {
    let certificate = Certificate::new();
    let [name, key] = certificate.keys();
    for broken in ["certificate.pem", "key.pem"] {
        std::fs::write(certificate.file(broken), "nothing").unwrap();
        let keys = [(name.0, name.1.as_str()), (key.0, key.1.as_str())];
        let output = command_with(&certificate.place, &keys).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("server.tls_certificate"), "{said}");
    }
}
