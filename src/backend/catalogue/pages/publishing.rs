//! Putting a draft in force, what was in force before, and the catalogue as a file.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::Offset};
use kairan_contract::{Language, Sha256};
use kairan_text::{message, tr};
use serde::Deserialize;

use super::{
    drafting::{draft, keep},
    list::page,
    words,
};
use crate::{
    audit::queries::{Act, Deed},
    catalogue::{
        publishing::{NotPublished, Publisher},
        queries::{PlannedCatalogue, Revision, Waiting},
        room::Room,
    },
    pages::{
        Frame, May, PageError, Right, SignedIn,
        rights::{EditTiles, Publish},
        shown,
    },
};
use kairan_catalogue::{
    Fault,
    changes::{Change, changes},
    edit::Part,
};

/// Revisions that are listed.
const LISTED: u32 = 50;
/// Letters of a note.
pub const NOTE_LIMIT: usize = 200;

#[derive(Template)]
#[template(path = "catalogue/pages/revision.html")]
struct RevisionPage {
    frame: Frame,
    revision: u64,
    /// From what is in force to this.
    changes: Vec<Change>,
    text: String,
    may_publish: bool,
}

impl RevisionPage {
    fn words(&self, change: &Change) -> String {
        words::change(self.frame.language, change)
    }
}

#[derive(Template)]
#[template(path = "catalogue/pages/revisions.html")]
struct RevisionsPage {
    frame: Frame,
    revisions: Vec<Revision>,
    /// The one that is in force.
    newest: u64,
    /// The last one on this page, where there are earlier ones.
    older: Option<u64>,
    may_publish: bool,
}

/// What is noted of a publication.
#[derive(Debug, Deserialize)]
pub struct Noted {
    #[serde(default)]
    note: String,
    /// A revision that is brought back.
    revision: Option<u64>,
}

impl Noted {
    fn note(&self) -> String {
        note_of(&self.note)
    }
}

/// A note in one line, no longer than it may be.
pub fn note_of(typed: &str) -> String {
    let letters = typed.trim().chars().filter(|it| !it.is_control());
    letters.take(NOTE_LIMIT).collect()
}

/// Puts the draft in force.
pub async fn publish(
    signed_in: May<Publish>,
    State(backend): State<Room>,
    Form(noted): Form<Noted>,
) -> Result<Response, PageError> {
    let (_, draft) = draft(&backend, &signed_in).await?;
    let note = noted.note();
    let publisher = Publisher {
        by: &signed_in.person.name,
        note: &note,
    };
    let done = published(&backend, draft.base, &draft.text, publisher).await?;
    match done {
        Ok(_) => {
            let person = signed_in.person.id;
            backend.store.drop_this_draft(person, &draft.text).await?;
            // What everybody has is tried no more.
            let tried = backend.store.on_trial().await?;
            if let Some(plan) = tried.filter(|plan| plan.text == draft.text) {
                backend.store.drop_plan(&plan).await?;
            }
            Ok(Redirect::to("/console/tiles/revisions").into_response())
        }
        // The page itself tells what was published meanwhile, and asks.
        Err(NotPublished::Overtaken) => {
            let mut page = page(&backend, &signed_in, Part::Tile).await?;
            page.note = note;
            Ok((StatusCode::CONFLICT, shown(&page)).into_response())
        }
        Err(error) => not_published(&backend, &signed_in, error, note).await,
    }
}

/// Publishes to the end, even if the browser goes away meanwhile: the file, the revision and who did it belong together.
async fn published(
    backend: &Room,
    base: Sha256,
    text: &str,
    publisher: Publisher<'_>,
) -> Result<Result<u64, NotPublished>, PageError> {
    let (backend, text) = (backend.clone(), text.to_owned());
    let (by, note) = (publisher.by.to_owned(), publisher.note.to_owned());
    let publishing = tokio::spawn(async move {
        let publisher = Publisher {
            by: &by,
            note: &note,
        };
        let (desk, store) = (&backend.desk, &backend.store);
        desk.publish(store, base, &text, publisher, Timestamp::now())
            .await
    });
    Ok(publishing.await.map_err(anyhow::Error::from)?)
}

