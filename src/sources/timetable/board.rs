//! The departures from one stop.

use jiff::{SignedDuration, Timestamp, civil::Date};
use kairan_contract::Departure;

use super::{
    DAYS_AHEAD, earlier,
    feed::{Call, Feed, LATEST, NameIndex, Trip},
    later, start_of,
};
use crate::japan::day_in_japan;

/// A departure that has been found but not yet put into words.
#[derive(Debug, Clone, Copy)]
struct Found {
    at: Timestamp,
    service_day: Date,
    call: u32,
    arrives: Option<u32>,
    is_first: bool,
    is_last: bool,
}

impl Feed {
    /// Every departure from `stop` on the service days from `first` to `last`, in the order of time;
    /// only those that call at `to` later, if that is given.
    ///
    /// The end of a trip is no departure, nor is a stop that takes nobody on.
    pub fn departures(
        &self,
        stop: NameIndex,
        to: Option<NameIndex>,
        first: Date,
        last: Date,
    ) -> Vec<Departure> {
        let found = self.found(stop, to, first, last);
        found
            .into_iter()
            .map(|found| self.in_words(found))
            .collect()
    }

    /// The next `count` departures from `now` on, of today and the days after it.
    pub fn next(
        &self,
        stop: NameIndex,
        to: Option<NameIndex>,
        now: Timestamp,
        count: usize,
    ) -> Vec<Departure> {
        let today = day_in_japan(now);
        let mut until = today;
        loop {
            // Trips of the days before may still be under way after midnight.
            let mut found = self.found(stop, to, earlier(today, 3), until);
            found.retain(|found| found.at >= now);
            // What begins after midnight of the last day looked at may still be missing, but only
            // after what that day itself holds.
            let end = start_of(later(until, 1));
            let sure = found.iter().filter(|found| found.at < end).count();
            if sure >= count || until >= later(today, DAYS_AHEAD - 1) {
                found.truncate(count);
                return found
                    .into_iter()
                    .map(|found| self.in_words(found))
                    .collect();
            }
            until = later(until, 1);
        }
    }

    fn found(&self, stop: NameIndex, to: Option<NameIndex>, first: Date, last: Date) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        let mut day = first;
        while day <= last {
            let runs: Vec<bool> = self
                .services
                .iter()
                .map(|service| service.run_on(day))
                .collect();
            let midnight = start_of(day);
            let of_the_day = all.len();
            for call in &self.by_name[stop.0 as usize] {
                let called = &self.calls[*call as usize];
                let trip = &self.trips[called.trip as usize];
                if runs[trip.service as usize]
                    && let Some(arrives) = self.leads_to(*call, called, trip, to)
                {
                    all.push(Found {
                        at: after(midnight, called.leaves),
                        service_day: day,
                        call: *call,
                        arrives,
                        is_first: false,
                        is_last: false,
                    });
                }
            }
            if let Some(first) = all.get_mut(of_the_day) {
                first.is_first = true;
            }
            if let Some(last) = all[of_the_day..].last_mut() {
                last.is_last = true;
            }
            day = later(day, 1);
        }
        // A service day can end after the next has begun.
        all.sort_by_key(|found| found.at);
        all
    }

    /// Whether one can get on here, and when one gets off at `to`; `None` where it is no departure,
    /// or leads elsewhere.
    #[expect(
        clippy::option_option,
        reason = "no departure, and a departure without an arrival"
    )]
    fn leads_to(
        &self,
        at: u32,
        call: &Call,
        trip: &Trip,
        to: Option<NameIndex>,
    ) -> Option<Option<u32>> {
        let is_end = at + 1 >= trip.calls.end;
        if is_end || !call.takes_on {
            return None;
        }
        let Some(to) = to else {
            return Some(None);
        };
        let afterwards = &self.calls[at as usize + 1..trip.calls.end as usize];
        let gets_off = |later: &&Call| later.name == to && later.lets_off;
        afterwards
            .iter()
            .find(gets_off)
            // A time that the feed leaves open, or that lies before the departure, is none.
            .map(|later| Some(later.arrives).filter(|at| (call.leaves..LATEST).contains(at)))
    }

    fn in_words(&self, found: Found) -> Departure {
        let call = &self.calls[found.call as usize];
        let trip = &self.trips[call.trip as usize];
        let headsign = match (call.headsign, trip.headsign) {
            (0, None) => {
                let end = self.calls[trip.calls.end as usize - 1].name;
                format!("{}行き", self.name_of(end).name)
            }
            (0, Some(headsign)) | (headsign, _) => self.words_at(headsign).to_owned(),
        };
        let platform = self.words_at(call.platform);
        let midnight = start_of(found.service_day);
        Departure {
            at: found.at,
            service_day: found.service_day,
            line: self.words_at(trip.line).to_owned(),
            headsign,
            platform: (!platform.is_empty()).then(|| platform.to_owned()),
            arrives_at: found.arrives.map(|seconds| after(midnight, seconds)),
            is_first: found.is_first,
            is_last: found.is_last,
        }
    }
}

/// Japan has no summer time, so a service day's midnight is the midnight of the clock.
fn after(midnight: Timestamp, seconds: u32) -> Timestamp {
    midnight + SignedDuration::from_secs(i64::from(seconds))
}
