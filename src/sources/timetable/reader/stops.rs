//! The stops by their names: platforms of one name are one stop.

use std::collections::HashMap;

use kairan_contract::Position;

use super::cells::needed;
use crate::timetable::{
    feed::{Feed, NameIndex, StopName, plain},
    table::{Row, Zip},
};
use crate::{draft::Skipped, error::SourceError, open_data::places};

impl Feed {
    /// Which name and platform each stop has.
    pub(super) fn read_stops(
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
    pub(super) fn read_readings(
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
