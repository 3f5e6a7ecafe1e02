//! Files that lie beside the catalogue.

use std::path::Path;

use super::SourceError;

/// Reads a file beside the catalogue. Links that lead out of the folder are not followed.
pub async fn read(folder: &Path, file: &Path, limit: usize) -> Result<Vec<u8>, SourceError> {
    let path = folder.join(file);
    let failed = |source| SourceError::File {
        path: path.clone(),
        source,
    };
    let whole = tokio::fs::canonicalize(&path).await.map_err(failed)?;
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let home = tokio::fs::canonicalize(folder).await.map_err(failed)?;
    if !whole.starts_with(home) {
        return Err(SourceError::Forbidden(
            path.display().to_string(),
            "it lies outside the catalogue's folder",
        ));
    }
    let size = tokio::fs::metadata(&whole).await.map_err(failed)?.len();
    if size > limit as u64 {
        return Err(SourceError::TooLarge {
            address: path.display().to_string(),
            limit,
        });
    }
    tokio::fs::read(&whole).await.map_err(failed)
}

/// When a file was last written, in nanoseconds, and its length: what tells whether to read it.
pub async fn stamp_of(path: &Path) -> Option<String> {
    let metadata = tokio::fs::metadata(path).await.ok()?;
    let written = metadata
        .modified()
        .ok()?
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    Some(format!("{}-{}", written.as_nanos(), metadata.len()))
}
