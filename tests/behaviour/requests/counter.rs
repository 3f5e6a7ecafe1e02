//! The counter of a shop before a database: what tablets send, and what the desk does with it, at whatever moment.

use std::{path::Path, sync::Arc};

use jiff::{Timestamp, civil::DateTime};
use kairan_backend::{
    content::repository::ContentRepository,
    database::Database,
    requests::{
        offered::Offers,
        offering::Offering,
        queries::{
            desk::{Desk, Question},
            intake::{Received, Sender},
            steps::{NotTaken, StepTaken},
            stored::StoredRequest,
        },
        rules::machine::{Actor, Step},
    },
    tablets::queries::EnrolledTablet,
};
use kairan_catalogue::{Catalogue, Recipient, form::zone};
use kairan_contract::{
    Content, Form, Manifest, Participation, RequestAnswer, RequestAnswers, RequestBatch,
    RequestStatus, TabletId,
};
use kairan_sources::beside::Beside;
use kairan_tests::{council::Council, postgresql::PostgreSql, shop};
use serde_json::{Value, json};
use uuid::Uuid;

/// A moment of Japan.
pub fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().expect("a time");
    zone().to_timestamp(local).expect("a time")
}

/// A shop that takes orders, and its database.
pub struct Counter {
    pub store: Database,
    pub council: Council,
    pub folder: tempfile::TempDir,
    repository: Arc<ContentRepository>,
    offering: tokio::sync::Mutex<Offering>,
    server: Option<PostgreSql>,
}

/// Somebody who orders.
pub type Loan = Participation;

/// A loan that nobody has had before.
pub fn somebody() -> Loan {
    Participation(Uuid::new_v4())
}

impl Counter {
    /// On `SQLite`.
    pub async fn new() -> Self {
        Self::on(None).await
    }

    /// On both databases; on one where the other is not installed.
    pub async fn on_both() -> Vec<Self> {
        let mut counters = vec![Self::new().await];
        if let Some(server) = PostgreSql::for_a_test() {
            counters.push(Self::on(Some(server)).await);
        }
        counters
    }

    async fn on(server: Option<PostgreSql>) -> Self {
        let (council, folder) = (Council::new(), tempfile::tempdir().expect("a folder"));
        let file = shop::open(&council);
        let data = folder.path().join("data");
        std::fs::create_dir(&data).expect("a folder");
        let url = server.as_ref().map(|it| it.url.as_str());
        let store = Database::open(&data, url).await.expect("opens");
        let catalogue = read(&file);
        let repository =
            Arc::new(ContentRepository::open(&data, catalogue, 1).expect("a repository"));
        let offering = Offering::new(store.clone(), Arc::clone(&repository));
        Self {
            store,
            council,
            folder,
            repository,
            offering: tokio::sync::Mutex::new(offering),
            server,
        }
    }

    /// Puts the catalogue in force as it is written now.
    pub fn publish(&self) {
        let catalogue = read(&self.council.catalogue());
        self.repository.put_catalogue(catalogue, 2);
    }

    /// Writes other goods, and puts them in force.
    pub fn sell(&self, goods: &str) {
        self.council.write("goods.csv", goods);
        self.publish();
    }

    /// What tablets are shown at a moment: the version, and the form.
    pub async fn shown(&self, now: Timestamp) -> (String, Form) {
        self.offering.lock().await.renew(now).await.expect("renews");
        let ready = self
            .repository
            .manifest(None, &kairan_backend::tablets::queries::Standing::default());
        let manifest: Manifest = serde_json::from_slice(&ready.plain.bytes).expect("a manifest");
        let tile = manifest
            .services
            .iter()
            .find(|it| it.service.id.as_str() == "shopping");
        let content = tile.and_then(|it| it.content.as_ref()).expect("is offered");
        let blob = self
            .repository
            .blob(content.blob.sha256)
            .await
            .expect("lies there");
        let content = serde_json::from_slice(&blob.plain.bytes).expect("a content");
        let Content::Form(form) = content else {
            panic!("a form")
        };
        (blob.sha256.to_string(), form)
    }

    /// A tablet sends.
    pub async fn send(&self, loan: Loan, messages: &[Value], now: Timestamp) {
        self.send_as(loan, Recipient::default(), messages, now)
            .await;
    }

    /// A tablet of somebody of whom this is known sends.
    pub async fn send_as(
        &self,
        loan: Loan,
        recipient: Recipient,
        messages: &[Value],
        now: Timestamp,
    ) {
        let batch = RequestBatch {
            requests: messages.to_vec(),
        };
        let (requests, unread) = batch.read();
        assert!(unread.is_empty(), "{messages:?}");
        let received: Vec<Received> = requests
            .into_iter()
            .map(|request| Received {
                request,
                is_too_large: false,
            })
            .collect();
        let offers = self.repository.with_catalogue(false, Offers::of);
        let sender = Sender {
            tablet: EnrolledTablet {
                tablet: TabletId(Uuid::new_v4()),
                participation: loan,
            },
            recipient,
            offers: &offers,
        };
        let done = self.store.take_in_requests(&sender, &received, now).await;
        done.expect("takes in");
    }

