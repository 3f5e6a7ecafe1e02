//! From the text of `services.toml` to a [`Catalogue`], or to every fault in it.

use std::{
    collections::BTreeSet,
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::civil::Date;
use kairan_contract::{
    AgeBand, Audience, Category, CategoryId, Colour, Council, Icon, Message, Provider, ProviderId,
    ProviderKind, Reading, Service,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use url::Url;

use super::{
    Audiences, Catalogue, ContentSource, EvaluationSettings, Neighbourhoods, Whom,
    content::{NotThere, Surroundings, content, file_beside},
    edit::Part,
    fault::{Expected, Fault, FaultKind},
    ids::Ids,
    table::{Faults, Table, nearest, one_of},
    title,
};
use kairan_sources::{
    beside::{Refused, Role, plain},
    open_data::neighbourhoods,
};

/// Letters in the name of a council, a category or a provider.
const NAME_LIMIT: usize = 20;
/// Letters in a word that the voice is taught.
const WORD_LIMIT: usize = 30;
/// Letters in a summary: one line under the name of a tile, or two where it is narrow.
const SUMMARY_LIMIT: usize = 12;
/// Letters in the headline of a message, and in what it says: nobody reads more on their feet.
const HEADLINE_LIMIT: usize = 40;
const MESSAGE_LIMIT: usize = 1_000;
/// White icons on colour: WCAG 2.2 asks 3:1, and the pale line between two tiles needs more.
const LEAST_CONTRAST: f64 = 4.5;

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

/// Surroundings in which what this catalogue names as a token is no content.
struct WithTokens<'r> {
    around: &'r dyn Surroundings,
    tokens: BTreeSet<PathBuf>,
}

impl Surroundings for WithTokens<'_> {
    fn look(&self, file: &Path, role: Role) -> Result<(), NotThere> {
        if role != Role::Token && self.tokens.contains(&plain(file)) {
            return Err(NotThere::Refused(Refused::Kept));
        }
        self.around.look(file, role)
    }

    fn lets(&self, token: &Path, address: &Url) -> bool {
        self.around.lets(token, address)
    }

    fn reaches(&self, host: &str) -> bool {
        self.around.reaches(host)
    }

    fn neighbourhoods(&self, file: &Path) -> Result<Option<Vec<u8>>, String> {
        self.around.neighbourhoods(file)
    }
}

/// The files that a catalogue names as tokens.
fn tokens_in(root: &DeTable) -> BTreeSet<PathBuf> {
    let services = match root.get("service").map(Spanned::get_ref) {
        Some(DeValue::Array(services)) => services.iter().collect(),
        _ => Vec::new(),
    };
    let token = |service: &Spanned<DeValue>| {
        let DeValue::Table(service) = service.get_ref() else {
            return None;
        };
        let DeValue::Table(content) = service.get("content")?.get_ref() else {
            return None;
        };
        match content.get("token_file")?.get_ref() {
            DeValue::String(file) => Some(plain(Path::new(&**file))),
            _ => None,
        }
    };
    services.into_iter().filter_map(token).collect()
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
        let providers = tables(&root, "provider", Part::Provider.fields(), faults)
            .iter()
            .filter_map(|table| provider(table, &mut provider_ids, faults))
            .collect();
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
            hints: Vec::new(),
        })
    }

    /// `neighbourhoods = "町丁目.csv"`: of what residents choose their own part of the town.
    fn neighbourhoods(&self, table: &Table, faults: &mut Faults) -> Option<Arc<Neighbourhoods>> {
        let text = table.text("neighbourhoods", faults)?;
        let file = file_beside(&text, Role::Data, self.around, faults)?;
        let name = text.value.to_owned();
        let read = self.around.neighbourhoods(&file).and_then(|bytes| {
            let parsed = bytes.map(|bytes| neighbourhoods::parse(&bytes));
            parsed.transpose().map_err(|error| error.to_string())
        });
        match read {
            Ok(None) => None,
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

/// Kana, the long mark, and what parts words.
fn is_spoken(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{309f}' | '\u{30a0}'..='\u{30ff}' | ' ' | '　' | '、')
}

fn sub_table<'t>(
    name: &'static str,
    known: &'static [&'static str],
    value: &'t Spanned<DeValue<'t>>,
    faults: &mut Faults,
) -> Option<Table<'t>> {
    Table::under(name, shown_name(name), known, value, faults)
}

