//! Every statement of the backend is one that both databases take, and none escapes this test.
//!
//! A statement is a text given to `sqlx::query`, `query_as`, `query_scalar` or `raw_sql`. One whose text is put together
//! while the program runs is made by a function, and `statements` of the same file lists all forms of it for
//! [`PUT_TOGETHER`]. What only one database understands lies in a file of its name: `sqlite.rs` or `postgresql.rs`.

mod forms;
mod reading;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use kairan_backend::{
    app::statements::PUT_TOGETHER,
    database::{Database, dialect::Dialect},
};
use kairan_tests::postgresql::{Commits, PostgreSql};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor, PgConnection, SqlSafeStr as _, SqliteConnection,
};

use self::reading::{Found, Statement};

#[test]
fn every_statement_can_be_seen() {
    let found = found();
    let unseen: Vec<&str> = found.unseen.iter().map(String::as_str).collect();
    assert!(unseen.is_empty(), "not seen:\n{}", unseen.join("\n"));
    let listed = PUT_TOGETHER.map(|(file, _)| file.to_owned());
    assert_eq!(
        found.put_together,
        BTreeSet::from(listed),
        "`PUT_TOGETHER` names the files that have `statements`"
    );
    // So that a reader that finds nothing is noticed.
    let count = found.statements.len();
    assert!(count > 150, "only {count} statements are found");
}

#[tokio::test]
async fn sqlite_takes_every_statement() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = sqlite(&folder.path().join("data")).await;
    let refused = refused(&mut connection, &statements(Dialect::Sqlite)).await;
    assert!(refused.is_empty(), "SQLite refuses\n{}", refused.join("\n"));
}

#[tokio::test]
async fn postgresql_takes_every_statement() {
    let Some(server) = started() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = postgresql(&folder.path().join("data"), &server).await;
    let refused = refused(&mut connection, &statements(Dialect::PostgreSql)).await;
    assert!(
        refused.is_empty(),
        "PostgreSQL refuses\n{}",
        refused.join("\n")
    );
}

/// What is in a file of people, and what the databases say to it: each refuses what only the other takes.
#[tokio::test]
async fn what_only_one_database_takes_is_named_with_its_line() {
    let found = reading::statements(&[(
        "people/queries.rs".to_owned(),
        r#"async fn planted() {
            sqlx::query("INSERT OR REPLACE INTO sealed (what, since) VALUES ($1, $2)");
            sqlx::query("SELECT name FROM people WHERE barred_at < datetime('now')");
            sqlx::query_as("SELECT name::text FROM people");
            sqlx::query("SELECT nam FROM people");
        }"#
        .to_owned(),
    )]);
    let planted: Vec<Statement> = found.statements.into_iter().collect();
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = sqlite(&folder.path().join("data")).await;
    let lines = |refused: Vec<String>| -> BTreeSet<String> {
        let place = |it: String| it.split(": ").next().map(str::to_owned);
        refused.into_iter().filter_map(place).collect()
    };
    let in_lines = |lines: &[u32]| -> BTreeSet<String> {
        let each = lines.iter();
        each.map(|line| format!("people/queries.rs:{line}"))
            .collect()
    };
    let by_sqlite = lines(refused(&mut connection, &planted).await);
    assert_eq!(by_sqlite, in_lines(&[4, 5]));
    let Some(server) = started() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = postgresql(&folder.path().join("data"), &server).await;
    let by_postgresql = lines(refused(&mut connection, &planted).await);
    assert_eq!(by_postgresql, in_lines(&[2, 3, 5]));
}

