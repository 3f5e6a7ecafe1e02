//! The JMA's forecast (`forecast/data/forecast/{office}.json`).
//!
//! An array of two bulletins, the coming days and the week. All values are texts and may be
//! empty; temperatures belong to stations, not to areas; which temperature is a low and which a
//! high follows from its time. What a bulletin leaves out stays out.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use kairan_contract::{Weather, WeatherDay};
use serde::Deserialize;

use super::{
    draft::DraftContent, error::SourceError, html::tidy, japan::JAPAN, weather_code::describe,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bulletin {
    publishing_office: String,
    report_datetime: String,
    time_series: Vec<TimeSeries>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeSeries {
    time_defines: Vec<String>,
    areas: Vec<AreaSeries>,
}

/// One area's rows; a series holds only some of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AreaSeries {
    area: Area,
    weather_codes: Option<Vec<String>>,
    weathers: Option<Vec<String>>,
    pops: Option<Vec<String>>,
    temps: Option<Vec<String>>,
    temps_min: Option<Vec<String>>,
    temps_max: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Area {
    name: String,
    code: String,
}

/// What is known of one day so far.
#[derive(Default)]
struct Day {
    code: Option<u16>,
    sentence: Option<String>,
    low: Option<i16>,
    high: Option<i16>,
    rain_chance: Option<u8>,
}

/// Reads a forecast for the area with the code `area`. `station` names the place whose
/// temperatures hold; without it the station is taken that stands where the area stands.
pub fn parse(bytes: &[u8], area: &str, station: Option<&str>) -> Result<DraftContent, SourceError> {
    let not_understood = SourceError::NotUnderstood;
    let bulletins: Vec<Bulletin> = serde_json::from_slice(bytes)
        .map_err(|error| not_understood(format!("this is no JMA forecast ({error})")))?;
    let near = bulletins
        .first()
        .ok_or_else(|| not_understood("the forecast is empty".into()))?;
    let reported_at = timestamp(&near.report_datetime)
        .ok_or_else(|| not_understood(format!("`{}` is no time", near.report_datetime)))?;

    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    let known = near_days(near, area, station, &mut days).map_err(not_understood)?;
    if let Some(week) = bulletins.get(1) {
        week_days(week, &known, &mut days);
    }
    let days: Vec<WeatherDay> = days
        .into_iter()
        .filter_map(|(date, day)| finished(date, day))
        .collect();
    if days.is_empty() {
        return Err(not_understood(format!(
            "the forecast says nothing about the area {area}"
        )));
    }
    Ok(DraftContent::Weather(Weather {
        publishing_office: near.publishing_office.clone(),
        reported_at,
        area: known.area_name,
        days,
    }))
}

/// The area and station that hold, as found in the bulletin of the coming days.
struct ForecastArea {
    area_name: String,
    /// Where the area stands in its list, of how many.
    index: usize,
    areas: usize,
    station: Option<String>,
    area: String,
}

fn near_days(
    bulletin: &Bulletin,
    area: &str,
    station: Option<&str>,
    days: &mut BTreeMap<Date, Day>,
) -> Result<ForecastArea, String> {
    let series_with = |has: fn(&AreaSeries) -> bool| {
        bulletin
            .time_series
            .iter()
            .find(|series| series.areas.iter().any(has))
    };
    let weather = series_with(|a| a.weather_codes.is_some()).ok_or("it holds no weather codes")?;
    let index = weather
        .areas
        .iter()
        .position(|a| a.area.code == area)
        .ok_or_else(|| {
            let known: Vec<String> = weather
                .areas
                .iter()
                .map(|a| format!("{} {}", a.area.code, a.area.name))
                .collect();
            format!("there is no area {area}; there are: {}", known.join(", "))
        })?;
    let found = &weather.areas[index];
    for (at, day) in times(weather) {
        let entry = days.entry(day).or_default();
        entry.code = text_at(found.weather_codes.as_ref(), at).and_then(|code| code.parse().ok());
        entry.sentence = text_at(found.weathers.as_ref(), at).map(|sentence| tidy(&sentence));
    }

    if let Some(rain) = series_with(|a| a.pops.is_some())
        && let Some(found) = rain.areas.iter().find(|a| a.area.code == area)
    {
        for (at, day) in times(rain) {
            raise(
                &mut days.entry(day).or_default().rain_chance,
                number_at(found.pops.as_ref(), at),
            );
        }
    }

    let mut chosen = station.map(str::to_owned);
    if let Some(temperatures) = series_with(|a| a.temps.is_some())
        && let Some(found) = station_of(&temperatures.areas, station, index, weather.areas.len())
    {
        chosen = Some(found.area.code.clone());
        low_and_high(temperatures, found, days);
    }
    Ok(ForecastArea {
        area_name: found.area.name.clone(),
        index,
        areas: weather.areas.len(),
        station: chosen,
        area: area.to_owned(),
    })
}

/// 00:00 is the low of the day and 09:00 its high. When the night is over the bulletin repeats
/// the high at 00:00, so a low that is not below the high is none.
fn low_and_high(series: &TimeSeries, found: &AreaSeries, days: &mut BTreeMap<Date, Day>) {
    for (at, time) in series.time_defines.iter().enumerate() {
        let Some(time) = timestamp(time).map(|time| JAPAN.to_datetime(time)) else {
            continue;
        };
        let Some(degrees) = number_at(found.temps.as_ref(), at) else {
            continue;
        };
        let day = days.entry(time.date()).or_default();
        if time.hour() == 0 {
            day.low = Some(degrees);
        } else {
            day.high = Some(degrees);
        }
    }
    for day in days.values_mut() {
        day.low = day
            .low
            .filter(|low| day.high.is_none_or(|high| *low < high));
    }
}

fn week_days(bulletin: &Bulletin, known: &ForecastArea, days: &mut BTreeMap<Date, Day>) {
    for series in &bulletin.time_series {
        let weather = area_of_week(&series.areas, known, |a| a.weather_codes.is_some());
        let temperatures = station_of(
            &series.areas,
            known.station.as_deref(),
            known.index,
            known.areas,
        )
        .filter(|a| a.temps_min.is_some() || a.temps_max.is_some());
        for (at, date) in times(series) {
            let day = days.entry(date).or_default();
            if let Some(found) = weather {
                let code =
                    text_at(found.weather_codes.as_ref(), at).and_then(|code| code.parse().ok());
                day.code = day.code.or(code);
                day.rain_chance = day.rain_chance.or(number_at(found.pops.as_ref(), at));
            }
            if let Some(found) = temperatures {
                day.low = day.low.or(number_at(found.temps_min.as_ref(), at));
                day.high = day.high.or(number_at(found.temps_max.as_ref(), at));
            }
        }
    }
}

/// The week is forecast for wider areas than the coming days: the same code, or the one area
/// there is, or the one that stands at the same place, or the one whose name holds the other's. Where
/// none fits nothing is said, rather than the weather of somewhere else.
fn area_of_week<'b>(
    areas: &'b [AreaSeries],
    known: &ForecastArea,
    has: fn(&AreaSeries) -> bool,
) -> Option<&'b AreaSeries> {
    areas
        .iter()
        .find(|a| a.area.code == known.area)
        .or_else(|| {
            areas
                .get(known.index)
                .filter(|_| areas.len() == known.areas)
        })
        .or_else(|| {
            areas.iter().find(|a| {
                let (wide, near) = (a.area.name.as_str(), known.area_name.as_str());
                wide.contains(near) || near.starts_with(wide)
            })
        })
        .or_else(|| areas.first().filter(|_| areas.len() == 1))
        .filter(|a| has(a))
}

