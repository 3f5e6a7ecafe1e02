//! Taking records out through the console: for whoever has that right, with a reason that is written down.

use kairan_text::{Message, message};
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
    pages::{Frame, PageError, Right, SignedIn, kept_as, shown},
    usage::{
        export::{Export, export},
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
    period_fault: Option<&'static str>,
    reason_fault: Option<&'static str>,
}

fn page(signed_in: &SignedIn, wanted: Wanted) -> RecordsPage {
    RecordsPage {
        frame: Frame::of(signed_in, "/console/records", message("記録の取り出し")),
        wanted,
        period_fault: None,
        reason_fault: None,
    }
}

/// The form.
pub async fn form(signed_in: SignedIn) -> Result<Response, PageError> {
    signed_in.must(Right::ExportRecords)?;
    Ok(shown(&page(&signed_in, Wanted::default())))
}

/// The archive, as it is packed; or the form with what is wrong.
pub async fn take_out(
    State(backend): State<Room>,
    signed_in: SignedIn,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    signed_in.must(Right::ExportRecords)?;
    let reason = wanted.reason.trim().to_owned();
    let has_reason = !reason.is_empty() && reason.chars().count() <= REASON_LIMIT;
    let ordered = match read(&wanted.asked) {
        Ok(ordered) if has_reason => ordered,
        ordered => {
            let mut page = page(&signed_in, wanted);
            let say = |words: Message| words.tr(signed_in.tongue);
            page.period_fault = ordered.err().map(say);
            page.reason_fault = (!has_reason)
                .then(|| say(message("何のために使うかを、500文字までで書いてください。")));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
        }
    };
    let (sender, receiver) = mpsc::channel(WAITING);
    let order = Export {
        period: ordered.period,
        who: signed_in.person.name,
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
