//! A night made short. The tablet's own session, clock, recorder, journal and choices go through it with
//! made-up time, while the clock on the wall is stepped, the machine sleeps, its battery dies, the sound
//! is gone and the disk is full. What happened is printed: `--success-output immediate` shows it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::time, tz::Offset};
use kairan_contract::{
    BootId, Content, Emergency, EmergencyId, EmergencyStage, Event, LeaveHow, Participation,
    Record, Request, RequestId, TabletId, Warning,
};
use kairan_tablet::{
    clock::{Clock, CouncilTime},
    demonstration,
    journal::Journal,
    library::ContentSnapshot,
    machine::Machine,
    recorder::{Moment, Recorder},
    reminders::{Call, Days, PromptKind, Reminder, ReminderId, ReminderKind},
    screens::{aloud::passages, home},
    session::{AlertSubject, Answer, Command, Effect, Session},
    settings::{DataFolder, Profile},
    speech::{SpeechError, SpeechEvent},
    uptime::{Reading, Uptime},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Sunday, 22 November 2026, ten to nine in the evening in Japan.
const EVENING: Timestamp = Timestamp::constant(1_795_348_200, 0);

/// What a tablet goes through.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each trouble comes and goes by itself"
)]
struct Night {
    runtime: Runtime,
    _folder: TempDir,
    data: DataFolder,
    journal: Journal,
    /// What time it really is.
    truth: Timestamp,
    switched_on: Timestamp,
    starts: u32,
    /// By how much the clock on the wall is wrong.
    wall_is_off: SignedDuration,
    is_online: bool,
    has_sound: bool,
    disk_has_room: bool,
    /// What the council says, and whether the tablet has heard it.
    world: ContentSnapshot,
    is_told: bool,
    clock: Clock,
    began: Uptime,
    session: Session,
    recorder: Recorder,
    /// What the disk has not taken yet.
    unwritten: (Vec<Record>, Vec<Request>),
    choices_unkept: bool,
    /// When each record was really made, and whether the time was known.
    made: Vec<(Timestamp, bool)>,
    on_screen: Option<String>,
    /// What came on the screen and how it was heard, with the true time.
    happened: Vec<String>,
}

