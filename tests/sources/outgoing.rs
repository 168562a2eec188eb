//! Addresses of this very machine, in every spelling, through every way that makes the server fetch: a canary that listens
//! on all of them sees no connection.
//!
//! Names that change between check and connection need a resolver of their own: `src/egress/tests.rs` has one, for
//! the one function that all these ways go through.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::battery::spellings::{OTHERS, spellings};
use crate::battery::{full, row};
use crate::served::{Ask as _, Place, bulletin, text, until};
use crate::site::{Answer, Asked, Site, answer};
use crate::{last_error, place};

/// Addresses that lead to this machine, so that whatever is let through is seen.
const HERE: [[u8; 4]; 9] = [
    [127, 0, 0, 1],
    [127, 0, 0, 2],
    [127, 1, 1, 1],
    [127, 8, 9, 10],
    [127, 100, 0, 100],
    [127, 127, 127, 127],
    [127, 200, 255, 1],
    [127, 255, 255, 254],
    [0, 0, 0, 0],
];

/// What is said of an address that was not asked.
const REFUSALS: [&str; 4] =
    ["an inside address", "leave them out", "is no address that can be fetched", "without a usable Location"];

/// Listens on every address of this machine, and counts who comes.
struct Canary {
    port: u16,
    came: Arc<AtomicUsize>,
}

impl Canary {
    fn new() -> Canary {
        // Of both versions, where the machine has both.
        let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let came = Arc::<AtomicUsize>::default();
        let counted = came.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ncaught");
            }
        });
        Canary { port, came }
    }

    /// That nobody came, although it listens.
    fn is_untouched(&self, what: &str) {
        assert_eq!(self.came.load(Ordering::SeqCst), 0, "{what}");
        for host in ["127.0.0.1", "127.255.255.254"] {
            let before = self.came.load(Ordering::SeqCst);
            drop(TcpStream::connect((host, self.port)).unwrap());
            until("it is seen", || (self.came.load(Ordering::SeqCst) > before).then_some(()));
        }
    }

    /// Its address in every spelling.
    fn urls(&self) -> Vec<String> {
        let here = HERE.iter().take(if full() { HERE.len() } else { 1 });
        let hosts = here.flat_map(|address| spellings(*address)).chain(OTHERS.map(String::from));
        hosts.map(|host| format!("http://{host}:{}/", self.port)).collect()
    }
}

