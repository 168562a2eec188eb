//! Pages are whole, say where the feeds are, and let nothing that arrived act in them.

use annals::bulletin::{
    Author, Basis, BulletinId, Category, Content, Enclosure, Link, PartialDate, Published, Selection,
};
use annals::digest::Digest;
use annals::pages::*;
use annals::permalink::{Found, Permalinks, Route};
use annals::syndication::directory::{CategoryCount, Directory, YearCount};
use html5gum::{Token, Tokenizer};
use jiff::Timestamp;

fn site() -> Site {
    Site {
        title: "Relief & Works Agency: Bulletins".into(),
        description: Some("Press releases, statements and situation reports since 2009.".into()),
        language: "en".into(),
        interface: Interface { language: Language::English, asked: false },
        links: Permalinks::new("https://news.example.org"),
        search: true,
    }
}

fn category(label: &str) -> Category {
    Category::from_label(label).expect("the samples' labels have letters")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("the samples' times are written correctly")
}

fn published(date: &str, basis: Basis) -> Published {
    Published { basis, date: date.parse::<PartialDate>().expect("the samples' dates are written correctly") }
}

fn directory() -> Directory {
    let years = |first: i16, count: u64| -> Vec<YearCount> {
        let months = |year: i16| {
            std::array::from_fn(|month| (year as u32 * 7 + month as u32 * 5) % 11 * u32::from(month > 0))
        };
        let count = |year: i16| YearCount { year, count: count + year as u64 % 13 * 9, months: months(year) };
        (first..=2026).rev().map(count).collect()
    };
    let labels = [
        "Human interest story",
        "News & Stories",
        "Press release",
        "Situation report",
        "Speeches and statements",
        "Water, sanitation and hygiene",
    ];
    let categories = labels.iter().zip([2012, 2009, 2009, 2014, 2009, 2018]).map(|(label, first)| {
        CategoryCount { category: category(label), count: 211 * label.len() as u64, years: years(first, 8) }
    });
    Directory { total: 12_408, years: years(2009, 480), categories: categories.collect() }
}

fn listed(title: &str, date: &str, basis: Basis, language: &str, summary: Option<&str>) -> Listed {
    Listed {
        id: BulletinId::from_digest(&Digest::of(title.as_bytes())),
        slug: annals::bulletin::slug(title),
        title: title.into(),
        language: Some(language.into()),
        published: published(date, basis),
        summary: summary.map(Into::into),
        categories: vec![category("Press release"), category("Water, sanitation and hygiene")],
    }
}

fn latest() -> Vec<Listed> {
    vec![
        listed(
            "Clean water reaches 40,000 people in two coastal districts",
            "2026-11-20T09:30:00+02:00",
            Basis::Stated,
            "en",
            Some(
                "Two pumping stations opened this week end a shortage that began with the floods of March, and will serve nine villages and a hospital through the dry season.",
            ),
        ),
        listed(
            "Statement of the Director on the attack in the northern province",
            "2026-11-18",
            Basis::Stated,
            "en",
            None,
        ),
        listed(
            "المياه النظيفة تصل إلى 40 ألف شخص في منطقتين ساحليتين",
            "2026-11-17",
            Basis::Inferred,
            "ar",
            Some("افتتحت هذا الأسبوع محطتا ضخ جديدتان تنهيان نقصا بدأ مع فيضانات آذار."),
        ),
        listed(
            "Annual report",
            "2017-06",
            Basis::Stated,
            "en",
            Some("What was done, with what money, and what was learned."),
        ),
        listed("A newsletter that nobody dated", "2026-11-22T05:00:00Z", Basis::Received, "en", None),
    ]
}

const BODY: &str = "<p>Two pumping stations opened this week in the coastal districts. They end a shortage that began with the floods of March, and will serve <b>nine villages</b> and a hospital through the dry season.</p>\
<p>“We used to walk for two hours,” said Mariam, a teacher. “Now the children <a href=\"https://example.org/school\">are in school</a> by seven.”</p>\
<h2>What was built</h2><ul><li>Two pumping stations with solar panels</li><li>31 kilometres of pipe</li><li>A laboratory that tests the water every day</li></ul>\
<blockquote>Water is where everything else begins.</blockquote>\
<table><tr><th>District</th><th>People</th><th>Before, litres a day</th><th>Now</th></tr><tr><td>North Coast</td><td>24,100</td><td>6</td><td>38</td></tr><tr><td>South Coast</td><td>15,900</td><td>4</td><td>35</td></tr></table>\
<p>The work cost less than planned. For more, write to the press office.</p>";

