//! Whether usage records are written, and in whose name: there are none before the tablet is lent, and none without
//! consent. Pure: the time comes as an argument.

use kairan_contract::{BootId, EndCause, Event, Record, ServiceId};

use crate::{
    identity::Identity,
    recorder::{Moment, Recorder},
};

/// What is written of one start of the program.
#[derive(Debug)]
pub struct UsageLog {
    boot: BootId,
    identity: Option<Identity>,
    has_consent: bool,
    /// There is none while nothing is written.
    recorder: Option<Recorder>,
}

impl UsageLog {
    /// One of which nothing is written yet.
    pub fn new(boot: BootId) -> Self {
        Self {
            boot,
            identity: None,
            has_consent: false,
            recorder: None,
        }
    }

    /// From now on there is a loan to write for, if its resident lets us. `catalogue` is on the screen.
    pub fn begin(&mut self, identity: &Identity, has_consent: bool, catalogue: u64) {
        self.identity = Some(identity.clone());
        self.has_consent = has_consent;
        let Some(loan) = identity.loan.as_ref().filter(|_| has_consent) else {
            self.recorder = None;
            return;
        };
        // Visits and the clock go on counting: they belong to this start of the program.
        let recorder = self
            .recorder
            .get_or_insert_with(|| Recorder::new(identity.tablet, loan.participation, self.boot));
        recorder.set_participation(loan.participation);
        recorder.set_catalogue(catalogue);
    }

    /// The resident lets us write from now on, or no more. Gives the records that end what was before.
    pub fn set_consent(&mut self, has_consent: bool, catalogue: u64, now: Moment) -> Vec<Record> {
        if self.has_consent == has_consent {
            return Vec::new();
        }
        let mut records = Vec::from_iter(self.end_visit(now, EndCause::Stop));
        match self.identity.clone() {
            Some(identity) => self.begin(&identity, has_consent, catalogue),
            None => self.has_consent = has_consent,
        }
        records.extend(self.touched(now));
        records
    }

    /// The catalogue that is on the screen from now on.
    pub fn set_catalogue(&mut self, revision: u64) {
        if let Some(recorder) = &mut self.recorder {
            recorder.set_catalogue(revision);
        }
    }

    /// The record of `event`, if any is written.
    pub fn record(&self, now: Moment, service: Option<ServiceId>, event: Event) -> Option<Record> {
        let recorder = self.recorder.as_ref()?;
        Some(recorder.record(now, service, event))
    }

    /// A finger touched the screen: the records that this alone brings about.
    pub fn touched(&mut self, now: Moment) -> Vec<Record> {
        let recorder = self.recorder.as_mut();
        recorder.map_or_else(Vec::new, |recorder| recorder.touched(now))
    }

    /// Ends the visit if nobody has touched the tablet for long enough.
    pub fn end_idle_visit(&mut self, now: Moment) -> Vec<Record> {
        let recorder = self.recorder.as_mut();
        recorder.map_or_else(Vec::new, |recorder| recorder.end_idle_visit(now))
    }

    /// Ends the visit, if there is one.
    pub fn end_visit(&mut self, now: Moment, cause: EndCause) -> Option<Record> {
        self.recorder.as_mut()?.end_visit(now, cause)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kairan_contract::{Participation, StartCause, TabletId};
    use uuid::Uuid;

    use super::*;
    use crate::identity::Loan;

    fn identity(loan: Option<u128>) -> Identity {
        Identity {
            tablet: TabletId(Uuid::nil()),
            loan: loan.map(|number| Loan {
                token: "secret".to_owned(),
                participation: Participation(Uuid::from_u128(number)),
            }),
        }
    }

    fn log() -> UsageLog {
        UsageLog::new(BootId(Uuid::nil()))
    }

    fn at(seconds: u64) -> Moment {
        Moment {
            now: Timestamp::UNIX_EPOCH,
            uptime_ms: seconds * 1000,
            happened_at: 0,
            clock_offset_ms: None,
        }
    }

    /// Loan, catalogue, visit and kind of each record.
    fn told(records: &[Record]) -> Vec<String> {
        let told = |it: &Record| {
            let loan = it.participation.0.as_u128();
            let kind = it.event.to_parts().0;
            format!("{loan} {} {} {kind}", it.catalogue, it.visit)
        };
        records.iter().map(told).collect()
    }

    #[test]
    fn nothing_is_written_without_a_loan_and_without_consent() {
        for (loan, has_consent, expected) in
            [(None, true, 0), (Some(1), false, 0), (Some(1), true, 1)]
        {
            let mut log = log();
            log.begin(&identity(loan), has_consent, 3);
            assert_eq!(log.touched(at(1)).len(), expected, "{loan:?} {has_consent}");
            let started = log.record(
                at(2),
                None,
                Event::Started {
                    cause: StartCause::Power,
                },
            );
            assert_eq!(started.is_some(), expected == 1);
            assert_eq!(
                log.end_visit(at(3), EndCause::Stop).is_some(),
                expected == 1
            );
        }
    }

    #[test]
    fn who_changes_their_mind_ends_the_visit_or_begins_one_and_the_same_again_does_nothing() {
        let mut log = log();
        log.begin(&identity(Some(1)), true, 3);
        assert_eq!(told(&log.touched(at(1))), ["1 3 1 visit_began"]);
        assert_eq!(told(&log.set_consent(true, 3, at(2))), [""; 0]);
        assert_eq!(
            told(&log.set_consent(false, 3, at(3))),
            ["1 3 1 visit_ended"]
        );
        assert_eq!(told(&log.touched(at(4))), [""; 0]);
        assert_eq!(
            told(&log.set_consent(true, 4, at(5))),
            ["1 4 1 visit_began"]
        );
    }

    #[test]
    fn the_next_loan_goes_on_under_its_own_name_with_visits_that_go_on_counting() {
        let mut log = log();
        log.begin(&identity(Some(1)), true, 3);
        log.touched(at(1));
        log.end_visit(at(2), EndCause::Stop);
        log.begin(&identity(Some(2)), true, 5);
        assert_eq!(told(&log.touched(at(3))), ["2 5 2 visit_began"]);
        log.set_catalogue(6);
        let idle = log.end_idle_visit(at(3 + 5 * 60));
        assert_eq!(told(&idle), ["2 6 2 visit_ended"]);
    }
}
