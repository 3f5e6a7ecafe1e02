//! How fast each kind of source is read, what ten megabytes of hostile bytes cost, how long a
//! timetable takes to answer, and how long a warning takes from the source to the screen.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use jiff::{Timestamp, civil::Date};
use kairan_backend::content::gather::Rounds;
use kairan_catalogue::source_settings;
use kairan_sources::{
    reading::{Circumstances, read},
    source::SourceKind,
    timetable::Feed,
};
use kairan_tests::{
    council::Council,
    programs::{Backend, Tablet},
    source::{Source, gathering, say, tile, with_content},
};

const MEGABYTE: usize = 1024 * 1024;
/// What one reading may cost.
const SECONDS: f64 = 1.0;
const MEGABYTES: u64 = 200;

/// One reading: a name, the settings, and the bytes.
struct Case {
    name: &'static str,
    settings: &'static str,
    bytes: fn() -> Vec<u8>,
}

const PLACES: &str = "kind = \"places\"\nurl = \"x\"\nnear = [35.0, 135.0]";
const EVENTS: &str = "kind = \"events\"\nurl = \"x\"";
const TIMETABLE: &str = "kind = \"timetable\"\nurl = \"x\"\nstop = \"停留所1\"";

const CASES: &[Case] = &[
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

/// Measures everything; each reading in a process of its own, whose memory is its own.
pub fn measure() -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    for case in CASES {
        let output = Command::new(&program)
            .args(["--read", case.name])
            .output()?;
        anyhow::ensure!(
            output.status.success(),
            "{} ended with {}: {}",
            case.name,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    answers()?;
    tokio::runtime::Runtime::new()?.block_on(refresh())?;
    warning_to_screen()
}

/// Reads one case and says what it cost.
pub fn read_one(name: &str) -> anyhow::Result<()> {
    let case = CASES
        .iter()
        .find(|case| case.name == name)
        .context("no such case")?;
    let bytes = (case.bytes)();
    let source = source_settings(case.settings).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let circumstances = Circumstances {
        now: "2026-11-23T00:00:00Z".parse()?,
        all: true,
        address: String::new(),
        id: "bench".to_owned(),
        title: "bench".to_owned(),
    };
    let before = peak_megabytes()?;
    let began = Instant::now();
    let outcome = read(&source.kind, &bytes, &circumstances);
    let seconds = began.elapsed().as_secs_f64();
    let memory = peak_megabytes()?.saturating_sub(before);
    let size = to_f64(bytes.len()) / to_f64(MEGABYTE);
    let told = match outcome {
        Ok(gleaned) => format!("read, {} told", gleaned.skipped.len()),
        Err(error) => format!(
            "refused: {}",
            error.to_string().chars().take(60).collect::<String>()
        ),
    };
    let missed = if seconds > SECONDS || memory > MEGABYTES {
        " — MISSED"
    } else {
        ""
    };
    println!(
        "source {name}: {size:.1} MB in {seconds:.3} s ({:.0} MB a second), {memory} MB of memory, {told}{missed}",
        size / seconds
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn to_f64(number: usize) -> f64 {
    number as f64
}

/// The most memory that this process ever held.
fn peak_megabytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .context("no VmHWM")?;
    let kilobytes: u64 = line
        .split_whitespace()
        .nth(1)
        .context("no figure")?
        .parse()?;
    Ok(kilobytes / 1024)
}

fn repeated(
    head: &str,
    size: usize,
    tail: &str,
    mut piece: impl FnMut(usize) -> String,
) -> Vec<u8> {
    let mut text = head.to_owned();
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&piece(number));
    }
    text.push_str(tail);
    text.into_bytes()
}

fn rss() -> Vec<u8> {
    repeated(
        "<rss version=\"2.0\"><channel><title>t</title>",
        5 * MEGABYTE,
        "</channel></rss>",
        |number| {
            format!(
                "<item><title>お知らせ{number}</title><guid>{number}</guid><description>&lt;p&gt;敬老会を ひらきます。どうぞ お越しください。&lt;/p&gt;</description></item>"
            )
        },
    )
}

fn forecast() -> Vec<u8> {
    let times = r#"["2026-11-23T00:00:00+09:00"]"#;
    let head = format!(
        r#"[{{"publishingOffice":"ひだまり","reportDatetime":"2026-11-23T05:00:00+09:00","timeSeries":[{{"timeDefines":{times},"areas":["#
    );
    let last = r#"{"area":{"name":"北部","code":"990010"},"weatherCodes":["100"]}]}]}]"#;
    repeated(&head, 5 * MEGABYTE, last, |number| {
        format!(r#"{{"area":{{"name":"地方{number}","code":"{number}"}},"weatherCodes":["100"]}},"#)
    })
}

fn warnings() -> Vec<u8> {
    repeated(
        "[",
        5 * MEGABYTE,
        r#"{"reportDatetime":"2026-11-23T07:00:00+09:00","warning":{"class20Items":[]}}]"#,
        |number| {
            format!(
                r#"{{"publishingOffice":"ひだまり","reportDatetime":"2026-11-23T07:00:00+09:00","dataTypeCode":"VPWW{number}","headlineText":"警戒してください。","warning":{{"class20Items":[{{"areaCode":"9920100","kinds":[{{"code":"03","status":"発表"}}]}}]}}}},"#
            )
        },
    )
}

fn places() -> Vec<u8> {
    repeated(
        "名称,名称_カナ,住所,緯度,経度,電話番号,想定収容人数\n",
        10 * MEGABYTE,
        "",
        |number| {
            format!(
                "施設{number},シセツ,ひだまり市本町{number},35.{number:06},135.2,099-200-1000,810人\n"
            )
        },
    )
}

fn events() -> Vec<u8> {
    repeated(
        "イベント名,開始日,終了日,開始時間,終了時間,場所名称,説明\n",
        10 * MEGABYTE,
        "",
        |number| {
            format!(
                "行事{number},令和8年12月{}日,,午前10時,正午,公民館,どなたでも どうぞ。\n",
                number % 28 + 1
            )
        },
    )
}

fn calendar() -> Vec<u8> {
    repeated(
        "BEGIN:VCALENDAR\n",
        4 * MEGABYTE,
        "END:VCALENDAR\n",
        |number| {
            format!(
                "BEGIN:VEVENT\nUID:{number}\nDTSTART;TZID=Asia/Tokyo:202612{:02}T100000\nSUMMARY:行事{number}\nLOCATION:公民館\nEND:VEVENT\n",
                number % 28 + 1
            )
        },
    )
}

fn every_second() -> Vec<u8> {
    repeated(
        "BEGIN:VCALENDAR\n",
        4 * MEGABYTE,
        "END:VCALENDAR\n",
        |number| {
            format!(
                "BEGIN:VEVENT\nUID:{number}\nDTSTART:19700101T000000Z\nRRULE:FREQ=SECONDLY\nSUMMARY:毎秒\nEND:VEVENT\n"
            )
        },
    )
}

fn entities() -> Vec<u8> {
    repeated(
        "[",
        10 * MEGABYTE,
        r#"{"id":"z","name":"z","location":"35.0,135.0"}]"#,
        |number| {
            format!(
                r#"{{"id":"{number}","type":"Place","name":{{"type":"Text","value":"施設{number}"}},"location":{{"type":"geo:json","value":{{"type":"Point","coordinates":[135.2,35.1]}}}}}},"#
            )
        },
    )
}

/// Bytes without any order, the same each time.
fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..10 * MEGABYTE)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        })
        .collect()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("starts");
        zip.write_all(bytes).expect("writes");
    }
    zip.finish().expect("finishes").into_inner()
}

