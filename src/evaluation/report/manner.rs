//! How it is used: when, how easily, what was answered, and how far the records can be trusted.

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
            title: words("曜日と時間", "Hour and weekday"),
            definition: words(
                "利用のはじまり。曜日（1＝月曜）と時間（日本時間）ごと。",
                "Visits by the weekday (1 is Monday) and hour in which they began, in Japan.",
            ),
            columns: vec![
                column("weekday", "曜日", "Weekday"),
                column("hour", "時", "Hour"),
                column("visits", "利用", "Visits"),
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
                Figure::Term("left_within_5_seconds_percent", "5秒以内に閉じた（%）"),
                ratio(it.closed_quickly, it.closed, 100.0, 1),
            ],
            vec![
                Figure::Term("ignored_touches_per_visit", "1回あたりの無視された操作"),
                ratio(it.ignored, it.visits, 1.0, 2),
            ],
            vec![
                Figure::Term(
                    "loans_that_read_aloud_percent",
                    "読み上げを使った貸し出し（%）",
                ),
                reading[2].clone(),
            ],
            vec![
                Figure::Term("help_per_100_visits", "100回あたりの「困ったとき」"),
                ratio(it.helps, it.visits, 100.0, 1),
            ],
            vec![
                Figure::Term("call_backs_per_100_visits", "100回あたりの電話の依頼"),
                ratio(it.call_backs, it.visits, 100.0, 1),
            ],
        ];
        Section {
            id: "ease",
            title: words("使いやすさ", "Ease of use"),
            definition: words(
                "5秒以内に閉じたサービスの割合、1回の利用あたりの無視された触れかた、読み上げを使った貸し出しの割合、100回の利用あたりの「困ったとき」と電話の依頼。",
                "Services left within 5 s; ignored touches per visit; share of loans that read aloud; help and call backs per 100 visits.",
            ),
            columns: vec![
                column("measure", "指標", "Measure"),
                column("value", "値", "Value"),
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
            title: words("文字の大きさ", "Size of the letters"),
            definition: words(
                "利用があった貸し出しが、最後に選んだ文字の大きさ（選んでいなければ standard）。",
                "What the loans with a visit last chose; standard where nothing was chosen.",
            ),
            columns: vec![
                column("text_size", "文字", "Letters"),
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
            title: words("警報への答え", "Warnings answered"),
            definition: words(
                "画面に出た警報のうち、10分以内に答えられた割合。警戒レベルごと。",
                "Of the warnings that took over the screen, those answered within 10 minutes, by level.",
            ),
            columns: vec![
                column("level", "警戒レベル", "Level"),
                LOANS,
                column("answered", "10分以内", "Within 10 min"),
                column("shown", "出た数", "Shown"),
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
                    Figure::Term("sent", "最後まで送った")
                } else {
                    Figure::Count(*step)
                },
            ];
            row.extend(self.share(it.reached, opened(form), false));
            row
        });
        Section {
            id: "forms",
            title: words("アンケートの進みかた", "Forms by step"),
            definition: words(
                "開いた貸し出しのうち、その問いに答えた割合と、最後まで送った割合（sent）。",
                "Of the loans that opened the form: those that answered each step, and those that sent it.",
            ),
            columns: vec![
                column("form", "アンケート", "Form"),
                column("step", "問い", "Step"),
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
            let mut row = vec![name("sus"), Figure::Term("score_0_to_100", "得点 0–100")];
            row.extend(self.mean(Some(mean), 1));
            row
        });
        Section {
            id: "questionnaire",
            title: words("アンケートの答え", "Questionnaire"),
            definition: words(
                "問いごとの、答えの番号の平均。同じ問いには最後の答えを数える。sus は System Usability Scale。",
                "Per question: the mean of the answers' numbers; the last answer of a loan counts. sus is the System Usability Scale.",
            ),
            columns: vec![
                column("survey", "アンケート", "Survey"),
                column("question", "問い", "Question"),
                LOANS,
                column("mean", "平均", "Mean"),
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
            title: words("記録の質", "Quality of the data"),
            definition: words(
                "欠けた番号、24時間より遅れた記録、5分より大きく時計がずれた記録、7日より長く届いていないタブレット。",
                "Missing sequence numbers, records later than 24 h, clocks off by more than 5 min, tablets silent over 7 days.",
            ),
            columns: vec![
                column("measure", "指標", "Measure"),
                column("value", "値", "Value"),
            ],
            rows: vec![
                vec![Figure::Term("records", "記録の数"), figure(it.records)],
                vec![
                    Figure::Term("missing_sequence_numbers", "欠けた番号"),
                    figure(it.missing),
                ],
                vec![
                    Figure::Term("records_later_than_24_hours", "24時間より遅れた記録"),
                    figure(it.late),
                ],
                vec![
                    Figure::Term(
                        "records_with_the_clock_off_by_5_minutes",
                        "時計が5分より大きくずれた記録",
                    ),
                    figure(it.clock_off),
                ],
                vec![
                    Figure::Term("loans_silent_for_7_days", "7日より長く届いていない貸し出し"),
                    self.count(it.silent),
                ],
            ],
            chart: None,
        }
    }
}
