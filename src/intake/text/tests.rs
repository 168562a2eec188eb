//! Whole pages: what intake makes of them.

use proptest::prelude::*;

use super::*;
use crate::intake::Body;

mod mailings;
mod pages;

/// A draft as a test reads it.
struct Read {
    title: String,
    date: String,
    authors: String,
    categories: String,
    summary: String,
    body: String,
    language: String,
}

fn read(text: &str) -> Vec<Read> {
    let drafts = parse(text.as_bytes(), &Arrival::default()).expect("the page is readable");
    drafts
        .drafts
        .into_iter()
        .map(|draft| {
            let draft = draft.expect("every part is readable");
            let Body::Safe(body) = draft.body else { panic!("text gives safe bodies") };
            Read {
                title: draft.title.unwrap_or_default(),
                date: draft.published.map_or(String::new(), |p| format!("{} {:?}", p.date, p.basis)),
                authors: draft
                    .authors
                    .iter()
                    .map(|author| author.name.as_str())
                    .collect::<Vec<_>>()
                    .join("; "),
                categories: draft.categories.join("; "),
                summary: draft.summary.unwrap_or_default(),
                body,
                language: draft.language.unwrap_or_default(),
            }
        })
        .collect()
}

#[test]
fn pages_of_every_kind_are_understood() {
    let mut wrong = Vec::new();
    for page in pages::ARTICLES.iter().chain(mailings::MAILINGS) {
        let read = read(page.text);
        let bulletins: Vec<_> = read.iter().map(|read| (read.title.as_str(), read.date.as_str())).collect();
        if bulletins != page.bulletins {
            wrong.push(format!("{}: {bulletins:?}, expected {:?}", page.name, page.bulletins));
        }
        let authors = read.iter().map(|read| read.authors.as_str()).collect::<Vec<_>>().join("; ");
        if !page.authors.is_empty() && authors != page.authors {
            wrong.push(format!("{}: authors {authors:?}, expected {:?}", page.name, page.authors));
        }
        if !page.categories.is_empty() && read.iter().any(|read| read.categories != page.categories) {
            let found: Vec<_> = read.iter().map(|read| &read.categories).collect();
            wrong.push(format!("{}: categories {found:?}, expected {:?}", page.name, page.categories));
        }
        let bodies = read.iter().map(|read| read.body.as_str()).collect::<Vec<_>>().join("\n");
        for text in page.kept.iter().filter(|text| !bodies.contains(**text)) {
            wrong.push(format!("{}: lost {text:?} in {bodies}", page.name));
        }
        let all = read.iter().fold(bodies.clone(), |all, read| all + &read.title + &read.summary);
        for text in page.gone.iter().filter(|text| all.contains(**text)) {
            wrong.push(format!("{}: kept {text:?} in {all}", page.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files in `fixtures`, with their names.
fn fixtures() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let files = std::fs::read_dir(folder).expect("the fixtures are there").map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
    let mut fixtures: Vec<_> = texts
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    fixtures.sort();
    fixtures
}

fn fixture(name: &str) -> Vec<Read> {
    let fixtures = fixtures();
    let (_, text) = fixtures.iter().find(|(known, _)| known == name).expect("the fixture is there");
    read(text)
}

fn assert_holds(read: &Read, kept: &[&str], gone: &[&str]) {
    for text in kept {
        assert!(read.body.contains(text), "lost {text:?} in {}", read.body);
    }
    for text in gone {
        let all = format!("{}{}{}", read.title, read.summary, read.body);
        assert!(!all.contains(text), "kept {text:?} in {all}");
    }
}

#[test]
fn a_newsletter_with_round_ups_is_one_bulletin() {
    let reads = fixture("newsletter-lighthouse");
    let [read] = reads.as_slice() else { panic!("{} bulletins", reads.len()) };
    assert_eq!(
        (read.title.as_str(), read.date.as_str()),
        ("Cape Varre Light Returns After Forty Years", "2020-09-17 Stated")
    );
    assert_eq!((read.body.matches("<h2>").count(), read.body.matches("<li>").count()), (2, 6));
    let gone = [
        "images?",
        "Write to us",
        "header image",
        "gallery of the",
        "Read the full",
        "Piet",
        "Find out",
        "Press office",
        "press office here",
        "Unsubscribe",
    ];
    assert_holds(read, &["<p>Varre – The light", "It flashes five times"], &gone);
}

#[test]
fn a_listing_splits_and_captions_of_links_are_no_bulletins() {
    let titles_and_dates: Vec<_> =
        fixture("listing-bassin").iter().map(|read| (read.title.clone(), read.date.clone())).collect();
    let expected = [
        (
            "Rencontre du 12 mars 2019 - Assises de la Lourne : partager l’eau entre l’amont et l’aval",
            "2019-03-12 Inferred",
        ),
        ("L’Autorité du bassin publie sa carte des sources", "2019-02-04 Stated"),
        (
            "Présentation de la Carte des sources 2019 - Ce que savent les anciens et ce que disent les puits",
            "2019-01-21 Stated",
        ),
        ("Une nuit avec les éclusiers", "2019-01-09 Stated"),
        ("Crue de décembre : les digues ont tenu, sauf à Brannes", "2018-12-28 Stated"),
    ];
    assert_eq!(titles_and_dates, expected.map(|(title, date)| (title.to_string(), date.to_string())));
    for read in fixture("listing-bassin") {
        assert_eq!(
            (read.categories.as_str(), read.body.matches("<p>").count()),
            ("Dernières actualités", 1),
            "{}",
            read.body
        );
        assert_holds(&read, &[], &["Billetterie"]);
    }

    let listado = fixture("listado-faros");
    let dates: Vec<_> = listado
        .iter()
        .map(|read| (read.date.as_str(), read.categories.as_str(), read.language.as_str()))
        .collect();
    assert_eq!(
        dates,
        [
            ("2021-11-15 Stated", "Novedades", "es"),
            ("2021-11-02 Stated", "Novedades", "es"),
            ("2021-10-22 Stated", "Novedades", "es")
        ]
    );
    assert_holds(
        &listado[2],
        &["El cuaderno, perdido desde 1931"],
        &["Leer", "Siguiente", "Aviso", "derechos"],
    );
}

#[test]
fn a_blog_post_ends_where_its_form_begins() {
    let read = fixture("blog-lockkeeper").remove(0);
    assert_eq!(
        (read.title.as_str(), read.date.as_str(), read.categories.as_str()),
        ("What the Gauge at Mill Bridge Remembers", "2016-05-02 Inferred", "Field notes; People")
    );
    assert_holds(
        &read,
        &["strip of painted iron", "longest record of trout"],
        &["Leave", "Log Out", "Akismet", "bloggers", "Photo"],
    );
}

#[test]
fn highlights_are_the_summary() {
    let read = fixture("article-highlights").remove(0);
    assert_eq!(
        (read.title.as_str(), read.date.as_str()),
        ("River Ministers Agree to Share Flood Warnings Within the Hour", "2019-10-23 Stated")
    );
    assert!(
        read.summary.starts_with("Five states") && read.summary.ends_with("snow melts."),
        "{}",
        read.summary
    );
    assert_holds(
        &read,
        &["<p>21 October 2019: Ministers", "[Report of the inquiry]"],
        &["key points", "Basin Photo", "related"],
    );
}

#[test]
fn a_reprint_is_dated_by_its_first_publication() {
    let read = fixture("reimpresion-rio").remove(0);
    assert_eq!(
        (read.title.as_str(), read.date.as_str(), read.language.as_str()),
        ("La jornada de 2013 abre los archivos del agua a los vecinos de la cuenca", "2013-06 Stated", "es")
    );
    assert_holds(&read, &["archi-vos", "Publicado por primera vez"], &["Foto:"]);
}

#[test]
fn a_wrapped_press_release_is_whole() {
    let read = fixture("press-release-wrapped").remove(0);
    assert_eq!(
        (read.title.as_str(), read.date.as_str()),
        ("FERRY BOARD ORDERS FOUR BATTERY SHIPS FOR THE INNER SOUND", "2022-06-09 Stated")
    );
    let kept =
        ["two years. They replace the six oldest", "<h2>About the Ferry Board</h2>", "owned by the towns"];
    assert_holds(&read, &kept, &["Lindqvist", "555 010", "IMMEDIATE", "###"]);
}

#[test]
fn what_cannot_be_read_is_refused_by_place_and_remedy() {
    let refuse = |bytes: &[u8]| parse(bytes, &Arrival::default()).expect_err("this is refused");
    let refusal = refuse(b"caf\xe9 closed");
    assert_eq!((refusal.kind, refusal.what.as_str()), (RefusalKind::Malformed, "the text, byte 3"));
    assert!(refusal.why.contains("UTF-8"));
    for blank in ["", "\u{feff}", " \n\t\r\n", "***\n\n---"] {
        assert_eq!(refuse(blank.as_bytes()).kind, RefusalKind::Unprocessable, "{blank:?}");
    }
}

#[test]
fn line_ends_and_marks_of_other_systems_are_understood() {
    for text in [
        "\u{feff}Title here now\r\n\r\nThe text.\r\n",
        "Title here now\r\rThe text.",
        "Title here now\u{2029}The\u{0} text.",
    ] {
        let read = read(text).remove(0);
        assert_eq!(
            (read.title.as_str(), read.body.as_str()),
            ("Title here now", "<p>The text.</p>\n"),
            "{text:?}"
        );
    }
}

#[test]
fn paragraphs_are_made_of_plain_text() {
    for (text, html) in [
        ("", ""),
        ("One & <b>two</b>", "<p>One &amp; &lt;b&gt;two&lt;/b&gt;</p>\n"),
        ("a\n\nb\r\n\r\nc", "<p>a</p>\n<p>b</p>\n<p>c</p>\n"),
        ("Rue du Port 3\nSauzet", "<p>Rue du Port 3<br>Sauzet</p>\n"),
        ("- one\n- two\n\nafter", "<ul><li>one</li><li>two</li></ul>\n<p>after</p>\n"),
        ("Share this:\n\nRelated posts", "<p>Share this:</p>\n<p>Related posts</p>\n"),
    ] {
        assert_eq!(paragraphs(text), html, "{text:?}");
    }
}

/// What must come of the pages that the project was given, if they lie beside it.
#[test]
fn given_pages_are_understood() {
    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/seeds");
    let folder = std::env::var("ANNALS_SEEDS").unwrap_or_else(|_| FOLDER.into());
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("no pages in {folder}: nothing to hold against them");
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let reads: Vec<Vec<Read>> =
        paths.iter().map(|path| read(&std::fs::read_to_string(path).unwrap())).collect();
    let dates: Vec<Vec<&str>> =
        reads.iter().map(|reads| reads.iter().map(|read| read.date.as_str()).collect()).collect();
    let stated = [
        "2015-12-14 Inferred",
        "2015-11-02 Stated",
        "2015-10-27 Stated",
        "2015-10-21 Stated",
        "2015-08-17 Stated",
    ];
    assert_eq!(
        dates,
        [
            vec!["2018-04-04 Stated"],
            stated.to_vec(),
            vec!["2017-04-17 Inferred"],
            vec!["2018-03-29 Stated"],
            vec!["2017-06 Stated"]
        ]
    );
    let titles: Vec<&str> =
        reads.iter().map(|reads| reads[0].title.split(' ').next_back().unwrap()).collect();
    assert_eq!(titles, ["Globally", "Goals", "Consultations", "Migration", "Migration"]);
    let count = |of: &str| reads[0][0].body.matches(of).count();
    assert_eq!((count("<h2>"), count("<li>"), count("<ul>")), (2, 8, 2));
    assert!(
        reads[1].iter().all(|read| read.categories == "Latest news" && read.body.matches("<p>").count() == 1)
    );
    assert_eq!(reads[2][0].categories, "Human interest");
    assert_eq!(reads[3][0].summary.matches(". ").count(), 2);
    assert_holds(
        &reads[0][0],
        &[],
        &["images", "Comments/", "banner", "©", "Read", "Share", "lucky", "Media Contacts", "interviews"],
    );
    assert_holds(
        &reads[2][0],
        &["stocktaking"],
        &["Reply", "log in", "Log Out", "Akismet", "bloggers", "%s", "Twitter"],
    );
    assert_holds(&reads[3][0], &["<p>27 March 2018"], &["story highlights", "Photo", "related events"]);
    assert_holds(&reads[4][0], &["negotia-tions", "Mem-ber"], &["Photo"]);
}

/// Texts that make a careless reader slow: long lines, many lines, nothing but marks, dates or phrases.
#[test]
fn hostile_texts_are_read_in_one_pass() {
    for piece in [
        "1.",
        "4 ",
        "4/",
        "4 April ",
        "- ",
        "• x\n",
        "a\n",
        "\n",
        "Share this: | ",
        "Leave a reply\n",
        "By A. B and C, ",
        "Photo: ",
        "(",
        "4 April 2018\n\nTitle words here\n\nText of it, not long.\n\n",
        "Posted on ",
        "Related\n\nword word\n\n",
        "> ",
        "\u{301}",
        "Contact\nx@y.z\n",
        "word ",
        "https://a.b/c ",
        "12:00 ",
        "تشرين ",
    ] {
        let text = piece.repeat(40_000 / piece.len());
        let _ = parse(text.as_bytes(), &Arrival::default());
        paragraphs(&text);
    }
}

proptest! {
    #[test]
    fn any_bytes_give_drafts_or_a_refusal(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes, &Arrival::default());
    }

    #[test]
    fn any_lines_give_drafts_with_titles(text in "([A-Z][a-z]{0,8}[ .|:]|4 April 2018|Share|Leave a reply|\\PC|\n|\n\n|- |By |© |Photo: |###){0,60}") {
        if let Ok(reading) = parse(text.as_bytes(), &Arrival::default()) {
            prop_assert!(!reading.drafts.is_empty());
            for draft in reading.drafts {
                let draft = draft.unwrap();
                prop_assert!(draft.title.is_some_and(|title| !title.trim().is_empty()));
                prop_assert!(matches!(draft.body, Body::Safe(body) if !body.is_empty()));
            }
        }
    }

    #[test]
    fn a_cut_or_changed_page_is_still_read(index in 0..7usize, at in 0.0..1.0f64, byte in any::<u8>(), cut in any::<bool>()) {
        let fixtures = fixtures();
        let mut bytes = fixtures[index % fixtures.len()].1.clone().into_bytes();
        let at = (bytes.len() as f64 * at) as usize;
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let _ = parse(&bytes, &Arrival::default());
    }
}
