//! What is found, how it is shown, and what can be typed.

use proptest::prelude::*;

use super::served::{Ask, BASE, Place, text, until};
use super::{bulletins, encoded, found, page, settle, titles};

#[test]
fn queries_find_what_they_mean() {
    let place = Place::new();
    let server = place.inside();
    bulletins().iter().for_each(|bulletin| drop(server.admit(bulletin)));
    settle(&server);
    for (query, expected) in [
        // Words, in any form, all of them.
        ("harbour", vec!["bell", "seals"]),
        ("HARBOURS spring", vec!["bell", "seals"]),
        ("seal", vec!["seals"]),
        ("organisation fisherman", vec![]),
        ("organisation", vec!["ferry"]),
        // Phrases, across forms.
        ("\"spring tide\"", vec!["bell"]),
        ("\"spring tides\"", vec!["bell"]),
        ("\"tide spring\"", vec![]),
        // The beginnings of words, also longer ones than a stem.
        ("harb*", vec!["bell", "seals"]),
        ("organisati*", vec!["ferry"]),
        ("fe*", vec!["bell", "declaracion", "ferry", "gang", "gavan", "markup", "peche", "seals"]),
        ("title:fe*", vec!["ferry"]),
        // Fields.
        ("title:harbour", vec!["bell"]),
        ("author:fenwick year:2019", vec!["ferry", "seals"]),
        ("category:\"Press release\"", vec!["bell", "ferry", "markup"]),
        ("category:press-release year:2018", vec!["bell"]),
        ("category:seal", vec!["seals"]),
        ("year:2018..2019 -language:fr", vec!["bell", "ferry", "seals"]),
        ("language:fr", vec!["peche"]),
        // What must not be there.
        ("harbour -seals", vec!["bell"]),
        ("harbour -\"spring tide\"", vec!["seals"]),
        // Accents, in the index and in the question, and each language by its own forms.
        ("peche", vec!["peche"]),
        ("pêcheur", vec!["peche"]),
        ("ile maree", vec!["peche"]),
        ("declaracion", vec!["declaracion"]),
        ("DECLARACIONES", vec!["declaracion"]),
        ("гавань", vec!["gavan"]),
        ("паром", vec!["gavan"]),
        ("港口", vec!["gang"]),
        ("渡轮", vec!["gang"]),
        ("轮渡", vec![]),
        ("nothing of that kind", vec![]),
    ] {
        assert_eq!(found(&server, query), expected, "{query}");
    }
}

#[test]
fn where_no_bulletin_has_all_words_those_are_shown_that_have_some() {
    let place = Place::new();
    let server = place.inside();
    bulletins().iter().for_each(|bulletin| drop(server.admit(bulletin)));
    settle(&server);
    let shown = page(&server, "seals narwhal");
    assert!(shown.contains("No bulletin has all of these words") && shown.contains("outer pier"), "{shown}");
    assert!(page(&server, "year:soon seals").contains("is no year"));
    assert!(page(&server, "category:whales seals").contains("There is no category"));
}

#[test]
fn the_page_marks_what_was_looked_for_and_escapes_everything() {
    let place = Place::new();
    let server = place.inside();
    bulletins().iter().for_each(|bulletin| drop(server.admit(bulletin)));
    settle(&server);
    let shown = page(&server, "harbours");
    assert!(shown.contains("The <mark>harbour</mark> bell"), "{shown}");
    assert!(shown.contains("past the <mark>harbours</mark>."), "{shown}");
    assert!(shown.contains("2 bulletins"), "{shown}");
    // Years and categories with their counts, each a link to the same question within it.
    for (query, name) in [("harbours+year%3A2019", "2019"), ("harbours+category%3Aseal-count", "Seal count")]
    {
        let facet = shown.split(&format!("href=\"/search?q={query}\"")).nth(1).expect(name);
        let facet = facet.split("</li>").next().unwrap();
        assert!(facet.contains(&format!(">{name}<")) && facet.contains("class=\"count\">1<"), "{facet}");
        assert_eq!(found(&server, &query.replace('+', " ").replace("%3A", ":")), ["seals"]);
    }
    assert!(shown.contains("<link rel=\"search\""), "{shown}");
    let quoted = page(&server, "ropes \"><script>alert(2)</script>");
    assert!(!quoted.contains("<script"), "{quoted}");
    assert!(quoted.contains("A page of &lt;<mark>script</mark>&gt;<mark>alert</mark>(1)"), "{quoted}");
    assert!(page(&server, "").contains("How to search"));
    assert!(server.read("/").text().contains("<form class=\"search\""));
}

