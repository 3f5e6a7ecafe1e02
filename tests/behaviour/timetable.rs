//! Timetables against a slow and obvious reference: every stop and every quarter hour of two weeks.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{Cursor, Read as _, Write as _},
};

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::Offset};
use kairan_sources::timetable::Feed;

use crate::samples::files;

/// One row of a CSV file by the names of its columns.
type Row = HashMap<String, String>;

fn rows(zip: &[u8], name: &str) -> Vec<Row> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
    let Ok(mut file) = archive.by_name(name) else {
        return Vec::new();
    };
    let mut text = String::new();
    file.read_to_string(&mut text).expect("UTF-8");
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

/// A departure as a person would copy it from the files: when, which line, from which day.
type Copied = (Timestamp, String, Date);

/// Reads the files anew for every day, and keeps nothing.
struct Reference {
    stop_names: HashMap<String, String>,
    routes: HashMap<String, String>,
    trips: Vec<Row>,
    calendar: Vec<Row>,
    exceptions: Vec<Row>,
    calls: BTreeMap<String, Vec<Row>>,
}

impl Reference {
    fn new(zip: &[u8]) -> Self {
        let pairs = |file: &str, key: &str, value: fn(&Row) -> String| {
            let rows = rows(zip, file).into_iter();
            rows.map(|row| (row[key].clone(), value(&row))).collect()
        };
        let mut calls: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in rows(zip, "stop_times.txt") {
            calls.entry(row["trip_id"].clone()).or_default().push(row);
        }
        for calls in calls.values_mut() {
            calls.sort_by_key(|row| row["stop_sequence"].parse::<u32>().expect("a number"));
        }
        Self {
            stop_names: pairs("stops.txt", "stop_id", |row| row["stop_name"].clone()),
            routes: pairs(
                "routes.txt",
                "route_id",
                |row| match row["route_short_name"].as_str() {
                    "" => row["route_long_name"].clone(),
                    short => short.to_owned(),
                },
            ),
            trips: rows(zip, "trips.txt"),
            calendar: rows(zip, "calendar.txt"),
            exceptions: rows(zip, "calendar_dates.txt"),
            calls,
        }
    }

    fn runs(&self, service: &str, day: Date) -> bool {
        let written = day.strftime("%Y%m%d").to_string();
        for row in &self.exceptions {
            if row["service_id"] == service && row["date"] == written {
                return row["exception_type"] == "1";
            }
        }
        let weekday = day.strftime("%A").to_string().to_lowercase();
        self.calendar.iter().any(|row| {
            row["service_id"] == service
                && row[&weekday] == "1"
                && row["start_date"] <= written
                && written <= row["end_date"]
        })
    }

    fn departures(&self, stop: &str, first: Date, last: Date) -> Vec<Copied> {
        let mut found = Vec::new();
        for day in first.series(1.day()).take_while(|day| *day <= last) {
            for trip in &self.trips {
                if !self.runs(&trip["service_id"], day) {
                    continue;
                }
                let calls = &self.calls[&trip["trip_id"]];
                for call in &calls[..calls.len() - 1] {
                    let takes_on = call.get("pickup_type").is_none_or(|kind| kind != "1");
                    if self.stop_names[&call["stop_id"]] == stop && takes_on {
                        found.push((
                            moment(day, &call["departure_time"]),
                            self.routes[&trip["route_id"]].clone(),
                            day,
                        ));
                    }
                }
            }
        }
        found.sort();
        found
    }
}

fn moment(day: Date, time: &str) -> Timestamp {
    let parts: Vec<i64> = time
        .split(':')
        .map(|part| part.trim().parse().expect("a number"))
        .collect();
    let midnight = day.at(0, 0, 0, 0);
    let midnight = Offset::constant(9).to_timestamp(midnight).expect("a time");
    midnight + (parts[0] * 3600 + parts[1] * 60 + parts[2]).seconds()
}

/// Compares the next departures at every quarter hour of two weeks from `first`.
fn compare(zip: &[u8], first: Date) -> usize {
    const COUNT: usize = 5;
    let (feed, skipped) = Feed::read(zip).expect("reads");
    assert_eq!(skipped.len(), 0, "{skipped:?}");
    let reference = Reference::new(zip);
    let names: BTreeSet<&String> = reference.stop_names.values().collect();
    let mut answers = 0;
    for name in names {
        let stop = feed.stop(name).expect("the stop");
        let all = reference.departures(
            name,
            first.saturating_sub(3.days()),
            first.saturating_add(23.days()),
        );
        let begin = moment(first, "0:00:00");
        for quarter in 0..14 * 24 * 4 {
            let now = begin + (quarter * 15).minutes();
            // The feed looks eight days ahead, and so does the reference.
            let horizon = Offset::constant(9)
                .to_datetime(now)
                .date()
                .saturating_add(7.days());
            let from = all.partition_point(|(at, ..)| *at < now);
            let expected: Vec<&Copied> = all[from..]
                .iter()
                .filter(|(_, _, day)| *day <= horizon)
                .take(COUNT)
                .collect();
            let found = feed.next(stop, None, now, COUNT);
            let mut found: Vec<Copied> = found
                .into_iter()
                .map(|departure| (departure.at, departure.line, departure.service_day))
                .collect();
            // Two that leave in the same minute stand in any order; the last may be one of them.
            found.sort();
            let times =
                |copied: &[&Copied]| copied.iter().map(|copied| copied.0).collect::<Vec<_>>();
            let found: Vec<&Copied> = found.iter().collect();
            assert_eq!(times(&found), times(&expected), "{name} at {now}");
            if let Some((last, ..)) = expected.last() {
                let before = |copied: &[&Copied]| {
                    let copied = copied.iter().filter(|copied| copied.0 < *last);
                    copied.map(|copied| (*copied).clone()).collect::<Vec<_>>()
                };
                assert_eq!(before(&found), before(&expected), "{name} at {now}");
            }
            answers += 1;
        }
    }
    answers
}

