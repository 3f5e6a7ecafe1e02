//! Taking records out through the console: for whoever has that right, with a reason that is written down.

use kairan_contract::Language;
use kairan_text::{message, tr};
use std::io::{self, Write};

use askama::Template;
use axum::{
    Form,
    body::{Body, Bytes},
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::evaluation::{Asked, read};
use crate::{
    pages::{Faults, Frame, May, PageError, SignedIn, kept_as, rights::ExportRecords, shown},
    usage::{
        export::{Export, export},
        reporting::Ordered,
        room::Room,
    },
};

/// Pieces that wait for a slow line, and the letters of a reason.
const WAITING: usize = 8;
const REASON_LIMIT: usize = 500;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "usage/pages/records.html")]
struct RecordsPage {
    frame: Frame,
    wanted: Wanted,
    faults: Faults,
}

fn page(signed_in: &SignedIn, wanted: Wanted) -> RecordsPage {
    RecordsPage {
        frame: Frame::of(signed_in, "/console/records", message("記録の取り出し")),
        wanted,
        faults: Faults::default(),
    }
}

/// The form.
pub async fn form(signed_in: May<ExportRecords>) -> Result<Response, PageError> {
    Ok(shown(&page(&signed_in, Wanted::default())))
}

/// Reads the form, or says what is wrong with it.
fn read_whole(wanted: &Wanted, language: Language) -> Result<(Ordered, String), Faults> {
    let reason = wanted.reason.trim().to_owned();
    let ordered = read(&wanted.asked, language);
    let mut faults = ordered.as_ref().err().cloned().unwrap_or_default();
    if reason.is_empty() || reason.chars().count() > REASON_LIMIT {
        faults.add(
            "reason",
            tr(
                language,
                "何のために使うかを、500文字までで書いてください。",
            ),
        );
    }
    faults.unless(|| Some((ordered.ok()?, reason)))
}

/// The archive, as it is packed; or the form with what is wrong.
pub async fn take_out(
    signed_in: May<ExportRecords>,
    State(backend): State<Room>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    let (ordered, reason) = match read_whole(&wanted, signed_in.language) {
        Ok(read) => read,
        Err(faults) => {
            let mut page = page(&signed_in, wanted);
            page.faults = faults;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
        }
    };
    let (sender, receiver) = mpsc::channel(WAITING);
    let order = Export {
        period: ordered.period,
        who: signed_in.person.name.clone(),
        reason,
    };
    tokio::spawn(async move {
        let pieces = Pieces(sender.clone());
        if let Err(error) = export(&backend.store, &backend.archive, &order, pieces).await {
            tracing::error!(%error, "records could not be taken out");
            // The connection breaks off, so that nobody takes half of it for the whole.
            let _ = sender.send(Err(io::Error::other("broken off"))).await;
        }
    });
    let body = Body::from_stream(stream::unfold(receiver, async |mut receiver| {
        Some((receiver.recv().await?, receiver))
    }));
    let name = format!(
        "kairan-records-{}-{}.zip",
        wanted.asked.from.trim(),
        wanted.asked.to.trim()
    );
    Ok(kept_as(&name, "application/zip", body))
}

/// What is written goes to whoever listens, piece by piece.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
