//! How it is used: when, how easily, what was answered, and how far the records can be trusted.

use kairan_text::{message, message_in};

use super::{
    Figure, Section,
    figures::{HIGH, LOANS, LOW, Maker, OF, SHARE, column, count, name, rounded, text_size, words},
};
use crate::{indicators, statistics::fraction, suppression::withhold};

impl Maker<'_> {
    pub(super) fn rhythm(&self) -> Section {
        let rows = self.evidence.hours.iter().map(|it| {
            let visits = if self.is_small(it.loans) {
                Figure::Withheld
            } else {
                Figure::Count(it.visits)
            };
            vec![
                Figure::Count(it.weekday + 1),
                Figure::Count(it.hour),
                visits,
            ]
        });
        Section {
            id: "rhythm",
            title: words(message("曜日と時間")),
            definition: words(message(
                "利用のはじまり。曜日（1＝月曜）と時間（日本時間）ごと。",
            )),
            columns: vec![
                column("weekday", message("曜日")),
                column("hour", message_in("report", "時")),
                column("visits", message("利用")),
            ],
            rows: rows.collect(),
            chart: None,
        }
    }

    pub(super) fn ease(&self) -> Section {
        let it = indicators::ease(self.evidence, &self.all);
        let is_hidden = self.is_small(it.visiting_loans);
        let ratio = |part: i64, of: i64, times: f64, digits: i32| {
            if is_hidden {
                Figure::Withheld
            } else if of == 0 {
                Figure::Nothing
            } else {
                rounded(fraction(part) / fraction(of) * times, digits)
            }
        };
        let reading = self.share(it.reading_loans, it.visiting_loans, false);
        let rows = vec![
            vec![
                Figure::Term(
                    "left_within_5_seconds_percent",
                    message_in("report, a row", "5秒以内に閉じた（%）"),
                ),
                ratio(it.closed_quickly, it.closed, 100.0, 1),
            ],
            vec![
                Figure::Term(
                    "ignored_touches_per_visit",
                    message_in("report, a row", "1回あたりの無視された操作"),
                ),
                ratio(it.ignored, it.visits, 1.0, 2),
            ],
            vec![
                Figure::Term(
                    "loans_that_read_aloud_percent",
                    message_in("report, a row", "読み上げを使った貸し出し（%）"),
                ),
                reading[2].clone(),
            ],
            vec![
                Figure::Term(
                    "help_per_100_visits",
                    message_in("report, a row", "100回あたりの「困ったとき」"),
                ),
                ratio(it.helps, it.visits, 100.0, 1),
            ],
            vec![
                Figure::Term(
                    "call_backs_per_100_visits",
                    message_in("report, a row", "100回あたりの電話の依頼"),
                ),
                ratio(it.call_backs, it.visits, 100.0, 1),
            ],
        ];
        Section {
            id: "ease",
            title: words(message("使いやすさ")),
            definition: words(message(
                "5秒以内に閉じたサービスの割合、1回の利用あたりの無視された触れかた、読み上げを使った貸し出しの割合、100回の利用あたりの「困ったとき」と電話の依頼。",
            )),
            columns: vec![
                column("measure", message("指標")),
                column("value", message("値")),
            ],
            rows,
            chart: None,
        }
    }

    pub(super) fn text_sizes(&self) -> Section {
        let sizes = indicators::text_sizes(self.evidence, &self.all);
        let counts: Vec<i64> = sizes.values().copied().collect();
        let of: i64 = counts.iter().sum();
        let hidden = withhold(&counts, &[], self.threshold);
        let rows = sizes
            .keys()
            .zip(&counts)
            .zip(&hidden.cells)
            .map(|((size, part), is_hidden)| {
                let mut row = vec![text_size(size)];
                let mut share = self.share(*part, of, *is_hidden);
                if hidden.total {
                    share[1] = Figure::Withheld;
                }
                row.extend(share);
                row
            });
        Section {
            id: "text_sizes",
            title: words(message_in("report", "文字の大きさ")),
            definition: words(message(
                "利用があった貸し出しが、最後に選んだ文字の大きさ（選んでいなければ standard）。",
            )),
            columns: vec![
                column("text_size", message("文字")),
                LOANS,
                OF,
                SHARE,
                LOW,
                HIGH,
            ],
            rows: rows.collect(),
            chart: None,
        }
    }

    pub(super) fn warnings(&self) -> Section {
        let rows = indicators::warnings(self.evidence)
            .into_iter()
            .map(|(level, it)| {
                let is_hidden = self.is_small(it.loans);
                let mut row = vec![Figure::Count(level), self.count(it.loans)];
                row.extend(if is_hidden {
                    vec![Figure::Withheld; 5]
                } else {
                    self.share(it.answered_promptly, it.shown, false)
                });
                row
            });
        Section {
            id: "warnings",
            title: words(message("警報への答え")),
            definition: words(message(
                "画面に出た警報のうち、10分以内に答えられた割合。警戒レベルごと。",
            )),
            columns: vec![
                column("level", message("警戒レベル")),
                LOANS,
                column("answered", message("10分以内")),
                column("shown", message("出た数")),
                SHARE,
                LOW,
                HIGH,
            ],
            rows: rows.collect(),
            chart: None,
        }
    }

    pub(super) fn forms(&self) -> Section {
        let steps = indicators::forms(self.evidence);
        let opened = |form: &str| {
            let of_form = steps.iter().filter(|((name, _), _)| name == form);
            of_form.map(|(_, step)| step.loans).max().unwrap_or(0)
        };
        let rows = steps.iter().map(|((form, step), it)| {
            let mut row = vec![
                name(form),
                if *step == 0 {
                    Figure::Term("sent", message_in("report, a row", "最後まで送った"))
                } else {
                    Figure::Count(*step)
                },
            ];
            row.extend(self.share(it.reached, opened(form), false));
            row
        });
        Section {
            id: "forms",
            title: words(message("アンケートの進みかた")),
            definition: words(message(
                "開いた貸し出しのうち、その問いに答えた割合と、最後まで送った割合（sent）。",
            )),
            columns: vec![
                column("form", message("アンケート")),
                column("step", message("問い")),
                LOANS,
                OF,
                SHARE,
                LOW,
                HIGH,
            ],
            rows: rows.collect(),
            chart: None,
        }
    }

    pub(super) fn questionnaire(&self) -> Section {
        let questions =
            indicators::questionnaire(self.evidence)
                .into_iter()
                .map(|((survey, question), it)| {
                    let mut row = vec![name(survey), Figure::Count(question)];
                    row.extend(self.mean(Some(it.mean), 2));
                    row
                });
        let scale = indicators::system_usability(self.evidence).map(|mean| {
            let mut row = vec![
                name("sus"),
                Figure::Term("score_0_to_100", message_in("report, a row", "得点 0–100")),
            ];
            row.extend(self.mean(Some(mean), 1));
            row
        });
        Section {
            id: "questionnaire",
            title: words(message("アンケートの答え")),
            definition: words(message(
                "問いごとの、答えの番号の平均。同じ問いには最後の答えを数える。sus は System Usability Scale。",
            )),
            columns: vec![
                column("survey", message_in("report, of its answers", "アンケート")),
                column("question", message_in("report, of its answers", "問い")),
                LOANS,
                column("mean", message("平均")),
                LOW,
                HIGH,
            ],
            rows: questions.chain(scale).collect(),
            chart: None,
        }
    }

    pub(super) fn quality(&self) -> Section {
        let it = indicators::quality(self.evidence);
        let all = count(self.all.len());
        let hidden = self.is_small(all);
        let figure = |count: i64| {
            if hidden {
                Figure::Withheld
            } else {
                Figure::Count(count)
            }
        };
        Section {
            id: "quality",
            title: words(message("記録の質")),
            definition: words(message(
                "欠けた番号、24時間より遅れた記録、5分より大きく時計がずれた記録、7日より長く届いていないタブレット。",
            )),
            columns: vec![
                column("measure", message("指標")),
                column("value", message("値")),
            ],
            rows: vec![
                vec![
                    Figure::Term("records", message_in("report, a row", "記録の数")),
                    figure(it.records),
                ],
                vec![
                    Figure::Term(
                        "missing_sequence_numbers",
                        message_in("report, a row", "欠けた番号"),
                    ),
                    figure(it.missing),
                ],
                vec![
                    Figure::Term(
                        "records_later_than_24_hours",
                        message_in("report, a row", "24時間より遅れた記録"),
                    ),
                    figure(it.late),
                ],
                vec![
                    Figure::Term(
                        "records_with_the_clock_off_by_5_minutes",
                        message_in("report, a row", "時計が5分より大きくずれた記録"),
                    ),
                    figure(it.clock_off),
                ],
                vec![
                    Figure::Term(
                        "loans_silent_for_7_days",
                        message_in("report, a row", "7日より長く届いていない貸し出し"),
                    ),
                    self.count(it.silent),
                ],
            ],
            chart: None,
        }
    }
}
