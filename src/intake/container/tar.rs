//! Tar files: ustar, pax and GNU (POSIX.1-2017, pax). Compressed ones come by way of gzip.

use std::io::{self, BufReader, Read};

use super::bounds::{Allowance, Metered, READ_BYTES, damaged, read_member, too_large};
use super::{Container, Input, Member, Members, path};
use crate::intake::{Refusal, RefusalKind};

pub const CONTAINER: Container = Container {
    name: "tar",
    media_types: &["application/x-tar", "application/tar"],
    extensions: &["tar"],
    sniff: |head| head.get(257..262) == Some(b"ustar"),
    members,
};

/// How long the headers before a member may be: longer names than file systems have, and no longer.
const HEADER_BYTES_MAX: u64 = 64 << 10;
/// Members and what stands before them begin at multiples of this.
const BLOCK_BYTES: u64 = 512;

fn members(input: Box<dyn Input>, bytes_max: usize) -> Members {
    let allowance = Allowance::default();
    let metered =
        Metered { inner: BufReader::with_capacity(READ_BYTES, input), allowance: allowance.clone() };
    Box::new(Tar { input: metered, allowance, bytes_max, left: 0, count: 0, over: false })
}

struct Tar {
    input: Metered<BufReader<Box<dyn Input>>>,
    allowance: Allowance,
    bytes_max: usize,
    /// How much of the last entry is to be passed over, up to the end of its last block.
    left: u64,
    /// Entries so far.
    count: u64,
    over: bool,
}

impl Tar {
    /// What the next entry holds: nothing where it is left alone, and none at the end.
    fn entry(&mut self) -> io::Result<Option<Result<Option<Member>, Refusal>>> {
        self.allowance.set(u64::MAX);
        let passed = io::copy(&mut self.input.by_ref().take(self.left), &mut io::sink())?;
        if passed + BLOCK_BYTES <= self.left {
            return Err(io::Error::other("it is cut off"));
        }
        self.allowance.set(HEADER_BYTES_MAX);
        // The library's list of entries borrows the archive; read one at a time, each is the first of a list.
        let mut archive = tar::Archive::new(&mut self.input);
        let Some(entry) = archive.entries()?.next().transpose()? else { return Ok(None) };
        self.allowance.set(u64::MAX);
        self.count += 1;
        let kind = entry.header().entry_type();
        if kind.is_gnu_sparse() {
            return Err(io::Error::other("a sparse file is no bulletin, and what follows is not read"));
        }
        let (name, size) = (String::from_utf8_lossy(&entry.path_bytes()).into_owned(), entry.size());
        let blocks = size.checked_next_multiple_of(BLOCK_BYTES);
        self.left = blocks.ok_or_else(|| io::Error::other("a member has more bytes than can be counted"))?;
        // The first tar files told folders by the end of their names alone.
        let is_file = kind.is_file() && !name.ends_with('/');
        let path = match path::clean(&name) {
            Ok(Some(path)) if is_file => path,
            Ok(_) => return Ok(Some(Ok(None))),
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        if size > self.bytes_max as u64 {
            return Ok(Some(Err(too_large(&path, self.bytes_max))));
        }
        // Where it cannot be read to its end, everything behind it is missing as well.
        let bytes = read_member(entry, &path, self.bytes_max);
        let bytes = bytes.map_err(|refusal| io::Error::other(refusal.to_string()))?;
        self.left -= bytes.len() as u64;
        if (bytes.len() as u64) < size {
            return Err(io::Error::other(format!("it is cut off within {path}")));
        }
        let (name, path) = (path.clone(), Some(path));
        Ok(Some(Ok(Some(Member {
            name,
            path,
            lasting: false,
            media_type: None,
            url: None,
            received: None,
            bytes,
        }))))
    }
}

impl Iterator for Tar {
    type Item = Result<Member, Refusal>;

    fn next(&mut self) -> Option<Result<Member, Refusal>> {
        while !self.over {
            match self.entry() {
                Ok(Some(Ok(None))) => {}
                Ok(Some(Ok(Some(member)))) => return Some(Ok(member)),
                Ok(Some(Err(refusal))) => return Some(Err(refusal)),
                Ok(None) => {
                    self.over = true;
                    let why = "there is nothing in it";
                    let empty = || Refusal::new(RefusalKind::Unprocessable, "the tar file", why);
                    return (self.count == 0).then(|| Err(empty()));
                }
                Err(error) => {
                    self.over = true;
                    return Some(Err(damaged("the tar file", &error)));
                }
            }
        }
        None
    }
}