fn content() -> Content {
    Content {
        authors: vec![
            Author { name: "Ana Lima".into(), ..Author::default() },
            Author {
                name: "Field Office".into(),
                url: Some("https://example.org/field".into()),
                email: None,
            },
        ],
        body: BODY.into(),
        enclosures: vec![Enclosure {
            url: "https://news.example.org/files/release.pdf".into(),
            title: Some("The release as PDF".into()),
            media_type: Some("application/pdf".into()),
            length: Some(1_204_551),
        }],
        language: Some("en".into()),
        links: vec![Link {
            rel: "related".into(),
            title: Some("Situation report 14".into()),
            url: "https://news.example.org/sitrep".into(),
        }],
        published: Some(published("2026-11-20T09:30:00+02:00", Basis::Stated)),
        summary: Some("Two pumping stations end a shortage that began with the floods of March.".into()),
        title: "Clean water reaches 40,000 people in two coastal districts".into(),
    }
}

fn article_view(content: &Content) -> ArticleView<'_> {
    ArticleView {
        id: "3v9e0k7wqa".parse().unwrap(),
        slug: "clean-water-reaches-40000-people".into(),
        entry_id: "tag:news.example.org,2026:3v9e0k7wqa".into(),
        content,
        digest: Digest::of(b"content"),
        original: Some(Digest::of(b"original")),
        published: content.published.clone().unwrap_or(published("2026-11-22T05:00:00Z", Basis::Received)),
        categories: vec![category("Press release"), category("Water, sanitation and hygiene")],
        source: Some("press-office".into()),
        via: Some("https://old.example.org/2026/water".into()),
        version: 2,
        versions: 3,
        captured: at("2026-11-20T07:44:10Z"),
        memento: false,
        also_known_as: vec!["https://mirror.example.org/water".into(), "urn:example:water".into()],
        earlier: latest().into_iter().nth(1),
        later: latest().into_iter().nth(2),
    }
}

fn history_view(text: &str) -> HistoryView {
    let version = |number: u32, title: &str| VersionListed {
        number,
        captured: at(&format!("2026-11-2{number}T07:44:10Z")),
        source: Some(format!("press-office{text}")),
        title: Some(format!("{title}{text}")).filter(|_| number != 2),
        digest: Digest::of(title.as_bytes()),
        change: Some(ChangeSize { added: u64::from(number) * 7, removed: u64::from(number) - 1 }),
    };
    let title = "Clean water reaches 40,000 people in two coastal districts";
    HistoryView {
        id: "3v9e0k7wqa".parse().unwrap(),
        slug: "clean-water".into(),
        title: format!("{title}{text}"),
        language: Some("en".into()),
        versions: vec![version(3, title), version(2, title), version(1, "Clean water reaches 30,000 people")],
        count: 3,
        before: None,
    }
}