fn station_of<'b>(
    areas: &'b [AreaSeries],
    station: Option<&str>,
    index: usize,
    of: usize,
) -> Option<&'b AreaSeries> {
    match station.and_then(|station| areas.iter().find(|a| a.area.code == station)) {
        Some(found) => Some(found),
        None => areas
            .get(index)
            .filter(|_| areas.len() == of)
            .or_else(|| areas.first().filter(|_| areas.len() == 1)),
    }
}

fn finished(date: Date, day: Day) -> Option<WeatherDay> {
    let (words, sky, sky_also) = describe(day.code?);
    Some(WeatherDay {
        date,
        sky,
        sky_also,
        words,
        sentence: day.sentence.filter(|sentence| !sentence.is_empty()),
        low: day.low,
        high: day.high,
        rain_chance: day.rain_chance,
    })
}

fn times(series: &TimeSeries) -> impl Iterator<Item = (usize, Date)> {
    series
        .time_defines
        .iter()
        .enumerate()
        .filter_map(|(at, time)| Some((at, JAPAN.to_datetime(timestamp(time)?).date())))
}

fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn text_at(row: Option<&Vec<String>>, at: usize) -> Option<String> {
    row?.get(at).filter(|text| !text.is_empty()).cloned()
}

fn number_at<N: std::str::FromStr>(row: Option<&Vec<String>>, at: usize) -> Option<N> {
    text_at(row, at)?.parse().ok()
}

