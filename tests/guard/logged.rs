//! The log is for whoever runs the server: what comes from outside neither fills it nor writes its lines.

use crate::battery::row;
use crate::served::{Ask, Place, Server};

#[test]
fn no_document_fills_the_log() {
    let place = Place::new();
    let log = place.dir.path().join("log");
    let mut command = place.command(&["serve"]);
    command.stderr(std::process::Stdio::from(std::fs::File::create(&log).unwrap()));
    let server = Server::start(command);
    let text = "High water is at noon, and the ferry waits for it. ".repeat(6);
    let page = |marks: &str| format!("<title>Tides</title><h1>Tides</h1><p>{text}</p>{marks}");
    let documents = [
        page(&"<table>a<tr>b".repeat(2_000)),
        page(&"<svg><p></svg></b><select><table><td>".repeat(2_000)),
        page(&format!("<p>{}</p>", "a".repeat(200_000))),
    ];
    for document in &documents {
        server.post("/bulletins", "text/html", document.clone());
    }
    server.get("/search?q=tides");
    server.terminate();
    let lines = std::fs::read_to_string(log).unwrap();
    assert!(lines.lines().count() < 20, "{lines}");
    row(
        "a document that has a reader complain of each of its marks",
        documents.len(),
        "a few lines of the log at most",
    );
}

#[test]
fn a_line_of_the_log_is_one_line_whatever_a_file_is_called() {
    let place = Place::with(
        "[[source]]\nname = \"folder\"\nkind = \"folder\"\npath = \"outbox\"\nsettle_seconds = 1\n",
    );
    let outbox = place.dir.path().join("outbox");
    std::fs::create_dir(&outbox).unwrap();
    std::fs::write(outbox.join("a\n2026-01-01T00:00:00Z ERROR the archive is lost\u{1b}[2J.html"), "")
        .unwrap();
    let log = place.dir.path().join("log");
    let mut command = place.command(&["serve"]);
    command.env("ANNALS_LOG", "info").stderr(std::process::Stdio::from(std::fs::File::create(&log).unwrap()));
    let server = Server::start(command);
    let lines = crate::served::until("the refusal is logged", || {
        let text = std::fs::read_to_string(&log).unwrap();
        text.contains("the archive is lost").then(|| text.lines().map(String::from).collect::<Vec<_>>())
    });
    server.terminate();
    assert!(
        !lines.iter().any(|line| line.starts_with("2026-01-01T00:00:00Z ERROR") || line.contains('\u{1b}')),
        "{lines:?}"
    );
    assert!(lines.iter().any(|line| line.contains("the archive is lost") && line.contains("WARN") | line.contains("INFO")), "{lines:?}");
    row("a file whose name has a line of the log", 1, "one line, nothing that steers a terminal");
}
