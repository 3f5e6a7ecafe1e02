//! The tablet that goes through the night, with a world that may be turned.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::time, tz::Offset};
use kairan_contract::{
    BootId, Content, Emergency, EmergencyId, EmergencyStage, Event, Participation, Record, Request,
    RequestId, TabletId, Warning,
};
use kairan_tablet::{
    clock::{Clock, CouncilTime},
    data_folder::DataFolder,
    demonstration,
    journal::Journal,
    library::ContentSnapshot,
    machine::Machine,
    profile::Profile,
    recorder::{Moment, Recorder},
    reminders::{Call, Days, PromptKind, Reminder, ReminderId, ReminderKind},
    screens::aloud::passages,
    session::{AlertSubject, BackendAnswer, Command, Effect, Session},
    speech::{SpeechError, SpeechEvent},
    uptime::{MachineTime, Uptime},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Sunday, 22 November 2026, ten to nine in the evening in Japan.
pub(super) const EVENING: Timestamp = Timestamp::constant(1_795_348_200, 0);

/// What a tablet goes through.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each trouble comes and goes by itself"
)]
pub(super) struct Night {
    pub(super) runtime: Runtime,
    pub(super) _folder: TempDir,
    pub(super) data: DataFolder,
    pub(super) journal: Journal,
    /// What time it really is.
    pub(super) truth: Timestamp,
    pub(super) switched_on: Timestamp,
    pub(super) starts: u32,
    /// By how much the clock on the wall is wrong.
    pub(super) wall_is_off: SignedDuration,
    pub(super) is_online: bool,
    pub(super) has_sound: bool,
    pub(super) disk_has_room: bool,
    /// What the council says, and whether the tablet has heard it.
    pub(super) world: ContentSnapshot,
    pub(super) is_told: bool,
    pub(super) clock: Clock,
    pub(super) began: Uptime,
    pub(super) session: Session,
    pub(super) recorder: Recorder,
    /// What the disk has not taken yet.
    pub(super) unwritten: (Vec<Record>, Vec<Request>),
    pub(super) profile_unsaved: bool,
    /// When each record was really made, and whether the time was known.
    pub(super) made: Vec<(Timestamp, bool)>,
    pub(super) on_screen: Option<String>,
    /// What came on the screen and how it was heard, with the true time.
    pub(super) happened: Vec<String>,
}

