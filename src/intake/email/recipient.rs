//! Who a message was delivered to, and everything that would tell.
//!
//! Owns what must not be published: the addresses of recipients, what their name for the sender's programs
//! is, and every spelling in which either may stand in a text or an address. It must never keep any of it:
//! it is held against what is to be published and thrown away.

mod names;
mod needle;
mod spellings;
mod spoken;
mod unpacked;

use names::Names;
pub use names::without_start;
use spellings::Spellings;

use super::header::Headers;
use super::links::percent_decoded;
use crate::intake::boilerplate::words;
use crate::intake::fold::fold;

/// Fields that hold addresses of recipients. `Return-Path` and `Received` are read apart.
const FIELDS: [&str; 19] = [
    "to",
    "cc",
    "bcc",
    "resent-to",
    "resent-cc",
    "resent-bcc",
    "delivered-to",
    "x-original-to",
    "x-delivered-to",
    "envelope-to",
    "x-envelope-to",
    "apparently-to",
    "x-rcpt-to",
    "x-real-to",
    "x-forwarded-to",
    "x-forwarded-for",
    "original-recipient",
    "x-apparently-to",
    "x-google-original-to",
];

/// Who names the sender or the list, which is no secret even where the message is addressed to it.
const SENDERS: [&str; 4] = ["from", "sender", "reply-to", "list-post"];

/// The most recipients that are looked for. A message to more was not made for one of them; those beyond
/// are dropped with the header like all others.
const ADDRESSES_MAX: usize = 100;
/// The longest address that a mail server takes (RFC 5321 section 4.5.3.1), and then some.
const ADDRESS_BYTES_MAX: usize = 400;
const TOKENS_MAX: usize = 100;
/// A longer token is known by its beginning.
const TOKEN_BYTES_MAX: usize = 512;
/// All that is looked for, before it is spelt in two dozen ways.
const ALL_BYTES_MAX: usize = 8 << 10;

/// A service that many use, in whose links account, list and issue are public and `e` is the reader.
const ACCOUNT_HOST: &str = ".list-manage.com/";

/// What would tell who received a message.
#[derive(Clone, Debug, Default)]
pub struct Recipient {
    /// In lower case.
    addresses: Vec<String>,
    /// Display names, folded.
    names: Vec<String>,
    /// What the sender's programs call the recipient, as it stands in links.
    tokens: Vec<String>,
    spellings: Spellings,
    /// The names as they are looked for in texts, and how many they are of.
    called: Names,
    called_of: usize,
}

impl Recipient {
    /// What the header of a message tells.
    pub fn of(headers: &Headers<'_>) -> Recipient {
        Recipient::default().and(headers)
    }

    /// And what the header of a message tells that it carries.
    pub fn and(&self, headers: &Headers<'_>) -> Recipient {
        let mut recipient = self.clone();
        recipient.take_headers(headers);
        recipient.spell();
        recipient
    }

    /// How much was spelt, in bytes of addresses and tokens: what it has cost.
    pub fn spelt_bytes(&self) -> usize {
        self.spellings.spelt_bytes
    }

