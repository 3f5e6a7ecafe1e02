//! The only bridge between the tablet and its face: [`show`] fills the face's properties from a
//! session, [`connect`] turns the face's callbacks into actions.

use std::{ops::Range, rc::Rc};

use jiff::Timestamp;
use kairan_contract::{Content, Language, ScreenName, Sha256, TextSize};
use kairan_text::{joined_by_phrase, spoken_language};
use kairan_ui::{
    Aloud, ChoiceView, Face, Phrases, QuestionView, Screen, TabletWindow, TextSizeChoice, Theme,
    Touches, Wish,
};
use slint::{ComponentHandle as _, Image, Model as _, ModelRc, VecModel};

use crate::{
    items::is_list,
    machine::Machine,
    screens::{
        alert, article, call_back, head, help, home,
        list::{self, Counting},
        message, neighbourhood, pad, practice, programme, question, questionnaire, reminders,
        stops, this_tablet, top, weather,
    },
    session::{Command, Route, Session},
};

/// What the tablet does when a finger does something.
pub trait InputHandler {
    /// A finger comes down, on something or on nothing.
    fn put_down(&self) {}
    /// Whether a tap counts now; one that does not is counted.
    fn accepts_touch(&self) -> bool;
    /// A finger slid too far for a tap.
    fn slid(&self);
    /// A tap asks for something.
    fn act(&self, action: Command);
}

/// Turns the face's callbacks into actions.
pub fn connect(window: &TabletWindow, hands: &Rc<impl InputHandler + 'static>) {
    join_phrases(window);

    let touches = window.global::<Touches>();
    let held = Rc::clone(hands);
    touches.on_put_down(move || held.put_down());
    let held = Rc::clone(hands);
    touches.on_accepted(move || held.accepts_touch());
    let held = Rc::clone(hands);
    touches.on_slid(move || held.slid());
    let held = Rc::clone(hands);
    touches.on_turned(move || held.act(Command::Turned));

    let face = window.global::<Face>();
    let (held, weak) = (Rc::clone(hands), window.as_weak());
    face.on_wish(move |wish| {
        // はじめ is the first page of the tiles; もどる leads back to the page one came from.
        if let (Wish::Home, Some(window)) = (wish, weak.upgrade()) {
            window.global::<Face>().set_home_page(0);
        }
        held.act(action_of(wish));
    });
    let held = Rc::clone(hands);
    face.on_choose_text_size(move |choice| held.act(Command::ChooseTextSize(size_of(choice))));
    let held = Rc::clone(hands);
    let weak = window.as_weak();
    face.on_open_tile(move |id| {
        if let Some(window) = weak.upgrade() {
            window.global::<Face>().set_list_offset(0.0);
            window.global::<Face>().set_article_offset(0.0);
        }
        // The face only knows ids that it was given.
        if id == home::REMINDERS_TILE {
            held.act(Command::Reminders);
        } else if id == message::MESSAGES_TILE {
            held.act(Command::Messages);
        } else if let Ok(id) = id.as_str().parse() {
            held.act(Command::OpenTile(id));
        }
    });
    let held = Rc::clone(hands);
    let weak = window.as_weak();
    face.on_open_row(move |id| {
        if let Some(window) = weak.upgrade() {
            window.global::<Face>().set_article_offset(0.0);
        }
        held.act(Command::OpenRow(id.into()));
    });
    let held = Rc::clone(hands);
    face.on_digit(move |digit| {
        if let Some(digit) = digit.chars().next() {
            held.act(Command::Digit(digit));
        }
    });
    let held = Rc::clone(hands);
    face.on_choose(move |index| held.act(Command::Choose(place_of(index))));
    let held = Rc::clone(hands);
    face.on_open_reminder(move |index| held.act(Command::OpenReminder(place_of(index))));
    let held = Rc::clone(hands);
    face.on_move_time(move |minutes| held.act(Command::MoveTime(minutes)));
}

fn action_of(wish: Wish) -> Command {
    match wish {
        Wish::Home => Command::Home,
        Wish::Back => Command::Back,
        Wish::Help => Command::Help,
        Wish::TextSize => Command::TextSizes,
        Wish::ReadAloud => Command::ReadAloud,
        Wish::ArticleEndSeen => Command::ArticleEndSeen,
        Wish::CorrectDigit => Command::Correct,
        Wish::SendShort => Command::SendShort,
        Wish::EnrolAgain => Command::EnrolAgain,
        Wish::AlertUnderstood => Command::AlertUnderstood,
        Wish::AlertHelp => Command::AlertHelp,
        Wish::CallBack => Command::CallBack,
        Wish::PractiseWarning => Command::PractiseWarning,
        Wish::RepeatFirstUse => Command::RepeatFirstUse,
        Wish::SwitchLanguage => Command::SwitchLanguage,
        Wish::HelperPage => Command::HelperPage,
        Wish::Reminders => Command::Reminders,
        Wish::NewReminder => Command::NewReminder,
        Wish::CheckInTime => Command::CheckInTime,
        Wish::TimeChosen => Command::TimeChosen,
        Wish::PractiseTap => Command::PractiseTap,
        Wish::DueDone => Command::DueDone,
        Wish::DueLater => Command::DueLater,
        Wish::Wake => Command::Wake,
        Wish::ProgrammeRun => Command::ProgrammeRun,
        Wish::ProgrammeBack => Command::ProgrammeStep(-1),
        Wish::ProgrammeOn => Command::ProgrammeStep(1),
    }
}

