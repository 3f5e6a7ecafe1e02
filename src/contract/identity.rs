//! Names of things: newtypes that cannot be mixed up and cannot hold nonsense.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use utoipa::ToSchema;
use uuid::Uuid;

/// A text that is not what its type asks for; the message says what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// Declares an id of small letters, digits and hyphens, as an operator writes it in the catalogue.
macro_rules! slug {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, pattern = "^[a-z0-9-]{1,40}$")]
        pub struct $name(String);

        impl $name {
            /// The id as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                let fits = (1..=40).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                if fits {
                    Ok(Self(text))
                } else {
                    Err(Invalid(format!("`{text}` is not an id of 1 to 40 letters a-z, digits and hyphens")))
                }
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug!(
    /// A tile of the catalogue.
    ServiceId
);
slug!(
    /// A group of tiles with one colour.
    CategoryId
);
slug!(
    /// A form: questions whose answers are counted under this name.
    FormId
);
slug!(
    /// A question of a form.
    QuestionId
);
slug!(
    /// A choice of a question.
    ChoiceId
);
slug!(
    /// A delivery window of a form.
    WindowId
);
slug!(
    /// A message from the council.
    MessageId
);
slug!(
    /// Who stands behind a tile.
    ProviderId
);

/// What a provider calls one of its goods: its own number, as its till knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Za-z0-9_.-]{1,40}$")]
pub struct GoodId(String);

impl GoodId {
    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for GoodId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let is_sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        if (1..=40).contains(&text.len()) && text.bytes().all(is_sign) {
            Ok(Self(text))
        } else {
            Err(Invalid(format!(
                "`{text}` is not the number of a good: 1 to 40 letters, digits, `_`, `.` and `-`"
            )))
        }
    }
}

impl From<GoodId> for String {
    fn from(id: GoodId) -> String {
        id.0
    }
}

impl fmt::Display for GoodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Declares an id that a machine made.
macro_rules! machine_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[schema(value_type = String, format = "uuid")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| Invalid(format!("`{text}` is not a UUID")))
            }
        }
    };
}

machine_id!(
    /// One installation of the tablet program; a new one after a wipe.
    TabletId
);
machine_id!(
    /// The pseudonym of one loan. The link to a person exists only in the council's loan book.
    Participation
);
machine_id!(
    /// One start of the tablet program.
    BootId
);
machine_id!(
    /// One emergency that the council has told its residents of.
    EmergencyId
);
machine_id!(
    /// One request of a resident.
    RequestId
);

/// A municipality, as five digits or six with the check digit (全国地方公共団体コード).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{5,6}$")]
pub struct AreaCode(String);

impl AreaCode {
    /// The digits as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AreaCode {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if (5..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(Invalid(format!(
                "`{text}` is not a municipality code of 5 or 6 digits"
            )))
        }
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> String {
        code.0
    }
}

/// The SHA-256 of a blob, which is also its address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The 32 bytes themselves.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256 {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid(format!("`{text}` is not a SHA-256 of 64 small hex digits"));
        let is_small_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() != 64 || !text.bytes().all(is_small_hex) {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte =
                u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Sha256 {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Sha256> for String {
    fn from(hash: Sha256) -> String {
        hash.to_string()
    }
}

/// Which item of a list was read: the first 64 bits of the SHA-256 of its id.
///
/// A record can so be matched with what was published, and carries no word of it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9a-f]{16}$")]
pub struct ItemHash(u64);

impl ItemHash {
    /// The hash of an item's id.
    pub fn of(id: &str) -> Self {
        let hash = Sha256::of(id.as_bytes());
        let head = hash
            .as_bytes()
            .first_chunk::<8>()
            .copied()
            .unwrap_or_default();
        Self(u64::from_be_bytes(head))
    }
}

impl TryFrom<String> for ItemHash {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let invalid = || Invalid(format!("`{text}` is not an item hash of 16 hex digits"));
        if text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            u64::from_str_radix(&text, 16)
                .map(Self)
                .map_err(|_| invalid())
        } else {
            Err(invalid())
        }
    }
}

impl From<ItemHash> for String {
    fn from(hash: ItemHash) -> String {
        format!("{:016x}", hash.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_back_as_it_was_written_and_nothing_else_is_one() {
        let hash = Sha256::of(b"kairan");
        assert_eq!(hash.to_string().parse::<Sha256>(), Ok(hash));
        for wrong in [
            "",
            "ab",
            &"g".repeat(64),
            &"A".repeat(64),
            &"あ".repeat(64),
            &"あ".repeat(21),
        ] {
            assert!(wrong.parse::<Sha256>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_id_is_small_letters_digits_and_hyphens() {
        assert!("city-news-2".parse::<ServiceId>().is_ok());
        for wrong in ["", "City", "市", "a b", &"a".repeat(41)] {
            assert!(wrong.parse::<ServiceId>().is_err(), "{wrong}");
        }
    }
}