    fn take_headers(&mut self, headers: &Headers<'_>) {
        let recipient = self;
        let mut senders: Vec<String> = Vec::new();
        for name in SENDERS {
            senders.extend(headers.mailboxes(name).into_iter().filter_map(|known| known.address));
        }
        senders.iter_mut().for_each(|address| {
            *address = address.trim_start_matches("mailto:").to_lowercase();
        });
        let mut add = |recipient: &mut Recipient, address: &str| {
            let address = address.trim_matches(['<', '>', '"', '\'', ' ', ';', ',']).to_lowercase();
            let is_address =
                address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.len() > 2);
            let known = senders.contains(&address) || recipient.addresses.contains(&address);
            if is_address
                && !known
                && address.len() <= ADDRESS_BYTES_MAX
                && recipient.addresses.len() < ADDRESSES_MAX
                && recipient.has_room()
            {
                recipient.addresses.push(address);
            }
        };
        let said_by: Vec<String> =
            SENDERS.iter().flat_map(|name| headers.mailboxes(name)).filter_map(|known| known.name).collect();
        for name in FIELDS {
            for mailbox in headers.mailboxes(name) {
                let address = mailbox.address.as_deref().unwrap_or_default().to_lowercase();
                let name = mailbox.name.filter(|name| !said_by.contains(name) && !senders.contains(&address));
                recipient.names.extend(name.map(|name| fold(&name)).filter(|name| name.len() > 2));
            }
            // As words as well, for what no parser takes for an address list: `rfc822;jane@example.org`.
            for value in headers.decoded(name) {
                addresses_in(&value).for_each(|address| add(recipient, address));
            }
        }
        for value in headers.plain("received") {
            let to = value.split(" for ").skip(1).filter_map(|rest| rest.split_whitespace().next());
            to.for_each(|address| add(recipient, address));
        }
        for value in headers.decoded("return-path").chain(headers.decoded("errors-to")) {
            recipient.take_return_path(&value, &mut add);
        }
        recipient.names.truncate(ADDRESSES_MAX);
        for value in headers.decoded("list-unsubscribe").chain(headers.decoded("list-unsubscribe-post")) {
            // Where the list's web address says which part of it is the reader's, the mail address adds
            // nothing but the names of account and issue.
            let known = value.contains(ACCOUNT_HOST);
            let uris = value.split(['<', '>']).filter(|part| part.contains(':'));
            uris.filter(|uri| !known || uri.contains(ACCOUNT_HOST)).for_each(|uri| recipient.take_uri(uri));
        }
    }

    /// Learns from links that end the recipient's subscription what the sender's programs call them.
    pub fn learn(&mut self, uris: &[&str]) {
        uris.iter().for_each(|uri| self.take_uri(uri));
        self.spell();
    }

    /// Learns who else received a message, and passed it on, from the header that their program wrote above it
    /// in the text. Who wrote what was passed on first is its author, and no secret.
    pub fn learn_quoted(&mut self, text: &str, innermost: bool) {
        let fields = text.lines().filter(|line| line.contains('@')).skip(usize::from(innermost));
        for (_, value) in fields.filter_map(|line| line.split_once([':', '：'])) {
            let header = format!("To: {}\n\n", value.trim().replace("mailto:", ""));
            if let Some((headers, _)) = Headers::read(header.as_bytes()) {
                self.take_headers(&headers);
            }
        }
        self.spell();
    }

    /// Bounces come back to an address that names whose it was (VERP): `bounce+jane=example.org@lists…`.
    fn take_return_path(&mut self, value: &str, add: &mut impl FnMut(&mut Recipient, &str)) {
        let value = value.trim().trim_matches(['<', '>']);
        let Some((user, _)) = value.rsplit_once('@') else { return };
        for part in user.split(['+']) {
            if let Some((name, host)) = part.rsplit_once('=').filter(|(_, host)| host.contains('.')) {
                add(self, &format!("{name}@{host}"));
                // The list's own name stands before a hyphen as often as before a plus sign.
                for (at, _) in name.match_indices('-') {
                    add(self, &format!("{}@{host}", &name[at + 1..]));
                }
            }
        }
        let parts = user.split(['+', '=']).chain(user.split(['+', '=', '.', '-']));
        parts.for_each(|part| self.take_token(part));
    }

    fn take_uri(&mut self, uri: &str) {
        let uri = uri.trim();
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        if let Some(address) = path.strip_prefix("mailto:") {
            let user = address.rsplit_once('@').map_or(address, |(user, _)| user);
            user.split(['+', '=', '-', '.']).chain([user]).for_each(|part| self.take_token(part));
            query.split(['&', '=', ' ', '+']).for_each(|part| self.take_token(part));
            for word in percent_decoded(query).split(|c: char| !c.is_alphanumeric() && !"-_+/=.".contains(c))
            {
                self.take_token(word);
            }
            return;
        }
        // Past the host, which many links share.
        path.split('/').skip(3).for_each(|part| self.take_token(part));
        let public: &[&str] = if path.contains(ACCOUNT_HOST) { &["u", "id", "c"] } else { &[] };
        for pair in query.split(['&', ';']) {
            let (name, value) = pair.split_once('=').unwrap_or(("", pair));
            if !public.contains(&name) {
                self.take_token(value);
            }
        }
        // A fragment may carry it as well.
        uri.split('#').skip(1).for_each(|part| self.take_token(part));
    }

    fn take_token(&mut self, token: &str) {
        let token = token.split('#').next().unwrap_or_default();
        for token in [token.to_owned(), percent_decoded(token)] {
            let token = token.trim_matches(['<', '>', '"', ' ', '=']);
            let token = &token[..token.floor_char_boundary(TOKEN_BYTES_MAX)];
            let known = self.tokens.iter().any(|known| known == token);
            if is_opaque(token) && !known && self.tokens.len() < TOKENS_MAX && self.has_room() {
                self.tokens.push(token.to_owned());
            }
        }
    }

    /// Whether more may be looked for.
    fn has_room(&self) -> bool {
        self.addresses.iter().chain(&self.tokens).map(String::len).sum::<usize>() < ALL_BYTES_MAX
    }

    /// Every spelling of every address and token. It costs more than looking for them, and a digest learns from each of
    /// its parts: only what is new is spelt.
    fn spell(&mut self) {
        self.spellings.add(&self.addresses, &self.tokens);
        if std::mem::replace(&mut self.called_of, self.names.len()) != self.names.len() {
            self.called = Names::of(self.names.iter());
        }
    }

    /// Whether a text, or what it says once it is decoded, tells who received the message.
    pub fn is_told_by(&self, text: &str) -> bool {
        self.spellings.are_in(text)
    }

    /// Whether a file, or what is packed in it, tells who received the message, or may do so where it is too
    /// large to be looked through.
    pub fn is_told_by_file(&self, bytes: &[u8]) -> bool {
        unpacked::any(bytes, |bytes| {
            self.spellings.are_in_bytes(bytes) || self.called.are_addressed_in(bytes)
        })
    }

    /// `text` without anything that tells who received the message.
    pub fn scrub(&self, text: &str) -> String {
        self.spellings.taken_out(text)
    }

    /// Whether a part of an address is the recipient's name there: `jane.doe`, `janedoe1972`.
    pub fn is_account(&self, part: &str) -> bool {
        let part = percent_decoded(part).to_lowercase();
        part.len() >= 8
            && !ROLES.contains(&part.as_str())
            && self
                .addresses
                .iter()
                .any(|address| address.split_once('@').is_some_and(|(user, _)| user == part))
    }

    /// Whether a value is the recipient's name, or a part of it, and no more.
    pub fn is_called(&self, value: &str) -> bool {
        self.called.are(&percent_decoded(&value.replace('+', " ")))
    }

    /// Whether a text holds a recipient's whole name, or anything else that tells.
    pub fn is_named_in(&self, text: &str) -> bool {
        self.called.are_in(text) || self.is_told_by(text)
    }

    /// A caption or title without the recipient's name.
    pub fn unnamed(&self, text: &str) -> String {
        self.called.without(text)
    }

    /// HTML without the recipient's name where its sentences speak to them.
    pub fn unaddressed(&self, html: &str) -> Option<String> {
        spoken::unaddressed(html, &self.called)
    }

    /// How many bytes of a text greet the recipient before its sentence begins.
    pub fn greeting(&self, text: &str) -> Option<usize> {
        self.called.greeting(text)
    }

    /// Whether a line only greets the recipient by name: `Dear Jane Doe,`.
    pub fn is_greeted_by(&self, line: &str) -> bool {
        let words: Vec<String> = words(line).into_iter().map(|word| word.folded).collect();
        let opens = words.first().is_some_and(|first| {
            GREETINGS.contains(&first.as_str()) || line.ends_with([',', '!', '،', '，'])
        });
        // A sentence that begins with a greeting loses no more than that.
        let sentence = self.greeting(line).is_some_and(|end| line[end..].split_whitespace().count() >= 3);
        if !opens || words.len() > 10 || sentence {
            return false;
        }
        let line = words.join(" ");
        let within = |name: &str| {
            let name = fold(name);
            name.len() > 1 && format!(" {line} ").contains(&format!(" {name} "))
        };
        self.names.iter().any(|name| {
            within(name) || name.split_whitespace().any(|part| part.chars().count() > 2 && within(part))
        }) || self.addresses.iter().any(|address| {
            // `jane.doe` is called Jane as a rule.
            let user = address.split('@').next().unwrap_or_default();
            user.split(['.', '_', '-', '+']).any(|part| part.chars().count() > 2 && within(part))
        })
    }
}

