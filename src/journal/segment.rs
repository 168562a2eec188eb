//! Segments: the files of the journal, and reading them from front to back.
//!
//! Owns file names and offsets. It must never know what an event means.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::ahead::{Ahead, PIECE_BYTES};
use super::record::{self, MEMBER_HEADER_BYTES, MemberLengths, RecordError};

/// `annals-00000001.warc.gz`
pub fn file_name(segment: u32) -> String {
    format!("annals-{segment:08}.warc.gz")
}

pub fn path(dir: &Path, segment: u32) -> PathBuf {
    dir.join(file_name(segment))
}

/// The numbers of the segments in `dir`, ascending. Other files are none of the journal's business.
pub fn list(dir: &Path) -> io::Result<Vec<u32>> {
    let mut segments = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix("annals-")?.strip_suffix(".warc.gz")?.parse().ok());
        segments.extend(number.filter(|number| file_name(*number) == name.to_string_lossy()));
    }
    segments.sort_unstable();
    Ok(segments)
}

/// Whether a segment is never to be written again. The mode says so, also to a user whom it does not bind.
pub fn is_sealed(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.permissions().readonly())
}

/// Bytes that a short scan asks of the system at once: enough that the asking costs nothing beside inflating, and few enough to
/// be in the processor's cache when they are looked at.
const WINDOW_BYTES: usize = 256 << 10;

/// A scan of more than this reads ahead. A start that follows an orderly end reads less, and finds it in the page cache.
const AHEAD_BYTES_MIN: u64 = if cfg!(test) { 1 << 20 } else { 8 << 20 };

/// A walk over the members of one segment.
pub struct Scan {
    source: Source,
    file_bytes: u64,
    offset: u64,
    /// Of the file, from `window_offset` on, which is never behind `offset`.
    window: Vec<u8>,
    window_offset: u64,
}

enum Source {
    File(File),
    Ahead(Ahead),
}

impl Scan {
    /// A walk that begins at `offset` bytes.
    pub fn open(path: &Path, offset: u64) -> io::Result<Scan> {
        Scan::open_until(path, offset, u64::MAX)
    }

    /// A walk that begins at `offset` bytes and knows nothing of what stands at `end` and behind it.
    pub fn open_until(path: &Path, offset: u64, end: u64) -> io::Result<Scan> {
        let file = File::open(path)?;
        let file_bytes = file.metadata()?.len().min(end);
        let long = file_bytes.saturating_sub(offset) > AHEAD_BYTES_MIN;
        // Where there is no thread to be had, it goes without.
        let ahead = long.then(|| Ahead::begin(path, offset, file_bytes, is_sealed(path)).ok()).flatten();
        let (source, window_offset) =
            ahead.map_or((Source::File(file), offset), |(ahead, begin)| (Source::Ahead(ahead), begin));
        Ok(Scan { source, file_bytes, offset, window: Vec::new(), window_offset })
    }

