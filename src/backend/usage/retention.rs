//! How long records are kept: after as many days as the council has decided, the file of a day goes, and
//! what was counted of it stays.

use jiff::Timestamp;
use kairan_evaluation::{loans::date_of, row::day_of};

use super::{archive::Archive, closing::put_away, closing_error::ClosingError, queries::ClosedDay};
use crate::{catalogue::queries::last_in_force, database::Database};

/// 2026-01-01: no record is older than the first tablet. What says so was written by a clock that was
/// never set.
const FIRST_DAY: i64 = 20_454;

/// Lets the records go that may be kept no longer, and says of how many days; and who has shown an emergency that is over.
///
/// It is noted first: whatever ends the program before the file is gone, it goes the next time.
pub async fn let_go(
    store: &Database,
    archive: &Archive,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    store.forget_seen(now).await?;
    let settings = last_in_force(store).await?.map(|it| it.evaluation);
    let Some(keep_days) = settings.and_then(|it| it.keep_records_days) else {
        return Ok(0);
    };
    let _alone = archive.alone(store).await?;
    let (today, keep_days) = (day_of(now.as_millisecond()), i64::from(keep_days));
    let mut gone = 0;
    for closed in store.closed_days().await? {
        if closed.is_gone {
            archive.remove(closed.day).await?;
        } else if !is_true(&closed) {
            thin_out(store, archive, &closed, today - keep_days, now).await?;
        } else if closed.day + keep_days < today {
            store.let_day_go(closed.day, now).await?;
            archive.remove(closed.day).await?;
            tracing::info!(day = %date_of(closed.day), "the records of a day have gone; its figures stay");
            gone += 1;
        }
    }
    Ok(gone)
}

/// Whether records of this day can have been written on it: not before the first tablet, and not after they
/// were put away.
fn is_true(closed: &ClosedDay) -> bool {
    let put_away = day_of(closed.closed_at.as_millisecond());
    (FIRST_DAY..=put_away).contains(&closed.day)
}

/// On a day that a clock was wrong about, what counts is when each record came; the day itself may come yet,
/// or come again with the next clock that was never set, so it is not closed for good.
async fn thin_out(
    store: &Database,
    archive: &Archive,
    closed: &ClosedDay,
    oldest: i64,
    now: Timestamp,
) -> Result<(), ClosingError> {
    let rows = archive.rows(closed.day).await?;
    let before = rows.len();
    let mut kept = rows;
    kept.retain(|row| day_of(row.received_at.unwrap_or(0)) >= oldest);
    if kept.len() < before {
        put_away(store, archive, closed.day, kept.into_iter(), now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kairan_evaluation::row::DAY_MS;

    use super::*;

    #[test]
    fn a_day_is_true_that_lies_between_the_first_tablet_and_its_being_put_away() {
        let put_away = 21_000;
        for (day, wanted) in [
            (put_away, true),
            (put_away - 400, true),
            (put_away + 1, false),
            (FIRST_DAY - 1, false),
            (0, false),
            (47_000, false),
        ] {
            let closed = ClosedDay {
                day,
                records: 1,
                sha256: String::new(),
                closed_at: Timestamp::from_millisecond(put_away * DAY_MS).expect("a moment"),
                is_gone: false,
            };
            assert_eq!(is_true(&closed), wanted, "{day}");
        }
    }
}
