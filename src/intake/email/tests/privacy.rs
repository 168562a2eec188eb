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
