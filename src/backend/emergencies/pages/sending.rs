//! Sending what another person has written, telling that it is over, and seeing what tablets would show.

use axum::{
    Form,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Emergency, EmergencyId};
use kairan_text::tr;

use super::{
    form::{Typed, read},
    list::{overtaken, page},
    which::{Which, author, found},
};
use crate::{
    catalogue::preview::drawn_with,
    emergencies::{
        queries::{Release, Written},
        room::Room,
    },
    pages::{
        May, PageError,
        rights::{ReleaseEmergency, WriteEmergency},
        shown,
    },
};

/// Sends what another person has written.
pub async fn release(
    signed_in: May<ReleaseEmergency>,
    State(backend): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
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
            let told = tr(
                signed_in.language,
                "書いた本人は送れません。ほかの承認者に送ってもらってください。",
            );
            let page = page(&backend, &signed_in, Some(told)).await?;
            Ok((StatusCode::FORBIDDEN, shown(&page)).into_response())
        }
    }
}

/// Tells the tablets that it is over.
pub async fn end(
    signed_in: May<WriteEmergency>,
    State(backend): State<Room>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let known = found(&backend, &typed.id).await?;
    let (title, hours) = (known.title, known.hours);
    let typed = typed.about(title.clone(), hours);
    let written = match read(&typed, signed_in.language) {
        Ok(written) => written,
        Err(faults) => {
            if let Some(told) = faults.of("text") {
                let page = page(&backend, &signed_in, Some(told)).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
            }
            // Title and hours are those that were sent: nobody is kept from ending what holds by them.
            let text = typed.plain_text();
            Written { title, text, hours }
        }
    };
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
    signed_in: May<WriteEmergency>,
    State(backend): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    let id = which.id.parse().map_err(|_| PageError::NotFound)?;
    let by = author(&signed_in);
    let is_dropped = backend
        .store
        .drop_emergency(id, which.edition, by, Timestamp::now())
        .await?;
    if !is_dropped {
        return overtaken(&backend, &signed_in).await;
    }
    Ok(Redirect::to("/console/emergencies").into_response())
}

async fn tell_the_tablets(backend: &Room) -> Result<(), PageError> {
    // The moment counts at which its turn has come.
    let read = async { backend.store.told_now(Timestamp::now()).await };
    Ok(backend.repository.renew_emergencies(read).await?)
}

/// What tablets show, or would.
pub async fn picture(
    _: May<WriteEmergency>,
    State(backend): State<Room>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let id: EmergencyId = which.id.parse().map_err(|_| PageError::NotFound)?;
    let editions = backend.store.editions_of(id).await?;
    let mut meant = editions.into_iter();
    let edition = meant
        .find(|it| it.edition == which.edition)
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
    let png = drawn_with(&backend.catalogue, vec![emergency]).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}
