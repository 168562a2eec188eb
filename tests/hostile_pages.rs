//! Pages that are made to take long give a bulletin or a refusal like any others. How long they take,
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
