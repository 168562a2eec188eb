//! kill -9 at random moments: under eight writers, and while starting.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use annals::digest::Digest;
use annals::journal::{Position, Replay};
use http::Request;
use serde_json::{Value, json};

use super::battery::{of_at_most, row, times};
use super::served::{Ask as _, Place, Server, TOKEN, bulletin, exchange, text};
use super::tools::Dice;

const WRITERS: usize = 8;
/// The largest body is of 2 MB: sizes are powers of two, so that there are as many small ones as large.
const SIZES: usize = 22;

/// A receipt, as far as it says what must be there.
struct Acknowledged {
    id: String,
    digest: String,
    version: u64,
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9_under_eight_writers_or_while_starting() {
    let (under_load, starting, twice) = (times(6, 150), times(4, 30), times(2, 20));
    let place = Place::new();
    let seed = times(200, 10_000);
    for (n, from) in (0..seed).step_by(1_000).enumerate() {
        let many: Vec<Value> = (from..seed.min(from + 1_000)).map(bulletin).collect();
        place.file(&format!("{n}.json"), Value::from(many).to_string());
    }
    assert_eq!(place.ingest(&["news"]).len(), seed);
    let mut battery = Battery::new(&place);
    let kinds = [(under_load, 0), (starting, 1), (twice, 2)];
    let mut rounds: Vec<usize> = kinds.iter().flat_map(|(count, kind)| vec![*kind; *count]).collect();
    // In any order.
    for n in (1..rounds.len()).rev() {
        rounds.swap(n, battery.dice.below(n + 1));
    }
    for (round, kills_at_start) in rounds.into_iter().enumerate() {
        for _ in 0..kills_at_start {
            battery.kill_while_starting();
        }
        battery.kill_under_load(round, kills_at_start == 0);
    }
    battery.check_all(seed);
    let kills = battery.kills_at_start;
    let counted = battery.acknowledged.len();
    assert!(counted > under_load, "{counted} were acknowledged: were the kills too early?");
    let held = format!(
        "all of {counted} acknowledged bulletins of 1 byte to 2 MB, with their digests; the journal gap-free and \
         a prefix each time; ready after {} (median {} ms), at {seed} bulletins and more",
        of_at_most(battery.ready.iter().max().unwrap().as_secs_f64() * 1e3, 2_000.0, "ms"),
        battery.median_ready().as_millis(),
    );
    row("kill -9 under 8 writers", under_load, held);
    let held = "all of them; ready again by itself each time";
    row(&format!("kill -9 while starting, {twice} of them twice in a row"), kills, held);
}

struct Battery<'a> {
    place: &'a Place,
    dice: Dice,
    acknowledged: Vec<Acknowledged>,
    /// How many of them were looked for already.
    checked: usize,
    /// How long each start took.
    ready: Vec<Duration>,
    kills_at_start: usize,
    /// What the journal said of itself at some time: the digest of the event with this number.
    heads: BTreeMap<u64, String>,
}

impl Battery<'_> {
    fn new(place: &Place) -> Battery<'_> {
        Battery {
            place,
            dice: Dice::new("kill -9"),
            acknowledged: Vec::new(),
            checked: 0,
            ready: Vec::new(),
            kills_at_start: 0,
            heads: BTreeMap::new(),
        }
    }

    fn kill_while_starting(&mut self) {
        let usual = self.ready.last().map_or(100, |ready| ready.as_millis() as usize);
        let mut child = self.place.command(&["serve"]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(self.dice.below(usual.max(20)) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        self.kills_at_start += 1;
    }

    fn start(&mut self) -> Server {
        let begin = Instant::now();
        let server = self.place.serve();
        self.ready.push(begin.elapsed());
        let ready = server.read("/readyz").json();
        self.heads.insert(ready["events"].as_u64().unwrap(), text(&ready, "head").into());
        for it in &self.acknowledged[self.checked..] {
            is_there(&server, it);
        }
        self.checked = self.acknowledged.len();
        server
    }

    /// Eight writers post, each with a connection of its own, until the server is gone.
    fn kill_under_load(&mut self, round: usize, early: bool) {
        let server = self.start();
        let wait = Duration::from_millis(self.dice.below(if early { 700 } else { 150 }) as u64);
        let seeds: Vec<u64> = (0..WRITERS).map(|_| self.dice.next()).collect();
        let address = server.address;
        let told = Mutex::new(Vec::new());
        let sent = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for (writer, seed) in seeds.into_iter().enumerate() {
                let (told, sent) = (&told, &sent);
                let Ok(mut stream) = TcpStream::connect(address) else { continue };
                scope.spawn(move || {
                    for n in 0.. {
                        let size = 1usize << ((seed as usize + n * 7) % SIZES);
                        sent.fetch_add(1, Ordering::Relaxed);
                        let request = post(&format!("w{writer}r{round}n{n}"), size);
                        let Ok(reply) = exchange(&mut stream, &request) else { return };
                        assert_eq!(reply.status, 201, "{}", reply.text());
                        told.lock().unwrap().push(acknowledged(&reply.json()));
                    }
                });
            }
            std::thread::sleep(wait);
            server.kill();
        });
        self.acknowledged.extend(told.into_inner().unwrap());
    }

    /// Everything that was ever acknowledged, and the whole journal.
    fn check_all(&mut self, seed: usize) {
        self.checked = 0;
        let server = self.start();
        let events = server.read("/readyz").json()["events"].as_u64().unwrap();
        assert!(events as usize >= seed + self.acknowledged.len());
        drop(server);
        let report = self.place.verify();
        assert_eq!(report["events"].as_u64(), Some(events), "without a gap");
        let dir = self.place.data().join("journal");
        let mut replay = Replay::new(&dir, Position::START).unwrap();
        let mut seq = 0;
        while let Some(event) = replay.next_complete().unwrap() {
            seq += 1;
            if let Some(head) = self.heads.get(&seq) {
                assert_eq!(*head, event.digest.to_string(), "event {seq} is the one that was there before");
            }
        }
        assert_eq!(seq, events);
    }

    fn median_ready(&self) -> Duration {
        let mut ready = self.ready.clone();
        ready.sort();
        ready[ready.len() / 2]
    }
}

/// Without its punctuation, too, each id is another: what is the same but for that is one bulletin.
fn post(id: &str, size: usize) -> Request<bytes::Bytes> {
    let sentence = format!("Pier {id} is closed until the tide turns. ");
    let body: String = sentence.chars().cycle().take(size).collect();
    let bulletin = json!({"id": id, "title": format!("Closed: {id}"), "body_html": format!("<p>{body}</p>")});
    Request::post("/bulletins")
        .header("host", "localhost")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(bulletin.to_string().into())
        .unwrap()
}

fn acknowledged(receipt: &Value) -> Acknowledged {
    Acknowledged {
        id: text(receipt, "id").into(),
        digest: text(receipt, "digest").into(),
        version: receipt["version"].as_u64().unwrap(),
    }
}

fn is_there(server: &Server, it: &Acknowledged) {
    let hex = it.digest.strip_prefix("sha256:").unwrap();
    let content = server.read(&format!("/content/sha256/{hex}"));
    assert_eq!(Digest::of(&content.body).hex(), hex);
    let permalink = server.get(&format!("/history/{}/{}", it.id, it.version));
    assert_eq!(permalink.status, 200, "{}: {}", it.id, permalink.text());
}
