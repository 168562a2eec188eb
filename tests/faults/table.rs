//! How often each injury is tried, and the table of what held.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard};

use annals::digest::Digest;
use jiff::Timestamp;

/// How many tests there are here. When all are done the table is printed.
const TESTS: usize = 13;

/// Whether everything is tried as often as it was promised.
pub fn full() -> bool {
    std::env::var_os("ANNALS_TEST_FULL").is_some_and(|value| value == "1")
}

/// So many times in short and in full.
pub fn times(short: usize, in_full: usize) -> usize {
    if full() { in_full } else { short }
}

struct Row {
    injury: String,
    tried: usize,
    held: String,
}

#[derive(Default)]
struct Table {
    rows: Vec<Row>,
    done: usize,
}

static TABLE: Mutex<Table> = Mutex::new(Table { rows: Vec::new(), done: 0 });
static ONE: Mutex<()> = Mutex::new(());

/// A test under way: in full one at a time, so that none is in another's way.
pub struct Test {
    _alone: Option<MutexGuard<'static, ()>>,
    held: usize,
}

impl Test {
    pub fn begin() -> Test {
        let alone = full().then(|| ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        Test { _alone: alone, held: 0 }
    }

    /// Notes what held.
    pub fn held(&mut self, injury: &str, tried: usize, held: impl Into<String>) {
        let row = Row { injury: injury.into(), tried, held: held.into() };
        println!("{}", line(&row));
        self.held += 1;
        TABLE.lock().unwrap().rows.push(row);
    }
}

impl Drop for Test {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut table = TABLE.lock().unwrap();
        table.done += 1;
        if table.done == TESTS && full() {
            print(&mut table);
        }
    }
}

fn line(row: &Row) -> String {
    format!("| {} | {} | {} |", row.injury, row.tried, row.held)
}

fn print(table: &mut Table) {
    table.rows.sort_by(|a, b| a.injury.cmp(&b.injury));
    println!("\n{}, {}\n", Timestamp::now().strftime("%Y-%m-%d"), machine());
    println!("| injury | tried | what held |\n|---|---|---|");
    table.rows.iter().for_each(|row| println!("{}", line(row)));
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = read("/proc/sys/kernel/osrelease");
    let build = if cfg!(debug_assertions) { "debug build" } else { "release build" };
    format!("{cores} cores ({}), Linux {}, {build}", model.map_or("?", |(_, name)| name), kernel.trim())
}

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
