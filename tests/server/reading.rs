//! What each address of the design answers, as a table to read.

use crate::served::{Ask, BASE, Place, Reply, Server, bulletin, but, sha256, text};

/// An archive with a bulletin of two versions and one that was withdrawn; what stands for them in the table.
struct Scene {
    server: Server,
    words: Vec<(&'static str, String)>,
    _place: Place,
}

impl Scene {
    fn new() -> Scene {
        let place = Place::new();
        let server = place.serve();
        let original = bulletin(3).to_string();
        let first = server.admit(&bulletin(3));
        let second = server.admit(&but(bulletin(3), "title", "Notice three, corrected"));
        let gone = server.admit(&bulletin(4));
        let gone_id = text(&gone, "id").to_string();
        assert_eq!(server.command("DELETE", &format!("/bulletins/{gone_id}?reason=Too+soon")).status, 200);
        let hex = text(&second, "digest").trim_start_matches("sha256:").to_string();
        let gone_hex = text(&gone, "digest").trim_start_matches("sha256:").to_string();
        let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
        let home = server.read("/");
        let style = home.text().split("/assets/").nth(1).unwrap().split('"').next().unwrap().to_string();
        let words = vec![
            ("{id}", text(&first, "id").to_string()),
            ("{permalink}", text(&first, "permalink").strip_prefix(BASE).unwrap().to_string()),
            ("{gone}", gone_id),
            ("{hex}", hex),
            ("{gonehex}", gone_hex),
            ("{b64}", data_encoding::BASE64URL_NOPAD.encode(&bytes)),
            ("{original}", sha256(original.as_bytes())),
            ("{goneoriginal}", sha256(bulletin(4).to_string().as_bytes())),
            ("{style}", style),
        ];
        Scene { server, words, _place: place }
    }

