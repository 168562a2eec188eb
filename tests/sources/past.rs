//! A site's past with one command, full texts, and the pipe of a mail server.

use std::io::Write as _;
use std::process::Stdio;

use crate::served::{Ask as _, Place, bulletin, sha256, text, until};
use crate::site::{Asked, Site, answer};
use crate::{last_error, place, until_source};

const PAGE: &str = "Content-Type: text/html; charset=utf-8\r\n";

fn article(n: usize, head: &str) -> String {
    let text = format!("The ferry of pier {n} leaves at {n} past the hour. ").repeat(8);
    format!(
        "<!DOCTYPE html><html lang=en><head><title>Notice {n}</title>{head}</head><body><article><h1>Notice {n}</h1>\
         <p>{}</p></article></body></html>",
        text.trim()
    )
}

/// A site of three pages, each of which says which is older.
fn linked(asked: &Asked) -> crate::site::Answer {
    match asked.path.as_str() {
        "/news" => answer("200 OK", PAGE, article(3, "<link rel=next href='/news?page=2'>")),
        "/news?page=2" => answer("200 OK", PAGE, article(2, "<link rel=next href='news?page=3'>")),
        // The last leads round to the first.
        "/news?page=3" => answer("200 OK", PAGE, article(1, "<link rel=next href='/news'>")),
        _ => answer("404 Not Found", "", ""),
    }
}

/// A site that numbers its pages, says so nowhere, and answers 404 behind the last.
fn numbered(asked: &Asked) -> crate::site::Answer {
    let generator = "<meta name=generator content='WordPress 6.4.2'>";
    match asked.path.as_str() {
        "/?cat=3" => answer("200 OK", PAGE, article(6, generator)),
        "/?cat=3&paged=2" => answer("200 OK", PAGE, article(5, generator)),
        "/?cat=3&paged=3" => answer("200 OK", PAGE, article(4, generator)),
        _ => answer("404 Not Found", PAGE, article(404, generator)),
    }
}

fn titles(place: &Place, arguments: &[&str]) -> Vec<String> {
    let receipts = place.ingest(arguments);
    receipts.iter().map(|receipt| text(receipt, "permalink").rsplit('/').next().unwrap().into()).collect()
}

/// A source that asks a site for its list every second, and for the page of each entry.
fn full_texts_of(site: &Site) -> String {
    format!(
        "[[source]]\nname = \"pier\"\nkind = \"feed\"\nurl = \"{}\"\ninterval_seconds = 1\nfull_text = true\n",
        site.url("/list")
    )
}

#[test]
fn a_sites_past_comes_in_with_one_command_the_oldest_first() {
    let (first, second) = (Site::new(linked), Site::new(numbered));
    let allow =
        format!("[egress]\nallow = [\"{}\", \"{}\"]\npause_seconds = 0\n", first.address, second.address);
    for served in [false, true] {
        let place = Place::with(&allow);
        let server = served.then(|| place.serve());
        let url = first.url("/news");
        assert_eq!(titles(&place, &[&url]), ["notice-3"], "nothing is followed unasked");
        assert_eq!(titles(&place, &[&url, "--past"]), ["notice-1", "notice-2", "notice-3"]);
        assert_eq!(titles(&place, &[&second.url("/?cat=3"), "--past"]), ["notice-4", "notice-5", "notice-6"]);
        if let Some(server) = server {
            assert_eq!(server.read("/readyz").json()["bulletins"], 6);
        }
    }
}

#[test]
fn an_address_that_cannot_be_fetched_is_refused_by_name() {
    let site = Site::new(|_| answer("503 Service Unavailable", "", ""));
    let place = place(Some(&site), "");
    for (url, why) in [
        (site.url("/x"), "503"),
        ("http://127.0.0.2:1/".into(), "an inside address"),
        ("http://user:secret@news.example.org/".into(), "leave them out"),
    ] {
        let ran = place.run(&["ingest", "--json", &url]);
        let refused = ran.json().remove(0);
        assert_eq!((ran.code, text(&refused, "outcome")), (Some(1), "refused"));
        assert!(text(&refused, "why").contains(why), "{refused}");
    }
}

/// A list of entries whose pages say more, one of them only when it is asked for again, and one whose page is not there.
fn entries(asked: &Asked, base: &str, first: bool) -> crate::site::Answer {
    let entry = |n: usize, id: &str| {
        serde_json::json!({
            "id": id, "url": format!("{base}/{n}"), "title": format!("Notice {n}"), "body_text": format!("In short: {n}."),
            "published": "2019-05-06", "categories": ["Ferries"],
        })
    };
    match asked.path.as_str() {
        "/list" => {
            let list = [
                entry(1, "tag:pier.example.org,2019:1"),
                entry(2, "two"),
                entry(5, "five"),
                entry(9, "nine"),
            ];
            // Conditional questions are answered, once everything was there.
            let unchanged = asked.header("if-none-match") == "\"v1\"";
            let status = if unchanged { "304 Not Modified" } else { "200 OK" };
            let headers = "Content-Type: application/json\r\nETag: \"v1\"\r\n";
            answer(
                status,
                headers,
                if unchanged { String::new() } else { serde_json::json!(list).to_string() },
            )
        }
        "/1" | "/2" => answer("200 OK", PAGE, article(asked.path[1..].parse().unwrap(), "")),
        "/5" if first => answer("503 Service Unavailable", "", ""),
        "/5" => answer("200 OK", PAGE, article(5, "")),
        _ => answer("404 Not Found", "", ""),
    }
}

