//! A night made short. The tablet's own session, clock, recorder, journal and choices go through it with
//! made-up time, while the clock on the wall is stepped, the machine sleeps, its battery dies, the sound
//! is gone and the disk is full. What happened is printed: `--success-output immediate` shows it.

mod tablet;

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use kairan_contract::{LeaveHow, ScreenName};
use kairan_tablet::session::Command;

use tablet::{EVENING, Night};

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

/// Goes through the night; gives what happened.
fn go_through(wall: Timestamp) -> Night {
    let mut night = Night::begin(wall);
    let clock = |hour: i8, minute: i8| {
        let day = if hour < 12 {
            "2026-11-23"
        } else {
            "2026-11-22"
        };
        at(&format!("{day}T{hour:02}:{minute:02}:00+09:00"))
    };
    let until = |night: &mut Night, hour, minute| {
        let minutes = clock(hour, minute).duration_since(night.truth).as_mins();
        night.pass(u32::try_from(minutes).expect("it has not come yet"));
    };
    until(&mut night, 21, 2);
    night.touch(Command::DueDone);
    until(&mut night, 21, 30);

    // No network, and a clock on the wall that goes where it likes.
    night.is_online = false;
    night.session.not_answered(night.moment().uptime_ms);
    for (hour, minute, wall) in [
        (22, 0, clock(22, 0) + 3.hours()),
        (22, 10, clock(22, 10) - 3.hours()),
        (22, 20, at("1970-01-01T06:31:00+09:00")),
        (22, 30, at("2099-06-01T21:05:00+09:00")),
        (22, 40, at("2020-01-01T06:45:00+09:00")),
        (22, 50, clock(6, 40)),
    ] {
        until(&mut night, hour, minute);
        night.tell(&format!("the clock on the wall shows {wall}"));
        night.wall_is_off = wall.duration_since(night.truth);
        night.look();
    }

    // Two dangers of one rank, the second before the first is answered.
    until(&mut night, 23, 9);
    night.is_online = true;
    let flood = ("43", 4, clock(23, 10));
    night.publish(&[flood]);
    until(&mut night, 23, 11);
    let surge = ("48", 4, clock(23, 12));
    night.publish(&[flood, surge]);
    until(&mut night, 23, 15);
    night.touch(Command::AlertUnderstood);
    until(&mut night, 23, 16);
    night.touch(Command::AlertUnderstood);

    // The machine sleeps for hours; meanwhile something comes that wakes nobody by night.
    until(&mut night, 23, 30);
    night.is_online = false;
    let slide = ("09", 3, clock(2, 0));
    night.publish(&[flood, surge, slide]);
    night.sleep(SignedDuration::from_mins(190));
    assert_eq!(
        night.moment().now,
        clock(2, 40),
        "the minute is right at once"
    );
    night.is_online = true;

    // The disk is full when the council speaks and somebody asks for help.
    until(&mut night, 3, 0);
    night.tell("the disk is full");
    night.disk_has_room = false;
    until(&mut night, 3, 4);
    night.declare_an_emergency();
    until(&mut night, 3, 6);
    night.touch(Command::AlertHelp);
    until(&mut night, 3, 20);
    night.tell("the disk has room");
    night.disk_has_room = true;
    until(&mut night, 4, 0);

    night.lose_the_battery(
        SignedDuration::from_mins(60),
        at("2020-01-01T06:30:00+09:00"),
    );
    assert!(
        night.moment().now >= clock(4, 0),
        "it is never before the last contact"
    );
    until(&mut night, 5, 10);
    night.is_online = true;

    // The sound comes and goes twenty times; in the middle of it the flood becomes the worst.
    let worst = ("33", 5, clock(5, 30));
    for minute in 20..40 {
        night.has_sound = minute % 2 == 1;
        until(&mut night, 5, minute);
        if minute == 29 {
            night.publish(&[worst, surge, slide]);
        }
        if minute == 36 {
            night.touch(Command::AlertUnderstood);
        }
    }
    night.has_sound = true;
    until(&mut night, 6, 33);
    night.touch(Command::DueDone);
    until(&mut night, 7, 4);
    night.touch(Command::AlertUnderstood);
    until(&mut night, 8, 0);
    night
}

