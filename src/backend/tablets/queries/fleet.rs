//! The tablets as helpers see them: lent to which loan, when heard of, what they were told and have done.

use std::collections::HashMap;

use jiff::Timestamp;
use kairan_contract::{AgeBand, AreaCode, EnrolmentCode, Participation, TabletId, TabletStatus};
use kairan_evaluation::loans::{Ending, Loan};

use super::{
    loans::age_band_in_words,
    seen::see,
    tablets::{add_code, wipe},
};
use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError, from_row},
    tablets::queries::erased::hash_of,
};

/// A tablet and its loan.
#[derive(Debug, Clone)]
pub struct LentTablet {
    /// The installation.
    pub tablet: TabletId,
    /// What stands on its back, if somebody wrote it down.
    pub label: Option<String>,
    /// The pseudonym of its loan.
    pub participation: Participation,
    /// The period of loans; absent where the loan stands in no table.
    pub cohort: Option<String>,
    /// The day on which the loan ended, if it has, since 1970-01-01.
    pub ended: Option<i64>,
    /// When it was let in.
    pub enrolled_at: Timestamp,
    /// When it was last heard of.
    pub seen_at: Option<Timestamp>,
    /// What it said of itself last.
    pub status: Option<TabletStatus>,
    /// Since when it is to be locked.
    pub locked_at: Option<Timestamp>,
    /// Since when it gets first what is tried.
    pub trial_at: Option<Timestamp>,
    /// When another tablet took its place from a network that nobody knows, if a helper has not said what is to be.
    pub replaced_at: Option<Timestamp>,
    /// When it was told to forget its loan, when it heard, and when it was done.
    pub wipe: [Option<Timestamp>; 3],
}

#[cfg(test)]
impl LentTablet {
    /// One that was let in and has said nothing yet.
    pub(crate) fn silent(loan: Participation) -> Self {
        Self {
            tablet: TabletId(loan.0),
            label: None,
            participation: loan,
            cohort: None,
            ended: None,
            enrolled_at: Timestamp::UNIX_EPOCH,
            seen_at: None,
            status: None,
            locked_at: None,
            trial_at: None,
            replaced_at: None,
            wipe: [None; 3],
        }
    }
}

/// A loan that begins.
#[derive(Debug, Clone)]
pub struct NewLoan {
    /// Its pseudonym.
    pub participation: Participation,
    /// The period of loans.
    pub cohort: String,
    /// Where the resident lives, if the evaluation may know.
    pub area: Option<AreaCode>,
    /// How old they are, if the evaluation may know.
    pub age_band: Option<AgeBand>,
    /// Its first day, since 1970-01-01.
    pub began: i64,
    /// What stands on the back of its tablet, if the helper has said.
    pub label: Option<String>,
}

/// What tablets are told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// To say whom to ring, and nothing else.
    Lock,
    /// To be as before.
    Open,
    /// To forget their loan.
    Wipe,
    /// To get everything first that is tried.
    Trial,
    /// To get everything with the others.
    NoTrial,
}

impl Telling {
    fn deed(self) -> Act {
        match self {
            Self::Lock => Act::TabletLocked,
            Self::Open => Act::TabletOpened,
            Self::Wipe => Act::TabletWiped,
            Self::Trial => Act::TabletOnTrial,
            Self::NoTrial => Act::TabletNotOnTrial,
        }
    }
}

struct Read {
    tablet: String,
    label: Option<String>,
    participation: String,
    cohort: Option<String>,
    ended: Option<i64>,
    enrolled_at: i64,
    seen_at: Option<i64>,
    status: Option<String>,
    locked_at: Option<i64>,
    trial_at: Option<i64>,
    replaced_at: Option<i64>,
    wipe_asked_at: Option<i64>,
    wipe_received_at: Option<i64>,
    wiped_at: Option<i64>,
}

from_row!(Read {
    tablet,
    label,
    participation,
    cohort,
    ended,
    enrolled_at,
    seen_at,
    status,
    locked_at,
    trial_at,
    replaced_at,
    wipe_asked_at,
    wipe_received_at,
    wiped_at,
});