/// A small feed of ひだまり市: a night bus past midnight, a holiday, a stop with two platforms, a
/// school bus that `calendar_dates.txt` alone knows, and readings in both forms.
fn hidamari(translations: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        ("agency.txt", "agency_id,agency_name\n1,ひだまりバス\n"),
        (
            "feed_info.txt",
            "feed_publisher_name,feed_start_date,feed_end_date\nひだまり市,20261101,20261231\n",
        ),
        (
            "calendar.txt",
            "\u{feff}service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n平日,1,1,1,1,1,0,0,20261101,20261231\n土休日,0,0,0,0,0,1,1,20261101,20261231\n",
        ),
        (
            "calendar_dates.txt",
            "service_id,date,exception_type\n平日,20261123,2\n土休日,20261123,1\n学校,20261125,1\n",
        ),
        (
            "routes.txt",
            "route_id,route_short_name,route_long_name\nA,Aコース,\nB,,夜行\n",
        ),
        (
            "stops.txt",
            "stop_id,stop_name,platform_code,parent_station,location_type\nS,中央駅,,,1\n1a,中央駅,1,S,0\n1b,,2,S,0\n2,市役所,,,0\n3,温泉,,,0\n",
        ),
        (
            "trips.txt",
            "route_id,service_id,trip_id,trip_headsign\nA,平日,w1,温泉行き\nA,土休日,h1,温泉行き\nB,平日,n1,\nA,学校,s1,温泉行き\n",
        ),
        (
            "stop_times.txt",
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n\
            w1,8:00:00,8:00:00,1a,1,0,1\nw1,,,2,5,0,0\nw1,8:20:00,8:20:00,3,9,1,0\n\
            h1,09:30:00,09:30:00,1b,1,0,0\nh1,09:40:00,09:41:00,2,2,0,0\nh1,09:50:00,09:50:00,3,3,0,0\n\
            n1,25:10:00,25:10:00,2,1,0,0\nn1,25:30:00,25:30:00,1a,2,0,0\nn1,26:00:00,26:00:00,3,3,0,0\n\
            s1,07:00:00,07:00:00,1b,1,0,0\ns1,07:15:00,07:15:00,2,2,1,0\ns1,07:30:00,07:30:00,3,3,0,0\n",
        ),
        ("translations.txt", translations),
    ] {
        zip.start_file(name, options).expect("starts");
        zip.write_all(text.as_bytes()).expect("writes");
    }
    zip.finish().expect("finishes").into_inner()
}

const OLD_READINGS: &str =
    "trans_id,lang,translation\n中央駅,ja-Hrkt,ちゅうおうえき\n中央駅,en,Central\n";
const NEW_READINGS: &str = "table_name,field_name,language,translation,record_id,record_sub_id,field_value\n\
    stops,stop_name,ja-Hrkt,ちゅうおうえき,,,中央駅\nstops,stop_name,ja-Hrkt,しやくしょ,2,,\nroutes,route_long_name,ja-Hrkt,やこう,B,,\n";

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn next(feed: &Feed, stop: &str, to: Option<&str>, now: &str) -> Vec<String> {
    let stop = feed.stop(stop).expect("the stop");
    let to = to.map(|to| feed.stop(to).expect("the stop"));
    let japan = |at: Timestamp| {
        Offset::constant(9)
            .to_datetime(at)
            .strftime("%d %H:%M")
            .to_string()
    };
    feed.next(stop, to, now.parse().expect("a time"), 3)
        .into_iter()
        .map(|found| {
            let mut words = format!("{} {} {}", japan(found.at), found.line, found.headsign);
            if let Some(at) = found.arrives_at {
                words = format!("{words} → {}", japan(at));
            }
            words
        })
        .collect()
}

/// The same feed with other texts in its files.
fn rewritten(zip: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
    let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).expect("a file");
        let name = file.name().expect("a name").into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).expect("UTF-8");
        let text = change(&name, text);
        let options = zip::write::SimpleFileOptions::default();
        changed.start_file(name, options).expect("starts");
        changed.write_all(text.as_bytes()).expect("writes");
    }
    changed.finish().expect("finishes").into_inner()
}

