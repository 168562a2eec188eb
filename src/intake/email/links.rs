//! The addresses in a newsletter, as they may be published.
//!
//! Owns what an address leads to behind those who count clicks, and which parts of it are about the reader
//! rather than the page. It must never ask a network: what cannot be seen in the address is not known, and
//! the link is dropped while its text stays.

mod parameters;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use url::Url;

use super::recipient::{Recipient, is_opaque};
use parameters::without_reader;

/// How often an address is unwrapped or decoded; mail that passed three gateways needs four.
pub const ROUNDS_MAX: usize = 6;
/// Longer addresses are dropped.
const ADDRESS_BYTES_MAX: usize = 8_000;

/// Query parameters in which redirectors carry where they lead.
#[rustfmt::skip]
const TARGETS: [&str; 24] = [
    "url", "u", "q", "r", "l", "to", "link", "href", "target", "targeturl", "redirect", "redirect_url",
    "redirect_uri", "redirecturl", "redirect_to", "redirectto", "destination", "dest", "goto", "go",
    "uri", "out", "p", "desturl",
];

/// Hosts, and ends of hosts, whose links say nothing but to them.
#[rustfmt::skip]
const OPAQUE_HOSTS: &[&str] = &[
    "list-manage.com", "list-manage1.com", "list-manage2.com", "sendgrid.net", "mandrillapp.com",
    "mjt.lu", "rs6.net", "hubspotlinks.com", "exct.net", "exacttarget.com", "createsend1.com",
    "createsend2.com", "createsend3.com", "createsend4.com", "createsend5.com", "createsend6.com",
    "cmail19.com", "cmail20.com", "e2ma.net", "lnks.gd", "klclick.com", "klclick1.com", "kmail-lists.com",
    "awstrack.me", "mlsend.com", "mlsnd.com", "emlnk.com", "emlnk1.com", "sendibt1.com", "sendibt2.com",
    "sendibt3.com", "sendibm1.com", "sendibm2.com", "sibautomation.com", "convertkit-mail.com",
    "convertkit-mail2.com", "icptrack.com", "en25.com", "mailgun.org", "sparkpostmail.com",
    "customeriomail.com", "intercom-mail.com", "acemlna.com", "acemlnb.com", "acemlnc.com", "activehosted.com",
    "mkt.com", "mktoweb.com", "pardot.com", "responsys.net", "bmetrack.com", "vresp.com", "dmtrk.net",
    "dotmailer.com", "emarsys.net", "selligent.com", "mailerlite.com", "getresponse.com", "benchmarkurl.com",
];

/// First labels of hosts that count clicks for others.
#[rustfmt::skip]
const COUNTING_LABELS: &[&str] = &[
    "click", "clicks", "clk", "links", "lnk", "track", "tracking", "tracker", "trk", "email",
    "em", "e", "go", "t", "r", "l", "url", "ct", "newsletter", "mailing", "redirect",
    "lists", "mg", "elink", "elinks",
];

/// The same of hosts that have pages as often: they count where the whole path is one token.
const SHARED_LABELS: [&str; 3] = ["news", "mail", "link"];

/// Segments of paths by which programs count clicks and openings.
#[rustfmt::skip]
const COUNTING_PATHS: &[&str] = &[
    "track/click", "ls/click", "wf/click", "wf/open", "cl0", "tn.jsp", "track/open", "ss/c",
    "f/a", "e3t", "trk", "click", "open.php", "link.php", "lt.php", "ut.php", "open.aspx",
    "click.aspx", "cl", "imp", "pixel", "pixel.gif", "beacon", "e/o", "open", "opens", "o.gif", "open.gif",
];

/// Hosts, and ends of hosts, that only lead elsewhere.
#[rustfmt::skip]
const REDIRECTORS: [&str; 12] = [
    "safelinks.protection.outlook.com", "urldefense.com", "urldefense.proofpoint.com", "slack-redir.net",
    "linkprotect.cudasvc.com", "l.facebook.com", "lm.facebook.com", "l.instagram.com", "out.reddit.com",
    "href.li", "vk.cc", "mimecast.com",
];

