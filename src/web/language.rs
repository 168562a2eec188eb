//! The language of the interface that a request wants (RFC 9110 section 12.5.4, RFC 4647 section 3.4).
//!
//! An address may ask for one (`?lang=fr`), which outweighs what the browser is set to.

use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;

use crate::pages::{Interface, Language};

/// The parameter with which an address asks for a language.
const PARAMETER: &str = "lang";

/// More languages than anyone reads are not looked at.
const RANGES_MAX: usize = 32;

/// The language that the request wants most of those there are, or else `otherwise`.
pub fn wanted(parts: &Parts, otherwise: Language) -> Interface {
    let query = parts.uri.query().unwrap_or_default();
    let named = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == PARAMETER);
    if let Some(language) = named.and_then(|(_, tag)| Language::of_tag(&tag)) {
        return Interface { language, asked: true };
    }
    let accepted = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = accepted.and_then(|accepted| best(accepted, otherwise)).unwrap_or(otherwise);
    Interface { language, asked: false }
}

/// The first of those that are wanted most. `*` is whatever the site would have chosen.
fn best(accepted: &str, otherwise: Language) -> Option<Language> {
    let mut best = None;
    for range in accepted.split(',').take(RANGES_MAX) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
        let weight =
            weight.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.trim().parse::<f32>().ok());
        let language = if tag.trim() == "*" { Some(otherwise) } else { Language::of_tag(tag.trim()) };
        if let Some((language, weight)) = language.zip(weight)
            && weight > best.map_or(0.0, |(_, best)| best)
        {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn chosen(query: &str, accepted: &str) -> Interface {
        let request = Request::get(format!("/{query}")).header(ACCEPT_LANGUAGE, accepted).body(()).unwrap();
        wanted(&request.into_parts().0, Language::English)
    }

    #[test]
    fn a_reader_gets_the_language_that_they_want_most_of_those_there_are() {
        for (accepted, expected) in [
            ("fr", Language::French),
            ("es-MX, en;q=0.5", Language::Spanish),
            ("de, fr;q=0.8, en;q=0.9", Language::English),
            ("de, fr-CH;q=0.7, *;q=0.1", Language::French),
            ("ar, ru", Language::English),
            ("es;q=0, fr;q=0.2", Language::French),
            ("fr;q=nonsense, es;q=0.1", Language::Spanish),
            ("", Language::English),
        ] {
            assert_eq!(chosen("", accepted), Interface { language: expected, asked: false }, "{accepted}");
        }
    }

    #[test]
    fn an_address_outweighs_the_browser() {
        assert_eq!(chosen("?q=x&lang=es", "fr"), Interface { language: Language::Spanish, asked: true });
        assert_eq!(chosen("?lang=xx", "fr"), Interface { language: Language::French, asked: false });
    }
}
