//! Bodies that nobody reads to their end: the connection ends with the answer (RFC 9112 section 9.3).
//!
//! hyper (1.12) would read past such a body by itself, and take up the next request before the answer has left: where that is
//! none, its refusal stands in the middle of the answer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use http::header::CONNECTION;
use http::{HeaderValue, Version};
use hyper::body::{Body, Frame, SizeHint};

use super::response::Reply;

/// A body of which it is known whether it was read to its end.
pub struct Watched<B> {
    body: B,
    unread: Unread,
}

/// Whether some of a body is left.
#[derive(Clone)]
pub struct Unread(Arc<AtomicBool>);

pub fn watch<B: Body>(body: B) -> (Watched<B>, Unread) {
    let unread = Unread(Arc::new(AtomicBool::new(!body.is_end_stream())));
    (Watched { body, unread: unread.clone() }, unread)
}

impl Unread {
    pub fn is_some(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// `reply` as the last of its connection. HTTP/2 has streams, and ends only the one.
pub fn last(mut reply: Reply, version: Version) -> Reply {
    if version < Version::HTTP_2 {
        reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    reply
}

impl<B: Body + Unpin> Body for Watched<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.unread.0.store(false, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
