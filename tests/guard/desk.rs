//! Scripts where an editor sees them before anyone else does, and where readers look for something.

use crate::battery::{row, times};
use crate::readers::{active_in_forms, check_json, check_page, check_policy, check_xml};
use crate::scripts::{documents, everywhere};
use crate::served::{Ask, Inside, Place, Reply, TOKEN, text, until};
use crate::vectors;

const URLENCODED: &str = "application/x-www-form-urlencoded";

fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Someone who has signed in.
struct Editor<'a> {
    inside: &'a Inside,
    cookie: String,
}

impl Editor<'_> {
    fn new(inside: &Inside) -> Editor<'_> {
        let headers = [("content-type", URLENCODED)];
        let reply = inside.ask("POST", "/desk/sign-in", &headers, encoded(&[("token", TOKEN)]));
        assert_eq!(reply.status, 303, "{reply:?}");
        Editor { inside, cookie: reply.header("set-cookie").split(';').next().unwrap().into() }
    }

    fn page(&self, path: &str) -> Reply {
        self.inside.ask("GET", path, &[("cookie", &self.cookie), ("accept", "text/html")], "")
    }

    /// Hands a document in: the page that shows what would become of it.
    fn draft(&self, document: &str, media_type: &str) -> Reply {
        let desk = self.page("/desk");
        let form = desk.text().split("<form").find(|form| form.contains("action=\"/desk/drafts\"")).unwrap();
        let mark = form.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = encoded(&[("form", mark), ("text", document), ("format", media_type)]);
        let headers = [("cookie", self.cookie.as_str()), ("content-type", URLENCODED)];
        let reply = self.inside.ask("POST", "/desk/drafts", &headers, fields);
        assert_eq!(reply.status, 303, "{document}: {reply:?}");
        self.page(reply.header("location"))
    }
}

#[test]
fn scripts_act_in_nothing_that_the_desk_shows() {
    let place = Place::new();
    let inside = place.inside();
    let editor = Editor::new(&inside);
    let (vectors, step) = (vectors::all(), times(7, 1));
    let mut shown = 0;
    let mut check = |reply: &Reply, vector: &str| {
        assert_eq!(reply.status, 200, "{vector}: {reply:?}");
        check_policy(reply, vector);
        assert_eq!(active_in_forms(reply.text()), Vec::<String>::new(), "{vector}");
        shown += 1;
    };
    for (n, vector) in vectors.iter().enumerate().step_by(step) {
        let json = everywhere(n, vector);
        check(&editor.draft(&json.to_string(), "application/json"), vector);
        for (media_type, document) in documents(n, vector) {
            check(&editor.draft(&document, media_type), vector);
        }
        let id = text(&inside.admit(&json), "id").to_string();
        check(&editor.page(&format!("/desk/bulletins/{id}")), vector);
        check(&editor.page("/desk"), vector);
    }
    let held =
        format!("nothing acts in {shown} of its pages: drafts of every format, bulletins, the latest events");
    row("a script at the editor's desk", vectors.len().div_ceil(step), held);
}

#[test]
fn scripts_act_in_nothing_that_a_search_shows() {
    let place = Place::new();
    let server = place.serve();
    let (vectors, step) = (vectors::all(), times(9, 1));
    let bulletins: Vec<_> = vectors.iter().enumerate().map(|(n, vector)| everywhere(n, vector)).collect();
    let body = serde_json::Value::Array(bulletins).to_string();
    assert_eq!(server.post("/bulletins", "application/json", body).status, 200);
    let number = |name: &str| {
        let metrics = server.read("/metrics");
        let line = metrics.text().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |value| value.parse::<u64>().unwrap())
    };
    until("the index follows", || {
        (number("annals_search_events") == number("annals_events") && number("annals_events") > 0)
            .then_some(())
    });
    let mut found = 0;
    for (n, vector) in vectors.iter().enumerate().step_by(step) {
        // As what is typed, and in what is found.
        for query in [vector.clone(), format!("\"tide {n}\"")] {
            let query = encoded(&[("q", &query)]);
            let page = server.read(&format!("/search?{query}"));
            check_page(&page, vector);
            found += usize::from(page.text().contains("/bulletins/"));
            check_xml(&server.read(&format!("/search.atom?{query}")), vector);
            check_xml(&server.read(&format!("/search.rss?{query}")), vector);
            check_json(&server.read(&format!("/search.json?{query}")), vector);
        }
    }
    let tried = vectors.len().div_ceil(step);
    assert!(found >= tried, "each is found by its number: {found}");
    row(
        "a script in a search, and in what it finds",
        tried,
        "nothing acts in its pages, marked excerpts and feeds",
    );
}
