//! The domain: what a bulletin says, by what names it is known, and its canonical bytes.
//!
//! Pure. It must never know where bytes came from, where they are kept or how they are shown.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, fmt::temporal::DateTimeParser};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::LazyLock;

use crate::digest::Digest;

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
    pub fn canonical_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and vectors of strings always serialise")
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

/// When a bulletin was published, no more precisely than is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub basis: Basis,
    pub date: PartialDate,
}

/// How a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The bulletin, its markup or its sender says so.
    Stated,
    /// Concluded from something that is said about another thing (an event announced, a caption).
    Inferred,
    /// Nobody said: it is when the bulletin arrived. Never part of [`Content`].
    Received,
}

/// A date of stated precision: `2017`, `2017-06`, `2017-06-30` or `2017-06-30T09:00:00+02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialDate {
    Year(i16),
    /// Year, and month from 1 to 12.
    Month(i16, i8),
    Day(Date),
    /// An instant with the offset from UTC at which it was written, which decides its day and year.
    Instant(Timestamp, Offset),
}

impl PartialDate {
    /// `year`, `month`, `day` or `instant`.
    pub fn precision(&self) -> &'static str {
        match self {
            PartialDate::Year(_) => "year",
            PartialDate::Month(..) => "month",
            PartialDate::Day(_) => "day",
            PartialDate::Instant(..) => "instant",
        }
    }

    /// The year as written, which decides the year selection.
    pub fn year(&self) -> i16 {
        self.first_day().year()
    }

    /// The first day that the date can mean.
    pub fn first_day(&self) -> Date {
        match *self {
            PartialDate::Year(year) => Date::constant(year, 1, 1),
            PartialDate::Month(year, month) => Date::constant(year, month, 1),
            PartialDate::Day(day) => day,
            PartialDate::Instant(at, offset) => offset.to_datetime(at).date(),
        }
    }

    /// The day, where the date is that precise.
    pub fn day(&self) -> Option<Date> {
        matches!(self, PartialDate::Day(_) | PartialDate::Instant(..)).then(|| self.first_day())
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartialDate::Year(year) => write!(f, "{year:04}"),
            PartialDate::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            PartialDate::Day(day) => write!(f, "{day}"),
            PartialDate::Instant(at, Offset::UTC) => write!(f, "{at}"),
            PartialDate::Instant(at, offset) => write!(f, "{}", at.display_with_offset(*offset)),
        }
    }
}

/// A text that should have been a date and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date: write 2017, 2017-06, 2017-06-30 or 2017-06-30T09:00:00+02:00 (RFC 3339)")]
pub struct NotADate(pub String);

impl FromStr for PartialDate {
    type Err = NotADate;

    /// Reads exactly the four forms that [`fmt::Display`] writes; years from 1 to 9999.
    fn from_str(text: &str) -> Result<PartialDate, NotADate> {
        static PARSER: DateTimeParser = DateTimeParser::new();
        let refuse = || NotADate(text.chars().take(80).collect());
        let number =
            |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<i16>().ok()).flatten();
        let parsed = match text.len() {
            4 => number(text).map(PartialDate::Year),
            7 if text.is_ascii() && text.as_bytes()[4] == b'-' => number(&text[..4])
                .zip(number(&text[5..]).filter(|month| (1..=12).contains(month)))
                .map(|(year, month)| PartialDate::Month(year, month as i8)),
            10 => text.parse().ok().map(PartialDate::Day),
            _ if text.is_ascii() && text.contains(['T', 't', ' ']) => {
                let pieces = PARSER.parse_pieces(text).map_err(|_| refuse())?;
                let offset = pieces.to_numeric_offset();
                PARSER
                    .parse_timestamp(text)
                    .ok()
                    .zip(offset)
                    .map(|(at, offset)| PartialDate::Instant(at, offset))
            }
            _ => None,
        };
        parsed.filter(|date| (1..=9999).contains(&date.year())).ok_or_else(refuse)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PartialDate, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The permanent id of a bulletin: 10 characters of lower-case Crockford base32, 50 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BulletinId([u8; 10]);

static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.encoding().expect("32 distinct symbols make an encoding")
});

