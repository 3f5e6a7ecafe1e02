//! What can be chosen on the screen of a question, and what becomes of a choice.

use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Time},
};
use kairan_contract::{AnswerType, AnswerValue, ChoiceId, FormQuestion, WindowId};

use super::{
    AnswerPart, Era, FormDraft, day_of,
    days::{days_of_month, months_until},
};

/// The days that stand as keys before one looks for others by their month.
const NEXT_DAYS: i64 = 14;
/// Times that stand on one screen, whatever a form says.
const TIMES: usize = 200;

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// One of the question's own answers.
    Choice(ChoiceId),
    /// はい or いいえ.
    Yes(bool),
    /// The resident agrees, or does not.
    Agree(bool),
    /// A delivery window; `false` where nobody can have it any more.
    Window(WindowId, bool),
    /// A time of the day.
    Time(Time),
    /// A day.
    Day(Date),
    /// Other days than those that stand here.
    OtherDays,
    /// A month with days in it.
    Month(i16, i8),
    /// A group of goods, by its place.
    Group(usize),
    /// An era.
    Era(Era),
    /// The month of a birthday.
    BirthMonth(i8),
    /// The day of a birthday.
    BirthDay(i8),
    /// What is chosen is all.
    Next,
    /// No answer.
    Skip,
    /// By telephone instead.
    Telephone,
}

/// What becomes of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The screen stays.
    Stay,
    /// The next part of the answer is asked for.
    Part(AnswerPart),
    /// The year of this era is asked for.
    Year(Era),
    /// The question has its answer, or is left without one.
    Answered,
    /// By telephone instead.
    Telephone,
}

impl FormDraft {
    /// What can be chosen, in the order in which it stands.
    pub fn offered(
        &self,
        question: &FormQuestion,
        part: &AnswerPart,
        now: Timestamp,
    ) -> Vec<Offered> {
        let mut offered = self.answers_of(question, part, now);
        let is_whole = *part == AnswerPart::Whole;
        if is_whole && question.is_optional {
            offered.push(Offered::Skip);
        }
        if is_whole {
            offered.push(Offered::Telephone);
        }
        offered
    }

    fn answers_of(
        &self,
        question: &FormQuestion,
        part: &AnswerPart,
        now: Timestamp,
    ) -> Vec<Offered> {
        let today = day_of(now);
        match (&question.answer, part) {
            (AnswerType::OneOf { choices }, _) => {
                let ids = choices.iter().map(|it| it.id.clone());
                ids.map(Offered::Choice).collect()
            }
            (AnswerType::SomeOf { choices }, _) => {
                let ids = choices.iter().map(|it| it.id.clone());
                let next = self.value(&question.id).map(|_| Offered::Next);
                ids.map(Offered::Choice).chain(next).collect()
            }
            (AnswerType::YesNo, _) => vec![Offered::Yes(true), Offered::Yes(false)],
            (AnswerType::Consent, _) => vec![Offered::Agree(true), Offered::Agree(false)],
            (AnswerType::Window, _) => {
                let to_come = self.form.windows.iter().filter(|it| now < it.begins_at);
                let window = |it: &kairan_contract::DeliveryWindow| {
                    Offered::Window(it.id.clone(), it.is_free_at(now))
                };
                to_come.map(window).collect()
            }
            (
                AnswerType::Time {
                    from,
                    until,
                    step_minutes,
                },
                _,
            ) => times(*from, *until, *step_minutes),
            (
                AnswerType::Day {
                    from_days,
                    until_days,
                },
                part,
            ) => {
                let at = |days: u16| today.checked_add(i64::from(days).days()).unwrap_or(today);
                days(part, at(*from_days), at(*until_days))
            }
            (AnswerType::Birthday, AnswerPart::BirthMonth(year)) => {
                let past = |month: &i8| Date::new(*year, *month, 1).is_ok_and(|it| it <= today);
                (1..=12).filter(past).map(Offered::BirthMonth).collect()
            }
            (AnswerType::Birthday, AnswerPart::BirthDay(year, month)) => {
                let days = days_of_month(*year, *month, Date::MIN, today);
                let days = days.into_iter().map(Date::day);
                days.map(Offered::BirthDay).collect()
            }
            (AnswerType::Birthday, _) => Era::ALL.map(Offered::Era).to_vec(),
            (AnswerType::Goods { .. }, AnswerPart::Whole) if self.groups().len() > 1 => {
                let groups = (0..self.groups().len()).map(Offered::Group);
                let next = self.value(&question.id).map(|_| Offered::Next);
                groups.chain(next).collect()
            }
            (AnswerType::Goods { .. }, AnswerPart::Whole) => {
                let next = self.value(&question.id).map(|_| Offered::Next);
                next.into_iter().collect()
            }
            // One group of many: what is chosen of it is no answer yet.
            (AnswerType::Goods { .. } | AnswerType::Number { .. }, _) => vec![Offered::Next],
            (AnswerType::Telephone | AnswerType::Words { .. } | AnswerType::Unknown, _) => {
                Vec::new()
            }
        }
    }

