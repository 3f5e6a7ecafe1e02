//! A GTFS feed in memory: stops by their names, trips by their days, calls by their times.

use std::collections::HashMap;

use kairan_contract::Position;

use super::period::{Period, ServiceDays};
use crate::{error::SourceError, open_data::words::folded};

/// Seconds of the longest service day that is understood: four days.
pub(super) const LATEST: u32 = 96 * 3600;

/// A stop as a resident knows it: one name over all its platforms.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StopName {
    /// The name.
    pub name: String,
    /// The name in kana.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// How many platforms bear it.
    pub platforms: usize,
    /// The middle of its platforms.
    #[serde(skip)]
    pub position: Option<Position>,
}

/// Which name, by its place in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameIndex(pub(super) u32);

/// One trip.
#[derive(Debug, Clone)]
pub struct Trip {
    /// Which service.
    pub service: u32,
    /// The line.
    pub line: u32,
    /// Where it goes, if the feed says so.
    pub headsign: Option<u32>,
    /// Its calls, in their order.
    pub calls: std::ops::Range<u32>,
}

/// One trip at one stop.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    pub trip: u32,
    pub sequence: u32,
    pub name: NameIndex,
    pub platform: u32,
    /// Seconds since the midnight with which the service day begins; may be over 86,400.
    pub arrives: u32,
    pub leaves: u32,
    /// A headsign that holds from here on; nought for none.
    pub headsign: u32,
    pub takes_on: bool,
    pub lets_off: bool,
}

/// A time that the feed leaves open.
pub(super) const OPEN: u32 = u32::MAX;

/// A feed.
#[derive(Debug, Default)]
pub struct Feed {
    pub(super) operator: Option<String>,
    pub(super) period: Period,
    pub(super) names: Vec<StopName>,
    /// Platforms that have a name of their own besides their station's.
    pub(super) own_names: HashMap<String, NameIndex>,
    /// Words that many trips share: lines, headsigns, platforms. The first is empty.
    pub(super) words: Vec<String>,
    pub(super) word_at: HashMap<String, u32>,
    pub(super) services: Vec<ServiceDays>,
    pub(super) trips: Vec<Trip>,
    pub(super) calls: Vec<Call>,
    /// For each name its calls by the time at which they leave.
    pub(super) by_name: Vec<Vec<u32>>,
}

impl Feed {
    /// Who runs it.
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// When the timetable holds.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Every stop.
    pub fn names(&self) -> &[StopName] {
        &self.names
    }

    /// The stop at `index`.
    pub fn name_of(&self, index: NameIndex) -> &StopName {
        &self.names[index.0 as usize]
    }

    /// A shared word.
    pub(super) fn words_at(&self, index: u32) -> &str {
        &self.words[index as usize]
    }

    /// The stop that a person calls `wanted`: by its name, or by its name in kana.
    pub fn stop(&self, wanted: &str) -> Result<NameIndex, SourceError> {
        let wanted_plain = plain(wanted);
        let exactly = |stop: &StopName| stop.name == wanted.trim();
        let nearly = |stop: &StopName| plain(&stop.name) == wanted_plain;
        let in_kana = |stop: &StopName| {
            let reading = stop.reading.as_deref();
            reading.is_some_and(|reading| plain(reading) == wanted_plain)
        };
        // Two stops may be read alike; the one with more departures is the one that people mean.
        let in_kana = || {
            let alike = self
                .names
                .iter()
                .enumerate()
                .filter(|(_, stop)| in_kana(stop));
            alike.max_by_key(|(index, _)| self.by_name[*index].len())
        };
        let found = self
            .names
            .iter()
            .position(exactly)
            .or_else(|| self.names.iter().position(nearly))
            .or_else(|| Some(self.own_names.get(&wanted_plain)?.0 as usize))
            .or_else(|| in_kana().map(|(index, _)| index));
        match found {
            Some(index) => Ok(NameIndex(u32::try_from(index).unwrap_or(0))),
            None => Err(SourceError::NotUnderstood(format!(
                "there is no stop `{wanted}`; the nearest names are: {}",
                self.like(&wanted_plain).join(", ")
            ))),
        }
    }

    fn like(&self, wanted: &str) -> Vec<&str> {
        let mut names: Vec<(bool, usize, &str)> = self
            .names
            .iter()
            .map(|stop| {
                let apart = strsim::damerau_levenshtein(&stop.name, wanted);
                (!stop.name.contains(wanted), apart, stop.name.as_str())
            })
            .collect();
        names.sort_unstable();
        names.into_iter().take(8).map(|(_, _, name)| name).collect()
    }
}

/// A name without blanks, narrow, and in hiragana: what two ways of writing it share.
pub(super) fn plain(name: &str) -> String {
    hiragana(&folded(name).replace(' ', ""))
}

/// Katakana as hiragana, so that either finds a stop.
fn hiragana(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
            other => other,
        })
        .collect()
}
