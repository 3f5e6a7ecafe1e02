//! The database of a folder that may not be there yet.

use std::{
    fs::DirBuilder,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::Context as _;

use super::{Database, keys::Keys};

/// Opens the database; makes its folder if there is none.
pub async fn open_database(data: &Path, database: Option<&str>) -> anyhow::Result<Database> {
    open_database_with(data, database, None).await
}

/// The same with the keys in this folder.
pub async fn open_database_with(
    data: &Path,
    database: Option<&str>,
    keys: Option<&Path>,
) -> anyhow::Result<Database> {
    // Nobody else on the machine reads what people have done: what is made here is for its owner alone.
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.with_context(|| {
        format!(
            "cannot make the folder {} — check its name, and that you may write there",
            data.display()
        )
    })?;
    if std::fs::metadata(data).is_ok_and(|it| it.permissions().mode() & 0o007 != 0) {
        tracing::warn!(
            "others on this machine may look into {0}; run: chmod o= {0}",
            data.display()
        );
    }
    let keys = Keys::of(keys, data);
    Ok(Database::open_with(data, database, keys).await?)
}
