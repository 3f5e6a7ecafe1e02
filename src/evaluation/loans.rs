//! The loans as the evaluation knows them: a pseudonym and a cohort, never a name.

use jiff::civil::Date;
use kairan_contract::{AgeBand, AreaCode, Participation};
use serde::{Deserialize, Serialize};

/// One loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loan {
    /// Its pseudonym.
    pub participation: Participation,
    /// Where the resident lives.
    pub area: Option<AreaCode>,
    /// How old they are.
    pub age_band: Option<AgeBand>,
    /// The period of loans that it belongs to, such as 2026-autumn.
    pub cohort: String,
    /// The day on which the tablet was handed over, days since 1970-01-01.
    pub began: i64,
    /// The day on which it ended, if it has, and how.
    pub ended: Option<(i64, Ending)>,
}

/// How a loan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The tablet came back at the end of the period.
    Returned,
    /// The resident no longer wanted to take part.
    Withdrawn,
    /// The tablet was lost.
    Lost,
    /// The resident withdrew, and everything about them was erased.
    Erased,
}

impl Ending {
    /// Those that a clerk writes, with the way they are written.
    pub const ALL: [(&'static str, Self); 3] = [
        ("returned", Self::Returned),
        ("withdrawn", Self::Withdrawn),
        ("lost", Self::Lost),
    ];

    /// The way it is written.
    pub fn as_str(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, ending)| *ending == self);
        known.map_or("erased", |(word, _)| word)
    }
}

impl Loan {
    /// The last day of the loan, or `last` while it goes on.
    pub fn last_day(&self, last: i64) -> i64 {
        self.ended.map_or(last, |(ended, _)| ended.min(last))
    }

    /// Whether the tablet was lent on `day`.
    pub fn is_open_on(&self, day: i64) -> bool {
        self.began <= day && self.ended.is_none_or(|(ended, _)| day <= ended)
    }
}

/// The day as days since 1970-01-01.
pub fn day_number(date: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch
        .until(date)
        .map_or(0, |span| i64::from(span.get_days()))
}

/// The date of a day.
pub fn date_of(day: i64) -> Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    // Records hold no time that is farther away than this.
    let days = day.clamp(-4_000_000, 2_900_000);
    epoch.saturating_add(jiff::SignedDuration::from_hours(days * 24))
}

/// What is wrong with a table of loans.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoansFault {
    /// It is no table of the right columns.
    #[error(
        "the table cannot be read: {0} — the first line names the columns participation, area, age_band, cohort, began, ended, how_ended"
    )]
    Unreadable(String),
    /// A line that is not understood.
    #[error("line {line}: {what}")]
    Line {
        /// Which.
        line: u64,
        /// What is wrong, and how to mend it.
        what: String,
    },
}

#[derive(Deserialize)]
struct Written {
    participation: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    age_band: String,
    cohort: String,
    began: String,
    #[serde(default)]
    ended: String,
    #[serde(default)]
    how_ended: String,
}

