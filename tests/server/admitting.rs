//! What is admitted, what is refused, and what is said of it.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::served::{Ask, BASE, Place, Reply, TOKEN, bulletin, but, read_reply, text};

const JSON: &str = "application/json";

#[test]
fn an_admission_answers_with_its_receipt_and_its_place() {
    let place = Place::new();
    let inside = place.inside();
    let reply = inside.post("/bulletins?source=desk", JSON, bulletin(1).to_string());
    let receipt = reply.json();
    assert_eq!((reply.status, reply.header("content-type")), (201, JSON));
    assert_eq!(reply.header("location"), text(&receipt, "permalink"));
    let mut fields: Vec<&String> = receipt.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["digest", "entry_id", "id", "outcome", "permalink", "version"]);
    assert_eq!((text(&receipt, "outcome"), &receipt["version"]), ("new", &json!(1)));
    assert!(text(&receipt, "digest").starts_with("sha256:") && text(&receipt, "permalink").starts_with(BASE));
    let again = inside.post("/bulletins?source=desk", JSON, bulletin(1).to_string());
    assert_eq!(
        (again.status, text(&again.json(), "outcome"), again.header("location")),
        (200, "duplicate", "")
    );
    let revised = inside.post("/bulletins", JSON, but(bulletin(1), "title", "x").to_string());
    assert_eq!((revised.status, text(&revised.json(), "outcome")), (201, "revised"));
    assert_eq!(revised.header("location"), reply.header("location"));

    let many = json!([bulletin(2), {"title": 5}, bulletin(3), bulletin(2)]);
    let reply = inside.post("/bulletins", JSON, many.to_string());
    let answers = reply.json();
    let outcomes: Vec<&str> =
        answers.as_array().unwrap().iter().map(|answer| text(answer, "outcome")).collect();
    assert_eq!((reply.status, outcomes), (200, vec!["new", "refused", "new", "duplicate"]), "{answers}");
    assert!(text(&answers[1], "what").contains("title") && !text(&answers[1], "why").is_empty(), "{answers}");
    let one = inside.post("/bulletins", JSON, json!([bulletin(4)]).to_string());
    assert_eq!(
        (one.status, one.json().as_array().map(Vec::len)),
        (200, Some(1)),
        "an array is answered by one"
    );
}

#[test]
fn hints_in_the_query_override_what_is_in_the_body() {
    let place = Place::new();
    let inside = place.inside();
    let query = "id=n-1&source=press%20room&category=Press+release&category=Ferries&published=2017-06\
                 &url=https://tides.example.org/n1&language=fr";
    let receipt = inside.post(&format!("/bulletins?{query}"), JSON, bulletin(1).to_string()).json();
    let id = text(&receipt, "id");
    let found = inside.read(&format!("/bulletins/{id}.json")).json();
    assert_eq!(found["published"], json!({"basis": "stated", "date": "2017-06"}));
    assert_eq!((text(&found, "source"), text(&found["content"], "language")), ("press-room", "fr"));
    assert_eq!(found["categories"][1]["label"], "Ferries", "{found}");
    assert!(
        found["aliases"].as_array().unwrap().contains(&json!("url:https://tides.example.org/n1")),
        "{found}"
    );
    let updated = found["updated"].clone();
    let minor = but(bulletin(1), "title", "A comma");
    let reply = inside.post(&format!("/bulletins?{query}&minor=1"), JSON, minor.to_string());
    assert_eq!(text(&reply.json(), "outcome"), "revised");
    let found = inside.read(&format!("/bulletins/{id}.json")).json();
    assert_eq!(
        (&found["updated"], &found["version"]),
        (&updated, &json!(2)),
        "not worth a reader's attention"
    );
}

#[test]
fn a_put_revises_the_bulletin_that_it_names() {
    let place = Place::new();
    let inside = place.inside();
    let [first, other] = [1, 2].map(|n| inside.admit(&bulletin(n)));
    let id = text(&first, "id");
    let revised = inside.put(id, &json!({"title": "Nothing of the old one", "body_text": "At all."}));
    assert_eq!(
        (text(&revised, "outcome"), &revised["version"], &revised["id"]),
        ("revised", &json!(2), &first["id"])
    );
    let back = inside.put(id, &bulletin(1));
    assert_eq!(
        (text(&back, "outcome"), &back["version"]),
        ("revised", &json!(3)),
        "A to B to A is three versions"
    );
    assert_eq!(text(&inside.put(id, &bulletin(1)), "outcome"), "duplicate");
    // A name of another bulletin stays with that one, and the receipt says so.
    let conflicting = inside.put(id, &but(bulletin(2), "title", "Mine"));
    assert_eq!(conflicting["conflicts"][0]["id"], other["id"], "{conflicting}");
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", JSON)];
    let missing = inside.ask("PUT", "/bulletins/aaaaaaaaaa", &headers, bulletin(9).to_string());
    assert_eq!(missing.status, 404, "{missing:?}");
    let two = inside.ask(
        "PUT",
        &format!("/bulletins/{id}"),
        &headers,
        json!([bulletin(1), bulletin(2)]).to_string(),
    );
    assert_eq!(two.status, 422, "{two:?}");
    assert_eq!(inside.read("/readyz").json()["bulletins"], 2);
}

