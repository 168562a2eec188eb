//! The editor's desk as a browser without scripts meets it: forms, cookies and redirects over HTTP.

#[path = "../served/mod.rs"]
mod served;

use std::cell::RefCell;

use serde_json::Value;

use served::{Ask, BASE, Inside, Place, Reply, TOKEN, bulletin, sha256, text};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=harbour";

/// A browser: it keeps the cookie, sends the forms that it was given, and follows no redirect by itself.
struct Browser<'a> {
    site: &'a Inside,
    cookie: RefCell<String>,
}

impl<'a> Browser<'a> {
    fn new(site: &'a Inside) -> Browser<'a> {
        Browser { site, cookie: RefCell::default() }
    }

    fn signed_in(site: &'a Inside, token: &str) -> Browser<'a> {
        let browser = Browser::new(site);
        let reply = browser.post("/desk/sign-in", URLENCODED, &encoded(&[("token", token)]), &[]);
        assert_eq!((reply.status, reply.header("location")), (303, "/desk"), "{reply:?}");
        browser
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let cookie = self.cookie.borrow().clone();
        let mut headers = headers.to_vec();
        headers.extend([("cookie", cookie.as_str()), ("accept", "text/html")]);
        let reply = self.site.ask(method, path, &headers, body.to_string());
        if let Some(set) = reply.headers.get("set-cookie") {
            *self.cookie.borrow_mut() = set.to_str().unwrap().split(';').next().unwrap().into();
        }
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        reply
    }

    fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], "")
    }

    /// A page that must be there.
    fn page(&self, path: &str) -> String {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        assert!(reply.header("content-security-policy").contains("form-action 'self'"), "{reply:?}");
        reply.text().into()
    }

    fn post(&self, path: &str, media_type: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
        self.send("POST", path, &[&[("content-type", media_type)], headers].concat(), body)
    }

    /// Fills in the form that the page at `at` has for `action`, and sends it: where it leads.
    fn submit(&self, at: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let mark = mark(&self.page(at), action);
        let fields = [&[("form", mark.as_str())], fields].concat();
        let reply = self.post(action, MULTIPART, &multipart(&fields), &[("sec-fetch-site", "same-origin")]);
        assert_eq!(reply.status, 303, "{action}: {reply:?}");
        reply.header("location").into()
    }
}

/// The token of the form that is sent to `action`.
fn mark(page: &str, action: &str) -> String {
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}\"")));
    let form = form.unwrap_or_else(|| panic!("there is no form for {action}: {page}"));
    form.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().into()
}

fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn multipart(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        let file = if *name == "file" { "; filename=\"notice.html\"\r\ncontent-type: text/html" } else { "" };
        format!("--harbour\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
    };
    fields.iter().map(part).collect::<String>() + "--harbour--\r\n"
}

/// What the form field holds that a page shows.
fn value<'a>(page: &'a str, name: &str) -> &'a str {
    let area = page.split(&format!("<textarea id=\"{name}\"")).nth(1);
    if let Some((_, text)) = area.and_then(|area| area.split_once("</textarea>")?.0.split_once('>')) {
        return text.trim_start_matches('\n');
    }
    let field = page.split(&format!("<input id=\"{name}\"")).nth(1).unwrap();
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap()
}

fn page_of_a_harbour() -> String {
    let text = "The ferry of pier two waits for the tide on every day of the week but Sunday. ".repeat(5);
    format!(
        "<!DOCTYPE html><html lang=en><title>Ferry waits for the tide | Harbour Office</title>\
         <nav><a href=/>Home port</a></nav><article><h1>Ferry waits for the tide</h1>\
         <p>Harbour Office, 4 April 2018</p><p>{text}</p></article><footer>All rights of the harbour</footer>"
    )
}

