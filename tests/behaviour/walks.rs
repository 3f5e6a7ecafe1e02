//! What a person of 85 comes for, alone, through the real window: seeing only what stands on the glass,
//! with a steady hand, one that trembles, and one that presses for long.

use std::{thread::sleep, time::Duration};

use jiff::{Timestamp, civil::Time, tz::Offset};
use kairan_tests::{
    council::{LANDSLIDE, NO_WARNING, WARNINGS_TILE},
    house::House,
    programs::{Backend, Tablet},
    until,
};

use crate::usage_table::records;

/// A finger that waits as long as the tablet takes a second tap for a tremor.
const PATIENCE: Duration = Duration::from_millis(750);

const HANDS: [&str; 3] = ["steady", "tremor", "long"];

/// A person before a tablet.
struct Person<'t> {
    tablet: &'t mut Tablet,
}

impl<'t> Person<'t> {
    fn with_hand(tablet: &'t mut Tablet, hand: &str) -> Self {
        tablet.take_hand(hand);
        // Nobody touches in the very moment in which the screen changes.
        sleep(PATIENCE);
        Self { tablet }
    }

    fn sees(&mut self, text: &str) -> bool {
        self.tablet.look().lines().any(|line| line.contains(text))
    }

    fn waits_for(&mut self, text: &str) {
        self.tablet.wait_for_sight(text);
        sleep(PATIENCE);
    }

    /// Touches what is called so, once; turns down until it is in sight.
    fn touches(&mut self, label: &str) {
        for _ in 0..12 {
            if self.tablet.touch(label) {
                sleep(PATIENCE);
                return;
            }
            assert!(self.tablet.touch("つぎ"), "`{label}` is not there");
            sleep(PATIENCE);
        }
        panic!("`{label}` is nowhere, but:\n{}", self.tablet.look());
    }

    /// Turns down until a text is in sight.
    fn turns_to(&mut self, text: &str) {
        for _ in 0..12 {
            if self.sees(text) {
                return;
            }
            assert!(self.tablet.touch("つぎ"), "`{text}` is not there");
            sleep(PATIENCE);
        }
        panic!("`{text}` is nowhere, but:\n{}", self.tablet.look());
    }
}

/// A tile of a timetable, as [`timetable_of_today`] makes one.
pub const BUS_TILE: &str = r#"
[[service]]
id = "bus"
provider = "city"
category = "news"
title = "バスの時刻"
reading = "ばすのじこく"
summary = "市役所から"
icon = "bus"
content = { kind = "timetable", url = "bus.zip", stop = "市役所前" }
"#;

#[test]
fn finds_the_next_bus() {
    let house = House::new();
    house.council.add_tile(BUS_TILE);
    house.council.write_bytes("bus.zip", &timetable_of_today());
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("バスの時刻");
    for hand in HANDS {
        let mut person = Person::with_hand(&mut tablet, hand);
        person.touches("バスの時刻");
        person.waits_for("温泉行き");
        let bus = person.tablet.look();
        let title = bus.lines().find(|line| line.contains("温泉行き"));
        let title = title.expect("it was just there").to_owned();
        person.touches(&title);
        person.waits_for("に 出ます");
        person.turns_to("市役所前");
        person.touches("はじめ");
        person.waits_for("市からのお知らせ");
    }
    tablet.close();
    backend.stop();
}

/// A timetable of the fictional city: a bus every ten minutes, every day of this year and the next.
pub fn timetable_of_today() -> Vec<u8> {
    use std::{fmt::Write as _, io::Write as _};
    let today = Offset::constant(9).to_datetime(Timestamp::now()).date();
    let year = today.year();
    let mut trips = String::from("route_id,service_id,trip_id,trip_headsign\n");
    let mut times = String::from("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n");
    for number in 0..24 * 6 + 6 {
        let (hour, minute) = (number / 6, number % 6 * 10);
        let _ = writeln!(trips, "a,every,t{number},温泉行き");
        let _ = writeln!(
            times,
            "t{number},{hour:02}:{minute:02}:00,{hour:02}:{minute:02}:00,1,1"
        );
        let _ = writeln!(
            times,
            "t{number},{hour:02}:{minute:02}:30,{hour:02}:{minute:02}:30,2,2"
        );
    }
    let files = [
        ("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\n1,ひだまりバス,https://example.com,Asia/Tokyo\n".to_owned()),
        ("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\n1,市役所前,34.5,135.5\n2,温泉,34.6,135.5\n".to_owned()),
        ("routes.txt", "route_id,agency_id,route_short_name,route_type\na,1,A線,3\n".to_owned()),
        ("trips.txt", trips),
        ("stop_times.txt", times),
        ("calendar.txt", format!("service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nevery,1,1,1,1,1,1,1,{}0101,{}1231\n", year, year + 1)),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .expect("begins");
        archive.write_all(text.as_bytes()).expect("writes");
    }
    archive.finish().expect("ends").into_inner()
}

