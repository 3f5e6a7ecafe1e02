//! From a GTFS zip to a [`Feed`]. Rows that cannot be used are told, and lose nothing but themselves.

mod calls;
mod cells;
mod days;
mod stops;
mod trips;

use crate::timetable::{feed::Feed, table::Zip};
use crate::{draft::Skipped, error::SourceError};

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
}
