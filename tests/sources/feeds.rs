//! Feeds over HTTP: each answer is handled as it should be, and seen.

use serde_json::{Value, json};

use crate::served::{Ask as _, bulletin, but, text};
use crate::site::{Answer, Asked, Site, answer, gzip};
use crate::{last_error, place, source, until_source};

const JSON: &str = "Content-Type: application/json\r\n";
const PAGE: &str = "Content-Type: text/html\r\n";

/// A feed's lines in the configuration: asked every second.
fn feed(name: &str, url: &str, more: &str) -> String {
    format!("[[source]]\nname = \"{name}\"\nkind = \"feed\"\nurl = \"{url}\"\ninterval_seconds = 1\n{more}\n")
}

fn document(n: usize) -> String {
    json!([bulletin(n)]).to_string()
}

fn page(title: &str, sentence: &str) -> String {
    let text = format!("<p>{}</p>", format!("{sentence} ").repeat(12).trim());
    format!(
        "<!DOCTYPE html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
    )
}

fn number(source: &Value, field: &str) -> u64 {
    source[field].as_u64().unwrap_or_else(|| panic!("no {field} in {source}"))
}

/// Every answer that a feed may give, by its path.
fn answers(asked: &Asked, canary: &str) -> Answer {
    let path = asked.path.as_str();
    match path {
        "/ok" if asked.header("if-none-match") == "\"v1\"" => {
            answer("304 Not Modified", "ETag: \"v1\"\r\n", "")
        }
        "/ok" => answer("200 OK", &format!("{JSON}ETag: \"v1\"\r\n"), document(1)),
        "/dated" if !asked.header("if-modified-since").is_empty() => answer("304 Not Modified", "", ""),
        "/dated" => {
            answer("200 OK", &format!("{JSON}Last-Modified: Sun, 01 Mar 2026 12:00:00 GMT\r\n"), document(2))
        }
        "/old" => answer("301 Moved Permanently", "Location: /new\r\n", ""),
        "/new" => {
            answer("200 OK", &format!("{JSON}Content-Encoding: gzip\r\n"), gzip(document(3).as_bytes()))
        }
        "/detour" => answer("302 Found", "Location: /aside\r\n", ""),
        "/aside" => answer("200 OK", JSON, document(4)),
        "/gone" => answer("410 Gone", "", "over"),
        "/busy" => answer("429 Too Many Requests", "Retry-After: 3600\r\n", ""),
        "/broken" => answer("500 Internal Server Error", "", "oh"),
        "/cut" => {
            let whole = gzip(document(5).repeat(50).as_bytes());
            answer("200 OK", &format!("{JSON}Content-Encoding: gzip\r\n"), &whole[..whole.len() / 2])
        }
        "/inside" => answer("302 Found", &format!("Location: {canary}\r\n"), ""),
        // One piece a half second, and no end.
        "/slow" => {
            let head = format!("HTTP/1.1 200 OK\r\n{JSON}\r\n[").into_bytes();
            std::iter::once(head).chain((0..30).flat_map(|_| [vec![], b" ".to_vec()])).collect()
        }
        "/fresh" => answer("200 OK", &format!("{JSON}Cache-Control: max-age=7200\r\n"), document(6)),
        "/page" => answer("200 OK", PAGE, page("Fog on the pier", "There is fog on the pier today.")),
        "/noise" => answer("200 OK", JSON, "{\"title\": "),
        _ => answer("404 Not Found", "", ""),
    }
}

const NAMES: [&str; 13] = [
    "ok", "dated", "old", "detour", "gone", "busy", "broken", "cut", "inside", "slow", "fresh", "page",
    "noise",
];

