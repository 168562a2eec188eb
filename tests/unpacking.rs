//! Containers by every way in: the command line, standard input, a running server, HTTP.

mod served;

use std::io::{Cursor, Read as _, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};
use served::{Ask as _, Place, bulletin, text, utf8};
use zip::write::SimpleFileOptions;

fn zip(entries: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn archive() -> Vec<u8> {
    let two = json!([bulletin(2), bulletin(3)]).to_string();
    zip(&[("1.json", bulletin(1).to_string()), ("2018/2.json", two), ("3.xyz", "what".into())])
}

const CAPTURE: &[u8] = include_bytes!("data/containers/capture.warc.gz");

fn files_and_outcomes(receipts: &[Value]) -> Vec<(&str, &str)> {
    receipts.iter().map(|receipt| (text(receipt, "file"), text(receipt, "outcome"))).collect()
}

#[test]
fn ingest_names_members_by_their_path_with_and_without_a_running_server() {
    let [alone, served] = [Place::new(), Place::new()];
    let server = served.serve();
    let [receipts, through] = [&alone, &served].map(|place| {
        place.file("x.zip", archive());
        place.file("y.warc.gz", CAPTURE);
        place.run(&["ingest", "--json", "news"]).json()
    });
    let found = files_and_outcomes(&receipts);
    assert_eq!(
        found[..3],
        [("x.zip/1.json", "new"), ("x.zip/2018/2.json", "new"), ("x.zip/2018/2.json", "new")]
    );
    assert_eq!(found[3], ("x.zip/3.xyz", "refused"));
    assert_eq!(found[4], ("y.warc.gz/https://ferry.example.org/plain", "new"));
    assert_eq!(receipts, through, "the same through the server");
    // A page of a capture is known by its address.
    let page = server.read(&format!("/bulletins/{}.json", text(&receipts[4], "id"))).json();
    assert!(page.to_string().contains("https://ferry.example.org/plain"), "{page}");
}

#[test]
fn standard_input_may_be_a_container() {
    let place = Place::new();
    let mut command = place.command(&["ingest", "--json", "-", "--source", "pipe"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&archive()).unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "one is refused");
    assert_eq!(out.matches("\"outcome\":\"new\"").count(), 3, "{out}");
    // Larger than a document may be: it is spooled, since a zip file is read from its end.
    let mut command = place.command(&["ingest", "--json", "-", "--source", "pipe"]);
    command.env("ANNALS_INTAKE__BYTES_MAX", "500");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let bytes = archive();
    assert!(bytes.len() > 500);
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    out.clear();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.wait().unwrap();
    assert!(
        out.contains("member 1.json") && out.contains("500 bytes"),
        "each is too large in its turn: {out}"
    );
}

#[test]
fn a_container_by_post_is_answered_with_the_receipts_of_all() {
    let place = Place::new();
    let server = place.serve();
    let reply = server.post("/bulletins", "application/zip", archive());
    assert_eq!(reply.status, 200, "{reply:?}");
    let answers = reply.json();
    let outcomes: Vec<&str> = answers.as_array().unwrap().iter().map(|one| text(one, "outcome")).collect();
    assert_eq!(outcomes, ["new", "new", "new", "refused"]);
    assert!(text(&answers[3], "what").contains("3.xyz"), "{answers}");
    let reply = server.post("/bulletins", "application/warc", CAPTURE);
    assert_eq!(reply.json().as_array().unwrap().len(), 7, "{reply:?}");
    for (query, media_type, body, status) in [
        ("", "application/zip", b"PK no zip".to_vec(), 400),
        ("?id=one", "application/zip", archive(), 422),
        ("", "application/zip", zip(&[]), 422),
    ] {
        let reply = server.post(&format!("/bulletins{query}"), media_type, body);
        assert!(reply.status == status && reply.header("content-type").contains("problem"), "{reply:?}");
    }
}

#[test]
fn what_lies_at_the_same_place_in_two_containers_without_a_name_is_not_the_same() {
    let place = Place::new();
    let inside = place.inside();
    let receipts = ["Fog", "Ice"].map(|title| {
        let zip = zip(&[("index.txt", format!("{title}\n\nThe {title} came in the night.\n"))]);
        inside.post("/bulletins", "application/zip", zip).json()
    });
    let outcomes = receipts.each_ref().map(|receipts| served::text(&receipts[0], "outcome"));
    assert_eq!(outcomes, ["new", "new"]);
}

#[test]
fn extract_shows_the_items_of_a_container_and_where_they_lie() {
    let place = Place::new();
    let ran = place.run(&["extract", utf8(&place.file("x.zip", archive()))]);
    assert_eq!(ran.code, Some(1), "one is refused");
    let shown = ran.json().remove(0);
    let items = shown["items"].as_array().unwrap();
    assert_eq!((text(&shown, "title"), items.len()), (text(&bulletin(1), "title"), 4));
    assert_eq!((text(&items[2], "file"), text(&items[3], "outcome")), ("x.zip/2018/2.json", "refused"));
}

#[test]
fn hints_that_name_one_bulletin_are_refused_where_there_are_many() {
    let place = Place::new();
    let file = place.file("x.zip", archive());
    let ran = place.run(&["ingest", "--json", utf8(&file), "--url", "https://ferry.example.org/"]);
    assert!(ran.json().len() == 1 && text(&ran.json()[0], "what") == "--url", "{ran:?}");
}

#[test]
fn links_in_a_folder_are_not_followed_and_that_is_said() {
    let place = Place::new();
    let file = place.file("1.json", bulletin(1).to_string());
    std::os::unix::fs::symlink(&file, file.with_file_name("2.json")).unwrap();
    let ran = place.run(&["ingest", "--json", "news"]);
    assert_eq!(ran.json().len(), 1);
    assert!(ran.err.contains("left alone: 2.json"), "{}", ran.err);
    let named = place.run(&["ingest", "--json", utf8(&file.with_file_name("2.json"))]);
    assert_eq!(text(&named.json()[0], "outcome"), "duplicate");
}

#[test]
fn a_server_that_is_told_to_end_ends_what_is_unpacked_and_closes_in_order() {
    let place = Place::new();
    let server = place.serve();
    let mut builder = tar::Builder::new(Vec::new());
    for n in 0..12_000 {
        let json = json!({"title": format!("Tide {n}")}).to_string();
        let mut header = tar::Header::new_ustar();
        header.set_size(json.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("{n}.json"), json.as_bytes()).unwrap();
    }
    let request = http::Request::post("/bulletins")
        .header("host", "localhost")
        .header("authorization", format!("Bearer {}", served::TOKEN))
        .header("content-type", "application/x-tar")
        .body(bytes::Bytes::from(builder.into_inner().unwrap()))
        .unwrap();
    let mut stream = server.connect();
    let sending = std::thread::spawn(move || served::exchange(&mut stream, &request));
    served::until("some of it is admitted", || {
        (server.read("/readyz").json()["events"].as_u64() > Some(100)).then_some(())
    });
    let (status, _) = server.terminate();
    assert!(status.success(), "{status}");
    let reply = sending.join().unwrap().expect("it is answered");
    assert_eq!(reply.status, 503, "{reply:?}");
    let detail = text(&reply.json(), "detail").to_string();
    let admitted = place.inside().read("/readyz").json()["events"].as_u64().unwrap();
    assert!(detail.contains(&format!("the first {admitted} only")), "{detail}: {admitted}");
}
