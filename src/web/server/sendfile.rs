//! Sends what lies in a file from there: the system takes the file's pages as they are, where it would have to copy bytes.
//! Half of what a large answer costs is copying.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustix::fs::sendfile;
use rustix::io::Errno;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use super::pulse::Pulse;
use crate::web::memory_file::{BODY_BYTES_MIN, MemoryFile};

/// A stream that sends a body from the file that its connection's pulse names, and everything else as it is.
pub struct Sending {
    stream: TcpStream,
    pulse: Arc<Pulse>,
}

/// What is to be sent next: a head, or the rest of one, and a part of a file.
struct Part<'a> {
    head: &'a [u8],
    file: Arc<MemoryFile>,
    at: u64,
    bytes: usize,
}

impl Sending {
    pub fn new(stream: TcpStream, pulse: Arc<Pulse>) -> Sending {
        Sending { stream, pulse }
    }

    fn part<'a>(&self, slices: &'a [io::IoSlice<'_>]) -> Option<Part<'a>> {
        let (head, body): (&[u8], &[u8]) = match slices {
            [body] => (&[], body),
            [head, body] => (head, body),
            _ => return None,
        };
        // What little is left of a body is sent sooner by copying it.
        if body.len() < BODY_BYTES_MIN {
            return None;
        }
        let (file, at) = self.pulse.file_of(body)?;
        Some(Part { head, file, at, bytes: body.len() })
    }
}

impl Part<'_> {
    /// Sends as much of it as the system takes now.
    fn send(&self, stream: &TcpStream) -> io::Result<usize> {
        let mut sent = 0;
        if !self.head.is_empty() {
            // It is to leave together with what follows.
            sent = SockRef::from(stream).send_with_flags(self.head, libc::MSG_MORE | libc::MSG_NOSIGNAL)?;
            if sent < self.head.len() {
                return Ok(sent);
            }
        }
        match sendfile(stream, &*self.file, Some(&mut { self.at }), self.bytes) {
            Ok(more) => Ok(sent + more),
            // The head has left; what is wrong, if anything, is told when the rest is sent.
            Err(_) if sent > 0 => Ok(sent),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsyncWrite for Sending {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let Some(part) = this.part(slices) else {
            return Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        };
        loop {
            ready!(this.stream.poll_write_ready(context))?;
            match this.stream.try_io(Interest::WRITABLE, || part.send(&this.stream)) {
                // Now it is known that the stream takes nothing more.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) if cannot(&error) => {
                    return Pin::new(&mut this.stream).poll_write_vectored(context, slices);
                }
                done => {
                    // Whoever keeps the connection keeps no file for it.
                    if done.as_ref().is_ok_and(|sent| *sent == part.head.len() + part.bytes) {
                        this.pulse.send_from(None);
                    }
                    return Poll::Ready(done);
                }
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncRead for Sending {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

/// Whether this system, or what confines the process, has no such call.
fn cannot(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::INVAL | Errno::NOSYS | Errno::PERM | Errno::OPNOTSUPP))
}
