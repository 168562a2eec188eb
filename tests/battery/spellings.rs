//! Ways in which addresses inside are written, so that they look like something else.

/// Inside addresses that a fetch could be lured to.
pub const TARGETS: [[u8; 4]; 10] = [
    [127, 0, 0, 1],
    [127, 8, 9, 10],
    [10, 0, 0, 1],
    [169, 254, 169, 254],
    [192, 168, 1, 1],
    [172, 31, 5, 4],
    [100, 100, 100, 200],
    [0, 0, 0, 0],
    [255, 255, 255, 255],
    [168, 63, 129, 16],
];

/// Every way that is known to write an IPv4 address as a host.
pub fn spellings(octets: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = octets;
    let number = u32::from_be_bytes(octets);
    let (high, low) = (number >> 16, number & 0xffff);
    let dotted = format!("{a}.{b}.{c}.{d}");
    let wide: String = dotted
        .chars()
        .map(|c| c.to_digit(10).and_then(|digit| char::from_u32(0xff10 + digit)).unwrap_or(c))
        .collect();
    let percent: String = dotted.bytes().map(|byte| format!("%{byte:02x}")).collect();
    vec![
        dotted.clone(),
        format!("{dotted}."),
        format!("{number}"),
        format!("0x{number:x}"),
        format!("0X{number:X}"),
        format!("0{number:o}"),
        format!("000000{number:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0x000{a:x}.0x0{b:x}.0x00{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("000{a:o}.000{b:o}.000{c:o}.000{d:o}"),
        format!("0x{a:x}.{b}.0{c:o}.{d}"),
        format!("{a}.{b}.{low}"),
        format!("{a}.{b}.0x{low:x}"),
        format!("{a}.{}", number & 0xff_ffff),
        format!("0{a:o}.0x{:x}", number & 0xff_ffff),
        wide.clone(),
        wide.replace('.', "。"),
        dotted.replace('.', "．"),
        dotted.replace('.', "｡"),
        percent,
        dotted.replace('.', "%2e"),
        dotted.replace('1', "\u{2460}"),
        format!("[::ffff:{dotted}]"),
        format!("[::FFFF:{high:x}:{low:X}]"),
        format!("[0:0:0:0:0:ffff:{high:04x}:{low:04x}]"),
        format!("[64:ff9b::{dotted}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[64:ff9b:1::{dotted}]"),
        format!("[64:ff9b:1:{high:x}:{:x}:{:x}::]", low >> 8, (low & 0xff) << 8),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[2001:0:{high:x}:{low:x}::{:x}:{:x}]", high ^ 0xffff, low ^ 0xffff),
        format!("[::{dotted}]"),
        format!("[fe80::{dotted}]"),
        format!("user@{dotted}"),
        format!("user:word@{dotted}"),
        format!("public.example.org@{dotted}"),
    ]
}

/// Inside addresses that carry no IPv4 address, and what is no host at all.
pub const OTHERS: [&str; 16] = [
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[fdff:ffff::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[::1%25lo]",
    "[::ffff:127.0.0.1%lo]",
    "[127.0.0.1]",
    "256.256.256.256",
    "127.0.0.0x100",
];
