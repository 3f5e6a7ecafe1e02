//! Whether answers are such as a form asks for. What a type cannot say is said here, once, for tablet and backend.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use super::{Answer, AnswerType, AnswerValue, Form, FormChoice, FormQuestion, Good, GoodAmount};
use crate::{ChoiceId, QuestionId};

/// An answer that is not what its question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The question.
    pub question: QuestionId,
    /// What is wrong.
    pub kind: MisfitKind,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MisfitKind {
    /// It is missing.
    Missing,
    /// It is of another type, or names what there is not, or is out of bounds: no tablet of ours sends such.
    Nonsense,
    /// The day, time or window can be had no more, by the clock.
    TooLate,
    /// The window is full.
    Full,
    /// A good is sold out.
    SoldOut,
    /// The resident did not agree.
    NoConsent,
}

impl Form {
    /// The first answer that does not fit, by the backend's clock and in the council's zone. What is left is sold or
    /// full as it stands in the form; whether it still is, only whoever keeps the stock can say.
    pub fn misfit(&self, answers: &[Answer], now: Timestamp, zone: &TimeZone) -> Option<Misfit> {
        let today = now.to_zoned(zone.clone()).date();
        self.path(answers).into_iter().find_map(|question| {
            let answer = answers.iter().find(|it| it.question == question.id);
            let kind = match answer {
                None if question.is_optional => None,
                None => Some(MisfitKind::Missing),
                Some(answer) => self.wrong(question, &answer.value, now, today),
            };
            kind.map(|kind| Misfit {
                question: question.id.clone(),
                kind,
            })
        })
    }

    fn wrong(
        &self,
        question: &FormQuestion,
        value: &AnswerValue,
        now: Timestamp,
        today: Date,
    ) -> Option<MisfitKind> {
        use MisfitKind::{Nonsense, TooLate};
        let fits = |fits: bool| (!fits).then_some(Nonsense);
        match (&question.answer, value) {
            (AnswerType::OneOf { choices }, AnswerValue::OneOf { choice: chosen }) => {
                fits(is_among(choices, chosen))
            }
            (AnswerType::SomeOf { choices }, AnswerValue::SomeOf { choices: chosen }) => {
                let once: BTreeSet<&ChoiceId> = chosen.iter().collect();
                let known = chosen.iter().all(|it| is_among(choices, it));
                let some = question.is_optional || !chosen.is_empty();
                fits(known && some && once.len() == chosen.len())
            }
            (
                AnswerType::Day {
                    from_days,
                    until_days,
                },
                AnswerValue::Day { day },
            ) => {
                let at = |days: u16| today.checked_add(i64::from(days).days()).unwrap_or(today);
                match *day {
                    day if day < at(*from_days) => Some(TooLate),
                    day => fits(day <= at(*until_days)),
                }
            }
            (AnswerType::Time { from, until, .. }, AnswerValue::Time { time }) => {
                fits(from <= time && time <= until)
            }
            (AnswerType::Window, AnswerValue::Window { window: id }) => {
                match self.windows.iter().find(|it| it.id == *id) {
                    None => Some(Nonsense),
                    Some(window) if window.ask_until <= now => Some(TooLate),
                    Some(window) => window.is_full.then_some(MisfitKind::Full),
                }
            }
            (AnswerType::Number { least, most, .. }, AnswerValue::Number { number }) => {
                fits((least..=most).contains(&number))
            }
            (AnswerType::Goods { kinds, pieces }, AnswerValue::Goods { goods: amounts }) => {
                self.wrong_goods(amounts, *kinds, *pieces)
            }
            (AnswerType::Birthday, AnswerValue::Birthday { day }) => {
                fits(*day <= today && day.year() >= today.year() - 130)
            }
            (AnswerType::YesNo, AnswerValue::YesNo { .. })
            | (AnswerType::Telephone, AnswerValue::Telephone { .. }) => None,
            (AnswerType::Words { letters }, AnswerValue::Words { words }) => {
                let count = words.chars().count();
                let some = question.is_optional || !words.trim().is_empty();
                fits(some && count <= usize::from(*letters) && !words.chars().any(char::is_control))
            }
            (AnswerType::Consent, AnswerValue::Consent { agrees }) => {
                (!agrees).then_some(MisfitKind::NoConsent)
            }
            _ => Some(Nonsense),
        }
    }

    fn wrong_goods(&self, amounts: &[GoodAmount], kinds: u16, pieces: u16) -> Option<MisfitKind> {
        let mut seen = BTreeSet::new();
        let mut all: u32 = 0;
        for GoodAmount {
            good,
            amount,
            price,
        } in amounts
        {
            let Some(found) = self.goods.iter().find(|it| it.id == *good) else {
                return Some(MisfitKind::Nonsense);
            };
            let is_once = seen.insert(good);
            let most = found.most.min(Good::MOST);
            if !is_once || *amount == 0 || *amount > most || *price != found.price {
                return Some(MisfitKind::Nonsense);
            }
            if found.is_sold_out {
                return Some(MisfitKind::SoldOut);
            }
            all += u32::from(*amount);
        }
        let fits = !amounts.is_empty() && seen.len() <= usize::from(kinds) && all <= pieces.into();
        (!fits).then_some(MisfitKind::Nonsense)
    }
}

fn is_among(choices: &[FormChoice], id: &ChoiceId) -> bool {
    choices.iter().any(|choice| choice.id == *id)
}
