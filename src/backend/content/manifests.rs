//! What each tablet is told to hold, of all that there is. Pure.

use std::collections::{HashMap, HashSet};

use kairan_catalogue::{Catalogue, Whom};
use kairan_contract::{
    ContentKind, ContentReference, Emergency, Manifest, ServiceEntry, ServiceId, TabletId,
};

use super::addressed_emergency::AddressedEmergency;
use crate::tablets::queries::{Order, Standing};

/// The catalogue in force and the content that has been gathered for it.
pub(super) struct Inventory {
    pub(super) revision: u64,
    pub(super) catalogue: Catalogue,
    /// What the tablets for trial are shown in its place.
    pub(super) trial: Option<Catalogue>,
    /// By the tile and the key of its source: what came from another source is not what a tile says.
    pub(super) contents: HashMap<(ServiceId, String), ContentReference>,
    /// What some tablets are told of over everything else.
    pub(super) emergencies: Vec<AddressedEmergency>,
}

impl Inventory {
    /// The catalogue of a variant.
    pub(super) fn catalogue_for(&self, is_trial: bool) -> &Catalogue {
        let trial = self.trial.as_ref().filter(|_| is_trial);
        trial.unwrap_or(&self.catalogue)
    }

    /// Lets go what no tile says any more.
    pub(super) fn forget_contents(&mut self) {
        let catalogues = [Some(&self.catalogue), self.trial.as_ref()];
        let said: HashSet<(ServiceId, String)> = catalogues
            .into_iter()
            .flatten()
            .flat_map(|catalogue| &catalogue.services)
            .map(|(service, source)| (service.id.clone(), source.key()))
            .collect();
        self.contents.retain(|which, _| said.contains(which));
    }
}

/// In what one manifest differs from another: by its places in the stock, so that a thousand tablets that see the
/// same share one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Variant {
    locked: bool,
    wipe: bool,
    trial: bool,
    hidden_services: Vec<usize>,
    hidden_messages: Vec<usize>,
    emergencies: Vec<usize>,
}

impl Variant {
    /// What this tablet is to hold.
    pub(super) fn of(inventory: &Inventory, tablet: Option<TabletId>, standing: &Standing) -> Self {
        if standing.order == Some(Order::Wipe) {
            return Self {
                wipe: true,
                ..Self::default()
            };
        }
        let trial = standing.is_trial && inventory.trial.is_some();
        let catalogue = inventory.catalogue_for(trial);
        let whom = &catalogue.whom;
        let is_hidden =
            |whom: Option<&Whom>| whom.is_some_and(|whom| !whom.includes(&standing.recipient));
        let services = catalogue.services.iter();
        let messages = catalogue.messages.iter();
        let places = |hidden: Vec<bool>| {
            let numbered = hidden.into_iter().enumerate();
            numbered
                .filter_map(|(place, is)| is.then_some(place))
                .collect()
        };
        let is_told = |told: &AddressedEmergency| {
            told.to
                .as_ref()
                .is_none_or(|to| tablet.is_some_and(|tablet| to.contains(&tablet)))
        };
        let told: Vec<usize> = (0..inventory.emergencies.len())
            .filter(|place| is_told(&inventory.emergencies[*place]))
            .collect();
        Self {
            locked: standing.order == Some(Order::Lock),
            wipe: false,
            trial,
            hidden_services: places(
                services
                    .map(|(service, _)| is_hidden(whom.services.get(&service.id)))
                    .collect(),
            ),
            hidden_messages: places(
                messages
                    .map(|message| is_hidden(whom.messages.get(&message.id)))
                    .collect(),
            ),
            // The newest, if there are more than a tablet takes; drills stand before what is real.
            emergencies: told[told.len().saturating_sub(Emergency::AT_ONCE)..].to_vec(),
        }
    }
}

pub(super) fn manifest_of(inventory: &Inventory, variant: &Variant) -> Manifest {
    let catalogue = inventory.catalogue_for(variant.trial);
    if variant.wipe {
        return wiped(inventory);
    }
    let shown = |hidden: &[usize], place: usize| !hidden.contains(&place);
    let services = catalogue.services.iter().enumerate();
    let messages = catalogue.messages.iter().enumerate();
    let manifest = Manifest {
        catalogue: inventory.revision,
        council: catalogue.council.clone(),
        categories: catalogue.categories.clone(),
        providers: catalogue.providers.clone(),
        services: services
            .filter(|(place, _)| shown(&variant.hidden_services, *place))
            .map(|(_, (service, source))| ServiceEntry {
                service: service.clone(),
                content: inventory
                    .contents
                    .get(&(service.id.clone(), source.key()))
                    .cloned(),
                near_name: source.near_name.clone(),
            })
            .collect(),
        neighbourhoods: catalogue.neighbourhoods.as_ref().map(|list| list.blob),
        messages: messages
            .filter(|(place, _)| shown(&variant.hidden_messages, *place))
            .map(|(_, message)| message.clone())
            .collect(),
        emergencies: variant
            .emergencies
            .iter()
            .map(|place| inventory.emergencies[*place].emergency.clone())
            .collect(),
        locked: false,
        wipe: false,
    };
    if variant.locked {
        locked(manifest)
    } else {
        manifest
    }
}

/// What a tablet holds that the council has locked: what a warning needs, and nothing else.
fn locked(mut manifest: Manifest) -> Manifest {
    manifest.locked = true;
    manifest.messages.clear();
    // From where somebody counts is kept on the tablet.
    manifest.neighbourhoods = None;
    manifest.services.retain(|entry| {
        let kind = entry.content.as_ref().map(|content| content.kind);
        matches!(kind, Some(ContentKind::Warnings | ContentKind::Places))
    });
    manifest
}

/// What a tablet hears that is to forget its loan.
fn wiped(inventory: &Inventory) -> Manifest {
    Manifest {
        catalogue: inventory.revision,
        council: inventory.catalogue.council.clone(),
        categories: Vec::new(),
        providers: Vec::new(),
        services: Vec::new(),
        neighbourhoods: None,
        messages: Vec::new(),
        emergencies: Vec::new(),
        locked: false,
        wipe: true,
    }
}
