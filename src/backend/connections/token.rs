//! With what a provider's machine shows who it is: a token that is shown once, and of which a hash is kept.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use kairan_contract::ProviderId;
use ring::rand::{SecureRandom as _, SystemRandom};
use uuid::Uuid;

use super::problem::ProviderProblem;
use crate::database::Database;

/// How a token begins, so that whoever finds one knows what it opens.
const PREFIX: &str = "kairan_";
/// Bytes of a token behind its beginning.
const LENGTH: usize = 32;

/// A new token; none where the system gives no random numbers.
pub fn made() -> Option<String> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// A provider's machine that has shown a good token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Which connection.
    pub connection: Uuid,
    /// Whose.
    pub provider: ProviderId,
    /// What it is called.
    pub name: String,
}

impl<S> FromRequestParts<S> for Machine
where
    S: Send + Sync,
    Database: FromRef<S>,
{
    type Rejection = ProviderProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProviderProblem> {
        let shown = parts.headers.get(header::AUTHORIZATION);
        let token = shown
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .filter(|token| token.starts_with(PREFIX));
        let token = token.ok_or(ProviderProblem::UnknownToken)?;
        let store = Database::from_ref(state);
        let machine = store.machine_of(token, Timestamp::now()).await?;
        machine.ok_or(ProviderProblem::UnknownToken)
    }
}
