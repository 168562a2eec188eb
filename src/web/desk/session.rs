//! Who is signed in at the desk: sessions in memory, bounded, each with an end. A restart ends them all.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use http::header::COOKIE;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq as _;

use crate::archive::By;
use crate::digest::Digest;

/// A working day.
const LASTS: SignedDuration = SignedDuration::from_hours(10);
/// How many may be signed in at once; one more ends the one that would end first.
const SESSIONS_MAX: usize = 1_000;
/// 256 bits: nobody guesses them.
const SECRET_BYTES: usize = 32;

/// Someone who showed a token.
#[derive(Clone, Debug)]
pub struct Session {
    pub by: By,
    /// The name of the session here, which is not what its cookie holds.
    pub key: Digest,
    ends: Timestamp,
    /// Of which the tokens of forms are made.
    secret: [u8; SECRET_BYTES],
}

impl Session {
    /// The token of the form that is sent to `path`: another site knows none, and one serves no other form.
    pub fn form_token(&self, path: &str) -> String {
        Digest::of(&[&self.secret[..], path.as_bytes()].concat()).hex()
    }

    pub fn check_form(&self, path: &str, shown: &str) -> bool {
        bool::from(self.form_token(path).as_bytes().ct_eq(shown.as_bytes()))
    }
}

/// Everyone who is signed in, by the digest of what their cookie holds.
pub struct Sessions {
    open: Mutex<HashMap<Digest, Session>>,
    /// Whether the site is reached by https alone.
    secure: bool,
}

impl Sessions {
    pub fn new(secure: bool) -> Sessions {
        Sessions { open: Mutex::default(), secure }
    }

    /// Signs someone in until their token expires, if that is sooner than the session: what sets the cookie.
    pub fn open(
        &self,
        by: By,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<String, getrandom::Error> {
        let (mut name, mut secret) = ([0; SECRET_BYTES], [0; SECRET_BYTES]);
        getrandom::fill(&mut name)?;
        getrandom::fill(&mut secret)?;
        let name = BASE64URL_NOPAD.encode(&name);
        let ends = now.saturating_add(LASTS).unwrap_or(Timestamp::MAX);
        let ends = expires.map_or(ends, |expires| ends.min(expires));
        let key = Digest::of(name.as_bytes());
        let mut open = self.sessions();
        open.retain(|_, session| session.ends > now);
        if open.len() >= SESSIONS_MAX
            && let Some(first) = open.values().min_by_key(|session| session.ends).map(|session| session.key)
        {
            open.remove(&first);
        }
        open.insert(key, Session { by, key, ends, secret });
        Ok(self.cookie(&name, LASTS.as_secs()))
    }

    /// Who asks, if they are signed in.
    pub fn find(&self, parts: &Parts, now: Timestamp) -> Option<Session> {
        let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, name) = pairs.find(|(known, _)| *known == self.name())?;
        let key = Digest::of(name.as_bytes());
        self.sessions().get(&key).filter(|session| session.ends > now).cloned()
    }

    /// Ends a session: what takes the cookie away.
    pub fn close(&self, session: &Session) -> String {
        self.sessions().remove(&session.key);
        self.cookie("", 0)
    }

    /// A cookie that scripts do not see and no other site has sent. With the prefix a browser takes it over https alone,
    /// and from this host alone (RFC 6265bis section 4.1.3).
    fn cookie(&self, value: &str, seconds: i64) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", self.name())
    }

    fn name(&self) -> &'static str {
        if self.secure { "__Host-annals-desk" } else { "annals-desk" }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        // Each change is whole by itself.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(cookie: &str) -> Parts {
        let request = http::Request::get("/desk").header(COOKIE, cookie).body(()).unwrap();
        request.into_parts().0
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_session_ends_with_its_time_with_its_token_and_when_it_is_closed() {
        let sessions = Sessions::new(true);
        let first = sessions.open(By::from("desk"), None, at(0)).unwrap();
        let short = sessions.open(By::from("press"), Some(at(60)), at(0)).unwrap();
        assert!(
            first.starts_with("__Host-annals-desk=") && first.contains("; HttpOnly; SameSite=Strict; Secure")
        );
        let first = parts(first.split(';').next().unwrap());
        let short = parts(&format!("a=b; {}; c=d", short.split(';').next().unwrap()));
        assert_eq!(&*sessions.find(&short, at(59)).unwrap().by.name, "press");
        assert!(sessions.find(&short, at(60)).is_none());
        let found = sessions.find(&first, at(LASTS.as_secs() - 1)).unwrap();
        assert!(sessions.find(&first, at(LASTS.as_secs())).is_none());
        assert!(sessions.close(&found).contains("=; Path=/; Max-Age=0"));
        assert!(sessions.find(&first, at(0)).is_none());
        assert!(sessions.find(&parts("__Host-annals-desk=guess"), at(0)).is_none());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let sessions = Sessions::new(false);
        for second in 0..SESSIONS_MAX as i64 + 20 {
            sessions.open(By::from("desk"), None, at(second)).unwrap();
        }
        assert_eq!(sessions.sessions().len(), SESSIONS_MAX);
    }

    #[test]
    fn the_token_of_a_form_is_good_for_that_form_of_that_session() {
        let sessions = Sessions::new(false);
        let [one, other] = ["a", "b"].map(|name| {
            let cookie = sessions.open(By::from(name), None, at(0)).unwrap();
            sessions.find(&parts(cookie.split(';').next().unwrap()), at(0)).unwrap()
        });
        let token = one.form_token("/desk/drafts");
        assert!(one.check_form("/desk/drafts", &token));
        assert!(!one.check_form("/desk/sign-out", &token) && !other.check_form("/desk/drafts", &token));
        assert!(!one.check_form("/desk/drafts", ""));
    }
}
