//! Lists in the order of the calendar: every bulletin once, however one goes along them, and next to each article those
//! that stand next to it there.

mod served;

use serde_json::{Value, json};

use served::{Ask, Inside, Place, but, text};

/// Dates with gaps of years between them, of every precision, some of them shared.
const DATES: [&str; 12] = [
    "1998",
    "2001-05-09",
    "2001-05-09",
    "2009",
    "2009-03",
    "2009-03-01",
    "2009-03-31T23:30:00-05:00",
    "2009-12-31",
    "2010-01-01",
    "2024-02",
    "2024-02-29",
    "2026-11-01T00:10:00+02:00",
];

fn notice(n: usize, date: &str) -> Value {
    json!({
        "id": format!("n{n}"), "title": format!("Notice {n:03}"), "published": date, "categories": ["Tides"],
        "body_html": format!("<p>Tide table {n} hangs at the quay.</p>"),
    })
}

/// Where the links with this relation lead that the page shows.
fn links<'p>(page: &'p str, relation: &str) -> Vec<&'p str> {
    let shown = page.split_once("<main").unwrap().1;
    let links = shown.split("<a ").skip(1).map(|tag| tag.split_once('>').unwrap().0);
    let wanted = format!("rel=\"{relation}\"");
    let of_relation = links.filter(|tag| tag.contains(&wanted));
    of_relation.map(|tag| tag.split("href=\"").nth(1).unwrap().split('"').next().unwrap()).collect()
}

fn titles(page: &str) -> Vec<String> {
    let list = page.split("<ol class=\"bulletins\">").skip(1).map(|part| part.split_once("</ol>").unwrap().0);
    let titles =
        list.flat_map(|list| list.split("<h3").skip(1).map(|item| item.split("Notice ").nth(1).unwrap()));
    titles.map(|rest| rest[..3].to_string()).collect()
}

/// Everything that a list shows, page by page, the latest first; and it is the same backwards.
fn gone_through(site: &Inside, path: &str) -> Vec<String> {
    let (mut seen, mut at, mut pages) = (Vec::new(), path.to_string(), Vec::new());
    loop {
        let page = site.read(&at).text().to_string();
        seen.extend(titles(&page));
        pages.push(titles(&page));
        assert!(pages.len() < 100, "{path} has no end");
        match links(&page, "next").first() {
            Some(older) => at = older.replace("&amp;", "&"),
            None => break,
        }
    }
    let mut back = Vec::new();
    loop {
        let page = site.read(&at).text().to_string();
        back.extend(titles(&page).into_iter().rev());
        match links(&page, "prev").first() {
            Some(newer) => at = newer.replace("&amp;", "&"),
            None => break,
        }
    }
    let mut forth = seen.clone();
    forth.reverse();
    assert_eq!(back, forth, "{path}");
    seen
}

/// The titles from the first to the last, as links between articles lead.
fn chain(site: &Inside, from: &str) -> Vec<String> {
    let (mut at, mut seen) = (from.to_string(), Vec::new());
    loop {
        let page = site.read(&at).text().to_string();
        seen.push(page.split("<title>Notice ").nth(1).unwrap()[..3].to_string());
        assert!(seen.len() < 200, "it goes in a circle");
        let Some(later) = links(&page, "next").first().map(|it| it.to_string()) else { return seen };
        let there = site.read(&later).text().to_string();
        assert_eq!(links(&there, "prev"), [at.as_str()], "from {later} back to {at}");
        at = later;
    }
}

#[test]
fn every_list_has_every_bulletin_once_and_articles_lead_from_one_to_the_next_across_years() {
    let place = Place::new();
    let site = place.inside();
    // As they come, which is not as they are dated.
    let count = DATES.len() * 6;
    let order: Vec<usize> = (0..count).map(|n| n * 31 % count).collect();
    let notices: Vec<Value> = order.iter().map(|n| notice(*n, DATES[n % DATES.len()])).collect();
    let receipts = site.post("/bulletins", "application/json", Value::from(notices).to_string()).json();
    // Those of one day stand as they were admitted.
    let mut dated: Vec<(usize, usize)> =
        order.iter().enumerate().map(|(at, n)| (n % DATES.len(), at)).collect();
    dated[..].sort_by_key(|(date, at)| (if *date == 2 { 1 } else { *date }, *at));
    let name = |at: usize| format!("{:03}", order[at]);
    let earliest_first: Vec<String> = dated.iter().map(|(_, at)| name(*at)).collect();
    let latest_first: Vec<String> = earliest_first.iter().rev().cloned().collect();
    for path in ["/", "/category/tides"] {
        assert_eq!(gone_through(&site, path), latest_first, "{path}");
    }
    let of = |dates: std::ops::Range<usize>| -> Vec<String> {
        dated.iter().rev().filter(|(date, _)| dates.contains(date)).map(|(_, at)| name(*at)).collect()
    };
    for in_2009 in ["/year/2009", "/category/tides/year/2009"] {
        assert_eq!(gone_through(&site, in_2009), of(3..8), "{in_2009}");
        assert_eq!(gone_through(&site, &format!("{in_2009}?month=3")), of(4..7), "{in_2009}");
        assert_eq!(gone_through(&site, &format!("{in_2009}?month=7")), [""; 0], "{in_2009}");
    }
    let permalink =
        |at: usize| text(&receipts[at], "permalink").strip_prefix(served::BASE).unwrap().to_string();
    let first = permalink(dated[0].1);
    assert_eq!(chain(&site, &first), earliest_first);

    // One is dated anew, one withdrawn: what stood next to them is told so.
    let (moved, gone) = (dated[20].1, dated[40].1);
    let other = but(notice(order[moved], "2031"), "title", format!("Notice {:03}", order[moved]));
    site.put(text(&receipts[moved], "id"), &other);
    let path = format!("/bulletins/{}?reason=wrong", text(&receipts[gone], "id"));
    assert_eq!(site.command("DELETE", &path).status, 200);
    let mut expected: Vec<String> = earliest_first.clone();
    expected.retain(|it| *it != name(moved) && *it != name(gone));
    expected.push(name(moved));
    assert_eq!(chain(&site, &first), expected);
    expected.reverse();
    assert_eq!(gone_through(&site, "/"), expected);
    drop(site);
    // Rebuilt from the journal, it is the same.
    place.rebuild();
    let site = place.inside();
    assert_eq!(gone_through(&site, "/category/tides"), expected);
}

#[test]
fn the_other_languages_are_asked_for_at_the_same_page_of_a_list() {
    let place = Place::new();
    let site = place.inside();
    let notices: Vec<Value> = (0..40).map(|n| notice(n, "2020-01-01")).collect();
    site.post("/bulletins", "application/json", Value::from(notices).to_string());
    let older = links(site.read("/year/2020").text(), "next")[0].to_string();
    let page = site.read(&older).text().to_string();
    let french =
        links(&page, "alternate nofollow").into_iter().find(|link| link.ends_with("lang=fr")).unwrap();
    let there = site.read(&format!("/year/2020{}", french.replace("&amp;", "&"))).text().to_string();
    assert!(there.contains("<html lang=\"fr\">"));
    assert_eq!(titles(&there), titles(&page));
}
