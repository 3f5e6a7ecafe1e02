//! What is used: services, and the kinds of who offers them.

use kairan_text::message;

use super::{
    Column, Figure, Section,
    figures::{HIGH, LOANS, LOW, Maker, OF, SHARE, column, count, name, rounded, words},
    provider_kind::provider_kind,
};
use crate::{indicators, statistics::fraction};

impl Maker<'_> {
    pub(super) fn use_figures(
        &self,
        it: &indicators::Use,
        weeks: i64,
        hide_sums: bool,
    ) -> Vec<Figure> {
        let mut row = self.share(it.loans, count(self.all.len()), false);
        let is_hidden = self.is_small(it.loans) || it.loans == 0;
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
        row.push(unless(is_hidden || hide_sums, self.count(it.handed_over)));
        row
    }

    pub(super) fn use_columns(first: &[Column]) -> Vec<Column> {
        let mut columns = first.to_vec();
        columns.extend([
            LOANS,
            OF,
            SHARE,
            LOW,
            HIGH,
            column(
                "openings_per_active_loan_week",
                message("利用週あたりの回数"),
            ),
            column("median_seconds", message("開いていた秒数（中央値）")),
            column("median_low", message("中央値95%下限")),
            column("median_high", message("中央値95%上限")),
            column("handed_over", message("外への操作")),
        ]);
        columns
    }

    pub(super) fn provider_kinds(&self) -> Section {
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
            title: words(message("公共と民間")),
            definition: words(message(
                "提供者の種類ごとの、一度でも開いた貸し出しの割合、利用のあった週あたりの回数、開いていた時間の中央値。",
            )),
            columns: Self::use_columns(&[column("provider", message("提供者"))]),
            rows: rows.collect(),
            chart: None,
        }
    }

    pub(super) fn services(&self) -> Section {
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
            title: words(message("サービスごとの広がりと回数")),
            definition: words(message(
                "サービスごとの、一度でも開いた貸し出しの割合、利用のあった週あたりの回数、開いていた時間の中央値。",
            )),
            columns: Self::use_columns(&[
                column("service", message("サービス")),
                column("provider", message("提供者")),
            ]),
            rows: rows.collect(),
            chart: None,
        }
    }
}