/// A body or query that is refused: with which status, and what the message must name.
type Refused = (&'static str, &'static str, Vec<u8>, u16, &'static [&'static str]);

#[test]
fn bad_input_is_refused_with_the_right_status_and_a_message_that_says_what_to_do() {
    let place = Place::new();
    let server = place.serve();
    server.admit(&bulletin(1));
    let head = server.head();
    let good = || bulletin(2).to_string().into_bytes();
    let rows: Vec<Refused> = vec![
        ("", JSON, b"{\"title\": \"caf\xe9\"}".to_vec(), 400, &["title", "line 1"]),
        ("", "text/plain", Vec::new(), 422, &["empty"]),
        ("", JSON, b"  \n ".to_vec(), 422, &["empty"]),
        ("", JSON, good()[..80].to_vec(), 400, &["EOF", "line 1"]),
        ("", JSON, b"[{\"title\": \"a\"}, {\"tit".to_vec(), 400, &["EOF"]),
        ("", JSON, b"\"a text\"".to_vec(), 422, &["JSON"]),
        ("", JSON, b"{}".to_vec(), 422, &["title", "body"]),
        ("", JSON, b"{\"title\": 5}".to_vec(), 422, &["field title", "expected a string"]),
        (
            "",
            JSON,
            b"{\"title\": \"a\", \"authors\": [{\"name\": 1}]}".to_vec(),
            422,
            &["authors[0].name", "string"],
        ),
        ("", JSON, b"{\"title\": \"a\", \"subtitle\": \"b\"}".to_vec(), 422, &["subtitle", "body_html"]),
        ("", JSON, b"{\"title\": \"a\", \"published\": \"tomorrow\"}".to_vec(), 422, &["published", "2017"]),
        ("", JSON, b"{\"title\": \"a\", \"published\": \"2018-02-30\"}".to_vec(), 422, &["published"]),
        ("", "application/x-cpio", good(), 415, &["application/x-cpio", "application/json"]),
        ("", "image/png", good(), 415, &["image/png"]),
        ("?published=tomorrow", JSON, good(), 400, &["published", "tomorrow", "2017"]),
        ("?language=english+please", JSON, good(), 422, &["language", "BCP 47"]),
        ("?url=ftp://example.org", JSON, good(), 422, &["url", "http"]),
        ("?category=%E2%80%A6", JSON, good(), 422, &["category"]),
        ("?minor=perhaps", JSON, good(), 400, &["minor", "perhaps"]),
        ("?catgory=x", JSON, good(), 400, &["catgory", "category"]),
        ("?path=/etc/passwd", JSON, good(), 400, &["path"]),
    ];
    for (query, media_type, body, status, parts) in rows {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let reply = server.post(&format!("/bulletins{query}"), media_type, body);
        let what = format!("{query} {shown}");
        is_refused(&reply, status, parts, &what);
        assert_eq!(server.head(), head, "{what}: the archive is unchanged");
    }
    for (method, path, status, part) in [
        ("DELETE", "/bulletins/aaaaaaaaaa?reason=x", 404, "no bulletin"),
        ("DELETE", "/bulletins/aaaaaaaaaa", 400, "reason"),
        ("DELETE", "/bulletins/aaaaaaaaaa?reason=+", 400, "reason"),
        ("DELETE", "/bulletins/aaaaaaaaaa?why=x", 400, "reason"),
        ("POST", "/bulletins/aaaaaaaaaa/restore", 404, "no bulletin"),
    ] {
        is_refused(&server.command(method, path), status, &[part], path);
    }
    assert_eq!(server.head(), head);
}

fn is_refused(reply: &Reply, status: u16, parts: &[&str], what: &str) {
    assert_eq!(reply.status, status, "{what}: {}", reply.text());
    assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
    let problem = reply.json();
    let said = problem.to_string();
    assert!(parts.iter().all(|part| said.contains(part)), "{what}: {said}");
    assert_eq!(problem["status"], status);
}