/// A feed with so many trips of so many calls.
fn timetable(trips: usize, calls: usize) -> Vec<u8> {
    let mut stops = "stop_id,stop_name\n".to_owned();
    for number in 0..calls {
        writeln!(stops, "{number},停留所{number}").expect("writes");
    }
    let mut trip_rows = "route_id,service_id,trip_id,trip_headsign\n".to_owned();
    let mut times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n".to_owned();
    for trip in 0..trips {
        writeln!(trip_rows, "A,毎日,t{trip},終点行き").expect("writes");
        for call in 0..calls {
            let seconds = (trip * 60) % 70_000 + call * 90;
            let (hour, minute) = (seconds / 3600, seconds / 60 % 60);
            writeln!(
                times,
                "t{trip},{hour}:{minute:02}:00,{hour}:{minute:02}:00,{call},{call}"
            )
            .expect("writes");
        }
    }
    zipped(&[
        ("agency.txt", "agency_name\nひだまりバス\n".as_bytes()),
        ("calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n毎日,1,1,1,1,1,1,1,20260101,20271231\n".as_bytes()),
        ("routes.txt", "route_id,route_short_name\nA,Aコース\n".as_bytes()),
        ("stops.txt", stops.as_bytes()),
        ("trips.txt", trip_rows.as_bytes()),
        ("stop_times.txt", times.as_bytes()),
    ])
}