fn raise(greatest: &mut Option<u8>, number: Option<u8>) {
    *greatest = number.filter(|n| *n <= 100).max(*greatest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulletin(report: &str, temperature_times: &str, temps: &str) -> String {
        format!(
            r#"[{{"publishingOffice":"ひだまり地方気象台","reportDatetime":"{report}","timeSeries":[
            {{"timeDefines":["2026-11-23T05:00:00+09:00","2026-11-24T00:00:00+09:00"],"areas":[
              {{"area":{{"name":"北部","code":"990010"}},"weatherCodes":["100","300"],"weathers":["晴れ　夜　くもり","雨"]}},
              {{"area":{{"name":"南部","code":"990020"}},"weatherCodes":["201",""],"weathers":["くもり　時々　晴れ",""]}}]}},
            {{"timeDefines":["2026-11-23T06:00:00+09:00","2026-11-23T12:00:00+09:00","2026-11-24T00:00:00+09:00"],"areas":[
              {{"area":{{"name":"北部","code":"990010"}},"pops":["10","40",""]}},
              {{"area":{{"name":"南部","code":"990020"}},"pops":["0","20","30"]}}]}},
            {{"timeDefines":[{temperature_times}],"areas":[
              {{"area":{{"name":"北町","code":"11111"}},"temps":[{temps}]}},
              {{"area":{{"name":"南町","code":"22222"}},"temps":["-3","5","1","6"]}}]}}]}},
            {{"publishingOffice":"ひだまり地方気象台","reportDatetime":"{report}","timeSeries":[
            {{"timeDefines":["2026-11-24T00:00:00+09:00","2026-11-25T00:00:00+09:00"],"areas":[
              {{"area":{{"name":"ひだまり県","code":"990000"}},"weatherCodes":["302","101"],"pops":["","20"],"reliabilities":["","A"]}}]}},
            {{"timeDefines":["2026-11-24T00:00:00+09:00","2026-11-25T00:00:00+09:00"],"areas":[
              {{"area":{{"name":"北町","code":"11111"}},"tempsMin":["","4"],"tempsMax":["","12"]}}]}}]}}]"#
        )
    }
    const MORNING: &str = r#""2026-11-23T09:00:00+09:00","2026-11-23T00:00:00+09:00","2026-11-24T00:00:00+09:00","2026-11-24T09:00:00+09:00""#;
    const EVENING: &str = r#""2026-11-24T00:00:00+09:00","2026-11-24T09:00:00+09:00""#;

    fn read(text: &str, area: &str) -> Weather {
        match parse(text.as_bytes(), area, None) {
            Ok(DraftContent::Weather(weather)) => weather,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_days_and_the_week_make_one_list() {
        let weather = read(
            &bulletin(
                "2026-11-23T05:00:00+09:00",
                MORNING,
                r#""15","15","7","13""#,
            ),
            "990010",
        );
        let days: Vec<_> = weather
            .days
            .iter()
            .map(|d| {
                (
                    d.date.to_string(),
                    d.words.as_str(),
                    d.low,
                    d.high,
                    d.rain_chance,
                )
            })
            .collect();
        assert_eq!(
            days,
            [
                ("2026-11-23".to_owned(), "晴れ", None, Some(15), Some(40)),
                ("2026-11-24".to_owned(), "雨", Some(7), Some(13), None),
                (
                    "2026-11-25".to_owned(),
                    "晴れ 時々 くもり",
                    Some(4),
                    Some(12),
                    Some(20)
                ),
            ]
        );
        assert_eq!(weather.days[0].sentence.as_deref(), Some("晴れ 夜 くもり"));
        assert_eq!(weather.area, "北部");
    }

    #[test]
    fn in_the_evening_nothing_is_said_of_todays_temperatures() {
        let weather = read(
            &bulletin("2026-11-23T17:00:00+09:00", EVENING, r#""7","13""#),
            "990010",
        );
        assert_eq!((weather.days[0].low, weather.days[0].high), (None, None));
        assert_eq!(
            (weather.days[1].low, weather.days[1].high),
            (Some(7), Some(13))
        );
    }

    #[test]
    fn an_empty_code_is_filled_from_the_week_and_negative_degrees_are_read() {
        let weather = read(
            &bulletin("2026-11-23T17:00:00+09:00", EVENING, r#""7","13""#),
            "990020",
        );
        assert_eq!(weather.days[1].words, "雨 時々 やむ");
        assert_eq!(weather.days[1].low, Some(-3));
    }

    #[test]
    fn an_area_that_is_not_there_is_named_with_those_that_are() {
        let error = parse(
            bulletin("2026-11-23T05:00:00+09:00", EVENING, "").as_bytes(),
            "000000",
            None,
        );
        assert!(
            matches!(error, Err(SourceError::NotUnderstood(why)) if why.contains("990010 北部"))
        );
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_forecast_ends_in_no_panic(cut in 0usize..2000, put in "[\\[\\]{}\",:0-9a-z]{0,8}") {
            let mut text = bulletin("2026-11-23T05:00:00+09:00", MORNING, r#""15","15","7","13""#);
            let mut cut = cut.min(text.len());
            while !text.is_char_boundary(cut) { cut -= 1; }
            text.insert_str(cut, &put);
            let _ = parse(text.as_bytes(), "990010", None);
        }
    }
}
