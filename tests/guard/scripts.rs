//! Scripts in every field, out through every sink, read again by other parsers than wrote them: nothing acts.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use annals::intake::sanitize::sanitize;

use crate::battery::{row, times};
use crate::readers::{active, check_headers, check_json, check_page, check_xml};
use crate::served::{Ask, Inside, Place, Reply, Server, sha256, text};
use crate::vectors;

/// A bulletin with the vector in every field that is text, and in every one that is an address.
pub fn everywhere(n: usize, vector: &str) -> Value {
    json!({
        "id": format!("{n} {vector}"), "title": format!("{n} {vector}"), "summary": vector,
        "body_html": format!("<p>Tide {n}.</p>{vector}<p>Low water.</p>"),
        "published": format!("{}-{:02}", 2010 + n % 8, 1 + n % 12),
        "url": format!("https://tides.example.org/{n}?{vector}"),
        "authors": [{"name": vector, "url": vector, "email": format!("{vector}@tides.example.org")}],
        "categories": [format!("{} {vector}", n % 20)],
        "enclosures": [
            {"url": vector, "title": vector, "type": vector},
            {"url": format!("https://tides.example.org/{n}.pdf?{vector}"), "title": vector, "type": "application/pdf"},
        ],
    })
}

/// Admits documents that must be taken in: their receipts.
fn admit(inside: &Inside, path: &str, media_type: &str, body: String) -> Vec<Value> {
    let reply = inside.post(path, media_type, body);
    assert!(reply.status < 300, "{reply:?}");
    match reply.json() {
        Value::Array(receipts) => receipts,
        receipt => vec![receipt],
    }
}

#[test]
fn five_hundred_scripts_in_every_field_act_in_no_page_feed_json_or_header() {
    let vectors = vectors::all();
    assert!(vectors.len() >= 500, "{}", vectors.len());
    let place = Place::new();
    let inside = place.inside();
    let bulletins: Vec<Value> = vectors.iter().enumerate().map(|(n, vector)| everywhere(n, vector)).collect();
    let receipts = admit(&inside, "/bulletins", "application/json", Value::Array(bulletins).to_string());
    assert_eq!(receipts.len(), vectors.len());
    let ids: Vec<&str> = receipts.iter().map(|receipt| text(receipt, "id")).collect();
    for ((vector, receipt), id) in vectors.iter().zip(&receipts).zip(&ids) {
        assert_eq!(receipt["outcome"], "new", "{vector}: {receipt}");
        // Once more, so that there is a difference to show.
        let second = json!({"title": vector, "body_html": format!("<p>Other.</p>{vector}")});
        inside.put(id, &second);
        check_page(&inside.read(text(receipt, "permalink")), vector);
        for path in [format!("/history/{id}"), format!("/history/{id}/1"), format!("/history/{id}/1..2")] {
            check_page(&inside.read(&path), vector);
        }
        check_json(&inside.read(&format!("/bulletins/{id}.json")), vector);
        check_xml(&inside.read(&format!("/bulletins/{id}.atom")), vector);
        check_headers(&inside.read(&format!("/bulletins/{id}.txt")), vector);
        check_headers(&inside.get(&format!("/timemap/{id}")), vector);
    }
    check_lists(&inside);
    let gone = format!("/bulletins/{}?reason=", ids[0]);
    for (vector, id) in vectors.iter().zip(&ids).step_by(10) {
        let reason: String = url::form_urlencoded::byte_serialize(vector.as_bytes()).collect();
        let said = inside.command("DELETE", &format!("/bulletins/{id}?reason={reason}"));
        assert!(said.status == 200 || said.status == 400, "{gone} {said:?}");
        let page = inside.ask("GET", &format!("/bulletins/{id}/x"), &[("accept", "text/html")], "");
        if page.status == 410 {
            check_page(&page, vector);
        }
    }
    check_lists(&inside);
    let held = "nothing acts in its pages, history, differences, feeds, JSON and headers, nor in the lists that show it, read again \
                by other parsers";
    row("a script in every field of a bulletin, and in why it was withdrawn", vectors.len(), held);
}

