//! Whole messages: what comes of them, what must not, and what nobody would send.

mod bombs;
mod fixtures;
mod privacy;

use crate::bulletin::visible_text;
use crate::intake::{self, Arrival, Body, Draft, Refusal, Settings, Submission};

fn arrival() -> Arrival {
    Arrival { source: "mail".into(), media_type: Some("message/rfc822".into()), ..Arrival::default() }
}

/// The drafts of a message; what is refused is left out.
fn drafts(message: &[u8]) -> Vec<Draft> {
    let reading = super::parse(message, &arrival()).map(|reading| reading.drafts).unwrap_or_default();
    reading.into_iter().filter_map(Result::ok).collect()
}

fn one(message: &str) -> Draft {
    let mut drafts = drafts(message.as_bytes());
    assert_eq!(drafts.len(), 1, "{message}");
    drafts.remove(0)
}

fn refusal(message: &[u8]) -> Refusal {
    super::parse(message, &arrival()).expect_err("it is refused")
}

fn submissions(message: &[u8]) -> Vec<Submission> {
    let document = intake::read(message, &arrival(), &Settings::default());
    document.map(|document| document.parts.into_iter().filter_map(Result::ok).collect()).unwrap_or_default()
}

fn html(draft: &Draft) -> &str {
    let (Body::Html(html) | Body::Safe(html)) = &draft.body;
    html
}

fn text(draft: &Draft) -> String {
    visible_text(html(draft))
}

const HEAD: &str = "From: Harbour Office <office@harbour.example>\nTo: Jane Doe <jane@reader.example>\n\
    Subject: Spring tides ahead\nDate: Thu, 17 Sep 2020 09:12:31 +0200\nMessage-ID: <17@harbour.example>\n";

const PROSE: &str =
    "The highest tides of the year are due on Saturday, and the lower quay will be closed to cars.";

#[test]
fn header_fields_become_fields_of_the_bulletin() {
    let message = format!(
        "{HEAD}List-ID: Harbour News <news.harbour.example>\nList-Archive: <https://harbour.example/archive>\n\
         Archived-At: <https://harbour.example/archive/17>\n\n{PROSE}\n"
    );
    let draft = one(&message);
    assert_eq!(draft.title.as_deref(), Some("Spring tides ahead"));
    assert_eq!(draft.published.as_ref().unwrap().date.to_string(), "2020-09-17T09:12:31+02:00");
    assert_eq!((draft.authors[0].name.as_str(), draft.authors[0].email.as_deref()), ("Harbour Office", None));
    assert_eq!(draft.message_id.as_deref(), Some("17@harbour.example"));
    assert_eq!(draft.source.as_deref(), Some("news.harbour.example"));
    assert_eq!(draft.sender.as_deref(), Some("office@harbour.example"));
    assert_eq!(draft.url.as_deref(), Some("https://harbour.example/archive/17"));
    assert_eq!(
        (draft.links[0].rel.as_str(), draft.links[0].url.as_str()),
        ("archives", "https://harbour.example/archive")
    );
    assert_eq!(text(&draft), PROSE);
}

#[test]
fn a_date_that_is_missing_or_wrong_is_inferred_from_the_first_host() {
    let received =
        "Received: by b; Fri, 18 Sep 2020 10:00:00 +0000\nReceived: by a; Thu, 17 Sep 2020 09:13:00 +0000\n";
    for date in ["", "Date: soon\n", "Date: Thu, 1 Jan 1970 00:00:00 +0000\n"] {
        let draft = one(&format!("{received}From: a@b.example\nSubject: Tides\n{date}\n{PROSE}"));
        let published = draft.published.unwrap();
        assert_eq!(published.basis, crate::bulletin::Basis::Inferred);
        assert_eq!(published.date.to_string(), "2020-09-17T09:13:00Z");
    }
    assert_eq!(one(&format!("From: a@b.example\nSubject: Tides\n\n{PROSE}")).published, None);
}

#[test]
fn the_richest_alternative_that_holds_the_text_is_read() {
    let message = |html: &str| {
        format!(
            "{HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{PROSE}\n--b\nContent-Type: text/html\n\n\
             {html}\n--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--b--\n"
        )
    };
    let rich = one(&message(&format!("<p>{}</p>", PROSE.replace("lower", "<b>lower</b>"))));
    assert!(html(&rich).contains("<b>lower</b>"));
    let empty = one(&message("<p>Your program cannot show this.</p>"));
    assert_eq!(text(&empty), PROSE);
    // Cut off in the midst of its header.
    let cut =
        format!("{HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{PROSE}\n--b\nContent-Ty");
    assert_eq!(text(&one(&cut)), PROSE);
}