#[test]
fn has_a_notice_read_aloud() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("あたらしい記事 2件");
    for hand in HANDS {
        let mut person = Person::with_hand(&mut tablet, hand);
        person.touches("市からのお知らせ");
        person.waits_for("敬老会をひらきます");
        person.touches("敬老会をひらきます");
        person.waits_for("敬老会をひらきますの本文です。");
        person.tablet.sounds.clear();
        assert!(person.tablet.touch("読み上げ"));
        until("the voice", || {
            person.tablet.marked();
            (person.tablet.sounds.len() >= 3).then_some(())
        });
        until("the end of the reading", || {
            (person.tablet.marked().is_empty() && !person.sees("とめる")).then_some(())
        });
        sleep(PATIENCE);
        person.touches("はじめ");
        person.waits_for("市からのお知らせ");
    }
    tablet.close();
    let heard = until("the records", || {
        let kept = records(house.server());
        let heard = kept.iter().filter(|it| it.kind == "read_aloud").count();
        (heard >= 3).then_some(heard)
    });
    assert_eq!(heard, 3, "each reading is written down once");
    backend.stop();
}

#[test]
fn asks_to_be_rung_while_the_backend_is_down() {
    for hand in HANDS {
        let house = House::new();
        let backend = house.backend();
        let (address, port) = (backend.address.clone(), backend.host_and_port());
        let mut tablet = house.enrolled_tablet(&backend);
        tablet.wait_for("市からのお知らせ");
        backend.stop();
        let mut person = Person::with_hand(&mut tablet, hand);
        person.waits_for("今は つながっていません");
        person.touches("困ったとき");
        person.waits_for("0120-000-000");
        person.touches("電話を かけてほしい");
        person.waits_for("係の者に 電話を たのみますか");
        person.touches("はい、電話を ください");
        person.waits_for("まだ 届いて いません");
        // The tablet is switched off meanwhile: what stands on its disk still arrives.
        tablet.kill();
        let mut tablet = house.tablet_at(&address);
        tablet.wait_for("市からのお知らせ");
        let backend = Backend::start_at(&house.council, house.server(), &port, &[]);
        let open = until("the request", || {
            let open = backend.open_requests();
            (!open.is_empty()).then_some(open)
        });
        assert_eq!(open.len(), 1, "with a {hand} hand: {open:?}");
        assert!(open[0].contains("call_back from home"), "{open:?}");
        tablet.close();
        backend.stop();
    }
}

#[test]
fn sees_the_request_arrive() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("市からのお知らせ");
    let mut person = Person::with_hand(&mut tablet, "steady");
    person.touches("困ったとき");
    person.touches("電話を かけてほしい");
    person.touches("はい、電話を ください");
    person.waits_for("届きました");
    person.touches("はじめ");
    person.waits_for("市からのお知らせ");
    tablet.close();
    backend.stop();
}

