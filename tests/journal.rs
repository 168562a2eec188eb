//! The journal alone: segments, torn tails, damage, and what a full check finds.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use annals::bulletin::BulletinId;
use annals::digest::Digest;
use annals::journal::event::{Action, Event, RULES};
use annals::journal::{Journal, JournalError, Place, Position, Reader, Report, record, verify};
use jiff::Timestamp;

const AT: Timestamp = Timestamp::UNIX_EPOCH;
const LARGE: u64 = 1 << 30;
/// A few events to a segment.
const TINY: u64 = 2_000;

/// In memory where the system has such a place: nobody cuts the power, and syncing to a disk takes its time.
fn quick_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The journal in `dir`, and the events that lie behind `from`.
fn open_from(dir: &Path, from: Position, max: u64) -> Result<(Journal, Vec<u64>), JournalError> {
    let mut seen = Vec::new();
    let journal = Journal::open(dir, from, max, |replayed| -> Result<(), JournalError> {
        seen.push(replayed.event.seq);
        Ok(())
    })?;
    Ok((journal, seen))
}

fn open(dir: &Path, max: u64) -> (Journal, Vec<u64>) {
    open_from(dir, Position::START, max).unwrap()
}

fn original(seq: u64) -> String {
    format!("original {seq} {}", Digest::of(&seq.to_le_bytes()).hex())
}

/// Writes `count` events, each behind an original, as one batch.
fn append(journal: &mut Journal, count: usize) -> Vec<Place> {
    let mut batch = journal.tail().batch(AT);
    let mut places = Vec::new();
    for _ in 0..count {
        let Position { seq, digest, .. } = batch.position();
        let seq = seq + 1;
        let original = original(seq);
        let original_digest = Digest::of(original.as_bytes());
        let member = record::resource(original.as_bytes(), original_digest, "text/plain", None, AT);
        let id = BulletinId::from_digest(&original_digest);
        let action = Action::Withdraw { id, reason: "test".into() };
        let event = Event { action, at: AT, by: "test".into(), prev: digest, rules: RULES, seq };
        places.push(batch.push(Some((&member, original_digest)), AT, &event).unwrap().0);
    }
    journal.commit(batch).unwrap();
    places
}

fn segment(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("annals-{number:08}.warc.gz"))
}

fn truncate(path: &Path, bytes: u64) {
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    OpenOptions::new().write(true).open(path).unwrap().set_len(bytes).unwrap();
}

fn write(path: &Path, bytes: &[u8]) {
    if path.exists() {
        fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    }
    fs::write(path, bytes).unwrap();
}

fn up_to(last: u64) -> Vec<u64> {
    (1..=last).collect()
}

fn checked(dir: &Path) -> Report {
    verify(dir, None, |_| ()).unwrap()
}

/// Where the members of a segment begin.
fn members(bytes: &[u8]) -> Vec<usize> {
    let mut begins = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        begins.push(at);
        at += record::member_lengths(&bytes[at..]).unwrap().compressed_bytes;
    }
    begins
}

#[test]
fn a_batch_is_there_after_reopening() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), LARGE);
    let places = append(&mut journal, 3);
    let end = journal.position();
    assert_eq!((end.seq, end.offset), (3, places[2].end()));
    drop(journal);
    let (journal, seen) = open(dir.path(), LARGE);
    assert_eq!((journal.position(), seen), (end, up_to(3)));
    assert_eq!(journal.reader().original(&places[1]).unwrap(), original(2).as_bytes());
    let report = checked(dir.path());
    assert_eq!((report.records, report.events, report.originals, report.problems.len()), (7, 3, 3, 0));
    assert_eq!(report.head, Some(end.digest));
}

#[test]
fn a_full_segment_is_sealed_and_the_chain_goes_on_in_the_next() {
    let dir = quick_dir();
    let mut ends = vec![Position::START];
    for n in 0..30 {
        // A process for each event: every state in between is one to be opened.
        let (mut journal, seen) = open(dir.path(), TINY);
        assert_eq!(seen, up_to(n));
        append(&mut journal, 1);
        ends.push(journal.position());
    }
    let last = ends[30].segment;
    assert!(last > 3, "{last} segments");
    for number in 1..=last {
        let mode = fs::metadata(segment(dir.path(), number)).unwrap().permissions().mode();
        assert_eq!(mode & 0o222 == 0, number < last, "segment {number} has mode {mode:o}");
    }
    // From the end of each event, among them the ends of sealed segments.
    for (n, end) in (0..).zip(&ends) {
        let (_, seen) = open_from(dir.path(), *end, TINY).unwrap();
        assert_eq!(seen, (n + 1..=30).collect::<Vec<_>>());
    }
    let report = checked(dir.path());
    assert_eq!((report.segments, report.events, report.problems), (last, 30, vec![]));
}

