//! The promises, each kept by a test that bears its sentence as a name.

mod acknowledged;
#[path = "../served/mod.rs"]
mod served;

use std::collections::BTreeMap;

use annals::catalogue::state::State as _;
use serde_json::{Value, json};
use served::reader::follow;
use served::{Ask, BASE, Inside, Place, bulletin, but, sha256, text, utf8};

const EXTENSIONS: [&str; 3] = ["atom", "rss", "json"];

#[test]
fn a_permalink_answers_for_ever_a_retitled_bulletin_keeps_it_and_a_withdrawn_one_answers_410_with_reason_and_date()
 {
    let place = Place::new();
    let inside = place.inside();
    let first = inside.admit(&bulletin(1));
    let (id, permalink) = (text(&first, "id"), text(&first, "permalink"));
    assert_eq!(permalink, format!("{BASE}/bulletins/{id}/notice-1-of-the-harbour"));
    let retitled = inside.admit(&but(bulletin(1), "title", "Another name"));
    assert_eq!((&retitled["outcome"], &retitled["permalink"]), (&json!("revised"), &first["permalink"]));
    assert!(inside.read(permalink).text().contains("Another name"));
    for elsewhere in [format!("/bulletins/{id}"), format!("/bulletins/{id}/another-name")] {
        let reply = inside.get(&elsewhere);
        assert_eq!((reply.status, reply.header("location")), (301, permalink), "{elsewhere}");
    }
    let withdrawn = inside.command("DELETE", &format!("/bulletins/{id}?reason=Sent+before+its+time"));
    assert_eq!(withdrawn.json()["outcome"], "withdrawn");
    let day = withdrawn_at(&inside, id);
    drop(inside);
    // For ever is longer than one process, and than one catalogue.
    std::fs::remove_dir_all(place.data().join("catalogue")).unwrap();
    let inside = place.inside();
    for path in [permalink.to_string(), format!("{BASE}/bulletins/{id}"), format!("{BASE}/bulletins/{id}/x")]
    {
        let path = path.strip_prefix(BASE).unwrap();
        let problem = inside.get(path);
        assert_eq!((problem.status, problem.header("content-type")), (410, "application/problem+json"));
        let detail = text(&problem.json(), "detail").to_string();
        assert!(detail.contains("Sent before its time") && detail.contains(&day), "{detail}");
        let page = inside.ask("GET", path, &[("accept", "text/html")], "");
        assert_eq!((page.status, page.header("content-type")), (410, "text/html; charset=utf-8"));
        assert!(
            page.text().contains("Sent before its time") && page.text().contains(&day),
            "{}",
            page.text()
        );
        assert!(!page.text().contains("pier"), "nothing of what it said");
    }
    inside.command("POST", &format!("/bulletins/{id}/restore"));
    assert!(inside.read(permalink).text().contains("Another name"));
}

/// The day of a withdrawal, as its tombstone says it.
fn withdrawn_at(inside: &Inside, id: &str) -> String {
    let feed = inside.read("/feeds/all.json").json();
    let deleted = feed["_annals"]["deleted"].as_array().unwrap();
    let tombstone = deleted.iter().find(|it| text(it, "id").ends_with(id)).unwrap();
    text(tombstone, "when")[..10].to_string()
}

