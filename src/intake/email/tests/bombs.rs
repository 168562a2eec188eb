//! Messages that nobody sends: each is refused by name, or read within what the parser's bounds allow.

use super::*;

#[test]
fn depth_and_number_of_parts_are_refused_by_name() {
    let deep: String =
        (0..100_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000));
    let messages = "Content-Type: message/rfc822\n\n".repeat(100_000);
    for (bomb, why) in
        [(deep, "nested deeper than 32"), (many, "more than 1000 parts"), (messages, "nested deeper")]
    {
        let refusal = refusal(format!("{HEAD}{bomb}").as_bytes());
        assert!(refusal.why.contains(why), "{refusal}");
    }
    let fields = "X: y\n".repeat(100_000);
    assert!(refusal(format!("{HEAD}{fields}\nx").as_bytes()).why.contains("1,000 fields"));
}

#[test]
fn boundaries_that_never_come_are_not_looked_for_again_and_again() {
    // A thousand parts, each of which claims to have parts of its own, above a megabyte of text.
    let parts: String =
        (0..900).map(|n| format!("--b\nContent-Type: multipart/mixed; boundary=never{n}\n\nx\n")).collect();
    let message = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n{parts}--b\n\n{}",
        "text\n".repeat(200_000)
    );
    assert!(!drafts(message.as_bytes()).is_empty());
}

#[test]
fn markup_without_end_is_read() {
    for html in [
        "<table><tr><td>".repeat(100_000),
        "<b>".repeat(100_000) + PROSE,
        format!("<p>{}</p>", "<a href='https://a.example/?u=https://b.example/'>x</a>".repeat(5_000)),
        format!("<ul>{}", "<li>".repeat(50_000)),
        format!("<p>{PROSE}</p>{}", "<p style='font-size:20px'>Head</p><p>Text of it.</p>".repeat(5_000)),
        "&#847;\u{200c} ".repeat(50_000) + PROSE,
    ] {
        let message = format!("{HEAD}Content-Type: text/html; charset=utf-8\n\n{html}");
        let _ = intake::read(message.as_bytes(), &arrival(), &Settings::default());
    }
}

#[test]
fn messages_to_more_people_than_are_looked_for_are_set_aside() {
    let letter = |n: usize, user: &str| {
        format!(
            "--b\n\nFrom: a@b.example\nTo: {n}.{user}@c.example\nSubject: Tides {n}\n\n{PROSE} {n}.\n\n\
             This went to {n}.{user}@c.example.\n"
        )
    };
    let digest = |user: &str| {
        let letters: String = (0..450).map(|n| letter(n, user)).collect();
        format!("{HEAD}Content-Type: multipart/digest; boundary=b\n\n{letters}--b--\n")
    };
    // Of ordinary addresses there is no end.
    assert_eq!(drafts(digest("archivist").as_bytes()).len(), 450);
    let long = "q4z".repeat(110);
    let read = super::super::parse(digest(&long).as_bytes(), &arrival()).unwrap().drafts;
    let refused = read.last().unwrap().as_ref().unwrap_err();
    assert!(refused.why.contains("more people than are looked for"), "{refused}");
    let before = &read[..read.len() - 1];
    assert!(before.len() > 100 && before.len() < 450);
    for (n, draft) in before.iter().enumerate() {
        assert!(!text(draft.as_ref().unwrap()).contains(&long), "{n}");
    }
}
