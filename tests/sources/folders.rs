//! Folders and mailboxes that are watched.

use serde_json::Value;

use crate::served::{Ask as _, Place, bulletin, but, text, until};
use crate::{last_error, place, source, until_source};

/// A folder's lines in the configuration: looked through every second, and watched.
fn folder(name: &str, path: &str, settle_seconds: u64) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\nkind = \"folder\"\npath = \"{path}\"\ninterval_seconds = 1\nsettle_seconds = {settle_seconds}\n"
    )
}

fn counts(source: &Value) -> [u64; 4] {
    ["new", "revised", "duplicate", "refused"].map(|field| source[field].as_u64().unwrap())
}

/// Waits until the folder has been looked through once more.
fn until_looked(place: &Place, name: &str) -> Value {
    let before = source(place, name)["last_success"].clone();
    until_source(place, name, |seen| seen["last_success"] != before)
}

#[test]
fn a_file_is_taken_once_it_has_stopped_changing_and_a_change_revises() {
    let place = place(None, &(folder("desk", "news", 1) + &folder("patient", "news", 86_400)));
    place.file("1.json", bulletin(1).to_string());
    place.file(".hidden.json", bulletin(2).to_string());
    let server = place.serve();
    until_source(&place, "desk", |seen| counts(seen) == [1, 0, 0, 0]);
    place.file("deep/er/3.json", bulletin(3).to_string());
    place.file("broken.json", "{\"title\": ");
    let seen = until_source(&place, "desk", |seen| counts(seen) == [2, 0, 0, 1]);
    assert!(last_error(&seen).starts_with("broken.json: "), "{seen}");
    assert_eq!(seen["failures"], 0, "one file does not stop a folder");
    place.file("1.json", but(bulletin(1), "title", "Corrected").to_string());
    until_source(&place, "desk", |seen| counts(seen) == [2, 1, 0, 1]);
    // A whole file that is moved into place, as careful senders do.
    let beside = place.dir.path().join("4.json");
    std::fs::write(&beside, bulletin(4).to_string()).unwrap();
    std::fs::rename(beside, place.dir.path().join("news/deep/4.json")).unwrap();
    until_source(&place, "desk", |seen| counts(seen) == [3, 1, 0, 1]);
    std::fs::remove_file(place.dir.path().join("news/1.json")).unwrap();
    until_looked(&place, "desk");
    let listed = server.read("/feeds/all.json").json();
    let titles: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|item| text(item, "title")).collect();
    assert!(
        titles.contains(&"Corrected") && titles.len() == 3,
        "what is deleted in a folder stays: {titles:?}"
    );
    // Who waits a day has seen the same files and taken none.
    assert_eq!(counts(&until_looked(&place, "patient")), [0; 4]);
}

#[test]
fn a_link_brings_in_nothing_from_outside() {
    let place = place(None, &folder("desk", "news", 1));
    place.file("1.json", bulletin(1).to_string());
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("7.json"), bulletin(7).to_string()).unwrap();
    let _server = place.serve();
    until_source(&place, "desk", |seen| counts(seen) == [1, 0, 0, 0]);
    let news = place.dir.path().join("news");
    std::os::unix::fs::symlink(outside.path().join("7.json"), news.join("file.json")).unwrap();
    std::os::unix::fs::symlink(outside.path(), news.join("folder")).unwrap();
    std::fs::write(outside.path().join("8.json"), bulletin(8).to_string()).unwrap();
    place.file("9.json", bulletin(9).to_string());
    until_source(&place, "desk", |seen| counts(seen) == [2, 0, 0, 0]);
    assert_eq!(counts(&until_looked(&place, "desk")), [2, 0, 0, 0], "what a link leads to is not below");
}

#[test]
fn a_restart_reads_nothing_again_but_what_changed_meanwhile() {
    let place = place(None, &folder("desk", "news", 1));
    for n in 0..20 {
        place.file(&format!("{n}.json"), bulletin(n).to_string());
    }
    place.file("broken.json", "{\"title\": ");
    let server = place.serve();
    until_source(&place, "desk", |seen| counts(seen) == [20, 0, 0, 1]);
    assert!(server.terminate().0.success());
    place.file("7.json", but(bulletin(7), "title", "Corrected").to_string());
    place.file("new.json", bulletin(30).to_string());
    let _server = place.serve();
    until_source(&place, "desk", |seen| counts(seen) == [21, 1, 0, 2]);
    assert_eq!(counts(&until_looked(&place, "desk")), [21, 1, 0, 2], "no duplicate: nothing else was read");
}

#[test]
fn a_folder_that_is_not_there_is_named_and_taken_up_when_it_comes() {
    let place = place(None, &folder("desk", "news", 1));
    let _server = place.serve();
    let seen = until_source(&place, "desk", |seen| seen["failures"].as_u64() > Some(0));
    assert!(last_error(&seen).contains("news cannot be read") && seen["last_success"].is_null(), "{seen}");
    place.file("1.json", bulletin(1).to_string());
    let seen = until_source(&place, "desk", |seen| counts(seen) == [1, 0, 0, 0]);
    assert_eq!(seen["failures"], 0);
}

