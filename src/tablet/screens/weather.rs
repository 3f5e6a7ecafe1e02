//! The forecast: today and tomorrow large, the days after below.

use kairan_text::tr;
use std::rc::Rc;

use jiff::{Timestamp, civil::Date};
use kairan_contract::{Language, Weather, WeatherDay};
use kairan_ui::{DayView, WeatherView};
use slint::VecModel;

use super::{
    sky,
    words::{day_of_month, in_japan, moment},
};

/// A forecast older than this is said to be old.
const OLD_HOURS: i64 = 24;
/// A forecast from so far ahead of this tablet's clock means that the clock is slow.
const AHEAD_HOURS: i64 = 3;

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

/// What is said of a forecast that is not of today.
pub fn age_in_words(weather: &Weather, now: Timestamp, language: Language) -> Option<String> {
    has_aged(weather, now).then(|| {
        let at = moment(language, weather.reported_at, in_japan(now).date());
        tr!(language, "{at}の 古い予報です", at)
    })
}

/// Whether a forecast is not of today. With a slow clock nothing says that it is.
pub fn has_aged(weather: &Weather, now: Timestamp) -> bool {
    let hours = now.duration_since(weather.reported_at).as_hours();
    hours >= OLD_HOURS || hours <= -AHEAD_HOURS
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
