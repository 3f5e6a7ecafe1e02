//! From a GTFS zip to a [`Feed`]. Rows that cannot be used are told, and lose nothing but themselves.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use kairan_contract::Position;

use super::{
    feed::{Call, Feed, LATEST, NameIndex, OPEN, StopName, Trip, plain},
    period::{ServiceDays, WEEKDAYS},
    table::{Row, Zip},
};
use crate::{
    Skipped, SourceError,
    open_data::{places, words::day},
};

/// The calls of one feed; the largest in Japan has two million.
const CALL_LIMIT: usize = 3_000_000;
/// The trips of one feed.
const TRIP_LIMIT: usize = 300_000;

impl Feed {
    /// Reads the zip. Rows that cannot be used are told; a feed without stops, trips or times is
    /// none.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Skipped>), SourceError> {
        let mut zip = Zip::open(bytes)?;
        let mut skipped = Vec::new();
        let mut feed = Self::default();
        feed.word(String::new());
        feed.read_operator(&mut zip, &mut skipped);
        let service_at = feed.read_services(&mut zip, &mut skipped);
        let stop_at = feed.read_stops(&mut zip, &mut skipped)?;
        feed.read_readings(&mut zip, &stop_at, &mut skipped);
        let trip_at = feed.read_trips(&mut zip, &service_at, &mut skipped)?;
        feed.read_calls(&mut zip, &trip_at, &stop_at, &mut skipped)?;
        feed.fill_open_times();
        feed.repeat_frequent_trips(&mut zip, &trip_at, &mut skipped);
        feed.sort_by_name();
        feed.set_period(&mut zip, &mut skipped);
        if let Some(name) = zip.unreadable() {
            // Without its exceptions a timetable shows buses that do not run.
            return Err(SourceError::NotUnderstood(format!(
                "{name} in the zip cannot be unpacked"
            )));
        }
        Ok((feed, skipped))
    }

    fn word(&mut self, word: String) -> u32 {
        if let Some(index) = self.word_at.get(&word) {
            return *index;
        }
        let index = u32::try_from(self.words.len()).unwrap_or(0);
        self.words.push(word.clone());
        self.word_at.insert(word, index);
        index
    }

    fn read_operator(&mut self, zip: &mut Zip, skipped: &mut Vec<Skipped>) {
        if let Some(table) = zip.table("agency.txt") {
            let name = table.column("agency_name");
            table.each(skipped, |row| {
                self.operator = self.operator.take().or_else(|| row.text(name));
                Ok(())
            });
        }
    }

    fn read_services(&mut self, zip: &mut Zip, skipped: &mut Vec<Skipped>) -> HashMap<String, u32> {
        let mut at = HashMap::new();
        let services = &mut self.services;
        let mut index_of = |id: String, services: &mut Vec<ServiceDays>| {
            *at.entry(id).or_insert_with(|| {
                services.push(ServiceDays::default());
                services.len() - 1
            })
        };
        if let Some(table) = zip.table("calendar.txt") {
            let id = table.column("service_id");
            let days = WEEKDAYS.map(|(name, _)| table.column(name));
            let (from, until) = (table.column("start_date"), table.column("end_date"));
            table.each(skipped, |row| {
                let id = row.text(id).ok_or("it names no service")?;
                let (from, until) = (read_day(row, from)?, read_day(row, until)?);
                let index = index_of(id, services);
                let weekdays = days.map(|column| row.bytes(column) == b"1");
                services[index].weekly.push((weekdays, from, until));
                Ok(())
            });
        }
        if let Some(table) = zip.table("calendar_dates.txt") {
            let id = table.column("service_id");
            let (date, kind) = (table.column("date"), table.column("exception_type"));
            table.each(skipped, |row| {
                let id = row.text(id).ok_or("it names no service")?;
                let date = read_day(row, date)?;
                let runs = match row.bytes(kind) {
                    b"1" => true,
                    b"2" => false,
                    _ => return Err("the exception is neither 1 nor 2".to_owned()),
                };
                let index = index_of(id, services);
                services[index].exceptions.insert(date, runs);
                Ok(())
            });
        }
        at.into_iter()
            .map(|(id, index)| (id, u32::try_from(index).unwrap_or(0)))
            .collect()
    }

    /// Which name and platform each stop has.
    fn read_stops(
        &mut self,
        zip: &mut Zip,
        skipped: &mut Vec<Skipped>,
    ) -> Result<HashMap<String, (NameIndex, u32)>, SourceError> {
        let table = needed(zip, "stops.txt")?;
        let column = |name| table.column(name);
        let (id, name) = (column("stop_id"), column("stop_name"));
        let (platform, parent) = (column("platform_code"), column("parent_station"));
        let kind = column("location_type");
        let (latitude, longitude) = (column("stop_lat"), column("stop_lon"));
        let mut stops = Vec::new();
        table.each(skipped, |row| {
            let id = row.text(id).ok_or("it has no stop_id")?;
            let is_platform = matches!(row.bytes(kind), b"" | b"0" | b"4");
            stops.push((
                id,
                row.text(name),
                row.text(parent),
                row.text(platform),
                is_platform,
                position_of(row, latitude, longitude),
            ));
            Ok(())
        });
        let named: HashMap<String, String> = stops
            .iter()
            .filter_map(|(id, name, ..)| Some((id.clone(), name.clone()?)))
            .collect();
        // Two platforms of one name may be written in different widths.
        let mut name_at: HashMap<String, u32> = HashMap::new();
        let mut stop_at = HashMap::new();
        let mut middles: Vec<Middle> = Vec::new();
        for (id, name, parent, platform, is_platform, position) in stops {
            // A platform has its station's name, where it has a station: a resident knows that one.
            let station = parent.and_then(|parent| named.get(&parent).cloned());
            let own = name.clone();
            let Some(name) = station.or(name) else {
                skipped.push(Skipped::in_file(
                    "stops.txt",
                    format!("the stop {id} has no name"),
                ));
                continue;
            };
            let index = *name_at.entry(plain(&name)).or_insert_with(|| {
                self.names.push(StopName {
                    name,
                    reading: None,
                    platforms: 0,
                    position: None,
                });
                middles.push(Middle::default());
                u32::try_from(self.names.len() - 1).unwrap_or(0)
            });
            if let Some(own) = own {
                self.own_names
                    .entry(plain(&own))
                    .or_insert(NameIndex(index));
            }
            self.names[index as usize].platforms += usize::from(is_platform);
            middles[index as usize].add(position);
            let platform = self.word(platform.unwrap_or_default());
            stop_at.insert(id, (NameIndex(index), platform));
        }
        if stop_at.is_empty() {
            return Err(SourceError::NotUnderstood(
                "the feed has no stops".to_owned(),
            ));
        }
        for (stop, middle) in self.names.iter_mut().zip(middles) {
            stop.position = middle.position();
        }
        Ok(stop_at)
    }

    /// The readings of `translations.txt`, in its new form and in its old one.
    fn read_readings(
        &mut self,
        zip: &mut Zip,
        stop_at: &HashMap<String, (NameIndex, u32)>,
        skipped: &mut Vec<Skipped>,
    ) {
        let Some(table) = zip.table("translations.txt") else {
            return;
        };
        let column = |name| table.column(name);
        let language = column("language").or(column("lang"));
        let (translation, old_id) = (column("translation"), column("trans_id"));
        let (table_name, field) = (column("table_name"), column("field_name"));
        let (record, value) = (column("record_id"), column("field_value"));
        let mut by_name: HashMap<String, String> = HashMap::new();
        table.each(skipped, |row| {
            let language = row.text(language).unwrap_or_default();
            if !language.replace('_', "-").eq_ignore_ascii_case("ja-Hrkt") {
                return Ok(());
            }
            let reading = row.text(translation).ok_or("it has no translation")?;
            let of_stops = row.bytes(table_name) == b"stops" && row.bytes(field) == b"stop_name";
            if of_stops {
                let name = row.text(record).and_then(|id| stop_at.get(&id));
                if let Some((name, _)) = name {
                    self.names[name.0 as usize].reading = Some(reading);
                    return Ok(());
                }
            } else if table_name.is_some() {
                return Ok(());
            }
            if let Some(name) = row.text(value).or_else(|| row.text(old_id)) {
                by_name.insert(name, reading);
            }
            Ok(())
        });
        for stop in &mut self.names {
            if stop.reading.is_none() {
                stop.reading = by_name.remove(&stop.name);
            }
        }
    }

    fn read_trips(
        &mut self,
        zip: &mut Zip,
        service_at: &HashMap<String, u32>,
        skipped: &mut Vec<Skipped>,
    ) -> Result<HashMap<String, u32>, SourceError> {
        let mut lines: HashMap<String, String> = HashMap::new();
        if let Some(table) = zip.table("routes.txt") {
            let id = table.column("route_id");
            let (short, long) = (
                table.column("route_short_name"),
                table.column("route_long_name"),
            );
            table.each(skipped, |row| {
                let id = row.text(id).ok_or("it has no route_id")?;
                let line = row.text(short).or_else(|| row.text(long));
                lines.insert(id, line.unwrap_or_default());
                Ok(())
            });
        }
        let table = needed(zip, "trips.txt")?;
        let column = |name| table.column(name);
        let (id, route) = (column("trip_id"), column("route_id"));
        let (service, headsign) = (column("service_id"), column("trip_headsign"));
        let mut trip_at = HashMap::new();
        table.each(skipped, |row| {
            let id = row.text(id).ok_or("it has no trip_id")?;
            let service = row.text(service).unwrap_or_default();
            let service = *service_at
                .get(&service)
                .ok_or_else(|| format!("the service `{service}` has no days"))?;
            if self.trips.len() >= TRIP_LIMIT {
                return Err("there are too many trips".to_owned());
            }
            let line = row.text(route).and_then(|route| lines.get(&route).cloned());
            let line = self.word(line.unwrap_or_default());
            let headsign = row.text(headsign).map(|headsign| self.word(headsign));
            if trip_at.contains_key(&id) {
                return Err("this trip_id stands twice".to_owned());
            }
            trip_at.insert(id, index(self.trips.len()));
            self.trips.push(Trip {
                service,
                line,
                headsign,
                calls: 0..0,
            });
            Ok(())
        });
        if trip_at.is_empty() {
            return Err(SourceError::NotUnderstood(
                "the feed has no trips".to_owned(),
            ));
        }
        Ok(trip_at)
    }

    fn read_calls(
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
    fn fill_open_times(&mut self) {
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
    fn repeat_frequent_trips(
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

    fn sort_by_name(&mut self) {
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

    /// The feed's own word on when it holds, or else the days that its services name.
    fn set_period(&mut self, zip: &mut Zip, skipped: &mut Vec<Skipped>) {
        if let Some(table) = zip.table("feed_info.txt") {
            let (from, until) = (
                table.column("feed_start_date"),
                table.column("feed_end_date"),
            );
            table.each(skipped, |row| {
                let day_in = |column| row.text(column).and_then(|text| day(&text));
                self.period.from = self.period.from.or(day_in(from));
                self.period.until = self.period.until.or(day_in(until));
                Ok(())
            });
        }
        // A service that no trip uses keeps no timetable alive.
        let used: HashSet<u32> = self
            .trips
            .iter()
            .filter(|trip| !trip.calls.is_empty())
            .map(|trip| trip.service)
            .collect();
        let bounds: Vec<(Date, Date)> = (0..)
            .zip(&self.services)
            .filter(|(service, _)| used.contains(service))
            .filter_map(|(_, days)| days.bounds())
            .collect();
        let first = bounds.iter().map(|(first, _)| *first).min();
        let last = bounds.iter().map(|(_, last)| *last).max();
        self.period.from = self.period.from.or(first);
        self.period.until = self.period.until.or(last);
    }
}

/// Where a platform lies; one outside Japan is a slip of the pen.
fn position_of(row: &Row, latitude: Option<usize>, longitude: Option<usize>) -> Option<Position> {
    places::position(&|word| match word {
        "latitude" => row.text(latitude),
        "longitude" => row.text(longitude),
        _ => None,
    })
}

/// The middle of the platforms of one stop.
#[derive(Default)]
struct Middle {
    latitudes: f64,
    longitudes: f64,
    count: u32,
}

impl Middle {
    fn add(&mut self, position: Option<Position>) {
        if let Some(position) = position {
            self.latitudes += position.latitude();
            self.longitudes += position.longitude();
            self.count += 1;
        }
    }

    fn position(&self) -> Option<Position> {
        let count = f64::from(self.count);
        // Without platforms this is no number, and so no position.
        Position::new(self.latitudes / count, self.longitudes / count).ok()
    }
}

fn needed<'z, 'b>(
    zip: &'z mut Zip<'b>,
    name: &'static str,
) -> Result<super::table::Table<'z, 'b>, SourceError> {
    zip.table(name)
        .ok_or_else(|| SourceError::NotUnderstood(format!("the zip holds no {name}")))
}

fn read_day(row: &Row, column: Option<usize>) -> Result<Date, String> {
    let text = row.text(column).unwrap_or_default();
    day(&text).ok_or_else(|| format!("`{text}` is no day"))
}

/// `8:30:00`, and `25:10:00` for ten past one of the next morning; nothing where nothing stands.
fn read_time(bytes: &[u8]) -> Result<Option<u32>, String> {
    let text = std::str::from_utf8(bytes).unwrap_or("?").trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("`{text}` is no time");
    let parts: Vec<u32> = text
        .split(':')
        .map(|part| part.parse().map_err(|_| wrong()))
        .collect::<Result<_, _>>()?;
    let seconds = match parts[..] {
        [hours, minutes] if minutes < 60 => hours.checked_mul(3600).map(|h| h + minutes * 60),
        [hours, minutes, seconds] if minutes < 60 && seconds < 60 => {
            hours.checked_mul(3600).map(|h| h + minutes * 60 + seconds)
        }
        _ => None,
    };
    seconds
        .filter(|seconds| *seconds < LATEST)
        .map(Some)
        .ok_or_else(wrong)
}

/// Everything in a feed is counted in 32 bits; the limits above see to it that this is enough.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
