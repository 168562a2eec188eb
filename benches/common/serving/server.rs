//! `annals serve` on one core, and a client that asks one thing.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use annals::digest::Digest;

use super::on_server_core;

const TOKEN: &str = "a token that only the bench has";

pub struct Annals {
    child: Child,
    pub address: SocketAddr,
}

impl Annals {
    /// Serves the archive in `data/` of a folder.
    pub fn start(dir: &Path) -> Annals {
        let sha256 = Digest::of(TOKEN.as_bytes()).hex();
        let config = format!(
            "[site]\nauthority = \"bench.example.org,2026\"\n[server]\nlisten = \"127.0.0.1:0\"\n\
             [[token]]\nname = \"bench\"\nsha256 = \"{sha256}\"\n"
        );
        std::fs::write(dir.join("config.toml"), config).expect("there is room for a file");
        let mut child = on_server_core(env!("CARGO_BIN_EXE_annals"))
            .arg("serve")
            .current_dir(dir)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines =
            BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let listening = |line: String| {
            let rest = line.strip_prefix("Listening on http://")?;
            rest.split(',').next()?.parse().ok()
        };
        let address = lines.find_map(listening).expect("it says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        Annals { child, address }
    }

    /// `setpriv` and `taskset` become the server.
    pub fn processes(&self) -> Vec<u32> {
        vec![self.child.id()]
    }

    pub fn admit(&self, bulletin: &[u8]) {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        let head = format!(
            "POST /bulletins HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            bulletin.len()
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        stream.write_all(bulletin).expect("it reads");
        let answer = read(stream);
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    }

    /// Milliseconds of processor time that one answer takes to put together, write, code and send.
    pub fn cpu_millis(&self, path: &str, headers: &[(&'static str, String)]) -> f64 {
        // Whatever follows an admission on other threads is over.
        std::thread::sleep(Duration::from_millis(50));
        let before = self.web_cpu();
        let answer = get(self.address, path, headers);
        assert_eq!(answer.status, 200, "{path}");
        (self.web_cpu() - before).as_secs_f64() * 1e3
    }

    /// Processor time of the threads that serve and render, to the nanosecond.
    fn web_cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let spent = tasks.filter_map(Result::ok).filter_map(|task| {
            let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
            let spent = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            let nanos = spent.split_whitespace().next()?.parse().ok()?;
            name.starts_with("web-").then_some(Duration::from_nanos(nanos))
        });
        spent.sum()
    }
}

impl Drop for Annals {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, empty where it is not there.
    pub fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

pub fn get(address: SocketAddr, path: &str, headers: &[(&'static str, String)]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n").as_bytes()).expect("it reads");
    read(stream)
}

fn read(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("it answers");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("there is a head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("there is a status");
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.into(), value.into()));
    let mut answer = Answer { status, headers: headers.collect(), body: bytes[end + 4..].to_vec() };
    if answer.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
        answer.body = joined(&answer.body);
    }
    answer
}

/// What chunks hold (RFC 9112, section 7.1).
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n").expect("a chunk has a size");
        let digits = str::from_utf8(&chunks[..end]).expect("it is in ASCII").split(';').next();
        let size = usize::from_str_radix(digits.unwrap_or_default().trim(), 16).expect("it is a number");
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&chunks[end + 2..][..size]);
        chunks = &chunks[end + 2 + size + 2..];
    }
}
