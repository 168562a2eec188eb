//! What subscribers rely on: selections, sealed documents, and answers that do not change by themselves.

use serde_json::json;

use crate::served::reader::{document, follow};
use crate::served::{Ask, BASE, Place, bulletin, but, text, utf8};

const FORMATS: [&str; 3] = ["atom", "rss", "json"];

#[test]
fn a_selection_holds_what_it_should_and_nothing_else() {
    let place = Place::new();
    let inside = place.inside();
    let bulletins = [
        ("a", "2018-04-04", json!(["Human interest"])),
        ("b", "2018", json!(["Human interest", "Press release"])),
        ("c", "2018-01-01T00:30:00+02:00", json!(["Press release"])),
        ("d", "2017-12-31T23:30:00-05:00", json!(["Human interest"])),
        ("e", "2017-06", json!([])),
    ];
    for (id, published, categories) in bulletins {
        let id = format!("tag:example.org,2018:{id}");
        let said =
            json!({"id": id, "title": id, "body_text": id, "published": published, "categories": categories});
        inside.admit(&said);
    }
    for (selection, ids) in [
        ("all", "abcde"),
        ("year/2018", "abc"),
        ("year/2017", "de"),
        ("category/human-interest", "abd"),
        ("category/press-release", "bc"),
        ("category/human-interest/year/2018", "ab"),
        ("category/human-interest/year/2017", "d"),
        ("category/press-release/year/2018", "bc"),
    ] {
        let expected: Vec<String> = ids.chars().map(|id| format!("tag:example.org,2018:{id}")).collect();
        for format in FORMATS {
            let held = follow(&inside, &format!("/feeds/{selection}.{format}"));
            assert_eq!(
                held.keys().collect::<Vec<_>>(),
                expected.iter().collect::<Vec<_>>(),
                "{selection}.{format}"
            );
        }
    }
    assert_eq!(inside.get("/feeds/category/press-release/year/2017.atom").status, 404, "never had one");
    let feeds = inside.read("/feeds.opml");
    for selection in ["all", "year/2017", "category/press-release"] {
        assert!(
            feeds.text().contains(&format!("{BASE}/feeds/{selection}.")),
            "{selection}: {}",
            feeds.text()
        );
    }
}

#[test]
fn a_sealed_document_keeps_its_entries_and_its_moment_while_new_bulletins_arrive() {
    let place = Place::new();
    let inside = place.inside();
    (0..130).for_each(|n| drop(inside.admit(&bulletin(n))));
    let sealed = |format: &str| document(&inside, &format!("/feeds/all/archive/1.{format}"));
    let before = FORMATS.map(sealed);
    let etags = FORMATS.map(|format| {
        let reply = inside.read(&format!("/feeds/all/archive/1.{format}"));
        reply.header("etag").to_string()
    });
    assert_eq!(before[0].entries.len(), 100);
    assert!(inside.read("/feeds/all/archive/1.atom").text().contains("<fh:archive"));
    (130..199).for_each(|n| drop(inside.admit(&bulletin(n))));
    // Revised later, it is as it was in a document of then.
    inside.admit(&but(bulletin(5), "title", "Corrected"));
    for (index, format) in FORMATS.iter().enumerate() {
        let after = sealed(format);
        assert_eq!(after.entries, before[index].entries, "{format}");
        assert_eq!(after.updated, before[index].updated, "{format}");
        assert_eq!(document(&inside, &format!("/feeds/all/archive/2.{format}")).entries.len(), 100);
    }
    // Before the next was sealed, and after: only the link to it may have come.
    let again = inside.read("/feeds/all/archive/1.atom");
    assert!(again.text().contains("rel=\"next-archive\"") && again.header("etag") != etags[0]);
    assert_eq!(inside.get("/feeds/all/archive/3.atom").status, 404);
    assert_eq!(inside.get("/feeds/all/archive/0.atom").status, 404);
}

#[test]
fn a_sealed_document_says_when_it_became_another_to_whoever_goes_by_dates() {
    let place = Place::new();
    let inside = place.inside();
    let ids: Vec<String> = (0..199).map(|n| text(&inside.admit(&bulletin(n)), "id").to_string()).collect();
    let path = "/feeds/all/archive/1.atom";
    let mut known = inside.read(path).header("last-modified").to_string();
    let mut is_another = |what: &str| {
        let reply = inside.ask("GET", path, &[("if-modified-since", &known)], "");
        assert_eq!(reply.status, 200, "{what} after {known}");
        known = reply.header("last-modified").to_string();
        let again = inside.ask("GET", path, &[("if-modified-since", &known)], "");
        assert_eq!(again.status, 304, "{what}");
    };
    inside.admit(&bulletin(199));
    is_another("its successor is sealed");
    inside.command("DELETE", &format!("/bulletins/{}?reason=x", ids[7]));
    is_another("an entry is withdrawn");
    inside.command("POST", &format!("/bulletins/{}/restore", ids[7]));
    is_another("it is brought back");
}

