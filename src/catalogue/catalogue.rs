//! A catalogue that was understood: who lends, which tiles there are, and whom they are for.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
};

use kairan_contract::{
    AgeBand, AreaCode, Audience, BlobReference, Category, Council, CouncilMessage, MessageId,
    Neighbourhood, Provider, ProviderId, Service, ServiceId, Sha256,
};
use kairan_sources::{
    beside::Role,
    source::{ContentSource, Location},
};
use url::Url;

use crate::{fault::Fault, form::FormDefinition, opening_hours::OpeningHours};

/// What an operator wrote, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    /// Who lends the tablets.
    pub council: Council,
    /// Hosts inside private networks that sources may be fetched from.
    pub allowed_hosts: Vec<String>,
    /// The groups of tiles.
    pub categories: Vec<Category>,
    /// Who stands behind the tiles.
    pub providers: Vec<Provider>,
    /// The tiles, each with where its content comes from.
    pub services: Vec<(Service, ContentSource)>,
    /// What the council says.
    pub messages: Vec<CouncilMessage>,
    /// Which tiles and messages are not for everybody.
    pub whom: Audiences,
    /// What the council has decided about usage records.
    pub evaluation: EvaluationSettings,
    /// The parts of the town of which residents choose their own.
    pub neighbourhoods: Option<Arc<Neighbourhoods>>,
    /// What residents can ask for, by the tile from which they do.
    pub forms: BTreeMap<ServiceId, Arc<FormDefinition>>,
    /// When providers answer, where they do not at the usual times.
    pub hours: BTreeMap<ProviderId, OpeningHours>,
    /// What is better mended, and stops nobody from publishing.
    pub hints: Vec<Fault>,
}

/// The parts of a town, as tablets fetch them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbourhoods {
    /// The file beside the catalogue in which they stand.
    pub file: PathBuf,
    /// The list as JSON.
    pub json: Vec<u8>,
    /// The blob in which tablets find it.
    pub blob: BlobReference,
}

impl Neighbourhoods {
    pub(crate) fn new(file: PathBuf, list: &[Neighbourhood]) -> Self {
        // Plain structs of texts and numbers: serde_json has no reason to refuse them.
        let json = serde_json::to_vec(list).unwrap_or_else(|_| b"[]".to_vec());
        let blob = BlobReference {
            sha256: Sha256::of(&json),
            bytes: json.len() as u64,
        };
        Self { file, json, blob }
    }
}

impl Catalogue {
    /// Whether a tablet would show the same with another catalogue.
    pub fn is_the_same_for(&self, other: &Self, recipient: &Recipient) -> bool {
        self.shown_to(recipient) == other.shown_to(recipient)
    }

    /// The files beside it that are parts of it, each with what it is read as.
    pub fn files_beside(&self) -> impl Iterator<Item = (&Path, Role)> {
        let list = self.neighbourhoods.as_ref();
        let list = list.map(|list| (&*list.file, Role::Data));
        let forms = self.forms.values().flat_map(|form| {
            let roles = [Role::Programme, Role::Data];
            form.files.iter().map(PathBuf::as_path).zip(roles)
        });
        list.into_iter().chain(forms)
    }

    /// When a provider answers.
    pub fn hours_of(&self, provider: &ProviderId) -> OpeningHours {
        self.hours.get(provider).cloned().unwrap_or_default()
    }

    /// The tokens that it names, each with an address that it is for.
    pub fn tokens(&self) -> impl Iterator<Item = (&Path, &Url)> {
        self.services
            .iter()
            .filter_map(|(_, source)| match &source.location {
                Location::Web(url) => Some((source.access.token_file.as_deref()?, url)),
                Location::File(_) => None,
            })
    }

    fn shown_to(&self, recipient: &Recipient) -> impl PartialEq {
        let whom = &self.whom;
        let is_for = |of: Option<&Whom>| of.is_none_or(|of| of.includes(recipient));
        let services = self.services.iter();
        let services = services.filter(|(service, _)| is_for(whom.services.get(&service.id)));
        let messages = self.messages.iter();
        let messages = messages.filter(|message| is_for(whom.messages.get(&message.id)));
        (
            &self.council,
            &self.categories,
            &self.providers,
            &self.forms,
            &self.hours,
            self.neighbourhoods.as_ref().map(|it| it.blob),
            services.collect::<Vec<_>>(),
            messages.collect::<Vec<_>>(),
        )
    }
}

/// Whom tiles and messages are for, where that is not everybody.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Audiences {
    /// Of tiles.
    pub services: BTreeMap<ServiceId, Whom>,
    /// Of messages.
    pub messages: BTreeMap<MessageId, Whom>,
}

/// What is known of the resident of a tablet. What is not known is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The period of the loan.
    pub cohort: Option<String>,
    /// Where they live.
    pub area: Option<AreaCode>,
    /// How old they are.
    pub age_band: Option<AgeBand>,
}

/// Whom something is for. An empty list sets no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whom {
    /// Municipalities and ages.
    pub audience: Audience,
    /// Periods of loans.
    pub cohorts: Vec<String>,
}

impl Whom {
    /// Whether it is for everybody.
    pub fn is_everybody(&self) -> bool {
        self.audience.is_everybody() && self.cohorts.is_empty()
    }

    /// Whether it is for the resident of a tablet. What is not known of them is no reason to hide it.
    pub fn includes(&self, recipient: &Recipient) -> bool {
        let cohort = recipient.cohort.as_ref();
        let is_of_the_cohort =
            cohort.is_none_or(|cohort| self.cohorts.is_empty() || self.cohorts.contains(cohort));
        let audience = &self.audience;
        is_of_the_cohort && audience.includes(recipient.area.as_ref(), recipient.age_band)
    }
}

/// What a council decides about usage records and the figures that are made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluationSettings {
    /// Figures about fewer loans than this are withheld.
    pub withhold_below: u32,
    /// For how many days after its day a record is kept; for ever where it is absent. What was counted
    /// stays.
    pub keep_records_days: Option<u32>,
}

impl EvaluationSettings {
    /// Nobody may look at fewer loans than three, and no table is left of a pilot above a thousand.
    pub const WITHHOLD_BELOW: RangeInclusive<u32> = 3..=1_000;
    /// A month at least, because tablets may be without a network for weeks, and thirty years.
    pub const KEEP_RECORDS_DAYS: RangeInclusive<u32> = 31..=10_950;
}

impl Default for EvaluationSettings {
    fn default() -> Self {
        Self {
            withhold_below: 10,
            keep_records_days: None,
        }
    }
}
