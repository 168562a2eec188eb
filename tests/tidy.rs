//! The house stays as it is described: arrows run one way, files stay short, nothing lies about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which module may know which, from the ground up: a module may know only what stands above it here, and
/// of that only what it needs. A line that is no longer needed is to be struck out.
const MAY_KNOW: &[(&str, &[&str], &str)] = &[
    ("digest", &[], "bytes have names before anything else has"),
    ("bulletin", &["digest"], "an id is cut from a digest"),
    ("egress", &[], "the one way out: what is fetched and why is not for it to know"),
    ("permalink", &["bulletin", "digest"], "paths are made of ids, selections and digests"),
    ("intake", &["bulletin", "digest"], "it judges what arrived, and never what the archive holds"),
    ("journal", &["bulletin", "digest"], "events name bulletins; what they do to them is decided above"),
    ("catalogue", &["bulletin", "digest", "journal"], "it applies events, and knows where they lie"),
    (
        "archive",
        &["bulletin", "catalogue", "digest", "intake", "journal", "permalink"],
        "the one door to journal and catalogue; receipts name permalinks",
    ),
    (
        "search",
        &["archive", "bulletin", "catalogue", "digest"],
        "it finds what the archive holds; how it is asked and shown is not for it to know",
    ),
    (
        "sources",
        &["archive", "bulletin", "digest", "egress", "intake"],
        "what comes unasked goes the way of everything else; what it says is not for them to know",
    ),
    (
        "config",
        &["archive", "bulletin", "digest", "egress", "intake", "journal", "permalink", "search", "sources"],
        "the bounds of each layer stand in that layer; here they are read and checked",
    ),
    (
        "syndication",
        &["archive", "bulletin", "catalogue", "config", "permalink"],
        "a feed is a view of the log, under the name of the site",
    ),
    (
        "pages",
        &["bulletin", "digest", "permalink", "search", "syndication"],
        "pure functions of views: no archive, no request",
    ),
    (
        "web",
        &[
            "archive",
            "bulletin",
            "catalogue",
            "config",
            "digest",
            "intake",
            "pages",
            "permalink",
            "search",
            "sources",
            "syndication",
        ],
        "requests to responses; how bytes are kept is not for it to know",
    ),
    (
        "cli",
        &[
            "archive",
            "bulletin",
            "catalogue",
            "config",
            "digest",
            "egress",
            "intake",
            "journal",
            "permalink",
            "sources",
            "syndication",
            "web",
        ],
        "the end that faces whoever runs it",
    ),
];

/// Past this a file is two.
const LINES_MAX: usize = 500;

/// Files that are longer, and why they are still one.
const LONGER: &[(&str, &str)] = &[];

/// Names that say nothing of what a thing does.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "manager", "misc", "stuff"];

