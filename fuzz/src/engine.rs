//! Inputs by chance: a corpus that grows by what behaves in a new way, and mutations of it.
//!
//! The engine sees no branches, since stable Rust shows none. It sees what a reader makes of an input, and keeps what
//! it has not seen before: another refusal, another number of parts, another shape of what was read.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::targets::{Target, World};

/// Larger inputs say nothing that smaller ones do not, but for bombs, which have tests of their own.
const INPUT_BYTES_MAX: usize = 48 << 10;
/// How many inputs are kept.
const CORPUS_MAX: usize = 4_000;
/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);
/// What takes longer is written down, for somebody to look at: it may be the machine.
const SLOW: Duration = Duration::from_secs(1);
/// So much more memory after a run than after its beginning is a leak.
const GROWTH_BYTES_MAX: u64 = 256 << 20;

/// Numbers by chance (xorshift64*).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `bound`; 0 where that is none.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() >> 11) as usize % bound }
    }
}

pub fn seed_of_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_nanos() as u64)
}

/// One target at work.
pub struct Run<'t> {
    target: &'t Target,
    world: World,
    corpus: Vec<Vec<u8>>,
    seen: HashSet<u64>,
    chance: Chance,
    pub executions: u64,
    pub failures: u64,
    pub slowest: Duration,
    took: Duration,
    memory: [u64; 2],
}

impl<'t> Run<'t> {
    /// With the target's seeds, found below `root`.
    pub fn new(target: &'t Target, root: &Path, seed: u64) -> Run<'t> {
        let corpus = (target.seeds)(root);
        assert!(!corpus.is_empty(), "{} has no seeds", target.name);
        Run {
            target,
            world: World::default(),
            corpus,
            seen: HashSet::new(),
            chance: Chance::new(seed),
            executions: 0,
            failures: 0,
            slowest: Duration::ZERO,
            took: Duration::ZERO,
            memory: [0; 2],
        }
    }

    /// Reads inputs until the time is over or there were `most`; what fails is written to `found`.
    pub fn go(&mut self, time: Duration, most: u64, found: &Path) {
        let begun = Instant::now();
        let watched = watch(found.to_owned());
        let seeds = self.corpus.clone();
        seeds.into_iter().for_each(|seed| self.read(&seed, found, &watched));
        self.memory[0] = memory_bytes();
        while begun.elapsed() < time && self.executions < most {
            let input = self.input();
            self.read(&input, found, &watched);
        }
        self.memory[1] = memory_bytes();
        if self.memory[1].saturating_sub(self.memory[0]) > GROWTH_BYTES_MAX {
            eprintln!(
                "{}: memory has grown from {} to {} bytes",
                self.target.name, self.memory[0], self.memory[1]
            );
            self.failures += 1;
        }
        self.took = begun.elapsed();
        *watched.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn read(&mut self, input: &[u8], found: &Path, watched: &Watched) {
        let begun = Instant::now();
        *watched.lock().unwrap_or_else(PoisonError::into_inner) = Some((begun, input.to_vec()));
        let read = AssertUnwindSafe(|| (self.target.read)(&mut self.world, input));
        let outcome = catch_unwind(read);
        let took = begun.elapsed();
        self.slowest = self.slowest.max(took);
        if took > SLOW {
            let path = write(&std::env::temp_dir().join("annals-fuzz-slow"), input);
            eprintln!("{}: {} ms; the input is {}", self.target.name, took.as_millis(), path.display());
        }
        self.executions += 1;
        match outcome {
            Ok(shape) if self.seen.insert(shape) && self.corpus.len() < CORPUS_MAX => {
                self.corpus.push(input.to_vec())
            }
            Ok(_) => {}
            Err(_) => {
                self.failures += 1;
                eprintln!("{}: failed; the input is {}", self.target.name, write(found, input).display());
                // What it left behind may be half done.
                self.world = World::default();
            }
        }
    }

    /// An input that was not there before, as a rule.
    fn input(&mut self) -> Vec<u8> {
        let mut input = self.corpus[self.chance.below(self.corpus.len())].clone();
        for _ in 0..=self.chance.below(5) {
            self.change(&mut input);
        }
        input.truncate(INPUT_BYTES_MAX);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let chance = &mut self.chance;
        let at = chance.below(input.len() + 1);
        let range = at..(at + 1 + chance.below(64)).min(input.len()).max(at);
        match chance.below(10) {
            0 if at < input.len() => input[at] ^= 1 << chance.below(8),
            1 if at < input.len() => input[at] = BYTES[chance.below(BYTES.len())],
            2 => drop(input.drain(range)),
            3 => {
                let piece = input[range].repeat(1 + chance.below(8));
                input.splice(at..at, piece);
            }
            // A piece many times: depth and number.
            4 => {
                let piece = input[at..(at + 1 + chance.below(24)).min(input.len()).max(at)]
                    .repeat(1 + chance.below(600));
                input.splice(at..at, piece);
            }
            5 => {
                let other = &self.corpus[chance.below(self.corpus.len())];
                let from = chance.below(other.len() + 1);
                let to = (from + 1 + chance.below(400)).min(other.len()).max(from);
                input.splice(at..at, other[from..to].to_vec());
            }
            6 => input.truncate(at),
            7 => {
                let number = NUMBERS[chance.below(NUMBERS.len())];
                let digits = input[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                input.splice(at..at + digits, number.bytes());
            }
            _ if !self.target.words.is_empty() => {
                let word = self.target.words[chance.below(self.target.words.len())];
                input.splice(at..at, word.bytes());
            }
            _ => {}
        }
    }

    /// How many inputs behaved in a way of their own.
    pub fn kept(&self) -> usize {
        self.corpus.len()
    }

    pub fn line(&self) -> String {
        format!(
            "{:10} {:>10} {:>8.0} {:>7} {:>6} ms {:>5} MB {:>7}",
            self.target.name,
            self.executions,
            self.executions as f64 / self.took.as_secs_f64(),
            self.kept(),
            self.slowest.as_millis(),
            self.memory[1] >> 20,
            self.failures
        )
    }
}

/// Bytes that mean something to somebody.
const BYTES: &[u8] = b"\0\x01\t\n\r \"'&;<>/=:,.[]{}()#%-_?!@\\\x1b\x7f\x80\xc0\xc3\xe2\xef\xf4\xff";
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65536",
    "2147483648",
    "4294967295",
    "9999999999",
    "18446744073709551616",
    "1e999",
    "0001",
    "9999-12-31",
    "-0",
    "31",
    "13",
    "24:60:61",
];

type Watched = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Ends the process where one input takes for ever, and writes it down.
fn watch(found: PathBuf) -> Watched {
    let watched = Watched::default();
    let seen = watched.clone();
    *watched.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Vec::new()));
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(500));
            match &*seen.lock().unwrap_or_else(PoisonError::into_inner) {
                None => return,
                Some((begun, input)) if begun.elapsed() > PATIENCE => {
                    eprintln!("it hangs; the input is {}", write(&found, input).display());
                    std::process::exit(1);
                }
                Some(_) => {}
            }
        }
    });
    watched
}

/// Writes an input down under a name that is made of it.
fn write(folder: &Path, input: &[u8]) -> PathBuf {
    let name = annals::digest::Digest::of(input).hex();
    let path = folder.join(&name[..16]);
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, input));
    written.unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    path
}

/// What this process holds, in bytes; 0 where the system does not say.
fn memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes << 10)
}
