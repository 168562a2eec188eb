//! The reading room in a browser: what a reader does there without script, in the widths and colours that they have;
//! what axe-core and the Nu HTML checker say of every page; and that no page asks for anything from elsewhere.

mod chromium;
mod scene;
#[path = "../served/mod.rs"]
mod served;

use std::path::{Path, PathBuf};
use std::process::Command;

use chromium::Browser;
use scene::{Scene, pictures};
use serde_json::Value;
use served::Ask as _;

/// What is not here is said; where all tests must run, it is a failure.
fn here<T>(what: &str, how: &str, found: Option<T>) -> Option<T> {
    let all = std::env::var_os("ANNALS_TEST_ALL").is_some_and(|value| value == "1");
    assert!(found.is_some() || !all, "ANNALS_TEST_ALL=1, and {what} is not here ({how})");
    if found.is_none() {
        println!("skipped: {what} is not here ({how})");
    }
    found
}

fn browser() -> Option<Browser> {
    here("chromium", "apt-get install chromium", chromium::find()).map(Browser::start)
}

/// A file that npm installs below target/.
fn of_npm(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm/node_modules").join(path);
    here(path, "npm install --prefix target/npm axe-core vnu-jar", file.is_file().then_some(file))
}

/// Every request of the browser so far stayed with the server.
fn nothing_left_the_machine(browser: &Browser, scene: &Scene) {
    assert!(!browser.requests.is_empty());
    let within =
        |url: &&String| url.starts_with(&scene.base) || url.starts_with("about:") || url.starts_with("data:");
    assert_eq!(browser.requests.iter().find(|url| !within(url)), None);
}

/// Nothing pushes the page sideways.
fn fits(browser: &mut Browser, name: &str) {
    let over =
        browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert_eq!(over, 0, "{name} is wider than its window");
}

#[test]
fn a_reader_finds_opens_compares_and_subscribes_without_script() {
    let Some(mut browser) = browser() else { return };
    let scene = Scene::new();
    browser.scripts(false);
    browser.look(360, false);
    browser.open(&scene.base);
    assert!(browser.text().contains("Notices of the estuary"));
    browser.fill("form.search input[name=q]", "Calais");
    browser.press("form.search button", "");
    assert!(browser.address().contains("/search?q=Calais"), "{}", browser.address());
    // The index follows within a second or so.
    let begin = std::time::Instant::now();
    while !browser.text().contains("Calais ferry doubles its winter crossings") {
        assert!(begin.elapsed().as_secs() < 60, "it is not found: {}", browser.text());
        let again = browser.address();
        browser.open(&again);
    }
    browser.press("main a", "Calais ferry doubles its winter crossings");
    assert_eq!(browser.address(), scene.url(&scene.corrected));
    assert!(browser.text().contains("eight times a day"));
    browser.press(".corrected a", "history");
    assert!(browser.text().contains("1 word taken out") || browser.text().contains("put in"));
    browser.press("main a", "What changed from version 1");
    assert_eq!(browser.evaluate("document.querySelector('del[data-begin]').textContent"), "six");
    browser.press("nav.trail a", "The bulletin");
    assert_eq!(browser.address(), scene.url(&scene.corrected));
    browser.press("header nav a", "Feeds");
    let address = browser.evaluate("document.querySelector('table.feeds td a').href");
    assert_eq!(address, scene.url("/feeds/all.rss"));
    // The language that was asked for goes along.
    browser.press(".languages a", "Français");
    assert!(browser.text().contains("Suivez tout"));
    browser.press("header nav a", "À propos");
    assert!(browser.address().ends_with("/about?lang=fr"));
    assert!(browser.text().contains("Ce sur quoi vous pouvez compter"));
    nothing_left_the_machine(&browser, &scene);
}

/// Whether the only request of the page failed, as it should: what it was answered with.
fn answered(browser: &mut Browser) -> u64 {
    let status = "performance.getEntriesByType('navigation')[0].responseStatus";
    browser.evaluate(status).as_u64().unwrap()
}