#[test]
fn the_birth_of_a_segment_may_be_cut_short_at_any_byte() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), TINY);
    while journal.position().offset < TINY {
        append(&mut journal, 1);
    }
    let full = journal.position();
    append(&mut journal, 1);
    drop(journal);
    let next = segment(dir.path(), 2);
    let whole = fs::read(&next).unwrap();
    let head = members(&whole)[1];
    for (cut, sealed) in (0..=head).map(|cut| (cut, cut % 2 == 0)) {
        write(&next, &whole[..cut]);
        // A power cut may have kept the file and lost its mode, or the note of what was acknowledged.
        let mode = if sealed { 0o444 } else { 0o644 };
        fs::set_permissions(segment(dir.path(), 1), Permissions::from_mode(mode)).unwrap();
        fs::remove_file(dir.path().join("head")).unwrap();
        for from in [Position::START, full] {
            let (mut journal, seen) = open_from(dir.path(), from, TINY).unwrap();
            assert_eq!(seen.last().copied().unwrap_or(full.seq), full.seq, "cut at {cut}");
            if from == full {
                append(&mut journal, 1);
                assert_eq!(journal.position().segment, 2);
            }
        }
        assert_eq!(open(dir.path(), TINY).1, up_to(full.seq + 1), "cut at {cut}");
        assert_eq!(checked(dir.path()).problems, vec![], "cut at {cut}");
    }
}

#[test]
fn a_sealed_segment_is_not_written_again_whatever_the_bound_is_now() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), TINY);
    append(&mut journal, 10);
    drop(journal);
    // Its successor was not born: the disk was full just then, or the archive is a copy for reading.
    fs::set_permissions(segment(dir.path(), 1), Permissions::from_mode(0o444)).unwrap();
    let sealed = fs::read(segment(dir.path(), 1)).unwrap();
    let (mut journal, seen) = open(dir.path(), LARGE);
    append(&mut journal, 1);
    append(&mut journal, 1);
    assert_eq!((journal.position().segment, seen), (2, up_to(10)));
    assert_eq!(fs::read(segment(dir.path(), 1)).unwrap(), sealed);
    drop(journal);
    assert_eq!(open(dir.path(), LARGE).1, up_to(12));

    // It was whole when it was sealed: a tail that is missing now is damage and not a torn batch.
    let dir = quick_dir();
    append(&mut open(dir.path(), LARGE).0, 2);
    let path = segment(dir.path(), 1);
    truncate(&path, fs::metadata(&path).unwrap().len() - 1);
    fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
    fs::remove_file(dir.path().join("head")).unwrap();
    let refused = open_from(dir.path(), Position::START, LARGE).err().unwrap().to_string();
    assert!(refused.contains("the segment is sealed"), "{refused}");
}

#[test]
fn a_torn_tail_is_cut_at_every_byte_and_what_was_acknowledged_remains() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), LARGE);
    append(&mut journal, 2);
    let acknowledged = journal.position();
    let head = fs::read(dir.path().join("head")).unwrap();
    append(&mut journal, 3);
    drop(journal);
    let whole = fs::read(segment(dir.path(), 1)).unwrap();
    for cut in acknowledged.offset as usize..whole.len() {
        let mut torn = whole[..cut].to_vec();
        // Cut off, or filled with the zeros of pages that were never written.
        torn.resize(cut + 100 * (cut % 2), 0);
        write(&segment(dir.path(), 1), &torn);
        match cut % 3 {
            0 => fs::write(dir.path().join("head"), &head).unwrap(),
            1 => drop(fs::remove_file(dir.path().join("head"))),
            _ => fs::write(dir.path().join("head"), [0xff; 300]).unwrap(),
        }
        let (mut journal, seen) = open(dir.path(), LARGE);
        assert!(seen.starts_with(&[1, 2]), "cut at {cut}: {seen:?}");
        append(&mut journal, 1);
        drop(journal);
        assert_eq!(open(dir.path(), LARGE).1, up_to(seen.len() as u64 + 1), "cut at {cut}");
        assert_eq!(checked(dir.path()).problems, vec![], "cut at {cut}");
    }
}

