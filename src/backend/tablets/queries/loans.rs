//! The loans as the evaluation knows them.

use kairan_contract::{AgeBand, AreaCode, Participation};
use kairan_evaluation::{
    evidence::Period,
    loans::{Ending, Loan},
};

use super::{
    erased::{erased, hash_of},
    evaluated::{begin_change, forget_weeks},
};
use crate::database::{Database, DatabaseError, unsigned};

/// A loan as it stands in the database.
type Read = (
    String,
    Option<String>,
    Option<String>,
    String,
    i64,
    Option<i64>,
    Option<String>,
);

impl Database {
    /// Loans of which there are records in the period, and nothing in the table of loans.
    pub async fn unknown_loans(&self, period: Period) -> Result<u64, DatabaseError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(DISTINCT participation) FROM summary_loan_days
             WHERE day >= $1 AND day <= $2
                 AND participation NOT IN (SELECT participation FROM loans)",
        )
        .bind(period.from)
        .bind(period.to)
        .fetch_one(&self.readers)
        .await?;
        Ok(unsigned(count))
    }

    /// Records on days on which their loan was not open: a clock that was never set, or a table of loans
    /// that is wrong.
    pub async fn records_outside_loans(&self) -> Result<u64, DatabaseError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT CAST(COALESCE(SUM(part.written), 0) AS BIGINT) FROM summary_quality AS part
             JOIN loans ON loans.participation = part.participation
             WHERE part.day < loans.began OR part.day > loans.ended
                 OR part.day * 86400000 > part.last_received_at + 86400000",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(unsigned(count))
    }

    /// The periods of loans that there are.
    pub async fn cohorts(&self) -> Result<Vec<String>, DatabaseError> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT DISTINCT cohort FROM loans")
            .fetch_all(&self.readers)
            .await?;
        let mut cohorts: Vec<String> = rows.into_iter().map(|(cohort,)| cohort).collect();
        cohorts.sort_unstable();
        Ok(cohorts)
    }

    /// Puts loans in, or what is known of them anew.
    pub async fn put_loans(&self, loans: &[Loan]) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            begin_change(connection).await?;
            let erased = erased(connection).await?;
            // Who has left does not come back with an old table.
            let kept = loans.iter();
            for loan in kept.filter(|loan| !erased.contains(&hash_of(loan.participation))) {
                sqlx::query(
                    "INSERT INTO loans (participation, area, age_band, cohort, began, ended, how_ended)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT (participation) DO UPDATE SET area = excluded.area,
                         age_band = excluded.age_band, cohort = excluded.cohort,
                         began = excluded.began, ended = excluded.ended,
                         how_ended = excluded.how_ended",
                )
                .bind(loan.participation.to_string())
                .bind(loan.area.as_ref().map(|area| area.as_str().to_owned()))
                .bind(loan.age_band.map(age_band_in_words))
                .bind(loan.cohort.clone())
                .bind(loan.began)
                .bind(loan.ended.map(|(day, _)| day))
                .bind(loan.ended.map(|(_, how)| how.as_str()))
                .execute(&mut *connection)
                .await?;
            }
            forget_weeks(connection).await
        })
        .await
    }

    /// The loans that are known, by their pseudonyms.
    pub async fn loans(&self) -> Result<Vec<Loan>, DatabaseError> {
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT participation, area, age_band, cohort, began, ended, how_ended FROM loans",
        )
        .fetch_all(&self.readers)
        .await?;
        let mut loans = rows
            .into_iter()
            .map(loan)
            .collect::<Result<Vec<_>, DatabaseError>>()?;
        loans.sort_by_key(|loan| loan.participation);
        Ok(loans)
    }
}

pub(crate) fn age_band_in_words(band: AgeBand) -> &'static str {
    let mut known = AgeBand::ALL.iter();
    known
        .find(|(_, it)| *it == band)
        .map_or("", |(word, _)| word)
}

fn loan(
    (participation, area, age_band, cohort, began, ended, how): Read,
) -> Result<Loan, DatabaseError> {
    let damaged = || DatabaseError::Damaged("a loan".to_owned());
    let area = area.map(AreaCode::try_from).transpose();
    let band = |word: String| {
        let mut known = AgeBand::ALL.iter();
        known.find(|(it, _)| *it == word).map(|(_, band)| *band)
    };
    let ending = |word: String| {
        let known = Ending::ALL.iter().find(|(it, _)| *it == word);
        known.map_or(Ending::Erased, |(_, ending)| *ending)
    };
    Ok(Loan {
        participation: participation
            .parse::<Participation>()
            .map_err(|_| damaged())?,
        area: area.map_err(|_| damaged())?,
        age_band: age_band.and_then(band),
        cohort,
        began,
        ended: ended.map(|day| (day, how.map_or(Ending::Returned, ending))),
    })
}