#[test]
fn an_entrys_id_never_changes_a_correction_is_a_new_version_under_the_same_id_in_every_feed_and_every_reader()
{
    let place = Place::new();
    let mut inside = place.inside();
    let minted = inside.admit(&bulletin(1));
    let brought = inside.admit(&but(bulletin(2), "id", "https://old.example.org/?p=12"));
    assert_eq!(minted["entry_id"], format!("tag:news.example.org,2026:{}", text(&minted, "id")));
    assert_eq!(brought["entry_id"], "https://old.example.org/?p=12");
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut is_the_same = |inside: &Inside, version: u32| {
        for (n, receipt) in [(1, &minted), (2, &brought)] {
            let (id, entry_id) = (text(receipt, "id"), text(receipt, "entry_id"));
            let json = inside.read(&format!("/bulletins/{id}.json")).json();
            assert_eq!((&json["entry_id"], &json["version"]), (&receipt["entry_id"], &json!(version)));
            let atom = inside.read(&format!("/bulletins/{id}.atom"));
            assert!(atom.text().contains(&format!("<id>{entry_id}</id>")), "{}", atom.text());
            let category = ["ferries", "tides-currents", "weather"][n % 3];
            for selection in ["all".into(), format!("category/{category}"), format!("year/{}", 2015 + n % 4)]
            {
                for extension in EXTENSIONS {
                    let held = follow(inside, &format!("/feeds/{selection}.{extension}"));
                    assert_eq!(held[entry_id].digest, text(&json, "digest"), "{selection}.{extension}");
                }
            }
            let guid = inside.read("/feeds/all.rss");
            assert!(guid.text().contains(&format!("<guid isPermaLink=\"false\">{entry_id}</guid>")));
            assert_eq!(known.entry(id.into()).or_insert_with(|| entry_id.into()), entry_id);
        }
    };
    is_the_same(&inside, 1);
    for (n, id) in [(1, "notice-1"), (2, "https://old.example.org/?p=12")] {
        let corrected = but(but(bulletin(n), "id", id), "title", "Corrected");
        assert_eq!(inside.admit(&corrected)["outcome"], "revised");
    }
    is_the_same(&inside, 2);
    for receipt in [&minted, &brought] {
        inside.command("DELETE", &format!("/bulletins/{}?reason=x", text(receipt, "id")));
        inside.command("POST", &format!("/bulletins/{}/restore", text(receipt, "id")));
    }
    is_the_same(&inside, 2);
    drop(inside);
    place.rebuild();
    inside = place.inside();
    is_the_same(&inside, 2);
}

#[test]
fn the_same_bulletin_arriving_by_two_ways_is_one_bulletin() {
    let place = Place::new();
    let inside = place.inside();
    let sentences =
        "The ferry to the outer islands leaves at noon. It carries bicycles, and “dogs” on a lead. ";
    let body = sentences.repeat(4);
    let page = format!(
        "<!DOCTYPE html><html lang=en><title>Summer timetable</title><body><article><h1>Summer timetable</h1>\
         <p>{body}</p></article></body></html>"
    );
    let plain = format!("Summer timetable\n\n{body}\n");
    let page = inside.post("/bulletins?source=site&url=https://tides.example.org/summer", "text/html", page);
    assert_eq!(page.status, 201, "{page:?}");
    let letter = inside.post("/bulletins?source=letter&id=summer", "text/plain", plain);
    assert_eq!((letter.status, &letter.json()["outcome"]), (200, &json!("duplicate")), "{letter:?}");
    assert_eq!(letter.json()["id"], page.json()["id"]);
    assert_eq!(inside.read("/readyz").json()["bulletins"], 1);
    // Both names lead to it from now on, whatever they bring.
    for query in ["source=site&url=https://tides.example.org/summer", "source=letter&id=summer"] {
        let changed = json!({"title": "Summer timetable", "body_text": format!("{query} {body}")});
        let again = inside.post(&format!("/bulletins?{query}"), "application/json", changed.to_string());
        assert_eq!((&again.json()["id"], &again.json()["outcome"]), (&page.json()["id"], &json!("revised")));
    }
    let id = text(&page.json(), "id").to_string();
    assert_eq!(inside.read(&format!("/bulletins/{id}.json")).json()["version"], 3);
}

#[test]
fn two_sources_that_hold_different_versions_do_not_make_them_flap() {
    let place = Place::new();
    let inside = place.inside();
    let url = "https://tides.example.org/n";
    let [ours, theirs] = ["at noon", "at one"]
        .map(|when| json!({"url": url, "title": "Ferry", "body_text": format!("It leaves {when}.")}));
    let mut heads = Vec::new();
    for _ in 0..10 {
        for (source, said) in [("ours", &ours), ("theirs", &theirs)] {
            let reply =
                inside.post(&format!("/bulletins?source={source}"), "application/json", said.to_string());
            assert!(reply.status < 300, "{reply:?}");
        }
        heads.push(inside.head());
    }
    let feed = inside.read("/feeds/all.json").json();
    assert_eq!(feed["items"].as_array().unwrap().len(), 1);
    assert_eq!(feed["items"][0]["_annals"]["version"], 2, "two versions, not twenty");
    assert!(heads.iter().all(|head| head == &heads[0]), "who repeats himself says nothing");
}

