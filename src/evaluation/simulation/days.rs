//! What a made-up person does on a day, and what their tablet writes down of it.

use kairan_contract::ProviderKind;
use rand::Rng;

use super::person::{Person, Resident};
use crate::row::{DAY_MS, JAPAN_MS, Row};

/// The tiles of the made-up council, who stands behind each, and how much it is liked.
pub(super) const TILES: [(&str, ProviderKind, u32); 10] = [
    ("city-news", ProviderKind::Government, 18),
    ("weather", ProviderKind::Government, 30),
    ("warnings", ProviderKind::Government, 5),
    ("bus", ProviderKind::Private, 14),
    ("gatherings", ProviderKind::Government, 9),
    ("exercise", ProviderKind::Government, 8),
    ("clinics", ProviderKind::Government, 5),
    ("shopping", ProviderKind::Private, 6),
    ("fraud", ProviderKind::Government, 2),
    ("garbage", ProviderKind::Government, 3),
];

impl Resident {
    /// One day of this person.
    pub(super) fn live(&mut self, day: i64, rows: &mut Vec<Row>) {
        let midnight = day * DAY_MS - JAPAN_MS;
        let is_first = day == self.loan.began;
        match self.truth.person {
            Person::NeverSwitchesOn => return,
            Person::PutsItBack => {
                if is_first {
                    self.write(rows, midnight + 11 * 3_600_000, "started", |row| {
                        row.cause = Some("power".to_owned());
                    });
                }
                return;
            }
            Person::Stops if self.truth.stops_after.is_some_and(|last| day > last) => return,
            _ => {}
        }
        if is_first || self.random.random_bool(0.05) {
            self.write(rows, midnight + 6 * 3_600_000, "started", |row| {
                row.cause = Some("power".to_owned());
            });
        }
        if day % 30 == 17 {
            self.be_warned(midnight + 14 * 3_600_000, rows);
        }
        if !is_first && !self.random.random_bool(self.keen) {
            return;
        }
        for _ in 0..self.random.random_range(1..5) * self.busy {
            let hour = match self.random.random_range(0..10) {
                0..5 => self.random.random_range(7..11),
                5..9 => self.random.random_range(14..19),
                _ => self.random.random_range(5..23),
            };
            let at = midnight + hour * 3_600_000 + self.random.random_range(0..3_000_000);
            self.visit(at, day, rows);
        }
    }

    fn visit(&mut self, began: i64, day: i64, rows: &mut Vec<Row>) {
        self.visit += 1;
        self.truth.visits += 1;
        let mut at = began;
        self.write(rows, at, "visit_began", |row| {
            row.how = Some("touch".to_owned());
        });
        if self.random.random_bool(0.02) {
            let size = if self.random.random_bool(0.5) {
                "large"
            } else {
                "largest"
            };
            self.write(rows, at, "text_size_set", |row| {
                row.chosen = Some(size.to_owned());
            });
        }
        for _ in 0..self.random.random_range(1..6) {
            let tile = self.tile();
            self.truth.opened += 1;
            at += self.random.random_range(1_000..8_000);
            self.write(rows, at, "service_opened", |row| {
                row.service = Some(tile.to_owned());
                row.opened_from = Some("home".to_owned());
            });
            let dwell = self.dwell();
            if self.random.random_bool(0.15) {
                self.write(rows, at + dwell / 2, "read_aloud", |row| {
                    row.service = Some(tile.to_owned());
                    row.heard_ms = Some(dwell / 2);
                    row.stopped = Some(0);
                });
            }
            if self.random.random_bool(0.2) {
                let why = if self.random.random_bool(0.7) {
                    "repeat"
                } else {
                    "slide"
                };
                self.write(rows, at + dwell / 3, "touch_ignored", |row| {
                    row.why = Some(why.to_owned());
                });
            }
            at += dwell;
            self.write(rows, at, "service_left", |row| {
                row.service = Some(tile.to_owned());
                row.dwell_ms = Some(dwell);
                row.how = Some("home".to_owned());
            });
        }
        if self.random.random_bool(0.03) {
            self.write(rows, at, "help_opened", |row| {
                row.screen = Some("home".to_owned());
            });
        }
        let since = day - self.loan.began;
        if since == 30 || since == 60 {
            self.answer(
                if since == 30 {
                    ("first-month", 3, 3)
                } else {
                    ("sus", 10, 5)
                },
                at,
                rows,
            );
        }
        self.write(rows, at + 300_000, "visit_ended", |row| {
            row.cause = Some("idle".to_owned());
        });
    }

