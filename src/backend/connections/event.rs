//! What an endpoint is told: that something has happened, and to which request. Nothing personal stands in it; whoever
//! may know more asks the API.

use jiff::Timestamp;
use kairan_contract::{RequestId, ServiceId};
use serde::Serialize;
use strum::IntoStaticStr;

/// What can happen. One type is one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
pub enum EventType {
    /// A request has come.
    #[strum(serialize = "request.created")]
    Created,
    /// It stands otherwise.
    #[strum(serialize = "request.changed")]
    Changed,
    /// The resident took it back, or cancelled it.
    #[strum(serialize = "request.withdrawn")]
    Withdrawn,
    /// An answer is due soon.
    #[strum(serialize = "request.answer_due")]
    AnswerDue,
    /// Nobody answered in time.
    #[strum(serialize = "request.expired")]
    Expired,
    /// Somebody tries whether the endpoint hears.
    #[strum(serialize = "ping")]
    Ping,
}

impl EventType {
    /// Its name on the wire, which never changes.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// To which request it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestEvent {
    /// Which.
    pub request_id: RequestId,
    /// The revision that it has now.
    pub revision: u32,
    /// From which tile it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_id: Option<ServiceId>,
    /// Until when an answer is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Timestamp>,
}

#[derive(Serialize)]
struct Body<'e> {
    r#type: &'static str,
    timestamp: Timestamp,
    data: &'e serde_json::Value,
}

/// The body of a message: the same bytes however often it is sent.
pub fn body(kind: EventType, at: Timestamp, data: Option<&RequestEvent>) -> String {
    let data = data.and_then(|data| serde_json::to_value(data).ok());
    let body = Body {
        r#type: kind.name(),
        timestamp: at,
        data: &data.unwrap_or_else(|| serde_json::json!({})),
    };
    // Plain structs of texts and numbers: serde_json has no reason to refuse them.
    serde_json::to_string(&body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_what_happened_and_to_which_request_alone() {
        let event = RequestEvent {
            request_id: RequestId(uuid::Uuid::from_u128(7)),
            revision: 2,
            service_id: "shopping".parse().ok(),
            answer_by: None,
        };
        let at = "2026-12-01T01:00:00Z".parse().expect("a time");
        assert_eq!(
            body(EventType::Changed, at, Some(&event)),
            r#"{"type":"request.changed","timestamp":"2026-12-01T01:00:00Z","data":{"request_id":"00000000-0000-0000-0000-000000000007","revision":2,"service_id":"shopping"}}"#
        );
        assert_eq!(
            body(EventType::Ping, at, None),
            r#"{"type":"ping","timestamp":"2026-12-01T01:00:00Z","data":{}}"#
        );
    }
}
