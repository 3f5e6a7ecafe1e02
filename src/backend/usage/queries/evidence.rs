//! What the indicators are made of, added up by the database: plain SQL that both take.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use kairan_contract::{ProviderKind, ServiceId};
use kairan_evaluation::{
    evidence::{
        Evidence, HourOfWeek, LoanAlerts, LoanAnswer, LoanDay, LoanForm, LoanService, LoanSetting,
        Period, ServiceDwell, TabletQuality,
    },
    loans::{Ending, Loan},
    row::day_of,
};
use sqlx::{AssertSqlSafe, FromRow, any::AnyRow};

use super::weeks::Weeks;
use crate::database::{Database, DatabaseError};

/// How often the evidence is read again because a day was closed meanwhile.
const TRIES: u32 = 8;
/// The first pause before that, which doubles: half a minute in all.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Rows of a summary within the period and within their loan; `$1` and `$2` are the period's days, `$3`
/// the cohort, or nothing for all. Where whole weeks are folded, `$4` and `$5` are the first Monday and the day after the
/// last whole week: the days before and after them come from the summary.
const IN_SCOPE: &str = "JOIN loans ON loans.participation = part.participation
    WHERE part.day >= $1 AND part.day <= $2 AND part.day >= loans.began
        AND part.day <= COALESCE(loans.ended, $2) AND ($3 = '' OR loans.cohort = $3)";

impl Database {
    /// What the summaries say of a period, in one state of them; of one cohort if it is named.
    pub async fn evidence(
        &self,
        period: Period,
        cohort: Option<&str>,
        providers: &BTreeMap<ServiceId, ProviderKind>,
    ) -> Result<Evidence, DatabaseError> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..TRIES {
            let before = self.evaluation_version().await?;
            self.fold_weeks(period).await?;
            let evidence = self.evidence_once(period, cohort, providers).await?;
            if self.evaluation_version().await? == before {
                return Ok(evidence);
            }
            // Days are being closed or gone through: the pause between two of them is long enough.
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(DatabaseError::Busy)
    }

    async fn evaluation_version(&self) -> Result<i64, DatabaseError> {
        let (version,) = sqlx::query_as("SELECT version FROM evaluation_version")
            .fetch_one(&self.readers)
            .await?;
        Ok(version)
    }

    async fn evidence_once(
        &self,
        period: Period,
        cohort: Option<&str>,
        providers: &BTreeMap<ServiceId, ProviderKind>,
    ) -> Result<Evidence, DatabaseError> {
        let mut loans = self.loans().await?;
        loans.retain(|loan| {
            let is_open = loan.began <= period.to && loan.last_day(period.to) >= period.from;
            is_open && cohort.is_none_or(|cohort| loan.cohort == cohort)
        });
        let before = loans.len();
        loans.retain(|loan| !matches!(loan.ended, Some((_, Ending::Erased))));
        let erased = i64::try_from(before - loans.len()).unwrap_or(0);
        let look = Look {
            store: self,
            period,
            cohort: cohort.unwrap_or_default().to_owned(),
            places: places(&loans),
        };
        let began = loans.iter().map(|loan| loan.began).min();
        let (hours, days, services, dwell, alerts, forms, settings, answers, quality) = tokio::try_join!(
            look.hours(),
            look.days(began.unwrap_or(period.from)),
            look.services(),
            look.dwell(),
            look.alerts(),
            look.forms(),
            look.settings(),
            look.answers(),
            look.quality(),
        )?;
        Ok(Evidence {
            days,
            services,
            dwell,
            hours,
            alerts,
            forms,
            settings,
            answers,
            quality,
            loans,
            erased,
            period,
            providers: providers.clone(),
        })
    }
}

/// Hours from Monday 0:00.
const HOURS_OF_WEEK: usize = 7 * 24;

/// The hour of the week and its visits, in a text. 1970-01-01 was a Thursday: three days after a Monday.
const HOUR: &str = "CAST((part.day + 3) % 7 * 24 + part.hour AS TEXT) || ',' ||
     CAST(part.visits AS TEXT) AS hours";

/// What a report looks at of each day of a loan, in the order of [`LoanDay`], in a text.
const LOAN_DAY: &str = "CAST(part.day AS TEXT) || ',' || CAST(starts AS TEXT) || ',' ||
     CAST(visits AS TEXT) || ',' || CAST(services_opened AS TEXT) || ',' ||
     CAST(services_closed AS TEXT) || ',' || CAST(services_closed_quickly AS TEXT) || ',' ||
     CAST(read_aloud AS TEXT) || ',' || CAST(helps AS TEXT) || ',' || CAST(call_backs AS TEXT) ||
     ',' || CAST(repeats_ignored + slides_ignored AS TEXT)";

