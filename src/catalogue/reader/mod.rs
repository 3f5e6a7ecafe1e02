//! From the text of `services.toml` to a [`Catalogue`], or to every fault in it.

mod council;
mod entries;
mod forms;
mod tables;
mod tokens;

use std::{collections::BTreeMap, sync::Arc};

use kairan_contract::{CategoryId, Provider, ProviderId, Service};
use toml::de::DeTable;

use crate::{
    catalogue::{Audiences, Catalogue, Neighbourhoods, Whom},
    content::{Surroundings, content, file_beside},
    edit::Part,
    fault::{Fault, FaultKind},
    ids::Ids,
    table::{Faults, Table, tables},
    title,
};
use council::{council, evaluation, is_spoken, readings};
use entries::{audience, category, cohorts, icon, message, period, provider};
use forms::{Forms, PROVIDER_KEYS, hours};
use kairan_sources::{beside::Role, open_data::neighbourhoods, source::ContentSource};
use tables::sub_table;
use tokens::{WithTokens, tokens_in};

/// Letters in a summary: one line under the name of a tile, or two where it is narrow.
const SUMMARY_LIMIT: usize = 12;
/// Rows of one file that are told one by one.
const ROWS_TOLD: usize = 50;

/// Reads a catalogue with what lies around it.
pub fn read(text: &str, around: &dyn Surroundings) -> Result<Catalogue, Vec<Fault>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut faults = Faults::new(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        faults.add(FaultKind::Syntax(error.message().replace('\n', " ")), &span);
    }
    let around = &WithTokens {
        around,
        tokens: tokens_in(root.get_ref()),
    };
    let catalogue = Reader { around }.catalogue(root.get_ref(), &mut faults);
    let hints = faults.take_hints();
    let faults = faults.into_sorted();
    match catalogue {
        Some(catalogue) if faults.is_empty() => Ok(Catalogue { hints, ..catalogue }),
        _ => Err(faults),
    }
}

struct Reader<'r> {
    around: &'r dyn Surroundings,
}