/// The face counts its rows from nought and knows none below.
fn place_of(index: i32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

/// Which tiles stand on the page of home.
pub fn tiles_shown(window: &TabletWindow) -> Range<usize> {
    let face = window.global::<Face>();
    let first = usize::try_from(face.get_first_tile()).unwrap_or(0);
    let shown = usize::try_from(face.get_shown_tiles()).unwrap_or(0);
    first..first + shown
}

/// Marks what is being read aloud, and nothing else.
pub fn show_aloud(window: &TabletWindow, session: &Session) {
    let aloud = window.global::<Aloud>();
    aloud.set_speaking(session.narration().is_some());
    let passage = session.narration().map_or("", |aloud| aloud.passage());
    aloud.set_passage(passage.into());
}

/// Asks for another touch, or no more.
pub fn show_whether_asked_again(window: &TabletWindow, session: &Session) {
    let face = window.global::<Face>();
    face.set_touch_again(session.asks_again());
}

/// Lets every word on the face break between its phrases.
pub fn join_phrases(window: &TabletWindow) {
    window
        .global::<Phrases>()
        .on_joined(|text| joined_by_phrase(&text).into());
}

/// Shows a session. `picture` has the pictures that are ready, an empty one for those that are
/// coming, and none for those that cannot be shown.
pub fn show(
    window: &TabletWindow,
    session: &Session,
    machine: &Machine,
    now: Timestamp,
    picture: impl Fn(Sha256) -> Option<Image>,
) {
    let face = window.global::<Face>();
    let screen = session.screen();
    let language = session.profile.language;
    speak(language);
    // Before the tablet is let in nobody has chosen a size, and the number pad needs the room.
    let size = match screen {
        ScreenName::Enrolment | ScreenName::Pin => TextSize::Standard,
        _ => session.profile.text_size,
    };
    window.global::<Theme>().set_text_scale(scale_of(size));
    face.set_text_size(choice_of(session.profile.text_size));
    show_top(window, session, now);
    show_aloud(window, session);
    show_whether_asked_again(window, session);
    face.set_may_go_back(session.may_go_back());
    match screen {
        ScreenName::Waiting => face.set_waiting_message(top::waiting(session).into()),
        ScreenName::Enrolment => {
            let behind = session.may_go_back();
            face.set_pad(pad::enrolment(&session.enrolment, behind, language));
        }
        ScreenName::Pin => {
            if let Route::Pin { digits, was_wrong } = session.route() {
                face.set_pad(pad::pin(digits, *was_wrong, language));
            }
        }
        ScreenName::Home => {
            if let Some(held) = &session.content {
                let tiles = home::tiles(held, &session.profile, session.heard_lately(), now);
                face.set_tiles(refilled(&face.get_tiles(), tiles));
            }
        }
        ScreenName::List | ScreenName::Article | ScreenName::Weather | ScreenName::Programme => {
            show_service(&face, session, now, picture);
        }
        ScreenName::Help => {
            if let Route::Help(from) = session.route() {
                face.set_help(help::view(session, *from));
            }
        }
        ScreenName::Alert => {
            if let Some(shown) = session.alert() {
                let held = session.content.as_deref();
                face.set_alert(alert::view(shown, held, &session.profile, now));
            }
        }
        ScreenName::Question => {
            if let Some(search) = session.search() {
                show_question(&face, neighbourhood::view(session, search));
            } else if let Some(asked) = session.question() {
                let view = question::view(session, asked);
                show_question(&face, (view, question::answers(session, asked)));
            }
        }
        ScreenName::CallBack => face.set_call_back(call_back::view(session)),
        ScreenName::Reminders => face.set_reminders(reminders::board(&session.profile, now)),
        ScreenName::Time => {
            if let Route::Time(of, at) = session.route() {
                face.set_time(reminders::time_view(of, *at, language));
            }
        }
        ScreenName::Reminder => {
            if let Some(view) = reminders::card(session, now) {
                face.set_reminder(view);
            }
        }
        ScreenName::Practice => {
            if let Route::Practice(step) = session.route() {
                face.set_practice(practice::view(*step, language));
            }
        }
        ScreenName::Tablet => face.set_tablet(this_tablet::view(session, machine, now)),
        ScreenName::CouldNotStart | ScreenName::Locked => {
            let council = session.content.as_ref().map(|held| &held.manifest.council);
            let number = council.map(|council| council.helper_telephone.as_str());
            face.set_telephone(number.unwrap_or_default().into());
        }
        ScreenName::Questionnaire => show_question(&face, questionnaire::view(session)),
        ScreenName::Stops => show_question(&face, stops::view(session)),
        ScreenName::Message => {
            face.set_head(message::head(session));
            face.set_article(message::view(session, now));
        }
        ScreenName::TextSize | ScreenName::Idle | ScreenName::Night => {}
    }
    // Last, so that a screen is never seen with what the one before it showed.
    face.set_screen(screen_of(screen));
}

fn show_question(face: &Face, (question, answers): (QuestionView, Vec<ChoiceView>)) {
    face.set_question(question);
    face.set_choices(refilled(&face.get_choices(), answers));
}

fn screen_of(screen: ScreenName) -> Screen {
    match screen {
        ScreenName::Waiting => Screen::Waiting,
        ScreenName::Enrolment => Screen::Enrolment,
        ScreenName::Home => Screen::Home,
        ScreenName::List => Screen::List,
        ScreenName::Article => Screen::Article,
        ScreenName::Weather => Screen::Weather,
        ScreenName::Help => Screen::Help,
        ScreenName::TextSize => Screen::TextSize,
        ScreenName::Alert => Screen::Alert,
        ScreenName::Programme => Screen::Programme,
        ScreenName::Question => Screen::Question,
        ScreenName::CallBack => Screen::CallBack,
        ScreenName::Reminders => Screen::Reminders,
        ScreenName::Time => Screen::Time,
        ScreenName::Reminder => Screen::Reminder,
        ScreenName::Practice => Screen::Practice,
        ScreenName::Idle => Screen::Idle,
        ScreenName::Night => Screen::Night,
        ScreenName::Pin => Screen::Pin,
        ScreenName::Tablet => Screen::Tablet,
        ScreenName::CouldNotStart => Screen::CouldNotStart,
        ScreenName::Questionnaire => Screen::Questionnaire,
        ScreenName::Message => Screen::Message,
        ScreenName::Stops => Screen::Stops,
        ScreenName::Locked => Screen::Locked,
    }
}

/// The same model with other rows in it. A finger may rest on a row while the minute changes: a new
/// model would take the row away from under it, and the touch would be lost.
fn refilled<T: Clone + PartialEq + 'static>(shown: &ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    let Some(model) = shown.as_any().downcast_ref::<VecModel<T>>() else {
        return Rc::new(VecModel::from(rows)).into();
    };
    while model.row_count() > rows.len() {
        model.remove(model.row_count() - 1);
    }
    for (index, row) in rows.into_iter().enumerate() {
        if index >= model.row_count() {
            model.push(row);
        } else if model.row_data(index).as_ref() != Some(&row) {
            model.set_row_data(index, row);
        }
    }
    shown.clone()
}

