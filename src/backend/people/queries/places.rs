//! From where somebody came in lately: browsers, by a cookie of their own, and networks. Only hashes are kept.

use jiff::{SignedDuration, Timestamp};
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::{
    database::{Database, DatabaseError, hash_of, unsigned},
    pages::{Right, Role},
};

/// How long a browser is known after a sign-in, and how many of one person are.
const DEVICE_KNOWN: SignedDuration = SignedDuration::from_hours(180 * 24);
const DEVICES: i64 = 10;
/// How long a network is known to be somebody's after a sign-in, and how many of one person are.
const NETWORK_KNOWN: SignedDuration = SignedDuration::from_hours(30 * 24);
const NETWORKS: i64 = 20;
/// How long tablets are handed over on a network after a sign-in there, and after a tablet was let in there.
const AFTER_SIGN_IN: SignedDuration = SignedDuration::from_hours(7 * 24);
const AFTER_TABLET: SignedDuration = SignedDuration::from_hours(24);
/// How many networks are kept on which a tablet was let in.
const TABLETS: i64 = 10_000;

/// Who stands for a tablet that was let in: nobody.
const TABLET: &str = "";

impl Database {
    /// Somebody came in: with this browser, from this network.
    pub async fn put_place(
        &self,
        person: Uuid,
        device: &str,
        network: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            let person = person.to_string();
            sqlx::query(
                "INSERT INTO known_devices (device_sha256, person, seen_at) VALUES ($1, $2, $3)
                 ON CONFLICT (device_sha256, person) DO UPDATE SET seen_at = excluded.seen_at",
            )
            .bind(hash_of(device))
            .bind(person.clone())
            .bind(now.as_millisecond())
            .execute(&mut *connection)
            .await?;
            sqlx::query(
                "DELETE FROM known_devices WHERE person = $1 AND device_sha256 NOT IN (SELECT device_sha256
                 FROM known_devices WHERE person = $1 ORDER BY seen_at DESC, device_sha256 LIMIT $2)",
            )
            .bind(person.clone())
            .bind(DEVICES)
            .execute(&mut *connection)
            .await?;
            put_network(connection, network, &person, NETWORKS, now).await
        })
        .await
    }

    /// A tablet was let in from this network.
    pub async fn put_counter(&self, network: &str, now: Timestamp) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            sqlx::query("DELETE FROM known_networks WHERE person = $1 AND seen_at < $2")
                .bind(TABLET)
                .bind((now - AFTER_TABLET).as_millisecond())
                .execute(&mut *connection)
                .await?;
            put_network(connection, network, TABLET, TABLETS, now).await
        })
        .await
    }

    /// Whether a query counts any: of the hash of `place`, of `who`, since then.
    async fn is_any(
        &self,
        query: &'static str,
        place: &str,
        who: &str,
        since: Timestamp,
    ) -> Result<bool, DatabaseError> {
        let (count,): (i64,) = sqlx::query_as(query)
            .bind(hash_of(place))
            .bind(who.to_owned())
            .bind(since.as_millisecond())
            .fetch_one(&self.readers)
            .await?;
        Ok(unsigned(count) > 0)
    }

    /// Whether somebody of this name has signed in with this browser lately.
    pub async fn is_device_of(
        &self,
        name: &str,
        device: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        let query = "SELECT COUNT(*) FROM known_devices JOIN people ON people.person = known_devices.person
             WHERE known_devices.device_sha256 = $1 AND people.name = $2 AND known_devices.seen_at >= $3";
        self.is_any(query, device, name, now - DEVICE_KNOWN).await
    }

    /// Whether anybody has signed in with this browser lately.
    pub async fn is_device(&self, device: &str, now: Timestamp) -> Result<bool, DatabaseError> {
        let query = "SELECT COUNT(*) FROM known_devices WHERE device_sha256 = $1 AND person <> $2 AND seen_at >= $3";
        self.is_any(query, device, TABLET, now - DEVICE_KNOWN).await
    }

    /// Whether somebody of this name has signed in from this network lately.
    pub async fn is_network_of(
        &self,
        name: &str,
        network: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        let query = "SELECT COUNT(*) FROM known_networks JOIN people ON people.person = known_networks.person
             WHERE known_networks.network_sha256 = $1 AND people.name = $2 AND known_networks.seen_at >= $3";
        self.is_any(query, network, name, now - NETWORK_KNOWN).await
    }

    /// Whether anybody has signed in from this network lately.
    pub async fn is_office(&self, network: &str, now: Timestamp) -> Result<bool, DatabaseError> {
        let query = "SELECT COUNT(*) FROM known_networks WHERE network_sha256 = $1 AND person <> $2 AND seen_at >= $3";
        self.is_any(query, network, TABLET, now - NETWORK_KNOWN)
            .await
    }

    /// Whether tablets are handed over on this network: somebody who may do so has signed in there within the week, or a
    /// tablet was let in there within the day. Others may sign in with a password alone, from wherever they like.
    pub async fn is_counter(&self, network: &str, now: Timestamp) -> Result<bool, DatabaseError> {
        let rows: Vec<(String, i64, Option<String>, Option<i64>)> = sqlx::query_as(
            "SELECT known_networks.person, known_networks.seen_at, people.role, people.barred_at
             FROM known_networks LEFT JOIN people ON people.person = known_networks.person
             WHERE known_networks.network_sha256 = $1",
        )
        .bind(hash_of(network))
        .fetch_all(&self.readers)
        .await?;
        let is_since = |seen: i64, life: SignedDuration| seen >= (now - life).as_millisecond();
        Ok(rows.into_iter().any(|(person, seen, role, barred)| {
            if person == TABLET {
                return is_since(seen, AFTER_TABLET);
            }
            let role = role.as_deref().and_then(Role::named);
            let hands_over = role.is_some_and(|role| role.may(Right::HandleTablets));
            hands_over && barred.is_none() && is_since(seen, AFTER_SIGN_IN)
        }))
    }
}

/// Keeps a network of somebody, and the latest of theirs.
async fn put_network(
    connection: &mut AnyConnection,
    network: &str,
    person: &str,
    most: i64,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO known_networks (network_sha256, person, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (network_sha256, person) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(hash_of(network))
    .bind(person.to_owned())
    .bind(now.as_millisecond())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM known_networks WHERE person = $1 AND network_sha256 NOT IN (SELECT network_sha256
         FROM known_networks WHERE person = $1 ORDER BY seen_at DESC, network_sha256 LIMIT $2)",
    )
    .bind(person.to_owned())
    .bind(most)
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Knows no browser and no network of somebody any more: their password was given away, or they are barred.
pub(crate) async fn forget_places_of(
    connection: &mut AnyConnection,
    name: &str,
) -> Result<(), DatabaseError> {
    for text in [
        "DELETE FROM known_devices WHERE person IN (SELECT person FROM people WHERE name = $1)",
        "DELETE FROM known_networks WHERE person IN (SELECT person FROM people WHERE name = $1)",
    ] {
        sqlx::query(text)
            .bind(name.to_owned())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
