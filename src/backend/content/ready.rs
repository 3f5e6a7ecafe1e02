//! Bytes as they go over the wire, made ready once.

use std::io::Write as _;

use axum::{body::Bytes, http::HeaderValue};
use flate2::{Compression, write::GzEncoder};
use kairan_contract::Sha256;

/// Bytes as they go over the wire, plain and compressed.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The SHA-256 of the plain bytes.
    pub sha256: Sha256,
    /// As they are.
    pub plain: Coded,
    /// With gzip, where that makes them smaller.
    pub gzip: Option<Coded>,
}

/// Bytes in one coding, with the ETag that stands for them.
#[derive(Debug, Clone)]
pub struct Coded {
    /// The bytes.
    pub bytes: Bytes,
    /// Strong, and another for each coding.
    pub etag: HeaderValue,
}

impl Coded {
    fn new(bytes: Vec<u8>, etag: &str) -> Self {
        // Hex digits and letters are what a header may hold.
        let etag = HeaderValue::from_str(etag).unwrap_or(HeaderValue::from_static("\"\""));
        Self {
            bytes: bytes.into(),
            etag,
        }
    }
}

impl Ready {
    /// Of these bytes.
    pub fn from(bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::of(&bytes);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let squeezed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
        let gzip = squeezed
            .ok()
            .filter(|gzip| gzip.len() < bytes.len())
            .map(|gzip| Coded::new(gzip, &format!("\"{sha256}-gzip\"")));
        Self {
            sha256,
            plain: Coded::new(bytes, &format!("\"{sha256}\"")),
            gzip,
        }
    }
}
