//! `[[question]]` of a form: what is asked, what an answer is, and where a choice leads.

use std::collections::HashMap;

use kairan_contract::{AnswerType, ChoiceId, FormChoice, FormQuestion, LeadsTo, QuestionId};

use super::windows::need_time;
use crate::{
    fault::{FaultKind, FormFault},
    ids::Ids,
    table::{Faults, Placed, Table},
};

/// Letters of a question, of a hint and of a choice: what fits a small tablet in the largest letters.
const WORDS_LIMIT: usize = 60;
const HINT_LIMIT: usize = 120;
const CHOICE_LIMIT: usize = 24;
/// Letters of what is counted, such as 人.
const UNIT_LIMIT: usize = 4;
/// The word with which a choice leads to the check page.
const CHECK: &str = "check";

/// The keys of a question.
pub(super) const KEYS: &[&str] = &[
    "id",
    "words",
    "hint",
    "optional",
    "type",
    "choice",
    "from_days",
    "until_days",
    "from",
    "until",
    "step_minutes",
    "least",
    "most",
    "unit",
    "kinds",
    "pieces",
    "letters",
];
/// The keys of a choice.
pub(super) const CHOICE_KEYS: &[&str] = &["id", "words", "leads_to"];

/// The types of answers by the words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    OneOf,
    SomeOf,
    YesNo,
    Day,
    Time,
    Window,
    Number,
    Goods,
    Birthday,
    Telephone,
    Words,
    Consent,
}

const TYPES: [(&str, Type); 12] = [
    ("one_of", Type::OneOf),
    ("some_of", Type::SomeOf),
    ("yes_no", Type::YesNo),
    ("day", Type::Day),
    ("time", Type::Time),
    ("window", Type::Window),
    ("number", Type::Number),
    ("goods", Type::Goods),
    ("birthday", Type::Birthday),
    ("telephone", Type::Telephone),
    ("words", Type::Words),
    ("consent", Type::Consent),
];

/// A choice that leads somewhere, and where that is written.
struct Leading {
    question: usize,
    choice: usize,
    to: Placed<String>,
}

/// Reads the questions.
pub(super) fn questions(tables: &[Table], faults: &mut Faults) -> Vec<FormQuestion> {
    let mut ids = Ids::new("question");
    let mut leading = Vec::new();
    let mut questions = Vec::new();
    for table in tables {
        if let Some(question) = question(table, questions.len(), &mut ids, &mut leading, faults) {
            questions.push(question);
        }
    }
    lead(&mut questions, leading, faults);
    questions
}

fn question(
    table: &Table,
    place: usize,
    ids: &mut Ids,
    leading: &mut Vec<Leading>,
    faults: &mut Faults,
) -> Option<FormQuestion> {
    let id = ids.take::<QuestionId>(table, faults);
    if let Some(id) = &id
        && id.as_str() == CHECK
    {
        let span = table.need_text("id", faults)?.span;
        faults.add(FaultKind::BadId(id.to_string()), &span);
    }
    let words = table.need_short_text("words", WORDS_LIMIT, faults);
    let hint = short(table, "hint", HINT_LIMIT, faults);
    let is_optional = table.flag("optional", faults);
    let answer = answer(table, place, leading, faults);
    Some(FormQuestion {
        id: id?,
        words: words?,
        hint,
        is_optional,
        answer: answer?,
    })
}