    fn fill(&self, text: &str) -> String {
        self.words.iter().fold(text.to_string(), |text, (word, value)| text.replace(word, value))
    }
}

const TIMES: &str = "max-age=120";
const EVER: &str = "immutable";
const HTML: &str = "text/html; charset=utf-8";
const PROBLEM: &str = "application/problem+json";
const ATOM: &str = "application/atom+xml; charset=utf-8";
const RSS: &str = "application/rss+xml; charset=utf-8";
const FEED: &str = "application/feed+json; charset=utf-8";

/// A request, what it is answered with (parts of headers, `!` before what must not be there), and why.
type Script = (&'static str, u16, &'static [(&'static str, &'static str)], &'static str);

const SCRIPTS: &[Script] = &[
    // Pages.
    (
        "/",
        200,
        &[
            ("content-type", HTML),
            ("content-security-policy", "default-src 'none'"),
            ("etag", "\""),
            ("cache-control", TIMES),
        ],
        "home",
    ),
    (
        "{permalink}",
        200,
        &[
            ("content-type", HTML),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("last-modified", "GMT"),
            ("cache-control", "no-cache"),
            ("link", "rel=\"timegate\""),
        ],
        "the permalink is asked for anew each time: it may be withdrawn",
    ),
    ("/bulletins/{id}", 301, &[("location", "https://news.example.org{permalink}")], "without its slug"),
    (
        "/bulletins/{id}/wrong-slug",
        301,
        &[("location", "https://news.example.org{permalink}")],
        "with another",
    ),
    ("{permalink}/", 301, &[("location", "https://news.example.org{permalink}")], "with a last slash"),
    ("/history/{id}", 200, &[("content-type", HTML), ("link", "rel=\"timemap\"")], "all versions"),
    (
        "/history/{id}/1",
        200,
        &[("content-type", HTML), ("memento-datetime", "GMT"), ("link", "rel=\"original\"")],
        "a memento (RFC 7089)",
    ),
    ("/history/{id}/2", 200, &[("memento-datetime", "GMT")], "and the other"),
    ("/history/{id}/3", 404, &[("content-type", PROBLEM)], "there are two"),
    ("/history/{id}/0", 404, &[], "versions count from 1"),
    ("/history/{id}/01", 404, &[], "one spelling"),
    ("/history/{id}/1..2", 200, &[("content-type", HTML)], "what changed"),
    ("/history/{id}/1..3", 404, &[], "no such version to compare with"),
    ("/category/ferries", 200, &[("content-type", HTML)], "a category's page"),
    ("/year/2018", 200, &[("content-type", HTML)], "a year's page"),
    ("/category/ferries/year/2018", 200, &[("content-type", HTML)], "both"),
    ("/category/nothing", 404, &[], "no bulletin was ever in it"),
    ("/year/1950", 404, &[], "nor in that year"),
    ("/feeds", 200, &[("content-type", HTML)], "every feed"),
    // For programs.
    (
        "/bulletins/{id}.json",
        200,
        &[("content-type", "application/json"), ("etag", "\""), ("last-modified", "GMT")],
        "the bulletin as JSON",
    ),
    (
        "/bulletins/{id}.atom",
        200,
        &[("content-type", "application/atom+xml;type=entry")],
        "as an Atom entry document",
    ),
    (
        "/bulletins/{id}.txt",
        200,
        &[("content-type", "text/plain; charset=utf-8"), ("x-content-type-options", "nosniff")],
        "as text",
    ),
    ("/bulletins/{id}.pdf", 404, &[], "in no other form"),
    ("/bulletins/aaaaaaaaaa.json", 404, &[("content-type", PROBLEM)], "no such bulletin"),
    ("/bulletins/not-an-id", 404, &[], "nor such an id"),
    ("/timemap/{id}", 200, &[("content-type", "application/link-format")], "RFC 7089 section 5"),
    (
        "/timegate/{id}",
        302,
        &[
            ("location", "https://news.example.org/history/{id}/2"),
            ("vary", "accept-datetime"),
            ("link", "<https://news.example.org{permalink}>; rel=\"original\""),
        ],
        "the latest, where no moment is asked for",
    ),
    (
        "/content/sha256/{hex}",
        200,
        &[("content-type", "application/json"), ("cache-control", EVER), ("link", "rel=\"describes\"")],
        "canonical JSON",
    ),
    (
        "/content/sha256/0000000000000000000000000000000000000000000000000000000000000000",
        404,
        &[],
        "nothing has that hash",
    ),
    ("/content/sha256/12", 404, &[], "and this is none"),
    (
        "/original/sha256/{original}",
        200,
        &[
            ("content-type", "application/json"),
            ("content-disposition", "attachment"),
            ("content-security-policy", "sandbox"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", EVER),
        ],
        "the bytes as they came",
    ),
    (
        "/.well-known/ni/sha-256/{b64}",
        307,
        &[("location", "https://news.example.org/content/sha256/{hex}")],
        "RFC 6920",
    ),
    (
        "/.well-known/ni/sha-256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        404,
        &[],
        "nothing has that hash",
    ),
    // Feeds.
    (
        "/feeds/all.atom",
        200,
        &[
            ("content-type", ATOM),
            ("etag", "\""),
            ("last-modified", "GMT"),
            ("cache-control", TIMES),
            ("access-control-allow-origin", "*"),
            ("link", "rel=\"self\""),
        ],
        "everything",
    ),
    ("/feeds/all.rss", 200, &[("content-type", RSS)], "in three formats"),
    ("/feeds/all.json", 200, &[("content-type", FEED)], "of which this is one"),
    ("/feeds/all.xml", 404, &[], "and no other"),
    ("/feeds/category/ferries.atom", 200, &[("content-type", ATOM)], "a category"),
    ("/feeds/year/2018.rss", 200, &[("content-type", RSS)], "a year"),
    ("/feeds/category/ferries/year/2018.json", 200, &[("content-type", FEED)], "a category in a year"),
    ("/feeds/category/nothing.atom", 404, &[], "no bulletin was ever in it"),
    ("/feeds/year/1950.atom", 404, &[], "nor in that year"),
    ("/feeds/all/archive/1.atom", 404, &[], "nothing is sealed yet"),
    ("/feeds.opml", 200, &[("content-type", "text/x-opml; charset=utf-8")], "every feed, to subscribe to"),
    // Habits.
    ("/feed", 301, &[("location", "https://news.example.org/feeds/all.rss")], "a habit"),
    ("/feed/", 301, &[("location", "https://news.example.org/feeds/all.rss")], "with the last slash"),
    ("/rss", 301, &[("location", "/feeds/all.rss")], "a habit"),
    ("/rss.xml", 301, &[("location", "/feeds/all.rss")], "a habit"),
    ("/index.xml", 301, &[("location", "/feeds/all.rss")], "a habit"),
    ("/feed.xml/", 301, &[("location", "/feeds/all.rss")], "a habit"),
    ("/atom.xml", 301, &[("location", "/feeds/all.atom")], "a habit"),
    ("/feed/atom/", 301, &[("location", "/feeds/all.atom")], "a habit"),
    ("/feed.json", 301, &[("location", "/feeds/all.json")], "a habit"),
    ("/category/ferries/feed/", 301, &[("location", "/feeds/category/ferries.rss")], "a habit"),
    ("/2018/feed", 301, &[("location", "/feeds/year/2018.rss")], "a habit"),
    (
        "/category/ferries/2018/feed/",
        301,
        &[("location", "/feeds/category/ferries/year/2018.rss")],
        "a habit",
    ),
    ("/feeds/", 301, &[("location", "https://news.example.org/feeds")], "every page forgives a last slash"),
    // Withdrawn.
    (
        "/bulletins/{gone}",
        410,
        &[("content-type", PROBLEM), ("!etag", ""), ("cache-control", "no-store")],
        "it was withdrawn",
    ),
    ("/bulletins/{gone}.json", 410, &[], "in every form"),
    ("/bulletins/{gone}.atom", 410, &[], "in every form"),
    ("/bulletins/{gone}.txt", 410, &[], "in every form"),
    ("/history/{gone}", 410, &[], "with its history"),
    ("/history/{gone}/1", 410, &[], "and every version"),
    ("/history/{gone}/1..1", 410, &[], "and difference"),
    ("/timegate/{gone}", 410, &[], "and all ways to them"),
    ("/timemap/{gone}", 410, &[], "and all ways to them"),
    ("/content/sha256/{gonehex}", 410, &[], "what it said"),
    ("/original/sha256/{goneoriginal}", 410, &[], "and what it came as"),
    // The rest.
    ("/assets/{style}", 200, &[("content-type", "text/css"), ("cache-control", EVER)], "named by its hash"),
    ("/assets/0000000000000000000000000000000000000000000000000000000000000000.css", 404, &[], "another"),
    ("/robots.txt", 200, &[("content-type", "text/plain")], "for crawlers"),
    ("/sitemap.xml", 200, &[("content-type", "application/xml")], "for crawlers"),
    ("/sitemap/1.xml", 200, &[("content-type", "application/xml")], "the part of it that there is"),
    ("/sitemap/2.xml", 404, &[], "and no other"),
    ("/healthz", 200, &[("content-type", "text/plain"), ("cache-control", "no-store")], "it lives"),
    ("/readyz", 200, &[("content-type", "application/json"), ("cache-control", "no-store")], "it is ready"),
    ("/metrics", 200, &[("content-type", "text/plain; version=0.0.4")], "how it does"),
    ("/bulletins", 405, &[("allow", "POST"), ("content-type", PROBLEM)], "only posted to"),
    ("/nothing", 404, &[("content-type", PROBLEM)], "no such place"),
    ("/../etc/passwd", 404, &[], "nor outside"),
    ("/bulletins/%00", 404, &[], "nor this"),
    ("/%ff%fe", 404, &[], "nor what is no UTF-8"),
];

#[test]
fn every_address_answers_as_the_design_says() {
    let scene = Scene::new();
    let mut wrong = Vec::new();
    for (path, status, headers, why) in SCRIPTS {
        let path = scene.fill(path);
        let get = scene.server.get(&path);
        let mut expect = |fine: bool, what: String| {
            if !fine {
                wrong.push(format!("{path} ({why}): {what}"));
            }
        };
        expect(get.status == *status, format!("{} and not {status}", get.status));
        for (name, part) in *headers {
            let (name, there) = name.strip_prefix('!').map_or((*name, true), |name| (name, false));
            let value = get.header(name);
            let fine =
                if there { !value.is_empty() && value.contains(&scene.fill(part)) } else { value.is_empty() };
            expect(fine, format!("{name}: {value:?} and not {part:?}"));
        }
        // A browser takes nothing for what it is not said to be.
        expect(get.header("x-content-type-options") == "nosniff", "without nosniff".into());
        let head = scene.server.ask("HEAD", &path, &[], "");
        expect(head.status == get.status && head.body.is_empty(), format!("HEAD answers {}", head.status));
        // Metrics count the very request.
        let varies = ["date"].as_slice();
        for (name, value) in get.headers.iter().filter(|(name, _)| !varies.contains(&name.as_str())) {
            let same = head.headers.get(name) == Some(value) || path == "/metrics";
            expect(same, format!("HEAD has {name}: {:?} and not {value:?}", head.headers.get(name)));
        }
        for method in ["DELETE", "PUT", "PATCH", "OPTIONS"] {
            let reply = scene.server.ask(method, &path, &[], "");
            let guarded = matches!(method, "PUT" | "DELETE") && reply.status == 401;
            let fine = guarded
                || matches!(reply.status, 404 | 405)
                    && (reply.status == 404 || !reply.header("allow").is_empty());
            expect(fine, format!("{method} answers {}", reply.status));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_a_reader_has_already_is_not_sent_again() {
    let scene = Scene::new();
    let paths = [
        "/",
        "{permalink}",
        "/bulletins/{id}.json",
        "/bulletins/{id}.atom",
        "/history/{id}",
        "/history/{id}/1",
        "/feeds",
        "/feeds/all.atom",
        "/feeds/all.rss",
        "/feeds/all.json",
        "/feeds/category/ferries.rss",
        "/feeds.opml",
        "/content/sha256/{hex}",
        "/original/sha256/{original}",
        "/sitemap.xml",
        "/robots.txt",
        "/assets/{style}",
    ];
    for path in paths.map(|path| scene.fill(path)) {
        let ask = |name: &str, value: &str| scene.server.ask("GET", &path, &[(name, value)], "");
        let whole = scene.server.read(&path);
        let etag = whole.header("etag");
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{path}: {etag} is strong");
        for tags in [etag.to_string(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".into()] {
            let reply = ask("if-none-match", &tags);
            assert_eq!((reply.status, reply.body.len()), (304, 0), "{path}: {tags}");
            for name in ["etag", "cache-control", "last-modified"] {
                assert_eq!(reply.header(name), whole.header(name), "{path}: {name}");
            }
            assert_eq!(reply.header("content-type"), "", "{path}");
        }
        assert_eq!(ask("if-none-match", "\"x\"").status, 200, "{path}");
        assert_eq!(ask("if-match", "\"x\"").status, 412, "{path}");
        let modified = whole.header("last-modified");
        if !modified.is_empty() {
            assert_eq!(ask("if-modified-since", modified).status, 304, "{path}: {modified}");
            assert_eq!(ask("if-modified-since", "Thu, 01 Jan 2015 00:00:00 GMT").status, 200, "{path}");
            assert_eq!(ask("if-unmodified-since", "Thu, 01 Jan 2015 00:00:00 GMT").status, 412, "{path}");
        }
        // A tag names the bytes, whatever happens elsewhere.
        assert_eq!(scene.server.read(&path).header("etag"), etag, "{path}");
    }
}

#[test]
fn people_get_pages_and_programs_get_problems() {
    let scene = Scene::new();
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (path, status) in
        [("/nothing", 404), ("/bulletins/{gone}", 410), ("/history/{gone}", 410), ("/bulletins", 405)]
    {
        let path = scene.fill(path);
        let page = scene.server.ask("GET", &path, &[("accept", accept)], "");
        assert_eq!((page.status, page.header("content-type")), (status, HTML), "{path}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
        for accept in ["*/*", "application/json", "application/problem+json"] {
            let reply = scene.server.ask("GET", &path, &[("accept", accept)], "");
            let problem = is_a_problem(&reply, status);
            assert!(!problem.is_empty(), "{path}");
        }
    }
    let gone = is_a_problem(&scene.server.get(&scene.fill("/bulletins/{gone}")), 410);
    assert!(gone.contains("Too soon") && gone.contains("20"), "reason and date: {gone}");
}

/// The detail of a problem (RFC 9457) with this status.
fn is_a_problem(reply: &Reply, status: u16) -> String {
    assert_eq!((reply.status, reply.header("content-type")), (status, PROBLEM), "{reply:?}");
    let problem = reply.json();
    assert_eq!(problem["status"], status);
    assert!(!text(&problem, "title").is_empty() && !text(&problem, "type").is_empty(), "{problem}");
    text(&problem, "detail").to_string()
}

#[test]
fn no_header_of_the_request_gets_into_an_answer() {
    let scene = Scene::new();
    for path in [
        "/",
        "{permalink}",
        "/feeds/all.atom",
        "/bulletins/{id}",
        "/timegate/{id}",
        "/feeds.opml",
        "/feed",
        "/nothing",
    ] {
        let path = scene.fill(path);
        let forged = [
            ("host", "evil.example.org"),
            ("x-forwarded-host", "evil.example.org"),
            ("x-forwarded-proto", "gopher"),
            ("x-forwarded-prefix", "/evil"),
            ("forwarded", "host=evil.example.org;proto=gopher"),
            ("x-original-url", "/evil"),
            ("x-http-method-override", "DELETE"),
        ];
        let mut request = http::Request::get(&path);
        for (name, value) in forged {
            request = request.header(name, value);
        }
        let reply = scene.server.send(request.body(Default::default()).unwrap());
        let plain = scene.server.get(&path);
        assert_eq!((reply.status, &reply.body), (plain.status, &plain.body), "{path}");
        assert_eq!(reply.header("location"), plain.header("location"), "{path}");
        assert_eq!(reply.header("etag"), plain.header("etag"), "{path}");
    }
}

#[test]
fn a_moment_leads_to_the_version_that_stood_then() {
    let place = Place::new();
    let inside = place.inside();
    let first = inside.admit(&bulletin(1));
    let id = text(&first, "id");
    for title in ["Second", "Third"] {
        inside.admit(&but(bulletin(1), "title", title));
    }
    let timemap = inside.read(&format!("/timemap/{id}"));
    let mementos: Vec<&str> = timemap.text().lines().filter(|line| line.contains("memento")).collect();
    assert_eq!(mementos.len(), 3, "{}", timemap.text());
    for (n, relation) in [(1, "first"), (3, "last")] {
        let link = format!("<{BASE}/history/{id}/{n}>; rel=\"{relation}\"");
        assert!(timemap.text().contains(&link), "{}", timemap.text());
    }
    assert!(timemap.text().contains(&format!("<{}>; rel=\"original\"", text(&first, "permalink"))));
    let gate = |at: &str| inside.ask("GET", &format!("/timegate/{id}"), &[("accept-datetime", at)], "");
    let at = |n: usize| mementos[n].split("datetime=\"").nth(1).unwrap().split('"').next().unwrap();
    for (moment, n) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        (at(0), 1),
        (at(1), 2),
        (at(2), 3),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3),
    ] {
        let reply = gate(moment);
        assert_eq!(reply.header("location"), format!("{BASE}/history/{id}/{n}"), "{moment}");
        assert_eq!((reply.status, reply.header("vary")), (302, "accept-datetime"));
        let memento = inside.read(reply.header("location"));
        assert_eq!(memento.header("memento-datetime"), at(n - 1));
    }
    assert_eq!(gate("yesterday").status, 400);
}
