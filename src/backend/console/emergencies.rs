//! Emergencies and drills: one person writes, another releases, and either says that it is over. What tablets have
//! shown is counted from what they confirm.

use std::collections::{BTreeMap, HashSet};

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Emergency, EmergencyId, EmergencyStage, TabletId};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    page::{Frame, PageError, in_japan, shown},
    preview::drawn_with,
    session::SignedIn,
    tongue::Tongue,
};
use crate::{
    http::Backend,
    rights::Right,
    store::{Author, Edition, LentTablet, Release, Written},
};

/// For how many hours something may hold before it goes by itself.
const HOURS: [u32; 6] = [1, 3, 6, 12, 24, 48];

/// What is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Typed {
    /// The emergency that is corrected or ended.
    #[serde(default)]
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    hours: String,
    /// Not empty for a drill.
    #[serde(default)]
    drill: String,
    /// The tablets of a drill: `trial`, `everyone`, or a cohort.
    #[serde(default)]
    to: String,
    /// The tablets of a drill by what stands on their backs.
    #[serde(default)]
    labels: String,
}

/// Which edition.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
    #[serde(default)]
    edition: u32,
    #[serde(default)]
    drill: String,
}

/// How many tablets have heard of it.
#[derive(Debug, Default, Clone, Copy)]
struct Reach {
    addressed: usize,
    shown: usize,
    answered: usize,
}

/// An emergency as it stands.
struct Card {
    edition: Edition,
    reach: Reach,
    until: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "emergencies.html")]
struct EmergenciesPage {
    frame: Frame,
    live: Vec<Card>,
    waiting: Vec<Card>,
    past: Vec<Edition>,
    told: Option<&'static str>,
    may_release: bool,
}

#[derive(Template)]
#[template(path = "emergency.html")]
struct FormPage {
    frame: Frame,
    typed: Typed,
    faults: BTreeMap<&'static str, &'static str>,
    cohorts: Vec<String>,
    /// It corrects one that was sent.
    is_correction: bool,
}

impl FormPage {
    fn fault(&self, field: &str) -> Option<&'static str> {
        self.faults.get(field).copied()
    }

    fn is_drill(&self) -> bool {
        !self.typed.drill.is_empty()
    }
}

impl EmergenciesPage {
    fn kind(&self, edition: &Edition) -> &str {
        match (edition.stage, edition.drill) {
            (EmergencyStage::Over, _) => self.frame.say("終わりの お知らせ", "It is over"),
            (EmergencyStage::Corrected, false) => self.frame.say("訂正", "Correction"),
            (EmergencyStage::Corrected, true) => self.frame.say("訓練の訂正", "Drill, corrected"),
            (EmergencyStage::Released, true) => self.frame.say("訓練", "Drill"),
            (EmergencyStage::Released, false) => self.frame.say("緊急", "Emergency"),
        }
    }

    /// What became of one that is past, in a line.
    fn became(&self, edition: &Edition) -> String {
        let written = format!("{} {}", edition.writer, in_japan(edition.written_at));
        match &edition.released {
            Some((releaser, at, _)) => match self.frame.tongue {
                Tongue::Japanese => {
                    format!(
                        "書いた人：{written}、送った人：{releaser} {}",
                        in_japan(*at)
                    )
                }
                Tongue::English => {
                    format!("Written by {written}, sent by {releaser} {}", in_japan(*at))
                }
            },
            None => match self.frame.tongue {
                Tongue::Japanese => format!("書いた人：{written}、送りませんでした"),
                Tongue::English => format!("Written by {written}, never sent"),
            },
        }
    }

    /// The words with which it is told that it is over, to begin with.
    fn over_text(&self) -> &str {
        self.frame.say(
            "この お知らせは 終わりました。いつもどおりで だいじょうぶです。",
            "This is over. You can go on as usual.",
        )
    }
}

/// The page.
pub async fn list(
    State(backend): State<Backend>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    signed_in.must(Right::WriteEmergency)?;
    Ok(shown(&page(&backend, &signed_in, None).await?))
}

