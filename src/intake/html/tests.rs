//! Whole pages: what is made of each fixture, and what is made of pages meant to break things.

use proptest::prelude::*;

use super::*;
use crate::bulletin::PartialDate;
use crate::intake::sanitize::{sanitize, visible_text};

const PRESS_RELEASE: &str = include_str!("../../../fixtures/press-release-1.html");
const CORRECTED: &str = include_str!("../../../fixtures/press-release-2-corrected.html");
const PARTNER: &str = include_str!("../../../fixtures/press-release-on-partner-site.html");
const FRENCH: &str = include_str!("../../../fixtures/news-page.fr.html");
const SPANISH: &str = include_str!("../../../fixtures/blog-post.es.html");
const NOTICES: &str = include_str!("../../../fixtures/notices.html");
const FIXTURES: [&str; 6] = [PRESS_RELEASE, CORRECTED, PARTNER, FRENCH, SPANISH, NOTICES];

fn drafts(html: &str) -> Vec<Draft> {
    parse(html.as_bytes(), &Arrival::default()).unwrap().drafts.into_iter().map(Result::unwrap).collect()
}

fn draft(html: &str) -> Draft {
    let mut drafts = drafts(html);
    assert_eq!(drafts.len(), 1);
    drafts.remove(0)
}

fn html(draft: &Draft) -> String {
    match &draft.body {
        Body::Html(html) => sanitize(html),
        Body::Safe(html) => html.clone(),
    }
}

fn text(draft: &Draft) -> String {
    visible_text(&html(draft))
}

fn date(draft: &Draft) -> String {
    draft.published.as_ref().map(|published| published.date.to_string()).unwrap_or_default()
}

#[test]
fn a_press_release_is_read_with_all_that_it_says_about_itself() {
    let draft = draft(PRESS_RELEASE);
    assert_eq!(draft.title.as_deref(), Some("Spring tides will close the Saltmarsh ferry on three mornings"));
    assert_eq!(date(&draft), "2018-03-12T09:00:00Z");
    assert_eq!(draft.published.as_ref().unwrap().basis, Basis::Stated);
    assert_eq!(draft.language.as_deref(), Some("en-GB"));
    assert_eq!(draft.categories, ["Ferries", "Tides"]);
    assert_eq!(draft.authors[0].name, "Ada Fenwick");
    assert_eq!(
        draft.url.as_deref(),
        Some("https://estuary.example.org/en/press/2018/saltmarsh-ferry-spring-tides")
    );
    assert!(draft.summary.as_ref().unwrap().starts_with("The Saltmarsh ferry will not sail"));
    assert_eq!(draft.enclosures[0].media_type.as_deref(), Some("image/jpeg"));
    let (html, text) = (html(&draft), text(&draft));
    assert!(text.starts_with("PORT MERROW – The Saltmarsh ferry"), "{text}");
    assert!(text.ends_with("cannot be reached on foot."), "{text}");
    assert!(html.contains("href=\"https://estuary.example.org/en/ferries/bridge-road\""), "{html}");
    for around in ["Share", "Related", "12 March", "Legal", "cookie"] {
        assert!(!text.contains(around), "{around} is left in: {text}");
    }
}

#[test]
fn a_correction_changes_the_body_and_nothing_else() {
    let (first, second) = (draft(PRESS_RELEASE), draft(CORRECTED));
    assert_ne!(first.body, second.body);
    assert_eq!(first, Draft { body: first.body.clone(), ..second });
}

#[test]
fn the_same_text_on_another_site_is_the_same_text() {
    let (first, partner) = (draft(PRESS_RELEASE), draft(PARTNER));
    assert_eq!(text(&first), text(&partner));
    assert_eq!(first.title, partner.title);
    assert_eq!(date(&partner), "2018-03-12");
}

#[test]
fn pages_in_other_languages_lose_what_surrounds_them() {
    let french = draft(FRENCH);
    assert_eq!(date(&french), "2018-04-04");
    assert_eq!(french.title.as_deref(), Some("Le dragage du chenal extérieur commencera le 9 avril"));
    assert_eq!(
        (french.language.as_deref(), french.categories.as_slice()),
        (Some("fr"), &["Navigation".into()][..])
    );
    for around in ["cookies", "Partager", "À lire aussi", "Sur le même sujet", "Recevez", "Publié"] {
        assert!(!text(&french).contains(around), "{around}");
    }
    let spanish = draft(SPANISH);
    assert_eq!(date(&spanish), "2017-09-21T18:05:00+02:00");
    assert_eq!(spanish.authors[0].name, "Inés Salgado");
    assert_eq!(spanish.categories, ["Aves", "Correlimos", "Migración"]);
    for around in ["Comparte", "comentario", "zarapitos", "guarda del estuario desde"] {
        assert!(!text(&spanish).contains(around), "{around}");
    }
}