#[test]
fn the_page_of_an_entry_stands_in_for_it_where_it_says_more() {
    let own = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let base = own.clone();
    let asked_for_5 = std::sync::atomic::AtomicBool::new(false);
    let site = Site::new(move |asked| {
        let first = asked.path == "/5" && !asked_for_5.swap(true, std::sync::atomic::Ordering::SeqCst);
        entries(asked, base.get().unwrap(), first)
    });
    own.set(site.url("")).unwrap();
    let place = place(Some(&site), &full_texts_of(&site));
    let server = place.serve();
    until("it is asked again", || (site.asked("/list").len() >= 4).then_some(()));
    let seen = until_source(&place, "pier", |seen| seen["new"] == 4 && seen["revised"] == 1);
    assert_eq!(
        (&seen["duplicate"], &seen["refused"], last_error(&seen)),
        (&0.into(), &0.into(), ""),
        "{seen}"
    );
    assert_eq!(
        ["/1", "/2", "/5", "/9"].map(|path| site.asked(path).len()),
        [1, 1, 2, 1],
        "a page is fetched once"
    );
    let feed = server.read("/feeds/category/ferries/year/2019.json").json();
    let mut bodies: Vec<(&str, bool)> = feed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (text(item, "title"), text(item, "content_html").contains("In short")))
        .collect();
    bodies.sort_unstable();
    assert_eq!(bodies, [("Notice 1", false), ("Notice 2", false), ("Notice 5", false), ("Notice 9", true)]);
    let ids: Vec<&str> = feed["items"].as_array().unwrap().iter().map(|item| text(item, "id")).collect();
    assert!(ids.contains(&"tag:pier.example.org,2019:1"), "the entry's id, and not the page's: {ids:?}");
    // What is kept is the page.
    let digest = sha256(article(1, "").as_bytes());
    assert_eq!(server.get(&format!("/original/sha256/{digest}")).status, 200);
}

#[test]
fn a_mail_servers_pipe_is_told_what_to_try_again() {
    let place = Place::new();
    let pipe = |arguments: &[&str], input: &str| {
        let mut command =
            place.command(&[&["ingest", "-", "--source", "list", "--mail-pipe"], arguments].concat());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that could not run does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().status.code()
    };
    assert_eq!(pipe(&["--type", "application/json"], &bulletin(1).to_string()), Some(0));
    assert_eq!(pipe(&["--type", "application/json"], "{\"title\": "), Some(65));
    let config = std::fs::read_to_string(place.dir.path().join("config.toml")).unwrap();
    std::fs::write(place.dir.path().join("config.toml"), config.replace("title =", "titel =")).unwrap();
    assert_eq!(pipe(&["--type", "application/json"], &bulletin(2).to_string()), Some(75));
}

/// A feed of one item, made by WordPress, with what else its channel says.
fn rss(n: usize, channel: &str) -> String {
    let text = format!("The ferry of pier {n} leaves at {n} past the hour. ").repeat(8);
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>Pier</title>\
         {channel}<item><title>Notice {n}</title><guid isPermaLink=\"false\">pier-{n}</guid><description>{text}</description></item>\
         </channel></rss>"
    )
}

#[test]
fn a_feeds_past_comes_in_by_rfc_5005_and_by_the_pages_of_wordpress() {
    let rss_type = "Content-Type: text/xml; charset=UTF-8\r\n";
    let site = Site::new(move |asked| {
        let older = |path: &str| format!("<atom:link rel=\"prev-archive\" href=\"{path}\"/>");
        let wordpress = "<generator>https://wordpress.org/?v=6.4.2</generator>";
        let document = match asked.path.as_str() {
            "/feed" => rss(3, &older("/archive/2")),
            "/archive/2" => rss(2, &older("/archive/1")),
            "/archive/1" => rss(1, ""),
            "/wp" => rss(6, wordpress),
            "/wp?paged=2" => rss(5, wordpress),
            "/wp?paged=3" => rss(4, wordpress),
            _ => return answer("404 Not Found", "", ""),
        };
        answer("200 OK", rss_type, document)
    });
    let place = place(Some(&site), "");
    assert_eq!(titles(&place, &[&site.url("/feed"), "--past"]), ["notice-1", "notice-2", "notice-3"]);
    assert_eq!(titles(&place, &[&site.url("/wp"), "--past"]), ["notice-4", "notice-5", "notice-6"]);
}

