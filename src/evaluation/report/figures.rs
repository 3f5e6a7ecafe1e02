//! From evidence to the sections of a report, with small groups withheld.

use super::{
    Column, Figure, Report, Section, Words, charts,
    groups::{Grouping, groupings},
};
use crate::{
    evidence::Evidence,
    indicators::{self, Loans},
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
        withdrawn: maker.count(count(withdrawn)),
        sections,
    }
}

struct Maker<'e> {
    evidence: &'e Evidence,
    threshold: i64,
    all: Loans,
}

const fn words(ja: &'static str, en: &'static str) -> Words {
    Words { ja, en }
}

const fn column(name: &'static str, ja: &'static str, en: &'static str) -> Column {
    Column {
        name,
        words: words(ja, en),
    }
}

/// All loans, where groups stand beside them.
const ALL: Figure = Figure::Term("all", "全部");

const GROUPED_BY: Column = column("grouped_by", "分け方", "Grouped by");
const GROUP: Column = column("group", "グループ", "Group");
const LOANS: Column = column("loans", "貸出数", "Loans");
const OF: Column = column("of", "全体", "Of");
const SHARE: Column = column("share_percent", "割合（%）", "Share (%)");
const LOW: Column = column("low", "95%下限", "95 % from");
const HIGH: Column = column("high", "95%上限", "95 % to");

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A share in per cent, to one digit.
fn percent(share: f64) -> Figure {
    rounded(share * 100.0, 1)
}

fn rounded(number: f64, digits: i32) -> Figure {
    let scale = 10_f64.powi(digits);
    let rounded = (number * scale).round() / scale;
    // Nothing is below nothing by less than can be said.
    Figure::Number(if rounded == 0.0 { 0.0 } else { rounded })
}

fn name(text: impl Into<String>) -> Figure {
    Figure::Name(text.into())
}

fn provider_kind(kind: &str) -> Figure {
    match kind {
        "government" => Figure::Term("government", "公共"),
        "private" => Figure::Term("private", "民間"),
        _ => Figure::Term("unknown", "不明"),
    }
}

fn text_size(size: &str) -> Figure {
    match size {
        "standard" => Figure::Term("standard", "ふつう"),
        "large" => Figure::Term("large", "大きい"),
        "largest" => Figure::Term("largest", "いちばん大きい"),
        other => name(other),
    }
}

