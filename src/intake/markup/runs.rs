//! Runs of attributes that nothing parts, as in `<p a="x"b="x"c="x">`.
//!
//! The tokenizer goes one call deeper at each of them, so that tens of thousands would end the process. A space
//! behind a value changes nothing of what a tag says (HTML standard, 13.2.5.39), and parts them.

use std::borrow::Cow;

/// How many attributes may follow each other with nothing between them.
const RUN_MAX: usize = 64;

/// The page with a space in each run of attributes that is longer.
pub fn parted(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let (mut places, mut run, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = html[at..].find("=\"") {
        let value = at + found + 2;
        if bytes[at..at + found].iter().any(|byte| byte.is_ascii_whitespace() || *byte == b'>') {
            run = 0;
        }
        let Some(length) = html[value..].find('"') else { break };
        at = value + length + 1;
        run += 1;
        if run > RUN_MAX {
            places.push(at);
            run = 0;
        }
    }
    if places.is_empty() {
        return Cow::Borrowed(html);
    }
    let mut parted = String::with_capacity(html.len() + places.len());
    let mut from = 0;
    for place in places {
        parted.push_str(&html[from..place]);
        parted.push(' ');
        from = place;
    }
    Cow::Owned(parted + &html[from..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_parted_and_nothing_else_is_changed() {
        let run = format!("<p {}>Tide", "a=\"x y\"".repeat(200));
        let parted = parted(&run);
        assert_eq!(parted.matches("\" a=").count(), 3);
        assert_eq!(parted.replace("\" a=", "\"a="), run);
        for other in [
            "<p class=\"tide\" id=\"high\">a=\"b\"</p>".repeat(200),
            "<a href=\"x\" title=\"y\">".repeat(200),
            "<p a=\"".into(),
            "\"=\"é".into(),
        ] {
            assert!(matches!(super::parted(&other), Cow::Borrowed(_)), "{other}");
        }
    }

    #[test]
    fn a_run_without_end_is_read() {
        let page = format!("<p {}>High tide.</p>", "a=\"x\"".repeat(500_000));
        let mut texts = Vec::new();
        crate::intake::markup::tokens(&page, |event| {
            if let html5gum::emitters::callback::CallbackEvent::String { value } = event {
                texts.extend_from_slice(value);
            }
        });
        assert_eq!(texts, b"High tide.");
    }
}
