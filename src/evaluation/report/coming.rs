//! How residents come and stay: the funnel, the weeks, retention.

use kairan_text::{message, message_in};

use super::{
    Figure, Section,
    figures::{
        GROUP, GROUPED_BY, HIGH, LOANS, LOW, Maker, OF, SHARE, column, ends, name, rounded, words,
    },
    groups::Grouping,
};
use crate::{indicators, indicators::Loans, loans::date_of, suppression::withhold};

impl Maker<'_> {
    pub(super) fn funnel(&self, groupings: &[Grouping]) -> Section {
        let steps = |loans: &Loans| {
            let it = indicators::funnel(self.evidence, loans);
            [it.lent, it.switched_on, it.touched, it.opened, it.habit]
        };
        let names = [
            Figure::Term("lent", message_in("report, a row", "貸し出した")),
            Figure::Term("switched_on", message_in("report, a row", "電源が入った")),
            Figure::Term("touched", message_in("report, a row", "触れた")),
            Figure::Term(
                "opened_a_service",
                message_in("report, a row", "サービスを開いた"),
            ),
            Figure::Term(
                "used_on_3_days_of_14",
                message_in("report, a row", "14日のうち3日使った"),
            ),
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
            title: words(message("使いはじめるまで")),
            definition: words(message(
                "対象の貸し出しのうち、電源が入った・画面に触れた・サービスを開いた・最初の14日のうち3日以上使った、の数。",
            )),
            columns: vec![
                column("step", message("段階")),
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

    pub(super) fn weekly_active(&self, groupings: &[Grouping]) -> Section {
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
            title: words(message("毎週の利用")),
            definition: words(message(
                "その週（月曜から日曜）に利用があった貸し出し ÷ 月曜に貸し出し中の数。期間にすべて入る週だけ。",
            )),
            columns: vec![
                column("week", message("週（月曜）")),
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

    pub(super) fn active_days(&self) -> Section {
        let weeks = indicators::weeks(self.evidence, &self.all);
        let rows = weeks.iter().map(|week| {
            let mut row = vec![name(date_of(week.monday).to_string())];
            // With a mean, few loans could be counted that the weekly share withholds.
            row.extend(if self.is_small(week.active) {
                vec![Figure::Withheld; 4]
            } else {
                self.mean(week.days, 2)
            });
            row
        });
        Section {
            id: "active_days",
            title: words(message("週に使った日数")),
            definition: words(message(
                "利用があった日数の平均。その週ずっと貸し出し中だったものについて。",
            )),
            columns: vec![
                column("week", message("週（月曜）")),
                LOANS,
                column("mean_days", message("平均日数")),
                LOW,
                HIGH,
            ],
            rows: rows.collect(),
            chart: None,
        }
    }

    pub(super) fn retention(&self) -> Section {
        let curve = indicators::retention(self.evidence, &self.all);
        // Few loans a step fall silent: exact numbers would tell of them. So the curve goes down only
        // once enough have, it is told in whole per cent, and those at risk by tens.
        let mut rows = Vec::new();
        let (mut told, mut since) = (None, 0);
        for step in curve
            .iter()
            .take_while(|step| step.at_risk >= self.threshold)
        {
            since += step.events;
            if !self.is_small(since) {
                (told, since) = (Some(step), 0);
            }
            let shown = told.filter(|_| step.weeks > 0 || since == 0);
            let interval = shown.and_then(|shown| shown.interval);
            let [low, high] = ends(interval, |end| rounded(end * 100.0, 0));
            rows.push(vec![
                Figure::Count(step.weeks),
                Figure::Count(step.at_risk / self.threshold * self.threshold),
                rounded(shown.map_or(100.0, |shown| shown.survival * 100.0), 0),
                low,
                high,
            ]);
        }
        Section {
            id: "retention",
            title: words(message("使いつづけた割合")),
            definition: words(message(
                "貸し出しからの週ごとの Kaplan–Meier 推定。4週つづけて利用がないことを「使わなくなった」とし、最後に使った週の日付とする。返却・辞退・期間の終わりは打ち切り。残りの人数は切り捨て。少人数の変化は、10件たまってから表示。",
            )),
            columns: vec![
                column("weeks", message("週")),
                column("at_risk_at_least", message("残り（以上）")),
                column("survival_percent", message("割合（%）")),
                LOW,
                HIGH,
            ],
            rows,
            chart: None,
        }
    }
}
