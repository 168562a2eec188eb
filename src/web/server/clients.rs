//! Who connects, and how much one client may take up.
//!
//! A client is an IPv4 address, or an IPv6 network of 64 bits, since that is the least that anyone is given. Nothing is
//! answered differently for one client than for another, except that it is told to wait.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName};
use quick_cache::sync::Cache;

use crate::config::ClientLimits;

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How many clients' requests are counted. Of more, those that have asked least are forgotten.
const CLIENTS_MAX: usize = 65_536;

/// Over how long requests are averaged.
const AVERAGED: Duration = Duration::from_secs(10);

/// How many addresses of one `X-Forwarded-For` are looked at, from the last.
const FORWARDED_MAX: usize = 16;

pub struct Clients {
    limits: ClientLimits,
    connected: Mutex<HashMap<IpAddr, usize>>,
    /// By when each client's requests would be evened out, in nanoseconds since `start`.
    asked: Cache<IpAddr, Arc<AtomicU64>>,
    start: Instant,
}

/// A connection of a client, as long as it is counted.
pub struct Connected {
    clients: Arc<Clients>,
    client: IpAddr,
}

impl Clients {
    pub fn new(limits: ClientLimits) -> Clients {
        let (connected, asked) = (Mutex::default(), Cache::new(CLIENTS_MAX));
        Clients { limits, connected, asked, start: Instant::now() }
    }

    /// Whether anything of a request says more of its client than its connection does, or is counted.
    pub fn look_at_requests(&self) -> bool {
        self.limits.requests_per_second_max > 0
            || self.limits.proxies.unix
            || !self.limits.proxies.networks.is_empty()
    }

    /// Counts a connection from `peer`; `Err` where it has as many as it may.
    pub fn connect(self: &Arc<Clients>, peer: Option<IpAddr>) -> Result<Option<Connected>, ()> {
        let most = self.limits.connections_max;
        let Some(client) = peer.filter(|_| most > 0 && !self.is_proxy(peer)).map(client_of) else {
            return Ok(None);
        };
        let mut connected = self.connected();
        let count = connected.entry(client).or_default();
        if *count >= most {
            return Err(());
        }
        *count += 1;
        Ok(Some(Connected { clients: self.clone(), client }))
    }

    fn connected(&self) -> std::sync::MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.connected.lock().expect("nothing panics while it counts")
    }

    fn is_proxy(&self, peer: Option<IpAddr>) -> bool {
        let proxies = &self.limits.proxies;
        peer.map_or(proxies.unix, |peer| {
            let peer = peer.to_canonical();
            proxies.networks.iter().any(|network| network.contains(&peer))
        })
    }

    /// The address for which `peer` speaks: its own, or what a proxy that is trusted says of whom it speaks for, up to
    /// the first that is not trusted itself.
    pub fn speaks_for(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        if !self.is_proxy(peer) {
            return peer;
        }
        let fields = headers.get_all(&X_FORWARDED_FOR).iter().rev();
        let addresses = fields.flat_map(|field| field.to_str().unwrap_or_default().rsplit(','));
        let mut named = peer;
        for address in addresses.take(FORWARDED_MAX) {
            // What cannot be read, and all that came before it, is anyone's invention.
            let Some(address) = address_of(address.trim()) else { break };
            named = Some(address);
            if !self.is_proxy(named) {
                break;
            }
        }
        named
    }

    /// Counts a request of `client`; `Err` says how long it has to wait with the next.
    pub fn ask(&self, client: Option<IpAddr>) -> Result<(), Duration> {
        let rate = self.limits.requests_per_second_max;
        let Some(client) = client.filter(|_| rate > 0 && !self.is_proxy(client)).map(client_of) else {
            return Ok(());
        };
        let evened_out = self.asked.get(&client).unwrap_or_else(|| {
            let fresh = Arc::new(AtomicU64::new(0));
            self.asked.insert(client, fresh.clone());
            fresh
        });
        take(&evened_out, rate, self.start.elapsed())
    }
}

