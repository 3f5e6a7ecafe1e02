//! How forms and their answers are put into words: prices, times, what was answered.

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kairan_contract::{
    Answer, AnswerType, AnswerValue, DeliveryWindow, Form, FormChoice, FormQuestion, Language, Yen,
};
use kairan_text::{message, tr};

use crate::{
    dates::{day_after, half, in_japan, time},
    form_draft::{DraftNotice, Era},
};

/// 1,234円.
pub fn yen(language: Language, price: Yen) -> String {
    let digits = price.amount().to_string();
    let mut amount = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            amount.push(',');
        }
        amount.push(digit);
    }
    tr!(language, "{amount}円", amount)
}

/// 午前 10時, or with its minutes where it has some.
pub fn hour(language: Language, at: Time) -> String {
    if at.hour() == 12 && at.minute() == 0 {
        return tr(language, "正午").to_owned();
    }
    if at.minute() != 0 {
        return time(language, Date::MIN.to_datetime(at));
    }
    let hour = at.hour();
    let from_twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    tr!(
        language,
        "{half} {hour}時",
        half = half(language, hour),
        hour = hour % 12,
        hour_from_twelve = from_twelve
    )
}

/// あした 午前 10時から 12時.
pub fn span(language: Language, begins: Timestamp, ends: Timestamp, today: Date) -> String {
    let (begins, ends) = (in_japan(begins), in_japan(ends));
    let (day, from) = (
        day_after(language, begins.date(), today),
        hour(language, begins.time()),
    );
    let is_same_half = (begins.hour() < 12) == (ends.hour() < 12);
    let until = if is_same_half && begins.hour() != 12 && ends.minute() == 0 {
        hour_alone(language, ends.hour())
    } else {
        hour(language, ends.time())
    };
    tr!(language, "{day} {from}から {until}まで", day, from, until)
}

/// 4時, of the half of the day that was just named.
fn hour_alone(language: Language, at: i8) -> String {
    let from_twelve = if at % 12 == 0 { 12 } else { at % 12 };
    tr!(
        language,
        "behind the half of the day" => "{hour}時",
        hour = at % 12,
        hour_from_twelve = from_twelve
    )
}

/// A moment until which something holds: あした 午後 5時.
pub fn until(language: Language, at: Timestamp, today: Date) -> String {
    let at = in_japan(at);
    let (day, hour) = (
        day_after(language, at.date(), today),
        hour(language, at.time()),
    );
    format!("{day} {hour}")
}

/// The words of a delivery window.
pub fn window(language: Language, window: &DeliveryWindow, today: Date) -> String {
    span(language, window.begins_at, window.ends_at, today)
}

/// The era as it is called.
pub fn era(language: Language, era: Era) -> &'static str {
    let words = match era {
        Era::Taisho => message("大正"),
        Era::Showa => message("昭和"),
        Era::Heisei => message("平成"),
        Era::Reiwa => message("令和"),
    };
    words.tr(language)
}

/// What has to be told of a draft.
pub fn notice(language: Language, notice: DraftNotice) -> &'static str {
    let words = match notice {
        DraftNotice::Changed => message("内容が かわりました。もういちど えらんでください。"),
        DraftNotice::PriceChanged => message("ねだんが かわりました。もういちど 見てください。"),
        DraftNotice::SoldOut => {
            message("売り切れた ものが あります。ほかのものを えらんでください。")
        }
        DraftNotice::Full => {
            message("その時間は いっぱいに なりました。ほかの時間を えらんでください。")
        }
        DraftNotice::TooLate => {
            message("その日時は もう まにあいません。ほかの日時を えらんでください。")
        }
    };
    words.tr(language)
}

/// What was answered to a question, in lines.
pub fn answer(
    language: Language,
    form: &Form,
    question: &FormQuestion,
    answers: &[Answer],
    today: Date,
) -> Vec<String> {
    let found = answers.iter().find(|it| it.question == question.id);
    let Some(found) = found else {
        return vec![tr(language, "こたえていません").to_owned()];
    };
    let choice = |id| words_of(&question.answer, id);
    match &found.value {
        AnswerValue::OneOf { choice: id } => vec![choice(id)],
        AnswerValue::SomeOf { choices } => choices.iter().map(choice).collect(),
        AnswerValue::YesNo { yes: true } => vec![tr(language, "はい").to_owned()],
        AnswerValue::YesNo { yes: false } => vec![tr(language, "いいえ").to_owned()],
        AnswerValue::Consent { .. } => vec![tr(language, "同意します").to_owned()],
        AnswerValue::Day { day } => vec![day_after(language, *day, today)],
        AnswerValue::Time { time } => vec![hour(language, *time)],
        AnswerValue::Window { window: id } => {
            let found = form.windows.iter().find(|it| it.id == *id);
            found
                .map(|it| window(language, it, today))
                .into_iter()
                .collect()
        }
        AnswerValue::Number { number } => match &question.answer {
            AnswerType::Number { unit, .. } => vec![format!("{number}{unit}")],
            _ => vec![number.to_string()],
        },
        AnswerValue::Goods { goods } => {
            let line = |it: &kairan_contract::GoodAmount| {
                let good = form.goods.iter().find(|good| good.id == it.good)?;
                let price = yen(language, it.price.times(it.amount.into())?);
                let (name, amount) = (&good.name, it.amount);
                Some(tr!(
                    language,
                    "{name} {amount}こ {price}",
                    name,
                    amount,
                    price
                ))
            };
            goods.iter().filter_map(line).collect()
        }
        AnswerValue::Birthday { day } => {
            vec![crate::dates::date_from(language, *day, Date::MIN)]
        }
        AnswerValue::Telephone { number } => vec![number.as_str().to_owned()],
        AnswerValue::Words { words } => vec![words.clone()],
    }
}

fn words_of(answer: &AnswerType, id: &kairan_contract::ChoiceId) -> String {
    let choices: &[FormChoice] = match answer {
        AnswerType::OneOf { choices } | AnswerType::SomeOf { choices } => choices,
        _ => &[],
    };
    let found = choices.iter().find(|it| it.id == *id);
    found.map(|it| it.words.clone()).unwrap_or_default()
}
