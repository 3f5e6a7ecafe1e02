//! What is read aloud of a screen, in the order in which it stands there.

use kairan_text::tr;
use std::ops::Range;

use kairan_contract::{Content, ScreenName};
use kairan_ui::{BlockKind, ChoiceView, QuestionView, RowView, TileView};
use slint::Model as _;

use super::{
    alert, article, call_back, head, help, home,
    list::{self, Counting},
    message,
    neighbourhood::{self, now_from_spoken},
    pad, practice, programme, question, questionnaire, reminders, stops, this_tablet, top, weather,
};
use crate::{
    machine::Machine,
    session::{Route, Session, neighbourhood::ORIGIN_ROW},
    speech::Passage,
    way::Origin,
};

/// Everything on the screen that can be read. `tiles`: which of them stand on the page of home.
pub fn passages(
    session: &Session,
    tiles: Range<usize>,
    machine: &Machine,
    now: jiff::Timestamp,
) -> Vec<Passage> {
    let language = session.profile.language;
    let mut words: Vec<Passage> = Vec::new();
    let mut say = |text: &str| {
        if !text.trim().is_empty() {
            words.push(Passage::of(text));
        }
    };
    match session.screen() {
        ScreenName::Waiting => say(top::waiting(session)),
        ScreenName::Enrolment => {
            let view = pad::enrolment(&session.enrolment, session.may_go_back(), language);
            say(&view.title);
            say(&view.message);
        }
        ScreenName::Pin => {
            if let Route::Pin { digits, was_wrong } = session.route() {
                say(&pad::pin(digits, *was_wrong, language).message);
            }
        }
        ScreenName::Home => return home_passages(session, tiles, now),
        ScreenName::List | ScreenName::Article | ScreenName::Weather | ScreenName::Programme => {
            return service_passages(session, now);
        }
        ScreenName::Help => {
            if let Route::Help(from) = session.route() {
                let view = help::view(session, *from);
                say(&view.purpose);
                say(&view.telephone);
            }
        }
        ScreenName::Alert => return alert_passages(session, now),
        ScreenName::TextSize => say(tr(language, "読みやすい 文字の大きさを 押してください。")),
        ScreenName::Question if session.search().is_some() => {
            return neighbourhood::passages(session);
        }
        ScreenName::Question | ScreenName::Questionnaire | ScreenName::Stops => {
            let (view, choices) = asked(session);
            say(&view.title);
            say(&view.explanation);
            for choice in choices {
                say(&choice.words);
            }
        }
        ScreenName::CallBack => {
            let view = call_back::view(session);
            say(&view.title);
            say(&view.words);
            say(&view.telephone);
        }
        ScreenName::Reminders => {
            for row in reminders::board(&session.profile, now).reminders.iter() {
                say(&row.title);
                say(&row.when);
                say(&row.today);
            }
        }
        ScreenName::Time => {
            if let Route::Time(of, at) = session.route() {
                let view = reminders::time_view(of, *at, language);
                say(&view.title);
                say(&format!("{}{}時{}分", view.half, view.hour, view.minute));
            }
        }
        ScreenName::Reminder => {
            if let Some(view) = reminders::card(session, now) {
                say(&view.title);
                say(&view.words);
            }
        }
        ScreenName::Practice => {
            if let Route::Practice(step) = session.route() {
                let view = practice::view(*step, language);
                say(&view.title);
                say(&view.words);
            }
        }
        ScreenName::Tablet => {
            for fact in this_tablet::view(session, machine, now).facts.iter() {
                say(&fact.name);
                say(&fact.value);
            }
        }
        ScreenName::Message => {
            let view = message::view(session, now);
            say(&view.title);
            for block in view.blocks.iter() {
                say(&block.text);
            }
        }
        ScreenName::Locked => {
            let council = session.content.as_ref().map(|held| &held.manifest.council);
            say(council.map_or("", |council| council.helper_telephone.as_str()));
        }
        ScreenName::Idle | ScreenName::Night | ScreenName::CouldNotStart => {}
    }
    words
}

/// The question on the screen and its answers.
fn asked(session: &Session) -> (QuestionView, Vec<ChoiceView>) {
    match session.screen() {
        ScreenName::Stops => stops::view(session),
        ScreenName::Questionnaire => questionnaire::view(session),
        _ => session.question().map_or_else(Default::default, |asked| {
            (
                question::view(session, asked),
                question::answers(session, asked),
            )
        }),
    }
}