/// The tables of the list at `key`.
fn tables<'t>(
    root: &Table<'t>,
    key: &'static str,
    known: &'static [&'static str],
    faults: &mut Faults,
) -> Vec<Table<'t>> {
    let Some(value) = root.get(key) else {
        return Vec::new();
    };
    let wrong = || FaultKind::WrongType {
        key: key.to_owned(),
        expected: Expected::Tables,
    };
    let DeValue::Array(list) = value.get_ref() else {
        faults.add(wrong(), &value.span());
        return Vec::new();
    };
    let mut tables = Vec::new();
    for item in list {
        match item.get_ref() {
            DeValue::Table(table) => {
                tables.push(Table::new(
                    shown_name(key),
                    known,
                    table,
                    item.span(),
                    faults,
                ));
            }
            _ => faults.add(wrong(), &item.span()),
        }
    }
    tables
}

fn shown_name(key: &'static str) -> &'static str {
    match key {
        "council" => "[council]",
        "network" => "[network]",
        "evaluation" => "[evaluation]",
        "category" => "[[category]]",
        "provider" => "[[provider]]",
        "service" => "[[service]]",
        "message" => "[[message]]",
        "reading" => "[[reading]]",
        other => other,
    }
}

/// What the voice is taught. A word that stands twice has two readings, of which one is wrong.
fn readings(root: &Table, faults: &mut Faults) -> Vec<Reading> {
    let mut known: Vec<Reading> = Vec::new();
    for table in tables(root, "reading", &["written", "spoken"], faults) {
        let spoken = table.need_text("spoken", faults);
        let spoken = spoken.filter(|spoken| {
            let is_spoken = !spoken.value.trim().is_empty() && spoken.value.chars().all(is_spoken);
            if !is_spoken {
                faults.add(FaultKind::BadReading(spoken.value.to_owned()), &spoken.span);
            }
            is_spoken
        });
        let place = table.need_text("written", faults).map(|it| it.span);
        let written = table.need_short_text("written", WORD_LIMIT, faults);
        let (Some(written), Some(spoken), Some(place)) = (written, spoken, place) else {
            continue;
        };
        if !written.chars().any(is_distinct) {
            faults.add(FaultKind::NotAWord(written), &place);
        } else if known.iter().any(|it| it.written == written) {
            faults.add(FaultKind::ReadTwice(written), &place);
        } else {
            known.push(Reading {
                written,
                spoken: spoken.value.to_owned(),
            });
        }
    }
    known
}

/// Whether a letter tells a word from others: one in hiragana alone stands within many.
fn is_distinct(letter: char) -> bool {
    letter.is_alphanumeric() && !matches!(letter, '\u{3041}'..='\u{309f}')
}

fn council(table: &Table, readings: Vec<Reading>, faults: &mut Faults) -> Option<Council> {
    let name = table.need_short_text("name", NAME_LIMIT, faults);
    table.need("areas", faults);
    let areas = table.areas("areas", faults);
    let helper_telephone = table
        .need("helper_telephone", faults)
        .and_then(|_| table.telephone("helper_telephone", faults));
    Some(Council {
        name: name?,
        areas,
        helper_telephone: helper_telephone?,
        readings,
    })
}

fn evaluation(table: &Table, faults: &mut Faults) -> EvaluationSettings {
    let mut within =
        |key, range: RangeInclusive<u32>| table.number(key, *range.start(), *range.end(), faults);
    let least = within("withhold_below", EvaluationSettings::WITHHOLD_BELOW);
    EvaluationSettings {
        withhold_below: least.unwrap_or(EvaluationSettings::default().withhold_below),
        keep_records_days: within("keep_records_days", EvaluationSettings::KEEP_RECORDS_DAYS),
    }
}

fn category(table: &Table, ids: &mut Ids, faults: &mut Faults) -> Option<Category> {
    let id = ids.take(table, faults);
    let name = table.need_short_text("name", NAME_LIMIT, faults);
    let colour = table.need_text("colour", faults).and_then(|text| {
        let Ok(colour) = Colour::try_from(text.value.to_owned()) else {
            faults.add(FaultKind::BadColour(text.value.to_owned()), &text.span);
            return None;
        };
        if colour.contrast_with_white() < LEAST_CONTRAST {
            faults.add(FaultKind::PaleColour(text.value.to_owned()), &text.span);
            return None;
        }
        Some(colour)
    });
    let icon = icon(table, faults);
    Some(Category {
        id: id?,
        name: name?,
        colour: colour?,
        icon: icon?,
    })
}

fn provider(table: &Table, ids: &mut Ids, faults: &mut Faults) -> Option<Provider> {
    const KINDS: [(&str, ProviderKind); 2] = [
        ("government", ProviderKind::Government),
        ("private", ProviderKind::Private),
    ];
    let id = ids.take(table, faults);
    let name = table.need_short_text("name", NAME_LIMIT, faults);
    let kind = table.need_one_of("kind", &KINDS, faults);
    let telephone = table.telephone("telephone", faults);
    Some(Provider {
        id: id?,
        name: name?,
        kind: kind?,
        telephone,
    })
}

fn message(table: &Table, ids: &mut Ids, faults: &mut Faults) -> Option<Message> {
    let id = ids.take(table, faults);
    let title = table.need_short_text("title", HEADLINE_LIMIT, faults);
    let text = table.need_short_text("text", MESSAGE_LIMIT, faults);
    table.need("until", faults);
    let (from, until) = period(table, faults);
    Some(Message {
        id: id?,
        title: title?,
        text: text?,
        from,
        until: until?,
    })
}

fn icon(table: &Table, faults: &mut Faults) -> Option<Icon> {
    let text = table.need_text("icon", faults)?;
    let icon = Icon(text.value.to_owned());
    if icon.known() {
        return Some(icon);
    }
    let nearest = nearest(text.value, Icon::NAMES);
    faults.add(
        FaultKind::UnknownIcon {
            icon: icon.0,
            nearest,
        },
        &text.span,
    );
    None
}

fn audience(table: &Table, faults: &mut Faults) -> Audience {
    let areas = table.areas("areas", faults);
    let age_bands = table
        .texts("age_bands", faults)
        .iter()
        .filter_map(|text| one_of("age_bands", text, &AgeBand::ALL, faults))
        .collect();
    Audience { areas, age_bands }
}

/// Periods of loans, each named as in the table of loans.
fn cohorts(table: &Table, faults: &mut Faults) -> Vec<String> {
    let texts = table.texts("cohorts", faults).into_iter();
    texts.map(|text| text.value.trim().to_owned()).collect()
}

fn period(table: &Table, faults: &mut Faults) -> (Option<Date>, Option<Date>) {
    let from = date(table, "from", faults);
    let until = date(table, "until", faults);
    if let (Some((from, _)), Some((until, span))) = (&from, &until)
        && until < from
    {
        faults.add(FaultKind::PeriodEndsBeforeItBegins, span);
    }
    (from.map(|(date, _)| date), until.map(|(date, _)| date))
}

/// A day, written as a TOML date or as a text.
fn date(table: &Table, key: &'static str, faults: &mut Faults) -> Option<(Date, Range<usize>)> {
    let value = table.get(key)?;
    let written = match value.get_ref() {
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::from("?"),
    };
    let parsed = written.parse::<Date>().ok().filter(|_| written.len() == 10);
    if parsed.is_none() {
        faults.add(FaultKind::BadDate(written), &value.span());
    }
    parsed.map(|date| (date, value.span()))
}