/// Reads a table of loans, or tells every fault in it.
pub fn read(csv: &[u8]) -> Result<Vec<Loan>, Vec<LoansFault>> {
    let csv = csv.strip_prefix("\u{feff}".as_bytes()).unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(csv);
    let (mut loans, mut faults) = (Vec::<Loan>::new(), Vec::new());
    for (line, written) in (2..).zip(reader.deserialize::<Written>()) {
        let loan = match written {
            Ok(written) => loan(&written).map_err(|what| LoansFault::Line { line, what }),
            Err(error) => Err(LoansFault::Unreadable(error.to_string())),
        };
        match loan {
            Ok(loan)
                if loans
                    .iter()
                    .any(|it| it.participation == loan.participation) =>
            {
                let what = format!(
                    "{} stands twice — remove one of the two lines",
                    loan.participation
                );
                faults.push(LoansFault::Line { line, what });
            }
            Ok(loan) => loans.push(loan),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(loans)
    } else {
        Err(faults)
    }
}

/// The loans as the table that [`read`] takes.
pub fn csv(loans: &[Loan]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "participation",
        "area",
        "age_band",
        "cohort",
        "began",
        "ended",
        "how_ended",
    ])?;
    for loan in loans {
        let (ended, how) = loan.ended.unzip();
        out.write_record([
            loan.participation.to_string(),
            loan.area
                .as_ref()
                .map_or_else(String::new, |area| area.as_str().to_owned()),
            loan.age_band.map_or("", AgeBand::as_str).to_owned(),
            loan.cohort.clone(),
            date_of(loan.began).to_string(),
            ended.map_or_else(String::new, |day| date_of(day).to_string()),
            how.map_or_else(String::new, |how| how.as_str().to_owned()),
        ])?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

fn loan(written: &Written) -> Result<Loan, String> {
    let present = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let participation = written
        .participation
        .parse()
        .map_err(|_| format!("`{}` is no pseudonym (a UUID)", written.participation))?;
    let area = present(&written.area)
        .map(AreaCode::try_from)
        .transpose()
        .map_err(|error| error.to_string())?;
    let age_band = present(&written.age_band)
        .map(|text| {
            AgeBand::written(&text).ok_or_else(|| {
                format!("`{text}` is no age band — write 50-64, 65-74, 75-84 or 85+")
            })
        })
        .transpose()?;
    if written.cohort.is_empty() || written.cohort.chars().count() > 40 {
        return Err("the cohort is a word of 1 to 40 letters, such as 2026-autumn".to_owned());
    }
    let began =
        day(&written.began)?.ok_or("`began` is empty — write the day such as 2026-10-01")?;
    let ended = day(&written.ended)?;
    let how = present(&written.how_ended)
        .map(|text| {
            let known = Ending::ALL.iter().find(|(word, _)| *word == text);
            known.map(|(_, ending)| *ending).ok_or_else(|| {
                format!("`{text}` is no way to end — write returned, withdrawn or lost")
            })
        })
        .transpose()?;
    if ended.is_some_and(|ended| ended < began) {
        return Err("it ended before it began — one of the two days is wrong".to_owned());
    }
    if ended.is_none() && how.is_some() {
        return Err("it says how it ended and not when — fill in `ended`".to_owned());
    }
    Ok(Loan {
        participation,
        area,
        age_band,
        cohort: written.cohort.clone(),
        began,
        ended: ended.map(|ended| (ended, how.unwrap_or(Ending::Returned))),
    })
}

fn day(text: &str) -> Result<Option<i64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let date: Date = text
        .parse()
        .map_err(|_| format!("`{text}` is no day such as 2026-10-01"))?;
    Ok(Some(day_number(date)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "participation,area,age_band,cohort,began,ended,how_ended\n";
    const ONE: &str = "6d9f3b0a-0000-4000-8000-000000000001";

    #[test]
    fn loans_are_read_as_a_clerk_writes_them() {
        let text = format!("\u{feff}{HEAD}{ONE},99201,75-84,2026-autumn,2026-10-01,,\n");
        let loans = read(text.as_bytes()).expect("reads");
        assert_eq!(loans.len(), 1);
        assert_eq!(date_of(loans[0].began).to_string(), "2026-10-01");
        assert!(loans[0].is_open_on(loans[0].began + 1_000));
        let ended = format!("{HEAD}{ONE},,,a,2026-10-01,2026-10-31,withdrawn\n");
        let loans = read(ended.as_bytes()).expect("reads");
        assert_eq!(loans[0].ended.map(|(_, how)| how), Some(Ending::Withdrawn));
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        for (row, told) in [
            ("?,,,a,2026-10-01,,", "line 2: `?` is no pseudonym"),
            (&format!("{ONE},,60,a,2026-10-01,,"), "is no age band"),
            (&format!("{ONE},,,,2026-10-01,,"), "the cohort is a word"),
            (&format!("{ONE},,,a,gestern,,"), "is no day"),
            (
                &format!("{ONE},,,a,2026-10-02,2026-10-01,"),
                "before it began",
            ),
            (&format!("{ONE},,,a,2026-10-02,,lost"), "and not when"),
            (
                &format!("{ONE},,,a,2026-10-02,,\n{ONE},,,a,2026-10-02,,"),
                "line 3",
            ),
        ] {
            let faults = read(format!("{HEAD}{row}\n").as_bytes()).expect_err("faulty");
            assert!(faults[0].to_string().contains(told), "{faults:?}");
        }
        assert!(read(b"name,age\nyamada,80\n").is_err());
    }
}
