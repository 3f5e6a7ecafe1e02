//! Questions and answers of the tablets' API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EmergencySeen, Invalid, Participation, TabletId, WireRecord};

/// The eight digits that a helper hands to a resident. They live 30 minutes and work once. A backend of before makes six.
/// For people they are written in two groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{6}([0-9]{2})?$")]
pub struct EnrolmentCode(String);

impl EnrolmentCode {
    /// How many numbers there are of as many digits as a code has now.
    pub const NUMBERS: u32 = 100_000_000;
    /// How many digits a code has, and how many it had before.
    pub const DIGITS: usize = 8;
    /// The digits of a code that a backend of before has made.
    pub const DIGITS_BEFORE: usize = 6;

    /// The code with this number; leading noughts are part of it.
    pub fn from_number(number: u32) -> Self {
        Self(format!("{:08}", number % Self::NUMBERS))
    }

    /// The two halves in which it is written and said: 1234 5678.
    pub fn groups(&self) -> (&str, &str) {
        self.0.split_at(self.0.len() / 2)
    }

    /// The digits alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EnrolmentCode {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let is_long_enough = [Self::DIGITS, Self::DIGITS_BEFORE].contains(&text.len());
        if is_long_enough && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(Invalid("an enrolment code has eight digits".to_owned()))
        }
    }
}

impl std::str::FromStr for EnrolmentCode {
    type Err = Invalid;

    /// As somebody types it, with its groups apart or not.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits: String = text.chars().filter(|it| *it != ' ').collect();
        digits.try_into()
    }
}

impl std::fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (left, right) = self.groups();
        write!(f, "{left} {right}")
    }
}

impl From<EnrolmentCode> for String {
    fn from(code: EnrolmentCode) -> String {
        code.0
    }
}

/// A tablet asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentRequest {
    /// The code that the helper handed over.
    pub code: EnrolmentCode,
    /// The installation that asks.
    pub tablet: TabletId,
}

/// The tablet is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// What the tablet shows from now on as `Authorization: Bearer …`. The backend keeps its hash.
    pub token: String,
    /// The pseudonym of this loan.
    pub participation: Participation,
}

/// Usage records on their way to the backend, in the order of their sequence numbers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecordBatch {
    /// The lowest sequence number that the tablet still holds; all below it were acknowledged, or
    /// the next number to come if it holds none. So a backend that lost its records knows which
    /// it need not wait for.
    pub held_from: u64,
    /// At most 500 records. Each is judged by itself: one bad record spoils no other.
    #[schema(value_type = Vec<WireRecord>)]
    pub records: Vec<serde_json::Value>,
}

impl RecordBatch {
    /// The greatest number of records in one batch.
    pub const LIMIT: usize = 500;
}

/// What the backend has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acknowledgement {
    /// Every record up to this sequence number is settled: kept, or refused for good. The tablet
    /// may delete them.
    pub acknowledged: u64,
    /// Records of this batch that the backend did not take, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
}

/// A record that the backend did not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// Its place in the batch, counted from 0.
    pub position: u64,
    /// Its sequence number, if that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// What is wrong with it.
    pub why: String,
}

/// What a tablet says of itself, when something has changed and now and then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TabletStatus {
    /// The program's version.
    pub version: String,
    /// The revision of the catalogue that is on its screen.
    pub catalogue: u64,
    /// Whether it shows that the council has locked it.
    pub locked: bool,
    /// The charge of the battery in per cent, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_percent: Option<u8>,
    /// What is free on its disk, in megabytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_megabytes: Option<u64>,
    /// Usage records that are still to be sent.
    pub unsent: u64,
    /// The emergency that it showed last, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencySeen>,
}

/// How far a tablet is that was told to forget its loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WipeState {
    /// It has heard of it, and begins.
    Received,
    /// Nothing of the loan is left on it.
    Done,
}

/// What a tablet says that was told to forget its loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WipeReport {
    /// How far it is.
    pub state: WipeState,
}

/// Why a request was not answered (RFC 9457, without the parts that nobody reads).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// One sentence that says what happened and how to mend it.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_eight_digits_is_written_in_groups_and_one_of_six_holds() {
        let code = EnrolmentCode::from_number(1_234_567);
        assert_eq!(
            (code.as_str(), code.to_string()),
            ("01234567", "0123 4567".to_owned())
        );
        assert_eq!("0123 4567".parse(), Ok(code.clone()));
        let on_the_wire = |text: &str| EnrolmentCode::try_from(text.to_owned());
        assert_eq!(on_the_wire("01234567"), Ok(code));
        assert_eq!(
            on_the_wire("472913").map(|it| it.to_string()),
            Ok("472 913".to_owned())
        );
        for wrong in [
            "",
            "12345",
            "1234567",
            "123456789",
            "1234 5678",
            "1234567a",
            "１２３４５６",
        ] {
            assert!(on_the_wire(wrong).is_err(), "{wrong}");
        }
    }
}
