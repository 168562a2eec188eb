//! The first of several addresses that answers (RFC 8305, in small).
//!
//! A name may lead to addresses of which some are dead: a network that has IPv6 in name only is the common case. Each
//! address gets a short start before the next, and the first connection that comes about is the one.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long an address is waited for before the next is tried beside it (RFC 8305 section 5).
const START: Duration = Duration::from_millis(250);

/// A connection to whichever of `addresses` answers first.
///
/// # Errors
/// That of the last which failed, where none is left.
pub async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut next = in_turn(addresses).into_iter();
    // Those that are still on their way end with this.
    let mut trying = JoinSet::new();
    let mut failed = io::Error::new(io::ErrorKind::AddrNotAvailable, "there is no address");
    loop {
        let more = next.next();
        let last = more.is_none();
        if let Some(address) = more {
            trying.spawn(TcpStream::connect(address));
        }
        let joined = match last {
            true => Ok(trying.join_next().await),
            false => timeout(START, trying.join_next()).await,
        };
        match joined {
            Ok(Some(Ok(Ok(stream)))) => return Ok(stream),
            Ok(Some(Ok(Err(error)))) => failed = error,
            Ok(Some(Err(error))) => failed = io::Error::other(error),
            Ok(None) => return Err(failed),
            // It is waited for further, with the next beside it.
            Err(_) => {}
        }
    }
}

/// The addresses of both families by turns, the first family first (RFC 8305 section 4).
fn in_turn(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().partition(|address| address.is_ipv6() == first_is_v6);
    let longest = first.len().max(second.len());
    (0..longest).flat_map(|at| [first.get(at), second.get(at)]).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn both_families_have_their_turn() {
        let parse = |texts: &[&str]| texts.iter().map(|it| it.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let addresses = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let expected = parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(in_turn(&addresses), expected);
    }

    #[tokio::test]
    async fn an_address_that_refuses_or_never_answers_holds_nobody_up() {
        let alive = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = alive.local_addr().map(|address| (alive, address)).unwrap();
        let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        // Nobody is there (RFC 5737), as behind a network that is there in name only.
        let silent: SocketAddr = "192.0.2.1:9".parse().unwrap();
        let begun = Instant::now();
        let stream = connect(&[silent, refusing, alive.1]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), alive.1);
        assert!(begun.elapsed() < Duration::from_secs(20), "the system waits for minutes");
        assert!(connect(&[refusing]).await.is_err());
        assert!(connect(&[]).await.is_err());
    }
}
