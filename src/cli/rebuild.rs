//! `annals rebuild`: the catalogue anew from the journal.

use std::time::Instant;

use super::progress::Progress;
use super::{Done, Failure, check_is_there, say};
use crate::archive::Archive;
use crate::catalogue::state::State as _;
use crate::config::Config;

pub fn run(config: &Config) -> Result<Done, Failure> {
    check_is_there(config)?;
    let begin = Instant::now();
    let bar = Progress::new("rebuilding", "", 0);
    let archive = Archive::rebuild(&config.archive, &|done, total| bar.set(done, total))?;
    bar.finish();
    let digest = archive.catalogue().state_digest()?;
    let events = archive.catalogue().position()?.seq;
    say(format_args!(
        "{events} events in {:.1} s; the catalogue's state is {digest}",
        begin.elapsed().as_secs_f64()
    ));
    Ok(Done::Well)
}
