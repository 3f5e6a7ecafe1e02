//! The second fold: whole weeks of what a report adds up most.

use kairan_evaluation::{evidence::Period, loans::date_of};
use sqlx::AnyConnection;

use crate::database::{Database, DatabaseError};

/// Days of a week.
const WEEK: i64 = 7;

/// The whole weeks of a period, and the days before and after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weeks {
    /// The first Monday.
    pub(crate) first_monday: i64,
    /// The Monday after the last whole week; the same where there is none.
    pub(crate) end: i64,
}

impl Weeks {
    pub(crate) fn of(period: Period) -> Self {
        // The first Monday that is not before the period, and the last that is not after the day after.
        let first_monday = monday(period.from + WEEK - 1);
        let end = monday(period.to + 1);
        Self {
            first_monday,
            end: end.max(first_monday),
        }
    }

    fn mondays(self) -> impl Iterator<Item = i64> {
        (self.first_monday..self.end).step_by(7)
    }
}

/// The Monday of a day's week. 1970-01-01 was a Thursday.
pub(crate) fn monday(day: i64) -> i64 {
    day - (day + 3).rem_euclid(WEEK)
}

impl Database {
    /// Folds the weeks of a period that are not folded yet; each by itself, so that nobody waits long.
    pub async fn fold_weeks(&self, period: Period) -> Result<(), DatabaseError> {
        let folded: Vec<(i64,)> = sqlx::query_as("SELECT monday FROM folded_weeks")
            .fetch_all(&self.readers)
            .await?;
        for monday in Weeks::of(period).mondays() {
            if !folded.contains(&(monday,)) {
                self.in_transaction(async |connection| fold(connection, monday).await)
                    .await?;
                tracing::info!(monday = %date_of(monday), "a week is folded");
            }
        }
        Ok(())
    }

    /// Folds the weeks of all days that are closed.
    pub async fn fold_all_weeks(&self) -> Result<(), DatabaseError> {
        // A clock may have put a record on any day; those on which no loan was open are in no fold.
        let ends: (Option<i64>, Option<i64>) = sqlx::query_as(
            "SELECT MIN(closed_days.day), MAX(closed_days.day) FROM closed_days
             WHERE closed_days.day >= (SELECT MIN(loans.began) FROM loans)
                 AND closed_days.day * 86400000 <= closed_days.closed_at + 86400000",
        )
        .fetch_one(&self.readers)
        .await?;
        match ends {
            (Some(from), Some(to)) => self.fold_weeks(Period { from, to }).await,
            _ => Ok(()),
        }
    }
}

/// Folds a week. Where two do it at once, the second finds it done.
async fn fold(connection: &mut AnyConnection, monday: i64) -> Result<(), DatabaseError> {
    // Whoever changes days or loans waits until this week is folded, and then finds it to forget.
    take_turn(connection).await?;
    let new = sqlx::query(
        "INSERT INTO folded_weeks (monday) VALUES ($1) ON CONFLICT (monday) DO NOTHING",
    )
    .bind(monday)
    .execute(&mut *connection)
    .await?;
    if new.rows_affected() == 0 {
        return Ok(());
    }
    for text in [
        "DELETE FROM week_service_dwell WHERE monday = $1",
        "DELETE FROM week_services WHERE monday = $1",
        "DELETE FROM week_hours WHERE monday = $1",
        "INSERT INTO week_service_dwell (monday, cohort, service, bucket, times)
         SELECT $1, loans.cohort, part.service, part.bucket, CAST(SUM(part.times) AS BIGINT)
         FROM summary_service_dwell AS part JOIN loans ON loans.participation = part.participation
         WHERE part.day >= $1 AND part.day < $1 + 7 AND part.day >= loans.began
             AND part.day <= COALESCE(loans.ended, part.day)
         GROUP BY loans.cohort, part.service, part.bucket",
        "INSERT INTO week_services (monday, participation, service, opened, handed_over)
         SELECT $1, part.participation, part.service, CAST(SUM(part.opened) AS BIGINT),
             CAST(SUM(part.handed_over) AS BIGINT)
         FROM summary_service_days AS part JOIN loans ON loans.participation = part.participation
         WHERE part.day >= $1 AND part.day < $1 + 7 AND part.day >= loans.began
             AND part.day <= COALESCE(loans.ended, part.day)
         GROUP BY part.participation, part.service",
        "INSERT INTO week_hours (monday, participation, hours)
         SELECT $1, part.participation, STRING_AGG(
             CAST((part.day - $1) * 24 + part.hour AS TEXT) || ',' || CAST(part.visits AS TEXT), ';')
         FROM summary_visit_hours AS part JOIN loans ON loans.participation = part.participation
         WHERE part.day >= $1 AND part.day < $1 + 7 AND part.day >= loans.began
             AND part.day <= COALESCE(loans.ended, part.day)
         GROUP BY part.participation",
    ] {
        sqlx::query(text)
            .bind(monday)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// A day has changed: its week is folded anew when it is next needed.
pub(crate) async fn forget_week(
    connection: &mut AnyConnection,
    day: i64,
) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM folded_weeks WHERE monday = $1")
        .bind(monday(day))
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// The same for what changes nothing that a report would see.
async fn take_turn(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE evaluation_version SET version = version")
        .execute(&mut *connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_weeks_are_taken_from_the_fold() {
        // 20_549 is Monday 2026-04-06.
        for (from, to, first, end) in [
            (20_549, 20_555, 20_549, 20_556),
            (20_549, 20_554, 20_549, 20_549),
            (20_550, 20_563, 20_556, 20_563),
            (20_545, 20_564, 20_549, 20_563),
            (20_550, 20_551, 20_556, 20_556),
        ] {
            let weeks = Weeks::of(Period { from, to });
            assert_eq!(
                (weeks.first_monday, weeks.end),
                (first, end),
                "{from} to {to}"
            );
        }
        assert_eq!(monday(0), -3);
        assert_eq!(monday(-4), -10);
    }
}
