//! Somebody who has every table of a report, and reasons.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::pilot::table;

/// What an attacker knows of a cell: between what it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) low: i64,
    pub(super) high: i64,
}

/// Somebody who has every table of a report, and reasons from what adds up and what cannot be more than what.
#[derive(Default)]
pub(super) struct Attacker {
    pub(super) cells: BTreeMap<String, Bounds>,
    pub(super) withheld: BTreeSet<String>,
    /// The first is the sum of the others.
    pub(super) sums: Vec<(String, Vec<String>)>,
    /// The first is at most the second.
    pub(super) at_most: Vec<(String, String)>,
}

impl Attacker {
    pub(super) fn learn(&mut self, name: String, value: &Value) -> String {
        let known = value.as_i64().map(|it| Bounds { low: it, high: it });
        if *value == "*" {
            self.withheld.insert(name.clone());
        }
        self.cells.insert(
            name.clone(),
            known.unwrap_or(Bounds {
                low: 0,
                high: 10_000,
            }),
        );
        name
    }

    pub(super) fn same(&mut self, one: &str, other: &str) {
        self.at_most.push((one.to_owned(), other.to_owned()));
        self.at_most.push((other.to_owned(), one.to_owned()));
    }

    /// Everything that a report says of loans.
    pub(super) fn read(&mut self, report: &Value) {
        let all = self.learn("report".to_owned(), &report["loans"]);
        let withdrawn = self.learn("withdrawn".to_owned(), &report["withdrawn"]);
        self.at_most.push((withdrawn, all.clone()));
        for section in report["sections"].as_array().expect("sections") {
            let id = section["id"].as_str().expect("a name");
            let rows = table(report, id);
            let mut parts = BTreeMap::<(String, String, &str), Vec<String>>::new();
            let mut totals = BTreeMap::<(String, &str), String>::new();
            for (number, row) in rows.iter().enumerate() {
                let text = |name: &str| row.get(name).map_or_else(String::new, Value::to_string);
                let lead = format!("{}{}", text("step"), text("week"));
                for column in ["loans", "of"] {
                    let Some(value) = row.get(column) else {
                        continue;
                    };
                    let cell = self.learn(format!("{id} {number} {column}"), value);
                    self.at_most.push((cell.clone(), all.clone()));
                    let by = text("grouped_by");
                    if by == "\"all\"" {
                        totals.insert((lead.clone(), column), cell);
                    } else if !by.is_empty() {
                        parts
                            .entry((lead.clone(), by, column))
                            .or_default()
                            .push(cell);
                    }
                }
                if row.contains_key("loans") && row.contains_key("of") {
                    self.at_most
                        .push((format!("{id} {number} loans"), format!("{id} {number} of")));
                }
            }
            for ((lead, _, column), parts) in parts {
                self.sums.push((totals[&(lead, column)].clone(), parts));
            }
            match id {
                "funnel" => self.read_funnel(&rows, &all),
                // Each loan with a visit has one size of letters.
                "text_sizes" => {
                    let sizes = (0..rows.len()).map(|row| format!("text_sizes {row} loans"));
                    self.sums
                        .push(("text_sizes 0 of".to_owned(), sizes.collect()));
                    for row in 1..rows.len() {
                        self.same("text_sizes 0 of", &format!("text_sizes {row} of"));
                    }
                }
                _ => {}
            }
        }
    }

    /// Who took a step took the one before; and each step is told of the same loans.
    pub(super) fn read_funnel(&mut self, rows: &[BTreeMap<String, Value>], all: &str) {
        let groups: BTreeSet<String> = rows.iter().map(group_of).collect();
        for group in groups {
            let of_group: Vec<usize> = (0..rows.len())
                .filter(|row| group_of(&rows[*row]) == group)
                .collect();
            let lent = format!("funnel {} loans", of_group[0]);
            for pair in of_group.windows(2) {
                self.at_most.push((
                    format!("funnel {} loans", pair[1]),
                    format!("funnel {} loans", pair[0]),
                ));
            }
            for row in of_group {
                self.same(&lent, &format!("funnel {row} of"));
            }
            if group == "\"all\" \"all\"" {
                self.same(&lent, all);
            }
        }
    }

    /// Reasons until nothing new follows.
    pub(super) fn reason(&mut self) {
        loop {
            let before = self.cells.clone();
            for (less, more) in &self.at_most {
                let (low, high) = (self.cells[less].low, self.cells[more].high);
                let less = self.cells.get_mut(less).expect("known");
                less.high = less.high.min(high);
                let more = self.cells.get_mut(more).expect("known");
                more.low = more.low.max(low);
            }
            for (total, parts) in &self.sums {
                let low: i64 = parts.iter().map(|part| self.cells[part].low).sum();
                let high: i64 = parts.iter().map(|part| self.cells[part].high).sum();
                let whole = self.cells.get_mut(total).expect("known");
                (whole.low, whole.high) = (whole.low.max(low), whole.high.min(high));
                let whole = *whole;
                for part in parts {
                    let part = self.cells.get_mut(part).expect("known");
                    let others = (low - part.low, high - part.high);
                    part.low = part.low.max(whole.low - others.1);
                    part.high = part.high.min(whole.high - others.0);
                }
            }
            if self.cells == before {
                return;
            }
        }
    }
}

pub(super) fn group_of(row: &BTreeMap<String, Value>) -> String {
    format!("{} {}", row["grouped_by"], row["group"])
}
