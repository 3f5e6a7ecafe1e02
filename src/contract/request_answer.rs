//! What became of what a resident asked for: told to the tablet of the loan alone, and never part of a manifest or a blob.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};
use utoipa::ToSchema;

use crate::{FormId, GoodAmount, Invalid, RequestId, ServiceId, TelephoneNumber, Yen};

/// What a tablet asks for with `GET /api/v1/answers?since=REVISION`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestAnswers {
    /// The revision up to which this tells everything; the tablet asks for what has come since then.
    pub revision: u64,
    /// More has come than is told at once: ask again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_more: bool,
    /// The requests of this loan that have changed since, the longest ago first; at most [`RequestAnswers::LIMIT`].
    pub answers: Vec<RequestAnswer>,
}

impl RequestAnswers {
    /// The requests that are told at once.
    pub const LIMIT: usize = 50;
}

/// One request as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestAnswer {
    /// Which.
    pub request: RequestId,
    /// Grows by one with each of its transitions. A lower one than is known is older news.
    pub revision: u32,
    /// Under which number people speak of it.
    pub number: RequestNumber,
    /// The tile from which it was asked; absent for a call back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// The form; absent for a call back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormId>,
    /// What is asked for, such as 買い物.
    pub title: String,
    /// Who answers, as residents know it.
    pub provider: String,
    /// Where its provider can be rung.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<TelephoneNumber>,
    /// How it stands.
    pub status: RequestStatus,
    /// Since when it stands so.
    #[schema(value_type = String, format = "date-time")]
    pub since: Timestamp,
    /// When it was asked, by the backend's clock.
    #[schema(value_type = String, format = "date-time")]
    pub asked_at: Timestamp,
    /// Until when somebody answers, where an answer is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub answer_by: Option<Timestamp>,
    /// Until when it can be cancelled freely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub cancel_until: Option<Timestamp>,
    /// When it takes place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// What it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Yen>,
    /// What the provider proposes instead; only where the status is `proposed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// What was said with the last transition, such as a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Why it was sent back or is not done, where the backend itself says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Who asked in the resident's place, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// The number is to be written on the things.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub number_is_written_on: bool,
    /// What was asked, question by question, so that a tablet that did not ask itself can show it. Gone once the
    /// personal data of the request are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RequestLine>,
    /// The goods that were asked for, so that the same can be asked for again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<GoodAmount>,
}

/// A question and its answer in words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestLine {
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
}

impl fmt::Debug for RequestLine {
    /// Answers are the resident's own: they stand in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestLine(…)")
    }
}

/// When something takes place: half-open, so that two that follow one another do not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Appointment {
    /// When it begins.
    #[schema(value_type = String, format = "date-time")]
    pub begins_at: Timestamp,
    /// When it ends; that moment is not part of it.
    #[schema(value_type = String, format = "date-time")]
    pub ends_at: Timestamp,
}

/// What a provider proposes in place of what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// Another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// Another price, for everything together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Yen>,
    /// Until when it holds.
    #[schema(value_type = String, format = "date-time")]
    pub until: Timestamp,
}

/// How a request stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    IntoStaticStr,
    EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RequestStatus {
    /// It has arrived, and nobody has answered yet.
    Requested,
    /// The provider proposes another time or price.
    Proposed,
    /// Something in it has to be mended; it can be sent again.
    Returned,
    /// It is full; who asked is told when a place comes free.
    WaitingList,
    /// The lot fell on it.
    Drawn,
    /// The lot fell on others.
    NotDrawn,
    /// It holds.
    Confirmed,
    /// It is done.
    Done,
    /// Nobody was there.
    NoShow,
    /// It cannot be done.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// The resident took it back.
    Withdrawn,
    /// It was confirmed, and is cancelled.
    Cancelled,
    /// The resident wants to cancel, after the time for it: a person decides.
    LateCancelAsked,
    /// A status of a newer backend.
    #[serde(other)]
    Unknown,
}

impl RequestStatus {
    /// Whether nothing more becomes of it.
    pub fn is_over(self) -> bool {
        match self {
            Self::NotDrawn
            | Self::Done
            | Self::NoShow
            | Self::Declined
            | Self::Expired
            | Self::Withdrawn
            | Self::Cancelled => true,
            Self::Requested
            | Self::Proposed
            | Self::Returned
            | Self::WaitingList
            | Self::Drawn
            | Self::Confirmed
            | Self::LateCancelAsked
            | Self::Unknown => false,
        }
    }