async fn page(
    backend: &Backend,
    signed_in: &SignedIn,
    told: Option<&'static str>,
) -> Result<EmergenciesPage, PageError> {
    let now = Timestamp::now();
    let editions = backend.store.editions().await?;
    let tablets = backend.store.lent_tablets().await?;
    let in_force = backend.store.told_now(now).await?;
    let is_live = |edition: &Edition| {
        in_force.iter().any(|told| {
            let emergency = &told.emergency;
            (emergency.id, emergency.edition) == (edition.id, edition.edition)
        })
    };
    let (mut live, mut waiting, mut past) = (Vec::new(), Vec::new(), Vec::new());
    for edition in editions {
        let is_live = is_live(&edition);
        if !is_live && !edition.waits() {
            past.push(edition);
            continue;
        }
        let to = if edition.drill {
            Some(backend.store.tablets_of(edition.id).await?)
        } else {
            None
        };
        let card = Card {
            reach: reach(&edition, to.as_ref(), &tablets),
            until: edition
                .released
                .as_ref()
                .map_or_else(String::new, |(.., until)| in_japan(*until)),
            is_own: edition.written_by == signed_in.person.id,
            edition,
        };
        if is_live {
            live.push(card);
        } else {
            waiting.push(card);
        }
    }
    Ok(EmergenciesPage {
        frame: Frame::of(
            signed_in,
            "/console/emergencies",
            ("緊急のお知らせ", "Emergencies"),
        ),
        live,
        waiting,
        past,
        told,
        may_release: signed_in.person.role.may(Right::ReleaseEmergency),
    })
}

/// What the tablets have confirmed.
fn reach(edition: &Edition, to: Option<&HashSet<TabletId>>, tablets: &[LentTablet]) -> Reach {
    let mut reach = Reach::default();
    for tablet in tablets {
        let is_lent = tablet.wipe[2].is_none();
        if !is_lent || to.is_some_and(|to| !to.contains(&tablet.tablet)) {
            continue;
        }
        reach.addressed += 1;
        let seen = tablet.status.as_ref().and_then(|status| status.emergency);
        let seen = seen.filter(|seen| (seen.id, seen.edition) == (edition.id, edition.edition));
        if let Some(seen) = seen {
            reach.shown += 1;
            reach.answered += usize::from(seen.answered);
        }
    }
    reach
}

/// The form: a new one, a drill, or a correction of one that was sent.
pub async fn form(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    signed_in.must(Right::WriteEmergency)?;
    let mut typed = Typed {
        drill: which.drill,
        to: "trial".to_owned(),
        hours: "6".to_owned(),
        ..Typed::default()
    };
    if !which.id.is_empty() {
        let known = found(&backend, &which.id).await?;
        typed = Typed {
            id: which.id,
            title: known.title,
            text: known.text,
            hours: known.hours.to_string(),
            drill: if known.drill { "1" } else { "" }.to_owned(),
            ..typed
        };
    }
    Ok(shown(
        &form_page(&backend, &signed_in, typed, BTreeMap::new()).await?,
    ))
}

/// What was sent last of an emergency.
async fn found(backend: &Backend, id: &str) -> Result<Edition, PageError> {
    let id: EmergencyId = id.parse().map_err(|_| PageError::NotFound)?;
    let editions = backend.store.editions().await?;
    let mut released = editions.into_iter().filter(|it| it.released.is_some());
    released.find(|it| it.id == id).ok_or(PageError::NotFound)
}

async fn form_page(
    backend: &Backend,
    signed_in: &SignedIn,
    typed: Typed,
    faults: BTreeMap<&'static str, &'static str>,
) -> Result<FormPage, PageError> {
    let title = match (typed.id.is_empty(), typed.drill.is_empty()) {
        (false, _) => ("訂正を書く", "Write a correction"),
        (true, false) => ("訓練を書く", "Write a drill"),
        (true, true) => ("緊急のお知らせを書く", "Write an emergency message"),
    };
    Ok(FormPage {
        frame: Frame::of(signed_in, "/console/emergencies", title),
        is_correction: !typed.id.is_empty(),
        typed,
        faults,
        cohorts: backend.store.cohorts().await?,
    })
}

