//! Requests that mean two things, or nothing good: refused, or without effect. Raw bytes over a socket, as no
//! well-meaning client would send them.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use crate::battery::row;
use crate::served::{Ask, BASE, Place, Server, TOKEN, bulletin, text};

/// Everything that the server says to these bytes until it closes, or has been silent for a while.
fn said(server: &Server, bytes: &[u8]) -> String {
    let mut stream = server.connect();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // A server that has refused may close before everything is sent.
    let _ = stream.write_all(bytes);
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

/// The status of each answer in what was said.
fn statuses(said: &str) -> Vec<u16> {
    said.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().unwrap()).collect()
}

/// A request that would admit, with these lines for its framing, and what follows its head.
fn admission(framing: &str, rest: &str) -> String {
    format!(
        "POST /bulletins?source=desk HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: text/plain\r\n{framing}\r\n{rest}"
    )
}

/// What would be the second request, were it one.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[test]
fn a_request_whose_end_is_in_doubt_is_refused_and_nothing_behind_it_is_answered() {
    let place = Place::new();
    let server = place.serve();
    let chunk = "5\r\nTides\r\n0\r\n\r\n";
    let rows: Vec<(&str, String, String)> = vec![
        ("two lengths", "content-length: 5\r\ncontent-length: 6\r\n".into(), format!("Tides{SMUGGLED}")),
        ("two lengths in one line", "content-length: 5, 6\r\n".into(), format!("Tides{SMUGGLED}")),
        ("a length with a sign", "content-length: +5\r\n".into(), format!("Tides{SMUGGLED}")),
        ("a negative length", "content-length: -1\r\n".into(), format!("Tides{SMUGGLED}")),
        ("a length in hexadecimal", "content-length: 0x5\r\n".into(), format!("Tides{SMUGGLED}")),
        (
            "a length past 64 bits",
            "content-length: 18446744073709551621\r\n".into(),
            format!("Tides{SMUGGLED}"),
        ),
        ("a length of words", "content-length: five\r\n".into(), format!("Tides{SMUGGLED}")),
        ("an empty length", "content-length: \r\n".into(), format!("Tides{SMUGGLED}")),
        ("a coding that is none", "transfer-encoding: xchunked\r\n".into(), format!("{chunk}{SMUGGLED}")),
        (
            "chunked that is not last",
            "transfer-encoding: chunked, identity\r\n".into(),
            format!("{chunk}{SMUGGLED}"),
        ),
        (
            "chunked and another",
            "transfer-encoding: chunked\r\ntransfer-encoding: cow\r\n".into(),
            format!("{chunk}{SMUGGLED}"),
        ),
        ("chunked in quotes", "transfer-encoding: \"chunked\"\r\n".into(), format!("{chunk}{SMUGGLED}")),
        ("a vertical tab", "transfer-encoding: \u{b}chunked\r\n".into(), format!("{chunk}{SMUGGLED}")),
        ("a space before the colon", "transfer-encoding : chunked\r\n".into(), format!("{chunk}{SMUGGLED}")),
        ("a space before the name", " transfer-encoding: chunked\r\n".into(), format!("{chunk}{SMUGGLED}")),
        (
            "a tab before the name",
            "x: y\r\n\ttransfer-encoding: chunked\r\n".into(),
            format!("{chunk}{SMUGGLED}"),
        ),
        ("a folded line", "x: y\r\n z\r\ncontent-length: 5\r\n".into(), format!("Tides{SMUGGLED}")),
        ("a bare carriage return", "x: y\rcontent-length: 5\r\n".into(), format!("Tides{SMUGGLED}")),
        ("a zero byte", "x: y\0\r\ncontent-length: 5\r\n".into(), format!("Tides{SMUGGLED}")),
        ("a line without a colon", "content-length 5\r\n".into(), format!("Tides{SMUGGLED}")),
        (
            "a chunk with a sign",
            "transfer-encoding: chunked\r\n".into(),
            format!("+5\r\nTides\r\n0\r\n\r\n{SMUGGLED}"),
        ),
        (
            "a chunk of 0x5",
            "transfer-encoding: chunked\r\n".into(),
            format!("0x5\r\nTides\r\n0\r\n\r\n{SMUGGLED}"),
        ),
        (
            "a chunk past 64 bits",
            "transfer-encoding: chunked\r\n".into(),
            format!("10000000000000005\r\nTides\r\n0\r\n\r\n{SMUGGLED}"),
        ),
        (
            "a chunk that runs on",
            "transfer-encoding: chunked\r\n".into(),
            format!("5\r\nTidesXX0\r\n\r\n{SMUGGLED}"),
        ),
        (
            "a chunk's line without its return",
            "transfer-encoding: chunked\r\n".into(),
            format!("5\nTides\n0\n\n{SMUGGLED}"),
        ),
    ];
    let tried = rows.len();
    for (what, framing, rest) in rows {
        let said = said(&server, admission(&framing, &rest).as_bytes());
        let statuses = statuses(&said);
        assert!(statuses.len() <= 1, "{what}: it was taken for two: {said}");
        assert!(statuses.iter().all(|status| (400..500).contains(status)), "{what}: {said}");
        assert_eq!(server.read("/readyz").json()["events"], 0, "{what}: {said}");
    }
    row("a request whose end is in doubt", tried, "refused, nothing behind it answered, nothing admitted");
}

