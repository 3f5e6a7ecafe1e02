//! What the tiles of a catalogue let residents ask for, and who answers.

use std::sync::{Arc, LazyLock};

use jiff::{Timestamp, tz::TimeZone};
use kairan_catalogue::{
    Catalogue, Recipient, Whom,
    form::{FormDefinition, Stock, zone},
    opening_hours::{Holidays, OpeningHours},
};
use kairan_contract::{Form, FormId, Provider, Service, ServiceId, TelephoneNumber};

use super::rules::times::Calendar;

/// What is read once, because it never changes while the program runs.
static HOLIDAYS: LazyLock<Holidays> = LazyLock::new(Holidays::of_japan);
static ZONE: LazyLock<TimeZone> = LazyLock::new(zone);

/// Where the council's days begin and end.
pub fn council_zone() -> &'static TimeZone {
    &ZONE
}

/// What one catalogue lets residents ask for.
#[derive(Debug, Clone)]
pub struct Offers {
    /// The council's name, and where its helpers are rung.
    pub council: (String, Option<TelephoneNumber>),
    /// Tile by tile.
    pub tiles: Vec<Offered>,
}

/// What one tile lets residents ask for.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The tile.
    pub service: Service,
    /// The key of its source, under which its content lies on the repository.
    pub source: String,
    /// Who answers.
    pub provider: Provider,
    /// The form.
    pub definition: Arc<FormDefinition>,
    hours: OpeningHours,
    whom: Option<Whom>,
}

impl Offers {
    /// Those of a catalogue.
    pub fn of(catalogue: &Catalogue) -> Self {
        let tiles = catalogue.services.iter().filter_map(|(service, source)| {
            let definition = catalogue.forms.get(&service.id)?;
            let provider = catalogue
                .providers
                .iter()
                .find(|it| it.id == service.provider)?;
            Some(Offered {
                service: service.clone(),
                source: source.key(),
                provider: provider.clone(),
                definition: Arc::clone(definition),
                hours: catalogue
                    .hours
                    .get(&provider.id)
                    .cloned()
                    .unwrap_or_default(),
                whom: catalogue.whom.services.get(&service.id).cloned(),
            })
        });
        let council = &catalogue.council;
        Self {
            council: (council.name.clone(), Some(council.helper_telephone.clone())),
            tiles: tiles.collect(),
        }
    }

    /// What a tile offers, or another that offers the same form by now.
    pub fn find(&self, service: &ServiceId, form: &FormId) -> Option<&Offered> {
        let has = |it: &&Offered| it.definition.form.id == *form;
        let mut of_form = self.tiles.iter().filter(has);
        let here = of_form.clone().find(|it| it.service.id == *service);
        here.or_else(|| of_form.next())
    }
}

impl Offered {
    /// What is on offer at this moment.
    pub fn on_offer(&self, stock: &Stock, now: Timestamp) -> Form {
        self.definition.on_offer(stock, &self.hours, &HOLIDAYS, now)
    }

    /// Whether it is for whoever asks.
    pub fn serves(&self, recipient: &Recipient) -> bool {
        self.whom.as_ref().is_none_or(|it| it.includes(recipient))
    }

    /// Whether its tile is shown on the day of this moment.
    pub fn is_shown_at(&self, now: Timestamp) -> bool {
        self.service.is_shown_on(now.to_zoned(ZONE.clone()).date())
    }

    /// When its provider can be asked something.
    pub fn calendar(&self) -> Calendar<'_> {
        Calendar {
            hours: &self.hours,
            holidays: &HOLIDAYS,
            zone: &ZONE,
        }
    }
}
