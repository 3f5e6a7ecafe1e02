//! The database: one set of migrations and queries for `SQLite` and `PostgreSQL`.
//!
//! sqlx's `Any` driver was chosen over `SeaORM`: both databases take the very same text with `$1`
//! placeholders, and our few types (texts and 64-bit integers) are what `Any` can carry. So there
//! is one store, and not a trait with two.
//!
//! In `SQLite` every commit waits for the disk (`synchronous=FULL`): under `NORMAL` a power cut
//! loses what was acknowledged.

pub mod dialect;
mod guards;
pub mod keys;
mod migrations;
pub mod opening;
mod postgresql;
mod row;
pub mod sealing;
mod sqlite;
mod vacuum;

use std::{path::Path, str::FromStr as _, time::Duration};

use kairan_contract::Sha256;
use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::MigrateError,
    pool::PoolConnection,
};
use url::Url;

use self::{
    dialect::Dialect,
    keys::{Keys, KeysError},
    migrations::migrations,
};

pub(crate) use row::from_row;

/// Connections to `PostgreSQL`.
const POSTGRES_CONNECTIONS: u32 = 8;
/// Connections to `SQLite` that only read. One more writes: `SQLite` has one writer anyhow. So nobody who
/// reads waits while a day is closed.
const SQLITE_READERS: u32 = 4;
/// How long a statement waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the database could not be opened or did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The folder or server is not there, or does not let us in.
    #[error(
        "cannot open the database {address}: {source} — check the name, and that you may write there"
    )]
    Unopened {
        /// Which database.
        address: String,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// A newer version wrote it.
    #[error(
        "the database {0} was written by a newer version of kairan — install that version, or name another folder with --data"
    )]
    Newer(String),
    /// Its tables could not be brought up to date.
    #[error(
        "cannot bring the database {address} up to date: {source} — restore the last backup, or name another folder with --data"
    )]
    Unmigrated {
        /// Which database.
        address: String,
        /// What the migrator says.
        source: MigrateError,
    },
    /// The address is none that we know.
    #[error(
        "`{0}` is no database address — write postgres://USER@HOST/NAME, or leave --database out"
    )]
    UnknownAddress(String),
    /// Somebody reads for longer than anything should take.
    #[error("the database is read by somebody else; it is tried again")]
    Busy,
    /// It does not answer.
    #[error("the database takes too long to answer; it is tried again")]
    Silent,
    /// As many codes are open as may be.
    #[error(
        "a hundred codes are open and not used; each is over after 30 minutes — use them, or wait, and make the next one then"
    )]
    TooManyCodes,
    /// A statement failed.
    #[error("the database did not take it: {0}")]
    Query(#[from] sqlx::Error),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What is stored is not what was written.
    #[error("the database holds something that cannot be read: {0}")]
    Damaged(String),
}

/// The council's database. Clones share it.
#[derive(Clone)]
pub struct Database {
    /// For what writes, and for what must see its own writing within one transaction.
    pub(crate) pool: AnyPool,
    /// For what only reads; with `PostgreSQL` the same.
    pub(crate) readers: AnyPool,
    pub(crate) dialect: Dialect,
    /// What seals the secrets in it.
    keys: Keys,
}

impl Database {
    /// Opens the database of `folder` with the keys where they lie if nobody says otherwise.
    pub async fn open(folder: &Path, address: Option<&str>) -> Result<Self, DatabaseError> {
        Self::open_with(folder, address, Keys::of(None, folder)).await
    }