#[test]
fn an_editor_signs_in_pastes_corrects_admits_revises_withdraws_and_restores() {
    let place = Place::new();
    let inside = place.inside();
    let editor = Browser::signed_in(&inside, TOKEN);
    assert!(editor.page("/desk").contains("Signed in as desk: may publish, revise, withdraw"));

    // Nothing is published by looking.
    let draft =
        editor.submit("/desk", "/desk/drafts", &[("text", &page_of_a_harbour()), ("format", "text/html")]);
    let page = editor.page(&draft);
    for part in [
        "A new bulletin.",
        "Ferry waits for the tide",
        "precise to the day",
        "Home port",
        "All rights of the harbour",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(value(&page, "published"), "2018-04-04");
    assert_eq!(inside.read("/readyz").json()["events"], 0);

    // Corrected, looked at again, and admitted.
    let body =
        value(&page, "body").replace("&lt;", "<").replace("&gt;", ">").replace("pier two", "pier three");
    let corrected = [
        ("title", "The ferry waits"),
        ("published", "2018-04"),
        ("language", "en"),
        ("categories", "Ferries\r\nTides"),
        ("summary", ""),
        ("body", &body),
        ("source", "desk"),
    ];
    let again = editor.submit(&draft, &draft, &[&corrected[..], &[("do", "look")]].concat());
    assert_eq!(again, draft);
    let page = editor.page(&draft);
    assert!(page.contains("precise to the month, stated") && page.contains("pier three"), "{page}");
    let categories = value(&page, "categories").to_string();
    let shown = editor.submit(&draft, &draft, &[&corrected[..], &[("do", "admit")]].concat());
    assert_eq!(categories, "Ferries\nTides");
    let (desk, done) = shown.split_once('?').unwrap();
    assert_eq!(done, "done=new");
    let id = desk.rsplit('/').next().unwrap().to_string();
    assert_eq!(editor.get(&draft).status, 404, "a draft that was admitted is gone");

    let feed = inside.read("/feeds/category/ferries/year/2018.json").json();
    assert_eq!(text(&feed["items"][0], "title"), "The ferry waits");
    assert!(text(&feed["items"][0], "content_html").contains("pier three"));
    let kept = inside.read(&format!("/bulletins/{id}.json")).json();
    assert_eq!(kept["published"], serde_json::json!({"basis": "stated", "date": "2018-04"}));
    assert!(editor.page("/desk").contains("The ferry waits"), "it is among the latest");

    // Revised: what is not changed stays.
    let fields = editor.page(desk);
    let revision = [
        ("target", id.as_str()),
        ("title", "The ferry waits no more"),
        ("published", value(&fields, "published")),
        ("categories", "Ferries\nTides"),
        ("body", "<p>It goes <b onclick=\"alert(1)\">at once</b>.</p><script>alert(1)</script>"),
    ];
    let draft = editor.submit(desk, "/desk/drafts", &revision);
    let page = editor.page(&draft);
    assert!(page.contains("version 2") && page.contains("It goes <b>at once</b>."), "{page}");
    assert!(!page.contains("<script>") && !page.contains("onclick="), "{page}");
    assert_eq!(editor.submit(&draft, &draft, &[("do", "admit")]), format!("{desk}?done=revised"));
    assert_eq!(inside.read(&format!("/bulletins/{id}.json")).json()["version"], 2);

    // Withdrawn with a reason, and brought back.
    let permalink = text(&inside.read(&format!("/bulletins/{id}.json")).json(), "permalink").to_string();
    let gone = editor.submit(desk, &format!("{desk}/withdraw"), &[("reason", "Printed  by\r\nmistake")]);
    assert_eq!(gone, format!("{desk}?done=withdrawn"));
    let reply = inside.get(permalink.strip_prefix(BASE).unwrap());
    assert!(reply.status == 410 && reply.text().contains("Printed by mistake"), "{reply:?}");
    assert!(editor.page(desk).contains("Printed by mistake"));
    assert_eq!(editor.submit(desk, &format!("{desk}/restore"), &[]), format!("{desk}?done=restored"));
    assert_eq!(inside.get(permalink.strip_prefix(BASE).unwrap()).status, 200);
}

#[test]
fn a_file_a_duplicate_a_document_of_many_and_one_that_is_refused_are_told_apart_before_admission() {
    let place = Place::new();
    let inside = place.inside();
    let receipt = inside.admit(&bulletin(1));
    let editor = Browser::signed_in(&inside, TOKEN);
    let preview = |fields: &[(&str, &str)]| {
        let draft = editor.submit("/desk", "/desk/drafts", fields);
        (editor.page(&draft), draft)
    };
    let (page, _) = preview(&[("file", &page_of_a_harbour())]);
    assert!(page.contains("A new bulletin.") && page.contains("Ferry waits for the tide"), "{page}");
    let (page, draft) = preview(&[("text", &bulletin(1).to_string())]);
    assert!(page.contains("Already there") && page.contains("Notice 1 of the harbour"), "{page}");
    let there = editor.submit(&draft, &draft, &[("do", "admit")]);
    assert_eq!(there, format!("/desk/bulletins/{}?done=duplicate", text(&receipt, "id")));
    let (page, draft) = preview(&[("text", &Value::from(vec![bulletin(2), bulletin(3)]).to_string())]);
    assert!(page.contains("2 bulletins in one document") && !page.contains("id=\"title\""), "{page}");
    let done = editor.submit(&draft, &draft, &[("do", "admit")]);
    assert_eq!(done, "/desk?done=new+2");
    assert!(editor.page(&done).contains("Done: 2 new."));
    assert_eq!(inside.read("/readyz").json()["bulletins"], 3);
    let (page, draft) = preview(&[("text", "{\"title\": 5}"), ("format", "application/json")]);
    assert!(page.contains("It cannot be taken in") && page.contains("field title"), "{page}");
    assert!(!page.contains("value=\"admit\""), "there is nothing to admit");
    let mark = mark(&page, &draft);
    let fields = multipart(&[("form", &mark), ("do", "admit")]);
    let refused = editor.post(&draft, MULTIPART, &fields, &[]);
    assert_eq!((refused.status, refused.header("content-type")), (422, "text/html; charset=utf-8"));
    assert!(
        refused.text().contains("This was not done") && refused.text().contains("field title"),
        "{refused:?}"
    );
    // Told to be text, it is a bulletin.
    let as_text = [("format", "text/plain"), ("do", "look")];
    assert!(editor.page(&editor.submit(&draft, &draft, &as_text)).contains("A new bulletin."));
}

#[test]
fn what_cannot_be_understood_is_said_beside_what_was_corrected() {
    let place = Place::new();
    let inside = place.inside();
    let editor = Browser::signed_in(&inside, TOKEN);
    let draft = editor.submit("/desk", "/desk/drafts", &[("text", &page_of_a_harbour())]);
    let page = editor.page(&draft);
    let body = value(&page, "body").replace("&lt;", "<").replace("&gt;", ">");
    let fields = [("title", "The ferry waits"), ("published", "4 Aril"), ("body", &body), ("do", "admit")];
    assert_eq!(editor.submit(&draft, &draft, &fields), draft, "nothing is admitted");
    let page = editor.page(&draft);
    assert!(page.contains("`4 Aril` is no date"), "{page}");
    assert_eq!((value(&page, "title"), value(&page, "published")), ("The ferry waits", "2018-04-04"));
    assert_eq!(inside.read("/readyz").json()["events"], 0);
    // Looked at as another format, only what the editor wrote is the editor's.
    let fields = [
        ("title", "The ferry waits"),
        ("published", "2018-04-04"),
        ("body", &body),
        ("format", "text/plain"),
    ];
    editor.submit(&draft, &draft, &[&fields[..], &[("do", "look")]].concat());
    let page = editor.page(&draft);
    assert!(!page.contains("is no date") && value(&page, "title") == "The ferry waits", "{page}");
    assert!(value(&page, "body").contains("&amp;lt;article"), "the text is read anew: {page}");
    // A draft that is no more is told from an address that never was.
    let reply = editor.get("/desk/drafts/0a");
    assert!(reply.status == 404 && reply.text().contains("hand it in again"), "{reply:?}");
}

#[test]
fn a_revision_in_the_form_keeps_what_is_in_no_field() {
    let place = Place::new();
    let inside = place.inside();
    let text = "Joint statement\n\nThe harbours met in Lisbon on 17 April 2017 and agreed on one table of tides for the whole coast. "
        .to_string()
        + &"Pilots and keepers were asked, and so were those who live behind the dykes. ".repeat(4);
    let receipt = inside.post("/bulletins?source=wire", "text/plain", text).json();
    let id = self::text(&receipt, "id").to_string();
    let kept = || inside.read(&format!("/bulletins/{id}.json")).json();
    let before = kept();
    let editor = Browser::signed_in(&inside, TOKEN);
    let desk = format!("/desk/bulletins/{id}");
    let page = editor.page(&desk);
    let body = value(&page, "body").replace("&lt;", "<").replace("&gt;", ">");
    let fields = [
        ("target", id.as_str()),
        ("title", value(&page, "title")),
        ("published", value(&page, "published")),
        ("language", value(&page, "language")),
        ("summary", value(&page, "summary")),
        ("body", &body),
    ];
    let draft = editor.submit(&desk, "/desk/drafts", &fields);
    assert!(editor.page(&draft).contains("Already there"), "nothing was changed: {}", editor.page(&draft));
    let changed = body.replace("Lisbon", "Porto");
    let fields =
        fields.map(|(name, value)| if name == "body" { (name, changed.as_str()) } else { (name, value) });
    let draft = editor.submit(&desk, "/desk/drafts", &fields);
    assert_eq!(editor.submit(&draft, &draft, &[("do", "admit")]), format!("{desk}?done=revised"));
    let after = kept();
    assert_eq!(after["content"]["published"], before["content"]["published"], "how the date is known stays");
    assert!(self::text(&after["content"], "body").contains("Porto"));
}

#[test]
fn an_editor_finds_a_bulletin_by_what_it_is_called() {
    let place = Place::new();
    let inside = place.inside();
    let address = "https://estuary.example.org/press/1";
    let receipt = inside.admit(&served::but(bulletin(1), "url", address));
    let id = text(&receipt, "id");
    let editor = Browser::signed_in(&inside, TOKEN);
    let permalink = text(&receipt, "permalink");
    let history = format!("/history/{id}/1");
    for name in
        [id, permalink, permalink.strip_prefix(BASE).unwrap(), &history, address, &format!(" {address} ")]
    {
        let reply = editor.get(&format!("/desk?{}", encoded(&[("find", name)])));
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, &*format!("/desk/bulletins/{id}")),
            "{name}"
        );
    }
    for name in
        ["0000000000", "/feeds", "nothing", "https://elsewhere.example.org/desk", "/bulletins/0000000000"]
    {
        let page = editor.page(&format!("/desk?{}", encoded(&[("find", name)])));
        assert!(page.contains("No bulletin is known by this") && value(&page, "find") == name, "{page}");
    }
}

