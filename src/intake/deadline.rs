//! How long reading one document may take.
//!
//! Every bound of intake is on bytes, depth and number, so that what it reads is the same on any machine. This is the
//! one on time, for what those let through: a document that takes far longer than any is refused, and whoever read
//! it is free again. It decides whether a document is read, and never how.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

/// The clock is asked once in so many steps.
const STEPS: u32 = 64;

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
    static STEP: Cell<u32> = const { Cell::new(0) };
}

/// The time is over.
#[derive(Debug, PartialEq, Eq)]
pub struct Passed;

/// Does `work`, unless it takes longer than `limit`.
///
/// # Errors
/// The time was over at one of its [steps](step): nothing of it is left.
pub fn within<T>(limit: Duration, work: impl FnOnce() -> T) -> Result<T, Passed> {
    let before = UNTIL.replace(Instant::now().checked_add(limit));
    // Whatever it was at is dropped on the way, and nobody else has seen it.
    let done = catch_unwind(AssertUnwindSafe(work));
    UNTIL.set(before);
    done.map_err(|payload| match payload.downcast::<Passed>() {
        Ok(passed) => *passed,
        Err(payload) => resume_unwind(payload),
    })
}

/// A step of work of which there may be very many. Ends the work where the time is over.
pub fn step() {
    let steps = STEP.get().wrapping_add(1);
    STEP.set(steps);
    if steps.is_multiple_of(STEPS) && UNTIL.get().is_some_and(|until| Instant::now() >= until) {
        resume_unwind(Box::new(Passed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_without_end_is_ended_and_other_work_is_not() {
        let endless = || -> u8 {
            loop {
                step();
            }
        };
        assert_eq!(within(Duration::from_millis(5), endless), Err(Passed));
        assert_eq!(within(Duration::from_secs(60), || (0..1_000).for_each(|_| step())), Ok(()));
        // A limit within a limit ends with it.
        let inner = || within(Duration::from_millis(5), endless).is_err();
        assert_eq!(within(Duration::from_secs(60), inner), Ok(true));
        // Without a limit, steps are free.
        (0..1_000).for_each(|_| step());
        assert!(
            std::panic::catch_unwind(|| within(Duration::from_secs(60), || panic!("as a bug would")))
                .is_err()
        );
    }
}