#[test]
fn a_url_that_carries_a_hash_serves_bytes_that_have_that_hash() {
    let place = Place::new();
    let inside = place.inside();
    let receipts: Vec<Value> =
        ["Tide", "Tide, corrected"].map(|title| inside.admit(&but(bulletin(1), "title", title))).into();
    assert_eq!(receipts[1]["version"], 2);
    for receipt in &receipts {
        let hex = text(receipt, "digest").strip_prefix("sha256:").unwrap();
        let content = inside.read(&format!("/content/sha256/{hex}"));
        assert_eq!(sha256(&content.body), hex);
        let canonical = serde_json_canonicalizer::to_vec(&content.json()).unwrap();
        assert_eq!(canonical, content.body, "RFC 8785");
    }
    for title in ["Tide", "Tide, corrected"] {
        let original = but(bulletin(1), "title", title).to_string();
        let hex = sha256(original.as_bytes());
        let reply = inside.read(&format!("/original/sha256/{hex}"));
        assert_eq!(reply.text(), original);
        let b64url =
            data_encoding::BASE64URL_NOPAD.encode(&data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
        let named = inside.get(&format!("/.well-known/ni/sha-256/{b64url}"));
        assert_eq!(named.status, 307);
        assert_eq!(sha256(&inside.read(named.header("location")).body), hex);
    }
    // Damage is refused, never served.
    drop(inside);
    let segment = place.data().join("journal/annals-00000001.warc.gz");
    let hex = sha256(but(bulletin(1), "title", "Tide").to_string().as_bytes());
    let mut bytes = std::fs::read(&segment).unwrap();
    let inside = place.inside();
    for at in (bytes.len() / 8..bytes.len() * 5 / 8).step_by(97) {
        bytes[at] ^= 0xff;
    }
    std::fs::write(&segment, bytes).unwrap();
    let reply = inside.get(&format!("/original/sha256/{hex}"));
    assert!(reply.status == 500 || sha256(&reply.body) == hex, "{reply:?}");
    let statuses = receipts.iter().map(|receipt| {
        let hex = text(receipt, "digest").strip_prefix("sha256:").unwrap();
        let reply = inside.get(&format!("/content/sha256/{hex}"));
        assert!(reply.status == 500 || sha256(&reply.body) == hex, "{reply:?}");
        reply.status
    });
    assert!(statuses.chain([reply.status]).any(|status| status == 500), "the damage was felt");
}

/// What a selection should hold: entry id to content digest.
type Truth = BTreeMap<String, String>;

/// The truth of every selection, kept by simple means.
#[derive(Default)]
struct Model {
    /// By number: entry id, digest, and what it says now. None where it is withdrawn.
    standing: BTreeMap<usize, (String, String, Option<Value>)>,
}

impl Model {
    fn admit(&mut self, n: usize, said: Value, receipt: &Value) {
        let (entry_id, digest) = (text(receipt, "entry_id").into(), text(receipt, "digest").into());
        self.standing.insert(n, (entry_id, digest, Some(said)));
    }

    fn selection(&self, belongs: impl Fn(&Value) -> bool) -> Truth {
        let standing = self.standing.values().filter(|(.., said)| said.as_ref().is_some_and(&belongs));
        standing.map(|(entry_id, digest, _)| (entry_id.clone(), digest.clone())).collect()
    }

    /// Every feed in every format, followed to its end, holds what it should and nothing else.
    fn check(&self, inside: &Inside) {
        let year = |said: &Value, year: &str| text(said, "published").starts_with(year);
        let category = |said: &Value, label: &str| said["categories"] == json!([label]);
        let selections: [(&str, Truth); 6] = [
            ("all", self.selection(|_| true)),
            ("year/2016", self.selection(|said| year(said, "2016"))),
            ("year/2017", self.selection(|said| year(said, "2017"))),
            ("category/ferries", self.selection(|said| category(said, "Ferries"))),
            ("category/weather", self.selection(|said| category(said, "Weather"))),
            (
                "category/weather/year/2016",
                self.selection(|said| category(said, "Weather") && year(said, "2016")),
            ),
        ];
        for (selection, truth) in selections {
            for extension in EXTENSIONS {
                let held = follow(inside, &format!("/feeds/{selection}.{extension}"));
                let held: Truth = held.into_iter().map(|(id, held)| (id, held.digest)).collect();
                assert!(held == truth, "{selection}.{extension}: {} of {}", held.len(), truth.len());
            }
        }
    }
}

#[test]
fn following_prev_archive_from_any_feed_rebuilds_its_whole_selection_exactly() {
    const COUNT: usize = 1_250;
    let place = Place::new();
    let inside = place.inside();
    let mut model = Model::default();
    let all: Vec<Value> = (0..COUNT).map(bulletin).collect();
    let receipts = inside.post("/bulletins", "application/json", json!(all).to_string());
    assert_eq!(receipts.status, 200);
    for (n, receipt) in receipts.json().as_array().unwrap().iter().enumerate() {
        model.admit(n, bulletin(n), receipt);
    }
    assert_eq!(model.standing.len(), COUNT);
    model.check(&inside);

    let id = |model: &Model, n: usize| model.standing[&n].0.rsplit(':').next().unwrap().to_string();
    // Old and new ones: revised, withdrawn, moved to another category and to another year.
    for n in [3, 700, 1_249] {
        let said = but(bulletin(n), "title", "Corrected");
        model.admit(n, said.clone(), &inside.put(&id(&model, n), &said));
    }
    for n in [5, 8, 701, 1_248] {
        let reply = inside.command("DELETE", &format!("/bulletins/{}?reason=wrong", id(&model, n)));
        assert_eq!(reply.status, 200, "{reply:?}");
        model.standing.get_mut(&n).unwrap().2 = None;
    }
    for n in [9, 702, 1_245] {
        let said = but(but(bulletin(n), "categories", json!(["Weather"])), "title", "Moved");
        model.admit(n, said.clone(), &inside.put(&id(&model, n), &said));
    }
    for n in [13, 705] {
        let said = but(bulletin(n), "published", "2017-01-02");
        model.admit(n, said.clone(), &inside.put(&id(&model, n), &said));
    }
    // Withdrawn after it had left a selection, and one that came back.
    inside.command("DELETE", &format!("/bulletins/{}?reason=wrong", id(&model, 9)));
    model.standing.get_mut(&9).unwrap().2 = None;
    inside.command("POST", &format!("/bulletins/{}/restore", id(&model, 8)));
    model.standing.get_mut(&8).unwrap().2 = Some(bulletin(8));
    model.check(&inside);
    drop(inside);

    place.rebuild();
    model.check(&place.inside());
}

#[test]
fn the_catalogue_can_be_deleted_at_any_time_and_is_rebuilt_from_the_journal_to_the_same_state_byte_for_byte()
{
    let place = Place::new();
    let catalogue = place.data().join("catalogue");
    let server = place.serve();
    let ids: Vec<String> = (0..250).map(|n| text(&server.admit(&bulletin(n)), "id").to_string()).collect();
    for n in 0..20 {
        server.admit(&but(bulletin(n * 7), "title", "Corrected"));
        server.command("DELETE", &format!("/bulletins/{}?reason=wrong", ids[n * 11 + 1]));
    }
    server.command("POST", &format!("/bulletins/{}/restore", ids[12]));
    let etags = |server: &served::Server| -> Vec<(String, u16, String)> {
        let mut paths: Vec<String> =
            ["/", "/feeds", "/feeds.opml", "/sitemap.xml", "/category/ferries", "/year/2016"]
                .map(Into::into)
                .into();
        for extension in EXTENSIONS {
            for document in ["all", "all/archive/1", "all/archive/2", "category/weather", "year/2017"] {
                paths.push(format!("/feeds/{document}.{extension}"));
            }
        }
        for id in &ids[..30] {
            paths.extend([
                format!("/bulletins/{id}.json"),
                format!("/history/{id}"),
                format!("/bulletins/{id}.txt"),
            ]);
        }
        let ask = |path: String| {
            let reply = server.get(&path);
            let etag = reply.header("etag").to_string();
            (path, reply.status, if etag.is_empty() { reply.text().to_string() } else { etag })
        };
        paths.into_iter().map(ask).collect()
    };
    let before = etags(&server);
    // Under a running server, which does not mind and goes on.
    std::fs::remove_dir_all(&catalogue).unwrap();
    assert!(etags(&server) == before, "what is read does not change");
    let late = server.admit(&bulletin(1_000));
    server.kill();

    let server = place.serve();
    is_there_over(&server, &late);
    assert_eq!(
        server.command("DELETE", &format!("/bulletins/{}?reason=late", text(&late, "id"))).status,
        200
    );
    let before = etags(&server);
    server.terminate();
    let digest = state_digest(&place);
    std::fs::remove_dir_all(&catalogue).unwrap();
    let server = place.serve();
    assert!(etags(&server) == before, "the same answers from another catalogue");
    server.terminate();
    assert_eq!(state_digest(&place), digest);
    assert_eq!(place.rebuild(), digest);
}

fn is_there_over(server: &served::Server, receipt: &Value) {
    let found = server.read(&format!("/bulletins/{}.json", text(receipt, "id"))).json();
    assert_eq!(found["digest"], receipt["digest"]);
}

/// Of the catalogue as it stands, without rebuilding it.
fn state_digest(place: &Place) -> String {
    let path = place.dir.path().join("config.toml");
    let config = annals::config::Config::load(Some(&path), []).unwrap();
    let archive = annals::archive::Archive::open(&config.archive, &|_, _| ()).unwrap();
    assert!(archive.catalogue().position().unwrap().seq > 0, "{}", utf8(&path));
    archive.catalogue().state_digest().unwrap().to_string()
}

#[test]
fn nothing_that_arrives_from_outside_runs_in_a_readers_browser() {
    let place = Place::new();
    let inside = place.inside();
    let hostile = "<p onclick=alert(1)>Tide</p><script>alert(2)</script><img src=x onerror=alert(3)>\
        <a href=\"java\tscript:alert(4)\">a</a><a href='data:text/html,<script>alert(5)</script>'>b</a>\
        <iframe srcdoc='<script>6</script>'></iframe><svg onload=alert(7)><a xlink:href='javascript:8'>x</a></svg>\
        <form action=/bulletins><input></form><base href=//evil.example.org><meta http-equiv=refresh content=0>\
        <style>*{background:url(//evil.example.org)}</style><math><mtext><table><mglyph><style><img src onerror=9>";
    let bulletin = json!({
        "id": "\"><script>alert(1)</script>", "title": "</title><script>alert(1)</script>", "body_html": hostile,
        "summary": "<script>alert(1)</script>", "categories": ["<script>alert(1)</script>"], "published": "2018",
        "authors": [{"name": "<script>alert(1)</script>", "url": "javascript:alert(1)"}],
        "enclosures": [{"url": "javascript:alert(1)", "type": "text/html"}],
        "url": "https://evil.example.org/\"><script>alert(1)</script>",
    });
    let receipt = inside.admit(&bulletin);
    let corrected = inside.admit(&but(bulletin.clone(), "title", "<img src=x onerror=alert(1)>"));
    assert_eq!(corrected["outcome"], "revised");
    let id = text(&receipt, "id");
    // The same without a word of markup, for what is the pages' own: their search, their pictures.
    let place_of_plain = Place::new();
    let plain = place_of_plain.inside();
    let harmless = json!({
        "id": bulletin["id"], "url": bulletin["url"], "title": "Tide", "body_html": "<p>Tide</p>", "summary": "Tides",
        "categories": ["script alert(1) script"], "published": "2018", "authors": [{"name": "The desk"}],
    });
    let receipt_of_plain = plain.admit(&harmless);
    plain.admit(&but(harmless, "title", "High tide"));
    assert_eq!(text(&receipt_of_plain, "id"), id);
    let pages = |receipt: &Value| {
        [
            "/".to_string(),
            "/feeds".into(),
            "/year/2018".into(),
            "/category/script-alert-1-script".into(),
            text(receipt, "permalink").into(),
            format!("/history/{id}"),
            format!("/history/{id}/1"),
            format!("/history/{id}/1..2"),
            "/nothing/<script>alert(1)</script>".replace(['<', '>'], "%3C"),
        ]
    };
    let own = pages(&receipt_of_plain).map(|path| {
        let path = path.strip_prefix(BASE).unwrap_or(&path);
        live_tags(plain.ask("GET", path, &[("accept", "text/html")], "").text())
    });
    for (path, own) in pages(&receipt).iter().zip(&own) {
        let path = path.strip_prefix(BASE).unwrap_or(path);
        let reply = inside.ask("GET", path, &[("accept", "text/html")], "");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        let tags = live_tags(reply.text());
        assert_eq!(&tags, own, "{path}");
    }
    // What feeds hand on to other people's readers, as those see it.
    let feed = inside.read("/feeds/all.json").json();
    let item = &feed["items"][0];
    assert!(live_tags(text(item, "content_html")).is_empty(), "{item}");
    assert!(item["attachments"].is_null(), "no enclosure that acts: {item}");
    let content = inside.read(&format!("/bulletins/{id}.json")).json();
    assert!(live_tags(text(&content["content"], "body")).is_empty(), "{content}");
    for extension in EXTENSIONS {
        let reply = inside.read(&format!("/feeds/all.{extension}"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(!reply.text().contains("javascript:"), "{extension}: {}", reply.text());
    }
    // The bytes as they came are a download, whatever they claim to be.
    let page =
        format!("<!DOCTYPE html><title>x</title><article><p>{}</p></article>{hostile}", "Tide. ".repeat(60));
    assert_eq!(inside.post("/bulletins", "text/html", page.clone()).status, 201);
    let original = inside.read(&format!("/original/sha256/{}", sha256(page.as_bytes())));
    assert_eq!(original.text(), page);
    assert!(original.header("content-disposition").starts_with("attachment"), "{original:?}");
    assert!(original.header("content-security-policy").contains("sandbox"), "{original:?}");
    assert_eq!(original.header("x-content-type-options"), "nosniff");
}

/// Elements that run, load or lead astray.
const LIVE: [&str; 13] = [
    "script", "iframe", "object", "embed", "form", "base", "svg", "math", "style", "input", "frame",
    "applet", "portal",
];

/// What of a page a browser would run, read as browsers read it.
fn live_tags(html: &str) -> Vec<String> {
    let mut live = Vec::new();
    for token in html5gum::Tokenizer::new(html) {
        let Ok(html5gum::Token::StartTag(tag)) = token else { continue };
        let name = String::from_utf8_lossy(&tag.name).to_lowercase();
        for (attribute, value) in &tag.attributes {
            let attribute = String::from_utf8_lossy(attribute).to_lowercase();
            let value: String =
                String::from_utf8_lossy(value).to_lowercase().split(|c: char| c <= ' ').collect();
            let runs = attribute.starts_with("on")
                || ["srcdoc", "http-equiv", "style"].contains(&attribute.as_str());
            let leads =
                ["javascript:", "data:text", "vbscript:"].iter().any(|scheme| value.starts_with(scheme));
            if runs || leads {
                live.push(format!("<{name} {attribute}={value}>"));
            }
        }
        if LIVE.contains(&name.as_str()) {
            live.push(format!("<{name}>"));
        }
    }
    live
}
