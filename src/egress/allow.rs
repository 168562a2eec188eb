//! What may be fetched though it lies inside: the networks, names and ports that the configuration names.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;

/// One entry of `egress.allow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    place: Place,
    /// Only this one.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Net(IpNet),
    /// A host name in lower case: wherever it leads.
    Host(String),
}

impl Permit {
    /// Whether it permits to connect to `address`, asked for by the name `host`.
    pub fn covers(&self, host: &str, address: SocketAddr) -> bool {
        let place = match &self.place {
            // An IPv4 address in the guise of IPv6 is that address.
            Place::Net(net) => net.contains(&address.ip().to_canonical()),
            Place::Host(name) => name.eq_ignore_ascii_case(host.trim_end_matches('.')),
        };
        place && self.port.is_none_or(|port| port == address.port())
    }
}

impl FromStr for Permit {
    type Err = String;

    /// Reads `192.0.2.0/24`, `192.0.2.7`, `192.0.2.7:8080`, `intranet.example.org` or `intranet.example.org:8080`.
    fn from_str(text: &str) -> Result<Permit, String> {
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Permit { place: Place::Net(net), port: None });
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Permit { place: Place::Net(address.into()), port: None });
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Permit { place: Place::Net(address.ip().into()), port: Some(address.port()) });
        }
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(port.parse().map_err(|_| unreadable(text))?)),
            None => (text, None),
        };
        // A last part of digits would be an address, and one that is written wrong.
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_name = url::Host::parse(name).is_ok_and(|host| host.to_string() == name.to_lowercase())
            && !last.bytes().all(|byte| byte.is_ascii_digit());
        if !is_name {
            return Err(unreadable(text));
        }
        Ok(Permit { place: Place::Host(name.to_lowercase()), port })
    }
}

fn unreadable(text: &str) -> String {
    format!("`{text}` is no network (192.0.2.0/24), address or host name, with or without a port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_covers_what_it_names_and_nothing_else() {
        for (permit, host, address, covered) in [
            ("192.0.2.0/24", "a.example", "192.0.2.9:80", true),
            ("192.0.2.0/24", "a.example", "192.0.3.9:80", false),
            ("192.0.2.0/24", "a.example", "[::ffff:192.0.2.9]:80", true),
            ("127.0.0.1", "a.example", "127.0.0.1:80", true),
            ("127.0.0.1:8099", "a.example", "127.0.0.1:8099", true),
            ("127.0.0.1:8099", "a.example", "127.0.0.1:80", false),
            ("[::1]:8099", "a.example", "[::1]:8099", true),
            ("fd00::/8", "a.example", "[fd00::7]:443", true),
            ("intranet.example.org", "Intranet.Example.org.", "10.0.0.7:443", true),
            ("Intranet.example.org:443", "intranet.example.org", "10.0.0.7:443", true),
            ("intranet.example.org:443", "intranet.example.org", "10.0.0.7:80", false),
            ("intranet.example.org", "other.example.org", "10.0.0.7:443", false),
            ("example.org", "intranet.example.org", "10.0.0.7:443", false),
        ] {
            let read: Permit = permit.parse().unwrap();
            assert_eq!(read.covers(host, address.parse().unwrap()), covered, "{permit} {host} {address}");
        }
        for text in ["", "192.0.2.0/33", "127.1", "host:port", "a b", "http://a.example/", "10.0.0.0/8:80"] {
            assert!(text.parse::<Permit>().unwrap_err().contains("is no network"), "{text}");
        }
    }
}
