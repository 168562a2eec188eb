//! The sled engine: the one file that names sled.
//!
//! sled 0.34 needs care, which is why it keeps nothing that the journal does not have as well: its flush is
//! no fsync, and a batch holds every reader up while it is applied. It is good at few, large, sorted puts.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::time::Duration;

use bytes::Bytes;

use super::{Engine, EngineError, Puts, Visit, sums};

/// A CRC-32 stands behind every value.
const CHECKSUM_BYTES: usize = 4;

/// The sum of all keys and their values' checksums, put with every batch: where sled finds the end of its log damaged it leaves
/// out what it cannot read and goes on, and a value that is older than it should be has the right checksum. Behind all other keys.
const SUM: &[u8] = b"\xffsum";

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

    /// All of it is held against its sum.
    fn scan(&self, prefix: &[u8], visit: &mut Visit) -> Result<(), EngineError> {
        self.ask(|db| {
            let mut sum = 0u64;
            for item in db.scan_prefix(prefix) {
                let (key, sealed) = item.map_err(store)?;
                let value = unseal(&key, &sealed)?;
                if key == SUM {
                    break;
                }
                sum = sum.wrapping_add(summand(&key, &sealed));
                if visit(&key, value).is_break() {
                    return Ok(());
                }
            }
            match prefix.is_empty() && sum != sum_of(db)? {
                true => Err(EngineError::Damaged("its sum: some of what was put is not there".into())),
                false => Ok(()),
            }
        })
    }

    fn commit(&self, puts: Puts) -> Result<(), EngineError> {
        self.ask(|db| {
            let mut batch = sled::Batch::default();
            let mut sum = sum_of(db)?;
            for (key, value) in puts {
                let before = db.get(&key).map_err(store)?;
                sum = sum.wrapping_sub(before.map_or(0, |sealed| summand(&key, &sealed)));
                let Some(value) = value else {
                    batch.remove(key);
                    continue;
                };
                let sealed = seal(value);
                sum = sum.wrapping_add(summand(&key, &sealed));
                batch.insert(key, sealed);
            }
            batch.insert(SUM, seal(sum.to_le_bytes().into()));
            db.apply_batch(batch).map_err(store)
        })
    }

    fn flush(&self) -> Result<(), EngineError> {
        self.ask(|db| db.flush().map(drop).map_err(store))
    }

    fn close(&self) -> Result<(), EngineError> {
        self.flush()?;
        // Its own threads may still write, and hold its file until they have.
        *self.db.write().expect(POISON) = None;
        let failed = |error: io::Error| EngineError::Store(error.to_string());
        let file = File::options().write(true).open(self.path.join("db")).map_err(failed)?;
        for _ in 0..CLOSE_TRIES {
            if file.try_lock().is_ok() {
                return sums::write(&self.path).map_err(failed);
            }
            std::thread::sleep(LOCK_PAUSE);
        }
        Ok(())
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

fn seal(mut value: Vec<u8>) -> Vec<u8> {
    let checksum = libdeflater::crc32(&value).to_le_bytes();
    value.extend_from_slice(&checksum);
    value
}

/// What a key and its value add to the sum.
fn summand(key: &[u8], sealed: &[u8]) -> u64 {
    let checksum = sealed.last_chunk::<CHECKSUM_BYTES>().map_or(0, |checksum| u32::from_le_bytes(*checksum));
    u64::from(libdeflater::crc32(key)) << 32 | u64::from(checksum)
}

fn sum_of(db: &sled::Db) -> Result<u64, EngineError> {
    let Some(sealed) = db.get(SUM).map_err(store)? else { return Ok(0) };
    let sum = unseal(SUM, &sealed)?.try_into().map_err(|_| EngineError::Damaged("its sum".into()))?;
    Ok(u64::from_le_bytes(sum))
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
mod tests {
    use super::super::conformance;
    use super::*;

    #[test]
    fn sled_conforms() {
        let dir = tempfile::tempdir().unwrap();
        let open = || SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
        conformance::check(open(), |engine| {
            drop(engine);
            open()
        });
    }

    #[test]
    fn a_value_that_is_not_the_one_that_was_put_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let engine = SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
        engine.commit([(b"k".to_vec(), Some(b"value".to_vec()))].into()).unwrap();
        engine.ask(|db| db.insert(b"k", b"valve\0\0\0\0").map(drop).map_err(store)).unwrap();
        assert!(matches!(engine.get(b"k"), Err(EngineError::Damaged(key)) if key == "k"));
    }

    #[test]
    fn a_put_or_a_removal_that_was_forgotten_is_found_by_going_through_all() {
        let put = |key: &str, value: &str| (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec()));
        let through = |engine: &SledEngine| engine.scan(b"", &mut |_, _| std::ops::ControlFlow::Continue(()));
        for forget in [
            |db: &sled::Db| db.insert(b"a", seal(b"1".into())),
            |db: &sled::Db| db.remove(b"b"),
            |db: &sled::Db| db.insert(b"c", seal(b"".into())),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let engine = SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
            engine.commit([put("a", "1"), put("c", "")].into()).unwrap();
            engine.commit([put("a", "2"), put("b", ""), (b"c".to_vec(), None)].into()).unwrap();
            through(&engine).unwrap();
            engine.ask(|db| forget(db).map(drop).map_err(store)).unwrap();
            assert!(matches!(through(&engine), Err(EngineError::Damaged(what)) if what.contains("its sum")));
            assert!(suspected(&dir.path().join("store")).exists());
        }
    }
}
