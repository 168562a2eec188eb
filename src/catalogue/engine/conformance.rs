//! What every engine must do, run over each of them.

use std::ops::ControlFlow;

use super::{Appended, Engine, Puts};

/// `reopen` gives the same store as after an orderly end.
pub fn check<E: Engine>(engine: E, reopen: impl Fn(E) -> E) {
    let puts = |pairs: &[(&str, &str)]| -> Puts {
        let pair = |(key, value): &(&str, &str)| (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec()));
        pairs.iter().map(pair).collect()
    };
    let all = |engine: &E, prefix: &str| {
        let mut found = Vec::new();
        let mut visit = |key: &[u8], value: &[u8]| {
            found.push(format!("{}={}", key.escape_ascii(), value.escape_ascii()));
            ControlFlow::Continue(())
        };
        engine.scan(prefix.as_bytes(), &mut visit).unwrap();
        found.join(" ")
    };

    assert_eq!(engine.get(b"a1").unwrap(), None, "nothing is there before it is put");
    assert_eq!(all(&engine, ""), "");

    engine.commit(puts(&[("b1", "one"), ("a2", ""), ("a1", "x")])).unwrap();
    assert_eq!(engine.get(b"a1").unwrap().as_deref(), Some(&b"x"[..]));
    assert_eq!(engine.get(b"a2").unwrap().as_deref(), Some(&b""[..]), "an empty value is a value");
    assert_eq!(all(&engine, "a"), "a1=x a2=", "a scan keeps to its prefix and to the order of keys");

    engine.commit(puts(&[("a1", "y"), ("a\u{7f}", "z")])).unwrap();
    assert_eq!(all(&engine, ""), "a1=y a2= a\\x7f=z b1=one", "a later put replaces an earlier one");

    engine.commit([(b"b1".to_vec(), None), (b"b2".to_vec(), None)].into()).unwrap();
    assert_eq!(
        all(&engine, ""),
        "a1=y a2= a\\x7f=z",
        "what is taken away is not there, whether it was or not"
    );

    let mut visited = 0;
    let mut stop = |_: &[u8], _: &[u8]| {
        visited += 1;
        ControlFlow::Break(())
    };
    engine.scan(b"", &mut stop).unwrap();
    assert_eq!(visited, 1, "a scan stops when it is told to");

    let appended = |pairs: &[(&str, &str)]| -> Appended {
        pairs.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
    };
    engine.commit_behind(appended(&[("p1", "one"), ("p2", "two")]), puts(&[("q", "")])).unwrap();
    assert_eq!(all(&engine, "p"), "p1=one p2=two");
    // As if this had not ended. Nothing goes through everything behind that.
    engine.commit_behind(appended(&[("p3", "three"), ("p4", "four")]), Puts::new()).unwrap();
    engine.cut(b"p", b"p4").unwrap();
    engine.cut(b"o", b"o").unwrap();
    assert_eq!(all(&engine, "p"), "p1=one p2=two p3=three", "what is cut is that behind, and of that prefix");

    let large = "v".repeat(100_000);
    engine
        .commit((0..500u32).map(|n| (n.to_be_bytes().to_vec(), Some(large.clone().into_bytes()))).collect())
        .unwrap();
    engine.flush().unwrap();
    let engine = reopen(engine);
    for n in [0u32, 250, 499] {
        assert_eq!(engine.get(&n.to_be_bytes()).unwrap().map(|value| value.len()), Some(large.len()));
    }
    assert_eq!(all(&engine, "a"), "a1=y a2= a\\x7f=z", "what was committed is there after reopening");
}