#[test]
fn a_page_of_notices_is_split_into_them() {
    let arrival = Arrival {
        hints: crate::intake::Hints {
            url: Some("https://estuary.example.org/notices/2018/05".into()),
            ..Default::default()
        },
        ..Arrival::default()
    };
    let notices = parse(NOTICES.as_bytes(), &arrival).unwrap();
    let notices: Vec<Draft> = notices.drafts.into_iter().map(Result::unwrap).collect();
    let titles: Vec<_> = notices.iter().filter_map(|notice| notice.title.as_deref()).collect();
    assert_eq!(
        titles,
        ["Seal buoy out of position", "Swing bridge closed at night", "Regatta off Gull Spit"]
    );
    assert_eq!(notices.iter().map(date).collect::<Vec<_>>(), ["2018-05-28", "2018-05-17", "2018-05-04"]);
    assert_eq!(notices[1].url.as_deref(), Some("https://estuary.example.org/notices/2018/20"));
    assert!(text(&notices[2]).starts_with("On 12 May some forty dinghies"), "{}", text(&notices[2]));
}

#[test]
fn a_dateline_is_told_from_a_date_in_a_sentence() {
    let rest = "the tender will put the buoy back on the first calm day, and until then nobody should rely on it, \
                says the harbour office, which asks all masters to report what they see.";
    for (opening, expected) in [
        ("(4 April 2018) Two buoys are adrift;", "2018-04-04"),
        ("PORT MERROW, 4 April 2018 – Two buoys are adrift;", "2018-04-04"),
        ("Since 4 April 2018 two buoys have been adrift;", ""),
    ] {
        let filler =
            "<p>Nothing else has been reported from the channel, where the tide runs as it should.</p>";
        let page =
            format!("<h1>Buoys</h1><article><p>{filler}</p><p>{opening} {rest} {rest} {rest}</p></article>");
        assert_eq!(date(&draft(&page)), expected, "{opening}");
    }
}