    /// Whether the resident can take it back, free, at any time.
    pub fn can_be_withdrawn(self) -> bool {
        matches!(
            self,
            Self::Requested | Self::Proposed | Self::Returned | Self::WaitingList | Self::Drawn
        )
    }
}

/// Why the backend itself sent a request back, or ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// The form is not open, or not open any more.
    Closed,
    /// What was asked for is sold out.
    SoldOut,
    /// The time that was asked for is full.
    Full,
    /// The time that was asked for is past, or too near.
    TooLate,
    /// A price has changed since it was chosen.
    PriceChanged,
    /// The form has changed so that an answer is not one any more.
    FormChanged,
    /// The resident has as many open requests of this form as one can have.
    TooMany,
    /// Nobody who lives where the tablet is lent, or is of this age, is served.
    NotForYou,
    /// A reason of a newer backend.
    #[serde(other)]
    Unknown,
}

/// The number under which people speak of a request: eight digits, the last of which says whether the others were
/// read or heard right.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{8}$")]
pub struct RequestNumber(u32);

impl RequestNumber {
    /// How many numbers there are.
    pub const NUMBERS: u32 = 10_000_000;

    /// The number with these seven digits before its check digit.
    pub fn from_number(number: u32) -> Self {
        Self(number % Self::NUMBERS)
    }

    /// The seven digits before its check digit.
    pub fn without_check_digit(self) -> u32 {
        self.0
    }

    /// Luhn's check digit: it finds every single wrong digit, and two neighbours that have changed places, but for 0
    /// and 9.
    fn check_digit(self) -> u32 {
        let mut rest = self.0;
        let mut sum = 0;
        for place in 0..7 {
            let digit = rest % 10;
            rest /= 10;
            let counted = if place % 2 == 0 { digit * 2 } else { digit };
            sum += counted / 10 + counted % 10;
        }
        (10 - sum % 10) % 10
    }

    /// The eight digits alone.
    pub fn digits(self) -> String {
        format!("{:07}{}", self.0, self.check_digit())
    }
}

impl fmt::Display for RequestNumber {
    /// In two groups, as it is shown and said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let (left, right) = digits.split_at(4);
        write!(f, "{left} {right}")
    }
}

impl FromStr for RequestNumber {
    type Err = Invalid;

    /// As somebody types it, with its groups apart or not.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits: String = text.chars().filter(|it| !matches!(it, ' ' | '-')).collect();
        let invalid = || Invalid("a request has a number of eight digits".to_owned());
        if digits.len() != 8 || !digits.bytes().all(|it| it.is_ascii_digit()) {
            return Err(invalid());
        }
        let number = Self(digits[..7].parse().map_err(|_| invalid())?);
        if number.digits() == digits {
            Ok(number)
        } else {
            Err(Invalid(
                "a digit of the number is wrong; compare it once more".to_owned(),
            ))
        }
    }
}

impl TryFrom<String> for RequestNumber {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<RequestNumber> for String {
    fn from(number: RequestNumber) -> String {
        number.digits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_groups_and_a_slip_is_found() {
        let number = RequestNumber::from_number(1_234_567);
        assert_eq!(number.to_string(), "1234 5674");
        assert_eq!("1234 5674".parse(), Ok(number));
        assert_eq!("12345674".parse(), Ok(number));
        for wrong in [
            "1234 5675",
            "1243 5674",
            "123456",
            "",
            "１２３４５６７４",
            "1234 567x",
        ] {
            assert!(wrong.parse::<RequestNumber>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_single_wrong_digit_is_found() {
        let right = RequestNumber::from_number(9_061_852).digits();
        for place in 0..8 {
            for digit in '0'..='9' {
                let mut read: Vec<char> = right.chars().collect();
                let is_right = read[place] == digit;
                read[place] = digit;
                let read: String = read.into_iter().collect();
                assert_eq!(read.parse::<RequestNumber>().is_ok(), is_right, "{read}");
            }
        }
    }

    #[test]
    fn a_status_of_a_newer_backend_is_read() {
        let read: RequestStatus = serde_json::from_str("\"frozen\"").expect("reads");
        assert_eq!(read, RequestStatus::Unknown);
        let read: RequestStatus = serde_json::from_str("\"late_cancel_asked\"").expect("reads");
        assert_eq!(read, RequestStatus::LateCancelAsked);
    }
}
