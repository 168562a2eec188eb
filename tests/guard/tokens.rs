//! Tokens: what each is good for, that nobody learns them, and that the journal names them.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::battery::row;
use crate::served::{Ask, Place, Reply, Server, bulletin, but, read_reply, sha256, text, until};

const JSON: &str = "application/json";

/// A table of config.toml for a token that is called as it is spelled.
fn table(name: &str, more: &str) -> String {
    format!("[[token]]\nname = \"{name}\"\nsha256 = \"{}\"\n{more}\n", sha256(name.as_bytes()))
}

fn bearer(name: &str) -> String {
    format!("Bearer {name}")
}

fn ask(of: &impl Ask, name: &str, method: &str, path: &str, body: &Value) -> Reply {
    let bearer = bearer(name);
    let headers = [("authorization", bearer.as_str()), ("content-type", JSON)];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    of.ask(method, path, &headers, body)
}

fn outcome(reply: &Reply) -> (u16, String) {
    let said = reply.json();
    let what = said["outcome"].as_str().filter(|_| reply.status < 400).or(said["what"].as_str());
    (reply.status, what.unwrap_or_default().into())
}

/// 403, and a message that has all of these.
fn is_forbidden(reply: &Reply, parts: &[&str]) {
    let said = reply.text();
    assert!(reply.status == 403 && parts.iter().all(|part| said.contains(part)), "{reply:?}");
}

#[test]
fn each_right_allows_its_own_and_403_names_the_one_that_is_missing() {
    let tables = [
        table("all", ""),
        table("admits", "rights = [\"admit\"]"),
        table("revises", "rights = [\"revise\"]"),
        table("withdraws", "rights = [\"withdraw\"]"),
    ];
    let place = Place::with(&tables.concat());
    let inside = place.inside();
    let new = ask(&inside, "admits", "POST", "/bulletins?source=desk", &bulletin(1));
    assert_eq!(outcome(&new), (201, "new".into()));
    let path = format!("/bulletins/{}", text(&new.json(), "id"));
    let (gone, back) = (format!("{path}?reason=x"), format!("{path}/restore"));
    let corrected = but(bulletin(1), "title", "Corrected");
    let head = inside.head();

    // What a document comes to decides which right it takes.
    is_forbidden(
        &ask(&inside, "admits", "POST", "/bulletins?source=desk", &corrected),
        &["`revise`", "`admits`"],
    );
    is_forbidden(&ask(&inside, "admits", "PUT", &path, &corrected), &["`revise`", "`admits`"]);
    is_forbidden(&ask(&inside, "admits", "DELETE", &gone, &Value::Null), &["`withdraw`", "`admits`"]);
    is_forbidden(&ask(&inside, "admits", "POST", &back, &Value::Null), &["`withdraw`"]);
    is_forbidden(
        &ask(&inside, "revises", "POST", "/bulletins?source=desk", &bulletin(2)),
        &["`admit`", "`revises`"],
    );
    is_forbidden(&ask(&inside, "revises", "DELETE", &gone, &Value::Null), &["`withdraw`"]);
    is_forbidden(&ask(&inside, "withdraws", "POST", "/bulletins", &bulletin(2)), &["`admit`"]);
    is_forbidden(&ask(&inside, "withdraws", "PUT", &path, &corrected), &["`revise`"]);
    assert_eq!(inside.head(), head, "nothing was written");

    // Of a document of many, each part by itself.
    let many = json!([bulletin(1), bulletin(2), corrected]);
    let reply = ask(&inside, "admits", "POST", "/bulletins?source=desk", &many);
    let outcomes: Vec<Value> =
        reply.json().as_array().unwrap().iter().map(|it| it["outcome"].clone()).collect();
    assert_eq!((reply.status, outcomes), (200, vec![json!("duplicate"), json!("new"), json!("refused")]));
    assert!(text(&reply.json()[2], "why").contains("`revise`"), "{reply:?}");

    assert_eq!(
        outcome(&ask(&inside, "revises", "POST", "/bulletins?source=desk", &corrected)),
        (201, "revised".into())
    );
    let again = but(bulletin(1), "title", "Again");
    assert_eq!(outcome(&ask(&inside, "revises", "PUT", &path, &again)), (200, "revised".into()));
    assert_eq!(outcome(&ask(&inside, "withdraws", "DELETE", &gone, &Value::Null)), (200, "withdrawn".into()));
    assert_eq!(outcome(&ask(&inside, "withdraws", "POST", &back, &Value::Null)), (200, "restored".into()));
    for (method, path, body) in
        [("POST", "/bulletins", bulletin(4)), ("PUT", &path, bulletin(1)), ("DELETE", &gone, Value::Null)]
    {
        let reply = ask(&inside, "all", method, path, &body);
        assert!(reply.status < 300, "{method}: {reply:?}");
    }
    row(
        "a token without the right",
        9,
        "403 that names it, nothing written; of a document of many, each part by itself",
    );
}

