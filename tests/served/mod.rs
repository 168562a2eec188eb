//! The program as its users meet it: a folder with a configuration, commands, and a server to ask, over a
//! socket or without one.
#![allow(dead_code, reason = "each test uses a part of it")]

pub mod reader;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use annals::archive::Archive;
use annals::config::Config;
use annals::digest::Digest;
use annals::web::{App, Way, handle};
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use jiff::Timestamp;
use serde_json::{Value, json};

pub const BASE: &str = "https://news.example.org";
pub const TOKEN: &str = "a token that only the desk has";

/// What has not happened by now will not happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a configuration and, sooner or later, an archive.
pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        let digest = Digest::of(TOKEN.as_bytes()).hex();
        Place::with(&format!("[[token]]\nname = \"desk\"\nsha256 = \"{digest}\""))
    }

    /// With these tokens, or none.
    pub fn with(tokens: &str) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let config = format!(
            "[site]\ntitle = \"Tide Office\"\nbase_url = \"{BASE}\"\nauthority = \"news.example.org,2026\"\n\
             [server]\nlisten = \"127.0.0.1:0\"\n[archive]\npath = \"{}\"\n{tokens}\n",
            dir.path().join("data").display()
        );
        std::fs::write(dir.path().join("config.toml"), config).unwrap();
        Place { dir }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes a file into the folder `news`, which is then its source.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join("news").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.dir.path()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Takes in files and folders: the receipts, all of them good.
    pub fn ingest(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = self.run(&[&["ingest", "--json"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()
    }

    pub fn serve(&self) -> Server {
        Server::start(self.command(&["serve"]))
    }

    /// The same archive and configuration without a socket.
    pub fn inside(&self) -> Inside {
        let config = Config::load(Some(&self.dir.path().join("config.toml")), []).unwrap();
        let archive = Arc::new(Archive::open(&config.archive, &|_, _| ()).unwrap());
        Inside {
            app: Some(Arc::new(App::new(archive, config, tick))),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    /// Whether `annals verify` is content with every byte; its report.
    pub fn verify(&self) -> Value {
        let ran = self.run(&["verify", "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json().remove(0)
    }

    /// The state digest that `annals rebuild` prints.
    pub fn rebuild(&self) -> String {
        let ran = self.run(&["rebuild"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.out.trim().rsplit(' ').next().unwrap().to_string()
    }
}

/// Seconds since the beginning of 2026, one for each question: no test depends on when it runs.
fn tick() -> Timestamp {
    static SECONDS: AtomicI64 = AtomicI64::new(1_767_225_600);
    Timestamp::from_second(SECONDS.fetch_add(1, Ordering::Relaxed)).unwrap()
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> Vec<Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(read).collect()
    }
}

/// An answer with its whole body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header, empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Whoever answers requests.
pub trait Ask {
    fn send(&self, request: Request<Bytes>) -> Reply;

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap())
    }

    /// Follows no redirect.
    fn get(&self, path: &str) -> Reply {
        self.ask("GET", path.strip_prefix(BASE).unwrap_or(path), &[], "")
    }

    /// The body of what must be there.
    fn read(&self, path: &str) -> Reply {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply
    }

    /// Admits, with the desk's token.
    fn post(&self, path: &str, media_type: &str, body: impl Into<Bytes>) -> Reply {
        let bearer = format!("Bearer {TOKEN}");
        self.ask("POST", path, &[("authorization", &bearer), ("content-type", media_type)], body)
    }

    /// Admits one bulletin: its receipt.
    fn admit(&self, bulletin: &Value) -> Value {
        let reply = self.post("/bulletins", "application/json", bulletin.to_string());
        assert!(matches!(reply.status, 200 | 201), "{reply:?}");
        reply.json()
    }

    /// As the desk, without a body.
    fn command(&self, method: &str, path: &str) -> Reply {
        self.ask(method, path, &[("authorization", &format!("Bearer {TOKEN}"))], "")
    }

    fn put(&self, id: &str, bulletin: &Value) -> Value {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let reply = self.ask("PUT", &format!("/bulletins/{id}"), &headers, bulletin.to_string());
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// The digest of the last event: what the whole archive is known by.
    fn head(&self) -> Value {
        self.read("/readyz").json()["head"].clone()
    }
}

/// The web without a socket.
pub struct Inside {
    app: Option<Arc<App>>,
    runtime: tokio::runtime::Runtime,
}

impl Ask for Inside {
    fn send(&self, request: Request<Bytes>) -> Reply {
        let app = self.app.clone().expect("it is there until it is dropped");
        self.runtime.block_on(async {
            let reply = handle(app, Way::Network, request.map(Full::new)).await.unwrap();
            let (parts, body) = reply.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Reply { status: parts.status.as_u16(), headers: parts.headers, body }
        })
    }
}

/// A server of its own process. Killed when it goes out of scope.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// What it said when it was ready.
    pub greeting: String,
    /// A connection that is kept, as readers do.
    kept: RefCell<Option<TcpStream>>,
}

impl Server {
    /// Starts it, and waits until it says where it listens.
    pub fn start(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut greeting = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the server ended: {:?}", child.wait()));
            greeting += &line;
            greeting.push('\n');
            let place = line.strip_prefix("Listening on ").and_then(|place| place.split_once("://"));
            if let Some((address, _)) = place.and_then(|(_, rest)| rest.split_once([',', ' ', '/'])) {
                break address.parse().unwrap();
            }
        };
        // Read to the end, so that nothing it still says blocks it.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, address, greeting, kept: RefCell::new(None) }
    }

    /// As a power switch would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits until it has: how, and how long it took.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let begin = Instant::now();
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        let ended = until("the server ends", || self.child.try_wait().unwrap());
        (ended, begin.elapsed())
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ask for Server {
    fn send(&self, request: Request<Bytes>) -> Reply {
        let mut kept = self.kept.borrow_mut();
        if let Some(mut stream) = kept.take()
            && let Ok(reply) = exchange(&mut stream, &request)
        {
            *kept = Some(stream);
            return reply;
        }
        let mut stream = self.connect();
        let reply = exchange(&mut stream, &request).unwrap_or_else(|error| panic!("{error}: {request:?}"));
        *kept = Some(stream).filter(|_| reply.header("connection") != "close");
        reply
    }
}

/// One request and its answer over a connection.
pub fn exchange(stream: &mut TcpStream, request: &Request<Bytes>) -> std::io::Result<Reply> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    if !request.body().is_empty() || request.method() == Method::POST {
        head += &format!("content-length: {}\r\n", request.body().len());
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())?;
    // An answer may come before the whole body is sent, and is then worth reading.
    let sent = stream.write_all(request.body());
    read_reply(stream, request.method() == Method::HEAD).map_err(|error| sent.err().unwrap_or(error))
}

/// Reads an answer. Annals gives every body a length.
pub fn read_reply(stream: &mut TcpStream, head_only: bool) -> std::io::Result<Reply> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in lines.map(|line| line.split_once(": ").unwrap()) {
        headers.append(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    let length = headers.get("content-length").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    let none = head_only || status == 304 || status < 200;
    let mut body = vec![0; if none { 0 } else { length }];
    reader.read_exact(&mut body)?;
    assert!(reader.buffer().is_empty(), "{status}: more was sent than announced");
    Ok(Reply { status, headers, body: body.into() })
}

/// Waits for something to be there.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The `n`th of any number of bulletins, each with another text. Enough text to be known by.
pub fn bulletin(n: usize) -> Value {
    let category = ["Ferries", "Tides & currents", "Weather"][n % 3];
    let sentence = format!("The ferry of pier {n} leaves at {} past the hour. ", n % 60);
    json!({
        "id": format!("notice-{n}"),
        "title": format!("Notice {n} of the harbour"),
        "body_html": format!("<p>{}</p>", sentence.repeat(8).trim()),
        "published": format!("{}-{:02}-{:02}", 2015 + n % 4, 1 + n % 12, 1 + n % 28),
        "categories": [category],
        "language": "en",
    })
}

/// The same with a field changed.
pub fn but(mut bulletin: Value, field: &str, value: impl Into<Value>) -> Value {
    bulletin[field] = value.into();
    bulletin
}

/// The SHA-256 of `bytes` as hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).hex()
}

/// A field that must be text.
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

pub fn utf8(path: &Path) -> &str {
    path.to_str().unwrap()
}
