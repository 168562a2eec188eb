//! How long anything may take, and how much one client may take up.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::serve_with;
use crate::served::{Ask as _, Place, Server, TOKEN, bulletin};

const SECOND: Duration = Duration::from_secs(1);

/// Reads until the other side closes: what it said, and how long that took.
fn until_closed(mut stream: TcpStream) -> (String, Duration) {
    let begin = Instant::now();
    let mut said = Vec::new();
    // A connection may be reset as well as closed.
    let _ = stream.read_to_end(&mut said);
    (String::from_utf8_lossy(&said).into(), begin.elapsed())
}

#[test]
fn whoever_says_nothing_or_too_slowly_is_not_waited_for() {
    let place = Place::new();
    let server = serve_with(
        &place,
        &[("header_timeout_seconds", "1"), ("idle_timeout_seconds", "3"), ("body_timeout_seconds", "1")],
    );
    let silent = server.connect();
    let mut half = server.connect();
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost: local").unwrap();
    let mut dripping = server.connect();
    let drips = std::thread::spawn(move || {
        let begin = Instant::now();
        // Each byte comes in time, the head does not.
        while begin.elapsed() < 20 * SECOND && dripping.write_all(b"G").is_ok() {
            std::thread::sleep(SECOND / 5);
        }
        begin.elapsed()
    });
    let mut kept = server.connect();
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut body = server.connect();
    let head = format!(
        "POST /bulletins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{\"ti"
    );
    body.write_all(head.as_bytes()).unwrap();
    for (which, stream) in [("silent", silent), ("half", half)] {
        let (said, took) = until_closed(stream);
        assert_eq!(said, "", "{which}");
        assert!(took < 10 * SECOND, "{which}: {took:?}");
    }
    let (said, _) = until_closed(body);
    assert!(said.starts_with("HTTP/1.1 408 ") && said.contains("nothing more of it came"), "{said}");
    assert!(drips.join().unwrap() < 10 * SECOND);
    let (said, took) = until_closed(kept);
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    assert!(took < 10 * SECOND, "{took:?}");
}

#[test]
fn a_connection_that_is_used_outlasts_every_limit() {
    let place = Place::new();
    let server = serve_with(&place, &[("header_timeout_seconds", "1"), ("idle_timeout_seconds", "1")]);
    let mut stream = server.connect();
    for _ in 0..6 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut answer = [0; 17];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK\r\n");
        std::thread::sleep(SECOND / 2);
        let mut rest = [0; 4096];
        let read = stream.read(&mut rest).unwrap();
        assert!(rest[..read].ends_with(b"ok\n"));
    }
}

/// A bulletin that is larger than what the system takes off a server's hands.
fn large(server: &Server) -> String {
    let mut bulletin = bulletin(1);
    let paragraph = format!("<p>{}</p>", "The tide tables of the old harbour. ".repeat(30));
    bulletin["body_html"] = paragraph.repeat(6_000).into();
    let receipt = server.admit(&bulletin);
    format!("/content/sha256/{}", receipt["digest"].as_str().unwrap().trim_start_matches("sha256:"))
}

#[test]
fn whoever_does_not_read_is_not_waited_for() {
    let place = Place::new();
    let server = serve_with(&place, &[("write_timeout_seconds", "1")]);
    let path = large(&server);
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).unwrap();
    std::thread::sleep(3 * SECOND);
    let (said, _) = until_closed(stream);
    assert!(said.starts_with("HTTP/1.1 200 "));
    let whole = server.read(&path).body.len();
    assert!(said.len() < whole, "{} bytes of {whole} were held for whoever did not read", said.len());
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let place = Place::new();
    let server = serve_with(&place, &[("client_requests_per_second_max", "1")]);
    let forwarded = [("x-forwarded-for", "203.0.113.9")];
    let statuses: Vec<u16> =
        (0..14).map(|n| server.ask("GET", "/healthz", &forwarded[..n % 2], "").status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 10, "{statuses:?}");
    let refused = server.get("/feeds/all.atom");
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
}

#[test]
fn a_trusted_proxy_speaks_for_each_of_its_clients() {
    let place = Place::new();
    let keys = [("client_requests_per_second_max", "1"), ("trusted_proxies", "[\"127.0.0.0/8\"]")];
    let server = serve_with(&place, &keys);
    let ask = |client: &str| server.ask("GET", "/healthz", &[("x-forwarded-for", client)], "").status;
    assert!((0..10).all(|_| ask("203.0.113.9") == 200));
    assert_eq!(ask("203.0.113.9"), 429);
    assert_eq!(ask("203.0.113.9, 198.51.100.4"), 200, "another client, who claims to be the first");
    assert_eq!(server.get("/healthz").status, 200, "the proxy for itself");
}

#[test]
fn one_client_has_so_many_connections() {
    let place = Place::new();
    let server = serve_with(&place, &[("client_connections_max", "4")]);
    let mut kept: Vec<TcpStream> = (0..4).map(|_| server.connect()).collect();
    for stream in &mut kept {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        assert_eq!(stream.read(&mut [0; 15]).unwrap(), 15);
    }
    assert_eq!(until_closed(server.connect()).0, "");
    drop(kept);
    // The server may see a moment later that they have gone.
    let begin = Instant::now();
    let answered = || {
        let mut stream = server.connect();
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        until_closed(stream).0.starts_with("HTTP/1.1 200 ")
    };
    while !answered() {
        assert!(begin.elapsed() < 5 * SECOND, "those that have gone are counted for ever");
        std::thread::sleep(SECOND / 100);
    }
}

#[test]
fn one_connection_too_many_takes_the_place_of_one_that_waits() {
    let place = Place::new();
    let server = serve_with(&place, &[("connections_max", "8"), ("threads", "1")]);
    let mut asked = server.connect();
    asked.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(asked.read(&mut [0; 15]).unwrap(), 15);
    let silent: Vec<TcpStream> = (0..40).map(|_| server.connect()).collect();
    for _ in 0..10 {
        let mut stream = server.connect();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let (said, _) = until_closed(stream);
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    }
    // Those that never asked anything went first.
    asked.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    assert!(until_closed(asked).0.contains("HTTP/1.1 200 "));
    let metrics = server.read("/metrics");
    let displaced = metrics.text().split_once("\nannals_http_connections_displaced_total ").unwrap().1;
    let displaced: usize = displaced.lines().next().unwrap().parse().unwrap();
    assert!(displaced >= 33, "{displaced} of 41 made room");
    drop(silent);
}