/// Keeps what was written; another person releases it.
pub async fn write(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    signed_in.must(Right::WriteEmergency)?;
    let (written, mut faults) = read(&typed, signed_in.tongue);
    let is_drill = !typed.drill.is_empty();
    let mut to = Vec::new();
    if typed.id.is_empty() && is_drill {
        to = addressed(&backend, &typed).await?;
        if to.is_empty() {
            faults.insert("to", signed_in.tongue.say(
                "あてはまるタブレットがありません。ためし用のタブレットは「タブレット」のページで決めます",
                "No tablet fits. Which tablets things are tried on is chosen on the page of the tablets",
            ));
        }
    }
    if !faults.is_empty() {
        let page = form_page(&backend, &signed_in, typed, faults).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    }
    let by = author(&signed_in);
    let now = Timestamp::now();
    if typed.id.is_empty() {
        let drill = is_drill.then_some(&*to);
        let id = EmergencyId(Uuid::new_v4());
        backend
            .store
            .write_emergency(id, &written, drill, by, now)
            .await?;
    } else {
        let id = typed.id.parse().map_err(|_| PageError::NotFound)?;
        if !backend
            .store
            .correct_emergency(id, &written, by, now)
            .await?
        {
            return overtaken(&backend, &signed_in).await;
        }
    }
    Ok(Redirect::to("/console/emergencies").into_response())
}

fn author(signed_in: &SignedIn) -> Author<'_> {
    Author {
        id: signed_in.person.id,
        name: &signed_in.person.name,
    }
}

/// What was typed, or what is wrong with it, each beside its field.
fn read(typed: &Typed, tongue: Tongue) -> (Written, BTreeMap<&'static str, &'static str>) {
    let mut faults = BTreeMap::new();
    let title = plain(&typed.title).replace('\n', " ");
    let text = plain(&typed.text);
    let fits = |text: &str, limit: usize| (1..=limit).contains(&text.chars().count());
    if !fits(&title, Emergency::TITLE) {
        faults.insert(
            "title",
            tongue.say(
                "1文字から24文字までで書いてください",
                "Write 1 to 24 letters",
            ),
        );
    }
    if !fits(&text, Emergency::TEXT) {
        faults.insert(
            "text",
            tongue.say(
                "1文字から200文字までで書いてください",
                "Write 1 to 200 letters",
            ),
        );
    }
    let hours = typed.hours.parse().ok().filter(|it| HOURS.contains(it));
    if hours.is_none() {
        faults.insert(
            "hours",
            tongue.say("一覧から選んでください", "Choose one of the list"),
        );
    }
    let written = Written {
        title,
        text,
        hours: hours.unwrap_or(HOURS[0]),
    };
    (written, faults)
}

/// A text without what is neither letter nor line.
fn plain(text: &str) -> String {
    let text = text.trim().replace("\r\n", "\n");
    text.chars()
        .filter(|it| *it == '\n' || !it.is_control())
        .collect()
}

/// The tablets of a drill.
async fn addressed(backend: &Backend, typed: &Typed) -> Result<Vec<TabletId>, PageError> {
    let labels: HashSet<&str> = typed
        .labels
        .split([',', '、', '\n'])
        .map(str::trim)
        .filter(|label| !label.is_empty())
        .collect();
    let is_meant = |tablet: &LentTablet| {
        let by_label = tablet
            .label
            .as_deref()
            .is_some_and(|it| labels.contains(it));
        by_label
            || match typed.to.as_str() {
                "everyone" => true,
                "trial" => tablet.trial_at.is_some() && labels.is_empty(),
                "labels" | "" => false,
                cohort => tablet.cohort.as_deref() == Some(cohort),
            }
    };
    let tablets = backend.store.lent_tablets().await?.into_iter();
    let lent = tablets.filter(|tablet| tablet.wipe[2].is_none() && is_meant(tablet));
    Ok(lent.map(|tablet| tablet.tablet).collect())
}

