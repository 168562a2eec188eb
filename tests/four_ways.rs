//! One press release by the four ways in which releases come: a newsletter, a web page, a feed and an export.

mod served;

use serde_json::Value;
use served::{Ask as _, Inside, Place, text};

const TITLE: &str = "The swing bridge opens twice a day";
const FIRST: &str = "From Monday the swing bridge at Kestrel Quay opens at seven and at nineteen o'clock, and no longer on demand. Boats of less than nine metres pass beneath it at low water.";
const SECOND: &str =
    "Skippers who cannot wait may moor at the eastern pontoon, where water and light are free for a night.";
const CORRECTED: &str =
    "Skippers who cannot wait may moor at the western pontoon, where water and light are free for a night.";

/// A newsletter: layout tables, a preheader, a tracked link, a pixel and a footer around it.
fn newsletter(second: &str, message_id: &str) -> String {
    format!(
        "From: Kestrel Quay <news@quay.example.org>\r\n\
         To: Jo Reader <jo.reader@inbox.example.net>\r\n\
         Subject: {TITLE}\r\n\
         Date: Mon, 03 Sep 2018 08:00:00 +0200\r\n\
         Message-ID: <{message_id}>\r\n\
         List-Unsubscribe: <https://track.mailer.example.com/u/7f3a9c55>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n\
         <html><body><div style=\"display:none\">Times of the bridge change.</div>\r\n\
         <table width=\"600\"><tr><td><a href=\"https://track.mailer.example.com/v/7f3a9c55\">View this email in your browser</a></td></tr>\r\n\
         <tr><td><h1>{TITLE}</h1><p>{FIRST}</p><p>{second}</p></td></tr>\r\n\
         <tr><td><p>You receive this email because jo.reader@inbox.example.net subscribed. \
         <a href=\"https://track.mailer.example.com/u/7f3a9c55\">Unsubscribe</a></p>\
         <img src=\"https://track.mailer.example.com/o/7f3a9c55.gif\" width=\"1\" height=\"1\"></td></tr></table></body></html>\r\n"
    )
}

fn page(second: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{TITLE} | Kestrel Quay</title>\
         <link rel=\"canonical\" href=\"https://quay.example.org/news/bridge-times\">\
         <meta property=\"article:published_time\" content=\"2018-09-03\"></head>\
         <body><nav><a href=\"/\">Home</a> <a href=\"/tides\">Tides</a></nav><main><article><h1>{TITLE}</h1>\
         <p>{FIRST}</p><p>{second}</p></article></main><footer>© Kestrel Quay</footer></body></html>"
    )
}

fn feed(second: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Ports of the coast</title>\
         <link>https://ports.example.com/</link><description>All of them</description>\
         <item><title>{TITLE}</title><guid isPermaLink=\"false\">ports-4711</guid>\
         <link>https://ports.example.com/kestrel/4711</link><category>Bridges</category>\
         <pubDate>Mon, 03 Sep 2018 06:00:00 GMT</pubDate>\
         <description>&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{second}&lt;/p&gt;</description></item></channel></rss>"
    )
}

fn export(second: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" xmlns:wp=\"http://wordpress.org/export/1.2/\">\
         <channel><title>Harbour history</title><link>https://old.example.net</link><wp:wxr_version>1.2</wp:wxr_version>\
         <item><title>{TITLE}</title><link>https://old.example.net/2018/09/bridge/</link>\
         <guid isPermaLink=\"false\">https://old.example.net/?p=88</guid>\
         <content:encoded><![CDATA[<!-- wp:paragraph --><p>{FIRST}</p><!-- /wp:paragraph -->\n\n\
         <!-- wp:paragraph --><p>{second}</p><!-- /wp:paragraph -->]]></content:encoded>\
         <wp:post_id>88</wp:post_id><wp:post_date>2018-09-03 08:00:00</wp:post_date>\
         <wp:post_date_gmt>2018-09-03 06:00:00</wp:post_date_gmt><wp:status>publish</wp:status>\
         <wp:post_type>post</wp:post_type><category domain=\"category\" nicename=\"notices\"><![CDATA[Notices]]></category>\
         </item></channel></rss>"
    )
}