impl Night {
    pub(super) fn begin(wall: Timestamp) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path().to_owned()).expect("opens");
        let journal = runtime
            .block_on(Journal::open(folder.path()))
            .expect("opens");
        let mut world = demonstration::snapshot();
        world.manifest.messages.clear();
        let reminder = |id, errand, at| Reminder {
            id: ReminderId(id),
            errand,
            at,
            days: Days::Every,
            call: Call::ToneAndVoice,
            since: "2026-11-01".parse().expect("a day"),
        };
        let profile = Profile {
            last_contact: Some(EVENING - 20.hours()),
            reminders: vec![
                reminder(1, ReminderKind::BedtimeMedicine, time(21, 0, 0, 0)),
                reminder(2, ReminderKind::MorningMedicine, time(6, 30, 0, 0)),
            ],
            ..Profile::practised()
        };
        data.save_profile(&profile).expect("kept");
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
            clock: Clock::start(None, "", reading(EVENING, 0)),
            began: Uptime::from_millis(0),
            recorder: recorder(0),
            unwritten: (Vec::new(), Vec::new()),
            profile_unsaved: false,
            made: Vec::new(),
            on_screen: None,
            happened: Vec::new(),
        };
        night.publish(&[]);
        night.start();
        night
    }

    /// What both clocks of the machine show.
    fn reading(&self) -> MachineTime {
        let on_for = self.truth.duration_since(self.switched_on).as_millis();
        let wall = self
            .truth
            .checked_add(self.wall_is_off)
            .expect("a time that a clock can show");
        reading(wall, u64::try_from(on_for).expect("the machine is on"))
    }

    pub(super) fn moment(&self) -> Moment {
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
        let (profile, now) = (self.data.profile(), self.reading());
        let machine_start = self.switched_on.to_string();
        self.clock = Clock::start(profile.last_known_time().as_ref(), &machine_start, now);
        self.began = now.uptime;
        self.recorder = recorder(self.starts);
        let snapshot = Some(Arc::new(self.world.clone()));
        self.session = Session::new(snapshot, profile, true);
        let cause = kairan_contract::StartCause::Power;
        self.run_effects(vec![Effect::Record(None, Event::Started { cause })]);
        self.watch();
    }

    /// The battery is empty: the machine is off for so long, and has forgotten the time when it starts.
    pub(super) fn lose_the_battery(&mut self, how_long: SignedDuration, wall: Timestamp) {
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
    pub(super) fn pass(&mut self, minutes: u32) {
        for _ in 0..minutes {
            self.truth += 1.minute();
            self.look();
        }
    }

    /// The machine sleeps: time runs on, and nothing is done until it wakes.
    pub(super) fn sleep(&mut self, how_long: SignedDuration) {
        self.tell("the machine sleeps");
        self.truth += how_long;
        self.look();
        self.tell("the machine is awake");
    }

    /// What the program does with every minute, and when something comes.
    pub(super) fn look(&mut self) {
        if self.is_online {
            self.be_in_contact();
        }
        if self.profile_unsaved {
            self.keep_choices();
        }
        let records = self.recorder.end_idle_visit(self.moment());
        for record in records {
            self.write(record);
        }
        self.write_down();
        self.watch();
    }

    fn be_in_contact(&mut self) {
        let uptime = self.reading().uptime;
        self.clock.synchronize(CouncilTime {
            stamped: self.truth,
            asked: uptime,
            answered: uptime,
        });
        let now = self.moment();
        let is_news = self.data.profile().contact.is_none();
        let contact = self.clock.contact(self.reading());
        let mut effects = self.session.set_last_contact(now.now, contact);
        effects.extend(self.session.answered(BackendAnswer::Kept, now.uptime_ms));
        if is_news || self.truth.as_second().rem_euclid(3600) == 0 {
            effects.push(Effect::SaveProfile);
        }
        if !std::mem::replace(&mut self.is_told, true) {
            let snapshot = Arc::new(self.world.clone());
            effects.extend(self.session.set_content(snapshot, now.uptime_ms));
        }
        self.run_effects(effects);
    }

    fn watch(&mut self) {
        let now = self.moment();
        let effects = self.session.tick(now.now, now.uptime_ms);
        self.note_the_screen();
        self.run_effects(effects);
    }

    pub(super) fn touch(&mut self, action: Command) {
        self.tell(&format!("touch {action:?}"));
        let now = self.moment();
        let records = self.recorder.touched(now);
        for record in records {
            self.write(record);
        }
        let effects = self.session.update(action, now.now, now.uptime_ms);
        self.run_effects(effects);
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

    pub(super) fn run_effects(&mut self, effects: Vec<Effect>) {
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
        self.run_effects(effects);
    }

    fn keep_choices(&mut self) {
        self.profile_unsaved = !self.disk_has_room;
        if self.disk_has_room {
            self.data.save_profile(&self.session.profile).expect("kept");
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
    pub(super) fn publish(&mut self, in_force: &[(&str, u8, Timestamp)]) {
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

    pub(super) fn declare_an_emergency(&mut self) {
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

    pub(super) fn tell(&mut self, what: &str) {
        let at = Offset::constant(9)
            .to_datetime(self.truth)
            .strftime("%H:%M");
        self.happened.push(format!("{at} {what}"));
    }
}

pub(super) fn reading(wall: Timestamp, uptime: u64) -> MachineTime {
    MachineTime {
        wall,
        uptime: Uptime::from_millis(uptime),
    }
}

pub(super) fn recorder(start: u32) -> Recorder {
    Recorder::new(
        TabletId(Uuid::from_u128(1)),
        Participation(Uuid::from_u128(2)),
        BootId(Uuid::from_u128(start.into())),
    )
}
