//! The machine's own clocks: the one on the wall, which may be set, lost or wrong, and the time since the
//! machine was switched on, which never jumps and goes on while the machine sleeps.

use std::{fs, io, pin::Pin, time::Duration};

use jiff::Timestamp;
use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
    timerfd_create, timerfd_settime,
};
use serde::{Deserialize, Serialize};
use tokio::io::{Interest, unix::AsyncFd};

/// A moment since the machine was switched on, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Uptime(u64);

impl Uptime {
    /// So long after the machine was switched on.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Now. `std`'s own clock stands still while a tablet sleeps, and a night would be no time.
    fn now() -> Self {
        let time = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let milliseconds = u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000;
        Self(seconds * 1000 + milliseconds)
    }

    /// Milliseconds from `earlier` to this moment.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// So many milliseconds later.
    #[must_use]
    pub const fn after(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

/// What the machine's two clocks show at one and the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineTime {
    /// The clock on the wall.
    pub wall: Timestamp,
    /// The time since the machine was switched on.
    pub uptime: Uptime,
}

/// The machine's clocks. Tests put some in their place that they can set and put to sleep.
pub trait Clocks: Send + Sync {
    /// Both at once.
    fn read(&self) -> MachineTime;

    /// Which start of the machine this is: no uptime means anything in another one.
    fn machine_start(&self) -> String;

    /// Ends when the uptime has come; where the machine slept over it, at once when it wakes.
    fn reach(&self, uptime: Uptime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The clocks of the machine on which the program runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineClocks;

impl Clocks for MachineClocks {
    fn read(&self) -> MachineTime {
        MachineTime {
            wall: Timestamp::now(),
            uptime: Uptime::now(),
        }
    }

    fn machine_start(&self) -> String {
        fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map(|id| id.trim().to_owned())
            .unwrap_or_default()
    }

    fn reach(&self, uptime: Uptime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            if let Err(error) = wake_at(uptime).await {
                tracing::warn!(%error, "there is no timer that goes on while the machine sleeps");
                tokio::time::sleep(Duration::from_millis(uptime.since(Uptime::now()))).await;
            }
        })
    }
}

/// The kernel's own timer: a timer of the runtime's stands still while the machine sleeps, and would strike
/// so much later.
async fn wake_at(uptime: Uptime) -> io::Result<()> {
    let timer = timerfd_create(
        TimerfdClockId::Boottime,
        TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC,
    )?;
    // Nought would mean never.
    let milliseconds = i64::try_from(uptime.0.max(1)).unwrap_or(i64::MAX);
    let at = Timespec {
        tv_sec: milliseconds / 1000,
        tv_nsec: milliseconds % 1000 * 1_000_000,
    };
    let once = Itimerspec {
        it_interval: Timespec::default(),
        it_value: at,
    };
    timerfd_settime(&timer, TimerfdTimerFlags::ABSTIME, &once)?;
    #[expect(
        deprecated,
        reason = "its successor may not be called here, and an owned descriptor is never another"
    )]
    let timer = AsyncFd::with_interest(timer, Interest::READABLE)?;
    timer.readable().await?.retain_ready();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_kernels_timer_strikes_when_the_uptime_has_come_and_not_before() {
        let clocks = MachineClocks;
        let due = clocks.read().uptime.after(150);
        clocks.reach(due).await;
        assert!(clocks.read().uptime >= due);
        // What has come already is no wait.
        clocks.reach(Uptime::from_millis(0)).await;
        wake_at(due).await.expect("there is such a timer here");
    }
}