/// What a draft is to wait for.
#[derive(Debug, Deserialize)]
pub struct Planned {
    #[serde(default)]
    note: String,
    /// `trial` or `date`.
    #[serde(default)]
    what: String,
    /// The moment in Japan, such as 2026-12-01T09:00.
    #[serde(default)]
    at: String,
}

/// Shows the draft on the tablets for trial, or has it wait for its date.
pub async fn plan(
    signed_in: May<Publish>,
    State(backend): State<Room>,
    Form(planned): Form<Planned>,
) -> Result<Response, PageError> {
    let now = Timestamp::now();
    let (in_force, draft) = draft(&backend, &signed_in).await?;
    if Sha256::of(in_force.as_bytes()) != draft.base {
        let page = page(&backend, &signed_in, Part::Tile).await?;
        return Ok((StatusCode::CONFLICT, shown(&page)).into_response());
    }
    let note = note_of(&planned.note);
    let fault = match backend.desk.check(&draft.text) {
        Err(faults) => Some(told(&NotPublished::Faulty(faults), signed_in.language)),
        Ok(_) => None,
    };
    let waiting = match planned.what.as_str() {
        "trial" => Some(Waiting::Trial),
        _ => moment(&planned.at, now).map(Waiting::Until),
    };
    let fault = match waiting {
        Some(waiting) => fault.or(in_the_way(&backend, &signed_in, waiting).await?),
        None => fault,
    };
    let (Some(waiting), None) = (waiting, &fault) else {
        let mut page = page(&backend, &signed_in, Part::Tile).await?;
        let no_date = || {
            tr(
                signed_in.language,
                "公開する日時は、これから1年以内で選んでください。",
            )
            .to_owned()
        };
        page.fault = Some(fault.unwrap_or_else(no_date));
        page.note = note;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    };
    let plan = PlannedCatalogue {
        waiting,
        base: draft.base,
        text: draft.text,
        by: signed_in.person.name.clone(),
        note,
        planned_at: now,
        failed: None,
    };
    backend.store.plan(&plan).await?;
    if waiting != Waiting::Trial {
        let person = signed_in.person.id;
        backend.store.drop_this_draft(person, &plan.text).await?;
    }
    Ok(Redirect::to("/console/tiles").into_response())
}

/// Why a plan cannot be kept: another is in its place, which nobody may lose without a word. One's own trial may be
/// replaced, for that is how something is tried until it is right.
async fn in_the_way(
    backend: &Room,
    signed_in: &SignedIn,
    waiting: Waiting,
) -> Result<Option<String>, PageError> {
    let known = match waiting {
        Waiting::Trial => backend.store.on_trial().await?,
        Waiting::Until(_) => backend.store.dated().await?,
    };
    let is_mine =
        |plan: &PlannedCatalogue| waiting == Waiting::Trial && plan.by == signed_in.person.name;
    let told = known.filter(|plan| !is_mine(plan)).map(|plan| {
        let by = plan.by;
        tr!(
            signed_in.language,
            "{by} さんの予定があります。先にそれを取りやめてください。",
            by
        )
    });
    Ok(told)
}

/// A moment in Japan that lies ahead, within a year.
fn moment(typed: &str, now: Timestamp) -> Option<Timestamp> {
    let at: DateTime = typed.trim().parse().ok()?;
    let at = Offset::constant(9).to_timestamp(at).ok()?;
    let ahead = at.duration_since(now);
    (SignedDuration::ZERO < ahead && ahead < SignedDuration::from_hours(366 * 24)).then_some(at)
}

/// Which plan is let go.
#[derive(Debug, Deserialize)]
pub struct Unplanned {
    #[serde(default)]
    what: String,
}

