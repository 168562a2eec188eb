//! What the header of a message says of it: who signs it, when, and for which list.
//!
//! Owns the reading of these fields as those of a bulletin. It must never decide what of them is published.

use super::furniture::{Masthead, key};
use super::header::Headers;
use crate::bulletin::{Author, Basis, PartialDate, Published};

/// The names by which a newsletter calls itself.
pub fn masthead(headers: &Headers<'_>) -> Masthead {
    let mut names: Vec<String> = Vec::new();
    names.extend(headers.mailboxes("from").into_iter().filter_map(|mailbox| mailbox.name));
    if let Some((name, id)) = list_id(headers) {
        names.push(name);
        names.push(id.split('.').next().unwrap_or_default().into());
    }
    let keys = names.iter().map(|name| key(name)).filter(|key| key.len() > 2);
    Masthead { names: keys.collect() }
}

/// The list's name and its id (RFC 2919): `Harbour News <news.harbour.example>`.
pub fn list_id(headers: &Headers<'_>) -> Option<(String, String)> {
    let value = headers.text("list-id")?;
    let (name, id) = value.rsplit_once('<').unwrap_or(("", &value));
    let id = id.trim_end_matches('>').trim();
    let plain = id.len() <= 200 && id.contains('.') && !id.contains(char::is_whitespace);
    plain.then(|| (name.trim().trim_matches('"').to_owned(), id.to_ascii_lowercase()))
}

/// When the message was written; else when the first host took it, which is minutes later as a rule.
pub fn published(headers: &Headers<'_>) -> Option<Published> {
    let of = |basis: Basis| move |date: PartialDate| Published { basis, date };
    headers.date("date").map(of(Basis::Stated)).or_else(|| headers.first_received().map(of(Basis::Inferred)))
}

/// Who signs the message: names and never addresses, which are for those who were written to.
pub fn authors(headers: &Headers<'_>) -> Vec<Author> {
    let mut authors: Vec<Author> = Vec::new();
    for name in headers.mailboxes("from").into_iter().filter_map(|mailbox| mailbox.name).take(20) {
        // Lists that rewrite senders say so: `Jane Doe via Harbour News`.
        let name = name.split(" via ").next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
        if !name.is_empty() && !name.contains('@') && authors.iter().all(|known| known.name != name) {
            authors.push(Author { name: name.into(), ..Author::default() });
        }
    }
    authors
}
