//! `annals withdraw` and `annals restore`.

use super::door::{AnswerJson, Door};
use super::{Done, Failure, say};
use crate::bulletin::BulletinId;
use crate::config::Config;

pub async fn withdraw(config: Config, id: &str, reason: &str, json: bool) -> Result<Done, Failure> {
    let id: BulletinId = id.parse()?;
    if reason.trim().is_empty() {
        return Err("say why: --reason …; readers see it".into());
    }
    show(&Door::open(&config).await?.withdraw(id, reason.trim()).await?, json);
    Ok(Done::Well)
}

pub async fn restore(config: Config, id: &str, json: bool) -> Result<Done, Failure> {
    let id: BulletinId = id.parse()?;
    show(&Door::open(&config).await?.restore(id).await?, json);
    Ok(Done::Well)
}

fn show(answers: &[AnswerJson], json: bool) {
    for answer in answers {
        let text = |field: &str| answer[field].as_str().unwrap_or_default();
        if json {
            say(answer);
        } else {
            say(format_args!("{:9}  {}", text("outcome"), text("permalink")));
        }
    }
}