#[test]
fn a_page_that_was_lost_in_the_middle_of_what_was_never_acknowledged_is_no_damage() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), LARGE);
    append(&mut journal, 2);
    let acknowledged = journal.position();
    let head = fs::read(dir.path().join("head")).unwrap();
    append(&mut journal, 3);
    drop(journal);
    // The last pages reached the disk, and the first did not.
    let path = segment(dir.path(), 1);
    let mut torn = fs::read(&path).unwrap();
    torn[acknowledged.offset as usize..][..200].fill(0);
    write(&path, &torn);
    fs::write(dir.path().join("head"), &head).unwrap();
    let (mut journal, seen) = open(dir.path(), LARGE);
    assert_eq!((seen, fs::metadata(&path).unwrap().len()), (up_to(2), acknowledged.offset));
    append(&mut journal, 1);
    assert_eq!(checked(dir.path()).problems, vec![]);
}

#[test]
fn damage_to_what_was_acknowledged_is_refused_with_its_place_and_nothing_is_changed() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), TINY);
    for _ in 0..8 {
        append(&mut journal, 1);
    }
    assert!(journal.position().segment > 1);
    drop(journal);
    let head = fs::read(dir.path().join("head")).unwrap();
    for number in 1..=2 {
        let path = segment(dir.path(), number);
        let whole = fs::read(&path).unwrap();
        for begin in members(&whole) {
            let mut damaged = whole.clone();
            damaged[begin + 40] ^= 4;
            write(&path, &damaged);
            match open_from(dir.path(), Position::START, TINY).err() {
                Some(JournalError::Damaged { segment, offset, .. }) => {
                    assert_eq!((segment, offset), (file_name(&path), begin as u64));
                }
                other => panic!("segment {number}, byte {begin}: {other:?}"),
            }
            assert_eq!(fs::read(&path).unwrap(), damaged);
            assert_eq!(fs::read(dir.path().join("head")).unwrap(), head);
        }
        write(&path, &whole);
    }
    // Without the note of what was acknowledged, whole events behind the damage say the same.
    let path = segment(dir.path(), open(dir.path(), TINY).0.position().segment);
    fs::remove_file(dir.path().join("head")).unwrap();
    let mut damaged = fs::read(&path).unwrap();
    damaged[40] ^= 4;
    write(&path, &damaged);
    let refused = open_from(dir.path(), Position::START, TINY).err().unwrap().to_string();
    assert!(
        refused.contains("whole events follow it at byte") && refused.contains("annals verify"),
        "{refused}"
    );
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().into()
}

#[test]
fn a_broken_chain_is_named_with_its_place() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), LARGE);
    let places = append(&mut journal, 3);
    let events: Vec<_> = places.iter().map(|place| journal.reader().event(place).unwrap()).collect();
    drop(journal);
    let whole = fs::read(segment(dir.path(), 1)).unwrap();
    // Event 2, and then event 3, is replaced by another that is just as valid by itself.
    for (replaced, named, what) in [
        (1, 2, "the chain is broken: event 3 names another predecessor"),
        (2, 2, "another event 3 than this had been acknowledged"),
    ] {
        let json = String::from_utf8(events[replaced].clone()).unwrap();
        let forged = json.replace("\"by\":\"test\"", "\"by\":\"nobody\"").into_bytes();
        let member = record::metadata(&forged, Digest::of(&forged), None, AT);
        let (begin, end) = (places[replaced].event_offset() as usize, places[replaced].end() as usize);
        let forgery = [&whole[..begin], &member, &whole[end..]].concat();
        write(&segment(dir.path(), 1), &forgery);
        let behind = if replaced == named { places[named].end() } else { places[named].event_offset() };
        let offset = behind + member.len() as u64 - (end - begin) as u64;
        let refused = open_from(dir.path(), Position::START, LARGE).err().unwrap().to_string();
        assert!(
            refused.contains(what) && refused.contains(&format!("byte {offset}:")),
            "{offset}: {refused}"
        );
        let report = checked(dir.path());
        assert_eq!(report.problems.len(), 1, "{report:?}");
    }
}