#[test]
fn takes_a_medicine_and_is_not_asked_again() {
    for hand in HANDS {
        let house = House::new();
        let backend = house.backend();
        let here = Offset::constant(9).to_datetime(Timestamp::now());
        let now = here.time();
        let at = Time::new(now.hour(), now.minute(), 0, 0).expect("a time");
        std::fs::write(
            house.tablet().join("choices.json"),
            format!(
                r#"{{"first_use_done":true,"consent":true,"reminders":[{{"id":1,"errand":"morning_medicine","at":"{at}","days":"every","call":"tone_and_voice","since":"{}"}}]}}"#,
                here.date()
            ),
        )
        .expect("writes");
        let mut tablet = house.enrolled_tablet(&backend);
        let mut person = Person::with_hand(&mut tablet, hand);
        person.waits_for("飲みましたか。");
        until("the reminder's tone and voice", || {
            person.tablet.look();
            (person.tablet.sounds.len() >= 2).then_some(())
        });
        person.touches("飲みました");
        person.waits_for("市からのお知らせ");
        person.touches("くすりと 予定");
        person.waits_for("きょうは すみました");
        // What was answered is remembered, whatever is switched off.
        tablet.kill();
        let mut tablet = house.tablet_at(&backend.address);
        tablet.wait_for("市からのお知らせ");
        let mut person = Person::with_hand(&mut tablet, "steady");
        person.touches("くすりと 予定");
        person.waits_for("きょうは すみました");
        tablet.close();
        let told = until("the record", || {
            let kept = records(house.server());
            kept.into_iter().find(|it| it.kind == "reminder_answered")
        });
        assert_eq!(
            told.service, None,
            "which reminder it was stays on the tablet"
        );
        backend.stop();
    }
}

#[test]
fn sets_a_reminder_with_touches_alone() {
    // A medicine that does not ring while it is being set.
    let is_morning = Offset::constant(9).to_datetime(Timestamp::now()).hour() < 12;
    let (medicine, set) = if is_morning {
        ("夕方の くすり", "月曜から 金曜 午後 6時 10分")
    } else {
        ("朝の くすり", "月曜から 金曜 午前 8時 10分")
    };
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("市からのお知らせ");
    let mut person = Person::with_hand(&mut tablet, "tremor");
    person.touches("くすりと 予定");
    person.touches("お知らせを ふやす");
    person.touches(medicine);
    person.waits_for("何時ですか");
    person.touches("10分 あとに");
    person.touches("これで よい");
    person.touches("月曜から 金曜");
    person.touches("音だけ");
    person.waits_for(set);
    person.touches(medicine);
    person.touches("お知らせを やめる");
    person.touches("いいえ、つづけます");
    person.waits_for(set);
    tablet.close();
    backend.stop();
}

