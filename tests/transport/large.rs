//! Large bodies that many ask for, which the system sends from files in memory.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use annals::digest::Digest;
use serde_json::json;

use crate::served::{Ask as _, Place, Server};

const FEED: &str = "/feeds/all.atom";

/// Text that no coding makes much shorter.
fn long_text(seed: usize) -> String {
    (0..1_500).map(|n| Digest::of(format!("{seed} {n}").as_bytes()).hex() + " ").collect()
}

/// A server with a feed of more than a megabyte.
fn serve_much(place: &Place) -> Server {
    let server = place.serve();
    for n in 0..12 {
        let body = format!("<p>{}</p>", long_text(n));
        server.admit(&json!({"id": format!("tide-{n}"), "title": format!("Tides {n}"), "body_html": body}));
    }
    server
}

fn ask(stream: &mut TcpStream, method: &str, coding: &str) {
    let head = format!("{method} {FEED} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: {coding}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
}

/// Reads a head byte by byte: its status line and fields.
fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

fn body(stream: &mut TcpStream, bytes: usize) -> Vec<u8> {
    let mut body = vec![0; bytes];
    stream.read_exact(&mut body).unwrap();
    body
}

/// How many files in memory the server holds.
fn memory_files(server: &Server) -> usize {
    let files = fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap();
    let links = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    links.filter(|link| link.to_string_lossy().starts_with("/memfd:")).count()
}

#[test]
fn what_many_ask_for_comes_from_a_file_in_memory_and_is_the_same() {
    let place = Place::new();
    let server = serve_much(&place);
    let plain = server.read(FEED).body;
    assert!(plain.len() > 1 << 20, "{} bytes", plain.len());
    let coded = server.ask("GET", FEED, &[("accept-encoding", "gzip")], "").body;
    assert_eq!(memory_files(&server), 0, "nobody has asked for it often");

    let mut stream = server.connect();
    for _ in 0..20 {
        for (coding, bytes) in [("identity", &plain), ("gzip", &coded)] {
            ask(&mut stream, "GET", coding);
            assert!(head(&mut stream).starts_with("HTTP/1.1 200 "));
            assert!(body(&mut stream, bytes.len()) == bytes[..], "{coding}");
        }
        ask(&mut stream, "HEAD", "identity");
        assert!(head(&mut stream).contains(&format!("content-length: {}\r\n", plain.len())));
    }
    assert_eq!(memory_files(&server), 2, "one for each coding that was asked for");

    // A change has another feed.
    server.admit(&json!({"id": "tide-12", "title": "Tides 12", "body_html": "<p>Low water at noon.</p>"}));
    let changed = server.read(FEED).body;
    for _ in 0..20 {
        ask(&mut stream, "GET", "identity");
        head(&mut stream);
        assert!(body(&mut stream, changed.len()) == changed[..]);
    }
    assert_eq!(
        memory_files(&server),
        3,
        "the new one has its own; those of the old one make room in their turn"
    );
}

#[test]
fn a_pipeline_and_whoever_reads_slowly_get_it_whole() {
    let place = Place::new();
    let server = serve_much(&place);
    let (plain, coded) =
        (server.read(FEED).body, server.ask("GET", FEED, &[("accept-encoding", "gzip")], "").body);
    let codings = [("identity", &plain), ("gzip", &coded)].repeat(10);
    let mut stream = server.connect();
    codings.iter().for_each(|(coding, _)| ask(&mut stream, "GET", coding));
    for (n, (coding, bytes)) in codings.iter().enumerate() {
        assert!(head(&mut stream).starts_with("HTTP/1.1 200 "), "{n}");
        let mut read = Vec::new();
        while read.len() < bytes.len() {
            // Some wait until nothing more is taken, and then read a little at a time.
            if n % 7 == 0 && read.len() % 5 == 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
            read.extend(body(&mut stream, (bytes.len() - read.len()).min(64_001)));
        }
        assert!(read == bytes[..], "{n} {coding}");
    }
}

/// What a GET brings is read by nobody (RFC 9110 section 9.3.1), so the connection ends with its answer (RFC 9112 section 9.3). What
/// comes behind it is none of ours: no answer to that stands in the middle of this one.
#[test]
fn behind_a_body_that_nobody_reads_the_connection_ends_and_the_answer_is_whole() {
    let place = Place::new();
    let server = serve_much(&place);
    let plain = server.read(FEED).body;
    for method in ["GET", "POST"] {
        let mut stream = server.connect();
        // So much that not all of it is taken before the last is answered.
        (0..60).for_each(|_| ask(&mut stream, "GET", "identity"));
        let last = format!(
            "{method} {FEED} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n5\r\nTides\r\n0\r\n\r\n1\r\n\r\n"
        );
        stream.write_all(last.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        for n in 0..60 {
            assert!(head(&mut stream).starts_with("HTTP/1.1 200 "), "{n}");
            assert!(body(&mut stream, plain.len()) == plain[..], "{n}");
        }
        let answer = head(&mut stream).to_ascii_lowercase();
        let (status, bytes) = if method == "GET" { ("200", plain.len()) } else { ("405", 0) };
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert!(bytes == 0 || rest == plain[..], "{} of {bytes} bytes", rest.len());
        assert!(!String::from_utf8_lossy(&rest).contains("HTTP/1.1"), "nothing else is answered");
    }
}
