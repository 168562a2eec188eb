//! The sled engine: the one file that names sled, but for its tests.
//!
//! sled 0.34 needs care, which is why it keeps nothing that the journal does not have as well: its flush is
//! no fsync, and a batch holds every reader up while it is applied. It is good at few, large, sorted puts; and a batch
//! takes its puts in no order.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use walkdir::WalkDir;

use super::{Appended, Engine, EngineError, Puts, Visit, sums};

/// A CRC-32 stands behind every value.
const CHECKSUM_BYTES: usize = 4;

/// The [`Account`] of all other keys, put with every batch. Behind all of them.
const ACCOUNT: &[u8] = b"\xffsum";

/// A store with more than so many times the bytes that are kept in it is written anew as it is closed, unless it is small anyway:
/// sled goes on with what it has replaced in its file, and gives none of it back.
const SLACK_MAX: u64 = 2;
const COMPACTED_BYTES_MIN: u64 = if cfg!(test) { 2 << 20 } else { 32 << 20 };
/// How many keys are copied at a time.
const COPIED_AT_ONCE: usize = 4_096;
/// Nobody reads the copy.
const COPY_CACHE_BYTES: u64 = 16 << 20;
/// Whoever stops a server waits no longer. A million bulletins take three seconds.
const COPY_TIME_MAX: Duration = Duration::from_secs(20);

pub struct SledEngine {
    path: PathBuf,
    cache_bytes: u64,
    /// None where it could not be opened again.
    db: RwLock<Option<sled::Db>>,
}

/// More than sled writes to open what it has.
const PROBE_BYTES: usize = 4 << 20;

const POISON: &str = "nothing panics while it holds the store's lock";

impl SledEngine {
    /// Opens the store in the folder `path`, making it if there is none, with a page cache of `cache_bytes`.
    pub fn open(path: &Path, cache_bytes: u64) -> Result<SledEngine, EngineError> {
        if suspected(path).exists() {
            return Err(EngineError::Damaged("it was found so when it was read last".into()));
        }
        remove_folder(&copy_of(path)).map_err(|error| EngineError::Store(error.to_string()))?;
        sums::check(path)?;
        let db = RwLock::new(Some(open(path, cache_bytes)?));
        Ok(SledEngine { path: path.to_owned(), cache_bytes, db })
    }

    fn ask<T>(&self, ask: impl FnOnce(&sled::Db) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let answer = match self.db.read().expect(POISON).as_ref() {
            // What is damaged may make it panic here as well.
            Some(db) => catch_unwind(AssertUnwindSafe(|| ask(db)))
                .unwrap_or_else(|_| Err(EngineError::Damaged("sled panicked at what it read".into()))),
            None => Err(EngineError::Store("it failed, and could not be opened again".into())),
        };
        if let Err(EngineError::Damaged(_)) = &answer {
            self.suspect();
        }
        answer
    }

    /// Notes for the next opening that this store is not to be believed.
    fn suspect(&self) {
        if let Err(error) = std::fs::write(suspected(&self.path), b"") {
            tracing::error!(%error, "the catalogue is damaged, and that cannot be noted: delete it, and start again");
        }
    }

    /// A copy of the store beside it, where it has much more than what is kept in it, and there is room for one: its folder.
    fn compacted(&self, db: &sled::Db) -> Result<Option<PathBuf>, EngineError> {
        let failed = |error: io::Error| EngineError::Store(error.to_string());
        let (held, kept) = (db.size_on_disk().map_err(store)?, Account::of(db)?.bytes);
        let disk = rustix::fs::statvfs(&self.path).map_err(|error| failed(error.into()))?;
        let room = disk.f_bavail.saturating_mul(disk.f_frsize);
        let worth_it = held >= COMPACTED_BYTES_MIN && held > SLACK_MAX * kept && room > SLACK_MAX * kept;
        if !worth_it || suspected(&self.path).exists() {
            return Ok(None);
        }
        let folder = copy_of(&self.path);
        remove_folder(&folder).map_err(failed)?;
        // Before anything is copied in vain.
        let copied = can_change_places(&folder).map_err(failed).and_then(|()| copy(db, &folder));
        match copied.and_then(|()| to_disk(&folder).map_err(failed)) {
            Ok(()) => Ok(Some(folder)),
            Err(error) => {
                remove_folder(&folder).map_err(failed)?;
                Err(error)
            }
        }
    }

