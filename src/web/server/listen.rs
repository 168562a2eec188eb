//! Where connections come from: addresses, Unix sockets, and what systemd hands over.
//!
//! On an address each thread has a listener of its own (`SO_REUSEPORT`), and the system shares connections out among
//! them; other sockets are one queue that all threads take from.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use listenfd::ListenFd;
use socket2::{Domain, Protocol, Socket, Type};

pub use crate::config::Listen as Place;

/// Connections that wait to be accepted, on each listener. The system has a limit of its own (`net.core.somaxconn`).
const BACKLOG: i32 = 4_096;

/// Everything to listen on, with a share for each thread.
pub struct Listeners {
    pub(super) shares: Vec<Vec<Listener>>,
    /// Where that is, for people.
    pub places: Vec<Place>,
    /// A socket that was made here, and is removed at the end.
    _made: Option<MadeSocket>,
}

pub(super) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    fn again(&self) -> io::Result<Listener> {
        Ok(match self {
            Listener::Tcp(listener) => Listener::Tcp(listener.try_clone()?),
            Listener::Unix(listener) => Listener::Unix(listener.try_clone()?),
        })
    }

    fn place(&self) -> io::Result<Place> {
        Ok(match self {
            Listener::Tcp(listener) => Place::Address(listener.local_addr()?),
            Listener::Unix(listener) => {
                let address = listener.local_addr()?;
                Place::Unix(address.as_pathname().unwrap_or(Path::new("(no name)")).into())
            }
        })
    }
}

impl Listeners {
    /// Takes what systemd hands over, or else listens where the configuration says; with a share for each of `threads`.
    pub fn bind(listen: &Place, threads: usize) -> io::Result<Listeners> {
        let handed_over = handed_over(ListenFd::from_env())?;
        if !handed_over.is_empty() {
            return Listeners::shared(handed_over, threads, None);
        }
        match listen {
            Place::Address(address) => Listeners::at(*address, threads),
            Place::Unix(path) => {
                let listener = owned_by(path, 0o660)?;
                Listeners::shared(vec![Listener::Unix(listener)], threads, Some(MadeSocket(path.clone())))
            }
        }
    }

    fn at(address: SocketAddr, threads: usize) -> io::Result<Listeners> {
        // Two servers that share a port by mistake would each get half of the readers: whoever has it without sharing
        // it refuses this first one. The system chooses no port that someone has.
        if address.port() != 0 {
            drop(tcp(address, false)?);
        }
        let first = tcp(address, true)?;
        let address = first.local_addr()?;
        let mut shares = vec![vec![Listener::Tcp(first)]];
        while shares.len() < threads {
            shares.push(vec![Listener::Tcp(tcp(address, true)?)]);
        }
        Ok(Listeners { shares, places: vec![Place::Address(address)], _made: None })
    }

    fn shared(listeners: Vec<Listener>, threads: usize, made: Option<MadeSocket>) -> io::Result<Listeners> {
        let places = listeners.iter().map(Listener::place).collect::<io::Result<_>>()?;
        let share = || listeners.iter().map(Listener::again).collect::<io::Result<Vec<_>>>();
        let shares = (0..threads).map(|_| share()).collect::<io::Result<_>>()?;
        Ok(Listeners { shares, places, _made: made })
    }
}

fn tcp(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // What lingers of connections of an earlier process is no reason to refuse.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// The sockets that whoever started this process opened for it.
fn handed_over(mut sockets: ListenFd) -> io::Result<Vec<Listener>> {
    let mut listeners = Vec::new();
    for index in 0..sockets.len() {
        let listener = match sockets.take_tcp_listener(index) {
            Ok(tcp) => tcp.map(Listener::Tcp),
            Err(_) => sockets
                .take_unix_listener(index)
                .map_err(|error| {
                    let why =
                        format!("socket {index} of LISTEN_FDS is neither of TCP nor a Unix stream: {error}");
                    io::Error::new(error.kind(), why)
                })?
                .map(Listener::Unix),
        };
        match &listener {
            Some(Listener::Tcp(listener)) => listener.set_nonblocking(true)?,
            Some(Listener::Unix(listener)) => listener.set_nonblocking(true)?,
            None => {}
        }
        listeners.extend(listener);
    }
    Ok(listeners)
}

/// A Unix socket at `path`, in place of one that nobody listens on.
pub(super) fn owned_by(path: &Path, mode: u32) -> io::Result<UnixListener> {
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file that is no socket"));
        }
        Ok(_) if UnixStream::connect(path).is_ok() => {
            return Err(io::Error::new(io::ErrorKind::AddrInUse, "another process listens on it"));
        }
        Ok(_) => std::fs::remove_file(path)?,
        Err(_) => {}
    }
    let listener = UnixListener::bind(path)?;
    listener.set_nonblocking(true)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    Ok(listener)
}

struct MadeSocket(PathBuf);

impl Drop for MadeSocket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_has_a_share_of_one_port_and_nobody_else_has() {
        let listeners = Listeners::at("127.0.0.1:0".parse().unwrap(), 3).unwrap();
        let Place::Address(address) = listeners.places[0] else { panic!("{:?}", listeners.places) };
        assert_eq!(listeners.shares.len(), 3);
        for share in &listeners.shares {
            assert!(matches!(&share[..], [Listener::Tcp(tcp)] if tcp.local_addr().unwrap() == address));
        }
        let second = Listeners::at(address, 3).map(|_| ()).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn a_socket_that_is_left_over_makes_room_and_one_in_use_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("annals.sock");
        let listen = Place::Unix(path.clone());
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists(), "it is left over");
        let bound = Listeners::bind(&listen, 2).unwrap();
        assert_eq!(bound.places, [Place::Unix(path.clone())]);
        let second = Listeners::bind(&listen, 2).map(|_| ()).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::AddrInUse);
        drop(bound);
        assert!(!path.exists());
        std::fs::write(&path, "not a socket").unwrap();
        assert!(Listeners::bind(&listen, 2).is_err());
        assert!(path.exists(), "nothing is removed but sockets");
    }
}