#[test]
fn a_message_that_only_carries_another_is_the_other() {
    let inner = format!(
        "From: Harbour <h@harbour.example>\nSubject: Inner\nMessage-ID: <in@harbour.example>\n\n{PROSE}\n"
    );
    let outer = |note: &str| {
        format!(
            "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{note}\n--b\nContent-Type: message/rfc822\n\n{inner}--b--\n"
        )
    };
    assert_eq!(one(&outer("For the archive")).title.as_deref(), Some("Inner"));
    assert_eq!(one(&outer(&PROSE.repeat(4))).title.as_deref(), Some("Spring tides ahead"));
    let digest = format!(
        "{HEAD}Content-Type: multipart/digest; boundary=b\n\n--b\n\n{inner}--b\n\n{}--b--\n",
        inner.replace("in", "on")
    );
    assert_eq!(drafts(digest.as_bytes()).len(), 2);
}

#[test]
fn who_passed_a_message_on_within_its_text_is_not_told() {
    let quoted = "---------- Forwarded message ---------<br>From: <b>Port</b> &lt;news@skerry.example&gt;<br>Date: Mon, Mar 8, 2021<br>\
        Subject: Tides<br>To: Eva &lt;eva@paper.example&gt;<br>";
    let message = format!(
        "From: Eva <eva@paper.example>\nSubject: Fwd: Tides\nContent-Type: text/html\n\n<div>{quoted}</div><p>{PROSE}</p>"
    );
    let draft = one(&message);
    assert_eq!((draft.title.as_deref(), text(&draft).as_str()), (Some("Tides"), PROSE));
}

#[test]
fn what_is_no_bulletin_is_refused_by_name() {
    for (message, why) in [
        ("no header at all", "header of a message"),
        (
            "From: a@b.example\nSubject: x\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nx\n--b--",
            "a report about",
        ),
        (
            "From: a@b.example\nSubject: x\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--",
            "encrypted",
        ),
        ("From: a@b.example\nSubject: x\nAuto-Submitted: auto-replied\n\nI am away", "automatic reply"),
        ("From: a@b.example\nSubject: x\n\n", "no text to read"),
        (
            "From: a@b.example\nSubject: x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\naGVsbG8=",
            "no text to read",
        ),
    ] {
        let refusal = refusal(message.as_bytes());
        assert!(refusal.why.contains(why), "{message}: {refusal}");
    }
}

#[test]
fn pictures_and_documents_are_kept_by_their_first_bytes_and_named_where_too_large() {
    let png = data_encoding::BASE64.encode(&[b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 40]].concat());
    let large = data_encoding::BASE64.encode(&[b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 300 << 10]].concat());
    let part = |id: &str, kind: &str, disposition: &str, body: &str| {
        format!(
            "--b\nContent-Type: {kind}\nContent-ID: <{id}>\nContent-Disposition: {disposition}\nContent-Transfer-Encoding: base64\n\n{body}\n"
        )
    };
    let message = format!(
        "{HEAD}Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>{PROSE}</p>\
         <p><img src=cid:small alt='The quay'><img src=cid:large alt='The tide'><img src=cid:fake></p>\n{}{}{}{}{}--b--\n",
        part("small", "image/png", "inline", &png),
        part("large", "image/png", "inline", &large),
        part("fake", "image/png", "inline", "aGVsbG8="),
        part("pdf", "application/octet-stream", "attachment; filename=plan.pdf", "JVBERi0xLjQK"),
        part("exe", "application/pdf", "attachment; filename=tool.exe", "TVqQAAMAAAAEAAAA"),
    );
    let draft = one(&message);
    let kept: Vec<&str> = draft.attachments.iter().map(|kept| kept.media_type.as_str()).collect();
    assert_eq!(kept, ["image/png", "application/pdf"], "{}", html(&draft));
    assert_eq!(
        draft.enclosures.iter().map(|known| known.title.as_deref()).collect::<Vec<_>>(),
        [Some("The quay"), Some("plan.pdf")]
    );
    assert_eq!(draft.enclosures[0].url, draft.attachments[0].name());
    assert!(
        html(&draft).contains(&format!("<img src=\"{}\" alt=\"The quay\">", draft.attachments[0].name()))
    );
    assert!(
        text(&draft).contains("[The tide]") && text(&draft).contains("[tool.exe, 12 B]"),
        "{}",
        text(&draft)
    );
}

