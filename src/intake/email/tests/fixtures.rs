//! The messages in tests/data/email, and everything that can happen to one on its way.

use super::*;
use proptest::prelude::*;

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../../tests/data/email/", $name)).as_slice())
    };
}

const FIXTURES: [(&str, &[u8]); 6] = [
    fixture!("single-story.eml"),
    fixture!("digest.eml"),
    fixture!("columns.de.eml"),
    fixture!("press-release.fr.eml"),
    fixture!("list-plain.ru.eml"),
    fixture!("forwarded.es.eml"),
];

struct Expected {
    titles: &'static [&'static str],
    kept: &'static [&'static str],
    gone: &'static [&'static str],
}

const EXPECTED: [Expected; 6] = [
    Expected {
        titles: &["Ferries return to the east quay"],
        kept: &[
            "eaten by shipworm",
            "a stove and a clock",
            "https://port.merrow.example/timetable\"",
            "desk@port",
            "Divers lower",
        ],
        gone: &[
            "browser",
            "Jane",
            "jane",
            "list-manage",
            "Facebook",
            "Copyright",
            "Customs Stairs",
            "unsubscribe",
            "5e1fc9b07a",
            "open.php",
            "Read more",
        ],
    },
    Expected {
        titles: &[
            "Cape light out of service for repairs",
            "New speed limit in Gull Sound",
            "Harbour masters meet in Tarn",
            "Coast Office Weekly - 4 March 2021",
        ],
        kept: &["https://www.coast.example/notices/2021/cape-ostrey-light", "consultation on moorings"],
        gone: &[
            "tom@keeper",
            "tom%40",
            "lnks.gd",
            "Preferences",
            "Signal Row",
            "facebook",
            "trouble viewing",
            "Stay connected",
        ],
    },
    Expected {
        titles: &[
            "Der alte Turm von Hallig Nord steht wieder gerade",
            "Neue Ausstellung über Nebelhörner",
            "Stipendium für junge Wärterinnen",
        ],
        kept: &["dreimal am Tag zu hören", "turm.jpg"],
        gone: &["Sommer", "sommer", "Abmelden", "Am Deich", "Browser", "Qk9tY1hZ", "Ausgabe"],
    },
    Expected {
        titles: &["Le bassin de Sauzet rouvre aux grands voiliers"],
        kept: &[
            "L’écluse a été élargie",
            "<td>Belle Aurore</td>",
            "https://port-sauzet.example/voiliers",
            "src=\"ni:///",
        ],
        gone: &["lenoir", "safelinks", "COMMUNIQUÉ"],
    },
    Expected {
        titles: &["Маяк Северный зажжёт новую лампу"],
        kept: &["меньше энергии, чем чайник", "до конца сентября"],
        gone: &["Анна", "anna", "Отписаться", "7c1f9b2e", "выпуск 14"],
    },
    Expected {
        titles: &["Corte de navegación en la esclusa norte"],
        kept: &[
            "fondeadero de la isla Larga",
            "<h3>Horario de la balsa</h3>",
            "href=\"https://riosal.example/esclusa\"",
        ],
        gone: &["google.com", "Muelle 2", "Rosa", "Para el archivo"],
    },
];

#[test]
fn newsletters_are_their_stories_and_nothing_else() {
    for ((name, bytes), expected) in FIXTURES.iter().zip(&EXPECTED) {
        let drafts = drafts(bytes);
        let titles: Vec<&str> = drafts.iter().filter_map(|draft| draft.title.as_deref()).collect();
        assert_eq!(titles, expected.titles, "{name}");
        let all = format!("{drafts:?}").replace("\\\"", "\"");
        let all = all.split("attachments").next().unwrap();
        let bodies: String =
            drafts.iter().map(|draft| format!("{} {:?}\n", html(draft), draft.summary)).collect();
        for kept in expected.kept {
            assert!(bodies.contains(kept), "{name}: {kept} is missing in {bodies}");
        }
        for gone in expected.gone {
            assert!(
                !bodies.contains(gone) && !all.contains(&format!("title: Some(\"{gone}")),
                "{name}: {gone} is left in {bodies}"
            );
        }
    }
}

#[test]
fn one_story_has_the_address_of_its_web_version_and_its_preview_as_summary() {
    let draft = drafts(FIXTURES[0].1).remove(0);
    assert_eq!(draft.url.as_deref(), Some("https://us7.campaign-archive.com/?u=4f2a9c77d1e0&id=99a1b2c3d4"));
    assert_eq!(
        draft.summary.as_deref(),
        Some("After eleven months of repairs the first boat leaves on Monday morning.")
    );
    let press = drafts(FIXTURES[3].1).remove(0);
    assert_eq!(press.attachments.len(), 2);
    assert_eq!(press.enclosures[1].title.as_deref(), Some("Programme d'été.pdf"));
}

#[test]
fn a_picture_above_a_heading_is_of_the_story_below() {
    let drafts = drafts(FIXTURES[1].1);
    for (draft, picture) in drafts.iter().zip(["cape-light", "gull-sound", "meeting"]) {
        assert!(html(draft).contains(picture) && html(draft).matches("<img").count() == 1, "{}", html(draft));
    }
}

#[test]
fn where_a_story_of_a_digest_leads_is_no_name_of_it() {
    let drafts = drafts(FIXTURES[1].1);
    assert!(drafts.iter().all(|draft| draft.url.is_none()));
    let related = drafts[0].links.iter().find(|link| link.rel == "related");
    assert_eq!(
        related.map(|link| link.url.as_str()),
        Some("https://www.coast.example/notices/2021/cape-ostrey-light")
    );
}

#[test]
fn messages_are_told_from_texts_that_look_like_them() {
    for (name, bytes) in FIXTURES {
        assert!((crate::intake::email::FORMAT.sniff)(bytes), "{name}");
    }
    for text in [
        "Subject: The lamp\nDate: 4 April 2018\n\nThe lamp is lit.",
        "From: Authority\n\nText",
        "To: all\nThe date: soon",
        "{\"from\": 1}",
        "<p>From: x</p>",
        "From a@b Thu Sep 17 07:15:02 2020",
    ] {
        assert!(!(crate::intake::email::FORMAT.sniff)(text.as_bytes()), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_message_cut_off_anywhere_is_read_or_refused(which in 0..FIXTURES.len(), at in 0.0..1.0f64) {
        let bytes = FIXTURES[which].1;
        let cut = &bytes[..(bytes.len() as f64 * at) as usize];
        let read = intake::read(cut, &arrival(), &Settings::default());
        if let Err(refusal) = read {
            prop_assert!(!refusal.why.is_empty());
        }
    }

    #[test]
    fn a_message_with_a_changed_byte_is_read_or_refused(which in 0..FIXTURES.len(), at in 0.0..1.0f64, byte: u8) {
        let mut bytes = FIXTURES[which].1.to_vec();
        let at = (bytes.len() as f64 * at) as usize;
        bytes[at] = byte;
        let read = intake::read(&bytes, &arrival(), &Settings::default());
        if let Err(refusal) = read {
            prop_assert!(!refusal.why.is_empty());
        }
    }

    #[test]
    fn any_bytes_below_a_header_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..2_000), kind in 0..4usize) {
        let kinds = ["text/plain", "text/html", "multipart/mixed; boundary=b", "message/rfc822"];
        let mut message = format!("{HEAD}Content-Type: {}\n\n--b\n", kinds[kind]).into_bytes();
        message.extend(body);
        let _ = intake::read(&message, &arrival(), &Settings::default());
    }
}