    fn has_room(&self) -> io::Result<()> {
        let probe = self.path.with_extension("probe");
        let written = std::fs::write(&probe, vec![0; PROBE_BYTES]);
        std::fs::remove_file(&probe).and(written)
    }
}

/// The file whose being there says that the store in the folder `path` was found damaged.
pub fn suspected(path: &Path) -> PathBuf {
    path.with_extension("suspect")
}

/// How often a store is tried that its own threads still hold, and how long it is waited before each: they end when they have
/// written what was committed, which takes many seconds on a disk that others write to. Nobody else can hold it, since
/// the archive has a lock of its own.
const LOCK_TRIES: u32 = 1_500;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// Whoever closes it does not wait as long.
const CLOSE_TRIES: u32 = 50;

fn open(path: &Path, cache_bytes: u64) -> Result<sled::Db, EngineError> {
    for _ in 1..LOCK_TRIES {
        match open_now(path, cache_bytes) {
            Err(EngineError::Store(why)) if why.contains("acquire lock") => std::thread::sleep(LOCK_PAUSE),
            opened => return opened,
        }
    }
    open_now(path, cache_bytes)
}

fn open_now(path: &Path, cache_bytes: u64) -> Result<sled::Db, EngineError> {
    remove_unfinished(path).map_err(|error| EngineError::Store(error.to_string()))?;
    let config = sled::Config::new()
        .path(path)
        .cache_capacity(cache_bytes)
        .mode(sled::Mode::HighThroughput)
        // The catalogue flushes when it has merged; a timer would only add work.
        .flush_every_ms(None);
    // A store that is damaged enough makes it panic, which must not end the process at every start.
    let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
    opened.map_err(|_| EngineError::Store("sled panicked at what it found".into()))?.map_err(store)
}

/// Where the store in the folder `path` is copied to, until the two change places.
fn copy_of(path: &Path) -> PathBuf {
    path.with_extension("compacted")
}

fn remove_folder(path: &Path) -> io::Result<()> {
    if path.exists() { std::fs::remove_dir_all(path) } else { Ok(()) }
}

/// Whether two folders can change places on the file system that `folder` is on.
fn can_change_places(folder: &Path) -> io::Result<()> {
    let [one, other] = ["one", "other"].map(|name| folder.join(name));
    [&one, &other].into_iter().try_for_each(std::fs::create_dir_all)?;
    change_places(&one, &other)?;
    [&one, &other].into_iter().try_for_each(std::fs::remove_dir)
}

/// At any moment there is something at each of the two paths.
fn change_places(one: &Path, other: &Path) -> io::Result<()> {
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

/// A store that is written and then thrown away or closed. What sled panics at says nothing of any other.
struct Copy(Option<sled::Db>);

impl Copy {
    fn write(&self, write: impl FnOnce(&sled::Db) -> Result<(), EngineError>) -> Result<(), EngineError> {
        let db = self.0.as_ref().expect("it is there until it is dropped");
        let written = catch_unwind(AssertUnwindSafe(|| write(db)));
        let failed = |error: &dyn std::fmt::Display| EngineError::Store(format!("its copy: {error}"));
        written.map_err(|_| failed(&"sled panicked"))?.map_err(|error| failed(&error))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let db = self.0.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(db)));
    }
}

/// Copies everything to a new store in `folder`.
fn copy(from: &sled::Db, folder: &Path) -> Result<(), EngineError> {
    let begun = Instant::now();
    let to = Copy(Some(open_now(folder, COPY_CACHE_BYTES)?));
    let (mut items, mut account) = (from.iter(), Account::default());
    loop {
        if begun.elapsed() > COPY_TIME_MAX {
            return Err(EngineError::Store(format!("copying it takes longer than {COPY_TIME_MAX:?}")));
        }
        let some: Vec<Sealed> =
            items.by_ref().take(COPIED_AT_ONCE).collect::<Result<_, _>>().map_err(store)?;
        if some.is_empty() {
            break;
        }
        for (key, sealed) in some.iter().filter(|(key, _)| key != ACCOUNT) {
            unseal(key, sealed)?;
            account.add(key, sealed);
        }
        to.write(|to| lay(to, some))?;
    }
    account.check(from)?;
    to.write(|to| to.flush().map(drop).map_err(store))
}

