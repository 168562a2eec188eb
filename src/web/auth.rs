//! Who may do what: bearer tokens (RFC 6750), of which only the SHA-256 is known here.
//!
//! Owns how a token is shown and checked, and how often one may be wrong. It must never know what is done with the
//! rights that come of it, nor write a token anywhere.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use super::problem::Problem;
use crate::archive::{By, Right};
use crate::config::Token;
use crate::digest::Digest;

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Over the network: whoever wants to admit shows a token.
    Network,
    /// Through the socket in the archive's folder: whoever may open that may do anything.
    Local,
}

/// The address that a request came from, among its extensions. Without it all who ask count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub IpAddr);

/// The tokens, and what each client has tried.
pub struct Guard {
    tokens: Vec<Token>,
    failures: Mutex<Failures>,
}

impl Guard {
    pub fn new(tokens: Vec<Token>) -> Guard {
        Guard { tokens, failures: Mutex::default() }
    }

    /// Who asks by the `Authorization` of a request, if one of `rights` is theirs.
    ///
    /// # Errors
    /// 401 without a token that is known, 403 where the right is missing, 429 after too many that are not known.
    pub fn authorise(
        &self,
        way: Way,
        parts: &Parts,
        rights: &[Right],
        now: Timestamp,
    ) -> Result<By, Problem> {
        if way == Way::Local {
            return Ok(By::from("local"));
        }
        self.check_any()?;
        let shown = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some((scheme, token)) = shown.and_then(|text| text.split_once(' ')) else {
            return Err(unauthorised("send a token: `Authorization: Bearer …`", ""));
        };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(unauthorised("the scheme must be Bearer: `Authorization: Bearer …`", ""));
        }
        let (by, _) = self.known(token.trim(), parts, now)?;
        if !by.has_any(rights) {
            return Err(by.lacks(rights[0]).into());
        }
        Ok(by)
    }

    pub fn check_any(&self) -> Result<(), Problem> {
        if !self.tokens.is_empty() {
            return Ok(());
        }
        let detail = "admission is off: no token is configured. `annals token NAME` makes one and prints the \
                      lines for config.toml";
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Whose token this is, and when it ends.
    ///
    /// # Errors
    /// As [`Guard::authorise`], but for rights.
    pub fn known(
        &self,
        token: &str,
        parts: &Parts,
        now: Timestamp,
    ) -> Result<(By, Option<Timestamp>), Problem> {
        let client = client_of(parts);
        // Before anything is compared: who has guessed too often learns nothing more.
        self.failures().check(client, now)?;
        let shown = Digest::of(token.as_bytes());
        let Some(known) = self.find(&shown) else {
            self.failures().count(client, now);
            return Err(unauthorised("this token is not known here", ", error=\"invalid_token\""));
        };
        if known.expires.is_some_and(|expires| now >= expires) {
            return Err(unauthorised("this token has expired", ", error=\"invalid_token\""));
        }
        Ok((By::new(&known.name, known.permit.clone()), known.expires))
    }

    /// Every token is compared to its end: how long it takes says nothing about any of them.
    fn find(&self, shown: &Digest) -> Option<&Token> {
        self.tokens.iter().fold(None, |found, known| {
            if bool::from(known.sha256.0.ct_eq(&shown.0)) { Some(known) } else { found }
        })
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, Failures> {
        // A count that a panic left behind is a count all the same.
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unauthorised(detail: &str, challenge: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, detail)
        .with(WWW_AUTHENTICATE, format!("Bearer realm=\"annals\"{challenge}"))
}

/// As many wrong tokens a client may send at once, and one more whenever [`PAUSE_SECONDS`] have passed.
const FAILURES_MAX: i64 = 10;
const PAUSE_SECONDS: i64 = 30;
/// How many clients are told apart; those that come when so many are being watched count as one.
const CLIENTS_MAX: usize = 10_000;

/// How many wrong tokens came from whom. For each client the moment at which all is forgotten, in seconds since
/// 1970: each failure puts it off by a pause.
#[derive(Default)]
struct Failures {
    forgotten_at: HashMap<Option<IpAddr>, i64>,
}

impl Failures {
    /// Refuses a client that has failed too often.
    fn check(&self, client: Option<IpAddr>, now: Timestamp) -> Result<(), Problem> {
        let forgotten_at = self.forgotten_at.get(&self.place(client)).copied().unwrap_or_default();
        let wait = forgotten_at - now.as_second() - (FAILURES_MAX - 1) * PAUSE_SECONDS;
        if wait <= 0 {
            return Ok(());
        }
        let detail = format!("too many wrong tokens came from your address; come again in {wait} seconds");
        let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, detail);
        problem.headers.retain(|(name, _)| *name != RETRY_AFTER);
        Err(problem.with(RETRY_AFTER, wait.to_string()))
    }

    fn count(&mut self, client: Option<IpAddr>, now: Timestamp) {
        let now = now.as_second();
        if self.forgotten_at.len() >= CLIENTS_MAX {
            self.forgotten_at.retain(|_, forgotten_at| *forgotten_at > now);
        }
        let place = self.place(client);
        let forgotten_at = self.forgotten_at.entry(place).or_insert(now);
        *forgotten_at = (*forgotten_at).max(now) + PAUSE_SECONDS;
    }

    /// Under which a client is counted.
    fn place(&self, client: Option<IpAddr>) -> Option<IpAddr> {
        let full = self.forgotten_at.len() >= CLIENTS_MAX;
        client.map(network).filter(|client| !full || self.forgotten_at.contains_key(&Some(*client)))
    }
}

/// What one customer is given: an IPv4 address, or a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

fn client_of(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<Client>().map(|client| client.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Permit;

    fn guard(expires: Option<Timestamp>) -> Guard {
        let tokens = [("desk", "s3cret", Right::ALL.to_vec()), ("press", "other", vec![Right::Admit])];
        let token = |(name, token, rights): (&str, &str, _)| Token {
            name: name.into(),
            sha256: Digest::of(token.as_bytes()),
            permit: Permit { rights, ..Permit::default() }.into(),
            expires,
        };
        Guard::new(tokens.map(token).into())
    }

    fn parts(authorization: Option<&str>, client: &str) -> Parts {
        let mut request = http::Request::new(());
        request.extensions_mut().insert(Client(client.parse().unwrap()));
        let value = authorization.map(|value| (AUTHORIZATION, value.parse().unwrap()));
        request.headers_mut().extend(value);
        request.into_parts().0
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn only_a_known_token_over_bearer_with_the_right_is_let_in() {
        let guard = guard(None);
        let ask = |way, header: Option<&str>, right| {
            let by = guard.authorise(way, &parts(header, "192.0.2.1"), &[right], at(0));
            by.map(|by| by.name.to_string()).map_err(|problem| problem.status.as_u16())
        };
        let admit = Right::Admit;
        assert_eq!(ask(Way::Network, Some("Bearer s3cret"), admit), Ok("desk".into()));
        assert_eq!(ask(Way::Network, Some("bearer other"), admit), Ok("press".into()));
        assert_eq!(ask(Way::Network, Some("bearer other"), Right::Withdraw), Err(403));
        for wrong in [None, Some("Bearer wrong"), Some("Basic s3cret"), Some("s3cret"), Some("Bearer ")] {
            assert_eq!(ask(Way::Network, wrong, admit), Err(401), "{wrong:?}");
        }
        assert_eq!(ask(Way::Local, None, admit), Ok("local".into()));
        let none = Guard::new(Vec::new());
        let refused =
            none.authorise(Way::Network, &parts(Some("Bearer s3cret"), "192.0.2.1"), &[admit], at(0));
        assert_eq!(refused.map_err(|problem| problem.status.as_u16()), Err(403));
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let guard = guard(Some(at(100)));
        let ask =
            |now| guard.authorise(Way::Network, &parts(Some("Bearer s3cret"), "192.0.2.1"), &Right::ALL, now);
        assert!(ask(at(99)).is_ok());
        let expired = ask(at(100)).unwrap_err();
        assert!(expired.status == 401 && expired.detail.contains("expired"), "{expired:?}");
    }

    #[test]
    fn who_guesses_is_slowed_down_and_nobody_else() {
        let guard = guard(None);
        let ask = |token: &str, client: &str, now| {
            let parts = parts(Some(&format!("Bearer {token}")), client);
            guard.authorise(Way::Network, &parts, &[Right::Admit], at(now)).map_err(|problem| {
                let wait = problem.headers.iter().find(|(name, _)| *name == RETRY_AFTER);
                (problem.status.as_u16(), wait.map(|(_, wait)| wait.clone()))
            })
        };
        for n in 0..FAILURES_MAX {
            assert_eq!(ask(&format!("guess {n}"), "2001:db8::1", 0), Err((401, None)));
        }
        let wait = Err((429, Some(PAUSE_SECONDS.to_string())));
        // Even the right one, and from any address of the same network.
        assert_eq!(ask("s3cret", "2001:db8::1", 0), wait);
        assert_eq!(ask("guess", "2001:db8::f:1", 0), wait);
        assert!(ask("s3cret", "2001:db8:0:1::1", 0).is_ok() && ask("s3cret", "192.0.2.1", 0).is_ok());
        // What is asked meanwhile puts nothing off; then there is one more guess, and no second.
        assert!(ask("s3cret", "2001:db8::1", PAUSE_SECONDS).is_ok());
        assert_eq!(ask("guess", "2001:db8::1", PAUSE_SECONDS), Err((401, None)));
        assert_eq!(ask("guess", "2001:db8::1", PAUSE_SECONDS), wait);
    }

    #[test]
    fn what_is_remembered_of_clients_is_bounded() {
        let mut failures = Failures::default();
        let address = |n: u32| Some(IpAddr::from(n.to_be_bytes()));
        for n in 0..2 * CLIENTS_MAX as u32 {
            failures.count(address(n), at(0));
        }
        assert_eq!(failures.forgotten_at.len(), CLIENTS_MAX + 1);
        assert!(failures.check(address(0), at(0)).is_ok(), "one failure of its own");
        assert!(failures.check(address(CLIENTS_MAX as u32), at(0)).is_err(), "the rest count as one");
        failures.count(address(7), at(i64::from(CLIENTS_MAX as u32) * PAUSE_SECONDS * 2));
        assert_eq!(failures.forgotten_at.len(), 1, "what is over is forgotten");
    }
}
