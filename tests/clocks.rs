//! A machine's clocks as a test sets them: the clock on the wall is stepped, and the machine put to sleep.

use std::{
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use kairan_tablet::uptime::{Clocks, MachineClocks, MachineTime, Uptime};
use tokio::sync::Notify;

/// The machine's own clocks, and by how much they were moved.
pub struct SteppedClocks {
    moved: Mutex<Moved>,
    /// Told when the machine wakes.
    woken: Notify,
    machine_start: Option<String>,
}

#[derive(Default, Clone, Copy)]
struct Moved {
    wall: SignedDuration,
    slept_ms: u64,
}

impl SteppedClocks {
    /// Clocks of a machine that was switched on as `machine_start`, and whose wall shows `wall`; the real
    /// ones where that is not said.
    pub fn new(wall: Option<Timestamp>, machine_start: Option<String>) -> Self {
        let clocks = Self {
            moved: Mutex::default(),
            woken: Notify::new(),
            machine_start,
        };
        if let Some(wall) = wall {
            clocks.set_wall(wall);
        }
        clocks
    }

    fn moved(&self) -> MutexGuard<'_, Moved> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody sets the clock on the wall.
    pub fn set_wall(&self, wall: Timestamp) {
        self.step_wall(wall.duration_since(self.read().wall));
    }

    /// The clock on the wall is stepped, as NTP does it.
    pub fn step_wall(&self, by: SignedDuration) {
        let mut moved = self.moved();
        moved.wall = moved.wall.saturating_add(by);
    }

    /// The machine sleeps for so long and wakes: time has run on, and no timer has.
    pub fn sleep(&self, how_long: Duration) {
        let mut moved = self.moved();
        moved.wall = moved
            .wall
            .saturating_add(SignedDuration::try_from(how_long).unwrap_or(SignedDuration::MAX));
        moved.slept_ms += u64::try_from(how_long.as_millis()).unwrap_or(u64::MAX);
        drop(moved);
        self.woken.notify_waiters();
    }
}

impl Clocks for SteppedClocks {
    fn read(&self) -> MachineTime {
        let moved = *self.moved();
        let MachineTime { wall, uptime } = MachineClocks.read();
        MachineTime {
            wall: wall.saturating_add(moved.wall).unwrap_or(wall),
            uptime: uptime.after(moved.slept_ms),
        }
    }

    fn machine_start(&self) -> String {
        let own = self.machine_start.clone();
        own.unwrap_or_else(|| MachineClocks.machine_start())
    }

    fn reach(&self, uptime: Uptime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            loop {
                let woken = self.woken.notified();
                let left = uptime.since(self.read().uptime);
                if left == 0 {
                    return;
                }
                // The machine's timer of this kind strikes as soon as it wakes.
                tokio::select! {
                    () = woken => {}
                    () = tokio::time::sleep(Duration::from_millis(left)) => {}
                }
            }
        })
    }
}
