//! Runs each target for some seconds, and says how many inputs it has read.
//!
//! `annals-fuzz SECONDS [TARGET…]`. What panics or hangs is written below `tests/data/fuzz/`, where every later
//! `cargo test` reads it again.

mod engine;
mod targets;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(seconds) = arguments.next().and_then(|text| text.parse().ok()) else {
        eprintln!("usage: annals-fuzz SECONDS [TARGET…]");
        return ExitCode::from(2);
    };
    let wanted: Vec<String> = arguments.collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let found: PathBuf = root.join("tests/data/fuzz");
    let (mut executions, mut failures) = (0, 0);
    println!("{:10} {:>10} {:>8} {:>7} {:>9} {:>8} {:>7}", "target", "inputs", "a second", "kept", "slowest", "memory", "failed");
    for target in targets::TARGETS.iter().filter(|it| wanted.is_empty() || wanted.iter().any(|name| name == it.name)) {
        let folder = found.join(target.name);
        let mut run = engine::Run::new(target, &root, engine::seed_of_now());
        run.go(Duration::from_secs(seconds), u64::MAX, &folder);
        println!("{}", run.line());
        executions += run.executions;
        failures += run.failures;
    }
    println!("{executions} inputs in all, {failures} of which failed");
    ExitCode::from(u8::from(failures > 0))
}
