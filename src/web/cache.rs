//! Rendered documents, kept as long as what they show has no new event.
//!
//! A document is rendered once, by one of those who ask for it; its slower codings are made by a thread beside it, so
//! that nobody waits for them. What a document shows is for whoever asks to say, as a number that grows with it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use quick_cache::Weighter;
use quick_cache::sync::Cache as Quick;

use super::problem::Problem;
use super::representation::Representation;

/// A path, the state that the document was made of, and how often something had been withdrawn before. What is out
/// of date is never asked for again, and makes room in its turn.
type Key = (String, u64, u64);

type Kept = Quick<Key, Weighed, Weight>;

/// A document with its weight at the time: the cache has to find the same weight again when it lets go of it, and
/// the document grows as codings are made.
#[derive(Clone)]
struct Weighed {
    representation: Arc<Representation>,
    bytes: u64,
}

impl Weighed {
    fn now(representation: Arc<Representation>) -> Weighed {
        let bytes = representation.weight();
        Weighed { representation, bytes }
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Weighed> for Weight {
    fn weight(&self, key: &Key, weighed: &Weighed) -> u64 {
        key.0.len() as u64 + weighed.bytes
    }
}

pub struct Cache {
    kept: Arc<Kept>,
    /// To the thread that codes. It ends when this is dropped.
    to_code: SyncSender<Key>,
}

/// A guess at the size of a document, which only decides how the cache is divided.
const DOCUMENT_BYTES: u64 = 64 << 10;

/// How many documents may wait to be coded. One too many waits for its next reader.
const WAITING_MAX: usize = 256;

impl Cache {
    /// Holds about `bytes` bytes, variants included.
    pub fn new(bytes: u64) -> Cache {
        let kept = Quick::with_weighter((bytes / DOCUMENT_BYTES).max(16) as usize, bytes, Weight);
        let kept = Arc::new(kept);
        let (to_code, waiting) = sync_channel(WAITING_MAX);
        let for_coder = kept.clone();
        let coder = std::thread::Builder::new().name("codings".into());
        if let Err(error) = coder.spawn(move || code(&for_coder, &waiting)) {
            // Served all the same: identity and gzip need no thread.
            tracing::warn!(%error, "no thread could be had to make codings: documents are sent as gzip or plain");
        }
        Cache { kept, to_code }
    }

    /// What is kept, or else what `render` makes. Of several that ask at the same time one renders.
    pub fn get_or_render(
        &self,
        path: &str,
        state: u64,
        withdrawals: u64,
        render: impl FnOnce() -> Result<Representation, Problem>,
    ) -> Result<Arc<Representation>, Problem> {
        let key = (path.to_string(), state, withdrawals);
        let render = || render().map(|made| Weighed::now(Arc::new(made)));
        let Weighed { representation, .. } = self.kept.get_or_insert_with(&key, render)?;
        if representation.wants_coding() && self.to_code.try_send(key).is_err() {
            representation.ask_again();
        }
        Ok(representation)
    }
}

/// Makes what is missing of each document that waits, and weighs it anew.
fn code(kept: &Kept, waiting: &Receiver<Key>) {
    for key in waiting {
        // What is no longer kept, or never was, nobody would be sent.
        let Some(Weighed { representation, .. }) = kept.peek(&key) else { continue };
        representation.make_variants();
        let _ = kept.replace(key, Weighed::now(representation), true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
    use http::{HeaderMap, Method};

    fn text() -> Representation {
        Representation::new("text/plain", "The ferry leaves at noon. ".repeat(4000), None)
    }

    fn coding(cache: &Cache, accepted: &'static str) -> String {
        let again = || -> Result<Representation, Problem> { panic!("it was rendered already") };
        let kept = cache.get_or_render("/a", 1, 0, again).unwrap();
        let asked = HeaderMap::from_iter([(ACCEPT_ENCODING, accepted.parse().unwrap())]);
        let reply = kept.respond(&Method::GET, &asked).unwrap();
        reply.headers().get(CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap()).into()
    }

    #[test]
    fn codings_are_made_beside_what_is_served_and_are_weighed() {
        let cache = Cache::new(1 << 20);
        let plain = cache.get_or_render("/a", 1, 0, || Ok(text())).unwrap();
        let before = text().weight();
        while plain.is_incomplete() {
            std::thread::yield_now();
        }
        assert_eq!(coding(&cache, "br, gzip, zstd"), "br");
        assert_eq!(coding(&cache, "gzip, zstd"), "zstd");
        assert!(plain.weight() > before);
        // The coder weighs a moment after it has coded.
        while cache.kept.weight() < plain.weight() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn without_room_everything_is_served_and_nothing_kept() {
        let cache = Cache::new(0);
        for _ in 0..2 {
            let mut rendered = false;
            let render = || {
                rendered = true;
                Ok(text())
            };
            let made = cache.get_or_render("/a", 1, 0, render).unwrap();
            let asked = HeaderMap::from_iter([(ACCEPT_ENCODING, "br, gzip".parse().unwrap())]);
            let reply = made.respond(&Method::GET, &asked).unwrap();
            assert_eq!(reply.headers()[CONTENT_ENCODING], "gzip", "nobody waits for the slowest");
            assert!(rendered);
        }
    }

    #[test]
    fn of_many_that_ask_at_once_one_renders() {
        let cache = Cache::new(1 << 20);
        let rendered = std::sync::atomic::AtomicUsize::default();
        let together = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    together.wait();
                    let render = || {
                        rendered.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        Ok(text())
                    };
                    cache.get_or_render("/a", 1, 0, render).unwrap();
                });
            }
        });
        assert_eq!(rendered.into_inner(), 1);
    }
}
