//! The wire between a reader and the server: it passes everything on, and remembers what was asked.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request and what came of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// It named what the reader already had.
    pub validated: bool,
    pub status: u16,
    pub head: String,
}

pub struct Wire {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Wire {
    pub fn to(server: SocketAddr) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if let Ok(one) = pass(stream, server) {
                    log.lock().unwrap().push(one);
                }
            }
        });
        Wire { address, asked }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked since this was last called.
    pub fn taken(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// Passes one request and its answer, and closes.
fn pass(mut reader: TcpStream, server: SocketAddr) -> std::io::Result<Asked> {
    let head = head(&mut reader)?;
    let kept = |line: &&str| !line.to_ascii_lowercase().starts_with("connection:");
    let lines: Vec<&str> = head.trim_end().split("\r\n").filter(kept).collect();
    let mut upstream = TcpStream::connect(server)?;
    upstream.write_all(format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n")).as_bytes())?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    let status = String::from_utf8_lossy(&answer[..answer.len().min(12)]).into_owned();
    let status = status.rsplit(' ').next().and_then(|code| code.parse().ok()).unwrap_or(0);
    let lower = head.to_ascii_lowercase();
    let validated = lower.contains("\nif-none-match:") || lower.contains("\nif-modified-since:");
    // Remembered before the reader has it, and so before the reader ends.
    let asked = Asked { validated, status, head };
    reader.write_all(&answer)?;
    Ok(asked)
}

fn head(reader: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        reader.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