#[test]
fn a_list_id_made_for_one_reader_names_no_source() {
    let source = |id: &str| one(&format!("{HEAD}List-ID: <{id}>\n\n{PROSE}\n")).source;
    assert_eq!(source("news.harbour.example").as_deref(), Some("news.harbour.example"));
    assert_eq!(source("x81kql0e9.harbour.example"), None);
    assert_eq!(source("jane=reader.example.harbour.example"), None);
}

#[test]
fn an_ordinary_link_ends_no_story() {
    for page in [
        "https://harbour.example/leave-policy",
        "https://example.gov/consumer-preference-study",
        "https://www.economist.com/subscriptions-economy",
        "https://baja.example/",
    ] {
        let message = format!(
            "{HEAD}Content-Type: text/html\n\n<p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p><p>The <a href='{page}'>rules \
             for crews</a> have changed.</p><p>Boats may moor at the upper quay.</p>"
        );
        let draft = one(&message);
        assert!(html(&draft).contains(&format!("<a href=\"{page}\">rules")), "{page}: {}", html(&draft));
        assert!(text(&draft).ends_with("upper quay."), "{page}");
    }
}

#[test]
fn the_name_of_the_recipient_goes_and_what_is_said_to_them_stays() {
    let message = format!(
        "{HEAD}Content-Type: text/html\n\n<p>Dear <b>Jane Doe</b>, as a member you may moor at the upper quay all year.</p>\
         <p><img src='https://harbour.example/q.jpg' alt='Jane, the quay'>{PROSE} <a href='https://harbour.example/t?y=1&amp;fname=Jane'>More</a></p>"
    )
    .replace("Spring tides ahead", "Jane, spring tides ahead");
    let draft = one(&message);
    assert_eq!(draft.title.as_deref(), Some("Spring tides ahead"));
    assert!(text(&draft).starts_with("As a member you may moor"), "{}", text(&draft));
    assert!(
        html(&draft).contains("alt=\"The quay\"") && html(&draft).contains("/t?y=1\""),
        "{}",
        html(&draft)
    );
    let plain = one(&format!("{HEAD}\nDear Jane Doe, as a member you may moor here.\n\n{PROSE}\n"));
    assert!(text(&plain).contains("as a member") && !text(&plain).contains("Jane"), "{}", text(&plain));
}

#[test]
fn a_file_called_after_the_recipient_is_kept_without_its_name() {
    let message = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{PROSE}\n--b\nContent-Type: application/pdf\n\
         Content-Disposition: attachment; filename=Pass_Jane_Doe.pdf\n\n%PDF-1.4\n--b\nContent-Type: application/zip\n\
         Content-Disposition: attachment; filename=jane@reader.example.zip\n\nPK\n--b--\n"
    );
    let draft = one(&message);
    assert_eq!((draft.enclosures.len(), draft.enclosures[0].title.as_deref()), (1, None));
    assert!(!html(&draft).contains("jane") && html(&draft).contains("[?, "), "{}", html(&draft));
}

#[test]
fn those_to_whom_a_message_was_sent_before_are_told_nowhere() {
    let quoted = "From: Port &lt;news@skerry.example&gt;<br>Date: Mon, Mar 8, 2021<br>Subject: Tides<br>\
        To: Ada Finch &lt;ada@keeper.example&gt;<br>";
    let message = format!(
        "From: Eva <eva@paper.example>\nTo: post@paper.example\nSubject: Fwd: Tides\nContent-Type: text/html\n\n<div>{quoted}</div>\
         <p>Dear Ada,</p><p>{PROSE} <a href='https://harbour.example/t/ada%40keeper.example'>Table</a> Write to news@skerry.example for a berth.</p>"
    );
    let draft = one(&message);
    assert_eq!(text(&draft), format!("{PROSE} Table Write to news@skerry.example for a berth."));
    let plain = "From: Port <news@skerry.example>\nDate: Mon, Mar 8, 2021\nSubject: Tides\nTo: Ada Finch <ada@keeper.example>";
    let message = format!(
        "From: Eva <eva@paper.example>\nSubject: Fwd: Tides\n\n---------- Forwarded message ---------\n{plain}\n\nDear Ada,\n\n{PROSE}\n"
    );
    assert_eq!(text(&one(&message)), PROSE);
}

