//! A disk as a power cut may leave it: what was synced is there, and of the rest nothing, or any part.
//!
//! Pessimistic: a name is durable only once its folder was synced, a page of a file only once the file was, and pages of one
//! write may fare differently. Names come and go in their order, as file systems keep them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::tools::Dice;

const PAGE_BYTES: usize = 4_096;

/// What a process did, as the shim wrote it down.
pub struct Operation {
    kind: u8,
    path: PathBuf,
    position: u64,
    bytes: Vec<u8>,
}

impl Operation {
    /// What was said on standard output.
    pub fn said(&self) -> Option<&[u8]> {
        (self.kind == b'a').then_some(&self.bytes)
    }
}

pub fn read_record(mut record: &[u8]) -> Vec<Operation> {
    fn take<'a>(record: &mut &'a [u8], bytes: usize) -> &'a [u8] {
        let (taken, rest) = record.split_at(bytes);
        *record = rest;
        taken
    }
    fn length(record: &mut &[u8]) -> usize {
        u32::from_le_bytes(take(record, 4).try_into().unwrap()) as usize
    }
    let mut operations = Vec::new();
    while !record.is_empty() {
        let kind = take(&mut record, 1)[0];
        let path_bytes = length(&mut record);
        let path = PathBuf::from(std::str::from_utf8(take(&mut record, path_bytes)).unwrap());
        let position = u64::from_le_bytes(take(&mut record, 8).try_into().unwrap());
        let bytes = length(&mut record);
        operations.push(Operation { kind, path, position, bytes: take(&mut record, bytes).to_vec() });
    }
    operations
}

/// A change to a file that is not synced.
#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Default)]
struct File {
    synced: Vec<u8>,
    pending: Vec<Change>,
}

/// A change to the names that is not synced.
#[derive(Clone)]
enum Naming {
    Create(PathBuf, usize),
    Folder(PathBuf),
    Remove(PathBuf),
    Move(PathBuf, PathBuf),
}

/// Names, each of a file by its number, or of a folder.
type Names = BTreeMap<PathBuf, Option<usize>>;

pub struct Disk {
    root: PathBuf,
    files: Vec<File>,
    /// As the process sees them.
    seen: Names,
    synced: Names,
    pending: Vec<Naming>,
}

impl Disk {
    pub fn new(root: &Path) -> Disk {
        Disk {
            root: root.into(),
            files: Vec::new(),
            seen: Names::new(),
            synced: Names::new(),
            pending: Vec::new(),
        }
    }

    pub fn take(&mut self, operation: &Operation) {
        let path = operation.path.clone();
        match operation.kind {
            b'c' => {
                self.files.push(File::default());
                self.name(Naming::Create(path, self.files.len() - 1));
            }
            b'm' => self.name(Naming::Folder(path)),
            b'u' => self.name(Naming::Remove(path)),
            b'r' => {
                let to = PathBuf::from(std::str::from_utf8(&operation.bytes).unwrap());
                self.name(Naming::Move(path, to));
            }
            b'w' => {
                self.change(&path, Change::Write(operation.position as usize, operation.bytes.clone()));
            }
            b't' => self.change(&path, Change::Cut(operation.position as usize)),
            b's' => self.sync(&path),
            _ => {}
        }
    }

    fn name(&mut self, naming: Naming) {
        apply(&mut self.seen, &naming);
        self.pending.push(naming);
    }

    fn change(&mut self, path: &Path, change: Change) {
        if let Some(Some(file)) = self.seen.get(path) {
            self.files[*file].pending.push(change);
        }
    }

    fn sync(&mut self, path: &Path) {
        if let Some(Some(file)) = self.seen.get(path) {
            let file = &mut self.files[*file];
            for change in std::mem::take(&mut file.pending) {
                make(&mut file.synced, &change, |_| true);
            }
            return;
        }
        // A folder: its own names, and no other's.
        let (own, others) = std::mem::take(&mut self.pending).into_iter().partition(|it| folder(it) == path);
        self.pending = others;
        let own: Vec<Naming> = own;
        own.iter().for_each(|naming| apply(&mut self.synced, naming));
    }

    /// Writes what is left into the folder `to`: of what is not synced nothing, or a part that the dice choose.
    pub fn write(&self, to: &Path, part: Option<u64>) {
        let mut dice = part.map(Dice::seeded);
        let mut names = self.synced.clone();
        let kept = dice.as_mut().map_or(0, |dice| dice.below(self.pending.len() + 1));
        self.pending[..kept].iter().for_each(|naming| apply(&mut names, naming));
        for (path, file) in &names {
            let place = to.join(path.strip_prefix(&self.root).unwrap());
            let Some(file) = file else {
                std::fs::create_dir_all(&place).unwrap();
                continue;
            };
            // A file whose folder never was is nowhere.
            if !place.parent().is_some_and(Path::is_dir) {
                continue;
            }
            let file = &self.files[*file];
            let mut bytes = file.synced.clone();
            if let Some(dice) = &mut dice {
                // Sometimes nearly all of it, sometimes nearly nothing.
                let odds = 1 + dice.below(9);
                for change in &file.pending {
                    make(&mut bytes, change, |_| dice.below(10) < odds);
                }
            }
            std::fs::write(place, bytes).unwrap();
        }
    }
}

fn folder(naming: &Naming) -> &Path {
    let (Naming::Create(path, _) | Naming::Folder(path) | Naming::Remove(path) | Naming::Move(path, _)) =
        naming;
    path.parent().unwrap()
}

fn apply(names: &mut Names, naming: &Naming) {
    match naming {
        Naming::Create(path, file) => drop(names.insert(path.clone(), Some(*file))),
        Naming::Folder(path) => drop(names.insert(path.clone(), None)),
        Naming::Remove(path) => drop(names.remove(path)),
        Naming::Move(from, to) => {
            let below: Vec<PathBuf> = names.keys().filter(|path| path.starts_with(from)).cloned().collect();
            for path in below {
                let file = names.remove(&path).unwrap();
                let rest = path.strip_prefix(from).unwrap();
                names.insert(if rest == Path::new("") { to.clone() } else { to.join(rest) }, file);
            }
        }
    }
}

/// Makes a change, each page of it only where `kept` says so. A page that is lost at the end of a file leaves zeros where
/// a later one is kept.
fn make(bytes: &mut Vec<u8>, change: &Change, mut kept: impl FnMut(usize) -> bool) {
    match change {
        Change::Cut(length) => {
            if kept(0) {
                bytes.resize(*length, 0);
            }
        }
        Change::Write(offset, written) => {
            let mut at = 0;
            while at < written.len() {
                let begin = offset + at;
                let length = (PAGE_BYTES - begin % PAGE_BYTES).min(written.len() - at);
                if kept(begin / PAGE_BYTES) {
                    if bytes.len() < begin + length {
                        bytes.resize(begin + length, 0);
                    }
                    bytes[begin..begin + length].copy_from_slice(&written[at..at + length]);
                }
                at += length;
            }
        }
    }
}