#[test]
fn goes_through_first_use() {
    for (hand, consents) in [("steady", true), ("tremor", false), ("long", true)] {
        let house = House::new();
        let backend = house.backend();
        let mut tablet = Tablet::start_at_first_use(&backend.address, house.tablet());
        let mut person = Person::with_hand(&mut tablet, hand);
        person.waits_for("8つの数字を 押してください");
        let code = backend.enrolment_code();
        for digit in code.chars() {
            person.touches(&digit.to_string());
        }
        person.waits_for("ことばを 選んでください");
        person.touches("日本語");
        person.waits_for("どれが 読みやすいですか");
        person.touches("大きい文字");
        person.touches("これで よい");
        person.waits_for("どの声が 聞きやすいですか");
        person.touches("大きい声");
        person.touches("これで よい");
        person.waits_for("下の 四角を 1回 押してみましょう");
        person.touches("ここを 押す");
        person.waits_for("「つぎ」を 押してみましょう");
        person.touches("つぎ");
        person.waits_for("「もどる」を 押してみましょう");
        person.touches("もどる");
        person.waits_for("「はじめ」を 押してみましょう");
        person.touches("はじめ");
        person.waits_for("使った記録を 役立てても よいですか");
        person.touches(if consents {
            "はい、役立ててください"
        } else {
            "いいえ、記録しないで ください"
        });
        person.waits_for("市からのお知らせ");
        person.touches("市からのお知らせ");
        person.waits_for("敬老会をひらきます");
        tablet.close();
        backend.stop();
        let kept = records(house.server());
        assert_eq!(
            !kept.is_empty(),
            consents,
            "with a {hand} hand: {} records",
            kept.len()
        );
        let choices = std::fs::read_to_string(house.tablet().join("choices.json")).expect("reads");
        assert!(choices.contains(r#""text_size":"large""#), "{choices}");
        assert!(choices.contains(r#""loudness":"loud""#), "{choices}");
    }
}

#[test]
fn answers_a_warning() {
    for hand in HANDS {
        let house = House::new();
        house.council.publish_warnings(NO_WARNING);
        house.council.add_tile(WARNINGS_TILE);
        let backend = house.backend();
        let mut tablet = house.enrolled_tablet(&backend);
        tablet.wait_for("市からのお知らせ");
        let mut person = Person::with_hand(&mut tablet, hand);
        person.touches("市からのお知らせ");
        person.waits_for("敬老会をひらきます");
        house.council.publish_warnings(LANDSLIDE);
        person.waits_for("土砂災害危険警報");
        assert!(person.sees("わかりました") && person.sees("助けが ほしい"));
        until("the chime", || {
            person.tablet.look();
            (!person.tablet.sounds.is_empty()).then_some(())
        });
        person.touches("わかりました");
        person.waits_for("はじめ");
        assert!(!person.sees("わかりました"), "{}", person.tablet.look());
        // What was answered is never shown twice, whatever is switched off.
        tablet.kill();
        let mut tablet = house.tablet_at(&backend.address);
        tablet.wait_for("市からのお知らせ");
        sleep(2 * PATIENCE);
        assert!(!tablet.look().contains("わかりました"));
        tablet.close();
        let kept = records(house.server());
        let count = |kind: &str| kept.iter().filter(|it| it.kind == kind).count();
        assert_eq!(
            (count("alert_shown"), count("alert_answered")),
            (1, 1),
            "{hand}"
        );
        backend.stop();
    }
}

#[test]
fn answers_a_questionnaire_and_reads_a_message() {
    let house = House::new();
    house.council.write(
        "survey.toml",
        "id = \"first-month\"\ntitle = \"使ってみて\"\npurpose = \"役立てます。\"\n[[question]]\nwords = \"読みやすいですか。\"\nchoices = [\"はい\", \"いいえ\"]\n[[question]]\nwords = \"また 使いますか。\"\nchoices = [\"はい\", \"いいえ\"]\n",
    );
    house.council.add_tile(
        r#"
[[message]]
id = "hello"
title = "のりばが 新しく なりました"
text = "屋根が つきました。"
until = 2099-12-31

[[service]]
id = "survey"
provider = "city"
category = "news"
title = "アンケート"
reading = "あんけーと"
summary = "声をきかせて"
icon = "clipboard-text"
content = { kind = "questionnaire", file = "survey.toml" }
"#,
    );
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("お便り");
    let mut person = Person::with_hand(&mut tablet, "tremor");
    // By day the message comes by itself; at any hour it stands on its tile.
    if person.sees("市から お便りが 届きました") {
        person.touches("読む");
    } else {
        person.touches("市からの お便り");
    }
    person.waits_for("屋根が つきました。");
    person.touches("はじめ");
    person.touches("アンケート");
    person.waits_for("読みやすいですか。");
    person.touches("いいえ");
    person.waits_for("また 使いますか。");
    person.touches("はい");
    person.waits_for("ありがとう ございました");
    person.touches("はじめの 画面へ");
    person.waits_for("市からのお知らせ");
    tablet.close();
    let kept = records(house.server());
    let answers = kept.iter().filter(|it| it.kind == "question_answered");
    assert_eq!(answers.count(), 2);
    assert!(kept.iter().any(|it| it.kind == "form_sent"));
    backend.stop();
}

#[test]
fn finds_a_locked_tablet_saying_whom_to_ring_and_still_warning() {
    let house = House::new();
    house.council.publish_warnings(NO_WARNING);
    house.council.add_tile(WARNINGS_TILE);
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.go("市からのお知らせ", "敬老会をひらきます");
    let loan = until("a record", || {
        records(house.server())
            .first()
            .map(|it| it.participation.clone())
    });
    backend.lock(&loan, true);
    tablet.wait_for("このタブレットは お休み中です");
    tablet.wait_for("0120-000-000");
    assert!(!tablet.touch("はじめ"), "nothing leads past it");
    house.council.publish_warnings(LANDSLIDE);
    tablet.wait_for("危険な場所から全員避難。");
    tablet.go("わかりました", "このタブレットは お休み中です");
    house.council.publish_warnings(NO_WARNING);
    // A restart does not open it.
    tablet.kill();
    let mut tablet = house.tablet_at(&backend.address);
    tablet.wait_for("このタブレットは お休み中です");
    backend.lock(&loan, false);
    tablet.wait_for("市からのお知らせ");
    tablet.go("市からのお知らせ", "敬老会をひらきます");
    tablet.close();
    backend.stop();
}