#[test]
fn a_token_with_a_source_speaks_for_it_alone() {
    let tables = [
        table("all", ""),
        table("ferry", "source = [\"ferry-office\", \"pier\"]"),
        table("desk", "source = [\"desk\"]"),
    ];
    let place = Place::with(&tables.concat());
    let inside = place.inside();
    let path = |reply: &Reply| format!("/bulletins/{}", text(&reply.json(), "id"));
    let admitted = ask(&inside, "ferry", "POST", "/bulletins", &bulletin(1));
    assert_eq!(text(&inside.read(&format!("{}.json", path(&admitted))).json(), "source"), "ferry-office");
    let other = ask(&inside, "ferry", "POST", "/bulletins?source=pier", &bulletin(2));
    assert_eq!(text(&inside.read(&format!("{}.json", path(&other))).json(), "source"), "pier");
    is_forbidden(
        &ask(&inside, "ferry", "POST", "/bulletins?source=desk", &bulletin(3)),
        &["`ferry`", "pier", "desk"],
    );

    // What another said first is not theirs to change, not even once they have repeated it.
    let theirs = but(bulletin(3), "url", "https://tides.example.org/3");
    let theirs = ask(&inside, "desk", "POST", "/bulletins", &theirs);
    let repeated = but(but(bulletin(3), "url", "https://tides.example.org/3"), "id", Value::Null);
    assert_eq!(outcome(&ask(&inside, "ferry", "POST", "/bulletins", &repeated)), (200, "duplicate".into()));
    let changed = but(repeated, "title", "Ferries for all");
    is_forbidden(&ask(&inside, "ferry", "POST", "/bulletins", &changed), &["`ferry`", "came from desk"]);
    is_forbidden(&ask(&inside, "ferry", "PUT", &path(&theirs), &changed), &["came from desk"]);
    let gone = format!("{}?reason=x", path(&theirs));
    is_forbidden(&ask(&inside, "ferry", "DELETE", &gone, &Value::Null), &["came from desk"]);
    assert_eq!(outcome(&ask(&inside, "desk", "DELETE", &gone, &Value::Null)).0, 200);
    is_forbidden(
        &ask(&inside, "ferry", "POST", &format!("{}/restore", path(&theirs)), &Value::Null),
        &["desk"],
    );
    assert_eq!(
        outcome(&ask(&inside, "ferry", "PUT", &path(&admitted), &bulletin(8))),
        (200, "revised".into())
    );
    row(
        "a token with a source, on what others said",
        5,
        "403 that names both, also after it has repeated it",
    );
}

#[test]
fn a_token_with_a_category_acts_in_it_alone() {
    let tables = [table("all", ""), table("ferry", "category = [\"Ferries\", \"Piers\"]")];
    let place = Place::with(&tables.concat());
    let inside = place.inside();
    let of = |n: usize, categories: Value| but(bulletin(n), "categories", categories);
    let path = |reply: &Reply| format!("/bulletins/{}", text(&reply.json(), "id"));
    let post = |name: &str, body: &Value| ask(&inside, name, "POST", "/bulletins?source=desk", body);
    let own = post("ferry", &of(1, json!(["ferries"])));
    assert_eq!(outcome(&own), (201, "new".into()));
    is_forbidden(&post("ferry", &of(2, json!(["Ferries", "Weather"]))), &["`Weather`", "Ferries, Piers"]);
    is_forbidden(&post("ferry", &of(2, json!([]))), &["has none", "Ferries, Piers"]);
    for categories in [json!(["Weather"]), json!(["Ferries", "Weather"]), json!([])] {
        let n = 10 + categories.as_array().unwrap().len();
        let theirs = post("all", &of(n, categories.clone()));
        // To add one's own category to what others said makes it nobody else's.
        assert_eq!(post("ferry", &of(n, json!(["Ferries"]))).status, 200);
        is_forbidden(
            &ask(&inside, "ferry", "PUT", &path(&theirs), &of(9, json!(["Ferries"]))),
            &["token.category"],
        );
        let gone = format!("{}?reason=x", path(&theirs));
        is_forbidden(&ask(&inside, "ferry", "DELETE", &gone, &Value::Null), &["token.category"]);
    }
    assert_eq!(
        outcome(&ask(&inside, "ferry", "PUT", &path(&own), &of(3, json!([])))),
        (200, "revised".into())
    );
    assert_eq!(
        ask(&inside, "ferry", "DELETE", &format!("{}?reason=x", path(&own)), &Value::Null).status,
        200
    );
    row("a token with a category, on what is outside of it", 8, "403 that names it");
}