/// However a statement is written, it is seen or it is said that it is not.
#[test]
fn no_way_of_writing_a_statement_escapes() {
    for (code, texts) in [
        (r#"sqlx::query("A");"#, &["A"][..]),
        (
            r#"let text = "A"; sqlx::query_scalar::<_, i64>(text);"#,
            &["A"],
        ),
        (
            r#"for text in ["A", "B"] { sqlx::query(text); }"#,
            &["A", "B"],
        ),
        (
            r#"let text = match x { 1 => { "A" } _ => "B" }; sqlx::query(text);"#,
            &["A", "B"],
        ),
        (
            r#"let it = if x { "A" } else { ONE }; sqlx::query(it);"#,
            &["1", "A"],
        ),
        (
            r#"sqlx::query(AssertSqlSafe(format!("A {ONE} {} {{}}", TWO)));"#,
            &["A 1 2 {}"],
        ),
        (r#"sqlx::raw_sql(concat!("A", "B"));"#, &["AB"]),
        (r"for it in &MANY { sqlx::query(*it); }", &["X", "Y"]),
        (r#"pass_on(1, "A");"#, &["A"]),
        (
            r#"if let Some(it) = Some("A") { sqlx::query(it); }"#,
            &["A"],
        ),
        (r#"tokio::join!(sqlx::query("A").execute(x), b);"#, &["A"]),
        (r#"connection.begin_with("A");"#, &["A"]),
        (r"sqlx::query(AssertSqlSafe(listed(1)));", &[]),
        (r"let it: sqlx::query::Query = x;", &[]),
    ] {
        let found = written(code);
        assert!(found.unseen.is_empty(), "{code}: {:?}", found.unseen);
        let seen: Vec<&str> = found.statements.iter().map(|it| &it.text[..]).collect();
        assert_eq!(seen, texts, "{code}");
    }
    for code in [
        r"sqlx::query(unknown);",
        r#"sqlx::query(AssertSqlSafe(format!("A {x}")));"#,
        r#"sqlx::query(AssertSqlSafe(format!("A {}", listed(1))));"#,
        r#"sqlx::query(AssertSqlSafe(format!("A {ONE:?}")));"#,
        r"sqlx::query(AssertSqlSafe(not_listed(1)));",
        r"sqlx::query(AssertSqlSafe(x + y));",
        r#"let mut text = String::new(); text.push_str("A"); sqlx::query(AssertSqlSafe(text));"#,
        r"let run = sqlx::query; run(x);",
        r#"sqlx::query!("A");"#,
        r#"tokio::select! { it = sqlx::query("A") => it }"#,
        r#"use sqlx::query; query("A");"#,
        r#"use sqlx::{Any, query_as}; query_as("A");"#,
        r"use sqlx::*;",
        r"use sqlx as database;",
        r#"use sqlx::Executor as _; connection.execute("A");"#,
        r#"sqlx::Executor::execute(connection, "A");"#,
        r#"sqlx::QueryBuilder::new("A");"#,
        r"let (a, b) = x; sqlx::query(a);",
    ] {
        let found = written(code);
        assert!(!found.unseen.is_empty(), "{code}: {found:?}");
    }
    let public = "pub fn ask(text: &'static str) { sqlx::query(text); }";
    let found = reading::statements(&[("a.rs".to_owned(), public.to_owned())]);
    assert!(!found.unseen.is_empty(), "{found:?}");
}

/// What is found where this code stands in a function.
fn written(code: &str) -> Found {
    let file = format!(
        r#"
        const ONE: &str = "1";
        const TWO: &str = "2";
        const MANY: [&str; 2] = ["X", "Y"];
        fn pass_on(number: i64, text: &'static str) {{ sqlx::query(text); }}
        fn statements() -> Vec<String> {{ vec![listed(1)] }}
        async fn run(x: i64) {{ {code} }}
        #[cfg(test)]
        mod tests {{ fn spoil() {{ sqlx::query(spoilt); }} }}
        "#
    );
    reading::statements(&[("a.rs".to_owned(), file)])
}

fn found() -> Found {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/backend");
    let mut files = Vec::new();
    gather(&root, &mut files);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("code");
        let path = path.strip_prefix(&root).expect("within");
        (path.display().to_string(), text)
    };
    let files: Vec<(String, String)> = files.into_iter().map(read).collect();
    reading::statements(&files)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

/// What a database must take: everything but what is for the other one.
fn statements(dialect: Dialect) -> Vec<Statement> {
    let other = match dialect {
        Dialect::Sqlite => "postgresql.rs",
        Dialect::PostgreSql => "sqlite.rs",
    };
    let mut statements = Vec::new();
    for (file, forms) in PUT_TOGETHER {
        for text in forms(dialect) {
            let (file, line) = (file.to_owned(), 0);
            statements.push(Statement { text, file, line });
        }
    }
    let in_the_code = found().statements.into_iter();
    statements.extend(in_the_code.filter(|it| !Path::new(&it.file).ends_with(other)));
    statements
}

/// The statements that are not taken, and why. The temporary tables that others speak of are made first.
async fn refused<C>(connection: &mut C, statements: &[Statement]) -> Vec<String>
where
    for<'c> &'c mut C: Executor<'c>,
{
    let mut refused = Vec::new();
    let is_stage = |it: &&Statement| it.text.starts_with("CREATE TEMPORARY TABLE");
    for it in statements.iter().filter(is_stage) {
        let text = AssertSqlSafe(it.text.clone()).into_sql_str();
        if let Err(error) = connection.execute(text).await {
            refused.push(format!("{}:{}: {error}: {}", it.file, it.line, it.text));
        }
    }
    for it in statements {
        let text = AssertSqlSafe(it.text.clone()).into_sql_str();
        if let Err(error) = connection.prepare(text).await {
            refused.push(format!("{}:{}: {error}: {}", it.file, it.line, it.text));
        }
    }
    refused
}

async fn sqlite(folder: &Path) -> SqliteConnection {
    std::fs::create_dir(folder).expect("a folder");
    let database = Database::open(folder, None).await.expect("opens");
    database.close().await;
    let file = folder.join("kairan.sqlite");
    let connection = SqliteConnection::connect(&format!("sqlite://{}", file.display()));
    connection.await.expect("opens")
}

async fn postgresql(folder: &Path, server: &PostgreSql) -> PgConnection {
    std::fs::create_dir(folder).expect("a folder");
    let database = Database::open(folder, Some(&server.url)).await;
    database.expect("opens").close().await;
    PgConnection::connect(&server.url).await.expect("connects")
}

fn started() -> Option<PostgreSql> {
    let server = PostgreSql::start(Commits::InMemory);
    if server.is_none() {
        println!("PostgreSQL is not installed here; `make test` installs it");
        assert!(
            std::env::var_os("KAIRAN_SET_UP").is_none(),
            "the set-up should have installed PostgreSQL"
        );
    }
    server
}