/// Sends it by one of the ways, each a source of its own, and gives its one receipt.
fn send(inside: &Inside, source: &str, media_type: &str, document: String) -> Value {
    let category = if source == "list" { "&category=Newsletter" } else { "" };
    let reply =
        inside.post(&format!("/bulletins?source={source}{category}"), media_type, document.into_bytes());
    assert!(matches!(reply.status, 200 | 201), "{source}: {reply:?}");
    match reply.json() {
        Value::Array(mut receipts) => {
            assert_eq!(receipts.len(), 1, "{source}: {receipts:?}");
            receipts.remove(0)
        }
        receipt => receipt,
    }
}

#[test]
fn one_release_by_four_ways_is_one_bulletin_and_its_correction_one_version() {
    let place = Place::new();
    let inside = place.inside();
    let all = |second: &str| {
        [
            ("list", "message/rfc822", newsletter(second, "0.1.7f3a@mailer.example.com")),
            ("site", "text/html", page(second)),
            ("ports", "application/rss+xml", feed(second)),
            ("history", "application/xml", export(second)),
        ]
        .map(|(source, media_type, document)| send(&inside, source, media_type, document))
    };
    let receipts = all(SECOND);
    let outcomes = receipts.each_ref().map(|receipt| text(receipt, "outcome"));
    assert_eq!(outcomes, ["new", "duplicate", "duplicate", "duplicate"]);
    let id = text(&receipts[0], "id");
    assert!(receipts.iter().all(|receipt| text(receipt, "id") == id), "{receipts:?}");
    let bulletin = || inside.read(&format!("/bulletins/{id}.json")).json();
    let kept = bulletin();
    let aliases: Vec<&str> = kept["aliases"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for alias in [
        "url:https://quay.example.org/news/bridge-times",
        "url:https://ports.example.com/kestrel/4711",
        "entry:https://old.example.net/?p=88",
    ] {
        assert!(aliases.contains(&alias), "{alias} in {aliases:?}");
    }
    let labels: Vec<&str> =
        kept["categories"].as_array().unwrap().iter().map(|it| text(it, "label")).collect();
    assert_eq!(labels, ["Newsletter", "Bridges", "Notices"]);
    // Nothing of whoever received the newsletter is anywhere in it.
    for secret in ["jo.reader", "7f3a9c55", "Jo Reader", "inbox.example.net"] {
        assert!(!kept.to_string().contains(secret), "{secret} in {kept}");
    }
    // All of it again: nothing.
    assert!(all(SECOND).iter().all(|receipt| text(receipt, "outcome") == "duplicate"));
    // The site corrects a word; the others go on repeating what they had.
    let corrected = send(&inside, "site", "text/html", page(CORRECTED));
    assert_eq!((text(&corrected, "outcome"), corrected["version"].as_u64()), ("revised", Some(2)));
    for (source, media_type, document) in [
        ("list", "message/rfc822", newsletter(SECOND, "0.1.7f3a@mailer.example.com")),
        ("ports", "application/rss+xml", feed(SECOND)),
        ("history", "application/xml", export(SECOND)),
    ] {
        let receipt = send(&inside, source, media_type, document);
        assert_eq!((text(&receipt, "outcome"), text(&receipt, "id")), ("duplicate", id), "{source}");
    }
    assert_eq!(bulletin()["history"].as_array().map(Vec::len), Some(2));
    assert!(bulletin()["content"]["body"].as_str().unwrap().contains("western pontoon"));
}

#[test]
fn the_original_of_an_email_is_for_nobody_unless_the_configuration_says_so() {
    for (value, status) in [("false", 403), ("true", 200)] {
        let place = Place::new();
        let original = newsletter(SECOND, "0.1.7f3a@mailer.example.com");
        let digest = served::sha256(original.as_bytes());
        place.file("letter.eml", original);
        place.ingest(&["news"]);
        let mut command = place.command(&["serve"]);
        command.env("ANNALS_SERVER__EMAIL_ORIGINALS", value);
        let server = served::Server::start(command);
        let reply = server.get(&format!("/original/sha256/{digest}"));
        assert_eq!(reply.status, status, "{reply:?}");
    }
}
