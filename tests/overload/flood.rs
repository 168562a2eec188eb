//! Slow heads, slow bodies, slow readers, a flood of connections, and no file descriptors.

use std::collections::VecDeque;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::battery::{of_at_most, row};
use crate::served::{Ask as _, Place, Server, TOKEN, bulletin, until};
use crate::{Legitimate, files, many, raise_limit_on_files, resident, serve_with};

/// How much memory may grow. A build that is not optimised keeps about twice as much of each connection.
const GROWTH_KIB_MAX: u64 = if cfg!(debug_assertions) { 128 << 10 } else { 64 << 10 };

/// By when everything is back.
const BACK: Duration = Duration::from_secs(15);

/// Lets `flood` go on for a while beside someone who asks properly; then everything is as it was before.
fn survive(what: &str, tried: usize, server: &Server, flood: impl FnOnce(&Server) -> Vec<TcpStream>) {
    for _ in 0..4 {
        server.read("/feeds/all.atom");
        crate::ask(server.address, None, "/feeds/all.atom").unwrap();
    }
    let (memory, open) = (resident(server), files(server));
    let legitimate = Legitimate::start(server.address);
    let held = flood(server);
    let most = resident(server);
    std::thread::sleep(Duration::from_secs(1));
    let most = most.max(resident(server));
    let (answered, took) = legitimate.end(what);
    let more = most.saturating_sub(memory);
    drop(held);
    let begin = Instant::now();
    // A few connections are kept by those who asked properly.
    while files(server) > open + 4 {
        assert!(begin.elapsed() < BACK, "{what}: {} files, {open} before", files(server));
        std::thread::sleep(Duration::from_millis(20));
    }
    server.read("/feeds/all.atom");
    let back = begin.elapsed();
    assert!(more < GROWTH_KIB_MAX, "{what}: {memory} KiB before, {most} KiB at the most");
    let held = format!(
        "all of {answered} requests of others were answered, 99% within {}; memory grew by {}; everything was back \
         after {} ms",
        of_at_most(took.as_secs_f64() * 1e3, 50.0, "ms"),
        of_at_most((more >> 10) as f64, 64.0, "MB"),
        back.as_millis(),
    );
    row(what, tried, held);
}

fn filled() -> (Place, Server) {
    let place = Place::new();
    let server = place.serve();
    (0..60).for_each(|n| drop(server.admit(&bulletin(n))));
    settle(&server);
    (place, server)
}

/// Waits until the search has taken up what was admitted, so that its memory is none that a flood takes.
fn settle(server: &Server) {
    until("the index follows", || {
        let metrics = server.read("/metrics");
        let number =
            |name: &str| metrics.text().lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        (number("annals_search_events ") == number("annals_events ")).then_some(())
    });
}

fn connect(server: &Server) -> Option<TcpStream> {
    let stream = TcpStream::connect(server.address).ok()?;
    stream.set_write_timeout(Some(Duration::from_secs(1))).ok()?;
    Some(stream)
}

#[test]
fn slow_heads_are_no_hindrance() {
    let most = raise_limit_on_files();
    let (_place, server) = filled();
    survive("slow heads of requests", many(2_000), &server, |server| {
        let mut held: Vec<TcpStream> =
            (0..many(2_000).min(most - 200)).filter_map(|_| connect(server)).collect();
        for part in ["GET /feeds/all.atom HTTP/1.1\r\nhost: loc", "alhost\r\nx-", &"y".repeat(8_000)] {
            held.iter_mut().for_each(|stream| drop(stream.write_all(part.as_bytes())));
        }
        held
    });
}

#[test]
fn slow_bodies_are_no_hindrance() {
    raise_limit_on_files();
    let (_place, server) = filled();
    survive("slow bodies of requests", many(200), &server, |server| {
        let mut held: Vec<TcpStream> = (0..many(200)).filter_map(|_| connect(server)).collect();
        let head = format!(
            "POST /bulletins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\
             content-type: application/json\r\ncontent-length: 10000000\r\n\r\n"
        );
        for part in [head.as_str(), "{\"title\": \"", &"y".repeat(60_000), "y", "y"] {
            held.iter_mut().for_each(|stream| drop(stream.write_all(part.as_bytes())));
        }
        held
    });
}

#[test]
fn slow_readers_are_no_hindrance() {
    raise_limit_on_files();
    let (_place, server) = filled();
    survive("readers that ask for 100 feeds and read none", many(200), &server, |server| {
        let mut held: Vec<TcpStream> = (0..many(200)).filter_map(|_| connect(server)).collect();
        let asked = "GET /feeds/all.atom HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
        held.iter_mut().for_each(|stream| drop(stream.write_all(asked.as_bytes())));
        held
    });
}

#[test]
fn a_flood_of_connections_is_no_hindrance() {
    let most = raise_limit_on_files();
    let (_place, server) = filled();
    survive("connections that say nothing", many(20_000), &server, |server| {
        // Where fewer may be held at once, the oldest make room for the newest.
        let held_max = (most - 200).min(many(20_000) - 1_000);
        let mut held = VecDeque::new();
        for _ in 0..many(20_000) {
            held.extend(connect(server));
            if held.len() > held_max {
                held.pop_front();
            }
        }
        held.into()
    });
}

#[test]
fn few_file_descriptors_are_enough() {
    raise_limit_on_files();
    let place = Place::new();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 256; exec \"$0\" serve", env!("CARGO_BIN_EXE_annals")]);
    let server = Server::start({
        command.current_dir(place.dir.path());
        command
    });
    (0..20).for_each(|n| drop(server.admit(&bulletin(n))));
    settle(&server);
    survive("connections, with 256 file descriptors", many(10_000), &server, |server| {
        (0..many(10_000)).filter_map(|_| connect(server)).collect()
    });
}

#[test]
fn the_server_goes_on_when_there_are_no_file_descriptors_at_all() {
    raise_limit_on_files();
    let place = Place::new();
    let server = serve_with(&place, &[("threads", "1")]);
    (0..20).for_each(|n| drop(server.admit(&bulletin(n))));
    settle(&server);
    survive("connections, with no file descriptor left (EMFILE)", 100, &server, |server| {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let few = Rlimit { current: Some(files(server) as u64 + 20), maximum: Some(4_096) };
        let pid = Pid::from_raw(server.id() as i32).unwrap();
        prlimit(Some(pid), Resource::Nofile, few).unwrap();
        (0..100).filter_map(|_| connect(server)).collect()
    });
}
