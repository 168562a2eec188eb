//! What is answered when something is wrong: `application/problem+json` (RFC 9457), or a page for people.

use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::Serialize;

use crate::archive::ArchiveError;
use crate::intake::{Refusal, RefusalKind};

/// What was wrong, where, and what helps.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub detail: String,
    /// The thing that was refused, where one was.
    pub what: Option<String>,
    pub headers: Vec<(http::HeaderName, String)>,
}

#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "type")]
    problem_type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

/// A load passes, and a restart is over, within seconds.
const RETRY_AFTER_SECONDS: &str = "5";

pub const MEDIA_TYPE: &str = "application/problem+json";

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        let problem = Problem { status, detail: detail.into(), what: None, headers: Vec::new() };
        // What passes says when to come again; who knows better says it after this.
        match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                problem.with(RETRY_AFTER, RETRY_AFTER_SECONDS)
            }
            _ => problem,
        }
    }

    pub fn not_found(path: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, format!("nothing is at {path}"))
    }

    pub fn with(mut self, name: http::HeaderName, value: impl Into<String>) -> Problem {
        self.headers.push((name, value.into()));
        self
    }

    pub fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    /// The body for programs.
    pub fn json(&self) -> Vec<u8> {
        let refused = self.what.as_deref();
        let wire = Wire {
            problem_type: "about:blank",
            title: self.title(),
            status: self.status.as_u16(),
            detail: &self.detail,
            outcome: refused.map(|_| "refused"),
            what: refused,
            why: refused.map(|_| self.detail.as_str()),
        };
        serde_json::to_vec(&wire).expect("a problem is made of text and a number")
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let status = match refusal.kind {
            RefusalKind::Malformed => StatusCode::BAD_REQUEST,
            RefusalKind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::UnknownFormat => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        };
        Problem { what: Some(refusal.what), ..Problem::new(status, refusal.why) }
    }
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Problem {
        if let ArchiveError::Refused(refusal) = error {
            return refusal.into();
        }
        let status = match &error {
            ArchiveError::NoSuchBulletin(_) => StatusCode::NOT_FOUND,
            ArchiveError::AlreadyWithdrawn(_) | ArchiveError::NotWithdrawn(_) => StatusCode::CONFLICT,
            ArchiveError::NotDurable(cause) if cause.is_out_of_space() => StatusCode::INSUFFICIENT_STORAGE,
            ArchiveError::NoRoom { .. } => StatusCode::INSUFFICIENT_STORAGE,
            ArchiveError::NotDurable(_) | ArchiveError::Closing | ArchiveError::ReadOnly(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            // Paths and offsets are for whoever runs the server, not for whoever asks it.
            let detail = match &error {
                ArchiveError::Unfaithful(digest) | ArchiveError::Damaged { digest, .. } => format!(
                    "what has the hash {digest} is damaged in this archive, and is shown again once it is repaired"
                ),
                _ => {
                    tracing::error!(%error, "the archive could not be read");
                    "the archive could not be read; see the server's log".into()
                }
            };
            return Problem::new(status, detail);
        }
        let mut problem = Problem::new(status, error.to_string());
        if let ArchiveError::NoSuchBulletin(id)
        | ArchiveError::AlreadyWithdrawn(id)
        | ArchiveError::NotWithdrawn(id) = error
        {
            problem.what = Some(format!("bulletin {id}"));
        }
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_says_when_to_come_again() {
        let retry =
            |problem: &Problem| problem.headers.iter().filter(|(name, _)| *name == RETRY_AFTER).count();
        for status in (400..600).filter_map(|status| StatusCode::from_u16(status).ok()) {
            let passes = matches!(status.as_u16(), 429 | 503);
            assert_eq!(retry(&Problem::new(status, "x")), usize::from(passes), "{status}");
        }
        assert_eq!(retry(&ArchiveError::Closing.into()), 1);
    }
}
