//! What the pages say, in each language of the interface.
//!
//! Owns every word of a page that does not come from a bulletin or from the configuration, how numbers and dates are
//! written, and which languages there are. A table has a row a message with all its languages: what is missing does
//! not compile, and a test holds the blanks of the languages against each other. It must never know which page a
//! message stands on, nor how a language was chosen.

mod about;
mod calendar;
mod desk;
mod reading;
mod search;

use maud::{Markup, PreEscaped, Render as _, html};

pub use about::About;
pub use desk::DeskWords;
pub use reading::Words;
pub use search::SearchWords;

/// A language of the interface. What bulletins say stays in their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    English,
    French,
    Spanish,
}

impl Language {
    /// In the order of the columns of every table.
    pub const ALL: [Language; 3] = [Language::English, Language::French, Language::Spanish];

    /// The language tag (BCP 47), in which addresses and headers name it.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::Spanish => "es",
        }
    }

    /// As those who speak it call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::French => "Français",
            Language::Spanish => "Español",
        }
    }

    /// The language of a tag, of which only the first part counts: `fr-CA` is French.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|it| it.tag().eq_ignore_ascii_case(primary))
    }

    /// A number with its thousands told apart as the language does it.
    pub fn number(self, number: u64) -> String {
        let digits = number.to_string();
        let separator = match self {
            Language::English => ',',
            Language::French => '\u{202f}',
            // Four digits stand together (Ortografía de la lengua española, 2010).
            Language::Spanish if digits.len() < 5 => return digits,
            Language::Spanish => '\u{202f}',
        };
        let begins_group = |n: usize| n > 0 && (digits.len() - n).is_multiple_of(3);
        let mut text = String::new();
        for (n, digit) in digits.chars().enumerate() {
            text.extend(begins_group(n).then_some(separator));
            text.push(digit);
        }
        text
    }

    /// A count in words: the singular where the language has it, with `{count}` filled in.
    pub fn count(self, number: u64, singular: &str, plural: &str) -> String {
        let one = match self {
            Language::French => number < 2,
            Language::English | Language::Spanish => number == 1,
        };
        fill(if one { singular } else { plural }, &[("count", &self.number(number))])
    }
}

/// A table of messages: a struct with a field a message, and one constant of it a language. After each name come
/// English, French and Spanish.
macro_rules! messages {
    ($(#[$about:meta])* $table:ident { $($(#[$doc:meta])* $name:ident: $en:literal | $fr:literal | $es:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $table { $($(#[$doc])* pub $name: &'static str,)+ }

        impl $table {
            const IN_EACH: [$table; 3] = [
                $table { $($name: $en,)+ },
                $table { $($name: $fr,)+ },
                $table { $($name: $es,)+ },
            ];

            /// The messages in a language.
            pub fn of(language: $crate::pages::messages::Language) -> &'static $table {
                static TABLE: [$table; 3] = $table::IN_EACH;
                &TABLE[language as usize]
            }

            /// Every row: its name, and what stands in each language.
            #[cfg(test)]
            pub const ROWS: &'static [(&'static str, [&'static str; 3])] =
                &[$((stringify!($name), [$en, $fr, $es]),)+];
        }
    };
}
use messages;

/// The parts of a message, in turn: text, and the name of a blank (`{name}`).
fn parts(message: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    message.split('}').map(|part| match part.split_once('{') {
        Some((text, name)) => (text, Some(name)),
        None => (part, None),
    })
}

/// A message with its blanks filled; a blank that nothing was given for stays empty.
pub fn fill(message: &str, blanks: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(message.len() + 32);
    for (text, name) in parts(message) {
        filled.push_str(text);
        filled.extend(blanks.iter().filter(|(blank, _)| Some(*blank) == name).map(|(_, value)| *value));
    }
    filled
}

/// As [`fill`], with markup in the blanks; the message itself is escaped.
pub fn set(message: &str, blanks: &[(&str, Markup)]) -> Markup {
    let mut filled = String::with_capacity(message.len() + 128);
    for (text, name) in parts(message) {
        text.render_to(&mut filled);
        for (_, value) in blanks.iter().filter(|(blank, _)| Some(*blank) == name) {
            filled.push_str(&value.0);
        }
    }
    PreEscaped(filled)
}

/// Markup from text, for a blank.
pub fn text(text: impl AsRef<str>) -> Markup {
    html! { (text.as_ref()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Vec<(&'static str, [&'static str; 3])> {
        [Words::ROWS, About::ROWS, DeskWords::ROWS, SearchWords::ROWS].concat()
    }

    #[test]
    fn every_language_says_it_with_the_same_blanks() {
        for (name, row) in tables() {
            let blanks = row.map(|message| {
                let mut names: Vec<&str> = parts(message).filter_map(|(_, name)| name).collect();
                names.sort_unstable();
                names
            });
            assert!(blanks[0] == blanks[1] && blanks[0] == blanks[2], "{name}: {blanks:?}");
            for message in row {
                assert!(!message.trim().is_empty(), "{name} is empty");
                assert_eq!(message.matches('{').count(), message.matches('}').count(), "{name}: {message}");
            }
        }
    }

    #[test]
    fn counts_and_numbers_are_said_as_each_language_says_them() {
        use Language::*;
        let count =
            |language: Language, number| language.count(number, "{count} bulletin", "{count} bulletins");
        assert_eq!(count(English, 0), "0 bulletins");
        assert_eq!(count(French, 0), "0 bulletin");
        assert_eq!(count(Spanish, 1), "1 bulletin");
        assert_eq!(English.number(1_234_567), "1,234,567");
        assert_eq!(French.number(1_234), "1\u{202f}234");
        assert_eq!(Spanish.number(1_234), "1234");
        assert_eq!(Spanish.number(12_345), "12\u{202f}345");
    }

    #[test]
    fn blanks_are_filled_in_the_order_of_the_language_and_messages_are_escaped() {
        assert_eq!(fill("{a} of {b}", &[("b", "2"), ("a", "1")]), "1 of 2");
        let link = html! { a href="/x" { "x & y" } };
        assert_eq!(
            set("See {link} & more", &[("link", link)]).into_string(),
            "See <a href=\"/x\">x &amp; y</a> &amp; more"
        );
    }

    #[test]
    fn a_tag_means_its_language_whatever_the_region() {
        assert_eq!(Language::of_tag("fr-CA"), Some(Language::French));
        assert_eq!(Language::of_tag("ES"), Some(Language::Spanish));
        assert_eq!(Language::of_tag("est"), None);
        assert_eq!(Language::of_tag("ar"), None);
    }
}