impl Database {
    /// All tablets.
    pub async fn lent_tablets(&self) -> Result<Vec<LentTablet>, DatabaseError> {
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT tablets.tablet, tablets.label, tablets.participation, loans.cohort, loans.ended,
                 tablets.enrolled_at, tablets.seen_at, tablets.status, tablets.locked_at, tablets.trial_at,
                 tablets.replaced_at, tablets.wipe_asked_at, tablets.wipe_received_at, tablets.wiped_at
             FROM tablets LEFT JOIN loans ON loans.participation = tablets.participation",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(lent).collect()
    }

    /// Keeps what a tablet says of itself, and of the emergency that it has shown.
    pub async fn put_status(
        &self,
        tablet: TabletId,
        status: &TabletStatus,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            sqlx::query("UPDATE tablets SET status = $1 WHERE tablet = $2")
                .bind(serde_json::to_string(status).unwrap_or_default())
                .bind(tablet.to_string())
                .execute(&mut *connection)
                .await?;
            match status.emergency {
                Some(seen) => see(connection, tablet, seen, now).await,
                None => Ok(()),
            }
        })
        .await
    }

    /// Keeps when tablets were last heard of.
    pub async fn put_seen(&self, seen: &HashMap<TabletId, Timestamp>) -> Result<(), DatabaseError> {
        if seen.is_empty() {
            return Ok(());
        }
        self.in_transaction(async |connection| {
            for (tablet, at) in seen {
                sqlx::query("UPDATE tablets SET seen_at = $1 WHERE tablet = $2")
                    .bind(at.as_millisecond())
                    .bind(tablet.to_string())
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(())
        })
        .await
    }

    /// Tells tablets something, all of them or none, and writes down who did.
    pub async fn tell(
        &self,
        tablets: &[TabletId],
        telling: Telling,
        by: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            for tablet in tablets {
                let text = match telling {
                    Telling::Lock => {
                        "UPDATE tablets SET locked_at = COALESCE(locked_at, $1) WHERE tablet = $2"
                    }
                    Telling::Open => {
                        "UPDATE tablets SET locked_at = CASE WHEN $1 > 0 THEN CAST(NULL AS BIGINT) END WHERE tablet = $2"
                    }
                    Telling::Trial => {
                        "UPDATE tablets SET trial_at = COALESCE(trial_at, $1) WHERE tablet = $2"
                    }
                    Telling::NoTrial => {
                        "UPDATE tablets SET trial_at = CASE WHEN $1 > 0 THEN CAST(NULL AS BIGINT) END WHERE tablet = $2"
                    }
                    Telling::Wipe => {
                        "UPDATE tablets SET wipe_asked_at = COALESCE(wipe_asked_at, $1) WHERE tablet = $2
                             AND wiped_at IS NULL"
                    }
                };
                let done = sqlx::query(text)
                    .bind(now.as_millisecond())
                    .bind(tablet.to_string())
                    .execute(&mut *connection)
                    .await?;
                if done.rows_affected() == 0 {
                    continue;
                }
                let deed = Deed {
                    who: by.to_owned(),
                    deed: telling.deed(),
                    subject: tablet.to_string(),
                    was: String::new(),
                    is_now: String::new(),
                };
                write_down(connection, &deed, now).await?;
            }
            Ok(())
        })
        .await
    }

    /// Writes down what stands on a tablet's back.
    pub async fn put_label(
        &self,
        tablet: TabletId,
        label: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            let was: Option<(Option<String>,)> =
                sqlx::query_as("SELECT label FROM tablets WHERE tablet = $1")
                    .bind(tablet.to_string())
                    .fetch_optional(&mut *connection)
                    .await?;
            let Some((was,)) = was else {
                return Ok(());
            };
            sqlx::query("UPDATE tablets SET label = $1 WHERE tablet = $2")
                .bind(Some(label.to_owned()).filter(|label| !label.is_empty()))
                .bind(tablet.to_string())
                .execute(&mut *connection)
                .await?;
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::TabletLabelled,
                subject: tablet.to_string(),
                was: was.unwrap_or_default(),
                is_now: label.to_owned(),
            };
            write_down(connection, &deed, now).await
        })
        .await
    }

    /// Begins a loan and keeps the code with which its tablet is let in; `false` if the code lives already.
    pub async fn begin_loan(
        &self,
        loan: &NewLoan,
        code: &EnrolmentCode,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            let label = loan.label.as_deref();
            if !add_code(connection, code, loan.participation, label, now).await? {
                return Ok(false);
            }
            sqlx::query(
                "INSERT INTO loans (participation, area, age_band, cohort, began) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(loan.participation.to_string())
            .bind(loan.area.as_ref().map(|area| area.as_str().to_owned()))
            .bind(loan.age_band.map(age_band_in_words))
            .bind(loan.cohort.clone())
            .bind(loan.began)
            .execute(&mut *connection)
            .await?;
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::LoanBegun,
                subject: hash_of(loan.participation),
                was: String::new(),
                is_now: loan.cohort.clone(),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// Keeps a code for another tablet of a loan that goes on; `false` if the code lives already.
    pub async fn replace_tablet(
        &self,
        loan: Participation,
        label: Option<&str>,
        code: &EnrolmentCode,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            if !add_code(connection, code, loan, label, now).await? {
                return Ok(false);
            }
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::TabletReplaced,
                subject: hash_of(loan),
                was: String::new(),
                is_now: label.unwrap_or_default().to_owned(),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// Ends a loan: its day and how, and its tablets are to forget it. `false` if there is none that goes on.
    pub async fn end_loan(
        &self,
        loan: Participation,
        ended: (i64, Ending),
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            super::evaluated::begin_change(connection).await?;
            let (day, how) = ended;
            let done = sqlx::query(
                "UPDATE loans SET ended = $1, how_ended = $2 WHERE participation = $3 AND ended IS NULL",
            )
            .bind(day)
            .bind(how.as_str())
            .bind(loan.to_string())
            .execute(&mut *connection)
            .await?;
            if done.rows_affected() == 0 {
                // A loan that stands in no table is ended all the same; one that has ended is not again.
                let known: Option<(i64,)> =
                    sqlx::query_as("SELECT began FROM loans WHERE participation = $1")
                        .bind(loan.to_string())
                        .fetch_optional(&mut *connection)
                        .await?;
                if known.is_some() {
                    return Ok(false);
                }
            }
            super::evaluated::forget_weeks(connection).await?;
            wipe(connection, loan, now).await?;
            // A code that was made for another tablet opens nothing any more.
            sqlx::query("DELETE FROM enrolment_codes WHERE participation = $1 AND used_at IS NULL")
                .bind(loan.to_string())
                .execute(&mut *connection)
                .await?;
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::LoanEnded,
                subject: hash_of(loan),
                was: String::new(),
                is_now: how.as_str().to_owned(),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// The loans that go on and have no tablet: their code was never used, or they wait for another tablet.
    pub async fn loans_without_tablet(
        &self,
    ) -> Result<Vec<(Participation, String)>, DatabaseError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT loans.participation, loans.cohort FROM loans WHERE loans.ended IS NULL
                 AND NOT EXISTS (SELECT 1 FROM tablets WHERE tablets.participation = loans.participation)
             ORDER BY loans.began DESC, loans.participation LIMIT 50",
        )
        .fetch_all(&self.readers)
        .await?;
        let damaged = |_| DatabaseError::Damaged("a loan".to_owned());
        rows.into_iter()
            .map(|(participation, cohort)| Ok((participation.parse().map_err(damaged)?, cohort)))
            .collect()
    }

    /// What the evaluation knows of one loan.
    pub async fn loan(&self, loan: Participation) -> Result<Option<Loan>, DatabaseError> {
        let loans = self.loans().await?;
        Ok(loans.into_iter().find(|known| known.participation == loan))
    }
}

fn lent(row: Read) -> Result<LentTablet, DatabaseError> {
    let damaged = |_| DatabaseError::Damaged("a tablet".to_owned());
    let time = |at: Option<i64>| at.and_then(|at| Timestamp::from_millisecond(at).ok());
    Ok(LentTablet {
        tablet: row.tablet.parse().map_err(damaged)?,
        label: row.label,
        participation: row.participation.parse().map_err(damaged)?,
        cohort: row.cohort,
        ended: row.ended,
        enrolled_at: time(Some(row.enrolled_at)).unwrap_or_default(),
        seen_at: time(row.seen_at),
        status: row
            .status
            .and_then(|status| serde_json::from_str(&status).ok()),
        locked_at: time(row.locked_at),
        trial_at: time(row.trial_at),
        replaced_at: time(row.replaced_at),
        wipe: [row.wipe_asked_at, row.wipe_received_at, row.wiped_at].map(time),
    })
}
