//! The signature of a webhook, as Standard Webhooks 1.0 has it: `v1,` and HMAC-SHA256 over id, time and body.
//!
//! By hand: the crate of the specification that is published takes an empty secret.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use ring::{
    hmac,
    rand::{SecureRandom as _, SystemRandom},
};

/// How a secret begins.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, as the specification has them.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;
/// Bytes of one that is made here.
const MADE: usize = 32;

/// What both ends of a webhook know. It stands in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// A text that is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's secret is `whsec_` and 24 to 64 bytes in base64")]
pub struct NoSecret;

impl WebhookSecret {
    /// A new one; none where the system gives no random numbers.
    pub fn made() -> Option<Self> {
        let mut bytes = vec![0; MADE];
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// `v1,…` for a message.
    pub fn sign(&self, id: &str, at: Timestamp, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let signed = format!("{id}.{}.{body}", at.as_second());
        let tag = hmac::sign(&key, signed.as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    }

    /// As it is shown once, and sealed in the database.
    pub fn written(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }
}

impl FromStr for WebhookSecret {
    type Err = NoSecret;

    fn from_str(text: &str) -> Result<Self, NoSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NoSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NoSecret)?;
        Some(bytes)
            .filter(|bytes| LENGTH.contains(&bytes.len()))
            .map(Self)
            .ok_or(NoSecret)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// The header `webhook-signature`: one signature of each secret that is valid, the newest first.
pub fn signatures(secrets: &[WebhookSecret], id: &str, at: Timestamp, body: &str) -> String {
    let all: Vec<String> = secrets.iter().map(|it| it.sign(id, at, body)).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn the_vector_of_the_reference_libraries_is_signed_alike() {
        let written = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        let secret: WebhookSecret = written.parse().expect("reads");
        assert_eq!(secret.written(), written);
        assert!(!format!("{secret:?}").contains("C2FV"));
        let signature = secret.sign(
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            at(1_649_367_553),
            r#"{"email":"test@example.com","username":"test_user"}"#,
        );
        assert_eq!(signature, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn a_secret_that_is_too_short_or_none_is_refused() {
        for wrong in [
            "",
            "whsec_",
            "whsec_QQ==",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw+x",
            "whsec_あ",
        ] {
            assert_eq!(wrong.parse::<WebhookSecret>(), Err(NoSecret), "{wrong}");
        }
        let long = format!("{PREFIX}{}", STANDARD.encode([7; 65]));
        assert_eq!(long.parse::<WebhookSecret>(), Err(NoSecret));
    }

    #[test]
    fn while_a_secret_is_changed_both_sign() {
        let (new, old) = (WebhookSecret::made(), WebhookSecret::made());
        let secrets = [new.expect("random"), old.expect("random")];
        let header = signatures(&secrets, "msg_1", at(1), "{}");
        let parts: Vec<&str> = header.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], secrets[1].sign("msg_1", at(1), "{}"));
    }
}
