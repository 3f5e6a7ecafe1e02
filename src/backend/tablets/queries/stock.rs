//! The tablets that the council owns.

use std::{collections::HashSet, fmt, str::FromStr};

use jiff::Timestamp;

use super::tablets::CODE_LIFE;
use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError},
};
/// What stands on a tablet's back: up to 20 letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

impl Label {
    /// Letters of a label.
    pub const LIMIT: usize = 20;

    /// Its letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It is empty, or too long for a tablet's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a label has 1 to 20 letters")]
pub struct NoLabel;

impl FromStr for Label {
    type Err = NoLabel;

    fn from_str(typed: &str) -> Result<Self, NoLabel> {
        let letters: String = typed.chars().filter(|it| !it.is_control()).collect();
        let letters = letters.trim();
        if letters.is_empty() || letters.chars().count() > Self::LIMIT {
            return Err(NoLabel);
        }
        Ok(Self(letters.to_owned()))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Why a tablet is not lent for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// It is being mended.
    Repair,
    /// Nobody knows where it is.
    Lost,
    /// It is no more.
    Disposed,
    /// It never was: the label was written by mistake.
    Mistaken,
}

impl Away {
    /// All, with the way they are written.
    pub const ALL: [(&'static str, Self); 4] = [
        ("repair", Self::Repair),
        ("lost", Self::Lost),
        ("disposed", Self::Disposed),
        ("mistaken", Self::Mistaken),
    ];

    /// The one that is written so.
    pub fn named(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(it, _)| *it == word);
        known.map(|(_, away)| *away)
    }

    /// The way it is written.
    pub fn as_str(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, away)| *away == self);
        known.map_or("", |(word, _)| word)
    }
}

/// A tablet that the council owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// What stands on its back.
    pub label: Label,
    /// Since when it is known.
    pub registered_at: Timestamp,
    /// Why it is not lent for now.
    pub away: Option<Away>,
}

impl Database {
    /// All, by their labels.
    pub async fn stock(&self) -> Result<Vec<Owned>, DatabaseError> {
        let rows: Vec<(String, i64, Option<String>)> =
            sqlx::query_as("SELECT label, registered_at, away FROM stock ORDER BY label")
                .fetch_all(&self.readers)
                .await?;
        let damaged = || DatabaseError::Damaged("the stock of tablets".to_owned());
        let read = |(label, at, away): (String, i64, Option<String>)| {
            let away = away.map(|word| Away::named(&word).ok_or_else(damaged));
            Ok(Owned {
                label: label.parse().map_err(|_| damaged())?,
                registered_at: Timestamp::from_millisecond(at).map_err(|_| damaged())?,
                away: away.transpose()?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The labels for which a code waits that still opens something.
    pub async fn awaited_labels(&self, now: Timestamp) -> Result<HashSet<String>, DatabaseError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT label FROM enrolment_codes
             WHERE label IS NOT NULL AND used_at IS NULL AND made_at > $1",
        )
        .bind((now - CODE_LIFE).as_millisecond())
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(label,)| label).collect())
    }

    /// Registers tablets, all of them or none; gives how many were not known before.
    pub async fn register(
        &self,
        labels: &[Label],
        by: &str,
        now: Timestamp,
    ) -> Result<usize, DatabaseError> {
        self.in_transaction(async |connection| {
            let mut registered = 0;
            for label in labels {
                let done = sqlx::query(
                    "INSERT INTO stock (label, registered_at) VALUES ($1, $2)
                     ON CONFLICT (label) DO NOTHING",
                )
                .bind(label.as_str().to_owned())
                .bind(now.as_millisecond())
                .execute(&mut *connection)
                .await?;
                if done.rows_affected() == 0 {
                    continue;
                }
                registered += 1;
                let deed = about(label, Act::TabletRegistered, by, "");
                write_down(connection, &deed, now).await?;
            }
            Ok(registered)
        })
        .await
    }

    /// Puts a tablet away, or takes it up again. `false` if it is not known, or is so already.
    pub async fn put_away(
        &self,
        label: &Label,
        away: Option<Away>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            let word = away.map(Away::as_str);
            let done = sqlx::query(
                "UPDATE stock SET away = $1 WHERE label = $2 AND COALESCE(away, '') <> $3",
            )
            .bind(word.map(str::to_owned))
            .bind(label.as_str().to_owned())
            .bind(word.unwrap_or_default().to_owned())
            .execute(&mut *connection)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let deed = match word {
                Some(word) => about(label, Act::TabletPutAway, by, word),
                None => about(label, Act::TabletTakenUp, by, ""),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }
}

fn about(label: &Label, deed: Act, by: &str, is_now: &str) -> Deed {
    Deed {
        who: by.to_owned(),
        deed,
        subject: label.to_string(),
        was: String::new(),
        is_now: is_now.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_short_and_not_nothing() {
        for (typed, label) in [
            ("A-7", Some("A-7")),
            (" 白いタブレット\t", Some("白いタブレット")),
            ("", None),
            ("\u{3000}", None),
            ("\n", None),
            ("123456789012345678901", None),
        ] {
            let parsed = typed.parse::<Label>().ok();
            assert_eq!(parsed.as_ref().map(Label::as_str), label, "{typed:?}");
        }
    }
}
