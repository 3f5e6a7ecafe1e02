//! An emergency, as two people send one.

use kairan_backend::{
    database::Database, emergencies::queries::Author, emergencies::queries::Release,
    emergencies::queries::Written,
};
use kairan_contract::EmergencyId;
use uuid::Uuid;

/// Writes one, and has another person send it.
pub async fn send_an_emergency(store: &Database) -> anyhow::Result<()> {
    let id = EmergencyId(Uuid::new_v4());
    let now = jiff::Timestamp::now();
    let words = Written {
        title: "ひだまり川が あふれます".to_owned(),
        text: "すぐに 高いところへ。".to_owned(),
        hours: 1,
    };
    let by = |name| Author {
        id: Uuid::new_v4(),
        name,
    };
    store
        .write_emergency(id, &words, None, by("kato"), None, now)
        .await?;
    let released = store.release_emergency(id, 1, by("sato"), now).await?;
    anyhow::ensure!(released == Release::Done, "it was not sent");
    Ok(())
}
