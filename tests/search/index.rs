//! The index is derived: it follows by itself, goes on where it was, and may be lost at any time.

use std::path::Path;

use super::served::{Ask, Place, until};
use super::{bulletins, found, settle};

/// Waits until the index knows what it knew before.
fn until_found(server: &impl Ask, query: &str, expected: &[&str]) {
    until(query, || {
        let ready = server.get("/search.json?q=x").status == 200;
        (ready && found(server, query) == expected).then_some(())
    });
}

fn segments(index: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(index).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".term")).collect();
    names.sort();
    names
}

#[test]
fn it_goes_on_where_it_was_and_is_made_anew_where_it_is_missing() {
    let place = Place::new();
    let index = place.data().join("search");
    let all = bulletins();
    {
        let server = place.inside();
        all[..4].iter().for_each(|bulletin| drop(server.admit(bulletin)));
        settle(&server);
    }
    let before = segments(&index);
    {
        // Nothing is new, and nothing is done again.
        let server = place.inside();
        until_found(&server, "harbour", &["bell", "seals"]);
    }
    assert_eq!(segments(&index), before);
    {
        let server = place.inside();
        all[4..].iter().for_each(|bulletin| drop(server.admit(bulletin)));
        until_found(&server, "declaracion", &["declaracion"]);
        assert_eq!(found(&server, "harbour"), ["bell", "seals"]);
    }
    std::fs::remove_dir_all(&index).unwrap();
    let server = place.inside();
    until_found(&server, "declaracion", &["declaracion"]);
    assert_eq!(found(&server, "harbour"), ["bell", "seals"]);
}

#[test]
fn an_index_that_is_damaged_or_of_another_archive_is_moved_aside_and_made_anew() {
    let place = Place::new();
    let index = place.data().join("search");
    {
        let server = place.inside();
        bulletins().iter().for_each(|bulletin| drop(server.admit(bulletin)));
        settle(&server);
    }
    // What it says of itself is no longer to be read.
    std::fs::write(index.join("meta.json"), "{").unwrap();
    {
        let server = place.inside();
        until_found(&server, "harbour", &["bell", "seals"]);
    }
    assert!(place.data().join("search.damaged").exists());
    // Its terms are, and that is found out by whoever asks.
    for name in segments(&index) {
        let path = index.join(name);
        let length = std::fs::metadata(&path).unwrap().len() as usize;
        std::fs::write(&path, vec![0xff; length]).unwrap();
    }
    {
        let server = place.inside();
        until_found(&server, "harbour", &["bell", "seals"]);
    }
    // Another archive's index knows other bulletins under the same numbers.
    let other = Place::new();
    {
        let server = other.inside();
        bulletins().iter().rev().for_each(|bulletin| drop(server.admit(bulletin)));
        settle(&server);
    }
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::rename(other.data().join("search"), &index).unwrap();
    let server = place.inside();
    until_found(&server, "harbour", &["bell", "seals"]);
}

#[test]
fn a_server_that_is_killed_finds_everything_when_it_is_back() {
    let place = Place::new();
    let server = place.serve();
    bulletins().iter().for_each(|bulletin| drop(server.admit(bulletin)));
    server.kill();
    let server = place.serve();
    until_found(&server, "harbour", &["bell", "seals"]);
    until_found(&server, "declaracion", &["declaracion"]);
    let (status, _) = server.terminate();
    assert!(status.success());
}

#[test]
fn without_a_search_nothing_offers_one() {
    let place = Place::with("[search]\nenabled = false");
    let server = place.inside();
    for path in ["/search", "/search?q=harbour", "/search.atom?q=harbour", "/opensearch.xml"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    let home = server.read("/").text().to_string();
    assert!(!home.contains("rel=\"search\"") && !home.contains("<form class=\"search\""), "{home}");
    assert!(!place.data().join("search").exists());
}
