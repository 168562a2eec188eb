//! Why something could not be fetched: the address, what is wrong, and the remedy.

use std::net::IpAddr;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    #[error("`{url}` is no address that can be fetched: {why}")]
    NotAnAddress { url: String, why: String },
    #[error("{url}: `{scheme}` is not fetched, only http and https are")]
    Scheme { url: String, scheme: String },
    #[error("{url}: an address with a user name or password in it is not fetched; leave them out")]
    Credentials { url: String },
    #[error(
        "{url} leads to {address}, an inside address ({kind}), and was not fetched; if it is meant to be, name \
         it in egress.allow"
    )]
    Inside { url: String, address: IpAddr, kind: &'static str },
    #[error("{url}: the name does not resolve: {why}; see whether it is written right")]
    Unresolved { url: String, why: String },
    #[error("{url}: no connection: {why}")]
    NoConnection { url: String, why: String },
    #[error("{url}: {doing} took longer than {} s", limit.as_secs())]
    TooSlow { url: String, doing: &'static str, limit: Duration },
    #[error("{url}: the answer cannot be read: {why}")]
    Broken { url: String, why: String },
    #[error("{url}: redirected more than {} times", super::REDIRECTS_MAX)]
    TooManyRedirects { url: String },
    #[error("{url}: the answer is a redirect without a usable Location")]
    NoLocation { url: String },
    #[error("{url}: the answer has more than {bytes_max} bytes, and was not read further (intake.bytes_max)")]
    TooLarge { url: String, bytes_max: usize },
    #[error("{url}: the answer is encoded as `{encoding}`, which was not asked for")]
    UnknownEncoding { url: String, encoding: String },
    #[error("{url}: the answer is said to be {encoding}, and is not, or ends early: {why}")]
    BadEncoding { url: String, encoding: String, why: String },
}

impl EgressError {
    /// Whether it was refused here, before anything was sent anywhere.
    pub fn is_refusal(&self) -> bool {
        use EgressError::*;
        matches!(self, NotAnAddress { .. } | Scheme { .. } | Credentials { .. } | Inside { .. })
    }
}
