//! Documents that are made to cost far more than their bytes are refused by name, or read within bounds. What they
//! cost, `cargo bench --bench bombs` tells.

#[path = "../benches/common/bombs.rs"]
mod bombs;

use std::time::{Duration, Instant};

use bombs::BOMBS;

/// What takes longer hangs. Not a measure of pace: nothing here is optimised.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn what_is_made_to_burst_is_refused_by_name_or_read() {
    let mut wrong = Vec::new();
    for bomb in BOMBS {
        let begun = Instant::now();
        let reading = std::thread::spawn(|| bomb.read(bomb.bytes()));
        while !reading.is_finished() {
            assert!(begun.elapsed() < PATIENCE, "{} hangs", bomb.name);
            std::thread::sleep(Duration::from_millis(1));
        }
        let (refused, read) = reading.join().unwrap_or_else(|_| panic!("{} is a panic", bomb.name));
        let said: Vec<String> = refused.iter().map(ToString::to_string).collect();
        let as_expected = match bomb.refused {
            Some(why) => said.iter().any(|said| said.contains(why)),
            None => said.is_empty() && read > 0,
        };
        if !as_expected {
            wrong.push(format!("{}, {:?}: {read} read, refused {said:?}", bomb.name, bomb.refused));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