/// What is left in by mistake. Put together, so as not to be found here.
const LEFT_OVER: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` with this ending, by its path from the root, sorted; none where there is no folder.
fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found
                    .insert(from_root(&path), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into());
            }
        }
    }
    found
}

fn from_root(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

fn sources() -> BTreeMap<String, String> {
    ["src", "tests", "benches", "examples"].into_iter().flat_map(|folder| files(folder, ".rs")).collect()
}

/// The module at the top of the crate that a file in src/ belongs to.
fn module(path: &str) -> &str {
    let below = path.strip_prefix("src/").unwrap();
    below.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The modules that a line names by `crate::`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let word = |rest: &'_ str| rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
    let code = line.split("//").next().unwrap();
    code.split("crate::").skip(1).map(move |rest| &rest[..word(rest)]).filter(|name| !name.is_empty())
}

#[test]
fn no_arrow_runs_against_the_flow() {
    let order: Vec<&str> = MAY_KNOW.iter().map(|(name, ..)| *name).collect();
    let mut unused: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (at, (name, known, _)) in MAY_KNOW.iter().enumerate() {
        for below in *known {
            let stands = order.iter().position(|one| one == below).expect("it is a module of the table");
            assert!(stands < at, "{name} knows {below}, which stands below it in the table");
            unused.insert((name, below));
        }
    }
    for (path, text) in files("src", ".rs") {
        let from = module(&path);
        if matches!(from, "lib" | "main") {
            continue;
        }
        let (_, known, why) = MAY_KNOW
            .iter()
            .find(|(name, ..)| *name == from)
            .unwrap_or_else(|| panic!("{path}: a new module needs its place in the table of tests/tidy.rs"));
        for (line, text) in (1..).zip(text.lines()) {
            for to in named(text).filter(|to| *to != from && order.contains(to)) {
                assert!(known.contains(&to), "{path}:{line}: {from} must not know {to} ({why})");
                unused.retain(|arrow| *arrow != (from, to));
            }
        }
    }
    assert!(unused.is_empty(), "allowed, and needed no longer: {unused:?}");
}

/// How a connection to somewhere else begins.
const CONNECTING: &[&str] = &[
    "TcpStream::connect",
    "TcpSocket",
    "UdpSocket",
    "hyper::client",
    "client::legacy",
    "lookup_host",
    "to_socket_addrs",
];

#[test]
fn nothing_but_egress_goes_out() {
    let sources = files("src", ".rs");
    let tests = test_files(&sources);
    let mut used = BTreeSet::new();
    for (path, text) in sources.iter().filter(|(path, _)| !tests.iter().any(|test| Path::new(path) == test)) {
        for word in CONNECTING.iter().filter(|word| text.contains(**word)) {
            // The command line speaks to a server by the socket in the archive's folder.
            let allowed = module(path) == "egress" || (path == "src/cli/door.rs" && *word == "hyper::client");
            assert!(allowed, "{path}: `{word}`; what is fetched goes through egress");
            used.insert(word);
        }
    }
    assert!(used.len() > 2, "egress connects in other words now: {used:?}");
}

#[test]
fn files_are_short() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(path, lines)| *lines > LINES_MAX && !LONGER.iter().any(|(known, _)| known == path))
        .map(|(path, lines)| format!("{path} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{LINES_MAX} is the most: {long:?}");
    for (path, why) in LONGER {
        let lines = std::fs::read_to_string(root().join(path)).unwrap().lines().count();
        assert!(lines > LINES_MAX, "{path} is short again and needs no exception ({why})");
    }
}

#[test]
fn nothing_is_left_over_and_everything_has_a_name() {
    for (path, text) in sources() {
        for (line, text) in (1..).zip(text.lines()) {
            let left = LEFT_OVER.iter().find(|left| text.contains(**left));
            assert!(left.is_none(), "{path}:{line}: {}", text.trim());
        }
        let empty = path.split(['/', '.', '_']).find(|part| EMPTY_NAMES.contains(part));
        assert!(empty.is_none(), "{path}: `{}` says nothing of what it does", empty.unwrap());
    }
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let sources = files("src", ".rs");
    let tests = test_files(&sources);
    for (path, text) in &sources {
        if tests
            .iter()
            .any(|test| Path::new(path).starts_with(test.with_extension("")) || Path::new(path) == test)
        {
            continue;
        }
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap().split("#[test]\n").next().unwrap();
        for (line, text) in (1..).zip(code.lines()) {
            let unwraps = text.split("//").next().unwrap().contains(".unwrap()");
            let in_tests = path.ends_with("engine/memory.rs");
            assert!(!unwraps || in_tests, "{path}:{line}: an `expect` says why it cannot fail");
        }
    }
}

/// The files of modules that are declared under `#[cfg(test)]`.
fn test_files(sources: &BTreeMap<String, String>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (path, text) in sources {
        for declared in text.split("#[cfg(test)]\n").skip(1) {
            let line = declared.lines().next().unwrap_or_default().trim_start_matches("pub ");
            if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                let folder = Path::new(path).with_file_name("");
                let own = Path::new(path).with_extension("");
                found.extend([folder.join(name).with_extension("rs"), own.join(name).with_extension("rs")]);
                found.push(folder.join(name).join("mod.rs"));
            }
        }
    }
    found
}

#[test]
fn every_fixture_is_described_and_every_description_has_its_fixture() {
    let fixtures: BTreeSet<String> =
        files("fixtures", "").into_keys().map(|path| path.trim_start_matches("fixtures/").into()).collect();
    let page = std::fs::read_to_string(root().join("docs/fixtures.md")).unwrap_or_default();
    let described: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(String::from)
        .collect();
    assert_eq!(fixtures, described, "fixtures/ against docs/fixtures.md");
}
