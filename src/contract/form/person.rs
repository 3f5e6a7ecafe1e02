//! わたしのこと: what a provider may have to know of a resident. It lies on the tablet, and travels inside the one request
//! for which it was asked. Whatever is printed of it for a log says nothing.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Invalid, TelephoneNumber};

/// What a form may ask to be told.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PersonalField {
    /// The name, in kana.
    Name,
    /// The telephone number.
    Telephone,
    /// The address.
    Address,
}

impl PersonalField {
    /// Every field with the word for it in a form's file.
    pub const ALL: [(&'static str, Self); 3] = [
        ("name", Self::Name),
        ("telephone", Self::Telephone),
        ("address", Self::Address),
    ];
}

/// What is told of a resident.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonalData {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<KanaName>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<TelephoneNumber>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

impl PersonalData {
    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether this is told.
    pub fn tells(&self, field: PersonalField) -> bool {
        match field {
            PersonalField::Name => self.name.is_some(),
            PersonalField::Telephone => self.telephone.is_some(),
            PersonalField::Address => self.address.is_some(),
        }
    }

    /// What of it is asked for, and nothing else.
    #[must_use]
    pub fn only(&self, fields: &[PersonalField]) -> Self {
        let asked = |field| fields.contains(&field);
        Self {
            name: self.name.clone().filter(|_| asked(PersonalField::Name)),
            telephone: self
                .telephone
                .clone()
                .filter(|_| asked(PersonalField::Telephone)),
            address: self
                .address
                .clone()
                .filter(|_| asked(PersonalField::Address)),
        }
    }
}

impl fmt::Debug for PersonalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalData(…)")
    }
}

/// A name in kana: at most 30 letters of hiragana or katakana, with a blank between its parts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, max_length = 30)]
pub struct KanaName(String);

impl KanaName {
    /// Letters at most.
    pub const LETTERS: usize = 30;

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KanaName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let is_kana =
            |letter| matches!(letter, 'ぁ'..='ゖ' | 'ァ'..='ヶ' | 'ー' | '・' | ' ' | '　');
        let is_short = text.chars().count() <= Self::LETTERS;
        if is_short && !text.trim().is_empty() && text.chars().all(is_kana) {
            Ok(Self(text.trim().to_owned()))
        } else {
            // What was written is a name: it stands in no message.
            Err(Invalid("a name is written in 1 to 30 kana".to_owned()))
        }
    }
}

impl From<KanaName> for String {
    fn from(name: KanaName) -> String {
        name.0
    }
}

impl fmt::Debug for KanaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KanaName(…)")
    }
}

/// Where somebody lives.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "AddressParts", into = "AddressParts")]
#[schema(value_type = AddressParts)]
pub struct Address(AddressParts);

/// An address as it is written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddressParts {
    /// The 町丁目, as it stands in the council's list.
    pub neighbourhood: String,
    /// 番地 and 号: digits with hyphens.
    pub block: String,
    /// The building and the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<String>,
}

impl Address {
    /// Letters of a 町丁目 or a building at most.
    pub const LETTERS: usize = 40;
    /// Signs of a 番地 at most.
    pub const BLOCK_LETTERS: usize = 15;

    /// The 町丁目.
    pub fn neighbourhood(&self) -> &str {
        &self.0.neighbourhood
    }

    /// 番地 and 号.
    pub fn block(&self) -> &str {
        &self.0.block
    }

    /// The building and the room.
    pub fn building(&self) -> Option<&str> {
        self.0.building.as_deref()
    }

    /// The whole in one line.
    pub fn in_one_line(&self) -> String {
        let place = format!("{} {}", self.0.neighbourhood, self.0.block);
        match self.building() {
            Some(building) => format!("{place} {building}"),
            None => place,
        }
    }
}

impl TryFrom<AddressParts> for Address {
    type Error = Invalid;

    fn try_from(parts: AddressParts) -> Result<Self, Invalid> {
        let is_line = |text: &str| {
            let letters = text.chars().count();
            (1..=Self::LETTERS).contains(&letters)
                && !text.chars().any(char::is_control)
                && !text.trim().is_empty()
        };
        let block = parts.block.as_bytes();
        let is_block = (1..=Self::BLOCK_LETTERS).contains(&block.len())
            && block.iter().all(|it| it.is_ascii_digit() || *it == b'-')
            && block.iter().any(u8::is_ascii_digit);
        if is_line(&parts.neighbourhood)
            && is_block
            && parts.building.as_deref().is_none_or(is_line)
        {
            Ok(Self(parts))
        } else {
            Err(Invalid(
                "an address is a 町丁目, a 番地 in digits and hyphens, and perhaps a building"
                    .to_owned(),
            ))
        }
    }
}

impl From<Address> for AddressParts {
    fn from(address: Address) -> AddressParts {
        address.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl fmt::Debug for AddressParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressParts(…)")
    }
}
