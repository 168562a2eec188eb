//! HTTP/1.1 with connections that are kept, pipelines, and HTTP/2 without TLS.

use std::io::{Read as _, Write as _};

use bytes::Bytes;
use http::{Request, StatusCode, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::served::{Ask as _, Place};

#[test]
fn a_pipeline_is_answered_in_its_order() {
    let place = Place::new();
    let server = place.serve();
    let mut stream = server.connect();
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    // What is kept, what is rendered and what is not there take different ways to their answers.
    let paths = ["/healthz", "/feeds/all.atom", "/nowhere", "/feeds/all.atom", "/robots.txt", "/readyz"];
    let last = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let pipeline: String = paths.iter().map(|path| ask(path)).collect();
    stream.write_all((pipeline.repeat(3) + last).as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    let each = ["200", "200", "404", "200", "200", "200"];
    assert_eq!(statuses, [&each[..], &each, &each, &["200"]].concat());
}

/// Asks for `paths` at once over one connection, in this version of HTTP; the statuses in the order asked.
pub async fn ask_at_once(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    paths: &[&str],
) -> Vec<(StatusCode, Version, usize)> {
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let asked: Vec<_> = paths
        .iter()
        .map(|path| {
            let request = Request::get(format!("https://localhost{path}")).body(Full::<Bytes>::default());
            let mut sender = sender.clone();
            tokio::spawn(async move {
                sender.ready().await.unwrap();
                let reply = sender.send_request(request.unwrap()).await.unwrap();
                let (status, version) = (reply.status(), reply.version());
                (status, version, reply.into_body().collect().await.unwrap().to_bytes().len())
            })
        })
        .collect();
    let mut answers = Vec::new();
    for answer in asked {
        answers.push(answer.await.unwrap());
    }
    answers
}

#[test]
fn http_2_is_spoken_to_whoever_knows_beforehand() {
    let place = Place::new();
    let server = place.serve();
    let plain = server.read("/feeds/all.atom");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let paths = ["/feeds/all.atom", "/nowhere", "/healthz"].repeat(40);
        let answers = ask_at_once(stream, &paths).await;
        for (path, (status, version, length)) in paths.iter().zip(answers) {
            assert_eq!(version, Version::HTTP_2);
            assert_eq!(status.as_u16(), if *path == "/nowhere" { 404 } else { 200 }, "{path}");
            assert!(*path != "/feeds/all.atom" || length == plain.body.len());
        }
    });
    // HTTP/1.1 goes on beside it.
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let place = Place::new();
    let server = place.serve();
    let mut stream = server.connect();
    let head = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx-long: {}\r\n\r\n", "a".repeat(64 << 10));
    let _ = stream.write_all(head.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
}
