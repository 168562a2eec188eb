//! What fuzzing has found is read again by every run, and some more inputs by chance, the same each time.

#[allow(dead_code, reason = "the program that runs for minutes uses the rest")]
#[path = "../fuzz/src/engine.rs"]
mod engine;
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;
use std::time::Duration;

use targets::{TARGETS, World};

/// Inputs for each target: the full battery has as many as there is time for.
const INPUTS: u64 = 400;

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

#[test]
fn inputs_by_chance_are_read_or_refused() {
    let found = tempfile::tempdir().unwrap();
    for target in &TARGETS {
        let mut run = engine::Run::new(target, root(), 17);
        run.go(Duration::from_secs(600), INPUTS, found.path());
        println!("{}", run.line());
        assert!(run.executions >= INPUTS);
        assert_eq!(run.failures, 0, "{}", target.name);
    }
}
