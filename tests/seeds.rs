//! Five pages as they were really copied from the web, where they are at hand: the table of what must be made of
//! them. They are other people's words and so no fixtures; `../shared/seeds` is looked for beside this folder.

mod served;

use std::path::{Path, PathBuf};

use serde_json::Value;
use served::reader::document;
use served::{Ask, BASE, Place, text, utf8};

/// The folder with the seeds; says so where there is none.
fn seeds() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = here.join("../shared/seeds").canonicalize().ok().filter(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: there is no folder ../shared/seeds");
    }
    found
}

/// An archive with the seeds, and for each file its bulletins as programs read them.
struct Taken {
    place: Place,
    folder: PathBuf,
    receipts: Vec<Value>,
    bulletins: Vec<Vec<Value>>,
}

fn taken() -> Option<Taken> {
    let folder = seeds()?;
    let place = Place::new();
    let receipts = place.ingest(&[utf8(&folder)]);
    let inside = place.inside();
    let mut bulletins = vec![Vec::new(); 5];
    for receipt in &receipts {
        let file: usize = text(receipt, "file")[..3].parse().unwrap();
        bulletins[file].push(inside.read(&format!("/bulletins/{}.json", text(receipt, "id"))).json());
    }
    drop(inside);
    Some(Taken { place, folder, receipts, bulletins })
}

fn title(bulletin: &Value) -> &str {
    text(&bulletin["content"], "title")
}

fn body(bulletin: &Value) -> &str {
    text(&bulletin["content"], "body")
}

/// When, and how that is known.
fn published(bulletin: &Value) -> (&str, &str) {
    let published = &bulletin["content"]["published"];
    (published["date"].as_str().unwrap_or("none"), published["basis"].as_str().unwrap_or("none"))
}

fn labels(bulletin: &Value) -> Vec<&str> {
    bulletin["categories"].as_array().unwrap().iter().map(|category| text(category, "label")).collect()
}

fn has_none_of(bulletin: &Value, phrases: &[&str]) {
    let said = format!("{} {}", title(bulletin), body(bulletin)).to_lowercase();
    for phrase in phrases {
        assert!(!said.contains(&phrase.to_lowercase()), "{phrase:?} is left over in {said}");
    }
}

#[test]
fn five_files_make_nine_bulletins() {
    let Some(taken) = taken() else { return };
    assert_eq!(taken.bulletins.iter().map(Vec::len).collect::<Vec<_>>(), [1, 5, 1, 1, 1]);
    assert!(taken.receipts.iter().all(|receipt| text(receipt, "outcome") == "new"), "{:?}", taken.receipts);
    assert_eq!(taken.place.inside().read("/readyz").json()["bulletins"], 9);
}

#[test]
fn a_newsletter_keeps_its_press_round_ups_as_lists_and_loses_what_is_around_them() {
    let Some(taken) = taken() else { return };
    let bulletin = &taken.bulletins[0][0];
    assert_eq!(title(bulletin), "A Critical Year for Unity in Defining Migration Policy Globally");
    assert_eq!(published(bulletin), ("2018-04-04", "stated"));
    let sections: Vec<&str> = body(bulletin).split("<h").skip(1).collect();
    let items = |section: &&str| section.matches("<li>").count();
    let listed: Vec<usize> = sections.iter().map(items).filter(|items| *items > 0).collect();
    assert_eq!(listed, [5, 3], "two headings with their items: {}", body(bulletin));
    has_none_of(
        bulletin,
        &["unable to see", "read on", "share", "media contact", "for more information, please contact"],
    );
}

#[test]
fn a_listing_splits_into_its_bulletins() {
    let Some(taken) = taken() else { return };
    let bulletins = &taken.bulletins[1];
    let dates: Vec<&str> = bulletins.iter().map(|bulletin| published(bulletin).0).collect();
    assert_eq!(dates, ["2015-12-14", "2015-11-02", "2015-10-27", "2015-10-21", "2015-08-17"]);
    assert_eq!(published(&bulletins[0]).1, "inferred");
    assert!(title(&bulletins[0]).to_lowercase().contains("symposium"), "{}", title(&bulletins[0]));
    for field in ["id", "permalink", "entry_id", "digest"] {
        let mut values: Vec<&str> = bulletins.iter().map(|bulletin| text(bulletin, field)).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 5, "each has its own {field}");
    }
    let mut titles: Vec<&str> = bulletins.iter().map(title).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), 5, "{titles:?}");
    for bulletin in bulletins {
        assert_eq!(labels(bulletin), ["Latest news"]);
        assert!(!body(bulletin).is_empty());
    }
}

