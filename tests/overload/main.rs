//! Too much of everything at once: whoever asks properly is answered all the same, and afterwards everything is as before.
//!
//! The short form runs with every `cargo test`, the full one with `.ci/battery`. Times and memory are printed, and held
//! against bounds that only a server that has stopped working would miss.

#[path = "../battery/mod.rs"]
mod battery;
#[path = "../common/mod.rs"]
mod common;
#[path = "../served/mod.rs"]
mod served;

mod ending;
mod flood;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use served::{Place, Server};

/// The full number, or a tenth of it.
pub fn many(full: usize) -> usize {
    battery::times(full / 10, full)
}

/// Twice as many as the largest flood has connections.
const FILES: u64 = 40_960;

/// Raises the limit on open files, past the hard one where that is permitted; gives what it is then.
pub fn raise_limit_on_files() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.maximum.is_some_and(|most| most < FILES) {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(FILES), maximum: Some(FILES) });
    }
    let maximum = getrlimit(Resource::Nofile).maximum;
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    maximum.map_or(usize::MAX, |most| most as usize)
}

/// Resident memory in KiB.
pub fn resident(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Files that the server has open.
pub fn files(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count()
}

/// Someone who asks properly, 200 times a second, half of it over new connections.
pub struct Legitimate {
    stop: Arc<AtomicBool>,
    asking: JoinHandle<Vec<Result<Duration, String>>>,
}

impl Legitimate {
    pub fn start(address: SocketAddr) -> Legitimate {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let asking = std::thread::spawn(move || {
            let mut asked = Vec::new();
            let mut kept: Option<TcpStream> = None;
            while !stopped.load(Ordering::Relaxed) {
                let begin = Instant::now();
                let fresh = asked.len() % 2 == 0;
                let stream = if fresh { None } else { kept.take() };
                asked.push(match ask(address, stream, "/feeds/all.atom") {
                    Ok(stream) => {
                        kept = Some(stream);
                        Ok(begin.elapsed())
                    }
                    Err(error) => Err(error.to_string()),
                });
                std::thread::sleep(Duration::from_millis(5).saturating_sub(begin.elapsed()));
            }
            asked
        });
        Legitimate { stop, asking }
    }

    /// How it went: every request was answered. Gives how many there were, and what 99% of them took at the most.
    pub fn end(self, what: &str) -> (usize, Duration) {
        self.stop.store(true, Ordering::Relaxed);
        let asked = self.asking.join().unwrap();
        let count = asked.len();
        let mut took: Vec<Duration> = Vec::new();
        for answer in asked {
            took.push(answer.unwrap_or_else(|why| panic!("{what}: {why}")));
        }
        took.sort();
        let at = |share: usize| took[(count * share).div_ceil(100) - 1];
        println!("{what}: {count} answered, half in {:?}, 99% in {:?}, all in {:?}", at(50), at(99), at(100));
        assert!(at(99) < Duration::from_secs(5), "{what}");
        (count, at(99))
    }
}

/// Asks for `path`, over a connection that was kept or, where that has been closed, a new one.
pub fn ask(address: SocketAddr, kept: Option<TcpStream>, path: &str) -> std::io::Result<TcpStream> {
    if let Some(Ok(stream)) = kept.map(|kept| ask_over(kept, path)) {
        return Ok(stream);
    }
    ask_over(TcpStream::connect(address)?, path)
}

fn ask_over(mut stream: TcpStream, path: &str) -> std::io::Result<TcpStream> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())?;
    let mut bytes = Vec::new();
    let mut part = [0; 16 << 10];
    loop {
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&part[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        if !head.starts_with("http/1.1 200") {
            return Err(std::io::Error::other(head));
        }
        let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next());
        if bytes.len() >= end + 4 + length.and_then(|length| length.parse().ok()).unwrap_or(0) {
            return Ok(stream);
        }
    }
}

/// A server with keys of `[server]` set otherwise than in its configuration.
pub fn serve_with(place: &Place, keys: &[(&str, &str)]) -> Server {
    Server::start(with(place.command(&["serve"]), keys))
}

pub fn with(mut command: Command, keys: &[(&str, &str)]) -> Command {
    for (key, value) in keys {
        command.env(format!("ANNALS_SERVER__{}", key.to_uppercase()), value);
    }
    command
}
