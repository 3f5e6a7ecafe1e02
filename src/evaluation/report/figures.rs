//! From evidence to the sections of a report, with small groups withheld.

use kairan_text::{Message, message, message_in};

use super::{
    Column, Figure, Report, Words, charts,
    groups::{Grouping, groupings},
};
use crate::{
    evidence::Evidence,
    indicators::Loans,
    loans::{Ending, date_of},
    statistics::{Interval, Mean, fraction, wilson},
    suppression::withhold,
};

/// What a report needs to know besides the evidence.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The cohort that it is about; all where it is absent.
    pub cohort: Option<String>,
    /// Below so many loans a figure is withheld.
    pub threshold: i64,
    /// What must be said with every figure.
    pub notes: Vec<String>,
}

/// Makes a report.
pub fn report(evidence: &Evidence, circumstances: Circumstances) -> Report {
    let maker = Maker {
        evidence,
        threshold: circumstances.threshold.max(1),
        all: (0..evidence.loans.len()).collect(),
    };
    let groupings = groupings(evidence, maker.threshold);
    let mut sections = vec![
        maker.funnel(&groupings),
        maker.weekly_active(&groupings),
        maker.active_days(),
        maker.retention(),
        maker.provider_kinds(),
        maker.services(),
        maker.rhythm(),
        maker.ease(),
        maker.text_sizes(),
        maker.warnings(),
        maker.forms(),
        maker.questionnaire(),
        maker.quality(),
    ];
    for section in &mut sections {
        section.chart = charts::options(section);
    }
    let withdrawn = evidence
        .loans
        .iter()
        .filter(|loan| matches!(loan.ended, Some((day, Ending::Withdrawn)) if day <= evidence.period.to))
        .count();
    Report {
        from: date_of(evidence.period.from).to_string(),
        to: date_of(evidence.period.to).to_string(),
        cohort: circumstances.cohort,
        threshold: maker.threshold,
        notes: circumstances.notes,
        loans: maker.count(count(evidence.loans.len())),
        withdrawn: maker.count(count(withdrawn) + evidence.erased),
        sections,
    }
}

pub(super) struct Maker<'e> {
    pub(super) evidence: &'e Evidence,
    pub(super) threshold: i64,
    pub(super) all: Loans,
}

pub(super) const fn words(message: Message) -> Words {
    Words(message)
}

pub(super) const fn column(name: &'static str, heading: Message) -> Column {
    Column {
        name,
        words: words(heading),
    }
}

/// All loans, where groups stand beside them.
pub(super) const ALL: Figure = Figure::Term("all", message_in("report, a row", "全部"));

pub(super) const GROUPED_BY: Column = column("grouped_by", message("分け方"));
pub(super) const GROUP: Column = column("group", message("グループ"));
pub(super) const LOANS: Column = column("loans", message("貸出数"));
pub(super) const OF: Column = column("of", message("全体"));
pub(super) const SHARE: Column = column("share_percent", message("割合（%）"));
pub(super) const LOW: Column = column("low", message("95%下限"));
pub(super) const HIGH: Column = column("high", message("95%上限"));

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A share in per cent, to one digit.
pub(super) fn percent(share: f64) -> Figure {
    rounded(share * 100.0, 1)
}

pub(super) fn rounded(number: f64, digits: i32) -> Figure {
    let scale = 10_f64.powi(digits);
    let rounded = (number * scale).round() / scale;
    // Nothing is below nothing by less than can be said.
    Figure::Number(if rounded == 0.0 { 0.0 } else { rounded })
}

/// The two ends of an interval, each told in the same way.
pub(super) fn ends(interval: Option<Interval>, told: impl Fn(f64) -> Figure) -> [Figure; 2] {
    interval.map_or([Figure::Nothing, Figure::Nothing], |it| {
        [told(it.low), told(it.high)]
    })
}

pub(super) fn name(text: impl Into<String>) -> Figure {
    Figure::Name(text.into())
}

pub(super) fn text_size(size: &str) -> Figure {
    match size {
        "standard" => Figure::Term("standard", message_in("report, a row", "ふつう")),
        "large" => Figure::Term("large", message_in("report, a row", "大きい")),
        "largest" => Figure::Term("largest", message_in("report, a row", "いちばん大きい")),
        other => name(other),
    }
}

impl Maker<'_> {
    pub(super) fn is_small(&self, loans: i64) -> bool {
        loans > 0 && loans < self.threshold
    }

    /// A count of loans.
    pub(super) fn count(&self, loans: i64) -> Figure {
        if self.is_small(loans) {
            Figure::Withheld
        } else {
            Figure::Count(loans)
        }
    }

    /// A count of loans, of so many, with its share and interval.
    pub(super) fn share(&self, part: i64, of: i64, hidden: bool) -> Vec<Figure> {
        if of == 0 {
            return vec![
                Figure::Count(0),
                Figure::Count(0),
                Figure::Nothing,
                Figure::Nothing,
                Figure::Nothing,
            ];
        }
        if hidden || self.is_small(of) || self.is_small(part) {
            let of = self.count(of);
            return vec![
                Figure::Withheld,
                of,
                Figure::Withheld,
                Figure::Withheld,
                Figure::Withheld,
            ];
        }
        let interval = wilson(part, of);
        let [low, high] = ends(interval, percent);
        vec![
            Figure::Count(part),
            Figure::Count(of),
            percent(fraction(part) / fraction(of)),
            low,
            high,
        ]
    }

    /// The rows of one thing told for all loans and for each group: `parts` and `ofs` of the groups,
    /// whose sums are those of all.
    pub(super) fn by_group(
        &self,
        lead: &[Figure],
        grouping: &Grouping,
        parts: &[i64],
        ofs: &[i64],
    ) -> Vec<Vec<Figure>> {
        let of_hidden = withhold(ofs, &[], self.threshold);
        let hidden = withhold(parts, &of_hidden.cells, self.threshold);
        let mut rows = Vec::new();
        for (index, (group, _)) in grouping.groups.iter().enumerate() {
            let mut row = lead.to_vec();
            row.extend([name(grouping.name), name(group)]);
            let mut share = self.share(parts[index], ofs[index], hidden.cells[index]);
            if of_hidden.cells[index] {
                share[1] = Figure::Withheld;
            }
            row.extend(share);
            rows.push(row);
        }
        rows
    }

    /// The row of all loans; hidden if a grouping could not be told beside it.
    pub(super) fn for_all(&self, lead: &[Figure], part: i64, of: i64, hidden: bool) -> Vec<Figure> {
        let mut row = lead.to_vec();
        row.extend([ALL, ALL]);
        row.extend(self.share(part, of, hidden));
        row
    }

    pub(super) fn mean(&self, mean: Option<Mean>, digits: i32) -> Vec<Figure> {
        let Some(mean) = mean else {
            return vec![
                Figure::Count(0),
                Figure::Nothing,
                Figure::Nothing,
                Figure::Nothing,
            ];
        };
        if self.is_small(mean.n) {
            return vec![Figure::Withheld; 4];
        }
        let [low, high] = ends(mean.interval, |end| rounded(end, digits));
        vec![Figure::Count(mean.n), rounded(mean.mean, digits), low, high]
    }
}
