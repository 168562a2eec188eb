//! The search as those who look for something meet it: through pages, feeds and addresses.

#[path = "../served/mod.rs"]
mod served;

mod index;
mod reading;

use serde_json::{Value, json};
use served::{Ask, text};

/// A few bulletins of a harbour, in several languages.
fn bulletins() -> Vec<Value> {
    let one = |id: &str, language: &str, published: &str, category: &str, title: &str, body: &str| {
        json!({
            "id": id, "language": language, "published": published, "categories": [category],
            "title": title, "body_html": format!("<p>{body}</p>"), "authors": [{"name": "Ada Fenwick"}],
        })
    };
    vec![
        one(
            "bell",
            "en",
            "2018-04-04",
            "Press release",
            "The harbour bell",
            "It rings at every spring tide, and nobody knows who rings it.",
        ),
        one(
            "seals",
            "en",
            "2019-06-01",
            "Seal count",
            "Seals at the outer pier",
            "Forty seals were counted. The tide of spring carried them past the harbours.",
        ),
        one(
            "ferry",
            "en",
            "2019-11-20",
            "Press release",
            "A ferry for winter",
            "Ferries sail twice a day; organisations of fishermen asked for a third.",
        ),
        one(
            "peche",
            "fr",
            "2018-09-09",
            "Communiqué",
            "La pêche à pied",
            "Les pêcheurs de l’île attendent la grande marée.",
        ),
        one(
            "declaracion",
            "es",
            "2020-02-02",
            "Comunicado",
            "Una declaración del puerto",
            "Las declaraciones de los pescadores se publican hoy.",
        ),
        one("gavan", "ru", "2020-03-03", "Сообщение", "Новая гавань", "Гавани открыты для всех паромов."),
        one("gang", "zh", "2021-01-01", "公告", "港口公告", "渡轮每天航行两次。"),
        one(
            "markup",
            "en",
            "2021-05-05",
            "Press release",
            "Of <b> & \"quotes\"",
            "A page of &lt;script&gt;alert(1)&lt;/script&gt; and ropes.",
        ),
    ]
}

fn encoded(query: &str) -> String {
    url::form_urlencoded::byte_serialize(query.as_bytes()).collect()
}

fn page(server: &impl Ask, query: &str) -> String {
    server.read(&format!("/search?q={}", encoded(query))).text().into()
}

/// The titles of what is found, in the order of the feed.
fn titles(server: &impl Ask, query: &str) -> Vec<String> {
    let feed = server.read(&format!("/search.json?q={}", encoded(query))).json();
    feed["items"].as_array().unwrap().iter().map(|item| text(item, "title").to_string()).collect()
}

/// The same by the first words of their ids.
fn found(server: &impl Ask, query: &str) -> Vec<String> {
    let known = bulletins();
    let mut ids: Vec<String> = titles(server, query)
        .iter()
        .map(|title| {
            let of = known.iter().find(|it| text(it, "title") == title);
            of.map_or(title.clone(), |it| text(it, "id").to_string())
        })
        .collect();
    ids.sort();
    ids
}

/// Waits until everything admitted so far is in the index: it takes events up in their order.
fn settle(server: &impl Ask) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static MARKS: AtomicU32 = AtomicU32::new(0);
    let mark = format!("buoymark{}", MARKS.fetch_add(1, Ordering::Relaxed));
    server
        .admit(&json!({"id": mark, "title": mark, "body_html": "<p>Nothing else.</p>", "published": "2001"}));
    served::until("the index follows", || {
        let reply = server.get(&format!("/search.json?q={mark}"));
        (reply.status == 200 && !reply.json()["items"].as_array().unwrap().is_empty()).then_some(())
    });
}