#[test]
fn chunked_overrides_a_length_and_the_connection_ends_there() {
    let place = Place::new();
    let server = place.serve();
    // RFC 9112 section 6.3: either refused, or read as chunked and closed. Never read by its length, and nothing
    // behind it is answered; the answer itself may fall to the end of the connection.
    for framing in [
        "content-length: 3\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 3\r\n",
        "content-length: 300\r\ntransfer-encoding: chunked\r\n",
    ] {
        let bytes = admission(framing, &format!("5\r\nTides\r\n0\r\n\r\n{SMUGGLED}"));
        let said = said(&server, bytes.as_bytes());
        let statuses = statuses(&said);
        assert!(matches!(statuses[..], [] | [200 | 201 | 400]), "{framing}: {statuses:?} {said}");
    }
    let kept = server.read("/feeds/all.json").json();
    let titles: Vec<&str> =
        kept["items"].as_array().unwrap().iter().map(|item| text(item, "title")).collect();
    assert!(titles.iter().all(|title| *title == "Tides"), "{titles:?}");
    // The same length twice is one length.
    let twice = said(
        &server,
        admission("content-length: 5\r\ncontent-length: 5\r\n", &format!("Lamps{SMUGGLED}")).as_bytes(),
    );
    assert!(matches!(statuses(&twice)[..], [400] | [201, 200]), "{twice}");
    row(
        "a length beside chunks, and a length twice",
        4,
        "read as RFC 9112 says or refused, nothing behind it answered",
    );
}

