//! Codes, tablets and their tokens. Neither codes nor tokens are kept, only their hashes.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kairan_catalogue::Recipient;
use kairan_contract::{AgeBand, EnrolmentCode, Participation, TabletId, WipeState};

use sqlx::AnyConnection;

use super::seen::forget_tablet;
use crate::{
    audit::queries::{Act, COMMAND_LINE, Deed, write_down},
    database::{Database, DatabaseError, hash_of, unsigned},
    tablets::{guessing::OPEN_AT_MOST, queries::erased},
};

/// How long a code can be used.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// A tablet that is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnrolledTablet {
    /// The installation.
    pub tablet: TabletId,
    /// The pseudonym of its loan.
    pub participation: Participation,
}

/// From where a tablet is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkTrust {
    /// From a network on which tablets are handed over.
    Known,
    /// From anywhere else.
    Strange,
}

/// What a tablet is told besides its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To say whom to ring, pass on warnings, and do nothing else.
    Lock,
    /// To forget its loan. This goes before everything else.
    Wipe,
}

/// What decides what a tablet is told, and for whom it is. What is not known is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// What it is told besides its content.
    pub order: Option<Order>,
    /// Whether a catalogue is tried on it before everybody gets it.
    pub is_trial: bool,
    /// Of whom it is.
    pub recipient: Recipient,
}

