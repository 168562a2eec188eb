//! The documents in files: a file is one, or a container of many.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::HintOptions;
use super::files::{FoundFile, Stamp};
use crate::archive::{Arriving, unreadable};
use crate::intake::container::{self, Container, HEAD_BYTES, Input, Member, Members};
use crate::intake::{self, Refusal, RefusalKind};

/// A point that admission passes, in the order of the documents.
pub enum Mark {
    /// A document has its answer.
    Document {
        /// Its file and its number in it, where the file is a container.
        member: Option<(PathBuf, Stamp, u64)>,
        /// How far that is, in bytes of all files.
        reached: u64,
    },
    /// So does everything in a file.
    File { path: Option<PathBuf>, stamp: Stamp, container: bool, reached: u64 },
}

/// The documents in files, in their order, each read when it is asked for. For each a mark is left in `marks`.
pub struct Documents<'a> {
    pub files: std::vec::IntoIter<FoundFile>,
    pub hints: &'a HintOptions,
    pub bytes_max: usize,
    pub marks: &'a RefCell<VecDeque<Mark>>,
    /// How many members of a container have been acknowledged in an earlier run.
    pub acknowledged: &'a dyn Fn(&FoundFile) -> u64,
    /// Bytes of the files that are done with.
    reached: u64,
    within: Option<Within>,
}

/// A container that is being unpacked.
struct Within {
    file: FoundFile,
    members: Members,
    /// Members so far.
    count: u64,
    position: Arc<AtomicU64>,
}

impl<'a> Documents<'a> {
    pub fn new(
        files: Vec<FoundFile>,
        hints: &'a HintOptions,
        bytes_max: usize,
        marks: &'a RefCell<VecDeque<Mark>>,
        acknowledged: &'a dyn Fn(&FoundFile) -> u64,
    ) -> Documents<'a> {
        Documents {
            files: files.into_iter(),
            hints,
            bytes_max,
            marks,
            acknowledged,
            reached: 0,
            within: None,
        }
    }

    /// The next member of the container that is being unpacked; none at its end.
    fn member(&mut self) -> Option<Arriving> {
        let within = self.within.as_mut()?;
        let Some(member) = within.members.next() else {
            let Within { file, count, .. } = self.within.take()?;
            let empty = (count == 0).then(|| {
                let why = "there is no document in it";
                document(&file, self.hints, Err(Refusal::new(RefusalKind::Unprocessable, "the file", why)))
            });
            self.marks.borrow_mut().extend(empty.is_some().then(|| self.unplaced()));
            self.end(file, true);
            return empty;
        };
        within.count += 1;
        let at = within.position.load(Ordering::Relaxed).min(within.file.stamp.bytes);
        let file = &within.file;
        let place = file.path.clone().map(|path| (path, file.stamp, within.count));
        self.marks.borrow_mut().push_back(Mark::Document { member: place, reached: self.reached + at });
        Some(match member {
            Ok(member) => member_of(file, self.hints, member),
            Err(refusal) => document(file, self.hints, Err(refusal)),
        })
    }

    fn unplaced(&self) -> Mark {
        Mark::Document { member: None, reached: self.reached }
    }

    fn end(&mut self, file: FoundFile, container: bool) {
        self.reached += file.stamp.bytes;
        let FoundFile { path, stamp, .. } = file;
        self.marks.borrow_mut().push_back(Mark::File { path, stamp, container, reached: self.reached });
    }

    /// Opens a file: its document, unless it is a container, which is then to be unpacked.
    fn open(&mut self, file: FoundFile) -> Option<Arriving> {
        let position = Arc::new(AtomicU64::new(0));
        let opened = Opened::open(&file, self.hints, self.bytes_max, &position);
        let (found, input) = match opened {
            Ok(Opened::Container(found, input)) => (found, input),
            Ok(Opened::Document(bytes)) => return Some(self.whole(file, Ok(bytes.into()))),
            Err(refusal) => return Some(self.whole(file, Err(refusal))),
        };
        if let Err(refusal) = self.hints.check_for_many() {
            return Some(self.whole(file, Err(refusal)));
        }
        let mut members = container::unpack(found, input, self.bytes_max);
        // Unpacked again to get there, but neither read nor offered again.
        let passed = (self.acknowledged)(&file);
        let count = (0..passed).take_while(|_| members.next().is_some()).count() as u64;
        self.within = Some(Within { file, members, count, position });
        None
    }

    fn whole(&mut self, file: FoundFile, bytes: Result<bytes::Bytes, Refusal>) -> Arriving {
        let arriving = document(&file, self.hints, bytes);
        let mark = self.unplaced();
        self.marks.borrow_mut().push_back(mark);
        self.end(file, false);
        arriving
    }
}

