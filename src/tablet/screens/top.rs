//! What is always on top: date, time, weather; and trouble in words.

use jiff::Timestamp;
use kairan_contract::{Content, ContentReference, Freshness, Language};
use kairan_ui::TopView;

use super::{forecast::has_aged, sky};
use crate::{
    dates::{date, in_japan, moment, time},
    language::pick,
    say,
    session::{Connection, Route, Session},
    speech::SpeechError,
};

/// The head of every screen.
pub fn view(session: &Session, now: Timestamp) -> TopView {
    let here = in_japan(now);
    let language = session.profile.language;
    let mut top = TopView {
        date: date(language, here.date()).into(),
        time: time(language, here).into(),
        ..TopView::default()
    };
    let Some(held) = &session.content else {
        return top;
    };
    top.council = held.manifest.council.name.as_str().into();
    if let Route::Service(id) | Route::Article(id, _) = session.route() {
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
    if has_aged(weather, now) {
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
        today
            .high
            .map(|high| say!(language, "最高 {high}°", "High {high}°")),
        today
            .low
            .map(|low| say!(language, "最低 {low}°", "Low {low}°")),
    ];
    let rain = today
        .rain_chance
        .map(|chance| say!(language, "雨 {chance}%", "Rain {chance}%"));
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
    let language = session.profile.language;
    if let Some(why) = session.speech_error {
        return silent(why, language).to_owned();
    }
    let is_told = matches!(
        session.connection,
        Connection::NotKept | Connection::Unauthorized
    );
    if session.profile_unsaved && !is_told {
        return pick(
            language,
            "このタブレットは いっぱいで、新しいことを おぼえられません。「困ったとき」を 押してください。",
            "This tablet is full and cannot remember anything new. Please press Help.",
        )
        .to_owned();
    }
    match session.connection {
        Connection::Offline(_) => match session.profile.last_contact {
            Some(at) => {
                let at = moment(language, at, today);
                say!(
                    language,
                    "今は つながっていません。{at}までの 内容を 見られます。",
                    "No connection now. You see what came until {at}."
                )
            }
            None => pick(
                language,
                "今は つながっていません。前に届いた 内容を 見られます。",
                "No connection now. You see what came before.",
            )
            .to_owned(),
        },
        Connection::NotKept => pick(
            language,
            "このタブレットは いっぱいで、新しい内容を しまえません。「困ったとき」を 押してください。",
            "This tablet is full and cannot keep anything new. Please press Help.",
        )
        .to_owned(),
        Connection::Unauthorized => pick(
            language,
            "このタブレットの 登録が 終わっています。「困ったとき」を押して、電話を してください。",
            "This tablet is no longer registered. Please press Help and ring us.",
        )
        .to_owned(),
        Connection::Unknown | Connection::Online => String::new(),
    }
}

/// Why nothing is heard, to somebody who has just asked for it.
fn silent(why: SpeechError, language: Language) -> &'static str {
    let (japanese, english) = match why {
        SpeechError::NothingToSay => (
            "この画面には、声に 出して 読むものが ありません。",
            "There is nothing to read aloud here in Japanese.",
        ),
        SpeechError::NoSpeaker => (
            "今は 声が 出せません。スピーカーが 見つかりません。係の者に お知らせください。",
            "The tablet cannot speak: no speaker was found. Please tell your helper.",
        ),
        SpeechError::SpeakerLost => (
            "声が とちゅうで 切れました。もう一度「読み上げ」を 押してください。",
            "The voice broke off. Please press Read aloud again.",
        ),
        SpeechError::ProgramFailed | SpeechError::VoiceGone => (
            "今は 声が 出せません。電源を 切って、もう一度 入れてみてください。だめなときは、係の者に お知らせください。",
            "The tablet cannot speak now. Please switch it off and on again. If that does not help, please tell your helper.",
        ),
        SpeechError::NoProgram | SpeechError::NoDictionary | SpeechError::NoVoice => (
            "このタブレットは まだ 声を 出せません。係の者に お知らせください。",
            "This tablet cannot speak yet. Please tell your helper.",
        ),
    };
    pick(language, japanese, english)
}

/// What is said before there is anything to show.
pub fn waiting(session: &Session) -> &'static str {
    let (japanese, english) = match session.connection {
        Connection::Unknown | Connection::Online => (
            "はじめての内容を 受け取っています。このまま 少し お待ちください。",
            "The first content is on its way. Please wait a moment.",
        ),
        Connection::Offline(_) => (
            "まだ つながりません。このまま お待ちください。つながると、ひとりでに はじまります。",
            "There is no connection yet. Please wait; it begins by itself.",
        ),
        Connection::NotKept => (
            "このタブレットが いっぱいで、内容を しまえません。貸し出しの 窓口に 知らせてください。",
            "This tablet is full and cannot keep anything. Please tell the lending desk.",
        ),
        Connection::Unauthorized => (
            "このタブレットの 登録が 終わっています。貸し出しの 窓口に 知らせてください。",
            "This tablet is no longer registered. Please tell the lending desk.",
        ),
    };
    pick(session.profile.language, japanese, english)
}
