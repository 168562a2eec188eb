//! Who may admit: bearer tokens (RFC 6750), of which only the SHA-256 is known here.

use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, WWW_AUTHENTICATE};
use subtle::ConstantTimeEq as _;

use super::problem::Problem;
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

/// The name under which whoever asks is written down.
pub fn authorise(way: Way, headers: &HeaderMap, tokens: &[Token]) -> Result<String, Problem> {
    if way == Way::Local {
        return Ok("local".into());
    }
    if tokens.is_empty() {
        let detail = "admission is off: no token is configured. `annals token NAME` makes one and prints the \
                      lines for config.toml";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let unauthorised = |detail: &str, challenge: &str| {
        Problem::new(StatusCode::UNAUTHORIZED, detail)
            .with(WWW_AUTHENTICATE, format!("Bearer realm=\"annals\"{challenge}"))
    };
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, token)) = shown.and_then(|text| text.split_once(' ')) else {
        return Err(unauthorised("send a token: `Authorization: Bearer …`", ""));
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorised("the scheme must be Bearer: `Authorization: Bearer …`", ""));
    }
    let shown = Digest::of(token.trim().as_bytes());
    // Every token is compared to its end: how long it takes says nothing about any of them.
    let found = tokens.iter().fold(None, |found, known| {
        if bool::from(known.sha256.0.ct_eq(&shown.0)) { Some(known) } else { found }
    });
    let known =
        found.ok_or_else(|| unauthorised("this token is not known here", ", error=\"invalid_token\""))?;
    Ok(known.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_token_over_bearer_is_let_in() {
        let tokens = [("desk", "s3cret"), ("press", "other")]
            .map(|(name, token)| Token { name: name.into(), sha256: Digest::of(token.as_bytes()) });
        let ask = |way, header: Option<&str>, tokens: &[Token]| {
            let headers = header.map(|value| (AUTHORIZATION, value.parse().unwrap())).into_iter().collect();
            authorise(way, &headers, tokens).map_err(|problem| problem.status.as_u16())
        };
        assert_eq!(ask(Way::Network, Some("Bearer s3cret"), &tokens), Ok("desk".into()));
        assert_eq!(ask(Way::Network, Some("bearer other"), &tokens), Ok("press".into()));
        for wrong in [None, Some("Bearer wrong"), Some("Basic s3cret"), Some("s3cret"), Some("Bearer ")] {
            assert_eq!(ask(Way::Network, wrong, &tokens), Err(401), "{wrong:?}");
        }
        assert_eq!(ask(Way::Network, Some("Bearer s3cret"), &[]), Err(403));
        assert_eq!(ask(Way::Local, None, &[]), Ok("local".into()));
    }
}
