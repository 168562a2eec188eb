//! How far long work is: a bar on a terminal, plain lines elsewhere.

use std::cell::Cell;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Elsewhere than on a terminal a line is printed this often.
const LINE_EVERY: Duration = Duration::from_secs(5);

pub struct Progress {
    bar: ProgressBar,
    doing: &'static str,
    unit: &'static str,
    plain: bool,
    last_line: Cell<Instant>,
}

impl Progress {
    /// Counts `unit`s (`files`), or bytes where `unit` is empty; a `total` of none is one that nobody knows.
    pub fn new(doing: &'static str, unit: &'static str, total: u64) -> Progress {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let counts =
            if unit.is_empty() { "{bytes}/{total_bytes}".into() } else { format!("{{pos}}/{{len}} {unit}") };
        let template = match total {
            0 if !unit.is_empty() => format!("{doing} {{spinner}} {{pos}} {unit} {{msg}}"),
            _ => format!("{doing} {{wide_bar}} {counts} {{msg}} {{eta}}"),
        };
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(total), target).with_style(style);
        Progress { bar, doing, unit, plain, last_line: Cell::new(Instant::now()) }
    }

    pub fn set(&self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        if self.plain && self.last_line.get().elapsed() >= LINE_EVERY {
            self.last_line.set(Instant::now());
            let (doing, note) = (self.doing, self.bar.message());
            let comma = if note.is_empty() { "" } else { ", " };
            match (done.saturating_mul(100).checked_div(total), self.unit) {
                (Some(percent), _) => eprintln!("{doing}: {percent} %{comma}{note}"),
                (None, unit) => eprintln!("{doing}: {done} {unit}{comma}{note}"),
            }
        }
    }

    pub fn add(&self, done: u64) {
        let total = self.bar.length().unwrap_or_default();
        self.set(self.bar.position() + done, total);
    }

    /// Shows `note` beside the numbers from now on.
    pub fn note(&self, note: String) {
        self.bar.set_message(note);
    }

    /// Prints above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| super::say(line));
    }

    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
