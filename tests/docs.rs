//! What the documents say is so: commands and flags exist, links lead somewhere, addresses are served, examples
//! parse, and every promise has a test of its name.

use std::path::{Path, PathBuf};
use std::process::Command;

use annals::config::Config;
use annals::permalink::Route;
use annals::syndication::format::FORMATS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every document, by its path from the root.
fn documents() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "docs"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = Path::new(folder).join(entry.unwrap().file_name());
            found.extend(path.to_str().filter(|path| path.ends_with(".md")).map(String::from));
        }
    }
    found.sort();
    assert!(found.len() > 3, "{found:?}");
    found
}

/// The contents of fenced blocks in a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

/// What stands between pairs of single backticks, outside fenced blocks.
fn inline_code(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|prose| prose.lines()).flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// What `annals` says of a command.
fn help(command: &str) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_annals")).args([command, "--help"]).output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_command_and_flag_that_a_document_names_exists() {
    let mut seen = 0;
    for path in documents().iter().filter(|path| *path != "CHANGELOG.md") {
        let text = read(path);
        let shown = blocks(&text, "console").into_iter().flat_map(str::lines);
        let shown = shown.filter_map(|line| line.strip_prefix("$ ").or(line.strip_prefix("# ")));
        for line in shown.chain(inline_code(&text)) {
            let annals = line.split(['|', ';', '&', '(']).map(str::trim);
            for command in annals.filter_map(|part| part.strip_prefix("annals ")) {
                let words: Vec<&str> = command.split_whitespace().collect();
                let Some(name) = words.iter().find(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
                else {
                    continue;
                };
                let help =
                    help(name).unwrap_or_else(|| panic!("{path}: there is no `annals {name}`: {line}"));
                for flag in words.iter().filter(|word| word.starts_with("--")) {
                    let flag = flag.split('=').next().unwrap();
                    assert!(
                        help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
                        "{path}: {line}"
                    );
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "only {seen} commands were found");
}

#[test]
fn every_relative_link_leads_to_a_file_and_to_a_heading_in_it() {
    for path in documents() {
        let text = read(&path);
        let prose: String = text.split("```").step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let folder = Path::new(&path).parent().unwrap();
            let target: PathBuf = if file.is_empty() { path.clone().into() } else { folder.join(file) };
            assert!(root().join(&target).exists(), "{path}: ({link}) leads nowhere");
            if !heading.is_empty() {
                let found = read(target.to_str().unwrap())
                    .lines()
                    .any(|line| anchor(line).as_deref() == Some(heading));
                assert!(found, "{path}: ({link}): there is no such heading");
            }
        }
    }
}

/// The anchor of a heading, as the places that show Markdown make it.
fn anchor(line: &str) -> Option<String> {
    let title = line.starts_with('#').then(|| line.trim_start_matches('#').trim())?;
    let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

#[test]
fn every_address_in_the_manual_of_the_http_api_is_served() {
    let text = read("docs/http-api.md");
    let mut seen = 0;
    for code in inline_code(&text) {
        let address = code
            .split_once(' ')
            .filter(|(method, _)| METHODS.contains(method))
            .map_or(code, |(_, path)| path);
        let path = address.split('?').next().unwrap();
        if !path.starts_with('/') {
            continue;
        }
        for format in &FORMATS {
            let path =
                EXAMPLES.iter().fold(path.replace("{fmt}", format.extension), |path, (name, value)| {
                    path.replace(name, value)
                });
            assert!(Route::find(&path).is_some(), "`{code}`: nothing is at {path}");
        }
        seen += 1;
    }
    assert!(seen > 30, "only {seen} addresses were found");
}

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE"];

/// What may stand in the place of each name.
const EXAMPLES: &[(&str, &str)] = &[
    ("{id}", "q9w1dfwf07"),
    ("{slug}", "high-tide"),
    ("{hex}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("{b64url}", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"),
    ("{c}", "press-release"),
    ("{yyyy}", "2018"),
    ("{n}", "2"),
    ("{seq}", "2"),
    ("{a}", "1"),
    ("{b}", "2"),
];

#[test]
fn every_example_of_configuration_and_json_parses() {
    for path in documents() {
        let text = read(&path);
        for toml in blocks(&text, "toml") {
            Config::parse(&path, toml, []).unwrap_or_else(|error| panic!("{error}\n{toml}"));
        }
        for json in blocks(&text, "json") {
            serde_json::from_str::<serde_json::Value>(json)
                .unwrap_or_else(|error| panic!("{path}: {error}\n{json}"));
        }
    }
}

#[test]
fn every_key_in_the_manual_of_the_configuration_is_explained() {
    let text = read("config.toml");
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines.windows(2) {
        let key = pair[1].split_once(" = ").filter(|(key, _)| !key.starts_with('#'));
        assert!(key.is_none() || pair[0].starts_with("# "), "`{}` has no comment above it", pair[1]);
    }
}

/// What Annals promises. Each is kept by a test that bears its sentence as a name.
const PROMISES: [&str; 8] = [
    "What was acknowledged is never lost: not by kill -9, not by a power cut, not by a full disk.",
    "A permalink answers for ever. A retitled bulletin keeps it; a withdrawn one answers 410 with the reason and the date.",
    "An entry's id never changes. A correction is a new version under the same id, in every feed and every reader.",
    "The same bulletin arriving by two ways is one bulletin.",
    "A URL that carries a hash serves bytes that have that hash.",
    "Following prev-archive from any feed rebuilds its whole selection, exactly.",
    "The catalogue can be deleted at any time and is rebuilt from the journal to the same state, byte for byte.",
    "Nothing that arrives from outside runs in a reader's browser, or makes the server fetch an inside address.",
];

#[test]
fn every_promise_stands_in_the_readme_and_is_kept_by_a_test_of_its_name() {
    let readme = read("README.md").split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "");
    let mut tests = String::new();
    for folder in ["tests", "src"] {
        gather(&root().join(folder), &mut tests);
    }
    for promise in PROMISES {
        assert!(readme.contains(promise), "the README does not promise: {promise}");
        assert!(tests.contains(&format!("fn {}", name(promise))), "no test is called {}…", name(promise));
    }
}

/// How the name of a test begins that keeps a promise: with its first clause, as far as it goes.
fn name(promise: &str) -> String {
    let clause = promise.split([':', '.', ',']).next().unwrap().to_lowercase().replace('\'', "");
    let words = clause.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

fn gather(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}
