//! What staff are told, and how far that has come: kept before it is sent, so that neither a restart nor a mail server
//! that is down loses it, and changed only from the state in which it was read, so that of two servers one sends.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kairan_contract::Language;
use sqlx::AnyConnection;
use uuid::Uuid;

use super::wording::Wording;
use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError, from_row, hash_of},
    pages::{Right, Role},
};

/// For how long it is kept what was told.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// For how long it is shown that somebody could not be told.
const SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// After so many attempts it is told that one does not arrive.
const IN_TROUBLE: i64 = 3;

/// What staff are told: that something waits, and where to look. Neither a resident's nor an operator's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about: told once, however often it is said.
    pub about: String,
    /// A word for machines.
    pub kind: String,
    /// What waits.
    pub wording: Wording,
    /// Where to look: a path of the console.
    pub path: String,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// Whoever may do this, and has an address.
    pub right: Right,
    /// But not this person.
    pub but: Option<Uuid>,
    /// Whether there is a mail server.
    pub by_mail: bool,
    /// These addresses as well.
    pub mail: Vec<String>,
    /// And these webhooks.
    pub webhooks: Vec<String>,
}

/// How somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By e-mail.
    Mail,
    /// By webhook.
    Webhook,
}

impl Way {
    const WORDS: [(&'static str, Self); 2] = [("mail", Self::Mail), ("webhook", Self::Webhook)];

    fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

/// A notice that one address has not heard yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is told.
    pub notice: Notice,
    /// When that was said.
    pub made_at: Timestamp,
    /// How.
    pub way: Way,
    /// To whom: an address, or what [`kept_for`] makes of a webhook's. A version of before kept that as it is.
    pub address: String,
    /// How often it was tried.
    pub attempts: u32,
    due_at: i64,
}

/// What is kept of a webhook's address: whoever knows it may write there, so that it stands in the settings alone and in
/// no copy of the data. The same address is kept as the same, so that it is told once.
pub fn kept_for(webhook: &str) -> String {
    format!("sha256:{}", hash_of(webhook))
}

/// Deliveries that do not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// How.
    pub way: Way,
    /// Why, in a word of the sender's.
    pub failed: String,
    /// Whether it is tried no more.
    pub is_given_up: bool,
    /// How many.
    pub count: u64,
}

struct Read {
    notice: String,
    kind: String,
    ja: String,
    en: String,
    wording: Option<String>,
    path: String,
    made_at: i64,
    way: String,
    address: String,
    attempts: i64,
    due_at: i64,
}

from_row!(Read {
    notice,
    kind,
    ja,
    en,
    wording,
    path,
    made_at,
    way,
    address,
    attempts,
    due_at,
});

impl Database {
    /// Where people are told by e-mail, by their names. Those without an address are left out.
    pub async fn mail_addresses(&self) -> Result<HashMap<String, String>, DatabaseError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT name, mail FROM people WHERE mail IS NOT NULL")
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().collect())
    }

    /// Tells somebody by e-mail at this address from now on, or not at all; `false` if nobody has the name. The log
    /// says that it was changed, and not to what.
    pub async fn put_mail(
        &self,
        name: &str,
        mail: Option<&str>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query("UPDATE people SET mail = $1 WHERE name = $2")
                .bind(mail.map(str::to_owned))
                .bind(name.to_owned())
                .execute(&mut *connection)
                .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::MailChanged,
                subject: name.to_owned(),
                was: String::new(),
                is_now: String::new(),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// Keeps something to be told; what is known already is told no second time.
    pub async fn put_notice(
        &self,
        notice: &Notice,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| put(connection, notice, audience, now).await)
            .await
    }

    /// What is to be told now in one way, and no more than this: what was tried least first, so that nothing new waits for
    /// what is tried in vain again and again, and of that the longest due.
    pub async fn due_deliveries(
        &self,
        way: Way,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, DatabaseError> {
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT notices.notice, kind, ja, en, wording, path, made_at, way, address, attempts, due_at
             FROM notice_deliveries JOIN notices ON notices.notice = notice_deliveries.notice
             WHERE due_at <= $1 AND way = $2 AND sent_at IS NULL AND given_up_at IS NULL
             ORDER BY attempts, due_at LIMIT $3",
        )
        .bind(now.as_millisecond())
        .bind(way.word())
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(delivery).collect()
    }

    /// Takes a delivery up until `until`; `false` if somebody else has.
    pub async fn take_delivery(
        &self,
        delivery: &mut Delivery,
        until: Timestamp,
    ) -> Result<bool, DatabaseError> {
        let until = until.as_millisecond();
        let done = sqlx::query(
            "UPDATE notice_deliveries SET due_at = $1, attempts = attempts + 1
             WHERE notice = $2 AND way = $3 AND address = $4 AND due_at = $5
                 AND sent_at IS NULL AND given_up_at IS NULL",
        )
        .bind(until)
        .bind(delivery.notice.about.clone())
        .bind(delivery.way.word())
        .bind(delivery.address.clone())
        .bind(delivery.due_at)
        .execute(&self.pool)
        .await?;
        delivery.due_at = until;
        delivery.attempts += 1;
        Ok(done.rows_affected() == 1)
    }

    /// It has arrived.
    pub async fn note_delivered(
        &self,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.note_delivery(delivery, (delivery.due_at, Some(now), None), None)
            .await
    }

    /// It has not; it is tried again at `again`, or never.
    pub async fn note_undelivered(
        &self,
        delivery: &Delivery,
        failed: &str,
        again: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let due = again.unwrap_or(now).as_millisecond();
        let given_up = again.is_none().then_some(now);
        self.note_delivery(delivery, (due, None, given_up), Some(failed))
            .await
    }

    async fn note_delivery(
        &self,
        delivery: &Delivery,
        (due, sent, given_up): (i64, Option<Timestamp>, Option<Timestamp>),
        failed: Option<&str>,
    ) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE notice_deliveries SET due_at = $1, sent_at = $2, given_up_at = $3, failed = $4
             WHERE notice = $5 AND way = $6 AND address = $7 AND due_at = $8",
        )
        .bind(due)
        .bind(sent.map(Timestamp::as_millisecond))
        .bind(given_up.map(Timestamp::as_millisecond))
        .bind(failed.map(str::to_owned))
        .bind(delivery.notice.about.clone())
        .bind(delivery.way.word())
        .bind(delivery.address.clone())
        .bind(delivery.due_at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What does not arrive.
    pub async fn undelivered(&self, now: Timestamp) -> Result<Vec<Undelivered>, DatabaseError> {
        let rows: Vec<(String, Option<String>, i64, i64)> = sqlx::query_as(
            "SELECT way, failed, CASE WHEN given_up_at IS NULL THEN 0 ELSE 1 END, COUNT(*)
             FROM notice_deliveries
             WHERE sent_at IS NULL AND attempts >= $1 AND (given_up_at IS NULL OR given_up_at > $2)
             GROUP BY way, failed, CASE WHEN given_up_at IS NULL THEN 0 ELSE 1 END ORDER BY 1, 2, 3",
        )
        .bind(IN_TROUBLE)
        .bind((now - SHOWN).as_millisecond())
        .fetch_all(&self.readers)
        .await?;
        let found = rows.into_iter().map(|(way, failed, given_up, count)| {
            Ok(Undelivered {
                way: way_of(&way)?,
                failed: failed.unwrap_or_default(),
                is_given_up: given_up == 1,
                count: crate::database::unsigned(count),
            })
        });
        found.collect()
    }

    /// Forgets what was told long ago, and the webhooks' addresses that a version of before kept as they are, once nothing
    /// goes there any more.
    pub async fn forget_notices(&self, now: Timestamp) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            let in_the_clear: Vec<(String,)> = sqlx::query_as(
                "SELECT DISTINCT address FROM notice_deliveries
                 WHERE way = $1 AND address LIKE 'http%' AND (sent_at IS NOT NULL OR given_up_at IS NOT NULL)",
            )
            .bind(Way::Webhook.word())
            .fetch_all(&mut *connection)
            .await?;
            for (address,) in in_the_clear {
                sqlx::query(
                    "UPDATE notice_deliveries SET address = $1
                     WHERE way = $2 AND address = $3 AND (sent_at IS NOT NULL OR given_up_at IS NOT NULL)",
                )
                .bind(kept_for(&address))
                .bind(Way::Webhook.word())
                .bind(address)
                .execute(&mut *connection)
                .await?;
            }
            for text in [
                "DELETE FROM notice_deliveries WHERE notice IN (SELECT notice FROM notices WHERE made_at < $1)",
                "DELETE FROM notices WHERE made_at < $1",
            ] {
                sqlx::query(text)
                    .bind((now - KEPT).as_millisecond())
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(())
        })
        .await
    }
}

