//! The domain: what a bulletin says, by what names it is known, and its canonical bytes.
//!
//! Pure. It must never know where bytes came from, where they are kept or how they are shown.

mod alias;
mod date;
mod id;
pub mod scan;
mod selection;
mod text;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use alias::{Alias, AliasKind, is_absolute_iri, is_local, is_tracking_parameter, normalise_url};
pub use date::{Basis, CalendarDay, NotADate, PartialDate, Published};
pub use id::{BulletinId, NotAnId};
pub use selection::{LEFT_SELECTION, Selection};
pub use text::{excerpt, is_inline, running_text, visible_text};

/// The normalised bulletin: everything that makes one version differ from another.
///
/// Fields stand in the order in which RFC 8785 sorts their names, so that plain serialisation already
/// gives canonical JSON (a test holds it against an independent canonicaliser). Categories, aliases and
/// the source are not content: they may change without a new version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// A sanitised HTML fragment: the only markup that Annals ever serves of what arrived.
    pub body: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
    /// A BCP 47 language tag, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Links that belong to the bulletin beside those in its body. Its own address is an alias, not a link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// When the bulletin says, or lets infer, that it was published. Absent when it does neither: the
    /// moment of arrival is no property of the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Published>,
    /// Plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Plain text, never empty.
    pub title: String,
}

impl Content {
    /// The canonical JSON (RFC 8785) whose SHA-256 is the content digest.
    pub fn canonical_json(&self) -> Box<RawValue> {
        serde_json::value::to_raw_value(self).expect("strings and vectors of strings always serialise")
    }
}

/// A person or body that wrote a bulletin (RFC 4287 section 3.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Author {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A file that goes with a bulletin (RFC 4287 section 4.2.7, `rel="enclosure"`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enclosure {
    /// In bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A media type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    pub url: String,
}

/// A link with a registered relation (RFC 8288).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub rel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub url: String,
}

/// A category: `term` names it in URLs and feeds, `label` is what people read (RFC 4287 section 4.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub label: String,
    pub term: String,
}

impl Category {
    /// The category with this label, or `None` where the label has no letter or digit.
    pub fn from_label(label: &str) -> Option<Category> {
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        let term = slug(&label);
        (!term.is_empty()).then_some(Category { label, term })
    }
}

/// The longest slug, in bytes.
const SLUG_BYTES_MAX: usize = 80;

/// A text as part of a URL: ASCII letters and digits in lower case, words joined by `-`, cut between
/// words. Empty where the text has no letter or digit.
pub fn slug(text: &str) -> String {
    let ascii = deunicode::deunicode_with_tofu_cow(text, "-").to_lowercase();
    let mut slug = String::new();
    for word in
        ascii.replace(['\'', '’'], "").split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty())
    {
        if slug.is_empty() {
            slug.push_str(clip(word, SLUG_BYTES_MAX));
        } else if slug.len() + 1 + word.len() <= SLUG_BYTES_MAX {
            slug.push('-');
            slug.push_str(word);
        } else {
            break;
        }
    }
    slug
}

/// The longest head of `text` that has at most `bytes_max` bytes and ends between characters.
pub fn clip(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slugs_are_ascii_and_end_between_words() {
        assert_eq!(slug("IOM’s “Dialogue” – Étape 2"), "ioms-dialogue-etape-2");
        assert_eq!(slug("…"), "");
        assert!(slug(&"long words ".repeat(20)).len() <= SLUG_BYTES_MAX);
    }

    fn text() -> impl Strategy<Value = String> {
        any::<String>()
    }

    proptest! {
        #[test]
        fn plain_serialisation_is_canonical_json(
            title in text(), body in text(), summary in proptest::option::of(text()), name in text(),
            length in proptest::option::of(0..1u64 << 53), url in text(),
        ) {
            let content = Content {
                authors: vec![Author { name: name.clone(), email: summary.clone(), url: Some(url.clone()) }],
                enclosures: vec![Enclosure { length, title: Some(name.clone()), media_type: Some(name), url: url.clone() }],
                links: vec![Link { rel: "related".into(), title: summary.clone(), url }],
                published: Some(Published { basis: Basis::Stated, date: PartialDate::Month(2017, 6) }),
                language: Some("en".into()),
                title, body, summary,
            };
            let canonical = content.canonical_json();
            prop_assert_eq!(&serde_json_canonicalizer::to_string(&content).unwrap(), canonical.get());
            prop_assert_eq!(serde_json::from_str::<Content>(canonical.get()).unwrap(), content);
        }

        #[test]
        fn a_slug_is_its_own_slug(text in any::<String>()) {
            let once = slug(&text);
            prop_assert_eq!(slug(&once), once);
        }
    }
}
