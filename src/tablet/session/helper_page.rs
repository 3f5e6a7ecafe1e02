//! The page of this tablet, for helpers, and the number pad before it. Pure.

use super::{
    Effect, Route, Session,
    question::{Question, Touched},
};
use crate::speech::Tone;

impl Session {
    /// The number pad before the helper's page.
    pub(crate) fn open_pin(&mut self) {
        self.path.push(Route::Pin {
            digits: String::new(),
            was_wrong: false,
        });
    }

    /// Takes back the last digit of the helper's number.
    pub(crate) fn correct_pin(&mut self) {
        if let Some(Route::Pin { digits, .. }) = self.path.last_mut() {
            digits.pop();
        }
    }

    /// A digit of the helper's number; the fourth tries it.
    pub(crate) fn take_pin_digit(&mut self, digit: char) {
        let right = self.helper_pin();
        let Some(Route::Pin { digits, was_wrong }) = self.path.last_mut() else {
            return;
        };
        *was_wrong = false;
        if digit.is_ascii_digit() {
            digits.push(digit);
        }
        if digits.len() < 4 {
            return;
        }
        // Before anything has come nobody can know the number.
        if *digits == right || right.is_empty() {
            self.replace(Route::Tablet);
        } else {
            digits.clear();
            *was_wrong = true;
        }
    }

    /// The last four digits of the helper's telephone number: it keeps fingers out, not thieves.
    fn helper_pin(&self) -> String {
        let council = self.content.as_ref().map(|it| &it.manifest.council);
        let number = council.map_or("", |council| council.helper_telephone.as_str());
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        digits[digits.len().saturating_sub(4)..].iter().collect()
    }

    /// The keys of the page of this tablet, by their place.
    pub(crate) fn choose_on_helper_page(&mut self, index: usize) -> Vec<Effect> {
        let question = match index {
            0 => Question::Loudness,
            1 => Question::Pace,
            2 => Question::TouchTest(Touched::default()),
            3 => return vec![Effect::Report, Effect::Sound(Tone::Sent)],
            4 => {
                self.open_neighbourhoods();
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        self.path.push(Route::Question(question));
        Vec::new()
    }
}