    /// What a loan is told from the beginning.
    pub async fn told(&self, loan: Loan, now: Timestamp) -> RequestAnswers {
        self.store.answers_since(loan, 0, now).await.expect("tells")
    }

    /// How an order of a loan stands.
    pub async fn answer(&self, loan: Loan, order: Uuid, now: Timestamp) -> RequestAnswer {
        let told = self.told(loan, now).await;
        let found = told.answers.into_iter().find(|it| it.request.0 == order);
        found.expect("is told")
    }

    /// How it stands in one word.
    pub async fn status(&self, loan: Loan, order: Uuid, now: Timestamp) -> RequestStatus {
        self.answer(loan, order, now).await.status
    }

    /// Somebody of the shop takes a step that they saw fit for a revision.
    pub async fn step(
        &self,
        order: Uuid,
        revision: u32,
        step: Step,
        now: Timestamp,
    ) -> Result<StoredRequest, NotTaken> {
        self.step_with(order, revision, step, StepTaken::default(), now)
            .await
    }

    /// The same, with words or a proposal.
    pub async fn step_with(
        &self,
        order: Uuid,
        revision: u32,
        step: Step,
        taken: StepTaken<'_>,
        now: Timestamp,
    ) -> Result<StoredRequest, NotTaken> {
        let taken = StepTaken {
            who: "ken",
            ..taken
        };
        let seen = (kairan_contract::RequestId(order), revision);
        let by = (step, Actor::Provider);
        let done = self.store.answer_request(seen, by, &taken, now).await;
        done.expect("the database takes it")
    }

    /// What lies open at the shop's desk.
    pub async fn open(&self) -> Vec<StoredRequest> {
        let desk = Desk::Provider("shop".parse().expect("an id"));
        let found = self.store.requests_of(&desk, &Question::default()).await;
        found.expect("lists").requests
    }

    /// Copies every request so many times, each with an id and a number of its own.
    pub async fn copy_requests(&self, times: u32) {
        let file = self.folder.path().join("data/kairan.sqlite");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let pool = sqlx::SqlitePool::connect_with(options)
            .await
            .expect("opens");
        sqlx::query(
            "WITH RECURSIVE copies (copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM copies WHERE copy < $1)
             INSERT INTO requests (id, number, kind, service, form, form_version, title, provider, provider_name,
                 is_town, made_at, asked_at, status, is_over, since, revision, change, holds, sealed, keep_days)
             SELECT printf('%08x-0000-4000-8000-000000000000', copy), copy, kind, service, form, form_version, title,
                 provider, provider_name, is_town, made_at, asked_at + copy, status, is_over, since, revision, change,
                 0, sealed, keep_days FROM requests, copies",
        )
        .bind(times)
        .execute(&pool)
        .await
        .expect("copies");
        pool.close().await;
    }

    /// Whether a text stands anywhere in the database: in any byte of `SQLite`'s files, in any row of `PostgreSQL`'s tables.
    pub async fn has_in_the_clear(&self, text: &str) -> bool {
        let bytes = match &self.server {
            None => {
                let data = self.folder.path().join("data");
                let files = ["", "-wal", "-shm", "-journal"];
                let files = files.map(|end| data.join(format!("kairan.sqlite{end}")));
                let bytes = files.iter().filter_map(|file| std::fs::read(file).ok());
                bytes.flatten().collect::<Vec<u8>>()
            }
            Some(server) => every_row(&server.url).await.into_bytes(),
        };
        assert!(
            bytes.windows(7).any(|it| it == b"sealed:"),
            "something is sealed in what is looked through"
        );
        bytes.windows(text.len()).any(|it| it == text.as_bytes())
    }
}

/// Every row of every table, as text.
async fn every_row(url: &str) -> String {
    let pool = sqlx::PgPool::connect(url).await.expect("opens");
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<(String,)> = sqlx::query_as(tables)
        .fetch_all(&pool)
        .await
        .expect("lists");
    let mut rows = String::new();
    for (table,) in tables {
        let text = format!("SELECT t::text FROM \"{table}\" AS t");
        let found: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(text))
            .fetch_all(&pool)
            .await
            .expect("reads");
        rows.extend(found.into_iter().map(|(row,)| row + "\n"));
    }
    pool.close().await;
    rows
}

fn read(file: &Path) -> Catalogue {
    let beside = Beside::of(file, []);
    let (catalogue, _) = Catalogue::load(file, &beside).unwrap_or_else(|error| panic!("{error}"));
    catalogue
}

/// The number and the word of each status, for a failure that says something.
pub fn words(answers: &[RequestAnswer]) -> Value {
    json!(
        answers
            .iter()
            .map(|it| (it.number.to_string(), <&str>::from(it.status)))
            .collect::<Vec<_>>()
    )
}
