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
    Box::new(Tar { input: metered, allowance, bytes_max, count: 0, over: false })
}

struct Tar {
    input: Metered<BufReader<Box<dyn Input>>>,
    allowance: Allowance,
    bytes_max: usize,
    /// Entries so far.
    count: u64,
    over: bool,
}

impl Tar {
    /// The next member; `Ok(Ok(None))` where the entry is left alone, `Ok(Err(_))` where only this one is refused.
    fn entry(&mut self) -> io::Result<Option<Result<Option<Member>, Refusal>>> {
        self.allowance.set(HEADER_BYTES_MAX);
        // The library's list of entries borrows the archive; read one at a time, each is the first of a list.
        let mut archive = tar::Archive::new(&mut self.input);
        let Some(mut entry) = archive.entries()?.next().transpose()? else { return Ok(None) };
        self.allowance.set(u64::MAX);
        self.count += 1;
        let kind = entry.header().entry_type();
        if kind.is_gnu_sparse() {
            return Err(io::Error::other(
                "it holds a sparse file, which bulletins are not: what follows is not read",
            ));
        }
        let (name, size) = (String::from_utf8_lossy(&entry.path_bytes()).into_owned(), entry.size());
        let member = match path::clean(&name) {
            Ok(Some(path)) if kind.is_file() && size > self.bytes_max as u64 => {
                Err(too_large(&path, self.bytes_max))
            }
            Ok(Some(path)) if kind.is_file() => {
                // Cut off here, everything behind is missing as well.
                let bytes = read_member(&mut entry, &path, self.bytes_max);
                let bytes = bytes.map_err(|refusal| io::Error::other(refusal.to_string()))?;
                if (bytes.len() as u64) < size {
                    return Err(io::Error::other(format!("it is cut off within {path}")));
                }
                let name = path.clone();
                Ok(Some(Member {
                    name,
                    path: Some(path),
                    media_type: None,
                    url: None,
                    received: None,
                    bytes,
                }))
            }
            Ok(_) => Ok(None),
            Err(refusal) => Err(refusal),
        };
        io::copy(&mut entry, &mut io::sink())?;
        drop(archive);
        let padding = (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
        io::copy(&mut self.input.by_ref().take(padding), &mut io::sink())?;
        Ok(Some(member))
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
