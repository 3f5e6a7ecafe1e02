//! Calendars as towns write them, and what takes place by them.

use super::*;

fn read(events: &str, now: &str) -> (Vec<String>, Vec<String>) {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
    let gleaned = parse(text.as_bytes(), now.parse().expect("a time"), false).expect("reads");
    let DraftContent::Events(occurrences) = gleaned.draft else {
        panic!("no events")
    };
    let shown = |o: &Occurrence| {
        let mut words = format!("{} {}", o.first_day, o.title);
        if let Some(begins) = o.begins {
            words = format!("{} {begins} {}", o.first_day, o.title);
        }
        if o.last_day != o.first_day {
            words = format!("{words} –{}", o.last_day);
        }
        words
    };
    (
        occurrences.iter().map(shown).collect(),
        gleaned.skipped.iter().map(Skipped::to_string).collect(),
    )
}

const NOW: &str = "2026-12-01T00:00:00Z";

#[test]
fn a_weekly_circle_with_an_exception_moved_and_one_left_out() {
    let (found, skipped) = read(
        "BEGIN:VEVENT\r\nUID:1\r\nSEQUENCE:3\r\nDTSTART;TZID=Asia/Tokyo:20261202T133000\r\nDTEND;TZID=Asia/Tokyo:20261202T150000\r\n\
             RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Asia/Tokyo:20261209T133000\r\nSUMMARY:折り紙の会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:1\r\nSEQUENCE:5\r\nRECURRENCE-ID;TZID=Asia/Tokyo:20261216T133000\r\nDTSTART;TZID=Asia/Tokyo:20261217T100000\r\n\
             DTEND;TZID=Asia/Tokyo:20261217T110000\r\nSUMMARY:折り紙の会（木曜日）\r\nEND:VEVENT\r\n",
        NOW,
    );
    assert_eq!(skipped, [""; 0]);
    assert_eq!(
        found,
        [
            "2026-12-02 13:30:00 折り紙の会",
            "2026-12-17 10:00:00 折り紙の会（木曜日）",
            "2026-12-23 13:30:00 折り紙の会",
        ]
    );
}

#[test]
fn an_end_in_utc_or_as_a_day_includes_the_last_occurrence() {
    for until in [
        "20261215T150000Z",
        "20261216T043000Z",
        "20261216",
        "20261216T133000",
    ] {
        let (found, _) = read(
            &format!(
                "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Asia/Tokyo:20261202T133000\r\nRRULE:FREQ=WEEKLY;UNTIL={until}\r\nSUMMARY:体操\r\nEND:VEVENT\r\n"
            ),
            NOW,
        );
        let expected = if until.starts_with("20261215") { 2 } else { 3 };
        assert_eq!(found.len(), expected, "{until}: {found:?}");
    }
}

#[test]
fn days_without_a_time_and_other_time_zones() {
    let (found, _) = read(
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261213\r\nSUMMARY:歳末たすけあい\r\n もちつき大会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261220\r\nDTEND;VALUE=DATE:20261223\r\nSUMMARY:作品展\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20261209T010000Z\r\nSUMMARY:朝の会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:4\r\nDTSTART;TZID=America/New_York:20261209T190000\r\nSUMMARY:姉妹都市\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:5\r\nDTSTART:20261212T090000\r\nSUMMARY:時差のない会\r\nEND:VEVENT\r\n",
        NOW,
    );
    assert_eq!(
        found,
        [
            "2026-12-09 10:00:00 朝の会",
            "2026-12-10 09:00:00 姉妹都市",
            "2026-12-12 09:00:00 時差のない会",
            "2026-12-13 歳末たすけあいもちつき大会",
            "2026-12-20 作品展 –2026-12-22",
        ]
    );
}

#[test]
fn a_rule_in_utc_keeps_its_hour_and_its_exceptions() {
    let (found, _) = read(
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261202T013000Z\r\nDTEND:20261202T023000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n\
             EXDATE:20261209T013000Z\r\nSUMMARY:朝の会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20261216T013000Z\r\nDTSTART:20261216T030000Z\r\nSUMMARY:昼の会\r\nEND:VEVENT\r\n",
        NOW,
    );
    assert_eq!(
        found,
        ["2026-12-02 10:30:00 朝の会", "2026-12-16 12:00:00 昼の会"]
    );
}

#[test]
fn lines_cut_inside_a_letter_whole_days_and_tags() {
    let title = "中央公民館の 体操".as_bytes();
    let mut bytes = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Asia/Tokyo:20261205T000000\r\nDTEND;TZID=Asia/Tokyo:20261206T000000\r\nSUMMARY:".to_vec();
    bytes.extend(&title[..7]);
    bytes.extend(b"\r\n ");
    bytes.extend(&title[7..]);
    bytes.extend("\r\nDESCRIPTION:<p>くつ&nbsp;と<br>水</p>\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:いつか\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".as_bytes());
    let now = NOW.parse().expect("a time");
    let gleaned = parse(&bytes, now, false).expect("reads");
    let DraftContent::Events(found) = gleaned.draft else {
        panic!("no events")
    };
    assert_eq!(found[0].title, "中央公民館の 体操");
    assert_eq!((found[0].begins, found[0].ends), (None, None));
    assert_eq!(found[0].last_day, found[0].first_day);
    assert!(
        found[0]
            .description
            .as_deref()
            .is_some_and(|text| !text.contains('<'))
    );
    assert_eq!(gleaned.skipped[0].line, Some(10));
}

#[test]
fn a_rule_without_an_end_begun_long_ago_and_one_that_is_called_off() {
    let (found, skipped) = read(
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Asia/Tokyo:20050103T100000\r\nRRULE:FREQ=MONTHLY;BYDAY=2TU\r\nSUMMARY:健康相談\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Asia/Tokyo:20261210T100000\r\nSTATUS:CANCELLED\r\nSUMMARY:中止\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:3\r\nSUMMARY:いつか\r\nEND:VEVENT\r\n",
        NOW,
    );
    assert_eq!(found[0], "2026-12-08 10:00:00 健康相談");
    assert_eq!(found[1], "2027-01-12 10:00:00 健康相談");
    assert_eq!(found.len(), 13);
    assert_eq!(skipped.len(), 1, "{skipped:?}");
}

proptest::proptest! {
    #[test]
    fn no_text_ends_in_a_panic(body in "(BEGIN:VEVENT\n|END:VEVENT\n|DTSTART:|DTSTART;VALUE=DATE:|RRULE:FREQ=|DAILY|SECONDLY|;COUNT=9|;UNTIL=|2026120[0-9]|T1[0-9]0000|Z|\n|UID:1\n|SUMMARY:あ\n|DURATION:PT1H\n){0,40}") {
        let text = format!("BEGIN:VCALENDAR\n{body}END:VCALENDAR\n");
        let _ = parse(text.as_bytes(), "2026-12-01T00:00:00Z".parse().expect("a time"), false);
    }
}