/// What mail programs write above a message that they pass on; Bruno had it first.
const PASSED_ON: [&str; 4] = [
    "<div>Begin forwarded message:</div><div><b>From: </b>Office &lt;office@harbour.example&gt;</div>\
     <div><b>Subject: </b><b>Spring tides ahead</b></div><div><b>Date: </b>16 September 2020 at 09:12:00 BST</div>\
     <div><b>To: </b>bruno@reader.example</div>",
    "<p>---------- Forwarded message ---------<br>From: Office &lt;office@harbour.example&gt;<br>\
     Date: Wed, 16 Sept 2020 at 09:12<br>Subject: Spring tides ahead<br>To: &lt;bruno@reader.example&gt;</p>",
    "<p>For the site.</p><p><b>Von:</b> Office &lt;office@harbour.example&gt;<br><b>Gesendet:</b> Mittwoch, 16. \
     September 2020 09:12<br><b>An:</b> bruno@reader.example<br><b>Betreff:</b> Spring tides ahead</p>",
    "<div>-------- Message transféré --------</div><table><tbody><tr><th>Sujet : </th><td>Spring tides ahead</td></tr>\
     <tr><th>Date : </th><td>Wed, 16 Sep 2020 09:12:00 +0200</td></tr>\
     <tr><th>De : </th><td>Office &lt;office@harbour.example&gt;</td></tr>\
     <tr><th>Pour : </th><td>bruno@reader.example</td></tr></tbody></table>",
];

#[test]
fn of_a_message_that_was_passed_on_only_what_it_says_is_published() {
    for above in PASSED_ON {
        let message = format!(
            "{HEAD}Content-Type: text/html; charset=utf-8\n\n<html><body>{above}<p>{PROSE}</p><p>{PROSE} Again.</p></body></html>"
        );
        let draft = one(&message);
        assert_eq!(text(&draft), format!("{PROSE}\n{PROSE} Again."), "{above}");
        assert_eq!(draft.title.as_deref(), Some("Spring tides ahead"));
    }
    let header = "From: Office <office@harbour.example>\nSent: 16 September 2020 09:12\nTo: bruno@reader.example\n\
                  Subject: Spring tides ahead";
    let more = "Whoever leaves a car there has it towed to the yard behind the old customs house.";
    let plain = format!("{HEAD}\nFor the site.\n\nAda\n\n{header}\n\n{PROSE}\n\n{more}\n");
    assert_eq!(text(&one(&plain)), format!("{PROSE}\n{more}"));
    let quoted: String = format!("{header}\n\n{PROSE}").lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(text(&one(&format!("{HEAD}\n{quoted}"))), PROSE);
}

#[test]
fn what_seals_and_signs_a_message_is_not_its_text() {
    let signed = format!(
        "{HEAD}\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{PROSE}\n\n- -- \nAda\n-----BEGIN PGP SIGNATURE-----\n\nabc\n\
         -----END PGP SIGNATURE-----\n"
    );
    assert_eq!(text(&one(&signed)), PROSE);
    let sealed = format!("{HEAD}\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n");
    assert!(refusal(sealed.as_bytes()).why.contains("encrypted"));
    let lawyers = "This email and any attachments are confidential and intended solely for the addressee.";
    for disclaimer in
        [lawyers.to_owned(), format!("{lawyers} {}", "If you have it in error, tell us so. ".repeat(9))]
    {
        let message = format!(
            "{HEAD}Content-Type: text/html\n\n<p>{PROSE}</p><p>{PROSE} Again.</p><p>{disclaimer}</p>"
        );
        assert_eq!(text(&one(&message)), format!("{PROSE}\n{PROSE} Again."));
    }
}

#[test]
fn words_below_what_was_encoded_are_not_decoded() {
    let encoded = "VGhlIGhpZ2hlc3QgdGlkZXMgb2YgdGhlIHllYXIgYXJlIGR1ZSBvbiBTYXR1cmRheS4=";
    let message = format!(
        "{HEAD}Content-Transfer-Encoding: base64\n\n{encoded}\n-- \nA line that the list of the harbour added below it\n"
    );
    assert_eq!(text(&one(&message)), "The highest tides of the year are due on Saturday.");
}
