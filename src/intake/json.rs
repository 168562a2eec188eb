//! JSON bulletins: one object, or an array of them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Arrival, Body, Draft, Format, Reading, Refusal, RefusalKind, text};
use crate::bulletin::{Author, Basis, Enclosure, PartialDate, Published};

pub const FORMAT: Format = Format {
    name: "json",
    media_types: &["application/json"],
    extensions: &["json"],
    sniff: |bytes| matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')),
    collection: false,
    parse,
};

/// As it comes. An unknown field is refused: it would be something said and lost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    id: Option<String>,
    url: Option<String>,
    title: Option<String>,
    body_html: Option<String>,
    body_text: Option<String>,
    summary: Option<String>,
    published: Option<PartialDate>,
    language: Option<String>,
    #[serde(default)]
    authors: Vec<Author>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    enclosures: Vec<Enclosure>,
}

fn parse(bytes: &[u8], _arrival: &Arrival) -> Result<Reading, Refusal> {
    let bytes = bytes.trim_ascii();
    if bytes.first() != Some(&b'[') {
        return Ok(bulletin(bytes)?.into());
    }
    let items: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| malformed(&error, ""))?;
    if items.is_empty() {
        return Err(Refusal::new(RefusalKind::Unprocessable, "the array", "it holds no bulletin"));
    }
    let drafts: Vec<_> = items.into_iter().map(|item| bulletin(item.get().as_bytes())).collect();
    Ok(drafts.into())
}

fn bulletin(json: &[u8]) -> Result<Draft, Refusal> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let wire: Wire = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        malformed(error.inner(), if path == "." { "" } else { &path })
    })?;
    reader.end().map_err(|error| malformed(&error, ""))?;
    let body = match (wire.body_html, wire.body_text) {
        (Some(_), Some(_)) => {
            let why = "give one of body_html and body_text, not both";
            return Err(Refusal::new(RefusalKind::Unprocessable, "field body_text", why));
        }
        (Some(html), None) => Body::Html(html),
        (None, text) => Body::Safe(text::paragraphs(&text.unwrap_or_default())),
    };
    Ok(Draft {
        title: wire.title,
        published: wire.published.map(|date| Published { basis: Basis::Stated, date }),
        language: wire.language,
        authors: wire.authors,
        summary: wire.summary,
        body,
        categories: wire.categories,
        url: wire.url,
        id: wire.id,
        enclosures: wire.enclosures,
        ..Draft::default()
    })
}

fn malformed(error: &serde_json::Error, field: &str) -> Refusal {
    // A value of the wrong type or meaning is well-formed JSON that makes no bulletin.
    let kind = if error.is_data() { RefusalKind::Unprocessable } else { RefusalKind::Malformed };
    let what = if field.is_empty() { "the JSON".to_string() } else { format!("field {field}") };
    Refusal::new(kind, what, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> Refusal {
        parse(json.as_bytes(), &Arrival::default())
            .and_then(|mut reading| reading.drafts.remove(0))
            .unwrap_err()
    }

    #[test]
    fn every_field_is_taken() {
        let json = r#"{"id": "a1", "url": "https://estuary.example.org/a", "title": "Tides", "body_html": "<p>x</p>",
            "summary": "s", "published": "2017-06", "language": "en", "authors": [{"name": "Ada"}],
            "categories": ["Press release"], "enclosures": [{"url": "https://estuary.example.org/a.pdf",
            "type": "application/pdf", "length": 1}]}"#;
        let draft = parse(json.as_bytes(), &Arrival::default()).unwrap().drafts.remove(0).unwrap();
        assert_eq!(draft.published.unwrap().date, PartialDate::Month(2017, 6));
        assert_eq!(draft.body, Body::Html("<p>x</p>".into()));
        assert_eq!((draft.authors[0].name.as_str(), draft.enclosures[0].length), ("Ada", Some(1)));
        assert_eq!((draft.id.as_deref(), draft.categories[0].as_str()), (Some("a1"), "Press release"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (json, kind, what, why) in [
            (r#"{"title": "Ti"#, RefusalKind::Malformed, "field title", "line 1"),
            (r#"{"title": 5}"#, RefusalKind::Unprocessable, "field title", "expected a string"),
            (r#"{"titel": "x"}"#, RefusalKind::Unprocessable, "titel", "unknown field"),
            (
                r#"{"title": "x", "published": "soon"}"#,
                RefusalKind::Unprocessable,
                "field published",
                "RFC 3339",
            ),
            (
                r#"{"authors": [{"name": 1}]}"#,
                RefusalKind::Unprocessable,
                "field authors[0].name",
                "expected a string",
            ),
            (
                r#"{"body_html": "", "body_text": ""}"#,
                RefusalKind::Unprocessable,
                "field body_text",
                "one of",
            ),
            (r#"{"title": "x"} {}"#, RefusalKind::Malformed, "the JSON", "trailing"),
            ("[]", RefusalKind::Unprocessable, "the array", "no bulletin"),
            ("[1]", RefusalKind::Unprocessable, "the JSON", "invalid type"),
        ] {
            let refusal = refusal(json);
            assert_eq!(refusal.kind, kind, "{json}: {refusal}");
            assert!(refusal.what.contains(what) && refusal.why.contains(why), "{json}: {refusal}");
        }
    }

    #[test]
    fn one_bad_bulletin_of_an_array_does_not_refuse_the_others() {
        let reading =
            parse(br#"[{"title": "a"}, {"title": 1}, {"title": "c"}]"#, &Arrival::default()).unwrap();
        assert_eq!(reading.drafts.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    }
}
