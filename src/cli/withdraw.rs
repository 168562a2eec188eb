//! `annals withdraw` and `annals restore`.

use super::door::{AnswerJson, Door};
use super::{Done, Failure, check_is_there, say};
use crate::bulletin::BulletinId;
use crate::config::Config;

pub async fn withdraw(config: Config, id: &str, reason: &str, json: bool) -> Result<Done, Failure> {
    let id: BulletinId = id.parse()?;
    if reason.trim().is_empty() {
        return Err("say why: --reason …; readers see it".into());
    }
    check_is_there(&config)?;
    Ok(show(&Door::open(&config).await?.withdraw(id, reason.trim()).await?, json))
}

pub async fn restore(config: Config, id: &str, json: bool) -> Result<Done, Failure> {
    let id: BulletinId = id.parse()?;
    check_is_there(&config)?;
    Ok(show(&Door::open(&config).await?.restore(id).await?, json))
}

fn show(answers: &[AnswerJson], json: bool) -> Done {
    let mut done = Done::Well;
    for answer in answers {
        let text = |field: &str| answer[field].as_str().unwrap_or_default();
        let refused = text("outcome") == "refused";
        if refused {
            done = Done::Wrong;
        }
        match () {
            () if json => say(answer),
            () if refused => say(format_args!("{:9}  {}: {}", "refused", text("what"), text("why"))),
            () => say(format_args!("{:9}  {}", text("outcome"), text("permalink"))),
        }
    }
    done
}