impl Maker<'_> {
    fn is_small(&self, loans: i64) -> bool {
        loans > 0 && loans < self.threshold
    }

    /// A count of loans.
    fn count(&self, loans: i64) -> Figure {
        if self.is_small(loans) {
            Figure::Withheld
        } else {
            Figure::Count(loans)
        }
    }

    /// A count of loans, of so many, with its share and interval.
    fn share(&self, part: i64, of: i64, hidden: bool) -> Vec<Figure> {
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
        let end = |end: fn(Interval) -> f64| {
            interval.map_or(Figure::Nothing, |interval| percent(end(interval)))
        };
        vec![
            Figure::Count(part),
            Figure::Count(of),
            percent(fraction(part) / fraction(of)),
            end(|it| it.low),
            end(|it| it.high),
        ]
    }

    /// The rows of one thing told for all loans and for each group: `parts` and `ofs` of the groups,
    /// whose sums are those of all.
    fn by_group(
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
    fn for_all(&self, lead: &[Figure], part: i64, of: i64, hidden: bool) -> Vec<Figure> {
        let mut row = lead.to_vec();
        row.extend([ALL, ALL]);
        row.extend(self.share(part, of, hidden));
        row
    }

    fn funnel(&self, groupings: &[Grouping]) -> Section {
        let steps = |loans: &Loans| {
            let it = indicators::funnel(self.evidence, loans);
            [it.lent, it.switched_on, it.touched, it.opened, it.habit]
        };
        let names = [
            Figure::Term("lent", "貸し出した"),
            Figure::Term("switched_on", "電源が入った"),
            Figure::Term("touched", "触れた"),
            Figure::Term("opened_a_service", "サービスを開いた"),
            Figure::Term("used_on_3_days_of_14", "14日のうち3日使った"),
        ];
        let whole = steps(&self.all);
        let mut rows = Vec::new();
        for (step, step_name) in names.into_iter().enumerate() {
            let lead = [step_name];
            let mut grouped = Vec::new();
            let mut total_hidden = false;
            for grouping in groupings {
                let of_groups: Vec<[i64; 5]> = grouping
                    .groups
                    .iter()
                    .map(|(_, loans)| steps(loans))
                    .collect();
                let parts: Vec<i64> = of_groups.iter().map(|it| it[step]).collect();
                let ofs: Vec<i64> = of_groups.iter().map(|it| it[0]).collect();
                total_hidden |= withhold(&parts, &[], self.threshold).total;
                grouped.extend(self.by_group(&lead, grouping, &parts, &ofs));
            }
            rows.push(self.for_all(&lead, whole[step], whole[0], total_hidden));
            rows.extend(grouped);
        }
        Section {
            id: "funnel",
            title: words("使いはじめるまで", "Activation funnel"),
            definition: words(
                "対象の貸し出しのうち、電源が入った・画面に触れた・サービスを開いた・最初の14日のうち3日以上使った、の数。",
                "Of the loans in scope: switched on; touched; opened a service; used on 3 different days in the first 14.",
            ),
            columns: vec![
                column("step", "段階", "Step"),
                GROUPED_BY,
                GROUP,
                LOANS,
                OF,
                SHARE,
                LOW,
                HIGH,
            ],
            rows,
            chart: None,
        }
    }

    fn weekly_active(&self, groupings: &[Grouping]) -> Section {
        let weeks = indicators::weeks(self.evidence, &self.all);
        let grouped: Vec<(&Grouping, Vec<Vec<indicators::Week>>)> = groupings
            .iter()
            .map(|grouping| {
                let of_groups = grouping
                    .groups
                    .iter()
                    .map(|(_, loans)| indicators::weeks(self.evidence, loans));
                (grouping, of_groups.collect())
            })
            .collect();
        let mut rows = Vec::new();
        for (index, week) in weeks.iter().enumerate() {
            let lead = [name(date_of(week.monday).to_string())];
            let mut of_groups = Vec::new();
            let mut total_hidden = false;
            for (grouping, weeks) in &grouped {
                let parts: Vec<i64> = weeks.iter().map(|it| it[index].active).collect();
                let ofs: Vec<i64> = weeks.iter().map(|it| it[index].open).collect();
                let of_hidden = withhold(&ofs, &[], self.threshold);
                total_hidden |=
                    of_hidden.total || withhold(&parts, &of_hidden.cells, self.threshold).total;
                of_groups.extend(self.by_group(&lead, grouping, &parts, &ofs));
            }
            rows.push(self.for_all(&lead, week.active, week.open, total_hidden));
            rows.extend(of_groups);
        }
        Section {
            id: "weekly_active",
            title: words("毎週の利用", "Weekly active share"),
            definition: words(
                "その週（月曜から日曜）に利用があった貸し出し ÷ 月曜に貸し出し中の数。期間にすべて入る週だけ。",
                "Loans with a visit in the ISO week ÷ loans open on that week's Monday. Whole weeks of the period only.",
            ),
            columns: vec![
                column("week", "週（月曜）", "Week (Monday)"),
                GROUPED_BY,
                GROUP,
                LOANS,
                OF,
                SHARE,
                LOW,
                HIGH,
            ],
            rows,
            chart: None,
        }
    }

    fn mean(&self, mean: Option<Mean>, digits: i32) -> Vec<Figure> {
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
        let end = |end: fn(Interval) -> f64| {
            mean.interval
                .map_or(Figure::Nothing, |it| rounded(end(it), digits))
        };
        vec![
            Figure::Count(mean.n),
            rounded(mean.mean, digits),
            end(|it| it.low),
            end(|it| it.high),
        ]
    }

    fn active_days(&self) -> Section {
        let weeks = indicators::weeks(self.evidence, &self.all);
        let rows = weeks.iter().map(|week| {
            let mut row = vec![name(date_of(week.monday).to_string())];
            row.extend(self.mean(week.days, 2));
            row
        });
        Section {
            id: "active_days",
            title: words("週に使った日数", "Active days a week"),
            definition: words(
                "利用があった日数の平均。その週ずっと貸し出し中だったものについて。",
                "Mean days with a visit, over the loans open all week.",
            ),
            columns: vec![
                column("week", "週（月曜）", "Week (Monday)"),
                LOANS,
                column("mean_days", "平均日数", "Mean days"),
                LOW,
                HIGH,
            ],
            rows: rows.collect(),
            chart: None,
        }
    }

    fn retention(&self) -> Section {
        let curve = indicators::retention(self.evidence, &self.all);
        // Few loans a step fall silent: exact numbers would tell of them, so the curve is told in whole
        // per cent, and those at risk by tens.
        let rows = curve
            .iter()
            .take_while(|step| step.at_risk >= self.threshold)
            .map(|step| {
                let tens = step.at_risk / self.threshold * self.threshold;
                let end = |end: fn(Interval) -> f64| {
                    step.interval
                        .map_or(Figure::Nothing, |it| rounded(end(it) * 100.0, 0))
                };
                vec![
                    Figure::Count(step.weeks),
                    Figure::Count(tens),
                    rounded(step.survival * 100.0, 0),
                    end(|it| it.low),
                    end(|it| it.high),
                ]
            });
        Section {
            id: "retention",
            title: words("使いつづけた割合", "Retention"),
            definition: words(
                "貸し出しからの週ごとの Kaplan–Meier 推定。4週つづけて利用がないことを「使わなくなった」とし、最後に使った週の日付とする。返却・辞退・期間の終わりは打ち切り。残りの人数は切り捨てて表示。",
                "Kaplan–Meier by week since the loan began. The event is falling silent: no visit in 4 weeks running, dated to the last active week. Loans returned, withdrawn, or still active at the end are censored there. Numbers at risk are rounded down.",
            ),
            columns: vec![
                column("weeks", "週", "Weeks"),
                column("at_risk_at_least", "残り（以上）", "At risk, at least"),
                column("survival_percent", "割合（%）", "Share (%)"),
                LOW,
                HIGH,
            ],
            rows: rows.collect(),
            chart: None,
        }
    }

    fn use_figures(&self, it: &indicators::Use, weeks: i64, hide_sums: bool) -> Vec<Figure> {
        let mut row = self.share(it.loans, count(self.all.len()), false);
        let is_hidden = self.is_small(it.loans);
        let unless = |hidden: bool, figure: Figure| if hidden { Figure::Withheld } else { figure };
        let often = if weeks == 0 {
            Figure::Nothing
        } else {
            rounded(fraction(it.opened) / fraction(weeks), 2)
        };
        row.push(unless(is_hidden || hide_sums, often));
        let median = it.seconds.map_or(
            [Figure::Nothing, Figure::Nothing, Figure::Nothing],
            |median| {
                [
                    rounded(median.median, 1),
                    rounded(median.interval.low, 1),
                    rounded(median.interval.high, 1),
                ]
            },
        );
        row.extend(median.map(|figure| unless(is_hidden, figure)));
        row.push(unless(
            is_hidden || hide_sums,
            Figure::Count(it.handed_over),
        ));
        row
    }

    fn use_columns(first: &[Column]) -> Vec<Column> {
        let mut columns = first.to_vec();
        columns.extend([
            LOANS,
            OF,
            SHARE,
            LOW,
            HIGH,
            column(
                "openings_per_active_loan_week",
                "利用週あたりの回数",
                "Openings per active loan-week",
            ),
            column(
                "median_seconds",
                "開いていた秒数（中央値）",
                "Median seconds open",
            ),
            column("median_low", "中央値95%下限", "Median 95 % from"),
            column("median_high", "中央値95%上限", "Median 95 % to"),
            column("handed_over", "外への操作", "Touches that led out"),
        ]);
        columns
    }

    fn provider_kinds(&self) -> Section {
        let weeks = indicators::active_loan_weeks(self.evidence, &self.all);
        let services = indicators::services(self.evidence);
        let rows = indicators::provider_kinds(self.evidence)
            .into_iter()
            .map(|(kind, it)| {
                // With the sum of its services, one that is withheld could be worked out.
                let hide_sums = services.iter().any(|(service, it)| {
                    let of_kind = service
                        .parse()
                        .ok()
                        .and_then(|id| self.evidence.providers.get(&id).copied());
                    self.is_small(it.loans) && of_kind.map(indicators::kind_in_words) == Some(kind)
                });
                let mut row = vec![provider_kind(kind)];
                row.extend(self.use_figures(&it, weeks, hide_sums));
                row
            });
        Section {
            id: "provider_kinds",
            title: words("公共と民間", "Government and private"),
            definition: words(
                "提供者の種類ごとの、一度でも開いた貸し出しの割合、利用のあった週あたりの回数、開いていた時間の中央値。",
                "Per kind of provider: share of loans that ever opened it; openings per active loan-week; median seconds.",
            ),
            columns: Self::use_columns(&[column("provider", "提供者", "Provider")]),
            rows: rows.collect(),
            chart: None,
        }
    }

    fn services(&self) -> Section {
        let weeks = indicators::active_loan_weeks(self.evidence, &self.all);
        let rows = indicators::services(self.evidence)
            .into_iter()
            .map(|(service, it)| {
                let kind = service
                    .parse()
                    .ok()
                    .and_then(|id| self.evidence.providers.get(&id).copied());
                let kind = kind.map_or("unknown", indicators::kind_in_words);
                let mut row = vec![name(service), provider_kind(kind)];
                row.extend(self.use_figures(&it, weeks, false));
                row
            });
        Section {
            id: "services",
            title: words(
                "サービスごとの広がりと回数",
                "Reach and frequency per service",
            ),
            definition: words(
                "サービスごとの、一度でも開いた貸し出しの割合、利用のあった週あたりの回数、開いていた時間の中央値。",
                "Per service: share of loans that ever opened it; openings per active loan-week; median seconds it was open.",
            ),
            columns: Self::use_columns(&[
                column("service", "サービス", "Service"),
                column("provider", "提供者", "Provider"),
            ]),
            rows: rows.collect(),
            chart: None,
        }
    }

    fn rhythm(&self) -> Section {
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

    fn ease(&self) -> Section {
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

    fn text_sizes(&self) -> Section {
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

    fn warnings(&self) -> Section {
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

    fn forms(&self) -> Section {
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

    fn questionnaire(&self) -> Section {
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

    fn quality(&self) -> Section {
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
