//! What injures: chance, folders in memory, and libraries that are loaded before a program's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use annals::digest::Digest;

/// A generator with a seed (SplitMix64), so that a failure can be had again.
pub struct Dice(u64);

impl Dice {
    pub fn new(purpose: &str) -> Dice {
        let seed = std::env::var("ANNALS_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
        println!("{purpose}: ANNALS_TEST_SEED={seed}");
        let purpose = Digest::of(purpose.as_bytes());
        Dice(seed ^ u64::from_le_bytes(*purpose.0.first_chunk().unwrap()))
    }

    pub fn seeded(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// In memory where the system has such a place: what is injured there costs no disk.
pub fn quick_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A library to be loaded before a program's own, compiled from C; none where there is no compiler.
pub fn shim(dir: &Path, source: &str) -> Option<PathBuf> {
    let (file, library) = (dir.join("shim.c"), dir.join("shim.so"));
    std::fs::write(&file, source).unwrap();
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &file]).output();
    match compiled {
        Ok(output) if output.status.success() => Some(library),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            crate::common::skip("there is no C compiler `cc`");
            None
        }
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), &to).unwrap();
        }
    }
}
