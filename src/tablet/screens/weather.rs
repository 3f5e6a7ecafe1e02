//! The forecast: today and tomorrow large, the days after below.

use kairan_text::tr;
use std::rc::Rc;

use jiff::{Timestamp, civil::Date};
use kairan_contract::{Content, Language, ScreenName, Weather, WeatherDay};
use kairan_ui::{DayView, Face, TabletWindow, WeatherFace, WeatherView};
use slint::{ComponentHandle as _, Model as _, VecModel};

use super::{
    head,
    scene::{Scene, at, tile},
    screen::{Pictures, Screen, ScreenContext},
    sky,
};
use crate::{
    dates::{day_of_month, in_japan, moment},
    session::{Connection, Session},
    speech::{Passage, SpeechError, SpeechEvent},
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("weather");

/// The forecast.
pub struct WeatherScreen;

impl Screen for WeatherScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.open_content(), Some(Content::Weather(_)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let Some(open) = head::open_service(context.session) else {
            return;
        };
        window.global::<Face>().set_head(open.head(context));
        if let Some(Content::Weather(forecast)) = open.content {
            let view = view(forecast, context.now, context.language());
            window.global::<WeatherFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Some(open) = head::open_service(context.session) else {
            return Vec::new();
        };
        let mut words = open.passages(context);
        if let Some(Content::Weather(forecast)) = open.content {
            words.extend(passages(&view(forecast, context.now, context.language())));
        }
        words
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "きょうと あすの 天気です。「つぎ」を押すと、その先の 天気も 見られます。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("weather", at(Connection::Online, &[tile("weather")])),
            Scene::of("silent", silent()),
        ]
    }
}

fn silent() -> Session {
    let mut session = at(Connection::Online, &[tile("weather")]);
    let turn = session.begin_reading(vec![Passage::of("天気")], true);
    let why = SpeechError::NoSpeaker;
    session.on_speech_event(SpeechEvent::Cannot { turn, why }, 0);
    session
}

/// What can be read of a forecast.
fn passages(view: &WeatherView) -> Vec<Passage> {
    let mut words = Vec::new();
    for day in view.near.iter().chain(view.week.iter()) {
        words.push(Passage::of(day.day.as_str()));
        words.push(Passage::of(day.words.as_str()));
        let figures = [
            (&day.high, "最高"),
            (&day.low, "最低"),
            (&day.rain, "雨の 確率"),
        ];
        for (figure, what) in figures {
            if !figure.is_empty() {
                words.push(Passage::with_reading(
                    figure.as_str(),
                    format!("{what} {figure}"),
                ));
            }
        }
        if !day.sentence.is_empty() {
            words.push(Passage::of(day.sentence.as_str()));
        }
    }
    words
}

/// The forecast as of now. Days that are over are left out.
pub fn view(weather: &Weather, now: Timestamp, language: Language) -> WeatherView {
    let today = in_japan(now).date();
    let days: Vec<DayView> = weather
        .days
        .iter()
        .filter(|day| day.date >= today)
        .map(|day| day_view(day, today, language))
        .collect();
    let (near, week) = days.split_at(days.len().min(2));
    let (area, office) = (&weather.area, &weather.publishing_office);
    let at = moment(language, weather.reported_at, today);
    let made = tr!(
        language,
        "{area}の予報です。{office}が {at}に 発表しました。",
        area,
        office,
        at
    );
    WeatherView {
        made: made.into(),
        near: Rc::new(VecModel::from(near.to_vec())).into(),
        week: Rc::new(VecModel::from(week.to_vec())).into(),
    }
}

fn day_view(day: &WeatherDay, today: Date, language: Language) -> DayView {
    let date = day_of_month(language, day.date);
    let (icon, colour) = sky::icon(day);
    let name = if day.date == today {
        format!("{} {date}", tr(language, "きょう"))
    } else if Some(day.date) == today.tomorrow().ok() {
        format!("{} {date}", tr(language, "あす"))
    } else {
        date
    };
    DayView {
        day: name.into(),
        icon,
        colour,
        words: day.words.as_str().into(),
        sentence: told_anew(day).unwrap_or_default().into(),
        high: day
            .high
            .map(|degrees| format!("{degrees}°"))
            .unwrap_or_default()
            .into(),
        low: day
            .low
            .map(|degrees| format!("{degrees}°"))
            .unwrap_or_default()
            .into(),
        rain: day
            .rain_chance
            .map(|chance| format!("{chance}%"))
            .unwrap_or_default()
            .into(),
    }
}

/// The bulletin's sentence, where it says more than the words do.
fn told_anew(day: &WeatherDay) -> Option<&str> {
    let bare = |text: &str| text.replace(' ', "");
    day.sentence
        .as_deref()
        .filter(|sentence| bare(sentence) != bare(&day.words))
}