/// Paths by which a site leads elsewhere.
#[rustfmt::skip]
const REDIRECTING_PATHS: [&str; 8] =
    ["redirect", "redir", "redirect.php", "track", "tracking", "url", "away.php", "goto"];

/// Words in an address that is for the reader alone: to leave, to pass it on.
#[rustfmt::skip]
const OWN_BUSINESS: [&str; 16] = [
    "unsubscribe", "unsubscribed", "unsub", "optout", "forwardtofriend", "desabonner", "desinscription",
    "desabonnement", "abmelden", "abbestellen", "disiscriviti", "disiscrizione", "cancellati",
    "descadastrar", "uitschrijven", "afmelden",
];

/// The same in several words, which are a segment by themselves.
#[rustfmt::skip]
const OWN_PHRASES: [&str; 14] = [
    "opt-out", "profile-center", "update-profile", "forward-to-friend", "forward-to-a-friend",
    "abuse-report", "report-abuse", "manage-subscription", "manage-subscriptions", "remove-me",
    "email-settings", "email-preferences", "manage-preferences", "preference-center",
];

/// Words that are as often what a page is about: only what is made for one reader beside them tells.
#[rustfmt::skip]
const OWN_OR_NOT: [&str; 9] = [
    "subscription", "subscriptions", "preferences", "preference", "baja", "leave", "vcard", "profile",
    "subscriber",
];

/// More words in one segment are a title: `how-to-unsubscribe-from-anything`.
const SEGMENT_WORDS_MAX: usize = 3;

/// An address as it may be published, or `None` where nothing of it may.
pub fn clean(address: &str, recipient: &Recipient) -> Option<String> {
    if address.len() > ADDRESS_BYTES_MAX {
        return None;
    }
    let address = address.trim();
    if let Some(mail) = strip_scheme(address, "mailto:") {
        // What is written to leave a list, or to pass the message on, is between the reader and the sender.
        let to = mail.split('?').next().unwrap_or_default();
        let ours = to.contains('@') && !is_own_business(mail) && !recipient.is_told_by(mail);
        let personal = to.split(['@', '+', '-', '=']).any(is_opaque);
        return (ours && !personal).then(|| format!("mailto:{to}"));
    }
    if strip_scheme(address, "tel:").is_some() {
        return (!recipient.is_told_by(address)).then(|| address.into());
    }
    let mut url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    for _ in 0..ROUNDS_MAX {
        match target(&url) {
            Some(inner) if inner != url => url = inner,
            _ => break,
        }
    }
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    if is_own_business(url.as_str()) {
        return None;
    }
    without_reader(&mut url, recipient);
    let account = url.path().split('/').any(|part| recipient.is_account(part));
    (!account && !is_counted(&url) && !recipient.is_told_by(url.as_str())).then(|| url.into())
}

/// Whether a picture only tells the sender that the message was opened. Pictures of a point are dropped
/// whatever their address.
pub fn is_beacon(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let collects = url.host_str().is_some_and(|host| host.ends_with("google-analytics.com"));
    collects || has_segments(&url, COUNTING_PATHS) && longest_token(&url) >= 6
}

/// Whether an address is for the reader's own dealings with the list.
pub fn is_own_business(address: &str) -> bool {
    let decoded = percent_decoded(address);
    // Past the host, whose name may be any word.
    let rest = match decoded.split_once("://") {
        Some((_, rest)) => rest.split_once(['/', '?']).map_or("", |(_, rest)| rest),
        None => &decoded,
    };
    let mail = strip_scheme(&decoded, "mailto:").is_some();
    let made = |part: &str| part.contains('@') && !mail || is_opaque(part);
    let personal = rest.split(['/', '?', '&', '=', '#']).any(made)
        || mail && rest.split([':', '@', '-', '+', '.', '=']).any(is_opaque);
    let lower = rest.to_lowercase();
    lower.split(['/', '?', '&', '=', '#', '@', ':', ';', ',']).any(|segment| {
        let words: Vec<&str> = segment.split(['.', '-', '_', '+', ' ']).collect();
        let ending =
            words.last().is_some_and(|last| matches!(*last, "html" | "htm" | "php" | "aspx" | "jsp"));
        let words = &words[..words.len() - usize::from(ending)];
        let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
        OWN_PHRASES.contains(&words.join("-").as_str())
            || has(&OWN_BUSINESS) && (personal || words.len() <= SEGMENT_WORDS_MAX)
            || personal && words.len() <= SEGMENT_WORDS_MAX && has(&OWN_OR_NOT)
    })
}