/// Waits until a store that was closed is written, and then until the disk has it.
fn to_disk(folder: &Path) -> io::Result<()> {
    let held = released(folder)?;
    held.ok_or_else(|| io::Error::other("its copy is still being written"))?;
    for entry in WalkDir::new(folder) {
        File::open(entry?.path())?.sync_all()?;
    }
    Ok(())
}

/// The file of a store that was closed, locked, once its own threads have let go of it: they may still write. None where they take long.
fn released(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().write(true).open(path.join("db"))?;
    for _ in 0..CLOSE_TRIES {
        if file.try_lock().is_ok() {
            return Ok(Some(file));
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    Ok(None)
}

/// Removes the snapshots that sled was writing when it was ended: it would take one for its newest, and find it torn. The one before
/// goes only once the next has its name.
fn remove_unfinished(path: &Path) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    for file in path.read_dir()? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "generating") {
            std::fs::remove_file(&file)?;
            tracing::info!(file = %file.display(), "a snapshot that was never finished is removed");
        }
    }
    Ok(())
}

impl Engine for SledEngine {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, EngineError> {
        self.ask(|db| {
            let Some(sealed) = db.get(key).map_err(store)? else { return Ok(None) };
            let value_bytes = unseal(key, &sealed)?.len();
            // The store's own bytes, shared.
            Ok(Some(Bytes::from_owner(sealed).slice(..value_bytes)))
        })
    }

    /// All of it is held against its account.
    fn scan(&self, prefix: &[u8], visit: &mut Visit) -> Result<(), EngineError> {
        self.ask(|db| {
            let mut account = Account::default();
            for item in db.scan_prefix(prefix) {
                let (key, sealed) = item.map_err(store)?;
                let value = unseal(&key, &sealed)?;
                if key == ACCOUNT {
                    break;
                }
                account.add(&key, &sealed);
                if visit(&key, value).is_break() {
                    return Ok(());
                }
            }
            if prefix.is_empty() { account.check(db) } else { Ok(()) }
        })
    }

    /// Its log is read back up to where it ends: behind a process that was killed, a batch is never there without what was put
    /// before it. A power cut may leave out more, which the account tells.
    fn commit_behind(&self, appended: Appended, puts: Puts) -> Result<(), EngineError> {
        self.ask(|db| {
            let mut batch = sled::Batch::default();
            let mut account = Account::of(db)?;
            let appended: Vec<Sealed> =
                appended.into_iter().map(|(key, value)| (key.into(), seal(value).into())).collect();
            appended.iter().for_each(|(key, sealed)| account.add(key, sealed));
            lay(db, appended)?;
            for (key, value) in puts {
                let before = db.get(&key).map_err(store)?;
                before.inspect(|sealed| account.take_away(&key, sealed));
                let Some(value) = value else {
                    batch.remove(key);
                    continue;
                };
                let sealed = seal(value);
                account.add(&key, &sealed);
                batch.insert(key, sealed);
            }
            batch.insert(ACCOUNT, account.sealed());
            db.apply_batch(batch).map_err(store)
        })
    }

    /// Its account never had them.
    fn cut(&self, prefix: &[u8], from: &[u8]) -> Result<(), EngineError> {
        self.ask(|db| {
            for key in db.range(from..).keys() {
                let key = key.map_err(store)?;
                if !key.starts_with(prefix) {
                    break;
                }
                db.remove(key).map_err(store)?;
            }
            Ok(())
        })
    }

    fn flush(&self) -> Result<(), EngineError> {
        self.ask(|db| db.flush().map(drop).map_err(store))
    }

    fn close(&self) -> Result<(), EngineError> {
        self.flush()?;
        let compacted = self.ask(|db| self.compacted(db)).unwrap_or_else(|error| {
            tracing::warn!(%error, "the catalogue's file is left as large as it is");
            None
        });
        *self.db.write().expect(POISON) = None;
        let failed = |error: io::Error| EngineError::Store(error.to_string());
        let Some(_held) = released(&self.path).map_err(failed)? else {
            // It is still being written, and stays.
            return compacted.map_or(Ok(()), |compacted| remove_folder(&compacted).map_err(failed));
        };
        if let Some(compacted) = compacted {
            if let Err(error) = change_places(&compacted, &self.path) {
                tracing::warn!(%error, "the catalogue's file is left as large as it is");
            }
            remove_folder(&compacted).map_err(failed)?;
        }
        sums::write(&self.path).map_err(failed)
    }

