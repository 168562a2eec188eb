//! Reading a long file once, from front to back: a piece ahead of whoever looks at it, and past the page cache.
//!
//! What is read once is of no use in the page cache: it pushes out what readers ask for, and finding room for it costs more
//! than reading it. Where the file system reads in no other way, it is read through the page cache all the same; and so is a
//! file that is still written to, since such reads and its writes would wait for one another.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// What direct reads want offsets, lengths and buffers to be multiples of (open(2), `O_DIRECT`). A file system that wants more
/// refuses them.
const ALIGNMENT: usize = 4 << 10;

/// Read at once: enough for the whole pace of a disk.
pub(super) const PIECE_BYTES: usize = 1 << 20;

/// Buffers that go round: one is looked at, one waits, one is being filled.
const BUFFERS: usize = 3;

/// The pieces of a file, in order.
pub(super) struct Ahead {
    pieces: Receiver<io::Result<Piece>>,
    used: SyncSender<Buffer>,
}

/// Bytes of the file, in the buffer that they were read into.
struct Piece {
    buffer: Buffer,
    bytes: usize,
}

/// A buffer and where in it a piece begins, so that it is aligned.
struct Buffer {
    bytes: Vec<u8>,
    begin: usize,
}

impl Buffer {
    fn new() -> Buffer {
        let bytes = vec![0; PIECE_BYTES + ALIGNMENT];
        let begin = bytes.as_ptr().align_offset(ALIGNMENT);
        Buffer { bytes, begin }
    }

    fn piece(&mut self, bytes: usize) -> &mut [u8] {
        &mut self.bytes[self.begin..self.begin + bytes]
    }
}

impl Ahead {
    /// Begins to read the file at `path`, from its byte `offset` or shortly before up to the byte `end`, and says where it begins.
    pub(super) fn begin(path: &Path, offset: u64, end: u64, sealed: bool) -> io::Result<(Ahead, u64)> {
        let (file, direct) = (File::open(path)?, sealed.then(|| open_direct(path)).flatten());
        let begin = offset - offset % ALIGNMENT as u64;
        let (read, pieces) = sync_channel(BUFFERS);
        let (used, unused) = sync_channel(BUFFERS);
        for _ in 0..BUFFERS {
            used.try_send(Buffer::new()).expect("there is room for as many as go round");
        }
        let mut reading = Reading { direct, file, offset: begin, end };
        thread::Builder::new().name("ahead".into()).spawn(move || {
            // It ends with the file, at what cannot be read, or when nobody looks at it any more.
            while reading.offset < end
                && let Ok(buffer) = unused.recv()
            {
                let piece = reading.next(buffer);
                let failed = piece.is_err();
                if read.send(piece).is_err() || failed {
                    break;
                }
            }
        })?;
        Ok((Ahead { pieces, used }, begin))
    }

    /// Appends the next piece to `window`.
    pub(super) fn append(&mut self, window: &mut Vec<u8>) -> io::Result<()> {
        let mut piece = self.pieces.recv().map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))??;
        window.extend_from_slice(piece.buffer.piece(piece.bytes));
        // At the end of the file nobody takes it.
        let _ = self.used.send(piece.buffer);
        Ok(())
    }
}

struct Reading {
    /// None where there are no such reads.
    direct: Option<File>,
    file: File,
    offset: u64,
    end: u64,
}

impl Reading {
    fn next(&mut self, mut buffer: Buffer) -> io::Result<Piece> {
        let left = self.end.saturating_sub(self.offset);
        let bytes = PIECE_BYTES.min(usize::try_from(left).unwrap_or(PIECE_BYTES));
        if !self.read_direct(&mut buffer, bytes)? {
            self.file.read_exact_at(buffer.piece(bytes), self.offset)?;
        }
        self.offset += bytes as u64;
        Ok(Piece { buffer, bytes })
    }

    /// Says whether the bytes were read. What the disk cannot read is not asked of the page cache, which may still know it.
    fn read_direct(&mut self, buffer: &mut Buffer, bytes: usize) -> io::Result<bool> {
        let Some(direct) = &self.direct else { return Ok(false) };
        // Also the last piece is asked for in whole blocks; the end of the file cuts it off.
        match direct.read_at(buffer.piece(bytes.next_multiple_of(ALIGNMENT)), self.offset) {
            Ok(read) => Ok(read >= bytes),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
            Err(error) if matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EOPNOTSUPP)) => {
                self.direct = None;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

fn open_direct(path: &Path) -> Option<File> {
    File::options().read(true).custom_flags(libc::O_DIRECT).open(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_given_from_a_block_s_begin_to_its_end_and_what_it_lost_meanwhile_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let bytes: Vec<u8> = (0..(BUFFERS + 2) * PIECE_BYTES + 77).map(|n| (n / 3 % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let begin = |offset: usize| Ahead::begin(&path, offset as u64, bytes.len() as u64, true).unwrap();
        for offset in [0, 1, 4_095, 4_096, 5_000_000, bytes.len() - 1] {
            let (mut ahead, first) = begin(offset);
            let (first, mut read) = (first as usize, Vec::new());
            assert!(first <= offset && offset - first < ALIGNMENT);
            while first + read.len() < bytes.len() {
                ahead.append(&mut read).unwrap();
            }
            assert!(read == bytes[first..]);
            assert_eq!(ahead.append(&mut read).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
        let (mut ahead, _) = begin(0);
        ahead.append(&mut Vec::new()).unwrap();
        File::options().write(true).open(&path).unwrap().set_len(PIECE_BYTES as u64).unwrap();
        // What is in the buffers by now was there.
        let lost = (0..=BUFFERS).find_map(|_| ahead.append(&mut Vec::new()).err());
        assert_eq!(lost.map(|error| error.kind()), Some(io::ErrorKind::UnexpectedEof));
    }

    #[test]
    fn direct_reads_go_on_to_the_end_and_where_there_are_none_or_they_end_early_the_usual_ones_do() {
        let dir = tempfile::tempdir().unwrap();
        let (path, short) = (dir.path().join("file"), dir.path().join("short"));
        let bytes: Vec<u8> = (0..2 * PIECE_BYTES + 5).map(|n| (n % 253) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        std::fs::write(&short, &bytes[..PIECE_BYTES + 10]).unwrap();
        for direct in [open_direct(&path), None, Some(File::open(&short).unwrap())] {
            let had = direct.is_some();
            let file = File::open(&path).unwrap();
            let mut reading = Reading { direct, file, offset: 0, end: bytes.len() as u64 };
            let mut read = Vec::new();
            while read.len() < bytes.len() {
                let mut piece = reading.next(Buffer::new()).unwrap();
                read.extend_from_slice(piece.buffer.piece(piece.bytes));
            }
            assert!(read == bytes);
            assert_eq!(reading.direct.is_some(), had, "what is aligned is not refused");
        }
    }

    #[test]
    fn what_the_disk_cannot_read_is_an_error_and_what_the_file_system_does_not_offer_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, [7; 10]).unwrap();
        // A folder can be opened and not read.
        let folder = Some(File::open(dir.path()).unwrap());
        let mut reading = Reading { direct: folder, file: File::open(&path).unwrap(), offset: 0, end: 10 };
        assert!(reading.next(Buffer::new()).is_err());
        // An offset that is not aligned is refused, or read: either way the bytes are there.
        reading.direct = open_direct(&path);
        reading.offset = 1;
        let mut piece = reading.next(Buffer::new()).unwrap();
        assert_eq!(piece.buffer.piece(piece.bytes), [7; 9]);
    }
}
