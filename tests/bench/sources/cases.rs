//! What is read, kind by kind.

use super::bytes::{
    MEGABYTE, bomb, calendar, entities, events, every_second, forecast, noise, places, rss,
    timetable, warnings,
};

/// One reading: a name, the settings, and the bytes.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) settings: &'static str,
    pub(super) bytes: fn() -> Vec<u8>,
}

const PLACES: &str = "kind = \"places\"\nurl = \"x\"\nnear = [35.0, 135.0]";
const EVENTS: &str = "kind = \"events\"\nurl = \"x\"";
const TIMETABLE: &str = "kind = \"timetable\"\nurl = \"x\"\nstop = \"停留所1\"";
pub(super) const CASES: &[Case] = &[
    Case {
        name: "feed",
        settings: "kind = \"feed\"\nurl = \"x\"",
        bytes: rss,
    },
    Case {
        name: "weather",
        settings: "kind = \"weather\"\nurl = \"x\"\narea = \"990010\"",
        bytes: forecast,
    },
    Case {
        name: "warnings",
        settings: "kind = \"warnings\"\nurl = \"x\"\narea = \"9920100\"",
        bytes: warnings,
    },
    Case {
        name: "places",
        settings: PLACES,
        bytes: places,
    },
    Case {
        name: "events",
        settings: EVENTS,
        bytes: events,
    },
    Case {
        name: "calendar",
        settings: EVENTS,
        bytes: calendar,
    },
    Case {
        name: "timetable",
        settings: TIMETABLE,
        bytes: || timetable(3_000, 130),
    },
    Case {
        name: "entities",
        settings: "kind = \"entities\"\nurl = \"x\"\ngives = \"places\"",
        bytes: entities,
    },
    Case {
        name: "places: nothing but quotation marks",
        settings: PLACES,
        bytes: || vec![b'"'; 10 * MEGABYTE],
    },
    Case {
        name: "places: a mark open on every line",
        settings: PLACES,
        bytes: || {
            "名称,住所\n\"あ,い\n"
                .repeat(10 * MEGABYTE / 24)
                .into_bytes()
        },
    },
    Case {
        name: "places: nothing but commas",
        settings: PLACES,
        bytes: || vec![b','; 10 * MEGABYTE],
    },
    Case {
        name: "places: nothing but line ends",
        settings: PLACES,
        bytes: || vec![b'\n'; 10 * MEGABYTE],
    },
    Case {
        name: "places: noise",
        settings: PLACES,
        bytes: noise,
    },
    Case {
        name: "events: noise",
        settings: EVENTS,
        bytes: noise,
    },
    Case {
        name: "calendar: every second for ever",
        settings: EVENTS,
        bytes: every_second,
    },
    Case {
        name: "calendar: begun and never ended",
        settings: EVENTS,
        bytes: || {
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"
                .repeat(10 * MEGABYTE / 30)
                .into_bytes()
        },
    },
    Case {
        name: "timetable: a bomb of 4 GB",
        settings: TIMETABLE,
        bytes: bomb,
    },
    Case {
        name: "timetable: noise",
        settings: TIMETABLE,
        bytes: noise,
    },
    Case {
        name: "entities: brackets",
        settings: "kind = \"entities\"\nurl = \"x\"\ngives = \"places\"",
        bytes: || vec![b'['; 10 * MEGABYTE],
    },
    Case {
        name: "feed: noise",
        settings: "kind = \"feed\"\nurl = \"x\"",
        bytes: noise,
    },
    Case {
        name: "feed: tags in tags",
        settings: "kind = \"feed\"\nurl = \"x\"",
        bytes: || "<a>".repeat(5 * MEGABYTE / 3).into_bytes(),
    },
];
