//! What documents cost that are made to burst: processor time and memory of each, in a process of its own.

#[path = "common/bombs.rs"]
mod bombs;

use std::process::Command;

use bombs::BOMBS;
use cpu_time::ProcessTime;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What each may cost.
const CPU_MILLIS_MAX: f64 = 250.0;
const MEMORY_MB_MAX: u64 = 64;

fn main() {
    if let Some(name) = std::env::args().skip_while(|it| it != "--one").nth(1) {
        return one(&name);
    }
    println!("{:36} {:>9} {:>10} {:>8}", "bomb", "bytes", "CPU", "memory");
    let this = std::env::current_exe().expect("a program has a path");
    for bomb in BOMBS {
        let ran = Command::new(&this).args(["--one", bomb.name]).output().expect("it runs");
        print!("{}", String::from_utf8_lossy(&ran.stdout));
        assert!(ran.status.success(), "{}: {}", bomb.name, String::from_utf8_lossy(&ran.stderr));
    }
}

/// Reads one bomb: what it takes beyond what making it took.
fn one(name: &str) {
    let bomb = BOMBS.iter().find(|bomb| bomb.name == name).expect("it is one of them");
    let bytes = bomb.bytes();
    let size = bytes.len();
    // The peak so far is forgotten.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (before, cpu) = (kilobytes("VmRSS:"), ProcessTime::now());
    let (refused, _) = bomb.read(bytes);
    let millis = cpu.elapsed().as_secs_f64() * 1e3;
    let memory = kilobytes("VmHWM:").saturating_sub(before) >> 10;
    let mark = if millis > CPU_MILLIS_MAX || memory > MEMORY_MB_MAX { "  more than it may" } else { "" };
    let why = refused.first().map_or("read".into(), ToString::to_string);
    println!(
        "{name:36} {size:>9} {millis:>7.1} ms {memory:>5} MB{mark}  {}",
        why.chars().take(80).collect::<String>()
    );
}

fn kilobytes(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field).map(str::trim));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default()
}
