//! The trips, each with its line, its headsign and its service.

use std::collections::HashMap;

use super::cells::{index, needed};
use crate::timetable::{
    feed::{Feed, Trip},
    table::Zip,
};
use crate::{draft::Skipped, error::SourceError};

/// The trips of one feed.
pub(super) const TRIP_LIMIT: usize = 300_000;

impl Feed {
    pub(super) fn read_trips(
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
}
