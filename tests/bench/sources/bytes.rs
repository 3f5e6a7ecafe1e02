//! What is read: megabytes that are good, long, or meant to do harm.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

pub(super) const MEGABYTE: usize = 1024 * 1024;

pub(super) fn repeated(
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

pub(super) fn rss() -> Vec<u8> {
    feed(5 * MEGABYTE)
}

/// A feed of so many bytes.
pub(super) fn feed(size: usize) -> Vec<u8> {
    repeated(
        "<rss version=\"2.0\"><channel><title>t</title>",
        size,
        "</channel></rss>",
        |number| {
            format!(
                "<item><title>お知らせ{number}</title><guid>{number}</guid><description>&lt;p&gt;敬老会を ひらきます。どうぞ お越しください。&lt;/p&gt;</description></item>"
            )
        },
    )
}

pub(super) fn forecast() -> Vec<u8> {
    let times = r#"["2026-11-23T00:00:00+09:00"]"#;
    let head = format!(
        r#"[{{"publishingOffice":"ひだまり","reportDatetime":"2026-11-23T05:00:00+09:00","timeSeries":[{{"timeDefines":{times},"areas":["#
    );
    let last = r#"{"area":{"name":"北部","code":"990010"},"weatherCodes":["100"]}]}]}]"#;
    repeated(&head, 5 * MEGABYTE, last, |number| {
        format!(r#"{{"area":{{"name":"地方{number}","code":"{number}"}},"weatherCodes":["100"]}},"#)
    })
}

pub(super) fn warnings() -> Vec<u8> {
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

pub(super) fn places() -> Vec<u8> {
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

pub(super) fn events() -> Vec<u8> {
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

pub(super) fn calendar() -> Vec<u8> {
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

pub(super) fn every_second() -> Vec<u8> {
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

pub(super) fn entities() -> Vec<u8> {
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
pub(super) fn noise() -> Vec<u8> {
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

pub(super) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("starts");
        zip.write_all(bytes).expect("writes");
    }
    zip.finish().expect("finishes").into_inner()
}

/// A feed with so many trips of so many calls.
pub(super) fn timetable(trips: usize, calls: usize) -> Vec<u8> {
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
pub(super) fn bomb() -> Vec<u8> {
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
