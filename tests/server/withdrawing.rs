//! What was withdrawn is gone from public view, and from nowhere else.

use crate::served::reader::{document, follow};
use crate::served::{Ask, Place, bulletin, but, sha256, text};

const FORMATS: [&str; 3] = ["atom", "rss", "json"];

#[test]
fn what_was_withdrawn_is_gone_from_public_view_but_not_from_the_journal() {
    let place = Place::new();
    let inside = place.inside();
    let secret = but(bulletin(1), "body_html", "<p>The minister swims at six.</p>");
    let receipt = inside.admit(&secret);
    let corrected = inside.admit(&but(secret.clone(), "title", "Corrected"));
    inside.admit(&bulletin(2));
    let (id, entry_id) = (text(&receipt, "id"), text(&receipt, "entry_id"));
    let hexes = [&receipt, &corrected].map(|receipt| text(receipt, "digest")[7..].to_string());
    let mut paths: Vec<String> =
        ["", ".json", ".atom", ".txt"].map(|form| format!("/bulletins/{id}{form}")).into();
    paths.extend(["", "/1", "/2", "/1..2"].map(|part| format!("/history/{id}{part}")));
    paths.extend([format!("/timemap/{id}"), format!("/timegate/{id}")]);
    paths.extend(hexes.map(|hex| format!("/content/sha256/{hex}")));
    paths.push(format!("/original/sha256/{}", sha256(secret.to_string().as_bytes())));
    let lists = [
        "/",
        "/feeds",
        "/category/tides-currents",
        "/year/2016",
        "/category/tides-currents/year/2016",
        "/sitemap/1.xml",
        "/feeds/all.atom",
        "/feeds/all.rss",
        "/feeds/all.json",
        "/feeds/category/tides-currents.atom",
        "/feeds/year/2016.rss",
    ];
    let shown = |path: &str| {
        let reply = inside.get(path);
        reply.text().contains("minister") || reply.text().contains(&format!("/{id}/"))
    };
    assert!(shown("/") && shown("/feeds/all.json") && shown("/sitemap/1.xml"));
    let before = inside.read("/readyz").json();

    let reply = inside.command("DELETE", &format!("/bulletins/{id}?reason=Not+meant+for+all"));
    assert_eq!((reply.status, text(&reply.json(), "outcome")), (200, "withdrawn"));
    for path in &paths {
        let reply = inside.get(path);
        assert_eq!(reply.status, 410, "{path}");
        assert!(text(&reply.json(), "detail").contains("Not meant for all"), "{path}");
    }
    for path in lists {
        assert!(!shown(path), "{path} still shows it: {}", inside.get(path).text());
    }
    for selection in ["all", "category/tides-currents", "year/2016", "category/tides-currents/year/2016"] {
        for format in FORMATS {
            let feed = document(&inside, &format!("/feeds/{selection}.{format}"));
            assert_eq!(feed.deleted, [entry_id], "{selection}.{format}");
        }
    }
    assert!(inside.read("/feeds/all.atom").text().contains("Not meant for all"), "the tombstone says why");
    let again = inside.post("/bulletins", "application/json", secret.to_string());
    assert_eq!((again.status, text(&again.json(), "outcome")), (200, "withdrawn"));
    let new_words = inside.admit(&but(secret.clone(), "title", "Sent once more, in other words"));
    assert_eq!(new_words["outcome"], "withdrawn");
    assert_eq!(inside.command("DELETE", &format!("/bulletins/{id}?reason=again")).status, 409);
    let after = inside.read("/readyz").json();
    assert_eq!(after["events"].as_u64(), before["events"].as_u64().map(|events| events + 1));
    drop(inside);

    let report = place.verify();
    assert_eq!((&report["events"], &report["originals"]), (&after["events"], &3.into()), "{report}");
    place.rebuild();
    let inside = place.inside();
    assert_eq!(inside.get(&format!("/bulletins/{id}.json")).status, 410);
    let reply = inside.command("POST", &format!("/bulletins/{id}/restore"));
    assert_eq!((reply.status, text(&reply.json(), "outcome")), (200, "restored"));
    for path in &paths {
        let reply = inside.get(path);
        assert!(matches!(reply.status, 200 | 301 | 302), "{path}: {}", reply.status);
    }
    for format in FORMATS {
        let feed = document(&inside, &format!("/feeds/all.{format}"));
        assert_eq!((feed.ids()[0], feed.deleted.len()), (entry_id, 0), "{format}: back, and as news");
    }
    assert_eq!(inside.command("POST", &format!("/bulletins/{id}/restore")).status, 409);
}