/// Names of accounts that are words as well.
#[rustfmt::skip]
const ROLES: [&str; 12] = [
    "newsletter", "newsletters", "subscriptions", "communications", "webmaster", "postmaster", "editorial",
    "information", "marketing", "feedback", "archives", "announce",
];

/// First words of greetings, folded.
#[rustfmt::skip]
const GREETINGS: &[&str] = &[
    "dear", "hi", "hello", "hey", "good", "greetings", "cher", "chere", "chers", "bonjour", "madame",
    "monsieur", "estimado", "estimada", "estimados", "querido", "querida", "hola", "sehr", "liebe",
    "lieber", "guten", "hallo", "gentile", "caro", "cara", "egregio", "ciao", "buongiorno", "prezado",
    "prezada", "ola", "bom", "geachte", "beste", "уважаемый", "уважаемая", "здравствуйте", "дорогой",
    "дорогая", "عزيزي", "عزيزتي", "مرحبا", "尊敬的", "亲爱的", "您好", "szanowny", "szanowna",
];

/// What stands in `text` as an address.
fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "<>,;:\"()".contains(c)).filter(|word| word.contains('@'))
}

/// Whether a part of an address is made by a program for one reader, as far as can be seen: words and dates
/// are not, what mixes letters and digits or has no vowels is.
pub fn is_opaque(part: &str) -> bool {
    let letters = part.chars().filter(|c| c.is_alphabetic()).count();
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let length = part.chars().count();
    if length < 5 || part.contains("://") || part.contains(' ') {
        return false;
    }
    if letters == 0 {
        // A year, a year and a month, a day.
        let dated = length <= 10 && part.starts_with("20") && part.contains('-') || length <= 4;
        return digits >= 5 && !dated;
    }
    if digits > 0 {
        // `issue-12` and `news2020` are what people call things; `4f2a9c` is not.
        let changes = part
            .as_bytes()
            .windows(2)
            .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
            .count();
        let hyphened = part.split(['-', '_', '.']).filter(|word| !word.is_empty()).all(|word| {
            word.len() <= 12
                && (word.bytes().all(|b| b.is_ascii_digit()) && word.len() <= 4
                    || word.bytes().all(|b| b.is_ascii_lowercase()))
        });
        return length >= 6 && !hyphened && (changes >= 2 || length >= 12);
    }
    // Letters alone: random ones are of both cases in the midst of words, or are hardly vowels.
    let upper = part.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
    let lower = part.bytes().filter(u8::is_ascii_lowercase).count();
    let vowels = part.bytes().filter(|b| b"aeiouyAEIOUY".contains(b)).count();
    length >= 8 && (upper >= 2 && lower >= 2 || vowels * 6 < letters)
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL, HEXLOWER};
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn recipient(header: &str) -> Recipient {
        Recipient::of(&Headers::read(format!("{header}\n\n").as_bytes()).unwrap().0)
    }

    #[test]
    fn an_address_is_found_in_every_spelling() {
        let known = recipient("To: Jane Doe <Jane.Doe@Reader.example>");
        for text in [
            "sent to jane.doe@reader.example today",
            "https://a.example/?e=jane.doe%40reader.example",
            "https://a.example/?e=JANE.DOE%2540reader.example",
            "https://a.example/jane.doe=reader.example",
            &format!("https://a.example/{}", BASE64URL.encode(b"{\"to\":\"jane.doe@reader.example\"}")),
            &format!("https://a.example/{}", BASE64.encode(b"x jane.doe@reader.example")),
            &format!("https://a.example/{}", HEXLOWER.encode(b"jane.doe@reader.example")),
            "write to jane.doe[at]reader[dot]example",
            "bounce jane.doe=40reader.example",
            "https://a.example/u/jane.doe/tides",
            &format!("https://a.example/{}", HEXLOWER.encode(&Sha256::digest("jane.doe@reader.example"))),
        ] {
            assert!(known.is_told_by(text), "{text}");
        }
        assert!(!known.is_told_by("https://a.example/jane/doe"));
        assert_eq!(known.scrub("Sent to Jane.Doe@reader.example."), "Sent to .");
    }

    #[test]
    fn recipients_are_read_wherever_programs_write_them() {
        for header in [
            "Delivered-To: jane@reader.example",
            "X-Original-To: <jane@reader.example>",
            "X-Google-Original-To: jane@reader.example",
            "Original-Recipient: rfc822;jane@reader.example",
            "Return-Path: <bounce+jane=reader.example@lists.example>",
            "Return-Path: <news-bounces-jane=reader.example@lists.example>",
            "Received: from a by b with ESMTP id 1 for <jane@reader.example>; Thu, 17 Sep 2020 09:00:00 +0000",
            "Cc: a@b.example, jane@reader.example",
        ] {
            assert!(recipient(header).is_told_by("jane@reader.example"), "{header}");
        }
        let list = recipient("From: News <news@list.example>\nTo: News <news@list.example>");
        assert!(!list.is_told_by("write to news@list.example") && !list.is_greeted_by("Hello News readers!"));
    }

    #[test]
    fn tokens_are_what_only_a_program_would_write() {
        for token in ["4f2a9c77", "8841223", "aGVsbG8gd29ybGQ", "b1946ac9-2492-d234-7c62", "XkDqWzRtBv"] {
            assert!(is_opaque(token), "{token}");
        }
        for word in
            ["unsubscribe", "harbour-news", "2020-09", "issue-12", "newsletter", "en", "en-gb", "preferences"]
        {
            assert!(!is_opaque(word), "{word}");
        }
        let known = recipient(
            "List-Unsubscribe: <mailto:leave-4f2a9c77@lists.example>, <https://lists.example/u/x81KqL0e?sid=99120441>",
        );
        for token in ["4f2a9c77", "x81KqL0e", "99120441"] {
            assert!(known.is_told_by(&format!("https://a.example/{token}")), "{token}");
        }
        for header in [
            "List-Unsubscribe: =?us-ascii?Q?=3Chttps=3A=2F=2Fl=2Eexample=2Fu=2F?=\r\n =?us-ascii?Q?x81KqL0e=3E?=",
            "Return-Path: <b.x81KqL0e-7@lists.example>",
            "Errors-To: =?utf-8?q?b-x81KqL0e=40lists.example?=",
        ] {
            assert!(recipient(header).is_told_by("https://a.example/x81KqL0e"), "{header}");
        }
    }

    #[test]
    fn only_greetings_of_the_recipient_go() {
        let known = recipient("To: \"Jane Doe\" <jd@reader.example>");
        for line in ["Dear Jane Doe,", "Hi Jane!", "Sehr geehrte Frau Doe,", "Jane,"] {
            assert!(known.is_greeted_by(line), "{line}");
        }
        for line in ["Dear members,", "Jane Doe lights the lamp", "Dear readers of the bulletin,"] {
            assert!(!known.is_greeted_by(line), "{line}");
        }
    }
}
