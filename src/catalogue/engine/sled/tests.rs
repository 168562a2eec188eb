//! The engine over sled, in files that end with the test.

use super::super::conformance;
use super::*;

#[test]
fn sled_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let open = || SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
    conformance::check(open(), |engine| {
        drop(engine);
        open()
    });
}

#[test]
fn a_value_that_is_not_the_one_that_was_put_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let engine = SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
    engine.commit([(b"k".to_vec(), Some(b"value".to_vec()))].into()).unwrap();
    engine.ask(|db| db.insert(b"k", b"valve\0\0\0\0").map(drop).map_err(store)).unwrap();
    assert!(matches!(engine.get(b"k"), Err(EngineError::Damaged(key)) if key == "k"));
}

#[test]
fn what_a_commit_left_that_did_not_end_is_cut_and_was_never_counted() {
    let dir = tempfile::tempdir().unwrap();
    let engine = SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
    let through = || engine.scan(b"", &mut |_, _| std::ops::ControlFlow::Continue(()));
    let appended = |keys: &[u8]| keys.iter().map(|key| (vec![b'p', *key], vec![*key; 9])).collect();
    engine.commit_behind(appended(&[1, 2]), [(b"a".to_vec(), Some(b"1".to_vec()))].into()).unwrap();
    through().unwrap();
    let half = |key: u8| engine.ask(|db| db.insert([b'p', key], seal(vec![key; 9])).map(drop).map_err(store));
    half(3).unwrap();
    half(5).unwrap();
    engine.cut(b"p", &[b'p', 3]).unwrap();
    through().unwrap();
    // What it left may also be put once more.
    half(3).unwrap();
    engine.commit_behind(appended(&[3, 4]), Puts::new()).unwrap();
    through().unwrap();
}

#[test]
fn whoever_asks_for_what_is_being_appended_meets_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    let engine = SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
    let key = |n: u32| n.to_be_bytes().to_vec();
    let value = |n: u32| format!("the value of {n}").into_bytes();
    const KEYS: u32 = 4_000;
    std::thread::scope(|threads| {
        let appending = threads.spawn(|| {
            let appended = (0..KEYS).map(|n| (key(n), value(n))).collect();
            engine.commit_behind(appended, Puts::new()).unwrap();
        });
        while !appending.is_finished() {
            for n in (0..KEYS).rev() {
                let found = engine.get(&key(n)).unwrap().unwrap_or_default();
                assert!(found.is_empty() || found == value(n));
            }
        }
    });
    assert!((0..KEYS).all(|n| engine.get(&key(n)).unwrap().unwrap() == value(n)));
}

#[test]
fn a_store_with_much_more_than_is_kept_is_written_anew_when_it_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    let everything = |engine: &SledEngine| {
        let mut found = Vec::new();
        let mut visit = |key: &[u8], value: &[u8]| {
            found.push((key.to_vec(), value.to_vec()));
            std::ops::ControlFlow::Continue(())
        };
        engine.scan(b"", &mut visit).unwrap();
        found
    };
    let disk = || std::fs::metadata(path.join("db")).unwrap().len();
    let open = || SledEngine::open(&path, 1 << 20).unwrap();
    let engine = open();
    for round in 0..20u8 {
        let value = |n: u16| vec![round.wrapping_add(n as u8); 1_000];
        engine.commit((0..700).map(|n: u16| (n.to_be_bytes().to_vec(), Some(value(n)))).collect()).unwrap();
    }
    let (before, kept) = (disk(), everything(&engine));
    // What a copy left that did not end is in nobody's way.
    std::fs::create_dir(copy_of(&path)).unwrap();
    std::fs::write(copy_of(&path).join("db"), b"half").unwrap();
    engine.close().unwrap();
    assert!(disk() < before / 2 && !copy_of(&path).exists(), "{before} and then {}", disk());
    std::fs::create_dir(copy_of(&path)).unwrap();
    let engine = open();
    assert!(!copy_of(&path).exists());
    assert_eq!(everything(&engine), kept);
    let inode = || std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path.join("db")).unwrap());
    let same = inode();
    engine.close().unwrap();
    assert_eq!(inode(), same, "once is enough");
}

#[test]
fn a_put_or_a_removal_that_was_forgotten_is_found_by_going_through_all() {
    let put = |key: &str, value: &str| (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec()));
    let through = |engine: &SledEngine| engine.scan(b"", &mut |_, _| std::ops::ControlFlow::Continue(()));
    for forget in [
        |db: &sled::Db| db.insert(b"a", seal(b"1".into())),
        |db: &sled::Db| db.remove(b"b"),
        |db: &sled::Db| db.insert(b"c", seal(b"".into())),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let engine = SledEngine::open(&dir.path().join("store"), 1 << 20).unwrap();
        engine.commit([put("a", "1"), put("c", "")].into()).unwrap();
        engine.commit([put("a", "2"), put("b", ""), (b"c".to_vec(), None)].into()).unwrap();
        through(&engine).unwrap();
        engine.ask(|db| forget(db).map(drop).map_err(store)).unwrap();
        assert!(matches!(through(&engine), Err(EngineError::Damaged(what)) if what.contains("its sum")));
        assert!(suspected(&dir.path().join("store")).exists());
    }
}

#[test]
fn what_a_copy_fails_at_says_nothing_of_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let copy = Copy(Some(open_now(&dir.path().join("copy"), 1 << 20).unwrap()));
    let damaged = |_: &sled::Db| Err(EngineError::Damaged("k".into()));
    assert!(matches!(copy.write(damaged), Err(EngineError::Store(why)) if why.contains("its copy")));
    let panicking = |_: &sled::Db| panic!("as sled does where the disk is full");
    assert!(matches!(copy.write(panicking), Err(EngineError::Store(why)) if why.contains("panicked")));
}
