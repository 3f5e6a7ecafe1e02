//! What the tablet says of itself: when something has changed that a helper looks for, and now and then.

use std::time::{Duration, Instant};

use kairan_contract::{EmergencySeen, TabletStatus};

/// How often the rest is told: the battery, the disk.
const NOW_AND_THEN: Duration = Duration::from_mins(15);

/// What was told last, and when.
#[derive(Debug, Clone, Default)]
pub struct Status(Option<(TabletStatus, Instant)>);

impl Status {
    /// Whether the backend should hear of it.
    pub fn is_news(&self, status: &TabletStatus, now: Instant) -> bool {
        let Some((told, at)) = &self.0 else {
            return true;
        };
        let shows = |it: &TabletStatus| {
            let waits = it.unsent > 0;
            (
                it.version.clone(),
                it.catalogue,
                it.locked,
                waits,
                it.emergency,
            )
        };
        shows(told) != shows(status) || now.saturating_duration_since(*at) >= NOW_AND_THEN
    }

    /// What the backend is to hear now: of each emergency that was seen, and else how the tablet is if
    /// that is news.
    pub fn news(
        &self,
        status: TabletStatus,
        seen: Vec<EmergencySeen>,
        now: Instant,
    ) -> Vec<TabletStatus> {
        if seen.is_empty() {
            return self
                .is_news(&status, now)
                .then_some(status)
                .into_iter()
                .collect();
        }
        let of = |seen| TabletStatus {
            emergency: Some(seen),
            ..status.clone()
        };
        seen.into_iter().map(of).collect()
    }

    /// The backend has heard of it.
    pub fn told(&mut self, status: TabletStatus, now: Instant) {
        self.0 = Some((status, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_at_once_and_the_battery_now_and_then() {
        let status = TabletStatus {
            version: "0.1.0".to_owned(),
            catalogue: 3,
            locked: false,
            battery_percent: Some(80),
            free_megabytes: Some(9_000),
            unsent: 0,
            emergency: None,
        };
        let now = Instant::now();
        let mut told = Status::default();
        assert!(told.is_news(&status, now));
        told.told(status.clone(), now);
        let battery = TabletStatus {
            battery_percent: Some(20),
            ..status.clone()
        };
        assert!(!told.is_news(&battery, now + Duration::from_mins(14)));
        assert!(told.is_news(&battery, now + Duration::from_mins(15)));
        let locked = TabletStatus {
            locked: true,
            ..status
        };
        assert!(told.is_news(&locked, now));
    }
}
