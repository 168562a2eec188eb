//! The first promise: kills and full disks against everything that was acknowledged.

use std::collections::HashMap;
use std::io::Read as _;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Request;
use serde_json::Value;

use super::served::{self, Ask as _, Inside, Place, TOKEN, bulletin, but, exchange, sha256, text, until};

/// A generator with a seed, so that a failure can be had again (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

/// Receipts by the number of the bulletin: what was acknowledged.
type Acknowledged = HashMap<usize, Value>;

/// Each round brings so many that are new, in a folder of their own.
const ROUNDS: usize = 20;
const A_ROUND: usize = 150;

#[test]
fn what_was_acknowledged_is_never_lost_not_by_kill_9() {
    let place = Place::new();
    for n in 0..ROUNDS * A_ROUND {
        place.file(&format!("{}/{n}.json", folder(n / A_ROUND)), bulletin(n).to_string());
    }
    let seed = std::env::var("ANNALS_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    println!("ANNALS_TEST_SEED={seed} makes the same moments again");
    let mut dice = Dice(seed);
    let mut acknowledged = Acknowledged::new();
    for round in 0..ROUNDS {
        // Sometimes at once, sometimes well on its way.
        let kill_after = 1 + dice.below([3, 40, A_ROUND * 2 / 3][round % 3]);
        let fresh = if round % 2 == 0 {
            killed_on_the_command_line(&place, round, kill_after)
        } else {
            killed_while_serving(&place, round, kill_after, &acknowledged)
        };
        assert!(fresh.len() >= kill_after, "round {round}: {} of {kill_after}", fresh.len());
        place.verify();
        let inside = place.inside();
        for (n, receipt) in &fresh {
            is_there(&inside, receipt);
            let before = acknowledged.entry(*n).or_insert_with(|| receipt.clone());
            let same = |field: &str| before[field] == receipt[field];
            assert!(same("id") && same("digest") && same("entry_id"), "{before} became {receipt}");
        }
    }
    let missed = ROUNDS * A_ROUND - acknowledged.len();
    assert!(missed > ROUNDS, "only {missed} were not acknowledged: were the kills in the middle?");
    let receipts = place.ingest(&["news", "--source", "news"]);
    let inside = place.inside();
    assert_eq!(receipts.len(), ROUNDS * A_ROUND);
    assert_eq!(inside.read("/readyz").json()["bulletins"], ROUNDS * A_ROUND, "and none of them twice");
    for receipt in acknowledged.values() {
        is_there(&inside, receipt);
    }
    drop(inside);
    place.verify();
}

fn folder(round: usize) -> String {
    format!("{round:02}")
}

fn is_there(inside: &Inside, receipt: &Value) {
    let found = inside.read(&format!("/bulletins/{}.json", text(receipt, "id"))).json();
    assert_eq!((&found["digest"], &found["version"]), (&receipt["digest"], &receipt["version"]));
    assert_eq!((&found["entry_id"], &found["permalink"]), (&receipt["entry_id"], &receipt["permalink"]));
}

/// Takes in the folder of the round before, which completes it, and that of this round, and is killed after so
/// many receipts of new bulletins.
fn killed_on_the_command_line(place: &Place, round: usize, kill_after: usize) -> Acknowledged {
    let folders = [round.saturating_sub(1), round].map(|round| format!("news/{}", folder(round)));
    let arguments = ["ingest", "--json", &folders[0], &folders[1], "--source", "news"];
    let mut child = place.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let (mut said, mut chunk, mut fresh) = (Vec::new(), [0; 512], 0);
    while fresh < kill_after {
        let read = out.read(&mut chunk).unwrap();
        assert!(read > 0, "it ended by itself");
        said.extend_from_slice(&chunk[..read]);
        fresh = String::from_utf8_lossy(&said).matches("\"outcome\":\"new\"").count();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had printed before it died counts, up to the last whole line.
    out.read_to_end(&mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let numbered = whole.lines().map(|line| {
        let receipt: Value = serde_json::from_str(line).unwrap();
        (text(&receipt, "file").strip_suffix(".json").unwrap().parse().unwrap(), receipt)
    });
    numbered.collect()
}

/// Is posted what was not acknowledged so far by several clients at a time, and is killed after so many receipts.
fn killed_while_serving(
    place: &Place,
    round: usize,
    kill_after: usize,
    known: &Acknowledged,
) -> Acknowledged {
    const CLIENTS: usize = 6;
    let server = place.serve();
    let numbers = round.saturating_sub(1) * A_ROUND..(round + 1) * A_ROUND;
    let waiting: Vec<usize> = numbers.filter(|n| !known.contains_key(n)).collect();
    let next = AtomicUsize::new(0);
    let fresh = Mutex::new(Acknowledged::new());
    let address = server.address;
    // All are connected before the first is answered: a thread that starts late finds nobody any more.
    let streams = [(); CLIENTS].map(|()| std::net::TcpStream::connect(address).unwrap());
    let (waiting, next, answered) = (&waiting, &next, &fresh);
    std::thread::scope(|scope| {
        for mut stream in streams {
            scope.spawn(move || {
                while let Some(n) = waiting.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let request = Request::post("/bulletins?source=news")
                        .header("host", "localhost")
                        .header("authorization", format!("Bearer {TOKEN}"))
                        .header("content-type", "application/json")
                        .body(bulletin(*n).to_string().into());
                    let Ok(reply) = exchange(&mut stream, &request.unwrap()) else { return };
                    assert!(matches!(reply.status, 200 | 201), "{reply:?}");
                    answered.lock().unwrap().insert(*n, reply.json());
                }
            });
        }
        until("enough is acknowledged", || (fresh.lock().unwrap().len() >= kill_after).then_some(()));
        server.kill();
    });
    fresh.into_inner().unwrap()
}

#[test]
fn what_was_acknowledged_is_never_lost_not_by_a_full_disk() {
    let place = Place::new();
    let big = |n: usize| {
        // Text that does not compress to nothing.
        let noise: String =
            (0..400).map(|line| format!("{} ", sha256(format!("{n} {line}").as_bytes()))).collect();
        but(bulletin(n), "body_html", format!("<p>{noise}</p>"))
    };
    // A limit on the size of files stands in for a full disk: writes fail, and partly succeed before they do.
    let mut command = std::process::Command::new("bash");
    command.current_dir(place.dir.path()).args([
        "-c",
        "trap '' XFSZ; ulimit -f 600; exec \"$0\" serve",
        env!("CARGO_BIN_EXE_annals"),
    ]);
    let server = served::Server::start(command);
    let mut receipts = Vec::new();
    let (mut refused, mut refused_last) = (0, false);
    for n in 0..60 {
        let reply = server.post("/bulletins", "application/json", big(n).to_string());
        refused_last = reply.status != 201;
        match reply.status {
            201 => receipts.push(reply.json()),
            503 | 507 => {
                refused += 1;
                assert!(text(&reply.json(), "detail").contains("durable"), "{reply:?}");
            }
            _ => panic!("{reply:?}"),
        }
    }
    assert!(receipts.len() > 5 && refused > 5, "{} were admitted, {refused} refused", receipts.len());
    let ready = server.get("/readyz");
    assert_eq!(ready.json()["bulletins"], receipts.len(), "reading goes on");
    assert_eq!(ready.status, if refused_last { 503 } else { 200 }, "{ready:?}");
    server.kill();
    place.verify();
    let inside = place.inside();
    assert_eq!(inside.read("/readyz").json()["bulletins"], receipts.len(), "nothing refused is there");
    receipts.iter().for_each(|receipt| is_there(&inside, receipt));
    for n in 0..60 {
        inside.admit(&big(n));
    }
    assert_eq!(inside.read("/readyz").json()["bulletins"], 60, "with room again, it goes on");
}