/// One request more at `now`, at `rate` a second (the generic cell rate algorithm).
fn take(evened_out: &AtomicU64, rate: u32, now: Duration) -> Result<(), Duration> {
    let (now, averaged) = (now.as_nanos() as u64, AVERAGED.as_nanos() as u64);
    let each = 1_000_000_000 / u64::from(rate);
    let next = |at: u64| Some(at.max(now) + each).filter(|at| at - now <= averaged.max(each));
    match evened_out.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
        Ok(_) => Ok(()),
        Err(at) => Err(Duration::from_nanos((at.max(now) + each - now).saturating_sub(averaged))),
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let mut connected = self.clients.connected();
        if let Some(count) = connected.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                connected.remove(&self.client);
            }
        }
    }
}

/// Who is counted as one.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(bare, _)| bare);
    let address = bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|at| at.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Proxies;

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn clients(proxies: &[&str], unix: bool) -> Arc<Clients> {
        let networks = proxies.iter().map(|text| text.parse().unwrap()).collect();
        let proxies = Proxies { networks, unix };
        Arc::new(Clients::new(ClientLimits { connections_max: 2, requests_per_second_max: 1, proxies }))
    }

    #[test]
    fn only_a_trusted_proxy_says_for_whom_it_speaks() {
        let speaks = |clients: &Clients, peer: Option<IpAddr>, fields: &[&str]| {
            let fields = fields.iter().map(|field| (X_FORWARDED_FOR.clone(), field.parse().unwrap()));
            clients.speaks_for(peer, &fields.collect())
        };
        let none = clients(&[], false);
        assert_eq!(speaks(&none, ip("10.0.0.1"), &["203.0.113.7"]), ip("10.0.0.1"));
        assert_eq!(speaks(&none, None, &["203.0.113.7"]), None);
        let some = clients(&["10.0.0.0/8", "2001:db8::/32"], true);
        for (fields, expected) in [
            (&["203.0.113.7"][..], "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1", "203.0.113.7, 10.1.1.1"], "203.0.113.7"),
            (&["203.0.113.7:4711"], "203.0.113.7"),
            (&["[2001:4860::1]:443, 2001:db8::5"], "2001:4860::1"),
            (&["::ffff:203.0.113.7"], "203.0.113.7"),
            (&["203.0.113.7, unknown"], "10.0.0.1"),
            (&["203.0.113.7, nobody, 10.0.0.9"], "10.0.0.9"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(speaks(&some, ip("10.0.0.1"), fields), ip(expected), "{fields:?}");
        }
        assert_eq!(speaks(&some, ip("192.0.2.1"), &["203.0.113.7"]), ip("192.0.2.1"));
        assert_eq!(speaks(&some, None, &["203.0.113.7"]), ip("203.0.113.7"));
    }

    #[test]
    fn a_client_has_so_many_connections_and_a_proxy_any_number() {
        let clients = clients(&["10.0.0.1/32"], false);
        let first = clients.connect(ip("2001:db8::1")).unwrap();
        let second = clients.connect(ip("2001:db8::2")).unwrap();
        assert!(clients.connect(ip("2001:db8::3")).is_err(), "it is one client, whichever address it takes");
        assert!(clients.connect(ip("2001:db8:0:1::3")).is_ok());
        drop(first);
        assert!(clients.connect(ip("2001:db8::3")).is_ok());
        drop(second);
        assert!(clients.connected().is_empty(), "nothing is kept of who has gone");
        let proxies: Vec<_> = (0..5).map(|_| clients.connect(ip("10.0.0.1")).unwrap()).collect();
        assert!(proxies.iter().all(Option::is_none));
    }

    #[test]
    fn requests_are_averaged_over_ten_seconds() {
        let evened_out = AtomicU64::default();
        let at = Duration::from_secs;
        for _ in 0..20 {
            assert_eq!(take(&evened_out, 2, at(100)), Ok(()));
        }
        assert_eq!(take(&evened_out, 2, at(100)), Err(Duration::from_millis(500)));
        assert_eq!(take(&evened_out, 2, at(101)), Ok(()));
        assert_eq!(take(&evened_out, 2, at(101)), Ok(()));
        assert!(take(&evened_out, 2, at(101)).is_err());
        let clients = clients(&[], false);
        assert!((0..10).all(|_| clients.ask(ip("192.0.2.1")).is_ok()));
        assert!(clients.ask(ip("192.0.2.1")).is_err());
        assert!(clients.ask(ip("192.0.2.2")).is_ok(), "another client has its own");
        assert!(clients.ask(None).is_ok());
    }
}