#[test]
fn a_past_without_end_ends_where_nothing_new_comes() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let site = Site::new(move |_| {
        let n = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let feed = rss(1, "<generator>https://wordpress.org/?v=6.4.2</generator>");
        answer("200 OK", "Content-Type: text/xml\r\n", format!("{feed}<!-- {n} -->"))
    });
    let place = place(Some(&site), "");
    assert_eq!(titles(&place, &[&site.url("/wp"), "--past"]), ["notice-1"]);
    assert_eq!(site.count(), 2);
}

#[test]
fn who_asks_to_be_left_alone_is_asked_for_no_other_page() {
    let own = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let base = own.clone();
    let site = Site::new(move |asked| match asked.path.as_str() {
        "/list" => {
            let base = base.get().unwrap();
            let entry = |n: usize| serde_json::json!({"id": n.to_string(), "url": format!("{base}/{n}"), "title": format!("Notice {n}"), "body_text": "In short.", "published": "2019-05-06"});
            answer(
                "200 OK",
                "Content-Type: application/json\r\n",
                serde_json::json!([entry(1), entry(2)]).to_string(),
            )
        }
        _ => answer("429 Too Many Requests", "Retry-After: 3600\r\n", ""),
    });
    own.set(site.url("")).unwrap();
    let url = site.url("/list");
    let source = format!(
        "[[source]]\nname = \"pier\"\nkind = \"feed\"\nurl = \"{url}\"\ninterval_seconds = 1\nfull_text = true\n"
    );
    let place = place(Some(&site), &source);
    let _server = place.serve();
    let seen = until_source(&place, "pier", |seen| seen["new"] == 2);
    let [next, then] =
        ["next_poll", "last_success"].map(|at| text(&seen, at).parse::<jiff::Timestamp>().unwrap());
    assert!(next.duration_since(then).as_secs() >= 3_590, "{seen}");
    assert_eq!((site.asked("/1").len(), site.asked("/2").len()), (1, 0));
}

#[test]
fn a_host_that_fails_is_not_asked_for_every_page_and_nothing_is_cut_short_meanwhile() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    const ENTRIES: usize = 6;
    let own = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    // First all is well, then the entries are corrected and no page can be had, then all is well again.
    let time = std::sync::Arc::<AtomicUsize>::default();
    let (base, then) = (own.clone(), time.clone());
    let site = Site::new(move |asked| match (asked.path.as_str(), then.load(Ordering::SeqCst)) {
        ("/list", time) => {
            let base = base.get().unwrap();
            let entry = |n: usize| serde_json::json!({"id": n.to_string(), "url": format!("{base}/{n}"), "title": format!("Notice {n}"), "body_text": format!("In short, {}.", time.min(1)), "published": "2019-05-06"});
            let list: Vec<_> = (1..=ENTRIES).map(entry).collect();
            answer("200 OK", "Content-Type: application/json\r\n", serde_json::json!(list).to_string())
        }
        (_, 1) => answer("500 Internal Server Error", "", ""),
        (page, time) => {
            let article = article(page[1..].parse().unwrap(), "");
            answer(
                "200 OK",
                PAGE,
                article.replace("past the hour", &format!("past the hour as of {}", time.min(1))),
            )
        }
    });
    own.set(site.url("")).unwrap();
    let place = place(Some(&site), &full_texts_of(&site));
    let server = place.serve();
    until_source(&place, "pier", |seen| seen["new"] == ENTRIES);
    let lists = || site.asked("/list").len();
    let pages = || site.count() - lists();
    time.store(1, Ordering::SeqCst);
    let (lists_before, pages_before) = (lists(), pages());
    until("it is asked again", || (lists() >= lists_before + 3).then_some(()));
    let seen = until_source(&place, "pier", |seen| seen["new"] == ENTRIES);
    assert_eq!(seen["revised"], 0, "{seen}");
    let polls = lists() - lists_before + 1;
    let asked = pages() - pages_before;
    assert!((1..=3 * polls).contains(&asked), "{asked} in {polls} polls");
    time.store(2, Ordering::SeqCst);
    until_source(&place, "pier", |seen| seen["revised"] == ENTRIES);
    let feed = server.read("/feeds/year/2019.json");
    assert!(feed.text().contains("as of 1") && !feed.text().contains("In short"), "{}", feed.text());
}

#[test]
fn a_feed_is_asked_no_sooner_than_its_own_document_says() {
    let site = Site::new(|_| answer("200 OK", "Content-Type: text/plain\r\n", rss(1, "<ttl>120</ttl>")));
    let source = format!(
        "[[source]]\nname = \"pier\"\nkind = \"feed\"\nurl = \"{}\"\ninterval_seconds = 1\n",
        site.url("/")
    );
    let place = place(Some(&site), &source);
    let _server = place.serve();
    let seen = until_source(&place, "pier", |seen| seen["new"] == 1);
    let [next, then] =
        ["next_poll", "last_success"].map(|at| text(&seen, at).parse::<jiff::Timestamp>().unwrap());
    assert!(next.duration_since(then).as_secs() >= 7_190, "{seen}");
}
