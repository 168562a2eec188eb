//! Told to end while everyone is busy.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::battery::{of_at_most, row};
use crate::many;
use crate::served::{Ask as _, Place, TOKEN, bulletin, exchange, text};

/// Twice what it is to take, for a machine that has more to do.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn told_to_end_under_load_it_ends_and_keeps_what_it_acknowledged() {
    let place = Place::new();
    let server = place.serve();
    let acknowledged = Mutex::new(Vec::new());
    let (next, address) = (AtomicUsize::new(0), server.address);
    // Slow ones of every kind, who would keep it for ever.
    let mut slow: Vec<TcpStream> = (0..many(200)).map(|_| server.connect()).collect();
    let head = format!("POST /bulletins HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n");
    for (n, stream) in slow.iter_mut().enumerate() {
        let rest = ["", "content-length: 100\r\n\r\n{", "content-type: text/"][n % 3];
        stream.write_all((head.clone() + rest).as_bytes()).unwrap();
    }
    let (ended, took) = std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let Ok(mut stream) = TcpStream::connect(address) else { return };
                loop {
                    let body = bulletin(next.fetch_add(1, Ordering::Relaxed)).to_string();
                    let request = http::Request::post("/bulletins")
                        .header("host", "localhost")
                        .header("authorization", format!("Bearer {TOKEN}"))
                        .header("content-type", "application/json");
                    let Ok(reply) = exchange(&mut stream, &request.body(body.into()).unwrap()) else {
                        return;
                    };
                    if reply.status == 201 {
                        acknowledged.lock().unwrap().push(reply.json());
                    }
                    if reply.header("connection") == "close" {
                        return;
                    }
                }
            });
        }
        while acknowledged.lock().unwrap().len() < 100 {
            std::thread::yield_now();
        }
        server.terminate()
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(took < ENDS_WITHIN, "{took:?}");
    let server = place.serve();
    for receipt in &acknowledged {
        server.read(text(receipt, "permalink"));
    }
    let held = format!(
        "ended after {}; all of {} acknowledged bulletins are there",
        of_at_most(took.as_secs_f64() * 1e3, 5_000.0, "ms"),
        acknowledged.len(),
    );
    row("SIGTERM under 8 writers, beside slow clients", slow.len(), held);
}
