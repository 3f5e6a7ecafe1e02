//! Who may use the console, and who is signed in.

use jiff::Timestamp;
use kairan_contract::ProviderId;
use sqlx::AnyConnection;
use uuid::Uuid;

use super::{
    attempts::{account_subject, own_password_subject, second_factor_subject},
    places::forget_places_of,
};
use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{
        Database, DatabaseError, hash_of,
        sealing::{place_of_person, place_of_session},
    },
    pages::{
        Role,
        queries::{PERSON, Person, ReadPerson, person},
    },
};

/// A person with what nobody but the sign-in may look at.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The person.
    pub person: Person,
    /// The hash of the password.
    pub password_hash: String,
}

impl Database {
    /// Takes a new person in; `false` if somebody has the name already.
    pub async fn add_person(
        &self,
        person: &Person,
        password_hash: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query(
                "INSERT INTO people (person, name, role, provider, password_hash, totp_step, made_at)
                 VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (name) DO NOTHING",
            )
            .bind(person.id.to_string())
            .bind(person.name.clone())
            .bind(person.role.as_str())
            .bind(person.provider.as_ref().map(|it| it.as_str().to_owned()))
            .bind(password_hash.to_owned())
            .bind(now.as_millisecond())
            .execute(&mut *connection)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::PersonAdded,
                subject: person.name.clone(),
                was: String::new(),
                is_now: standing(person.role, person.provider.as_ref()),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// Everybody, by name.
    pub async fn people(&self) -> Result<Vec<Person>, DatabaseError> {
        let text = format!("SELECT {PERSON} FROM people ORDER BY people.name");
        let rows: Vec<ReadPerson> = sqlx::query_as(sqlx::AssertSqlSafe(text))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(person).collect()
    }

    /// The person who signs in with a name, with their secrets.
    pub async fn secrets_of(&self, name: &str) -> Result<Option<Secrets>, DatabaseError> {
        let text = format!("SELECT {PERSON} FROM people WHERE people.name = $1");
        let row: Option<ReadPerson> = sqlx::query_as(sqlx::AssertSqlSafe(text))
            .bind(name.to_owned())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| {
            Ok(Secrets {
                person: person(&row)?,
                password_hash: row.password_hash,
            })
        })
        .transpose()
    }

    /// Bars somebody, or lets them in again; ends their sessions.
    pub async fn bar_person(
        &self,
        name: &str,
        is_barred: bool,
        by: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query("UPDATE people SET barred_at = $1 WHERE name = $2")
                .bind(is_barred.then(|| now.as_millisecond()))
                .bind(name.to_owned())
                .execute(&mut *connection)
                .await?;
            if done.rows_affected() == 0 {
                return Ok(());
            }
            end_sessions_of(connection, name).await?;
            forget_places_of(connection, name).await?;
            let deed = about(
                name,
                if is_barred {
                    Act::PersonBarred
                } else {
                    Act::PersonLetIn
                },
                by,
            );
            write_down(connection, &deed, now).await
        })
        .await
    }

    /// Has somebody be there for something else; ends their sessions, so that nothing goes on under what they were.
    /// `false` if nobody has the name.
    pub async fn put_role(
        &self,
        name: &str,
        role: Role,
        provider: Option<&ProviderId>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            // A write comes first: whoever changes the same person meanwhile waits for it.
            sqlx::query("UPDATE people SET name = name WHERE name = $1")
                .bind(name.to_owned())
                .execute(&mut *connection)
                .await?;
            let text = format!("SELECT {PERSON} FROM people WHERE people.name = $1");
            let row: Option<ReadPerson> = sqlx::query_as(sqlx::AssertSqlSafe(text))
                .bind(name.to_owned())
                .fetch_optional(&mut *connection)
                .await?;
            let Some(before) = row.as_ref().map(person).transpose()? else {
                return Ok(false);
            };
            if before.role == role && before.provider.as_ref() == provider {
                return Ok(true);
            }
            sqlx::query("UPDATE people SET role = $1, provider = $2 WHERE name = $3")
                .bind(role.as_str())
                .bind(provider.map(|it| it.as_str().to_owned()))
                .bind(name.to_owned())
                .execute(&mut *connection)
                .await?;
            end_sessions_of(connection, name).await?;
            let deed = Deed {
                was: standing(before.role, before.provider.as_ref()),
                is_now: standing(role, provider),
                ..about(name, Act::RoleChanged, by)
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// Gives somebody another password, and takes their second factor away: they set it up anew.
    pub async fn put_password(
        &self,
        name: &str,
        password_hash: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query(
                "UPDATE people SET password_hash = $1, totp_secret = NULL WHERE name = $2",
            )
            .bind(password_hash.to_owned())
            .bind(name.to_owned())
            .execute(&mut *connection)
            .await?;
            end_sessions_of(connection, name).await?;
            forget_places_of(connection, name).await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            for subject in [
                account_subject(name),
                second_factor_subject(name),
                own_password_subject(name),
            ] {
                sqlx::query("DELETE FROM sign_in_attempts WHERE subject = $1")
                    .bind(hash_of(&subject))
                    .execute(&mut *connection)
                    .await?;
            }
            let deed = about(name, Act::PasswordRenewed, by);
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// Takes another password for oneself; the second factor stays, every session ends.
    pub async fn take_password(
        &self,
        person: Uuid,
        name: &str,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            sqlx::query("UPDATE people SET password_hash = $1 WHERE person = $2")
                .bind(password_hash.to_owned())
                .bind(person.to_string())
                .execute(&mut *connection)
                .await?;
            end_sessions_of(connection, name).await?;
            let deed = about(name, Act::PasswordChanged, name);
            write_down(connection, &deed, now).await
        })
        .await
    }

    /// Keeps the secret of a second factor that is being set up, until it has been shown to work.
    pub async fn put_new_secret(&self, token: &str, secret: &str) -> Result<(), DatabaseError> {
        let session = hash_of(token);
        sqlx::query("UPDATE sessions SET new_secret = $1 WHERE session_sha256 = $2")
            .bind(self.seal(&place_of_session(&session), secret)?)
            .bind(session)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Uses the code of a step up, once; `false` if this step or a later one was used already. `secret` is the
    /// second factor's, which counts from now on.
    pub async fn use_step(
        &self,
        person: Uuid,
        secret: &str,
        step: u64,
    ) -> Result<bool, DatabaseError> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let done = sqlx::query(
            "UPDATE people SET totp_step = $1, totp_secret = $2 WHERE person = $3 AND totp_step < $1",
        )
        .bind(step)
        .bind(self.seal(&place_of_person(&person.to_string()), secret)?)
        .bind(person.to_string())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// Ends every session of somebody.
async fn end_sessions_of(connection: &mut AnyConnection, name: &str) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM sessions WHERE person IN (SELECT person FROM people WHERE name = $1)")
        .bind(name.to_owned())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// A deed about somebody that says all by its name.
fn about(name: &str, deed: Act, by: &str) -> Deed {
    Deed {
        who: by.to_owned(),
        deed,
        subject: name.to_owned(),
        was: String::new(),
        is_now: String::new(),
    }
}

/// A role as it stands in the log, with whose tiles it is about.
fn standing(role: Role, provider: Option<&ProviderId>) -> String {
    let of = provider.map_or_else(String::new, |it| format!(" ({it})"));
    format!("{}{of}", role.as_str())
}
