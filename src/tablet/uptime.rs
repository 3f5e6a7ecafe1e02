//! A clock that never jumps and goes on while the machine sleeps.

use rustix::time::{ClockId, clock_gettime};

/// A moment since the machine was switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uptime(u64);

impl Uptime {
    /// Now. `std`'s own clock stands still while a tablet sleeps, and a night would be no time.
    pub fn now() -> Self {
        let time = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let milliseconds = u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000;
        Self(seconds * 1000 + milliseconds)
    }

    /// Milliseconds from `earlier` to this moment.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
