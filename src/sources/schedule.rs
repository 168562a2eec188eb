//! When a source is asked next: pure over what was configured, what its server said and how it went.

use std::time::Duration;

use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL, EXPIRES, RETRY_AFTER};
use jiff::Timestamp;

use crate::digest::Digest;

/// The first pause after a failure, where the interval is not shorter still.
const BACKOFF_FIRST: Duration = Duration::from_secs(60);
/// The longest pause after failures, where the interval is not longer still.
const BACKOFF_MAX: Duration = Duration::from_secs(86_400);
/// Who asks to be left alone for longer than this is asked all the same: it is a mistake more likely than a wish.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(30 * 86_400);

/// How often a source is asked, as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub interval: Duration,
    /// However long the server says that nothing will change.
    pub interval_max: Duration,
}

/// What an answer says of the next question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// For so long nothing new is to be expected.
    pub fresh: Option<Duration>,
    /// Not to be asked again before.
    pub retry_after: Option<Duration>,
}

impl Said {
    /// Reads the headers of an answer that came at `now` (RFC 9111 sections 4.2.1 and 5.2.2, RFC 9110 section 10.2.3).
    pub fn of(headers: &HeaderMap, now: Timestamp) -> Said {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let from_now = |date: Option<&str>| Some(until(now, httpdate::parse_http_date(date?).ok()?));
        let seconds = |text: Option<&str>| Some(Duration::from_secs(text?.parse().ok()?));
        let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        let directives: Vec<&str> = directives.flat_map(|value| value.split(',')).map(str::trim).collect();
        let named = |name: &str| {
            let found = directives.iter().find_map(|directive| {
                let (key, value) = directive.split_once('=')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
            });
            seconds(found)
        };
        let asks = |name: &str| directives.iter().any(|directive| directive.eq_ignore_ascii_case(name));
        let fresh = if asks("no-cache") || asks("no-store") {
            None
        } else {
            // A max-age counts from when the answer was made, and Expires only where there is none.
            let age = seconds(text(AGE)).unwrap_or_default();
            named("max-age").map(|fresh| fresh.saturating_sub(age)).or_else(|| from_now(text(EXPIRES)))
        };
        let retry_after = seconds(text(RETRY_AFTER)).or_else(|| from_now(text(RETRY_AFTER)));
        Said { fresh, retry_after }
    }

    /// With what the document itself says, such as the `ttl` of RSS.
    pub fn and_fresh(self, ttl: Option<Duration>) -> Said {
        Said { fresh: self.fresh.max(ttl), ..self }
    }
}

/// From `now` to `date`; nothing where that is past.
fn until(now: Timestamp, date: std::time::SystemTime) -> Duration {
    let now = std::time::SystemTime::from(now);
    date.duration_since(now).unwrap_or_default()
}

/// How long to wait after `failures` in a row, none of which is the usual case. Never shorter than the server asked
/// for, within [`RETRY_AFTER_MAX`].
pub fn pause(name: &str, pace: Pace, said: Said, failures: u32) -> Duration {
    let usual = match failures {
        0 => pace.interval.max(said.fresh.unwrap_or_default()).min(pace.interval_max.max(pace.interval)),
        _ => backoff(name, pace, failures),
    };
    usual.max(said.retry_after.unwrap_or_default().min(RETRY_AFTER_MAX))
}

/// The longest that [`pause`] ever gives.
pub fn longest(pace: Pace) -> Duration {
    let backoff = BACKOFF_MAX.max(pace.interval);
    RETRY_AFTER_MAX.max(pace.interval_max).max(backoff + backoff / 4)
}

