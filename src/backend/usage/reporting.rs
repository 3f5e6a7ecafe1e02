//! `kairan report`: from the database to a folder that an evaluator signs.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context as _;
use jiff::Timestamp;
use kairan_contract::{ProviderKind, ServiceId};
use kairan_evaluation::{
    dictionary::dictionary,
    evidence::Period,
    report::{Circumstances, Report, html, report},
    row::day_of,
};
use kairan_text::{in_every_language, tr};

use crate::{catalogue::queries::last_in_force, database::Database};

/// The note under which a made-up pilot keeps who stands behind each tile.
pub(super) const PROVIDERS: &str = "providers";
/// The note that the records are made up.
pub(super) const SIMULATED: &str = "simulated";

/// What is asked for.
pub struct Ordered {
    /// The days.
    pub period: Period,
    /// One cohort, or all.
    pub cohort: Option<String>,
    /// Figures about fewer loans are withheld; none for what the council has decided.
    pub threshold: Option<u32>,
}

/// Makes the report and writes it.
pub async fn make(store: &Database, ordered: &Ordered, out: &Path) -> anyhow::Result<()> {
    let made = computed(store, ordered).await?;
    for (name, bytes) in files(&made)? {
        write(out, &name, &bytes)?;
    }
    for note in &made.notes {
        eprintln!("{note}");
    }
    println!("{}", out.join("report.html").display());
    Ok(())
}

/// The report as files: the page, JSON, a table for each section, and the dictionary.
pub fn files(report: &Report) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files = vec![
        ("report.html".to_owned(), html(report).into_bytes()),
        ("report.json".to_owned(), serde_json::to_vec_pretty(report)?),
        ("dictionary.csv".to_owned(), dictionary().csv()?),
    ];
    for section in &report.sections {
        let name = |kind: &str| format!("figures/{}.{kind}", section.id);
        files.push((name("csv"), section.csv(&report.notes)?));
        files.push((name("parquet"), section.parquet(&report.notes)?));
    }
    Ok(files)
}

/// The report itself.
pub async fn computed(store: &Database, ordered: &Ordered) -> anyhow::Result<Report> {
    let notes: BTreeMap<String, String> = store.notes().await?.into_iter().collect();
    let providers = providers(store, notes.get(PROVIDERS)).await?;
    let mut period = ordered.period;
    let yesterday = day_of(Timestamp::now().as_millisecond()) - 1;
    let is_cut = period.to > yesterday && !notes.contains_key(SIMULATED);
    if is_cut {
        // Days that are not over would count as silence.
        period.to = yesterday.max(period.from);
    }
    let decided = last_in_force(store).await?.map(|it| it.evaluation);
    let decided = decided.unwrap_or_default().withhold_below;
    let threshold = ordered.threshold.unwrap_or(decided);
    let is_refused = ordered.cohort.is_some() && has_small_cohort(store, period, threshold).await?;
    let cohort = if is_refused {
        Some(NOBODY)
    } else {
        ordered.cohort.as_deref()
    };
    let evidence = store.evidence(period, cohort, &providers).await?;
    let mut said = Vec::new();
    if is_refused {
        said.push(
            in_every_language(|it| tr(it, "ひとつの時期だけの報告は出せません。件数の少ない時期があり、全部の報告との差でわかってしまうためです").to_owned()),
        );
    }
    said.extend(
        notes
            .get(SIMULATED)
            .map(|how| in_every_language(|it| tr!(it, "見本：つくりものの記録です", how))),
    );
    if is_cut {
        said.push(in_every_language(|it| {
            tr(it, "期間は きのうまでです").to_owned()
        }));
    }
    if evidence.loans.is_empty() {
        said.push(
            in_every_language(|it| tr(it, "この期間の貸し出しがありません。kairan loans import で貸し出しの表を入れてください").to_owned()),
        );
    }
    let unknown = store.unknown_loans(period).await?;
    if unknown > 0 {
        said.push(in_every_language(|it| {
            tr!(
                it,
                "貸し出しの表にない {unknown}件の記録は数えていません",
                unknown
            )
        }));
    }
    let outside = store.records_outside_loans().await?;
    if outside > 0 {
        said.push(in_every_language(|it| tr!(it, "{outside}件の記録は、日付が貸し出しの期間の外なので数えていません（時計がくるっていたなど）", outside)));
    }
    let open = store.open_days(period.to + 1).await?;
    if open.iter().any(|day| period.holds(*day)) {
        said.push(in_every_language(|it| {
            tr(it, "まだ閉じていない日があります。その記録は数えていません").to_owned()
        }));
    }
    let circumstances = Circumstances {
        cohort: ordered.cohort.clone(),
        threshold: i64::from(threshold),
        notes: said,
    };
    // Away from the threads that answer tablets.
    Ok(tokio::task::spawn_blocking(move || report(&evidence, circumstances)).await?)
}

/// No cohort is called so.
const NOBODY: &str = "(nobody)";

/// Whether a cohort with loans in the period has fewer than may be told of: it would follow from the reports of
/// the others and that of all.
async fn has_small_cohort(
    store: &Database,
    period: Period,
    threshold: u32,
) -> anyhow::Result<bool> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for loan in store.loans().await? {
        if loan.began <= period.to && loan.last_day(period.to) >= period.from {
            *counts.entry(loan.cohort).or_default() += 1;
        }
    }
    Ok(counts.values().any(|count| *count < threshold))
}

/// Who stands behind each tile: as the catalogue in force says, or the note of a made-up pilot.
async fn providers(
    store: &Database,
    noted: Option<&String>,
) -> anyhow::Result<BTreeMap<ServiceId, ProviderKind>> {
    if let Some(noted) = noted {
        return serde_json::from_str(noted).context("the note of the providers cannot be read");
    }
    let Some(catalogue) = last_in_force(store).await? else {
        return Ok(BTreeMap::new());
    };
    let kinds: BTreeMap<_, _> = catalogue
        .providers
        .iter()
        .map(|provider| (provider.id.clone(), provider.kind))
        .collect();
    let services = catalogue.services.iter();
    Ok(services
        .filter_map(|(service, _)| Some((service.id.clone(), *kinds.get(&service.provider)?)))
        .collect())
}

/// Writes a file beside its place, and then puts it there: nobody reads half of one.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let path = folder.join(name);
    let aside = path.with_extension("part");
    let kept = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(&aside, bytes))
        .and_then(|()| std::fs::rename(&aside, &path));
    kept.with_context(|| {
        format!(
            "cannot write {} — check that you may, and that the disk is not full",
            path.display()
        )
    })
}