#[test]
fn what_comes_from_another_site_or_without_its_form_is_refused() {
    let place = Place::new();
    let inside = place.inside();
    let receipt = inside.admit(&bulletin(1));
    let editor = Browser::signed_in(&inside, TOKEN);
    let desk = format!("/desk/bulletins/{}", text(&receipt, "id"));
    let withdraw = format!("{desk}/withdraw");
    let page = editor.page(&desk);
    let good = mark(&page, &withdraw);
    let other = mark(&page, "/desk/drafts");
    let fields = |mark: &str| encoded(&[("form", mark), ("reason", "x")]);
    for (what, mark, headers) in [
        ("no token", "", &[][..]),
        ("a guess", "0000", &[]),
        ("the token of another form", &other, &[]),
        ("another site", &good, &[("sec-fetch-site", "cross-site")]),
        ("a sister site", &good, &[("sec-fetch-site", "same-site")]),
        ("another origin", &good, &[("origin", "https://evil.example.org")]),
        ("no origin that can be told", &good, &[("origin", "null")]),
        ("a site that looks like this one", &good, &[("origin", "https://news.example.org.evil.example")]),
        ("the same host over http", &good, &[("origin", "http://news.example.org")]),
    ] {
        let reply = editor.post(&withdraw, URLENCODED, &fields(mark), headers);
        assert_eq!(reply.status, 403, "{what}: {reply:?}");
        assert_eq!(editor.post("/desk/sign-in", URLENCODED, "token=x", headers).status, 403, "{what}");
    }
    // Another editor's session has other tokens.
    let second = Browser::signed_in(&inside, TOKEN);
    assert_eq!(second.post(&withdraw, URLENCODED, &fields(&good), &[]).status, 403);
    // Nothing is done by a GET, nor without the cookie, and no body is read then.
    assert_eq!(editor.get(&format!("{withdraw}?reason=x&form={good}")).status, 303);
    let nobody = Browser::new(&inside);
    assert_eq!(nobody.post(&withdraw, URLENCODED, &fields(&good), &[]).status, 401);
    let asked = nobody.page(&desk);
    assert!(
        asked.contains(&format!("name=\"to\" value=\"{desk}\"")) && !asked.contains("Notice 1"),
        "{asked}"
    );
    assert!(!nobody.page("/desk").contains("Notice 1"), "nothing is shown to whoever is not signed in");
    assert_eq!(inside.read("/readyz").json()["events"], 1, "nothing happened");
    // With its own, it is done.
    let reply = editor.post(&withdraw, URLENCODED, &fields(&good), &[("origin", BASE)]);
    assert_eq!(reply.status, 303, "{reply:?}");
    assert_eq!(inside.read("/readyz").json()["events"], 2);
}

