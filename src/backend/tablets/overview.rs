//! What a helper sees of a tablet: what it has confirmed, and not what somebody wished. Pure.

use jiff::{SignedDuration, Timestamp};
use kairan_text::{Message, message, message_in};

use super::queries::LentTablet;

/// How long ago a tablet was heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contact {
    /// Within the last three minutes: it asks every minute.
    Here,
    /// Within the last day.
    Recently,
    /// Within the last week.
    Quiet,
    /// Longer ago, or never.
    Silent,
}

impl Contact {
    /// All, from the nearest on, with the words by which a list is filtered.
    pub const ALL: [(&'static str, Self); 4] = [
        ("here", Self::Here),
        ("recently", Self::Recently),
        ("quiet", Self::Quiet),
        ("silent", Self::Silent),
    ];

    /// Its name.
    pub fn words(self) -> Message {
        match self {
            Self::Here => message_in("a tablet among others", "つながっています"),
            Self::Recently => message("きょう連絡あり"),
            Self::Quiet => message("しばらく連絡なし"),
            Self::Silent => message("1週間以上 連絡なし"),
        }
    }
}

/// How far something is that a tablet was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nobody has asked for it.
    Nothing,
    /// It was asked for.
    Asked,
    /// The tablet has heard.
    Received,
    /// The tablet has done it.
    Done,
    /// It is no longer asked for, and the tablet has not heard of that yet.
    Undoing,
}

impl Progress {
    /// Its name.
    pub fn words(self) -> Message {
        match self {
            Self::Nothing => Message::default(),
            Self::Asked => message("たのみました"),
            Self::Received => message_in("a wipe", "届きました"),
            Self::Done => message_in("a wipe", "できました"),
            Self::Undoing => message("解除をたのみました"),
        }
    }
}

/// How long ago it was heard of.
pub fn contact(tablet: &LentTablet, now: Timestamp) -> Contact {
    let ago = tablet.seen_at.map(|seen| now.duration_since(seen));
    match ago {
        Some(ago) if ago <= SignedDuration::from_mins(3) => Contact::Here,
        Some(ago) if ago <= SignedDuration::from_hours(24) => Contact::Recently,
        Some(ago) if ago <= SignedDuration::from_hours(7 * 24) => Contact::Quiet,
        _ => Contact::Silent,
    }
}

/// How far the locking is. A tablet that is opened again and has not heard of it is still locked.
pub fn lock(tablet: &LentTablet) -> Progress {
    let shows = tablet.status.as_ref().is_some_and(|status| status.locked);
    match tablet.locked_at {
        None if shows => Progress::Undoing,
        None => Progress::Nothing,
        Some(_) if shows => Progress::Done,
        Some(asked) if tablet.seen_at.is_some_and(|seen| seen > asked + HEARD) => {
            Progress::Received
        }
        Some(_) => Progress::Asked,
    }
}

/// After so long, a tablet that has asked has been told.
const HEARD: SignedDuration = SignedDuration::from_secs(10);

/// How far the forgetting is.
pub fn wipe(tablet: &LentTablet) -> Progress {
    match tablet.wipe {
        [_, _, Some(_)] => Progress::Done,
        [_, Some(_), _] => Progress::Received,
        [Some(_), ..] => Progress::Asked,
        _ => Progress::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::{Participation, TabletStatus};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_shown_is_what_the_tablet_confirmed() {
        let now = Timestamp::from_second(1_790_000_000).expect("a time");
        let status = |locked| TabletStatus {
            version: "0.1.0".to_owned(),
            catalogue: 1,
            locked,
            battery_percent: None,
            free_megabytes: None,
            unsent: 0,
            emergency: None,
        };
        let mut tablet = LentTablet::silent(Participation(Uuid::nil()));
        assert_eq!(lock(&tablet), Progress::Nothing);
        tablet.locked_at = Some(now);
        tablet.status = Some(status(false));
        tablet.seen_at = Some(now - SignedDuration::from_secs(40));
        assert_eq!(lock(&tablet), Progress::Asked, "it has not asked since");
        tablet.seen_at = Some(now + SignedDuration::from_secs(30));
        assert_eq!(lock(&tablet), Progress::Received);
        tablet.status = Some(status(true));
        assert_eq!(lock(&tablet), Progress::Done);
        tablet.locked_at = None;
        assert_eq!(lock(&tablet), Progress::Undoing);
        for (wiped, progress) in [
            ([None; 3], Progress::Nothing),
            ([Some(now), None, None], Progress::Asked),
            ([Some(now), Some(now), None], Progress::Received),
            ([Some(now); 3], Progress::Done),
        ] {
            tablet.wipe = wiped;
            assert_eq!(wipe(&tablet), progress);
        }
    }

    #[test]
    fn contact_is_graded() {
        let now = Timestamp::from_second(1_790_000_000).expect("a time");
        let mut tablet = LentTablet::silent(Participation(Uuid::nil()));
        assert_eq!(contact(&tablet, now), Contact::Silent);
        for (minutes, wanted) in [
            (3, Contact::Here),
            (4, Contact::Recently),
            (24 * 60, Contact::Recently),
            (24 * 60 + 1, Contact::Quiet),
            (7 * 24 * 60 + 1, Contact::Silent),
        ] {
            tablet.seen_at = Some(now - SignedDuration::from_mins(minutes));
            assert_eq!(contact(&tablet, now), wanted, "{minutes} minutes");
        }
    }
}