/// Every page and document that shows many.
fn check_lists(inside: &Inside) {
    for path in ["/", "/feeds", "/year/2012", "/year/2013?page=2"] {
        let reply = inside.get(path);
        if reply.status == 200 {
            check_page(&reply, path);
        }
    }
    check_xml(&inside.read("/feeds.opml"), "/feeds.opml");
    check_xml(&inside.read("/sitemap/1.xml"), "/sitemap/1.xml");
    for path in ["/feeds/all", "/feeds/year/2012", "/feeds/all/archive/1", "/feeds/all/archive/3"] {
        if inside.get(&format!("{path}.atom")).status != 200 {
            continue;
        }
        check_xml(&inside.read(&format!("{path}.atom")), path);
        check_xml(&inside.read(&format!("{path}.rss")), path);
        check_json(&inside.read(&format!("{path}.json")), path);
    }
    let directory = inside.read("/feeds.opml");
    let outlines = roxmltree::Document::parse(directory.text()).unwrap();
    let feeds = outlines.descendants().filter_map(|node| node.attribute("xmlUrl"));
    let categories: Vec<String> = feeds.filter(|url| url.contains("/category/")).map(String::from).collect();
    assert!(categories.len() > 2, "{categories:?}");
    for feed in categories.iter().take(40) {
        let reply = inside.read(feed);
        if feed.ends_with("json") {
            check_json(&reply, feed)
        } else {
            check_xml(&reply, feed)
        }
        let page = feed.replace("/feeds/", "/");
        let reply = inside.get(page.rsplit_once('.').unwrap().0);
        if reply.status == 200 {
            check_page(&reply, feed);
        }
    }
}

/// A document in another format that carries the vector where that format has text.
pub fn documents(n: usize, vector: &str) -> Vec<(&'static str, String)> {
    let escaped = vector.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let escaped: String = escaped.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let one_line: String = vector.chars().filter(|c| !c.is_control()).collect();
    let cdata = escaped.replace("]]>", "");
    let text = "High water is at noon, and the ferry waits for it. ".repeat(6);
    vec![
        (
            "text/html",
            format!(
                "<!DOCTYPE html><title>{n} {escaped}</title><meta name=author content=\"{escaped}\">\
             <meta property=og:title content=\"{escaped}\"><link rel=canonical href=\"{escaped}\">\
             <article><h1>{n} {escaped}</h1><p>{text}</p>{vector}<p>{text}</p></article>"
            ),
        ),
        (
            "text/markdown",
            format!(
                "---\ntitle: |\n  {n} {one_line}\ncategories: [\"x\"]\n---\n\n{text}\n\n{vector}\n\n[a]({one_line}) ![b]({one_line} \"{one_line}\")\n"
            ),
        ),
        ("text/plain", format!("{n} {one_line}\n\n{text}\n\n{vector}\n")),
        (
            "application/rss+xml",
            format!(
                "<rss version=\"2.0\"><channel><title>{escaped}</title><link>{escaped}</link><item><guid>{n}</guid>\
             <title>{n} {escaped}</title><link>{escaped}</link><author>{escaped}</author><category>{escaped}</category>\
             <description>{escaped}</description><enclosure url=\"{escaped}\" type=\"{escaped}\" length=\"1\"/></item></channel></rss>"
            ),
        ),
        (
            "application/atom+xml",
            format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>tag:x.example,2020:f{n}</id><title>x</title>\
             <updated>2020-01-01T00:00:00Z</updated><entry><id>tag:x.example,2020:{n}</id><updated>2020-01-01T00:00:00Z</updated>\
             <title type=\"html\">{n} {escaped}</title><link href=\"{escaped}\"/><author><name>{escaped}</name><uri>{escaped}</uri></author>\
             <category term=\"{escaped}\"/><summary type=\"html\">{escaped}</summary>\
             <content type=\"html\"><![CDATA[<p>{text}</p>{cdata}]]>{escaped}</content></entry></feed>"
            ),
        ),
        (
            "message/rfc822",
            format!(
                "From: \"{one_line}\" <press@tides.example.org>\r\nSubject: {n} {one_line}\r\nMessage-ID: <{n}@tides.example.org>\r\n\
             Date: Tue, 3 Apr 2018 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{text}</p>{vector}<p>{text}</p>\r\n\
             --b\r\nContent-Type: application/pdf; name=\"{one_line}.pdf\"\r\nContent-Disposition: attachment; filename=\"{one_line}.pdf\"\r\n\r\n%PDF-1.4 {n}\r\n--b--\r\n"
            ),
        ),
    ]
}