/// Shows what stands on top of every screen: the clock, the weather, trouble.
pub fn show_top(window: &TabletWindow, session: &Session, now: Timestamp) {
    let face = window.global::<Face>();
    face.set_top(top::view(session, now));
    face.set_trouble(top::trouble(session, now).into());
}

fn show_service(
    face: &Face,
    session: &Session,
    now: Timestamp,
    picture: impl Fn(Sha256) -> Option<Image>,
) {
    let (Route::Service(id) | Route::Article(id, _)) = session.route() else {
        return;
    };
    let Some(held) = &session.content else { return };
    let Some((entry, content)) = held.service(id) else {
        return;
    };
    let language = session.profile.language;
    face.set_head(head::view(
        entry,
        held,
        session.heard_lately(),
        now,
        language,
    ));
    match (session.route(), content) {
        (Route::Service(_), Some(content)) if is_list(content) => {
            let rows = list::rows(content, &session.profile, Counting::of(session), now);
            face.set_rows(refilled(&face.get_rows(), rows));
        }
        (Route::Service(_), Some(Content::Weather(forecast))) => {
            face.set_weather(weather::view(forecast, now, language));
        }
        (Route::Service(_), Some(Content::Audio(_))) => {
            if let Some((playing, programme)) = session.open_programme() {
                let view = programme::view(playing, programme, language, picture);
                face.set_programme(view);
            }
        }
        _ => face.set_article(match session.article() {
            Some((_, found)) => article::view(&found, now, language, picture),
            None => article::not_here_yet(&entry.service.title, language),
        }),
    }
}

/// From now on the face's own words are in this language.
fn speak(language: Language) {
    let tag = match spoken_language(language) {
        // The face is written in Japanese.
        Language::JAPANESE => String::new(),
        translated => translated.to_string(),
    };
    if let Err(error) = slint::select_bundled_translation(&tag) {
        tracing::error!(%error, "the face does not speak this language");
    }
}

/// How much larger letters of a size are than the standard.
fn scale_of(size: TextSize) -> f32 {
    match size {
        TextSize::Standard => 1.0,
        TextSize::Large => 1.25,
        TextSize::Largest => 1.5,
    }
}

fn choice_of(size: TextSize) -> TextSizeChoice {
    match size {
        TextSize::Standard => TextSizeChoice::Standard,
        TextSize::Large => TextSizeChoice::Large,
        TextSize::Largest => TextSizeChoice::Largest,
    }
}

fn size_of(choice: TextSizeChoice) -> TextSize {
    match choice {
        TextSizeChoice::Standard => TextSize::Standard,
        TextSizeChoice::Large => TextSize::Large,
        TextSizeChoice::Largest => TextSize::Largest,
    }
}
