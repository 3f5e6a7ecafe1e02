//! A TOML file of the operator's own.

use serde::de::DeserializeOwned;

use crate::error::SourceError;

/// Reads a TOML file of the operator's own, and names the line of its first fault.
pub(crate) fn toml_file<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, SourceError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| SourceError::NotUnderstood(format!("the {what} is not UTF-8 text")))?;
    let text = text.trim_start_matches('\u{feff}');
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
        let message = error.message().replace('\n', " ");
        SourceError::NotUnderstood(format!("line {line}: {message}"))
    })
}
