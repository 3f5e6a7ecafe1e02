//! What was answered, question by question, in words.

use jiff::{Timestamp, tz::TimeZone};
use kairan_contract::{
    Answer, AnswerType, AnswerValue, ChoiceId, Form, FormChoice, Language, RequestLine,
};
use kairan_text::{message, tr};

/// The answers of a form in words, in the order of its questions.
pub fn lines(
    form: &Form,
    answers: &[Answer],
    zone: &TimeZone,
    language: Language,
) -> Vec<RequestLine> {
    let counting = form.counting(answers);
    counting
        .iter()
        .filter_map(|answer| {
            let question = form.question(&answer.question)?;
            Some(RequestLine {
                question: question.words.clone(),
                answer: in_words(form, &question.answer, &answer.value, zone, language),
            })
        })
        .collect()
}

fn in_words(
    form: &Form,
    asked: &AnswerType,
    value: &AnswerValue,
    zone: &TimeZone,
    language: Language,
) -> String {
    match value {
        AnswerValue::OneOf { choice } => words_of(asked, choice),
        AnswerValue::SomeOf { choices } => {
            let words: Vec<String> = choices.iter().map(|it| words_of(asked, it)).collect();
            words.join("、")
        }
        AnswerValue::YesNo { yes } => {
            let words = if *yes {
                message("はい")
            } else {
                message("いいえ")
            };
            words.tr(language).to_owned()
        }
        AnswerValue::Day { day } | AnswerValue::Birthday { day } => {
            day.strftime("%Y-%m-%d").to_string()
        }
        AnswerValue::Time { time } => time.strftime("%H:%M").to_string(),
        AnswerValue::Window { window } => {
            let found = form.windows.iter().find(|it| it.id == *window);
            found.map_or_else(
                || window.to_string(),
                |it| span(it.begins_at, it.ends_at, zone),
            )
        }
        AnswerValue::Number { number } => match asked {
            AnswerType::Number { unit, .. } => format!("{number}{unit}"),
            _ => number.to_string(),
        },
        AnswerValue::Goods { goods } => {
            let each = goods.iter().map(|it| {
                let found = form.goods.iter().find(|good| good.id == it.good);
                let name = found.map_or(it.good.as_str(), |good| &good.name);
                let (amount, price) = (it.amount, it.price.amount());
                kairan_text::tr!(
                    language,
                    "{name} {amount}（1つ {price}円）",
                    name,
                    amount,
                    price
                )
            });
            each.collect::<Vec<String>>().join("、")
        }
        AnswerValue::Telephone { number } => number.as_str().to_owned(),
        AnswerValue::Words { words } => words.clone(),
        AnswerValue::Consent { agrees } => {
            if *agrees {
                tr(language, "同意する").to_owned()
            } else {
                tr(language, "同意しない").to_owned()
            }
        }
    }
}

/// From when until when, such as `2026-12-03 10:00–12:00`.
pub fn span(begins_at: Timestamp, ends_at: Timestamp, zone: &TimeZone) -> String {
    let (begins, ends) = (
        begins_at.to_zoned(zone.clone()),
        ends_at.to_zoned(zone.clone()),
    );
    if begins.date() == ends.date() {
        format!(
            "{}–{}",
            begins.strftime("%Y-%m-%d %H:%M"),
            ends.strftime("%H:%M")
        )
    } else {
        format!(
            "{} – {}",
            begins.strftime("%Y-%m-%d %H:%M"),
            ends.strftime("%Y-%m-%d %H:%M")
        )
    }
}

fn words_of(asked: &AnswerType, id: &ChoiceId) -> String {
    let choices: &[FormChoice] = match asked {
        AnswerType::OneOf { choices } | AnswerType::SomeOf { choices } => choices,
        _ => &[],
    };
    let found = choices.iter().find(|choice| choice.id == *id);
    found.map_or_else(|| id.to_string(), |choice| choice.words.clone())
}