#[test]
fn a_night_with_every_trouble_brings_everything_once_and_where_it_belongs() {
    for wall in [
        EVENING,
        at("1970-01-01T00:00:00Z"),
        at("2020-01-01T09:00:00+09:00"),
    ] {
        let mut night = go_through(wall);
        println!(
            "began with {wall} on the wall:\n{}\n",
            night.happened.join("\n")
        );
        let came: Vec<&str> = night
            .happened
            .iter()
            .map(String::as_str)
            .filter(|line| {
                [
                    "medicine",
                    "warning",
                    "emergency",
                    "spoken",
                    "heard",
                    "help is",
                ]
                .iter()
                .any(|word| line.contains(word))
            })
            .collect();
        assert_eq!(
            came,
            [
                "21:00 medicine 1 of 2026-11-22",
                "21:00   spoken",
                "23:10 warning 43, 0 more",
                "23:10   spoken",
                "23:12 warning 48, 1 more",
                "23:12   spoken",
                "23:15 warning 43, 0 more",
                "23:15   spoken",
                "03:05 emergency, 0 more",
                "03:05   spoken",
                "03:06 help is asked for",
                "05:30 warning 33, 0 more",
                "05:30   not heard, there is no sound",
                "05:35   spoken",
                "06:30 medicine 2 of 2026-11-23",
                "06:30   spoken",
                "07:00 warning 09, 0 more",
                "07:00   spoken",
            ]
        );
        look_at_the_disk(&mut night);
    }
}

/// Every record stands there once and is dated truly, and so are request and doses.
fn look_at_the_disk(night: &mut Night) {
    let now_ms = night.moment().uptime_ms;
    let left = night.session.leave(LeaveHow::Home, now_ms);
    night.run_effects(left);
    let (outgoing, requests) = night.runtime.block_on(async {
        let outgoing = night.journal.outgoing(10_000).await.expect("reads");
        (
            outgoing,
            night
                .journal
                .requests_to_send(|_| false)
                .await
                .expect("reads"),
        )
    });
    assert_eq!(outgoing.records.len(), night.made.len());
    let mut undated = 0;
    for (record, (truth, is_known)) in outgoing.records.iter().zip(&night.made) {
        let number = |name: &str| record[name].as_i64();
        match number("clock_offset_ms") {
            Some(offset) => {
                let dated = number("happened_at").expect("a time") + offset;
                assert_eq!(dated, truth.as_millisecond(), "{record}");
            }
            // Before the council's time is known, boot and uptime tell when it was.
            None => undated += 1,
        }
        assert_eq!(record["clock_offset_ms"].is_i64(), *is_known);
    }
    // Two starts: the first evening, and after the battery.
    assert!((2..=4).contains(&undated), "{undated} records are undated");
    let count = |kind: &str| {
        outgoing
            .records
            .iter()
            .filter(|it| it["kind"] == kind)
            .count()
    };
    assert_eq!(count("alert_shown"), 4, "43, 48, 33 and 09, each once");
    assert_eq!(count("alert_answered"), 4);
    assert_eq!(count("reminder_answered"), 2);
    let made: Vec<i64> = requests.iter().map(|request| request.made_at).collect();
    assert_eq!(made, [at("2026-11-23T03:06:00+09:00").as_millisecond()]);
    let done: Vec<_> = night
        .data
        .profile()
        .done
        .iter()
        .map(|it| (it.reminder.0, it.at))
        .collect();
    let doses = [
        (1, at("2026-11-22T21:02:00+09:00")),
        (2, at("2026-11-23T06:33:00+09:00")),
    ];
    assert_eq!(done, doses);
    assert_eq!(night.session.screen(), ScreenName::Home);
}
