//! A questionnaire of the evaluator's: a TOML file of questions, each with its answers.
//!
//! ```toml
//! id = "first-month"
//! title = "使ってみて いかがですか"
//! purpose = "みなさんの 声を、よくするために 役立てます。"
//! [[question]]
//! words = "文字は 読みやすいですか。"
//! choices = ["読みやすい", "ふつう", "読みにくい"]
//! ```

use kairan_contract::{FormId, Questionnaire, SurveyQuestion};
use serde::Deserialize;

use super::{
    draft::{DraftContent, Gleaned},
    error::SourceError,
    toml_file::toml_file,
};

/// The questions of a questionnaire; nobody answers more.
const QUESTION_LIMIT: usize = 30;
/// The answers to a question: more do not fit on a small tablet with the largest letters.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=7;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: FormId,
    title: String,
    purpose: String,
    #[serde(rename = "question")]
    questions: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    words: String,
    choices: Vec<String>,
}

/// Reads a questionnaire.
pub fn parse(bytes: &[u8]) -> Result<Gleaned, SourceError> {
    let file: File = toml_file(bytes, "questionnaire")?;
    let count = file.questions.len();
    if count == 0 || count > QUESTION_LIMIT {
        let why = format!("a questionnaire has 1 to {QUESTION_LIMIT} questions, this one {count}");
        return Err(SourceError::NotUnderstood(why));
    }
    let mut questions = Vec::with_capacity(count);
    for (number, question) in (1..).zip(file.questions) {
        let wrong = |what: &str| SourceError::NotUnderstood(format!("question {number} {what}"));
        if question.words.trim().is_empty() {
            return Err(wrong("has no words"));
        }
        if !CHOICES.contains(&question.choices.len()) {
            return Err(wrong("does not have 2 to 7 answers"));
        }
        if question
            .choices
            .iter()
            .any(|choice| choice.trim().is_empty())
        {
            return Err(wrong("has an answer without words"));
        }
        questions.push(SurveyQuestion {
            words: question.words,
            choices: question.choices,
        });
    }
    Ok(Gleaned::whole(DraftContent::Questionnaire(Questionnaire {
        id: file.id,
        title: file.title,
        purpose: file.purpose,
        questions,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id = \"first-month\"\ntitle = \"アンケート\"\npurpose = \"役立てます。\"\n";

    #[test]
    fn questions_are_read_and_faults_are_named() {
        let question =
            "[[question]]\nwords = \"読みやすいですか。\"\nchoices = [\"はい\", \"いいえ\"]\n";
        let gleaned = parse(format!("{HEAD}{question}").as_bytes()).expect("reads");
        let DraftContent::Questionnaire(read) = gleaned.draft else {
            panic!("no questionnaire")
        };
        assert_eq!(read.id.as_str(), "first-month");
        assert_eq!(read.questions[0].choices, ["はい", "いいえ"]);
        for (text, why) in [
            (HEAD.to_owned(), "missing field `question`"),
            (
                format!("{HEAD}[[question]]\nwords = \"？\"\nchoices = [\"はい\"]\n"),
                "question 1 does not have 2 to 7 answers",
            ),
            (
                format!("{HEAD}{question}[[question]]\nwords = \"\"\nchoices = [\"a\", \"b\"]\n"),
                "question 2 has no words",
            ),
            (HEAD.replace("first-month", "一か月"), "line 1"),
            (format!("{HEAD}{}", question.repeat(31)), "this one 31"),
        ] {
            let error = parse(text.as_bytes()).map(|_| ()).expect_err("refused");
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