#[test]
fn faults_of_a_feed_cost_no_more_than_themselves() {
    let night = |change: &dyn Fn(&str, String) -> String| {
        let zip = rewritten(&hidamari(OLD_READINGS), change);
        let (feed, skipped) = Feed::read(&zip).expect("reads");
        let skipped: Vec<String> = skipped.iter().map(ToString::to_string).collect();
        (
            next(&feed, "中央駅", Some("温泉"), "2026-11-23T22:00:00Z"),
            skipped,
        )
    };
    let expected = [
        "24 08:00 Aコース 温泉行き → 24 08:20",
        "25 01:30 夜行 温泉行き → 25 02:00",
        "25 07:00 Aコース 温泉行き → 25 07:30",
    ];
    assert_eq!(night(&|_, text| text).0, expected);
    // A trip that stands twice takes nobody else's times.
    let (found, skipped) = night(&|name, text| match name {
        "trips.txt" => text.replace("B,平日,n1,", "A,平日,w1,空港行き\nB,平日,n1,"),
        _ => text,
    });
    assert_eq!(found, expected);
    assert!(skipped[0].contains("stands twice"), "{skipped:?}");
    // A service that was joined of two periods runs in both.
    let (found, _) = night(&|name, text| match name {
        "calendar.txt" => format!("{text}平日,0,0,0,0,0,0,0,20270101,20270331\n"),
        _ => text,
    });
    assert_eq!(found, expected);
    // A last time that cannot be read does not make the stop before it the end.
    let (found, skipped) = night(&|name, text| match name {
        "stop_times.txt" => text.replace("n1,26:00:00,26:00:00", "n1,26:00:99,26:00:99"),
        _ => text,
    });
    assert_eq!(found[1], "25 01:30 夜行 温泉行き");
    assert!(skipped[0].starts_with("stop_times.txt:"), "{skipped:?}");
}

#[test]
fn platforms_bear_their_stations_name_and_widths_do_not_matter() {
    let zip = rewritten(&hidamari(OLD_READINGS), |name, text| match name {
        "stops.txt" => text
            .replace("1a,中央駅,1,S", "1a,中央駅 北口のりば,1,S")
            .replace("S,中央駅,,,1", "S,ＪＲ中央駅,,,1"),
        _ => text,
    });
    let feed = Feed::read(&zip).expect("reads").0;
    for name in ["JR中央駅", "ＪＲ 中央駅", "中央駅 北口のりば"] {
        assert_eq!(
            next(&feed, name, None, "2026-11-23T22:00:00Z")[0],
            "24 08:00 Aコース 温泉行き",
            "{name}"
        );
    }
}

#[test]
fn the_next_departures_past_midnight_on_holidays_and_over_all_platforms() {
    let feed = Feed::read(&hidamari(OLD_READINGS)).expect("reads").0;
    // The night bus of Friday leaves on Saturday at ten past one.
    assert_eq!(
        next(&feed, "市役所", None, "2026-11-20T15:30:00Z"),
        [
            "21 01:10 夜行 温泉行き",
            "21 09:41 Aコース 温泉行き",
            "22 09:41 Aコース 温泉行き"
        ]
    );
    // Monday the 23rd is a holiday: the bus of Sundays runs, from the other platform.
    assert_eq!(
        next(
            &feed,
            "ちゅうおうえき",
            Some("温泉"),
            "2026-11-22T15:00:00Z"
        ),
        [
            "23 09:30 Aコース 温泉行き → 23 09:50",
            "24 08:00 Aコース 温泉行き → 24 08:20",
            "25 01:30 夜行 温泉行き → 25 02:00",
        ]
    );
    // A time that the feed leaves open lies between its neighbours.
    assert_eq!(
        next(&feed, "市役所", None, "2026-11-23T22:59:00Z")[0],
        "24 08:10 Aコース 温泉行き"
    );
    let new = Feed::read(&hidamari(NEW_READINGS)).expect("reads").0;
    assert_eq!(
        next(&new, "シヤクショ", None, "2026-11-20T15:30:00Z").len(),
        3
    );
}

#[test]
fn every_quarter_hour_of_two_weeks_is_as_the_files_say() {
    // The reference leaves no time open, so the open one is written out for it.
    let whole = rewritten(&hidamari(OLD_READINGS), |_, text| {
        text.replace("w1,,,2", "w1,8:10:00,8:10:00,2")
            .replace("1b,,2", "1b,中央駅,2")
    });
    assert_eq!(compare(&whole, day("2026-11-16")), 3 * 14 * 96);
}

#[test]
fn real_timetables_are_as_their_files_say() {
    for file in files("gtfs") {
        let zip = std::fs::read(&file).expect("reads");
        let answers = compare(&zip, day("2019-04-26"));
        println!("{}: {answers} answers are as the files say", file.display());
    }
}
