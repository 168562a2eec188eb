//! Mail: one mailbox of many messages, read message by message through intake.
//!
//! `ANNALS_BENCH_MESSAGES` sets how many messages the larger of the two mailboxes has (10,000); the smaller
//! has a tenth. Memory must not grow from one to the other.

mod common;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use annals::intake::container::CONTAINERS;
use annals::intake::{self, Arrival, Settings};
use common::{resident_bytes, size, spent};
use data_encoding::BASE64;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn main() {
    let count = size("ANNALS_BENCH_MESSAGES", 10_000);
    let dir = tempfile::tempdir().expect("there is room for a folder");
    bombs();
    // The first run pays for what is made once: tables of phrases, the allocator's own memory.
    let first = dir.path().join("first.mbox");
    write(&first, 100);
    read(&first);
    for count in [count / 10, count] {
        let path = dir.path().join(format!("{count}.mbox"));
        let bytes = write(&path, count);
        let before = resident_bytes();
        let ((bulletins, refused, peak), spent) = spent(|| read(&path));
        println!(
            "{count} messages, {} MB: {:.0} µs CPU each, {bulletins} bulletins, {refused} refused; {:+.1} MB resident at the peak",
            bytes / 1_000_000,
            spent.cpu_micros_each(count),
            (peak as f64 - before as f64) / 1e6,
        );
    }
}

/// Bulletins, refusals, and the most memory that was resident.
fn read(path: &Path) -> (usize, usize, u64) {
    let container =
        CONTAINERS.iter().find(|container| container.name == "mbox").expect("there are mailboxes");
    let settings = Settings::default();
    let file = File::open(path).expect("it was written");
    let (mut bulletins, mut refused, mut peak) = (0, 0, 0);
    for (at, member) in (container.members)(Box::new(file), settings.bytes_max).enumerate() {
        let member = member.expect("the mailbox is whole");
        let arrival = Arrival { source: "bench".into(), media_type: member.media_type, ..Arrival::default() };
        match intake::read(&member.bytes, &arrival, &settings) {
            Ok(document) => bulletins += document.parts.iter().filter(|part| part.is_ok()).count(),
            Err(_) => refused += 1,
        }
        if at % 50 == 0 {
            peak = peak.max(resident_bytes());
        }
    }
    (bulletins, refused, peak)
}

/// Writes a mailbox of `count` messages; its bytes.
fn write(path: &Path, count: usize) -> u64 {
    let mut random = StdRng::seed_from_u64(7);
    let mut file = BufWriter::new(File::create(path).expect("the folder is ours"));
    for number in 0..count {
        let message = message(&mut random, number);
        writeln!(file, "From office@bench.example Thu Sep 17 07:15:02 2020\n{message}")
            .expect("there is room");
    }
    file.into_inner().expect("there is room").metadata().expect("it is open").len()
}

const WORDS: [&str; 24] = [
    "the", "harbour", "ferry", "tide", "was", "lamp", "of", "quay", "keepers", "on", "Monday", "storm", "a",
    "pilot", "boats", "returned", "from", "island", "and", "light", "channel", "in", "winter", "before",
];

fn sentence(random: &mut StdRng) -> String {
    let words: Vec<&str> =
        (0..random.random_range(8..22)).map(|_| WORDS[random.random_range(0..WORDS.len())]).collect();
    format!("The {}. ", words.join(" "))
}

fn paragraph(random: &mut StdRng) -> String {
    (0..random.random_range(2..6)).map(|_| sentence(random)).collect()
}

