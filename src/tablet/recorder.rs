//! From what a resident does to usage records. Pure: the time comes as an argument.

use jiff::Timestamp;
use kairan_contract::{
    BootId, EndCause, Event, Participation, Record, ServiceId, TabletId, VisitHow,
};

/// A visit ends when nobody has touched the tablet for so long, in milliseconds.
pub const VISIT_GAP_MS: u64 = 5 * 60 * 1000;

/// One moment, by every clock that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What time it is by the tablet's one clock.
    pub now: Timestamp,
    /// Milliseconds since the program started, sleep included; never jumps.
    pub uptime_ms: u64,
    /// Milliseconds since 1970 UTC by the clock on the wall, which may be wrong.
    pub happened_at: i64,
    /// The tablet's one clock minus the one on the wall in milliseconds; none before the council's time is
    /// known.
    pub clock_offset_ms: Option<i64>,
}

/// Writes records in the name of one tablet and one loan, since one start of the program.
#[derive(Debug, Clone)]
pub struct Recorder {
    tablet: TabletId,
    participation: Participation,
    boot: BootId,
    visit: u32,
    last_touch: Option<Moment>,
    catalogue: u64,
}

impl Recorder {
    /// A recorder that has written nothing yet.
    pub fn new(tablet: TabletId, participation: Participation, boot: BootId) -> Self {
        Self {
            tablet,
            participation,
            boot,
            visit: 0,
            last_touch: None,
            catalogue: 0,
        }
    }

    /// From now on the records stand under another loan. A visit must have ended before.
    pub fn set_participation(&mut self, participation: Participation) {
        self.participation = participation;
    }

    /// The catalogue that is on the screen from now on.
    pub fn set_catalogue(&mut self, revision: u64) {
        self.catalogue = revision;
    }

    /// A finger touched the screen: the records that this alone brings about.
    pub fn touched(&mut self, now: Moment) -> Vec<Record> {
        let mut records = self.end_idle_visit(now);
        if self.last_touch.is_none() {
            self.visit += 1;
            records.push(self.record(
                now,
                None,
                Event::VisitBegan {
                    how: VisitHow::Touch,
                },
            ));
        }
        self.last_touch = Some(now);
        records
    }

    /// Ends the visit if nobody has touched the tablet for five minutes.
    pub fn end_idle_visit(&mut self, now: Moment) -> Vec<Record> {
        match self.visit_ends_at() {
            Some(end) if end <= now.uptime_ms => {
                self.end_visit(now, EndCause::Idle).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// When the visit will end if nobody touches the tablet, by the program's own clock.
    pub fn visit_ends_at(&self) -> Option<u64> {
        self.last_touch.map(|touch| touch.uptime_ms + VISIT_GAP_MS)
    }

    /// Ends the visit, if there is one.
    pub fn end_visit(&mut self, now: Moment, cause: EndCause) -> Option<Record> {
        self.last_touch.take()?;
        Some(self.record(now, None, Event::VisitEnded { cause }))
    }

    /// A record of `event`. Its number is given when it is written down.
    pub fn record(&self, now: Moment, service: Option<ServiceId>, event: Event) -> Record {
        Record {
            tablet: self.tablet,
            participation: self.participation,
            sequence: 0,
            boot: self.boot,
            uptime_ms: now.uptime_ms,
            happened_at: now.happened_at,
            clock_offset_ms: now.clock_offset_ms,
            visit: self.visit,
            catalogue: self.catalogue,
            service,
            event,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment {
            now: Timestamp::UNIX_EPOCH,
            uptime_ms: seconds * 1000,
            happened_at: 0,
            clock_offset_ms: None,
        }
    }

    fn kinds(records: &[Record]) -> Vec<String> {
        records
            .iter()
            .map(|record| format!("{} {}", record.visit, record.event.to_parts().0))
            .collect()
    }

    #[test]
    fn a_visit_begins_with_a_touch_and_ends_after_five_quiet_minutes() {
        let mut recorder = Recorder::new(
            TabletId(Uuid::nil()),
            Participation(Uuid::nil()),
            BootId(Uuid::nil()),
        );
        assert_eq!(kinds(&recorder.touched(at(10))), ["1 visit_began"]);
        assert_eq!(kinds(&recorder.touched(at(200))), [""; 0]);
        assert_eq!(kinds(&recorder.end_idle_visit(at(499))), [""; 0]);
        assert_eq!(kinds(&recorder.end_idle_visit(at(500))), ["1 visit_ended"]);
        assert_eq!(kinds(&recorder.end_idle_visit(at(900))), [""; 0]);
        assert_eq!(kinds(&recorder.touched(at(1000))), ["2 visit_began"]);
        assert_eq!(
            kinds(&recorder.touched(at(1300))),
            ["2 visit_ended", "3 visit_began"]
        );
    }
}
