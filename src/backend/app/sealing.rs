//! What is shown to nobody: sealed in the database, and kept back beside the catalogue.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use jiff::Timestamp;

use super::settings::Settings;
use crate::database::{
    Database, DatabaseError,
    keys::{Keys, Purpose},
};
use kairan_catalogue::Catalogue;
use kairan_sources::beside::Beside;

/// Has every secret sealed, and tells of keys that were made and of those that are lost.
pub async fn seal_secrets(store: &Database, keys: &Keys) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let folder = keys.folder().display();
    let mut made = keys.prepare(Purpose::SecondFactors, now)?;
    made |= keys.prepare(Purpose::PersonalData, now)?;
    if keys.prepare(Purpose::Loans, now)? {
        made = true;
        let named = store.name_loans_anew().await?;
        if named > 0 {
            tracing::warn!(
                named,
                "the key was lost by which a loan's requests are found; they are found by another now"
            );
        }
    }
    if made {
        tracing::info!(
            "keys were made in {folder}: keep a copy of that folder, apart from the copies of the data — without it every second factor has to be set up anew, and nobody can read what residents have told with their requests"
        );
    }
    if keys.is_open_to_others() {
        tracing::warn!("others on this machine may look into {folder}; run: chmod 700 {folder}");
    }
    match store.seal_what_lies_open(now).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "secrets of second factors are sealed now"),
        Err(error) => {
            tracing::error!(%error, "secrets could not be sealed everywhere; it is tried again at the next start");
        }
    }
    let lost = store.lost_second_factors().await?;
    if lost > 0 {
        tracing::error!(
            "the second factors of {lost} people cannot be opened: their key is not in {folder} — put the folder back from its copy; if it is lost, give each of them another password with `kairan people renew`"
        );
    }
    let lost = store.lost_requests().await?;
    if lost > 0 {
        tracing::error!(
            "what residents have told with {lost} requests cannot be opened: its key is not in {folder} — put the folder back from its copy; until then those who answer ring the resident"
        );
    }
    Ok(())
}

/// Says which files of secrets others on this machine may read.
pub fn tell_open_secrets(settings: &Settings) {
    for file in &settings.secrets {
        if std::fs::metadata(file).is_ok_and(|it| it.permissions().mode() & 0o007 != 0) {
            let file = file.display();
            tracing::warn!(
                "others on this machine may read the secret in {file}; run: chmod o= {file}"
            );
        }
    }
}

/// What beside the catalogue is shown to nobody.
pub fn kept_back(settings: &Settings) -> Vec<PathBuf> {
    let keys = Keys::of(settings.keys_dir.as_deref(), &settings.data);
    let mut kept = Beside::of_data(&settings.data);
    kept.push(keys.folder().to_owned());
    kept.extend(settings.files.iter().cloned());
    kept
}

/// Tokens go where the catalogue on the server says, or where it once said: an earlier revision can be brought back.
pub async fn trust_tokens(
    beside: &Beside,
    catalogue: &Catalogue,
    store: &Database,
) -> Result<(), DatabaseError> {
    let earlier = store.revisions_with("token_file").await?;
    let earlier: Vec<Catalogue> = earlier
        .iter()
        .filter_map(|text| Catalogue::once_good(text, None))
        .collect();
    for (token, url) in earlier
        .iter()
        .chain([catalogue])
        .flat_map(Catalogue::tokens)
    {
        beside.trust(token, url);
    }
    Ok(())
}