fn strip_scheme<'a>(address: &'a str, scheme: &str) -> Option<&'a str> {
    address.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme))?;
    Some(&address[scheme.len()..])
}

/// Where a redirector leads, as far as its own address says it.
fn target(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    if host.ends_with("urldefense.com") || host.ends_with("urldefense.proofpoint.com") {
        return defended(url);
    }
    // Any page may be asked about another: an archive's, a translator's, a search.
    if !leads_elsewhere(url) {
        return None;
    }
    let named = url.query_pairs().find_map(|(name, value)| {
        TARGETS.contains(&name.to_ascii_lowercase().as_str()).then(|| address_in(&value)).flatten()
    });
    if named.is_some() {
        return named;
    }
    // `…/track?type=click&…&&&https://www.example.gov/page`, `…/CL0/https:%2F%2Fexample.org%2Fpage/1/…`.
    let rest = &url[url::Position::BeforePath..];
    if let Some(inner) = embedded(rest) {
        return Some(inner);
    }
    // A token whose payload is JSON with the address in it, as JWTs are.
    let parts = rest.split(['/', '?', '&', '=', '.']).filter(|part| part.len() >= 16);
    parts.filter_map(decoded).find_map(|text| address_in(&text))
}

/// Whether an address is one that only leads to another: it counts clicks, or is known to.
fn leads_elsewhere(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let searches = host.strip_prefix("www.").is_some_and(|rest| rest.starts_with("google."));
    searches && url.path() == "/url"
        || !searches && has_segments(url, &REDIRECTING_PATHS)
        || has_segments(url, COUNTING_PATHS)
        || is_below(&host, OPAQUE_HOSTS)
        || is_below(&host, &REDIRECTORS)
        || label(&host)
            .is_some_and(|label| COUNTING_LABELS.contains(&label) || SHARED_LABELS.contains(&label))
}

/// The first label of a host below a domain, without the number of the machine: `links` of `links-1.example.org`.
fn label(host: &str) -> Option<&str> {
    let label = host.split('.').next()?.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    (host.matches('.').count() >= 2).then_some(label)
}

fn is_below(host: &str, known: &[&str]) -> bool {
    let below =
        |known: &&str| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    known.iter().any(below)
}

/// Whether the path holds one of `known`, each a segment or several.
fn has_segments(url: &Url, known: &[&str]) -> bool {
    let path = format!("{}/", url.path().to_ascii_lowercase());
    known.iter().any(|known| path.contains(&format!("/{known}/")))
}

/// The length of the longest part of an address that a program made, past its host.
fn longest_token(url: &Url) -> usize {
    let parts = url[url::Position::BeforePath..].split(['/', '?', '&', '=', '.', '~']);
    parts.filter(|part| is_opaque(part) && !is_numbered_slug(part)).map(str::len).max().unwrap_or(0)
}

