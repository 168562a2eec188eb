//! `wrk`, and what a server spends while it is driven.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

pub const SERVER_CORE: usize = 0;

/// The other core, where there is one.
pub fn wrk_core() -> usize {
    usize::from(std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1))
}

pub struct Wrk {
    pub seconds: usize,
    pub connections: usize,
}

/// What a server did while it was driven.
pub struct Round {
    /// Requests a second.
    pub rate: f64,
    /// User and system time a request, of all its processes.
    pub cpu_micros: f64,
    pub p99_millis: f64,
}

impl Wrk {
    pub fn drive(
        &self,
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, String)],
        processes: &[u32],
    ) -> Round {
        let mut command = Command::new("taskset");
        command.args(["-c", &wrk_core().to_string(), "wrk", "-t1", "--latency"]);
        // A server may be slow; none is given up.
        command.args(["--timeout", "60s"]);
        command.arg(format!("-c{}", self.connections)).arg(format!("-d{}s", self.seconds));
        for (name, value) in headers {
            command.args(["-H", &format!("{name}: {value}")]);
        }
        let before = cpu(processes);
        let output = command.arg(format!("http://{address}{path}")).output().expect("wrk runs");
        let spent = cpu(processes) - before;
        let text = String::from_utf8_lossy(&output.stdout);
        let after = |label: &str| {
            let rest = text.split_once(label).unwrap_or_else(|| panic!("wrk says no {label} {output:?}")).1;
            rest.split_whitespace().next().expect("a figure follows").to_string()
        };
        assert!(!text.contains("Socket errors"), "{text}");
        assert!(!text.contains("Non-2xx"), "{text}");
        // Not the share of the rounds within a deviation, which may end in as many.
        let p99 = text.lines().find_map(|line| line.trim().strip_prefix("99%")).expect("wrk says it");
        let rate: f64 = after("Requests/sec:").parse().expect("it is a number");
        let requests: f64 = text
            .split_once(" requests in ")
            .and_then(|(before, _)| before.split_whitespace().last()?.parse().ok())
            .expect("wrk says how many requests there were");
        Round { rate, cpu_micros: spent.as_secs_f64() * 1e6 / requests, p99_millis: millis(p99.trim()) }
    }
}

fn millis(text: &str) -> f64 {
    for (unit, factor) in [("us", 1e-3), ("ms", 1.0), ("s", 1e3)] {
        if let Some(number) = text.strip_suffix(unit) {
            return number.parse::<f64>().expect("it is a number") * factor;
        }
    }
    panic!("{text} has no unit");
}

/// Rounds that followed each other: ours, then theirs.
pub struct Compared(Vec<(Round, Round)>);

impl Compared {
    pub fn alternate(rounds: usize, ours: impl Fn() -> Round, theirs: impl Fn() -> Round) -> Compared {
        Compared((0..rounds).map(|_| (ours(), theirs())).collect())
    }

    /// The median of a figure in our rounds, and in theirs.
    pub fn medians(&self, of: fn(&Round) -> f64) -> (f64, f64) {
        let Compared(pairs) = self;
        (median(pairs.iter().map(|(ours, _)| of(ours))), median(pairs.iter().map(|(_, theirs)| of(theirs))))
    }

    /// The median of how many times theirs ours is, in rounds that followed each other.
    pub fn ratio(&self, of: fn(&Round) -> f64) -> f64 {
        median(self.0.iter().map(|(ours, theirs)| of(ours) / of(theirs)))
    }
}

/// Waits until processes have done with the requests that `wrk` left behind when its time was over, so that these
/// are nobody else's.
pub fn settle(processes: &[u32]) {
    for _ in 0..100 {
        let before = cpu(processes);
        std::thread::sleep(Duration::from_millis(100));
        if cpu(processes) == before {
            return;
        }
    }
    panic!("the server is still busy ten seconds after the last request");
}

/// User and system time of processes since their start.
fn cpu(processes: &[u32]) -> Duration {
    processes.iter().map(|process| cpu_of(*process)).sum()
}

fn cpu_of(process: u32) -> Duration {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    // Behind the name, which may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().expect("there is a name").split_whitespace().collect();
    let ticks: f64 =
        [11, 12].map(|at: usize| fields[at].parse::<f64>().expect("it is a number")).iter().sum();
    Duration::from_secs_f64(ticks / TICKS_A_SECOND)
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
