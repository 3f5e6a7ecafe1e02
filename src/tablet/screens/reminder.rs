//! A reminder, or messages, whose time has come.

use jiff::Timestamp;
use kairan_contract::{Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{ReminderFace, ReminderView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    message,
    reminders::errand_in_words,
    request,
    scene::{Scene, at, in_the_morning, when_due},
    screen::{Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::{in_japan, time},
    demonstration::now,
    profile::Profile,
    reminders::{PromptKind, ReminderId, ReminderKind},
    screens::icons::icon,
    session::{Connection, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("reminder");

/// What is due, with its two answers.
pub struct ReminderScreen;

impl Screen for ReminderScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        let due = session.due().map(|due| due.kind);
        matches!(
            due,
            Some(
                PromptKind::Reminder(..)
                    | PromptKind::Messages(_)
                    | PromptKind::Answer(..)
                    | PromptKind::Appointment(..)
            )
        )
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        if let Some(view) = card(context.session, context.now) {
            window.global::<ReminderFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let card = card(context.session, context.now);
        spoken(card.into_iter().flat_map(|view| [view.title, view.words]))
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "くすりの時間などを お知らせします。丸に チェックが あれば、すんだ日です。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("reminder", when_due(8, 5)).when(in_the_morning(8, 5)),
            Scene::of("message-due", message_due()),
        ]
    }
}

fn message_due() -> Session {
    let mut session = at(Connection::Online, &[]);
    session.tick(now(), 60_000);
    session
}

/// A reminder whose time has come.
fn card(session: &Session, now: Timestamp) -> Option<ReminderView> {
    match session.due()?.kind {
        PromptKind::Reminder(id, _) => Some(due(id, &session.profile, now)),
        PromptKind::Messages(_) => Some(message::due(session, now)),
        PromptKind::Answer(id, _) | PromptKind::Appointment(id, _) => {
            request::due(session, id, now)
        }
        PromptKind::CheckIn(_) => None,
    }
}

fn due(id: ReminderId, profile: &Profile, now: Timestamp) -> ReminderView {
    let language = profile.language;
    let Some(reminder) = profile.reminders.iter().find(|it| it.id == id) else {
        return ReminderView::default();
    };
    let today = in_japan(now).date();
    let at = time(language, today.to_datetime(reminder.at));
    let (words, done) = if reminder.errand.is_medicine() {
        (
            tr!(language, "{at}の くすりです。飲みましたか。", at),
            tr(language, "飲みました"),
        )
    } else {
        (
            tr!(language, "{at}の お知らせです。", at),
            tr(language, "できました"),
        )
    };
    let picture = match reminder.errand {
        ReminderKind::Water => "drop",
        ReminderKind::BloodPressure => "heartbeat",
        ReminderKind::Exercise => "person-simple-tai-chi",
        ReminderKind::Rubbish => "trash",
        _ => "pill",
    };
    ReminderView {
        icon: icon(picture),
        title: errand_in_words(language, reminder.errand).into(),
        words: words.into(),
        done: done.into(),
    }
}
