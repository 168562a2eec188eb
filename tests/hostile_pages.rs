//! Pages and messages that are made to take long give a bulletin or a refusal like any others. How long they take,
//! `cargo bench --bench intake` tells.

#[path = "../benches/common/hostile.rs"]
mod hostile;

use annals::bulletin::visible_text;
use annals::intake::{self, Arrival};

/// Pages that hold no story, or hold it in a drawing.
const WITHOUT_STORY: [&str; 3] = ["drawings within drawings", "one line", "one word"];

/// Pages that are refused: this one's title is longer than any.
const REFUSED: [&str; 1] = ["a title of many words, and headings"];

#[test]
fn what_is_nested_without_end_is_read_at_its_full_size() {
    let arrival = Arrival { source: "hostile".into(), path: Some("page.html".into()), ..Arrival::default() };
    let full = ["elements within elements", "lists within lists", "attributes"];
    for (name, page) in hostile::pages(1).into_iter().filter(|(name, _)| full.contains(name)) {
        let document = intake::read(page.as_bytes(), &arrival, &intake::Settings::default()).unwrap();
        let submission = document.parts[0].as_ref().unwrap();
        let told = "the harbour office says, and no bus will run instead of it.";
        assert!(visible_text(&submission.content.body).contains(told), "{name}");
        // What is kept nests no deeper than what is read: no reader of it pays for what came.
        let (mut depth, mut deepest) = (0_i32, 0);
        for tag in submission.content.body.split('<').skip(1).filter(|tag| !tag.starts_with(['b', 'i'])) {
            depth += if tag.starts_with('/') { -1 } else { 1 };
            deepest = deepest.max(depth);
        }
        assert!(deepest <= 256, "{name}: {deepest}");
    }
}

#[test]
fn a_message_made_to_take_long_is_read_or_refused_by_name() {
    let arrival =
        Arrival { source: "hostile".into(), media_type: Some("message/rfc822".into()), ..Arrival::default() };
    for share in [1, 10] {
        let chosen = |name: &str| FULL.contains(&name) == (share == 1);
        for (name, refused, mail) in hostile::mails(share).into_iter().filter(|(name, ..)| chosen(name)) {
            match (intake::read(mail.as_bytes(), &arrival, &intake::Settings::default()), refused) {
                (Err(refusal), Some(why)) => assert!(refusal.why.contains(why), "{name}: {refusal}"),
                (Ok(document), None) => {
                    let told = document.parts.iter().filter_map(|part| part.as_ref().ok());
                    let told = told.map(|part| visible_text(&part.content.body)).collect::<String>();
                    assert!(told.contains("the harbour office says") && !told.contains("Jane"), "{name}");
                }
                (Err(refusal), None) => panic!("{name}: {refusal}"),
                (Ok(_), Some(why)) => panic!("{name} is read; it is to be refused: {why}"),
            }
        }
    }
}

/// Messages that are refused before they cost anything, so that they come in their full size here as well.
const FULL: [&str; 4] = ["parts within parts", "messages within messages", "parts", "fields"];

#[test]
fn a_page_made_to_take_long_is_read_or_refused() {
    let arrival =
        Arrival { source: "hostile".into(), media_type: Some("text/html".into()), ..Arrival::default() };
    // Smaller than the benchmark's, since nothing here is optimised.
    for (name, page) in hostile::pages(10) {
        let document = intake::read(page.as_bytes(), &arrival, &intake::Settings::default());
        let mut parts = document.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}")).parts;
        assert_eq!(parts.len(), 1, "{name}");
        match parts.remove(0) {
            Ok(submission) => {
                let (content, text) = (&submission.content, visible_text(&submission.content.body));
                assert_eq!(content.title, "Spring tides ahead", "{name}");
                // What stands around the story neither buries it nor breaks it.
                let told = text.contains("the harbour office says, and no bus will run instead of it.");
                assert_eq!(told, !WITHOUT_STORY.contains(&name), "{name}");
            }
            Err(refusal) => {
                assert!(REFUSED.contains(&name) && !refusal.why.is_empty(), "{name}: {refusal:?}")
            }
        }
    }
}