#[test]
fn an_editor_pastes_corrects_publishes_and_withdraws_without_script() {
    let Some(mut browser) = browser() else { return };
    let scene = Scene::new();
    browser.scripts(false);
    for (width, dark, title) in
        [(360, false, "The ferry to Varre waits"), (1280, true, "The Varre ferry is late")]
    {
        browser.look(width, dark);
        // Who comes for a page of the desk is asked for the token, and gets there.
        browser.open(&scene.url("/desk/sources"));
        if width == 360 {
            browser.fill("input[name=token]", served::TOKEN);
            browser.press(".desk button", "Sign in");
        }
        assert_eq!(browser.address(), scene.url("/desk/sources"));
        assert!(browser.text().contains("tide-gauge"));
        browser.press(".trail a", "Back to the desk");
        // Pasted: nothing is published by looking.
        browser.fill("textarea[name=text]", &scene::page_of_the_press_office().replace("pier two", title));
        browser.press(".desk form[enctype] button", "");
        let text = browser.text();
        assert!(text.contains("A new bulletin.") && text.contains("precise to the day"), "{text}");
        browser.fill("input[name=published]", "soon");
        browser.press("button[value=look]", "");
        assert!(browser.text().contains("`soon` is no date"), "{}", browser.text());
        // Corrected and published.
        browser.fill("input[name=title]", title);
        browser.fill("input[name=published]", "2018-04");
        browser.fill("textarea[name=categories]", "Ferries");
        browser.press("button[value=admit]", "");
        assert!(browser.text().contains("It is published."), "{}", browser.text());
        fits(&mut browser, "the desk's bulletin");
        let desk = browser.address();
        browser.press("main a", "See it as readers do");
        let permalink = browser.address();
        assert!(browser.text().contains("April 2018") && !browser.text().contains("4 April 2018\n"));
        let path = permalink.strip_prefix(&scene.base).unwrap().to_string();
        let feed = scene.server.read("/feeds/category/ferries/year/2018.atom");
        assert!(feed.text().contains(&path) && feed.text().contains(title), "{}", feed.text());
        // Withdrawn, found again by its address, and restored.
        browser.open(&desk);
        browser.fill("input[name=reason]", "Printed by mistake.");
        browser.press("form[action*=withdraw] button", "");
        assert!(browser.text().contains("It is withdrawn."), "{}", browser.text());
        browser.open(&permalink);
        assert_eq!(answered(&mut browser), 410);
        assert!(browser.text().contains("Printed by mistake."));
        assert!(
            !scene
                .server
                .read("/feeds/category/ferries/year/2018.atom")
                .text()
                .contains(&format!(">{title}<"))
        );
        browser.open(&scene.url("/desk"));
        browser.fill("input[name=find]", &permalink);
        browser.press("form.find button", "");
        browser.press("form[action*=restore] button", "");
        assert!(browser.text().contains("readers see it again"), "{}", browser.text());
        browser.open(&permalink);
        assert_eq!(answered(&mut browser), 200);
    }
    browser.open(&scene.url("/desk"));
    browser.press("form.who button", "Sign out");
    assert!(browser.evaluate("!!document.querySelector('input[name=token]')") == true);
    nothing_left_the_machine(&browser, &scene);
}

#[test]
fn pictures_lead_where_they_say_and_months_are_gone_through() {
    let Some(mut browser) = browser() else { return };
    let scene = Scene::new();
    browser.scripts(false);
    browser.look(1280, false);
    browser.open(&scene.base);
    let bar = browser.evaluate(
        "[...document.querySelectorAll('figure svg a')].map(a => [a.href.baseVal, a.querySelector('title').textContent]).at(-1)",
    );
    let (href, title) = (bar[0].as_str().unwrap(), bar[1].as_str().unwrap());
    browser.open(&scene.url(href));
    let shown = browser.evaluate("document.querySelectorAll('ol.bulletins > li').length").as_u64().unwrap();
    let heading = browser.evaluate("document.querySelector('h1').textContent");
    let bulletins = if shown == 1 { "1 bulletin".into() } else { format!("{shown} bulletins") };
    assert_eq!(title, format!("{}: {bulletins}", heading.as_str().unwrap()));
    // All of them, page by page, and back again.
    browser.open(&scene.url("/category/ferries"));
    let first = browser.text();
    let mut seen =
        browser.evaluate("document.querySelectorAll('ol.bulletins > li').length").as_u64().unwrap();
    browser.press("nav.pagination a", "Older");
    seen += browser.evaluate("document.querySelectorAll('ol.bulletins > li').length").as_u64().unwrap();
    assert_eq!(seen, 41);
    browser.press("nav.pagination a", "Newer");
    assert_eq!(browser.text(), first);
}