    /// Does what was chosen.
    pub fn choose(&mut self, question: &FormQuestion, part: &AnswerPart, chosen: &Offered) -> Step {
        let id = &question.id;
        let value = match chosen {
            Offered::Telephone | Offered::Agree(false) => return Step::Telephone,
            Offered::Window(_, false) => return Step::Stay,
            Offered::OtherDays => return Step::Part(AnswerPart::Months),
            Offered::Month(year, month) => return Step::Part(AnswerPart::Month(*year, *month)),
            Offered::Group(group) => return Step::Part(AnswerPart::Group(*group)),
            Offered::Era(era) => return Step::Year(*era),
            Offered::BirthMonth(month) => {
                return match part {
                    AnswerPart::BirthMonth(year) => Step::Part(AnswerPart::BirthDay(*year, *month)),
                    _ => Step::Stay,
                };
            }
            Offered::Skip => {
                self.clear(id);
                return Step::Answered;
            }
            Offered::Next => {
                if let AnswerType::Number { .. } = question.answer {
                    let number = self.number(id);
                    self.answer(id, AnswerValue::Number { number });
                }
                return Step::Answered;
            }
            Offered::Choice(choice) if matches!(question.answer, AnswerType::SomeOf { .. }) => {
                self.toggle(question, choice);
                return Step::Stay;
            }
            Offered::Choice(choice) => AnswerValue::OneOf {
                choice: choice.clone(),
            },
            Offered::Yes(yes) => AnswerValue::YesNo { yes: *yes },
            Offered::Agree(agrees) => AnswerValue::Consent { agrees: *agrees },
            Offered::Window(window, true) => AnswerValue::Window {
                window: window.clone(),
            },
            Offered::Time(time) => AnswerValue::Time { time: *time },
            Offered::Day(day) => AnswerValue::Day { day: *day },
            Offered::BirthDay(day) => {
                let AnswerPart::BirthDay(year, month) = *part else {
                    return Step::Stay;
                };
                let Ok(day) = Date::new(year, month, *day) else {
                    return Step::Stay;
                };
                AnswerValue::Birthday { day }
            }
        };
        self.answer(id, value);
        Step::Answered
    }

    /// Takes one of some, or puts it back.
    fn toggle(&mut self, question: &FormQuestion, choice: &ChoiceId) {
        let AnswerType::SomeOf { choices } = &question.answer else {
            return;
        };
        let mut chosen = match self.value(&question.id) {
            Some(AnswerValue::SomeOf { choices }) => choices.clone(),
            _ => Vec::new(),
        };
        match chosen.iter().position(|it| it == choice) {
            Some(at) => {
                chosen.remove(at);
            }
            None => chosen.push(choice.clone()),
        }
        chosen.sort_by_key(|id| choices.iter().position(|it| it.id == *id));
        if chosen.is_empty() {
            self.clear(&question.id);
        } else {
            self.answer(&question.id, AnswerValue::SomeOf { choices: chosen });
        }
    }
}

fn days(part: &AnswerPart, first: Date, last: Date) -> Vec<Offered> {
    match part {
        AnswerPart::Months => {
            let months = months_until(first, last).into_iter();
            months
                .map(|(year, month)| Offered::Month(year, month))
                .collect()
        }
        AnswerPart::Month(year, month) => {
            let days = days_of_month(*year, *month, first, last).into_iter();
            days.map(Offered::Day).collect()
        }
        _ => {
            let near = (0..NEXT_DAYS).filter_map(|days| first.checked_add(days.days()).ok());
            let near: Vec<Date> = near.filter(|day| *day <= last).collect();
            let others = near.last().is_some_and(|it| *it < last);
            let others = others.then_some(Offered::OtherDays);
            near.into_iter().map(Offered::Day).chain(others).collect()
        }
    }
}

fn times(from: Time, until: Time, step_minutes: u16) -> Vec<Offered> {
    let step = SignedDuration::from_mins(i64::from(step_minutes.max(1)));
    let all = std::iter::successors(Some(from), |time| {
        time.checked_add(step).ok().filter(|next| next > time)
    });
    let all = all.take_while(|time| *time <= until).take(TIMES);
    all.map(Offered::Time).collect()
}
