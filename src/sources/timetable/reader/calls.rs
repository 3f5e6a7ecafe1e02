//! When each trip calls where: times that stand nowhere, and trips that are told as every so many minutes.

use std::collections::{BTreeSet, HashMap};

use super::{
    cells::{index, needed, read_time},
    trips::TRIP_LIMIT,
};
use crate::timetable::{
    feed::{Call, Feed, NameIndex, OPEN, Trip},
    table::Zip,
};
use crate::{draft::Skipped, error::SourceError};

/// The calls of one feed; the largest in Japan has two million.
const CALL_LIMIT: usize = 3_000_000;

impl Feed {
    pub(super) fn read_calls(
        &mut self,
        zip: &mut Zip,
        trip_at: &HashMap<String, u32>,
        stop_at: &HashMap<String, (NameIndex, u32)>,
        skipped: &mut Vec<Skipped>,
    ) -> Result<(), SourceError> {
        let table = needed(zip, "stop_times.txt")?;
        let column = |name| table.column(name);
        let (trip, stop, sequence) = (
            column("trip_id"),
            column("stop_id"),
            column("stop_sequence"),
        );
        let (arrives, leaves) = (column("arrival_time"), column("departure_time"));
        let (pickup, drop_off) = (column("pickup_type"), column("drop_off_type"));
        let headsign = column("stop_headsign");
        table.each(skipped, |row| {
            let id = row.text(trip).ok_or("it names no trip")?;
            let trip = *trip_at
                .get(&id)
                .ok_or_else(|| format!("there is no trip `{id}`"))?;
            let id = row.text(stop).ok_or("it names no stop")?;
            let (name, platform) = *stop_at
                .get(&id)
                .ok_or_else(|| format!("there is no stop `{id}`"))?;
            let sequence = row
                .text(sequence)
                .and_then(|number| number.parse().ok())
                .ok_or("its stop_sequence is no number")?;
            // A call with a time that cannot be read is still a call: without it the stop before it
            // would be the end of the trip.
            let times = [row.bytes(arrives), row.bytes(leaves)].map(read_time);
            let fault = times.iter().find_map(|time| time.as_ref().err().cloned());
            let [arrives, leaves] = times.map(|time| time.ok().flatten());
            if self.calls.len() >= CALL_LIMIT {
                return Err("there are too many stop times".to_owned());
            }
            let headsign = row.text(headsign).map_or(0, |headsign| self.word(headsign));
            self.calls.push(Call {
                trip,
                sequence,
                name,
                platform,
                arrives: arrives.or(leaves).unwrap_or(OPEN),
                leaves: leaves.or(arrives).unwrap_or(OPEN),
                headsign,
                takes_on: row.bytes(pickup) != b"1",
                lets_off: row.bytes(drop_off) != b"1",
            });
            fault.map_or(Ok(()), Err)
        });
        self.calls.sort_by_key(|call| (call.trip, call.sequence));
        let mut begin = 0;
        while begin < self.calls.len() {
            let trip = self.calls[begin].trip;
            let length = self.calls[begin..]
                .iter()
                .take_while(|call| call.trip == trip)
                .count();
            self.trips[trip as usize].calls = index(begin)..index(begin + length);
            begin += length;
        }
        if self.calls.is_empty() {
            return Err(SourceError::NotUnderstood(
                "the feed has no stop times".to_owned(),
            ));
        }
        Ok(())
    }

    /// Gives times to calls between two with times, evenly, as GTFS asks of its readers. Calls that
    /// stand before the first time or after the last have none.
    pub(super) fn fill_open_times(&mut self) {
        for trip in &self.trips {
            let calls = &mut self.calls[trip.calls.start as usize..trip.calls.end as usize];
            let timed: Vec<usize> = (0..calls.len())
                .filter(|at| calls[*at].leaves != OPEN)
                .collect();
            for pair in timed.windows(2) {
                let (begin, end) = (pair[0], pair[1]);
                let (from, to) = (
                    calls[begin].leaves,
                    calls[end].arrives.max(calls[begin].leaves),
                );
                for (step, call) in (1..).zip(&mut calls[begin + 1..end]) {
                    let time = from + (to - from) * step / index(end - begin);
                    (call.arrives, call.leaves) = (time, time);
                }
            }
        }
    }

    /// Trips that `frequencies.txt` repeats stand once for each time at which they begin.
    pub(super) fn repeat_frequent_trips(
        &mut self,
        zip: &mut Zip,
        trip_at: &HashMap<String, u32>,
        skipped: &mut Vec<Skipped>,
    ) {
        let Some(table) = zip.table("frequencies.txt") else {
            return;
        };
        let column = |name| table.column(name);
        let trip = column("trip_id");
        let (start, end) = (column("start_time"), column("end_time"));
        let headway = column("headway_secs");
        let mut repeated = BTreeSet::new();
        table.each(skipped, |row| {
            let id = row.text(trip).ok_or("it names no trip")?;
            let trip = *trip_at
                .get(&id)
                .ok_or_else(|| format!("there is no trip `{id}`"))?;
            let start = read_time(row.bytes(start))?.ok_or("it has no start_time")?;
            let end = read_time(row.bytes(end))?.ok_or("it has no end_time")?;
            let headway: u32 = row
                .text(headway)
                .and_then(|number| number.parse().ok())
                .filter(|headway| *headway >= 30)
                .ok_or("its headway_secs is no number of 30 or more")?;
            repeated.insert(trip);
            for begin in (start..end).step_by(headway as usize) {
                self.repeat(trip, begin)?;
            }
            Ok(())
        });
        for trip in repeated {
            let trip = &mut self.trips[trip as usize];
            trip.calls = trip.calls.start..trip.calls.start;
        }
    }

    fn repeat(&mut self, trip: u32, begin: u32) -> Result<(), String> {
        let pattern = self.trips[trip as usize].clone();
        let length = pattern.calls.len();
        if self.calls.len() + length > CALL_LIMIT || self.trips.len() >= TRIP_LIMIT {
            return Err("there are too many stop times".to_owned());
        }
        let first = index(self.calls.len());
        let calls = &self.calls[pattern.calls.start as usize..pattern.calls.end as usize];
        let base = calls.iter().find(|call| call.leaves != OPEN);
        let Some(base) = base.map(|call| call.leaves) else {
            return Ok(());
        };
        for at in pattern.calls.clone() {
            let mut call = self.calls[at as usize];
            let moved = |time: u32| match time {
                OPEN => OPEN,
                time => begin + time.saturating_sub(base),
            };
            call.trip = index(self.trips.len());
            (call.arrives, call.leaves) = (moved(call.arrives), moved(call.leaves));
            self.calls.push(call);
        }
        self.trips.push(Trip {
            calls: first..first + index(length),
            ..pattern
        });
        Ok(())
    }

    pub(super) fn sort_by_name(&mut self) {
        self.by_name = vec![Vec::new(); self.names.len()];
        for trip in &self.trips {
            for at in trip.calls.clone() {
                let call = &self.calls[at as usize];
                if call.leaves != OPEN {
                    self.by_name[call.name.0 as usize].push(at);
                }
            }
        }
        for calls in &mut self.by_name {
            calls.sort_by_key(|at| self.calls[*at as usize].leaves);
        }
    }
}