/// A text that should have been a bulletin id and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no bulletin id: expected 10 characters of 0-9 and a-z without i, l, o and u")]
pub struct NotAnId(pub String);

impl BulletinId {
    /// The id that a digest gives: its first 50 bits.
    pub fn from_digest(digest: &Digest) -> BulletinId {
        let text = CROCKFORD.encode(&digest.0[..7]);
        BulletinId(text.as_bytes()[..10].try_into().expect("7 bytes give 12 characters"))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an id is made of Crockford's symbols, which are ASCII")
    }
}

impl FromStr for BulletinId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<BulletinId, NotAnId> {
        let known = |byte: &u8| CROCKFORD.specification().symbols.as_bytes().contains(byte);
        let bytes: Option<[u8; 10]> = text.as_bytes().try_into().ok();
        bytes
            .filter(|bytes| bytes.iter().all(known))
            .map(BulletinId)
            .ok_or_else(|| NotAnId(clip(text, 80).into()))
    }
}

impl fmt::Display for BulletinId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BulletinId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What kind of name an alias is, the strongest first: where the aliases of one submission point to
/// several bulletins, the strongest decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasKind {
    /// An id that a source gave and that is no IRI; scoped by the source.
    Id,
    /// An absolute IRI that serves as entry id (Atom id, IRI guid, JSON Feed id).
    Entry,
    /// An RFC 5322 Message-ID, without its angle brackets.
    Message,
    /// An address, normalised by [`normalise_url`].
    Url,
    /// A file path within a source; scoped by the source.
    Path,
}

impl AliasKind {
    const NAMES: [(AliasKind, &'static str); 5] = [
        (AliasKind::Id, "id"),
        (AliasKind::Entry, "entry"),
        (AliasKind::Message, "mid"),
        (AliasKind::Url, "url"),
        (AliasKind::Path, "path"),
    ];

    fn name(self) -> &'static str {
        AliasKind::NAMES.iter().find(|(kind, _)| *kind == self).expect("every kind has a name").1
    }
}

/// Any name under which a source knows a bulletin, written `kind:name`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias {
    pub kind: AliasKind,
    pub name: String,
}

impl Alias {
    /// An id that means something only within its source.
    pub fn id(source: &str, id: &str) -> Alias {
        Alias { kind: AliasKind::Id, name: format!("{source} {}", id.trim()) }
    }

    pub fn entry(iri: &str) -> Alias {
        Alias { kind: AliasKind::Entry, name: iri.trim().into() }
    }

    pub fn message(message_id: &str) -> Alias {
        Alias { kind: AliasKind::Message, name: message_id.trim().trim_matches(['<', '>']).into() }
    }

    /// The alias of an address, or `None` where `url` is no absolute HTTP or HTTPS address.
    pub fn url(url: &str) -> Option<Alias> {
        Some(Alias { kind: AliasKind::Url, name: normalise_url(url)? })
    }

    /// A path relative to the folder that is the source, with `/` between its parts.
    pub fn path(source: &str, path: &str) -> Alias {
        Alias { kind: AliasKind::Path, name: format!("{source} {path}") }
    }

    /// The alias of one part of a document that splits: the document's own with the part's slug.
    pub fn part(&self, slug: &str) -> Alias {
        Alias { kind: self.kind, name: format!("{}#{slug}", self.name) }
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.name)
    }
}

impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Alias {
    type Err = String;

    fn from_str(text: &str) -> Result<Alias, String> {
        let known =
            |name: &str| AliasKind::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind);
        text.split_once(':')
            .and_then(|(kind, name)| Some(Alias { kind: known(kind)?, name: name.into() }))
            .ok_or_else(|| {
                format!("`{text}` is no alias: expected id:, entry:, mid:, url: or path: and a name")
            })
    }
}

