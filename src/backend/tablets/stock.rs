//! Where each tablet is that the council owns. Pure.

use kairan_text::{Message, message};

use std::collections::{HashMap, HashSet};

use kairan_contract::Participation;

use super::queries::{Away, LentTablet, Owned};

/// Where a tablet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// On the shelf.
    Free,
    /// A code was made for it, which it has not used yet.
    Awaited,
    /// With somebody.
    Lent(Participation),
    /// Its loan has ended, and it has not told yet that it has forgotten it.
    Returning(Participation),
    /// Not to be lent for now.
    Away(Away),
}

impl Whereabouts {
    /// The kinds, with the words by which a list is filtered and their names.
    pub const KINDS: [(&'static str, Message); 5] = [
        ("free", message("空いている")),
        ("awaited", message("番号を待っている")),
        ("lent", message("貸し出し中")),
        ("returning", message("返却・消去の途中")),
        ("away", message("使えない")),
    ];

    /// Which of the kinds it is.
    pub fn kind(self) -> (&'static str, Message) {
        let [free, awaited, lent, returning, away] = Self::KINDS;
        match self {
            Self::Free => free,
            Self::Awaited => awaited,
            Self::Lent(_) => lent,
            Self::Returning(_) => returning,
            Self::Away(_) => away,
        }
    }

    /// The loan that it belongs to.
    pub fn loan(self) -> Option<Participation> {
        match self {
            Self::Lent(loan) | Self::Returning(loan) => Some(loan),
            _ => None,
        }
    }
}

/// What the labels of all tablets and codes tell.
#[derive(Debug)]
pub struct LabelIndex {
    lent: HashMap<String, Whereabouts>,
    awaited: HashSet<String>,
}

impl LabelIndex {
    /// Of the tablets that have been let in, and the labels for which a code waits.
    pub fn of(tablets: &[LentTablet], awaited: HashSet<String>) -> Self {
        let mut lent = HashMap::new();
        for tablet in tablets {
            let Some(label) = &tablet.label else { continue };
            let loan = tablet.participation;
            match (tablet.ended, tablet.wipe) {
                // It has forgotten its loan.
                (_, [_, _, Some(_)]) => {}
                (None, [None, ..]) => {
                    lent.insert(label.clone(), Whereabouts::Lent(loan));
                }
                // The same tablet may have been lent again before it told of the loan before.
                _ => {
                    let returning = Whereabouts::Returning(loan);
                    lent.entry(label.clone()).or_insert(returning);
                }
            }
        }
        Self { lent, awaited }
    }

    /// Where a tablet is.
    pub fn whereabouts(&self, owned: &Owned) -> Whereabouts {
        let label = owned.label.as_str();
        let lent = self.lent.get(label).copied();
        match (lent, owned.away) {
            (Some(it @ Whereabouts::Lent(_)), _) => it,
            (_, Some(away)) => Whereabouts::Away(away),
            _ if self.awaited.contains(label) => Whereabouts::Awaited,
            (Some(it), None) => it,
            (None, None) => Whereabouts::Free,
        }
    }

    /// Whether somebody has a tablet of this label.
    pub fn is_lent(&self, label: &str) -> bool {
        matches!(self.lent.get(label), Some(Whereabouts::Lent(_)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn tablet(label: &str, loan: u128) -> LentTablet {
        LentTablet {
            label: Some(label.to_owned()),
            ..LentTablet::silent(Participation(Uuid::from_u128(loan)))
        }
    }

    #[test]
    fn a_tablet_is_where_its_loan_says() {
        let now = Timestamp::UNIX_EPOCH;
        let loan = |number| Participation(Uuid::from_u128(number));
        let owned = |away| Owned {
            label: "A-1".parse().expect("a label"),
            registered_at: now,
            away,
        };
        let lent = tablet("A-1", 1);
        let ended = LentTablet {
            ended: Some(20_000),
            wipe: [Some(now), None, None],
            ..tablet("A-1", 2)
        };
        let replaced = LentTablet {
            wipe: [Some(now), Some(now), None],
            ..tablet("A-1", 3)
        };
        let forgotten = LentTablet {
            wipe: [Some(now); 3],
            ..tablet("A-1", 4)
        };
        let other = tablet("A-2", 5);
        let repair = Some(Away::Repair);
        for (tablets, is_awaited, away, wanted) in [
            (vec![], false, None, Whereabouts::Free),
            (vec![&other], false, None, Whereabouts::Free),
            (vec![&forgotten], false, None, Whereabouts::Free),
            (vec![], true, None, Whereabouts::Awaited),
            (vec![], true, repair, Whereabouts::Away(Away::Repair)),
            (vec![&lent], false, repair, Whereabouts::Lent(loan(1))),
            (vec![&ended, &lent], false, None, Whereabouts::Lent(loan(1))),
            (vec![&lent, &ended], true, None, Whereabouts::Lent(loan(1))),
            (vec![&ended], false, None, Whereabouts::Returning(loan(2))),
            (vec![&ended], true, None, Whereabouts::Awaited),
            (
                vec![&replaced],
                false,
                None,
                Whereabouts::Returning(loan(3)),
            ),
        ] {
            let tablets: Vec<LentTablet> = tablets.into_iter().cloned().collect();
            let awaited = is_awaited.then(|| "A-1".to_owned()).into_iter().collect();
            let known = LabelIndex::of(&tablets, awaited);
            assert_eq!(known.whereabouts(&owned(away)), wanted, "{tablets:?}");
        }
    }
}
