//! Zip files (APPNOTE 6.3.10), stored or deflated, read as their central directory lists them.

use std::io::{BufReader, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::bounds::{
    Allowance, Metered, READ_BYTES, damaged, read_member, too_dense, too_large, unpacked_max,
};
use super::{Container, Input, Member, Members, path};
use crate::bulletin::clip;
use crate::intake::{Refusal, RefusalKind};

pub const CONTAINER: Container = Container {
    name: "zip",
    media_types: &["application/zip", "application/x-zip-compressed"],
    extensions: &["zip"],
    // An archive without entries has only the record of its end.
    sniff: |head| head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06"),
    members,
};

/// How long the central directory may be: it is held in memory, at three times its length. A hundred thousand
/// entries and more.
const DIRECTORY_BYTES_MAX: u64 = 16 << 20;

fn members(input: Box<dyn Input>, bytes_max: usize) -> Members {
    match Zip::open(input, bytes_max) {
        Ok(zip) => Box::new(zip),
        Err(error) => Box::new(std::iter::once(Err(damaged("the zip file", &error)))),
    }
}

struct Zip {
    archive: ZipArchive<BufReader<Metered<Box<dyn Input>>>>,
    /// Entries that are to come, the last first: by name, as files in a folder come, so that a correction that is
    /// named to come later does. Programs list them in any order.
    left: Vec<usize>,
    bytes_max: usize,
    /// How much may be unpacked yet: entries that overlap can make a small file very large.
    bytes_left: u64,
}

impl Zip {
    fn open(mut input: Box<dyn Input>, bytes_max: usize) -> Result<Zip, ZipError> {
        let size = input.seek(SeekFrom::End(0))?;
        let allowance = Allowance::default();
        allowance.set(DIRECTORY_BYTES_MAX);
        let metered = Metered { inner: input, allowance: allowance.clone() };
        let archive = ZipArchive::new(BufReader::with_capacity(READ_BYTES, metered))?;
        allowance.set(u64::MAX);
        let bytes_left = unpacked_max(size);
        let names: Vec<&[u8]> = archive.file_names_raw().collect();
        let mut left: Vec<usize> = (0..names.len()).collect();
        left.sort_by(|a, b| names[*b].cmp(names[*a]));
        Ok(Zip { archive, left, bytes_max, bytes_left })
    }

    /// The member of an entry; none where the entry is left alone.
    fn member(&mut self, index: usize) -> Result<Option<Member>, Refusal> {
        let entry = self.archive.by_index_data(index).map_err(|error| damaged("the zip file", &error))?;
        let unnamed = |error| damaged(format!("entry {} of the zip file", index + 1), &error);
        let name = entry.name().map_err(unnamed)?.into_owned();
        if entry.is_dir() || entry.is_symlink() {
            return Ok(None);
        }
        let (encrypted, size, packed) = (entry.encrypted(), entry.size(), entry.compressed_size());
        let Some(path) = path::clean(&name)? else { return Ok(None) };
        if encrypted {
            let why = "it is encrypted: pack it again without a password";
            let what = format!("member {}", clip(&path, 200));
            return Err(Refusal::new(RefusalKind::Unprocessable, what, why));
        }
        // What it says of itself is believed where that is enough to refuse it.
        if size > self.bytes_max as u64 {
            return Err(too_large(&path, self.bytes_max));
        }
        if size > unpacked_max(packed) {
            let what = format!("member {}", clip(&path, 200));
            return Err(Refusal::new(RefusalKind::TooLarge, what, too_dense()));
        }
        let read = match self.archive.by_index(index) {
            Ok(file) => read_member(file, &path, self.bytes_max),
            Err(error) => Err(damaged(format!("member {path}"), &error)),
        };
        // A member that has more than it says is unpacked up to the limit as well.
        let unpacked = read.as_ref().map_or(self.bytes_max, |bytes| bytes.len());
        self.bytes_left = self.bytes_left.saturating_sub(unpacked as u64);
        let bytes = read?;
        Ok(Some(Member {
            name: path.clone(),
            path: Some(path),
            lasting: false,
            media_type: None,
            url: None,
            received: None,
            bytes,
        }))
    }
}

impl Iterator for Zip {
    type Item = Result<Member, Refusal>;

    fn next(&mut self) -> Option<Result<Member, Refusal>> {
        while let Some(index) = self.left.pop() {
            if self.bytes_left == 0 {
                self.left.clear();
                let why = format!("{}: what follows is not unpacked", too_dense());
                return Some(Err(Refusal::new(RefusalKind::TooLarge, "the zip file", why)));
            }
            if let Some(member) = self.member(index).transpose() {
                return Some(member);
            }
        }
        None
    }
}
