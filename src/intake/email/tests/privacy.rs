//! The promise that nothing of a message that is published tells who received it.

use super::*;
use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use proptest::prelude::*;

fn percent(text: &str) -> String {
    crate::intake::email::links::percent_encoded(text)
}

/// Every way in which senders put a word into a link or a text.
fn spellings(word: &str) -> Vec<String> {
    vec![
        word.into(),
        word.to_uppercase(),
        percent(word),
        percent(&percent(word)),
        word.replace('@', "="),
        BASE64.encode(word.as_bytes()),
        BASE64URL.encode(format!("{{\"r\":\"{word}\"}}").as_bytes()),
        percent(&BASE64.encode(format!("id:{word};x").as_bytes())),
        HEXLOWER.encode(word.as_bytes()),
    ]
}

/// A newsletter that says in `spelling` who it is for, wherever newsletters do.
fn newsletter(address: &str, token: &str, spelling: &str, token_spelling: &str, plain: bool) -> String {
    let (kind, body) = if plain {
        (
            "text/plain",
            format!(
                "Spring tides ahead\n\n{PROSE}\n\nMore at https://harbour.example/t/{spelling}/a and \
                 https://harbour.example/q?x=1&k={token_spelling}.\n\nSent to {address} by the office.\n\
                 Leave: https://harbour.example/unsubscribe?t={token}\n"
            ),
        )
    } else {
        (
            "text/html",
            format!(
                "<p>Dear {address},</p><h1>Spring tides ahead</h1><p>{PROSE} See <a href=\"https://harbour.example/t/{spelling}\">the \
                 table</a>, <a href='https://go.harbour.example/?u=https%3A%2F%2Fharbour.example%2Fp%3Fw%3D{spelling}'>the map</a> and \
                 <a href='https://harbour.example/q?x=1&amp;k={token_spelling}#{token}'>the chart</a> sent to {address}.</p>\
                 <p><img src='https://harbour.example/i/{token_spelling}.png' alt='{spelling}'></p><p>{PROSE}</p>\
                 <p>https://harbour.example/{token}</p><p>You receive this at <b>{address}</b>. \
                 <a href='https://harbour.example/unsubscribe?t={token}'>Unsubscribe</a></p>"
            ),
        )
    };
    format!(
        "Delivered-To: {address}\nFrom: Harbour <office@harbour.example>\nTo: {address}\nSubject: Tides for {address}\n\
         Message-ID: <1@harbour.example>\nList-Unsubscribe: <https://harbour.example/unsubscribe?t={}>\n\
         Content-Type: {kind}; charset=utf-8\n\n{body}",
        percent(token)
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_address_and_no_token_of_the_recipient_is_ever_published(
        user in "[a-z]{3,8}(\\.[a-z]{3,8})?[0-9]{0,2}", host in "[a-z]{4,10}\\.example",
        token in "([0-9a-f]{16}|[A-Za-z0-9]{8}[0-9][A-Z]x[0-9]q[A-Za-z0-9]{8}|[0-9]{8,12})",
        which in 0..9usize, other in 0..9usize, plain: bool,
    ) {
        let address = format!("{user}@{host}");
        let (spelling, token_spelling) = (&spellings(&address)[which], &spellings(&token)[other]);
        let message = newsletter(&address, &token, spelling, token_spelling, plain);
        let published = submissions(message.as_bytes());
        prop_assert!(!published.is_empty(), "{message}");
        for submission in published {
            let json = submission.content_json.get().to_owned();
            let lower = json.to_lowercase();
            for word in [&address, &token] {
                for spelled in spellings(word) {
                    prop_assert!(!lower.contains(&spelled.to_lowercase()), "{spelled} in {json}");
                }
            }
            // The text about it is there: only what tells is gone.
            prop_assert!(json.contains("lower quay"), "{json}");
            for alias in &submission.aliases {
                let alias = alias.to_string().to_lowercase();
                prop_assert!(!alias.contains(&address) && !alias.contains(&token.to_lowercase()), "{alias}");
            }
        }
    }
}

#[test]
fn links_keep_their_text_where_nothing_of_them_may_be_published() {
    let message = format!(
        "{HEAD}Content-Type: text/html\n\n<p>{PROSE} See <a href='https://click.harbour.example/f/Zx9abcDEF12345'>the table</a>.</p>"
    );
    assert_eq!(html(&one(&message)), format!("<p>{PROSE} See the table.</p>"));
}

/// A PDF of one deflated stream.
fn pdf(stream: &[u8]) -> Vec<u8> {
    let packed = deflated(stream);
    let head = format!("%PDF-1.4\n1 0 obj\n<< /Length {} /Filter /FlateDecode >>\nstream\n", packed.len());
    [head.as_bytes(), &packed, b"\nendstream\nendobj\n"].concat()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

fn docx(xml: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, xml.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// The draft of a message that brings a file.
fn with_file(name: &str, bytes: &[u8]) -> Draft {
    one(&format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{PROSE}\n--b\nContent-Type: application/octet-stream\n\
         Content-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: base64\n\n{}\n--b--\n",
        BASE64.encode(bytes)
    ))
}

#[test]
fn a_file_that_tells_who_received_it_is_kept_with_the_original_alone() {
    let address = "Jane@reader.example";
    let wide: Vec<u8> = address.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let shown = |text: &str| format!("BT ({text}) Tj ET");
    let old = |text: &[u8]| [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], text].concat();
    for (name, bytes) in [
        ("plain.pdf", format!("%PDF-1.4\n/URI (mailto:{address})\n").into_bytes()),
        ("packed.pdf", pdf(shown(address).as_bytes())),
        ("kerned.pdf", pdf(b"BT [(Jan)-20(e@rea)14(der.example)] TJ ET")),
        (
            "digits.pdf",
            pdf(b"BT <004A0061006E00650040007200650061006400650072002E006500780061006D0070006C0065> Tj"),
        ),
        ("named.pdf", pdf(shown("Dear Ms Jane Doe").as_bytes())),
        ("wide.doc", old(&wide)),
        ("packed.docx", docx(&format!("<w:t>For {address}</w:t>"))),
        ("parted.docx", docx("<w:t>jane@</w:t><w:t>reader.example</w:t>")),
        ("picture.png", [b"\x89PNG\r\n\x1a\n".as_slice(), address.as_bytes()].concat()),
    ] {
        let draft = with_file(name, &bytes);
        assert!(draft.attachments.is_empty() && draft.enclosures.is_empty(), "{name}");
        assert!(html(&draft).contains(&format!("[{name}, ")), "it is named: {}", html(&draft));
    }
    for (name, bytes) in [
        ("tides.pdf", pdf(shown("The keeper, Jane Doe, and jane@harbour.example").as_bytes())),
        ("tides.docx", docx("<w:t>Spring tides at the reader.example quay</w:t>")),
        ("tides.doc", old(b"Spring tides")),
        ("damaged.docx", b"PK\x03\x04 and no more".to_vec()),
        ("damaged.pdf", b"%PDF-1.4\nstream\n\x78\x9cno more".to_vec()),
    ] {
        assert_eq!(with_file(name, &bytes).attachments.len(), 1, "{name}");
    }
}

#[test]
fn a_file_that_unpacks_without_end_is_not_kept() {
    let endless = vec![b' '; 20 << 20];
    for (name, bytes) in [("bomb.pdf", pdf(&endless)), ("bomb.docx", docx(&" ".repeat(20 << 20)))] {
        assert!(bytes.len() < 100_000 && with_file(name, &bytes).attachments.is_empty(), "{name}");
    }
}

#[test]
fn a_hash_of_the_address_tells_as_much_as_the_address() {
    // Of jane@reader.example, as md5sum, sha1sum and sha256sum print them.
    for hash in [
        "02338fce45a6cc650dd67fc6be486be2",
        "a9b19f76a6075304a8656bac1882d8aaa4fec47b",
        "7d4eb0d91abd2d17c72ac3f550dd5601bf9805f55a23698d204561eefb98899e",
    ] {
        let message = format!(
            "{HEAD}Content-Type: text/html\n\n<p>{PROSE} <a href='https://harbour.example/a/{hash}.jpg'>A portrait</a>, \
             <a href='https://harbour.example/t?y=1&amp;w={}'>the table</a>.</p><p>Copy {hash}</p>",
            hash.to_uppercase()
        );
        let draft = one(&message);
        assert!(!html(&draft).to_lowercase().contains(hash), "{}", html(&draft));
        assert!(
            html(&draft).contains("<a href=\"https://harbour.example/t?y=1\">the table</a>"),
            "{}",
            html(&draft)
        );
    }
}

#[test]
fn a_short_token_in_an_ordinary_link_goes_and_the_link_stays() {
    for (query, kept) in [
        ("page=2&ref=aB3dE6fG9h", "page=2"),
        ("article=tides-2020&cid=x81KqL0e7d", "article=tides-2020"),
        ("v=dQw4w9WgXcQ&uid=4410", "v=dQw4w9WgXcQ"),
        ("p=12345&lang=en&src=Zx9abcDEF1", "p=12345&lang=en"),
        ("ref=homepage&q=tides", "ref=homepage&q=tides"),
    ] {
        let rich = format!(
            "{HEAD}Content-Type: text/html\n\n<p>{PROSE} See <a href=\"https://harbour.example/tides?{query}\">the table</a>.</p>"
        );
        let expected = format!("href=\"https://harbour.example/tides?{}\"", kept.replace('&', "&amp;"));
        assert!(html(&one(&rich)).contains(&expected), "{}", html(&one(&rich)));
        let plain = format!("{HEAD}\n{PROSE} See https://harbour.example/tides?{query} for the table.\n");
        assert!(text(&one(&plain)).contains(&format!("/tides?{kept} for")), "{}", text(&one(&plain)));
    }
}

#[test]
fn a_sentence_spoken_to_the_recipient_loses_the_name_and_one_about_a_namesake_keeps_it() {
    let told = "Jane Grey lights the lamp, and the keeper, Jane, rows home.";
    let said =
        "As you know, Jane, the lower quay is shut. Thank you Jane! We will see you on the mole, Jane.";
    let rich = format!(
        "{HEAD}Content-Type: text/html\n\n<p>{PROSE} {said} {told}</p><p><img src='https://harbour.example/q.jpg' \
         alt='Thank you, Jane!'></p><figure><img src='https://harbour.example/r.jpg' alt='Jane Grey'>\
         <figcaption>As you asked, Jane, the mole.</figcaption></figure>"
    );
    let plain = format!("{HEAD}\n{PROSE} {said} {told}\n");
    for message in [rich, plain] {
        let draft = one(&message);
        let expected = "As you know, the lower quay is shut. Thank you! We will see you on the mole.";
        assert!(text(&draft).contains(&format!("{expected} {told}")), "{}", text(&draft));
        assert!(
            !html(&draft).contains("Thank you, Jane") && !text(&draft).contains("asked, Jane"),
            "{}",
            html(&draft)
        );
    }
}