impl Reader<'_> {
    /// The hosts inside private networks that may be asked.
    fn allowed_hosts(&self, root: &Table, faults: &mut Faults) -> Vec<String> {
        let hosts = root
            .get("network")
            .and_then(|value| sub_table("network", &["allowed_hosts"], value, faults))
            .map(|table| table.texts("allowed_hosts", faults))
            .unwrap_or_default();
        for host in &hosts {
            if !self.around.reaches(host.value) {
                let fault = FaultKind::HostForElsewhere(host.value.to_owned());
                faults.add(fault, &host.span);
            }
        }
        hosts.into_iter().map(|it| it.value.to_owned()).collect()
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one part of the catalogue after another"
    )]
    fn catalogue<'t>(&self, root: &'t DeTable<'t>, faults: &mut Faults) -> Option<Catalogue> {
        let known = &[
            "council",
            "network",
            "evaluation",
            "category",
            "provider",
            "service",
            "message",
            "reading",
        ];
        let root = Table::new("services.toml", known, root, 0..0, faults);

        let readings = readings(&root, faults);
        let about_council = root
            .need("council", faults)
            .and_then(|value| sub_table("council", Part::Council.fields(), value, faults));
        let neighbourhoods = about_council
            .as_ref()
            .and_then(|table| self.neighbourhoods(table, faults));
        let council = about_council.and_then(|table| council(&table, readings, faults));
        let allowed_hosts = self.allowed_hosts(&root, faults);
        let evaluation = root
            .get("evaluation")
            .and_then(|value| {
                let known = &["withhold_below", "keep_records_days"];
                sub_table("evaluation", known, value, faults)
            })
            .map(|table| evaluation(&table, faults))
            .unwrap_or_default();

        let mut category_ids = Ids::new("category");
        let categories = tables(&root, "category", Part::Category.fields(), faults)
            .iter()
            .filter_map(|table| category(table, &mut category_ids, faults))
            .collect();
        let mut provider_ids = Ids::new("provider");
        let mut all_hours = BTreeMap::new();
        let providers: Vec<Provider> = tables(&root, "provider", PROVIDER_KEYS, faults)
            .iter()
            .filter_map(|table| {
                let hours = hours(table, faults);
                let provider = provider(table, &mut provider_ids, faults)?;
                all_hours.extend(hours.map(|hours| (provider.id.clone(), hours)));
                Some(provider)
            })
            .collect();
        let mut forms = Forms::new(self.around, &providers);
        let mut whom = Audiences::default();
        let mut service_ids = Ids::new("service");
        let services = tables(&root, "service", Part::Tile.fields(), faults)
            .iter()
            .filter_map(|table| {
                let cohorts = cohorts(table, faults);
                let is_off = table.flag("off", faults);
                let found = self.service(
                    table,
                    &mut service_ids,
                    &category_ids,
                    &provider_ids,
                    faults,
                );
                // What is put away is checked all the same, so that it can be brought out any day.
                if let Some((service, source)) = &found {
                    forms.take(service, source, table, !is_off, faults);
                }
                let (service, source) = found.filter(|_| !is_off)?;
                let of = Whom {
                    audience: service.audience.clone(),
                    cohorts,
                };
                if !of.is_everybody() {
                    whom.services.insert(service.id.clone(), of);
                }
                Some((service, source))
            })
            .collect();

        let forms = forms.into_found();
        let mut message_ids = Ids::new("message");
        let messages = tables(&root, "message", Part::Message.fields(), faults)
            .iter()
            .filter_map(|table| {
                let of = Whom {
                    audience: audience(table, faults),
                    cohorts: cohorts(table, faults),
                };
                let message = message(table, &mut message_ids, faults)?;
                if !of.is_everybody() {
                    whom.messages.insert(message.id.clone(), of);
                }
                Some(message)
            })
            .collect();

        Some(Catalogue {
            council: council?,
            allowed_hosts,
            categories,
            providers,
            services,
            messages,
            whom,
            evaluation,
            neighbourhoods,
            forms,
            hours: all_hours,
            hints: Vec::new(),
        })
    }

    /// `neighbourhoods = "町丁目.csv"`: of what residents choose their own part of the town.
    fn neighbourhoods(&self, table: &Table, faults: &mut Faults) -> Option<Arc<Neighbourhoods>> {
        let text = table.text("neighbourhoods", faults)?;
        let file = file_beside(&text, Role::Data, self.around, faults)?;
        let name = text.value.to_owned();
        let read = self
            .around
            .read(&file, Role::Data, neighbourhoods::FILE_LIMIT);
        let read = read.and_then(|bytes| {
            let parsed = bytes.map(|bytes| neighbourhoods::parse(&bytes));
            parsed.transpose().map_err(|error| error.to_string())
        });
        match read {
            Ok(None) => None,
            Err(_) if self.around.forgives() => None,
            Err(why) => {
                let kind = FaultKind::NoNeighbourhoods { file: name, why };
                faults.add(kind, &text.span);
                None
            }
            Ok(Some((list, bad))) => {
                let more = bad.len().saturating_sub(ROWS_TOLD);
                for row in bad.into_iter().take(ROWS_TOLD) {
                    let file = name.clone();
                    faults.hint(FaultKind::NeighbourhoodRow { file, row }, &text.span);
                }
                if more > 0 {
                    faults.hint(
                        FaultKind::NeighbourhoodRows { file: name, more },
                        &text.span,
                    );
                }
                Some(Arc::new(Neighbourhoods::new(file, &list)))
            }
        }
    }

    fn service(
        &self,
        table: &Table,
        ids: &mut Ids,
        categories: &Ids,
        providers: &Ids,
        faults: &mut Faults,
    ) -> Option<(Service, ContentSource)> {
        let id = ids.take(table, faults);
        let provider = providers.named::<ProviderId>(table, "provider", faults);
        let category = categories.named::<CategoryId>(table, "category", faults);
        let title = table.need_text("title", faults);
        if let Some(title) = &title
            && !title::fits(title.value)
        {
            faults.add(FaultKind::TitleTooLong(title.value.to_owned()), &title.span);
        }
        let reading = table.need_text("reading", faults);
        if let Some(reading) = &reading
            && !reading.value.chars().all(is_spoken)
        {
            faults.add(
                FaultKind::BadReading(reading.value.to_owned()),
                &reading.span,
            );
        }
        let summary = table.need_short_text("summary", SUMMARY_LIMIT, faults);
        let icon = icon(table, faults);
        let audience = audience(table, faults);
        let (from, until) = period(table, faults);
        let content = table
            .need("content", faults)
            .and_then(|value| content(value, self.around, faults));
        let service = Service {
            id: id?,
            provider: provider?,
            category: category?,
            title: title?.value.to_owned(),
            reading: reading?.value.to_owned(),
            summary: summary?,
            icon: icon?,
            audience,
            from,
            until,
        };
        Some((service, content?))
    }
}