/// Why a code opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum CodeRefused {
    /// Never made, used by another tablet, or older than 30 minutes. One answer for all three: who guesses
    /// learns nothing.
    #[error("this code is not valid")]
    NotValid,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Database {
    /// Keeps a new code for a new loan. `false` if this code lives already: take another.
    pub async fn add_code(
        &self,
        code: &EnrolmentCode,
        participation: Participation,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            add_code(connection, code, participation, None, now).await
        })
        .await
    }

    /// Uses a code up and lets `tablet` in under `token`.
    pub async fn enrol(
        &self,
        code: &EnrolmentCode,
        tablet: TabletId,
        token: &str,
        now: Timestamp,
    ) -> Result<EnrolledTablet, CodeRefused> {
        self.enrol_from(NetworkTrust::Known, code, tablet, token, now)
            .await
    }

    /// The same, where `trust` says whether the code was entered where tablets are handed over.
    pub async fn enrol_from(
        &self,
        trust: NetworkTrust,
        code: &EnrolmentCode,
        tablet: TabletId,
        token: &str,
        now: Timestamp,
    ) -> Result<EnrolledTablet, CodeRefused> {
        // A refused code is an answer and no failure, so it travels inside.
        let entered = self
            .in_transaction(async |connection| {
                use_up(connection, trust, code, tablet, token, now).await
            })
            .await?;
        let participation = entered.ok_or(CodeRefused::NotValid)?;
        let participation = participation
            .parse()
            .map_err(|_| DatabaseError::Damaged("a participation".into()))?;
        Ok(EnrolledTablet {
            tablet,
            participation,
        })
    }

    /// The tablet that shows `token`.
    pub async fn tablet_with(&self, token: &str) -> Result<Option<EnrolledTablet>, DatabaseError> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT tablet, participation FROM tablets WHERE token_sha256 = $1")
                .bind(hash_of(token))
                .fetch_optional(&self.readers)
                .await?;
        let damaged = |_| DatabaseError::Damaged("the id of a tablet".to_owned());
        row.map(|(tablet, participation)| {
            Ok(EnrolledTablet {
                tablet: tablet.parse().map_err(damaged)?,
                participation: participation.parse().map_err(damaged)?,
            })
        })
        .transpose()
    }

    /// What is known of the tablets that decides what they are told.
    pub async fn standings(&self) -> Result<HashMap<TabletId, Standing>, DatabaseError> {
        type Read = (
            String,
            Option<i64>,
            Option<i64>,
            Option<i64>,
            Option<String>,
            Option<String>,
            Option<String>,
        );
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT tablets.tablet, tablets.wipe_asked_at, tablets.locked_at, tablets.trial_at, loans.cohort,
                 loans.area, loans.age_band
             FROM tablets LEFT JOIN loans ON loans.participation = tablets.participation
             WHERE tablets.wiped_at IS NULL",
        )
        .fetch_all(&self.readers)
        .await?;
        let damaged = |_| DatabaseError::Damaged("the id of a tablet".to_owned());
        rows.into_iter()
            .map(|(tablet, wipe, locked, trial, cohort, area, age_band)| {
                let standing = Standing {
                    order: wipe
                        .map(|_| Order::Wipe)
                        .or_else(|| locked.map(|_| Order::Lock)),
                    is_trial: trial.is_some(),
                    recipient: Recipient {
                        cohort,
                        area: area.and_then(|area| area.try_into().ok()),
                        age_band: age_band.and_then(|word| {
                            let known = AgeBand::ALL.iter().find(|(it, _)| *it == word);
                            known.map(|(_, band)| *band)
                        }),
                    },
                };
                Ok((tablet.parse().map_err(damaged)?, standing))
            })
            .collect()
    }

    /// Has the tablets of a loan forget it when they next ask, from the command line; says how many there are.
    pub async fn wipe(&self, loan: Participation, now: Timestamp) -> Result<u64, DatabaseError> {
        self.in_transaction(async |connection| {
            let tablets = wipe(connection, loan, now).await?;
            of_a_loan(connection, Act::TabletWiped, loan, tablets, now).await
        })
        .await
    }

    /// Notes how far a tablet is with forgetting its loan. When it is done, its token opens nothing more.
    pub async fn note_wipe(
        &self,
        tablet: TabletId,
        state: WipeState,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let text = match state {
            WipeState::Received => {
                "UPDATE tablets SET wipe_received_at = COALESCE(wipe_received_at, $1) WHERE tablet = $2
                     AND wipe_asked_at IS NOT NULL"
            }
            WipeState::Done => {
                "UPDATE tablets SET wiped_at = $1, token_sha256 = 'wiped ' || tablet,
                     wipe_received_at = COALESCE(wipe_received_at, $1)
                 WHERE tablet = $2 AND wipe_asked_at IS NOT NULL"
            }
        };
        self.in_transaction(async |connection| {
            let done = sqlx::query(text)
                .bind(now.as_millisecond())
                .bind(tablet.to_string())
                .execute(&mut *connection)
                .await?;
            if state == WipeState::Done && done.rows_affected() == 1 {
                forget_tablet(connection, tablet).await?;
            }
            Ok(())
        })
        .await
    }

    /// How many tablets are still to forget a loan.
    pub async fn open_wipes(&self) -> Result<u64, DatabaseError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM tablets WHERE wipe_asked_at IS NOT NULL AND wiped_at IS NULL",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(unsigned(count))
    }

    /// Locks the tablets of a loan, or opens them again, from the command line; says how many there are.
    pub async fn lock(
        &self,
        participation: Participation,
        is_locked: bool,
        now: Timestamp,
    ) -> Result<u64, DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query("UPDATE tablets SET locked_at = $1 WHERE participation = $2")
                .bind(is_locked.then(|| now.as_millisecond()))
                .bind(participation.to_string())
                .execute(&mut *connection)
                .await?;
            let act = if is_locked {
                Act::TabletLocked
            } else {
                Act::TabletOpened
            };
            of_a_loan(connection, act, participation, done.rows_affected(), now).await
        })
        .await
    }
}