fn loan_day(loan: usize, written: &str) -> Option<LoanDay> {
    let mut numbers = written.split(',').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(LoanDay {
        loan,
        day: next()?,
        starts: next()?,
        visits: next()?,
        opened: next()?,
        closed: next()?,
        closed_quickly: next()?,
        read_aloud: next()?,
        helps: next()?,
        call_backs: next()?,
        ignored: next()?,
    })
}

fn places(loans: &[Loan]) -> HashMap<String, usize> {
    let named = loans.iter().enumerate();
    named
        .map(|(place, loan)| (loan.participation.to_string(), place))
        .collect()
}

struct Look<'s> {
    store: &'s Database,
    period: Period,
    cohort: String,
    places: HashMap<String, usize>,
}

impl Look<'_> {
    async fn ask<T>(&self, text: String, from: i64) -> Result<Vec<T>, DatabaseError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        Ok(sqlx::query_as(AssertSqlSafe(text))
            .bind(from)
            .bind(self.period.to)
            .bind(self.cohort.clone())
            .fetch_all(&self.store.readers)
            .await?)
    }

    /// The same, with the whole weeks of the period.
    async fn ask_by_weeks<T>(&self, text: String) -> Result<Vec<T>, DatabaseError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let weeks = Weeks::of(self.period);
        Ok(sqlx::query_as(AssertSqlSafe(text))
            .bind(self.period.from)
            .bind(self.period.to)
            .bind(self.cohort.clone())
            .bind(weeks.first_monday)
            .bind(weeks.end)
            .fetch_all(&self.store.readers)
            .await?)
    }

    fn place(&self, participation: &str) -> Option<usize> {
        self.places.get(participation).copied()
    }

    async fn days(&self, from: i64) -> Result<Vec<LoanDay>, DatabaseError> {
        let text = format!(
            "SELECT part.participation, STRING_AGG({LOAN_DAY}, ';')
             FROM summary_loan_days AS part {IN_SCOPE} GROUP BY part.participation"
        );
        // Each row costs more on its way than in the database, so there is one for each loan.
        let rows: Vec<(String, String)> = self.ask(text, from).await?;
        let mut days = Vec::new();
        for (participation, written) in rows {
            let Some(loan) = self.place(&participation) else {
                continue;
            };
            for day in written.split(';') {
                let damaged = || DatabaseError::Damaged("a summary of a day".to_owned());
                days.push(loan_day(loan, day).ok_or_else(damaged)?);
            }
        }
        days.sort_unstable_by_key(|it| (it.loan, it.day));
        Ok(days)
    }

    async fn services(&self) -> Result<Vec<LoanService>, DatabaseError> {
        let text = format!(
            "SELECT participation, service, CAST(SUM(opened) AS BIGINT), CAST(SUM(handed_over) AS BIGINT)
             FROM (SELECT participation, service, opened, handed_over FROM week_services
                 WHERE monday >= $4 AND monday < $5
                 UNION ALL SELECT part.participation, part.service, part.opened, part.handed_over
                 FROM summary_service_days AS part {IN_SCOPE} AND part.day < $4
                 UNION ALL SELECT part.participation, part.service, part.opened, part.handed_over
                 FROM summary_service_days AS part {IN_SCOPE} AND part.day >= $5) AS whole
             GROUP BY participation, service"
        );
        let rows: Vec<(String, String, i64, i64)> = self.ask_by_weeks(text).await?;
        let mut services: Vec<LoanService> = rows
            .into_iter()
            .filter_map(|(participation, service, opened, handed_over)| {
                Some(LoanService {
                    loan: self.place(&participation)?,
                    service,
                    opened,
                    handed_over,
                })
            })
            .collect();
        services.sort_unstable_by(|a, b| (a.loan, &a.service).cmp(&(b.loan, &b.service)));
        Ok(services)
    }

    async fn dwell(&self) -> Result<Vec<ServiceDwell>, DatabaseError> {
        let text = format!(
            "SELECT service, bucket, CAST(SUM(times) AS BIGINT)
             FROM (SELECT service, bucket, times FROM week_service_dwell
                 WHERE monday >= $4 AND monday < $5 AND ($3 = '' OR cohort = $3)
                 UNION ALL SELECT part.service, part.bucket, part.times
                 FROM summary_service_dwell AS part {IN_SCOPE} AND part.day < $4
                 UNION ALL SELECT part.service, part.bucket, part.times
                 FROM summary_service_dwell AS part {IN_SCOPE} AND part.day >= $5) AS whole
             GROUP BY service, bucket"
        );
        let rows: Vec<(String, i64, i64)> = self.ask_by_weeks(text).await?;
        let mut dwell: Vec<ServiceDwell> = rows
            .into_iter()
            .map(|(service, bucket, times)| ServiceDwell {
                service,
                bucket,
                times,
            })
            .collect();
        dwell.sort_unstable_by(|a, b| (&a.service, a.bucket).cmp(&(&b.service, b.bucket)));
        Ok(dwell)
    }

    async fn hours(&self) -> Result<Vec<HourOfWeek>, DatabaseError> {
        let text = format!(
            "SELECT participation, STRING_AGG(hours, ';') FROM (
                 SELECT participation, hours FROM week_hours WHERE monday >= $4 AND monday < $5
                 UNION ALL SELECT part.participation, {HOUR}
                 FROM summary_visit_hours AS part {IN_SCOPE} AND part.day < $4
                 UNION ALL SELECT part.participation, {HOUR}
                 FROM summary_visit_hours AS part {IN_SCOPE} AND part.day >= $5) AS whole
             GROUP BY participation"
        );
        let rows: Vec<(String, String)> = self.ask_by_weeks(text).await?;
        let (mut visits, mut loans) = ([0; HOURS_OF_WEEK], [0; HOURS_OF_WEEK]);
        for (participation, written) in rows {
            if self.place(&participation).is_none() {
                continue;
            }
            let mut seen = [false; HOURS_OF_WEEK];
            for hour in written.split(';') {
                let read = hour.split_once(',').and_then(|(hour, visits)| {
                    Some((hour.parse::<usize>().ok()?, visits.parse::<i64>().ok()?))
                });
                let known = read.filter(|(hour, _)| *hour < HOURS_OF_WEEK);
                let damaged = || DatabaseError::Damaged("a summary of hours".to_owned());
                let (hour, number) = known.ok_or_else(damaged)?;
                visits[hour] += number;
                seen[hour] = true;
            }
            for (loans, seen) in loans.iter_mut().zip(seen) {
                *loans += i64::from(seen);
            }
        }
        let hours = (0..).zip(visits.into_iter().zip(loans));
        let hours = hours.filter(|(_, (_, loans))| *loans > 0);
        Ok(hours
            .map(|(hour, (visits, loans))| HourOfWeek {
                weekday: hour / 24,
                hour: hour % 24,
                visits,
                loans,
            })
            .collect())
    }

    async fn alerts(&self) -> Result<Vec<LoanAlerts>, DatabaseError> {
        let text = format!(
            "SELECT part.participation, part.level, CAST(SUM(part.shown) AS BIGINT),
                 CAST(SUM(part.answered_promptly) AS BIGINT)
             FROM summary_alert_days AS part {IN_SCOPE} GROUP BY part.participation, part.level"
        );
        let rows: Vec<(String, i64, i64, i64)> = self.ask(text, self.period.from).await?;
        let mut alerts: Vec<LoanAlerts> = rows
            .into_iter()
            .filter_map(|(participation, level, shown, answered_promptly)| {
                Some(LoanAlerts {
                    loan: self.place(&participation)?,
                    level,
                    shown,
                    answered_promptly,
                })
            })
            .collect();
        alerts.sort_unstable_by_key(|it| (it.loan, it.level));
        Ok(alerts)
    }

    async fn forms(&self) -> Result<Vec<LoanForm>, DatabaseError> {
        type Read = (String, String, Option<i64>, i64, i64, i64, i64);
        let text = format!(
            "SELECT part.participation, part.form, part.step, CAST(SUM(part.began) AS BIGINT),
                 CAST(SUM(part.reached) AS BIGINT), CAST(SUM(part.sent) AS BIGINT),
                 CAST(SUM(part.given_up) AS BIGINT)
             FROM summary_form_steps AS part {IN_SCOPE} GROUP BY part.participation, part.form, part.step"
        );
        let rows: Vec<Read> = self.ask(text, self.period.from).await?;
        let mut forms: Vec<LoanForm> = rows
            .into_iter()
            .filter_map(
                |(participation, form, step, began, reached, sent, given_up)| {
                    Some(LoanForm {
                        loan: self.place(&participation)?,
                        form,
                        step,
                        began,
                        reached,
                        sent,
                        given_up,
                    })
                },
            )
            .collect();
        forms.sort_unstable_by(|a, b| (a.loan, &a.form, a.step).cmp(&(b.loan, &b.form, b.step)));
        Ok(forms)
    }

    async fn settings(&self) -> Result<Vec<LoanSetting>, DatabaseError> {
        // A setting holds until it is changed, be it before the period.
        let text = format!(
            "SELECT participation, setting, chosen FROM (
                 SELECT part.participation, part.setting, part.chosen, ROW_NUMBER() OVER (
                     PARTITION BY part.participation, part.setting
                     ORDER BY part.day DESC, part.last_at DESC, part.last_sequence DESC) AS place
                 FROM summary_choices AS part {IN_SCOPE}) AS chosen_last
             WHERE place = 1"
        );
        let rows: Vec<(String, String, String)> = self.ask(text, i64::MIN).await?;
        let mut settings: Vec<LoanSetting> = rows
            .into_iter()
            .filter_map(|(participation, setting, chosen)| {
                Some(LoanSetting {
                    loan: self.place(&participation)?,
                    setting,
                    chosen,
                })
            })
            .collect();
        settings.sort_unstable_by(|a, b| (a.loan, &a.setting).cmp(&(b.loan, &b.setting)));
        Ok(settings)
    }

    async fn answers(&self) -> Result<Vec<LoanAnswer>, DatabaseError> {
        type Read = (String, String, i64, i64, i64, i64);
        let text = format!(
            "SELECT part.participation, part.survey, part.question, part.choice, part.day, part.answered_at
             FROM summary_answers AS part {IN_SCOPE}"
        );
        let mut rows: Vec<Read> = self.ask(text, self.period.from).await?;
        rows.sort_unstable_by_key(|row| (row.4, row.5, row.3));
        let mut last: BTreeMap<(usize, String, i64), i64> = BTreeMap::new();
        for (participation, survey, question, choice, ..) in rows {
            if let Some(loan) = self.place(&participation) {
                last.insert((loan, survey, question), choice);
            }
        }
        let answers = last
            .into_iter()
            .map(|((loan, survey, question), choice)| LoanAnswer {
                loan,
                survey,
                question,
                choice,
            });
        Ok(answers.collect())
    }

    async fn quality(&self) -> Result<Vec<TabletQuality>, DatabaseError> {
        type Read = (String, String, i64, i64, i64, i64);
        let text = format!(
            "SELECT part.participation, part.tablet, CAST(SUM(part.written) AS BIGINT),
                 CAST(SUM(part.late) AS BIGINT), CAST(SUM(part.clock_off) AS BIGINT),
                 MAX(part.last_received_at)
             FROM summary_quality AS part {IN_SCOPE} GROUP BY part.participation, part.tablet"
        );
        let rows: Vec<Read> = self.ask(text, self.period.from).await?;
        let missing = self.missing().await?;
        let mut quality: Vec<(String, TabletQuality)> = rows
            .into_iter()
            .filter_map(
                |(participation, tablet, written, late, clock_off, received)| {
                    let quality = TabletQuality {
                        loan: self.place(&participation)?,
                        written,
                        missing: missing
                            .get(&(participation, tablet.clone()))
                            .copied()
                            .unwrap_or(0),
                        late,
                        clock_off,
                        last_received: day_of(received),
                    };
                    Some((tablet, quality))
                },
            )
            .collect();
        quality.sort_unstable_by(|(a, x), (b, y)| (x.loan, a).cmp(&(y.loan, b)));
        Ok(quality.into_iter().map(|(_, quality)| quality).collect())
    }

    /// Sequence numbers that nobody has, of each loan and tablet: over all days, because a clock may
    /// have put a record on any. Those that were refused are not missing.
    async fn missing(&self) -> Result<HashMap<(String, String), i64>, DatabaseError> {
        type Read = (String, String, i64, i64, i64, i64);
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT part.participation, part.tablet, MIN(part.first_sequence), MAX(part.last_sequence),
                 CAST(SUM(part.written) AS BIGINT),
                 (SELECT COUNT(*) FROM usage_refused WHERE usage_refused.tablet = part.tablet
                     AND usage_refused.sequence BETWEEN MIN(part.first_sequence) AND MAX(part.last_sequence))
             FROM summary_quality AS part GROUP BY part.participation, part.tablet",
        )
        .fetch_all(&self.store.readers)
        .await?;
        let missing =
            rows.into_iter()
                .map(|(participation, tablet, first, last, written, refused)| {
                    let missing = last
                        .saturating_sub(first)
                        .saturating_sub(written + refused - 1);
                    let missing = missing.max(0);
                    ((participation, tablet), missing)
                });
        Ok(missing.collect())
    }
}
