//! How long records are kept: after as many days as the council has decided, the file of a day goes, and
//! what was counted of it stays.

use jiff::Timestamp;
use kairan_evaluation::{
    loans::date_of,
    row::{DAY_MS, day_of},
};

use super::{
    catalogue,
    closing::{Archive, ClosingError},
};
use crate::store::{ClosedDay, Store};

/// 2026-01-01: no record is older than the first tablet. What says so was written by a clock that was
/// never set.
const FIRST_DAY: i64 = 20_454;

/// Lets the records go that may be kept no longer, and says of how many days.
///
/// It is noted first: whatever ends the program before the file is gone, it goes the next time.
pub async fn let_go(
    store: &Store,
    archive: &Archive,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    let settings = catalogue(store).await?.map(|it| it.evaluation);
    let Some(keep_days) = settings.and_then(|it| it.keep_records_days) else {
        return Ok(0);
    };
    let _alone = archive.alone(store).await?;
    let today = day_of(now.as_millisecond());
    let mut gone = 0;
    for closed in store.closed_days().await? {
        if closed.is_gone {
            archive.remove(closed.day).await?;
        } else if is_over(&closed, today, i64::from(keep_days)) {
            store.let_day_go(closed.day, now).await?;
            archive.remove(closed.day).await?;
            tracing::info!(day = %date_of(closed.day), "the records of a day have gone; its figures stay");
            gone += 1;
        }
    }
    Ok(gone)
}

/// Whether the records of a day may be kept no longer. Where their clock cannot have been right, what counts
/// is when the last of them was put away.
fn is_over(closed: &ClosedDay, today: i64, keep_days: i64) -> bool {
    let put_away = closed.closed_at.as_millisecond().div_euclid(DAY_MS);
    let day = if closed.day < FIRST_DAY || closed.day > put_away {
        put_away
    } else {
        closed.day
    };
    day + keep_days < today
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(day: i64, closed_on: i64) -> ClosedDay {
        ClosedDay {
            day,
            records: 1,
            sha256: String::new(),
            closed_at: Timestamp::from_millisecond(closed_on * DAY_MS).expect("a moment"),
            is_gone: false,
        }
    }

    #[test]
    fn a_day_goes_the_day_after_the_last_on_which_it_may_be_kept() {
        let today = 21_000;
        assert!(!is_over(&closed(today - 100, today), today, 100));
        assert!(is_over(&closed(today - 101, today), today, 100));
        // A late record that was put away today does not keep the day.
        assert!(is_over(&closed(today - 400, today), today, 100));
    }

    #[test]
    fn records_of_a_clock_that_was_wrong_are_kept_as_long_as_others() {
        let today = 21_000;
        assert!(!is_over(&closed(0, today - 99), today, 100));
        assert!(is_over(&closed(0, today - 101), today, 100));
        assert!(is_over(&closed(47_000, today - 101), today, 100));
        assert!(is_over(&closed(-4_000, today - 101), today, 100));
    }
}
