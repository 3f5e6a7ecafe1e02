//! What can be had: goods with their prices, and windows in which they are brought or fetched.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{GoodId, Invalid, WindowId};

/// Yen, with tax.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(try_from = "u32", into = "u32")]
#[schema(value_type = u32, maximum = 9_999_999)]
pub struct Yen(u32);

impl Yen {
    /// Nothing here costs more.
    pub const MOST: u32 = 9_999_999;

    /// The number.
    pub fn amount(self) -> u32 {
        self.0
    }

    /// So many times the price; none where that is more than [`Yen::MOST`].
    pub fn times(self, amount: u32) -> Option<Self> {
        self.0.checked_mul(amount)?.try_into().ok()
    }

    /// Both together; none where that is more than [`Yen::MOST`].
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0)?.try_into().ok()
    }
}

impl TryFrom<u32> for Yen {
    type Error = Invalid;

    fn try_from(amount: u32) -> Result<Self, Invalid> {
        if amount <= Self::MOST {
            Ok(Self(amount))
        } else {
            Err(Invalid(format!("{amount} yen is more than {}", Self::MOST)))
        }
    }
}

impl From<Yen> for u32 {
    fn from(price: Yen) -> u32 {
        price.0
    }
}

/// Something that can be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Good {
    /// The provider's number for it.
    pub id: GoodId,
    /// What it is called.
    pub name: String,
    /// Its name in kana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// How much it is, such as 1本（1L）.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Under which heading it stands, such as 飲みもの.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What one costs.
    pub price: Yen,
    /// How many one resident can have at once.
    pub most: u16,
    /// There is none left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_sold_out: bool,
}

impl Good {
    /// No more of one kind.
    pub const MOST: u16 = 99;
}

/// A time in which something is brought or fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryWindow {
    /// Its id within the form.
    pub id: WindowId,
    /// When it begins.
    #[schema(value_type = String, format = "date-time")]
    pub begins_at: Timestamp,
    /// When it ends; that moment is not part of it.
    #[schema(value_type = String, format = "date-time")]
    pub ends_at: Timestamp,
    /// Until when one has to have asked.
    #[schema(value_type = String, format = "date-time")]
    pub ask_until: Timestamp,
    /// There is no place left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_full: bool,
}

impl DeliveryWindow {
    /// Whether somebody can still have it.
    pub fn is_free_at(&self, now: Timestamp) -> bool {
        !self.is_full && now < self.ask_until
    }
}