#[test]
fn each_answer_is_handled_as_written_and_seen() {
    let canary = Site::at("127.0.0.2:0", |_| answer("200 OK", JSON, document(99)));
    let lure = canary.url("/");
    let site = Site::new(move |asked| answers(asked, &lure));
    let sources: String = NAMES.map(|name| feed(name, &site.url(&format!("/{name}")), "")).concat();
    let place = place(Some(&site), &sources);
    let server = place.serve();

    // 200, and then 304 as often as it is asked.
    for name in ["ok", "dated"] {
        crate::served::until("it is asked again", || {
            (site.asked(&format!("/{name}")).len() >= 3).then_some(())
        });
        let seen = until_source(&place, name, |seen| number(seen, "new") == 1);
        assert_eq!((number(&seen, "duplicate"), number(&seen, "failures")), (0, 0), "{seen}");
        assert!(
            seen["last_success"].is_string() && seen["next_poll"].is_string() && seen["last_error"].is_null()
        );
    }
    let asked = site.asked("/ok");
    assert_eq!((asked[0].header("if-none-match"), asked[1].header("if-none-match")), ("", "\"v1\""));
    assert_eq!(site.asked("/dated")[1].header("if-modified-since"), "Sun, 01 Mar 2026 12:00:00 GMT");
    assert!(
        asked[0].header("user-agent").starts_with("Annals/") && asked[0].header("accept").contains("atom")
    );

    // 301: remembered, and the old address is asked no more. 302: not.
    let moved = until_source(&place, "old", |seen| number(seen, "duplicate") >= 1);
    assert_eq!((text(&moved, "moved_to"), number(&moved, "new")), (site.url("/new").as_str(), 1));
    assert_eq!(site.asked("/old").len(), 1);
    let detour = until_source(&place, "detour", |seen| number(seen, "duplicate") >= 1);
    assert!(detour["moved_to"].is_null() && site.asked("/detour").len() >= 2, "{detour}");

    // 410: asked once. 429: not before it said. What fails is asked again, later and later.
    let gone = until_source(&place, "gone", |seen| seen["gone"] == true);
    assert!(last_error(&gone).contains("410") && gone["next_poll"].is_null(), "{gone}");
    let busy = until_source(&place, "busy", |seen| number(seen, "failures") == 1);
    assert!(last_error(&busy).contains("429") && last_error(&busy).contains("3600 s"), "{busy}");
    let (next, failed) = (text(&busy, "next_poll"), text(&busy["last_error"], "at"));
    let [next, failed] = [next, failed].map(|at| at.parse::<jiff::Timestamp>().unwrap());
    assert!(next.duration_since(failed).as_secs() >= 3_600, "{busy}");
    for (name, said) in [
        ("broken", "500"),
        ("cut", "gzip, and is not, or ends early"),
        ("inside", "127.0.0.2, an inside address (loopback)"),
        ("slow", "took longer than 2 s"),
        ("noise", "EOF"),
    ] {
        let seen = until_source(&place, name, |seen| number(seen, "failures") >= 2);
        assert!(last_error(&seen).contains(said), "{name}: {seen}");
        assert!(seen["last_success"].is_null() && number(&seen, "new") == 0, "{seen}");
    }
    assert_eq!(canary.count(), 0, "nobody was led inside");

    // As long as a server says that nothing changes, it is left alone.
    let fresh = until_source(&place, "fresh", |seen| number(seen, "new") == 1);
    let [next, then] =
        ["next_poll", "last_success"].map(|at| text(&fresh, at).parse::<jiff::Timestamp>().unwrap());
    assert!(next.duration_since(then).as_secs() >= 7_190, "{fresh}");
    // A page is as good as a feed.
    until_source(&place, "page", |seen| number(seen, "new") == 1);
    assert_eq!(["gone", "busy", "fresh"].map(|name| site.asked(&format!("/{name}")).len()), [1, 1, 1]);

    let metrics = server.read("/metrics");
    for line in [
        "annals_source_items_total{source=\"ok\",outcome=\"new\"} 1\n",
        "annals_source_items_total{source=\"old\",outcome=\"refused\"} 0\n",
        "annals_source_errors_total{source=\"gone\"} 1\n",
        "annals_source_errors_total{source=\"ok\"} 0\n",
        "annals_source_last_success_timestamp_seconds{source=\"ok\"} 1",
        "annals_source_next_poll_timestamp_seconds{source=\"busy\"} 1",
    ] {
        assert!(metrics.text().contains(line), "{line}: {}", metrics.text());
    }
    assert!(!metrics.text().contains("last_success_timestamp_seconds{source=\"broken\"}"));
    let told = place.run(&["sources"]);
    for part in ["gone  (feed ", "never: it is gone", "1 new, 0 revised", "moved to      http", "in a row"] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }
}