/// Keeps a code for a loan, with what stands on the back of the tablet that it is for; `false` if the code lives already.
pub(crate) async fn add_code(
    connection: &mut AnyConnection,
    code: &EnrolmentCode,
    participation: Participation,
    label: Option<&str>,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let (open,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM enrolment_codes WHERE made_at >= $1 AND used_at IS NULL",
    )
    .bind((now - CODE_LIFE).as_millisecond())
    .fetch_one(&mut *connection)
    .await?;
    if unsigned(open) >= OPEN_AT_MOST {
        return Err(DatabaseError::TooManyCodes);
    }
    // A code that is long over makes room for a new loan with the same digits.
    let done = sqlx::query(
        "INSERT INTO enrolment_codes (code_sha256, participation, made_at, used_at, label)
             VALUES ($1, $2, $3, NULL, $5)
             ON CONFLICT (code_sha256) DO UPDATE SET participation = excluded.participation,
                 made_at = excluded.made_at, used_at = NULL, used_by = NULL, label = excluded.label
             WHERE enrolment_codes.made_at < $4 OR enrolment_codes.used_at IS NOT NULL",
    )
    .bind(hash_of(code.as_str()))
    .bind(participation.to_string())
    .bind(now.as_millisecond())
    .bind((now - CODE_LIFE).as_millisecond())
    .bind(label.map(str::to_owned))
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes down what the command line did with the tablets of a loan, if there were any.
async fn of_a_loan(
    connection: &mut AnyConnection,
    act: Act,
    loan: Participation,
    tablets: u64,
    now: Timestamp,
) -> Result<u64, DatabaseError> {
    if tablets > 0 {
        let deed = Deed {
            who: COMMAND_LINE.to_owned(),
            deed: act,
            subject: erased::hash_of(loan),
            was: String::new(),
            is_now: format!("tablets: {tablets}"),
        };
        write_down(connection, &deed, now).await?;
    }
    Ok(tablets)
}

/// Has the tablets of a loan forget it.
pub(crate) async fn wipe(
    connection: &mut AnyConnection,
    loan: Participation,
    now: Timestamp,
) -> Result<u64, DatabaseError> {
    let done = sqlx::query(
        "UPDATE tablets SET wipe_asked_at = COALESCE(wipe_asked_at, $1)
         WHERE participation = $2 AND wiped_at IS NULL",
    )
    .bind(now.as_millisecond())
    .bind(loan.to_string())
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected())
}

/// The loan that the code stands for, if the code can still be used.
async fn use_up(
    connection: &mut AnyConnection,
    trust: NetworkTrust,
    code: &EnrolmentCode,
    tablet: TabletId,
    token: &str,
    now: Timestamp,
) -> Result<Option<String>, DatabaseError> {
    // The update itself decides who was first. The same tablet may come again: it never heard the
    // answer to its first question.
    let used = sqlx::query(
        "UPDATE enrolment_codes SET used_at = $1, used_by = $4
             WHERE code_sha256 = $2 AND made_at >= $3 AND (used_at IS NULL OR used_by = $4)",
    )
    .bind(now.as_millisecond())
    .bind(hash_of(code.as_str()))
    .bind((now - CODE_LIFE).as_millisecond())
    .bind(tablet.to_string())
    .execute(&mut *connection)
    .await?;
    if used.rows_affected() != 1 {
        return Ok(None);
    }
    let (participation, label): (String, Option<String>) =
        sqlx::query_as("SELECT participation, label FROM enrolment_codes WHERE code_sha256 = $1")
            .bind(hash_of(code.as_str()))
            .fetch_one(&mut *connection)
            .await?;
    sqlx::query(
        "INSERT INTO tablets (tablet, token_sha256, participation, enrolled_at, acknowledged, label)
             VALUES ($1, $2, $3, $4, 0, $5)
             ON CONFLICT (tablet) DO UPDATE SET token_sha256 = excluded.token_sha256,
                 participation = excluded.participation, enrolled_at = excluded.enrolled_at,
                 label = COALESCE(excluded.label, tablets.label), locked_at = NULL, replaced_at = NULL",
    )
    .bind(tablet.to_string())
    .bind(hash_of(token))
    .bind(&participation)
    .bind(now.as_millisecond())
    .bind(label)
    .execute(&mut *connection)
    .await?;
    // The other codes of this loan open nothing any more: whoever came last stays, until a new code is made.
    sqlx::query("DELETE FROM enrolment_codes WHERE participation = $1 AND code_sha256 <> $2")
        .bind(&participation)
        .bind(hash_of(code.as_str()))
        .execute(&mut *connection)
        .await?;
    // A loan has one tablet: the one that is replaced forgets it, wherever it is. But a code that came from a network
    // where no tablet is handed over may have been guessed, and the resident's own tablet must not lose everything for
    // that: a helper says so first.
    let replaced = match trust {
        NetworkTrust::Known => {
            "UPDATE tablets SET wipe_asked_at = COALESCE(wipe_asked_at, $1)
             WHERE participation = $2 AND tablet <> $3 AND wiped_at IS NULL"
        }
        NetworkTrust::Strange => {
            "UPDATE tablets SET replaced_at = COALESCE(replaced_at, $1)
             WHERE participation = $2 AND tablet <> $3 AND wiped_at IS NULL AND wipe_asked_at IS NULL"
        }
    };
    sqlx::query(replaced)
        .bind(now.as_millisecond())
        .bind(&participation)
        .bind(tablet.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(Some(participation))
}
