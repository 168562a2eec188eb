//! How often each injury is tried, and the table of what held.
//!
//! In short with every `cargo test`. In full, as docs/reliability.md has it, with `.ci/battery`: it sets `ANNALS_TEST_FULL=1`,
//! and gathers the rows of all the programs of tests in the file that `ANNALS_TEST_TABLE` names.
#![allow(dead_code, reason = "each test uses a part of it")]

pub mod spellings;

use std::io::Write as _;

/// Whether everything is tried as often as it was promised.
pub fn full() -> bool {
    std::env::var_os("ANNALS_TEST_FULL").is_some_and(|value| value == "1")
}

/// So many times in short and in full.
pub fn times(short: usize, in_full: usize) -> usize {
    if full() { in_full } else { short }
}

/// Notes what held: a row of the table.
pub fn row(injury: &str, tried: usize, held: impl AsRef<str>) {
    let row = format!("| {injury} | {tried} | {} |\n", held.as_ref());
    print!("{row}");
    let Some(table) = std::env::var_os("ANNALS_TEST_TABLE") else { return };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(table);
    // One write, so that rows of several programs do not mix.
    file.and_then(|mut file| file.write_all(row.as_bytes()))
        .expect("the table is a file that can be written");
}

/// A figure beside the most that it may be. A machine that has other work may miss that, and no test fails for it: the
/// table says so, and `.ci/battery` ends as failed.
pub fn of_at_most(figure: f64, most: f64, unit: &str) -> String {
    let missed = if figure > most { " (**missed**)" } else { "" };
    format!("{figure:.0} of {most:.0} {unit}{missed}")
}
