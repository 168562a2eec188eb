//! What another program for reading HTTP finds wrong with what is served: nothing.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::Scene;
use crate::served::Ask as _;

/// Prints a line for each note that is an error or a warning.
const LINT: &str = r#"
import json, sys, time
from httplint import HttpResponseLinter
from httplint.note import levels
for line in sys.stdin:
    answer = json.loads(line)
    linter = HttpResponseLinter(start_time=time.time())
    linter.base_uri = "https://news.example.org" + answer["path"]
    linter.process_response_topline(b"HTTP/1.1", str(answer["status"]).encode(), b"")
    linter.process_headers([(name.encode(), value.encode()) for name, value in answer["headers"]])
    linter.feed_content(bytes.fromhex(answer["body"]))
    linter.finish_content(True)
    for note in linter.notes:
        if note.level in (levels.BAD, levels.WARN):
            print(answer["path"], answer["status"], note.level, note.subject, str(note.summary))
print("linted")
"#;

/// The Python that has httplint; where there is none, the test is left out, unless all must run.
fn python() -> Option<&'static str> {
    let import = Command::new("python3").args(["-c", "import httplint"]).output();
    let here = import.is_ok_and(|output| output.status.success());
    let all = std::env::var_os("ANNALS_TEST_ALL").is_some_and(|value| value == "1");
    assert!(here || !all, "ANNALS_TEST_ALL=1, and `python3 -c 'import httplint'` fails");
    if !here {
        println!("skipped: `python3 -c 'import httplint'` fails here (pip install httplint)");
    }
    here.then_some("python3")
}

#[test]
fn httplint_finds_nothing_wrong() {
    let Some(python) = python() else { return };
    let scene = Scene::new();
    let paths = [
        "/",
        "$permalink",
        "/category/ferries",
        "/history/$id",
        "/bulletins/$id.json",
        "/bulletins/$id.atom",
        "/feeds/all.atom",
        "/feeds/all.rss",
        "/feeds/all.json",
        "/feeds/all/archive/1.atom",
        "/feeds/all/archive/2.atom",
        "$content",
        "$original",
        "/bulletins/$id",
        "/nothing",
        "/sitemap.xml",
        "/robots.txt",
    ];
    let mut asked = Vec::new();
    for path in paths.map(|path| scene.fill(path)) {
        let plain = scene.server().get(&path);
        let etag = plain.header("etag").to_string();
        let fields: &[&[(&str, &str)]] = &[
            &[],
            &[("accept-encoding", "gzip")],
            &[("if-none-match", &etag)],
            &[("if-match", "\"x\"")],
            &[("range", "bytes=0-9")],
            &[("range", "bytes=999999999-")],
        ];
        for fields in fields {
            asked.push((path.clone(), scene.server().ask("GET", &path, fields, "")));
        }
    }
    let mut child =
        Command::new(python).args(["-c", LINT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for (path, reply) in &asked {
        let headers: Vec<(&str, &str)> =
            reply.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        let body = data_encoding::HEXLOWER.encode(&reply.body);
        let line =
            serde_json::json!({"path": path, "status": reply.status, "headers": headers, "body": body});
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    assert_eq!(found.trim(), "linted", "of {} answers", asked.len());
}
