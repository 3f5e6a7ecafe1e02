//! All addresses: the rooms' routers put together, and the document that describes the tablets' API.

use axum::{Router, http::header, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::{home, state::State};
use crate::{
    audit, catalogue, connections,
    content::{
        self,
        api::{changes, delivery},
    },
    emergencies, pages, people, requests,
    tablets::{
        self,
        api::{enrolment, status, wiping},
    },
    usage::{self, dictionary},
    web::{refusal::Refusal, request_id},
};

/// The tablets' API as a document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kairan tablets' API",
        description = "What a lent tablet asks of its council's backend. Every answer under /api/v1 bears `kairan-time`, the backend's clock in milliseconds since 1970 UTC.",
        license(name = "GPL-3.0-only", identifier = "GPL-3.0-only")
    ),
    paths(enrolment::enrol, status::status, wiping::wipe, delivery::manifest, delivery::blob, changes::changes, usage::api::records, requests::api::intake::requests, requests::api::answers::answers, dictionary::dictionary),
    components(schemas(kairan_contract::Content, kairan_contract::WireRecord)),
    modifiers(&TabletToken)
)]
pub struct Api;

struct TabletToken;

impl Modify for TabletToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("tablet", token);
    }
}

/// The document as it is served and kept as a snapshot.
pub fn api_document() -> String {
    Api::openapi().to_pretty_json().unwrap_or_default()
}

/// The addresses of all rooms.
pub fn router(state: &State) -> Router {
    let document = api_document();
    let app = home::router(state.home())
        .merge(audit::router(state.audit()))
        .merge(catalogue::router(state.catalogue()))
        .merge(connections::router(state.connections()))
        .merge(content::router(state.content()))
        .merge(emergencies::router(state.emergencies()))
        .merge(people::router(state.people()))
        .merge(requests::router(state.requests()))
        .merge(tablets::router(state.tablets()))
        .merge(usage::router(state.usage()))
        .merge(pages::shared::router())
        .route(
            "/api/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }),
        )
        .fallback(|| async { Refusal::NotFound });
    request_id::identified(app)
}