/// Sends what another person has written.
pub async fn release(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    signed_in.must(Right::ReleaseEmergency)?;
    let id = which.id.parse().map_err(|_| PageError::NotFound)?;
    let by = author(&signed_in);
    let released = backend
        .store
        .release_emergency(id, which.edition, by, Timestamp::now())
        .await?;
    match released {
        Release::Done => {
            tell_the_tablets(&backend).await?;
            Ok(Redirect::to("/console/emergencies").into_response())
        }
        Release::Gone => overtaken(&backend, &signed_in).await,
        Release::SamePerson => {
            let told = signed_in.tongue.say(
                "書いた本人は送れません。ほかの承認者に送ってもらってください。",
                "Whoever wrote it cannot send it. Ask another releaser.",
            );
            let page = page(&backend, &signed_in, Some(told)).await?;
            Ok((StatusCode::FORBIDDEN, shown(&page)).into_response())
        }
    }
}

/// The page, with the word that somebody else was faster.
async fn overtaken(backend: &Backend, signed_in: &SignedIn) -> Result<Response, PageError> {
    let told = signed_in.tongue.say(
        "ほかの人が先に進めました。いまのようすは下のとおりです。",
        "Somebody else was faster. This is how it stands now.",
    );
    let page = page(backend, signed_in, Some(told)).await?;
    Ok((StatusCode::CONFLICT, shown(&page)).into_response())
}

/// Tells the tablets that it is over.
pub async fn end(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    signed_in.must(Right::WriteEmergency)?;
    let known = found(&backend, &typed.id).await?;
    let (written, faults) = read(
        &Typed {
            title: known.title,
            hours: known.hours.to_string(),
            ..typed
        },
        signed_in.tongue,
    );
    if let Some(fault) = faults.get("text") {
        let page = page(&backend, &signed_in, Some(fault)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    }
    let by = author(&signed_in);
    if !backend
        .store
        .end_emergency(known.id, &written, by, Timestamp::now())
        .await?
    {
        return overtaken(&backend, &signed_in).await;
    }
    tell_the_tablets(&backend).await?;
    Ok(Redirect::to("/console/emergencies").into_response())
}

/// Lets go what nobody has released.
pub async fn let_go(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    signed_in.must(Right::WriteEmergency)?;
    let id = which.id.parse().map_err(|_| PageError::NotFound)?;
    let by = author(&signed_in);
    backend
        .store
        .drop_emergency(id, by, Timestamp::now())
        .await?;
    Ok(Redirect::to("/console/emergencies").into_response())
}

async fn tell_the_tablets(backend: &Backend) -> Result<(), PageError> {
    let told = backend.store.told_now(Timestamp::now()).await?;
    backend.shelf.put_emergencies(told);
    Ok(())
}

/// What tablets show, or would.
pub async fn picture(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    signed_in.must(Right::WriteEmergency)?;
    let id: EmergencyId = which.id.parse().map_err(|_| PageError::NotFound)?;
    let editions = backend.store.editions().await?;
    let mut meant = editions.into_iter();
    let edition = meant
        .find(|it| (it.id, it.edition) == (id, which.edition))
        .ok_or(PageError::NotFound)?;
    let now = Timestamp::now();
    let hours = SignedDuration::from_hours(i64::from(edition.hours));
    // As if it were released now.
    let emergency = edition.told().unwrap_or_else(|| Emergency {
        id,
        edition: edition.edition,
        stage: edition.stage,
        title: edition.title,
        text: edition.text,
        drill: edition.drill,
        released_at: now,
        until: now + hours,
    });
    let emergency = Emergency {
        until: emergency.until.max(now + hours),
        ..emergency
    };
    let png = drawn_with(&backend, vec![emergency]).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}