/// Keeps something to be told, within whatever has made it so.
pub(crate) async fn put(
    connection: &mut AnyConnection,
    notice: &Notice,
    audience: &Audience,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let done = sqlx::query(
        "INSERT INTO notices (notice, kind, ja, en, wording, path, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (notice) DO NOTHING",
    )
    .bind(notice.about.clone())
    .bind(notice.kind.clone())
    // Rows of before have these two alone, and so each row has them.
    .bind(notice.wording.in_language(Language::JAPANESE).to_owned())
    .bind(notice.wording.in_language(Language::ENGLISH).to_owned())
    .bind(notice.wording.to_json())
    .bind(notice.path.clone())
    .bind(now.as_millisecond())
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let mut told: Vec<(Way, String)> = Vec::new();
    if audience.by_mail {
        let people: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT person, role, mail FROM people WHERE mail IS NOT NULL AND barred_at IS NULL",
        )
        .fetch_all(&mut *connection)
        .await?;
        let but = audience.but.map(|it| it.to_string());
        let may = |role: &str| Role::named(role).is_some_and(|role| role.may(audience.right));
        for (person, role, mail) in people {
            if may(&role) && Some(person) != but {
                told.push((Way::Mail, mail));
            }
        }
        told.extend(audience.mail.iter().map(|it| (Way::Mail, it.clone())));
    }
    let hooks = audience.webhooks.iter();
    told.extend(hooks.map(|it| (Way::Webhook, kept_for(it))));
    for (way, address) in told {
        sqlx::query(
            "INSERT INTO notice_deliveries (notice, way, address, attempts, due_at) VALUES ($1, $2, $3, 0, $4)
             ON CONFLICT (notice, way, address) DO NOTHING",
        )
        .bind(notice.about.clone())
        .bind(way.word())
        .bind(address)
        .bind(now.as_millisecond())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// It is settled: whoever has not heard of it need not.
pub(crate) async fn withdraw(
    connection: &mut AnyConnection,
    about: &str,
) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM notice_deliveries WHERE notice = $1 AND sent_at IS NULL")
        .bind(about.to_owned())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

fn way_of(word: &str) -> Result<Way, DatabaseError> {
    let known = Way::WORDS.iter().find(|(it, _)| *it == word);
    known
        .map(|(_, way)| *way)
        .ok_or_else(|| DatabaseError::Damaged("a notice".to_owned()))
}

fn delivery(row: Read) -> Result<Delivery, DatabaseError> {
    let damaged = || DatabaseError::Damaged("a notice".to_owned());
    Ok(Delivery {
        notice: Notice {
            about: row.notice,
            kind: row.kind,
            wording: Wording::kept(row.wording.as_deref(), row.ja, row.en),
            path: row.path,
        },
        made_at: Timestamp::from_millisecond(row.made_at).map_err(|_| damaged())?,
        way: way_of(&row.way)?,
        address: row.address,
        attempts: u32::try_from(row.attempts).map_err(|_| damaged())?,
        due_at: row.due_at,
    })
}