fn answer(
    table: &Table,
    place: usize,
    leading: &mut Vec<Leading>,
    faults: &mut Faults,
) -> Option<AnswerType> {
    let number = |key, least, most, usual: u32, faults: &mut Faults| {
        table.number(key, least, most, faults).unwrap_or(usual)
    };
    let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    Some(match table.need_one_of("type", &TYPES, faults)? {
        Type::OneOf => AnswerType::OneOf {
            choices: choices(table, Some((place, leading)), faults)?,
        },
        Type::SomeOf => AnswerType::SomeOf {
            choices: choices(table, None, faults)?,
        },
        Type::YesNo => AnswerType::YesNo,
        Type::Day => {
            let most = AnswerType::DAY_LIMIT.into();
            let from = number("from_days", 0, most, 0, faults);
            let until = number("until_days", 0, most, 60, faults);
            if until < from {
                let span = table.get("until_days").or(table.get("from_days"))?.span();
                faults.add(FaultKind::PeriodEndsBeforeItBegins, &span);
                return None;
            }
            AnswerType::Day {
                from_days: small(from),
                until_days: small(until),
            }
        }
        Type::Time => {
            let from = need_time(table, "from", true, faults);
            let until = need_time(table, "until", true, faults);
            let step = number("step_minutes", 5, 240, 30, faults);
            let (from, until) = (from?, until?);
            if until <= from {
                let span = table.get("until")?.span();
                faults.add(FaultKind::PeriodEndsBeforeItBegins, &span);
                return None;
            }
            AnswerType::Time {
                from,
                until,
                step_minutes: small(step),
            }
        }
        Type::Window => AnswerType::Window,
        Type::Number => {
            let least = number("least", 0, 9_999, 0, faults);
            let most = number("most", 1, 9_999, 99, faults);
            if most <= least {
                let span = table.get("most").or(table.get("least"))?.span();
                let kind = FaultKind::OutOfRange {
                    key: "most".to_owned(),
                    least: least + 1,
                    most: 9_999,
                };
                faults.add(kind, &span);
                return None;
            }
            let unit = short(table, "unit", UNIT_LIMIT, faults).unwrap_or_default();
            AnswerType::Number { least, most, unit }
        }
        Type::Goods => AnswerType::Goods {
            kinds: small(number("kinds", 1, 100, 20, faults)),
            pieces: small(number("pieces", 1, 500, 60, faults)),
        },
        Type::Birthday => AnswerType::Birthday,
        Type::Telephone => AnswerType::Telephone,
        Type::Words => {
            let most = AnswerType::LETTER_LIMIT.into();
            AnswerType::Words {
                letters: small(number("letters", 1, most, 60, faults)),
            }
        }
        Type::Consent => AnswerType::Consent,
    })
}

fn choices(
    table: &Table,
    mut leading: Option<(usize, &mut Vec<Leading>)>,
    faults: &mut Faults,
) -> Option<Vec<FormChoice>> {
    let value = table.need("choice", faults)?;
    let tables = crate::table::tables(table, "choice", CHOICE_KEYS, faults);
    let mut ids = Ids::new("choice");
    let mut found = Vec::new();
    for table in &tables {
        let id = ids.take::<ChoiceId>(table, faults);
        let words = table.need_short_text("words", CHOICE_LIMIT, faults);
        let leads_to = table.text("leads_to", faults);
        let (Some(id), Some(words)) = (id, words) else {
            continue;
        };
        if let Some(to) = leads_to {
            match &mut leading {
                Some((question, leading)) => leading.push(Leading {
                    question: *question,
                    choice: found.len(),
                    to: Placed {
                        value: to.value.to_owned(),
                        span: to.span,
                    },
                }),
                None => faults.add(FormFault::LeadsFromSome.into(), &to.span),
            }
        }
        found.push(FormChoice {
            id,
            words,
            leads_to: None,
        });
    }
    if (2..=AnswerType::CHOICE_LIMIT).contains(&tables.len()) {
        return Some(found);
    }
    let kind = FormFault::WrongCount {
        key: "choice".to_owned(),
        least: 2,
        most: AnswerType::CHOICE_LIMIT,
        count: tables.len(),
    };
    faults.add(kind.into(), &value.span());
    None
}

/// Has choices lead where they say: to a later question, or to the check page.
fn lead(questions: &mut [FormQuestion], leading: Vec<Leading>, faults: &mut Faults) {
    let places: HashMap<String, usize> = questions
        .iter()
        .enumerate()
        .map(|(place, question)| (question.id.to_string(), place))
        .collect();
    for Leading {
        question,
        choice,
        to,
    } in leading
    {
        let leads_to = if to.value == CHECK {
            LeadsTo::Check
        } else {
            match (places.get(&to.value), to.value.parse()) {
                (Some(place), Ok(id)) if *place > question => LeadsTo::Question(id),
                (Some(_), _) => {
                    faults.add(FormFault::LeadsBack(to.value).into(), &to.span);
                    continue;
                }
                _ => {
                    let mut known: Vec<String> = places.keys().cloned().collect();
                    known.sort();
                    let kind = FaultKind::UnknownId {
                        of: "question",
                        id: to.value,
                        known,
                    };
                    faults.add(kind, &to.span);
                    continue;
                }
            }
        };
        if let Some(FormQuestion {
            answer: AnswerType::OneOf { choices },
            ..
        }) = questions.get_mut(question)
            && let Some(choice) = choices.get_mut(choice)
        {
            choice.leads_to = Some(leads_to);
        }
    }
}

/// A text of at most `limit` characters, where there is one.
pub(super) fn short(
    table: &Table,
    key: &'static str,
    limit: usize,
    faults: &mut Faults,
) -> Option<String> {
    table.get(key)?;
    table.need_short_text(key, limit, faults)
}
