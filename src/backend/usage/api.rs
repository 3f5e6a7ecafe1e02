//! What tablets send: usage records, each judged by itself and kept exactly once, and requests.

use std::{collections::HashMap, io::Read as _};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, header},
};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use kairan_contract::{Acknowledgement, Problem, RecordBatch, Refused};
use kairan_evaluation::acceptance;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::queries::Intake;
use crate::{tablets::Tablet, usage::room::Room, web::refusal::Refusal};

/// The bytes of a batch once it is unpacked: 500 records of 500 bytes, and as much again.
const UNPACKED_LIMIT: u64 = 1024 * 1024;

/// Takes in usage records and says up to which number everything is settled.
#[utoipa::path(
    post, path = "/api/v1/records", tag = "intake",
    request_body(content = RecordBatch, description = "JSON, with `Content-Encoding: gzip` if packed"),
    responses(
        (status = 200, description = "What was taken", body = Acknowledgement),
        (status = 400, description = "The batch cannot be read", body = Problem),
        (status = 401, description = "No tablet shows this token", body = Problem),
        (status = 413, description = "The batch is too large; send fewer records", body = Problem),
        (status = 503, description = "Nothing was taken; try again later", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn records(
    State(backend): State<Room>,
    tablet: Tablet,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Acknowledgement>, Refusal> {
    let packed = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding == "gzip");
    let bytes = if packed {
        unpack(&body)?
    } else {
        body.to_vec()
    };
    let batch: Unread =
        serde_json::from_slice(&bytes).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    if batch.records.len() > RecordBatch::LIMIT {
        return Err(Refusal::TooLarge);
    }
    let first = batch
        .records
        .first()
        .and_then(|record| sequence_of(record.get()));
    if first.is_some_and(|first| batch.held_from > first)
        || batch.held_from > acceptance::GREATEST_SEQUENCE / 2
    {
        return Err(Refusal::Unreadable(
            "`held_from` lies above the first record".to_owned(),
        ));
    }
    let mut intake = Intake {
        held_from: batch.held_from,
        ..Intake::default()
    };
    let mut refused = Vec::new();
    let mut positions = HashMap::new();
    for (position, json) in (0..).zip(&batch.records) {
        match acceptance::judge(json.get(), tablet.0.tablet) {
            Ok(record) => {
                positions.insert(record.sequence, position);
                intake.records.push(record);
            }
            Err(why) => {
                let (kept, why) = (why.kept(), why.to_string());
                let sequence = sequence_of(json.get());
                if let Some(sequence) = sequence
                    .filter(|sequence| (1..=acceptance::GREATEST_SEQUENCE).contains(sequence))
                {
                    intake.refused.push((sequence, kept.to_owned()));
                }
                refused.push(Refused {
                    position,
                    sequence,
                    why,
                });
            }
        }
    }
    let taken = backend
        .store
        .take_in(tablet.0.tablet, &intake, Timestamp::now())
        .await?;
    refused.extend(taken.refused.into_iter().map(|(sequence, why)| Refused {
        position: positions.get(&sequence).copied().unwrap_or(0),
        sequence: Some(sequence),
        why: why.to_string(),
    }));
    refused.sort_by_key(|refused| refused.position);
    if !refused.is_empty() {
        tracing::warn!(tablet = %tablet.0.tablet, refused = refused.len(), "records were refused");
    }
    Ok(Json(Acknowledgement {
        acknowledged: taken.acknowledged,
        refused,
    }))
}

/// A [`RecordBatch`] whose records are still as they came: each is read by itself.
#[derive(Deserialize)]
struct Unread<'b> {
    held_from: u64,
    #[serde(borrow)]
    records: Vec<&'b RawValue>,
}

/// The sequence number of a record, even where nothing else of it can be read.
fn sequence_of(json: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Numbered {
        sequence: u64,
    }
    let numbered: Numbered = serde_json::from_str(json).ok()?;
    Some(numbered.sequence)
}

fn unpack(body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    GzDecoder::new(body)
        .take(UNPACKED_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Refusal::Unreadable(error.to_string()))?;
    if bytes.len() as u64 > UNPACKED_LIMIT {
        return Err(Refusal::TooLarge);
    }
    Ok(bytes)
}
