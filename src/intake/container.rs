//! Containers: files that hold documents (mailboxes, archives, captures), unpacked one member at a time.
//!
//! Owns how members are told apart and what the container says of each. A member is read by its own format
//! as if it had come alone. Memory does not grow with the container.

mod bounds;
mod gzip;
mod http_message;
pub mod mbox;
mod nested;
mod path;
mod tar;
mod warc;
mod zip;

use std::io::{Read, Seek};

use bytes::Bytes;
use jiff::Timestamp;

use super::{Refusal, essence};

pub use nested::unpack;
pub use path::is_asset;

/// One kind of file that holds documents.
pub struct Container {
    pub name: &'static str,
    pub media_types: &'static [&'static str],
    /// File name endings, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether the first bytes of a file look like this container.
    pub sniff: fn(&[u8]) -> bool,
    /// The members in their order, each read when it is asked for and none with more bytes than the second
    /// argument: a refusal stands in the place of a member that cannot be had.
    pub members: fn(Box<dyn Input>, usize) -> Members,
}

/// What a container is read from.
pub trait Input: Read + Seek + Send {}

impl<T: Read + Seek + Send> Input for T {}

pub type Members = Box<dyn Iterator<Item = Result<Member, Refusal>> + Send>;

/// A document in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// By what people know it: its path in an archive, the position of a message.
    pub name: String,
    /// Its path in the container, with `/` between the parts; none where only its position tells it apart,
    /// which another copy of the container may give to something else.
    pub path: Option<String>,
    /// Whether that path is made of the member's bytes, so that no other container has another document there.
    pub lasting: bool,
    pub media_type: Option<String>,
    /// The address that it was captured from.
    pub url: Option<String>,
    /// When it was captured.
    pub received: Option<Timestamp>,
    pub bytes: Bytes,
}

/// Every container, in the order in which files are sniffed.
pub static CONTAINERS: [Container; 5] =
    [gzip::CONTAINER, zip::CONTAINER, warc::CONTAINER, mbox::CONTAINER, tar::CONTAINER];

/// How many bytes of the beginning of a file [`find`] wants to see: as far as the magic number of a tar file.
pub const HEAD_BYTES: usize = 512;

/// The container that a file is, as [`detect`](super::detect) finds formats: what its sender says, else what its
/// name says, else what it looks like. Many documents are zip files within (word processors, books), so an
/// ending that no container has is believed.
pub fn find(media_type: Option<&str>, name: Option<&str>, head: &[u8]) -> Option<&'static Container> {
    if let Some(essence) = essence(media_type) {
        let known = |known: &&str| known.eq_ignore_ascii_case(essence);
        return CONTAINERS.iter().find(|container| container.media_types.iter().any(known));
    }
    let name = name.unwrap_or_default().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    if let Some((_, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        return CONTAINERS.iter().find(|container| container.extensions.contains(&ending));
    }
    CONTAINERS.iter().find(|container| (container.sniff)(head))
}