#[test]
fn the_cookie_is_for_this_site_alone_and_ends_with_the_session() {
    let place = Place::new();
    let inside = place.inside();
    let browser = Browser::new(&inside);
    assert!(browser.page("/desk").contains("type=\"password\""));
    let wrong = browser.post("/desk/sign-in", URLENCODED, "token=wrong", &[]);
    assert!(wrong.status == 403 && wrong.text().contains("not known here"), "{wrong:?}");
    assert!(wrong.headers.get("set-cookie").is_none());
    // Whoever came for a page of the desk gets to it, and to nothing else.
    for (to, there) in [
        ("/desk/sources", "/desk/sources"),
        ("/desk/sign-out", "/desk"),
        ("/feeds", "/desk"),
        ("https://evil.example.org/desk/sources", "/desk"),
        ("//evil.example.org/desk", "/desk"),
    ] {
        let signed = Browser::new(&inside);
        let reply = signed.post("/desk/sign-in", URLENCODED, &encoded(&[("token", TOKEN), ("to", to)]), &[]);
        assert_eq!((reply.status, reply.header("location")), (303, there), "{to}");
    }
    let reply = browser.post("/desk/sign-in", URLENCODED, &encoded(&[("token", TOKEN)]), &[]);
    let cookie = reply.header("set-cookie");
    for part in ["__Host-annals-desk=", "; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains(TOKEN) && !cookie.contains("Domain"), "{cookie}");
    let kept = browser.cookie.borrow().clone();
    assert_eq!(browser.submit("/desk", "/desk/sign-out", &[]), "/desk");
    *browser.cookie.borrow_mut() = kept;
    assert!(browser.page("/desk").contains("type=\"password\""), "a session that was left is no session");
    let none = Place::with("");
    let none = none.inside();
    assert!(Browser::new(&none).page("/desk").contains("annals token"));
}

#[test]
fn a_desk_offers_and_allows_what_its_token_may() {
    let tokens =
        [("clerk", "rights = [\"admit\"]\nsource = [\"clerks\"]"), ("judge", "rights = [\"withdraw\"]")];
    let tables = tokens.map(|(name, more)| {
        format!("[[token]]\nname = \"{name}\"\nsha256 = \"{}\"\n{more}\n", sha256(name.as_bytes()))
    });
    let place = Place::with(&tables.concat());
    let inside = place.inside();
    let clerk = Browser::signed_in(&inside, "clerk");
    let draft = clerk.submit("/desk", "/desk/drafts", &[("text", &bulletin(1).to_string())]);
    let shown = clerk.submit(&draft, &draft, &[("do", "admit")]);
    let (desk, _) = shown.split_once('?').unwrap();
    let id = desk.rsplit('/').next().unwrap();
    assert_eq!(inside.read(&format!("/bulletins/{id}.json")).json()["source"], "clerks");
    let page = clerk.page(desk);
    assert!(!page.contains("/withdraw\"") && !page.contains("name=\"target\""), "{page}");
    // What it would come to is said before, and refused all the same.
    let corrected = served::but(bulletin(1), "title", "Corrected");
    let draft = clerk.submit("/desk", "/desk/drafts", &[("text", &corrected.to_string())]);
    let page = clerk.page(&draft);
    assert!(page.contains("`revise`") && !page.contains("value=\"admit\""), "{page}");
    let fields = multipart(&[("form", &mark(&page, &draft)), ("do", "admit")]);
    assert_eq!(clerk.post(&draft, MULTIPART, &fields, &[]).status, 403);
    let judge = Browser::signed_in(&inside, "judge");
    assert!(!judge.page("/desk").contains("action=\"/desk/drafts\""));
    assert_eq!(
        judge.submit(desk, &format!("{desk}/withdraw"), &[("reason", "x")]),
        format!("{desk}?done=withdrawn")
    );
    assert!(judge.page("/desk").contains("by judge"));
    assert_eq!(judge.get(&draft).status, 404, "nobody sees another's drafts");
}

#[test]
fn the_desk_speaks_the_language_that_is_asked_for_and_shows_how_sources_do() {
    let place = Place::with(&format!(
        "[[token]]\nname = \"desk\"\nsha256 = \"{}\"\n[[source]]\nname = \"outbox\"\nkind = \"folder\"\npath = \"outbox\"\n",
        sha256(TOKEN.as_bytes())
    ));
    let inside = place.inside();
    let editor = Browser::signed_in(&inside, TOKEN);
    assert!(editor.page("/desk?lang=fr").contains("Bureau de rédaction"));
    let page = editor.page("/desk/sources");
    assert!(page.contains("outbox") && page.contains("Never yet"), "{page}");
}
