//! The forms that tiles lead to, and when their providers answer.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use jiff::civil::Date;
use kairan_contract::{Provider, Service, ServiceId};
use kairan_sources::{
    beside::Role,
    source::{ContentSource, Location, SourceKind},
};

use crate::{
    content::Surroundings,
    fault::{FaultKind, FormFault},
    form::{self, FormDefinition, need_time, weekdays},
    opening_hours::{OpeningHours, Overlap},
    table::{Faults, Table, tables},
};

/// The keys of a provider: those of its form, and when it answers.
pub(super) const PROVIDER_KEYS: &[&str] = &["id", "name", "kind", "telephone", "hours", "closed"];
/// The keys of `[[provider.hours]]`.
const HOURS_KEYS: &[&str] = &["days", "from", "until"];
/// The word for holidays among the days.
const HOLIDAY: &str = "holiday";

/// The forms found so far.
pub(super) struct Forms<'r> {
    around: &'r dyn Surroundings,
    providers: &'r [Provider],
    found: BTreeMap<ServiceId, Arc<FormDefinition>>,
}

impl<'r> Forms<'r> {
    /// None yet.
    pub(super) fn new(around: &'r dyn Surroundings, providers: &'r [Provider]) -> Self {
        Self {
            around,
            providers,
            found: BTreeMap::new(),
        }
    }

    /// Reads the form of a tile, if it has one, and keeps it where the tile is shown.
    pub(super) fn take(
        &mut self,
        service: &Service,
        source: &ContentSource,
        table: &Table,
        is_shown: bool,
        faults: &mut Faults,
    ) {
        let (SourceKind::Form, Location::File(file)) = (&source.kind, &source.location) else {
            return;
        };
        let span = table
            .get("content")
            .map(toml::Spanned::span)
            .unwrap_or(0..0);
        let definition = match self.definition(file) {
            Ok(Some(definition)) => definition,
            Ok(None) => return,
            Err(NotRead::Faults(found)) => {
                for fault in found {
                    faults.add_elsewhere(fault);
                }
                return;
            }
            Err(NotRead::Unreadable(why)) => {
                let file = file.display().to_string();
                faults.add(FormFault::NoForm { file, why }.into(), &span);
                return;
            }
        };
        let id = &definition.form.id;
        if self.found.values().any(|known| known.form.id == *id) {
            faults.add(FormFault::FormTwice(id.to_string()).into(), &span);
        }
        let of = self.providers.iter().find(|it| it.id == service.provider);
        if of.is_some_and(|provider| provider.telephone.is_none()) {
            let provider = service.provider.to_string();
            faults.add(FormFault::NoTelephone(provider).into(), &span);
        }
        if is_shown {
            self.found.insert(service.id.clone(), Arc::new(definition));
        }
    }

    fn definition(&self, file: &Path) -> Result<Option<FormDefinition>, NotRead> {
        let read = self.around.read(file, Role::Programme, form::FILE_LIMIT);
        let bytes = match read {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            Err(_) if self.around.forgives() => return Ok(None),
            Err(why) => return Err(NotRead::Unreadable(why)),
        };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            let why = "not UTF-8".to_owned();
            return Err(NotRead::Unreadable(why));
        };
        match form::read(file, text.trim_start_matches('\u{feff}'), self.around) {
            Ok(definition) => Ok(Some(definition)),
            Err(_) if self.around.forgives() => Ok(None),
            Err(faults) => Err(NotRead::Faults(faults)),
        }
    }

    /// All of them.
    pub(super) fn into_found(self) -> BTreeMap<ServiceId, Arc<FormDefinition>> {
        self.found
    }
}

/// Why a form was not read.
enum NotRead {
    Unreadable(String),
    Faults(Vec<crate::Fault>),
}

/// When a provider answers, where it says so.
pub(super) fn hours(provider: &Table, faults: &mut Faults) -> Option<OpeningHours> {
    let times = tables(provider, "hours", HOURS_KEYS, faults);
    let closed = closed(provider, faults);
    if times.is_empty() && closed.is_empty() {
        return None;
    }
    let mut hours = if times.is_empty() {
        OpeningHours::default()
    } else {
        OpeningHours::never()
    };
    for day in closed {
        hours.close(day);
    }
    for table in &times {
        let texts = table.texts("days", faults);
        let on_holidays = texts.iter().any(|day| day.value == HOLIDAY);
        let days = weekdays(table, "days", &[HOLIDAY], faults);
        table.need("days", faults);
        let from = need_time(table, "from", true, faults);
        let until = need_time(table, "until", true, faults);
        let (Some(from), Some(until)) = (from, until) else {
            continue;
        };
        let on_holidays = if on_holidays {
            hours.open_on_holidays(from, until)
        } else {
            Ok(())
        };
        let on_days = hours.open(&days, from, until);
        if let Err(Overlap) = on_days.and(on_holidays) {
            let span = table.get("from").map(toml::Spanned::span);
            faults.add(FormFault::HoursMeet.into(), &span.unwrap_or(0..0));
        }
    }
    Some(hours)
}

/// `closed = ["2026-12-31", …]`.
fn closed(provider: &Table, faults: &mut Faults) -> Vec<Date> {
    let mut days = Vec::new();
    for text in provider.texts("closed", faults) {
        match text.value.parse() {
            Ok(day) if text.value.len() == 10 => days.push(day),
            _ => faults.add(FaultKind::BadDate(text.value.to_owned()), &text.span),
        }
    }
    days
}