impl Serialize for Alias {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Alias {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Alias, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Query parameters that say how a reader came to a page, and never which page it is.
const TRACKING_PARAMETERS: [&str; 14] = [
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "ref_src",
    "wt_mc",
    "ns_campaign",
];

/// One spelling for all the spellings of an address: scheme and host in lower case, no default port, no
/// fragment, no user name, no tracking parameters. `None` where it is no absolute HTTP or HTTPS address.
pub fn normalise_url(text: &str) -> Option<String> {
    let mut url = url::Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    let tracks = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        name.starts_with("utm_") || TRACKING_PARAMETERS.contains(&name.as_str())
    };
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !tracks(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(&kept));
    }
    Some(url.into())
}

/// Whether `text` is an absolute IRI (RFC 3987) and so may serve as an entry id for ever.
pub fn is_absolute_iri(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    text.len() > scheme.len() + 1
        && scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
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
    fn dates_keep_their_precision_and_their_offset() {
        for (text, precision, year) in [
            ("2017", "year", 2017),
            ("2017-06", "month", 2017),
            ("2018-04-04", "day", 2018),
            ("2018-12-31T23:30:00-05:00", "instant", 2018),
            ("2018-04-04T10:00:00Z", "instant", 2018),
        ] {
            let date: PartialDate = text.parse().unwrap();
            assert_eq!((date.to_string().as_str(), date.precision(), date.year()), (text, precision, year));
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "today", "17-06", "2017-13", "2017-02-30", "2017-6", "0000", "2018-04-04T10:00:00", "+017"]
        {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_is_the_first_50_bits_of_a_digest() {
        let digest = Digest::of(b"abc");
        let id = BulletinId::from_digest(&digest);
        assert_eq!(id.to_string().parse(), Ok(id));
        // ba7816bf8f01cf: 10111 01001 11100 00001 01101 01111 11100 01111 00000 00111
        assert_eq!(id.as_str(), "q9w1dfwf07");
        for text in ["", "q9w1dfwf0", "q9w1dfwf077", "Q9w1dfwf07", "i9w1dfwf07"] {
            assert!(text.parse::<BulletinId>().is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_normalised() {
        for (text, normal) in [
            ("HTTP://Example.ORG:80/A?utm_source=x&b=1&fbclid=y#top", Some("http://example.org/A?b=1")),
            ("https://example.org?utm_medium=email", Some("https://example.org/")),
            ("https://me:secret@example.org/", Some("https://example.org/")),
            ("mailto:a@example.org", None),
            ("/relative", None),
        ] {
            assert_eq!(normalise_url(text).as_deref(), normal, "{text}");
        }
    }

    #[test]
    fn slugs_are_ascii_and_end_between_words() {
        assert_eq!(slug("IOM’s “Dialogue” – Étape 2"), "ioms-dialogue-etape-2");
        assert_eq!(slug("…"), "");
        assert!(slug(&"long words ".repeat(20)).len() <= SLUG_BYTES_MAX);
    }

    #[test]
    fn only_absolute_iris_serve_as_entry_ids() {
        for iri in
            ["tag:example.org,2018:1", "https://example.org/?p=1", "urn:uuid:0", "https://example.org/é"]
        {
            assert!(is_absolute_iri(iri), "{iri}");
        }
        for other in ["", "12", "C:", "c:\\x", "/path", "a b:c", "post 12"] {
            assert!(!is_absolute_iri(other), "{other}");
        }
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
            prop_assert_eq!(&serde_json_canonicalizer::to_vec(&content).unwrap(), &canonical);
            prop_assert_eq!(serde_json::from_slice::<Content>(&canonical).unwrap(), content);
        }

        #[test]
        fn normalising_an_address_again_changes_nothing(text in "https?://[ -~]{1,40}") {
            if let Some(once) = normalise_url(&text) {
                prop_assert_eq!(normalise_url(&once), Some(once));
            }
        }

        #[test]
        fn a_slug_is_its_own_slug(text in any::<String>()) {
            let once = slug(&text);
            prop_assert_eq!(slug(&once), once);
        }
    }
}