/// A plain letter, a newsletter with its furniture, or one with a picture, as lists have them side by side.
fn message(random: &mut StdRng, number: usize) -> String {
    let head = format!(
        "Delivered-To: reader@bench.example\nFrom: Bench Office <office@bench.example>\nTo: Jane Doe <reader@bench.example>\n\
         Subject: =?utf-8?q?Notice_{number}_of_the_office?=\nDate: Thu, 17 Sep 2020 09:12:31 +0200\n\
         Message-ID: <{number}@bench.example>\nList-ID: Bench <news.bench.example>\n\
         List-Unsubscribe: <https://bench.example/unsubscribe?t=4f2a9c{number}>\nMIME-Version: 1.0\n"
    );
    let paragraphs: Vec<String> = (0..random.random_range(3..9)).map(|_| paragraph(random)).collect();
    if number.is_multiple_of(3) {
        return format!("{head}Content-Type: text/plain; charset=utf-8\n\n{}\n", paragraphs.join("\n\n"));
    }
    let cells: String = paragraphs
        .iter()
        .map(|text| {
            format!(
                "<table width=\"100%\"><tr><td style=\"font-family:Arial;font-size:16px;padding:9px\"><p>{text}\
                 <a href=\"https://bench.example/n/{number}?utm_source=mail&amp;t=4f2a9c{number}\">the list</a></p></td></tr></table>\n"
            )
        })
        .collect();
    let html = format!(
        "<html><head><style>p{{margin:0}}</style></head><body><div style=\"display:none\">Preview</div>\
         <table width=\"600\"><tr><td><a href=\"https://bench.example/web/4f2a9c{number}\">View this email in your browser</a></td></tr>\
         <tr><td><h1>Notice {number} of the office</h1>{cells}</td></tr><tr><td>You are receiving this email because you signed up. \
         <a href=\"https://bench.example/unsubscribe?t=4f2a9c{number}\">Unsubscribe</a></td></tr></table></body></html>"
    );
    let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![number as u8; 8_000]].concat();
    format!(
        "{head}Content-Type: multipart/alternative; boundary=\"b{number}\"\n\n--b{number}\nContent-Type: text/plain; charset=utf-8\n\n\
         {}\n--b{number}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}\n--b{number}\n\
         Content-Type: image/png; name=\"quay.png\"\nContent-Transfer-Encoding: base64\n\n{}\n--b{number}--\n",
        paragraphs.join("\n\n"),
        lines(&BASE64.encode(html.as_bytes())),
        lines(&BASE64.encode(&picture)),
    )
}

fn lines(encoded: &str) -> String {
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("base64")).collect();
    lines.join("\n")
}

/// Messages that nobody sends, and what it costs to refuse them or to read them.
fn bombs() {
    let head = "From: a@bench.example\nSubject: Notice\nDate: Thu, 17 Sep 2020 09:12:31 +0200\n";
    let html = "Content-Type: text/html; charset=utf-8\n\n";
    let deep: String =
        (0..100_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    let inner: String =
        (0..900).map(|n| format!("--b\nContent-Type: multipart/mixed; boundary=never{n}\n\nx\n")).collect();
    for (name, body) in [
        ("100,000 parts deep", deep),
        (
            "100,000 parts",
            format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000)),
        ),
        ("100,000 messages deep", "Content-Type: message/rfc822\n\n".repeat(100_000)),
        ("100,000 fields", "X: y\n".repeat(100_000)),
        (
            "900 boundaries that never come",
            format!(
                "Content-Type: multipart/mixed; boundary=b\n\n{inner}{}",
                "The ferry is late today, and nobody minds.\n".repeat(20_000)
            ),
        ),
        ("100,000 tables deep", format!("{html}{}", "<table><tr><td>".repeat(100_000))),
        (
            "20,000 links",
            format!("{html}{}", "<a href='https://a.example/?u=https://b.example/'>x</a> ".repeat(20_000)),
        ),
        (
            "20,000 headings",
            format!("{html}{}", "<p style='font-size:20px'>Head</p><p>Text of it.</p>".repeat(20_000)),
        ),
    ] {
        let message = format!("{head}{body}");
        let arrival = Arrival {
            source: "bench".into(),
            media_type: Some("message/rfc822".into()),
            ..Arrival::default()
        };
        let before = resident_bytes();
        let (read, spent) = spent(|| intake::read(message.as_bytes(), &arrival, &Settings::default()));
        let outcome = read.map_or_else(
            |refusal| refusal.to_string(),
            |document| format!("{} bulletins", document.parts.len()),
        );
        println!(
            "{name:32} {:>6.0} ms CPU, {:+.1} MB: {outcome}",
            spent.cpu.as_secs_f64() * 1e3,
            (resident_bytes() as f64 - before as f64) / 1e6
        );
    }
}