#[test]
fn messages_are_taken_from_a_maildir_once_whatever_becomes_of_them() {
    let source = "[[source]]\nname = \"list\"\nkind = \"maildir\"\npath = \"mail\"\ninterval_seconds = 1\n";
    let place = place(None, source);
    let mail = place.dir.path().join("mail");
    for folder in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(mail.join(folder)).unwrap();
    }
    let message = |n: usize| {
        let sentence = format!("The ferry of pier {n} leaves at {n} past the hour. ");
        format!(
            "From: Harbour desk <desk@harbour.example.org>\r\nTo: list@harbour.example.org\r\nSubject: Notice {n}\r\n\
             Date: Thu, 05 Mar 2026 10:00:00 +0000\r\nMessage-ID: <{n}@harbour.example.org>\r\n\
             Content-Type: text/plain\r\n\r\n{}\r\n",
            sentence.repeat(8)
        )
    };
    std::fs::write(mail.join("cur/1.M1.host:2,S"), message(1)).unwrap();
    std::fs::write(mail.join("tmp/2.M2.host"), message(2)).unwrap();
    let server = place.serve();
    until_source(&place, "list", |seen| counts(seen) == [1, 0, 0, 0]);
    until_looked(&place, "list");
    assert_eq!(server.read("/readyz").json()["bulletins"], 1, "what is in tmp/ is not whole");
    std::fs::rename(mail.join("tmp/2.M2.host"), mail.join("new/2.M2.host")).unwrap();
    until_source(&place, "list", |seen| counts(seen) == [2, 0, 0, 0]);
    std::fs::rename(mail.join("new/2.M2.host"), mail.join("cur/2.M2.host:2,FS")).unwrap();
    assert_eq!(counts(&until_looked(&place, "list")), [2, 0, 0, 0]);
    assert!(server.terminate().0.success());
    let _server = place.serve();
    assert_eq!(counts(&until_looked(&place, "list")), [2, 0, 0, 0]);
    assert!(mail.join("cur/1.M1.host:2,S").exists() && mail.join("cur/2.M2.host:2,FS").exists());
    until("nothing is left in tmp", || {
        std::fs::read_dir(mail.join("tmp")).unwrap().next().is_none().then_some(())
    });
}

#[test]
fn what_is_in_a_container_comes_in_as_if_each_had_come_alone() {
    let place = place(None, &folder("desk", "news", 1));
    let mut tar = tar::Builder::new(Vec::new());
    for n in 0..3 {
        let document = bulletin(n).to_string();
        let mut header = tar::Header::new_gnu();
        header.set_size(document.len() as u64);
        tar.append_data(&mut header, format!("{n}.json"), document.as_bytes()).unwrap();
    }
    place.file("all.tar", tar.into_inner().unwrap());
    let server = place.serve();
    until_source(&place, "desk", |seen| counts(seen) == [3, 0, 0, 0]);
    assert!(server.terminate().0.success());
    let _server = place.serve();
    assert_eq!(counts(&until_looked(&place, "desk")), [3, 0, 0, 0], "it is not unpacked again");
}

#[test]
fn a_folder_that_is_replaced_is_watched_under_its_name_and_not_where_it_went() {
    let place =
        place(None, &folder("desk", "news", 1).replace("interval_seconds = 1", "interval_seconds = 3600"));
    place.file("1.json", bulletin(1).to_string());
    let _server = place.serve();
    until_source(&place, "desk", |seen| counts(seen) == [1, 0, 0, 0]);
    let (news, old, new) =
        (place.dir.path().join("news"), place.dir.path().join("old"), place.dir.path().join("new"));
    std::fs::create_dir(&new).unwrap();
    std::fs::write(new.join("2.json"), bulletin(2).to_string()).unwrap();
    std::fs::rename(&news, &old).unwrap();
    std::fs::rename(&new, &news).unwrap();
    until_source(&place, "desk", |seen| counts(seen) == [2, 0, 0, 0]);
    std::fs::write(old.join("9.json"), bulletin(9).to_string()).unwrap();
    place.file("3.json", bulletin(3).to_string());
    until_source(&place, "desk", |seen| counts(seen) == [3, 0, 0, 0]);
}

#[test]
fn files_whose_names_are_no_text_are_taken_each_for_itself() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = place(None, &folder("desk", "news", 1));
    for (n, name) in [(1, &b"tide-\xe9.json"[..]), (2, b"tide-\xe8.json")] {
        let path = place.dir.path().join("news").join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bulletin(n).to_string()).unwrap();
    }
    let _server = place.serve();
    until_source(&place, "desk", |seen| counts(seen) == [2, 0, 0, 0]);
    assert_eq!(counts(&until_looked(&place, "desk")), [2, 0, 0, 0], "and each is known again");
}
