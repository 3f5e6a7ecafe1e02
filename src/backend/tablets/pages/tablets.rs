//! The tablets: a list that filters, sorts, pages and exports, and what many of them are told at once.

use kairan_text::message;
use std::{collections::HashMap, fmt::Write as _};

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::{Language, Participation, TabletId};
use serde::Deserialize;
use url::form_urlencoded;

use crate::{
    pages::{
        Frame, May, PageError, Right, in_japan, kept_as,
        rights::{HandleTablets, SeeTablets},
        shown,
    },
    tablets::{
        api::enrolment::tries,
        guessing::Tries,
        overview::{Contact, Progress, contact, lock, wipe},
        queries::{Label, LentTablet, Telling},
        room::Room,
    },
};

/// Tablets on one page.
const ON_A_PAGE: usize = 50;

/// What is looked for, and in which order.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Looked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    cohort: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    told: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    page: usize,
    /// Not empty where a wipe was asked for and not meant for sure.
    #[serde(default)]
    unsure: String,
}

/// A line of the list.
struct Line {
    tablet: LentTablet,
    contact: Contact,
    lock: Progress,
    wipe: Progress,
    seen: String,
    /// Another tablet took its place from a network that nobody knows, and both have the loan.
    is_to_be_decided: bool,
}

impl Line {
    /// Since when it is to be locked.
    fn locked_at(&self) -> Option<String> {
        self.tablet.locked_at.map(in_japan)
    }

    /// Since when a helper has to say whether it is to forget its loan.
    fn replaced_at(&self) -> Option<String> {
        let replaced = self.tablet.replaced_at;
        replaced.filter(|_| self.is_to_be_decided).map(in_japan)
    }

    /// When the wipe came as far as it is.
    fn wipe_at(&self) -> Option<String> {
        self.tablet
            .wipe
            .iter()
            .rev()
            .flatten()
            .next()
            .map(|at| in_japan(*at))
    }
}

#[derive(Template)]
#[template(path = "tablets/pages/tablets.html")]
struct TabletsPage {
    frame: Frame,
    looked: Looked,
    lines: Vec<Line>,
    found: usize,
    cohorts: Vec<String>,
    pages: usize,
    /// The search without its page, as it stands in an address.
    search: String,
    may_handle: bool,
    revision: u64,
    /// Loans whose tablet is still to come.
    waiting: Vec<(Participation, String)>,
    /// Somebody is trying codes.
    tries: Option<Tries>,
}

/// The page.
pub async fn list(
    signed_in: May<SeeTablets>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    let mut lines = lines(&backend, &looked).await?;
    let found = lines.len();
    let page = looked.page.min(found.saturating_sub(1) / ON_A_PAGE);
    lines.drain(..page * ON_A_PAGE);
    lines.truncate(ON_A_PAGE);
    Ok(shown(&TabletsPage {
        frame: Frame::of(&signed_in, "/console/tablets", message("タブレット")),
        search: search(&looked),
        cohorts: backend.store.cohorts().await?,
        pages: found.div_ceil(ON_A_PAGE).max(1),
        may_handle: signed_in.person.role.may(Right::HandleTablets),
        revision: backend
            .store
            .last_catalogue()
            .await?
            .map_or(0, |(revision, _)| revision),
        waiting: backend.store.loans_without_tablet().await?,
        tries: tries(&backend, Timestamp::now()),
        looked: Looked { page, ..looked },
        lines,
        found,
    }))
}

