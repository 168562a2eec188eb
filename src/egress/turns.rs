//! Whose turn it is at a host: one request at a time, and a pause between two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

/// How many hosts are remembered before those are forgotten that are not being asked and need no pause.
const HOSTS_MAX: usize = 1_024;

/// From when on a host may be asked again.
type Free = Arc<tokio::sync::Mutex<Instant>>;

pub struct Turns {
    pause: Duration,
    hosts: Mutex<HashMap<String, Free>>,
}

/// A turn that has come. The next begins a pause after it is dropped.
pub struct Turn {
    free: OwnedMutexGuard<Instant>,
    pause: Duration,
}

impl Turns {
    pub fn new(pause: Duration) -> Turns {
        Turns { pause, hosts: Mutex::default() }
    }

    /// Waits until `host` may be asked.
    pub async fn wait(&self, host: &str) -> Turn {
        let free = self.host(host).lock_owned().await;
        tokio::time::sleep_until(*free).await;
        Turn { free, pause: self.pause }
    }

    fn host(&self, host: &str) -> Free {
        // A map of clocks is whole, wherever another thread stopped.
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MAX {
            let now = Instant::now();
            hosts.retain(|_, free| {
                Arc::strong_count(free) > 1 || free.try_lock().is_ok_and(|free| *free > now)
            });
        }
        hosts.entry(host.into()).or_insert_with(|| Free::new(Instant::now().into())).clone()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.free = Instant::now() + self.pause;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_host_is_asked_once_at_a_time_with_a_pause_between_and_others_meanwhile() {
        let turns = Arc::new(Turns::new(Duration::from_secs(1)));
        let begin = Instant::now();
        let held = turns.wait("a.example").await;
        let second = tokio::spawn({
            let turns = turns.clone();
            async move {
                drop(turns.wait("a.example").await);
                begin.elapsed()
            }
        });
        drop(turns.wait("b.example").await);
        assert_eq!(begin.elapsed(), Duration::ZERO, "another host has its own turns");
        tokio::time::sleep(Duration::from_secs(3)).await;
        drop(held);
        assert_eq!(second.await.unwrap(), Duration::from_secs(4));
    }
}