/// A few megabytes that become four thousand: nothing but line ends.
fn bomb() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().large_file(true);
    zip.start_file("stops.txt", options).expect("starts");
    zip.write_all("stop_id,stop_name\n1,停留所1\n".as_bytes())
        .expect("writes");
    let block = vec![b'x'; MEGABYTE];
    for _ in 0..4096 {
        zip.write_all(&block).expect("writes");
    }
    zip.finish().expect("finishes").into_inner()
}

/// A feed of 100,000 stop times.
fn answers() -> anyhow::Result<()> {
    let (feed, _) = Feed::read(&timetable(1_000, 100))?;
    let day: Date = "2026-11-23".parse()?;
    let mut took: Vec<Duration> = Vec::new();
    for number in 0..1_000 {
        let stop = feed.stop(&format!("停留所{}", number % 100))?;
        let now =
            Timestamp::constant(1_795_328_640, 0) + jiff::SignedDuration::from_mins(number % 1440);
        let began = Instant::now();
        let next = feed.next(stop, None, now, 5);
        took.push(began.elapsed());
        anyhow::ensure!(
            next.len() == 5 || number % 100 == 99,
            "{day}: five departures"
        );
    }
    took.sort();
    println!(
        "timetable of 100,000 stop times: the next five departures in {:?} (middle of 1,000; the slowest {:?})",
        took[500], took[999]
    );
    Ok(())
}

/// Fifty feeds of 50 articles each from a server on this machine, from the first question to the
/// last tile on the shelf, with everything on the disk.
async fn refresh() -> anyhow::Result<()> {
    const TILES: usize = 50;
    let feed = repeated(
        "<rss version=\"2.0\"><channel><title>t</title>",
        60_000,
        "</channel></rss>",
        |number| {
            format!(
                "<item><title>お知らせ{number}</title><guid>{number}</guid><description>&lt;p&gt;敬老会を ひらきます。どうぞ お越しください。&lt;/p&gt;</description></item>"
            )
        },
    );
    let source = Source::start(move |_, stream| say(stream, "200 OK", &feed));
    let services: Vec<_> = (0..TILES)
        .map(|number| {
            let kind = SourceKind::Feed {
                include: Vec::new(),
                exclude: Vec::new(),
            };
            tile(
                &format!("tile-{number}"),
                source.url(&format!("/{number}")),
                kind,
            )
        })
        .collect();
    let folder = tempfile::tempdir()?;
    let gathering = gathering(folder.path(), services.clone()).await;
    let began = Instant::now();
    let rounds = Rounds::begin(&gathering, services);
    while with_content(&gathering).len() < TILES {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!(
        "a full refresh of {TILES} sources of 60 kB: {:.2?}",
        began.elapsed()
    );
    rounds.end().await;
    gathering.store.close().await;
    Ok(())
}

/// From the moment at which a warning lies in its file to the moment at which it stands on a
/// tablet that asks once an hour and otherwise listens.
fn warning_to_screen() -> anyhow::Result<()> {
    let council = Council::new();
    let told = |kinds: &str| {
        format!(
            r#"[{{"reportDatetime":"{}","dataTypeCode":"VPWW56","warning":{{"class20Items":[{{"areaCode":"9920100","kinds":[{kinds}]}}]}}}}]"#,
            Timestamp::now()
        )
    };
    let quiet = r#"{"status":"なし"}"#;
    council.write("warnings.json", &told(quiet));
    let tiles = include_str!("../../fixtures/services.toml");
    council.write("services.toml", &format!("{tiles}\n[[service]]\nid = \"warnings\"\nprovider = \"city\"\ncategory = \"news\"\ntitle = \"警報\"\nreading = \"けいほう\"\nsummary = \"いまの警報\"\nicon = \"umbrella\"\ncontent = {{ kind = \"warnings\", url = \"warnings.json\", area = \"9920100\" }}\n"));
    let (server, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let backend = Backend::start(&council, server.path());
    let code = backend.enrolment_code();
    let mut tablet = Tablet::start_asking_every(3600, &backend.address, data.path(), Some(&code));
    let mut took = Vec::new();
    for _ in 0..7 {
        council.write("warnings.json", &told(quiet));
        tablet.wait_for("今は ありません");
        council.write("warnings.json", &told(r#"{"code":"49","status":"発表"}"#));
        let began = Instant::now();
        tablet.wait_for("土砂災害危険警報");
        took.push(began.elapsed());
    }
    tablet.close();
    backend.stop();
    took.sort();
    println!(
        "a warning from its file to the screen: {:.1?} (middle of 7; the slowest {:.1?})",
        took[3], took[6]
    );
    Ok(())
}

/// Whether the program was started to read one case; then its name.
pub fn asked_for() -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    (arguments.next()? == "--read").then(|| arguments.next())?
}
