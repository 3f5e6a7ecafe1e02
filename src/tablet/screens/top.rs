//! What is always on top: date, time, weather; and trouble in words.

use jiff::Timestamp;
use kairan_contract::{Content, ContentReference, Freshness, Language};
use kairan_text::{message, tr};
use kairan_ui::TopView;

use super::{forecast::has_aged, sky};
use crate::{
    dates::{date, in_japan, moment, time},
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
    let Some(snapshot) = &session.content else {
        return top;
    };
    top.council = snapshot.manifest.council.name.as_str().into();
    if let Route::Service(id) | Route::Article(id, _) = session.route() {
        top.sample = snapshot
            .service(id)
            .is_some_and(|(entry, _)| is_sample(entry.content.as_ref()));
    }
    let forecast = snapshot.manifest.services.iter().find_map(|entry| {
        match snapshot.contents.get(&entry.service.id) {
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
        today.high.map(|high| tr!(language, "最高 {high}°", high)),
        today.low.map(|low| tr!(language, "最低 {low}°", low)),
    ];
    let rain = today
        .rain_chance
        .map(|chance| tr!(language, "雨 {chance}%", chance));
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
    if let Some(why) = session.speech_error() {
        return silent(why, language).to_owned();
    }
    let is_told = matches!(
        session.connection,
        Connection::NotKept | Connection::Unauthorized
    );
    if session.profile_unsaved && !is_told {
        return tr(language, "このタブレットは いっぱいで、新しいことを おぼえられません。「困ったとき」を 押してください。")
        .to_owned();
    }
    match session.connection {
        Connection::Offline(_) => match session.profile.last_contact {
            Some(at) => {
                let at = moment(language, at, today);
                tr!(language, "今は つながっていません。{at}までの 内容を 見られます。", at)
            }
            None => tr(language, "今は つながっていません。前に届いた 内容を 見られます。")
            .to_owned(),
        },
        Connection::NotKept => tr(language, "このタブレットは いっぱいで、新しい内容を しまえません。「困ったとき」を 押してください。")
        .to_owned(),
        Connection::Unauthorized => tr(language, "このタブレットの 登録が 終わっています。「困ったとき」を押して、電話を してください。")
        .to_owned(),
        Connection::Unknown | Connection::Online => String::new(),
    }
}

/// Why nothing is heard, to somebody who has just asked for it.
fn silent(why: SpeechError, language: Language) -> &'static str {
    let words = match why {
        SpeechError::NothingToSay => message("この画面には、声に 出して 読むものが ありません。"),
        SpeechError::NoSpeaker => message(
            "今は 声が 出せません。スピーカーが 見つかりません。係の者に お知らせください。",
        ),
        SpeechError::SpeakerLost => {
            message("声が とちゅうで 切れました。もう一度「読み上げ」を 押してください。")
        }
        SpeechError::ProgramFailed | SpeechError::VoiceGone => message(
            "今は 声が 出せません。電源を 切って、もう一度 入れてみてください。だめなときは、係の者に お知らせください。",
        ),
        SpeechError::NoProgram | SpeechError::NoDictionary | SpeechError::NoVoice => {
            message("このタブレットは まだ 声を 出せません。係の者に お知らせください。")
        }
    };
    words.tr(language)
}

/// What is said before there is anything to show.
pub fn waiting(session: &Session) -> &'static str {
    let words = match session.connection {
        Connection::Unknown | Connection::Online => {
            message("はじめての内容を 受け取っています。このまま 少し お待ちください。")
        }
        Connection::Offline(_) => message(
            "まだ つながりません。このまま お待ちください。つながると、ひとりでに はじまります。",
        ),
        Connection::NotKept => message(
            "このタブレットが いっぱいで、内容を しまえません。貸し出しの 窓口に 知らせてください。",
        ),
        Connection::Unauthorized => {
            message("このタブレットの 登録が 終わっています。貸し出しの 窓口に 知らせてください。")
        }
    };
    words.tr(session.profile.language)
}
