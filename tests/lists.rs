//! The lists that programs read: every feed as OPML, and what crawlers are told.

use annals::bulletin::{Category, Selection};
use annals::permalink::{Document, Found, Permalinks, Route};
use annals::syndication::crawlers::{robots, sitemap, sitemap_index};
use annals::syndication::directory::{CategoryCount, Directory, YearCount};
use annals::syndication::opml::opml;

fn links() -> Permalinks {
    Permalinks::new("https://news.example.org")
}

fn directory() -> Directory {
    let year = |year: i16, count: u64| YearCount { year, count, months: Default::default() };
    let category = Category { label: "Press & <media>".into(), term: "press-media".into() };
    Directory {
        total: 5,
        years: vec![year(2026, 3), year(2018, 2)],
        categories: vec![CategoryCount { category, count: 4, years: vec![year(2026, 3), year(2018, 1)] }],
    }
}

#[test]
fn opml_has_every_feed_once() {
    let text = String::from_utf8(opml("Relief & Works\u{1}", &directory(), &links())).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("version"), Some("2.0"));
    let feeds: Vec<_> = document.descendants().filter(|it| it.attribute("type") == Some("rss")).collect();
    let mut found: Vec<_> = feeds.iter().map(|it| it.attribute("xmlUrl").unwrap()).collect();
    assert!(feeds.iter().all(|it| it.attribute("text").is_some() && it.attribute("htmlUrl").is_some()));
    let of = |selection: &Selection| {
        links().url(&Route::Feed(selection.clone(), Document::Subscription, "rss".into()))
    };
    let term = || "press-media".to_string();
    let mut expected = [
        Selection::All,
        Selection::Year(2026),
        Selection::Year(2018),
        Selection::Category(term()),
        Selection::CategoryYear(term(), 2026),
        Selection::CategoryYear(term(), 2018),
    ]
    .each_ref()
    .map(of);
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    for address in found {
        let path = address.strip_prefix("https://news.example.org").unwrap();
        assert!(matches!(Route::find(path), Some(Found::Here(_))), "{path}");
    }
    assert!(feeds.iter().any(|it| it.attribute("text") == Some("Press & <media>, 2018")));
}

#[test]
fn selections_are_named_and_counted_the_same_everywhere() {
    let directory = directory();
    let (term, unknown) = ("press-media".to_string(), "unknown".to_string());
    for (selection, title, count, within) in [
        (Selection::All, "All bulletins", 5, 3),
        (Selection::Year(2018), "2018", 2, 1),
        (Selection::Category(term.clone()), "Press & <media>", 4, 2),
        (Selection::CategoryYear(term, 2018), "Press & <media>, 2018", 1, 0),
        (Selection::Category(unknown), "unknown", 0, 0),
        (Selection::Year(1999), "1999", 0, 0),
    ] {
        assert_eq!(directory.title(&selection), title);
        assert_eq!(directory.count(&selection), count, "{title}");
        assert_eq!(directory.within(&selection).len(), within, "{title}");
    }
}

#[test]
fn sitemaps_are_well_formed_and_dated() {
    let changed = "2026-11-22T05:00:00Z".parse().unwrap();
    let urls = vec![
        ("https://news.example.org/?a=1&b=<2>".to_string(), Some(changed)),
        ("https://news.example.org/b".to_string(), None),
    ];
    for (bytes, root, item) in
        [(sitemap(urls.clone()), "urlset", "url"), (sitemap_index(urls.clone()), "sitemapindex", "sitemap")]
    {
        let text = String::from_utf8(bytes).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(document.root_element().tag_name().name(), root);
        assert_eq!(
            document.root_element().tag_name().namespace(),
            Some("http://www.sitemaps.org/schemas/sitemap/0.9")
        );
        let items: Vec<_> = document.root_element().children().filter(|it| it.is_element()).collect();
        assert!(items.iter().all(|it| it.tag_name().name() == item));
        let text = |n: usize, name: &str| {
            items[n].children().find(|it| it.tag_name().name() == name).and_then(|it| it.text())
        };
        assert_eq!(text(0, "loc"), Some(urls[0].0.as_str()));
        assert_eq!(text(0, "lastmod"), Some("2026-11-22T05:00:00Z"));
        assert_eq!(text(1, "lastmod"), None);
    }
}

#[test]
fn robots_may_read_everything_but_answers_to_questions() {
    let text = robots(&Permalinks::new("https://example.org/news"));
    assert_eq!(
        text,
        "User-agent: *\nDisallow: /news/search\n\nSitemap: https://example.org/news/sitemap.xml\n"
    );
}