    /// Opens the `SQLite` database in `folder`, or the `PostgreSQL` database at `address`, and brings
    /// its tables up to date.
    pub async fn open_with(
        folder: &Path,
        address: Option<&str>,
        keys: Keys,
    ) -> Result<Self, DatabaseError> {
        keys.judge(folder)?;
        sqlx::any::install_default_drivers();
        let (dialect, url, shown) = match address {
            None => (
                Dialect::Sqlite,
                sqlite_url(&folder.join("kairan.sqlite"), "rwc"),
                folder.display().to_string(),
            ),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                (Dialect::PostgreSql, url.to_owned(), without_password(url))
            }
            Some(other) => return Err(DatabaseError::UnknownAddress(without_password(other))),
        };
        let unopened = |source| DatabaseError::Unopened {
            address: shown.clone(),
            source,
        };
        let pool = match dialect {
            Dialect::Sqlite => connect(&url, 1, Some(sqlite::WRITER)).await,
            Dialect::PostgreSql => connect(&url, POSTGRES_CONNECTIONS, None).await,
        };
        let pool = pool.map_err(unopened)?;
        // Two programs that begin on an empty folder bring it up to date one after the other; PostgreSQL has a lock of its own.
        let turn = (dialect == Dialect::Sqlite).then(|| turn_in(folder));
        let turn = turn.transpose();
        let turn = turn.map_err(|source| DatabaseError::Unopened {
            address: shown.clone(),
            source: sqlx::Error::Io(source),
        })?;
        migrations()
            .run(&pool)
            .await
            .map_err(|source| match source {
                MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                    DatabaseError::Newer(shown.clone())
                }
                source => DatabaseError::Unmigrated {
                    address: shown.clone(),
                    source,
                },
            })?;
        drop(turn);
        let readers = match dialect {
            Dialect::Sqlite => {
                let url = sqlite_url(&folder.join("kairan.sqlite"), "rw");
                let readers = connect(&url, SQLITE_READERS, Some(sqlite::READER)).await;
                readers.map_err(unopened)?
            }
            Dialect::PostgreSql => pool.clone(),
        };
        let store = Self {
            pool,
            readers,
            dialect,
            keys,
        };
        store.guard_audit().await?;
        Ok(store)
    }

    /// Does `work` in one transaction: all of it or nothing.
    ///
    /// A connection on which something failed is closed and never used again. When a commit fails
    /// because the disk is full, sqlx goes on counting the transaction as open: the next one would
    /// be a savepoint inside it, and what it "commits" would be gone at the next power cut.
    pub(crate) async fn in_transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let mut connection = self.pool.acquire().await?;
        let done = committed(&mut connection, self.dialect, work).await;
        if done.is_err() {
            connection.close_on_drop();
        }
        done
    }

    /// Waits until nobody else, on whatever machine, changes what the evaluation is made of. `SQLite` lies on
    /// one machine, where a lock of the folder is enough.
    pub async fn evaluation_lock(&self) -> Result<Option<EvaluationLock>, DatabaseError> {
        /// Any number that nothing else in the database uses.
        const KEY: i64 = 4_711;
        if self.dialect == Dialect::Sqlite {
            return Ok(None);
        }
        let mut connection = self.pool.acquire().await?;
        // The lock goes with its connection, however the program ends.
        connection.close_on_drop();
        sqlx::query(postgresql::LOCK)
            .bind(KEY)
            .execute(&mut *connection)
            .await?;
        Ok(Some(EvaluationLock {
            _connection: connection,
        }))
    }

    /// Waits until everything is written and closes.
    pub async fn close(&self) {
        // The writer last: it lays the log aside when nobody else is there.
        self.readers.close().await;
        self.pool.close().await;
    }
}

/// As long as it is held, nobody else changes what the evaluation is made of.
pub struct EvaluationLock {
    _connection: PoolConnection<Any>,
}

async fn committed<T>(
    connection: &mut AnyConnection,
    dialect: Dialect,
    work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    let begin = match dialect {
        Dialect::Sqlite => sqlite::BEGIN,
        Dialect::PostgreSql => postgresql::BEGIN,
    };
    let mut transaction = connection.begin_with(begin).await?;
    let value = work(&mut transaction).await?;
    transaction.commit().await?;
    Ok(value)
}

/// Waits until nobody else brings the database in this folder up to date.
fn turn_in(folder: &Path) -> std::io::Result<std::fs::File> {
    let folder = std::fs::File::open(folder)?;
    folder.lock()?;
    Ok(folder)
}

async fn connect(
    url: &str,
    connections: u32,
    ways: Option<&'static str>,
) -> Result<AnyPool, sqlx::Error> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if let Some(ways) = ways {
                    sqlx::raw_sql(ways).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        .connect_with(AnyConnectOptions::from_str(url)?)
        .await
}

fn sqlite_url(file: &Path, mode: &str) -> String {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let path = Url::from_file_path(absolute)
        .map(|url| url.path().to_owned())
        .unwrap_or_default();
    format!("sqlite://{path}?mode={mode}")
}

/// A database address as it may be shown and logged.
pub(crate) fn without_password(address: &str) -> String {
    match Url::parse(address) {
        Ok(mut url) => {
            if url.password().is_some() && url.set_password(Some("***")).is_err() {
                return "(address with a password)".to_owned();
            }
            url.to_string()
        }
        Err(_) => "(no address)".to_owned(),
    }
}

/// Under which name a code, a token or a cookie is kept: who reads the database learns none.
pub(crate) fn hash_of(secret: &str) -> String {
    Sha256::of(secret.as_bytes()).to_string()
}

/// Both databases count in signed numbers; what does not fit was never counted.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
