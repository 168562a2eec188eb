//! An archive to look at: some years of notices, a correction, a withdrawal, and texts in three scripts.

use std::net::TcpListener;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::served::{Ask, Place, Server, TOKEN, text};

pub struct Scene {
    pub server: Server,
    /// The site's own address, which is where it is served.
    pub base: String,
    /// Paths, by what they show.
    pub corrected: String,
    pub withdrawn: String,
    pub arabic: String,
    pub id: String,
    /// Of an editor who is signed in at the desk.
    pub cookie: String,
    /// What the editor sees there, by name.
    desk: Vec<(&'static str, String)>,
    _place: Place,
}

/// The subjects of the notices, in turn.
const SUBJECTS: [(&str, &str); 6] = [
    ("Night ferry to Calais sails again", "Ferries"),
    ("Lighthouse at Cape Varre to be repainted", "Lighthouses"),
    ("Tide tables for the coming season", "Tides & currents"),
    ("Pilot boats return from the yard", "Ferries"),
    ("Storm closes the outer mole", "Weather"),
    ("Lifeboat crews train off Gull Spit", "People"),
];

/// The `n`th of any number of notices.
fn notice(n: usize) -> Value {
    let (subject, category) = SUBJECTS[n % SUBJECTS.len()];
    let (year, month, day) = (2016 + n % 10, 1 + n * 7 % 12, 1 + n * 5 % 28);
    let date = if n % 9 == 4 { format!("{year}-{month:02}") } else { format!("{year}-{month:02}-{day:02}") };
    let sentence =
        format!("The harbour office counts {n} sailings and keeps the quay open to walkers until dusk. ");
    json!({
        "id": format!("notice-{n}"),
        "title": format!("{subject}, notice {n}"),
        "summary": format!("{subject}: what changes for crews and passengers, and from when."),
        "body_html": format!("<p>{}</p><p>{}</p>", sentence.repeat(3).trim(), sentence.repeat(2).trim()),
        "published": date,
        "categories": [category],
        "language": "en",
        "authors": [{ "name": "Press desk" }],
    })
}

impl Scene {
    pub fn new() -> Scene {
        let place = Place::new();
        // Redirects lead to the configured address, so the browser has to find the server there.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let base = format!("http://127.0.0.1:{port}");
        let config = place.dir.path().join("config.toml");
        let settings = std::fs::read_to_string(&config).unwrap();
        let settings = settings
            .replace(crate::served::BASE, &base)
            .replace("127.0.0.1:0", &format!("127.0.0.1:{port}"))
            .replace(
                "title = \"Tide Office\"",
                "title = \"Tide Office\"\ndescription = \"Notices of the estuary and its ferries since 2016.\"",
            );
        // A source that does well, and one whose folder is not there.
        let outbox = place.dir.path().join("outbox");
        std::fs::create_dir(&outbox).unwrap();
        let source = |name: &str, path: &std::path::Path| {
            format!("\n[[source]]\nname = \"{name}\"\nkind = \"folder\"\npath = \"{}\"\n", path.display())
        };
        let sources = source("outbox", &outbox) + &source("tide-gauge", &outbox.join("missing"));
        std::fs::write(config, settings + &sources).unwrap();
        let server = place.serve();
        let all: Vec<Value> = (0..120).map(notice).collect();
        server.post("/bulletins", "application/json", Value::from(all).to_string());
        let first = json!({
            "id": "calais", "title": "Calais ferry doubles its winter crossings", "published": "2025-11-03T09:30:00+01:00",
            "body_html": "<p>The night ferry to Calais will cross six times a day from 3 December.</p><h2>What passengers can do</h2>\
                <ul><li>Book at the quay</li><li>Travel with a bicycle, free of charge</li></ul>\
                <p>“We had asked for this since the spring,” said Orla Quill, who is in charge of the crossings.</p>",
            "categories": ["Ferries", "Press release"], "language": "en", "url": "https://estuary.example.org/press/calais",
            "authors": [{ "name": "Ada Fenwick" }],
        });
        let receipt = server.admit(&first);
        let id = text(&receipt, "id").to_string();
        let mut corrected = first.clone();
        corrected["body_html"] = text(&first, "body_html")
            .replace("six times", "eight times")
            .replace("<li>Book at the quay</li>", "<li>Book at the quay</li><li>Cancel until noon</li>")
            .into();
        server.put(&id, &corrected);
        let withdrawn = server.admit(&json!({
            "id": "embargo", "title": "Dredgers leave", "body_html": "<p>Too early.</p>", "published": "2025-10-01",
        }));
        let gone = text(&withdrawn, "id");
        server.command("DELETE", &format!("/bulletins/{gone}?reason=Published%20before%20the%20embargo."));
        let arabic = server.admit(&json!({
            "id": "arabic", "title": "المياه النظيفة تصل إلى 40 ألف شخص", "language": "ar", "published": "2025-06",
            "body_html": "<p>افتتحت هذا الأسبوع محطتا ضخ جديدتان تنهيان نقصا بدأ مع فيضانات آذار.</p>",
            "categories": ["Press release"],
        }));
        let path = |receipt: &Value| text(receipt, "permalink").strip_prefix(&base).unwrap().to_string();
        let cookie = signed_in(&server);
        let desk = vec![
            ("desk", "/desk".to_string()),
            ("desk-not-found", "/desk?find=nothing".into()),
            ("desk-draft", handed_in(&server, &cookie, page_of_the_press_office())),
            ("desk-refused", handed_in(&server, &cookie, "{\"title\": 5}")),
            ("desk-bulletin", format!("/desk/bulletins/{id}")),
            ("desk-withdrawn", format!("/desk/bulletins/{gone}?done=withdrawn")),
            ("desk-sources", "/desk/sources".into()),
            ("desk-problem", "/desk/drafts/0a".into()),
        ];
        Scene {
            corrected: path(&receipt),
            withdrawn: path(&withdrawn),
            arabic: path(&arabic),
            id,
            base: base.clone(),
            server,
            cookie,
            desk,
            _place: place,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Every kind of page, by name.
    pub fn pages(&self) -> Vec<(&'static str, String)> {
        let id = &self.id;
        let mut pages = vec![
            ("home", "/".to_string()),
            ("year", "/year/2025".into()),
            ("month", "/year/2025?month=11".into()),
            ("category", "/category/ferries".into()),
            ("category-year", "/category/ferries/year/2025".into()),
            ("article", self.corrected.clone()),
            ("article-arabic", self.arabic.clone()),
            ("version", format!("/history/{id}/1")),
            ("history", format!("/history/{id}")),
            ("difference", format!("/history/{id}/1..2")),
            ("feeds", "/feeds".into()),
            ("feeds-category", "/feeds?category=ferries".into()),
            ("about", "/about".into()),
            ("not-found", "/nowhere/at/all".into()),
            ("gone", self.withdrawn.clone()),
            ("further", "/category/ferries?before=20201212.60".into()),
            ("search", "/search?q=Calais".into()),
            ("search-none", "/search?q=zeppelin".into()),
            ("search-how", "/search".into()),
        ];
        pages.extend(self.desk.clone());
        pages
    }
}

/// A page as an editor copies it, with what stands around the article.
pub fn page_of_the_press_office() -> &'static str {
    "<!DOCTYPE html><html lang=en><title>Ferry to Varre waits for the tide | Harbour Office</title>\
     <nav><a href=/>Home port</a> <a href=/contact>Contact</a></nav>\
     <article><h1>Ferry to Varre waits for the tide</h1><p>4 April 2018</p>\
     <p>The ferry of pier two waits for the tide on every day of the week but Sunday, and leaves when the gauge at \
     the mole stands at four metres.</p><p>Passengers who hold a ticket for an earlier crossing may wait on board, \
     where tea is served and the heating is on from October to the end of April.</p></article>\
     <footer>All rights of the harbour</footer>"
}

/// Signs an editor in: the cookie.
fn signed_in(server: &Server) -> String {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let reply = server.ask("POST", "/desk/sign-in", &form, format!("token={TOKEN}"));
    assert_eq!(reply.status, 303, "{reply:?}");
    reply.header("set-cookie").split(';').next().unwrap().into()
}

/// Hands a document in at the desk: where its draft is.
fn handed_in(server: &Server, cookie: &str, document: &str) -> String {
    let desk = server.ask("GET", "/desk", &[("cookie", cookie)], "");
    let mark = desk.text().split("name=\"form\" value=\"").nth(2).unwrap().split('"').next().unwrap();
    let form: String = [("form", mark), ("text", document)]
        .map(|(name, value)| {
            format!("--mole\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .concat();
    let headers = [("cookie", cookie), ("content-type", "multipart/form-data; boundary=mole")];
    let reply = server.ask("POST", "/desk/drafts", &headers, form + "--mole--\r\n");
    assert_eq!(reply.status, 303, "{reply:?}");
    reply.header("location").into()
}

/// Where pictures are kept to be looked at.
pub fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
