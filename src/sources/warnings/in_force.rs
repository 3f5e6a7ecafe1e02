//! From bulletins to what is in force: kinds of bulletins add up, and of one kind the newest decides.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use kairan_contract::Warning;

use super::{
    bulletin::{Bulletin, Kind},
    meaning::{meaning, what_to_do},
};

/// A warning, and the headline of the bulletin that told it.
pub(super) struct ReportedWarning {
    pub(super) warning: Warning,
    pub(super) headline: String,
    pub(super) at: Timestamp,
}

/// What is in force, by code, or by status where a bulletin gives no code.
pub(super) type InForce = BTreeMap<String, ReportedWarning>;

pub(super) fn in_force(bulletins: &[Bulletin]) -> InForce {
    let mut found = InForce::new();
    let mut by_type: BTreeMap<&str, Vec<&Bulletin>> = BTreeMap::new();
    for bulletin in bulletins.iter().filter(|bulletin| bulletin.kinds.is_some()) {
        if let Some(data_type) = bulletin.data_type.as_deref() {
            by_type.entry(data_type).or_default().push(bulletin);
        }
    }
    for of_the_type in by_type.values() {
        typed(of_the_type, &mut found);
    }
    untyped(bulletins, &mut found);
    found
}

/// Bulletins of one kind: the newest that names the municipality decides, and is complete.
fn typed(of_the_type: &[&Bulletin], found: &mut InForce) {
    let Some(newest) = of_the_type.first() else {
        return;
    };
    // Two of the same moment say it together.
    let deciding = of_the_type
        .iter()
        .filter(|bulletin| bulletin.moment() == newest.moment());
    for bulletin in deciding {
        for kind in bulletin
            .kinds
            .iter()
            .flatten()
            .filter(|kind| is_in_force(kind))
        {
            let without_a_break = of_the_type
                .iter()
                .skip_while(|known| known.moment() > bulletin.moment())
                .take_while(|known| {
                    let same = |it: &Kind| it.code == kind.code && is_in_force(it);
                    known.kinds.iter().flatten().any(same)
                });
            let since = without_a_break
                .last()
                .map_or(bulletin.reported_at, |it| it.reported_at);
            add(kind, since, bulletin, found);
        }
    }
}

/// Bulletins that do not say of which kind they are: the newest mention of each code decides.
fn untyped(bulletins: &[Bulletin], found: &mut InForce) {
    let mut decided: HashSet<String> = HashSet::new();
    let of_no_type = bulletins
        .iter()
        .filter(|bulletin| bulletin.data_type.is_none());
    for bulletin in of_no_type {
        let Some(kinds) = &bulletin.kinds else {
            continue;
        };
        // Where one bulletin says both, what is in force counts.
        let (in_force, over): (Vec<&Kind>, Vec<&Kind>) =
            kinds.iter().partition(|kind| is_in_force(kind));
        for kind in in_force {
            let key = kind.code.clone().unwrap_or_else(|| kind.status.clone());
            if decided.insert(key) {
                add(kind, bulletin.reported_at, bulletin, found);
            }
        }
        decided.extend(over.iter().filter_map(|kind| kind.code.clone()));
        if over.iter().any(|kind| kind.code.is_none()) {
            // Nothing is in force, it says: older bulletins say nothing more.
            return;
        }
    }
}

fn add(kind: &Kind, since: Timestamp, bulletin: &Bulletin, found: &mut InForce) {
    let warning = warning(kind, since);
    let key = format!("{} {}", warning.code, warning.name);
    let Some(told) = found.get_mut(&key) else {
        let told = ReportedWarning {
            warning,
            headline: bulletin.headline.clone(),
            at: bulletin.reported_at,
        };
        found.insert(key, told);
        return;
    };
    // Told twice: all that is added to it, since the earlier of the two.
    let known = &mut told.warning;
    known.since = known.since.min(warning.since);
    for addition in warning.additions {
        if !known.additions.contains(&addition) {
            known.additions.push(addition);
        }
    }
}

/// What says that it is over, or that there was nothing. Everything else is in force, what nobody
/// has heard of too.
fn is_in_force(kind: &Kind) -> bool {
    !matches!(
        kind.status.as_str(),
        "解除" | "なし" | "発表警報・注意報はなし"
    ) && kind.code.as_deref() != Some("00")
}

fn warning(kind: &Kind, since: Timestamp) -> Warning {
    let code = kind.code.clone().unwrap_or_default();
    let (name, level) = meaning(&code, &kind.status);
    Warning {
        what_to_do: what_to_do(level).to_owned(),
        name,
        level,
        additions: kind.additions.clone(),
        since,
        code,
    }
}

/// The headline of the bulletin that told the gravest warning in force.
pub(super) fn headline(told: &InForce) -> Option<String> {
    told.values()
        .filter(|told| !told.headline.is_empty())
        .max_by_key(|told| (told.warning.level, told.at))
        .map(|told| told.headline.clone())
}