/// What is said unasked of what has taken over: whether it is an exercise, what it is, what to do, where to
/// go, what else there is.
fn alert_passages(session: &Session, now: jiff::Timestamp) -> Vec<Passage> {
    let language = session.profile.language;
    let Some(shown) = session.alert() else {
        return Vec::new();
    };
    let view = alert::view(shown, session.content.as_deref(), &session.profile, now);
    // Whoever hears the first word, or the last, must know.
    let exercise = if view.drill {
        Some(tr(language, "これは 訓練です"))
    } else if view.practice {
        Some(tr(language, "れんしゅう です"))
    } else {
        None
    };
    let texts = [&view.name, &view.level_words, &view.what_to_do];
    let shelter = if view.shelter.is_empty() {
        ""
    } else if view.shelter_is_nearest {
        tr(language, "いちばん近い 避難場所")
    } else {
        tr(language, "避難場所")
    };
    let said = texts.into_iter().map(slint::SharedString::as_str);
    let said = said
        .chain([shelter, view.shelter.as_str()])
        .map(Passage::of);
    let way = match &session.profile.neighbourhood {
        // The name of one's own part of the town is said as the council reads it.
        Some(own) if own.reading.is_some() => {
            let spoken = Origin::Own(own).spoken(language);
            Passage::with_reading(view.way.as_str(), view.way.replacen(&own.name, spoken, 1))
        }
        _ => Passage::of(view.way.as_str()),
    };
    // Who has heard what to do hears that it is not all.
    let more = Passage::of(view.more.as_str());
    let said = said.chain([way, more]).filter(|it| !it.words.is_empty());
    exercise
        .into_iter()
        .map(Passage::of)
        .chain(said)
        .chain(exercise.filter(|_| view.drill).map(Passage::of))
        .collect()
}

fn home_passages(session: &Session, tiles: Range<usize>, now: jiff::Timestamp) -> Vec<Passage> {
    let top = top::view(session, now);
    let mut words: Vec<Passage> = [&top.date, &top.time, &top.weather_words, &top.temperatures]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| Passage::of(text.as_str()))
        .collect();
    let trouble = top::trouble(session, now);
    if !trouble.is_empty() {
        words.push(Passage::of(trouble));
    }
    let Some(held) = &session.content else {
        return words;
    };
    let views = home::tiles(held, &session.profile, session.heard_lately(), now);
    let shown = tiles.start.min(views.len())..tiles.end.min(views.len());
    for TileView {
        id, title, line, ..
    } in &views[shown]
    {
        let entries = &held.manifest.services;
        let entry = entries
            .iter()
            .find(|it| it.service.id.as_str() == id.as_str());
        words.push(match entry {
            Some(entry) if !entry.service.reading.is_empty() => {
                Passage::with_reading(title.as_str(), &entry.service.reading)
            }
            _ => Passage::of(title.as_str()),
        });
        words.push(Passage::of(line.as_str()));
    }
    words
}

fn service_passages(session: &Session, now: jiff::Timestamp) -> Vec<Passage> {
    let language = session.profile.language;
    let (Route::Service(id) | Route::Article(id, _)) = session.route() else {
        return Vec::new();
    };
    let Some((entry, content)) = session.content.as_ref().and_then(|held| held.service(id)) else {
        return Vec::new();
    };
    let Some(held) = &session.content else {
        return Vec::new();
    };
    let mut words = vec![Passage::with_reading(
        &entry.service.title,
        &entry.service.reading,
    )];
    let head = head::view(entry, held, session.heard_lately(), now, language);
    let mut say = |text: &str| {
        if !text.trim().is_empty() {
            words.push(Passage::of(text));
        }
    };
    say(&head.age);
    match (session.route(), content) {
        (Route::Service(_), Some(Content::Weather(forecast))) => {
            let view = weather::view(forecast, now, language);
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
        }
        (Route::Service(_), Some(content)) if crate::items::is_list(content) => {
            let counting = Counting::of(session);
            for row in list::rows(content, &session.profile, counting, now) {
                let RowView {
                    id, title, date, ..
                } = row;
                if id == ORIGIN_ROW {
                    let spoken = now_from_spoken(counting.origin, language);
                    words.push(Passage::with_reading(date.as_str(), spoken));
                    words.push(Passage::of(title.as_str()));
                    continue;
                }
                for text in [date, title] {
                    if !text.trim().is_empty() {
                        words.push(Passage::of(text.as_str()));
                    }
                }
            }
        }
        (Route::Service(_), Some(Content::Audio(_))) => {
            if let Some((playing, programme)) = session.open_programme() {
                let view = programme::view(playing, programme, language, |_| None);
                say(&view.progress);
                say(&view.words);
            }
        }
        _ => {
            let view = match session.article() {
                Some((_, found)) => article::view(&found, now, language, |_| None),
                None => article::not_here_yet(&entry.service.title, language),
            };
            say(&view.title);
            say(&view.date);
            for block in view.blocks.iter() {
                if block.kind != BlockKind::Picture {
                    say(&block.text);
                }
            }
        }
    }
    words
}
