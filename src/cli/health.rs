//! `annals health`: whether the server that has the archive open answers, and is ready.
//!
//! It asks by the socket in the archive's folder, so it needs no port, and a container no other program.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};

use super::{Done, Failure, door, say};
use crate::config::Config;
use crate::permalink::Route;

/// A server that takes longer is not well.
const PATIENCE: Duration = Duration::from_secs(5);

pub async fn run(config: &Config) -> Result<Done, Failure> {
    let path = &config.archive.path;
    let asked = tokio::time::timeout(PATIENCE, async {
        let mut sender = door::connect(path).await?;
        let request = Request::get(Route::Ready.to_string()).header(header::HOST, "localhost");
        let response = sender.send_request(request.body(Full::new(Bytes::new()))?).await?;
        let status = response.status();
        Ok::<_, Failure>((status, response.into_body().collect().await?.to_bytes()))
    });
    let answered = asked.await.map_err(|_| format!("the server did not answer within {PATIENCE:?}"))?;
    let (status, body) = answered
        .map_err(|error| format!("no server answers for the archive in {}: {error}", path.display()))?;
    say(String::from_utf8_lossy(&body).trim_end());
    Ok(if status.is_success() { Done::Well } else { Done::Wrong })
}