    /// Once a write has failed, sled fails for good, also when there is room again: so it is opened anew when
    /// there is. Until then the one that failed still reads most of what it has.
    fn recover(&self) -> Result<(), EngineError> {
        self.has_room().map_err(|error| EngineError::Store(error.to_string()))?;
        let mut db = self.db.write().expect(POISON);
        // The old one goes first, since it holds a lock on its files.
        *db = None;
        *db = Some(open(&self.path, self.cache_bytes)?);
        Ok(())
    }
}

/// A key and its value with the checksum.
type Sealed = (sled::IVec, sled::IVec);

/// Puts new keys in their order. sled writes a leaf anew whenever it is split, and with every tenth put to it: so leaves are made of the
/// keys alone first, which are short. Then each value is written once, beside its neighbours, and leaves nothing behind.
/// Whoever asks for one of them meanwhile finds nothing, or an empty value.
fn lay(db: &sled::Db, sealed: Vec<Sealed>) -> Result<(), EngineError> {
    let empty = sled::IVec::from(seal(Vec::new()));
    for (key, _) in &sealed {
        db.insert(key, empty.clone()).map_err(store)?;
    }
    for (key, sealed) in sealed {
        db.insert(key, sealed).map_err(store)?;
    }
    Ok(())
}

fn seal(mut value: Vec<u8>) -> Vec<u8> {
    let checksum = libdeflater::crc32(&value).to_le_bytes();
    value.extend_from_slice(&checksum);
    value
}

/// What all keys and values come to: where sled finds the end of its log damaged it leaves out what it cannot read and goes on, and a
/// value that is older than it should be has the right checksum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Account {
    /// Of 2^32 times the CRC-32 of each key and the CRC-32 of its value.
    sum: u64,
    /// Of keys and values, checksums included.
    bytes: u64,
}

impl Account {
    fn of(db: &sled::Db) -> Result<Account, EngineError> {
        let Some(sealed) = db.get(ACCOUNT).map_err(store)? else { return Ok(Account::default()) };
        match unseal(ACCOUNT, &sealed)?.as_chunks() {
            ([sum, bytes], []) => {
                Ok(Account { sum: u64::from_le_bytes(*sum), bytes: u64::from_le_bytes(*bytes) })
            }
            _ => Err(EngineError::Damaged("its sum".into())),
        }
    }

    fn entry(key: &[u8], sealed: &[u8]) -> Account {
        let checksum =
            sealed.last_chunk::<CHECKSUM_BYTES>().map_or(0, |checksum| u32::from_le_bytes(*checksum));
        let sum = u64::from(libdeflater::crc32(key)) << 32 | u64::from(checksum);
        Account { sum, bytes: (key.len() + sealed.len()) as u64 }
    }

    fn add(&mut self, key: &[u8], sealed: &[u8]) {
        let Account { sum, bytes } = Account::entry(key, sealed);
        (self.sum, self.bytes) = (self.sum.wrapping_add(sum), self.bytes.wrapping_add(bytes));
    }

    fn take_away(&mut self, key: &[u8], sealed: &[u8]) {
        let Account { sum, bytes } = Account::entry(key, sealed);
        (self.sum, self.bytes) = (self.sum.wrapping_sub(sum), self.bytes.wrapping_sub(bytes));
    }

    fn sealed(&self) -> Vec<u8> {
        seal([self.sum.to_le_bytes(), self.bytes.to_le_bytes()].concat())
    }

    /// Whether this is what everything in `db` should come to.
    fn check(&self, db: &sled::Db) -> Result<(), EngineError> {
        match *self == Account::of(db)? {
            true => Ok(()),
            false => Err(EngineError::Damaged("its sum: some of what was put is not there".into())),
        }
    }
}

fn unseal<'a>(key: &[u8], sealed: &'a [u8]) -> Result<&'a [u8], EngineError> {
    let (value, checksum) = sealed
        .split_last_chunk::<CHECKSUM_BYTES>()
        .filter(|(value, checksum)| libdeflater::crc32(value).to_le_bytes() == **checksum)
        .ok_or_else(|| EngineError::Damaged(key.escape_ascii().to_string()))?;
    debug_assert_eq!(checksum.len(), CHECKSUM_BYTES);
    Ok(value)
}

fn store(error: sled::Error) -> EngineError {
    match error {
        sled::Error::Corruption { .. } => EngineError::Damaged(format!("its file ({error})")),
        _ => EngineError::Store(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