#[test]
fn a_page_is_one_whatever_it_is_called() {
    assert!(is_page(b"<br>Warning: no style\n<!doctype html>\n<HTML><body>"));
    assert!(!is_page(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"));
    assert!(!is_page(b"a text that speaks of <html>"));
}

#[test]
fn pages_are_told_from_other_formats() {
    for page in ["<!DOCTYPE html>", "\u{feff}\n<p>a", "<?xml version='1.0'?><HTML>", "<!-- a -->"] {
        assert!(sniff(page.as_bytes()), "{page}");
    }
    for other in ["", "<", "<3 from Port Merrow", "<?xml version='1.0'?><rss>", "{}", "Tides"] {
        assert!(!sniff(other.as_bytes()), "{other}");
    }
}

#[test]
fn a_page_without_text_is_refused_by_name() {
    let arrival = Arrival { path: Some("press/shell.html".into()), ..Arrival::default() };
    for page in ["", "<html><body></body></html>", "<title>a</title><script>render()</script>", "<img src=x>"]
    {
        let refusal = parse(page.as_bytes(), &arrival).unwrap_err();
        assert_eq!((refusal.kind, refusal.what.as_str()), (RefusalKind::Unprocessable, "press/shell.html"));
    }
}

#[test]
fn dates_are_believed_in_order() {
    let prose = "<p>The tender will put the buoy back on the first calm day, and until then nobody should rely on it.</p>";
    for (page, expected) in [
        (
            "<meta property=article:modified_time content=2018-06-01><meta name=pubdate content=20180404>",
            "2018-04-04",
        ),
        (
            "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"datePublished\":\"2018-04-04\",}</script>",
            "2018-04-04",
        ),
        ("<h1>Buoys</h1><p>Posted on 4 April 2018 | Updated 6 April 2018</p>", "2018-04-04"),
        ("<h1>Buoys</h1><time datetime=2018-04-04T10:00>yesterday</time>", "2018-04-04"),
        ("<link rel=canonical href=https://estuary.example.org/2018/04/04/buoys>", "2018-04-04"),
        // Around midnight the page shows the day of its readers.
        (
            "<meta property=article:published_time content=2018-04-04T22:30:10Z><h1>B</h1><p class=date>5 April 2018</p>",
            "2018-04-05",
        ),
        ("<meta property=article:modified_time content=2018-06-01>", "2018-06-01"),
        ("<html lang=en-US><h1>Buoys</h1><p>Posted 4/5/2018</p>", "2018-04-05"),
        (
            "<html lang=en><link rel=canonical href=https://merrow.example.ie/b><h1>Buoys</h1><p>Posted 4/5/2018</p>",
            "2018-05-04",
        ),
        ("<footer><p>© 2018 Merrow Estuary Authority</p></footer>", ""),
        // A leaf of a calendar, whose numbers only style sets apart; a label with a short year.
        ("<h1>Buoys</h1><div class=date><i>Apr</i> <i>04</i><i>2018</i></div>", "2018-04-04"),
        ("<h1>Buoys</h1><div class=date>Harbour, 04.04.18</div>", "2018-04-04"),
        ("<title>Buoys adrift - 04/04/2018 - The Merrow</title><h1>Buoys adrift</h1>", "2018-04-04"),
        ("<h1>Buoys</h1><script>show('2018-04-04 10:00')</script>", "2018-04-04"),
        // Of two days that a page declares, the one that it shows.
        (
            "<meta name=pubdate content=2017-12-14><meta name=dc.date.issued content=2018-04-04><h1>Buoys</h1><p>04.04.2018 | 15:33</p>",
            "2018-04-04",
        ),
        (
            "<meta name=pubdate content=2018-09-08><script type=application/ld+json>{\"@type\":\"Article\",\"dateCreated\":\"2018-04-04\"}</script><h1>Buoys</h1><p>4 April 2018</p>",
            "2018-04-04",
        ),
        // Shown as that of a change, it is no day of publication.
        (
            "<meta name=pubdate content=2018-04-04><meta name=lastmod content=2018-06-01><h1>Buoys</h1><p>Updated 1 June 2018</p>",
            "2018-04-04",
        ),
        // What a page announces is later than its last change.
        (
            "<h1>Buoys</h1><p>We meet next on Wednesday, 2 May 2018, at the pier, and whoever comes is welcome.</p><footer>This page was last edited on 4 April 2018.</footer>",
            "2018-04-04",
        ),
        (
            "<link rel=canonical href=https://archive.example.org/web/20180606100000/https://estuary.example.org/2018/04/04/b>",
            "2018-04-04",
        ),
    ] {
        assert_eq!(date(&draft(&format!("{page}{prose}{prose}"))), expected, "{page}");
    }
}

/// Whatever arrives gives drafts with a sane date, or a refusal.
fn survives(bytes: &[u8]) {
    if let Ok(reading) = parse(bytes, &Arrival::default()) {
        assert!(!reading.drafts.is_empty());
        for draft in reading.drafts.into_iter().flatten() {
            let year =
                draft.published.as_ref().map(|published| published.date).map(|date: PartialDate| date.year());
            assert!(year.is_none_or(|year| (1970..=2100).contains(&year)), "{year:?}");
            assert!(draft.url.is_none_or(|url| url.starts_with("http")));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_page_cut_off_anywhere_is_drafts_or_a_refusal(fixture in 0..FIXTURES.len(), share in 0.0..1.0) {
        let bytes = FIXTURES[fixture].as_bytes();
        survives(&bytes[..(bytes.len() as f64 * share) as usize]);
    }

    #[test]
    fn a_page_with_any_byte_changed_is_drafts_or_a_refusal(fixture in 0..FIXTURES.len(), share in 0.0..1.0, byte: u8) {
        let mut bytes = FIXTURES[fixture].as_bytes().to_vec();
        let at = (bytes.len() as f64 * share) as usize;
        bytes[at] = byte;
        survives(&bytes);
    }

    #[test]
    fn any_bytes_are_drafts_or_a_refusal(bytes: Vec<u8>) {
        survives(&bytes);
    }
}

const STORY: &str = "<p>The ferry to Saltmarsh will not sail on three mornings, because the tide will stand over the \
    landing, the harbour office says, and no bus will run instead of it.</p>";

#[test]
fn captions_stay_readable_and_credits_and_teasers_do_not_become_text() {
    let figure = |caption: &str| {
        format!(
            "<figure><img src=https://a.example/q.jpg alt=Quay><figcaption>{caption}</figcaption></figure>"
        )
    };
    let page = |caption: &str| format!("<h1>Tides</h1><article>{STORY}{}{STORY}</article>", figure(caption));
    let kept =
        html(&draft(&page("The quay at <b>high</b> tide. <span class=credit>Photo: A. Fenwick</span>")));
    assert!(
        kept.contains("<figcaption>The quay at <b>high</b> tide.") && !kept.contains("Fenwick"),
        "{kept}"
    );
    assert!(!kept.contains("title="), "it is said once: {kept}");
    for credit in ["© A. Fenwick", "Photo: A. Fenwick"] {
        let kept = html(&draft(&page(credit)));
        assert!(!text(&draft(&page(credit))).contains("Fenwick") && kept.contains("title="), "{kept}");
    }
    assert!(!text(&draft(&page("<a href=/other>Another story of the quay</a>"))).contains("Another"));
    let aside =
        format!("<h1>Tides</h1><article>{STORY}{STORY}</article><aside>{}</aside>", figure("Elsewhere."));
    assert!(!html(&draft(&aside)).contains("Elsewhere"));
}

#[test]
fn buttons_that_an_author_set_into_the_text_stay_links() {
    for button in [
        "<div class='wp-block-buttons is-layout-flex'><div class='wp-block-button'><a class='wp-block-button__link' \
         href='https://a.example/table.pdf'>Open the tide table</a></div></div>",
        "<div class='elementor-button-wrapper'><a class='elementor-button' href='https://a.example/table.pdf'>Open the tide table</a></div>",
        "<div class='kg-card kg-button-card'><a class='kg-btn' href='https://a.example/table.pdf'>Open the tide table</a></div>",
    ] {
        let kept = html(&draft(&format!("<h1>Tides</h1><article>{STORY}{button}{STORY}</article>")));
        assert!(kept.contains("<a href=\"https://a.example/table.pdf\">Open the tide table</a>"), "{kept}");
    }
    let share =
        "<div class=wp-block-buttons><div class=wp-block-button><a href=/s>Share this</a></div></div>";
    assert!(
        !text(&draft(&format!("<h1>Tides</h1><article>{STORY}{share}{STORY}</article>"))).contains("Share")
    );
}

#[test]
fn what_systems_print_around_a_text_goes_and_a_lead_that_they_mark_stays() {
    for (around, gone) in [
        (
            "<div><span>Published in</span><a href=/p><span>The Tideline</span></a><span>·</span><span>3 min read</span>\
             <p></p></div>",
            "min read",
        ),
        ("<h2>Tides<span class=mw-editsection>[<a href=/e>edit</a>]</span></h2>", "edit"),
        (
            "<span class='field field--name-uid'><span>aquill</span></span>\
             <span class='field field--name-created'>Wed, 04/04/2018 - 10:00</span>",
            "aquill",
        ),
    ] {
        let text =
            text(&draft(&format!("<h1>Tides</h1><article><div>{around}{STORY}{STORY}</div></article>")));
        assert!(!text.contains(gone) && text.contains("no bus"), "{text}");
    }
    let lead = "<div class='teaser-text' itemprop=description><p>No ferry sails while the spring tide stands over the landing.</p></div>";
    let kept =
        text(&draft(&format!("<h1>Tides</h1><div class=news-single>{lead}<div>{STORY}{STORY}</div></div>")));
    assert!(kept.starts_with("No ferry sails"), "{kept}");
}

#[test]
fn a_date_is_of_what_is_said_before_it() {
    let page =
        |line: &str| format!("<h1>Tides</h1><p class=date>{line}</p><article>{STORY}{STORY}</article>");
    for (line, expected) in [
        ("Updated 6 April 2018 / Published 4 April 2018", "2018-04-04"),
        ("Published 4 April 2018 | Last updated 6 April 2018", "2018-04-04"),
        ("20180404", "2018-04-04"),
        ("4 Apr 18", "2018-04-04"),
    ] {
        assert_eq!(date(&draft(&page(line))), expected, "{line}");
    }
}

#[test]
fn a_text_that_scripts_are_to_show_is_read_where_it_lies() {
    let body = "The quay is closed.\\nThe ferries leave from the mole &amp; the pier instead, until the storm is over.";
    let page = format!(
        "<title>Quay</title><script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"The quay is closed today\",\
         \"articleBody\":\"{body}\"}}</script><div id=root></div>"
    );
    let found = draft(&page);
    assert_eq!(found.title.as_deref(), Some("The quay is closed today"));
    assert!(
        text(&found).starts_with("The quay is closed.\nThe ferries leave from the mole & the pier"),
        "{}",
        text(&found)
    );
    let shown = draft(&page.replace("<div id=root>", &format!("<h1>Tides</h1>{STORY}{STORY}<div>")));
    assert!(!text(&shown).contains("pier"));
}

#[test]
fn what_stands_in_another_column_is_not_the_articles() {
    let card = "<div class=card-body><h5>Lamp</h5><p>The keepers have lit the lamp again after the storm, the office says.</p></div>";
    let page = format!(
        "<div class=row><div class=col-md-8><h1>Tides</h1>{STORY}{STORY}</div><div class=col-md-4>{card}{card}</div></div>"
    );
    let text = text(&draft(&page));
    assert!(!text.contains("keepers") && text.contains("no bus"), "{text}");
}

#[test]
fn a_page_that_says_all_it_has_below_its_pictures_has_that_as_its_text() {
    let figure = format!("<figure><img src=/q.jpg><figcaption>{STORY}</figcaption></figure>");
    let page = draft(&format!("<h1>Tides</h1><article>{figure}{figure}{figure}</article>"));
    let read = crate::bulletin::running_text(&html(&page));
    assert_eq!(read.matches("no bus").count(), 3, "{}", html(&page));
}
