//! The command line: beside a running server and alone, for people and for programs.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::served::{Ask, Place, Server, bulletin, but, text, until, utf8};

/// A folder of good and bad files, whose names are their order.
fn folder(place: &Place) {
    place.file("01.json", bulletin(1).to_string());
    place.file("02.json", "{\"title\": ");
    place.file("03.json", json!([bulletin(3), {"title": 5}, bulletin(4)]).to_string());
    place.file("04-large.txt", vec![b'a'; 17 << 20]);
    place.file("05.tar", "no format of that name");
    place.file("06/deep.json", bulletin(6).to_string());
    place.file("07.json", but(bulletin(1), "title", "Corrected").to_string());
    place.file(".hidden", "left alone");
    place.file("08.html", "<!DOCTYPE html><title>Fog</title><article><h1>Fog</h1><p>There is fog on the pier today.</p></article>");
}

#[test]
fn ingest_prints_the_same_receipts_in_the_same_order_with_and_without_a_running_server() {
    let [alone, served] = [Place::new(), Place::new()];
    let server = served.serve();
    let arguments = ["ingest", "--json", "news", "--category", "Harbour"];
    let ran = [&alone, &served].map(|place| {
        folder(place);
        place.run(&arguments)
    });
    for ran in &ran {
        assert_eq!(ran.code, Some(1), "something was refused: {ran:?}");
    }
    let receipts = ran.each_ref().map(|ran| ran.json());
    let outcomes: Vec<(&str, &str)> =
        receipts[0].iter().map(|receipt| (text(receipt, "file"), text(receipt, "outcome"))).collect();
    assert_eq!(
        outcomes,
        [
            ("01.json", "new"),
            ("02.json", "refused"),
            ("03.json", "new"),
            ("03.json", "refused"),
            ("03.json", "new"),
            ("04-large.txt", "refused"),
            ("05.tar", "refused"),
            ("06/deep.json", "new"),
            ("07.json", "revised"),
            ("08.html", "new"),
        ]
    );
    assert_eq!(receipts[0], receipts[1], "the same through the server");
    assert_eq!(server.read("/readyz").json()["bulletins"], 5);
    // Once more, without the file that was corrected: nothing new is said, and nothing is written down.
    std::fs::remove_file(served.dir.path().join("news/01.json")).unwrap();
    let head = server.head();
    let again = served.run(&arguments).json();
    assert!(
        again.iter().all(|receipt| ["duplicate", "refused"].contains(&text(receipt, "outcome"))),
        "{again:?}"
    );
    assert_eq!(server.head(), head);
}