impl Iterator for Documents<'_> {
    type Item = Arriving;

    fn next(&mut self) -> Option<Arriving> {
        loop {
            if let Some(arriving) = self.member() {
                return Some(arriving);
            }
            let file = self.files.next()?;
            if let Some(arriving) = self.open(file) {
                return Some(arriving);
            }
        }
    }
}

/// A file as one document.
fn document(file: &FoundFile, hints: &HintOptions, bytes: Result<bytes::Bytes, Refusal>) -> Arriving {
    Arriving { name: file.name.clone(), bytes, arrival: hints.arrival(&file.source, file.relative.clone()) }
}

/// A document in a container: what the container says of it overrides what is said of the container.
pub fn member_of(file: &FoundFile, hints: &HintOptions, member: Member) -> Arriving {
    let path = member.path.map(|path| match &file.relative {
        Some(relative) => format!("{relative}/{path}"),
        None => path,
    });
    let mut arrival = hints.arrival(&file.source, path);
    // A hint that says how to read the file as a container says nothing of its members.
    arrival.media_type = member
        .media_type
        .or(arrival.media_type.filter(|hint| container::find(Some(hint), None, b"").is_none()));
    arrival.unplaced = file.relative.is_none() && !member.lasting;
    arrival.hints.url = member.url;
    arrival.hints.received = member.received;
    Arriving { name: format!("{}/{}", file.name, member.name), bytes: Ok(member.bytes), arrival }
}

/// A file that is open.
pub enum Opened {
    Document(Vec<u8>),
    Container(&'static Container, Box<dyn Input>),
}

impl Opened {
    /// Opens a file, and finds out what it is. `position` then follows how far a container is read.
    pub fn open(
        file: &FoundFile,
        hints: &HintOptions,
        bytes_max: usize,
        position: &Arc<AtomicU64>,
    ) -> Result<Opened, Refusal> {
        let Some(path) = &file.path else { return standard_input(hints, bytes_max) };
        let unreadable = |error| unreadable(&error);
        let opened = File::open(path).map_err(unreadable)?;
        let mut head = [0; HEAD_BYTES];
        let length = opened.read_at(&mut head, 0).map_err(unreadable)?;
        if let Some(found) = container::find(hints.media_type(), Some(&file.name), &head[..length]) {
            let inner = BufReader::new(opened);
            return Ok(Opened::Container(found, Box::new(Watched { inner, position: position.clone() })));
        }
        let size = usize::try_from(file.stamp.bytes).unwrap_or(usize::MAX);
        intake::check_size(size, bytes_max)?;
        let mut bytes = Vec::with_capacity(size);
        opened.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Opened::Document(bytes))
    }
}

/// Standard input. A container is spooled where it is larger than a document may be: it may have to be read from its end.
fn standard_input(hints: &HintOptions, bytes_max: usize) -> Result<Opened, Refusal> {
    let unreadable = |error| unreadable(&error);
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock();
    input.by_ref().take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let Some(found) = container::find(hints.media_type(), None, &bytes[..bytes.len().min(HEAD_BYTES)]) else {
        return Ok(Opened::Document(bytes));
    };
    if bytes.len() <= bytes_max {
        return Ok(Opened::Container(found, Box::new(Cursor::new(bytes))));
    }
    let spooled = spool(&bytes, &mut input).map_err(|error| {
        let why =
            format!("it cannot be kept in {} while it is read: {error}", std::env::temp_dir().display());
        Refusal::new(RefusalKind::Unprocessable, "standard input", why)
    })?;
    Ok(Opened::Container(found, Box::new(BufReader::new(spooled))))
}

/// A file without a name that holds `head` and the rest of `input`.
fn spool(head: &[u8], input: &mut impl Read) -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("annals-standard-input-{}", std::process::id()));
    let mut file = File::options().read(true).write(true).create_new(true).open(&path)?;
    // Gone with the process, however it ends.
    std::fs::remove_file(&path)?;
    file.write_all(head)?;
    io::copy(input, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// A file that tells how far it is read.
struct Watched {
    inner: BufReader<File>,
    position: Arc<AtomicU64>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = self.inner.seek(to)?;
        self.position.store(position, Ordering::Relaxed);
        Ok(position)
    }
}
