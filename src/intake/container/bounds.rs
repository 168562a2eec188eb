//! What unpacking may cost: bytes of a member, bytes in all against the bytes that were read.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::intake::{Refusal, RefusalKind};

/// How many times larger than a container its members may be. Deflate alone reaches 1,032; pages that hardly
/// differ, packed together, stay below a hundred.
pub const RATIO_MAX: u64 = 200;

/// How much is read at a time.
pub const READ_BYTES: usize = 1 << 16;

/// So much may be unpacked whatever it was unpacked from.
pub const SLACK_BYTES: u64 = 1 << 20;

/// How much may be unpacked from `bytes`.
pub fn unpacked_max(bytes: u64) -> u64 {
    SLACK_BYTES.saturating_add(RATIO_MAX.saturating_mul(bytes))
}

/// The bytes of a member, or the refusal of one that has more than `bytes_max`, whatever it declares: no more
/// than that is ever unpacked.
pub fn read_member(reader: impl Read, name: &str, bytes_max: usize) -> Result<Bytes, Refusal> {
    match read_all(reader, bytes_max) {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(too_large(name, bytes_max)),
        Err(error) => Err(damaged(format!("member {name}"), &error)),
    }
}

/// Everything that `reader` has to give; `FileTooLarge` where that is more than `bytes_max`.
pub fn read_all(mut reader: impl Read, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = bytes_max.saturating_add(1);
    while bytes.len() < limit {
        // Doubled as vectors are, but never past the limit.
        let more = bytes.len().max(READ_BYTES).min(limit - bytes.len());
        bytes.reserve_exact(more);
        if reader.by_ref().take(more as u64).read_to_end(&mut bytes)? < more {
            return Ok(bytes);
        }
    }
    Err(io::ErrorKind::FileTooLarge.into())
}

pub fn too_large(name: &str, bytes_max: usize) -> Refusal {
    let why = format!("it has more than {bytes_max} bytes when unpacked (intake.bytes_max)");
    Refusal::new(RefusalKind::TooLarge, format!("member {name}"), why)
}

pub fn damaged(what: impl Into<String>, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(RefusalKind::Malformed, what, format!("it cannot be unpacked: {error}"))
}

/// Why nothing more of a container is unpacked.
pub fn too_dense() -> String {
    format!("it unpacks to more than {RATIO_MAX} times its size")
}

/// Input that counts what was taken from it.
pub struct Counted<R> {
    pub inner: R,
    pub bytes: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        self.inner.consume(bytes);
    }
}

/// Input that can only be read on: what is behind is gone.
pub struct Forward<R>(pub R);

impl<R: Read> Read for Forward<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R> Seek for Forward<R> {
    fn seek(&mut self, _to: SeekFrom) -> io::Result<u64> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "a stream cannot be read out of its order"))
    }
}

/// Input of which only so much may be read as its [`Allowance`] says: headers are to be short, whatever length they
/// claim.
pub struct Metered<R> {
    pub inner: R,
    pub allowance: Allowance,
}

/// How many bytes may be read yet. Shared, since the library that parses has the reader.
#[derive(Clone, Default)]
pub struct Allowance(Arc<AtomicU64>);

impl Allowance {
    pub fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.allowance.0.load(Ordering::Relaxed);
        match left.checked_sub(read as u64) {
            Some(left) => self.allowance.set(left),
            None => return Err(io::Error::other("its list of members is too long")),
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
