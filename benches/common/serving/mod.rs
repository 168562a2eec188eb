//! What the benchmarks share that drive servers: each server gets one core, one after the other, and `wrk` another.
#![allow(dead_code, reason = "each benchmark uses its part")]

pub mod drive;
pub mod nginx;
pub mod server;

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use drive::SERVER_CORE;
use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to start, and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first of these programs that is not here.
pub fn missing<'a>(tools: &[&'a str]) -> Option<&'a str> {
    let here = |tool: &str| {
        let script = format!("command -v {tool}");
        let found = Command::new("sh").args(["-c", &script]).env("PATH", path()).output();
        found.is_ok_and(|output| output.status.success())
    };
    tools.iter().find(|tool| !here(tool)).copied()
}

/// Where programs lie, those of administrators too.
pub fn path() -> String {
    format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default())
}

/// Who runs this, whom servers are not to change into another user.
pub fn user() -> String {
    let output = Command::new("id").arg("-un").output().expect("there is a user");
    String::from_utf8_lossy(&output.stdout).trim().into()
}

/// A program on the core of the servers, that ends with this one however this one ends.
pub fn on_server_core(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "taskset", "-c", &SERVER_CORE.to_string(), program]);
    command.env("PATH", path());
    command
}

/// A server in the foreground, told to end when it is dropped.
pub struct Process(Child);

impl Process {
    /// Starts it, and waits until it answers.
    pub fn start(mut command: Command, answers: impl Fn() -> bool) -> Process {
        let child = command.spawn().expect("setpriv starts");
        let mut process = Process(child);
        let begin = Instant::now();
        while !answers() {
            let ended = process.0.try_wait().expect("it is our child");
            assert!(ended.is_none(), "ended before it answered ({}): {command:?}", ended.unwrap_or_default());
            assert!(begin.elapsed() < PATIENCE, "does not answer: {command:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        process
    }

    /// It and its children: `setpriv` and `taskset` become the server.
    pub fn processes(&self) -> Vec<u32> {
        let id = self.0.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|child| child.parse().ok());
        std::iter::once(id).chain(children).collect()
    }
}

impl Drop for Process {
    /// Its children end with it, if it is told and not killed.
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let begin = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) && begin.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file that must be there afterwards.
pub fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("there is room for a file");
}