#[test]
fn the_subscription_document_has_enough_entries_newest_change_first() {
    let place = Place::new();
    let inside = place.inside();
    let titles = |inside: &crate::served::Inside| -> Vec<String> {
        let feed = document(inside, "/feeds/all.atom");
        feed.entries.into_iter().map(|(_, held)| held.title).collect()
    };
    (0..100).for_each(|n| drop(inside.admit(&bulletin(n))));
    assert_eq!(document(&inside, "/feeds/all/archive/1.atom").entries.len(), 100, "all are sealed");
    let live = titles(&inside);
    assert_eq!((live.len(), live[0].as_str()), (50, "Notice 99 of the harbour"), "topped up");
    inside.admit(&but(bulletin(3), "title", "Corrected"));
    let live = titles(&inside);
    assert_eq!((live.len(), live[0].as_str()), (50, "Corrected"), "a correction reaches subscribers");
    // What is withdrawn is no entry, and does not count as one.
    for n in 60..100 {
        let receipt = inside.admit(&bulletin(n));
        inside.command("DELETE", &format!("/bulletins/{}?reason=x", text(&receipt, "id")));
    }
    let feed = document(&inside, "/feeds/all.atom");
    assert_eq!((feed.entries.len(), feed.deleted.len()), (50, 40));
}

#[test]
fn a_restart_changes_no_answer_and_no_tag() {
    let place = Place::new();
    let server = place.serve();
    let mut paths: Vec<String> =
        ["/", "/feeds", "/feeds.opml", "/sitemap/1.xml", "/year/2016"].map(Into::into).into();
    for n in 0..120 {
        let receipt = server.admit(&bulletin(n));
        if n % 40 == 0 {
            let id = text(&receipt, "id");
            paths.extend([
                format!("/bulletins/{id}.json"),
                format!("/bulletins/{id}.atom"),
                format!("/history/{id}"),
            ]);
            paths.push(text(&receipt, "permalink").strip_prefix(BASE).unwrap().into());
        }
    }
    for format in FORMATS {
        paths.extend(
            ["all", "all/archive/1", "category/ferries", "year/2016"]
                .map(|it| format!("/feeds/{it}.{format}")),
        );
    }
    let validators = |server: &crate::served::Server| -> Vec<[String; 3]> {
        let of = |path: &String| {
            let reply = server.read(path);
            [path.clone(), reply.header("etag").into(), reply.header("last-modified").into()]
        };
        paths.iter().map(of).collect()
    };
    let before = validators(&server);
    server.terminate();
    let server = place.serve();
    assert_eq!(validators(&server), before);
}

#[test]
fn a_corrected_file_is_a_new_version_under_the_same_names_in_every_format() {
    let place = Place::new();
    let sentence = |when: &str| {
        let rest =
            "Passengers with heavy luggage are asked to come early. The lamp on the pier is being mended. "
                .repeat(4);
        format!("Summer timetable of the ferry\n\n4 April 2018\n\nThe ferry leaves at {when}. {rest}\n")
    };
    let file = place.file("timetable.txt", sentence("noon"));
    let first = place.ingest(&[utf8(&file)]).remove(0);
    place.file("timetable.txt", sentence("one o'clock"));
    let second = place.ingest(&[utf8(&file)]).remove(0);
    assert_eq!((text(&first, "outcome"), text(&second, "outcome")), ("new", "revised"));
    assert_eq!(second["version"], 2);
    for same in ["id", "permalink", "entry_id"] {
        assert_eq!(first[same], second[same]);
    }
    assert_ne!(first["digest"], second["digest"]);
    let inside = place.inside();
    let (id, entry_id) = (text(&first, "id"), text(&first, "entry_id"));
    for format in FORMATS {
        for selection in ["all", "year/2018"] {
            let feed = document(&inside, &format!("/feeds/{selection}.{format}"));
            assert_eq!(feed.ids(), [entry_id], "{selection}.{format}");
            assert_eq!(feed.entries[0].1.digest, text(&second, "digest"), "{selection}.{format}");
        }
    }
    let history = inside.read(&format!("/history/{id}"));
    for (n, receipt) in [(1, &first), (2, &second)] {
        let hex = &text(receipt, "digest")[7..];
        assert!(history.text().contains(&format!("/history/{id}/{n}")) && history.text().contains(hex));
        assert_eq!(crate::served::sha256(&inside.read(&format!("/content/sha256/{hex}")).body), hex);
    }
    assert!(inside.read(&format!("/history/{id}/1")).text().contains("at noon"));
    assert!(inside.read(&format!("/history/{id}/2")).text().contains("one o"));
    let json = inside.read(&format!("/bulletins/{id}.json")).json();
    assert_eq!((&json["digest"], &json["version"]), (&second["digest"], &2.into()));
    assert_eq!(json["history"].as_array().unwrap().len(), 2);
    assert!(inside.read(&format!("/bulletins/{id}.txt")).text().contains("one o"));
    let atom = inside.read(&format!("/bulletins/{id}.atom"));
    assert!(atom.text().contains(text(&second, "digest")) && atom.text().contains(entry_id));
}