/// Twice as long after each failure, and a little longer by a part that is the source's own: sources of one server
/// that failed together do not come back together. No dice, so that the same state gives the same plan.
fn backoff(name: &str, pace: Pace, failures: u32) -> Duration {
    let doubled =
        BACKOFF_FIRST.min(pace.interval).saturating_mul(1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX));
    let bounded = doubled.min(BACKOFF_MAX.max(pace.interval));
    let Digest([high, low, ..]) = Digest::of(format!("{name} {failures}").as_bytes());
    let share = u32::from(u16::from_be_bytes([high, low]));
    bounded + bounded / 4 * share / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const PACE: Pace = Pace { interval: HOUR, interval_max: Duration::from_secs(86_400) };

    fn said(headers: &[(&'static str, &'static str)]) -> Said {
        let pairs =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        Said::of(&pairs.collect(), "2026-03-01T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn headers_say_how_long_to_wait() {
        let seconds = |count| Some(Duration::from_secs(count));
        let date = "Sun, 01 Mar 2026 13:00:00 GMT";
        for (headers, fresh, retry_after) in [
            (&[][..], None, None),
            (&[("cache-control", "public, Max-Age=7200")], seconds(7_200), None),
            (&[("cache-control", "max-age=\"60\"")], seconds(60), None),
            (&[("cache-control", "max-age=7200"), ("age", "200")], seconds(7_000), None),
            (&[("cache-control", "max-age=7200, no-cache")], None, None),
            (&[("cache-control", "max-age=soon")], None, None),
            (&[("expires", date)], seconds(3_600), None),
            (&[("expires", "0")], None, None),
            (&[("expires", "Sun, 01 Mar 2026 11:00:00 GMT")], seconds(0), None),
            (&[("expires", date), ("cache-control", "max-age=5")], seconds(5), None),
            (&[("retry-after", "120")], None, seconds(120)),
            (&[("retry-after", date)], None, seconds(3_600)),
            (&[("retry-after", "later")], None, None),
        ] {
            assert_eq!(said(headers), Said { fresh, retry_after }, "{headers:?}");
        }
        assert_eq!(said(&[]).and_fresh(seconds(9)).fresh, seconds(9));
        assert_eq!(said(&[("cache-control", "max-age=60")]).and_fresh(seconds(9)).fresh, seconds(60));
    }

    #[test]
    fn a_source_that_is_well_is_asked_at_its_interval_or_when_it_says() {
        let after = |fresh| pause("a", PACE, Said { fresh, retry_after: None }, 0);
        assert_eq!(after(None), HOUR);
        assert_eq!(after(Some(HOUR / 2)), HOUR);
        assert_eq!(after(Some(HOUR * 3)), HOUR * 3);
        assert_eq!(after(Some(HOUR * 1_000)), HOUR * 24);
    }

    #[test]
    fn failures_double_the_pause_and_sources_part_ways() {
        let pauses: Vec<Duration> =
            (1..40).map(|failures| pause("a", PACE, Said::default(), failures)).collect();
        assert!(pauses[0] >= BACKOFF_FIRST && pauses[0] <= BACKOFF_FIRST * 5 / 4);
        assert!(pauses.windows(2).take(10).all(|pair| pair[1] > pair[0]), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= BACKOFF_MAX * 5 / 4));
        let of = |name| pause(name, PACE, Said::default(), 6);
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a"), of("b"));
    }

    proptest! {
        #[test]
        fn no_source_is_asked_before_it_asked_to_be_and_none_is_forgotten(
            name in "[a-z]{1,8}",
            interval in 1_u64..200_000,
            fresh in proptest::option::of(0_u64..u64::MAX),
            retry_after in proptest::option::of(0_u64..u64::MAX),
            failures in 0_u32..u32::MAX,
        ) {
            let pace = Pace { interval: Duration::from_secs(interval), interval_max: HOUR * 24 };
            let seconds = |count: Option<u64>| count.map(Duration::from_secs);
            let said = Said { fresh: seconds(fresh), retry_after: seconds(retry_after) };
            let pause = pause(&name, pace, said, failures);
            prop_assert!(pause >= said.retry_after.unwrap_or_default().min(RETRY_AFTER_MAX));
            prop_assert!(failures > 0 || pause >= pace.interval);
            prop_assert!(pause >= Duration::from_secs(1).min(BACKOFF_FIRST));
            let longest = (HOUR * 24).max(pace.interval) * 5 / 4;
            prop_assert!(pause <= longest.max(RETRY_AFTER_MAX) && pause <= super::longest(pace));
        }
    }
}