#[test]
fn what_is_known_of_a_source_survives_a_restart_until_its_configuration_changes() {
    let site = Site::new(|asked| answers(asked, ""));
    let names = ["ok", "old", "gone", "busy"];
    let sources: String = names.map(|name| feed(name, &site.url(&format!("/{name}")), "")).concat();
    let place = place(Some(&site), &sources);
    let server = place.serve();
    until_source(&place, "ok", |seen| number(seen, "new") == 1);
    until_source(&place, "old", |seen| seen["moved_to"].is_string());
    until_source(&place, "gone", |seen| seen["gone"] == true);
    until_source(&place, "busy", |seen| number(seen, "failures") == 1);
    assert!(server.terminate().0.success());
    let before: Vec<Value> = names.map(|name| source(&place, name)).into();

    let asked_before = site.asked("/ok").len();
    let server = place.serve();
    crate::served::until("it is asked again", || (site.asked("/ok").len() > asked_before).then_some(()));
    crate::served::until("the new address is asked", || (site.asked("/new").len() >= 2).then_some(()));
    assert_eq!(site.asked("/ok")[asked_before].header("if-none-match"), "\"v1\"", "conditional at once");
    assert_eq!(["old", "gone", "busy"].map(|name| site.asked(&format!("/{name}")).len()), [1, 1, 1]);
    assert_eq!([source(&place, "gone"), source(&place, "busy")], [before[2].clone(), before[3].clone()]);
    assert!(server.terminate().0.success());

    let config = place.dir.path().join("config.toml");
    let changed = std::fs::read_to_string(&config)
        .unwrap()
        .replace("/gone\"\ninterval_seconds = 1", "/gone\"\ninterval_seconds = 2");
    std::fs::write(&config, changed).unwrap();
    let _server = place.serve();
    crate::served::until("it is asked again", || (site.asked("/gone").len() == 2).then_some(()));
}

#[test]
fn a_feed_that_moved_is_believed_when_it_is_one_and_looked_for_where_it_was() {
    let visits = std::sync::atomic::AtomicUsize::new(0);
    let site = Site::new(move |asked| match asked.path.as_str() {
        "/parked" => answer("301 Moved Permanently", "Location: /buy-this-name\r\n", ""),
        "/buy-this-name" => answer("200 OK", PAGE, page("For sale", "The name of this pier is for sale.")),
        // Once it is gone from where it moved to, it is back.
        "/there-and-back" if visits.load(std::sync::atomic::Ordering::SeqCst) > 1 => {
            answer("200 OK", JSON, document(2))
        }
        "/there-and-back" => answer("301 Moved Permanently", "Location: /there\r\n", ""),
        "/there" if visits.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            answer("200 OK", JSON, document(1))
        }
        _ => answer("410 Gone", "", ""),
    });
    let sources =
        ["parked", "there-and-back"].map(|name| feed(name, &site.url(&format!("/{name}")), "")).concat();
    let place = place(Some(&site), &sources);
    let _server = place.serve();
    crate::served::until("it is asked again", || (site.asked("/parked").len() >= 2).then_some(()));
    assert!(source(&place, "parked")["moved_to"].is_null());
    let seen = until_source(&place, "there-and-back", |seen| number(seen, "new") == 2);
    assert!(seen["moved_to"].is_null() && seen["gone"] != true, "{seen}");
}

#[test]
fn a_feed_that_changes_revises_and_rules_give_categories_and_languages() {
    let changes = std::sync::atomic::AtomicUsize::new(0);
    let site = Site::new(move |_| {
        let n = changes.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let body = format!("<p>The pier is closed. {}</p>", ["", "It opens on Monday."][usize::from(n > 0)]);
        let closed = json!({"id": "pier-1", "title": "Statement: closed", "body_html": body, "url": "https://pier.example.org/press/1"});
        answer("200 OK", JSON, json!([closed, but(bulletin(2), "language", "en")]).to_string())
    });
    let rules = "[[rule]]\nsource = \"pier\"\ntitle = \"^statement\"\ncategory = [\"Statements\"]\nlanguage = \"fr\"\n\
                 [[rule]]\nurl = \"https://PIER.example.org/press/*\"\ncategory = [\"Press\"]\n";
    let more = format!("category = [\"Harbour\"]\nlanguage = \"de\"\n{rules}");
    let place = place(Some(&site), &feed("pier", &site.url("/"), &more));
    let server = place.serve();
    let seen =
        until_source(&place, "pier", |seen| number(seen, "revised") == 1 && number(seen, "duplicate") >= 3);
    assert_eq!((number(&seen, "new"), number(&seen, "refused")), (2, 0), "{seen}");
    for (category, titles) in [
        ("harbour", &["Notice 2 of the harbour", "Statement: closed"][..]),
        ("statements", &["Statement: closed"]),
        ("press", &["Statement: closed"]),
        ("weather", &["Notice 2 of the harbour"]),
    ] {
        let feed = server.read(&format!("/feeds/category/{category}.json")).json();
        let items = feed["items"].as_array().unwrap();
        let mut found: Vec<&str> = items.iter().map(|item| text(item, "title")).collect();
        found.sort_unstable();
        assert_eq!(found, titles, "{category}");
        let languages = items.iter().map(|item| (text(item, "title"), text(item, "language")));
        assert!(
            languages.into_iter().all(|(title, tag)| tag == if title.starts_with('S') { "fr" } else { "en" })
        );
    }
    drop(server);
    place.verify();
}
