//! Pictures and documents that came in a message.
//!
//! Owns which of them are kept, under what bounds, and what is said of the others. It must never believe
//! what a message says of a file: its first bytes decide.

use bytes::Bytes;

use super::mime::Part;
use crate::bulletin::Enclosure;
use crate::intake::Attachment;

/// The largest picture that is kept. Those of newsletters are smaller as a rule; what is larger is a
/// photograph that has a page of its own.
const PICTURE_BYTES_MAX: usize = 256 << 10;
/// The most bytes of pictures, and of documents, of one message.
const PICTURES_BYTES_MAX: usize = 2 << 20;
const DOCUMENTS_BYTES_MAX: usize = 4 << 20;
const FILES_MAX: usize = 100;

/// A file of a message.
pub struct File {
    /// By what the body may refer to it (RFC 2392), without its angle brackets.
    pub content_id: Option<String>,
    pub location: Option<String>,
    pub name: Option<String>,
    /// It is to be kept with the bulletin even where the body does not show it.
    pub listed: bool,
    pub length: usize,
    /// Its first bytes say that it is a picture.
    pub is_picture: bool,
    /// Where it is kept.
    pub attachment: Option<Attachment>,
}

impl File {
    pub fn enclosure(&self, title: Option<String>) -> Option<Enclosure> {
        let attachment = self.attachment.as_ref()?;
        Some(Enclosure {
            length: Some(attachment.bytes.len() as u64),
            title: title.or_else(|| self.name.clone()),
            media_type: Some(attachment.media_type.clone()),
            url: attachment.name(),
        })
    }
}

/// The files among the parts of a message that are not its text.
pub fn files<'a>(parts: impl Iterator<Item = &'a Part<'a>>) -> Vec<File> {
    let (mut pictures, mut documents) = (PICTURES_BYTES_MAX, DOCUMENTS_BYTES_MAX);
    let mut files = Vec::new();
    for part in parts.filter(|part| !is_for_programs(&part.media_type)).take(FILES_MAX) {
        let bytes = part.bytes();
        let (media_type, left) = match (picture(&bytes), document(&bytes, part)) {
            (Some(media_type), _) => (Some(media_type), &mut pictures),
            (None, media_type) => (media_type, &mut documents),
        };
        let is_picture = media_type.is_some_and(|media_type| media_type.starts_with("image/"));
        let most = if is_picture { PICTURE_BYTES_MAX.min(*left) } else { *left };
        let kept = media_type.filter(|_| bytes.len() <= most);
        if kept.is_some() {
            *left -= bytes.len();
        }
        let content_id = part.headers.id("content-id");
        let attached = part.is_attachment();
        files.push(File {
            location: part.headers.text("content-location"),
            name: part.file_name(),
            // A picture that the text could show and does not is decoration.
            listed: attached || content_id.is_none() && part.file_name().is_some(),
            content_id,
            length: bytes.len(),
            is_picture,
            attachment: kept.map(|media_type| Attachment::new(media_type, Bytes::from(bytes.into_owned()))),
        });
    }
    files
}

/// Invitations, signatures and receipts say nothing to a reader.
fn is_for_programs(media_type: &str) -> bool {
    const TYPES: [&str; 10] = [
        "text/calendar",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/ics",
        "text/x-amp-html",
        "message/delivery-status",
        "message/disposition-notification",
        "application/ms-tnef",
        "text/x-vcard",
    ];
    TYPES.contains(&media_type) || media_type == "text/vcard"
}

/// The type of a picture that every browser shows and that cannot act.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => Some("image/avif"),
        _ => None,
    }
}

/// The type of a document that people send for others to read.
fn document(bytes: &[u8], part: &Part<'_>) -> Option<&'static str> {
    const OFFICE: [(&str, &str); 6] = [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("odt", "application/vnd.oasis.opendocument.text"),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("odp", "application/vnd.oasis.opendocument.presentation"),
    ];
    const OLD: [(&str, &str); 3] = [
        ("doc", "application/msword"),
        ("xls", "application/vnd.ms-excel"),
        ("ppt", "application/vnd.ms-powerpoint"),
    ];
    let name = part.file_name().unwrap_or_default().to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let of = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(known, media_type)| *known == ending || *media_type == part.media_type)
            .map(|(_, t)| *t)
    };
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        [b'P', b'K', 3, 4, ..] => of(&OFFICE),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => of(&OLD),
        _ => None,
    }
}

/// A length as people read it.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}
