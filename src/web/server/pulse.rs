//! How a connection is doing, and its time limits.
//!
//! A connection is sent to sleep and woken by its reads and writes alone, so they are where time is kept: one timer a
//! connection, which is set when there is something to wait for, and not with each request.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::web::memory_file::MemoryFile;

/// Whoever is refused in the middle of what they send gets this long, and may send this much more, before the
/// connection is cut: else the system would throw away the refusal with what was not read.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES_MAX: usize = 1 << 20;

/// After so many bytes it is the turn of other connections: those who ask for much and read it all the while, or whose
/// system takes it from them, are not to make others wait.
const TURN_BYTES_MAX: usize = 32 << 10;

/// What a connection is doing, as those who answer its requests tell it.
#[derive(Default)]
pub struct Pulse {
    /// Requests that are being answered.
    in_flight: AtomicU32,
    /// Requests that were begun.
    begun: AtomicU32,
    /// Whether requests share the connection (HTTP/2).
    shared: AtomicBool,
    /// Whether an answer waits to be taken off our hands.
    writing: AtomicBool,
    /// Where the body of the answer that was begun last lies, if it is large and many ask for it.
    file: Mutex<Option<Arc<MemoryFile>>>,
}

impl Pulse {
    /// A request has come, and is under way until what is given back is dropped.
    pub fn begin(self: &Arc<Pulse>, shared: bool) -> Beat {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.shared.store(shared, Ordering::Relaxed);
        Beat(self.clone())
    }

    /// What is answered next has its body in this file, or in none.
    pub fn send_from(&self, file: Option<Arc<MemoryFile>>) {
        *self.file.lock().expect(POISON) = file;
    }

    /// The file in which a part of a body lies, and where in it.
    pub fn file_of(&self, part: &[u8]) -> Option<(Arc<MemoryFile>, u64)> {
        let file = self.file.lock().expect(POISON);
        let file = file.as_ref()?;
        Some((file.clone(), file.find(part)?))
    }

    /// Nothing is being answered: to close it would lose nothing but what has not come yet.
    pub fn is_waiting(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) == 0 && !self.writing.load(Ordering::Relaxed)
    }

    /// Whether it has ever brought a request.
    pub fn has_asked(&self) -> bool {
        self.begun.load(Ordering::Relaxed) > 0
    }
}

const POISON: &str = "nothing panics while it holds a pulse's file";

/// A request that is under way.
pub struct Beat(Arc<Pulse>);

impl Drop for Beat {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How long a connection may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the beginning of a request's head, or of the connection, to the head's end.
    pub header: Duration,
    /// From the end of an answer to the beginning of the next head.
    pub idle: Duration,
    /// Between two writes, of which the first filled what the other side and the system hold.
    pub write: Duration,
}

/// A stream that ends with an error where its other side takes too long.
pub struct Paced<S> {
    stream: S,
    pulse: Arc<Pulse>,
    limits: Limits,
    timer: Option<Pin<Box<Sleep>>>,
    /// The requests that had begun when a read last had to wait.
    begun: u32,
    /// Whether anything was written since then.
    wrote: bool,
    /// Since when nothing happens.
    idle: Instant,
    /// Since when a head is being read.
    head: Option<Instant>,
    /// Since when a write waits.
    stalled: Option<Instant>,
    /// Bytes that were written in this turn.
    turn_bytes: usize,
    /// Whether a head has begun to come and is not a request yet.
    partial: bool,
    /// Since when this side has said all that it will, and how much came nevertheless.
    lingering: Option<(Instant, usize)>,
}

impl<S> Paced<S> {
    pub fn new(stream: S, pulse: Arc<Pulse>, limits: Limits) -> Paced<S> {
        let now = Instant::now();
        Paced {
            stream,
            pulse,
            limits,
            timer: None,
            begun: 0,
            wrote: false,
            idle: now,
            // Whoever connects means to ask.
            head: Some(now),
            stalled: None,
            turn_bytes: 0,
            partial: false,
            lingering: None,
        }
    }