/// What is looked for, in its order.
async fn lines(backend: &Room, looked: &Looked) -> Result<Vec<Line>, PageError> {
    let now = Timestamp::now();
    let tablets = backend.store.lent_tablets().await?;
    let text = looked.text.trim().to_lowercase();
    // Of these loans more than one tablet is to stay.
    let mut of_loan: HashMap<Participation, usize> = HashMap::new();
    for tablet in tablets.iter().filter(|it| it.wipe[0].is_none()) {
        *of_loan.entry(tablet.participation).or_default() += 1;
    }
    let mut lines: Vec<Line> = tablets
        .into_iter()
        .map(|tablet| Line {
            contact: contact(&tablet, now),
            lock: lock(&tablet),
            wipe: wipe(&tablet),
            seen: tablet.seen_at.map_or_else(String::new, in_japan),
            is_to_be_decided: tablet.wipe[0].is_none()
                && of_loan.get(&tablet.participation).is_some_and(|it| *it > 1),
            tablet,
        })
        .filter(|line| {
            let of_contact = Contact::ALL
                .iter()
                .find(|(word, _)| *word == looked.contact);
            let of_told = match looked.told.as_str() {
                "locked" => line.lock != Progress::Nothing,
                "wiped" => line.wipe != Progress::Nothing,
                "waiting" => {
                    let waits =
                        |it| matches!(it, Progress::Asked | Progress::Received | Progress::Undoing);
                    waits(line.lock) || waits(line.wipe)
                }
                // Whoever has forgotten its loan is lent no more.
                _ => line.wipe != Progress::Done,
            };
            of_told
                && of_contact.is_none_or(|(_, contact)| *contact == line.contact)
                && (looked.cohort.is_empty()
                    || line.tablet.cohort.as_deref() == Some(&*looked.cohort))
                && (text.is_empty() || names(&line.tablet).to_lowercase().contains(&text))
        })
        .collect();
    lines.sort_by(|a, b| {
        let by = match looked.sort.as_str() {
            "label" => a.tablet.label.cmp(&b.tablet.label),
            "cohort" => a.tablet.cohort.cmp(&b.tablet.cohort),
            "battery" => battery(a).cmp(&battery(b)),
            "revision" => revision(a).cmp(&revision(b)),
            // Who has been silent for longest comes first: that is what a helper looks for.
            _ => a.tablet.seen_at.cmp(&b.tablet.seen_at),
        };
        by.then_with(|| a.tablet.tablet.cmp(&b.tablet.tablet))
    });
    Ok(lines)
}

fn battery(line: &Line) -> Option<u8> {
    line.tablet.status.as_ref()?.battery_percent
}

fn revision(line: &Line) -> Option<u64> {
    Some(line.tablet.status.as_ref()?.catalogue)
}

fn names(tablet: &LentTablet) -> String {
    let label = tablet.label.as_deref().unwrap_or_default();
    format!("{label} {} {}", tablet.participation, tablet.tablet)
}

fn search(looked: &Looked) -> String {
    let mut search = form_urlencoded::Serializer::new(String::new());
    search
        .append_pair("text", &looked.text)
        .append_pair("cohort", &looked.cohort)
        .append_pair("contact", &looked.contact)
        .append_pair("told", &looked.told)
        .append_pair("sort", &looked.sort);
    search.finish()
}

/// The list as CSV.
pub async fn csv(
    _: May<SeeTablets>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    let lines = lines(&backend, &looked).await?;
    let written = written(&lines).map_err(anyhow::Error::from)?;
    Ok(kept_as(
        "kairan-tablets.csv",
        "text/csv; charset=utf-8",
        written,
    ))
}

