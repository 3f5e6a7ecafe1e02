//! Files that are sent with a form. They are read to their end and kept up to a bound: a browser whose upload is cut
//! off tells of a broken network, and whoever sent too much would never see what the console has to say.

use axum::extract::multipart::Field;

use super::error::PageError;

/// Bytes of a form.
pub const BODY_LIMIT: usize = 256 * 1024;
/// Bytes of a form that are read at all.
pub const READ_LIMIT: usize = 64 * 1024 * 1024;

/// What was sent in a field, if it is no longer than this.
pub async fn bounded(mut field: Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, PageError> {
    let mut bytes = Vec::new();
    let mut is_whole = true;
    while let Some(more) = field.chunk().await.map_err(|_| PageError::Unreadable)? {
        is_whole &= bytes.len() + more.len() <= limit;
        if is_whole {
            bytes.extend_from_slice(&more);
        }
    }
    Ok(is_whole.then_some(bytes))
}
