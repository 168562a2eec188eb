//! What is answered when something is wrong: `application/problem+json` (RFC 9457), or a page for people.

use http::StatusCode;
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

pub const MEDIA_TYPE: &str = "application/problem+json";

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem { status, detail: detail.into(), what: None, headers: Vec::new() }
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
        };
        Problem { what: Some(refusal.what), ..Problem::new(status, refusal.why) }
    }
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Problem {
        let status = match &error {
            ArchiveError::NoSuchBulletin(_) => StatusCode::NOT_FOUND,
            ArchiveError::AlreadyWithdrawn(_) | ArchiveError::NotWithdrawn(_) => StatusCode::CONFLICT,
            ArchiveError::NotDurable(cause) if cause.is_out_of_space() => StatusCode::INSUFFICIENT_STORAGE,
            ArchiveError::NotDurable(_) | ArchiveError::Closing => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            // Paths and offsets are for whoever runs the server, not for whoever asks it.
            tracing::error!(%error, "the archive could not be read");
            let named = matches!(error, ArchiveError::Unfaithful(_));
            let detail = if named {
                error.to_string()
            } else {
                "the archive could not be read; see the server's log".into()
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
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return problem.with(http::header::RETRY_AFTER, "5");
        }
        problem
    }
}
