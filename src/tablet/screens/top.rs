//! What is always on top: date, time, weather; and trouble in words.

use jiff::Timestamp;
use kairan_contract::{Content, ContentReference, Freshness};
use kairan_ui::TopView;

use super::{
    sky,
    weather::age_in_words,
    words::{date, in_japan, moment, time},
};
use crate::session::{Connection, Place, Session};

/// The head of every screen.
pub fn view(session: &Session, now: Timestamp) -> TopView {
    let here = in_japan(now);
    let mut top = TopView {
        date: date(here.date()).into(),
        time: time(here).into(),
        ..TopView::default()
    };
    let Some(held) = &session.held else {
        return top;
    };
    top.council = held.manifest.council.name.as_str().into();
    if let Place::Service(id) | Place::Article(id, _) = session.place() {
        top.sample = held
            .service(id)
            .is_some_and(|(entry, _)| is_sample(entry.content.as_ref()));
    }
    let forecast = held.manifest.services.iter().find_map(|entry| {
        match held.contents.get(&entry.service.id) {
            Some(Content::Weather(weather)) => Some((weather, entry.content.as_ref())),
            _ => None,
        }
    });
    let Some((weather, reference)) = forecast else {
        return top;
    };
    // An old forecast is on its own screen, with its age; up here there is no room to say it.
    if age_in_words(weather, now).is_some() {
        return top;
    }
    let Some(today) = weather.days.iter().find(|day| day.date == here.date()) else {
        return top;
    };
    let (icon, colour) = sky::icon(today);
    top.weather_words = today.words.as_str().into();
    top.weather_icon = icon;
    top.weather_colour = colour;
    let degrees = [
        today.high.map(|high| format!("最高 {high}°")),
        today.low.map(|low| format!("最低 {low}°")),
    ];
    let rain = today.rain_chance.map(|chance| format!("雨 {chance}%"));
    let parts: Vec<String> = degrees
        .into_iter()
        .chain([rain])
        .flatten()
        .take(2)
        .collect();
    top.temperatures = parts.join(" ").into();
    top.weather_sample = is_sample(reference);
    top
}

fn is_sample(content: Option<&ContentReference>) -> bool {
    content.is_some_and(|content| content.freshness == Freshness::Sample)
}

/// One sentence when something is not as it should be; empty when all is well.
pub fn trouble(session: &Session, now: Timestamp) -> String {
    let today = in_japan(now).date();
    match session.connection {
        Connection::Offline(_) => match session.choices.last_contact {
            Some(at) => format!(
                "今は つながっていません。{}までの 内容を 見られます。",
                moment(at, today)
            ),
            None => "今は つながっていません。前に届いた 内容を 見られます。".to_owned(),
        },
        Connection::NotKept => {
            "このタブレットは いっぱいで、新しい内容を しまえません。「困ったとき」を 押してください。"
                .to_owned()
        }
        Connection::NotLetIn => {
            "このタブレットの 登録が 終わっています。「困ったとき」を押して、電話を してください。"
                .to_owned()
        }
        Connection::Unknown | Connection::Online => String::new(),
    }
}

/// What is said before there is anything to show.
pub fn waiting(session: &Session) -> &'static str {
    match session.connection {
        Connection::Unknown | Connection::Online => {
            "はじめての内容を 受け取っています。このまま 少し お待ちください。"
        }
        Connection::Offline(_) => {
            "まだ つながりません。このまま お待ちください。つながると、ひとりでに はじまります。"
        }
        Connection::NotKept => {
            "このタブレットが いっぱいで、内容を しまえません。貸し出しの 窓口に 知らせてください。"
        }
        Connection::NotLetIn => {
            "このタブレットの 登録が 終わっています。貸し出しの 窓口に 知らせてください。"
        }
    }
}