#[test]
fn scripts_in_documents_of_every_format_act_in_nothing_that_is_served() {
    let place = Place::new();
    let inside = place.inside();
    let vectors = vectors::all();
    let step = times(5, 1);
    let mut shown = 0;
    for (n, vector) in vectors.iter().enumerate().step_by(step) {
        for (media_type, document) in documents(n, vector) {
            let reply = inside.post("/bulletins", media_type, document.clone());
            // Some make no document of the format any more. That is said, and no bulletin.
            if reply.status >= 400 {
                check_json(&reply, vector);
                continue;
            }
            let answer = reply.json();
            let receipts = answer.as_array().cloned().unwrap_or_else(|| vec![answer]);
            for receipt in receipts.iter().filter(|receipt| receipt["outcome"] == "new") {
                check_page(&inside.read(text(receipt, "permalink")), &format!("{media_type} {vector}"));
                check_json(&inside.read(&format!("/bulletins/{}.json", text(receipt, "id"))), vector);
                shown += 1;
            }
            let original = inside.get(&format!("/original/sha256/{}", sha256(document.as_bytes())));
            check_headers(&original, vector);
            if original.status == 200 {
                assert!(
                    original.header("content-disposition").starts_with("attachment; filename="),
                    "{original:?}"
                );
                assert!(original.header("content-security-policy").contains("sandbox"), "{original:?}");
            }
        }
    }
    check_lists(&inside);
    assert!(shown > vectors.len() / step * 4, "most of them are shown: {shown}");
    let held = format!(
        "nothing acts in the {shown} bulletins that came of them; originals are attachments in a sandbox"
    );
    row("a script in a page, Markdown, text, RSS, Atom and an email", vectors.len().div_ceil(step), held);
}

#[test]
fn scripts_in_requests_act_in_no_answer_whatever_its_status() {
    let place = Place::new();
    let inside = place.inside();
    let mut statuses = BTreeSet::new();
    for vector in vectors::all() {
        let query: String = url::form_urlencoded::byte_serialize(vector.as_bytes()).collect();
        let path = query.replace('+', "%20");
        let asked = [
            format!("/{path}"),
            format!("/{query}"),
            format!("/search?q={query}"),
            format!("/search.atom?q={query}"),
            format!("/?lang={query}"),
            format!("/?{query}"),
            format!("/year/{path}"),
            format!("/category/{path}"),
            format!("/bulletins/{path}"),
            format!("/bulletins/aaaaaaaaaa/{path}"),
            format!("/feeds/all.{path}"),
            format!("/feeds/category/{path}.atom"),
            format!("/assets/{path}.css"),
            format!("/desk?{query}"),
        ];
        for path in asked {
            for accept in ["text/html", "*/*"] {
                let reply = inside.ask(
                    "GET",
                    &path,
                    &[("accept", accept), ("accept-language", &one_line(&vector))],
                    "",
                );
                check_any(&reply, &path);
                statuses.insert(reply.status);
            }
        }
        for parameter in ["id", "source", "category", "published", "url", "language", "minor", "other"] {
            let reply = inside.post(&format!("/bulletins?{parameter}={query}"), "application/json", "{");
            check_any(&reply, parameter);
            statuses.insert(reply.status);
        }
        let media_type = one_line(&vector);
        check_any(&inside.post("/bulletins", &media_type, "Tides."), &media_type);
        let headers =
            [("authorization", media_type.as_str()), ("if-none-match", &media_type), ("range", &media_type)];
        check_any(&inside.ask("POST", "/bulletins", &headers, "x"), "its headers");
        check_any(
            &inside.post("/bulletins", "application/json", json!({vector.clone(): 1}).to_string()),
            "a field",
        );
        check_any(&inside.ask("PATCH", "/bulletins", &[("accept", "text/html")], ""), "a method");
    }
    assert!(statuses.is_superset(&BTreeSet::from([200, 400, 404])), "{statuses:?}");
    let held = "nothing acts in any answer, errors included; each page has its Content-Security-Policy";
    row("a script in addresses, parameters, headers, fields and methods", vectors::all().len(), held);
}

/// What may stand in a header's value.
fn one_line(vector: &str) -> String {
    let line: String = vector.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    line.trim().to_string()
}

/// Whatever it is.
fn check_any(reply: &Reply, what: &str) {
    let media_type = reply.header("content-type").to_string();
    match media_type.split(';').next().unwrap() {
        "text/html" => check_page(reply, what),
        "" => check_headers(reply, what),
        kind if kind.ends_with("json") => check_json(reply, what),
        kind if kind.ends_with("xml") => check_xml(reply, what),
        "text/plain" | "text/css" => check_headers(reply, what),
        other => panic!("{what}: {other}"),
    }
}

#[test]
fn scripts_and_line_ends_in_what_is_refused_make_no_line_of_the_log() {
    let place = Place::new();
    let log = place.dir.path().join("log");
    let mut command = place.command(&["serve"]);
    command.env("ANNALS_LOG", "debug").stderr(Stdio::from(std::fs::File::create(&log).unwrap()));
    let server = Server::start(command);
    let (vectors, step) = (vectors::all(), times(7, 1));
    for (n, vector) in vectors.iter().enumerate().step_by(step) {
        let vector = format!("{vector}\r\n2026-01-01T00:00:00Z ERROR all is lost\u{1b}[2J");
        let query: String = url::form_urlencoded::byte_serialize(vector.as_bytes()).collect();
        server.post("/bulletins", "application/json", everywhere(n, &vector).to_string());
        server.post(&format!("/bulletins?source={query}&id={query}"), "text/plain", vector.clone());
        server.get(&format!("/{query}"));
        server.command("DELETE", &format!("/bulletins/aaaaaaaaaa?reason={query}"));
    }
    server.terminate();
    let text = std::fs::read_to_string(&log).unwrap();
    for line in text.lines() {
        let stamped =
            line.get(..20).is_some_and(|start| start.as_bytes()[10] == b'T' && start.starts_with("20"));
        assert!(
            stamped && !line.starts_with("2026-01-01T00:00:00Z ERROR") && !line.contains('\u{1b}'),
            "{line}"
        );
    }
    row(
        "a script and line ends in what is logged",
        vectors.len().div_ceil(step),
        "each line is the log's own",
    );
}

