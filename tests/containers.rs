//! Files that hold documents: what is in them is found, whole and in order, and what is wrong with them is named.

use std::io::{Cursor, Write as _};

use annals::intake::container::{self, HEAD_BYTES, Member};
use annals::intake::{self, Arrival, Refusal, RefusalKind};
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

const BYTES_MAX: usize = 1 << 20;

/// What is in a container that goes by this name.
fn unpack(name: &str, bytes: &[u8]) -> Vec<Result<Member, Refusal>> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let found = container::find(None, Some(name), head).unwrap_or_else(|| panic!("{name} is no container"));
    container::unpack(found, Box::new(Cursor::new(bytes.to_vec())), BYTES_MAX).collect()
}

/// Paths and first bytes of what is in it; refusals as they are printed.
fn list(name: &str, bytes: &[u8]) -> Vec<String> {
    let text = |member: Result<Member, Refusal>| match member {
        Ok(member) => {
            format!("{}={}", member.path.unwrap_or_default(), String::from_utf8_lossy(&member.bytes[..1]))
        }
        Err(refusal) => refusal.to_string(),
    };
    unpack(name, bytes).into_iter().map(text).collect()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Written by hand: the library would refuse the names that are to be refused.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const ENTRIES: &[(&str, &[u8])] = &[
    ("./b.txt", b"B"),
    ("2018/", b""),
    ("2018/a.html", b"<p>a"),
    ("__MACOSX/._b.txt", b"x"),
    (".hidden", b"x"),
];

#[test]
fn archives_are_unpacked_in_order_without_what_nobody_wrote() {
    let tar = tar(ENTRIES);
    assert_eq!(list("x.tar", &tar), ["b.txt=B", "2018/a.html=<"]);
    assert_eq!(list("x.tar.gz", &gzip(&tar)), ["b.txt=B", "2018/a.html=<"]);
    assert_eq!(list("x.tgz", &gzip(&tar)), ["b.txt=B", "2018/a.html=<"]);
    // A name that does not tell that it was compressed.
    assert_eq!(list("x.tar", &gzip(&tar)), ["b.txt=B", "2018/a.html=<"]);
    assert_eq!(list("no ending", &tar), ["b.txt=B", "2018/a.html=<"]);
    // By name, however they lie in it.
    assert_eq!(list("x.zip", &zip(ENTRIES)), ["b.txt=B", "2018/a.html=<"]);
    assert_eq!(list("x.ZIP", &zip(&[("2.txt", b"2"), ("1.txt", b"1")])), ["1.txt=1", "2.txt=2"]);
    assert_eq!(list("x.html.gz", &gzip(b"<p>fog")), ["=<"]);
    assert!(container::find(None, Some("report.docx"), &zip(ENTRIES)).is_none(), "an ending is believed");
    assert!(container::find(Some("text/html"), Some("x.zip"), &zip(ENTRIES)).is_none(), "so is a media type");
}

#[test]
fn a_name_that_leads_out_of_its_archive_is_refused_and_stops_no_other() {
    let entries: &[(&str, &[u8])] =
        &[("../slip.txt", b"x"), ("/etc/slip.txt", b"x"), ("C:/slip.txt", b"x"), ("z.txt", b"Z")];
    for (name, bytes) in [("x.zip", zip(entries)), ("x.tar", tar(entries))] {
        let mut members = unpack(name, &bytes);
        assert_eq!(members.pop().unwrap().unwrap().path.as_deref(), Some("z.txt"));
        let refused: Vec<Refusal> = members.into_iter().map(Result::unwrap_err).collect();
        assert!(refused.len() == 3 && refused.iter().all(|one| one.what.contains("slip.txt")), "{refused:?}");
        assert!(refused.iter().all(|one| one.why.contains("leads out")), "{refused:?}");
    }
}

#[test]
fn containers_are_unpacked_two_deep_and_no_deeper() {
    let inner = zip(&[("a.txt", b"A")]);
    let middle = gzip(&tar(&[("in.zip", &inner), ("b.txt", b"B")]));
    assert_eq!(list("x.tar.gz", &middle), ["in.zip/a.txt=A", "b.txt=B"]);
    let outer = zip(&[("m.tar.gz", &middle), ("c.txt", b"C")]);
    let found = list("x.zip", &outer);
    assert!(found[1].starts_with("m.tar.gz/in.zip: containers are unpacked 2 deep"), "{found:?}");
    assert_eq!([&found[0], &found[2]], ["c.txt=C", "m.tar.gz/b.txt=B"]);
}

#[test]
fn what_unpacks_to_more_than_it_may_is_refused_by_name() {
    let zeros = vec![0; 64 << 20];
    let zipped = zip(&[("a.txt", b"A"), ("bomb.txt", &zeros), ("z.txt", b"Z")]);
    let found = list("x.zip", &zipped);
    assert!(found[0] == "a.txt=A" && found[2] == "z.txt=Z", "{found:?}");
    assert!(found[1].contains("bomb.txt") && found[1].contains("intake.bytes_max"), "{found:?}");
    // A lie about its size does not help it.
    let mut lying = zipped.clone();
    let declared = (64u32 << 20).to_le_bytes();
    let places: Vec<usize> = (0..lying.len() - 4).filter(|at| lying[*at..*at + 4] == declared).collect();
    places.iter().for_each(|at| lying[*at..*at + 4].copy_from_slice(&100u32.to_le_bytes()));
    let found = list("x.zip", &lying);
    assert!(!places.is_empty() && found[1].contains("bomb.txt") && !found[1].contains('='), "{found:?}");
    // In a stream, everything behind it lies behind the bomb.
    let found = list("x.tar.gz", &gzip(&tar(&[("a.txt", b"A"), ("bomb.txt", &zeros), ("z.txt", b"Z")])));
    assert!(found[0] == "a.txt=A" && found[1].contains("bomb.txt"), "{found:?}");
    assert!(found[2].contains("200 times its size") && found.len() == 3, "{found:?}");
    let found = list("x.txt.gz", &gzip(&zeros));
    assert!(found.len() == 1 && found[0].contains("intake.bytes_max"), "{found:?}");
}

#[test]
fn many_members_cannot_add_up_to_a_bomb() {
    // Each is small enough, and all together are not.
    let megabyte = vec![b'a'; BYTES_MAX - 1];
    let names: Vec<String> = (0..64).map(|n| format!("{n}.txt")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &megabyte[..])).collect();
    let members = unpack("x.zip", &zip(&entries));
    let last = members.last().unwrap().as_ref().unwrap_err();
    assert_eq!(last.kind, RefusalKind::TooLarge, "{last}");
    assert!(members.len() < 32, "{}", members.len());
    // Nor can containers in a container.
    let inner = zip(&entries[..8]);
    let nested: Vec<(String, &[u8])> = (0..64).map(|n| (format!("{n}.zip"), &inner[..])).collect();
    let nested: Vec<(&str, &[u8])> = nested.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let bytes: usize =
        unpack("x.zip", &zip(&nested)).into_iter().flatten().map(|member| member.bytes.len()).sum();
    assert!(bytes <= 300 * zip(&nested).len() + 4 * BYTES_MAX, "{bytes}");
}