#[test]
fn what_was_withdrawn_leaves_sealed_documents_as_well_even_of_selections_that_it_had_left() {
    let place = Place::new();
    let inside = place.inside();
    let first = but(bulletin(0), "body_html", "<p>The minister swims at six.</p>");
    let receipt = inside.admit(&first);
    let id = text(&receipt, "id");
    (1..=110)
        .for_each(|n| drop(inside.admit(&but(bulletin(n), "categories", serde_json::json!(["Ferries"])))));
    inside.put(id, &but(but(first, "categories", serde_json::json!(["Weather"])), "title", "Moved"));
    let sealed = "/feeds/category/ferries/archive/1";
    let mut known = Vec::new();
    for format in FORMATS {
        let reply = inside.read(&format!("{sealed}.{format}"));
        assert!(reply.text().contains("minister"), "{format}");
        known.push((reply.header("etag").to_string(), reply.header("last-modified").to_string()));
    }
    let seconds = |reply: &str| httpdate::parse_http_date(reply).unwrap();
    inside.command("DELETE", &format!("/bulletins/{id}?reason=x"));
    for (format, (etag, modified)) in FORMATS.iter().zip(&known) {
        let path = format!("{sealed}.{format}");
        let reply = inside.read(&path);
        assert!(!reply.text().contains("minister"), "{format}: still there");
        assert_ne!(reply.header("etag"), etag);
        assert!(
            seconds(reply.header("last-modified")) > seconds(modified),
            "a reader that asks by date learns of it"
        );
        assert_eq!(inside.ask("GET", &path, &[("if-modified-since", modified)], "").status, 200);
    }
    inside.command("POST", &format!("/bulletins/{id}/restore"));
    for (format, (etag, _)) in FORMATS.iter().zip(&known) {
        let reply = inside.read(&format!("{sealed}.{format}"));
        assert_eq!(reply.header("etag"), etag, "{format}: as it was sealed");
    }
    assert!(follow(&inside, "/feeds/category/weather.atom").contains_key(text(&receipt, "entry_id")));
    assert!(!follow(&inside, "/feeds/category/ferries.atom").contains_key(text(&receipt, "entry_id")));
}

#[test]
fn what_its_source_takes_back_in_a_feed_is_gone_from_what_was_rendered_before() {
    let place = Place::new();
    let inside = place.inside();
    // An id that is an address of its own: what the source itself calls the entry.
    let first = but(but(bulletin(0), "categories", serde_json::json!(["Ferries"])), "id", "urn:harbour:0");
    let receipt = inside.admit(&first);
    inside.put(
        text(&receipt, "id"),
        &but(but(first, "categories", serde_json::json!(["Weather"])), "title", "Moved"),
    );
    let left = "/feeds/category/ferries.atom";
    assert!(inside.read(left).text().contains("no longer in this selection"), "and the document is kept");
    let feed = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\">\
         <id>urn:x:desk</id><title>Desk</title><updated>2026-01-01T00:00:00Z</updated>\
         <at:deleted-entry ref=\"{}\" when=\"2026-01-01T00:00:00Z\">\
         <at:comment>Printed by mistake</at:comment></at:deleted-entry></feed>",
        text(&receipt, "entry_id")
    );
    let reply = inside.post("/bulletins?source=desk", "application/atom+xml", feed);
    assert_eq!(reply.json()[0]["outcome"], "withdrawn", "{reply:?}");
    // The selection that it had left has no event of this, and its document is another all the same.
    assert!(inside.read(left).text().contains("Printed by mistake"));
}