    /// By when something must have happened, as far as this side of the connection waits for anything.
    fn deadline(&self) -> Option<Instant> {
        if let Some((since, _)) = self.lingering {
            return Some(since + LINGER);
        }
        if let Some(stalled) = self.stalled {
            return Some(stalled + self.limits.write);
        }
        if !self.pulse.is_waiting() {
            return None;
        }
        match self.head {
            Some(head) => Some(head + self.limits.header),
            None => Some(self.idle + self.limits.idle),
        }
    }

    /// Notes what has happened since a read last had to wait.
    fn note(&mut self) {
        let begun = self.pulse.begun.load(Ordering::Relaxed);
        if begun != self.begun || self.wrote {
            if begun != self.begun {
                (self.head, self.partial) = (None, false);
            }
            (self.begun, self.wrote) = (begun, false);
            self.idle = Instant::now();
        }
    }

    /// Waits for the deadline. A timer that is set for earlier is left, and looks again when it rings: so that what is
    /// asked quickly one after the other costs no timer.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let Some(deadline) = self.deadline() else { return Poll::Pending };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(context).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    fn written(
        &mut self,
        done: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match done {
            Poll::Ready(done) => {
                if self.stalled.take().is_some() {
                    self.pulse.writing.store(false, Ordering::Relaxed);
                }
                self.wrote = true;
                self.turn_bytes += done.as_ref().copied().unwrap_or_default();
                Poll::Ready(done)
            }
            Poll::Pending => {
                self.turn_bytes = 0;
                self.note_writing();
                self.wait(context).map(Err)
            }
        }
    }

    fn note_writing(&mut self) {
        self.stalled.get_or_insert_with(Instant::now);
        self.pulse.writing.store(true, Ordering::Relaxed);
    }

    /// Whether it is the turn of others. This connection is looked at again after them.
    fn gives_way(&mut self, context: &Context<'_>) -> bool {
        let over = self.turn_bytes >= TURN_BYTES_MAX;
        if over {
            self.turn_bytes = 0;
            self.note_writing();
            context.waker().wake_by_ref();
        }
        over
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(context, buffer) {
            if buffer.filled().len() > before && this.pulse.is_waiting() {
                this.note();
                this.partial = true;
                // On a shared connection much is said that belongs to no request.
                if this.head.is_none() && !this.pulse.shared.load(Ordering::Relaxed) {
                    this.head = Some(Instant::now());
                }
            }
            return Poll::Ready(read);
        }
        // Nothing more is asked: the turn ends by itself.
        this.turn_bytes = 0;
        this.note();
        this.wait(context).map(Err)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.gives_way(context) {
            return Poll::Pending;
        }
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(done, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.gives_way(context) {
            return Poll::Pending;
        }
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(done, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(context).map_ok(|()| 0);
        if matches!(done, Poll::Ready(Ok(_))) {
            // With this an answer is over, and whoever asks next may not be read before they come.
            self.note();
            return match self.wait(context) {
                Poll::Ready(late) => Poll::Ready(Err(late)),
                Poll::Pending => Poll::Ready(Ok(())),
            };
        }
        self.written(done, context).map_ok(drop)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            let done = Pin::new(&mut self.stream).poll_shutdown(context).map_ok(|()| 0);
            ready!(self.written(done, context))?;
            self.lingering = Some((Instant::now(), 0));
        }
        ready!(self.linger(context));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> Paced<S> {
    /// Reads what comes after everything was said, for a while, where something was left unread.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut part = [0; 4_096];
        while let Some((_, passed_over)) = self.lingering.as_mut().filter(|_| self.partial) {
            let mut buffer = ReadBuf::new(&mut part);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                Poll::Pending => return self.wait(context).map(drop),
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => *passed_over += buffer.filled().len(),
                Poll::Ready(_) => break,
            }
            if *passed_over > LINGER_BYTES_MAX {
                break;
            }
        }
        Poll::Ready(())
    }
}