#[test]
fn an_encrypted_member_and_a_link_are_no_documents() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"A").unwrap();
    writer.add_symlink("link.txt", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let mut bytes = writer.finish().unwrap().into_inner();
    assert_eq!(list("x.zip", &bytes), ["a.txt=A"]);
    // The first bit of the flags says so (APPNOTE 4.4.4): in the entry's own header and in the directory's.
    let headers: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
    bytes[6] |= 1;
    bytes[headers[0] + 8] |= 1;
    let found = list("x.zip", &bytes);
    assert!(found[0].contains("a.txt") && found[0].contains("encrypted"), "{found:?}");
}

#[test]
fn a_capture_gives_its_pages_with_their_address_and_time() {
    for (name, bytes) in [
        ("capture.warc.gz", &include_bytes!("data/containers/capture.warc.gz")[..]),
        ("capture.warc", &include_bytes!("data/containers/capture.warc")[..]),
        ("no ending", &include_bytes!("data/containers/capture.warc")[..]),
    ] {
        let members = unpack(name, bytes);
        let mut titles = Vec::new();
        for member in members {
            let member = match member {
                Ok(member) => member,
                Err(refusal) => {
                    titles.push(refusal.to_string());
                    continue;
                }
            };
            assert_eq!(
                (member.received.unwrap().to_string().as_str(), &member.path),
                ("2019-04-02T10:00:00Z", &None)
            );
            let hints = intake::Hints { url: member.url.clone(), ..intake::Hints::default() };
            let arrival = Arrival {
                source: "captures".into(),
                media_type: member.media_type,
                path: None,
                unplaced: false,
                hints,
            };
            let mut document = intake::read(&member.bytes, &arrival, &intake::Settings::default()).unwrap();
            let part = document.parts.remove(0).unwrap();
            assert_eq!(part.aliases[0].to_string(), format!("url:{}", member.url.unwrap()));
            titles.push(part.content.title);
        }
        assert!(titles[5].contains("/half") && titles[5].contains("WARC-Truncated"), "{titles:?}");
        titles.remove(5);
        let pages = [
            "The morning ferry",
            "The noon ferry",
            "The evening ferry",
            "The night ferry",
            "The tender",
            "Quay closed",
        ];
        assert_eq!(
            titles, pages,
            "{name}: requests, pictures, robots.txt, what was not found and revisits are passed over"
        );
    }
}

