//! Rendered documents, kept as long as what they show has no new event.
//!
//! A document is rendered once, by one of those who ask for it; its slower codings are made by a thread beside it, so
//! that nobody waits for them. What a document shows is for whoever asks to say, as a number that grows with it.
//!
//! What a request was answered with is remembered by its target, and holds as long as nothing in the archive changes: that
//! is told by one number, without a lock. So what everyone asks for is found without a look into the catalogue.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use quick_cache::sync::Cache as Quick;
use quick_cache::{Equivalent, Weighter};

use super::problem::Problem;
use super::representation::Representation;

/// What a document is kept under. What is out of date is never asked for again, and makes room in its turn.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Key {
    path: String,
    /// What the document was made of.
    state: u64,
    /// How often something had been withdrawn before.
    withdrawals: u64,
}

type Kept = Quick<Arc<Key>, Weighed, Weight>;

/// What a request names and what it says of its languages: all that decides what it is answered with, beside its
/// preconditions and codings.
#[derive(Hash, PartialEq, Eq)]
pub struct Target<T> {
    pub target: T,
    /// `Accept-Language` as it stands.
    pub languages: T,
}

impl Equivalent<Target<Box<str>>> for Target<&str> {
    fn equivalent(&self, key: &Target<Box<str>>) -> bool {
        *self.target == *key.target && *self.languages == *key.languages
    }
}

/// What a target led to, in a generation of the archive.
#[derive(Clone)]
struct Led {
    to: Arc<Key>,
    generation: u64,
}

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

impl Weighter<Arc<Key>, Weighed> for Weight {
    fn weight(&self, key: &Arc<Key>, weighed: &Weighed) -> u64 {
        key.path.len() as u64 + weighed.bytes
    }
}

pub struct Cache {
    kept: Arc<Kept>,
    led: Quick<Target<Box<str>>, Led>,
    /// To the thread that codes. It ends when this is dropped.
    to_code: SyncSender<Arc<Key>>,
}

/// A guess at the size of a document, which only decides how the cache is divided.
const DOCUMENT_BYTES: u64 = 64 << 10;

/// How many documents may wait to be coded. One too many waits for its next reader.
const WAITING_MAX: usize = 256;

/// How many targets are remembered, and how long one may be: about 5 MB at the most.
const TARGETS_MAX: usize = 8_192;
const TARGET_BYTES_MAX: usize = 512;

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
        Cache { kept, led: Quick::new(TARGETS_MAX), to_code }
    }

    /// What is kept, or else what `render` makes. Of several that ask at the same time one renders.
    pub fn get_or_render(
        &self,
        path: &str,
        state: u64,
        withdrawals: u64,
        render: impl FnOnce() -> Result<Representation, Problem>,
    ) -> Result<Arc<Representation>, Problem> {
        let key = Arc::new(Key { path: path.to_string(), state, withdrawals });
        let render = || render().map(|made| Weighed::now(Arc::new(made.kept_under(key.clone()))));
        let Weighed { representation, .. } = self.kept.get_or_insert_with(&key, render)?;
        self.have_coded(&representation, key);
        Ok(representation)
    }

    fn have_coded(&self, representation: &Representation, key: Arc<Key>) {
        if representation.wants_coding() && self.to_code.try_send(key).is_err() {
            representation.ask_again();
        }
    }

    /// What `target` leads to, if that is known and nothing has happened since.
    pub fn find(&self, target: Target<&str>, generation: u64) -> Option<Arc<Representation>> {
        let led = self.led.get(&target).filter(|led| led.generation == generation)?;
        let Weighed { representation, .. } = self.kept.get(&*led.to)?;
        if representation.is_incomplete() {
            self.have_coded(&representation, led.to);
        }
        Some(representation)
    }

    /// Remembers that `target` led to what is kept under a key. The generation is that of before anything was asked of
    /// the archive: so what came between is noticed.
    pub fn remember(&self, asked: Target<&str>, generation: u64, key: Arc<Key>) {
        let Target { target, languages } = asked;
        if target.len() + languages.len() <= TARGET_BYTES_MAX {
            let target = Target { target: target.into(), languages: languages.into() };
            self.led.insert(target, Led { to: key, generation });
        }
    }
}

/// Makes what is missing of each document that waits, and weighs it anew.
fn code(kept: &Kept, waiting: &Receiver<Arc<Key>>) {
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
    fn what_a_target_led_to_holds_as_long_as_nothing_happens() {
        let cache = Cache::new(1 << 20);
        let of = |target| Target { target, languages: "" };
        assert!(cache.find(of("/a"), 7).is_none());
        let made = cache.get_or_render("/a", 1, 0, || Ok(text())).unwrap();
        cache.remember(of("/a"), 7, made.key().unwrap());
        assert!(Arc::ptr_eq(&cache.find(of("/a"), 7).unwrap(), &made));
        assert!(cache.find(of("/a"), 8).is_none(), "something has happened since");
        assert!(cache.find(of("/a?b"), 7).is_none());
        assert!(cache.find(Target { target: "/a", languages: "fr" }, 7).is_none());
        let long = format!("/{}", "a".repeat(TARGET_BYTES_MAX));
        cache.remember(of(&long), 7, made.key().unwrap());
        assert!(cache.find(of(&long), 7).is_none());
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
