//! The language of a text.
//!
//! Owns when a language is certain enough to be written down: a wrong one serves readers worse than none.

/// BCP 47 wants the shortest code there is (RFC 5646 section 2.2.1).
const SHORT: &[(&str, &str)] = &[
    ("eng", "en"),
    ("fra", "fr"),
    ("spa", "es"),
    ("deu", "de"),
    ("ita", "it"),
    ("por", "pt"),
    ("nld", "nl"),
    ("pol", "pl"),
    ("rus", "ru"),
    ("ara", "ar"),
    ("cmn", "zh"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("ukr", "uk"),
    ("bul", "bg"),
    ("ces", "cs"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("hrv", "hr"),
    ("srp", "sr"),
    ("mkd", "mk"),
    ("bel", "be"),
    ("hun", "hu"),
    ("ron", "ro"),
    ("swe", "sv"),
    ("dan", "da"),
    ("nob", "nb"),
    ("fin", "fi"),
    ("est", "et"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("ell", "el"),
    ("tur", "tr"),
    ("heb", "he"),
    ("pes", "fa"),
    ("urd", "ur"),
    ("hin", "hi"),
    ("ben", "bn"),
    ("tam", "ta"),
    ("tel", "te"),
    ("vie", "vi"),
    ("tha", "th"),
    ("ind", "id"),
    ("cat", "ca"),
    ("kat", "ka"),
    ("hye", "hy"),
    ("aze", "az"),
    ("uzb", "uz"),
    ("tuk", "tk"),
    ("amh", "am"),
    ("mya", "my"),
    ("khm", "km"),
    ("nep", "ne"),
    ("sin", "si"),
    ("afr", "af"),
    ("lat", "la"),
    ("epo", "eo"),
    ("zul", "zu"),
    ("sna", "sn"),
    ("jav", "jv"),
    ("tgl", "tl"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("guj", "gu"),
    ("kan", "kn"),
    ("pan", "pa"),
    ("ori", "or"),
    ("cym", "cy"),
    ("yid", "yi"),
    ("aka", "ak"),
];

/// Shorter texts have too few words to tell a language by.
const LANGUAGE_CHARS_MIN: usize = 100;

/// The language of `text` as a BCP 47 tag, where that is certain.
pub fn language(text: &str) -> Option<String> {
    let head = crate::bulletin::clip(text, 8_000);
    if head.chars().count() < LANGUAGE_CHARS_MIN {
        return None;
    }
    let found = whatlang::detect(head).filter(whatlang::Info::is_reliable)?;
    SHORT.iter().find(|(long, _)| *long == found.lang().code()).map(|(_, short)| (*short).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_named_where_they_are_certain() {
        let text =
            "The ferry to the outer isles runs again from Monday, after three weeks of repairs to its ramp. ";
        assert_eq!(language(&text.repeat(2)).as_deref(), Some("en"));
        let text = "Le bac de nuit reprend son service entre les deux rives, du jeudi au dimanche, jusqu’à la fin de l’été.";
        assert_eq!(language(text).as_deref(), Some("fr"));
        assert_eq!(language("Office closed."), None);
        assert_eq!(language(&"1 2 3 – ".repeat(40)), None);
    }

    #[test]
    fn every_language_that_can_be_detected_has_its_tag() {
        let missing: Vec<_> = whatlang::Lang::all()
            .iter()
            .filter(|lang| SHORT.iter().all(|(long, _)| *long != lang.code()))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