#[test]
fn twenty_megabytes_are_refused_to_whoever_sends_them_however_they_are_sent() {
    let place = Place::new();
    let server = place.serve();
    server.admit(&bulletin(1));
    let head = server.head();
    let large = vec![b'a'; 20_000_000];
    let reply = server.post("/bulletins", "text/plain", large.clone());
    is_refused(&reply, 413, &["intake.bytes_max", "16777216"], "with its length");
    // In chunks, nobody knows how long it will be.
    let mut stream = server.connect();
    write!(
        stream,
        "POST /bulletins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    .unwrap();
    for chunk in large.chunks(1 << 20) {
        let sent = write!(stream, "{:x}\r\n", chunk.len())
            .and_then(|()| stream.write_all(chunk))
            .and_then(|()| stream.write_all(b"\r\n"));
        if sent.is_err() {
            break;
        }
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    let reply = read_reply(&mut stream, false).unwrap();
    is_refused(&reply, 413, &["intake.bytes_max"], "in chunks");
    assert_eq!(server.head(), head);
    assert_eq!(server.post("/bulletins", JSON, bulletin(2).to_string()).status, 201, "and all goes on");
}

#[test]
fn who_may_not_admit_is_told_so_before_the_body_is_read() {
    let place = Place::new();
    let server = place.serve();
    server.admit(&bulletin(1));
    let head = server.head();
    for (authorization, detail) in [
        ("", "send a token"),
        ("authorization: Bearer wrong\r\n", "not known"),
        ("authorization: Basic ZGVzazpkZXNr\r\n", "Bearer"),
        ("authorization: Bearer\r\n", "token"),
    ] {
        for (method, path) in [("POST", "/bulletins"), ("PUT", "/bulletins/aaaaaaaaaa")] {
            for expect in ["", "expect: 100-continue\r\n"] {
                // Only the head is sent, and answered.
                let mut stream = server.connect();
                write!(
                    stream,
                    "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}{expect}content-length: 1000\r\n\
                     content-type: application/json\r\n\r\n"
                )
                .unwrap();
                let reply = read_reply(&mut stream, false).unwrap();
                is_refused(&reply, 401, &[detail], authorization);
                assert!(reply.header("www-authenticate").starts_with("Bearer realm="), "{reply:?}");
            }
        }
        let headers: Vec<(&str, &str)> = authorization.trim_end().split_once(": ").into_iter().collect();
        for (method, path) in
            [("DELETE", "/bulletins/aaaaaaaaaa?reason=x"), ("POST", "/bulletins/aaaaaaaaaa/restore")]
        {
            assert_eq!(server.ask(method, path, &headers, "").status, 401, "{method} {authorization}");
        }
    }
    // Whoever may is asked for the body.
    let mut stream = server.connect();
    let body = bulletin(2).to_string();
    write!(
        stream,
        "POST /bulletins HTTP/1.1\r\nhost: localhost\r\nauthorization: bearer {TOKEN}\r\nexpect: 100-continue\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    assert_eq!(read_reply(&mut stream, false).unwrap().status, 100);
    assert_eq!(server.head(), head, "the archive is unchanged");
    stream.write_all(body.as_bytes()).unwrap();
    assert_eq!(read_reply(&mut stream, false).unwrap().status, 201);
}

#[test]
fn without_a_configured_token_nobody_admits_and_serve_says_how_to_make_one() {
    let place = Place::with("");
    let server = place.serve();
    let reply = server.post("/bulletins", JSON, bulletin(1).to_string());
    is_refused(&reply, 403, &["annals token"], "no token is configured");
    assert_eq!(server.command("DELETE", "/bulletins/aaaaaaaaaa?reason=x").status, 403);
    assert_eq!(server.read("/readyz").json()["events"], 0);
    // Said before or after the line with the address; it is read from the next start on.
    drop(server);
    let mut command = place.command(&["serve"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let said = lines.by_ref().map_while(Result::ok).find(|line| line.contains("annals token"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said.is_some());
}

#[test]
fn a_server_that_cannot_make_anything_durable_is_not_ready_and_says_why() {
    let place = Place::new();
    let inside = place.inside();
    let ready = || {
        let reply = inside.get("/readyz");
        (reply.status, reply.json())
    };
    assert_eq!(ready().0, 200);
    let segment = place.data().join("journal/annals-00000001.warc.gz");
    std::os::unix::fs::symlink("/dev/full", &segment).unwrap();
    let refused = inside.post("/bulletins", "application/json", bulletin(1).to_string());
    assert_eq!(refused.status, 507, "{refused:?}");
    let (status, said) = ready();
    assert_eq!((status, &said["ready"]), (503, &Value::Bool(false)));
    assert!(text(&said, "why").contains("annals-00000001.warc.gz"), "{said}");
    let _ = std::fs::remove_file(&segment);
    assert_eq!(inside.post("/bulletins", "application/json", bulletin(1).to_string()).status, 201);
    let (status, said) = ready();
    assert_eq!((status, &said["ready"], said.get("why")), (200, &Value::Bool(true), None));
}