/// The pictures that the documents show: half as large as the window, and small.
#[test]
fn pictures_for_the_documents_are_made() {
    let Some(mut browser) = browser() else { return };
    let scene = Scene::new();
    let pages = scene.pages();
    browser.keep(&scene.base, &scene.cookie);
    let path = |name: &str| pages.iter().find(|(it, _)| *it == name).unwrap().1.clone();
    let folder = pictures().join("documents");
    std::fs::create_dir_all(&folder).unwrap();
    let mut bytes = 0;
    for (file, name, dark) in [
        ("home", "home", false),
        ("article", "article", false),
        ("difference", "difference", false),
        ("year-dark", "year", true),
        ("desk", "desk-draft", false),
    ] {
        browser.look(1100, dark);
        browser.open(&scene.url(&path(name)));
        let file = folder.join(format!("{file}.png"));
        browser.picture(&file, 900, 0.6);
        bytes += std::fs::metadata(file).unwrap().len();
    }
    assert!(bytes < 300_000, "{bytes} bytes are too many for documents");
}

#[test]
fn axe_finds_nothing_on_any_page() {
    let (Some(mut browser), Some(axe)) = (browser(), of_npm("axe-core/axe.min.js")) else { return };
    let axe = std::fs::read_to_string(axe).unwrap();
    let scene = Scene::new();
    browser.keep(&scene.base, &scene.cookie);
    let mut found = Vec::new();
    for (width, dark) in [(360, false), (1280, true), (1280, false), (360, true)] {
        browser.look(width, dark);
        for (name, path) in scene.pages() {
            browser.open(&scene.url(&path));
            fits(&mut browser, name);
            let colour = if dark { "dark" } else { "light" };
            browser.picture(&pictures().join(format!("{name}-{width}-{colour}.png")), 2400, 1.0);
            // What is folded away is looked at too.
            browser.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)");
            fits(&mut browser, name);
            browser.evaluate(&format!("{axe}\n;0"));
            let run = "axe.run().then(it => it.violations.map(it => it.id + ': ' + it.help + ' ' + it.nodes.slice(0, 3).map(it => it.html).join(' | ')))";
            for violation in browser.evaluate(run).as_array().unwrap() {
                found.push(format!("{name} {width} {colour}: {violation}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    nothing_left_the_machine(&browser, &scene);
}

#[test]
fn the_nu_html_checker_finds_no_error() {
    let Some(jar) = of_npm("vnu-jar/build/dist/vnu.jar") else { return };
    let java = Command::new("java").arg("-version").output().is_ok_and(|output| output.status.success());
    if here("java", "apt-get install default-jre-headless", java.then_some(())).is_none() {
        return;
    }
    let scene = Scene::new();
    let folder = tempfile::tempdir().unwrap();
    for language in ["en", "fr", "es"] {
        for (name, path) in scene.pages() {
            let headers = [("accept", "text/html"), ("accept-language", language), ("cookie", &scene.cookie)];
            let reply = scene.server.ask("GET", &path, &headers, "");
            assert!(reply.body.len() < 60_000, "{name} has {} bytes", reply.body.len());
            std::fs::write(folder.path().join(format!("{name}-{language}.html")), reply.body).unwrap();
        }
    }
    let output = Command::new("java")
        .arg("-jar")
        .arg(jar)
        .args(["--format", "json", "--stdout", "--exit-zero-always", "--errors-only"])
        .arg(folder.path())
        .output()
        .unwrap();
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let messages = report["messages"].as_array().unwrap();
    let told: Vec<String> =
        messages.iter().map(|it| format!("{}: {} {}", it["url"], it["message"], it["extract"])).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