#[test]
fn a_missing_segment_is_named_and_the_others_are_still_checked() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), TINY);
    while journal.position().segment < 4 {
        append(&mut journal, 1);
    }
    let end = journal.position();
    drop(journal);
    fs::rename(segment(dir.path(), 2), dir.path().join("elsewhere")).unwrap();
    let refused = open_from(dir.path(), Position::START, TINY).err().unwrap().to_string();
    assert!(refused.contains("annals-00000002.warc.gz at byte 0: the segment is missing"), "{refused}");
    let report = checked(dir.path());
    assert_eq!((report.segments, report.problems.len(), report.head), (3, 1, Some(end.digest)));
    assert_eq!(report.problems[0].segment, "annals-00000002.warc.gz");

    fs::rename(dir.path().join("elsewhere"), segment(dir.path(), 2)).unwrap();
    fs::remove_file(segment(dir.path(), 4)).unwrap();
    for until in [None, Some(end)] {
        let report = verify(dir.path(), until, |_| ()).unwrap();
        assert_eq!(report.problems[0].segment, "annals-00000004.warc.gz", "the last one is missed as well");
    }
    assert!(open_from(dir.path(), Position::START, TINY).is_err());
}

#[test]
fn every_flipped_bit_is_found_at_its_record_and_the_others_are_read() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), TINY);
    let places: Vec<Place> = (0..20).flat_map(|_| append(&mut journal, 1)).collect();
    let segments = journal.position().segment;
    drop(journal);
    let records = checked(dir.path()).records;
    let mut random = Digest::ZERO;
    for _ in 0..300 {
        random = Digest::of(&random.0);
        let number = u64::from_le_bytes(*random.0.first_chunk().unwrap());
        let path = segment(dir.path(), (number % u64::from(segments)) as u32 + 1);
        let whole = fs::read(&path).unwrap();
        let bit = (number >> 16) as usize % (whole.len() * 8);
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        write(&path, &flipped);
        let begin = members(&whole).into_iter().rfind(|begin| *begin <= bit / 8).unwrap();
        let report = checked(dir.path());
        let found: Vec<_> = report.problems.iter().map(|it| (it.segment.clone(), it.offset)).collect();
        assert_eq!(found, [(file_name(&path), begin as u64)], "bit {bit}: {:?}", report.problems);
        assert_eq!(report.records, records - 1, "bit {bit}");
        let reader = Reader::new(dir.path().into());
        for place in &places {
            let here = segment(dir.path(), place.segment) == path;
            assert_eq!(reader.event(place).is_err(), here && begin as u64 == place.event_offset());
            assert_eq!(reader.original(place).is_err(), here && begin as u64 == place.offset);
        }
        write(&path, &whole);
    }
}

#[test]
fn an_event_of_a_later_release_is_not_applied_by_rules_it_was_not_written_under() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), LARGE);
    let mut batch = journal.tail().batch(AT);
    let action = Action::Restore { id: BulletinId::from_digest(&Digest::ZERO) };
    let event = Event { action, at: AT, by: "test".into(), prev: Digest::ZERO, rules: RULES + 1, seq: 1 };
    batch.push(None, AT, &event).unwrap();
    journal.commit(batch).unwrap();
    drop(journal);
    let refused = open_from(dir.path(), Position::START, LARGE).err().unwrap();
    assert!(matches!(refused, JournalError::TooNew { seq: 1, .. }), "{refused}");
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let dir = quick_dir();
    let (mut journal, _) = open(dir.path(), LARGE);
    let mut batch = journal.tail().batch(AT);
    let before = (batch.len(), batch.position());
    let id = BulletinId::from_digest(&Digest::ZERO);
    let action = Action::Withdraw { id, reason: " ".repeat(record::BLOCK_BYTES_MAX).into() };
    let event = Event { action, at: AT, by: "test".into(), prev: Digest::ZERO, rules: RULES, seq: 1 };
    assert!(matches!(batch.push(None, AT, &event), Err(JournalError::TooLarge { .. })));
    assert_eq!((batch.len(), batch.position()), before);
    journal.commit(batch).unwrap();
    append(&mut journal, 1);
    drop(journal);
    assert_eq!(open(dir.path(), LARGE).1, [1]);
}
