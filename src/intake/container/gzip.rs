//! Gzip (RFC 1952) around another container, or around one document.
//!
//! What is within is read as it is inflated, so that a mailbox or a tar file may be larger than memory.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::bounds::{Counted, Forward, READ_BYTES, damaged, read_member, too_dense, unpacked_max};
use super::{CONTAINERS, Container, HEAD_BYTES, Input, Member, Members, path};
use crate::intake::Refusal;

pub const CONTAINER: Container = Container {
    name: "gzip",
    media_types: &["application/gzip", "application/x-gzip"],
    extensions: &["gz", "tgz"],
    sniff: |head| head.starts_with(&MAGIC),
    members,
};

/// Of every gzip member that deflates.
pub const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

fn members(input: Box<dyn Input>, bytes_max: usize) -> Members {
    match open(input) {
        Ok(opened) => opened.members(bytes_max),
        Err(error) => Box::new(std::iter::once(Err(damaged("the gzip file", &error)))),
    }
}

/// What is within, its name where the header tells it, and how it begins.
struct Opened {
    name: Option<String>,
    head: Vec<u8>,
    content: Forward<io::Chain<io::Cursor<Vec<u8>>, Inflating>>,
}

fn open(input: Box<dyn Input>) -> io::Result<Opened> {
    let counted = Counted { inner: BufReader::with_capacity(READ_BYTES, input), bytes: 0 };
    let mut inflating = Inflating { decoder: MultiGzDecoder::new(counted), inflated: 0 };
    let mut head = Vec::new();
    inflating.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let name = inflating.decoder.header().and_then(|header| header.filename());
    let name = name.map(|name| String::from_utf8_lossy(name).into_owned());
    let content = Forward(io::Cursor::new(head.clone()).chain(inflating));
    Ok(Opened { name, head, content })
}

impl Opened {
    fn members(self, bytes_max: usize) -> Members {
        // Gzip within gzip is a member of its own, so that the bound on depth holds for it as well.
        let within = CONTAINERS.iter().find(|one| one.name != CONTAINER.name && (one.sniff)(&self.head));
        match within {
            // A zip file is read from its end.
            Some(container) if container.name != super::zip::CONTAINER.name => {
                (container.members)(Box::new(self.content), bytes_max)
            }
            _ => Box::new(std::iter::once(self.member(bytes_max))),
        }
    }

    fn member(self, bytes_max: usize) -> Result<Member, Refusal> {
        let path = self.name.as_deref().map_or(Ok(None), path::clean)?;
        let name = path.clone().unwrap_or("1".into());
        let bytes = read_member(self.content, &name, bytes_max)?;
        Ok(Member { name, path, lasting: false, media_type: None, url: None, received: None, bytes })
    }
}

/// Inflates, unless that comes to far more than what was read.
struct Inflating {
    decoder: MultiGzDecoder<Counted<BufReader<Box<dyn Input>>>>,
    inflated: u64,
}

impl Read for Inflating {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.inflated += read as u64;
        if self.inflated > unpacked_max(self.decoder.get_ref().bytes) {
            return Err(io::Error::other(too_dense()));
        }
        Ok(read)
    }
}