#[test]
fn pages_of_results_hold_everything_once_in_either_order() {
    let place = Place::new();
    let server = place.inside();
    let all = serde_json::Value::from((0..65).map(super::served::bulletin).collect::<Vec<_>>());
    server.post("/bulletins", "application/json", all.to_string());
    settle(&server);
    for sort in ["", "&sort=date"] {
        let mut seen = Vec::new();
        let mut number = 1;
        loop {
            let reply = server.read(&format!("/search?q=ferry+pier{sort}&page={number}"));
            let shown = reply.text().to_string();
            assert!(shown.contains("65 bulletins"), "{shown}");
            let list = shown.split("<ol class=\"bulletins\">").nth(1).unwrap().split("</ol>").next().unwrap();
            let links = list.split("<a href=\"/bulletins/").skip(1);
            seen.extend(links.map(|rest| rest.split('"').next().unwrap().to_string()));
            if !shown.contains("Next →") {
                break;
            }
            number += 1;
        }
        assert_eq!((number, seen.len()), (4, 65), "{sort}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 65, "{sort}");
        // A page that is past the end is the last.
        assert!(server.read(&format!("/search?q=ferry{sort}&page=40")).text().contains("Page 4"));
    }
    let by_date = server.read("/search?q=ferry&sort=date").text().to_string();
    let years: Vec<&str> = by_date.split("datetime=\"").skip(1).map(|rest| &rest[..10]).collect();
    assert!(years.len() >= 20 && years.windows(2).all(|pair| pair[0] >= pair[1]), "{years:?}");
}

#[test]
fn only_what_stands_is_found() {
    let place = Place::new();
    let server = place.inside();
    let all = bulletins();
    let receipts: Vec<_> = all.iter().map(|bulletin| server.admit(bulletin)).collect();
    settle(&server);
    let (id, permalink) = (text(&receipts[1], "id"), text(&receipts[1], "permalink"));
    assert_eq!(found(&server, "seals"), ["seals"]);
    // At once: what was withdrawn is never shown, however far behind the index is.
    assert_eq!(server.command("DELETE", &format!("/bulletins/{id}?reason=Miscounted")).status, 200);
    assert_eq!(found(&server, "seals"), [""; 0]);
    assert!(!page(&server, "seals").contains(permalink.strip_prefix(BASE).unwrap()));
    settle(&server);
    assert!(page(&server, "seals").contains("Nothing was found"));
    assert_eq!(server.command("POST", &format!("/bulletins/{id}/restore")).status, 200);
    until("it is found again", || (found(&server, "seals") == ["seals"]).then_some(()));
    // Of a bulletin that was corrected, only what it says now.
    let mut corrected = all[1].clone();
    corrected["body_html"] = "<p>Forty walruses were counted.</p>".into();
    server.put(id, &corrected);
    until("the correction is found", || (found(&server, "walrus") == ["seals"]).then_some(()));
    assert_eq!(found(&server, "spring"), ["bell"]);
    // A category that is attached later is one to be found by.
    let mut again = corrected.clone();
    again["categories"] = serde_json::json!(["Seal count", "Wildlife"]);
    server.admit(&again);
    until("the category is found", || (found(&server, "category:wildlife") == ["seals"]).then_some(()));
}

#[test]
fn a_search_is_a_feed_in_every_format() {
    let place = Place::new();
    let server = place.inside();
    let receipts: Vec<_> = bulletins().iter().map(|bulletin| server.admit(bulletin)).collect();
    settle(&server);
    assert_eq!(
        titles(&server, "harbour"),
        ["Seals at the outer pier", "The harbour bell"],
        "newest change first"
    );
    let ids = [text(&receipts[1], "entry_id"), text(&receipts[0], "entry_id")];
    for (extension, media_type) in
        [("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")]
    {
        let reply = server.read(&format!("/search.{extension}?q=harbour"));
        assert!(reply.header("content-type").starts_with(media_type), "{extension}");
        assert!(reply.header("cache-control").starts_with("max-age=10"), "{extension}");
        let feed = feed_rs::parser::Builder::new().build().parse(&reply.body[..]).unwrap();
        assert_eq!(
            feed.entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(),
            ids,
            "{extension}"
        );
        let again = server.ask(
            "GET",
            &format!("/search.{extension}?q=harbour"),
            &[("if-none-match", reply.header("etag"))],
            "",
        );
        assert_eq!(again.status, 304, "{extension}");
    }
    assert_eq!(server.get("/search.xml?q=harbour").status, 404);
    let shown = page(&server, "harbour");
    assert!(shown.contains(&format!("href=\"{BASE}/search.atom?q=harbour\"")), "{shown}");
    let description = server.read("/opensearch.xml");
    assert_eq!(description.header("content-type"), "application/opensearchdescription+xml");
    let document = roxmltree::Document::parse(description.text()).unwrap();
    let template = |media_type: &str| {
        let url = document.descendants().find(|it| it.attribute("type") == Some(media_type)).unwrap();
        url.attribute("template").unwrap().to_string()
    };
    let filled = template("text/html").replace("{searchTerms}", "harbour").replace("{startPage?}", "1");
    assert!(server.read(&filled).text().contains("2 bulletins"));
    let filled = template("application/atom+xml").replace("{searchTerms}", "harbour");
    assert!(server.read(&filled).text().contains(ids[0]));
}

#[test]
fn nothing_that_is_typed_is_an_error() {
    let place = Place::new();
    let server = place.inside();
    bulletins().iter().for_each(|bulletin| drop(server.admit(bulletin)));
    settle(&server);
    let long = "ferry ".repeat(2_000);
    let many = "a* b* c* -d* \"e f\" title:g* ".repeat(40);
    for query in [
        "",
        " ",
        "\"",
        "-",
        "-ferry",
        "title:",
        "year:..",
        "***",
        "\0",
        "👩‍🚀",
        "a OR b",
        "((",
        "q=&page=x",
        &long,
        &many,
    ] {
        let shown = page(&server, query);
        assert!(shown.contains("</html>"), "{query}");
    }
    for rest in [
        "?q=%ff%fe",
        "?q=ferry&page=-1",
        "?q=ferry&page=99999999999999999999",
        "?sort=date",
        "?q=ferry&sort=x",
    ] {
        assert_eq!(server.get(&format!("/search{rest}")).status, 200, "{rest}");
    }
    let typed = proptest::collection::vec(
        prop_oneof![
            "[a-zé港\"*:\\-]{1,8}",
            Just("title:".to_string()),
            Just("year:".to_string()),
            Just(" ".to_string()),
            any::<String>()
        ],
        0..8,
    );
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 64, ..ProptestConfig::default() });
    runner
        .run(&typed, |typed| {
            let query = encoded(&typed.concat());
            prop_assert_eq!(server.get(&format!("/search?q={query}")).status, 200);
            prop_assert_eq!(server.get(&format!("/search.atom?q={query}")).status, 200);
            Ok(())
        })
        .unwrap();
}
