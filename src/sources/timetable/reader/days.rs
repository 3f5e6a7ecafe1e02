//! The days on which a service runs, and those for which the whole timetable holds.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::cells::read_day;
use crate::timetable::{
    feed::Feed,
    period::{ServiceDays, WEEKDAYS},
    table::Zip,
};
use crate::{draft::Skipped, open_data::words::day};

impl Feed {
    pub(super) fn read_services(
        &mut self,
        zip: &mut Zip,
        skipped: &mut Vec<Skipped>,
    ) -> HashMap<String, u32> {
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

    /// The feed's own word on when it holds, or else the days that its services name.
    pub(super) fn set_period(&mut self, zip: &mut Zip, skipped: &mut Vec<Skipped>) {
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