impl Night {
    fn begin(wall: Timestamp) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path().to_owned()).expect("opens");
        let journal = runtime
            .block_on(Journal::open(folder.path()))
            .expect("opens");
        let mut world = demonstration::held();
        world.manifest.messages.clear();
        let reminder = |id, errand, at| Reminder {
            id: ReminderId(id),
            errand,
            at,
            days: Days::Every,
            call: Call::ToneAndVoice,
            since: "2026-11-01".parse().expect("a day"),
        };
        let choices = Profile {
            last_contact: Some(EVENING - 20.hours()),
            reminders: vec![
                reminder(1, ReminderKind::BedtimeMedicine, time(21, 0, 0, 0)),
                reminder(2, ReminderKind::MorningMedicine, time(6, 30, 0, 0)),
            ],
            ..Profile::practised()
        };
        data.keep_choices(&choices).expect("kept");
        let off = wall.duration_since(EVENING);
        let mut night = Self {
            runtime,
            _folder: folder,
            data,
            journal,
            truth: EVENING,
            switched_on: EVENING - 1.minute(),
            starts: 0,
            wall_is_off: off,
            is_online: true,
            has_sound: true,
            disk_has_room: true,
            session: Session::new(None, Profile::practised(), true),
            world,
            is_told: false,
            clock: Clock::begin(None, "", reading(EVENING, 0)),
            began: Uptime::from_millis(0),
            recorder: recorder(0),
            unwritten: (Vec::new(), Vec::new()),
            choices_unkept: false,
            made: Vec::new(),
            on_screen: None,
            happened: Vec::new(),
        };
        night.publish(&[]);
        night.start();
        night
    }

    /// What both clocks of the machine show.
    fn reading(&self) -> Reading {
        let on_for = self.truth.duration_since(self.switched_on).as_millis();
        let wall = self
            .truth
            .checked_add(self.wall_is_off)
            .expect("a time that a clock can show");
        reading(wall, u64::try_from(on_for).expect("the machine is on"))
    }

    fn moment(&self) -> Moment {
        let now = self.reading();
        Moment {
            now: self.clock.now(now),
            uptime_ms: now.uptime.since(self.began),
            happened_at: now.wall.as_millisecond(),
            clock_offset_ms: self.clock.offset_ms(now),
        }
    }

    /// The program starts with what lies on the disk.
    fn start(&mut self) {
        self.starts += 1;
        let (choices, now) = (self.data.choices(), self.reading());
        let machine_start = self.switched_on.to_string();
        self.clock = Clock::begin(choices.last_known_time().as_ref(), &machine_start, now);
        self.began = now.uptime;
        self.recorder = recorder(self.starts);
        let held = Some(Arc::new(self.world.clone()));
        self.session = Session::new(held, choices, true);
        let cause = kairan_contract::StartCause::Power;
        self.carry_out(vec![Effect::Record(None, Event::Started { cause })]);
        self.watch();
    }

    /// The battery is empty: the machine is off for so long, and has forgotten the time when it starts.
    fn lose_the_battery(&mut self, how_long: SignedDuration, wall: Timestamp) {
        self.tell("the battery is empty");
        self.truth += how_long;
        self.switched_on = self.truth - 30.seconds();
        self.wall_is_off = wall.duration_since(self.truth);
        self.is_online = false;
        self.on_screen = None;
        self.start();
        self.tell("the tablet starts");
    }

    /// Minutes pass while the machine is on.
    fn pass(&mut self, minutes: u32) {
        for _ in 0..minutes {
            self.truth += 1.minute();
            self.look();
        }
    }

    /// The machine sleeps: time runs on, and nothing is done until it wakes.
    fn sleep(&mut self, how_long: SignedDuration) {
        self.tell("the machine sleeps");
        self.truth += how_long;
        self.look();
        self.tell("the machine is awake");
    }

    /// What the program does with every minute, and when something comes.
    fn look(&mut self) {
        if self.is_online {
            self.be_in_contact();
        }
        if self.choices_unkept {
            self.keep_choices();
        }
        let records = self.recorder.quiet_until(self.moment());
        for record in records {
            self.write(record);
        }
        self.write_down();
        self.watch();
    }

    fn be_in_contact(&mut self) {
        let uptime = self.reading().uptime;
        self.clock.hear(CouncilTime {
            stamped: self.truth,
            asked: uptime,
            answered: uptime,
        });
        let now = self.moment();
        let is_news = self.data.choices().contact.is_none();
        let contact = self.clock.contact(self.reading());
        let mut effects = self.session.set_last_contact(now.now, contact);
        effects.extend(self.session.answered(Answer::Kept, now.uptime_ms));
        if is_news || self.truth.as_second().rem_euclid(3600) == 0 {
            effects.push(Effect::SaveProfile);
        }
        if !std::mem::replace(&mut self.is_told, true) {
            let held = Arc::new(self.world.clone());
            effects.extend(self.session.set_content(held, now.uptime_ms));
        }
        self.carry_out(effects);
    }

    fn watch(&mut self) {
        let now = self.moment();
        let effects = self.session.tick(now.now, now.uptime_ms);
        self.note_the_screen();
        self.carry_out(effects);
    }

    fn touch(&mut self, action: Command) {
        self.tell(&format!("touch {action:?}"));
        let now = self.moment();
        let records = self.recorder.touched(now);
        for record in records {
            self.write(record);
        }
        let effects = self.session.update(action, now.now, now.uptime_ms);
        self.carry_out(effects);
        self.watch();
    }

    fn note_the_screen(&mut self) {
        let shown = match (self.session.alert(), self.session.due()) {
            (Some(alert), _) => Some(match &alert.danger {
                AlertSubject::Warning { warning, .. } | AlertSubject::Practice(warning) => {
                    format!("warning {}, {} more", warning.code, alert.others)
                }
                AlertSubject::Emergency { .. } => format!("emergency, {} more", alert.others),
            }),
            (None, Some(due)) => Some(match due.kind {
                PromptKind::Reminder(id, day) => format!("medicine {} of {day}", id.0),
                other => format!("{other:?}"),
            }),
            (None, None) => None,
        };
        if self.on_screen != shown {
            if let Some(shown) = &shown {
                self.tell(shown);
            }
            self.on_screen = shown;
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Record(service, event) => {
                    let record = self.recorder.record(self.moment(), service, event);
                    self.write(record);
                }
                Effect::EndVisit(cause) => {
                    let ended = self.recorder.end_visit(self.moment(), cause);
                    if let Some(record) = ended {
                        self.write(record);
                    }
                }
                Effect::SaveProfile => self.keep_choices(),
                Effect::Ask(what) => {
                    self.tell("help is asked for");
                    self.unwritten.1.push(Request {
                        id: RequestId(Uuid::new_v4()),
                        made_at: self.moment().now.as_millisecond(),
                        what,
                    });
                }
                Effect::ReadScreen { .. } => self.read_screen(),
                _ => {}
            }
        }
        self.write_down();
    }

    fn read_screen(&mut self) {
        let now = self.moment();
        let passages = passages(&self.session, 0..0, &Machine::default(), now.now);
        assert!(!passages.is_empty(), "there is something to say");
        let turn = self.session.begin_reading(passages, false);
        let heard = if self.has_sound {
            self.tell("  spoken");
            SpeechEvent::Ended { turn }
        } else {
            self.tell("  not heard, there is no sound");
            let why = SpeechError::NoSpeaker;
            SpeechEvent::Cannot { turn, why }
        };
        let effects = self.session.on_speech_event(heard, now.uptime_ms);
        self.carry_out(effects);
    }

    fn keep_choices(&mut self) {
        self.choices_unkept = !self.disk_has_room;
        if self.disk_has_room {
            self.data.keep_choices(&self.session.profile).expect("kept");
        }
    }

    fn write(&mut self, record: Record) {
        self.made
            .push((self.truth, record.clock_offset_ms.is_some()));
        self.unwritten.0.push(record);
    }

    fn write_down(&mut self) {
        if self.disk_has_room {
            let (records, requests) = std::mem::take(&mut self.unwritten);
            self.runtime.block_on(async {
                for request in &requests {
                    let kept = self.journal.keep_request(request).await;
                    kept.expect("the disk has room");
                }
                let kept = self.journal.append(&records).await;
                kept.expect("the disk has room");
            });
        }
    }

    /// The weather service says what is in force, as code, level, and when it began.
    fn publish(&mut self, in_force: &[(&str, u8, Timestamp)]) {
        let codes: Vec<(&str, u8)> = in_force
            .iter()
            .map(|(code, level, _)| (*code, *level))
            .collect();
        demonstration::make_real(&mut self.world, &codes);
        let tile = "warnings".parse().expect("an id");
        if let Some(Content::Warnings(warnings)) = self.world.contents.get_mut(&tile) {
            warnings.reported_at = self.truth;
            let set = |(warning, (.., since)): (&mut Warning, &(&str, u8, Timestamp))| {
                warning.since = *since;
            };
            warnings.in_force.iter_mut().zip(in_force).for_each(set);
        }
        self.is_told = false;
    }

    fn declare_an_emergency(&mut self) {
        self.world.manifest.emergencies = vec![Emergency {
            id: EmergencyId(Uuid::from_u128(7)),
            edition: 1,
            stage: EmergencyStage::Released,
            title: "ひだまり川が あふれます".to_owned(),
            text: "川の近くの 人は、すぐに 高いところへ。".to_owned(),
            drill: false,
            released_at: self.truth,
            until: self.truth + 12.hours(),
        }];
        self.is_told = false;
    }

    fn tell(&mut self, what: &str) {
        let at = Offset::constant(9)
            .to_datetime(self.truth)
            .strftime("%H:%M");
        self.happened.push(format!("{at} {what}"));
    }
}

fn reading(wall: Timestamp, uptime: u64) -> Reading {
    Reading {
        wall,
        uptime: Uptime::from_millis(uptime),
    }
}

fn recorder(start: u32) -> Recorder {
    Recorder::new(
        TabletId(Uuid::from_u128(1)),
        Participation(Uuid::from_u128(2)),
        BootId(Uuid::from_u128(start.into())),
    )
}

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
    night.carry_out(left);
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
        .choices()
        .done
        .iter()
        .map(|it| (it.reminder.0, it.at))
        .collect();
    let doses = [
        (1, at("2026-11-22T21:02:00+09:00")),
        (2, at("2026-11-23T06:33:00+09:00")),
    ];
    assert_eq!(done, doses);
    assert_eq!(night.session.screen(), home::NAME);
}