/// One change of the kind that finds what a sanitiser overlooked.
fn mutate(random: &mut SmallRng, html: &str, corpus: &[String]) -> String {
    const PIECES: [&str; 28] = [
        "<",
        ">",
        "\"",
        "'",
        "`",
        "=",
        "/",
        "&",
        ";",
        "#",
        "\u{0}",
        "\n",
        "\u{a0}",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<svg>",
        "</svg>",
        "<math>",
        "<mtext>",
        "<table>",
        "<p>",
        "</p>",
        "<a href=",
        "<style>",
        "</style>",
        "&lt;",
    ];
    let chars: Vec<char> = html.chars().collect();
    let at = random.random_range(0..=chars.len());
    let (before, after): (String, String) = (chars[..at].iter().collect(), chars[at..].iter().collect());
    match random.random_range(0..7) {
        0 => format!("{before}{}{after}", PIECES[random.random_range(0..PIECES.len())]),
        1 => format!("{before}{}", after.chars().skip(random.random_range(1..6)).collect::<String>()),
        2 => format!("{before}{}{after}", corpus[random.random_range(0..corpus.len())]),
        3 => format!("{after}{before}"),
        4 => format!("{before}{before}{after}"),
        5 => format!("{before}{}", after.to_uppercase()),
        _ => format!("<p>{before}</p>{after}"),
    }
}

#[test]
fn sanitising_twice_is_sanitising_once_whatever_is_mutated() {
    let corpus = vectors::all();
    let mutations = times(4_000, 100_000);
    let mut random = SmallRng::seed_from_u64(1_848);
    for n in 0..mutations {
        let mut html = corpus[n % corpus.len()].clone();
        for _ in 0..random.random_range(1..5) {
            html = mutate(&mut random, &html, &corpus);
        }
        let once = sanitize(&html);
        assert_eq!(active(&once), Vec::<String>::new(), "{html:?} gave {once:?}");
        assert_eq!(sanitize(&once), once, "{html:?}");
    }
    row("markup mutated", mutations, "sanitised twice it is as sanitised once, and nothing in it acts");
}

/// The judge in the end: a browser that is told of no policy, and given everything that the gate let through.
#[test]
fn a_browser_runs_nothing_of_what_the_gate_lets_through() {
    let Some(browser) =
        ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| is_there(name))
    else {
        assert!(std::env::var_os("ANNALS_TEST_ALL").is_none(), "there is no chromium");
        return println!("skipped: there is no chromium");
    };
    let dir = tempfile::tempdir().unwrap();
    let run = |name: &str, fragments: &[String]| {
        let page = dir.path().join(name);
        let count = "window.ran=0;window.alert=window.msgbox=function(){window.ran+=1;document.documentElement.setAttribute('ran',window.ran)}";
        let html = format!(
            "<!DOCTYPE html><meta charset=utf-8><script>{count}</script><div>{}</div>",
            fragments.join("</div><div>")
        );
        std::fs::write(&page, html).unwrap();
        let profile = format!("--user-data-dir={}", dir.path().join("profile").display());
        let options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=2000",
            "--dump-dom",
            &profile,
        ];
        let ran = Command::new(browser).args(options).arg(&page).stderr(Stdio::null()).output().unwrap();
        let dom = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(dom.contains("<html"), "the browser shows nothing: {ran:?}");
        dom.split_once("ran=\"")
            .map_or(0, |(_, rest)| rest.split('"').next().unwrap().parse::<u32>().unwrap())
    };
    // Each by itself would take the browser minutes: all that may close what is around it comes last.
    let bare: Vec<String> =
        vectors::all().into_iter().filter(|vector| vector.starts_with("<img src=x on")).collect();
    assert!(run("bare.html", &bare) > 2, "a browser runs them as they come");
    let clean: Vec<String> = vectors::all().iter().map(|vector| sanitize(vector)).collect();
    assert_eq!(run("clean.html", &clean), 0);
    row(
        "what the gate lets through, in a browser without any policy",
        clean.len(),
        "none runs; as they come, they do",
    );
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
