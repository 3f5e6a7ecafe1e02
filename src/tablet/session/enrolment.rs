//! The number pad: eight digits from the helper's paper, or six where it was printed by a backend of before.

use kairan_contract::EnrolmentCode;

use super::effect::Effect;
pub use crate::identity::EnrolmentRefused;

/// The number pad.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrolment {
    /// The digits so far.
    pub digits: String,
    /// The code is being tried.
    pub busy: bool,
    /// What became of the last one.
    pub refused: Option<EnrolmentRefused>,
}

impl Enrolment {
    /// The pad after a code that did not open: empty again, and it says why.
    pub fn refused(why: EnrolmentRefused) -> Self {
        Self {
            refused: Some(why),
            ..Self::default()
        }
    }

    /// Takes a digit; the eighth tries the code.
    pub fn take_digit(&mut self, digit: char) -> Option<Effect> {
        if self.busy || self.digits.len() >= EnrolmentCode::DIGITS || !digit.is_ascii_digit() {
            return None;
        }
        self.refused = None;
        self.digits.push(digit);
        if self.digits.len() < EnrolmentCode::DIGITS {
            return None;
        }
        self.send()
    }

    /// Whether what is there could be a whole code of before, so that a key for it is shown.
    pub fn may_be_whole(&self) -> bool {
        !self.busy && self.digits.len() == EnrolmentCode::DIGITS_BEFORE
    }

    /// Tries the digits that are there.
    pub fn send_short(&mut self) -> Option<Effect> {
        self.may_be_whole().then(|| self.send()).flatten()
    }

    fn send(&mut self) -> Option<Effect> {
        let code = EnrolmentCode::try_from(self.digits.clone()).ok()?;
        self.busy = true;
        Some(Effect::Enrol(code))
    }

    /// Takes the last digit back.
    pub fn correct(&mut self) {
        if !self.busy {
            self.digits.pop();
            self.refused = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_tried_and_a_refusal_begins_again() {
        let mut pad = Enrolment::default();
        for digit in "12x34567".chars() {
            assert_eq!(pad.take_digit(digit), None);
        }
        pad.correct();
        pad.take_digit('7');
        assert_eq!(
            pad.take_digit('8'),
            Some(Effect::Enrol(EnrolmentCode::from_number(12_345_678)))
        );
        assert_eq!(pad.take_digit('9'), None, "while it is tried");
        pad.correct();
        assert_eq!(pad.digits, "12345678", "while it is tried");
        assert_eq!(Enrolment::refused(EnrolmentRefused::NotValid).digits, "");
    }

    #[test]
    fn six_digits_of_an_older_paper_are_tried_when_the_key_for_it_is_pressed() {
        let mut pad = Enrolment::default();
        for digit in "47291".chars() {
            assert_eq!(pad.take_digit(digit), None);
            assert_eq!(pad.send_short(), None, "there is no such key yet");
        }
        pad.take_digit('3');
        assert!(pad.may_be_whole());
        let code = "472913".parse().expect("a code");
        assert_eq!(pad.send_short(), Some(Effect::Enrol(code)));
        assert_eq!(pad.send_short(), None, "while it is tried");
        let mut pad = Enrolment::default();
        for digit in "4729135".chars() {
            pad.take_digit(digit);
        }
        assert!(
            !pad.may_be_whole(),
            "more digits than that are no older code"
        );
    }
}