#[test]
fn ingest_tells_people_what_became_of_each_file() {
    let place = Place::new();
    folder(&place);
    let ran = place.run(&["ingest", "news"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("refused") && ran.out.contains("02.json") && ran.out.contains("EOF"),
        "{}",
        ran.out
    );
    assert!(
        ran.err.contains("4 new, 1 revised, 0 duplicate, 0 withdrawn, 4 refused")
            || ran.err.contains("5 new"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains('\u{1b}'), "no colours where there is no terminal: {}", ran.err);
    assert_eq!(place.run(&["ingest", utf8(&place.file("9.json", bulletin(9).to_string()))]).code, Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_cannot_be_read_is_refused_in_its_turn_and_stops_no_other() {
    let place = Place::new();
    let [before, after] = [1, 2].map(|n| place.file(&format!("{n}.json"), bulletin(n).to_string()));
    // A file that is there, and that nobody can read from its beginning.
    let arguments = ["ingest", "--json", utf8(&before), "/proc/self/mem", utf8(&after)];
    for served in [false, true] {
        let _server = served.then(|| place.serve());
        let ran = place.run(&arguments);
        let refused: Vec<bool> =
            ran.json().iter().map(|receipt| text(receipt, "outcome") == "refused").collect();
        assert_eq!((ran.code, refused), (Some(1), vec![false, true, false]), "{ran:?}");
    }
}

#[test]
fn an_archive_is_not_taken_into_itself_and_what_only_goes_with_documents_is_left_alone() {
    let place = Place::new();
    place.file("1.json", bulletin(1).to_string());
    place.file("1_files/style.css", "p { color: blue }");
    for outcome in ["new", "duplicate"] {
        let ran = place.run(&["ingest", "--json", "."]);
        let taken: Vec<(String, String)> = ran
            .json()
            .iter()
            .map(|receipt| (text(receipt, "file").into(), text(receipt, "outcome").into()))
            .filter(|(_, outcome)| outcome != "refused")
            .collect();
        assert_eq!(taken, [("news/1.json".to_string(), outcome.to_string())]);
        assert!(!ran.out.contains("data/") && !ran.out.contains("style.css"), "{}", ran.out);
        assert!(ran.err.contains("left alone: 1 pictures"), "{}", ran.err);
    }
}

#[test]
fn ingest_reads_standard_input() {
    let place = Place::new();
    let mut child = place
        .command(&["ingest", "--json", "-", "--source", "pipe"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bulletin(1).to_string().as_bytes()).unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(text(&serde_json::from_str(&out).unwrap(), "outcome"), "new");
}

#[test]
fn withdraw_and_restore_work_with_and_without_a_running_server() {
    let place = Place::new();
    let receipt = place.ingest(&[utf8(&place.file("1.json", bulletin(1).to_string()))]).remove(0);
    let id = text(&receipt, "id");
    let withdraw = ["withdraw", id, "--reason", "Sent too soon", "--json"];
    let restore = ["restore", id, "--json"];
    let outcome = |arguments: &[&str]| {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let answer = ran.json().remove(0);
        assert_eq!((&answer["id"], &answer["entry_id"]), (&receipt["id"], &receipt["entry_id"]));
        text(&answer, "outcome").to_string()
    };
    let refused = |arguments: &[&str], why: &str| {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let answer = ran.json().remove(0);
        assert_eq!(text(&answer, "outcome"), "refused");
        assert!(text(&answer, "what").contains("bulletin") && text(&answer, "why").contains(why), "{answer}");
    };
    let both = |server: Option<&Server>| {
        assert_eq!(outcome(&withdraw), "withdrawn");
        if let Some(server) = server {
            let gone = server.get(&format!("/bulletins/{id}"));
            assert!(gone.status == 410 && gone.text().contains("Sent too soon"));
        }
        refused(&withdraw, "withdrawn already");
        assert_eq!(outcome(&restore), "restored");
        refused(&restore, "not withdrawn");
        refused(&["withdraw", "aaaaaaaaaa", "--reason", "x", "--json"], "no bulletin");
    };
    both(None);
    let server = place.serve();
    both(Some(&server));
    assert_eq!(server.read(&format!("/bulletins/{id}.json")).json()["entry_id"], receipt["entry_id"]);
    let people = place.run(&["withdraw", "aaaaaaaaaa", "--reason", "x"]);
    assert!(people.code == Some(1) && people.out.contains("no bulletin"), "{people:?}");
}

#[test]
fn what_cannot_run_at_all_says_why_and_exits_with_2() {
    let place = Place::new();
    let server = place.serve();
    for (arguments, part) in [
        (&["ingest", "nowhere"][..], "nowhere"),
        (&["ingest"], "PATH"),
        (&["ingest", "--published", "soon", "x"], "soon"),
        (&["withdraw", "not-an-id", "--reason", "x"], "not-an-id"),
        (&["withdraw", "aaaaaaaaaa", "--reason", " "], "reason"),
        (&["withdraw", "aaaaaaaaaa"], "reason"),
        (&["verify", "--config", "missing.toml"], "missing.toml"),
        (&["rebuild"], "open in another process"),
        (&["serve"], "open in another process"),
        (&["extract", "nowhere"], "nowhere"),
        (&["frobnicate"], "frobnicate"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(part) && !ran.err.contains("panicked"), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    drop(server);
    assert_eq!(place.run(&["verify"]).code, Some(0), "an archive without an event is whole");
    let elsewhere = Place::new();
    for arguments in [
        &["verify"][..],
        &["rebuild"],
        &["withdraw", "aaaaaaaaaa", "--reason", "x"],
        &["restore", "aaaaaaaaaa"],
    ] {
        let ran = elsewhere.run(arguments);
        assert!(
            ran.code == Some(2) && ran.err.contains("data"),
            "no archive is none: {arguments:?}: {ran:?}"
        );
    }
    assert!(!elsewhere.dir.path().join("data").exists(), "and none is made by looking for it");
}

#[test]
fn verify_names_the_damage_and_exits_with_1() {
    let place = Place::new();
    place.ingest(&[utf8(&place.file("1.json", bulletin(1).to_string()))]);
    let segment = place.data().join("journal/annals-00000001.warc.gz");
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let ran = place.run(&["verify", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let problem = &ran.json()[0]["problems"][0];
    assert_eq!(problem["segment"], "annals-00000001.warc.gz");
    assert!(problem["offset"].is_u64() && !text(problem, "what").is_empty(), "{problem}");
}

#[test]
fn a_token_that_was_made_lets_its_holder_in() {
    let made = Place::new().run(&["token", "press room"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let token = made.out.lines().find_map(|line| line.strip_prefix("    ")).unwrap().trim();
    let lines = made.out.split_once("[[token]]").unwrap().1;
    assert!(!lines.contains(token), "the configuration does not know it");
    let place = Place::with(&format!("[[token]]{lines}"));
    let inside = place.inside();
    let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/json")];
    let reply = inside.ask("POST", "/bulletins", &headers, bulletin(1).to_string());
    assert_eq!(reply.status, 201, "{reply:?}");
    let found = inside.read(&format!("/bulletins/{}.json", text(&reply.json(), "id"))).json();
    assert_eq!(text(&found, "source"), "press-room", "who names no source is one");
}

#[test]
fn extract_shows_what_intake_makes_of_a_file_and_admits_nothing() {
    let place = Place::new();
    let path = place.file("1.json", bulletin(1).to_string());
    let ran = place.run(&["extract", utf8(&path)]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let shown = ran.json().remove(0);
    assert_eq!((text(&shown, "title"), text(&shown, "date")), ("Notice 1 of the harbour", "2016-02-02"));
    assert!(text(&shown, "text").starts_with("The ferry of pier 1 leaves"));
    let many =
        place.run(&["extract", utf8(&place.file("2.json", json!([bulletin(2), bulletin(3)]).to_string()))]);
    let many = many.json().remove(0);
    assert_eq!(many["items"].as_array().unwrap().len(), 2);
    assert_eq!(text(&many, "title"), "Notice 2 of the harbour");
    assert!(text(&many, "text").contains("pier 2") && text(&many, "text").contains("pier 3"));
    let undated = place.file("3.json", json!({"title": "x", "published": "2017-06"}).to_string());
    assert_eq!(place.run(&["extract", utf8(&undated)]).json()[0]["date"], Value::Null, "a month is no day");
    assert_eq!(place.run(&["extract", utf8(&place.file("4.json", "{"))]).code, Some(1));
    assert!(!place.data().exists());
}

#[test]
fn sigterm_keeps_what_was_acknowledged_and_ends_promptly_though_a_reader_stays_connected() {
    let place = Place::new();
    let server = place.serve();
    // Idle, but kept open; and one that has only begun to ask.
    let mut idle = server.connect();
    write!(idle, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(crate::served::read_reply(&mut idle, false).unwrap().status, 200);
    let receipts: Vec<Value> = (0..50).map(|n| server.admit(&bulletin(n))).collect();
    assert!(place.data().join("annals.sock").exists());
    let (status, took) = server.terminate();
    assert!(status.success(), "{status}");
    assert!(took.as_secs() < 4, "it took {took:?}");
    assert!(!place.data().join("annals.sock").exists(), "it leaves nothing behind");
    let inside = place.inside();
    for receipt in receipts {
        let found = inside.read(&format!("/bulletins/{}.json", text(&receipt, "id"))).json();
        assert_eq!(found["digest"], receipt["digest"]);
    }
}

#[test]
fn serve_takes_files_in_first_says_where_to_look_and_ends_when_told_to_even_then() {
    let place = Place::new();
    for n in 0..40 {
        place.file(&format!("{n:02}.json"), bulletin(n).to_string());
    }
    let server = Server::start(place.command(&["serve", "--ingest", "news"]));
    assert!(server.greeting.contains("40 new"), "{}", server.greeting);
    assert_eq!(server.read("/readyz").json()["bulletins"], 40);
    assert!(server.terminate().0.success());
    // Told to end while it takes in: what it has said counts, the rest waits for the next time.
    let place = Place::new();
    for n in 0..3_000 {
        place.file(&format!("{n:04}.json"), bulletin(n).to_string());
    }
    let mut child = place.command(&["serve", "--ingest", "news"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 64];
    let mut out = child.stdout.take().unwrap();
    let read = out.read(&mut first).unwrap();
    assert!(read > 0);
    // Nobody reads on until it is told.
    let asked = std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    let drain = std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    let status = until("it ends", || child.try_wait().unwrap());
    drain.join().unwrap().unwrap();
    assert!(status.success(), "{status}");
    place.verify();
    let there = place.inside().read("/readyz").json()["bulletins"].as_u64().unwrap();
    // How many is a matter of pace: a quick disk may have taken in all of them by then.
    assert!((1..=3_000).contains(&there), "{there}");
}

#[test]
fn verify_is_content_while_a_server_is_writing() {
    let place = Place::new();
    let server = place.serve();
    server.admit(&bulletin(0));
    let address = server.address;
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            for n in 1.. {
                if done.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                let request = http::Request::post("/bulletins")
                    .header("host", "localhost")
                    .header("authorization", format!("Bearer {}", crate::served::TOKEN))
                    .header("content-type", "application/json")
                    .body(bulletin(n).to_string().into());
                assert_eq!(crate::served::exchange(&mut stream, &request.unwrap()).unwrap().status, 201);
            }
        });
        let verify = || place.run(&["verify", "--json"]).json().remove(0);
        let mut reports: Vec<Value> = (0..8).map(|_| verify()).collect();
        // However slow the disk, it is written to in the end, and verified while it is.
        reports.push(until("it writes", || {
            Some(verify()).filter(|report| report["events"].as_u64() > reports[0]["events"].as_u64())
        }));
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(reports.iter().all(|report| report["problems"] == json!([])), "{reports:?}");
    });
}

#[test]
fn who_is_slow_to_ask_is_not_waited_for() {
    let place = Place::new();
    let mut command = place.command(&["serve"]);
    command
        .env("ANNALS_SERVER__HEADER_TIMEOUT_SECONDS", "1")
        .env("ANNALS_SERVER__REQUEST_TIMEOUT_SECONDS", "1");
    let server = Server::start(command);
    let mut half_a_head = server.connect();
    write!(half_a_head, "GET / HTTP/1.1\r\nhost: local").unwrap();
    let mut half_a_body = server.connect();
    write!(
        half_a_body,
        "POST /bulletins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{",
        crate::served::TOKEN
    )
    .unwrap();
    assert_eq!(crate::served::read_reply(&mut half_a_body, false).unwrap().status, 408);
    let mut rest = Vec::new();
    half_a_head.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
    assert_eq!(server.read("/healthz").text(), "ok\n");
}

#[test]
fn folders_of_one_name_are_sources_of_their_own() {
    let place = Place::new();
    let file = |folder: &str, title: &str| {
        let folder = place.dir.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.txt"), format!("{title}\n\n{title} is what there is to say.\n"))
            .unwrap();
    };
    file("a/news", "Fog on the pier");
    file("b/news", "Lamps on the quay");
    let outcomes = |folders: &[&str]| {
        let receipts = place.ingest(folders);
        receipts.iter().map(|receipt| text(receipt, "outcome").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&["a/news", "b/news"]), ["new", "new"]);
    assert_eq!(outcomes(&["b/news"]), ["duplicate"]);
    // A correction in either revises its own.
    file("b/news", "Lamps on the old quay");
    assert_eq!(outcomes(&["b/news", "a/news"]), ["revised", "duplicate"]);
    // A folder that has moved keeps its name.
    std::fs::rename(place.dir.path().join("a"), place.dir.path().join("c")).unwrap();
    file("c/news", "Fog on the long pier");
    assert_eq!(outcomes(&["c/news"]), ["revised"]);
}

#[test]
fn a_folder_goes_through_a_running_server_in_its_order() {
    let place = Place::new();
    let _server = place.serve();
    for n in 0..150 {
        place.file(&format!("{n:03}.json"), bulletin(n % 75).to_string());
        if n >= 75 {
            place.file(&format!("{n:03}.json"), but(bulletin(n % 75), "title", "Corrected").to_string());
        }
    }
    place.file("075.xyz", "what");
    let ran = place.run(&["ingest", "--json", "news"]);
    let receipts = ran.json();
    let files: Vec<&str> = receipts.iter().map(|receipt| text(receipt, "file")).collect();
    assert!(files.is_sorted() && files.len() == 151, "{files:?}");
    let outcomes: Vec<&str> = receipts.iter().map(|receipt| text(receipt, "outcome")).collect();
    assert!(outcomes[..75].iter().all(|outcome| *outcome == "new"), "{outcomes:?}");
    let refused = outcomes.iter().filter(|outcome| **outcome == "refused").count();
    let revised = outcomes[75..].iter().filter(|outcome| **outcome == "revised").count();
    assert_eq!((refused, revised), (1, 75), "{outcomes:?}");
}
