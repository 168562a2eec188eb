//! Which addresses lie inside: on this machine, in its networks, or nowhere that a public site could be.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 that is no address of the public internet (RFC 6890 and the registry that it began).
const INSIDE_V4: [([u8; 4], u8, &str); 17] = [
    ([0, 0, 0, 0], 8, "this host"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "shared by a carrier"),
    ([127, 0, 0, 0], 8, "loopback"),
    // Public by its number, and yet answered by the host that this machine runs on.
    ([168, 63, 129, 16], 32, "metadata"),
    // Before the network that it lies in: whoever reads the message should know what was asked for.
    ([169, 254, 169, 254], 32, "metadata"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "set aside for protocols"),
    ([192, 0, 2, 0], 24, "for documentation"),
    ([192, 88, 99, 0], 24, "a relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "for benchmarks"),
    ([198, 51, 100, 0], 24, "for documentation"),
    ([203, 0, 113, 0], 24, "for documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// IPv6 that carries an IPv4 address, which decides: how long the prefix is, and where the four bytes stand.
const CARRIERS: [(&str, u8, usize); 3] = [
    // Mapped (RFC 4291 section 2.5.5.2): the system connects to the IPv4 address itself.
    ("::ffff:0:0", 96, 12),
    // NAT64 (RFC 6052 section 2.1): networks without IPv4 reach the public one so.
    ("64:ff9b::", 96, 12),
    // 6to4 (RFC 3056 section 2).
    ("2002::", 16, 2),
];

/// IPv6 inside what is given out as public, and still no place of a public site.
const INSIDE_V6: [(&str, u8, &str); 4] = [
    // Teredo, whose payload is an address and a port of someone's choice, benchmarks, identifiers (RFC 2928).
    ("2001::", 23, "set aside for protocols"),
    ("2001:db8::", 32, "for documentation"),
    ("3fff::", 20, "for documentation"),
    ("2620:4f:8000::", 48, "a sink for misdirected questions"),
];

/// What the rest of IPv6 is, for the message. All of it is inside: only 2000::/3 was ever given out.
const OTHER_V6: [(&str, u8, &str); 8] = [
    ("::", 128, "this host"),
    ("::1", 128, "loopback"),
    ("::", 96, "IPv4-compatible"),
    ("64:ff9b:1::", 48, "translated by a network of its own"),
    ("fd00:ec2::254", 128, "metadata"),
    ("fc00::", 7, "private"),
    ("fe80::", 10, "link-local"),
    ("fec0::", 10, "site-local"),
];

/// What kind of inside address this is; `None` where it is one of the public internet.
pub fn inside(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => inside_v4(v4),
        IpAddr::V6(v6) => inside_v6(v6),
    }
}

fn inside_v4(address: Ipv4Addr) -> Option<&'static str> {
    let within =
        |net: [u8; 4], bits: u8| u32::from(address) >> (32 - bits) == u32::from_be_bytes(net) >> (32 - bits);
    INSIDE_V4.iter().find(|(net, bits, _)| within(*net, *bits)).map(|(.., kind)| *kind)
}

fn inside_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some((.., at)) = CARRIERS.iter().find(|(net, bits, _)| within_v6(address, net, *bits)) {
        let octets = address.octets();
        return inside_v4(Ipv4Addr::new(octets[*at], octets[at + 1], octets[at + 2], octets[at + 3]));
    }
    let named = |table: &[(&str, u8, &'static str)]| {
        table.iter().find(|(net, bits, _)| within_v6(address, net, *bits)).map(|(.., kind)| *kind)
    };
    if within_v6(address, "2000::", 3) {
        return named(&INSIDE_V6);
    }
    named(&OTHER_V6).or(Some(if address.is_multicast() { "multicast" } else { "reserved" }))
}

fn within_v6(address: Ipv6Addr, net: &str, bits: u8) -> bool {
    let net: Ipv6Addr = net.parse().expect("the tables above hold addresses");
    u128::from(address) >> (128 - bits) == u128::from(net) >> (128 - bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_outside() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:200::1",
            "2001:470::1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ] {
            assert_eq!(inside(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn every_edge_of_an_inside_network_is_inside() {
        for (net, bits, kind) in INSIDE_V4 {
            let first = u32::from_be_bytes(net);
            let last = first | u32::MAX.checked_shr(bits.into()).unwrap_or(0);
            for address in [first, last].map(Ipv4Addr::from) {
                let found = inside(address.into());
                assert!(found.is_some(), "{address}: {kind}");
                let [a, b, c, d] = address.octets().map(u16::from);
                let (high, low) = ((a << 8) | b, (c << 8) | d);
                for carrier in [
                    format!("::ffff:{high:x}:{low:x}"),
                    format!("64:ff9b::{high:x}:{low:x}"),
                    format!("2002:{high:x}:{low:x}::1"),
                ] {
                    assert_eq!(inside(carrier.parse().unwrap()), found, "{carrier}");
                }
            }
        }
        for (net, bits, kind) in INSIDE_V6.into_iter().chain(OTHER_V6) {
            let first = u128::from(net.parse::<Ipv6Addr>().unwrap());
            let last = first | u128::MAX.checked_shr(bits.into()).unwrap_or(0);
            for address in [first, last].map(Ipv6Addr::from) {
                assert!(inside(address.into()).is_some(), "{address}: {kind}");
            }
        }
        for address in
            ["ff02::1", "100::1", "5f00::1", "::7f00:1", "64:ff9b:1::7f00:1", "2001:0:1:1::80ff:fffe"]
        {
            assert!(inside(address.parse().unwrap()).is_some(), "{address}");
        }
    }
}
