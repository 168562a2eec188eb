//! Memento (RFC 7089): a client that others wrote finds the version of a moment, and what is gone says where it was.

mod served;

use std::net::TcpListener;
use std::process::Command;

use serde_json::{Value, json};
use served::{Ask, Place, Server, but, text};

/// Asks `memento_client` for the versions of the address in its first argument at the moments in the others.
const CLIENT: &str = r#"
import json, sys
from datetime import datetime
from memento_client import MementoClient
found = []
for moment in sys.argv[2:]:
    info = MementoClient(timegate_uri=sys.argv[1] + "/none/").get_memento_info(sys.argv[1], datetime.fromisoformat(moment))
    found.append({
        "original": info["original_uri"], "timegate": info["timegate_uri"],
        **{name: [it["uri"][0], it["datetime"].isoformat()] for name, it in info["mementos"].items()},
    })
print(json.dumps(found))
"#;

/// A server whose links lead to itself.
fn serve(place: &Place) -> (Server, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://127.0.0.1:{port}");
    let config = place.dir.path().join("config.toml");
    let settings = std::fs::read_to_string(&config).unwrap();
    let settings = settings.replace(served::BASE, &base).replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
    std::fs::write(config, settings).unwrap();
    (place.serve(), base)
}

/// The targets of the links with a relation in a `Link` header whose links have one each.
fn targets(header: &str, relation: &str) -> Vec<String> {
    let links = header.split(", <").map(|link| link.trim_start_matches('<'));
    let of = links.filter(|link| link.contains(&format!("; rel=\"{relation}\"")));
    of.map(|link| link.split('>').next().unwrap().to_string()).collect()
}

#[test]
fn memento_client_resolves_past_exact_and_future_moments() {
    let found = Command::new("python3").args(["-c", "import memento_client"]).output();
    let here = found.is_ok_and(|output| output.status.success());
    let all = std::env::var_os("ANNALS_TEST_ALL").is_some_and(|value| value == "1");
    assert!(here || !all, "ANNALS_TEST_ALL=1, and `python3 -c 'import memento_client'` fails");
    if !here {
        println!("skipped: `python3 -c 'import memento_client'` fails here (pip install memento_client)");
        return;
    }
    let place = Place::new();
    let (server, base) = serve(&place);
    let bulletin = served::bulletin(1);
    let receipt = server.admit(&bulletin);
    let (id, permalink) = (text(&receipt, "id"), text(&receipt, "permalink"));
    for title in ["Second", "Third"] {
        // HTTP dates tell seconds apart.
        std::thread::sleep(std::time::Duration::from_millis(1100));
        server.put(id, &but(bulletin.clone(), "title", title));
    }
    let list = server.read(&format!("/timemap/{id}.json")).json();
    let moments: Vec<String> = list["mementos"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| text(it, "datetime").split('.').next().unwrap().trim_end_matches('Z').to_string())
        .collect();
    let asked = ["1999-01-01T00:00:00", &moments[1], "2199-01-01T00:00:00"];
    let output = Command::new("python3").args(["-c", CLIENT, permalink]).args(asked).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let version = |n: usize| json!([format!("{base}/history/{id}/{n}"), moments[n - 1]]);
    for (n, found) in [1, 2, 3].into_iter().zip(found.as_array().unwrap()) {
        assert_eq!(found["closest"], version(n), "{found}");
        assert_eq!((&found["first"], &found["last"]), (&version(1), &version(3)));
        assert_eq!(found["prev"], if n > 1 { version(n - 1) } else { Value::Null }, "{found}");
        assert_eq!(found["next"], if n < 3 { version(n + 1) } else { Value::Null }, "{found}");
        assert_eq!(found["timegate"], format!("{base}/timegate/{id}"));
        assert_eq!(found["original"], permalink);
    }
}

#[test]
fn a_version_names_its_neighbours_and_what_is_gone_names_where_it_was() {
    let place = Place::new();
    let inside = place.inside();
    let bulletin = served::bulletin(1);
    let receipt = inside.admit(&bulletin);
    let (id, permalink) = (text(&receipt, "id"), text(&receipt, "permalink"));
    for title in ["Second", "Third"] {
        inside.put(id, &but(bulletin.clone(), "title", title));
    }
    let url = |path: String| format!("{}{path}", served::BASE);
    let second = inside.read(&format!("/history/{id}/2"));
    assert!(second.header("memento-datetime").ends_with("GMT"));
    let link = second.header("link");
    for (relation, expected) in [
        ("original", permalink.to_string()),
        ("timegate", url(format!("/timegate/{id}"))),
        ("first", url(format!("/history/{id}/1"))),
        ("prev", url(format!("/history/{id}/1"))),
        ("next", url(format!("/history/{id}/3"))),
        ("last", url(format!("/history/{id}/3"))),
        ("predecessor-version", url(format!("/history/{id}/1"))),
        ("successor-version", url(format!("/history/{id}/3"))),
        ("latest-version", permalink.to_string()),
        ("version-history", url(format!("/history/{id}"))),
        ("cite-as", url(format!("/history/{id}/2"))),
    ] {
        assert_eq!(targets(link, relation), [expected], "{relation}: {link}");
    }
    assert_eq!(targets(link, "timemap").len(), 2, "{link}");
    assert!(
        inside
            .read(&format!("/timemap/{id}"))
            .text()
            .contains("; rel=\"self\"; type=\"application/link-format\"; from=\"")
    );
    inside.command("DELETE", &format!("/bulletins/{id}?reason=Wrong%20ferry."));
    for path in [format!("/history/{id}/2"), format!("/timegate/{id}"), format!("/timemap/{id}")] {
        let gone = inside.ask("GET", &path, &[("accept", "text/html")], "");
        assert_eq!(gone.status, 410, "{path}");
        let link = gone.header("link");
        assert_eq!(targets(link, "original"), [permalink], "{path}: {link}");
        assert_eq!(targets(link, "timegate").len(), 1, "{path}: {link}");
        assert_eq!(targets(link, "first"), [url(format!("/history/{id}/1"))], "{path}: {link}");
    }
    let page =
        inside.ask("GET", permalink.strip_prefix(served::BASE).unwrap(), &[("accept", "text/html")], "");
    assert_eq!((page.status, targets(page.header("link"), "last").len()), (410, 1));
    assert!(page.text().contains("Wrong ferry."));
    let unread = inside.ask("GET", &format!("/timegate/{id}"), &[("accept-datetime", "yesterday")], "");
    assert_eq!(unread.status, 410, "what is gone is gone at every moment");
}

#[test]
fn a_time_gate_refuses_a_moment_that_it_cannot_read() {
    let place = Place::new();
    let inside = place.inside();
    let id = text(&inside.admit(&served::bulletin(1)), "id").to_string();
    let ask =
        |moment: &str| inside.ask("GET", &format!("/timegate/{id}"), &[("accept-datetime", moment)], "");
    let refused = ask("yesterday");
    assert_eq!((refused.status, refused.header("vary")), (400, "accept-datetime"));
    assert_eq!(ask("Mon, 01 Jan 1990 00:00:00 GMT").status, 302);
}
