//! くすりと 予定: the board of reminders, a time to be chosen, and a reminder whose time has come.

use kairan_text::{message, message_in, tr};
use std::rc::Rc;

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use kairan_contract::{Language, ScreenName};
use kairan_ui::{
    DayMark, DayMarkView, ReminderRowView, RemindersFace, RemindersView, TabletWindow,
};
use slint::{ComponentHandle as _, Model as _, VecModel};

use super::{
    form_scenes::with_appointment,
    model::refilled,
    requests,
    scene::{Scene, at, reminding},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::{in_japan, time},
    profile::Profile,
    reminders::{Days, REMINDERS_LIMIT, Reminder, ReminderKind},
    session::{Command, Connection, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("reminders");

/// The board of reminders.
pub struct Reminders;

impl Screen for Reminders {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Reminders))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let mut view = board(&context.session.profile, context.now);
        let face = window.global::<RemindersFace>();
        // The rows stay that stand already, with their days.
        let standing = face.get_view().reminders;
        let rows = view.reminders.iter().enumerate().map(|(index, row)| {
            let before = standing.row_data(index).unwrap_or_default();
            let days = refilled(&before.days, row.days.iter().collect());
            ReminderRowView { days, ..row }
        });
        view.reminders = refilled(&standing, rows.collect());
        face.set_view(view);
        let appointments = requests::appointments(context.session, context.now);
        face.set_appointments(refilled(&face.get_appointments(), appointments));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let board = board(&context.session.profile, context.now);
        let appointments = requests::appointments(context.session, context.now).into_iter();
        let mut said = spoken(appointments.flat_map(|it| [it.title, it.when]));
        let rows = board.reminders.iter();
        said.extend(spoken(
            rows.flat_map(|row| [row.title, row.when, row.today]),
        ));
        said
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        match command {
            Command::Reminders => session.open_reminders(),
            Command::NewReminder => session.new_reminder(),
            Command::OpenReminder(index) => session.open_reminder(*index),
            Command::CheckInTime => session.open_check_in_time(),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "くすりの時間などを お知らせします。丸に チェックが あれば、すんだ日です。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("reminders", reminding(&[Command::Reminders])),
            Scene::of("reminders-appointment", with_appointment()),
            Scene::of(
                "reminders-none",
                at(Connection::Online, &[Command::Reminders]),
            ),
        ]
    }
}

/// The board.
pub fn board(profile: &Profile, now: Timestamp) -> RemindersView {
    let today = in_japan(now).date();
    let language = profile.language;
    let reminders = profile.reminders.iter();
    let rows: Vec<ReminderRowView> = reminders.map(|it| row(it, profile, today)).collect();
    let check_in = profile.check_in_at.map(|at| {
        let at = time(language, today.to_datetime(at));
        tr!(language, "毎日 {at}", at)
    });
    RemindersView {
        reminders: Rc::new(VecModel::from(rows)).into(),
        check_in: check_in
            .unwrap_or_else(|| tr(language, "決めていません").to_owned())
            .into(),
        may_check_in: profile.consent == Some(true),
        may_add: profile.reminders.len() < REMINDERS_LIMIT,
    }
}

fn row(reminder: &Reminder, profile: &Profile, today: Date) -> ReminderRowView {
    let language = profile.language;
    let agenda = profile.agenda();
    let answer = agenda.answer(reminder.id, today);
    let state = match answer {
        Some(done) => {
            let at = time(language, in_japan(done.at));
            tr!(language, "きょうは すみました（{at}）", at)
        }
        None if reminder.days.include(today) => tr(language, "きょうは まだです").to_owned(),
        None => tr(language, "きょうは ありません").to_owned(),
    };
    let days: Vec<DayMarkView> = agenda
        .board(reminder, today)
        .into_iter()
        .map(|(day, mark)| DayMarkView {
            day: weekday_initials(language, day).into(),
            mark: match mark {
                None => DayMark::NotDue,
                Some(true) => DayMark::Done,
                Some(false) => DayMark::NotDone,
            },
            today: day == today,
        })
        .collect();
    ReminderRowView {
        title: errand_in_words(language, reminder.errand).into(),
        when: when_in_words(language, reminder, today).into(),
        today: state.into(),
        done: answer.is_some(),
        days: Rc::new(VecModel::from(days)).into(),
    }
}

/// 毎日 午前 8時 0分.
fn when_in_words(language: Language, reminder: &Reminder, today: Date) -> String {
    let at = time(language, today.to_datetime(reminder.at));
    let days = match reminder.days {
        Days::Every => tr(language, "毎日"),
        Days::Workdays => tr(language, "月曜から 金曜"),
        Days::Weekly(day) => weekday_in_words(language, day),
    };
    format!("{days} {at}")
}

/// How many reminders of today are still open, for the tile.
pub fn open_today(profile: &Profile, now: Timestamp) -> usize {
    let today = in_japan(now).date();
    let agenda = profile.agenda();
    let mut open = profile.reminders.iter().collect::<Vec<_>>();
    open.retain(|it| it.days.include(today) && !agenda.is_done(it.id, today));
    open.len()
}

/// 月, Mo.
fn weekday_initials(language: Language, day: Date) -> &'static str {
    let words = match day.weekday() {
        Weekday::Monday => message_in("weekday over a column", "月"),
        Weekday::Tuesday => message_in("weekday over a column", "火"),
        Weekday::Wednesday => message_in("weekday over a column", "水"),
        Weekday::Thursday => message_in("weekday over a column", "木"),
        Weekday::Friday => message_in("weekday over a column", "金"),
        Weekday::Saturday => message_in("weekday over a column", "土"),
        Weekday::Sunday => message_in("weekday over a column", "日"),
    };
    words.tr(language)
}

/// What somebody is reminded of.
pub fn errand_in_words(language: Language, errand: ReminderKind) -> &'static str {
    let words = match errand {
        ReminderKind::MorningMedicine => message("朝の くすり"),
        ReminderKind::NoonMedicine => message("昼の くすり"),
        ReminderKind::EveningMedicine => message("夕方の くすり"),
        ReminderKind::BedtimeMedicine => message("寝る前の くすり"),
        ReminderKind::BloodPressure => message("血圧を はかる"),
        ReminderKind::Water => message("水を 飲む"),
        ReminderKind::Exercise => message("体操を する"),
        ReminderKind::Rubbish => message("ごみを 出す"),
    };
    words.tr(language)
}

/// 月曜日; 1 is Monday.
pub fn weekday_in_words(language: Language, day: i8) -> &'static str {
    let words = match day {
        1 => message("月曜日"),
        2 => message("火曜日"),
        3 => message("水曜日"),
        4 => message("木曜日"),
        5 => message("金曜日"),
        6 => message("土曜日"),
        _ => message("日曜日"),
    };
    words.tr(language)
}