#[test]
fn a_feed_takes_back_only_with_the_right_to_withdraw() {
    let tables = [table("all", ""), table("feeds", "rights = [\"admit\", \"revise\"]")];
    let place = Place::with(&tables.concat());
    let inside = place.inside();
    let feed = |rest: &str| {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\">\
             <id>tag:tides.example.org,2020:f</id><title>Tides</title><updated>2020-01-01T00:00:00Z</updated>{rest}</feed>"
        )
    };
    let entry = feed(
        "<entry><id>tag:tides.example.org,2020:1</id><title>High</title><content>Tide.</content></entry>",
    );
    let gone = feed("<at:deleted-entry ref=\"tag:tides.example.org,2020:1\" when=\"2030-01-01T00:00:00Z\"/>");
    let post = |name: &str, body: &str| {
        let bearer = bearer(name);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/atom+xml")];
        inside.ask("POST", "/bulletins?source=tides", &headers, body.to_string()).json()
    };
    assert_eq!(post("feeds", &entry)[0]["outcome"], "new");
    let refused = post("feeds", &gone);
    assert!(
        refused[0]["outcome"] == "refused" && text(&refused[0], "why").contains("`withdraw`"),
        "{refused}"
    );
    assert_eq!(post("all", &gone)[0]["outcome"], "withdrawn");
    row("a tombstone without the right to withdraw", 1, "refused by name");
}

#[test]
fn who_guesses_is_told_to_wait_and_a_token_that_has_expired_is_good_for_nothing() {
    let place = Place::with(&[table("desk", ""), table("old", "expires = \"2020-01-01\"")].concat());
    let server = place.serve();
    let expired = ask(&server, "old", "POST", "/bulletins", &bulletin(1));
    assert!(expired.status == 401 && expired.text().contains("expired"), "{expired:?}");
    let refused = until("a guess too many", || {
        let mut stream = server.connect();
        // Only the head is sent, and answered.
        let head = "POST /bulletins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer guess\r\n\
                    content-type: text/plain\r\ncontent-length: 1000\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let reply = read_reply(&mut stream, false).unwrap();
        assert!(matches!(reply.status, 401 | 429), "{reply:?}");
        Some(reply).filter(|reply| reply.status == 429)
    });
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{refused:?}");
    assert_eq!(
        ask(&server, "desk", "POST", "/bulletins", &bulletin(1)).status,
        429,
        "guessing is over for all"
    );
    assert_eq!(server.read("/readyz").json()["events"], 0, "reading is not");
    row(
        "tokens guessed, and one that has expired",
        12,
        "401 before the body is read, 429 with Retry-After, reading goes on",
    );
}

#[test]
fn every_admission_revision_and_withdrawal_names_its_token_in_the_journal() {
    let place = Place::with(&["editor", "press desk", "clerk"].map(|name| table(name, "")).concat());
    let inside = place.inside();
    let id = text(&ask(&inside, "press desk", "POST", "/bulletins?source=a", &bulletin(1)).json(), "id")
        .to_string();
    let path = format!("/bulletins/{id}");
    ask(&inside, "editor", "PUT", &format!("{path}?source=a"), &bulletin(2));
    ask(&inside, "clerk", "DELETE", &format!("{path}?reason=x"), &Value::Null);
    ask(&inside, "editor", "POST", &format!("{path}/restore"), &Value::Null);
    drop(inside);
    let mut journal = Vec::new();
    for entry in std::fs::read_dir(place.data().join("journal")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "gz") {
            flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap())
                .read_to_end(&mut journal)
                .unwrap();
        }
    }
    let journal = String::from_utf8(journal).unwrap();
    let events = journal.lines().filter(|line| line.starts_with("{\"action\""));
    let by: Vec<String> = events
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|event| {
            let action = event["action"].as_object().unwrap().keys().next().unwrap();
            format!("{action} by {}", text(&event, "by"))
        })
        .collect();
    assert_eq!(by, ["admit by press desk", "admit by editor", "withdraw by clerk", "restore by editor"]);
    let shown = place.inside().read(&format!("{path}.json")).text().to_string();
    assert!(
        !shown.contains("press desk") && !shown.contains("editor"),
        "who did it is nobody's business: {shown}"
    );
    row("what each token did", 4, "stands in the journal with its name, and in nothing that is served");
}

