//! The number pad: six digits from the helper's paper.

use kairan_contract::EnrolmentCode;

use super::Effect;

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

/// Why a code did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentRefused {
    /// The backend does not know it.
    NotValid,
    /// The backend cannot be reached.
    Unreachable,
    /// Too many were tried.
    TooMany,
    /// The tablet could not remember it: its disk is full or failing.
    NotKept,
}

impl Enrolment {
    /// The pad after a code that did not open: empty again, and it says why.
    pub fn refused(why: EnrolmentRefused) -> Self {
        Self {
            refused: Some(why),
            ..Self::default()
        }
    }

    /// Takes a digit; the sixth tries the code.
    pub fn take_digit(&mut self, digit: char) -> Option<Effect> {
        if self.busy || self.digits.len() >= 6 || !digit.is_ascii_digit() {
            return None;
        }
        self.refused = None;
        self.digits.push(digit);
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
    fn six_digits_are_tried_and_a_refusal_begins_again() {
        let mut pad = Enrolment::default();
        for digit in "12x345".chars() {
            assert_eq!(pad.take_digit(digit), None);
        }
        pad.correct();
        pad.take_digit('5');
        assert_eq!(
            pad.take_digit('6'),
            Some(Effect::Enrol(EnrolmentCode::from_number(123_456)))
        );
        assert_eq!(pad.take_digit('7'), None, "while it is tried");
        pad.correct();
        assert_eq!(pad.digits, "123456", "while it is tried");
        assert_eq!(Enrolment::refused(EnrolmentRefused::NotValid).digits, "");
    }
}