/// Every page, by name, with `text` at the end of everything that comes from outside.
fn pages(text: &str) -> Vec<(&'static str, String)> {
    let mut site = site();
    site.title.push_str(text);
    let mut directory = directory();
    directory.categories[0].category.label.push_str(text);
    let mut latest = latest();
    for it in &mut latest {
        it.title.push_str(text);
        it.summary = it.summary.take().map(|summary| summary + text);
        it.language = it.language.take().map(|language| language + text);
        it.categories[0].label.push_str(text);
    }
    let mut content = content();
    content.title.push_str(text);
    content.summary = content.summary.map(|summary| summary + text);
    content.authors[0].name.push_str(text);
    content.authors[0].url = (!text.is_empty()).then(|| format!("javascript:{text}"));
    content.enclosures[0].title = content.enclosures[0].title.take().map(|title| title + text);
    content.links.push(Link { rel: text.into(), title: None, url: format!("javascript:alert(1){text}") });
    let mut arabic = content.clone();
    arabic.language = Some(format!("ar{text}"));
    arabic.title = "المياه النظيفة تصل إلى 40 ألف شخص".into();
    arabic.body = "<p>افتتحت هذا الأسبوع محطتا ضخ جديدتان تنهيان نقصا بدأ مع فيضانات آذار.</p>".into();
    let old_body = BODY
        .replace("nine villages", "seven villages")
        .replace("<li>31 kilometres of pipe</li>", "")
        .replace("</p>", &format!("{}</p>", maud::html! { (text) }.into_string()));
    let turn = |first: bool| Turn {
        first,
        at: (!first).then(|| ("before", "20260612.7".into())),
        newer: (!first).then(|| "20260612.7".into()),
        older: Some("20260214.3".into()),
    };
    let selected = |selection: Selection, first: bool| SelectionView {
        selection,
        directory: &directory,
        month: None,
        bulletins: latest.clone(),
        turn: turn(first),
    };
    let side = |number: u32, title, body| Side {
        number,
        captured: at("2026-11-20T07:44:10Z"),
        digest: Digest::of(b"side"),
        title,
        body,
    };
    vec![
        (
            "home",
            home(
                &site,
                &HomeView { latest: latest.clone(), older: Some("77".into()), directory: &directory },
            ),
        ),
        ("category", selection(&site, &selected(Selection::Category("press-release".into()), false))),
        (
            "category-year",
            selection(&site, &selected(Selection::CategoryYear("human-interest-story".into(), 2026), true)),
        ),
        ("year", selection(&site, &selected(Selection::Year(2026), true))),
        (
            "month",
            selection(&site, &SelectionView { month: Some(6), ..selected(Selection::Year(2026), true) }),
        ),
        ("about", about(&site)),
        ("article", article(&site, &article_view(&content))),
        ("article-old", article(&site, &ArticleView { memento: true, ..article_view(&content) })),
        ("article-arabic", article(&site, &article_view(&arabic))),
        ("history", history(&site, &history_view(text))),
        (
            "difference",
            difference(
                &site,
                &DifferenceView {
                    id: "3v9e0k7wqa".parse().unwrap(),
                    slug: "clean-water".into(),
                    language: Some("en".into()),
                    from: side(1, "Clean water reaches 30,000 people", &old_body),
                    to: side(2, &content.title, BODY),
                },
            ),
        ),
        ("feeds", feeds(&site, &FeedsView { directory: &directory, category: None, after: None })),
        (
            "feeds-category",
            feeds(
                &site,
                &FeedsView { directory: &directory, category: Some("press-release".into()), after: None },
            ),
        ),
        ("error", error(&site, 503, &format!("the archive is closing{text}"))),
        ("not-found", not_found(&site, &format!("/bulletins/3v9e0k7wqa/clean-wat{text}"))),
        (
            "gone",
            gone(
                &site,
                &GoneView {
                    id: "3v9e0k7wqa".parse().unwrap(),
                    entry_id: format!("tag:news.example.org,2026:3v9e0k7wqa{text}"),
                    withdrawn: at("2026-11-21T10:00:00Z"),
                    reason: Some(format!("Published before the embargo.{text}")),
                },
            ),
        ),
    ]
}