#[test]
fn no_token_is_in_the_log_however_much_is_logged() {
    let table = table("a token of great price", "");
    let place = Place::with(&table.replace("name = \"a token of great price\"", "name = \"desk\""));
    let mut command = place.command(&["serve"]);
    let log = place.dir.path().join("log");
    command.env("ANNALS_LOG", "trace").stderr(Stdio::from(std::fs::File::create(&log).unwrap()));
    let server = Server::start(command);
    assert_eq!(ask(&server, "a token of great price", "POST", "/bulletins", &bulletin(1)).status, 201);
    assert_eq!(ask(&server, "a guess at a token", "POST", "/bulletins", &bulletin(1)).status, 401);
    assert_eq!(ask(&server, "a token of great price", "POST", "/bulletins", &Value::Null).status, 422);
    assert_eq!(server.get("/bulletins?token=a+token+of+great+price").status, 405);
    server.terminate();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.is_empty(), "at this level something is logged");
    assert!(
        !log.contains("great price") && !log.contains("a guess") && !log.contains("great+price"),
        "{log}"
    );
    for entry in walkdir::WalkDir::new(place.data()) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            assert!(
                !String::from_utf8_lossy(&bytes).contains("great price\"}"),
                "{}",
                entry.path().display()
            );
        }
    }
    row("tokens at the log level `trace`", 4, "in no line of the log, and in no file of the archive");
}

#[test]
fn metrics_are_for_whoever_has_their_token_where_one_is_named() {
    let place = Place::new();
    assert_eq!(place.inside().get("/metrics").status, 200, "anyone, where none is");
    let config = place.dir.path().join("config.toml");
    let lines = std::fs::read_to_string(&config).unwrap();
    let named = format!("[server]\nmetrics_sha256 = \"{}\"\n", sha256(b"prometheus"));
    std::fs::write(&config, lines.replace("[server]\n", &named)).unwrap();
    let inside = place.inside();
    for shown in
        ["", "Bearer ", "Bearer a guess", "Basic prometheus", &format!("Bearer {}", crate::served::TOKEN)]
    {
        let reply = inside.ask("GET", "/metrics", &[("authorization", shown)], "");
        assert!(reply.status == 401 && reply.text().contains("server.metrics_sha256"), "{shown}: {reply:?}");
    }
    let reply = inside.ask("GET", "/metrics", &[("authorization", "Bearer prometheus")], "");
    assert!(reply.status == 200 && reply.text().contains("\nannals_events 0\n"), "{reply:?}");
    assert_eq!(inside.get("/healthz").status, 200);
    row("/metrics without its token", 5, "401 that names the key");
}

#[test]
fn annals_token_makes_a_token_and_prints_lines_that_the_configuration_takes() {
    let place = Place::with("");
    let limits = [
        "--right",
        "admit",
        "--source",
        "press-desk",
        "--category",
        "Press release",
        "--expires",
        "2099-01-31",
    ];
    let ran = place.run(&[&["token", "press desk"], &limits[..]].concat());
    let (said, lines) = ran.out.split_once("[[token]]").unwrap();
    let token = said.lines().find_map(|line| line.strip_prefix("    ")).unwrap();
    assert!(!lines.contains(token) && token.len() >= 43, "{ran:?}");
    let place = Place::with(&format!("[[token]]{lines}"));
    let inside = place.inside();
    let said = but(bulletin(1), "categories", json!(["Press release"]));
    let admitted = ask(&inside, token, "POST", "/bulletins", &said);
    assert_eq!(outcome(&admitted), (201, "new".into()));
    is_forbidden(
        &ask(&inside, token, "POST", "/bulletins", &but(said, "title", "x")),
        &["`revise`", "`press desk`"],
    );
    for wrong in [&["--right", "read"][..], &["--expires", "soon"], &["--source", "a b"]] {
        let ran = place.run(&[&["token", "x"], wrong].concat());
        assert!(ran.code == Some(2) && ran.err.contains(wrong[1]) && ran.out.is_empty(), "{ran:?}");
    }
}
