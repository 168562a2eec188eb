//! `annals verify`: the whole journal, byte by byte.

use jiff::Timestamp;

use super::progress::Progress;
use super::{Done, Failure, say};
use crate::archive::verification;
use crate::config::Config;
use crate::journal::{self, Report, read_head, segment};

pub fn check(config: &Config, json: bool) -> Result<Done, Failure> {
    let dir = config.archive.journal_path();
    if !dir.exists() {
        return Err(format!("there is no journal in {}", config.archive.path.display()).into());
    }
    let sizes = segment::list(&dir)?
        .into_iter()
        .map(|number| segment::path(&dir, number).metadata().map(|file| file.len()));
    let total = sizes.sum::<std::io::Result<u64>>()?;
    let bar = Progress::new("verifying", "", total);
    // A server may be writing: what it has not acknowledged yet is none of this pass.
    let report = journal::verify(&dir, read_head(&dir), |bytes| bar.add(bytes))?;
    bar.finish();
    // For the server, which tells it; that it cannot be noted is no reason not to say it here.
    let _ = verification::note(&config.archive.path, &report, Timestamp::now());
    show(&report, json);
    Ok(if report.problems.is_empty() { Done::Well } else { Done::Wrong })
}

fn show(report: &Report, json: bool) {
    let Report { segments, records, events, originals, bytes, head, problems } = report;
    if json {
        let problems: Vec<_> = problems
            .iter()
            .map(|problem| serde_json::json!({"segment": problem.segment, "offset": problem.offset, "what": problem.what}))
            .collect();
        return say(serde_json::json!({
            "segments": segments, "records": records, "events": events, "originals": originals,
            "bytes": bytes, "head": head, "problems": problems,
        }));
    }
    say(format_args!(
        "{segments} segments, {records} records, {events} events, {originals} originals, {bytes} bytes"
    ));
    if let Some(head) = head {
        say(format_args!("the last event is {head}"));
    }
    for problem in problems {
        say(format_args!("damaged  {} at byte {}: {}", problem.segment, problem.offset, problem.what));
    }
    match problems.len() {
        0 => say("no damage"),
        count => say(format_args!("{count} places are damaged")),
    }
}
