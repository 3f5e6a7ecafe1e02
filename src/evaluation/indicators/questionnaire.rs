//! What residents answer when they are asked, and the System Usability Scale.

use std::collections::BTreeMap;

use super::days::count;
use crate::{
    evidence::Evidence,
    statistics::{self, Mean, fraction},
};

/// The answers to one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The mean of the answers' numbers.
    pub mean: Mean,
    /// How many gave each answer, from the first on.
    pub choices: Vec<i64>,
}

/// Per question: how many answered, the mean of the answers' numbers with its interval, and how often
/// each was given. Of two answers of a loan the later one counts.
pub fn questionnaire(evidence: &Evidence) -> BTreeMap<(String, i64), Question> {
    let mut answers: BTreeMap<(String, i64), Vec<i64>> = BTreeMap::new();
    for row in &evidence.answers {
        let key = (row.survey.clone(), row.question);
        answers.entry(key).or_default().push(row.choice);
    }
    let questions = answers.into_iter().filter_map(|(key, choices)| {
        let values: Vec<f64> = choices.iter().map(|choice| fraction(*choice)).collect();
        let greatest = choices.iter().copied().max()?.max(1);
        let given = (1..=greatest)
            .map(|choice| count(choices.iter().filter(|it| **it == choice).count()))
            .collect();
        let question = Question {
            mean: statistics::mean(&values)?,
            choices: given,
        };
        Some((key, question))
    });
    questions.collect()
}

/// The System Usability Scale, 0 to 100, over the loans that answered all ten questions of the
/// questionnaire `sus`: the odd questions count their answer less 1, the even ones 5 less theirs.
pub fn system_usability(evidence: &Evidence) -> Option<Mean> {
    let mut by_loan: BTreeMap<usize, BTreeMap<i64, i64>> = BTreeMap::new();
    for row in evidence.answers.iter().filter(|row| row.survey == "sus") {
        by_loan
            .entry(row.loan)
            .or_default()
            .insert(row.question, row.choice);
    }
    let scores: Vec<f64> = by_loan
        .values()
        .filter(|answers| (1..=10).all(|question| answers.contains_key(&question)))
        .map(|answers| {
            let points: i64 = (1..=10)
                .map(|question| {
                    let choice = answers[&question].clamp(1, 5);
                    if question % 2 == 1 {
                        choice - 1
                    } else {
                        5 - choice
                    }
                })
                .sum();
            fraction(points) * 2.5
        })
        .collect();
    statistics::mean(&scores)
}
