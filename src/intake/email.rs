//! Email: one message (RFC 5322), with everything that may be in one (MIME).
//!
//! Owns the reading of a message as a bulletin, or as several where it is a digest, and the promise that
//! nothing of what it publishes tells who received it. It must never read a mailbox: that is a container.
//!
//! `mail-parser` reads the values of header fields and the charsets of old; the parts are told apart here,
//! in one pass with bounds, since the parser follows any depth and looks for each boundary to the end.

mod choice;
mod files;
mod flowed;
mod furniture;
mod header;
mod layout;
mod letter;
mod links;
mod mime;
mod newsletter;
mod recipient;
mod said;
mod style;
mod subject;

#[cfg(test)]
mod tests;

use super::{Arrival, Format, Reading, Refusal, RefusalKind};
use letter::Letter;
use recipient::Recipient;

pub const FORMAT: Format = Format {
    name: "email",
    media_types: &["message/rfc822", "message/global"],
    extensions: &["eml", "emlx"],
    sniff: header::looks_like_message,
    collection: false,
    parse,
};

/// How much of addresses and tokens is spelt for the messages in one, in bytes: a thousand messages to people of their own
/// have as much.
const SPELT_BYTES_MAX: usize = 64 << 10;

fn parse(bytes: &[u8], arrival: &Arrival) -> Result<Reading, Refusal> {
    let bytes = counted(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let parts = mime::parts(bytes)?;
    let header = &parts[0].headers;
    if !["from", "date", "subject", "message-id", "received"].iter().any(|name| header.has(name)) {
        let why = "it does not begin with the header of a message: send the message as it was received";
        return Err(Refusal::new(RefusalKind::Malformed, "the message", why));
    }
    // Who is away says so to one person (RFC 3834).
    if header.text("auto-submitted").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("auto-replied"))
    {
        return Err(Refusal::new(RefusalKind::Unprocessable, "the message", "it is an automatic reply"));
    }
    let mut drafts = Vec::new();
    let carried_to = Recipient::of(header);
    let mut spelt = carried_to.spelt_bytes();
    for choice in choice::choose(&parts)? {
        if spelt > SPELT_BYTES_MAX {
            let why = "its messages went to more people than are looked for in one: send them one by one";
            drafts.push(Err(Refusal::new(RefusalKind::TooLarge, "the message", why)));
            break;
        }
        let mut letter = Letter::read(&parts, &choice, &carried_to);
        match letter.drafts(arrival) {
            Ok(found) => drafts.extend(found.into_iter().map(Ok)),
            Err(refusal) => drafts.push(Err(refusal)),
        }
        spelt += letter.spelt_bytes() - carried_to.spelt_bytes();
    }
    // A document that is one bulletin is refused as a whole.
    match drafts.len() {
        1 => Ok(drafts.remove(0)?.into()),
        _ => Ok(drafts.into()),
    }
}

/// The message in a file of a desktop mail program that writes its length above it and notes below it.
fn counted(bytes: &[u8]) -> &[u8] {
    let end = header::line_end(bytes, 0);
    let count = std::str::from_utf8(&bytes[..end]).ok().and_then(|line| line.trim().parse::<usize>().ok());
    count.and_then(|count| bytes.get(end..end.checked_add(count)?)).unwrap_or(bytes)
}