    /// Where the next member begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    pub fn at_end(&self) -> bool {
        self.offset >= self.file_bytes
    }

    /// The lengths of the next member, without stepping over it.
    pub fn peek(&mut self) -> io::Result<Result<MemberLengths, RecordError>> {
        Ok(record::member_lengths(self.bytes(MEMBER_HEADER_BYTES)?))
    }

    /// The next member's bytes: fewer than its length where the file ends in it.
    pub fn member(&mut self, lengths: MemberLengths) -> io::Result<&[u8]> {
        self.bytes(lengths.compressed_bytes)
    }

    /// Steps over a member.
    pub fn advance(&mut self, lengths: MemberLengths) {
        self.offset += lengths.compressed_bytes as u64;
    }

    /// Steps forward to the next place that looks like the beginning of a member, if there is one.
    pub fn resynchronise(&mut self) -> io::Result<bool> {
        self.offset += 1;
        while !self.at_end() {
            let bytes = self.bytes(WINDOW_BYTES)?;
            let found = bytes.windows(MEMBER_HEADER_BYTES).position(record::is_member);
            let step = found.unwrap_or(bytes.len().saturating_sub(MEMBER_HEADER_BYTES - 1).max(1));
            self.offset += step as u64;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Up to `length` bytes from the current offset; fewer only at the end of the file.
    fn bytes(&mut self, length: usize) -> io::Result<&[u8]> {
        let left = self.file_bytes.saturating_sub(self.offset);
        let length = length.min(usize::try_from(left).unwrap_or(usize::MAX));
        if length == 0 {
            return Ok(&[]);
        }
        while self.window_offset + (self.window.len() as u64) < self.offset + length as u64 {
            self.refill(length, left)?;
        }
        let start = (self.offset - self.window_offset) as usize;
        Ok(&self.window[start..start + length])
    }

    /// Reads on behind what the window has, if only a piece. What is there already is not read twice, and what was passed goes.
    fn refill(&mut self, length: usize, left: u64) -> io::Result<()> {
        let passed = self.window.len().min((self.offset - self.window_offset) as usize);
        self.window.drain(..passed);
        self.window_offset += passed as u64;
        match &mut self.source {
            Source::Ahead(ahead) => {
                // Of a long member all at once, and not twice as much each time.
                self.window.reserve_exact((length + 2 * PIECE_BYTES).saturating_sub(self.window.len()));
                ahead.append(&mut self.window)
            }
            Source::File(file) => {
                if self.window.is_empty() {
                    self.window_offset = self.offset;
                }
                let held = self.window.len();
                let wanted = length.max(WINDOW_BYTES.min(usize::try_from(left).unwrap_or(WINDOW_BYTES)));
                self.window.resize(wanted, 0);
                let read = file.read_exact_at(&mut self.window[held..], self.offset + held as u64);
                read.inspect_err(|_| self.window.truncate(held))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use jiff::Timestamp;

    /// Text that no level makes much shorter than half.
    fn original(seed: usize, bytes: usize) -> Vec<u8> {
        let hex: String =
            (0..bytes / 64 + 1).map(|n| Digest::of(format!("{seed} {n}").as_bytes()).hex()).collect();
        hex.as_bytes()[..bytes].to_vec()
    }

    #[test]
    fn members_are_read_as_they_stand_wherever_windows_end_and_none_behind_the_last() {
        let sizes = [10, 300_000, 10, 400_000, 90_000, 2_000_000, 500, 700_000, 10];
        let members: Vec<Vec<u8>> = sizes
            .iter()
            .enumerate()
            .map(|(seed, bytes)| {
                let original = original(seed, *bytes);
                record::resource(&original, Digest::of(&original), "text/plain", None, Timestamp::UNIX_EPOCH)
            })
            .collect();
        assert!(members[1..].iter().any(|member| member.len() > WINDOW_BYTES));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(file_name(1));
        std::fs::write(&path, members.concat()).unwrap();
        let nothing = || Some(RecordError::Torn { available: 0, expected: MEMBER_HEADER_BYTES });
        // From the front, from the middle, where not all is looked at, and so near to the end that nothing is read ahead.
        for (first, every) in [(0, 1), (3, 1), (0, 2), (7, 1)] {
            let offset = members[..first].iter().map(|member| member.len() as u64).sum();
            let mut scan = Scan::open(&path, offset).unwrap();
            assert_eq!(matches!(scan.source, Source::Ahead(_)), first < 7);
            for (number, member) in members[first..].iter().enumerate() {
                let lengths = scan.peek().unwrap().unwrap();
                assert!(number % every != 0 || scan.member(lengths).unwrap() == &member[..]);
                scan.advance(lengths);
            }
            assert!(scan.at_end());
            assert_eq!(scan.peek().unwrap().err(), nothing());
            // As where a header names more bytes than the file has.
            scan.advance(record::member_lengths(&members[1]).unwrap());
            assert_eq!(scan.peek().unwrap().err(), nothing());
        }
        // What was written since is nobody's business.
        let end = (members[0].len() + members[1].len()) as u64;
        let mut scan = Scan::open_until(&path, members[0].len() as u64, end).unwrap();
        let lengths = scan.peek().unwrap().unwrap();
        assert!(scan.member(lengths).unwrap() == &members[1][..]);
        scan.advance(lengths);
        assert!(scan.at_end());
    }

    #[test]
    fn behind_a_fault_the_next_member_is_found_also_where_it_is_read_ahead() {
        let original = original(1, 200);
        let member =
            record::resource(&original, Digest::of(&original), "text/plain", None, Timestamp::UNIX_EPOCH);
        let fault: Vec<u8> = (0..2_500_000).map(|n| (n % 7) as u8).collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(file_name(1));
        for sealed in [false, true] {
            std::fs::write(&path, [&member, &fault[..], &member, &member].concat()).unwrap();
            let mut permissions = path.metadata().unwrap().permissions();
            permissions.set_readonly(sealed);
            std::fs::set_permissions(&path, permissions).unwrap();
            let mut scan = Scan::open(&path, 0).unwrap();
            assert!(matches!(scan.source, Source::Ahead(_)));
            assert!(scan.resynchronise().unwrap());
            assert_eq!(scan.offset(), (member.len() + fault.len()) as u64);
            let lengths = scan.peek().unwrap().unwrap();
            scan.advance(lengths);
            // A header that names more than there is gets what there is.
            let mut more = lengths;
            more.compressed_bytes = 100 << 20;
            assert!(scan.member(more).unwrap() == &member[..]);
            assert!(!scan.resynchronise().unwrap());
            std::fs::remove_file(&path).unwrap();
        }
    }
}
