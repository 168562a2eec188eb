//! The README's tour, run as it is written: every command in it prints what it says there.
//!
//! `ANNALS_GOLDEN=write` writes what is printed into the README instead.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use regex::Regex;

/// Where the tour begins and ends in the README.
const TOUR: &str = "\n## A tour\n";
const AFTER: &str = "\n## What is kept where\n";

/// Stands before what each command prints.
const MARK: &str = "\u{1e}";

/// What makes the script of a reader's session: a port that is free, a server in the background, and what the
/// text asks the reader to do with the token.
const SESSION: &str = r#"
set -u
export PATH="$ANNALS_FOLDER:$PATH" ANNALS_SERVER__LISTEN=127.0.0.1:$PORT
curl() { local args=(); for arg; do args+=("${arg/localhost:8080/127.0.0.1:$PORT}"); done; command curl "${args[@]}"; }
serve() {
    [ -z "${SERVER-}" ] || { kill "$SERVER"; wait "$SERVER"; }
    : > served
    annals serve "$@" > served 2>&1 & SERVER=$!
    for _ in $(seq 300); do
        if grep -q '/feeds$' served && annals health > /dev/null 2>&1; then break; fi
        sleep 0.1
    done
    sleep 0.3
    sed "s/127.0.0.1:$PORT/127.0.0.1:8080/" served
}
token() { annals token "$1" | tee token; TOKEN=$(sed -n '3s/ //gp' token); sed -n '/^\[\[/,$p' token >> config.toml; }
trap '[ -z "${SERVER-}" ] || kill "$SERVER"' EXIT
"#;

/// A command as it stands in the README, and what stands below it.
struct Step<'a> {
    command: String,
    printed: Vec<&'a str>,
}

/// The steps of a fenced block: a command begins with `$ ` and goes on to the end of its here-document.
fn steps(block: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = block.lines();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            steps.last_mut().expect("a block begins with a command").printed.push(line);
            continue;
        };
        let mut command = command.to_string();
        if command.contains("<<'END'") {
            for line in lines.by_ref() {
                let _ = write!(command, "\n{line}");
                if line == "END" {
                    break;
                }
            }
        }
        steps.push(Step { command, printed: Vec::new() });
    }
    steps
}

/// As the session runs it.
fn scripted(command: &str) -> String {
    let of_ours = command.strip_prefix("annals ").and_then(|rest| {
        let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        ["serve", "token"].contains(&name).then(|| format!("{name} {rest}"))
    });
    of_ours.unwrap_or_else(|| command.into())
}

/// Without what differs from one run to the next.
fn timeless(text: &str) -> String {
    let masks = [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
        (r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", "TIME"),
        (r"the last event is sha256:[0-9a-f]{64}", "the last event is DIGEST"),
        (r"\d+ bytes", "N bytes"),
        (r"content-length: \d+", "content-length: N"),
        (r"(?m)^    [A-Za-z0-9_-]{43}$", "    TOKEN"),
        (r#"sha256 = "[0-9a-f]{64}""#, "sha256 = DIGEST"),
    ];
    masks.iter().fold(text.into(), |text: String, (pattern, mask)| {
        Regex::new(pattern).unwrap().replace_all(&text, *mask).into_owned()
    })
}

fn run(steps: &[Step]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut script = SESSION.to_string();
    for step in steps {
        let _ = write!(script, "printf '{MARK}'\n{}\n", scripted(&step.command));
    }
    let annals = Path::new(env!("CARGO_BIN_EXE_annals"));
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .current_dir(folder.path())
        .env("ANNALS_FOLDER", annals.parent().unwrap())
        .env("PORT", port.to_string())
        .output()
        .expect("bash is here");
    let printed = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    printed.split(MARK).skip(1).map(|text| text.trim_end().to_string()).collect()
}

#[test]
fn the_tour_is_what_happens() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(TOUR).expect("the README has a tour");
    let (tour, after) = rest.split_once(AFTER).expect("the tour ends");
    let parts: Vec<&str> = tour.split("```console\n").collect();
    let blocks: Vec<(&str, &str)> =
        parts[1..].iter().map(|part| part.split_once("```\n").expect("a block ends")).collect();
    let steps: Vec<Step> = blocks.iter().flat_map(|(block, _)| steps(block)).collect();
    let printed = run(&steps);
    assert_eq!(printed.len(), steps.len(), "{printed:#?}");
    for (step, printed) in steps.iter().zip(&printed) {
        // Ids and digests stand in the commands, and follow from what is admitted: no writing mends those.
        let lost = ["404 Not Found", "\"status\":404", "is no bulletin id"]
            .iter()
            .any(|sign| printed.contains(sign));
        assert!(!lost, "$ {}\n{printed}", step.command);
        if let Some((_, hex)) =
            step.command.split_once("/content/sha256/").filter(|_| step.command.ends_with("| sha256sum"))
        {
            assert_eq!(printed[..64], hex[..64], "$ {}", step.command);
        }
    }
    if std::env::var_os("ANNALS_GOLDEN").is_some_and(|mode| mode == "write") {
        let mut written = parts[0].to_string();
        let mut printed = printed.iter();
        for (block, prose) in &blocks {
            written.push_str("```console\n");
            for step in self::steps(block) {
                let _ = writeln!(written, "$ {}", step.command);
                let text = printed.next().expect("every step printed something, if only nothing");
                written.extend((!text.is_empty()).then(|| format!("{text}\n")));
            }
            let _ = write!(written, "```\n{prose}");
        }
        return std::fs::write(&path, [before, TOUR, &written, AFTER, after].concat()).unwrap();
    }
    for (step, printed) in steps.iter().zip(&printed) {
        assert_eq!(timeless(&step.printed.join("\n")), timeless(printed), "$ {}", step.command);
    }
}