fn written(lines: &[Line]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(crate::pages::spreadsheet::BYTE_ORDER_MARK.to_vec());
    out.write_record([
        "label",
        "tablet",
        "participation",
        "cohort",
        "contact",
        "seen_at",
        "version",
        "catalogue",
        "battery_percent",
        "free_megabytes",
        "unsent",
        "lock",
        "lock_asked_at",
        "wipe",
        "wipe_asked_at",
        "wipe_received_at",
        "wiped_at",
    ])?;
    for line in lines {
        let tablet = &line.tablet;
        let status = tablet.status.as_ref();
        let number = |value: Option<u64>| value.map_or_else(String::new, |it| it.to_string());
        let time = |at: Option<Timestamp>| at.map_or_else(String::new, |it| it.to_string());
        let label = tablet.label.clone().unwrap_or_default();
        out.write_record([
            crate::pages::spreadsheet::plain_in_a_spreadsheet(&label),
            tablet.tablet.to_string(),
            tablet.participation.to_string(),
            crate::pages::spreadsheet::plain_in_a_spreadsheet(
                tablet.cohort.as_deref().unwrap_or_default(),
            ),
            line.contact.words().tr(Language::ENGLISH).to_lowercase(),
            time(tablet.seen_at),
            status.map_or_else(String::new, |it| {
                crate::pages::spreadsheet::plain_in_a_spreadsheet(&it.version)
            }),
            number(status.map(|it| it.catalogue)),
            number(status.and_then(|it| it.battery_percent).map(u64::from)),
            number(status.and_then(|it| it.free_megabytes)),
            number(status.map(|it| it.unsent)),
            line.lock.words().tr(Language::ENGLISH).to_owned(),
            time(tablet.locked_at),
            line.wipe.words().tr(Language::ENGLISH).to_owned(),
            time(tablet.wipe[0]),
            time(tablet.wipe[1]),
            time(tablet.wipe[2]),
        ])?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

/// Tells the chosen tablets something, or all that are listed. The form names a tablet as often as it was chosen.
pub async fn tell(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut looked = Looked::default();
    let (mut chosen, mut what, mut everyone, mut is_sure) = (Vec::new(), None, false, false);
    for (name, value) in sent {
        match name.as_str() {
            "tablet" => chosen.push(
                value
                    .parse::<TabletId>()
                    .map_err(|_| PageError::Unreadable)?,
            ),
            "what" => what = telling(&value),
            "everyone" => everyone = true,
            "sure" => is_sure = true,
            "text" => looked.text = value,
            "cohort" => looked.cohort = value,
            "contact" => looked.contact = value,
            "told" => looked.told = value,
            "sort" => looked.sort = value,
            _ => {}
        }
    }
    let what = what.ok_or(PageError::Unreadable)?;
    if everyone {
        let lines = lines(&backend, &looked).await?;
        chosen = lines.iter().map(|line| line.tablet.tablet).collect();
    }
    // Two who tell many at once take them in the same order.
    chosen.sort_unstable();
    chosen.dedup();
    // What cannot be undone is said twice.
    if what != Telling::Wipe || is_sure {
        backend
            .store
            .tell(&chosen, what, &signed_in.person.name, Timestamp::now())
            .await?;
        tell_the_tablets(&backend).await?;
    }
    let mut back = format!("/console/tablets?{}", search(&looked));
    if what == Telling::Wipe && !is_sure {
        // Writing to a text cannot fail.
        let _ = write!(back, "&unsure=1");
    }
    Ok(Redirect::to(&back).into_response())
}

/// Has the tablets hear at once what they are told now.
pub async fn tell_the_tablets(backend: &Room) -> Result<(), PageError> {
    let standings = backend.store.standings().await?;
    backend.tablet_cache.put_standings(standings);
    Ok(())
}

fn telling(word: &str) -> Option<Telling> {
    match word {
        "lock" => Some(Telling::Lock),
        "open" => Some(Telling::Open),
        "wipe" => Some(Telling::Wipe),
        "trial" => Some(Telling::Trial),
        "no-trial" => Some(Telling::NoTrial),
        _ => None,
    }
}

/// What stands on a tablet's back.
#[derive(Debug, Deserialize)]
pub struct Labelled {
    #[serde(default)]
    tablet: String,
    #[serde(default)]
    label: String,
}

/// Writes down what stands on a tablet's back.
pub async fn label(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
    Form(labelled): Form<Labelled>,
) -> Result<Response, PageError> {
    let tablet = labelled.tablet.parse().map_err(|_| PageError::Unreadable)?;
    let label: String = labelled
        .label
        .trim()
        .chars()
        .filter(|it| !it.is_control())
        .take(Label::LIMIT)
        .collect();
    backend
        .store
        .put_label(tablet, &label, &signed_in.person.name, Timestamp::now())
        .await?;
    Ok(Redirect::to("/console/tablets").into_response())
}
