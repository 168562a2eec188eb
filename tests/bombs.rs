//! Documents that are made to cost far more than their bytes are refused by name, or read within bounds. What they
//! cost, `cargo bench --bench bombs` tells.

#[path = "battery/mod.rs"]
mod battery;
#[path = "../benches/common/bombs.rs"]
mod bombs;
#[path = "../benches/common/hostile.rs"]
mod hostile;

use std::process::Command;
use std::time::{Duration, Instant};

use annals::intake::{self, Arrival};
use bombs::BOMBS;
use cpu_time::ProcessTime;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What takes longer hangs. Not a measure of pace: nothing here is optimised.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn what_is_made_to_burst_is_refused_by_name_or_read() {
    let mut wrong = Vec::new();
    for bomb in BOMBS {
        let begun = Instant::now();
        let reading = std::thread::spawn(|| bomb.read(bomb.bytes()));
        while !reading.is_finished() {
            assert!(begun.elapsed() < PATIENCE, "{} hangs", bomb.name);
            std::thread::sleep(Duration::from_millis(1));
        }
        let (refused, read) = reading.join().unwrap_or_else(|_| panic!("{} is a panic", bomb.name));
        let said: Vec<String> = refused.iter().map(ToString::to_string).collect();
        let as_expected = match bomb.refused {
            Some(why) => said.iter().any(|said| said.contains(why)),
            None => said.is_empty() && read > 0,
        };
        if !as_expected {
            wrong.push(format!("{}, {:?}: {read} read, refused {said:?}", bomb.name, bomb.refused));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Names the bomb that a child of this test reads.
const CHILD_BOMB: &str = "ANNALS_TEST_CHILD_BOMB";
const CPU_MILLIS_MAX: f64 = 250.0;
const MEMORY_MB_MAX: f64 = 64.0;

/// What is read, and as what.
struct Read {
    group: &'static str,
    name: String,
    /// Reads it: what its refusal says, where it is refused. The bytes are made before that.
    prepare: Box<dyn Fn() -> Box<dyn FnOnce() -> Option<String>>>,
}

fn all() -> Vec<Read> {
    let of_formats = BOMBS.iter().map(|bomb| Read {
        group: "XML, JSON, text and archives",
        name: bomb.name.into(),
        prepare: Box::new(move || {
            let bytes = bomb.bytes();
            Box::new(move || bomb.read(bytes).0.first().map(ToString::to_string))
        }),
    });
    let pages = hostile::pages(1).into_iter();
    let pages = pages.map(|(name, page)| of_type("HTML", name, "text/html", page));
    let mails = hostile::mails(1).into_iter();
    let mails = mails.map(|(name, _, mail)| of_type("MIME", name, "message/rfc822", mail));
    of_formats.chain(pages).chain(mails).collect()
}

fn of_type(group: &'static str, name: &str, media_type: &'static str, document: String) -> Read {
    let prepare = move || -> Box<dyn FnOnce() -> Option<String>> {
        let document = document.clone();
        let arrival =
            Arrival { source: "bombs".into(), media_type: Some(media_type.into()), ..Arrival::default() };
        Box::new(move || {
            let read = intake::read(document.as_bytes(), &arrival, &intake::Settings::default());
            read.err().map(|refusal| refusal.to_string())
        })
    };
    Read { group, name: name.into(), prepare: Box::new(prepare) }
}

#[test]
#[ignore = "run by each_costs_little_by_itself, which measures it"]
fn the_process_that_reads_one() {
    let Ok(wanted) = std::env::var(CHILD_BOMB) else { return };
    let bomb = all().into_iter().find(|bomb| format!("{}: {}", bomb.group, bomb.name) == wanted).unwrap();
    let read = (bomb.prepare)();
    // The peak so far is forgotten.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (before, cpu) = (kilobytes("VmRSS:"), ProcessTime::now());
    let refused = read();
    let millis = cpu.elapsed().as_secs_f64() * 1e3;
    let memory = kilobytes("VmHWM:").saturating_sub(before) >> 10;
    println!("\nCOST {millis} {memory} {}", refused.is_some());
}

fn kilobytes(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field).map(str::trim));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default()
}

/// Processor time in milliseconds, memory in megabytes, and whether it was refused.
fn cost(bomb: &Read) -> (f64, f64, bool) {
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_process_that_reads_one", "--ignored", "--nocapture"])
        .env(CHILD_BOMB, format!("{}: {}", bomb.group, bomb.name))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix("COST "));
    let line = line.unwrap_or_else(|| panic!("{}: {ran:?}", bomb.name));
    let mut parts = line.split(' ');
    let mut number = || parts.next().unwrap().parse::<f64>().unwrap();
    (number(), number(), line.ends_with("true"))
}

#[test]
fn each_costs_little_by_itself() {
    let all = all();
    for group in ["XML, JSON, text and archives", "HTML", "MIME"] {
        let step = battery::times(12, 1);
        let tried: Vec<&Read> = all.iter().filter(|bomb| bomb.group == group).step_by(step).collect();
        let costs: Vec<(f64, f64, bool)> = tried.iter().map(|bomb| cost(bomb)).collect();
        let most = |of: fn(&(f64, f64, bool)) -> f64| {
            let (at, cost) = costs.iter().enumerate().max_by(|a, b| of(a.1).total_cmp(&of(b.1))).unwrap();
            (of(cost), tried[at].name.as_str())
        };
        let ((millis, slowest), (memory, largest)) = (most(|cost| cost.0), most(|cost| cost.1));
        // Memory is the same on every machine, and not much more in a build that is not optimised.
        assert!(memory <= 2.0 * MEMORY_MB_MAX, "{group}: {largest} takes {memory} MB");
        let refused = costs.iter().filter(|cost| cost.2).count();
        let held = format!(
            "{refused} refused by name, {} read; CPU {} at the most ({slowest}), memory {} ({largest})",
            costs.len() - refused,
            battery::of_at_most(millis, CPU_MILLIS_MAX, "ms"),
            battery::of_at_most(memory, MEMORY_MB_MAX, "MB"),
        );
        battery::row(&format!("bombs in {group}, each in a process of its own"), tried.len(), held);
    }
}
