//! What is served, read again by other parsers than wrote it (html5gum, roxmltree, serde_json): nothing in it acts.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::served::{BASE, Reply};

/// Elements that act, fetch or lead astray. What a bulletin says has none of them.
const LIVE: [&str; 27] = [
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "meta", "link",
    "form", "input", "button", "select", "textarea", "svg", "math", "video", "audio", "source", "track",
    "template", "title", "marquee", "noscript", "param",
];

/// Of these a page of the site has its own: each is looked at by itself.
const OWN: [&str; 9] = ["script", "meta", "link", "form", "input", "button", "svg", "title", "select"];

/// A start tag as html5gum reads it.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut tags = Vec::new();
    for token in html5gum::Tokenizer::new(html) {
        if let Ok(html5gum::Token::StartTag(tag)) = token {
            let attributes =
                tag.attributes.iter().map(|(name, value)| (lossy(name).to_lowercase(), lossy(value)));
            tags.push(Tag { name: lossy(&tag.name).to_lowercase(), attributes: attributes.collect() });
        }
    }
    tags
}

/// Whether an address leads into the web, or nowhere else than here.
fn is_plain(address: &str) -> bool {
    let spelled: String = address.chars().filter(|c| *c > ' ' && !c.is_control()).collect();
    let relative =
        spelled.starts_with(['/', '#', '?']) && !spelled.starts_with("//") && !spelled.starts_with("/\\");
    let lower = spelled.to_lowercase();
    relative
        || ["http://", "https://", "mailto:", "tel:", "ni:///"].iter().any(|start| lower.starts_with(start))
}

/// What is wrong with a tag wherever it stands.
fn acts(tag: &Tag) -> Option<String> {
    tag.attributes.iter().find_map(|(name, value)| {
        let event = name.starts_with("on");
        let forbidden = ["srcdoc", "http-equiv", "style", "formaction", "srcset", "background", "ping"]
            .contains(&name.as_str());
        let address = ["href", "src", "action", "cite", "data", "poster", "xlink:href", "longdesc", "usemap"];
        let leads = address.contains(&name.as_str()) && !is_plain(value);
        (event || forbidden || leads).then(|| format!("<{} {name}={value:?}>", tag.name))
    })
}

/// What acts in a fragment that came from outside.
pub fn active(fragment: &str) -> Vec<String> {
    let live = |tag: &Tag| LIVE.contains(&tag.name.as_str()).then(|| format!("<{}>", tag.name));
    tags(fragment).iter().filter_map(|tag| acts(tag).or_else(|| live(tag))).collect()
}

/// Of these a page with forms has more: what stands in them is text.
const FORMS: [&str; 1] = ["textarea"];

/// What acts in a page of the site, or is not the site's own.
fn active_in_page(html: &str) -> Vec<String> {
    active_but(html, &[])
}

/// The same of a page of the desk.
pub fn active_in_forms(html: &str) -> Vec<String> {
    active_but(html, &FORMS)
}

fn active_but(html: &str, more: &[&str]) -> Vec<String> {
    let own = |tag: &Tag| match tag.name.as_str() {
        // Data, which no browser runs (HTML section 4.12.1).
        "script" => tag.get("type") == "application/ld+json",
        "form" => tag.get("action").starts_with('/') && ["get", "post"].contains(&tag.get("method")),
        // A name for what `DCTERMS.` stands for, which nobody fetches.
        "link" if tag.get("rel") == "schema.DCTERMS" => tag.get("href") == "http://purl.org/dc/terms/",
        "link" => [tag.get("href")].iter().all(|href| href.starts_with('/') || href.starts_with(BASE)),
        _ => true,
    };
    let live = |tag: &Tag| {
        let name = tag.name.as_str();
        let known = LIVE.contains(&name) && !OWN.contains(&name) && !more.contains(&name);
        (known || !own(tag)).then(|| format!("<{} {:?}>", tag.name, tag.attributes))
    };
    tags(html).iter().filter_map(|tag| acts(tag).or_else(|| live(tag))).collect()
}

/// A page, with every header that it must have.
pub fn check_page(reply: &Reply, what: &str) {
    check_policy(reply, what);
    assert_eq!(active_in_page(reply.text()), Vec::<String>::new(), "{what}");
    for block in reply.text().split("application/ld+json\">").skip(1) {
        let data = block.split("</script>").next().unwrap();
        serde_json::from_str::<Value>(data).unwrap_or_else(|error| panic!("{what}: {error}: {data}"));
    }
}

/// That a page runs nothing, whatever stands in it.
pub fn check_policy(reply: &Reply, what: &str) {
    check_headers(reply, what);
    assert!(reply.header("content-type").starts_with("text/html"), "{what}: {reply:?}");
    let policy = reply.header("content-security-policy");
    let directives: BTreeSet<&str> = policy.split(';').map(str::trim).collect();
    for needed in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(directives.contains(needed), "{what}: {policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("script-src"),
        "{what}: {policy}"
    );
}

pub fn check_headers(reply: &Reply, what: &str) {
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
    assert!(reply.headers.get("set-cookie").is_none(), "{what}: {reply:?}");
    for (name, value) in &reply.headers {
        assert!(value.as_bytes().iter().all(|byte| (b' '..0x7f).contains(byte)), "{what}: {name}: {value:?}");
    }
}

/// A document in XML: well-formed, with nothing in it that a reader would run.
pub fn check_xml(reply: &Reply, what: &str) {
    check_headers(reply, what);
    let document = roxmltree::Document::parse(reply.text()).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(!reply.text().contains("<!DOCTYPE") && !reply.text().contains("<?xml-stylesheet"), "{what}");
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        let space = node.tag_name().namespace().unwrap_or_default();
        assert!(!space.contains("xhtml") && !space.contains("svg") && name != "script", "{what}: {name}");
        for attribute in node.attributes() {
            let leads = ["href", "url", "src", "xmlUrl", "htmlUrl"].contains(&attribute.name());
            assert!(!leads || is_plain(attribute.value()), "{what}: {name} {attribute:?}");
        }
        let markup = name == "encoded" || name == "description" || node.attribute("type") == Some("html");
        if markup && let Some(text) = node.text() {
            // A summary is text that readers of RSS take for markup: it is escaped once more.
            assert_eq!(active(text), Vec::<String>::new(), "{what}: {name}");
        }
        if ["link", "loc", "uri", "docs", "comments"].contains(&name)
            && let Some(text) = node.text()
        {
            assert!(is_plain(text), "{what}: {name} {text}");
        }
    }
}

/// A document in JSON: every field that is markup or an address.
pub fn check_json(reply: &Reply, what: &str) {
    check_headers(reply, what);
    assert!(reply.header("content-type").contains("json"), "{what}: {reply:?}");
    check_value(&reply.json(), "", what);
}

fn check_value(value: &Value, field: &str, what: &str) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(field, value)| check_value(value, field, what)),
        Value::Array(values) => values.iter().for_each(|value| check_value(value, field, what)),
        Value::String(text) => match field {
            "content_html" | "body" => assert_eq!(active(text), Vec::<String>::new(), "{what}: {field}"),
            "url" | "home_page_url" | "feed_url" | "next_url" | "external_url" | "permalink" | "content" => {
                assert!(is_plain(text), "{what}: {field} {text}");
            }
            _ => {}
        },
        _ => {}
    }
}