/// A title with the number that a site gave it: `harbour-wall-opened-12074753`.
fn is_numbered_slug(part: &str) -> bool {
    let words: Vec<&str> = part.split('-').collect();
    let Some((number, words)) = words.split_last() else { return false };
    words.len() >= 2
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        && number.len() <= 10
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// The address that a value is, in plain, percent-encoded or base64, or that JSON in it names.
fn address_in(value: &str) -> Option<Url> {
    let mut value = percent_decoded(value);
    if let Some(text) = decoded(&value).filter(|text| text.contains("://") || text.contains("%3A")) {
        value = percent_decoded(&text);
    }
    // JSON may write its slashes as `\/`.
    let value = value.replace("\\/", "/");
    let at = value.find("http://").or_else(|| value.find("https://"))?;
    let at = value.find("https://").map_or(at, |other| other.min(at));
    let quoted = at > 0;
    let end = value[at..]
        .find(|c: char| {
            c.is_whitespace() || c.is_control() || "\"<>\\".contains(c) || quoted && "'}".contains(c)
        })
        .map_or(value.len(), |length| at + length);
    Url::parse(&value[at..end]).ok().filter(|url| url.host_str().is_some_and(|host| host.contains('.')))
}

/// The address within the path or query of another.
fn embedded(rest: &str) -> Option<Url> {
    let lower = rest.to_ascii_lowercase();
    let marks = ["https:%2f%2f", "http:%2f%2f", "https%3a%2f%2f", "http%3a%2f%2f", "https://", "http://"];
    let (at, mark) = marks.iter().filter_map(|mark| Some((lower.find(mark)?, *mark))).min()?;
    let inner = &rest[at..];
    // An encoded address has its own slashes encoded: a plain one ends it.
    let inner = match mark.ends_with("%2f") {
        true => inner.split(['/', '&', '?']).next()?,
        false => inner,
    };
    Url::parse(&if mark.ends_with("%2f") { percent_decoded(inner) } else { inner.into() })
        .ok()
        .filter(|url| url.host_str().is_some_and(|host| host.contains('.')))
}

/// What the second and third versions of a widespread mail gateway wrote over an address.
fn defended(url: &Url) -> Option<Url> {
    let path = url.path();
    if path.starts_with("/v2/") {
        let (_, value) = url.query_pairs().find(|(name, _)| name == "u")?;
        return Url::parse(&percent_decoded(&value.replace('-', "%").replace('_', "/"))).ok();
    }
    // `/v3/__https://example.org/a*b__;…!…`: each star stands for bytes behind the semicolon, which are
    // characters that an address should not have; without them it may lead elsewhere, but not to a reader.
    let rest = url.as_str().split_once("/v3/__")?.1;
    let (inner, tail) = rest.rsplit_once("__;").unwrap_or((rest, ""));
    let hidden = tail.split('!').next().and_then(decoded).unwrap_or_default();
    let mut hidden = hidden.chars();
    let inner: String =
        inner.chars().map(|c| if c == '*' { hidden.next().unwrap_or('*') } else { c }).collect();
    // Its own normalisation takes one of the two slashes.
    let inner = match inner.split_once(":/") {
        Some((scheme, rest)) if !rest.starts_with('/') => format!("{scheme}://{rest}"),
        _ => inner,
    };
    Url::parse(&inner).ok()
}

/// Whether an address is a program's that counts clicks and keeps to itself where they lead: it would say
/// who read, and will lead nowhere once the program is gone.
fn is_counted(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return true };
    let host = host.to_ascii_lowercase();
    if is_below(&host, OPAQUE_HOSTS) {
        return true;
    }
    // The identifier of a paper (ISO 26324) looks made by a program, and is the same for all.
    let is_doi = |pair: &[&str]| {
        let prefix = pair[0].strip_prefix("10.").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
        prefix && !pair[1].is_empty()
    };
    let segments: Vec<&str> = url.path().trim_start_matches('/').split('/').collect();
    if segments.windows(2).any(is_doi) {
        return false;
    }
    let longest = longest_token(url);
    let alone = segments.len() == 1;
    let counts = label(&host)
        .is_some_and(|label| COUNTING_LABELS.contains(&label) || alone && SHARED_LABELS.contains(&label));
    longest >= 80 || longest >= 12 && counts || longest >= 6 && has_segments(url, COUNTING_PATHS)
}

/// The text that base64 of either alphabet holds.
fn decoded(part: &str) -> Option<String> {
    let part = part.trim_end_matches('=');
    let fits = part.len() >= 4 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(&b));
    let bytes = fits.then(|| {
        BASE64_NOPAD.decode(part.as_bytes()).or_else(|_| BASE64URL_NOPAD.decode(part.as_bytes())).ok()
    })??;
    String::from_utf8(bytes).ok()
}