    /// Some leave a questionnaire in the middle.
    fn answer(
        &mut self,
        (form, questions, choices): (&str, i64, i64),
        at: i64,
        rows: &mut Vec<Row>,
    ) {
        self.write(rows, at, "form_began", |row| {
            row.form = Some(form.to_owned());
        });
        for question in 1..=questions {
            if self.random.random_bool(0.03) {
                self.write(rows, at, "form_left", |row| {
                    row.form = Some(form.to_owned());
                    row.step = Some(question);
                });
                return;
            }
            let choice = self.random.random_range(1..=choices);
            self.write(rows, at, "question_answered", |row| {
                row.survey = Some(form.to_owned());
                row.question = Some(question);
                row.choice = Some(choice);
            });
            self.write(rows, at, "form_step", |row| {
                row.form = Some(form.to_owned());
                row.step = Some(question);
            });
        }
        self.write(rows, at, "form_sent", |row| {
            row.form = Some(form.to_owned());
        });
    }

    fn be_warned(&mut self, at: i64, rows: &mut Vec<Row>) {
        self.write(rows, at, "alert_shown", |row| {
            row.service = Some("warnings".to_owned());
            row.level = Some(4);
        });
        if self.random.random_bool(0.8) {
            let after = self.random.random_range(5_000..1_800_000);
            self.write(rows, at + after, "alert_answered", |row| {
                row.service = Some("warnings".to_owned());
                row.level = Some(4);
                row.after_ms = Some(after);
            });
        }
    }

    fn tile(&mut self) -> &'static str {
        if self.truth.person == Person::LovesTheBus && self.random.random_bool(0.7) {
            return "bus";
        }
        let all: u32 = TILES.iter().map(|(_, _, liked)| liked).sum();
        let mut at = self.random.random_range(0..all);
        for (tile, _, liked) in TILES {
            if at < liked {
                return tile;
            }
            at -= liked;
        }
        TILES[0].0
    }

    /// Most stay for half a minute; some for long; some leave at once.
    fn dwell(&mut self) -> i64 {
        let mut length = 20_000_i64;
        for _ in 0..4 {
            length = length * self.random.random_range(40..220) / 100;
        }
        length.max(300)
    }

    fn write(&mut self, rows: &mut Vec<Row>, at: i64, kind: &str, fill: impl FnOnce(&mut Row)) {
        self.sequence += 1;
        if self.random.random_bool(0.000_5) {
            // The disk lost this one.
            self.truth.lost += 1;
            return;
        }
        let day = crate::row::day_of(at);
        let is_offline = self
            .offline
            .is_some_and(|(from, to)| (from..=to).contains(&day));
        let received_at = match self.offline {
            Some((_, to)) if is_offline => (to + 1) * DAY_MS - JAPAN_MS + 60_000,
            _ => at + 5_000,
        };
        let mut row = Row {
            tablet: Some(self.tablet.clone()),
            sequence: Some(self.sequence),
            participation: Some(self.loan.participation.to_string()),
            boot: Some(self.boot.clone()),
            uptime_ms: Some(at - self.loan.began * DAY_MS + DAY_MS),
            happened_at: Some(at - self.clock_offset_ms),
            clock_offset_ms: Some(self.clock_offset_ms),
            visit: Some(self.visit),
            catalogue: Some(1),
            kind: Some(kind.to_owned()),
            received_at: Some(received_at),
            detail: Some("{}".to_owned()),
            ..Row::default()
        };
        if self.sequence <= 3 && self.clock_offset_ms.abs() < 10_000 {
            // Before the first contact nobody has measured the clock.
            row.clock_offset_ms = None;
            row.happened_at = Some(at);
        }
        fill(&mut row);
        rows.push(row);
    }
}