#[test]
fn a_blog_post_loses_its_reply_form_and_keeps_its_typography() {
    let Some(taken) = taken() else { return };
    let bulletin = &taken.bulletins[2][0];
    let expected =
        "IOM’s International Dialogue on Migration Sets Stage for Global Compact on Migration Consultations";
    assert_eq!(title(bulletin), expected);
    assert_eq!(labels(bulletin), ["Human interest"]);
    assert_eq!(published(bulletin), ("2017-04-17", "inferred"));
    has_none_of(
        bulletin,
        &["leave a reply", "log in", "logged in", "log out", "cookie", "your email address"],
    );
}

#[test]
fn story_highlights_become_the_summary() {
    let Some(taken) = taken() else { return };
    let bulletin = &taken.bulletins[3][0];
    assert_eq!(title(bulletin), "International Dialogue Stresses Role of Partnerships for Migration");
    assert_eq!(published(bulletin), ("2018-03-29", "stated"));
    assert!(!text(&bulletin["content"], "summary").is_empty());
    has_none_of(bulletin, &["related events", "related posts", "story highlights"]);
}

#[test]
fn a_caption_above_the_title_is_no_title_and_a_month_is_no_day() {
    let Some(taken) = taken() else { return };
    let bulletin = &taken.bulletins[4][0];
    let expected = "2017 IDM Dedicated to the Process of Elaboration of the Global Compact for Safe, Orderly and Regular Migration";
    assert_eq!(title(bulletin), expected);
    assert_eq!(published(bulletin), ("2017-06", "stated"));
    let file = std::fs::read_dir(&taken.folder).unwrap().map(|entry| entry.unwrap().path());
    let file =
        file.into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("004")).unwrap();
    let shown = taken.place.run(&["extract", utf8(&file)]).json().remove(0);
    assert_eq!((text(&shown, "precision"), &shown["date"]), ("month", &Value::Null));
}

#[test]
fn taking_them_in_again_makes_nine_duplicates_and_writes_nothing_down() {
    let Some(taken) = taken() else { return };
    let before = taken.place.verify();
    let again = taken.place.ingest(&[utf8(&taken.folder)]);
    assert!(again.iter().all(|receipt| text(receipt, "outcome") == "duplicate"), "{again:?}");
    let same = |field: &str| {
        again.iter().map(|it| it[field].clone()).eq(taken.receipts.iter().map(|it| it[field].clone()))
    };
    assert!(again.len() == 9 && ["id", "version", "digest", "permalink"].iter().all(|field| same(field)));
    let after = taken.place.verify();
    assert_eq!((&after["originals"], &after["events"]), (&5.into(), &before["events"]));
    assert_eq!(after, before, "not a byte");
}

#[test]
fn their_selections_hold_what_they_should_and_nothing_else() {
    let Some(taken) = taken() else { return };
    let inside = taken.place.inside();
    let entry_id = |file: usize, part: usize| text(&taken.bulletins[file][part], "entry_id").to_string();
    let mut latest: Vec<String> = (0..5).map(|part| entry_id(1, part)).collect();
    latest.sort();
    let mut year = vec![entry_id(0, 0), entry_id(3, 0)];
    year.sort();
    for (feed, expected) in [
        ("year/2018.atom", &year),
        ("category/human-interest.rss", &vec![entry_id(2, 0)]),
        ("category/human-interest/year/2017.json", &vec![entry_id(2, 0)]),
        ("category/latest-news/year/2015.atom", &latest),
        ("year/2015.json", &latest),
    ] {
        let read = document(&inside, &format!("{BASE}/feeds/{feed}").replace(BASE, ""));
        let mut ids = read.ids();
        ids.sort_unstable();
        assert_eq!(ids, expected.iter().collect::<Vec<_>>(), "{feed}");
    }
}
