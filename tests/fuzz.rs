//! What fuzzing has found is read again by every run, and some more inputs by chance, the same each time.

#[path = "battery/mod.rs"]
mod battery;
#[allow(dead_code, reason = "the program that runs for minutes uses the rest")]
#[path = "../fuzz/src/engine.rs"]
mod engine;
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use targets::{TARGETS, World};

/// Inputs for each target. In full each has a minute, and together they have at least so many.
const INPUTS: u64 = 400;
const INPUTS_IN_FULL: u64 = 200_000;
const SECONDS_IN_FULL: u64 = 60;

/// How many targets are at work at the same time in full.
const LANES: usize = 2;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn what_was_found_once_is_read_or_refused_ever_since() {
    let mut inputs = 0;
    for target in &TARGETS {
        let folder = root().join("tests/data/fuzz").join(target.name);
        let mut world = World::default();
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            (target.read)(&mut world, &std::fs::read(path).unwrap());
            inputs += 1;
        }
    }
    assert!(inputs > 0, "what was found is kept");
}

/// The tokenizer of pages goes from state to state by calls that are its last, which a build that is not optimised keeps
/// on the stack.
const STACK_BYTES: usize = 256 << 20;

#[test]
fn inputs_by_chance_are_read_or_refused() {
    let next = AtomicUsize::new(0);
    let executions = std::thread::scope(|scope| {
        let lane =
            || std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || run_all(&next));
        let lanes: Vec<_> = (0..battery::times(1, LANES)).map(|_| lane().unwrap()).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum::<u64>()
    });
    if battery::full() {
        assert!(executions >= INPUTS_IN_FULL, "{executions} in all");
    }
}

/// Takes up one target after the other, until there is none left. Gives how many inputs were read.
fn run_all(next: &AtomicUsize) -> u64 {
    let here = tempfile::tempdir().unwrap();
    let mut executions = 0;
    while let Some(target) = TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
        // What is found in full is kept, and read again by every run from then on.
        let (seed, most, found) = match battery::full() {
            true => (engine::seed_of_now(), u64::MAX, root().join("tests/data/fuzz").join(target.name)),
            false => (17, INPUTS, here.path().into()),
        };
        let mut run = engine::Run::new(target, root(), seed);
        let seconds = if battery::full() { SECONDS_IN_FULL } else { 600 };
        run.go(Duration::from_secs(seconds), most, &found);
        println!("{}", run.line());
        assert!(run.executions >= INPUTS);
        assert_eq!(run.failures, 0, "{}", target.name);
        let held = format!(
            "no panic, no hang (the slowest took {} ms), no growth of memory; {} behaved in a way of their own",
            run.slowest.as_millis(),
            run.kept(),
        );
        battery::row(&format!("inputs by chance for `{}`", target.name), run.executions as usize, held);
        executions += run.executions;
    }
    executions
}