/// Lets a plan go. What waited for its date is a draft again.
pub async fn unplan(
    signed_in: May<Publish>,
    State(backend): State<Room>,
    Form(unplanned): Form<Unplanned>,
) -> Result<Response, PageError> {
    let store = &backend.store;
    let plan = match unplanned.what.as_str() {
        "trial" => store.on_trial().await?,
        _ => store.dated().await?,
    };
    if let Some(plan) = plan {
        if plan.waiting != Waiting::Trial {
            if store.draft(signed_in.person.id).await?.is_some() {
                let told = tr(
                    signed_in.language,
                    "取りやめた予定は下書きになりますが、下書きがもうあります。先にそれを公開するか、やめてください。",
                );
                let mut page = page(&backend, &signed_in, Part::Tile).await?;
                page.fault = Some(told.to_owned());
                return Ok((StatusCode::CONFLICT, shown(&page)).into_response());
            }
            keep(&backend, &signed_in, plan.base, plan.text.clone()).await?;
        }
        store.drop_plan(&plan).await?;
        let deed = Deed {
            who: signed_in.person.name.clone(),
            deed: Act::CataloguePlanDropped,
            subject: unplanned.what.chars().take(10).collect(),
            was: plan.note,
            is_now: String::new(),
        };
        store.write_down(&deed, Timestamp::now()).await?;
    }
    Ok(Redirect::to("/console/tiles").into_response())
}

/// The page again, with why nothing was published and what was noted.
async fn not_published(
    backend: &Room,
    signed_in: &SignedIn,
    error: NotPublished,
    note: String,
) -> Result<Response, PageError> {
    if let NotPublished::Database(error) = error {
        return Err(error.into());
    }
    let mut page = page(backend, signed_in, Part::Tile).await?;
    page.fault = Some(told(&error, signed_in.language));
    page.note = note;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response())
}

fn told(error: &NotPublished, language: Language) -> String {
    match error {
        NotPublished::Faulty(faults) => faults
            .iter()
            .map(|fault: &Fault| fault.in_words(language))
            .collect::<Vec<_>>()
            .join("\n"),
        other => {
            tracing::error!(%other, "the catalogue could not be published");
            tr(language, "公開できませんでした。サーバーが services.toml に書きこめるか、管理者に確かめてもらってください。")
                .to_owned()
        }
    }
}

/// Where in the list of revisions somebody looks.
#[derive(Debug, Deserialize)]
pub struct Listed {
    below: Option<u64>,
}

/// What was in force.
pub async fn revisions(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Query(listed): Query<Listed>,
) -> Result<Response, PageError> {
    // One more than fits shows whether there are earlier ones.
    let mut revisions = backend.store.revisions(listed.below, LISTED + 1).await?;
    let has_older = revisions.len() > LISTED as usize;
    revisions.truncate(LISTED as usize);
    let newest = backend.store.revisions(None, 1).await?;
    Ok(shown(&RevisionsPage {
        frame: Frame::of(&signed_in, "/console/tiles", message("これまでの版")),
        older: revisions.last().filter(|_| has_older).map(|it| it.revision),
        newest: newest.first().map_or(0, |it| it.revision),
        revisions,
        may_publish: signed_in.person.role.may(Right::Publish),
    }))
}

/// Which revision is looked at.
#[derive(Debug, Deserialize)]
pub struct Looked {
    revision: Option<u64>,
}

/// One revision: what would change if it came back, and its file.
pub async fn revision(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    let revision = looked.revision.ok_or(PageError::NotFound)?;
    let text = backend.store.text_of_revision(revision).await?;
    let text = text.ok_or(PageError::NotFound)?;
    let in_force = backend.desk.text().map_err(anyhow::Error::from)?;
    Ok(shown(&RevisionPage {
        frame: Frame::of(&signed_in, "/console/tiles", message("前の版を見る")),
        revision,
        changes: changes(&in_force, &text)?,
        text,
        may_publish: signed_in.person.role.may(Right::Publish),
    }))
}

/// Puts an earlier revision in force again.
pub async fn bring_back(
    signed_in: May<Publish>,
    State(backend): State<Room>,
    Form(noted): Form<Noted>,
) -> Result<Response, PageError> {
    let revision = noted.revision.ok_or(PageError::Unreadable)?;
    let text = backend
        .store
        .text_of_revision(revision)
        .await?
        .ok_or(PageError::NotFound)?;
    let in_force = backend.desk.text().map_err(anyhow::Error::from)?;
    let note = tr!(signed_in.language, "{revision}版にもどす", revision);
    let publisher = Publisher {
        by: &signed_in.person.name,
        note: &note,
    };
    let base = Sha256::of(in_force.as_bytes());
    let done = published(&backend, base, &text, publisher).await?;
    match done {
        Ok(_) => Ok(Redirect::to("/console/tiles/revisions").into_response()),
        Err(error) => not_published(&backend, &signed_in, error, String::new()).await,
    }
}