/// The start tags of a document as `name key=value …`, once it is known to be well formed: no error of
/// the tokenizer, and every element that has an end is closed, in order.
fn tags(name: &str, page: &str) -> Vec<String> {
    const VOID: [&str; 7] = ["meta", "link", "input", "img", "br", "hr", "wbr"];
    let mut open: Vec<String> = Vec::new();
    let mut seen = Vec::new();
    for Ok(token) in Tokenizer::new(page) {
        match token {
            Token::Error(error) => panic!("{name}: {}\n{page}", error.value),
            Token::StartTag(tag) => {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                let element = text(&tag.name);
                let attributes =
                    tag.attributes.iter().map(|(key, value)| format!(" {}={}", text(key), text(value)));
                seen.push(element.clone() + &attributes.collect::<String>());
                if !VOID.contains(&element.as_str()) {
                    open.push(element);
                }
            }
            Token::EndTag(tag) => {
                let closed = open.pop().unwrap_or_else(|| panic!("{name}: nothing is open"));
                assert_eq!(closed.as_bytes(), &tag.name[..], "{name}");
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} stay open");
    seen
}

/// JSON-LD, which no browser runs.
const DATA_BLOCK: &str = "script type=application/ld+json";

/// The largest page, without its pictures.
const PAGE_BYTES_MAX: usize = 60_000;

#[test]
fn every_page_is_whole() {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/pages");
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(format!("{folder}/style.css"), STYLESHEET).unwrap();
    for (name, page) in pages("") {
        let tags = tags(name, &page);
        assert_eq!(
            tags.iter().filter(|tag| *tag == "h1" || tag.starts_with("h1 ")).count(),
            1,
            "{name} has one heading"
        );
        let acts = |tag: &&String| {
            tag.starts_with("script") && *tag != DATA_BLOCK || tag.contains(" style=") || tag.contains(" on")
        };
        assert_eq!(tags.iter().find(acts), None, "{name}");
        assert!(page.len() < PAGE_BYTES_MAX, "{name} has {} bytes", page.len());
        // To look at: the same pages with their stylesheet beside them.
        let stylesheet = site().links.path(&stylesheet());
        std::fs::write(format!("{folder}/{name}.html"), page.replace(&stylesheet, "style.css")).unwrap();
    }
}

#[test]
fn hostile_strings_change_nothing_but_text() {
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'\"<!--",
        "</title></style></textarea>",
        "]]>\u{202e}&lt;&#0",
    ] {
        for ((name, plain), (_, page)) in pages("").into_iter().zip(pages(text)) {
            let elements = |page: &str| -> Vec<String> {
                let tags = tags(name, page).into_iter();
                tags.map(|tag| tag.split(' ').next().unwrap_or_default().into()).collect()
            };
            let found = elements(&page);
            let scripts = tags(name, &page).into_iter().filter(|tag| tag.starts_with("script"));
            assert!(scripts.into_iter().all(|tag| tag == DATA_BLOCK), "{name}: {text}");
            for element in ["img", "style", "textarea"] {
                assert!(!found.iter().any(|it| it == element), "{name}: {element} comes from {text}");
            }
            // A comparison has more to mark; every other page has the same elements in the same order.
            assert!(name == "difference" || found == elements(&plain), "{name}: {text}");
            assert!(!page.contains("href=\"javascript:"), "{name}");
        }
    }
}

#[test]
fn every_link_within_the_site_leads_somewhere() {
    for (name, page) in pages("") {
        for tag in tags(name, &page) {
            let Some((_, address)) = tag.split_once(" href=").or(tag.split_once(" action=")) else {
                continue;
            };
            let address = address.split([' ', '?']).next().unwrap_or_default();
            let path = address.strip_prefix("https://news.example.org").unwrap_or(address);
            if path.starts_with('/') && !path.starts_with("/files") && path != "/sitrep" {
                assert!(matches!(Route::find(path), Some(Found::Here(_))), "{name}: {path}");
            }
        }
    }
}

#[test]
fn an_article_names_every_feed_that_has_it_its_language_and_what_to_cite() {
    let pages = pages("");
    let page = |name: &str| tags(name, &pages.iter().find(|(it, _)| *it == name).unwrap().1);
    let article = page("article");
    let has =
        |tags: &[String], parts: &[&str]| tags.iter().any(|tag| parts.iter().all(|part| tag.contains(part)));
    for selection in ["all", "category/press-release", "category/water-sanitation-and-hygiene", "year/2026"] {
        for (extension, media_type) in [
            ("rss", "application/rss+xml"),
            ("atom", "application/atom+xml"),
            ("json", "application/feed+json"),
        ] {
            let address = format!("href=https://news.example.org/feeds/{selection}.{extension}");
            assert!(has(&article, &["link ", "rel=alternate", media_type, &address]), "{address}");
        }
    }
    assert!(has(&article, &["rel=canonical", "/bulletins/3v9e0k7wqa/clean-water-reaches-40000-people"]));
    assert!(has(&article, &["rel=cite-as", "/bulletins/3v9e0k7wqa/"]));
    assert!(has(&page("article-old"), &["rel=cite-as", "/history/3v9e0k7wqa/2"]));
    assert!(has(&page("article-old"), &["rel=canonical", "/bulletins/3v9e0k7wqa/"]));
    assert!(has(&page("article-arabic"), &["div", "class=body", "lang=ar", "dir=rtl"]));
    assert!(has(&article, &["div", "class=body", "lang=en", "dir=ltr"]));
}

#[test]
fn a_difference_marks_the_words_that_changed() {
    let (_, page) = pages("").into_iter().find(|(name, _)| *name == "difference").unwrap();
    assert!(page.contains(">seven</del>") && page.contains(">nine</ins> villages"), "{page}");
    assert!(page.contains(">31 kilometres of pipe</ins></p>"), "{page}");
}
