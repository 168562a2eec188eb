//! A large body that many ask for, as a file in memory: from there the system sends it without copying
//! (memfd_create(2), sendfile(2)).
//!
//! Owns when that is worth a file, and how many there may be. It must never know connections, nor what a body shows.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use bytes::Bytes;
use rustix::fs::{MemfdFlags, memfd_create};

/// A smaller body is sent sooner by copying it: that is one call to the system, and a file takes two.
pub const BODY_BYTES_MIN: usize = 48 << 10;

/// How often a body has to be asked for before it gets a file.
const ASKED_FOR_MIN: u32 = 8;

/// What the files of the process may hold, and how many there may be: each takes a descriptor. The bodies themselves are
/// kept as well, for TLS and HTTP/2.
const BYTES_MAX: usize = 16 << 20;
pub const FILES_MAX: usize = 32;

/// The files that there are, the oldest first. A document that has become another is asked for no more, and its file makes
/// room in its turn, whatever keeps the document itself.
static KEPT: Mutex<VecDeque<Arc<MemoryFile>>> = Mutex::new(VecDeque::new());

const POISON: &str = "nothing panics while it holds the memory files";

/// A body and the same bytes in a file.
#[derive(Debug)]
pub struct MemoryFile {
    body: Bytes,
    /// Nobody writes to it any more: what is sent are its pages, and they may be on their way for a while.
    file: File,
}

impl MemoryFile {
    /// None where the body is larger than all files may be, or the system has no such files.
    fn new(body: &Bytes) -> Option<Arc<MemoryFile>> {
        if body.len() > BYTES_MAX {
            return None;
        }
        let mut file = File::from(memfd_create("annals", MemfdFlags::CLOEXEC).ok()?);
        file.write_all(body).ok()?;
        let made = Arc::new(MemoryFile { body: body.clone(), file });
        let mut kept = KEPT.lock().expect(POISON);
        kept.push_back(made.clone());
        while kept.len() > FILES_MAX || kept.iter().map(|file| file.body.len()).sum::<usize>() > BYTES_MAX {
            kept.pop_front();
        }
        Some(made)
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

/// The file of a body, once there is one.
#[derive(Debug, Default)]
pub struct InMemory {
    asked_for: AtomicU32,
    file: Mutex<Weak<MemoryFile>>,
}

impl InMemory {
    /// The body is asked for once more: its file, where it has one by now.
    pub fn ask(&self, body: &Bytes) -> Option<Arc<MemoryFile>> {
        if body.len() < BODY_BYTES_MIN {
            return None;
        }
        let mut file = self.file.lock().expect(POISON);
        if let Some(file) = file.upgrade() {
            return Some(file);
        }
        if self.asked_for.fetch_add(1, Ordering::Relaxed) + 1 < ASKED_FOR_MIN {
            return None;
        }
        // Should it have to make room, it is for as many more to have it made again.
        self.asked_for.store(0, Ordering::Relaxed);
        let made = MemoryFile::new(body)?;
        *file = Arc::downgrade(&made);
        Some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Seek as _};

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
    fn there_is_an_end_to_files_and_the_oldest_make_room() {
        let _room = ROOM.lock();
        let (kept, first) = (InMemory::default(), body());
        let made = (0..ASKED_FOR_MIN).filter_map(|_| kept.ask(&first)).last().expect("enough have asked");
        let seen = Arc::downgrade(&made);
        drop(made);
        assert!(seen.upgrade().is_some(), "it is kept");
        for _ in 0..FILES_MAX {
            MemoryFile::new(&body()).expect("there is always room");
        }
        assert!(seen.upgrade().is_none());
        assert!(kept.ask(&first).is_none(), "as many have to ask again");
        assert!((0..ASKED_FOR_MIN).any(|_| kept.ask(&first).is_some()));
        assert!(KEPT.lock().unwrap().len() <= FILES_MAX);
        assert!(MemoryFile::new(&vec![0; BYTES_MAX + 1].into()).is_none());
        MemoryFile::new(&vec![0; BYTES_MAX].into()).expect("alone");
        assert_eq!(KEPT.lock().unwrap().len(), 1);
    }
}