#[test]
fn a_host_and_what_proxies_claim_change_nothing_that_is_answered() {
    let place = Place::new();
    let server = place.serve();
    let receipt = server.admit(&bulletin(1));
    let id = text(&receipt, "id");
    let paths = [
        "/".into(),
        "/feeds".into(),
        "/feeds/all.atom".into(),
        "/feeds/all.rss".into(),
        "/feeds/all.json".into(),
        "/feeds.opml".into(),
        "/robots.txt".into(),
        "/sitemap.xml".into(),
        "/feed".into(),
        format!("/bulletins/{id}"),
        text(&receipt, "permalink").strip_prefix(BASE).unwrap().into(),
        format!("/bulletins/{id}.json"),
        format!("/bulletins/{id}.atom"),
        format!("/timegate/{id}"),
        format!("/timemap/{id}"),
        "/nothing/here".into(),
    ];
    let claims: [&[(&str, &str)]; 9] = [
        &[("x-forwarded-host", "evil.example")],
        &[("x-forwarded-proto", "gopher"), ("x-forwarded-port", "70")],
        &[("forwarded", "host=evil.example;proto=http;for=127.0.0.1")],
        &[("x-forwarded-prefix", "/evil"), ("x-script-name", "/evil")],
        &[("x-original-url", "/metrics"), ("x-rewrite-url", "/metrics")],
        &[("x-http-method-override", "DELETE"), ("x-method-override", "PUT")],
        &[("x-host", "evil.example"), ("x-forwarded-server", "evil.example")],
        &[("referer", "https://evil.example/"), ("origin", "https://evil.example")],
        &[("x-forwarded-for", "127.0.0.1"), ("x-real-ip", "127.0.0.1")],
    ];
    let known = |path: &str| {
        let reply = server.get(path);
        (reply.status, reply.header("location").to_string(), reply.header("link").to_string(), reply.body)
    };
    for path in &paths {
        let plain = known(path);
        for claim in claims {
            let reply = server.ask("GET", path, claim, "");
            let (location, link) = (reply.header("location").to_string(), reply.header("link").to_string());
            assert_eq!((reply.status, location, link, reply.body), plain, "{path} {claim:?}");
        }
        for host in [
            "evil.example",
            "evil.example:99",
            "localhost, evil.example",
            "127.0.0.1",
            "[::1]",
            "a@b",
            "%00",
            "",
        ] {
            let said = said(
                &server,
                format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes(),
            );
            assert!(!said.contains("evil"), "{path} {host}: {said}");
            let statuses = statuses(&said);
            assert!(statuses == [plain.0] || statuses == [400], "{path} {host}: {said}");
        }
        // An absolute-form target names the same place, whichever host it claims (RFC 9112 section 3.2.2).
        let said = said(
            &server,
            format!("GET http://evil.example{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                .as_bytes(),
        );
        assert!(!said.contains("evil"), "{path}: {said}");
        assert!(statuses(&said) == [plain.0] || statuses(&said) == [400], "{path}: {said}");
    }
    let tried = paths.len() * (claims.len() + 9);
    row(
        "bad Host, X-Forwarded-* and their kin, absolute-form targets",
        tried,
        "the same answer as without, byte for byte, or 400",
    );
}

#[test]
fn a_request_line_that_is_none_is_refused() {
    let place = Place::new();
    let server = place.serve();
    let lines = [
        "GET",
        "GET /",
        "GET  / HTTP/1.1",
        "GET / HTTP/1.1 HTTP/1.1",
        "GET /\t HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET / HTTP/3.7",
        "GET / http/1.1",
        "GET / HTTP/1.10",
        "GET \\ HTTP/1.1",
        "GET evil.example HTTP/1.1",
        "G\0T / HTTP/1.1",
        "G(T / HTTP/1.1",
        " GET / HTTP/1.1",
        "CONNECT evil.example:80 HTTP/1.1",
        "CONNECT / HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "TRACE / HTTP/1.1",
        "GET * HTTP/1.1",
        "PRI * HTTP/2.0",
        "\u{16}\u{3}\u{1}",
    ];
    for line in lines {
        let said = said(
            &server,
            format!("{line}\r\nhost: localhost\r\nx-secret: s3cret\r\nconnection: close\r\n\r\n").as_bytes(),
        );
        assert!(statuses(&said).iter().all(|status| (400..500).contains(status)), "{line:?}: {said}");
        assert!(!said.contains("s3cret"), "{line:?}: nothing is echoed: {said}");
    }
    assert_eq!(server.read("/healthz").text(), "ok\n", "all goes on");
    row("a request line that is none", lines.len(), "refused, and nothing of it echoed");
}

#[test]
fn what_is_too_long_is_refused_and_soon() {
    let place = Place::new();
    let server = place.serve();
    let long = |n: usize| "a".repeat(n);
    let rows = [
        ("a path", format!("GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n", long(100_000))),
        ("a path of a megabyte", format!("GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n", long(1 << 20))),
        ("a query", format!("GET /search?q={} HTTP/1.1\r\nhost: localhost\r\n\r\n", long(100_000))),
        ("a method", format!("{} / HTTP/1.1\r\nhost: localhost\r\n\r\n", long(100_000))),
        ("a header's value", format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", long(1 << 20))),
        ("a header's name", format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}: x\r\n\r\n", long(1 << 20))),
        ("a host", format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", long(1 << 20))),
        ("headers", format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x: y\r\n".repeat(10_000))),
        ("nothing but a line", long(1 << 20)),
        (
            "a chunk's extension",
            admission(
                "transfer-encoding: chunked\r\n",
                &format!("5;{}\r\nTides\r\n0\r\n\r\n", long(1 << 20)),
            ),
        ),
        (
            "trailers",
            admission(
                "transfer-encoding: chunked\r\n",
                &format!("5\r\nTides\r\n0\r\n{}\r\n", "x: y\r\n".repeat(100_000)),
            ),
        ),
    ];
    let tried = rows.len();
    for (what, bytes) in rows {
        let said = said(&server, bytes.as_bytes());
        assert!(
            statuses(&said).iter().all(|status| (400..500).contains(status)),
            "{what}: {}",
            &said[..said.len().min(300)]
        );
        assert!(said.len() < 20_000, "{what}: nothing is echoed at length: {} bytes", said.len());
    }
    for part in ["id", "source", "url", "language", "category", "published"] {
        let reply =
            server.post(&format!("/bulletins?{part}={}", long(20_000)), "text/plain", "Tides\n\nHigh.");
        assert!((400..500).contains(&reply.status), "{part}: {reply:?}");
        assert!(reply.body.len() < 2_000, "{part}: {reply:?}");
    }
    assert_eq!(server.read("/readyz").json()["events"], 0);
    row("a path, query, method, header, chunk or parameter too long", tried + 6, "refused, and not echoed");
}

#[test]
fn no_path_leads_out_and_none_into_the_archive() {
    let place = Place::new();
    let server = place.serve();
    server.admit(&bulletin(1));
    let ups = [
        "..",
        "%2e%2e",
        ".%2e",
        "%252e%252e",
        "..%00",
        "..;",
        "....",
        "%c0%ae%c0%ae",
        "%uff0e%uff0e",
        "..%5c",
        "..\\",
    ];
    let seps = ["/", "%2f", "//", "%5c", "\\", "%252f"];
    let ends =
        ["etc/passwd", "config.toml", "data/journal/annals-00000001.warc.gz", "data/annals.sock", "metrics"];
    let starts = ["/", "/assets/", "/feeds/", "/bulletins/", "/original/sha256/", "/.well-known/ni/sha-256/"];
    let mut paths = Vec::new();
    for (start, up) in starts.iter().flat_map(|start| ups.map(|up| (start, up))) {
        for (sep, end) in seps.iter().flat_map(|sep| ends.map(|end| (sep, end))) {
            paths.push(format!("{start}{up}{sep}{up}{sep}{end}"));
        }
    }
    let tried = paths.len();
    for path in paths {
        let reply = raw_get(&server, &path);
        assert!(matches!(statuses(&reply)[..], [400 | 404]), "{path}: {reply}");
        assert!(
            !reply.contains("root:") && !reply.contains("sha256 =") && !reply.contains("WARC"),
            "{path}: {reply}"
        );
    }
    row("a path that climbs", tried, "400 or 404");
}

fn raw_get(server: &Server, path: &str) -> String {
    said(server, format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").as_bytes())
}

#[test]
fn no_redirect_leads_to_another_host() {
    let place = Place::new();
    let server = place.serve();
    let receipt = server.admit(&bulletin(1));
    let id = text(&receipt, "id");
    let evil = [
        "//evil.example/",
        "//evil.example/feed",
        "///evil.example//feed/",
        "/\\evil.example/feed/",
        "/%2f%2fevil.example/feed/",
        "/%5cevil.example/",
        "/https://evil.example/feed",
        "/.evil.example/feed/",
        "/@evil.example/feed/",
        "/feed/?next=https://evil.example/",
        "/feed?url=//evil.example",
    ];
    let mut paths: Vec<String> = evil.map(String::from).into();
    for tail in [
        "//evil.example",
        "https://evil.example/",
        "%0d%0alocation:%20https://evil.example/",
        "%0aset-cookie:a=b",
        "?x=//evil.example",
    ] {
        paths.push(format!("/bulletins/{id}/{tail}"));
        paths.push(format!("/category/{tail}/feed"));
        paths.push(format!("/{tail}/feed"));
    }
    let mut redirected = 0;
    let tried = paths.len();
    for path in paths {
        let reply = raw_get(&server, &path);
        let head = reply.split("\r\n\r\n").next().unwrap().to_lowercase();
        assert!(!head.contains("set-cookie"), "{path}: {reply}");
        let locations: Vec<&str> = head.lines().filter_map(|line| line.strip_prefix("location: ")).collect();
        redirected += locations.len();
        assert!(
            locations.iter().all(|to| to.starts_with(&format!("{BASE}/")) && !to.contains("evil")),
            "{path}: {reply}"
        );
    }
    assert!(redirected > 2, "some of these are redirected, and home");
    row("an address that would redirect elsewhere", tried, "below site.base_url or not at all");
}

#[test]
fn no_line_of_a_header_comes_from_a_request() {
    let place = Place::new();
    let inside = place.inside();
    let crlf = "x%0d%0aset-cookie:%20a=b%0d%0a%0d%0a%3cscript%3e";
    let receipt = inside.admit(&bulletin(1));
    let id = text(&receipt, "id");
    for path in [
        format!("/{crlf}"),
        format!("/bulletins/{id}/{crlf}"),
        format!("/bulletins/{id}.{crlf}"),
        format!("/feeds/all.{crlf}"),
        format!("/category/{crlf}"),
        format!("/search?q={crlf}"),
        format!("/year/2018?page={crlf}"),
    ] {
        let reply = inside.get(&path);
        assert!(reply.headers.get("set-cookie").is_none(), "{path}: {reply:?}");
        let lines = reply.headers.values().all(|value| !value.as_bytes().iter().any(u8::is_ascii_control));
        assert!(lines, "{path}: {reply:?}");
    }
    // Nor from what was admitted: each of these reaches a header of some answer.
    let evil = "x\r\nset-cookie: a=b\r\n\r\n<script>";
    let said = serde_json::json!({
        "id": evil, "title": evil, "body_text": "Tides.", "categories": [evil], "language": "en",
        "url": "https://tides.example.org/%0d%0aset-cookie:a=b",
        "enclosures": [{"url": "https://tides.example.org/a%0d%0ab", "title": evil}],
    });
    let receipt = inside.admit(&said);
    let id = text(&receipt, "id");
    let withdrawn = inside.command("DELETE", &format!("/bulletins/{id}?reason={crlf}"));
    assert_eq!(withdrawn.status, 200);
    for path in
        [text(&receipt, "permalink").to_string(), format!("/bulletins/{id}.json"), format!("/history/{id}")]
    {
        let reply = inside.get(&path);
        assert!(reply.status == 410 && reply.headers.get("set-cookie").is_none(), "{path}: {reply:?}");
    }
    row(
        "line ends for headers, in requests and in bulletins",
        10,
        "no header, and no control character in any",
    );
}
