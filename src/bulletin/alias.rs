//! The names under which sources know a bulletin.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
    /// An address, normalised by [`normalise_url`]; scoped by the source where it leads elsewhere from each machine.
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

    /// The alias of an address as `source` gives it: of one that leads elsewhere from each machine, within the
    /// source only.
    pub fn address(source: &str, url: &str) -> Option<Alias> {
        let alias = Alias::url(url)?;
        let local = is_local(url);
        Some(if local { Alias { name: format!("{source} {}", alias.name), ..alias } } else { alias })
    }

    /// The address that it is, without what scopes it.
    pub fn as_address(&self) -> Option<&str> {
        // Neither an address nor a source has a space in it.
        self.name.rsplit(' ').next().filter(|_| self.kind == AliasKind::Url)
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
#[rustfmt::skip]
const TRACKING_PARAMETERS: [&str; 32] = [
    "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok",
    "ref_src", "wt_mc", "ns_campaign", "ml_subscriber", "ml_subscriber_hash", "vero_id", "vero_conv",
    "ck_subscriber_id", "oly_enc_id", "oly_anon_id", "_bta_tid", "_bta_c", "_ke", "dm_i", "sc_eh", "sc_uid",
    "sc_customer", "trk_contact", "trk_msg", "__hstc", "elqtrackid",
];

/// Whether a query parameter of this name, in lower case, only says how a reader came to a page.
pub fn is_tracking_parameter(name: &str, value: &str) -> bool {
    // One service says by what feed and which of its lists: `rss-4f2a9c------2`. Elsewhere the word is an archive's own.
    let listed = || name == "source" && (value.starts_with("rss-") || value.contains("---"));
    name.starts_with("utm_") || TRACKING_PARAMETERS.contains(&name) || listed()
}

/// One spelling for all the spellings of an address: scheme and host in lower case, no default port, no
/// fragment, no user name, no tracking parameters. `None` where it is no absolute HTTP or HTTPS address.
pub fn normalise_url(text: &str) -> Option<String> {
    let mut url = url::Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    let tracks = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        is_tracking_parameter(&name.to_ascii_lowercase(), value)
    };
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !tracks(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(&kept));
    }
    Some(url.into())
}

/// Top-level names that are nobody's on the Internet (RFC 6761, RFC 6762, RFC 8375, and what networks of one
/// house are called by habit).
#[rustfmt::skip]
const LOCAL_DOMAINS: [&str; 12] = [
    "localhost", "local", "test", "invalid", "internal", "intranet", "private", "lan", "home", "corp",
    "localdomain", "home.arpa",
];

/// Whether a URL or a `tag:` URI names something on a host that is another one from each machine: loopback, a
/// private network, a name without a dot.
pub fn is_local(iri: &str) -> bool {
    if let Some((authority, _)) = iri.strip_prefix("tag:").and_then(|rest| rest.split_once(',')) {
        let host = authority.rsplit('@').next().unwrap_or_default();
        return url::Host::parse(host).is_ok_and(|host| is_local_host(&host));
    }
    let url = url::Url::parse(iri.trim()).ok();
    url.and_then(|url| url.host().map(|host| is_local_host(&host.to_owned()))).unwrap_or(false)
}

fn is_local_host(host: &url::Host) -> bool {
    let v4 = |it: &std::net::Ipv4Addr| {
        let shared = it.octets()[0] == 100 && it.octets()[1] & 0xc0 == 64;
        it.is_loopback() || it.is_private() || it.is_link_local() || it.is_unspecified() || shared
    };
    match host {
        url::Host::Ipv4(address) => v4(address),
        url::Host::Ipv6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => v4(&mapped),
            None => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
            }
        },
        url::Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let below = |domain: &str| {
                name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            !name.contains('.') || LOCAL_DOMAINS.iter().any(|domain| below(domain))
        }
    }
}

/// Schemes without an authority part whose names mean the same everywhere.
const GLOBAL_SCHEMES: [&str; 5] = ["tag", "urn", "ni", "doi", "info"];

/// Whether `text` is an absolute IRI (RFC 3987) that names one thing everywhere, and so may serve as an entry id for ever.
pub fn is_absolute_iri(text: &str) -> bool {
    let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
    // `article:12` has the form of one as well, and is the number that some program counts by.
    let is_global =
        rest.starts_with("//") || GLOBAL_SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
    is_global
        && !rest.is_empty()
        && scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_normalised() {
        for (text, normal) in [
            ("HTTP://Example.ORG:80/A?utm_source=x&b=1&fbclid=y#top", Some("http://example.org/A?b=1")),
            ("https://example.org?utm_medium=email", Some("https://example.org/")),
            ("https://me:secret@example.org/", Some("https://example.org/")),
            ("https://example.org/p?source=rss-4f2a9c1b------2", Some("https://example.org/p")),
            ("https://example.org/p?source=collection_home---4------0-----", Some("https://example.org/p")),
            (
                "https://example.org/p?source=harbour-office",
                Some("https://example.org/p?source=harbour-office"),
            ),
            ("mailto:a@example.org", None),
            ("/relative", None),
        ] {
            assert_eq!(normalise_url(text).as_deref(), normal, "{text}");
        }
    }

    #[test]
    fn only_absolute_iris_serve_as_entry_ids() {
        for iri in
            ["tag:example.org,2018:1", "https://example.org/?p=1", "urn:uuid:0", "https://example.org/é"]
        {
            assert!(is_absolute_iri(iri), "{iri}");
        }
        for other in ["", "12", "C:", "c:\\x", "/path", "a b:c", "post 12", "article:12", "C:12"] {
            assert!(!is_absolute_iri(other), "{other}");
        }
    }

    #[test]
    fn an_address_that_leads_elsewhere_from_each_machine_names_nothing_to_others() {
        for iri in [
            "http://localhost/?p=1",
            "http://LocalHost.:8080/",
            "http://127.0.0.1:8000/?p=1",
            "http://192.168.1.5/a",
            "http://[::1]/",
            "http://[fd00::1]/",
            "http://[::ffff:10.0.0.1]/",
            "https://news.local/?p=2",
            "https://site.test/",
            "http://intranet/news/1",
            "http://nas.home.arpa/",
            "tag:localhost,2020:1",
        ] {
            assert!(is_local(iri), "{iri}");
        }
        for iri in [
            "https://example.org/?p=1",
            "https://localhost.example.org/",
            "https://thelocal.example/",
            "http://8.8.8.8/",
            "tag:example.org,2020:1",
            "urn:uuid:0",
            "http://[2001:db8::1]/",
        ] {
            assert!(!is_local(iri), "{iri}");
        }
        let alias = Alias::address("blog", "http://localhost/?p=1").unwrap();
        assert_eq!(alias.to_string(), "url:blog http://localhost/?p=1");
        assert_eq!(alias.as_address(), Some("http://localhost/?p=1"));
    }

    proptest! {
        #[test]
        fn normalising_an_address_again_changes_nothing(text in "https?://[ -~]{1,40}") {
            if let Some(once) = normalise_url(&text) {
                prop_assert_eq!(normalise_url(&once), Some(once));
            }
        }
    }
}