/// The number at the end of a path.
fn number(asked: &Asked) -> usize {
    let path = asked.path.split('?').next().unwrap_or_default();
    path.rsplit('/').next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn feed(name: &str, url: &str, more: &str) -> String {
    let url = Value::from(url);
    format!("[[source]]\nname = \"{name}\"\nkind = \"feed\"\nurl = {url}\ninterval_seconds = 3600\n{more}\n")
}

/// Whether a configuration takes it: what is no address is refused there, by name.
fn can_be_configured(url: &str) -> bool {
    let ran = Place::with(&feed("x", url, "")).run(&["sources", "--json"]);
    assert!(ran.code == Some(0) || ran.err.contains("source.url"), "{url}: {ran:?}");
    ran.code == Some(0)
}

#[test]
fn no_feed_and_no_redirect_of_one_leads_inside() {
    let canary = Canary::new();
    let urls = canary.urls();
    let targets = urls.clone();
    let site = Site::new(move |asked| {
        let status = ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"];
        let n = number(asked);
        answer(status[n % 5], &format!("Location: {}\r\n", targets[n]), "")
    });
    let named = urls.iter().filter(|url| can_be_configured(url)).enumerate();
    let named: Vec<String> = named.map(|(n, url)| feed(&format!("named-{n}"), url, "")).collect();
    let led = (0..urls.len()).map(|n| feed(&format!("led-{n}"), &site.url(&format!("/{n}")), ""));
    let sources: Vec<String> = named.iter().cloned().chain(led).collect();
    assert!(named.len() * 10 > urls.len() * 8, "most of them are addresses: {}", named.len());
    let place = place(Some(&site), &sources.concat());
    let server = place.serve();
    let all = || {
        let ran = place.run(&["sources", "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()
    };
    let asked = until("each was tried", || {
        let all = all();
        all.iter().all(|source| source["failures"].as_u64() > Some(0)).then_some(all)
    });
    for source in &asked {
        let why = last_error(source);
        assert!(REFUSALS.iter().any(|part| why.contains(part)), "{source}");
    }
    assert!(site.count() >= urls.len(), "the redirects were asked for");
    drop(server);
    canary.is_untouched("feeds");
    row("an inside address as a feed", named.len(), "refused by name, no connection at the canary");
    row(
        "an inside address behind a feed's redirect",
        urls.len(),
        "refused by name, no connection at the canary",
    );
}

#[test]
fn no_entry_leads_a_full_text_source_inside() {
    let canary = Canary::new();
    let urls = canary.urls();
    let (links, own) = (urls.clone(), Arc::new(std::sync::OnceLock::<String>::new()));
    let base = own.clone();
    let site = Site::new(move |asked| {
        let entry = |n: usize, url: &str| json!({"id": format!("entry-{n}"), "url": url, "title": format!("Notice {n}"), "body_text": format!("In short: {n}.")});
        let json = "Content-Type: application/json\r\n";
        let own = base.get().unwrap();
        match asked.path.as_str() {
            // Each address as the entry's own, and behind a redirect of its page.
            "/list" => {
                let own = (0..links.len()).map(|n| entry(links.len() + n, &format!("{own}/page/{n}")));
                let named = links.iter().enumerate().map(|(n, url)| entry(n, url));
                answer("200 OK", json, Value::from_iter(named.chain(own)).to_string())
            }
            _ => answer("302 Found", &format!("Location: {}\r\n", links[number(asked)]), ""),
        }
    });
    own.set(site.url("")).unwrap();
    let place = place(Some(&site), &feed("pier", &site.url("/list"), "full_text = true\n"));
    let server = place.serve();
    let count = urls.len() as u64 * 2;
    until("every entry is there", || {
        (server.read("/readyz").json()["bulletins"].as_u64() == Some(count)).then_some(())
    });
    let pages = (0..urls.len()).filter(|n| !site.asked(&format!("/page/{n}")).is_empty()).count();
    // Where some of the names lead nowhere at all, the site is asked for no more of its pages this time.
    assert!(pages >= urls.len() - OTHERS.len(), "full texts are asked for: {pages} of {}", urls.len());
    drop(server);
    canary.is_untouched("full texts");
    row(
        "an inside address as an entry's page, and behind its redirect",
        urls.len() * 2,
        "the entry as it came, no connection at the canary",
    );
}

/// What a site says of where it goes on, as the path asks for it.
fn going_on(asked: &Asked, urls: &[String]) -> Answer {
    let n = number(asked);
    let url = urls[n].replace('&', "&amp;");
    let item = format!(
        "<item><title>Notice {n}</title><guid>{}</guid><description>Tide.</description></item>",
        asked.path.replace('&', "+")
    );
    let rss = |channel: String| {
        let document = format!(
            "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>Pier</title>{channel}{item}</channel></rss>"
        );
        answer("200 OK", "Content-Type: application/rss+xml\r\n", document)
    };
    match asked.path.trim_start_matches('/').split('/').next().unwrap_or_default() {
        "prev" => rss(format!("<atom:link rel=\"prev-archive\" href=\"{url}\"/>")),
        "next" => rss(format!("<atom:link rel=\"next\" href=\"{url}\"/>")),
        "paged" if asked.path.contains("paged=") => answer("302 Found", &format!("Location: {url}\r\n"), ""),
        "paged" => rss("<generator>https://wordpress.org/?v=6.4.2</generator>".into()),
        "json" => {
            let feed = json!({"version": "https://jsonfeed.org/version/1.1", "title": "Pier", "next_url": urls[n], "items": [bulletin(n)]});
            answer("200 OK", "Content-Type: application/feed+json\r\n", feed.to_string())
        }
        _ => {
            let text = "The ferry waits for the tide, and so does everybody else. ".repeat(8);
            let page = format!(
                "<!DOCTYPE html><title>Notice {n}</title><link rel=next href=\"{url}\"><article><h1>Notice {n}</h1><p>{n} {text}</p></article>"
            );
            answer("200 OK", "Content-Type: text/html\r\n", page)
        }
    }
}

#[test]
fn no_older_part_of_a_feed_leads_inside() {
    let canary = Canary::new();
    let urls = canary.urls();
    let targets = urls.clone();
    let site = Site::new(move |asked| going_on(asked, &targets));
    let place = place(Some(&site), "");
    let ways = ["prev", "next", "paged", "json", "html"];
    let mut tried = 0;
    for way in ways {
        let asked: Vec<String> = (0..urls.len()).map(|n| site.url(&format!("/{way}/{n}"))).collect();
        let arguments: Vec<&str> = asked.iter().map(String::as_str).collect();
        let ran = place.run(&[&["ingest", "--json", "--past"], &arguments[..]].concat());
        let refused = ran.out.matches("\"refused\"").count();
        assert!(
            ran.code == Some(1) && refused * 10 > urls.len() * 7,
            "{way}: {refused} refused, {}",
            ran.err
        );
        tried += urls.len();
    }
    assert!(site.count() >= tried + urls.len(), "each was asked for, and its second page of WordPress");
    canary.is_untouched("older parts");
    row(
        "an inside address as what a feed or page says is older (RFC 5005, next, ?paged=)",
        tried,
        "not followed, no connection at the canary",
    );
}

#[test]
fn no_address_of_the_command_line_and_no_repair_leads_inside() {
    let canary = Canary::new();
    let urls = canary.urls();
    let targets = urls.clone();
    let site = Site::new(move |asked| {
        // `repair` puts its own paths behind what it was given.
        let n =
            asked.path.split('/').nth(1).and_then(|digits| digits.parse::<usize>().ok()).unwrap_or_default();
        answer("307 Temporary", &format!("Location: {}\r\n", targets[n]), "")
    });
    let place = place(Some(&site), "");
    let arguments: Vec<&str> = urls.iter().map(String::as_str).collect();
    let ran = place.run(&[&["ingest", "--json"], &arguments[..]].concat());
    let refused = ran.json();
    assert_eq!((ran.code, refused.len()), (Some(1), urls.len()));
    for refused in &refused {
        let why = text(refused, "why");
        assert!(REFUSALS.iter().any(|part| why.contains(part)), "{refused}");
    }
    // An original whose record cannot be told from its checksum.
    place.file("1.json", bulletin(1).to_string());
    place.ingest(&["news"]);
    let segment = place.data().join("journal/annals-00000001.warc.gz");
    let mut journal = std::fs::read(&segment).unwrap();
    let middle = journal.len() / 2;
    journal[middle..middle + 40].fill(0x55);
    std::fs::write(&segment, journal).unwrap();
    let led = (0..urls.len()).map(|n| site.url(&format!("/{n}")));
    let from: Vec<String> = urls.iter().cloned().chain(led).collect();
    for from in &from {
        let ran = place.run(&["repair", "--from", from]);
        assert_eq!(ran.code, Some(1), "{from}: {ran:?}");
        assert!(REFUSALS.iter().any(|part| ran.out.contains(part)), "{from}: {ran:?}");
    }
    assert!(site.count() >= urls.len(), "the redirects were asked for");
    canary.is_untouched("commands");
    row(
        "an inside address for `annals ingest URL`",
        urls.len(),
        "refused by name, no connection at the canary",
    );
    row(
        "an inside address for `annals repair --from`, and behind a redirect",
        from.len(),
        "refused by name, no connection at the canary",
    );
}

/// Documents that name an address wherever their format has room for one.
fn documents(url: &str) -> Vec<(&'static str, String)> {
    let url = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let text = "High water is at noon, and the ferry waits for it. ".repeat(6);
    let marks = format!(
        "<img src=\"{url}\" srcset=\"{url} 2x\"><link rel=stylesheet href=\"{url}\"><script src=\"{url}\"></script><iframe src=\"{url}\"></iframe>\
         <object data=\"{url}\"></object><video src=\"{url}\" poster=\"{url}\"></video><a href=\"{url}\" ping=\"{url}\">a</a><base href=\"{url}\">"
    );
    let escaped = marks.replace('<', "&lt;").replace('"', "&quot;");
    vec![
        ("text/html", format!(
            "<!DOCTYPE html SYSTEM \"{url}\"><html manifest=\"{url}\"><head><title>Tides</title><base href=\"{url}\"><meta http-equiv=refresh content=\"0;url={url}\">\
             <link rel=canonical href=\"{url}\"><link rel=amphtml href=\"{url}\"><meta property=og:image content=\"{url}\"><meta property=og:url content=\"{url}\">\
             <script type=application/ld+json>{{\"@context\": \"{url}\", \"@type\": \"NewsArticle\", \"image\": \"{url}\", \"url\": \"{url}\"}}</script></head>\
             <body><article><h1>Tides</h1><p>{text}</p>{marks}</article></body></html>"
        )),
        ("application/rss+xml", format!(
            "<?xml version=\"1.0\"?><?xml-stylesheet href=\"{url}\"?><!DOCTYPE rss SYSTEM \"{url}\"><rss version=\"2.0\" xmlns:xi=\"http://www.w3.org/2001/XInclude\" \
             xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>x</title><link>{url}</link><docs>{url}</docs><image><url>{url}</url></image>\
             <atom:link rel=\"hub\" href=\"{url}\"/><atom:link rel=\"next\" href=\"{url}\"/><cloud domain=\"127.0.0.1\" port=\"80\" path=\"/\"/><xi:include href=\"{url}\"/>\
             <item><title>Tides</title><link>{url}</link><comments>{url}</comments><source url=\"{url}\">x</source><enclosure url=\"{url}\" type=\"image/png\" length=\"1\"/>\
             <media:content url=\"{url}\"/><media:thumbnail url=\"{url}\"/><description>{escaped}</description></item></channel></rss>"
        )),
        ("application/rss+xml", format!("<!DOCTYPE rss [<!ENTITY x SYSTEM \"{url}\"><!ENTITY % y SYSTEM \"{url}\">%y;]><rss><channel><item><title>Tides</title><description>&x;</description></item></channel></rss>")),
        ("application/atom+xml", format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"{url}\"><id>tag:x.example,2020:f</id><title>x</title><updated>2020-01-01T00:00:00Z</updated><icon>{url}</icon><logo>{url}</logo>\
             <link rel=\"next\" href=\"{url}\"/><link rel=\"hub\" href=\"{url}\"/><entry><id>tag:x.example,2020:1</id><title>Tides</title><updated>2020-01-01T00:00:00Z</updated>\
             <link href=\"{url}\"/><link rel=\"enclosure\" href=\"{url}\"/><content type=\"text/html\" src=\"{url}\"/><summary>Tides.</summary></entry></feed>"
        )),
        ("application/json", json!({
            "title": "Tides", "url": url, "body_html": format!("<p>{text}</p>{marks}"), "authors": [{"name": "Ada", "url": url}],
            "enclosures": [{"url": url, "type": "image/png"}],
        }).to_string()),
        ("application/feed+json", json!({
            "version": "https://jsonfeed.org/version/1.1", "title": "x", "home_page_url": url, "feed_url": url, "next_url": url, "icon": url, "hubs": [{"type": "WebSub", "url": url}],
            "items": [{"id": "1", "url": url, "external_url": url, "image": url, "banner_image": url, "title": "Tides", "content_html": marks, "attachments": [{"url": url, "mime_type": "image/png"}]}],
        }).to_string()),
        ("text/markdown", format!("---\ntitle: Tides\nimage: \"{url}\"\n---\n\n{text}\n\n![a]({url}) [b]({url}) <{url}>\n\n{marks}\n")),
        ("message/rfc822", format!(
            "From: Press <press@tides.example.org>\r\nSubject: Tides\r\nDate: Tue, 3 Apr 2018 10:00:00 +0000\r\nList-Archive: <{url}>\r\nList-Unsubscribe: <{url}>\r\n\
             List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nDisposition-Notification-To: a@tides.example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/html\r\n\r\n<p>{text}</p>{marks}\r\n--b\r\nContent-Type: message/external-body; access-type=URL; URL=\"{url}\"\r\n\r\nContent-Type: text/plain\r\n\r\n--b--\r\n"
        )),
    ]
}

#[test]
fn what_is_taken_in_makes_nobody_fetch_what_it_names_whatever_rules_say_of_it() {
    let canary = Canary::new();
    let rules =
        "[[rule]]\nurl = \"**\"\ncategory = [\"Tides\"]\n[[rule]]\ntitle = \"http\"\nlanguage = \"en\"\n";
    let place = Place::new();
    let config = place.dir.path().join("config.toml");
    let lines = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{lines}{rules}")).unwrap();
    let server = place.serve();
    let (mut tried, mut taken) = (0, 0);
    for url in canary.urls() {
        for (media_type, document) in documents(&url) {
            let reply = server.post("/bulletins", media_type, document);
            assert!(reply.status < 500, "{media_type} {url}: {reply:?}");
            taken += usize::from(reply.status < 300);
            tried += 1;
        }
    }
    assert!(taken * 2 > tried, "most are taken in: {taken} of {tried}");
    // What is shown of it is made, too.
    for path in ["/", "/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json"] {
        server.read(path);
    }
    server.terminate();
    canary.is_untouched("documents");
    row(
        "an inside address wherever documents of eight kinds have room for one, with rules that match it",
        tried,
        "taken in or refused, no connection at the canary",
    );
}
