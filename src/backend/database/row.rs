//! A row of an answer as a struct.

/// Reads a struct from a row: each field from the column of its name.
macro_rules! from_row {
    ($read:ident { $($field:ident),+ $(,)? }) => {
        impl ::sqlx::FromRow<'_, ::sqlx::any::AnyRow> for $read {
            fn from_row(row: &::sqlx::any::AnyRow) -> Result<Self, ::sqlx::Error> {
                use ::sqlx::Row as _;

                Ok(Self {
                    $($field: row.try_get(stringify!($field))?,)+
                })
            }
        }
    };
}

pub(crate) use from_row;
