//! A large body that many ask for, as a file in memory: from there the system sends it without copying
//! (memfd_create(2), sendfile(2)).
//!
//! Owns when that is worth a file, and how many there may be. It must never know connections, nor what a body shows.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use rustix::fs::{MemfdFlags, memfd_create};

/// A smaller body is sent sooner by copying it: that is one call to the system, and a file takes two.
pub const BODY_BYTES_MIN: usize = 48 << 10;

/// How often a body has to be asked for before it gets a file.
const ASKED_FOR_MIN: u32 = 8;

/// What all files of the process may hold. The bodies themselves are kept as well, for TLS and HTTP/2.
const BYTES_MAX: usize = 16 << 20;

/// What a file counts for at the least, so that there are 32 at the most: each takes a descriptor.
const COUNTED_BYTES_MIN: usize = 512 << 10;

pub const FILES_MAX: usize = BYTES_MAX / COUNTED_BYTES_MIN;

/// What is counted of all the files that there are.
static COUNTED: AtomicUsize = AtomicUsize::new(0);

/// A body and the same bytes in a file.
#[derive(Debug)]
pub struct MemoryFile {
    body: Bytes,
    /// Nobody writes to it any more: what is sent are its pages, and they may be on their way for a while.
    file: File,
    _counted: Counted,
}

impl MemoryFile {
    /// None where there is no room, or the system has no such files.
    fn new(body: &Bytes) -> Option<MemoryFile> {
        let counted = Counted::take(body.len())?;
        let file = memfd_create("annals", MemfdFlags::CLOEXEC).ok()?;
        let mut file = File::from(file);
        file.write_all(body).ok()?;
        Some(MemoryFile { body: body.clone(), file, _counted: counted })
    }

    /// Where `part` begins in the file, if it is a part of this very body. Told by its address: the body is held here, so
    /// nothing else can lie there.
    pub fn find(&self, part: &[u8]) -> Option<u64> {
        let at = part.as_ptr().addr().checked_sub(self.body.as_ptr().addr())?;
        (at + part.len() <= self.body.len()).then_some(at as u64)
    }
}

impl AsFd for MemoryFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Room for a file, given back when it is dropped.
#[derive(Debug)]
struct Counted(usize);

impl Counted {
    fn take(bytes: usize) -> Option<Counted> {
        let bytes = bytes.max(COUNTED_BYTES_MIN);
        let within = |counted: usize| Some(counted + bytes).filter(|counted| *counted <= BYTES_MAX);
        COUNTED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).ok().map(|_| Counted(bytes))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        COUNTED.fetch_sub(self.0, Ordering::Relaxed);
    }
}

/// The file of a body, once there is one.
#[derive(Debug, Default)]
pub struct InMemory {
    asked_for: AtomicU32,
    file: OnceLock<Arc<MemoryFile>>,
}

impl InMemory {
    /// The body is asked for once more: its file, where it has one by now.
    pub fn ask(&self, body: &Bytes) -> Option<Arc<MemoryFile>> {
        if body.len() < BODY_BYTES_MIN {
            return None;
        }
        if let Some(file) = self.file.get() {
            return Some(file.clone());
        }
        if self.asked_for.fetch_add(1, Ordering::Relaxed) + 1 < ASKED_FOR_MIN {
            return None;
        }
        // Where there is no room now, there may be after as many more.
        self.asked_for.store(0, Ordering::Relaxed);
        let file = Arc::new(MemoryFile::new(body)?);
        Some(self.file.get_or_init(|| file).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Seek as _};
    use std::sync::Mutex;

    /// Of those who count on there being room, and of who takes all of it, one at a time.
    static ROOM: Mutex<()> = Mutex::new(());

    fn body() -> Bytes {
        "The ferry leaves at noon. ".repeat(BODY_BYTES_MIN / 26 + 1).into()
    }

    #[test]
    fn a_body_gets_a_file_once_many_have_asked_for_it() {
        let _room = ROOM.lock();
        let (kept, body) = (InMemory::default(), body());
        for _ in 1..ASKED_FOR_MIN {
            assert!(kept.ask(&body).is_none());
        }
        let made = kept.ask(&body).expect("enough have asked");
        assert!(Arc::ptr_eq(&made, &kept.ask(&body).expect("it is kept")));
        let mut file = made.file.try_clone().unwrap();
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        assert!(bytes == body);
        let small = InMemory::default();
        assert!((0..99).all(|_| small.ask(&body.slice(..BODY_BYTES_MIN - 1)).is_none()));
    }

    #[test]
    fn a_part_is_found_where_it_lies_and_the_same_words_elsewhere_are_not() {
        let _room = ROOM.lock();
        let body = body();
        let file = MemoryFile::new(&body).expect("there is room");
        assert_eq!(file.find(&body), Some(0));
        assert_eq!(file.find(&body[77..]), Some(77));
        assert_eq!(file.find(&body[77..99]), Some(77));
        let elsewhere = Bytes::copy_from_slice(&body);
        assert_eq!(file.find(&elsewhere), None);
    }

    #[test]
    fn there_is_an_end_to_files_and_room_again_when_they_are_gone() {
        let _room = ROOM.lock();
        let held: Vec<Counted> = std::iter::from_fn(|| Counted::take(1)).collect();
        assert!(held.len() <= FILES_MAX);
        assert!(MemoryFile::new(&body()).is_none());
        drop(held);
        assert!(MemoryFile::new(&body()).is_some());
    }
}