/// `text` with its `%41` as characters; what is no such thing stays.
pub fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.into();
    }
    let bytes = text.as_bytes();
    let hex = |byte: Option<&u8>| byte.and_then(|byte| (*byte as char).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `text` with everything but letters, digits and `-._~` as `%41`.
pub fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL;

    use super::*;
    use crate::intake::email::header::Headers;

    fn jane() -> Recipient {
        let header =
            "To: Jane <jane@reader.example>\nList-Unsubscribe: <https://l.example/u?sid=x81KqL0e>\n\n";
        Recipient::of(&Headers::read(header.as_bytes()).unwrap().0)
    }

    #[test]
    fn redirectors_that_carry_their_target_are_unwrapped() {
        let page = "https://harbour.example/tides?year=2020";
        let encoded = percent_encoded(page);
        let jwt = BASE64URL.encode(format!("{{\"url\":\"{page}\",\"id\":\"x\"}}").as_bytes());
        for address in [
            page.to_string(),
            format!("{page}&fname=Jane&utm_source=mail&mc_eid=4f2a9c77&sid=x81KqL0e"),
            format!("https://www.google.com/url?q={encoded}&sa=D"),
            format!("https://eur01.safelinks.protection.outlook.com/?url={encoded}&data=05%7Cjane%40reader.example"),
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__harbour.example_tides-3Fyear-3D2020&d=DwMF".into(),
            "https://urldefense.com/v3/__https://harbour.example/tides?year=2020__;!!AbC!xyz$".into(),
            format!("https://links-1.example.org/CL0/{encoded}/1/0100017/abc=400"),
            "https://links.example.org/track?type=click&enid=ZWFzPTE&&&https://harbour.example/tides?year=2020".into(),
            format!("https://lnks.gd/l/eyJhbGciOiJIUzI1NiJ9.{jwt}.sig"),
            format!("https://t.example.org/c?u={}", BASE64URL.encode(page.as_bytes())),
            format!(
                "https://www.google.com/url?q={}",
                percent_encoded(&format!("https://click.example.org/?url={encoded}"))
            ),
        ] {
            assert_eq!(clean(&address, &jane()).as_deref(), Some(page), "{address}");
        }
    }

    #[test]
    fn what_is_for_one_reader_is_dropped() {
        for address in [
            "https://harbour.us7.list-manage.com/track/click?u=4f2a&id=99a1&e=b2c3",
            "https://harbour.us7.list-manage.com/unsubscribe?u=4f2a",
            "https://u123.ct.sendgrid.net/ls/click?upn=abcDEF123456",
            "https://lists.example/preferences/4f2a9c77",
            "https://harbour.example/x81KqL0e",
            "https://harbour.example/hello/jane%40reader.example",
            "https://click.harbour.example/f/a/Zx9_abcDEF12345",
            "mailto:leave-4f2a9c77@lists.example",
            "mailto:?subject=Harbour%20news&body=Look",
            "mailto:jane@reader.example",
            "javascript:alert(1)",
            "/relative",
        ] {
            assert_eq!(clean(address, &jane()), None, "{address}");
        }
        for address in [
            "https://harbour.example/2020/09/17/tides",
            "https://harbour.example/news/tide-tables-2021?page=2#summary",
            "https://mailchi.mp/harbour/september-news",
            "https://harbour.example/files/Tide_Table_Q3_2020.pdf",
            "https://harbour.example/leave-policy",
            "https://example.gov/consumer-preference-study",
            "https://www.economist.com/subscriptions-economy",
            "https://baja.example/",
            "https://harbour.example/how-to-unsubscribe-from-anything",
            "https://news.sky.com/story/coronavirus-latest-12074753",
            "https://link.springer.com/article/10.1007/s00192-020-04365-z",
            "https://mail.example.org/archive/msg0123456789ab",
            "https://web.archive.org/web/20200917091231/https://harbour.example/tides",
            "https://search.example/?q=https://harbour.example/tides",
            "mailto:press@harbour.example",
            "tel:+442079460000",
        ] {
            assert_eq!(clean(address, &jane()).as_deref(), Some(address));
        }
    }

    #[test]
    fn pictures_that_are_seen_are_no_beacons() {
        assert!(is_beacon("https://a.example/open.php?u=4f2a9c77"));
        assert!(is_beacon("https://www.google-analytics.com/collect?v=1"));
        for picture in ["https://a.example/pixel-art.png", "https://a.example/open/harbour.jpg"] {
            assert!(!is_beacon(picture), "{picture}");
        }
    }
}
