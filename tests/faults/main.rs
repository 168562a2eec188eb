//! The archive, injured on purpose. Each test names its injury, and says with numbers what held.
//!
//! In short with every `cargo test`; in full, as docs/reliability.md has it, with `.ci/battery`. `ANNALS_TEST_SEED` makes the
//! same moments again.

#[path = "../battery/mod.rs"]
mod battery;
#[path = "../common/mod.rs"]
mod common;
#[path = "../served/mod.rs"]
mod served;

mod catalogue;
mod disk;
mod disk_image;
mod journal;
mod kill;
mod older;
mod order;
mod power;
mod tools;
