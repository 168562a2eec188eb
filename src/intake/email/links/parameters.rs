//! What of an address's query and fragment is about the reader.
//!
//! Owns the names of parameters and what their values look like. It must never touch the path: what a page is
//! called there is the page's.

use url::Url;

use super::percent_decoded;
use crate::bulletin::is_tracking_parameter;
use crate::intake::email::recipient::{Recipient, is_opaque};

/// Parameters by which mailing programs name a reader or a copy of a message, whatever they hold.
#[rustfmt::skip]
const READERS: [&str; 30] = [
    "cid", "eid", "uid", "rid", "sid", "euid", "recipient", "recipientid", "recipient_id", "rcpt", "subscriber",
    "subscriberid", "subscriber_id", "subscriberkey", "subscriber_key", "emailaddress", "email_address",
    "emailhash", "email_hash", "useremail", "user_email", "e_id", "r_id", "inf_contact_key", "mcid", "bbeml",
    "emci", "emdi", "ceid", "ccid",
];

/// Parameters about the reader, unless what they hold is a word.
#[rustfmt::skip]
const PERSONAL: [&str; 20] = [
    "email", "e-mail", "mail", "contact", "contactid", "contact_id", "member", "memberid", "member_id",
    "userid", "user_id", "user", "jwt", "token", "auth", "signature", "sig", "hash", "key", "code",
];

/// Parameters that say from where a reader comes: a word or a date does so for all of them, what a program made
/// for one.
#[rustfmt::skip]
const ORIGINS: [&str; 36] = [
    "ref", "refid", "ref_id", "refcode", "referrer", "referer", "referral", "src", "source", "from", "via",
    "track", "tracking", "trackid", "track_id", "trackingid", "tracking_id", "tracker", "trk", "trkid", "campaign",
    "campaignid", "campaign_id", "cmp", "cmpid", "camp", "click", "clickid", "click_id", "mailing", "mailingid",
    "msgid", "xid", "si", "share", "shareid",
];

/// Names of one letter are anybody's: what they hold is for a program where it is long and mixed. Not among them
/// are those that name pages and searches everywhere: `p`, `q`, `v`.
const LETTERS: &str = "ceghijkmorstuxyz";
const LETTER_VALUE_CHARS_MIN: usize = 8;

/// A service that has its web versions by account, in `u`, and issue.
const ACCOUNT_HOST: &str = "campaign-archive.com";

/// Parameters that hold somebody's name.
#[rustfmt::skip]
const NAMED: [&str; 13] = [
    "name", "fname", "lname", "firstname", "lastname", "first_name", "last_name", "fullname", "full_name",
    "vorname", "nachname", "prenom", "nombre",
];

/// Takes out of the query what is about the reader, and out of the fragment what is a program's.
pub fn without_reader(url: &mut Url, recipient: &Recipient) {
    let by_account = url.host_str().is_some_and(|host| host.ends_with(ACCOUNT_HOST));
    let about = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decoded(name).to_ascii_lowercase();
        is_tracking_parameter(&name, value)
            || !(by_account && name == "u") && is_of_reader(&name, &percent_decoded(value))
            || recipient.is_told_by(value)
            || recipient.is_account(value)
            || NAMED.contains(&name.as_str()) && recipient.is_called(value)
    };
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !about(pair)).collect();
        let kept = kept.join("&");
        if kept != query {
            url.set_query((!kept.is_empty()).then_some(&kept));
        }
    }
    let is_made = |fragment: &str| {
        let pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
        let named = pairs.into_iter().any(|(name, value)| is_of_reader(&name.to_ascii_lowercase(), value));
        named || recipient.is_told_by(fragment) || is_opaque(fragment)
    };
    if url.fragment().is_some_and(is_made) {
        url.set_fragment(None);
    }
}

/// Whether a parameter tells one reader from another, judged by its name, in lower case, and the look of its value.
fn is_of_reader(name: &str, value: &str) -> bool {
    let mixed = || is_opaque(value) && value.contains(|c: char| c.is_ascii_alphabetic());
    let letter = || name.len() == 1 && LETTERS.contains(name) && value.len() >= LETTER_VALUE_CHARS_MIN;
    READERS.contains(&name)
        || PERSONAL.contains(&name) && (is_opaque(value) || value.contains('@'))
        // Numbers alone may be a date or a page.
        || ORIGINS.contains(&name) && mixed()
        || letter() && mixed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_judged_by_name_and_look() {
        let without = |query: &str| {
            let mut url = Url::parse(&format!("https://harbour.example/tides?{query}")).unwrap();
            without_reader(&mut url, &Recipient::default());
            url.query().unwrap_or_default().to_owned()
        };
        for query in [
            "ref=aB3dE6fG9h",
            "cid=8842",
            "eid=4f",
            "uid=77",
            "rid=a1",
            "sid=9",
            "mc_eid=4f2a9c77",
            "mkt_tok=x",
            "_hsenc=p2ANqtz",
            "vero_id=1",
            "ck_subscriber_id=2",
            "recipient=Jane",
            "subscriber=12",
            "source=x7Kq02LmZ",
            "k=8f3kQ2p1Xa",
            "si=AbC123dEf4",
            "email=a%40b.example",
            "%63id=1",
            "contact=99120441",
        ] {
            assert_eq!(without(query), "", "{query}");
            assert_eq!(without(&format!("page=2&{query}")), "page=2");
        }
        for query in [
            "p=12345",
            "id=8f3kQ2p1Xa",
            "page=2",
            "q=a1b2c3d4e5",
            "article=20200917",
            "lang=en-GB",
            "v=dQw4w9WgXcQ",
            "ref=homepage",
            "source=news2020",
            "from=20200917",
            "t=123456",
            "s=covid19",
            "token=harbour",
            "code=en",
            "list=PL4f2a9c77",
            "doc=A1b2C3d4",
            "year=2020",
            "contact=press",
            "via=ferry-news",
        ] {
            assert_eq!(without(query), query);
        }
    }
}
