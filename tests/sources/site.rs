//! A web site on loopback whose every answer a test writes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request, as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// With its query.
    pub path: String,
    head: String,
}

impl Asked {
    /// A header, empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        let line =
            |line: &'_ str| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).is_some();
        let found = self.head.lines().find(|it| line(it));
        found.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }
}

/// An answer, in pieces: where there are several, the next follows after a pause.
pub type Answer = Vec<Vec<u8>>;

pub struct Site {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Site {
    pub fn new(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Site {
        Site::at("127.0.0.1:0", answer)
    }

    pub fn at(address: &str, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Site {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (kept, answer) = (asked.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, answer) = (kept.clone(), answer.clone());
                std::thread::spawn(move || drop(serve(stream, &kept, &*answer)));
            }
        });
        Site { address, asked }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request so far for a path.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }

    /// How many requests there were so far, for whatever.
    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn serve(
    mut stream: TcpStream,
    kept: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(&Asked) -> Answer,
) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let asked = Asked { path: head.split(' ').nth(1).unwrap_or_default().into(), head };
    kept.lock().unwrap().push(asked.clone());
    for piece in answer(&asked) {
        stream.write_all(&piece)?;
        if piece.is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
    }
    Ok(())
}

/// A whole answer; `headers` are lines that each end in CRLF.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    vec![[head.as_bytes(), body].concat()]
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
