//! What the store's files came to when it was closed: whatever happens to them until it is opened again is found then, also in
//! bytes that nothing would ever read.
//!
//! Owns one file among the store's own, which is there only while the store is closed. A store that was never closed has none: what
//! it has is held against its own checksums alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use libdeflater::Crc;
use walkdir::WalkDir;

use super::EngineError;

const FILE: &str = "sums";
/// Where it is written first; one that was not finished says nothing.
const NEW_FILE: &str = "sums.new";

/// Of a larger store none are made, since all of it is read to make them and to check them: a start must not take longer.
const STORE_BYTES_MAX: u64 = 256 << 20;

const READ_AT_ONCE: usize = 1 << 20;

/// The bytes and the CRC-32 of each file, by its path in the folder.
type Sums = BTreeMap<String, (u64, u32)>;

/// Notes what the files in `folder` come to. Nobody writes to them.
pub fn write(folder: &Path) -> io::Result<()> {
    let Some(sums) = sums(folder)? else { return Ok(()) };
    let (file, new) = (folder.join(FILE), folder.join(NEW_FILE));
    std::fs::write(&new, serde_json::to_vec(&sums)?)?;
    std::fs::rename(new, file)
}

/// Holds the files in `folder` against what was noted, if anything was, and takes the note away.
pub fn check(folder: &Path) -> Result<(), EngineError> {
    let file = folder.join(FILE);
    let failed = |error: io::Error| EngineError::Store(format!("{}: {error}", file.display()));
    let noted = match std::fs::read(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        noted => noted.map_err(failed)?,
    };
    let damaged =
        |what: &str| EngineError::Damaged(format!("its file {what}, which has changed while it was closed"));
    let noted: Sums = serde_json::from_slice(&noted).map_err(|_| damaged(FILE))?;
    for (name, noted) in noted {
        let now = sum(&folder.join(&name));
        if now.is_none_or(|now| now != noted) {
            return Err(damaged(&name));
        }
    }
    std::fs::remove_file(&file).map_err(failed)
}

/// None of what is too large.
fn sums(folder: &Path) -> io::Result<Option<Sums>> {
    let mut sums = Sums::new();
    let mut bytes = 0;
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        let name = entry.path().strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
        if !entry.file_type().is_file() || [FILE, NEW_FILE].contains(&name) {
            continue;
        }
        bytes += entry.metadata()?.len();
        if bytes > STORE_BYTES_MAX {
            return Ok(None);
        }
        let Some(sum) = sum(entry.path()) else { return Ok(None) };
        sums.insert(name.into(), sum);
    }
    Ok(Some(sums))
}

/// None where it cannot be read.
fn sum(file: &Path) -> Option<(u64, u32)> {
    let mut file = File::open(file).ok()?;
    let (mut bytes, mut crc) = (0, Crc::new());
    let mut room = vec![0; READ_AT_ONCE];
    loop {
        match file.read(&mut room).ok()? {
            0 => return Some((bytes, crc.sum())),
            read => {
                bytes += read as u64;
                crc.update(&room[..read]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_has_changed_is_named_and_each_note_holds_once() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("blobs")).unwrap();
        for name in ["db", "blobs/1"] {
            std::fs::write(at(name), vec![7; 3 << 20]).unwrap();
        }
        let injuries: [(&str, &dyn Fn(&Path)); 4] = [
            ("db", &|file| {
                let mut bytes = std::fs::read(file).unwrap();
                bytes[1 << 20] ^= 1;
                std::fs::write(file, bytes).unwrap();
            }),
            ("blobs/1", &|file| File::options().write(true).open(file).unwrap().set_len(17).unwrap()),
            ("blobs/1", &|file| std::fs::remove_file(file).unwrap()),
            (FILE, &|file| std::fs::write(file, "").unwrap()),
        ];
        for (name, injure) in injuries {
            write(dir.path()).unwrap();
            check(dir.path()).unwrap();
            assert!(!at(FILE).exists());
            write(dir.path()).unwrap();
            injure(&at(name));
            let error = check(dir.path()).unwrap_err();
            assert!(matches!(&error, EngineError::Damaged(what) if what.contains(name)), "{error}");
            assert!(at(FILE).exists(), "it is found by who comes next as well");
        }
        std::fs::remove_file(at(FILE)).unwrap();
        check(dir.path()).unwrap();
        std::fs::write(at(NEW_FILE), "{").unwrap();
        write(dir.path()).unwrap();
        check(dir.path()).unwrap();
    }

    #[test]
    fn a_large_store_has_none() {
        let dir = tempfile::tempdir().unwrap();
        File::create(dir.path().join("db")).unwrap().set_len(STORE_BYTES_MAX + 1).unwrap();
        write(dir.path()).unwrap();
        assert!(!dir.path().join(FILE).exists());
    }
}
