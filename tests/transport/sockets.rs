//! Unix sockets, and sockets that were opened before the server was started.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};

use crate::command_with;
use crate::served::{Place, utf8};

/// A server that is killed at the end, once it has said where it listens.
struct Running {
    child: Child,
    said: String,
}

impl Running {
    fn start(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut lines = lines.filter(|line| line.starts_with("Listening on "));
        let said = lines.next().expect("it says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        Running { child, said }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status line of `/healthz`.
fn healthy(mut stream: impl Read + Write) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().into()
}

#[test]
fn a_unix_socket_takes_the_place_of_a_port() {
    let place = Place::new();
    let path = place.dir.path().join("http.sock");
    let listen = format!("unix:{}", utf8(&path));
    for _ in 0..2 {
        // The second finds what the first, which is killed, has left behind.
        let server = Running::start(command_with(&place, &[("listen", &listen)]));
        assert!(server.said.starts_with(&format!("Listening on {listen}, as ")), "{}", server.said);
        assert_eq!(healthy(UnixStream::connect(&path).unwrap()), "HTTP/1.1 200 OK");
        // Whoever comes by it is a reader as any other.
        let mut stream = UnixStream::connect(&path).unwrap();
        let admit =
            "POST /bulletins HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        stream.write_all(admit.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
}

/// As a service manager starts it, with `socket` open.
fn activated(place: &Place, socket: impl Into<OwnedFd>) -> Running {
    let mut command = Command::new("sh");
    // Descriptors that are handed over begin at 3 (sd_listen_fds).
    command.args(["-c", "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" serve"]);
    command.arg(env!("CARGO_BIN_EXE_annals")).current_dir(place.dir.path());
    command.stdin(Stdio::from(socket.into()));
    Running::start(command)
}

#[test]
fn sockets_that_are_handed_over_are_served() {
    let place = Place::new();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = tcp.local_addr().unwrap();
    // Who came before the server was there is answered as well.
    let early = std::net::TcpStream::connect(address).unwrap();
    let server = activated(&place, tcp);
    assert!(server.said.starts_with(&format!("Listening on http://{address}, as ")), "{}", server.said);
    assert_eq!(healthy(early), "HTTP/1.1 200 OK");
    for _ in 0..8 {
        assert_eq!(healthy(std::net::TcpStream::connect(address).unwrap()), "HTTP/1.1 200 OK");
    }
    drop(server);
    let path = place.dir.path().join("handed.sock");
    let server = activated(&place, UnixListener::bind(&path).unwrap());
    assert!(server.said.contains("handed.sock"), "{}", server.said);
    assert_eq!(healthy(UnixStream::connect(&path).unwrap()), "HTTP/1.1 200 OK");
    drop(server);
    assert!(path.exists(), "whoever made it removes it");
}

#[test]
fn a_port_that_is_taken_is_refused_by_name() {
    let (one, other) = (Place::new(), Place::new());
    let server = one.serve();
    let taken = server.address.to_string();
    let output = command_with(&other, &[("listen", &taken)]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&taken) && said.contains("in use"), "{said}");
}