#[test]
fn what_is_cut_off_gives_what_was_whole_and_says_so() {
    for (name, bytes) in [
        ("x.tar.gz", gzip(&tar(&[("a.txt", b"A"), ("b.txt", &[b'B'; 4_000])]))),
        ("x.tar", tar(&[("a.txt", b"A"), ("b.txt", &[b'B'; 4_000])])[..3_000].to_vec()),
        ("x.warc", include_bytes!("data/containers/capture.warc")[..3_000].to_vec()),
        ("x.warc.gz", include_bytes!("data/containers/capture.warc.gz")[..1_500].to_vec()),
    ] {
        let cut = if name == "x.tar.gz" { &bytes[..bytes.len() - 20] } else { &bytes[..] };
        let members = unpack(name, cut);
        let last = members.last().unwrap().as_ref().unwrap_err();
        assert!(last.kind == RefusalKind::Malformed && members[0].is_ok(), "{name}: {last}");
    }
    for (name, bytes) in [
        ("x.zip", &b"PK\x03\x04"[..]),
        ("x.tar", b"no tar"),
        ("x.gz", b"no gzip"),
        ("x.warc", b"WARC/"),
        ("x.tar", b""),
    ] {
        let members = unpack(name, bytes);
        assert!(members.len() == 1 && members[0].is_err(), "{name}: {members:?}");
    }
}

#[test]
fn what_a_crawler_notes_of_its_own_work_is_no_page() {
    let record = |target: &str| {
        format!(
            "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: {target}\r\nContent-Type: text/plain\r\n\
             Content-Length: 4\r\n\r\nfog.\r\n\r\n"
        )
    };
    let notes = ["metadata://harbour.example.org/crawl.log", "urn:pageinfo:https://harbour.example.org/fog"];
    let pages = ["https://harbour.example.org/fog", "urn:isbn:9780000000000"];
    let capture: String = notes.iter().chain(&pages).map(|target| record(target)).collect();
    let names: Vec<String> =
        unpack("x.warc", capture.as_bytes()).into_iter().map(|member| member.unwrap().name).collect();
    assert_eq!(names, pages);
}
