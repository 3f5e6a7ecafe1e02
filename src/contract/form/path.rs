//! Which questions are asked: the next one each time, but where a choice leads to a later one.

use super::{Answer, AnswerType, AnswerValue, Form, FormQuestion, LeadsTo, Yen};
use crate::QuestionId;

impl Form {
    /// The questions that are asked as far as the answers tell: up to the first that has none and must have one, or
    /// all. A question that a choice passes over is not asked, and an answer to it does not count.
    pub fn path<'f>(&'f self, answers: &[Answer]) -> Vec<&'f FormQuestion> {
        let mut asked = Vec::new();
        let mut next = 0;
        while let Some(question) = self.questions.get(next) {
            asked.push(question);
            let answer = value_of(answers, &question.id);
            if answer.is_none() && !question.is_optional {
                break;
            }
            next = self.after(next, question, answer);
        }
        asked
    }

    /// Whether every question that is asked has its answer.
    pub fn is_complete(&self, answers: &[Answer]) -> bool {
        let answered = |question: &&FormQuestion| {
            question.is_optional || value_of(answers, &question.id).is_some()
        };
        self.path(answers).iter().all(answered)
    }

    /// The answers that count: those to questions that are asked, in the order of the questions.
    pub fn counting(&self, answers: &[Answer]) -> Vec<Answer> {
        let asked = self.path(answers).into_iter();
        let answer = |question: &FormQuestion| {
            let found = answers.iter().find(|it| it.question == question.id);
            found.cloned()
        };
        asked.filter_map(answer).collect()
    }

    /// What it comes to: goods at the prices that stand in the answers, and what bringing them costs. None where
    /// nothing has a price, or where it is more than anybody can ask for.
    pub fn total(&self, answers: &[Answer]) -> Option<Yen> {
        let mut goods = None;
        for answer in self.counting(answers) {
            if let AnswerValue::Goods { goods: amounts } = answer.value {
                for amount in amounts {
                    let price = amount.price.times(amount.amount.into())?;
                    goods = Some(goods.unwrap_or(Yen::default()).plus(price)?);
                }
            }
        }
        goods?.plus(self.delivery_fee.unwrap_or_default())
    }

    /// The place of the question after this one; always a later one.
    fn after(&self, at: usize, question: &FormQuestion, answer: Option<&AnswerValue>) -> usize {
        let (AnswerType::OneOf { choices }, Some(AnswerValue::OneOf { choice: chosen })) =
            (&question.answer, answer)
        else {
            return at + 1;
        };
        let choice = choices.iter().find(|choice| choice.id == *chosen);
        match choice.and_then(|choice| choice.leads_to.as_ref()) {
            None => at + 1,
            Some(LeadsTo::Check) => self.questions.len(),
            Some(LeadsTo::Question(id)) => {
                let later = self.questions.iter().skip(at + 1);
                let place = later.take_while(|it| it.id != *id).count();
                at + 1 + place
            }
        }
    }
}

/// What was answered to a question.
fn value_of<'a>(answers: &'a [Answer], question: &QuestionId) -> Option<&'a AnswerValue> {
    let found = answers.iter().find(|it| it.question == *question);
    found.map(|answer| &answer.value)
}
